/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianExpDual
public import Lejepa.ForMathlib.IntegralExpOfMoments
public import Lejepa.ForMathlib.ProjectionMoments
public import Lejepa.ForMathlib.SymmetricForm
public import Mathlib.LinearAlgebra.Matrix.DotProduct
public import Mathlib.MeasureTheory.Measure.CharacteristicFunction
public import Mathlib.Probability.Moments.IntegrableExpMul

/-!
# Almost every projection tells a measure from one with exponential moments

Cramér–Wold says that a measure on `ι → ℝ` is determined by its projections in all directions. Where
one of two measures has exponential moments, as Gaussians do, almost every single direction tells
them apart. For if the projections agree in directions that are not a null set, these directions
span, so the other measure has exponential moments too; moments are polynomials in the direction, so
they agree in all directions, and they determine the measure.

## Main results
* `MeasureTheory.Measure.ext_of_integral_dotProduct_pow_eq`: two measures with exponential moments
  are equal if their projections have the same moments.
* `MeasureTheory.ae_map_dotProduct_ne`: two different probability measures, one of them with
  exponential moments, have different projections in almost every direction.
-/

public section

open Complex ProbabilityTheory
open scoped ENNReal NNReal

namespace MeasureTheory

variable {ι : Type*} [Fintype ι] {μ ν : Measure (ι → ℝ)}

/-- Exponential moments in all directions give all moments. -/
theorem memLp_dotProduct_of_integrable_exp
    (hμ : ∀ u : ι → ℝ, Integrable (fun z ↦ Real.exp (u ⬝ᵥ z)) μ) (u : ι → ℝ) (p : ℝ≥0∞)
    (hp : p ≠ ∞) : MemLp (fun z ↦ u ⬝ᵥ z) p μ := by
  have huniv : integrableExpSet (fun z : ι → ℝ ↦ u ⬝ᵥ z) μ = Set.univ :=
    Set.eq_univ_of_forall fun t ↦ by
      have h := hμ (t • u)
      simp only [smul_dotProduct, smul_eq_mul] at h
      exact h
  lift p to ℝ≥0 using hp
  refine memLp_of_mem_interior_integrableExpSet ?_ p
  rw [huniv, interior_univ]
  exact Set.mem_univ 0

