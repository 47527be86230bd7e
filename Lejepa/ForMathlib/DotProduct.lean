/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianExpDual
public import Mathlib.Data.Matrix.Mul

/-!
# Bilinear forms in new coordinates

## Main results
* `Matrix.mulVec_dotProduct_eq`: `⟨A u, v⟩ = ⟨u, Aᵀ v⟩`.
* `Matrix.dotProduct_mulVec_mulVec`: `⟨Q u, G Q w⟩ = ⟨u, (Qᵀ G Q) w⟩`.
* `StrongDual.apply_mulVec_single`: what a linear form makes of a column.
-/

public section

open Finset

namespace Matrix

variable {m n : Type*} [Fintype m] [Fintype n]

/-- The transpose is the adjoint. -/
theorem mulVec_dotProduct_eq (A : Matrix m n ℝ) (u : n → ℝ) (v : m → ℝ) :
    (A *ᵥ u) ⬝ᵥ v = u ⬝ᵥ (Aᵀ *ᵥ v) := by
  rw [dotProduct_comm (A *ᵥ u) v, dotProduct_mulVec v A u, ← mulVec_transpose,
    dotProduct_comm (Aᵀ *ᵥ v) u]

/-- A bilinear form in new coordinates. -/
theorem dotProduct_mulVec_mulVec (G : Matrix m m ℝ) (Q : Matrix m n ℝ) (u w : n → ℝ) :
    (Q *ᵥ u) ⬝ᵥ (G *ᵥ (Q *ᵥ w)) = u ⬝ᵥ ((Qᵀ * G * Q) *ᵥ w) := by
  rw [mulVec_dotProduct_eq]
  simp only [mulVec_mulVec, Matrix.mul_assoc]

/-- The bilinear form of a diagonal matrix. -/
theorem dotProduct_diagonal_mulVec [DecidableEq n] (g u w : n → ℝ) :
    u ⬝ᵥ (diagonal g *ᵥ w) = ∑ i, g i * u i * w i := by
  simp only [dotProduct, mulVec_diagonal]
  exact sum_congr rfl fun i _ ↦ by ring

end Matrix

/-- What a linear form makes of a column of a matrix. -/
theorem StrongDual.apply_mulVec_single {m n : Type*} [Fintype m] [Fintype n] [DecidableEq m]
    [DecidableEq n] (A : Matrix m n ℝ) (L : StrongDual ℝ (m → ℝ)) (i : n) :
    L (A.mulVec (Pi.single i 1)) = ∑ j, A j i * L (Pi.single j 1) := by
  rw [Matrix.mulVec_single_one, StrongDual.pi_apply_eq_sum L (A.col i)]
  exact sum_congr rfl fun j _ ↦ mul_comm _ _
