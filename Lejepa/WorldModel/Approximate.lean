/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Basic
public import Lejepa.WorldModel.DriftApproximate

/-!
# Imperfect world models

A white encoder and a predictor whose loss exceeds the least by `E` are near the world and its
dynamics, with constants.

## Main results
* `Lejepa.approx_jepa_identifiability`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

namespace Lejepa

/-- **Nearly optimal world models.** If `x · G x ≤ s ‖x‖²` and `(s² + κ) ‖x‖² ≤ x · G x` for all
`x`, where `G = M Mᵀ + B Bᵀ`, and the loss of a white encoder and its predictor is at most
`n - tr G + E`, then with `D = E / κ` some orthogonal `Q` is within mean squared distance `D + D²`
of the encoder, and the predictor, on the encoder's output, within `(√E + √(s (D + D²)))²` of the
mean dynamics seen through `Q`. -/
theorem approx_jepa_identifiability {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ}
    {B : Matrix (Fin n) (Fin k) ℝ} {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s κ E : ℝ}
    (hκ : 0 < κ) (hE : 0 ≤ E)
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, (s ^ 2 + κ) * (x ⬝ᵥ x) ≤ x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν M B h f ≤ ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace + E)) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤ E / κ + (E / κ) ^ 2 ∧
      ∫⁻ p, ENNReal.ofReal
          (∑ i, (f (h p.1) p.2 i - Q.mulVec (M.mulVec p.1 + B.mulVec p.2) i) ^ 2)
          ∂(γ n).prod (γ k) ≤
        ENNReal.ofReal ((√E + √(s * (E / κ + (E / κ) ^ 2))) ^ 2) := by
  have hd := isGaussianDrift_controlled stationary
  rw [predictionLoss_eq] at loss
  exact hd.approx_identifiability hκ hE norm gap hm hh (measurable_predictor hm hf) loss

end Lejepa
