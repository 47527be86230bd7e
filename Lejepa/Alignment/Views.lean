/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Marginals
public import Lejepa.Alignment.Stationary
public import Lejepa.ForMathlib.SectionMean

/-!
# Two views: shared content, a style of one's own

A view shows a latent `z` (its content) together with a style `ξ ∼ τ`. Two successive views share
what the Ornstein–Uhlenbeck world keeps of the content; each has a style of its own, drawn afresh.

## Main definitions
* `Lejepa.viewLaw n ρ τ`: the law of two views.
* `Lejepa.contentPart τ h`: what an encoder of views shows of the content, the mean over styles.

## Main results
* `Lejepa.alignment_viewLaw`: the alignment of an encoder is that of its content part, and twice the
  mean square of what the style adds to it.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ} {S : Type*} [MeasurableSpace S] {τ : Measure S}

/-- The law of two views: contents of the Ornstein–Uhlenbeck world, and independent styles. -/
def viewLaw (n : ℕ) (ρ : ℝ) (τ : Measure S) :
    Measure (((Fin n → ℝ) × S) × ((Fin n → ℝ) × S)) :=
  ((ouLaw n ρ).prod (τ.prod τ)).map fun p ↦ ((p.1.1, p.2.1), (p.1.2, p.2.2))

/-- What an encoder of views shows of the content: its mean over the style. -/
def contentPart (τ : Measure S) (h : (Fin n → ℝ) × S → Fin m → ℝ) (z : Fin n → ℝ) : Fin m → ℝ :=
  fun i ↦ ∫ ξ, h (z, ξ) i ∂τ

/-- Content and style are arranged into views measurably. -/
theorem measurable_viewMap :
    Measurable fun p : ((Fin n → ℝ) × (Fin n → ℝ)) × (S × S) ↦
      ((p.1.1, p.2.1), (p.1.2, p.2.2)) := by
  fun_prop

variable [IsProbabilityMeasure τ]

