/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.MemoriesBound

/-!
# Latents with memories of their own: when a linear encoder is optimal, exactly

## Main results
* `Lejepa.linear_optimal_iff_forall_sq_le`: the identity is optimal among the white encoders if and
  only if `ρⱼ² ≤ ρᵢ` for all `i` and `j`.
* `Lejepa.identifiable_iff_forall_sq_lt`: the optimal white encoders are exactly the orthogonal maps
  if and only if `ρⱼ² < ρᵢ` for all `i` and `j`.
* `Lejepa.alignment_eq_iff_of_isWhite_slow`: with fewer dimensions than latents, the optima are the
  orthogonal maps of the latents with the largest correlations.
* `Lejepa.exists_isWhite_alignment_lt`: the encoder that beats the linear ones where a latent is
  forgotten faster than the square of another.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-! ### As many dimensions as latents -/

section Square

variable {n : ℕ} {ρ : Fin n → ℝ} {h : (Fin n → ℝ) → Fin n → ℝ}

/-- No white encoder aligns better than the latents, if none of them is forgotten faster than the
square of another. -/
theorem two_mul_sum_one_sub_le_alignment (h₀ : ∀ i, 0 < ρ i) (h₁ : ∀ i, ρ i < 1)
    (gap : ∀ i j, ρ j ^ 2 ≤ ρ i) (hh : IsWhite (γ n) h) :
    2 * ∑ i, (1 - ρ i) ≤ alignment (diagOuLaw ρ) h :=
  hh.le_alignment_diagOuLaw (fun i ↦ (h₀ i).le) (fun i ↦ (h₁ i).le)
    (Function.Embedding.refl (Fin n)) (fun _ j hj ↦ absurd ⟨j, rfl⟩ hj) gap

/-- If every latent is remembered longer than the square of any other, a white encoder aligns best
if and only if it is an orthogonal map. -/
theorem alignment_diagOuLaw_eq_iff_of_isWhite (h₀ : ∀ i, 0 < ρ i) (h₁ : ∀ i, ρ i < 1)
    (gap : ∀ i j, ρ j ^ 2 < ρ i) (hh : IsWhite (γ n) h) :
    alignment (diagOuLaw ρ) h = 2 * ∑ i, (1 - ρ i) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec :=
  hh.alignment_diagOuLaw_eq_iff (fun i ↦ (h₀ i).le) (fun i ↦ (h₁ i).le)
    (Function.Embedding.refl (Fin n)) (fun _ j hj ↦ absurd ⟨j, rfl⟩ hj) gap

/-- Where a latent is forgotten faster than the square of another, some white encoder aligns better
than the linear ones: it puts the square in place of the latent. -/
theorem exists_isWhite_alignment_lt (hρ : ∀ i, |ρ i| ≤ 1) {i j : Fin n} (hij : ρ i < ρ j ^ 2) :
    ∃ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h ∧
      alignment (diagOuLaw ρ) h < alignment (diagOuLaw ρ) (fun z ↦ z) := by
  refine ⟨hermiteEncoder (replaceIndex i j), isWhite_replaceIndex i j, ?_⟩
  rw [alignment_replaceIndex hρ i j]
  linarith

/-- Where a latent is forgotten as fast as the square of another, some white encoder that is not
linear aligns as well as the linear ones. -/
theorem exists_isWhite_alignment_eq_not_linear (hρ : ∀ i, |ρ i| ≤ 1) {i j : Fin n}
    (hij : ρ j ^ 2 = ρ i) :
    ∃ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h ∧
      alignment (diagOuLaw ρ) h = alignment (diagOuLaw ρ) (fun z ↦ z) ∧
      ∀ Q : Matrix (Fin n) (Fin n) ℝ, ¬ h =ᵐ[γ n] Q.mulVec := by
  refine ⟨hermiteEncoder (replaceIndex i j), isWhite_replaceIndex i j, ?_,
    not_ae_eq_mulVec_replaceIndex i j⟩
  rw [alignment_replaceIndex hρ i j, hij, sub_self, mul_zero, add_zero]

/-- **When a linear encoder is optimal.** If `0 < ρᵢ < 1`, the identity has the least alignment of
all white encoders if and only if `ρⱼ² ≤ ρᵢ` for all `i` and `j`. -/
theorem linear_optimal_iff_forall_sq_le {n : ℕ} {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 < ρ i)
    (h₁ : ∀ i, ρ i < 1) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h →
        alignment (diagOuLaw ρ) (fun z ↦ z) ≤ alignment (diagOuLaw ρ) h) ↔
      ∀ i j, ρ j ^ 2 ≤ ρ i := by
  have hρ := abs_le_one_of_forall_mem_Icc (fun i ↦ (h₀ i).le) fun i ↦ (h₁ i).le
  constructor
  · intro hopt i j
    by_contra hij
    obtain ⟨h, hh, hlt⟩ := exists_isWhite_alignment_lt hρ (not_le.1 hij)
    exact absurd (hopt h hh) (not_le.2 hlt)
  · intro gap h hh
    rw [alignment_diagOuLaw_id hρ]
    exact two_mul_sum_one_sub_le_alignment h₀ h₁ gap hh

