/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.Polar
public import Lejepa.ForMathlib.PolarSharp
public import Lejepa.ForMathlib.SpectralTheorem

/-!
# The singular value decomposition of a real square matrix

## Main results
* `Matrix.exists_singularValueDecomposition`: any square matrix is `U D V` with `U`, `V` orthogonal,
  `D` diagonal.
* `Matrix.sq_le_of_mulVec_dotProduct_mulVec_le`: the squares of the singular values are at most
  `s` if `‖M x‖² ≤ s ‖x‖²`.
-/

public section

namespace Matrix

variable {n : Type*} [Fintype n] [DecidableEq n]

/-- The **singular value decomposition** of a real square matrix. -/
theorem exists_singularValueDecomposition {n : ℕ} (M : Matrix (Fin n) (Fin n) ℝ) :
    ∃ U ∈ orthogonalGroup (Fin n) ℝ, ∃ V ∈ orthogonalGroup (Fin n) ℝ, ∃ d : Fin n → ℝ,
      M = U * diagonal d * V := by
  obtain ⟨P, hP, -, -, Q, hQ, hM⟩ := exists_polar M
  obtain ⟨W, hW, d, hd⟩ := Lejepa.exists_orthogonal_diagonal (hP : P.IsSymm)
  have hW' : W * Wᵀ = 1 := (mem_orthogonalGroup_iff (Fin n) ℝ).1 hW
  refine ⟨W, hW, Wᵀ * Q, mul_mem (transpose_mem_orthogonalGroup hW) hQ, d, ?_⟩
  calc M = W * Wᵀ * P * (W * Wᵀ) * Q := by rw [hW', Matrix.one_mul, Matrix.mul_one, hM]
    _ = W * (Wᵀ * P * W) * (Wᵀ * Q) := by simp only [Matrix.mul_assoc]
    _ = W * diagonal d * (Wᵀ * Q) := by rw [hd]

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
