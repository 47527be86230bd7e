/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Spectral
public import Lejepa.Hermite.Encoder
public import Lejepa.Identifiability.QuadraticEncoder
public import Mathlib.Data.Fintype.CardEmbedding

/-!
# Embeddings wider than the world: the least alignment is attained

The latents themselves with any `m - n` of the `n (n + 1) / 2` normalized Hermite products of degree
two, `(z_i² - 1) / √2` and `z_i z_j`, are a white encoder of width `m` whose alignment is the least
that `Lejepa.exists_readout_of_isWhite` compares with.

## Main definitions
* `Lejepa.pairIndex`: the multi-indices of degree two.

## Main results
* `Lejepa.exists_isWhite_alignment_eq_wide`

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ}

/-! ### Multi-indices of degree two -/

/-- The multi-index of `z_i z_j`, `i ≤ j`. -/
def pairIndex (p : Σ j : Fin n, Fin ((j : ℕ) + 1)) : Fin n → ℕ :=
  (Pi.single (Fin.castLE (Nat.succ_le_of_lt p.1.isLt) p.2) 1 : Fin n → ℕ) +
    (Pi.single p.1 1 : Fin n → ℕ)

/-- The multi-index of `z_i z_j` has degree two. -/
theorem sum_pairIndex (p : Σ j : Fin n, Fin ((j : ℕ) + 1)) : ∑ i, pairIndex p i = 2 := by
  have h₁ := sum_single_one (Fin.castLE (Nat.succ_le_of_lt p.1.isLt) p.2)
  have h₂ := sum_single_one p.1
  have h : ∑ i, pairIndex p i =
      ∑ i, (Pi.single (Fin.castLE (Nat.succ_le_of_lt p.1.isLt) p.2) 1 : Fin n → ℕ) i +
        ∑ i, (Pi.single p.1 1 : Fin n → ℕ) i := by
    rw [← Finset.sum_add_distrib]
    exact Finset.sum_congr rfl fun i _ ↦ rfl
  omega

