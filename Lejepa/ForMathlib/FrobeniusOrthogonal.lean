/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Data.Real.Sqrt
public import Mathlib.LinearAlgebra.UnitaryGroup
public import Mathlib.Tactic.Linarith

/-!
# The Frobenius norm and orthogonal matrices

The squared Frobenius norm is written `∑ i, ∑ j, M i j ^ 2`.

## Main results
* `Matrix.sum_sum_sq_orthogonal_mul_mul`: it does not change under orthogonal matrices on either
  side.
* `Matrix.sum_sq_sub_one_le_sum_sum_sq_diagonal_sub`: the identity is an orthogonal matrix nearest
  to a nonnegative diagonal one.
-/

public section

open Finset

namespace Matrix

variable {m n : Type*} [Fintype m] [Fintype n] [DecidableEq n]

omit [DecidableEq n] in
/-- The squared Frobenius norm of `M` is the trace of `M Mᵀ`. -/
theorem sum_sum_sq_eq_trace (M : Matrix m n ℝ) : ∑ i, ∑ j, M i j ^ 2 = (M * Mᵀ).trace := by
  simp only [trace, diag_apply, mul_apply, transpose_apply, sq]

/-- The squared Frobenius norm of a diagonal matrix is the sum of the squares of its diagonal
entries. -/
theorem sum_sum_sq_diagonal (d : n → ℝ) : ∑ i, ∑ j, diagonal d i j ^ 2 = ∑ i, d i ^ 2 := by
  rw [sum_sum_sq_eq_trace, diagonal_transpose, diagonal_mul_diagonal, trace_diagonal]
  exact sum_congr rfl fun i _ ↦ (sq _).symm

/-- The Frobenius norm does not change under orthogonal matrices on either side. -/
theorem sum_sum_sq_orthogonal_mul_mul {U V : Matrix n n ℝ} (hU : U ∈ orthogonalGroup n ℝ)
    (hV : V ∈ orthogonalGroup n ℝ) (M : Matrix n n ℝ) :
    ∑ i, ∑ j, (U * M * V) i j ^ 2 = ∑ i, ∑ j, M i j ^ 2 := by
  have hU' : Uᵀ * U = 1 := (mem_orthogonalGroup_iff' n ℝ).1 hU
  have hV' : V * Vᵀ = 1 := (mem_orthogonalGroup_iff n ℝ).1 hV
  have key : U * M * V * (U * M * V)ᵀ = U * (M * Mᵀ * Uᵀ) := by
    calc U * M * V * (U * M * V)ᵀ = U * (M * (V * Vᵀ) * Mᵀ * Uᵀ) := by
          simp only [transpose_mul, Matrix.mul_assoc]
      _ = U * (M * Mᵀ * Uᵀ) := by rw [hV', Matrix.mul_one]
  rw [sum_sum_sq_eq_trace, sum_sum_sq_eq_trace, key, trace_mul_comm, Matrix.mul_assoc, hU',
    Matrix.mul_one]

/-- The transpose of an orthogonal matrix is orthogonal. -/
theorem transpose_mem_orthogonalGroup {Q : Matrix n n ℝ} (hQ : Q ∈ orthogonalGroup n ℝ) :
    Qᵀ ∈ orthogonalGroup n ℝ := by
  rw [mem_orthogonalGroup_iff, transpose_transpose]
  exact (mem_orthogonalGroup_iff' n ℝ).1 hQ

/-- Each row of an orthogonal matrix has norm one. -/
theorem sum_sq_row_of_mem_orthogonalGroup {Q : Matrix n n ℝ} (hQ : Q ∈ orthogonalGroup n ℝ)
    (i : n) : ∑ j, Q i j ^ 2 = 1 := by
  have h := congrFun (congrFun ((mem_orthogonalGroup_iff n ℝ).1 hQ) i) i
  rw [mul_apply, one_apply_eq] at h
  refine Eq.trans (sum_congr rfl fun j _ ↦ ?_) h
  rw [transpose_apply, sq]

/-- The diagonal entries of an orthogonal matrix are at most `1`. -/
theorem apply_self_le_one_of_mem_orthogonalGroup {Q : Matrix n n ℝ}
    (hQ : Q ∈ orthogonalGroup n ℝ) (i : n) : Q i i ≤ 1 := by
  have h₁ := sum_sq_row_of_mem_orthogonalGroup hQ i
  have h₂ : Q i i ^ 2 ≤ ∑ j, Q i j ^ 2 :=
    single_le_sum (f := fun j ↦ Q i j ^ 2) (fun j _ ↦ sq_nonneg _) (mem_univ i)
  nlinarith

/-- For a nonnegative diagonal matrix the identity is the nearest orthogonal matrix. -/
theorem sum_sq_sub_one_le_sum_sum_sq_diagonal_sub {s : n → ℝ} (hs : ∀ i, 0 ≤ s i)
    {Q : Matrix n n ℝ} (hQ : Q ∈ orthogonalGroup n ℝ) :
    ∑ i, (s i - 1) ^ 2 ≤ ∑ i, ∑ j, (diagonal s - Q) i j ^ 2 := by
  refine sum_le_sum fun i _ ↦ ?_
  have h₁ := sum_sq_row_of_mem_orthogonalGroup hQ i
  have h₂ := mul_le_mul_of_nonneg_left (apply_self_le_one_of_mem_orthogonalGroup hQ i) (hs i)
  have h₃ : ∑ j, (diagonal s - Q) i j ^ 2 = s i ^ 2 - 2 * (s i * Q i i) + ∑ j, Q i j ^ 2 := by
    have h : ∀ j, (diagonal s - Q) i j ^ 2 =
        (if i = j then s i ^ 2 - 2 * (s i * Q i j) else 0) + Q i j ^ 2 := by
      intro j
      rw [sub_apply, diagonal_apply]
      split_ifs <;> ring
    rw [sum_congr rfl fun j _ ↦ h j, sum_add_distrib, sum_ite_eq, if_pos (mem_univ i)]
  rw [h₃, h₁]
  nlinarith

end Matrix
