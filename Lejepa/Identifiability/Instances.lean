/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.NegativeCorrelation
public import Lejepa.Hermite.Weight
public import Lejepa.Identifiability.Linear
public import Lejepa.Planning.Invariant

/-!
# Identifiability in the plane: instances

A rotation with rational entries, an encoder that bends each latent, and a mixing that bends the
plane.

## Main definitions
* `Lejepa.rationalRotation`: the rotation of the plane with cosine `3/5` and sine `4/5`.
* `Lejepa.curvedEncoder`: `hᵢ(z) = 3/5 zᵢ + 4/5 (zᵢ² - 1) / √2`, a white encoder.
* `Lejepa.constantEncoder`: an encoder that collapses.
* `Lejepa.cubicMixing`: the mixing `(x, y) ↦ (x, y + x³)`.

## Main results
Worlds:
* `Lejepa.map_snd_ouLaw_of_neg`, `Lejepa.map_swap_ouLaw_of_neg`: stationary and reversible, with
  `ρ = -9/10`; outside, `Lejepa.map_snd_ouLaw_two_ne`, `Lejepa.map_swap_ouLaw_two_ne`: `ρ = 2`.
* `Lejepa.map_mulVec_rationalRotation`; outside, `Lejepa.map_mulVec_shear_ne`, and
  `Lejepa.map_mulVec_eq_stdGaussian_iff_mem`: no other matrix will do.

Alignment of the curved encoder:
* `Lejepa.integral_curvedEncoder_mul_curvedEncoder`, `Lejepa.hasSum_alignment_curvedEncoder`,
  `Lejepa.hasSum_alignment_diagOuLaw_curvedEncoder`; outside,
  `Lejepa.not_hasSum_integral_mul_ouLaw_two`, `Lejepa.not_hasSum_alignment_curvedEncoder_two`,
  `Lejepa.not_hasSum_alignment_diagOuLaw_curvedEncoder_two`: `ρ = 2`.

Optimal encoders:
* `Lejepa.le_alignment_rotated_curvedEncoder`; outside, `Lejepa.alignment_lt_of_neg_half`:
  `ρ = -1/2`, and `Lejepa.alignment_constantEncoder_lt`: an encoder that is not white.
* `Lejepa.alignment_rationalRotation`, `Lejepa.not_ae_eq_mulVec_curvedEncoder`: an optimal encoder,
  and one that is not.
* `Lejepa.rotatedDecoder_optimal`, `Lejepa.linear_identifiability_cubicMixing`: through a mixing;
  outside, `Lejepa.exists_alignment_lt_rotatedDecoder`: where the law of the output is free.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

/-! ### Orthogonal maps -/

/-- The rotation of the plane with cosine `3/5` and sine `4/5`. -/
def rationalRotation : Matrix (Fin 2) (Fin 2) ℝ := !![3 / 5, -(4 / 5); 4 / 5, 3 / 5]

/-- It is orthogonal. -/
theorem rationalRotation_mem : rationalRotation ∈ Matrix.orthogonalGroup (Fin 2) ℝ := by
  have h : rationalRotation ∈ Matrix.specialOrthogonalGroup (Fin 2) ℝ := by
    refine Matrix.of_mem_specialOrthogonalGroup_fin_two_iff.2 ⟨rfl, rfl, ?_⟩
    norm_num
  exact (Matrix.mem_specialOrthogonalGroup_iff.1 h).1

/-- A matrix keeps the standard Gaussian if and only if it is orthogonal. -/
theorem map_mulVec_eq_stdGaussian_iff_mem {n : ℕ} {A : Matrix (Fin n) (Fin n) ℝ} :
    (γ n).map A.mulVec = γ n ↔ A ∈ Matrix.orthogonalGroup (Fin n) ℝ := by
  refine ⟨fun h ↦ (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).2 ?_, map_mulVec_stdGaussian⟩
  exact (secondMoment_mulVec A).symm.trans
    (isWhite_of_map_eq_stdGaussian (measurable_mulVec A) h).secondMoment_eq_one

