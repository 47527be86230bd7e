/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianMoments
public import Lejepa.Hermite.Defs

/-!
# Product Hermite polynomials: regularity and first values

## Main results
* `Lejepa.continuous_hermiteProd`, `Lejepa.measurable_hermiteProd`.
* `Lejepa.memLp_hermiteProd`: `hermiteProd α` is square-integrable
  (`Lejepa.memLp_hermiteProd_of_ne_top`: it is in every `L^p`, `p < ∞`).
* `Lejepa.hermiteProd_zero`, `Lejepa.hermiteProd_single`: degrees zero and one.
-/

public section

open MeasureTheory ProbabilityTheory Polynomial
open scoped ENNReal

namespace Lejepa

variable {n : ℕ}

/-! ### First values -/

/-- The Hermite polynomial of degree zero is `1`. -/
@[simp]
theorem hermiteProd_zero : hermiteProd (0 : Fin n → ℕ) = 1 := by
  funext z
  simp only [hermiteProd, Pi.zero_apply, hermite_zero, map_one, Finset.prod_const_one, Pi.one_apply]

/-- The Hermite polynomials of degree one are the coordinates. -/
@[simp]
theorem hermiteProd_single (i : Fin n) (z : Fin n → ℝ) : hermiteProd (Pi.single i 1) z = z i := by
  have h : ∀ j ∈ Finset.univ, j ≠ i →
      aeval (z j) (hermite ((Pi.single i 1 : Fin n → ℕ) j)) = 1 := fun j _ hj ↦ by
    rw [Pi.single_eq_of_ne hj, hermite_zero, map_one, map_one]
  rw [hermiteProd, Finset.prod_eq_single i h fun hi ↦ absurd (Finset.mem_univ i) hi,
    Pi.single_eq_same, hermite_one, aeval_X]

/-! ### Regularity -/

/-- A Hermite product is continuous. -/
@[fun_prop]
theorem continuous_hermiteProd (α : Fin n → ℕ) : Continuous (hermiteProd α) :=
  continuous_finset_prod _ fun i _ ↦
    (Polynomial.continuous_aeval (hermite (α i))).comp (continuous_apply i)

/-- A Hermite product is measurable. -/
@[fun_prop]
theorem measurable_hermiteProd (α : Fin n → ℕ) : Measurable (hermiteProd α) :=
  (continuous_hermiteProd α).measurable

/-- A coordinate is in every `L^p`, `p < ∞`, of the standard Gaussian. -/
theorem memLp_eval_stdGaussian (i : Fin n) {p : ℝ≥0∞} (hp : p ≠ ∞) :
    MemLp (fun z : Fin n → ℝ ↦ z i) p (γ n) :=
  (memLp_id_gaussianReal' p hp).comp_measurePreserving
    (measurePreserving_eval (fun _ : Fin n ↦ gaussianReal 0 1) i)

/-- `hermiteProd α` is in every `L^p`, `p < ∞`. -/
theorem memLp_hermiteProd_of_ne_top (α : Fin n → ℕ) {p : ℝ≥0∞} (hp : p ≠ ∞) :
    MemLp (hermiteProd α) p (γ n) :=
  memLp_prod_of_forall (f := fun (i : Fin n) (z : Fin n → ℝ) ↦ aeval (z i) (hermite (α i)))
    Finset.univ
    (fun i _ ↦ memLp_aeval_of_forall (fun _ hq ↦ memLp_eval_stdGaussian i hq) (hermite (α i))) p hp

/-- `hermiteProd α` is square-integrable. -/
theorem memLp_hermiteProd (α : Fin n → ℕ) : MemLp (hermiteProd α) 2 (γ n) :=
  memLp_hermiteProd_of_ne_top α ENNReal.ofNat_ne_top

/-- A Hermite product is integrable under the standard Gaussian. -/
theorem integrable_hermiteProd (α : Fin n → ℕ) : Integrable (hermiteProd α) (γ n) :=
  memLp_one_iff_integrable.1 (memLp_hermiteProd_of_ne_top α ENNReal.one_ne_top)

/-- The product of two Hermite products is integrable under the standard Gaussian. -/
theorem integrable_hermiteProd_mul (α β : Fin n → ℕ) :
    Integrable (fun z ↦ hermiteProd α z * hermiteProd β z) (γ n) :=
  (memLp_hermiteProd α).integrable_mul (memLp_hermiteProd β)

/-- The product of a square-integrable function and a Hermite polynomial is integrable. -/
theorem integrable_mul_hermiteProd_of_memLp {f : (Fin n → ℝ) → ℝ}
    (hf : MemLp f 2 (γ n)) (α : Fin n → ℕ) :
    Integrable (fun z ↦ f z * hermiteProd α z) (γ n) :=
  hf.integrable_mul (memLp_hermiteProd α)

end Lejepa
