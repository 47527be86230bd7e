/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.DiagonalWorld
public import Lejepa.Identifiability.QuadraticEncoder
public import Lejepa.Identifiability.White

/-!
# Negative correlations: what plain alignment makes of latents that alternate

A latent with `z' = ρ z + √(1 - ρ²) η` and `ρ < 0` is as predictable as one that persists, but
alignment asks of a representation that it stay where it is. It prefers `(z² - 1) / √2`, which
forgets the sign, to the latent itself. (To a predictor the sign of `ρ` makes no difference.)

## Main results
* `Lejepa.alignment_quadraticEncoder_diagOuLaw`: the alignment of encoders of degree two.
* `Lejepa.exists_isWhite_alignment_lt_of_neg`: where one latent has negative correlation, there is a
  white encoder that aligns better than the identity.
* `Lejepa.isWhite_quadratic`, `Lejepa.alignment_quadratic_lt_of_neg`: in one dimension,
  `(z² - 1) / √2` does.
* `Lejepa.le_alignment_of_isWhite_of_neg`: where all correlations are the same `ρ < 0`, no white
  encoder aligns better than functions of degree two.

That the latent itself is then the worst of all white encoders is shown in
`Lejepa.Alignment.WorstEncoder`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : Fin n → ℝ} {r : ℝ}

/-! ### The encoders of degree two -/

private lemma alignment_term_quadraticEncoder (a b ρ : Fin n → ℝ) (i : Fin n) (α : Fin n → ℕ) :
    2 * (1 - ∏ j, ρ j ^ α j) * hermiteCoeff (fun z ↦ quadraticEncoder a b z i) α ^ 2 =
      (if α = Pi.single i 1 then 2 * (1 - ρ i) * a i ^ 2 else 0) +
        if α = Pi.single i 2 then 2 * (1 - ρ i ^ 2) * b i ^ 2 else 0 := by
  rw [hermiteCoeff_quadraticEncoder]
  by_cases h₁ : α = Pi.single i 1
  · have h₂ : α ≠ Pi.single i 2 := fun e ↦ single_one_ne_single_two i i (h₁.symm.trans e)
    simp only [if_pos h₁, if_neg h₂]
    rw [h₁, prod_pow_single]
    ring
  · by_cases h₂ : α = Pi.single i 2
    · simp only [if_neg h₁, if_pos h₂]
      rw [h₂, prod_pow_single]
      ring
    · simp only [if_neg h₁, if_neg h₂]
      ring

/-- The alignment of the encoder `hᵢ(z) = aᵢ zᵢ + bᵢ (zᵢ² - 1) / √2`. -/
theorem alignment_quadraticEncoder_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) (a b : Fin n → ℝ) :
    alignment (diagOuLaw ρ) (quadraticEncoder a b) =
      ∑ i, (2 * (1 - ρ i) * a i ^ 2 + 2 * (1 - ρ i ^ 2) * b i ^ 2) := by
  have hs := hasSum_alignment_diagOuLaw hρ (h := quadraticEncoder a b) (memLp_quadraticEncoder a b)
  simp only [Finset.mul_sum, alignment_term_quadraticEncoder a b ρ] at hs
  have hs' : HasSum (fun α : Fin n → ℕ ↦
      ∑ i, ((if α = Pi.single i 1 then 2 * (1 - ρ i) * a i ^ 2 else 0) +
        if α = Pi.single i 2 then 2 * (1 - ρ i ^ 2) * b i ^ 2 else 0))
      (∑ i, (2 * (1 - ρ i) * a i ^ 2 + 2 * (1 - ρ i ^ 2) * b i ^ 2)) :=
    hasSum_sum fun i _ ↦ HasSum.add
      (hasSum_ite_eq (Pi.single i 1 : Fin n → ℕ) (2 * (1 - ρ i) * a i ^ 2))
      (hasSum_ite_eq (Pi.single i 2 : Fin n → ℕ) (2 * (1 - ρ i ^ 2) * b i ^ 2))
  exact hs.unique hs'

private lemma quadraticEncoder_one_zero :
    quadraticEncoder (fun _ : Fin n ↦ (1 : ℝ)) (fun _ ↦ 0) = fun z : Fin n → ℝ ↦ z := by
  funext z i
  change 1 * z i + 0 * quadraticCoord i z = z i
  rw [one_mul, zero_mul, add_zero]

private lemma alignment_fun_id_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) :
    alignment (diagOuLaw ρ) (fun z ↦ z) = ∑ i, 2 * (1 - ρ i) := by
  have h := alignment_quadraticEncoder_diagOuLaw hρ (fun _ ↦ 1) (fun _ ↦ 0)
  rw [quadraticEncoder_one_zero] at h
  rw [h]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  change 2 * (1 - ρ i) * 1 ^ 2 + 2 * (1 - ρ i ^ 2) * 0 ^ 2 = 2 * (1 - ρ i)
  ring

