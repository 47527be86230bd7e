/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Stationary
public import Lejepa.Hermite.Basis
public import Lejepa.Hermite.Mehler
public import Lejepa.Objective

/-!
# The spectral decomposition of alignment

On pairs of the Ornstein–Uhlenbeck world, the alignment loss of an encoder penalizes its Hermite
coefficients of degree `k` by `2 (1 - ρᵏ)`.

## Main results
* `Lejepa.hasSum_integral_mul_ouLaw`: `𝔼 f(z) g(z') = ∑ α, ρ ^ |α| f_α g_α`.
* `Lejepa.hasSum_alignment`: the spectral decomposition of alignment.
* `Lejepa.hasSum_alignment_sub`: the excess over a linear encoder of the same covariance.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ}

/-- If `f` is in `L²(γ n)`, then `(z, z') ↦ f z` is in `L²(ouLaw n ρ)`. -/
lemma memLp_fst_ouLaw {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n)) :
    MemLp (fun p ↦ f p.1) 2 (ouLaw n ρ) :=
  hf.comp_measurePreserving (measurePreserving_fst_ouLaw n ρ)

/-- If `|ρ| ≤ 1` and `f` is in `L²(γ n)`, then `(z, z') ↦ f z'` is in `L²(ouLaw n ρ)`. -/
lemma memLp_snd_ouLaw (hρ : |ρ| ≤ 1) {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n)) :
    MemLp (fun p ↦ f p.2) 2 (ouLaw n ρ) :=
  hf.comp_measurePreserving (measurePreserving_snd_ouLaw hρ)

