/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Dirichlet.ChangeOfVariables
public import Lejepa.Planning.Invariant
public import Lejepa.WorldModel.Cart
public import Lejepa.WorldModel.MeanImagination

/-!
# By how much a step makes the law of the state denser

A matrix that lengthens no vector carries the standard Gaussian to a law that is at most
`1 / |det A|` times the standard Gaussian: the density at `A y` is at least that at `y`. For the
mean dynamics of the cart, which halves the pair of velocity and action, this is `4`.

## Main results
* `Lejepa.map_mulVec_stdGaussian_le`: the bound.
* `Lejepa.cart_dominated`: for the cart.
* `Lejepa.cart_lintegral_eucl_rollout_le`: so what is proved of imagination with a model that is
  good on average holds there with `C = 4`.
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

namespace Lejepa

/-- **A contraction makes the Gaussian at most `1 / |det|` times as dense.** -/
theorem map_mulVec_stdGaussian_le {n : ℕ} {A : Matrix (Fin n) (Fin n) ℝ} (hdet : A.det ≠ 0)
    (hA : ∀ x, ∑ i, A.mulVec x i ^ 2 ≤ ∑ i, x i ^ 2) :
    (γ n).map A.mulVec ≤ ENNReal.ofReal |(A.det)⁻¹| • γ n := by
  have hm : Measurable A.mulVec := measurable_mulVec A
  obtain ⟨p, hp, hγ, hle⟩ : ∃ p : (Fin n → ℝ) → ℝ≥0∞, Measurable p ∧
      γ n = (volume : Measure (Fin n → ℝ)).withDensity p ∧ ∀ y, p y ≤ p (A.mulVec y) := by
    refine ⟨_, measurable_stdGaussian_density n, stdGaussian_eq_withDensity n, fun y ↦ ?_⟩
    refine ENNReal.ofReal_le_ofReal (mul_le_mul_of_nonneg_left (Real.exp_le_exp.2 ?_)
      (inv_sqrt_two_pi_pow_pos n).le)
    have h := hA y
    linarith
  have hvol : (volume : Measure (Fin n → ℝ)).map A.mulVec =
      ENNReal.ofReal |(A.det)⁻¹| • (volume : Measure (Fin n → ℝ)) := by
    have h := Real.map_matrix_volume_pi_eq_smul_volume_pi hdet
    have e : ⇑(Matrix.toLin' A) = A.mulVec := funext fun x ↦ Matrix.toLin'_apply A x
    rwa [e] at h
  refine Measure.le_iff.2 fun s hs ↦ ?_
  rw [Measure.map_apply hm hs, Measure.smul_apply, smul_eq_mul, hγ, withDensity_apply _ (hm hs),
    withDensity_apply _ hs]
  calc ∫⁻ y in A.mulVec ⁻¹' s, p y ≤ ∫⁻ y in A.mulVec ⁻¹' s, p (A.mulVec y) :=
        lintegral_mono fun y ↦ hle y
    _ = ∫⁻ x in s, p x ∂((volume : Measure (Fin n → ℝ)).map A.mulVec) :=
        (setLIntegral_map hs hp hm).symm
    _ = ENNReal.ofReal |(A.det)⁻¹| * ∫⁻ x in s, p x := by
        rw [hvol, Measure.restrict_smul, lintegral_smul_measure, smul_eq_mul]

/-! ### The cart -/

/-- Velocity and action of the cart, as a vector. -/
theorem exists_measurePreserving_velocity_action :
    ∃ v : (Fin 2 → ℝ) × (Fin 1 → ℝ) → Fin 2 → ℝ,
      MeasurePreserving v ((γ 2).prod (γ 1)) (γ 2) ∧ ∀ p, v p 0 = p.1 1 ∧ v p 1 = p.2 0 := by
  have h1 : MeasurePreserving (fun p : (Fin 2 → ℝ) × (Fin 1 → ℝ) ↦ (p.1 1, p.2 0))
      ((γ 2).prod (γ 1)) ((gaussianReal 0 1).prod (gaussianReal 0 1)) :=
    (measurePreserving_eval (fun _ : Fin 2 ↦ gaussianReal 0 1) 1).prod
      (measurePreserving_eval (fun _ : Fin 1 ↦ gaussianReal 0 1) 0)
  have h2 : MeasurePreserving (MeasurableEquiv.piFinTwo fun _ ↦ ℝ).symm
      ((gaussianReal 0 1).prod (gaussianReal 0 1)) (γ 2) :=
    MeasurePreserving.symm (MeasurableEquiv.piFinTwo fun _ ↦ ℝ)
      (measurePreserving_piFinTwo fun _ : Fin 2 ↦ gaussianReal 0 1)
  refine ⟨fun p ↦ (MeasurableEquiv.piFinTwo fun _ ↦ ℝ).symm (p.1 1, p.2 0), h2.comp h1,
    fun p ↦ ?_⟩
  have h := (MeasurableEquiv.piFinTwo fun _ ↦ ℝ).apply_symm_apply (p.1 1, p.2 0)
  exact ⟨congrArg Prod.fst h, congrArg Prod.snd h⟩

/-- The mean dynamics of the cart makes the law of the state at most four times as dense. -/
theorem cart_dominated :
    ((γ 2).prod (γ 1)).map (fun p ↦ cartDrift.mulVec p.1 + cartInput.mulVec p.2) ≤
      (4 : ℝ≥0∞) • γ 2 := by
  obtain ⟨v, hv, hv'⟩ := exists_measurePreserving_velocity_action
  obtain ⟨A, hAdef⟩ : ∃ A : Matrix (Fin 2) (Fin 2) ℝ, A = (1 / 2 : ℝ) • 1 := ⟨_, rfl⟩
  have hAx (x : Fin 2 → ℝ) (i : Fin 2) : A.mulVec x i = x i / 2 := by
    rw [hAdef, Matrix.smul_mulVec, Matrix.one_mulVec, Pi.smul_apply, smul_eq_mul]
    ring
  have hdet : A.det = 1 / 4 := by
    rw [hAdef, Matrix.det_smul, Matrix.det_one, Fintype.card_fin]
    norm_num
  have hF : (fun p : (Fin 2 → ℝ) × (Fin 1 → ℝ) ↦
      cartDrift.mulVec p.1 + cartInput.mulVec p.2) = A.mulVec ∘ v := by
    funext p
    refine funext (Fin.forall_fin_two.2 ⟨?_, ?_⟩)
    · change cartDrift.mulVec p.1 0 + cartInput.mulVec p.2 0 = A.mulVec (v p) 0
      rw [cartDrift_mulVec_zero, cartInput_mulVec_zero, hAx, (hv' p).1, add_zero]
    · change cartDrift.mulVec p.1 1 + cartInput.mulVec p.2 1 = A.mulVec (v p) 1
      rw [cartDrift_mulVec_one, cartInput_mulVec_one, hAx, (hv' p).2, zero_add]
  have hcon : ∀ x, ∑ i, A.mulVec x i ^ 2 ≤ ∑ i, x i ^ 2 := fun x ↦ by
    refine Finset.sum_le_sum fun i _ ↦ ?_
    rw [hAx]
    nlinarith [sq_nonneg (x i)]
  have hle := map_mulVec_stdGaussian_le (A := A) (by rw [hdet]; norm_num) hcon
  have hfour : ENNReal.ofReal |(A.det)⁻¹| = 4 := by
    rw [hdet]
    norm_num
  rw [hF, ← Measure.map_map (measurable_mulVec A) hv.measurable, hv.map_eq, ← hfour]
  exact hle

/-- **An instance of imagination with a model that is good on average**: for the cart, `C = 4`. -/
theorem cart_lintegral_eucl_rollout_le {Q : Matrix (Fin 2) (Fin 2) ℝ}
    {h : (Fin 2 → ℝ) → Fin 2 → ℝ} {f : (Fin 2 → ℝ) → (Fin 1 → ℝ) → Fin 2 → ℝ}
    (hm : Measurable h) (hf : Measurable (Function.uncurry f)) {L : ℝ≥0∞}
    (lip : ∀ y y' a, eucl (f y a) (f y' a) ≤ L * eucl y y') (T : ℕ) :
    ∫⁻ p, eucl (rollout f T (h p.1) p.2)
        (Q.mulVec (rollout (fun z a ↦ cartDrift.mulVec z + cartInput.mulVec a) T p.1 p.2))
        ∂(γ 2).prod (Measure.pi fun _ : Fin T ↦ γ 1) ≤
      L ^ T * ∫⁻ z, eucl (h z) (Q.mulVec z) ∂γ 2 +
        (∫⁻ p, eucl (f (Q.mulVec p.1) p.2)
          (Q.mulVec (cartDrift.mulVec p.1 + cartInput.mulVec p.2)) ∂(γ 2).prod (γ 1)) *
          ∑ i ∈ Finset.range T, L ^ i * 4 ^ (T - 1 - i) :=
  lintegral_eucl_rollout_le hm hf lip cart_dominated T

end Lejepa
