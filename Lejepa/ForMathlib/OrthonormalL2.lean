/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Algebra.QuadraticDiscriminant
public import Mathlib.MeasureTheory.Function.L2Space

/-!
# Square-integrable functions and a finite orthonormal family

## Main results
* `MeasureTheory.integral_sub_sum_mul_sub_sum`: the integral of
  `(f - ∑ aⱼ eⱼ) (g - ∑ bⱼ eⱼ)` for an orthonormal family `e`.
* `MeasureTheory.sq_integral_mul_le`: Cauchy–Schwarz.
* `MeasureTheory.sum_sum_sq_integral_mul_le`: the Frobenius norm of a matrix of second moments is
  at most its trace.
* `Finset.sqrt_sum_sq_sub_le`: the triangle inequality for square roots of sums of squares.
-/

public section

open Finset

namespace Finset

/-- The triangle inequality `|x - y| ≤ |x| + |y|` of Euclidean norms. -/
theorem sqrt_sum_sq_sub_le {ι : Type*} (s : Finset ι) (x y : ι → ℝ) :
    √(∑ i ∈ s, (x i - y i) ^ 2) ≤ √(∑ i ∈ s, x i ^ 2) + √(∑ i ∈ s, y i ^ 2) := by
  have hX : 0 ≤ ∑ i ∈ s, x i ^ 2 := sum_nonneg fun i _ ↦ sq_nonneg (x i)
  have hY : 0 ≤ ∑ i ∈ s, y i ^ 2 := sum_nonneg fun i _ ↦ sq_nonneg (y i)
  have hXY : -∑ i ∈ s, x i * y i ≤ √(∑ i ∈ s, x i ^ 2) * √(∑ i ∈ s, y i ^ 2) := by
    have h := Real.sum_mul_le_sqrt_mul_sqrt s x fun i ↦ -y i
    simpa only [mul_neg, sum_neg_distrib, neg_sq] using h
  have hsum : ∑ i ∈ s, (x i - y i) ^ 2 =
      ∑ i ∈ s, x i ^ 2 - 2 * ∑ i ∈ s, x i * y i + ∑ i ∈ s, y i ^ 2 := by
    rw [mul_sum, ← sum_sub_distrib, ← sum_add_distrib]
    exact sum_congr rfl fun i _ ↦ by ring
  refine Real.sqrt_le_iff.2 ⟨add_nonneg (Real.sqrt_nonneg _) (Real.sqrt_nonneg _), ?_⟩
  rw [hsum, add_sq, Real.sq_sqrt hX, Real.sq_sqrt hY]
  linarith

end Finset

namespace MeasureTheory

variable {Ω ι : Type*} [MeasurableSpace Ω] {μ : Measure Ω} {f g : Ω → ℝ}

/-- Two square-integrable functions from which combinations of an orthonormal family are
subtracted. -/
theorem integral_sub_sum_mul_sub_sum [Fintype ι] [DecidableEq ι] {e : ι → Ω → ℝ}
    (hf : MemLp f 2 μ) (hg : MemLp g 2 μ) (he : ∀ j, MemLp (e j) 2 μ)
    (orth : ∀ j k, ∫ x, e j x * e k x ∂μ = if j = k then 1 else 0) (a b : ι → ℝ) :
    ∫ x, (f x - ∑ j, a j * e j x) * (g x - ∑ j, b j * e j x) ∂μ =
      ∫ x, f x * g x ∂μ - ∑ j, b j * ∫ x, f x * e j x ∂μ - ∑ j, a j * ∫ x, g x * e j x ∂μ +
        ∑ j, a j * b j := by
  have expand : ∀ x, (f x - ∑ j, a j * e j x) * (g x - ∑ j, b j * e j x) =
      f x * g x - ∑ j, b j * (f x * e j x) - ∑ j, a j * (g x * e j x) +
        ∑ j, ∑ k, a j * b k * (e j x * e k x) := by
    intro x
    have h₁ : ∑ j, b j * (f x * e j x) = f x * ∑ j, b j * e j x := by
      rw [mul_sum]
      exact sum_congr rfl fun j _ ↦ by ring
    have h₂ : ∑ j, a j * (g x * e j x) = g x * ∑ j, a j * e j x := by
      rw [mul_sum]
      exact sum_congr rfl fun j _ ↦ by ring
    have h₃ : ∑ j, ∑ k, a j * b k * (e j x * e k x) =
        (∑ j, a j * e j x) * ∑ k, b k * e k x := by
      rw [sum_mul_sum]
      exact sum_congr rfl fun j _ ↦ sum_congr rfl fun k _ ↦ by ring
    rw [h₁, h₂, h₃]
    ring
  have i₁ : Integrable (fun x ↦ f x * g x) μ := hf.integrable_mul hg
  have i₂ : ∀ j, Integrable (fun x ↦ b j * (f x * e j x)) μ := fun j ↦
    (hf.integrable_mul (he j)).const_mul (b j)
  have i₃ : ∀ j, Integrable (fun x ↦ a j * (g x * e j x)) μ := fun j ↦
    (hg.integrable_mul (he j)).const_mul (a j)
  have i₄ : ∀ j k, Integrable (fun x ↦ a j * b k * (e j x * e k x)) μ := fun j k ↦
    ((he j).integrable_mul (he k)).const_mul (a j * b k)
  have s₂ : Integrable (fun x ↦ ∑ j, b j * (f x * e j x)) μ :=
    integrable_finset_sum _ fun j _ ↦ i₂ j
  have s₃ : Integrable (fun x ↦ ∑ j, a j * (g x * e j x)) μ :=
    integrable_finset_sum _ fun j _ ↦ i₃ j
  have i₅ : ∀ j, Integrable (fun x ↦ ∑ k, a j * b k * (e j x * e k x)) μ := fun j ↦
    integrable_finset_sum _ fun k _ ↦ i₄ j k
  have s₄ : Integrable (fun x ↦ ∑ j, ∑ k, a j * b k * (e j x * e k x)) μ :=
    integrable_finset_sum _ fun j _ ↦ i₅ j
  have d₁ : Integrable (fun x ↦ f x * g x - ∑ j, b j * (f x * e j x)) μ := i₁.sub s₂
  have d₂ : Integrable
      (fun x ↦ f x * g x - ∑ j, b j * (f x * e j x) - ∑ j, a j * (g x * e j x)) μ := d₁.sub s₃
  have v₂ : ∫ x, ∑ j, b j * (f x * e j x) ∂μ = ∑ j, b j * ∫ x, f x * e j x ∂μ := by
    rw [integral_finset_sum _ fun j _ ↦ i₂ j]
    exact sum_congr rfl fun j _ ↦ integral_const_mul _ _
  have v₃ : ∫ x, ∑ j, a j * (g x * e j x) ∂μ = ∑ j, a j * ∫ x, g x * e j x ∂μ := by
    rw [integral_finset_sum _ fun j _ ↦ i₃ j]
    exact sum_congr rfl fun j _ ↦ integral_const_mul _ _
  have v₄ : ∫ x, ∑ j, ∑ k, a j * b k * (e j x * e k x) ∂μ = ∑ j, a j * b j := by
    rw [integral_finset_sum _ fun j _ ↦ i₅ j]
    refine sum_congr rfl fun j _ ↦ ?_
    rw [integral_finset_sum _ fun k _ ↦ i₄ j k]
    simp only [integral_const_mul, orth, mul_ite, mul_one, mul_zero, sum_ite_eq, mem_univ,
      if_true]
  calc ∫ x, (f x - ∑ j, a j * e j x) * (g x - ∑ j, b j * e j x) ∂μ
      = ∫ x, (f x * g x - ∑ j, b j * (f x * e j x) - ∑ j, a j * (g x * e j x) +
          ∑ j, ∑ k, a j * b k * (e j x * e k x)) ∂μ :=
        integral_congr_ae (Filter.Eventually.of_forall expand)
    _ = _ := by rw [integral_add d₂ s₄, integral_sub d₁ s₃, integral_sub i₁ s₂, v₂, v₃, v₄]

