/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.DotProductSelf
public import Lejepa.WorldModel.Rollout
public import Mathlib.LinearAlgebra.Matrix.DotProduct

/-!
# A cart: a world in which actions act

Position and velocity: the position follows the velocity, `x' = v / 2 + η₁`, and the action sets the
velocity, `v' = a / 2 + η₂`. Neither is remembered for itself: the drift is nilpotent and not
normal. Memory explains a quarter of the position and nothing of the velocity, actions explain a
quarter of the velocity: together `M Mᵀ + B Bᵀ = 1 / 4`.

## Main definitions
* `Lejepa.cartDrift`, `Lejepa.cartInput`: the matrices `M` and `B`.
* `Lejepa.cartPredictor Q`: an optimal predictor for the encoder `Q`, which is wrong on a null set.

## Main results
* `Lejepa.cart_explained`: memory and actions explain something of every latent.
* `Lejepa.cart_rollout_ae_eq`: imagination is faithful.
* `Lejepa.exists_rollout_ne_of_not_explained`: without actions it need not be.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

/-! ### The world -/

/-- The drift of the cart: half the velocity becomes the position. -/
noncomputable def cartDrift : Matrix (Fin 2) (Fin 2) ℝ :=
  Matrix.of fun i j ↦ if i = 0 then if j = 1 then 1 / 2 else 0 else 0

/-- The input of the cart: half the action becomes the velocity. -/
noncomputable def cartInput : Matrix (Fin 2) (Fin 1) ℝ :=
  Matrix.of fun i _ ↦ if i = 1 then 1 / 2 else 0

/-- The cart's next position does not depend on its position. -/
@[simp]
theorem cartDrift_zero_zero : cartDrift 0 0 = 0 := by
  simp [cartDrift]

/-- The cart's velocity enters its next position with the factor `1/2`. -/
@[simp]
theorem cartDrift_zero_one : cartDrift 0 1 = 1 / 2 := by
  simp [cartDrift]

/-- The cart's next velocity depends neither on its position nor on its velocity. -/
@[simp]
theorem cartDrift_one (j : Fin 2) : cartDrift 1 j = 0 := by
  simp [cartDrift]

/-- The cart's next position does not depend on the action. -/
@[simp]
theorem cartInput_zero (j : Fin 1) : cartInput 0 j = 0 := by
  simp [cartInput]

/-- The action enters the cart's next velocity with the factor `1/2`. -/
@[simp]
theorem cartInput_one (j : Fin 1) : cartInput 1 j = 1 / 2 := by
  simp [cartInput]

/-- The next position. -/
theorem cartDrift_mulVec_zero (z : Fin 2 → ℝ) : cartDrift.mulVec z 0 = z 1 / 2 := by
  change ∑ j, cartDrift 0 j * z j = z 1 / 2
  rw [Fin.sum_univ_two, cartDrift_zero_zero, cartDrift_zero_one]
  ring

/-- The velocity is forgotten. -/
theorem cartDrift_mulVec_one (z : Fin 2 → ℝ) : cartDrift.mulVec z 1 = 0 := by
  change ∑ j, cartDrift 1 j * z j = 0
  exact Finset.sum_eq_zero fun j _ ↦ by rw [cartDrift_one, zero_mul]

/-- Actions do not move the position at once. -/
theorem cartInput_mulVec_zero (a : Fin 1 → ℝ) : cartInput.mulVec a 0 = 0 := by
  change ∑ j, cartInput 0 j * a j = 0
  exact Finset.sum_eq_zero fun j _ ↦ by rw [cartInput_zero, zero_mul]

/-- Actions set the velocity. -/
theorem cartInput_mulVec_one (a : Fin 1 → ℝ) : cartInput.mulVec a 1 = a 0 / 2 := by
  change ∑ j, cartInput 1 j * a j = a 0 / 2
  rw [Fin.sum_univ_one, cartInput_one]
  ring

/-- Memory and actions together explain a quarter of each latent. -/
theorem cart_gram : cartDrift * cartDriftᵀ + cartInput * cartInputᵀ =
    (1 / 4 : ℝ) • (1 : Matrix (Fin 2) (Fin 2) ℝ) := by
  refine Matrix.ext ?_
  simp only [Fin.forall_fin_two]
  refine ⟨⟨?_, ?_⟩, ⟨?_, ?_⟩⟩ <;>
    norm_num [Matrix.mul_apply, Fin.sum_univ_two]

