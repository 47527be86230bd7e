/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.PredictionBound

/-!
# Gaussian latents are the only ones: with a predictor too

A stationary world `z' = ρ z + η` on the line, with linear drift and independent noise, whose latent
has mean zero and variance one. An encoder `h` and a predictor `f` are trained together, on the loss
`𝔼(h z' - f(h z))²`. The identity, with the true drift `ρ z` as its predictor, has the loss
`1 - ρ²`. No white encoder with any predictor does better if and only if the latent is Gaussian.

That optimality makes the latent Gaussian needs no other predictors than `y ↦ ρ y`: the first
variation along `z + t g(z)`, with that predictor, gives `𝔼[z g(z')] = ρ 𝔼[z g(z)]`, and so a
backward regression that is linear. The sign of `ρ` does not matter: a predictor finds the latent
where alignment alone, for negative `ρ`, does not.

## Main results
* `Lejepa.gaussian_of_isPredictionBound`: if `1 - ρ²` is a bound, the latent is Gaussian.
* `Lejepa.isPredictionBound_iff_gaussian`: the equivalence, for `0 < |ρ| < 1`.
* `Lejepa.predictive_optimal_iff_gaussian`: the same for `0 < ρ < 1`, in full.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-! ### The first variation -/

section Variation

variable {μ : Measure ℝ} {π : Measure (ℝ × ℝ)} {ρ : ℝ}

