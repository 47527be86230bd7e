/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Regression
public import Mathlib.MeasureTheory.Function.AEEqOfIntegral

/-!
# Gaussian latents are the only ones: reversible worlds

In a reversible world `z' = m(z) + η` with any measurable drift `m`, optimality of the identity
forces `𝔼[z' | z] = λ z`, so that the drift is linear up to the mean of the noise; the linear case
then makes the latents Gaussian.

## Main results
* `Lejepa.drift_ae_eq_linear_of_optimal`: the drift is affine.
* `Lejepa.gaussian_of_linear_optimal_of_reversible`: the latents are Gaussian.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* `docs/mathematics.md`, the section on which worlds have a linear optimum.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

section LinearWorld

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}

/-- In a stationary linear world of finite variance the noise is square-integrable. -/
theorem memLp_noise (hμ : MemLp id 2 μ)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ) :
    MemLp (fun y : ℝ ↦ y) 2 ν := by
  have h1 : MemLp (fun p : ℝ × ℝ ↦ ρ * p.1 + p.2) 2 (μ.prod ν) :=
    memLp_step (measurable_linear ρ) hμ hsnd
  have h2 : MemLp (fun p : ℝ × ℝ ↦ ρ * p.1) 2 (μ.prod ν) :=
    (hμ.comp_measurePreserving measurePreserving_fst).const_mul ρ
  have e : (fun p : ℝ × ℝ ↦ p.2) = (fun p : ℝ × ℝ ↦ ρ * p.1 + p.2) - fun p ↦ ρ * p.1 :=
    funext fun p ↦ by simp
  have h3 : MemLp (fun p : ℝ × ℝ ↦ p.2) 2 (μ.prod ν) := by
    rw [e]
    exact h1.sub h2
  rw [← (measurePreserving_snd (μ := μ) (ν := ν)).map_eq]
  exact (memLp_map_measure_iff measurable_id'.aestronglyMeasurable
    measurable_snd.aemeasurable).2 h3

/-- In a stationary linear world of variance one the noise has variance `1 - ρ²`. -/
theorem sq_add_integral_noise_sq (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0)
    (var : ∫ z, z ^ 2 ∂μ = 1)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ) :
    ρ ^ 2 + ∫ y, y ^ 2 ∂ν = 1 := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 μ := hμ
  have h1 : MemLp (fun p : ℝ × ℝ ↦ p.1) 2 (μ.prod ν) :=
    hz.comp_measurePreserving measurePreserving_fst
  have h2 : MemLp (fun p : ℝ × ℝ ↦ p.2) 2 (μ.prod ν) :=
    (memLp_noise hμ hsnd).comp_measurePreserving measurePreserving_snd
  have hsq (m : Measure ℝ) : AEStronglyMeasurable (fun z : ℝ ↦ z ^ 2) m :=
    (continuous_pow 2).aestronglyMeasurable
  have v1 : ∫ p, p.1 ^ 2 ∂μ.prod ν = 1 :=
    (measurePreserving_fst.integral_comp_of_aestronglyMeasurable (hsq μ)).trans var
  have v2 : ∫ p, p.2 ^ 2 ∂μ.prod ν = ∫ y, y ^ 2 ∂ν :=
    measurePreserving_snd.integral_comp_of_aestronglyMeasurable (hsq ν)
  have c : ∫ p, p.2 * p.1 ∂μ.prod ν = 0 := by
    calc ∫ p, p.2 * p.1 ∂μ.prod ν = ∫ p, p.1 * p.2 ∂μ.prod ν :=
          integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
      _ = (∫ z, z ∂μ) * ∫ y, y ∂ν := integral_prod_mul (fun z ↦ z) (fun y ↦ y)
      _ = 0 := by rw [mean, zero_mul]
  have hstep : MeasurePreserving (fun p : ℝ × ℝ ↦ ρ * p.1 + p.2) (μ.prod ν) μ :=
    hsnd.comp (measurePreserving_additiveNoiseLaw (measurable_linear ρ))
  have v : ∫ p, (p.2 + ρ * p.1) ^ 2 ∂μ.prod ν = 1 := by
    rw [← var, ← hstep.integral_comp_of_aestronglyMeasurable (hsq μ)]
    refine integral_congr_ae (.of_forall fun p ↦ ?_)
    beta_reduce
    ring
  rw [integral_add_mul_sq h2 h1, v1, v2, c] at v
  linarith

end LinearWorld

/-- A law concentrated on one point. -/
theorem eq_dirac_of_ae_eq {ν : Measure ℝ} [IsProbabilityMeasure ν] {c : ℝ}
    (h : ∀ᵐ y ∂ν, y = c) : ν = Measure.dirac c := by
  have h1 : ν.map id = ν.map fun _ ↦ c := Measure.map_congr h
  rwa [Measure.map_id, Measure.map_const, measure_univ, one_smul] at h1

