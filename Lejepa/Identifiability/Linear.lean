/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.White

/-!
# Linear identifiability

The headline: an encoder whose output is standard Gaussian and that aligns best recovers the latents
up to an orthogonal map, and conversely.

## Main results
* `Lejepa.linear_identifiability`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-- The alignment of the latents themselves. -/
theorem alignment_id {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    alignment (ouLaw n ρ) (id : (Fin n → ℝ) → Fin n → ℝ) = 2 * (1 - ρ) * n := by
  refine (alignment_eq_iff_of_isWhite h₀ h₁
    (isWhite_of_map_eq_stdGaussian measurable_id Measure.map_id)).2 ⟨1, one_mem _, ?_⟩
  exact .of_forall fun z ↦ (Matrix.one_mulVec z).symm

/-- **Linear identifiability.** The latents `z ∼ γ` are seen through an injective mixing `g` (with a
measurable left inverse). Among the encoders `f` whose output is standard Gaussian, the alignment of
`f ∘ g` is least exactly for those that recover the latents up to an orthogonal map. -/
theorem linear_identifiability {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {X : Type*}
    [MeasurableSpace X] {g : (Fin n → ℝ) → X} (hg : Measurable g) {g' : X → Fin n → ℝ}
    (hg' : Measurable g') (hgg' : Function.LeftInverse g' g) {f : X → Fin n → ℝ}
    (hf : Measurable f) (hfγ : (γ n).map (f ∘ g) = γ n) :
    (∀ f' : X → Fin n → ℝ, Measurable f' → (γ n).map (f' ∘ g) = γ n →
        alignment (ouLaw n ρ) (f ∘ g) ≤ alignment (ouLaw n ρ) (f' ∘ g)) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, f ∘ g =ᵐ[γ n] Q.mulVec := by
  rw [← alignment_eq_iff_of_isWhite h₀ h₁ (isWhite_of_map_eq_stdGaussian (hf.comp hg) hfγ)]
  constructor
  · intro hmin
    have hle := hmin g' hg' (by rw [hgg'.comp_eq_id, Measure.map_id])
    rw [hgg'.comp_eq_id, alignment_id h₀ h₁] at hle
    exact hle.antisymm (le_alignment_of_isWhite h₀ h₁
      (isWhite_of_map_eq_stdGaussian (hf.comp hg) hfγ))
  · intro heq f' hf' hf'γ
    rw [heq]
    exact le_alignment_of_isWhite h₀ h₁ (isWhite_of_map_eq_stdGaussian (hf'.comp hg) hf'γ)

end Lejepa
