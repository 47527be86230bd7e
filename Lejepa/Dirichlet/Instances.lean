/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Instances
public import Lejepa.Dirichlet.Energy
public import Lejepa.Dirichlet.Limit
public import Lejepa.Identifiability.RotatingPlane
public import Lejepa.Planning.Instances
public import Lejepa.WorldModel.Cart

/-!
# The Dirichlet route: instances

The twist of space turns the plane of the last two coordinates by an angle that grows with the first
one. It is a diffeomorphism, it preserves the Gaussian, and it is not linear.

## Main definitions
* `Lejepa.twist s`: the twist by the angle `s z₀`.
* `Lejepa.wave`: the map `(z₀, z₁ + sin z₀)` of the plane, of bounded derivative.
* `Lejepa.half`, `Lejepa.signPair`: the half of a vector; the signs of its coordinates.

## Main results
* `Lejepa.dirichletEnergy_twist`: the twist has the energy `3 + 2 s²`.
* `Lejepa.dirichletEnergy_twist_eq_iff`, `Lejepa.dirichletEnergy_turn`: instances of
  `dirichletEnergy_eq_iff`.
* `Lejepa.not_orthogonal_twist`: so the twist is orthogonal for `s = 0` only.
* `Lejepa.ae_abs_det_fderiv_twist`, `Lejepa.integral_log_abs_det_twist`: instances of
  `ae_abs_det_fderiv_eq_exp` and `integral_log_abs_det_fderiv`.
* `Lejepa.tendsto_alignment_wave`: an instance of `tendsto_alignment_div`.

Outside, where a hypothesis fails and the conclusion with it:
* `Lejepa.dirichletEnergy_half_lt`, `Lejepa.not_ae_abs_det_fderiv_half`,
  `Lejepa.integral_log_abs_det_half_ne`: the half of a vector does not preserve the Gaussian.
* `Lejepa.not_tendsto_alignment_signs`: signs are not differentiable.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Filter (Tendsto)
open scoped Matrix Topology

noncomputable section

namespace Lejepa

