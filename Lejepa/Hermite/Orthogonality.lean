/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Defs
public import Lejepa.Hermite.Stein

/-!
# Orthogonality of Hermite polynomials

## Main results
* `Lejepa.integral_aeval_hermite_mul`: in one dimension, `∫ He_m He_n dγ = n! δ_{mn}`.
* `Lejepa.integral_hermiteProd_mul`: `∫ H_α H_β dγ = α! δ_{αβ}`.
-/

public section

open MeasureTheory ProbabilityTheory Polynomial

namespace Lejepa

/-- Orthogonality of Hermite polynomials in one dimension. -/
theorem integral_aeval_hermite_mul (m n : ℕ) :
    ∫ x, aeval x (hermite m) * aeval x (hermite n) ∂gaussianReal 0 1 =
      if m = n then (n.factorial : ℝ) else 0 := by
  induction m generalizing n with
  | zero =>
    cases n with
    | zero => simp
    | succ n =>
      have hcomm : ∫ x : ℝ, aeval x (hermite 0) * aeval x (hermite (n + 1)) ∂gaussianReal 0 1 =
          ∫ x : ℝ, aeval x (hermite (n + 1)) * aeval x (hermite 0) ∂gaussianReal 0 1 := by
        congr 1
        funext x
        exact mul_comm _ _
      rw [hcomm, integral_aeval_hermite_succ_mul]
      simp
  | succ m ih =>
    cases n with
    | zero =>
      rw [integral_aeval_hermite_succ_mul]
      simp
    | succ n =>
      have hpull : ∀ x : ℝ, aeval x (hermite m) * ((n + 1) * aeval x (hermite n)) =
          (n + 1) * (aeval x (hermite m) * aeval x (hermite n)) := fun x ↦ by ring
      rw [integral_aeval_hermite_succ_mul]
      simp only [aeval_derivative_hermite_succ, hpull]
      rw [integral_const_mul, ih]
      by_cases h : m = n
      · rw [if_pos h, if_pos (congrArg (· + 1) h), Nat.factorial_succ, Nat.cast_mul, Nat.cast_add,
          Nat.cast_one]
      · rw [if_neg h, if_neg fun h' ↦ h (Nat.succ_injective h'), mul_zero]

/-- **Orthogonality** of product Hermite polynomials: those of different indices are orthogonal, and
`H_α` has mean square `∏ αᵢ!`. -/
theorem integral_hermiteProd_mul {n : ℕ} (α β : Fin n → ℕ) :
    ∫ z, hermiteProd α z * hermiteProd β z ∂γ n =
      if α = β then ∏ i, ((α i).factorial : ℝ) else 0 := by
  calc ∫ z, hermiteProd α z * hermiteProd β z ∂γ n
    _ = ∫ z : Fin n → ℝ, ∏ i, (aeval (z i) (hermite (α i)) * aeval (z i) (hermite (β i)))
          ∂(Measure.pi fun _ ↦ gaussianReal 0 1) := by
      simp only [hermiteProd, Finset.prod_mul_distrib, stdGaussian]
    _ = ∏ i, ∫ x, aeval x (hermite (α i)) * aeval x (hermite (β i)) ∂gaussianReal 0 1 :=
      integral_fintype_prod_eq_prod (𝕜 := ℝ) (E := fun _ ↦ ℝ)
        fun i x ↦ aeval x (hermite (α i)) * aeval x (hermite (β i))
    _ = ∏ i, if α i = β i then ((β i).factorial : ℝ) else 0 := by
      simp only [integral_aeval_hermite_mul]
    _ = if α = β then ∏ i, ((α i).factorial : ℝ) else 0 := by
      by_cases h : α = β
      · subst h
        simp only [if_true]
      · obtain ⟨i, hi⟩ := Function.ne_iff.1 h
        rw [if_neg h]
        exact Finset.prod_eq_zero (Finset.mem_univ i) (if_neg hi)

end Lejepa
