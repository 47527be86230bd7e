/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Probability.Kernel.Composition.MapComap

/-!
# Binding a kernel to the image of a measure

## Main results
* `ProbabilityTheory.Kernel.bind_map`: `(μ.map f).bind κ = μ.bind (κ.comap f)`.
-/

public section

open MeasureTheory

namespace ProbabilityTheory.Kernel

variable {α β δ : Type*} {mα : MeasurableSpace α} {mβ : MeasurableSpace β} {mδ : MeasurableSpace δ}

/-- Binding the image of `μ` under a measurable map `f` to `κ` is binding `μ` to `κ.comap f`. -/
theorem bind_map (μ : Measure α) (κ : Kernel β δ) {f : α → β} (hf : Measurable f) :
    (μ.map f).bind κ = μ.bind (κ.comap f hf) := by
  ext s hs
  rw [Measure.bind_apply hs κ.aemeasurable, MeasureTheory.lintegral_map (κ.measurable_coe hs) hf,
    Measure.bind_apply hs (κ.comap f hf).aemeasurable]
  rfl

end ProbabilityTheory.Kernel
