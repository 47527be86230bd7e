/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Instances
public import Lejepa.WorldModel.LinearQuadraticOptimal

/-!
# Plans in two small worlds, and where the assumptions fail

The integrator, `z' = z + a + η` on the line, from `z = 1`, with the cost `z² + a² + z'²`: the
action `-1/2` is the best for the mean dynamics. With standard Gaussian noise it is the action of
least expected cost; with noise of mean one it is not. A model that shows the line at twice its
scale, which no orthogonal map does, plans another action.

The double integrator in the plane: the velocity is added to the position, and the action to the
velocity. A model that sees the plane rotated by the angle of cosine `3/5` plans two steps from the
origin at velocity `1` as one plans them without the rotation: the actions are `-1` and `0`.

## Main definitions
* `Lejepa.doubleIntegratorDrift`, `Lejepa.doubleIntegratorInput`: the second world.

## Main results
* `Lejepa.isMinOn_integral_integrator`: an instance of `certainty_equivalence`; outside,
  `Lejepa.not_isMinOn_integral_integrator`: noise that is not centred.
* `Lejepa.isMinOn_lqPlan_doubleIntegrator`: an instance of `isMinOn_lqPlan_conj`; outside,
  `Lejepa.not_isMinOn_lqPlan_integrator`: a map that is not orthogonal.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

/-! ### One step and one action -/

/-- What one step costs. -/
theorem planCost_one {E A : Type*} (f : E → A → E) (c : ℕ → E → ℝ) (w : ℕ → A → ℝ) (y : E)
    (a : Fin 1 → A) : planCost f c w 1 y a = c 1 y + w 1 (a 0) + c 0 (f y (a 0)) := by
  have h : planCost f c w (0 + 1) y a =
      c (0 + 1) y + w (0 + 1) (a 0) + planCost f c w 0 (f y (a 0)) (Fin.tail a) :=
    planCost_succ f c w y a
  rw [planCost_zero] at h
  exact h

