/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.MultivariateLinearDrift
public import Lejepa.Converse.PredictionLoss

/-!
# Gaussian latents are the only ones: with a predictor, in many dimensions

A stationary world `z' = ρ z + η` on `ℝⁿ` with independent noise `η`, whose latent law is white. The
coordinates of the latent law, and of the noise, need not be independent. No white encoder with any
predictor has a loss below that of the identity with the true drift, `n (1 - ρ²)`, if and only if
the latent law is the standard Gaussian.

With the predictor `y ↦ ρ y` the loss of a white encoder is `n (1 - ρ)²` plus `ρ` times its
alignment. So optimality among encoders and predictors is stronger than optimality for alignment,
of which the uniqueness is known.

## Main results
* `Lejepa.ofReal_le_lintegral_sum_ouLaw`: with Gaussian latents no loss is below `m (1 - ρ²)`.
* `Lejepa.predictive_optimal_iff_stdGaussian`: the equivalence.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ}

/-- **No predictor beats the linear one**: in the Ornstein–Uhlenbeck world no white encoder of `m`
dimensions is predicted with a loss below `m (1 - ρ²)`. -/
theorem ofReal_le_lintegral_sum_ouLaw (hρ : |ρ| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hw : IsWhite (γ n) h) (hm : Measurable h) {F : (Fin n → ℝ) → Fin m → ℝ} (hF : Measurable F) :
    ENNReal.ofReal (m * (1 - ρ ^ 2)) ≤
      ∫⁻ p, ENNReal.ofReal (∑ i, (h p.2 i - F p.1 i) ^ 2) ∂ouLaw n ρ := by
  have hmi (i : Fin m) : Measurable fun z ↦ h z i := (measurable_pi_apply i).comp hm
  have hFi (i : Fin m) : Measurable fun z ↦ F z i := (measurable_pi_apply i).comp hF
  have hmeas (i : Fin m) : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      ENNReal.ofReal ((h p.2 i - F p.1 i) ^ 2) :=
    ((((hmi i).comp measurable_snd).sub ((hFi i).comp measurable_fst)).pow_const 2).ennreal_ofReal
  have hsum : ∫⁻ p, ENNReal.ofReal (∑ i, (h p.2 i - F p.1 i) ^ 2) ∂ouLaw n ρ =
      ∑ i, ∫⁻ p, ENNReal.ofReal ((h p.2 i - F p.1 i) ^ 2) ∂ouLaw n ρ := by
    rw [← lintegral_finset_sum _ fun i _ ↦ hmeas i]
    exact lintegral_congr fun p ↦ ENNReal.ofReal_sum_of_nonneg fun i _ ↦ sq_nonneg _
  have hconst : ENNReal.ofReal (m * (1 - ρ ^ 2)) = ∑ _i : Fin m, ENNReal.ofReal (1 - ρ ^ 2) := by
    rw [Finset.sum_const, Finset.card_univ, Fintype.card_fin, nsmul_eq_mul,
      ENNReal.ofReal_mul (Nat.cast_nonneg m), ENNReal.ofReal_natCast]
  rw [hsum, hconst]
  refine Finset.sum_le_sum fun i _ ↦ ?_
  refine ofReal_le_lintegral_of_forall_memLp (h := fun z ↦ h z i) (F := fun z ↦ F z i)
    (measurePreserving_fst_ouLaw n ρ) (hmi i) (memLp_snd_ouLaw hρ (hw.memLp i)) (hFi i)
    fun hF2 ↦ ?_
  have hb := le_integral_sub_sq_ouLaw hρ (hw.memLp i) (hw.mean_eq_zero i) hF2
  rwa [hw.integral_sq_eq_one i, mul_one] at hb

section General

