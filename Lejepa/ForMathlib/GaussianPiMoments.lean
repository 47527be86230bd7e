/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.PiIntegral
public import Mathlib.Probability.Distributions.Gaussian.Real

/-!
# First and second moments of the standard Gaussian measure on `ι → ℝ`

## Main results
* `ProbabilityTheory.integral_eval_pi_gaussianReal`: the coordinates have mean zero.
* `ProbabilityTheory.integral_eval_mul_eval_pi_gaussianReal`: their covariance is the identity.
-/

public section

open MeasureTheory

namespace ProbabilityTheory

/-- The second moment of `N(0, 1)` is `1`. -/
lemma integral_sq_gaussianReal_zero_one : ∫ x, x ^ 2 ∂gaussianReal 0 1 = 1 := by
  have h := variance_fun_id_gaussianReal (μ := 0) (v := 1)
  rw [variance_eq_integral measurable_id'.aemeasurable] at h
  simpa only [integral_id_gaussianReal, sub_zero, NNReal.coe_one] using h

variable {ι : Type*} [Fintype ι]

/-- A coordinate has mean zero. -/
lemma integral_eval_pi_gaussianReal (i : ι) :
    ∫ x : ι → ℝ, x i ∂(Measure.pi fun _ ↦ gaussianReal 0 1) = 0 := by
  have h : ∫ x : ι → ℝ, x i ∂(Measure.pi fun _ ↦ gaussianReal 0 1) = ∫ x, x ∂gaussianReal 0 1 :=
    integral_comp_eval (μ := fun _ : ι ↦ gaussianReal 0 1) (i := i) (f := fun x : ℝ ↦ x)
      measurable_id'.aestronglyMeasurable
  rw [h, integral_id_gaussianReal]

/-- The covariance of the coordinates is the identity. -/
lemma integral_eval_mul_eval_pi_gaussianReal [DecidableEq ι] (i j : ι) :
    ∫ x : ι → ℝ, x i * x j ∂(Measure.pi fun _ ↦ gaussianReal 0 1) = if i = j then 1 else 0 := by
  split_ifs with hij
  · subst hij
    have h : ∫ x : ι → ℝ, x i * x i ∂(Measure.pi fun _ ↦ gaussianReal 0 1)
        = ∫ x, x * x ∂gaussianReal 0 1 :=
      integral_comp_eval (μ := fun _ : ι ↦ gaussianReal 0 1) (i := i) (f := fun x : ℝ ↦ x * x)
        (measurable_id'.mul measurable_id').aestronglyMeasurable
    refine h.trans (Eq.trans ?_ integral_sq_gaussianReal_zero_one)
    simp only [pow_two]
  · rw [integral_eval_mul_eval_pi hij (fun t ↦ t) fun t ↦ t, integral_id_gaussianReal, zero_mul]

end ProbabilityTheory
