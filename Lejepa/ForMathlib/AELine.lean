/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Algebra.Polynomial.Roots
public import Mathlib.MeasureTheory.Measure.Lebesgue.EqHaar

/-!
# What holds almost everywhere on each line of a direction holds almost everywhere

## Main results
* `MeasureTheory.ae_of_forall_ae_smul_add`: if on each line of direction `v` almost every point has
  a property, then almost every point has it, for a translation-invariant measure.
* `Polynomial.ae_eval_ne_zero`: a nonzero real polynomial vanishes almost nowhere.
-/

public section

open MeasureTheory

/-- A nonzero real polynomial vanishes almost nowhere. -/
theorem Polynomial.ae_eval_ne_zero {q : Polynomial ℝ} (hq : q ≠ 0) : ∀ᵐ t : ℝ, q.eval t ≠ 0 := by
  have h : volume {t : ℝ | q.IsRoot t} = 0 :=
    (Polynomial.finite_setOf_isRoot hq).measure_zero volume
  refine ae_iff.2 (measure_mono_null (fun t ht ↦ ?_) h)
  have h' : q.eval t = 0 := not_not.1 ht
  exact h'

namespace MeasureTheory

variable {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E] [MeasurableSpace E] [BorelSpace E]
  {μ : Measure E} [SFinite μ] [μ.IsAddLeftInvariant]

/-- If on each line of direction `v` almost every point has a property, then almost every point
has it. -/
theorem ae_of_forall_ae_smul_add {P : E → Prop} (hP : MeasurableSet {x | P x}) (v : E)
    (h : ∀ x, ∀ᵐ t : ℝ, P (t • v + x)) : ∀ᵐ x ∂μ, P x := by
  have hc : Continuous fun p : E × ℝ ↦ p.2 • v + p.1 :=
    (continuous_snd.smul continuous_const).add continuous_fst
  have hm : MeasurableSet {p : E × ℝ | P (p.2 • v + p.1)} := hP.preimage hc.measurable
  have hcomm : (∀ᵐ x ∂μ, ∀ᵐ t : ℝ, P (t • v + x)) ↔ ∀ᵐ t : ℝ, ∀ᵐ x ∂μ, P (t • v + x) :=
    Measure.ae_ae_comm (p := fun (x : E) (t : ℝ) ↦ P (t • v + x)) hm
  obtain ⟨t, ht⟩ := (hcomm.1 (ae_of_all _ h)).exists
  have h0 : μ ((fun x : E ↦ t • v + x) ⁻¹' {x | ¬ P x}) = 0 := ae_iff.1 ht
  rw [measure_preimage_add] at h0
  exact ae_iff.2 h0

end MeasureTheory
