/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.FiniteWorld
public import Lejepa.ForMathlib.GaussianMoments
public import Lejepa.ForMathlib.GaussianPiMoments
public import Lejepa.Hermite.Orthogonality
public import Mathlib.MeasureTheory.Measure.HasOuterApproxClosed

/-!
# Sign flips: Gaussian worlds in which a nonlinear encoder may be better than the identity

The drift `m(z) = ρ s(z) z`, where `s` is an even function with values `±1`, has the law of `ρ z`,
so that with the noise of the Ornstein–Uhlenbeck world the latent stays Gaussian. The encoder
`(z² - 1) / √2` has correlation `ρ²` and does not see `s`; the identity has correlation `ρ 𝔼[s z²]`,
which may be anything between `-ρ` and `ρ`.

## Main results
* `Lejepa.map_snd_signFlipLaw`: the world is stationary.
* `Lejepa.integral_fst_mul_snd_signFlipLaw`: the correlation of the identity.
* `Lejepa.alignment_hermite_lt_alignment_id`: the encoder of degree two is better where
  `𝔼[s z²] < ρ`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory Polynomial
open scoped ENNReal NNReal

noncomputable section

namespace Lejepa

/-! ### Second moments of the Hermite polynomial of degree two -/

private theorem integral_sq_sub_one_sq_gaussianReal :
    ∫ z, (z ^ 2 - 1) ^ 2 ∂gaussianReal 0 1 = 2 := by
  have h₂ : hermite 2 = X * X - 1 := by
    have h' := hermite_succ 1
    rw [hermite_one, derivative_X] at h'
    exact h'
  have h := integral_aeval_hermite_mul 2 2
  rw [if_pos rfl, Nat.factorial_two, Nat.cast_ofNat] at h
  refine (integral_congr_ae (.of_forall fun z ↦ ?_)).trans h
  change (z ^ 2 - 1) ^ 2 = aeval z (hermite 2) * aeval z (hermite 2)
  rw [h₂, map_sub, map_mul, aeval_X, map_one]
  ring

private theorem memLp_sq_sub_one_gaussianReal :
    MemLp (fun z : ℝ ↦ z ^ 2 - 1) 2 (gaussianReal 0 1) := by
  have hz : ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp (fun z : ℝ ↦ z) p (gaussianReal 0 1) :=
    fun p hp ↦ memLp_id_gaussianReal' p hp
  have h : MemLp (fun z : ℝ ↦ z * z) 2 (gaussianReal 0 1) :=
    memLp_mul_of_forall hz hz 2 ENNReal.ofNat_ne_top
  have e : (fun z : ℝ ↦ z ^ 2 - 1) = fun z ↦ z * z - 1 := funext fun z ↦ by rw [sq]
  rw [e]
  exact h.sub (memLp_const 1)

private theorem integral_sq_sub_one_gaussianReal : ∫ z, (z ^ 2 - 1) ∂gaussianReal 0 1 = 0 := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 (gaussianReal 0 1) :=
    memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  have hi : Integrable (fun z : ℝ ↦ z ^ 2) (gaussianReal 0 1) := hz.integrable_sq
  rw [integral_sub hi (integrable_const 1), integral_sq_gaussianReal_zero_one,
    integral_const, probReal_univ, one_smul, sub_self]

/-! ### The world -/

