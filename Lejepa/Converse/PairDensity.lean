/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.World
public import Mathlib.MeasureTheory.Function.AEEqOfLIntegral
public import Mathlib.MeasureTheory.Group.LIntegral
public import Mathlib.MeasureTheory.Measure.WithDensity

/-!
# The density of a pair

## Main results
* `Lejepa.additiveNoiseLaw_withDensity`: latents of density `f` and noise of density `g` make pairs
  of density `f(x) g(y - m(x))`.
* `Lejepa.ae_eq_of_map_swap_additiveNoiseLaw`: if the world is reversible, that density is
  symmetric.
-/

public section

open MeasureTheory
open scoped ENNReal

namespace Lejepa

variable {f g : ℝ → ℝ≥0∞} {m : ℝ → ℝ}

/-- The density of a pair is measurable. -/
theorem measurable_pairDensity (hf : Measurable f) (hg : Measurable g) (hm : Measurable m) :
    Measurable fun p : ℝ × ℝ ↦ f p.1 * g (p.2 - m p.1) :=
  (hf.comp measurable_fst).mul (hg.comp (measurable_snd.sub (hm.comp measurable_fst)))

/-- Latents of density `f` and noise of density `g` make pairs of density `f(x) g(y - m(x))`. -/
theorem additiveNoiseLaw_withDensity (hf : Measurable f) (hg : Measurable g) (hm : Measurable m) :
    additiveNoiseLaw (volume.withDensity f) (volume.withDensity g) m =
      ((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity
        fun p ↦ f p.1 * g (p.2 - m p.1) := by
  have hstep : Measurable fun p : ℝ × ℝ ↦ (p.1, m p.1 + p.2) :=
    measurable_fst.prodMk ((hm.comp measurable_fst).add measurable_snd)
  have hk := measurable_pairDensity hf hg hm
  have hfg : Measurable fun p : ℝ × ℝ ↦ f p.1 * g p.2 :=
    (hf.comp measurable_fst).mul (hg.comp measurable_snd)
  refine Measure.ext_of_lintegral _ fun F hF ↦ ?_
  have hF' : Measurable fun p : ℝ × ℝ ↦ F (p.1, m p.1 + p.2) := hF.comp hstep
  have shift (x : ℝ) : ∫⁻ y : ℝ, f x * g y * F (x, m x + y) =
      ∫⁻ y : ℝ, f x * g (y - m x) * F (x, y) := by
    have h : ∫⁻ y : ℝ, f x * g (m x + y - m x) * F (x, m x + y) =
        ∫⁻ y : ℝ, f x * g (y - m x) * F (x, y) :=
      lintegral_add_left_eq_self (fun y : ℝ ↦ f x * g (y - m x) * F (x, y)) (m x)
    rw [← h]
    refine lintegral_congr fun y ↦ ?_
    rw [add_sub_cancel_left]
  calc ∫⁻ p, F p ∂additiveNoiseLaw (volume.withDensity f) (volume.withDensity g) m
      = ∫⁻ p, F (p.1, m p.1 + p.2)
          ∂((volume : Measure ℝ).withDensity f).prod ((volume : Measure ℝ).withDensity g) :=
        lintegral_map hF hstep
    _ = ∫⁻ p, F (p.1, m p.1 + p.2)
          ∂((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity
            fun p ↦ f p.1 * g p.2 := by rw [prod_withDensity hf hg]
    _ = ∫⁻ p, f p.1 * g p.2 * F (p.1, m p.1 + p.2)
          ∂(volume : Measure ℝ).prod (volume : Measure ℝ) :=
        lintegral_withDensity_eq_lintegral_mul _ hfg hF'
    _ = ∫⁻ x : ℝ, ∫⁻ y : ℝ, f x * g y * F (x, m x + y) :=
        lintegral_prod (fun p : ℝ × ℝ ↦ f p.1 * g p.2 * F (p.1, m p.1 + p.2))
          (hfg.mul hF').aemeasurable
    _ = ∫⁻ x : ℝ, ∫⁻ y : ℝ, f x * g (y - m x) * F (x, y) := lintegral_congr shift
    _ = ∫⁻ p, f p.1 * g (p.2 - m p.1) * F p ∂(volume : Measure ℝ).prod (volume : Measure ℝ) :=
        (lintegral_prod (fun p : ℝ × ℝ ↦ f p.1 * g (p.2 - m p.1) * F p)
          (hk.mul hF).aemeasurable).symm
    _ = ∫⁻ p, F p ∂((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity
          fun p ↦ f p.1 * g (p.2 - m p.1) :=
        (lintegral_withDensity_eq_lintegral_mul _ hk hF).symm

/-- The density of the pair that is read backwards. -/
theorem map_swap_withDensity {k : ℝ × ℝ → ℝ≥0∞} (hk : Measurable k) :
    (((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity k).map Prod.swap =
      ((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity fun p ↦ k p.swap := by
  have hk' : Measurable fun p : ℝ × ℝ ↦ k p.swap := hk.comp measurable_swap
  refine Measure.ext_of_lintegral _ fun F hF ↦ ?_
  have hF' : Measurable fun p : ℝ × ℝ ↦ F p.swap := hF.comp measurable_swap
  calc ∫⁻ p, F p ∂(((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity k).map Prod.swap
      = ∫⁻ p, F p.swap ∂((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity k :=
        lintegral_map hF measurable_swap
    _ = ∫⁻ p, k p * F p.swap ∂(volume : Measure ℝ).prod (volume : Measure ℝ) :=
        lintegral_withDensity_eq_lintegral_mul _ hk hF'
    _ = ∫⁻ p, k p.swap * F p ∂(volume : Measure ℝ).prod (volume : Measure ℝ) :=
        lintegral_prod_swap (μ := (volume : Measure ℝ)) (ν := (volume : Measure ℝ))
          fun p : ℝ × ℝ ↦ k p.swap * F p
    _ = ∫⁻ p, F p ∂((volume : Measure ℝ).prod (volume : Measure ℝ)).withDensity
          fun p ↦ k p.swap := (lintegral_withDensity_eq_lintegral_mul _ hk' hF).symm

/-- If the world is reversible, the density of a pair is symmetric almost everywhere. -/
theorem ae_eq_of_map_swap_additiveNoiseLaw (hf : Measurable f) (hg : Measurable g)
    (hm : Measurable m)
    (reversible : (additiveNoiseLaw (volume.withDensity f) (volume.withDensity g) m).map Prod.swap =
      additiveNoiseLaw (volume.withDensity f) (volume.withDensity g) m) :
    ∀ᵐ (p : ℝ × ℝ) ∂(volume : Measure ℝ).prod (volume : Measure ℝ),
      f p.1 * g (p.2 - m p.1) = f p.2 * g (p.1 - m p.2) := by
  have hk := measurable_pairDensity hf hg hm
  have hk' : Measurable fun p : ℝ × ℝ ↦ f p.2 * g (p.1 - m p.2) := hk.comp measurable_swap
  rw [additiveNoiseLaw_withDensity hf hg hm, map_swap_withDensity hk] at reversible
  exact (withDensity_eq_iff_of_sigmaFinite hk.aemeasurable hk'.aemeasurable).1 reversible.symm

end Lejepa
