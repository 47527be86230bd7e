/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.DiagonalWorld
public import Lejepa.ForMathlib.KyFan
public import Lejepa.Identifiability.LinearIndices

/-!
# Latents with memories of their own: the least alignment of a white encoder

In the world `diagOuLaw ρ` each latent has its own correlation `ρᵢ`. White encoders of width `m`
align least on the `m` latents that are remembered longest, wherever those are remembered longer
than the square of any latent.

## Main results
* `Lejepa.IsWhite.hasSum_mul_hermiteWeight_diagOuLaw`: alignment through the weights.
* `Lejepa.IsWhite.le_alignment_of_threshold`, `Lejepa.IsWhite.alignment_eq_iff_of_threshold`: any
  set of indices that decay more slowly than all others.
* `Lejepa.IsWhite.le_alignment_diagOuLaw`: the bound for the slowest latents.
* `Lejepa.IsWhite.alignment_diagOuLaw_eq_iff`: where the gap is strict, only rotations of the
  slowest latents reach it.
* `Lejepa.alignment_hermiteEncoder`, `Lejepa.alignment_diagOuLaw_id`,
  `Lejepa.alignment_replaceIndex`: the alignment of some encoders.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : Fin n → ℝ} {h : (Fin n → ℝ) → Fin m → ℝ}

/-- If all `ρᵢ` are between `0` and `1`, then `|ρᵢ| ≤ 1`. -/
lemma abs_le_one_of_forall_mem_Icc (h₀ : ∀ i, 0 ≤ ρ i) (h₁ : ∀ i, ρ i ≤ 1) (i : Fin n) :
    |ρ i| ≤ 1 := by
  rw [abs_of_nonneg (h₀ i)]
  exact h₁ i

/-! ### Any set of indices that decay slowest -/

/-- The alignment of a white encoder through its weights: what it keeps of its width is the mean of
the multipliers under the weights. -/
theorem IsWhite.hasSum_mul_hermiteWeight_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) (hh : IsWhite (γ n) h) :
    HasSum (fun α : Fin n → ℕ ↦ (∏ i, ρ i ^ α i) * hermiteWeight h α)
      (m - alignment (diagOuLaw ρ) h / 2) := by
  have hs := (hasSum_alignment_diagOuLaw hρ hh.memLp).mul_left (1 / 2 : ℝ)
  have hw := hh.hasSum_hermiteWeight.sub hs
  have e : (fun α : Fin n → ℕ ↦ (∏ i, ρ i ^ α i) * hermiteWeight h α) = fun α ↦
      hermiteWeight h α - 1 / 2 * (2 * (1 - ∏ i, ρ i ^ α i) *
        ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2) := by
    funext α
    change (∏ i, ρ i ^ α i) * hermiteWeight h α =
      hermiteWeight h α - 1 / 2 * (2 * (1 - ∏ i, ρ i ^ α i) * hermiteWeight h α)
    ring
  have ec : (m : ℝ) - alignment (diagOuLaw ρ) h / 2 =
      (m : ℝ) - 1 / 2 * alignment (diagOuLaw ρ) h := by ring
  rw [e, ec]
  exact hw

/-- No white encoder aligns better than one with all its weight on the `m` indices that decay
slowest. -/
theorem IsWhite.le_alignment_of_threshold (hρ : ∀ i, |ρ i| ≤ 1) (hh : IsWhite (γ n) h)
    {S : Finset (Fin n → ℕ)} (hcard : S.card = m) {t : ℝ} (hS : ∀ α ∈ S, t ≤ ∏ i, ρ i ^ α i)
    (hSc : ∀ α ∉ S, α ≠ 0 → ∏ i, ρ i ^ α i ≤ t) :
    2 * (m - ∑ α ∈ S, ∏ i, ρ i ^ α i) ≤ alignment (diagOuLaw ρ) h := by
  have hw : HasSum (hermiteWeight h) (S.card : ℝ) := by
    rw [hcard]
    exact hh.hasSum_hermiteWeight
  have hSc' : ∀ α ∉ S, ∏ i, ρ i ^ α i ≤ t ∨ hermiteWeight h α = 0 := by
    intro α hα
    by_cases h0 : α = 0
    · right
      rw [h0]
      exact hh.toIsCentred.hermiteWeight_zero
    · exact Or.inl (hSc α hα h0)
  have key : (m : ℝ) - alignment (diagOuLaw ρ) h / 2 ≤ ∑ α ∈ S, ∏ i, ρ i ^ α i :=
    HasSum.le_sum_of_threshold (w := hermiteWeight h) (l := fun α ↦ ∏ i, ρ i ^ α i) (S := S)
      (t := t) (hermiteWeight_nonneg h) (fun α _ ↦ hh.hermiteWeight_le_one α) hw hS hSc'
      (hh.hasSum_mul_hermiteWeight_diagOuLaw hρ)
  linarith

