/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Analysis.Real.Cardinality
public import Mathlib.MeasureTheory.Constructions.Polish.Basic
public import Mathlib.Probability.CDF
public import Mathlib.Probability.Distributions.Gaussian.Real

/-!
# The quantile transform

A real law without atoms and with all of `ℝ` as its support, such as a Gaussian, has every other law
as an image: of a real law by its quantile function, of one on an uncountable standard Borel space
by a Borel isomorphism.

## Main results
* `ProbabilityTheory.exists_quantile`: `q u ≤ y` if and only if `u` is at most the distribution
  function at `y`.
* `ProbabilityTheory.exists_measurable_map_eq`: every real law is an image.
* `ProbabilityTheory.exists_measurable_map_gaussianReal_eq`: every law on an uncountable standard
  Borel space is an image of the standard Gaussian.
-/

public section

open MeasureTheory Set Filter
open scoped Topology

namespace ProbabilityTheory

variable {μ ν : Measure ℝ}

/-- The distribution function of a law without atoms is continuous. -/
theorem continuous_cdf_of_noAtoms [IsProbabilityMeasure μ] [NoAtoms μ] : Continuous (cdf μ) := by
  refine continuous_iff_continuousAt.2 fun x ↦ ?_
  have h := (cdf μ).measure_singleton x
  rw [measure_cdf, MeasureTheory.measure_singleton] at h
  have hle : cdf μ x ≤ Function.leftLim (cdf μ) x := by
    have h' := ENNReal.ofReal_eq_zero.1 h.symm
    linarith
  rw [(monotone_cdf μ).continuousAt_iff_leftLim_eq_rightLim, StieltjesFunction.rightLim_eq]
  exact le_antisymm ((monotone_cdf μ).leftLim_le le_rfl) hle

/-- A law without atoms gives the mass `t` to the points where its distribution function is at most
`t`. -/
theorem measure_cdf_le [IsProbabilityMeasure μ] [NoAtoms μ] {t : ℝ} (h₀ : 0 < t) (h₁ : t < 1) :
    μ {x | cdf μ x ≤ t} = ENNReal.ofReal t := by
  have hc : Continuous (cdf μ) := continuous_cdf_of_noAtoms
  obtain ⟨a, ha⟩ := ((tendsto_cdf_atBot μ).eventually_lt_const h₀).exists
  obtain ⟨b, hb⟩ := ((tendsto_cdf_atTop μ).eventually_const_lt h₁).exists
  obtain ⟨c, hct⟩ := mem_range_of_exists_le_of_exists_ge hc ⟨a, ha.le⟩ ⟨b, hb.le⟩
  have hclosed : IsClosed {x | cdf μ x ≤ t} := isClosed_le hc continuous_const
  have hne : {x | cdf μ x ≤ t}.Nonempty := ⟨c, hct.le⟩
  have hbdd : BddAbove {x | cdf μ x ≤ t} := ⟨b, fun x (hx : cdf μ x ≤ t) ↦
    not_lt.1 fun hbx ↦ absurd (hb.trans_le (monotone_cdf μ hbx.le)) (not_lt.2 hx)⟩
  obtain ⟨s, hs⟩ : ∃ s, s = sSup {x | cdf μ x ≤ t} := ⟨_, rfl⟩
  have hmem : cdf μ s ≤ t := by
    rw [hs]
    exact hclosed.csSup_mem hne hbdd
  have hup (x : ℝ) (hx : cdf μ x ≤ t) : x ≤ s := by
    rw [hs]
    exact le_csSup hbdd hx
  have hset : {x | cdf μ x ≤ t} = Iic s := Set.ext fun x ↦
    ⟨fun hx ↦ hup x hx, fun hx ↦ (monotone_cdf μ (mem_Iic.1 hx)).trans hmem⟩
  have hst : cdf μ s = t := le_antisymm hmem (le_trans hct.ge (monotone_cdf μ (hup c hct.le)))
  rw [hset, ← ofReal_cdf, hst]

/-- A quantile function: `q u ≤ y` if and only if `u` is at most the distribution function at
`y`. -/
theorem exists_quantile (ν : Measure ℝ) :
    ∃ q : ℝ → ℝ, ∀ u y, 0 < u → u < 1 → (q u ≤ y ↔ u ≤ cdf ν y) := by
  refine ⟨fun u ↦ sInf {y | u ≤ cdf ν y}, fun u y h₀ h₁ ↦ ?_⟩
  obtain ⟨a, ha⟩ := ((tendsto_cdf_atBot ν).eventually_lt_const h₀).exists
  obtain ⟨b, hb⟩ := ((tendsto_cdf_atTop ν).eventually_const_lt h₁).exists
  have hne : {y | u ≤ cdf ν y}.Nonempty := ⟨b, hb.le⟩
  have hbdd : BddBelow {y | u ≤ cdf ν y} := ⟨a, fun x (hx : u ≤ cdf ν x) ↦
    not_lt.1 fun hxa ↦ absurd ((monotone_cdf ν hxa.le).trans_lt ha) (not_lt.2 hx)⟩
  obtain ⟨s, hs⟩ : ∃ s, sInf {y | u ≤ cdf ν y} = s := ⟨_, rfl⟩
  have hle : u ≤ cdf ν s := by
    have hlim : Tendsto (cdf ν) (𝓝[>] s) (𝓝 (cdf ν s)) :=
      (((cdf ν).right_continuous s).mono Ioi_subset_Ici_self).tendsto
    refine ge_of_tendsto hlim ?_
    filter_upwards [self_mem_nhdsWithin] with y hy
    have hy' : sInf {y | u ≤ cdf ν y} < y := by
      rw [hs]
      exact hy
    obtain ⟨z, hz, hzy⟩ := exists_lt_of_csInf_lt hne hy'
    have hz' : u ≤ cdf ν z := hz
    exact hz'.trans (monotone_cdf ν hzy.le)
  change sInf {y | u ≤ cdf ν y} ≤ y ↔ u ≤ cdf ν y
  rw [hs]
  refine ⟨fun h ↦ hle.trans (monotone_cdf ν h), fun h ↦ ?_⟩
  rw [← hs]
  exact csInf_le hbdd h

