/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.LinearWorld
public import Lejepa.Alignment.NegativeCorrelation
public import Lejepa.Converse.Components
public import Lejepa.Converse.Density
public import Lejepa.Converse.FourPointsWorld
public import Lejepa.Converse.LinearOutput
public import Lejepa.Converse.MultivariateLinearDrift
public import Lejepa.Converse.MultivariateLinearOutput
public import Lejepa.Converse.PredictiveInstances
public import Lejepa.Converse.ReversibleConverse
public import Lejepa.Converse.UniformLatent
public import Lejepa.Identifiability.Memories
public import Lejepa.Planning.Instances

/-!
# Only Gaussian latents: instances

The latent has the density `exp (-z² / 2) / √(2 π)`, the drift is `9/10 z`, and the noise has the
law `N(0, 19/100)`. All the hypotheses of the converse hold in this world. The uniform latent of
`Lejepa.UniformLatent` has a stationary world with linear drift too, in which linear is not optimal.

## Main definitions
* `Lejepa.bell`, `Lejepa.bellLatent`: the density and the law.
* `Lejepa.bellWorld`, `Lejepa.shiftedWorld`: the law of a pair, written with noise of mean zero and
  with noise of mean one half.
* `Lejepa.planeLatent`, `Lejepa.planeWorld`: two such latents.

## Main results
Instances of
* `gaussian_of_affine_eigenfunction`: `Lejepa.bellLatent_eq`;
* `affine_eigenfunction_gaussian_iff`: `Lejepa.affine_eigenfunction_one_four_iff`;
* `charFun_of_stationary_linear`: `Lejepa.charFun_bellLatent`, `Lejepa.charFun_uniformLatent`;
* `noise_eq_gaussianReal`: `Lejepa.stationary_nine_tenths_iff`;
* `linear_optimal_of_gaussian`: `Lejepa.linear_optimal_gaussianReal`;
* `linear_optimal_iff_gaussian`: `Lejepa.linear_optimal_bellWorld`,
  `Lejepa.uniformLatent_ne_gaussianReal`;
* `gaussian_of_backward_linear`: `Lejepa.bellLatent_eq_of_backward_linear`,
  `Lejepa.not_backward_linear_uniformLatent`;
* `gaussian_of_linear_optimal`: `Lejepa.bellLatent_eq_of_linear_optimal`;
* `drift_ae_eq_linear_of_optimal`: `Lejepa.drift_ae_eq_linear_shiftedWorld`;
* `gaussian_of_linear_optimal_of_reversible`: `Lejepa.bellLatent_eq_of_reversible`;
* `predictive_optimal_iff_gaussian`: `Lejepa.predictive_optimal_bellWorld`,
  `Lejepa.not_predictive_optimal_uniformLatent`;
* `linear_optimal_iff_stdGaussian`: `Lejepa.linear_optimal_planeWorld`,
  `Lejepa.not_linear_optimal_uniformPair`;
* `stdGaussian_of_linear_optimal`: `Lejepa.planeLatent_eq_of_linear_optimal`;
* `gaussian_components_of_linear_optimal`: `Lejepa.bellLatent_eq_of_components`;
* `map_mul_eq_gaussianReal_iff`: `Lejepa.map_three_mul_gaussianReal`;
* `eq_gaussianReal_of_map_mul`: `Lejepa.bellLatent_eq_of_map_neg`;
* `map_mulVec_eq_stdGaussian_iff`: `Lejepa.tiltedLatent_eq`;
* `eq_stdGaussian_of_isWhite_mulVec`: `Lejepa.planeLatent_eq_of_map_turn`.

Outside, where a hypothesis fails and the conclusion with it:
* `Lejepa.zero_eigenfunction`, `Lejepa.charFun_ne_of_noiseless`,
  `Lejepa.uniformNoise_ne_gaussianReal`, `Lejepa.linear_optimal_memoryless`,
  `Lejepa.not_drift_ae_eq_linear_fourPoints`, `Lejepa.not_linear_optimal_plane_of_neg`,
  `Lejepa.map_zero_mul_coin`,
  `Lejepa.map_half_mul_gaussianReal`, `Lejepa.tiltedLatent_ne`.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix NNReal

noncomputable section

namespace Lejepa

/-! ### The density -/

/-- The density of the standard Gaussian law, written out. -/
def bell (z : ℝ) : ℝ := Real.exp (-z ^ 2 / 2) / √(2 * Real.pi)

/-- The latent: the law with this density. -/
def bellLatent : Measure ℝ := volume.withDensity fun z ↦ ENNReal.ofReal (bell z)

/-- The density is that of `N(0, 1)`. -/
theorem bell_eq_gaussianPDFReal : bell = gaussianPDFReal 0 1 := by
  funext z
  rw [bell, gaussianPDFReal, sub_zero, NNReal.coe_one, mul_one, mul_one, div_eq_mul_inv]
  exact mul_comm _ _

/-- The density is positive. -/
theorem bell_pos (z : ℝ) : 0 < bell z :=
  div_pos (Real.exp_pos _) (Real.sqrt_pos.2 (mul_pos two_pos Real.pi_pos))

/-- The density is differentiable. -/
theorem differentiable_bell : Differentiable ℝ bell := by
  have h : Differentiable ℝ fun z : ℝ ↦ Real.exp (-z ^ 2 / 2) / √(2 * Real.pi) := by fun_prop
  exact h

/-- The density is integrable. -/
theorem integrable_bell : Integrable bell := by
  rw [bell_eq_gaussianPDFReal]
  exact integrable_gaussianPDFReal 0 1

/-- The density has total mass one. -/
theorem integral_bell : ∫ z, bell z = 1 := by
  rw [bell_eq_gaussianPDFReal]
  exact integral_gaussianPDFReal_eq_one 0 one_ne_zero

/-- The function `2 z` is an eigenfunction of the generator `f ↦ 3 (f'' + (log p)' f')`. -/
theorem bell_eigen (z : ℝ) :
    3 * (deriv (fun x ↦ Real.log (bell x)) z * 2) = -3 * (2 * z + 0) := by
  rw [bell_eq_gaussianPDFReal, deriv_log_gaussianPDFReal 0 one_ne_zero z, NNReal.coe_one]
  ring

/-- **An instance of `gaussian_of_affine_eigenfunction`**: the law with this density is `N(0, 1)`,
because its generator has an affine eigenfunction. -/
theorem bellLatent_eq : bellLatent = gaussianReal 0 1 := by
  have h := gaussian_of_affine_eigenfunction (K := 3) (lam := 3) (a := 2) (b := 0) bell_pos
    differentiable_bell integrable_bell integral_bell three_pos three_pos two_ne_zero bell_eigen
  rw [neg_zero, zero_div, div_self (three_ne_zero : (3 : ℝ) ≠ 0), Real.toNNReal_one] at h
  exact h

