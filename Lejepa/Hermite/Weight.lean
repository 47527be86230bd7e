/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.Bessel
public import Lejepa.Identifiability.LinearPart
public import Lejepa.Identifiability.White
public import Mathlib.Topology.Instances.Matrix

/-!
# The weight that an encoder lays on each Hermite product

## Main definitions
* `Lejepa.hermiteWeight h α`: the sum over the coordinates of `h` of the squared coefficients of
  index `α`.

## Main results
* `Lejepa.IsWhite.hermiteWeight_le_one`: for a white encoder it is at most one (Bessel).
* `Lejepa.IsWhite.hasSum_hermiteWeight`: for a white encoder the weights add up to its width.
* `Lejepa.sum_hermiteWeight_single`: in degree one they add up to the squared Frobenius norm of the
  linear part.
* `Lejepa.IsWhite.ae_eq_mulVec_of_hermiteWeight_eq_zero`: a white encoder with all its weight in
  degree one is linear.
* `Lejepa.IsWhite.comp_mulVec`: a white encoder of rotated latents is white.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n m : ℕ}

/-- The weight of an encoder on the Hermite product of index `α`: the sum over its coordinates of
their squared coefficients. -/
def hermiteWeight (h : (Fin n → ℝ) → Fin m → ℝ) (α : Fin n → ℕ) : ℝ :=
  ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2

/-! ### Any encoder -/

/-- Weights are nonnegative. -/
theorem hermiteWeight_nonneg (h : (Fin n → ℝ) → Fin m → ℝ) (α : Fin n → ℕ) :
    0 ≤ hermiteWeight h α :=
  Finset.sum_nonneg fun _ _ ↦ sq_nonneg _

/-- Where an encoder has no weight, the coefficients of its coordinates vanish. -/
theorem hermiteCoeff_eq_zero_of_hermiteWeight_eq_zero {h : (Fin n → ℝ) → Fin m → ℝ}
    {α : Fin n → ℕ} (h0 : hermiteWeight h α = 0) (i : Fin m) :
    hermiteCoeff (fun z ↦ h z i) α = 0 := by
  have hsq : hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 :=
    (Finset.sum_eq_zero_iff_of_nonneg (s := Finset.univ)
      (f := fun i ↦ hermiteCoeff (fun z ↦ h z i) α ^ 2) fun i _ ↦ sq_nonneg _).1 h0 i
      (Finset.mem_univ i)
  exact (pow_eq_zero_iff two_ne_zero).1 hsq

/-- Where the coefficients of its coordinates vanish, an encoder has no weight. -/
theorem hermiteWeight_eq_zero {h : (Fin n → ℝ) → Fin m → ℝ} {α : Fin n → ℕ}
    (h0 : ∀ i, hermiteCoeff (fun z ↦ h z i) α = 0) : hermiteWeight h α = 0 := by
  change ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0
  refine Finset.sum_eq_zero fun i _ ↦ ?_
  rw [h0 i, zero_pow two_ne_zero]