/-- Signs that depend on `|z|` only keep the Gaussian. -/
theorem map_sign_mul_gaussianReal {s : ℝ → ℝ} (hs : Measurable s) (sign : ∀ z, s z = 1 ∨ s z = -1)
    (even : ∀ z, s (-z) = s z) :
    (gaussianReal 0 1).map (fun z ↦ s z * z) = gaussianReal 0 1 := by
  have hm : Measurable fun z ↦ s z * z := hs.mul measurable_id
  have hm' : Measurable fun z ↦ s (-z) * -z := hm.comp measurable_neg
  have hneg : MeasurePreserving (fun z : ℝ ↦ -z) (gaussianReal 0 1) (gaussianReal 0 1) :=
    ⟨measurable_neg, by rw [gaussianReal_map_neg, neg_zero]⟩
  refine ext_of_forall_integral_eq_of_IsFiniteMeasure fun f ↦ ?_
  have hf : Continuous fun z ↦ f z := f.continuous
  have e₀ : ∫ z, f z ∂(gaussianReal 0 1).map (fun z ↦ s z * z) =
      ∫ z, f (s z * z) ∂gaussianReal 0 1 :=
    integral_map hm.aemeasurable hf.aestronglyMeasurable
  have i₁ : Integrable (fun z ↦ f (s z * z)) (gaussianReal 0 1) :=
    (f.integrable ((gaussianReal 0 1).map fun z ↦ s z * z)).comp_measurable hm
  have i₂ : Integrable (fun z ↦ f (s (-z) * -z)) (gaussianReal 0 1) :=
    (f.integrable ((gaussianReal 0 1).map fun z ↦ s (-z) * -z)).comp_measurable hm'
  have i₃ : Integrable (fun z ↦ f z) (gaussianReal 0 1) := f.integrable _
  have i₄ : Integrable (fun z ↦ f (-z)) (gaussianReal 0 1) :=
    (f.integrable ((gaussianReal 0 1).map fun z ↦ -z)).comp_measurable measurable_neg
  have e₁ : ∫ z, f (s (-z) * -z) ∂gaussianReal 0 1 = ∫ z, f (s z * z) ∂gaussianReal 0 1 :=
    hneg.integral_comp_of_aestronglyMeasurable (g := fun z ↦ f (s z * z))
      (hf.measurable.comp hm).aestronglyMeasurable
  have e₂ : ∫ z, f (-z) ∂gaussianReal 0 1 = ∫ z, f z ∂gaussianReal 0 1 :=
    hneg.integral_comp_of_aestronglyMeasurable (g := fun z ↦ f z) hf.aestronglyMeasurable
  have e : ∫ z, (f (s z * z) + f (s (-z) * -z)) ∂gaussianReal 0 1 =
      ∫ z, (f z + f (-z)) ∂gaussianReal 0 1 := by
    refine integral_congr_ae (.of_forall fun z ↦ ?_)
    change f (s z * z) + f (s (-z) * -z) = f z + f (-z)
    rw [even]
    rcases sign z with h | h
    · rw [h, one_mul, one_mul]
    · rw [h, neg_one_mul, neg_one_mul, neg_neg, add_comm]
  rw [integral_add i₁ i₂, integral_add i₃ i₄, e₁, e₂] at e
  rw [e₀]
  linarith

/-- The law of a pair of the world with drift `ρ s(z) z` and Gaussian noise of variance `1 - ρ²`. -/
def signFlipLaw (s : ℝ → ℝ) (ρ : ℝ) : Measure (ℝ × ℝ) :=
  additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2)))
    fun z ↦ ρ * (s z * z)

variable {s : ℝ → ℝ} {ρ : ℝ}

/-- The drift `z ↦ ρ s(z) z` is measurable. -/
theorem measurable_signFlip (hs : Measurable s) (ρ : ℝ) : Measurable fun z ↦ ρ * (s z * z) :=
  (hs.mul measurable_id).const_mul ρ