/-- **When the latents are identified.** If `0 < ρᵢ < 1`, the optimal white encoders are exactly the
orthogonal maps if and only if `ρⱼ² < ρᵢ` for all `i` and `j`. -/
theorem identifiable_iff_forall_sq_lt {n : ℕ} {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 < ρ i)
    (h₁ : ∀ i, ρ i < 1) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h →
        ((∀ h' : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h' →
            alignment (diagOuLaw ρ) h ≤ alignment (diagOuLaw ρ) h') ↔
          ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec)) ↔
      ∀ i j, ρ j ^ 2 < ρ i := by
  have hρ := abs_le_one_of_forall_mem_Icc (fun i ↦ (h₀ i).le) fun i ↦ (h₁ i).le
  constructor
  · intro hid i j
    have hone : ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, (fun z : Fin n → ℝ ↦ z) =ᵐ[γ n] Q.mulVec :=
      ⟨1, one_mem _, Filter.Eventually.of_forall fun z ↦ (Matrix.one_mulVec z).symm⟩
    have hopt := (hid (fun z ↦ z) (isWhite_coord n)).2 hone
    have hle := (linear_optimal_iff_forall_sq_le h₀ h₁).1 hopt i j
    refine lt_of_le_of_ne hle fun hij ↦ ?_
    obtain ⟨h, hh, heq, hnot⟩ := exists_isWhite_alignment_eq_not_linear hρ hij
    obtain ⟨Q, -, hQ⟩ := (hid h hh).1 fun h' hh' ↦ heq.le.trans (hopt h' hh')
    exact hnot Q hQ
  · intro gap h hh
    have hle : ∀ h' : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h' →
        2 * ∑ i, (1 - ρ i) ≤ alignment (diagOuLaw ρ) h' := fun h' hh' ↦
      two_mul_sum_one_sub_le_alignment h₀ h₁ (fun i j ↦ (gap i j).le) hh'
    refine Iff.trans ?_ (alignment_diagOuLaw_eq_iff_of_isWhite h₀ h₁ gap hh)
    constructor
    · intro hopt
      have hid := hopt (fun z ↦ z) (isWhite_coord n)
      rw [alignment_diagOuLaw_id hρ] at hid
      exact le_antisymm hid (hle h hh)
    · intro heq h' hh'
      rw [heq]
      exact hle h' hh'

end Square

/-! ### Fewer dimensions than latents -/

/-- **Fewer dimensions than latents.** If each of the first `m` correlations exceeds those of the
other latents and the square of every correlation, a white encoder with `m` outputs has an alignment
of at least `2 ∑ (1 - ρᵢ)`, `i < m`, with equality if and only if it is an orthogonal map of the
first `m` latents. -/
theorem alignment_eq_iff_of_isWhite_slow {m n : ℕ} (hmn : m ≤ n) {ρ : Fin n → ℝ}
    (h₀ : ∀ i, 0 ≤ ρ i) (h₁ : ∀ i, ρ i < 1)
    (slow : ∀ (i : Fin m) (j : Fin n), m ≤ j → ρ j < ρ (i.castLE hmn))
    (gap : ∀ (i : Fin m) (j : Fin n), ρ j ^ 2 < ρ (i.castLE hmn)) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) :
    2 * ∑ i : Fin m, (1 - ρ (i.castLE hmn)) ≤ alignment (diagOuLaw ρ) h ∧
      (alignment (diagOuLaw ρ) h = 2 * ∑ i : Fin m, (1 - ρ (i.castLE hmn)) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin m) ℝ,
          h =ᵐ[γ n] fun z ↦ Q.mulVec fun i ↦ z (i.castLE hmn)) := by
  have hslow : ∀ i, ∀ j ∉ Set.range (Fin.castLEEmb hmn), ρ j < ρ (Fin.castLEEmb hmn i) := by
    intro i j hj
    refine slow i j (not_lt.1 fun hlt ↦ hj ⟨⟨j, hlt⟩, ?_⟩)
    exact Fin.ext rfl
  have hgap : ∀ i j, ρ j ^ 2 < ρ (Fin.castLEEmb hmn i) := gap
  exact ⟨hh.le_alignment_diagOuLaw h₀ (fun i ↦ (h₁ i).le) (Fin.castLEEmb hmn)
      (fun i j hj ↦ (hslow i j hj).le) fun i j ↦ (hgap i j).le,
    hh.alignment_diagOuLaw_eq_iff h₀ (fun i ↦ (h₁ i).le) (Fin.castLEEmb hmn) hslow hgap⟩

end Lejepa
