/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.NegativeCorrelation

/-!
# With negative correlation, the latents are the worst encoder

Alignment rates a latent by its correlation `ρ` with its successor. Where `ρ < 0`, no white encoder
is rated worse than the latent itself, and those that are rated as badly are exactly its rotations:
minimizing alignment leads away from the latents.

## Main results
* `Lejepa.alignment_le_of_isWhite_of_forall_le`: no white encoder aligns worse than the least
  correlation says, where this is negative.
* `Lejepa.alignment_le_alignment_coord_of_neg`: the latent that alternates most is the worst of all
  white encoders of one dimension.
* `Lejepa.alignment_eq_iff_of_isWhite_of_neg`: where all correlations are the same `ρ < 0`, the
  worst white encoders are exactly the orthogonal maps.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : Fin n → ℝ} {r : ℝ}

/-! ### The latent that alternates most -/

private lemma mul_mem_of_mem {c x y : ℝ} (hc : -1 ≤ c) (hc₀ : c ≤ 0) (hx : c ≤ x ∧ x ≤ 1)
    (hy : c ≤ y ∧ y ≤ 1) : c ≤ x * y ∧ x * y ≤ 1 := by
  have hx₁ : 0 ≤ 1 - x := sub_nonneg.2 hx.2
  have hy₁ : 0 ≤ 1 - y := sub_nonneg.2 hy.2
  have hyc : 0 ≤ y - c := sub_nonneg.2 hy.1
  have hc₁ : 0 ≤ -c := neg_nonneg.2 hc₀
  constructor
  · rcases le_total 0 x with h | h
    · have h₁ : 0 ≤ x * (y - c) := mul_nonneg h hyc
      have h₂ : 0 ≤ -c * (1 - x) := mul_nonneg hc₁ hx₁
      have e : x * y - c = x * (y - c) + -c * (1 - x) := by ring
      linarith
    · have h₁ : 0 ≤ -x * (1 - y) := mul_nonneg (neg_nonneg.2 h) hy₁
      have e : x * y - x = -x * (1 - y) := by ring
      have hxc := hx.1
      linarith
  · have hx₂ : 0 ≤ 1 + x := by linarith [hx.1]
    have hy₂ : 0 ≤ 1 + y := by linarith [hy.1]
    have h₁ : 0 ≤ (1 + x) * (1 - y) := mul_nonneg hx₂ hy₁
    have h₂ : 0 ≤ (1 + y) * (1 - x) := mul_nonneg hy₂ hx₁
    have e : 2 * (1 - x * y) = (1 + x) * (1 - y) + (1 + y) * (1 - x) := by ring
    linarith

/-- No multiplier is less than a bound `c ≤ 0` of the correlations. -/
theorem le_prod_pow_of_forall_le (hρ : ∀ i, |ρ i| ≤ 1) {c : ℝ} (hc : -1 ≤ c) (hc₀ : c ≤ 0)
    (hmin : ∀ i, c ≤ ρ i) (α : Fin n → ℕ) : c ≤ ∏ i, ρ i ^ α i := by
  have hc₁ : c ≤ 1 := hc₀.trans zero_le_one
  have hpow (i : Fin n) (k : ℕ) : c ≤ ρ i ^ k ∧ ρ i ^ k ≤ 1 := by
    induction k with
    | zero =>
      rw [pow_zero]
      exact ⟨hc₁, le_rfl⟩
    | succ k ih =>
      rw [pow_succ]
      exact mul_mem_of_mem hc hc₀ ih ⟨hmin i, (abs_le.1 (hρ i)).2⟩
  have h : c ≤ ∏ i, ρ i ^ α i ∧ ∏ i, ρ i ^ α i ≤ 1 :=
    Finset.prod_induction (fun i ↦ ρ i ^ α i) (fun x ↦ c ≤ x ∧ x ≤ 1)
      (fun x y hx hy ↦ mul_mem_of_mem hc hc₀ hx hy) ⟨hc₁, le_rfl⟩ fun i _ ↦ hpow i (α i)
  exact h.1

