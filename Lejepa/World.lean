/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Probability.Distributions.Gaussian.Real
public import Mathlib.MeasureTheory.Integral.Pi

/-!
# The world: Gaussian latents and how they evolve

## Main definitions
* `Lejepa.stdGaussian n`, written `γ n`: the standard Gaussian on `Fin n → ℝ`.
* `Lejepa.additiveNoiseLaw μ ν m`: the law of `(z, m z + η)` with `z ∼ μ` and independent noise
  `η ∼ ν`.
* `Lejepa.ouLaw n ρ`: the law of a pair of the stationary Ornstein–Uhlenbeck world,
  `z' = ρ z + √(1 - ρ²) η` with `z, η ∼ γ n` independent.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

/-- The standard Gaussian measure on `Fin n → ℝ`: independent `N(0, 1)` coordinates. -/
def stdGaussian (n : ℕ) : Measure (Fin n → ℝ) := Measure.pi fun _ ↦ gaussianReal 0 1

@[inherit_doc] scoped notation "γ" => stdGaussian

instance (n : ℕ) : IsProbabilityMeasure (γ n) := by
  unfold stdGaussian; infer_instance

/-- The joint law of a latent and its successor, `(z, m z + η)`, with `z ∼ μ` and noise `η ∼ ν`
independent of it. -/
def additiveNoiseLaw {E : Type*} [MeasurableSpace E] [Add E] (μ ν : Measure E) (m : E → E) :
    Measure (E × E) :=
  (μ.prod ν).map fun p ↦ (p.1, m p.1 + p.2)

/-- The joint law of a pair of the stationary Ornstein–Uhlenbeck world:
`z ∼ γ`, `z' = ρ z + √(1 - ρ²) η`, `η ∼ γ`. -/
def ouLaw (n : ℕ) (ρ : ℝ) : Measure ((Fin n → ℝ) × (Fin n → ℝ)) :=
  ((γ n).prod (γ n)).map fun p ↦ (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2)

end Lejepa
