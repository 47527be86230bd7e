/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Invariant
public import Mathlib.MeasureTheory.Integral.MeanInequalities

/-!
# Planning with an approximate encoder

`Lejepa.cost_of_invariant` asks the encoder to be an orthogonal map exactly. Here it is only close
to one, as `Lejepa.approx_identifiability` provides: on the states visited, its mean squared
distance from an orthogonal map is at most `ε²`. If the costs are invariant under rotations and
`L`-Lipschitz in the state, then reading them on the encoder's output misjudges every policy by at
most `(T + 1) L ε`. This goes beyond the paper.

## Main definitions
* `Lejepa.eucl z z'`: the Euclidean distance, in `ℝ≥0∞`.
* `Lejepa.ControlProblem.costSeen P h π μ`: the expected cost, with the states in the cost functions
  replaced by what the encoder `h` shows of them.
* `Lejepa.ControlProblem.IsLipschitz P L`: the costs are `L`-Lipschitz in the state.

## Main results
* `Lejepa.costSeen_le_of_invariant`, `Lejepa.cost_le_costSeen_of_invariant`: the two differ by at
  most `(T + 1) L ε`.
* `Lejepa.cost_le_of_costSeen_le`: a policy that looks best is `2 (T + 1) L ε`-optimal.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal

noncomputable section

namespace Lejepa

/-- Cauchy–Schwarz: a mean is at most the root of the mean square. -/
theorem lintegral_le_of_lintegral_sq_le {α : Type*} {m : MeasurableSpace α} {μ : Measure α}
    [IsProbabilityMeasure μ] {f : α → ℝ≥0∞} (hf : AEMeasurable f μ) {ε : ℝ≥0∞}
    (h : ∫⁻ x, f x ^ 2 ∂μ ≤ ε ^ 2) : ∫⁻ x, f x ∂μ ≤ ε := by
  have key : ∫⁻ x, (f * fun _ ↦ 1 : α → ℝ≥0∞) x ∂μ ≤
      (∫⁻ x, f x ^ (2 : ℝ) ∂μ) ^ (1 / 2 : ℝ) * (∫⁻ _, (1 : ℝ≥0∞) ^ (2 : ℝ) ∂μ) ^ (1 / 2 : ℝ) :=
    ENNReal.lintegral_mul_le_Lp_mul_Lq μ Real.HolderConjugate.two_two hf aemeasurable_const
  have h₁ : ∫⁻ x, f x ^ (2 : ℝ) ∂μ = ∫⁻ x, f x ^ 2 ∂μ :=
    lintegral_congr fun x ↦ ENNReal.rpow_two (f x)
  have h₂ : ∫⁻ _, (1 : ℝ≥0∞) ^ (2 : ℝ) ∂μ = 1 := by
    rw [ENNReal.one_rpow, lintegral_const, measure_univ, one_mul]
  have h₃ : (ε ^ 2) ^ (1 / 2 : ℝ) = ε := by
    rw [← ENNReal.rpow_two, ← ENNReal.rpow_mul, mul_one_div_cancel two_ne_zero, ENNReal.rpow_one]
  have h₄ : ∫⁻ x, (f * fun _ ↦ 1 : α → ℝ≥0∞) x ∂μ = ∫⁻ x, f x ∂μ :=
    lintegral_congr fun x ↦ mul_one (f x)
  rw [h₁, h₂, h₄, ENNReal.one_rpow, mul_one] at key
  exact key.trans ((ENNReal.rpow_le_rpow h one_half_pos.le).trans_eq h₃)

/-- The Euclidean distance on `Fin n → ℝ`, whose own norm is the supremum norm. -/
def eucl {n : ℕ} (z z' : Fin n → ℝ) : ℝ≥0∞ := ENNReal.ofReal √(∑ i, (z i - z' i) ^ 2)