/-- **An instance of `affine_eigenfunction_gaussian_iff`**: the affine eigenfunctions of `N(1, 4)`
with slope `3`. -/
theorem affine_eigenfunction_one_four_iff (lam b : ℝ) :
    (∀ z, 2 * (deriv (fun x ↦ Real.log (gaussianPDFReal 1 4 x)) z * 3) = -lam * (3 * z + b)) ↔
      lam = 1 / 2 ∧ b = -3 := by
  have h := affine_eigenfunction_gaussian_iff (v := 4) 1 four_ne_zero (K := 2) (lam := lam)
    (a := 3) (b := b) two_ne_zero three_ne_zero
  have e : (2 : ℝ) / ((4 : ℝ≥0) : ℝ) = 1 / 2 := by
    rw [NNReal.coe_ofNat]
    norm_num
  rw [e, mul_one] at h
  exact h

/-- **Outside `gaussian_of_affine_eigenfunction` and `affine_eigenfunction_gaussian_iff`**: the zero
function, of slope `0`, is an eigenfunction of every generator, with every eigenvalue. So it does
not tell the variance: here it would be `1`, and is `4`. -/
theorem zero_eigenfunction :
    (∀ z, 1 * (deriv (fun x ↦ Real.log (gaussianPDFReal 0 4 x)) z * 0) = -1 * (0 * z + 0)) ∧
      (volume.withDensity fun z ↦ ENNReal.ofReal (gaussianPDFReal 0 4 z)) ≠
        gaussianReal (-0 / 0) (1 / 1 : ℝ).toNNReal := by
  have e : (volume.withDensity fun z ↦ ENNReal.ofReal (gaussianPDFReal 0 4 z)) =
      gaussianReal 0 4 := (gaussianReal_of_var_ne_zero 0 four_ne_zero).symm
  refine ⟨fun z ↦ by ring, fun h ↦ ?_⟩
  rw [e, div_zero, div_one, Real.toNNReal_one] at h
  have h' := congrArg (fun v : ℝ≥0 ↦ (v : ℝ)) (gaussianReal_ext_iff.1 h).2
  norm_num at h'

/-! ### The world -/

instance : IsProbabilityMeasure bellLatent := by
  rw [bellLatent_eq]
  infer_instance

/-- The latent is square-integrable. -/
theorem memLp_id_bellLatent : MemLp id 2 bellLatent := by
  rw [bellLatent_eq]
  exact memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top

/-- The latent has mean zero. -/
theorem integral_id_bellLatent : ∫ z, z ∂bellLatent = 0 := by
  rw [bellLatent_eq]
  exact integral_id_gaussianReal

/-- The latent has variance one. -/
theorem integral_sq_bellLatent : ∫ z, z ^ 2 ∂bellLatent = 1 := by
  rw [bellLatent_eq]
  exact integral_sq_gaussianReal_zero_one

/-- The law of a pair: the drift is `9/10 z`, the noise has the law `N(0, 19/100)`. -/
abbrev bellWorld : Measure (ℝ × ℝ) :=
  additiveNoiseLaw bellLatent (gaussianReal 0 (19 / 100)) (9 / 10 * ·)

/-- The correlation. -/
theorem abs_nine_tenths_lt_one : |(9 / 10 : ℝ)| < 1 := by
  rw [abs_of_pos (by norm_num)]
  norm_num

/-- The variance of the noise. -/
theorem toNNReal_one_sub_nine_tenths_sq : (1 - (9 / 10 : ℝ) ^ 2).toNNReal = 19 / 100 := by
  have e : 1 - (9 / 10 : ℝ) ^ 2 = ((19 / 100 : ℝ≥0) : ℝ) := by
    rw [NNReal.coe_div, NNReal.coe_ofNat, NNReal.coe_ofNat]
    norm_num
  rw [e, Real.toNNReal_coe]

/-- The world is reversible. -/
theorem map_swap_bellWorld : bellWorld.map Prod.swap = bellWorld := by
  have h := map_swap_additiveNoiseLaw_gaussianReal abs_nine_tenths_lt_one.le
  rw [toNNReal_one_sub_nine_tenths_sq, ← bellLatent_eq] at h
  exact h

/-- The world is stationary. -/
theorem measurePreserving_snd_bellWorld : MeasurePreserving Prod.snd bellWorld bellLatent :=
  measurePreserving_snd_of_reversible (measurable_linear (9 / 10)) map_swap_bellWorld

/-- The world is stationary. -/
theorem map_snd_bellWorld : bellWorld.map Prod.snd = bellLatent :=
  measurePreserving_snd_bellWorld.map_eq

/-- Successive latents have correlation `9/10`. -/
theorem integral_fst_mul_snd_bellWorld : ∫ p, p.1 * p.2 ∂bellWorld = 9 / 10 :=
  integral_fst_mul_snd_linear memLp_id_bellLatent integral_id_bellLatent integral_sq_bellLatent
    measurePreserving_snd_bellWorld

/-- A Gaussian law that is not constant. -/
theorem gaussianReal_ne_dirac {v : ℝ≥0} (hv : v ≠ 0) (a c : ℝ) :
    gaussianReal a v ≠ Measure.dirac c := fun h ↦ by
  have : NoAtoms (gaussianReal a v) := noAtoms_gaussianReal hv
  have h₁ : gaussianReal a v {c} = 0 := measure_singleton c
  rw [h, Measure.dirac_apply_of_mem (Set.mem_singleton c)] at h₁
  exact one_ne_zero h₁

/-! ### Characteristic functions -/

/-- **An instance of `charFun_of_stationary_linear`**: the Gaussian world. -/
theorem charFun_bellLatent (t : ℝ) :
    charFun bellLatent t =
      charFun bellLatent (9 / 10 * t) * charFun (gaussianReal 0 (19 / 100)) t :=
  charFun_of_stationary_linear measurePreserving_snd_bellWorld t

/-- **An instance of `charFun_of_stationary_linear`**: the uniform latent. -/
theorem charFun_uniformLatent (t : ℝ) :
    charFun UniformLatent.latent t =
      charFun UniformLatent.latent (1 / 2 * t) * charFun UniformLatent.noise t :=
  charFun_of_stationary_linear UniformLatent.measurePreserving_snd_world t

