/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Instances

/-!
# Planning: where the assumptions fail

A cost that rotations change is not kept, and neither is optimality. Costs that are not Lipschitz
can differ by more than the bounds from what an encoder shows of them.

## Main definitions
* `Lejepa.firstCoordinate`: the square of the first coordinate is the cost.
* `Lejepa.copyFirst`: the action is to copy the first coordinate of the state.
* `Lejepa.travel`, `Lejepa.goTo`: the state becomes the action, and costs its squared distance from
  the origin, which is invariant under rotations but not Lipschitz.

## Main results
* `Lejepa.cost_firstCoordinate_turn_ne`: outside `cost_of_invariant`.
* `Lejepa.not_isOptimal_copyFirst_turn`: outside `isOptimal_of_invariant`.
* `Lejepa.cost_travel_lt_costSeen`, `Lejepa.costSeen_travel_lt_cost`, `Lejepa.cost_travel_lt`:
  outside `costSeen_le_of_invariant`, `cost_le_costSeen_of_invariant` and `cost_le_of_costSeen_le`.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

noncomputable section

namespace Lejepa

/-! ### A cost that rotations change -/

/-- A problem without stages, whose cost is the square of the first coordinate. -/
def firstCoordinate : ControlProblem (Fin 2 → ℝ) (Fin 2 → ℝ) 0 where
  dynamics := robot.dynamics
  stageCost _ _ _ := 0
  finalCost z := ENNReal.ofReal (z 0 ^ 2)

/-- Without stages only the initial state costs. -/
theorem cost_of_no_stage {Z A : Type*} [MeasurableSpace Z] [MeasurableSpace A]
    (P : ControlProblem Z A 0) (π : Policy Z A 0) (μ : Measure Z) :
    P.cost π μ = ∫⁻ z, P.finalCost z ∂μ := by
  rw [ControlProblem.cost, Fin.sum_univ_zero, zero_add, ControlProblem.stateLaw_zero]

/-- The point `(1, 0)`. -/
def east : Fin 2 → ℝ := Pi.single 0 1

/-- Its first coordinate. -/
theorem east_zero : east 0 = 1 := Pi.single_eq_same 0 1

/-- Its second coordinate. -/
theorem east_one : east 1 = 0 := Pi.single_eq_of_ne (by simp) 1

/-- **Outside `cost_of_invariant`**: the square of the first coordinate changes under rotations, and
with this cost the rotated policy costs something else in the rotated problem. -/
theorem cost_firstCoordinate_turn_ne (π : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 0) :
    ControlProblem.cost
        { firstCoordinate with
          dynamics := (firstCoordinate.through (orthogonalEquiv turnO)).dynamics }
        (π.through (orthogonalEquiv turnO)) ((Measure.dirac east).map (orthogonalEquiv turnO)) ≠
      firstCoordinate.cost π (Measure.dirac east) := by
  have e : turn.mulVec east 0 = 3 / 5 := by
    rw [turn_mulVec_zero, east_zero, east_one, mul_one, mul_zero, add_zero]
  rw [cost_of_no_stage, cost_of_no_stage, Measure.map_dirac (orthogonalEquiv turnO).measurable,
    lintegral_dirac, lintegral_dirac]
  change ENNReal.ofReal (turn.mulVec east 0 ^ 2) ≠ ENNReal.ofReal (east 0 ^ 2)
  rw [e, east_zero]
  intro h
  have h' := (ENNReal.ofReal_eq_ofReal_iff (by norm_num) (by norm_num)).1 h
  norm_num at h'

/-! ### A policy that a rotation makes worse -/

/-- A problem of one stage, in which the action is to copy the first coordinate of the state. -/
def copyFirst : ControlProblem (Fin 2 → ℝ) (Fin 2 → ℝ) 1 where
  dynamics := robot.dynamics
  stageCost _ z a := ENNReal.ofReal ((z 0 - a 0) ^ 2)
  finalCost _ := 0

