/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.EntireQuadratic
public import Mathlib.Probability.Distributions.Gaussian.Real

/-!
# Cramér's decomposition theorem

If the sum of two independent real random variables is standard Gaussian, each of them is Gaussian.
The moment generating function of one, `𝔼[exp (z Y)]`, is entire and has no zeros, since with that
of the other it makes `exp (z² / 2)`. So it is `exp g` with `g` entire; Jensen's inequality for the
other bounds `Re g` by a quadratic, both ways, so that `g` is a polynomial of degree at most two.

## Main results
* `Lejepa.eq_gaussianReal_of_conv_eq_gaussianReal`: Cramér's theorem.

## References
* H. Cramér, *Über eine Eigenschaft der normalen Verteilungsfunktion*, Math. Z. 41 (1936).
-/

public section

open MeasureTheory ProbabilityTheory
open scoped NNReal

namespace Lejepa

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν]

/-- If a sum of independent variables is standard Gaussian, the second summand has all exponential
moments. -/
theorem integrable_exp_mul_of_conv (h : μ ∗ ν = gaussianReal 0 1) (s : ℝ) :
    Integrable (fun y ↦ Real.exp (s * y)) ν := by
  have hG : Integrable (fun x ↦ Real.exp (s * x)) (gaussianReal 0 1) :=
    integrable_exp_mul_gaussianReal s
  rw [← h, Measure.conv] at hG
  have hp : Integrable (fun p : ℝ × ℝ ↦ Real.exp (s * (p.1 + p.2))) (μ.prod ν) :=
    hG.comp_measurable (measurable_fst.add measurable_snd)
  obtain ⟨x, hx⟩ := hp.prod_right_ae.exists
  have hx' : Integrable (fun y ↦ Real.exp (-(s * x)) * Real.exp (s * (x + y))) ν :=
    hx.const_mul _
  refine hx'.congr (.of_forall fun y ↦ ?_)
  change Real.exp (-(s * x)) * Real.exp (s * (x + y)) = Real.exp (s * y)
  rw [← Real.exp_add]
  congr 1
  ring

/-- The second summand has all exponential moments: the set of those it has is everything. -/
theorem integrableExpSet_eq_univ_of_conv (h : μ ∗ ν = gaussianReal 0 1) :
    integrableExpSet id ν = Set.univ :=
  Set.eq_univ_of_forall fun s ↦ integrable_exp_mul_of_conv h s

/-- Every exponent is interior to the set of exponential moments of the second summand. -/
theorem mem_interior_integrableExpSet_of_conv (h : μ ∗ ν = gaussianReal 0 1) (s : ℝ) :
    s ∈ interior (integrableExpSet id ν) := by
  rw [integrableExpSet_eq_univ_of_conv h, interior_univ]
  exact Set.mem_univ s

