/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.FirstVariation
public import Lejepa.Converse.LinearForm

/-!
# Encoders that replace one coordinate

Where the identity is the best white encoder of white latents, no encoder that changes one
coordinate and leaves the others aligns better, and Euler–Lagrange holds in every direction that is
uncorrelated with the latents.

## Main results
* `Lejepa.isWhite_update`: such an encoder is white.
* `Lejepa.coordinate_le_of_optimal`: it does not align better.
* `Lejepa.integral_sub_mul_sub_eq_zero_of_optimal`: Euler–Lagrange.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory

namespace Lejepa

variable {n : ℕ}

variable {μ : Measure (Fin n → ℝ)} {π : Measure ((Fin n → ℝ) × (Fin n → ℝ))}

/-- One coordinate of white latents may be replaced by another function of mean zero and variance
one, uncorrelated with the other coordinates. -/
theorem isWhite_update (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (i : Fin n)
    {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 μ) (mean : ∫ z, f z ∂μ = 0)
    (var : ∫ z, f z ^ 2 ∂μ = 1) (orth : ∀ j, j ≠ i → ∫ z, z j * f z ∂μ = 0) :
    IsWhite μ fun z : Fin n → ℝ ↦ Function.update z i (f z) := by
  have hi : (fun z : Fin n → ℝ ↦ Function.update z i (f z) i) = f :=
    funext fun z ↦ Function.update_self i (f z) z
  have hj (j : Fin n) (hj : j ≠ i) :
      (fun z : Fin n → ℝ ↦ Function.update z i (f z) j) = fun z ↦ z j :=
    funext fun z ↦ Function.update_of_ne hj (f z) z
  refine { memLp := fun j ↦ ?_, mean_eq_zero := fun j ↦ ?_, secondMoment_eq_one := ?_ }
  · change MemLp (fun z : Fin n → ℝ ↦ Function.update z i (f z) j) 2 μ
    rcases eq_or_ne j i with rfl | hji
    · rw [hi]
      exact hf
    · rw [hj j hji]
      exact white.memLp j
  · change ∫ z, (fun z : Fin n → ℝ ↦ Function.update z i (f z) j) z ∂μ = 0
    rcases eq_or_ne j i with rfl | hji
    · rw [hi]
      exact mean
    · rw [hj j hji]
      exact white.mean_eq_zero j
  · ext j k
    change ∫ z, Function.update z i (f z) j * Function.update z i (f z) k ∂μ = _
    have hi' (z : Fin n → ℝ) : Function.update z i (f z) i = f z := congrFun hi z
    have hj' (j : Fin n) (h : j ≠ i) (z : Fin n → ℝ) : Function.update z i (f z) j = z j :=
      congrFun (hj j h) z
    rcases eq_or_ne j i with rfl | hji
    · rcases eq_or_ne k j with rfl | hki
      · rw [Matrix.one_apply_eq, ← var]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hi', sq]
      · rw [Matrix.one_apply_ne hki.symm, ← orth k hki]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hi', hj' k hki, mul_comm]
    · rcases eq_or_ne k i with rfl | hki
      · rw [Matrix.one_apply_ne hji, ← orth j hji]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hi', hj' j hji]
      · rw [← integral_mul_of_isWhite_id white j k]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hj' j hji, hj' k hki]

