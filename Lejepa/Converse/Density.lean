/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Calculus.MeanValue
public import Mathlib.Analysis.SpecialFunctions.Log.Deriv
public import Mathlib.Probability.Distributions.Gaussian.Real

/-!
# Gaussian latents are the only ones: the density form

The paper's form of the converse. Let `p` be a positive differentiable density on the line. If the
generator `f ↦ K (f'' + (log p)' f')` of its reversible diffusion has an affine eigenfunction
`a z + b` with eigenvalue `-λ`, then `p` is the Gaussian density of mean `-b/a` and variance `K/λ`.

## Main results
* `Lejepa.gaussian_of_affine_eigenfunction`
* `Lejepa.affine_eigenfunction_gaussian_iff`: conversely, the affine eigenfunctions of a Gaussian of
  mean `c` and variance `v` are the multiples of `z - c`, all of eigenvalue `-K/v` and of no other.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* `docs/mathematics.md`, the section on which worlds have a linear optimum (density form).
-/

public section

open MeasureTheory ProbabilityTheory
open scoped NNReal

namespace Lejepa

/-- A positive function whose logarithmic derivative is that of a Gaussian density is a multiple of
that density. -/
theorem exists_eq_mul_gaussianPDFReal {p : ℝ → ℝ} (pos : ∀ z, 0 < p z) (diff : Differentiable ℝ p)
    {c v : ℝ} (hv : 0 < v) (h : ∀ z, deriv (fun x ↦ Real.log (p x)) z = -(z - c) / v) :
    ∃ C, ∀ z, p z = C * gaussianPDFReal c v.toNNReal z := by
  have hlog (z : ℝ) : HasDerivAt (fun x ↦ Real.log (p x)) (-(z - c) / v) z := by
    rw [← h z]
    exact ((diff z).log (pos z).ne').hasDerivAt
  have hsq (z : ℝ) : HasDerivAt (fun x ↦ (x - c) ^ 2 / (2 * v)) ((z - c) / v) z := by
    refine ((((hasDerivAt_id' z).sub_const c).fun_pow 2).div_const (2 * v)).congr_deriv ?_
    change ((2 : ℕ) : ℝ) * (z - c) ^ 1 * 1 / (2 * v) = (z - c) / v
    rw [pow_one, Nat.cast_two, mul_one, mul_div_mul_left _ _ two_ne_zero]
  have hsum (z : ℝ) :
      HasDerivAt (fun x ↦ Real.log (p x) + (x - c) ^ 2 / (2 * v)) 0 z := by
    refine ((hlog z).fun_add (hsq z)).congr_deriv ?_
    rw [neg_div, neg_add_cancel]
  have hconst (z : ℝ) : Real.log (p z) + (z - c) ^ 2 / (2 * v) =
      Real.log (p 0) + (0 - c) ^ 2 / (2 * v) :=
    is_const_of_deriv_eq_zero (fun x ↦ (hsum x).differentiableAt) (fun x ↦ (hsum x).deriv) z 0
  set D := Real.log (p 0) + (0 - c) ^ 2 / (2 * v) with hD
  have hroot : √(2 * Real.pi * v) ≠ 0 := (Real.sqrt_pos.2 (by positivity)).ne'
  refine ⟨Real.exp D * √(2 * Real.pi * v), fun z ↦ ?_⟩
  have hpz : p z = Real.exp D * Real.exp (-(z - c) ^ 2 / (2 * v)) := by
    rw [← Real.exp_add, ← hconst z, neg_div, add_neg_cancel_right, Real.exp_log (pos z)]
  rw [gaussianPDFReal, Real.coe_toNNReal v hv.le, hpz, mul_assoc, mul_inv_cancel_left₀ hroot]

set_option linter.unusedVariables false in -- `integrable`
/-- **The paper's form**: a positive differentiable density whose generator
`f ↦ K (f'' + (log p)' f')` has an affine eigenfunction is Gaussian. That `p` is integrable follows
from its integral, `1`; the hypothesis stands as the paper has it. -/
theorem gaussian_of_affine_eigenfunction {p : ℝ → ℝ} (pos : ∀ z, 0 < p z)
    (diff : Differentiable ℝ p) (integrable : Integrable p) (total : ∫ z, p z = 1)
    {K lam a b : ℝ} (hK : 0 < K) (hlam : 0 < lam) (ha : a ≠ 0)
    (eigen : ∀ z, K * (deriv (fun x ↦ Real.log (p x)) z * a) = -lam * (a * z + b)) :
    (volume.withDensity fun z ↦ ENNReal.ofReal (p z)) =
      gaussianReal (-b / a) (K / lam).toNNReal := by
  have hv : 0 < K / lam := div_pos hK hlam
  have hv' : (K / lam).toNNReal ≠ 0 := (Real.toNNReal_pos.2 hv).ne'
  have hscore (z : ℝ) :
      deriv (fun x ↦ Real.log (p x)) z = -(z - -b / a) / (K / lam) := by
    have h := eigen z
    have hKa : K * a ≠ 0 := mul_ne_zero hK.ne' ha
    refine mul_left_cancel₀ hKa ?_
    calc K * a * deriv (fun x ↦ Real.log (p x)) z
        = K * (deriv (fun x ↦ Real.log (p x)) z * a) := by ring
      _ = -lam * (a * z + b) := h
      _ = K * a * (-(z - -b / a) / (K / lam)) := by
        field_simp
        ring
  obtain ⟨C, hC⟩ := exists_eq_mul_gaussianPDFReal pos diff hv hscore
  have hC1 : C = 1 := by
    have h : ∫ z, C * gaussianPDFReal (-b / a) (K / lam).toNNReal z = 1 := by
      rw [← total]
      exact integral_congr_ae (.of_forall fun z ↦ (hC z).symm)
    rwa [integral_const_mul, integral_gaussianPDFReal_eq_one _ hv', mul_one] at h
  rw [gaussianReal_of_var_ne_zero _ hv']
  congr 1
  funext z
  rw [gaussianPDF, hC z, hC1, one_mul]

/-- The score of a Gaussian density. -/
theorem deriv_log_gaussianPDFReal (c : ℝ) {v : ℝ≥0} (hv : v ≠ 0) (z : ℝ) :
    deriv (fun x ↦ Real.log (gaussianPDFReal c v x)) z = -(z - c) / v := by
  have hroot : (√(2 * Real.pi * v))⁻¹ ≠ 0 :=
    inv_ne_zero (Real.sqrt_pos.2 (mul_pos (mul_pos two_pos Real.pi_pos)
      (NNReal.coe_pos.2 (pos_iff_ne_zero.2 hv)))).ne'
  have e : (fun x ↦ Real.log (gaussianPDFReal c v x)) =
      fun x ↦ Real.log (√(2 * Real.pi * v))⁻¹ + -(x - c) ^ 2 / (2 * v) := by
    funext x
    rw [gaussianPDFReal, Real.log_mul hroot (Real.exp_ne_zero _), Real.log_exp]
  rw [e]
  have hsq : HasDerivAt (fun x ↦ -(x - c) ^ 2 / (2 * (v : ℝ))) (-(z - c) / v) z := by
    refine ((((hasDerivAt_id' z).sub_const c).fun_pow 2).fun_neg.div_const
      (2 * (v : ℝ))).congr_deriv ?_
    change -(((2 : ℕ) : ℝ) * (z - c) ^ 1 * 1) / (2 * v) = -(z - c) / v
    rw [pow_one, Nat.cast_two, mul_one, ← mul_neg, mul_div_mul_left _ _ two_ne_zero]
  exact (hsq.const_add _).deriv

/-- The converse of `gaussian_of_affine_eigenfunction`: a Gaussian density of mean `c` and variance
`v` has the affine eigenfunctions `a (z - c)`, of eigenvalue `-K/v`, and no other. -/
theorem affine_eigenfunction_gaussian_iff (c : ℝ) {v : ℝ≥0} (hv : v ≠ 0) {K lam a b : ℝ}
    (hK : K ≠ 0) (ha : a ≠ 0) :
    (∀ z, K * (deriv (fun x ↦ Real.log (gaussianPDFReal c v x)) z * a) = -lam * (a * z + b)) ↔
      lam = K / v ∧ b = -(a * c) := by
  have hv' : (v : ℝ) ≠ 0 := NNReal.coe_ne_zero.2 hv
  simp only [deriv_log_gaussianPDFReal c hv]
  refine ⟨fun h ↦ ?_, ?_⟩
  · have h0 := h c
    have h1 := h (c + 1)
    rw [sub_self, neg_zero, zero_div, zero_mul, mul_zero] at h0
    rw [add_sub_cancel_left] at h1
    have hlam : lam * a = K / v * a := by
      linear_combination h1 - h0
    have hlam' : lam = K / v := mul_right_cancel₀ ha hlam
    have hne : lam ≠ 0 := by
      rw [hlam']
      exact div_ne_zero hK hv'
    refine ⟨hlam', mul_left_cancel₀ hne ?_⟩
    linear_combination h0
  · rintro ⟨rfl, rfl⟩ z
    ring

end Lejepa