/-- A coordinate of the derivative is the derivative of the coordinate. -/
theorem fderiv_apply_eq {n : ℕ} {f : (Fin n → ℝ) → Fin n → ℝ} {z : Fin n → ℝ}
    (hf : DifferentiableAt ℝ f z) {i : Fin n} {L : (Fin n → ℝ) →L[ℝ] ℝ}
    (h : HasFDerivAt (fun x ↦ f x i) L z) (v : Fin n → ℝ) : fderiv ℝ f z v i = L v := by
  have h' : HasFDerivAt (fun x ↦ f x i)
      ((ContinuousLinearMap.proj i : (Fin n → ℝ) →L[ℝ] ℝ).comp (fderiv ℝ f z)) z :=
    hasFDerivAt_pi'.1 hf.hasFDerivAt i
  have e : ((ContinuousLinearMap.proj i : (Fin n → ℝ) →L[ℝ] ℝ).comp (fderiv ℝ f z)) v = L v := by
    rw [h'.unique h]
  exact e

/-! ### The twist -/

/-- The twist: the last two coordinates turn by the angle `s z₀`. -/
def twist (s : ℝ) (z : Fin 3 → ℝ) : Fin 3 → ℝ :=
  ![z 0, Real.cos (s * z 0) * z 1 - Real.sin (s * z 0) * z 2,
    Real.sin (s * z 0) * z 1 + Real.cos (s * z 0) * z 2]

/-- The twist by the opposite angle undoes it. -/
theorem twist_neg_twist (s : ℝ) (z : Fin 3 → ℝ) : twist (-s) (twist s z) = z := by
  have hc : Real.cos (-s * z 0) = Real.cos (s * z 0) := by rw [neg_mul, Real.cos_neg]
  have hs : Real.sin (-s * z 0) = -Real.sin (s * z 0) := by rw [neg_mul, Real.sin_neg]
  have hcs := Real.cos_sq_add_sin_sq (s * z 0)
  have h₀ : twist (-s) (twist s z) 0 = z 0 := rfl
  have h₁ : twist (-s) (twist s z) 1 = z 1 := by
    change Real.cos (-s * z 0) * (Real.cos (s * z 0) * z 1 - Real.sin (s * z 0) * z 2) -
      Real.sin (-s * z 0) * (Real.sin (s * z 0) * z 1 + Real.cos (s * z 0) * z 2) = z 1
    rw [hc, hs]
    linear_combination z 1 * hcs
  have h₂ : twist (-s) (twist s z) 2 = z 2 := by
    change Real.sin (-s * z 0) * (Real.cos (s * z 0) * z 1 - Real.sin (s * z 0) * z 2) +
      Real.cos (-s * z 0) * (Real.sin (s * z 0) * z 1 + Real.cos (s * z 0) * z 2) = z 2
    rw [hc, hs]
    linear_combination z 2 * hcs
  funext i
  fin_cases i
  · exact h₀
  · exact h₁
  · exact h₂

/-- The twist keeps lengths. -/
theorem sum_sq_twist (s : ℝ) (z : Fin 3 → ℝ) : ∑ i, twist s z i ^ 2 = ∑ i, z i ^ 2 := by
  have hcs := Real.cos_sq_add_sin_sq (s * z 0)
  rw [Fin.sum_univ_three, Fin.sum_univ_three]
  change z 0 ^ 2 + (Real.cos (s * z 0) * z 1 - Real.sin (s * z 0) * z 2) ^ 2 +
    (Real.sin (s * z 0) * z 1 + Real.cos (s * z 0) * z 2) ^ 2 = z 0 ^ 2 + z 1 ^ 2 + z 2 ^ 2
  linear_combination (z 1 ^ 2 + z 2 ^ 2) * hcs

/-- The twist as an equivalence. -/
def twistEquiv (s : ℝ) : (Fin 3 → ℝ) ≃ (Fin 3 → ℝ) where
  toFun := twist s
  invFun := twist (-s)
  left_inv := twist_neg_twist s
  right_inv z := by
    have h := twist_neg_twist (-s) z
    rwa [neg_neg] at h

/-- The twist is smooth. -/
theorem contDiff_twist (s : ℝ) : ContDiff ℝ 1 (twist s) := by
  have h (i : Fin 3) : ContDiff ℝ 1 fun z : Fin 3 → ℝ ↦ z i := contDiff_apply ℝ ℝ i
  have hc : ContDiff ℝ 1 fun z : Fin 3 → ℝ ↦ Real.cos (s * z 0) :=
    (contDiff_const.mul (h 0)).cos
  have hs : ContDiff ℝ 1 fun z : Fin 3 → ℝ ↦ Real.sin (s * z 0) :=
    (contDiff_const.mul (h 0)).sin
  refine contDiff_pi.2 fun i ↦ ?_
  fin_cases i
  · exact h 0
  · exact (hc.mul (h 1)).sub (hs.mul (h 2))
  · exact (hs.mul (h 1)).add (hc.mul (h 2))

/-- The first coordinate of a rotated vector. -/
theorem planeRotation_mulVec_zero (θ : ℝ) (w : Fin 2 → ℝ) :
    (planeRotation θ).mulVec w 0 = Real.cos θ * w 0 - Real.sin θ * w 1 := by
  have h : (planeRotation θ).mulVec w 0 = Real.cos θ * w 0 + -Real.sin θ * w 1 :=
    Fin.sum_univ_two fun j ↦ planeRotation θ 0 j * w j
  rw [h]
  ring

/-- The second coordinate of a rotated vector. -/
theorem planeRotation_mulVec_one (θ : ℝ) (w : Fin 2 → ℝ) :
    (planeRotation θ).mulVec w 1 = Real.sin θ * w 0 + Real.cos θ * w 1 :=
  Fin.sum_univ_two fun j ↦ planeRotation θ 1 j * w j

/-- The twist preserves the Gaussian. -/
theorem map_twist (s : ℝ) : (γ 3).map (twist s) = γ 3 := by
  obtain ⟨e, he, hmp⟩ : ∃ e : (Fin 3 → ℝ) ≃ᵐ ℝ × (Fin 2 → ℝ),
      (∀ z, e z = (z 0, fun j : Fin 2 ↦ z j.succ)) ∧
        MeasurePreserving e (γ 3) ((gaussianReal 0 1).prod (γ 2)) :=
    ⟨MeasurableEquiv.piFinSuccAbove (fun _ : Fin 3 ↦ ℝ) 0,
      fun z ↦ Prod.ext rfl (funext fun j ↦ congrArg z (Fin.succAbove_zero_apply j)),
      measurePreserving_piFinSuccAbove (fun _ : Fin 3 ↦ gaussianReal 0 1) 0⟩
  obtain ⟨R, hR⟩ : ∃ R : ℝ → (Fin 2 → ℝ) → Fin 2 → ℝ,
      R = fun a ↦ (planeRotation (s * a)).mulVec := ⟨_, rfl⟩
  have hR₀ (a : ℝ) (w : Fin 2 → ℝ) :
      R a w 0 = Real.cos (s * a) * w 0 - Real.sin (s * a) * w 1 := by
    rw [hR]
    exact planeRotation_mulVec_zero (s * a) w
  have hR₁ (a : ℝ) (w : Fin 2 → ℝ) :
      R a w 1 = Real.sin (s * a) * w 0 + Real.cos (s * a) * w 1 := by
    rw [hR]
    exact planeRotation_mulVec_one (s * a) w
  have hg (a : ℝ) : (γ 2).map (R a) = γ 2 := by
    rw [hR]
    exact map_mulVec_stdGaussian (Matrix.mem_specialOrthogonalGroup_iff.1 (planeRotation_mem _)).1
  have hgm : Measurable (Function.uncurry R) := by
    have hw (j : Fin 2) : Continuous fun p : ℝ × (Fin 2 → ℝ) ↦ p.2 j :=
      (continuous_apply j : Continuous fun z : Fin 2 → ℝ ↦ z j).comp continuous_snd
    have hc : Continuous fun p : ℝ × (Fin 2 → ℝ) ↦ Real.cos (s * p.1) :=
      Real.continuous_cos.comp (continuous_const.mul continuous_fst)
    have hs : Continuous fun p : ℝ × (Fin 2 → ℝ) ↦ Real.sin (s * p.1) :=
      Real.continuous_sin.comp (continuous_const.mul continuous_fst)
    have h₀ : Measurable fun p : ℝ × (Fin 2 → ℝ) ↦ R p.1 p.2 0 := by
      simp only [hR₀]
      exact ((hc.mul (hw 0)).sub (hs.mul (hw 1))).measurable
    have h₁ : Measurable fun p : ℝ × (Fin 2 → ℝ) ↦ R p.1 p.2 1 := by
      simp only [hR₁]
      exact ((hs.mul (hw 0)).add (hc.mul (hw 1))).measurable
    refine measurable_pi_lambda _ fun j ↦ ?_
    fin_cases j
    · exact h₀
    · exact h₁
  have hskew := MeasurePreserving.skew_product (MeasurePreserving.id (gaussianReal 0 1)) hgm
    (Filter.Eventually.of_forall hg)
  have hez (z : Fin 3 → ℝ) : e (twist s z) = ((e z).1, R (e z).1 (e z).2) := by
    rw [he, he]
    refine Prod.ext rfl (funext fun j ↦ ?_)
    fin_cases j
    · exact (hR₀ (z 0) fun j ↦ z j.succ).symm
    · exact (hR₁ (z 0) fun j ↦ z j.succ).symm
  have hfun : twist s = e.symm ∘ (fun p : ℝ × (Fin 2 → ℝ) ↦ (id p.1, R p.1 p.2)) ∘ e :=
    funext fun z ↦ e.injective ((hez z).trans (e.apply_symm_apply _).symm)
  rw [hfun]
  exact ((MeasurePreserving.symm e hmp).comp (hskew.comp hmp)).map_eq

/-! ### The derivative of the twist -/

section Derivative

variable (s : ℝ) (z v : Fin 3 → ℝ)

private theorem differentiableAt_twist : DifferentiableAt ℝ (twist s) z :=
  (contDiff_twist s).differentiable one_ne_zero z

private theorem hasFDerivAt_coord (i : Fin 3) :
    HasFDerivAt (fun z : Fin 3 → ℝ ↦ z i)
      (ContinuousLinearMap.proj i : (Fin 3 → ℝ) →L[ℝ] ℝ) z :=
  hasFDerivAt_apply i z

/-- The first coordinate of the derivative. -/
theorem fderiv_twist_zero : fderiv ℝ (twist s) z v 0 = v 0 :=
  fderiv_apply_eq (f := twist s) (i := 0) (differentiableAt_twist s z) (hasFDerivAt_coord z 0) v

/-- The second coordinate of the derivative. -/
theorem fderiv_twist_one :
    fderiv ℝ (twist s) z v 1 = Real.cos (s * z 0) * v 1 - Real.sin (s * z 0) * v 2 -
      s * v 0 * (Real.sin (s * z 0) * z 1 + Real.cos (s * z 0) * z 2) := by
  have hθ := (hasFDerivAt_coord z 0).const_mul s
  have h : HasFDerivAt (𝕜 := ℝ)
      (fun x : Fin 3 → ℝ ↦ Real.cos (s * x 0) * x 1 - Real.sin (s * x 0) * x 2) _ z :=
    (hθ.cos.fun_mul (hasFDerivAt_coord z 1)).fun_sub (hθ.sin.fun_mul (hasFDerivAt_coord z 2))
  rw [fderiv_apply_eq (f := twist s) (i := 1) (differentiableAt_twist s z) h v]
  simp only [ContinuousLinearMap.sub_apply, ContinuousLinearMap.add_apply,
    ContinuousLinearMap.smul_apply, ContinuousLinearMap.proj_apply, smul_eq_mul]
  ring

/-- The third coordinate of the derivative. -/
theorem fderiv_twist_two :
    fderiv ℝ (twist s) z v 2 = Real.sin (s * z 0) * v 1 + Real.cos (s * z 0) * v 2 +
      s * v 0 * (Real.cos (s * z 0) * z 1 - Real.sin (s * z 0) * z 2) := by
  have hθ := (hasFDerivAt_coord z 0).const_mul s
  have h : HasFDerivAt (𝕜 := ℝ)
      (fun x : Fin 3 → ℝ ↦ Real.sin (s * x 0) * x 1 + Real.cos (s * x 0) * x 2) _ z :=
    (hθ.sin.fun_mul (hasFDerivAt_coord z 1)).fun_add (hθ.cos.fun_mul (hasFDerivAt_coord z 2))
  rw [fderiv_apply_eq (f := twist s) (i := 2) (differentiableAt_twist s z) h v]
  simp only [ContinuousLinearMap.add_apply, ContinuousLinearMap.smul_apply,
    ContinuousLinearMap.proj_apply, smul_eq_mul]
  ring

/-- The squares of the entries of the Jacobian. -/
theorem sum_sq_fderiv_twist :
    ∑ i, ∑ j, (fderiv ℝ (twist s) z (Pi.single j 1) i) ^ 2 = 3 + s ^ 2 * (z 1 ^ 2 + z 2 ^ 2) := by
  have e₀₀ : (Pi.single 0 1 : Fin 3 → ℝ) 0 = 1 := Pi.single_eq_same 0 1
  have e₀₁ : (Pi.single 0 1 : Fin 3 → ℝ) 1 = 0 := Pi.single_eq_of_ne (by simp) 1
  have e₀₂ : (Pi.single 0 1 : Fin 3 → ℝ) 2 = 0 := Pi.single_eq_of_ne (by simp) 1
  have e₁₀ : (Pi.single 1 1 : Fin 3 → ℝ) 0 = 0 := Pi.single_eq_of_ne (by simp) 1
  have e₁₁ : (Pi.single 1 1 : Fin 3 → ℝ) 1 = 1 := Pi.single_eq_same 1 1
  have e₁₂ : (Pi.single 1 1 : Fin 3 → ℝ) 2 = 0 := Pi.single_eq_of_ne (by simp) 1
  have e₂₀ : (Pi.single 2 1 : Fin 3 → ℝ) 0 = 0 := Pi.single_eq_of_ne (by simp) 1
  have e₂₁ : (Pi.single 2 1 : Fin 3 → ℝ) 1 = 0 := Pi.single_eq_of_ne (by simp) 1
  have e₂₂ : (Pi.single 2 1 : Fin 3 → ℝ) 2 = 1 := Pi.single_eq_same 2 1
  simp only [Fin.sum_univ_three, fderiv_twist_zero, fderiv_twist_one, fderiv_twist_two, e₀₀, e₀₁,
    e₀₂, e₁₀, e₁₁, e₁₂, e₂₀, e₂₁, e₂₂]
  linear_combination (2 + s ^ 2 * (z 1 ^ 2 + z 2 ^ 2)) * Real.cos_sq_add_sin_sq (s * z 0)

end Derivative

/-- The squares of the entries of the Jacobian are integrable. -/
theorem integrable_sum_sq_fderiv_twist (s : ℝ) :
    Integrable (fun z ↦ ∑ i, ∑ j, (fderiv ℝ (twist s) z (Pi.single j 1) i) ^ 2) (γ 3) := by
  have hadd : Integrable (fun z : Fin 3 → ℝ ↦ z 1 ^ 2 + z 2 ^ 2) (γ 3) :=
    ((memLp_coord 1).integrable_sq).add ((memLp_coord 2).integrable_sq)
  have hmul : Integrable (fun z : Fin 3 → ℝ ↦ s ^ 2 * (z 1 ^ 2 + z 2 ^ 2)) (γ 3) :=
    hadd.const_mul _
  simp only [sum_sq_fderiv_twist]
  exact (integrable_const _).add hmul

/-- The energy of the twist. -/
theorem dirichletEnergy_twist (s : ℝ) : dirichletEnergy (twist s) = 3 + 2 * s ^ 2 := by
  have h₁ : ∫ z : Fin 3 → ℝ, z 1 ^ 2 ∂γ 3 = 1 := (isWhite_coord 3).integral_sq_eq_one 1
  have h₂ : ∫ z : Fin 3 → ℝ, z 2 ^ 2 ∂γ 3 = 1 := (isWhite_coord 3).integral_sq_eq_one 2
  have hint₁ : Integrable (fun z : Fin 3 → ℝ ↦ z 1 ^ 2) (γ 3) := (memLp_coord 1).integrable_sq
  have hint₂ : Integrable (fun z : Fin 3 → ℝ ↦ z 2 ^ 2) (γ 3) := (memLp_coord 2).integrable_sq
  have hadd : Integrable (fun z : Fin 3 → ℝ ↦ z 1 ^ 2 + z 2 ^ 2) (γ 3) := hint₁.add hint₂
  have hmul : Integrable (fun z : Fin 3 → ℝ ↦ s ^ 2 * (z 1 ^ 2 + z 2 ^ 2)) (γ 3) :=
    hadd.const_mul _
  rw [dirichletEnergy]
  simp only [sum_sq_fderiv_twist]
  rw [integral_add (integrable_const _) hmul, integral_const_mul,
    integral_add hint₁ hint₂, h₁, h₂, integral_const,
    probReal_univ, one_smul]
  ring

/-! ### The energy -/

/-- **An instance of `dirichletEnergy_eq_iff`**: the twist. -/
theorem dirichletEnergy_twist_eq_iff (s : ℝ) :
    (3 : ℕ) ≤ dirichletEnergy (twist s) ∧
      (dirichletEnergy (twist s) = (3 : ℕ) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin 3) ℝ, twist s = Q.mulVec) :=
  dirichletEnergy_eq_iff (twistEquiv s) (contDiff_twist s) (contDiff_twist (-s)) (map_twist s)
    (integrable_sum_sq_fderiv_twist s)