/-- The first view. -/
theorem measurePreserving_fst_viewLaw (n : ℕ) (ρ : ℝ) (τ : Measure S) [IsProbabilityMeasure τ] :
    MeasurePreserving Prod.fst (viewLaw n ρ τ) ((γ n).prod τ) := by
  have e : (Prod.fst ∘ fun p : ((Fin n → ℝ) × (Fin n → ℝ)) × (S × S) ↦
      ((p.1.1, p.2.1), (p.1.2, p.2.2))) = Prod.map Prod.fst Prod.fst :=
    funext fun p ↦ (Prod.map_apply' Prod.fst Prod.fst p).symm
  refine ⟨measurable_fst, ?_⟩
  rw [viewLaw, Measure.map_map measurable_fst measurable_viewMap, e]
  exact ((measurePreserving_fst_ouLaw n ρ).prod
    (measurePreserving_fst (μ := τ) (ν := τ))).map_eq

/-- The second view. -/
theorem measurePreserving_snd_viewLaw (hρ : |ρ| ≤ 1) (τ : Measure S) [IsProbabilityMeasure τ] :
    MeasurePreserving Prod.snd (viewLaw n ρ τ) ((γ n).prod τ) := by
  have e : (Prod.snd ∘ fun p : ((Fin n → ℝ) × (Fin n → ℝ)) × (S × S) ↦
      ((p.1.1, p.2.1), (p.1.2, p.2.2))) = Prod.map Prod.snd Prod.snd :=
    funext fun p ↦ (Prod.map_apply' Prod.snd Prod.snd p).symm
  refine ⟨measurable_snd, ?_⟩
  rw [viewLaw, Measure.map_map measurable_snd measurable_viewMap, e]
  exact ((measurePreserving_snd_ouLaw hρ).prod
    (measurePreserving_snd (μ := τ) (ν := τ))).map_eq

/-- The correlation of two views is that of what they show of the content. -/
theorem integral_mul_viewLaw (hρ : |ρ| ≤ 1) {f g : (Fin n → ℝ) × S → ℝ}
    (hf : MemLp f 2 ((γ n).prod τ)) (hg : MemLp g 2 ((γ n).prod τ)) :
    ∫ p, f p.1 * g p.2 ∂viewLaw n ρ τ =
      ∫ q, (∫ ξ, f (q.1, ξ) ∂τ) * ∫ ξ, g (q.2, ξ) ∂τ ∂ouLaw n ρ := by
  have hint : Integrable (fun p ↦ f p.1 * g p.2) (viewLaw n ρ τ) :=
    integrable_mul_of_measurePreserving (measurePreserving_fst_viewLaw n ρ τ)
      (measurePreserving_snd_viewLaw hρ τ) hf hg
  have hm := (measurable_viewMap (n := n) (S := S)).aemeasurable
    (μ := (ouLaw n ρ).prod (τ.prod τ))
  rw [viewLaw] at hint ⊢
  have hint' : Integrable (fun p : ((Fin n → ℝ) × (Fin n → ℝ)) × (S × S) ↦
      f (p.1.1, p.2.1) * g (p.1.2, p.2.2)) ((ouLaw n ρ).prod (τ.prod τ)) :=
    (integrable_map_measure hint.1 hm).1 hint
  refine (integral_map hm hint.1).trans ((integral_prod _ hint').trans ?_)
  exact integral_congr_ae (.of_forall fun q ↦
    integral_prod_mul (fun ξ ↦ f (q.1, ξ)) fun ξ ↦ g (q.2, ξ))

variable {h : (Fin n → ℝ) × S → Fin m → ℝ}

/-- The content part of a square-integrable encoder is square-integrable. -/
theorem memLp_contentPart (hh : ∀ i, MemLp (fun p ↦ h p i) 2 ((γ n).prod τ)) (i : Fin m) :
    MemLp (fun z ↦ contentPart τ h z i) 2 (γ n) :=
  (hh i).integral_section

/-- What the style adds to one coordinate. -/
theorem integral_sub_contentPart_sq (hh : ∀ i, MemLp (fun p ↦ h p i) 2 ((γ n).prod τ))
    (i : Fin m) :
    ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ =
      (∫ p, h p i ^ 2 ∂(γ n).prod τ) - ∫ z, contentPart τ h z i ^ 2 ∂γ n :=
  integral_sub_integral_section_sq (hh i)

/-- The alignment of an encoder of views is that of its content part, and twice the mean square of
what the style adds. -/
theorem alignment_viewLaw (hρ : |ρ| ≤ 1) (hh : ∀ i, MemLp (fun p ↦ h p i) 2 ((γ n).prod τ)) :
    alignment (viewLaw n ρ τ) h = alignment (ouLaw n ρ) (contentPart τ h) +
      2 * ∑ i, ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ := by
  have hsum : ∑ i, (∫ p, h p i ^ 2 ∂(γ n).prod τ - ∫ p, h p.1 i * h p.2 i ∂viewLaw n ρ τ) =
      ∑ i, (∫ z, contentPart τ h z i ^ 2 ∂γ n -
        ∫ q, contentPart τ h q.1 i * contentPart τ h q.2 i ∂ouLaw n ρ) +
      ∑ i, ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ := by
    rw [← Finset.sum_add_distrib]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    have hc : ∫ p, h p.1 i * h p.2 i ∂viewLaw n ρ τ =
        ∫ q, contentPart τ h q.1 i * contentPart τ h q.2 i ∂ouLaw n ρ :=
      integral_mul_viewLaw (f := fun p ↦ h p i) (g := fun p ↦ h p i) hρ (hh i) (hh i)
    rw [hc, integral_sub_contentPart_sq hh i]
    ring
  rw [alignment_eq_of_measurePreserving (measurePreserving_fst_viewLaw n ρ τ)
    (measurePreserving_snd_viewLaw hρ τ) hh,
    alignment_eq_of_measurePreserving (measurePreserving_fst_ouLaw n ρ)
      (measurePreserving_snd_ouLaw hρ) (memLp_contentPart hh), hsum, mul_add]

/-- An encoder that is a function of the content is its content part. -/
theorem contentPart_ae_eq {k : (Fin n → ℝ) → Fin m → ℝ}
    (hk : h =ᵐ[(γ n).prod τ] fun p ↦ k p.1) : contentPart τ h =ᵐ[γ n] k := by
  filter_upwards [Measure.ae_ae_of_ae_prod hk] with z hz
  funext i
  have hi : ∀ᵐ ξ ∂τ, h (z, ξ) i = k z i := by
    filter_upwards [hz] with ξ hξ
    exact congrFun hξ i
  change ∫ ξ, h (z, ξ) i ∂τ = k z i
  calc ∫ ξ, h (z, ξ) i ∂τ = ∫ _ξ, k z i ∂τ := integral_congr_ae hi
    _ = k z i := by rw [integral_const, probReal_univ, one_smul]

/-- A statement about the content is one about views. -/
theorem ae_eq_comp_fst {k k' : (Fin n → ℝ) → Fin m → ℝ} (hk : k =ᵐ[γ n] k') :
    (fun p : (Fin n → ℝ) × S ↦ k p.1) =ᵐ[(γ n).prod τ] fun p ↦ k' p.1 :=
  (measurePreserving_fst (μ := γ n) (ν := τ)).quasiMeasurePreserving.ae_eq_comp hk

/-- An encoder to which the style adds nothing is a function of the content. -/
theorem ae_eq_contentPart_of_sum_eq_zero (hh : ∀ i, MemLp (fun p ↦ h p i) 2 ((γ n).prod τ))
    (h0 : ∑ i, ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ = 0) :
    h =ᵐ[(γ n).prod τ] fun p ↦ contentPart τ h p.1 := by
  have hi (i : Fin m) : ∀ᵐ p ∂(γ n).prod τ, h p i = contentPart τ h p.1 i := by
    have hnn : ∀ j ∈ Finset.univ,
        0 ≤ ∫ p, (h p j - contentPart τ h p.1 j) ^ 2 ∂(γ n).prod τ :=
      fun j _ ↦ integral_nonneg fun p ↦ sq_nonneg _
    have hz : ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ = 0 :=
      (Finset.sum_eq_zero_iff_of_nonneg hnn).1 h0 i (Finset.mem_univ i)
    have hc : MemLp (fun p : (Fin n → ℝ) × S ↦ contentPart τ h p.1 i) 2 ((γ n).prod τ) :=
      (memLp_contentPart hh i).comp_measurePreserving measurePreserving_fst
    have hint : Integrable (fun p ↦ (h p i - contentPart τ h p.1 i) ^ 2) ((γ n).prod τ) :=
      ((hh i).sub hc).integrable_sq
    have hae := (integral_eq_zero_iff_of_nonneg (fun p ↦ sq_nonneg _) hint).1 hz
    filter_upwards [hae] with p hp
    have hp' : (h p i - contentPart τ h p.1 i) ^ 2 = 0 := hp
    exact sub_eq_zero.1 (pow_eq_zero_iff two_ne_zero |>.1 hp')
  filter_upwards [ae_all_iff.2 hi] with p hp
  exact funext hp

omit [IsProbabilityMeasure τ] in
/-- The style adds nothing to a function of the content. -/
theorem sum_eq_zero_of_ae_eq_contentPart (hk : h =ᵐ[(γ n).prod τ] fun p ↦ contentPart τ h p.1) :
    ∑ i, ∫ p, (h p i - contentPart τ h p.1 i) ^ 2 ∂(γ n).prod τ = 0 := by
  refine Finset.sum_eq_zero fun i _ ↦ integral_eq_zero_of_ae ?_
  filter_upwards [hk] with p hp
  change (h p i - contentPart τ h p.1 i) ^ 2 = 0
  rw [sub_eq_zero.2 (congrFun hp i), zero_pow two_ne_zero]

end Lejepa
