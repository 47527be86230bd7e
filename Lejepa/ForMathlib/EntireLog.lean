/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Calculus.ParametricIntegral
public import Mathlib.Analysis.Complex.CauchyIntegral
public import Mathlib.Analysis.Complex.RealDeriv

/-!
# Primitives and logarithms of entire functions

## Main results
* `Lejepa.exists_hasDerivAt_of_differentiable`: an entire function has a primitive,
  `z ∫₀¹ h(t z) dt`.
* `Lejepa.exists_exp_eq_of_differentiable`: an entire function without zeros is the exponential of
  an entire function.
-/

public section

open Complex MeasureTheory Metric
open scoped Topology

namespace Lejepa

/-- The derivative of an entire function is entire. -/
theorem differentiable_deriv_of_differentiable {h : ℂ → ℂ} (hh : Differentiable ℂ h) :
    Differentiable ℂ (deriv h) :=
  fun z ↦ (hh.analyticAt z).deriv.differentiableAt

section Primitive

variable {h : ℂ → ℂ}

/-- The derivative of `z h(t z)` in `z`. -/
theorem hasDerivAt_mul_comp_mul (hh : Differentiable ℂ h) (t : ℝ) (z : ℂ) :
    HasDerivAt (fun z : ℂ ↦ z * h (t * z)) (h (t * z) + z * (t * deriv h (t * z))) z := by
  have h₁ : HasDerivAt (fun z : ℂ ↦ (t : ℂ) * z) ((t : ℂ) * 1) z :=
    HasDerivAt.const_mul (t : ℂ) (hasDerivAt_id z)
  have h₂ := HasDerivAt.comp z (hh ((t : ℂ) * z)).hasDerivAt h₁
  have h₃ : HasDerivAt (fun z : ℂ ↦ z * h (t * z))
      (1 * h (t * z) + z * (deriv h (t * z) * ((t : ℂ) * 1))) z :=
    HasDerivAt.fun_mul (hasDerivAt_id z) h₂
  exact h₃.congr_deriv (by ring)

/-- The derivative of `t h(t z)` in the real variable `t`: the same. -/
theorem hasDerivAt_ofReal_mul_comp (hh : Differentiable ℂ h) (z : ℂ) (t : ℝ) :
    HasDerivAt (fun t : ℝ ↦ (t : ℂ) * h (t * z)) (h (t * z) + z * (t * deriv h (t * z))) t := by
  have h₀ : HasDerivAt (fun t : ℝ ↦ (t : ℂ)) 1 t :=
    (hasDerivAt_id t).ofReal_comp.congr_deriv ofReal_one
  have h₁ : HasDerivAt (fun t : ℝ ↦ (t : ℂ) * z) (1 * z) t := HasDerivAt.mul_const h₀ z
  have h₂ := HasDerivAt.comp t (hh ((t : ℂ) * z)).hasDerivAt h₁
  have h₃ : HasDerivAt (fun t : ℝ ↦ (t : ℂ) * h (t * z))
      (1 * h (t * z) + (t : ℂ) * (deriv h (t * z) * (1 * z))) t := HasDerivAt.fun_mul h₀ h₂
  exact h₃.congr_deriv (by ring)

/-- A continuous function is continuous along a ray. -/
theorem continuous_comp_ofReal_mul {k : ℂ → ℂ} (hk : Continuous k) (z : ℂ) :
    Continuous fun t : ℝ ↦ k (t * z) :=
  hk.comp (continuous_ofReal.mul continuous_const)