/-- A white encoder with all its weight on `m` indices aligns by what they decay. -/
theorem IsWhite.alignment_eq_of_forall_hermiteWeight_eq_zero (hρ : ∀ i, |ρ i| ≤ 1)
    (hh : IsWhite (γ n) h) {S : Finset (Fin n → ℕ)} (hcard : S.card = m)
    (h0 : ∀ α ∉ S, hermiteWeight h α = 0) :
    alignment (diagOuLaw ρ) h = 2 * (m - ∑ α ∈ S, ∏ i, ρ i ^ α i) := by
  have hw : HasSum (hermiteWeight h) (S.card : ℝ) := by
    rw [hcard]
    exact hh.hasSum_hermiteWeight
  have key : (m : ℝ) - alignment (diagOuLaw ρ) h / 2 = ∑ α ∈ S, ∏ i, ρ i ^ α i :=
    HasSum.eq_sum_of_forall_eq_zero (w := hermiteWeight h) (l := fun α ↦ ∏ i, ρ i ^ α i) (S := S)
      (fun α _ ↦ hh.hermiteWeight_le_one α) hw h0 (hh.hasSum_mul_hermiteWeight_diagOuLaw hρ)
  linarith

/-- Where all others decay strictly faster, a white encoder aligns best if and only if all its
weight is on the `m` indices that decay slowest. -/
theorem IsWhite.alignment_eq_iff_of_threshold (hρ : ∀ i, |ρ i| ≤ 1) (hh : IsWhite (γ n) h)
    {S : Finset (Fin n → ℕ)} (hcard : S.card = m) {t : ℝ} (hS : ∀ α ∈ S, t ≤ ∏ i, ρ i ^ α i)
    (hSc : ∀ α ∉ S, α ≠ 0 → ∏ i, ρ i ^ α i < t) :
    alignment (diagOuLaw ρ) h = 2 * (m - ∑ α ∈ S, ∏ i, ρ i ^ α i) ↔
      ∀ α ∉ S, hermiteWeight h α = 0 := by
  refine ⟨fun heq ↦ ?_, hh.alignment_eq_of_forall_hermiteWeight_eq_zero hρ hcard⟩
  have hw : HasSum (hermiteWeight h) (S.card : ℝ) := by
    rw [hcard]
    exact hh.hasSum_hermiteWeight
  have hSc' : ∀ α ∉ S, ∏ i, ρ i ^ α i < t ∨ hermiteWeight h α = 0 := by
    intro α hα
    by_cases h0 : α = 0
    · right
      rw [h0]
      exact hh.toIsCentred.hermiteWeight_zero
    · exact Or.inl (hSc α hα h0)
  have hc : (m : ℝ) - alignment (diagOuLaw ρ) h / 2 = ∑ α ∈ S, ∏ i, ρ i ^ α i := by linarith
  exact HasSum.eq_zero_of_eq_sum_of_threshold (w := hermiteWeight h)
    (l := fun α ↦ ∏ i, ρ i ^ α i) (S := S) (t := t) (hermiteWeight_nonneg h)
    (fun α _ ↦ hh.hermiteWeight_le_one α) hw hS hSc' (hh.hasSum_mul_hermiteWeight_diagOuLaw hρ) hc

/-! ### The latents that are remembered longest -/

/-- A least value of finitely many, or any value where there is none. -/
private lemma exists_threshold (f : Fin m → ℝ) :
    ∃ t : ℝ, (∀ i, t ≤ f i) ∧ (∀ r ≤ (1 : ℝ), (∀ i, r ≤ f i) → r ≤ t) ∧
      ∀ r ≤ (1 : ℝ), (∀ i, r < f i) → r < t := by
  rcases isEmpty_or_nonempty (Fin m) with hm | hm
  · exact ⟨2, fun i ↦ isEmptyElim i, fun r hr _ ↦ by linarith, fun r hr _ ↦ by linarith⟩
  · obtain ⟨k, hk⟩ := Finite.exists_min f
    exact ⟨f k, hk, fun r _ hr ↦ hr k, fun r _ hr ↦ hr k⟩

