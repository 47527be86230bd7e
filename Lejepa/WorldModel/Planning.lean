/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Dirichlet.Energy
public import Lejepa.WorldModel.PlanCost

/-!
# Reaching a goal by imagination

A planner sees the state and the goal through an encoder `h`, imagines what sequences of actions
lead to with a predictor `f`, and minimizes a cost that compares what it imagines with the goal. If
the encoder is the latents up to a rotation `Q`, the predictor the world's mean dynamics seen
through `Q`, and the cost does not change when state and goal are rotated together (squared
distances, and any effort that depends on the action alone), then what it imagines costs what the
mean dynamics costs, and it finds the plans that are best for the mean dynamics.

An optimal predictor is determined almost everywhere only. So this holds for almost every state and
goal, and for almost every sequence of actions: on a null set of actions the predictor may imagine
anything, and a minimizer over all sequences might lie there. «Best» is therefore read so: almost
no other sequence is imagined to cost less. A plan outside the null set is best in that sense if and
only if it is best, in the usual sense, for the mean dynamics. With a continuous predictor there is
no null set of actions, and the minimizers are the same, over any set of actions.

## Main results
* `Lejepa.planCost_ae_eq`: imagined costs are those of the mean dynamics.
* `Lejepa.imagined_plan_optimal_iff`: so the best plans are the same, for almost every state, goal
  and plan.
* `Lejepa.goal_reaching`: in particular those that end nearest to the goal.
* `Lejepa.isMinOn_planCost_iff_of_continuous`: with a continuous predictor, for all plans.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026], the section
  on planning.
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

/-- Rotations keep squared distances. -/
theorem sum_sq_mulVec_sub_mulVec {n : ℕ} {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (y g : Fin n → ℝ) :
    ∑ i, (Q.mulVec y i - Q.mulVec g i) ^ 2 = ∑ i, (y i - g i) ^ 2 := by
  have h := sum_mulVec_sq_of_transpose_mul_self_eq_one
    ((Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ) (y - g)
  rw [Matrix.mulVec_sub] at h
  exact h

section World

variable {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
  {Q : Matrix (Fin n) (Fin n) ℝ} {h : (Fin n → ℝ) → Fin n → ℝ}
  {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} {c : ℕ → (Fin n → ℝ) → (Fin n → ℝ) → ℝ}
  {w : ℕ → (Fin k → ℝ) → ℝ}

/-- Seen through a rotation, and for almost every state and sequence of actions, what the predictor
imagines costs what the mean dynamics costs, whatever the goal. -/
theorem planCost_mulVec_ae_eq (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
    (hc : ∀ t y g, c t (Q.mulVec y) (Q.mulVec g) = c t y g) (w : ℕ → (Fin k → ℝ) → ℝ) (T : ℕ) :
    ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k), ∀ g,
      planCost f (fun t y ↦ c t y (Q.mulVec g)) w T (Q.mulVec p.1) p.2 =
        planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y g) w T p.1 p.2 := by
  induction T with
  | zero =>
    refine .of_forall fun p g ↦ ?_
    rw [planCost_zero, planCost_zero]
    exact hc 0 p.1 g
  | succ T ih =>
    have hfirst : ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin (T + 1) ↦ γ k),
        f (Q.mulVec p.1) (p.2 0) = Q.mulVec (M.mulVec p.1 + B.mulVec (p.2 0)) :=
      ae_first_action (p := fun z a ↦ f (Q.mulVec z) a = Q.mulVec (M.mulVec z + B.mulVec a)) hfQ T
    have hnext : ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin (T + 1) ↦ γ k), ∀ g,
        planCost f (fun t y ↦ c t y (Q.mulVec g)) w T
            (Q.mulVec (M.mulVec p.1 + B.mulVec (p.2 0))) (Fin.tail p.2) =
          planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y g) w T
            (M.mulVec p.1 + B.mulVec (p.2 0)) (Fin.tail p.2) :=
      (quasiMeasurePreserving_rollout_step explained T).ae ih
    filter_upwards [hfirst, hnext] with p hp hq g
    calc planCost f (fun t y ↦ c t y (Q.mulVec g)) w (T + 1) (Q.mulVec p.1) p.2
        = c (T + 1) (Q.mulVec p.1) (Q.mulVec g) + w (T + 1) (p.2 0) +
            planCost f (fun t y ↦ c t y (Q.mulVec g)) w T (f (Q.mulVec p.1) (p.2 0))
              (Fin.tail p.2) := planCost_succ _ _ _ _ _
      _ = c (T + 1) p.1 g + w (T + 1) (p.2 0) +
            planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y g) w T
              (M.mulVec p.1 + B.mulVec (p.2 0)) (Fin.tail p.2) := by rw [hp, hc, hq g]
      _ = planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y g) w (T + 1) p.1 p.2 := by
          rw [planCost_succ]