/-- Alignment, coordinate by coordinate. -/
theorem alignment_eq_sum {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {π : Measure (Z × Z)}
    {m : ℕ} (hfst : MeasurePreserving Prod.fst π μ) (hsnd : MeasurePreserving Prod.snd π μ)
    {h : Z → Fin m → ℝ} (hh : ∀ i, MemLp (fun z ↦ h z i) 2 μ) :
    alignment π h = ∑ i, ∫ p, (h p.2 i - h p.1 i) ^ 2 ∂π := by
  have hd (i : Fin m) : MemLp (fun p : Z × Z ↦ h p.2 i - h p.1 i) 2 π :=
    ((hh i).comp_measurePreserving hsnd).sub ((hh i).comp_measurePreserving hfst)
  rw [alignment]
  exact integral_finset_sum _ fun i _ ↦ (hd i).integrable_sq

variable (hfst : MeasurePreserving Prod.fst π μ) (hsnd : MeasurePreserving Prod.snd π μ)
include hfst hsnd

/-- If the identity is optimal, replacing one coordinate does not align better. -/
theorem coordinate_le_of_optimal (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (optimal : IsBestAligned μ π fun z : Fin n → ℝ ↦ z) (i : Fin n)
    {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 μ) (mean : ∫ z, f z ∂μ = 0)
    (var : ∫ z, f z ^ 2 ∂μ = 1) (orth : ∀ j, j ≠ i → ∫ z, z j * f z ∂μ = 0) :
    ∫ p, (p.2 i - p.1 i) ^ 2 ∂π ≤ ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
  have hw := isWhite_update white i hf mean var orth
  have h := optimal _ hw
  rw [alignment_eq_sum (h := fun z ↦ z) hfst hsnd white.memLp,
    alignment_eq_sum (h := fun z ↦ Function.update z i (f z)) hfst hsnd hw.memLp,
    ← Finset.add_sum_erase _ _ (Finset.mem_univ i),
    ← Finset.add_sum_erase Finset.univ (fun j ↦ ∫ p : (Fin n → ℝ) × (Fin n → ℝ),
      (Function.update p.2 i (f p.2) j - Function.update p.1 i (f p.1) j) ^ 2 ∂π)
      (Finset.mem_univ i)] at h
  have hrest : ∑ j ∈ Finset.univ.erase i, ∫ p : (Fin n → ℝ) × (Fin n → ℝ),
        (Function.update p.2 i (f p.2) j - Function.update p.1 i (f p.1) j) ^ 2 ∂π =
      ∑ j ∈ Finset.univ.erase i, ∫ p, (p.2 j - p.1 j) ^ 2 ∂π := by
    refine Finset.sum_congr rfl fun j hj ↦ integral_congr_ae (.of_forall fun p ↦ ?_)
    beta_reduce
    rw [Function.update_of_ne (Finset.ne_of_mem_erase hj),
      Function.update_of_ne (Finset.ne_of_mem_erase hj)]
  rw [hrest] at h
  have hi : ∫ p : (Fin n → ℝ) × (Fin n → ℝ),
      (Function.update p.2 i (f p.2) i - Function.update p.1 i (f p.1) i) ^ 2 ∂π =
      ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
    refine integral_congr_ae (.of_forall fun p ↦ ?_)
    beta_reduce
    rw [Function.update_self, Function.update_self]
  rw [hi] at h
  exact le_of_add_le_add_right h

/-- Euler–Lagrange in the directions uncorrelated with the latents. -/
theorem integral_sub_mul_sub_eq_zero_of_optimal [IsProbabilityMeasure μ]
    (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (optimal : IsBestAligned μ π fun z : Fin n → ℝ ↦ z) (i : Fin n)
    {g : (Fin n → ℝ) → ℝ} (hg : MemLp g 2 μ) (mean : ∫ z, g z ∂μ = 0)
    (orth : ∀ j, ∫ z, z j * g z ∂μ = 0) :
    ∫ p, (p.2 i - p.1 i) * (g p.2 - g p.1) ∂π = 0 := by
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  have var : ∫ z, z i ^ 2 ∂μ = 1 := by
    have h := integral_mul_of_isWhite_id white i i
    rw [Matrix.one_apply_eq] at h
    exact (integral_congr_ae (.of_forall fun z : Fin n → ℝ ↦ sq (z i))).trans h
  have h := integral_sub_mul_sub_of_forall_le hfst hsnd (hz i) hg var fun t ↦ by
    refine mul_integral_sq_le_of_forall_normalized (f := fun z ↦ z i + t * g z) fun c hc ↦ ?_
    have hf : MemLp (fun z : Fin n → ℝ ↦ z i + t * g z) 2 μ := (hz i).add (hg.const_mul t)
    refine coordinate_le_of_optimal hfst hsnd white optimal i
      (f := fun z ↦ c * (z i + t * g z)) (hf.const_mul c) ?_ ?_ fun j hj ↦ ?_
    · rw [integral_const_mul, integral_add ((hz i).integrable one_le_two)
        ((hg.integrable one_le_two).const_mul t), integral_const_mul, mean,
        white.mean_eq_zero i, mul_zero, add_zero, mul_zero]
    · simp only [mul_pow]
      rw [integral_const_mul, hc]
    · have e : ∀ z : Fin n → ℝ, z j * (c * (z i + t * g z)) =
          c * (z j * z i) + c * t * (z j * g z) := fun z ↦ by ring
      have i₁ : Integrable (fun z : Fin n → ℝ ↦ c * (z j * z i)) μ :=
        ((hz j).integrable_mul (hz i)).const_mul c
      have i₂ : Integrable (fun z : Fin n → ℝ ↦ c * t * (z j * g z)) μ :=
        ((hz j).integrable_mul hg).const_mul (c * t)
      simp only [e]
      rw [integral_add i₁ i₂, integral_const_mul, integral_const_mul,
        integral_mul_of_isWhite_id white, orth j, Matrix.one_apply_ne hj, mul_zero, mul_zero,
        add_zero]
  rw [h, orth i, mul_zero]

end Lejepa
