/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Identifiability

/-!
# A joint-embedding predictive architecture learns the world model through a mixing

The latents are seen as `g z`, with `g` injective. Among the encoders of what is seen whose output
is standard Gaussian, together with all predictors, the best are the world up to an orthogonal map.

## Main results
* `Lejepa.jepa_learns_world_model`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

namespace Lejepa

/-- The mean dynamics of a world with actions is measurable. -/
theorem measurable_uncurry_mulVec_add_mulVec {n k : ℕ} (M : Matrix (Fin n) (Fin n) ℝ)
    (B : Matrix (Fin n) (Fin k) ℝ) :
    Measurable (Function.uncurry fun (z : Fin n → ℝ) (a : Fin k → ℝ) ↦
      M.mulVec z + B.mulVec a) :=
  ((measurable_mulVec M).comp measurable_fst).add ((measurable_mulVec B).comp measurable_snd)

/-- The loss of the latents themselves, with the mean dynamics of the world as their predictor. -/
theorem predictionLoss_id {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ}
    {B : Matrix (Fin n) (Fin k) ℝ} {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s : ℝ}
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) :
    predictionLoss ν M B (id : (Fin n → ℝ) → Fin n → ℝ) (fun z a ↦ M.mulVec z + B.mulVec a) =
      ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace) := by
  refine (jepa_identifiability stationary norm gap measurable_id
    (isWhite_of_map_eq_stdGaussian measurable_id Measure.map_id)
    (measurable_uncurry_mulVec_add_mulVec M B)).2.2 ⟨1, one_mem _, ?_, ?_⟩
  · exact .of_forall fun z ↦ (Matrix.one_mulVec z).symm
  · refine .of_forall fun p ↦ ?_
    change M.mulVec ((1 : Matrix (Fin n) (Fin n) ℝ).mulVec p.1) + B.mulVec p.2 =
      (1 : Matrix (Fin n) (Fin n) ℝ).mulVec (M.mulVec p.1 + B.mulVec p.2)
    rw [Matrix.one_mulVec, Matrix.one_mulVec]

/-- **A JEPA learns the world model through a mixing.** In the world of `jepa_identifiability`, seen
through a measurable mixing with a measurable left inverse, an encoder with standard Gaussian output
and its predictor have the least loss of all such pairs if and only if the encoder is an orthogonal
map `Q` of the latents and the predictor is the mean dynamics seen through `Q`. -/
theorem jepa_learns_world_model {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ}
    {B : Matrix (Fin n) (Fin k) ℝ} {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s : ℝ}
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {X : Type*} [MeasurableSpace X] {g : (Fin n → ℝ) → X} (hg : Measurable g)
    {g' : X → Fin n → ℝ} (hg' : Measurable g') (hgg' : Function.LeftInverse g' g)
    {e : X → Fin n → ℝ} (he : Measurable e) (heγ : (γ n).map (e ∘ g) = γ n)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f)) :
    (∀ (e' : X → Fin n → ℝ) (f' : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ), Measurable e' →
        (γ n).map (e' ∘ g) = γ n → Measurable (Function.uncurry f') →
        predictionLoss ν M B (e ∘ g) f ≤ predictionLoss ν M B (e' ∘ g) f') ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, e ∘ g =ᵐ[γ n] Q.mulVec ∧
        ∀ᵐ p ∂(γ n).prod (γ k),
          f (Q.mulVec p.1) p.2 = Q.mulVec (M.mulVec p.1 + B.mulVec p.2) := by
  have key := jepa_identifiability stationary norm gap (he.comp hg)
    (isWhite_of_map_eq_stdGaussian (he.comp hg) heγ) hf
  rw [← key.2]
  constructor
  · intro hmin
    have hle := hmin g' (fun z a ↦ M.mulVec z + B.mulVec a) hg'
      (by rw [hgg'.comp_eq_id, Measure.map_id]) (measurable_uncurry_mulVec_add_mulVec M B)
    rw [hgg'.comp_eq_id, predictionLoss_id stationary norm gap] at hle
    exact hle.antisymm key.1
  · intro heq e' f' he' he'γ hf'
    rw [heq]
    exact (jepa_identifiability stationary norm gap (he'.comp hg)
      (isWhite_of_map_eq_stdGaussian (he'.comp hg) he'γ) hf').1

end Lejepa
