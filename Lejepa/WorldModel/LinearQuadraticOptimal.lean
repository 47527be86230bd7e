/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.DotProduct
public import Lejepa.ForMathlib.DotProductSelf
public import Lejepa.WorldModel.CertaintyEquivalence
public import Lejepa.WorldModel.LinearQuadratic

/-!
# The linear–quadratic plan is the best

With symmetric costs, nonnegative for states and positive for actions, the actions `-K z` of the
Riccati recursion are the best of all for the mean dynamics `z ↦ M z + B a`, and the cost of the
best plan from `z` is `zᵀ P z` (Bellman's equation, by completing the square).

## Main results
* `Lejepa.bellman`: the cost of an action and of the best actions after it.
* `Lejepa.dotProduct_riccati_le_planCost`: no plan costs less than `zᵀ P z`.
* `Lejepa.planCost_lqPlan`: the plan `lqPlan` costs that.
* `Lejepa.isMinOn_lqPlan`: so it is the best.
* `Lejepa.isMinOn_lqPlan_conj`: and it is what a designer finds with the learnt model;
  `Lejepa.isMinOn_lqPlan_conj_one` is the case of the costs `|z|²` and `|a|²`.
-/

public section

open scoped Matrix

namespace Lejepa

variable {n k : ℕ}

/-- A symmetric matrix moves across the dot product. -/
theorem dotProduct_mulVec_comm_of_transpose_eq {A : Matrix (Fin n) (Fin n) ℝ} (hA : Aᵀ = A)
    (x y : Fin n → ℝ) : x ⬝ᵥ A.mulVec y = y ⬝ᵥ A.mulVec x := by
  have h := Matrix.mulVec_dotProduct_eq A x y
  rw [hA] at h
  rw [← h, dotProduct_comm]

/-- A quadratic form of a sum. -/
theorem dotProduct_mulVec_add_add (A : Matrix (Fin n) (Fin n) ℝ) (x y : Fin n → ℝ) :
    (x + y) ⬝ᵥ A.mulVec (x + y) =
      x ⬝ᵥ A.mulVec x + y ⬝ᵥ A.mulVec x + (x ⬝ᵥ A.mulVec y + y ⬝ᵥ A.mulVec y) := by
  rw [Matrix.mulVec_add, dotProduct_add, add_dotProduct, add_dotProduct]

/-- A congruence of a symmetric matrix is symmetric. -/
theorem transpose_transpose_mul_mul {m : ℕ} {P : Matrix (Fin n) (Fin n) ℝ} (hP : Pᵀ = P)
    (A B : Matrix (Fin n) (Fin m) ℝ) : (Aᵀ * P * B)ᵀ = Bᵀ * P * A := by
  rw [Matrix.transpose_mul, Matrix.transpose_mul, Matrix.transpose_transpose, hP, Matrix.mul_assoc]

section Step

variable {M P : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
  {R : Matrix (Fin k) (Fin k) ℝ} {K : Matrix (Fin k) (Fin n) ℝ}

/-- **Completing the square**: the cost of an action and of the state that it leads to. -/
theorem completing_the_square (hP : Pᵀ = P) (hR : Rᵀ = R)
    (hK : (R + Bᵀ * P * B) * K = Bᵀ * P * M) (z : Fin n → ℝ) (a : Fin k → ℝ) :
    (M.mulVec z + B.mulVec a) ⬝ᵥ P.mulVec (M.mulVec z + B.mulVec a) + a ⬝ᵥ R.mulVec a =
      z ⬝ᵥ (Mᵀ * P * M - Mᵀ * P * B * K).mulVec z +
        (a + K.mulVec z) ⬝ᵥ (R + Bᵀ * P * B).mulVec (a + K.mulVec z) := by
  have hH : (R + Bᵀ * P * B)ᵀ = R + Bᵀ * P * B := by
    rw [Matrix.transpose_add, hR, transpose_transpose_mul_mul hP]
  have hX : (Mᵀ * P * B)ᵀ = Bᵀ * P * M := by
    rw [Matrix.transpose_mul, Matrix.transpose_mul, Matrix.transpose_transpose, hP,
      Matrix.mul_assoc]
  have f1 : M.mulVec z ⬝ᵥ P.mulVec (M.mulVec z) = z ⬝ᵥ (Mᵀ * P * M).mulVec z := by
    rw [Matrix.mulVec_dotProduct_eq, ← Matrix.mulVec_mulVec, ← Matrix.mulVec_mulVec]
  have f2 : B.mulVec a ⬝ᵥ P.mulVec (M.mulVec z) = a ⬝ᵥ (Bᵀ * P * M).mulVec z := by
    rw [Matrix.mulVec_dotProduct_eq, ← Matrix.mulVec_mulVec, ← Matrix.mulVec_mulVec]
  have f3 : M.mulVec z ⬝ᵥ P.mulVec (B.mulVec a) = a ⬝ᵥ (Bᵀ * P * M).mulVec z := by
    rw [dotProduct_mulVec_comm_of_transpose_eq hP, f2]
  have f4 : B.mulVec a ⬝ᵥ P.mulVec (B.mulVec a) = a ⬝ᵥ (Bᵀ * P * B).mulVec a := by
    rw [Matrix.mulVec_dotProduct_eq, ← Matrix.mulVec_mulVec, ← Matrix.mulVec_mulVec]
  have f5 : (R + Bᵀ * P * B).mulVec (K.mulVec z) = (Bᵀ * P * M).mulVec z := by
    rw [Matrix.mulVec_mulVec, hK]
  have f6 : z ⬝ᵥ (Mᵀ * P * B * K).mulVec z = K.mulVec z ⬝ᵥ (Bᵀ * P * M).mulVec z := by
    have h := Matrix.mulVec_dotProduct_eq (Mᵀ * P * B) (K.mulVec z) z
    rw [hX, Matrix.mulVec_mulVec] at h
    rw [← h, dotProduct_comm]
  have f7 : K.mulVec z ⬝ᵥ (R + Bᵀ * P * B).mulVec a = a ⬝ᵥ (Bᵀ * P * M).mulVec z := by
    rw [dotProduct_mulVec_comm_of_transpose_eq hH, f5]
  have f8 : a ⬝ᵥ (R + Bᵀ * P * B).mulVec a =
      a ⬝ᵥ R.mulVec a + a ⬝ᵥ (Bᵀ * P * B).mulVec a := by
    rw [Matrix.add_mulVec, dotProduct_add]
  have f9 : z ⬝ᵥ (Mᵀ * P * M - Mᵀ * P * B * K).mulVec z =
      z ⬝ᵥ (Mᵀ * P * M).mulVec z - z ⬝ᵥ (Mᵀ * P * B * K).mulVec z := by
    rw [Matrix.sub_mulVec, dotProduct_sub]
  rw [dotProduct_mulVec_add_add P, dotProduct_mulVec_add_add (R + Bᵀ * P * B) a (K.mulVec z), f5,
    f1, f2, f3, f4, f7, f8, f9, f6]
  ring

/-- Positive costs of actions make the gain well defined. -/
theorem mul_lqGain (hP : ∀ x, 0 ≤ x ⬝ᵥ P.mulVec x) (hR : ∀ a ≠ 0, 0 < a ⬝ᵥ R.mulVec a) :
    (R + Bᵀ * P * B) * lqGain M B R P = Bᵀ * P * M := by
  have pos : ∀ a ≠ 0, 0 < a ⬝ᵥ (R + Bᵀ * P * B).mulVec a := fun a ha ↦ by
    have e : B.mulVec a ⬝ᵥ P.mulVec (B.mulVec a) = a ⬝ᵥ (Bᵀ * P * B).mulVec a := by
      rw [Matrix.mulVec_dotProduct_eq, ← Matrix.mulVec_mulVec, ← Matrix.mulVec_mulVec]
    rw [Matrix.add_mulVec, dotProduct_add, ← e]
    exact add_pos_of_pos_of_nonneg (hR a ha) (hP _)
  have inj : Function.Injective (R + Bᵀ * P * B).mulVec := by
    intro x y hxy
    by_contra hne
    have h := pos (x - y) (sub_ne_zero.2 hne)
    rw [Matrix.mulVec_sub, hxy, sub_self, dotProduct_zero] at h
    exact lt_irrefl 0 h
  have unit : IsUnit (R + Bᵀ * P * B).det :=
    (Matrix.isUnit_iff_isUnit_det _).1 (Matrix.mulVec_injective_iff_isUnit.1 inj)
  rw [lqGain, ← Matrix.mul_assoc, Matrix.mul_nonsing_inv _ unit, Matrix.one_mul]

/-- The correction of the Riccati recursion is symmetric. -/
theorem transpose_mul_lqGain (hP : Pᵀ = P) (hR : Rᵀ = R) :
    (Mᵀ * P * B * lqGain M B R P)ᵀ = Mᵀ * P * B * lqGain M B R P := by
  have hH : (R + Bᵀ * P * B)ᵀ = R + Bᵀ * P * B := by
    rw [Matrix.transpose_add, hR, transpose_transpose_mul_mul hP]
  have hX : (Mᵀ * P * B)ᵀ = Bᵀ * P * M := by
    rw [Matrix.transpose_mul, Matrix.transpose_mul, Matrix.transpose_transpose, hP,
      Matrix.mul_assoc]
  obtain ⟨X, hXdef⟩ : ∃ X, Mᵀ * P * B = X := ⟨_, rfl⟩
  obtain ⟨H, hHdef⟩ : ∃ H, R + Bᵀ * P * B = H := ⟨_, rfl⟩
  rw [lqGain, ← hX, hXdef, hHdef]
  rw [hHdef] at hH
  rw [Matrix.transpose_mul, Matrix.transpose_mul, Matrix.transpose_transpose,
    Matrix.transpose_nonsing_inv, hH, Matrix.mul_assoc]

end Step

/-! ### Bellman's equation -/

section Bellman

variable {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
  {S : ℕ → Matrix (Fin n) (Fin n) ℝ} {R : Matrix (Fin k) (Fin k) ℝ}
  (hS : ∀ t, (S t)ᵀ = S t) (hS₀ : ∀ t x, 0 ≤ x ⬝ᵥ (S t).mulVec x) (hR : Rᵀ = R)
  (hR₀ : ∀ a ≠ 0, 0 < a ⬝ᵥ R.mulVec a)
include hS hS₀ hR hR₀

/-- The matrices of the recursion are symmetric and nonnegative. -/
theorem riccati_symm_nonneg (t : ℕ) :
    (riccati M B S R t)ᵀ = riccati M B S R t ∧
      ∀ x, 0 ≤ x ⬝ᵥ (riccati M B S R t).mulVec x := by
  induction t with
  | zero =>
    rw [riccati_zero]
    exact ⟨hS 0, hS₀ 0⟩
  | succ t ih =>
    obtain ⟨hP, hP₀⟩ := ih
    have hK := mul_lqGain (M := M) (B := B) hP₀ hR₀
    rw [riccati_succ]
    refine ⟨?_, fun x ↦ ?_⟩
    · rw [Matrix.transpose_add, Matrix.transpose_sub, hS, transpose_transpose_mul_mul hP,
        transpose_mul_lqGain hP hR]
    · have h := completing_the_square hP hR hK x
        (-(lqGain M B R (riccati M B S R t)).mulVec x)
      rw [neg_add_cancel, zero_dotProduct, add_zero] at h
      have h1 := hP₀ (M.mulVec x + B.mulVec (-(lqGain M B R (riccati M B S R t)).mulVec x))
      have h2 : 0 ≤ (-(lqGain M B R (riccati M B S R t)).mulVec x) ⬝ᵥ
          R.mulVec (-(lqGain M B R (riccati M B S R t)).mulVec x) := by
        by_cases h0 : -(lqGain M B R (riccati M B S R t)).mulVec x = 0
        · exact le_of_eq (by rw [h0, zero_dotProduct])
        · exact (hR₀ _ h0).le
      have h3 := hS₀ (t + 1) x
      rw [Matrix.add_mulVec, dotProduct_add]
      linarith

/-- **Bellman's equation**, with the square completed: what a state, an action and the best actions
after it cost exceeds the cost-to-go by the square of how far the action is from `-K z`. -/
theorem bellman (t : ℕ) (z : Fin n → ℝ) (a : Fin k → ℝ) :
    z ⬝ᵥ (S (t + 1)).mulVec z + a ⬝ᵥ R.mulVec a +
        (M.mulVec z + B.mulVec a) ⬝ᵥ (riccati M B S R t).mulVec (M.mulVec z + B.mulVec a) =
      z ⬝ᵥ (riccati M B S R (t + 1)).mulVec z +
        (a + (lqGain M B R (riccati M B S R t)).mulVec z) ⬝ᵥ
          (R + Bᵀ * riccati M B S R t * B).mulVec
            (a + (lqGain M B R (riccati M B S R t)).mulVec z) := by
  obtain ⟨hP, hP₀⟩ := riccati_symm_nonneg (M := M) (B := B) hS hS₀ hR hR₀ t
  have h := completing_the_square hP hR (mul_lqGain (M := M) (B := B) hP₀ hR₀) z a
  rw [riccati_succ, Matrix.add_mulVec (S (t + 1)) _ z, dotProduct_add]
  linarith

/-- What an action costs beyond the best one is nonnegative. -/
theorem dotProduct_add_mul_mul_nonneg (t : ℕ) (a : Fin k → ℝ) :
    0 ≤ a ⬝ᵥ (R + Bᵀ * riccati M B S R t * B).mulVec a := by
  have hP₀ := (riccati_symm_nonneg (M := M) (B := B) hS hS₀ hR hR₀ t).2
  have e : B.mulVec a ⬝ᵥ (riccati M B S R t).mulVec (B.mulVec a) =
      a ⬝ᵥ (Bᵀ * riccati M B S R t * B).mulVec a := by
    rw [Matrix.mulVec_dotProduct_eq, ← Matrix.mulVec_mulVec, ← Matrix.mulVec_mulVec]
  rw [Matrix.add_mulVec, dotProduct_add, ← e]
  refine add_nonneg ?_ (hP₀ _)
  by_cases ha : a = 0
  · exact le_of_eq (by rw [ha, zero_dotProduct])
  · exact (hR₀ a ha).le

/-- No plan costs less than `zᵀ P z`. -/
theorem dotProduct_riccati_le_planCost : ∀ (T : ℕ) (z : Fin n → ℝ) (a : Fin T → Fin k → ℝ),
    z ⬝ᵥ (riccati M B S R T).mulVec z ≤
      planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S 0) (fun _ a ↦ a ⬝ᵥ R.mulVec a) T z
        a := by
  intro T
  induction T with
  | zero =>
    intro z a
    refine le_of_eq ?_
    rw [planCost_zero, quadCost_zero, riccati_zero]
  | succ T ih =>
    intro z a
    have h1 := ih (M.mulVec z + B.mulVec (a 0)) (Fin.tail a)
    have h2 := bellman (M := M) (B := B) hS hS₀ hR hR₀ T z (a 0)
    have h3 := dotProduct_add_mul_mul_nonneg (M := M) (B := B) hS hS₀ hR hR₀ T
      (a 0 + (lqGain M B R (riccati M B S R T)).mulVec z)
    have e : planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S 0)
        (fun _ a ↦ a ⬝ᵥ R.mulVec a) (T + 1) z a =
        z ⬝ᵥ (S (T + 1)).mulVec z + a 0 ⬝ᵥ R.mulVec (a 0) +
          planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S 0)
            (fun _ a ↦ a ⬝ᵥ R.mulVec a) T (M.mulVec z + B.mulVec (a 0)) (Fin.tail a) := by
      rw [planCost_succ, quadCost_zero]
    rw [e]
    linarith