private lemma isWhite_quadraticEncoder {a b : Fin n → ℝ} (h : ∀ i, a i ^ 2 + b i ^ 2 = 1) :
    IsWhite (γ n) (quadraticEncoder a b) := by
  refine ⟨isCentred_quadraticEncoder a b, (secondMoment_quadraticEncoder a b).trans ?_⟩
  exact (congrArg Matrix.diagonal (funext h)).trans Matrix.diagonal_one

/-- **A latent that alternates is traded for a nonlinearity.** Where one latent has negative
correlation, the identity is not the best white encoder: with `(zᵢ² - 1) / √2` in place of `zᵢ` it
aligns better. -/
theorem exists_isWhite_alignment_lt_of_neg (hρ : ∀ i, |ρ i| ≤ 1) {i₀ : Fin n} (h₀ : ρ i₀ < 0) :
    ∃ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h ∧
      alignment (diagOuLaw ρ) h < alignment (diagOuLaw ρ) (fun z ↦ z) := by
  obtain ⟨a, ha⟩ : ∃ a : Fin n → ℝ, ∀ i, a i = if i = i₀ then 0 else 1 := ⟨_, fun _ ↦ rfl⟩
  obtain ⟨b, hb⟩ : ∃ b : Fin n → ℝ, ∀ i, b i = if i = i₀ then 1 else 0 := ⟨_, fun _ ↦ rfl⟩
  have hab (i : Fin n) : a i ^ 2 + b i ^ 2 = 1 := by
    rw [ha, hb]
    split_ifs <;> norm_num
  have hsq : 0 ≤ ρ i₀ ^ 2 := sq_nonneg (ρ i₀)
  have hle (i : Fin n) :
      2 * (1 - ρ i) * a i ^ 2 + 2 * (1 - ρ i ^ 2) * b i ^ 2 ≤ 2 * (1 - ρ i) := by
    rw [ha, hb]
    by_cases hi : i = i₀
    · rw [if_pos hi, if_pos hi, hi]
      linarith
    · rw [if_neg hi, if_neg hi]
      linarith
  have hlt : 2 * (1 - ρ i₀) * a i₀ ^ 2 + 2 * (1 - ρ i₀ ^ 2) * b i₀ ^ 2 < 2 * (1 - ρ i₀) := by
    rw [ha, hb, if_pos rfl, if_pos rfl]
    linarith
  refine ⟨quadraticEncoder a b, isWhite_quadraticEncoder hab, ?_⟩
  rw [alignment_quadraticEncoder_diagOuLaw hρ, alignment_fun_id_diagOuLaw hρ]
  exact Finset.sum_lt_sum (fun i _ ↦ hle i) ⟨i₀, Finset.mem_univ i₀, hlt⟩

/-- An instance: one latent that persists, `ρ = 1/2`, and one that alternates, `ρ = -1/2`. -/
theorem exists_isWhite_alignment_lt_half :
    ∃ h : (Fin 2 → ℝ) → Fin 2 → ℝ, IsWhite (γ 2) h ∧
      alignment (diagOuLaw fun i : Fin 2 ↦ if i = 0 then 1 / 2 else -1 / 2) h <
        alignment (diagOuLaw fun i : Fin 2 ↦ if i = 0 then 1 / 2 else -1 / 2) (fun z ↦ z) := by
  have hρ (i : Fin 2) : abs (if i = 0 then (1 / 2 : ℝ) else -1 / 2) ≤ 1 := by
    split_ifs
    · exact abs_le.2 ⟨by norm_num, by norm_num⟩
    · exact abs_le.2 ⟨by norm_num, by norm_num⟩
  have h₀ : (if (1 : Fin 2) = 0 then (1 / 2 : ℝ) else -1 / 2) < 0 := by
    have h₁₀ : ¬(1 : Fin 2) = 0 := fun e ↦ Fin.zero_ne_one e.symm
    rw [if_neg h₁₀]
    norm_num
  exact exists_isWhite_alignment_lt_of_neg (i₀ := 1) hρ h₀

private lemma quadraticEncoder_zero_one :
    quadraticEncoder (fun _ : Fin 1 ↦ (0 : ℝ)) (fun _ ↦ 1) =
      fun (z : Fin 1 → ℝ) (_ : Fin 1) ↦ (z 0 ^ 2 - 1) / √2 := by
  funext z i
  change 0 * z i + 1 * ((z i ^ 2 - 1) / √2) = (z 0 ^ 2 - 1) / √2
  rw [zero_mul, zero_add, one_mul, Subsingleton.elim i 0]

/-- In one dimension, the encoder `(z² - 1) / √2` is white. -/
theorem isWhite_quadratic : IsWhite (γ 1) (fun z (_ : Fin 1) ↦ (z 0 ^ 2 - 1) / √2) := by
  have h : IsWhite (γ 1) (quadraticEncoder (fun _ : Fin 1 ↦ (0 : ℝ)) (fun _ ↦ 1)) :=
    isWhite_quadraticEncoder fun _ ↦ by norm_num
  rw [quadraticEncoder_zero_one] at h
  exact h

