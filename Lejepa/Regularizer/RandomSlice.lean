/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Dirichlet.ChangeOfVariables
public import Lejepa.ForMathlib.AEProjection
public import Lejepa.ForMathlib.DotProductSelf
public import Lejepa.Regularizer.CramerWold
public import Lejepa.Regularizer.EppsPulley

/-!
# Random slices: one direction drawn at random tells

SIGReg draws its directions at random. For a law that is not standard Gaussian the directions whose
projection looks Gaussian are a null set: a single random slice tells the law from the Gaussian,
with probability one. (How plainly it tells is another question.)

## Main results
* `Lejepa.ae_projection_ne_gaussian`: almost every projection of a law that is not standard Gaussian
  is not the Gaussian's.
* `Lejepa.ae_unit_projection_ne_gaussian`, `Lejepa.ae_eppsPulley_pos`: the same for a random unit
  vector, as SIGReg draws it, and for its statistic.
* `Lejepa.eq_stdGaussian_iff_frequently_projection`: Cramér–Wold with directions of positive
  measure.
* `Lejepa.copiedLaw_map_dotProduct_eq_iff`: an example in which the directions that do not tell are
  two lines.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* [Balestriero and LeCun, *LeJEPA*][balestriero2025] (SIGReg).
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped NNReal

noncomputable section

namespace Lejepa

variable {n m : ℕ}

/-! ### Projections of the standard Gaussian -/

