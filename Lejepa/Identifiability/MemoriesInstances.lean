/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.Memories
public import Mathlib.Algebra.BigOperators.Fin
public import Mathlib.Data.Fin.VecNotation

/-!
# Latents with memories of their own: worlds inside, on and outside the condition

## Main results
* `Lejepa.identifiable_nine_tenths`: correlations 0.9 and 0.85; the optimal white encoders are
  exactly the orthogonal maps.
* `Lejepa.linear_optimal_nine_tenths`, `Lejepa.not_identifiable_nine_tenths`: correlations 0.9 and
  0.81 = 0.9²; the linear encoders are optimal, but not they alone.
* `Lejepa.exists_isWhite_alignment_lt_nine_tenths`: correlations 0.9 and 0.5 < 0.9²; a white encoder
  that is not linear aligns better than the latents.
* `Lejepa.alignment_eq_iff_of_isWhite_distractor`: correlations 0.9 and 0; an encoder of one
  dimension is optimal if and only if it is the first latent, up to sign.
* `Lejepa.exists_isWhite_alignment_eq_of_tie`: two correlations of 0.5; an encoder of one dimension
  that is the second latent aligns as well as the first.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-! ### Worlds of two latents -/

private lemma pair_zero (a b : ℝ) : (![a, b] : Fin 2 → ℝ) 0 = a := rfl

private lemma pair_one (a b : ℝ) : (![a, b] : Fin 2 → ℝ) 1 = b := rfl

private lemma forall_pair {p : ℝ → Prop} {a b : ℝ} (ha : p a) (hb : p b) (i : Fin 2) :
    p ((![a, b] : Fin 2 → ℝ) i) := by
  have h₀ : p ((![a, b] : Fin 2 → ℝ) 0) := by
    rw [pair_zero]
    exact ha
  have h₁ : p ((![a, b] : Fin 2 → ℝ) 1) := by
    rw [pair_one]
    exact hb
  have h : ∀ i : Fin 2, p ((![a, b] : Fin 2 → ℝ) i) := Fin.forall_fin_two.2 ⟨h₀, h₁⟩
  exact h i

private lemma forall_pair_pair {p : ℝ → ℝ → Prop} {a b : ℝ} (haa : p a a) (hab : p a b)
    (hba : p b a) (hbb : p b b) (i j : Fin 2) :
    p ((![a, b] : Fin 2 → ℝ) i) ((![a, b] : Fin 2 → ℝ) j) := by
  have ha : p a ((![a, b] : Fin 2 → ℝ) j) := forall_pair (p := fun y ↦ p a y) haa hab j
  have hb : p b ((![a, b] : Fin 2 → ℝ) j) := forall_pair (p := fun y ↦ p b y) hba hbb j
  exact forall_pair (p := fun x ↦ p x ((![a, b] : Fin 2 → ℝ) j)) ha hb i

private lemma abs_pair_le_one {a b : ℝ} (ha₀ : 0 ≤ a) (ha₁ : a ≤ 1) (hb₀ : 0 ≤ b) (hb₁ : b ≤ 1)
    (i : Fin 2) : |(![a, b] : Fin 2 → ℝ) i| ≤ 1 :=
  abs_le_one_of_forall_mem_Icc (ρ := (![a, b] : Fin 2 → ℝ))
    (fun j ↦ forall_pair (p := fun x ↦ 0 ≤ x) ha₀ hb₀ j)
    (fun j ↦ forall_pair (p := fun x ↦ x ≤ 1) ha₁ hb₁ j) i

/-! ### Inside, on and outside the condition -/

/-- Inside: with correlations 0.9 and 0.85 the optimal white encoders are exactly the orthogonal
maps, since 0.9² = 0.81 is less than 0.85. -/
theorem identifiable_nine_tenths {h : (Fin 2 → ℝ) → Fin 2 → ℝ} (hh : IsWhite (γ 2) h) :
    IsBestAligned (γ 2) (diagOuLaw (n := 2) ![9 / 10, 85 / 100]) h ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, h =ᵐ[γ 2] Q.mulVec := by
  have h₀ : ∀ i, 0 < (![9 / 10, 85 / 100] : Fin 2 → ℝ) i :=
    forall_pair (p := fun x ↦ 0 < x) (by norm_num) (by norm_num)
  have h₁ : ∀ i, (![9 / 10, 85 / 100] : Fin 2 → ℝ) i < 1 :=
    forall_pair (p := fun x ↦ x < 1) (by norm_num) (by norm_num)
  have gap : ∀ i j, (![9 / 10, 85 / 100] : Fin 2 → ℝ) j ^ 2 <
      (![9 / 10, 85 / 100] : Fin 2 → ℝ) i :=
    forall_pair_pair (p := fun x y ↦ y ^ 2 < x) (by norm_num) (by norm_num) (by norm_num)
      (by norm_num)
  exact (identifiable_iff_forall_sq_lt h₀ h₁).2 gap h hh

