/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.EntireLog

/-!
# Entire functions whose real part grows quadratically

## Main results
* `Lejepa.iteratedDeriv_three_eq_zero`: if `|Re G(z)| ≤ A + B |z|²`, then `G''' = 0`. On a circle
  around `w`, `G + conj G` has the same Fourier coefficient of index three as `G`.
* `Lejepa.exists_eq_quadratic`: so `G` is a polynomial of degree at most two.
-/

public section

open Complex MeasureTheory Metric
open scoped ComplexConjugate Real

namespace Lejepa

/-- The integrand of `∮ conj(G) / (z - w)⁴`, from that of `∮ (z - w)² G`. -/
theorem circle_conj_integrand {R : ℝ} (hR : 0 < R) (G : ℂ → ℂ) (w : ℂ) (θ : ℝ) :
    deriv (circleMap w R) θ • ((1 / (circleMap w R θ - w) ^ (3 + 1)) • conj (G (circleMap w R θ))) =
      (-(R : ℂ) ^ 6)⁻¹ * conj (deriv (circleMap w R) θ •
        ((circleMap w R θ - w) ^ 2 • G (circleMap w R θ))) := by
  have hRne : (R : ℂ) ≠ 0 := ofReal_ne_zero.2 hR.ne'
  rw [deriv_circleMap, circleMap_sub_center]
  obtain ⟨c, hc⟩ : ∃ c, circleMap 0 R θ = c := ⟨_, rfl⟩
  obtain ⟨g, hg⟩ : ∃ g, G (circleMap w R θ) = g := ⟨_, rfl⟩
  have hcc : c * conj c = (R : ℂ) ^ 2 := by
    rw [mul_conj, normSq_eq_norm_sq, ← hc, norm_circleMap_zero, sq_abs, ofReal_pow]
  have hne : c ≠ 0 := by
    intro h
    rw [h, zero_mul] at hcc
    exact pow_ne_zero 2 hRne hcc.symm
  have hcu : c * c⁻¹ = 1 := mul_inv_cancel₀ hne
  have hRu : (R : ℂ) ^ 6 * (R : ℂ)⁻¹ ^ 6 = 1 := by
    rw [← mul_pow, mul_inv_cancel₀ hRne, one_pow]
  have hconj : conj c = (R : ℂ) ^ 2 * c⁻¹ := by
    linear_combination c⁻¹ * hcc - conj c * hcu
  rw [hc, hg]
  simp only [smul_eq_mul, map_mul, map_pow, conj_I]
  rw [hconj]
  linear_combination (I * conj g * c⁻¹ ^ 3) * hcu - (I * conj g * c⁻¹ ^ 3) * hRu

/-- The conjugate of an entire function has no Fourier coefficients of positive index. -/
theorem circleIntegral_conj_eq_zero {R : ℝ} (hR : 0 < R) {G : ℂ → ℂ} (hG : Differentiable ℂ G)
    (w : ℂ) : ∮ z in C(w, R), (1 / (z - w) ^ (3 + 1)) • conj (G z) = 0 := by
  have hd : Differentiable ℂ fun z ↦ (z - w) ^ 2 • G z := by fun_prop
  have h₀ : ∮ z in C(w, R), (z - w) ^ 2 • G z = 0 :=
    circleIntegral_eq_zero_of_differentiable_on_off_countable hR.le Set.countable_empty
      hd.continuous.continuousOn fun z _ ↦ hd z
  rw [circleIntegral, intervalIntegral.integral_of_le Real.two_pi_pos.le] at h₀
  rw [circleIntegral, intervalIntegral.integral_of_le Real.two_pi_pos.le]
  calc ∫ θ in Set.Ioc 0 (2 * π), deriv (circleMap w R) θ •
        ((1 / (circleMap w R θ - w) ^ (3 + 1)) • conj (G (circleMap w R θ)))
      = ∫ θ in Set.Ioc 0 (2 * π), (-(R : ℂ) ^ 6)⁻¹ * conj (deriv (circleMap w R) θ •
          ((circleMap w R θ - w) ^ 2 • G (circleMap w R θ))) :=
        integral_congr_ae (.of_forall fun θ ↦ circle_conj_integrand hR G w θ)
    _ = 0 := by rw [integral_const_mul, integral_conj, h₀, map_zero, mul_zero]

