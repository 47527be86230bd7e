/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.SignFlipWorld

/-!
# Sign flips: a Gaussian world in which linear is not optimal

The drift `ρ s(z) z` with `s = -1` on `[-1/2, 1/2]` and `s = 1` elsewhere. With
`κ = 𝔼[z²; |z| ≤ 1/2]`, which lies between `0` and `1/4`, the identity has correlation
`ρ (1 - 2 κ)`; with `ρ = 1 - κ` that is positive, and less than the `ρ²` of the Hermite polynomial
of degree two.

## Main results
* `Lejepa.exists_gaussian_linear_not_optimal`: a stationary world with additive noise, Gaussian
  latent and positive correlation, in which a nonlinear white encoder aligns better than the
  identity.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa.SignFlips

/-- The signs: `-1` on `[-1/2, 1/2]`, and `1` elsewhere. -/
def signs (z : ℝ) : ℝ := if |z| ≤ 1 / 2 then -1 else 1

/-- `z²` on `[-1/2, 1/2]`, and zero elsewhere. -/
def innerSq (z : ℝ) : ℝ := if |z| ≤ 1 / 2 then z ^ 2 else 0

private theorem measurableSet_inner : MeasurableSet {z : ℝ | |z| ≤ 1 / 2} :=
  (isClosed_le continuous_abs continuous_const).measurableSet

/-- The function `signs` is measurable. -/
theorem measurable_signs : Measurable signs := by
  change Measurable fun z : ℝ ↦ if |z| ≤ 1 / 2 then (-1 : ℝ) else 1
  exact Measurable.ite measurableSet_inner measurable_const measurable_const

