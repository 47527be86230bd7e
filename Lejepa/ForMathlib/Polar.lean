/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.FrobeniusOrthogonal
public import Mathlib.Topology.Instances.Matrix
public import Mathlib.Topology.Order.Compact
public import Mathlib.Topology.Instances.Real.Lemmas

/-!
# Polar decomposition, and an orthogonal matrix near a given one

For a real square matrix, invertible or not. The orthogonal factor `Q` is one that maximizes
`tr (A Qᵀ)`, which exists by compactness; comparing it with its product with one or two reflections
shows `A Qᵀ` to be positive and symmetric.

## Main results
* `Matrix.exists_polar`: `A = P Q` with `Q` orthogonal, `P` symmetric and positive.
* `Matrix.exists_orthogonal_sum_sq_sub_le_sum_sq`: an orthogonal matrix is as near to `A` as `A Aᵀ`
  is to `1`.
-/

public section

open Finset

namespace Matrix

variable {n : Type*} [Fintype n] [DecidableEq n]

section Compactness

private theorem abs_apply_le_one_of_mem_orthogonalGroup {Q : Matrix n n ℝ}
    (hQ : Q ∈ orthogonalGroup n ℝ) (i j : n) : -1 ≤ Q i j ∧ Q i j ≤ 1 := by
  have h₁ := sum_sq_row_of_mem_orthogonalGroup hQ i
  have h₂ : Q i j ^ 2 ≤ ∑ j, Q i j ^ 2 :=
    single_le_sum (f := fun j ↦ Q i j ^ 2) (fun j _ ↦ sq_nonneg _) (mem_univ j)
  constructor <;> nlinarith

/-- The set of orthogonal matrices is compact. -/
theorem isCompact_orthogonalGroup : IsCompact {Q : Matrix n n ℝ | Q * Qᵀ = 1} := by
  have hclosed : IsClosed {Q : Matrix n n ℝ | Q * Qᵀ = 1} :=
    isClosed_eq (continuous_id.matrix_mul continuous_id.matrix_transpose) continuous_const
  have hsub : ∀ Q : Matrix n n ℝ, Q * Qᵀ = 1 → @Membership.mem (n → n → ℝ) (Set (n → n → ℝ)) _
      (Set.Icc (fun _ _ ↦ -1) fun _ _ ↦ 1) Q := fun Q hQ ↦
    ⟨fun i j ↦ (abs_apply_le_one_of_mem_orthogonalGroup
        ((mem_orthogonalGroup_iff n ℝ).2 hQ) i j).1,
      fun i j ↦ (abs_apply_le_one_of_mem_orthogonalGroup
        ((mem_orthogonalGroup_iff n ℝ).2 hQ) i j).2⟩
  exact IsCompact.of_isClosed_subset
    (isCompact_Icc (a := (fun _ _ ↦ -1 : n → n → ℝ)) (b := (fun _ _ ↦ 1 : n → n → ℝ)))
    hclosed fun Q hQ ↦ hsub Q hQ

/-- Some orthogonal `Q` makes the trace of `A Qᵀ` largest, also among its orthogonal multiples. -/
theorem exists_trace_mul_le (A : Matrix n n ℝ) :
    ∃ Q ∈ orthogonalGroup n ℝ, ∀ R ∈ orthogonalGroup n ℝ,
      (A * Qᵀ * R).trace ≤ (A * Qᵀ).trace := by
  obtain ⟨Q, hQ, hmax⟩ := (isCompact_orthogonalGroup (n := n)).exists_isMaxOn
    ⟨1, by rw [Set.mem_setOf_eq, transpose_one, Matrix.mul_one]⟩
    ((continuous_const.matrix_mul continuous_id.matrix_transpose).matrix_trace.continuousOn :
      ContinuousOn (fun Q : Matrix n n ℝ ↦ (A * Qᵀ).trace) _)
  have hQ' : Q ∈ orthogonalGroup n ℝ := (mem_orthogonalGroup_iff n ℝ).2 hQ
  refine ⟨Q, hQ', fun R hR ↦ ?_⟩
  have hmem : Rᵀ * Q ∈ orthogonalGroup n ℝ := mul_mem (transpose_mem_orthogonalGroup hR) hQ'
  have h := hmax ((mem_orthogonalGroup_iff n ℝ).1 hmem : Rᵀ * Q ∈ {Q : Matrix n n ℝ | Q * Qᵀ = 1})
  have h' : (A * (Rᵀ * Q)ᵀ).trace ≤ (A * Qᵀ).trace := h
  rwa [transpose_mul, transpose_transpose, ← Matrix.mul_assoc] at h'

