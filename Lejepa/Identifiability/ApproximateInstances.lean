/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.Approximate
public import Lejepa.Identifiability.Instances
public import Lejepa.Identifiability.Sharp
public import Lejepa.Identifiability.SharpAttained

/-!
# Nearly optimal encoders of the plane: instances

Inside, the encoder that keeps one latent and replaces the other, `y`, by
`9/10 y + 1/10 (y² - 1) / √2`: its covariance is off by `ε = 9/50`, its excess of alignment is
`D = 1/100`, and with `δ = ε + D = 19/100` the best bound is `D + (1 - √(1 - δ))² = 1/50`. Outside,
a constant encoder, which is not centred: its excess is negative, and none of the bounds holds.

## Main definitions
* `Lejepa.nearlyLinearEncoder`: the first encoder. (The second is `Lejepa.constantEncoder`.)

## Main results
* `Lejepa.integral_sum_sq_curvedEncoder_sub_rationalRotation`: the distance of an encoder from a
  rotation.
* `Lejepa.excess_nearlyLinearEncoder_nonneg`; outside, `Lejepa.excess_constantEncoder_neg`.
* `Lejepa.sqrt_frobSq_linearPart_nearlyLinearEncoder_le`; outside,
  `Lejepa.lt_sqrt_frobSq_linearPart_constantEncoder`.
* `Lejepa.approx_identifiability_nearlyLinearEncoder`; outside,
  `Lejepa.not_approx_identifiability_constantEncoder`.
* `Lejepa.approx_identifiability_sharp_nearlyLinearEncoder`,
  `Lejepa.approx_identifiability_of_le_one_nearlyLinearEncoder`; outside,
  `Lejepa.not_approx_identifiability_sharp_constantEncoder`,
  `Lejepa.not_approx_identifiability_of_le_one_constantEncoder`.
* `Lejepa.exists_sharp_attained_plane`; outside, `Lejepa.not_exists_sharp_attained_line`: where
  `δ = 3/2`, one dimension has no such encoder.
* `Lejepa.exists_sharp_attained_of_collapse_two`: two latents of three collapse.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset

noncomputable section

namespace Lejepa

private lemma frobSq_fin_two (A : Matrix (Fin 2) (Fin 2) ℝ) :
    frobSq A = A 0 0 ^ 2 + A 0 1 ^ 2 + (A 1 0 ^ 2 + A 1 1 ^ 2) := by
  rw [frobSq, Fin.sum_univ_two, Fin.sum_univ_two, Fin.sum_univ_two]

/-! ### The distance from a rotation -/

/-- The mean squared distance of the curved encoder from the rotation: `2 - 18/25 + 32/25`. -/
theorem integral_sum_sq_curvedEncoder_sub_rationalRotation :
    ∫ z, ∑ i, (curvedEncoder z i - rationalRotation.mulVec z i) ^ 2 ∂γ 2 = 64 / 25 := by
  have hl : linearPart curvedEncoder = Matrix.diagonal fun _ ↦ 3 / 5 :=
    linearPart_quadraticEncoder (fun _ ↦ 3 / 5) fun _ ↦ 4 / 5
  have h₀₁ : (0 : Fin 2) ≠ 1 := Fin.zero_ne_one
  have d₀₀ : linearPart curvedEncoder 0 0 = 3 / 5 := by rw [hl, Matrix.diagonal_apply_eq]
  have d₀₁ : linearPart curvedEncoder 0 1 = 0 := by rw [hl, Matrix.diagonal_apply_ne _ h₀₁]
  have d₁₀ : linearPart curvedEncoder 1 0 = 0 := by rw [hl, Matrix.diagonal_apply_ne _ h₀₁.symm]
  have d₁₁ : linearPart curvedEncoder 1 1 = 3 / 5 := by rw [hl, Matrix.diagonal_apply_eq]
  have r₀₀ : rationalRotation 0 0 = 3 / 5 := rfl
  have r₀₁ : rationalRotation 0 1 = -(4 / 5) := rfl
  have r₁₀ : rationalRotation 1 0 = 4 / 5 := rfl
  have r₁₁ : rationalRotation 1 1 = 3 / 5 := rfl
  rw [integral_sum_sq_sub_mulVec isWhite_curvedEncoder.memLp,
    isWhite_curvedEncoder.trace_secondMoment, frobSq_fin_two, frobSq_fin_two]
  simp only [Matrix.sub_apply, d₀₀, d₀₁, d₁₀, d₁₁, r₀₀, r₀₁, r₁₀, r₁₁]
  norm_num

