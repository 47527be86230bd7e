/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.MeasurePreserving
public import Lejepa.World
public import Mathlib.MeasureTheory.Integral.Prod

/-!
# Pairs with additive noise

The law of `(z, m z + η)`: its marginals, its images and its integrals; and on the line, when the
drift `m` is linear, its regressions.

## Main results
* `Lejepa.map_additiveNoiseLaw`: images under additive maps.
* `Lejepa.ouLaw_eq_additiveNoiseLaw`: the Ornstein–Uhlenbeck world as one with additive noise.
* `Lejepa.integral_additiveNoiseLaw`: integrals over pairs as integrals over latent and noise.
* `Lejepa.integral_snd_mul_fst_additiveNoiseLaw`: `𝔼[z' u(z)] = 𝔼[m(z) u(z)] + 𝔼[η] 𝔼[u(z)]`.
* `Lejepa.integral_snd_mul_fst_linear`: `𝔼[z' u(z)] = ρ 𝔼[z u(z)]` in a stationary linear world.
-/

public section

open MeasureTheory

namespace Lejepa

section General

variable {E F : Type*} [MeasurableSpace E] [Add E] [MeasurableAdd₂ E] [MeasurableSpace F] [Add F]
  [MeasurableAdd₂ F] {μ ν : Measure E} {m : E → E}

/-- The map `(z, η) ↦ (z, m z + η)` carries `μ ⊗ ν` to `additiveNoiseLaw μ ν m`. -/
theorem measurePreserving_additiveNoiseLaw (hm : Measurable m) :
    MeasurePreserving (fun p : E × E ↦ (p.1, m p.1 + p.2)) (μ.prod ν) (additiveNoiseLaw μ ν m) :=
  ⟨measurable_fst.prodMk ((hm.comp measurable_fst).add measurable_snd), rfl⟩

/-- The first component of a pair with law `additiveNoiseLaw μ ν m` has law `μ`. -/
theorem measurePreserving_fst_additiveNoiseLaw [IsProbabilityMeasure ν] (hm : Measurable m) :
    MeasurePreserving Prod.fst (additiveNoiseLaw μ ν m) μ := by
  refine ⟨measurable_fst, ?_⟩
  rw [additiveNoiseLaw, Measure.map_map measurable_fst
    (measurePreserving_additiveNoiseLaw (μ := μ) (ν := ν) hm).measurable]
  exact measurePreserving_fst.map_eq

/-- The integral of `f` under `additiveNoiseLaw μ ν m` is that of `(z, η) ↦ f (z, m z + η)` under `μ
⊗ ν`. -/
theorem integral_additiveNoiseLaw {G : Type*} [NormedAddCommGroup G] [NormedSpace ℝ G]
    (hm : Measurable m) {f : E × E → G}
    (hf : AEStronglyMeasurable f (additiveNoiseLaw μ ν m)) :
    ∫ p, f p ∂additiveNoiseLaw μ ν m = ∫ p, f (p.1, m p.1 + p.2) ∂μ.prod ν :=
  ((measurePreserving_additiveNoiseLaw hm).integral_comp_of_aestronglyMeasurable hf).symm

