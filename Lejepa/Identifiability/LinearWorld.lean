/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.LinearSelfCorrelation
public import Lejepa.Identifiability.LatentResidual

/-!
# White encoders of stationary linear worlds

The latents of the world `z' = M z + η` turn into each other, and each is remembered for a time of
its own. Where `M` contracts every nonlinear function at least as much (`‖M x‖² ≤ s ‖x‖²`) as its
symmetric part contracts any latent (`s ‖x‖² ≤ x · M x`), no white encoder aligns better than a
linear one; where it contracts them strictly more, the best ones are the orthogonal maps.

## Main results
* `Lejepa.le_alignment_of_isWhite_linear`
* `Lejepa.alignment_eq_iff_of_isWhite_linear`

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {ν : Measure (Fin n → ℝ)} {s : ℝ}
  {h : (Fin n → ℝ) → Fin n → ℝ}

/-! ### The hypotheses -/

private lemma nonneg_and_le_one (i : Fin n)
    (norm : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x : Fin n → ℝ, s * (x ⬝ᵥ x) ≤ x ⬝ᵥ M.mulVec x) : 0 ≤ s ∧ s ≤ 1 := by
  obtain ⟨x, hx⟩ : ∃ x : Fin n → ℝ, x ⬝ᵥ x = 1 := by
    refine ⟨Pi.single i 1, ?_⟩
    rw [dotProduct_single, Pi.single_eq_same, mul_one]
  have h₁ := norm x
  have h₂ := gap x
  rw [hx, mul_one] at h₁ h₂
  have h₃ := Matrix.sq_dotProduct_le x (M.mulVec x)
  rw [hx, one_mul] at h₃
  have hs : 0 ≤ s := (Matrix.dotProduct_self_nonneg (M.mulVec x)).trans h₁
  have h₄ : s * s ≤ s := by
    have h₅ := mul_self_le_mul_self hs h₂
    rw [← sq (x ⬝ᵥ M.mulVec x)] at h₅
    linarith
  refine ⟨hs, not_lt.1 fun hlt ↦ ?_⟩
  have h₆ := mul_pos (zero_lt_one.trans hlt) (sub_pos.2 hlt)
  rw [mul_sub, mul_one] at h₆
  linarith

private lemma dotProduct_sub_smul_mulVec (M : Matrix (Fin n) (Fin n) ℝ) (s : ℝ) (x : Fin n → ℝ) :
    x ⬝ᵥ (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec x =
      x ⬝ᵥ M.mulVec x - s * (x ⬝ᵥ x) := by
  rw [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_sub, dotProduct_smul,
    smul_eq_mul]

/-! ### Alignment of a white encoder -/

/-- The alignment of a white encoder, through the correlations of its coordinates. -/
theorem alignment_linear_eq_of_isWhite [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (hh : IsWhite (γ n) h) :
    alignment (additiveNoiseLaw (γ n) ν M.mulVec) h =
      2 * (n - ∑ i, ∫ p, h p.1 i * h p.2 i ∂additiveNoiseLaw (γ n) ν M.mulVec) := by
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw (γ n) ν M.mulVec) (γ n) :=
    measurePreserving_fst_additiveNoiseLaw (measurable_mulVec M)
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (γ n) ν M.mulVec) (γ n) :=
    ⟨measurable_snd, stationary⟩
  have hsq : ∑ i, ∫ z, h z i ^ 2 ∂γ n = n := by
    rw [← trace_secondMoment (γ n) h, hh.trace_secondMoment]
  rw [alignment_eq_of_measurePreserving hfst hsnd hh.memLp, Finset.sum_sub_distrib, hsq]

