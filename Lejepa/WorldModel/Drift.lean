/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.CharFunSum
public import Lejepa.ForMathlib.DotProduct
public import Lejepa.Regularizer.CramerWold
public import Mathlib.LinearAlgebra.Matrix.Symmetric

/-!
# Gaussian drift: a context, a drift and noise

A context `c ∼ κ` has the drift `d c`, and its successor is `d c + η` with independent noise
`η ∼ ν`. The successor is standard Gaussian and the drift Gaussian of covariance `G`: a linear world
with actions, whose context is latent and action, has `G = M Mᵀ + B Bᵀ`. So the noise is Gaussian of
covariance `1 - G`, and `0 ≤ G ≤ 1`.

## Main definitions
* `Lejepa.step ν d f`: the step `c ↦ 𝔼 f(d c + η)`.
* `Lejepa.IsGaussianDrift κ ν d G`: a Gaussian drift of covariance `G` with a standard Gaussian
  successor.

## Main results
* `Lejepa.IsGaussianDrift.charFunDual_noise`, `Lejepa.IsGaussianDrift.map_noise`: the noise is
  Gaussian of covariance `1 - G`.
* `Lejepa.IsGaussianDrift.dotProduct_mulVec_nonneg`, `Lejepa.IsGaussianDrift.dotProduct_mulVec_le`:
  `0 ≤ G ≤ 1`.
* `Lejepa.IsGaussianDrift.step_linear`: the step of a linear form is that form of the drift.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory Complex

noncomputable section

namespace Lejepa

