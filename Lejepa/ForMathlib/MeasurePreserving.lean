/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Function.L2Space

/-!
# Measure-preserving maps: integrals, and composition on `Lᵖ` through representatives

## Main results
* `MeasureTheory.MeasurePreserving.integral_comp_of_aestronglyMeasurable`: change of variables.
* `MeasureTheory.Lp.coeFn_compMeasurePreservingₗᵢ`: composition with a measure-preserving map,
  through a representative.
-/

public section

open scoped ENNReal

namespace MeasureTheory

variable {α β E : Type*} {mα : MeasurableSpace α} {mβ : MeasurableSpace β} {μ : Measure α}
  {ν : Measure β} [NormedAddCommGroup E] [NormedSpace ℝ E]

/-- If `φ` carries `μ` to `ν`, the integral of `g ∘ φ` under `μ` is that of `g` under `ν`, for a `g`
that is almost everywhere strongly measurable. -/
lemma MeasurePreserving.integral_comp_of_aestronglyMeasurable {φ : α → β}
    (hφ : MeasurePreserving φ μ ν) {g : β → E} (hg : AEStronglyMeasurable g ν) :
    ∫ x, g (φ x) ∂μ = ∫ y, g y ∂ν := by
  obtain ⟨hm, rfl⟩ := hφ
  exact (integral_map hm.aemeasurable hg).symm

/-- If `φ` carries `μ` to `ν` and `F` in `Lᵖ(ν)` is represented by `f`, then `F` composed with `φ`
is represented by `f ∘ φ`. -/
lemma Lp.coeFn_compMeasurePreservingₗᵢ {p : ℝ≥0∞} [Fact (1 ≤ p)] {φ : α → β}
    (hφ : MeasurePreserving φ μ ν) {F : Lp E p ν} {f : β → E} (hF : F =ᵐ[ν] f) :
    Lp.compMeasurePreservingₗᵢ ℝ φ hφ F =ᵐ[μ] fun x ↦ f (φ x) :=
  (Lp.coeFn_compMeasurePreserving F hφ).trans (hφ.quasiMeasurePreserving.ae_eq_comp hF)

end MeasureTheory