/-- Its alignment is that of a latent of correlation `ρ²`. -/
theorem alignment_quadratic (h : |r| ≤ 1) :
    alignment (ouLaw 1 r) (fun z (_ : Fin 1) ↦ (z 0 ^ 2 - 1) / √2) = 2 * (1 - r ^ 2) := by
  have hq : alignment (diagOuLaw fun _ : Fin 1 ↦ r) (quadraticEncoder (fun _ ↦ 0) fun _ ↦ 1) =
      ∑ _i : Fin 1, (2 * (1 - r) * 0 ^ 2 + 2 * (1 - r ^ 2) * 1 ^ 2) :=
    alignment_quadraticEncoder_diagOuLaw (fun _ ↦ h) (fun _ ↦ 0) (fun _ ↦ 1)
  rw [quadraticEncoder_zero_one, Fin.sum_univ_one, ← ouLaw_eq_diagOuLaw] at hq
  refine hq.trans ?_
  ring

/-- **In one dimension** and with negative correlation, the white encoder `(z² - 1) / √2`, which
forgets the sign of the latent, aligns better than the latent itself. -/
theorem alignment_quadratic_lt_of_neg (h : |r| ≤ 1) (h₀ : r < 0) :
    alignment (ouLaw 1 r) (fun z (_ : Fin 1) ↦ (z 0 ^ 2 - 1) / √2) <
      alignment (ouLaw 1 r) (fun z ↦ z) := by
  have hid : alignment (diagOuLaw fun _ : Fin 1 ↦ r) (fun z ↦ z) = ∑ _i : Fin 1, 2 * (1 - r) :=
    alignment_fun_id_diagOuLaw fun _ ↦ h
  rw [Fin.sum_univ_one, ← ouLaw_eq_diagOuLaw] at hid
  rw [alignment_quadratic h, hid]
  linarith [sq_nonneg r]

/-! ### All correlations the same and negative -/

/-- The mean square of a white encoder, in Hermite coefficients, times `t`. -/
theorem IsWhite.hasSum_mul_sum_hermiteCoeff_sq {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) (t : ℝ) :
    HasSum (fun α ↦ t * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2) (t * m) := by
  have htr : ∑ i, ∫ z, h z i ^ 2 ∂γ n = m :=
    (Lejepa.trace_secondMoment (γ n) h).symm.trans hh.trace_secondMoment
  rw [← htr]
  exact (hasSum_sum (s := Finset.univ) fun i _ ↦ hasSum_hermiteCoeff_sq (hh.memLp i)).mul_left t

private lemma pow_le_sq_of_neg (h₀ : -1 ≤ r) (h₁ : r < 0) {k : ℕ} (hk : k ≠ 0) :
    r ^ k ≤ r ^ 2 := by
  by_cases hk₁ : k = 1
  · rw [hk₁, pow_one]
    exact h₁.le.trans (sq_nonneg r)
  · have hk₂ : 2 ≤ k := by omega
    have habs : |r| ≤ 1 := abs_le.2 ⟨h₀, h₁.le.trans zero_le_one⟩
    calc r ^ k ≤ |r ^ k| := le_abs_self _
      _ = |r| ^ k := abs_pow r k
      _ ≤ |r| ^ 2 := pow_le_pow_of_le_one (abs_nonneg r) habs hk₂
      _ = r ^ 2 := sq_abs r

/-- **With negative correlation, degree two is best.** No white encoder aligns better than one of
degree two, such as the encoder `(z² - 1) / √2` of `alignment_quadratic_lt_of_neg`. -/
theorem le_alignment_of_isWhite_of_neg (h₀ : -1 ≤ r) (h₁ : r < 0) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) : 2 * (1 - r ^ 2) * m ≤ alignment (ouLaw n r) h := by
  have habs : |r| ≤ 1 := abs_le.2 ⟨h₀, h₁.le.trans zero_le_one⟩
  refine hasSum_le (fun α ↦ ?_) (hh.hasSum_mul_sum_hermiteCoeff_sq (2 * (1 - r ^ 2)))
    (hasSum_alignment habs hh.memLp)
  change 2 * (1 - r ^ 2) * (∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2) ≤
    2 * (1 - r ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2
  by_cases hα : ∑ j, α j = 0
  · have hsum : ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 := Finset.sum_eq_zero fun i _ ↦ by
      rw [hh.toIsCentred.hermiteCoeff_eq_zero i hα, zero_pow two_ne_zero]
    simp only [hsum, mul_zero, le_refl]
  · have hle : 2 * (1 - r ^ 2) ≤ 2 * (1 - r ^ (∑ j, α j)) := by
      linarith [pow_le_sq_of_neg h₀ h₁ hα]
    exact mul_le_mul_of_nonneg_right hle (Finset.sum_nonneg fun i _ ↦ sq_nonneg _)

end Lejepa
