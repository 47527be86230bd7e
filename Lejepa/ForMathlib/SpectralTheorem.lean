/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Matrix.Spectrum
public import Mathlib.LinearAlgebra.Matrix.Symmetric
public import Mathlib.LinearAlgebra.UnitaryGroup

/-!
# The spectral theorem for symmetric real matrices

Mathlib's theorem for Hermitian matrices, in terms of transpose and orthogonal group.

## Main results
* `Lejepa.exists_orthogonal_diagonal`: a symmetric real matrix is diagonal in some orthonormal
  basis.
-/

public section

open scoped Matrix

namespace Lejepa

/-- **The spectral theorem**: a symmetric real matrix is diagonal in some orthonormal basis. -/
theorem exists_orthogonal_diagonal {n : Type*} [Fintype n] [DecidableEq n] {G : Matrix n n ℝ}
    (hG : G.IsSymm) :
    ∃ Q ∈ Matrix.orthogonalGroup n ℝ, ∃ g : n → ℝ,
      Q.transpose * G * Q = Matrix.diagonal g := by
  have hH : G.IsHermitian := (Matrix.conjTranspose_eq_transpose_of_trivial G).trans hG
  have hU : star (hH.eigenvectorUnitary : Matrix n n ℝ) =
      (hH.eigenvectorUnitary : Matrix n n ℝ).transpose :=
    (Matrix.star_eq_conjTranspose _).trans (Matrix.conjTranspose_eq_transpose_of_trivial _)
  have hmem := Matrix.mem_unitaryGroup_iff.1 hH.eigenvectorUnitary.2
  have hd := hH.conjStarAlgAut_star_eigenvectorUnitary
  rw [Unitary.conjStarAlgAut_star_apply, hU] at hd
  rw [hU] at hmem
  exact ⟨hH.eigenvectorUnitary, (Matrix.mem_orthogonalGroup_iff n ℝ).2 hmem, _, hd⟩

end Lejepa