/-- **Outside `charFun_of_stationary_linear`**: without noise the world `z' = z / 2` is not
stationary, and its latent does not satisfy the equation. -/
theorem charFun_ne_of_noiseless :
    charFun (gaussianReal 0 1) 1 ≠
      charFun (gaussianReal 0 1) (1 / 2 * 1) * charFun (Measure.dirac (0 : ℝ)) 1 := by
  have key (s : ℝ) : charFun (gaussianReal 0 1) s = ((Real.exp (-(s ^ 2 / 2)) : ℝ) : ℂ) := by
    rw [charFun_gaussianReal, Complex.ofReal_exp]
    congr 1
    push_cast
    ring
  have hd : charFun (Measure.dirac (0 : ℝ)) 1 = 1 := by
    rw [charFun_dirac]
    simp
  intro h
  rw [key, key, hd, mul_one, Complex.ofReal_inj, Real.exp_eq_exp] at h
  norm_num at h

/-! ### The noise -/

/-- **An instance of `noise_eq_gaussianReal`**: the drift `9/10 z` and standard Gaussian latents
make a stationary world with the noise `N(0, 19/100)`, and with no other. -/
theorem stationary_nine_tenths_iff {ν : Measure ℝ} [IsProbabilityMeasure ν] :
    (additiveNoiseLaw (gaussianReal 0 1) ν (9 / 10 * ·)).map Prod.snd = gaussianReal 0 1 ↔
      ν = gaussianReal 0 (19 / 100) := by
  constructor
  · intro h
    rw [noise_eq_gaussianReal abs_nine_tenths_lt_one.le h, toNNReal_one_sub_nine_tenths_sq]
  · rintro rfl
    rw [← bellLatent_eq]
    exact map_snd_bellWorld

/-- **Outside `noise_eq_gaussianReal`**: the uniform latent has a stationary world with linear
drift, and its noise is not Gaussian. -/
theorem uniformNoise_ne_gaussianReal (a : ℝ) {v : ℝ≥0} (hv : v ≠ 0) :
    UniformLatent.noise ≠ gaussianReal a v := by
  intro h
  have : NoAtoms (gaussianReal a v) := noAtoms_gaussianReal hv
  have h₁ : ∀ᵐ x ∂gaussianReal a v, x ∉ ({√3 / 2} : Set ℝ) :=
    measure_eq_zero_iff_ae_notMem.1 (measure_singleton _)
  rw [← h] at h₁
  have h₂ : ∀ᵐ x ∂finiteLaw (fun _ : Bool ↦ 1 / 2) fun b ↦ cond b (√3 / 2) (-(√3 / 2)),
      x ∉ ({√3 / 2} : Set ℝ) := h₁
  have h₃ := of_ae_finiteLaw h₂ (i := true) one_half_pos
  exact h₃ (Set.mem_singleton _)

/-! ### Linear is optimal, or not -/

/-- **An instance of `linear_optimal_of_gaussian`**. -/
theorem linear_optimal_gaussianReal (f : ℝ → Fin 1 → ℝ) (hf : IsWhite (gaussianReal 0 1) f) :
    alignment (m := 1)
        (additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (19 / 100)) (9 / 10 * ·))
        (fun z _ ↦ z) ≤
      alignment (additiveNoiseLaw (gaussianReal 0 1) (gaussianReal 0 (19 / 100)) (9 / 10 * ·)) f :=
  linear_optimal_of_gaussian (by norm_num) (by norm_num) (stationary_nine_tenths_iff.2 rfl) f hf

/-- **An instance of `linear_optimal_iff_gaussian`**: the Gaussian world, in which both sides
hold. -/
theorem linear_optimal_bellWorld (f : ℝ → Fin 1 → ℝ) (hf : IsWhite bellLatent f) :
    alignment (m := 1) bellWorld (fun z _ ↦ z) ≤ alignment bellWorld f :=
  (linear_optimal_iff_gaussian (by norm_num) (by norm_num) memLp_id_bellLatent
    integral_id_bellLatent integral_sq_bellLatent map_snd_bellWorld).2 bellLatent_eq f hf

/-- **An instance of `linear_optimal_iff_gaussian`**: the uniform latent, for which neither side
holds. -/
theorem uniformLatent_ne_gaussianReal : UniformLatent.latent ≠ gaussianReal 0 1 := fun h ↦
  UniformLatent.not_linear_optimal ((linear_optimal_iff_gaussian one_half_pos one_half_lt_one
    UniformLatent.memLp_id_latent UniformLatent.integral_id_latent UniformLatent.integral_sq_latent
    UniformLatent.map_snd_world).2 h)

/-- In the Gaussian world the backward regression is linear. -/
theorem backward_linear_bellWorld (u : ℝ → ℝ) (hu : Measurable u) (hb : ∀ z, |u z| ≤ 1) :
    ∫ p, p.1 * u p.2 ∂bellWorld = 9 / 10 * ∫ z, z * u z ∂bellLatent := by
  have hswap : MeasurePreserving Prod.swap bellWorld bellWorld :=
    ⟨measurable_swap, map_swap_bellWorld⟩
  have hG : Measurable fun p : ℝ × ℝ ↦ p.2 * u p.1 := measurable_snd.mul (hu.comp measurable_fst)
  have e : ∫ p, p.1 * u p.2 ∂bellWorld = ∫ p, p.2 * u p.1 ∂bellWorld :=
    hswap.integral_comp_of_aestronglyMeasurable (g := fun p : ℝ × ℝ ↦ p.2 * u p.1)
      hG.aestronglyMeasurable
  rw [e]
  exact integral_snd_mul_fst_linear memLp_id_bellLatent integral_id_bellLatent
    measurePreserving_snd_bellWorld hu (MemLp.of_bound hu.aestronglyMeasurable 1 (.of_forall hb))

/-- **An instance of `gaussian_of_backward_linear`**. -/
theorem bellLatent_eq_of_backward_linear : bellLatent = gaussianReal 0 1 :=
  gaussian_of_backward_linear (by norm_num) abs_nine_tenths_lt_one memLp_id_bellLatent
    integral_id_bellLatent integral_sq_bellLatent map_snd_bellWorld backward_linear_bellWorld

/-- **What `gaussian_of_backward_linear` says of the uniform latent**: its backward regression is
not linear. -/
theorem not_backward_linear_uniformLatent :
    ¬ ∀ u : ℝ → ℝ, Measurable u → (∀ z, |u z| ≤ 1) →
      ∫ p, p.1 * u p.2 ∂UniformLatent.world = 1 / 2 * ∫ z, z * u z ∂UniformLatent.latent := fun h ↦
  uniformLatent_ne_gaussianReal (gaussian_of_backward_linear one_half_pos.ne'
    (by rw [abs_of_pos one_half_pos]; exact one_half_lt_one) UniformLatent.memLp_id_latent
    UniformLatent.integral_id_latent UniformLatent.integral_sq_latent UniformLatent.map_snd_world h)

