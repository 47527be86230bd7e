/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.FiniteWorld
public import Lejepa.Converse.LinearDrift
public import Mathlib.Analysis.SpecialFunctions.Integrals.Basic
public import Mathlib.MeasureTheory.Measure.HasOuterApproxClosed

/-!
# Linear drift and a uniform latent: linear is not optimal

The latent is uniform on `[-√3, √3]`, of mean zero and variance one; the drift is `z / 2` and the
noise is `±√3 / 2`, with probability one half each. The world is stationary. The identity has
correlation `1 / 2`; the cube `√(7 / 27) z³` has correlation `13 / 20`, and aligns better.

## Main definitions
* `Lejepa.UniformLatent.latent`, `noise`, `world`.

## Main results
* `Lejepa.UniformLatent.map_snd_world`: the world is stationary.
* `Lejepa.UniformLatent.alignment_id`, `alignment_cube`: the alignments `1` and `7 / 10`.
* `Lejepa.UniformLatent.not_linear_optimal`: the identity is not optimal.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa.UniformLatent

/-- The uniform law on `[-√3, √3]`. -/
def latent : Measure ℝ :=
  ENNReal.ofReal (1 / (2 * √3)) • volume.restrict (Set.Ioc (-√3) √3)

/-- The noise: `√3 / 2` or `-√3 / 2`, with probability one half each. -/
def noise : Measure ℝ := finiteLaw (fun _ : Bool ↦ 1 / 2) fun b ↦ cond b (√3 / 2) (-(√3 / 2))

/-- The law of a pair: the drift is `z / 2`. -/
abbrev world : Measure (ℝ × ℝ) := additiveNoiseLaw latent noise (1 / 2 * ·)

/-- The number `√3` is positive. -/
theorem sqrt_three_pos : 0 < √3 := Real.sqrt_pos.2 three_pos

/-- The density `1 / (2 √3)` of the latent is nonnegative. -/
theorem weight_nonneg : 0 ≤ 1 / (2 * √3) := (div_pos one_pos (mul_pos two_pos sqrt_three_pos)).le

