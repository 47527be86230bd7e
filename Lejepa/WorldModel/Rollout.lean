/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Dirichlet.ChangeOfVariables
public import Lejepa.ForMathlib.QuasiMeasurePreserving
public import Lejepa.Planning.Invariant

/-!
# Imagination: rollouts of a world model

A model `f` predicts the next state from a state and an action. Its rollout feeds it its own
predictions. In a world `z' = M z + B a + η`, where memory and actions explain something of every
latent (`M Mᵀ + B Bᵀ` is positive definite), an optimal predictor follows, step after step, the mean
dynamics `z ↦ M z + B a` of the world, seen through the rotation that its encoder has found.

The predictor is known almost everywhere only. That this is enough rests on one fact: the mean
dynamics, as a map of latents and actions, pulls null sets back to null sets, because it is linear
and surjective. So the states that imagination visits avoid the null set where the predictor is
wrong.

## Main definitions
* `Lejepa.rollout f T y a`: the state after `T` steps of the model `f` from `y`, under actions `a`.

## Main results
* `Lejepa.quasiMeasurePreserving_rollout_step`: what holds for almost every state and sequence of
  actions holds still after one step.
* `Lejepa.rollout_ae_eq`: imagination is faithful, for almost every state and sequence of actions.
* `Lejepa.rollout_eq_of_continuous`: and for all, if the predictor is continuous.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

/-- `T` steps of a model from a state, under a sequence of actions. -/
def rollout {E A : Type*} (f : E → A → E) : (T : ℕ) → E → (Fin T → A) → E
  | 0, y, _ => y
  | T + 1, y, a => rollout f T (f y (a 0)) (Fin.tail a)

section General