/-- **What `dirichletEnergy_eq_iff` says of the twist**: it is not orthogonal, because of its
energy. -/
theorem not_orthogonal_twist {s : ℝ} (hs : s ≠ 0) :
    ¬ ∃ Q ∈ Matrix.orthogonalGroup (Fin 3) ℝ, twist s = Q.mulVec := by
  intro h
  have h₃ := (dirichletEnergy_twist_eq_iff s).2.2 h
  rw [dirichletEnergy_twist, Nat.cast_ofNat] at h₃
  have hpos : 0 < s ^ 2 := sq_pos_of_ne_zero hs
  linarith

/-- Linear maps are smooth. -/
theorem contDiff_mulVec {n : ℕ} (M : Matrix (Fin n) (Fin n) ℝ) : ContDiff ℝ 1 M.mulVec :=
  (LinearMap.toContinuousLinearMap M.mulVecLin).contDiff

/-- **An instance of `dirichletEnergy_eq_iff`**: the rotation, which attains the least energy. -/
theorem dirichletEnergy_turn : dirichletEnergy turn.mulVec = (2 : ℕ) := by
  have hfd (z : Fin 2 → ℝ) :
      fderiv ℝ turn.mulVec z = LinearMap.toContinuousLinearMap turn.mulVecLin :=
    ((LinearMap.toContinuousLinearMap turn.mulVecLin).hasFDerivAt (x := z)).fderiv
  have hint : Integrable
      (fun z ↦ ∑ i, ∑ j, (fderiv ℝ turn.mulVec z (Pi.single j 1) i) ^ 2) (γ 2) := by
    simp only [hfd]
    exact integrable_const _
  exact (dirichletEnergy_eq_iff (orthogonalEquiv turnO).toEquiv (contDiff_mulVec turn)
    (contDiff_mulVec turnᵀ) (map_mulVec_stdGaussian turn_mem) hint).2.2 ⟨turn, turn_mem, rfl⟩

