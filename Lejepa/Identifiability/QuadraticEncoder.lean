/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.LinearPart

/-!
# Encoders of degree two, coordinate by coordinate

The encoder `hᵢ(z) = aᵢ zᵢ + bᵢ (zᵢ² - 1) / √2` scales each latent and adds to it a multiple of its
own normalized Hermite polynomial of degree two. All that the bounds of approximate identifiability
are about can be computed for it; it shows them to be attained.

## Main definitions
* `Lejepa.quadraticEncoder a b`: this encoder.

## Main results
* `Lejepa.isCentred_quadraticEncoder`.
* `Lejepa.linearPart_quadraticEncoder`: its linear part is `diag(a)`.
* `Lejepa.secondMoment_quadraticEncoder`: its covariance is `diag(a² + b²)`.
* `Lejepa.le_integral_quadraticEncoder_sub_mulVec`: no orthogonal map is nearer to it than the
  identity.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory Polynomial
open Finset

noncomputable section

namespace Lejepa

variable {n : ℕ}

/-! ### The normalized Hermite polynomial of degree two in one coordinate -/

/-- If `k ≠ 0`, the multi-indices `k eᵢ` and `l eⱼ` are equal exactly if `i = j` and `k = l`. -/
theorem single_eq_single_iff {i j : Fin n} {k l : ℕ} (hk : k ≠ 0) :
    (Pi.single i k : Fin n → ℕ) = Pi.single j l ↔ i = j ∧ k = l := by
  constructor
  · intro e
    have ei := congrFun e i
    rw [Pi.single_eq_same] at ei
    rcases eq_or_ne i j with rfl | hij
    · rw [Pi.single_eq_same] at ei
      exact ⟨rfl, ei⟩
    · rw [Pi.single_eq_of_ne hij] at ei
      exact absurd ei hk
  · rintro ⟨rfl, rfl⟩
    rfl

/-- The multi-indices `eᵢ` and `2 eⱼ` are different. -/
theorem single_one_ne_single_two (i j : Fin n) :
    (Pi.single i 1 : Fin n → ℕ) ≠ Pi.single j 2 :=
  fun e ↦ absurd ((single_eq_single_iff one_ne_zero).1 e).2 (by omega)

/-- The product of the factorials of `2 eᵢ` is `2`. -/
theorem prod_factorial_single_two (i : Fin n) :
    ∏ j, (((Pi.single i 2 : Fin n → ℕ) j).factorial : ℝ) = 2 := by
  have h : ∀ j ∈ univ, j ≠ i → (((Pi.single i 2 : Fin n → ℕ) j).factorial : ℝ) = 1 :=
    fun j _ hj ↦ by rw [Pi.single_eq_of_ne hj, Nat.factorial_zero, Nat.cast_one]
  rw [prod_eq_single i h fun hi ↦ absurd (mem_univ i) hi, Pi.single_eq_same, Nat.factorial_two,
    Nat.cast_ofNat]

/-- The Hermite product of index `2 eᵢ` is `zᵢ² - 1`. -/
theorem hermiteProd_single_two (i : Fin n) (z : Fin n → ℝ) :
    hermiteProd (Pi.single i 2) z = z i ^ 2 - 1 := by
  have h : ∀ j ∈ univ, j ≠ i →
      aeval (z j) (hermite ((Pi.single i 2 : Fin n → ℕ) j)) = 1 := fun j _ hj ↦ by
    rw [Pi.single_eq_of_ne hj, hermite_zero, map_one, map_one]
  have h₂ : hermite 2 = X * X - 1 := by
    have h' := hermite_succ 1
    rw [hermite_one, derivative_X] at h'
    exact h'
  rw [hermiteProd, prod_eq_single i h fun hi ↦ absurd (mem_univ i) hi, Pi.single_eq_same, h₂,
    map_sub, map_mul, aeval_X, map_one, sq]

/-- The normalized Hermite polynomial of degree two in the `i`-th coordinate. -/
def quadraticCoord (i : Fin n) (z : Fin n → ℝ) : ℝ := (z i ^ 2 - 1) / √2

private theorem quadraticCoord_eq (i : Fin n) (z : Fin n → ℝ) :
    quadraticCoord i z = (√2)⁻¹ * hermiteProd (Pi.single i 2) z := by
  rw [quadraticCoord, hermiteProd_single_two, div_eq_inv_mul]

