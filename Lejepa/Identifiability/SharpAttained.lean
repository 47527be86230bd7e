/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.PolarSharp
public import Lejepa.Identifiability.Excess
public import Lejepa.Identifiability.QuadraticEncoder

/-!
# The bound of approximate identifiability is attained

## Main results
* `Lejepa.excess_quadraticEncoder`: the excess of alignment of that encoder is `∑ bᵢ²`.
* `Lejepa.approx_identifiability_sharp_attained`: for all `ε, D ≥ 0` with `ε + D ≤ 1` some centred
  encoder with `‖Cov(h) - 1‖_F = ε` and excess `D` is no nearer to any orthogonal map than the bound
  of `Lejepa.approx_identifiability_sharp` says. So that bound is the best function of `ε` and `D`.
* `Lejepa.approx_identifiability_sharp_attained_of_collapse`: so is an encoder that collapses `k`
  latents, where `ε = √k` and `D = 0`.
-/

public section

open MeasureTheory ProbabilityTheory
open Finset

namespace Lejepa

variable {n : ℕ} {ρ : ℝ}

/-! ### The excess of the encoder -/

private theorem excess_term_quadraticEncoder (a b : Fin n → ℝ) (ρ : ℝ) (i : Fin n) (α : Fin n → ℕ) :
    2 * (ρ - ρ ^ (∑ j, α j)) * hermiteCoeff (fun z ↦ quadraticEncoder a b z i) α ^ 2 =
      if α = Pi.single i 2 then 2 * ρ * (1 - ρ) * b i ^ 2 else 0 := by
  rw [hermiteCoeff_quadraticEncoder]
  by_cases h₁ : α = Pi.single i 1
  · have h₂ : α ≠ Pi.single i 2 := fun e ↦ single_one_ne_single_two i i (h₁.symm.trans e)
    simp only [if_neg h₂]
    rw [h₁, Fintype.sum_pi_single', pow_one, sub_self, mul_zero, zero_mul]
  · rw [if_neg h₁]
    by_cases h₂ : α = Pi.single i 2
    · simp only [if_pos h₂]
      rw [h₂, Fintype.sum_pi_single']
      ring
    · simp only [if_neg h₂]
      ring

/-- The excess of alignment of the encoder is the mean square of its part of degree two. -/
theorem excess_quadraticEncoder (a b : Fin n → ℝ) {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    excess ρ (quadraticEncoder a b) = ∑ i, b i ^ 2 := by
  have hρ : 0 < 2 * ρ * (1 - ρ) := mul_pos (mul_pos two_pos h₀) (sub_pos.2 h₁)
  have hs := hasSum_alignment_sub (h := quadraticEncoder a b)
    (abs_le.2 ⟨by linarith, h₁.le⟩ : |ρ| ≤ 1) (memLp_quadraticEncoder a b)
  simp only [mul_sum, excess_term_quadraticEncoder] at hs
  have hs' : HasSum (fun α : Fin n → ℕ ↦
      ∑ i, if α = Pi.single i 2 then 2 * ρ * (1 - ρ) * b i ^ 2 else 0)
      (∑ i, 2 * ρ * (1 - ρ) * b i ^ 2) :=
    hasSum_sum fun i _ ↦ hasSum_ite_eq (Pi.single i 2) (2 * ρ * (1 - ρ) * b i ^ 2)
  rw [excess, hs.unique hs', ← mul_sum, mul_div_cancel_left₀ _ hρ.ne']

/-! ### The bound is attained -/

/-- **The bound `D + (δ / (1 + √(1 - δ)))²` is attained** for all `ε, D ≥ 0` with `δ = ε + D ≤ 1`,
in every dimension `n ≥ 1`: by the encoder that keeps all latents but one, `zᵢ`, which it
replaces by `√(1 - δ) zᵢ + √D (zᵢ² - 1) / √2`. -/
theorem approx_identifiability_sharp_attained (i₀ : Fin n) (h₀ : 0 < ρ) (h₁ : ρ < 1) {ε D δ : ℝ}
    (hε : 0 ≤ ε) (hD : 0 ≤ D) (hδ : δ = ε + D) (hδ₁ : δ ≤ 1) :
    ∃ h : (Fin n → ℝ) → Fin n → ℝ, IsCentred (γ n) h ∧
      √(frobSq (secondMoment (γ n) h - 1)) = ε ∧ excess ρ h = D ∧
      ∀ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
        D + (δ / (1 + √(1 - δ))) ^ 2 ≤ ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n := by
  obtain ⟨a, ha⟩ : ∃ a : Fin n → ℝ, ∀ i, a i = if i = i₀ then √(1 - δ) else 1 :=
    ⟨_, fun _ ↦ rfl⟩
  obtain ⟨b, hb⟩ : ∃ b : Fin n → ℝ, ∀ i, b i = if i = i₀ then √D else 0 := ⟨_, fun _ ↦ rfl⟩
  have hsa : √(1 - δ) ^ 2 = 1 - δ := Real.sq_sqrt (by linarith)
  have hsb : √D ^ 2 = D := Real.sq_sqrt hD
  have hbsum : ∑ i, b i ^ 2 = D := by
    have h : ∀ i, b i ^ 2 = if i = i₀ then D else 0 := fun i ↦ by
      rw [hb, ite_pow, hsb, zero_pow two_ne_zero]
    rw [sum_congr rfl fun i _ ↦ h i, sum_ite_eq', if_pos (mem_univ i₀)]
  have hasum : ∑ i, (a i - 1) ^ 2 = (δ / (1 + √(1 - δ))) ^ 2 := by
    have h : ∀ i, (a i - 1) ^ 2 = if i = i₀ then (δ / (1 + √(1 - δ))) ^ 2 else 0 := fun i ↦ by
      rw [ha, Matrix.div_one_add_sqrt_eq hδ₁]
      split_ifs <;> ring
    rw [sum_congr rfl fun i _ ↦ h i, sum_ite_eq', if_pos (mem_univ i₀)]
  refine ⟨quadraticEncoder a b, isCentred_quadraticEncoder a b, ?_, ?_, fun Q hQ ↦ ?_⟩
  · have h : ∀ i, (a i ^ 2 + b i ^ 2 - 1) ^ 2 = if i = i₀ then ε ^ 2 else 0 := fun i ↦ by
      rw [ha, hb]
      split_ifs
      · rw [hsa, hsb, hδ]
        ring
      · ring
    rw [frobSq_secondMoment_quadraticEncoder_sub_one, sum_congr rfl fun i _ ↦ h i, sum_ite_eq',
      if_pos (mem_univ i₀), Real.sqrt_sq hε]
  · rw [excess_quadraticEncoder a b h₀ h₁, hbsum]
  · have ha₀ : ∀ i, 0 ≤ a i := fun i ↦ by
      rw [ha]
      split_ifs
      · exact Real.sqrt_nonneg _
      · exact zero_le_one
    have hle := le_integral_quadraticEncoder_sub_mulVec a b ha₀ hQ
    rwa [hbsum, hasum] at hle

/-- The bound is attained beyond `δ = 1`, too: the encoder that collapses the latents in `s` has
`ε = √k` and `D = 0`, where `k` is the number of these, and its mean squared distance from each
orthogonal map is at least `k`, which is `D + (ε + D)²`. -/
theorem approx_identifiability_sharp_attained_of_collapse (s : Finset (Fin n)) (h₀ : 0 < ρ)
    (h₁ : ρ < 1) :
    ∃ h : (Fin n → ℝ) → Fin n → ℝ, IsCentred (γ n) h ∧
      √(frobSq (secondMoment (γ n) h - 1)) = √(#s) ∧ excess ρ h = 0 ∧
      ∀ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
        (#s : ℝ) ≤ ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n := by
  obtain ⟨a, ha⟩ : ∃ a : Fin n → ℝ, ∀ i, a i = if i ∈ s then 0 else 1 := ⟨_, fun _ ↦ rfl⟩
  have hb : ∑ _i : Fin n, (0 : ℝ) ^ 2 = 0 := sum_eq_zero fun _ _ ↦ zero_pow two_ne_zero
  have hcard : ∑ i, (if i ∈ s then (1 : ℝ) else 0) = #s := by
    rw [sum_boole, filter_mem_eq_inter, univ_inter]
  refine ⟨quadraticEncoder a fun _ ↦ 0, isCentred_quadraticEncoder a _, ?_, ?_, fun Q hQ ↦ ?_⟩
  · have h : ∀ i, (a i ^ 2 + (0 : ℝ) ^ 2 - 1) ^ 2 = if i ∈ s then 1 else 0 := fun i ↦ by
      rw [ha]
      split_ifs <;> ring
    rw [frobSq_secondMoment_quadraticEncoder_sub_one, sum_congr rfl fun i _ ↦ h i, hcard]
  · rw [excess_quadraticEncoder a _ h₀ h₁, hb]
  · have ha₀ : ∀ i, 0 ≤ a i := fun i ↦ by
      rw [ha]
      split_ifs
      · exact le_rfl
      · exact zero_le_one
    have h : ∀ i, (a i - 1) ^ 2 = if i ∈ s then 1 else 0 := fun i ↦ by
      rw [ha]
      split_ifs <;> ring
    have hle := le_integral_quadraticEncoder_sub_mulVec a (fun _ ↦ 0) ha₀ hQ
    rwa [hb, sum_congr rfl fun i _ ↦ h i, hcard, zero_add] at hle

end Lejepa
