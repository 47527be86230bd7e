/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.LinearCorrelation
public import Lejepa.Hermite.Radial

/-!
# The latents, with a radial feature in place of a direction

For a unit vector `u`, the encoder `z - u (u · z) + u q(z)`, `q` the radial feature, is white.

## Main definitions
* `Lejepa.replaceDirection u`: this encoder.

## Main results
* `Lejepa.isWhite_replaceDirection`: for a unit vector it is white.
* `Lejepa.integral_replaceDirection_mul_radialFeature`: its inner products with the radial feature.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

noncomputable section

namespace Lejepa

variable {n : ℕ}

/-- The latents, with the radial feature in place of their direction `u`. -/
def replaceDirection (u z : Fin n → ℝ) (i : Fin n) : ℝ :=
  ∑ j, ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i j * z j + u i * radialFeature z

variable {u : Fin n → ℝ}

/-- There is a unit vector only where there is a dimension. -/
lemma ne_zero_of_dotProduct_eq_one (hu : u ⬝ᵥ u = 1) : n ≠ 0 := by
  rintro rfl
  have h₀ : u ⬝ᵥ u = 0 := Finset.sum_eq_zero fun i _ ↦ i.elim0
  rw [h₀] at hu
  exact zero_ne_one hu

/-- The projection along a vector is symmetric. -/
lemma transpose_one_sub_vecMulVec (u : Fin n → ℝ) :
    ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u)ᵀ = 1 - Matrix.vecMulVec u u := by
  rw [Matrix.transpose_sub, Matrix.transpose_one, Matrix.transpose_vecMulVec]

/-- The projection along a unit vector is idempotent. -/
lemma one_sub_vecMulVec_mul_self (hu : u ⬝ᵥ u = 1) :
    ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) * (1 - Matrix.vecMulVec u u) =
      1 - Matrix.vecMulVec u u := by
  have hsq : Matrix.vecMulVec u u * Matrix.vecMulVec u u = Matrix.vecMulVec u u := by
    rw [Matrix.vecMulVec_mul_vecMulVec, hu, one_smul]
  rw [Matrix.sub_mul, Matrix.one_mul, Matrix.mul_sub, Matrix.mul_one, hsq, sub_self, sub_zero]