/-- The weights of an encoder add up to its total variance. -/
theorem hasSum_hermiteWeight {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (hermiteWeight h) (∑ i, ∫ z, h z i ^ 2 ∂γ n) := by
  have hs := hasSum_sum (s := Finset.univ) fun i _ ↦ hasSum_hermiteCoeff_sq (hh i)
  exact hs

/-- The coefficients of degree one are the entries of the linear part. -/
theorem hermiteCoeff_single_eq_linearPart (h : (Fin n → ℝ) → Fin m → ℝ) (i : Fin m) (j : Fin n) :
    hermiteCoeff (fun z ↦ h z i) (Pi.single j 1) = linearPart h i j :=
  hermiteCoeff_single _ j

/-- The weight on a latent is the squared norm of its column of the linear part. -/
theorem hermiteWeight_single (h : (Fin n → ℝ) → Fin m → ℝ) (j : Fin n) :
    hermiteWeight h (Pi.single j 1) = ∑ i, linearPart h i j ^ 2 := by
  change ∑ i, hermiteCoeff (fun z ↦ h z i) (Pi.single j 1) ^ 2 = ∑ i, linearPart h i j ^ 2
  exact Finset.sum_congr rfl fun i _ ↦ by rw [hermiteCoeff_single_eq_linearPart h]

/-- The weights on the latents add up to the squared Frobenius norm of the linear part. -/
theorem sum_hermiteWeight_single (h : (Fin n → ℝ) → Fin m → ℝ) :
    ∑ j, hermiteWeight h (Pi.single j 1) = frobSq (linearPart h) := by
  simp only [hermiteWeight_single]
  rw [frobSq]
  exact Finset.sum_comm

/-! ### White encoders -/

/-- A centred encoder has no weight on the constants. -/
theorem IsCentred.hermiteWeight_zero {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsCentred (γ n) h) :
    hermiteWeight h 0 = 0 :=
  hermiteWeight_eq_zero fun i ↦ (hermiteCoeff_zero _).trans (hh.mean_eq_zero i)

/-- The inner products of the coordinates of a white encoder. -/
theorem IsWhite.integral_mul {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {h : Z → Fin m → ℝ}
    (hh : IsWhite μ h) (i j : Fin m) : ∫ z, h z i * h z j ∂μ = if i = j then 1 else 0 :=
  (congrFun (congrFun hh.secondMoment_eq_one i) j).trans Matrix.one_apply

/-- **Bessel**: a white encoder lays a weight of at most one on each Hermite product. -/
theorem IsWhite.hermiteWeight_le_one {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h)
    (α : Fin n → ℕ) : hermiteWeight h α ≤ 1 := by
  have hb : ∑ j, (∫ z, hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) * h z j ∂γ n) ^ 2 ≤
      ∫ z, hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) *
        (hermiteProd α z / √(∏ i, ((α i).factorial : ℝ))) ∂γ n :=
    sum_sq_integral_mul_le (e := fun j z ↦ h z j) (memLp_hermiteProd_div α) hh.memLp
      hh.integral_mul
  have hc (j : Fin m) : ∫ z, hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) * h z j ∂γ n =
      hermiteCoeff (fun z ↦ h z j) α := by
    rw [hermiteCoeff, ← integral_div]
    refine integral_congr_ae (Filter.Eventually.of_forall fun z ↦ ?_)
    change hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) * h z j =
      h z j * hermiteProd α z / √(∏ i, ((α i).factorial : ℝ))
    rw [div_mul_eq_mul_div, mul_comm (hermiteProd α z)]
  have h1 : ∫ z, hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) *
      (hermiteProd α z / √(∏ i, ((α i).factorial : ℝ))) ∂γ n = 1 := by
    simp only [div_mul_div_comm]
    rw [integral_div, integral_hermiteProd_mul, if_pos rfl,
      Real.mul_self_sqrt (prod_factorial_pos α).le, div_self (prod_factorial_pos α).ne']
  rw [h1] at hb
  simp only [hc] at hb
  exact hb

/-- The weights of a white encoder add up to its width. -/
theorem IsWhite.hasSum_hermiteWeight {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    HasSum (hermiteWeight h) (m : ℝ) := by
  have hs := Lejepa.hasSum_hermiteWeight hh.memLp
  rw [← Lejepa.trace_secondMoment (γ n) h, hh.trace_secondMoment] at hs
  exact hs

/-- A white encoder with all its weight in degree one is linear, with orthonormal rows. -/
theorem IsWhite.ae_eq_mulVec_of_hermiteWeight_eq_zero {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) (h0 : ∀ α : Fin n → ℕ, ∑ j, α j ≠ 1 → hermiteWeight h α = 0) :
    h =ᵐ[γ n] (linearPart h).mulVec ∧ linearPart h * (linearPart h).transpose = 1 := by
  have hi (i : Fin m) : ∀ᵐ z ∂γ n, h z i = (linearPart h).mulVec z i := by
    filter_upwards [ae_eq_linear_of_hermiteCoeff_eq_zero (hh.memLp i) fun α hα ↦
      hermiteCoeff_eq_zero_of_hermiteWeight_eq_zero (h0 α hα) i] with z hz
    refine hz.trans ?_
    simp only [mulVec_apply_eq_sum, hermiteCoeff_single_eq_linearPart h]
  have hhA : h =ᵐ[γ n] (linearPart h).mulVec := by
    filter_upwards [ae_all_iff.2 hi] with z hz
    exact funext hz
  refine ⟨hhA, ?_⟩
  rw [← secondMoment_mulVec, ← secondMoment_congr_ae hhA, hh.secondMoment_eq_one]

/-! ### Encoders of transformed latents -/

/-- A white encoder stays white when what it encodes is the image of a measure-preserving map. -/
theorem IsWhite.comp_measurePreserving {Y Z : Type*} [MeasurableSpace Y] [MeasurableSpace Z]
    {μ : Measure Y} {ν : Measure Z} {h : Z → Fin m → ℝ} {φ : Y → Z}
    (hφ : MeasurePreserving φ μ ν) (hh : IsWhite ν h) : IsWhite μ (fun y ↦ h (φ y)) := by
  refine { memLp := fun i ↦ (hh.memLp i).comp_measurePreserving hφ, mean_eq_zero := fun i ↦ ?_,
           secondMoment_eq_one := ?_ }
  · exact (hφ.integral_comp_of_aestronglyMeasurable (g := fun z ↦ h z i) (hh.memLp i).1).trans
      (hh.mean_eq_zero i)
  · ext i j
    exact (hφ.integral_comp_of_aestronglyMeasurable (g := fun z ↦ h z i * h z j)
      ((hh.memLp i).1.mul (hh.memLp j).1)).trans
      (congrFun (congrFun hh.secondMoment_eq_one i) j)

/-- Orthogonal maps preserve the standard Gaussian. -/
theorem measurePreserving_mulVec {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) : MeasurePreserving Q.mulVec (γ n) (γ n) :=
  ⟨(Continuous.matrix_mulVec continuous_const continuous_id).measurable,
    map_mulVec_stdGaussian hQ⟩

/-- A white encoder of rotated latents is white. -/
theorem IsWhite.comp_mulVec {h : (Fin n → ℝ) → Fin m → ℝ} {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hh : IsWhite (γ n) h) :
    IsWhite (γ n) (fun z ↦ h (Q.mulVec z)) :=
  hh.comp_measurePreserving (measurePreserving_mulVec hQ)

end Lejepa