/-- **The quantile transform**: every real law is an image of one without atoms and with full
support. -/
theorem exists_measurable_map_eq [IsProbabilityMeasure μ] [NoAtoms μ] [IsProbabilityMeasure ν]
    (h₀ : ∀ x, 0 < cdf μ x) (h₁ : ∀ x, cdf μ x < 1) :
    ∃ k : ℝ → ℝ, Measurable k ∧ μ.map k = ν := by
  obtain ⟨q, hq⟩ := exists_quantile ν
  have hk (x y : ℝ) : q (cdf μ x) ≤ y ↔ cdf μ x ≤ cdf ν y := hq _ y (h₀ x) (h₁ x)
  have hmono : Monotone fun x ↦ q (cdf μ x) := fun x x' hx ↦
    (hk x _).2 ((monotone_cdf μ hx).trans ((hk x' _).1 le_rfl))
  have hm : Measurable fun x ↦ q (cdf μ x) := hmono.measurable
  have hprob : IsProbabilityMeasure (μ.map fun x ↦ q (cdf μ x)) :=
    Measure.isProbabilityMeasure_map hm.aemeasurable
  refine ⟨fun x ↦ q (cdf μ x), hm, Measure.ext_of_Iic _ _ fun y ↦ ?_⟩
  have hset : (fun x ↦ q (cdf μ x)) ⁻¹' Iic y = {x | cdf μ x ≤ cdf ν y} :=
    Set.ext fun x ↦ hk x y
  rw [Measure.map_apply hm measurableSet_Iic, hset, ← ofReal_cdf ν y]
  rcases (cdf_nonneg ν y).eq_or_lt with hy | hy
  · have hempty : {x | cdf μ x ≤ cdf ν y} = ∅ := Set.eq_empty_of_forall_notMem fun x hx ↦
      absurd (hy.symm.trans_lt (h₀ x)) (not_lt.2 hx)
    rw [hempty, measure_empty, ← hy, ENNReal.ofReal_zero]
  · rcases (cdf_le_one ν y).eq_or_lt with hy₁ | hy₁
    · have huniv : {x | cdf μ x ≤ cdf ν y} = univ := Set.eq_univ_of_forall fun x ↦
        ((h₁ x).trans_eq hy₁.symm).le
      rw [huniv, measure_univ, hy₁, ENNReal.ofReal_one]
    · exact measure_cdf_le hy hy₁

/-- The distribution function of the standard Gaussian is positive. -/
theorem cdf_gaussianReal_pos (x : ℝ) : 0 < cdf (gaussianReal 0 1) x := by
  by_contra h
  have h₀ := ofReal_cdf (gaussianReal 0 1) x
  rw [ENNReal.ofReal_of_nonpos (not_lt.1 h)] at h₀
  have hv : volume (Iic x) = 0 := gaussianReal_absolutelyContinuous' 0 one_ne_zero h₀.symm
  rw [Real.volume_Iic] at hv
  exact ENNReal.top_ne_zero hv

/-- The distribution function of the standard Gaussian is less than one. -/
theorem cdf_gaussianReal_lt_one (x : ℝ) : cdf (gaussianReal 0 1) x < 1 := by
  by_contra h
  have h₀ := ofReal_cdf (gaussianReal 0 1) x
  rw [le_antisymm (cdf_le_one _ x) (not_lt.1 h), ENNReal.ofReal_one] at h₀
  have hc : gaussianReal 0 1 (Iic x)ᶜ = 0 := (prob_compl_eq_zero_iff measurableSet_Iic).2 h₀.symm
  have hv : volume (Iic x)ᶜ = 0 := gaussianReal_absolutelyContinuous' 0 one_ne_zero hc
  rw [compl_Iic, Real.volume_Ioi] at hv
  exact ENNReal.top_ne_zero hv

/-- Every law on an uncountable standard Borel space is an image of the standard Gaussian. -/
theorem exists_measurable_map_gaussianReal_eq {E : Type*} [MeasurableSpace E] [StandardBorelSpace E]
    [Uncountable E] (κ : Measure E) [IsProbabilityMeasure κ] :
    ∃ k : ℝ → E, Measurable k ∧ (gaussianReal 0 1).map k = κ := by
  have hatoms : NoAtoms (gaussianReal 0 1) := noAtoms_gaussianReal one_ne_zero
  obtain ⟨e⟩ : Nonempty (E ≃ᵐ ℝ) :=
    ⟨PolishSpace.measurableEquivOfNotCountable not_countable not_countable⟩
  have hprob : IsProbabilityMeasure (κ.map e) :=
    Measure.isProbabilityMeasure_map e.measurable.aemeasurable
  obtain ⟨k, hk, hmap⟩ := exists_measurable_map_eq (ν := κ.map e) cdf_gaussianReal_pos
    cdf_gaussianReal_lt_one
  refine ⟨e.symm ∘ k, e.symm.measurable.comp hk, ?_⟩
  rw [← Measure.map_map e.symm.measurable hk, hmap, MeasurableEquiv.map_symm_map]

end ProbabilityTheory