/-- **An instance of `gaussian_of_linear_optimal`**. -/
theorem bellLatent_eq_of_linear_optimal : bellLatent = gaussianReal 0 1 :=
  gaussian_of_linear_optimal (by norm_num) abs_nine_tenths_lt_one memLp_id_bellLatent
    integral_id_bellLatent integral_sq_bellLatent map_snd_bellWorld linear_optimal_bellWorld

/-! ### Outside: no memory -/

/-- Where latent and successor are independent, all white encoders of one dimension align alike. -/
theorem alignment_prod_self {μ : Measure ℝ} [IsProbabilityMeasure μ] {f : ℝ → Fin 1 → ℝ}
    (hf : IsWhite μ f) : alignment (μ.prod μ) f = 2 := by
  have h : ∫ p, (f p.2 0 - f p.1 0) ^ 2 ∂μ.prod μ =
      2 - 2 * ∫ p, f p.1 0 * f p.2 0 ∂μ.prod μ :=
    (alignment_one (μ.prod μ) fun z _ ↦ f z 0).symm.trans
      (alignment_eq_two_sub (f := fun z ↦ f z 0) measurePreserving_fst measurePreserving_snd
        (hf.memLp 0) (hf.integral_sq_eq_one 0))
  have hm : ∫ p, f p.1 0 * f p.2 0 ∂μ.prod μ = (∫ z, f z 0 ∂μ) * ∫ z, f z 0 ∂μ :=
    integral_prod_mul (fun z ↦ f z 0) fun z ↦ f z 0
  rw [alignment_one, h, hm, hf.mean_eq_zero 0]
  norm_num

/-- The coin has variance one. -/
theorem integral_sq_coin : ∫ z, z ^ 2 ∂coin = 1 := by
  rw [integral_coin]
  norm_num

/-- The coin is white. -/
theorem isWhite_coin : IsWhite coin fun z (_ : Fin 1) ↦ z := by
  have hset : MeasurableSet {x : ℝ | ‖x‖ ≤ 1} := measurableSet_le measurable_norm measurable_const
  refine isWhite_one ?_ ?_ integral_sq_coin
  · refine MemLp.of_bound measurable_id'.aestronglyMeasurable 1 ?_
    exact ae_coin hset (by norm_num) (by norm_num)
  · rw [integral_coin]
    norm_num

/-- **Outside `linear_optimal_iff_gaussian` and `gaussian_of_linear_optimal`**: without memory,
`ρ = 0`, linear is optimal for a coin, which is not Gaussian. -/
theorem linear_optimal_memoryless :
    (IsBestAligned coin (additiveNoiseLaw coin coin (0 * ·)) fun z (_ : Fin 1) ↦ z) ∧
      coin ≠ gaussianReal 0 1 := by
  refine ⟨fun f hf ↦ ?_, coin_ne_gaussianReal⟩
  rw [additiveNoiseLaw_zero_mul, alignment_prod_self isWhite_coin, alignment_prod_self hf]

/-! ### Reversible worlds -/

/-- The same world, with noise of mean one half and a drift that makes up for it. -/
abbrev shiftedWorld : Measure (ℝ × ℝ) :=
  additiveNoiseLaw bellLatent (gaussianReal (1 / 2) (19 / 100)) fun z ↦ 9 / 10 * z - 1 / 2

/-- The drift is measurable. -/
theorem measurable_shiftedDrift : Measurable fun z : ℝ ↦ 9 / 10 * z - 1 / 2 :=
  (measurable_linear (9 / 10)).sub_const _

/-- It is the same world. -/
theorem shiftedWorld_eq : shiftedWorld = bellWorld := by
  have h := additiveNoiseLaw_eq_of_ae (μ := bellLatent) (ν := gaussianReal (1 / 2) (19 / 100))
    (lam := 9 / 10) (c := 1 / 2)
    (.of_forall fun z ↦ sub_add_cancel (9 / 10 * z) (1 / 2))
  rw [gaussianReal_map_sub_const, sub_self] at h
  exact h

/-- It is reversible. -/
theorem map_swap_shiftedWorld : shiftedWorld.map Prod.swap = shiftedWorld := by
  rw [shiftedWorld_eq]
  exact map_swap_bellWorld

/-- Linear is optimal in it. -/
theorem linear_optimal_shiftedWorld (f : ℝ → Fin 1 → ℝ) (hf : IsWhite bellLatent f) :
    alignment (m := 1) shiftedWorld (fun z _ ↦ z) ≤ alignment shiftedWorld f := by
  rw [shiftedWorld_eq]
  exact linear_optimal_bellWorld f hf

/-- **An instance of `drift_ae_eq_linear_of_optimal`**: up to the mean of the noise the drift is
linear. -/
theorem drift_ae_eq_linear_shiftedWorld :
    ∀ᵐ z ∂bellLatent, 9 / 10 * z - 1 / 2 + ∫ y, y ∂gaussianReal (1 / 2) (19 / 100) =
      (∫ p, p.1 * p.2 ∂shiftedWorld) * z :=
  drift_ae_eq_linear_of_optimal measurable_shiftedDrift memLp_id_bellLatent integral_id_bellLatent
    integral_sq_bellLatent map_swap_shiftedWorld linear_optimal_shiftedWorld

/-- **An instance of `gaussian_of_linear_optimal_of_reversible`**. -/
theorem bellLatent_eq_of_reversible : bellLatent = gaussianReal 0 1 := by
  have correlated : ∫ p, p.1 * p.2 ∂shiftedWorld ≠ 0 := by
    rw [shiftedWorld_eq, integral_fst_mul_snd_bellWorld]
    norm_num
  exact gaussian_of_linear_optimal_of_reversible measurable_shiftedDrift memLp_id_bellLatent
    integral_id_bellLatent integral_sq_bellLatent map_swap_shiftedWorld correlated
    (gaussianReal_ne_dirac (div_ne_zero (by norm_num) (by norm_num)) (1 / 2))
    linear_optimal_shiftedWorld