/-- Memory and actions explain something of every latent. -/
theorem cart_explained :
    ∀ x ≠ 0, 0 < x ⬝ᵥ (cartDrift * cartDriftᵀ + cartInput * cartInputᵀ).mulVec x := by
  intro x hx
  rw [cart_gram, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_smul, smul_eq_mul]
  exact mul_pos (by norm_num) (Matrix.dotProduct_self_pos hx)

/-- Actions are needed: memory alone explains nothing of the velocity. -/
theorem not_cart_explained_by_memory : ¬ ∀ x ≠ 0, 0 < x ⬝ᵥ (cartDrift * cartDriftᵀ).mulVec x := by
  intro h
  have hne : (Pi.single 1 1 : Fin 2 → ℝ) ≠ 0 := fun e ↦ by
    have e1 := congrFun e 1
    rw [Pi.single_eq_same, Pi.zero_apply] at e1
    exact one_ne_zero e1
  have h1 := h (Pi.single 1 1) hne
  have h2 : (Pi.single 1 1 : Fin 2 → ℝ) ⬝ᵥ
      (cartDrift * cartDriftᵀ).mulVec (Pi.single 1 1) = 0 := by
    rw [single_one_dotProduct, ← Matrix.mulVec_mulVec, cartDrift_mulVec_one]
  rw [h2] at h1
  exact lt_irrefl 0 h1

/-! ### Imagination -/

/-- No coordinate of a standard Gaussian vector is zero, almost surely. -/
theorem ae_apply_ne_zero {n : ℕ} (i : Fin n) : ∀ᵐ z ∂γ n, z i ≠ 0 := by
  have : NoAtoms (gaussianReal 0 1) := noAtoms_gaussianReal one_ne_zero
  exact Measure.ae_eval_ne (fun _ : Fin n ↦ gaussianReal 0 1) i 0

/-- An optimal predictor of the cart for the encoder `Q`. For the action zero, which is almost never
taken, it predicts something else. -/
noncomputable def cartPredictor (Q : Matrix (Fin 2) (Fin 2) ℝ) (y : Fin 2 → ℝ) (a : Fin 1 → ℝ) :
    Fin 2 → ℝ :=
  if a 0 = 0 then 0 else Q.mulVec (cartDrift.mulVec (Qᵀ.mulVec y) + cartInput.mulVec a)

/-- The predictor of the cart is measurable. -/
theorem measurable_cartPredictor (Q : Matrix (Fin 2) (Fin 2) ℝ) :
    Measurable (Function.uncurry (cartPredictor Q)) := by
  have hset : MeasurableSet {p : (Fin 2 → ℝ) × (Fin 1 → ℝ) | p.2 0 = 0} :=
    measurableSet_eq_fun ((measurable_pi_apply 0).comp measurable_snd) measurable_const
  have hcont : Continuous fun p : (Fin 2 → ℝ) × (Fin 1 → ℝ) ↦
      Q.mulVec (cartDrift.mulVec (Qᵀ.mulVec p.1) + cartInput.mulVec p.2) :=
    (continuous_mulVec Q).comp ((((continuous_mulVec cartDrift).comp (continuous_mulVec Qᵀ)).comp
      continuous_fst).add ((continuous_mulVec cartInput).comp continuous_snd))
  have e : Function.uncurry (cartPredictor Q) = fun p : (Fin 2 → ℝ) × (Fin 1 → ℝ) ↦
      if p.2 0 = 0 then 0
      else Q.mulVec (cartDrift.mulVec (Qᵀ.mulVec p.1) + cartInput.mulVec p.2) :=
    funext fun _ ↦ rfl
  rw [e]
  exact Measurable.ite hset measurable_const hcont.measurable

