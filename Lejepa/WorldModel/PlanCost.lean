/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Rollout

/-!
# What a plan costs

## Main definitions
* `Lejepa.planCost f c w T y a`: what `T` steps of `f` from `y` under the actions `a` cost.

## Main results
* `Lejepa.planCost_final`: if only the last state costs, it is the cost of the rollout's end.
* `Lejepa.planCost_comp`: a map that carries one model to another carries the costs of plans.
* `Lejepa.continuous_planCost`: costs of plans are continuous.
* `Lejepa.ae_forall_ae_le_iff`: functions that are equal almost everywhere, one of them continuous,
  have the same minimizers, almost everywhere.
-/

@[expose] public section

open MeasureTheory

namespace Lejepa

/-- What `T` steps of the model `f` from a state cost under a sequence of actions: `c t` of the
state and `w t` of the action that `t` steps are left at, and `c 0` of the last state. -/
noncomputable def planCost {E A : Type*} (f : E → A → E) (c : ℕ → E → ℝ) (w : ℕ → A → ℝ) :
    (T : ℕ) → E → (Fin T → A) → ℝ
  | 0, y, _ => c 0 y
  | T + 1, y, a => c (T + 1) y + w (T + 1) (a 0) + planCost f c w T (f y (a 0)) (Fin.tail a)

section General

variable {E E' A : Type*} (f : E → A → E) (c : ℕ → E → ℝ) (w : ℕ → A → ℝ)

/-- Without steps there is the cost of the state alone. -/
@[simp]
theorem planCost_zero (y : E) (a : Fin 0 → A) : planCost f c w 0 y a = c 0 y := by
  rw [planCost]

/-- The cost of the first step, and that of the others. -/
theorem planCost_succ {T : ℕ} (y : E) (a : Fin (T + 1) → A) :
    planCost f c w (T + 1) y a =
      c (T + 1) y + w (T + 1) (a 0) + planCost f c w T (f y (a 0)) (Fin.tail a) := by
  rw [planCost]

/-- If only the last state costs, a plan costs what the state at the end of its rollout costs. -/
theorem planCost_final (d : E → ℝ) : ∀ (T : ℕ) (y : E) (a : Fin T → A),
    planCost f (fun t y ↦ if t = 0 then d y else 0) (fun _ _ ↦ 0) T y a = d (rollout f T y a) := by
  intro T
  induction T with
  | zero =>
    intro y a
    rw [planCost_zero, rollout_zero, if_pos rfl]
  | succ T ih =>
    intro y a
    rw [planCost_succ, rollout_succ, if_neg (Nat.succ_ne_zero T), ih, add_zero, zero_add]

variable {f c w}

/-- A map that carries one model and its costs to another carries the costs of plans. -/
theorem planCost_comp {F : E' → A → E'} {φ : E' → E} {c' : ℕ → E' → ℝ}
    (h : ∀ z a, f (φ z) a = φ (F z a)) (hc : ∀ t z, c t (φ z) = c' t z) :
    ∀ (T : ℕ) (z : E') (a : Fin T → A),
      planCost f c w T (φ z) a = planCost F c' w T z a := by
  intro T
  induction T with
  | zero =>
    intro z a
    rw [planCost_zero, planCost_zero, hc]
  | succ T ih =>
    intro z a
    rw [planCost_succ, planCost_succ, hc, h, ih]

/-- With continuous dynamics and costs, the cost of a plan is continuous. -/
theorem continuous_planCost [TopologicalSpace E] [TopologicalSpace A]
    (hf : Continuous (Function.uncurry f)) (hc : ∀ t, Continuous (c t))
    (hw : ∀ t, Continuous (w t)) :
    ∀ T : ℕ, Continuous fun p : E × (Fin T → A) ↦ planCost f c w T p.1 p.2 := by
  intro T
  induction T with
  | zero =>
    simp only [planCost_zero]
    exact (hc 0).comp continuous_fst
  | succ T ih =>
    simp only [planCost_succ]
    have ha : Continuous fun p : E × (Fin (T + 1) → A) ↦ p.2 0 :=
      (continuous_apply (0 : Fin (T + 1))).comp continuous_snd
    have h0 : Continuous fun p : E × (Fin (T + 1) → A) ↦ (p.1, p.2 0) := continuous_fst.prodMk ha
    have h1 : Continuous fun p : E × (Fin (T + 1) → A) ↦ f p.1 (p.2 0) := hf.comp h0
    have h2 : Continuous fun p : E × (Fin (T + 1) → A) ↦ Fin.tail p.2 := continuous_snd.finTail
    have h3 : Continuous fun p : E × (Fin (T + 1) → A) ↦
        planCost f c w T (f p.1 (p.2 0)) (Fin.tail p.2) := ih.comp (h1.prodMk h2)
    exact (((hc (T + 1)).comp continuous_fst).add ((hw (T + 1)).comp ha)).add h3

end General

/-- A function that is almost everywhere a continuous one has, almost everywhere, its least values
where that one has: where almost no value of the first is less, no value of the second is. -/
theorem ae_forall_ae_le_iff {X : Type*} [TopologicalSpace X] [MeasurableSpace X] {μ : Measure X}
    [μ.IsOpenPosMeasure] {J J' : X → ℝ} (hJ : Continuous J) (e : ∀ᵐ a ∂μ, J' a = J a) :
    ∀ᵐ a ∂μ, (∀ᵐ a' ∂μ, J' a ≤ J' a') ↔ ∀ a', J a ≤ J a' := by
  filter_upwards [e] with a ha
  constructor
  · intro h a'
    have h' : ∀ᵐ x ∂μ, J a ≤ J x := by
      filter_upwards [h, e] with x h1 h2
      rw [← ha, ← h2]
      exact h1
    have hd : Dense {x | J a ≤ J x} := Measure.dense_of_ae h'
    have hcl : IsClosed {x | J a ≤ J x} := isClosed_le continuous_const hJ
    have hu : {x | J a ≤ J x} = Set.univ := hcl.closure_eq.symm.trans hd.closure_eq
    have hm : a' ∈ {x | J a ≤ J x} := by
      rw [hu]
      exact Set.mem_univ a'
    exact hm
  · intro h
    filter_upwards [e] with x h2
    rw [ha, h2]
    exact h x

end Lejepa
