/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Integral.DominatedConvergence
public import Mathlib.Analysis.SpecialFunctions.Exponential

/-!
# Vanishing moments make the Fourier transform vanish

## Main results
* `MeasureTheory.integral_mul_cexp_eq_zero_of_forall_integral_mul_pow_eq_zero`: if `|f| e^{|g|}` is
  integrable and `∫ f gᵏ dμ = 0` for every `k`, then `∫ f e^{ig} dμ = 0`.
-/

public section

open Complex

namespace MeasureTheory

variable {α : Type*} {m : MeasurableSpace α} {μ : Measure α} {f g : α → ℝ}

/-- The exponential series can be integrated term by term against `f`, if `|f| e^{|g|}` is
integrable. -/
theorem hasSum_integral_mul_cexp (hf : AEStronglyMeasurable f μ) (hg : AEStronglyMeasurable g μ)
    (hfg : Integrable (fun x ↦ ‖f x‖ * Real.exp |g x|) μ) :
    HasSum (fun k : ℕ ↦ ∫ x, (f x : ℂ) * ((g x * I) ^ k / (k.factorial : ℂ)) ∂μ)
      (∫ x, (f x : ℂ) * cexp (g x * I) ∂μ) := by
  have hexp : ∀ y : ℝ, HasSum (fun k : ℕ ↦ y ^ k / (k.factorial : ℝ)) (Real.exp y) := fun y ↦ by
    rw [Real.exp_eq_exp_ℝ]
    exact NormedSpace.expSeries_div_hasSum_exp ℝ y
  have hcexp : ∀ y : ℂ, HasSum (fun k : ℕ ↦ y ^ k / (k.factorial : ℂ)) (cexp y) := fun y ↦ by
    rw [Complex.exp_eq_exp_ℂ]
    exact NormedSpace.expSeries_div_hasSum_exp ℂ y
  have hsum : ∀ x, HasSum (fun k : ℕ ↦ ‖f x‖ * (|g x| ^ k / (k.factorial : ℝ)))
      (‖f x‖ * Real.exp |g x|) := fun x ↦ (hexp |g x|).mul_left _
  refine hasSum_integral_of_dominated_convergence
    (fun k x ↦ ‖f x‖ * (|g x| ^ k / (k.factorial : ℝ))) (fun k ↦ ?_)
    (fun k ↦ ae_of_all _ fun x ↦ ?_) (ae_of_all _ fun x ↦ (hsum x).summable) ?_
    (ae_of_all _ fun x ↦ (hcexp (g x * I)).mul_left _)
  · have hc : Continuous fun y : ℝ ↦ ((y : ℂ) * I) ^ k / (k.factorial : ℂ) := by fun_prop
    exact (continuous_ofReal.comp_aestronglyMeasurable hf).mul (hc.comp_aestronglyMeasurable hg)
  · exact le_of_eq (by simp)
  · have htsum : (fun x ↦ ∑' k : ℕ, ‖f x‖ * (|g x| ^ k / (k.factorial : ℝ))) =
        fun x ↦ ‖f x‖ * Real.exp |g x| := funext fun x ↦ (hsum x).tsum_eq
    rw [htsum]
    exact hfg

/-- If `|f| e^{|g|}` is integrable and `f` is orthogonal to every power of `g`, then
`∫ f e^{ig} dμ = 0`. -/
theorem integral_mul_cexp_eq_zero_of_forall_integral_mul_pow_eq_zero
    (hf : AEStronglyMeasurable f μ) (hg : AEStronglyMeasurable g μ)
    (hfg : Integrable (fun x ↦ ‖f x‖ * Real.exp |g x|) μ)
    (h : ∀ k : ℕ, ∫ x, f x * g x ^ k ∂μ = 0) : ∫ x, (f x : ℂ) * cexp (g x * I) ∂μ = 0 := by
  have hterm : ∀ k : ℕ, ∫ x, (f x : ℂ) * ((g x * I) ^ k / (k.factorial : ℂ)) ∂μ = 0 := fun k ↦ by
    have hpt : ∀ x, (f x : ℂ) * ((g x * I) ^ k / (k.factorial : ℂ)) =
        I ^ k / (k.factorial : ℂ) * ((f x * g x ^ k : ℝ) : ℂ) := fun x ↦ by
      push_cast
      ring
    simp_rw [hpt]
    rw [integral_const_mul, integral_complex_ofReal, h k, ofReal_zero, mul_zero]
  have hs := hasSum_integral_mul_cexp hf hg hfg
  simp only [hterm] at hs
  exact hs.unique hasSum_zero

end MeasureTheory
