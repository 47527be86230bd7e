/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.ExplainedVariance

/-!
# White encoders and predictors, for a Gaussian drift

A context has a Gaussian drift of covariance `G`, and noise makes the successor standard Gaussian.
No white encoder of the successor is predicted from the context better than the latents are; and
where one is predicted as well, it is the latents up to an orthogonal map, and its predictor the
drift, seen through that map.

## Main results
* `Lejepa.IsGaussianDrift.identifiability`.
* `Lejepa.IsWhite.ae_eq_mulVec_of_le_frobSq_linearPart`: a white encoder whose linear part is as
  large as can be is linear.
-/

public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped Matrix

namespace Lejepa

variable {n m : ℕ}

/-! ### White encoders with a large linear part -/

section White

variable {h : (Fin n → ℝ) → Fin m → ℝ}

/-- The linear part of a white encoder is at most of the size of the encoder. -/
theorem IsWhite.frobSq_linearPart_le (hh : IsWhite (γ n) h) : frobSq (linearPart h) ≤ m := by
  have hr := sum_integral_sq_residual hh.memLp
  rw [hh.trace_secondMoment] at hr
  have h0 : 0 ≤ ∑ i, ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n :=
    sum_nonneg fun i _ ↦ integral_nonneg fun z ↦ sq_nonneg _
  rw [hr] at h0
  exact sub_nonneg.1 h0

/-- A white encoder whose linear part is as large as can be is linear, with orthonormal rows. -/
theorem IsWhite.ae_eq_mulVec_of_le_frobSq_linearPart (hh : IsWhite (γ n) h)
    (hA : (m : ℝ) ≤ frobSq (linearPart h)) :
    h =ᵐ[γ n] (linearPart h).mulVec ∧ linearPart h * (linearPart h)ᵀ = 1 := by
  have hr := sum_integral_sq_residual hh.memLp
  rw [hh.trace_secondMoment] at hr
  have h0 : ∀ i, 0 ≤ ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n := fun i ↦
    integral_nonneg fun z ↦ sq_nonneg _
  have hz : ∑ i, ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n = 0 :=
    le_antisymm (by linarith) (sum_nonneg fun i _ ↦ h0 i)
  have hi (i : Fin m) : ∀ᵐ z ∂γ n, h z i = (linearPart h).mulVec z i := by
    have h1 : ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n = 0 :=
      (sum_eq_zero_iff_of_nonneg (s := univ)
        (f := fun i ↦ ∫ z, (h z i - (linearPart h).mulVec z i) ^ 2 ∂γ n) fun i _ ↦ h0 i).1 hz i
        (mem_univ i)
    have hnn : 0 ≤ fun z ↦ (h z i - (linearPart h).mulVec z i) ^ 2 := fun z ↦ sq_nonneg _
    have hint : Integrable (fun z ↦ (h z i - (linearPart h).mulVec z i) ^ 2) (γ n) :=
      (memLp_sub_mulVec hh.memLp (linearPart h) i).integrable_sq
    filter_upwards [(integral_eq_zero_iff_of_nonneg hnn hint).1 h1] with z hz'
    have h2 : (h z i - (linearPart h).mulVec z i) ^ 2 = 0 := hz'
    exact sub_eq_zero.1 ((pow_eq_zero_iff two_ne_zero).1 h2)
  have hhA : h =ᵐ[γ n] (linearPart h).mulVec := by
    filter_upwards [ae_all_iff.2 hi] with z hz'
    exact funext hz'
  refine ⟨hhA, ?_⟩
  rw [← secondMoment_mulVec, ← secondMoment_congr_ae hhA, hh.secondMoment_eq_one]

end White

/-! ### Eigenvalues under bounds of the quadratic form -/

section Eigenvalues

variable {G Q : Matrix (Fin n) (Fin n) ℝ} {g : Fin n → ℝ} {t : ℝ}

/-- If `x · G x ≤ t (x · x)` for all `x`, the eigenvalues `gⱼ` of `G` are at most `t`. -/
theorem eigenvalue_le (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hg : Qᵀ * G * Q = Matrix.diagonal g) (hG : ∀ x, x ⬝ᵥ G.mulVec x ≤ t * (x ⬝ᵥ x))
    (j : Fin n) : g j ≤ t := by
  have h := hG fun i ↦ Q i j
  rwa [dotProduct_mulVec_col hg, dotProduct_col_self hQ, mul_one] at h

