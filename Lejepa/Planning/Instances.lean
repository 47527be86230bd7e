/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning
public import Lejepa.WorldModel.MeanImagination
public import Lejepa.World
public import Mathlib.Probability.Kernel.Composition.Prod

/-!
# Planning: instances

A robot in the plane that is to come to rest at the origin: `z' = z / 2 + a + η` with `η ∼ γ 2`.
Each of two stages costs the distance from the origin and the size of the action, and the last state
its distance. It is seen through the rotation by the angle of cosine `3/5`, through a translation,
and through an encoder that is off the rotation by a tenth.

## Main definitions
* `Lejepa.turn`: the rotation of the plane by the angle of cosine `3/5` and sine `4/5`.
* `Lejepa.robot`, `Lejepa.brake`: the control problem, and a policy that undoes the drift.
* `Lejepa.offTurn`: the encoder that is off the rotation by a tenth.

## Main results
* `Lejepa.stateLaw_robot_through`, `Lejepa.cost_robot_through`: instances of
  `ControlProblem.stateLaw_through` and `ControlProblem.cost_through`.
* `Lejepa.cost_robot_turn`, `Lejepa.isOptimal_robot_turn_iff`: of `cost_of_invariant` and
  `isOptimal_of_invariant`.
* `Lejepa.costSeen_robot_le`, `Lejepa.cost_robot_le_costSeen`, `Lejepa.cost_robot_le`: of
  `costSeen_le_of_invariant`, `cost_le_costSeen_of_invariant` and `cost_le_of_costSeen_le`.

Where the assumptions fail: `Lejepa.Planning.Outside`.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

noncomputable section

namespace Lejepa

/-! ### Rotations -/

/-- The rotation of the plane by the angle of cosine `3/5` and sine `4/5`. -/
def turn : Matrix (Fin 2) (Fin 2) ℝ := !![3 / 5, -(4 / 5); 4 / 5, 3 / 5]

/-- Its columns are orthonormal. -/
theorem turn_mul_transpose : turn * turnᵀ = 1 := by
  ext i j
  fin_cases i <;> fin_cases j <;>
    norm_num [turn, Matrix.mul_apply, Matrix.one_apply, Fin.sum_univ_succ]

/-- It is orthogonal. -/
theorem turn_mem : turn ∈ Matrix.orthogonalGroup (Fin 2) ℝ :=
  (Matrix.mem_orthogonalGroup_iff (Fin 2) ℝ).2 turn_mul_transpose

/-- The same, as an element of the orthogonal group. -/
def turnO : Matrix.orthogonalGroup (Fin 2) ℝ := ⟨turn, turn_mem⟩

/-- The first coordinate of a rotated vector. -/
theorem turn_mulVec_zero (z : Fin 2 → ℝ) : turn.mulVec z 0 = 3 / 5 * z 0 + -(4 / 5) * z 1 :=
  Fin.sum_univ_two fun j ↦ turn 0 j * z j

