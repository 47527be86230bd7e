/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Approximate
public import Lejepa.WorldModel.MeanImagination

/-!
# A nearly optimal encoder and predictor imagine nearly faithfully

An encoder and a predictor whose loss exceeds the least by `E` are near the world in mean square.
If the predictor is `L`-Lipschitz in the state, and the mean dynamics makes the law of the state at
most `C` times the stationary one, what they imagine stays near the world for `T` steps, on average,
with a bound in which every constant is known.

## Main results
* `Lejepa.approx_imagination`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

namespace Lejepa

variable {n k : ℕ}

/-- A mean squared distance of at most `r` is a mean distance of at most `√r`. -/
theorem lintegral_eucl_le_of_integral_le {h g : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h)
    (gm : Measurable g) (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n))
    (hg : ∀ i, MemLp (fun z ↦ g z i) 2 (γ n)) {r : ℝ}
    (le : ∫ z, ∑ i, (h z i - g z i) ^ 2 ∂γ n ≤ r) :
    ∫⁻ z, eucl (h z) (g z) ∂γ n ≤ ENNReal.ofReal √r := by
  have hi (i : Fin n) : Integrable (fun z ↦ (h z i - g z i) ^ 2) (γ n) :=
    ((hh i).sub (hg i)).integrable_sq
  have hint : Integrable (fun z ↦ ∑ i, (h z i - g z i) ^ 2) (γ n) :=
    integrable_finset_sum _ fun i _ ↦ hi i
  have hnn : 0 ≤ᵐ[γ n] fun z ↦ ∑ i, (h z i - g z i) ^ 2 :=
    .of_forall fun z ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have hr : 0 ≤ r := (integral_nonneg_of_ae hnn).trans le
  refine lintegral_le_of_lintegral_sq_le (measurable_eucl hm gm).aemeasurable ?_
  simp only [eucl_sq]
  rw [← ofReal_integral_eq_lintegral_ofReal hint hnn, ← ENNReal.ofReal_pow (Real.sqrt_nonneg r),
    Real.sq_sqrt hr]
  exact ENNReal.ofReal_le_ofReal le