/-- The world is stationary. -/
theorem map_snd_signFlipLaw (hs : Measurable s) (sign : ∀ z, s z = 1 ∨ s z = -1)
    (even : ∀ z, s (-z) = s z) (hρ : ρ ^ 2 ≤ 1) :
    (signFlipLaw s ρ).map Prod.snd = gaussianReal 0 1 := by
  have hm := measurable_signFlip hs ρ
  have hsz : Measurable fun z ↦ s z * z := hs.mul measurable_id'
  have hstep : Measurable fun p : ℝ × ℝ ↦ (p.1, ρ * (s p.1 * p.1) + p.2) :=
    measurable_fst.prodMk ((hm.comp measurable_fst).add measurable_snd)
  have hadd : Measurable fun q : ℝ × ℝ ↦ q.1 + q.2 := measurable_fst.add measurable_snd
  have hdrift : (gaussianReal 0 1).map (fun z ↦ ρ * (s z * z)) =
      gaussianReal 0 (⟨ρ ^ 2, sq_nonneg ρ⟩ : ℝ≥0) := by
    have h : (fun z ↦ ρ * (s z * z)) = (ρ * ·) ∘ fun z ↦ s z * z := rfl
    rw [h, ← Measure.map_map (measurable_const_mul ρ) hsz,
      map_sign_mul_gaussianReal hs sign even, gaussianReal_map_const_mul, mul_zero, mul_one]
  have hfun : Prod.snd ∘ (fun p : ℝ × ℝ ↦ (p.1, ρ * (s p.1 * p.1) + p.2)) =
      (fun q : ℝ × ℝ ↦ q.1 + q.2) ∘ Prod.map (fun z ↦ ρ * (s z * z)) fun y ↦ y := rfl
  have hconv := gaussianReal_conv_gaussianReal (m₁ := 0) (m₂ := 0)
    (v₁ := (⟨ρ ^ 2, sq_nonneg ρ⟩ : ℝ≥0)) (v₂ := Real.toNNReal (1 - ρ ^ 2))
  have hv (v : ℝ≥0) (h : (v : ℝ) = ρ ^ 2) : v + Real.toNNReal (1 - ρ ^ 2) = 1 := by
    refine NNReal.eq ?_
    rw [NNReal.coe_add, h, NNReal.coe_one, Real.coe_toNNReal _ (sub_nonneg.2 hρ), add_sub_cancel]
  rw [Measure.conv, hv ⟨ρ ^ 2, sq_nonneg ρ⟩ rfl, add_zero] at hconv
  rw [signFlipLaw, additiveNoiseLaw, Measure.map_map measurable_snd hstep, hfun,
    ← Measure.map_map hadd (hm.prodMap measurable_id'),
    ← Measure.map_prod_map (gaussianReal 0 1) (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) hm
      measurable_id', hdrift, Measure.map_id']
  exact hconv

variable (hs : Measurable s) (sign : ∀ z, s z = 1 ∨ s z = -1) (even : ∀ z, s (-z) = s z)
include hs sign even

private theorem memLp_signFlip (ρ : ℝ) : MemLp (fun z ↦ ρ * (s z * z)) 2 (gaussianReal 0 1) := by
  have h : MeasurePreserving (fun z ↦ s z * z) (gaussianReal 0 1) (gaussianReal 0 1) :=
    ⟨hs.mul measurable_id', map_sign_mul_gaussianReal hs sign even⟩
  have hz : MemLp (fun z : ℝ ↦ z) 2 (gaussianReal 0 1) :=
    memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  exact (hz.comp_measurePreserving h).const_mul ρ

/-- The correlation of successive latents is `ρ 𝔼[s(z) z²]`. -/
theorem integral_fst_mul_snd_signFlipLaw (ρ : ℝ) :
    ∫ p, p.1 * p.2 ∂signFlipLaw s ρ = ρ * ∫ z, s z * z ^ 2 ∂gaussianReal 0 1 := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 (gaussianReal 0 1) :=
    memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  have hη : MemLp (fun y : ℝ ↦ y) 2 (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) :=
    memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  have hmz : Integrable (fun z ↦ ρ * (s z * z) * z) (gaussianReal 0 1) :=
    (memLp_signFlip hs sign even ρ).integrable_mul hz
  have h := integral_snd_mul_fst_additiveNoiseLaw (μ := gaussianReal 0 1)
    (ν := gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) (measurable_signFlip hs ρ)
    (hη.integrable one_le_two) (u := fun z ↦ z) measurable_id' (hz.integrable one_le_two) hmz
  rw [integral_id_gaussianReal, zero_mul, add_zero] at h
  have e : ∫ p : ℝ × ℝ, p.1 * p.2 ∂signFlipLaw s ρ = ∫ p, p.2 * p.1 ∂signFlipLaw s ρ :=
    integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
  refine e.trans (h.trans ?_)
  rw [← integral_const_mul]
  refine integral_congr_ae (.of_forall fun z ↦ ?_)
  beta_reduce
  ring

/-- The correlation of `z² - 1` and its successor is `2 ρ²`: it does not see the signs. -/
theorem integral_hermite_mul_signFlipLaw (ρ : ℝ) :
    ∫ p, (p.1 ^ 2 - 1) * (p.2 ^ 2 - 1) ∂signFlipLaw s ρ = 2 * ρ ^ 2 := by
  have hm := measurable_signFlip hs ρ
  have hη : MemLp (fun y : ℝ ↦ y) 2 (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) :=
    memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  have hH := memLp_sq_sub_one_gaussianReal
  have hF : Measurable fun p : ℝ × ℝ ↦ (p.1 ^ 2 - 1) * (p.2 ^ 2 - 1) :=
    ((measurable_fst.pow_const 2).sub_const 1).mul ((measurable_snd.pow_const 2).sub_const 1)
  -- the three terms of the product, by their degree in the noise
  have iA : Integrable (fun z : ℝ ↦ ρ ^ 2 * (z ^ 2 - 1) ^ 2) (gaussianReal 0 1) :=
    hH.integrable_sq.const_mul _
  have iB' : Integrable (fun z : ℝ ↦ (z ^ 2 - 1) * (ρ * (s z * z))) (gaussianReal 0 1) :=
    hH.integrable_mul (memLp_signFlip hs sign even ρ)
  have iB : Integrable (fun z : ℝ ↦ 2 * ((z ^ 2 - 1) * (ρ * (s z * z)))) (gaussianReal 0 1) :=
    iB'.const_mul 2
  have iC : Integrable (fun z : ℝ ↦ z ^ 2 - 1) (gaussianReal 0 1) := hH.integrable one_le_two
  have iη : Integrable (fun y : ℝ ↦ y) (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) :=
    hη.integrable one_le_two
  have iD : Integrable (fun y : ℝ ↦ y ^ 2 - (1 - ρ ^ 2))
      (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) :=
    hη.integrable_sq.sub (integrable_const _)
  have jA : Integrable (fun p : ℝ × ℝ ↦ ρ ^ 2 * (p.1 ^ 2 - 1) ^ 2)
      ((gaussianReal 0 1).prod (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2)))) := iA.comp_fst _
  have jB : Integrable (fun p : ℝ × ℝ ↦ 2 * ((p.1 ^ 2 - 1) * (ρ * (s p.1 * p.1))) * p.2)
      ((gaussianReal 0 1).prod (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2)))) := iB.mul_prod iη
  have jC : Integrable (fun p : ℝ × ℝ ↦ (p.1 ^ 2 - 1) * (p.2 ^ 2 - (1 - ρ ^ 2)))
      ((gaussianReal 0 1).prod (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2)))) := iC.mul_prod iD
  have jAB : Integrable (fun p : ℝ × ℝ ↦ ρ ^ 2 * (p.1 ^ 2 - 1) ^ 2 +
      2 * ((p.1 ^ 2 - 1) * (ρ * (s p.1 * p.1))) * p.2)
      ((gaussianReal 0 1).prod (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2)))) := jA.add jB
  have hA : ∫ z, ρ ^ 2 * (z ^ 2 - 1) ^ 2 ∂gaussianReal 0 1 = 2 * ρ ^ 2 := by
    rw [integral_const_mul, integral_sq_sub_one_sq_gaussianReal, mul_comm]
  have hpoint : ∀ p : ℝ × ℝ, (p.1 ^ 2 - 1) * ((ρ * (s p.1 * p.1) + p.2) ^ 2 - 1) =
      ρ ^ 2 * (p.1 ^ 2 - 1) ^ 2 + 2 * ((p.1 ^ 2 - 1) * (ρ * (s p.1 * p.1))) * p.2 +
        (p.1 ^ 2 - 1) * (p.2 ^ 2 - (1 - ρ ^ 2)) := fun p ↦ by
    have hs2 : s p.1 ^ 2 = 1 := by
      rcases sign p.1 with h | h
      · rw [h, one_pow]
      · rw [h, neg_one_sq]
    linear_combination (p.1 ^ 2 - 1) * ρ ^ 2 * p.1 ^ 2 * hs2
  calc ∫ p, (p.1 ^ 2 - 1) * (p.2 ^ 2 - 1) ∂signFlipLaw s ρ
      = ∫ p, (p.1 ^ 2 - 1) * ((ρ * (s p.1 * p.1) + p.2) ^ 2 - 1)
          ∂(gaussianReal 0 1).prod (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) :=
        integral_additiveNoiseLaw hm hF.aestronglyMeasurable
    _ = ∫ p, (ρ ^ 2 * (p.1 ^ 2 - 1) ^ 2 + 2 * ((p.1 ^ 2 - 1) * (ρ * (s p.1 * p.1))) * p.2 +
          (p.1 ^ 2 - 1) * (p.2 ^ 2 - (1 - ρ ^ 2)))
          ∂(gaussianReal 0 1).prod (gaussianReal 0 (Real.toNNReal (1 - ρ ^ 2))) :=
        integral_congr_ae (.of_forall hpoint)
    _ = 2 * ρ ^ 2 := by
        rw [integral_add jAB jC, integral_add jA jB,
          integral_fun_fst (fun z : ℝ ↦ ρ ^ 2 * (z ^ 2 - 1) ^ 2),
          integral_prod_mul (fun z : ℝ ↦ 2 * ((z ^ 2 - 1) * (ρ * (s z * z)))) (fun y : ℝ ↦ y),
          integral_prod_mul (fun z : ℝ ↦ z ^ 2 - 1) (fun y : ℝ ↦ y ^ 2 - (1 - ρ ^ 2)),
          integral_id_gaussianReal, integral_sq_sub_one_gaussianReal, probReal_univ, one_smul, hA,
          mul_zero, zero_mul, add_zero, add_zero]

