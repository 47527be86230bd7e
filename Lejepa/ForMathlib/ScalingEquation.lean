/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Calculus.Deriv.Pow
public import Mathlib.Analysis.Calculus.MeanValue
public import Mathlib.Analysis.Complex.RealDeriv
public import Mathlib.Analysis.SpecialFunctions.ExpDeriv
public import Mathlib.Analysis.SpecificLimits.Normed

/-!
# The equation `φ'(c t) φ(t) = c φ'(t) φ(c t)`

For `0 < |c| < 1`, its only solution with `φ(0) = 1`, `φ'(0) = 0` and `φ''(0) = -1` is `e^{-t²/2}`.

The proof multiplies `φ` by `e^{t²/2}`: the product `q` satisfies the same equation, and
`q'(0) = q''(0) = 0`. Where `q` does not vanish, `q'(t)/q(t) = c^{-k} q'(c^k t)/q(c^k t) → 0`; and
where `q' = 0` on `|t| < R`, the equation gives `q' = 0` on `|t| < R / |c|`.

## Main results
* `ScalingEquation.eq_one_of_scaling`: the function `q` above is constant.
* `ScalingEquation.eq_cexp_of_scaling`: `φ(t) = e^{-t²/2}`.
-/

public section

open Complex Filter
open scoped Topology

namespace ScalingEquation

