/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.AELine
public import Lejepa.ForMathlib.DotProductSelf
public import Lejepa.Regularizer.PairSlices
public import Mathlib.LinearAlgebra.Matrix.DotProduct
public import Mathlib.LinearAlgebra.Matrix.ToLinearEquiv

/-!
# Slices in general position

Almost all choices of `n (n + 1) / 2` directions identify the latents: the choices that do not are
the zeros of a polynomial, the determinant of a square matrix, which does not vanish for the slices
along `eᵢ` and `(eᵢ + eⱼ) / √2`. The directions are indexed by unordered pairs of coordinates, of
which there are just as many.

## Main definitions
* `Lejepa.sliceMatrix u`: the matrix of `S ↦ (uₖ · S uₖ)ₖ`, in the entries of a symmetric `S`.

## Main results
* `Lejepa.ae_slicesIdentify`: almost every choice of `n (n + 1) / 2` directions identifies.

## References
* [Balestriero and LeCun, *LeJEPA*][balestriero2025] (SIGReg).
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped Polynomial

noncomputable section

namespace Lejepa

variable {n : ℕ} {ρ : ℝ}

/-- The matrix of `S ↦ (uₖ · S uₖ)ₖ`, in the entries of a symmetric matrix `S`. -/
def sliceMatrix {R : Type*} [CommRing R] (u : Sym2 (Fin n) → Fin n → R) :
    Matrix (Sym2 (Fin n)) (Sym2 (Fin n)) R :=
  .of fun k p ↦ ∑ i, ∑ j, if s(i, j) = p then u k i * u k j else 0

/-- The entries of the matrix. -/
theorem sliceMatrix_apply {R : Type*} [CommRing R] (u : Sym2 (Fin n) → Fin n → R)
    (k p : Sym2 (Fin n)) :
    sliceMatrix u k p = ∑ i, ∑ j, if s(i, j) = p then u k i * u k j else 0 := rfl

/-- What the matrix is for: it takes the entries of `S` to the values `uₖ · S uₖ`. -/
theorem sliceMatrix_mulVec (u : Sym2 (Fin n) → Fin n → ℝ) (c : Sym2 (Fin n) → ℝ)
    (k : Sym2 (Fin n)) :
    (sliceMatrix u).mulVec c k = u k ⬝ᵥ (Matrix.of fun i j ↦ c s(i, j)).mulVec (u k) := by
  have h : ∀ i j, ∑ p, (if s(i, j) = p then u k i * u k j else 0) * c p =
      u k i * (c s(i, j) * u k j) := fun i j ↦ by
    simp only [ite_mul, zero_mul]
    rw [sum_ite_eq, if_pos (mem_univ _)]
    ring
  calc (sliceMatrix u).mulVec c k
      = ∑ p, (∑ i, ∑ j, if s(i, j) = p then u k i * u k j else 0) * c p := rfl
    _ = ∑ p, ∑ i, ∑ j, (if s(i, j) = p then u k i * u k j else 0) * c p := by
        simp only [sum_mul]
    _ = ∑ i, ∑ p, ∑ j, (if s(i, j) = p then u k i * u k j else 0) * c p := sum_comm
    _ = ∑ i, ∑ j, ∑ p, (if s(i, j) = p then u k i * u k j else 0) * c p :=
        sum_congr rfl fun i _ ↦ sum_comm
    _ = ∑ i, ∑ j, u k i * (c s(i, j) * u k j) :=
        sum_congr rfl fun i _ ↦ sum_congr rfl fun j _ ↦ h i j
    _ = ∑ i, u k i * ∑ j, c s(i, j) * u k j := by simp only [mul_sum]
    _ = u k ⬝ᵥ (Matrix.of fun i j ↦ c s(i, j)).mulVec (u k) := rfl

/-- The matrix is quadratic in the slices. -/
theorem sliceMatrix_smul (t : ℝ) (u : Sym2 (Fin n) → Fin n → ℝ) :
    sliceMatrix (t • u) = t ^ 2 • sliceMatrix u := by
  ext k p
  rw [Matrix.smul_apply, sliceMatrix_apply, sliceMatrix_apply, smul_eq_mul, mul_sum]
  refine sum_congr rfl fun i _ ↦ ?_
  rw [mul_sum]
  refine sum_congr rfl fun j _ ↦ ?_
  rw [mul_ite, mul_zero]
  refine if_congr Iff.rfl ?_ rfl
  change t * u k i * (t * u k j) = t ^ 2 * (u k i * u k j)
  ring

