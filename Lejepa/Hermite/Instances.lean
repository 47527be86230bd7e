/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Hermite.Basis
public import Lejepa.Hermite.Mehler
public import Lejepa.Identifiability.QuadraticEncoder

/-!
# Hermite polynomials of two variables: instances

Two latents `x`, `y`; the products `x y` and `(x² - 1) y`, of degree two and three; and a function
that is no polynomial, the sign of `x y`.

## Main definitions
* `Lejepa.quadrantSign`: `-1` where `x y < 0`, and `1` elsewhere.

## Main results
* `Lejepa.integral_hermiteProd_two_one_sq`, `Lejepa.integral_hermiteProd_two_one_mul_one_one`: the
  two products are orthogonal, and the square of the second has mean `2`.
* `Lejepa.integral_hermiteProd_two_one_ou`: Mehler's formula with `ρ = 1/2`; and outside,
  `Lejepa.integral_hermiteProd_ou_ne_of_two`: with `ρ = 2` it fails everywhere.
* `Lejepa.ae_eq_mul_of_forall_integral`: what has the coefficients of `x y` is `x y`.
* `Lejepa.exists_integral_quadrantSign_mul_ne_zero`: some Hermite polynomial sees the sign; and
  outside, `Lejepa.not_ae_eq_zero_hermiteProd_one_one`: no index can be left out.
* `Lejepa.exists_hilbertBasis_plane`: two members of the basis of the plane.
* `Lejepa.hasSum_hermiteCoeff_quadrantSign_sq`: the squares of the coefficients of the sign add up
  to one.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory Polynomial

noncomputable section

namespace Lejepa

/-! ### The two products -/

private lemma aeval_hermite_two (x : ℝ) : aeval x (hermite 2) = x ^ 2 - 1 := by
  have h : hermite 2 = X * X - 1 := by
    have h' := hermite_succ 1
    rw [hermite_one, derivative_X] at h'
    exact h'
  rw [h, map_sub, map_mul, aeval_X, map_one, sq]

/-- The product of index `(1, 1)`. -/
theorem hermiteProd_one_one (z : Fin 2 → ℝ) : hermiteProd (n := 2) ![1, 1] z = z 0 * z 1 := by
  have h : hermiteProd (n := 2) ![1, 1] z = aeval (z 0) (hermite 1) * aeval (z 1) (hermite 1) :=
    Fin.prod_univ_two fun i ↦ aeval (z i) (hermite ((![1, 1] : Fin 2 → ℕ) i))
  rw [h, hermite_one, aeval_X, aeval_X]

/-- The product of index `(2, 1)`. -/
theorem hermiteProd_two_one (z : Fin 2 → ℝ) :
    hermiteProd (n := 2) ![2, 1] z = (z 0 ^ 2 - 1) * z 1 := by
  have h : hermiteProd (n := 2) ![2, 1] z = aeval (z 0) (hermite 2) * aeval (z 1) (hermite 1) :=
    Fin.prod_univ_two fun i ↦ aeval (z i) (hermite ((![2, 1] : Fin 2 → ℕ) i))
  rw [h, aeval_hermite_two, hermite_one, aeval_X]

private lemma prod_factorial_one_one :
    ∏ i, (((![1, 1] : Fin 2 → ℕ) i).factorial : ℝ) = 1 := by
  have h : ∏ i, (((![1, 1] : Fin 2 → ℕ) i).factorial : ℝ) =
      (Nat.factorial 1 : ℝ) * (Nat.factorial 1 : ℝ) :=
    Fin.prod_univ_two fun i ↦ (((![1, 1] : Fin 2 → ℕ) i).factorial : ℝ)
  rw [h, Nat.factorial_one, Nat.cast_one, mul_one]

private lemma prod_factorial_two_one :
    ∏ i, (((![2, 1] : Fin 2 → ℕ) i).factorial : ℝ) = 2 := by
  have h : ∏ i, (((![2, 1] : Fin 2 → ℕ) i).factorial : ℝ) =
      (Nat.factorial 2 : ℝ) * (Nat.factorial 1 : ℝ) :=
    Fin.prod_univ_two fun i ↦ (((![2, 1] : Fin 2 → ℕ) i).factorial : ℝ)
  rw [h, Nat.factorial_two, Nat.factorial_one, Nat.cast_ofNat, Nat.cast_one, mul_one]

