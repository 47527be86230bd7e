/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Function.L2Space

/-!
# Linear combinations of finitely many square-integrable functions

## Main results
* `MeasureTheory.memLp_sum_mul`: a linear combination is square-integrable.
* `MeasureTheory.integral_sum_mul_mul`: its integral against a square-integrable function.
-/

public section

namespace MeasureTheory

variable {α ι : Type*} [MeasurableSpace α] [Fintype ι] {m : Measure α} (a : ι → ℝ) {y : α → ι → ℝ}

/-- A linear combination of square-integrable functions is square-integrable. -/
theorem memLp_sum_mul (hy : ∀ i, MemLp (fun x ↦ y x i) 2 m) :
    MemLp (fun x ↦ ∑ i, a i * y x i) 2 m :=
  memLp_finset_sum _ fun i _ ↦ (hy i).const_mul (a i)

/-- Integrals of a linear combination against a function. -/
theorem integral_sum_mul_mul {w : α → ℝ} (hy : ∀ i, MemLp (fun x ↦ y x i) 2 m)
    (hw : MemLp w 2 m) :
    ∫ x, (∑ i, a i * y x i) * w x ∂m = ∑ i, a i * ∫ x, y x i * w x ∂m := by
  have e : ∀ x, (∑ i, a i * y x i) * w x = ∑ i, a i * (y x i * w x) := fun x ↦ by
    rw [Finset.sum_mul]
    exact Finset.sum_congr rfl fun i _ ↦ mul_assoc _ _ _
  have hi (i : ι) : Integrable (fun x ↦ a i * (y x i * w x)) m :=
    ((hy i).integrable_mul hw).const_mul (a i)
  simp only [e]
  rw [integral_finset_sum _ fun i _ ↦ hi i]
  exact Finset.sum_congr rfl fun i _ ↦ integral_const_mul _ _

end MeasureTheory