/-- On the edge: with correlations 0.9 and 0.81 = 0.9² the latents themselves are optimal. -/
theorem linear_optimal_nine_tenths {h : (Fin 2 → ℝ) → Fin 2 → ℝ} (hh : IsWhite (γ 2) h) :
    alignment (diagOuLaw (n := 2) ![9 / 10, 81 / 100]) (fun z ↦ z) ≤
      alignment (diagOuLaw (n := 2) ![9 / 10, 81 / 100]) h := by
  have h₀ : ∀ i, 0 < (![9 / 10, 81 / 100] : Fin 2 → ℝ) i :=
    forall_pair (p := fun x ↦ 0 < x) (by norm_num) (by norm_num)
  have h₁ : ∀ i, (![9 / 10, 81 / 100] : Fin 2 → ℝ) i < 1 :=
    forall_pair (p := fun x ↦ x < 1) (by norm_num) (by norm_num)
  have gap : ∀ i j, (![9 / 10, 81 / 100] : Fin 2 → ℝ) j ^ 2 ≤
      (![9 / 10, 81 / 100] : Fin 2 → ℝ) i :=
    forall_pair_pair (p := fun x y ↦ y ^ 2 ≤ x) (by norm_num) (by norm_num) (by norm_num)
      (by norm_num)
  exact (linear_optimal_iff_forall_sq_le h₀ h₁).2 gap h hh

/-- On the edge: with correlations 0.9 and 0.81 = 0.9² some white encoder that is not linear is
optimal too. -/
theorem not_identifiable_nine_tenths :
    ∃ h : (Fin 2 → ℝ) → Fin 2 → ℝ, IsWhite (γ 2) h ∧
      IsBestAligned (γ 2) (diagOuLaw (n := 2) ![9 / 10, 81 / 100]) h ∧
      ∀ Q : Matrix (Fin 2) (Fin 2) ℝ, ¬ h =ᵐ[γ 2] Q.mulVec := by
  have hρ : ∀ i, |(![9 / 10, 81 / 100] : Fin 2 → ℝ) i| ≤ 1 :=
    abs_pair_le_one (by norm_num) (by norm_num) (by norm_num) (by norm_num)
  have hij : (![9 / 10, 81 / 100] : Fin 2 → ℝ) 0 ^ 2 = (![9 / 10, 81 / 100] : Fin 2 → ℝ) 1 := by
    rw [pair_zero, pair_one]
    norm_num
  obtain ⟨h, hh, heq, hnot⟩ := exists_isWhite_alignment_eq_not_linear hρ hij
  exact ⟨h, hh, fun h' hh' ↦ heq.le.trans (linear_optimal_nine_tenths hh'), hnot⟩

/-- Outside: with correlations 0.9 and 0.5 < 0.9² some white encoder aligns better than the latents
themselves. -/
theorem exists_isWhite_alignment_lt_nine_tenths :
    ∃ h : (Fin 2 → ℝ) → Fin 2 → ℝ, IsWhite (γ 2) h ∧
      alignment (diagOuLaw (n := 2) ![9 / 10, 1 / 2]) h <
        alignment (diagOuLaw (n := 2) ![9 / 10, 1 / 2]) (fun z ↦ z) := by
  have hρ : ∀ i, |(![9 / 10, 1 / 2] : Fin 2 → ℝ) i| ≤ 1 :=
    abs_pair_le_one (by norm_num) (by norm_num) (by norm_num) (by norm_num)
  have hij : (![9 / 10, 1 / 2] : Fin 2 → ℝ) 1 < (![9 / 10, 1 / 2] : Fin 2 → ℝ) 0 ^ 2 := by
    rw [pair_zero, pair_one]
    norm_num
  exact exists_isWhite_alignment_lt hρ hij

/-! ### One dimension for two latents -/

/-- A distractor is left out: with correlations 0.9 and 0, an encoder of one dimension is optimal if
and only if it is the first latent up to sign. -/
theorem alignment_eq_iff_of_isWhite_distractor {h : (Fin 2 → ℝ) → Fin 1 → ℝ}
    (hh : IsWhite (γ 2) h) :
    1 / 5 ≤ alignment (diagOuLaw (n := 2) ![9 / 10, 0]) h ∧
      (alignment (diagOuLaw (n := 2) ![9 / 10, 0]) h = 1 / 5 ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin 1) ℝ, h =ᵐ[γ 2] fun z ↦ Q.mulVec fun _ ↦ z 0) := by
  have hmn : 1 ≤ 2 := one_le_two
  have hi : ∀ i : Fin 1, i.castLE hmn = (0 : Fin 2) := fun i ↦
    congrArg (Fin.castLE hmn) (Subsingleton.elim i 0)
  have hρ : ∀ i : Fin 1, (![9 / 10, 0] : Fin 2 → ℝ) (i.castLE hmn) = 9 / 10 := fun i ↦
    (congrArg (![9 / 10, 0] : Fin 2 → ℝ) (hi i)).trans (pair_zero _ _)
  have h₀ : ∀ i, 0 ≤ (![9 / 10, 0] : Fin 2 → ℝ) i :=
    forall_pair (p := fun x ↦ 0 ≤ x) (by norm_num) le_rfl
  have h₁ : ∀ i, (![9 / 10, 0] : Fin 2 → ℝ) i < 1 :=
    forall_pair (p := fun x ↦ x < 1) (by norm_num) (by norm_num)
  have slow : ∀ j : Fin 2, 1 ≤ (j : ℕ) → (![9 / 10, 0] : Fin 2 → ℝ) j < 9 / 10 := by
    have hlt : (![9 / 10, 0] : Fin 2 → ℝ) 1 < 9 / 10 := by
      rw [pair_one]
      norm_num
    exact Fin.forall_fin_two.2 ⟨fun hj ↦ absurd hj (Nat.not_succ_le_zero 0), fun _ ↦ hlt⟩
  have gap : ∀ j, (![9 / 10, 0] : Fin 2 → ℝ) j ^ 2 < 9 / 10 :=
    forall_pair (p := fun x ↦ x ^ 2 < 9 / 10) (by norm_num) (by norm_num)
  have key := alignment_eq_iff_of_isWhite_slow hmn (ρ := (![9 / 10, 0] : Fin 2 → ℝ)) h₀ h₁
    (fun i j hj ↦ (slow j hj).trans_eq (hρ i).symm) (fun i j ↦ (gap j).trans_eq (hρ i).symm) hh
  have hs : 2 * ∑ i : Fin 1, (1 - (![9 / 10, 0] : Fin 2 → ℝ) (i.castLE hmn)) = 1 / 5 := by
    rw [Fin.sum_univ_one, hρ 0]
    norm_num
  rw [hs] at key
  refine ⟨key.1, key.2.trans ?_⟩
  simp only [hi]

