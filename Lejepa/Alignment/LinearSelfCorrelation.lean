/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.LinearCorrelation

/-!
# How a function of the latent predicts itself, in a stationary linear world

In the world `z' = M z + η` a function that is `a · z` plus what is beyond degree one predicts
itself through both parts apart; where `‖M x‖² ≤ s ‖x‖²`, through the second by at most `s` times
its variance.

## Main results
* `Lejepa.integral_linear_add_residual_mul_self`: `𝔼 f(z) f(z') = a · M a + 𝔼 r(z) r(z')` for
  `f z = a · z + r z`.
* `Lejepa.integral_mul_le_of_linear`: so `𝔼 f(z) f(z') ≤ a · M a + s (𝔼 f² - a · a)`, `a = 𝔼[f z]`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {ν : Measure (Fin n → ℝ)} {s : ℝ}

/-- A function of the latent that is the sum of a linear one and of what is beyond degree one: its
correlation with itself a step later. -/
theorem integral_linear_add_residual_mul_self [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (contr : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ x ⬝ᵥ x) (a : Fin n → ℝ)
    {r : (Fin n → ℝ) → ℝ} (hr : MemLp r 2 (γ n)) (mean : ∫ z, r z ∂γ n = 0)
    (orth : ∀ j, ∫ z, r z * z j ∂γ n = 0) :
    ∫ p, (∑ j, a j * p.1 j + r p.1) * (∑ j, a j * p.2 j + r p.2)
        ∂additiveNoiseLaw (γ n) ν M.mulVec =
      a ⬝ᵥ M.mulVec a + ∫ p, r p.1 * r p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec := by
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw (γ n) ν M.mulVec) (γ n) :=
    measurePreserving_fst_additiveNoiseLaw (measurable_mulVec M)
  have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (γ n) ν M.mulVec) (γ n) :=
    ⟨measurable_snd, stationary⟩
  have hl := memLp_linear a
  have i₁ : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (∑ j, a j * p.1 j) * (∑ j, a j * p.2 j)) (additiveNoiseLaw (γ n) ν M.mulVec) :=
    integrable_mul_of_measurePreserving hfst hsnd hl hl
  have i₂ : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (∑ j, a j * p.1 j) * r p.2)
      (additiveNoiseLaw (γ n) ν M.mulVec) := integrable_mul_of_measurePreserving hfst hsnd hl hr
  have i₃ : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ r p.1 * (∑ j, a j * p.2 j))
      (additiveNoiseLaw (γ n) ν M.mulVec) := integrable_mul_of_measurePreserving hfst hsnd hr hl
  have i₄ : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ r p.1 * r p.2)
      (additiveNoiseLaw (γ n) ν M.mulVec) := integrable_mul_of_measurePreserving hfst hsnd hr hr
  have i₁₂ : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (∑ j, a j * p.1 j) * (∑ j, a j * p.2 j) + (∑ j, a j * p.1 j) * r p.2)
      (additiveNoiseLaw (γ n) ν M.mulVec) := i₁.add i₂
  have i₃₄ : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      r p.1 * (∑ j, a j * p.2 j) + r p.1 * r p.2) (additiveNoiseLaw (γ n) ν M.mulVec) :=
    i₃.add i₄
  have hsplit (p : (Fin n → ℝ) × (Fin n → ℝ)) :
      (∑ j, a j * p.1 j + r p.1) * (∑ j, a j * p.2 j + r p.2) =
        (∑ j, a j * p.1 j) * (∑ j, a j * p.2 j) + (∑ j, a j * p.1 j) * r p.2 +
          (r p.1 * (∑ j, a j * p.2 j) + r p.1 * r p.2) := by
    ring
  rw [integral_congr_ae (.of_forall hsplit), integral_add i₁₂ i₃₄, integral_add i₁ i₂,
    integral_add i₃ i₄, integral_linear_fst_mul_linear_snd stationary contr a a,
    integral_linear_fst_mul_residual_snd stationary contr a hr mean orth,
    integral_residual_fst_mul_linear_snd stationary contr a hr mean orth, add_zero, zero_add]

/-- How well a centred function of the latent predicts itself: through its part of degree one, and
through at most `s` times the rest. -/
theorem integral_mul_le_of_linear [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n) (hs₀ : 0 ≤ s)
    (hs₁ : s ≤ 1) (norm : ∀ x : Fin n → ℝ, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n)) (mean : ∫ z, f z ∂γ n = 0) {a : Fin n → ℝ}
    (ha : ∀ j, ∫ z, f z * z j ∂γ n = a j) :
    ∫ p, f p.1 * f p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec ≤
      a ⬝ᵥ M.mulVec a + s * (∫ z, f z ^ 2 ∂γ n - a ⬝ᵥ a) := by
  have contr (x : Fin n → ℝ) : M.mulVec x ⬝ᵥ M.mulVec x ≤ x ⬝ᵥ x :=
    (norm x).trans (mul_le_of_le_one_left (Matrix.dotProduct_self_nonneg x) hs₁)
  -- what is beyond degree one
  obtain ⟨r, hr⟩ : ∃ r : (Fin n → ℝ) → ℝ, ∀ z, r z = f z - ∑ j, a j * z j := ⟨_, fun _ ↦ rfl⟩
  have hl := memLp_linear a
  have hr₂ : MemLp r 2 (γ n) := by
    rw [funext hr]
    exact hf.sub hl
  have hr₀ : ∫ z, r z ∂γ n = 0 := by
    simp only [hr]
    rw [integral_sub (hf.integrable one_le_two) (hl.integrable one_le_two), mean,
      integral_linear_stdGaussian, sub_zero]
  have hr₁ (j : Fin n) : ∫ z, r z * z j ∂γ n = 0 := by
    have i₁ : Integrable (fun z ↦ f z * z j) (γ n) := hf.integrable_mul (memLp_coord j)
    have i₂ : Integrable (fun z : Fin n → ℝ ↦ (∑ k, a k * z k) * z j) (γ n) :=
      hl.integrable_mul (memLp_coord j)
    simp only [hr, sub_mul]
    rw [integral_sub i₁ i₂, ha, integral_linear_mul_coord, sub_self]
  have hrr : ∫ z, r z ^ 2 ∂γ n = ∫ z, f z ^ 2 ∂γ n - a ⬝ᵥ a := by
    have e := integral_sub_sum_mul_sub_sum (μ := γ n)
      (e := fun (j : Fin n) (z : Fin n → ℝ) ↦ z j) hf hf memLp_coord integral_coord_mul_coord a a
    simp only [ha] at e
    calc ∫ z, r z ^ 2 ∂γ n
        = ∫ z, (f z - ∑ j, a j * z j) * (f z - ∑ j, a j * z j) ∂γ n := by simp only [hr, sq]
      _ = ∫ z, f z * f z ∂γ n - ∑ j, a j * a j := by
          refine e.trans ?_
          ring
      _ = ∫ z, f z ^ 2 ∂γ n - a ⬝ᵥ a := by simp only [sq, dotProduct]
  have hsplit (p : (Fin n → ℝ) × (Fin n → ℝ)) : f p.1 * f p.2 =
      (∑ j, a j * p.1 j + r p.1) * (∑ j, a j * p.2 j + r p.2) := by
    rw [hr, hr]
    ring
  have hle := integral_residual_fst_mul_residual_snd_le stationary hs₀ hs₁ norm hr₂ hr₀ hr₁
  rw [integral_congr_ae (.of_forall hsplit),
    integral_linear_add_residual_mul_self stationary contr a hr₂ hr₀ hr₁, ← hrr]
  linarith

end Lejepa