variable {E E' A : Type*} (f : E → A → E)

/-- No step leads nowhere. -/
@[simp]
theorem rollout_zero (y : E) (a : Fin 0 → A) : rollout f 0 y a = y := by
  rw [rollout]

/-- The first step, and then the others. -/
theorem rollout_succ {T : ℕ} (y : E) (a : Fin (T + 1) → A) :
    rollout f (T + 1) y a = rollout f T (f y (a 0)) (Fin.tail a) := by
  rw [rollout]

variable {f}

/-- A map that carries one model to another carries its rollouts to the other's. -/
theorem rollout_comp {F : E' → A → E'} {φ : E' → E} (h : ∀ z a, f (φ z) a = φ (F z a)) :
    ∀ (T : ℕ) (z : E') (a : Fin T → A), rollout f T (φ z) a = φ (rollout F T z a) := by
  intro T
  induction T with
  | zero =>
    intro z a
    rw [rollout_zero, rollout_zero]
  | succ T ih =>
    intro z a
    rw [rollout_succ, rollout_succ, h, ih]

/-- The rollouts of a continuous model depend continuously on the state and the actions. -/
theorem continuous_rollout [TopologicalSpace E] [TopologicalSpace A]
    (hf : Continuous (Function.uncurry f)) :
    ∀ T : ℕ, Continuous fun p : E × (Fin T → A) ↦ rollout f T p.1 p.2 := by
  intro T
  induction T with
  | zero =>
    simp only [rollout_zero]
    exact continuous_fst
  | succ T ih =>
    simp only [rollout_succ]
    have h0 : Continuous fun p : E × (Fin (T + 1) → A) ↦ (p.1, p.2 0) :=
      continuous_fst.prodMk ((continuous_apply (0 : Fin (T + 1))).comp continuous_snd)
    have h1 : Continuous fun p : E × (Fin (T + 1) → A) ↦ f p.1 (p.2 0) := hf.comp h0
    have h2 : Continuous fun p : E × (Fin (T + 1) → A) ↦ Fin.tail p.2 :=
      continuous_snd.finTail
    exact ih.comp (h1.prodMk h2)

end General

/-! ### One step of the mean dynamics -/

section Step

variable {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}

/-- The linear map of a matrix is continuous. -/
theorem continuous_mulVec {m n : ℕ} (A : Matrix (Fin m) (Fin n) ℝ) : Continuous A.mulVec :=
  Continuous.matrix_mulVec continuous_const continuous_id

/-- The mean dynamics `(z, a) ↦ M z + B a` is continuous. -/
theorem continuous_mulVec_add_mulVec (M : Matrix (Fin n) (Fin n) ℝ)
    (B : Matrix (Fin n) (Fin k) ℝ) :
    Continuous fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ M.mulVec p.1 + B.mulVec p.2 :=
  ((continuous_mulVec M).comp continuous_fst).add ((continuous_mulVec B).comp continuous_snd)

/-- A first action and then `T` others: the law of `T + 1` actions is a product. -/
theorem measurePreserving_head_tail {A : Type*} [MeasurableSpace A] (α : Measure A)
    [SigmaFinite α] (T : ℕ) :
    MeasurePreserving (fun a : Fin (T + 1) → A ↦ (a 0, Fin.tail a))
      (Measure.pi fun _ : Fin (T + 1) ↦ α) (α.prod (Measure.pi fun _ : Fin T ↦ α)) := by
  have h := measurePreserving_piFinSuccAbove (fun _ : Fin (T + 1) ↦ α) 0
  have e : ⇑(MeasurableEquiv.piFinSuccAbove (fun _ : Fin (T + 1) ↦ A) 0) =
      fun a : Fin (T + 1) → A ↦ (a 0, Fin.tail a) := by
    funext a
    change (a 0, Fin.removeNth 0 a) = (a 0, Fin.tail a)
    rw [Fin.removeNth_zero]
  rw [← e]
  exact h

/-- Where memory and actions explain something of every latent, every latent is the mean successor
of some latent under some action. -/
theorem surjective_mulVec_add_mulVec
    (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) :
    Function.Surjective fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ M.mulVec p.1 + B.mulVec p.2 := by
  have inj : Function.Injective (M * Mᵀ + B * Bᵀ).mulVecLin := by
    refine (injective_iff_map_eq_zero (M * Mᵀ + B * Bᵀ).mulVecLin).2 fun x hx ↦ ?_
    by_contra hne
    have h0 : (M * Mᵀ + B * Bᵀ).mulVec x = 0 := hx
    have h := explained x hne
    rw [h0, dotProduct_zero] at h
    exact lt_irrefl 0 h
  intro y
  obtain ⟨x, hx⟩ := LinearMap.injective_iff_surjective.1 inj y
  refine ⟨(Mᵀ.mulVec x, Bᵀ.mulVec x), ?_⟩
  change M.mulVec (Mᵀ.mulVec x) + B.mulVec (Bᵀ.mulVec x) = y
  rw [Matrix.mulVec_mulVec, Matrix.mulVec_mulVec, ← Matrix.add_mulVec]
  exact hx

/-- The mean dynamics pulls null sets back to null sets. -/
theorem quasiMeasurePreserving_mulVec_add_mulVec
    (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) :
    Measure.QuasiMeasurePreserving
      (fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ M.mulVec p.1 + B.mulVec p.2)
      ((γ n).prod (γ k)) (γ n) := by
  obtain ⟨L, hL⟩ : ∃ L : (Fin n → ℝ) × (Fin k → ℝ) →ₗ[ℝ] (Fin n → ℝ),
      (L : (Fin n → ℝ) × (Fin k → ℝ) → Fin n → ℝ) = fun p ↦ M.mulVec p.1 + B.mulVec p.2 :=
    ⟨M.mulVecLin.coprod B.mulVecLin, rfl⟩
  have hm : Measurable (L : (Fin n → ℝ) × (Fin k → ℝ) → Fin n → ℝ) := by
    rw [hL]
    exact (continuous_mulVec_add_mulVec M B).measurable
  have surj : Function.Surjective (L : (Fin n → ℝ) × (Fin k → ℝ) → Fin n → ℝ) := by
    rw [hL]
    exact surjective_mulVec_add_mulVec explained
  have h := quasiMeasurePreserving_of_surjective (L := L)
    (μ := (volume : Measure (Fin n → ℝ)).prod (volume : Measure (Fin k → ℝ)))
    (ν := (volume : Measure (Fin n → ℝ))) hm surj
  rw [hL] at h
  exact h.mono ((stdGaussian_absolutelyContinuous n).prod (stdGaussian_absolutelyContinuous k))
    (absolutelyContinuous_stdGaussian n)

/-- **What holds almost surely holds still after a step.** The state and the actions that are left
after one step of the mean dynamics avoid every null set, almost surely. -/
theorem quasiMeasurePreserving_rollout_step
    (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) (T : ℕ) :
    Measure.QuasiMeasurePreserving
      (fun p : (Fin n → ℝ) × (Fin (T + 1) → Fin k → ℝ) ↦
        (M.mulVec p.1 + B.mulVec (p.2 0), Fin.tail p.2))
      ((γ n).prod (Measure.pi fun _ : Fin (T + 1) ↦ γ k))
      ((γ n).prod (Measure.pi fun _ : Fin T ↦ γ k)) := by
  have h1 := ((MeasurePreserving.id (γ n)).prod
    (measurePreserving_head_tail (γ k) T)).quasiMeasurePreserving
  have h2 := (MeasurePreserving.symm MeasurableEquiv.prodAssoc (measurePreserving_prodAssoc
    (γ n) (γ k) (Measure.pi fun _ : Fin T ↦ γ k))).quasiMeasurePreserving
  have h3 := QuasiMeasurePreserving.prodMap (quasiMeasurePreserving_mulVec_add_mulVec explained)
    (Measure.QuasiMeasurePreserving.id (Measure.pi fun _ : Fin T ↦ γ k))
  exact h3.comp (h2.comp h1)

/-- What holds for almost every state and action holds for almost every state and first action. -/
theorem ae_first_action {p : (Fin n → ℝ) → (Fin k → ℝ) → Prop}
    (hp : ∀ᵐ x ∂(γ n).prod (γ k), p x.1 x.2) (T : ℕ) :
    ∀ᵐ x ∂(γ n).prod (Measure.pi fun _ : Fin (T + 1) ↦ γ k), p x.1 (x.2 0) := by
  have h := ((MeasurePreserving.id (γ n)).prod
    (measurePreserving_eval (fun _ : Fin (T + 1) ↦ γ k) 0)).quasiMeasurePreserving
  filter_upwards [h.ae hp] with x hx
  exact hx

instance (n : ℕ) : (γ n).IsOpenPosMeasure :=
  (absolutelyContinuous_stdGaussian n).isOpenPosMeasure

end Step

/-! ### Rollouts of an optimal predictor -/

section Faithful

variable {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
  {Q : Matrix (Fin n) (Fin n) ℝ} {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ}

/-- A predictor that is almost everywhere the world's mean dynamics, seen through `Q`, rolls out as
they do, for almost every state and sequence of actions. -/
theorem rollout_mulVec_ae_eq (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) (T : ℕ) :
    ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k), rollout f T (Q.mulVec p.1) p.2 =
      Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T p.1 p.2) := by
  induction T with
  | zero =>
    refine .of_forall fun p ↦ ?_
    rw [rollout_zero, rollout_zero]
  | succ T ih =>
    have hfirst : ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin (T + 1) ↦ γ k),
        f (Q.mulVec p.1) (p.2 0) = Q.mulVec (M.mulVec p.1 + B.mulVec (p.2 0)) :=
      ae_first_action (p := fun z a ↦ f (Q.mulVec z) a = Q.mulVec (M.mulVec z + B.mulVec a)) hfQ T
    filter_upwards [hfirst, (quasiMeasurePreserving_rollout_step explained T).ae ih] with p hp hq
    rw [rollout_succ, rollout_succ, hp]
    exact hq

-- The hypotheses are what an optimal pair satisfies; not all of them are needed here.
set_option linter.unusedVariables false in
/-- If `G = M Mᵀ + B Bᵀ` is positive definite, `T` steps of an optimal predictor on its own
predictions are `T` steps of the world's mean dynamics, seen through the same orthogonal map, for
almost every state and almost all actions. -/
theorem rollout_ae_eq {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ}
    (hf : Measurable (Function.uncurry f)) {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hh : h =ᵐ[γ n] Q.mulVec)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) (T : ℕ) :
    ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k),
      rollout f T (h p.1) p.2 =
        Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T p.1 p.2) := by
  have hfst : ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k), h p.1 = Q.mulVec p.1 :=
    Measure.quasiMeasurePreserving_fst.ae (p := fun z ↦ h z = Q.mulVec z) hh
  filter_upwards [rollout_mulVec_ae_eq explained hfQ T, hfst] with p hp hhp
  rw [hhp]
  exact hp