/-- The rotation keeps the Gaussian of the plane. -/
theorem map_mulVec_rationalRotation : (γ 2).map rationalRotation.mulVec = γ 2 :=
  map_mulVec_stdGaussian rationalRotation_mem

/-- Outside: a shear keeps areas, and does not keep the Gaussian. -/
theorem map_mulVec_shear_ne :
    (γ 2).map (!![1, 1; 0, 1] : Matrix (Fin 2) (Fin 2) ℝ).mulVec ≠ γ 2 := by
  intro hA
  have h := congrFun (congrFun ((Matrix.mem_orthogonalGroup_iff (Fin 2) ℝ).1
    (map_mulVec_eq_stdGaussian_iff_mem.1 hA)) 0) 0
  rw [Matrix.mul_apply, Fin.sum_univ_two, Matrix.one_apply_eq] at h
  have h' : (1 : ℝ) * 1 + 1 * 1 = 1 := h
  norm_num at h'

/-! ### Stationary and reversible worlds -/

/-- Two latents that alternate, `ρ = -9/10`, are stationary. -/
theorem map_snd_ouLaw_of_neg : (ouLaw 2 (-(9 / 10))).map Prod.snd = γ 2 :=
  map_snd_ouLaw (abs_le.2 ⟨by norm_num, by norm_num⟩)

/-- They look the same backwards. -/
theorem map_swap_ouLaw_of_neg : (ouLaw 2 (-(9 / 10))).map Prod.swap = ouLaw 2 (-(9 / 10)) :=
  map_swap_ouLaw (abs_le.2 ⟨by norm_num, by norm_num⟩)

