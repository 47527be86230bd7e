/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Algebra.Polynomial.AlgebraMap
public import Mathlib.RingTheory.Polynomial.Hermite.Basic

/-!
# Recurrences of the Hermite polynomials

## Main results
* `Polynomial.derivative_hermite_succ`: `He_{k+1}' = (k + 1) He_k`.
* `Polynomial.X_mul_hermite`: `X He_k = He_{k+1} + k He_{k-1}`.
* `Polynomial.aeval_derivative_hermite_succ`, `Polynomial.mul_aeval_hermite`,
  `Polynomial.aeval_hermite_add_two`: the same for values.
-/

public section

namespace Polynomial

/-- `He_{k+1}' = (k + 1) He_k`. -/
theorem derivative_hermite_succ (k : ℕ) :
    derivative (hermite (k + 1)) = ((k : ℤ[X]) + 1) * hermite k := by
  induction k with
  | zero =>
    rw [zero_add, hermite_one, derivative_X, hermite_zero, Nat.cast_zero, zero_add, map_one,
      mul_one]
  | succ k ih =>
    have h : hermite (k + 1) = X * hermite k - derivative (hermite k) := hermite_succ k
    rw [hermite_succ (k + 1), ih, derivative_sub, derivative_mul, derivative_mul, derivative_X, ih,
      derivative_add, derivative_natCast, derivative_one, h]
    push_cast
    ring

/-- The three-term recurrence `X He_k = He_{k+1} + k He_{k-1}`. -/
theorem X_mul_hermite (k : ℕ) :
    X * hermite k = hermite (k + 1) + (k : ℤ[X]) * hermite (k - 1) := by
  cases k with
  | zero =>
    rw [zero_add, hermite_one, hermite_zero, Nat.cast_zero, zero_mul, add_zero, map_one, mul_one]
  | succ k =>
    rw [hermite_succ (k + 1), derivative_hermite_succ, Nat.add_sub_cancel]
    push_cast
    ring

variable {A : Type*} [CommRing A] (x : A)

/-- The identity `He_{k+1}'(x) = (k + 1) He_k(x)` at an element `x` of a commutative ring. -/
theorem aeval_derivative_hermite_succ (k : ℕ) :
    aeval x (derivative (hermite (k + 1))) = ((k : A) + 1) * aeval x (hermite k) := by
  simp only [derivative_hermite_succ, map_mul, map_add, map_natCast, map_one]

/-- The three-term recurrence for the values `x He_k(x)`. -/
theorem mul_aeval_hermite (k : ℕ) :
    x * aeval x (hermite k) = aeval x (hermite (k + 1)) + (k : A) * aeval x (hermite (k - 1)) := by
  simpa only [map_mul, map_add, aeval_X, map_natCast] using
    congrArg (fun p : ℤ[X] ↦ aeval x p) (X_mul_hermite k)

/-- The recurrence `He_{k+2}(x) = x He_{k+1}(x) - (k + 1) He_k(x)` at an element `x` of a
commutative ring. -/
theorem aeval_hermite_add_two (k : ℕ) :
    aeval x (hermite (k + 2)) =
      x * aeval x (hermite (k + 1)) - ((k : A) + 1) * aeval x (hermite k) := by
  have h : hermite (k + 2) = X * hermite (k + 1) - derivative (hermite (k + 1)) :=
    hermite_succ (k + 1)
  rw [h, map_sub, map_mul, aeval_X, aeval_derivative_hermite_succ]

end Polynomial