/-! ### The Jacobian -/

/-- **An instance of `ae_abs_det_fderiv_eq_exp`**: the twist keeps volumes. -/
theorem ae_abs_det_fderiv_twist (s : ℝ) : ∀ᵐ z ∂γ 3, |(fderiv ℝ (twist s) z).det| = 1 := by
  have h : ∀ᵐ z ∂γ 3, |(fderiv ℝ (twist s) z).det| =
      Real.exp ((∑ i, twist s z i ^ 2 - ∑ i, z i ^ 2) / 2) :=
    ae_abs_det_fderiv_eq_exp (twistEquiv s) (contDiff_twist s)
      (contDiff_twist (-s)).continuous.measurable (map_twist s)
  filter_upwards [h] with z hz
  rw [hz, sum_sq_twist, sub_self, zero_div, Real.exp_zero]

/-- **An instance of `integral_log_abs_det_fderiv`**: the twist. -/
theorem integral_log_abs_det_twist (s : ℝ) :
    ∫ z, Real.log |(fderiv ℝ (twist s) z).det| ∂γ 3 = 0 :=
  integral_log_abs_det_fderiv (twistEquiv s) (contDiff_twist s)
    (contDiff_twist (-s)).continuous.measurable (map_twist s)

/-! ### Outside: a map that does not preserve the Gaussian -/