/-- The projections of the standard Gaussian are Gaussian. -/
theorem map_dotProduct_stdGaussian (u : Fin n → ℝ) :
    (γ n).map (fun z ↦ u ⬝ᵥ z) = gaussianReal 0 (u ⬝ᵥ u).toNNReal := by
  obtain ⟨v, hv⟩ : ∃ v : ℝ≥0, (u ⬝ᵥ u).toNNReal = v := ⟨_, rfl⟩
  have hv' : u ⬝ᵥ u = (v : ℝ) := by
    rw [← hv, Real.coe_toNNReal _ (Matrix.dotProduct_self_nonneg u)]
  have e : ⇑(projectionForm u) = fun z ↦ u ⬝ᵥ z := coe_projectionForm u
  have : IsProbabilityMeasure ((γ n).map (projectionForm u)) :=
    Measure.isProbabilityMeasure_map (projectionForm u).continuous.measurable.aemeasurable
  rw [hv, ← e]
  refine Measure.ext_of_charFun (funext fun t ↦ ?_)
  rw [charFun_map_eq_charFunDual_smul, charFunDual_stdGaussian, charFun_gaussianReal]
  congr 1
  have hsum : ∑ i, (t • projectionForm u) (Pi.single i 1) ^ 2 = t ^ 2 * v := by
    rw [← hv', dotProduct, Finset.mul_sum]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [ContinuousLinearMap.smul_apply, projectionForm_single, smul_eq_mul]
    ring
  rw [hsum]
  push_cast
  ring

/-- The standard Gaussian has exponential moments in all directions. -/
theorem integrable_exp_dotProduct_stdGaussian (u : Fin n → ℝ) :
    Integrable (fun z ↦ Real.exp (u ⬝ᵥ z)) (γ n) := by
  have h := integrable_exp_dual_pi_gaussianReal (fun _ : Fin n ↦ (0 : ℝ)) (fun _ ↦ 1)
    (projectionForm u)
  simp only [projectionForm_apply] at h
  exact h

/-! ### Almost every direction tells -/

/-- If a probability law is not standard Gaussian, then for almost every vector `u` its projection
on `u` is not `N(0, ‖u‖²)`. -/
theorem ae_projection_ne_gaussian {n : ℕ} {μ : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ]
    (hμ : μ ≠ γ n) :
    ∀ᵐ u ∂γ n, μ.map (fun z ↦ u ⬝ᵥ z) ≠ gaussianReal 0 (u ⬝ᵥ u).toNNReal := by
  have h : ∀ᵐ u : Fin n → ℝ, μ.map (fun z ↦ u ⬝ᵥ z) ≠ gaussianReal 0 (u ⬝ᵥ u).toNNReal := by
    filter_upwards [ae_map_dotProduct_ne integrable_exp_dotProduct_stdGaussian hμ] with u hu
    rwa [map_dotProduct_stdGaussian] at hu
  exact (stdGaussian_absolutelyContinuous n).ae_le h

/-- **Cramér–Wold, sharpened**: a law is standard Gaussian already if its projections are the
Gaussian's in directions that are not a null set. -/
theorem eq_stdGaussian_iff_frequently_projection {μ : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure μ] :
    μ = γ n ↔
      ∃ᶠ u in ae (γ n), μ.map (fun z ↦ u ⬝ᵥ z) = gaussianReal 0 (u ⬝ᵥ u).toNNReal := by
  refine ⟨fun h ↦ ?_, fun h ↦ ?_⟩
  · rw [h]
    exact Filter.Eventually.frequently (.of_forall fun u ↦ map_dotProduct_stdGaussian u)
  · by_contra hμ
    exact h (ae_projection_ne_gaussian hμ)

/-- A random unit vector `u / |u|`, as SIGReg draws it, tells with probability one. -/
theorem ae_unit_projection_ne_gaussian {μ : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ]
    (hμ : μ ≠ γ n) :
    ∀ᵐ u ∂γ n, μ.map (fun z ↦ ((√(u ⬝ᵥ u))⁻¹ • u) ⬝ᵥ z) ≠ gaussianReal 0 1 := by
  filter_upwards [ae_projection_ne_gaussian hμ] with u hu h
  refine hu ?_
  obtain ⟨s, hs⟩ : ∃ s, √(u ⬝ᵥ u) = s := ⟨_, rfl⟩
  have hsq : s ^ 2 = u ⬝ᵥ u := by rw [← hs, Real.sq_sqrt (Matrix.dotProduct_self_nonneg u)]
  rw [hs] at h
  have e : ∀ z, u ⬝ᵥ z = s * ((s⁻¹ • u) ⬝ᵥ z) := fun z ↦ by
    rw [smul_dotProduct, smul_eq_mul]
    rcases eq_or_ne s 0 with hs0 | hs0
    · have h0 : u ⬝ᵥ u = 0 := by rw [← hsq, hs0, zero_pow two_ne_zero]
      rw [hs0, dotProduct_self_eq_zero.1 h0, zero_dotProduct, zero_mul]
    · rw [mul_inv_cancel_left₀ hs0]
  have e' : (fun z : Fin n → ℝ ↦ u ⬝ᵥ z) = (fun x : ℝ ↦ s * x) ∘ fun z ↦ (s⁻¹ • u) ⬝ᵥ z :=
    funext e
  have hv : (⟨s ^ 2, sq_nonneg s⟩ : ℝ≥0) * 1 = (u ⬝ᵥ u).toNNReal := NNReal.eq (by
    rw [mul_one, Real.coe_toNNReal _ (Matrix.dotProduct_self_nonneg u)]
    exact hsq)
  have hmul : Measurable fun x : ℝ ↦ s * x := by fun_prop
  rw [e', ← Measure.map_map hmul (measurable_dotProduct_const (s⁻¹ • u)), h,
    gaussianReal_map_const_mul, mul_zero, hv]

/-- The Epps–Pulley statistic of a random slice is positive with probability one, unless the law is
standard Gaussian. -/
theorem ae_eppsPulley_pos {μ : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] (hμ : μ ≠ γ n) :
    ∀ᵐ u ∂γ n, 0 < eppsPulley (μ.map fun z ↦ ((√(u ⬝ᵥ u))⁻¹ • u) ⬝ᵥ z) := by
  filter_upwards [ae_unit_projection_ne_gaussian hμ] with u hu
  have : IsProbabilityMeasure (μ.map fun z ↦ ((√(u ⬝ᵥ u))⁻¹ • u) ⬝ᵥ z) :=
    Measure.isProbabilityMeasure_map (measurable_dotProduct_const _).aemeasurable
  exact lt_of_le_of_ne (eppsPulley_nonneg _) fun h ↦ hu (eppsPulley_eq_zero_iff.1 h.symm)

/-- One random slice of an encoder tells, with probability one, whether its output is standard
Gaussian. -/
theorem ae_slice_ne_gaussian {h : (Fin n → ℝ) → Fin m → ℝ} (hm : Measurable h)
    (hh : (γ n).map h ≠ γ m) :
    ∀ᵐ u ∂γ m, (γ n).map (fun z ↦ u ⬝ᵥ h z) ≠ gaussianReal 0 (u ⬝ᵥ u).toNNReal := by
  have : IsProbabilityMeasure ((γ n).map h) := Measure.isProbabilityMeasure_map hm.aemeasurable
  filter_upwards [ae_projection_ne_gaussian hh] with u hu
  rw [Measure.map_map (measurable_dotProduct_const u) hm] at hu
  exact hu

/-! ### An example -/

/-- The law of `(x, x)`, where `x ∼ N(0, 1)`: both coordinates are standard Gaussian, and one is a
copy of the other. -/
def copiedLaw : Measure (Fin 2 → ℝ) := (gaussianReal 0 1).map fun x _ ↦ x

/-- Copying is measurable. -/
theorem measurable_copy : Measurable fun (x : ℝ) (_ : Fin 2) ↦ x :=
  measurable_pi_lambda _ fun _ ↦ measurable_id'

instance : IsProbabilityMeasure copiedLaw :=
  Measure.isProbabilityMeasure_map measurable_copy.aemeasurable

/-- All projections of the copied law are Gaussian, but their variance is `(u₀ + u₁)²`. -/
theorem copiedLaw_map_dotProduct (u : Fin 2 → ℝ) :
    copiedLaw.map (fun z ↦ u ⬝ᵥ z) = gaussianReal 0 ⟨(u 0 + u 1) ^ 2, sq_nonneg _⟩ := by
  have e : (fun z : Fin 2 → ℝ ↦ u ⬝ᵥ z) ∘ (fun (x : ℝ) (_ : Fin 2) ↦ x) =
      fun x ↦ (u 0 + u 1) * x := funext fun x ↦ by
    change u ⬝ᵥ (fun _ : Fin 2 ↦ x) = (u 0 + u 1) * x
    rw [dotProduct, Fin.sum_univ_two, add_mul]
  rw [copiedLaw, Measure.map_map (measurable_dotProduct_const u) measurable_copy, e,
    gaussianReal_map_const_mul, mul_zero, mul_one]

/-- The directions in which the copied law looks standard Gaussian are the two coordinate axes: the
coordinates do not tell, and a random direction does. -/
theorem copiedLaw_map_dotProduct_eq_iff (u : Fin 2 → ℝ) :
    copiedLaw.map (fun z ↦ u ⬝ᵥ z) = gaussianReal 0 (u ⬝ᵥ u).toNNReal ↔ u 0 = 0 ∨ u 1 = 0 := by
  have huu : u ⬝ᵥ u = u 0 * u 0 + u 1 * u 1 := by rw [dotProduct, Fin.sum_univ_two]
  rw [copiedLaw_map_dotProduct, gaussianReal_ext_iff]
  constructor
  · rintro ⟨-, h⟩
    have h' : (u 0 + u 1) ^ 2 = u ⬝ᵥ u := by
      have hc := congrArg (fun v : ℝ≥0 ↦ (v : ℝ)) h
      simp only [Real.coe_toNNReal _ (Matrix.dotProduct_self_nonneg u)] at hc
      exact hc
    rw [huu] at h'
    exact mul_eq_zero.1 (by linear_combination h' / 2)
  · intro h
    refine ⟨rfl, NNReal.eq ?_⟩
    rw [Real.coe_toNNReal _ (Matrix.dotProduct_self_nonneg u), huu]
    change (u 0 + u 1) ^ 2 = u 0 * u 0 + u 1 * u 1
    rcases h with h | h
    · rw [h]
      ring
    · rw [h]
      ring

/-- The copied law is not standard Gaussian, so that almost every direction tells. -/
theorem copiedLaw_ne_stdGaussian : copiedLaw ≠ γ 2 := by
  intro h
  have h₁ := map_dotProduct_stdGaussian (n := 2) fun _ ↦ 1
  rw [← h, copiedLaw_map_dotProduct_eq_iff] at h₁
  rcases h₁ with h₁ | h₁
  · exact one_ne_zero h₁
  · exact one_ne_zero h₁

end Lejepa