private lemma two_one_ne_one_one : (![2, 1] : Fin 2 → ℕ) ≠ ![1, 1] := fun e ↦ by
  have h : (2 : ℕ) = 1 := congrFun e 0
  omega

/-! ### Orthogonality -/

/-- The square of `(x² - 1) y` has mean `2! 1! = 2`. -/
theorem integral_hermiteProd_two_one_sq :
    ∫ z : Fin 2 → ℝ, ((z 0 ^ 2 - 1) * z 1) ^ 2 ∂γ 2 = 2 := by
  have e (z : Fin 2 → ℝ) :
      ((z 0 ^ 2 - 1) * z 1) ^ 2 =
        hermiteProd (n := 2) ![2, 1] z * hermiteProd (n := 2) ![2, 1] z := by
    rw [hermiteProd_two_one]
    ring
  calc ∫ z : Fin 2 → ℝ, ((z 0 ^ 2 - 1) * z 1) ^ 2 ∂γ 2
    _ = ∫ z, hermiteProd (n := 2) ![2, 1] z * hermiteProd (n := 2) ![2, 1] z ∂γ 2 :=
      integral_congr_ae (ae_of_all _ e)
    _ = ∏ i, (((![2, 1] : Fin 2 → ℕ) i).factorial : ℝ) :=
      (integral_hermiteProd_mul (n := 2) ![2, 1] ![2, 1]).trans (if_pos rfl)
    _ = 2 := prod_factorial_two_one

/-- The products `(x² - 1) y` and `x y` are orthogonal. -/
theorem integral_hermiteProd_two_one_mul_one_one :
    ∫ z : Fin 2 → ℝ, (z 0 ^ 2 - 1) * z 1 * (z 0 * z 1) ∂γ 2 = 0 := by
  have e (z : Fin 2 → ℝ) :
      (z 0 ^ 2 - 1) * z 1 * (z 0 * z 1) =
        hermiteProd (n := 2) ![2, 1] z * hermiteProd (n := 2) ![1, 1] z := by
    rw [hermiteProd_two_one, hermiteProd_one_one]
  calc ∫ z : Fin 2 → ℝ, (z 0 ^ 2 - 1) * z 1 * (z 0 * z 1) ∂γ 2
    _ = ∫ z, hermiteProd (n := 2) ![2, 1] z * hermiteProd (n := 2) ![1, 1] z ∂γ 2 :=
      integral_congr_ae (ae_of_all _ e)
    _ = 0 := (integral_hermiteProd_mul (n := 2) ![2, 1] ![1, 1]).trans (if_neg two_one_ne_one_one)

/-! ### Mehler's formula -/

/-- With `ρ = 1/2` the Ornstein–Uhlenbeck step multiplies `(x² - 1) y` by `1/8`. -/
theorem integral_hermiteProd_two_one_ou (z : Fin 2 → ℝ) :
    ∫ η, hermiteProd (n := 2) ![2, 1] ((1 / 2 : ℝ) • z + √(1 - (1 / 2 : ℝ) ^ 2) • η) ∂γ 2 =
      1 / 8 * ((z 0 ^ 2 - 1) * z 1) := by
  have hs : ∑ i, (![2, 1] : Fin 2 → ℕ) i = 2 + 1 := Fin.sum_univ_two (![2, 1] : Fin 2 → ℕ)
  have h : ∫ η, hermiteProd (n := 2) ![2, 1] ((1 / 2 : ℝ) • z + √(1 - (1 / 2 : ℝ) ^ 2) • η) ∂γ 2 =
      (1 / 2) ^ (∑ i, (![2, 1] : Fin 2 → ℕ) i) * hermiteProd (n := 2) ![2, 1] z :=
    integral_hermiteProd_ou (n := 2) (ρ := 1 / 2) (abs_le.2 ⟨by norm_num, by norm_num⟩) ![2, 1] z
  rw [h, hs, hermiteProd_two_one]
  ring

