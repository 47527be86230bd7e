/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Data.Real.Basic
public import Mathlib.LinearAlgebra.Matrix.DotProduct

/-!
# The dot product of a real vector with itself

## Main results
* `Matrix.dotProduct_self_eq_sum_sq`, `Matrix.dotProduct_self_nonneg`,
  `Matrix.dotProduct_self_pos`.
-/

public section

namespace Matrix

variable {n : Type*} [Fintype n]

/-- The dot product of a vector with itself is the sum of the squares of its entries. -/
theorem dotProduct_self_eq_sum_sq (u : n → ℝ) : u ⬝ᵥ u = ∑ i, u i ^ 2 :=
  Finset.sum_congr rfl fun i _ ↦ (sq (u i)).symm

/-- The dot product of a vector with itself is nonnegative. -/
theorem dotProduct_self_nonneg (u : n → ℝ) : 0 ≤ u ⬝ᵥ u :=
  Finset.sum_nonneg fun i _ ↦ mul_self_nonneg (u i)

/-- The dot product of a vector that is not zero with itself is positive. -/
theorem dotProduct_self_pos {u : n → ℝ} (hu : u ≠ 0) : 0 < u ⬝ᵥ u :=
  (dotProduct_self_nonneg u).lt_of_ne fun h ↦ hu (dotProduct_self_eq_zero.1 h.symm)

end Matrix
