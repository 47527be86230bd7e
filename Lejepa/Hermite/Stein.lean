/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianIntegrationByParts
public import Lejepa.ForMathlib.GaussianMoments
public import Lejepa.ForMathlib.HermiteRecurrence
public import Mathlib.Analysis.Calculus.Deriv.Comp
public import Mathlib.Analysis.Calculus.Deriv.Polynomial

/-!
# Stein's identity for polynomials, and how Hermite polynomials turn it into derivatives

## Main results
* `Lejepa.integral_mul_aeval_gaussianReal`: `∫ x P(x) dγ = ∫ P'(x) dγ`.
* `Lejepa.integral_mul_aeval_affine_gaussianReal`: `∫ x P(a + b x) dγ = b ∫ P'(a + b x) dγ`.
* `Lejepa.integral_aeval_hermite_succ_mul`: `∫ He_{k+1} P dγ = ∫ He_k P' dγ`.
-/

public section

open MeasureTheory ProbabilityTheory Polynomial

namespace Lejepa

section Stein

variable {R : Type*} [CommSemiring R] [Algebra R ℝ]

/-- Stein's identity for a polynomial in an affine function. -/
theorem integral_mul_aeval_affine_gaussianReal (P : R[X]) (a b : ℝ) :
    ∫ x, x * aeval (a + b * x) P ∂gaussianReal 0 1 =
      b * ∫ x, aeval (a + b * x) (derivative P) ∂gaussianReal 0 1 := by
  have hd : ∀ x : ℝ, HasDerivAt (fun y : ℝ ↦ aeval (a + b * y) P)
      (b * aeval (a + b * x) (derivative P)) x := fun x ↦ by
    have h₁ : HasDerivAt (fun y : ℝ ↦ a + b * y) (b * 1) x :=
      HasDerivAt.const_add a (HasDerivAt.const_mul b (hasDerivAt_id x))
    have h₂ := HasDerivAt.comp x (P.hasDerivAt_aeval (a + b * x)) h₁
    exact h₂.congr_deriv (by ring)
  rw [integral_mul_gaussianReal hd (integrable_aeval_affine_gaussianReal P a b)
    (integrable_mul_aeval_affine_gaussianReal P a b)
    ((integrable_aeval_affine_gaussianReal (derivative P) a b).const_mul b), integral_const_mul]

/-- Stein's identity for a polynomial: `∫ x P(x) dγ = ∫ P'(x) dγ`. -/
theorem integral_mul_aeval_gaussianReal (P : R[X]) :
    ∫ x, x * aeval x P ∂gaussianReal 0 1 = ∫ x, aeval x (derivative P) ∂gaussianReal 0 1 := by
  have h := integral_mul_aeval_affine_gaussianReal P 0 1
  simpa only [zero_add, one_mul] using h

/-- Stein's identity for a real polynomial. -/
theorem integral_mul_eval_gaussianReal (P : ℝ[X]) :
    ∫ x, x * P.eval x ∂gaussianReal 0 1 = ∫ x, P.derivative.eval x ∂gaussianReal 0 1 :=
  integral_mul_aeval_gaussianReal P

end Stein

/-- Against the Gaussian, a Hermite polynomial differentiates: `∫ He_{k+1} P dγ = ∫ He_k P' dγ`. -/
theorem integral_aeval_hermite_succ_mul (k : ℕ) (P : ℤ[X]) :
    ∫ x, aeval x (hermite (k + 1)) * aeval x P ∂gaussianReal 0 1 =
      ∫ x, aeval x (hermite k) * aeval x (derivative P) ∂gaussianReal 0 1 := by
  have i₁ : Integrable (fun x : ℝ ↦ aeval x (derivative (hermite k)) * aeval x P)
      (gaussianReal 0 1) := integrable_aeval_mul_aeval_gaussianReal _ _
  have i₂ : Integrable (fun x : ℝ ↦ aeval x (hermite k) * aeval x (derivative P))
      (gaussianReal 0 1) := integrable_aeval_mul_aeval_gaussianReal _ _
  have i₃ : Integrable (fun x : ℝ ↦ x * (aeval x (hermite k) * aeval x P)) (gaussianReal 0 1) := by
    have h := integrable_aeval_gaussianReal (μ := 0) (v := 1) (X * (hermite k * P))
    simpa only [map_mul, aeval_X] using h
  have h := integral_mul_aeval_gaussianReal (hermite k * P)
  simp only [derivative_mul, map_add, map_mul] at h
  rw [integral_add i₁ i₂] at h
  calc ∫ x, aeval x (hermite (k + 1)) * aeval x P ∂gaussianReal 0 1
    _ = ∫ x, (x * (aeval x (hermite k) * aeval x P) -
          aeval x (derivative (hermite k)) * aeval x P) ∂gaussianReal 0 1 := by
      simp only [hermite_succ, map_sub, map_mul, aeval_X, sub_mul, mul_assoc]
    _ = ∫ x, aeval x (hermite k) * aeval x (derivative P) ∂gaussianReal 0 1 := by
      rw [integral_sub i₃ i₁, h, add_sub_cancel_left]

end Lejepa