omit sign even in
/-- The first component of a pair with law `signFlipLaw s ρ` has law `N(0, 1)`. -/
theorem measurePreserving_fst_signFlipLaw (ρ : ℝ) :
    MeasurePreserving Prod.fst (signFlipLaw s ρ) (gaussianReal 0 1) :=
  measurePreserving_fst_additiveNoiseLaw (measurable_signFlip hs ρ)

/-- If `s` is measurable and even with values `1` and `-1`, and `ρ² ≤ 1`, the second component of a
pair with law `signFlipLaw s ρ` has law `N(0, 1)`. -/
theorem measurePreserving_snd_signFlipLaw (hρ : ρ ^ 2 ≤ 1) :
    MeasurePreserving Prod.snd (signFlipLaw s ρ) (gaussianReal 0 1) :=
  ⟨measurable_snd, map_snd_signFlipLaw hs sign even hρ⟩

/-- The alignment of the identity. -/
theorem alignment_id_signFlipLaw (hρ : ρ ^ 2 ≤ 1) :
    alignment (m := 1) (signFlipLaw s ρ) (fun z _ ↦ z) =
      2 - 2 * (ρ * ∫ z, s z * z ^ 2 ∂gaussianReal 0 1) := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 (gaussianReal 0 1) :=
    memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top
  rw [← integral_fst_mul_snd_signFlipLaw hs sign even]
  exact alignment_eq_two_sub (measurePreserving_fst_signFlipLaw hs ρ)
    (measurePreserving_snd_signFlipLaw hs sign even hρ) hz integral_sq_gaussianReal_zero_one