/-- **Outside `drift_ae_eq_linear_of_optimal`**: the four points are not reversible
(`Lejepa.FourPoints.map_swap_world_ne`), linear is optimal for them, and their drift is not
linear. -/
theorem not_drift_ae_eq_linear_fourPoints :
    ¬ ∀ᵐ z ∂FourPoints.latent, FourPoints.drift z + ∫ y, y ∂FourPoints.noise =
      (∫ p, p.1 * p.2 ∂FourPoints.world) * z := by
  intro h
  rw [FourPoints.integral_fst_mul_snd_world] at h
  obtain ⟨b, hb⟩ : ∃ b, ∫ y, y ∂FourPoints.noise = b := ⟨_, rfl⟩
  rw [hb] at h
  have h' : ∀ᵐ z ∂finiteLaw FourPoints.latentWeight FourPoints.latentPoint,
      FourPoints.drift z + b = (1 + FourPoints.prob) / 3 * z := h
  have h₁ := of_ae_finiteLaw h' (i := (true, false)) (FourPoints.latentWeight_pos _)
  have h₃ := of_ae_finiteLaw h' (i := (true, true)) (FourPoints.latentWeight_pos _)
  change FourPoints.drift FourPoints.unit + b = (1 + FourPoints.prob) / 3 * FourPoints.unit at h₁
  change FourPoints.drift (3 * FourPoints.unit) + b =
    (1 + FourPoints.prob) / 3 * (3 * FourPoints.unit) at h₃
  rw [FourPoints.drift_one] at h₁
  rw [FourPoints.drift_three] at h₃
  have hpos : 0 < (1 + FourPoints.prob) * FourPoints.unit :=
    mul_pos (add_pos one_pos FourPoints.prob_pos) FourPoints.unit_pos
  have hzero : (1 + FourPoints.prob) * FourPoints.unit = 0 := by
    linear_combination (3 / 2 : ℝ) * h₁ - (3 / 2 : ℝ) * h₃
  exact hpos.ne' hzero

/-! ### With a predictor -/

/-- **An instance of `predictive_optimal_iff_gaussian`**: the Gaussian world, in which both sides
hold. -/
theorem predictive_optimal_bellWorld (h : ℝ → Fin 1 → ℝ) (hw : IsWhite bellLatent h)
    (hm : Measurable h) (f : ℝ → ℝ) (hf : Measurable f) :
    ENNReal.ofReal (1 - (9 / 10) ^ 2) ≤
      ∫⁻ p, ENNReal.ofReal ((h p.2 0 - f (h p.1 0)) ^ 2) ∂bellWorld :=
  (predictive_optimal_iff_gaussian (by norm_num) (by norm_num) memLp_id_bellLatent
    integral_id_bellLatent integral_sq_bellLatent map_snd_bellWorld).2 bellLatent_eq h hw hm f hf

/-- **An instance of `predictive_optimal_iff_gaussian`**: the uniform latent, for which neither side
holds. -/
theorem not_predictive_optimal_uniformLatent :
    ¬ ∀ h : ℝ → Fin 1 → ℝ, IsWhite UniformLatent.latent h → Measurable h → ∀ f : ℝ → ℝ,
      Measurable f → ENNReal.ofReal (1 - (1 / 2) ^ 2) ≤
        ∫⁻ p, ENNReal.ofReal ((h p.2 0 - f (h p.1 0)) ^ 2) ∂UniformLatent.world := fun H ↦
  uniformLatent_ne_gaussianReal ((predictive_optimal_iff_gaussian one_half_pos one_half_lt_one
    UniformLatent.memLp_id_latent UniformLatent.integral_id_latent UniformLatent.integral_sq_latent
    UniformLatent.map_snd_world).1 H)

/-! ### Two latents -/

/-- Two independent latents. -/
def planeLatent : Measure (Fin 2 → ℝ) := Measure.pi fun _ ↦ bellLatent

/-- They are standard Gaussian. -/
theorem planeLatent_eq : planeLatent = γ 2 := by
  rw [planeLatent, bellLatent_eq, stdGaussian]

instance : IsProbabilityMeasure planeLatent := by
  rw [planeLatent_eq]
  infer_instance

/-- The noise of two latents. -/
def planeNoise : Measure (Fin 2 → ℝ) := (γ 2).map (√(1 - (9 / 10) ^ 2) • ·)

instance : IsProbabilityMeasure planeNoise :=
  Measure.isProbabilityMeasure_map (measurable_const_smul _).aemeasurable

/-- The law of a pair of two latents: the drift is `9/10 z`. -/
abbrev planeWorld : Measure ((Fin 2 → ℝ) × (Fin 2 → ℝ)) :=
  additiveNoiseLaw planeLatent planeNoise ((9 / 10 : ℝ) • ·)

/-- It is the Ornstein–Uhlenbeck world. -/
theorem planeWorld_eq : planeWorld = ouLaw 2 (9 / 10) := by
  rw [planeWorld, planeLatent_eq, planeNoise, ouLaw_eq_additiveNoiseLaw]

/-- Two latents are white. -/
theorem isWhite_planeLatent : IsWhite planeLatent fun z : Fin 2 → ℝ ↦ z := by
  rw [planeLatent_eq]
  exact isWhite_coord 2

/-- The world of two latents is stationary. -/
theorem map_snd_planeWorld : planeWorld.map Prod.snd = planeLatent := by
  rw [planeWorld_eq, planeLatent_eq]
  exact map_snd_ouLaw abs_nine_tenths_lt_one.le

/-- **An instance of `linear_optimal_iff_stdGaussian`**: two Gaussian latents, for which both sides
hold. -/
theorem linear_optimal_planeWorld (f : (Fin 2 → ℝ) → Fin 2 → ℝ) (hf : IsWhite planeLatent f) :
    alignment planeWorld (fun z ↦ z) ≤ alignment planeWorld f :=
  (linear_optimal_iff_stdGaussian (by norm_num) (by norm_num) isWhite_planeLatent
    map_snd_planeWorld).2 planeLatent_eq f hf

/-- **Outside `linear_optimal_iff_stdGaussian`**: with the correlation `-1/2` the two latents are
standard Gaussian too, and some white encoder aligns better than they do. -/
theorem not_linear_optimal_plane_of_neg :
    ¬IsBestAligned (γ 2)
        (additiveNoiseLaw (γ 2) ((γ 2).map (√(1 - (-(1 / 2)) ^ 2) • ·)) ((-(1 / 2) : ℝ) • ·))
        fun z : Fin 2 → ℝ ↦ z := by
  intro optimal
  rw [← ouLaw_eq_additiveNoiseLaw] at optimal
  have hρ : |(-(1 / 2) : ℝ)| ≤ 1 := abs_le.2 ⟨by norm_num, by norm_num⟩
  obtain ⟨h, hh, hlt⟩ := exists_isWhite_alignment_lt_of_neg (ρ := fun _ : Fin 2 ↦ -(1 / 2))
    (fun _ ↦ hρ) (i₀ := 0) (by norm_num)
  rw [← ouLaw_eq_diagOuLaw] at hlt
  exact absurd (optimal h hh) (not_le.2 hlt)

/-- **An instance of `stdGaussian_of_linear_optimal`**. -/
theorem planeLatent_eq_of_linear_optimal : planeLatent = γ 2 :=
  stdGaussian_of_linear_optimal (by norm_num) abs_nine_tenths_lt_one isWhite_planeLatent
    map_snd_planeWorld linear_optimal_planeWorld

/-! ### Products of worlds on the line -/