/-- The Euclidean distance is symmetric. -/
theorem eucl_comm {n : ℕ} (z z' : Fin n → ℝ) : eucl z z' = eucl z' z := by
  have h : ∑ i, (z i - z' i) ^ 2 = ∑ i, (z' i - z i) ^ 2 :=
    Finset.sum_congr rfl fun i _ ↦ by ring
  rw [eucl, eucl, h]

/-- The squared Euclidean distance is the sum of the squares of the differences of the coordinates.
-/
theorem eucl_sq {n : ℕ} (z z' : Fin n → ℝ) :
    eucl z z' ^ 2 = ENNReal.ofReal (∑ i, (z i - z' i) ^ 2) := by
  have h : 0 ≤ ∑ i, (z i - z' i) ^ 2 := Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  rw [eucl, ← ENNReal.ofReal_pow (Real.sqrt_nonneg _), Real.sq_sqrt h]

/-- The Euclidean distance of two measurable functions is measurable. -/
theorem measurable_eucl {α : Type*} [MeasurableSpace α] {n : ℕ} {f g : α → Fin n → ℝ}
    (hf : Measurable f) (hg : Measurable g) : Measurable fun x ↦ eucl (f x) (g x) := by
  have h : Measurable fun x ↦ ∑ i, (f x i - g x i) ^ 2 :=
    Finset.measurable_fun_sum _ fun i _ ↦
      (((measurable_pi_apply i).comp hf).sub ((measurable_pi_apply i).comp hg)).pow_const 2
  exact h.sqrt.ennreal_ofReal

namespace ControlProblem

variable {A : Type*} [MeasurableSpace A] {T : ℕ}

/-- The law of the state is a probability. -/
theorem isProbabilityMeasure_stateLaw {Z : Type*} [MeasurableSpace Z] (P : ControlProblem Z A T)
    [IsMarkovKernel P.dynamics] (π : Policy Z A T) (μ : Measure Z) [IsProbabilityMeasure μ]
    (t : ℕ) : IsProbabilityMeasure (P.stateLaw π μ t) := by
  induction t with
  | zero => rwa [stateLaw_zero]
  | succ t ih =>
    by_cases h : t < T
    · rw [stateLaw_succ_of_lt _ _ _ h]
      refine ⟨?_⟩
      rw [Measure.bind_apply MeasurableSet.univ (Kernel.aemeasurable _)]
      simp only [measure_univ, lintegral_const, mul_one]
    · rwa [stateLaw_succ_of_not_lt _ _ _ h]

/-- The expected cost of a policy, with the states in the cost functions replaced by what an encoder
shows of them. -/
def costSeen {Z : Type*} [MeasurableSpace Z] (P : ControlProblem Z A T) (h : Z → Z)
    (π : Policy Z A T) (μ : Measure Z) : ℝ≥0∞ :=
  ∑ t : Fin T, ∫⁻ z, P.stageCost t (h z) ((π t).1 z) ∂P.stateLaw π μ t +
    ∫⁻ z, P.finalCost (h z) ∂P.stateLaw π μ T

variable {n : ℕ}

/-- The costs are `L`-Lipschitz in the state, for the Euclidean distance. -/
structure IsLipschitz (P : ControlProblem (Fin n → ℝ) A T) (L : ℝ≥0∞) : Prop where
  stage : ∀ t z z' a, P.stageCost t z a ≤ P.stageCost t z' a + L * eucl z z'
  final : ∀ z z', P.finalCost z ≤ P.finalCost z' + L * eucl z z'

end ControlProblem

open ControlProblem

variable {n T : ℕ} {A : Type*} [MeasurableSpace A]

/-- Two functions a Lipschitz cost apart have means at most `L ε` apart. -/
theorem lintegral_le_lintegral_add_of_le {μ : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ]
    {c c' : (Fin n → ℝ) → ℝ≥0∞} {d : (Fin n → ℝ) → ℝ≥0∞} (hd : Measurable d) {L ε : ℝ≥0∞}
    (hc : ∀ z, c z ≤ c' z + L * d z) (hε : ∫⁻ z, d z ^ 2 ∂μ ≤ ε ^ 2) :
    ∫⁻ z, c z ∂μ ≤ ∫⁻ z, c' z ∂μ + L * ε :=
  calc
    ∫⁻ z, c z ∂μ ≤ ∫⁻ z, (c' z + L * d z) ∂μ := lintegral_mono hc
    _ = ∫⁻ z, c' z ∂μ + L * ∫⁻ z, d z ∂μ := by
      rw [lintegral_add_right _ (hd.const_mul L), lintegral_const_mul L hd]
    _ ≤ ∫⁻ z, c' z ∂μ + L * ε := by
      gcongr
      exact lintegral_le_of_lintegral_sq_le hd.aemeasurable hε

/-- `(T + 1)` terms, each `K` too large at most. -/
theorem sum_add_le_of_forall_le {a b : Fin T → ℝ≥0∞} {a' b' K : ℝ≥0∞} (h : ∀ t, a t ≤ b t + K)
    (h' : a' ≤ b' + K) : ∑ t, a t + a' ≤ ∑ t, b t + b' + (T + 1) * K :=
  calc
    ∑ t, a t + a' ≤ ∑ t, (b t + K) + (b' + K) := add_le_add (Finset.sum_le_sum fun t _ ↦ h t) h'
    _ = ∑ t, b t + b' + (T + 1) * K := by
      rw [Finset.sum_add_distrib, Finset.sum_const, Finset.card_univ, Fintype.card_fin,
        nsmul_eq_mul]
      ring

section Invariant

variable {P : ControlProblem (Fin n → ℝ) A T} [IsMarkovKernel P.dynamics]
  {Q : Matrix.orthogonalGroup (Fin n) ℝ} {h : (Fin n → ℝ) → Fin n → ℝ} {L ε : ℝ≥0∞}
  {π π' : Policy (Fin n → ℝ) A T} {μ : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ]

/-- With costs that are `L`-Lipschitz and do not change under orthogonal maps, an encoder within
mean squared distance `ε²` of an orthogonal map on the states visited overrates a policy's cost by
at most `(T + 1) L ε`. -/
theorem costSeen_le_of_invariant
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z, P.finalCost (R.1.mulVec z) = P.finalCost z)
    (hL : P.IsLipschitz L) (hm : Measurable h)
    (hε : ∀ t ≤ T, ∫⁻ z, eucl (h z) (Q.1.mulVec z) ^ 2 ∂P.stateLaw π μ t ≤ ε ^ 2) :
    P.costSeen h π μ ≤ P.cost π μ + (T + 1) * (L * ε) := by
  have hprob := P.isProbabilityMeasure_stateLaw π μ
  have hd := measurable_eucl hm (measurable_mulVec Q.1)
  refine sum_add_le_of_forall_le (fun t ↦ ?_) ?_
  · have := hprob t
    refine lintegral_le_lintegral_add_of_le hd (fun z ↦ ?_) (hε t t.2.le)
    rw [← stage Q t z]
    exact hL.stage t _ _ _
  · have := hprob T
    refine lintegral_le_lintegral_add_of_le hd (fun z ↦ ?_) (hε T le_rfl)
    rw [← final Q z]
    exact hL.final _ _

/-- Under the same hypotheses as `costSeen_le_of_invariant`, the true cost of the policy is at most
the cost read on the encoder plus `(T + 1) L ε`. -/
theorem cost_le_costSeen_of_invariant
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z, P.finalCost (R.1.mulVec z) = P.finalCost z)
    (hL : P.IsLipschitz L) (hm : Measurable h)
    (hε : ∀ t ≤ T, ∫⁻ z, eucl (h z) (Q.1.mulVec z) ^ 2 ∂P.stateLaw π μ t ≤ ε ^ 2) :
    P.cost π μ ≤ P.costSeen h π μ + (T + 1) * (L * ε) := by
  have hprob := P.isProbabilityMeasure_stateLaw π μ
  have hd := measurable_eucl hm (measurable_mulVec Q.1)
  refine sum_add_le_of_forall_le (fun t ↦ ?_) ?_
  · have := hprob t
    refine lintegral_le_lintegral_add_of_le hd (fun z ↦ ?_) (hε t t.2.le)
    rw [← stage Q t z, eucl_comm]
    exact hL.stage t _ _ _
  · have := hprob T
    refine lintegral_le_lintegral_add_of_le hd (fun z ↦ ?_) (hε T le_rfl)
    rw [← final Q z, eucl_comm]
    exact hL.final _ _

/-- If, read on the encoder, the first policy costs no more than the second, and the encoder is
within `ε²` of one orthogonal map under both, the first truly costs at most `2 (T + 1) L ε` more. -/
theorem cost_le_of_costSeen_le
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z, P.finalCost (R.1.mulVec z) = P.finalCost z)
    (hL : P.IsLipschitz L) (hm : Measurable h)
    (hε : ∀ t ≤ T, ∫⁻ z, eucl (h z) (Q.1.mulVec z) ^ 2 ∂P.stateLaw π μ t ≤ ε ^ 2)
    (hε' : ∀ t ≤ T, ∫⁻ z, eucl (h z) (Q.1.mulVec z) ^ 2 ∂P.stateLaw π' μ t ≤ ε ^ 2)
    (hle : P.costSeen h π μ ≤ P.costSeen h π' μ) :
    P.cost π μ ≤ P.cost π' μ + 2 * ((T + 1) * (L * ε)) :=
  calc
    P.cost π μ ≤ P.costSeen h π μ + (T + 1) * (L * ε) :=
      cost_le_costSeen_of_invariant stage final hL hm hε
    _ ≤ P.costSeen h π' μ + (T + 1) * (L * ε) := by gcongr
    _ ≤ P.cost π' μ + (T + 1) * (L * ε) + (T + 1) * (L * ε) := by
      gcongr
      exact costSeen_le_of_invariant stage final hL hm hε'
    _ = P.cost π' μ + 2 * ((T + 1) * (L * ε)) := by rw [add_assoc, ← two_mul]

end Invariant

end Lejepa