/-- The plan `lqPlan` costs `zᵀ P z`. -/
theorem planCost_lqPlan : ∀ (T : ℕ) (z : Fin n → ℝ),
    planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S 0) (fun _ a ↦ a ⬝ᵥ R.mulVec a) T z
      (lqPlan M B S R T z) = z ⬝ᵥ (riccati M B S R T).mulVec z := by
  intro T
  induction T with
  | zero =>
    intro z
    rw [planCost_zero, quadCost_zero, riccati_zero]
  | succ T ih =>
    intro z
    have h2 := bellman (M := M) (B := B) hS hS₀ hR hR₀ T z
      (-(lqGain M B R (riccati M B S R T)).mulVec z)
    rw [neg_add_cancel, zero_dotProduct, add_zero] at h2
    rw [planCost_succ, quadCost_zero, lqPlan_succ, Fin.cons_zero, Fin.tail_cons, ih, ← h2]

/-- **The linear–quadratic plan is the best** of all plans for the mean dynamics. -/
theorem isMinOn_lqPlan (T : ℕ) (z : Fin n → ℝ) :
    IsMinOn (planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S 0)
      (fun _ a ↦ a ⬝ᵥ R.mulVec a) T z) Set.univ (lqPlan M B S R T z) := by
  refine isMinOn_iff.2 fun a _ ↦ ?_
  rw [planCost_lqPlan hS hS₀ hR hR₀]
  exact dotProduct_riccati_le_planCost hS hS₀ hR hR₀ T z a

