/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.LinearWorld
public import Lejepa.ForMathlib.PolarSharp

/-!
# Correlations in a stationary linear world

In the world `z' = M z + η` a linear function of the latent is uncorrelated with what a function of
the successor has beyond degree one, and conversely; and on what is beyond degree one the world
contracts by `s` where `‖M x‖² ≤ s ‖x‖²`.

## Main results
* `Lejepa.integral_linear_fst_mul_linear_snd`: `𝔼 (a · z) (b · z') = b · M a`.
* `Lejepa.integral_linear_fst_mul_residual_snd`, `Lejepa.integral_residual_fst_mul_linear_snd`: no
  correlation between degree one and what is beyond.
* `Lejepa.integral_residual_fst_mul_residual_snd_le`: `𝔼 r(z) r(z') ≤ s 𝔼 r²` beyond degree one.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {ν : Measure (Fin n → ℝ)} {s : ℝ}

/-! ### Singular values -/

private lemma exists_singularValues
    (norm : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x)) :
    ∃ U ∈ Matrix.orthogonalGroup (Fin n) ℝ, ∃ V ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∃ d : Fin n → ℝ, (∀ i, d i ^ 2 ≤ s) ∧ M = U * Matrix.diagonal d * V := by
  obtain ⟨U, hU, V, hV, d, hM⟩ := Matrix.exists_singularValueDecomposition M
  exact ⟨U, hU, V, hV, d, Matrix.sq_le_of_mulVec_dotProduct_mulVec_le hU hV hM norm, hM⟩

private lemma exists_singularValues_of_contraction
    (contr : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ x ⬝ᵥ x) :
    ∃ U ∈ Matrix.orthogonalGroup (Fin n) ℝ, ∃ V ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∃ d : Fin n → ℝ, (∀ i, |d i| ≤ 1) ∧ M = U * Matrix.diagonal d * V := by
  obtain ⟨U, hU, V, hV, d, hd, hM⟩ := exists_singularValues (M := M) (s := 1) fun x ↦ by
    rw [one_mul]
    exact contr x
  exact ⟨U, hU, V, hV, d, fun i ↦ (sq_le_one_iff_abs_le_one (d i)).1 (hd i), hM⟩

private lemma abs_prod_pow_le {d : Fin n → ℝ} (hd : ∀ i, d i ^ 2 ≤ s) (hs₀ : 0 ≤ s) (hs₁ : s ≤ 1)
    {α : Fin n → ℕ} (hα : 2 ≤ ∑ i, α i) : |∏ i, d i ^ α i| ≤ s := by
  have habs : |∏ i, d i ^ α i| = ∏ i, |d i| ^ α i := by
    rw [Finset.abs_prod]
    exact Finset.prod_congr rfl fun i _ ↦ abs_pow (d i) (α i)
  have hle : ∏ i, |d i| ^ α i ≤ ∏ i, √s ^ α i :=
    Finset.prod_le_prod (fun i _ ↦ pow_nonneg (abs_nonneg (d i)) (α i)) fun i _ ↦
      pow_le_pow_left₀ (abs_nonneg (d i)) (Real.abs_le_sqrt (hd i)) (α i)
  have hpow : √s ^ (∑ i, α i) ≤ √s ^ 2 :=
    pow_le_pow_of_le_one (Real.sqrt_nonneg s) (Real.sqrt_le_one.2 hs₁) hα
  rw [Finset.prod_pow_eq_pow_sum] at hle
  rw [Real.sq_sqrt hs₀] at hpow
  rw [habs]
  exact hle.trans hpow

private lemma injective_single :
    Function.Injective fun j : Fin n ↦ (Pi.single j 1 : Fin n → ℕ) := by
  intro i j e
  by_contra hij
  have he : (Pi.single i 1 : Fin n → ℕ) i = (Pi.single j 1 : Fin n → ℕ) i := congrFun e i
  rw [Pi.single_eq_same, Pi.single_eq_of_ne hij] at he
  exact one_ne_zero he

/-! ### Rotated functions -/

/-- A linear function of a rotated vector. -/
lemma linear_mulVec_eq (a : Fin n → ℝ) (Q : Matrix (Fin n) (Fin n) ℝ) :
    (fun z : Fin n → ℝ ↦ ∑ j, a j * Q.mulVec z j) = fun z ↦ ∑ k, (a ᵥ* Q) k * z k :=
  funext fun z ↦ Matrix.dotProduct_mulVec a Q z

