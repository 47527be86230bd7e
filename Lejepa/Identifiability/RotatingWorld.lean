/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.LinearWorld
public import Lejepa.Identifiability.ReplaceDirection

/-!
# A rotating world: what plain alignment sees of it

The world `z' = ρ R z + η` turns its latents by an orthogonal matrix `R` while it forgets them. Of a
linear encoder, alignment without a predictor sees the symmetric part of `R` only: a direction `x`
aligns by `ρ x · R x`, while the radial feature `(‖z‖² - n) / √(2 n)`, which no rotation changes,
aligns by `ρ²`. So linear encoders are optimal among white ones if and only if `ρ ‖x‖² ≤ x · R x`
for all `x`, and the latents are identified if and only if the inequality is strict for `x ≠ 0`.

## Main results
* `Lejepa.alignment_replaceDirection`: what the radial feature gains in place of a direction.
* `Lejepa.linear_optimal_iff_of_rotation`: when linear encoders are optimal.
* `Lejepa.identifiable_iff_of_rotation`: when the latents are identified.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n : ℕ} {R : Matrix (Fin n) (Fin n) ℝ} {ν : Measure (Fin n → ℝ)} {ρ : ℝ}
  {u : Fin n → ℝ}

private lemma smul_mulVec_dotProduct_self (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (x : Fin n → ℝ) : (ρ • R).mulVec x ⬝ᵥ (ρ • R).mulVec x = ρ ^ 2 * (x ⬝ᵥ x) := by
  rw [Matrix.smul_mulVec, smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul,
    Matrix.mulVec_dotProduct_mulVec_of_mem_orthogonalGroup hR]
  ring

private lemma dotProduct_smul_mulVec_self (x : Fin n → ℝ) :
    x ⬝ᵥ (ρ • R).mulVec x = ρ * (x ⬝ᵥ R.mulVec x) := by
  rw [Matrix.smul_mulVec, dotProduct_smul, smul_eq_mul]

private lemma contraction (hρ : |ρ| ≤ 1) (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (x : Fin n → ℝ) : (ρ • R).mulVec x ⬝ᵥ (ρ • R).mulVec x ≤ x ⬝ᵥ x := by
  rw [smul_mulVec_dotProduct_self hR]
  exact mul_le_of_le_one_left (Matrix.dotProduct_self_nonneg x)
    ((sq_le_one_iff_abs_le_one ρ).2 hρ)

/-- The radial feature does not see the rotation: it aligns by `ρ²`. -/
theorem integral_radialFeature_mul_radialFeature_rotation [IsProbabilityMeasure ν]
    (hρ : |ρ| ≤ 1) (hn : n ≠ 0) (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (stationary : (additiveNoiseLaw (γ n) ν (ρ • R).mulVec).map Prod.snd = γ n) :
    ∫ p, radialFeature p.1 * radialFeature p.2 ∂additiveNoiseLaw (γ n) ν (ρ • R).mulVec =
      ρ ^ 2 := by
  have hM : ρ • R =
      (1 : Matrix (Fin n) (Fin n) ℝ) * Matrix.diagonal (fun _ : Fin n ↦ ρ) * R := by
    rw [Matrix.one_mul, Matrix.smul_eq_diagonal_mul]
  have h : HasSum (fun α : Fin n → ℕ ↦ (∏ i, ρ ^ α i) *
      (hermiteCoeff (fun z ↦ radialFeature (Rᵀ.mulVec z)) α *
        hermiteCoeff (fun z ↦ radialFeature ((1 : Matrix (Fin n) (Fin n) ℝ).mulVec z)) α))
      (∫ p, radialFeature p.1 * radialFeature p.2
        ∂additiveNoiseLaw (γ n) ν (ρ • R).mulVec) :=
    hasSum_integral_mul_linear stationary (one_mem _) hR (d := fun _ ↦ ρ) (fun _ ↦ hρ) hM
      memLp_radialFeature memLp_radialFeature
  have e₁ : (fun z : Fin n → ℝ ↦ radialFeature (Rᵀ.mulVec z)) = radialFeature :=
    funext fun z ↦ radialFeature_mulVec (Matrix.transpose_mem_orthogonalGroup hR) z
  have e₂ : (fun z : Fin n → ℝ ↦ radialFeature ((1 : Matrix (Fin n) (Fin n) ℝ).mulVec z)) =
      radialFeature := funext fun z ↦ by rw [Matrix.one_mulVec]
  rw [e₁, e₂] at h
  have hp := (hasSum_hermiteCoeff_sq (memLp_radialFeature (n := n))).mul_left (ρ ^ 2)
  have hterm (α : Fin n → ℕ) : (∏ i, ρ ^ α i) *
      (hermiteCoeff radialFeature α * hermiteCoeff radialFeature α) =
      ρ ^ 2 * hermiteCoeff radialFeature α ^ 2 := by
    by_cases hα : ∑ i, α i = 2
    · rw [Finset.prod_pow_eq_pow_sum, hα]
      ring
    · rw [hermiteCoeff_radialFeature hα]
      ring
  have hone : ∫ z : Fin n → ℝ, radialFeature z ^ 2 ∂γ n = 1 := by
    simp only [sq]
    exact integral_radialFeature_sq hn
  rw [h.unique (hp.congr_fun hterm), hone, mul_one]

/-- The alignment of the latents themselves. -/
theorem alignment_id_rotation [IsProbabilityMeasure ν] (hρ : |ρ| ≤ 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (stationary : (additiveNoiseLaw (γ n) ν (ρ • R).mulVec).map Prod.snd = γ n) :
    alignment (additiveNoiseLaw (γ n) ν (ρ • R).mulVec) (fun z ↦ z) =
      2 * (n - (ρ • R).trace) := by
  have hw : IsWhite (γ n) (fun z : Fin n → ℝ ↦ z) :=
    isWhite_of_map_eq_stdGaussian measurable_id' Measure.map_id'
  exact alignment_linear_eq_of_ae_eq_mulVec stationary (contraction hρ hR) hw (one_mem _)
    (.of_forall fun z ↦ (Matrix.one_mulVec z).symm)

/-- With the radial feature in place of a direction `u`, alignment changes by
`2 ρ (u · R u - ρ)`. -/
theorem alignment_replaceDirection [IsProbabilityMeasure ν] (hρ : |ρ| ≤ 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (stationary : (additiveNoiseLaw (γ n) ν (ρ • R).mulVec).map Prod.snd = γ n)
    (hu : u ⬝ᵥ u = 1) :
    alignment (additiveNoiseLaw (γ n) ν (ρ • R).mulVec) (replaceDirection u) =
      2 * (n - (ρ • R).trace) + 2 * (ρ * (u ⬝ᵥ R.mulVec u - ρ)) := by
  have hcontr := contraction hρ hR
  have hrad := integral_radialFeature_mul_radialFeature_rotation hρ
    (ne_zero_of_dotProduct_eq_one hu) hR stationary
  have hi (i : Fin n) : ∫ p, replaceDirection u p.1 i * replaceDirection u p.2 i
      ∂additiveNoiseLaw (γ n) ν (ρ • R).mulVec =
      ((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i ⬝ᵥ
        (ρ • R).mulVec (((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i) +
        u i * u i * ρ ^ 2 := by
    have hr : MemLp (fun z : Fin n → ℝ ↦ u i * radialFeature z) 2 (γ n) :=
      memLp_radialFeature.const_mul (u i)
    have hr₀ : ∫ z : Fin n → ℝ, u i * radialFeature z ∂γ n = 0 := by
      rw [integral_const_mul, integral_radialFeature, mul_zero]
    have hr₁ (j : Fin n) : ∫ z : Fin n → ℝ, u i * radialFeature z * z j ∂γ n = 0 := by
      simp only [mul_assoc]
      rw [integral_const_mul, integral_radialFeature_mul_coord, mul_zero]
    have hrr : ∫ p, u i * radialFeature p.1 * (u i * radialFeature p.2)
        ∂additiveNoiseLaw (γ n) ν (ρ • R).mulVec = u i * u i * ρ ^ 2 := by
      rw [← hrad, ← integral_const_mul]
      refine integral_congr_ae (.of_forall fun p ↦ ?_)
      change u i * radialFeature p.1 * (u i * radialFeature p.2) =
        u i * u i * (radialFeature p.1 * radialFeature p.2)
      ring
    rw [← hrr]
    exact integral_linear_add_residual_mul_self stationary hcontr
      (((1 : Matrix (Fin n) (Fin n) ℝ) - Matrix.vecMulVec u u) i) hr hr₀ hr₁
  have huu : ∑ i, u i * u i * ρ ^ 2 = ρ ^ 2 := by
    rw [← Finset.sum_mul]
    have hs : ∑ i, u i * u i = 1 := hu
    rw [hs, one_mul]
  rw [alignment_linear_eq_of_isWhite stationary (isWhite_replaceDirection hu),
    Finset.sum_congr rfl fun i _ ↦ hi i, Finset.sum_add_distrib, huu,
    sum_row_dotProduct_mulVec_row (1 - Matrix.vecMulVec u u) (ρ • R), transpose_one_sub_vecMulVec,
    one_sub_vecMulVec_mul_self hu, Matrix.mul_sub, Matrix.mul_one, Matrix.trace_sub,
    Matrix.trace_mul_vecMulVec, dotProduct_smul_mulVec_self]
  ring

/-- A direction can be taken of length one. -/
private lemma exists_unit (R : Matrix (Fin n) (Fin n) ℝ) {x : Fin n → ℝ} (hx : x ≠ 0) :
    ∃ u : Fin n → ℝ, u ⬝ᵥ u = 1 ∧ u ⬝ᵥ R.mulVec u = (x ⬝ᵥ x)⁻¹ * (x ⬝ᵥ R.mulVec x) := by
  have hX := Matrix.dotProduct_self_pos hx
  obtain ⟨c, hc⟩ : ∃ c : ℝ, c * c = (x ⬝ᵥ x)⁻¹ := by
    refine ⟨(√(x ⬝ᵥ x))⁻¹, ?_⟩
    rw [← mul_inv, Real.mul_self_sqrt hX.le]
  refine ⟨c • x, ?_, ?_⟩
  · rw [smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul, ← mul_assoc, hc,
      inv_mul_cancel₀ hX.ne']
  · rw [Matrix.mulVec_smul, smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul,
      ← mul_assoc, hc]

/-- **A rotating world, when linear encoders are optimal.** In the world `z' = ρ R z + η`, `R`
orthogonal, no white encoder aligns better than the latents if and only if
`ρ ‖x‖² ≤ x · R x` for all `x`. -/
theorem linear_optimal_iff_of_rotation [IsProbabilityMeasure ν] (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (stationary : (additiveNoiseLaw (γ n) ν (ρ • R).mulVec).map Prod.snd = γ n) :
    (IsBestAligned (γ n) (additiveNoiseLaw (γ n) ν (ρ • R).mulVec) fun z : Fin n → ℝ ↦ z) ↔
      ∀ x, ρ * (x ⬝ᵥ x) ≤ x ⬝ᵥ R.mulVec x := by
  have hρ := abs_le_one_of_pos_of_lt_one h₀ h₁
  have hid := alignment_id_rotation hρ hR stationary
  constructor
  · intro hopt x
    by_contra hlt
    have hlt' : x ⬝ᵥ R.mulVec x < ρ * (x ⬝ᵥ x) := not_le.1 hlt
    have hx : x ≠ 0 := by
      rintro rfl
      rw [zero_dotProduct, zero_dotProduct, mul_zero] at hlt'
      exact lt_irrefl 0 hlt'
    obtain ⟨u, hu, hRu⟩ := exists_unit R hx
    have hX := Matrix.dotProduct_self_pos hx
    have hur : u ⬝ᵥ R.mulVec u < ρ := by
      rw [hRu, inv_mul_lt_iff₀ hX, mul_comm (x ⬝ᵥ x)]
      exact hlt'
    have hle := hopt _ (isWhite_replaceDirection hu)
    rw [hid, alignment_replaceDirection hρ hR stationary hu] at hle
    have hneg : ρ * (u ⬝ᵥ R.mulVec u - ρ) < 0 := mul_neg_of_pos_of_neg h₀ (sub_neg.2 hur)
    linarith
  · intro hgap h hh
    rw [hid]
    refine le_alignment_of_isWhite_linear stationary (s := ρ ^ 2)
      (fun x ↦ (smul_mulVec_dotProduct_self hR x).le) (fun x ↦ ?_) hh
    rw [dotProduct_smul_mulVec_self, sq, mul_assoc]
    exact mul_le_mul_of_nonneg_left (hgap x) h₀.le

/-- **A rotating world, when the latents are identified.** In the world `z' = ρ R z + η`, `R`
orthogonal, the optimal white encoders are the orthogonal maps if and only if
`ρ ‖x‖² < x · R x` for all `x ≠ 0`. -/
theorem identifiable_iff_of_rotation [IsProbabilityMeasure ν] (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (stationary : (additiveNoiseLaw (γ n) ν (ρ • R).mulVec).map Prod.snd = γ n) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h →
        (IsBestAligned (γ n) (additiveNoiseLaw (γ n) ν (ρ • R).mulVec) h ↔
          ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec)) ↔
      ∀ x, x ≠ 0 → ρ * (x ⬝ᵥ x) < x ⬝ᵥ R.mulVec x := by
  have hρ := abs_le_one_of_pos_of_lt_one h₀ h₁
  have hid := alignment_id_rotation hρ hR stationary
  have hw : IsWhite (γ n) (fun z : Fin n → ℝ ↦ z) :=
    isWhite_of_map_eq_stdGaussian measurable_id' Measure.map_id'
  constructor
  · intro hident x hx
    by_contra hlt
    have hle' : x ⬝ᵥ R.mulVec x ≤ ρ * (x ⬝ᵥ x) := not_lt.1 hlt
    obtain ⟨u, hu, hRu⟩ := exists_unit R hx
    have hX := Matrix.dotProduct_self_pos hx
    have hur : u ⬝ᵥ R.mulVec u ≤ ρ := by
      rw [hRu, inv_mul_le_iff₀ hX, mul_comm (x ⬝ᵥ x)]
      exact hle'
    have hwu := isWhite_replaceDirection hu
    have hidopt := (hident _ hw).2 ⟨1, one_mem _, .of_forall fun z ↦ (Matrix.one_mulVec z).symm⟩
    have hule : alignment (additiveNoiseLaw (γ n) ν (ρ • R).mulVec) (replaceDirection u) ≤
        alignment (additiveNoiseLaw (γ n) ν (ρ • R).mulVec) (fun z ↦ z) := by
      rw [hid, alignment_replaceDirection hρ hR stationary hu]
      have hneg : ρ * (u ⬝ᵥ R.mulVec u - ρ) ≤ 0 :=
        mul_nonpos_of_nonneg_of_nonpos h₀.le (sub_nonpos.2 hur)
      linarith
    obtain ⟨Q, -, hQ⟩ := (hident _ hwu).1 fun h' hh' ↦ hule.trans (hidopt h' hh')
    -- a linear map does not correlate with the radial feature
    have hzero (i : Fin n) : u i = 0 := by
      rw [← integral_replaceDirection_mul_radialFeature hu i]
      have e : ∫ z, replaceDirection u z i * radialFeature z ∂γ n =
          ∫ z, (∑ j, Q i j * z j) * radialFeature z ∂γ n := by
        refine integral_congr_ae ?_
        filter_upwards [hQ] with z hz
        have hzi : replaceDirection u z i = ∑ j, Q i j * z j := congrFun hz i
        rw [hzi]
      rw [e, integral_linear_mul (Q i) memLp_radialFeature]
      refine Finset.sum_eq_zero fun j _ ↦ ?_
      have e' : ∫ z, z j * radialFeature z ∂γ n = ∫ z, radialFeature z * z j ∂γ n :=
        integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
      rw [e', integral_radialFeature_mul_coord, mul_zero]
    have hu₀ : u ⬝ᵥ u = 0 := Finset.sum_eq_zero fun i _ ↦ by rw [hzero i, mul_zero]
    rw [hu] at hu₀
    exact one_ne_zero hu₀
  · intro hgap h hh
    have norm (x : Fin n → ℝ) : (ρ • R).mulVec x ⬝ᵥ (ρ • R).mulVec x ≤ ρ ^ 2 * (x ⬝ᵥ x) :=
      (smul_mulVec_dotProduct_self hR x).le
    have gap (x : Fin n → ℝ) (hx : x ≠ 0) : ρ ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (ρ • R).mulVec x := by
      rw [dotProduct_smul_mulVec_self, sq, mul_assoc]
      exact mul_lt_mul_of_pos_left (hgap x hx) h₀
    have gap' (x : Fin n → ℝ) : ρ ^ 2 * (x ⬝ᵥ x) ≤ x ⬝ᵥ (ρ • R).mulVec x := by
      rcases eq_or_ne x 0 with hx | hx
      · have e : ρ ^ 2 * (x ⬝ᵥ x) = x ⬝ᵥ (ρ • R).mulVec x := by
          rw [hx, zero_dotProduct, zero_dotProduct, mul_zero]
        exact e.le
      · exact (gap x hx).le
    rw [← alignment_eq_iff_of_isWhite_linear stationary norm gap hh]
    constructor
    · intro hopt
      refine le_antisymm ?_ (le_alignment_of_isWhite_linear stationary norm gap' hh)
      rw [← hid]
      exact hopt _ hw
    · intro heq h' hh'
      rw [heq]
      exact le_alignment_of_isWhite_linear stationary norm gap' hh'

end Lejepa
