/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Basic
public import Lejepa.ForMathlib.KernelMap
public import Mathlib.Probability.Kernel.Composition.MeasureComp

/-!
# A control problem seen through an invertible representation

## Main definitions
* `Lejepa.ControlProblem.through`, `Lejepa.Policy.through`: the problem and the policy in the
  coordinates of a measurable equivalence `e`.

## Main results
* `Lejepa.ControlProblem.stateLaw_through`: states then follow the image law.
* `Lejepa.ControlProblem.cost_through`: every policy costs the same. No measurability of the costs
  is asked for.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal

noncomputable section

namespace Lejepa

namespace ControlProblem

variable {Z Z' A : Type*} [MeasurableSpace Z] [MeasurableSpace Z'] [MeasurableSpace A] {T : ℕ}

/-- The problem seen through an invertible representation. -/
def through (P : ControlProblem Z A T) (e : Z ≃ᵐ Z') : ControlProblem Z' A T where
  dynamics :=
    (P.dynamics.comap (Prod.map e.symm id) (e.symm.measurable.prodMap measurable_id)).map e
  stageCost t z' a := P.stageCost t (e.symm z') a
  finalCost z' := P.finalCost (e.symm z')

/-- The policy that acts on a representation as `π` acts on what it represents. -/
def _root_.Lejepa.Policy.through (π : Policy Z A T) (e : Z ≃ᵐ Z') : Policy Z' A T :=
  fun t ↦ ⟨(π t).1 ∘ e.symm, (π t).2.comp e.symm.measurable⟩

/-- The law of the next state seen through `e`, from a represented state `z'` and an action, is the
image under `e` of that from `e⁻¹ z'` and the same action. -/
theorem through_dynamics_apply (P : ControlProblem Z A T) (e : Z ≃ᵐ Z') (p : Z' × A) :
    (P.through e).dynamics p = (P.dynamics (e.symm p.1, p.2)).map e :=
  Kernel.map_apply (P.dynamics.comap (Prod.map e.symm id)
    (e.symm.measurable.prodMap measurable_id)) e.measurable p

/-- The policy seen through `e` takes in `z'` the action that `π` takes in `e⁻¹ z'`. -/
theorem _root_.Lejepa.Policy.through_apply (π : Policy Z A T) (e : Z ≃ᵐ Z') (t : Fin T) (z' : Z') :
    (π.through e t).1 z' = (π t).1 (e.symm z') :=
  rfl

/-- Every policy on the representation is one on what it represents. -/
theorem _root_.Lejepa.Policy.through_symm_through (π : Policy Z' A T) (e : Z ≃ᵐ Z') :
    Policy.through (Policy.through π e.symm) e = π := by
  funext t
  refine Subtype.ext (funext fun z' ↦ ?_)
  change (π t).1 (e (e.symm z')) = (π t).1 z'
  rw [e.apply_symm_apply]

/-- The closed-loop kernels of a stage correspond. -/
theorem comap_dynamics_through (P : ControlProblem Z A T) (e : Z ≃ᵐ Z') (π : Policy Z A T)
    (t : Fin T) :
    ((P.through e).dynamics.comap (fun z' ↦ (z', (π.through e t).1 z'))
        (measurable_id.prodMk (π.through e t).2)).comap e e.measurable =
      (P.dynamics.comap (fun z ↦ (z, (π t).1 z)) (measurable_id.prodMk (π t).2)).map e := by
  refine Kernel.ext fun z ↦ ?_
  calc
    _ = (P.dynamics (e.symm (e z), (π t).1 (e.symm (e z)))).map e :=
      through_dynamics_apply P e (e z, (π t).1 (e.symm (e z)))
    _ = (P.dynamics (z, (π t).1 z)).map e := by rw [e.symm_apply_apply]
    _ = _ := (Kernel.map_apply (P.dynamics.comap (fun z ↦ (z, (π t).1 z))
      (measurable_id.prodMk (π t).2)) e.measurable z).symm

/-- The state, seen through a representation, follows the image law. -/
theorem stateLaw_through (P : ControlProblem Z A T) (e : Z ≃ᵐ Z') (π : Policy Z A T)
    (μ : Measure Z) (t : ℕ) :
    (P.through e).stateLaw (π.through e) (μ.map e) t = (P.stateLaw π μ t).map e := by
  induction t with
  | zero => rw [stateLaw_zero, stateLaw_zero]
  | succ t ih =>
    by_cases h : t < T
    · rw [stateLaw_succ_of_lt _ _ _ h, stateLaw_succ_of_lt _ _ _ h, ih,
        Kernel.bind_map _ _ e.measurable, comap_dynamics_through P e π ⟨t, h⟩,
        Measure.map_comp _ _ e.measurable]
    · rw [stateLaw_succ_of_not_lt _ _ _ h, stateLaw_succ_of_not_lt _ _ _ h, ih]

/-- A representation, used with the costs it carries over, changes no policy's cost. -/
theorem cost_through (P : ControlProblem Z A T) (e : Z ≃ᵐ Z') (π : Policy Z A T) (μ : Measure Z) :
    (P.through e).cost (π.through e) (μ.map e) = P.cost π μ := by
  unfold cost
  congr 1
  · refine Finset.sum_congr rfl fun t _ ↦ ?_
    rw [stateLaw_through]
    refine (lintegral_map_equiv _ e).trans (lintegral_congr fun z ↦ ?_)
    change P.stageCost t (e.symm (e z)) ((π t).1 (e.symm (e z))) = P.stageCost t z ((π t).1 z)
    rw [e.symm_apply_apply]
  · rw [stateLaw_through]
    refine (lintegral_map_equiv _ e).trans (lintegral_congr fun z ↦ ?_)
    change P.finalCost (e.symm (e z)) = P.finalCost z
    rw [e.symm_apply_apply]

/-- Where the costs are invariant under the representation, seeing the problem through it changes
the dynamics only. -/
theorem through_eq_of_invariant (P : ControlProblem Z A T) (e : Z ≃ᵐ Z)
    (stage : ∀ t z a, P.stageCost t (e z) a = P.stageCost t z a)
    (final : ∀ z, P.finalCost (e z) = P.finalCost z) :
    P.through e = { P with dynamics := (P.through e).dynamics } := by
  have hs : (fun t z a ↦ P.stageCost t (e.symm z) a) = P.stageCost := by
    funext t z a
    exact (stage t (e.symm z) a).symm.trans (by rw [e.apply_symm_apply])
  have hf : (fun z ↦ P.finalCost (e.symm z)) = P.finalCost := by
    funext z
    exact (final (e.symm z)).symm.trans (by rw [e.apply_symm_apply])
  exact congrArg₂ (ControlProblem.mk (P.through e).dynamics) hs hf

end ControlProblem

end Lejepa
