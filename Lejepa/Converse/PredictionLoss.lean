/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Spectral
public import Lejepa.Converse.FirstVariation
public import Lejepa.Hermite.Coefficients

/-!
# How well a function of the past predicts a function of the present

## Main results
* `Lejepa.ofReal_le_lintegral_of_forall_memLp`: a bound on the mean square error of predictions by
  square-integrable functions of the past is one on that of all predictions.
* `Lejepa.integral_sub_const_mul_sq`: with the linear predictor `y ↦ ρ y` the error of a function of
  variance one is `(1 - ρ)²` plus `ρ` times its alignment.
* `Lejepa.le_integral_sub_sq_ouLaw`: in the Ornstein–Uhlenbeck world no function of the past
  predicts a centred function of variance one with an error below `1 - ρ²`.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

section General

variable {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {π : Measure (Z × Z)}

/-- A bound on the mean square error of predictions by square-integrable functions of the past is
one on that of all predictions: the others have infinite error. -/
theorem ofReal_le_lintegral_of_forall_memLp (hfst : MeasurePreserving Prod.fst π μ) {h F : Z → ℝ}
    (hm : Measurable h) (hh : MemLp (fun p : Z × Z ↦ h p.2) 2 π) (hF : Measurable F) {c : ℝ}
    (hc : MemLp F 2 μ → c ≤ ∫ p, (h p.2 - F p.1) ^ 2 ∂π) :
    ENNReal.ofReal c ≤ ∫⁻ p, ENNReal.ofReal ((h p.2 - F p.1) ^ 2) ∂π := by
  by_cases htop : ∫⁻ p, ENNReal.ofReal ((h p.2 - F p.1) ^ 2) ∂π = ⊤
  · rw [htop]
    exact le_top
  have hGm : Measurable fun p : Z × Z ↦ h p.2 - F p.1 :=
    (hm.comp measurable_snd).sub (hF.comp measurable_fst)
  have hnn : 0 ≤ᵐ[π] fun p : Z × Z ↦ (h p.2 - F p.1) ^ 2 := .of_forall fun p ↦ sq_nonneg _
  have hint : Integrable (fun p : Z × Z ↦ (h p.2 - F p.1) ^ 2) π :=
    (lintegral_ofReal_ne_top_iff_integrable (hGm.pow_const 2).aestronglyMeasurable hnn).1 htop
  have hG : MemLp (fun p : Z × Z ↦ h p.2 - F p.1) 2 π :=
    (memLp_two_iff_integrable_sq hGm.aestronglyMeasurable).2 hint
  have hF1 : MemLp (fun p : Z × Z ↦ F p.1) 2 π := by
    have e : (fun p : Z × Z ↦ F p.1) = (fun p ↦ h p.2) - fun p ↦ h p.2 - F p.1 :=
      funext fun p ↦ (sub_sub_cancel (h p.2) (F p.1)).symm
    rw [e]
    exact hh.sub hG
  have hF2 : MemLp F 2 μ := by
    rw [← hfst.map_eq]
    exact (memLp_map_measure_iff hF.aestronglyMeasurable measurable_fst.aemeasurable).2 hF1
  rw [← ofReal_integral_eq_lintegral_ofReal hint hnn]
  exact ENNReal.ofReal_le_ofReal (hc hF2)

/-- The linear predictor `y ↦ ρ y` turns prediction into alignment: for a function of variance one,
`𝔼(h z' - ρ h z)² = (1 - ρ)² + ρ 𝔼(h z' - h z)²`. -/
theorem integral_sub_const_mul_sq (hfst : MeasurePreserving Prod.fst π μ)
    (hsnd : MeasurePreserving Prod.snd π μ) {h : Z → ℝ} (hh : MemLp h 2 μ)
    (var : ∫ z, h z ^ 2 ∂μ = 1) (ρ : ℝ) :
    ∫ p, (h p.2 - ρ * h p.1) ^ 2 ∂π = (1 - ρ) ^ 2 + ρ * ∫ p, (h p.2 - h p.1) ^ 2 ∂π := by
  have h1 : MemLp (fun p : Z × Z ↦ h p.1) 2 π := hh.comp_measurePreserving hfst
  have h2 : MemLp (fun p : Z × Z ↦ h p.2) 2 π := hh.comp_measurePreserving hsnd
  have hsq : AEStronglyMeasurable (fun z ↦ h z ^ 2) μ := hh.aestronglyMeasurable.pow 2
  have v1 : ∫ p, h p.1 ^ 2 ∂π = 1 := (hfst.integral_comp_of_aestronglyMeasurable hsq).trans var
  have v2 : ∫ p, h p.2 ^ 2 ∂π = 1 := (hsnd.integral_comp_of_aestronglyMeasurable hsq).trans var
  have a1 : ∫ p, (h p.2 - ρ * h p.1) ^ 2 ∂π = ∫ p, (h p.2 + -ρ * h p.1) ^ 2 ∂π :=
    integral_congr_ae (.of_forall fun p ↦ by beta_reduce; ring)
  have a2 : ∫ p, (h p.2 - h p.1) ^ 2 ∂π = ∫ p, (h p.2 + -1 * h p.1) ^ 2 ∂π :=
    integral_congr_ae (.of_forall fun p ↦ by beta_reduce; ring)
  rw [a1, a2, integral_add_mul_sq h2 h1 (-ρ), integral_add_mul_sq h2 h1 (-1), v1, v2]
  ring

end General

/-- **No predictor beats the linear one.** In the Ornstein–Uhlenbeck world no function of the past
predicts a centred function of the present with a mean square error below `1 - ρ²` times its
variance. -/
theorem le_integral_sub_sq_ouLaw {n : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) {h F : (Fin n → ℝ) → ℝ}
    (hh : MemLp h 2 (γ n)) (mean : ∫ z, h z ∂γ n = 0) (hF : MemLp F 2 (γ n)) :
    (1 - ρ ^ 2) * ∫ z, h z ^ 2 ∂γ n ≤ ∫ p, (h p.2 - F p.1) ^ 2 ∂ouLaw n ρ := by
  have hρ2 : ρ ^ 2 ≤ 1 := (sq_le_one_iff_abs_le_one ρ).2 hρ
  have s := (((hasSum_hermiteCoeff_sq hh).mul_left (ρ ^ 2)).sub
    ((hasSum_integral_mul_ouLaw hρ hF hh).mul_left 2)).add (hasSum_hermiteCoeff_sq hF)
  have hterm (α : Fin n → ℕ) : 0 ≤ ρ ^ 2 * hermiteCoeff h α ^ 2 -
      2 * (ρ ^ (∑ i, α i) * (hermiteCoeff F α * hermiteCoeff h α)) + hermiteCoeff F α ^ 2 := by
    by_cases hα : ∑ j, α j = 0
    · have h0 : α = 0 := funext fun j ↦ Finset.sum_eq_zero_iff.1 hα j (Finset.mem_univ j)
      have hc : hermiteCoeff h α = 0 := by
        rw [h0, hermiteCoeff_zero]
        exact mean
      rw [hc]
      nlinarith [sq_nonneg (hermiteCoeff F α)]
    · have hk : (ρ ^ (∑ i, α i)) ^ 2 ≤ ρ ^ 2 := by
        rw [pow_right_comm]
        exact pow_le_of_le_one (sq_nonneg ρ) hρ2 hα
      have h1 := mul_le_mul_of_nonneg_right hk (sq_nonneg (hermiteCoeff h α))
      have h2 := sq_nonneg (ρ ^ (∑ i, α i) * hermiteCoeff h α - hermiteCoeff F α)
      nlinarith [h1, h2]
  have hs := s.nonneg hterm
  have h1 : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ F p.1) 2 (ouLaw n ρ) := memLp_fst_ouLaw hF
  have h2 : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ h p.2) 2 (ouLaw n ρ) :=
    memLp_snd_ouLaw hρ hh
  have v1 : ∫ p, F p.1 ^ 2 ∂ouLaw n ρ = ∫ z, F z ^ 2 ∂γ n :=
    (measurePreserving_fst_ouLaw n ρ).integral_comp_of_aestronglyMeasurable
      (g := fun z ↦ F z ^ 2) hF.integrable_sq.1
  have v2 : ∫ p, h p.2 ^ 2 ∂ouLaw n ρ = ∫ z, h z ^ 2 ∂γ n :=
    (measurePreserving_snd_ouLaw hρ).integral_comp_of_aestronglyMeasurable
      (g := fun z ↦ h z ^ 2) hh.integrable_sq.1
  have c : ∫ p, h p.2 * F p.1 ∂ouLaw n ρ = ∫ p, F p.1 * h p.2 ∂ouLaw n ρ :=
    integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
  have a : ∫ p, (h p.2 - F p.1) ^ 2 ∂ouLaw n ρ = ∫ p, (h p.2 + -1 * F p.1) ^ 2 ∂ouLaw n ρ :=
    integral_congr_ae (.of_forall fun p ↦ by beta_reduce; ring)
  rw [a, integral_add_mul_sq h2 h1 (-1), v1, v2, c]
  linarith

end Lejepa