/-- If the determinant does not vanish, no symmetric matrix but zero vanishes on the slices. -/
theorem eq_zero_of_det_sliceMatrix_ne_zero {u : Sym2 (Fin n) → Fin n → ℝ}
    (h : (sliceMatrix u).det ≠ 0) {S : Matrix (Fin n) (Fin n) ℝ} (hS : S.IsSymm)
    (hSu : ∀ k, u k ⬝ᵥ S.mulVec (u k) = 0) : S = 0 := by
  obtain ⟨c, hc⟩ : ∃ c : Sym2 (Fin n) → ℝ, ∀ i j, c s(i, j) = S i j :=
    ⟨Sym2.lift ⟨fun i j ↦ S i j, fun i j ↦ (hS.apply i j).symm⟩, fun i j ↦ Sym2.lift_mk _ i j⟩
  have e : (Matrix.of fun i j ↦ c s(i, j)) = S := Matrix.ext fun i j ↦ hc i j
  have hc0 : c = 0 := by
    by_contra hne
    refine h (Matrix.exists_mulVec_eq_zero_iff.1 ⟨c, hne, funext fun k ↦ ?_⟩)
    rw [sliceMatrix_mulVec, e]
    exact hSu k
  ext i j
  rw [← hc i j, hc0, Pi.zero_apply, Matrix.zero_apply]

/-- The determinant does not vanish for the slices of pairs. -/
theorem det_sliceMatrix_pairTuple_ne_zero (n : ℕ) : (sliceMatrix (pairTuple n)).det ≠ 0 := by
  intro h
  obtain ⟨c, hc, h0⟩ := Matrix.exists_mulVec_eq_zero_iff.2 h
  refine hc ?_
  have hsymm : (Matrix.of fun i j : Fin n ↦ c s(i, j)).IsSymm := Matrix.IsSymm.ext fun i j ↦ by
    rw [Matrix.of_apply, Matrix.of_apply, Sym2.eq_swap]
  have hS := eq_zero_of_forall_pairSlice hsymm fun i j ↦ by
    rw [← pairTuple_mk i j, ← sliceMatrix_mulVec (pairTuple n) c s(i, j), h0, Pi.zero_apply]
  funext p
  induction p using Sym2.ind with
  | h i j => exact congrFun (congrFun hS i) j

/-- Along a line of slices the determinant is a polynomial. -/
theorem exists_polynomial_det_sliceMatrix (v x : Sym2 (Fin n) → Fin n → ℝ) :
    ∃ q : ℝ[X], ∀ t : ℝ, q.eval t = (sliceMatrix (v + t • x)).det := by
  obtain ⟨w, hw⟩ : ∃ w : Sym2 (Fin n) → Fin n → ℝ[X],
      ∀ k i, w k i = Polynomial.C (v k i) + Polynomial.X * Polynomial.C (x k i) :=
    ⟨_, fun _ _ ↦ rfl⟩
  refine ⟨(sliceMatrix w).det, fun t ↦ ?_⟩
  have hmap := RingHom.map_det (Polynomial.evalRingHom t) (sliceMatrix w)
  rw [RingHom.mapMatrix_apply, Polynomial.coe_evalRingHom] at hmap
  have hM : (sliceMatrix w).map (Polynomial.eval t) = sliceMatrix (v + t • x) := by
    ext k p
    rw [Matrix.map_apply, sliceMatrix_apply, sliceMatrix_apply, Polynomial.eval_finset_sum]
    refine sum_congr rfl fun i _ ↦ ?_
    rw [Polynomial.eval_finset_sum]
    refine sum_congr rfl fun j _ ↦ ?_
    by_cases h : s(i, j) = p
    · rw [if_pos h, if_pos h, hw, hw]
      simp only [Polynomial.eval_mul, Polynomial.eval_add, Polynomial.eval_C, Polynomial.eval_X]
      rfl
    · rw [if_neg h, if_neg h, Polynomial.eval_zero]
  rw [hmap, hM]

/-- The determinant is continuous in the slices. -/
theorem continuous_det_sliceMatrix :
    Continuous fun u : Sym2 (Fin n) → Fin n → ℝ ↦ (sliceMatrix u).det := by
  refine Continuous.matrix_det (continuous_matrix fun k p ↦ ?_)
  simp only [sliceMatrix_apply]
  refine continuous_finset_sum _ fun i _ ↦ continuous_finset_sum _ fun j _ ↦ ?_
  by_cases h : s(i, j) = p
  · simp only [if_pos h]
    have hi : Continuous fun u : Sym2 (Fin n) → Fin n → ℝ ↦ u k i := continuous_apply_apply k i
    have hj : Continuous fun u : Sym2 (Fin n) → Fin n → ℝ ↦ u k j := continuous_apply_apply k j
    exact hi.mul hj
  · simp only [if_neg h]
    exact continuous_const

