/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.Instances
public import Lejepa.WorldModel.CartImagination
public import Lejepa.WorldModel.DiagonalGram

/-!
# A nearly optimal encoder and predictor of the cart

The encoder keeps the velocity of the cart and bends its position `x` a little, to
`√(63/64) x + 1/8 (x² - 1) / √2`. With the mean dynamics of the cart, the position scaled by
`√(63/64)`, as predictor, its loss exceeds the least by exactly `1/256`. So the excess is not zero,
and all that `Lejepa.approx_imagination` asks of a pair holds.

## Main definitions
* `Lejepa.curvedCartEncoder`, `Lejepa.curvedCartPredictor`: the pair.

## Main results
* `Lejepa.IsGaussianDrift.lintegral_quadraticEncoder_sub_sq`: the loss of an encoder of degree two
  whose predictor is its linear part at the drift.
* `Lejepa.predictionLoss_curvedCart`: the loss of the pair.
* `Lejepa.curvedCart_approx_imagination`: what it imagines is near the world, with numbers.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped ENNReal Matrix

namespace Lejepa

/-! ### Encoders of degree two -/

section Drift

variable {n : ℕ} {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {g : Fin n → ℝ} [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]

/-- The encoder `hᵢ(z) = aᵢ zᵢ + bᵢ (zᵢ² - 1) / √2` is measurable. -/
theorem measurable_quadraticEncoder (a b : Fin n → ℝ) : Measurable (quadraticEncoder a b) :=
  measurable_pi_iff.2 fun i ↦ by
    have hz : Measurable fun z : Fin n → ℝ ↦ z i := measurable_pi_apply i
    have h : Measurable fun z : Fin n → ℝ ↦ a i * z i + b i * ((z i ^ 2 - 1) / √2) :=
      (hz.const_mul (a i)).add ((((hz.pow_const 2).sub_const 1).div_const √2).const_mul (b i))
    exact h

/-- The explained variance of the encoder `hᵢ(z) = aᵢ zᵢ + bᵢ (zᵢ² - 1) / √2`, where `gᵢ` is
explained of each latent, without correlations: `∑ aᵢ² gᵢ + bᵢ² gᵢ²`. -/
theorem IsGaussianDrift.explainedVariance_quadraticEncoder
    (hd : IsGaussianDrift κ ν d (Matrix.diagonal g)) (a b : Fin n → ℝ) :
    explainedVariance κ ν d (quadraticEncoder a b) =
      ∑ i, (a i ^ 2 * g i + b i ^ 2 * g i ^ 2) := by
  have hg : (1 : Matrix (Fin n) (Fin n) ℝ)ᵀ * Matrix.diagonal g * 1 = Matrix.diagonal g := by
    rw [Matrix.transpose_one, Matrix.one_mul, Matrix.mul_one]
  have hs := hd.hasSum_explainedVariance (one_mem (Matrix.orthogonalGroup (Fin n) ℝ)) hg
    (memLp_quadraticEncoder a b)
  simp only [Matrix.one_mulVec] at hs
  have ht : (fun α : Fin n → ℕ ↦ (∏ q, g q ^ α q) * hermiteWeight (quadraticEncoder a b) α) =
      fun α ↦ ∑ i, ((if α = Pi.single i 1 then a i ^ 2 * g i else 0) +
        if α = Pi.single i 2 then b i ^ 2 * g i ^ 2 else 0) := by
    funext α
    change (∏ q, g q ^ α q) * ∑ i, hermiteCoeff (fun z ↦ quadraticEncoder a b z i) α ^ 2 = _
    rw [mul_sum]
    refine sum_congr rfl fun i _ ↦ ?_
    rw [hermiteCoeff_quadraticEncoder]
    by_cases h₁ : α = Pi.single i 1
    · have h₂ : α ≠ Pi.single i 2 := fun e ↦ single_one_ne_single_two i i (h₁.symm.trans e)
      rw [if_pos h₁, if_pos h₁, if_neg h₂, if_neg h₂, h₁, prod_pow_single]
      ring
    · by_cases h₂ : α = Pi.single i 2
      · rw [if_neg h₁, if_neg h₁, if_pos h₂, if_pos h₂, h₂, prod_pow_single]
        ring
      · rw [if_neg h₁, if_neg h₁, if_neg h₂, if_neg h₂]
        ring
  rw [ht] at hs
  exact hs.unique (hasSum_sum fun i _ ↦ (hasSum_ite_eq (Pi.single i 1) (a i ^ 2 * g i)).add
    (hasSum_ite_eq (Pi.single i 2) (b i ^ 2 * g i ^ 2)))

/-- The loss of a white encoder of degree two whose predictor is its linear part at the drift:
`n - ∑ aᵢ² gᵢ`. It exceeds the least, `n - ∑ gᵢ`, by `∑ bᵢ² gᵢ`. -/
theorem IsGaussianDrift.lintegral_quadraticEncoder_sub_sq
    (hd : IsGaussianDrift κ ν d (Matrix.diagonal g)) {a b : Fin n → ℝ}
    (hab : ∀ i, a i ^ 2 + b i ^ 2 = 1) :
    ∫⁻ p, ENNReal.ofReal (∑ i, (quadraticEncoder a b (d p.1 + p.2) i - a i * d p.1 i) ^ 2)
        ∂κ.prod ν =
      ENNReal.ofReal (n - ∑ i, a i ^ 2 * g i) := by
  have hF : Measurable fun (c : C) (i : Fin n) ↦ a i * d c i :=
    measurable_pi_iff.2 fun i ↦ ((measurable_pi_apply i).comp hd.measurable).const_mul (a i)
  have hres : ∀ᵐ c ∂κ, ∀ i, step ν d (fun z ↦ quadraticEncoder a b z i) c - a i * d c i =
      step ν d (fun z ↦ quadraticEncoder 0 b z i) c := by
    refine ae_all_iff.2 fun i ↦ ?_
    have hl : MemLp (fun z ↦ (Matrix.diagonal a).mulVec z i) 2 (γ n) :=
      memLp_linear (Matrix.diagonal a i)
    have e : (fun z ↦ quadraticEncoder a b z i - (Matrix.diagonal a).mulVec z i) =
        fun z ↦ quadraticEncoder 0 b z i := funext fun z ↦ by
      rw [Matrix.mulVec_diagonal, quadraticEncoder, quadraticEncoder, Pi.zero_apply]
      ring
    have h := hd.step_sub_ae (memLp_quadraticEncoder a b i) hl
    rw [e] at h
    filter_upwards [h] with c hc
    rw [hc, hd.step_mulVec (Matrix.diagonal a) i c, Matrix.mulVec_diagonal]
  have hi (i : Fin n) :
      Integrable (fun c ↦ step ν d (fun z ↦ quadraticEncoder 0 b z i) c ^ 2) κ :=
    (hd.memLp_step (memLp_quadraticEncoder 0 b i)).integrable_sq
  have hint : Integrable (fun c ↦ ∑ i, step ν d (fun z ↦ quadraticEncoder 0 b z i) c ^ 2) κ :=
    integrable_finset_sum _ fun i _ ↦ hi i
  have hrest : ∫⁻ c, ENNReal.ofReal
      (∑ i, (step ν d (fun z ↦ quadraticEncoder a b z i) c - a i * d c i) ^ 2) ∂κ =
        ENNReal.ofReal (∑ i, b i ^ 2 * g i ^ 2) := by
    have hV : explainedVariance κ ν d (quadraticEncoder 0 b) = ∑ i, b i ^ 2 * g i ^ 2 := by
      rw [hd.explainedVariance_quadraticEncoder]
      refine sum_congr rfl fun i _ ↦ ?_
      rw [Pi.zero_apply]
      ring
    rw [← hV, explainedVariance, ← integral_finset_sum _ fun i _ ↦ hi i,
      ofReal_integral_eq_lintegral_ofReal hint
        (.of_forall fun c ↦ sum_nonneg fun i _ ↦ sq_nonneg _)]
    refine lintegral_congr_ae ?_
    filter_upwards [hres] with c hc
    simp only [hc]
  have h1 : (1 : Matrix (Fin n) (Fin n) ℝ)ᵀ * Matrix.diagonal g * 1 = Matrix.diagonal g := by
    rw [Matrix.transpose_one, Matrix.one_mul, Matrix.mul_one]
  have hg (i : Fin n) : 0 ≤ g i ∧ g i ≤ 1 :=
    hd.eigenvalue_mem (one_mem (Matrix.orthogonalGroup (Fin n) ℝ)) h1 i
  have hn : ∑ i, (a i ^ 2 + b i ^ 2) = n := by
    rw [sum_congr rfl fun i _ ↦ hab i, sum_const, card_univ, Fintype.card_fin, nsmul_eq_mul,
      mul_one]
  have hnn : 0 ≤ (n : ℝ) - ∑ i, (a i ^ 2 * g i + b i ^ 2 * g i ^ 2) := by
    rw [← hn, ← sum_sub_distrib]
    refine sum_nonneg fun i _ ↦ ?_
    obtain ⟨h₀, h₁⟩ := hg i
    have e₁ := mul_nonneg (sq_nonneg (a i)) (sub_nonneg.2 h₁)
    have e₂ := mul_nonneg (sq_nonneg (b i)) (sub_nonneg.2 (pow_le_one₀ h₀ h₁ (n := 2)))
    linarith
  rw [hd.lintegral_sub_sq_of_isWhite (measurable_quadraticEncoder a b)
      (isWhite_quadraticEncoder_of_sq_add_sq hab) hF, hrest,
    hd.explainedVariance_quadraticEncoder, ← ENNReal.ofReal_add hnn
      (sum_nonneg fun i _ ↦ mul_nonneg (sq_nonneg _) (sq_nonneg _)), sum_add_distrib]
  exact congrArg ENNReal.ofReal (by ring)

end Drift

/-! ### The pair -/

/-- What the encoder keeps of position and velocity. -/
noncomputable def curvedCartScale : Fin 2 → ℝ := ![√(63 / 64), 1]

/-- How much the encoder bends each. -/
noncomputable def curvedCartBend : Fin 2 → ℝ := ![1 / 8, 0]

/-- The encoder that keeps the velocity and takes the position `x` to
`√(63/64) x + 1/8 (x² - 1) / √2`. -/
noncomputable def curvedCartEncoder : (Fin 2 → ℝ) → Fin 2 → ℝ :=
  quadraticEncoder curvedCartScale curvedCartBend

/-- Its predictor: the mean dynamics of the cart, with the position scaled as the encoder does. -/
noncomputable def curvedCartPredictor (y : Fin 2 → ℝ) (a : Fin 1 → ℝ) (i : Fin 2) : ℝ :=
  curvedCartScale i * (cartDrift.mulVec y + cartInput.mulVec a) i

private theorem curvedCartScale_sq_zero : curvedCartScale 0 ^ 2 = 63 / 64 :=
  Real.sq_sqrt (by norm_num)

private theorem curvedCart_sq_add_sq (i : Fin 2) :
    curvedCartScale i ^ 2 + curvedCartBend i ^ 2 = 1 := by
  have h0 : curvedCartBend 0 = 1 / 8 := rfl
  have h1 : curvedCartScale 1 = 1 := rfl
  have h2 : curvedCartBend 1 = 0 := rfl
  revert i
  rw [Fin.forall_fin_two, curvedCartScale_sq_zero, h0, h1, h2]
  norm_num

/-- The encoder of the cart is white. -/
theorem isWhite_curvedCartEncoder : IsWhite (γ 2) curvedCartEncoder :=
  isWhite_quadraticEncoder_of_sq_add_sq curvedCart_sq_add_sq

/-- The predictor of the cart is measurable. -/
theorem measurable_curvedCartPredictor : Measurable (Function.uncurry curvedCartPredictor) :=
  measurable_pi_iff.2 fun i ↦ ((measurable_pi_apply i).comp
    (continuous_mulVec_add_mulVec cartDrift cartInput).measurable).const_mul (curvedCartScale i)

/-- The cart forgets its position, so the predictor does not see what the encoder does to it. -/
theorem cartDrift_mulVec_curvedCartEncoder (z : Fin 2 → ℝ) :
    cartDrift.mulVec (curvedCartEncoder z) = cartDrift.mulVec z := by
  have h : curvedCartEncoder z 1 = z 1 := by
    change 1 * z 1 + 0 * quadraticCoord 1 z = z 1
    ring
  refine funext (Fin.forall_fin_two.2 ⟨?_, ?_⟩)
  · rw [cartDrift_mulVec_zero, cartDrift_mulVec_zero, h]
  · rw [cartDrift_mulVec_one, cartDrift_mulVec_one]

/-- What memory and actions explain of the latents of the cart, as a diagonal matrix. -/
theorem cart_gram_eq_diagonal : cartDrift * cartDriftᵀ + cartInput * cartInputᵀ =
    Matrix.diagonal fun _ ↦ (1 / 4 : ℝ) := by
  rw [cart_gram, Matrix.smul_one_eq_diagonal]

/-- Independent Gaussian noise of variance `3/4` makes the cart stationary. -/
theorem map_successor_cart :
    ((γ 2).prod ((γ 1).prod (gaussianNoise fun _ ↦ 1 / 4))).map (successor cartDrift cartInput) =
      γ 2 :=
  map_successor_gaussianNoise cart_gram_eq_diagonal fun _ ↦ by norm_num

/-- The loss of the pair is `3/2 + 1/256`: it exceeds the least by `1/256`. -/
theorem predictionLoss_curvedCart :
    predictionLoss (gaussianNoise fun _ ↦ 1 / 4) cartDrift cartInput curvedCartEncoder
        curvedCartPredictor =
      ENNReal.ofReal
        ((2 : ℕ) - (cartDrift * cartDriftᵀ + cartInput * cartInputᵀ).trace + 1 / 256) := by
  have hd := isGaussianDrift_controlled map_successor_cart
  have hG : cartDrift * cartDrift.transpose + cartInput * cartInput.transpose =
      Matrix.diagonal fun _ ↦ (1 / 4 : ℝ) := cart_gram_eq_diagonal
  rw [hG] at hd
  have h1 : curvedCartScale 1 = 1 := rfl
  have e : ((2 : ℕ) : ℝ) - ∑ _i : Fin 2, (1 / 4 : ℝ) + 1 / 256 =
      (2 : ℕ) - ∑ i, curvedCartScale i ^ 2 * (1 / 4) := by
    rw [Fin.sum_univ_two, Fin.sum_univ_two, curvedCartScale_sq_zero, h1]
    norm_num
  rw [predictionLoss_eq, cart_gram_eq_diagonal, Matrix.trace_diagonal, e,
    ← hd.lintegral_quadraticEncoder_sub_sq curvedCart_sq_add_sq]
  refine lintegral_congr fun p ↦ ?_
  simp only [curvedCartPredictor, cartDrift_mulVec_curvedCartEncoder]
  rfl

/-- The predictor halves distances at least. -/
theorem eucl_curvedCartPredictor_le (y y' : Fin 2 → ℝ) (a : Fin 1 → ℝ) :
    eucl (curvedCartPredictor y a) (curvedCartPredictor y' a) ≤
      ENNReal.ofReal (1 / 2) * eucl y y' := by
  have h0 : curvedCartPredictor y a 0 - curvedCartPredictor y' a 0 =
      curvedCartScale 0 * ((y 1 - y' 1) / 2) := by
    simp only [curvedCartPredictor, Pi.add_apply, cartDrift_mulVec_zero]
    ring
  have h1 : curvedCartPredictor y a 1 - curvedCartPredictor y' a 1 = 0 := by
    simp only [curvedCartPredictor, Pi.add_apply, cartDrift_mulVec_one]
    ring
  rw [eucl, eucl, ← ENNReal.ofReal_mul (by norm_num), Fin.sum_univ_two, Fin.sum_univ_two, h0, h1,
    mul_pow, curvedCartScale_sq_zero]
  refine ENNReal.ofReal_le_ofReal (Real.sqrt_le_iff.2 ⟨by positivity, ?_⟩)
  rw [mul_pow, Real.sq_sqrt (by positivity)]
  nlinarith [sq_nonneg (y 0 - y' 0), sq_nonneg (y 1 - y' 1)]

/-- **An instance of what a nearly optimal pair imagines**, with numbers: `E = 1/256`, `L = 1/2`,
`C = 4`. Here `D = 1/48`, and `√(D + D²) = 7/48`. -/
theorem curvedCart_approx_imagination (T : ℕ) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫⁻ p, eucl (rollout curvedCartPredictor T (curvedCartEncoder p.1) p.2)
          (Q.mulVec (rollout (fun z a ↦ cartDrift.mulVec z + cartInput.mulVec a) T p.1 p.2))
          ∂(γ 2).prod (Measure.pi fun _ : Fin T ↦ γ 1) ≤
        ENNReal.ofReal (1 / 2) ^ T * ENNReal.ofReal (7 / 48) +
          ENNReal.ofReal (5 / 24) *
            ∑ i ∈ range T, ENNReal.ofReal (1 / 2) ^ i * 4 ^ (T - 1 - i) := by
  have h := cart_approx_imagination map_successor_cart (E := 1 / 256) (by norm_num)
    (measurable_quadraticEncoder curvedCartScale curvedCartBend) isWhite_curvedCartEncoder
    measurable_curvedCartPredictor predictionLoss_curvedCart.le eucl_curvedCartPredictor_le T
  have r₀ : (1 / 256 : ℝ) / (3 / 16) + (1 / 256 / (3 / 16)) ^ 2 = (7 / 48) ^ 2 := by norm_num
  have r₁ : √((7 / 48 : ℝ) ^ 2) = 7 / 48 := Real.sqrt_sq (by norm_num)
  have r₂ : √(1 / 256 : ℝ) = 1 / 16 := by
    have e : (1 / 256 : ℝ) = (1 / 16) ^ 2 := by norm_num
    rw [e, Real.sqrt_sq (by norm_num)]
  have r₃ : √(1 / 4 * (7 / 48 : ℝ) ^ 2) = 7 / 96 := by
    have e : (1 / 4 * (7 / 48 : ℝ) ^ 2) = (7 / 96) ^ 2 := by norm_num
    rw [e, Real.sqrt_sq (by norm_num)]
  have r₄ : (1 / 2 * (7 / 48) + (1 / 16 + 7 / 96) : ℝ) = 5 / 24 := by norm_num
  rw [r₀, r₁, r₂, r₃, ← ENNReal.ofReal_mul (by norm_num),
    ← ENNReal.ofReal_add (by norm_num) (by norm_num), r₄] at h
  exact h

end Lejepa