/-- It is almost everywhere the mean dynamics of the cart, seen through `Q`. -/
theorem cartPredictor_ae_eq {Q : Matrix (Fin 2) (Fin 2) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ) :
    ∀ᵐ p ∂(γ 2).prod (γ 1), cartPredictor Q (Q.mulVec p.1) p.2 =
      Q.mulVec (cartDrift.mulVec p.1 + cartInput.mulVec p.2) := by
  have h : ∀ᵐ p ∂(γ 2).prod (γ 1), p.2 0 ≠ 0 :=
    Measure.quasiMeasurePreserving_snd.ae (ae_apply_ne_zero 0)
  filter_upwards [h] with p hp
  rw [cartPredictor, if_neg hp, Matrix.mulVec_mulVec p.1 Qᵀ Q,
    (Matrix.mem_orthogonalGroup_iff' (Fin 2) ℝ).1 hQ, Matrix.one_mulVec]

/-- But not everywhere. -/
theorem cartPredictor_zero (Q : Matrix (Fin 2) (Fin 2) ℝ) (y : Fin 2 → ℝ) :
    cartPredictor Q y 0 = 0 := by
  rw [cartPredictor, Pi.zero_apply, if_pos rfl]

/-- **An instance of faithful imagination**: for every rotation, a predictor that is wrong on a null
set of actions rolls out as the mean dynamics of the cart does, almost everywhere. -/
theorem cart_rollout_ae_eq {Q : Matrix (Fin 2) (Fin 2) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ) (T : ℕ) :
    ∀ᵐ p ∂(γ 2).prod (Measure.pi fun _ : Fin T ↦ γ 1),
      rollout (cartPredictor Q) T (Q.mulVec p.1) p.2 =
        Q.mulVec (rollout (fun z a ↦ cartDrift.mulVec z + cartInput.mulVec a) T p.1 p.2) :=
  rollout_ae_eq cart_explained (measurable_cartPredictor Q) hQ Filter.EventuallyEq.rfl
    (cartPredictor_ae_eq hQ) T

/-- Two steps. -/
theorem rollout_two {E A : Type*} (f : E → A → E) (y : E) (a : Fin 2 → A) :
    rollout f 2 y a = f (f y (a 0)) (Fin.tail a 0) := by
  change rollout f (1 + 1) y a = f (f y (a 0)) (Fin.tail a 0)
  rw [rollout_succ]
  change rollout f (0 + 1) (f y (a 0)) (Fin.tail a) = f (f y (a 0)) (Fin.tail a 0)
  rw [rollout_succ, rollout_zero]

/-- **Where nothing explains a latent, imagination need not be faithful.** Without actions the cart
comes to rest after one step, whatever its noise does: a null set of states. A predictor that is
almost everywhere the mean dynamics may be wrong there, and then its second step is wrong, almost
surely. -/
theorem exists_rollout_ne_of_not_explained :
    ∃ f : (Fin 2 → ℝ) → (Fin 1 → ℝ) → Fin 2 → ℝ, Measurable (Function.uncurry f) ∧
      (∀ᵐ p ∂(γ 2).prod (γ 1), f p.1 p.2 = cartDrift.mulVec p.1) ∧
      ∀ᵐ p ∂(γ 2).prod (Measure.pi fun _ : Fin 2 ↦ γ 1),
        rollout f 2 p.1 p.2 ≠ rollout (fun z _ ↦ cartDrift.mulVec z) 2 p.1 p.2 := by
  obtain ⟨f, hf⟩ : ∃ f : (Fin 2 → ℝ) → (Fin 1 → ℝ) → Fin 2 → ℝ,
      ∀ y a, f y a = if y 1 = 0 then 1 else cartDrift.mulVec y := ⟨_, fun _ _ ↦ rfl⟩
  refine ⟨f, ?_, ?_, ?_⟩
  · have hset : MeasurableSet {p : (Fin 2 → ℝ) × (Fin 1 → ℝ) | p.1 1 = 0} :=
      measurableSet_eq_fun ((measurable_pi_apply 1).comp measurable_fst) measurable_const
    have e : Function.uncurry f = fun p : (Fin 2 → ℝ) × (Fin 1 → ℝ) ↦
        if p.1 1 = 0 then 1 else cartDrift.mulVec p.1 := funext fun p ↦ hf p.1 p.2
    rw [e]
    exact Measurable.ite hset measurable_const ((measurable_mulVec _).comp measurable_fst)
  · have h : ∀ᵐ p ∂(γ 2).prod (γ 1), p.1 1 ≠ 0 :=
      Measure.quasiMeasurePreserving_fst.ae (ae_apply_ne_zero 1)
    filter_upwards [h] with p hp
    rw [hf, if_neg hp]
  · have h : ∀ᵐ p ∂(γ 2).prod (Measure.pi fun _ : Fin 2 ↦ γ 1), p.1 1 ≠ 0 :=
      Measure.quasiMeasurePreserving_fst.ae (ae_apply_ne_zero 1)
    filter_upwards [h] with p hp heq
    rw [rollout_two, rollout_two, hf p.1, if_neg hp, hf,
      if_pos (cartDrift_mulVec_one p.1)] at heq
    have h1 : cartDrift.mulVec (cartDrift.mulVec p.1) 0 = 0 := by
      rw [cartDrift_mulVec_zero, cartDrift_mulVec_one, zero_div]
    have h2 : (1 : ℝ) = cartDrift.mulVec (cartDrift.mulVec p.1) 0 := congrFun heq 0
    rw [h1] at h2
    exact one_ne_zero h2

end Lejepa