instance : IsProbabilityMeasure latent := ⟨by
  have e : 1 / (2 * √3) * (√3 - -√3) = 1 := by
    rw [sub_neg_eq_add, ← two_mul, one_div, inv_mul_cancel₀ (mul_pos two_pos sqrt_three_pos).ne']
  rw [latent, Measure.smul_apply, Measure.restrict_apply_univ, Real.volume_Ioc, smul_eq_mul,
    ← ENNReal.ofReal_mul weight_nonneg, e, ENNReal.ofReal_one]⟩

instance : IsProbabilityMeasure noise := by
  refine isProbabilityMeasure_finiteLaw (fun _ ↦ one_half_pos.le) ?_ _
  rw [Fintype.sum_bool]
  norm_num

instance : IsProbabilityMeasure world :=
  Measure.isProbabilityMeasure_map
    (measurePreserving_additiveNoiseLaw (μ := latent) (ν := noise)
      (measurable_linear (1 / 2))).measurable.aemeasurable

/-! ### Integrals -/

/-- The mean of `f` under the latent's law is `1 / (2 √3)` times its integral from `-√3` to `√3`. -/
theorem integral_latent (f : ℝ → ℝ) :
    ∫ z, f z ∂latent = 1 / (2 * √3) * ∫ z in -√3..√3, f z := by
  have hle : -√3 ≤ √3 := by
    have h := sqrt_three_pos
    linarith
  rw [latent, integral_smul_measure, ENNReal.toReal_ofReal weight_nonneg, smul_eq_mul,
    intervalIntegral.integral_of_le hle]

/-- The mean of `g` under the law of the noise is the mean of its values at `√3 / 2` and `-√3 / 2`.
-/
theorem integral_noise (g : ℝ → ℝ) :
    ∫ y, g y ∂noise = 1 / 2 * g (√3 / 2) + 1 / 2 * g (-(√3 / 2)) := by
  have h : ∀ _ : Bool, (0 : ℝ) ≤ 1 / 2 := fun _ ↦ one_half_pos.le
  rw [noise, integral_finiteLaw h]
  exact Fintype.sum_bool fun b ↦ 1 / 2 * g (cond b (√3 / 2) (-(√3 / 2)))

private theorem integrable_pow_latent (n : ℕ) : Integrable (fun z : ℝ ↦ z ^ n) latent := by
  have h : IntegrableOn (fun z : ℝ ↦ z ^ n) (Set.Ioc (-√3) √3) :=
    (continuous_pow n).integrableOn_Ioc
  exact Integrable.smul_measure h ENNReal.ofReal_ne_top

/-- The even moments of the latent. -/
theorem integral_pow_two_mul_latent (k : ℕ) :
    ∫ z, z ^ (2 * k) ∂latent = 3 ^ k / (2 * (k : ℝ) + 1) := by
  have hodd : (-√3) ^ (2 * k + 1) = -√3 ^ (2 * k + 1) := Odd.neg_pow ⟨k, rfl⟩ _
  have hpow : √3 ^ (2 * k + 1) = 3 ^ k * √3 := by
    rw [pow_succ, pow_mul, Real.sq_sqrt zero_le_three]
  have e : 1 / (2 * √3) * ((3 ^ k * √3 - -(3 ^ k * √3)) / (2 * (k : ℝ) + 1)) =
      3 ^ k / (2 * (k : ℝ) + 1) * (2 * √3 / (2 * √3)) := by ring
  rw [integral_latent fun z ↦ z ^ (2 * k), integral_pow, hodd, hpow, Nat.cast_mul, Nat.cast_ofNat,
    e, div_self (mul_pos two_pos sqrt_three_pos).ne', mul_one]

/-- The odd moments of the latent. -/
theorem integral_pow_two_mul_add_one_latent (k : ℕ) : ∫ z, z ^ (2 * k + 1) ∂latent = 0 := by
  have heven : (-√3) ^ (2 * k + 1 + 1) = √3 ^ (2 * k + 1 + 1) :=
    Even.neg_pow ⟨k + 1, by ring⟩ _
  rw [integral_latent fun z ↦ z ^ (2 * k + 1), integral_pow, heven, sub_self, zero_div, mul_zero]

/-- The latent has mean zero. -/
theorem integral_id_latent : ∫ z, z ∂latent = 0 := by
  have h := integral_pow_two_mul_add_one_latent 0
  simpa only [mul_zero, zero_add, pow_one] using h

/-- The latent has mean square one. -/
theorem integral_sq_latent : ∫ z, z ^ 2 ∂latent = 1 :=
  (integral_pow_two_mul_latent 1).trans (by norm_num)

/-- The latent is square-integrable. -/
theorem memLp_id_latent : MemLp id 2 latent :=
  (memLp_two_iff_integrable_sq measurable_id.aestronglyMeasurable).2 (integrable_pow_latent 2)

/-! ### The world is stationary -/

private theorem integral_comp_half (f : ℝ → ℝ) (d : ℝ) :
    ∫ z in -√3..√3, f (1 / 2 * z + d) =
      2 * ∫ z in (1 / 2 * -√3 + d)..(1 / 2 * √3 + d), f z := by
  have e : (1 / 2 : ℝ)⁻¹ = 2 := by norm_num
  rw [intervalIntegral.integral_comp_mul_add f one_half_pos.ne' d, e, smul_eq_mul]

/-- The world is stationary. -/
theorem map_snd_world : world.map Prod.snd = latent := by
  refine ext_of_forall_integral_eq_of_IsFiniteMeasure fun f ↦ ?_
  have hf : Continuous fun z ↦ f z := f.continuous
  have hstep : Measurable fun p : ℝ × ℝ ↦ 1 / 2 * p.1 + p.2 :=
    (measurable_fst.const_mul _).add measurable_snd
  have h₁ : ∫ y, f y ∂world.map Prod.snd = ∫ p, f p.2 ∂world :=
    integral_map measurable_snd.aemeasurable hf.aestronglyMeasurable
  have h₂ : ∫ p, f p.2 ∂world = ∫ p, f (1 / 2 * p.1 + p.2) ∂latent.prod noise :=
    integral_additiveNoiseLaw (f := fun p : ℝ × ℝ ↦ f p.2) (measurable_linear (1 / 2))
      (hf.measurable.comp measurable_snd).aestronglyMeasurable
  have hi : Integrable (fun p : ℝ × ℝ ↦ f (1 / 2 * p.1 + p.2)) (latent.prod noise) :=
    (f.integrable ((latent.prod noise).map fun p : ℝ × ℝ ↦ 1 / 2 * p.1 + p.2)).comp_measurable
      hstep
  have h₃ : ∫ p, f (1 / 2 * p.1 + p.2) ∂latent.prod noise =
      ∫ z, (1 / 2 * f (1 / 2 * z + √3 / 2) + 1 / 2 * f (1 / 2 * z + -(√3 / 2))) ∂latent := by
    rw [integral_prod _ hi]
    exact integral_congr_ae (.of_forall fun z ↦ integral_noise fun y ↦ f (1 / 2 * z + y))
  have hc (d : ℝ) : Continuous fun z ↦ 1 / 2 * f (1 / 2 * z + d) :=
    continuous_const.mul (hf.comp ((continuous_const.mul continuous_id).add continuous_const))
  have k₁ : IntervalIntegrable (fun z ↦ 1 / 2 * f (1 / 2 * z + √3 / 2)) volume (-√3) √3 :=
    (hc _).intervalIntegrable _ _
  have k₂ : IntervalIntegrable (fun z ↦ 1 / 2 * f (1 / 2 * z + -(√3 / 2))) volume (-√3) √3 :=
    (hc _).intervalIntegrable _ _
  have e₁ : 1 / 2 * -√3 + √3 / 2 = 0 := by ring
  have e₂ : 1 / 2 * √3 + √3 / 2 = √3 := by ring
  have e₃ : 1 / 2 * -√3 + -(√3 / 2) = -√3 := by ring
  have e₄ : 1 / 2 * √3 + -(√3 / 2) = 0 := by ring
  have hadd : (∫ z in -√3..0, f z) + ∫ z in 0..√3, f z = ∫ z in -√3..√3, f z :=
    intervalIntegral.integral_add_adjacent_intervals (hf.intervalIntegrable _ _)
      (hf.intervalIntegrable _ _)
  rw [h₁, h₂, h₃,
    integral_latent fun z ↦ 1 / 2 * f (1 / 2 * z + √3 / 2) + 1 / 2 * f (1 / 2 * z + -(√3 / 2)),
    integral_latent fun z ↦ f z,
    intervalIntegral.integral_add k₁ k₂,
    intervalIntegral.integral_const_mul, intervalIntegral.integral_const_mul,
    integral_comp_half (fun z ↦ f z) (√3 / 2), integral_comp_half (fun z ↦ f z) (-(√3 / 2)),
    e₁, e₂, e₃, e₄, ← hadd]
  ring

/-- The first component of a pair has the latent's law. -/
theorem measurePreserving_fst_world : MeasurePreserving Prod.fst world latent :=
  measurePreserving_fst_additiveNoiseLaw (measurable_linear (1 / 2))

/-- The second component of a pair has the latent's law. -/
theorem measurePreserving_snd_world : MeasurePreserving Prod.snd world latent :=
  ⟨measurable_snd, map_snd_world⟩

/-! ### The identity and the cube -/

/-- The alignment of the identity. -/
theorem alignment_id : alignment (m := 1) world (fun z _ ↦ z) = 1 := by
  have h := integral_sub_sq_eq measurePreserving_fst_world measurePreserving_snd_world
    memLp_id_latent integral_sq_latent
  rw [integral_fst_mul_snd_linear memLp_id_latent integral_id_latent integral_sq_latent
    measurePreserving_snd_world] at h
  rw [alignment_one, h]
  norm_num

/-- The correlation of the cube with its successor, before it is normalized. -/
theorem integral_cube_mul_cube : ∫ p, p.1 ^ 3 * p.2 ^ 3 ∂world = 351 / 140 := by
  have hF : Measurable fun p : ℝ × ℝ ↦ p.1 ^ 3 * p.2 ^ 3 :=
    (measurable_fst.pow_const 3).mul (measurable_snd.pow_const 3)
  have hI (a b : ℕ) : Integrable (fun p : ℝ × ℝ ↦ p.1 ^ a * p.2 ^ b) (latent.prod noise) :=
    (integrable_pow_latent a).mul_prod (integrable_finiteLaw _ _ fun y : ℝ ↦ y ^ b)
  have hV (a b : ℕ) : ∫ p, p.1 ^ a * p.2 ^ b ∂latent.prod noise =
      (∫ z, z ^ a ∂latent) * (1 / 2 * (√3 / 2) ^ b + 1 / 2 * (-(√3 / 2)) ^ b) := by
    rw [integral_prod_mul (fun z : ℝ ↦ z ^ a) (fun y : ℝ ↦ y ^ b), integral_noise fun y ↦ y ^ b]
  have j₁ : Integrable (fun p : ℝ × ℝ ↦ 1 / 8 * (p.1 ^ 6 * p.2 ^ 0)) (latent.prod noise) :=
    (hI 6 0).const_mul _
  have j₂ : Integrable (fun p : ℝ × ℝ ↦ 3 / 4 * (p.1 ^ 5 * p.2 ^ 1)) (latent.prod noise) :=
    (hI 5 1).const_mul _
  have j₃ : Integrable (fun p : ℝ × ℝ ↦ 3 / 2 * (p.1 ^ 4 * p.2 ^ 2)) (latent.prod noise) :=
    (hI 4 2).const_mul _
  have j₁₂ : Integrable (fun p : ℝ × ℝ ↦ 1 / 8 * (p.1 ^ 6 * p.2 ^ 0) +
      3 / 4 * (p.1 ^ 5 * p.2 ^ 1)) (latent.prod noise) := j₁.add j₂
  have j₁₂₃ : Integrable (fun p : ℝ × ℝ ↦ 1 / 8 * (p.1 ^ 6 * p.2 ^ 0) +
      3 / 4 * (p.1 ^ 5 * p.2 ^ 1) + 3 / 2 * (p.1 ^ 4 * p.2 ^ 2)) (latent.prod noise) := j₁₂.add j₃
  have m₆ : ∫ z, z ^ 6 ∂latent = 27 / 7 := (integral_pow_two_mul_latent 3).trans (by norm_num)
  have m₄ : ∫ z, z ^ 4 ∂latent = 9 / 5 := (integral_pow_two_mul_latent 2).trans (by norm_num)
  have m₅ : ∫ z, z ^ 5 ∂latent = 0 := integral_pow_two_mul_add_one_latent 2
  have m₃ : ∫ z, z ^ 3 ∂latent = 0 := integral_pow_two_mul_add_one_latent 1
  have hs : √3 ^ 2 = 3 := Real.sq_sqrt zero_le_three
  calc ∫ p, p.1 ^ 3 * p.2 ^ 3 ∂world
      = ∫ p, p.1 ^ 3 * (1 / 2 * p.1 + p.2) ^ 3 ∂latent.prod noise :=
        integral_additiveNoiseLaw (measurable_linear (1 / 2)) hF.aestronglyMeasurable
    _ = ∫ p, (1 / 8 * (p.1 ^ 6 * p.2 ^ 0) + 3 / 4 * (p.1 ^ 5 * p.2 ^ 1) +
          3 / 2 * (p.1 ^ 4 * p.2 ^ 2) + p.1 ^ 3 * p.2 ^ 3) ∂latent.prod noise := by
        refine integral_congr_ae (.of_forall fun p ↦ ?_)
        beta_reduce
        ring
    _ = 351 / 140 := by
        rw [integral_add j₁₂₃ (hI 3 3), integral_add j₁₂ j₃, integral_add j₁ j₂,
          integral_const_mul, integral_const_mul, integral_const_mul, hV, hV, hV, hV, m₆, m₅, m₄,
          m₃]
        linear_combination (27 / 40) * hs

/-- The normalized cube is a white encoder. -/
theorem isWhite_cube : IsWhite latent fun z (_ : Fin 1) ↦ √(7 / 27) * z ^ 3 := by
  have hs : √(7 / 27) ^ 2 = 7 / 27 := Real.sq_sqrt (by norm_num)
  have m₆ : ∫ z, z ^ 6 ∂latent = 27 / 7 := (integral_pow_two_mul_latent 3).trans (by norm_num)
  have m₃ : ∫ z, z ^ 3 ∂latent = 0 := integral_pow_two_mul_add_one_latent 1
  have e : ∀ z : ℝ, (z ^ 3) ^ 2 = z ^ 6 := fun z ↦ by ring
  have hm : Measurable fun z : ℝ ↦ z ^ 3 := measurable_id'.pow_const 3
  have h₃ : MemLp (fun z : ℝ ↦ z ^ 3) 2 latent := by
    refine (memLp_two_iff_integrable_sq hm.aestronglyMeasurable).2 ?_
    simp only [e]
    exact integrable_pow_latent 6
  refine isWhite_one (h₃.const_mul _) ?_ ?_
  · rw [integral_const_mul, m₃, mul_zero]
  · simp only [mul_pow, e]
    rw [integral_const_mul, hs, m₆]
    norm_num

/-- The alignment of the normalized cube. -/
theorem alignment_cube : alignment (m := 1) world (fun z _ ↦ √(7 / 27) * z ^ 3) = 7 / 10 := by
  have hs : √(7 / 27) ^ 2 = 7 / 27 := Real.sq_sqrt (by norm_num)
  have h := alignment_eq_two_sub (f := fun z : ℝ ↦ √(7 / 27) * z ^ 3) measurePreserving_fst_world
    measurePreserving_snd_world (isWhite_cube.memLp 0) (isWhite_cube.integral_sq_eq_one 0)
  have e : ∫ p : ℝ × ℝ, √(7 / 27) * p.1 ^ 3 * (√(7 / 27) * p.2 ^ 3) ∂world = 13 / 20 := by
    have hp : ∀ p : ℝ × ℝ, √(7 / 27) * p.1 ^ 3 * (√(7 / 27) * p.2 ^ 3) =
        √(7 / 27) ^ 2 * (p.1 ^ 3 * p.2 ^ 3) := fun p ↦ by ring
    simp only [hp]
    rw [integral_const_mul, integral_cube_mul_cube, hs]
    norm_num
  rw [e] at h
  exact h.trans (by norm_num)

/-- **A linear drift is not enough.** In the stationary world `z' = z / 2 + η` with a latent uniform
on `[-√3, √3]`, the cube aligns better than the identity. -/
theorem not_linear_optimal :
    ¬IsBestAligned latent world fun z (_ : Fin 1) ↦ z := by
  intro h
  have h' := h _ isWhite_cube
  rw [alignment_id, alignment_cube] at h'
  norm_num at h'

end Lejepa.UniformLatent