variable {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {π : Measure (Z × Z)}
  {h k : Z → Fin m → ℝ}

/-- Encoders that are equal almost everywhere are both white or neither. -/
theorem IsWhite.congr_ae (hh : IsWhite μ h) (e : ∀ i, (fun z ↦ h z i) =ᵐ[μ] fun z ↦ k z i) :
    IsWhite μ k where
  memLp i := (hh.memLp i).ae_eq (e i)
  mean_eq_zero i := (integral_congr_ae (e i)).symm.trans (hh.mean_eq_zero i)
  secondMoment_eq_one := by
    rw [← hh.secondMoment_eq_one]
    ext i j
    change ∫ z, k z i * k z j ∂μ = ∫ z, h z i * h z j ∂μ
    have ei : ∀ᵐ z ∂μ, h z i = k z i := e i
    have ej : ∀ᵐ z ∂μ, h z j = k z j := e j
    refine integral_congr_ae ?_
    filter_upwards [ei, ej] with z hi hj
    rw [hi, hj]

/-- A white encoder is equal almost everywhere to a measurable one. -/
theorem IsWhite.exists_measurable (hh : IsWhite μ h) :
    ∃ k : Z → Fin m → ℝ, Measurable k ∧ IsWhite μ k ∧
      ∀ i, (fun z ↦ h z i) =ᵐ[μ] fun z ↦ k z i := by
  have hm (i : Fin m) := (hh.memLp i).aestronglyMeasurable
  have e (i : Fin m) : (fun z ↦ h z i) =ᵐ[μ] fun z ↦ (hm i).mk (fun z ↦ h z i) z := (hm i).ae_eq_mk
  exact ⟨fun z i ↦ (hm i).mk (fun z ↦ h z i) z,
    measurable_pi_lambda _ fun i ↦ (hm i).stronglyMeasurable_mk.measurable, hh.congr_ae e, e⟩

variable (hfst : MeasurePreserving Prod.fst π μ) (hsnd : MeasurePreserving Prod.snd π μ)
include hfst hsnd

/-- Encoders that are equal almost everywhere align equally well. -/
theorem alignment_congr_ae (hh : ∀ i, MemLp (fun z ↦ h z i) 2 μ)
    (e : ∀ i, (fun z ↦ h z i) =ᵐ[μ] fun z ↦ k z i) : alignment π h = alignment π k := by
  have hk (i : Fin m) : MemLp (fun z ↦ k z i) 2 μ := (hh i).ae_eq (e i)
  rw [alignment_eq_sum hfst hsnd hh, alignment_eq_sum hfst hsnd hk]
  refine Finset.sum_congr rfl fun i _ ↦ integral_congr_ae ?_
  have e1 : ∀ᵐ p ∂π, h p.1 i = k p.1 i := hfst.quasiMeasurePreserving.ae (e i)
  have e2 : ∀ᵐ p ∂π, h p.2 i = k p.2 i := hsnd.quasiMeasurePreserving.ae (e i)
  filter_upwards [e1, e2] with p h1 h2
  rw [h1, h2]

/-- With the linear predictor `y ↦ ρ y` the loss of a white encoder is `m (1 - ρ)²` plus `ρ` times
its alignment. -/
theorem lintegral_sum_sub_const_mul_sq (hw : IsWhite μ h) (ρ : ℝ) :
    ∫⁻ p, ENNReal.ofReal (∑ i, (h p.2 i - ρ * h p.1 i) ^ 2) ∂π =
      ENNReal.ofReal (m * (1 - ρ) ^ 2 + ρ * alignment π h) := by
  have hd (i : Fin m) : MemLp (fun p : Z × Z ↦ h p.2 i - ρ * h p.1 i) 2 π :=
    ((hw.memLp i).comp_measurePreserving hsnd).sub
      (((hw.memLp i).comp_measurePreserving hfst).const_mul ρ)
  have hi (i : Fin m) : Integrable (fun p : Z × Z ↦ (h p.2 i - ρ * h p.1 i) ^ 2) π :=
    (hd i).integrable_sq
  have hint : Integrable (fun p : Z × Z ↦ ∑ i, (h p.2 i - ρ * h p.1 i) ^ 2) π :=
    integrable_finset_sum _ fun i _ ↦ hi i
  have hnn : 0 ≤ᵐ[π] fun p : Z × Z ↦ ∑ i, (h p.2 i - ρ * h p.1 i) ^ 2 :=
    .of_forall fun p ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have hterm (i : Fin m) : ∫ p, (h p.2 i - ρ * h p.1 i) ^ 2 ∂π =
      (1 - ρ) ^ 2 + ρ * ∫ p, (h p.2 i - h p.1 i) ^ 2 ∂π :=
    integral_sub_const_mul_sq hfst hsnd (hw.memLp i) (hw.integral_sq_eq_one i) ρ
  rw [← ofReal_integral_eq_lintegral_ofReal hint hnn, integral_finset_sum _ fun i _ ↦ hi i,
    Finset.sum_congr rfl fun i _ ↦ hterm i, Finset.sum_add_distrib, ← Finset.mul_sum,
    ← alignment_eq_sum hfst hsnd hw.memLp, Finset.sum_const, Finset.card_univ, Fintype.card_fin,
    nsmul_eq_mul]

end General

section LinearWorld

variable {μ ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν]

/-- The alignment of the identity in a stationary linear world. -/
theorem alignment_id_linear (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ) :
    alignment (additiveNoiseLaw μ ν (ρ • ·)) (fun z ↦ z) = 2 * (1 - ρ) * n := by
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ)
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  have hi (i : Fin n) : ∫ p, (p.2 i - p.1 i) ^ 2 ∂additiveNoiseLaw μ ν (ρ • ·) =
      2 * (1 - ρ) := by
    have h := integral_sub_mul_sub_eq hfst hsnd (hz i) (hz i)
    have e : ∫ p, p.1 i * p.2 i ∂additiveNoiseLaw μ ν (ρ • ·) =
        ∫ p, p.2 i * p.1 i ∂additiveNoiseLaw μ ν (ρ • ·) :=
      integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
    rw [e, integral_snd_mul_fst_pi white hsnd i (measurable_pi_apply i) (hz i),
      integral_mul_of_isWhite_id white, Matrix.one_apply_eq] at h
    calc ∫ p, (p.2 i - p.1 i) ^ 2 ∂additiveNoiseLaw μ ν (ρ • ·)
        = ∫ p, (p.2 i - p.1 i) * (p.2 i - p.1 i) ∂additiveNoiseLaw μ ν (ρ • ·) :=
          integral_congr_ae (.of_forall fun p ↦ sq _)
      _ = 2 * (1 - ρ) := by rw [h]; ring
  rw [alignment_eq_sum (h := fun z ↦ z) hfst hsnd hz, Finset.sum_congr rfl fun i _ ↦ hi i,
    Finset.sum_const, Finset.card_univ, Fintype.card_fin, nsmul_eq_mul]
  ring

