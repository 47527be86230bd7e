/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.DriftIdentifiability

/-!
# The readout of a wider embedding, for a Gaussian drift

## Main results
* `Lejepa.IsWhite.integral_sum_sq_readout_sub`: reading the latents out of a white encoder by the
  transpose of its linear part has as its error what the linear part misses of the latents.
* `Lejepa.IsGaussianDrift.exists_readout`: it is bounded by what the loss of any predictor exceeds
  the least that an encoder of that width could have.
-/

public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped Matrix

namespace Lejepa

variable {n m : ℕ} {h : (Fin n → ℝ) → Fin m → ℝ}

/-- The error of reading one latent out of a white encoder by its column of the linear part. -/
theorem IsWhite.integral_sq_readout_apply_sub (hh : IsWhite (γ n) h) (i : Fin n) :
    ∫ z, ((linearPart h)ᵀ.mulVec (h z) i - z i) ^ 2 ∂γ n = 1 - ∑ k, linearPart h k i ^ 2 := by
  have h₂ (k : Fin m) : ∫ z, z i * h z k ∂γ n = linearPart h k i := by
    rw [linearPart, Matrix.of_apply]
    exact integral_congr_ae (Filter.Eventually.of_forall fun z ↦ mul_comm _ _)
  have h₃ : ∫ z : Fin n → ℝ, z i * z i ∂γ n = 1 :=
    (integral_coord_mul_coord i i).trans (if_pos rfl)
  have h₄ (z : Fin n → ℝ) : ((linearPart h)ᵀ.mulVec (h z) i - z i) ^ 2 =
      (z i - ∑ k, linearPart h k i * h z k) * (z i - ∑ k, linearPart h k i * h z k) := by
    have e : (linearPart h)ᵀ.mulVec (h z) i = ∑ k, linearPart h k i * h z k := rfl
    rw [e]
    ring
  calc ∫ z, ((linearPart h)ᵀ.mulVec (h z) i - z i) ^ 2 ∂γ n
      = ∫ z, (z i - ∑ k, linearPart h k i * h z k) * (z i - ∑ k, linearPart h k i * h z k)
          ∂γ n := integral_congr_ae (Filter.Eventually.of_forall h₄)
    _ = ∫ z : Fin n → ℝ, z i * z i ∂γ n - ∑ k, linearPart h k i * ∫ z, z i * h z k ∂γ n -
          ∑ k, linearPart h k i * ∫ z, z i * h z k ∂γ n +
            ∑ k, linearPart h k i * linearPart h k i :=
        integral_sub_sum_mul_sub_sum (e := fun k (z : Fin n → ℝ) ↦ h z k) (memLp_coord i)
          (memLp_coord i) hh.memLp hh.integral_mul (fun k ↦ linearPart h k i)
          fun k ↦ linearPart h k i
    _ = 1 - ∑ k, linearPart h k i ^ 2 := by
        rw [h₃]
        simp only [h₂, sq]
        ring

/-- Reading the latents out of a white encoder by the transpose of its linear part: the error is
what the linear part misses of the latents. -/
theorem IsWhite.integral_sum_sq_readout_sub (hh : IsWhite (γ n) h) :
    ∫ z, ∑ i, ((linearPart h)ᵀ.mulVec (h z) i - z i) ^ 2 ∂γ n = n - frobSq (linearPart h) := by
  have hL (i : Fin n) : MemLp (fun z ↦ (linearPart h)ᵀ.mulVec (h z) i) 2 (γ n) := by
    have hs : MemLp (fun z ↦ ∑ k, linearPart h k i * h z k) 2 (γ n) :=
      memLp_finset_sum _ fun k _ ↦ (hh.memLp k).const_mul (linearPart h k i)
    exact hs
  have hint (i : Fin n) :
      Integrable (fun z ↦ ((linearPart h)ᵀ.mulVec (h z) i - z i) ^ 2) (γ n) :=
    ((hL i).sub (memLp_coord i)).integrable_sq
  rw [integral_finset_sum _ fun i _ ↦ hint i,
    sum_congr rfl fun i _ ↦ hh.integral_sq_readout_apply_sub i,
    sum_sub_distrib, sum_const, card_univ, Fintype.card_fin, nsmul_eq_mul, mul_one, sum_comm]
  rfl

variable {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {G : Matrix (Fin n) (Fin n) ℝ} [IsProbabilityMeasure κ]
  [IsProbabilityMeasure ν]

/-- **The readout of a wider embedding, for a Gaussian drift.** A white encoder of width `m ≥ n`
with any predictor has a linear readout of the latents whose error is at most the excess of the loss
over the least that an encoder of that width could have, by the gap `k`. -/
theorem IsGaussianDrift.exists_readout (hd : IsGaussianDrift κ ν d G) (hnm : n ≤ m) {s k E : ℝ}
    (hk : 0 < k) (hE : 0 ≤ E) (norm : ∀ x, x ⬝ᵥ G.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, (s ^ 2 + k) * (x ⬝ᵥ x) ≤ x ⬝ᵥ G.mulVec x) (hm : Measurable h)
    (hh : IsWhite (γ n) h) {F : C → Fin m → ℝ} (hF : Measurable F)
    (loss : ∫⁻ p, ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) ∂κ.prod ν ≤
      ENNReal.ofReal ((m - n) * (1 - s ^ 2) + (n - G.trace) + E)) :
    ∃ L : Matrix (Fin n) (Fin m) ℝ,
      ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n ≤ E / k := by
  refine ⟨(linearPart h)ᵀ, ?_⟩
  rw [hh.integral_sum_sq_readout_sub]
  obtain ⟨Q, hQ, g, hg⟩ := exists_orthogonal_diagonal hd.isSymm
  have hgs := eigenvalue_le hQ hg norm
  have hgk := le_eigenvalue hQ hg gap
  rcases Nat.eq_zero_or_pos n with hn | hn
  · have hn' : (n : ℝ) = 0 := by rw [hn, Nat.cast_zero]
    have hA := frobSq_nonneg (linearPart h)
    have hEk := div_nonneg hE hk.le
    linarith
  · have hV := hd.explainedVariance_add_mul_le hQ hg hgs hgk hh
    have htr := hd.trace_le
    have hsk : s ^ 2 + k ≤ s := (hgk ⟨0, hn⟩).trans (hgs ⟨0, hn⟩)
    have hs1 : s ^ 2 ≤ 1 := by nlinarith [sq_nonneg (s - 1)]
    have hmn : (0 : ℝ) ≤ (m - n) * (1 - s ^ 2) :=
      mul_nonneg (sub_nonneg.2 (Nat.cast_le.2 hnm)) (sub_nonneg.2 hs1)
    rw [hd.lintegral_sub_sq_of_isWhite hm hh hF] at loss
    have hV1 : m - explainedVariance κ ν d h ≤ (m - n) * (1 - s ^ 2) + (n - G.trace) + E :=
      (ENNReal.ofReal_le_ofReal_iff (by linarith)).1 (le_self_add.trans loss)
    rw [le_div_iff₀ hk]
    linarith

end Lejepa
