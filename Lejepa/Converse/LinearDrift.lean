/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Regression
public import Lejepa.ForMathlib.GaussianPiMoments
public import Lejepa.Identifiability.White

/-!
# Gaussian latents are the only ones: linear drift

A stationary world `z' = ρ z + η` with independent noise `η`, whose latent law has mean zero and
variance one. The identity aligns best among white encoders if and only if the latent law is
Gaussian. No density is assumed.

## Main results
* `Lejepa.noise_eq_gaussianReal`: where the latents are Gaussian, so is the noise.
* `Lejepa.linear_optimal_of_gaussian`: Gaussian latents make the identity optimal.
* `Lejepa.linear_optimal_iff_gaussian`: the equivalence.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* `docs/mathematics.md`, the section on which worlds have a linear optimum.
-/

public section

open Complex MeasureTheory ProbabilityTheory
open scoped NNReal

namespace Lejepa

variable {ν : Measure ℝ} [IsProbabilityMeasure ν] {ρ : ℝ}

/-- The noise of a stationary linear world with Gaussian latents is Gaussian. -/
theorem noise_eq_gaussianReal (h₁ : |ρ| ≤ 1)
    (stationary : (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd = gaussianReal 0 1) :
    ν = gaussianReal 0 (1 - ρ ^ 2).toNNReal := by
  have hρ : 0 ≤ 1 - ρ ^ 2 := sub_nonneg.2 ((sq_le_one_iff_abs_le_one ρ).2 h₁)
  refine Measure.ext_of_charFun (funext fun t ↦ ?_)
  have h := charFun_of_stationary_linear (μ := gaussianReal 0 1) (ν := ν) (ρ := ρ)
    ⟨measurable_snd, stationary⟩ t
  rw [charFun_gaussianReal, charFun_gaussianReal] at h
  have hne := exp_ne_zero ((ρ * t : ℝ) * (0 : ℝ) * I - (1 : ℝ≥0) * ((ρ * t : ℝ) : ℂ) ^ 2 / 2)
  refine mul_left_cancel₀ hne (h.symm.trans ?_)
  rw [charFun_gaussianReal, ← exp_add]
  congr 1
  have hv : (((1 - ρ ^ 2).toNNReal : ℝ) : ℂ) = 1 - (ρ : ℂ) ^ 2 := by
    rw [Real.coe_toNNReal _ hρ]
    push_cast
    ring
  rw [hv]
  push_cast
  ring

/-- A stationary linear world on the line with Gaussian latents is the Ornstein–Uhlenbeck world,
read on its only coordinate. -/
theorem map_ouLaw_one (h₁ : |ρ| ≤ 1)
    (stationary : (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd = gaussianReal 0 1) :
    (ouLaw 1 ρ).map (Prod.map (fun z ↦ z 0) (fun z ↦ z 0)) =
      additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·) := by
  have hρ : 0 ≤ 1 - ρ ^ 2 := sub_nonneg.2 ((sq_le_one_iff_abs_le_one ρ).2 h₁)
  have heval : Measurable fun z : Fin 1 → ℝ ↦ z 0 := measurable_pi_apply 0
  have hs : Measurable fun z : Fin 1 → ℝ ↦ √(1 - ρ ^ 2) • z := measurable_const_smul _
  have hγ : (γ 1).map (fun z ↦ z 0) = gaussianReal 0 1 :=
    (measurePreserving_eval (fun _ : Fin 1 ↦ gaussianReal 0 1) 0).map_eq
  have hν : (gaussianReal 0 1).map (√(1 - ρ ^ 2) * ·) = ν := by
    rw [gaussianReal_map_const_mul, noise_eq_gaussianReal h₁ stationary, mul_zero, mul_one]
    congr 1
    refine NNReal.eq ?_
    rw [Real.coe_toNNReal _ hρ]
    exact Real.sq_sqrt hρ
  have hν' : ((γ 1).map (√(1 - ρ ^ 2) • ·)).map (fun z ↦ z 0) = ν := by
    have e : (fun z : Fin 1 → ℝ ↦ z 0) ∘ (fun z ↦ √(1 - ρ ^ 2) • z) =
        (√(1 - ρ ^ 2) * ·) ∘ fun z ↦ z 0 := rfl
    rw [Measure.map_map heval hs, e, ← Measure.map_map (measurable_linear _) heval, hγ, hν]
  rw [ouLaw_eq_additiveNoiseLaw, map_additiveNoiseLaw (m' := (ρ * ·)) heval
    (measurable_const_smul ρ) (measurable_linear ρ) (fun _ _ ↦ rfl) (fun _ ↦ rfl), hγ, hν']

/-- **Gaussian latents make the identity optimal.** In a stationary world `z' = ρ z + η`,
`0 < ρ < 1`, with a standard Gaussian latent and independent noise, no white encoder aligns better
than the identity. -/
theorem linear_optimal_of_gaussian (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (stationary : (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd = gaussianReal 0 1)
    (f : ℝ → Fin 1 → ℝ) (hf : IsWhite (gaussianReal 0 1) f) :
    alignment (m := 1) (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)) (fun z _ ↦ z) ≤
      alignment (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)) f := by
  have hρ : |ρ| ≤ 1 := by rw [abs_of_pos h₀]; exact h₁.le
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·))
      (gaussianReal 0 1) := ⟨measurable_snd, stationary⟩
  have hfst := measurePreserving_fst_additiveNoiseLaw (μ := gaussianReal 0 1) (ν := ν)
    (measurable_linear ρ)
  have hμ : MemLp id 2 (gaussianReal 0 1) := memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  have var : ∫ z, z ^ 2 ∂gaussianReal 0 1 = 1 := integral_sq_gaussianReal_zero_one
  have heval : MeasurePreserving (fun z : Fin 1 → ℝ ↦ z 0) (γ 1) (gaussianReal 0 1) :=
    measurePreserving_eval (fun _ : Fin 1 ↦ gaussianReal 0 1) 0
  have hmap : MeasurePreserving (Prod.map (fun z : Fin 1 → ℝ ↦ z 0) (fun z : Fin 1 → ℝ ↦ z 0))
      (ouLaw 1 ρ) (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)) :=
    ⟨heval.measurable.prodMap heval.measurable, map_ouLaw_one hρ stationary⟩
  -- the encoder, read on the only coordinate of the latents, is white
  have hwhite : IsWhite (γ 1) (fun z ↦ f (z 0)) := by
    refine { memLp := fun i ↦ (hf.memLp i).comp_measurePreserving heval, mean_eq_zero := fun i ↦ ?_,
             secondMoment_eq_one := ?_ }
    · rw [← hf.mean_eq_zero i]
      exact heval.integral_comp_of_aestronglyMeasurable (hf.memLp i).aestronglyMeasurable
    · rw [← hf.secondMoment_eq_one]
      ext i j
      simp only [secondMoment, Matrix.of_apply]
      exact heval.integral_comp_of_aestronglyMeasurable
        ((hf.memLp i).aestronglyMeasurable.mul (hf.memLp j).aestronglyMeasurable)
  have hbound := le_alignment_of_isWhite h₀ h₁ hwhite
  have hf0 := (hf.memLp 0).aestronglyMeasurable
  have hmeas : AEStronglyMeasurable (fun p : ℝ × ℝ ↦ (f p.2 0 - f p.1 0) ^ 2)
      (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)) :=
    ((hf0.comp_measurePreserving hsnd).sub (hf0.comp_measurePreserving hfst)).pow 2
  have htransport : alignment (ouLaw 1 ρ) (fun z ↦ f (z 0)) =
      alignment (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)) f := by
    rw [alignment_one, alignment_one]
    exact hmap.integral_comp_of_aestronglyMeasurable hmeas
  rw [htransport] at hbound
  refine le_trans (le_of_eq ?_) hbound
  rw [alignment_one, integral_sub_sq_eq hfst hsnd hμ var,
    integral_fst_mul_snd_linear hμ integral_id_gaussianReal var hsnd]
  push_cast
  ring

/-- **Gaussian uniqueness.** In a stationary world with linear drift `ρ z`, `0 < ρ < 1`, and
independent noise, of mean zero and variance one: the identity aligns best among all white encoders
if and only if the latent law is Gaussian. No density is assumed. -/
theorem linear_optimal_iff_gaussian {μ ν : Measure ℝ} [IsProbabilityMeasure μ]
    [IsProbabilityMeasure ν] {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ) :
    (∀ f : ℝ → Fin 1 → ℝ, IsWhite μ f →
        alignment (m := 1) (additiveNoiseLaw μ ν (ρ * ·)) (fun z _ ↦ z) ≤
          alignment (additiveNoiseLaw μ ν (ρ * ·)) f) ↔
      μ = gaussianReal 0 1 := by
  refine ⟨fun optimal ↦ gaussian_of_linear_optimal h₀.ne' ?_ hμ mean var stationary optimal, ?_⟩
  · rwa [abs_of_pos h₀]
  · rintro rfl
    exact linear_optimal_of_gaussian h₀ h₁ stationary

end Lejepa
