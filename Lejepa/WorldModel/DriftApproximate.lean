/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.L2Triangle
public import Lejepa.WorldModel.DriftIdentifiability

/-!
# Nearly optimal encoders and predictors, for a Gaussian drift

## Main results
* `Lejepa.IsWhite.exists_orthogonal_integral_sub_le`: a white encoder whose linear part misses at
  most `D` of the latents is within mean squared distance `D + D²` of an orthogonal map.
* `Lejepa.IsGaussianDrift.sum_integral_mulVec_sub_step_sq_le`: so is its best prediction of that map
  of the drift, and nearer by the factor `s`.
* `Lejepa.IsGaussianDrift.approx_identifiability`: a white encoder and a predictor whose loss
  exceeds the least by `E` are near the world, with constants.
-/

public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped Matrix

namespace Lejepa

variable {n m : ℕ}

private theorem frobSq_sub_comm (A B : Matrix (Fin m) (Fin n) ℝ) :
    frobSq (A - B) = frobSq (B - A) := by
  change ∑ i, ∑ j, (A - B) i j ^ 2 = ∑ i, ∑ j, (B - A) i j ^ 2
  refine sum_congr rfl fun i _ ↦ sum_congr rfl fun j _ ↦ ?_
  rw [Matrix.sub_apply, Matrix.sub_apply]
  ring

/-- A white encoder whose linear part misses at most `D` of the latents is within mean squared
distance `D + D²` of an orthogonal map. -/
theorem IsWhite.exists_orthogonal_integral_sub_le {h : (Fin n → ℝ) → Fin n → ℝ}
    (hh : IsWhite (γ n) h) {D : ℝ} (hD : n - frobSq (linearPart h) ≤ D) :
    ∃ A ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - A.mulVec z i) ^ 2 ∂γ n ≤ D + D ^ 2 := by
  obtain ⟨A, hA, hAQ⟩ := (linearPart h).exists_orthogonal_sum_sq_sub_le_sum_sq
  have hres := sqrt_frobSq_secondMoment_residual_le hh.memLp
  rw [hh.trace_secondMoment, hh.secondMoment_eq_one] at hres
  have hfr : frobSq (linearPart h * (linearPart h).transpose - 1) ≤ D ^ 2 := by
    rw [frobSq_sub_comm]
    exact (Real.sqrt_le_iff.1 (hres.trans hD)).2
  refine ⟨A, hA, ?_⟩
  rw [integral_sum_sq_sub_mulVec hh.memLp, hh.trace_secondMoment]
  exact add_le_add hD (le_trans hAQ hfr)