/-- The policy that copies the state. -/
def copyState : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 1 := fun _ ↦ ⟨fun z ↦ z, measurable_id⟩

/-- With one stage, and where the last state costs nothing, only the first state costs. -/
theorem cost_of_one_stage {Z A : Type*} [MeasurableSpace Z] [MeasurableSpace A]
    (P : ControlProblem Z A 1) (hP : ∀ z, P.finalCost z = 0) (π : Policy Z A 1) (μ : Measure Z) :
    P.cost π μ = ∫⁻ z, P.stageCost 0 z ((π 0).1 z) ∂μ := by
  rw [ControlProblem.cost, Fin.sum_univ_one, lintegral_congr hP, lintegral_zero, add_zero]
  exact congrArg (fun m ↦ ∫⁻ z, P.stageCost 0 z ((π 0).1 z) ∂m) (P.stateLaw_zero π μ)

/-- **Outside `isOptimal_of_invariant`**: to copy the state is optimal. Seen through the rotation,
with a cost that rotations change, the same policy is not: to copy what is seen costs less. -/
theorem not_isOptimal_copyFirst_turn :
    (∀ π : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 1,
      copyFirst.cost copyState (Measure.dirac east) ≤ copyFirst.cost π (Measure.dirac east)) ∧
    ControlProblem.cost
        { copyFirst with dynamics := (copyFirst.through (orthogonalEquiv turnO)).dynamics }
        copyState ((Measure.dirac east).map (orthogonalEquiv turnO)) <
      ControlProblem.cost
        { copyFirst with dynamics := (copyFirst.through (orthogonalEquiv turnO)).dynamics }
        (copyState.through (orthogonalEquiv turnO))
        ((Measure.dirac east).map (orthogonalEquiv turnO)) := by
  have e : turn.mulVec east 0 = 3 / 5 := by
    rw [turn_mulVec_zero, east_zero, east_one, mul_one, mul_zero, add_zero]
  have hs (z : Fin 2 → ℝ) : ENNReal.ofReal ((z 0 - z 0) ^ 2) = 0 := by
    rw [sub_self, zero_pow two_ne_zero, ENNReal.ofReal_zero]
  constructor
  · intro π
    rw [cost_of_one_stage copyFirst (fun _ ↦ rfl), lintegral_dirac]
    exact (hs east).le.trans (zero_le _)
  · rw [cost_of_one_stage _ (fun _ ↦ rfl), cost_of_one_stage _ (fun _ ↦ rfl),
      Measure.map_dirac (orthogonalEquiv turnO).measurable, lintegral_dirac, lintegral_dirac]
    change ENNReal.ofReal ((turn.mulVec east 0 - turn.mulVec east 0) ^ 2) <
      ENNReal.ofReal ((turn.mulVec east 0 -
        (orthogonalEquiv turnO).symm (orthogonalEquiv turnO east) 0) ^ 2)
    rw [hs, MeasurableEquiv.symm_apply_apply, e, east_zero]
    exact ENNReal.ofReal_pos.2 (by norm_num)

/-! ### Costs that are not Lipschitz -/

/-- A problem of one stage: the state becomes the action, and the last state costs its squared
distance from the origin. -/
def travel : ControlProblem (Fin 2 → ℝ) (Fin 2 → ℝ) 1 where
  dynamics := Kernel.deterministic Prod.snd measurable_snd
  stageCost _ _ _ := 0
  finalCost z := ENNReal.ofReal (z ⬝ᵥ z)

/-- The policy that goes to a point, wherever it is. -/
def goTo (a : Fin 2 → ℝ) : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 1 := fun _ ↦ ⟨fun _ ↦ a, measurable_const⟩

