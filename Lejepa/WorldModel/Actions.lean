/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Counterexample

/-!
# Actions help

A world of two latents, of which memory explains `16/25` and `1/25`: without actions, `1/25` is less
than the square of `16/25`, and a nonlinear encoder of the first latent alone has a smaller loss
than the latents. Actions that explain another `1/25` and `16/25` make the two alike, and the world
is learnt.

## Main results
* `Lejepa.jepa_identifiable_iff_of_diagonal`: how much of a latent actions must explain, exactly.
* `Lejepa.exists_predictionLoss_lt_without_actions`: without actions the world is not learnt.
* `Lejepa.not_exists_gap_without_actions`: it does not satisfy the condition.
* `Lejepa.jepa_identifiability_with_actions`: with them it is.
* `Lejepa.exists_nonlinear_predictionLoss_eq_edge`: at the edge, a nonlinear pair does as well as
  the world.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped ENNReal Matrix

noncomputable section

namespace Lejepa

/-- **How much of a latent actions must explain.** Where memory and actions act on each latent by
itself, `z'ᵢ = aᵢ zᵢ + bᵢ uᵢ + ηᵢ`, the best pairs of a white encoder and a predictor are the world
up to an orthogonal map if and only if `(aⱼ² + bⱼ²)² < aᵢ² + bᵢ²` for all `i` and `j`. -/
theorem jepa_identifiable_iff_of_diagonal {n : ℕ} {a b : Fin n → ℝ}
    (h₀ : ∀ i, 0 < a i ^ 2 + b i ^ 2) (h₁ : ∀ i, a i ^ 2 + b i ^ 2 < 1) :
    (∀ (h : (Fin n → ℝ) → Fin n → ℝ) (f : (Fin n → ℝ) → (Fin n → ℝ) → Fin n → ℝ),
        Measurable h → IsWhite (γ n) h → Measurable (Function.uncurry f) →
        ENNReal.ofReal (n - ∑ l, (a l ^ 2 + b l ^ 2)) ≤
            predictionLoss (gaussianNoise fun i ↦ a i ^ 2 + b i ^ 2) (Matrix.diagonal a)
              (Matrix.diagonal b) h f ∧
        (predictionLoss (gaussianNoise fun i ↦ a i ^ 2 + b i ^ 2) (Matrix.diagonal a)
              (Matrix.diagonal b) h f = ENNReal.ofReal (n - ∑ l, (a l ^ 2 + b l ^ 2)) ↔
          ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
            ∀ᵐ p ∂(γ n).prod (γ n), f (Q.mulVec p.1) p.2 =
              Q.mulVec ((Matrix.diagonal a).mulVec p.1 + (Matrix.diagonal b).mulVec p.2))) ↔
      ∀ i j, (a j ^ 2 + b j ^ 2) ^ 2 < a i ^ 2 + b i ^ 2 :=
  jepa_identifiable_iff_forall_sq_lt
    (map_successor_gaussianNoise (diagonal_mul_transpose_add a b) fun i ↦ (h₁ i).le)
    (diagonal_mul_transpose_add a b) h₀ h₁

/-! ### Two latents, one of which memory hardly keeps -/

/-- Memory of the first latent `4/5`, of the second `1/5`. -/
def twoMemories (i : Fin 2) : ℝ := if i = 0 then 4 / 5 else 1 / 5

/-- Actions that do for each latent what memory does for the other. -/
def twoActions (i : Fin 2) : ℝ := if i = 0 then 1 / 5 else 4 / 5

private theorem twoMemories_zero : twoMemories 0 = 4 / 5 := if_pos rfl

private theorem twoMemories_one : twoMemories 1 = 1 / 5 := if_neg Fin.zero_ne_one.symm

private theorem twoActions_zero : twoActions 0 = 1 / 5 := if_pos rfl

private theorem twoActions_one : twoActions 1 = 4 / 5 := if_neg Fin.zero_ne_one.symm

private theorem twoMemories_sq_add_twoActions_sq (i : Fin 2) :
    twoMemories i ^ 2 + twoActions i ^ 2 = 17 / 25 := by
  have h : ∀ i : Fin 2, twoMemories i ^ 2 + twoActions i ^ 2 = 17 / 25 := by
    rw [Fin.forall_fin_two, twoMemories_zero, twoMemories_one, twoActions_zero, twoActions_one]
    constructor <;> norm_num
  exact h i

