/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.AdditiveNoise
public import Lejepa.Converse.ReplaceCoordinate
public import Lejepa.ForMathlib.ContinuousDotProduct

/-!
# Optimality makes the backward regression linear

A stationary world `z' = ρ z + η` with independent noise `η`, whose latent law is white. If no white
encoder aligns better than the identity, the regression of the past on the present is linear:
`𝔼[z | z'] = ρ z'`. On the line, and on `ℝⁿ` coordinate by coordinate, where the coordinates of
latents and noise need not be independent.

## Main results
* `Lejepa.integral_fst_mul_snd_of_optimal`: on the line.
* `Lejepa.integral_fst_mul_snd_pi_of_optimal`: on `ℝⁿ`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* `docs/mathematics.md`, the section on which worlds have a linear optimum.
-/

public section

open MeasureTheory

namespace Lejepa

section Line

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}

/-- In a linear world where the identity is optimal, `𝔼[z u(z')] = ρ 𝔼[z u(z)]`. -/
theorem integral_fst_mul_snd_of_optimal (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0)
    (var : ∫ z, z ^ 2 ∂μ = 1)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ)
    (optimal : IsBestAligned μ (additiveNoiseLaw μ ν (ρ * ·)) fun z (_ : Fin 1) ↦ z)
    {u : ℝ → ℝ} (hu : Measurable u) (hu2 : MemLp u 2 μ) :
    ∫ p, p.1 * u p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ * ∫ z, z * u z ∂μ := by
  have h := integral_cross_add_cross_of_optimal
    (measurePreserving_fst_additiveNoiseLaw (measurable_linear ρ)) hsnd hμ mean var optimal hu2
  rw [integral_snd_mul_fst_linear hμ mean hsnd hu hu2,
    integral_fst_mul_snd_linear hμ mean var hsnd] at h
  linarith

end Line

variable {n : ℕ} {μ ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν]
  {ρ : ℝ}

/-- The map `z ↦ ρ z` on `ℝⁿ` is measurable. -/
theorem measurable_smul_pi (ρ : ℝ) : Measurable fun z : Fin n → ℝ ↦ ρ • z :=
  measurable_const_smul ρ

omit [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] in
/-- A linear form of a stationary linear world is a stationary linear world on the line. -/
theorem measurePreserving_snd_projection [SFinite μ] [SFinite ν] {L : (Fin n → ℝ) → ℝ}
    (hL : Measurable L) (add : ∀ x y, L (x + y) = L x + L y)
    (smul : ∀ (c : ℝ) x, L (c • x) = c * L x)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ) :
    MeasurePreserving Prod.snd (additiveNoiseLaw (μ.map L) (ν.map L) (ρ * ·)) (μ.map L) := by
  refine ⟨measurable_snd, ?_⟩
  have e : Prod.snd ∘ Prod.map L L = L ∘ Prod.snd := rfl
  rw [← map_additiveNoiseLaw hL (measurable_smul_pi ρ) (measurable_linear ρ) add (smul ρ),
    Measure.map_map measurable_snd (hL.prodMap hL), e, ← Measure.map_map hL measurable_snd,
    hsnd.map_eq]

