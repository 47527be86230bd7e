/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.SumMul
public import Lejepa.Objective

/-!
# Linear forms of white latents

The moments of `∑ uᵢ zᵢ` for white latents `z`, and what remains of a function without its constant
and linear parts.

## Main results
* `Lejepa.integral_mul_linear`: `𝔼[zₖ ∑ uᵢ zᵢ] = uₖ`.
* `Lejepa.integral_linear_sq`: `𝔼[(∑ uᵢ zᵢ)²] = ∑ uᵢ²`.
* `Lejepa.integral_mul_sub_linear`: the remainder is uncorrelated with the latents.
-/

public section

open MeasureTheory

namespace Lejepa

variable {n : ℕ}

variable {μ : Measure (Fin n → ℝ)}

/-- The second moments of white latents. -/
theorem integral_mul_of_isWhite_id (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (j k : Fin n) :
    ∫ z, z j * z k ∂μ = (1 : Matrix (Fin n) (Fin n) ℝ) j k := by
  rw [← white.secondMoment_eq_one]
  rfl

/-- A linear form has mean zero. -/
theorem integral_linear [IsProbabilityMeasure μ] (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (u : Fin n → ℝ) : ∫ z, ∑ j, u j * z j ∂μ = 0 := by
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  rw [integral_finset_sum _ fun j _ ↦ ((hz j).integrable one_le_two).const_mul (u j)]
  refine Finset.sum_eq_zero fun j _ ↦ ?_
  rw [integral_const_mul, white.mean_eq_zero j, mul_zero]

/-- The correlation of a linear form with a coordinate is its coefficient. -/
theorem integral_mul_linear (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (u : Fin n → ℝ)
    (k : Fin n) : ∫ z, z k * ∑ j, u j * z j ∂μ = u k := by
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  calc ∫ z, z k * ∑ j, u j * z j ∂μ = ∫ z, (∑ j, u j * z j) * z k ∂μ :=
        integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
    _ = ∑ j, u j * ∫ z, z j * z k ∂μ := integral_sum_mul_mul u hz (hz k)
    _ = u k := by
      rw [Finset.sum_eq_single k]
      · rw [integral_mul_of_isWhite_id white, Matrix.one_apply_eq, mul_one]
      · intro j _ hjk
        rw [integral_mul_of_isWhite_id white, Matrix.one_apply_ne hjk, mul_zero]
      · intro hk
        exact absurd (Finset.mem_univ k) hk

/-- The variance of a linear form. -/
theorem integral_linear_sq (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (u : Fin n → ℝ) :
    ∫ z, (∑ j, u j * z j) ^ 2 ∂μ = ∑ j, u j ^ 2 := by
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  calc ∫ z, (∑ j, u j * z j) ^ 2 ∂μ = ∫ z, (∑ j, u j * z j) * ∑ j, u j * z j ∂μ :=
        integral_congr_ae (.of_forall fun z ↦ sq _)
    _ = ∑ k, u k * ∫ z, z k * ∑ j, u j * z j ∂μ :=
        integral_sum_mul_mul u hz (memLp_sum_mul u hz)
    _ = ∑ j, u j ^ 2 := Finset.sum_congr rfl fun j _ ↦ by rw [integral_mul_linear white, sq]

/-! ### A function without its constant and linear parts -/

variable [IsProbabilityMeasure μ] {v : (Fin n → ℝ) → ℝ} {α : ℝ} {β : Fin n → ℝ}

/-- If the latents are white and `v` is square-integrable, so is `v(z) - α - ∑ⱼ βⱼ zⱼ`. -/
theorem memLp_sub_linear (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (hv : MemLp v 2 μ) :
    MemLp (fun z ↦ v z - α - ∑ j, β j * z j) 2 μ :=
  (hv.sub (memLp_const α)).sub (memLp_sum_mul β white.memLp)

/-- The remainder has mean zero. -/
theorem integral_sub_linear (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (hv : MemLp v 2 μ)
    (hα : ∫ z, v z ∂μ = α) : ∫ z, v z - α - ∑ j, β j * z j ∂μ = 0 := by
  have i₁ : Integrable (fun z ↦ v z - α) μ := (hv.sub (memLp_const α)).integrable one_le_two
  rw [integral_sub i₁ ((memLp_sum_mul β white.memLp).integrable one_le_two),
    integral_sub (hv.integrable one_le_two) (integrable_const α), hα, integral_linear white,
    integral_const, probReal_univ, one_smul, sub_self, sub_zero]

/-- The remainder is uncorrelated with the latents. -/
theorem integral_mul_sub_linear (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (hv : MemLp v 2 μ)
    (hβ : ∀ j, ∫ z, z j * v z ∂μ = β j) (k : Fin n) :
    ∫ z, z k * (v z - α - ∑ j, β j * z j) ∂μ = 0 := by
  have hz : MemLp (fun z : Fin n → ℝ ↦ z k) 2 μ := white.memLp k
  have e : ∀ z : Fin n → ℝ, z k * (v z - α - ∑ j, β j * z j) =
      z k * v z - z k * α - z k * ∑ j, β j * z j := fun z ↦ by ring
  have i1 : Integrable (fun z : Fin n → ℝ ↦ z k * v z) μ := hz.integrable_mul hv
  have i2 : Integrable (fun z : Fin n → ℝ ↦ z k * α) μ :=
    (hz.integrable one_le_two).mul_const α
  have i12 : Integrable (fun z : Fin n → ℝ ↦ z k * v z - z k * α) μ := i1.sub i2
  have i3 : Integrable (fun z : Fin n → ℝ ↦ z k * ∑ j, β j * z j) μ :=
    hz.integrable_mul (memLp_sum_mul β white.memLp)
  simp only [e]
  rw [integral_sub i12 i3, integral_sub i1 i2, hβ k, integral_mul_linear white,
    integral_mul_const, white.mean_eq_zero k, zero_mul, sub_zero, sub_self]

end Lejepa