/-- An additive map that intertwines two drifts carries one world to the other. -/
theorem map_additiveNoiseLaw [SFinite μ] [SFinite ν] {L : E → F} {m' : F → F} (hL : Measurable L)
    (hm : Measurable m) (hm' : Measurable m') (add : ∀ x y, L (x + y) = L x + L y)
    (comm : ∀ x, L (m x) = m' (L x)) :
    (additiveNoiseLaw μ ν m).map (Prod.map L L) = additiveNoiseLaw (μ.map L) (ν.map L) m' := by
  have h := (measurePreserving_additiveNoiseLaw (μ := μ) (ν := ν) hm).measurable
  have h' := (measurePreserving_additiveNoiseLaw (μ := μ.map L) (ν := ν.map L) hm').measurable
  have e : Prod.map L L ∘ (fun p : E × E ↦ (p.1, m p.1 + p.2)) =
      (fun p : F × F ↦ (p.1, m' p.1 + p.2)) ∘ Prod.map L L := by
    funext p
    refine Prod.ext rfl ?_
    change L (m p.1 + p.2) = m' (L p.1) + L p.2
    rw [add, comm]
  rw [additiveNoiseLaw, additiveNoiseLaw, Measure.map_map (hL.prodMap hL) h,
    Measure.map_prod_map μ ν hL hL, Measure.map_map h' (hL.prodMap hL), e]

/-- The Ornstein–Uhlenbeck world is a linear world with Gaussian noise. -/
theorem ouLaw_eq_additiveNoiseLaw (n : ℕ) (ρ : ℝ) :
    ouLaw n ρ = additiveNoiseLaw (γ n) ((γ n).map (√(1 - ρ ^ 2) • ·)) (ρ • ·) := by
  have hs : Measurable fun z : Fin n → ℝ ↦ √(1 - ρ ^ 2) • z := measurable_const_smul _
  have hstep : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, ρ • p.1 + p.2) :=
    measurable_fst.prodMk ((measurable_fst.const_smul ρ).add measurable_snd)
  have hprod : (γ n).prod ((γ n).map (√(1 - ρ ^ 2) • ·)) =
      ((γ n).prod (γ n)).map (Prod.map id (√(1 - ρ ^ 2) • ·)) := by
    rw [← Measure.map_prod_map (γ n) (γ n) measurable_id hs, Measure.map_id]
  rw [ouLaw, additiveNoiseLaw, hprod, Measure.map_map hstep (measurable_id.prodMap hs)]
  rfl

end General

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {m : ℝ → ℝ}

omit [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] in
/-- In a stationary world of finite variance the successor is square-integrable. -/
theorem memLp_step (hm : Measurable m) (hμ : MemLp id 2 μ)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν m) μ) :
    MemLp (fun p : ℝ × ℝ ↦ m p.1 + p.2) 2 (μ.prod ν) :=
  (hμ.comp_measurePreserving hsnd).comp_measurePreserving (measurePreserving_additiveNoiseLaw hm)

/-- In a stationary world of finite variance the noise is integrable. -/
theorem integrable_noise (hm : Measurable m) (hμ : MemLp id 2 μ)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν m) μ) : Integrable (fun y ↦ y) ν := by
  have h : Integrable (fun p : ℝ × ℝ ↦ m p.1 + p.2) (μ.prod ν) :=
    (memLp_step hm hμ hsnd).integrable one_le_two
  obtain ⟨x, hx⟩ := h.prod_right_ae.exists
  exact (hx.sub (integrable_const (m x))).congr (.of_forall fun y ↦ by simp)

/-- In a stationary world of finite variance the drift is integrable. -/
theorem integrable_drift (hm : Measurable m) (hμ : MemLp id 2 μ)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν m) μ) : Integrable m μ := by
  have h : Integrable (fun p : ℝ × ℝ ↦ m p.1 + p.2) (μ.prod ν) :=
    (memLp_step hm hμ hsnd).integrable one_le_two
  have hη : Integrable (fun p : ℝ × ℝ ↦ p.2) (μ.prod ν) :=
    (integrable_noise hm hμ hsnd).comp_snd μ
  have h1 : Integrable (fun p : ℝ × ℝ ↦ m p.1) (μ.prod ν) :=
    (h.sub hη).congr (.of_forall fun p ↦ by simp)
  exact (measurePreserving_fst.integrable_comp hm.aestronglyMeasurable).1 h1

