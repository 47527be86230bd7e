/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianPiMoments
public import Lejepa.ForMathlib.SumMul
public import Lejepa.Hermite.Basic
public import Lejepa.Hermite.Orthogonality

/-!
# Hermite coefficients of low degree, and linear functions

## Main results
* `Lejepa.hermiteCoeff_zero`, `Lejepa.hermiteCoeff_single`: the coefficients of degree zero and one
  are the mean and the correlations with the coordinates.
* `Lejepa.hermiteCoeff_linear_single`, `Lejepa.hermiteCoeff_linear_of_sum_ne_one`: the coefficients
  of a linear function.
* `Lejepa.integral_coord`, `Lejepa.integral_coord_mul_coord`: the coordinates are white.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ}

/-! ### Multi-indices of degree one -/

/-- The multi-index `eⱼ` has degree one. -/
lemma sum_single_one (j : Fin n) : ∑ i, (Pi.single j 1 : Fin n → ℕ) i = 1 := by
  exact (Finset.sum_pi_single' j 1 Finset.univ).trans (if_pos (Finset.mem_univ j))

/-- A multi-index of degree one is `eⱼ` for some `j`. -/
lemma exists_eq_single_of_sum_eq_one {α : Fin n → ℕ} (h : ∑ i, α i = 1) :
    ∃ j, α = Pi.single j 1 := by
  have hne : ∑ i, α i ≠ 0 := by
    rw [h]
    exact one_ne_zero
  obtain ⟨j, -, hj⟩ := Finset.exists_ne_zero_of_sum_ne_zero hne
  have hsum : α j + ∑ i ∈ Finset.univ.erase j, α i = 1 := by
    rw [Finset.add_sum_erase Finset.univ α (Finset.mem_univ j), h]
  have hrest : ∑ i ∈ Finset.univ.erase j, α i = 0 := by omega
  have hα : α j = 1 := by omega
  refine ⟨j, funext fun i ↦ ?_⟩
  by_cases hi : i = j
  · rw [hi, Pi.single_eq_same, hα]
  · rw [Pi.single_eq_of_ne hi]
    exact Finset.sum_eq_zero_iff.1 hrest i (Finset.mem_erase.2 ⟨hi, Finset.mem_univ i⟩)

/-- The product of the powers `gⱼ ^ αⱼ` of the multi-index `α = k eᵢ` is `gᵢ ^ k`. -/
theorem prod_pow_single (g : Fin n → ℝ) (i : Fin n) (k : ℕ) :
    ∏ j, g j ^ (Pi.single i k : Fin n → ℕ) j = g i ^ k := by
  have h : ∀ j ∈ Finset.univ, j ≠ i → g j ^ (Pi.single i k : Fin n → ℕ) j = 1 := fun j _ hj ↦ by
    rw [Pi.single_eq_of_ne hj, pow_zero]
  rw [Finset.prod_eq_single i h fun hi ↦ absurd (Finset.mem_univ i) hi, Pi.single_eq_same]

/-! ### Coefficients of degree zero and one -/

/-- The product of the factorials of `eⱼ` is `1`. -/
lemma prod_factorial_single (j : Fin n) :
    ∏ i, (((Pi.single j 1 : Fin n → ℕ) i).factorial : ℝ) = 1 := by
  refine Finset.prod_eq_one fun i _ ↦ ?_
  by_cases hi : i = j
  · rw [hi, Pi.single_eq_same, Nat.factorial_one, Nat.cast_one]
  · rw [Pi.single_eq_of_ne hi, Nat.factorial_zero, Nat.cast_one]

/-- The coefficient of degree zero is the mean. -/
theorem hermiteCoeff_zero (f : (Fin n → ℝ) → ℝ) : hermiteCoeff f 0 = ∫ z, f z ∂γ n := by
  simp only [hermiteCoeff, hermiteProd_zero, Pi.one_apply, mul_one, Pi.zero_apply,
    Nat.factorial_zero, Nat.cast_one, Finset.prod_const_one, Real.sqrt_one, div_one]

/-- The coefficients of degree one are the correlations with the coordinates. -/
theorem hermiteCoeff_single (f : (Fin n → ℝ) → ℝ) (j : Fin n) :
    hermiteCoeff f (Pi.single j 1) = ∫ z, f z * z j ∂γ n := by
  rw [hermiteCoeff, prod_factorial_single, Real.sqrt_one, div_one]
  simp only [hermiteProd_single]

/-! ### Linear functions -/

/-- The covariance of the standard Gaussian is the identity. -/
theorem integral_coord_mul_coord (i j : Fin n) :
    ∫ z, z i * z j ∂γ n = if i = j then 1 else 0 :=
  integral_eval_mul_eval_pi_gaussianReal i j

/-- The standard Gaussian has mean zero. -/
theorem integral_coord (i : Fin n) : ∫ z, z i ∂γ n = 0 :=
  integral_eval_pi_gaussianReal i

/-- A coordinate is in `L²(γ n)`. -/
lemma memLp_coord (i : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z i) 2 (γ n) :=
  memLp_eval_stdGaussian i ENNReal.ofNat_ne_top

/-- A linear form is in `L²(γ n)`. -/
lemma memLp_linear (a : Fin n → ℝ) : MemLp (fun z : Fin n → ℝ ↦ ∑ j, a j * z j) 2 (γ n) :=
  memLp_sum_mul a memLp_coord

/-- For `g` in `L²(γ n)`, `𝔼[(∑ⱼ aⱼ zⱼ) g] = ∑ⱼ aⱼ 𝔼[zⱼ g]`. -/
lemma integral_linear_mul (a : Fin n → ℝ) {g : (Fin n → ℝ) → ℝ} (hg : MemLp g 2 (γ n)) :
    ∫ z, (∑ j, a j * z j) * g z ∂γ n = ∑ j, a j * ∫ z, z j * g z ∂γ n :=
  integral_sum_mul_mul a memLp_coord hg

/-- Under the standard Gaussian, `𝔼[(∑ⱼ aⱼ zⱼ) zₖ] = aₖ`. -/
lemma integral_linear_mul_coord (a : Fin n → ℝ) (k : Fin n) :
    ∫ z, (∑ j, a j * z j) * z k ∂γ n = a k := by
  rw [integral_linear_mul a (memLp_coord k)]
  simp only [integral_coord_mul_coord, mul_ite, mul_one, mul_zero]
  rw [Finset.sum_ite_eq' Finset.univ k a, if_pos (Finset.mem_univ k)]

/-- The inner product of two linear functions is that of their coefficients. -/
theorem integral_linear_mul_linear (a b : Fin n → ℝ) :
    ∫ z, (∑ j, a j * z j) * (∑ j, b j * z j) ∂γ n = ∑ j, a j * b j := by
  rw [integral_linear_mul a (memLp_linear b)]
  refine Finset.sum_congr rfl fun k _ ↦ ?_
  rw [← integral_linear_mul_coord b k]
  exact congrArg (a k * ·) (integral_congr_ae (.of_forall fun z ↦ mul_comm _ _))

/-- The Hermite coefficient of index `eₖ` of the linear form `∑ⱼ aⱼ zⱼ` is `aₖ`. -/
theorem hermiteCoeff_linear_single (a : Fin n → ℝ) (k : Fin n) :
    hermiteCoeff (fun z ↦ ∑ j, a j * z j) (Pi.single k 1) = a k := by
  rw [hermiteCoeff_single, integral_linear_mul_coord]

/-- The Hermite coefficients of a linear form are zero in every degree but one. -/
theorem hermiteCoeff_linear_of_sum_ne_one (a : Fin n → ℝ) {α : Fin n → ℕ} (hα : ∑ i, α i ≠ 1) :
    hermiteCoeff (fun z ↦ ∑ j, a j * z j) α = 0 := by
  have h (j : Fin n) : ∫ z, z j * hermiteProd α z ∂γ n = 0 := by
    have hne : (Pi.single j 1 : Fin n → ℕ) ≠ α := fun e ↦ hα (by rw [← e, sum_single_one])
    have hj := integral_hermiteProd_mul (Pi.single j 1) α
    rw [if_neg hne] at hj
    simpa only [hermiteProd_single] using hj
  rw [hermiteCoeff, integral_linear_mul a (memLp_hermiteProd α)]
  simp only [h, mul_zero, Finset.sum_const_zero, zero_div]

/-- Linear functions of the latent have mean zero. -/
lemma integral_linear_stdGaussian (a : Fin n → ℝ) :
    ∫ z : Fin n → ℝ, ∑ j, a j * z j ∂γ n = 0 :=
  (hermiteCoeff_zero _).symm.trans (hermiteCoeff_linear_of_sum_ne_one a (α := 0) (by simp))

end Lejepa
