/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Objective
public import Lejepa.Dirichlet.Energy
public import Mathlib.Analysis.Calculus.MeanValue
public import Mathlib.MeasureTheory.Integral.DominatedConvergence
public import Mathlib.MeasureTheory.Integral.Prod

/-!
# Alignment at small steps is the Dirichlet energy

As the correlation `ρ` tends to one, `z' - z` shrinks like `√(2 (1 - ρ)) η`, so that alignment
divided by `1 - ρ` tends to twice the Dirichlet energy, for `C¹` encoders of bounded derivative.

## Main results
* `Lejepa.tendsto_alignment_div`.
-/

public section

open MeasureTheory ProbabilityTheory
open Filter (Tendsto atTop)
open scoped Topology Matrix

namespace Lejepa

variable {n : ℕ}

/-- Alignment in the Ornstein–Uhlenbeck world, as a mean over latent and noise. -/
theorem alignment_ouLaw_of_continuous {h : (Fin n → ℝ) → Fin n → ℝ} (hh : Continuous h) (ρ : ℝ) :
    alignment (ouLaw n ρ) h =
      ∫ p, ∑ i, (h (ρ • p.1 + √(1 - ρ ^ 2) • p.2) i - h p.1 i) ^ 2 ∂(γ n).prod (γ n) := by
  have hc : Continuous fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ ∑ i, (h p.2 i - h p.1 i) ^ 2 :=
    continuous_finset_sum _ fun i _ ↦ ((((continuous_apply i).comp (hh.comp continuous_snd)).sub
      ((continuous_apply i).comp (hh.comp continuous_fst))).pow 2)
  have hm : Continuous fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2) :=
    continuous_fst.prodMk ((continuous_fst.const_smul ρ).add (continuous_snd.const_smul _))
  exact integral_map hm.measurable.aemeasurable hc.aestronglyMeasurable

