/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.GaussianExpDual
public import Lejepa.ForMathlib.HermiteRecurrence
public import Lejepa.Hermite.Basic

/-!
# Hermite products span the polynomials

## Main results
* `Lejepa.hermiteSpan n`: the finite combinations of the `hermiteProd α`.
* `Lejepa.coord_mul_mem_hermiteSpan`: it is closed under multiplication by a coordinate.
* `Lejepa.dual_pow_mem_hermiteSpan`: it contains every power of every linear form.
-/

@[expose] public section

open Polynomial

noncomputable section

namespace Lejepa

variable {n : ℕ}

/-- One coordinate's factor set apart from the others. -/
theorem hermiteProd_update (α : Fin n → ℕ) (i : Fin n) (k : ℕ) (z : Fin n → ℝ) :
    hermiteProd (Function.update α i k) z =
      aeval (z i) (hermite k) * ∏ j ∈ Finset.univ.erase i, aeval (z j) (hermite (α j)) := by
  rw [hermiteProd, ← Finset.mul_prod_erase Finset.univ
    (fun j ↦ aeval (z j) (hermite (Function.update α i k j))) (Finset.mem_univ i),
    Function.update_self]
  congr 1
  refine Finset.prod_congr rfl fun j hj ↦ ?_
  rw [Function.update_of_ne (Finset.ne_of_mem_erase hj)]

/-- The three-term recurrence of Hermite products. -/
theorem coord_mul_hermiteProd (i : Fin n) (α : Fin n → ℕ) (z : Fin n → ℝ) :
    z i * hermiteProd α z = hermiteProd (Function.update α i (α i + 1)) z +
      (α i : ℝ) * hermiteProd (Function.update α i (α i - 1)) z := by
  have h := hermiteProd_update α i (α i) z
  rw [Function.update_eq_self] at h
  rw [h, hermiteProd_update, hermiteProd_update]
  linear_combination (∏ j ∈ Finset.univ.erase i, aeval (z j) (hermite (α j))) *
    mul_aeval_hermite (z i) (α i)

/-- The space of the finite combinations of Hermite products: the polynomials. -/
def hermiteSpan (n : ℕ) : Submodule ℝ ((Fin n → ℝ) → ℝ) :=
  Submodule.span ℝ (Set.range hermiteProd)

/-- A Hermite product is in the span of the Hermite products. -/
theorem hermiteProd_mem_hermiteSpan (α : Fin n → ℕ) : hermiteProd α ∈ hermiteSpan n :=
  Submodule.subset_span ⟨α, rfl⟩

/-- The constant `1` is in the span of the Hermite products. -/
theorem one_mem_hermiteSpan : (1 : (Fin n → ℝ) → ℝ) ∈ hermiteSpan n := by
  rw [← hermiteProd_zero]
  exact hermiteProd_mem_hermiteSpan 0

/-- The span of the Hermite products is closed under multiplication by a coordinate. -/
theorem coord_mul_mem_hermiteSpan (i : Fin n) {g : (Fin n → ℝ) → ℝ} (hg : g ∈ hermiteSpan n) :
    (fun z ↦ z i * g z) ∈ hermiteSpan n := by
  have hle : hermiteSpan n ≤
      (hermiteSpan n).comap (LinearMap.mulLeft ℝ fun z : Fin n → ℝ ↦ z i) := by
    refine Submodule.span_le.2 ?_
    rintro _ ⟨α, rfl⟩
    have h : (fun z : Fin n → ℝ ↦ z i) * hermiteProd α =
        hermiteProd (Function.update α i (α i + 1)) +
          (α i : ℝ) • hermiteProd (Function.update α i (α i - 1)) :=
      funext fun z ↦ coord_mul_hermiteProd i α z
    rw [SetLike.mem_coe, Submodule.mem_comap, LinearMap.mulLeft_apply, h]
    exact add_mem (hermiteProd_mem_hermiteSpan _)
      (Submodule.smul_mem _ _ (hermiteProd_mem_hermiteSpan _))
  exact hle hg

/-- The span of the Hermite products is closed under multiplication by a linear form. -/
theorem dual_mul_mem_hermiteSpan (L : StrongDual ℝ (Fin n → ℝ)) {g : (Fin n → ℝ) → ℝ}
    (hg : g ∈ hermiteSpan n) : (fun z ↦ L z * g z) ∈ hermiteSpan n := by
  have h : (fun z ↦ L z * g z) =
      ∑ i, L (Pi.single i 1) • fun z : Fin n → ℝ ↦ z i * g z := by
    funext z
    rw [StrongDual.pi_apply_eq_sum L z, Finset.sum_apply, Finset.sum_mul]
    exact Finset.sum_congr rfl fun i _ ↦ mul_assoc _ _ _
  rw [h]
  exact sum_mem fun i _ ↦ Submodule.smul_mem _ _ (coord_mul_mem_hermiteSpan i hg)

/-- The powers of linear forms are combinations of Hermite products. -/
theorem dual_pow_mem_hermiteSpan (L : StrongDual ℝ (Fin n → ℝ)) (k : ℕ) :
    (fun z ↦ L z ^ k) ∈ hermiteSpan n := by
  induction k with
  | zero =>
    have h : (fun z ↦ L z ^ 0) = (1 : (Fin n → ℝ) → ℝ) := funext fun z ↦ pow_zero (L z)
    rw [h]
    exact one_mem_hermiteSpan
  | succ k ih =>
    have h : (fun z ↦ L z ^ (k + 1)) = fun z ↦ L z * L z ^ k := funext fun z ↦ pow_succ' (L z) k
    rw [h]
    exact dual_mul_mem_hermiteSpan L ih

end Lejepa
