/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Regularizer.Slices

/-!
# As few slices as possible

The `n (n + 1) / 2` slices along `eᵢ` and `(eᵢ + eⱼ) / √2` identify the latents. No fewer do, and
the `n` coordinates alone do not.

## Main definitions
* `Lejepa.pairSlices n`: these slices.

## Main results
* `Lejepa.slicesIdentify_pairSlices`: they identify.
* `Lejepa.card_pairSlices`: there are `n (n + 1) / 2` of them.
* `Lejepa.not_slicesIdentify_coordinates`: with two latents or more, the coordinates do not.

## References
* [Balestriero and LeCun, *LeJEPA*][balestriero2025] (SIGReg).
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

noncomputable section

namespace Lejepa

variable {n : ℕ} {ρ : ℝ}

/-- The slice of a pair of coordinates: `eᵢ` for `i = j`, and `(eᵢ + eⱼ) / √2` otherwise. -/
def pairSlice (i j : Fin n) : Fin n → ℝ :=
  if i = j then Pi.single i 1
  else (√2)⁻¹ • ((Pi.single i 1 : Fin n → ℝ) + (Pi.single j 1 : Fin n → ℝ))

/-- The slice of a coordinate with itself. -/
theorem pairSlice_self (i : Fin n) : pairSlice i i = Pi.single i 1 := if_pos rfl

/-- The slice of two coordinates. -/
theorem pairSlice_of_ne {i j : Fin n} (hij : i ≠ j) :
    pairSlice i j = (√2)⁻¹ • ((Pi.single i 1 : Fin n → ℝ) + (Pi.single j 1 : Fin n → ℝ)) :=
  if_neg hij

/-- The slice of a pair does not depend on its order. -/
theorem pairSlice_comm (i j : Fin n) : pairSlice i j = pairSlice j i := by
  rcases eq_or_ne i j with rfl | hij
  · rfl
  · rw [pairSlice_of_ne hij, pairSlice_of_ne hij.symm, add_comm]

/-- The slices along `eᵢ` and `(eᵢ + eⱼ) / √2`, indexed by unordered pairs. -/
def pairTuple (n : ℕ) : Sym2 (Fin n) → Fin n → ℝ := Sym2.lift ⟨pairSlice (n := n), pairSlice_comm⟩

/-- The slice indexed by a pair. -/
theorem pairTuple_mk (i j : Fin n) : pairTuple n s(i, j) = pairSlice i j := Sym2.lift_mk _ i j

/-- The slices along `eᵢ` and `(eᵢ + eⱼ) / √2`. -/
def pairSlices (n : ℕ) : Finset (Fin n → ℝ) := Finset.univ.image (pairTuple n)

/-- Each slice of a pair is among them. -/
theorem pairSlice_mem_pairSlices (i j : Fin n) : pairSlice i j ∈ pairSlices n :=
  Finset.mem_image.2 ⟨s(i, j), Finset.mem_univ _, pairTuple_mk i j⟩

/-- Each of them is the slice of a pair. -/
theorem exists_of_mem_pairSlices {u : Fin n → ℝ} (hu : u ∈ pairSlices n) :
    ∃ i j, u = pairSlice i j := by
  obtain ⟨p, -, hp⟩ := Finset.mem_image.1 hu
  induction p using Sym2.ind with
  | h i j => exact ⟨i, j, hp.symm.trans (pairTuple_mk i j)⟩

/-! ### What these slices see of a matrix -/

/-- An entry of a matrix as a value of its bilinear form. -/
theorem single_dotProduct_mulVec_single (S : Matrix (Fin n) (Fin n) ℝ) (i j : Fin n) :
    (Pi.single i 1 : Fin n → ℝ) ⬝ᵥ S.mulVec (Pi.single j 1) = S i j := by
  rw [Matrix.mulVec_single_one, single_one_dotProduct]
  rfl

/-- The coordinates see the diagonal. -/
theorem pairSlice_self_dotProduct_mulVec (S : Matrix (Fin n) (Fin n) ℝ) (i : Fin n) :
    pairSlice i i ⬝ᵥ S.mulVec (pairSlice i i) = S i i := by
  rw [pairSlice_self, single_dotProduct_mulVec_single]

/-- The square of `1 / √2`. -/
theorem inv_sqrt_two_mul_inv_sqrt_two : (√2)⁻¹ * (√2)⁻¹ = (2 : ℝ)⁻¹ := by
  rw [← mul_inv, Real.mul_self_sqrt zero_le_two]

/-- The other slices see the entries off the diagonal, too. -/
theorem pairSlice_dotProduct_mulVec (S : Matrix (Fin n) (Fin n) ℝ) {i j : Fin n} (hij : i ≠ j) :
    pairSlice i j ⬝ᵥ S.mulVec (pairSlice i j) = 2⁻¹ * (S i i + S j i + (S i j + S j j)) := by
  rw [pairSlice_of_ne hij, Matrix.mulVec_smul, smul_dotProduct, dotProduct_smul, smul_eq_mul,
    smul_eq_mul, ← mul_assoc, inv_sqrt_two_mul_inv_sqrt_two, Matrix.mulVec_add, dotProduct_add,
    add_dotProduct, add_dotProduct, single_dotProduct_mulVec_single,
    single_dotProduct_mulVec_single, single_dotProduct_mulVec_single,
    single_dotProduct_mulVec_single]