end Compactness

section Reflections

/-- A reflection, up to a factor. -/
theorem reflection_mem_orthogonalGroup {a : n → ℝ} (ha : a ⬝ᵥ a ≠ 0) :
    1 - (2 / (a ⬝ᵥ a)) • vecMulVec a a ∈ orthogonalGroup n ℝ := by
  have hsq : vecMulVec a a * vecMulVec a a = (a ⬝ᵥ a) • vecMulVec a a := by
    rw [vecMulVec_mul_vecMulVec]
    ext i j
    simp only [vecMulVec_apply, Pi.smul_apply, smul_apply, smul_eq_mul]
    ring
  have hc : 2 / (a ⬝ᵥ a) * (2 / (a ⬝ᵥ a)) * (a ⬝ᵥ a) = 2 / (a ⬝ᵥ a) + 2 / (a ⬝ᵥ a) := by
    rw [mul_assoc, div_mul_cancel₀ _ ha]
    ring
  rw [mem_orthogonalGroup_iff, transpose_sub, transpose_one, transpose_smul, transpose_vecMulVec,
    Matrix.sub_mul, Matrix.mul_sub, Matrix.one_mul, Matrix.mul_sub, Matrix.mul_one,
    Matrix.one_mul, Matrix.smul_mul, Matrix.mul_smul, hsq, smul_smul, smul_smul, hc, add_smul]
  abel

variable {P : Matrix n n ℝ}

omit [DecidableEq n] in
/-- The trace of `P a bᵀ` is `b · P a`. -/
theorem trace_mul_vecMulVec (P : Matrix n n ℝ) (a b : n → ℝ) :
    (P * vecMulVec a b).trace = b ⬝ᵥ P *ᵥ a := by
  rw [mul_vecMulVec, trace_vecMulVec, dotProduct_comm]

