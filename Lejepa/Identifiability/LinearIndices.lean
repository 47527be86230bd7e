/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Encoder
public import Lejepa.Hermite.Weight
public import Lejepa.Identifiability.QuadraticEncoder
public import Mathlib.Data.Fin.Embedding

/-!
# Encoders with all their weight on some of the latents

## Main definitions
* `Lejepa.linearIndices e`: the multi-indices of degree one in the latents `e i`.
* `Lejepa.replaceIndex i j`: the indices of the encoder that puts the square of latent `j` in place
  of latent `i`.

## Main results
* `Lejepa.IsWhite.forall_hermiteWeight_eq_zero_iff`: a white encoder has all its weight on as many
  latents as it has dimensions if and only if it is a rotation of them.
* `Lejepa.prod_pow_le_sq_of_two_le_sum`: a product of powers of degree two or more is at most a
  square.
* `Lejepa.not_ae_eq_mulVec_replaceIndex`: an encoder that puts a square in place of a latent is not
  linear.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n m : ℕ}

/-! ### Indices of degree one -/

/-- Distinct latents have distinct indices. -/
theorem single_comp_injective (e : Fin m ↪ Fin n) :
    Function.Injective fun i ↦ (Pi.single (e i) 1 : Fin n → ℕ) :=
  fun _ _ hij ↦ e.injective ((single_eq_single_iff one_ne_zero).1 hij).1

/-- The multi-indices of degree one in the latents `e i`. -/
def linearIndices (e : Fin m ↪ Fin n) : Finset (Fin n → ℕ) :=
  (Finset.univ : Finset (Fin m)).map ⟨fun i ↦ Pi.single (e i) 1, single_comp_injective e⟩

/-- What is an index of degree one in the latents `e i`. -/
theorem mem_linearIndices {e : Fin m ↪ Fin n} {α : Fin n → ℕ} :
    α ∈ linearIndices e ↔ ∃ i, (Pi.single (e i) 1 : Fin n → ℕ) = α := by
  rw [linearIndices, Finset.mem_map]
  exact ⟨fun ⟨i, _, hi⟩ ↦ ⟨i, hi⟩, fun ⟨i, hi⟩ ↦ ⟨i, Finset.mem_univ i, hi⟩⟩

/-- There are as many indices of degree one in the latents `e i` as there are such latents. -/
theorem card_linearIndices (e : Fin m ↪ Fin n) : (linearIndices e).card = m := by
  rw [linearIndices, Finset.card_map, Finset.card_univ, Fintype.card_fin]

/-- The multipliers of the indices of degree one in the latents `e i` are their correlations. -/
theorem sum_prod_pow_linearIndices (ρ : Fin n → ℝ) (e : Fin m ↪ Fin n) :
    ∑ α ∈ linearIndices e, ∏ j, ρ j ^ α j = ∑ i, ρ (e i) := by
  rw [linearIndices, Finset.sum_map]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  have h := prod_pow_single ρ (e i) 1
  rw [pow_one] at h
  exact h

/-- A product of powers of degree two or more is at most the square of the greatest. -/
theorem prod_pow_le_sq_of_two_le_sum {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 ≤ ρ i) (h₁ : ∀ i, ρ i ≤ 1)
    {α : Fin n → ℕ} (hα : 2 ≤ ∑ i, α i) : ∃ j, ∏ i, ρ i ^ α i ≤ ρ j ^ 2 := by
  have hne : ∑ i, α i ≠ 0 := by omega
  obtain ⟨k, -, -⟩ := Finset.exists_ne_zero_of_sum_ne_zero hne
  have : Nonempty (Fin n) := ⟨k⟩
  obtain ⟨j, hj⟩ := Finite.exists_max ρ
  refine ⟨j, ?_⟩
  calc ∏ i, ρ i ^ α i ≤ ∏ i, ρ j ^ α i :=
        Finset.prod_le_prod (fun i _ ↦ pow_nonneg (h₀ i) _)
          fun i _ ↦ pow_le_pow_left₀ (h₀ i) (hj i) _
    _ = ρ j ^ ∑ i, α i := Finset.prod_pow_eq_pow_sum _ _ _
    _ ≤ ρ j ^ 2 := pow_le_pow_of_le_one (h₀ j) (h₁ j) hα

