/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.PairLaw
public import Lejepa.ForMathlib.GaussianRotation
public import Lejepa.ForMathlib.MeasurePreserving

/-!
# The Ornstein–Uhlenbeck world is stationary and reversible

## Main results
* `Lejepa.map_swap_ouLaw`: a pair and the pair read backwards have one law.
* `Lejepa.map_snd_ouLaw`: the second latent of a pair is standard Gaussian.
* `Lejepa.map_mulVec_stdGaussian`: the standard Gaussian is invariant under orthogonal maps.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ} {ρ : ℝ}

/-- The standard Gaussian is invariant under orthogonal maps. -/
theorem map_mulVec_stdGaussian {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) : (γ n).map Q.mulVec = γ n :=
  pi_gaussianReal_map_mulVec hQ

/-- If `|ρ| ≤ 1`, then `ρ² + √(1 - ρ²)² = 1`. -/
lemma sq_add_sqrt_one_sub_sq (hρ : |ρ| ≤ 1) : ρ ^ 2 + √(1 - ρ ^ 2) ^ 2 = 1 := by
  rw [Real.sq_sqrt (sub_nonneg.2 ((sq_le_one_iff_abs_le_one ρ).2 hρ)), add_sub_cancel]

private lemma map_rotation_stdGaussian (hρ : |ρ| ≤ 1) :
    ((γ n).prod (γ n)).map (fun p ↦ (ρ • p.1 + √(1 - ρ ^ 2) • p.2, √(1 - ρ ^ 2) • p.1 - ρ • p.2))
      = (γ n).prod (γ n) :=
  pi_gaussianReal_prod_map_rotation (sq_add_sqrt_one_sub_sq hρ)

private lemma measurable_rotation (n : ℕ) (ρ : ℝ) :
    Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (ρ • p.1 + √(1 - ρ ^ 2) • p.2, √(1 - ρ ^ 2) • p.1 - ρ • p.2) := by
  fun_prop

/-- The world is reversible: a pair and the pair read backwards have one law. -/
theorem map_swap_ouLaw (hρ : |ρ| ≤ 1) : (ouLaw n ρ).map Prod.swap = ouLaw n ρ := by
  have hs : √(1 - ρ ^ 2) ^ 2 = 1 - ρ ^ 2 := by
    linear_combination sq_add_sqrt_one_sub_sq hρ
  have h : (Prod.swap ∘ fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2)) ∘
      (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
        (ρ • p.1 + √(1 - ρ ^ 2) • p.2, √(1 - ρ ^ 2) • p.1 - ρ • p.2))
      = fun p ↦ (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2) := by
    refine funext fun p ↦ Prod.ext (funext fun i ↦ ?_) rfl
    change ρ * (ρ * p.1 i + √(1 - ρ ^ 2) * p.2 i)
      + √(1 - ρ ^ 2) * (√(1 - ρ ^ 2) * p.1 i - ρ * p.2 i) = p.1 i
    linear_combination p.1 i * hs
  calc (ouLaw n ρ).map Prod.swap
      = ((γ n).prod (γ n)).map (Prod.swap ∘ fun p ↦ (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2)) :=
        Measure.map_map measurable_swap (measurable_ouStep n ρ)
    _ = (((γ n).prod (γ n)).map
          (fun p ↦ (ρ • p.1 + √(1 - ρ ^ 2) • p.2, √(1 - ρ ^ 2) • p.1 - ρ • p.2))).map
          (Prod.swap ∘ fun p ↦ (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2)) := by
        rw [map_rotation_stdGaussian hρ]
    _ = ((γ n).prod (γ n)).map (fun p ↦ (p.1, ρ • p.1 + √(1 - ρ ^ 2) • p.2)) := by
        rw [Measure.map_map (measurable_swap.comp (measurable_ouStep n ρ))
          (measurable_rotation n ρ), h]
    _ = ouLaw n ρ := rfl

/-- The second latent of a pair is standard Gaussian: the world is stationary. -/
theorem map_snd_ouLaw (hρ : |ρ| ≤ 1) : (ouLaw n ρ).map Prod.snd = γ n :=
  calc (ouLaw n ρ).map Prod.snd = ((ouLaw n ρ).map Prod.swap).map Prod.fst :=
        (Measure.map_map measurable_fst measurable_swap).symm
    _ = γ n := by rw [map_swap_ouLaw hρ, map_fst_ouLaw]

/-- If `|ρ| ≤ 1`, the second component of a pair with law `ouLaw n ρ` is standard Gaussian. -/
lemma measurePreserving_snd_ouLaw (hρ : |ρ| ≤ 1) :
    MeasurePreserving Prod.snd (ouLaw n ρ) (γ n) :=
  ⟨measurable_snd, map_snd_ouLaw hρ⟩

end Lejepa
