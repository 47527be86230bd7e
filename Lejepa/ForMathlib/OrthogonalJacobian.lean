/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Calculus.Deriv.MeanValue
public import Mathlib.Analysis.Calculus.Deriv.Prod
public import Mathlib.LinearAlgebra.UnitaryGroup

/-!
# Maps whose derivative preserves the Euclidean norm

A diffeomorphism of `Fin n → ℝ` whose derivative everywhere preserves `∑ i, vᵢ²` is an orthogonal
map followed by a translation. The norm of `Fin n → ℝ` is the supremum norm, so the Euclidean one is
written out; neither the theorem of Mazur and Ulam nor `EuclideanSpace` is needed.

## Main results
* `sum_sub_sq_le_of_fderiv`: a map whose derivative does not lengthen vectors is `1`-Lipschitz.
* `exists_orthogonal_of_sum_sub_sq_eq`: a map that preserves distances and `0` is orthogonal.
* `exists_orthogonal_add_of_fderiv`: the theorem.
-/

public section

open scoped Matrix

variable {n : ℕ}

/-- A map whose derivative does not lengthen vectors does not increase distances. -/
theorem sum_sub_sq_le_of_fderiv {f : (Fin n → ℝ) → Fin n → ℝ} (hf : Differentiable ℝ f)
    (h : ∀ z v, ∑ i, fderiv ℝ f z v i ^ 2 ≤ ∑ i, v i ^ 2) (x y : Fin n → ℝ) :
    ∑ i, (f y i - f x i) ^ 2 ≤ ∑ i, (y i - x i) ^ 2 := by
  have hline : ∀ t : ℝ, HasDerivAt (fun t : ℝ ↦ x + t • (y - x)) (y - x) t := fun t ↦ by
    have h₁ : HasDerivAt (fun t : ℝ ↦ t • (y - x)) ((1 : ℝ) • (y - x)) t :=
      (hasDerivAt_id t).smul_const (y - x)
    rw [one_smul] at h₁
    exact h₁.const_add x
  have hcurve : ∀ t : ℝ, HasDerivAt (fun t : ℝ ↦ f (x + t • (y - x)))
      (fderiv ℝ f (x + t • (y - x)) (y - x)) t := fun t ↦
    (hf (x + t • (y - x))).hasFDerivAt.comp_hasDerivAt t (hline t)
  have hg : ∀ t : ℝ, HasDerivAt
      (fun t : ℝ ↦ ∑ i, (f y i - f x i) * f (x + t • (y - x)) i)
      (∑ i, (f y i - f x i) * fderiv ℝ f (x + t • (y - x)) (y - x) i) t := fun t ↦
    HasDerivAt.fun_sum fun i _ ↦ (hasDerivAt_pi.1 (hcurve t) i).const_mul (f y i - f x i)
  obtain ⟨t, -, ht⟩ := exists_hasDerivAt_eq_slope
    (fun t : ℝ ↦ ∑ i, (f y i - f x i) * f (x + t • (y - x)) i)
    (fun t : ℝ ↦ ∑ i, (f y i - f x i) * fderiv ℝ f (x + t • (y - x)) (y - x) i)
    (by norm_num : (0 : ℝ) < 1) (fun t _ ↦ (hg t).continuousAt.continuousWithinAt) (fun t _ ↦ hg t)
  have h₀ : x + (0 : ℝ) • (y - x) = x := by rw [zero_smul, add_zero]
  have h₁ : x + (1 : ℝ) • (y - x) = y := by rw [one_smul, add_sub_cancel]
  simp only [sub_zero, div_one, h₀, h₁] at ht
  rw [← Finset.sum_sub_distrib] at ht
  have hsq : ∑ i, (f y i - f x i) ^ 2 =
      ∑ i, (f y i - f x i) * fderiv ℝ f (x + t • (y - x)) (y - x) i := by
    rw [ht]
    exact Finset.sum_congr rfl fun i _ ↦ by ring
  have hcs : (∑ i, (f y i - f x i) * fderiv ℝ f (x + t • (y - x)) (y - x) i) ^ 2 ≤
      (∑ i, (f y i - f x i) ^ 2) * ∑ i, fderiv ℝ f (x + t • (y - x)) (y - x) i ^ 2 :=
    Finset.sum_mul_sq_le_sq_mul_sq Finset.univ (fun i ↦ f y i - f x i)
      (fun i ↦ fderiv ℝ f (x + t • (y - x)) (y - x) i)
  rw [← hsq] at hcs
  have hv := h (x + t • (y - x)) (y - x)
  have hv' : ∑ i, (y - x) i ^ 2 = ∑ i, (y i - x i) ^ 2 :=
    Finset.sum_congr rfl fun i _ ↦ by rw [Pi.sub_apply]
  rw [hv'] at hv
  have hw : 0 ≤ ∑ i, (f y i - f x i) ^ 2 := Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have hy : 0 ≤ ∑ i, (y i - x i) ^ 2 := Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  by_contra hlt
  push_neg at hlt
  nlinarith [mul_le_mul_of_nonneg_left hv hw, mul_lt_mul_of_pos_left hlt (hy.trans_lt hlt)]

/-- A map that preserves Euclidean distances and `0` is an orthogonal map. -/
theorem exists_orthogonal_of_sum_sub_sq_eq {f : (Fin n → ℝ) → Fin n → ℝ} (h₀ : f 0 = 0)
    (h : ∀ x y, ∑ i, (f y i - f x i) ^ 2 = ∑ i, (y i - x i) ^ 2) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, f = Q.mulVec := by
  have hexp : ∀ a b : Fin n → ℝ,
      ∑ i, (b i - a i) ^ 2 = b ⬝ᵥ b - 2 * (a ⬝ᵥ b) + a ⬝ᵥ a := fun a b ↦ by
    simp only [dotProduct, Finset.mul_sum, ← Finset.sum_sub_distrib, ← Finset.sum_add_distrib]
    exact Finset.sum_congr rfl fun i _ ↦ by ring
  have hself : ∀ x, f x ⬝ᵥ f x = x ⬝ᵥ x := fun x ↦ by
    have hx := h 0 x
    rw [hexp (f 0) (f x), hexp 0 x, h₀] at hx
    simpa only [zero_dotProduct, mul_zero, sub_zero, add_zero] using hx
  have hdot : ∀ x y, f x ⬝ᵥ f y = x ⬝ᵥ y := fun x y ↦ by
    have hxy := h x y
    rw [hexp (f x) (f y), hexp x y, hself, hself] at hxy
    linarith
  let Q : Matrix (Fin n) (Fin n) ℝ := .of fun i j ↦ f (Pi.single j 1) i
  have hcol : ∀ j x, (Qᵀ *ᵥ x) j = f (Pi.single j 1) ⬝ᵥ x := fun j x ↦ rfl
  have hQ : Qᵀ * Q = 1 := by
    ext j k
    have h₁ : (Qᵀ * Q) j k = f (Pi.single j 1) ⬝ᵥ f (Pi.single k 1) := rfl
    rw [h₁, hdot, single_one_dotProduct, Pi.single_apply, Matrix.one_apply]
  have hQ' : Q * Qᵀ = 1 := mul_eq_one_comm.1 hQ
  refine ⟨Q, (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).2 hQ, funext fun x ↦ ?_⟩
  have hx : Qᵀ *ᵥ f x = x := funext fun j ↦ by
    rw [hcol, hdot, single_one_dotProduct]
  calc
    f x = (Q * Qᵀ) *ᵥ f x := by rw [hQ', Matrix.one_mulVec]
    _ = Q *ᵥ (Qᵀ *ᵥ f x) := (Matrix.mulVec_mulVec _ _ _).symm
    _ = Q *ᵥ x := by rw [hx]

/-- The derivative of an inverse inverts the derivative. -/
theorem fderiv_apply_fderiv_symm (e : (Fin n → ℝ) ≃ (Fin n → ℝ)) (he : Differentiable ℝ e)
    (he' : Differentiable ℝ e.symm) (w v : Fin n → ℝ) :
    fderiv ℝ e (e.symm w) (fderiv ℝ e.symm w v) = v := by
  have h₁ : HasFDerivAt (e ∘ e.symm) ((fderiv ℝ e (e.symm w)).comp (fderiv ℝ e.symm w)) w :=
    (he (e.symm w)).hasFDerivAt.comp w (he' w).hasFDerivAt
  rw [e.self_comp_symm] at h₁
  have h₂ := h₁.unique (hasFDerivAt_id w)
  exact congrArg (fun L : (Fin n → ℝ) →L[ℝ] (Fin n → ℝ) ↦ L v) h₂

/-- A diffeomorphism whose derivative preserves the Euclidean norm is orthogonal, up to a
translation. -/
theorem exists_orthogonal_add_of_fderiv (e : (Fin n → ℝ) ≃ (Fin n → ℝ)) (he : Differentiable ℝ e)
    (he' : Differentiable ℝ e.symm)
    (h : ∀ z v, ∑ i, fderiv ℝ e z v i ^ 2 = ∑ i, v i ^ 2) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, ∀ z, e z = Q.mulVec z + e 0 := by
  have h' : ∀ w v, ∑ i, fderiv ℝ e.symm w v i ^ 2 ≤ ∑ i, v i ^ 2 := fun w v ↦ by
    have key := h (e.symm w) (fderiv ℝ e.symm w v)
    rw [fderiv_apply_fderiv_symm e he he'] at key
    exact key.ge
  have hle := sum_sub_sq_le_of_fderiv he fun z v ↦ (h z v).le
  have hge : ∀ x y, ∑ i, (y i - x i) ^ 2 ≤ ∑ i, (e y i - e x i) ^ 2 := fun x y ↦ by
    have key := sum_sub_sq_le_of_fderiv he' h' (e x) (e y)
    rwa [e.symm_apply_apply, e.symm_apply_apply] at key
  have hdist : ∀ x y, ∑ i, ((e y - e 0) i - (e x - e 0) i) ^ 2 = ∑ i, (y i - x i) ^ 2 :=
    fun x y ↦ by
      have hpt : ∀ i, (e y - e 0) i - (e x - e 0) i = e y i - e x i := fun i ↦ by
        rw [Pi.sub_apply, Pi.sub_apply, sub_sub_sub_cancel_right]
      simp only [hpt]
      exact le_antisymm (hle x y) (hge x y)
  obtain ⟨Q, hQ, hf⟩ := exists_orthogonal_of_sum_sub_sq_eq (f := fun z ↦ e z - e 0)
    (sub_self (e 0)) hdist
  refine ⟨Q, hQ, fun z ↦ ?_⟩
  have hz : e z - e 0 = Q.mulVec z := congrFun hf z
  rw [← hz, sub_add_cancel]