private lemma le_prod_of_mem_linearIndices {e : Fin m ↪ Fin n} {t : ℝ} (ht : ∀ i, t ≤ ρ (e i))
    {α : Fin n → ℕ} (hα : α ∈ linearIndices e) : t ≤ ∏ i, ρ i ^ α i := by
  obtain ⟨i, hi⟩ := mem_linearIndices.1 hα
  rw [← hi, prod_pow_single, pow_one]
  exact ht i

private lemma two_mul_sum_one_sub (ρ : Fin n → ℝ) (e : Fin m ↪ Fin n) :
    2 * ((m : ℝ) - ∑ α ∈ linearIndices e, ∏ j, ρ j ^ α j) = 2 * ∑ i, (1 - ρ (e i)) := by
  rw [sum_prod_pow_linearIndices ρ e, Finset.sum_sub_distrib, Finset.sum_const, Finset.card_univ,
    Fintype.card_fin, nsmul_eq_mul, mul_one]

/-- No white encoder aligns better than the latents `e i`, if no other latent and no square of any
latent is remembered longer than one of these. -/
theorem IsWhite.le_alignment_diagOuLaw (h₀ : ∀ i, 0 ≤ ρ i) (h₁ : ∀ i, ρ i ≤ 1)
    (e : Fin m ↪ Fin n) (slow : ∀ i, ∀ j ∉ Set.range e, ρ j ≤ ρ (e i))
    (gap : ∀ i j, ρ j ^ 2 ≤ ρ (e i)) (hh : IsWhite (γ n) h) :
    2 * ∑ i, (1 - ρ (e i)) ≤ alignment (diagOuLaw ρ) h := by
  obtain ⟨t, ht, hle, -⟩ := exists_threshold fun i ↦ ρ (e i)
  have ht' : ∀ i, t ≤ ρ (e i) := ht
  rw [← two_mul_sum_one_sub ρ e]
  refine hh.le_alignment_of_threshold (abs_le_one_of_forall_mem_Icc h₀ h₁) (card_linearIndices e)
    (fun α hα ↦ le_prod_of_mem_linearIndices (e := e) ht' hα) fun α hα hα0 ↦ ?_
  refine hle _ (prod_pow_le_one h₀ h₁ α) fun i ↦ ?_
  rcases exists_of_notMem_linearIndices h₀ h₁ hα hα0 with ⟨j, hj, hjα⟩ | ⟨j, hjα⟩
  · exact hjα.le.trans (slow i j hj)
  · exact hjα.trans (gap i j)

/-- Rotations of the latents `e i` align by what these forget. -/
theorem IsWhite.alignment_diagOuLaw_of_ae_eq (hρ : ∀ i, |ρ i| ≤ 1) (e : Fin m ↪ Fin n)
    (hh : IsWhite (γ n) h) {Q : Matrix (Fin m) (Fin m) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin m) ℝ)
    (hhQ : h =ᵐ[γ n] fun z ↦ Q.mulVec fun i ↦ z (e i)) :
    alignment (diagOuLaw ρ) h = 2 * ∑ i, (1 - ρ (e i)) := by
  rw [← two_mul_sum_one_sub ρ e]
  exact hh.alignment_eq_of_forall_hermiteWeight_eq_zero hρ (card_linearIndices e)
    ((hh.forall_hermiteWeight_eq_zero_iff e).2 ⟨Q, hQ, hhQ⟩)

