/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Measure.CharacteristicFunction

/-!
# Characteristic functions of sums of independent random vectors

## Main results
* `MeasureTheory.charFunDual_map_add_prod`: the characteristic function of `X + Y`, with `X` and
  `Y` independent, is a product.
* `MeasureTheory.charFunDual_map_add_add_prod`: that of `(X + η, X + η')`, with `X`, `η` and `η'`
  independent.
* `MeasureTheory.norm_charFunDual_le_one`: it is at most one.
-/

public section

open Complex

namespace MeasureTheory

variable {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]

private lemma continuous_cexp_dual (L : StrongDual ℝ E) : Continuous fun x : E ↦ cexp (L x * I) :=
  continuous_exp.comp ((continuous_ofReal.comp L.continuous).mul continuous_const)

variable [MeasurableSpace E]

/-- The characteristic function of a probability measure is at most one. -/
theorem norm_charFunDual_le_one {μ : Measure E} [IsProbabilityMeasure μ] (L : StrongDual ℝ E) :
    ‖charFunDual μ L‖ ≤ 1 := by
  have h : ∀ᵐ x ∂μ, ‖cexp (L x * I)‖ ≤ 1 := ae_of_all _ fun x ↦ (norm_exp_ofReal_mul_I (L x)).le
  have h' := norm_integral_le_of_norm_le_const h
  rw [probReal_univ, mul_one] at h'
  rw [charFunDual_apply]
  exact h'

variable [BorelSpace E] [SecondCountableTopology E] {C D : Type*} [MeasurableSpace C]
  [MeasurableSpace D] {κ : Measure C} {τ : Measure D} {ν : Measure E} {X : C → E} {Y : D → E}

/-- The characteristic function of the sum of two independent random vectors. -/
theorem charFunDual_map_add_prod [SFinite κ] [SFinite τ] (hX : Measurable X) (hY : Measurable Y)
    (L : StrongDual ℝ E) :
    charFunDual ((κ.prod τ).map fun p ↦ X p.1 + Y p.2) L =
      charFunDual (κ.map X) L * charFunDual (τ.map Y) L := by
  have hm : Measurable fun p : C × D ↦ X p.1 + Y p.2 :=
    (hX.comp measurable_fst).add (hY.comp measurable_snd)
  have hc : Continuous fun x : E ↦ cexp (L x * I) := continuous_cexp_dual L
  rw [charFunDual_apply, charFunDual_apply, charFunDual_apply,
    integral_map hm.aemeasurable hc.aestronglyMeasurable,
    integral_map hX.aemeasurable hc.aestronglyMeasurable,
    integral_map hY.aemeasurable hc.aestronglyMeasurable]
  refine Eq.trans (integral_congr_ae (ae_of_all _ fun p ↦ ?_))
    (integral_prod_mul (fun c ↦ cexp (L (X c) * I)) fun y ↦ cexp (L (Y y) * I))
  change cexp (L (X p.1 + Y p.2) * I) = cexp (L (X p.1) * I) * cexp (L (Y p.2) * I)
  rw [← exp_add, map_add, ofReal_add, add_mul]

/-- The characteristic function of two vectors that share a summand and are independent but for
it. -/
theorem charFunDual_map_add_add_prod [SFinite κ] [SFinite ν] (hX : Measurable X)
    (L : StrongDual ℝ (E × E)) :
    charFunDual ((κ.prod (ν.prod ν)).map fun p ↦ (X p.1 + p.2.1, X p.1 + p.2.2)) L =
      charFunDual (κ.map X) (L.comp (.inl ℝ E E) + L.comp (.inr ℝ E E)) *
        (charFunDual ν (L.comp (.inl ℝ E E)) * charFunDual ν (L.comp (.inr ℝ E E))) := by
  have hm : Measurable fun p : C × E × E ↦ (X p.1 + p.2.1, X p.1 + p.2.2) :=
    ((hX.comp measurable_fst).add (measurable_fst.comp measurable_snd)).prodMk
      ((hX.comp measurable_fst).add (measurable_snd.comp measurable_snd))
  have hc : Continuous fun x : E × E ↦ cexp (L x * I) := continuous_cexp_dual L
  have hc' : Continuous fun x : E ↦
      cexp ((L.comp (.inl ℝ E E) + L.comp (.inr ℝ E E)) x * I) := continuous_cexp_dual _
  rw [← charFunDual_prod (μ := ν) (ν := ν) L, charFunDual_apply, charFunDual_apply,
    charFunDual_apply, integral_map hm.aemeasurable hc.aestronglyMeasurable,
    integral_map hX.aemeasurable hc'.aestronglyMeasurable]
  refine Eq.trans (integral_congr_ae (ae_of_all _ fun p ↦ ?_))
    (integral_prod_mul
      (fun c ↦ cexp ((L.comp (.inl ℝ E E) + L.comp (.inr ℝ E E)) (X c) * I))
      fun q : E × E ↦ cexp (L q * I))
  have e : ((X p.1 + p.2.1, X p.1 + p.2.2) : E × E) = (X p.1, 0) + (0, X p.1) + p.2 :=
    Prod.ext (by simp) (by simp)
  have e' : L (X p.1 + p.2.1, X p.1 + p.2.2) =
      (L.comp (.inl ℝ E E) + L.comp (.inr ℝ E E)) (X p.1) + L p.2 := by
    rw [e, map_add, map_add]
    rfl
  change cexp (L (X p.1 + p.2.1, X p.1 + p.2.2) * I) =
    cexp ((L.comp (.inl ℝ E E) + L.comp (.inr ℝ E E)) (X p.1) * I) * cexp (L p.2 * I)
  rw [e', ofReal_add, add_mul, exp_add]

end MeasureTheory
