/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Probability.Distributions.Gaussian.Real
public import Mathlib.MeasureTheory.Function.L2Space
public import Mathlib.MeasureTheory.Integral.Pi

/-!
# Exponentials of linear forms under a product of Gaussians

## Main results
* `StrongDual.pi_apply_eq_sum`: a linear form on `ι → ℝ` in coordinates.
* `ProbabilityTheory.memLp_exp_dual_pi_gaussianReal`,
  `ProbabilityTheory.memLp_exp_abs_dual_pi_gaussianReal`: for a linear form `L`, both `e^L` and
  `e^{|L|}` are square-integrable.
-/

public section

open MeasureTheory
open scoped NNReal

variable {ι : Type*} [Fintype ι]

/-- A linear form on `ι → ℝ` in coordinates. -/
theorem StrongDual.pi_apply_eq_sum [DecidableEq ι] (L : StrongDual ℝ (ι → ℝ)) (z : ι → ℝ) :
    L z = ∑ i, L (Pi.single i 1) * z i := by
  rw [← L.sum_comp_single ℝ (fun _ ↦ ℝ) z]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  have hz : (Pi.single i (z i) : ι → ℝ) = z i • (Pi.single i (1 : ℝ) : ι → ℝ) := by
    rw [← Pi.single_smul', smul_eq_mul, mul_one]
  change L (Pi.single i (z i)) = L (Pi.single i 1) * z i
  rw [hz, map_smul, smul_eq_mul, mul_comm]

namespace ProbabilityTheory

variable (m : ι → ℝ) (v : ι → ℝ≥0)

/-- The exponential of a linear form is integrable under a product of Gaussian laws. -/
theorem integrable_exp_dual_pi_gaussianReal (L : StrongDual ℝ (ι → ℝ)) :
    Integrable (fun z ↦ Real.exp (L z)) (Measure.pi fun i ↦ gaussianReal (m i) (v i)) := by
  classical
  have hL : (fun z ↦ Real.exp (L z)) =
      fun z : ι → ℝ ↦ ∏ i, Real.exp (L (Pi.single i 1) * z i) := funext fun z ↦ by
    rw [StrongDual.pi_apply_eq_sum L z, Real.exp_sum]
  rw [hL]
  exact Integrable.fintype_prod (f := fun i x ↦ Real.exp (L (Pi.single i 1) * x))
    fun i ↦ integrable_exp_mul_gaussianReal _

/-- The exponential of a linear form is square-integrable under a product of Gaussian laws. -/
theorem memLp_exp_dual_pi_gaussianReal (L : StrongDual ℝ (ι → ℝ)) :
    MemLp (fun z ↦ Real.exp (L z)) 2 (Measure.pi fun i ↦ gaussianReal (m i) (v i)) := by
  have hsq : (fun z ↦ Real.exp (L z) ^ 2) = fun z ↦ Real.exp ((L + L) z) := funext fun z ↦ by
    rw [ContinuousLinearMap.add_apply, Real.exp_add, sq]
  have hL : AEStronglyMeasurable (fun z ↦ Real.exp (L z))
      (Measure.pi fun i ↦ gaussianReal (m i) (v i)) :=
    (Real.continuous_exp.comp L.continuous).aestronglyMeasurable
  rw [memLp_two_iff_integrable_sq hL, hsq]
  exact integrable_exp_dual_pi_gaussianReal m v (L + L)

/-- The function `e^|L z|`, `L` a linear form, is square-integrable under a product of Gaussian
laws. -/
theorem memLp_exp_abs_dual_pi_gaussianReal (L : StrongDual ℝ (ι → ℝ)) :
    MemLp (fun z ↦ Real.exp |L z|) 2 (Measure.pi fun i ↦ gaussianReal (m i) (v i)) := by
  refine ((memLp_exp_dual_pi_gaussianReal m v L).add
    (memLp_exp_dual_pi_gaussianReal m v (-L))).mono'
    (Real.continuous_exp.comp (continuous_abs.comp L.continuous)).aestronglyMeasurable
    (ae_of_all _ fun z ↦ ?_)
  rw [Real.norm_eq_abs, Real.abs_exp, Pi.add_apply, ContinuousLinearMap.neg_apply]
  exact Real.exp_abs_le (L z)

end ProbabilityTheory
