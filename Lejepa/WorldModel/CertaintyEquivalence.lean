/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.MeasurePreserving
public import Lejepa.Hermite.Coefficients
public import Lejepa.Objective
public import Lejepa.WorldModel.Planning

/-!
# Certainty equivalence: plans for the mean dynamics are plans for the world

A planner that imagines follows the world's mean dynamics `z ↦ M z + B a`; the world adds noise,
`z' = M z + B a + η`. If the noise is centred and square-integrable, independent from step to step,
and the costs are quadratic in the state, noise adds to the expected cost of a plan an amount that
does not depend on the plan. So the plans that are best for the mean dynamics are those of least
expected cost in the world.

## Main definitions
* `Lejepa.noisyStep M B`: one step of the world, under an action and a noise.
* `Lejepa.quadCost S g`: a quadratic cost of the distance to a goal.

## Main results
* `Lejepa.integral_planCost_noisyStep`: the expected cost of a plan is that of the mean dynamics,
  plus what noise alone costs.
* `Lejepa.certainty_equivalence`: the best plans are the same.
* `Lejepa.certainty_equivalence_stdGaussian`: with standard Gaussian noise, for instance.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026], the section
  on planning.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n m k : ℕ}

/-- One step of the world from `z` under an action and a noise, `e = (a, η)`: `M z + B a + η`. -/
noncomputable def noisyStep (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (z : Fin n → ℝ) (e : (Fin k → ℝ) × (Fin n → ℝ)) : Fin n → ℝ :=
  M.mulVec z + B.mulVec e.1 + e.2

/-! ### Centred deviations -/

section Centred

variable {Ω : Type*} [MeasurableSpace Ω] {P : Measure Ω} {X : Ω → Fin n → ℝ}

/-- Linear forms of a centred vector are square-integrable. -/
theorem IsCentred.memLp_dotProduct (hX : IsCentred P X) (v : Fin n → ℝ) :
    MemLp (fun ω ↦ v ⬝ᵥ X ω) 2 P := by
  change MemLp (fun ω ↦ ∑ i, v i * X ω i) 2 P
  exact memLp_finset_sum _ fun i _ ↦ (hX.memLp i).const_mul (v i)

/-- Linear forms of a centred vector have mean zero. -/
theorem IsCentred.integral_dotProduct [IsFiniteMeasure P] (hX : IsCentred P X) (v : Fin n → ℝ) :
    ∫ ω, v ⬝ᵥ X ω ∂P = 0 := by
  have hi (i : Fin n) : Integrable (fun ω ↦ v i * X ω i) P :=
    ((hX.memLp i).integrable one_le_two).const_mul (v i)
  change ∫ ω, ∑ i, v i * X ω i ∂P = 0
  rw [integral_finset_sum _ fun i _ ↦ hi i]
  refine Finset.sum_eq_zero fun i _ ↦ ?_
  rw [integral_const_mul, hX.mean_eq_zero i, mul_zero]

/-- The image of a centred vector under a matrix is centred. -/
theorem IsCentred.mulVec [IsFiniteMeasure P] (hX : IsCentred P X)
    (A : Matrix (Fin m) (Fin n) ℝ) : IsCentred P fun ω ↦ A.mulVec (X ω) where
  memLp i := hX.memLp_dotProduct (A i)
  mean_eq_zero i := hX.integral_dotProduct (A i)

/-- A sum of centred vectors is centred. -/
theorem IsCentred.add [IsFiniteMeasure P] (hX : IsCentred P X) {Y : Ω → Fin n → ℝ}
    (hY : IsCentred P Y) : IsCentred P fun ω ↦ X ω + Y ω where
  memLp i := (hX.memLp i).add (hY.memLp i)
  mean_eq_zero i := by
    change ∫ ω, (X ω i + Y ω i) ∂P = 0
    rw [integral_add ((hX.memLp i).integrable one_le_two) ((hY.memLp i).integrable one_le_two),
      hX.mean_eq_zero i, hY.mean_eq_zero i, add_zero]

/-- A quadratic form of a centred vector is integrable. -/
theorem IsCentred.integrable_quadratic [IsFiniteMeasure P] (hX : IsCentred P X)
    (S : Matrix (Fin n) (Fin n) ℝ) : Integrable (fun ω ↦ X ω ⬝ᵥ S.mulVec (X ω)) P := by
  have hi (i : Fin n) : Integrable (fun ω ↦ X ω i * S.mulVec (X ω) i) P :=
    (hX.memLp i).integrable_mul ((hX.mulVec S).memLp i)
  change Integrable (fun ω ↦ ∑ i, X ω i * S.mulVec (X ω) i) P
  exact integrable_finset_sum _ fun i _ ↦ hi i

/-- **The mean of a quadratic cost**: deviations that are centred add their own mean cost. -/
theorem IsCentred.integral_quadratic [IsProbabilityMeasure P] (hX : IsCentred P X)
    (S : Matrix (Fin n) (Fin n) ℝ) (y : Fin n → ℝ) :
    Integrable (fun ω ↦ (y + X ω) ⬝ᵥ S.mulVec (y + X ω)) P ∧
      ∫ ω, (y + X ω) ⬝ᵥ S.mulVec (y + X ω) ∂P =
        y ⬝ᵥ S.mulVec y + ∫ ω, X ω ⬝ᵥ S.mulVec (X ω) ∂P := by
  have e : (fun ω ↦ (y + X ω) ⬝ᵥ S.mulVec (y + X ω)) = fun ω ↦
      y ⬝ᵥ S.mulVec y + y ⬝ᵥ S.mulVec (X ω) + S.mulVec y ⬝ᵥ X ω + X ω ⬝ᵥ S.mulVec (X ω) := by
    funext ω
    rw [Matrix.mulVec_add, dotProduct_add, add_dotProduct, add_dotProduct,
      dotProduct_comm (X ω) (S.mulVec y)]
    ring
  have i₀ : Integrable (fun _ : Ω ↦ y ⬝ᵥ S.mulVec y) P := integrable_const _
  have i₁ : Integrable (fun ω ↦ y ⬝ᵥ S.mulVec (X ω)) P :=
    ((hX.mulVec S).memLp_dotProduct y).integrable one_le_two
  have i₂ : Integrable (fun ω ↦ S.mulVec y ⬝ᵥ X ω) P :=
    (hX.memLp_dotProduct (S.mulVec y)).integrable one_le_two
  have i₃ := hX.integrable_quadratic S
  have i₀₁ : Integrable (fun ω ↦ y ⬝ᵥ S.mulVec y + y ⬝ᵥ S.mulVec (X ω)) P := i₀.add i₁
  have i₀₂ : Integrable (fun ω ↦ y ⬝ᵥ S.mulVec y + y ⬝ᵥ S.mulVec (X ω) + S.mulVec y ⬝ᵥ X ω) P :=
    i₀₁.add i₂
  rw [e]
  refine ⟨i₀₂.add i₃, ?_⟩
  rw [integral_add i₀₂ i₃, integral_add i₀₁ i₂, integral_add i₀ i₁,
    (hX.mulVec S).integral_dotProduct y, hX.integral_dotProduct (S.mulVec y), integral_const,
    probReal_univ, one_smul, add_zero, add_zero]

end Centred

/-! ### Expected costs -/

/-- A quadratic cost of the distance to a goal, with a matrix for each number of steps left. -/
noncomputable def quadCost (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (g : Fin n → ℝ) (t : ℕ)
    (y : Fin n → ℝ) : ℝ :=
  (y - g) ⬝ᵥ (S t).mulVec (y - g)

private theorem quadCost_add (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (g : Fin n → ℝ) (t : ℕ)
    (y x : Fin n → ℝ) :
    quadCost S g t (y + x) = (y - g + x) ⬝ᵥ (S t).mulVec (y - g + x) := by
  rw [quadCost, add_sub_right_comm]

/-- With the goal `0`, the quadratic cost of `x` is `x · S_t x`. -/
theorem quadCost_zero (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (t : ℕ) (x : Fin n → ℝ) :
    quadCost S 0 t x = x ⬝ᵥ (S t).mulVec x := by
  rw [quadCost, sub_zero]

section Cost

variable {Ω : Type*} [MeasurableSpace Ω] {P : Measure Ω} [IsProbabilityMeasure P]
  {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
  {S : ℕ → Matrix (Fin n) (Fin n) ℝ} {g : Fin n → ℝ} {w : ℕ → (Fin k → ℝ) → ℝ}

/-- The first step of a plan in the world, the deviation kept apart. -/
theorem planCost_noisyStep_succ {T : ℕ} (z x : Fin n → ℝ) (a : Fin (T + 1) → Fin k → ℝ)
    (η : Fin (T + 1) → Fin n → ℝ) :
    planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) (T + 1) (z + x)
        (fun t ↦ (a t, η t)) =
      (z - g + x) ⬝ᵥ (S (T + 1)).mulVec (z - g + x) + w (T + 1) (a 0) +
        planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T
          (M.mulVec z + B.mulVec (a 0) + (M.mulVec x + η 0))
          (fun t ↦ (Fin.tail a t, Fin.tail η t)) := by
  have e1 : noisyStep M B (z + x) (a 0, η 0) =
      M.mulVec z + B.mulVec (a 0) + (M.mulVec x + η 0) := by
    change M.mulVec (z + x) + B.mulVec (a 0) + η 0 =
      M.mulVec z + B.mulVec (a 0) + (M.mulVec x + η 0)
    rw [Matrix.mulVec_add]
    abel
  calc planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) (T + 1) (z + x)
        (fun t ↦ (a t, η t))
      = quadCost S g (T + 1) (z + x) + w (T + 1) (a 0) +
          planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T
            (noisyStep M B (z + x) (a 0, η 0)) (fun t ↦ (Fin.tail a t, Fin.tail η t)) :=
        planCost_succ _ _ _ _ _
    _ = (z - g + x) ⬝ᵥ (S (T + 1)).mulVec (z - g + x) + w (T + 1) (a 0) +
          planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T
            (M.mulVec z + B.mulVec (a 0) + (M.mulVec x + η 0))
            (fun t ↦ (Fin.tail a t, Fin.tail η t)) := by rw [quadCost_add, e1]

/-- The first step of the deviation. -/
theorem planCost_deviation_succ {T : ℕ} (x : Fin n → ℝ) (η : Fin (T + 1) → Fin n → ℝ) :
    planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0) (fun _ _ ↦ 0) (T + 1) x η =
      x ⬝ᵥ (S (T + 1)).mulVec x +
        planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0) (fun _ _ ↦ 0) T (M.mulVec x + η 0)
          (Fin.tail η) := by
  calc planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0) (fun _ _ ↦ 0) (T + 1) x η
      = quadCost S 0 (T + 1) x + 0 +
          planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0) (fun _ _ ↦ 0) T (M.mulVec x + η 0)
            (Fin.tail η) := planCost_succ _ _ _ _ _
    _ = x ⬝ᵥ (S (T + 1)).mulVec x +
          planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0) (fun _ _ ↦ 0) T (M.mulVec x + η 0)
            (Fin.tail η) := by rw [quadCost_zero, add_zero]