/-- Where no correlation is below `c ≤ 0`, no white encoder aligns worse than by `2 (1 - c)` for
each of its dimensions. -/
theorem alignment_le_of_isWhite_of_forall_le (hρ : ∀ i, |ρ i| ≤ 1) {c : ℝ} (hc : -1 ≤ c)
    (hc₀ : c ≤ 0) (hmin : ∀ i, c ≤ ρ i) {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    alignment (diagOuLaw ρ) h ≤ 2 * (1 - c) * m := by
  refine hasSum_le (fun α ↦ ?_) (hasSum_alignment_diagOuLaw hρ hh.memLp)
    (hh.hasSum_mul_sum_hermiteCoeff_sq (2 * (1 - c)))
  have hle : 2 * (1 - ∏ i, ρ i ^ α i) ≤ 2 * (1 - c) := by
    linarith [le_prod_pow_of_forall_le hρ hc hc₀ hmin α]
  exact mul_le_mul_of_nonneg_right hle (Finset.sum_nonneg fun i _ ↦ sq_nonneg _)

/-- The correlation of a latent and its successor. -/
theorem integral_coord_mul_coord_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) (j : Fin n) :
    ∫ p, p.1 j * p.2 j ∂diagOuLaw ρ = ρ j := by
  have hs := hasSum_integral_mul_diagOuLaw hρ (memLp_coord j) (memLp_coord j)
  have e : (fun α : Fin n → ℕ ↦ (∏ i, ρ i ^ α i) *
        (hermiteCoeff (fun z ↦ z j) α * hermiteCoeff (fun z ↦ z j) α))
      = fun α ↦ if α = Pi.single j 1 then ρ j else 0 := by
    funext α
    rw [hermiteCoeff_coord]
    by_cases hα : α = Pi.single j 1
    · rw [if_pos hα, if_pos hα, hα, prod_pow_single]
      ring
    · rw [if_neg hα, if_neg hα]
      ring
  rw [e] at hs
  exact hs.unique (hasSum_ite_eq (Pi.single j 1 : Fin n → ℕ) (ρ j))

/-- The alignment of one latent. -/
theorem alignment_coord_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) (j : Fin n) :
    alignment (m := 1) (diagOuLaw ρ) (fun z _ ↦ z j) = 2 * (1 - ρ j) := by
  have hsq : ∫ z, z j ^ 2 ∂γ n = 1 := by
    have h := integral_coord_mul_coord j j
    rw [if_pos rfl] at h
    simpa only [sq] using h
  have h : alignment (m := 1) (diagOuLaw ρ) (fun z _ ↦ z j) =
      2 * ∑ _i : Fin 1, (∫ z, z j ^ 2 ∂γ n - ∫ p, p.1 j * p.2 j ∂diagOuLaw ρ) :=
    alignment_eq_of_measurePreserving (m := 1) (measurePreserving_fst_diagOuLaw ρ)
      (measurePreserving_snd_diagOuLaw hρ) (h := fun z _ ↦ z j) fun _ ↦ memLp_coord j
  rw [h, Fin.sum_univ_one, hsq, integral_coord_mul_coord_diagOuLaw hρ]

/-- **The latent that alternates most is the worst of all white encoders** of one dimension. -/
theorem alignment_le_alignment_coord_of_neg (hρ : ∀ i, |ρ i| ≤ 1) {j : Fin n} (hj : ρ j ≤ 0)
    (hmin : ∀ i, ρ j ≤ ρ i) {h : (Fin n → ℝ) → Fin 1 → ℝ} (hh : IsWhite (γ n) h) :
    alignment (diagOuLaw ρ) h ≤ alignment (m := 1) (diagOuLaw ρ) (fun z _ ↦ z j) := by
  have hle := alignment_le_of_isWhite_of_forall_le hρ (abs_le.1 (hρ j)).1 hj hmin hh
  rw [Nat.cast_one, mul_one] at hle
  rw [alignment_coord_diagOuLaw hρ]
  exact hle

