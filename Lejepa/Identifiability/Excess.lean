/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Spectral
public import Lejepa.Identifiability.LinearPart

/-!
# The excess of alignment of an encoder

The part of an encoder that is orthogonal to the latents costs alignment: `𝔼‖r‖² ≤ D`, where `D` is
the excess of alignment of `h` over a linear encoder of the same covariance.

## Main definitions
* `Lejepa.excess ρ h`: the excess `D`.

## Main results
* `Lejepa.trace_secondMoment_sub_frobSq_linearPart_le_excess`: `𝔼‖r‖² ≤ D`.
* `Lejepa.excess_nonneg`.
* `Lejepa.sqrt_frobSq_linearPart_mul_transpose_sub_one_le`: `‖A Aᵀ - 1‖ ≤ ‖Cov(h) - 1‖ + D`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset

noncomputable section

namespace Lejepa

/-- The excess of alignment over that of a linear encoder with the same covariance, as a distance:
`D = (𝔼‖h z' - h z‖² - 2 (1 - ρ) tr Cov(h)) / (2 ρ (1 - ρ))`. -/
def excess {n : ℕ} (ρ : ℝ) (h : (Fin n → ℝ) → Fin n → ℝ) : ℝ :=
  (alignment (ouLaw n ρ) h - 2 * (1 - ρ) * (secondMoment (γ n) h).trace) / (2 * ρ * (1 - ρ))

variable {n : ℕ}