/-- The gain of a single action is a quotient. -/
theorem lqGain_apply_of_one {n : ℕ} (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin 1) ℝ)
    (R : Matrix (Fin 1) (Fin 1) ℝ) (P : Matrix (Fin n) (Fin n) ℝ) (j : Fin n) :
    lqGain M B R P 0 j = (Bᵀ * P * M) 0 j / (R + Bᵀ * P * B) 0 0 := by
  rw [lqGain, Matrix.mul_apply, Fin.sum_univ_one, Matrix.inv_subsingleton,
    Matrix.diagonal_apply_eq, Ring.inverse_eq_inv', div_eq_inv_mul]

/-! ### The integrator -/

/-- What an action costs in the integrator, without noise. -/
theorem planCost_integrator (a : Fin 1 → Fin 1 → ℝ) :
    planCost (fun z a ↦ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec z +
        (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec a) (quadCost (fun _ ↦ 1) 0)
        (fun _ a ↦ a ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec a) 1 (fun _ ↦ 1) a =
      1 + a 0 0 ^ 2 + (1 + a 0 0) ^ 2 := by
  simp only [planCost_one, quadCost_zero, Matrix.one_mulVec, dotProduct, Fin.sum_univ_one,
    Pi.add_apply]
  ring

/-- The action `-1/2` is the best for the mean dynamics of the integrator. -/
theorem isMinOn_planCost_integrator :
    IsMinOn (planCost (fun z a ↦ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec z +
        (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec a) (quadCost (fun _ ↦ 1) 0)
        (fun _ a ↦ a ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec a) 1 (fun _ ↦ 1)) Set.univ
      fun _ _ ↦ -(1 / 2) := by
  refine isMinOn_iff.2 fun a _ ↦ ?_
  rw [planCost_integrator, planCost_integrator]
  nlinarith [sq_nonneg (a 0 0 + 1 / 2)]

/-- **An instance of certainty equivalence**, with numbers: in the integrator with standard Gaussian
noise, `-1/2` is an action of least expected cost from `1`. -/
theorem isMinOn_integral_integrator :
    IsMinOn (fun a : Fin 1 → Fin 1 → ℝ ↦
        ∫ η : Fin 1 → Fin 1 → ℝ, planCost (noisyStep 1 1) (quadCost (fun _ ↦ 1) 0)
          (fun _ e ↦ e.1 ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec e.1) 1 (fun _ ↦ 1)
          (fun t ↦ (a t, η t)) ∂(Measure.pi fun _ : Fin 1 ↦ γ 1)) Set.univ
      fun _ _ ↦ -(1 / 2) :=
  (certainty_equivalence_stdGaussian 1 1 (fun _ ↦ 1) 0 (fun _ a ↦ a ⬝ᵥ Matrix.mulVec 1 a)
    (fun _ ↦ 1) Set.univ _).2 isMinOn_planCost_integrator

/-- Gaussian noise on the line, of mean and variance one. -/
noncomputable def noiseOfMeanOne : Measure (Fin 1 → ℝ) := (γ 1).map fun η ↦ η + 1

private theorem measurable_add_one : Measurable fun η : Fin 1 → ℝ ↦ η + 1 :=
  measurable_id.add_const 1

instance : IsProbabilityMeasure noiseOfMeanOne :=
  Measure.isProbabilityMeasure_map measurable_add_one.aemeasurable

/-- What an action costs in the integrator, on average over noise of mean one: as from `2`, and what
the rest of the noise costs. -/
theorem integral_planCost_integrator (a : Fin 1 → Fin 1 → ℝ) :
    ∫ η : Fin 1 → Fin 1 → ℝ, planCost (noisyStep 1 1) (quadCost (fun _ ↦ 1) 0)
        (fun _ e ↦ e.1 ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec e.1) 1 (fun _ ↦ 1)
        (fun t ↦ (a t, η t)) ∂(Measure.pi fun _ : Fin 1 ↦ noiseOfMeanOne) =
      1 + a 0 0 ^ 2 + (2 + a 0 0) ^ 2 + ∫ x : Fin 1 → ℝ, x ⬝ᵥ Matrix.mulVec 1 x ∂γ 1 := by
  have hγ : IsCentred (γ 1) fun x : Fin 1 → ℝ ↦ x :=
    { memLp := memLp_coord, mean_eq_zero := integral_coord }
  obtain ⟨q1, q2⟩ := hγ.integral_quadratic 1 fun _ ↦ 2 + a 0 0
  have hF : Continuous fun x : Fin 1 → ℝ ↦ 1 + a 0 0 ^ 2 + (1 + a 0 0 + x 0) ^ 2 := by
    fun_prop
  have e (η : Fin 1 → Fin 1 → ℝ) :
      planCost (noisyStep 1 1) (quadCost (fun _ ↦ 1) 0)
        (fun _ e ↦ e.1 ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec e.1) 1 (fun _ ↦ 1)
        (fun t ↦ (a t, η t)) = 1 + a 0 0 ^ 2 + (1 + a 0 0 + η 0 0) ^ 2 := by
    simp only [planCost_one, quadCost_zero, noisyStep, Matrix.one_mulVec, dotProduct,
      Fin.sum_univ_one, Pi.add_apply]
    ring
  have e' (x : Fin 1 → ℝ) : 1 + a 0 0 ^ 2 + (1 + a 0 0 + (x + 1) 0) ^ 2 =
      1 + a 0 0 ^ 2 + ((fun _ ↦ 2 + a 0 0) + x) ⬝ᵥ Matrix.mulVec 1 ((fun _ ↦ 2 + a 0 0) + x) := by
    simp only [Matrix.one_mulVec, dotProduct, Fin.sum_univ_one, Pi.add_apply, Pi.one_apply]
    ring
  have q3 : (fun _ : Fin 1 ↦ 2 + a 0 0) ⬝ᵥ
      (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec (fun _ ↦ 2 + a 0 0) = (2 + a 0 0) ^ 2 := by
    rw [Matrix.one_mulVec, dotProduct, Fin.sum_univ_one, sq]
  simp only [e]
  calc ∫ η : Fin 1 → Fin 1 → ℝ, 1 + a 0 0 ^ 2 + (1 + a 0 0 + η 0 0) ^ 2
        ∂(Measure.pi fun _ : Fin 1 ↦ noiseOfMeanOne)
      = ∫ x, 1 + a 0 0 ^ 2 + (1 + a 0 0 + x 0) ^ 2 ∂noiseOfMeanOne :=
        (measurePreserving_eval (fun _ : Fin 1 ↦ noiseOfMeanOne)
          0).integral_comp_of_aestronglyMeasurable hF.aestronglyMeasurable
    _ = ∫ x : Fin 1 → ℝ, 1 + a 0 0 ^ 2 + (1 + a 0 0 + (x + 1) 0) ^ 2 ∂γ 1 :=
        integral_map measurable_add_one.aemeasurable hF.aestronglyMeasurable
    _ = 1 + a 0 0 ^ 2 + (2 + a 0 0) ^ 2 + ∫ x : Fin 1 → ℝ, x ⬝ᵥ Matrix.mulVec 1 x ∂γ 1 := by
        simp only [e']
        rw [integral_add (integrable_const _) q1, integral_const, probReal_univ, one_smul, q2, q3,
          ← add_assoc]

/-- **Outside `certainty_equivalence`**: where the noise has mean one, the action `-1/2`, which is
the best for the mean dynamics, is not one of least expected cost: `-1` costs less. -/
theorem not_isMinOn_integral_integrator :
    ¬IsMinOn (fun a : Fin 1 → Fin 1 → ℝ ↦
        ∫ η : Fin 1 → Fin 1 → ℝ, planCost (noisyStep 1 1) (quadCost (fun _ ↦ 1) 0)
          (fun _ e ↦ e.1 ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec e.1) 1 (fun _ ↦ 1)
          (fun t ↦ (a t, η t)) ∂(Measure.pi fun _ : Fin 1 ↦ noiseOfMeanOne)) Set.univ
      fun _ _ ↦ -(1 / 2) := by
  intro h
  have h1 := isMinOn_iff.1 h (fun _ _ ↦ -1) (Set.mem_univ _)
  rw [integral_planCost_integrator, integral_planCost_integrator, add_le_add_iff_right] at h1
  norm_num at h1

/-- **Outside `isMinOn_lqPlan_conj`**: for a model that shows the line at twice its scale, a map
that is not orthogonal, the linear–quadratic plan from what it shows of `1` is not the best: to do
nothing costs less. -/
theorem not_isMinOn_lqPlan_integrator {Q : Matrix (Fin 1) (Fin 1) ℝ} (hQ : Q = (2 : ℝ) • 1) :
    ¬IsMinOn (planCost (fun z a ↦ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec z +
        (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec a) (quadCost (fun _ ↦ 1) 0)
        (fun _ a ↦ a ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec a) 1 (fun _ ↦ 1)) Set.univ
      (lqPlan (Q * 1 * Qᵀ) (Q * 1) (fun _ ↦ Q * 1 * Qᵀ) 1 1 (Q.mulVec fun _ ↦ 1)) := by
  have hK : lqGain (Q * 1 * Qᵀ) (Q * 1) 1 (Q * 1 * Qᵀ) 0 0 = 32 / 17 := by
    rw [lqGain_apply_of_one, hQ]
    simp only [Matrix.mul_one, Matrix.transpose_smul, Matrix.transpose_one,
      Matrix.mul_smul, Matrix.add_apply, Matrix.smul_apply, Matrix.one_apply_eq, smul_eq_mul]
    norm_num
  have ha : lqPlan (Q * 1 * Qᵀ) (Q * 1) (fun _ ↦ Q * 1 * Qᵀ) 1 1 (Q.mulVec fun _ ↦ 1) 0 0 =
      -(64 / 17) := by
    have hz : Q.mulVec (fun _ : Fin 1 ↦ (1 : ℝ)) 0 = 2 := by
      rw [hQ, Matrix.smul_mulVec, Matrix.one_mulVec, Pi.smul_apply, smul_eq_mul, mul_one]
    have h := lqPlan_succ (Q * 1 * Qᵀ) (Q * 1) (fun _ ↦ Q * 1 * Qᵀ) 1 0 (Q.mulVec fun _ ↦ 1)
    rw [riccati_zero] at h
    have h0 : lqPlan (Q * 1 * Qᵀ) (Q * 1) (fun _ ↦ Q * 1 * Qᵀ) 1 1 (Q.mulVec fun _ ↦ 1) 0 =
        -(lqGain (Q * 1 * Qᵀ) (Q * 1) 1 (Q * 1 * Qᵀ)).mulVec (Q.mulVec fun _ ↦ 1) :=
      congrFun h 0
    rw [h0, Pi.neg_apply, Matrix.mulVec, dotProduct, Fin.sum_univ_one, hK, hz]
    norm_num
  intro h
  have h1 := isMinOn_iff.1 h 0 (Set.mem_univ _)
  rw [planCost_integrator, planCost_integrator, ha, Pi.zero_apply, Pi.zero_apply] at h1
  norm_num at h1

/-! ### The double integrator -/

/-- The drift of the double integrator: the velocity is added to the position. -/
def doubleIntegratorDrift : Matrix (Fin 2) (Fin 2) ℝ := !![1, 1; 0, 1]

/-- The input of the double integrator: the action is added to the velocity. -/
def doubleIntegratorInput : Matrix (Fin 2) (Fin 1) ℝ := !![0; 1]

/-- The matrix of the cost-to-go with one step left. -/
theorem riccati_doubleIntegrator :
    riccati doubleIntegratorDrift doubleIntegratorInput (fun _ ↦ 1) 1 1 = !![2, 1; 1, 5 / 2] := by
  have h := riccati_succ doubleIntegratorDrift doubleIntegratorInput (fun _ ↦ 1) 1 0
  rw [riccati_zero] at h
  refine h.trans ?_
  ext i j
  fin_cases i <;> fin_cases j <;>
    norm_num [Matrix.mul_apply, Fin.sum_univ_two, lqGain_apply_of_one, doubleIntegratorDrift,
      doubleIntegratorInput]

/-- The plan that the rotated model finds from the origin at velocity `1`: to stop at once. -/
theorem lqPlan_doubleIntegrator :
    lqPlan (turn * doubleIntegratorDrift * turnᵀ) (turn * doubleIntegratorInput)
        (fun _ ↦ turn * 1 * turnᵀ) 1 2 (turn.mulVec ![0, 1]) =
      ![fun _ ↦ -1, fun _ ↦ 0] := by
  have hK₁ : (lqGain doubleIntegratorDrift doubleIntegratorInput 1 !![2, 1; 1, 5 / 2]).mulVec
      ![0, 1] = fun _ ↦ 1 := by
    funext i
    rw [Subsingleton.elim i 0, Matrix.mulVec, dotProduct, Fin.sum_univ_two, lqGain_apply_of_one,
      lqGain_apply_of_one]
    norm_num [Matrix.mul_apply, Fin.sum_univ_two, doubleIntegratorDrift, doubleIntegratorInput]
  have hK₀ : (lqGain doubleIntegratorDrift doubleIntegratorInput 1 1).mulVec ![1, 0] = 0 := by
    funext i
    rw [Subsingleton.elim i 0, Matrix.mulVec, dotProduct, Fin.sum_univ_two, lqGain_apply_of_one,
      lqGain_apply_of_one]
    norm_num [Matrix.mul_apply, Fin.sum_univ_two, doubleIntegratorDrift, doubleIntegratorInput]
  have hz : doubleIntegratorDrift.mulVec ![0, 1] + doubleIntegratorInput.mulVec (-fun _ ↦ 1) =
      ![1, 0] := by
    ext i
    fin_cases i <;>
      norm_num [Matrix.mulVec, dotProduct, Fin.sum_univ_two, doubleIntegratorDrift,
        doubleIntegratorInput]
  have h := lqPlan_succ doubleIntegratorDrift doubleIntegratorInput (fun _ ↦ 1) 1 1 ![0, 1]
  have h' := lqPlan_succ doubleIntegratorDrift doubleIntegratorInput (fun _ ↦ 1) 1 0 ![1, 0]
  rw [riccati_zero, hK₀, neg_zero] at h'
  rw [riccati_doubleIntegrator, hK₁, hz, h'] at h
  rw [lqPlan_conj turn_mem]
  exact h.trans (funext (Fin.forall_fin_two.2 ⟨rfl, rfl⟩))

/-- **An instance of the learnt model's plan**, with numbers: the actions `-1` and `0`, which the
rotated model finds, are the best two for the mean dynamics from the origin at velocity `1`. -/
theorem isMinOn_lqPlan_doubleIntegrator :
    IsMinOn (planCost (fun z a ↦ doubleIntegratorDrift.mulVec z + doubleIntegratorInput.mulVec a)
      (quadCost (fun _ ↦ 1) 0) (fun _ a ↦ a ⬝ᵥ (1 : Matrix (Fin 1) (Fin 1) ℝ).mulVec a) 2
      ![0, 1]) Set.univ ![fun _ ↦ -1, fun _ ↦ 0] := by
  rw [← lqPlan_doubleIntegrator]
  exact isMinOn_lqPlan_conj_one doubleIntegratorDrift doubleIntegratorInput turn_mem 2 ![0, 1]

end Lejepa
