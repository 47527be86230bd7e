/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Coefficients
public import Lejepa.Identifiability.QuadraticEncoder

/-!
# Weights on Hermite products, and multipliers `∏ gᵢ ^ αᵢ`

A linear Gaussian step multiplies what an encoder has on the Hermite product of index `α` by
`∏ gᵢ ^ αᵢ`, `gᵢ` what is explained of the `i`-th latent. Where each `gᵢ` is at least `s²`, and at
most `s`, weight is best laid on the latents.

## Main results
* `Lejepa.prod_pow_le_pow_of_le_sum`: in degree `k` or more the multiplier is at most `sᵏ`.
* `Lejepa.add_mul_le_of_hasSum_prod_pow_mul`: what weight outside degree one costs.
* `Lejepa.eq_sum_of_hasSum_prod_pow_mul`: with all weight in degree one nothing is lost.
-/

public section

open Finset

namespace Lejepa

variable {n : ℕ}

/-- The multiplier of an index of degree `k` or more. -/
theorem prod_pow_le_pow_of_le_sum {g : Fin n → ℝ} {s : ℝ} (h0 : ∀ i, 0 ≤ g i)
    (h1 : ∀ i, g i ≤ 1) (hs : ∀ i, g i ≤ s) {α : Fin n → ℕ} {k : ℕ} (hk : k ≠ 0)
    (hα : k ≤ ∑ i, α i) : ∏ i, g i ^ α i ≤ s ^ k := by
  have hne : ∑ i, α i ≠ 0 := by omega
  obtain ⟨i, -, -⟩ := exists_ne_zero_of_sum_ne_zero hne
  have t0 : 0 ≤ min s 1 := le_min ((h0 i).trans (hs i)) zero_le_one
  calc ∏ i, g i ^ α i ≤ ∏ i, min s 1 ^ α i :=
        prod_le_prod (fun j _ ↦ pow_nonneg (h0 j) _)
          fun j _ ↦ pow_le_pow_left₀ (h0 j) (le_min (hs j) (h1 j)) _
    _ = min s 1 ^ ∑ i, α i := prod_pow_eq_pow_sum _ _ _
    _ ≤ min s 1 ^ k := pow_le_pow_of_le_one t0 (min_le_right _ _) hα
    _ ≤ s ^ k := pow_le_pow_left₀ t0 (min_le_left _ _) k

/-- In degree one: the multiplier is what is explained of the latent. -/
theorem prod_pow_single_one (g : Fin n → ℝ) (i : Fin n) :
    ∏ j, g j ^ (Pi.single i 1 : Fin n → ℕ) j = g i := by
  rw [prod_pow_single, pow_one]

private theorem sum_ite_eq_single (F : Fin n → ℝ) {α : Fin n → ℕ} {k : Fin n}
    (hk : α = Pi.single k 1) :
    (∑ j : Fin n, if α = Pi.single j 1 then F j else 0) = F k := by
  have h : ∀ j ∈ univ, j ≠ k → (if α = Pi.single j 1 then F j else 0) = 0 := fun j _ hj ↦
    if_neg fun e ↦ hj ((single_eq_single_iff one_ne_zero).1 (hk.symm.trans e)).1.symm
  rw [sum_eq_single k h fun hk' ↦ absurd (mem_univ k) hk', if_pos hk]

private theorem sum_ite_eq_single_of_sum_ne_one (F : Fin n → ℝ) {α : Fin n → ℕ}
    (hα : ∑ i, α i ≠ 1) :
    (∑ j : Fin n, if α = Pi.single j 1 then F j else 0) = 0 :=
  sum_eq_zero fun j _ ↦ if_neg fun e ↦ hα (by rw [e, sum_single_one])

private theorem hasSum_sum_ite_eq_single (F : Fin n → ℝ) :
    HasSum (fun α : Fin n → ℕ ↦ ∑ j : Fin n, if α = Pi.single j 1 then F j else 0) (∑ j, F j) :=
  hasSum_sum fun j _ ↦ hasSum_ite_eq (Pi.single j 1) (F j)

variable {w : (Fin n → ℕ) → ℝ} {g : Fin n → ℝ} {s T V : ℝ}

/-- Each index gains at most `s²`, and a latent what is explained of it. -/
theorem prod_pow_mul_le (h0 : ∀ i, 0 ≤ g i) (h1 : ∀ i, g i ≤ 1) (hs : ∀ i, g i ≤ s)
    (w0 : ∀ α, 0 ≤ w α) (wz : w 0 = 0) (α : Fin n → ℕ) :
    (∏ i, g i ^ α i) * w α ≤
      s ^ 2 * w α +
        ∑ j : Fin n, if α = Pi.single j 1 then (g j - s ^ 2) * w (Pi.single j 1) else 0 := by
  obtain hd | hd | hd : ∑ i, α i = 0 ∨ ∑ i, α i = 1 ∨ 2 ≤ ∑ i, α i := by omega
  · have hα : α = 0 := funext fun i ↦ sum_eq_zero_iff.1 hd i (mem_univ i)
    have hwα : w α = 0 := by rw [hα, wz]
    have hne : ∑ i, α i ≠ 1 := by omega
    rw [sum_ite_eq_single_of_sum_ne_one _ hne, hwα, mul_zero, mul_zero, add_zero]
  · obtain ⟨k, hk⟩ := exists_eq_single_of_sum_eq_one hd
    have hp : ∏ i, g i ^ α i = g k := by
      rw [hk]
      exact prod_pow_single_one g k
    have hw : w α = w (Pi.single k 1) := by rw [hk]
    rw [sum_ite_eq_single (fun j ↦ (g j - s ^ 2) * w (Pi.single j 1)) hk, hp, hw]
    refine le_of_eq ?_
    ring
  · have hne : ∑ i, α i ≠ 1 := by omega
    rw [sum_ite_eq_single_of_sum_ne_one _ hne, add_zero]
    exact mul_le_mul_of_nonneg_right
      (prod_pow_le_pow_of_le_sum h0 h1 hs two_ne_zero hd) (w0 α)

