/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.LatentResidual
public import Lejepa.Identifiability.QuadraticEncoder

/-!
# Embeddings wider than the world: a white one keeps a linear readout

Whatever its number `m` of dimensions, a white encoder `h` of `n` latents has a linear readout of
them whose error is bounded by the excess of its alignment over `2 (1 - ρ) n + 2 (1 - ρ²) (m - n)`,
the alignment of the latents with `m - n` features of degree two. The readout is `Aᵀ h`,
`A = 𝔼[h zᵀ]`.

## Main results
* `Lejepa.exists_readout_of_isWhite`

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ}

/-- The weights of degree one add up to the squared norm of the linear part. -/
theorem hasSum_ite_hermiteWeight (h : (Fin n → ℝ) → Fin m → ℝ) :
    HasSum (fun α : Fin n → ℕ ↦ if ∑ i, α i = 1 then hermiteWeight h α else 0)
      (frobSq (linearPart h)) := by
  have hinj : Function.Injective (fun j : Fin n ↦ (Pi.single j 1 : Fin n → ℕ)) :=
    fun i j e ↦ ((single_eq_single_iff one_ne_zero).1 e).1
  have h₀ : ∀ α ∉ Set.range (fun j : Fin n ↦ (Pi.single j 1 : Fin n → ℕ)),
      (if ∑ i, α i = 1 then hermiteWeight h α else 0) = 0 := fun α hα ↦ by
    have hne : ¬∑ i, α i = 1 := fun hs ↦ by
      obtain ⟨j, hj⟩ := exists_eq_single_of_sum_eq_one hs
      exact hα ⟨j, hj.symm⟩
    exact if_neg hne
  refine (hinj.hasSum_iff h₀).1 ?_
  rw [← sum_hermiteWeight_single h]
  refine (hasSum_fintype fun j ↦ hermiteWeight h (Pi.single j 1)).congr_fun fun j ↦ ?_
  change (if ∑ i, (Pi.single j 1 : Fin n → ℕ) i = 1 then hermiteWeight h (Pi.single j 1) else 0) =
    hermiteWeight h (Pi.single j 1)
  exact if_pos (sum_single_one j)

/-- The mean square of what a white encoder leaves of the latents. -/
private lemma integral_sum_sq_readout {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    ∫ z, ∑ j, ((linearPart h)ᵀ.mulVec (h z) j - z j) ^ 2 ∂γ n = n - frobSq (linearPart h) := by
  have hsq (z : Fin n → ℝ) : ∑ j, ((linearPart h)ᵀ.mulVec (h z) j - z j) ^ 2 =
      (z - (linearPart h)ᵀ.mulVec (h z)) ⬝ᵥ
        (1 : Matrix (Fin n) (Fin n) ℝ).mulVec (z - (linearPart h)ᵀ.mulVec (h z)) := by
    rw [Matrix.one_mulVec, dotProduct]
    refine Finset.sum_congr rfl fun j _ ↦ ?_
    rw [Pi.sub_apply]
    ring
  have hfrob : ∑ i, linearPart h i ⬝ᵥ (1 : Matrix (Fin n) (Fin n) ℝ).mulVec (linearPart h i) =
      frobSq (linearPart h) := by
    rw [frobSq]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [Matrix.one_mulVec, dotProduct]
    exact Finset.sum_congr rfl fun j _ ↦ (sq _).symm
  rw [integral_congr_ae (.of_forall hsq), hh.integral_dotProduct_mulVec_residual, hfrob,
    Matrix.trace_one, Fintype.card_fin]

/-- **A white embedding has a linear readout.** For a white encoder of any width `m` some linear
readout of the latents has a mean squared error that, times `2 ρ (1 - ρ)`, is at most the excess of
the alignment over `2 (1 - ρ) n + 2 (1 - ρ²) (m - n)`. For `n ≤ m ≤ n + n (n + 1) / 2` this is the
least alignment of a white encoder of width `m` (`exists_isWhite_alignment_eq_wide`). -/
theorem exists_readout_of_isWhite {n m : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    ∃ L : Matrix (Fin n) (Fin m) ℝ,
      2 * ρ * (1 - ρ) * ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n ≤
        alignment (ouLaw n ρ) h - (2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n)) := by
  refine ⟨(linearPart h)ᵀ, ?_⟩
  have hal := hasSum_alignment (abs_le_one_of_pos_of_lt_one h₀ h₁) hh.memLp
  have hsub := (hh.hasSum_hermiteWeight.mul_left (2 * (1 - ρ ^ 2))).sub
    ((hasSum_ite_hermiteWeight h).mul_left (2 * ρ * (1 - ρ)))
  have hterm (α : Fin n → ℕ) : 2 * (1 - ρ ^ 2) * hermiteWeight h α -
      2 * ρ * (1 - ρ) * (if ∑ i, α i = 1 then hermiteWeight h α else 0) ≤
      2 * (1 - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := by
    change _ ≤ 2 * (1 - ρ ^ (∑ i, α i)) * hermiteWeight h α
    by_cases hα₁ : ∑ i, α i = 1
    · rw [if_pos hα₁, hα₁, pow_one]
      exact le_of_eq (by ring)
    rw [if_neg hα₁, mul_zero, sub_zero]
    by_cases hα₀ : ∑ i, α i = 0
    · have hα : α = 0 := funext fun j ↦ Finset.sum_eq_zero_iff.1 hα₀ j (Finset.mem_univ j)
      have hw : hermiteWeight h α = 0 := by
        rw [hα]
        exact hh.toIsCentred.hermiteWeight_zero
      simp only [hw, mul_zero, le_refl]
    · have hpow : ρ ^ (∑ i, α i) ≤ ρ ^ 2 := pow_le_pow_of_le_one h₀.le h₁.le (by omega)
      exact mul_le_mul_of_nonneg_right (by linarith) (hermiteWeight_nonneg h α)
  have hle := hasSum_le hterm hsub hal
  rw [integral_sum_sq_readout hh]
  calc 2 * ρ * (1 - ρ) * (n - frobSq (linearPart h))
      = 2 * (1 - ρ ^ 2) * m - 2 * ρ * (1 - ρ) * frobSq (linearPart h) -
          (2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n)) := by ring
    _ ≤ alignment (ouLaw n ρ) h - (2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n)) :=
        sub_le_sub_right hle _

end Lejepa
