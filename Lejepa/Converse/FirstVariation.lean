/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.MeasurePreserving
public import Lejepa.Objective
public import Mathlib.Algebra.QuadraticDiscriminant
public import Mathlib.MeasureTheory.Integral.Prod

/-!
# The first variation of alignment

A stationary pair law `π` with marginals `μ`. If a function `x` of variance one cannot be aligned
better by perturbing it in the direction `g`, even after rescaling to variance one, then
`𝔼[(x' - x)(g' - g)] = 𝔼[(x' - x)²] 𝔼[x g]` (Euler–Lagrange).

On the line, with mean zero and variance one, this says of an optimal identity that
`𝔼[z' u(z)] + 𝔼[z u(z')] = 2 𝔼[z z'] 𝔼[z u(z)]` for every square-integrable `u`.

## Main results
* `Lejepa.integral_sub_mul_sub_of_forall_le`: the Euler–Lagrange equation.
* `Lejepa.integral_cross_add_cross_of_optimal`: what it says of an optimal identity on the line.

## References
* `docs/mathematics.md`, the section on which worlds have a linear optimum (first variation).
-/

public section

open MeasureTheory

namespace Lejepa

/-- A quadratic without constant term that is nowhere negative has no linear term. -/
theorem eq_zero_of_forall_mul_add_sq_nonneg {b c : ℝ} (h : ∀ t : ℝ, 0 ≤ b * t + c * t ^ 2) :
    b = 0 := by
  have hd := discrim_le_zero (a := c) (b := b) (c := 0) fun t ↦ by
    have := h t
    nlinarith
  rw [discrim, mul_zero, sub_zero] at hd
  exact pow_eq_zero_iff two_ne_zero |>.1 (le_antisymm hd (sq_nonneg b))

/-- The integral of a perturbed square. -/
theorem integral_add_mul_sq {α : Type*} [MeasurableSpace α] {m : Measure α} {f g : α → ℝ}
    (hf : MemLp f 2 m) (hg : MemLp g 2 m) (t : ℝ) :
    ∫ a, (f a + t * g a) ^ 2 ∂m =
      ∫ a, f a ^ 2 ∂m + 2 * t * ∫ a, f a * g a ∂m + t ^ 2 * ∫ a, g a ^ 2 ∂m := by
  have hfg : Integrable (fun a ↦ f a * g a) m := hf.integrable_mul hg
  have e : ∀ a, (f a + t * g a) ^ 2 = f a ^ 2 + 2 * t * (f a * g a) + t ^ 2 * g a ^ 2 :=
    fun a ↦ by ring
  have i₁ : Integrable (fun a ↦ 2 * t * (f a * g a)) m := hfg.const_mul _
  have i₂ : Integrable (fun a ↦ f a ^ 2 + 2 * t * (f a * g a)) m := hf.integrable_sq.add i₁
  have i₃ : Integrable (fun a ↦ t ^ 2 * g a ^ 2) m := hg.integrable_sq.const_mul _
  simp only [e]
  rw [integral_add i₂ i₃, integral_add hf.integrable_sq i₁, integral_const_mul,
    integral_const_mul]

section General

