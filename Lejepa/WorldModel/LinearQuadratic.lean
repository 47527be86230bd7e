/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Invariant
public import Mathlib.LinearAlgebra.Matrix.NonsingularInverse

/-!
# Linear–quadratic control with a learnt model

An optimal encoder and predictor give the world `z' = M z + B a + η` up to a rotation `Q`: the drift
`Q M Qᵀ` and the input `Q B`. A designer who solves the linear–quadratic problem with them, with
state costs that are rotated too (those that are invariant, like `|z|²`, stay as they are), finds
the world's own solution: the matrices of the Riccati recursion are `Q P Qᵀ`, the gain is `K Qᵀ`,
and the plan from the encoded state `Q z` is the plan from `z`.

That these plans are best is proved in `Lejepa.WorldModel.LinearQuadraticOptimal`.

## Main definitions
* `Lejepa.lqGain`: the gain `K = (R + Bᵀ P B)⁻¹ Bᵀ P M` for the cost-to-go `zᵀ P z`.
* `Lejepa.riccati`: the matrix of the cost-to-go with `t` steps left.
* `Lejepa.lqPlan`: the actions `-K z`, step after step.

## Main results
* `Lejepa.riccati_conj`: the recursion seen through a rotation.
* `Lejepa.lqGain_mulVec_mulVec`: the gain found with the learnt model acts as the world's own.
* `Lejepa.lqPlan_conj`: the plan found with the learnt model is the world's own.
-/

@[expose] public section

open scoped Matrix

noncomputable section

namespace Lejepa

variable {n k : ℕ}