section Product

variable {n : ℕ}

/-- A product of stationary linear worlds is stationary. -/
theorem map_snd_additiveNoiseLaw_pi {μ ν : Fin n → Measure ℝ} [∀ i, IsProbabilityMeasure (μ i)]
    [∀ i, IsProbabilityMeasure (ν i)] {ρ : Fin n → ℝ}
    (h : ∀ i, (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)).map Prod.snd = μ i) :
    (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)).map Prod.snd = Measure.pi μ := by
  have hstep (i : Fin n) :
      MeasurePreserving (fun p : ℝ × ℝ ↦ ρ i * p.1 + p.2) ((μ i).prod (ν i)) (μ i) := by
    have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (μ i) (ν i) (ρ i * ·)) (μ i) :=
      ⟨measurable_snd, h i⟩
    have hcomp := hsnd.comp (measurePreserving_additiveNoiseLaw (measurable_linear (ρ i)))
    exact hcomp
  have hpi : MeasurePreserving (fun (a : Fin n → ℝ × ℝ) i ↦ ρ i * (a i).1 + (a i).2)
      (Measure.pi fun i ↦ (μ i).prod (ν i)) (Measure.pi μ) :=
    measurePreserving_pi (fun i ↦ (μ i).prod (ν i)) μ (f := fun i p ↦ ρ i * p.1 + p.2) hstep
  have harrow := MeasurePreserving.symm (MeasurableEquiv.arrowProdEquivProdArrow ℝ ℝ (Fin n))
    (measurePreserving_arrowProdEquivProdArrow ℝ ℝ (Fin n) μ ν)
  have hm : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, ρ * p.1 + p.2) :=
    measurable_fst.prodMk ((measurable_fst.const_mul ρ).add measurable_snd)
  have hfun : (Prod.snd ∘ fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, ρ * p.1 + p.2)) =
      (fun (a : Fin n → ℝ × ℝ) i ↦ ρ i * (a i).1 + (a i).2) ∘
        (MeasurableEquiv.arrowProdEquivProdArrow ℝ ℝ (Fin n)).symm :=
    funext fun _ ↦ funext fun _ ↦ rfl
  rw [additiveNoiseLaw, Measure.map_map measurable_snd hm, hfun]
  exact (hpi.comp harrow).map_eq