/-- Different pairs `i ≤ j` have different multi-indices. -/
theorem pairIndex_injective : Function.Injective (pairIndex (n := n)) := by
  rintro ⟨j, i⟩ ⟨j', i'⟩ e
  obtain ⟨I, hI⟩ : ∃ I : Fin n, I = Fin.castLE (Nat.succ_le_of_lt j.isLt) i := ⟨_, rfl⟩
  obtain ⟨I', hI'⟩ : ∃ I' : Fin n, I' = Fin.castLE (Nat.succ_le_of_lt j'.isLt) i' := ⟨_, rfl⟩
  have hIv : (I : ℕ) = i := by rw [hI, Fin.val_castLE]
  have hIv' : (I' : ℕ) = i' := by rw [hI', Fin.val_castLE]
  have hi : (i : ℕ) < (j : ℕ) + 1 := i.isLt
  have hi' : (i' : ℕ) < (j' : ℕ) + 1 := i'.isLt
  have key (x : Fin n) : (Pi.single I 1 : Fin n → ℕ) x + (Pi.single j 1 : Fin n → ℕ) x =
      (Pi.single I' 1 : Fin n → ℕ) x + (Pi.single j' 1 : Fin n → ℕ) x := by
    rw [hI, hI']
    exact congrFun e x
  have hj : j = j' := by
    by_contra hne
    have h₁ : j = I' := by
      by_contra hne'
      have h := key j
      rw [Pi.single_eq_of_ne hne', Pi.single_eq_of_ne hne, Pi.single_eq_same] at h
      omega
    have h₂ : j' = I := by
      by_contra hne'
      have h := key j'
      have hne'' : j' ≠ j := fun e ↦ hne e.symm
      rw [Pi.single_eq_of_ne hne', Pi.single_eq_of_ne hne'', Pi.single_eq_same] at h
      omega
    have h₁v : (j : ℕ) = I' := congrArg Fin.val h₁
    have h₂v : (j' : ℕ) = I := congrArg Fin.val h₂
    exact hne (Fin.ext (by omega))
  subst hj
  have hII : I = I' := by
    by_contra hne
    have h := key I
    rw [Pi.single_eq_same, Pi.single_eq_of_ne hne] at h
    omega
  have hIIv : (I : ℕ) = I' := congrArg Fin.val hII
  have hii : i = i' := Fin.ext (by omega)
  rw [hii]

/-- There are `n (n + 1) / 2` multi-indices of degree two. -/
theorem card_pairIndex (n : ℕ) :
    Fintype.card (Σ j : Fin n, Fin ((j : ℕ) + 1)) = n * (n + 1) / 2 := by
  have hsum : ∀ k : ℕ, (∑ j ∈ Finset.range k, (j + 1)) * 2 = k * (k + 1) := fun k ↦ by
    induction k with
    | zero => rw [Finset.sum_range_zero, zero_mul, zero_mul]
    | succ k ih =>
      rw [Finset.sum_range_succ, add_mul, ih]
      ring
  calc Fintype.card (Σ j : Fin n, Fin ((j : ℕ) + 1))
      = ∑ j : Fin n, Fintype.card (Fin ((j : ℕ) + 1)) := Fintype.card_sigma
    _ = ∑ j : Fin n, ((j : ℕ) + 1) := Finset.sum_congr rfl fun j _ ↦ Fintype.card_fin _
    _ = ∑ j ∈ Finset.range n, (j + 1) := Fin.sum_univ_eq_sum_range (fun j ↦ j + 1) n
    _ = n * (n + 1) / 2 := by rw [← hsum n, Nat.mul_div_cancel _ two_pos]

/-! ### The encoder -/

/-- The alignment of an encoder made of Hermite products: each coordinate loses by its degree. -/
theorem alignment_ouLaw_hermiteEncoder {m : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) (a : Fin m → Fin n → ℕ) :
    alignment (ouLaw n ρ) (hermiteEncoder a) = ∑ i, 2 * (1 - ρ ^ (∑ j, a i j)) := by
  have hs := hasSum_alignment hρ (memLp_hermiteEncoder a)
  have hterm (α : Fin n → ℕ) :
      2 * (1 - ρ ^ (∑ j, α j)) * ∑ i, hermiteCoeff (fun z ↦ hermiteEncoder a z i) α ^ 2 =
        ∑ i, if α = a i then 2 * (1 - ρ ^ (∑ j, a i j)) else 0 := by
    rw [Finset.mul_sum]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [hermiteCoeff_hermiteEncoder]
    by_cases h : α = a i
    · rw [if_pos h, if_pos h, h]
      ring
    · rw [if_neg h, if_neg h]
      ring
  have hs' : HasSum (fun α : Fin n → ℕ ↦
      ∑ i, if α = a i then 2 * (1 - ρ ^ (∑ j, a i j)) else 0)
      (∑ i, 2 * (1 - ρ ^ (∑ j, a i j))) :=
    hasSum_sum fun i _ ↦ hasSum_ite_eq (a i) (2 * (1 - ρ ^ (∑ j, a i j)))
  exact hs.unique (hs'.congr_fun hterm)

/-- Appending distinct multi-indices of degree one and two gives distinct ones, none of them
zero. -/
private lemma injective_append {k : ℕ} (e : Fin k ↪ Σ j : Fin n, Fin ((j : ℕ) + 1)) :
    Function.Injective (Fin.append (fun j : Fin n ↦ (Pi.single j 1 : Fin n → ℕ))
      fun l : Fin k ↦ pairIndex (e l)) := by
  intro x y hxy
  induction x using Fin.addCases with
  | left i =>
    induction y using Fin.addCases with
    | left j =>
      rw [Fin.append_left, Fin.append_left] at hxy
      rw [((single_eq_single_iff one_ne_zero).1 hxy).1]
    | right j =>
      rw [Fin.append_left, Fin.append_right] at hxy
      have h₁ := sum_single_one i
      have h₂ := sum_pairIndex (e j)
      rw [← hxy] at h₂
      exfalso
      omega
  | right i =>
    induction y using Fin.addCases with
    | left j =>
      rw [Fin.append_right, Fin.append_left] at hxy
      have h₁ := sum_single_one j
      have h₂ := sum_pairIndex (e i)
      rw [hxy] at h₂
      exfalso
      omega
    | right j =>
      rw [Fin.append_right, Fin.append_right] at hxy
      rw [e.injective (pairIndex_injective hxy)]

private lemma append_ne_zero {k : ℕ} (e : Fin k ↪ Σ j : Fin n, Fin ((j : ℕ) + 1))
    (x : Fin (n + k)) : Fin.append (fun j : Fin n ↦ (Pi.single j 1 : Fin n → ℕ))
      (fun l : Fin k ↦ pairIndex (e l)) x ≠ 0 := by
  have hz : ∑ i, (0 : Fin n → ℕ) i = 0 := Finset.sum_eq_zero fun _ _ ↦ rfl
  intro h
  induction x using Fin.addCases with
  | left i =>
    rw [Fin.append_left] at h
    have h₁ := sum_single_one i
    rw [h] at h₁
    omega
  | right i =>
    rw [Fin.append_right] at h
    have h₂ := sum_pairIndex (e i)
    rw [h] at h₂
    omega

/-- For `n ≤ m ≤ n + n (n + 1) / 2` some white encoder of width `m` has the alignment
`2 (1 - ρ) n + 2 (1 - ρ²) (m - n)`: the latents with `m - n` Hermite products of degree two. -/
theorem exists_isWhite_alignment_eq_wide {n m : ℕ} (hnm : n ≤ m) (hm : m ≤ n + n * (n + 1) / 2)
    {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    ∃ h : (Fin n → ℝ) → Fin m → ℝ, IsWhite (γ n) h ∧
      alignment (ouLaw n ρ) h = 2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n) := by
  obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_le hnm
  have hk : Fintype.card (Fin k) ≤ Fintype.card (Σ j : Fin n, Fin ((j : ℕ) + 1)) := by
    rw [Fintype.card_fin, card_pairIndex]
    exact Nat.le_of_add_le_add_left hm
  obtain ⟨e⟩ := Function.Embedding.nonempty_of_card_le hk
  have hρ : |ρ| ≤ 1 := by
    rw [abs_of_pos h₀]
    exact h₁.le
  refine ⟨hermiteEncoder (Fin.append (fun j : Fin n ↦ (Pi.single j 1 : Fin n → ℕ))
    fun l : Fin k ↦ pairIndex (e l)), isWhite_hermiteEncoder (injective_append e)
    (append_ne_zero e), ?_⟩
  rw [alignment_ouLaw_hermiteEncoder hρ, Fin.sum_univ_add]
  simp only [Fin.append_left, Fin.append_right, sum_single_one, sum_pairIndex, pow_one,
    Finset.sum_const, Finset.card_univ, Fintype.card_fin, nsmul_eq_mul]
  push_cast
  ring

end Lejepa
