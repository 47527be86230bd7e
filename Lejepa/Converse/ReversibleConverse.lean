/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.ReversibleGaussian
public import Lejepa.ForMathlib.Cramer

/-!
# Reversible worlds: linear is optimal if and only if the latent is Gaussian

In a stationary world with Gaussian latent the drift of the latent and the noise are independent and
add up to a Gaussian, so that by Cramér's theorem the noise is Gaussian. If the world is reversible,
the drift is then affine. So in reversible worlds with noise and positive correlation, whatever the
drift, the identity is optimal if and only if the latent is Gaussian. The world of
`Lejepa.FourPoints.world` shows that reversibility is needed, and so does that of
`Lejepa.signFlipLaw`.

## Main results
* `Lejepa.exists_noise_eq_gaussianReal`: the noise of a stationary world with Gaussian latent is
  Gaussian.
* `Lejepa.drift_ae_eq_affine_of_reversible`: if it is reversible, its drift is affine.
* `Lejepa.linear_optimal_iff_gaussian_of_reversible`: the equivalence.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped NNReal

namespace Lejepa

variable {ν : Measure ℝ} [IsProbabilityMeasure ν] {m : ℝ → ℝ}

/-- The noise of a stationary world with Gaussian latent is Gaussian, whatever the drift. -/
theorem exists_noise_eq_gaussianReal (hm : Measurable m)
    (stationary : (additiveNoiseLaw (gaussianReal 0 1) ν m).map Prod.snd = gaussianReal 0 1) :
    ∃ (b : ℝ) (v : ℝ≥0), ν = gaussianReal b v := by
  have hprob : IsProbabilityMeasure ((gaussianReal 0 1).map m) :=
    Measure.isProbabilityMeasure_map hm.aemeasurable
  have hstep : Measurable fun p : ℝ × ℝ ↦ (p.1, m p.1 + p.2) :=
    measurable_fst.prodMk ((hm.comp measurable_fst).add measurable_snd)
  have hadd : Measurable fun q : ℝ × ℝ ↦ q.1 + q.2 := measurable_fst.add measurable_snd
  have hprod : ((gaussianReal 0 1).map m).prod ν =
      ((gaussianReal 0 1).prod ν).map (Prod.map m fun y ↦ y) := by
    rw [← Measure.map_prod_map (gaussianReal 0 1) ν hm measurable_id', Measure.map_id']
  have hconv : (gaussianReal 0 1).map m ∗ ν = gaussianReal 0 1 := by
    refine Eq.trans ?_ stationary
    rw [Measure.conv, hprod, Measure.map_map hadd (hm.prodMap measurable_id'), additiveNoiseLaw,
      Measure.map_map measurable_snd hstep]
    rfl
  exact eq_gaussianReal_of_conv_eq_gaussianReal hconv

/-- **The drift is affine.** In a reversible world with Gaussian latent and noise that is not
constant, the drift is affine almost surely. -/
theorem drift_ae_eq_affine_of_reversible (hm : Measurable m) (noisy : ∀ c, ν ≠ Measure.dirac c)
    (reversible : (additiveNoiseLaw (gaussianReal 0 1) ν m).map Prod.swap =
      additiveNoiseLaw (gaussianReal 0 1) ν m) :
    ∃ a c : ℝ, ∀ᵐ z ∂gaussianReal 0 1, m z = a * z + c := by
  obtain ⟨b, v, rfl⟩ := exists_noise_eq_gaussianReal hm
    (measurePreserving_snd_of_reversible hm reversible).map_eq
  have hv : v ≠ 0 := by
    rintro rfl
    exact noisy b (gaussianReal_zero_var b)
  exact drift_ae_eq_affine_of_reversible_of_gaussian_noise hm hv reversible

/-- **Among reversible worlds, exactly the Gaussian ones.** A reversible world of mean zero and
variance one, with any measurable drift, noise that is not constant and positive correlation: the
identity aligns best among all white encoders if and only if the latent law is Gaussian. -/
theorem linear_optimal_iff_gaussian_of_reversible {μ : Measure ℝ} [IsProbabilityMeasure μ]
    (hm : Measurable m) (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (reversible : (additiveNoiseLaw μ ν m).map Prod.swap = additiveNoiseLaw μ ν m)
    (correlated : 0 < ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m)
    (noisy : ∀ c, ν ≠ Measure.dirac c) :
    (IsBestAligned μ (additiveNoiseLaw μ ν m) fun z (_ : Fin 1) ↦ z) ↔
      μ = gaussianReal 0 1 := by
  refine ⟨fun optimal ↦ gaussian_of_linear_optimal_of_reversible hm hμ mean var reversible
    correlated.ne' noisy optimal, ?_⟩
  rintro rfl
  obtain ⟨b, v, rfl⟩ := exists_noise_eq_gaussianReal hm
    (measurePreserving_snd_of_reversible hm reversible).map_eq
  have hv : v ≠ 0 := by
    rintro rfl
    exact noisy b (gaussianReal_zero_var b)
  exact (linear_optimal_iff_gaussian_of_reversible_of_gaussian_noise hm hv hμ mean var reversible
    correlated).2 rfl

/-- The equivalence speaks of the Ornstein–Uhlenbeck world on the line: all its hypotheses hold of
that world with `0 < ρ < 1`, and so the identity is optimal there. -/
theorem linear_optimal_of_ouLaw {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (f : ℝ → Fin 1 → ℝ)
    (hf : IsWhite (gaussianReal 0 1) f) :
    alignment (m := 1)
        (additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (1 - ρ ^ 2).toNNReal) (ρ * ·))
        (fun z _ ↦ z) ≤
      alignment
        (additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (1 - ρ ^ 2).toNNReal) (ρ * ·)) f := by
  obtain ⟨hv, correlated⟩ := toNNReal_ne_zero_and_correlation_pos h₀ h₁
  have hρ : |ρ| ≤ 1 := by
    rw [abs_of_pos h₀]
    exact h₁.le
  have noisy (c : ℝ) : gaussianReal 0 (1 - ρ ^ 2).toNNReal ≠ Measure.dirac c := fun h ↦ by
    have : NoAtoms (gaussianReal 0 (1 - ρ ^ 2).toNNReal) := noAtoms_gaussianReal hv
    have h₂ : gaussianReal 0 (1 - ρ ^ 2).toNNReal {c} = 0 := measure_singleton c
    rw [h, Measure.dirac_apply_of_mem (Set.mem_singleton c)] at h₂
    exact one_ne_zero h₂
  exact (linear_optimal_iff_gaussian_of_reversible (measurable_linear ρ)
    (memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top) integral_id_gaussianReal
    integral_sq_gaussianReal_zero_one (map_swap_additiveNoiseLaw_gaussianReal hρ) correlated
    noisy).2 rfl f hf

end Lejepa
