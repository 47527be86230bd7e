/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.World
public import Lejepa.ForMathlib.GaussianDensity
public import Mathlib.MeasureTheory.Function.Jacobian

/-!
# The Jacobian of a diffeomorphism that preserves the Gaussian

If a `C¹` diffeomorphism `e` preserves the standard Gaussian, then `|det ∂e(z)| = φ(z) / φ(e z)` for
almost every `z`, where `φ` is its density. So `log |det ∂e(z)| = (|e z|² - |z|²) / 2`, which has
mean zero.

## Main results
* `Lejepa.ae_eq_abs_det_fderiv_mul`: the change of variables, for any density.
* `Lejepa.ae_abs_det_fderiv_eq_exp`: for the Gaussian.
* `Lejepa.integral_log_abs_det_fderiv`: the logarithm of the Jacobian has mean zero.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026], the
  appendix on the Dirichlet energy.
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal NNReal Real

namespace Lejepa

/-- Change of variables: a diffeomorphism that preserves a measure of density `p` has
`p z = |det ∂e(z)| p (e z)`. -/
theorem ae_eq_abs_det_fderiv_mul {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]
    [FiniteDimensional ℝ E] [MeasurableSpace E] [BorelSpace E] {μ : Measure E}
    [μ.IsAddHaarMeasure] {p : E → ℝ≥0∞} (hp : Measurable p) (e : E ≃ E) (he : ContDiff ℝ 1 e)
    (he' : Measurable e.symm) (hμ : (μ.withDensity p).map e = μ.withDensity p) :
    p =ᵐ[μ] fun z ↦ ENNReal.ofReal |(fderiv ℝ e z).det| * p (e z) := by
  have hem : Measurable e := he.continuous.measurable
  have hdet : Continuous fun z ↦ |(fderiv ℝ e z).det| :=
    (ContinuousLinearMap.continuous_det.comp (he.continuous_fderiv one_ne_zero)).abs
  refine ae_eq_of_forall_setLIntegral_eq_of_sigmaFinite hp ?_ fun s hs _ ↦ ?_
  · exact hdet.measurable.ennreal_ofReal.mul (hp.comp hem)
  · have hes : MeasurableSet (e '' s) := by
      rw [e.image_eq_preimage_symm]
      exact he' hs
    calc
      ∫⁻ z in s, p z ∂μ = μ.withDensity p s := (withDensity_apply p hs).symm
      _ = μ.withDensity p (e ⁻¹' (e '' s)) := by rw [Set.preimage_image_eq s e.injective]
      _ = (μ.withDensity p).map e (e '' s) := (Measure.map_apply hem hes).symm
      _ = ∫⁻ z in e '' s, p z ∂μ := by rw [hμ, withDensity_apply p hes]
      _ = ∫⁻ z in s, ENNReal.ofReal |(fderiv ℝ e z).det| * p (e z) ∂μ :=
        lintegral_image_eq_lintegral_abs_det_fderiv_mul μ hs
          (fun z _ ↦ (he.differentiable one_ne_zero z).hasFDerivAt.hasFDerivWithinAt)
          e.injective.injOn p

/-- The density of the standard Gaussian. -/
theorem stdGaussian_eq_withDensity (n : ℕ) :
    γ n = (volume : Measure (Fin n → ℝ)).withDensity
      fun z ↦ ENNReal.ofReal ((√(2 * π))⁻¹ ^ n * Real.exp (-(∑ i, z i ^ 2) / 2)) := by
  have h := pi_gaussianReal_eq_withDensity (ι := Fin n) (fun _ ↦ 0) (v := fun _ ↦ 1)
    fun _ ↦ one_ne_zero
  simp only [prod_gaussianPDFReal_zero_one, Fintype.card_fin] at h
  exact h

/-- The density `(2π)^(-n/2) e^(-|z|²/2)` of the standard Gaussian is measurable. -/
theorem measurable_stdGaussian_density (n : ℕ) :
    Measurable fun z : Fin n → ℝ ↦
      ENNReal.ofReal ((√(2 * π))⁻¹ ^ n * Real.exp (-(∑ i, z i ^ 2) / 2)) := by
  have h : Continuous fun z : Fin n → ℝ ↦
      (√(2 * π))⁻¹ ^ n * Real.exp (-(∑ i, z i ^ 2) / 2) := by
    fun_prop
  exact h.measurable.ennreal_ofReal

/-- The normalizing constant `(2π)^(-n/2)` is positive. -/
theorem inv_sqrt_two_pi_pow_pos (n : ℕ) : 0 < (√(2 * π))⁻¹ ^ n :=
  pow_pos (inv_pos.2 (Real.sqrt_pos.2 (mul_pos two_pos Real.pi_pos))) n

/-- The standard Gaussian is absolutely continuous with respect to Lebesgue measure. -/
theorem stdGaussian_absolutelyContinuous (n : ℕ) : γ n ≪ volume := by
  rw [stdGaussian_eq_withDensity]
  exact withDensity_absolutelyContinuous _ _

/-- Lebesgue measure is absolutely continuous with respect to the standard Gaussian. -/
theorem absolutelyContinuous_stdGaussian (n : ℕ) : (volume : Measure (Fin n → ℝ)) ≪ γ n := by
  rw [stdGaussian_eq_withDensity]
  refine withDensity_absolutelyContinuous' (measurable_stdGaussian_density n).aemeasurable
    (ae_of_all _ fun z ↦ ?_)
  exact (ENNReal.ofReal_pos.2 (mul_pos (inv_sqrt_two_pi_pow_pos n) (Real.exp_pos _))).ne'

variable {n : ℕ}

/-- Where `e` preserves the Gaussian, `|det ∂e(z)| = exp ((|e z|² - |z|²) / 2)`. -/
theorem ae_abs_det_fderiv_eq_exp (e : (Fin n → ℝ) ≃ (Fin n → ℝ)) (he : ContDiff ℝ 1 e)
    (he' : Measurable e.symm) (hγ : (γ n).map e = γ n) :
    ∀ᵐ z ∂γ n, |(fderiv ℝ e z).det| = Real.exp ((∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2) := by
  have hK := inv_sqrt_two_pi_pow_pos n
  rw [stdGaussian_eq_withDensity] at hγ
  refine (stdGaussian_absolutelyContinuous n).ae_le ?_
  filter_upwards [ae_eq_abs_det_fderiv_mul (measurable_stdGaussian_density n) e he he' hγ]
    with z hz₀
  have hz : ENNReal.ofReal ((√(2 * π))⁻¹ ^ n * Real.exp (-(∑ i, z i ^ 2) / 2)) =
      ENNReal.ofReal |(fderiv ℝ e z).det| *
        ENNReal.ofReal ((√(2 * π))⁻¹ ^ n * Real.exp (-(∑ i, e z i ^ 2) / 2)) := hz₀
  rw [← ENNReal.ofReal_mul (abs_nonneg _), ENNReal.ofReal_eq_ofReal_iff
    (mul_nonneg hK.le (Real.exp_pos _).le)
    (mul_nonneg (abs_nonneg _) (mul_nonneg hK.le (Real.exp_pos _).le)), mul_left_comm] at hz
  have hz' := mul_left_cancel₀ hK.ne' hz
  have hexp : (∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2 =
      -(∑ i, z i ^ 2) / 2 - -(∑ i, e z i ^ 2) / 2 := by ring
  rw [hexp, Real.exp_sub, hz', mul_div_cancel_right₀ _ (Real.exp_pos _).ne']

/-- The squared norm `|z|² = ∑ᵢ zᵢ²` is integrable under the standard Gaussian. -/
theorem integrable_sum_sq_stdGaussian (n : ℕ) :
    Integrable (fun z : Fin n → ℝ ↦ ∑ i, z i ^ 2) (γ n) := by
  refine integrable_finset_sum _ fun i _ ↦ ?_
  have h : Integrable (fun x : ℝ ↦ x ^ 2) (gaussianReal 0 1) :=
    (memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top).integrable_sq
  exact integrable_comp_eval (μ := fun _ : Fin n ↦ gaussianReal 0 1) (i := i) h

private theorem integrable_sum_sq_comp {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h)
    (hγ : (γ n).map h = γ n) : Integrable (fun z ↦ ∑ i, h z i ^ 2) (γ n) :=
  (MeasurePreserving.mk hm hγ).integrable_comp_of_integrable (integrable_sum_sq_stdGaussian n)

private theorem integral_sum_sq_comp {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h)
    (hγ : (γ n).map h = γ n) : ∫ z, ∑ i, h z i ^ 2 ∂γ n = ∫ z, ∑ i, z i ^ 2 ∂γ n := by
  have hs : AEStronglyMeasurable (fun z : Fin n → ℝ ↦ ∑ i, z i ^ 2) ((γ n).map h) := by
    rw [hγ]
    exact (integrable_sum_sq_stdGaussian n).aestronglyMeasurable
  have key : ∫ z : Fin n → ℝ, ∑ i, z i ^ 2 ∂(γ n).map h = ∫ z, ∑ i, h z i ^ 2 ∂γ n :=
    integral_map hm.aemeasurable hs
  rw [hγ] at key
  exact key.symm

/-- If `h` preserves the standard Gaussian, `(|h z|² - |z|²) / 2` is integrable under it. -/
theorem integrable_half_sub {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h)
    (hγ : (γ n).map h = γ n) :
    Integrable (fun z ↦ (∑ i, h z i ^ 2 - ∑ i, z i ^ 2) / 2) (γ n) :=
  ((integrable_sum_sq_comp hm hγ).sub (integrable_sum_sq_stdGaussian n)).div_const 2

/-- If `h` preserves the standard Gaussian, `(|h z|² - |z|²) / 2` has mean zero under it. -/
theorem integral_half_sub {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h)
    (hγ : (γ n).map h = γ n) :
    ∫ z, (∑ i, h z i ^ 2 - ∑ i, z i ^ 2) / 2 ∂γ n = 0 := by
  rw [integral_div, integral_sub (integrable_sum_sq_comp hm hγ) (integrable_sum_sq_stdGaussian n),
    integral_sum_sq_comp hm hγ, sub_self, zero_div]

/-- The logarithm of the Jacobian of a diffeomorphism that preserves the Gaussian has mean zero. -/
theorem integral_log_abs_det_fderiv (e : (Fin n → ℝ) ≃ (Fin n → ℝ)) (he : ContDiff ℝ 1 e)
    (he' : Measurable e.symm) (hγ : (γ n).map e = γ n) :
    ∫ z, Real.log |(fderiv ℝ e z).det| ∂γ n = 0 := by
  rw [← integral_half_sub he.continuous.measurable hγ]
  refine integral_congr_ae ?_
  filter_upwards [ae_abs_det_fderiv_eq_exp e he he' hγ] with z hz
  rw [hz, Real.log_exp]

end Lejepa
