/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Constructions.BorelSpace.Real
public import Mathlib.Topology.Instances.Matrix

/-!
# The dot product as a function: continuous, measurable

## Main results
* `continuous_dotProduct_const`, `measurable_dotProduct_const`: `z ↦ u · z`.
-/

public section

variable {ι : Type*} [Fintype ι]

/-- Powers of the dot product are continuous in both vectors. -/
theorem continuous_dotProduct_pow (k : ℕ) :
    Continuous fun p : (ι → ℝ) × (ι → ℝ) ↦ (p.1 ⬝ᵥ p.2) ^ k :=
  (Continuous.dotProduct (A := fun p : (ι → ℝ) × (ι → ℝ) ↦ p.1)
    (B := fun p : (ι → ℝ) × (ι → ℝ) ↦ p.2) continuous_fst continuous_snd).pow k

/-- A linear form is continuous. -/
theorem continuous_dotProduct_const (u : ι → ℝ) : Continuous fun z : ι → ℝ ↦ u ⬝ᵥ z :=
  Continuous.dotProduct (A := fun _ : ι → ℝ ↦ u) (B := fun z : ι → ℝ ↦ z)
    continuous_const continuous_id'

/-- A linear form is measurable. -/
theorem measurable_dotProduct_const (u : ι → ℝ) : Measurable fun z : ι → ℝ ↦ u ⬝ᵥ z :=
  (continuous_dotProduct_const u).measurable
