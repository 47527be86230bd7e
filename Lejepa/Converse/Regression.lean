/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.BackwardRegression
public import Lejepa.Converse.CharFun
public import Lejepa.Converse.LinearCharFun

/-!
# Linear regressions both ways make Gaussian

A stationary world `z' = ρ z + η` with independent noise `η`, whose latent law has mean zero and
variance one. If the backward regression `𝔼[z | z']` is linear too, the latents are Gaussian. Where
no white encoder aligns better than the identity, the backward regression is linear.

## Main results
* `Lejepa.gaussian_of_backward_linear`: if the backward regression `𝔼[z | z']` is linear too, the
  latents are Gaussian.
* `Lejepa.gaussian_of_linear_optimal`: optimality makes the latent law Gaussian (`0 < |ρ| < 1`).

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* `docs/mathematics.md`, the section on which worlds have a linear optimum.
-/

public section

open Complex MeasureTheory ProbabilityTheory

namespace Lejepa

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}

/-- If the backward regression is linear, `𝔼[z e^{itz'}] = ρ 𝔼[z e^{itz}]`. -/
theorem integral_fst_mul_cexp_snd_of_backward_linear (hμ : MemLp id 2 μ)
    (back : ∀ u : ℝ → ℝ, Measurable u → (∀ z, |u z| ≤ 1) →
      ∫ p, p.1 * u p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ * ∫ z, z * u z ∂μ) (t : ℝ) :
    ∫ p, p.1 * cexp (t * p.2 * I) ∂additiveNoiseLaw μ ν (ρ * ·) =
      ρ * ∫ x, x * cexp (t * x * I) ∂μ := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 μ := hμ
  have hfst := measurePreserving_fst_additiveNoiseLaw (μ := μ) (ν := ν) (measurable_linear ρ)
  have h1 : Integrable (fun p : ℝ × ℝ ↦ p.1) (additiveNoiseLaw μ ν (ρ * ·)) :=
    hfst.integrable_comp_of_integrable (hz.integrable one_le_two)
  have hcos : Measurable fun z : ℝ ↦ Real.cos (t * z) :=
    Real.measurable_cos.comp (measurable_linear t)
  have hsin : Measurable fun z : ℝ ↦ Real.sin (t * z) :=
    Real.measurable_sin.comp (measurable_linear t)
  have e1 := integral_ofReal_mul_cexp (θ := fun p : ℝ × ℝ ↦ t * p.2) h1
    (measurable_snd.const_mul t)
  have e2 := integral_ofReal_mul_cexp (θ := fun z : ℝ ↦ t * z)
    (hz.integrable one_le_two) (measurable_linear t)
  rw [back _ hcos fun z ↦ Real.abs_cos_le_one _, back _ hsin fun z ↦ Real.abs_sin_le_one _] at e1
  simp only [ofReal_mul] at e1 e2
  rw [e1, e2]
  ring

/-- **Linear both ways makes Gaussian.** In a stationary world `z' = ρ z + η`, `0 < |ρ| < 1`, of
mean zero and variance one, if `𝔼[z | z'] = ρ z'` too, then the latents are Gaussian. -/
theorem gaussian_of_backward_linear (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ)
    (back : ∀ u : ℝ → ℝ, Measurable u → (∀ z, |u z| ≤ 1) →
      ∫ p, p.1 * u p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ * ∫ z, z * u z ∂μ) :
    μ = gaussianReal 0 1 := by
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ :=
    ⟨measurable_snd, stationary⟩
  refine eq_gaussianReal_of_scaling h₀ h₁ hμ mean var fun t ↦ ?_
  have h := integral_fst_mul_cexp_snd_of_backward_linear hμ back t
  rw [integral_mul_cexp_linear (f := fun x : ℝ ↦ (x : ℂ)) Complex.measurable_ofReal t] at h
  rw [charFun_of_stationary_linear hsnd t]
  linear_combination charFun μ (ρ * t) * h

/-- **Gaussian uniqueness, linear drift.** In a stationary world `z' = ρ z + η`, `0 < |ρ| < 1`, of
mean zero and variance one, with independent noise, where no white encoder aligns better than the
identity, the latents are Gaussian. For `ρ < 0` the hypothesis `optimal` never holds: it would make
the latent Gaussian, and then `(z² - 1) / √2` aligns better than `z`. -/
theorem gaussian_of_linear_optimal (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ)
    (optimal : IsBestAligned μ (additiveNoiseLaw μ ν (ρ * ·)) fun z (_ : Fin 1) ↦ z) :
    μ = gaussianReal 0 1 :=
  gaussian_of_backward_linear h₀ h₁ hμ mean var stationary fun _ hu hb ↦
    integral_fst_mul_snd_of_optimal hμ mean var ⟨measurable_snd, stationary⟩ optimal hu
      (MemLp.of_bound hu.aestronglyMeasurable 1 (.of_forall hb))

end Lejepa
