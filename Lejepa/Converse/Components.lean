/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Regression
public import Lejepa.ForMathlib.PiIntegral

/-!
# Gaussian latents are the only ones: independent components

A product of stationary worlds `zᵢ' = ρᵢ zᵢ + ηᵢ`, each with a correlation of its own, whose latent
law is white. If the identity aligns best among white encoders of the product, each component is
Gaussian: an encoder may change one coordinate and leave the others, so each component is a world on
the line in which the identity is optimal.

Where all correlations are one `ρ`, coordinates need not be independent
(`Lejepa.stdGaussian_of_linear_optimal`).

## Main results
* `Lejepa.gaussian_components_of_linear_optimal`

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ} {μ ν : Fin n → Measure ℝ} [∀ i, IsProbabilityMeasure (μ i)]
  [∀ i, IsProbabilityMeasure (ν i)] {ρ : Fin n → ℝ}

/-- A component of a product of linear worlds is a linear world. -/
theorem map_eval_additiveNoiseLaw_pi (i : Fin n) :
    (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)).map
        (Prod.map (Function.eval i) (Function.eval i)) =
      additiveNoiseLaw (μ i) (ν i) (ρ i * ·) := by
  rw [map_additiveNoiseLaw (m' := (ρ i * ·)) (measurable_pi_apply i) (measurable_const_mul ρ)
    (measurable_linear (ρ i)) (fun _ _ ↦ rfl) (fun _ ↦ rfl),
    (measurePreserving_eval μ i).map_eq, (measurePreserving_eval ν i).map_eq]

private theorem measurePreserving_prodMap_eval (i : Fin n) :
    MeasurePreserving (Prod.map (Function.eval i) (Function.eval i))
      (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·))
      (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)) :=
  ⟨(measurable_pi_apply i).prodMap (measurable_pi_apply i), map_eval_additiveNoiseLaw_pi i⟩

/-- A component of a stationary product is stationary. -/
theorem measurePreserving_snd_component
    (stationary : (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)).map Prod.snd =
      Measure.pi μ) (i : Fin n) :
    MeasurePreserving Prod.snd (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)) (μ i) := by
  have he := (measurePreserving_eval μ i).comp
    (⟨measurable_snd, stationary⟩ : MeasurePreserving Prod.snd _ (Measure.pi μ))
  refine ⟨measurable_snd, ?_⟩
  rw [← map_eval_additiveNoiseLaw_pi i,
    Measure.map_map measurable_snd
      (measurePreserving_prodMap_eval (μ := μ) (ν := ν) (ρ := ρ) i).measurable]
  exact he.map_eq

