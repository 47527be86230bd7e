/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.AdditiveNoise
public import Mathlib.MeasureTheory.Measure.CharacteristicFunction

/-!
# Characteristic functions of a linear world

## Main results
* `Lejepa.charFun_of_stationary_linear`: `φ(t) = φ(ρ t) κ(t)` in a stationary linear world.
-/

public section

open Complex MeasureTheory

namespace Lejepa

variable {μ ν : Measure ℝ} {ρ : ℝ}

/-- Integrals of `f(z) e^{itz'}` in a linear world. -/
theorem integral_mul_cexp_linear [SFinite μ] [SFinite ν] {f : ℝ → ℂ} (hf : Measurable f) (t : ℝ) :
    ∫ p, f p.1 * cexp (t * p.2 * I) ∂additiveNoiseLaw μ ν (ρ * ·) =
      (∫ x, f x * cexp ((ρ * t : ℝ) * x * I) ∂μ) * charFun ν t := by
  have hF : Measurable fun p : ℝ × ℝ ↦ f p.1 * cexp (t * p.2 * I) :=
    (hf.comp measurable_fst).mul (Continuous.measurable (by fun_prop))
  rw [integral_additiveNoiseLaw (measurable_linear ρ) hF.aestronglyMeasurable, charFun_apply_real,
    ← integral_prod_mul]
  refine integral_congr_ae (.of_forall fun p ↦ ?_)
  change f p.1 * cexp (t * ((ρ * p.1 + p.2 : ℝ) : ℂ) * I) =
    f p.1 * cexp ((ρ * t : ℝ) * p.1 * I) * cexp (t * p.2 * I)
  rw [mul_assoc (f p.1), ← exp_add]
  congr 2
  push_cast
  ring

/-- In a stationary linear world `φ(t) = φ(ρ t) κ(t)`, with `φ` and `κ` the characteristic functions
of latent and noise. -/
theorem charFun_of_stationary_linear [SFinite μ] [SFinite ν]
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ) (t : ℝ) :
    charFun μ t = charFun μ (ρ * t) * charFun ν t := by
  have hm : Measurable fun x : ℝ ↦ cexp (t * x * I) :=
    Continuous.measurable (by fun_prop)
  have h := integral_mul_cexp_linear (μ := μ) (ν := ν) (ρ := ρ) (f := fun _ ↦ 1)
    measurable_const t
  simp only [one_mul] at h
  rw [hsnd.integral_comp_of_aestronglyMeasurable hm.aestronglyMeasurable] at h
  rw [charFun_apply_real t, h, charFun_apply_real (ρ * t)]

end Lejepa
