/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Probability.Distributions.Gaussian.Real
public import Mathlib.Topology.Algebra.Polynomial

/-!
# Polynomials in random variables with all moments, and in Gaussians

Functions that lie in every `L^p`, `p < ∞`, are closed under products, finite products and
polynomials. Gaussian variables are such functions.

## Main results
* `MeasureTheory.memLp_mul_of_forall`, `MeasureTheory.memLp_prod_of_forall`,
  `MeasureTheory.memLp_aeval_of_forall`: the closure properties.
* `ProbabilityTheory.memLp_aeval_gaussianReal`, `ProbabilityTheory.integrable_aeval_gaussianReal`:
  a polynomial is in every `L^p`, `p < ∞`, of a Gaussian law, and integrable.
-/

public section

open Polynomial
open scoped ENNReal NNReal

namespace MeasureTheory

variable {Ω : Type*} {mΩ : MeasurableSpace Ω} {μ : Measure Ω}

/-- The product of two functions with all moments has all moments. -/
theorem memLp_mul_of_forall {f g : Ω → ℝ} (hf : ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp f p μ)
    (hg : ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp g p μ) (p : ℝ≥0∞) (hp : p ≠ ∞) :
    MemLp (fun ω ↦ f ω * g ω) p μ := by
  have h2 : 2 * p ≠ ∞ := ENNReal.mul_ne_top ENNReal.ofNat_ne_top hp
  have h : ENNReal.HolderTriple (2 * p) (2 * p) p := ⟨by
    rw [ENNReal.mul_inv (Or.inl two_ne_zero) (Or.inl ENNReal.ofNat_ne_top), ← add_mul,
      ENNReal.inv_two_add_inv_two, one_mul]⟩
  exact (hg _ h2).mul' (hf _ h2)

/-- A finite product of functions with all moments has all moments. -/
theorem memLp_prod_of_forall [IsFiniteMeasure μ] {ι : Type*} (s : Finset ι) {f : ι → Ω → ℝ}
    (hf : ∀ i ∈ s, ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp (f i) p μ) :
    ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp (fun ω ↦ ∏ i ∈ s, f i ω) p μ := by
  induction s using Finset.cons_induction with
  | empty =>
    intro p _
    simp only [Finset.prod_empty]
    exact memLp_const 1
  | cons i s hi ih =>
    intro p hp
    simp only [Finset.prod_cons]
    exact memLp_mul_of_forall (hf i (Finset.mem_cons_self i s))
      (ih fun j hj ↦ hf j (Finset.mem_cons_of_mem hj)) p hp

/-- A polynomial in a function with all moments has all moments. -/
theorem memLp_aeval_of_forall [IsFiniteMeasure μ] {R : Type*} [CommSemiring R] [Algebra R ℝ]
    {u : Ω → ℝ} (hu : ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp u p μ) (P : R[X]) :
    ∀ p : ℝ≥0∞, p ≠ ∞ → MemLp (fun ω ↦ aeval (u ω) P) p μ := by
  induction P using Polynomial.induction_on with
  | C a =>
    intro p _
    simp only [aeval_C]
    exact memLp_const _
  | add P Q hP hQ =>
    intro p hp
    simp only [map_add]
    exact (hP p hp).add (hQ p hp)
  | monomial n a h =>
    intro p hp
    have key : (fun ω ↦ aeval (u ω) (C a * X ^ (n + 1))) =
        fun ω ↦ aeval (u ω) (C a * X ^ n) * u ω := by
      funext ω
      rw [pow_succ, ← mul_assoc, map_mul _ (C a * X ^ n) X, aeval_X]
    rw [key]
    exact memLp_mul_of_forall h hu p hp

end MeasureTheory

namespace ProbabilityTheory

open MeasureTheory

variable {R : Type*} [CommSemiring R] [Algebra R ℝ] {μ : ℝ} {v : ℝ≥0} {p : ℝ≥0∞}

/-- An affine function has all moments under a Gaussian law. -/
theorem memLp_affine_gaussianReal (a b : ℝ) (hp : p ≠ ∞) :
    MemLp (fun x ↦ a + b * x) p (gaussianReal μ v) :=
  (memLp_const a).add ((memLp_id_gaussianReal' p hp).const_mul b)

/-- A polynomial has all moments under a Gaussian law. -/
theorem memLp_aeval_gaussianReal (P : R[X]) (hp : p ≠ ∞) :
    MemLp (fun x ↦ aeval x P) p (gaussianReal μ v) :=
  memLp_aeval_of_forall (u := fun x ↦ x) (fun _ hq ↦ memLp_id_gaussianReal' _ hq) P p hp

/-- A polynomial in an affine function has all moments under a Gaussian law. -/
theorem memLp_aeval_affine_gaussianReal (P : R[X]) (a b : ℝ) (hp : p ≠ ∞) :
    MemLp (fun x ↦ aeval (a + b * x) P) p (gaussianReal μ v) :=
  memLp_aeval_of_forall (u := fun x ↦ a + b * x) (fun _ hq ↦ memLp_affine_gaussianReal a b hq)
    P p hp

/-- A polynomial is integrable under a Gaussian law. -/
theorem integrable_aeval_gaussianReal (P : R[X]) :
    Integrable (fun x ↦ aeval x P) (gaussianReal μ v) :=
  memLp_one_iff_integrable.1 (memLp_aeval_gaussianReal P ENNReal.one_ne_top)

/-- A product of two polynomials is integrable under a Gaussian law. -/
theorem integrable_aeval_mul_aeval_gaussianReal (P Q : R[X]) :
    Integrable (fun x ↦ aeval x P * aeval x Q) (gaussianReal μ v) := by
  simpa only [map_mul] using integrable_aeval_gaussianReal (μ := μ) (v := v) (P * Q)

/-- A polynomial in an affine function is integrable under a Gaussian law. -/
theorem integrable_aeval_affine_gaussianReal (P : R[X]) (a b : ℝ) :
    Integrable (fun x ↦ aeval (a + b * x) P) (gaussianReal μ v) :=
  memLp_one_iff_integrable.1 (memLp_aeval_affine_gaussianReal P a b ENNReal.one_ne_top)

/-- A polynomial in an affine function, times the variable, is integrable under a Gaussian law. -/
theorem integrable_mul_aeval_affine_gaussianReal (P : R[X]) (a b : ℝ) :
    Integrable (fun x ↦ x * aeval (a + b * x) P) (gaussianReal μ v) :=
  memLp_one_iff_integrable.1 (memLp_mul_of_forall (f := fun x ↦ x)
    (fun _ hq ↦ memLp_id_gaussianReal' _ hq)
    (fun _ hq ↦ memLp_aeval_affine_gaussianReal P a b hq) 1 ENNReal.one_ne_top)

end ProbabilityTheory
