/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Calculus.ParametricIntegral
public import Mathlib.MeasureTheory.Function.L2Space
public import Mathlib.MeasureTheory.Measure.CharacteristicFunction

/-!
# Continuity and derivatives of a characteristic function

A law on `ℝ` with a first moment has a differentiable characteristic function `φ`, with
`φ'(t) = i 𝔼[X e^{itX}]`; with a second moment, `φ'` is itself differentiable.

## Main results
* `MeasureTheory.continuous_charFun`
* `MeasureTheory.hasDerivAt_charFun`
* `MeasureTheory.hasDerivAt_integral_id_mul_cexp`
* `MeasureTheory.integral_ofReal_mul_cexp`: `∫ f e^{iθ}` by its real and imaginary parts.
-/

public section

open Complex MeasureTheory

namespace MeasureTheory

variable {μ : Measure ℝ}

/-- `|e^{itx}| = 1`. -/
theorem norm_cexp_mul_mul_I (t x : ℝ) : ‖cexp (t * x * I)‖ = 1 := by
  rw [← ofReal_mul]
  exact norm_exp_ofReal_mul_I _

private theorem continuous_cexp_mul_mul_I (t : ℝ) : Continuous fun x : ℝ ↦ cexp (t * x * I) := by
  fun_prop

/-- The characteristic function of a finite measure is continuous. -/
theorem continuous_charFun [IsFiniteMeasure μ] : Continuous (charFun μ) := by
  have h : charFun μ = fun t : ℝ ↦ ∫ x, cexp (t * x * I) ∂μ := funext fun t ↦ charFun_apply_real t
  rw [h]
  refine continuous_of_dominated (bound := fun _ ↦ 1)
    (fun t ↦ (continuous_cexp_mul_mul_I t).aestronglyMeasurable)
    (fun t ↦ .of_forall fun x ↦ (norm_cexp_mul_mul_I t x).le) (integrable_const 1)
    (.of_forall fun x ↦ by fun_prop)

