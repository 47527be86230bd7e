/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.World

/-!
# The law of a pair of the Ornstein–Uhlenbeck world

## Main results
* `Lejepa.map_fst_ouLaw`: the first latent is standard Gaussian.
* `Lejepa.integral_ouLaw`: integrals over pairs, latent first, then noise.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ} {ρ : ℝ}

/-- The map `(z, η) ↦ (z, ρ z + √(1 - ρ²) η)` is measurable. -/
lemma measurable_ouStep (n : ℕ) (ρ : ℝ) :
    Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2) := by
  fun_prop

instance (n : ℕ) (ρ : ℝ) : IsProbabilityMeasure (ouLaw n ρ) :=
  Measure.isProbabilityMeasure_map (measurable_ouStep n ρ).aemeasurable

/-- The first latent of a pair is standard Gaussian. -/
theorem map_fst_ouLaw (n : ℕ) (ρ : ℝ) : (ouLaw n ρ).map Prod.fst = γ n := by
  rw [ouLaw, Measure.map_map measurable_fst (measurable_ouStep n ρ)]
  exact measurePreserving_fst.map_eq

/-- The first component of a pair with law `ouLaw n ρ` is standard Gaussian. -/
lemma measurePreserving_fst_ouLaw (n : ℕ) (ρ : ℝ) :
    MeasurePreserving Prod.fst (ouLaw n ρ) (γ n) :=
  ⟨measurable_fst, map_fst_ouLaw n ρ⟩

/-- Integrals over pairs: integrate over the noise, then over the latent. -/
theorem integral_ouLaw {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]
    {F : (Fin n → ℝ) × (Fin n → ℝ) → E} (hF : Integrable F (ouLaw n ρ)) :
    ∫ p, F p ∂ouLaw n ρ = ∫ z, ∫ η, F (z, ρ • z + √(1 - ρ ^ 2) • η) ∂γ n ∂γ n := by
  have hm := (measurable_ouStep n ρ).aemeasurable (μ := (γ n).prod (γ n))
  rw [ouLaw] at hF ⊢
  exact (integral_map hm hF.1).trans
    (integral_prod (fun p ↦ F (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2))
      ((integrable_map_measure hF.1 hm).1 hF))

end Lejepa
