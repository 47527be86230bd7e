/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.DotProductSelf
public import Lejepa.ForMathlib.Polar
public import Mathlib.Algebra.QuadraticDiscriminant
public import Mathlib.LinearAlgebra.FiniteDimensional.Basic
public import Mathlib.LinearAlgebra.Matrix.ToLin

/-!
# The best bound on the distance from the orthogonal matrices

## Main results
* `Matrix.exists_orthogonal_sum_sq_sub_le`: if `‖A Aᵀ - 1‖_F ≤ t` then `A` is within
  `t / (1 + √(1 - t))` of an orthogonal matrix. For `t ≤ 1` this is `1 - √(1 - t)`
  (`Matrix.div_one_add_sqrt_eq`), the distance of `diag(√(1 - t), 1, …, 1)`.
-/

public section

open Finset

namespace Matrix

variable {n : Type*} [Fintype n]

/-- The Cauchy–Schwarz inequality `(u · v)² ≤ (u · u) (v · v)`. -/
theorem sq_dotProduct_le (u v : n → ℝ) : (u ⬝ᵥ v) ^ 2 ≤ (u ⬝ᵥ u) * (v ⬝ᵥ v) := by
  rw [dotProduct_self_eq_sum_sq, dotProduct_self_eq_sum_sq]
  exact sum_mul_sq_le_sq_mul_sq univ u v

/-- The squared norm of `M u` is at most the squared Frobenius norm of `M` times the squared norm of
`u`. -/
theorem dotProduct_mulVec_self_le (M : Matrix n n ℝ) (u : n → ℝ) :
    (M *ᵥ u) ⬝ᵥ (M *ᵥ u) ≤ (∑ i, ∑ j, M i j ^ 2) * (u ⬝ᵥ u) := by
  rw [dotProduct_self_eq_sum_sq, sum_mul]
  refine sum_le_sum fun i _ ↦ ?_
  rw [← dotProduct_self_eq_sum_sq (M i)]
  exact sq_dotProduct_le (M i) u