/-- **Imagined costs are true.** With an optimal encoder and predictor, and costs that do not change
when state and goal are rotated together, a plan costs in imagination, from the encoded state to the
encoded goal, what it costs in the world's mean dynamics: for almost every state `q.1`, goal `q.2`
and sequence of actions. -/
theorem planCost_ae_eq (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    (hh : h =ᵐ[γ n] Q.mulVec)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
    (hc : ∀ t y g, c t (Q.mulVec y) (Q.mulVec g) = c t y g) (w : ℕ → (Fin k → ℝ) → ℝ) (T : ℕ) :
    ∀ᵐ q ∂(γ n).prod (γ n), ∀ᵐ a ∂(Measure.pi fun _ : Fin T ↦ γ k),
      planCost f (fun t y ↦ c t y (h q.2)) w T (h q.1) a =
        planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y q.2) w T q.1 a := by
  have hbase : ∀ᵐ z ∂γ n, ∀ᵐ a ∂(Measure.pi fun _ : Fin T ↦ γ k), ∀ g,
      planCost f (fun t y ↦ c t y (Q.mulVec g)) w T (Q.mulVec z) a =
        planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y g) w T z a :=
    Measure.ae_ae_of_ae_prod (planCost_mulVec_ae_eq explained hfQ hc w T)
  have h0 : ∀ᵐ q ∂(γ n).prod (γ n), ∀ᵐ a ∂(Measure.pi fun _ : Fin T ↦ γ k), ∀ g,
      planCost f (fun t y ↦ c t y (Q.mulVec g)) w T (Q.mulVec q.1) a =
        planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y g) w T q.1 a :=
    Measure.quasiMeasurePreserving_fst.ae hbase
  have h1 : ∀ᵐ q ∂(γ n).prod (γ n), h q.1 = Q.mulVec q.1 :=
    Measure.quasiMeasurePreserving_fst.ae (p := fun z ↦ h z = Q.mulVec z) hh
  have h2 : ∀ᵐ q ∂(γ n).prod (γ n), h q.2 = Q.mulVec q.2 :=
    Measure.quasiMeasurePreserving_snd.ae (p := fun z ↦ h z = Q.mulVec z) hh
  filter_upwards [h0, h1, h2] with q hq e1 e2
  filter_upwards [hq] with a ha
  rw [e1, e2]
  exact ha q.2

