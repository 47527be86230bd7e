/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Wide.Gaussian
public import Lejepa.Wide.Readout

/-!
# Embeddings wider than the world: white and best aligned, or Gaussian

A white encoder whose alignment is `2 (1 - ρ) n + 2 (1 - ρ²) (m - n)` has an exact linear readout of
the latents. An encoder whose output is exactly Gaussian in more dimensions than the world has none.
So the second never aligns as well as the first.

## Main results
* `Lejepa.exists_ae_eq_readout_of_alignment_le`: the exact readout.
* `Lejepa.lt_alignment_of_map_eq_stdGaussian`: what exactly Gaussian output costs.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ} {h : (Fin n → ℝ) → Fin m → ℝ}

/-- A white encoder of any width that aligns as well as one of that width can carries the latents
linearly: it has an exact readout. -/
theorem exists_ae_eq_readout_of_alignment_le (h₀ : 0 < ρ) (h₁ : ρ < 1) (hh : IsWhite (γ n) h)
    (hal : alignment (ouLaw n ρ) h ≤ 2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n)) :
    ∃ L : Matrix (Fin n) (Fin m) ℝ, (fun z ↦ L.mulVec (h z)) =ᵐ[γ n] id := by
  obtain ⟨L, hL⟩ := exists_readout_of_isWhite h₀ h₁ hh
  refine ⟨L, ?_⟩
  have hc : 0 < 2 * ρ * (1 - ρ) := mul_pos (mul_pos two_pos h₀) (sub_pos.2 h₁)
  have hmem (i : Fin n) : MemLp (fun z ↦ L.mulVec (h z) i - z i) 2 (γ n) := by
    have h' : MemLp (fun z ↦ ∑ k, L i k * h z k) 2 (γ n) :=
      memLp_finset_sum _ fun k _ ↦ (hh.memLp k).const_mul (L i k)
    exact h'.sub (memLp_coord i)
  have hint : Integrable (fun z ↦ ∑ i, (L.mulVec (h z) i - z i) ^ 2) (γ n) :=
    integrable_finset_sum _ fun i _ ↦ (hmem i).integrable_sq
  have hnn : ∀ z, 0 ≤ ∑ i, (L.mulVec (h z) i - z i) ^ 2 :=
    fun z ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have hle : ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n ≤ 0 := by
    by_contra hlt
    have hpos := mul_pos hc (not_le.1 hlt)
    linarith
  have hzero : ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n = 0 :=
    le_antisymm hle (integral_nonneg hnn)
  filter_upwards [(integral_eq_zero_iff_of_nonneg
    (f := fun z ↦ ∑ i, (L.mulVec (h z) i - z i) ^ 2) hnn hint).1 hzero] with z hz
  have hz' : ∑ i, (L.mulVec (h z) i - z i) ^ 2 = 0 := hz
  funext i
  have hi : (L.mulVec (h z) i - z i) ^ 2 = 0 :=
    (Finset.sum_eq_zero_iff_of_nonneg (s := Finset.univ)
      (f := fun i ↦ (L.mulVec (h z) i - z i) ^ 2) fun i _ ↦ sq_nonneg _).1 hz' i
      (Finset.mem_univ i)
  exact sub_eq_zero.1 ((pow_eq_zero_iff two_ne_zero).1 hi)

/-- **What exactly Gaussian output costs.** If the output of an encoder is standard Gaussian in
`m > n` dimensions, its alignment is greater than `2 (1 - ρ) n + 2 (1 - ρ²) (m - n)`, which a white
encoder attains if `m ≤ n + n (n + 1) / 2`. -/
theorem lt_alignment_of_map_eq_stdGaussian (hnm : n < m) (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (hm : Measurable h) (hγ : (γ n).map h = γ m) :
    2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n) < alignment (ouLaw n ρ) h := by
  by_contra hlt
  obtain ⟨L, hL⟩ := exists_ae_eq_readout_of_alignment_le h₀ h₁
    (isWhite_of_map_eq_stdGaussian hm hγ) (not_lt.1 hlt)
  exact not_ae_eq_readout_of_map_eq_stdGaussian hnm hm hγ L hL

end Lejepa
