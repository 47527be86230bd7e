/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.Polar
public import Lejepa.Identifiability.Excess

/-!
# Approximate identifiability

An encoder that is nearly white and nearly optimal is nearly an orthogonal map.

## Main results
* `Lejepa.approx_identifiability`: with `ε = ‖Cov(h) - 1‖_F` and excess `D`, the mean squared
  distance of the encoder from an orthogonal map is at most `D + (ε + D)²`.

`Lejepa.excess_nonneg` is in `Lejepa.Identifiability.Excess`; the best possible bound is in
`Lejepa.Identifiability.Sharp`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-- **Approximate identifiability.** A centred encoder with excess `D` and `ε = ‖Cov(h) - 1‖_F` is
within mean squared distance `D + (ε + D)²` of an orthogonal map. -/
theorem approx_identifiability {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsCentred (γ n) h) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤
        excess ρ h + (√(frobSq (secondMoment (γ n) h - 1)) + excess ρ h) ^ 2 := by
  obtain ⟨Q, hQ, hAQ⟩ := (linearPart h).exists_orthogonal_sum_sq_sub_le_sum_sq
  refine ⟨Q, hQ, ?_⟩
  rw [integral_sum_sq_sub_mulVec hh.memLp]
  refine add_le_add (trace_secondMoment_sub_frobSq_linearPart_le_excess h₀ h₁ hh) ?_
  have hδ := sqrt_frobSq_linearPart_mul_transpose_sub_one_le h₀ h₁ hh
  exact le_trans hAQ (Real.sqrt_le_iff.1 hδ).2

end Lejepa