/-- Independent latents of mean zero and variance one are white. -/
theorem isWhite_pi {μ : Fin n → Measure ℝ} [∀ i, IsProbabilityMeasure (μ i)]
    (hμ : ∀ i, MemLp id 2 (μ i)) (mean : ∀ i, ∫ t, t ∂μ i = 0) (var : ∀ i, ∫ t, t ^ 2 ∂μ i = 1) :
    IsWhite (Measure.pi μ) fun z : Fin n → ℝ ↦ z := by
  have hlp (i : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z i) 2 (Measure.pi μ) := by
    have h := (hμ i).comp_measurePreserving (measurePreserving_eval μ i)
    exact h
  have hmean (i : Fin n) : ∫ z : Fin n → ℝ, z i ∂Measure.pi μ = 0 := by
    have h := (measurePreserving_eval μ i).integral_comp_of_aestronglyMeasurable
      (g := fun t : ℝ ↦ t) measurable_id'.aestronglyMeasurable
    exact h.trans (mean i)
  refine { memLp := hlp, mean_eq_zero := hmean, secondMoment_eq_one := ?_ }
  ext i j
  rw [secondMoment, Matrix.of_apply]
  rcases eq_or_ne i j with rfl | hij
  · rw [Matrix.one_apply_eq]
    have h := (measurePreserving_eval μ i).integral_comp_of_aestronglyMeasurable
      (g := fun t : ℝ ↦ t ^ 2) (measurable_id'.pow_const 2).aestronglyMeasurable
    have e : ∫ z : Fin n → ℝ, z i * z i ∂Measure.pi μ = ∫ z : Fin n → ℝ, z i ^ 2 ∂Measure.pi μ :=
      integral_congr_ae (.of_forall fun z ↦ (sq (z i)).symm)
    exact e.trans (h.trans (var i))
  · rw [Matrix.one_apply_ne hij]
    have e : ∫ z : Fin n → ℝ, z i * z j ∂Measure.pi μ = (∫ t, t ∂μ i) * ∫ t, t ∂μ j :=
      integral_eval_mul_eval_pi hij (fun t ↦ t) fun t ↦ t
    exact e.trans (by rw [mean i, zero_mul])

/-- The noise that makes `N(0, 1)` stationary, as a multiple of `N(0, 1)`. -/
theorem map_sqrt_mul_gaussianReal {r : ℝ} (hr : |r| ≤ 1) :
    (gaussianReal 0 1).map (√(1 - r ^ 2) * ·) = gaussianReal 0 (1 - r ^ 2).toNNReal := by
  have hr' : 0 ≤ 1 - r ^ 2 := sub_nonneg.2 ((sq_le_one_iff_abs_le_one r).2 hr)
  have e : (⟨√(1 - r ^ 2) ^ 2, sq_nonneg _⟩ : ℝ≥0) = (1 - r ^ 2).toNNReal := by
    refine NNReal.eq ?_
    rw [Real.coe_toNNReal _ hr']
    exact Real.sq_sqrt hr'
  rw [gaussianReal_map_const_mul, mul_zero, mul_one, e]

/-- The world in which each latent has a correlation of its own is a product. -/
theorem additiveNoiseLaw_pi_eq_diagOuLaw {ρ : Fin n → ℝ} (hρ : ∀ i, |ρ i| ≤ 1) :
    additiveNoiseLaw (γ n) (Measure.pi fun i ↦ gaussianReal 0 (1 - ρ i ^ 2).toNNReal) (ρ * ·) =
      diagOuLaw ρ := by
  have hnoise : (γ n).map (fun η : Fin n → ℝ ↦ fun i ↦ √(1 - ρ i ^ 2) * η i) =
      Measure.pi fun i ↦ gaussianReal 0 (1 - ρ i ^ 2).toNNReal :=
    (measurePreserving_pi (fun _ : Fin n ↦ gaussianReal 0 1)
      (fun i ↦ gaussianReal 0 (1 - ρ i ^ 2).toNNReal) (f := fun i x ↦ √(1 - ρ i ^ 2) * x)
      fun i ↦ ⟨measurable_const_mul _, map_sqrt_mul_gaussianReal (hρ i)⟩).map_eq
  have hdrift : (Matrix.diagonal ρ).mulVec = (ρ * ·) :=
    funext fun z ↦ funext fun i ↦ Matrix.mulVec_diagonal ρ z i
  rw [diagOuLaw_eq_additiveNoiseLaw, hnoise, hdrift]

end Product

/-- **What `linear_optimal_iff_stdGaussian` says of two uniform latents**: they are white and their
world is stationary, and linear is not optimal. -/
theorem not_linear_optimal_uniformPair :
    ¬IsBestAligned (Measure.pi fun _ : Fin 2 ↦ UniformLatent.latent)
        (additiveNoiseLaw (Measure.pi fun _ : Fin 2 ↦ UniformLatent.latent)
          (Measure.pi fun _ : Fin 2 ↦ UniformLatent.noise) ((1 / 2 : ℝ) • ·))
        fun z : Fin 2 → ℝ ↦ z := by
  intro optimal
  have white : IsWhite (Measure.pi fun _ : Fin 2 ↦ UniformLatent.latent) fun z : Fin 2 → ℝ ↦ z :=
    isWhite_pi (fun _ ↦ UniformLatent.memLp_id_latent) (fun _ ↦ UniformLatent.integral_id_latent)
      fun _ ↦ UniformLatent.integral_sq_latent
  have stationary : (additiveNoiseLaw (Measure.pi fun _ : Fin 2 ↦ UniformLatent.latent)
      (Measure.pi fun _ : Fin 2 ↦ UniformLatent.noise) ((1 / 2 : ℝ) • ·)).map Prod.snd =
      Measure.pi fun _ : Fin 2 ↦ UniformLatent.latent := by
    have e : (fun z : Fin 2 → ℝ ↦ (1 / 2 : ℝ) • z) =
        fun z : Fin 2 → ℝ ↦ (fun _ : Fin 2 ↦ (1 / 2 : ℝ)) * z :=
      funext fun z ↦ funext fun i ↦ smul_eq_mul (1 / 2 : ℝ) (z i)
    rw [e]
    exact map_snd_additiveNoiseLaw_pi (μ := fun _ : Fin 2 ↦ UniformLatent.latent)
      (ν := fun _ ↦ UniformLatent.noise) (ρ := fun _ ↦ 1 / 2) fun _ ↦ UniformLatent.map_snd_world
  have h : (Measure.pi fun _ : Fin 2 ↦ UniformLatent.latent) = γ 2 :=
    (linear_optimal_iff_stdGaussian one_half_pos one_half_lt_one white stationary).1 optimal
  have h₁ := (measurePreserving_eval (fun _ : Fin 2 ↦ UniformLatent.latent) 0).map_eq
  have h₂ := (measurePreserving_eval (fun _ : Fin 2 ↦ gaussianReal 0 1) 0).map_eq
  rw [h] at h₁
  exact uniformLatent_ne_gaussianReal (h₁.symm.trans h₂)

/-- The correlations of two latents: `9/10` and `17/20`. -/
def nearMemories (i : Fin 2) : ℝ := if i = 0 then 9 / 10 else 17 / 20

/-- What holds of both correlations. -/
theorem forall_nearMemories {p : ℝ → Prop} (h₀ : p (9 / 10)) (h₁ : p (17 / 20)) (i : Fin 2) :
    p (nearMemories i) := by
  unfold nearMemories
  split_ifs
  · exact h₀
  · exact h₁

/-- The second correlation. -/
theorem abs_seventeen_twentieths_le_one : |(17 / 20 : ℝ)| ≤ 1 := by
  rw [abs_of_pos (by norm_num)]
  norm_num

/-- The world of two latents with these correlations. -/
theorem nearMemoriesWorld_eq :
    additiveNoiseLaw (Measure.pi fun _ : Fin 2 ↦ bellLatent)
      (Measure.pi fun i ↦ gaussianReal 0 (1 - nearMemories i ^ 2).toNNReal) (nearMemories * ·) =
      diagOuLaw nearMemories := by
  have h : (Measure.pi fun _ : Fin 2 ↦ bellLatent) = γ 2 := planeLatent_eq
  rw [h]
  exact additiveNoiseLaw_pi_eq_diagOuLaw fun i ↦
    forall_nearMemories (p := fun x ↦ |x| ≤ 1) abs_nine_tenths_lt_one.le
      abs_seventeen_twentieths_le_one i

/-- **An instance of `gaussian_components_of_linear_optimal`**: correlations `9/10` and `17/20`. -/
theorem bellLatent_eq_of_components : bellLatent = gaussianReal 0 1 := by
  have hpi : (Measure.pi fun _ : Fin 2 ↦ bellLatent) = γ 2 := planeLatent_eq
  have h₀ : ∀ i, 0 < nearMemories i :=
    forall_nearMemories (p := fun x ↦ 0 < x) (by norm_num) (by norm_num)
  have h₁ : ∀ i, nearMemories i < 1 :=
    forall_nearMemories (p := fun x ↦ x < 1) (by norm_num) (by norm_num)
  have habs (i : Fin 2) : |nearMemories i| < 1 := by
    rw [abs_of_pos (h₀ i)]
    exact h₁ i
  have gap (i j : Fin 2) : nearMemories j ^ 2 ≤ nearMemories i :=
    forall_nearMemories (p := fun x ↦ nearMemories j ^ 2 ≤ x)
      (forall_nearMemories (p := fun y ↦ y ^ 2 ≤ 9 / 10) (by norm_num) (by norm_num) j)
      (forall_nearMemories (p := fun y ↦ y ^ 2 ≤ 17 / 20) (by norm_num) (by norm_num) j) i
  refine gaussian_components_of_linear_optimal (μ := fun _ : Fin 2 ↦ bellLatent)
    (ν := fun i ↦ gaussianReal 0 (1 - nearMemories i ^ 2).toNNReal) (ρ := nearMemories)
    (fun i ↦ (h₀ i).ne') habs isWhite_planeLatent ?_ (fun f hf ↦ ?_) 1
  · rw [nearMemoriesWorld_eq, hpi]
    exact map_snd_diagOuLaw fun i ↦ (habs i).le
  · rw [hpi] at hf
    rw [nearMemoriesWorld_eq]
    exact (linear_optimal_iff_forall_sq_le h₀ h₁).2 gap f hf

/-! ### Linear encoders with Gaussian output, on the line -/

/-- **An instance of `map_mul_eq_gaussianReal_iff`**. -/
theorem map_three_mul_gaussianReal : (gaussianReal 1 4).map (3 * ·) = gaussianReal 3 36 := by
  refine (map_mul_eq_gaussianReal_iff three_ne_zero).2 ?_
  have e : (⟨(3 : ℝ)⁻¹ ^ 2, sq_nonneg _⟩ : ℝ≥0) * 36 = 4 := by
    refine NNReal.eq ?_
    rw [NNReal.coe_mul]
    change (3 : ℝ)⁻¹ ^ 2 * ((36 : ℝ≥0) : ℝ) = ((4 : ℝ≥0) : ℝ)
    rw [NNReal.coe_ofNat, NNReal.coe_ofNat]
    norm_num
  rw [e, inv_mul_cancel₀ three_ne_zero]

/-- **Outside `map_mul_eq_gaussianReal_iff`**: the encoder that is zero has the output `N(0, 0)`,
whatever the latent. -/
theorem map_zero_mul_coin :
    coin.map (0 * ·) = gaussianReal 0 0 ∧
      coin ≠ gaussianReal ((0 : ℝ)⁻¹ * 0) (⟨(0 : ℝ)⁻¹ ^ 2, sq_nonneg _⟩ * 0) := by
  constructor
  · have e : (fun x : ℝ ↦ 0 * x) = fun _ ↦ 0 := funext fun x ↦ zero_mul x
    rw [e, Measure.map_const, measure_univ, one_smul, gaussianReal_zero_var]
  · rw [mul_zero, mul_zero, gaussianReal_zero_var]
    intro h
    have h' := integral_sq_coin
    rw [h, integral_dirac] at h'
    norm_num at h'

/-- **An instance of `eq_gaussianReal_of_map_mul`**: the encoder `-z`. -/
theorem bellLatent_eq_of_map_neg : bellLatent = gaussianReal 0 1 := by
  refine eq_gaussianReal_of_map_mul (c := -1) integral_sq_bellLatent ?_
  have e : (⟨(-1 : ℝ) ^ 2, sq_nonneg _⟩ : ℝ≥0) = 1 := by
    refine NNReal.eq ?_
    rw [NNReal.coe_one]
    change (-1 : ℝ) ^ 2 = 1
    norm_num
  rw [bellLatent_eq, gaussianReal_map_const_mul, mul_zero, e, mul_one]

/-- **Outside `eq_gaussianReal_of_map_mul`**: latents of variance four have an encoder with output
`N(0, 1)`. -/
theorem map_half_mul_gaussianReal :
    (gaussianReal 0 4).map (1 / 2 * ·) = gaussianReal 0 1 ∧
      gaussianReal 0 4 ≠ gaussianReal 0 1 := by
  constructor
  · have e : (⟨(1 / 2 : ℝ) ^ 2, sq_nonneg _⟩ : ℝ≥0) * 4 = 1 := by
      refine NNReal.eq ?_
      rw [NNReal.coe_mul, NNReal.coe_one]
      change (1 / 2 : ℝ) ^ 2 * ((4 : ℝ≥0) : ℝ) = 1
      rw [NNReal.coe_ofNat]
      norm_num
    rw [gaussianReal_map_const_mul, mul_zero, e]
  · intro h
    have h' := congrArg (fun v : ℝ≥0 ↦ (v : ℝ)) (gaussianReal_ext_iff.1 h).2
    norm_num at h'

/-! ### Linear encoders with Gaussian output, in the plane -/

/-- A shear of the plane. -/
def tilt : Matrix (Fin 2) (Fin 2) ℝ := !![1, 1; 0, 1]

/-- Its inverse. -/
def untilt : Matrix (Fin 2) (Fin 2) ℝ := !![1, -1; 0, 1]

/-- It undoes the shear. -/
theorem untilt_mul_tilt : untilt * tilt = 1 := by
  ext i j
  fin_cases i <;> fin_cases j <;>
    norm_num [tilt, untilt, Matrix.mul_apply, Matrix.one_apply, Fin.sum_univ_succ]

/-- Sheared latents, which are correlated. -/
def tiltedLatent : Measure (Fin 2 → ℝ) := (γ 2).map tilt.mulVec

/-- The inverse of the shear has standard Gaussian output. -/
theorem map_untilt_tiltedLatent : tiltedLatent.map untilt.mulVec = γ 2 := by
  have e : untilt.mulVec ∘ tilt.mulVec = id := funext fun z ↦ by
    rw [Function.comp_apply, Matrix.mulVec_mulVec, untilt_mul_tilt, Matrix.one_mulVec, id_eq]
  rw [tiltedLatent, Measure.map_map (measurable_mulVec _) (measurable_mulVec _), e, Measure.map_id]

/-- It is white. -/
theorem isWhite_untilt : IsWhite tiltedLatent untilt.mulVec :=
  isWhite_of_map_eq_stdGaussian (measurable_mulVec _) map_untilt_tiltedLatent

/-- Sheared latents are square-integrable. -/
theorem memLp_tiltedLatent (j : Fin 2) : MemLp (fun z : Fin 2 → ℝ ↦ z j) 2 tiltedLatent := by
  have hm : AEStronglyMeasurable (fun z : Fin 2 → ℝ ↦ z j) ((γ 2).map tilt.mulVec) :=
    (measurable_pi_apply j).aestronglyMeasurable
  exact (memLp_map_measure_iff hm (measurable_mulVec tilt).aemeasurable).2 (memLp_linear (tilt j))

/-- **An instance of `map_mulVec_eq_stdGaussian_iff`**: the inverse of the shear, for sheared
latents. -/
theorem tiltedLatent_eq : tiltedLatent = (γ 2).map untilt⁻¹.mulVec :=
  (map_mulVec_eq_stdGaussian_iff memLp_tiltedLatent isWhite_untilt).1 map_untilt_tiltedLatent

/-- **An instance of `eq_stdGaussian_of_isWhite_mulVec`**: a rotation of two latents. -/
theorem planeLatent_eq_of_map_turn : planeLatent = γ 2 := by
  have h : planeLatent.map turn.mulVec = γ 2 := by
    rw [planeLatent_eq]
    exact map_mulVec_stdGaussian turn_mem
  exact eq_stdGaussian_of_isWhite_mulVec isWhite_planeLatent
    (isWhite_of_map_eq_stdGaussian (measurable_mulVec turn) h) h

/-- **Outside `eq_stdGaussian_of_isWhite_mulVec`**: sheared latents have a white linear encoder with
standard Gaussian output; but they are not white, and not standard Gaussian. -/
theorem tiltedLatent_ne : tiltedLatent ≠ γ 2 := by
  intro h
  have hw : IsWhite (γ 2) tilt.mulVec := isWhite_of_map_eq_stdGaussian (measurable_mulVec tilt) h
  have e := hw.secondMoment_eq_one
  rw [secondMoment_mulVec_of_memLp fun j ↦ memLp_coord j, (isWhite_coord 2).secondMoment_eq_one,
    Matrix.mul_one] at e
  have e₀ : (tilt * tiltᵀ) 0 1 = 1 := by
    norm_num [tilt, Matrix.mul_apply, Fin.sum_univ_succ]
  rw [e, Matrix.one_apply_ne (by simp)] at e₀
  exact zero_ne_one e₀

end Lejepa
