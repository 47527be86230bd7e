/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.MeanSquare
public import Mathlib.MeasureTheory.Integral.Prod

/-!
# The mean of a function of two independent variables over the second

For a square-integrable `f (x, y)` of independent `x ∼ μ` and `y ∼ τ`, the function
`x ↦ 𝔼[f (x, y)]` is square-integrable and explains as much of `f` as a function of `x` can.

## Main results
* `MeasureTheory.MemLp.integral_section`: it is square-integrable.
* `MeasureTheory.integral_sub_integral_section_sq`: its mean square distance from `f` is the
  difference of their mean squares.
-/

public section

namespace MeasureTheory

variable {α β : Type*} {mα : MeasurableSpace α} {mβ : MeasurableSpace β} {μ : Measure α}
  {τ : Measure β} [IsProbabilityMeasure μ] [IsProbabilityMeasure τ] {f : α × β → ℝ}

/-- Almost every section of a square-integrable function is square-integrable. -/
theorem MemLp.ae_section (hf : MemLp f 2 (μ.prod τ)) :
    ∀ᵐ x ∂μ, MemLp (fun y ↦ f (x, y)) 2 τ := by
  have h₁ : ∀ᵐ x ∂μ, AEStronglyMeasurable (fun y ↦ f (x, y)) τ := hf.1.prodMk_left
  have hsq : Integrable (fun p ↦ f p ^ 2) (μ.prod τ) := hf.integrable_sq
  have h₂ : ∀ᵐ x ∂μ, Integrable (fun y ↦ f (x, y) ^ 2) τ := hsq.prod_right_ae
  filter_upwards [h₁, h₂] with x hx hx₂
  exact (memLp_two_iff_integrable_sq hx).2 hx₂

/-- The mean over the second variable is square-integrable. -/
theorem MemLp.integral_section (hf : MemLp f 2 (μ.prod τ)) :
    MemLp (fun x ↦ ∫ y, f (x, y) ∂τ) 2 μ := by
  have hm : AEStronglyMeasurable (fun x ↦ ∫ y, f (x, y) ∂τ) μ := hf.1.integral_prod_right'
  have hsq : Integrable (fun p ↦ f p ^ 2) (μ.prod τ) := hf.integrable_sq
  have hi : Integrable (fun x ↦ ∫ y, f (x, y) ^ 2 ∂τ) μ := hsq.integral_prod_left
  refine (memLp_two_iff_integrable_sq hm).2 (hi.mono' (hm.pow 2) ?_)
  filter_upwards [hf.ae_section] with x hx
  change ‖(∫ y, f (x, y) ∂τ) ^ 2‖ ≤ ∫ y, f (x, y) ^ 2 ∂τ
  rw [Real.norm_of_nonneg (sq_nonneg _)]
  exact sq_integral_le hx

/-- The mean square distance of a function from its mean over the second variable. -/
theorem integral_sub_integral_section_sq (hf : MemLp f 2 (μ.prod τ)) :
    ∫ p, (f p - ∫ y, f (p.1, y) ∂τ) ^ 2 ∂μ.prod τ =
      (∫ p, f p ^ 2 ∂μ.prod τ) - ∫ x, (∫ y, f (x, y) ∂τ) ^ 2 ∂μ := by
  have hmean := hf.integral_section
  have hfst : MemLp (fun p : α × β ↦ ∫ y, f (p.1, y) ∂τ) 2 (μ.prod τ) :=
    hmean.comp_measurePreserving measurePreserving_fst
  have i₁ : Integrable (fun p : α × β ↦ (f p - ∫ y, f (p.1, y) ∂τ) ^ 2) (μ.prod τ) :=
    (hf.sub hfst).integrable_sq
  have i₂ : Integrable (fun p ↦ f p ^ 2) (μ.prod τ) := hf.integrable_sq
  have i₃ : Integrable (fun x ↦ ∫ y, f (x, y) ^ 2 ∂τ) μ := i₂.integral_prod_left
  have i₄ : Integrable (fun x ↦ (∫ y, f (x, y) ∂τ) ^ 2) μ := hmean.integrable_sq
  calc ∫ p, (f p - ∫ y, f (p.1, y) ∂τ) ^ 2 ∂μ.prod τ
      = ∫ x, ∫ y, (f (x, y) - ∫ y', f (x, y') ∂τ) ^ 2 ∂τ ∂μ := integral_prod _ i₁
    _ = ∫ x, ((∫ y, f (x, y) ^ 2 ∂τ) - (∫ y, f (x, y) ∂τ) ^ 2) ∂μ := by
        refine integral_congr_ae ?_
        filter_upwards [hf.ae_section] with x hx
        have h := integral_sub_const_sq hx (∫ y, f (x, y) ∂τ)
        rw [sub_self, zero_pow two_ne_zero, add_zero] at h
        exact h
    _ = (∫ x, ∫ y, f (x, y) ^ 2 ∂τ ∂μ) - ∫ x, (∫ y, f (x, y) ∂τ) ^ 2 ∂μ := integral_sub i₃ i₄
    _ = (∫ p, f p ^ 2 ∂μ.prod τ) - ∫ x, (∫ y, f (x, y) ∂τ) ^ 2 ∂μ := by
        rw [integral_prod _ i₂]

end MeasureTheory
