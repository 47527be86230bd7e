/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.OrthonormalL2

/-!
# The triangle inequality in `L²` for finite families of functions

## Main results
* `MeasureTheory.integral_sub_sq_le`: Minkowski's inequality for two functions, squared.
* `MeasureTheory.sum_integral_sub_sq_le`: the same for finite families.
* `MeasureTheory.lintegral_ofReal_sum_sub_sq_le`: the same, as a Lebesgue integral.
* `MeasureTheory.memLp_two_of_lintegral_ofReal_sum_sq_ne_top`,
  `MeasureTheory.sum_integral_sq_le_of_lintegral_ofReal_le`: back from the Lebesgue integral.
-/

public section

open Finset
open scoped ENNReal

namespace MeasureTheory

variable {Ω ι : Type*} [MeasurableSpace Ω] {μ : Measure Ω}

/-- Minkowski's inequality for two square-integrable functions, squared. -/
theorem integral_sub_sq_le {f g : Ω → ℝ} (hf : MemLp f 2 μ) (hg : MemLp g 2 μ) :
    ∫ x, (f x - g x) ^ 2 ∂μ ≤ (√(∫ x, f x ^ 2 ∂μ) + √(∫ x, g x ^ 2 ∂μ)) ^ 2 := by
  have i₁ : Integrable (fun x ↦ f x ^ 2) μ := hf.integrable_sq
  have i₂ : Integrable (fun x ↦ g x ^ 2) μ := hg.integrable_sq
  have i₃ : Integrable (fun x ↦ 2 * (f x * g x)) μ := (hf.integrable_mul hg).const_mul 2
  have i₁₃ : Integrable (fun x ↦ f x ^ 2 - 2 * (f x * g x)) μ := i₁.sub i₃
  have hX : 0 ≤ ∫ x, f x ^ 2 ∂μ := integral_nonneg fun x ↦ sq_nonneg _
  have hY : 0 ≤ ∫ x, g x ^ 2 ∂μ := integral_nonneg fun x ↦ sq_nonneg _
  have e : ∫ x, (f x - g x) ^ 2 ∂μ =
      ∫ x, f x ^ 2 ∂μ - 2 * ∫ x, f x * g x ∂μ + ∫ x, g x ^ 2 ∂μ := by
    have e' : (fun x ↦ (f x - g x) ^ 2) = fun x ↦ f x ^ 2 - 2 * (f x * g x) + g x ^ 2 :=
      funext fun x ↦ by ring
    rw [e', integral_add i₁₃ i₂, integral_sub i₁ i₃, integral_const_mul]
  have hcs : -∫ x, f x * g x ∂μ ≤ √(∫ x, f x ^ 2 ∂μ) * √(∫ x, g x ^ 2 ∂μ) := by
    rw [← Real.sqrt_mul hX]
    refine Real.le_sqrt_of_sq_le ?_
    rw [neg_sq]
    exact sq_integral_mul_le hf hg
  rw [e, add_sq, Real.sq_sqrt hX, Real.sq_sqrt hY]
  linarith

/-- The triangle inequality in `L²` for finite families of functions, squared. -/
theorem sum_integral_sub_sq_le [Fintype ι] {a b : ι → Ω → ℝ} (ha : ∀ i, MemLp (a i) 2 μ)
    (hb : ∀ i, MemLp (b i) 2 μ) :
    ∑ i, ∫ x, (a i x - b i x) ^ 2 ∂μ ≤
      (√(∑ i, ∫ x, a i x ^ 2 ∂μ) + √(∑ i, ∫ x, b i x ^ 2 ∂μ)) ^ 2 := by
  have hA : ∀ i, √(∫ x, a i x ^ 2 ∂μ) ^ 2 = ∫ x, a i x ^ 2 ∂μ := fun i ↦
    Real.sq_sqrt (integral_nonneg fun x ↦ sq_nonneg _)
  have hB : ∀ i, √(∫ x, b i x ^ 2 ∂μ) ^ 2 = ∫ x, b i x ^ 2 ∂μ := fun i ↦
    Real.sq_sqrt (integral_nonneg fun x ↦ sq_nonneg _)
  have h := sqrt_sum_sq_sub_le univ (fun i ↦ √(∫ x, a i x ^ 2 ∂μ)) fun i ↦ -√(∫ x, b i x ^ 2 ∂μ)
  simp only [sub_neg_eq_add, neg_sq, hA, hB] at h
  exact (sum_le_sum fun i _ ↦ integral_sub_sq_le (ha i) (hb i)).trans (Real.sqrt_le_iff.1 h).2

/-- The triangle inequality in `L²` for finite families of functions, as a Lebesgue integral. -/
theorem lintegral_ofReal_sum_sub_sq_le [Fintype ι] {a b : ι → Ω → ℝ}
    (ha : ∀ i, MemLp (a i) 2 μ) (hb : ∀ i, MemLp (b i) 2 μ) {X Y : ℝ}
    (hX : ∑ i, ∫ x, a i x ^ 2 ∂μ ≤ X) (hY : ∑ i, ∫ x, b i x ^ 2 ∂μ ≤ Y) :
    ∫⁻ x, ENNReal.ofReal (∑ i, (a i x - b i x) ^ 2) ∂μ ≤ ENNReal.ofReal ((√X + √Y) ^ 2) := by
  have hi : ∀ i, Integrable (fun x ↦ (a i x - b i x) ^ 2) μ := fun i ↦
    ((ha i).sub (hb i)).integrable_sq
  have hs : Integrable (fun x ↦ ∑ i, (a i x - b i x) ^ 2) μ :=
    integrable_finset_sum _ fun i _ ↦ hi i
  have h0 : 0 ≤ᵐ[μ] fun x ↦ ∑ i, (a i x - b i x) ^ 2 :=
    Filter.Eventually.of_forall fun x ↦ sum_nonneg fun i _ ↦ sq_nonneg _
  rw [← ofReal_integral_eq_lintegral_ofReal hs h0, integral_finset_sum _ fun i _ ↦ hi i]
  refine ENNReal.ofReal_le_ofReal ((sum_integral_sub_sq_le ha hb).trans ?_)
  exact pow_le_pow_left₀ (add_nonneg (Real.sqrt_nonneg _) (Real.sqrt_nonneg _))
    (add_le_add (Real.sqrt_le_sqrt hX) (Real.sqrt_le_sqrt hY)) 2

/-- Functions whose squares have a finite sum of Lebesgue integrals are square-integrable. -/
theorem memLp_two_of_lintegral_ofReal_sum_sq_ne_top [Fintype ι] {a : ι → Ω → ℝ}
    (ha : ∀ i, AEStronglyMeasurable (a i) μ)
    (hfin : ∫⁻ x, ENNReal.ofReal (∑ i, a i x ^ 2) ∂μ ≠ ∞) (i : ι) : MemLp (a i) 2 μ := by
  have hm : AEStronglyMeasurable (fun x ↦ a i x ^ 2) μ := (ha i).pow 2
  have h0 : 0 ≤ᵐ[μ] fun x ↦ a i x ^ 2 := Filter.Eventually.of_forall fun x ↦ sq_nonneg _
  refine (memLp_two_iff_integrable_sq (ha i)).2
    ((lintegral_ofReal_ne_top_iff_integrable hm h0).1 ?_)
  refine ne_top_of_le_ne_top hfin (lintegral_mono fun x ↦ ENNReal.ofReal_le_ofReal ?_)
  exact single_le_sum (f := fun j ↦ a j x ^ 2) (fun j _ ↦ sq_nonneg _) (mem_univ i)

/-- A bound on the Lebesgue integral of a sum of squares bounds their integrals. -/
theorem sum_integral_sq_le_of_lintegral_ofReal_le [Fintype ι] {a : ι → Ω → ℝ}
    (ha : ∀ i, AEStronglyMeasurable (a i) μ) {E : ℝ} (hE : 0 ≤ E)
    (h : ∫⁻ x, ENNReal.ofReal (∑ i, a i x ^ 2) ∂μ ≤ ENNReal.ofReal E) :
    ∑ i, ∫ x, a i x ^ 2 ∂μ ≤ E := by
  have hL : ∀ i, Integrable (fun x ↦ a i x ^ 2) μ := fun i ↦
    (memLp_two_of_lintegral_ofReal_sum_sq_ne_top ha
      (ne_top_of_le_ne_top ENNReal.ofReal_ne_top h) i).integrable_sq
  have hs : Integrable (fun x ↦ ∑ i, a i x ^ 2) μ := integrable_finset_sum _ fun i _ ↦ hL i
  have h0 : 0 ≤ᵐ[μ] fun x ↦ ∑ i, a i x ^ 2 :=
    Filter.Eventually.of_forall fun x ↦ sum_nonneg fun i _ ↦ sq_nonneg _
  rw [← ofReal_integral_eq_lintegral_ofReal hs h0, ENNReal.ofReal_le_ofReal_iff hE,
    integral_finset_sum _ fun i _ ↦ hL i] at h
  exact h

end MeasureTheory
