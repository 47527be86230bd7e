/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Through
public import Mathlib.LinearAlgebra.UnitaryGroup
public import Mathlib.MeasureTheory.Constructions.BorelSpace.Real
public import Mathlib.Topology.Instances.Matrix

/-!
# Planning with latents recovered up to rotation

An encoder that is optimal for alignment recovers the latents up to an orthogonal map
(`Lejepa.linear_identifiability`). When the costs do not change under rotations, planning with what
it recovers is planning with the latents.

## Main definitions
* `Lejepa.orthogonalEquiv Q`: the measurable equivalence `z ↦ Q z`.

## Main results
* `Lejepa.cost_of_invariant`: every policy costs the same on the recovered latents, with the *same*
  cost functions.
* `Lejepa.isOptimal_of_invariant`: so the same policies are optimal.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

/-- The linear map of a matrix is measurable. -/
theorem measurable_mulVec {m n : ℕ} (M : Matrix (Fin m) (Fin n) ℝ) : Measurable M.mulVec :=
  (Continuous.matrix_mulVec continuous_const continuous_id).measurable

/-- The linear measurable equivalence of an orthogonal matrix. -/
def orthogonalEquiv {n : ℕ} (Q : Matrix.orthogonalGroup (Fin n) ℝ) :
    (Fin n → ℝ) ≃ᵐ (Fin n → ℝ) where
  toFun := Q.1.mulVec
  invFun := Q.1.transpose.mulVec
  left_inv z := by
    rw [Matrix.mulVec_mulVec, (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 Q.2,
      Matrix.one_mulVec]
  right_inv z := by
    rw [Matrix.mulVec_mulVec, (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 Q.2,
      Matrix.one_mulVec]
  measurable_toFun := measurable_mulVec _
  measurable_invFun := measurable_mulVec _

/-- The equivalence of an orthogonal matrix `Q` maps `z` to `Q z`. -/
@[simp]
theorem orthogonalEquiv_apply {n : ℕ} (Q : Matrix.orthogonalGroup (Fin n) ℝ) (z : Fin n → ℝ) :
    orthogonalEquiv Q z = Q.1.mulVec z :=
  rfl

/-- The inverse of the equivalence of an orthogonal matrix `Q` maps `z` to `Qᵀ z`. -/
@[simp]
theorem orthogonalEquiv_symm_apply {n : ℕ} (Q : Matrix.orthogonalGroup (Fin n) ℝ)
    (z : Fin n → ℝ) : (orthogonalEquiv Q).symm z = Q.1.transpose.mulVec z :=
  rfl

/-- **Planning.** When the costs do not change under rotations, planning with the latents that an
optimal encoder recovers, and the *same* costs, values every policy as planning with the true
latents does. -/
theorem cost_of_invariant {n T : ℕ} {A : Type*} [MeasurableSpace A]
    (P : ControlProblem (Fin n → ℝ) A T) (Q : Matrix.orthogonalGroup (Fin n) ℝ)
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z, P.finalCost (R.1.mulVec z) = P.finalCost z)
    (π : Policy (Fin n → ℝ) A T) (μ : Measure (Fin n → ℝ)) :
    ControlProblem.cost { P with dynamics := (P.through (orthogonalEquiv Q)).dynamics }
        (π.through (orthogonalEquiv Q)) (μ.map (orthogonalEquiv Q)) = P.cost π μ := by
  rw [← ControlProblem.through_eq_of_invariant P (orthogonalEquiv Q) (stage Q) (final Q)]
  exact ControlProblem.cost_through P (orthogonalEquiv Q) π μ

/-- If the costs do not change under orthogonal maps, a policy is optimal on the recovered latents
`Q z`, with the original costs, if and only if it is optimal on the latents. -/
theorem isOptimal_of_invariant {n T : ℕ} {A : Type*} [MeasurableSpace A]
    (P : ControlProblem (Fin n → ℝ) A T) (Q : Matrix.orthogonalGroup (Fin n) ℝ)
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z, P.finalCost (R.1.mulVec z) = P.finalCost z)
    (π : Policy (Fin n → ℝ) A T) (μ : Measure (Fin n → ℝ)) :
    (∀ π' : Policy (Fin n → ℝ) A T,
      ControlProblem.cost { P with dynamics := (P.through (orthogonalEquiv Q)).dynamics }
        (π.through (orthogonalEquiv Q)) (μ.map (orthogonalEquiv Q)) ≤
      ControlProblem.cost { P with dynamics := (P.through (orthogonalEquiv Q)).dynamics }
        π' (μ.map (orthogonalEquiv Q))) ↔
    ∀ π' : Policy (Fin n → ℝ) A T, P.cost π μ ≤ P.cost π' μ := by
  constructor
  · intro h π'
    have key := h (π'.through (orthogonalEquiv Q))
    rwa [cost_of_invariant P Q stage final, cost_of_invariant P Q stage final] at key
  · intro h π'
    have key := h (Policy.through π' (orthogonalEquiv Q).symm)
    rwa [← cost_of_invariant P Q stage final π μ,
      ← cost_of_invariant P Q stage final (Policy.through π' (orthogonalEquiv Q).symm) μ,
      Policy.through_symm_through] at key

end Lejepa