/-- The cost does not change under rotations. -/
theorem travel_finalCost_mulVec (R : Matrix.orthogonalGroup (Fin 2) ℝ) (z : Fin 2 → ℝ) :
    travel.finalCost (R.1.mulVec z) = travel.finalCost z := by
  have hR : R.1ᵀ * R.1 = 1 := (Matrix.mem_orthogonalGroup_iff' (Fin 2) ℝ).1 R.2
  change ENNReal.ofReal (R.1.mulVec z ⬝ᵥ R.1.mulVec z) = ENNReal.ofReal (z ⬝ᵥ z)
  rw [Matrix.dotProduct_mulVec, Matrix.vecMul_mulVec, hR, Matrix.vecMul_one]

/-- The state after the stage. -/
theorem stateLaw_travel (a : Fin 2 → ℝ) (μ : Measure (Fin 2 → ℝ)) [IsProbabilityMeasure μ] :
    travel.stateLaw (goTo a) μ 1 = Measure.dirac a := by
  ext s hs
  have h := travel.stateLaw_succ_of_lt (goTo a) μ (t := 0) one_pos
  rw [zero_add, ControlProblem.stateLaw_zero] at h
  rw [h, Measure.bind_apply hs (Kernel.aemeasurable _)]
  have hz (z : Fin 2 → ℝ) : travel.dynamics (z, a) s = Measure.dirac a s :=
    congrArg (fun m : Measure (Fin 2 → ℝ) ↦ m s) (Kernel.deterministic_apply measurable_snd (z, a))
  calc ∫⁻ z, travel.dynamics (z, a) s ∂μ = ∫⁻ _, Measure.dirac a s ∂μ := lintegral_congr hz
    _ = Measure.dirac a s := by rw [lintegral_const, measure_univ, mul_one]

/-- What it costs to go to a point, as an encoder shows it. -/
theorem costSeen_travel (h : (Fin 2 → ℝ) → Fin 2 → ℝ) (a : Fin 2 → ℝ) :
    travel.costSeen h (goTo a) (γ 2) = ENNReal.ofReal (h a ⬝ᵥ h a) := by
  have hf : ∫⁻ z, travel.finalCost (h z) ∂Measure.dirac a = ENNReal.ofReal (h a ⬝ᵥ h a) :=
    lintegral_dirac _ _
  have hz : ∫⁻ z, travel.stageCost 0 (h z) (((goTo a) 0).1 z)
      ∂travel.stateLaw (goTo a) (γ 2) (0 : Fin 1) = 0 := lintegral_zero
  rw [ControlProblem.costSeen, Fin.sum_univ_one, hz, zero_add, stateLaw_travel, hf]

/-- What it costs to go to a point. -/
theorem cost_travel (a : Fin 2 → ℝ) :
    travel.cost (goTo a) (γ 2) = ENNReal.ofReal (a ⬝ᵥ a) :=
  costSeen_travel (fun z ↦ z) a

/-- The point `(c, 0)`. -/
def eastBy (c : ℝ) : Fin 2 → ℝ := Pi.single 0 c

/-- The second coordinate of a rotated vector. -/
theorem turn_mulVec_one (z : Fin 2 → ℝ) : turn.mulVec z 1 = 4 / 5 * z 0 + 3 / 5 * z 1 :=
  Fin.sum_univ_two fun j ↦ turn 1 j * z j

/-- What it costs to go to `(c, 0)`. -/
theorem cost_travel_eastBy (c : ℝ) :
    travel.cost (goTo (eastBy c)) (γ 2) = ENNReal.ofReal (c ^ 2) := by
  have e₀ : eastBy c 0 = c := by rw [eastBy, Pi.single_eq_same]
  have e₁ : eastBy c 1 = 0 := by rw [eastBy, Pi.single_eq_of_ne one_ne_zero]
  rw [cost_travel, dotProduct, Fin.sum_univ_two, e₀, e₁, mul_zero, add_zero, sq]

/-- The same, as the encoder that is off by a tenth shows it. -/
theorem costSeen_travel_eastBy (c : ℝ) :
    travel.costSeen offTurn (goTo (eastBy c)) (γ 2) =
      ENNReal.ofReal (c ^ 2 + 3 / 25 * c + 1 / 100) := by
  have e₀ : eastBy c 0 = c := by rw [eastBy, Pi.single_eq_same]
  have e₁ : eastBy c 1 = 0 := by rw [eastBy, Pi.single_eq_of_ne one_ne_zero]
  have o₀ : offTurn (eastBy c) 0 = 3 / 5 * c + 1 / 10 := by
    rw [offTurn, Pi.add_apply, Pi.single_eq_same, turn_mulVec_zero, e₀, e₁, mul_zero, add_zero]
  have o₁ : offTurn (eastBy c) 1 = 4 / 5 * c := by
    rw [offTurn, Pi.add_apply, Pi.single_eq_of_ne (by simp), turn_mulVec_one, e₀, e₁, mul_zero,
      add_zero, add_zero]
  rw [costSeen_travel, dotProduct, Fin.sum_univ_two, o₀, o₁]
  exact congrArg ENNReal.ofReal (by ring)

private theorem two_mul_tenth :
    (((1 : ℕ) : ℝ≥0∞) + 1) * (1 * ENNReal.ofReal (1 / 10)) = ENNReal.ofReal (1 / 5) := by
  rw [Nat.cast_one, one_mul, one_add_one_eq_two, ← ENNReal.ofReal_ofNat 2,
    ← ENNReal.ofReal_mul (by norm_num)]
  exact congrArg ENNReal.ofReal (by norm_num)

/-- **Outside `costSeen_le_of_invariant`**: the cost is not Lipschitz, and far from the origin the
encoder that is off by a tenth shows more than two tenths too much. -/
theorem cost_travel_lt_costSeen :
    travel.cost (goTo (eastBy 10)) (γ 2) + ((1 : ℕ) + 1) * (1 * ENNReal.ofReal (1 / 10)) <
      travel.costSeen offTurn (goTo (eastBy 10)) (γ 2) := by
  rw [cost_travel_eastBy, costSeen_travel_eastBy, two_mul_tenth,
    ← ENNReal.ofReal_add (by norm_num) (by norm_num)]
  exact (ENNReal.ofReal_lt_ofReal_iff (by norm_num)).2 (by norm_num)

/-- **Outside `cost_le_costSeen_of_invariant`**: or more than two tenths too little. -/
theorem costSeen_travel_lt_cost :
    travel.costSeen offTurn (goTo (eastBy (-10))) (γ 2) +
        ((1 : ℕ) + 1) * (1 * ENNReal.ofReal (1 / 10)) <
      travel.cost (goTo (eastBy (-10))) (γ 2) := by
  rw [cost_travel_eastBy, costSeen_travel_eastBy, two_mul_tenth,
    ← ENNReal.ofReal_add (by norm_num) (by norm_num)]
  exact (ENNReal.ofReal_lt_ofReal_iff (by norm_num)).2 (by norm_num)

/-- **Outside `cost_le_of_costSeen_le`**: to go to `(-10, 0)` looks better than to go to
`(199/20, 0)`, and costs more than four tenths more. -/
theorem cost_travel_lt :
    travel.costSeen offTurn (goTo (eastBy (-10))) (γ 2) ≤
        travel.costSeen offTurn (goTo (eastBy (199 / 20))) (γ 2) ∧
      travel.cost (goTo (eastBy (199 / 20))) (γ 2) +
          2 * (((1 : ℕ) + 1) * (1 * ENNReal.ofReal (1 / 10))) <
        travel.cost (goTo (eastBy (-10))) (γ 2) := by
  constructor
  · rw [costSeen_travel_eastBy, costSeen_travel_eastBy]
    exact ENNReal.ofReal_le_ofReal (by norm_num)
  · rw [cost_travel_eastBy, cost_travel_eastBy, two_mul_tenth, ← ENNReal.ofReal_ofNat 2,
      ← ENNReal.ofReal_mul (by norm_num), ← ENNReal.ofReal_add (by norm_num) (by norm_num)]
    exact (ENNReal.ofReal_lt_ofReal_iff (by norm_num)).2 (by norm_num)

end Lejepa