variable {n : ℕ} {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {G : Matrix (Fin n) (Fin n) ℝ}

/-- The step `𝔼 f(d c + η)`, `η ∼ ν`, as a function of the context. -/
def step (ν : Measure (Fin n → ℝ)) (d : C → Fin n → ℝ) (f : (Fin n → ℝ) → ℝ) (c : C) : ℝ :=
  ∫ η, f (d c + η) ∂ν

/-- A Gaussian drift `d c`, `c ∼ κ`, of covariance `G`, whose successor `d c + η`, `η ∼ ν`, is
standard Gaussian. -/
structure IsGaussianDrift (κ : Measure C) (ν : Measure (Fin n → ℝ)) (d : C → Fin n → ℝ)
    (G : Matrix (Fin n) (Fin n) ℝ) : Prop where
  measurable : Measurable d
  stationary : (κ.prod ν).map (fun p ↦ d p.1 + p.2) = γ n
  isSymm : G.IsSymm
  protected charFunDual : ∀ L : StrongDual ℝ (Fin n → ℝ), charFunDual (κ.map d) L =
    cexp (-(((fun i ↦ L (Pi.single i 1)) ⬝ᵥ G.mulVec (fun i ↦ L (Pi.single i 1)) : ℝ) : ℂ) / 2)

namespace IsGaussianDrift

/-- The successor is standard Gaussian. -/
theorem measurePreserving (hd : IsGaussianDrift κ ν d G) :
    MeasurePreserving (fun p : C × (Fin n → ℝ) ↦ d p.1 + p.2) (κ.prod ν) (γ n) :=
  ⟨(hd.measurable.comp measurable_fst).add measurable_snd, hd.stationary⟩

variable [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]

/-- The noise is Gaussian of covariance `1 - G`. -/
theorem charFunDual_noise (hd : IsGaussianDrift κ ν d G) (L : StrongDual ℝ (Fin n → ℝ)) :
    charFunDual ν L =
      cexp (-((((fun i ↦ L (Pi.single i 1)) ⬝ᵥ fun i ↦ L (Pi.single i 1)) -
        (fun i ↦ L (Pi.single i 1)) ⬝ᵥ G.mulVec (fun i ↦ L (Pi.single i 1)) : ℝ) : ℂ) / 2) := by
  have h : charFunDual ((κ.prod ν).map fun p ↦ d p.1 + p.2) L =
      charFunDual (κ.map d) L * charFunDual (ν.map fun η ↦ η) L :=
    charFunDual_map_add_prod (X := d) (Y := fun η ↦ η) hd.measurable measurable_id' L
  rw [hd.stationary, Measure.map_id', charFunDual_stdGaussian, hd.charFunDual] at h
  have hs : ((fun i ↦ L (Pi.single i 1)) ⬝ᵥ fun i ↦ L (Pi.single i 1)) =
      ∑ i, L (Pi.single i 1) ^ 2 := Finset.sum_congr rfl fun i _ ↦ (sq _).symm
  refine mul_left_cancel₀ (exp_ne_zero _) (h.symm.trans ?_)
  rw [hs, ← exp_add, ofReal_sub]
  congr 1
  ring

private lemma nonneg_of_norm_cexp_le_one {r : ℝ} (h : ‖cexp (-(r : ℂ) / 2)‖ ≤ 1) : 0 ≤ r := by
  have e : -(r : ℂ) / 2 = ((-r / 2 : ℝ) : ℂ) := by simp
  rw [e, norm_exp_ofReal, Real.exp_le_one_iff] at h
  linarith

private lemma projectionForm_comp_single (x : Fin n → ℝ) :
    (fun i ↦ projectionForm x (Pi.single i 1)) = x :=
  funext (projectionForm_single x)

omit [IsProbabilityMeasure ν] in
/-- The covariance of the drift is positive. -/
theorem dotProduct_mulVec_nonneg (hd : IsGaussianDrift κ ν d G) (x : Fin n → ℝ) :
    0 ≤ x ⬝ᵥ G.mulVec x := by
  have : IsProbabilityMeasure (κ.map d) :=
    Measure.isProbabilityMeasure_map hd.measurable.aemeasurable
  have h := norm_charFunDual_le_one (μ := κ.map d) (projectionForm x)
  rw [hd.charFunDual, projectionForm_comp_single x] at h
  exact nonneg_of_norm_cexp_le_one h

/-- The covariance of the drift is at most one. -/
theorem dotProduct_mulVec_le (hd : IsGaussianDrift κ ν d G) (x : Fin n → ℝ) :
    x ⬝ᵥ G.mulVec x ≤ x ⬝ᵥ x := by
  have h := norm_charFunDual_le_one (μ := ν) (projectionForm x)
  rw [hd.charFunDual_noise, projectionForm_comp_single x] at h
  exact sub_nonneg.1 (nonneg_of_norm_cexp_le_one h)

private lemma measurable_form (u : Fin n → ℝ) :
    Measurable fun z : Fin n → ℝ ↦ ∑ i, u i * z i := by
  rw [← coe_projectionForm u]
  exact (projectionForm u).continuous.measurable

/-- Linear forms of the noise are Gaussian. -/
theorem map_noise (hd : IsGaussianDrift κ ν d G) (u : Fin n → ℝ) :
    ν.map (fun η ↦ ∑ i, u i * η i) =
      gaussianReal 0 (u ⬝ᵥ u - u ⬝ᵥ G.mulVec u).toNNReal := by
  have : IsProbabilityMeasure (ν.map (projectionForm u)) :=
    Measure.isProbabilityMeasure_map (projectionForm u).continuous.measurable.aemeasurable
  rw [← coe_projectionForm u]
  refine Measure.ext_of_charFun (funext fun t ↦ ?_)
  have e : (fun i ↦ (t • projectionForm u) (Pi.single i 1)) = t • u := funext fun i ↦ by
    change t * projectionForm u (Pi.single i 1) = t * u i
    rw [projectionForm_single]
  have e₂ : (t • u) ⬝ᵥ (t • u) - (t • u) ⬝ᵥ G.mulVec (t • u) =
      t ^ 2 * (u ⬝ᵥ u - u ⬝ᵥ G.mulVec u) := by
    simp only [Matrix.mulVec_smul, smul_dotProduct, dotProduct_smul, smul_eq_mul]
    ring
  have hq := Real.coe_toNNReal _ (sub_nonneg.2 (hd.dotProduct_mulVec_le u))
  rw [charFun_map_eq_charFunDual_smul, hd.charFunDual_noise, charFun_gaussianReal, e, e₂, hq]
  generalize u ⬝ᵥ u - u ⬝ᵥ G.mulVec u = q
  congr 1
  push_cast
  ring

/-- Linear forms of the noise are integrable. -/
theorem integrable_noise (hd : IsGaussianDrift κ ν d G) (u : Fin n → ℝ) :
    Integrable (fun η ↦ ∑ i, u i * η i) ν := by
  have h : Integrable (fun x : ℝ ↦ x) (ν.map fun η ↦ ∑ i, u i * η i) := by
    rw [hd.map_noise u]
    exact (memLp_id_gaussianReal' 1 ENNReal.one_ne_top).integrable le_rfl
  exact h.comp_measurable (measurable_form u)

/-- The noise has mean zero. -/
theorem integral_noise (hd : IsGaussianDrift κ ν d G) (u : Fin n → ℝ) :
    ∫ η, ∑ i, u i * η i ∂ν = 0 := by
  calc ∫ η, ∑ i, u i * η i ∂ν = ∫ x, x ∂(ν.map fun η ↦ ∑ i, u i * η i) :=
        (integral_map (measurable_form u).aemeasurable measurable_id'.aestronglyMeasurable).symm
    _ = 0 := by rw [hd.map_noise u, integral_id_gaussianReal]

/-- The step of a linear form is that form of the drift. -/
theorem step_linear (hd : IsGaussianDrift κ ν d G) (a : Fin n → ℝ) (c : C) :
    step ν d (fun z ↦ ∑ j, a j * z j) c = ∑ j, a j * d c j := by
  calc step ν d (fun z ↦ ∑ j, a j * z j) c
      = ∫ η, ((∑ j, a j * d c j) + ∑ j, a j * η j) ∂ν := by
        refine integral_congr_ae (ae_of_all _ fun η ↦ ?_)
        change ∑ j, a j * (d c j + η j) = (∑ j, a j * d c j) + ∑ j, a j * η j
        rw [← Finset.sum_add_distrib]
        exact Finset.sum_congr rfl fun j _ ↦ mul_add _ _ _
    _ = ∑ j, a j * d c j := by
        rw [integral_add (integrable_const _) (hd.integrable_noise a), hd.integral_noise a,
          integral_const, probReal_univ, one_smul, add_zero]

end IsGaussianDrift

end Lejepa