omit hs sign even in
/-- The encoder `z ↦ (z² - 1) / √2` of a latent with law `N(0, 1)` is white. -/
theorem isWhite_hermite_gaussianReal :
    IsWhite (gaussianReal 0 1) fun (z : ℝ) (_ : Fin 1) ↦ (√2)⁻¹ * (z ^ 2 - 1) := by
  refine isWhite_one (memLp_sq_sub_one_gaussianReal.const_mul _) ?_ ?_
  · rw [integral_const_mul, integral_sq_sub_one_gaussianReal, mul_zero]
  · simp only [mul_pow]
    rw [integral_const_mul, integral_sq_sub_one_sq_gaussianReal, inv_pow, Real.sq_sqrt zero_le_two,
      inv_mul_cancel₀ two_ne_zero]

/-- The alignment of the normalized Hermite polynomial of degree two. -/
theorem alignment_hermite_signFlipLaw (hρ : ρ ^ 2 ≤ 1) :
    alignment (m := 1) (signFlipLaw s ρ) (fun z _ ↦ (√2)⁻¹ * (z ^ 2 - 1)) = 2 - 2 * ρ ^ 2 := by
  have hw := isWhite_hermite_gaussianReal
  have h := alignment_eq_two_sub (f := fun z : ℝ ↦ (√2)⁻¹ * (z ^ 2 - 1))
    (measurePreserving_fst_signFlipLaw hs ρ) (measurePreserving_snd_signFlipLaw hs sign even hρ)
    (hw.memLp 0) (hw.integral_sq_eq_one 0)
  have e : ∫ p : ℝ × ℝ, (√2)⁻¹ * (p.1 ^ 2 - 1) * ((√2)⁻¹ * (p.2 ^ 2 - 1)) ∂signFlipLaw s ρ =
      ρ ^ 2 := by
    have hp : ∀ p : ℝ × ℝ, (√2)⁻¹ * (p.1 ^ 2 - 1) * ((√2)⁻¹ * (p.2 ^ 2 - 1)) =
        ((√2)⁻¹) ^ 2 * ((p.1 ^ 2 - 1) * (p.2 ^ 2 - 1)) := fun p ↦ by ring
    simp only [hp]
    rw [integral_const_mul, integral_hermite_mul_signFlipLaw hs sign even ρ, inv_pow,
      Real.sq_sqrt zero_le_two, inv_mul_cancel_left₀ two_ne_zero]
  rw [e] at h
  exact h

/-- **Where `𝔼[s z²] < ρ`, the Hermite polynomial of degree two is better than the identity.** -/
theorem alignment_hermite_lt_alignment_id (h₀ : 0 < ρ) (hρ : ρ ^ 2 ≤ 1)
    (hsρ : ∫ z, s z * z ^ 2 ∂gaussianReal 0 1 < ρ) :
    alignment (m := 1) (signFlipLaw s ρ) (fun z _ ↦ (√2)⁻¹ * (z ^ 2 - 1)) <
      alignment (m := 1) (signFlipLaw s ρ) (fun z _ ↦ z) := by
  rw [alignment_hermite_signFlipLaw hs sign even hρ, alignment_id_signFlipLaw hs sign even hρ]
  have h := mul_lt_mul_of_pos_left hsρ h₀
  linarith [sq ρ]

end Lejepa
