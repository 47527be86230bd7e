/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Spectral
public import Lejepa.Hermite.Uniqueness
public import Mathlib.LinearAlgebra.UnitaryGroup

/-!
# White encoders: the best ones are the orthogonal maps

## Main results
* `Lejepa.le_alignment_of_isWhite`: no white encoder aligns better than a linear one.
* `Lejepa.alignment_eq_iff_of_isWhite`: a white encoder is optimal if and only if it is an
  orthogonal map.
* `Lejepa.isWhite_of_map_eq_stdGaussian`: an encoder whose output is standard Gaussian is white.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ}

/-- An encoder whose output is standard Gaussian is white. -/
theorem isWhite_of_map_eq_stdGaussian {Z : Type*} [MeasurableSpace Z] {μ : Measure Z}
    {h : Z → Fin m → ℝ} (hm : Measurable h) (hμ : μ.map h = γ m) : IsWhite μ h := by
  have hmp : MeasurePreserving h μ (γ m) := ⟨hm, hμ⟩
  refine { memLp := fun i ↦ ?_, mean_eq_zero := fun i ↦ ?_, secondMoment_eq_one := ?_ }
  · exact (memLp_coord i).comp_measurePreserving hmp
  · exact (hmp.integral_comp_of_aestronglyMeasurable (g := fun z : Fin m → ℝ ↦ z i)
      (memLp_coord i).1).trans (integral_coord i)
  · ext i j
    exact (hmp.integral_comp_of_aestronglyMeasurable (g := fun z : Fin m → ℝ ↦ z i * z j)
      ((memLp_coord i).1.mul (memLp_coord j).1)).trans
      ((integral_coord_mul_coord i j).trans Matrix.one_apply.symm)

/-- The degree-zero coefficients of a centred encoder vanish. -/
lemma IsCentred.hermiteCoeff_eq_zero {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsCentred (γ n) h)
    (i : Fin m) {α : Fin n → ℕ} (hα : ∑ j, α j = 0) : hermiteCoeff (fun z ↦ h z i) α = 0 := by
  have h0 : α = 0 := funext fun j ↦ Finset.sum_eq_zero_iff.1 hα j (Finset.mem_univ j)
  rw [h0, hermiteCoeff_zero]
  exact hh.mean_eq_zero i

