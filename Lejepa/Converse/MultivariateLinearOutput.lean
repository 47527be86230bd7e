/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Stationary
public import Lejepa.ForMathlib.FrobeniusOrthogonal
public import Lejepa.Objective
public import Mathlib.LinearAlgebra.Matrix.NonsingularInverse

/-!
# White linear encoders have Gaussian output only if the latents are Gaussian

A linear encoder `z ↦ A z` that is white for some law of the latents is invertible, so its output is
standard Gaussian if and only if the latents have the law of `A⁻¹ x`, `x ∼ γ`. Where the latents are
white too, `A` is orthogonal, and they are standard Gaussian themselves. So where the latents are
not Gaussian, a regularizer that asks for Gaussian output excludes every linear encoder, however
well it aligns.

## Main results
* `Lejepa.map_mulVec_eq_stdGaussian_iff`
* `Lejepa.eq_stdGaussian_of_isWhite_mulVec`

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n m : ℕ} {μ : Measure (Fin n → ℝ)}

/-- The second moments of a linear encoder. -/
theorem secondMoment_mulVec_of_memLp (hμ : ∀ j, MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ)
    (A : Matrix (Fin m) (Fin n) ℝ) :
    secondMoment μ A.mulVec = A * secondMoment μ (fun z ↦ z) * Aᵀ := by
  have hint (j k : Fin n) : Integrable (fun z : Fin n → ℝ ↦ z j * z k) μ :=
    (hμ j).integrable_mul (hμ k)
  ext i k
  have hexp (z : Fin n → ℝ) : A.mulVec z i * A.mulVec z k =
      ∑ j, ∑ l, A i j * A k l * (z j * z l) := by
    rw [Matrix.mulVec, Matrix.mulVec, dotProduct, dotProduct, Finset.sum_mul_sum]
    exact Finset.sum_congr rfl fun j _ ↦ Finset.sum_congr rfl fun l _ ↦ by ring
  rw [secondMoment, Matrix.of_apply, integral_congr_ae (.of_forall hexp),
    integral_finset_sum _ fun j _ ↦ integrable_finset_sum _ fun l _ ↦ (hint j l).const_mul _,
    Matrix.mul_assoc, Matrix.mul_apply]
  refine Finset.sum_congr rfl fun j _ ↦ ?_
  rw [integral_finset_sum _ fun l _ ↦ (hint j l).const_mul _, Matrix.mul_apply, Finset.mul_sum]
  refine Finset.sum_congr rfl fun l _ ↦ ?_
  rw [integral_const_mul, Matrix.transpose_apply, secondMoment, Matrix.of_apply]
  ring

/-- A linear encoder that is white for some latents is invertible. -/
theorem isUnit_det_of_isWhite_mulVec (hμ : ∀ j, MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ)
    {A : Matrix (Fin n) (Fin n) ℝ} (hA : IsWhite μ A.mulVec) : IsUnit A.det := by
  have h := hA.secondMoment_eq_one
  rw [secondMoment_mulVec_of_memLp hμ, Matrix.mul_assoc] at h
  exact Matrix.isUnit_det_of_right_inverse h

/-- The output of a white linear encoder is standard Gaussian if and only if the latents have the
law of `A⁻¹ x`, `x ∼ γ`. -/
theorem map_mulVec_eq_stdGaussian_iff (hμ : ∀ j, MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ)
    {A : Matrix (Fin n) (Fin n) ℝ} (hA : IsWhite μ A.mulVec) :
    μ.map A.mulVec = γ n ↔ μ = (γ n).map A⁻¹.mulVec := by
  have hdet := isUnit_det_of_isWhite_mulVec hμ hA
  have hm (B : Matrix (Fin n) (Fin n) ℝ) : Measurable B.mulVec :=
    (Continuous.matrix_mulVec continuous_const continuous_id).measurable
  have hcomp (B C : Matrix (Fin n) (Fin n) ℝ) (h : B * C = 1) : B.mulVec ∘ C.mulVec = id :=
    funext fun z ↦ by rw [Function.comp_apply, Matrix.mulVec_mulVec, h, Matrix.one_mulVec, id]
  constructor
  · intro h
    rw [← h, Measure.map_map (hm _) (hm _), hcomp _ _ (Matrix.nonsing_inv_mul A hdet),
      Measure.map_id]
  · intro h
    rw [h, Measure.map_map (hm _) (hm _), hcomp _ _ (Matrix.mul_nonsing_inv A hdet),
      Measure.map_id]

/-- White latents, one of whose white linear encoders has standard Gaussian output, are standard
Gaussian. -/
theorem eq_stdGaussian_of_isWhite_mulVec (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    {A : Matrix (Fin n) (Fin n) ℝ} (hA : IsWhite μ A.mulVec) (h : μ.map A.mulVec = γ n) :
    μ = γ n := by
  have hAA : A * Aᵀ = 1 := by
    rw [← hA.secondMoment_eq_one, secondMoment_mulVec_of_memLp white.memLp,
      white.secondMoment_eq_one, Matrix.mul_one]
  have hinv : A⁻¹ = Aᵀ := Matrix.inv_eq_right_inv hAA
  have hQ : Aᵀ ∈ Matrix.orthogonalGroup (Fin n) ℝ :=
    Matrix.transpose_mem_orthogonalGroup ((Matrix.mem_orthogonalGroup_iff _ _).2 hAA)
  rw [(map_mulVec_eq_stdGaussian_iff white.memLp hA).1 h, hinv, map_mulVec_stdGaussian hQ]

end Lejepa
