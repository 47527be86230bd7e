/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.FrobeniusOrthogonal
public import Lejepa.ForMathlib.OrthonormalL2
public import Lejepa.Hermite.Coefficients
public import Lejepa.Objective

/-!
# The linear part of an encoder of Gaussian latents

An encoder `h` of square-integrable coordinates is `A z + r`, where `A = 𝔼[h zᵀ]` and the residual
`r` is orthogonal to the latents.

## Main definitions
* `Lejepa.frobSq`: the squared Frobenius norm.
* `Lejepa.linearPart h`: the matrix `A`.

## Main results
* `Lejepa.secondMoment_residual`: `Cov(r) = Cov(h) - A Aᵀ`.
* `Lejepa.integral_sum_sq_sub_mulVec`: `𝔼‖h - Q z‖² = tr Cov(h) - ‖A‖² + ‖A - Q‖²`.
* `Lejepa.sqrt_frobSq_secondMoment_residual_le`: `‖Cov(r)‖ ≤ 𝔼‖r‖²`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset

noncomputable section

namespace Lejepa

/-- The squared Frobenius norm. -/
def frobSq {m n : ℕ} (A : Matrix (Fin m) (Fin n) ℝ) : ℝ := ∑ i, ∑ j, A i j ^ 2

/-- The linear part `A = 𝔼[h zᵀ]` of an encoder of Gaussian latents. -/
def linearPart {n m : ℕ} (h : (Fin n → ℝ) → Fin m → ℝ) : Matrix (Fin m) (Fin n) ℝ :=
  .of fun i j ↦ ∫ z, h z i * z j ∂γ n

variable {n m : ℕ}

/-! ### The Frobenius norm -/

/-- The squared Frobenius norm is nonnegative. -/
theorem frobSq_nonneg (A : Matrix (Fin m) (Fin n) ℝ) : 0 ≤ frobSq A :=
  sum_nonneg fun _ _ ↦ sum_nonneg fun _ _ ↦ sq_nonneg _

/-- The triangle inequality `‖A - B‖_F ≤ ‖A‖_F + ‖B‖_F` of the Frobenius norm. -/
theorem sqrt_frobSq_sub_le (A B : Matrix (Fin m) (Fin n) ℝ) :
    √(frobSq (A - B)) ≤ √(frobSq A) + √(frobSq B) := by
  have h := sqrt_sum_sq_sub_le univ (fun p : Fin m × Fin n ↦ A p.1 p.2) fun p ↦ B p.1 p.2
  simp only [Fintype.sum_prod_type] at h
  exact h

/-! ### Linear part and residual -/

/-- With `C = 𝔼[h hᵀ]` and `A = 𝔼[h zᵀ]`, the second moments `𝔼[(h - Q z)ᵢ (h - Q z)ₖ]` are the
entries of `C - A Qᵀ - Q Aᵀ + Q Qᵀ`. -/
theorem integral_sub_mulVec_mul_sub_mulVec {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) (Q : Matrix (Fin m) (Fin n) ℝ) (i k : Fin m) :
    ∫ z, (h z i - Q.mulVec z i) * (h z k - Q.mulVec z k) ∂γ n =
      secondMoment (γ n) h i k - ∑ j, Q k j * linearPart h i j - ∑ j, Q i j * linearPart h k j +
        ∑ j, Q i j * Q k j :=
  integral_sub_sum_mul_sub_sum (e := fun j (z : Fin n → ℝ) ↦ z j) (hh i) (hh k)
    memLp_coord integral_coord_mul_coord (Q i) (Q k)