/-- An index that is neither zero nor of degree one in the latents `e i` is of degree one in another
latent, or of degree two or more. -/
theorem exists_of_notMem_linearIndices {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 ≤ ρ i) (h₁ : ∀ i, ρ i ≤ 1)
    {e : Fin m ↪ Fin n} {α : Fin n → ℕ} (hα : α ∉ linearIndices e) (hα0 : α ≠ 0) :
    (∃ j ∉ Set.range e, ∏ i, ρ i ^ α i = ρ j) ∨ ∃ j, ∏ i, ρ i ^ α i ≤ ρ j ^ 2 := by
  rcases Nat.lt_or_ge (∑ i, α i) 2 with hlt | hge
  · have hne : ∑ i, α i ≠ 0 := fun h ↦
      hα0 (funext fun i ↦ Finset.sum_eq_zero_iff.1 h i (Finset.mem_univ i))
    have h1 : ∑ i, α i = 1 := by omega
    obtain ⟨j, hj⟩ := exists_eq_single_of_sum_eq_one h1
    have hjr : j ∉ Set.range e := by
      rintro ⟨i, hi⟩
      exact hα (mem_linearIndices.2 ⟨i, by rw [hi, hj]⟩)
    refine Or.inl ⟨j, hjr, ?_⟩
    rw [hj, prod_pow_single, pow_one]
  · exact Or.inr (prod_pow_le_sq_of_two_le_sum h₀ h₁ hge)

/-- A product of powers of numbers between zero and one is at most one. -/
theorem prod_pow_le_one {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 ≤ ρ i) (h₁ : ∀ i, ρ i ≤ 1) (α : Fin n → ℕ) :
    ∏ i, ρ i ^ α i ≤ 1 :=
  Finset.prod_le_one (fun i _ ↦ pow_nonneg (h₀ i) _) fun i _ ↦ pow_le_one₀ (h₀ i) (h₁ i)

/-! ### All weight on some of the latents -/

/-- The combinations of the latents `e i` are those of all latents whose other coefficients
vanish. -/
private lemma sum_embedding (e : Fin m ↪ Fin n) {a b : Fin n → ℝ}
    (ha : ∀ j ∉ Set.range e, a j = 0) : ∑ k, a (e k) * b (e k) = ∑ j, a j * b j := by
  have hz : ∀ j ∉ Set.range e, a j * b j = 0 := fun j hj ↦ by rw [ha j hj, zero_mul]
  exact Fintype.sum_of_injective e e.injective (fun k ↦ a (e k) * b (e k)) (fun j ↦ a j * b j) hz
    fun _ ↦ rfl

/-- A white encoder has all its weight on as many latents as it has dimensions if and only if it is
a rotation of them. -/
theorem IsWhite.forall_hermiteWeight_eq_zero_iff {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) (e : Fin m ↪ Fin n) :
    (∀ α ∉ linearIndices e, hermiteWeight h α = 0) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin m) ℝ, h =ᵐ[γ n] fun z ↦ Q.mulVec fun i ↦ z (e i) := by
  constructor
  · intro h0
    have hne : ∀ α : Fin n → ℕ, ∑ j, α j ≠ 1 → hermiteWeight h α = 0 := by
      intro α hα
      refine h0 α fun hm ↦ ?_
      obtain ⟨i, hi⟩ := mem_linearIndices.1 hm
      rw [← hi] at hα
      exact hα (sum_single_one (e i))
    obtain ⟨hA, hAA⟩ := hh.ae_eq_mulVec_of_hermiteWeight_eq_zero hne
    have hcol : ∀ i, ∀ j ∉ Set.range e, linearPart h i j = 0 := by
      intro i j hj
      have hw : hermiteWeight h (Pi.single j 1) = 0 := by
        refine h0 _ fun hm ↦ ?_
        obtain ⟨k, hk⟩ := mem_linearIndices.1 hm
        exact hj ⟨k, ((single_eq_single_iff one_ne_zero).1 hk).1⟩
      rw [← hermiteCoeff_single_eq_linearPart h]
      exact hermiteCoeff_eq_zero_of_hermiteWeight_eq_zero hw i
    refine ⟨(linearPart h).submatrix id e, (Matrix.mem_orthogonalGroup_iff _ _).2 ?_, ?_⟩
    · refine Eq.trans ?_ hAA
      ext i k
      rw [Matrix.mul_apply, Matrix.mul_apply]
      exact sum_embedding e (a := linearPart h i) (b := linearPart h k) (hcol i)
    · filter_upwards [hA] with z hz
      refine hz.trans (funext fun i ↦ ?_)
      exact (sum_embedding e (a := linearPart h i) (b := z) (hcol i)).symm
  · rintro ⟨Q, -, hQ⟩ α hα
    refine hermiteWeight_eq_zero fun i ↦ ?_
    obtain ⟨a, ha, hae⟩ : ∃ a : Fin n → ℝ,
        (∀ j ∉ Set.range e, a j = 0) ∧ ∀ k, a (e k) = Q i k :=
      ⟨Function.extend e (Q i) 0, fun j hj ↦ Function.extend_apply' _ _ _ hj,
        fun k ↦ e.injective.extend_apply _ _ k⟩
    have hi : (fun z ↦ h z i) =ᵐ[γ n] fun z ↦ ∑ j, a j * z j := by
      filter_upwards [hQ] with z hz
      have hs : ∑ k, Q i k * z (e k) = ∑ j, a j * z j := by
        rw [← sum_embedding e (b := z) ha]
        simp only [hae]
      exact (congrFun hz i).trans hs
    rw [hermiteCoeff_congr_ae hi]
    by_cases h1 : ∑ j, α j = 1
    · obtain ⟨j, hj⟩ := exists_eq_single_of_sum_eq_one h1
      have hjr : j ∉ Set.range e := by
        rintro ⟨k, hk⟩
        exact hα (mem_linearIndices.2 ⟨k, by rw [hk, hj]⟩)
      rw [hj, hermiteCoeff_linear_single]
      exact ha j hjr
    · exact hermiteCoeff_linear_of_sum_ne_one a h1