/-- The linear–quadratic gain for the cost-to-go `zᵀ P z` of the next state and the cost `aᵀ R a` of
the action: the action is to be `-K z`. -/
def lqGain (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (R : Matrix (Fin k) (Fin k) ℝ) (P : Matrix (Fin n) (Fin n) ℝ) : Matrix (Fin k) (Fin n) ℝ :=
  (R + Bᵀ * P * B)⁻¹ * (Bᵀ * P * M)

/-- The Riccati recursion: the matrix of the cost-to-go with `t` steps left, for the costs
`zᵀ (S t) z` of the state that `t` steps are left at and `aᵀ R a` of an action. -/
def riccati (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) :
    ℕ → Matrix (Fin n) (Fin n) ℝ
  | 0 => S 0
  | t + 1 => S (t + 1) + (Mᵀ * riccati M B S R t * M -
      Mᵀ * riccati M B S R t * B * lqGain M B R (riccati M B S R t))

/-- The actions `-K z`, with the gain of the steps that are left. -/
def lqPlan (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) :
    (T : ℕ) → (Fin n → ℝ) → Fin T → Fin k → ℝ
  | 0, _ => fun t ↦ t.elim0
  | T + 1, z => Fin.cons (α := fun _ ↦ Fin k → ℝ)
      (-(lqGain M B R (riccati M B S R T)).mulVec z)
      (lqPlan M B S R T
        (M.mulVec z + B.mulVec (-(lqGain M B R (riccati M B S R T)).mulVec z)))

/-- With no step left, the matrix of the cost-to-go is that of the final cost. -/
theorem riccati_zero (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) :
    riccati M B S R 0 = S 0 := by
  rw [riccati]

/-- The Riccati recursion from `t` to `t + 1` steps left, with `P` the matrix for `t` steps and `K`
its gain: the next matrix is `S_{t+1} + Mᵀ P M - Mᵀ P B K`. -/
theorem riccati_succ (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) (t : ℕ) :
    riccati M B S R (t + 1) = S (t + 1) + (Mᵀ * riccati M B S R t * M -
      Mᵀ * riccati M B S R t * B * lqGain M B R (riccati M B S R t)) := by
  rw [riccati]

/-- With `T + 1` steps left, the plan takes the action `-K z` first, with `K` the gain of the matrix
for `T` steps, and then the plan of `T` steps from the state that follows without noise. -/
theorem lqPlan_succ (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) (T : ℕ) (z : Fin n → ℝ) :
    lqPlan M B S R (T + 1) z =
      Fin.cons (α := fun _ ↦ Fin k → ℝ) (-(lqGain M B R (riccati M B S R T)).mulVec z)
        (lqPlan M B S R T
          (M.mulVec z + B.mulVec (-(lqGain M B R (riccati M B S R T)).mulVec z))) := by
  rw [lqPlan]

section Rotation

variable {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
include hQ

/-- A rotation is undone by its transpose. -/
theorem transpose_mul_mul_of_orthogonal {m : ℕ} (X : Matrix (Fin n) (Fin m) ℝ) :
    Qᵀ * (Q * X) = X := by
  rw [← Matrix.mul_assoc, (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ, Matrix.one_mul]

/-- The gain of the rotated problem is the gain of the problem, after the rotation is undone. -/
theorem lqGain_conj (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (R : Matrix (Fin k) (Fin k) ℝ) (P : Matrix (Fin n) (Fin n) ℝ) :
    lqGain (Q * M * Qᵀ) (Q * B) R (Q * P * Qᵀ) = lqGain M B R P * Qᵀ := by
  have h1 : (Q * B)ᵀ * (Q * P * Qᵀ) * (Q * B) = Bᵀ * P * B := by
    simp only [Matrix.transpose_mul, Matrix.mul_assoc, transpose_mul_mul_of_orthogonal hQ]
  have h2 : (Q * B)ᵀ * (Q * P * Qᵀ) * (Q * M * Qᵀ) = Bᵀ * P * M * Qᵀ := by
    simp only [Matrix.transpose_mul, Matrix.mul_assoc, transpose_mul_mul_of_orthogonal hQ]
  rw [lqGain, lqGain, h1, h2]
  exact (Matrix.mul_assoc _ _ _).symm

/-- **The Riccati recursion of the learnt model is that of the world**, seen through the
rotation. -/
theorem riccati_conj (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) (t : ℕ) :
    riccati (Q * M * Qᵀ) (Q * B) (fun t ↦ Q * S t * Qᵀ) R t = Q * riccati M B S R t * Qᵀ := by
  induction t with
  | zero => rw [riccati_zero, riccati_zero]
  | succ t ih =>
    obtain ⟨P, hP⟩ : ∃ P, riccati M B S R t = P := ⟨_, rfl⟩
    have h1 : (Q * M * Qᵀ)ᵀ * (Q * P * Qᵀ) * (Q * M * Qᵀ) = Q * (Mᵀ * P * M) * Qᵀ := by
      simp only [Matrix.transpose_mul, Matrix.transpose_transpose, Matrix.mul_assoc,
        transpose_mul_mul_of_orthogonal hQ]
    have h2 : (Q * M * Qᵀ)ᵀ * (Q * P * Qᵀ) * (Q * B) = Q * (Mᵀ * P * B) := by
      simp only [Matrix.transpose_mul, Matrix.transpose_transpose, Matrix.mul_assoc,
        transpose_mul_mul_of_orthogonal hQ]
    rw [riccati_succ, riccati_succ, ih, hP, lqGain_conj hQ, h1, h2]
    simp only [Matrix.mul_sub, Matrix.sub_mul, Matrix.mul_add, Matrix.add_mul, Matrix.mul_assoc]

/-- **The gain of the learnt model acts as the world's own**: on the encoded state `Q z` it chooses
the action that the world's gain chooses on `z`. -/
theorem lqGain_mulVec_mulVec (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) (t : ℕ) (z : Fin n → ℝ) :
    (lqGain (Q * M * Qᵀ) (Q * B) R
        (riccati (Q * M * Qᵀ) (Q * B) (fun t ↦ Q * S t * Qᵀ) R t)).mulVec (Q.mulVec z) =
      (lqGain M B R (riccati M B S R t)).mulVec z := by
  rw [riccati_conj hQ, lqGain_conj hQ, Matrix.mulVec_mulVec, Matrix.mul_assoc,
    (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ, Matrix.mul_one]

/-- **The plan of the learnt model is the world's own.** -/
theorem lqPlan_conj (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (R : Matrix (Fin k) (Fin k) ℝ) :
    ∀ (T : ℕ) (z : Fin n → ℝ),
      lqPlan (Q * M * Qᵀ) (Q * B) (fun t ↦ Q * S t * Qᵀ) R T (Q.mulVec z) =
        lqPlan M B S R T z := by
  intro T
  induction T with
  | zero =>
    intro z
    funext t
    exact t.elim0
  | succ T ih =>
    intro z
    have e (a : Fin k → ℝ) : (Q * M * Qᵀ).mulVec (Q.mulVec z) + (Q * B).mulVec a =
        Q.mulVec (M.mulVec z + B.mulVec a) := by
      rw [Matrix.mulVec_add, Matrix.mulVec_mulVec a Q B, Matrix.mulVec_mulVec z Q M,
        Matrix.mulVec_mulVec z (Q * M * Qᵀ) Q, Matrix.mul_assoc (Q * M) Qᵀ Q,
        (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ, Matrix.mul_one]
    rw [lqPlan_succ, lqPlan_succ, lqGain_mulVec_mulVec hQ M B S R T z, e, ih]

/-- Costs that do not change under rotations, `s |z|²`, are the same for the learnt model. -/
theorem mul_smul_one_mul_transpose (s : ℝ) :
    Q * (s • (1 : Matrix (Fin n) (Fin n) ℝ)) * Qᵀ = s • (1 : Matrix (Fin n) (Fin n) ℝ) := by
  rw [Matrix.mul_smul, Matrix.mul_one, Matrix.smul_mul,
    (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hQ]

end Rotation

end Lejepa