/-- The function `(zᵢ² - 1) / √2` is in `L²(γ n)`. -/
theorem memLp_quadraticCoord (i : Fin n) : MemLp (quadraticCoord i) 2 (γ n) := by
  rw [funext (quadraticCoord_eq i)]
  exact (memLp_hermiteProd (Pi.single i 2)).const_mul (√2)⁻¹

/-- The inner product of `(zᵢ² - 1) / √2` with the Hermite product of index `α` is `√2` if `α = 2
eᵢ`, and zero otherwise. -/
theorem integral_quadraticCoord_mul_hermiteProd (i : Fin n) (α : Fin n → ℕ) :
    ∫ z, quadraticCoord i z * hermiteProd α z ∂γ n = if α = Pi.single i 2 then √2 else 0 := by
  have h : ∀ z, quadraticCoord i z * hermiteProd α z =
      (√2)⁻¹ * (hermiteProd (Pi.single i 2) z * hermiteProd α z) := fun z ↦ by
    rw [quadraticCoord_eq, mul_assoc]
  simp only [h]
  rw [integral_const_mul, integral_hermiteProd_mul, prod_factorial_single_two]
  by_cases hα : α = Pi.single i 2
  · rw [if_pos hα, if_pos hα.symm, ← div_eq_inv_mul, Real.div_sqrt]
  · rw [if_neg hα, if_neg fun e ↦ hα e.symm, mul_zero]

/-- The Hermite coefficient of index `α` of `(zᵢ² - 1) / √2` is `1` if `α = 2 eᵢ`, and zero
otherwise. -/
theorem hermiteCoeff_quadraticCoord (i : Fin n) (α : Fin n → ℕ) :
    hermiteCoeff (quadraticCoord i) α = if α = Pi.single i 2 then 1 else 0 := by
  rw [hermiteCoeff, integral_quadraticCoord_mul_hermiteProd]
  by_cases hα : α = Pi.single i 2
  · rw [if_pos hα, if_pos hα, hα, prod_factorial_single_two]
    exact div_self (Real.sqrt_pos.2 two_pos).ne'
  · rw [if_neg hα, if_neg hα, zero_div]

/-- The Hermite coefficient of index `α` of the coordinate `zᵢ` is `1` if `α = eᵢ`, and zero
otherwise. -/
theorem hermiteCoeff_coord (i : Fin n) (α : Fin n → ℕ) :
    hermiteCoeff (fun z ↦ z i) α = if α = Pi.single i 1 then 1 else 0 := by
  have h := integral_hermiteProd_mul (Pi.single i 1) α
  simp only [hermiteProd_single, prod_factorial_single] at h
  rw [hermiteCoeff, h]
  by_cases hα : α = Pi.single i 1
  · rw [if_pos hα, if_pos hα.symm, hα, prod_factorial_single, Real.sqrt_one, div_one]
  · rw [if_neg hα, if_neg fun e ↦ hα e.symm, zero_div]

/-- The function `(zᵢ² - 1) / √2` has mean zero under the standard Gaussian. -/
theorem integral_quadraticCoord (i : Fin n) : ∫ z, quadraticCoord i z ∂γ n = 0 := by
  have h := hermiteCoeff_quadraticCoord i 0
  rw [hermiteCoeff_zero, if_neg] at h
  · exact h
  · intro e
    have ei := congrFun e i
    rw [Pi.zero_apply, Pi.single_eq_same] at ei
    exact two_ne_zero ei.symm

/-- The function `(zᵢ² - 1) / √2` is uncorrelated with every coordinate under the standard Gaussian.
-/
theorem integral_quadraticCoord_mul_coord (i j : Fin n) :
    ∫ z, quadraticCoord i z * z j ∂γ n = 0 := by
  have h := hermiteCoeff_quadraticCoord i (Pi.single j 1)
  rwa [hermiteCoeff_single, if_neg (single_one_ne_single_two j i)] at h

/-- The functions `(zᵢ² - 1) / √2` are orthonormal in `L²(γ n)`. -/
theorem integral_quadraticCoord_mul_quadraticCoord (i j : Fin n) :
    ∫ z, quadraticCoord i z * quadraticCoord j z ∂γ n = if i = j then 1 else 0 := by
  have h : ∀ z, quadraticCoord i z * quadraticCoord j z =
      (√2)⁻¹ * (quadraticCoord i z * hermiteProd (Pi.single j 2) z) := fun z ↦ by
    rw [quadraticCoord_eq j]
    ring
  simp only [h]
  rw [integral_const_mul, integral_quadraticCoord_mul_hermiteProd]
  rcases eq_or_ne i j with rfl | hij
  · rw [if_pos rfl, if_pos rfl]
    exact inv_mul_cancel₀ (Real.sqrt_pos.2 two_pos).ne'
  · rw [if_neg hij, if_neg, mul_zero]
    intro e
    exact hij ((single_eq_single_iff two_ne_zero).1 e).1.symm

