/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Marginals
public import Lejepa.Hermite.Basis

/-!
# Pairs on which Hermite polynomials have multipliers

A pair of Gaussian latents correlates a function of the first with the Hermite polynomial of index
`α` of the second. Where that is a multiple `c α` of the function's own coefficient, alignment is a
sum over indices, and penalizes the index `α` by `2 (1 - c α)`.

## Main results
* `Lejepa.hasSum_integral_mul_of_hermiteProd`: `𝔼 f(z) g(z') = ∑ α, c α f_α g_α`.
* `Lejepa.hasSum_alignment_of_hermiteProd`: the spectral decomposition of alignment.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {π : Measure ((Fin n → ℝ) × (Fin n → ℝ))} {c : (Fin n → ℕ) → ℝ}

/-- The correlation of a function of the first latent and one of the second, in Hermite
coefficients. -/
theorem hasSum_integral_mul_of_hermiteProd (h₁ : MeasurePreserving Prod.fst π (γ n))
    (h₂ : MeasurePreserving Prod.snd π (γ n)) {f g : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (hg : MemLp g 2 (γ n))
    (hc : ∀ α, ∫ p, f p.1 * hermiteProd α p.2 ∂π = c α * ∫ z, f z * hermiteProd α z ∂γ n) :
    HasSum (fun α ↦ c α * (hermiteCoeff f α * hermiteCoeff g α)) (∫ p, f p.1 * g p.2 ∂π) := by
  obtain ⟨b, hb⟩ := exists_hilbertBasis_hermiteProd n
  have hU := Lp.coeFn_compMeasurePreservingₗᵢ h₁ hf.coeFn_toLp
  obtain ⟨L, hL⟩ : ∃ L : Lp ℝ 2 (γ n) →L[ℝ] ℝ, ∀ (G : Lp ℝ 2 (γ n)) (k : (Fin n → ℝ) → ℝ),
      G =ᵐ[γ n] k → L G = ∫ p, f p.1 * k p.2 ∂π :=
    ⟨(innerSL ℝ (Lp.compMeasurePreservingₗᵢ ℝ Prod.fst h₁ (hf.toLp f))).comp
      (Lp.compMeasurePreservingₗᵢ ℝ Prod.snd h₂).toContinuousLinearMap,
      fun G k hG ↦ by
        change inner ℝ (Lp.compMeasurePreservingₗᵢ ℝ Prod.fst h₁ (hf.toLp f))
            (Lp.compMeasurePreservingₗᵢ ℝ Prod.snd h₂ G) = ∫ p, f p.1 * k p.2 ∂π
        exact L2.inner_eq_integral_mul hU (Lp.coeFn_compMeasurePreservingₗᵢ h₂ hG)⟩
  have hLb (α : Fin n → ℕ) : L (b α) = c α * hermiteCoeff f α := by
    rw [hL _ _ (hb α)]
    simp only [← mul_div_assoc]
    rw [integral_div, hc α, mul_div_assoc, hermiteCoeff]
  have h := (b.hasSum_repr (hg.toLp g)).mapL L
  rw [hL _ _ hg.coeFn_toLp] at h
  have hterm (α : Fin n → ℕ) : L (b.repr (hg.toLp g) α • b α)
      = c α * (hermiteCoeff f α * hermiteCoeff g α) := by
    rw [map_smul, hLb, hilbertBasis_repr_eq_hermiteCoeff hb hg.coeFn_toLp, smul_eq_mul]
    ring
  simpa only [hterm] using h

/-- The spectral decomposition of alignment: the index `α` is penalized by `2 (1 - c α)`. -/
theorem hasSum_alignment_of_hermiteProd (h₁ : MeasurePreserving Prod.fst π (γ n))
    (h₂ : MeasurePreserving Prod.snd π (γ n)) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n))
    (hc : ∀ i α, ∫ p, h p.1 i * hermiteProd α p.2 ∂π = c α * ∫ z, h z i * hermiteProd α z ∂γ n) :
    HasSum (fun α ↦ 2 * (1 - c α) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment π h) := by
  have hi (i : Fin m) : HasSum
      (fun α ↦ hermiteCoeff (fun z ↦ h z i) α ^ 2
        - c α * (hermiteCoeff (fun z ↦ h z i) α * hermiteCoeff (fun z ↦ h z i) α))
      (∫ z, h z i ^ 2 ∂γ n - ∫ p, h p.1 i * h p.2 i ∂π) :=
    (hasSum_hermiteCoeff_sq (hh i)).sub
      (hasSum_integral_mul_of_hermiteProd h₁ h₂ (hh i) (hh i) (hc i))
  have hs := (hasSum_sum (s := Finset.univ) fun i _ ↦ hi i).mul_left 2
  have e : (fun α : Fin n → ℕ ↦ 2 * (1 - c α) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      = fun α ↦ 2 * ∑ i, (hermiteCoeff (fun z ↦ h z i) α ^ 2
          - c α * (hermiteCoeff (fun z ↦ h z i) α * hermiteCoeff (fun z ↦ h z i) α)) := by
    funext α
    rw [Finset.mul_sum, Finset.mul_sum]
    exact Finset.sum_congr rfl fun i _ ↦ by ring
  rw [e, alignment_eq_of_measurePreserving h₁ h₂ hh]
  exact hs

end Lejepa