/-- The rescaled step is `-√(1 - ρ) z + √(1 + ρ) η`. -/
private theorem inv_sqrt_smul_step {ρ : ℝ} (h₁ : ρ < 1) (z η : Fin n → ℝ) :
    (√(1 - ρ))⁻¹ • ((ρ - 1) • z + √(1 - ρ ^ 2) • η) = -√(1 - ρ) • z + √(1 + ρ) • η := by
  have hpos : 0 < √(1 - ρ) := Real.sqrt_pos.2 (sub_pos.2 h₁)
  have hsq : √(1 - ρ) * √(1 - ρ) = 1 - ρ := Real.mul_self_sqrt (sub_pos.2 h₁).le
  have ha : (√(1 - ρ))⁻¹ * (ρ - 1) = -√(1 - ρ) := by
    have h : ρ - 1 = √(1 - ρ) * -√(1 - ρ) := by rw [mul_neg, hsq, neg_sub]
    rw [h, inv_mul_cancel_left₀ hpos.ne']
  have hb : (√(1 - ρ))⁻¹ * √(1 - ρ ^ 2) = √(1 + ρ) := by
    have h : 1 - ρ ^ 2 = (1 - ρ) * (1 + ρ) := by ring
    rw [h, Real.sqrt_mul (sub_pos.2 h₁).le, inv_mul_cancel_left₀ hpos.ne']
  rw [smul_add, smul_smul, smul_smul, ha, hb]

private theorem eventually_mem_Ioo_zero_one : ∀ᶠ ρ : ℝ in 𝓝[<] 1, ρ ∈ Set.Ioo (0 : ℝ) 1 :=
  Ioo_mem_nhdsLT zero_lt_one

private theorem tendsto_inv_sqrt_smul_step (z η : Fin n → ℝ) :
    Tendsto (fun ρ : ℝ ↦ (√(1 - ρ))⁻¹ • ((ρ - 1) • z + √(1 - ρ ^ 2) • η)) (𝓝[<] 1)
      (𝓝 (√2 • η)) := by
  have hc : Continuous fun ρ : ℝ ↦ -√(1 - ρ) • z + √(1 + ρ) • η := by fun_prop
  have ht : Tendsto (fun ρ : ℝ ↦ -√(1 - ρ) • z + √(1 + ρ) • η) (𝓝[<] 1) (𝓝 (√2 • η)) := by
    have h : Tendsto (fun ρ : ℝ ↦ -√(1 - ρ) • z + √(1 + ρ) • η) (𝓝[<] 1)
        (𝓝 (-√(1 - 1 : ℝ) • z + √(1 + 1 : ℝ) • η)) := (hc.tendsto 1).mono_left nhdsWithin_le_nhds
    have hval : -√(1 - 1 : ℝ) • z + √(1 + 1 : ℝ) • η = √2 • η := by
      rw [sub_self, Real.sqrt_zero, neg_zero, zero_smul, zero_add, one_add_one_eq_two]
    rwa [hval] at h
  refine ht.congr' ?_
  filter_upwards [eventually_mem_Ioo_zero_one] with ρ hρ
  exact (inv_sqrt_smul_step hρ.2 z η).symm

private theorem tendsto_inv_sqrt_one_sub : Tendsto (fun ρ : ℝ ↦ (√(1 - ρ))⁻¹) (𝓝[<] 1) atTop := by
  have ht : Tendsto (fun ρ : ℝ ↦ √(1 - ρ)) (𝓝[<] 1) (𝓝[>] 0) := by
    refine tendsto_nhdsWithin_iff.2 ⟨?_, ?_⟩
    · have hc : Continuous fun ρ : ℝ ↦ √(1 - ρ) := by fun_prop
      have h : Tendsto (fun ρ : ℝ ↦ √(1 - ρ)) (𝓝[<] 1) (𝓝 √(1 - 1)) :=
        (hc.tendsto 1).mono_left nhdsWithin_le_nhds
      rwa [sub_self, Real.sqrt_zero] at h
    · filter_upwards [eventually_mem_Ioo_zero_one] with ρ hρ
      exact Real.sqrt_pos.2 (sub_pos.2 hρ.2)
  exact tendsto_inv_nhdsGT_zero.comp ht

private theorem add_step (ρ : ℝ) (z η : Fin n → ℝ) :
    z + ((ρ - 1) • z + √(1 - ρ ^ 2) • η) = ρ • z + √(1 - ρ ^ 2) • η := by
  rw [sub_smul, one_smul]
  abel

/-- The rescaled change of the encoder, squared. -/
private theorem sum_sq_div_eq {ρ : ℝ} (h₁ : ρ < 1) (a : Fin n → ℝ) :
    ∑ i, ((√(1 - ρ))⁻¹ • a) i ^ 2 = (∑ i, a i ^ 2) / (1 - ρ) := by
  rw [Finset.sum_div]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [Pi.smul_apply, smul_eq_mul, mul_pow, inv_pow, Real.sq_sqrt (sub_pos.2 h₁).le, div_eq_inv_mul]

private theorem tendsto_sum_sq_div {h : (Fin n → ℝ) → Fin n → ℝ} (hh : Differentiable ℝ h)
    (z η : Fin n → ℝ) :
    Tendsto (fun ρ : ℝ ↦ (∑ i, (h (ρ • z + √(1 - ρ ^ 2) • η) i - h z i) ^ 2) / (1 - ρ)) (𝓝[<] 1)
      (𝓝 (2 * ∑ i, fderiv ℝ h z η i ^ 2)) := by
  have hlim := (hasFDerivWithinAt_univ.2 (hh z).hasFDerivAt).lim (𝓝[<] (1 : ℝ))
    (c := fun ρ : ℝ ↦ (√(1 - ρ))⁻¹) (d := fun ρ : ℝ ↦ (ρ - 1) • z + √(1 - ρ ^ 2) • η)
    (Filter.Eventually.of_forall fun _ ↦ Set.mem_univ _)
    (tendsto_norm_atTop_atTop.comp tendsto_inv_sqrt_one_sub) (tendsto_inv_sqrt_smul_step z η)
  have hsum : Tendsto (fun ρ : ℝ ↦ ∑ i, ((√(1 - ρ))⁻¹ •
      (h (z + ((ρ - 1) • z + √(1 - ρ ^ 2) • η)) - h z)) i ^ 2) (𝓝[<] 1)
      (𝓝 (∑ i, fderiv ℝ h z (√2 • η) i ^ 2)) :=
    tendsto_finset_sum _ fun i _ ↦ (tendsto_pi_nhds.1 hlim i).pow 2
  have hval : ∑ i, fderiv ℝ h z (√2 • η) i ^ 2 = 2 * ∑ i, fderiv ℝ h z η i ^ 2 := by
    rw [Finset.mul_sum]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [ContinuousLinearMap.map_smul, Pi.smul_apply, smul_eq_mul, mul_pow, Real.sq_sqrt zero_le_two]
  rw [hval] at hsum
  refine hsum.congr' ?_
  filter_upwards [eventually_mem_Ioo_zero_one] with ρ hρ
  simp only [sum_sq_div_eq hρ.2, add_step, Pi.sub_apply]

/-- The rescaled step is bounded by `‖z‖ + 2 ‖η‖`. -/
private theorem norm_step_le {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (z η : Fin n → ℝ) :
    ‖(ρ - 1) • z + √(1 - ρ ^ 2) • η‖ ≤ √(1 - ρ) * (‖z‖ + 2 * ‖η‖) := by
  have hpos : 0 < √(1 - ρ) := Real.sqrt_pos.2 (sub_pos.2 h₁)
  have hle₁ : √(1 - ρ) ≤ 1 := Real.sqrt_le_iff.2 ⟨zero_le_one, by rw [one_pow]; linarith⟩
  have hle₂ : √(1 + ρ) ≤ 2 := Real.sqrt_le_iff.2 ⟨zero_le_two, by norm_num; linarith⟩
  have hstep : (ρ - 1) • z + √(1 - ρ ^ 2) • η =
      √(1 - ρ) • (-√(1 - ρ) • z + √(1 + ρ) • η) := by
    rw [← inv_sqrt_smul_step h₁, smul_smul, mul_inv_cancel₀ hpos.ne', one_smul]
  rw [hstep, norm_smul, Real.norm_of_nonneg hpos.le]
  refine mul_le_mul_of_nonneg_left ((norm_add_le _ _).trans (add_le_add ?_ ?_)) hpos.le
  · rw [norm_smul, norm_neg, Real.norm_of_nonneg hpos.le]
    exact mul_le_of_le_one_left (norm_nonneg z) hle₁
  · rw [norm_smul, Real.norm_of_nonneg (Real.sqrt_nonneg _)]
    exact mul_le_mul_of_nonneg_right hle₂ (norm_nonneg η)

private theorem sum_sq_le_mul_norm_sq (a : Fin n → ℝ) : ∑ i, a i ^ 2 ≤ n * ‖a‖ ^ 2 := by
  have h : ∀ i ∈ Finset.univ, a i ^ 2 ≤ ‖a‖ ^ 2 := fun i _ ↦ by
    rw [← sq_abs, ← Real.norm_eq_abs]
    exact pow_le_pow_left₀ (norm_nonneg _) (norm_le_pi_norm a i) 2
  refine (Finset.sum_le_sum h).trans_eq ?_
  rw [Finset.sum_const, Finset.card_univ, Fintype.card_fin, nsmul_eq_mul]

private theorem norm_sq_le_sum_sq (a : Fin n → ℝ) : ‖a‖ ^ 2 ≤ ∑ i, a i ^ 2 := by
  have hnn : 0 ≤ ∑ i, a i ^ 2 := Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have h : ‖a‖ ≤ √(∑ i, a i ^ 2) := (pi_norm_le_iff_of_nonneg (Real.sqrt_nonneg _)).2 fun i ↦ by
    rw [Real.norm_eq_abs]
    exact Real.abs_le_sqrt (Finset.single_le_sum (f := fun i ↦ a i ^ 2) (fun i _ ↦ sq_nonneg _)
      (Finset.mem_univ i))
  calc
    ‖a‖ ^ 2 ≤ √(∑ i, a i ^ 2) ^ 2 := pow_le_pow_left₀ (norm_nonneg _) h 2
    _ = ∑ i, a i ^ 2 := Real.sq_sqrt hnn

/-- What dominates the rescaled change of the encoder. -/
private theorem sum_sq_div_le {h : (Fin n → ℝ) → Fin n → ℝ} (hh : Differentiable ℝ h) {C : ℝ}
    (hC : ∀ z, ‖fderiv ℝ h z‖ ≤ C) {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (z η : Fin n → ℝ) :
    (∑ i, (h (ρ • z + √(1 - ρ ^ 2) • η) i - h z i) ^ 2) / (1 - ρ) ≤
      n * C ^ 2 * (2 * ∑ i, z i ^ 2 + 8 * ∑ i, η i ^ 2) := by
  have hpos : 0 < 1 - ρ := sub_pos.2 h₁
  have hC₀ : 0 ≤ C := (norm_nonneg _).trans (hC z)
  have hlip : ‖h (ρ • z + √(1 - ρ ^ 2) • η) - h z‖ ≤ C * (√(1 - ρ) * (‖z‖ + 2 * ‖η‖)) := by
    have hmv := convex_univ.norm_image_sub_le_of_norm_fderiv_le (𝕜 := ℝ) (f := h) (C := C)
      (fun x _ ↦ hh x) (fun x _ ↦ hC x) (Set.mem_univ z) (Set.mem_univ (ρ • z + √(1 - ρ ^ 2) • η))
    refine hmv.trans (mul_le_mul_of_nonneg_left ?_ hC₀)
    rw [← add_step ρ z η, add_sub_cancel_left]
    exact norm_step_le h₀ h₁ z η
  have hsq : ‖h (ρ • z + √(1 - ρ ^ 2) • η) - h z‖ ^ 2 ≤
      C ^ 2 * (1 - ρ) * (‖z‖ + 2 * ‖η‖) ^ 2 := by
    refine (pow_le_pow_left₀ (norm_nonneg _) hlip 2).trans_eq ?_
    rw [mul_pow, mul_pow, Real.sq_sqrt hpos.le, mul_assoc]
  have hnorm : (‖z‖ + 2 * ‖η‖) ^ 2 ≤ 2 * ∑ i, z i ^ 2 + 8 * ∑ i, η i ^ 2 := by
    have h₂ := norm_sq_le_sum_sq z
    have h₃ := norm_sq_le_sum_sq η
    nlinarith [sq_nonneg (‖z‖ - 2 * ‖η‖)]
  rw [div_le_iff₀ hpos]
  calc
    ∑ i, (h (ρ • z + √(1 - ρ ^ 2) • η) i - h z i) ^ 2
      ≤ n * ‖h (ρ • z + √(1 - ρ ^ 2) • η) - h z‖ ^ 2 :=
        sum_sq_le_mul_norm_sq (h (ρ • z + √(1 - ρ ^ 2) • η) - h z)
    _ ≤ n * (C ^ 2 * (1 - ρ) * (‖z‖ + 2 * ‖η‖) ^ 2) :=
        mul_le_mul_of_nonneg_left hsq (Nat.cast_nonneg n)
    _ ≤ n * (C ^ 2 * (1 - ρ) * (2 * ∑ i, z i ^ 2 + 8 * ∑ i, η i ^ 2)) :=
        mul_le_mul_of_nonneg_left (mul_le_mul_of_nonneg_left hnorm
          (mul_nonneg (sq_nonneg C) hpos.le)) (Nat.cast_nonneg n)
    _ = n * C ^ 2 * (2 * ∑ i, z i ^ 2 + 8 * ∑ i, η i ^ 2) * (1 - ρ) := by ring

/-- The mean of `‖J η‖²` over a standard Gaussian `η` is `‖J‖_F²`. -/
theorem integral_sum_fderiv_sq (h : (Fin n → ℝ) → Fin n → ℝ) (z : Fin n → ℝ) :
    ∫ η, ∑ i, fderiv ℝ h z η i ^ 2 ∂γ n = ∑ i, ∑ j, jacobian h z i j ^ 2 := by
  have hentry : ∀ η i, fderiv ℝ h z η i = ∑ j, jacobian h z i j * η j := fun η i ↦
    (congrFun (jacobian_mulVec h z η) i).symm
  have hint : ∀ i, Integrable (fun η : Fin n → ℝ ↦ (∑ j, jacobian h z i j * η j) ^ 2) (γ n) :=
    fun i ↦ (memLp_linear (jacobian h z i)).integrable_sq
  simp only [hentry]
  rw [integral_finset_sum _ fun i _ ↦ hint i]
  exact Finset.sum_congr rfl fun i _ ↦ by
    simpa only [← sq] using integral_linear_mul_linear (jacobian h z i) (jacobian h z i)

/-- **Alignment at small steps is the Dirichlet energy**: for a `C¹` encoder of bounded derivative,
`𝔼 ‖h z' - h z‖² / (1 - ρ)` tends to `2 𝔼 ‖∂h‖²_F` as the correlation `ρ` tends to one from below.
-/
theorem tendsto_alignment_div {h : (Fin n → ℝ) → Fin n → ℝ} (hh : ContDiff ℝ 1 h) {C : ℝ}
    (hC : ∀ z, ‖fderiv ℝ h z‖ ≤ C) :
    Tendsto (fun ρ ↦ alignment (ouLaw n ρ) h / (1 - ρ)) (𝓝[<] 1)
      (𝓝 (2 * dirichletEnergy h)) := by
  have hd : Differentiable ℝ h := hh.differentiable one_ne_zero
  have hbound : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      n * C ^ 2 * (2 * ∑ i, p.1 i ^ 2 + 8 * ∑ i, p.2 i ^ 2)) ((γ n).prod (γ n)) :=
    ((((integrable_sum_sq_stdGaussian n).comp_fst (γ n)).const_mul 2).add
      (((integrable_sum_sq_stdGaussian n).comp_snd (γ n)).const_mul 8)).const_mul _
  have hcont : ∀ ρ : ℝ, Continuous fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (∑ i, (h (ρ • p.1 + √(1 - ρ ^ 2) • p.2) i - h p.1 i) ^ 2) / (1 - ρ) := fun ρ ↦ by
    have hs : Continuous fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ ρ • p.1 + √(1 - ρ ^ 2) • p.2 :=
      (continuous_fst.const_smul ρ).add (continuous_snd.const_smul _)
    exact (continuous_finset_sum _ fun i _ ↦
      ((((continuous_apply i).comp (hh.continuous.comp hs)).sub
        ((continuous_apply i).comp (hh.continuous.comp continuous_fst))).pow 2)).div_const _
  have hlim := tendsto_integral_filter_of_dominated_convergence
    (μ := (γ n).prod (γ n)) (l := 𝓝[<] (1 : ℝ))
    (F := fun (ρ : ℝ) (p : (Fin n → ℝ) × (Fin n → ℝ)) ↦
      (∑ i, (h (ρ • p.1 + √(1 - ρ ^ 2) • p.2) i - h p.1 i) ^ 2) / (1 - ρ))
    (f := fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ 2 * ∑ i, fderiv ℝ h p.1 p.2 i ^ 2)
    (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ n * C ^ 2 * (2 * ∑ i, p.1 i ^ 2 + 8 * ∑ i, p.2 i ^ 2))
    (Filter.Eventually.of_forall fun ρ ↦ (hcont ρ).aestronglyMeasurable)
    (by
      filter_upwards [eventually_mem_Ioo_zero_one] with ρ hρ
      refine ae_of_all _ fun p ↦ ?_
      have hnn : 0 ≤ ∑ i, (h (ρ • p.1 + √(1 - ρ ^ 2) • p.2) i - h p.1 i) ^ 2 :=
        Finset.sum_nonneg fun i _ ↦ sq_nonneg _
      rw [Real.norm_of_nonneg (div_nonneg hnn (sub_pos.2 hρ.2).le)]
      exact sum_sq_div_le hd hC hρ.1 hρ.2 p.1 p.2)
    hbound (ae_of_all _ fun p ↦ tendsto_sum_sq_div hd p.1 p.2)
  have hfd : Continuous fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ 2 * ∑ i, fderiv ℝ h p.1 p.2 i ^ 2 :=
    continuous_const.mul (continuous_finset_sum _ fun i _ ↦ ((continuous_apply i).comp
      (hh.continuous_fderiv_apply one_ne_zero)).pow 2)
  have hfi : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ 2 * ∑ i, fderiv ℝ h p.1 p.2 i ^ 2)
      ((γ n).prod (γ n)) := by
    refine (((integrable_sum_sq_stdGaussian n).comp_snd (γ n)).const_mul
      (2 * (n * C ^ 2))).mono' hfd.aestronglyMeasurable (ae_of_all _ fun p ↦ ?_)
    have hnn : 0 ≤ ∑ i, fderiv ℝ h p.1 p.2 i ^ 2 := Finset.sum_nonneg fun i _ ↦ sq_nonneg _
    have hC₀ : 0 ≤ C := (norm_nonneg _).trans (hC p.1)
    have hop : ‖fderiv ℝ h p.1 p.2‖ ^ 2 ≤ C ^ 2 * ∑ i, p.2 i ^ 2 := by
      have h₁ : ‖fderiv ℝ h p.1 p.2‖ ≤ C * ‖p.2‖ :=
        ((fderiv ℝ h p.1).le_opNorm p.2).trans
          (mul_le_mul_of_nonneg_right (hC p.1) (norm_nonneg _))
      refine (pow_le_pow_left₀ (norm_nonneg _) h₁ 2).trans ?_
      rw [mul_pow]
      exact mul_le_mul_of_nonneg_left (norm_sq_le_sum_sq p.2) (sq_nonneg C)
    rw [Real.norm_of_nonneg (mul_nonneg zero_le_two hnn), mul_assoc]
    refine mul_le_mul_of_nonneg_left ((sum_sq_le_mul_norm_sq _).trans ?_) zero_le_two
    rw [mul_assoc]
    exact mul_le_mul_of_nonneg_left hop (Nat.cast_nonneg n)
  have hval : ∫ p, 2 * ∑ i, fderiv ℝ h p.1 p.2 i ^ 2 ∂(γ n).prod (γ n) =
      2 * dirichletEnergy h := by
    rw [integral_prod _ hfi]
    simp only [integral_const_mul, integral_sum_fderiv_sq]
    rfl
  rw [hval] at hlim
  refine hlim.congr fun ρ ↦ ?_
  rw [alignment_ouLaw_of_continuous hh.continuous]
  exact integral_div _ _

end Lejepa
