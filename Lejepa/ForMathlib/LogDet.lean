/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Matrix.PosDef
public import Mathlib.Analysis.SpecialFunctions.Log.Basic

/-!
# The Frobenius norm and the logarithm of the determinant

For an invertible real `n × n` matrix, `‖A‖_F² ≥ n + 2 log |det A|`, with equality only for
orthogonal matrices: `x - 1 - log x ≥ 0` summed over the eigenvalues of `Aᴴ * A`. This takes the
place of the inequality of arithmetic and geometric means, followed by Jensen's inequality for the
logarithm.

## Main results
* `Matrix.card_add_two_mul_log_abs_det_le`: the inequality.
* `Matrix.transpose_mul_self_eq_one_of_sum_sq_eq`: its case of equality.
-/

public section

open scoped Matrix

namespace Matrix

/-- The squared Frobenius norm of a real matrix `A` is the trace of `Aᴴ A`. -/
theorem sum_sq_eq_trace_conjTranspose_mul_self {m n : Type*} [Fintype m] [Fintype n]
    (A : Matrix m n ℝ) : ∑ i, ∑ j, A i j ^ 2 = (Aᴴ * A).trace := by
  simp only [trace, diag_apply, mul_apply, conjTranspose_apply, star_trivial]
  exact Finset.sum_comm.trans
    (Finset.sum_congr rfl fun j _ ↦ Finset.sum_congr rfl fun i _ ↦ sq (A i j))

variable {n : Type*} [Fintype n] [DecidableEq n]

/-- The squared determinant of a real matrix `A` is the product of the eigenvalues of `Aᴴ A`. -/
theorem det_sq_eq_prod_eigenvalues (A : Matrix n n ℝ) :
    A.det ^ 2 = ∏ i, (isHermitian_conjTranspose_mul_self A).eigenvalues i := by
  calc
    A.det ^ 2 = (Aᴴ * A).det := by rw [det_mul, det_conjTranspose, star_trivial, sq]
    _ = _ := (isHermitian_conjTranspose_mul_self A).det_eq_prod_eigenvalues

/-- The squared Frobenius norm of a real square matrix `A` is the sum of the eigenvalues of `Aᴴ A`.
-/
theorem sum_sq_eq_sum_eigenvalues (A : Matrix n n ℝ) :
    ∑ i, ∑ j, A i j ^ 2 = ∑ i, (isHermitian_conjTranspose_mul_self A).eigenvalues i :=
  (sum_sq_eq_trace_conjTranspose_mul_self A).trans
    (isHermitian_conjTranspose_mul_self A).trace_eq_sum_eigenvalues

/-- If `A` is an invertible real matrix, the eigenvalues of `Aᴴ A` are positive. -/
theorem eigenvalues_conjTranspose_mul_self_pos {A : Matrix n n ℝ} (hA : A.det ≠ 0) (i : n) :
    0 < (isHermitian_conjTranspose_mul_self A).eigenvalues i := by
  refine lt_of_le_of_ne (eigenvalues_conjTranspose_mul_self_nonneg A i) fun h ↦ ?_
  exact pow_ne_zero 2 hA
    ((det_sq_eq_prod_eigenvalues A).trans (Finset.prod_eq_zero (Finset.mem_univ i) h.symm))

/-- If `A` is an invertible real matrix, `2 log |det A|` is the sum of the logarithms of the
eigenvalues of `Aᴴ A`. -/
theorem two_mul_log_abs_det {A : Matrix n n ℝ} (hA : A.det ≠ 0) :
    2 * Real.log |A.det| =
      ∑ i, Real.log ((isHermitian_conjTranspose_mul_self A).eigenvalues i) := by
  have h : Real.log (∏ i, (isHermitian_conjTranspose_mul_self A).eigenvalues i) =
      ∑ i, Real.log ((isHermitian_conjTranspose_mul_self A).eigenvalues i) :=
    Real.log_prod fun i _ ↦ (eigenvalues_conjTranspose_mul_self_pos hA i).ne'
  rw [← h, ← det_sq_eq_prod_eigenvalues, Real.log_pow, Real.log_abs, Nat.cast_ofNat]

/-- The gap in `Matrix.card_add_two_mul_log_abs_det_le`, as a sum over eigenvalues. -/
theorem sum_sq_sub_eq_sum_eigenvalues {A : Matrix n n ℝ} (hA : A.det ≠ 0) :
    ∑ i, ∑ j, A i j ^ 2 - (Fintype.card n + 2 * Real.log |A.det|) =
      ∑ i, ((isHermitian_conjTranspose_mul_self A).eigenvalues i - 1 -
        Real.log ((isHermitian_conjTranspose_mul_self A).eigenvalues i)) := by
  rw [sum_sq_eq_sum_eigenvalues, two_mul_log_abs_det hA, Finset.sum_sub_distrib,
    Finset.sum_sub_distrib, Finset.sum_const, Finset.card_univ, nsmul_eq_mul, mul_one, sub_sub]

/-- `‖A‖_F² ≥ n + 2 log |det A|` for an invertible matrix. -/
theorem card_add_two_mul_log_abs_det_le {A : Matrix n n ℝ} (hA : A.det ≠ 0) :
    Fintype.card n + 2 * Real.log |A.det| ≤ ∑ i, ∑ j, A i j ^ 2 := by
  rw [← sub_nonneg, sum_sq_sub_eq_sum_eigenvalues hA]
  exact Finset.sum_nonneg fun i _ ↦
    sub_nonneg.2 (Real.log_le_sub_one_of_pos (eigenvalues_conjTranspose_mul_self_pos hA i))

/-- Equality in `Matrix.card_add_two_mul_log_abs_det_le` makes the matrix orthogonal. -/
theorem transpose_mul_self_eq_one_of_sum_sq_eq {A : Matrix n n ℝ} (hA : A.det ≠ 0)
    (h : ∑ i, ∑ j, A i j ^ 2 = Fintype.card n + 2 * Real.log |A.det|) : Aᵀ * A = 1 := by
  have hsum := sum_sq_sub_eq_sum_eigenvalues hA
  rw [h, sub_self] at hsum
  have hnonneg : ∀ i ∈ Finset.univ, 0 ≤ (isHermitian_conjTranspose_mul_self A).eigenvalues i - 1 -
      Real.log ((isHermitian_conjTranspose_mul_self A).eigenvalues i) := fun i _ ↦
    sub_nonneg.2 (Real.log_le_sub_one_of_pos (eigenvalues_conjTranspose_mul_self_pos hA i))
  have hzero := (Finset.sum_eq_zero_iff_of_nonneg hnonneg).1 hsum.symm
  have hone : ∀ i, (isHermitian_conjTranspose_mul_self A).eigenvalues i = 1 := fun i ↦ by
    by_contra hi
    have hlt := Real.log_lt_sub_one_of_pos (eigenvalues_conjTranspose_mul_self_pos hA i) hi
    exact (sub_pos.2 hlt).ne' (hzero i (Finset.mem_univ i))
  have hfun : (RCLike.ofReal ∘ (isHermitian_conjTranspose_mul_self A).eigenvalues : n → ℝ) =
      fun _ ↦ 1 := by
    funext i
    simp [hone i]
  have key := (isHermitian_conjTranspose_mul_self A).spectral_theorem
  rw [hfun, diagonal_one, map_one] at key
  rwa [conjTranspose_eq_transpose_of_trivial] at key

end Matrix