/-- If `|ρ| ≤ 1` and `f`, `g` are in `L²(γ n)`, then `(z, z') ↦ f z * g z'` is integrable under
`ouLaw n ρ`. -/
lemma integrable_mul_ouLaw (hρ : |ρ| ≤ 1) {f g : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (hg : MemLp g 2 (γ n)) : Integrable (fun p ↦ f p.1 * g p.2) (ouLaw n ρ) :=
  (memLp_fst_ouLaw hf).integrable_mul (memLp_snd_ouLaw hρ hg)

/-- A Hermite polynomial of the successor acts on functions of the latent as `ρ` to the power of its
degree. -/
theorem integral_mul_hermiteProd_ouLaw (hρ : |ρ| ≤ 1) {f : (Fin n → ℝ) → ℝ}
    (hf : MemLp f 2 (γ n)) (α : Fin n → ℕ) :
    ∫ p, f p.1 * hermiteProd α p.2 ∂ouLaw n ρ
      = ρ ^ (∑ i, α i) * ∫ z, f z * hermiteProd α z ∂γ n := by
  rw [integral_ouLaw (integrable_mul_ouLaw hρ hf (memLp_hermiteProd α)), ← integral_const_mul]
  refine integral_congr_ae (.of_forall fun z ↦ ?_)
  change ∫ η, f z * hermiteProd α (ρ • z + √(1 - ρ ^ 2) • η) ∂γ n
    = ρ ^ (∑ i, α i) * (f z * hermiteProd α z)
  rw [integral_const_mul, integral_hermiteProd_ou hρ]
  ring

/-- The correlation of a function of the latent and one of its successor, in Hermite
coefficients. -/
theorem hasSum_integral_mul_ouLaw (hρ : |ρ| ≤ 1) {f g : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (hg : MemLp g 2 (γ n)) :
    HasSum (fun α ↦ ρ ^ (∑ i, α i) * (hermiteCoeff f α * hermiteCoeff g α))
      (∫ p, f p.1 * g p.2 ∂ouLaw n ρ) := by
  obtain ⟨b, hb⟩ := exists_hilbertBasis_hermiteProd n
  have hU := Lp.coeFn_compMeasurePreservingₗᵢ (measurePreserving_fst_ouLaw n ρ) hf.coeFn_toLp
  obtain ⟨L, hL⟩ : ∃ L : Lp ℝ 2 (γ n) →L[ℝ] ℝ, ∀ (G : Lp ℝ 2 (γ n)) (k : (Fin n → ℝ) → ℝ),
      G =ᵐ[γ n] k → L G = ∫ p, f p.1 * k p.2 ∂ouLaw n ρ :=
    ⟨(innerSL ℝ (Lp.compMeasurePreservingₗᵢ ℝ Prod.fst (measurePreserving_fst_ouLaw n ρ)
        (hf.toLp f))).comp
      (Lp.compMeasurePreservingₗᵢ ℝ Prod.snd
        (measurePreserving_snd_ouLaw hρ)).toContinuousLinearMap,
      fun G k hG ↦ by
        change inner ℝ (Lp.compMeasurePreservingₗᵢ ℝ Prod.fst (measurePreserving_fst_ouLaw n ρ)
            (hf.toLp f)) (Lp.compMeasurePreservingₗᵢ ℝ Prod.snd
              (measurePreserving_snd_ouLaw hρ) G) = ∫ p, f p.1 * k p.2 ∂ouLaw n ρ
        exact L2.inner_eq_integral_mul hU
          (Lp.coeFn_compMeasurePreservingₗᵢ (measurePreserving_snd_ouLaw hρ) hG)⟩
  have hLb (α : Fin n → ℕ) : L (b α) = ρ ^ (∑ i, α i) * hermiteCoeff f α := by
    rw [hL _ _ (hb α)]
    simp only [← mul_div_assoc]
    rw [integral_div, integral_mul_hermiteProd_ouLaw hρ hf, mul_div_assoc, hermiteCoeff]
  have h := (b.hasSum_repr (hg.toLp g)).mapL L
  rw [hL _ _ hg.coeFn_toLp] at h
  have hterm (α : Fin n → ℕ) : L (b.repr (hg.toLp g) α • b α)
      = ρ ^ (∑ i, α i) * (hermiteCoeff f α * hermiteCoeff g α) := by
    rw [map_smul, hLb, hilbertBasis_repr_eq_hermiteCoeff hb hg.coeFn_toLp, smul_eq_mul]
    ring
  simpa only [hterm] using h

/-- The alignment loss through correlations of successive latents. -/
theorem alignment_ouLaw (hρ : |ρ| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    alignment (ouLaw n ρ) h
      = ∑ i, 2 * ((∫ z, h z i ^ 2 ∂γ n) - ∫ p, h p.1 i * h p.2 i ∂ouLaw n ρ) := by
  have h₁ (i : Fin m) : Integrable (fun p ↦ h p.1 i ^ 2) (ouLaw n ρ) :=
    (memLp_fst_ouLaw (hh i)).integrable_sq
  have h₂ (i : Fin m) : Integrable (fun p ↦ h p.2 i ^ 2) (ouLaw n ρ) :=
    (memLp_snd_ouLaw hρ (hh i)).integrable_sq
  have h₃ (i : Fin m) : Integrable (fun p ↦ 2 * (h p.1 i * h p.2 i)) (ouLaw n ρ) :=
    (integrable_mul_ouLaw hρ (hh i) (hh i)).const_mul 2
  have e₁ (i : Fin m) : ∫ p, h p.1 i ^ 2 ∂ouLaw n ρ = ∫ z, h z i ^ 2 ∂γ n :=
    (measurePreserving_fst_ouLaw n ρ).integral_comp_of_aestronglyMeasurable
      (g := fun z ↦ h z i ^ 2) (hh i).integrable_sq.1
  have e₂ (i : Fin m) : ∫ p, h p.2 i ^ 2 ∂ouLaw n ρ = ∫ z, h z i ^ 2 ∂γ n :=
    (measurePreserving_snd_ouLaw hρ).integral_comp_of_aestronglyMeasurable
      (g := fun z ↦ h z i ^ 2) (hh i).integrable_sq.1
  have hsq : (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ ∑ i, (h p.2 i - h p.1 i) ^ 2)
      = fun p ↦ ∑ i, (h p.2 i ^ 2 + h p.1 i ^ 2 - 2 * (h p.1 i * h p.2 i)) :=
    funext fun p ↦ Finset.sum_congr rfl fun i _ ↦ by ring
  have h₂₁ (i : Fin m) : Integrable (fun p ↦ h p.2 i ^ 2 + h p.1 i ^ 2) (ouLaw n ρ) :=
    (h₂ i).add (h₁ i)
  have hint : ∀ i ∈ Finset.univ, Integrable
      (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ h p.2 i ^ 2 + h p.1 i ^ 2 - 2 * (h p.1 i * h p.2 i))
      (ouLaw n ρ) := fun i _ ↦ (h₂₁ i).sub (h₃ i)
  rw [alignment, hsq, integral_finset_sum _ hint]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [integral_sub (h₂₁ i) (h₃ i), integral_add (h₂ i) (h₁ i), integral_const_mul, e₁, e₂]
  ring

/-- The spectral decomposition of alignment: degree `k` is penalized by `2 (1 - ρᵏ)`. -/
theorem hasSum_alignment {n m : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α ↦ 2 * (1 - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment (ouLaw n ρ) h) := by
  have hi (i : Fin m) := ((hasSum_hermiteCoeff_sq (hh i)).sub
    (hasSum_integral_mul_ouLaw hρ (hh i) (hh i))).mul_left 2
  have hs := hasSum_sum (s := Finset.univ) fun i _ ↦ hi i
  have e : (fun α : Fin n → ℕ ↦
        2 * (1 - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      = fun α ↦ ∑ i, 2 * (hermiteCoeff (fun z ↦ h z i) α ^ 2 - ρ ^ (∑ i, α i)
          * (hermiteCoeff (fun z ↦ h z i) α * hermiteCoeff (fun z ↦ h z i) α)) := by
    funext α
    rw [Finset.mul_sum]
    exact Finset.sum_congr rfl fun i _ ↦ by ring
  rw [e, alignment_ouLaw hρ hh]
  exact hs

/-- The trace of the second-moment matrix of `h` is the sum of the mean squares `𝔼 hᵢ²`. -/
lemma trace_secondMoment {Z : Type*} [MeasurableSpace Z] (μ : Measure Z) (h : Z → Fin m → ℝ) :
    (secondMoment μ h).trace = ∑ i, ∫ z, h z i ^ 2 ∂μ := by
  simp only [Matrix.trace, Matrix.diag_apply, secondMoment, Matrix.of_apply, ← pow_two]

/-- The excess of alignment over that of a linear encoder with the same covariance: degree `k` is
penalized by `2 (ρ - ρᵏ)`. -/
theorem hasSum_alignment_sub (hρ : |ρ| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α ↦ 2 * (ρ - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment (ouLaw n ρ) h - 2 * (1 - ρ) * (secondMoment (γ n) h).trace) := by
  have hs := (hasSum_sum (s := Finset.univ) fun i _ ↦ hasSum_hermiteCoeff_sq (hh i)).mul_left
    (2 * (1 - ρ))
  have e : (fun α : Fin n → ℕ ↦
        2 * (ρ - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      = fun α ↦ 2 * (1 - ρ ^ (∑ i, α i)) * (∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
          - 2 * (1 - ρ) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2 := by
    funext α
    ring
  rw [e, trace_secondMoment]
  exact (hasSum_alignment hρ hh).sub hs

end Lejepa
