/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Function.L2Space
public import Mathlib.MeasureTheory.Integral.Bochner.Basic

/-!
# Mean square distance from a constant

The bias–variance identity, for random numbers and random vectors.

## Main results
* `MeasureTheory.integral_sub_const_sq`: `𝔼 (f - a)² = (𝔼 f² - (𝔼 f)²) + (𝔼 f - a)²`.
* `MeasureTheory.sq_integral_le`: `(𝔼 f)² ≤ 𝔼 f²`.
* `MeasureTheory.lintegral_ofReal_sum_sub_const_sq`: the same for vectors, with values in `[0, ∞]`.
-/

public section

namespace MeasureTheory

variable {α : Type*} {mα : MeasurableSpace α} {μ : Measure α} [IsProbabilityMeasure μ]

/-- The mean square distance from a constant is variance plus squared bias. -/
theorem integral_sub_const_sq {f : α → ℝ} (hf : MemLp f 2 μ) (a : ℝ) :
    ∫ x, (f x - a) ^ 2 ∂μ =
      ((∫ x, f x ^ 2 ∂μ) - (∫ x, f x ∂μ) ^ 2) + ((∫ x, f x ∂μ) - a) ^ 2 := by
  have h₁ : Integrable f μ := hf.integrable one_le_two
  have h₂ : Integrable (fun x ↦ f x ^ 2) μ := hf.integrable_sq
  have h₃ : Integrable (fun x ↦ 2 * a * f x) μ := h₁.const_mul (2 * a)
  have h₄ : Integrable (fun x ↦ f x ^ 2 - 2 * a * f x) μ := h₂.sub h₃
  have h₅ : Integrable (fun _ : α ↦ a ^ 2) μ := integrable_const (a ^ 2)
  have e : ∫ x, (f x - a) ^ 2 ∂μ = ∫ x, (f x ^ 2 - 2 * a * f x + a ^ 2) ∂μ := by
    refine integral_congr_ae (ae_of_all _ fun x ↦ ?_)
    beta_reduce
    ring
  rw [e, integral_add h₄ h₅, integral_sub h₂ h₃, integral_const_mul (2 * a) f, integral_const,
    probReal_univ, one_smul]
  ring

/-- Jensen's inequality for the square. -/
theorem sq_integral_le {f : α → ℝ} (hf : MemLp f 2 μ) :
    (∫ x, f x ∂μ) ^ 2 ≤ ∫ x, f x ^ 2 ∂μ := by
  have h := integral_sub_const_sq hf (∫ x, f x ∂μ)
  have h0 : 0 ≤ ∫ x, (f x - ∫ y, f y ∂μ) ^ 2 ∂μ := integral_nonneg fun x ↦ sq_nonneg _
  have e : ((∫ x, f x ∂μ) - ∫ x, f x ∂μ) ^ 2 = 0 := by rw [sub_self, zero_pow two_ne_zero]
  rw [e] at h
  linarith

/-- The mean square distance of a random vector from a constant one is variance plus squared
bias. -/
theorem lintegral_ofReal_sum_sub_const_sq {ι : Type*} [Fintype ι] {f : ι → α → ℝ}
    (hf : ∀ i, MemLp (f i) 2 μ) (a : ι → ℝ) :
    ∫⁻ x, ENNReal.ofReal (∑ i, (f i x - a i) ^ 2) ∂μ =
      ENNReal.ofReal (∑ i, ((∫ x, f i x ^ 2 ∂μ) - (∫ x, f i x ∂μ) ^ 2)) +
        ENNReal.ofReal (∑ i, ((∫ x, f i x ∂μ) - a i) ^ 2) := by
  have hi : ∀ i ∈ Finset.univ, Integrable (fun x ↦ (f i x - a i) ^ 2) μ := fun i _ ↦
    ((hf i).sub (memLp_const (a i))).integrable_sq
  have hs : Integrable (fun x ↦ ∑ i, (f i x - a i) ^ 2) μ := integrable_finset_sum _ hi
  have h0 : 0 ≤ᵐ[μ] fun x ↦ ∑ i, (f i x - a i) ^ 2 :=
    ae_of_all _ fun x ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have h₁ : 0 ≤ ∑ i, ((∫ x, f i x ^ 2 ∂μ) - (∫ x, f i x ∂μ) ^ 2) :=
    Finset.sum_nonneg fun i _ ↦ sub_nonneg.2 (sq_integral_le (hf i))
  have h₂ : 0 ≤ ∑ i, ((∫ x, f i x ∂μ) - a i) ^ 2 := Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  rw [← ofReal_integral_eq_lintegral_ofReal hs h0, ← ENNReal.ofReal_add h₁ h₂,
    integral_finset_sum _ hi, ← Finset.sum_add_distrib]
  exact congrArg ENNReal.ofReal
    (Finset.sum_congr rfl fun i _ ↦ integral_sub_const_sq (hf i) (a i))

end MeasureTheory
