/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Regularizer.RandomSlice

/-!
# Random slices: an instance

## Main results
* `Lejepa.ae_projection_copiedLaw_ne_gaussian`: almost every direction tells the law of `(x, x)`
  from the Gaussian of the plane, although both its coordinates are standard Gaussian.
* `Lejepa.not_ae_projection_stdGaussian_ne_gaussian`: outside, the Gaussian itself.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-- Almost every direction tells the law of `(x, x)` from the Gaussian of the plane. -/
theorem ae_projection_copiedLaw_ne_gaussian :
    ∀ᵐ u ∂γ 2, copiedLaw.map (fun z ↦ u ⬝ᵥ z) ≠ gaussianReal 0 (u ⬝ᵥ u).toNNReal :=
  ae_projection_ne_gaussian copiedLaw_ne_stdGaussian

/-- So almost no direction lies on an axis. -/
theorem ae_ne_zero_of_copiedLaw : ∀ᵐ u : Fin 2 → ℝ ∂γ 2, u 0 ≠ 0 ∧ u 1 ≠ 0 := by
  filter_upwards [ae_projection_copiedLaw_ne_gaussian] with u hu
  exact not_or.1 fun h ↦ hu ((copiedLaw_map_dotProduct_eq_iff u).2 h)

/-- Outside: no direction tells the Gaussian from itself. -/
theorem not_ae_projection_stdGaussian_ne_gaussian :
    ¬∀ᵐ u ∂γ 2, (γ 2).map (fun z ↦ u ⬝ᵥ z) ≠ gaussianReal 0 (u ⬝ᵥ u).toNNReal := fun h ↦ by
  obtain ⟨u, hu⟩ := h.exists
  exact hu (map_dotProduct_stdGaussian u)

end Lejepa
