/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.DotProductSelf
public import Lejepa.WorldModel.Identifiability
public import Lejepa.WorldModel.Planning

/-!
# An optimal encoder and predictor imagine faithfully, and plan well

What is proved of rollouts and plans, for a white encoder and a predictor that reach the least loss
of prediction: they are the world up to a rotation, and so is what they imagine.

## Main results
* `Lejepa.rollout_ae_eq_of_predictionLoss_eq`: rollouts of an optimal pair are rollouts of the
  world's mean dynamics, up to one rotation.
* `Lejepa.goal_reaching_of_predictionLoss_eq`: the plans that it finds best to reach a goal are the
  best ones.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
  {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν] {s : ℝ} {h : (Fin n → ℝ) → Fin n → ℝ}
  {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ}

/-- Where what is explained of a latent is more than `s²`, something is explained of it. -/
theorem explained_of_gap
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) :
    ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x := by
  intro x hx
  exact (mul_nonneg (sq_nonneg s) (Matrix.dotProduct_self_nonneg x)).trans_lt (gap x hx)

/-- **An optimal pair imagines faithfully**: for some rotation `Q` the encoder is `Q z`, and `T`
steps of the predictor on its own predictions are `T` steps of the world's mean dynamics, seen
through `Q`, for almost every state and sequence of actions. -/
theorem rollout_ae_eq_of_predictionLoss_eq
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n)
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) (hm : Measurable h)
    (hh : IsWhite (γ n) h) (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν M B h f = ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace)) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
      ∀ T : ℕ, ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k), rollout f T (h p.1) p.2 =
        Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T p.1 p.2) := by
  obtain ⟨Q, hQ, hhQ, hfQ⟩ := (jepa_identifiability stationary norm gap hm hh hf).2.1 loss
  exact ⟨Q, hQ, hhQ, fun T ↦ rollout_ae_eq (explained_of_gap gap) hf hQ hhQ hfQ T⟩

/-- **An optimal pair reaches goals**: the sequences of actions after which it imagines to be
nearest to the encoded goal are those after which the world's mean dynamics is nearest to the goal,
for almost every state, goal and sequence of actions. -/
theorem goal_reaching_of_predictionLoss_eq
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n)
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) (hm : Measurable h)
    (hh : IsWhite (γ n) h) (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν M B h f = ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace)) (T : ℕ) :
    ∀ᵐ q ∂(γ n).prod (γ n), ∀ᵐ a ∂(Measure.pi fun _ : Fin T ↦ γ k),
      (∀ᵐ a' ∂(Measure.pi fun _ : Fin T ↦ γ k),
        ∑ i, (rollout f T (h q.1) a i - h q.2 i) ^ 2 ≤
          ∑ i, (rollout f T (h q.1) a' i - h q.2 i) ^ 2) ↔
      ∀ a', ∑ i, (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T q.1 a i - q.2 i) ^ 2 ≤
        ∑ i, (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T q.1 a' i - q.2 i) ^ 2 := by
  obtain ⟨Q, hQ, hhQ, hfQ⟩ := (jepa_identifiability stationary norm gap hm hh hf).2.1 loss
  exact goal_reaching (explained_of_gap gap) hQ hhQ hfQ T

end Lejepa
