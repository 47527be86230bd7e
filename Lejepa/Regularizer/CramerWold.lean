/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianRotation
public import Lejepa.World
public import Mathlib.MeasureTheory.Measure.CharacteristicFunction

/-!
# Cramér–Wold: projections determine a standard Gaussian

SIGReg tests one-dimensional projections of the encoder's output against `N(0, 1)`. That tests the
right thing: a law on `ℝⁿ` is standard Gaussian if and only if each of its projections on a unit
vector is.

## Main results
* `Lejepa.charFunDual_stdGaussian`: the characteristic function of the standard Gaussian.
* `Lejepa.eq_stdGaussian_iff_forall_projection`: the equivalence.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* [Balestriero and LeCun, *LeJEPA*][balestriero2025] (SIGReg).
-/

@[expose] public section

open Complex MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n : ℕ}

/-- The characteristic function of the standard Gaussian: `e^{-‖L‖²/2}`. -/
theorem charFunDual_stdGaussian (L : StrongDual ℝ (Fin n → ℝ)) :
    charFunDual (γ n) L = cexp (-(∑ i, L (Pi.single i 1) ^ 2 : ℝ) / 2) :=
  charFunDual_pi_gaussianReal L

/-- The linear form `z ↦ ∑ uᵢ zᵢ`. -/
def projectionForm (u : Fin n → ℝ) : StrongDual ℝ (Fin n → ℝ) :=
  ∑ i, u i • ContinuousLinearMap.proj i

/-- The form `projectionForm u` maps `z` to `∑ uᵢ zᵢ`. -/
theorem projectionForm_apply (u z : Fin n → ℝ) : projectionForm u z = ∑ i, u i * z i := by
  simp [projectionForm, ContinuousLinearMap.sum_apply]

/-- The form `projectionForm u` maps the basis vector `eᵢ` to `uᵢ`. -/
theorem projectionForm_single (u : Fin n → ℝ) (i : Fin n) :
    projectionForm u (Pi.single i 1) = u i := by
  rw [projectionForm_apply]
  simp [Pi.single_apply]

/-- As a function, `projectionForm u` is `z ↦ ∑ uᵢ zᵢ`. -/
theorem coe_projectionForm (u : Fin n → ℝ) :
    ⇑(projectionForm u) = fun z ↦ ∑ i, u i * z i :=
  funext (projectionForm_apply u)

/-- The projections of the standard Gaussian are standard Gaussian. -/
theorem map_projection_stdGaussian {u : Fin n → ℝ} (hu : ∑ i, u i ^ 2 = 1) :
    (γ n).map (fun z ↦ ∑ i, u i * z i) = gaussianReal 0 1 := by
  rw [← coe_projectionForm]
  have : IsProbabilityMeasure ((γ n).map (projectionForm u)) :=
    Measure.isProbabilityMeasure_map (projectionForm u).continuous.measurable.aemeasurable
  refine Measure.ext_of_charFun (funext fun t ↦ ?_)
  rw [charFun_map_eq_charFunDual_smul, charFunDual_stdGaussian, charFun_gaussianReal]
  congr 1
  have e : ∑ i, (t • projectionForm u) (Pi.single i 1) ^ 2 = t ^ 2 := by
    simp only [ContinuousLinearMap.smul_apply, projectionForm_single, smul_eq_mul, mul_pow]
    rw [← Finset.mul_sum, hu, mul_one]
  rw [e]
  push_cast
  ring

/-- **Cramér–Wold for the Gaussian**: a law is standard Gaussian if and only if each of its
projections on a unit vector is. -/
theorem eq_stdGaussian_iff_forall_projection {n : ℕ} {μ : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure μ] :
    μ = γ n ↔
      ∀ u : Fin n → ℝ, ∑ i, u i ^ 2 = 1 → μ.map (fun z ↦ ∑ i, u i * z i) = gaussianReal 0 1 := by
  refine ⟨fun h u hu ↦ by rw [h, map_projection_stdGaussian hu], fun h ↦ ?_⟩
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  rw [charFunDual_stdGaussian]
  obtain ⟨s, hs⟩ : ∃ s, ∑ i, L (Pi.single i 1) ^ 2 = s := ⟨_, rfl⟩
  have hs0 : 0 ≤ s := hs ▸ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  rw [hs]
  rcases hs0.eq_or_lt with h0 | hpos
  · -- the zero form
    have hi : ∀ i, L (Pi.single i 1) = 0 := fun i ↦
      pow_eq_zero_iff two_ne_zero |>.1
        ((Finset.sum_eq_zero_iff_of_nonneg fun j _ ↦ sq_nonneg _).1 (hs.trans h0.symm) i
          (Finset.mem_univ i))
    have hL : L = 0 := ContinuousLinearMap.ext fun z ↦ by
      rw [StrongDual.pi_apply_eq_sum L z]
      simp [hi]
    rw [← h0, hL, charFunDual_apply]
    simp
  · -- a multiple of a projection on a unit vector
    have hr : √s ≠ 0 := (Real.sqrt_pos.2 hpos).ne'
    have hu : ∑ i, (L (Pi.single i 1) / √s) ^ 2 = 1 := by
      simp only [div_pow, Real.sq_sqrt hs0]
      rw [← Finset.sum_div, hs, div_self hpos.ne']
    have hL : L = √s • projectionForm fun i ↦ L (Pi.single i 1) / √s := by
      refine ContinuousLinearMap.ext fun z ↦ ?_
      rw [ContinuousLinearMap.smul_apply, projectionForm_apply, StrongDual.pi_apply_eq_sum L z,
        smul_eq_mul, Finset.mul_sum]
      refine Finset.sum_congr rfl fun i _ ↦ ?_
      field_simp
    conv_lhs => rw [hL]
    rw [← charFun_map_eq_charFunDual_smul, coe_projectionForm, h _ hu, charFun_gaussianReal]
    congr 1
    have e : ((√s : ℝ) : ℂ) ^ 2 = (s : ℂ) := by rw [← ofReal_pow, Real.sq_sqrt hs0]
    rw [e]
    push_cast
    ring

end Lejepa