private theorem twoMemories_sq_le_one (i : Fin 2) : twoMemories i ^ 2 ≤ 1 := by
  have h := twoMemories_sq_add_twoActions_sq i
  have h' := sq_nonneg (twoActions i)
  linarith

/-- **Without actions the world is not learnt**: a nonlinear white encoder with its predictor has a
smaller loss than the latents. -/
theorem exists_predictionLoss_lt_without_actions :
    ∃ (h : (Fin 2 → ℝ) → Fin 2 → ℝ) (f : (Fin 2 → ℝ) → (Fin 2 → ℝ) → Fin 2 → ℝ),
      Measurable h ∧ IsWhite (γ 2) h ∧ Measurable (Function.uncurry f) ∧
      predictionLoss (gaussianNoise fun i ↦ twoMemories i ^ 2) (Matrix.diagonal twoMemories) 0
        h f < ENNReal.ofReal (2 - ∑ i, twoMemories i ^ 2) := by
  have hG := diagonal_mul_transpose_add_zero twoMemories 2
  obtain ⟨h, f, hm, hw, hf, -, -, hloss⟩ := exists_nonlinear_predictionLoss_eq
    (map_successor_gaussianNoise hG twoMemories_sq_le_one) hG
    (Fin.zero_ne_one.symm : (1 : Fin 2) ≠ 0)
  have hloss' : predictionLoss (gaussianNoise fun i ↦ twoMemories i ^ 2)
      (Matrix.diagonal twoMemories) 0 h f = ENNReal.ofReal (((2 : ℕ) : ℝ) -
        ∑ l, twoMemories l ^ 2 + (twoMemories 1 ^ 2 - (twoMemories 0 ^ 2) ^ 2)) := hloss
  refine ⟨h, f, hm, hw, hf, ?_⟩
  rw [hloss', Fin.sum_univ_two, twoMemories_zero, twoMemories_one, Nat.cast_ofNat]
  refine (ENNReal.ofReal_lt_ofReal_iff ?_).2 ?_
  · norm_num
  · norm_num

/-- So there is no `s` that satisfies the condition of `jepa_identifiability` without actions. -/
theorem not_exists_gap_without_actions :
    ¬ ∃ s : ℝ,
      (∀ x, x ⬝ᵥ (Matrix.diagonal twoMemories * (Matrix.diagonal twoMemories)ᵀ +
        (0 : Matrix (Fin 2) (Fin 2) ℝ) * (0 : Matrix (Fin 2) (Fin 2) ℝ)ᵀ).mulVec x ≤
          s * (x ⬝ᵥ x)) ∧
      ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) <
        x ⬝ᵥ (Matrix.diagonal twoMemories * (Matrix.diagonal twoMemories)ᵀ +
          (0 : Matrix (Fin 2) (Fin 2) ℝ) * (0 : Matrix (Fin 2) (Fin 2) ℝ)ᵀ).mulVec x := by
  rintro ⟨s, norm, gap⟩
  have hG := diagonal_mul_transpose_add_zero twoMemories 2
  obtain ⟨h, f, hm, hw, hf, hloss⟩ := exists_predictionLoss_lt_without_actions
  have hle := (jepa_identifiability (map_successor_gaussianNoise hG twoMemories_sq_le_one) norm gap
    hm hw hf).1
  rw [hG, Matrix.trace_diagonal, Nat.cast_ofNat] at hle
  exact absurd hloss (not_lt.2 hle)

