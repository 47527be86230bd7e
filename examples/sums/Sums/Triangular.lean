module

/-!
# Triangular numbers

## Main results
* `Sums.two_mul_triangular`: the sum of the first `n` numbers, in closed form.
* `Sums.lt_triangular`: it is greater than `n` beyond two.
-/

public section

namespace Sums

/-- The sum `1 + 2 + ⋯ + n`. -/
@[expose] def triangular : Nat → Nat
  | 0 => 0
  | n + 1 => triangular n + (n + 1)

/-- **The sum of the first `n` numbers** is half the product of `n` and its successor. -/
theorem two_mul_triangular (n : Nat) : 2 * triangular n = n * (n + 1) := by
  induction n with
  | zero => rfl
  | succ n ih => rw [triangular, Nat.mul_add, ih, ← Nat.add_mul, Nat.mul_comm, Nat.add_comm n 2]

/-- Beyond two, the sum is greater than its last term. -/
theorem lt_triangular {n : Nat} (h : 2 ≤ n) : n < triangular n := by
  have double := two_mul_triangular n
  have large : 3 * n ≤ n * (n + 1) := by
    rw [Nat.mul_comm]
    exact Nat.mul_le_mul_left n (Nat.succ_le_succ h)
  omega

end Sums
