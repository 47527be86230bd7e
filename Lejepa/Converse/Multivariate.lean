/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Regression
public import Lejepa.Regularizer.CramerWold

/-!
# Gaussian latents are the only ones: many dimensions

A stationary world `z' = ρ z + η` on `ℝⁿ` with independent noise `η`, whose latent law is white. The
coordinates of the latent law, and of the noise, need not be independent. If the identity aligns
best among white encoders, the latent law is the standard Gaussian.

Optimality makes the backward regression of each coordinate linear, `𝔼[zᵢ | z'] = ρ z'ᵢ`. So every
projection on a unit vector is a world on the line whose regressions are linear both ways: it is
Gaussian, and Cramér–Wold concludes.

## Main results
* `Lejepa.stdGaussian_of_linear_optimal`

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory Complex

namespace Lejepa

variable {n : ℕ} {μ ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν]
  {ρ : ℝ}

/-- **Gaussian uniqueness, many dimensions.** In a stationary world `z' = ρ z + η` with white
latents, independent noise and `0 < |ρ| < 1`, if no white encoder aligns better than the identity,
the latents are standard Gaussian. For `ρ < 0` and `n ≥ 1` the hypothesis `optimal` never holds: it
would make the latents Gaussian, and then `(zᵢ² - 1) / √2` aligns better than `zᵢ`. -/
theorem stdGaussian_of_linear_optimal (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1)
    (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (stationary : (additiveNoiseLaw μ ν (ρ • ·)).map Prod.snd = μ)
    (optimal : IsBestAligned μ (additiveNoiseLaw μ ν (ρ • ·)) fun z : Fin n → ℝ ↦ z) :
    μ = γ n := by
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    ⟨measurable_snd, stationary⟩
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ)
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  refine eq_stdGaussian_iff_forall_projection.2 fun u hu ↦ ?_
  obtain ⟨L, hLdef⟩ : ∃ L : (Fin n → ℝ) → ℝ, L = fun z ↦ ∑ i, u i * z i := ⟨_, rfl⟩
  rw [← hLdef]
  have hLz (z : Fin n → ℝ) : L z = ∑ i, u i * z i := congrFun hLdef z
  have hL : Measurable L := by
    rw [hLdef]
    exact measurable_dotProduct_const u
  have hL2 : MemLp L 2 μ := by
    rw [hLdef]
    exact memLp_sum_mul u hz
  have add (x y : Fin n → ℝ) : L (x + y) = L x + L y := by
    simp only [hLz, Pi.add_apply, mul_add, Finset.sum_add_distrib]
  have smul (c : ℝ) (x : Fin n → ℝ) : L (c • x) = c * L x := by
    rw [hLz, hLz, Finset.mul_sum]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [Pi.smul_apply, smul_eq_mul]
    ring
  have iμ : IsProbabilityMeasure (μ.map L) := Measure.isProbabilityMeasure_map hL.aemeasurable
  have iν : IsProbabilityMeasure (ν.map L) := Measure.isProbabilityMeasure_map hL.aemeasurable
  have hsL := measurePreserving_snd_projection hL add smul hsnd
  have hmap := map_additiveNoiseLaw (μ := μ) (ν := ν) (m' := (ρ * ·)) hL (measurable_smul_pi ρ)
    (measurable_linear ρ) add (smul ρ)
  have hmean : ∫ z, L z ∂μ = 0 := by
    simp only [hLz]
    exact integral_linear white u
  have hvar : ∫ z, L z ^ 2 ∂μ = 1 := by
    simp only [hLz]
    rw [integral_linear_sq white, hu]
  refine gaussian_of_backward_linear h₀ h₁
    ((memLp_map_measure_iff measurable_id.aestronglyMeasurable hL.aemeasurable).2 hL2)
    ((integral_map hL.aemeasurable measurable_id'.aestronglyMeasurable).trans hmean)
    ((integral_map hL.aemeasurable (continuous_pow 2).aestronglyMeasurable).trans hvar)
    hsL.map_eq fun w hw hb ↦ ?_
  have hwL : Measurable fun z ↦ w (L z) := hw.comp hL
  have hwL2 : MemLp (fun z ↦ w (L z)) 2 μ :=
    MemLp.of_bound hwL.aestronglyMeasurable 1 (.of_forall fun z ↦ hb (L z))
  have hfz (j : Fin n) :
      MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 j) 2 (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hz j).comp_measurePreserving hfst
  have hF : Measurable fun p : ℝ × ℝ ↦ p.1 * w p.2 := measurable_fst.mul (hw.comp measurable_snd)
  have hG : Measurable fun z : ℝ ↦ z * w z := measurable_id.mul hw
  rw [← hmap, integral_map (hL.prodMap hL).aemeasurable hF.aestronglyMeasurable,
    integral_map hL.aemeasurable hG.aestronglyMeasurable]
  calc ∫ p, L p.1 * w (L p.2) ∂additiveNoiseLaw μ ν (ρ • ·)
      = ∫ p, (∑ j, u j * p.1 j) * w (L p.2) ∂additiveNoiseLaw μ ν (ρ • ·) :=
        integral_congr_ae (.of_forall fun p ↦ by beta_reduce; rw [hLz])
    _ = ∑ j, u j * ∫ p, p.1 j * w (L p.2) ∂additiveNoiseLaw μ ν (ρ • ·) :=
        integral_sum_mul_mul u hfz (hwL2.comp_measurePreserving hsnd)
    _ = ρ * ∑ j, u j * ∫ z, z j * w (L z) ∂μ := by
        rw [Finset.mul_sum]
        refine Finset.sum_congr rfl fun j _ ↦ ?_
        rw [integral_fst_mul_snd_pi_of_optimal white hsnd optimal j hwL hwL2]
        ring
    _ = ρ * ∫ z, L z * w (L z) ∂μ := by
        rw [← integral_sum_mul_mul u hz hwL2]
        simp only [hLz]

end Lejepa
