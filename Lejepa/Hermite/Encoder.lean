/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Basis
public import Lejepa.Hermite.Coefficients
public import Lejepa.Objective

/-!
# Encoders made of Hermite products

The encoder whose coordinates are the normalized Hermite products of given multi-indices is white
wherever the indices are distinct and none is zero; its Hermite coefficients are zeros and ones.

## Main definitions
* `Lejepa.hermiteEncoder β`: the encoder of the indices `β`.

## Main results
* `Lejepa.hermiteCoeff_hermiteEncoder`: its coefficients.
* `Lejepa.isWhite_hermiteEncoder`: it is white.
* `Lejepa.hermiteEncoder_single`: in degree one it is the identity.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n m : ℕ}

/-- The encoder whose coordinates are the normalized Hermite products of the indices `β`. -/
def hermiteEncoder (β : Fin m → Fin n → ℕ) (z : Fin n → ℝ) (i : Fin m) : ℝ :=
  hermiteProd (β i) z / √(∏ j, ((β i j).factorial : ℝ))

/-- The coordinates of the encoder are square-integrable. -/
theorem memLp_hermiteEncoder (β : Fin m → Fin n → ℕ) (i : Fin m) :
    MemLp (fun z ↦ hermiteEncoder β z i) 2 (γ n) :=
  memLp_hermiteProd_div (β i)

/-- The coefficients of the encoder are zeros and ones. -/
theorem hermiteCoeff_hermiteEncoder (β : Fin m → Fin n → ℕ) (i : Fin m) (α : Fin n → ℕ) :
    hermiteCoeff (fun z ↦ hermiteEncoder β z i) α = if α = β i then 1 else 0 := by
  have e : ∀ z, hermiteEncoder β z i * hermiteProd α z =
      hermiteProd (β i) z * hermiteProd α z / √(∏ j, ((β i j).factorial : ℝ)) :=
    fun z ↦ div_mul_eq_mul_div _ _ _
  have hi : ∫ z, hermiteEncoder β z i * hermiteProd α z ∂γ n =
      (if β i = α then ∏ j, ((β i j).factorial : ℝ) else 0) /
        √(∏ j, ((β i j).factorial : ℝ)) := by
    simp only [e]
    rw [integral_div, integral_hermiteProd_mul]
  rw [hermiteCoeff, hi]
  by_cases hα : α = β i
  · rw [if_pos hα, if_pos hα.symm, hα, Real.div_sqrt,
      div_self (Real.sqrt_pos.2 (prod_factorial_pos (β i))).ne']
  · have hα' : ¬ β i = α := fun h ↦ hα h.symm
    rw [if_neg hα, if_neg hα', zero_div, zero_div]

/-- The encoder is white if its indices are distinct and none is zero. -/
theorem isWhite_hermiteEncoder {β : Fin m → Fin n → ℕ} (inj : Function.Injective β)
    (h0 : ∀ i, β i ≠ 0) : IsWhite (γ n) (hermiteEncoder β) := by
  refine { memLp := memLp_hermiteEncoder β, mean_eq_zero := fun i ↦ ?_,
           secondMoment_eq_one := ?_ }
  · have h := hermiteCoeff_hermiteEncoder β i 0
    rw [if_neg (h0 i).symm] at h
    exact (hermiteCoeff_zero _).symm.trans h
  · ext i j
    have e : ∀ z, hermiteEncoder β z i * hermiteEncoder β z j =
        hermiteEncoder β z i * hermiteProd (β j) z / √(∏ k, ((β j k).factorial : ℝ)) :=
      fun z ↦ (mul_div_assoc _ _ _).symm
    have hc : ∫ z, hermiteEncoder β z i * hermiteEncoder β z j ∂γ n =
        hermiteCoeff (fun z ↦ hermiteEncoder β z i) (β j) := by
      simp only [e]
      exact integral_div _ _
    change ∫ z, hermiteEncoder β z i * hermiteEncoder β z j ∂γ n =
      (1 : Matrix (Fin m) (Fin m) ℝ) i j
    rw [hc, hermiteCoeff_hermiteEncoder, Matrix.one_apply]
    by_cases hij : i = j
    · rw [if_pos hij, if_pos (congrArg β hij.symm)]
    · have hij' : ¬ β j = β i := fun h ↦ hij (inj h.symm)
      rw [if_neg hij, if_neg hij']

/-- In degree one the encoder selects latents. -/
theorem hermiteEncoder_single_apply (e : Fin m → Fin n) (z : Fin n → ℝ) (i : Fin m) :
    hermiteEncoder (fun i ↦ (Pi.single (e i) 1 : Fin n → ℕ)) z i = z (e i) := by
  have h : hermiteEncoder (fun i ↦ (Pi.single (e i) 1 : Fin n → ℕ)) z i =
      hermiteProd (Pi.single (e i) 1) z /
        √(∏ j, (((Pi.single (e i) 1 : Fin n → ℕ) j).factorial : ℝ)) := rfl
  rw [h, hermiteProd_single, prod_factorial_single, Real.sqrt_one, div_one]

/-- The encoder of all the indices of degree one is the identity. -/
theorem hermiteEncoder_single :
    hermiteEncoder (fun i : Fin n ↦ (Pi.single i 1 : Fin n → ℕ)) = fun z ↦ z :=
  funext fun z ↦ funext fun i ↦ hermiteEncoder_single_apply (fun i ↦ i) z i

end Lejepa
