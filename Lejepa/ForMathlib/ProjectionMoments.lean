/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.AELine
public import Lejepa.ForMathlib.ContinuousDotProduct
public import Lejepa.ForMathlib.GaussianMoments

/-!
# Moments of the projections of a measure

For a measure on `ι → ℝ` with all moments, the `k`-th moment of the projection `u · z` is a
homogeneous polynomial in `u`. So two measures have the same `k`-th moments in all directions, or in
almost none.

## Main results
* `MeasureTheory.exists_polynomial_integral_dotProduct_pow`: along a line of direction `v`, the
  `k`-th moment is a polynomial, and its coefficient of degree `k` is the moment along `v`.
* `MeasureTheory.ae_integral_dotProduct_pow_ne`: if the `k`-th moments of two measures differ in one
  direction, they differ in almost all.
-/

public section

open Polynomial
open scoped ENNReal

namespace MeasureTheory

variable {ι : Type*} [Fintype ι]

/-- A power of a function with all moments has all moments. -/
theorem memLp_pow_of_forall {Ω : Type*} {mΩ : MeasurableSpace Ω} {μ : Measure Ω}
    [IsFiniteMeasure μ] {f : Ω → ℝ} (hf : ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp f p μ) (j : ℕ) (p : ℝ≥0∞)
    (hp : p ≠ ∞) : MemLp (fun ω ↦ f ω ^ j) p μ := by
  have h := memLp_aeval_of_forall hf (X ^ j : ℝ[X]) p hp
  simpa only [map_pow, aeval_X] using h

/-- Along a line of direction `v`, the `k`-th moment of the projection is a polynomial, and its
coefficient of degree `k` is the moment along `v`. -/
theorem exists_polynomial_integral_dotProduct_pow {μ : Measure (ι → ℝ)} [IsFiniteMeasure μ]
    (hμ : ∀ (u : ι → ℝ) (p : ℝ≥0∞), p ≠ ∞ → MemLp (fun z ↦ u ⬝ᵥ z) p μ) (k : ℕ) (v x : ι → ℝ) :
    ∃ q : ℝ[X], q.coeff k = ∫ z, (v ⬝ᵥ z) ^ k ∂μ ∧
      ∀ t, q.eval t = ∫ z, ((t • v + x) ⬝ᵥ z) ^ k ∂μ := by
  have hint : ∀ j, Integrable (fun z ↦ (v ⬝ᵥ z) ^ j * (x ⬝ᵥ z) ^ (k - j)) μ := fun j ↦
    memLp_one_iff_integrable.1 (memLp_mul_of_forall (memLp_pow_of_forall (hμ v) j)
      (memLp_pow_of_forall (hμ x) (k - j)) 1 ENNReal.one_ne_top)
  have expand : ∀ (t : ℝ) (z : ι → ℝ), ((t • v + x) ⬝ᵥ z) ^ k =
      ∑ j ∈ Finset.range (k + 1),
        t ^ j * (k.choose j : ℝ) * ((v ⬝ᵥ z) ^ j * (x ⬝ᵥ z) ^ (k - j)) := fun t z ↦ by
    rw [add_dotProduct, smul_dotProduct, smul_eq_mul, add_pow]
    refine Finset.sum_congr rfl fun j _ ↦ ?_
    rw [mul_pow]
    ring
  refine ⟨∑ j ∈ Finset.range (k + 1),
    C ((k.choose j : ℝ) * ∫ z, (v ⬝ᵥ z) ^ j * (x ⬝ᵥ z) ^ (k - j) ∂μ) * X ^ j, ?_, fun t ↦ ?_⟩
  · rw [finset_sum_coeff]
    simp only [coeff_C_mul_X_pow]
    rw [Finset.sum_ite_eq, if_pos (Finset.mem_range.2 (Nat.lt_succ_self k)), Nat.choose_self,
      Nat.cast_one, one_mul]
    simp only [Nat.sub_self, pow_zero, mul_one]
  · rw [eval_finset_sum]
    simp only [expand, eval_mul, eval_C, eval_pow, eval_X]
    have hint' : ∀ j, Integrable (fun z ↦
        t ^ j * (k.choose j : ℝ) * ((v ⬝ᵥ z) ^ j * (x ⬝ᵥ z) ^ (k - j))) μ := fun j ↦
      (hint j).const_mul (t ^ j * (k.choose j : ℝ))
    rw [integral_finset_sum _ fun j _ ↦ hint' j]
    refine Finset.sum_congr rfl fun j _ ↦ ?_
    rw [integral_const_mul]
    ring

/-- If the `k`-th moments of two measures differ in one direction, they differ in almost all. -/
theorem ae_integral_dotProduct_pow_ne {μ ν : Measure (ι → ℝ)} [IsFiniteMeasure μ]
    [IsFiniteMeasure ν] (hμ : ∀ (u : ι → ℝ) (p : ℝ≥0∞), p ≠ ∞ → MemLp (fun z ↦ u ⬝ᵥ z) p μ)
    (hν : ∀ (u : ι → ℝ) (p : ℝ≥0∞), p ≠ ∞ → MemLp (fun z ↦ u ⬝ᵥ z) p ν) {k : ℕ} {v : ι → ℝ}
    (hv : ∫ z, (v ⬝ᵥ z) ^ k ∂μ ≠ ∫ z, (v ⬝ᵥ z) ^ k ∂ν) :
    ∀ᵐ u : ι → ℝ, ∫ z, (u ⬝ᵥ z) ^ k ∂μ ≠ ∫ z, (u ⬝ᵥ z) ^ k ∂ν := by
  have hc := (continuous_dotProduct_pow (ι := ι) k).measurable.stronglyMeasurable
  have hmμ : Measurable fun u : ι → ℝ ↦ ∫ z, (u ⬝ᵥ z) ^ k ∂μ :=
    (hc.integral_prod_right' (ν := μ)).measurable
  have hmν : Measurable fun u : ι → ℝ ↦ ∫ z, (u ⬝ᵥ z) ^ k ∂ν :=
    (hc.integral_prod_right' (ν := ν)).measurable
  have hP : MeasurableSet {u : ι → ℝ | ∫ z, (u ⬝ᵥ z) ^ k ∂μ ≠ ∫ z, (u ⬝ᵥ z) ^ k ∂ν} :=
    (measurableSet_eq_fun hmμ hmν).compl
  refine ae_of_forall_ae_smul_add hP v fun x ↦ ?_
  change ∀ᵐ t : ℝ, ∫ z, ((t • v + x) ⬝ᵥ z) ^ k ∂μ ≠ ∫ z, ((t • v + x) ⬝ᵥ z) ^ k ∂ν
  obtain ⟨p, hpk, hp⟩ := exists_polynomial_integral_dotProduct_pow hμ k v x
  obtain ⟨q, hqk, hq⟩ := exists_polynomial_integral_dotProduct_pow hν k v x
  have hne : p - q ≠ 0 := fun h ↦ by
    have hk : (p - q).coeff k = 0 := by rw [h, coeff_zero]
    rw [coeff_sub, hpk, hqk] at hk
    exact hv (sub_eq_zero.1 hk)
  filter_upwards [Polynomial.ae_eval_ne_zero hne] with t ht h
  exact ht (by rw [eval_sub, hp, hq, h, sub_self])

end MeasureTheory