/-- Differentiation under the integral: `d/dt ∫ g(x) e^{itx} dμ = ∫ i x g(x) e^{itx} dμ`. -/
theorem hasDerivAt_integral_mul_cexp {g : ℝ → ℂ} (hg : Integrable g μ)
    (hg' : Integrable (fun x : ℝ ↦ x * I * g x) μ) (t : ℝ) :
    HasDerivAt (fun t : ℝ ↦ ∫ x, g x * cexp (t * x * I) ∂μ)
      (∫ x, x * I * g x * cexp (t * x * I) ∂μ) t := by
  have hmeas (s : ℝ) : AEStronglyMeasurable (fun x : ℝ ↦ cexp (s * x * I)) μ :=
    (continuous_cexp_mul_mul_I s).aestronglyMeasurable
  refine (hasDerivAt_integral_of_dominated_loc_of_deriv_le (ε := 1) one_pos
    (F := fun (t : ℝ) x ↦ g x * cexp (t * x * I))
    (F' := fun (t : ℝ) x ↦ x * I * g x * cexp (t * x * I)) (bound := fun x ↦ ‖x * I * g x‖)
    (.of_forall fun s ↦ hg.aestronglyMeasurable.mul (hmeas s))
    (hg.mul_bdd (c := 1) (hmeas t) (.of_forall fun x ↦ (norm_cexp_mul_mul_I t x).le))
    (hg'.aestronglyMeasurable.mul (hmeas t))
    (.of_forall fun x s _ ↦ ?_) hg'.norm (.of_forall fun x s _ ↦ ?_)).2
  · rw [norm_mul, norm_cexp_mul_mul_I, mul_one]
  · have h : HasDerivAt (fun s : ℝ ↦ (s : ℂ) * x * I) (x * I) s :=
      (((hasDerivAt_id' s).ofReal_comp.mul_const (x : ℂ)).mul_const I).congr_deriv (by simp)
    refine (h.cexp.const_mul (g x)).congr_deriv ?_
    beta_reduce
    ring

/-- `φ'(t) = i 𝔼[X e^{itX}]`. -/
theorem hasDerivAt_charFun [IsFiniteMeasure μ] (hμ : Integrable (fun x ↦ x) μ) (t : ℝ) :
    HasDerivAt (charFun μ) (I * ∫ x, x * cexp (t * x * I) ∂μ) t := by
  have hint : Integrable (fun x : ℝ ↦ (x : ℂ) * I * 1) μ := by
    have h0 : Integrable (fun x : ℝ ↦ (x : ℂ)) μ := hμ.ofReal
    exact (h0.mul_const I).mul_const 1
  have h := hasDerivAt_integral_mul_cexp (μ := μ) (g := fun _ ↦ 1) (integrable_const 1) hint t
  have e : charFun μ = fun t : ℝ ↦ ∫ x, 1 * cexp (t * x * I) ∂μ :=
    funext fun t ↦ by simp only [one_mul, charFun_apply_real]
  rw [e]
  refine h.congr_deriv ?_
  rw [← integral_const_mul]
  refine integral_congr_ae (.of_forall fun x ↦ ?_)
  beta_reduce
  ring

/-- The derivative of `t ↦ 𝔼[X e^{itX}]`. -/
theorem hasDerivAt_integral_id_mul_cexp [IsFiniteMeasure μ] (hμ : MemLp (fun x ↦ x) 2 μ) (t : ℝ) :
    HasDerivAt (fun t : ℝ ↦ ∫ x, x * cexp (t * x * I) ∂μ)
      (I * ∫ x, x ^ 2 * cexp (t * x * I) ∂μ) t := by
  have hint : Integrable (fun x : ℝ ↦ (x : ℂ) * I * x) μ := by
    have h2 : Integrable (fun x : ℝ ↦ ((x ^ 2 : ℝ) : ℂ)) μ := hμ.integrable_sq.ofReal
    refine (h2.mul_const I).congr (.of_forall fun x ↦ ?_)
    beta_reduce
    rw [ofReal_pow]
    ring
  have h0 : Integrable (fun x : ℝ ↦ (x : ℂ)) μ := (hμ.integrable one_le_two).ofReal
  refine (hasDerivAt_integral_mul_cexp h0 hint t).congr_deriv ?_
  rw [← integral_const_mul]
  refine integral_congr_ae (.of_forall fun x ↦ ?_)
  beta_reduce
  ring

/-- `∫ f e^{iθ}` by its real and imaginary parts. -/
theorem integral_ofReal_mul_cexp {α : Type*} [MeasurableSpace α] {μ : Measure α} {f θ : α → ℝ}
    (hf : Integrable f μ) (hθ : Measurable θ) :
    ∫ a, f a * cexp (θ a * I) ∂μ =
      (∫ a, f a * Real.cos (θ a) ∂μ : ℝ) + (∫ a, f a * Real.sin (θ a) ∂μ : ℝ) * I := by
  have hc : Integrable (fun a ↦ f a * Real.cos (θ a)) μ :=
    hf.mul_bdd (c := 1) (Real.measurable_cos.comp hθ).aestronglyMeasurable
      (.of_forall fun a ↦ Real.abs_cos_le_one _)
  have hs : Integrable (fun a ↦ f a * Real.sin (θ a)) μ :=
    hf.mul_bdd (c := 1) (Real.measurable_sin.comp hθ).aestronglyMeasurable
      (.of_forall fun a ↦ Real.abs_sin_le_one _)
  have hc' : Integrable (fun a ↦ ((f a * Real.cos (θ a) : ℝ) : ℂ)) μ := hc.ofReal
  have hs₁ : Integrable (fun a ↦ ((f a * Real.sin (θ a) : ℝ) : ℂ)) μ := hs.ofReal
  have hs' : Integrable (fun a ↦ ((f a * Real.sin (θ a) : ℝ) : ℂ) * I) μ := hs₁.mul_const I
  rw [← integral_complex_ofReal, ← integral_complex_ofReal, ← integral_mul_const,
    ← integral_add hc' hs']
  refine integral_congr_ae (.of_forall fun a ↦ ?_)
  beta_reduce
  rw [exp_mul_I, ← ofReal_cos, ← ofReal_sin, ofReal_mul, ofReal_mul]
  ring

end MeasureTheory