variable {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {π : Measure (Z × Z)}

/-- The coordinates of a white encoder have variance one. -/
theorem IsWhite.integral_sq_eq_one {m : ℕ} {h : Z → Fin m → ℝ} (hh : IsWhite μ h) (i : Fin m) :
    ∫ z, h z i ^ 2 ∂μ = 1 := by
  have e : secondMoment μ h i i = 1 := by
    rw [hh.secondMoment_eq_one, Matrix.one_apply_eq]
  rw [secondMoment, Matrix.of_apply] at e
  exact (integral_congr_ae (.of_forall fun z ↦ sq (h z i))).trans e

/-- A bound on normalized functions, free of the scale. -/
theorem mul_integral_sq_le_of_forall_normalized {A : ℝ} {f : Z → ℝ}
    (h : ∀ c : ℝ, c ^ 2 * ∫ z, f z ^ 2 ∂μ = 1 → A ≤ ∫ p, (c * f p.2 - c * f p.1) ^ 2 ∂π) :
    A * ∫ z, f z ^ 2 ∂μ ≤ ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
  have hE : 0 ≤ ∫ p, (f p.2 - f p.1) ^ 2 ∂π := integral_nonneg fun p ↦ sq_nonneg _
  have hN : 0 ≤ ∫ z, f z ^ 2 ∂μ := integral_nonneg fun z ↦ sq_nonneg _
  rcases hN.eq_or_lt with hN | hN
  · rw [← hN, mul_zero]
    exact hE
  obtain ⟨N, hNdef⟩ : ∃ N, ∫ z, f z ^ 2 ∂μ = N := ⟨_, rfl⟩
  rw [hNdef] at h hN ⊢
  have hsq : ((√N)⁻¹) ^ 2 = N⁻¹ := by rw [inv_pow, Real.sq_sqrt hN.le]
  have hc := h (√N)⁻¹ (by rw [hsq, inv_mul_cancel₀ hN.ne'])
  have e : ∫ p : Z × Z, ((√N)⁻¹ * f p.2 - (√N)⁻¹ * f p.1) ^ 2 ∂π =
      N⁻¹ * ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
    simp only [← mul_sub, mul_pow]
    rw [integral_const_mul, hsq]
  rw [e] at hc
  calc A * N ≤ N⁻¹ * (∫ p, (f p.2 - f p.1) ^ 2 ∂π) * N := mul_le_mul_of_nonneg_right hc hN.le
    _ = ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
      rw [mul_comm N⁻¹, inv_mul_cancel_right₀ hN.ne']

variable (hfst : MeasurePreserving Prod.fst π μ) (hsnd : MeasurePreserving Prod.snd π μ)
  {x g : Z → ℝ}
include hfst hsnd

/-- `𝔼[(x' - x)(g' - g)] = 2 𝔼[x g] - (𝔼[x' g] + 𝔼[x g'])`. -/
theorem integral_sub_mul_sub_eq (hx : MemLp x 2 μ) (hg : MemLp g 2 μ) :
    ∫ p, (x p.2 - x p.1) * (g p.2 - g p.1) ∂π =
      2 * ∫ z, x z * g z ∂μ - (∫ p, x p.2 * g p.1 ∂π + ∫ p, x p.1 * g p.2 ∂π) := by
  have x1 : MemLp (fun p : Z × Z ↦ x p.1) 2 π := hx.comp_measurePreserving hfst
  have x2 : MemLp (fun p : Z × Z ↦ x p.2) 2 π := hx.comp_measurePreserving hsnd
  have g1 : MemLp (fun p : Z × Z ↦ g p.1) 2 π := hg.comp_measurePreserving hfst
  have g2 : MemLp (fun p : Z × Z ↦ g p.2) 2 π := hg.comp_measurePreserving hsnd
  have i22 : Integrable (fun p : Z × Z ↦ x p.2 * g p.2) π := x2.integrable_mul g2
  have i11 : Integrable (fun p : Z × Z ↦ x p.1 * g p.1) π := x1.integrable_mul g1
  have i21 : Integrable (fun p : Z × Z ↦ x p.2 * g p.1) π := x2.integrable_mul g1
  have i12 : Integrable (fun p : Z × Z ↦ x p.1 * g p.2) π := x1.integrable_mul g2
  have hm : AEStronglyMeasurable (fun z ↦ x z * g z) μ :=
    hx.aestronglyMeasurable.mul hg.aestronglyMeasurable
  have b1 : ∫ p, x p.1 * g p.1 ∂π = ∫ z, x z * g z ∂μ :=
    hfst.integral_comp_of_aestronglyMeasurable hm
  have b2 : ∫ p, x p.2 * g p.2 ∂π = ∫ z, x z * g z ∂μ :=
    hsnd.integral_comp_of_aestronglyMeasurable hm
  have e : ∫ p : Z × Z, (x p.2 - x p.1) * (g p.2 - g p.1) ∂π =
      (∫ p, x p.2 * g p.2 ∂π + ∫ p, x p.1 * g p.1 ∂π) -
        (∫ p, x p.2 * g p.1 ∂π + ∫ p, x p.1 * g p.2 ∂π) := by
    have j₁ : Integrable (fun p : Z × Z ↦ x p.2 * g p.2 + x p.1 * g p.1) π := i22.add i11
    have j₂ : Integrable (fun p : Z × Z ↦ x p.2 * g p.1 + x p.1 * g p.2) π := i21.add i12
    rw [← integral_add i22 i11, ← integral_add i21 i12, ← integral_sub j₁ j₂]
    refine integral_congr_ae (.of_forall fun p ↦ ?_)
    beta_reduce
    ring
  rw [e, b1, b2, two_mul]

/-- **Euler–Lagrange.** If `x` has variance one and no rescaled perturbation in the direction `g`
aligns better, then `𝔼[(x' - x)(g' - g)] = 𝔼[(x' - x)²] 𝔼[x g]`. -/
theorem integral_sub_mul_sub_of_forall_le (hx : MemLp x 2 μ) (hg : MemLp g 2 μ)
    (var : ∫ z, x z ^ 2 ∂μ = 1)
    (h : ∀ t : ℝ, (∫ p, (x p.2 - x p.1) ^ 2 ∂π) * ∫ z, (x z + t * g z) ^ 2 ∂μ ≤
      ∫ p, (x p.2 + t * g p.2 - (x p.1 + t * g p.1)) ^ 2 ∂π) :
    ∫ p, (x p.2 - x p.1) * (g p.2 - g p.1) ∂π =
      (∫ p, (x p.2 - x p.1) ^ 2 ∂π) * ∫ z, x z * g z ∂μ := by
  have hd1 : MemLp (fun p : Z × Z ↦ x p.2 - x p.1) 2 π :=
    (hx.comp_measurePreserving hsnd).sub (hx.comp_measurePreserving hfst)
  have hd2 : MemLp (fun p : Z × Z ↦ g p.2 - g p.1) 2 π :=
    (hg.comp_measurePreserving hsnd).sub (hg.comp_measurePreserving hfst)
  have hquad : ∀ t : ℝ, 0 ≤
      2 * (∫ p, (x p.2 - x p.1) * (g p.2 - g p.1) ∂π -
        (∫ p, (x p.2 - x p.1) ^ 2 ∂π) * ∫ z, x z * g z ∂μ) * t +
      (∫ p, (g p.2 - g p.1) ^ 2 ∂π -
        (∫ p, (x p.2 - x p.1) ^ 2 ∂π) * ∫ z, g z ^ 2 ∂μ) * t ^ 2 := fun t ↦ by
    have ht := h t
    have e : ∫ p : Z × Z, (x p.2 + t * g p.2 - (x p.1 + t * g p.1)) ^ 2 ∂π =
        ∫ p, (x p.2 - x p.1 + t * (g p.2 - g p.1)) ^ 2 ∂π := by
      refine integral_congr_ae (.of_forall fun p ↦ ?_)
      beta_reduce
      ring
    rw [e, integral_add_mul_sq hd1 hd2, integral_add_mul_sq hx hg, var] at ht
    linarith
  have h0 := eq_zero_of_forall_mul_add_sq_nonneg hquad
  linarith

end General

section Line

/-- The alignment of an encoder with one coordinate. -/
theorem alignment_one {Z : Type*} [MeasurableSpace Z] (π : Measure (Z × Z)) (h : Z → Fin 1 → ℝ) :
    alignment π h = ∫ p, (h p.2 0 - h p.1 0) ^ 2 ∂π := by
  simp only [alignment, Finset.univ_unique, Fin.default_eq_zero, Finset.sum_singleton]

/-- A function of mean zero and variance one is a white encoder. -/
theorem isWhite_one {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {f : Z → ℝ} (hf : MemLp f 2 μ)
    (mean : ∫ z, f z ∂μ = 0) (var : ∫ z, f z ^ 2 ∂μ = 1) :
    IsWhite μ (fun z (_ : Fin 1) ↦ f z) where
  memLp _ := hf
  mean_eq_zero _ := mean
  secondMoment_eq_one := by
    ext i j
    obtain rfl := Subsingleton.elim i j
    rw [Matrix.one_apply_eq, secondMoment, Matrix.of_apply, ← var]
    exact integral_congr_ae (.of_forall fun z ↦ (sq (f z)).symm)

variable {μ : Measure ℝ} {π : Measure (ℝ × ℝ)}

/-- The optimality of the identity, free of the scale: `𝔼[(z' - z)²] 𝔼[f²] ≤ 𝔼[(f z' - f z)²]`. -/
theorem mul_integral_sq_le_of_optimal
    (optimal : IsBestAligned μ π fun z (_ : Fin 1) ↦ z)
    {f : ℝ → ℝ} (hf : MemLp f 2 μ) (mean : ∫ z, f z ∂μ = 0) :
    (∫ p, (p.2 - p.1) ^ 2 ∂π) * ∫ z, f z ^ 2 ∂μ ≤ ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
  refine mul_integral_sq_le_of_forall_normalized fun c hc ↦ ?_
  have hwhite : IsWhite μ (fun z (_ : Fin 1) ↦ c * f z) := by
    refine isWhite_one (hf.const_mul c) ?_ ?_
    · rw [integral_const_mul, mean, mul_zero]
    · simp only [mul_pow]
      rw [integral_const_mul, hc]
  have h := optimal _ hwhite
  rwa [alignment_one, alignment_one] at h

variable (hfst : MeasurePreserving Prod.fst π μ) (hsnd : MeasurePreserving Prod.snd π μ)
include hfst hsnd

/-- The alignment of the identity, from the correlation of successive latents. -/
theorem integral_sub_sq_eq (hμ : MemLp id 2 μ) (var : ∫ z, z ^ 2 ∂μ = 1) :
    ∫ p, (p.2 - p.1) ^ 2 ∂π = 2 - 2 * ∫ p, p.1 * p.2 ∂π := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 μ := hμ
  have h := integral_sub_mul_sub_eq hfst hsnd hz hz
  have e : ∫ p : ℝ × ℝ, (p.2 - p.1) * (p.2 - p.1) ∂π = ∫ p, (p.2 - p.1) ^ 2 ∂π :=
    integral_congr_ae (.of_forall fun p ↦ (sq (p.2 - p.1)).symm)
  have e' : ∫ p : ℝ × ℝ, p.2 * p.1 ∂π = ∫ p, p.1 * p.2 ∂π :=
    integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
  have e'' : ∫ z : ℝ, z * z ∂μ = 1 :=
    (integral_congr_ae (.of_forall fun z ↦ (sq z).symm)).trans var
  rw [e, e', e''] at h
  linarith

/-- The Euler–Lagrange equation of an optimal identity on the line:
`𝔼[z' u(z)] + 𝔼[z u(z')] = 2 𝔼[z z'] 𝔼[z u(z)]`. -/
theorem integral_cross_add_cross_of_optimal [IsProbabilityMeasure μ] (hμ : MemLp id 2 μ)
    (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (optimal : IsBestAligned μ π fun z (_ : Fin 1) ↦ z)
    {u : ℝ → ℝ} (hu : MemLp u 2 μ) :
    ∫ p, p.2 * u p.1 ∂π + ∫ p, p.1 * u p.2 ∂π =
      2 * (∫ p, p.1 * p.2 ∂π) * ∫ z, z * u z ∂μ := by
  have hz : MemLp (fun z : ℝ ↦ z) 2 μ := hμ
  obtain ⟨α, hα⟩ : ∃ α, ∫ z, u z ∂μ = α := ⟨_, rfl⟩
  have hg : MemLp (fun z ↦ u z - α) 2 μ := hu.sub (memLp_const α)
  have hzu : Integrable (fun z ↦ z * u z) μ := hz.integrable_mul hu
  have hcross : ∫ z, z * (u z - α) ∂μ = ∫ z, z * u z ∂μ := by
    simp only [mul_sub]
    rw [integral_sub hzu ((hz.integrable one_le_two).mul_const α), integral_mul_const, mean,
      zero_mul, sub_zero]
  have h := integral_sub_mul_sub_of_forall_le hfst hsnd hz hg var fun t ↦ by
    refine mul_integral_sq_le_of_optimal optimal (f := fun z ↦ z + t * (u z - α))
      (hz.add (hg.const_mul t)) ?_
    rw [integral_add (hz.integrable one_le_two) ((hg.integrable one_le_two).const_mul t),
      integral_const_mul, integral_sub (hu.integrable one_le_two) (integrable_const α), mean,
      hα, integral_const, probReal_univ, one_smul, sub_self, mul_zero, add_zero]
  have e : ∫ p : ℝ × ℝ, (p.2 - p.1) * (u p.2 - α - (u p.1 - α)) ∂π =
      ∫ p, (p.2 - p.1) * (u p.2 - u p.1) ∂π :=
    integral_congr_ae (.of_forall fun p ↦ by beta_reduce; ring)
  rw [e, hcross, integral_sub_mul_sub_eq hfst hsnd hz hu,
    integral_sub_sq_eq hfst hsnd hμ var] at h
  linarith

end Line

end Lejepa