/-- The characteristic function of a measure with exponential moments is the series of its
moments. -/
theorem hasSum_charFunDual (hμ : ∀ u : ι → ℝ, Integrable (fun z ↦ Real.exp (u ⬝ᵥ z)) μ)
    {L : StrongDual ℝ (ι → ℝ)} {u : ι → ℝ} (hu : ∀ z, L z = u ⬝ᵥ z) :
    HasSum (fun k : ℕ ↦ I ^ k / (k.factorial : ℂ) * ((∫ z, (u ⬝ᵥ z) ^ k ∂μ : ℝ) : ℂ))
      (charFunDual μ L) := by
  have hint : Integrable (fun z ↦ ‖(1 : ℝ)‖ * Real.exp |u ⬝ᵥ z|) μ := by
    refine ((hμ u).add (hμ (-u))).mono' ?_ (ae_of_all _ fun z ↦ ?_)
    · have hc : Continuous fun z : ι → ℝ ↦ ‖(1 : ℝ)‖ * Real.exp |u ⬝ᵥ z| :=
        continuous_const.mul
          (Real.continuous_exp.comp (continuous_abs.comp (continuous_dotProduct_const u)))
      exact hc.aestronglyMeasurable
    · change ‖‖(1 : ℝ)‖ * Real.exp |u ⬝ᵥ z|‖ ≤ Real.exp (u ⬝ᵥ z) + Real.exp (-u ⬝ᵥ z)
      rw [norm_one, one_mul, Real.norm_eq_abs, Real.abs_exp, neg_dotProduct]
      exact Real.exp_abs_le _
  have hs : HasSum (fun k : ℕ ↦ ∫ z, ((1 : ℝ) : ℂ) *
        ((((u ⬝ᵥ z : ℝ) : ℂ) * I) ^ k / (k.factorial : ℂ)) ∂μ)
      (∫ z, ((1 : ℝ) : ℂ) * cexp (((u ⬝ᵥ z : ℝ) : ℂ) * I) ∂μ) :=
    hasSum_integral_mul_cexp (f := fun _ : ι → ℝ ↦ (1 : ℝ)) (g := fun z ↦ u ⬝ᵥ z)
      aestronglyMeasurable_const (measurable_dotProduct_const u).aestronglyMeasurable hint
  have hterm : ∀ k : ℕ, ∫ z, ((1 : ℝ) : ℂ) *
        ((((u ⬝ᵥ z : ℝ) : ℂ) * I) ^ k / (k.factorial : ℂ)) ∂μ =
      I ^ k / (k.factorial : ℂ) * ((∫ z, (u ⬝ᵥ z) ^ k ∂μ : ℝ) : ℂ) := fun k ↦ by
    have hpt : ∀ z : ι → ℝ, ((1 : ℝ) : ℂ) *
          ((((u ⬝ᵥ z : ℝ) : ℂ) * I) ^ k / (k.factorial : ℂ)) =
        I ^ k / (k.factorial : ℂ) * (((u ⬝ᵥ z) ^ k : ℝ) : ℂ) := fun z ↦ by
      rw [ofReal_one, one_mul, ofReal_pow, mul_pow]
      ring
    calc ∫ z, ((1 : ℝ) : ℂ) * ((((u ⬝ᵥ z : ℝ) : ℂ) * I) ^ k / (k.factorial : ℂ)) ∂μ
        = ∫ z, I ^ k / (k.factorial : ℂ) * (((u ⬝ᵥ z) ^ k : ℝ) : ℂ) ∂μ :=
          integral_congr_ae (.of_forall hpt)
      _ = I ^ k / (k.factorial : ℂ) * ((∫ z, (u ⬝ᵥ z) ^ k ∂μ : ℝ) : ℂ) := by
          rw [integral_const_mul, integral_complex_ofReal]
  have hL : charFunDual μ L = ∫ z, ((1 : ℝ) : ℂ) * cexp (((u ⬝ᵥ z : ℝ) : ℂ) * I) ∂μ := by
    rw [charFunDual_apply]
    refine integral_congr_ae (.of_forall fun z ↦ ?_)
    change cexp (((L z : ℝ) : ℂ) * I) = ((1 : ℝ) : ℂ) * cexp (((u ⬝ᵥ z : ℝ) : ℂ) * I)
    rw [hu z, ofReal_one, one_mul]
  simp only [hterm] at hs
  rw [hL]
  exact hs

/-- Two measures with exponential moments are equal if their projections have the same moments. -/
theorem Measure.ext_of_integral_dotProduct_pow_eq [IsFiniteMeasure μ] [IsFiniteMeasure ν]
    (hμ : ∀ u : ι → ℝ, Integrable (fun z ↦ Real.exp (u ⬝ᵥ z)) μ)
    (hν : ∀ u : ι → ℝ, Integrable (fun z ↦ Real.exp (u ⬝ᵥ z)) ν)
    (h : ∀ (u : ι → ℝ) (k : ℕ), ∫ z, (u ⬝ᵥ z) ^ k ∂μ = ∫ z, (u ⬝ᵥ z) ^ k ∂ν) : μ = ν := by
  classical
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  obtain ⟨u, hu⟩ : ∃ u : ι → ℝ, ∀ z, L z = u ⬝ᵥ z :=
    ⟨fun i ↦ L (Pi.single i 1), fun z ↦ StrongDual.pi_apply_eq_sum L z⟩
  have h₁ := hasSum_charFunDual hμ hu
  have h₂ := hasSum_charFunDual hν hu
  simp only [h] at h₁
  exact h₁.unique h₂

