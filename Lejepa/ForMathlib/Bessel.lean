/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.OrthonormalL2

/-!
# Bessel's inequality through integrals

## Main results
* `MeasureTheory.sum_sq_integral_mul_le`: the squared inner products with a finite orthonormal
  family add up to at most the squared norm.
-/

public section

namespace MeasureTheory

variable {Ω ι : Type*} [MeasurableSpace Ω] {μ : Measure Ω} {f : Ω → ℝ}

/-- **Bessel's inequality** for a finite orthonormal family of square-integrable functions. -/
theorem sum_sq_integral_mul_le [Fintype ι] [DecidableEq ι] {e : ι → Ω → ℝ} (hf : MemLp f 2 μ)
    (he : ∀ j, MemLp (e j) 2 μ)
    (orth : ∀ j k, ∫ x, e j x * e k x ∂μ = if j = k then 1 else 0) :
    ∑ j, (∫ x, f x * e j x ∂μ) ^ 2 ≤ ∫ x, f x * f x ∂μ := by
  obtain ⟨c, hc⟩ : ∃ c : ι → ℝ, ∀ j, c j = ∫ x, f x * e j x ∂μ := ⟨_, fun _ ↦ rfl⟩
  have key := integral_sub_sum_mul_sub_sum hf hf he orth c c
  have pos : 0 ≤ ∫ x, (f x - ∑ j, c j * e j x) * (f x - ∑ j, c j * e j x) ∂μ :=
    integral_nonneg fun x ↦ mul_self_nonneg _
  rw [key] at pos
  simp only [← hc] at pos ⊢
  have hsq : ∑ j, c j ^ 2 = ∑ j, c j * c j := Finset.sum_congr rfl fun j _ ↦ sq _
  rw [hsq]
  linarith

end MeasureTheory