/-- Rotations keep the distance from the origin. -/
theorem eucl_mulVec_zero {n : ℕ} (R : Matrix.orthogonalGroup (Fin n) ℝ) (z : Fin n → ℝ) :
    eucl (R.1.mulVec z) 0 = eucl z 0 := by
  have hR : R.1ᵀ * R.1 = 1 := (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 R.2
  have h : R.1.mulVec z ⬝ᵥ R.1.mulVec z = z ⬝ᵥ z := by
    rw [Matrix.dotProduct_mulVec, Matrix.vecMul_mulVec, hR, Matrix.vecMul_one]
  have h' : ∑ i, R.1.mulVec z i ^ 2 = ∑ i, z i ^ 2 := by
    simpa only [dotProduct, ← sq] using h
  simp only [eucl, Pi.zero_apply, sub_zero, h']

/-! ### The problem -/

/-- The mean of the next state. -/
def robotMean (p : (Fin 2 → ℝ) × (Fin 2 → ℝ)) : Fin 2 → ℝ := (1 / 2 : ℝ) • p.1 + p.2

/-- It is measurable. -/
theorem measurable_robotMean : Measurable robotMean := by
  have h : Measurable fun p : (Fin 2 → ℝ) × (Fin 2 → ℝ) ↦ (1 / 2 : ℝ) • p.1 :=
    measurable_fst.const_smul (1 / 2 : ℝ)
  exact h.add measurable_snd

/-- A robot in the plane: `z' = z / 2 + a + η`, `η ∼ γ 2`, with two stages. States cost their
distance from the origin, actions their size. -/
def robot : ControlProblem (Fin 2 → ℝ) (Fin 2 → ℝ) 2 where
  dynamics :=
    (Kernel.deterministic robotMean measurable_robotMean ×ₖ Kernel.const _ (γ 2)).map
      fun q ↦ q.1 + q.2
  stageCost _ z a := eucl z 0 + eucl a 0
  finalCost z := eucl z 0

instance : IsMarkovKernel robot.dynamics :=
  Kernel.IsMarkovKernel.map
    (Kernel.deterministic robotMean measurable_robotMean ×ₖ Kernel.const _ (γ 2))
    (measurable_fst.add measurable_snd)

/-- The policy that undoes the drift. -/
def brake : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2 :=
  fun _ ↦ ⟨fun z ↦ (-1 / 2 : ℝ) • z, measurable_const_smul _⟩

/-- The costs of the stages do not change under rotations. -/
theorem robot_stageCost_mulVec (R : Matrix.orthogonalGroup (Fin 2) ℝ) (t : Fin 2)
    (z a : Fin 2 → ℝ) : robot.stageCost t (R.1.mulVec z) a = robot.stageCost t z a := by
  change eucl (R.1.mulVec z) 0 + eucl a 0 = eucl z 0 + eucl a 0
  rw [eucl_mulVec_zero]

/-- Nor does the cost of the last state. -/
theorem robot_finalCost_mulVec (R : Matrix.orthogonalGroup (Fin 2) ℝ) (z : Fin 2 → ℝ) :
    robot.finalCost (R.1.mulVec z) = robot.finalCost z :=
  eucl_mulVec_zero R z

/-- The costs are Lipschitz in the state. -/
theorem robot_isLipschitz : robot.IsLipschitz 1 where
  stage _ z z' a := by
    change eucl z 0 + eucl a 0 ≤ eucl z' 0 + eucl a 0 + 1 * eucl z z'
    calc eucl z 0 + eucl a 0 ≤ eucl z z' + eucl z' 0 + eucl a 0 :=
          add_le_add (eucl_triangle z z' 0) le_rfl
      _ = eucl z' 0 + eucl a 0 + 1 * eucl z z' := by rw [one_mul]; ring
  final z z' := by
    change eucl z 0 ≤ eucl z' 0 + 1 * eucl z z'
    rw [one_mul, add_comm]
    exact eucl_triangle z z' 0

/-! ### Seen through an invertible representation -/

/-- **An instance of `ControlProblem.stateLaw_through`**: the braking robot, seen through the
rotation. -/
theorem stateLaw_robot_through (t : ℕ) :
    (robot.through (orthogonalEquiv turnO)).stateLaw (brake.through (orthogonalEquiv turnO))
        ((γ 2).map (orthogonalEquiv turnO)) t =
      (robot.stateLaw brake (γ 2) t).map (orthogonalEquiv turnO) :=
  ControlProblem.stateLaw_through robot (orthogonalEquiv turnO) brake (γ 2) t

/-- **An instance of `ControlProblem.cost_through`**: the braking robot, seen through a translation,
which changes the distances from the origin. The problem seen through it has costs of its own. -/
theorem cost_robot_through :
    (robot.through (MeasurableEquiv.addLeft (1 : Fin 2 → ℝ))).cost
        (brake.through (MeasurableEquiv.addLeft (1 : Fin 2 → ℝ)))
        ((γ 2).map (MeasurableEquiv.addLeft (1 : Fin 2 → ℝ))) = robot.cost brake (γ 2) :=
  ControlProblem.cost_through robot (MeasurableEquiv.addLeft (1 : Fin 2 → ℝ)) brake (γ 2)

/-! ### Seen through a rotation, with the same costs -/

/-- **An instance of `cost_of_invariant`**: the rotated robot, with the costs of the robot. -/
theorem cost_robot_turn :
    ControlProblem.cost
        { robot with dynamics := (robot.through (orthogonalEquiv turnO)).dynamics }
        (brake.through (orthogonalEquiv turnO)) ((γ 2).map (orthogonalEquiv turnO)) =
      robot.cost brake (γ 2) :=
  cost_of_invariant robot turnO robot_stageCost_mulVec robot_finalCost_mulVec brake (γ 2)

/-- **An instance of `isOptimal_of_invariant`**: a policy is optimal for the rotated robot if and
only if it is optimal for the robot. -/
theorem isOptimal_robot_turn_iff (π : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2) :
    (∀ π' : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2,
      ControlProblem.cost
          { robot with dynamics := (robot.through (orthogonalEquiv turnO)).dynamics }
          (π.through (orthogonalEquiv turnO)) ((γ 2).map (orthogonalEquiv turnO)) ≤
        ControlProblem.cost
          { robot with dynamics := (robot.through (orthogonalEquiv turnO)).dynamics }
          π' ((γ 2).map (orthogonalEquiv turnO))) ↔
      ∀ π' : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2, robot.cost π (γ 2) ≤ robot.cost π' (γ 2) :=
  isOptimal_of_invariant robot turnO robot_stageCost_mulVec robot_finalCost_mulVec π (γ 2)

/-! ### Seen through an encoder that is off by a tenth -/

/-- An encoder that is off the rotation by a tenth. -/
def offTurn (z : Fin 2 → ℝ) : Fin 2 → ℝ := turn.mulVec z + (Pi.single 0 (1 / 10) : Fin 2 → ℝ)

/-- It is measurable. -/
theorem measurable_offTurn : Measurable offTurn := (measurable_mulVec turn).add_const _

/-- It is off by a tenth everywhere. -/
theorem eucl_offTurn (z : Fin 2 → ℝ) :
    eucl (offTurn z) (turn.mulVec z) = ENNReal.ofReal (1 / 10) := by
  have e₀ : offTurn z 0 - turn.mulVec z 0 = 1 / 10 := by
    rw [offTurn, Pi.add_apply, add_sub_cancel_left, Pi.single_eq_same]
  have e₁ : offTurn z 1 - turn.mulVec z 1 = 0 := by
    rw [offTurn, Pi.add_apply, add_sub_cancel_left, Pi.single_eq_of_ne (by simp)]
  have h : (0 : ℝ) ≤ 1 / 10 := by norm_num
  rw [eucl, Fin.sum_univ_two, e₀, e₁, zero_pow two_ne_zero, add_zero, Real.sqrt_sq h]

/-- On the states that a policy visits, the encoder is within a tenth of the rotation. -/
theorem lintegral_eucl_offTurn_le (π : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2) (t : ℕ) (_ : t ≤ 2) :
    ∫⁻ z, eucl (offTurn z) (turnO.1.mulVec z) ^ 2 ∂robot.stateLaw π (γ 2) t ≤
      ENNReal.ofReal (1 / 10) ^ 2 := by
  have hprob := robot.isProbabilityMeasure_stateLaw π (γ 2) t
  have h (z : Fin 2 → ℝ) :
      eucl (offTurn z) (turnO.1.mulVec z) ^ 2 = ENNReal.ofReal (1 / 10) ^ 2 := by
    change eucl (offTurn z) (turn.mulVec z) ^ 2 = ENNReal.ofReal (1 / 10) ^ 2
    rw [eucl_offTurn]
  rw [lintegral_congr h, lintegral_const, measure_univ, mul_one]

/-- **An instance of `costSeen_le_of_invariant`**: seen through the encoder, no policy costs more
than three tenths too much. -/
theorem costSeen_robot_le (π : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2) :
    robot.costSeen offTurn π (γ 2) ≤
      robot.cost π (γ 2) + ((2 : ℕ) + 1) * (1 * ENNReal.ofReal (1 / 10)) :=
  costSeen_le_of_invariant (Q := turnO) robot_stageCost_mulVec robot_finalCost_mulVec
    robot_isLipschitz measurable_offTurn (lintegral_eucl_offTurn_le π)

/-- **An instance of `cost_le_costSeen_of_invariant`**: nor more than three tenths too little. -/
theorem cost_robot_le_costSeen (π : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2) :
    robot.cost π (γ 2) ≤
      robot.costSeen offTurn π (γ 2) + ((2 : ℕ) + 1) * (1 * ENNReal.ofReal (1 / 10)) :=
  cost_le_costSeen_of_invariant (Q := turnO) robot_stageCost_mulVec robot_finalCost_mulVec
    robot_isLipschitz measurable_offTurn (lintegral_eucl_offTurn_le π)

/-- **An instance of `cost_le_of_costSeen_le`**: if braking looks no worse than another policy, it
is worse by six tenths at most. -/
theorem cost_robot_le (π : Policy (Fin 2 → ℝ) (Fin 2 → ℝ) 2)
    (hle : robot.costSeen offTurn brake (γ 2) ≤ robot.costSeen offTurn π (γ 2)) :
    robot.cost brake (γ 2) ≤
      robot.cost π (γ 2) + 2 * (((2 : ℕ) + 1) * (1 * ENNReal.ofReal (1 / 10))) :=
  cost_le_of_costSeen_le (Q := turnO) robot_stageCost_mulVec robot_finalCost_mulVec
    robot_isLipschitz measurable_offTurn (lintegral_eucl_offTurn_le brake)
    (lintegral_eucl_offTurn_le π) hle

end Lejepa