/-- If `x · G x ≥ t (x · x)` for all `x`, the eigenvalues `gⱼ` of `G` are at least `t`. -/
theorem le_eigenvalue (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hg : Qᵀ * G * Q = Matrix.diagonal g) (hG : ∀ x, t * (x ⬝ᵥ x) ≤ x ⬝ᵥ G.mulVec x)
    (j : Fin n) : t ≤ g j := by
  have h := hG fun i ↦ Q i j
  rwa [dotProduct_mulVec_col hg, dotProduct_col_self hQ, mul_one] at h

/-- If `x · G x > t (x · x)` for all `x ≠ 0`, the eigenvalues `gⱼ` of `G` are greater than `t`. -/
theorem lt_eigenvalue (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hg : Qᵀ * G * Q = Matrix.diagonal g) (hG : ∀ x ≠ 0, t * (x ⬝ᵥ x) < x ⬝ᵥ G.mulVec x)
    (j : Fin n) : t < g j := by
  have h := hG (fun i ↦ Q i j) (col_ne_zero hQ j)
  rwa [dotProduct_mulVec_col hg, dotProduct_col_self hQ, mul_one] at h

/-- Finitely many numbers that exceed `t` exceed it by some `k > 0`. -/
theorem exists_pos_forall_add_le (h : ∀ j, t < g j) : ∃ k > 0, ∀ j, t + k ≤ g j := by
  rcases isEmpty_or_nonempty (Fin n) with hn | hn
  · exact ⟨1, one_pos, fun j ↦ isEmptyElim j⟩
  · obtain ⟨j₀, hj₀⟩ := Finite.exists_min g
    refine ⟨g j₀ - t, sub_pos.2 (h j₀), fun j ↦ ?_⟩
    rw [add_sub_cancel]
    exact hj₀ j

end Eigenvalues

/-! ### Encoders and predictors -/

variable {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {G : Matrix (Fin n) (Fin n) ℝ}

/-- What the drift explains is at most all. -/
theorem IsGaussianDrift.trace_le [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G) : G.trace ≤ n := by
  obtain ⟨Q, hQ, g, hg⟩ := exists_orthogonal_diagonal hd.isSymm
  rw [trace_eq_sum_of_orthogonal hQ hg]
  calc ∑ j, g j ≤ ∑ _j : Fin n, (1 : ℝ) :=
        sum_le_sum fun j _ ↦ (hd.eigenvalue_mem hQ hg j).2
    _ = n := by rw [sum_const, card_univ, Fintype.card_fin, nsmul_eq_mul, mul_one]

/-- The best prediction of an encoder that is linear is that linear map of the drift. -/
theorem IsGaussianDrift.step_ae_eq_mulVec [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G) {h : (Fin n → ℝ) → Fin m → ℝ} {A : Matrix (Fin m) (Fin n) ℝ}
    (hA : h =ᵐ[γ n] A.mulVec) :
    ∀ᵐ c ∂κ, ∀ i, step ν d (fun z ↦ h z i) c = A.mulVec (d c) i := by
  refine ae_all_iff.2 fun i ↦ ?_
  have hi : (fun z ↦ h z i) =ᵐ[γ n] fun z ↦ A.mulVec z i := by
    filter_upwards [hA] with z hz
    rw [hz]
  filter_upwards [hd.step_congr_ae hi] with c hc
  rw [hc, hd.step_mulVec]

/-- A predictor of an encoder that is linear is the best one if and only if it is that linear map of
the drift. -/
theorem IsGaussianDrift.lintegral_step_sub_eq_zero_iff [IsProbabilityMeasure κ]
    [IsProbabilityMeasure ν] (hd : IsGaussianDrift κ ν d G) {h : (Fin n → ℝ) → Fin m → ℝ}
    {A : Matrix (Fin m) (Fin n) ℝ} (hA : h =ᵐ[γ n] A.mulVec) {F : C → Fin m → ℝ}
    (hF : Measurable F) :
    ∫⁻ c, ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2) ∂κ = 0 ↔
      ∀ᵐ c ∂κ, F c = A.mulVec (d c) := by
  have e : ∫⁻ c, ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2) ∂κ =
      ∫⁻ c, ENNReal.ofReal (∑ i, (A.mulVec (d c) i - F c i) ^ 2) ∂κ := by
    refine lintegral_congr_ae ?_
    filter_upwards [hd.step_ae_eq_mulVec hA] with c hc
    simp only [hc]
  have hi (i : Fin m) : Measurable fun c ↦ (A.mulVec (d c) i - F c i) ^ 2 :=
    (((measurable_pi_apply i).comp ((measurable_mulVec A).comp hd.measurable)).sub
      ((measurable_pi_apply i).comp hF)).pow_const 2
  have hmeas : Measurable fun c ↦ ENNReal.ofReal (∑ i, (A.mulVec (d c) i - F c i) ^ 2) :=
    ENNReal.measurable_ofReal.comp (Finset.measurable_fun_sum univ fun i _ ↦ hi i)
  rw [e, lintegral_eq_zero_iff hmeas]
  refine Filter.eventually_congr (Filter.Eventually.of_forall fun c ↦ ?_)
  change ENNReal.ofReal (∑ i, (A.mulVec (d c) i - F c i) ^ 2) = 0 ↔ F c = A.mulVec (d c)
  rw [ENNReal.ofReal_eq_zero]
  constructor
  · intro h0
    have h1 : ∑ i, (A.mulVec (d c) i - F c i) ^ 2 = 0 :=
      le_antisymm h0 (sum_nonneg fun i _ ↦ sq_nonneg _)
    funext i
    have h2 : (A.mulVec (d c) i - F c i) ^ 2 = 0 :=
      (sum_eq_zero_iff_of_nonneg (s := univ) (f := fun i ↦ (A.mulVec (d c) i - F c i) ^ 2)
        fun i _ ↦ sq_nonneg _).1 h1 i (mem_univ i)
    exact (sub_eq_zero.1 ((pow_eq_zero_iff two_ne_zero).1 h2)).symm
  · intro h0
    refine le_of_eq (sum_eq_zero fun i _ ↦ ?_)
    rw [h0, sub_self, zero_pow two_ne_zero]