/-- `𝔼[z' u(z)] = 𝔼[m(z) u(z)] + 𝔼[η] 𝔼[u(z)]`. -/
theorem integral_snd_mul_fst_additiveNoiseLaw (hm : Measurable m)
    (hη : Integrable (fun y ↦ y) ν) {u : ℝ → ℝ} (hu : Measurable u) (hui : Integrable u μ)
    (hmu : Integrable (fun z ↦ m z * u z) μ) :
    ∫ p, p.2 * u p.1 ∂additiveNoiseLaw μ ν m =
      ∫ z, m z * u z ∂μ + (∫ y, y ∂ν) * ∫ z, u z ∂μ := by
  have hF : Measurable fun p : ℝ × ℝ ↦ p.2 * u p.1 := measurable_snd.mul (hu.comp measurable_fst)
  have h1 : Integrable (fun p : ℝ × ℝ ↦ m p.1 * u p.1) (μ.prod ν) := hmu.comp_fst ν
  have h2 : Integrable (fun p : ℝ × ℝ ↦ u p.1 * p.2) (μ.prod ν) := hui.mul_prod hη
  calc ∫ p, p.2 * u p.1 ∂additiveNoiseLaw μ ν m
      = ∫ p, (m p.1 + p.2) * u p.1 ∂μ.prod ν :=
        integral_additiveNoiseLaw hm hF.aestronglyMeasurable
    _ = ∫ p, (m p.1 * u p.1 + u p.1 * p.2) ∂μ.prod ν := by
        refine integral_congr_ae (.of_forall fun p ↦ ?_)
        beta_reduce
        ring
    _ = ∫ p, m p.1 * u p.1 ∂μ.prod ν + ∫ p, u p.1 * p.2 ∂μ.prod ν := integral_add h1 h2
    _ = ∫ z, m z * u z ∂μ + (∫ y, y ∂ν) * ∫ z, u z ∂μ := by
        rw [integral_fun_fst (fun z ↦ m z * u z), integral_prod_mul u (fun y ↦ y), probReal_univ,
          one_smul, mul_comm (∫ z, u z ∂μ)]

/-- The noise of a centred stationary world cancels the mean of the drift. -/
theorem integral_drift_add_integral_noise (hm : Measurable m) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν m) μ) :
    ∫ z, m z ∂μ + ∫ y, y ∂ν = 0 := by
  have h := integral_snd_mul_fst_additiveNoiseLaw (μ := μ) hm (integrable_noise hm hμ hsnd)
    (u := fun _ ↦ 1) measurable_const (integrable_const 1)
    (by simpa only [mul_one] using integrable_drift hm hμ hsnd)
  have e : ∫ p, p.2 ∂additiveNoiseLaw μ ν m = 0 :=
    (hsnd.integral_comp_of_aestronglyMeasurable hμ.aestronglyMeasurable).trans mean
  simp only [mul_one, integral_const, probReal_univ, smul_eq_mul] at h
  rw [← h, e]

section Linear

variable {ρ : ℝ}

/-- The map `z ↦ ρ z` on the line is measurable. -/
theorem measurable_linear (ρ : ℝ) : Measurable fun z : ℝ ↦ ρ * z := measurable_const_mul ρ

/-- The noise of a centred stationary linear world is centred. -/
theorem integral_noise_eq_zero (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ) : ∫ y, y ∂ν = 0 := by
  have h := integral_drift_add_integral_noise (measurable_linear ρ) hμ mean hsnd
  rwa [integral_const_mul, mean, mul_zero, zero_add] at h

/-- In a linear world `𝔼[z' u(z)] = ρ 𝔼[z u(z)]`. -/
theorem integral_snd_mul_fst_linear (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ) {u : ℝ → ℝ}
    (hu : Measurable u) (hu2 : MemLp u 2 μ) :
    ∫ p, p.2 * u p.1 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ * ∫ z, z * u z ∂μ := by
  have hzu : Integrable (fun z ↦ z * u z) μ := MemLp.integrable_mul hμ hu2
  have hmu : Integrable (fun z ↦ ρ * z * u z) μ :=
    (hzu.const_mul ρ).congr (.of_forall fun z ↦ (mul_assoc ρ z (u z)).symm)
  rw [integral_snd_mul_fst_additiveNoiseLaw (measurable_linear ρ)
    (integrable_noise (measurable_linear ρ) hμ hsnd) hu (hu2.integrable one_le_two) hmu,
    integral_noise_eq_zero hμ mean hsnd, zero_mul, add_zero, ← integral_const_mul]
  exact integral_congr_ae (.of_forall fun z ↦ mul_assoc ρ z (u z))

/-- In a linear world successive latents have correlation `ρ`. -/
theorem integral_fst_mul_snd_linear (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0)
    (var : ∫ z, z ^ 2 ∂μ = 1)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ) :
    ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ := by
  have h := integral_snd_mul_fst_linear hμ mean hsnd (u := fun z ↦ z) measurable_id' hμ
  have e : ∫ z, z * z ∂μ = 1 := by
    rw [← var]
    exact integral_congr_ae (.of_forall fun z ↦ (sq z).symm)
  rw [e, mul_one] at h
  exact (integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)).trans h

end Linear

end Lejepa
