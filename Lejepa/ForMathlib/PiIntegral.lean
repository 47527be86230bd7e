/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Integral.Pi

/-!
# Integrals of two coordinates against a product measure

## Main results
* `MeasureTheory.integral_eval_mul_eval_pi`: functions of two coordinates integrate separately.
-/

public section

namespace MeasureTheory

variable {ι : Type*} [Fintype ι] {μ : ι → Measure ℝ} [∀ i, IsProbabilityMeasure (μ i)]

/-- Functions of two different coordinates integrate separately. -/
theorem integral_eval_mul_eval_pi {i j : ι} (hij : i ≠ j) (f g : ℝ → ℝ) :
    ∫ x, f (x i) * g (x j) ∂Measure.pi μ = (∫ t, f t ∂μ i) * ∫ t, g t ∂μ j := by
  classical
  have h : (fun x : ι → ℝ ↦ f (x i) * g (x j))
      = fun x ↦ ∏ k, (if k = i then f (x k) else 1) * (if k = j then g (x k) else 1) := by
    funext x
    rw [Finset.prod_mul_distrib, Finset.prod_ite_eq', Finset.prod_ite_eq',
      if_pos (Finset.mem_univ i), if_pos (Finset.mem_univ j)]
  rw [h, integral_fintype_prod_eq_prod
      fun (k : ι) (t : ℝ) ↦ (if k = i then f t else 1) * (if k = j then g t else 1),
    ← Finset.mul_prod_erase _ _ (Finset.mem_univ i),
    ← Finset.mul_prod_erase _ _ (Finset.mem_erase.2 ⟨hij.symm, Finset.mem_univ j⟩),
    Finset.prod_eq_one, mul_one]
  · simp only [if_true, if_neg hij, if_neg hij.symm, mul_one, one_mul]
  · intro k hk
    have hkj := Finset.ne_of_mem_erase hk
    have hki := Finset.ne_of_mem_erase (Finset.mem_of_mem_erase hk)
    simp only [if_neg hki, if_neg hkj, mul_one, integral_const, probReal_univ, one_smul]

end MeasureTheory