/-- **What noise adds to a plan does not depend on the plan.** From `z + X` with a centred deviation
`X`, under centred noises `H t`, the expected cost of a plan is its cost in the mean dynamics from
`z`, plus what the deviation costs. -/
theorem integral_planCost_noisyStep (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (g : Fin n → ℝ)
    (w : ℕ → (Fin k → ℝ) → ℝ) : ∀ (T : ℕ) (z : Fin n → ℝ) (a : Fin T → Fin k → ℝ)
    (X : Ω → Fin n → ℝ) (H : Ω → Fin T → Fin n → ℝ), IsCentred P X →
    (∀ t, IsCentred P fun ω ↦ H ω t) →
    Integrable (fun ω ↦ planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T (z + X ω)
        (fun t ↦ (a t, H ω t))) P ∧
      Integrable (fun ω ↦ planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0) (fun _ _ ↦ 0) T
        (X ω) (H ω)) P ∧
      ∫ ω, planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T (z + X ω)
          (fun t ↦ (a t, H ω t)) ∂P =
        planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S g) w T z a +
          ∫ ω, planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0) (fun _ _ ↦ 0) T
            (X ω) (H ω) ∂P := by
  intro T
  induction T with
  | zero =>
    intro z a X H hX _
    obtain ⟨q1, q2⟩ := hX.integral_quadratic (S 0) (z - g)
    simp only [planCost_zero, quadCost_add, quadCost_zero]
    exact ⟨q1, hX.integrable_quadratic (S 0), q2⟩
  | succ T ih =>
    intro z a X H hX hH
    obtain ⟨q1, q2⟩ := hX.integral_quadratic (S (T + 1)) (z - g)
    obtain ⟨r1, r2, r3⟩ := ih (M.mulVec z + B.mulVec (a 0)) (Fin.tail a)
      (fun ω ↦ M.mulVec (X ω) + H ω 0) (fun ω ↦ Fin.tail (H ω)) ((hX.mulVec M).add (hH 0))
      fun t ↦ hH t.succ
    have i1 := hX.integrable_quadratic (S (T + 1))
    have j0 : Integrable (fun ω ↦ (z - g + X ω) ⬝ᵥ (S (T + 1)).mulVec (z - g + X ω) +
        w (T + 1) (a 0)) P := q1.add (integrable_const _)
    have e : planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S g) w (T + 1) z a =
        (z - g) ⬝ᵥ (S (T + 1)).mulVec (z - g) + w (T + 1) (a 0) +
          planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S g) w T
            (M.mulVec z + B.mulVec (a 0)) (Fin.tail a) := planCost_succ _ _ _ _ _
    have e1 (ω : Ω) := planCost_noisyStep_succ (M := M) (B := B) (S := S) (g := g) (w := w) z (X ω)
      a (H ω)
    have e2 (ω : Ω) := planCost_deviation_succ (M := M) (S := S) (X ω) (H ω)
    simp only [e1, e2]
    refine ⟨j0.add r1, i1.add r2, ?_⟩
    rw [integral_add j0 r1, integral_add i1 r2, r3,
      integral_add q1 (integrable_const (w (T + 1) (a 0))), q2, integral_const, probReal_univ,
      one_smul, e]
    ring