/-! ### An encoder that is nearly linear -/

/-- The encoder that keeps the first latent, and takes the second, `y`, to
`9/10 y + 1/10 (y² - 1) / √2`. -/
def nearlyLinearEncoder : (Fin 2 → ℝ) → Fin 2 → ℝ := quadraticEncoder ![1, 9 / 10] ![0, 1 / 10]

/-- It is centred. -/
theorem isCentred_nearlyLinearEncoder : IsCentred (γ 2) nearlyLinearEncoder :=
  isCentred_quadraticEncoder _ _

/-- Its excess of alignment is `1/100`. -/
theorem excess_nearlyLinearEncoder : excess (9 / 10) nearlyLinearEncoder = 1 / 100 := by
  have h := excess_quadraticEncoder (n := 2) ![1, 9 / 10] ![0, 1 / 10] (ρ := 9 / 10)
    (by norm_num) (by norm_num)
  have hv : (0 : ℝ) ^ 2 + (1 / 10) ^ 2 = 1 / 100 := by norm_num
  rw [Fin.sum_univ_two] at h
  exact h.trans hv

/-- Its covariance is off by `9/50`. -/
theorem sqrt_frobSq_secondMoment_nearlyLinearEncoder_sub_one :
    √(frobSq (secondMoment (γ 2) nearlyLinearEncoder - 1)) = 9 / 50 := by
  have h := frobSq_secondMoment_quadraticEncoder_sub_one (n := 2) ![1, 9 / 10] ![0, 1 / 10]
  have hv : ((1 : ℝ) ^ 2 + 0 ^ 2 - 1) ^ 2 + ((9 / 10) ^ 2 + (1 / 10) ^ 2 - 1) ^ 2 =
      (9 / 50) ^ 2 := by norm_num
  rw [Fin.sum_univ_two] at h
  have h' : frobSq (secondMoment (γ 2) nearlyLinearEncoder - 1) = (9 / 50) ^ 2 := h.trans hv
  rw [h', Real.sqrt_sq (by norm_num)]

private lemma delta_nearlyLinearEncoder :
    19 / 100 = √(frobSq (secondMoment (γ 2) nearlyLinearEncoder - 1)) +
      excess (9 / 10) nearlyLinearEncoder := by
  rw [sqrt_frobSq_secondMoment_nearlyLinearEncoder_sub_one, excess_nearlyLinearEncoder]
  norm_num

private lemma sqrt_one_sub_delta : √(1 - 19 / 100) = 9 / 10 := by
  have e : (1 - 19 / 100 : ℝ) = (9 / 10) ^ 2 := by norm_num
  rw [e, Real.sqrt_sq (by norm_num)]

/-- The excess of this encoder is nonnegative. -/
theorem excess_nearlyLinearEncoder_nonneg : 0 ≤ excess (9 / 10) nearlyLinearEncoder :=
  excess_nonneg (by norm_num) (by norm_num) isCentred_nearlyLinearEncoder

/-- Its linear part is nearly orthogonal. -/
theorem sqrt_frobSq_linearPart_nearlyLinearEncoder_le :
    √(frobSq (linearPart nearlyLinearEncoder * (linearPart nearlyLinearEncoder).transpose - 1)) ≤
      19 / 100 := by
  have h := sqrt_frobSq_linearPart_mul_transpose_sub_one_le (ρ := 9 / 10) (by norm_num)
    (by norm_num) isCentred_nearlyLinearEncoder
  rwa [← delta_nearlyLinearEncoder] at h

/-- It is nearly an orthogonal map: the bound is `D + (ε + D)² = 461/10000`. -/
theorem approx_identifiability_nearlyLinearEncoder :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫ z, ∑ i, (nearlyLinearEncoder z i - Q.mulVec z i) ^ 2 ∂γ 2 ≤ 461 / 10000 := by
  obtain ⟨Q, hQ, h⟩ := approx_identifiability (ρ := 9 / 10) (by norm_num) (by norm_num)
    isCentred_nearlyLinearEncoder
  rw [← delta_nearlyLinearEncoder, excess_nearlyLinearEncoder] at h
  exact ⟨Q, hQ, h.trans (by norm_num)⟩

/-- The best bound is `1/50`. -/
theorem approx_identifiability_sharp_nearlyLinearEncoder :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫ z, ∑ i, (nearlyLinearEncoder z i - Q.mulVec z i) ^ 2 ∂γ 2 ≤ 1 / 50 := by
  obtain ⟨Q, hQ, h⟩ := approx_identifiability_sharp (ρ := 9 / 10) (by norm_num) (by norm_num)
    isCentred_nearlyLinearEncoder delta_nearlyLinearEncoder
  rw [excess_nearlyLinearEncoder, sqrt_one_sub_delta] at h
  exact ⟨Q, hQ, h.trans (by norm_num)⟩

/-- The same in closed form. -/
theorem approx_identifiability_of_le_one_nearlyLinearEncoder :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫ z, ∑ i, (nearlyLinearEncoder z i - Q.mulVec z i) ^ 2 ∂γ 2 ≤ 1 / 50 := by
  obtain ⟨Q, hQ, h⟩ := approx_identifiability_of_le_one (ρ := 9 / 10) (by norm_num) (by norm_num)
    isCentred_nearlyLinearEncoder delta_nearlyLinearEncoder (by norm_num)
  rw [excess_nearlyLinearEncoder, sqrt_one_sub_delta] at h
  exact ⟨Q, hQ, h.trans (by norm_num)⟩

/-! ### Outside: an encoder that is not centred -/

private lemma secondMoment_constantEncoder (i j : Fin 2) :
    secondMoment (γ 2) constantEncoder i j = 1 := by
  change ∫ _z : Fin 2 → ℝ, (1 : ℝ) * 1 ∂γ 2 = 1
  rw [integral_const, probReal_univ, one_smul, mul_one]

/-- The excess of the constant encoder. -/
theorem excess_constantEncoder : excess (9 / 10) constantEncoder = -(20 / 9) := by
  have ht : (secondMoment (γ 2) constantEncoder).trace =
      secondMoment (γ 2) constantEncoder 0 0 + secondMoment (γ 2) constantEncoder 1 1 :=
    Fin.sum_univ_two fun i ↦ secondMoment (γ 2) constantEncoder i i
  rw [excess, alignment_constantEncoder, ht, secondMoment_constantEncoder,
    secondMoment_constantEncoder]
  norm_num

/-- Its second moments are off by `√2`. -/
theorem frobSq_secondMoment_constantEncoder_sub_one :
    frobSq (secondMoment (γ 2) constantEncoder - 1) = 2 := by
  have h₀₁ : (0 : Fin 2) ≠ 1 := Fin.zero_ne_one
  rw [frobSq_fin_two]
  simp only [Matrix.sub_apply, secondMoment_constantEncoder, Matrix.one_apply_eq]
  rw [Matrix.one_apply_ne h₀₁, Matrix.one_apply_ne h₀₁.symm]
  norm_num

private lemma sqrt_two_bounds : 7 / 5 ≤ √2 ∧ √2 ≤ 3 / 2 :=
  ⟨(Real.le_sqrt' (by norm_num)).2 (by norm_num), Real.sqrt_le_iff.2 ⟨by norm_num, by norm_num⟩⟩

/-- Outside: the excess of an encoder that is not centred may be negative. -/
theorem excess_constantEncoder_neg : excess (9 / 10) constantEncoder < 0 := by
  rw [excess_constantEncoder]
  norm_num

/-- Outside: the linear part of an encoder that is not centred may be farther from an orthogonal
matrix. -/
theorem lt_sqrt_frobSq_linearPart_constantEncoder :
    √(frobSq (secondMoment (γ 2) constantEncoder - 1)) + excess (9 / 10) constantEncoder <
      √(frobSq (linearPart constantEncoder * (linearPart constantEncoder).transpose - 1)) := by
  refine lt_of_lt_of_le ?_ (Real.sqrt_nonneg _)
  rw [frobSq_secondMoment_constantEncoder_sub_one, excess_constantEncoder]
  linarith [sqrt_two_bounds.2]

private lemma integral_constantEncoder_nonneg (Q : Matrix (Fin 2) (Fin 2) ℝ) :
    0 ≤ ∫ z, ∑ i, (constantEncoder z i - Q.mulVec z i) ^ 2 ∂γ 2 :=
  integral_nonneg fun _ ↦ sum_nonneg fun _ _ ↦ sq_nonneg _

/-- Outside: for an encoder that is not centred `D + (ε + D)²` may be no bound. -/
theorem not_approx_identifiability_constantEncoder :
    ¬∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫ z, ∑ i, (constantEncoder z i - Q.mulVec z i) ^ 2 ∂γ 2 ≤
        excess (9 / 10) constantEncoder + (√(frobSq (secondMoment (γ 2) constantEncoder - 1)) +
          excess (9 / 10) constantEncoder) ^ 2 := by
  rintro ⟨Q, -, hQ⟩
  have hnn := integral_constantEncoder_nonneg Q
  have hs : √2 ^ 2 = 2 := Real.sq_sqrt zero_le_two
  rw [frobSq_secondMoment_constantEncoder_sub_one, excess_constantEncoder] at hQ
  nlinarith [sqrt_two_bounds.1]

/-- Outside: nor is the best bound one. -/
theorem not_approx_identifiability_sharp_constantEncoder {δ : ℝ}
    (hδ : δ = √(frobSq (secondMoment (γ 2) constantEncoder - 1)) +
      excess (9 / 10) constantEncoder) :
    ¬∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫ z, ∑ i, (constantEncoder z i - Q.mulVec z i) ^ 2 ∂γ 2 ≤
        excess (9 / 10) constantEncoder + (δ / (1 + √(1 - δ))) ^ 2 := by
  rintro ⟨Q, -, hQ⟩
  have hnn := integral_constantEncoder_nonneg Q
  have hq : 1 ≤ 1 + √(1 - δ) := le_add_of_nonneg_right (Real.sqrt_nonneg _)
  have h₁ : (δ / (1 + √(1 - δ))) ^ 2 ≤ δ ^ 2 := by
    rw [div_pow]
    exact div_le_self (sq_nonneg δ) (one_le_pow₀ hq)
  rw [frobSq_secondMoment_constantEncoder_sub_one, excess_constantEncoder] at hδ
  have h₂ : δ ^ 2 ≤ 1 := (sq_le_one_iff_abs_le_one δ).2
    (abs_le.2 ⟨by linarith [sqrt_two_bounds.1], by linarith [sqrt_two_bounds.2]⟩)
  rw [excess_constantEncoder] at hQ
  linarith

/-- Outside: the same in closed form. -/
theorem not_approx_identifiability_of_le_one_constantEncoder {δ : ℝ}
    (hδ : δ = √(frobSq (secondMoment (γ 2) constantEncoder - 1)) +
      excess (9 / 10) constantEncoder) (hδ₁ : δ ≤ 1) :
    ¬∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
      ∫ z, ∑ i, (constantEncoder z i - Q.mulVec z i) ^ 2 ∂γ 2 ≤
        excess (9 / 10) constantEncoder + (1 - √(1 - δ)) ^ 2 := by
  rw [← Matrix.div_one_add_sqrt_eq hδ₁]
  exact not_approx_identifiability_sharp_constantEncoder hδ

/-! ### The bound is attained -/

/-- In the plane the bound is attained for `ε = 9/50` and `D = 1/100`. -/
theorem exists_sharp_attained_plane :
    ∃ h : (Fin 2 → ℝ) → Fin 2 → ℝ, IsCentred (γ 2) h ∧
      √(frobSq (secondMoment (γ 2) h - 1)) = 9 / 50 ∧ excess (9 / 10) h = 1 / 100 ∧
      ∀ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ,
        1 / 50 ≤ ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ 2 := by
  obtain ⟨h, hh, hε, hD, hle⟩ := approx_identifiability_sharp_attained (n := 2) (ρ := 9 / 10)
    (ε := 9 / 50) (D := 1 / 100) (δ := 19 / 100) 1 (by norm_num) (by norm_num) (by norm_num)
    (by norm_num) (by norm_num) (by norm_num)
  refine ⟨h, hh, hε, hD, fun Q hQ ↦ ?_⟩
  have hQ' := hle Q hQ
  rw [sqrt_one_sub_delta] at hQ'
  exact le_trans (by norm_num) hQ'

/-- Outside `δ ≤ 1`: in one dimension no encoder with `ε = 1/2` and `D = 1` is as far from both
orthogonal maps as the bound says. -/
theorem not_exists_sharp_attained_line :
    ¬∃ h : (Fin 1 → ℝ) → Fin 1 → ℝ, IsCentred (γ 1) h ∧
      √(frobSq (secondMoment (γ 1) h - 1)) = 1 / 2 ∧ excess (9 / 10) h = 1 ∧
      ∀ Q ∈ Matrix.orthogonalGroup (Fin 1) ℝ,
        1 + (3 / 2 / (1 + √(1 - 3 / 2))) ^ 2 ≤ ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ 1 := by
  rintro ⟨h, hh, hε, -, hle⟩
  obtain ⟨c, hc⟩ : ∃ c, secondMoment (γ 1) h 0 0 = c := ⟨_, rfl⟩
  obtain ⟨a, ha⟩ : ∃ a, linearPart h 0 0 = a := ⟨_, rfl⟩
  have hf (A : Matrix (Fin 1) (Fin 1) ℝ) : frobSq A = A 0 0 ^ 2 := by
    rw [frobSq, Fin.sum_univ_one, Fin.sum_univ_one]
  have ht : (secondMoment (γ 1) h).trace = c :=
    (Fin.sum_univ_one fun i ↦ secondMoment (γ 1) h i i).trans hc
  have hd (Q : Matrix (Fin 1) (Fin 1) ℝ) :
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ 1 = c - a ^ 2 + (a - Q 0 0) ^ 2 := by
    rw [integral_sum_sq_sub_mulVec hh.memLp, ht, hf, hf, Matrix.sub_apply, ha]
  have hneg : (-1 : Matrix (Fin 1) (Fin 1) ℝ) ∈ Matrix.orthogonalGroup (Fin 1) ℝ := by
    refine (Matrix.mem_orthogonalGroup_iff (Fin 1) ℝ).2 ?_
    rw [Matrix.transpose_neg, Matrix.transpose_one, Matrix.neg_mul, Matrix.mul_neg, neg_neg,
      Matrix.mul_one]
  have hs : √(1 - 3 / 2) = 0 := Real.sqrt_eq_zero_of_nonpos (by norm_num)
  have hv : ((3 / 2 : ℝ) / (1 + 0)) ^ 2 = 9 / 4 := by norm_num
  have h₁ := hle 1 (one_mem _)
  have h₂ := hle (-1) hneg
  rw [hd, hs, hv, Matrix.one_apply_eq] at h₁
  rw [hd, hs, hv, Matrix.neg_apply, Matrix.one_apply_eq] at h₂
  rw [hf, Matrix.sub_apply, hc, Matrix.one_apply_eq, Real.sqrt_sq_eq_abs] at hε
  have hc' := le_abs_self (c - 1)
  linarith

/-- Of three latents, two collapse: the bound is attained with `δ = √2`. -/
theorem exists_sharp_attained_of_collapse_two :
    ∃ h : (Fin 3 → ℝ) → Fin 3 → ℝ, IsCentred (γ 3) h ∧
      √(frobSq (secondMoment (γ 3) h - 1)) = √2 ∧ excess (9 / 10) h = 0 ∧
      ∀ Q ∈ Matrix.orthogonalGroup (Fin 3) ℝ,
        2 ≤ ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ 3 := by
  have h₀₁ : (0 : Fin 3) ≠ 1 := Fin.zero_ne_one
  have hcard : (#({0, 1} : Finset (Fin 3)) : ℝ) = 2 := by
    rw [card_pair h₀₁, Nat.cast_ofNat]
  have h := approx_identifiability_sharp_attained_of_collapse (ρ := 9 / 10)
    ({0, 1} : Finset (Fin 3)) (by norm_num) (by norm_num)
  rwa [hcard] at h

end Lejepa