/-! ### The encoder -/

/-- The encoder `hᵢ(z) = aᵢ zᵢ + bᵢ (zᵢ² - 1) / √2`. -/
def quadraticEncoder (a b : Fin n → ℝ) (z : Fin n → ℝ) (i : Fin n) : ℝ :=
  a i * z i + b i * quadraticCoord i z

variable (a b : Fin n → ℝ)

/-- The coordinates of the quadratic encoder are in `L²(γ n)`. -/
theorem memLp_quadraticEncoder (i : Fin n) :
    MemLp (fun z ↦ quadraticEncoder a b z i) 2 (γ n) :=
  ((memLp_coord i).const_mul (a i)).add ((memLp_quadraticCoord i).const_mul (b i))

private theorem integral_quadraticEncoder_mul (i : Fin n) {g : (Fin n → ℝ) → ℝ}
    (hg : MemLp g 2 (γ n)) :
    ∫ z, quadraticEncoder a b z i * g z ∂γ n =
      a i * ∫ z, z i * g z ∂γ n + b i * ∫ z, quadraticCoord i z * g z ∂γ n := by
  have i₁ : Integrable (fun z : Fin n → ℝ ↦ a i * (z i * g z)) (γ n) :=
    ((memLp_coord i).integrable_mul hg).const_mul (a i)
  have i₂ : Integrable (fun z ↦ b i * (quadraticCoord i z * g z)) (γ n) :=
    ((memLp_quadraticCoord i).integrable_mul hg).const_mul (b i)
  have h : ∀ z, quadraticEncoder a b z i * g z =
      a i * (z i * g z) + b i * (quadraticCoord i z * g z) := fun z ↦ by
    rw [quadraticEncoder]
    ring
  simp only [h]
  rw [integral_add i₁ i₂, integral_const_mul, integral_const_mul]

/-- The quadratic encoder is centred under the standard Gaussian. -/
theorem isCentred_quadraticEncoder : IsCentred (γ n) (quadraticEncoder a b) where
  memLp := memLp_quadraticEncoder a b
  mean_eq_zero i := by
    have i₁ : Integrable (fun z : Fin n → ℝ ↦ a i * z i) (γ n) :=
      ((memLp_coord i).integrable one_le_two).const_mul (a i)
    have i₂ : Integrable (fun z ↦ b i * quadraticCoord i z) (γ n) :=
      ((memLp_quadraticCoord i).integrable one_le_two).const_mul (b i)
    simp only [quadraticEncoder]
    rw [integral_add i₁ i₂, integral_const_mul, integral_const_mul, integral_coord,
      integral_quadraticCoord, mul_zero, mul_zero, add_zero]

private theorem integral_quadraticEncoder_mul_coord (i j : Fin n) :
    ∫ z, quadraticEncoder a b z i * z j ∂γ n = if i = j then a i else 0 := by
  rw [integral_quadraticEncoder_mul a b i (memLp_coord j), integral_coord_mul_coord,
    integral_quadraticCoord_mul_coord, mul_zero, add_zero, mul_ite, mul_one, mul_zero]

private theorem integral_quadraticEncoder_mul_quadraticCoord (i j : Fin n) :
    ∫ z, quadraticEncoder a b z i * quadraticCoord j z ∂γ n = if i = j then b i else 0 := by
  have h : ∫ z : Fin n → ℝ, z i * quadraticCoord j z ∂γ n = 0 := by
    refine Eq.trans ?_ (integral_quadraticCoord_mul_coord j i)
    exact integral_congr_ae (Filter.Eventually.of_forall fun z ↦ mul_comm _ _)
  rw [integral_quadraticEncoder_mul a b i (memLp_quadraticCoord j), h,
    integral_quadraticCoord_mul_quadraticCoord, mul_zero, zero_add, mul_ite, mul_one, mul_zero]

/-- The linear part of the encoder is `diag(a)`. -/
theorem linearPart_quadraticEncoder :
    linearPart (quadraticEncoder a b) = Matrix.diagonal a := by
  ext i j
  rw [Matrix.diagonal_apply]
  exact integral_quadraticEncoder_mul_coord a b i j