/-- The coordinates of the encoder are square-integrable. -/
theorem memLp_replaceDirection (u : Fin n → ℝ) (i : Fin n) :
    MemLp (fun z ↦ replaceDirection u z i) 2 (γ n) :=
  (memLp_linear (((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i)).add
    (memLp_radialFeature.const_mul (u i))

/-- The inner product of a coordinate of the encoder and another function. -/
theorem integral_replaceDirection_mul (u : Fin n → ℝ) (i : Fin n) {g : (Fin n → ℝ) → ℝ}
    (hg : MemLp g 2 (γ n)) :
    ∫ z, replaceDirection u z i * g z ∂γ n =
      ∑ j, ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i j * ∫ z, z j * g z ∂γ n +
        u i * ∫ z, radialFeature z * g z ∂γ n := by
  obtain ⟨a, ha⟩ : ∃ a : Fin n → ℝ,
      a = ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i := ⟨_, rfl⟩
  have i₁ : Integrable (fun z : Fin n → ℝ ↦ (∑ j, a j * z j) * g z) (γ n) :=
    (memLp_linear a).integrable_mul hg
  have i₂ : Integrable (fun z ↦ u i * (radialFeature z * g z)) (γ n) :=
    (memLp_radialFeature.integrable_mul hg).const_mul (u i)
  have e (z : Fin n → ℝ) : replaceDirection u z i * g z =
      (∑ j, a j * z j) * g z + u i * (radialFeature z * g z) := by
    rw [replaceDirection, ha, add_mul, mul_assoc (u i)]
  simp only [e]
  rw [integral_add i₁ i₂, integral_linear_mul a hg, integral_const_mul, ha]

/-- A coordinate of the encoder against a latent. -/
theorem integral_replaceDirection_mul_coord (u : Fin n → ℝ) (i k : Fin n) :
    ∫ z, replaceDirection u z i * z k ∂γ n =
      ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i k := by
  rw [integral_replaceDirection_mul u i (memLp_coord k), integral_radialFeature_mul_coord,
    mul_zero, add_zero,
    ← integral_linear_mul (((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i)
      (memLp_coord k), integral_linear_mul_coord]

/-- A coordinate of the encoder against the radial feature. -/
theorem integral_replaceDirection_mul_radialFeature (hu : u ⬝ᵥ u = 1) (i : Fin n) :
    ∫ z, replaceDirection u z i * radialFeature z ∂γ n = u i := by
  have h₀ (j : Fin n) : ∫ z, z j * radialFeature z ∂γ n = 0 := by
    have e : ∫ z, z j * radialFeature z ∂γ n = ∫ z, radialFeature z * z j ∂γ n :=
      integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
    rw [e, integral_radialFeature_mul_coord]
  rw [integral_replaceDirection_mul u i memLp_radialFeature,
    integral_radialFeature_sq (ne_zero_of_dotProduct_eq_one hu), mul_one]
  simp only [h₀, mul_zero, Finset.sum_const_zero, zero_add]

/-- For a unit vector the encoder is white. -/
theorem isWhite_replaceDirection (hu : u ⬝ᵥ u = 1) : IsWhite (γ n) (replaceDirection u) := by
  refine { memLp := memLp_replaceDirection u, mean_eq_zero := fun i ↦ ?_,
           secondMoment_eq_one := ?_ }
  · obtain ⟨a, ha⟩ : ∃ a : Fin n → ℝ,
        a = ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i := ⟨_, rfl⟩
    have i₁ : Integrable (fun z : Fin n → ℝ ↦ ∑ j, a j * z j) (γ n) :=
      (memLp_linear a).integrable one_le_two
    have i₂ : Integrable (fun z : Fin n → ℝ ↦ u i * radialFeature z) (γ n) :=
      (memLp_radialFeature.integrable one_le_two).const_mul (u i)
    have e (z : Fin n → ℝ) : replaceDirection u z i =
        ∑ j, a j * z j + u i * radialFeature z := by
      rw [replaceDirection, ha]
    simp only [e]
    rw [integral_add i₁ i₂, integral_linear_stdGaussian, integral_const_mul,
      integral_radialFeature, mul_zero, add_zero]
  · ext i k
    have h₁ (j : Fin n) : ∫ z, z j * replaceDirection u z k ∂γ n =
        ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) k j := by
      rw [← integral_replaceDirection_mul_coord u k j]
      exact integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
    have h₂ : ∫ z, radialFeature z * replaceDirection u z k ∂γ n = u k := by
      rw [← integral_replaceDirection_mul_radialFeature hu k]
      exact integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
    have h₃ : ∑ j, ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i j *
        ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) k j =
        ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i k := by
      have hsymm (j : Fin n) : ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) k j =
          ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) j k :=
        congrFun (congrFun (transpose_one_sub_vecMulVec u) j) k
      have hmul := congrFun (congrFun (one_sub_vecMulVec_mul_self hu) i) k
      rw [Matrix.mul_apply] at hmul
      refine Eq.trans (Finset.sum_congr rfl fun j _ ↦ ?_) hmul
      rw [hsymm j]
    have h₄ : ∫ z, replaceDirection u z i * replaceDirection u z k ∂γ n =
        (1 : Matrix (Fin n) (Fin n) ℝ) i k := by
      rw [integral_replaceDirection_mul u i (memLp_replaceDirection u k), h₂]
      simp only [h₁]
      rw [h₃, Matrix.sub_apply, Matrix.vecMulVec_apply, sub_add_cancel]
    exact h₄

end Lejepa
