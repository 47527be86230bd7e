module

public import Lejepa.Planning.Invariant
public import Mathlib.LinearAlgebra.Matrix.NonsingularInverse

/-!
# Linear–quadratic control with a learnt model

An optimal encoder and predictor give the world `z' = M z + B a + η` up to a rotation `Q`: the drift
`Q M Qᵀ` and the input `Q B`. A designer who solves the linear–quadratic problem with them, with
state costs that are rotated too (those that are invariant, like `|z|²`, stay as they are), finds
the world's own solution: the matrices of the Riccati recursion are `Q P Qᵀ`, and the gain is
`K Qᵀ`, which applied to the encoded state `Q z` gives the same action as `K` gives for `z`.

## Main definitions
* `Lejepa.lqGain`: the gain `K = (R + Bᵀ P B)⁻¹ Bᵀ P M` for the cost-to-go `zᵀ P z`.
* `Lejepa.riccati`: the cost-to-go after `t` steps of the Riccati recursion.

## Main results
* `Lejepa.riccati_conj`: the recursion seen through a rotation.
* `Lejepa.lqGain_mulVec_mulVec`: the gain found with the learnt model acts as the world's own.
-/

@[expose] public section

open scoped Matrix

noncomputable section

namespace Lejepa

variable {n k : ℕ}

/-- The linear–quadratic gain for the cost-to-go `zᵀ P z` of the next state and the cost `aᵀ R a` of
the action: the best action is `-K z`. -/
def lqGain (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (R : Matrix (Fin k) (Fin k) ℝ) (P : Matrix (Fin n) (Fin n) ℝ) : Matrix (Fin k) (Fin n) ℝ :=
  (R + Bᵀ * P * B)⁻¹ * (Bᵀ * P * M)

/-- The Riccati recursion: the cost-to-go with `t` steps left, for the cost `zᵀ S z` of a state,
`aᵀ R a` of an action and `zᵀ S₀ z` of the last state. -/
def riccati (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) (S₀ : Matrix (Fin n) (Fin n) ℝ) :
    ℕ → Matrix (Fin n) (Fin n) ℝ
  | 0 => S₀
  | t + 1 => S + Mᵀ * riccati M B S R S₀ t * M -
      Mᵀ * riccati M B S R S₀ t * B * lqGain M B R (riccati M B S R S₀ t)

theorem riccati_zero (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) (S₀ : Matrix (Fin n) (Fin n) ℝ) :
    riccati M B S R S₀ 0 = S₀ := by
  rw [riccati]

theorem riccati_succ (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) (S₀ : Matrix (Fin n) (Fin n) ℝ)
    (t : ℕ) :
    riccati M B S R S₀ (t + 1) = S + Mᵀ * riccati M B S R S₀ t * M -
      Mᵀ * riccati M B S R S₀ t * B * lqGain M B R (riccati M B S R S₀ t) := by
  rw [riccati]

section Rotation

variable {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
include hQ

/-- A rotation is undone by its transpose. -/
theorem transpose_mul_cancel_left {m : ℕ} (X : Matrix (Fin n) (Fin m) ℝ) : Qᵀ * (Q * X) = X := by
  rw [← Matrix.mul_assoc, (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ, Matrix.one_mul]

/-- The gain of the rotated problem is the gain of the problem, after the rotation is undone. -/
theorem lqGain_conj (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (R : Matrix (Fin k) (Fin k) ℝ) (P : Matrix (Fin n) (Fin n) ℝ) :
    lqGain (Q * M * Qᵀ) (Q * B) R (Q * P * Qᵀ) = lqGain M B R P * Qᵀ := by
  have h1 : (Q * B)ᵀ * (Q * P * Qᵀ) * (Q * B) = Bᵀ * P * B := by
    simp only [Matrix.transpose_mul, Matrix.mul_assoc, transpose_mul_cancel_left hQ]
  have h2 : (Q * B)ᵀ * (Q * P * Qᵀ) * (Q * M * Qᵀ) = Bᵀ * P * M * Qᵀ := by
    simp only [Matrix.transpose_mul, Matrix.mul_assoc, transpose_mul_cancel_left hQ]
  rw [lqGain, lqGain, h1, h2]
  exact (Matrix.mul_assoc _ _ _).symm

/-- **The Riccati recursion of the learnt model is that of the world**, seen through the
rotation. -/
theorem riccati_conj (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ)
    (S₀ : Matrix (Fin n) (Fin n) ℝ) (t : ℕ) :
    riccati (Q * M * Qᵀ) (Q * B) (Q * S * Qᵀ) R (Q * S₀ * Qᵀ) t =
      Q * riccati M B S R S₀ t * Qᵀ := by
  induction t with
  | zero => rw [riccati_zero, riccati_zero]
  | succ t ih =>
    obtain ⟨P, hP⟩ : ∃ P, riccati M B S R S₀ t = P := ⟨_, rfl⟩
    have h1 : (Q * M * Qᵀ)ᵀ * (Q * P * Qᵀ) * (Q * M * Qᵀ) = Q * (Mᵀ * P * M) * Qᵀ := by
      simp only [Matrix.transpose_mul, Matrix.transpose_transpose, Matrix.mul_assoc,
        transpose_mul_cancel_left hQ]
    have h2 : (Q * M * Qᵀ)ᵀ * (Q * P * Qᵀ) * (Q * B) = Q * (Mᵀ * P * B) := by
      simp only [Matrix.transpose_mul, Matrix.transpose_transpose, Matrix.mul_assoc,
        transpose_mul_cancel_left hQ]
    rw [riccati_succ, riccati_succ, ih, hP, lqGain_conj hQ, h1, h2]
    simp only [Matrix.mul_sub, Matrix.sub_mul, Matrix.mul_add, Matrix.add_mul, Matrix.mul_assoc]

/-- **The gain of the learnt model acts as the world's own**: on the encoded state `Q z` it chooses
the action that the world's gain chooses on `z`. -/
theorem lqGain_mulVec_mulVec (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ)
    (S₀ : Matrix (Fin n) (Fin n) ℝ) (t : ℕ) (z : Fin n → ℝ) :
    (lqGain (Q * M * Qᵀ) (Q * B) R
        (riccati (Q * M * Qᵀ) (Q * B) (Q * S * Qᵀ) R (Q * S₀ * Qᵀ) t)).mulVec (Q.mulVec z) =
      (lqGain M B R (riccati M B S R S₀ t)).mulVec z := by
  rw [riccati_conj hQ, lqGain_conj hQ, Matrix.mulVec_mulVec, Matrix.mul_assoc,
    (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ, Matrix.mul_one]

/-- Costs that do not change under rotations, `s |z|²`, are the same for the learnt model. -/
theorem mul_smul_one_mul_transpose (s : ℝ) :
    Q * (s • (1 : Matrix (Fin n) (Fin n) ℝ)) * Qᵀ = s • (1 : Matrix (Fin n) (Fin n) ℝ) := by
  rw [Matrix.mul_smul, Matrix.mul_one, Matrix.smul_mul,
    (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hQ]

end Rotation

end Lejepa
