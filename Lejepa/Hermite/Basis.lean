/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.L2Inner
public import Lejepa.Hermite.Completeness
public import Lejepa.Hermite.Orthogonality
public import Mathlib.Analysis.InnerProductSpace.l2Space

/-!
# The Hermite basis of `L²(γ n)`

## Main results
* `Lejepa.exists_hilbertBasis_hermiteProd`: the normalized Hermite products are a Hilbert basis.
* `Lejepa.hilbertBasis_repr_eq_hermiteCoeff`: coordinates in it are the `hermiteCoeff`.
* `Lejepa.hasSum_hermiteCoeff_sq`: Parseval.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n : ℕ}

/-- The product of the factorials of a multi-index is positive. -/
theorem prod_factorial_pos (α : Fin n → ℕ) : 0 < ∏ i, ((α i).factorial : ℝ) :=
  Finset.prod_pos fun i _ ↦ Nat.cast_pos.2 (α i).factorial_pos

/-- A normalized Hermite product is in `L²(γ n)`. -/
theorem memLp_hermiteProd_div (α : Fin n → ℕ) :
    MemLp (fun z ↦ hermiteProd α z / √(∏ i, ((α i).factorial : ℝ))) 2 (γ n) := by
  simpa only [div_eq_mul_inv] using
    (memLp_hermiteProd α).mul_const (√(∏ i, ((α i).factorial : ℝ)))⁻¹

/-- The normalized Hermite product of index `α` as an element of `L²(γ n)`. -/
def hermiteLp (α : Fin n → ℕ) : Lp ℝ 2 (γ n) := (memLp_hermiteProd_div α).toLp _

/-- The element `hermiteLp α` of `L²(γ n)` is represented by the normalized Hermite product of index
`α`. -/
theorem coeFn_hermiteLp (α : Fin n → ℕ) :
    hermiteLp α =ᵐ[γ n] fun z ↦ hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) :=
  (memLp_hermiteProd_div α).coeFn_toLp

/-- The normalized Hermite products are orthonormal in `L²(γ n)`. -/
theorem orthonormal_hermiteLp : Orthonormal ℝ (hermiteLp (n := n)) := by
  rw [orthonormal_iff_ite]
  intro α β
  rw [L2.inner_eq_integral_mul (coeFn_hermiteLp α) (coeFn_hermiteLp β)]
  simp only [div_mul_div_comm]
  rw [integral_div, integral_hermiteProd_mul]
  by_cases h : α = β
  · subst h
    rw [if_pos rfl, if_pos rfl, Real.mul_self_sqrt (prod_factorial_pos α).le,
      div_self (prod_factorial_pos α).ne']
  · rw [if_neg h, if_neg h, zero_div]

/-- Only zero is orthogonal to all normalized Hermite products in `L²(γ n)`. -/
theorem orthogonal_span_hermiteLp :
    (Submodule.span ℝ (Set.range (hermiteLp (n := n))))ᗮ = ⊥ := by
  rw [Submodule.eq_bot_iff]
  intro f hf
  rw [Lp.eq_zero_iff_ae_eq_zero]
  refine ae_eq_zero_of_forall_integral_hermiteProd_eq_zero (Lp.memLp f) fun α ↦ ?_
  have h : inner ℝ (hermiteLp α) f = 0 :=
    (Submodule.mem_orthogonal _ f).1 hf _ (Submodule.subset_span ⟨α, rfl⟩)
  rw [L2.inner_eq_integral_mul (coeFn_hermiteLp α) Filter.EventuallyEq.rfl] at h
  simp only [div_mul_eq_mul_div] at h
  rw [integral_div, div_eq_zero_iff] at h
  rcases h with h | h
  · exact (integral_congr_ae (ae_of_all _ fun z ↦ mul_comm _ _)).trans h
  · exact absurd h (Real.sqrt_pos.2 (prod_factorial_pos α)).ne'

/-- The normalized Hermite polynomials are a Hilbert basis of `L²(γ n)`. -/
theorem exists_hilbertBasis_hermiteProd (n : ℕ) :
    ∃ b : HilbertBasis (Fin n → ℕ) ℝ (Lp ℝ 2 (γ n)),
      ∀ α, b α =ᵐ[γ n] fun z ↦ hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) := by
  refine ⟨.mkOfOrthogonalEqBot orthonormal_hermiteLp orthogonal_span_hermiteLp, fun α ↦ ?_⟩
  rw [HilbertBasis.coe_mkOfOrthogonalEqBot]
  exact coeFn_hermiteLp α

/-- Functions equal almost everywhere have the same coefficients. -/
theorem hermiteCoeff_congr_ae {f g : (Fin n → ℝ) → ℝ} (h : f =ᵐ[γ n] g) (α : Fin n → ℕ) :
    hermiteCoeff f α = hermiteCoeff g α := by
  have hint : ∫ z, f z * hermiteProd α z ∂γ n = ∫ z, g z * hermiteProd α z ∂γ n := by
    refine integral_congr_ae ?_
    filter_upwards [h] with z hz
    rw [hz]
  rw [hermiteCoeff, hermiteCoeff, hint]

/-- The coordinates of `F` in the Hermite basis are the coefficients of any representative `f`. -/
theorem hilbertBasis_repr_eq_hermiteCoeff {b : HilbertBasis (Fin n → ℕ) ℝ (Lp ℝ 2 (γ n))}
    (hb : ∀ α, b α =ᵐ[γ n] fun z ↦ hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)))
    {F : Lp ℝ 2 (γ n)} {f : (Fin n → ℝ) → ℝ} (hF : F =ᵐ[γ n] f) (α : Fin n → ℕ) :
    b.repr F α = hermiteCoeff f α := by
  rw [b.repr_apply_apply, L2.inner_eq_integral_mul (hb α) hF, hermiteCoeff, ← integral_div]
  refine integral_congr_ae (ae_of_all _ fun z ↦ ?_)
  exact (div_mul_eq_mul_div _ _ _).trans (congrArg (· / _) (mul_comm _ _))

/-- **Parseval's identity**: the squared Hermite coefficients of a square-integrable function sum to
its mean square. -/
theorem hasSum_hermiteCoeff_sq {n : ℕ} {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n)) :
    HasSum (fun α ↦ hermiteCoeff f α ^ 2) (∫ z, f z ^ 2 ∂γ n) := by
  obtain ⟨b, hb⟩ := exists_hilbertBasis_hermiteProd n
  have hcoeff : ∀ α, inner ℝ (b α) (hf.toLp f) = hermiteCoeff f α := fun α ↦ by
    rw [← b.repr_apply_apply]
    exact hilbertBasis_repr_eq_hermiteCoeff hb hf.coeFn_toLp α
  have hterm : ∀ α, inner ℝ (hf.toLp f) (b α) * inner ℝ (b α) (hf.toLp f) =
      hermiteCoeff f α ^ 2 := fun α ↦ by
    rw [real_inner_comm (b α) (hf.toLp f), hcoeff, sq]
  have hnorm : inner ℝ (hf.toLp f) (hf.toLp f) = ∫ z, f z ^ 2 ∂γ n := by
    rw [L2.inner_eq_integral_mul hf.coeFn_toLp hf.coeFn_toLp]
    simp only [sq]
  have h := b.hasSum_inner_mul_inner (hf.toLp f) (hf.toLp f)
  simp only [hterm] at h
  rwa [hnorm] at h

end Lejepa