/-- The covariance of the residual. -/
theorem secondMoment_residual {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    secondMoment (γ n) (fun z i ↦ h z i - (linearPart h).mulVec z i) =
      secondMoment (γ n) h - linearPart h * (linearPart h).transpose := by
  ext i k
  have hik := integral_sub_mulVec_mul_sub_mulVec hh (linearPart h) i k
  have hcomm : ∑ j, linearPart h k j * linearPart h i j =
      ∑ j, linearPart h i j * linearPart h k j := sum_congr rfl fun j _ ↦ mul_comm _ _
  rw [hcomm] at hik
  rw [Matrix.sub_apply, Matrix.mul_apply]
  simp only [Matrix.transpose_apply]
  refine Eq.trans hik ?_
  ring

/-- If the coordinates of `h` are in `L²(γ n)`, so are those of `h(z) - Q z`. -/
theorem memLp_sub_mulVec {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) (Q : Matrix (Fin m) (Fin n) ℝ) (i : Fin m) :
    MemLp (fun z ↦ h z i - Q.mulVec z i) 2 (γ n) :=
  (hh i).sub (memLp_linear (Q i))

/-- The mean squared distance of an encoder from a linear map: the residual and the difference of
the linear parts add up. -/
theorem integral_sum_sq_sub_mulVec {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) (Q : Matrix (Fin m) (Fin n) ℝ) :
    ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n =
      (secondMoment (γ n) h).trace - frobSq (linearPart h) + frobSq (linearPart h - Q) := by
  have hi : ∀ i, ∫ z, (h z i - Q.mulVec z i) ^ 2 ∂γ n =
      secondMoment (γ n) h i i - ∑ j, linearPart h i j ^ 2 +
        ∑ j, (linearPart h - Q) i j ^ 2 := by
    intro i
    have h₁ := integral_sub_mulVec_mul_sub_mulVec hh Q i i
    have h₂ : ∑ j, (linearPart h - Q) i j ^ 2 =
        ∑ j, linearPart h i j ^ 2 - 2 * ∑ j, Q i j * linearPart h i j + ∑ j, Q i j * Q i j := by
      rw [mul_sum, ← sum_sub_distrib, ← sum_add_distrib]
      exact sum_congr rfl fun j _ ↦ by rw [Matrix.sub_apply]; ring
    have h₃ : ∀ z, (h z i - Q.mulVec z i) ^ 2 = (h z i - Q.mulVec z i) * (h z i - Q.mulVec z i) :=
      fun z ↦ sq _
    simp only [h₃]
    rw [h₁, h₂]
    ring
  rw [integral_finset_sum _ fun i _ ↦ (memLp_sub_mulVec hh Q i).integrable_sq,
    sum_congr rfl fun i _ ↦ hi i, sum_add_distrib, sum_sub_distrib]
  rfl

/-- `𝔼‖r‖²`, the mean square of the residual. -/
theorem sum_integral_sq_residual {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    ∑ i, ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n =
      (secondMoment (γ n) h).trace - frobSq (linearPart h) := by
  have htrace : ∑ i, ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n =
      (secondMoment (γ n) fun z i ↦ h z i - (linearPart h).mulVec z i).trace := by
    simp only [Matrix.trace, Matrix.diag_apply, secondMoment, Matrix.of_apply, sq]
  rw [htrace, secondMoment_residual hh, Matrix.trace_sub, frobSq, Matrix.sum_sum_sq_eq_trace]

/-- The covariance of the residual is at most its trace in Frobenius norm. -/
theorem sqrt_frobSq_secondMoment_residual_le {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    √(frobSq (secondMoment (γ n) h - linearPart h * (linearPart h).transpose)) ≤
      (secondMoment (γ n) h).trace - frobSq (linearPart h) := by
  have hr : frobSq (secondMoment (γ n) fun z i ↦ h z i - (linearPart h).mulVec z i) ≤
      (∑ i, ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n) ^ 2 :=
    sum_sum_sq_integral_mul_le (μ := γ n)
      (r := fun i z ↦ h z i - (linearPart h).mulVec z i) (memLp_sub_mulVec hh (linearPart h))
  have h₀ : 0 ≤ (secondMoment (γ n) h).trace - frobSq (linearPart h) := by
    rw [← sum_integral_sq_residual hh]
    exact sum_nonneg fun i _ ↦ integral_nonneg fun z ↦ sq_nonneg _
  rw [sum_integral_sq_residual hh, secondMoment_residual hh] at hr
  exact Real.sqrt_le_iff.2 ⟨h₀, hr⟩

end Lejepa
