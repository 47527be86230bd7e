/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Probability.Kernel.Composition.MapComap

/-!
# Control problems

A finite-horizon stochastic control problem, with costs that need not be measurable: expectations
are upper integrals `∫⁻`.

## Main definitions
* `Lejepa.ControlProblem Z A T`: Markov dynamics, a cost for each of `T` stages, a final cost.
* `Lejepa.Policy Z A T`: a measurable feedback for each stage; a plan is a policy of constant maps.
* `Lejepa.ControlProblem.stateLaw`: the law of the state after `t` stages.
* `Lejepa.ControlProblem.cost`: the expected cost of a policy from an initial law.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026], the section
  on planning.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal

noncomputable section

namespace Lejepa

/-- A finite-horizon control problem: Markov dynamics, a cost for each stage and a final cost. -/
structure ControlProblem (Z A : Type*) [MeasurableSpace Z] [MeasurableSpace A] (T : ℕ) where
  /-- The law of the next state, given the state and the action. -/
  dynamics : Kernel (Z × A) Z
  /-- The cost of a state and an action at each stage. -/
  stageCost : Fin T → Z → A → ℝ≥0∞
  /-- The cost of the last state. -/
  finalCost : Z → ℝ≥0∞

/-- A feedback policy; a plan is a policy of constant maps. -/
abbrev Policy (Z A : Type*) [MeasurableSpace Z] [MeasurableSpace A] (T : ℕ) :=
  Fin T → {f : Z → A // Measurable f}

namespace ControlProblem

variable {Z A : Type*} [MeasurableSpace Z] [MeasurableSpace A] {T : ℕ}

/-- The law of the state after `t` stages. -/
def stateLaw (P : ControlProblem Z A T) (π : Policy Z A T) (μ : Measure Z) : ℕ → Measure Z
  | 0 => μ
  | t + 1 =>
    if h : t < T then
      (P.stateLaw π μ t).bind
        (P.dynamics.comap (fun z ↦ (z, (π ⟨t, h⟩).1 z)) (measurable_id.prodMk (π ⟨t, h⟩).2))
    else P.stateLaw π μ t

/-- The expected cost of a policy from an initial law. -/
def cost (P : ControlProblem Z A T) (π : Policy Z A T) (μ : Measure Z) : ℝ≥0∞ :=
  ∑ t : Fin T, ∫⁻ z, P.stageCost t z ((π t).1 z) ∂P.stateLaw π μ t +
    ∫⁻ z, P.finalCost z ∂P.stateLaw π μ T

/-- The law of the state after no stage is the initial law. -/
@[simp]
theorem stateLaw_zero (P : ControlProblem Z A T) (π : Policy Z A T) (μ : Measure Z) :
    P.stateLaw π μ 0 = μ := by
  rw [stateLaw]

/-- If `t < T`, the law of the state after `t + 1` stages is that after `t` stages, bound to the
dynamics under the policy's action. -/
theorem stateLaw_succ_of_lt (P : ControlProblem Z A T) (π : Policy Z A T) (μ : Measure Z) {t : ℕ}
    (h : t < T) :
    P.stateLaw π μ (t + 1) = (P.stateLaw π μ t).bind
      (P.dynamics.comap (fun z ↦ (z, (π ⟨t, h⟩).1 z)) (measurable_id.prodMk (π ⟨t, h⟩).2)) := by
  rw [stateLaw, dif_pos h]

/-- If `t ≥ T`, the laws of the state after `t + 1` and after `t` stages are the same. -/
theorem stateLaw_succ_of_not_lt (P : ControlProblem Z A T) (π : Policy Z A T) (μ : Measure Z)
    {t : ℕ} (h : ¬t < T) : P.stateLaw π μ (t + 1) = P.stateLaw π μ t := by
  rw [stateLaw, dif_neg h]

end ControlProblem

end Lejepa
