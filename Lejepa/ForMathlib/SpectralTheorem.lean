/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.SymmetricForm

/-!
# The spectral theorem, as a change of basis

`Matrix.IsSymm.exists_eq_mul_diagonal_mul_transpose` read the other way round.

## Main results
* `Lejepa.exists_orthogonal_diagonal`: an orthogonal change of basis makes a symmetric real matrix
  diagonal.
-/

public section

open scoped Matrix

namespace Lejepa

/-- **The spectral theorem**: an orthogonal change of basis makes a symmetric real matrix
diagonal. -/
theorem exists_orthogonal_diagonal {n : Type*} [Fintype n] [DecidableEq n] {G : Matrix n n ℝ}
    (hG : G.IsSymm) :
    ∃ Q ∈ Matrix.orthogonalGroup n ℝ, ∃ g : n → ℝ,
      Q.transpose * G * Q = Matrix.diagonal g := by
  obtain ⟨Q, hQ, g, hg⟩ := hG.exists_eq_mul_diagonal_mul_transpose
  have hQ' : Qᵀ * Q = 1 := (Matrix.mem_orthogonalGroup_iff' n ℝ).1 hQ
  refine ⟨Q, hQ, g, ?_⟩
  calc Qᵀ * G * Q = Qᵀ * (Q * Matrix.diagonal g * Qᵀ) * Q := by rw [← hg]
    _ = Qᵀ * Q * Matrix.diagonal g * (Qᵀ * Q) := by simp only [Matrix.mul_assoc]
    _ = Matrix.diagonal g := by rw [hQ', Matrix.one_mul, Matrix.mul_one]

end Lejepa
