/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Weight

/-!
# What a white encoder leaves of the latents

The best linear readout of the latents from a white encoder `h` is `Aᵀ h`, `A = 𝔼[h zᵀ]` its linear
part. What it leaves, `z - Aᵀ h z`, has the covariance `1 - Aᵀ A`.

## Main results
* `Lejepa.IsWhite.integral_residual_mul_residual`: the covariance.
* `Lejepa.IsWhite.integral_dotProduct_mulVec_residual`: the mean of a quadratic form of it.
-/

public section

open MeasureTheory ProbabilityTheory Finset
open scoped Matrix

namespace Lejepa

variable {n m : ℕ} {h : (Fin n → ℝ) → Fin m → ℝ}

/-- The covariance of what a white encoder leaves of the latents is `1 - Aᵀ A`. -/
theorem IsWhite.integral_residual_mul_residual (hh : IsWhite (γ n) h) (j k : Fin n) :
    ∫ z, (z j - ∑ i, linearPart h i j * h z i) * (z k - ∑ i, linearPart h i k * h z i) ∂γ n =
      (if j = k then 1 else 0) - ∑ i, linearPart h i j * linearPart h i k := by
  have hA (i : Fin m) (l : Fin n) : ∫ z, z l * h z i ∂γ n = linearPart h i l := by
    have e : ∫ z, z l * h z i ∂γ n = ∫ z, h z i * z l ∂γ n :=
      integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
    exact e
  have e := integral_sub_sum_mul_sub_sum (μ := γ n) (e := fun (i : Fin m) z ↦ h z i)
    (memLp_coord j) (memLp_coord k) hh.memLp hh.integral_mul (fun i ↦ linearPart h i j)
    fun i ↦ linearPart h i k
  have c : ∑ i, linearPart h i k * linearPart h i j = ∑ i, linearPart h i j * linearPart h i k :=
    sum_congr rfl fun i _ ↦ mul_comm _ _
  refine e.trans ?_
  simp only [hA, integral_coord_mul_coord]
  rw [c]
  ring

private lemma memLp_residual (hh : IsWhite (γ n) h) (j : Fin n) :
    MemLp (fun z : Fin n → ℝ ↦ z j - ∑ i, linearPart h i j * h z i) 2 (γ n) :=
  (memLp_coord j).sub (memLp_finset_sum _ fun i _ ↦ (hh.memLp i).const_mul (linearPart h i j))

private lemma integrable_residual_mul_residual (hh : IsWhite (γ n) h)
    (S : Matrix (Fin n) (Fin n) ℝ) (j k : Fin n) :
    Integrable (fun z : Fin n → ℝ ↦ S j k * ((z j - ∑ i, linearPart h i j * h z i) *
      (z k - ∑ i, linearPart h i k * h z i))) (γ n) :=
  ((memLp_residual hh j).integrable_mul (memLp_residual hh k)).const_mul (S j k)

private lemma dotProduct_mulVec_residual_eq (h : (Fin n → ℝ) → Fin m → ℝ)
    (S : Matrix (Fin n) (Fin n) ℝ) (z : Fin n → ℝ) :
    (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ S.mulVec (z - (linearPart h)ᵀ.mulVec (h z)) =
      ∑ j, ∑ k, S j k * ((z j - ∑ i, linearPart h i j * h z i) *
        (z k - ∑ i, linearPart h i k * h z i)) := by
  change ∑ j, (z j - ∑ i, linearPart h i j * h z i) *
    ∑ k, S j k * (z k - ∑ i, linearPart h i k * h z i) = _
  refine sum_congr rfl fun j _ ↦ ?_
  rw [mul_sum]
  exact sum_congr rfl fun k _ ↦ by ring

/-- Quadratic forms of what a white encoder leaves of the latents are integrable. -/
theorem IsWhite.integrable_dotProduct_mulVec_residual (hh : IsWhite (γ n) h)
    (S : Matrix (Fin n) (Fin n) ℝ) :
    Integrable (fun z ↦ (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
      S.mulVec (z - (linearPart h)ᵀ.mulVec (h z))) (γ n) := by
  rw [funext (dotProduct_mulVec_residual_eq h S)]
  exact integrable_finset_sum _ fun j _ ↦ integrable_finset_sum _ fun k _ ↦
    integrable_residual_mul_residual hh S j k

/-- The mean of a quadratic form `S` of what a white encoder leaves of the latents:
`tr S - tr (A S Aᵀ)`. -/
theorem IsWhite.integral_dotProduct_mulVec_residual (hh : IsWhite (γ n) h)
    (S : Matrix (Fin n) (Fin n) ℝ) :
    ∫ z, (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ S.mulVec (z - (linearPart h)ᵀ.mulVec (h z)) ∂γ n =
      S.trace - ∑ i, linearPart h i ⬝ᵥ S.mulVec (linearPart h i) := by
  have hjk (j : Fin n) : ∫ z, ∑ k, S j k * ((z j - ∑ i, linearPart h i j * h z i) *
      (z k - ∑ i, linearPart h i k * h z i)) ∂γ n =
      ∑ k, S j k * ((if j = k then 1 else 0) - ∑ i, linearPart h i j * linearPart h i k) := by
    rw [integral_finset_sum _ fun k _ ↦ integrable_residual_mul_residual hh S j k]
    refine sum_congr rfl fun k _ ↦ ?_
    rw [integral_const_mul, hh.integral_residual_mul_residual j k]
  have h₁ : ∑ j, ∑ k, S j k * (if j = k then (1 : ℝ) else 0) = S.trace := by
    rw [Matrix.trace]
    refine sum_congr rfl fun j _ ↦ ?_
    simp only [mul_ite, mul_one, mul_zero, sum_ite_eq, mem_univ, if_true, Matrix.diag_apply]
  have h₂ : ∑ j, ∑ k, S j k * ∑ i, linearPart h i j * linearPart h i k =
      ∑ i, linearPart h i ⬝ᵥ S.mulVec (linearPart h i) :=
    calc ∑ j, ∑ k, S j k * ∑ i, linearPart h i j * linearPart h i k
        = ∑ j, ∑ k, ∑ i, linearPart h i j * (S j k * linearPart h i k) := by
          refine sum_congr rfl fun j _ ↦ sum_congr rfl fun k _ ↦ ?_
          rw [mul_sum]
          exact sum_congr rfl fun i _ ↦ by ring
      _ = ∑ j, ∑ i, ∑ k, linearPart h i j * (S j k * linearPart h i k) :=
          sum_congr rfl fun j _ ↦ sum_comm
      _ = ∑ i, ∑ j, ∑ k, linearPart h i j * (S j k * linearPart h i k) := sum_comm
      _ = ∑ i, linearPart h i ⬝ᵥ S.mulVec (linearPart h i) := by
          refine sum_congr rfl fun i _ ↦ ?_
          change _ = ∑ j, linearPart h i j * ∑ k, S j k * linearPart h i k
          exact sum_congr rfl fun j _ ↦ (mul_sum _ _ _).symm
  rw [integral_congr_ae (.of_forall (dotProduct_mulVec_residual_eq h S)),
    integral_finset_sum _ fun j _ ↦ integrable_finset_sum _ fun k _ ↦
      integrable_residual_mul_residual hh S j k,
    sum_congr rfl fun j _ ↦ hjk j, ← h₁, ← h₂, ← sum_sub_distrib]
  refine sum_congr rfl fun j _ ↦ ?_
  rw [← sum_sub_distrib]
  exact sum_congr rfl fun k _ ↦ mul_sub _ _ _

end Lejepa