end LinearWorld

/-- **Only Gaussian latents, with a predictor too, in many dimensions.** In a stationary world with
linear drift and additive noise whose latents are white, but perhaps dependent, the identity with
the true drift as its predictor is optimal among all white encoders and all predictors, if and only
if the latent law is the standard Gaussian. -/
theorem predictive_optimal_iff_stdGaussian {n : ℕ} {μ ν : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (stationary : (additiveNoiseLaw μ ν (ρ • ·)).map Prod.snd = μ) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite μ h → Measurable h →
        ∀ f : (Fin n → ℝ) → Fin n → ℝ, Measurable f →
        ENNReal.ofReal (n * (1 - ρ ^ 2)) ≤
          ∫⁻ p, ENNReal.ofReal (∑ i, (h p.2 i - f (h p.1) i) ^ 2)
            ∂additiveNoiseLaw μ ν (ρ • ·)) ↔
      μ = γ n := by
  have hρ : |ρ| ≤ 1 := abs_le_one_of_pos_of_lt_one h₀ h₁
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    ⟨measurable_snd, stationary⟩
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ)
  constructor
  · intro optimal
    refine stdGaussian_of_linear_optimal h₀.ne' (by rwa [abs_of_pos h₀]) white stationary
      fun f hf ↦ ?_
    obtain ⟨k, hkm, hkw, e⟩ := hf.exists_measurable
    have hk : ENNReal.ofReal (n * (1 - ρ ^ 2)) ≤
        ∫⁻ p, ENNReal.ofReal (∑ i, (k p.2 i - ρ * k p.1 i) ^ 2) ∂additiveNoiseLaw μ ν (ρ • ·) :=
      optimal k hkw hkm (ρ • ·) (measurable_smul_pi ρ)
    have hA : 0 ≤ alignment (additiveNoiseLaw μ ν (ρ • ·)) k :=
      integral_nonneg fun p ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
    have hn : (0 : ℝ) ≤ n := Nat.cast_nonneg n
    rw [lintegral_sum_sub_const_mul_sq hfst hsnd hkw, ENNReal.ofReal_le_ofReal_iff
      (add_nonneg (mul_nonneg hn (sq_nonneg _)) (mul_nonneg h₀.le hA))] at hk
    rw [alignment_id_linear white hsnd, alignment_congr_ae hfst hsnd hf.memLp e]
    refine le_of_mul_le_mul_left ?_ h₀
    linarith
  · rintro rfl h hw hm f hf
    rw [additiveNoiseLaw_eq_ouLaw hρ stationary]
    exact ofReal_le_lintegral_sum_ouLaw (F := fun z ↦ f (h z)) hρ hw hm (hf.comp hm)

end Lejepa
