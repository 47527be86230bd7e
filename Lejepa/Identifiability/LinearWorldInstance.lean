/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.LinearWorld

/-!
# A linear world whose latents turn into each other: an instance

Two latents, `z₁' = z₁ / 2 + z₂ / 8 + η₁` and `z₂' = z₂ / 2 + η₂`: the second flows into the first,
and the matrix is not normal. It contracts by `‖M x‖² ≤ 3/8 ‖x‖²`, less than its symmetric part
keeps of any latent, so the latents are identified up to an orthogonal map.

## Main definitions
* `Lejepa.shear`, `Lejepa.shearNoise`: the matrix and the law of the noise.

## Main results
* `Lejepa.map_snd_shear`: the world is stationary.
* `Lejepa.le_alignment_shear`, `Lejepa.alignment_shear_eq_iff`: the least alignment, and which white
  encoders reach it.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

noncomputable section

namespace Lejepa

/-- The second latent flows into the first. -/
def shear : Matrix (Fin 2) (Fin 2) ℝ := !![1 / 2, 1 / 8; 0, 1 / 2]

/-- How four independent sources enter the noise. -/
def shearSource : Matrix (Fin 2) (Fin 4) ℝ :=
  !![3 / 4, 3 / 8, 1 / 8, 1 / 8; 0, -1 / 2, 1 / 2, 1 / 2]

/-- The law of the noise. -/
def shearNoise : Measure (Fin 2 → ℝ) := (γ 4).map shearSource.mulVec

instance : IsProbabilityMeasure shearNoise :=
  Measure.isProbabilityMeasure_map (measurable_mulVec _).aemeasurable

/-- The world is stationary. -/
theorem map_snd_shear :
    (additiveNoiseLaw (γ 2) shearNoise shear.mulVec).map Prod.snd = γ 2 := by
  refine map_snd_linear_eq_stdGaussian (B := shearSource) ?_
  ext i j
  rw [Matrix.add_apply, Matrix.mul_apply, Matrix.mul_apply, Fin.sum_univ_two, Fin.sum_univ_four]
  simp only [Matrix.transpose_apply]
  have e₂ (a b c d : ℝ) : (![a, b, c, d] : Fin 4 → ℝ) 2 = c := rfl
  have e₃ (a b c d : ℝ) : (![a, b, c, d] : Fin 4 → ℝ) 3 = d := rfl
  fin_cases i <;> fin_cases j <;> norm_num [shear, shearSource, Matrix.one_apply, e₂, e₃]

private lemma shear_mulVec_zero (x : Fin 2 → ℝ) : shear.mulVec x 0 = x 0 / 2 + x 1 / 8 := by
  have h : shear.mulVec x 0 = 1 / 2 * x 0 + 1 / 8 * x 1 :=
    Fin.sum_univ_two fun j ↦ shear 0 j * x j
  rw [h]
  ring

private lemma shear_mulVec_one (x : Fin 2 → ℝ) : shear.mulVec x 1 = x 1 / 2 := by
  have h : shear.mulVec x 1 = 0 * x 0 + 1 / 2 * x 1 :=
    Fin.sum_univ_two fun j ↦ shear 1 j * x j
  rw [h]
  ring

private lemma dotProduct_two (x y : Fin 2 → ℝ) : x ⬝ᵥ y = x 0 * y 0 + x 1 * y 1 :=
  Fin.sum_univ_two fun i ↦ x i * y i

private lemma trace_shear : shear.trace = 1 := by
  have h : shear.trace = 1 / 2 + 1 / 2 := Fin.sum_univ_two fun i ↦ shear i i
  rw [h]
  norm_num

/-- The world contracts by `3/8`. -/
theorem shear_norm (x : Fin 2 → ℝ) :
    shear.mulVec x ⬝ᵥ shear.mulVec x ≤ 3 / 8 * (x ⬝ᵥ x) := by
  rw [dotProduct_two, dotProduct_two, shear_mulVec_zero, shear_mulVec_one]
  nlinarith [sq_nonneg (x 0 - x 1), sq_nonneg (x 0), sq_nonneg (x 1)]

/-- Its symmetric part keeps more than `3/8` of any latent. -/
theorem shear_gap (x : Fin 2 → ℝ) (hx : x ≠ 0) :
    3 / 8 * (x ⬝ᵥ x) < x ⬝ᵥ shear.mulVec x := by
  have hpos := Matrix.dotProduct_self_pos hx
  rw [dotProduct_two] at hpos ⊢
  rw [dotProduct_two, shear_mulVec_zero, shear_mulVec_one]
  nlinarith [sq_nonneg (x 0 + x 1)]

/-- No white encoder of this world aligns better than a linear one. -/
theorem le_alignment_shear {h : (Fin 2 → ℝ) → Fin 2 → ℝ} (hh : IsWhite (γ 2) h) :
    2 ≤ alignment (additiveNoiseLaw (γ 2) shearNoise shear.mulVec) h := by
  have hle := le_alignment_of_isWhite_linear map_snd_shear shear_norm (fun x ↦ by
    rcases eq_or_ne x 0 with hx | hx
    · have e : 3 / 8 * (x ⬝ᵥ x) = x ⬝ᵥ shear.mulVec x := by
        rw [hx, zero_dotProduct, zero_dotProduct, mul_zero]
      exact e.le
    · exact (shear_gap x hx).le) hh
  have e : (2 : ℝ) * (((2 : ℕ) : ℝ) - 1) = 2 := by norm_num
  rw [trace_shear, e] at hle
  exact hle

/-- The optimal white encoders of this world are the orthogonal maps of its latents. -/
theorem alignment_shear_eq_iff {h : (Fin 2 → ℝ) → Fin 2 → ℝ} (hh : IsWhite (γ 2) h) :
    alignment (additiveNoiseLaw (γ 2) shearNoise shear.mulVec) h = 2 ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, h =ᵐ[γ 2] Q.mulVec := by
  rw [← alignment_eq_iff_of_isWhite_linear map_snd_shear shear_norm shear_gap hh, trace_shear]
  have e : (2 : ℝ) * (((2 : ℕ) : ℝ) - 1) = 2 := by norm_num
  rw [e]

end Lejepa
