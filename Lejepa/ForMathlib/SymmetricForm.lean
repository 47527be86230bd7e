/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Matrix.Spectrum
public import Mathlib.Data.Finset.Sym
public import Mathlib.Data.Nat.Choose.Basic
public import Mathlib.Data.Real.Sqrt
public import Mathlib.LinearAlgebra.UnitaryGroup
public import Mathlib.Tactic.Linarith

/-!
# Symmetric matrices as quadratic forms

When is a symmetric matrix `S` known from the values `u · S u` on a set of vectors?

## Main results
* `Matrix.IsSymm.exists_eq_mul_diagonal_mul_transpose`: a real symmetric matrix is diagonal in an
  orthonormal basis.
* `Matrix.IsSymm.exists_mul_transpose_eq_one_add_smul`: `1 + ε S` is of the form `A Aᵀ` for small
  `ε`, of either sign.
* `Matrix.eq_top_of_forall_isSymm`: vectors on which no symmetric matrix but zero vanishes span the
  space.
* `Matrix.card_mul_card_add_one_div_two_le_card`: there are at least `n (n + 1) / 2` of them.
-/

public section

open Finset

namespace Matrix

variable {n : Type*} [Fintype n]

section Diagonal

variable [DecidableEq n]

/-- A real symmetric matrix is diagonal in an orthonormal basis. -/
theorem IsSymm.exists_eq_mul_diagonal_mul_transpose {S : Matrix n n ℝ} (hS : S.IsSymm) :
    ∃ Q ∈ orthogonalGroup n ℝ, ∃ s : n → ℝ, S = Q * diagonal s * Qᵀ := by
  have hS' : S.IsHermitian := (conjTranspose_eq_transpose_of_trivial S).trans hS
  have hfun : (RCLike.ofReal ∘ hS'.eigenvalues : n → ℝ) = hS'.eigenvalues := by
    funext i
    simp
  have key := hS'.spectral_theorem
  rw [hfun, Unitary.conjStarAlgAut_apply, star_eq_conjTranspose,
    conjTranspose_eq_transpose_of_trivial] at key
  exact ⟨hS'.eigenvectorUnitary, hS'.eigenvectorUnitary.2, hS'.eigenvalues, key⟩

/-- Near the identity, in the direction of a symmetric matrix and against it, there are covariance
matrices of linear maps. -/
theorem IsSymm.exists_mul_transpose_eq_one_add_smul {S : Matrix n n ℝ} (hS : S.IsSymm) :
    ∃ c : ℝ, 0 < c ∧ ∀ ε : ℝ, |ε| ≤ c → ∃ A : Matrix n n ℝ, A * Aᵀ = 1 + ε • S := by
  obtain ⟨Q, hQ, s, hs⟩ := hS.exists_eq_mul_diagonal_mul_transpose
  have hQ' : Q * Qᵀ = 1 := (mem_orthogonalGroup_iff n ℝ).1 hQ
  have h0 : 0 ≤ ∑ i, |s i| := sum_nonneg fun i _ ↦ abs_nonneg (s i)
  have hpos : 0 < 1 + ∑ i, |s i| := by linarith
  refine ⟨(1 + ∑ i, |s i|)⁻¹, _root_.inv_pos.2 hpos, fun ε hε ↦ ?_⟩
  have hnonneg : ∀ i, 0 ≤ 1 + ε * s i := fun i ↦ by
    have h₁ : |s i| ≤ ∑ j, |s j| :=
      single_le_sum (f := fun j ↦ |s j|) (fun j _ ↦ abs_nonneg (s j)) (mem_univ i)
    have h₂ : |ε * s i| ≤ 1 := by
      rw [abs_mul]
      calc |ε| * |s i| ≤ (1 + ∑ j, |s j|)⁻¹ * (1 + ∑ j, |s j|) :=
            _root_.mul_le_mul hε (by linarith) (abs_nonneg _) (_root_.inv_pos.2 hpos).le
        _ = 1 := inv_mul_cancel₀ hpos.ne'
    linarith [(abs_le.1 h₂).1]
  obtain ⟨d, hd⟩ : ∃ d : n → ℝ, ∀ i, d i = √(1 + ε * s i) := ⟨_, fun _ ↦ rfl⟩
  have hdd : ∀ i, d i * d i = 1 + ε * s i := fun i ↦ by
    rw [hd, Real.mul_self_sqrt (hnonneg i)]
  have hsq : diagonal d * diagonal d = 1 + ε • diagonal s := by
    rw [diagonal_mul_diagonal]
    ext i j
    rcases eq_or_ne i j with rfl | hij
    · rw [diagonal_apply_eq, add_apply, one_apply_eq, smul_apply, diagonal_apply_eq, smul_eq_mul]
      exact hdd i
    · rw [diagonal_apply_ne _ hij, add_apply, one_apply_ne hij, smul_apply,
        diagonal_apply_ne _ hij, smul_zero, add_zero]
  refine ⟨Q * diagonal d, ?_⟩
  calc Q * diagonal d * (Q * diagonal d)ᵀ
      = Q * (diagonal d * diagonal d) * Qᵀ := by
        rw [transpose_mul, diagonal_transpose]
        simp only [Matrix.mul_assoc]
    _ = 1 + ε • S := by
        rw [hsq, Matrix.mul_add, Matrix.mul_one, Matrix.mul_smul, Matrix.add_mul, hQ',
          Matrix.smul_mul, ← hs]

end Diagonal

section Determined

/-- Vectors to which no vector but zero is orthogonal span the space. -/
theorem eq_top_of_forall_dotProduct {U : Set (n → ℝ)}
    (hU : ∀ v : n → ℝ, (∀ u ∈ U, v ⬝ᵥ u = 0) → v = 0) {W : Submodule ℝ (n → ℝ)}
    (hW : ∀ u ∈ U, u ∈ W) : W = ⊤ := by
  classical
  by_contra hne
  obtain ⟨f, hf, hWf⟩ := W.exists_le_ker_of_lt_top (lt_top_iff_ne_top.2 hne)
  obtain ⟨v, hv⟩ : ∃ v : n → ℝ, ∀ x, f x = v ⬝ᵥ x :=
    ⟨fun i ↦ f fun j ↦ if i = j then 1 else 0, fun x ↦ by
      rw [f.pi_apply_eq_sum_univ x, dotProduct]
      exact sum_congr rfl fun i _ ↦ by rw [smul_eq_mul, mul_comm]⟩
  have hv0 : v = 0 := hU v fun u hu ↦ by
    rw [← hv u]
    exact LinearMap.mem_ker.1 (hWf (hW u hu))
  refine hf (LinearMap.ext fun x ↦ ?_)
  rw [hv x, hv0, zero_dotProduct, LinearMap.zero_apply]

/-- Vectors on which no symmetric matrix but zero vanishes span the space. -/
theorem eq_top_of_forall_isSymm {U : Set (n → ℝ)}
    (hU : ∀ S : Matrix n n ℝ, S.IsSymm → (∀ u ∈ U, u ⬝ᵥ S *ᵥ u = 0) → S = 0)
    {W : Submodule ℝ (n → ℝ)} (hW : ∀ u ∈ U, u ∈ W) : W = ⊤ := by
  refine eq_top_of_forall_dotProduct (U := U) (fun v hv ↦ ?_) hW
  have h : vecMulVec v v = 0 := hU _ (transpose_vecMulVec v v) fun u hu ↦ by
    rw [vecMulVec_mulVec, hv u hu, MulOpposite.op_zero, zero_smul, dotProduct_zero]
  exact (vecMulVec_eq_zero.1 h).elim id id

/-- If no symmetric matrix but zero vanishes on the vectors of `U`, there are at least
`n (n + 1) / 2` of these. -/
theorem card_mul_card_add_one_div_two_le_card {U : Finset (n → ℝ)}
    (hU : ∀ S : Matrix n n ℝ, S.IsSymm → (∀ u ∈ U, u ⬝ᵥ S *ᵥ u = 0) → S = 0) :
    Fintype.card n * (Fintype.card n + 1) / 2 ≤ #U := by
  obtain ⟨F, hF⟩ : ∃ F : (Sym2 n → ℝ) → Matrix n n ℝ, ∀ c i j, F c i j = c s(i, j) :=
    ⟨fun c ↦ of fun i j ↦ c s(i, j), fun _ _ _ ↦ rfl⟩
  have hadd : ∀ c c', F (c + c') = F c + F c' := fun c c' ↦ by
    ext i j
    rw [add_apply, hF, hF, hF, Pi.add_apply]
  have hsmul : ∀ (a : ℝ) (c : Sym2 n → ℝ), F (a • c) = a • F c := fun a c ↦ by
    ext i j
    rw [smul_apply, hF, hF, Pi.smul_apply]
  have hsymm : ∀ c, (F c).IsSymm := fun c ↦ IsSymm.ext fun i j ↦ by
    rw [hF, hF, Sym2.eq_swap]
  have hzero : ∀ c, F c = 0 → c = 0 := fun c h ↦ funext fun p ↦ by
    induction p using Sym2.ind with
    | h i j => rw [← hF c i j, h, zero_apply, Pi.zero_apply]
  obtain ⟨T, hT⟩ : ∃ T : (Sym2 n → ℝ) →ₗ[ℝ] (U → ℝ),
      ∀ c u, T c u = u.1 ⬝ᵥ F c *ᵥ u.1 :=
    ⟨{ toFun := fun c u ↦ u.1 ⬝ᵥ F c *ᵥ u.1
       map_add' := fun c c' ↦ by
        funext u
        change u.1 ⬝ᵥ F (c + c') *ᵥ u.1 = u.1 ⬝ᵥ F c *ᵥ u.1 + u.1 ⬝ᵥ F c' *ᵥ u.1
        rw [hadd, add_mulVec, dotProduct_add]
       map_smul' := fun a c ↦ by
        funext u
        change u.1 ⬝ᵥ F (a • c) *ᵥ u.1 = a • (u.1 ⬝ᵥ F c *ᵥ u.1)
        rw [hsmul, smul_mulVec, dotProduct_smul] }, fun _ _ ↦ rfl⟩
  have hinj : Function.Injective T := by
    rw [← LinearMap.ker_eq_bot, LinearMap.ker_eq_bot']
    intro c hc
    refine hzero c (hU (F c) (hsymm c) fun u hu ↦ ?_)
    have h := hT c ⟨u, hu⟩
    rw [hc, Pi.zero_apply] at h
    exact h.symm
  have hcard := LinearMap.finrank_le_finrank_of_injective hinj
  have hsym : Fintype.card (Sym2 n) = (Fintype.card n + 1).choose 2 := Finset.card_sym2 univ
  rw [Module.finrank_fintype_fun_eq_card, Module.finrank_fintype_fun_eq_card, Fintype.card_coe,
    hsym, Nat.choose_two_right, Nat.add_sub_cancel, Nat.mul_comm] at hcard
  exact hcard

end Determined

end Matrix