/-! ### A square in place of a latent -/

/-- The indices of the encoder that puts the square of latent `j` in place of latent `i`. -/
def replaceIndex (i j k : Fin n) : Fin n → ℕ := if k = i then Pi.single j 2 else Pi.single k 1

/-- In place of latent `i` stands the square of latent `j`. -/
theorem replaceIndex_self (i j : Fin n) : replaceIndex i j i = Pi.single j 2 := if_pos rfl

/-- The other latents stay. -/
theorem replaceIndex_of_ne {i j k : Fin n} (hk : k ≠ i) : replaceIndex i j k = Pi.single k 1 :=
  if_neg hk

/-- The indices are distinct. -/
theorem replaceIndex_injective (i j : Fin n) : Function.Injective (replaceIndex i j) := by
  intro k l hkl
  by_cases hk : k = i
  · by_cases hl : l = i
    · exact hk.trans hl.symm
    · rw [hk, replaceIndex_self, replaceIndex_of_ne hl] at hkl
      exact absurd hkl.symm (single_one_ne_single_two l j)
  · by_cases hl : l = i
    · rw [hl, replaceIndex_self, replaceIndex_of_ne hk] at hkl
      exact absurd hkl (single_one_ne_single_two k j)
    · rw [replaceIndex_of_ne hk, replaceIndex_of_ne hl] at hkl
      exact ((single_eq_single_iff one_ne_zero).1 hkl).1

/-- An index with a nonzero entry is not zero. -/
theorem single_ne_zero_of_ne_zero (j : Fin n) {k : ℕ} (hk : k ≠ 0) :
    (Pi.single j k : Fin n → ℕ) ≠ 0 := by
  intro h
  have hj := congrFun h j
  rw [Pi.single_eq_same, Pi.zero_apply] at hj
  exact hk hj

/-- None of the indices is zero. -/
theorem replaceIndex_ne_zero (i j k : Fin n) : replaceIndex i j k ≠ 0 := by
  by_cases hk : k = i
  · rw [hk, replaceIndex_self]
    exact single_ne_zero_of_ne_zero j two_ne_zero
  · rw [replaceIndex_of_ne hk]
    exact single_ne_zero_of_ne_zero k one_ne_zero

/-- The encoder that puts the square of latent `j` in place of latent `i` is white. -/
theorem isWhite_replaceIndex (i j : Fin n) : IsWhite (γ n) (hermiteEncoder (replaceIndex i j)) :=
  isWhite_hermiteEncoder (replaceIndex_injective i j) (replaceIndex_ne_zero i j)

/-- An encoder that puts a square in place of a latent is not linear. -/
theorem not_ae_eq_mulVec_replaceIndex (i j : Fin n) (Q : Matrix (Fin n) (Fin n) ℝ) :
    ¬ hermiteEncoder (replaceIndex i j) =ᵐ[γ n] Q.mulVec := by
  intro hQ
  have hi : (fun z ↦ hermiteEncoder (replaceIndex i j) z i) =ᵐ[γ n] fun z ↦ ∑ k, Q i k * z k := by
    filter_upwards [hQ] with z hz
    exact congrFun hz i
  have hs : ∑ k, (Pi.single j 2 : Fin n → ℕ) k = 2 :=
    (Finset.sum_pi_single' j 2 Finset.univ).trans (if_pos (Finset.mem_univ j))
  have hsum : ∑ k, (Pi.single j 2 : Fin n → ℕ) k ≠ 1 := by
    rw [hs]
    omega
  have hc := hermiteCoeff_congr_ae hi (Pi.single j 2)
  rw [hermiteCoeff_linear_of_sum_ne_one (Q i) hsum, hermiteCoeff_hermiteEncoder, replaceIndex_self,
    if_pos rfl] at hc
  exact one_ne_zero hc

end Lejepa