/-- How much more a white encoder loses than a linear one: at least the mean of the quadratic form
`M - s` of what it leaves of the latents, twice. -/
theorem two_mul_sub_trace_add_le_alignment [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (norm : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x : Fin n → ℝ, s * (x ⬝ᵥ x) ≤ x ⬝ᵥ M.mulVec x) (hh : IsWhite (γ n) h) :
    2 * (n - M.trace) + 2 * ∫ z, (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
        (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec
          (z - (linearPart h)ᵀ.mulVec (h z)) ∂γ n ≤
      alignment (additiveNoiseLaw (γ n) ν M.mulVec) h := by
  have hi (i : Fin n) : ∫ p, h p.1 i * h p.2 i ∂additiveNoiseLaw (γ n) ν M.mulVec ≤
      linearPart h i ⬝ᵥ (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec (linearPart h i) + s := by
    obtain ⟨hs₀, hs₁⟩ := nonneg_and_le_one i norm gap
    have hsq : ∫ z, h z i ^ 2 ∂γ n = 1 := by
      have e := hh.integral_mul i i
      rw [if_pos rfl] at e
      simpa only [sq] using e
    have hle : ∫ p, h p.1 i * h p.2 i ∂additiveNoiseLaw (γ n) ν M.mulVec ≤
        linearPart h i ⬝ᵥ M.mulVec (linearPart h i) +
          s * (∫ z, h z i ^ 2 ∂γ n - linearPart h i ⬝ᵥ linearPart h i) :=
      integral_mul_le_of_linear (f := fun z ↦ h z i) (a := linearPart h i) stationary hs₀ hs₁ norm
        (hh.memLp i) (hh.mean_eq_zero i) fun j ↦ rfl
    rw [hsq] at hle
    rw [dotProduct_sub_smul_mulVec]
    linarith
  have hsum := Finset.sum_le_sum fun (i : Fin n) (_ : i ∈ Finset.univ) ↦ hi i
  rw [Finset.sum_add_distrib, Finset.sum_const, Finset.card_univ, Fintype.card_fin,
    nsmul_eq_mul] at hsum
  have htr : (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).trace = M.trace - s * n := by
    rw [Matrix.trace_sub, Matrix.trace_smul, Matrix.trace_one, Fintype.card_fin, smul_eq_mul]
  rw [hh.integral_dotProduct_mulVec_residual, htr, alignment_linear_eq_of_isWhite stationary hh]
  linarith

/-- If `‖M x‖² ≤ s ‖x‖² ≤ x · M x` for all `x`, no white encoder aligns better than the latents:
none has an alignment below `2 (n - tr M)`. -/
theorem le_alignment_of_isWhite_linear {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ}
    {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n) {s : ℝ}
    (norm : ∀ x, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, s * (x ⬝ᵥ x) ≤ x ⬝ᵥ M.mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsWhite (γ n) h) :
    2 * (n - M.trace) ≤ alignment (additiveNoiseLaw (γ n) ν M.mulVec) h := by
  have hle := two_mul_sub_trace_add_le_alignment stationary norm gap hh
  have h₀ : 0 ≤ ∫ z, (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
      (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec (z - (linearPart h)ᵀ.mulVec (h z)) ∂γ n := by
    refine integral_nonneg fun z ↦ ?_
    change 0 ≤ (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
      (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec (z - (linearPart h)ᵀ.mulVec (h z))
    rw [dotProduct_sub_smul_mulVec]
    exact sub_nonneg.2 (gap _)
  linarith

/-- The correlations of the rows of a matrix through another one. -/
theorem sum_row_dotProduct_mulVec_row (A M : Matrix (Fin n) (Fin n) ℝ) :
    ∑ i, A i ⬝ᵥ M.mulVec (A i) = (M * (Aᵀ * A)).trace := by
  have hi (i : Fin n) : A i ⬝ᵥ M.mulVec (A i) = (A * (M * Aᵀ)).diag i := by
    rw [Matrix.diag_apply, Matrix.mul_apply, dotProduct]
    refine Finset.sum_congr rfl fun j _ ↦ ?_
    rw [Matrix.mul_apply]
    rfl
  calc ∑ i, A i ⬝ᵥ M.mulVec (A i) = (A * (M * Aᵀ)).trace := Finset.sum_congr rfl fun i _ ↦ hi i
    _ = (M * (Aᵀ * A)).trace := by rw [Matrix.trace_mul_comm, Matrix.mul_assoc]

/-- The alignment of an orthogonal map of the latents of a linear world. -/
theorem alignment_linear_eq_of_ae_eq_mulVec [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (contr : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ x ⬝ᵥ x) (hh : IsWhite (γ n) h)
    {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hhQ : h =ᵐ[γ n] Q.mulVec) :
    alignment (additiveNoiseLaw (γ n) ν M.mulVec) h = 2 * (n - M.trace) := by
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw (γ n) ν M.mulVec) (γ n) :=
    measurePreserving_fst_additiveNoiseLaw (measurable_mulVec M)
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (γ n) ν M.mulVec) (γ n) :=
    ⟨measurable_snd, stationary⟩
  have hi (i : Fin n) : ∫ p, h p.1 i * h p.2 i ∂additiveNoiseLaw (γ n) ν M.mulVec =
      Q i ⬝ᵥ M.mulVec (Q i) := by
    rw [← integral_linear_fst_mul_linear_snd stationary contr (Q i) (Q i)]
    refine integral_congr_ae ?_
    filter_upwards [hfst.quasiMeasurePreserving.ae_eq_comp hhQ,
      hsnd.quasiMeasurePreserving.ae_eq_comp hhQ] with p e₁ e₂
    have e₁' : h p.1 = Q.mulVec p.1 := e₁
    have e₂' : h p.2 = Q.mulVec p.2 := e₂
    change h p.1 i * h p.2 i = Q.mulVec p.1 i * Q.mulVec p.2 i
    rw [e₁', e₂']
  rw [alignment_linear_eq_of_isWhite stationary hh, Finset.sum_congr rfl fun i _ ↦ hi i,
    sum_row_dotProduct_mulVec_row Q M, (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ,
    Matrix.mul_one]

/-- If the second inequality of `le_alignment_of_isWhite_linear` is strict for `x ≠ 0`, a white
encoder has the alignment `2 (n - tr M)` if and only if it is an orthogonal map of the latents. -/
theorem alignment_eq_iff_of_isWhite_linear {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ}
    {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n) {s : ℝ}
    (norm : ∀ x, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s * (x ⬝ᵥ x) < x ⬝ᵥ M.mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsWhite (γ n) h) :
    alignment (additiveNoiseLaw (γ n) ν M.mulVec) h = 2 * (n - M.trace) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec := by
  have gap' (x : Fin n → ℝ) : s * (x ⬝ᵥ x) ≤ x ⬝ᵥ M.mulVec x := by
    rcases eq_or_ne x 0 with rfl | hx
    · have e : s * ((0 : Fin n → ℝ) ⬝ᵥ 0) = 0 ⬝ᵥ M.mulVec 0 := by
        rw [zero_dotProduct, zero_dotProduct, mul_zero]
      exact e.le
    · exact (gap x hx).le
  constructor
  · intro heq
    have hle := two_mul_sub_trace_add_le_alignment stationary norm gap' hh
    have hnn : ∀ z, 0 ≤ (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
        (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec
          (z - (linearPart h)ᵀ.mulVec (h z)) := fun z ↦ by
      rw [dotProduct_sub_smul_mulVec]
      exact sub_nonneg.2 (gap' _)
    have h₀ : ∫ z, (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
        (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec
          (z - (linearPart h)ᵀ.mulVec (h z)) ∂γ n = 0 :=
      le_antisymm (by linarith) (integral_nonneg fun z ↦ hnn z)
    -- nothing is left of the latents
    have hw : ∀ᵐ z ∂γ n, z - (linearPart h)ᵀ.mulVec (h z) = 0 := by
      filter_upwards [(integral_eq_zero_iff_of_nonneg
        (f := fun z ↦ (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
          (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec (z - (linearPart h)ᵀ.mulVec (h z)))
        (fun z ↦ hnn z) (hh.integrable_dotProduct_mulVec_residual _)).1 h₀] with z hz
      by_contra hne
      have hz' : (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
        (M - s • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec
          (z - (linearPart h)ᵀ.mulVec (h z)) = 0 := hz
      rw [dotProduct_sub_smul_mulVec] at hz'
      have hlt := gap _ hne
      linarith
    have hAA : (linearPart h)ᵀ * linearPart h = 1 := by
      ext j k
      have hjk := hh.integral_residual_mul_residual j k
      have h0 : ∫ z, (z j - ∑ i, linearPart h i j * h z i) *
          (z k - ∑ i, linearPart h i k * h z i) ∂γ n = 0 := by
        refine integral_eq_zero_of_ae ?_
        filter_upwards [hw] with z hz
        have hzj : z j - ∑ i, linearPart h i j * h z i = 0 := congrFun hz j
        change (z j - ∑ i, linearPart h i j * h z i) *
          (z k - ∑ i, linearPart h i k * h z i) = 0
        rw [hzj, zero_mul]
      rw [h0] at hjk
      rw [Matrix.mul_apply, Matrix.one_apply]
      simp only [Matrix.transpose_apply]
      linarith
    have hQ : linearPart h ∈ Matrix.orthogonalGroup (Fin n) ℝ :=
      (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).2 hAA
    refine ⟨linearPart h, hQ, ?_⟩
    filter_upwards [hw] with z hz
    have hz' : z = (linearPart h)ᵀ.mulVec (h z) := sub_eq_zero.1 hz
    calc h z = (linearPart h).mulVec ((linearPart h)ᵀ.mulVec (h z)) := by
          rw [Matrix.mulVec_mulVec, (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hQ,
            Matrix.one_mulVec]
      _ = (linearPart h).mulVec z := by rw [← hz']
  · rintro ⟨Q, hQ, hhQ⟩
    refine alignment_linear_eq_of_ae_eq_mulVec stationary (fun x ↦ ?_) hh hQ hhQ
    rcases eq_or_ne x 0 with rfl | hx
    · have e : M.mulVec 0 ⬝ᵥ M.mulVec 0 = (0 : Fin n → ℝ) ⬝ᵥ 0 := by rw [Matrix.mulVec_zero]
      exact e.le
    · obtain ⟨i, -⟩ := Function.ne_iff.1 hx
      exact (norm x).trans (mul_le_of_le_one_left (Matrix.dotProduct_self_nonneg x)
        (nonneg_and_le_one i norm gap').2)

end Lejepa
