/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.FiniteWorld
public import Mathlib.MeasureTheory.Measure.HasOuterApproxClosed

/-!
# Four points: the world

The latent lies on `±u, ±3u`, the drift is `u` times its sign, and the noise is `-2u`, `0` or `2u`
with probabilities `p`, `1 - 2p`, `p`. With `8 p² + 3 p = 2` the identity is an eigenfunction of the
symmetrized step, with eigenvalue `(1 + p) / 3 = .4488…`; the other eigenvalues are
`1` (the constants), `0` and `-.1418…`.

## Main definitions
* `Lejepa.FourPoints.latent`, `noise`, `drift`, `world`.

## Main results
* `Lejepa.FourPoints.integral_latent`, `integral_world`: integrals over latents and over pairs.
* `Lejepa.FourPoints.map_snd_world`: the world is stationary.
* `Lejepa.FourPoints.integral_fst_mul_snd_world`: its correlation is `(1 + p) / 3`.
* `Lejepa.FourPoints.latent_ne_gaussianReal`: its latent is not Gaussian.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa.FourPoints

/-! ### The world -/

/-- The probability `p = (√73 - 3) / 16 = .3465…` with which the noise is `2u`, and `-2u`. -/
def prob : ℝ := (√73 - 3) / 16

/-- It solves `8 p² + 3 p = 2`. -/
theorem prob_eq : 8 * prob ^ 2 + 3 * prob - 2 = 0 := by
  have h : √73 ^ 2 = 73 := Real.sq_sqrt (by norm_num)
  unfold prob
  linear_combination (1 / 32) * h

private theorem lt_prob : 5 / 16 < prob := by
  have h : (8 : ℝ) < √73 := (Real.lt_sqrt (by norm_num)).2 (by norm_num)
  unfold prob
  linarith

