/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianExpDual
public import Mathlib.Probability.Distributions.Gaussian.Real
public import Mathlib.MeasureTheory.Measure.CharacteristicFunction
public import Mathlib.LinearAlgebra.UnitaryGroup
public import Mathlib.Topology.Algebra.Module.FiniteDimension

/-!
# The standard Gaussian measure on `ι → ℝ` is invariant under rotations

## Main results
* `ProbabilityTheory.charFunDual_pi_gaussianReal`: its characteristic function at a continuous
  linear form `L` is `exp (-(∑ i, L (Pi.single i 1) ^ 2) / 2)`.
* `ProbabilityTheory.pi_gaussianReal_map_mulVec`: it is invariant under orthogonal matrices.
* `ProbabilityTheory.pi_gaussianReal_prod_map_rotation`: with `a² + b² = 1`, a pair `(x, y)` of
  independent standard Gaussians has the law of `(a x + b y, b x - a y)`.
-/

public section

open MeasureTheory

namespace ProbabilityTheory

private lemma charFunDual_gaussianReal_zero_one (L : StrongDual ℝ ℝ) :
    charFunDual (gaussianReal 0 1) L = Complex.exp (-((L 1 ^ 2 : ℝ) : ℂ) / 2) := by
  have h (x : ℝ) : L x = L 1 * x :=
    calc L x = L (x • (1 : ℝ)) := by rw [smul_eq_mul, mul_one]
      _ = x • L 1 := map_smul L x (1 : ℝ)
      _ = L 1 * x := by rw [smul_eq_mul, mul_comm]
  calc charFunDual (gaussianReal 0 1) L
      = ∫ x, Complex.exp ((L x : ℝ) * Complex.I) ∂gaussianReal 0 1 := charFunDual_apply L
    _ = ∫ x, Complex.exp ((L 1 : ℝ) * x * Complex.I) ∂gaussianReal 0 1 := by
        refine integral_congr_ae (.of_forall fun x ↦ ?_)
        change Complex.exp ((L x : ℝ) * Complex.I) = Complex.exp ((L 1 : ℝ) * x * Complex.I)
        rw [h x, Complex.ofReal_mul]
    _ = charFun (gaussianReal 0 1) (L 1) := (charFun_apply_real _).symm
    _ = Complex.exp (-((L 1 ^ 2 : ℝ) : ℂ) / 2) := by
        rw [charFun_gaussianReal]
        congr 1
        push_cast
        ring

variable {ι : Type*} [Fintype ι] [DecidableEq ι]

/-- The characteristic function of the standard Gaussian measure on `ι → ℝ`. -/
lemma charFunDual_pi_gaussianReal (L : StrongDual ℝ (ι → ℝ)) :
    charFunDual (Measure.pi fun _ : ι ↦ gaussianReal 0 1) L
      = Complex.exp (-((∑ i, L (Pi.single i 1) ^ 2 : ℝ) : ℂ) / 2) :=
  calc charFunDual (Measure.pi fun _ : ι ↦ gaussianReal 0 1) L
      = ∏ i, charFunDual (gaussianReal 0 1)
          (L.comp (ContinuousLinearMap.single ℝ (fun _ : ι ↦ ℝ) i)) := charFunDual_pi L
    _ = ∏ i, Complex.exp (-((L (Pi.single i 1) ^ 2 : ℝ) : ℂ) / 2) :=
        Finset.prod_congr rfl fun _ _ ↦ charFunDual_gaussianReal_zero_one _
    _ = Complex.exp (-((∑ i, L (Pi.single i 1) ^ 2 : ℝ) : ℂ) / 2) := by
        rw [← Complex.exp_sum, ← Finset.sum_div, Finset.sum_neg_distrib, Complex.ofReal_sum]