/-- The bound, with the predictor `y ↦ ρ y` and free of the scale:
`(1 - ρ²) 𝔼[f²] ≤ 𝔼(f z' - ρ f z)²`. -/
theorem mul_integral_sq_le_of_isPredictionBound (hfst : MeasurePreserving Prod.fst π μ)
    (hsnd : MeasurePreserving Prod.snd π μ) (bound : IsPredictionBound μ π (1 - ρ ^ 2))
    {f : ℝ → ℝ} (hfm : Measurable f) (hf : MemLp f 2 μ) (mean : ∫ z, f z ∂μ = 0) :
    (1 - ρ ^ 2) * ∫ z, f z ^ 2 ∂μ ≤ ∫ p, (f p.2 - ρ * f p.1) ^ 2 ∂π := by
  have hE : 0 ≤ ∫ p, (f p.2 - ρ * f p.1) ^ 2 ∂π := integral_nonneg fun p ↦ sq_nonneg _
  have hN : 0 ≤ ∫ z, f z ^ 2 ∂μ := integral_nonneg fun z ↦ sq_nonneg _
  rcases hN.eq_or_lt with hN | hN
  · rw [← hN, mul_zero]
    exact hE
  obtain ⟨N, hNdef⟩ : ∃ N, ∫ z, f z ^ 2 ∂μ = N := ⟨_, rfl⟩
  rw [hNdef] at hN ⊢
  have hsq : ((√N)⁻¹) ^ 2 = N⁻¹ := by rw [inv_pow, Real.sq_sqrt hN.le]
  have hwhite : IsWhite μ (fun z (_ : Fin 1) ↦ (√N)⁻¹ * f z) := by
    refine isWhite_one (hf.const_mul _) ?_ ?_
    · rw [integral_const_mul, mean, mul_zero]
    · simp only [mul_pow]
      rw [integral_const_mul, hsq, hNdef, inv_mul_cancel₀ hN.ne']
  have hmeas : Measurable fun z (_ : Fin 1) ↦ (√N)⁻¹ * f z :=
    measurable_pi_lambda _ fun _ ↦ hfm.const_mul _
  have hc : ENNReal.ofReal (1 - ρ ^ 2) ≤
      ∫⁻ p, ENNReal.ofReal (((√N)⁻¹ * f p.2 - ρ * ((√N)⁻¹ * f p.1)) ^ 2) ∂π :=
    bound _ hwhite hmeas (ρ * ·) (measurable_linear ρ)
  have e (p : ℝ × ℝ) : ((√N)⁻¹ * f p.2 - ρ * ((√N)⁻¹ * f p.1)) ^ 2 =
      N⁻¹ * (f p.2 - ρ * f p.1) ^ 2 := by
    rw [← hsq]
    ring
  have hd : MemLp (fun p : ℝ × ℝ ↦ f p.2 - ρ * f p.1) 2 π :=
    (hf.comp_measurePreserving hsnd).sub ((hf.comp_measurePreserving hfst).const_mul ρ)
  have hint : Integrable (fun p : ℝ × ℝ ↦ N⁻¹ * (f p.2 - ρ * f p.1) ^ 2) π :=
    hd.integrable_sq.const_mul N⁻¹
  have hnn : 0 ≤ᵐ[π] fun p : ℝ × ℝ ↦ N⁻¹ * (f p.2 - ρ * f p.1) ^ 2 :=
    .of_forall fun p ↦ mul_nonneg (inv_nonneg.2 hN.le) (sq_nonneg _)
  simp only [e] at hc
  rw [← ofReal_integral_eq_lintegral_ofReal hint hnn,
    ENNReal.ofReal_le_ofReal_iff (integral_nonneg_of_ae hnn), integral_const_mul] at hc
  calc (1 - ρ ^ 2) * N ≤ N⁻¹ * (∫ p, (f p.2 - ρ * f p.1) ^ 2 ∂π) * N :=
        mul_le_mul_of_nonneg_right hc hN.le
    _ = ∫ p, (f p.2 - ρ * f p.1) ^ 2 ∂π := by
        rw [mul_comm N⁻¹, inv_mul_cancel_right₀ hN.ne']

end Variation

section LinearWorld

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}

/-- The error of the true drift as a predictor of the latent, and its correlation with a function
that is perturbed in the same way: `𝔼(z' - ρ z)² = 1 - ρ²` and
`𝔼(z' - ρ z)(g z' - ρ g z) = 𝔼[z g(z)] - ρ 𝔼[z g(z')]`. -/
theorem integral_residual (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ) {g : ℝ → ℝ}
    (hg : Measurable g) (hg2 : MemLp g 2 μ) :
    ∫ p, (p.2 - ρ * p.1) ^ 2 ∂additiveNoiseLaw μ ν (ρ * ·) = 1 - ρ ^ 2 ∧
      ∫ p, (p.2 - ρ * p.1) * (g p.2 - ρ * g p.1) ∂additiveNoiseLaw μ ν (ρ * ·) =
        ∫ z, z * g z ∂μ - ρ * ∫ p, p.1 * g p.2 ∂additiveNoiseLaw μ ν (ρ * ·) := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 μ := hμ
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ * ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_linear ρ)
  have z1 : MemLp (fun p : ℝ × ℝ ↦ p.1) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    hz.comp_measurePreserving hfst
  have z2 : MemLp (fun p : ℝ × ℝ ↦ p.2) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    hz.comp_measurePreserving hsnd
  have g1 : MemLp (fun p : ℝ × ℝ ↦ g p.1) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    hg2.comp_measurePreserving hfst
  have g2 : MemLp (fun p : ℝ × ℝ ↦ g p.2) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    hg2.comp_measurePreserving hsnd
  constructor
  · have h := integral_sub_const_mul_sq hfst hsnd hz var ρ
    rw [integral_sub_sq_eq hfst hsnd hμ var, integral_fst_mul_snd_linear hμ mean var hsnd] at h
    rw [h]
    ring
  · have hzg : AEStronglyMeasurable (fun z ↦ z * g z) μ :=
      hz.aestronglyMeasurable.mul hg2.aestronglyMeasurable
    have i22 : Integrable (fun p : ℝ × ℝ ↦ p.2 * g p.2) (additiveNoiseLaw μ ν (ρ * ·)) :=
      z2.integrable_mul g2
    have i12 : Integrable (fun p : ℝ × ℝ ↦ ρ * (p.1 * g p.2)) (additiveNoiseLaw μ ν (ρ * ·)) :=
      (z1.integrable_mul g2).const_mul ρ
    have i21 : Integrable (fun p : ℝ × ℝ ↦ ρ * (p.2 * g p.1)) (additiveNoiseLaw μ ν (ρ * ·)) :=
      (z2.integrable_mul g1).const_mul ρ
    have i11 : Integrable (fun p : ℝ × ℝ ↦ ρ ^ 2 * (p.1 * g p.1))
        (additiveNoiseLaw μ ν (ρ * ·)) := (z1.integrable_mul g1).const_mul (ρ ^ 2)
    have b11 : ∫ p, p.1 * g p.1 ∂additiveNoiseLaw μ ν (ρ * ·) = ∫ z, z * g z ∂μ :=
      hfst.integral_comp_of_aestronglyMeasurable hzg
    have b22 : ∫ p, p.2 * g p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ∫ z, z * g z ∂μ :=
      hsnd.integral_comp_of_aestronglyMeasurable hzg
    have j₁ : Integrable (fun p : ℝ × ℝ ↦ p.2 * g p.2 - ρ * (p.1 * g p.2))
        (additiveNoiseLaw μ ν (ρ * ·)) := i22.sub i12
    have j₂ : Integrable (fun p : ℝ × ℝ ↦ p.2 * g p.2 - ρ * (p.1 * g p.2) - ρ * (p.2 * g p.1))
        (additiveNoiseLaw μ ν (ρ * ·)) := j₁.sub i21
    have e : ∫ p, (p.2 - ρ * p.1) * (g p.2 - ρ * g p.1) ∂additiveNoiseLaw μ ν (ρ * ·) =
        ∫ p, (p.2 * g p.2 - ρ * (p.1 * g p.2) - ρ * (p.2 * g p.1) + ρ ^ 2 * (p.1 * g p.1))
          ∂additiveNoiseLaw μ ν (ρ * ·) :=
      integral_congr_ae (.of_forall fun p ↦ by beta_reduce; ring)
    rw [e, integral_add j₂ i11, integral_sub j₁ i21, integral_sub i22 i12, integral_const_mul,
      integral_const_mul, integral_const_mul, b11, b22,
      integral_snd_mul_fst_linear hμ mean hsnd hg hg2]
    ring