/-- Where the identity is optimal in the product, it is optimal in each component. -/
theorem component_linear_optimal (white : IsWhite (Measure.pi μ) fun z : Fin n → ℝ ↦ z)
    (stationary : (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)).map Prod.snd =
      Measure.pi μ)
    (optimal : IsBestAligned (Measure.pi μ)
        (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)) fun z : Fin n → ℝ ↦ z)
    (i : Fin n) (f : ℝ → Fin 1 → ℝ) (hf : IsWhite (μ i) f) :
    alignment (m := 1) (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)) (fun z _ ↦ z) ≤
      alignment (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)) f := by
  have hρ : Measurable fun z : Fin n → ℝ ↦ ρ * z := measurable_const_mul ρ
  have hfst := measurePreserving_fst_additiveNoiseLaw (μ := Measure.pi μ) (ν := Measure.pi ν) hρ
  have hsnd : MeasurePreserving Prod.snd
      (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)) (Measure.pi μ) :=
    ⟨measurable_snd, stationary⟩
  have he := measurePreserving_eval μ i
  have hpair := measurePreserving_prodMap_eval (μ := μ) (ν := ν) (ρ := ρ) i
  have hf0 : MemLp (fun t ↦ f t 0) 2 (μ i) := hf.memLp 0
  have hmean : ∫ t, f t 0 ∂μ i = 0 := hf.mean_eq_zero 0
  have hvar : ∫ t, f t 0 ^ 2 ∂μ i = 1 := by
    have h := congrFun (congrFun hf.secondMoment_eq_one 0) 0
    rw [secondMoment, Matrix.of_apply, Matrix.one_apply_eq] at h
    exact (integral_congr_ae (.of_forall fun t ↦ sq (f t 0))).trans h
  have hmean_id (j : Fin n) : ∫ t, t ∂μ j = 0 := by
    rw [← white.mean_eq_zero j]
    exact ((measurePreserving_eval μ j).integral_comp_of_aestronglyMeasurable
      measurable_id.aestronglyMeasurable).symm
  have hle := coordinate_le_of_optimal hfst hsnd white optimal i
    (f := fun z ↦ f (z i) 0) (hf0.comp_measurePreserving he)
    ((he.integral_comp_of_aestronglyMeasurable hf0.aestronglyMeasurable).trans hmean)
    ((he.integral_comp_of_aestronglyMeasurable (hf0.aestronglyMeasurable.pow 2)).trans hvar)
    fun j hj ↦ by
      rw [integral_eval_mul_eval_pi hj (fun t ↦ t) (fun t ↦ f t 0), hmean_id j, zero_mul]
  have hfst_i := measurePreserving_fst_additiveNoiseLaw (μ := μ i) (ν := ν i)
    (measurable_linear (ρ i))
  have hsnd_i := measurePreserving_snd_component stationary i
  have hid : AEStronglyMeasurable (fun p : ℝ × ℝ ↦ (p.2 - p.1) ^ 2)
      (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)) :=
    ((measurable_snd.sub measurable_fst).pow_const 2).aestronglyMeasurable
  have hfi : AEStronglyMeasurable (fun p : ℝ × ℝ ↦ (f p.2 0 - f p.1 0) ^ 2)
      (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)) :=
    ((hf0.aestronglyMeasurable.comp_measurePreserving hsnd_i).sub
      (hf0.aestronglyMeasurable.comp_measurePreserving hfst_i)).pow 2
  rw [alignment_one, alignment_one]
  exact (hpair.integral_comp_of_aestronglyMeasurable hid).symm.le.trans
    (hle.trans (hpair.integral_comp_of_aestronglyMeasurable hfi).le)

/-- **Gaussian uniqueness, independent components.** Where the identity is optimal among the white
encoders of a product of stationary worlds `z'ᵢ = ρᵢ zᵢ + ηᵢ` with white latents and `0 < |ρᵢ| < 1`,
each component is Gaussian. If some `ρᵢ < 0`, the hypothesis `optimal` never holds: it would make
`zᵢ` Gaussian, and then `(zᵢ² - 1) / √2` aligns better than `zᵢ`. -/
theorem gaussian_components_of_linear_optimal (h₀ : ∀ i, ρ i ≠ 0) (h₁ : ∀ i, |ρ i| < 1)
    (white : IsWhite (Measure.pi μ) fun z : Fin n → ℝ ↦ z)
    (stationary : (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)).map Prod.snd =
      Measure.pi μ)
    (optimal : IsBestAligned (Measure.pi μ)
        (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)) fun z : Fin n → ℝ ↦ z)
    (i : Fin n) : μ i = gaussianReal 0 1 := by
  have he := measurePreserving_eval μ i
  have hi : MemLp id 2 (μ i) := by
    rw [← he.map_eq]
    exact (memLp_map_measure_iff measurable_id.aestronglyMeasurable
      he.measurable.aemeasurable).2 (white.memLp i)
  have hmean : ∫ t, t ∂μ i = 0 := by
    rw [← white.mean_eq_zero i]
    exact (he.integral_comp_of_aestronglyMeasurable measurable_id.aestronglyMeasurable).symm
  have hvar : ∫ t, t ^ 2 ∂μ i = 1 := by
    have h := integral_mul_of_isWhite_id white i i
    rw [Matrix.one_apply_eq] at h
    have hsq := he.integral_comp_of_aestronglyMeasurable (g := fun t : ℝ ↦ t ^ 2)
      (measurable_id.pow_const 2).aestronglyMeasurable
    rw [← h, ← hsq]
    exact integral_congr_ae (.of_forall fun z ↦ sq (z i))
  exact gaussian_of_linear_optimal (h₀ i) (h₁ i) hi hmean hvar
    (measurePreserving_snd_component stationary i).map_eq
    (component_linear_optimal white stationary optimal i)

end Lejepa