/-- An entire function has a primitive. -/
theorem exists_hasDerivAt_of_differentiable (hh : Differentiable ℂ h) :
    ∃ g : ℂ → ℂ, g 0 = 0 ∧ ∀ z, HasDerivAt g (h z) z := by
  have hd : Continuous (deriv h) := (differentiable_deriv_of_differentiable hh).continuous
  have hc (z : ℂ) : Continuous fun t : ℝ ↦ z * h (t * z) :=
    continuous_const.mul (continuous_comp_ofReal_mul hh.continuous z)
  have hc' (z : ℂ) : Continuous fun t : ℝ ↦ h (t * z) + z * (t * deriv h (t * z)) :=
    (continuous_comp_ofReal_mul hh.continuous z).add
      (continuous_const.mul (continuous_ofReal.mul (continuous_comp_ofReal_mul hd z)))
  refine ⟨fun z ↦ ∫ t in Set.Ioc (0 : ℝ) 1, z * h (t * z), ?_, fun z₀ ↦ ?_⟩
  · simp only [zero_mul, integral_zero]
  -- bounds on the disc that holds all `t z`
  obtain ⟨C, hC⟩ := (isCompact_closedBall (0 : ℂ) (‖z₀‖ + 1)).exists_bound_of_continuousOn
    hh.continuous.continuousOn
  obtain ⟨C', hC'⟩ := (isCompact_closedBall (0 : ℂ) (‖z₀‖ + 1)).exists_bound_of_continuousOn
    hd.continuousOn
  have hbound : ∀ t ∈ Set.Ioc (0 : ℝ) 1, ∀ z ∈ ball z₀ 1,
      ‖h (t * z) + z * (t * deriv h (t * z))‖ ≤ C + (‖z₀‖ + 1) * C' := fun t ht z hz ↦ by
    have hz' : ‖z‖ ≤ ‖z₀‖ + 1 := by
      have h₁ : ‖z - z₀‖ < 1 := mem_ball_iff_norm.1 hz
      calc ‖z‖ = ‖z₀ + (z - z₀)‖ := by rw [add_sub_cancel]
        _ ≤ ‖z₀‖ + ‖z - z₀‖ := norm_add_le _ _
        _ ≤ ‖z₀‖ + 1 := by linarith
    have ht' : ‖(t : ℂ)‖ ≤ 1 := by
      rw [Complex.norm_real, Real.norm_eq_abs, abs_of_pos ht.1]
      exact ht.2
    have htz : (t : ℂ) * z ∈ closedBall (0 : ℂ) (‖z₀‖ + 1) := by
      rw [mem_closedBall_zero_iff, norm_mul]
      calc ‖(t : ℂ)‖ * ‖z‖ ≤ 1 * ‖z‖ := mul_le_mul_of_nonneg_right ht' (norm_nonneg z)
        _ ≤ ‖z₀‖ + 1 := by rw [one_mul]; exact hz'
    have h₂ : ‖(t : ℂ) * deriv h (t * z)‖ ≤ C' := by
      rw [norm_mul]
      calc ‖(t : ℂ)‖ * ‖deriv h (t * z)‖ ≤ 1 * ‖deriv h (t * z)‖ :=
            mul_le_mul_of_nonneg_right ht' (norm_nonneg _)
        _ ≤ C' := by rw [one_mul]; exact hC' _ htz
    calc ‖h (t * z) + z * (t * deriv h (t * z))‖
        ≤ ‖h (t * z)‖ + ‖z * (t * deriv h (t * z))‖ := norm_add_le _ _
      _ = ‖h (t * z)‖ + ‖z‖ * ‖(t : ℂ) * deriv h (t * z)‖ := by rw [norm_mul]
      _ ≤ C + (‖z₀‖ + 1) * C' :=
        add_le_add (hC _ htz) (mul_le_mul hz' h₂ (norm_nonneg _) (by positivity))
  have key := hasDerivAt_integral_of_dominated_loc_of_deriv_le (𝕜 := ℂ)
    (μ := volume.restrict (Set.Ioc (0 : ℝ) 1)) (ε := 1) (x₀ := z₀)
    (F := fun z (t : ℝ) ↦ z * h (t * z))
    (F' := fun z (t : ℝ) ↦ h (t * z) + z * (t * deriv h (t * z)))
    (bound := fun _ ↦ C + (‖z₀‖ + 1) * C') one_pos
    (.of_forall fun z ↦ (hc z).aestronglyMeasurable) (hc z₀).integrableOn_Ioc
    (hc' z₀).aestronglyMeasurable (ae_restrict_of_forall_mem measurableSet_Ioc hbound)
    (continuous_const : Continuous fun _ : ℝ ↦ C + (‖z₀‖ + 1) * C').integrableOn_Ioc
    (.of_forall fun t z _ ↦ hasDerivAt_mul_comp_mul hh t z)
  refine key.2.congr_deriv ?_
  have hftc : ∫ t in (0 : ℝ)..1, (h (t * z₀) + z₀ * (t * deriv h (t * z₀))) =
      ((1 : ℝ) : ℂ) * h ((1 : ℝ) * z₀) - ((0 : ℝ) : ℂ) * h ((0 : ℝ) * z₀) :=
    intervalIntegral.integral_eq_sub_of_hasDerivAt (f := fun t : ℝ ↦ (t : ℂ) * h (t * z₀))
      (fun t _ ↦ hasDerivAt_ofReal_mul_comp hh z₀ t) ((hc' z₀).intervalIntegrable 0 1)
  rw [intervalIntegral.integral_of_le zero_le_one, ofReal_one, one_mul, one_mul, ofReal_zero,
    zero_mul, sub_zero] at hftc
  exact hftc

end Primitive

/-- An entire function without zeros is the exponential of an entire function. -/
theorem exists_exp_eq_of_differentiable {f : ℂ → ℂ} (hf : Differentiable ℂ f)
    (h₀ : ∀ z, f z ≠ 0) (h₁ : f 0 = 1) :
    ∃ g : ℂ → ℂ, Differentiable ℂ g ∧ g 0 = 0 ∧ ∀ z, f z = cexp (g z) := by
  have hd : Differentiable ℂ fun z ↦ deriv f z / f z := fun z ↦
    (differentiable_deriv_of_differentiable hf z).fun_div (hf z) (h₀ z)
  obtain ⟨g, g₀, hg⟩ := exists_hasDerivAt_of_differentiable hd
  refine ⟨g, fun z ↦ (hg z).differentiableAt, g₀, fun z ↦ ?_⟩
  have hq (z : ℂ) : HasDerivAt (fun z ↦ f z * cexp (-g z)) 0 z := by
    have hn : HasDerivAt (fun z ↦ -g z) (-(deriv f z / f z)) z := HasDerivAt.neg (hg z)
    have he : HasDerivAt (fun z ↦ cexp (-g z)) (cexp (-g z) * -(deriv f z / f z)) z :=
      HasDerivAt.cexp hn
    have hm : HasDerivAt (fun z ↦ f z * cexp (-g z))
        (deriv f z * cexp (-g z) + f z * (cexp (-g z) * -(deriv f z / f z))) z :=
      HasDerivAt.fun_mul (hf z).hasDerivAt he
    have hk : f z * (deriv f z / f z) = deriv f z := by
      rw [← mul_div_assoc, mul_div_cancel_left₀ _ (h₀ z)]
    refine hm.congr_deriv ?_
    linear_combination (-cexp (-g z)) * hk
  have hconst : f z * cexp (-g z) = f 0 * cexp (-g 0) :=
    is_const_of_deriv_eq_zero (f := fun z ↦ f z * cexp (-g z))
      (fun z ↦ (hq z).differentiableAt) (fun z ↦ (hq z).deriv) z 0
  rw [h₁, g₀, neg_zero, Complex.exp_zero, mul_one] at hconst
  calc f z = f z * cexp (-g z) * cexp (g z) := by
        rw [mul_assoc, ← Complex.exp_add, neg_add_cancel, Complex.exp_zero, mul_one]
    _ = cexp (g z) := by rw [hconst, one_mul]

end Lejepa
