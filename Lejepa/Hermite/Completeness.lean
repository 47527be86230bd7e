/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.AEEqZeroOfCharFun
public import Lejepa.ForMathlib.GaussianExpDual
public import Lejepa.ForMathlib.IntegralExpOfMoments
public import Lejepa.Hermite.Basic
public import Lejepa.Hermite.Span

/-!
# Completeness of the Hermite products

## Main results
* `Lejepa.ae_eq_zero_of_forall_integral_hermiteProd_eq_zero`: a square-integrable function
  orthogonal to every `hermiteProd α` vanishes almost everywhere.

The route: `f` is orthogonal to the span of the Hermite products, so to the powers of every linear
form `L`; by the exponential series `∫ f e^{iL} dγ = 0`; so `f = 0`.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ} {f : (Fin n → ℝ) → ℝ}

/-- A function orthogonal to every Hermite product is orthogonal to their span. -/
theorem integral_mul_eq_zero_of_mem_hermiteSpan (hf : MemLp f 2 (γ n))
    (h : ∀ α, ∫ z, f z * hermiteProd α z ∂γ n = 0) {g : (Fin n → ℝ) → ℝ} (hg : g ∈ hermiteSpan n) :
    ∫ z, f z * g z ∂γ n = 0 := by
  have key : Integrable (fun z ↦ f z * g z) (γ n) ∧ ∫ z, f z * g z ∂γ n = 0 := by
    rw [hermiteSpan] at hg
    induction hg using Submodule.span_induction with
    | mem g hg =>
      obtain ⟨α, rfl⟩ := hg
      exact ⟨integrable_mul_hermiteProd_of_memLp hf α, h α⟩
    | zero => simp
    | add g₁ g₂ _ _ h₁ h₂ =>
      simp only [Pi.add_apply, mul_add]
      exact ⟨h₁.1.add h₂.1, by rw [integral_add h₁.1 h₂.1, h₁.2, h₂.2, add_zero]⟩
    | smul c g _ hg =>
      simp only [Pi.smul_apply, smul_eq_mul, mul_left_comm _ c]
      exact ⟨hg.1.const_mul c, by rw [integral_const_mul, hg.2, mul_zero]⟩
  exact key.2

/-- A square-integrable function times the exponential of a linear form is integrable. -/
theorem integrable_norm_mul_exp_abs_dual (hf : MemLp f 2 (γ n)) (L : StrongDual ℝ (Fin n → ℝ)) :
    Integrable (fun z ↦ ‖f z‖ * Real.exp |L z|) (γ n) :=
  hf.norm.integrable_mul (memLp_exp_abs_dual_pi_gaussianReal (fun _ ↦ 0) (fun _ ↦ 1) L)

/-- Completeness: a square-integrable function orthogonal to every Hermite polynomial vanishes. -/
theorem ae_eq_zero_of_forall_integral_hermiteProd_eq_zero {n : ℕ} {f : (Fin n → ℝ) → ℝ}
    (hf : MemLp f 2 (γ n)) (h : ∀ α, ∫ z, f z * hermiteProd α z ∂γ n = 0) : f =ᵐ[γ n] 0 := by
  refine (hf.integrable one_le_two).ae_eq_zero_of_forall_integral_mul_cexp_eq_zero fun L ↦ ?_
  exact integral_mul_cexp_eq_zero_of_forall_integral_mul_pow_eq_zero hf.1
    L.continuous.aestronglyMeasurable (integrable_norm_mul_exp_abs_dual hf L)
    fun k ↦ integral_mul_eq_zero_of_mem_hermiteSpan hf h (dual_pow_mem_hermiteSpan L k)

end Lejepa