variable {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {G : Matrix (Fin n) (Fin n) ℝ} [IsProbabilityMeasure κ]
  [IsProbabilityMeasure ν]

/-- A linear map of the drift is square-integrable. -/
theorem IsGaussianDrift.memLp_mulVec (hd : IsGaussianDrift κ ν d G)
    (A : Matrix (Fin m) (Fin n) ℝ) (i : Fin m) : MemLp (fun c ↦ A.mulVec (d c) i) 2 κ := by
  have e : step ν d (fun z ↦ A.mulVec z i) = fun c ↦ A.mulVec (d c) i :=
    funext fun c ↦ hd.step_mulVec A i c
  rw [← e]
  exact hd.memLp_step (memLp_linear (A i))

/-- The best prediction of an encoder from the context is near an orthogonal map of the drift where
the encoder is near that map of the latents. -/
theorem IsGaussianDrift.sum_integral_mulVec_sub_step_sq_le (hd : IsGaussianDrift κ ν d G) {s : ℝ}
    (hs : 0 ≤ s) (norm : ∀ x, x ⬝ᵥ G.mulVec x ≤ s * (x ⬝ᵥ x)) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hh : IsCentred (γ n) h) {A : Matrix (Fin n) (Fin n) ℝ}
    (hA : A ∈ Matrix.orthogonalGroup (Fin n) ℝ) {t : ℝ}
    (ht : ∫ z, ∑ i, (h z i - A.mulVec z i) ^ 2 ∂γ n ≤ t) :
    ∑ i, ∫ c, (A.mulVec (d c) i - step ν d (fun z ↦ h z i) c) ^ 2 ∂κ ≤ s * t := by
  obtain ⟨Q, hQ, g, hg⟩ := exists_orthogonal_diagonal hd.isSymm
  have hAw : IsWhite (γ n) A.mulVec :=
    isWhite_of_map_eq_stdGaussian (measurable_mulVec A) (map_mulVec_stdGaussian hA)
  have hu : IsCentred (γ n) fun z i ↦ A.mulVec z i - h z i := by
    refine { memLp := fun i ↦ (hAw.memLp i).sub (hh.memLp i), mean_eq_zero := fun i ↦ ?_ }
    rw [integral_sub ((hAw.memLp i).integrable one_le_two) ((hh.memLp i).integrable one_le_two),
      hAw.mean_eq_zero i, hh.mean_eq_zero i, sub_zero]
  have hstep : ∑ i, ∫ c, (A.mulVec (d c) i - step ν d (fun z ↦ h z i) c) ^ 2 ∂κ =
      explainedVariance κ ν d fun z i ↦ A.mulVec z i - h z i := by
    change ∑ i, ∫ c, (A.mulVec (d c) i - step ν d (fun z ↦ h z i) c) ^ 2 ∂κ =
      ∑ i, ∫ c, step ν d (fun z ↦ A.mulVec z i - h z i) c ^ 2 ∂κ
    refine sum_congr rfl fun i _ ↦ integral_congr_ae ?_
    filter_upwards [hd.step_sub_ae (hAw.memLp i) (hh.memLp i)] with c hc
    have hc' : step ν d (fun z ↦ A.mulVec z i - h z i) c =
        step ν d (fun z ↦ A.mulVec z i) c - step ν d (fun z ↦ h z i) c := hc
    rw [hc', hd.step_mulVec A i c]
  have hsq : ∑ i, ∫ z, (A.mulVec z i - h z i) ^ 2 ∂γ n =
      ∫ z, ∑ i, (h z i - A.mulVec z i) ^ 2 ∂γ n := by
    rw [integral_finset_sum _ fun i _ ↦ (memLp_sub_mulVec hh.memLp A i).integrable_sq]
    refine sum_congr rfl fun i _ ↦ integral_congr_ae (Filter.Eventually.of_forall fun z ↦ ?_)
    change (A.mulVec z i - h z i) ^ 2 = (h z i - A.mulVec z i) ^ 2
    ring
  have hle : explainedVariance κ ν d (fun z i ↦ A.mulVec z i - h z i) ≤
      s * ∑ i, ∫ z, (A.mulVec z i - h z i) ^ 2 ∂γ n :=
    hd.explainedVariance_le hQ hg (eigenvalue_le hQ hg norm) hu
  rw [hstep]
  rw [hsq] at hle
  exact hle.trans (mul_le_mul_of_nonneg_left ht hs)

/-- **Nearly optimal encoders and predictors, for a Gaussian drift.** A white encoder and a
predictor whose loss exceeds the least by `E` are near the world: with `k` the gap, the encoder is
within mean squared distance `D + D²` of an orthogonal map, `D = E / k`, and its predictor near the
drift, seen through it. -/
theorem IsGaussianDrift.approx_identifiability (hd : IsGaussianDrift κ ν d G) {s k E : ℝ}
    (hk : 0 < k) (hE : 0 ≤ E) (norm : ∀ x, x ⬝ᵥ G.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, (s ^ 2 + k) * (x ⬝ᵥ x) ≤ x ⬝ᵥ G.mulVec x) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hm : Measurable h) (hh : IsWhite (γ n) h) {F : C → Fin n → ℝ} (hF : Measurable F)
    (loss : ∫⁻ p, ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) ∂κ.prod ν ≤
      ENNReal.ofReal (n - G.trace + E)) :
    ∃ A ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - A.mulVec z i) ^ 2 ∂γ n ≤ E / k + (E / k) ^ 2 ∧
      ∫⁻ c, ENNReal.ofReal (∑ i, (F c i - A.mulVec (d c) i) ^ 2) ∂κ ≤
        ENNReal.ofReal ((√E + √(s * (E / k + (E / k) ^ 2))) ^ 2) := by
  obtain ⟨Q, hQ, g, hg⟩ := exists_orthogonal_diagonal hd.isSymm
  have hV := hd.explainedVariance_add_mul_le hQ hg (eigenvalue_le hQ hg norm)
    (le_eigenvalue hQ hg gap) hh
  rw [sub_self, mul_zero, add_zero] at hV
  have hkW : 0 ≤ k * (n - frobSq (linearPart h)) :=
    mul_nonneg hk.le (sub_nonneg.2 hh.frobSq_linearPart_le)
  have htr := hd.trace_le
  rw [hd.lintegral_sub_sq_of_isWhite hm hh hF] at loss
  have hV1 : n - explainedVariance κ ν d h ≤ n - G.trace + E :=
    (ENNReal.ofReal_le_ofReal_iff (by linarith)).1 (le_self_add.trans loss)
  have hD : n - frobSq (linearPart h) ≤ E / k := by
    rw [le_div_iff₀ hk]
    linarith
  have hX : ∫⁻ c, ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2) ∂κ ≤
      ENNReal.ofReal E := by
    refine ENNReal.le_of_add_le_add_left (a := ENNReal.ofReal (n - G.trace))
      ENNReal.ofReal_ne_top ?_
    rw [← ENNReal.ofReal_add (sub_nonneg.2 htr) hE]
    exact (add_le_add (ENNReal.ofReal_le_ofReal (by linarith)) le_rfl).trans loss
  obtain ⟨A, hA, hdist⟩ := hh.exists_orthogonal_integral_sub_le hD
  refine ⟨A, hA, hdist, ?_⟩
  have hFm (i : Fin n) : AEStronglyMeasurable (fun c ↦ F c i - step ν d (fun z ↦ h z i) c) κ :=
    ((measurable_pi_apply i).comp hF).aestronglyMeasurable.sub (hd.memLp_step (hh.memLp i)).1
  have hsymm : ∫⁻ c, ENNReal.ofReal (∑ i, (F c i - step ν d (fun z ↦ h z i) c) ^ 2) ∂κ =
      ∫⁻ c, ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2) ∂κ := by
    refine lintegral_congr fun c ↦ congrArg ENNReal.ofReal (sum_congr rfl fun i _ ↦ ?_)
    ring
  have hX' : ∫⁻ c, ENNReal.ofReal (∑ i, (F c i - step ν d (fun z ↦ h z i) c) ^ 2) ∂κ ≤
      ENNReal.ofReal E := hsymm.le.trans hX
  have ha (i : Fin n) : MemLp (fun c ↦ F c i - step ν d (fun z ↦ h z i) c) 2 κ :=
    memLp_two_of_lintegral_ofReal_sum_sq_ne_top
      (a := fun i c ↦ F c i - step ν d (fun z ↦ h z i) c) hFm
      (ne_top_of_le_ne_top ENNReal.ofReal_ne_top hX') i
  have hb (i : Fin n) : MemLp (fun c ↦ A.mulVec (d c) i - step ν d (fun z ↦ h z i) c) 2 κ :=
    (hd.memLp_mulVec A i).sub (hd.memLp_step (hh.memLp i))
  have ht : 0 ≤ E / k + (E / k) ^ 2 :=
    add_nonneg (div_nonneg hE hk.le) (sq_nonneg _)
  have hsqrt : √(max s 0 * (E / k + (E / k) ^ 2)) = √(s * (E / k + (E / k) ^ 2)) := by
    rcases le_total 0 s with hs | hs
    · rw [max_eq_left hs]
    · rw [max_eq_right hs, zero_mul, Real.sqrt_zero,
        Real.sqrt_eq_zero_of_nonpos (mul_nonpos_of_nonpos_of_nonneg hs ht)]
  have norm' : ∀ x, x ⬝ᵥ G.mulVec x ≤ max s 0 * (x ⬝ᵥ x) := fun x ↦
    (norm x).trans (mul_le_mul_of_nonneg_right (le_max_left _ _)
      (Matrix.dotProduct_self_nonneg x))
  have hfin : ∫⁻ c, ENNReal.ofReal (∑ i, (F c i - step ν d (fun z ↦ h z i) c -
      (A.mulVec (d c) i - step ν d (fun z ↦ h z i) c)) ^ 2) ∂κ ≤
        ENNReal.ofReal ((√E + √(max s 0 * (E / k + (E / k) ^ 2))) ^ 2) :=
    lintegral_ofReal_sum_sub_sq_le
      (a := fun i c ↦ F c i - step ν d (fun z ↦ h z i) c)
      (b := fun i c ↦ A.mulVec (d c) i - step ν d (fun z ↦ h z i) c) ha hb
      (sum_integral_sq_le_of_lintegral_ofReal_le
        (a := fun i c ↦ F c i - step ν d (fun z ↦ h z i) c) hFm hE hX')
      (hd.sum_integral_mulVec_sub_step_sq_le (le_max_right s 0) norm' hh.toIsCentred hA hdist)
  have hcancel : ∫⁻ c, ENNReal.ofReal (∑ i, (F c i - A.mulVec (d c) i) ^ 2) ∂κ =
      ∫⁻ c, ENNReal.ofReal (∑ i, (F c i - step ν d (fun z ↦ h z i) c -
        (A.mulVec (d c) i - step ν d (fun z ↦ h z i) c)) ^ 2) ∂κ := by
    refine lintegral_congr fun c ↦ congrArg ENNReal.ofReal (sum_congr rfl fun i _ ↦ ?_)
    ring
  rw [hsqrt] at hfin
  rw [hcancel]
  exact hfin

end Lejepa