/-- For almost every choice of `n (n + 1) / 2` directions the determinant does not vanish. -/
theorem ae_det_sliceMatrix_ne_zero :
    ∀ᵐ u : Sym2 (Fin n) → Fin n → ℝ, (sliceMatrix u).det ≠ 0 := by
  have hP : MeasurableSet {u : Sym2 (Fin n) → Fin n → ℝ | (sliceMatrix u).det ≠ 0} :=
    (isOpen_ne_fun continuous_det_sliceMatrix continuous_const).measurableSet
  refine ae_of_forall_ae_smul_add hP (pairTuple n) fun x ↦ ?_
  change ∀ᵐ t : ℝ, (sliceMatrix (t • pairTuple n + x)).det ≠ 0
  obtain ⟨q, hq⟩ := exists_polynomial_det_sliceMatrix (pairTuple n) x
  have hq0 : q ≠ 0 := fun h ↦ by
    have h0 := hq 0
    rw [h, Polynomial.eval_zero, zero_smul, add_zero] at h0
    exact det_sliceMatrix_pairTuple_ne_zero n h0.symm
  have hfin : ((fun t : ℝ ↦ t⁻¹) ⁻¹' {t | q.IsRoot t}).Finite :=
    (Polynomial.finite_setOf_isRoot hq0).preimage inv_injective.injOn
  have h₁ : ∀ᵐ t : ℝ, q.eval t⁻¹ ≠ 0 := by
    refine ae_iff.2 (measure_mono_null (fun t ht ↦ ?_) (hfin.measure_zero volume))
    have h' : q.eval t⁻¹ = 0 := not_not.1 ht
    exact h'
  filter_upwards [h₁, Polynomial.ae_eval_ne_zero Polynomial.X_ne_zero] with t ht h0 hdet
  rw [Polynomial.eval_X] at h0
  have e : t • pairTuple n + x = t • (pairTuple n + t⁻¹ • x) := by
    rw [smul_add, smul_smul, mul_inv_cancel₀ h0, one_smul]
  rw [e, sliceMatrix_smul, Matrix.det_smul] at hdet
  have hzero := (mul_eq_zero.1 hdet).resolve_left (pow_ne_zero _ (pow_ne_zero _ h0))
  exact ht ((hq t⁻¹).trans hzero)

/-- **Slices in general position**: almost every choice of `n (n + 1) / 2` directions identifies the
latents. -/
theorem ae_slicesIdentify (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    ∀ᵐ u : Sym2 (Fin n) → Fin n → ℝ,
      SlicesIdentify ρ (Set.range fun k ↦ (√(u k ⬝ᵥ u k))⁻¹ • u k) := by
  filter_upwards [ae_det_sliceMatrix_ne_zero] with u hu
  have hpos : ∀ k, 0 < √(u k ⬝ᵥ u k) := fun k ↦ by
    refine Real.sqrt_pos.2 (lt_of_le_of_ne (Matrix.dotProduct_self_nonneg (u k)) fun h ↦ hu ?_)
    have hk : u k = 0 := dotProduct_self_eq_zero.1 h.symm
    refine Matrix.det_eq_zero_of_row_eq_zero k fun p ↦ ?_
    rw [sliceMatrix_apply]
    refine sum_eq_zero fun i _ ↦ sum_eq_zero fun j _ ↦ ?_
    rw [hk, Pi.zero_apply, zero_mul, ite_self]
  refine (slicesIdentify_iff h₀ h₁ ?_).2 fun S hS hSU ↦
    eq_zero_of_det_sliceMatrix_ne_zero hu hS fun k ↦ ?_
  · rintro _ ⟨k, rfl⟩
    change ((√(u k ⬝ᵥ u k))⁻¹ • u k) ⬝ᵥ ((√(u k ⬝ᵥ u k))⁻¹ • u k) = 1
    have hsq : √(u k ⬝ᵥ u k) * √(u k ⬝ᵥ u k) = u k ⬝ᵥ u k :=
      Real.mul_self_sqrt (Matrix.dotProduct_self_nonneg (u k))
    have hne := (hpos k).ne'
    rw [smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul]
    obtain ⟨r, hr⟩ : ∃ r, √(u k ⬝ᵥ u k) = r := ⟨_, rfl⟩
    rw [hr] at hsq hne ⊢
    rw [← hsq, inv_mul_cancel_left₀ hne, inv_mul_cancel₀ hne]
  · have h := hSU _ (Set.mem_range_self k)
    change ((√(u k ⬝ᵥ u k))⁻¹ • u k) ⬝ᵥ S.mulVec ((√(u k ⬝ᵥ u k))⁻¹ • u k) = 0 at h
    have hne := inv_ne_zero (hpos k).ne'
    rw [Matrix.mulVec_smul, smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul] at h
    exact (mul_eq_zero.1 ((mul_eq_zero.1 h).resolve_left hne)).resolve_left hne

end Lejepa
