/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.RotatingWorld

/-!
# A rotating plane: the angle at which alignment stops to identify

In the world `z' = ρ R z + η` of two latents, with `R` the rotation by `θ`, linear encoders are
optimal among white ones if and only if `ρ ≤ cos θ`, and the latents are identified if and only if
`ρ < cos θ`: the angle at which alignment without a predictor stops to identify is `arccos ρ`. At
that angle, and beyond, a latent can be given up for the radial feature `(‖z‖² - 2) / 2`.

## Main definitions
* `Lejepa.planeRotation θ`: the rotation by `θ`.
* `Lejepa.rotatingPlane ρ θ`: the law of a pair of this world.

## Main results
* `Lejepa.linear_optimal_iff_of_rotation_plane`
* `Lejepa.identifiable_iff_of_rotation_plane`
* `Lejepa.linear_optimal_iff_le_cos`, `Lejepa.identifiable_iff_lt_cos`: in terms of the angle.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

noncomputable section

namespace Lejepa

/-- A rotation of the plane takes a vector to one at its angle: `x · R x = cos θ ‖x‖²`. -/
theorem dotProduct_mulVec_of_mem_specialOrthogonalGroup {R : Matrix (Fin 2) (Fin 2) ℝ}
    (hR : R ∈ Matrix.specialOrthogonalGroup (Fin 2) ℝ) (x : Fin 2 → ℝ) :
    x ⬝ᵥ R.mulVec x = R 0 0 * (x ⬝ᵥ x) := by
  obtain ⟨h₁, h₂, -⟩ := Matrix.mem_specialOrthogonalGroup_fin_two_iff.1 hR
  have e : x ⬝ᵥ R.mulVec x = x 0 * R.mulVec x 0 + x 1 * R.mulVec x 1 :=
    Fin.sum_univ_two fun i ↦ x i * R.mulVec x i
  have e' : x ⬝ᵥ x = x 0 * x 0 + x 1 * x 1 := Fin.sum_univ_two fun i ↦ x i * x i
  have hm (i : Fin 2) : R.mulVec x i = R i 0 * x 0 + R i 1 * x 1 :=
    Fin.sum_univ_two fun j ↦ R i j * x j
  rw [e, e', hm, hm, ← h₁, h₂]
  ring

private lemma exists_dotProduct_self_eq_one : ∃ x : Fin 2 → ℝ, x ≠ 0 ∧ x ⬝ᵥ x = 1 := by
  have h : (Pi.single 0 1 : Fin 2 → ℝ) ⬝ᵥ Pi.single 0 1 = 1 := by
    rw [dotProduct_single, Pi.single_eq_same, mul_one]
  refine ⟨Pi.single 0 1, fun e ↦ ?_, h⟩
  rw [e, zero_dotProduct] at h
  exact zero_ne_one h

/-- **A rotating plane.** With `R` a rotation of the plane, `R 0 0` the cosine of its angle, no
white encoder aligns better than the latents if and only if `ρ ≤ cos θ`. -/
theorem linear_optimal_iff_of_rotation_plane {R : Matrix (Fin 2) (Fin 2) ℝ}
    {ν : Measure (Fin 2 → ℝ)} [IsProbabilityMeasure ν] {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (hR : R ∈ Matrix.specialOrthogonalGroup (Fin 2) ℝ)
    (stationary : (additiveNoiseLaw (γ 2) ν (ρ • R).mulVec).map Prod.snd = γ 2) :
    (IsBestAligned (γ 2)
        (additiveNoiseLaw (γ 2) ν (ρ • R).mulVec) fun z : Fin 2 → ℝ ↦ z) ↔ ρ ≤ R 0 0 := by
  rw [linear_optimal_iff_of_rotation h₀ h₁ (Matrix.mem_specialOrthogonalGroup_iff.1 hR).1
    stationary]
  constructor
  · intro hgap
    obtain ⟨x, -, hx⟩ := exists_dotProduct_self_eq_one
    have h := hgap x
    rw [dotProduct_mulVec_of_mem_specialOrthogonalGroup hR, hx, mul_one, mul_one] at h
    exact h
  · intro hle x
    rw [dotProduct_mulVec_of_mem_specialOrthogonalGroup hR]
    exact mul_le_mul_of_nonneg_right hle (Matrix.dotProduct_self_nonneg x)

/-- **The angle at which alignment stops to identify.** With `R` a rotation of the plane, `R 0 0`
the cosine of its angle, the optimal white encoders are the orthogonal maps of the latents if and
only if `ρ < cos θ`. -/
theorem identifiable_iff_of_rotation_plane {R : Matrix (Fin 2) (Fin 2) ℝ}
    {ν : Measure (Fin 2 → ℝ)} [IsProbabilityMeasure ν] {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (hR : R ∈ Matrix.specialOrthogonalGroup (Fin 2) ℝ)
    (stationary : (additiveNoiseLaw (γ 2) ν (ρ • R).mulVec).map Prod.snd = γ 2) :
    (∀ h : (Fin 2 → ℝ) → Fin 2 → ℝ, IsWhite (γ 2) h →
        (IsBestAligned (γ 2) (additiveNoiseLaw (γ 2) ν (ρ • R).mulVec) h ↔
          ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, h =ᵐ[γ 2] Q.mulVec)) ↔ ρ < R 0 0 := by
  rw [identifiable_iff_of_rotation h₀ h₁ (Matrix.mem_specialOrthogonalGroup_iff.1 hR).1
    stationary]
  constructor
  · intro hgap
    obtain ⟨x, hx₀, hx⟩ := exists_dotProduct_self_eq_one
    have h := hgap x hx₀
    rw [dotProduct_mulVec_of_mem_specialOrthogonalGroup hR, hx, mul_one, mul_one] at h
    exact h
  · intro hlt x hx
    rw [dotProduct_mulVec_of_mem_specialOrthogonalGroup hR]
    exact mul_lt_mul_of_pos_right hlt (Matrix.dotProduct_self_pos hx)

/-! ### The world -/

/-- The rotation of the plane by `θ`. -/
def planeRotation (θ : ℝ) : Matrix (Fin 2) (Fin 2) ℝ :=
  !![Real.cos θ, -Real.sin θ; Real.sin θ, Real.cos θ]

private lemma planeRotation_zero_zero (θ : ℝ) : planeRotation θ 0 0 = Real.cos θ := rfl

/-- The rotation by `θ` is in the special orthogonal group. -/
theorem planeRotation_mem (θ : ℝ) :
    planeRotation θ ∈ Matrix.specialOrthogonalGroup (Fin 2) ℝ := by
  refine Matrix.of_mem_specialOrthogonalGroup_fin_two_iff.2 ⟨rfl, rfl, ?_⟩
  rw [neg_sq]
  exact Real.cos_sq_add_sin_sq θ

/-- The noise of covariance `1 - ρ²` of the rotating plane. -/
def rotatingNoise (ρ : ℝ) : Measure (Fin 2 → ℝ) :=
  (γ 2).map (√(1 - ρ ^ 2) • (1 : Matrix (Fin 2) (Fin 2) ℝ)).mulVec

instance (ρ : ℝ) : IsProbabilityMeasure (rotatingNoise ρ) :=
  Measure.isProbabilityMeasure_map (measurable_mulVec _).aemeasurable

/-- The rotating plane: `z' = ρ R z + √(1 - ρ²) η`, `R` the rotation by `θ`, with `z, η ∼ γ 2`
independent. -/
def rotatingPlane (ρ θ : ℝ) : Measure ((Fin 2 → ℝ) × (Fin 2 → ℝ)) :=
  additiveNoiseLaw (γ 2) (rotatingNoise ρ) (ρ • planeRotation θ).mulVec

/-- The rotating plane is stationary. -/
theorem map_snd_rotatingPlane {ρ : ℝ} (hρ : |ρ| ≤ 1) (θ : ℝ) :
    (rotatingPlane ρ θ).map Prod.snd = γ 2 := by
  refine map_snd_linear_eq_stdGaussian
    (B := √(1 - ρ ^ 2) • (1 : Matrix (Fin 2) (Fin 2) ℝ)) ?_
  have hR : planeRotation θ * (planeRotation θ)ᵀ = 1 :=
    (Matrix.mem_orthogonalGroup_iff (Fin 2) ℝ).1
      (Matrix.mem_specialOrthogonalGroup_iff.1 (planeRotation_mem θ)).1
  rw [Matrix.transpose_smul, Matrix.smul_mul, Matrix.mul_smul, hR, Matrix.transpose_smul,
    Matrix.transpose_one, Matrix.smul_mul, Matrix.mul_smul, Matrix.mul_one, smul_smul, smul_smul,
    ← add_smul, ← sq, ← sq, sq_add_sqrt_one_sub_sq hρ, one_smul]

/-- In the rotating plane no white encoder aligns better than the latents, if and only if
`ρ ≤ cos θ`. -/
theorem linear_optimal_iff_le_cos {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (θ : ℝ) :
    (IsBestAligned (γ 2) (rotatingPlane ρ θ) fun z : Fin 2 → ℝ ↦ z) ↔
      ρ ≤ Real.cos θ := by
  have h := linear_optimal_iff_of_rotation_plane (ν := rotatingNoise ρ) h₀ h₁
    (planeRotation_mem θ) (map_snd_rotatingPlane (abs_le_one_of_pos_of_lt_one h₀ h₁) θ)
  rw [planeRotation_zero_zero] at h
  exact h

/-- In the rotating plane the optimal white encoders are the orthogonal maps of the latents, if and
only if `ρ < cos θ`: alignment stops to identify at the angle `arccos ρ`. -/
theorem identifiable_iff_lt_cos {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (θ : ℝ) :
    (∀ h : (Fin 2 → ℝ) → Fin 2 → ℝ, IsWhite (γ 2) h →
        (IsBestAligned (γ 2) (rotatingPlane ρ θ) h ↔
          ∃ Q ∈ Matrix.orthogonalGroup (Fin 2) ℝ, h =ᵐ[γ 2] Q.mulVec)) ↔ ρ < Real.cos θ := by
  have h := identifiable_iff_of_rotation_plane (ν := rotatingNoise ρ) h₀ h₁
    (planeRotation_mem θ) (map_snd_rotatingPlane (abs_le_one_of_pos_of_lt_one h₀ h₁) θ)
  rw [planeRotation_zero_zero] at h
  exact h

end Lejepa