/-- Each term of the excess of a centred encoder over a linear one is nonnegative. -/
lemma IsCentred.excess_term_nonneg {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsCentred (γ n) h)
    (h₀ : 0 < ρ) (h₁ : ρ < 1) (α : Fin n → ℕ) :
    0 ≤ 2 * (ρ - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := by
  by_cases hα : ∑ j, α j = 0
  · have hsum : ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 := Finset.sum_eq_zero fun i _ ↦ by
      rw [hh.hermiteCoeff_eq_zero i hα, zero_pow two_ne_zero]
    rw [hsum, mul_zero]
  · have hpow : ρ ^ (∑ i, α i) ≤ ρ := pow_le_of_le_one h₀.le h₁.le hα
    exact mul_nonneg (mul_nonneg zero_le_two (sub_nonneg.2 hpow))
      (Finset.sum_nonneg fun i _ ↦ sq_nonneg _)

/-- If `0 < ρ < 1`, then `|ρ| ≤ 1`. -/
lemma abs_le_one_of_pos_of_lt_one (h₀ : 0 < ρ) (h₁ : ρ < 1) : |ρ| ≤ 1 := by
  rw [abs_of_pos h₀]
  exact h₁.le

/-- The trace of the covariance of a white encoder is its width `m`. -/
lemma IsWhite.trace_secondMoment {Z : Type*} [MeasurableSpace Z] {μ : Measure Z}
    {h : Z → Fin m → ℝ} (hh : IsWhite μ h) : (secondMoment μ h).trace = m := by
  rw [hh.secondMoment_eq_one, Matrix.trace_one, Fintype.card_fin]

/-- No white encoder with `m` outputs has an alignment below `2 (1 - ρ) m`, which for `m ≤ n` is
that of a white linear encoder. -/
theorem le_alignment_of_isWhite {n m : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    2 * (1 - ρ) * m ≤ alignment (ouLaw n ρ) h := by
  have hs := hasSum_alignment_sub (abs_le_one_of_pos_of_lt_one h₀ h₁) hh.memLp
  rw [hh.trace_secondMoment] at hs
  exact sub_nonneg.1 (hs.nonneg fun α ↦ hh.toIsCentred.excess_term_nonneg h₀ h₁ α)

/-- A white encoder reaches the bound if and only if its coefficients vanish except in degree
one. -/
theorem alignment_eq_iff_forall_hermiteCoeff_eq_zero (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    alignment (ouLaw n ρ) h = 2 * (1 - ρ) * m ↔
      ∀ i, ∀ α : Fin n → ℕ, ∑ j, α j ≠ 1 → hermiteCoeff (fun z ↦ h z i) α = 0 := by
  have hs := hasSum_alignment_sub (abs_le_one_of_pos_of_lt_one h₀ h₁) hh.memLp
  rw [hh.trace_secondMoment] at hs
  constructor
  · intro heq i α hα
    rw [heq, sub_self, hasSum_zero_iff_of_nonneg
      fun α ↦ hh.toIsCentred.excess_term_nonneg h₀ h₁ α] at hs
    by_cases hα0 : ∑ j, α j = 0
    · exact hh.toIsCentred.hermiteCoeff_eq_zero i hα0
    have hpow : ρ ^ (∑ j, α j) < ρ := pow_lt_self_of_lt_one₀ h₀ h₁ (by omega)
    have hterm : 2 * (ρ - ρ ^ (∑ j, α j)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 :=
      congrFun hs α
    have hgap : 2 * (ρ - ρ ^ (∑ j, α j)) ≠ 0 := (mul_pos two_pos (sub_pos.2 hpow)).ne'
    have hsum := (mul_eq_zero.1 hterm).resolve_left hgap
    have hsq : hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 :=
      (Finset.sum_eq_zero_iff_of_nonneg (s := Finset.univ)
        (f := fun i ↦ hermiteCoeff (fun z ↦ h z i) α ^ 2) fun i _ ↦ sq_nonneg _).1 hsum i
        (Finset.mem_univ i)
    exact pow_eq_zero_iff two_ne_zero |>.1 hsq
  · intro hc
    have hzero : (fun α : Fin n → ℕ ↦
        2 * (ρ - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2) = fun _ ↦ 0 := by
      funext α
      by_cases hα : ∑ j, α j = 1
      · rw [hα, pow_one, sub_self, mul_zero, zero_mul]
      · have hsum : ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 :=
          Finset.sum_eq_zero fun i _ ↦ by rw [hc i α hα, zero_pow two_ne_zero]
        rw [hsum, mul_zero]
    rw [hzero] at hs
    exact sub_eq_zero.1 (hs.unique hasSum_zero)

/-- The `i`-th coordinate of `Q z` is `∑ⱼ Qᵢⱼ zⱼ`. -/
lemma mulVec_apply_eq_sum (Q : Matrix (Fin m) (Fin n) ℝ) (z : Fin n → ℝ) (i : Fin m) :
    Q.mulVec z i = ∑ j, Q i j * z j := rfl

/-- The second moments of a linear encoder. -/
theorem secondMoment_mulVec (A : Matrix (Fin m) (Fin n) ℝ) :
    secondMoment (γ n) A.mulVec = A * A.transpose := by
  ext i k
  rw [Matrix.mul_apply]
  exact integral_linear_mul_linear (A i) (A k)

/-- Encoders that are equal almost everywhere have the same second moments. -/
lemma secondMoment_congr_ae {Z : Type*} [MeasurableSpace Z] {μ : Measure Z}
    {h k : Z → Fin m → ℝ} (hhk : h =ᵐ[μ] k) : secondMoment μ h = secondMoment μ k := by
  ext i j
  change ∫ z, h z i * h z j ∂μ = ∫ z, k z i * k z j ∂μ
  refine integral_congr_ae ?_
  filter_upwards [hhk] with z hz
  simp only [hz]

/-- A white encoder with as many outputs as latents has the alignment `2 (1 - ρ) n` if and only if
it is an orthogonal map of them almost everywhere. -/
theorem alignment_eq_iff_of_isWhite {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsWhite (γ n) h) :
    alignment (ouLaw n ρ) h = 2 * (1 - ρ) * n ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec := by
  rw [alignment_eq_iff_forall_hermiteCoeff_eq_zero h₀ h₁ hh]
  constructor
  · intro hc
    obtain ⟨A, hA⟩ : ∃ A : Matrix (Fin n) (Fin n) ℝ,
        ∀ i j, A i j = hermiteCoeff (fun z ↦ h z i) (Pi.single j 1) :=
      ⟨.of fun i j ↦ hermiteCoeff (fun z ↦ h z i) (Pi.single j 1), fun _ _ ↦ rfl⟩
    have hi (i : Fin n) : ∀ᵐ z ∂γ n, h z i = A.mulVec z i := by
      filter_upwards [ae_eq_linear_of_hermiteCoeff_eq_zero (hh.memLp i) (hc i)] with z hz
      refine hz.trans ?_
      simp only [mulVec_apply_eq_sum, hA]
    have hhA : h =ᵐ[γ n] A.mulVec := by
      filter_upwards [ae_all_iff.2 hi] with z hz
      exact funext hz
    refine ⟨A, (Matrix.mem_orthogonalGroup_iff _ _).2 ?_, hhA⟩
    rw [← secondMoment_mulVec, ← secondMoment_congr_ae hhA, hh.secondMoment_eq_one]
  · rintro ⟨Q, -, hQ⟩ i α hα
    have hi : (fun z ↦ h z i) =ᵐ[γ n] fun z ↦ ∑ j, Q i j * z j := by
      filter_upwards [hQ] with z hz
      simp only [hz, mulVec_apply_eq_sum]
    rw [hermiteCoeff_congr_ae hi, hermiteCoeff_linear_of_sum_ne_one _ hα]

end Lejepa
