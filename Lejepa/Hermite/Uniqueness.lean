/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Basis
public import Lejepa.Hermite.Coefficients

/-!
# Hermite coefficients determine a function

## Main results
* `Lejepa.ae_eq_of_hermiteCoeff_eq`: a square-integrable function is determined by its coefficients.
* `Lejepa.ae_eq_linear_of_hermiteCoeff_eq_zero`: a function whose coefficients vanish except in
  degree one is linear.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ}

private lemma integral_mul_hermiteProd (f : (Fin n → ℝ) → ℝ) (α : Fin n → ℕ) :
    ∫ z, f z * hermiteProd α z ∂γ n
      = hermiteCoeff f α * √(∏ i, ((α i).factorial : ℝ)) :=
  (div_mul_cancel₀ _ (Real.sqrt_pos.2 (prod_factorial_pos α)).ne').symm

/-- A square-integrable function is determined by its coefficients. -/
theorem ae_eq_of_hermiteCoeff_eq {f g : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (hg : MemLp g 2 (γ n)) (h : ∀ α, hermiteCoeff f α = hermiteCoeff g α) : f =ᵐ[γ n] g := by
  have hfg := ae_eq_zero_of_forall_integral_hermiteProd_eq_zero (hf.sub hg) fun α ↦ by
    simp only [Pi.sub_apply, sub_mul]
    rw [integral_sub (integrable_mul_hermiteProd_of_memLp hf α)
      (integrable_mul_hermiteProd_of_memLp hg α), integral_mul_hermiteProd,
      integral_mul_hermiteProd, h, sub_self]
  filter_upwards [hfg] with z hz
  exact sub_eq_zero.1 hz

/-- A square-integrable function whose coefficients vanish except in degree one is linear. -/
theorem ae_eq_linear_of_hermiteCoeff_eq_zero {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (h : ∀ α : Fin n → ℕ, ∑ i, α i ≠ 1 → hermiteCoeff f α = 0) :
    f =ᵐ[γ n] fun z ↦ ∑ j, hermiteCoeff f (Pi.single j 1) * z j := by
  refine ae_eq_of_hermiteCoeff_eq hf (memLp_linear _) fun α ↦ ?_
  by_cases hα : ∑ i, α i = 1
  · obtain ⟨k, rfl⟩ := exists_eq_single_of_sum_eq_one hα
    exact (hermiteCoeff_linear_single (fun j ↦ hermiteCoeff f (Pi.single j 1)) k).symm
  · rw [h α hα, hermiteCoeff_linear_of_sum_ne_one _ hα]

end Lejepa