/-- Almost every vector is not orthogonal to a given one. -/
theorem ae_dotProduct_ne_zero {v : ι → ℝ} (hv : v ≠ 0) : ∀ᵐ u : ι → ℝ, v ⬝ᵥ u ≠ 0 := by
  have hvv : v ⬝ᵥ v ≠ 0 := fun h ↦ hv (dotProduct_self_eq_zero.1 h)
  have hP : MeasurableSet {u : ι → ℝ | v ⬝ᵥ u ≠ 0} :=
    (isOpen_ne_fun (continuous_dotProduct_const v) continuous_const).measurableSet
  refine ae_of_forall_ae_smul_add hP v fun x ↦ ?_
  change ∀ᵐ t : ℝ, v ⬝ᵥ (t • v + x) ≠ 0
  have hq : Polynomial.C (v ⬝ᵥ v) * Polynomial.X + Polynomial.C (v ⬝ᵥ x) ≠ 0 := fun h ↦ by
    have h1 : (Polynomial.C (v ⬝ᵥ v) * Polynomial.X + Polynomial.C (v ⬝ᵥ x)).coeff 1 = 0 := by
      rw [h, Polynomial.coeff_zero]
    rw [Polynomial.coeff_add, Polynomial.coeff_C_mul, Polynomial.coeff_X_one, mul_one,
      Polynomial.coeff_C_ne_zero one_ne_zero, add_zero] at h1
    exact hvv h1
  filter_upwards [Polynomial.ae_eval_ne_zero hq] with t ht h
  refine ht ?_
  rw [dotProduct_add, dotProduct_smul, smul_eq_mul] at h
  rw [Polynomial.eval_add, Polynomial.eval_mul, Polynomial.eval_C, Polynomial.eval_C,
    Polynomial.eval_X, mul_comm, h]

