/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.FirstVariation
public import Lejepa.Converse.AdditiveNoise
public import Lejepa.ForMathlib.FiniteLaw

/-!
# Worlds of finitely many points, and the alignment of one coordinate

## Main results
* `Lejepa.additiveNoiseLaw_finiteLaw`: finitely many latents and finitely many values of the noise
  make finitely many pairs.
* `Lejepa.integral_additiveNoiseLaw_finiteLaw`: integrals over pairs are double sums.
* `Lejepa.alignment_eq_two_sub`: a function of variance one has alignment `2 - 2 𝔼[f(z) f(z')]`.
-/

public section

open MeasureTheory
open scoped ENNReal

namespace Lejepa

section FiniteWorld

variable {ι κ : Type*} [Fintype ι] [Fintype κ] {w : ι → ℝ} {v : κ → ℝ} {m : ℝ → ℝ}

/-- Finitely many latents and finitely many values of the noise make finitely many pairs. -/
theorem additiveNoiseLaw_finiteLaw (hw : ∀ i, 0 ≤ w i) (v : κ → ℝ) (x : ι → ℝ) (y : κ → ℝ)
    (hm : Measurable m) :
    additiveNoiseLaw (finiteLaw w x) (finiteLaw v y) m =
      finiteLaw (fun k : ι × κ ↦ w k.1 * v k.2) fun k ↦ (x k.1, m (x k.1) + y k.2) := by
  have hstep : Measurable fun p : ℝ × ℝ ↦ (p.1, m p.1 + p.2) :=
    measurable_fst.prodMk ((hm.comp measurable_fst).add measurable_snd)
  refine Measure.ext fun s hs ↦ ?_
  have hpre : MeasurableSet ((fun p : ℝ × ℝ ↦ (p.1, m p.1 + p.2)) ⁻¹' s) := hstep hs
  rw [additiveNoiseLaw, Measure.map_apply hstep hs, Measure.prod_apply hpre,
    lintegral_finiteLaw w x (measurable_measure_prodMk_left (ν := finiteLaw v y) hpre),
    finiteLaw_apply _ _ hs]
  refine Eq.trans ?_ (Fintype.sum_prod_type fun k : ι × κ ↦
    ENNReal.ofReal (w k.1 * v k.2) *
      s.indicator (1 : ℝ × ℝ → ℝ≥0∞) (x k.1, m (x k.1) + y k.2)).symm
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [finiteLaw_apply v y (measurable_prodMk_left hpre), Finset.mul_sum]
  refine Finset.sum_congr rfl fun j _ ↦ ?_
  have hind : (Prod.mk (x i) ⁻¹' ((fun p : ℝ × ℝ ↦ (p.1, m p.1 + p.2)) ⁻¹' s)).indicator
      (1 : ℝ → ℝ≥0∞) (y j) = s.indicator (1 : ℝ × ℝ → ℝ≥0∞) (x i, m (x i) + y j) := by
    by_cases h : (x i, m (x i) + y j) ∈ s
    · have h' : y j ∈ Prod.mk (x i) ⁻¹' ((fun p : ℝ × ℝ ↦ (p.1, m p.1 + p.2)) ⁻¹' s) := h
      rw [Set.indicator_of_mem h, Set.indicator_of_mem h', Pi.one_apply, Pi.one_apply]
    · have h' : y j ∉ Prod.mk (x i) ⁻¹' ((fun p : ℝ × ℝ ↦ (p.1, m p.1 + p.2)) ⁻¹' s) := h
      rw [Set.indicator_of_notMem h, Set.indicator_of_notMem h']
  rw [hind]
  change ENNReal.ofReal (w i) * (ENNReal.ofReal (v j) *
    s.indicator (1 : ℝ × ℝ → ℝ≥0∞) (x i, m (x i) + y j)) =
      ENNReal.ofReal (w i * v j) * s.indicator (1 : ℝ × ℝ → ℝ≥0∞) (x i, m (x i) + y j)
  rw [ENNReal.ofReal_mul (hw i), mul_assoc]

/-- Integrals over the pairs of a world of finitely many points are double sums. -/
theorem integral_additiveNoiseLaw_finiteLaw (hw : ∀ i, 0 ≤ w i) (hv : ∀ j, 0 ≤ v j) (x : ι → ℝ)
    (y : κ → ℝ) (hm : Measurable m) (F : ℝ → ℝ → ℝ) :
    ∫ p, F p.1 p.2 ∂additiveNoiseLaw (finiteLaw w x) (finiteLaw v y) m =
      ∑ i, ∑ j, w i * v j * F (x i) (m (x i) + y j) := by
  have h : ∀ k : ι × κ, 0 ≤ w k.1 * v k.2 := fun k ↦ mul_nonneg (hw k.1) (hv k.2)
  rw [additiveNoiseLaw_finiteLaw hw v x y hm, integral_finiteLaw h]
  exact Fintype.sum_prod_type fun k : ι × κ ↦ w k.1 * v k.2 * F (x k.1) (m (x k.1) + y k.2)

end FiniteWorld

section Line

variable {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {π : Measure (Z × Z)}

/-- On a stationary pair, a function of variance one has alignment `2 - 2 𝔼[f(z) f(z')]`. -/
theorem alignment_eq_two_sub (hfst : MeasurePreserving Prod.fst π μ)
    (hsnd : MeasurePreserving Prod.snd π μ) {f : Z → ℝ} (hf : MemLp f 2 μ)
    (var : ∫ z, f z ^ 2 ∂μ = 1) :
    alignment (m := 1) π (fun z _ ↦ f z) = 2 - 2 * ∫ p, f p.1 * f p.2 ∂π := by
  have h := integral_sub_mul_sub_eq hfst hsnd hf hf
  have e : ∫ p : Z × Z, (f p.2 - f p.1) * (f p.2 - f p.1) ∂π = ∫ p, (f p.2 - f p.1) ^ 2 ∂π :=
    integral_congr_ae (.of_forall fun p ↦ (sq (f p.2 - f p.1)).symm)
  have e' : ∫ p : Z × Z, f p.2 * f p.1 ∂π = ∫ p, f p.1 * f p.2 ∂π :=
    integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
  have e'' : ∫ z, f z * f z ∂μ = 1 :=
    (integral_congr_ae (.of_forall fun z ↦ (sq (f z)).symm)).trans var
  rw [e, e', e''] at h
  rw [alignment_one]
  linarith

end Line

end Lejepa
