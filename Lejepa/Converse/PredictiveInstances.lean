/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Predictive

/-!
# With a predictor, only Gaussian latents: worlds inside and outside

For every correlation there is a stationary world with Gaussian latents, in which the identity and
the true drift are optimal. Without memory, `ρ = 0`, the statement fails: latents and noise are
independent, nothing can be predicted, and `1 - ρ² = 1` bounds every loss from below whatever the
law of the latent.

## Main results
* `Lejepa.exists_isPredictionBound`: worlds with Gaussian latents, of every correlation.
* `Lejepa.isPredictionBound_memoryless`: a world without memory, of any law.
* `Lejepa.exists_isPredictionBound_ne_gaussian`: so `ρ = 0` has to be left out.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal

namespace Lejepa

/-! ### Gaussian latents -/

/-- For every correlation there is a stationary world with Gaussian latents, and no white encoder
with any predictor has a loss below `1 - ρ²` in it. -/
theorem exists_isPredictionBound {ρ : ℝ} (hρ : |ρ| ≤ 1) :
    ∃ ν : Measure ℝ, IsProbabilityMeasure ν ∧
      (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd = gaussianReal 0 1 ∧
      IsPredictionBound (gaussianReal 0 1) (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·))
        (1 - ρ ^ 2) := by
  have heval : Measurable fun z : Fin 1 → ℝ ↦ z 0 := measurable_pi_apply 0
  have hs : Measurable fun z : Fin 1 → ℝ ↦ √(1 - ρ ^ 2) • z := measurable_const_smul _
  have hγ : (γ 1).map (fun z ↦ z 0) = gaussianReal 0 1 :=
    (measurePreserving_eval (fun _ : Fin 1 ↦ gaussianReal 0 1) 0).map_eq
  obtain ⟨ν, hν⟩ : ∃ ν : Measure ℝ, ν = ((γ 1).map (√(1 - ρ ^ 2) • ·)).map (fun z ↦ z 0) :=
    ⟨_, rfl⟩
  have hprob : IsProbabilityMeasure ν := by
    have h1 : IsProbabilityMeasure ((γ 1).map (√(1 - ρ ^ 2) • ·)) :=
      Measure.isProbabilityMeasure_map hs.aemeasurable
    rw [hν]
    exact Measure.isProbabilityMeasure_map heval.aemeasurable
  have e : (ouLaw 1 ρ).map (Prod.map (fun z ↦ z 0) (fun z ↦ z 0)) =
      additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·) := by
    rw [ouLaw_eq_additiveNoiseLaw, map_additiveNoiseLaw (m' := (ρ * ·)) heval
      (measurable_const_smul ρ) (measurable_linear ρ) (fun _ _ ↦ rfl) (fun _ ↦ rfl), hγ, hν]
  have stationary : (additiveNoiseLaw (gaussianReal 0 1) ν (ρ * ·)).map Prod.snd =
      gaussianReal 0 1 := by
    rw [← e, Measure.map_map measurable_snd (heval.prodMap heval)]
    change (ouLaw 1 ρ).map ((fun z : Fin 1 → ℝ ↦ z 0) ∘ Prod.snd) = gaussianReal 0 1
    rw [← Measure.map_map heval measurable_snd, map_snd_ouLaw hρ, hγ]
  exact ⟨ν, hprob, stationary, isPredictionBound_of_gaussian hρ stationary⟩

/-! ### No memory -/

/-- Without memory, latent and successor are independent. -/
theorem additiveNoiseLaw_zero_mul (μ ν : Measure ℝ) :
    additiveNoiseLaw μ ν (0 * ·) = μ.prod ν := by
  have e : (fun p : ℝ × ℝ ↦ (p.1, 0 * p.1 + p.2)) = id := by
    funext p
    refine Prod.ext rfl ?_
    change 0 * p.1 + p.2 = p.2
    rw [zero_mul, zero_add]
  rw [additiveNoiseLaw, e, Measure.map_id]

/-- **Without memory nothing can be predicted**, whatever the law of the latent. -/
theorem isPredictionBound_memoryless (μ : Measure ℝ) [IsProbabilityMeasure μ] :
    IsPredictionBound μ (additiveNoiseLaw μ μ (0 * ·)) (1 - 0 ^ 2) := by
  intro h hw hm f hf
  rw [additiveNoiseLaw_zero_mul]
  have hm0 : Measurable fun z ↦ h z 0 := (measurable_pi_apply 0).comp hm
  have h2 : MemLp (fun p : ℝ × ℝ ↦ h p.2 0) 2 (μ.prod μ) :=
    (hw.memLp 0).comp_measurePreserving measurePreserving_snd
  refine ofReal_le_lintegral_of_forall_memLp (μ := μ) (h := fun z ↦ h z 0)
    (F := fun z ↦ f (h z 0)) measurePreserving_fst hm0 h2 (hf.comp hm0) fun hF ↦ ?_
  have h1 : MemLp (fun p : ℝ × ℝ ↦ f (h p.1 0)) 2 (μ.prod μ) :=
    hF.comp_measurePreserving measurePreserving_fst
  have v2 : ∫ p, h p.2 0 ^ 2 ∂μ.prod μ = 1 :=
    (measurePreserving_snd.integral_comp_of_aestronglyMeasurable (g := fun z ↦ h z 0 ^ 2)
      (hw.memLp 0).integrable_sq.1).trans (hw.integral_sq_eq_one 0)
  have c : ∫ p, h p.2 0 * f (h p.1 0) ∂μ.prod μ = 0 := by
    calc ∫ p, h p.2 0 * f (h p.1 0) ∂μ.prod μ = ∫ p, f (h p.1 0) * h p.2 0 ∂μ.prod μ :=
          integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
      _ = (∫ z, f (h z 0) ∂μ) * ∫ z, h z 0 ∂μ :=
          integral_prod_mul (fun z ↦ f (h z 0)) fun z ↦ h z 0
      _ = 0 := by rw [hw.mean_eq_zero 0, mul_zero]
  have v1 : 0 ≤ ∫ p, f (h p.1 0) ^ 2 ∂μ.prod μ := integral_nonneg fun p ↦ sq_nonneg _
  have a : ∫ p, (h p.2 0 - f (h p.1 0)) ^ 2 ∂μ.prod μ =
      ∫ p, (h p.2 0 + -1 * f (h p.1 0)) ^ 2 ∂μ.prod μ :=
    integral_congr_ae (.of_forall fun p ↦ by beta_reduce; ring)
  change 1 - 0 ^ 2 ≤ ∫ p, (h p.2 0 - f (h p.1 0)) ^ 2 ∂μ.prod μ
  rw [a, integral_add_mul_sq h2 h1 (-1), v2, c]
  linarith

/-- A fair coin with the values `1` and `-1`. -/
noncomputable def coin : Measure ℝ := (2⁻¹ : ℝ≥0∞) • (Measure.dirac 1 + Measure.dirac (-1))

instance : IsProbabilityMeasure coin := by
  refine ⟨?_⟩
  rw [coin, Measure.smul_apply, Measure.add_apply, measure_univ, measure_univ, smul_eq_mul,
    mul_add, mul_one, ENNReal.inv_two_add_inv_two]

/-- A measurable property of `1` and of `-1` holds almost surely for the coin. -/
theorem ae_coin {p : ℝ → Prop} (hp : MeasurableSet {x | p x}) (h₁ : p 1) (h₂ : p (-1)) :
    ∀ᵐ x ∂coin, p x := by
  rw [coin, Measure.ae_smul_measure_iff (ENNReal.inv_ne_zero.2 ENNReal.ofNat_ne_top),
    ae_add_measure_iff]
  exact ⟨(ae_dirac_iff hp).2 h₁, (ae_dirac_iff hp).2 h₂⟩

/-- The mean of `f` under the coin is `(f 1 + f (-1)) / 2`. -/
theorem integral_coin (f : ℝ → ℝ) : ∫ x, f x ∂coin = 2⁻¹ * (f 1 + f (-1)) := by
  have h₁ : Integrable f (Measure.dirac 1) := integrable_dirac enorm_lt_top
  have h₂ : Integrable f (Measure.dirac (-1)) := integrable_dirac enorm_lt_top
  rw [coin, integral_smul_measure, integral_add_measure h₁ h₂, integral_dirac, integral_dirac,
    ENNReal.toReal_inv, ENNReal.toReal_ofNat, smul_eq_mul]

/-- A coin is not Gaussian. -/
theorem coin_ne_gaussianReal : coin ≠ gaussianReal 0 1 := by
  intro e
  have hno : NoAtoms (gaussianReal 0 1) := noAtoms_gaussianReal one_ne_zero
  have hset : MeasurableSet {x : ℝ | x ^ 2 = 1} :=
    measurableSet_eq_fun (measurable_id'.pow_const 2) measurable_const
  have h₁ : ∀ᵐ x ∂gaussianReal 0 1, x ^ 2 = 1 := by
    rw [← e]
    exact ae_coin hset (one_pow 2) (by norm_num)
  have h₂ : ∀ᵐ x ∂gaussianReal 0 1, x ∉ ({1} : Set ℝ) :=
    measure_eq_zero_iff_ae_notMem.1 (measure_singleton 1)
  have h₃ : ∀ᵐ x ∂gaussianReal 0 1, x ∉ ({-1} : Set ℝ) :=
    measure_eq_zero_iff_ae_notMem.1 (measure_singleton (-1))
  obtain ⟨x, hx₁, hx₂, hx₃⟩ := (h₁.and (h₂.and h₃)).exists
  rcases sq_eq_one_iff.1 hx₁ with hx | hx
  · exact hx₂ (Set.mem_singleton_iff.2 hx)
  · exact hx₃ (Set.mem_singleton_iff.2 hx)

/-- **Memory is needed**: without it the identity is optimal with a predictor although the latent, a
coin, is not Gaussian. -/
theorem exists_isPredictionBound_ne_gaussian :
    ∃ μ ν : Measure ℝ, IsProbabilityMeasure μ ∧ IsProbabilityMeasure ν ∧ MemLp id 2 μ ∧
      ∫ z, z ∂μ = 0 ∧ ∫ z, z ^ 2 ∂μ = 1 ∧
      (additiveNoiseLaw μ ν (0 * ·)).map Prod.snd = μ ∧
      IsPredictionBound μ (additiveNoiseLaw μ ν (0 * ·)) (1 - 0 ^ 2) ∧
      μ ≠ gaussianReal 0 1 := by
  refine ⟨coin, coin, inferInstance, inferInstance, ?_, ?_, ?_, ?_,
    isPredictionBound_memoryless coin, coin_ne_gaussianReal⟩
  · have hset : MeasurableSet {x : ℝ | ‖x‖ ≤ 1} :=
      measurableSet_le measurable_norm measurable_const
    refine MemLp.of_bound measurable_id.aestronglyMeasurable 1 ?_
    exact ae_coin hset (by norm_num) (by norm_num)
  · rw [integral_coin]
    norm_num
  · rw [integral_coin]
    norm_num
  · rw [additiveNoiseLaw_zero_mul]
    exact measurePreserving_snd.map_eq

end Lejepa