/-- Where two latents are remembered equally long, nothing distinguishes them: with two correlations
of 0.5, an encoder of one dimension that is the second latent aligns as well as the first. -/
theorem exists_isWhite_alignment_eq_of_tie :
    ∃ h : (Fin 2 → ℝ) → Fin 1 → ℝ, IsWhite (γ 2) h ∧
      alignment (diagOuLaw (n := 2) ![1 / 2, 1 / 2]) h = 2 * (1 - 1 / 2) ∧
      ∀ Q : Matrix (Fin 1) (Fin 1) ℝ, ¬ h =ᵐ[γ 2] fun z ↦ Q.mulVec fun _ ↦ z 0 := by
  have hρ : ∀ i, |(![1 / 2, 1 / 2] : Fin 2 → ℝ) i| ≤ 1 :=
    abs_pair_le_one (by norm_num) (by norm_num) (by norm_num) (by norm_num)
  obtain ⟨β, hβ⟩ : ∃ β : Fin 1 → Fin 2 → ℕ, ∀ i, β i = Pi.single 1 1 :=
    ⟨fun _ ↦ Pi.single 1 1, fun _ ↦ rfl⟩
  refine ⟨hermiteEncoder β, ?_, ?_, fun Q hQ ↦ ?_⟩
  · refine isWhite_hermiteEncoder (Function.injective_of_subsingleton β) fun i ↦ ?_
    rw [hβ i]
    exact single_ne_zero_of_ne_zero 1 one_ne_zero
  · have hp := prod_pow_single (![1 / 2, 1 / 2] : Fin 2 → ℝ) 1 1
    rw [pow_one, pair_one] at hp
    rw [alignment_hermiteEncoder hρ, Fin.sum_univ_one, hβ 0, hp]
  · have hi : (fun z ↦ hermiteEncoder β z 0) =ᵐ[γ 2]
        fun z ↦ ∑ j, (![Q 0 0, 0] : Fin 2 → ℝ) j * z j := by
      filter_upwards [hQ] with z hz
      have hs : Q.mulVec (fun _ ↦ z 0) 0 = ∑ j, (![Q 0 0, 0] : Fin 2 → ℝ) j * z j := by
        rw [mulVec_apply_eq_sum, Fin.sum_univ_one, Fin.sum_univ_two, pair_zero, pair_one, zero_mul,
          add_zero]
      exact (congrFun hz 0).trans hs
    have hc := hermiteCoeff_congr_ae hi (Pi.single 1 1)
    rw [hermiteCoeff_linear_single, hermiteCoeff_hermiteEncoder, hβ 0, if_pos rfl,
      pair_one] at hc
    exact one_ne_zero hc

end Lejepa