/-- The bound on the third derivative from a circle of radius `R`. -/
theorem norm_iteratedDeriv_three_mul_le {G : ℂ → ℂ} (hG : Differentiable ℂ G) {w : ℂ} {R C : ℝ}
    (hR : 0 < R) (hC : ∀ z ∈ sphere w R, |(G z).re| ≤ C) :
    ‖iteratedDeriv 3 G w‖ * R ^ 3 ≤ 12 * C := by
  have hRne : R ≠ 0 := hR.ne'
  have hk' : ContinuousOn (fun z : ℂ ↦ (z - w) ^ (3 + 1)) (sphere w R) :=
    ((continuous_id.sub continuous_const).pow _).continuousOn
  have hk : ContinuousOn (fun z : ℂ ↦ 1 / (z - w) ^ (3 + 1)) (sphere w R) :=
    continuousOn_const.div hk' fun z hz ↦
      pow_ne_zero _ (sub_ne_zero.2 (ne_of_mem_sphere hz hRne))
  have hi : CircleIntegrable (fun z ↦ (1 / (z - w) ^ (3 + 1)) • G z) w R :=
    (hk.smul hG.continuous.continuousOn).circleIntegrable hR.le
  have hi' : CircleIntegrable (fun z ↦ (1 / (z - w) ^ (3 + 1)) • conj (G z)) w R :=
    (hk.smul (continuous_conj.comp hG.continuous).continuousOn).circleIntegrable hR.le
  have hsum := circleIntegral.integral_add hi hi'
  rw [circleIntegral_conj_eq_zero hR hG w, add_zero,
    hG.differentiableOn.circleIntegral_one_div_sub_center_pow_smul hR 3] at hsum
  have hnorm : ∀ z ∈ sphere w R,
      ‖(1 / (z - w) ^ (3 + 1)) • G z + (1 / (z - w) ^ (3 + 1)) • conj (G z)‖ ≤
        (R ^ (3 + 1))⁻¹ * (2 * C) := fun z hz ↦ by
    have hzw : ‖z - w‖ = R := mem_sphere_iff_norm.1 hz
    have h₁ : ‖1 / (z - w) ^ (3 + 1)‖ = (R ^ (3 + 1))⁻¹ := by
      rw [norm_div, norm_one, norm_pow, hzw, one_div]
    have h₂ : ‖G z + conj (G z)‖ ≤ 2 * C := by
      rw [add_conj, Complex.norm_real, Real.norm_eq_abs, abs_mul, abs_two]
      exact mul_le_mul_of_nonneg_left (hC z hz) zero_le_two
    rw [← smul_add, norm_smul, h₁]
    exact mul_le_mul_of_nonneg_left h₂ (inv_nonneg.2 (pow_nonneg hR.le _))
  have hle := circleIntegral.norm_integral_le_of_norm_le_const hR.le hnorm
  rw [hsum, norm_smul] at hle
  have hfac : ‖(2 * π * I / (Nat.factorial 3 : ℕ) : ℂ)‖ = 2 * π / 6 := by
    have h6' : Nat.factorial 3 = 6 := rfl
    have h6 : ((Nat.factorial 3 : ℕ) : ℂ) = ((6 : ℝ) : ℂ) := by
      rw [h6']
      simp only [Nat.cast_ofNat, ofReal_ofNat]
    have h2π : (2 * π * I : ℂ) = ((2 * π : ℝ) : ℂ) * I := by
      simp only [ofReal_mul, ofReal_ofNat]
    rw [h6, h2π, norm_div, norm_mul, norm_I, mul_one, Complex.norm_real, Complex.norm_real,
      Real.norm_eq_abs, Real.norm_eq_abs, abs_of_pos Real.two_pi_pos,
      abs_of_pos (by norm_num : (0 : ℝ) < 6)]
  rw [hfac] at hle
  have hπ : 0 < 2 * π := Real.two_pi_pos
  have hle' : ‖iteratedDeriv 3 G w‖ ≤ 12 * C * (R * (R ^ (3 + 1))⁻¹) := by
    refine le_of_mul_le_mul_left ?_ (div_pos hπ (by norm_num : (0 : ℝ) < 6))
    refine hle.trans (le_of_eq ?_)
    ring
  have hR3 : R * (R ^ (3 + 1))⁻¹ * R ^ 3 = 1 := by
    have h4 : R ^ (3 + 1) * (R ^ (3 + 1))⁻¹ = 1 := mul_inv_cancel₀ (pow_ne_zero _ hRne)
    linear_combination h4
  calc ‖iteratedDeriv 3 G w‖ * R ^ 3 ≤ 12 * C * (R * (R ^ (3 + 1))⁻¹) * R ^ 3 :=
        mul_le_mul_of_nonneg_right hle' (pow_nonneg hR.le 3)
    _ = 12 * C := by rw [mul_assoc, hR3, mul_one]

/-- If the real part grows at most quadratically, the third derivative vanishes. -/
theorem iteratedDeriv_three_eq_zero {G : ℂ → ℂ} (hG : Differentiable ℂ G) {A B : ℝ} (hA : 0 ≤ A)
    (hB : 0 ≤ B) (hre : ∀ z, |(G z).re| ≤ A + B * ‖z‖ ^ 2) (w : ℂ) : iteratedDeriv 3 G w = 0 := by
  obtain ⟨D, hD⟩ : ∃ D, ‖iteratedDeriv 3 G w‖ = D := ⟨_, rfl⟩
  have hD₀ : 0 ≤ D := by
    rw [← hD]
    exact norm_nonneg _
  -- on a circle of radius `R`, at least `1` and at least `‖w‖`
  have hbig (R : ℝ) (h₁ : 1 ≤ R) (hw : ‖w‖ ≤ R) : D * R ≤ 12 * (A + 4 * B) := by
    have hR : 0 < R := zero_lt_one.trans_le h₁
    have h₁' : 1 ≤ R ^ 2 := one_le_pow₀ h₁
    have hC : ∀ z ∈ sphere w R, |(G z).re| ≤ (A + 4 * B) * R ^ 2 := fun z hz ↦ by
      have hzw : ‖z - w‖ = R := mem_sphere_iff_norm.1 hz
      have hz' : ‖z‖ ≤ 2 * R :=
        calc ‖z‖ = ‖w + (z - w)‖ := by rw [add_sub_cancel]
          _ ≤ ‖w‖ + ‖z - w‖ := norm_add_le _ _
          _ ≤ 2 * R := by rw [hzw]; linarith
      have hsq : ‖z‖ ^ 2 ≤ (2 * R) ^ 2 := pow_le_pow_left₀ (norm_nonneg z) hz' 2
      calc |(G z).re| ≤ A + B * ‖z‖ ^ 2 := hre z
        _ ≤ A * R ^ 2 + B * (2 * R) ^ 2 :=
          add_le_add (le_mul_of_one_le_right hA h₁') (mul_le_mul_of_nonneg_left hsq hB)
        _ = (A + 4 * B) * R ^ 2 := by ring
    have h := norm_iteratedDeriv_three_mul_le hG hR hC
    rw [hD] at h
    refine le_of_mul_le_mul_right ?_ (pow_pos hR 2)
    calc D * R * R ^ 2 = D * R ^ 3 := by ring
      _ ≤ 12 * ((A + 4 * B) * R ^ 2) := h
      _ = 12 * (A + 4 * B) * R ^ 2 := by ring
  rcases hD₀.eq_or_lt with h | h
  · exact norm_eq_zero.1 (hD.trans h.symm)
  · exfalso
    obtain ⟨K, hK⟩ : ∃ K, K = 12 * (A + 4 * B) := ⟨_, rfl⟩
    have hK₀ : 0 ≤ K := by linarith
    have hK' : 0 ≤ K / D := div_nonneg hK₀ h.le
    have hw := norm_nonneg w
    have hR := hbig (K / D + ‖w‖ + 1) (by linarith) (by linarith)
    have hKD : D * (K / D) = K := mul_div_cancel₀ _ h.ne'
    have hDw : 0 ≤ D * ‖w‖ := mul_nonneg h.le hw
    have e : D * (K / D + ‖w‖ + 1) = K + D * ‖w‖ + D := by linear_combination hKD
    rw [e, ← hK] at hR
    linarith

/-- An entire function whose real part grows at most quadratically is a polynomial of degree at
most two. -/
theorem exists_eq_quadratic {G : ℂ → ℂ} (hG : Differentiable ℂ G) (G₀ : G 0 = 0) {A B : ℝ}
    (hA : 0 ≤ A) (hB : 0 ≤ B) (hre : ∀ z, |(G z).re| ≤ A + B * ‖z‖ ^ 2) :
    ∃ k l : ℂ, ∀ z, G z = k * z + l * z ^ 2 := by
  have hG₁ := differentiable_deriv_of_differentiable hG
  have hG₂ := differentiable_deriv_of_differentiable hG₁
  have h₃ (z : ℂ) : deriv (deriv (deriv G)) z = 0 := by
    have h := iteratedDeriv_three_eq_zero hG hA hB hre z
    rw [iteratedDeriv_succ, iteratedDeriv_succ, iteratedDeriv_succ, iteratedDeriv_zero] at h
    exact h
  have h₂ (z : ℂ) : deriv (deriv G) z = deriv (deriv G) 0 :=
    is_const_of_deriv_eq_zero hG₂ h₃ z 0
  obtain ⟨l, hl⟩ : ∃ l, deriv (deriv G) 0 = 2 * l := ⟨deriv (deriv G) 0 / 2, by ring⟩
  obtain ⟨k, hk⟩ : ∃ k, deriv G 0 = k := ⟨_, rfl⟩
  have h₁ (z : ℂ) : deriv G z = k + 2 * l * z := by
    have hd (z : ℂ) : HasDerivAt (fun z ↦ deriv G z - 2 * l * z) 0 z := by
      have h : HasDerivAt (fun z ↦ deriv G z - 2 * l * z) (deriv (deriv G) z - 2 * l * 1) z :=
        HasDerivAt.sub (hG₁ z).hasDerivAt (HasDerivAt.const_mul (2 * l) (hasDerivAt_id z))
      refine h.congr_deriv ?_
      rw [h₂, hl, mul_one, sub_self]
    have h : deriv G z - 2 * l * z = deriv G 0 - 2 * l * 0 :=
      is_const_of_deriv_eq_zero (f := fun z ↦ deriv G z - 2 * l * z)
        (fun z ↦ (hd z).differentiableAt) (fun z ↦ (hd z).deriv) z 0
    rw [hk] at h
    linear_combination h
  refine ⟨k, l, fun z ↦ ?_⟩
  have hd (z : ℂ) : HasDerivAt (fun z ↦ G z - (k * z + l * (z * z))) 0 z := by
    have hz : HasDerivAt (fun z : ℂ ↦ z) 1 z := hasDerivAt_id z
    have hzz : HasDerivAt (fun z : ℂ ↦ z * z) (1 * z + z * 1) z := HasDerivAt.fun_mul hz hz
    have hp : HasDerivAt (fun z : ℂ ↦ k * z + l * (z * z)) (k * 1 + l * (1 * z + z * 1)) z :=
      HasDerivAt.add (HasDerivAt.const_mul k hz) (HasDerivAt.const_mul l hzz)
    have h : HasDerivAt (fun z ↦ G z - (k * z + l * (z * z)))
        (deriv G z - (k * 1 + l * (1 * z + z * 1))) z := HasDerivAt.sub (hG z).hasDerivAt hp
    refine h.congr_deriv ?_
    rw [h₁]
    ring
  have h : G z - (k * z + l * (z * z)) = G 0 - (k * 0 + l * (0 * 0)) :=
    is_const_of_deriv_eq_zero (f := fun z ↦ G z - (k * z + l * (z * z)))
      (fun z ↦ (hd z).differentiableAt) (fun z ↦ (hd z).deriv) z 0
  rw [G₀] at h
  linear_combination h

end Lejepa
