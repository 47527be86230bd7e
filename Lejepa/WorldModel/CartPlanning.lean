/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.ApproximatePlanning
public import Lejepa.WorldModel.Cart

/-!
# Planning for the cart

Instances of what is proved of planning by imagination, in the world of `Lejepa.WorldModel.Cart`.

## Main results
* `Lejepa.cart_goal_reaching`: imagination finds the plans that reach a goal.
* `Lejepa.isMinOn_cartPredictor_zero`: but a plan that looks best among all need not be best.
* `Lejepa.cart_cost_le`: what plans cost if the predictor has a bias.
* `Lejepa.cart_clamp`: a model that is good for small actions only.
* `Lejepa.rollout_add_const`: the bound on errors of imagination is attained.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

/-! ### Goals -/

/-- **An instance of goal-reaching**, with the same predictor. -/
theorem cart_goal_reaching {Q : Matrix (Fin 2) (Fin 2) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ) (T : ℕ) :
    ∀ᵐ q ∂(γ 2).prod (γ 2), ∀ᵐ a ∂(Measure.pi fun _ : Fin T ↦ γ 1),
      (∀ᵐ a' ∂(Measure.pi fun _ : Fin T ↦ γ 1),
        ∑ i, (rollout (cartPredictor Q) T (Q.mulVec q.1) a i - Q.mulVec q.2 i) ^ 2 ≤
          ∑ i, (rollout (cartPredictor Q) T (Q.mulVec q.1) a' i - Q.mulVec q.2 i) ^ 2) ↔
      ∀ a', ∑ i, (rollout (fun z a ↦ cartDrift.mulVec z + cartInput.mulVec a) T q.1 a i -
          q.2 i) ^ 2 ≤
        ∑ i, (rollout (fun z a ↦ cartDrift.mulVec z + cartInput.mulVec a) T q.1 a' i -
          q.2 i) ^ 2 :=
  goal_reaching cart_explained hQ Filter.EventuallyEq.rfl (cartPredictor_ae_eq hQ) T

/-- The mean dynamics of the cart, and how far it is from a goal. -/
theorem sum_sq_cart (z g : Fin 2 → ℝ) (a : Fin 1 → ℝ) :
    ∑ i, ((cartDrift.mulVec z + cartInput.mulVec a) i - g i) ^ 2 =
      (z 1 / 2 - g 0) ^ 2 + (a 0 / 2 - g 1) ^ 2 := by
  rw [Fin.sum_univ_two, Pi.add_apply, Pi.add_apply, cartDrift_mulVec_zero, cartDrift_mulVec_one,
    cartInput_mulVec_zero, cartInput_mulVec_one, add_zero, zero_add]

/-- **Why «almost no other plan»**: the predictor that is wrong for the action zero believes that
this action leads to the origin. From a position that no action can bring near the goal, it looks
best among all actions, which it is not. So a minimizer over all plans may lie in the null set where
an optimal predictor is wrong. -/
theorem isMinOn_cartPredictor_zero {Q : Matrix (Fin 2) (Fin 2) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ) {z g : Fin 2 → ℝ}
    (far : g 0 ^ 2 + g 1 ^ 2 ≤ (z 1 / 2 - g 0) ^ 2) (hg : g 1 ≠ 0) :
    IsMinOn (fun a ↦ ∑ i, (cartPredictor Q (Q.mulVec z) a i - Q.mulVec g i) ^ 2) Set.univ 0 ∧
      ¬ IsMinOn (fun a ↦ ∑ i, ((cartDrift.mulVec z + cartInput.mulVec a) i - g i) ^ 2) Set.univ
        0 := by
  constructor
  · have h0 : ∑ i, ((0 : Fin 2 → ℝ) i - Q.mulVec g i) ^ 2 = g 0 ^ 2 + g 1 ^ 2 := by
      have h := sum_sq_mulVec_sub_mulVec hQ 0 g
      rw [Matrix.mulVec_zero] at h
      rw [h, Fin.sum_univ_two, Pi.zero_apply, Pi.zero_apply, zero_sub, zero_sub, neg_sq, neg_sq]
    refine isMinOn_iff.2 fun a _ ↦ ?_
    change ∑ i, (cartPredictor Q (Q.mulVec z) 0 i - Q.mulVec g i) ^ 2 ≤
      ∑ i, (cartPredictor Q (Q.mulVec z) a i - Q.mulVec g i) ^ 2
    rw [cartPredictor_zero, h0]
    by_cases ha : a 0 = 0
    · rw [cartPredictor, if_pos ha]
      exact h0.ge
    · rw [cartPredictor, if_neg ha, Matrix.mulVec_mulVec z Qᵀ Q,
        (Matrix.mem_orthogonalGroup_iff' (Fin 2) ℝ).1 hQ, Matrix.one_mulVec,
        sum_sq_mulVec_sub_mulVec hQ, sum_sq_cart]
      linarith [sq_nonneg (a 0 / 2 - g 1)]
  · intro h
    have h1 : ∑ i, ((cartDrift.mulVec z + cartInput.mulVec 0) i - g i) ^ 2 ≤
        ∑ i, ((cartDrift.mulVec z + cartInput.mulVec fun _ ↦ 2 * g 1) i - g i) ^ 2 :=
      isMinOn_iff.1 h (fun _ ↦ 2 * g 1) (Set.mem_univ _)
    simp only [sum_sq_cart, Pi.zero_apply] at h1
    have h2 : 0 < g 1 ^ 2 := sq_pos_of_ne_zero hg
    have e1 : (0 / 2 - g 1) ^ 2 = g 1 ^ 2 := by ring
    have e2 : (2 * g 1 / 2 - g 1) ^ 2 = 0 := by ring
    rw [e1, e2] at h1
    linarith

/-! ### Imperfect models -/

/-- The mean dynamics of the cart halves distances, at least. -/
theorem euclDist_cart_le (y y' : Fin 2 → ℝ) (a : Fin 1 → ℝ) :
    euclDist (cartDrift.mulVec y + cartInput.mulVec a)
      (cartDrift.mulVec y' + cartInput.mulVec a) ≤ 1 / 2 * euclDist y y' := by
  have hS : 0 ≤ ∑ i, (y i - y' i) ^ 2 := Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  rw [euclDist, euclDist]
  refine Real.sqrt_le_iff.2 ⟨mul_nonneg (by norm_num) (Real.sqrt_nonneg _), ?_⟩
  rw [mul_pow, Real.sq_sqrt hS, Fin.sum_univ_two, Fin.sum_univ_two]
  simp only [Pi.add_apply, cartDrift_mulVec_zero, cartDrift_mulVec_one, cartInput_mulVec_zero,
    cartInput_mulVec_one]
  nlinarith [sq_nonneg (y 0 - y' 0)]

/-- Adding a constant moves a point by the length of the constant. -/
theorem euclDist_add_right_self {n : ℕ} (y b : Fin n → ℝ) : euclDist (y + b) y = euclDist b 0 := by
  rw [euclDist, euclDist]
  congr 1
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [Pi.add_apply, Pi.zero_apply, add_sub_cancel_left, sub_zero]

/-- **An instance of planning with an imperfect model**: a model of the cart with a bias `b` of
length at most `ε` finds a plan whose distance from the goal exceeds that of any other plan by at
most `2 ε (1 + 1 / 2 + … + 1 / 2 ^ (T - 1))`. -/
theorem cart_cost_le {b : Fin 2 → ℝ} {ε : ℝ} (hb : euclDist b 0 ≤ ε) {T : ℕ} {z g : Fin 2 → ℝ}
    {S : Set (Fin T → Fin 1 → ℝ)} {a : Fin T → Fin 1 → ℝ} (ha : a ∈ S)
    (opt : IsMinOn (fun a ↦ euclDist
      (rollout (fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a + b) T z a) g) S a)
    {a' : Fin T → Fin 1 → ℝ} (ha' : a' ∈ S) :
    euclDist (rollout (fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a) T z a) g ≤
      euclDist (rollout (fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a) T z a') g +
        2 * (1 * (ε * ∑ i ∈ Finset.range T, (1 / 2) ^ i)) := by
  have hcost (y y' : Fin 2 → ℝ) : |euclDist y g - euclDist y' g| ≤ 1 * euclDist y y' := by
    have h := abs_euclDist_sub_euclDist_le y g y' g
    rwa [euclDist_self, add_zero] at h
  exact cost_le_of_isMinOn_imagined_of_lipschitz (κ := fun y ↦ euclDist y g)
    (f := fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a + b)
    (F := fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a) euclDist_triangle euclDist_comm
    euclDist_self (by norm_num) zero_le_one (fun y y' a ↦ euclDist_cart_le y y' a)
    (fun y a ↦ (euclDist_add_right_self _ b).trans_le hb) hcost ha opt ha'

/-- The actions of the cart, cut off at one. -/
noncomputable def clamp (a : Fin 1 → ℝ) : Fin 1 → ℝ := fun j ↦ max (-1) (min 1 (a j))

private theorem clamp_eq {a : Fin 1 → ℝ} (ha : |a 0| ≤ 1) : clamp a = a := by
  funext j
  have hj : j = 0 := Subsingleton.elim j 0
  rw [hj]
  change max (-1) (min 1 (a 0)) = a 0
  rw [min_eq_right (abs_le.1 ha).2, max_eq_right (abs_le.1 ha).1]

/-- **An instance of a model that is good only where it is used**: a model of the cart that cuts off
actions at one finds the best of the plans whose actions are at most one. -/
theorem cart_clamp {T : ℕ} {z g : Fin 2 → ℝ} {S : Set (Fin T → Fin 1 → ℝ)}
    (hS : ∀ a ∈ S, ∀ t, |a t 0| ≤ 1) {a : Fin T → Fin 1 → ℝ} (ha : a ∈ S)
    (opt : IsMinOn (fun a ↦ euclDist
      (rollout (fun y a ↦ cartDrift.mulVec y + cartInput.mulVec (clamp a)) T z a) g) S a)
    {a' : Fin T → Fin 1 → ℝ} (ha' : a' ∈ S) :
    euclDist (rollout (fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a) T z a) g ≤
      euclDist (rollout (fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a) T z a') g := by
  have herr (y : Fin 2 → ℝ) (a : Fin 1 → ℝ) (haW : |a 0| ≤ 1) :
      euclDist (cartDrift.mulVec y + cartInput.mulVec (clamp a))
        (cartDrift.mulVec y + cartInput.mulVec a) ≤ 0 := by
    rw [clamp_eq haW]
    exact (euclDist_self _).le
  have key := cost_le_of_isMinOn_imagined (d := euclDist)
    (f := fun y a ↦ cartDrift.mulVec y + cartInput.mulVec (clamp a))
    (F := fun y a ↦ cartDrift.mulVec y + cartInput.mulVec a) (φ := fun y ↦ y) (V := Set.univ)
    (W := {a : Fin 1 → ℝ | |a 0| ≤ 1}) (ε := 0) (L := 1 / 2) (K := 1) (δ := 0) (κ := euclDist)
    (y₀ := z) (g₀ := g) (z := z) (g := g) euclDist_triangle (by norm_num) zero_le_one
    (fun y y' a ↦ euclDist_cart_le y y' (clamp a)) (fun y _ a _ ↦ Set.mem_univ _)
    (fun y _ a haW ↦ herr y a haW)
    abs_euclDist_sub_euclDist_le (Set.mem_univ z) (euclDist_self z).le (euclDist_self g).le hS ha
    opt ha'
  simpa only [mul_zero, zero_mul, add_zero] using key

/-- **The bound on errors of imagination is attained**: on the line, by a model with a bias, of a
world that is linear with positive slope. -/
theorem rollout_add_const (L ε : ℝ) : ∀ (T : ℕ) (y δ : ℝ) (a : Fin T → ℝ),
    rollout (fun y a ↦ L * y + a + ε) T (y + δ) a - rollout (fun y a ↦ L * y + a) T y a =
      L ^ T * δ + ε * ∑ i ∈ Finset.range T, L ^ i := by
  intro T
  induction T with
  | zero =>
    intro y δ a
    rw [rollout_zero, rollout_zero, pow_zero, Finset.range_zero, Finset.sum_empty]
    ring
  | succ T ih =>
    intro y δ a
    have e : L * (y + δ) + a 0 + ε = L * y + a 0 + (L * δ + ε) := by ring
    rw [rollout_succ, rollout_succ, e, ih, Finset.sum_range_succ, pow_succ]
    ring

end Lejepa
