/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.SingularValues
public import Lejepa.Identifiability.QuadraticEncoder

/-!
# The radial feature

The normalized radial function of degree two, `q z = (‖z‖² - n) / √(2 n)`, does not change under
rotations.

## Main definitions
* `Lejepa.radialFeature`: the function `q`.

## Main results
* `Lejepa.radialFeature_mulVec`: it does not change under orthogonal maps.
* `Lejepa.hermiteCoeff_radialFeature`: it is of degree two.
* `Lejepa.integral_radialFeature_sq`: it has variance one.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n : ℕ}

/-- The normalized radial function of degree two, `(‖z‖² - n) / √(2 n)`. -/
def radialFeature (z : Fin n → ℝ) : ℝ := (√(n : ℝ))⁻¹ * ∑ i, quadraticCoord i z

/-- The radial function is in `L²(γ n)`. -/
theorem memLp_radialFeature : MemLp (radialFeature (n := n)) 2 (γ n) := by
  have h : MemLp (fun z : Fin n → ℝ ↦ ∑ i, quadraticCoord i z) 2 (γ n) :=
    memLp_finset_sum _ fun i _ ↦ memLp_quadraticCoord i
  exact h.const_mul _

/-- The radial feature does not change under orthogonal maps. -/
theorem radialFeature_mulVec {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (z : Fin n → ℝ) :
    radialFeature (Q.mulVec z) = radialFeature z := by
  have h (y : Fin n → ℝ) : ∑ i, quadraticCoord i y = (y ⬝ᵥ y - n) / √2 := by
    simp only [quadraticCoord]
    rw [← Finset.sum_div, Finset.sum_sub_distrib, Finset.sum_const, Finset.card_univ,
      Fintype.card_fin, nsmul_eq_mul, mul_one, dotProduct]
    simp only [sq]
  rw [radialFeature, radialFeature, h, h,
    Matrix.mulVec_dotProduct_mulVec_of_mem_orthogonalGroup hQ]

/-- The inner product of the radial feature and another function. -/
theorem integral_radialFeature_mul {g : (Fin n → ℝ) → ℝ} (hg : MemLp g 2 (γ n)) :
    ∫ z, radialFeature z * g z ∂γ n =
      (√(n : ℝ))⁻¹ * ∑ i, ∫ z, quadraticCoord i z * g z ∂γ n := by
  have hint (i : Fin n) : Integrable (fun z ↦ quadraticCoord i z * g z) (γ n) :=
    (memLp_quadraticCoord i).integrable_mul hg
  have e (z : Fin n → ℝ) : radialFeature z * g z =
      (√(n : ℝ))⁻¹ * ∑ i, quadraticCoord i z * g z := by
    rw [radialFeature, mul_assoc, Finset.sum_mul]
  simp only [e]
  rw [integral_const_mul, integral_finset_sum _ fun i _ ↦ hint i]

/-- The radial feature is of degree two. -/
theorem hermiteCoeff_radialFeature {α : Fin n → ℕ} (hα : ∑ i, α i ≠ 2) :
    hermiteCoeff radialFeature α = 0 := by
  have h (i : Fin n) : ∫ z, quadraticCoord i z * hermiteProd α z ∂γ n = 0 := by
    have hne : α ≠ Pi.single i 2 := fun e ↦ hα (by rw [e, Fintype.sum_pi_single'])
    rw [integral_quadraticCoord_mul_hermiteProd, if_neg hne]
  rw [hermiteCoeff, integral_radialFeature_mul (memLp_hermiteProd α)]
  simp only [h, Finset.sum_const_zero, mul_zero, zero_div]

/-- The radial function has mean zero under the standard Gaussian. -/
theorem integral_radialFeature : ∫ z : Fin n → ℝ, radialFeature z ∂γ n = 0 :=
  (hermiteCoeff_zero (radialFeature (n := n))).symm.trans
    (hermiteCoeff_radialFeature (by simp))

/-- The radial function is uncorrelated with every coordinate under the standard Gaussian. -/
theorem integral_radialFeature_mul_coord (j : Fin n) :
    ∫ z, radialFeature z * z j ∂γ n = 0 := by
  refine (hermiteCoeff_single radialFeature j).symm.trans (hermiteCoeff_radialFeature ?_)
  rw [sum_single_one]
  omega

/-- The radial feature has variance one. -/
theorem integral_radialFeature_sq (hn : n ≠ 0) :
    ∫ z : Fin n → ℝ, radialFeature z * radialFeature z ∂γ n = 1 := by
  have hi (i : Fin n) : ∫ z, quadraticCoord i z * radialFeature z ∂γ n = (√(n : ℝ))⁻¹ := by
    have e : ∫ z, quadraticCoord i z * radialFeature z ∂γ n =
        ∫ z, radialFeature z * quadraticCoord i z ∂γ n :=
      integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
    rw [e, integral_radialFeature_mul (memLp_quadraticCoord i)]
    simp only [integral_quadraticCoord_mul_quadraticCoord]
    rw [Finset.sum_ite_eq' Finset.univ i fun _ ↦ (1 : ℝ), if_pos (Finset.mem_univ i), mul_one]
  have hpos : 0 < (n : ℝ) := Nat.cast_pos.2 (Nat.pos_of_ne_zero hn)
  have hs : √(n : ℝ) * √(n : ℝ) = n := Real.mul_self_sqrt hpos.le
  have hne : √(n : ℝ) ≠ 0 := (Real.sqrt_pos.2 hpos).ne'
  rw [integral_radialFeature_mul memLp_radialFeature]
  simp only [hi, Finset.sum_const, Finset.card_univ, Fintype.card_fin, nsmul_eq_mul]
  calc (√(n : ℝ))⁻¹ * (n * (√(n : ℝ))⁻¹)
      = (√(n : ℝ))⁻¹ * (√(n : ℝ) * √(n : ℝ) * (√(n : ℝ))⁻¹) := by rw [hs]
    _ = 1 := by rw [mul_assoc, mul_inv_cancel₀ hne, mul_one, inv_mul_cancel₀ hne]

end Lejepa
