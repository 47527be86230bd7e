/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Calculus.Deriv.Add
public import Mathlib.Analysis.Calculus.Deriv.Mul
public import Mathlib.Analysis.SpecialFunctions.ExpDeriv
public import Mathlib.Probability.Distributions.Gaussian.Real
public import Mathlib.MeasureTheory.Integral.IntegralEqImproper

/-!
# Integration by parts against a Gaussian law (Stein's identity)

## Main results
* `ProbabilityTheory.integral_sub_mul_gaussianReal`: `𝔼 (x - μ) f(x) = v 𝔼 f'(x)`, `x ∼ N(μ, v)`.
* `ProbabilityTheory.integral_mul_gaussianReal`: `𝔼 x f(x) = 𝔼 f'(x)`, `x ∼ N(0, 1)`.
-/

public section

open MeasureTheory
open scoped ENNReal NNReal Real

namespace ProbabilityTheory

variable {μ : ℝ} {v : ℝ≥0} {f f' : ℝ → ℝ}

/-- The density of `N(μ, v)` has derivative `-(x - μ) / v` times itself. -/
theorem hasDerivAt_gaussianPDFReal (μ : ℝ) (v : ℝ≥0) (x : ℝ) :
    HasDerivAt (gaussianPDFReal μ v) (-((x - μ) / v) * gaussianPDFReal μ v x) x := by
  have h₀ : HasDerivAt (fun y : ℝ ↦ y - μ) 1 x := (hasDerivAt_id x).sub_const μ
  have h₁ : HasDerivAt (fun y : ℝ ↦ (y - μ) * (y - μ)) (1 * (x - μ) + (x - μ) * 1) x :=
    HasDerivAt.fun_mul h₀ h₀
  have h₂ : HasDerivAt (fun y : ℝ ↦ -(y - μ) ^ 2 / (2 * v)) (-((x - μ) / v)) x := by
    have hn : HasDerivAt (fun y : ℝ ↦ -((y - μ) * (y - μ))) (-(1 * (x - μ) + (x - μ) * 1)) x :=
      HasDerivAt.neg h₁
    have h₃ := HasDerivAt.div_const hn (2 * (v : ℝ))
    have h₄ : -(1 * (x - μ) + (x - μ) * 1) / (2 * (v : ℝ)) = -((x - μ) / v) := by
      rw [one_mul, mul_one, ← two_mul, neg_div, mul_div_mul_left _ _ (two_ne_zero' ℝ)]
    rw [h₄] at h₃
    simpa only [← pow_two] using h₃
  have h₅ := HasDerivAt.const_mul (√(2 * π * v))⁻¹ (HasDerivAt.exp h₂)
  refine h₅.congr_deriv ?_
  rw [gaussianPDFReal]
  ring

/-- Integrability against a Gaussian law, in terms of its density. -/
theorem integrable_gaussianReal_iff {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]
    {g : ℝ → E} (hv : v ≠ 0) :
    Integrable g (gaussianReal μ v) ↔ Integrable fun x ↦ gaussianPDFReal μ v x • g x := by
  rw [gaussianReal_of_var_ne_zero _ hv, integrable_withDensity_iff_integrable_smul'
    (measurable_gaussianPDF _ _) (ae_of_all _ fun _ ↦ gaussianPDF_lt_top)]
  simp only [toReal_gaussianPDF]

/-- **Stein's identity**: `𝔼 (x - μ) f(x) = v 𝔼 f'(x)` for `x ∼ N(μ, v)`. -/
theorem integral_sub_mul_gaussianReal (hf : ∀ x, HasDerivAt f (f' x) x)
    (h₀ : Integrable f (gaussianReal μ v))
    (h₁ : Integrable (fun x ↦ (x - μ) * f x) (gaussianReal μ v))
    (h₂ : Integrable f' (gaussianReal μ v)) :
    ∫ x, (x - μ) * f x ∂gaussianReal μ v = v * ∫ x, f' x ∂gaussianReal μ v := by
  by_cases hv : v = 0
  · simp [hv]
  rw [integrable_gaussianReal_iff hv] at h₀ h₁ h₂
  have hF : ∀ x, HasDerivAt (fun y ↦ gaussianPDFReal μ v y • f y)
      (gaussianPDFReal μ v x • f' x - (v : ℝ)⁻¹ * gaussianPDFReal μ v x • ((x - μ) * f x)) x :=
    fun x ↦ (HasDerivAt.fun_mul (hasDerivAt_gaussianPDFReal μ v x) (hf x)).congr_deriv (by
      simp only [smul_eq_mul]; ring)
  have key := integral_eq_zero_of_hasDerivAt_of_integrable hF (h₂.sub (h₁.const_mul _)) h₀
  rw [integral_sub h₂ (h₁.const_mul _), integral_const_mul] at key
  rw [integral_gaussianReal_eq_integral_smul hv, integral_gaussianReal_eq_integral_smul hv,
    sub_eq_zero.1 key, mul_inv_cancel_left₀ (NNReal.coe_ne_zero.2 hv)]

/-- **Stein's identity**: `𝔼 x f(x) = 𝔼 f'(x)` for `x ∼ N(0, 1)`. -/
theorem integral_mul_gaussianReal (hf : ∀ x, HasDerivAt f (f' x) x)
    (h₀ : Integrable f (gaussianReal 0 1))
    (h₁ : Integrable (fun x ↦ x * f x) (gaussianReal 0 1))
    (h₂ : Integrable f' (gaussianReal 0 1)) :
    ∫ x, x * f x ∂gaussianReal 0 1 = ∫ x, f' x ∂gaussianReal 0 1 := by
  have key := integral_sub_mul_gaussianReal hf h₀ (by simpa only [sub_zero] using h₁) h₂
  simpa only [sub_zero, NNReal.coe_one, one_mul] using key

end ProbabilityTheory
