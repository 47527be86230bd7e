/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.DotProductSelf
public import Lejepa.WorldModel.ApproximateImagination
public import Lejepa.WorldModel.Domination
public import Lejepa.WorldModel.Imagination
public import Lejepa.WorldModel.Stationary

/-!
# What is learnt of the cart, and what is imagined with it

The cart of `Lejepa.WorldModel.Cart` satisfies all that is asked of a world: memory and actions
explain a quarter of each latent, more than the square of a quarter. So a noise makes it stationary,
an optimal encoder and predictor imagine it faithfully, and nearly optimal ones nearly so.

## Main results
* `Lejepa.exists_stationary_cart`: some noise makes the cart stationary.
* `Lejepa.cart_rollout_ae_eq_of_predictionLoss_eq`: an optimal pair imagines it faithfully.
* `Lejepa.cart_approx_imagination`: a nearly optimal pair nearly so.
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

namespace Lejepa

/-- What memory and actions explain of the latents of the cart. -/
theorem dotProduct_cart_gram (x : Fin 2 → ℝ) :
    x ⬝ᵥ (cartDrift * cartDriftᵀ + cartInput * cartInputᵀ).mulVec x = 1 / 4 * (x ⬝ᵥ x) := by
  rw [cart_gram, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_smul, smul_eq_mul]

/-- Some noise makes the cart stationary. -/
theorem exists_stationary_cart : ∃ ν : Measure (Fin 2 → ℝ), IsProbabilityMeasure ν ∧
    ((γ 2).prod ((γ 1).prod ν)).map (successor cartDrift cartInput) = γ 2 := by
  refine exists_stationary_iff.2 fun x ↦ ?_
  rw [dotProduct_cart_gram]
  linarith [Matrix.dotProduct_self_nonneg x]

variable {ν : Measure (Fin 2 → ℝ)} [IsProbabilityMeasure ν]
  {h : (Fin 2 → ℝ) → Fin 2 → ℝ} {f : (Fin 2 → ℝ) → (Fin 1 → ℝ) → Fin 2 → ℝ}

/-- **An instance of what an optimal pair imagines**: the cart. -/
theorem cart_rollout_ae_eq_of_predictionLoss_eq
    (stationary : ((γ 2).prod ((γ 1).prod ν)).map (successor cartDrift cartInput) = γ 2)
    (hm : Measurable h) (hh : IsWhite (γ 2) h) (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν cartDrift cartInput h f =
      ENNReal.ofReal ((2 : ℕ) - (cartDrift * cartDriftᵀ + cartInput * cartInputᵀ).trace)) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, h =ᵐ[γ 2] Q.mulVec ∧
      ∀ T : ℕ, ∀ᵐ p ∂(γ 2).prod (Measure.pi fun _ : Fin T ↦ γ 1), rollout f T (h p.1) p.2 =
        Q.mulVec (rollout (fun z a ↦ cartDrift.mulVec z + cartInput.mulVec a) T p.1 p.2) := by
  refine rollout_ae_eq_of_predictionLoss_eq (s := 1 / 4) stationary (fun x ↦ ?_)
    (fun x hx ↦ ?_) hm hh hf loss
  · exact (dotProduct_cart_gram x).le
  · rw [dotProduct_cart_gram]
    have h0 := Matrix.dotProduct_self_pos hx
    nlinarith

/-- **An instance of what a nearly optimal pair imagines**: the cart, where `s = 1 / 4`,
`κ = 3 / 16` and `C = 4`. -/
theorem cart_approx_imagination
    (stationary : ((γ 2).prod ((γ 1).prod ν)).map (successor cartDrift cartInput) = γ 2) {E : ℝ}
    (hE : 0 ≤ E) (hm : Measurable h) (hh : IsWhite (γ 2) h) (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν cartDrift cartInput h f ≤ ENNReal.ofReal
      ((2 : ℕ) - (cartDrift * cartDriftᵀ + cartInput * cartInputᵀ).trace + E))
    {L : ℝ≥0∞} (lip : ∀ y y' a, eucl (f y a) (f y' a) ≤ L * eucl y y') (T : ℕ) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫⁻ p, eucl (rollout f T (h p.1) p.2)
          (Q.mulVec (rollout (fun z a ↦ cartDrift.mulVec z + cartInput.mulVec a) T p.1 p.2))
          ∂(γ 2).prod (Measure.pi fun _ : Fin T ↦ γ 1) ≤
        L ^ T * ENNReal.ofReal √(E / (3 / 16) + (E / (3 / 16)) ^ 2) +
          (L * ENNReal.ofReal √(E / (3 / 16) + (E / (3 / 16)) ^ 2) +
            ENNReal.ofReal (√E + √(1 / 4 * (E / (3 / 16) + (E / (3 / 16)) ^ 2)))) *
            ∑ i ∈ Finset.range T, L ^ i * 4 ^ (T - 1 - i) := by
  refine approx_imagination (s := 1 / 4) (κ := 3 / 16) stationary (by norm_num) hE (fun x ↦ ?_)
    (fun x ↦ ?_) hm hh hf loss lip cart_dominated T
  · exact (dotProduct_cart_gram x).le
  · have e : (1 / 4 : ℝ) ^ 2 + 3 / 16 = 1 / 4 := by norm_num
    rw [e]
    exact (dotProduct_cart_gram x).ge

end Lejepa
