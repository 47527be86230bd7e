/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Probability.Distributions.Gaussian.Real
public import Mathlib.MeasureTheory.Integral.Pi

/-!
# The density of a product of Gaussians

## Main results
* `ProbabilityTheory.pi_gaussianReal_eq_withDensity`: a product of nondegenerate Gaussians has the
  product of their densities.
* `ProbabilityTheory.prod_gaussianPDFReal_zero_one`: for standard ones, that is
  `(2π)^{-n/2} exp (-|z|² / 2)`.
-/

public section

open MeasureTheory
open scoped ENNReal NNReal Real

namespace ProbabilityTheory

variable {ι : Type*} [Fintype ι]

/-- A product of Gaussian laws of nonzero variance has the product of their densities as its density
with respect to Lebesgue measure. -/
theorem pi_gaussianReal_eq_withDensity (m : ι → ℝ) {v : ι → ℝ≥0} (hv : ∀ i, v i ≠ 0) :
    Measure.pi (fun i ↦ gaussianReal (m i) (v i)) =
      (volume : Measure (ι → ℝ)).withDensity
        fun z ↦ ENNReal.ofReal (∏ i, gaussianPDFReal (m i) (v i) (z i)) := by
  refine Measure.pi_eq fun s hs ↦ ?_
  have hint : Integrable (fun z : ι → ℝ ↦ ∏ i, gaussianPDFReal (m i) (v i) (z i))
      (Measure.pi fun i ↦ (volume : Measure ℝ).restrict (s i)) :=
    Integrable.fintype_prod (f := fun i ↦ gaussianPDFReal (m i) (v i))
      fun i ↦ (integrable_gaussianPDFReal (m i) (v i)).restrict
  have hprod : ∫ z : ι → ℝ, ∏ i, gaussianPDFReal (m i) (v i) (z i)
      ∂(Measure.pi fun i ↦ (volume : Measure ℝ).restrict (s i)) =
      ∏ i, ∫ x in s i, gaussianPDFReal (m i) (v i) x :=
    integral_fintype_prod_eq_prod (fun i ↦ gaussianPDFReal (m i) (v i))
  have hnonneg : ∀ z : ι → ℝ, 0 ≤ ∏ i, gaussianPDFReal (m i) (v i) (z i) := fun z ↦
    Finset.prod_nonneg fun i _ ↦ gaussianPDFReal_nonneg _ _ _
  have hnonneg' : ∀ i ∈ Finset.univ, 0 ≤ ∫ x in s i, gaussianPDFReal (m i) (v i) x := fun i _ ↦
    integral_nonneg (gaussianPDFReal_nonneg _ _)
  rw [withDensity_apply _ (MeasurableSet.univ_pi hs), volume_pi, Measure.restrict_pi_pi,
    ← ofReal_integral_eq_lintegral_ofReal hint (ae_of_all _ hnonneg), hprod,
    ENNReal.ofReal_prod_of_nonneg hnonneg']
  exact Finset.prod_congr rfl fun i _ ↦ (gaussianReal_apply_eq_integral (m i) (hv i) (s i)).symm

/-- The product of the densities of `N(0, 1)` at the coordinates of `z` is `(2π)^(-d/2)
e^(-|z|²/2)`, where `d` is the number of coordinates. -/
theorem prod_gaussianPDFReal_zero_one (z : ι → ℝ) :
    ∏ i, gaussianPDFReal 0 1 (z i) =
      (√(2 * π))⁻¹ ^ Fintype.card ι * Real.exp (-(∑ i, z i ^ 2) / 2) := by
  have h : ∀ x, gaussianPDFReal 0 1 x = (√(2 * π))⁻¹ * Real.exp (-x ^ 2 / 2) := fun x ↦ by
    rw [gaussianPDFReal, sub_zero, NNReal.coe_one, mul_one, mul_one]
  rw [Finset.prod_congr rfl fun i _ ↦ h (z i), Finset.prod_mul_distrib, Finset.prod_const,
    Finset.card_univ, ← Real.exp_sum, ← Finset.sum_div, Finset.sum_neg_distrib]

end ProbabilityTheory