/-- With `ρ = 2`, where `√(1 - ρ²)` is zero, the successor is twice the latent. -/
theorem map_snd_ouLaw_two (n : ℕ) : (ouLaw n 2).map Prod.snd =
    (γ n).map ((2 : ℝ) • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec := by
  have hs : √(1 - (2 : ℝ) ^ 2) = 0 := Real.sqrt_eq_zero_of_nonpos (by norm_num)
  have e : (Prod.snd ∘ fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (p.1, (2 : ℝ) • p.1 + √(1 - (2 : ℝ) ^ 2) • p.2)) =
      ((2 : ℝ) • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec ∘ Prod.fst := by
    funext p
    change (2 : ℝ) • p.1 + √(1 - (2 : ℝ) ^ 2) • p.2 =
      ((2 : ℝ) • (1 : Matrix (Fin n) (Fin n) ℝ)).mulVec p.1
    rw [hs, zero_smul, add_zero, Matrix.smul_mulVec, Matrix.one_mulVec]
  rw [ouLaw, Measure.map_map measurable_snd (measurable_ouStep n 2), e,
    ← Measure.map_map (measurable_mulVec _) measurable_fst,
    (measurePreserving_fst (μ := γ n) (ν := γ n)).map_eq]

/-- Outside `|ρ| ≤ 1`: with `ρ = 2` the world is not stationary. -/
theorem map_snd_ouLaw_two_ne : (ouLaw 2 2).map Prod.snd ≠ γ 2 := by
  intro hA
  rw [map_snd_ouLaw_two] at hA
  have h := congrFun (congrFun ((Matrix.mem_orthogonalGroup_iff (Fin 2) ℝ).1
    (map_mulVec_eq_stdGaussian_iff_mem.1 hA)) 0) 0
  rw [Matrix.transpose_smul, Matrix.transpose_one, Matrix.smul_mul, Matrix.one_mul,
    Matrix.smul_apply, Matrix.smul_apply, Matrix.one_apply_eq, smul_eq_mul, smul_eq_mul] at h
  norm_num at h

/-- Nor is it reversible. -/
theorem map_swap_ouLaw_two_ne : (ouLaw 2 2).map Prod.swap ≠ ouLaw 2 2 := by
  intro h
  refine map_snd_ouLaw_two_ne ?_
  calc (ouLaw 2 2).map Prod.snd = ((ouLaw 2 2).map Prod.swap).map Prod.fst :=
        (Measure.map_map measurable_fst measurable_swap).symm
    _ = γ 2 := by rw [h, map_fst_ouLaw]

/-! ### An encoder that bends each latent -/

/-- The encoder `hᵢ(z) = aᵢ zᵢ + bᵢ (zᵢ² - 1) / √2` is white where `aᵢ² + bᵢ² = 1`. -/
theorem isWhite_quadraticEncoder_of_sq_add_sq {n : ℕ} {a b : Fin n → ℝ}
    (h : ∀ i, a i ^ 2 + b i ^ 2 = 1) : IsWhite (γ n) (quadraticEncoder a b) :=
  ⟨isCentred_quadraticEncoder a b, (secondMoment_quadraticEncoder a b).trans
    ((congrArg Matrix.diagonal (funext h)).trans Matrix.diagonal_one)⟩

/-- The alignment of the encoder `hᵢ(z) = aᵢ zᵢ + bᵢ (zᵢ² - 1) / √2`. -/
theorem alignment_ouLaw_quadraticEncoder {n : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) (a b : Fin n → ℝ) :
    alignment (ouLaw n ρ) (quadraticEncoder a b) =
      ∑ i, (2 * (1 - ρ) * a i ^ 2 + 2 * (1 - ρ ^ 2) * b i ^ 2) := by
  rw [ouLaw_eq_diagOuLaw]
  exact alignment_quadraticEncoder_diagOuLaw (fun _ ↦ hρ) a b

/-- The encoder `hᵢ(z) = 3/5 zᵢ + 4/5 (zᵢ² - 1) / √2` of two latents. -/
def curvedEncoder : (Fin 2 → ℝ) → Fin 2 → ℝ := quadraticEncoder (fun _ ↦ 3 / 5) fun _ ↦ 4 / 5

/-- It is white. -/
theorem isWhite_curvedEncoder : IsWhite (γ 2) curvedEncoder :=
  isWhite_quadraticEncoder_of_sq_add_sq fun _ ↦ by norm_num

/-- The Hermite coefficients of the encoder. -/
theorem hermiteCoeff_curvedEncoder (i : Fin 2) (α : Fin 2 → ℕ) :
    hermiteCoeff (fun z ↦ curvedEncoder z i) α =
      3 / 5 * (if α = Pi.single i 1 then 1 else 0) +
        4 / 5 * if α = Pi.single i 2 then 1 else 0 :=
  hermiteCoeff_quadraticEncoder (fun _ ↦ 3 / 5) (fun _ ↦ 4 / 5) i α

/-- Where `ρ = 9/10` its alignment is `394/625`; that of the latents is `2/5`. -/
theorem alignment_curvedEncoder : alignment (ouLaw 2 (9 / 10)) curvedEncoder = 394 / 625 := by
  have h := alignment_ouLaw_quadraticEncoder (n := 2) (ρ := 9 / 10)
    (abs_le.2 ⟨by norm_num, by norm_num⟩) (fun _ ↦ 3 / 5) fun _ ↦ 4 / 5
  rw [Fin.sum_univ_two] at h
  exact h.trans (by norm_num)

/-- Where `ρ = 1/2` its first coordinate has the correlation `9/25 · 1/2 + 16/25 · 1/4` with its
successor. -/
theorem integral_curvedEncoder_mul_curvedEncoder :
    ∫ p, curvedEncoder p.1 0 * curvedEncoder p.2 0 ∂ouLaw 2 (1 / 2) = 17 / 50 := by
  have hs := hasSum_integral_mul_ouLaw (ρ := 1 / 2) (abs_le.2 ⟨by norm_num, by norm_num⟩)
    (isWhite_curvedEncoder.memLp 0) (isWhite_curvedEncoder.memLp 0)
  have e : (fun α : Fin 2 → ℕ ↦ (1 / 2 : ℝ) ^ (∑ i, α i) *
        (hermiteCoeff (fun z ↦ curvedEncoder z 0) α * hermiteCoeff (fun z ↦ curvedEncoder z 0) α))
      = fun α ↦ (if α = Pi.single 0 1 then 9 / 50 else 0) +
        if α = Pi.single 0 2 then 4 / 25 else 0 := by
    funext α
    rw [hermiteCoeff_curvedEncoder]
    by_cases h₁ : α = Pi.single 0 1
    · have h₂ : α ≠ Pi.single 0 2 := fun e ↦ single_one_ne_single_two (n := 2) 0 0 (h₁.symm.trans e)
      simp only [if_pos h₁, if_neg h₂]
      rw [h₁, sum_single_one]
      ring
    · by_cases h₂ : α = Pi.single 0 2
      · simp only [if_neg h₁, if_pos h₂]
        rw [h₂, Fintype.sum_pi_single']
        ring
      · simp only [if_neg h₁, if_neg h₂]
        ring
  rw [e] at hs
  have hs' := (hasSum_ite_eq (Pi.single 0 1 : Fin 2 → ℕ) (9 / 50 : ℝ)).add
    (hasSum_ite_eq (Pi.single 0 2 : Fin 2 → ℕ) (4 / 25 : ℝ))
  exact (hs.unique hs').trans (by norm_num)

/-- Its spectral decomposition where `ρ = 9/10`. -/
theorem hasSum_alignment_curvedEncoder :
    HasSum (fun α : Fin 2 → ℕ ↦ 2 * (1 - (9 / 10 : ℝ) ^ (∑ i, α i)) *
      ∑ i, hermiteCoeff (fun z ↦ curvedEncoder z i) α ^ 2) (394 / 625) := by
  have h := hasSum_alignment (ρ := 9 / 10) (abs_le.2 ⟨by norm_num, by norm_num⟩)
    (h := curvedEncoder) isWhite_curvedEncoder.memLp
  rwa [alignment_curvedEncoder] at h

/-- Outside `|ρ| ≤ 1`: with `ρ = 2` every term of the decomposition of the correlation of `1` with
the successor's `z₀² - 1` is zero, but the correlation is `3`. -/
theorem not_hasSum_integral_mul_ouLaw_two :
    ¬HasSum (fun α : Fin 2 → ℕ ↦ (2 : ℝ) ^ (∑ i, α i) * (hermiteCoeff (n := 2) (fun _ ↦ 1) α *
        hermiteCoeff (hermiteProd (Pi.single 0 2 : Fin 2 → ℕ)) α))
      (∫ p, 1 * hermiteProd (Pi.single 0 2 : Fin 2 → ℕ) p.2 ∂ouLaw 2 2) := by
  have hne : (Pi.single 0 2 : Fin 2 → ℕ) ≠ 0 := fun e ↦ by
    have h : (Pi.single 0 2 : Fin 2 → ℕ) 0 = 0 := congrFun e 0
    rw [Pi.single_eq_same] at h
    exact two_ne_zero h
  have hterm (α : Fin 2 → ℕ) : hermiteCoeff (n := 2) (fun _ ↦ 1) α *
      hermiteCoeff (hermiteProd (Pi.single 0 2 : Fin 2 → ℕ)) α = 0 := by
    by_cases hα : α = 0
    · have h := integral_hermiteProd_mul (Pi.single 0 2 : Fin 2 → ℕ) 0
      rw [if_neg hne] at h
      rw [hermiteCoeff, hermiteCoeff, hα, h, zero_div, mul_zero]
    · have h := integral_hermiteProd_mul (0 : Fin 2 → ℕ) α
      rw [if_neg (Ne.symm hα)] at h
      simp only [hermiteProd_zero, Pi.one_apply] at h
      rw [hermiteCoeff, h, zero_div, zero_mul]
  have hzero : HasSum (fun α : Fin 2 → ℕ ↦ (2 : ℝ) ^ (∑ i, α i) *
      (hermiteCoeff (n := 2) (fun _ ↦ 1) α *
        hermiteCoeff (hermiteProd (Pi.single 0 2 : Fin 2 → ℕ)) α)) 0 := by
    simp only [hterm, mul_zero]
    exact hasSum_zero
  have hc : Continuous (hermiteProd (Pi.single 0 2 : Fin 2 → ℕ)) := continuous_hermiteProd _
  have hthree : ∫ p, 1 * hermiteProd (Pi.single 0 2 : Fin 2 → ℕ) p.2 ∂ouLaw 2 2 = 3 := by
    calc ∫ p, 1 * hermiteProd (Pi.single 0 2 : Fin 2 → ℕ) p.2 ∂ouLaw 2 2
        = ∫ y, hermiteProd (Pi.single 0 2 : Fin 2 → ℕ) y ∂(ouLaw 2 2).map Prod.snd := by
          rw [integral_map measurable_snd.aemeasurable hc.aestronglyMeasurable]
          simp only [one_mul]
      _ = ∫ z, hermiteProd (Pi.single 0 2 : Fin 2 → ℕ)
            (((2 : ℝ) • (1 : Matrix (Fin 2) (Fin 2) ℝ)).mulVec z) ∂γ 2 := by
          rw [map_snd_ouLaw_two, integral_map (measurable_mulVec _).aemeasurable
            hc.aestronglyMeasurable]
      _ = ∫ z : Fin 2 → ℝ, 4 * (z 0 * z 0) - 1 ∂γ 2 := by
          refine integral_congr_ae (.of_forall fun z ↦ ?_)
          change hermiteProd (Pi.single 0 2 : Fin 2 → ℕ)
            (((2 : ℝ) • (1 : Matrix (Fin 2) (Fin 2) ℝ)).mulVec z) = 4 * (z 0 * z 0) - 1
          rw [Matrix.smul_mulVec, Matrix.one_mulVec, hermiteProd_single_two, Pi.smul_apply,
            smul_eq_mul]
          ring
      _ = 3 := by
          have hI : Integrable (fun z : Fin 2 → ℝ ↦ z 0 * z 0) (γ 2) :=
            (memLp_coord 0).integrable_mul (memLp_coord 0)
          rw [integral_sub (hI.const_mul 4) (integrable_const 1), integral_const_mul,
            integral_coord_mul_coord, if_pos rfl,
            integral_const, probReal_univ, one_smul]
          norm_num
  intro hs
  have h := hs.unique hzero
  rw [hthree] at h
  exact three_ne_zero h

/-- Outside `|ρ| ≤ 1`: with `ρ = 2` the terms of the decomposition do not add up to the alignment,
which is nonnegative. -/
theorem not_hasSum_alignment_curvedEncoder_two :
    ¬HasSum (fun α : Fin 2 → ℕ ↦ 2 * (1 - (2 : ℝ) ^ (∑ i, α i)) *
      ∑ i, hermiteCoeff (fun z ↦ curvedEncoder z i) α ^ 2)
      (alignment (ouLaw 2 2) curvedEncoder) := by
  intro hs
  have hnn : 0 ≤ alignment (ouLaw 2 2) curvedEncoder :=
    integral_nonneg fun p ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have hterm (α : Fin 2 → ℕ) : 0 ≤ -(2 * (1 - (2 : ℝ) ^ (∑ i, α i)) *
      ∑ i, hermiteCoeff (fun z ↦ curvedEncoder z i) α ^ 2) := by
    have h₁ : (1 : ℝ) ≤ 2 ^ (∑ i, α i) := one_le_pow₀ one_le_two
    rw [← neg_mul]
    exact mul_nonneg (by linarith) (Finset.sum_nonneg fun i _ ↦ sq_nonneg _)
  have key := le_hasSum hs.neg (Pi.single 0 1) fun α _ ↦ hterm α
  have hle : -(2 * (1 - (2 : ℝ) ^ (∑ i, (Pi.single 0 1 : Fin 2 → ℕ) i)) *
      ∑ i, hermiteCoeff (fun z ↦ curvedEncoder z i) (Pi.single 0 1) ^ 2) ≤
      -alignment (ouLaw 2 2) curvedEncoder := key
  have hc : hermiteCoeff (fun z ↦ curvedEncoder z 0) (Pi.single 0 1) = 3 / 5 := by
    rw [hermiteCoeff_curvedEncoder, if_pos rfl, if_neg (single_one_ne_single_two (n := 2) 0 0),
      mul_one, mul_zero, add_zero]
  have hsum : hermiteCoeff (fun z ↦ curvedEncoder z 0) (Pi.single 0 1) ^ 2 ≤
      ∑ i, hermiteCoeff (fun z ↦ curvedEncoder z i) (Pi.single 0 1) ^ 2 :=
    Finset.single_le_sum
      (f := fun i ↦ hermiteCoeff (fun z ↦ curvedEncoder z i) (Pi.single 0 1) ^ 2)
      (fun i _ ↦ sq_nonneg _) (Finset.mem_univ 0)
  rw [hc] at hsum
  rw [sum_single_one, pow_one] at hle
  linarith

/-- The same where each latent has a correlation of its own, and both are `2`. -/
theorem not_hasSum_alignment_diagOuLaw_curvedEncoder_two :
    ¬HasSum (fun α : Fin 2 → ℕ ↦ 2 * (1 - ∏ i, (2 : ℝ) ^ α i) *
      ∑ i, hermiteCoeff (fun z ↦ curvedEncoder z i) α ^ 2)
      (alignment (diagOuLaw fun _ : Fin 2 ↦ 2) curvedEncoder) := by
  simpa only [Finset.prod_pow_eq_pow_sum, ouLaw_eq_diagOuLaw] using
    not_hasSum_alignment_curvedEncoder_two

/-- With the correlations `9/10` and `1/2` the two latents count differently. -/
theorem hasSum_alignment_diagOuLaw_curvedEncoder :
    HasSum (fun α : Fin 2 → ℕ ↦ 2 * (1 - ∏ i, (![9 / 10, 1 / 2] : Fin 2 → ℝ) i ^ α i) *
      ∑ i, hermiteCoeff (fun z ↦ curvedEncoder z i) α ^ 2) (1022 / 625) := by
  have h₀ : |(9 / 10 : ℝ)| ≤ 1 := abs_le.2 ⟨by norm_num, by norm_num⟩
  have h₁ : |(1 / 2 : ℝ)| ≤ 1 := abs_le.2 ⟨by norm_num, by norm_num⟩
  have hρ : ∀ i : Fin 2, |(![9 / 10, 1 / 2] : Fin 2 → ℝ) i| ≤ 1 := Fin.forall_fin_two.2 ⟨h₀, h₁⟩
  have hv : 2 * (1 - 9 / 10) * (3 / 5) ^ 2 + 2 * (1 - (9 / 10) ^ 2) * (4 / 5) ^ 2 +
      (2 * (1 - 1 / 2) * (3 / 5) ^ 2 + 2 * (1 - (1 / 2) ^ 2) * (4 / 5) ^ 2) =
      (1022 / 625 : ℝ) := by norm_num
  have ha := alignment_quadraticEncoder_diagOuLaw hρ (fun _ ↦ 3 / 5) fun _ ↦ 4 / 5
  rw [Fin.sum_univ_two] at ha
  have ha' : alignment (diagOuLaw (![9 / 10, 1 / 2] : Fin 2 → ℝ)) curvedEncoder = 1022 / 625 :=
    ha.trans hv
  have h := hasSum_alignment_diagOuLaw hρ (h := curvedEncoder) isWhite_curvedEncoder.memLp
  rwa [ha'] at h

/-! ### Optimal white encoders -/

/-- The curved encoder of rotated latents aligns no better than the latents. -/
theorem le_alignment_rotated_curvedEncoder :
    2 / 5 ≤ alignment (ouLaw 2 (9 / 10)) fun z ↦ curvedEncoder (rationalRotation.mulVec z) := by
  have h := le_alignment_of_isWhite (ρ := 9 / 10) (by norm_num) (by norm_num)
    (isWhite_curvedEncoder.comp_mulVec rationalRotation_mem)
  exact le_trans (by norm_num) h

/-- Outside `0 < ρ`: with `ρ = -1/2` the white encoder `hᵢ(z) = (zᵢ² - 1) / √2` aligns better than
the bound, `2 (1 - ρ) 2 = 6`. -/
theorem alignment_lt_of_neg_half :
    IsWhite (γ 2) (quadraticEncoder (fun _ : Fin 2 ↦ 0) fun _ ↦ 1) ∧
      alignment (ouLaw 2 (-(1 / 2))) (quadraticEncoder (fun _ : Fin 2 ↦ 0) fun _ ↦ 1) <
        2 * (1 - -(1 / 2)) * (2 : ℕ) := by
  refine ⟨isWhite_quadraticEncoder_of_sq_add_sq fun _ ↦ by norm_num, ?_⟩
  have hρ : |(-(1 / 2) : ℝ)| ≤ 1 := abs_le.2 ⟨by norm_num, by norm_num⟩
  rw [alignment_ouLaw_quadraticEncoder hρ, Fin.sum_univ_two]
  norm_num

/-- An encoder that collapses: it has the value `(1, 1)` everywhere. -/
def constantEncoder : (Fin 2 → ℝ) → Fin 2 → ℝ := fun _ _ ↦ 1

/-- It aligns perfectly. -/
theorem alignment_constantEncoder (ρ : ℝ) : alignment (ouLaw 2 ρ) constantEncoder = 0 := by
  simp [alignment, constantEncoder]

/-- Outside, without whiteness: it aligns better than any white encoder. -/
theorem alignment_constantEncoder_lt :
    alignment (ouLaw 2 (9 / 10)) constantEncoder < 2 * (1 - 9 / 10) * (2 : ℕ) := by
  rw [alignment_constantEncoder]
  norm_num

/-- The rotation is optimal. -/
theorem alignment_rationalRotation :
    alignment (ouLaw 2 (9 / 10)) rationalRotation.mulVec = 2 / 5 := by
  have h := (alignment_eq_iff_of_isWhite (ρ := 9 / 10) (by norm_num) (by norm_num)
    (isWhite_of_map_eq_stdGaussian (measurable_mulVec _) map_mulVec_rationalRotation)).2
    ⟨rationalRotation, rationalRotation_mem, Filter.EventuallyEq.rfl⟩
  exact h.trans (by norm_num)

/-- The alignment of the curved encoder shows that it is no orthogonal map. (Outside, with `ρ = 0`,
it would not: `exists_alignment_eq_not_orthogonal_of_zero`.) -/
theorem not_ae_eq_mulVec_curvedEncoder :
    ¬∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, curvedEncoder =ᵐ[γ 2] Q.mulVec := by
  intro hQ
  have h := (alignment_eq_iff_of_isWhite (ρ := 9 / 10) (by norm_num) (by norm_num)
    isWhite_curvedEncoder).2 hQ
  rw [alignment_curvedEncoder] at h
  norm_num at h

/-! ### Through a mixing -/

/-- The mixing `(x, y) ↦ (x, y + x³)`. -/
def cubicMixing (z : Fin 2 → ℝ) : Fin 2 → ℝ := ![z 0, z 1 + z 0 ^ 3]

/-- Its inverse, `(x, y) ↦ (x, y - x³)`. -/
def cubicUnmixing (x : Fin 2 → ℝ) : Fin 2 → ℝ := ![x 0, x 1 - x 0 ^ 3]

/-- The mixing is measurable. -/
theorem measurable_cubicMixing : Measurable cubicMixing := by
  have h₀ : Measurable fun z : Fin 2 → ℝ ↦ z 0 := measurable_pi_apply 0
  have h₁ : Measurable fun z : Fin 2 → ℝ ↦ z 1 := measurable_pi_apply 1
  have h₂ : Measurable fun z : Fin 2 → ℝ ↦ z 1 + z 0 ^ 3 := h₁.add (h₀.pow_const 3)
  have h : ∀ i, Measurable fun z ↦ cubicMixing z i := Fin.forall_fin_two.2 ⟨h₀, h₂⟩
  exact measurable_pi_lambda _ h

/-- So is its inverse. -/
theorem measurable_cubicUnmixing : Measurable cubicUnmixing := by
  have h₀ : Measurable fun z : Fin 2 → ℝ ↦ z 0 := measurable_pi_apply 0
  have h₁ : Measurable fun z : Fin 2 → ℝ ↦ z 1 := measurable_pi_apply 1
  have h₂ : Measurable fun z : Fin 2 → ℝ ↦ z 1 - z 0 ^ 3 := h₁.sub (h₀.pow_const 3)
  have h : ∀ i, Measurable fun z ↦ cubicUnmixing z i := Fin.forall_fin_two.2 ⟨h₀, h₂⟩
  exact measurable_pi_lambda _ h

/-- The second undoes the first. -/
theorem leftInverse_cubicUnmixing : Function.LeftInverse cubicUnmixing cubicMixing := fun z ↦ by
  have h₀ : cubicUnmixing (cubicMixing z) 0 = z 0 := rfl
  have h₁ : cubicUnmixing (cubicMixing z) 1 = z 1 := add_sub_cancel_right (z 1) (z 0 ^ 3)
  have h : ∀ i, cubicUnmixing (cubicMixing z) i = z i := Fin.forall_fin_two.2 ⟨h₀, h₁⟩
  exact funext h

/-- An encoder that undoes the mixing, and rotates what it finds. -/
def rotatedDecoder (x : Fin 2 → ℝ) : Fin 2 → ℝ := rationalRotation.mulVec (cubicUnmixing x)

/-- It is measurable. -/
theorem measurable_rotatedDecoder : Measurable rotatedDecoder :=
  (measurable_mulVec rationalRotation).comp measurable_cubicUnmixing

/-- Through the mixing it is the rotation. -/
theorem rotatedDecoder_comp_cubicMixing : rotatedDecoder ∘ cubicMixing = rationalRotation.mulVec :=
  funext fun z ↦ congrArg rationalRotation.mulVec (leftInverse_cubicUnmixing z)

/-- **In this world** the optimal encoders with Gaussian output are those that recover the latents
up to an orthogonal map. -/
theorem linear_identifiability_cubicMixing {f : (Fin 2 → ℝ) → Fin 2 → ℝ} (hf : Measurable f)
    (hfγ : (γ 2).map (f ∘ cubicMixing) = γ 2) :
    (∀ f' : (Fin 2 → ℝ) → Fin 2 → ℝ, Measurable f' → (γ 2).map (f' ∘ cubicMixing) = γ 2 →
        alignment (ouLaw 2 (9 / 10)) (f ∘ cubicMixing) ≤
          alignment (ouLaw 2 (9 / 10)) (f' ∘ cubicMixing)) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, f ∘ cubicMixing =ᵐ[γ 2] Q.mulVec :=
  linear_identifiability (by norm_num) (by norm_num) measurable_cubicMixing
    measurable_cubicUnmixing leftInverse_cubicUnmixing hf hfγ

/-- The rotated decoder is one of them. -/
theorem rotatedDecoder_optimal {f' : (Fin 2 → ℝ) → Fin 2 → ℝ} (hf' : Measurable f')
    (hf'γ : (γ 2).map (f' ∘ cubicMixing) = γ 2) :
    alignment (ouLaw 2 (9 / 10)) (rotatedDecoder ∘ cubicMixing) ≤
      alignment (ouLaw 2 (9 / 10)) (f' ∘ cubicMixing) := by
  have hγ : (γ 2).map (rotatedDecoder ∘ cubicMixing) = γ 2 := by
    rw [rotatedDecoder_comp_cubicMixing, map_mulVec_rationalRotation]
  exact (linear_identifiability_cubicMixing measurable_rotatedDecoder hγ).2
    ⟨rationalRotation, rationalRotation_mem, .of_eq rotatedDecoder_comp_cubicMixing⟩ f' hf' hf'γ

/-- Outside: where the law of the output is free, an encoder that collapses aligns better than the
decoder. -/
theorem exists_alignment_lt_rotatedDecoder :
    ∃ f' : (Fin 2 → ℝ) → Fin 2 → ℝ, Measurable f' ∧
      alignment (ouLaw 2 (9 / 10)) (f' ∘ cubicMixing) <
        alignment (ouLaw 2 (9 / 10)) (rotatedDecoder ∘ cubicMixing) := by
  have hc : Measurable fun _ : Fin 2 → ℝ ↦ (fun _ ↦ 1 : Fin 2 → ℝ) := measurable_const
  have hm : Measurable constantEncoder := hc
  refine ⟨constantEncoder, hm, ?_⟩
  have e : constantEncoder ∘ cubicMixing = constantEncoder := rfl
  rw [e, alignment_constantEncoder, rotatedDecoder_comp_cubicMixing, alignment_rationalRotation]
  norm_num

end Lejepa