/-- Where the exponential moments in spanning directions exist, they exist in all. -/
theorem integrable_exp_dotProduct_of_span [IsFiniteMeasure μ] {U : Set (ι → ℝ)}
    (span : ∀ v : ι → ℝ, (∀ u ∈ U, v ⬝ᵥ u = 0) → v = 0)
    (hU : ∀ u ∈ U, ∀ t : ℝ, Integrable (fun z ↦ Real.exp (t * (u ⬝ᵥ z))) μ) (a : ι → ℝ) :
    Integrable (fun z ↦ Real.exp (a ⬝ᵥ z)) μ := by
  obtain ⟨W, hW⟩ : ∃ W : Submodule ℝ (ι → ℝ),
      ∀ a, a ∈ W ↔ ∀ t : ℝ, Integrable (fun z ↦ Real.exp (t * (a ⬝ᵥ z))) μ := by
    refine ⟨{ carrier := {a | ∀ t : ℝ, Integrable (fun z ↦ Real.exp (t * (a ⬝ᵥ z))) μ}
              add_mem' := ?add
              zero_mem' := ?zero
              smul_mem' := ?smul }, fun _ ↦ Iff.rfl⟩
    case add =>
      intro a b ha hb t
      have hsq : ∀ c : ι → ℝ, (∀ t : ℝ, Integrable (fun z ↦ Real.exp (t * (c ⬝ᵥ z))) μ) →
          MemLp (fun z ↦ Real.exp (t * (c ⬝ᵥ z))) 2 μ := fun c hc ↦ by
        have e : (fun z : ι → ℝ ↦ Real.exp (t * (c ⬝ᵥ z)) ^ 2) =
            fun z ↦ Real.exp (2 * t * (c ⬝ᵥ z)) := funext fun z ↦ by
          rw [sq, ← Real.exp_add]
          congr 1
          ring
        have hm : Continuous fun z : ι → ℝ ↦ Real.exp (t * (c ⬝ᵥ z)) :=
          Real.continuous_exp.comp (continuous_const.mul (continuous_dotProduct_const c))
        have hi : Integrable (fun z ↦ Real.exp (t * (c ⬝ᵥ z)) ^ 2) μ := by
          rw [e]
          exact hc (2 * t)
        exact (memLp_two_iff_integrable_sq hm.aestronglyMeasurable).2 hi
      have e : (fun z : ι → ℝ ↦ Real.exp (t * ((a + b) ⬝ᵥ z))) =
          fun z ↦ Real.exp (t * (a ⬝ᵥ z)) * Real.exp (t * (b ⬝ᵥ z)) := funext fun z ↦ by
        rw [add_dotProduct, mul_add, Real.exp_add]
      change Integrable (fun z ↦ Real.exp (t * ((a + b) ⬝ᵥ z))) μ
      rw [e]
      exact (hsq a ha).integrable_mul (hsq b hb)
    case zero =>
      intro t
      have e : (fun z : ι → ℝ ↦ Real.exp (t * ((0 : ι → ℝ) ⬝ᵥ z))) = fun _ ↦ (1 : ℝ) :=
        funext fun z ↦ by rw [zero_dotProduct, mul_zero, Real.exp_zero]
      change Integrable (fun z ↦ Real.exp (t * ((0 : ι → ℝ) ⬝ᵥ z))) μ
      rw [e]
      exact integrable_const 1
    case smul =>
      intro c a ha t
      have e : (fun z : ι → ℝ ↦ Real.exp (t * ((c • a) ⬝ᵥ z))) =
          fun z ↦ Real.exp (t * c * (a ⬝ᵥ z)) := funext fun z ↦ by
        rw [smul_dotProduct, smul_eq_mul, mul_assoc]
      change Integrable (fun z ↦ Real.exp (t * ((c • a) ⬝ᵥ z))) μ
      rw [e]
      exact ha (t * c)
  have htop : W = ⊤ := Matrix.eq_top_of_forall_dotProduct span fun u hu ↦ (hW u).2 (hU u hu)
  have ha := (hW a).1 (by rw [htop]; exact Submodule.mem_top) 1
  simpa only [one_mul] using ha

/-- **Cramér–Wold for almost every direction.** Two different probability measures, one of them with
exponential moments, have different projections in almost every direction. -/
theorem ae_map_dotProduct_ne [IsProbabilityMeasure μ] [IsProbabilityMeasure ν]
    (hν : ∀ u : ι → ℝ, Integrable (fun z ↦ Real.exp (u ⬝ᵥ z)) ν) (hne : μ ≠ ν) :
    ∀ᵐ u : ι → ℝ, μ.map (fun z ↦ u ⬝ᵥ z) ≠ ν.map (fun z ↦ u ⬝ᵥ z) := by
  by_contra hcon
  have hm (u : ι → ℝ) := measurable_dotProduct_const u
  -- directions in which the projections agree span
  have span : ∀ v : ι → ℝ,
      (∀ u ∈ {u : ι → ℝ | μ.map (fun z ↦ u ⬝ᵥ z) = ν.map (fun z ↦ u ⬝ᵥ z)}, v ⬝ᵥ u = 0) →
      v = 0 := fun v hv ↦ by
    by_contra hv0
    refine hcon ?_
    filter_upwards [ae_dotProduct_ne_zero hv0] with u hu hG
    exact hu (hv u hG)
  have hμ : ∀ u : ι → ℝ, Integrable (fun z ↦ Real.exp (u ⬝ᵥ z)) μ := by
    refine integrable_exp_dotProduct_of_span span fun u hu t ↦ ?_
    have hexp : Measurable fun x : ℝ ↦ Real.exp (t * x) := by fun_prop
    have hu' : μ.map (fun z ↦ u ⬝ᵥ z) = ν.map (fun z ↦ u ⬝ᵥ z) := hu
    have hνt : Integrable (fun z ↦ Real.exp (t * (u ⬝ᵥ z))) ν := by
      have h := hν (t • u)
      simp only [smul_dotProduct, smul_eq_mul] at h
      exact h
    have h₁ : Integrable (fun x : ℝ ↦ Real.exp (t * x)) (ν.map fun z ↦ u ⬝ᵥ z) :=
      (integrable_map_measure hexp.aestronglyMeasurable (hm u).aemeasurable).2 hνt
    rw [← hu'] at h₁
    exact (integrable_map_measure hexp.aestronglyMeasurable (hm u).aemeasurable).1 h₁
  -- moments that differ in one direction differ in almost all
  refine hne (Measure.ext_of_integral_dotProduct_pow_eq hμ hν fun v k ↦ ?_)
  by_contra hv
  refine hcon ?_
  filter_upwards [ae_integral_dotProduct_pow_ne (memLp_dotProduct_of_integrable_exp hμ)
    (memLp_dotProduct_of_integrable_exp hν) hv] with u hu hG
  have hpow : Measurable fun x : ℝ ↦ x ^ k := by fun_prop
  refine hu ?_
  calc ∫ z, (u ⬝ᵥ z) ^ k ∂μ = ∫ x, x ^ k ∂(μ.map fun z ↦ u ⬝ᵥ z) :=
        (integral_map (hm u).aemeasurable hpow.aestronglyMeasurable).symm
    _ = ∫ x, x ^ k ∂(ν.map fun z ↦ u ⬝ᵥ z) := by rw [hG]
    _ = ∫ z, (u ⬝ᵥ z) ^ k ∂ν := integral_map (hm u).aemeasurable hpow.aestronglyMeasurable

end MeasureTheory
