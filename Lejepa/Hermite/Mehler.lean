/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Defs
public import Lejepa.Hermite.Stein

/-!
# Mehler: the Ornstein–Uhlenbeck step acts diagonally on Hermite polynomials

## Main results
* `Lejepa.integral_aeval_hermite_affine`: in one dimension, for `ρ² + s² = 1`,
  `∫ He_k(ρ x + s y) dγ(y) = ρ^k He_k(x)`.
* `Lejepa.integral_hermiteProd_ou`: the Ornstein–Uhlenbeck step multiplies `H_α` by `ρ ^ |α|`.
-/

public section

open MeasureTheory ProbabilityTheory Polynomial

namespace Lejepa

/-- One step of the recurrence behind Mehler's formula. -/
theorem integral_aeval_hermite_succ_affine {ρ s : ℝ} (h : ρ ^ 2 + s ^ 2 = 1) (k : ℕ) (a : ℝ) :
    ∫ y, aeval (a + s * y) (hermite (k + 1)) ∂gaussianReal 0 1 =
      a * (∫ y, aeval (a + s * y) (hermite k) ∂gaussianReal 0 1) -
        ρ ^ 2 * ∫ y, aeval (a + s * y) (derivative (hermite k)) ∂gaussianReal 0 1 := by
  have i₁ : Integrable (fun y : ℝ ↦ a * aeval (a + s * y) (hermite k)) (gaussianReal 0 1) :=
    (integrable_aeval_affine_gaussianReal _ a s).const_mul a
  have i₂ : Integrable (fun y : ℝ ↦ s * (y * aeval (a + s * y) (hermite k)))
      (gaussianReal 0 1) := (integrable_mul_aeval_affine_gaussianReal _ a s).const_mul s
  have i₁₂ : Integrable (fun y : ℝ ↦ a * aeval (a + s * y) (hermite k) +
      s * (y * aeval (a + s * y) (hermite k))) (gaussianReal 0 1) := i₁.add i₂
  have i₃ : Integrable (fun y : ℝ ↦ aeval (a + s * y) (derivative (hermite k)))
      (gaussianReal 0 1) := integrable_aeval_affine_gaussianReal _ a s
  calc ∫ y, aeval (a + s * y) (hermite (k + 1)) ∂gaussianReal 0 1
    _ = ∫ y, (a * aeval (a + s * y) (hermite k) + s * (y * aeval (a + s * y) (hermite k)) -
          aeval (a + s * y) (derivative (hermite k))) ∂gaussianReal 0 1 := by
      simp only [hermite_succ, map_sub, map_mul, aeval_X, add_mul, mul_assoc]
    _ = a * (∫ y, aeval (a + s * y) (hermite k) ∂gaussianReal 0 1) -
        ρ ^ 2 * ∫ y, aeval (a + s * y) (derivative (hermite k)) ∂gaussianReal 0 1 := by
      rw [integral_sub i₁₂ i₃, integral_add i₁ i₂, integral_const_mul, integral_const_mul,
        integral_mul_aeval_affine_gaussianReal]
      linear_combination
        (∫ y, aeval (a + s * y) (derivative (hermite k)) ∂gaussianReal 0 1) * h

/-- **Mehler's formula** in one dimension. -/
theorem integral_aeval_hermite_affine {ρ s : ℝ} (h : ρ ^ 2 + s ^ 2 = 1) (k : ℕ) (x : ℝ) :
    ∫ y, aeval (ρ * x + s * y) (hermite k) ∂gaussianReal 0 1 = ρ ^ k * aeval x (hermite k) := by
  have h₀ : ∫ y, aeval (ρ * x + s * y) (hermite 0) ∂gaussianReal 0 1 = 1 := by simp
  induction k using Nat.twoStepInduction with
  | zero => rw [h₀, hermite_zero, map_one, map_one, pow_zero, one_mul]
  | one =>
    have h₁ := integral_aeval_hermite_succ_affine h 0 (ρ * x)
    rw [zero_add, h₀, hermite_zero, derivative_C] at h₁
    simp only [map_zero, integral_zero, mul_zero, sub_zero, mul_one] at h₁
    rw [h₁, hermite_one, aeval_X, pow_one]
  | more n ih₀ ih₁ =>
    have h₁ := integral_aeval_hermite_succ_affine h (n + 1) (ρ * x)
    simp only [aeval_derivative_hermite_succ] at h₁
    rw [ih₁, integral_const_mul, ih₀] at h₁
    rw [h₁, aeval_hermite_add_two]
    ring

/-- **Mehler's formula**: the Ornstein–Uhlenbeck step multiplies a Hermite polynomial by `ρ` to the
power of its degree. -/
theorem integral_hermiteProd_ou {n : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) (α : Fin n → ℕ) (z : Fin n → ℝ) :
    ∫ η, hermiteProd α (ρ • z + √(1 - ρ ^ 2) • η) ∂γ n =
      ρ ^ (∑ i, α i) * hermiteProd α z := by
  have h : ρ ^ 2 + √(1 - ρ ^ 2) ^ 2 = 1 := by
    rw [Real.sq_sqrt (sub_nonneg.2 ((sq_le_one_iff_abs_le_one ρ).2 hρ)), add_sub_cancel]
  calc ∫ η, hermiteProd α (ρ • z + √(1 - ρ ^ 2) • η) ∂γ n
    _ = ∫ η : Fin n → ℝ, ∏ i, aeval (ρ * z i + √(1 - ρ ^ 2) * η i) (hermite (α i))
          ∂(Measure.pi fun _ ↦ gaussianReal 0 1) := by
      simp only [hermiteProd, stdGaussian, Pi.add_apply, Pi.smul_apply, smul_eq_mul]
    _ = ∏ i, ∫ y, aeval (ρ * z i + √(1 - ρ ^ 2) * y) (hermite (α i)) ∂gaussianReal 0 1 :=
      integral_fintype_prod_eq_prod (𝕜 := ℝ) (E := fun _ ↦ ℝ)
        fun i y ↦ aeval (ρ * z i + √(1 - ρ ^ 2) * y) (hermite (α i))
    _ = ∏ i, ρ ^ α i * aeval (z i) (hermite (α i)) := by
      simp only [integral_aeval_hermite_affine h]
    _ = ρ ^ (∑ i, α i) * hermiteProd α z := by
      rw [Finset.prod_mul_distrib, Finset.prod_pow_eq_pow_sum, hermiteProd]

end Lejepa