/-- A continuous predictor that is almost everywhere the world's mean dynamics is that
everywhere. -/
theorem eq_of_ae_eq_of_continuous (hf : Continuous (Function.uncurry f))
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) (z : Fin n → ℝ) (a : Fin k → ℝ) :
    f (Q.mulVec z) a = Q.mulVec (M.mulVec z + B.mulVec a) := by
  have hl : Continuous fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ f (Q.mulVec p.1) p.2 :=
    hf.comp (((continuous_mulVec Q).comp continuous_fst).prodMk continuous_snd)
  have hr : Continuous fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2) :=
    (continuous_mulVec Q).comp (continuous_mulVec_add_mulVec M B)
  exact congrFun ((Continuous.ae_eq_iff_eq ((γ n).prod (γ k)) hl hr).1 hfQ) (z, a)

/-- **Imagination is faithful everywhere**, if the predictor is continuous: from every state and for
every sequence of actions. Here nothing is asked of `M` and `B`. -/
theorem rollout_eq_of_continuous (hf : Continuous (Function.uncurry f))
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) (T : ℕ) (z : Fin n → ℝ)
    (a : Fin T → Fin k → ℝ) :
    rollout f T (Q.mulVec z) a =
      Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T z a) :=
  rollout_comp (F := fun z a ↦ M.mulVec z + B.mulVec a) (φ := Q.mulVec)
    (eq_of_ae_eq_of_continuous hf hfQ) T z a

end Faithful

end Lejepa