/-- Bounded weights of total `T`, none of it on the constants, gain `∑ gⱼ + s² (T - n)` at most, and
less by `k` for what the latents do not carry. -/
theorem add_mul_le_of_hasSum_prod_pow_mul {k : ℝ} (h0 : ∀ i, 0 ≤ g i) (h1 : ∀ i, g i ≤ 1)
    (hs : ∀ i, g i ≤ s) (gap : ∀ i, s ^ 2 + k ≤ g i) (w0 : ∀ α, 0 ≤ w α)
    (wz : w 0 = 0) (w1 : ∀ j : Fin n, w (Pi.single j 1) ≤ 1) (hw : HasSum w T)
    (hV : HasSum (fun α : Fin n → ℕ ↦ (∏ i, g i ^ α i) * w α) V) :
    V + k * (n - ∑ j : Fin n, w (Pi.single j 1)) ≤ ∑ j, g j + s ^ 2 * (T - n) := by
  have hsum : V ≤ s ^ 2 * T + ∑ j : Fin n, (g j - s ^ 2) * w (Pi.single j 1) :=
    hasSum_le (prod_pow_mul_le h0 h1 hs w0 wz) hV ((hw.mul_left (s ^ 2)).add
      (hasSum_sum_ite_eq_single fun j ↦ (g j - s ^ 2) * w (Pi.single j 1)))
  have hj : ∑ j : Fin n, (g j - s ^ 2) * w (Pi.single j 1) ≤
      ∑ j : Fin n, (g j - s ^ 2 - k * (1 - w (Pi.single j 1))) := by
    refine sum_le_sum fun j _ ↦ ?_
    have h := mul_nonneg (sub_nonneg.2 (gap j)) (sub_nonneg.2 (w1 j))
    linarith
  have e₁ : ∑ _j : Fin n, s ^ 2 = n * s ^ 2 := by
    rw [sum_const, card_univ, Fintype.card_fin, nsmul_eq_mul]
  have e₂ : ∑ _j : Fin n, (1 : ℝ) = n := by
    rw [sum_const, card_univ, Fintype.card_fin, nsmul_eq_mul, mul_one]
  have e₃ : ∑ j : Fin n, k * (1 - w (Pi.single j 1)) =
      k * (n - ∑ j : Fin n, w (Pi.single j 1)) := by
    rw [← mul_sum, sum_sub_distrib, e₂]
  rw [sum_sub_distrib, sum_sub_distrib, e₁, e₃] at hj
  linarith

/-- With all weight in degree one, what is gained is the sum of what is explained of the latents,
weighted. -/
theorem eq_sum_of_hasSum_prod_pow_mul (h0 : ∀ α : Fin n → ℕ, ∑ j, α j ≠ 1 → w α = 0)
    (hV : HasSum (fun α : Fin n → ℕ ↦ (∏ i, g i ^ α i) * w α) V) :
    V = ∑ j : Fin n, g j * w (Pi.single j 1) := by
  have e : (fun α : Fin n → ℕ ↦ (∏ i, g i ^ α i) * w α) =
      fun α : Fin n → ℕ ↦
        ∑ j : Fin n, if α = Pi.single j 1 then g j * w (Pi.single j 1) else 0 := by
    funext α
    by_cases hα : ∑ j, α j = 1
    · obtain ⟨k, hk⟩ := exists_eq_single_of_sum_eq_one hα
      rw [sum_ite_eq_single (fun j ↦ g j * w (Pi.single j 1)) hk, hk, prod_pow_single_one]
    · rw [sum_ite_eq_single_of_sum_ne_one _ hα, h0 α hα, mul_zero]
  rw [e] at hV
  exact hV.unique (hasSum_sum_ite_eq_single fun j ↦ g j * w (Pi.single j 1))

/-- In degree one or more the multiplier is at most `s`. -/
theorem le_mul_of_hasSum_prod_pow_mul (h0 : ∀ i, 0 ≤ g i) (h1 : ∀ i, g i ≤ 1)
    (hs : ∀ i, g i ≤ s) (w0 : ∀ α, 0 ≤ w α) (wz : w 0 = 0) (hw : HasSum w T)
    (hV : HasSum (fun α : Fin n → ℕ ↦ (∏ i, g i ^ α i) * w α) V) : V ≤ s * T := by
  refine hasSum_le (fun α ↦ ?_) hV (hw.mul_left s)
  change (∏ i, g i ^ α i) * w α ≤ s * w α
  by_cases hd : ∑ i, α i = 0
  · have hα : α = 0 := funext fun i ↦ sum_eq_zero_iff.1 hd i (mem_univ i)
    rw [hα, wz, mul_zero, mul_zero]
  · have hle := prod_pow_le_pow_of_le_sum h0 h1 hs one_ne_zero (Nat.one_le_iff_ne_zero.2 hd)
    rw [pow_one] at hle
    exact mul_le_mul_of_nonneg_right hle (w0 α)

end Lejepa