/-- `∫_s F = ∫ F 1_s`. -/
theorem setIntegral_eq_integral_mul_indicator {μ : Measure ℝ} (F : ℝ → ℝ) {s : Set ℝ}
    (hs : MeasurableSet s) : ∫ z in s, F z ∂μ = ∫ z, F z * s.indicator (fun _ ↦ 1) z ∂μ := by
  rw [← integral_indicator hs]
  refine integral_congr_ae (.of_forall fun z ↦ ?_)
  by_cases hz : z ∈ s <;> simp [Set.indicator, hz]

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {m : ℝ → ℝ}

omit [IsProbabilityMeasure μ] in
/-- If the law of `(z, z')` is unchanged by swapping the components, then `z'` has law `μ`. -/
theorem measurePreserving_snd_of_reversible (hm : Measurable m)
    (reversible : (additiveNoiseLaw μ ν m).map Prod.swap = additiveNoiseLaw μ ν m) :
    MeasurePreserving Prod.snd (additiveNoiseLaw μ ν m) μ := by
  have hswap : MeasurePreserving Prod.swap (additiveNoiseLaw μ ν m) (additiveNoiseLaw μ ν m) :=
    ⟨measurable_swap, reversible⟩
  exact (measurePreserving_fst_additiveNoiseLaw hm).comp hswap

/-- In a reversible world where the identity is optimal, `𝔼[z' u(z)] = 𝔼[z z'] 𝔼[z u(z)]`. -/
theorem integral_snd_mul_fst_of_optimal_of_reversible (hm : Measurable m) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (reversible : (additiveNoiseLaw μ ν m).map Prod.swap = additiveNoiseLaw μ ν m)
    (optimal : IsBestAligned μ (additiveNoiseLaw μ ν m) fun z (_ : Fin 1) ↦ z)
    {u : ℝ → ℝ} (hu : Measurable u) (hu2 : MemLp u 2 μ) :
    ∫ p, p.2 * u p.1 ∂additiveNoiseLaw μ ν m =
      (∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m) * ∫ z, z * u z ∂μ := by
  have hswap : MeasurePreserving Prod.swap (additiveNoiseLaw μ ν m) (additiveNoiseLaw μ ν m) :=
    ⟨measurable_swap, reversible⟩
  have h := integral_cross_add_cross_of_optimal (measurePreserving_fst_additiveNoiseLaw hm)
    (measurePreserving_snd_of_reversible hm reversible) hμ mean var optimal hu2
  have hG : Measurable fun p : ℝ × ℝ ↦ p.2 * u p.1 := measurable_snd.mul (hu.comp measurable_fst)
  have e : ∫ p, p.1 * u p.2 ∂additiveNoiseLaw μ ν m = ∫ p, p.2 * u p.1 ∂additiveNoiseLaw μ ν m :=
    hswap.integral_comp_of_aestronglyMeasurable hG.aestronglyMeasurable
  rw [e] at h
  linarith

/-- In a reversible world where the identity is optimal, the drift is linear up to the mean of the
noise: `m(z) + 𝔼[η] = 𝔼[z z'] z`. -/
theorem drift_ae_eq_linear_of_optimal (hm : Measurable m) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (reversible : (additiveNoiseLaw μ ν m).map Prod.swap = additiveNoiseLaw μ ν m)
    (optimal : IsBestAligned μ (additiveNoiseLaw μ ν m) fun z (_ : Fin 1) ↦ z) :
    ∀ᵐ z ∂μ, m z + ∫ y, y ∂ν = (∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m) * z := by
  have hsnd := measurePreserving_snd_of_reversible hm reversible
  have hmi : Integrable m μ := integrable_drift hm hμ hsnd
  have hzi : Integrable (fun z : ℝ ↦ z) μ := hμ.integrable one_le_two
  refine Integrable.ae_eq_of_forall_setIntegral_eq
    (fun z ↦ m z + ∫ y, y ∂ν) (fun z ↦ (∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m) * z)
    (hmi.add (integrable_const _)) (hzi.const_mul _) fun s hs _ ↦ ?_
  set u : ℝ → ℝ := s.indicator fun _ ↦ 1 with hu_def
  have hu : Measurable u := measurable_const.indicator hs
  have hbound (z : ℝ) : ‖u z‖ ≤ 1 := by
    by_cases hz : z ∈ s <;> simp [u, hz]
  have hu2 : MemLp u 2 μ :=
    MemLp.of_bound hu.aestronglyMeasurable 1 (.of_forall hbound)
  have hui : Integrable u μ := hu2.integrable one_le_two
  have hmu : Integrable (fun z ↦ m z * u z) μ :=
    hmi.mul_bdd (c := 1) hu.aestronglyMeasurable (.of_forall hbound)
  have h1 := integral_snd_mul_fst_additiveNoiseLaw hm (integrable_noise hm hμ hsnd) hu hui hmu
  have h2 := integral_snd_mul_fst_of_optimal_of_reversible hm hμ mean var reversible optimal hu hu2
  rw [setIntegral_eq_integral_mul_indicator _ hs, setIntegral_eq_integral_mul_indicator _ hs]
  have e1 : ∫ z, (m z + ∫ y, y ∂ν) * u z ∂μ =
      ∫ z, m z * u z ∂μ + (∫ y, y ∂ν) * ∫ z, u z ∂μ := by
    rw [← integral_const_mul, ← integral_add hmu (hui.const_mul _)]
    exact integral_congr_ae (.of_forall fun z ↦ add_mul _ _ _)
  have e2 : ∫ z, (∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m) * z * u z ∂μ =
      (∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m) * ∫ z, z * u z ∂μ := by
    rw [← integral_const_mul]
    exact integral_congr_ae (.of_forall fun z ↦ mul_assoc _ _ _)
  exact e1.trans (h1.symm.trans (h2.trans e2.symm))

