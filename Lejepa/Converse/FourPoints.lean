/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.FourPointsWorld

/-!
# Four points: the identity is the best encoder of a world that is not Gaussian

The world of `Lejepa.FourPoints.world` is stationary, with additive noise and positively correlated;
its latent is not Gaussian, and its identity is the one optimal white encoder up to sign. So the
paper's converse does not hold for all such worlds. It does hold where the drift is linear
(`Lejepa.linear_optimal_iff_gaussian`) and where the world is reversible
(`Lejepa.gaussian_of_linear_optimal_of_reversible`); the four points are not reversible.

## Main results
* `Lejepa.FourPoints.alignment_eq`: the alignment of any encoder of one coordinate.
* `Lejepa.FourPoints.alignment_id_le_of_isWhite`: the identity is the one optimum, up to sign.
* `Lejepa.FourPoints.map_swap_world_ne`: the world is not reversible.
* `Lejepa.exists_linear_optimal_ne_gaussian`: all of this in one statement.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa.FourPoints

/-! ### The identity is optimal -/

/-- The alignment of an encoder, from its mean, its variance and what it lacks of being a multiple
of the identity. -/
theorem alignment_eq (f : ℝ → Fin 1 → ℝ) :
    alignment world f = 2 * (1 - (1 + prob) / 3) * ∫ z, f z 0 ^ 2 ∂latent -
      2 * (∫ z, f z 0 ∂latent) ^ 2 +
      ((1 + prob) / 6 * (prob * (f (3 * unit) 0 + f (-(3 * unit)) 0) ^ 2 +
        (1 - prob) * (f unit 0 + f (-unit) 0) ^ 2) +
      prob * (1 - 2 * prob) / 6 *
        (f (3 * unit) 0 - f (-(3 * unit)) 0 - 3 * (f unit 0 - f (-unit) 0)) ^ 2) := by
  rw [alignment_one, integral_world fun a b ↦ (f b 0 - f a 0) ^ 2,
    integral_latent fun z ↦ f z 0 ^ 2, integral_latent fun z ↦ f z 0]
  linear_combination (f unit 0 - f (-unit) 0) ^ 2 / 6 * prob_eq

/-- The alignment of the identity. -/
theorem alignment_id : alignment (m := 1) world (fun z _ ↦ z) = 2 * (1 - (1 + prob) / 3) := by
  rw [alignment_eq, integral_sq_latent, integral_id_latent]
  ring

private theorem coeff_pos : 0 < (1 + prob) / 6 ∧ 0 < 1 - prob ∧ 0 < prob * (1 - 2 * prob) / 6 := by
  have h := prob_pos
  have h' := prob_lt
  refine ⟨by linarith, by linarith, ?_⟩
  exact div_pos (mul_pos h (by linarith)) (by norm_num)

