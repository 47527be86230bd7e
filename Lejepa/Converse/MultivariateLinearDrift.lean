/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Multivariate
public import Lejepa.Identifiability.White

/-!
# Gaussian latents are the only ones: linear drift in many dimensions

A stationary world `z' = ρ z + η` on `ℝⁿ` with independent noise `η`, whose latent law is white. The
identity aligns best among white encoders if and only if the latent law is the standard Gaussian.

## Main results
* `Lejepa.additiveNoiseLaw_eq_ouLaw`: with Gaussian latents it is the Ornstein–Uhlenbeck world.
* `Lejepa.linear_optimal_iff_stdGaussian`: the equivalence.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory Complex

namespace Lejepa

variable {n : ℕ} {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν] {ρ : ℝ}

/-- The noise of a stationary linear world with Gaussian latents is Gaussian: the world is the
Ornstein–Uhlenbeck world. -/
theorem additiveNoiseLaw_eq_ouLaw (h₁ : |ρ| ≤ 1)
    (stationary : (additiveNoiseLaw (γ n) ν (ρ • ·)).map Prod.snd = γ n) :
    additiveNoiseLaw (γ n) ν (ρ • ·) = ouLaw n ρ := by
  have hρ : 0 ≤ 1 - ρ ^ 2 := sub_nonneg.2 ((sq_le_one_iff_abs_le_one ρ).2 h₁)
  have hs : Measurable fun z : Fin n → ℝ ↦ √(1 - ρ ^ 2) • z := measurable_const_smul _
  suffices h : ν = (γ n).map (√(1 - ρ ^ 2) • ·) by
    rw [ouLaw_eq_additiveNoiseLaw, ← h]
  have : IsProbabilityMeasure ((γ n).map (√(1 - ρ ^ 2) • ·)) :=
    Measure.isProbabilityMeasure_map hs.aemeasurable
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  -- `φ(L) = φ(ρ L) κ(L)`
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (γ n) ν (ρ • ·)) (γ n) :=
    ⟨measurable_snd, stationary⟩
  have hL : Measurable L := L.continuous.measurable
  have hsL := measurePreserving_snd_projection hL L.map_add (fun c x ↦ L.map_smul c x) hsnd
  have hc := charFun_of_stationary_linear hsL 1
  rw [charFun_map_eq_charFunDual_smul, charFun_map_eq_charFunDual_smul,
    charFun_map_eq_charFunDual_smul, one_smul, mul_one] at hc
  have hscale : charFunDual ((γ n).map (√(1 - ρ ^ 2) • ·)) L =
      charFunDual (γ n) (√(1 - ρ ^ 2) • L) := by
    rw [charFunDual_apply, charFunDual_apply, integral_map hs.aemeasurable
      (Continuous.aestronglyMeasurable (by fun_prop))]
    refine integral_congr_ae (.of_forall fun z ↦ ?_)
    beta_reduce
    rw [L.map_smul]
    rfl
  rw [hscale]
  have hsum (c : ℝ) : ∑ i, (c • L) (Pi.single i 1) ^ 2 = c ^ 2 * ∑ i, L (Pi.single i 1) ^ 2 := by
    rw [Finset.mul_sum]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [ContinuousLinearMap.smul_apply, smul_eq_mul, mul_pow]
  have hne : charFunDual (γ n) (ρ • L) ≠ 0 := by
    rw [charFunDual_stdGaussian]
    exact exp_ne_zero _
  refine mul_left_cancel₀ hne (hc.symm.trans ?_)
  rw [charFunDual_stdGaussian, charFunDual_stdGaussian, charFunDual_stdGaussian, ← exp_add, hsum,
    hsum, Real.sq_sqrt hρ]
  congr 1
  push_cast
  ring

/-- **Gaussian uniqueness, many dimensions.** In a stationary world with linear drift `ρ z`,
`0 < ρ < 1`, and independent noise, whose latents are white, but perhaps dependent, the identity
aligns best among all white encoders if and only if the latent law is the standard Gaussian. -/
theorem linear_optimal_iff_stdGaussian {n : ℕ} {μ ν : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (stationary : (additiveNoiseLaw μ ν (ρ • ·)).map Prod.snd = μ) :
    (IsBestAligned μ (additiveNoiseLaw μ ν (ρ • ·)) fun z : Fin n → ℝ ↦ z) ↔
      μ = γ n := by
  refine ⟨fun optimal ↦ stdGaussian_of_linear_optimal h₀.ne' ?_ white stationary optimal, ?_⟩
  · rwa [abs_of_pos h₀]
  rintro rfl f hf
  have hρ : |ρ| ≤ 1 := by rw [abs_of_pos h₀]; exact h₁.le
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (γ n) ν (ρ • ·)) (γ n) :=
    ⟨measurable_snd, stationary⟩
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw (γ n) ν (ρ • ·)) (γ n) :=
    measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ)
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 (γ n) := white.memLp j
  have hid : alignment (additiveNoiseLaw (γ n) ν (ρ • ·)) (fun z ↦ z) = 2 * (1 - ρ) * n := by
    have hi (i : Fin n) : ∫ p, (p.2 i - p.1 i) ^ 2 ∂additiveNoiseLaw (γ n) ν (ρ • ·) =
        2 * (1 - ρ) := by
      have h := integral_sub_mul_sub_eq hfst hsnd (hz i) (hz i)
      have e : ∫ p, p.1 i * p.2 i ∂additiveNoiseLaw (γ n) ν (ρ • ·) =
          ∫ p, p.2 i * p.1 i ∂additiveNoiseLaw (γ n) ν (ρ • ·) :=
        integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
      rw [e, integral_snd_mul_fst_pi white hsnd i (measurable_pi_apply i) (hz i),
        integral_mul_of_isWhite_id white, Matrix.one_apply_eq] at h
      calc ∫ p, (p.2 i - p.1 i) ^ 2 ∂additiveNoiseLaw (γ n) ν (ρ • ·)
          = ∫ p, (p.2 i - p.1 i) * (p.2 i - p.1 i) ∂additiveNoiseLaw (γ n) ν (ρ • ·) :=
            integral_congr_ae (.of_forall fun p ↦ sq _)
        _ = 2 * (1 - ρ) := by rw [h]; ring
    rw [alignment_eq_sum (h := fun z ↦ z) hfst hsnd hz, Finset.sum_congr rfl fun i _ ↦ hi i,
      Finset.sum_const, Finset.card_univ, Fintype.card_fin, nsmul_eq_mul]
    ring
  rw [hid, additiveNoiseLaw_eq_ouLaw hρ stationary]
  exact le_alignment_of_isWhite h₀ h₁ hf

end Lejepa
