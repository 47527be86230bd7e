/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Basic
public import Lejepa.WorldModel.DriftReadout

/-!
# Embeddings wider than the world, trained with a predictor and actions

## Main results
* `Lejepa.exists_readout_of_predictionLoss_le`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

namespace Lejepa

/-- **A linear readout of a wide world model.** Let `G = M Mᵀ + B Bᵀ`, and suppose that
`x · G x ≤ s ‖x‖²` and `(s² + κ) ‖x‖² ≤ x · G x` for all `x`. If the loss of a white encoder of
width `m ≥ n` with its predictor exceeds `(m - n) (1 - s²) + (n - tr G)` by at most `E`, some linear
readout of the latents has a mean squared error of at most `E / κ`. Not every world and width
reaches this loss. -/
theorem exists_readout_of_predictionLoss_le {n k m : ℕ} (hnm : n ≤ m)
    {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ} {ν : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s κ E : ℝ}
    (hκ : 0 < κ) (hE : 0 ≤ E)
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, (s ^ 2 + κ) * (x ⬝ᵥ x) ≤ x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin m → ℝ) → (Fin k → ℝ) → Fin m → ℝ} (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν M B h f ≤
      ENNReal.ofReal ((m - n) * (1 - s ^ 2) + (n - (M * Mᵀ + B * Bᵀ).trace) + E)) :
    ∃ L : Matrix (Fin n) (Fin m) ℝ,
      ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n ≤ E / κ := by
  have hd := isGaussianDrift_controlled stationary
  rw [predictionLoss_eq] at loss
  exact hd.exists_readout hnm hκ hE norm gap hm hh (measurable_predictor hm hf) loss

end Lejepa