/-- Degree `k ≥ 2` is penalized by at least `2 ρ (1 - ρ)` more than degree one. -/
theorem mul_sub_sum_le_of_degree {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {F : (Fin n → ℕ) → ℝ}
    (hF : ∀ α, 0 ≤ F α) (hF₀ : F 0 = 0) (α : Fin n → ℕ) :
    2 * ρ * (1 - ρ) * (F α - ∑ j : Fin n, if α = Pi.single j 1 then F (Pi.single j 1) else 0) ≤
      2 * (ρ - ρ ^ (∑ i, α i)) * F α := by
  have hρ : 0 < 2 * ρ * (1 - ρ) := mul_pos (mul_pos two_pos h₀) (sub_pos.2 h₁)
  have hS : ∀ j : Fin n, 0 ≤ if α = Pi.single j 1 then F (Pi.single j 1) else 0 := fun j ↦ by
    split_ifs
    · exact hF _
    · exact le_rfl
  have hS' : 0 ≤ ∑ j : Fin n, if α = Pi.single j 1 then F (Pi.single j 1) else 0 :=
    sum_nonneg fun j _ ↦ hS j
  obtain hd | hd | hd : ∑ i, α i = 0 ∨ ∑ i, α i = 1 ∨ 2 ≤ ∑ i, α i := by omega
  · have hα : F α = 0 := by
      have : α = 0 := funext fun i ↦ sum_eq_zero_iff.1 hd i (mem_univ i)
      rw [this, hF₀]
    rw [hα, mul_zero, zero_sub, mul_neg]
    exact neg_nonpos.2 (mul_nonneg hρ.le hS')
  · obtain ⟨k, hk⟩ := exists_eq_single_of_sum_eq_one hd
    have hle : F α ≤ ∑ j : Fin n, if α = Pi.single j 1 then F (Pi.single j 1) else 0 := by
      refine le_trans (le_of_eq ?_) (single_le_sum
        (f := fun j : Fin n ↦ if α = Pi.single j 1 then F (Pi.single j 1) else 0)
        (fun j _ ↦ hS j) (mem_univ k))
      change F α = if α = Pi.single k 1 then F (Pi.single k 1) else 0
      rw [if_pos hk, ← hk]
    rw [hd, pow_one, sub_self, mul_zero, zero_mul]
    exact mul_nonpos_of_nonneg_of_nonpos hρ.le (sub_nonpos.2 hle)
  · have hpow : ρ ^ (∑ i, α i) ≤ ρ ^ 2 := pow_le_pow_of_le_one h₀.le h₁.le hd
    calc 2 * ρ * (1 - ρ) *
          (F α - ∑ j : Fin n, if α = Pi.single j 1 then F (Pi.single j 1) else 0)
        ≤ 2 * ρ * (1 - ρ) * F α := mul_le_mul_of_nonneg_left (sub_le_self _ hS') hρ.le
      _ ≤ 2 * (ρ - ρ ^ (∑ i, α i)) * F α :=
          mul_le_mul_of_nonneg_right (by nlinarith) (hF α)

/-- The residual of a centred encoder is paid for in alignment: `𝔼‖r‖² ≤ D`. -/
theorem trace_secondMoment_sub_frobSq_linearPart_le_excess {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsCentred (γ n) h) :
    (secondMoment (γ n) h).trace - frobSq (linearPart h) ≤ excess ρ h := by
  have hρ : 0 < 2 * ρ * (1 - ρ) := mul_pos (mul_pos two_pos h₀) (sub_pos.2 h₁)
  obtain ⟨F, hFdef⟩ : ∃ F : (Fin n → ℕ) → ℝ,
      ∀ α, F α = ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := ⟨_, fun _ ↦ rfl⟩
  have hF : ∀ α, 0 ≤ F α := fun α ↦ by
    rw [hFdef]
    exact sum_nonneg fun i _ ↦ sq_nonneg _
  have hF₀ : F 0 = 0 := by
    rw [hFdef]
    refine sum_eq_zero fun i _ ↦ ?_
    rw [hermiteCoeff_zero, hh.mean_eq_zero i, zero_pow two_ne_zero]
  have hF₁ : ∑ j : Fin n, F (Pi.single j 1) = frobSq (linearPart h) := by
    rw [frobSq, sum_comm]
    refine sum_congr rfl fun j _ ↦ ?_
    rw [hFdef]
    refine sum_congr rfl fun i _ ↦ ?_
    rw [hermiteCoeff_single, linearPart, Matrix.of_apply]
  have hpar : HasSum F (secondMoment (γ n) h).trace := by
    rw [trace_secondMoment, funext hFdef]
    exact hasSum_sum fun i _ ↦ hasSum_hermiteCoeff_sq (hh.memLp i)
  have hdiff : HasSum (fun α ↦ 2 * (ρ - ρ ^ (∑ i, α i)) * F α)
      (alignment (ouLaw n ρ) h - 2 * (1 - ρ) * (secondMoment (γ n) h).trace) := by
    simp only [hFdef]
    exact hasSum_alignment_sub (abs_le.2 ⟨by linarith, h₁.le⟩) hh.memLp
  have hdeg : HasSum
      (fun α ↦ ∑ j : Fin n, if α = Pi.single j 1 then F (Pi.single j 1) else 0)
      (∑ j : Fin n, F (Pi.single j 1)) :=
    hasSum_sum fun j _ ↦ hasSum_ite_eq (Pi.single j 1) (F (Pi.single j 1))
  have hlin : HasSum (fun α ↦ 2 * ρ * (1 - ρ) *
      (F α - ∑ j : Fin n, if α = Pi.single j 1 then F (Pi.single j 1) else 0))
      (2 * ρ * (1 - ρ) * ((secondMoment (γ n) h).trace - ∑ j : Fin n, F (Pi.single j 1))) :=
    (hpar.sub hdeg).mul_left (2 * ρ * (1 - ρ))
  have hle := hasSum_le (mul_sub_sum_le_of_degree h₀ h₁ hF hF₀) hlin hdiff
  rw [hF₁] at hle
  rw [excess, le_div_iff₀ hρ]
  linarith

/-- The excess of a centred encoder is nonnegative if `0 < ρ < 1`. -/
theorem excess_nonneg {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hh : IsCentred (γ n) h) : 0 ≤ excess ρ h := by
  refine le_trans ?_ (trace_secondMoment_sub_frobSq_linearPart_le_excess h₀ h₁ hh)
  rw [← sum_integral_sq_residual hh.memLp]
  exact sum_nonneg fun i _ ↦ integral_nonneg fun z ↦ sq_nonneg _

/-- A nearly white encoder with little excess has a nearly orthogonal linear part. -/
theorem sqrt_frobSq_linearPart_mul_transpose_sub_one_le {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsCentred (γ n) h) :
    √(frobSq (linearPart h * (linearPart h).transpose - 1)) ≤
      √(frobSq (secondMoment (γ n) h - 1)) + excess ρ h := by
  have heq : linearPart h * (linearPart h).transpose - 1 = secondMoment (γ n) h - 1 -
      (secondMoment (γ n) h - linearPart h * (linearPart h).transpose) := by
    abel
  rw [heq]
  refine (sqrt_frobSq_sub_le _ _).trans (add_le_add le_rfl ?_)
  exact (sqrt_frobSq_secondMoment_residual_le hh.memLp).trans
    (trace_secondMoment_sub_frobSq_linearPart_le_excess h₀ h₁ hh)

end Lejepa