/-- The forward regression: `𝔼[z'ⱼ u(z)] = ρ 𝔼[zⱼ u(z)]`. -/
theorem integral_snd_mul_fst_pi (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ) (j : Fin n)
    {u : (Fin n → ℝ) → ℝ} (hu : Measurable u) (hu2 : MemLp u 2 μ) :
    ∫ p, p.2 j * u p.1 ∂additiveNoiseLaw μ ν (ρ • ·) = ρ * ∫ z, z j * u z ∂μ := by
  have hj : Measurable fun z : Fin n → ℝ ↦ z j := measurable_pi_apply j
  have hzj : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  have iμ : IsProbabilityMeasure (μ.map fun z ↦ z j) :=
    Measure.isProbabilityMeasure_map hj.aemeasurable
  have iν : IsProbabilityMeasure (ν.map fun z ↦ z j) :=
    Measure.isProbabilityMeasure_map hj.aemeasurable
  have hsj := measurePreserving_snd_projection hj (fun _ _ ↦ rfl) (fun _ _ ↦ rfl) hsnd
  have hμj : MemLp id 2 (μ.map fun z ↦ z j) :=
    (memLp_map_measure_iff measurable_id.aestronglyMeasurable hj.aemeasurable).2 hzj
  have hmean : ∫ x, x ∂(μ.map fun z ↦ z j) = 0 :=
    (integral_map hj.aemeasurable measurable_id'.aestronglyMeasurable).trans
      (white.mean_eq_zero j)
  have hη0 : ∫ y, y j ∂ν = 0 :=
    (integral_map hj.aemeasurable measurable_id'.aestronglyMeasurable).symm.trans
      (integral_noise_eq_zero hμj hmean hsj)
  have hηi : Integrable (fun y : Fin n → ℝ ↦ y j) ν :=
    (integrable_noise (measurable_linear ρ) hμj hsj).comp_measurable hj
  have h1 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ ρ * (p.1 j * u p.1)) (μ.prod ν) :=
    ((hzj.integrable_mul hu2).comp_fst ν).const_mul ρ
  have h2 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ u p.1 * p.2 j) (μ.prod ν) :=
    (hu2.integrable one_le_two).mul_prod hηi
  have hF : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.2 j * u p.1 :=
    (hj.comp measurable_snd).mul (hu.comp measurable_fst)
  rw [integral_additiveNoiseLaw (measurable_smul_pi ρ) hF.aestronglyMeasurable]
  calc ∫ p, (ρ • p.1 + p.2) j * u p.1 ∂μ.prod ν
      = ∫ p, (ρ * (p.1 j * u p.1) + u p.1 * p.2 j) ∂μ.prod ν := by
        refine integral_congr_ae (.of_forall fun p ↦ ?_)
        change (ρ * p.1 j + p.2 j) * u p.1 = ρ * (p.1 j * u p.1) + u p.1 * p.2 j
        ring
    _ = ρ * ∫ z, z j * u z ∂μ := by
        rw [integral_add h1 h2, integral_const_mul, integral_fun_fst (fun z ↦ z j * u z),
          integral_prod_mul u (fun y : Fin n → ℝ ↦ y j), hη0, probReal_univ, one_smul, mul_zero,
          add_zero]

/-- The backward regression against a linear form. -/
theorem integral_fst_mul_linear_snd (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ) (u : Fin n → ℝ)
    (i : Fin n) :
    ∫ p, p.1 i * ∑ j, u j * p.2 j ∂additiveNoiseLaw μ ν (ρ • ·) = ρ * u i := by
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  have hfz : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i) 2
      (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hz i).comp_measurePreserving (measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ))
  have hsz (j : Fin n) :
      MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.2 j) 2 (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hz j).comp_measurePreserving hsnd
  calc ∫ p, p.1 i * ∑ j, u j * p.2 j ∂additiveNoiseLaw μ ν (ρ • ·)
      = ∫ p, (∑ j, u j * p.2 j) * p.1 i ∂additiveNoiseLaw μ ν (ρ • ·) :=
        integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
    _ = ∑ j, u j * ∫ p, p.2 j * p.1 i ∂additiveNoiseLaw μ ν (ρ • ·) :=
        integral_sum_mul_mul u hsz hfz
    _ = ρ * ∑ j, u j * ∫ z, z j * z i ∂μ := by
        rw [Finset.mul_sum]
        refine Finset.sum_congr rfl fun j _ ↦ ?_
        rw [integral_snd_mul_fst_pi white hsnd j (measurable_pi_apply i) (hz i)]
        ring
    _ = ρ * ∫ z, z i * ∑ j, u j * z j ∂μ := by
        rw [← integral_sum_mul_mul u hz (hz i)]
        congr 1
        exact integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
    _ = ρ * u i := by rw [integral_mul_linear white]