/-- Outside `|ρ| ≤ 1`: with `ρ = 2` (where `√(1 - ρ²)` is zero) Mehler's formula fails for `x² - 1`,
everywhere. -/
theorem integral_hermiteProd_ou_ne_of_two (z : Fin 2 → ℝ) :
    ∫ η, hermiteProd (n := 2) (Pi.single 0 2) ((2 : ℝ) • z + √(1 - (2 : ℝ) ^ 2) • η) ∂γ 2 ≠
      2 ^ (∑ i, (Pi.single 0 2 : Fin 2 → ℕ) i) * hermiteProd (n := 2) (Pi.single 0 2) z := by
  have hs : √(1 - (2 : ℝ) ^ 2) = 0 := Real.sqrt_eq_zero_of_nonpos (by norm_num)
  have hint :
      ∫ η, hermiteProd (n := 2) (Pi.single 0 2) ((2 : ℝ) • z + √(1 - (2 : ℝ) ^ 2) • η) ∂γ 2 =
        (2 * z 0) ^ 2 - 1 := by
    simp only [hs, zero_smul, add_zero, hermiteProd_single_two, Pi.smul_apply, smul_eq_mul]
    rw [integral_const, probReal_univ, one_smul]
  rw [hint, Fintype.sum_pi_single', hermiteProd_single_two]
  intro h
  linarith

/-! ### Completeness -/

/-- A function of two latents with the coefficients of `x y` is `x y`. -/
theorem ae_eq_mul_of_forall_integral {f : (Fin 2 → ℝ) → ℝ} (hf : MemLp f 2 (γ 2))
    (h : ∀ α, ∫ z, f z * hermiteProd α z ∂γ 2 = if α = ![1, 1] then 1 else 0) :
    f =ᵐ[γ 2] fun z ↦ z 0 * z 1 := by
  have hd := ae_eq_zero_of_forall_integral_hermiteProd_eq_zero
    (hf.sub (memLp_hermiteProd (n := 2) ![1, 1])) fun α ↦ by
      change ∫ z, (f z - hermiteProd (n := 2) ![1, 1] z) * hermiteProd α z ∂γ 2 = 0
      simp only [sub_mul]
      rw [integral_sub (integrable_mul_hermiteProd_of_memLp hf α)
        (integrable_hermiteProd_mul (n := 2) ![1, 1] α), h, integral_hermiteProd_mul,
        prod_factorial_one_one]
      by_cases hα : α = ![1, 1]
      · rw [if_pos hα, if_pos hα.symm, sub_self]
      · rw [if_neg hα, if_neg (Ne.symm hα), sub_self]
  filter_upwards [hd] with z hz
  have hz' : f z - hermiteProd (n := 2) ![1, 1] z = 0 := hz
  exact (sub_eq_zero.1 hz').trans (hermiteProd_one_one z)

/-- The sign of the product of two latents. -/
def quadrantSign (z : Fin 2 → ℝ) : ℝ := if z 0 * z 1 < 0 then -1 else 1

/-- The square of the sign is one. -/
theorem quadrantSign_sq (z : Fin 2 → ℝ) : quadrantSign z ^ 2 = 1 := by
  rw [quadrantSign]
  split_ifs <;> norm_num

/-- The sign is measurable. -/
theorem measurable_quadrantSign : Measurable quadrantSign := by
  have h₀ : Measurable fun z : Fin 2 → ℝ ↦ z 0 := measurable_pi_apply 0
  have h₁ : Measurable fun z : Fin 2 → ℝ ↦ z 1 := measurable_pi_apply 1
  have hs : MeasurableSet {z : Fin 2 → ℝ | z 0 * z 1 < 0} :=
    measurableSet_lt (h₀.mul h₁) measurable_const
  have h : Measurable fun z : Fin 2 → ℝ ↦ if z 0 * z 1 < 0 then (-1 : ℝ) else 1 :=
    Measurable.ite hs measurable_const measurable_const
  exact h

/-- The sign is square-integrable. -/
theorem memLp_quadrantSign : MemLp quadrantSign 2 (γ 2) := by
  refine MemLp.of_bound measurable_quadrantSign.aestronglyMeasurable 1 (.of_forall fun z ↦ ?_)
  rw [Real.norm_eq_abs]
  exact (sq_le_one_iff_abs_le_one _).1 (quadrantSign_sq z).le

/-- The sign of `x y` is no polynomial, and some Hermite polynomial sees it. -/
theorem exists_integral_quadrantSign_mul_ne_zero :
    ∃ α, ∫ z, quadrantSign z * hermiteProd α z ∂γ 2 ≠ 0 := by
  by_contra h
  push_neg at h
  have hae : ∀ᵐ z ∂γ 2, quadrantSign z = 0 :=
    ae_eq_zero_of_forall_integral_hermiteProd_eq_zero memLp_quadrantSign h
  obtain ⟨z, hz⟩ := hae.exists
  have h₁ := quadrantSign_sq z
  rw [hz, zero_pow two_ne_zero] at h₁
  exact zero_ne_one h₁

/-- Outside: no index can be left out. The product `x y` is orthogonal to all others, and does not
vanish. -/
theorem not_ae_eq_zero_hermiteProd_one_one :
    (∀ α : Fin 2 → ℕ, α ≠ ![1, 1] →
      ∫ z, hermiteProd (n := 2) ![1, 1] z * hermiteProd α z ∂γ 2 = 0) ∧
      ¬hermiteProd (n := 2) ![1, 1] =ᵐ[γ 2] 0 := by
  refine ⟨fun α hα ↦ by rw [integral_hermiteProd_mul, if_neg hα.symm], fun h ↦ ?_⟩
  have h₁ : ∫ z, hermiteProd (n := 2) ![1, 1] z * hermiteProd (n := 2) ![1, 1] z ∂γ 2 = 1 :=
    ((integral_hermiteProd_mul (n := 2) ![1, 1] ![1, 1]).trans (if_pos rfl)).trans
      prod_factorial_one_one
  have h₀ : ∫ z, hermiteProd (n := 2) ![1, 1] z * hermiteProd (n := 2) ![1, 1] z ∂γ 2 = 0 := by
    refine integral_eq_zero_of_ae ?_
    filter_upwards [h] with z hz
    change hermiteProd (n := 2) ![1, 1] z * hermiteProd (n := 2) ![1, 1] z = 0
    have hz' : hermiteProd (n := 2) ![1, 1] z = 0 := hz
    rw [hz', mul_zero]
  exact zero_ne_one (h₀.symm.trans h₁)

/-! ### The basis, and Parseval -/

/-- In the plane, `x y` and `(x² - 1) y / √2` belong to one Hilbert basis. -/
theorem exists_hilbertBasis_plane :
    ∃ b : HilbertBasis (Fin 2 → ℕ) ℝ (Lp ℝ 2 (γ 2)),
      (b ![1, 1] =ᵐ[γ 2] fun z ↦ z 0 * z 1) ∧
        b ![2, 1] =ᵐ[γ 2] fun z ↦ (z 0 ^ 2 - 1) * z 1 / √2 := by
  obtain ⟨b, hb⟩ := exists_hilbertBasis_hermiteProd 2
  refine ⟨b, ?_, ?_⟩
  · filter_upwards [hb ![1, 1]] with z hz
    rw [hz, prod_factorial_one_one, hermiteProd_one_one, Real.sqrt_one, div_one]
  · filter_upwards [hb ![2, 1]] with z hz
    rw [hz, prod_factorial_two_one, hermiteProd_two_one]

/-- The squares of the Hermite coefficients of the sign of `x y` add up to one. -/
theorem hasSum_hermiteCoeff_quadrantSign_sq :
    HasSum (fun α ↦ hermiteCoeff quadrantSign α ^ 2) 1 := by
  have h := hasSum_hermiteCoeff_sq memLp_quadrantSign
  have e : ∫ z, quadrantSign z ^ 2 ∂γ 2 = 1 := by
    simp only [quadrantSign_sq]
    rw [integral_const, probReal_univ, one_smul]
  rwa [e] at h

end Lejepa
