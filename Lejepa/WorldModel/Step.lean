/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.MeanSquare
public import Lejepa.ForMathlib.SpectralTheorem
public import Lejepa.WorldModel.Siblings
public import Lejepa.WorldModel.Worlds

/-!
# The step of a world with Gaussian drift, in mean square

The step `f ↦ 𝔼 f(d c + η)` contracts square-integrable functions, and the loss of any predictor of
`f(d c + η)` from the context splits: into what no predictor can know, and the predictor's distance
from the step.

## Main results
* `Lejepa.IsGaussianDrift.memLp_step`, `Lejepa.IsGaussianDrift.integral_step_sq_le`: the step is a
  contraction.
* `Lejepa.IsGaussianDrift.lintegral_sub_sq`: the loss of any predictor splits.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa.IsGaussianDrift

variable {n m : ℕ} {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {G : Matrix (Fin n) (Fin n) ℝ} {f f' : (Fin n → ℝ) → ℝ}

/-! ### Successors, given the context -/

/-- If `f` is in `L²(γ n)`, then `f(d c + η)` is square-integrable under `κ ⊗ ν`. -/
theorem memLp_successor (hd : IsGaussianDrift κ ν d G) (hf : MemLp f 2 (γ n)) :
    MemLp (fun p : C × (Fin n → ℝ) ↦ f (d p.1 + p.2)) 2 (κ.prod ν) :=
  hf.comp_measurePreserving hd.measurePreserving

variable [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]

/-- In almost every context, a square-integrable function of the successor is one of the noise. -/
theorem ae_memLp (hd : IsGaussianDrift κ ν d G) (hf : MemLp f 2 (γ n)) :
    ∀ᵐ c ∂κ, MemLp (fun η ↦ f (d c + η)) 2 ν := by
  have hF := hd.memLp_successor hf
  filter_upwards [hF.aestronglyMeasurable.prodMk_left, hF.integrable_sq.prod_right_ae]
    with c h₁ h₂
  exact (memLp_two_iff_integrable_sq h₁).2 h₂

/-- The mean square of a function of the successor, context by context. -/
theorem integral_integral_sq (hd : IsGaussianDrift κ ν d G) (hf : MemLp f 2 (γ n)) :
    ∫ c, ∫ η, f (d c + η) ^ 2 ∂ν ∂κ = ∫ z, f z ^ 2 ∂γ n :=
  (integral_prod _ (hd.memLp_successor hf).integrable_sq).symm.trans
    (hd.measurePreserving.integral_comp_of_aestronglyMeasurable (g := fun z ↦ f z ^ 2)
      hf.integrable_sq.1)

/-! ### The step is a linear contraction -/

/-- The step of a square-integrable function is square-integrable. -/
theorem memLp_step (hd : IsGaussianDrift κ ν d G) (hf : MemLp f 2 (γ n)) :
    MemLp (step ν d f) 2 κ := by
  have hF := hd.memLp_successor hf
  have hm : AEStronglyMeasurable (step ν d f) κ := hF.aestronglyMeasurable.integral_prod_right'
  have hm₂ : AEStronglyMeasurable (fun c ↦ step ν d f c ^ 2) κ :=
    (continuous_pow 2).comp_aestronglyMeasurable hm
  refine (memLp_two_iff_integrable_sq hm).2 (hF.integrable_sq.integral_prod_left.mono' hm₂ ?_)
  filter_upwards [hd.ae_memLp hf] with c hc
  rw [Real.norm_eq_abs, abs_of_nonneg (sq_nonneg _)]
  exact sq_integral_le hc

/-- The step is a contraction. -/
theorem integral_step_sq_le (hd : IsGaussianDrift κ ν d G) (hf : MemLp f 2 (γ n)) :
    ∫ c, step ν d f c ^ 2 ∂κ ≤ ∫ z, f z ^ 2 ∂γ n := by
  rw [← hd.integral_integral_sq hf]
  refine integral_mono_ae (hd.memLp_step hf).integrable_sq
    (hd.memLp_successor hf).integrable_sq.integral_prod_left ?_
  filter_upwards [hd.ae_memLp hf] with c hc
  exact sq_integral_le hc

omit [IsProbabilityMeasure κ] in
/-- Functions that agree almost everywhere have steps that do. -/
theorem step_congr_ae (hd : IsGaussianDrift κ ν d G) (h : f =ᵐ[γ n] f') :
    step ν d f =ᵐ[κ] step ν d f' := by
  have hφ := hd.measurePreserving.quasiMeasurePreserving.ae_eq_comp h
  filter_upwards [Measure.ae_ae_of_ae_prod hφ] with c hc
  exact integral_congr_ae hc

/-- The step of a difference. -/
theorem step_sub_ae (hd : IsGaussianDrift κ ν d G) (hf : MemLp f 2 (γ n))
    (hf' : MemLp f' 2 (γ n)) :
    step ν d (fun z ↦ f z - f' z) =ᵐ[κ] fun c ↦ step ν d f c - step ν d f' c := by
  filter_upwards [hd.ae_memLp hf, hd.ae_memLp hf'] with c h₁ h₂
  exact integral_sub (h₁.integrable one_le_two) (h₂.integrable one_le_two)

/-! ### The loss of a predictor -/

/-- **The loss of any predictor splits**: into what no predictor can know, and the predictor's mean
square distance from the step. -/
theorem lintegral_sub_sq (hd : IsGaussianDrift κ ν d G) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hm : Measurable h) (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) {F : C → Fin m → ℝ}
    (hF : Measurable F) :
    ∫⁻ p, ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) ∂κ.prod ν =
      ENNReal.ofReal (∑ i, ((∫ z, h z i ^ 2 ∂γ n) -
          ∫ c, step ν d (fun z ↦ h z i) c ^ 2 ∂κ)) +
        ∫⁻ c, ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2) ∂κ := by
  have hcomp : Measurable fun p : C × (Fin n → ℝ) ↦ h (d p.1 + p.2) :=
    hm.comp hd.measurePreserving.measurable
  have hi (i : Fin m) :
      Measurable fun p : C × (Fin n → ℝ) ↦ (h (d p.1 + p.2) i - F p.1 i) ^ 2 :=
    ((measurable_pi_iff.1 hcomp i).sub
      (measurable_pi_iff.1 (hF.comp measurable_fst) i)).pow_const 2
  have hmeas : Measurable fun p : C × (Fin n → ℝ) ↦
      ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) :=
    (Finset.measurable_sum Finset.univ fun i _ ↦ hi i).ennreal_ofReal
  have h0 : ∀ᵐ c ∂κ, ∀ i, MemLp (fun η ↦ h (d c + η) i) 2 ν :=
    ae_all_iff.2 fun i ↦ hd.ae_memLp (hh i)
  have h₁ (i : Fin m) : Integrable (fun c ↦ ∫ η, h (d c + η) i ^ 2 ∂ν) κ :=
    (hd.memLp_successor (hh i)).integrable_sq.integral_prod_left
  have h₂ (i : Fin m) : Integrable (fun c ↦ step ν d (fun z ↦ h z i) c ^ 2) κ :=
    (hd.memLp_step (hh i)).integrable_sq
  have h₁₂ : ∀ i ∈ Finset.univ, Integrable
      (fun c ↦ (∫ η, h (d c + η) i ^ 2 ∂ν) - step ν d (fun z ↦ h z i) c ^ 2) κ :=
    fun i _ ↦ (h₁ i).sub (h₂ i)
  have hV : Integrable
      (fun c ↦ ∑ i, ((∫ η, h (d c + η) i ^ 2 ∂ν) - step ν d (fun z ↦ h z i) c ^ 2)) κ :=
    integrable_finset_sum _ h₁₂
  have hV0 : ∀ᵐ c ∂κ,
      0 ≤ ∑ i, ((∫ η, h (d c + η) i ^ 2 ∂ν) - step ν d (fun z ↦ h z i) c ^ 2) := by
    filter_upwards [h0] with c hc
    exact Finset.sum_nonneg fun i _ ↦ sub_nonneg.2 (sq_integral_le (hc i))
  have hVint : ∫ c, ∑ i, ((∫ η, h (d c + η) i ^ 2 ∂ν) - step ν d (fun z ↦ h z i) c ^ 2) ∂κ =
      ∑ i, ((∫ z, h z i ^ 2 ∂γ n) - ∫ c, step ν d (fun z ↦ h z i) c ^ 2 ∂κ) := by
    rw [integral_finset_sum _ h₁₂]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [integral_sub (h₁ i) (h₂ i), hd.integral_integral_sq (hh i)]
  calc ∫⁻ p, ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) ∂κ.prod ν
      = ∫⁻ c, ∫⁻ η, ENNReal.ofReal (∑ i, (h (d c + η) i - F c i) ^ 2) ∂ν ∂κ :=
        lintegral_prod _ hmeas.aemeasurable
    _ = ∫⁻ c, (ENNReal.ofReal
          (∑ i, ((∫ η, h (d c + η) i ^ 2 ∂ν) - step ν d (fun z ↦ h z i) c ^ 2)) +
            ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2)) ∂κ := by
        refine lintegral_congr_ae ?_
        filter_upwards [h0] with c hc
        exact lintegral_ofReal_sum_sub_const_sq hc (F c)
    _ = ENNReal.ofReal (∑ i, ((∫ z, h z i ^ 2 ∂γ n) -
          ∫ c, step ν d (fun z ↦ h z i) c ^ 2 ∂κ)) +
        ∫⁻ c, ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2) ∂κ := by
        rw [lintegral_add_left' hV.aestronglyMeasurable.aemeasurable.ennreal_ofReal,
          ← ofReal_integral_eq_lintegral_ofReal hV hV0, hVint]

end Lejepa.IsGaussianDrift