private lemma sum_sq_vecMul {Q : Matrix ι ι ℝ} (hQ : Q ∈ Matrix.orthogonalGroup ι ℝ)
    (l : ι → ℝ) : ∑ i, (∑ j, Q j i * l j) ^ 2 = ∑ i, l i ^ 2 := by
  have h : dotProduct (Matrix.vecMul l Q) (Matrix.vecMul l Q) = dotProduct l l := by
    rw [← Matrix.dotProduct_mulVec, ← Matrix.mulVec_transpose, Matrix.mulVec_mulVec,
      (Matrix.mem_orthogonalGroup_iff _ _).1 hQ, Matrix.one_mulVec]
  have h' (i : ι) : Matrix.vecMul l Q i = ∑ j, Q j i * l j :=
    Finset.sum_congr rfl fun j _ ↦ mul_comm _ _
  simp only [dotProduct, h', ← pow_two] at h
  exact h

/-- The standard Gaussian measure is invariant under orthogonal matrices. -/
theorem pi_gaussianReal_map_mulVec {Q : Matrix ι ι ℝ} (hQ : Q ∈ Matrix.orthogonalGroup ι ℝ) :
    (Measure.pi fun _ : ι ↦ gaussianReal 0 1).map Q.mulVec
      = Measure.pi fun _ : ι ↦ gaussianReal 0 1 := by
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  have hQ' : Q.mulVec = ⇑(LinearMap.toContinuousLinearMap Q.mulVecLin) := rfl
  rw [hQ', charFunDual_map, charFunDual_pi_gaussianReal, charFunDual_pi_gaussianReal]
  have h (i : ι) : (L.comp (LinearMap.toContinuousLinearMap Q.mulVecLin)) (Pi.single i 1)
      = ∑ j, Q j i * L (Pi.single j 1) := by
    change L (Q.mulVec (Pi.single i 1)) = _
    rw [Matrix.mulVec_single_one]
    rw [StrongDual.pi_apply_eq_sum L (Q.col i)]
    exact Finset.sum_congr rfl fun j _ ↦ mul_comm _ _
  simp only [h]
  rw [sum_sq_vecMul hQ fun j ↦ L (Pi.single j 1)]

omit [DecidableEq ι] in
/-- A pair of independent standard Gaussian vectors is invariant under the rotation-reflection
`(x, y) ↦ (a x + b y, b x - a y)` when `a² + b² = 1`. -/
theorem pi_gaussianReal_prod_map_rotation {a b : ℝ} (hab : a ^ 2 + b ^ 2 = 1) :
    ((Measure.pi fun _ : ι ↦ gaussianReal 0 1).prod (Measure.pi fun _ : ι ↦ gaussianReal 0 1)).map
        (fun p ↦ (a • p.1 + b • p.2, b • p.1 - a • p.2))
      = (Measure.pi fun _ : ι ↦ gaussianReal 0 1).prod
          (Measure.pi fun _ : ι ↦ gaussianReal 0 1) := by
  classical
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  obtain ⟨R, hR⟩ : ∃ R : (ι → ℝ) × (ι → ℝ) →L[ℝ] (ι → ℝ) × (ι → ℝ),
      ∀ p, R p = (a • p.1 + b • p.2, b • p.1 - a • p.2) :=
    ⟨(a • ContinuousLinearMap.fst ℝ (ι → ℝ) (ι → ℝ)
        + b • ContinuousLinearMap.snd ℝ (ι → ℝ) (ι → ℝ)).prod
      (b • ContinuousLinearMap.fst ℝ (ι → ℝ) (ι → ℝ)
        - a • ContinuousLinearMap.snd ℝ (ι → ℝ) (ι → ℝ)), fun _ ↦ rfl⟩
  have hR' : (fun p : (ι → ℝ) × (ι → ℝ) ↦ (a • p.1 + b • p.2, b • p.1 - a • p.2)) = ⇑R :=
    (funext hR).symm
  rw [hR', charFunDual_map, charFunDual_prod, charFunDual_prod]
  simp only [charFunDual_pi_gaussianReal]
  rw [← Complex.exp_add, ← Complex.exp_add]
  obtain ⟨u, hu⟩ : ∃ u : ι → ℝ,
      ∀ i, (L.comp (.inl ℝ (ι → ℝ) (ι → ℝ))) (Pi.single i 1) = u i := ⟨_, fun _ ↦ rfl⟩
  obtain ⟨w, hw⟩ : ∃ w : ι → ℝ,
      ∀ i, (L.comp (.inr ℝ (ι → ℝ) (ι → ℝ))) (Pi.single i 1) = w i := ⟨_, fun _ ↦ rfl⟩
  have h1 (i : ι) : ((L.comp R).comp (.inl ℝ (ι → ℝ) (ι → ℝ))) (Pi.single i 1)
      = a * u i + b * w i := by
    have e : R (Pi.single i 1, 0)
        = a • ((Pi.single i 1, 0) : (ι → ℝ) × (ι → ℝ)) + b • (0, Pi.single i 1) := by
      rw [hR]; simp
    rw [← hu, ← hw]
    change L (R (Pi.single i 1, 0)) = a * L (Pi.single i 1, 0) + b * L (0, Pi.single i 1)
    rw [e, map_add, map_smul, map_smul, smul_eq_mul, smul_eq_mul]
  have h2 (i : ι) : ((L.comp R).comp (.inr ℝ (ι → ℝ) (ι → ℝ))) (Pi.single i 1)
      = b * u i - a * w i := by
    have e : R (0, Pi.single i 1)
        = b • ((Pi.single i 1, 0) : (ι → ℝ) × (ι → ℝ)) - a • (0, Pi.single i 1) := by
      rw [hR]; simp
    rw [← hu, ← hw]
    change L (R (0, Pi.single i 1)) = b * L (Pi.single i 1, 0) - a * L (0, Pi.single i 1)
    rw [e, map_sub, map_smul, map_smul, smul_eq_mul, smul_eq_mul]
  have h3 : (∑ i, (a * u i + b * w i) ^ 2) + ∑ i, (b * u i - a * w i) ^ 2
      = (∑ i, u i ^ 2) + ∑ i, w i ^ 2 := by
    rw [← Finset.sum_add_distrib, ← Finset.sum_add_distrib]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    linear_combination (u i ^ 2 + w i ^ 2) * hab
  have h4 : ((∑ i, (a * u i + b * w i) ^ 2 : ℝ) : ℂ) + ((∑ i, (b * u i - a * w i) ^ 2 : ℝ) : ℂ)
      = ((∑ i, u i ^ 2 : ℝ) : ℂ) + ((∑ i, w i ^ 2 : ℝ) : ℂ) := by
    rw [← Complex.ofReal_add, h3, Complex.ofReal_add]
  simp only [h1, h2, hu, hw]
  congr 1
  linear_combination (-1 / 2 : ℂ) * h4

end ProbabilityTheory