/-- If the latents `e i` are remembered longer than every other latent and than the square of every
latent, a white encoder aligns best if and only if it is a rotation of them. -/
theorem IsWhite.alignment_diagOuLaw_eq_iff (h₀ : ∀ i, 0 ≤ ρ i) (h₁ : ∀ i, ρ i ≤ 1)
    (e : Fin m ↪ Fin n) (slow : ∀ i, ∀ j ∉ Set.range e, ρ j < ρ (e i))
    (gap : ∀ i j, ρ j ^ 2 < ρ (e i)) (hh : IsWhite (γ n) h) :
    alignment (diagOuLaw ρ) h = 2 * ∑ i, (1 - ρ (e i)) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin m) ℝ, h =ᵐ[γ n] fun z ↦ Q.mulVec fun i ↦ z (e i) := by
  obtain ⟨t, ht, -, hlt⟩ := exists_threshold fun i ↦ ρ (e i)
  have ht' : ∀ i, t ≤ ρ (e i) := ht
  refine Iff.trans ?_ (hh.forall_hermiteWeight_eq_zero_iff e)
  rw [← two_mul_sum_one_sub ρ e]
  refine hh.alignment_eq_iff_of_threshold (abs_le_one_of_forall_mem_Icc h₀ h₁)
    (card_linearIndices e) (fun α hα ↦ le_prod_of_mem_linearIndices (e := e) ht' hα)
    fun α hα hα0 ↦ ?_
  refine hlt _ (prod_pow_le_one h₀ h₁ α) fun i ↦ ?_
  rcases exists_of_notMem_linearIndices h₀ h₁ hα hα0 with ⟨j, hj, hjα⟩ | ⟨j, hjα⟩
  · exact hjα.le.trans_lt (slow i j hj)
  · exact hjα.trans_lt (gap i j)

/-! ### The alignment of encoders made of Hermite products -/

/-- Each coordinate of an encoder made of Hermite products aligns by what its index decays. -/
theorem alignment_hermiteEncoder (hρ : ∀ i, |ρ i| ≤ 1) (β : Fin m → Fin n → ℕ) :
    alignment (diagOuLaw ρ) (hermiteEncoder β) = ∑ i, 2 * (1 - ∏ j, ρ j ^ β i j) := by
  have hs := hasSum_alignment_diagOuLaw (h := hermiteEncoder β) hρ (memLp_hermiteEncoder β)
  have ht : HasSum (fun α : Fin n → ℕ ↦ ∑ i, if α = β i then 2 * (1 - ∏ j, ρ j ^ β i j) else 0)
      (∑ i, 2 * (1 - ∏ j, ρ j ^ β i j)) :=
    hasSum_sum fun i _ ↦ hasSum_ite_eq (β i) (2 * (1 - ∏ j, ρ j ^ β i j))
  have e : (fun α : Fin n → ℕ ↦ 2 * (1 - ∏ j, ρ j ^ α j) *
      ∑ i, hermiteCoeff (fun z ↦ hermiteEncoder β z i) α ^ 2) =
      fun α ↦ ∑ i, if α = β i then 2 * (1 - ∏ j, ρ j ^ β i j) else 0 := by
    funext α
    rw [Finset.mul_sum]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [hermiteCoeff_hermiteEncoder]
    by_cases hα : α = β i
    · rw [if_pos hα, if_pos hα, hα, one_pow, mul_one]
    · rw [if_neg hα, if_neg hα, zero_pow two_ne_zero, mul_zero]
  rw [e] at hs
  exact hs.unique ht

/-- The alignment of the latents themselves. -/
theorem alignment_diagOuLaw_id (hρ : ∀ i, |ρ i| ≤ 1) :
    alignment (diagOuLaw ρ) (fun z ↦ z) = 2 * ∑ i, (1 - ρ i) := by
  have h := alignment_hermiteEncoder hρ fun i : Fin n ↦ (Pi.single i 1 : Fin n → ℕ)
  rw [hermiteEncoder_single] at h
  refine h.trans ?_
  rw [Finset.mul_sum]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  have hp := prod_pow_single ρ i 1
  rw [pow_one] at hp
  exact congrArg (fun x ↦ 2 * (1 - x)) hp

/-- What it costs to put the square of latent `j` in place of latent `i`. -/
theorem alignment_replaceIndex (hρ : ∀ i, |ρ i| ≤ 1) (i j : Fin n) :
    alignment (diagOuLaw ρ) (hermiteEncoder (replaceIndex i j)) =
      alignment (diagOuLaw ρ) (fun z ↦ z) + 2 * (ρ i - ρ j ^ 2) := by
  have hsub : ∑ k, (2 * (1 - ∏ l, ρ l ^ replaceIndex i j k l) - 2 * (1 - ρ k)) =
      2 * (1 - ρ j ^ 2) - 2 * (1 - ρ i) := by
    have hne : ∀ k ∈ Finset.univ, k ≠ i →
        2 * (1 - ∏ l, ρ l ^ replaceIndex i j k l) - 2 * (1 - ρ k) = 0 := by
      intro k _ hk
      rw [replaceIndex_of_ne hk, prod_pow_single, pow_one, sub_self]
    rw [Finset.sum_eq_single i hne fun hi ↦ absurd (Finset.mem_univ i) hi, replaceIndex_self,
      prod_pow_single]
  have hid : alignment (diagOuLaw ρ) (fun z ↦ z) = ∑ k, 2 * (1 - ρ k) := by
    rw [alignment_diagOuLaw_id hρ, Finset.mul_sum]
  rw [Finset.sum_sub_distrib] at hsub
  rw [alignment_hermiteEncoder hρ, hid]
  linear_combination hsub

/-- The latents themselves are white. -/
theorem isWhite_coord (n : ℕ) : IsWhite (γ n) fun z : Fin n → ℝ ↦ z :=
  isWhite_of_map_eq_stdGaussian measurable_id' Measure.map_id'

end Lejepa