/-- The half of a vector. -/
def half (z : Fin 2 → ℝ) : Fin 2 → ℝ := (1 / 2 : ℝ) • z

/-- Its coordinates. -/
theorem half_apply (z : Fin 2 → ℝ) (i : Fin 2) : half z i = 1 / 2 * z i := by
  rw [half, Pi.smul_apply, smul_eq_mul]

/-- Its derivative. -/
theorem fderiv_half (z v : Fin 2 → ℝ) (i : Fin 2) : fderiv ℝ half z v i = 1 / 2 * v i := by
  have h : HasFDerivAt half ((1 / 2 : ℝ) • ContinuousLinearMap.id ℝ (Fin 2 → ℝ)) z :=
    (hasFDerivAt_id z).const_smul (1 / 2 : ℝ)
  have e : fderiv ℝ half z v = (1 / 2 : ℝ) • v :=
    congrArg (fun M : (Fin 2 → ℝ) →L[ℝ] Fin 2 → ℝ ↦ M v) h.fderiv
  rw [e, Pi.smul_apply, smul_eq_mul]

private theorem single_two :
    ((Pi.single 0 1 : Fin 2 → ℝ) 0 = 1 ∧ (Pi.single 0 1 : Fin 2 → ℝ) 1 = 0) ∧
      (Pi.single 1 1 : Fin 2 → ℝ) 0 = 0 ∧ (Pi.single 1 1 : Fin 2 → ℝ) 1 = 1 :=
  ⟨⟨Pi.single_eq_same 0 1, Pi.single_eq_of_ne (by simp) 1⟩, Pi.single_eq_of_ne (by simp) 1,
    Pi.single_eq_same 1 1⟩

/-- Its Jacobian determinant. -/
theorem det_fderiv_half (z : Fin 2 → ℝ) : (fderiv ℝ half z).det = 1 / 4 := by
  obtain ⟨⟨e₀₀, e₀₁⟩, e₁₀, e₁₁⟩ := single_two
  have h (i j : Fin 2) : jacobian half z i j = 1 / 2 * (Pi.single j 1 : Fin 2 → ℝ) i :=
    fderiv_half z (Pi.single j 1) i
  rw [← det_jacobian, Matrix.det_fin_two, h 0 0, h 0 1, h 1 0, h 1 1, e₀₀, e₀₁, e₁₀, e₁₁]
  norm_num

/-- **Outside `dirichletEnergy_eq_iff`**: the half of a vector, which does not preserve the
Gaussian, has an energy below the dimension. -/
theorem dirichletEnergy_half_lt : dirichletEnergy half < 2 := by
  obtain ⟨⟨e₀₀, e₀₁⟩, e₁₀, e₁₁⟩ := single_two
  have h (z : Fin 2 → ℝ) : ∑ i, ∑ j, (fderiv ℝ half z (Pi.single j 1) i) ^ 2 = 1 / 2 := by
    simp only [Fin.sum_univ_two, fderiv_half, e₀₀, e₀₁, e₁₀, e₁₁]
    norm_num
  rw [dirichletEnergy]
  simp only [h]
  rw [integral_const, probReal_univ, one_smul]
  norm_num

