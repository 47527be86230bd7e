/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Function.L2Space

/-!
# Laws on finitely many points

## Main definitions
* `Lejepa.finiteLaw w x`: the measure that gives the point `x i` the weight `w i`.

## Main results
* `Lejepa.integral_finiteLaw`: integrals are weighted sums, of any function.
* `Lejepa.ae_finiteLaw`, `Lejepa.of_ae_finiteLaw`: what holds at the points holds almost surely, and
  conversely at the points of positive weight.
-/

@[expose] public section

open MeasureTheory
open scoped ENNReal

noncomputable section

namespace Lejepa

variable {ι α : Type*} [Fintype ι] [MeasurableSpace α]

/-- The measure that gives the point `x i` the weight `w i`. -/
def finiteLaw (w : ι → ℝ) (x : ι → α) : Measure α :=
  ∑ i, ENNReal.ofReal (w i) • Measure.dirac (x i)

/-- The mass of a set is the sum of the weights of the points in it. -/
theorem finiteLaw_apply (w : ι → ℝ) (x : ι → α) {s : Set α} (hs : MeasurableSet s) :
    finiteLaw w x s = ∑ i, ENNReal.ofReal (w i) * s.indicator 1 (x i) := by
  rw [finiteLaw, Measure.finset_sum_apply]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [Measure.smul_apply, Measure.dirac_apply' _ hs, smul_eq_mul]

/-- The total mass is the sum of the weights, each negative one counted as zero. -/
theorem finiteLaw_univ (w : ι → ℝ) (x : ι → α) :
    finiteLaw w x Set.univ = ∑ i, ENNReal.ofReal (w i) := by
  rw [finiteLaw_apply w x MeasurableSet.univ]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [Set.indicator_univ, Pi.one_apply, mul_one]

instance (w : ι → ℝ) (x : ι → α) : IsFiniteMeasure (finiteLaw w x) := ⟨by
  rw [finiteLaw_univ]
  exact ENNReal.sum_lt_top.2 fun i _ ↦ ENNReal.ofReal_lt_top⟩

/-- Weights that sum to one make a probability measure. -/
theorem isProbabilityMeasure_finiteLaw {w : ι → ℝ} (hw : ∀ i, 0 ≤ w i) (h : ∑ i, w i = 1)
    (x : ι → α) : IsProbabilityMeasure (finiteLaw w x) := ⟨by
  rw [finiteLaw_univ, ← ENNReal.ofReal_sum_of_nonneg fun i _ ↦ hw i, h, ENNReal.ofReal_one]⟩

/-- The integral of a measurable function with values in `[0, ∞]` is the sum of its values at the
points, times their weights, each negative one counted as zero. -/
theorem lintegral_finiteLaw (w : ι → ℝ) (x : ι → α) {f : α → ℝ≥0∞} (hf : Measurable f) :
    ∫⁻ a, f a ∂finiteLaw w x = ∑ i, ENNReal.ofReal (w i) * f (x i) := by
  rw [finiteLaw, lintegral_finset_sum_measure]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [lintegral_smul_measure, lintegral_dirac' _ hf, smul_eq_mul]

variable [MeasurableSingletonClass α]

/-- Every function is integrable against a law on finitely many points. -/
theorem integrable_finiteLaw (w : ι → ℝ) (x : ι → α) (f : α → ℝ) :
    Integrable f (finiteLaw w x) := by
  rw [finiteLaw, integrable_finset_sum_measure]
  intro i _
  have hd : Integrable f (Measure.dirac (x i)) := integrable_dirac enorm_lt_top
  exact hd.smul_measure ENNReal.ofReal_ne_top

/-- Every function is square-integrable against a law on finitely many points. -/
theorem memLp_two_finiteLaw (w : ι → ℝ) (x : ι → α) (f : α → ℝ) : MemLp f 2 (finiteLaw w x) :=
  (memLp_two_iff_integrable_sq (integrable_finiteLaw w x f).aestronglyMeasurable).2
    (integrable_finiteLaw w x fun a ↦ f a ^ 2)

/-- Integrals are weighted sums. -/
theorem integral_finiteLaw {w : ι → ℝ} (hw : ∀ i, 0 ≤ w i) (x : ι → α) (f : α → ℝ) :
    ∫ a, f a ∂finiteLaw w x = ∑ i, w i * f (x i) := by
  have h : ∀ i ∈ (Finset.univ : Finset ι),
      Integrable f (ENNReal.ofReal (w i) • Measure.dirac (x i)) := fun i _ ↦ by
    have hd : Integrable f (Measure.dirac (x i)) := integrable_dirac enorm_lt_top
    exact hd.smul_measure ENNReal.ofReal_ne_top
  rw [finiteLaw, integral_finset_sum_measure h]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [integral_smul_measure, integral_dirac, ENNReal.toReal_ofReal (hw i), smul_eq_mul]

/-- What holds at the points holds almost surely. -/
theorem ae_finiteLaw (w : ι → ℝ) (x : ι → α) {P : α → Prop} (h : ∀ i, P (x i)) :
    ∀ᵐ a ∂finiteLaw w x, P a := by
  rw [ae_iff, finiteLaw, Measure.finset_sum_apply]
  refine Finset.sum_eq_zero fun i _ ↦ ?_
  have hi : x i ∉ {a | ¬P a} := fun h' ↦ h' (h i)
  rw [Measure.smul_apply, Measure.dirac_apply, Set.indicator_of_notMem hi, smul_zero]

/-- What holds almost surely holds at the points of positive weight. -/
theorem of_ae_finiteLaw {w : ι → ℝ} {x : ι → α} {P : α → Prop} (h : ∀ᵐ a ∂finiteLaw w x, P a)
    {i : ι} (hi : 0 < w i) : P (x i) := by
  by_contra hP
  rw [ae_iff, finiteLaw, Measure.finset_sum_apply, Finset.sum_eq_zero_iff] at h
  have hz := h i (Finset.mem_univ i)
  have hmem : x i ∈ {a | ¬P a} := hP
  rw [Measure.smul_apply, Measure.dirac_apply, Set.indicator_of_mem hmem, Pi.one_apply,
    smul_eq_mul, mul_one, ENNReal.ofReal_eq_zero] at hz
  exact not_le.2 hi hz

end Lejepa