/-- **A nearly optimal pair imagines nearly faithfully.** With `κ` by which what is explained of
each latent exceeds `s²`, `E` the excess of the loss, `D = E / κ` and `r = D + D²`: for some
rotation `Q`, the mean distance of `T` steps of imagination from `T` steps of the world's mean
dynamics, seen through `Q`, is at most
`L^T √r + (L √r + √E + √(s r)) (L^(T-1) + L^(T-2) C + … + C^(T-1))`. -/
theorem approx_imagination {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s κ E : ℝ} (hκ : 0 < κ)
    (hE : 0 ≤ E) (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, (s ^ 2 + κ) * (x ⬝ᵥ x) ≤ x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν M B h f ≤ ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace + E))
    {L C : ℝ≥0∞} (lip : ∀ y y' a, eucl (f y a) (f y' a) ≤ L * eucl y y')
    (dominated : ((γ n).prod (γ k)).map (fun p ↦ M.mulVec p.1 + B.mulVec p.2) ≤ C • γ n)
    (T : ℕ) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫⁻ p, eucl (rollout f T (h p.1) p.2)
          (Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T p.1 p.2))
          ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k) ≤
        L ^ T * ENNReal.ofReal √(E / κ + (E / κ) ^ 2) +
          (L * ENNReal.ofReal √(E / κ + (E / κ) ^ 2) +
            ENNReal.ofReal (√E + √(s * (E / κ + (E / κ) ^ 2)))) *
            ∑ i ∈ Finset.range T, L ^ i * C ^ (T - 1 - i) := by
  obtain ⟨Q, hQ, h1, h2⟩ :=
    approx_jepa_identifiability stationary hκ hE norm gap hm hh hf loss
  refine ⟨Q, hQ, ?_⟩
  have hQm := measurable_mulVec Q
  have m1 : Measurable fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ f (h p.1) p.2 :=
    hf.comp ((hm.comp measurable_fst).prodMk measurable_snd)
  have m2 : Measurable fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦
      Q.mulVec (M.mulVec p.1 + B.mulVec p.2) :=
    hQm.comp (continuous_mulVec_add_mulVec M B).measurable
  have d1 : ∫⁻ z, eucl (h z) (Q.mulVec z) ∂γ n ≤
      ENNReal.ofReal √(E / κ + (E / κ) ^ 2) :=
    lintegral_eucl_le_of_integral_le hm hQm hh.memLp (fun i ↦ memLp_linear (Q i)) h1
  have hc : 0 ≤ √E + √(s * (E / κ + (E / κ) ^ 2)) :=
    add_nonneg (Real.sqrt_nonneg _) (Real.sqrt_nonneg _)
  have d2 : ∫⁻ p, eucl (f (h p.1) p.2) (Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
      ∂(γ n).prod (γ k) ≤ ENNReal.ofReal (√E + √(s * (E / κ + (E / κ) ^ 2))) := by
    refine lintegral_le_of_lintegral_sq_le (measurable_eucl m1 m2).aemeasurable ?_
    simp only [eucl_sq]
    rw [← ENNReal.ofReal_pow hc]
    exact h2
  have hh' : Measurable fun z ↦ eucl (Q.mulVec z) (h z) := measurable_eucl hQm hm
  have hh'' : Measurable fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ eucl (Q.mulVec p.1) (h p.1) :=
    hh'.comp measurable_fst
  have d1' : ∫⁻ p, eucl (Q.mulVec p.1) (h p.1) ∂(γ n).prod (γ k) ≤
      ENNReal.ofReal √(E / κ + (E / κ) ^ 2) := by
    have e : ∫⁻ p, eucl (Q.mulVec p.1) (h p.1) ∂(γ n).prod (γ k) =
        ∫⁻ z, eucl (Q.mulVec z) (h z) ∂γ n := measurePreserving_fst.lintegral_comp hh'
    rw [e]
    exact (le_of_eq (lintegral_congr fun z ↦ eucl_comm (Q.mulVec z) (h z))).trans d1
  have d3 : ∫⁻ p, eucl (f (Q.mulVec p.1) p.2) (Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
      ∂(γ n).prod (γ k) ≤ L * ENNReal.ofReal √(E / κ + (E / κ) ^ 2) +
        ENNReal.ofReal (√E + √(s * (E / κ + (E / κ) ^ 2))) :=
    calc ∫⁻ p, eucl (f (Q.mulVec p.1) p.2) (Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
          ∂(γ n).prod (γ k)
        ≤ ∫⁻ p, (L * eucl (Q.mulVec p.1) (h p.1) +
            eucl (f (h p.1) p.2) (Q.mulVec (M.mulVec p.1 + B.mulVec p.2))) ∂(γ n).prod (γ k) :=
          lintegral_mono fun p ↦ (eucl_triangle _ (f (h p.1) p.2) _).trans
            (add_le_add (lip _ _ _) le_rfl)
      _ = L * ∫⁻ p, eucl (Q.mulVec p.1) (h p.1) ∂(γ n).prod (γ k) +
            ∫⁻ p, eucl (f (h p.1) p.2) (Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
              ∂(γ n).prod (γ k) := by
          rw [lintegral_add_left (hh''.const_mul L), lintegral_const_mul _ hh'']
      _ ≤ L * ENNReal.ofReal √(E / κ + (E / κ) ^ 2) +
            ENNReal.ofReal (√E + √(s * (E / κ + (E / κ) ^ 2))) :=
          add_le_add (mul_le_mul' le_rfl d1') d2
  exact (lintegral_eucl_rollout_le (Q := Q) hm hf lip dominated T).trans
    (add_le_add (mul_le_mul' le_rfl d1) (mul_le_mul' d3 le_rfl))

end Lejepa