/-- Where no white encoder with any predictor has a loss below `1 - ρ²`, the backward regression of
a centred function is linear: `𝔼[z g(z')] = ρ 𝔼[z g(z)]`. -/
theorem integral_fst_mul_snd_of_isPredictionBound_of_centred (h₀ : ρ ≠ 0) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ)
    (bound : IsPredictionBound μ (additiveNoiseLaw μ ν (ρ * ·)) (1 - ρ ^ 2)) {g : ℝ → ℝ}
    (hg : Measurable g) (hg2 : MemLp g 2 μ) (hg0 : ∫ z, g z ∂μ = 0) :
    ∫ p, p.1 * g p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ * ∫ z, z * g z ∂μ := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 μ := hμ
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ * ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_linear ρ)
  have hX : MemLp (fun p : ℝ × ℝ ↦ p.2 - ρ * p.1) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    (hz.comp_measurePreserving hsnd).sub ((hz.comp_measurePreserving hfst).const_mul ρ)
  have hY : MemLp (fun p : ℝ × ℝ ↦ g p.2 - ρ * g p.1) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    (hg2.comp_measurePreserving hsnd).sub ((hg2.comp_measurePreserving hfst).const_mul ρ)
  obtain ⟨hXX, hXY⟩ := integral_residual hμ mean var hsnd hg hg2
  obtain ⟨B, hB⟩ : ∃ B, ∫ p, p.1 * g p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = B := ⟨_, rfl⟩
  obtain ⟨b, hb⟩ : ∃ b, ∫ z, z * g z ∂μ = b := ⟨_, rfl⟩
  rw [hB, hb] at hXY ⊢
  have hquad : ∀ t : ℝ, 0 ≤ 2 * ρ * (ρ * b - B) * t +
      (∫ p, (g p.2 - ρ * g p.1) ^ 2 ∂additiveNoiseLaw μ ν (ρ * ·) -
        (1 - ρ ^ 2) * ∫ z, g z ^ 2 ∂μ) * t ^ 2 := fun t ↦ by
    have hmean : ∫ z, (z + t * g z) ∂μ = 0 := by
      rw [integral_add (hz.integrable one_le_two) ((hg2.integrable one_le_two).const_mul t),
        integral_const_mul, mean, hg0, mul_zero, add_zero]
    have ht : (1 - ρ ^ 2) * ∫ z, (z + t * g z) ^ 2 ∂μ ≤
        ∫ p, (p.2 + t * g p.2 - ρ * (p.1 + t * g p.1)) ^ 2 ∂additiveNoiseLaw μ ν (ρ * ·) :=
      mul_integral_sq_le_of_isPredictionBound hfst hsnd bound (f := fun z ↦ z + t * g z)
        (measurable_id'.add (hg.const_mul t)) (hz.add (hg2.const_mul t)) hmean
    have e : ∫ p : ℝ × ℝ, (p.2 + t * g p.2 - ρ * (p.1 + t * g p.1)) ^ 2
          ∂additiveNoiseLaw μ ν (ρ * ·) =
        ∫ p, (p.2 - ρ * p.1 + t * (g p.2 - ρ * g p.1)) ^ 2 ∂additiveNoiseLaw μ ν (ρ * ·) :=
      integral_congr_ae (.of_forall fun p ↦ by beta_reduce; ring)
    rw [e, integral_add_mul_sq hX hY t, integral_add_mul_sq hz hg2 t, hXX, hXY, hb, var] at ht
    linarith
  have h0 := eq_zero_of_forall_mul_add_sq_nonneg hquad
  have h1 : ρ * b - B = 0 := (mul_eq_zero.1 h0).resolve_left (mul_ne_zero two_ne_zero h₀)
  linarith

/-- Where no white encoder with any predictor has a loss below `1 - ρ²`, the backward regression is
linear: `𝔼[z u(z')] = ρ 𝔼[z u(z)]`. -/
theorem integral_fst_mul_snd_of_isPredictionBound (h₀ : ρ ≠ 0) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ)
    (bound : IsPredictionBound μ (additiveNoiseLaw μ ν (ρ * ·)) (1 - ρ ^ 2)) {u : ℝ → ℝ}
    (hu : Measurable u) (hu2 : MemLp u 2 μ) :
    ∫ p, p.1 * u p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ * ∫ z, z * u z ∂μ := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 μ := hμ
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ * ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_linear ρ)
  have z1 : MemLp (fun p : ℝ × ℝ ↦ p.1) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    hz.comp_measurePreserving hfst
  have u2 : MemLp (fun p : ℝ × ℝ ↦ u p.2) 2 (additiveNoiseLaw μ ν (ρ * ·)) :=
    hu2.comp_measurePreserving hsnd
  obtain ⟨α, hα⟩ : ∃ α, ∫ z, u z ∂μ = α := ⟨_, rfl⟩
  have hg0 : ∫ z, (u z - α) ∂μ = 0 := by
    rw [integral_sub (hu2.integrable one_le_two) (integrable_const α), hα, integral_const,
      probReal_univ, one_smul, sub_self]
  have h := integral_fst_mul_snd_of_isPredictionBound_of_centred h₀ hμ mean var hsnd bound
    (g := fun z ↦ u z - α) (hu.sub_const α) (hu2.sub (memLp_const α)) hg0
  have m1 : ∫ p, p.1 ∂additiveNoiseLaw μ ν (ρ * ·) = 0 :=
    (hfst.integral_comp_of_aestronglyMeasurable hz.aestronglyMeasurable).trans mean
  have e1 : ∫ p, p.1 * (u p.2 - α) ∂additiveNoiseLaw μ ν (ρ * ·) =
      ∫ p, p.1 * u p.2 ∂additiveNoiseLaw μ ν (ρ * ·) := by
    have i : Integrable (fun p : ℝ × ℝ ↦ p.1 * u p.2) (additiveNoiseLaw μ ν (ρ * ·)) :=
      z1.integrable_mul u2
    have i' : Integrable (fun p : ℝ × ℝ ↦ p.1 * α) (additiveNoiseLaw μ ν (ρ * ·)) :=
      (hfst.integrable_comp_of_integrable (hz.integrable one_le_two)).mul_const α
    simp only [mul_sub]
    rw [integral_sub i i', integral_mul_const, m1, zero_mul, sub_zero]
  have e2 : ∫ z, z * (u z - α) ∂μ = ∫ z, z * u z ∂μ := by
    have i : Integrable (fun z ↦ z * u z) μ := hz.integrable_mul hu2
    simp only [mul_sub]
    rw [integral_sub i ((hz.integrable one_le_two).mul_const α), integral_mul_const, mean,
      zero_mul, sub_zero]
  rwa [e1, e2] at h

/-- **Only Gaussian latents.** In a stationary world `z' = ρ z + η`, `0 < |ρ| < 1`, of mean zero and
variance one, where no white encoder with any predictor has a loss below that of the identity with
the true drift, the latents are Gaussian. -/
theorem gaussian_of_isPredictionBound (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ)
    (bound : IsPredictionBound μ (additiveNoiseLaw μ ν (ρ * ·)) (1 - ρ ^ 2)) :
    μ = gaussianReal 0 1 :=
  gaussian_of_backward_linear h₀ h₁ hμ mean var stationary fun _ hu hb ↦
    integral_fst_mul_snd_of_isPredictionBound h₀ hμ mean var ⟨measurable_snd, stationary⟩ bound hu
      (MemLp.of_bound hu.aestronglyMeasurable 1 (.of_forall hb))

/-- **Only Gaussian latents, with a predictor too**, for correlations of either sign: the identity
with the true drift as its predictor is optimal among all white encoders and all predictors, if and
only if the latent is Gaussian. -/
theorem isPredictionBound_iff_gaussian (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ) :
    IsPredictionBound μ (additiveNoiseLaw μ ν (ρ * ·)) (1 - ρ ^ 2) ↔ μ = gaussianReal 0 1 := by
  refine ⟨gaussian_of_isPredictionBound h₀ h₁ hμ mean var stationary, ?_⟩
  rintro rfl
  exact isPredictionBound_of_gaussian h₁.le stationary

end LinearWorld

/-- **Only Gaussian latents, with a predictor too.** In a stationary world with linear drift `ρ z`,
`0 < ρ < 1`, and independent noise, of mean zero and variance one, the identity with the true drift
as its predictor is optimal among all white encoders and all predictors, if and only if the latent
is Gaussian. -/
theorem predictive_optimal_iff_gaussian {μ ν : Measure ℝ} [IsProbabilityMeasure μ]
    [IsProbabilityMeasure ν] {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ) :
    (∀ h : ℝ → Fin 1 → ℝ, IsWhite μ h → Measurable h → ∀ f : ℝ → ℝ, Measurable f →
        ENNReal.ofReal (1 - ρ ^ 2) ≤
          ∫⁻ p, ENNReal.ofReal ((h p.2 0 - f (h p.1 0)) ^ 2) ∂additiveNoiseLaw μ ν (ρ * ·)) ↔
      μ = gaussianReal 0 1 :=
  isPredictionBound_iff_gaussian h₀.ne' (by rwa [abs_of_pos h₀]) hμ mean var stationary

end Lejepa