end Cost

/-- **Certainty equivalence.** With centred noise of finite variance, drawn afresh at each step, and
quadratic costs of the state, the plans of least expected cost in the world, among any set of plans,
are those that are best for its mean dynamics. -/
theorem certainty_equivalence {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν] (hν : IsCentred ν fun η : Fin n → ℝ ↦ η)
    (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (g : Fin n → ℝ) (w : ℕ → (Fin k → ℝ) → ℝ) {T : ℕ}
    (z : Fin n → ℝ) (A : Set (Fin T → Fin k → ℝ)) (a : Fin T → Fin k → ℝ) :
    IsMinOn (fun a : Fin T → Fin k → ℝ ↦
        ∫ η : Fin T → Fin n → ℝ, planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T z
          (fun t ↦ (a t, η t)) ∂(Measure.pi fun _ : Fin T ↦ ν)) A a ↔
      IsMinOn (planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S g) w T z) A a := by
  have h0 : IsCentred (Measure.pi fun _ : Fin T ↦ ν)
      fun _ : Fin T → Fin n → ℝ ↦ (0 : Fin n → ℝ) := by
    refine { memLp := fun i ↦ memLp_const (0 : ℝ), mean_eq_zero := fun i ↦ ?_ }
    simp
  have hH (t : Fin T) : IsCentred (Measure.pi fun _ : Fin T ↦ ν)
      fun η : Fin T → Fin n → ℝ ↦ η t := by
    have hmp := measurePreserving_eval (fun _ : Fin T ↦ ν) t
    exact { memLp := fun i ↦ (hν.memLp i).comp_measurePreserving hmp
            mean_eq_zero := fun i ↦ (hmp.integral_comp_of_aestronglyMeasurable
              (hν.memLp i).aestronglyMeasurable).trans (hν.mean_eq_zero i) }
  obtain ⟨C, hC⟩ : ∃ C : ℝ, ∀ a : Fin T → Fin k → ℝ,
      ∫ η : Fin T → Fin n → ℝ, planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T z
          (fun t ↦ (a t, η t)) ∂(Measure.pi fun _ : Fin T ↦ ν) =
        planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S g) w T z a + C := by
    refine ⟨∫ η : Fin T → Fin n → ℝ, planCost (fun x η ↦ M.mulVec x + η) (quadCost S 0)
      (fun _ _ ↦ 0) T 0 η ∂(Measure.pi fun _ : Fin T ↦ ν), fun a ↦ ?_⟩
    have key := (integral_planCost_noisyStep (M := M) (B := B) S g w T z a
      (fun _ : Fin T → Fin n → ℝ ↦ (0 : Fin n → ℝ)) (fun η ↦ η) h0 hH).2.2
    simp only [add_zero] at key
    exact key
  simp only [hC, isMinOn_iff]
  exact forall₂_congr fun a' _ ↦ add_le_add_iff_right C

/-- **An instance of certainty equivalence**: standard Gaussian noise, and any drift and input. -/
theorem certainty_equivalence_stdGaussian (M : Matrix (Fin n) (Fin n) ℝ)
    (B : Matrix (Fin n) (Fin k) ℝ) (S : ℕ → Matrix (Fin n) (Fin n) ℝ) (g : Fin n → ℝ)
    (w : ℕ → (Fin k → ℝ) → ℝ) {T : ℕ} (z : Fin n → ℝ) (A : Set (Fin T → Fin k → ℝ))
    (a : Fin T → Fin k → ℝ) :
    IsMinOn (fun a : Fin T → Fin k → ℝ ↦
        ∫ η : Fin T → Fin n → ℝ, planCost (noisyStep M B) (quadCost S g) (fun t e ↦ w t e.1) T z
          (fun t ↦ (a t, η t)) ∂(Measure.pi fun _ : Fin T ↦ γ n)) A a ↔
      IsMinOn (planCost (fun z a ↦ M.mulVec z + B.mulVec a) (quadCost S g) w T z) A a :=
  certainty_equivalence { memLp := memLp_coord, mean_eq_zero := integral_coord } S g w z A a

end Lejepa
