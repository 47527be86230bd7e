/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Views
public import Lejepa.Identifiability.White

/-!
# Views with content and style: style is left out

Each of two successive views has a style of its own. No white encoder of content and style aligns
better than one of the content alone, and the optimal ones are the orthogonal maps of the content.

## Main results
* `Lejepa.alignment_eq_iff_of_isWhite_content`: the optimal encoders of content and style.
* `Lejepa.alignment_content`, `Lejepa.alignment_style`: the encoders that show the content alone and
  the style alone.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ} {S : Type*} [MeasurableSpace S] {τ : Measure S}
  [IsProbabilityMeasure τ] {h : (Fin n → ℝ) × S → Fin m → ℝ}

/-- No centred encoder aligns better than a linear one of the same total variance. -/
theorem mul_trace_le_alignment_of_isCentred (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {k : (Fin n → ℝ) → Fin m → ℝ} (hk : IsCentred (γ n) k) :
    2 * (1 - ρ) * (secondMoment (γ n) k).trace ≤ alignment (ouLaw n ρ) k :=
  sub_nonneg.1 ((hasSum_alignment_sub (abs_le_one_of_pos_of_lt_one h₀ h₁) hk.memLp).nonneg
    fun α ↦ hk.excess_term_nonneg h₀ h₁ α)

/-- The content part of a centred encoder is centred. -/
theorem isCentred_contentPart (hh : IsCentred ((γ n).prod τ) h) :
    IsCentred (γ n) (contentPart τ h) where
  memLp := memLp_contentPart hh.memLp
  mean_eq_zero i :=
    (integral_prod (fun p ↦ h p i) ((hh.memLp i).integrable one_le_two)).symm.trans
      (hh.mean_eq_zero i)

/-- The content part of a white encoder that is a function of the content is white. -/
theorem isWhite_contentPart (hh : IsWhite ((γ n).prod τ) h)
    (hk : h =ᵐ[(γ n).prod τ] fun p ↦ contentPart τ h p.1) :
    IsWhite (γ n) (contentPart τ h) := by
  refine { toIsCentred := isCentred_contentPart hh.toIsCentred, secondMoment_eq_one := ?_ }
  rw [← hh.secondMoment_eq_one, secondMoment_congr_ae hk]
  ext i j
  have hm : AEStronglyMeasurable
      (fun z ↦ contentPart τ h z i * contentPart τ h z j) (γ n) :=
    (memLp_contentPart hh.memLp i).1.mul (memLp_contentPart hh.memLp j).1
  change ∫ z, contentPart τ h z i * contentPart τ h z j ∂γ n =
    ∫ p, contentPart τ h p.1 i * contentPart τ h p.1 j ∂(γ n).prod τ
  exact ((measurePreserving_fst (μ := γ n) (ν := τ)).integral_comp_of_aestronglyMeasurable hm).symm

/-- The trace of the content part's covariance is the total variance less what the style adds. -/
theorem trace_secondMoment_contentPart (hh : IsWhite ((γ n).prod τ) h) :
    (secondMoment (γ n) (contentPart τ h)).trace =
      m - ∑ i, ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ := by
  have ht := hh.trace_secondMoment
  rw [trace_secondMoment] at ht
  rw [trace_secondMoment, ← ht, ← Finset.sum_sub_distrib]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [integral_sub_contentPart_sq hh.memLp i]
  ring

/-- Content and style: each view has a style `ξ ∼ τ` of its own, drawn afresh. No white encoder of
content and style has an alignment below `2 (1 - ρ) n`, and the optimal ones are the orthogonal maps
of the content. -/
theorem alignment_eq_iff_of_isWhite_content {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {S : Type*}
    [MeasurableSpace S] {τ : Measure S} [IsProbabilityMeasure τ]
    {h : (Fin n → ℝ) × S → Fin n → ℝ} (hh : IsWhite ((γ n).prod τ) h) :
    2 * (1 - ρ) * n ≤
        alignment (((ouLaw n ρ).prod (τ.prod τ)).map
          fun p ↦ ((p.1.1, p.2.1), (p.1.2, p.2.2))) h ∧
      (alignment (((ouLaw n ρ).prod (τ.prod τ)).map
          fun p ↦ ((p.1.1, p.2.1), (p.1.2, p.2.2))) h = 2 * (1 - ρ) * n ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[(γ n).prod τ] fun p ↦ Q.mulVec p.1) := by
  change 2 * (1 - ρ) * n ≤ alignment (viewLaw n ρ τ) h ∧
    (alignment (viewLaw n ρ τ) h = 2 * (1 - ρ) * n ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[(γ n).prod τ] fun p ↦ Q.mulVec p.1)
  have hA := alignment_viewLaw (abs_le_one_of_pos_of_lt_one h₀ h₁) hh.memLp
  have hle := mul_trace_le_alignment_of_isCentred h₀ h₁ (isCentred_contentPart hh.toIsCentred)
  rw [trace_secondMoment_contentPart hh] at hle
  obtain ⟨D, hD⟩ : ∃ D, ∑ i, ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ = D :=
    ⟨_, rfl⟩
  have hD0 : 0 ≤ D := by
    rw [← hD]
    exact Finset.sum_nonneg fun i _ ↦ integral_nonneg fun p ↦ sq_nonneg _
  have hρD : 0 ≤ ρ * D := mul_nonneg h₀.le hD0
  rw [hD] at hA hle
  refine ⟨?_, ?_, ?_⟩
  · rw [hA]
    linarith
  · intro heq
    have hρD' : ρ * D ≤ 0 := by
      rw [hA] at heq
      linarith
    have hD' : D = 0 := (mul_eq_zero.1 (le_antisymm hρD' hρD)).resolve_left h₀.ne'
    have hk := ae_eq_contentPart_of_sum_eq_zero hh.memLp (hD.trans hD')
    rw [hA, hD', mul_zero, add_zero] at heq
    obtain ⟨Q, hQ, hQk⟩ := (alignment_eq_iff_of_isWhite h₀ h₁ (isWhite_contentPart hh hk)).1 heq
    exact ⟨Q, hQ, hk.trans (ae_eq_comp_fst hQk)⟩
  · rintro ⟨Q, hQ, hQk⟩
    have hc : contentPart τ h =ᵐ[γ n] Q.mulVec := contentPart_ae_eq hQk
    have hk : h =ᵐ[(γ n).prod τ] fun p ↦ contentPart τ h p.1 :=
      hQk.trans (ae_eq_comp_fst hc).symm
    have hD' : D = 0 := hD.symm.trans (sum_eq_zero_of_ae_eq_contentPart hk)
    rw [hA, hD', mul_zero, add_zero]
    exact (alignment_eq_iff_of_isWhite h₀ h₁ (isWhite_contentPart hh hk)).2 ⟨Q, hQ, hc⟩

/-! ### Instances -/

/-- The content itself is white and optimal. -/
theorem alignment_content {S : Type*} [MeasurableSpace S] {τ : Measure S} [IsProbabilityMeasure τ]
    (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    IsWhite ((γ n).prod τ) (Prod.fst : (Fin n → ℝ) × S → Fin n → ℝ) ∧
      alignment (viewLaw n ρ τ) (Prod.fst : (Fin n → ℝ) × S → Fin n → ℝ) = 2 * (1 - ρ) * n := by
  have hw : IsWhite ((γ n).prod τ) (Prod.fst : (Fin n → ℝ) × S → Fin n → ℝ) :=
    isWhite_of_map_eq_stdGaussian measurable_fst
      (measurePreserving_fst (μ := γ n) (ν := τ)).map_eq
  exact ⟨hw, (alignment_eq_iff_of_isWhite_content h₀ h₁ hw).2.2
    ⟨1, one_mem _, .of_forall fun p ↦ (Matrix.one_mulVec p.1).symm⟩⟩

/-- A Gaussian style, and an encoder that shows the style alone: it is white too, and aligns worst
of all that do not anticorrelate, `2` a dimension, however slowly the content moves. -/
theorem alignment_style (hρ : |ρ| ≤ 1) :
    IsWhite ((γ n).prod (γ m)) (Prod.snd : (Fin n → ℝ) × (Fin m → ℝ) → Fin m → ℝ) ∧
      alignment (viewLaw n ρ (γ m)) (Prod.snd : (Fin n → ℝ) × (Fin m → ℝ) → Fin m → ℝ) =
        2 * m := by
  have hw : IsWhite ((γ n).prod (γ m)) (Prod.snd : (Fin n → ℝ) × (Fin m → ℝ) → Fin m → ℝ) :=
    isWhite_of_map_eq_stdGaussian measurable_snd
      (measurePreserving_snd (μ := γ n) (ν := γ m)).map_eq
  have hc : contentPart (γ m) (Prod.snd : (Fin n → ℝ) × (Fin m → ℝ) → Fin m → ℝ) =
      fun _ _ ↦ 0 := funext fun _ ↦ funext fun i ↦ integral_coord i
  have h0 : alignment (ouLaw n ρ) (fun (_ : Fin n → ℝ) (_ : Fin m) ↦ (0 : ℝ)) = 0 := by
    simp [alignment]
  have ht := hw.trace_secondMoment
  rw [trace_secondMoment] at ht
  refine ⟨hw, ?_⟩
  rw [alignment_viewLaw hρ hw.memLp]
  simp only [hc, sub_zero]
  rw [h0, ht, zero_add]

end Lejepa