/-- **Outside `ae_abs_det_fderiv_eq_exp`**: the half of a vector, at the origin. -/
theorem not_ae_abs_det_fderiv_half :
    ¬ ∀ᵐ z ∂γ 2, |(fderiv ℝ half z).det| =
      Real.exp ((∑ i, half z i ^ 2 - ∑ i, z i ^ 2) / 2) := by
  intro h
  simp only [det_fderiv_half] at h
  have hcont : Continuous fun z : Fin 2 → ℝ ↦
      Real.exp ((∑ i, half z i ^ 2 - ∑ i, z i ^ 2) / 2) := by
    have hz (i : Fin 2) : Continuous fun z : Fin 2 → ℝ ↦ z i := continuous_apply i
    have hh (i : Fin 2) : Continuous fun z : Fin 2 → ℝ ↦ half z i := by
      simp only [half_apply]
      exact continuous_const.mul (hz i)
    have hs : Continuous fun z : Fin 2 → ℝ ↦ ∑ i, half z i ^ 2 :=
      continuous_finset_sum _ fun i _ ↦ (hh i).pow 2
    have hs' : Continuous fun z : Fin 2 → ℝ ↦ ∑ i, z i ^ 2 :=
      continuous_finset_sum _ fun i _ ↦ (hz i).pow 2
    exact Real.continuous_exp.comp ((hs.sub hs').div_const 2)
  have hae : (fun _ : Fin 2 → ℝ ↦ |(1 / 4 : ℝ)|) =ᵐ[γ 2]
      fun z ↦ Real.exp ((∑ i, half z i ^ 2 - ∑ i, z i ^ 2) / 2) := h
  have hall := (Continuous.ae_eq_iff_eq (volume : Measure (Fin 2 → ℝ)) continuous_const hcont).1
    ((absolutelyContinuous_stdGaussian 2).ae_eq hae)
  have h₀ : |(1 / 4 : ℝ)| =
      Real.exp ((∑ i, half 0 i ^ 2 - ∑ i, (0 : Fin 2 → ℝ) i ^ 2) / 2) := congrFun hall 0
  have e : half 0 = 0 := smul_zero _
  rw [e, sub_self, zero_div, Real.exp_zero, abs_of_pos (by norm_num)] at h₀
  norm_num at h₀

/-- **Outside `integral_log_abs_det_fderiv`**: the half of a vector. -/
theorem integral_log_abs_det_half_ne :
    ∫ z, Real.log |(fderiv ℝ half z).det| ∂γ 2 ≠ 0 := by
  simp only [det_fderiv_half]
  rw [integral_const, probReal_univ, one_smul, Real.log_abs]
  exact Real.log_ne_zero_of_pos_of_ne_one (by norm_num) (by norm_num)

/-! ### Alignment at small steps -/

/-- A map of the plane that keeps volumes and is not linear. -/
def wave (z : Fin 2 → ℝ) : Fin 2 → ℝ := ![z 0, z 1 + Real.sin (z 0)]

/-- It is smooth. -/
theorem contDiff_wave : ContDiff ℝ 1 wave := by
  have h (i : Fin 2) : ContDiff ℝ 1 fun z : Fin 2 → ℝ ↦ z i := contDiff_apply ℝ ℝ i
  refine contDiff_pi.2 fun i ↦ ?_
  fin_cases i
  · exact h 0
  · exact (h 1).add (h 0).sin

private theorem differentiableAt_wave (z : Fin 2 → ℝ) : DifferentiableAt ℝ wave z :=
  contDiff_wave.differentiable one_ne_zero z

private theorem hasFDerivAt_coord_two (z : Fin 2 → ℝ) (i : Fin 2) :
    HasFDerivAt (fun z : Fin 2 → ℝ ↦ z i)
      (ContinuousLinearMap.proj i : (Fin 2 → ℝ) →L[ℝ] ℝ) z :=
  hasFDerivAt_apply i z

/-- The first coordinate of its derivative. -/
theorem fderiv_wave_zero (z v : Fin 2 → ℝ) : fderiv ℝ wave z v 0 = v 0 :=
  fderiv_apply_eq (f := wave) (i := 0) (differentiableAt_wave z) (hasFDerivAt_coord_two z 0) v

/-- The second coordinate of its derivative. -/
theorem fderiv_wave_one (z v : Fin 2 → ℝ) :
    fderiv ℝ wave z v 1 = v 1 + Real.cos (z 0) * v 0 := by
  have h : HasFDerivAt (𝕜 := ℝ) (fun x : Fin 2 → ℝ ↦ x 1 + Real.sin (x 0)) _ z :=
    (hasFDerivAt_coord_two z 1).fun_add (hasFDerivAt_coord_two z 0).sin
  rw [fderiv_apply_eq (f := wave) (i := 1) (differentiableAt_wave z) h v]
  simp only [ContinuousLinearMap.add_apply, ContinuousLinearMap.smul_apply,
    ContinuousLinearMap.proj_apply, smul_eq_mul]

/-- Its derivative is bounded. -/
theorem norm_fderiv_wave_le (z : Fin 2 → ℝ) : ‖fderiv ℝ wave z‖ ≤ 2 := by
  refine ContinuousLinearMap.opNorm_le_bound _ zero_le_two fun v ↦
    (pi_norm_le_iff_of_nonneg (mul_nonneg zero_le_two (norm_nonneg v))).2
      (Fin.forall_fin_two.2 ⟨?_, ?_⟩)
  · have h₀ : |v 0| ≤ ‖v‖ := norm_le_pi_norm v 0
    rw [fderiv_wave_zero, Real.norm_eq_abs]
    linarith [norm_nonneg v]
  · have h₀ : |v 0| ≤ ‖v‖ := norm_le_pi_norm v 0
    have h₁ : |v 1| ≤ ‖v‖ := norm_le_pi_norm v 1
    have hc : |Real.cos (z 0) * v 0| ≤ |v 0| := by
      rw [abs_mul]
      exact mul_le_of_le_one_left (abs_nonneg _) (Real.abs_cos_le_one _)
    rw [fderiv_wave_one, Real.norm_eq_abs]
    linarith [abs_add_le (v 1) (Real.cos (z 0) * v 0)]

/-- Its energy. -/
theorem dirichletEnergy_wave :
    dirichletEnergy wave = 2 + ∫ z : Fin 2 → ℝ, Real.cos (z 0) ^ 2 ∂γ 2 := by
  obtain ⟨⟨e₀₀, e₀₁⟩, e₁₀, e₁₁⟩ := single_two
  have h (z : Fin 2 → ℝ) :
      ∑ i, ∑ j, (fderiv ℝ wave z (Pi.single j 1) i) ^ 2 = 2 + Real.cos (z 0) ^ 2 := by
    simp only [Fin.sum_univ_two, fderiv_wave_zero, fderiv_wave_one, e₀₀, e₀₁, e₁₀, e₁₁]
    ring
  have h₀ : Continuous fun z : Fin 2 → ℝ ↦ z 0 := continuous_apply 0
  have hcont : Continuous fun z : Fin 2 → ℝ ↦ Real.cos (z 0) ^ 2 :=
    (Real.continuous_cos.comp h₀).pow 2
  have hint : Integrable (fun z : Fin 2 → ℝ ↦ Real.cos (z 0) ^ 2) (γ 2) :=
    Integrable.of_bound hcont.aestronglyMeasurable 1 (.of_forall fun z ↦ by
      rw [Real.norm_of_nonneg (sq_nonneg _)]
      exact Real.cos_sq_le_one _)
  rw [dirichletEnergy]
  simp only [h]
  rw [integral_add (integrable_const _) hint, integral_const, probReal_univ, one_smul]

/-- **An instance of `tendsto_alignment_div`**: a map of the plane that is not linear. -/
theorem tendsto_alignment_wave :
    Tendsto (fun ρ ↦ alignment (ouLaw 2 ρ) wave / (1 - ρ)) (𝓝[<] 1)
      (𝓝 (2 * (2 + ∫ z : Fin 2 → ℝ, Real.cos (z 0) ^ 2 ∂γ 2))) := by
  rw [← dirichletEnergy_wave]
  exact tendsto_alignment_div contDiff_wave norm_fderiv_wave_le

/-! ### Outside: an encoder that is not differentiable -/

/-- The sign of a number. -/
def sgn (x : ℝ) : ℝ := if 0 ≤ x then 1 else -1

/-- It is measurable. -/
theorem measurable_sgn : Measurable sgn := by
  change Measurable fun x : ℝ ↦ if 0 ≤ x then (1 : ℝ) else -1
  exact Measurable.ite measurableSet_Ici measurable_const measurable_const

/-- It is positive for positive numbers. -/
theorem sgn_of_pos {x : ℝ} (hx : 0 < x) : sgn x = 1 := if_pos hx.le

/-- It is negative for negative numbers. -/
theorem sgn_of_neg {x : ℝ} (hx : x < 0) : sgn x = -1 := if_neg (not_le.2 hx)

/-- Its square is one. -/
theorem sgn_sq (x : ℝ) : sgn x ^ 2 = 1 := by
  rw [sgn]
  split_ifs <;> norm_num

/-- It is odd, away from zero. -/
theorem sgn_neg {x : ℝ} (hx : x ≠ 0) : sgn (-x) = -sgn x := by
  rcases lt_or_gt_of_ne hx with h | h
  · rw [sgn_of_neg h, sgn_of_pos (neg_pos.2 h), neg_neg]
  · rw [sgn_of_pos h, sgn_of_neg (neg_neg_of_pos h)]

/-- The sign of a Gaussian has mean zero. -/
theorem integral_sgn : ∫ x, sgn x ∂gaussianReal 0 1 = 0 := by
  have : NoAtoms (gaussianReal 0 1) := noAtoms_gaussianReal one_ne_zero
  have hne : ({0} : Set ℝ)ᶜ ∈ ae (gaussianReal 0 1) := compl_mem_ae_iff.2 (measure_singleton 0)
  have hneg : MeasurePreserving (fun x : ℝ ↦ -x) (gaussianReal 0 1) (gaussianReal 0 1) :=
    ⟨measurable_neg, by rw [gaussianReal_map_neg, neg_zero]⟩
  have h : ∫ x, sgn (-x) ∂gaussianReal 0 1 = ∫ x, sgn x ∂gaussianReal 0 1 :=
    hneg.integral_comp_of_aestronglyMeasurable measurable_sgn.aestronglyMeasurable
  have h' : ∫ x, sgn (-x) ∂gaussianReal 0 1 = -∫ x, sgn x ∂gaussianReal 0 1 := by
    rw [← integral_neg]
    refine integral_congr_ae ?_
    filter_upwards [hne] with x hx
    exact sgn_neg fun e ↦ hx (Set.mem_singleton_iff.2 e)
  linarith

/-- The encoder that shows the signs of two latents. -/
def signPair (z : Fin 2 → ℝ) : Fin 2 → ℝ := fun i ↦ sgn (z i)

/-- It is white. -/
theorem isWhite_signPair : IsWhite (γ 2) signPair := by
  have hprob : IsProbabilityMeasure ((gaussianReal 0 1).map sgn) :=
    Measure.isProbabilityMeasure_map measurable_sgn.aemeasurable
  have hid : MemLp sgn 2 (gaussianReal 0 1) :=
    MemLp.of_bound measurable_sgn.aestronglyMeasurable 1 (.of_forall fun x ↦ by
      rw [Real.norm_eq_abs]
      exact (sq_le_one_iff_abs_le_one _).1 (sgn_sq x).le)
  have hw : IsWhite (Measure.pi fun _ : Fin 2 ↦ (gaussianReal 0 1).map sgn)
      fun z : Fin 2 → ℝ ↦ z := by
    have hm : Measurable fun t : ℝ ↦ t := measurable_id'
    have hlp : MemLp id 2 ((gaussianReal 0 1).map sgn) :=
      (memLp_map_measure_iff (g := (id : ℝ → ℝ)) hm.aestronglyMeasurable
        measurable_sgn.aemeasurable).2 hid
    have hmean : ∫ t, t ∂(gaussianReal 0 1).map sgn = 0 :=
      (integral_map measurable_sgn.aemeasurable hm.aestronglyMeasurable).trans integral_sgn
    have hvar : ∫ t, t ^ 2 ∂(gaussianReal 0 1).map sgn = 1 := by
      rw [integral_map measurable_sgn.aemeasurable (hm.pow_const 2).aestronglyMeasurable]
      simp only [sgn_sq]
      rw [integral_const, probReal_univ, one_smul]
    exact isWhite_pi (fun _ ↦ hlp) (fun _ ↦ hmean) fun _ ↦ hvar
  have hmp : MeasurePreserving signPair (γ 2)
      (Measure.pi fun _ : Fin 2 ↦ (gaussianReal 0 1).map sgn) :=
    measurePreserving_pi (fun _ : Fin 2 ↦ gaussianReal 0 1)
      (fun _ : Fin 2 ↦ (gaussianReal 0 1).map sgn) (f := fun _ x ↦ sgn x)
      fun _ ↦ ⟨measurable_sgn, rfl⟩
  have h := hw.comp_measurePreserving hmp
  exact h

/-- The sign is constant near every number but zero. -/
theorem eventually_sgn_eq {x : ℝ} (hx : x ≠ 0) : ∀ᶠ y in 𝓝 x, sgn y = sgn x := by
  rcases lt_or_gt_of_ne hx with h | h
  · filter_upwards [Iio_mem_nhds h] with y hy
    rw [sgn_of_neg h, sgn_of_neg (Set.mem_Iio.1 hy)]
  · filter_upwards [Ioi_mem_nhds h] with y hy
    rw [sgn_of_pos h, sgn_of_pos (Set.mem_Ioi.1 hy)]

/-- Its energy is zero: it is locally constant, almost everywhere. -/
theorem dirichletEnergy_signPair : dirichletEnergy signPair = 0 := by
  rw [dirichletEnergy]
  refine integral_eq_zero_of_ae ?_
  have hne : ∀ᵐ z ∂γ 2, ∀ i : Fin 2, z i ≠ 0 := ae_all_iff.2 fun i ↦ ae_apply_ne_zero i
  filter_upwards [hne] with z hz
  have hloc : signPair =ᶠ[𝓝 z] fun _ ↦ signPair z := by
    have h : ∀ᶠ y in 𝓝 z, ∀ i, sgn (y i) = sgn (z i) :=
      Filter.eventually_all.2 fun i ↦
        ((continuous_apply i).tendsto z).eventually (eventually_sgn_eq (hz i))
    filter_upwards [h] with y hy
    exact funext hy
  have hfd : fderiv ℝ signPair z = 0 := hloc.fderiv_eq.trans (fderiv_const_apply (signPair z))
  rw [hfd]
  simp

/-- **Outside `tendsto_alignment_div`**: the signs of two latents have the energy zero, but their
alignment does not vanish faster than `1 - ρ`. -/
theorem not_tendsto_alignment_signs :
    ¬ Tendsto (fun ρ ↦ alignment (ouLaw 2 ρ) signPair / (1 - ρ)) (𝓝[<] 1)
      (𝓝 (2 * dirichletEnergy signPair)) := by
  intro h
  have hle : ∀ᶠ ρ : ℝ in 𝓝[<] 1, (4 : ℝ) ≤ alignment (ouLaw 2 ρ) signPair / (1 - ρ) := by
    have hmem : ∀ᶠ ρ : ℝ in 𝓝[<] 1, ρ ∈ Set.Ioo (0 : ℝ) 1 := Ioo_mem_nhdsLT zero_lt_one
    filter_upwards [hmem] with ρ hρ
    rw [le_div_iff₀ (sub_pos.2 hρ.2)]
    have hw := le_alignment_of_isWhite hρ.1 hρ.2 isWhite_signPair
    rw [Nat.cast_ofNat] at hw
    linarith
  have h₄ := ge_of_tendsto h hle
  rw [dirichletEnergy_signPair] at h₄
  norm_num at h₄

end Lejepa