/-- **The learnt model's plan is the best for the mean dynamics**: the linear–quadratic plan that a
designer finds with the rotated matrices, from the encoded state `Q z`, is the best of all plans for
the mean dynamics from `z`. -/
theorem isMinOn_lqPlan_conj {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (T : ℕ) (z : Fin n → ℝ) :
    IsMinOn (planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S 0)
      (fun _ a ↦ a ⬝ᵥ R.mulVec a) T z) Set.univ
      (lqPlan (Q * M * Qᵀ) (Q * B) (fun t ↦ Q * S t * Qᵀ) R T (Q.mulVec z)) := by
  rw [lqPlan_conj hQ]
  exact isMinOn_lqPlan hS hS₀ hR hR₀ T z

end Bellman

/-- **An instance**: for the costs `|z|²` and `|a|²`, which rotations do not change, the plan that a
designer finds with the learnt model is the best for the mean dynamics, whatever the drift and the
input of the world. -/
theorem isMinOn_lqPlan_conj_one (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (T : ℕ)
    (z : Fin n → ℝ) :
    IsMinOn (planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost (fun _ ↦ 1) 0)
      (fun _ a ↦ a ⬝ᵥ (1 : Matrix (Fin k) (Fin k) ℝ).mulVec a) T z) Set.univ
      (lqPlan (Q * M * Qᵀ) (Q * B) (fun _ ↦ Q * 1 * Qᵀ) 1 T (Q.mulVec z)) := by
  refine isMinOn_lqPlan_conj (S := fun _ ↦ 1) (fun _ ↦ Matrix.transpose_one) (fun _ x ↦ ?_)
    Matrix.transpose_one (fun a ha ↦ ?_) hQ T z
  · rw [Matrix.one_mulVec]
    exact Matrix.dotProduct_self_nonneg x
  · rw [Matrix.one_mulVec]
    exact Matrix.dotProduct_self_pos ha

end Lejepa
