/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Basic
public import Lejepa.WorldModel.DriftIdentifiability

/-!
# A joint-embedding predictive architecture learns the world model

In a linear Gaussian world with actions, `z' = M z + B a + η`, an encoder and a predictor are
trained together. `G = M Mᵀ + B Bᵀ` is the covariance of what memory and actions explain of the
successor.

## Main results
* `Lejepa.jepa_identifiability`: where of each latent more than `s²` is explained and at most `s`,
  the best white encoders are the orthogonal maps of the latents, and their best predictors the
  dynamics of the world, seen through them.

Instances and counterexamples are in `Lejepa.WorldModel.Instances` and
`Lejepa.WorldModel.Counterexample`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

namespace Lejepa

/-- **JEPA learns the world model.** Let `G = M Mᵀ + B Bᵀ` be the covariance of `M z + B a`, and
suppose that `x · G x ≤ s ‖x‖²` for all `x` and `s² ‖x‖² < x · G x` for all `x ≠ 0`. Then no white
encoder with any predictor has a loss below `n - tr G`. A pair has this loss if and only if, almost
everywhere, the encoder is an orthogonal map `Q` of the latents and the predictor is the mean
dynamics seen through `Q`. -/
theorem jepa_identifiability {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ}
    {B : Matrix (Fin n) (Fin k) ℝ} {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s : ℝ}
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f)) :
    ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace) ≤ predictionLoss ν M B h f ∧
      (predictionLoss ν M B h f = ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
          ∀ᵐ p ∂(γ n).prod (γ k),
            f (Q.mulVec p.1) p.2 = Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) := by
  have hd := isGaussianDrift_controlled stationary
  have key := hd.identifiability norm gap hm hh (measurable_predictor hm hf)
  rw [predictionLoss_eq]
  refine ⟨key.1, key.2.trans ?_⟩
  refine exists_congr fun Q ↦ and_congr_right fun _ ↦ and_congr_right fun hhQ ↦ ?_
  have hp : ∀ᵐ p ∂(γ n).prod (γ k), h p.1 = Q.mulVec p.1 :=
    Measure.quasiMeasurePreserving_fst.ae (p := fun z ↦ h z = Q.mulVec z) hhQ
  refine Filter.eventually_congr ?_
  filter_upwards [hp] with p hp'
  rw [hp']

end Lejepa
