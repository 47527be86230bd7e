/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Function.L2Space

/-!
# The objective: alignment, and what whitening asks of an encoder

## Main definitions
* `Lejepa.alignment π h`: the alignment loss `𝔼 ‖h z' - h z‖²` of an encoder on pairs `(z, z') ∼ π`.
* `Lejepa.secondMoment μ h`: the matrix `𝔼 hᵢ hⱼ`.
* `Lejepa.IsCentred`, `Lejepa.IsWhite`: square-integrable of mean zero; and of identity covariance.
* `Lejepa.IsBestAligned μ π h`: no white encoder has a smaller alignment than `h`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory

noncomputable section

namespace Lejepa

/-- The alignment loss `𝔼 ‖h z' - h z‖²` of an encoder `h` on pairs `(z, z') ∼ π`. -/
def alignment {Z : Type*} [MeasurableSpace Z] {m : ℕ} (π : Measure (Z × Z)) (h : Z → Fin m → ℝ) :
    ℝ :=
  ∫ p, ∑ i, (h p.2 i - h p.1 i) ^ 2 ∂π

/-- The second moments of an encoder: `Cov(h) i j = 𝔼 hᵢ hⱼ` (its covariance when it has mean
zero). -/
def secondMoment {Z : Type*} [MeasurableSpace Z] {m : ℕ} (μ : Measure Z) (h : Z → Fin m → ℝ) :
    Matrix (Fin m) (Fin m) ℝ :=
  .of fun i j ↦ ∫ z, h z i * h z j ∂μ

/-- The encoder has square-integrable, centred coordinates. -/
structure IsCentred {Z : Type*} [MeasurableSpace Z] {m : ℕ} (μ : Measure Z) (h : Z → Fin m → ℝ) :
    Prop where
  memLp : ∀ i, MemLp (fun z ↦ h z i) 2 μ
  mean_eq_zero : ∀ i, ∫ z, h z i ∂μ = 0

/-- The encoder is white: centred, with identity covariance (what VICReg asks of it). -/
structure IsWhite {Z : Type*} [MeasurableSpace Z] {m : ℕ} (μ : Measure Z) (h : Z → Fin m → ℝ) :
    Prop extends IsCentred μ h where
  secondMoment_eq_one : secondMoment μ h = 1

/-- No white encoder of latents `z ∼ μ` has a smaller alignment on pairs `(z, z') ∼ π` than `h`. -/
def IsBestAligned {Z : Type*} [MeasurableSpace Z] {m : ℕ} (μ : Measure Z) (π : Measure (Z × Z))
    (h : Z → Fin m → ℝ) : Prop :=
  ∀ f : Z → Fin m → ℝ, IsWhite μ f → alignment π h ≤ alignment π f

end Lejepa
