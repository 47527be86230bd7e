/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Approximate
public import Lejepa.WorldModel.ApproximatePlanning

/-!
# Imagination with a model that is good on average

A predictor that is trained on states of the world is good on average over them, not everywhere:
`Lejepa.approx_jepa_identifiability` bounds its mean error on states of the stationary law. What it
imagines visits other states: after a step of the mean dynamics the law of the state is narrower.
If that law is at most `C` times the stationary one, the mean error of `T` steps of imagination is
at most `L^T δ + ε (L^(T-1) + L^(T-2) C + … + C^(T-1))`, for an encoder with mean error `δ` and a
predictor with mean error `ε` that is `L`-Lipschitz in the state.

## Main definitions
* `Lejepa.accumulatedError`: the errors along a trajectory of the world, as they grow on the way.

## Main results
* `Lejepa.dist_rollout_le_accumulatedError`: how far imagination is from the world.
* `Lejepa.lintegral_accumulatedError_le`: on average.
* `Lejepa.lintegral_eucl_rollout_le`: for an encoder and a predictor of `z' = M z + B a + η`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal

namespace Lejepa

/-- The errors `e` of `T` steps along the trajectory of a world `F`, each grown by a factor `L` in
every step that follows. -/
noncomputable def accumulatedError {E A : Type*} (F : E → A → E) (e : E → A → ℝ≥0∞) (L : ℝ≥0∞) :
    (T : ℕ) → E → (Fin T → A) → ℝ≥0∞
  | 0, _, _ => 0
  | T + 1, z, a => L ^ T * e z (a 0) + accumulatedError F e L T (F z (a 0)) (Fin.tail a)

section General