/-- A function without a part of degree at most one has none after a rotation. -/
theorem hermiteCoeff_comp_mulVec_eq_zero {r : (Fin n → ℝ) → ℝ} (hr : MemLp r 2 (γ n))
    (mean : ∫ z, r z ∂γ n = 0) (orth : ∀ j, ∫ z, r z * z j ∂γ n = 0)
    {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) {α : Fin n → ℕ}
    (hα : ∑ i, α i ≤ 1) : hermiteCoeff (fun z ↦ r (Q.mulVec z)) α = 0 := by
  have hp := measurePreserving_mulVec hQ
  have hQ' : Qᵀ * Q = 1 := (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ
  rcases (by omega : ∑ i, α i = 0 ∨ ∑ i, α i = 1) with h | h
  · have hα0 : α = 0 := funext fun j ↦ Finset.sum_eq_zero_iff.1 h j (Finset.mem_univ j)
    rw [hα0, hermiteCoeff_zero]
    exact (hp.integral_comp_of_aestronglyMeasurable hr.1).trans mean
  · obtain ⟨j, hj⟩ := exists_eq_single_of_sum_eq_one h
    have hg : AEStronglyMeasurable (fun y : Fin n → ℝ ↦ r y * ∑ k, Qᵀ j k * y k) (γ n) :=
      hr.1.mul (memLp_linear (Qᵀ j)).1
    have e₁ : ∫ z, r (Q.mulVec z) * z j ∂γ n =
        ∫ z, r (Q.mulVec z) * ∑ k, Qᵀ j k * Q.mulVec z k ∂γ n := by
      refine integral_congr_ae (.of_forall fun z ↦ ?_)
      change r (Q.mulVec z) * z j = r (Q.mulVec z) * Qᵀ.mulVec (Q.mulVec z) j
      rw [Matrix.mulVec_mulVec, hQ', Matrix.one_mulVec]
    have e₂ : ∫ z, r (Q.mulVec z) * ∑ k, Qᵀ j k * Q.mulVec z k ∂γ n =
        ∫ y, r y * ∑ k, Qᵀ j k * y k ∂γ n :=
      hp.integral_comp_of_aestronglyMeasurable (g := fun y ↦ r y * ∑ k, Qᵀ j k * y k) hg
    have e₃ : ∫ y, r y * ∑ k, Qᵀ j k * y k ∂γ n = ∫ y, (∑ k, Qᵀ j k * y k) * r y ∂γ n :=
      integral_congr_ae (.of_forall fun y ↦ mul_comm _ _)
    rw [hj, hermiteCoeff_single, e₁, e₂, e₃, integral_linear_mul (Qᵀ j) hr]
    refine Finset.sum_eq_zero fun k _ ↦ ?_
    have hk : ∫ y, y k * r y ∂γ n = ∫ y, r y * y k ∂γ n :=
      integral_congr_ae (.of_forall fun y ↦ mul_comm _ _)
    rw [hk, orth k, mul_zero]

/-! ### Correlations -/

private theorem hasSum_linear_mul_linear (d : Fin n → ℝ) (u v : Fin n → ℝ) {s : ℝ}
    (h : HasSum (fun α : Fin n → ℕ ↦ (∏ i, d i ^ α i) *
      (hermiteCoeff (fun z ↦ ∑ k, u k * z k) α * hermiteCoeff (fun z ↦ ∑ k, v k * z k) α)) s) :
    s = ∑ j, d j * (u j * v j) := by
  have h₀ : ∀ α ∉ Set.range (fun j : Fin n ↦ (Pi.single j 1 : Fin n → ℕ)), (∏ i, d i ^ α i) *
      (hermiteCoeff (fun z ↦ ∑ k, u k * z k) α * hermiteCoeff (fun z ↦ ∑ k, v k * z k) α) = 0 :=
    fun α hα ↦ by
      have hne : ∑ i, α i ≠ 1 := fun hs ↦ by
        obtain ⟨j, hj⟩ := exists_eq_single_of_sum_eq_one hs
        exact hα ⟨j, hj.symm⟩
      rw [hermiteCoeff_linear_of_sum_ne_one _ hne, zero_mul, mul_zero]
  have hj (j : Fin n) : d j * (u j * v j) = (∏ i, d i ^ (Pi.single j 1 : Fin n → ℕ) i) *
      (hermiteCoeff (fun z ↦ ∑ k, u k * z k) (Pi.single j 1) *
        hermiteCoeff (fun z ↦ ∑ k, v k * z k) (Pi.single j 1)) := by
    rw [prod_pow_single, pow_one, hermiteCoeff_linear_single, hermiteCoeff_linear_single]
  have hs : HasSum (fun j : Fin n ↦ d j * (u j * v j)) s :=
    ((injective_single.hasSum_iff h₀).2 h).congr_fun hj
  exact hs.unique (hasSum_fintype _)

/-- Linear functions of the latent and of its successor: `𝔼 (a · z) (b · z') = b · M a`. -/
theorem integral_linear_fst_mul_linear_snd [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (contr : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ x ⬝ᵥ x) (a b : Fin n → ℝ) :
    ∫ p, (∑ j, a j * p.1 j) * (∑ j, b j * p.2 j) ∂additiveNoiseLaw (γ n) ν M.mulVec =
      b ⬝ᵥ M.mulVec a := by
  obtain ⟨U, hU, V, hV, d, hd, hM⟩ := exists_singularValues_of_contraction contr
  have h := hasSum_integral_mul_linear stationary hU hV hd hM (memLp_linear a) (memLp_linear b)
  rw [linear_mulVec_eq a Vᵀ, linear_mulVec_eq b U] at h
  rw [hasSum_linear_mul_linear d (a ᵥ* Vᵀ) (b ᵥ* U) h]
  have hb : b ⬝ᵥ M.mulVec a = (b ᵥ* U) ⬝ᵥ (Matrix.diagonal d).mulVec (V.mulVec a) := by
    rw [hM, ← Matrix.dotProduct_mulVec, Matrix.mulVec_mulVec, Matrix.mulVec_mulVec]
  rw [hb, dotProduct]
  refine Finset.sum_congr rfl fun j _ ↦ ?_
  rw [Matrix.mulVec_diagonal, Matrix.vecMul_transpose]
  ring

/-- A linear function of the latent does not correlate with what is beyond degree one of the
successor. -/
theorem integral_linear_fst_mul_residual_snd [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (contr : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ x ⬝ᵥ x) (a : Fin n → ℝ)
    {r : (Fin n → ℝ) → ℝ} (hr : MemLp r 2 (γ n)) (mean : ∫ z, r z ∂γ n = 0)
    (orth : ∀ j, ∫ z, r z * z j ∂γ n = 0) :
    ∫ p, (∑ j, a j * p.1 j) * r p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec = 0 := by
  obtain ⟨U, hU, V, hV, d, hd, hM⟩ := exists_singularValues_of_contraction contr
  have h := hasSum_integral_mul_linear stationary hU hV hd hM (memLp_linear a) hr
  refine h.unique (hasSum_zero.congr_fun fun α ↦ ?_)
  change (∏ i, d i ^ α i) * (hermiteCoeff (fun z ↦ ∑ j, a j * Vᵀ.mulVec z j) α *
    hermiteCoeff (fun z ↦ r (U.mulVec z)) α) = 0
  by_cases hα : ∑ i, α i = 1
  · rw [hermiteCoeff_comp_mulVec_eq_zero hr mean orth hU hα.le, mul_zero, mul_zero]
  · rw [linear_mulVec_eq a Vᵀ, hermiteCoeff_linear_of_sum_ne_one _ hα, zero_mul, mul_zero]

/-- What is beyond degree one of the latent does not correlate with a linear function of the
successor. -/
theorem integral_residual_fst_mul_linear_snd [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (contr : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ x ⬝ᵥ x) (b : Fin n → ℝ)
    {r : (Fin n → ℝ) → ℝ} (hr : MemLp r 2 (γ n)) (mean : ∫ z, r z ∂γ n = 0)
    (orth : ∀ j, ∫ z, r z * z j ∂γ n = 0) :
    ∫ p, r p.1 * (∑ j, b j * p.2 j) ∂additiveNoiseLaw (γ n) ν M.mulVec = 0 := by
  obtain ⟨U, hU, V, hV, d, hd, hM⟩ := exists_singularValues_of_contraction contr
  have h := hasSum_integral_mul_linear stationary hU hV hd hM hr (memLp_linear b)
  refine h.unique (hasSum_zero.congr_fun fun α ↦ ?_)
  change (∏ i, d i ^ α i) * (hermiteCoeff (fun z ↦ r (Vᵀ.mulVec z)) α *
    hermiteCoeff (fun z ↦ ∑ j, b j * U.mulVec z j) α) = 0
  by_cases hα : ∑ i, α i = 1
  · rw [hermiteCoeff_comp_mulVec_eq_zero hr mean orth
      (Matrix.transpose_mem_orthogonalGroup hV) hα.le, zero_mul, mul_zero]
  · rw [linear_mulVec_eq b U, hermiteCoeff_linear_of_sum_ne_one _ hα, mul_zero, mul_zero]

/-- Beyond degree one the world contracts by `s`, where `‖M x‖² ≤ s ‖x‖²`. -/
theorem integral_residual_fst_mul_residual_snd_le [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n) (hs₀ : 0 ≤ s)
    (hs₁ : s ≤ 1) (norm : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    {r : (Fin n → ℝ) → ℝ} (hr : MemLp r 2 (γ n)) (mean : ∫ z, r z ∂γ n = 0)
    (orth : ∀ j, ∫ z, r z * z j ∂γ n = 0) :
    ∫ p, r p.1 * r p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec ≤ s * ∫ z, r z ^ 2 ∂γ n := by
  obtain ⟨U, hU, V, hV, d, hd, hM⟩ := exists_singularValues norm
  have hd₁ (i : Fin n) : |d i| ≤ 1 := (sq_le_one_iff_abs_le_one (d i)).1 ((hd i).trans hs₁)
  have hVt := Matrix.transpose_mem_orthogonalGroup hV
  have h := hasSum_integral_mul_linear stationary hU hV hd₁ hM hr hr
  have parseval {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) :
      HasSum (fun α ↦ hermiteCoeff (fun z ↦ r (Q.mulVec z)) α ^ 2) (∫ z, r z ^ 2 ∂γ n) := by
    have hp := measurePreserving_mulVec hQ
    have hrQ : MemLp (fun z ↦ r (Q.mulVec z)) 2 (γ n) := hr.comp_measurePreserving hp
    have e : ∫ z, r (Q.mulVec z) ^ 2 ∂γ n = ∫ z, r z ^ 2 ∂γ n :=
      hp.integral_comp_of_aestronglyMeasurable (g := fun y ↦ r y ^ 2) hr.integrable_sq.1
    rw [← e]
    exact hasSum_hermiteCoeff_sq hrQ
  have hsum := ((parseval hVt).add (parseval hU)).mul_left (s / 2)
  have hterm (α : Fin n → ℕ) : (∏ i, d i ^ α i) * (hermiteCoeff (fun z ↦ r (Vᵀ.mulVec z)) α *
      hermiteCoeff (fun z ↦ r (U.mulVec z)) α) ≤
      s / 2 * (hermiteCoeff (fun z ↦ r (Vᵀ.mulVec z)) α ^ 2 +
        hermiteCoeff (fun z ↦ r (U.mulVec z)) α ^ 2) := by
    obtain ⟨c, hc⟩ : ∃ c, hermiteCoeff (fun z ↦ r (Vᵀ.mulVec z)) α = c := ⟨_, rfl⟩
    obtain ⟨c', hc'⟩ : ∃ c', hermiteCoeff (fun z ↦ r (U.mulVec z)) α = c' := ⟨_, rfl⟩
    rw [hc, hc']
    by_cases hα : ∑ i, α i ≤ 1
    · have hc0 : c = 0 := by
        rw [← hc]
        exact hermiteCoeff_comp_mulVec_eq_zero hr mean orth hVt hα
      rw [hc0, zero_mul, mul_zero]
      exact mul_nonneg (div_nonneg hs₀ zero_le_two) (add_nonneg (sq_nonneg _) (sq_nonneg _))
    · have hl : |∏ i, d i ^ α i| ≤ s := abs_prod_pow_le hd hs₀ hs₁ (by omega)
      have h₁ : (∏ i, d i ^ α i) * (c * c') ≤ |∏ i, d i ^ α i| * |c * c'| := by
        rw [← abs_mul]
        exact le_abs_self _
      have h₂ : |∏ i, d i ^ α i| * |c * c'| ≤ s * |c * c'| :=
        mul_le_mul_of_nonneg_right hl (abs_nonneg _)
      have h₃ : |c * c'| ≤ (c ^ 2 + c' ^ 2) / 2 :=
        abs_le.2 ⟨by nlinarith [sq_nonneg (c + c')], by nlinarith [sq_nonneg (c - c')]⟩
      have h₄ : s * |c * c'| ≤ s * ((c ^ 2 + c' ^ 2) / 2) := mul_le_mul_of_nonneg_left h₃ hs₀
      calc (∏ i, d i ^ α i) * (c * c') ≤ s * ((c ^ 2 + c' ^ 2) / 2) := h₁.trans (h₂.trans h₄)
        _ = s / 2 * (c ^ 2 + c' ^ 2) := by ring
  have hle := hasSum_le hterm h hsum
  calc ∫ p, r p.1 * r p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec
      ≤ s / 2 * (∫ z, r z ^ 2 ∂γ n + ∫ z, r z ^ 2 ∂γ n) := hle
    _ = s * ∫ z, r z ^ 2 ∂γ n := by ring

end Lejepa