variable {q q' : ℝ → ℂ} {c : ℝ}

/-- The equation, iterated `k` times at a point on whose contractions `q` does not vanish. -/
theorem scaling_iterate (h : ∀ t, q' (c * t) * q t = c * q' t * q (c * t)) {t : ℝ}
    (hne : ∀ k : ℕ, q (c ^ k * t) ≠ 0) (k : ℕ) :
    q' (c ^ k * t) * q t = (c : ℂ) ^ k * q' t * q (c ^ k * t) := by
  induction k with
  | zero => simp
  | succ k ih =>
    have hs := h (c ^ k * t)
    have e : c * (c ^ k * t) = c ^ (k + 1) * t := by ring
    rw [e] at hs
    refine mul_right_cancel₀ (hne k) ?_
    calc q' (c ^ (k + 1) * t) * q t * q (c ^ k * t)
        = q' (c ^ (k + 1) * t) * q (c ^ k * t) * q t := by ring
      _ = c * (q' (c ^ k * t) * q t) * q (c ^ (k + 1) * t) := by rw [hs]; ring
      _ = (c : ℂ) ^ (k + 1) * q' t * q (c ^ (k + 1) * t) * q (c ^ k * t) := by rw [ih]; ring

/-- Near zero, where `q` does not vanish, its derivative does. -/
theorem deriv_eq_zero_of_scaling_of_ne_zero (hc₀ : c ≠ 0) (hc₁ : |c| < 1)
    (hq : ∀ t, HasDerivAt q (q' t) t) (hq' : HasDerivAt q' 0 0) (h0 : q 0 = 1) (h0' : q' 0 = 0)
    (h : ∀ t, q' (c * t) * q t = c * q' t * q (c * t)) {t : ℝ}
    (hne : ∀ k : ℕ, q (c ^ k * t) ≠ 0) : q' t = 0 := by
  rcases eq_or_ne t 0 with rfl | ht0
  · exact h0'
  have hqt : q t ≠ 0 := by simpa using hne 0
  have htc : (t : ℂ) ≠ 0 := ofReal_ne_zero.2 ht0
  have htend : Tendsto (fun k : ℕ ↦ c ^ k * t) atTop (𝓝[≠] 0) := by
    refine tendsto_nhdsWithin_iff.2 ⟨?_, .of_forall fun k ↦ ?_⟩
    · have h1 := (tendsto_pow_atTop_nhds_zero_of_abs_lt_one hc₁).mul_const t
      rwa [zero_mul] at h1
    · exact mul_ne_zero (pow_ne_zero k hc₀) ht0
  have hlim := hq'.tendsto_slope_zero.comp htend
  have hlim' : Tendsto (fun k : ℕ ↦ (t : ℂ)⁻¹ * (q' t / q t) * q (c ^ k * t)) atTop
      (𝓝 ((t : ℂ)⁻¹ * (q' t / q t) * q 0)) :=
    ((hq 0).continuousAt.tendsto.comp (htend.mono_right nhdsWithin_le_nhds)).const_mul _
  have hlim₂ : Tendsto (fun k : ℕ ↦ (t : ℂ)⁻¹ * (q' t / q t) * q (c ^ k * t)) atTop (𝓝 0) := by
    refine hlim.congr fun k ↦ ?_
    have hck : (c : ℂ) ^ k ≠ 0 := pow_ne_zero k (ofReal_ne_zero.2 hc₀)
    have e : q' (c ^ k * t) = (c : ℂ) ^ k * q' t * q (c ^ k * t) / q t := by
      rw [eq_div_iff hqt, scaling_iterate h hne k]
    simp only [Function.comp_apply, zero_add, h0', sub_zero, real_smul, ofReal_inv, ofReal_mul,
      ofReal_pow]
    rw [e]
    field_simp
  have hzero := tendsto_nhds_unique hlim₂ hlim'
  rw [h0, mul_one] at hzero
  rcases mul_eq_zero.1 hzero.symm with h1 | h1
  · exact absurd (inv_eq_zero.1 h1) htc
  · exact (div_eq_zero_iff.1 h1).resolve_right hqt

/-- Where the derivative vanishes on an interval around zero, `q` is constant. -/
theorem eq_one_of_deriv_eq_zero (hq : ∀ t, HasDerivAt q (q' t) t) (h0 : q 0 = 1) {R : ℝ}
    (hR : ∀ t, |t| < R → q' t = 0) {t : ℝ} (ht : |t| < R) : q t = 1 := by
  have hR0 : 0 < R := (abs_nonneg t).trans_lt ht
  have hball : ∀ s, s ∈ Metric.ball (0 : ℝ) R ↔ |s| < R := fun s ↦ by
    rw [mem_ball_zero_iff, Real.norm_eq_abs]
  rw [← h0]
  refine Metric.isOpen_ball.is_const_of_deriv_eq_zero (s := Metric.ball (0 : ℝ) R)
    (convex_ball 0 R).isPreconnected (fun s _ ↦ (hq s).differentiableAt.differentiableWithinAt)
    (fun s hs ↦ ?_) ((hball t).2 ht) (Metric.mem_ball_self hR0)
  rw [(hq s).deriv]
  exact hR s ((hball s).1 hs)

/-- A function with `q'(c t) q(t) = c q'(t) q(c t)`, `q(0) = 1` and `q'(0) = q''(0) = 0` is
constant. -/
theorem eq_one_of_scaling (hc₀ : c ≠ 0) (hc₁ : |c| < 1)
    (hq : ∀ t, HasDerivAt q (q' t) t) (hq' : HasDerivAt q' 0 0) (h0 : q 0 = 1) (h0' : q' 0 = 0)
    (h : ∀ t, q' (c * t) * q t = c * q' t * q (c * t)) (t : ℝ) : q t = 1 := by
  have hc : 0 < |c| := abs_pos.2 hc₀
  have hev : ∀ᶠ s in 𝓝 0, q s ≠ 0 :=
    (hq 0).continuousAt.eventually_ne (by rw [h0]; exact one_ne_zero)
  obtain ⟨R, hR, hball⟩ := Metric.eventually_nhds_iff_ball.1 hev
  have hR' : ∀ s : ℝ, |s| < R → q s ≠ 0 := fun s hs ↦
    hball s (by rwa [mem_ball_zero_iff, Real.norm_eq_abs])
  have hgrow (k : ℕ) : ∀ s, |s| * |c| ^ k < R → q' s = 0 := by
    induction k with
    | zero =>
      intro s hs
      rw [pow_zero, mul_one] at hs
      refine deriv_eq_zero_of_scaling_of_ne_zero hc₀ hc₁ hq hq' h0 h0' h fun k ↦ hR' _ ?_
      rw [abs_mul, abs_pow]
      exact (mul_le_of_le_one_left (abs_nonneg s)
        (pow_le_one₀ (abs_nonneg c) hc₁.le)).trans_lt hs
    | succ k ih =>
      intro s hs
      have hck : 0 < |c| ^ k := pow_pos hc k
      have hcs : |c * s| * |c| ^ k < R := by
        have e : |c * s| * |c| ^ k = |s| * |c| ^ (k + 1) := by rw [abs_mul, pow_succ]; ring
        rwa [e]
      have h1 : q (c * s) = 1 :=
        eq_one_of_deriv_eq_zero hq h0 (R := R / |c| ^ k)
          (fun r hr ↦ ih r ((lt_div_iff₀ hck).1 hr)) ((lt_div_iff₀ hck).2 hcs)
      have hh := h s
      rw [ih _ hcs, h1, zero_mul, mul_one] at hh
      exact (mul_eq_zero.1 hh.symm).resolve_left (ofReal_ne_zero.2 hc₀)
  have hzero (s : ℝ) : q' s = 0 := by
    have hs : 0 < |s| + 1 := by positivity
    obtain ⟨k, hk⟩ := exists_pow_lt_of_lt_one (div_pos hR hs) hc₁
    refine hgrow k s ?_
    have h2 := (lt_div_iff₀ hs).1 hk
    nlinarith [pow_pos hc k]
  exact eq_one_of_deriv_eq_zero hq h0 (R := |t| + 1) (fun s _ ↦ hzero s) (lt_add_one _)

/-- The derivative of `e^{t²/2}`. -/
theorem hasDerivAt_cexp_sq_div_two (t : ℝ) :
    HasDerivAt (fun t : ℝ ↦ cexp ((t : ℂ) ^ 2 / 2)) (t * cexp ((t : ℂ) ^ 2 / 2)) t := by
  have h : HasDerivAt (fun t : ℝ ↦ (t : ℂ) ^ 2 / 2) (t : ℂ) t := by
    refine (HasDerivAt.div_const (HasDerivAt.fun_pow (HasDerivAt.ofReal_comp (hasDerivAt_id' t)) 2)
      2).congr_deriv ?_
    simp
  exact h.cexp.congr_deriv (mul_comm _ _)

/-- A function with `φ'(c t) φ(t) = c φ'(t) φ(c t)`, `φ(0) = 1`, `φ'(0) = 0` and `φ''(0) = -1` is
`e^{-t²/2}`. -/
theorem eq_cexp_of_scaling {φ φ' : ℝ → ℂ} {c : ℝ} (hc₀ : c ≠ 0) (hc₁ : |c| < 1)
    (hφ : ∀ t, HasDerivAt φ (φ' t) t) (hφ' : HasDerivAt φ' (-1) 0) (h0 : φ 0 = 1) (h0' : φ' 0 = 0)
    (h : ∀ t, φ' (c * t) * φ t = c * φ' t * φ (c * t)) (t : ℝ) :
    φ t = cexp (-((t : ℂ) ^ 2 / 2)) := by
  have hq (t : ℝ) : HasDerivAt (fun t : ℝ ↦ φ t * cexp ((t : ℂ) ^ 2 / 2))
      ((φ' t + t * φ t) * cexp ((t : ℂ) ^ 2 / 2)) t :=
    ((hφ t).fun_mul (hasDerivAt_cexp_sq_div_two t)).congr_deriv (by ring)
  have hq' : HasDerivAt (fun t : ℝ ↦ (φ' t + t * φ t) * cexp ((t : ℂ) ^ 2 / 2)) 0 0 := by
    refine ((hφ'.fun_add ((hasDerivAt_id' (0 : ℝ)).ofReal_comp.fun_mul (hφ 0))).fun_mul
      (hasDerivAt_cexp_sq_div_two 0)).congr_deriv ?_
    simp [h0, h0']
  have hscale (s : ℝ) :
      (φ' (c * s) + (c * s : ℝ) * φ (c * s)) * cexp (((c * s : ℝ) : ℂ) ^ 2 / 2) *
          (φ s * cexp ((s : ℂ) ^ 2 / 2)) =
        c * ((φ' s + s * φ s) * cexp ((s : ℂ) ^ 2 / 2)) *
          (φ (c * s) * cexp (((c * s : ℝ) : ℂ) ^ 2 / 2)) := by
    generalize cexp ((s : ℂ) ^ 2 / 2) = E₁
    generalize cexp (((c * s : ℝ) : ℂ) ^ 2 / 2) = E₂
    rw [ofReal_mul]
    linear_combination (E₁ * E₂) * h s
  have key := eq_one_of_scaling hc₀ hc₁ hq hq' (by simp [h0]) (by simp [h0']) hscale t
  rw [exp_neg]
  exact eq_inv_of_mul_eq_one_left key

end ScalingEquation
