/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.CharFunDeriv
public import Lejepa.ForMathlib.ScalingEquation
public import Mathlib.Probability.Distributions.Gaussian.Real

/-!
# A characteristic function that scales is Gaussian

If the characteristic function `φ` of a law of mean zero and variance one satisfies
`φ'(c t) φ(t) = c φ'(t) φ(c t)` for some `c` with `0 < |c| < 1`, the law is `N(0, 1)`.

## Main results
* `Lejepa.eq_gaussianReal_of_scaling`

## References
* `docs/mathematics.md`, the section on which worlds have a linear optimum.
-/

public section

open Complex MeasureTheory ProbabilityTheory

namespace Lejepa

/-- **A scaling characteristic function is Gaussian.** With `φ` the characteristic function of `μ`
and `φ'(t) = i 𝔼[X e^{itX}]`, the hypothesis `h` is `φ'(c t) φ(t) = c φ'(t) φ(c t)`. -/
theorem eq_gaussianReal_of_scaling {μ : Measure ℝ} [IsProbabilityMeasure μ] {c : ℝ} (hc₀ : c ≠ 0)
    (hc₁ : |c| < 1) (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (h : ∀ t : ℝ, (∫ x, x * cexp ((c * t : ℝ) * x * I) ∂μ) * charFun μ t =
      c * (∫ x, x * cexp (t * x * I) ∂μ) * charFun μ (c * t)) :
    μ = gaussianReal 0 1 := by
  have hint : Integrable (fun x ↦ x) μ := hμ.integrable one_le_two
  have hφ' : HasDerivAt (fun t : ℝ ↦ I * ∫ x, x * cexp (t * x * I) ∂μ) (-1) 0 := by
    refine ((hasDerivAt_integral_id_mul_cexp hμ 0).const_mul I).congr_deriv ?_
    have e : ∫ x, (x : ℂ) ^ 2 * cexp ((0 : ℝ) * x * I) ∂μ = 1 := by
      calc ∫ x, (x : ℂ) ^ 2 * cexp ((0 : ℝ) * x * I) ∂μ = ∫ x, ((x ^ 2 : ℝ) : ℂ) ∂μ := by
            refine integral_congr_ae (.of_forall fun x ↦ ?_)
            simp
        _ = 1 := by rw [integral_complex_ofReal, var, ofReal_one]
    rw [e, mul_one, I_mul_I]
  have h0' : I * ∫ x, (x : ℂ) * cexp ((0 : ℝ) * x * I) ∂μ = 0 := by
    have e : ∫ x, (x : ℂ) * cexp ((0 : ℝ) * x * I) ∂μ = ∫ x, ((x : ℝ) : ℂ) ∂μ := by
      refine integral_congr_ae (.of_forall fun x ↦ ?_)
      simp
    rw [e, integral_complex_ofReal, mean, ofReal_zero, mul_zero]
  have key := ScalingEquation.eq_cexp_of_scaling hc₀ hc₁ (fun t ↦ hasDerivAt_charFun hint t) hφ'
    (by simp) h0' (fun t ↦ by linear_combination I * h t)
  refine Measure.ext_of_charFun (funext fun t ↦ ?_)
  rw [key t, charFun_gaussianReal]
  congr 1
  simp

end Lejepa