/-- The covariance of the encoder is `diag(a² + b²)`. -/
theorem secondMoment_quadraticEncoder :
    secondMoment (γ n) (quadraticEncoder a b) = Matrix.diagonal fun i ↦ a i ^ 2 + b i ^ 2 := by
  ext i j
  have h₁ : ∫ z : Fin n → ℝ, z i * quadraticEncoder a b z j ∂γ n = if j = i then a j else 0 := by
    rw [← integral_quadraticEncoder_mul_coord a b j i]
    exact integral_congr_ae (Filter.Eventually.of_forall fun z ↦ mul_comm _ _)
  have h₂ : ∫ z, quadraticCoord i z * quadraticEncoder a b z j ∂γ n =
      if j = i then b j else 0 := by
    rw [← integral_quadraticEncoder_mul_quadraticCoord a b j i]
    exact integral_congr_ae (Filter.Eventually.of_forall fun z ↦ mul_comm _ _)
  have h : ∫ z, quadraticEncoder a b z i * quadraticEncoder a b z j ∂γ n =
      a i * (if j = i then a j else 0) + b i * if j = i then b j else 0 := by
    rw [← h₁, ← h₂]
    exact integral_quadraticEncoder_mul a b i (memLp_quadraticEncoder a b j)
  rw [Matrix.diagonal_apply]
  refine Eq.trans h ?_
  rcases eq_or_ne i j with rfl | hij
  · rw [if_pos rfl, if_pos rfl, if_pos rfl]
    ring
  · rw [if_neg hij, if_neg hij.symm, if_neg hij.symm, mul_zero, mul_zero, add_zero]

/-- The Hermite coefficient of index `α` of the `i`-th coordinate of the quadratic encoder is `aᵢ`
if `α = eᵢ`, `bᵢ` if `α = 2 eᵢ`, and zero otherwise. -/
theorem hermiteCoeff_quadraticEncoder (i : Fin n) (α : Fin n → ℕ) :
    hermiteCoeff (fun z ↦ quadraticEncoder a b z i) α =
      a i * (if α = Pi.single i 1 then 1 else 0) + b i * if α = Pi.single i 2 then 1 else 0 := by
  rw [← hermiteCoeff_coord, ← hermiteCoeff_quadraticCoord]
  simp only [hermiteCoeff]
  rw [integral_quadraticEncoder_mul a b i (memLp_hermiteProd α)]
  ring

/-- The squared Frobenius distance of the quadratic encoder's covariance from the identity is `∑ᵢ
(aᵢ² + bᵢ² - 1)²`. -/
theorem frobSq_secondMoment_quadraticEncoder_sub_one :
    frobSq (secondMoment (γ n) (quadraticEncoder a b) - 1) =
      ∑ i, (a i ^ 2 + b i ^ 2 - 1) ^ 2 := by
  have h : secondMoment (γ n) (quadraticEncoder a b) - 1 =
      Matrix.diagonal fun i ↦ a i ^ 2 + b i ^ 2 - 1 := by
    rw [secondMoment_quadraticEncoder]
    exact Matrix.diagonal_sub (fun i ↦ a i ^ 2 + b i ^ 2) fun _ ↦ 1
  rw [h]
  exact Matrix.sum_sum_sq_diagonal _

/-- How far the encoder is from each orthogonal map. -/
theorem le_integral_quadraticEncoder_sub_mulVec (ha : ∀ i, 0 ≤ a i)
    {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) :
    ∑ i, b i ^ 2 + ∑ i, (a i - 1) ^ 2 ≤
      ∫ z, ∑ i, (quadraticEncoder a b z i - Q.mulVec z i) ^ 2 ∂γ n := by
  have hQ' := Matrix.sum_sq_sub_one_le_sum_sum_sq_diagonal_sub ha hQ
  have ht : (secondMoment (γ n) (quadraticEncoder a b)).trace =
      ∑ i, a i ^ 2 + ∑ i, b i ^ 2 := by
    rw [secondMoment_quadraticEncoder, Matrix.trace_diagonal, sum_add_distrib]
  have hf : frobSq (linearPart (quadraticEncoder a b)) = ∑ i, a i ^ 2 := by
    rw [linearPart_quadraticEncoder]
    exact Matrix.sum_sum_sq_diagonal a
  rw [integral_sum_sq_sub_mulVec (memLp_quadraticEncoder a b), ht, hf, add_sub_cancel_left,
    linearPart_quadraticEncoder]
  exact add_le_add le_rfl hQ'

end Lejepa