variable {E E' A : Type*}

/-- The accumulated error of no step is zero. -/
theorem accumulatedError_zero (F : E → A → E) (e : E → A → ℝ≥0∞) (L : ℝ≥0∞) (z : E)
    (a : Fin 0 → A) : accumulatedError F e L 0 z a = 0 := by
  rw [accumulatedError]

/-- The accumulated error of `T + 1` steps is `L^T` times the error of the first, plus that of the
other `T` steps from the state that follows. -/
theorem accumulatedError_succ (F : E → A → E) (e : E → A → ℝ≥0∞) (L : ℝ≥0∞) {T : ℕ} (z : E)
    (a : Fin (T + 1) → A) :
    accumulatedError F e L (T + 1) z a =
      L ^ T * e z (a 0) + accumulatedError F e L T (F z (a 0)) (Fin.tail a) := by
  rw [accumulatedError]

/-- **Errors of imagination, along a trajectory.** A model `f` that is `L`-Lipschitz in the state is
after `T` steps of imagination from `y` at most `L^T d(y, φ z)` plus its accumulated errors from
what the world `F` does from `z`, seen through `φ`. -/
theorem dist_rollout_le_accumulatedError {d : E → E → ℝ≥0∞} {f : E → A → E} {F : E' → A → E'}
    {φ : E' → E} {L : ℝ≥0∞} (tri : ∀ x y z, d x z ≤ d x y + d y z)
    (lip : ∀ y y' a, d (f y a) (f y' a) ≤ L * d y y') :
    ∀ (T : ℕ) (y : E) (z : E') (a : Fin T → A),
      d (rollout f T y a) (φ (rollout F T z a)) ≤ L ^ T * d y (φ z) +
        accumulatedError F (fun z a ↦ d (f (φ z) a) (φ (F z a))) L T z a := by
  intro T
  induction T with
  | zero =>
    intro y z a
    refine le_of_eq ?_
    rw [rollout_zero, rollout_zero, accumulatedError_zero, pow_zero, one_mul, add_zero]
  | succ T ih =>
    intro y z a
    have h1 : d (f y (a 0)) (φ (F z (a 0))) ≤
        L * d y (φ z) + d (f (φ z) (a 0)) (φ (F z (a 0))) :=
      (tri _ (f (φ z) (a 0)) _).trans (add_le_add (lip y (φ z) (a 0)) le_rfl)
    rw [rollout_succ, rollout_succ, accumulatedError_succ]
    calc d (rollout f T (f y (a 0)) (Fin.tail a)) (φ (rollout F T (F z (a 0)) (Fin.tail a)))
        ≤ L ^ T * d (f y (a 0)) (φ (F z (a 0))) +
            accumulatedError F (fun z a ↦ d (f (φ z) a) (φ (F z a))) L T (F z (a 0))
              (Fin.tail a) := ih _ _ _
      _ ≤ L ^ T * (L * d y (φ z) + d (f (φ z) (a 0)) (φ (F z (a 0)))) +
            accumulatedError F (fun z a ↦ d (f (φ z) a) (φ (F z a))) L T (F z (a 0))
              (Fin.tail a) := add_le_add (mul_le_mul' le_rfl h1) le_rfl
      _ = L ^ (T + 1) * d y (φ z) + (L ^ T * d (f (φ z) (a 0)) (φ (F z (a 0))) +
            accumulatedError F (fun z a ↦ d (f (φ z) a) (φ (F z a))) L T (F z (a 0))
              (Fin.tail a)) := by
          rw [pow_succ]
          ring

variable [MeasurableSpace E] [MeasurableSpace A]

/-- The tail of a sequence is a measurable function of it. -/
theorem measurable_finTail (T : ℕ) : Measurable fun a : Fin (T + 1) → A ↦ Fin.tail a :=
  measurable_pi_lambda _ fun i ↦ measurable_pi_apply i.succ

/-- Accumulated errors are measurable. -/
theorem measurable_accumulatedError {F : E → A → E} (hF : Measurable (Function.uncurry F))
    {e : E → A → ℝ≥0∞} (he : Measurable (Function.uncurry e)) (L : ℝ≥0∞) :
    ∀ T : ℕ, Measurable fun p : E × (Fin T → A) ↦ accumulatedError F e L T p.1 p.2 := by
  intro T
  induction T with
  | zero =>
    simp only [accumulatedError_zero]
    exact measurable_const
  | succ T ih =>
    simp only [accumulatedError_succ]
    have h0 : Measurable fun p : E × (Fin (T + 1) → A) ↦ (p.1, p.2 0) :=
      measurable_fst.prodMk ((measurable_pi_apply 0).comp measurable_snd)
    have h1 : Measurable fun p : E × (Fin (T + 1) → A) ↦ F p.1 (p.2 0) := hF.comp h0
    have h2 : Measurable fun p : E × (Fin (T + 1) → A) ↦ e p.1 (p.2 0) := he.comp h0
    have h3 : Measurable fun p : E × (Fin (T + 1) → A) ↦ Fin.tail p.2 :=
      (measurable_finTail T).comp measurable_snd
    have h4 : Measurable fun p : E × (Fin (T + 1) → A) ↦
        accumulatedError F e L T (F p.1 (p.2 0)) (Fin.tail p.2) := ih.comp (h1.prodMk h3)
    exact (h2.const_mul (L ^ T)).add h4

variable {μ : Measure E} {α : Measure A} [IsProbabilityMeasure μ] [IsProbabilityMeasure α]
  {F : E → A → E} {C : ℝ≥0∞}

/-- If a step of the world makes the law of the state at most `C` times itself, it makes the mean of
a function of the state and of the actions that are left at most `C` times itself. -/
theorem lintegral_step_le (hF : Measurable (Function.uncurry F))
    (dominated : (μ.prod α).map (Function.uncurry F) ≤ C • μ) {T : ℕ}
    {u : E × (Fin T → A) → ℝ≥0∞} (hu : Measurable u) :
    ∫⁻ p, u (F p.1 (p.2 0), Fin.tail p.2) ∂μ.prod (Measure.pi fun _ : Fin (T + 1) ↦ α) ≤
      C * ∫⁻ p, u p ∂μ.prod (Measure.pi fun _ : Fin T ↦ α) := by
  have h1 := (MeasurePreserving.id μ).prod (measurePreserving_head_tail α T)
  have h2 := MeasurePreserving.symm MeasurableEquiv.prodAssoc (measurePreserving_prodAssoc
    μ α (Measure.pi fun _ : Fin T ↦ α))
  have h12 : MeasurePreserving (fun p : E × (Fin (T + 1) → A) ↦ ((p.1, p.2 0), Fin.tail p.2))
      (μ.prod (Measure.pi fun _ : Fin (T + 1) ↦ α))
      ((μ.prod α).prod (Measure.pi fun _ : Fin T ↦ α)) := h2.comp h1
  have hG : Measurable fun q : (E × A) × (Fin T → A) ↦ u (Function.uncurry F q.1, q.2) :=
    hu.comp ((hF.comp measurable_fst).prodMk measurable_snd)
  have hin : Measurable fun z ↦ ∫⁻ a, u (z, a) ∂(Measure.pi fun _ : Fin T ↦ α) :=
    hu.lintegral_prod_right'
  calc ∫⁻ p, u (F p.1 (p.2 0), Fin.tail p.2) ∂μ.prod (Measure.pi fun _ : Fin (T + 1) ↦ α)
      = ∫⁻ q, u (Function.uncurry F q.1, q.2)
          ∂(μ.prod α).prod (Measure.pi fun _ : Fin T ↦ α) := h12.lintegral_comp hG
    _ = ∫⁻ q, ∫⁻ a, u (Function.uncurry F q, a) ∂(Measure.pi fun _ : Fin T ↦ α) ∂μ.prod α :=
        lintegral_prod _ hG.aemeasurable
    _ = ∫⁻ z, ∫⁻ a, u (z, a) ∂(Measure.pi fun _ : Fin T ↦ α)
          ∂(μ.prod α).map (Function.uncurry F) := (lintegral_map hin hF).symm
    _ ≤ ∫⁻ z, ∫⁻ a, u (z, a) ∂(Measure.pi fun _ : Fin T ↦ α) ∂(C • μ) :=
        lintegral_mono' dominated le_rfl
    _ = C * ∫⁻ z, ∫⁻ a, u (z, a) ∂(Measure.pi fun _ : Fin T ↦ α) ∂μ := by
        rw [lintegral_smul_measure, smul_eq_mul]
    _ = C * ∫⁻ p, u p ∂μ.prod (Measure.pi fun _ : Fin T ↦ α) := by
        rw [lintegral_prod u hu.aemeasurable]

/-- The factor by which a mean error has grown after `T` steps. -/
theorem sum_range_succ_pow_mul_pow (L C : ℝ≥0∞) (T : ℕ) :
    ∑ i ∈ Finset.range (T + 1), L ^ i * C ^ (T - i) =
      L ^ T + C * ∑ i ∈ Finset.range T, L ^ i * C ^ (T - 1 - i) := by
  have h : ∑ i ∈ Finset.range T, L ^ i * C ^ (T - i) =
      C * ∑ i ∈ Finset.range T, L ^ i * C ^ (T - 1 - i) := by
    rw [Finset.mul_sum]
    refine Finset.sum_congr rfl fun i hi ↦ ?_
    have hi' : i < T := Finset.mem_range.1 hi
    have e : T - i = T - 1 - i + 1 := by omega
    rw [e, pow_succ]
    ring
  rw [Finset.sum_range_succ, h, Nat.sub_self, pow_zero, mul_one, add_comm]

/-- **Accumulated errors, on average.** If a step of the world makes the law of the state at most
`C` times itself, the mean accumulated error of `T` steps is at most the mean error of one step
times `L^(T-1) + L^(T-2) C + … + C^(T-1)`. -/
theorem lintegral_accumulatedError_le (hF : Measurable (Function.uncurry F))
    (dominated : (μ.prod α).map (Function.uncurry F) ≤ C • μ) {e : E → A → ℝ≥0∞}
    (he : Measurable (Function.uncurry e)) (L : ℝ≥0∞) (T : ℕ) :
    ∫⁻ p, accumulatedError F e L T p.1 p.2 ∂μ.prod (Measure.pi fun _ : Fin T ↦ α) ≤
      (∫⁻ p, e p.1 p.2 ∂μ.prod α) * ∑ i ∈ Finset.range T, L ^ i * C ^ (T - 1 - i) := by
  induction T with
  | zero =>
    simp only [accumulatedError_zero, lintegral_zero]
    exact zero_le _
  | succ T ih =>
    have hacc := measurable_accumulatedError hF he L T
    have hfirst := (MeasurePreserving.id μ).prod
      (measurePreserving_eval (fun _ : Fin (T + 1) ↦ α) 0)
    have h1 : ∫⁻ p, e p.1 (p.2 0) ∂μ.prod (Measure.pi fun _ : Fin (T + 1) ↦ α) =
        ∫⁻ p, e p.1 p.2 ∂μ.prod α := hfirst.lintegral_comp he
    have h2 := lintegral_step_le hF dominated hacc
    have hm : Measurable fun p : E × (Fin (T + 1) → A) ↦ e p.1 (p.2 0) :=
      he.comp (measurable_fst.prodMk ((measurable_pi_apply 0).comp measurable_snd))
    have hsum := sum_range_succ_pow_mul_pow L C T
    calc ∫⁻ p, accumulatedError F e L (T + 1) p.1 p.2
          ∂μ.prod (Measure.pi fun _ : Fin (T + 1) ↦ α)
        = ∫⁻ p, (L ^ T * e p.1 (p.2 0) +
            accumulatedError F e L T (F p.1 (p.2 0)) (Fin.tail p.2))
            ∂μ.prod (Measure.pi fun _ : Fin (T + 1) ↦ α) :=
          lintegral_congr fun p ↦ accumulatedError_succ F e L p.1 p.2
      _ = L ^ T * ∫⁻ p, e p.1 p.2 ∂μ.prod α +
            ∫⁻ p, accumulatedError F e L T (F p.1 (p.2 0)) (Fin.tail p.2)
              ∂μ.prod (Measure.pi fun _ : Fin (T + 1) ↦ α) := by
          rw [lintegral_add_left (hm.const_mul (L ^ T)), lintegral_const_mul _ hm, h1]
      _ ≤ L ^ T * ∫⁻ p, e p.1 p.2 ∂μ.prod α +
            C * ∫⁻ p, accumulatedError F e L T p.1 p.2
              ∂μ.prod (Measure.pi fun _ : Fin T ↦ α) := add_le_add le_rfl h2
      _ ≤ L ^ T * ∫⁻ p, e p.1 p.2 ∂μ.prod α + C * ((∫⁻ p, e p.1 p.2 ∂μ.prod α) *
            ∑ i ∈ Finset.range T, L ^ i * C ^ (T - 1 - i)) :=
          add_le_add le_rfl (mul_le_mul' le_rfl ih)
      _ = (∫⁻ p, e p.1 p.2 ∂μ.prod α) *
            ∑ i ∈ Finset.range (T + 1), L ^ i * C ^ (T + 1 - 1 - i) := by
          rw [Nat.add_sub_cancel, hsum]
          ring

end General

/-! ### In coordinates -/

section Coordinates

variable {n k : ℕ}

/-- The distance `eucl` is `euclDist` as an extended nonnegative number. -/
theorem eucl_eq_ofReal (y y' : Fin n → ℝ) : eucl y y' = ENNReal.ofReal (euclDist y y') := by
  rw [eucl, euclDist]

/-- The triangle inequality of the Euclidean distance `eucl`. -/
theorem eucl_triangle (x y z : Fin n → ℝ) : eucl x z ≤ eucl x y + eucl y z := by
  have h (x y : Fin n → ℝ) : 0 ≤ euclDist x y := Real.sqrt_nonneg _
  rw [eucl_eq_ofReal, eucl_eq_ofReal, eucl_eq_ofReal, ← ENNReal.ofReal_add (h x y) (h y z)]
  exact ENNReal.ofReal_le_ofReal (euclDist_triangle x y z)

/-- **Imagination with a model that is good on average.** Let `f` be a predictor that is
`L`-Lipschitz in the state, and let the mean dynamics of `z' = M z + B a + η` make the law of the
state at most `C` times the stationary one. Then the mean distance of `T` imagined steps from what
the mean dynamics does, seen through `Q`, is at most `L^T` times the mean error of the encoder plus
`L^(T-1) + L^(T-2) C + … + C^(T-1)` times the mean error of the predictor. -/
theorem lintegral_eucl_rollout_le {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    {Q : Matrix (Fin n) (Fin n) ℝ} {h : (Fin n → ℝ) → Fin n → ℝ}
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hm : Measurable h)
    (hf : Measurable (Function.uncurry f)) {L C : ℝ≥0∞}
    (lip : ∀ y y' a, eucl (f y a) (f y' a) ≤ L * eucl y y')
    (dominated : ((γ n).prod (γ k)).map (fun p ↦ M.mulVec p.1 + B.mulVec p.2) ≤ C • γ n)
    (T : ℕ) :
    ∫⁻ p, eucl (rollout f T (h p.1) p.2)
        (Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T p.1 p.2))
        ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k) ≤
      L ^ T * ∫⁻ z, eucl (h z) (Q.mulVec z) ∂γ n +
        (∫⁻ p, eucl (f (Q.mulVec p.1) p.2) (Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
          ∂(γ n).prod (γ k)) * ∑ i ∈ Finset.range T, L ^ i * C ^ (T - 1 - i) := by
  have hF : Measurable (Function.uncurry fun (z : Fin n → ℝ) (a : Fin k → ℝ) ↦
      M.mulVec z + B.mulVec a) := (continuous_mulVec_add_mulVec M B).measurable
  have h₁ : Measurable fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ f (Q.mulVec p.1) p.2 :=
    hf.comp (((measurable_mulVec Q).comp measurable_fst).prodMk measurable_snd)
  have h₂ : Measurable fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2) :=
    (measurable_mulVec Q).comp (continuous_mulVec_add_mulVec M B).measurable
  have he : Measurable (Function.uncurry fun (z : Fin n → ℝ) (a : Fin k → ℝ) ↦
      eucl (f (Q.mulVec z) a) (Q.mulVec (M.mulVec z + B.mulVec a))) := measurable_eucl h₁ h₂
  have hh : Measurable fun z ↦ eucl (h z) (Q.mulVec z) := measurable_eucl hm (measurable_mulVec Q)
  have hh' : Measurable fun p : (Fin n → ℝ) × (Fin T → Fin k → ℝ) ↦
      eucl (h p.1) (Q.mulVec p.1) := hh.comp measurable_fst
  have hacc := lintegral_accumulatedError_le hF dominated he L T
  have h1 : ∫⁻ p, L ^ T * eucl (h p.1) (Q.mulVec p.1)
      ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k) =
      L ^ T * ∫⁻ z, eucl (h z) (Q.mulVec z) ∂γ n := by
    rw [lintegral_const_mul _ hh']
    exact congrArg (L ^ T * ·) (measurePreserving_fst.lintegral_comp hh)
  calc ∫⁻ p, eucl (rollout f T (h p.1) p.2)
        (Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T p.1 p.2))
        ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k)
      ≤ ∫⁻ p, (L ^ T * eucl (h p.1) (Q.mulVec p.1) +
          accumulatedError (fun z a ↦ M.mulVec z + B.mulVec a)
            (fun z a ↦ eucl (f (Q.mulVec z) a) (Q.mulVec (M.mulVec z + B.mulVec a))) L T p.1 p.2)
          ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k) :=
        lintegral_mono fun p ↦ dist_rollout_le_accumulatedError (φ := Q.mulVec)
          (F := fun z a ↦ M.mulVec z + B.mulVec a) eucl_triangle lip T (h p.1) p.1 p.2
    _ = L ^ T * ∫⁻ z, eucl (h z) (Q.mulVec z) ∂γ n +
          ∫⁻ p, accumulatedError (fun z a ↦ M.mulVec z + B.mulVec a)
            (fun z a ↦ eucl (f (Q.mulVec z) a) (Q.mulVec (M.mulVec z + B.mulVec a))) L T p.1 p.2
            ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k) := by
        rw [lintegral_add_left (hh'.const_mul (L ^ T)), h1]
    _ ≤ L ^ T * ∫⁻ z, eucl (h z) (Q.mulVec z) ∂γ n +
          (∫⁻ p, eucl (f (Q.mulVec p.1) p.2) (Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
            ∂(γ n).prod (γ k)) * ∑ i ∈ Finset.range T, L ^ i * C ^ (T - 1 - i) :=
        add_le_add le_rfl hacc

end Coordinates

end Lejepa