/-- A quadratic form is bounded by the Frobenius norm of its matrix. -/
theorem neg_mul_le_dotProduct_mulVec {M : Matrix n n ℝ} {t : ℝ} (ht : 0 ≤ t)
    (hM : ∑ i, ∑ j, M i j ^ 2 ≤ t ^ 2) (u : n → ℝ) : -(t * (u ⬝ᵥ u)) ≤ u ⬝ᵥ M *ᵥ u := by
  have hu := dotProduct_self_nonneg u
  have h₁ := sq_dotProduct_le u (M *ᵥ u)
  have h₂ := mul_le_mul_of_nonneg_left (dotProduct_mulVec_self_le M u) hu
  have h₃ := mul_le_mul_of_nonneg_right hM (mul_nonneg hu hu)
  refine (abs_le_of_sq_le_sq' ?_ (mul_nonneg ht hu)).1
  nlinarith

variable {P : Matrix n n ℝ}

private theorem dotProduct_mulVec_of_symm (hsymm : Pᵀ = P) (u v : n → ℝ) :
    u ⬝ᵥ P *ᵥ v = (P *ᵥ u) ⬝ᵥ v := by
  have h := vecMul_transpose P u
  rw [hsymm] at h
  rw [dotProduct_mulVec, h]

/-- Cauchy–Schwarz for a positive symmetric matrix. -/
theorem sq_dotProduct_mulVec_le (hsymm : Pᵀ = P) (hpos : ∀ a : n → ℝ, 0 ≤ a ⬝ᵥ P *ᵥ a)
    (u v : n → ℝ) : (u ⬝ᵥ P *ᵥ v) ^ 2 ≤ (u ⬝ᵥ P *ᵥ u) * (v ⬝ᵥ P *ᵥ v) := by
  have hvu : v ⬝ᵥ P *ᵥ u = u ⬝ᵥ P *ᵥ v := by
    rw [dotProduct_mulVec_of_symm hsymm, dotProduct_comm]
  have quad : ∀ x : ℝ, 0 ≤ (v ⬝ᵥ P *ᵥ v) * (x * x) + (2 * (u ⬝ᵥ P *ᵥ v)) * x + u ⬝ᵥ P *ᵥ u := by
    intro x
    have h := hpos (u + x • v)
    simp only [mulVec_add, mulVec_smul, dotProduct_add, add_dotProduct, dotProduct_smul,
      smul_dotProduct, smul_eq_mul, hvu] at h
    linarith
  have h := discrim_le_zero quad
  rw [discrim] at h
  linarith

/-- A lower bound on the square of a positive symmetric matrix gives one on the matrix. -/
theorem mul_le_dotProduct_mulVec (hsymm : Pᵀ = P) (hpos : ∀ a : n → ℝ, 0 ≤ a ⬝ᵥ P *ᵥ a) {c : ℝ}
    (hc : 0 ≤ c) (h : ∀ u : n → ℝ, c ^ 2 * (u ⬝ᵥ u) ≤ (P *ᵥ u) ⬝ᵥ (P *ᵥ u)) (v : n → ℝ) :
    c * (v ⬝ᵥ v) ≤ v ⬝ᵥ P *ᵥ v := by
  rcases hc.eq_or_lt with rfl | hc'
  · rw [zero_mul]
    exact hpos v
  have hv := dotProduct_self_nonneg v
  rcases hv.eq_or_lt with hv₀ | hv'
  · rw [← hv₀, mul_zero]
    exact hpos v
  have hinj : Function.Injective P.mulVecLin := by
    refine (injective_iff_map_eq_zero P.mulVecLin).2 fun u hu ↦ ?_
    have hu' : P *ᵥ u = 0 := hu
    have hle := h u
    rw [hu', zero_dotProduct] at hle
    have hz : u ⬝ᵥ u = 0 := by
      have hcc : 0 < c ^ 2 := by positivity
      have := dotProduct_self_nonneg u
      nlinarith
    exact funext fun i ↦ mul_self_eq_zero.1
      ((sum_eq_zero_iff_of_nonneg fun i _ ↦ mul_self_nonneg (u i)).1 hz i (mem_univ i))
  obtain ⟨u, hu⟩ := LinearMap.injective_iff_surjective.1 hinj v
  have hu' : P *ᵥ u = v := hu
  have h₁ := sq_dotProduct_mulVec_le hsymm hpos u v
  rw [dotProduct_mulVec_of_symm hsymm u v, hu'] at h₁
  have h₂ := h u
  rw [hu'] at h₂
  have h₃ := sq_dotProduct_le u v
  have h₄ : (c * (u ⬝ᵥ v)) ^ 2 ≤ (v ⬝ᵥ v) ^ 2 := by
    have := mul_le_mul_of_nonneg_right h₂ hv
    have := mul_le_mul_of_nonneg_left h₃ (sq_nonneg c)
    nlinarith
  have h₅ := (abs_le_of_sq_le_sq' h₄ hv).2
  have h₆ := mul_le_mul_of_nonneg_right h₅ (hpos v)
  have h₇ := mul_le_mul_of_nonneg_left h₁ hc
  have h₈ : (v ⬝ᵥ v) * (c * (v ⬝ᵥ v)) ≤ (v ⬝ᵥ v) * (v ⬝ᵥ P *ᵥ v) := by nlinarith
  exact le_of_mul_le_mul_left h₈ hv'

variable [DecidableEq n]

/-- A matrix that is nearly orthogonal is near an orthogonal one: if `‖A Aᵀ - 1‖_F ≤ t` then the
distance is at most `t / (1 + √(1 - t))`. For `t ≤ 1` this is `1 - √(1 - t)`, attained by
`diag(√(1 - t), 1, …, 1)`; for `t ≥ 1` (where `√` of a negative number is zero) it is `t`. -/
theorem exists_orthogonal_sum_sq_sub_le (A : Matrix n n ℝ) {t : ℝ} (ht : 0 ≤ t)
    (hA : ∑ i, ∑ j, (A * Aᵀ - 1) i j ^ 2 ≤ t ^ 2) :
    ∃ Q ∈ orthogonalGroup n ℝ, ∑ i, ∑ j, (A - Q) i j ^ 2 ≤ (t / (1 + √(1 - t))) ^ 2 := by
  obtain ⟨P, hsymm, hpos, hPP, Q, hQ, rfl⟩ := exists_polar A
  refine ⟨Q, hQ, ?_⟩
  rw [← hPP] at hA
  have h₁ : P * Q - Q = 1 * (P - 1) * Q := by
    rw [Matrix.one_mul, Matrix.sub_mul, Matrix.one_mul]
  have h₂ : P * P - 1 = (P - 1) * P + (P - 1) := by
    rw [Matrix.sub_mul, Matrix.one_mul]
    abel
  have hc₀ : 0 ≤ √(1 - t) := Real.sqrt_nonneg _
  have hsq : ∀ u : n → ℝ, √(1 - t) ^ 2 * (u ⬝ᵥ u) ≤ (P *ᵥ u) ⬝ᵥ (P *ᵥ u) := fun u ↦ by
    have hu := dotProduct_self_nonneg u
    rcases le_total t 1 with ht₁ | ht₁
    · have hq := neg_mul_le_dotProduct_mulVec ht hA u
      rw [Matrix.sub_mulVec, one_mulVec, dotProduct_sub, ← mulVec_mulVec,
        dotProduct_mulVec_of_symm hsymm] at hq
      rw [Real.sq_sqrt (by linarith)]
      linarith
    · rw [Real.sqrt_eq_zero_of_nonpos (by linarith), zero_pow two_ne_zero, zero_mul]
      exact dotProduct_self_nonneg _
  have hlow := mul_le_dotProduct_mulVec hsymm hpos hc₀ hsq
  rw [h₂] at hA
  rw [h₁, sum_sum_sq_orthogonal_mul_mul (one_mem _) hQ, div_pow, le_div_iff₀ (by positivity)]
  refine le_trans ?_ hA
  rw [sum_mul]
  refine sum_le_sum fun i _ ↦ ?_
  generalize P - 1 = N
  have hrow : ∀ j, (N * P) i j = (P *ᵥ N i) j := fun j ↦ by
    rw [mul_apply, mulVec, dotProduct]
    refine sum_congr rfl fun k _ ↦ ?_
    rw [← transpose_apply P k j, hsymm, mul_comm]
  have hs : ∑ j, (N * P + N) i j ^ 2 =
      (P *ᵥ N i) ⬝ᵥ (P *ᵥ N i) + 2 * (N i ⬝ᵥ P *ᵥ N i) + N i ⬝ᵥ N i := by
    rw [dotProduct, dotProduct, dotProduct, Finset.mul_sum, ← sum_add_distrib, ← sum_add_distrib]
    exact sum_congr rfl fun j _ ↦ by rw [add_apply, hrow]; ring
  rw [hs, ← dotProduct_self_eq_sum_sq (N i)]
  have hN₁ := hsq (N i)
  have hN₂ := hlow (N i)
  linarith [(by ring : (N i ⬝ᵥ N i) * (1 + √(1 - t)) ^ 2 = √(1 - t) ^ 2 * (N i ⬝ᵥ N i) +
    2 * (√(1 - t) * (N i ⬝ᵥ N i)) + N i ⬝ᵥ N i)]

/-- If `t ≤ 1`, then `t / (1 + √(1 - t)) = 1 - √(1 - t)`. -/
theorem div_one_add_sqrt_eq {t : ℝ} (ht : t ≤ 1) : t / (1 + √(1 - t)) = 1 - √(1 - t) := by
  have h₁ : √(1 - t) ^ 2 = 1 - t := Real.sq_sqrt (by linarith)
  rw [div_eq_iff (by positivity)]
  linear_combination h₁

end Matrix