/-- Cauchy–Schwarz for integrals of square-integrable real functions. -/
theorem sq_integral_mul_le (hf : MemLp f 2 μ) (hg : MemLp g 2 μ) :
    (∫ x, f x * g x ∂μ) ^ 2 ≤ (∫ x, f x ^ 2 ∂μ) * ∫ x, g x ^ 2 ∂μ := by
  have i₁ : Integrable (fun x ↦ f x ^ 2) μ := hf.integrable_sq
  have quad : ∀ t : ℝ, 0 ≤ (∫ x, g x ^ 2 ∂μ) * (t * t) + (2 * ∫ x, f x * g x ∂μ) * t +
      ∫ x, f x ^ 2 ∂μ := by
    intro t
    have i₂ : Integrable (fun x ↦ t * t * g x ^ 2) μ := hg.integrable_sq.const_mul _
    have i₃ : Integrable (fun x ↦ 2 * t * (f x * g x)) μ :=
      (hf.integrable_mul hg).const_mul _
    have i₄ : Integrable (fun x ↦ t * t * g x ^ 2 + 2 * t * (f x * g x)) μ := i₂.add i₃
    have h₀ : 0 ≤ ∫ x, (t * t * g x ^ 2 + 2 * t * (f x * g x) + f x ^ 2) ∂μ := by
      refine integral_nonneg fun x ↦ ?_
      have h : t * t * g x ^ 2 + 2 * t * (f x * g x) + f x ^ 2 = (f x + t * g x) ^ 2 := by ring
      simp only [Pi.zero_apply]
      rw [h]
      exact sq_nonneg _
    rw [integral_add i₄ i₁, integral_add i₂ i₃, integral_const_mul, integral_const_mul] at h₀
    linarith
  have h := discrim_le_zero quad
  rw [discrim] at h
  linarith

/-- The Frobenius norm of a matrix of second moments is at most its trace. -/
theorem sum_sum_sq_integral_mul_le [Fintype ι] {r : ι → Ω → ℝ} (hr : ∀ i, MemLp (r i) 2 μ) :
    ∑ i, ∑ j, (∫ x, r i x * r j x ∂μ) ^ 2 ≤ (∑ i, ∫ x, r i x ^ 2 ∂μ) ^ 2 := by
  calc ∑ i, ∑ j, (∫ x, r i x * r j x ∂μ) ^ 2
      ≤ ∑ i, ∑ j, (∫ x, r i x ^ 2 ∂μ) * ∫ x, r j x ^ 2 ∂μ :=
        sum_le_sum fun i _ ↦ sum_le_sum fun j _ ↦ sq_integral_mul_le (hr i) (hr j)
    _ = (∑ i, ∫ x, r i x ^ 2 ∂μ) ^ 2 := by rw [sq, sum_mul_sum]

end MeasureTheory