/-- A drift that is almost surely affine can be taken linear, its constant moved to the noise. -/
theorem additiveNoiseLaw_eq_of_ae {lam c : ℝ} (h : ∀ᵐ z ∂μ, m z + c = lam * z) :
    additiveNoiseLaw μ ν m = additiveNoiseLaw μ (ν.map fun y ↦ y - c) (lam * ·) := by
  have hshift : Measurable fun y : ℝ ↦ y - c := measurable_id.sub_const c
  have hpair : Measurable fun p : ℝ × ℝ ↦ (p.1, lam * p.1 + p.2) :=
    measurable_fst.prodMk ((measurable_fst.const_mul lam).add measurable_snd)
  have hprod : μ.prod (ν.map fun y ↦ y - c) =
      (μ.prod ν).map (Prod.map id fun y ↦ y - c) := by
    rw [← Measure.map_prod_map μ ν measurable_id hshift, Measure.map_id]
  rw [additiveNoiseLaw, additiveNoiseLaw, hprod,
    Measure.map_map hpair (measurable_id.prodMap hshift)]
  refine Measure.map_congr ?_
  filter_upwards [(measurePreserving_fst (μ := μ) (ν := ν)).quasiMeasurePreserving.ae h] with p hp
  refine Prod.ext rfl ?_
  change m p.1 + p.2 = lam * p.1 + (p.2 - c)
  linarith

/-- **Gaussian uniqueness, reversible worlds.** In a reversible world `z' = m z + η` with a latent
of mean zero and variance one, a measurable drift, independent noise that is not constant, and
successive latents that are correlated: if no white encoder aligns better than the identity, the
latent is standard Gaussian. With negative correlation the hypothesis `optimal` never holds: it
would make the latent Gaussian, and then `(z² - 1) / √2` aligns better than `z`. -/
theorem gaussian_of_linear_optimal_of_reversible {μ ν : Measure ℝ} [IsProbabilityMeasure μ]
    [IsProbabilityMeasure ν] {m : ℝ → ℝ} (hm : Measurable m) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (reversible : (additiveNoiseLaw μ ν m).map Prod.swap = additiveNoiseLaw μ ν m)
    (correlated : ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m ≠ 0) (noisy : ∀ c, ν ≠ Measure.dirac c)
    (optimal : ∀ f : ℝ → Fin 1 → ℝ, IsWhite μ f →
      alignment (m := 1) (additiveNoiseLaw μ ν m) (fun z _ ↦ z) ≤
        alignment (additiveNoiseLaw μ ν m) f) :
    μ = gaussianReal 0 1 := by
  have hae := drift_ae_eq_linear_of_optimal hm hμ mean var reversible optimal
  have hsnd := measurePreserving_snd_of_reversible hm reversible
  obtain ⟨lam, hlam⟩ : ∃ lam, ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m = lam := ⟨_, rfl⟩
  obtain ⟨c, hc⟩ : ∃ c, ∫ y, y ∂ν = c := ⟨_, rfl⟩
  rw [hlam] at correlated
  rw [hlam, hc] at hae
  have hshift : Measurable fun y : ℝ ↦ y - c := measurable_id.sub_const c
  have : IsProbabilityMeasure (ν.map fun y ↦ y - c) :=
    Measure.isProbabilityMeasure_map hshift.aemeasurable
  rw [additiveNoiseLaw_eq_of_ae hae] at hsnd optimal
  have hvar := sq_add_integral_noise_sq hμ mean var hsnd
  have hnn : 0 ≤ ∫ y, y ^ 2 ∂(ν.map fun y ↦ y - c) := integral_nonneg fun y ↦ sq_nonneg y
  have hpos : 0 < ∫ y, y ^ 2 ∂(ν.map fun y ↦ y - c) := by
    refine hnn.lt_of_ne fun h ↦ noisy c (eq_dirac_of_ae_eq ?_)
    have h0 := (integral_eq_zero_iff_of_nonneg (fun y ↦ sq_nonneg y)
      (memLp_noise hμ hsnd).integrable_sq).1 h.symm
    filter_upwards [ae_of_ae_map hshift.aemeasurable h0] with y hy
    have hy' : (y - c) ^ 2 = 0 := hy
    exact sub_eq_zero.1 (pow_eq_zero_iff two_ne_zero |>.1 hy')
  have hlam₁ : |lam| < 1 := (sq_lt_one_iff_abs_lt_one lam).1 (by linarith)
  exact gaussian_of_linear_optimal correlated hlam₁ hμ mean var hsnd.map_eq optimal

end Lejepa