/-- Where nothing is lacking, the values are those of a multiple of the identity. -/
theorem eq_of_lack_eq_zero {a b c d : ℝ}
    (h : (1 + prob) / 6 * (prob * (a + d) ^ 2 + (1 - prob) * (b + c) ^ 2) +
      prob * (1 - 2 * prob) / 6 * (a - d - 3 * (b - c)) ^ 2 = 0) :
    a = 3 * b ∧ c = -b ∧ d = -(3 * b) := by
  obtain ⟨k₁, k₂, k₃⟩ := coeff_pos
  have e₁ : 0 ≤ prob * (a + d) ^ 2 := mul_nonneg prob_pos.le (sq_nonneg _)
  have e₂ : 0 ≤ (1 - prob) * (b + c) ^ 2 := mul_nonneg k₂.le (sq_nonneg _)
  have e₁₂ : 0 ≤ (1 + prob) / 6 * (prob * (a + d) ^ 2 + (1 - prob) * (b + c) ^ 2) :=
    mul_nonneg k₁.le (add_nonneg e₁ e₂)
  have e₃ : 0 ≤ prob * (1 - 2 * prob) / 6 * (a - d - 3 * (b - c)) ^ 2 :=
    mul_nonneg k₃.le (sq_nonneg _)
  obtain ⟨h₁₂, h₃⟩ := (add_eq_zero_iff_of_nonneg e₁₂ e₃).1 h
  obtain ⟨h₁, h₂⟩ :=
    (add_eq_zero_iff_of_nonneg e₁ e₂).1 ((mul_eq_zero.1 h₁₂).resolve_left k₁.ne')
  have z₁ : a + d = 0 :=
    pow_eq_zero_iff two_ne_zero |>.1 ((mul_eq_zero.1 h₁).resolve_left prob_pos.ne')
  have z₂ : b + c = 0 :=
    pow_eq_zero_iff two_ne_zero |>.1 ((mul_eq_zero.1 h₂).resolve_left k₂.ne')
  have z₃ : a - d - 3 * (b - c) = 0 :=
    pow_eq_zero_iff two_ne_zero |>.1 ((mul_eq_zero.1 h₃).resolve_left k₃.ne')
  exact ⟨by linarith, by linarith, by linarith⟩

/-- What holds at the four points holds almost surely. -/
theorem ae_latent {P : ℝ → Prop} (h₁ : P (3 * unit)) (h₂ : P unit) (h₃ : P (-(3 * unit)))
    (h₄ : P (-unit)) : ∀ᵐ z ∂latent, P z := by
  refine ae_finiteLaw latentWeight latentPoint fun k ↦ ?_
  rcases k with ⟨a, b⟩
  cases a
  · cases b
    · exact h₄
    · exact h₃
  · cases b
    · exact h₂
    · exact h₁

private theorem eq_const_of_apply_zero {g : Fin 1 → ℝ} {x : ℝ} (h : g 0 = x) : g = fun _ ↦ x :=
  funext fun i ↦ (congrArg g (Subsingleton.elim i 0)).trans h

/-- **The identity is the one optimal white encoder, up to sign.** -/
theorem alignment_id_le_of_isWhite {f : ℝ → Fin 1 → ℝ} (hf : IsWhite latent f) :
    alignment (m := 1) world (fun z _ ↦ z) ≤ alignment world f ∧
      (alignment world f = alignment (m := 1) world (fun z _ ↦ z) →
        (f =ᵐ[latent] fun z _ ↦ z) ∨ f =ᵐ[latent] fun z _ ↦ -z) := by
  have hmean : ∫ z, f z 0 ∂latent = 0 := hf.mean_eq_zero 0
  have hvar := hf.integral_sq_eq_one 0
  have key := alignment_eq f
  rw [hvar, hmean] at key
  rw [alignment_id]
  obtain ⟨k₁, k₂, k₃⟩ := coeff_pos
  constructor
  · have e₁ : 0 ≤ (1 + prob) / 6 * (prob * (f (3 * unit) 0 + f (-(3 * unit)) 0) ^ 2 +
        (1 - prob) * (f unit 0 + f (-unit) 0) ^ 2) :=
      mul_nonneg k₁.le (add_nonneg (mul_nonneg prob_pos.le (sq_nonneg _))
        (mul_nonneg k₂.le (sq_nonneg _)))
    have e₂ : 0 ≤ prob * (1 - 2 * prob) / 6 *
        (f (3 * unit) 0 - f (-(3 * unit)) 0 - 3 * (f unit 0 - f (-unit) 0)) ^ 2 :=
      mul_nonneg k₃.le (sq_nonneg _)
    linarith
  · intro heq
    rw [heq] at key
    obtain ⟨h₃, h₁', h₃'⟩ := eq_of_lack_eq_zero (a := f (3 * unit) 0) (b := f unit 0)
      (c := f (-unit) 0) (d := f (-(3 * unit)) 0) (by linarith)
    have hb : f unit 0 ^ 2 * (1 + 8 * prob) = 1 := by
      rw [integral_latent fun z ↦ f z 0 ^ 2, h₃, h₁', h₃'] at hvar
      linear_combination hvar
    have hsq : f unit 0 ^ 2 = unit ^ 2 :=
      mul_right_cancel₀ one_add_pos.ne' (hb.trans unit_sq_mul.symm)
    rcases sq_eq_sq_iff_eq_or_eq_neg.1 hsq with h | h
    · left
      rw [h] at h₃ h₁' h₃'
      exact ae_latent (P := fun z ↦ f z = fun _ ↦ z) (eq_const_of_apply_zero h₃)
        (eq_const_of_apply_zero h) (eq_const_of_apply_zero h₃') (eq_const_of_apply_zero h₁')
    · right
      rw [h] at h₃ h₁' h₃'
      exact ae_latent (P := fun z ↦ f z = fun _ ↦ -z)
        (eq_const_of_apply_zero (h₃.trans (by ring))) (eq_const_of_apply_zero h)
        (eq_const_of_apply_zero (h₃'.trans (by ring)))
        (eq_const_of_apply_zero h₁')

/-! ### The world is not reversible -/

/-- The four points are not reversible: `𝔼[z³ z'] = (1 + 26 p) u⁴`, but
`𝔼[z z'³] = (1 + 26 p + 48 p²) u⁴`. So `Lejepa.gaussian_of_linear_optimal_of_reversible`, which
leaves no such world among the reversible ones, does not speak of them. -/
theorem map_swap_world_ne : world.map Prod.swap ≠ world := by
  intro h
  have hm : Measurable fun p : ℝ × ℝ ↦ p.1 ^ 3 * p.2 :=
    (measurable_fst.pow_const 3).mul measurable_snd
  have e : ∫ p, p.1 ^ 3 * p.2 ∂world.map Prod.swap = ∫ p, p.2 ^ 3 * p.1 ∂world :=
    integral_map measurable_swap.aemeasurable hm.aestronglyMeasurable
  rw [h, integral_world fun a b ↦ a ^ 3 * b, integral_world fun a b ↦ b ^ 3 * a] at e
  have h₀ : prob ^ 2 * unit ^ 4 = 0 := by linear_combination (-1 / 48) * e
  exact (mul_pos (pow_pos prob_pos 2) (pow_pos unit_pos 4)).ne' h₀

end FourPoints

/-- **The converse is false for arbitrary drifts.** Some stationary world with independent additive
noise and positively correlated latents has a latent that is not Gaussian, and the identity is its
only optimal white encoder, up to sign. -/
theorem exists_linear_optimal_ne_gaussian :
    ∃ (μ ν : Measure ℝ) (m : ℝ → ℝ), IsProbabilityMeasure μ ∧ IsProbabilityMeasure ν ∧
      Measurable m ∧ MemLp id 2 μ ∧ ∫ z, z ∂μ = 0 ∧ ∫ z, z ^ 2 ∂μ = 1 ∧
      (additiveNoiseLaw μ ν m).map Prod.snd = μ ∧
      0 < ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m ∧ (∀ a v, μ ≠ gaussianReal a v) ∧
      ∀ f : ℝ → Fin 1 → ℝ, IsWhite μ f →
        alignment (m := 1) (additiveNoiseLaw μ ν m) (fun z _ ↦ z) ≤
          alignment (additiveNoiseLaw μ ν m) f ∧
        (alignment (additiveNoiseLaw μ ν m) f =
            alignment (m := 1) (additiveNoiseLaw μ ν m) (fun z _ ↦ z) →
          (f =ᵐ[μ] fun z _ ↦ z) ∨ f =ᵐ[μ] fun z _ ↦ -z) := by
  have hpos : 0 < ∫ p, p.1 * p.2 ∂FourPoints.world := by
    have h := FourPoints.prob_pos
    rw [FourPoints.integral_fst_mul_snd_world]
    linarith
  exact ⟨FourPoints.latent, FourPoints.noise, FourPoints.drift, inferInstance, inferInstance,
    FourPoints.measurable_drift, FourPoints.memLp_id_latent, FourPoints.integral_id_latent,
    FourPoints.integral_sq_latent, FourPoints.map_snd_world, hpos,
    FourPoints.latent_ne_gaussianReal, fun _ hf ↦ FourPoints.alignment_id_le_of_isWhite hf⟩

end Lejepa
