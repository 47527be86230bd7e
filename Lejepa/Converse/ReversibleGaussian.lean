/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.PairDensity
public import Lejepa.Converse.Reversible
public import Lejepa.Converse.LinearDrift
public import Lejepa.Alignment.Stationary

/-!
# Reversible worlds with Gaussian noise: linear is optimal if and only if the latent is Gaussian

A Gaussian latent, Gaussian noise and a reversible world force the drift to be affine: the density
of a pair is symmetric, and its logarithm, compared at two points, is affine in what remains. So
among reversible worlds with Gaussian noise and positive correlation the identity is optimal if and
only if the latent is Gaussian. That the noise is Gaussian is a hypothesis here;
`Lejepa.Converse.ReversibleConverse` does without it.

## Main results
* `Lejepa.drift_ae_eq_affine_of_reversible_of_gaussian_noise`: the drift is affine.
* `Lejepa.linear_optimal_iff_gaussian_of_reversible_of_gaussian_noise`: the equivalence.
* `Lejepa.map_swap_additiveNoiseLaw_gaussianReal`: the Ornstein–Uhlenbeck world is such a world.
-/

public section

open MeasureTheory ProbabilityTheory
open scoped NNReal

namespace Lejepa

/-- The density of a Gaussian, up to its constant. -/
theorem exists_gaussianPDFReal_eq (b : ℝ) {v : ℝ≥0} (hv : v ≠ 0) :
    ∃ c : ℝ, 0 < c ∧ ∀ x, gaussianPDFReal b v x = c * Real.exp (-(x - b) ^ 2 / (2 * v)) := by
  have hv' : (0 : ℝ) < v := NNReal.coe_pos.2 (pos_iff_ne_zero.2 hv)
  refine ⟨(√(2 * Real.pi * v))⁻¹, ?_, fun x ↦ by rw [gaussianPDFReal]⟩
  exact inv_pos.2 (Real.sqrt_pos.2 (mul_pos (mul_pos two_pos Real.pi_pos) hv'))

/-- Equal products of Gaussian densities have equal exponents. -/
theorem eq_of_gaussianPDFReal_mul_eq {b : ℝ} {v : ℝ≥0} (hv : v ≠ 0) {x y s t : ℝ}
    (h : gaussianPDFReal 0 1 x * gaussianPDFReal b v s =
      gaussianPDFReal 0 1 y * gaussianPDFReal b v t) :
    v * x ^ 2 + (s - b) ^ 2 = v * y ^ 2 + (t - b) ^ 2 := by
  obtain ⟨c, hc, e⟩ := exists_gaussianPDFReal_eq 0 (one_ne_zero : (1 : ℝ≥0) ≠ 0)
  obtain ⟨c', hc', e'⟩ := exists_gaussianPDFReal_eq b hv
  have hv' : (v : ℝ) * (v : ℝ)⁻¹ = 1 := mul_inv_cancel₀ (NNReal.coe_ne_zero.2 hv)
  rw [e, e, e', e', NNReal.coe_one] at h
  have hexp : c * c' * Real.exp (-(x - 0) ^ 2 / (2 * 1) + -(s - b) ^ 2 / (2 * v)) =
      c * c' * Real.exp (-(y - 0) ^ 2 / (2 * 1) + -(t - b) ^ 2 / (2 * v)) := by
    rw [Real.exp_add, Real.exp_add]
    linear_combination h
  have key := Real.exp_eq_exp.1 (mul_left_cancel₀ (mul_pos hc hc').ne' hexp)
  linear_combination (-2 * (v : ℝ)) * key - ((s - b) ^ 2 - (t - b) ^ 2) * hv'

section Drift

variable {m : ℝ → ℝ} {b : ℝ} {v : ℝ≥0}

/-- In a reversible world with Gaussian latent and noise, the quadratic form of a pair is
symmetric. -/
theorem ae_ae_quadratic_eq_of_reversible (hm : Measurable m) (hv : v ≠ 0)
    (reversible : (additiveNoiseLaw (gaussianReal 0 1) (gaussianReal b v) m).map Prod.swap =
      additiveNoiseLaw (gaussianReal 0 1) (gaussianReal b v) m) :
    ∀ᵐ (x : ℝ) ∂gaussianReal 0 1, ∀ᵐ (y : ℝ) ∂gaussianReal 0 1,
      v * x ^ 2 + (y - m x - b) ^ 2 = v * y ^ 2 + (x - m y - b) ^ 2 := by
  have hac : gaussianReal 0 1 ≪ volume := gaussianReal_absolutelyContinuous 0 one_ne_zero
  rw [gaussianReal_of_var_ne_zero 0 one_ne_zero, gaussianReal_of_var_ne_zero b hv] at reversible
  have h := ae_eq_of_map_swap_additiveNoiseLaw (measurable_gaussianPDF 0 1)
    (measurable_gaussianPDF b v) hm reversible
  have h' : ∀ᵐ (p : ℝ × ℝ) ∂(volume : Measure ℝ).prod (volume : Measure ℝ),
      v * p.1 ^ 2 + (p.2 - m p.1 - b) ^ 2 = v * p.2 ^ 2 + (p.1 - m p.2 - b) ^ 2 := by
    filter_upwards [h] with p hp
    refine eq_of_gaussianPDFReal_mul_eq hv ?_
    have hr := congrArg ENNReal.toReal hp
    rw [ENNReal.toReal_mul, ENNReal.toReal_mul] at hr
    simpa only [toReal_gaussianPDF] using hr
  have h₁ : ∀ᵐ x : ℝ, ∀ᵐ y : ℝ, v * x ^ 2 + (y - m x - b) ^ 2 = v * y ^ 2 + (x - m y - b) ^ 2 :=
    Measure.ae_ae_of_ae_prod h'
  have h₂ : ∀ᵐ (x : ℝ) ∂gaussianReal 0 1, ∀ᵐ y : ℝ,
      v * x ^ 2 + (y - m x - b) ^ 2 = v * y ^ 2 + (x - m y - b) ^ 2 := hac.ae_le h₁
  filter_upwards [h₂] with x hx
  exact hac.ae_le hx

/-- **The drift is affine.** In a reversible world with Gaussian latent and Gaussian noise, the
drift is affine almost surely. -/
theorem drift_ae_eq_affine_of_reversible_of_gaussian_noise (hm : Measurable m) (hv : v ≠ 0)
    (reversible : (additiveNoiseLaw (gaussianReal 0 1) (gaussianReal b v) m).map Prod.swap =
      additiveNoiseLaw (gaussianReal 0 1) (gaussianReal b v) m) :
    ∃ a c : ℝ, ∀ᵐ z ∂gaussianReal 0 1, m z = a * z + c := by
  have h := ae_ae_quadratic_eq_of_reversible hm hv reversible
  have : NoAtoms (gaussianReal 0 1) := noAtoms_gaussianReal one_ne_zero
  obtain ⟨x₁, h₁⟩ := h.exists
  have hne : ({x₁} : Set ℝ)ᶜ ∈ ae (gaussianReal 0 1) := compl_mem_ae_iff.2 (measure_singleton x₁)
  have hne' : ∀ᵐ x ∂gaussianReal 0 1, x ≠ x₁ := by
    filter_upwards [hne] with x hx e
    exact hx (Set.mem_singleton_iff.2 e)
  obtain ⟨x₂, h₂, hx⟩ := (h.and hne').exists
  have hd : x₂ - x₁ ≠ 0 := sub_ne_zero.2 hx
  refine ⟨(m x₂ - m x₁) / (x₂ - x₁), ((1 - (v : ℝ)) * (x₂ ^ 2 - x₁ ^ 2) - ((m x₂ + b) ^ 2 -
    (m x₁ + b) ^ 2)) / (x₂ - x₁) / 2 - b, ?_⟩
  filter_upwards [h₁, h₂] with y e₁ e₂
  have hinv : (x₂ - x₁) * (x₂ - x₁)⁻¹ = 1 := mul_inv_cancel₀ hd
  linear_combination ((e₂ - e₁) / 2) * (x₂ - x₁)⁻¹ - (m y + b) * hinv

end Drift

/-- **Among reversible worlds with Gaussian noise, only Gaussian latents, and all of them.** A
reversible world of mean zero and variance one, with Gaussian noise and positive correlation: the
identity aligns best among all white encoders if and only if the latent law is Gaussian. -/
theorem linear_optimal_iff_gaussian_of_reversible_of_gaussian_noise {μ : Measure ℝ}
    [IsProbabilityMeasure μ] {m : ℝ → ℝ} {b : ℝ} {v : ℝ≥0} (hm : Measurable m) (hv : v ≠ 0)
    (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (reversible : (additiveNoiseLaw μ (gaussianReal b v) m).map Prod.swap =
      additiveNoiseLaw μ (gaussianReal b v) m)
    (correlated : 0 < ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ (gaussianReal b v) m) :
    (IsBestAligned μ (additiveNoiseLaw μ (gaussianReal b v) m) fun z (_ : Fin 1) ↦ z) ↔
      μ = gaussianReal 0 1 := by
  have noisy (b : ℝ) (c : ℝ) : gaussianReal b v ≠ Measure.dirac c := fun h ↦ by
    have : NoAtoms (gaussianReal b v) := noAtoms_gaussianReal hv
    have h₁ : gaussianReal b v {c} = 0 := measure_singleton c
    rw [h, Measure.dirac_apply_of_mem (Set.mem_singleton c)] at h₁
    exact one_ne_zero h₁
  refine ⟨fun optimal ↦ gaussian_of_linear_optimal_of_reversible hm hμ mean var reversible
    correlated.ne' (noisy b) optimal, ?_⟩
  rintro rfl
  obtain ⟨a, c, hac⟩ := drift_ae_eq_affine_of_reversible_of_gaussian_noise hm hv reversible
  have hae : ∀ᵐ z ∂gaussianReal 0 1, m z + -c = a * z := by
    filter_upwards [hac] with z hz
    rw [hz, add_neg_cancel_right]
  have hsnd := measurePreserving_snd_of_reversible hm reversible
  rw [additiveNoiseLaw_eq_of_ae hae, gaussianReal_map_sub_const] at hsnd correlated ⊢
  have hpos : 0 < ∫ y, y ^ 2 ∂gaussianReal (b - -c) v := by
    have hnn : 0 ≤ ∫ y, y ^ 2 ∂gaussianReal (b - -c) v := integral_nonneg fun y ↦ sq_nonneg y
    refine hnn.lt_of_ne fun h ↦ noisy (b - -c) 0 (eq_dirac_of_ae_eq ?_)
    have h₀ := (integral_eq_zero_iff_of_nonneg (fun y ↦ sq_nonneg y)
      (memLp_noise hμ hsnd).integrable_sq).1 h.symm
    filter_upwards [h₀] with y hy
    have hy' : y ^ 2 = 0 := hy
    exact pow_eq_zero_iff two_ne_zero |>.1 hy'
  have hvar := sq_add_integral_noise_sq hμ mean var hsnd
  rw [integral_fst_mul_snd_linear hμ mean var hsnd] at correlated
  have h₁ : a < 1 := (abs_lt.1 ((sq_lt_one_iff_abs_lt_one a).1 (by linarith))).2
  exact linear_optimal_of_gaussian correlated h₁ hsnd.map_eq

/-- The Ornstein–Uhlenbeck world is such a world: on the line it is reversible, with Gaussian latent
and Gaussian noise. -/
theorem map_swap_additiveNoiseLaw_gaussianReal {ρ : ℝ} (hρ : |ρ| ≤ 1) :
    (additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (1 - ρ ^ 2).toNNReal) (ρ * ·)).map
        Prod.swap =
      additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (1 - ρ ^ 2).toNNReal) (ρ * ·) := by
  have hρ' : 0 ≤ 1 - ρ ^ 2 := sub_nonneg.2 ((sq_le_one_iff_abs_le_one ρ).2 hρ)
  have heval : Measurable fun z : Fin 1 → ℝ ↦ z 0 := measurable_pi_apply 0
  have hs : Measurable fun z : Fin 1 → ℝ ↦ √(1 - ρ ^ 2) • z := measurable_const_smul _
  have hγ : (γ 1).map (fun z ↦ z 0) = gaussianReal 0 1 :=
    (measurePreserving_eval (fun _ : Fin 1 ↦ gaussianReal 0 1) 0).map_eq
  have hν : (gaussianReal 0 1).map (√(1 - ρ ^ 2) * ·) = gaussianReal 0 (1 - ρ ^ 2).toNNReal := by
    rw [gaussianReal_map_const_mul, mul_zero, mul_one]
    congr 1
    refine NNReal.eq ?_
    rw [Real.coe_toNNReal _ hρ']
    exact Real.sq_sqrt hρ'
  have hν' : ((γ 1).map (√(1 - ρ ^ 2) • ·)).map (fun z ↦ z 0) =
      gaussianReal 0 (1 - ρ ^ 2).toNNReal := by
    have e : (fun z : Fin 1 → ℝ ↦ z 0) ∘ (fun z ↦ √(1 - ρ ^ 2) • z) =
        (√(1 - ρ ^ 2) * ·) ∘ fun z ↦ z 0 := rfl
    rw [Measure.map_map heval hs, e, ← Measure.map_map (measurable_linear _) heval, hγ, hν]
  have hmap : (ouLaw 1 ρ).map (Prod.map (fun z ↦ z 0) (fun z ↦ z 0)) =
      additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (1 - ρ ^ 2).toNNReal) (ρ * ·) := by
    rw [ouLaw_eq_additiveNoiseLaw, map_additiveNoiseLaw (m' := (ρ * ·)) heval
      (measurable_const_smul ρ) (measurable_linear ρ) (fun _ _ ↦ rfl) (fun _ ↦ rfl), hγ, hν']
  have e : Prod.swap ∘ Prod.map (fun z : Fin 1 → ℝ ↦ z 0) (fun z : Fin 1 → ℝ ↦ z 0) =
      Prod.map (fun z : Fin 1 → ℝ ↦ z 0) (fun z : Fin 1 → ℝ ↦ z 0) ∘ Prod.swap := rfl
  rw [← hmap, Measure.map_map measurable_swap (heval.prodMap heval), e,
    ← Measure.map_map (heval.prodMap heval) measurable_swap, map_swap_ouLaw hρ]

/-- So the hypotheses of `linear_optimal_iff_gaussian_of_reversible_of_gaussian_noise` hold of the
Ornstein–Uhlenbeck world with `0 < ρ < 1`: its noise is not constant, and its correlation is `ρ`. -/
theorem toNNReal_ne_zero_and_correlation_pos {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) :
    (1 - ρ ^ 2).toNNReal ≠ 0 ∧
      0 < ∫ p, p.1 * p.2 ∂additiveNoiseLaw (gaussianReal 0 1)
        (gaussianReal 0 (1 - ρ ^ 2).toNNReal) (ρ * ·) := by
  have hρ : |ρ| < 1 := by rwa [abs_of_pos h₀]
  have hsq : ρ ^ 2 < 1 := (sq_lt_one_iff_abs_lt_one ρ).2 hρ
  have hsnd := measurePreserving_snd_of_reversible (measurable_linear ρ)
    (map_swap_additiveNoiseLaw_gaussianReal hρ.le)
  refine ⟨(Real.toNNReal_pos.2 (sub_pos.2 hsq)).ne', ?_⟩
  rw [integral_fst_mul_snd_linear (memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top)
    integral_id_gaussianReal integral_sq_gaussianReal_zero_one hsnd]
  exact h₀

end Lejepa
