/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianPiMoments

/-!
# A linear encoder of latents that are not Gaussian fails the regularizer

A linear encoder `z ↦ c z`, `c ≠ 0`, has Gaussian output only if the latents are Gaussian. So where
the latents are not Gaussian, a regularizer that asks for Gaussian output excludes every linear
encoder, however well it aligns.

## Main results
* `Lejepa.map_mul_eq_gaussianReal_iff`
* `Lejepa.eq_gaussianReal_of_map_mul`: white latents are `N(0, 1)` if one of their linear encoders
  has output `N(0, 1)`.
-/

public section

open MeasureTheory ProbabilityTheory
open scoped NNReal

namespace Lejepa

/-- The output of a linear encoder is Gaussian if and only if the latents are. -/
theorem map_mul_eq_gaussianReal_iff {μ : Measure ℝ} {c : ℝ} (hc : c ≠ 0) {m : ℝ} {v : ℝ≥0} :
    μ.map (c * ·) = gaussianReal m v ↔
      μ = gaussianReal (c⁻¹ * m) (⟨c⁻¹ ^ 2, sq_nonneg _⟩ * v) := by
  have hm (a : ℝ) : Measurable fun x : ℝ ↦ a * x := measurable_const_mul a
  have hinv (a : ℝ) (ha : a ≠ 0) (ν : Measure ℝ) : (ν.map (a * ·)).map (a⁻¹ * ·) = ν := by
    have e : (fun x : ℝ ↦ a⁻¹ * x) ∘ (fun x ↦ a * x) = id :=
      funext fun x ↦ inv_mul_cancel_left₀ ha x
    rw [Measure.map_map (hm _) (hm _), e, Measure.map_id]
  constructor
  · intro h
    rw [← gaussianReal_map_const_mul, ← h, hinv c hc]
  · intro h
    have h' := hinv c⁻¹ (inv_ne_zero hc) (gaussianReal m v)
    rw [inv_inv] at h'
    rw [h, ← gaussianReal_map_const_mul, h']

/-- A latent of mean square one, some multiple of which is `N(0, 1)`, is `N(0, 1)`. -/
theorem eq_gaussianReal_of_map_mul {μ : Measure ℝ} [IsProbabilityMeasure μ] {c : ℝ}
    (var : ∫ z, z ^ 2 ∂μ = 1) (h : μ.map (c * ·) = gaussianReal 0 1) : μ = gaussianReal 0 1 := by
  have hm : Measurable fun x : ℝ ↦ c * x := measurable_const_mul c
  have hsq : ∫ z, z ^ 2 ∂gaussianReal 0 1 = 1 := integral_sq_gaussianReal_zero_one
  have hc2 : c ^ 2 = 1 := by
    rw [← h, integral_map hm.aemeasurable (continuous_pow 2).aestronglyMeasurable] at hsq
    simp only [mul_pow] at hsq
    rwa [integral_const_mul, var, mul_one] at hsq
  have hc : c ≠ 0 := fun h0 ↦ by
    rw [h0] at hc2
    norm_num at hc2
  have hv : (⟨c⁻¹ ^ 2, sq_nonneg _⟩ : ℝ≥0) = 1 := by
    refine NNReal.eq ?_
    change c⁻¹ ^ 2 = 1
    rw [inv_pow, hc2, inv_one]
  rw [map_mul_eq_gaussianReal_iff hc, mul_zero, hv, mul_one] at h
  exact h

end Lejepa