/-! ### All correlations the same and negative -/

private lemma lt_pow_of_neg (h₀ : -1 < r) (h₁ : r < 0) {k : ℕ} (hk : k ≠ 1) : r < r ^ k := by
  rcases k with _ | k
  · rw [pow_zero]
    linarith
  · have hk' : k ≠ 0 := by omega
    have habs : |r| < 1 := abs_lt.2 ⟨h₀, h₁.trans one_pos⟩
    have hlt : r ^ k < 1 := by
      have h₂ : |r| ^ k < 1 := pow_lt_one₀ (abs_nonneg r) habs hk'
      rw [← abs_pow] at h₂
      exact (le_abs_self _).trans_lt h₂
    have h₃ : 0 < r * (r ^ k - 1) := mul_pos_of_neg_of_neg h₁ (by linarith)
    have e : r ^ (k + 1) = r * (r ^ k - 1) + r := by ring
    rw [e]
    exact lt_add_of_pos_left r h₃

/-- With negative correlation, a white encoder aligns as badly as can be if and only if its
coefficients vanish except in degree one. -/
theorem alignment_eq_iff_forall_hermiteCoeff_eq_zero_of_neg (h₀ : -1 < r) (h₁ : r < 0)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    alignment (ouLaw n r) h = 2 * (1 - r) * m ↔
      ∀ i, ∀ α : Fin n → ℕ, ∑ j, α j ≠ 1 → hermiteCoeff (fun z ↦ h z i) α = 0 := by
  have habs : |r| ≤ 1 := abs_le.2 ⟨h₀.le, h₁.le.trans zero_le_one⟩
  have hnn (α : Fin n → ℕ) :
      0 ≤ 2 * (r ^ (∑ i, α i) - r) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := by
    by_cases hα : ∑ j, α j = 1
    · have hzero : 2 * (r ^ (∑ i, α i) - r) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 := by
        rw [hα, pow_one, sub_self, mul_zero, zero_mul]
      exact hzero.ge
    · exact mul_nonneg (mul_nonneg zero_le_two (sub_nonneg.2 (lt_pow_of_neg h₀ h₁ hα).le))
        (Finset.sum_nonneg fun i _ ↦ sq_nonneg _)
  have hs : HasSum
      (fun α : Fin n → ℕ ↦
        2 * (r ^ (∑ i, α i) - r) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (2 * (1 - r) * m - alignment (ouLaw n r) h) := by
    have e : (fun α : Fin n → ℕ ↦
          2 * (r ^ (∑ i, α i) - r) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
        = fun α ↦ 2 * (1 - r) * (∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
          - 2 * (1 - r ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := by
      funext α
      ring
    rw [e]
    exact (hh.hasSum_mul_sum_hermiteCoeff_sq (2 * (1 - r))).sub (hasSum_alignment habs hh.memLp)
  constructor
  · intro heq i α hα
    rw [heq, sub_self, hasSum_zero_iff_of_nonneg hnn] at hs
    have hterm : 2 * (r ^ (∑ i, α i) - r) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 :=
      congrFun hs α
    have hgap : 2 * (r ^ (∑ i, α i) - r) ≠ 0 :=
      (mul_pos two_pos (sub_pos.2 (lt_pow_of_neg h₀ h₁ hα))).ne'
    have hsum := (mul_eq_zero.1 hterm).resolve_left hgap
    have hsq : hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 :=
      (Finset.sum_eq_zero_iff_of_nonneg (s := Finset.univ)
        (f := fun i ↦ hermiteCoeff (fun z ↦ h z i) α ^ 2) fun i _ ↦ sq_nonneg _).1 hsum i
        (Finset.mem_univ i)
    exact pow_eq_zero_iff two_ne_zero |>.1 hsq
  · intro hc
    have hzero : (fun α : Fin n → ℕ ↦
        2 * (r ^ (∑ i, α i) - r) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2) = fun _ ↦ 0 := by
      funext α
      by_cases hα : ∑ j, α j = 1
      · rw [hα, pow_one, sub_self, mul_zero, zero_mul]
      · have hsum : ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 = 0 :=
          Finset.sum_eq_zero fun i _ ↦ by rw [hc i α hα, zero_pow two_ne_zero]
        rw [hsum, mul_zero]
    rw [hzero] at hs
    exact (sub_eq_zero.1 (hs.unique hasSum_zero)).symm

/-- **With negative correlation, the recovered latents are the worst encoder.** No white encoder
aligns worse than an orthogonal map (`alignment_le_of_isWhite_of_forall_le`), and only orthogonal
maps align so badly. -/
theorem alignment_eq_iff_of_isWhite_of_neg (h₀ : -1 < r) (h₁ : r < 0)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsWhite (γ n) h) :
    alignment (ouLaw n r) h = 2 * (1 - r) * n ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec :=
  (alignment_eq_iff_forall_hermiteCoeff_eq_zero_of_neg h₀ h₁ hh).trans
    ((alignment_eq_iff_forall_hermiteCoeff_eq_zero one_half_pos one_half_lt_one hh).symm.trans
      (alignment_eq_iff_of_isWhite one_half_pos one_half_lt_one hh))

/-- An instance: the latents themselves, in any number of dimensions. -/
theorem alignment_fun_id_of_neg (n : ℕ) (h₀ : -1 < r) (h₁ : r < 0) :
    alignment (ouLaw n r) (fun z ↦ z) = 2 * (1 - r) * n := by
  have hw : IsWhite (γ n) (fun z : Fin n → ℝ ↦ z) :=
    isWhite_of_map_eq_stdGaussian measurable_id Measure.map_id
  refine (alignment_eq_iff_of_isWhite_of_neg h₀ h₁ hw).2 ⟨1, one_mem _, ?_⟩
  exact .of_forall fun z ↦ (Matrix.one_mulVec z).symm

/-- Just outside, at `ρ = 0`, it fails: the encoder `(z² - 1) / √2` aligns as the latent does, and
is not an orthogonal map. -/
theorem exists_alignment_eq_not_orthogonal_of_zero :
    ∃ h : (Fin 1 → ℝ) → Fin 1 → ℝ, IsWhite (γ 1) h ∧
      alignment (ouLaw 1 0) h = 2 * (1 - 0) * (1 : ℕ) ∧
      ¬∃ Q ∈ Matrix.orthogonalGroup (Fin 1) ℝ, h =ᵐ[γ 1] Q.mulVec := by
  refine ⟨fun z _ ↦ (z 0 ^ 2 - 1) / √2, isWhite_quadratic, ?_, ?_⟩
  · rw [alignment_quadratic (r := 0) (by norm_num)]
    norm_num
  · rintro ⟨Q, -, hQ⟩
    have hae : quadraticCoord 0 =ᵐ[γ 1] fun z ↦ ∑ j, Q 0 j * z j := by
      filter_upwards [hQ] with z hz
      exact congrFun hz 0
    have h₂ : ∑ i, (Pi.single 0 2 : Fin 1 → ℕ) i ≠ 1 := by
      rw [Fin.sum_univ_one, Pi.single_eq_same]
      exact (by norm_num : (2 : ℕ) ≠ 1)
    have h := hermiteCoeff_congr_ae hae (Pi.single 0 2)
    rw [hermiteCoeff_quadraticCoord, if_pos rfl, hermiteCoeff_linear_of_sum_ne_one _ h₂] at h
    exact one_ne_zero h

end Lejepa
