/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.PolarSharp
public import Lejepa.Identifiability.Excess

/-!
# Approximate identifiability with the best constant

The bound `D + (ε + D)²` of `Lejepa.approx_identifiability` can be improved by a factor of up to
four in its second term, and the improved bound is the best possible.

## Main results
* `Lejepa.approx_identifiability_sharp`: with `δ = ε + D`, the mean squared distance of the encoder
  from an orthogonal map is at most `D + (δ / (1 + √(1 - δ)))²`.
* `Lejepa.approx_identifiability_of_le_one`: if `δ ≤ 1`, this is `D + (1 - √(1 - δ))²`.

That no smaller function of `ε` and `D` will do is `Lejepa.approx_identifiability_sharp_attained`,
in `Lejepa.Identifiability.SharpAttained`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ} {ρ : ℝ} {h : (Fin n → ℝ) → Fin n → ℝ}

/-- **Approximate identifiability, with the best constant.** With `ε = ‖Cov(h) - 1‖_F`, excess `D`
and `δ = ε + D`, a centred encoder is within mean squared distance `D + (δ / (1 + √(1 - δ)))²` of an
orthogonal map. (For `δ ≥ 1` the square root of the negative number is zero and the bound reads
`D + δ²`.)

Compared with `approx_identifiability`, which gives `D + δ²`: never larger, strictly smaller for
`0 < δ < 1`, and asymptotically `D + δ² / 4` as `δ → 0`.

It is attained for all `ε, D ≥ 0` with `δ ≤ 1`, in every dimension `n ≥ 1`, by the encoder
`z ↦ (√(1 - δ) z₁ + √D (z₁² - 1) / √2, z₂, …, zₙ)`, which shrinks one latent and pollutes it by the
Hermite polynomial of degree two (`approx_identifiability_sharp_attained`); for `D = 0` and `ε = √k`
it is attained by the encoder that collapses `k` of the latents
(`approx_identifiability_sharp_attained_of_collapse`). -/
theorem approx_identifiability_sharp (h₀ : 0 < ρ) (h₁ : ρ < 1) (hh : IsCentred (γ n) h) {δ : ℝ}
    (hδ : δ = √(frobSq (secondMoment (γ n) h - 1)) + excess ρ h) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤ excess ρ h + (δ / (1 + √(1 - δ))) ^ 2 := by
  have hle := sqrt_frobSq_linearPart_mul_transpose_sub_one_le h₀ h₁ hh
  rw [← hδ] at hle
  have hle' := Real.sqrt_le_iff.1 hle
  obtain ⟨Q, hQ, hAQ⟩ := (linearPart h).exists_orthogonal_sum_sq_sub_le hle'.1 hle'.2
  refine ⟨Q, hQ, ?_⟩
  rw [integral_sum_sq_sub_mulVec hh.memLp]
  exact add_le_add (trace_secondMoment_sub_frobSq_linearPart_le_excess h₀ h₁ hh) hAQ

/-- The best bound when `δ = ε + D ≤ 1`, in closed form: `D + (1 - √(1 - δ))²`. -/
theorem approx_identifiability_of_le_one (h₀ : 0 < ρ) (h₁ : ρ < 1) (hh : IsCentred (γ n) h) {δ : ℝ}
    (hδ : δ = √(frobSq (secondMoment (γ n) h - 1)) + excess ρ h) (hδ₁ : δ ≤ 1) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤ excess ρ h + (1 - √(1 - δ)) ^ 2 := by
  rw [← Matrix.div_one_add_sqrt_eq hδ₁]
  exact approx_identifiability_sharp h₀ h₁ hh hδ

end Lejepa