/-- If the identity is optimal, what remains of a function of the present without its constant and
linear parts is uncorrelated with the past. -/
theorem integral_fst_mul_sub_linear_snd (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ)
    (optimal : IsBestAligned μ (additiveNoiseLaw μ ν (ρ • ·)) fun z : Fin n → ℝ ↦ z) (i : Fin n)
    {v : (Fin n → ℝ) → ℝ} (hv : Measurable v) (hv2 : MemLp v 2 μ) {α : ℝ} {β : Fin n → ℝ}
    (hα : ∫ z, v z ∂μ = α) (hβ : ∀ j, ∫ z, z j * v z ∂μ = β j) :
    ∫ p, p.1 i * (v p.2 - α - ∑ j, β j * p.2 j) ∂additiveNoiseLaw μ ν (ρ • ·) = 0 := by
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ)
  have hg2 : MemLp (fun z ↦ v z - α - ∑ j, β j * z j) 2 μ := memLp_sub_linear white hv2
  have hgm : Measurable fun z : Fin n → ℝ ↦ v z - α - ∑ j, β j * z j :=
    (hv.sub_const α).sub (measurable_dotProduct_const β)
  have hgorth := integral_mul_sub_linear (α := α) white hv2 hβ
  have h := integral_sub_mul_sub_eq_zero_of_optimal hfst hsnd white optimal i hg2
    (integral_sub_linear white hv2 hα) hgorth
  rw [integral_sub_mul_sub_eq hfst hsnd (white.memLp i) hg2, hgorth i,
    integral_snd_mul_fst_pi white hsnd i hgm hg2, hgorth i] at h
  linarith

/-- If the identity is optimal, the backward regression is linear too:
`𝔼[zᵢ v(z')] = ρ 𝔼[zᵢ v(z)]`. -/
theorem integral_fst_mul_snd_pi_of_optimal (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ)
    (optimal : IsBestAligned μ (additiveNoiseLaw μ ν (ρ • ·)) fun z : Fin n → ℝ ↦ z) (i : Fin n)
    {v : (Fin n → ℝ) → ℝ} (hv : Measurable v) (hv2 : MemLp v 2 μ) :
    ∫ p, p.1 i * v p.2 ∂additiveNoiseLaw μ ν (ρ • ·) = ρ * ∫ z, z i * v z ∂μ := by
  obtain ⟨α, hα⟩ : ∃ α, ∫ z, v z ∂μ = α := ⟨_, rfl⟩
  obtain ⟨β, hβ⟩ : ∃ β : Fin n → ℝ, ∀ j, ∫ z, z j * v z ∂μ = β j := ⟨_, fun _ ↦ rfl⟩
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ)
  have hzi : MemLp (fun z : Fin n → ℝ ↦ z i) 2 μ := white.memLp i
  have hfz : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i) 2
      (additiveNoiseLaw μ ν (ρ • ·)) := hzi.comp_measurePreserving hfst
  have hmean : ∫ p, p.1 i ∂additiveNoiseLaw μ ν (ρ • ·) = 0 :=
    (hfst.integral_comp_of_aestronglyMeasurable hzi.aestronglyMeasurable).trans
      (white.mean_eq_zero i)
  have e : ∀ p : (Fin n → ℝ) × (Fin n → ℝ), p.1 i * (v p.2 - α - ∑ j, β j * p.2 j) =
      p.1 i * v p.2 - p.1 i * α - p.1 i * ∑ j, β j * p.2 j := fun p ↦ by ring
  have i1 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * v p.2)
      (additiveNoiseLaw μ ν (ρ • ·)) := hfz.integrable_mul (hv2.comp_measurePreserving hsnd)
  have i2 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * α)
      (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hfst.integrable_comp_of_integrable (hzi.integrable one_le_two)).mul_const α
  have i12 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * v p.2 - p.1 i * α)
      (additiveNoiseLaw μ ν (ρ • ·)) := i1.sub i2
  have i3 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * ∑ j, β j * p.2 j)
      (additiveNoiseLaw μ ν (ρ • ·)) :=
    hfz.integrable_mul ((memLp_sum_mul β white.memLp).comp_measurePreserving hsnd)
  have h := integral_fst_mul_sub_linear_snd white hsnd optimal i hv hv2 hα hβ
  simp only [e] at h
  rw [integral_sub i12 i3, integral_sub i1 i2, integral_fst_mul_linear_snd white hsnd,
    integral_mul_const, hmean] at h
  rw [hβ i]
  linarith

end Lejepa