/-- **Actions help**: with them, the best pairs of a white encoder and a predictor are the world up
to an orthogonal map. -/
theorem jepa_identifiability_with_actions {h : (Fin 2 → ℝ) → Fin 2 → ℝ} (hm : Measurable h)
    (hh : IsWhite (γ 2) h) {f : (Fin 2 → ℝ) → (Fin 2 → ℝ) → Fin 2 → ℝ}
    (hf : Measurable (Function.uncurry f)) :
    ENNReal.ofReal (16 / 25) ≤
        predictionLoss (gaussianNoise fun _ ↦ 17 / 25) (Matrix.diagonal twoMemories)
          (Matrix.diagonal twoActions) h f ∧
      (predictionLoss (gaussianNoise fun _ ↦ 17 / 25) (Matrix.diagonal twoMemories)
          (Matrix.diagonal twoActions) h f = ENNReal.ofReal (16 / 25) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, h =ᵐ[γ 2] Q.mulVec ∧
          ∀ᵐ p ∂(γ 2).prod (γ 2), f (Q.mulVec p.1) p.2 = Q.mulVec
            ((Matrix.diagonal twoMemories).mulVec p.1 +
              (Matrix.diagonal twoActions).mulVec p.2)) := by
  have hG : Matrix.diagonal twoMemories * (Matrix.diagonal twoMemories)ᵀ +
      Matrix.diagonal twoActions * (Matrix.diagonal twoActions)ᵀ =
        Matrix.diagonal fun _ : Fin 2 ↦ (17 / 25 : ℝ) :=
    (diagonal_mul_transpose_add twoMemories twoActions).trans
      (congrArg Matrix.diagonal (funext twoMemories_sq_add_twoActions_sq))
  have h₁ : ∀ _i : Fin 2, (17 / 25 : ℝ) ≤ 1 := fun _ ↦ by norm_num
  have h₂ : ∀ _i _j : Fin 2, (17 / 25 : ℝ) ^ 2 < 17 / 25 := fun _ _ ↦ by norm_num
  have key := jepa_identifiability_of_gram_eq_diagonal (map_successor_gaussianNoise hG h₁) hG h₂
    hm hh hf
  have e : ((2 : ℕ) : ℝ) - ∑ _i : Fin 2, (17 / 25 : ℝ) = 16 / 25 := by
    rw [Fin.sum_univ_two]
    norm_num
  simp only [e] at key
  exact key

/-! ### At the edge -/

/-- Memory of the first latent `1/2`, of the second `1/4`: the second is explained just as much as
the square of the first. -/
def edgeMemories (i : Fin 2) : ℝ := if i = 0 then 1 / 2 else 1 / 4

private theorem edgeMemories_zero : edgeMemories 0 = 1 / 2 := if_pos rfl

private theorem edgeMemories_one : edgeMemories 1 = 1 / 4 := if_neg Fin.zero_ne_one.symm

private theorem edgeMemories_sq_le_one (i : Fin 2) : edgeMemories i ^ 2 ≤ 1 := by
  have h : ∀ i : Fin 2, edgeMemories i ^ 2 ≤ 1 := by
    rw [Fin.forall_fin_two, edgeMemories_zero, edgeMemories_one]
    constructor <;> norm_num
  exact h i

/-- **At the edge**, where the least that is explained of a latent is the square of the most, a
white encoder that is not linear and its predictor have the same loss as the latents, and no linear
readout finds the second latent. So the strict gap of `jepa_identifiability` is needed, and without
it the excess of the loss bounds neither the distance from an orthogonal map nor the error of a
readout. -/
theorem exists_nonlinear_predictionLoss_eq_edge :
    ∃ (h : (Fin 2 → ℝ) → Fin 2 → ℝ) (f : (Fin 2 → ℝ) → (Fin 2 → ℝ) → Fin 2 → ℝ),
      Measurable h ∧ IsWhite (γ 2) h ∧ Measurable (Function.uncurry f) ∧
      (∀ Q : Matrix (Fin 2) (Fin 2) ℝ, ¬ h =ᵐ[γ 2] Q.mulVec) ∧
      (∀ L : Matrix (Fin 2) (Fin 2) ℝ, 1 ≤ ∫ z, ∑ l, (L.mulVec (h z) l - z l) ^ 2 ∂γ 2) ∧
      predictionLoss (gaussianNoise fun i ↦ edgeMemories i ^ 2) (Matrix.diagonal edgeMemories) 0
        h f = ENNReal.ofReal (2 - ∑ i, edgeMemories i ^ 2) := by
  have hG := diagonal_mul_transpose_add_zero edgeMemories 2
  obtain ⟨h, f, hm, hw, hf, hne, hL, hloss⟩ := exists_nonlinear_predictionLoss_eq
    (map_successor_gaussianNoise hG edgeMemories_sq_le_one) hG
    (Fin.zero_ne_one.symm : (1 : Fin 2) ≠ 0)
  have hloss' : predictionLoss (gaussianNoise fun i ↦ edgeMemories i ^ 2)
      (Matrix.diagonal edgeMemories) 0 h f = ENNReal.ofReal (((2 : ℕ) : ℝ) -
        ∑ l, edgeMemories l ^ 2 + (edgeMemories 1 ^ 2 - (edgeMemories 0 ^ 2) ^ 2)) := hloss
  have e : edgeMemories 1 ^ 2 - (edgeMemories 0 ^ 2) ^ 2 = 0 := by
    rw [edgeMemories_zero, edgeMemories_one]
    norm_num
  refine ⟨h, f, hm, hw, hf, hne, hL, ?_⟩
  rw [hloss', e, add_zero, Nat.cast_ofNat]

end Lejepa