private theorem measurable_innerSq : Measurable innerSq := by
  change Measurable fun z : ℝ ↦ if |z| ≤ 1 / 2 then z ^ 2 else (0 : ℝ)
  exact Measurable.ite measurableSet_inner (measurable_id'.pow_const 2) measurable_const

/-- The values of `signs` are `1` and `-1`. -/
theorem signs_eq_or (z : ℝ) : signs z = 1 ∨ signs z = -1 := by
  by_cases h : |z| ≤ 1 / 2
  · exact Or.inr (if_pos h)
  · exact Or.inl (if_neg h)

/-- The function `signs` is even. -/
theorem signs_neg (z : ℝ) : signs (-z) = signs z := by
  rw [signs, signs, abs_neg]

private theorem signs_mul_sq (z : ℝ) : signs z * z ^ 2 = z ^ 2 - 2 * innerSq z := by
  by_cases h : |z| ≤ 1 / 2
  · rw [signs, innerSq, if_pos h, if_pos h]
    ring
  · rw [signs, innerSq, if_neg h, if_neg h]
    ring

private theorem innerSq_nonneg (z : ℝ) : 0 ≤ innerSq z := by
  by_cases h : |z| ≤ 1 / 2
  · rw [innerSq, if_pos h]
    exact sq_nonneg z
  · have e : innerSq z = 0 := if_neg h
    exact e.ge

private theorem innerSq_le (z : ℝ) : innerSq z ≤ 1 / 4 := by
  by_cases h : |z| ≤ 1 / 2
  · rw [innerSq, if_pos h, ← sq_abs]
    nlinarith [abs_nonneg z]
  · rw [innerSq, if_neg h]
    norm_num

/-- The part `κ = 𝔼[z²; |z| ≤ 1/2]` of the variance of `N(0, 1)`. -/
def innerVariance : ℝ := ∫ z, innerSq z ∂gaussianReal 0 1

private theorem integrable_innerSq : Integrable innerSq (gaussianReal 0 1) :=
  Integrable.of_bound measurable_innerSq.aestronglyMeasurable (1 / 4)
    (.of_forall fun z ↦ by
      rw [Real.norm_eq_abs, abs_of_nonneg (innerSq_nonneg z)]
      exact innerSq_le z)

/-- The part `κ` of the variance is at most `1/4`. -/
theorem innerVariance_le : innerVariance ≤ 1 / 4 := by
  have h : ∫ z, innerSq z ∂gaussianReal 0 1 ≤ ∫ _, (1 / 4 : ℝ) ∂gaussianReal 0 1 :=
    integral_mono integrable_innerSq (integrable_const _) fun z ↦ innerSq_le z
  rw [integral_const, probReal_univ, one_smul] at h
  exact h

/-- The part `κ` of the variance is positive. -/
theorem innerVariance_pos : 0 < innerVariance := by
  have hvol : gaussianReal 0 1 (Set.Ioo (0 : ℝ) (1 / 2)) ≠ 0 := fun h ↦ by
    have h₀ : volume (Set.Ioo (0 : ℝ) (1 / 2)) = 0 :=
      gaussianReal_absolutelyContinuous' 0 one_ne_zero h
    rw [Real.volume_Ioo, ENNReal.ofReal_eq_zero] at h₀
    norm_num at h₀
  have hsub : Set.Ioo (0 : ℝ) (1 / 2) ⊆ Function.support innerSq := fun z hz ↦ by
    have h : |z| ≤ 1 / 2 := by
      rw [abs_of_pos hz.1]
      exact hz.2.le
    have hne : innerSq z ≠ 0 := by
      rw [innerSq, if_pos h]
      exact (pow_pos hz.1 2).ne'
    exact hne
  refine (integral_pos_iff_support_of_nonneg (fun z ↦ innerSq_nonneg z) integrable_innerSq).2 ?_
  exact pos_iff_ne_zero.2 fun h ↦ hvol (measure_mono_null hsub h)

/-- `𝔼[s z²] = 1 - 2 κ`. -/
theorem integral_signs_mul_sq :
    ∫ z, signs z * z ^ 2 ∂gaussianReal 0 1 = 1 - 2 * innerVariance := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 (gaussianReal 0 1) :=
    memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  have hi : Integrable (fun z : ℝ ↦ z ^ 2) (gaussianReal 0 1) := hz.integrable_sq
  have h : ∫ z, signs z * z ^ 2 ∂gaussianReal 0 1 =
      ∫ z, (z ^ 2 - 2 * innerSq z) ∂gaussianReal 0 1 :=
    integral_congr_ae (.of_forall signs_mul_sq)
  rw [h, integral_sub hi (integrable_innerSq.const_mul 2), integral_const_mul,
    integral_sq_gaussianReal_zero_one, innerVariance]

end SignFlips

open SignFlips in
/-- **A Gaussian latent is not enough.** In some stationary world with independent additive noise, a
standard Gaussian latent and positive correlation, a white encoder aligns better than the identity.
-/
theorem exists_gaussian_linear_not_optimal :
    ∃ (ν : Measure ℝ) (m : ℝ → ℝ), IsProbabilityMeasure ν ∧ Measurable m ∧
      (additiveNoiseLaw (gaussianReal 0 1) ν m).map Prod.snd = gaussianReal 0 1 ∧
      0 < ∫ p, p.1 * p.2 ∂additiveNoiseLaw (gaussianReal 0 1) ν m ∧
      ∃ f : ℝ → Fin 1 → ℝ, IsWhite (gaussianReal 0 1) f ∧
        alignment (additiveNoiseLaw (gaussianReal 0 1) ν m) f <
          alignment (m := 1) (additiveNoiseLaw (gaussianReal 0 1) ν m) (fun z _ ↦ z) := by
  have hκ := innerVariance_pos
  have hκ' := innerVariance_le
  obtain ⟨ρ, hρ⟩ : ∃ ρ, ρ = 1 - innerVariance := ⟨_, rfl⟩
  have h₀ : 0 < ρ := by linarith
  have h₁ : ρ ^ 2 ≤ 1 := (sq_le_one_iff_abs_le_one ρ).2 (by
    rw [abs_of_pos h₀]
    linarith)
  have hθ := integral_signs_mul_sq
  have hpos : 0 < ∫ p, p.1 * p.2 ∂signFlipLaw signs ρ := by
    rw [integral_fst_mul_snd_signFlipLaw measurable_signs signs_eq_or signs_neg, hθ]
    exact mul_pos h₀ (by linarith)
  have hlt : ∫ z, signs z * z ^ 2 ∂gaussianReal 0 1 < ρ := by
    rw [hθ]
    linarith
  exact ⟨gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2)), fun z ↦ ρ * (signs z * z), inferInstance,
    measurable_signFlip measurable_signs ρ,
    map_snd_signFlipLaw measurable_signs signs_eq_or signs_neg h₁, hpos,
    fun z _ ↦ (√2)⁻¹ * (z ^ 2 - 1), isWhite_hermite_gaussianReal,
    alignment_hermite_lt_alignment_id measurable_signs signs_eq_or signs_neg h₀ h₁ hlt⟩

end Lejepa