/-- The slices are unit vectors. -/
theorem pairSlice_dotProduct_self (i j : Fin n) : pairSlice i j ⬝ᵥ pairSlice i j = 1 := by
  have e : pairSlice i j ⬝ᵥ pairSlice i j =
      pairSlice i j ⬝ᵥ (1 : Matrix (Fin n) (Fin n) ℝ).mulVec (pairSlice i j) := by
    rw [Matrix.one_mulVec]
  rw [e]
  rcases eq_or_ne i j with rfl | hij
  · rw [pairSlice_self_dotProduct_mulVec, Matrix.one_apply_eq]
  · rw [pairSlice_dotProduct_mulVec _ hij, Matrix.one_apply_eq, Matrix.one_apply_eq,
      Matrix.one_apply_ne hij, Matrix.one_apply_ne hij.symm]
    norm_num

/-- A symmetric matrix that vanishes on these slices is zero. -/
theorem eq_zero_of_forall_pairSlice {S : Matrix (Fin n) (Fin n) ℝ} (hS : S.IsSymm)
    (h : ∀ i j, pairSlice i j ⬝ᵥ S.mulVec (pairSlice i j) = 0) : S = 0 := by
  have hd : ∀ i, S i i = 0 := fun i ↦ by
    rw [← pairSlice_self_dotProduct_mulVec S i]
    exact h i i
  ext i j
  rw [Matrix.zero_apply]
  rcases eq_or_ne i j with rfl | hij
  · exact hd i
  · have hp := h i j
    rw [pairSlice_dotProduct_mulVec S hij, hd i, hd j, hS.apply i j] at hp
    linarith

/-! ### They identify, and no fewer do -/

/-- **An explicit set of `n (n + 1) / 2` slices that identifies**: `eᵢ` and `(eᵢ + eⱼ) / √2`. -/
theorem slicesIdentify_pairSlices (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    SlicesIdentify ρ (pairSlices n : Set (Fin n → ℝ)) := by
  refine (slicesIdentify_iff h₀ h₁ fun u hu ↦ ?_).2 fun S hS hSU ↦ ?_
  · obtain ⟨i, j, rfl⟩ := exists_of_mem_pairSlices (Finset.mem_coe.1 hu)
    exact pairSlice_dotProduct_self i j
  · exact eq_zero_of_forall_pairSlice hS fun i j ↦
      hSU _ (Finset.mem_coe.2 (pairSlice_mem_pairSlices i j))

/-- There are `n (n + 1) / 2` of these slices. -/
theorem card_pairSlices (n : ℕ) : (pairSlices n).card = n * (n + 1) / 2 := by
  refine le_antisymm ?_ ?_
  · have h : (pairSlices n).card ≤ (Finset.univ : Finset (Sym2 (Fin n))).card :=
      Finset.card_image_le
    have hsym : (Finset.univ : Finset (Sym2 (Fin n))).card = (Fintype.card (Fin n) + 1).choose 2 :=
      Finset.card_sym2 Finset.univ
    rw [hsym, Fintype.card_fin, Nat.choose_two_right, Nat.add_sub_cancel, Nat.mul_comm] at h
    exact h
  · have h := Matrix.card_mul_card_add_one_div_two_le_card (U := pairSlices n)
      fun S hS hSU ↦ eq_zero_of_forall_pairSlice hS fun i j ↦
        hSU _ (pairSlice_mem_pairSlices i j)
    rwa [Fintype.card_fin] at h

/-- The coordinates alone do not identify, where there are two or more: an encoder may make them
correlated unseen. -/
theorem not_slicesIdentify_coordinates {i j : Fin n} (hij : i ≠ j) (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    ¬ SlicesIdentify ρ (Set.range fun k : Fin n ↦ (Pi.single k 1 : Fin n → ℝ)) := by
  intro H
  obtain ⟨S, hS⟩ : ∃ S : Matrix (Fin n) (Fin n) ℝ,
      ∀ k l, S k l = if k = i ∧ l = j ∨ k = j ∧ l = i then 1 else 0 :=
    ⟨.of fun k l ↦ if k = i ∧ l = j ∨ k = j ∧ l = i then 1 else 0, fun _ _ ↦ rfl⟩
  have hdiag : ∀ k, S k k = 0 := fun k ↦ by
    rw [hS, if_neg]
    rintro (⟨rfl, h⟩ | ⟨rfl, h⟩)
    · exact hij h
    · exact hij h.symm
  have hsymm : S.IsSymm := Matrix.IsSymm.ext fun k l ↦ by
    have e : (l = i ∧ k = j ∨ l = j ∧ k = i) ↔ (k = i ∧ l = j ∨ k = j ∧ l = i) := by
      constructor
      · rintro (⟨a, b⟩ | ⟨a, b⟩)
        · exact Or.inr ⟨b, a⟩
        · exact Or.inl ⟨b, a⟩
      · rintro (⟨a, b⟩ | ⟨a, b⟩)
        · exact Or.inr ⟨b, a⟩
        · exact Or.inl ⟨b, a⟩
    rw [hS, hS]
    exact if_congr e rfl rfl
  have hunit : ∀ u ∈ Set.range fun k : Fin n ↦ (Pi.single k 1 : Fin n → ℝ), u ⬝ᵥ u = 1 := by
    rintro _ ⟨k, rfl⟩
    change (Pi.single k 1 : Fin n → ℝ) ⬝ᵥ Pi.single k 1 = 1
    rw [single_one_dotProduct, Pi.single_eq_same]
  have h0 : S = 0 := (slicesIdentify_iff h₀ h₁ hunit).1 H S hsymm fun u hu ↦ by
    obtain ⟨k, rfl⟩ := hu
    exact (single_dotProduct_mulVec_single S k k).trans (hdiag k)
  have h1 : S i j = 1 := (hS i j).trans (if_pos (Or.inl ⟨rfl, rfl⟩))
  rw [h0, Matrix.zero_apply] at h1
  exact zero_ne_one h1

end Lejepa
