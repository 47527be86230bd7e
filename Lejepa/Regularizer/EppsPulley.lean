/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.CharFunDeriv
public import Mathlib.Probability.Distributions.Gaussian.Real

/-!
# The Epps–Pulley statistic

The statistic that SIGReg averages over projections: the squared distance of a characteristic
function from that of `N(0, 1)`, weighted by a Gaussian. It vanishes exactly on `N(0, 1)`.

## Main definitions
* `Lejepa.eppsPulley`

## Main results
* `Lejepa.eppsPulley_eq_zero_iff`

## References
* Epps, Pulley, *A test for normality based on the empirical characteristic function*, 1983.
* [Balestriero and LeCun, *LeJEPA*][balestriero2025] (SIGReg).
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

/-- The Epps–Pulley statistic of a law against `N(0, 1)`: how far its characteristic function lies
from the Gaussian's. -/
def eppsPulley (μ : Measure ℝ) : ℝ :=
  ∫ t, ‖charFun μ t - charFun (gaussianReal 0 1) t‖ ^ 2 ∂gaussianReal 0 1

/-- The Epps–Pulley statistic is nonnegative. -/
theorem eppsPulley_nonneg (μ : Measure ℝ) : 0 ≤ eppsPulley μ :=
  integral_nonneg fun _ ↦ sq_nonneg _

/-- The Epps–Pulley statistic of a probability law is zero if and only if the law is standard
Gaussian. -/
theorem eppsPulley_eq_zero_iff {μ : Measure ℝ} [IsProbabilityMeasure μ] :
    eppsPulley μ = 0 ↔ μ = gaussianReal 0 1 := by
  refine ⟨fun h ↦ ?_, fun h ↦ by simp [eppsPulley, h]⟩
  have hcont : Continuous fun t ↦ ‖charFun μ t - charFun (gaussianReal 0 1) t‖ ^ 2 :=
    ((continuous_charFun.sub continuous_charFun).norm).pow 2
  have hint : Integrable (fun t ↦ ‖charFun μ t - charFun (gaussianReal 0 1) t‖ ^ 2)
      (gaussianReal 0 1) := by
    refine Integrable.of_bound hcont.aestronglyMeasurable 4 (.of_forall fun t ↦ ?_)
    rw [Real.norm_of_nonneg (sq_nonneg _)]
    have h2 : ‖charFun μ t - charFun (gaussianReal 0 1) t‖ ≤ 1 + 1 :=
      (norm_sub_le _ _).trans (add_le_add (norm_charFun_le_one _) (norm_charFun_le_one _))
    nlinarith [norm_nonneg (charFun μ t - charFun (gaussianReal 0 1) t)]
  have hae := (integral_eq_zero_iff_of_nonneg (fun t ↦ sq_nonneg _) hint).1 h
  have hae' : (fun t ↦ ‖charFun μ t - charFun (gaussianReal 0 1) t‖ ^ 2) =ᵐ[volume] 0 :=
    (gaussianReal_absolutelyContinuous' 0 one_ne_zero).ae_eq hae
  have hzero := (hcont.ae_eq_iff_eq volume continuous_zero).1 hae'
  refine Measure.ext_of_charFun (funext fun t ↦ ?_)
  have ht : ‖charFun μ t - charFun (gaussianReal 0 1) t‖ ^ 2 = 0 := congrFun hzero t
  exact sub_eq_zero.1 (norm_eq_zero.1 (pow_eq_zero_iff two_ne_zero |>.1 ht))

end Lejepa
