/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Function.AEEqOfLIntegral
public import Mathlib.MeasureTheory.Measure.CharacteristicFunction

/-!
# An integrable function with vanishing Fourier transform vanishes

## Main results
* `MeasureTheory.Integrable.ae_eq_zero_of_forall_integral_mul_cexp_eq_zero`: if `f` is integrable
  for a measure `μ` on a Banach space and `∫ f e^{iL} dμ = 0` for every continuous linear form `L`,
  then `f = 0` almost everywhere. The finite measures `f⁺ μ` and `f⁻ μ` have one characteristic
  function.
-/

public section

open Complex

namespace MeasureTheory

/-- Integrating against `f⁺ μ`. -/
theorem integral_withDensity_ofReal {α : Type*} {m : MeasurableSpace α} {μ : Measure α} {f : α → ℝ}
    (hf : AEMeasurable f μ) (g : α → ℂ) :
    ∫ x, g x ∂μ.withDensity (fun x ↦ ENNReal.ofReal (f x)) =
      ∫ x, ((max (f x) 0 : ℝ) : ℂ) * g x ∂μ := by
  rw [integral_withDensity_eq_integral_toReal_smul₀ hf.ennreal_ofReal
    (ae_of_all _ fun _ ↦ ENNReal.ofReal_lt_top)]
  refine integral_congr_ae (ae_of_all _ fun x ↦ ?_)
  simp only [ENNReal.toReal_ofReal', real_smul]

/-- An integrable function times a character is integrable. -/
theorem Integrable.ofReal_mul_cexp {α : Type*} {m : MeasurableSpace α} {μ : Measure α} {f g : α → ℝ}
    (hf : Integrable f μ) (hg : AEStronglyMeasurable g μ) :
    Integrable (fun x ↦ (f x : ℂ) * cexp (g x * I)) μ := by
  have hf' : Integrable (fun x ↦ (f x : ℂ)) μ := hf.ofReal
  have hc : Continuous fun y : ℝ ↦ cexp (y * I) := by fun_prop
  exact hf'.mul_bdd (c := 1) (hc.comp_aestronglyMeasurable hg)
    (ae_of_all _ fun x ↦ (norm_exp_ofReal_mul_I (g x)).le)

/-- If `f` is integrable and `∫ f e^{iL} dμ = 0` for every continuous linear form `L`, then `f = 0`
almost everywhere. -/
theorem Integrable.ae_eq_zero_of_forall_integral_mul_cexp_eq_zero {E : Type*}
    [NormedAddCommGroup E] [NormedSpace ℝ E] [CompleteSpace E] [MeasurableSpace E] [BorelSpace E]
    [SecondCountableTopology E] {μ : Measure E} {f : E → ℝ} (hf : Integrable f μ)
    (h : ∀ L : StrongDual ℝ E, ∫ x, (f x : ℂ) * cexp (L x * I) ∂μ = 0) : f =ᵐ[μ] 0 := by
  have hf' : Integrable (fun x ↦ -f x) μ := hf.neg
  have := isFiniteMeasure_withDensity_ofReal hf.2
  have := isFiniteMeasure_withDensity_ofReal hf'.2
  have hμ : μ.withDensity (fun x ↦ ENNReal.ofReal (f x)) =
      μ.withDensity fun x ↦ ENNReal.ofReal (-f x) := by
    refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
    have hL : AEStronglyMeasurable (fun x ↦ L x) μ := L.continuous.aestronglyMeasurable
    rw [charFunDual_apply, charFunDual_apply, integral_withDensity_ofReal hf.aemeasurable,
      integral_withDensity_ofReal hf'.aemeasurable, ← sub_eq_zero,
      ← integral_sub (hf.pos_part.ofReal_mul_cexp hL) (hf'.pos_part.ofReal_mul_cexp hL)]
    refine (integral_congr_ae (ae_of_all _ fun x ↦ ?_)).trans (h L)
    simp only [← sub_mul, ← ofReal_sub, max_zero_sub_max_neg_zero_eq_self]
  have hae := (withDensity_eq_iff hf.aemeasurable.ennreal_ofReal hf'.aemeasurable.ennreal_ofReal
    hf.lintegral_lt_top.ne).1 hμ
  filter_upwards [hae] with x hx
  have hmax : max (f x) 0 = max (-f x) 0 := by
    simpa only [ENNReal.toReal_ofReal'] using congrArg ENNReal.toReal hx
  have := max_zero_sub_max_neg_zero_eq_self (f x)
  rw [hmax, sub_self] at this
  exact this.symm

end MeasureTheory