/-- The complex moment generating functions of the summands multiply to the Gaussian's. -/
theorem complexMGF_mul_complexMGF_of_conv (h : μ ∗ ν = gaussianReal 0 1) (z : ℂ) :
    complexMGF id μ z * complexMGF id ν z = Complex.exp (z ^ 2 / 2) := by
  have hm : Measurable fun x : ℝ ↦ Complex.exp (z * x) :=
    Complex.measurable_exp.comp (Complex.measurable_ofReal.const_mul z)
  have hG : complexMGF id (gaussianReal 0 1) z = Complex.exp (z ^ 2 / 2) := by
    rw [complexMGF_id_gaussianReal]
    congr 1
    simp only [Complex.ofReal_zero, NNReal.coe_one, Complex.ofReal_one]
    ring
  rw [← hG, ← h]
  have e : ∫ x, Complex.exp (z * x) ∂(μ ∗ ν) =
      ∫ p, Complex.exp (z * ((p.1 + p.2 : ℝ) : ℂ)) ∂μ.prod ν :=
    integral_map (measurable_fst.add measurable_snd).aemeasurable hm.aestronglyMeasurable
  have e' : ∫ p : ℝ × ℝ, Complex.exp (z * ((p.1 + p.2 : ℝ) : ℂ)) ∂μ.prod ν =
      ∫ p, Complex.exp (z * (p.1 : ℂ)) * Complex.exp (z * (p.2 : ℂ)) ∂μ.prod ν := by
    refine integral_congr_ae (.of_forall fun p ↦ ?_)
    change Complex.exp (z * ((p.1 + p.2 : ℝ) : ℂ)) =
      Complex.exp (z * (p.1 : ℂ)) * Complex.exp (z * (p.2 : ℂ))
    rw [← Complex.exp_add, Complex.ofReal_add, mul_add]
  have e'' : ∫ p : ℝ × ℝ, Complex.exp (z * (p.1 : ℂ)) * Complex.exp (z * (p.2 : ℂ)) ∂μ.prod ν =
      (∫ x, Complex.exp (z * x) ∂μ) * ∫ y, Complex.exp (z * y) ∂ν :=
    integral_prod_mul (fun x : ℝ ↦ Complex.exp (z * x)) fun y : ℝ ↦ Complex.exp (z * y)
  exact (e.trans (e'.trans e'')).symm

/-- The moment generating functions of the summands multiply to the Gaussian's. -/
theorem mgf_mul_mgf_of_conv (h : μ ∗ ν = gaussianReal 0 1) (s : ℝ) :
    mgf id μ s * mgf id ν s = Real.exp (s ^ 2 / 2) := by
  have hc := complexMGF_mul_complexMGF_of_conv h (s : ℂ)
  have e : Complex.exp ((s : ℂ) ^ 2 / 2) = ((Real.exp (s ^ 2 / 2) : ℝ) : ℂ) := by
    rw [Complex.ofReal_exp, Complex.ofReal_div, Complex.ofReal_pow, Complex.ofReal_ofNat]
  rw [complexMGF_ofReal, complexMGF_ofReal, e, ← Complex.ofReal_mul] at hc
  exact Complex.ofReal_injective hc

/-- Jensen's inequality for the second summand: `exp (s 𝔼 Y) ≤ 𝔼 exp (s Y)`. -/
theorem exp_mul_integral_le_mgf_of_conv (h : μ ∗ ν = gaussianReal 0 1) (s : ℝ) :
    Real.exp (s * ∫ y, y ∂ν) ≤ mgf id ν s := by
  have hi : Integrable (fun y : ℝ ↦ y) ν :=
    integrable_of_mem_interior_integrableExpSet (mem_interior_integrableExpSet_of_conv h 0)
  obtain ⟨M, hM⟩ : ∃ M, ∫ y, y ∂ν = M := ⟨_, rfl⟩
  have hle (y : ℝ) : Real.exp (s * M) * (s * (y - M) + 1) ≤ Real.exp (s * y) := by
    have h₁ : Real.exp (s * y) = Real.exp (s * M) * Real.exp (s * (y - M)) := by
      rw [← Real.exp_add]
      congr 1
      ring
    rw [h₁]
    exact mul_le_mul_of_nonneg_left (Real.add_one_le_exp _) (Real.exp_pos _).le
  have hs : Integrable (fun y : ℝ ↦ s * (y - M)) ν := (hi.sub (integrable_const M)).const_mul s
  have hs' : Integrable (fun y : ℝ ↦ s * (y - M) + 1) ν := hs.add (integrable_const 1)
  have hmean : ∫ y, (y - M) ∂ν = 0 := by
    rw [integral_sub hi (integrable_const M), hM, integral_const, probReal_univ, one_smul, sub_self]
  have hint : ∫ y, Real.exp (s * M) * (s * (y - M) + 1) ∂ν = Real.exp (s * M) := by
    rw [integral_const_mul, integral_add hs (integrable_const 1), integral_const_mul, hmean,
      integral_const, probReal_univ, one_smul, mul_zero, zero_add, mul_one]
  have hmono : ∫ y, Real.exp (s * M) * (s * (y - M) + 1) ∂ν ≤ ∫ y, Real.exp (s * y) ∂ν :=
    integral_mono (hs'.const_mul _) (integrable_exp_mul_of_conv h s) fun y ↦ hle y
  rw [hint] at hmono
  rw [hM]
  exact hmono

/-- The moment generating function of the second summand is bounded by a Gaussian's. -/
theorem mgf_le_of_conv (h : μ ∗ ν = gaussianReal 0 1) (s : ℝ) :
    mgf id ν s ≤ Real.exp (s ^ 2 / 2 - s * ∫ x, x ∂μ) := by
  have h' : ν ∗ μ = gaussianReal 0 1 := (Measure.conv_comm ν μ).trans h
  have h₁ := exp_mul_integral_le_mgf_of_conv h' s
  have h₂ := mgf_mul_mgf_of_conv h s
  have h₃ : Real.exp (s * ∫ x, x ∂μ) * mgf id ν s ≤ Real.exp (s ^ 2 / 2) := by
    rw [← h₂]
    exact mul_le_mul_of_nonneg_right h₁ mgf_nonneg
  rw [Real.exp_sub, le_div_iff₀ (Real.exp_pos _), mul_comm]
  exact h₃

/-- The logarithm of the second summand's moment generating function grows at most quadratically in
its real part. -/
theorem abs_re_le_of_complexMGF_eq_exp (h : μ ∗ ν = gaussianReal 0 1) {g : ℂ → ℂ}
    (hg : ∀ z, complexMGF id ν z = Complex.exp (g z)) (z : ℂ) :
    |(g z).re| ≤ (|∫ x, x ∂μ| + |∫ y, y ∂ν|) + (1 + (|∫ x, x ∂μ| + |∫ y, y ∂ν|)) * ‖z‖ ^ 2 := by
  have h' : ν ∗ μ = gaussianReal 0 1 := (Measure.conv_comm ν μ).trans h
  obtain ⟨M, hM⟩ : ∃ M, ∫ x, x ∂μ = M := ⟨_, rfl⟩
  obtain ⟨N, hN⟩ : ∃ N, ∫ y, y ∂ν = N := ⟨_, rfl⟩
  have hup : Real.exp (g z).re ≤ Real.exp (z.re ^ 2 / 2 - z.re * M) := by
    rw [← Complex.norm_exp, ← hg, ← hM]
    exact norm_complexMGF_le_mgf.trans (mgf_le_of_conv h z.re)
  have hlow : Real.exp (z ^ 2 / 2).re ≤
      Real.exp (z.re ^ 2 / 2 - z.re * N) * Real.exp (g z).re := by
    rw [← Complex.norm_exp, ← Complex.norm_exp, ← hg, ← complexMGF_mul_complexMGF_of_conv h, ← hN,
      norm_mul]
    exact mul_le_mul_of_nonneg_right (norm_complexMGF_le_mgf.trans (mgf_le_of_conv h' z.re))
      (norm_nonneg _)
  rw [Real.exp_le_exp] at hup
  rw [← Real.exp_add, Real.exp_le_exp] at hlow
  rw [hM, hN]
  -- elementary bounds
  obtain ⟨r, hr⟩ : ∃ r, ‖z‖ = r := ⟨_, rfl⟩
  have hx : |z.re| ≤ r := by
    rw [← hr]
    exact Complex.abs_re_le_norm z
  have hr₀ : 0 ≤ r := (abs_nonneg _).trans hx
  have hx2 : z.re ^ 2 ≤ r ^ 2 := by
    rw [← sq_abs]
    exact pow_le_pow_left₀ (abs_nonneg _) hx 2
  have hx1 : |z.re| ≤ 1 + r ^ 2 := hx.trans (by nlinarith [sq_nonneg (r - 1), sq_nonneg r])
  have hz2 : -(r ^ 2 / 2) ≤ (z ^ 2 / 2).re := by
    have h₁ : |(z ^ 2 / 2).re| ≤ ‖z ^ 2 / 2‖ := Complex.abs_re_le_norm _
    rw [norm_div, norm_pow, hr, Complex.norm_two] at h₁
    exact (abs_le.1 h₁).1
  have hxM : |z.re * M| ≤ (1 + r ^ 2) * |M| := by
    rw [abs_mul]
    exact mul_le_mul_of_nonneg_right hx1 (abs_nonneg M)
  have hxN : |z.re * N| ≤ (1 + r ^ 2) * |N| := by
    rw [abs_mul]
    exact mul_le_mul_of_nonneg_right hx1 (abs_nonneg N)
  have hM₀ : 0 ≤ (1 + r ^ 2) * |M| := mul_nonneg (by positivity) (abs_nonneg M)
  have hN₀ : 0 ≤ (1 + r ^ 2) * |N| := mul_nonneg (by positivity) (abs_nonneg N)
  have hr2 : 0 ≤ r ^ 2 := sq_nonneg r
  rw [hr, abs_le]
  constructor
  · have h₁ := (abs_le.1 hxN).1
    linarith
  · have h₁ := (abs_le.1 hxM).1
    linarith

/-- **Cramér's decomposition theorem.** If the sum of two independent random variables is standard
Gaussian, the second is Gaussian, possibly constant. -/
theorem eq_gaussianReal_of_conv_eq_gaussianReal (h : μ ∗ ν = gaussianReal 0 1) :
    ∃ (b : ℝ) (v : ℝ≥0), ν = gaussianReal b v := by
  have hset := mem_interior_integrableExpSet_of_conv h
  have hd : Differentiable ℂ (complexMGF id ν) := fun z ↦
    (hasDerivAt_complexMGF (hset z.re)).differentiableAt
  have hne (z : ℂ) : complexMGF id ν z ≠ 0 := fun h₀ ↦ by
    have hmul := complexMGF_mul_complexMGF_of_conv h z
    rw [h₀, mul_zero] at hmul
    exact Complex.exp_ne_zero _ hmul.symm
  have hone : complexMGF id ν 0 = 1 := by
    have h₀ := complexMGF_ofReal (X := (id : ℝ → ℝ)) (μ := ν) 0
    rw [mgf_zero, Complex.ofReal_zero, Complex.ofReal_one] at h₀
    exact h₀
  obtain ⟨g, hgd, hg₀, hg⟩ := exists_exp_eq_of_differentiable hd hne hone
  have hK : 0 ≤ |∫ x, x ∂μ| + |∫ y, y ∂ν| := add_nonneg (abs_nonneg _) (abs_nonneg _)
  obtain ⟨k, l, hkl⟩ := exists_eq_quadratic hgd hg₀ hK (add_nonneg zero_le_one hK)
    (abs_re_le_of_complexMGF_eq_exp h hg)
  -- on the real line
  have hre (s : ℝ) : (g s).re = k.re * s + l.re * s ^ 2 := by
    have e : ((s : ℂ)) ^ 2 = ((s ^ 2 : ℝ) : ℂ) := (Complex.ofReal_pow s 2).symm
    rw [hkl, e, Complex.add_re, Complex.re_mul_ofReal, Complex.re_mul_ofReal]
  have hmgf (s : ℝ) : mgf id ν s = Real.exp (k.re * s + l.re * s ^ 2) := by
    rw [← hre, ← Complex.norm_exp, ← hg, complexMGF_ofReal, Complex.norm_real, Real.norm_eq_abs,
      abs_of_nonneg mgf_nonneg]
  have hl : 0 ≤ l.re := by
    have h₁ := exp_mul_integral_le_mgf_of_conv h 1
    have h₂ := exp_mul_integral_le_mgf_of_conv h (-1)
    rw [hmgf, Real.exp_le_exp] at h₁ h₂
    linarith
  refine ⟨k.re, (2 * l.re).toNNReal, ?_⟩
  have hv : (((2 * l.re).toNNReal : ℝ≥0) : ℝ) = 2 * l.re :=
    Real.coe_toNNReal _ (mul_nonneg zero_le_two hl)
  have hmgf' : mgf id ν = mgf id (gaussianReal k.re (2 * l.re).toNNReal) := by
    rw [mgf_id_gaussianReal]
    refine funext fun s ↦ ?_
    change mgf id ν s = Real.exp (k.re * s + ((2 * l.re).toNNReal : ℝ) * s ^ 2 / 2)
    rw [hmgf, hv]
    congr 1
    ring
  refine Measure.ext_of_complexMGF_id_eq (funext fun z ↦ ?_)
  have hz : z ∈ {z : ℂ | z.re ∈ interior (integrableExpSet id ν)} := hset z.re
  exact eqOn_complexMGF_of_mgf hmgf' hz

end Lejepa