/-- A matrix whose trace no orthogonal factor increases is positive. -/
theorem dotProduct_mulVec_nonneg_of_trace_le
    (hP : ∀ R ∈ orthogonalGroup n ℝ, (P * R).trace ≤ P.trace) (a : n → ℝ) :
    0 ≤ a ⬝ᵥ P *ᵥ a := by
  by_cases ha : a ⬝ᵥ a = 0
  · have ha' : a = 0 := funext fun i ↦ mul_self_eq_zero.1
      ((sum_eq_zero_iff_of_nonneg fun i _ ↦ mul_self_nonneg (a i)).1 ha i (mem_univ i))
    rw [ha', zero_dotProduct]
  have hpos : 0 < a ⬝ᵥ a :=
    lt_of_le_of_ne (sum_nonneg fun i _ ↦ mul_self_nonneg (a i)) (Ne.symm ha)
  have h := hP _ (reflection_mem_orthogonalGroup ha)
  rw [Matrix.mul_sub, Matrix.mul_one, trace_sub, Matrix.mul_smul, trace_smul,
    trace_mul_vecMulVec, smul_eq_mul] at h
  have hc : 0 < 2 / (a ⬝ᵥ a) := div_pos two_pos hpos
  by_contra hneg
  have := mul_neg_of_pos_of_neg hc (not_le.1 hneg)
  linarith

/-- What two reflections say. -/
theorem two_mul_dotProduct_mul_le_of_trace_le
    (hP : ∀ R ∈ orthogonalGroup n ℝ, (P * R).trace ≤ P.trace) {a b : n → ℝ}
    (ha : 0 < a ⬝ᵥ a) (hb : 0 < b ⬝ᵥ b) :
    2 * (a ⬝ᵥ b) * (b ⬝ᵥ P *ᵥ a) ≤
      (b ⬝ᵥ b) * (a ⬝ᵥ P *ᵥ a) + (a ⬝ᵥ a) * (b ⬝ᵥ P *ᵥ b) := by
  have h := hP _ (mul_mem (reflection_mem_orthogonalGroup ha.ne')
    (reflection_mem_orthogonalGroup hb.ne'))
  have hab : vecMulVec a a * vecMulVec b b = (a ⬝ᵥ b) • vecMulVec a b := by
    rw [vecMulVec_mul_vecMulVec]
    ext i j
    simp only [vecMulVec_apply, Pi.smul_apply, smul_apply, smul_eq_mul]
    ring
  simp only [Matrix.mul_sub, Matrix.sub_mul, Matrix.one_mul, Matrix.mul_one, Matrix.smul_mul,
    Matrix.mul_smul, hab, trace_sub, trace_smul, trace_mul_vecMulVec, smul_eq_mul] at h
  replace h : P.trace - 2 / (b ⬝ᵥ b) * (b ⬝ᵥ P *ᵥ b) - (2 / (a ⬝ᵥ a) * (a ⬝ᵥ P *ᵥ a) -
      2 / (a ⬝ᵥ a) * (2 / (b ⬝ᵥ b) * ((a ⬝ᵥ b) * (b ⬝ᵥ P *ᵥ a)))) ≤ P.trace := by
    linarith
  have hA : 2 / (a ⬝ᵥ a) * (a ⬝ᵥ a) = 2 := div_mul_cancel₀ _ ha.ne'
  have hB : 2 / (b ⬝ᵥ b) * (b ⬝ᵥ b) = 2 := div_mul_cancel₀ _ hb.ne'
  have hm := mul_le_mul_of_nonneg_right h (mul_pos ha hb).le
  generalize 2 / (a ⬝ᵥ a) = x at *
  generalize 2 / (b ⬝ᵥ b) = y at *
  generalize a ⬝ᵥ a = A at *
  generalize b ⬝ᵥ b = B at *
  generalize a ⬝ᵥ b = c at *
  generalize a ⬝ᵥ P *ᵥ a = p at *
  generalize b ⬝ᵥ P *ᵥ b = q at *
  generalize b ⬝ᵥ P *ᵥ a = r at *
  generalize P.trace = t at *
  have e : (t - y * q - (x * p - x * (y * (c * r)))) * (A * B) =
      t * (A * B) - (y * B) * q * A - (x * A) * p * B + (x * A) * (y * B) * (c * r) := by ring
  have e' : (t - y * q - (x * p - x * (y * (c * r)))) * (A * B) =
      t * (A * B) - 2 * q * A - 2 * p * B + 4 * (c * r) := by
    rw [e, hA, hB]
    ring
  nlinarith

/-- A matrix whose trace no orthogonal factor increases is symmetric. -/
theorem apply_comm_of_trace_le
    (hP : ∀ R ∈ orthogonalGroup n ℝ, (P * R).trace ≤ P.trace) (i j : n) : P i j = P j i := by
  rcases eq_or_ne i j with rfl | hij
  · rfl
  have hpos : ∀ k, 0 ≤ P k k := fun k ↦ by
    have h := dotProduct_mulVec_nonneg_of_trace_le hP (Pi.single k 1)
    rwa [mulVec_single_one, single_one_dotProduct] at h
  have key : ∀ x : ℝ, x * (P j i - P i j) ≤ x ^ 2 * (P i i + P j j) := fun x ↦ by
    have h := two_mul_dotProduct_mul_le_of_trace_le hP (a := (Pi.single i 1 : n → ℝ))
      (b := (Pi.single i 1 : n → ℝ) + x • (Pi.single j 1 : n → ℝ))
    have e₁ : (Pi.single i 1 : n → ℝ) ⬝ᵥ Pi.single i 1 = 1 := by
      rw [single_one_dotProduct, Pi.single_eq_same]
    have e₂ : (Pi.single i 1 : n → ℝ) ⬝ᵥ Pi.single j 1 = 0 := by
      rw [single_one_dotProduct, Pi.single_eq_of_ne hij]
    have e₃ : (Pi.single j 1 : n → ℝ) ⬝ᵥ Pi.single i 1 = 0 := by
      rw [single_one_dotProduct, Pi.single_eq_of_ne hij.symm]
    have e₄ : (Pi.single j 1 : n → ℝ) ⬝ᵥ Pi.single j 1 = 1 := by
      rw [single_one_dotProduct, Pi.single_eq_same]
    have e₅ : ∀ k l, (Pi.single k 1 : n → ℝ) ⬝ᵥ P *ᵥ Pi.single l 1 = P k l := fun k l ↦ by
      rw [mulVec_single_one, single_one_dotProduct]
      rfl
    simp only [add_dotProduct, dotProduct_add, smul_dotProduct, dotProduct_smul, mulVec_add,
      mulVec_smul, e₁, e₂, e₃, e₄, e₅, smul_eq_mul] at h
    have h' := h one_pos (by nlinarith [sq_nonneg x])
    nlinarith
  have hm : 0 ≤ P i i + P j j := add_nonneg (hpos i) (hpos j)
  have h := key ((P j i - P i j) / (P i i + P j j + 1))
  have hne : P i i + P j j + 1 ≠ 0 := by linarith
  generalize P i i + P j j = m at *
  by_contra hd
  have hd' : 0 < (P j i - P i j) ^ 2 := by
    have : P j i - P i j ≠ 0 := sub_ne_zero.2 (Ne.symm hd)
    positivity
  generalize P j i - P i j = d at *
  rw [div_pow, div_mul_eq_mul_div, div_mul_eq_mul_div,
    div_le_div_iff₀ (by linarith) (by positivity)] at h
  nlinarith

end Reflections

section Polar

/-- **Polar decomposition** of a real square matrix, which need not be invertible. -/
theorem exists_polar (A : Matrix n n ℝ) :
    ∃ P : Matrix n n ℝ, Pᵀ = P ∧ (∀ a : n → ℝ, 0 ≤ a ⬝ᵥ P *ᵥ a) ∧ P * P = A * Aᵀ ∧
      ∃ Q ∈ orthogonalGroup n ℝ, A = P * Q := by
  obtain ⟨Q, hQ, hP⟩ := exists_trace_mul_le A
  have hQ' : Qᵀ * Q = 1 := (mem_orthogonalGroup_iff' n ℝ).1 hQ
  have hsymm : (A * Qᵀ)ᵀ = A * Qᵀ := by
    ext i j
    exact apply_comm_of_trace_le hP j i
  refine ⟨A * Qᵀ, hsymm, dotProduct_mulVec_nonneg_of_trace_le hP, ?_, Q, hQ, ?_⟩
  · calc A * Qᵀ * (A * Qᵀ) = A * Qᵀ * (A * Qᵀ)ᵀ := by rw [hsymm]
      _ = A * (Qᵀ * Q) * Aᵀ := by
          simp only [transpose_mul, transpose_transpose, Matrix.mul_assoc]
      _ = A * Aᵀ := by rw [hQ', Matrix.mul_one]
  · rw [Matrix.mul_assoc, hQ', Matrix.mul_one]

/-- The orthogonal factor is within `‖A Aᵀ - 1‖_F` of the matrix. -/
theorem exists_orthogonal_sum_sq_sub_le_sum_sq (A : Matrix n n ℝ) :
    ∃ Q ∈ orthogonalGroup n ℝ,
      ∑ i, ∑ j, (A - Q) i j ^ 2 ≤ ∑ i, ∑ j, (A * Aᵀ - 1) i j ^ 2 := by
  obtain ⟨P, hsymm, hpos, hPP, Q, hQ, rfl⟩ := exists_polar A
  refine ⟨Q, hQ, ?_⟩
  have h₁ : P * Q - Q = 1 * (P - 1) * Q := by
    rw [Matrix.one_mul, Matrix.sub_mul, Matrix.one_mul]
  have h₂ : P * P - 1 = (P - 1) * P + (P - 1) := by
    rw [Matrix.sub_mul, Matrix.one_mul]
    abel
  rw [← hPP, h₁, sum_sum_sq_orthogonal_mul_mul (one_mem _) hQ, h₂]
  refine sum_le_sum fun i _ ↦ ?_
  generalize P - 1 = N
  have hrow : ∀ j, (N * P) i j = (P *ᵥ N i) j := fun j ↦ by
    rw [mul_apply, mulVec, dotProduct]
    refine sum_congr rfl fun k _ ↦ ?_
    rw [← transpose_apply P k j, hsymm, mul_comm]
  have hq : 0 ≤ ∑ j, N i j * (P *ᵥ N i) j := hpos (N i)
  have hs : ∑ j, (N * P + N) i j ^ 2 =
      ∑ j, (P *ᵥ N i) j ^ 2 + 2 * ∑ j, N i j * (P *ᵥ N i) j + ∑ j, N i j ^ 2 := by
    rw [Finset.mul_sum, ← sum_add_distrib, ← sum_add_distrib]
    exact sum_congr rfl fun j _ ↦ by rw [add_apply, hrow]; ring
  have h0 : 0 ≤ ∑ j, (P *ᵥ N i) j ^ 2 := sum_nonneg fun j _ ↦ sq_nonneg _
  rw [hs]
  linarith

end Polar

end Matrix