/-- The cost of a plan for the mean dynamics is continuous in the actions. -/
theorem continuous_planCost_mulVec (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    {c : ℕ → (Fin n → ℝ) → ℝ} (hc : ∀ t, Continuous (c t)) (hw : ∀ t, Continuous (w t)) (T : ℕ)
    (z : Fin n → ℝ) :
    Continuous fun a : Fin T → Fin k → ℝ ↦
      planCost (fun z a ↦ M.mulVec z + B.mulVec a) c w T z a := by
  have h := continuous_planCost (f := fun z a ↦ M.mulVec z + B.mulVec a)
    (continuous_mulVec_add_mulVec M B) hc hw T
  exact h.comp (Continuous.prodMk_right z)

/-- **Planning by imagination finds the best plans.** With an optimal encoder and predictor, and
continuous costs that do not change when state and goal are rotated together: for almost every state
`q.1`, goal `q.2` and sequence of actions `a`, almost no other sequence is imagined to cost less, if
and only if none at all costs less in the world's mean dynamics. -/
theorem imagined_plan_optimal_iff (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hh : h =ᵐ[γ n] Q.mulVec)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
    (invariant : ∀ R ∈ Matrix.orthogonalGroup (Fin n) ℝ, ∀ t y g,
      c t (R.mulVec y) (R.mulVec g) = c t y g)
    (hc : ∀ t g, Continuous fun y ↦ c t y g) (hw : ∀ t, Continuous (w t)) (T : ℕ) :
    ∀ᵐ q ∂(γ n).prod (γ n), ∀ᵐ a ∂(Measure.pi fun _ : Fin T ↦ γ k),
      (∀ᵐ a' ∂(Measure.pi fun _ : Fin T ↦ γ k),
        planCost f (fun t y ↦ c t y (h q.2)) w T (h q.1) a ≤
          planCost f (fun t y ↦ c t y (h q.2)) w T (h q.1) a') ↔
      ∀ a', planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y q.2) w T q.1 a ≤
        planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y q.2) w T q.1 a' := by
  filter_upwards [planCost_ae_eq explained hh hfQ (invariant Q hQ) w T] with q hq
  exact ae_forall_ae_le_iff (continuous_planCost_mulVec M B (fun t ↦ hc t q.2) hw T q.1) hq

/-- **Goal-reaching.** The sequences of actions after which imagination ends nearest to the encoded
goal are those after which the world's mean dynamics ends nearest to the goal. -/
theorem goal_reaching (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hh : h =ᵐ[γ n] Q.mulVec)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) (T : ℕ) :
    ∀ᵐ q ∂(γ n).prod (γ n), ∀ᵐ a ∂(Measure.pi fun _ : Fin T ↦ γ k),
      (∀ᵐ a' ∂(Measure.pi fun _ : Fin T ↦ γ k),
        ∑ i, (rollout f T (h q.1) a i - h q.2 i) ^ 2 ≤
          ∑ i, (rollout f T (h q.1) a' i - h q.2 i) ^ 2) ↔
      ∀ a', ∑ i, (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T q.1 a i - q.2 i) ^ 2 ≤
        ∑ i, (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T q.1 a' i - q.2 i) ^ 2 := by
  have hinv : ∀ R ∈ Matrix.orthogonalGroup (Fin n) ℝ, ∀ (t : ℕ) (y g : Fin n → ℝ),
      (if t = 0 then ∑ i, (R.mulVec y i - R.mulVec g i) ^ 2 else 0) =
        if t = 0 then ∑ i, (y i - g i) ^ 2 else 0 := fun R hR t y g ↦ by
    rw [sum_sq_mulVec_sub_mulVec hR]
  have hcont : ∀ (t : ℕ) (g : Fin n → ℝ),
      Continuous fun y : Fin n → ℝ ↦ if t = 0 then ∑ i, (y i - g i) ^ 2 else 0 := fun t g ↦ by
    by_cases ht : t = 0
    · simp only [if_pos ht]
      exact continuous_finset_sum _ fun i _ ↦
        ((continuous_apply i).sub continuous_const).pow 2
    · simp only [if_neg ht]
      exact continuous_const
  have key := imagined_plan_optimal_iff (n := n) (k := k)
    (c := fun t y g ↦ if t = 0 then ∑ i, (y i - g i) ^ 2 else 0) (w := fun _ _ ↦ 0) explained hQ
    hh hfQ hinv hcont (fun _ ↦ continuous_const) T
  filter_upwards [key] with q hq
  filter_upwards [hq] with a ha
  have e1 (a : Fin T → Fin k → ℝ) := planCost_final f (fun y ↦ ∑ i, (y i - h q.2 i) ^ 2) T
    (h q.1) a
  have e2 (a : Fin T → Fin k → ℝ) := planCost_final (fun z a ↦ M.mulVec z + B.mulVec a)
    (fun y ↦ ∑ i, (y i - q.2 i) ^ 2) T q.1 a
  simp only [e1, e2] at ha
  exact ha

/-- **With a continuous predictor there is no null set of actions**: for almost every state and
goal, the plans that imagination finds best, among any set of plans, are those that are best for the
world's mean dynamics. Here nothing is asked of `M` and `B`. -/
theorem isMinOn_planCost_iff_of_continuous (hf : Continuous (Function.uncurry f))
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hh : h =ᵐ[γ n] Q.mulVec)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
    (invariant : ∀ R ∈ Matrix.orthogonalGroup (Fin n) ℝ, ∀ t y g,
      c t (R.mulVec y) (R.mulVec g) = c t y g) (T : ℕ) :
    ∀ᵐ q ∂(γ n).prod (γ n), ∀ (S : Set (Fin T → Fin k → ℝ)) (a : Fin T → Fin k → ℝ),
      IsMinOn (planCost f (fun t y ↦ c t y (h q.2)) w T (h q.1)) S a ↔
        IsMinOn (planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y q.2) w T q.1) S
          a := by
  have h1 : ∀ᵐ q ∂(γ n).prod (γ n), h q.1 = Q.mulVec q.1 :=
    Measure.quasiMeasurePreserving_fst.ae (p := fun z ↦ h z = Q.mulVec z) hh
  have h2 : ∀ᵐ q ∂(γ n).prod (γ n), h q.2 = Q.mulVec q.2 :=
    Measure.quasiMeasurePreserving_snd.ae (p := fun z ↦ h z = Q.mulVec z) hh
  filter_upwards [h1, h2] with q e1 e2 S a
  have e : planCost f (fun t y ↦ c t y (h q.2)) w T (h q.1) =
      planCost (fun z a ↦ M.mulVec z + B.mulVec a) (fun t y ↦ c t y q.2) w T q.1 := by
    funext a
    rw [e1, e2]
    exact planCost_comp (F := fun z a ↦ M.mulVec z + B.mulVec a) (φ := Q.mulVec)
      (c := fun t y ↦ c t y (Q.mulVec q.2)) (c' := fun t y ↦ c t y q.2)
      (eq_of_ae_eq_of_continuous hf hfQ) (fun t z ↦ invariant Q hQ t z q.2) T q.1 a
  rw [e]

end World

end Lejepa
