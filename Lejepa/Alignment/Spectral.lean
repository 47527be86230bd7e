/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.DiagonalWorld

/-!
# The spectral decomposition of alignment

On pairs of the Ornstein–Uhlenbeck world, the alignment loss of an encoder penalizes its Hermite
coefficients of degree `k` by `2 (1 - ρᵏ)`.

## Main results
* `Lejepa.hasSum_integral_mul_ouLaw`: `𝔼 f(z) g(z') = ∑ α, ρ ^ |α| f_α g_α`.
* `Lejepa.hasSum_alignment`: the spectral decomposition of alignment.
* `Lejepa.hasSum_alignment_sub`: the excess over a linear encoder of the same covariance.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ}

/-- If `f` is in `L²(γ n)`, then `(z, z') ↦ f z` is in `L²(ouLaw n ρ)`. -/
lemma memLp_fst_ouLaw {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n)) :
    MemLp (fun p ↦ f p.1) 2 (ouLaw n ρ) :=
  hf.comp_measurePreserving (measurePreserving_fst_ouLaw n ρ)

/-- If `|ρ| ≤ 1` and `f` is in `L²(γ n)`, then `(z, z') ↦ f z'` is in `L²(ouLaw n ρ)`. -/
lemma memLp_snd_ouLaw (hρ : |ρ| ≤ 1) {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n)) :
    MemLp (fun p ↦ f p.2) 2 (ouLaw n ρ) :=
  hf.comp_measurePreserving (measurePreserving_snd_ouLaw hρ)

/-- The correlation of a function of the latent and one of its successor, in Hermite
coefficients. -/
theorem hasSum_integral_mul_ouLaw (hρ : |ρ| ≤ 1) {f g : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (hg : MemLp g 2 (γ n)) :
    HasSum (fun α ↦ ρ ^ (∑ i, α i) * (hermiteCoeff f α * hermiteCoeff g α))
      (∫ p, f p.1 * g p.2 ∂ouLaw n ρ) := by
  have e : (fun α : Fin n → ℕ ↦ ρ ^ (∑ i, α i) * (hermiteCoeff f α * hermiteCoeff g α))
      = fun α : Fin n → ℕ ↦ (∏ i, ρ ^ α i) * (hermiteCoeff f α * hermiteCoeff g α) := by
    funext α
    rw [Finset.prod_pow_eq_pow_sum]
  rw [e, ouLaw_eq_diagOuLaw]
  exact hasSum_integral_mul_diagOuLaw (ρ := fun _ ↦ ρ) (fun _ ↦ hρ) hf hg

/-- The spectral decomposition of alignment: degree `k` is penalized by `2 (1 - ρᵏ)`. It is that of
`hasSum_alignment_diagOuLaw` with equal correlations. -/
theorem hasSum_alignment {n m : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α ↦ 2 * (1 - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment (ouLaw n ρ) h) := by
  have e : (fun α : Fin n → ℕ ↦
        2 * (1 - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      = fun α : Fin n → ℕ ↦
        2 * (1 - ∏ i, ρ ^ α i) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := by
    funext α
    rw [Finset.prod_pow_eq_pow_sum]
  rw [e, ouLaw_eq_diagOuLaw]
  exact hasSum_alignment_diagOuLaw (ρ := fun _ ↦ ρ) (fun _ ↦ hρ) hh

/-- The trace of the second-moment matrix of `h` is the sum of the mean squares `𝔼 hᵢ²`. -/
lemma trace_secondMoment {Z : Type*} [MeasurableSpace Z] (μ : Measure Z) (h : Z → Fin m → ℝ) :
    (secondMoment μ h).trace = ∑ i, ∫ z, h z i ^ 2 ∂μ := by
  simp only [Matrix.trace, Matrix.diag_apply, secondMoment, Matrix.of_apply, ← pow_two]

/-- The excess of alignment over that of a linear encoder with the same covariance: degree `k` is
penalized by `2 (ρ - ρᵏ)`. -/
theorem hasSum_alignment_sub (hρ : |ρ| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α ↦ 2 * (ρ - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment (ouLaw n ρ) h - 2 * (1 - ρ) * (secondMoment (γ n) h).trace) := by
  have hs := (hasSum_sum (s := Finset.univ) fun i _ ↦ hasSum_hermiteCoeff_sq (hh i)).mul_left
    (2 * (1 - ρ))
  have e : (fun α : Fin n → ℕ ↦
        2 * (ρ - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      = fun α ↦ 2 * (1 - ρ ^ (∑ i, α i)) * (∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
          - 2 * (1 - ρ) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := by
    funext α
    ring
  rw [e, trace_secondMoment]
  exact (hasSum_alignment hρ hh).sub hs

end Lejepa
