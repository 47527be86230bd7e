/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.LinearDrift
public import Lejepa.Converse.PredictionLoss

/-!
# With Gaussian latents, no predictor beats the true drift

A stationary world `z' = ρ z + η` on the line, with linear drift and independent noise, whose latent
is standard Gaussian. An encoder `h` and a predictor `f` are trained together, on the loss
`𝔼(h z' - f(h z))²`. The identity, with the true drift `ρ z` as its predictor, has the loss
`1 - ρ²`; no white encoder with any predictor has a smaller one.

## Main definitions
* `Lejepa.IsPredictionBound μ π c`: no white encoder of `μ` with any predictor has on pairs of law
  `π` a loss below `c`.

## Main results
* `Lejepa.isPredictionBound_of_gaussian`: with Gaussian latents `1 - ρ²` is a bound.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-- No white encoder of latents `z ∼ μ`, with any predictor, has a loss `𝔼(h z' - f(h z))²` below
`c` on pairs `(z, z') ∼ π`. -/
def IsPredictionBound (μ : Measure ℝ) (π : Measure (ℝ × ℝ)) (c : ℝ) : Prop :=
  ∀ h : ℝ → Fin 1 → ℝ, IsWhite μ h → Measurable h → ∀ f : ℝ → ℝ, Measurable f →
    ENNReal.ofReal c ≤ ∫⁻ p, ENNReal.ofReal ((h p.2 0 - f (h p.1 0)) ^ 2) ∂π

section Gaussian

variable {ν : Measure ℝ} [IsProbabilityMeasure ν] {ρ : ℝ}

/-- A stationary linear world on the line with Gaussian latents is the Ornstein–Uhlenbeck world,
read on its only coordinate. -/
theorem measurePreserving_eval_ouLaw_one (hρ : |ρ| ≤ 1)
    (stationary : (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd = gaussianReal 0 1) :
    MeasurePreserving (Prod.map (fun z : Fin 1 → ℝ ↦ z 0) (fun z : Fin 1 → ℝ ↦ z 0))
      (ouLaw 1 ρ) (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)) :=
  ⟨(measurable_pi_apply 0).prodMap (measurable_pi_apply 0), map_ouLaw_one hρ stationary⟩

/-- With Gaussian latents no function of the past predicts a centred function of the present with a
mean square error below `1 - ρ²` times its variance. -/
theorem le_integral_sub_sq_of_gaussian (hρ : |ρ| ≤ 1)
    (stationary : (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd = gaussianReal 0 1)
    {h F : ℝ → ℝ} (hh : MemLp h 2 (gaussianReal 0 1)) (mean : ∫ z, h z ∂gaussianReal 0 1 = 0)
    (hF : MemLp F 2 (gaussianReal 0 1)) :
    (1 - ρ ^ 2) * ∫ z, h z ^ 2 ∂gaussianReal 0 1 ≤
      ∫ p, (h p.2 - F p.1) ^ 2 ∂additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·) := by
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·))
      (gaussianReal 0 1) := ⟨measurable_snd, stationary⟩
  have hfst := measurePreserving_fst_additiveNoiseLaw (μ := gaussianReal 0 1) (ν := ν)
    (measurable_linear ρ)
  have heval : MeasurePreserving (fun z : Fin 1 → ℝ ↦ z 0) (γ 1) (gaussianReal 0 1) :=
    measurePreserving_eval (fun _ : Fin 1 ↦ gaussianReal 0 1) 0
  have hmap := measurePreserving_eval_ouLaw_one hρ stationary
  have hbound : (1 - ρ ^ 2) * ∫ z, h (z 0) ^ 2 ∂γ 1 ≤
      ∫ p, (h (p.2 0) - F (p.1 0)) ^ 2 ∂ouLaw 1 ρ :=
    le_integral_sub_sq_ouLaw hρ (h := fun z : Fin 1 → ℝ ↦ h (z 0))
      (F := fun z : Fin 1 → ℝ ↦ F (z 0)) (hh.comp_measurePreserving heval)
      ((heval.integral_comp_of_aestronglyMeasurable hh.aestronglyMeasurable).trans mean)
      (hF.comp_measurePreserving heval)
  have hv : ∫ z, h (z 0) ^ 2 ∂γ 1 = ∫ z, h z ^ 2 ∂gaussianReal 0 1 :=
    heval.integral_comp_of_aestronglyMeasurable (g := fun z ↦ h z ^ 2)
      (hh.aestronglyMeasurable.pow 2)
  have hmeas : AEStronglyMeasurable (fun p : ℝ × ℝ ↦ (h p.2 - F p.1) ^ 2)
      (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)) :=
    ((hh.aestronglyMeasurable.comp_measurePreserving hsnd).sub
      (hF.aestronglyMeasurable.comp_measurePreserving hfst)).pow 2
  have ht : ∫ p, (h (p.2 0) - F (p.1 0)) ^ 2 ∂ouLaw 1 ρ =
      ∫ p, (h p.2 - F p.1) ^ 2 ∂additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·) :=
    hmap.integral_comp_of_aestronglyMeasurable hmeas
  rwa [hv, ht] at hbound

/-- **With Gaussian latents the identity and the true drift are optimal** among white encoders and
predictors: their loss is `1 - ρ²`, and none is lower. -/
theorem isPredictionBound_of_gaussian (hρ : |ρ| ≤ 1)
    (stationary : (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd =
      gaussianReal 0 1) :
    IsPredictionBound (gaussianReal 0 1) (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·))
      (1 - ρ ^ 2) := by
  intro h hw hm f hf
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·))
      (gaussianReal 0 1) := ⟨measurable_snd, stationary⟩
  have hfst := measurePreserving_fst_additiveNoiseLaw (μ := gaussianReal 0 1) (ν := ν)
    (measurable_linear ρ)
  have hm0 : Measurable fun z ↦ h z 0 := (measurable_pi_apply 0).comp hm
  refine ofReal_le_lintegral_of_forall_memLp (h := fun z ↦ h z 0) (F := fun z ↦ f (h z 0)) hfst
    hm0 ((hw.memLp 0).comp_measurePreserving hsnd) (hf.comp hm0) fun hF ↦ ?_
  have hb := le_integral_sub_sq_of_gaussian hρ stationary (hw.memLp 0) (hw.mean_eq_zero 0) hF
  rwa [hw.integral_sq_eq_one 0, mul_one] at hb

end Gaussian

end Lejepa
