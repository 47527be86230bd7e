module

public import Lejepa.ForMathlib.Polar
public import Mathlib.Analysis.Matrix.Spectrum

/-!
# The singular value decomposition of a real square matrix

## Main results
* `Matrix.exists_eq_orthogonal_mul_diagonal_mul_transpose`: a symmetric matrix is `W D Wᵀ` with `W`
  orthogonal, `D` diagonal.
* `Matrix.exists_singularValueDecomposition`: any square matrix is `U D V` with `U`, `V` orthogonal,
  `D` diagonal.
* `Matrix.sq_le_of_mulVec_dotProduct_mulVec_le`: the squares of the singular values are at most
  `s` if `‖M x‖² ≤ s ‖x‖²`.
-/

public section

namespace Matrix

variable {n : Type*} [Fintype n] [DecidableEq n]

/-- The spectral theorem for real symmetric matrices, with an orthogonal matrix. -/
theorem exists_eq_orthogonal_mul_diagonal_mul_transpose {P : Matrix n n ℝ} (hP : Pᵀ = P) :
    ∃ W ∈ orthogonalGroup n ℝ, ∃ d : n → ℝ, P = W * diagonal d * Wᵀ := by
  have hH : P.IsHermitian := (conjTranspose_eq_transpose_of_trivial P).trans hP
  obtain ⟨W, hW⟩ : ∃ W : Matrix n n ℝ, W = (hH.eigenvectorUnitary : Matrix n n ℝ) := ⟨_, rfl⟩
  have hWt : star W = Wᵀ :=
    (star_eq_conjTranspose W).trans (conjTranspose_eq_transpose_of_trivial W)
  have hmul : W * star W = 1 := by
    rw [hW]
    exact Unitary.coe_mul_star_self hH.eigenvectorUnitary
  refine ⟨W, (mem_orthogonalGroup_iff n ℝ).2 ?_, hH.eigenvalues, ?_⟩
  · rw [← hWt]
    exact hmul
  · have h := hH.spectral_theorem
    rw [Unitary.conjStarAlgAut_apply, RCLike.ofReal_real_eq_id, Function.id_comp] at h
    rw [← hWt, hW]
    exact h

/-- The **singular value decomposition** of a real square matrix. -/
theorem exists_singularValueDecomposition (M : Matrix n n ℝ) :
    ∃ U ∈ orthogonalGroup n ℝ, ∃ V ∈ orthogonalGroup n ℝ, ∃ d : n → ℝ,
      M = U * diagonal d * V := by
  obtain ⟨P, hP, -, -, Q, hQ, hM⟩ := exists_polar M
  obtain ⟨W, hW, d, hd⟩ := exists_eq_orthogonal_mul_diagonal_mul_transpose hP
  refine ⟨W, hW, Wᵀ * Q, mul_mem (transpose_mem_orthogonalGroup hW) hQ, d, ?_⟩
  rw [hM, ← Matrix.mul_assoc, ← hd]

/-- An orthogonal matrix keeps the squared length. -/
theorem mulVec_dotProduct_mulVec_of_mem_orthogonalGroup {Q : Matrix n n ℝ}
    (hQ : Q ∈ orthogonalGroup n ℝ) (x : n → ℝ) : Q *ᵥ x ⬝ᵥ Q *ᵥ x = x ⬝ᵥ x := by
  rw [dotProduct_mulVec, vecMul_mulVec, (mem_orthogonalGroup_iff' n ℝ).1 hQ, vecMul_one]

/-- Where `‖M x‖² ≤ s ‖x‖²`, the squares of the singular values are at most `s`. -/
theorem sq_le_of_mulVec_dotProduct_mulVec_le {U V M : Matrix n n ℝ} (hU : U ∈ orthogonalGroup n ℝ)
    (hV : V ∈ orthogonalGroup n ℝ) {d : n → ℝ} (hM : M = U * diagonal d * V) {s : ℝ}
    (norm : ∀ x : n → ℝ, M *ᵥ x ⬝ᵥ M *ᵥ x ≤ s * (x ⬝ᵥ x)) (i : n) : d i ^ 2 ≤ s := by
  have hV' : V * Vᵀ = 1 := (mem_orthogonalGroup_iff n ℝ).1 hV
  have hMx : M *ᵥ (Vᵀ *ᵥ Pi.single i 1) = U *ᵥ Pi.single i (d i) := by
    rw [mulVec_mulVec, hM, Matrix.mul_assoc, hV', Matrix.mul_one, ← mulVec_mulVec,
      diagonal_mulVec_single, mul_one]
  have h := norm (Vᵀ *ᵥ Pi.single i 1)
  rw [hMx, mulVec_dotProduct_mulVec_of_mem_orthogonalGroup hU,
    mulVec_dotProduct_mulVec_of_mem_orthogonalGroup (transpose_mem_orthogonalGroup hV),
    dotProduct_single, dotProduct_single, Pi.single_eq_same, Pi.single_eq_same, mul_one,
    mul_one] at h
  rw [sq]
  exact h

end Matrix