/-- **White encoders and their predictors, for a Gaussian drift.** Where of each latent more than
`s²` is explained and at most `s`, no white encoder with any predictor has a smaller loss than the
latents have; and where one has the same, it is an orthogonal map of the latents, and its predictor
the drift, seen through that map. -/
theorem IsGaussianDrift.identifiability [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G) {s : ℝ} (norm : ∀ x, x ⬝ᵥ G.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ G.mulVec x) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hm : Measurable h) (hh : IsWhite (γ n) h) {F : C → Fin n → ℝ} (hF : Measurable F) :
    ENNReal.ofReal (n - G.trace) ≤
        ∫⁻ p, ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) ∂κ.prod ν ∧
      (∫⁻ p, ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) ∂κ.prod ν =
          ENNReal.ofReal (n - G.trace) ↔
        ∃ A ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] A.mulVec ∧
          ∀ᵐ c ∂κ, F c = A.mulVec (d c)) := by
  obtain ⟨Q, hQ, g, hg⟩ := exists_orthogonal_diagonal hd.isSymm
  obtain ⟨k, hk, hgap⟩ := exists_pos_forall_add_le (lt_eigenvalue hQ hg gap)
  have hV := hd.explainedVariance_add_mul_le hQ hg (eigenvalue_le hQ hg norm) hgap hh
  rw [sub_self, mul_zero, add_zero] at hV
  have hW := hh.frobSq_linearPart_le
  have htr := hd.trace_le
  have hkW : 0 ≤ k * (n - frobSq (linearPart h)) := mul_nonneg hk.le (sub_nonneg.2 hW)
  have hVG : explainedVariance κ ν d h ≤ G.trace := by linarith
  rw [hd.lintegral_sub_sq_of_isWhite hm hh hF]
  refine ⟨(ENNReal.ofReal_le_ofReal (by linarith)).trans le_self_add, fun heq ↦ ?_, ?_⟩
  · have hle : n - explainedVariance κ ν d h ≤ n - G.trace :=
      (ENNReal.ofReal_le_ofReal_iff (sub_nonneg.2 htr)).1 (le_self_add.trans heq.le)
    have hVeq : explainedVariance κ ν d h = G.trace := le_antisymm hVG (by linarith)
    have hWn : (n : ℝ) ≤ frobSq (linearPart h) := by
      by_contra hlt
      have hpos := mul_pos hk (sub_pos.2 (not_le.1 hlt))
      linarith
    obtain ⟨hA, hAA⟩ := hh.ae_eq_mulVec_of_le_frobSq_linearPart hWn
    rw [hVeq] at heq
    have hX := (ENNReal.add_right_inj ENNReal.ofReal_ne_top).1 (heq.trans (add_zero _).symm)
    exact ⟨linearPart h, (Matrix.mem_orthogonalGroup_iff _ _).2 hAA, hA,
      (hd.lintegral_step_sub_eq_zero_iff hA hF).1 hX⟩
  · rintro ⟨A, hA, hhA, hFA⟩
    have hVeq : explainedVariance κ ν d h = G.trace :=
      (hd.explainedVariance_congr_ae hhA).trans (hd.explainedVariance_mulVec hQ hg hA)
    rw [hVeq, (hd.lintegral_step_sub_eq_zero_iff hhA hF).2 hFA, add_zero]

end Lejepa