/-- The probability `p` is less than `3/8`. -/
theorem prob_lt : prob < 3 / 8 := by
  have h : √73 < 9 := (Real.sqrt_lt' (by norm_num)).2 (by norm_num)
  unfold prob
  linarith

/-- The probability `p` is positive. -/
theorem prob_pos : 0 < prob := by
  have h := lt_prob
  linarith

/-- The unit `u = 1 / √(1 + 8 p)`, which makes the variance one. -/
def unit : ℝ := (√(1 + 8 * prob))⁻¹

/-- The number `1 + 8 p` is positive. -/
theorem one_add_pos : 0 < 1 + 8 * prob := by
  have h := prob_pos
  linarith

/-- The unit `u` is positive. -/
theorem unit_pos : 0 < unit := inv_pos.2 (Real.sqrt_pos.2 one_add_pos)

/-- The unit satisfies `u² (1 + 8 p) = 1`. -/
theorem unit_sq_mul : unit ^ 2 * (1 + 8 * prob) = 1 := by
  rw [unit, inv_pow, Real.sq_sqrt one_add_pos.le, inv_mul_cancel₀ one_add_pos.ne']

/-- The four points: the sign first, then whether it is far. -/
def latentPoint (k : Bool × Bool) : ℝ :=
  cond k.1 (cond k.2 (3 * unit) unit) (cond k.2 (-(3 * unit)) (-unit))

/-- The probabilities of the four points: `p / 2` far, `(1 - p) / 2` near. -/
def latentWeight (k : Bool × Bool) : ℝ := cond k.2 (prob / 2) ((1 - prob) / 2)

/-- The values of the noise: the sign first, then whether it moves at all. -/
def noisePoint (k : Bool × Bool) : ℝ :=
  cond k.1 (cond k.2 (2 * unit) 0) (cond k.2 (-(2 * unit)) 0)

/-- The probabilities of the values of the noise. -/
def noiseWeight (k : Bool × Bool) : ℝ := cond k.2 prob ((1 - 2 * prob) / 2)

/-- The law of the latent. -/
def latent : Measure ℝ := finiteLaw latentWeight latentPoint

/-- The law of the noise. -/
def noise : Measure ℝ := finiteLaw noiseWeight noisePoint

/-- The drift: `u` times the sign. -/
def drift (z : ℝ) : ℝ := if 0 < z then unit else -unit

/-- The law of a pair. -/
abbrev world : Measure (ℝ × ℝ) := additiveNoiseLaw latent noise drift

/-- The drift is measurable. -/
theorem measurable_drift : Measurable drift := by
  change Measurable fun z : ℝ ↦ if 0 < z then unit else -unit
  exact Measurable.ite measurableSet_Ioi measurable_const measurable_const

/-- Each of the four points has positive probability. -/
theorem latentWeight_pos (k : Bool × Bool) : 0 < latentWeight k := by
  have h := prob_pos
  have h' := prob_lt
  rcases k with ⟨_, b⟩
  cases b
  · change 0 < (1 - prob) / 2
    linarith
  · change 0 < prob / 2
    linarith

/-- The weights of the noise are positive. -/
theorem noiseWeight_pos (k : Bool × Bool) : 0 < noiseWeight k := by
  have h := prob_pos
  have h' := prob_lt
  rcases k with ⟨_, b⟩
  cases b
  · change 0 < (1 - 2 * prob) / 2
    linarith
  · change 0 < prob
    exact h

/-- A sum over `Bool × Bool`, written out. -/
theorem sum_bool_prod_bool (F : Bool × Bool → ℝ) :
    ∑ k, F k = F (true, true) + F (true, false) + (F (false, true) + F (false, false)) := by
  rw [Fintype.sum_prod_type, Fintype.sum_bool, Fintype.sum_bool, Fintype.sum_bool]

instance : IsProbabilityMeasure latent := by
  refine isProbabilityMeasure_finiteLaw (fun k ↦ (latentWeight_pos k).le) ?_ latentPoint
  rw [sum_bool_prod_bool]
  change prob / 2 + (1 - prob) / 2 + (prob / 2 + (1 - prob) / 2) = 1
  ring

instance : IsProbabilityMeasure noise := by
  refine isProbabilityMeasure_finiteLaw (fun k ↦ (noiseWeight_pos k).le) ?_ noisePoint
  rw [sum_bool_prod_bool]
  change prob + (1 - 2 * prob) / 2 + (prob + (1 - 2 * prob) / 2) = 1
  ring

instance : IsProbabilityMeasure world :=
  Measure.isProbabilityMeasure_map
    (measurePreserving_additiveNoiseLaw (μ := latent) (ν := noise)
      measurable_drift).measurable.aemeasurable

/-! ### Integrals -/

/-- Integrals over the latent. -/
theorem integral_latent (f : ℝ → ℝ) :
    ∫ z, f z ∂latent = prob / 2 * f (3 * unit) + (1 - prob) / 2 * f unit +
      (prob / 2 * f (-(3 * unit)) + (1 - prob) / 2 * f (-unit)) := by
  rw [latent, integral_finiteLaw fun k ↦ (latentWeight_pos k).le]
  exact sum_bool_prod_bool fun k ↦ latentWeight k * f (latentPoint k)

/-- The drift at `3 u` is `u`. -/
theorem drift_three : drift (3 * unit) = unit := if_pos (mul_pos three_pos unit_pos)

/-- The drift at `u` is `u`. -/
theorem drift_one : drift unit = unit := if_pos unit_pos

/-- The drift at `-3 u` is `-u`. -/
theorem drift_neg_three : drift (-(3 * unit)) = -unit :=
  if_neg (not_lt.2 (neg_nonpos.2 (mul_pos three_pos unit_pos).le))

/-- The drift at `-u` is `-u`. -/
theorem drift_neg_one : drift (-unit) = -unit :=
  if_neg (not_lt.2 (neg_nonpos.2 unit_pos.le))

/-- The noise at a point, averaged. -/
theorem sum_noise (G : ℝ → ℝ) (c d : ℝ) :
    ∑ j, c * noiseWeight j * G (d + noisePoint j) =
      c * (prob * G (d + 2 * unit) + (1 - 2 * prob) * G d + prob * G (d + -(2 * unit))) := by
  rw [sum_bool_prod_bool]
  change c * prob * G (d + 2 * unit) + c * ((1 - 2 * prob) / 2) * G (d + 0) +
    (c * prob * G (d + -(2 * unit)) + c * ((1 - 2 * prob) / 2) * G (d + 0)) = _
  rw [add_zero]
  ring

/-- Integrals over pairs. -/
theorem integral_world (F : ℝ → ℝ → ℝ) :
    ∫ p, F p.1 p.2 ∂world =
      prob / 2 * (prob * F (3 * unit) (3 * unit) + (1 - 2 * prob) * F (3 * unit) unit +
        prob * F (3 * unit) (-unit)) +
      (1 - prob) / 2 * (prob * F unit (3 * unit) + (1 - 2 * prob) * F unit unit +
        prob * F unit (-unit)) +
      (prob / 2 * (prob * F (-(3 * unit)) unit + (1 - 2 * prob) * F (-(3 * unit)) (-unit) +
        prob * F (-(3 * unit)) (-(3 * unit))) +
      (1 - prob) / 2 * (prob * F (-unit) unit + (1 - 2 * prob) * F (-unit) (-unit) +
        prob * F (-unit) (-(3 * unit)))) := by
  have e₁ : unit + 2 * unit = 3 * unit := by ring
  have e₂ : unit + -(2 * unit) = -unit := by ring
  have e₃ : -unit + 2 * unit = unit := by ring
  have e₄ : -unit + -(2 * unit) = -(3 * unit) := by ring
  have h : ∫ p, F p.1 p.2 ∂world = ∑ i, ∑ j, latentWeight i * noiseWeight j *
      F (latentPoint i) (drift (latentPoint i) + noisePoint j) :=
    integral_additiveNoiseLaw_finiteLaw (fun k ↦ (latentWeight_pos k).le)
      (fun k ↦ (noiseWeight_pos k).le) latentPoint noisePoint measurable_drift F
  have h' : ∀ i, ∑ j, latentWeight i * noiseWeight j *
      F (latentPoint i) (drift (latentPoint i) + noisePoint j) =
      latentWeight i * (prob * F (latentPoint i) (drift (latentPoint i) + 2 * unit) +
        (1 - 2 * prob) * F (latentPoint i) (drift (latentPoint i)) +
        prob * F (latentPoint i) (drift (latentPoint i) + -(2 * unit))) := fun i ↦
    sum_noise (F (latentPoint i)) (latentWeight i) (drift (latentPoint i))
  have p₁ : latentPoint (true, true) = 3 * unit := rfl
  have p₂ : latentPoint (true, false) = unit := rfl
  have p₃ : latentPoint (false, true) = -(3 * unit) := rfl
  have p₄ : latentPoint (false, false) = -unit := rfl
  have w₁ (a : Bool) : latentWeight (a, true) = prob / 2 := rfl
  have w₂ (a : Bool) : latentWeight (a, false) = (1 - prob) / 2 := rfl
  rw [h, Finset.sum_congr rfl fun i _ ↦ h' i, sum_bool_prod_bool, p₁, p₂, p₃, p₄, w₁, w₂, w₁, w₂,
    drift_three, drift_one, drift_neg_three, drift_neg_one, e₁, e₂, e₃, e₄]

/-- The latent is square-integrable. -/
theorem memLp_id_latent : MemLp id 2 latent := memLp_two_finiteLaw _ _ id

/-- The latent has mean zero. -/
theorem integral_id_latent : ∫ z, z ∂latent = 0 := by
  rw [integral_latent fun z ↦ z]
  ring

/-- The latent has mean square one. -/
theorem integral_sq_latent : ∫ z, z ^ 2 ∂latent = 1 := by
  rw [integral_latent fun z ↦ z ^ 2]
  linear_combination unit_sq_mul

/-- The world is stationary. -/
theorem map_snd_world : world.map Prod.snd = latent := by
  refine ext_of_forall_integral_eq_of_IsFiniteMeasure fun f ↦ ?_
  have h : ∫ y, f y ∂world.map Prod.snd = ∫ p, f p.2 ∂world :=
    integral_map measurable_snd.aemeasurable f.continuous.aestronglyMeasurable
  rw [h, integral_world fun _ b ↦ f b, integral_latent]
  ring

/-- Successive latents have correlation `(1 + p) / 3`. -/
theorem integral_fst_mul_snd_world : ∫ p, p.1 * p.2 ∂world = (1 + prob) / 3 := by
  rw [integral_world fun a b ↦ a * b]
  linear_combination (1 + prob) / 3 * unit_sq_mul - unit ^ 2 / 3 * prob_eq

/-- The latent is not Gaussian: it has atoms, and more than one. -/
theorem latent_ne_gaussianReal (a : ℝ) (v : NNReal) : latent ≠ gaussianReal a v := by
  intro h
  by_cases hv : v = 0
  · have h₁ := integral_id_latent
    have h₂ := integral_sq_latent
    rw [h, hv, gaussianReal_zero_var, integral_dirac] at h₁ h₂
    rw [h₁] at h₂
    norm_num at h₂
  · have := noAtoms_gaussianReal (μ := a) hv
    have hne : ({unit} : Set ℝ)ᶜ ∈ ae (gaussianReal a v) := compl_mem_ae_iff.2 (measure_singleton _)
    have hae : ∀ᵐ z ∂finiteLaw latentWeight latentPoint, z ≠ unit := by
      change ∀ᵐ z ∂latent, z ≠ unit
      rw [h]
      filter_upwards [hne] with z hz e
      exact hz (Set.mem_singleton_iff.2 e)
    have h₀ : latentPoint (true, false) ≠ unit :=
      of_ae_finiteLaw hae (latentWeight_pos (true, false))
    exact h₀ rfl

end Lejepa.FourPoints
