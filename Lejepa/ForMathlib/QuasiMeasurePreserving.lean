/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Group.Measure

/-!
# Surjective homomorphisms pull null sets back to null sets

## Main results
* `MeasureTheory.quasiMeasurePreserving_of_surjective`: a measurable surjective homomorphism between
  additive groups with translation-invariant measures is quasi-measure-preserving. So is, for
  example, any surjective linear map between finite-dimensional spaces.
-/

public section

namespace MeasureTheory

variable {G H F : Type*} [AddCommGroup G] [MeasurableSpace G] [MeasurableAdd G] [AddCommGroup H]
  [MeasurableSpace H] [MeasurableAdd₂ H] [FunLike F G H] [AddMonoidHomClass F G H]
  {μ : Measure G} {ν : Measure H} [SFinite μ] [SFinite ν] [NeZero ν] [μ.IsAddLeftInvariant]
  [ν.IsAddLeftInvariant]

/-- A measurable surjective homomorphism between additive groups pulls null sets back to null sets,
for measures that are invariant under translations.

Almost every translate of the homomorphism does, by Fubini's theorem; and its translates in the
target are its translates in the source. -/
theorem quasiMeasurePreserving_of_surjective {L : F} (hL : Measurable (L : G → H))
    (surj : Function.Surjective (L : G → H)) :
    Measure.QuasiMeasurePreserving (L : G → H) μ ν := by
  refine ⟨hL, Measure.AbsolutelyContinuous.mk fun s hs h0 ↦ ?_⟩
  rw [Measure.map_apply hL hs]
  have h1 : ∀ v : G, ∀ᵐ y ∂ν, L v + y ∉ s := fun v ↦
    (measurePreserving_add_left ν (L v)).quasiMeasurePreserving.ae
      (measure_eq_zero_iff_ae_notMem.1 h0)
  have hm : MeasurableSet {x : G × H | L x.1 + x.2 ∉ s} :=
    (((hL.comp measurable_fst).add measurable_snd) hs).compl
  have h2 : ∀ᵐ y ∂ν, ∀ᵐ v ∂μ, L v + y ∉ s :=
    (Measure.ae_ae_comm (μ := μ) (ν := ν) (p := fun v y ↦ L v + y ∉ s) hm).1 (.of_forall h1)
  obtain ⟨y, hy⟩ := h2.exists
  obtain ⟨g, rfl⟩ := surj y
  have h3 : ∀ᵐ v ∂μ, L (g + v) ∉ s := by
    filter_upwards [hy] with v hv
    rwa [map_add, add_comm]
  have h4 : ∀ᵐ v ∂μ, L v ∉ s := by
    have h := (measurePreserving_add_left μ (-g)).quasiMeasurePreserving.ae h3
    filter_upwards [h] with v hv
    rwa [add_neg_cancel_left] at hv
  exact measure_eq_zero_iff_ae_notMem.2 h4

end MeasureTheory
