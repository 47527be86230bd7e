/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Identifiability.LinearIndices
public import Lejepa.WorldModel.DiagonalGram

/-!
# Where a nonlinear pair of encoder and predictor does as well as the world, or better

Where memory keeps the latents apart, and the `i`-th latent is explained less than the square of
what is explained of the `j`-th, putting `(zⱼ² - 1) / √2` in place of `zᵢ` lowers the loss.

## Main results
* `Lejepa.IsGaussianDrift.explainedVariance_hermiteEncoder`: the explained variance of encoders made
  of Hermite products.
* `Lejepa.exists_nonlinear_predictionLoss_eq`: the loss of that encoder, with its best predictor.
* `Lejepa.jepa_identifiable_iff_forall_sq_lt`: **when, exactly**, encoder, predictor and actions
  identify a world whose memory keeps the latents apart.
-/

public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped ENNReal Matrix

namespace Lejepa

variable {n k m : ℕ}

/-! ### A square in place of a latent -/

section ReplaceIndex

variable {i j l : Fin n}

/-- The encoder that replaces latent `i` keeps every other latent. -/
theorem hermiteEncoder_replaceIndex_of_ne (hl : l ≠ i) (z : Fin n → ℝ) :
    hermiteEncoder (replaceIndex i j) z l = z l := by
  change hermiteProd (replaceIndex i j l) z /
    √(∏ q, ((replaceIndex i j l q).factorial : ℝ)) = z l
  rw [replaceIndex_of_ne hl, hermiteProd_single, prod_factorial_single, Real.sqrt_one, div_one]

/-- In place of latent `i` the encoder has `(zⱼ² - 1) / √2`. -/
theorem hermiteEncoder_replaceIndex_self (z : Fin n → ℝ) :
    hermiteEncoder (replaceIndex i j) z i = (z j ^ 2 - 1) / √2 := by
  change hermiteProd (replaceIndex i j i) z /
    √(∏ q, ((replaceIndex i j i q).factorial : ℝ)) = (z j ^ 2 - 1) / √2
  rw [replaceIndex_self, hermiteProd_single_two, prod_factorial_single_two]

/-- The encoder does not see the latent that it leaves out. -/
theorem hermiteEncoder_replaceIndex_congr (hij : i ≠ j) {z z' : Fin n → ℝ}
    (hz : ∀ q, q ≠ i → z q = z' q) (l : Fin n) :
    hermiteEncoder (replaceIndex i j) z l = hermiteEncoder (replaceIndex i j) z' l := by
  by_cases hl : l = i
  · rw [hl, hermiteEncoder_replaceIndex_self, hermiteEncoder_replaceIndex_self, hz j hij.symm]
  · rw [hermiteEncoder_replaceIndex_of_ne hl, hermiteEncoder_replaceIndex_of_ne hl, hz l hl]

/-- The encoder whose coordinates are normalized Hermite products is measurable. -/
theorem measurable_hermiteEncoder (β : Fin m → Fin n → ℕ) : Measurable (hermiteEncoder β) :=
  measurable_pi_iff.2 fun q ↦ (measurable_hermiteProd (β q)).div_const _

/-- For the indices that replace latent `i` by the square of latent `j`, the sum of the products
`g^β` is `∑ₗ gₗ + gⱼ² - gᵢ`. -/
theorem sum_prod_pow_replaceIndex (g : Fin n → ℝ) (i j : Fin n) :
    ∑ l, ∏ q, g q ^ replaceIndex i j l q = ∑ l, g l + (g j ^ 2 - g i) := by
  have h (l : Fin n) : ∏ q, g q ^ replaceIndex i j l q =
      g l + if l = i then g j ^ 2 - g i else 0 := by
    by_cases hl : l = i
    · rw [if_pos hl, hl, replaceIndex_self, prod_pow_single]
      ring
    · rw [if_neg hl, replaceIndex_of_ne hl, prod_pow_single_one, add_zero]
  rw [sum_congr rfl fun l _ ↦ h l, sum_add_distrib, sum_ite_eq', if_pos (mem_univ i)]

/-- The encoder has no linear part in the latent that it leaves out. -/
theorem hermiteCoeff_replaceIndex_single (i j q : Fin n) :
    hermiteCoeff (fun z ↦ hermiteEncoder (replaceIndex i j) z q) (Pi.single i 1) = 0 := by
  rw [hermiteCoeff_hermiteEncoder, if_neg]
  by_cases hq : q = i
  · rw [hq, replaceIndex_self]
    exact single_one_ne_single_two i j
  · rw [replaceIndex_of_ne hq]
    exact fun e ↦ hq ((single_eq_single_iff one_ne_zero).1 e).1.symm

/-- No linear readout finds the latent that the encoder leaves out. -/
theorem one_le_integral_readout_replaceIndex (i j : Fin n) (L : Matrix (Fin n) (Fin n) ℝ) :
    1 ≤ ∫ z, ∑ l, (L.mulVec (hermiteEncoder (replaceIndex i j) z) l - z l) ^ 2 ∂γ n := by
  have hw := isWhite_replaceIndex i j
  have h₂ (q : Fin n) : ∫ z, z i * hermiteEncoder (replaceIndex i j) z q ∂γ n = 0 := by
    have h := hermiteCoeff_replaceIndex_single i j q
    rw [hermiteCoeff_single] at h
    exact (integral_congr_ae (Filter.Eventually.of_forall fun z ↦ mul_comm _ _)).trans h
  have h₃ : ∫ z : Fin n → ℝ, z i * z i ∂γ n = 1 :=
    (integral_coord_mul_coord i i).trans (if_pos rfl)
  have h₄ (z : Fin n → ℝ) : (L.mulVec (hermiteEncoder (replaceIndex i j) z) i - z i) ^ 2 =
      (z i - ∑ q, L i q * hermiteEncoder (replaceIndex i j) z q) *
        (z i - ∑ q, L i q * hermiteEncoder (replaceIndex i j) z q) := by
    have e : L.mulVec (hermiteEncoder (replaceIndex i j) z) i =
        ∑ q, L i q * hermiteEncoder (replaceIndex i j) z q := rfl
    rw [e]
    ring
  have hi : ∫ z, (L.mulVec (hermiteEncoder (replaceIndex i j) z) i - z i) ^ 2 ∂γ n =
      1 + ∑ q, L i q * L i q := by
    calc ∫ z, (L.mulVec (hermiteEncoder (replaceIndex i j) z) i - z i) ^ 2 ∂γ n
        = ∫ z, (z i - ∑ q, L i q * hermiteEncoder (replaceIndex i j) z q) *
            (z i - ∑ q, L i q * hermiteEncoder (replaceIndex i j) z q) ∂γ n :=
          integral_congr_ae (Filter.Eventually.of_forall h₄)
      _ = ∫ z : Fin n → ℝ, z i * z i ∂γ n -
            ∑ q, L i q * ∫ z, z i * hermiteEncoder (replaceIndex i j) z q ∂γ n -
            ∑ q, L i q * ∫ z, z i * hermiteEncoder (replaceIndex i j) z q ∂γ n +
              ∑ q, L i q * L i q :=
          integral_sub_sum_mul_sub_sum
            (e := fun q (z : Fin n → ℝ) ↦ hermiteEncoder (replaceIndex i j) z q)
            (memLp_coord i) (memLp_coord i) hw.memLp hw.integral_mul (L i) (L i)
      _ = 1 + ∑ q, L i q * L i q := by
          rw [h₃]
          simp only [h₂, mul_zero, sum_const_zero]
          ring
  have hL (l : Fin n) :
      MemLp (fun z ↦ L.mulVec (hermiteEncoder (replaceIndex i j) z) l) 2 (γ n) := by
    have hs : MemLp (fun z ↦ ∑ q, L l q * hermiteEncoder (replaceIndex i j) z q) 2 (γ n) :=
      memLp_finset_sum _ fun q _ ↦ (hw.memLp q).const_mul (L l q)
    exact hs
  have hint (l : Fin n) : Integrable
      (fun z ↦ (L.mulVec (hermiteEncoder (replaceIndex i j) z) l - z l) ^ 2) (γ n) :=
    ((hL l).sub (memLp_coord l)).integrable_sq
  have h1 : 1 ≤ ∫ z, (L.mulVec (hermiteEncoder (replaceIndex i j) z) i - z i) ^ 2 ∂γ n := by
    rw [hi]
    exact le_add_of_nonneg_right (sum_nonneg fun q _ ↦ mul_self_nonneg _)
  rw [integral_finset_sum _ fun l _ ↦ hint l]
  exact h1.trans (single_le_sum
    (f := fun l ↦ ∫ z, (L.mulVec (hermiteEncoder (replaceIndex i j) z) l - z l) ^ 2 ∂γ n)
    (fun l _ ↦ integral_nonneg fun z ↦ sq_nonneg _) (mem_univ i))

end ReplaceIndex

/-! ### Its loss -/

section Drift

variable {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {g : Fin n → ℝ} [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]

/-- The explained variance of an encoder made of Hermite products, where what is explained of the
latents is uncorrelated. -/
theorem IsGaussianDrift.explainedVariance_hermiteEncoder
    (hd : IsGaussianDrift κ ν d (Matrix.diagonal g)) (β : Fin m → Fin n → ℕ) :
    explainedVariance κ ν d (hermiteEncoder β) = ∑ l, ∏ q, g q ^ β l q := by
  have hg : (1 : Matrix (Fin n) (Fin n) ℝ)ᵀ * Matrix.diagonal g * 1 = Matrix.diagonal g := by
    rw [Matrix.transpose_one, Matrix.one_mul, Matrix.mul_one]
  have h1 : (1 : Matrix (Fin n) (Fin n) ℝ) ∈ Matrix.orthogonalGroup (Fin n) ℝ := one_mem _
  have hs := hd.hasSum_explainedVariance h1 hg (memLp_hermiteEncoder β)
  have e : (fun z ↦ hermiteEncoder β ((1 : Matrix (Fin n) (Fin n) ℝ).mulVec z)) =
      hermiteEncoder β := funext fun z ↦ by rw [Matrix.one_mulVec]
  rw [e] at hs
  have ht : (fun α : Fin n → ℕ ↦ (∏ q, g q ^ α q) * hermiteWeight (hermiteEncoder β) α) =
      fun α ↦ ∑ l, if α = β l then ∏ q, g q ^ β l q else 0 := by
    funext α
    change (∏ q, g q ^ α q) * ∑ l, hermiteCoeff (fun z ↦ hermiteEncoder β z l) α ^ 2 = _
    rw [mul_sum]
    refine sum_congr rfl fun l _ ↦ ?_
    rw [hermiteCoeff_hermiteEncoder]
    by_cases hα : α = β l
    · rw [if_pos hα, if_pos hα, one_pow, mul_one, hα]
    · rw [if_neg hα, if_neg hα, zero_pow two_ne_zero, mul_zero]
  rw [ht] at hs
  exact hs.unique (hasSum_sum fun l _ ↦ hasSum_ite_eq (β l) (∏ q, g q ^ β l q))

/-- The loss of a white encoder with its best predictor. -/
theorem IsGaussianDrift.lintegral_sub_sq_of_eq_step {G : Matrix (Fin n) (Fin n) ℝ}
    (hd : IsGaussianDrift κ ν d G) {h : (Fin n → ℝ) → Fin m → ℝ} (hm : Measurable h)
    (hh : IsWhite (γ n) h) {F : C → Fin m → ℝ} (hF : Measurable F)
    (hFs : ∀ c l, F c l = step ν d (fun z ↦ h z l) c) :
    ∫⁻ p, ENNReal.ofReal (∑ l, (h (d p.1 + p.2) l - F p.1 l) ^ 2) ∂κ.prod ν =
      ENNReal.ofReal (m - explainedVariance κ ν d h) := by
  have e : (fun c ↦ ENNReal.ofReal (∑ l, (step ν d (fun z ↦ h z l) c - F c l) ^ 2)) =
      fun _ ↦ 0 := by
    funext c
    refine ENNReal.ofReal_eq_zero.2 (le_of_eq (sum_eq_zero fun l _ ↦ ?_))
    rw [hFs, sub_self, zero_pow two_ne_zero]
  rw [hd.lintegral_sub_sq_of_isWhite hm hh hF, e, lintegral_zero, add_zero]

omit [IsProbabilityMeasure κ] in
/-- The step of a measurable function is measurable. -/
theorem IsGaussianDrift.measurable_step {G : Matrix (Fin n) (Fin n) ℝ}
    (hd : IsGaussianDrift κ ν d G) {f : (Fin n → ℝ) → ℝ} (hf : Measurable f) :
    Measurable (step ν d f) := by
  have hu : StronglyMeasurable (Function.uncurry fun (c : C) (η : Fin n → ℝ) ↦ f (d c + η)) :=
    (hf.comp hd.measurePreserving.measurable).stronglyMeasurable
  change Measurable fun c ↦ ∫ η, f (d c + η) ∂ν
  exact (hu.integral_prod_right (ν := ν)).measurable

end Drift

variable {ρ g : Fin n → ℝ} {B : Matrix (Fin n) (Fin k) ℝ} {ν : Measure (Fin n → ℝ)}
  [IsProbabilityMeasure ν]

/-- **A nonlinear pair.** Where memory keeps the latents apart and `gᵢ` is explained of each, the
encoder that puts `(zⱼ² - 1) / √2` in place of `zᵢ`, with its best predictor, has a loss that
exceeds that of the latents by `gᵢ - gⱼ²`. So it does as well at the edge, `gᵢ = gⱼ²`, and better
beyond, although no linear readout finds `zᵢ` in it. -/
theorem exists_nonlinear_predictionLoss_eq
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor (Matrix.diagonal ρ) B) = γ n)
    (hG : Matrix.diagonal ρ * (Matrix.diagonal ρ)ᵀ + B * Bᵀ = Matrix.diagonal g) {i j : Fin n}
    (hij : i ≠ j) :
    ∃ (h : (Fin n → ℝ) → Fin n → ℝ) (f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ),
      Measurable h ∧ IsWhite (γ n) h ∧ Measurable (Function.uncurry f) ∧
      (∀ Q : Matrix (Fin n) (Fin n) ℝ, ¬ h =ᵐ[γ n] Q.mulVec) ∧
      (∀ L : Matrix (Fin n) (Fin n) ℝ, 1 ≤ ∫ z, ∑ l, (L.mulVec (h z) l - z l) ^ 2 ∂γ n) ∧
      predictionLoss ν (Matrix.diagonal ρ) B h f =
        ENNReal.ofReal (n - ∑ l, g l + (g i - g j ^ 2)) := by
  have hd := isGaussianDrift_controlled stationary
  rw [hG] at hd
  obtain ⟨d, hdd⟩ : ∃ d : (Fin n → ℝ) × (Fin k → ℝ) → Fin n → ℝ,
      d = fun c ↦ (Matrix.diagonal ρ).mulVec c.1 + B.mulVec c.2 := ⟨_, rfl⟩
  rw [← hdd] at hd
  have hm := measurable_hermiteEncoder (replaceIndex i j)
  have hw := isWhite_replaceIndex i j
  obtain ⟨f, hf⟩ : ∃ f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ, ∀ y a l,
      f y a l = step ν d (fun z ↦ hermiteEncoder (replaceIndex i j) z l) (y, a) :=
    ⟨fun y a l ↦ step ν d (fun z ↦ hermiteEncoder (replaceIndex i j) z l) (y, a),
      fun _ _ _ ↦ rfl⟩
  have hfm : Measurable (Function.uncurry f) := by
    refine measurable_pi_iff.2 fun l ↦ ?_
    have e : (fun p : (Fin n → ℝ) × (Fin k → ℝ) ↦ Function.uncurry f p l) =
        step ν d fun z ↦ hermiteEncoder (replaceIndex i j) z l := funext fun p ↦ hf p.1 p.2 l
    rw [e]
    exact hd.measurable_step ((measurable_pi_apply l).comp hm)
  have hstep (c : (Fin n → ℝ) × (Fin k → ℝ)) (l : Fin n) :
      f (hermiteEncoder (replaceIndex i j) c.1) c.2 l =
        step ν d (fun z ↦ hermiteEncoder (replaceIndex i j) z l) c := by
    rw [hf]
    change ∫ η, hermiteEncoder (replaceIndex i j)
        (d (hermiteEncoder (replaceIndex i j) c.1, c.2) + η) l ∂ν =
      ∫ η, hermiteEncoder (replaceIndex i j) (d c + η) l ∂ν
    refine integral_congr_ae (Filter.Eventually.of_forall fun η ↦ ?_)
    refine hermiteEncoder_replaceIndex_congr hij (fun q hq ↦ ?_) l
    rw [hdd]
    change (Matrix.diagonal ρ).mulVec (hermiteEncoder (replaceIndex i j) c.1) q +
      B.mulVec c.2 q + η q = (Matrix.diagonal ρ).mulVec c.1 q + B.mulVec c.2 q + η q
    rw [Matrix.mulVec_diagonal, Matrix.mulVec_diagonal, hermiteEncoder_replaceIndex_of_ne hq]
  refine ⟨hermiteEncoder (replaceIndex i j), f, hm, hw, hfm,
    not_ae_eq_mulVec_replaceIndex i j, one_le_integral_readout_replaceIndex i j, ?_⟩
  have key := hd.lintegral_sub_sq_of_eq_step hm hw (measurable_predictor hm hfm) hstep
  rw [hd.explainedVariance_hermiteEncoder, sum_prod_pow_replaceIndex] at key
  have e : (n : ℝ) - ∑ l, g l + (g i - g j ^ 2) = n - (∑ l, g l + (g j ^ 2 - g i)) := by ring
  rw [predictionLoss_eq, e, ← key]
  subst hdd
  rfl

/-- **When, exactly.** Where memory keeps the latents apart and `gᵢ` is explained of each by memory
and actions, `0 < gᵢ < 1`, without correlations: the best pairs of a white encoder and a predictor
are the world up to an orthogonal map if and only if no latent is explained less than, or just as
much as, the square of what is explained of another. -/
theorem jepa_identifiable_iff_forall_sq_lt
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor (Matrix.diagonal ρ) B) = γ n)
    (hG : Matrix.diagonal ρ * (Matrix.diagonal ρ)ᵀ + B * Bᵀ = Matrix.diagonal g)
    (h₀ : ∀ i, 0 < g i) (h₁ : ∀ i, g i < 1) :
    (∀ (h : (Fin n → ℝ) → Fin n → ℝ) (f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ),
        Measurable h → IsWhite (γ n) h → Measurable (Function.uncurry f) →
        ENNReal.ofReal (n - ∑ l, g l) ≤ predictionLoss ν (Matrix.diagonal ρ) B h f ∧
        (predictionLoss ν (Matrix.diagonal ρ) B h f = ENNReal.ofReal (n - ∑ l, g l) ↔
          ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
            ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 =
              Q.mulVec ((Matrix.diagonal ρ).mulVec p.1 + B.mulVec p.2))) ↔
      ∀ i j, g j ^ 2 < g i := by
  constructor
  · intro hid i j
    by_contra hle
    have hle' : g i ≤ g j ^ 2 := not_lt.1 hle
    have hij : i ≠ j := by
      intro e
      have h := mul_lt_mul_of_pos_left (h₁ i) (h₀ i)
      rw [mul_one, ← sq] at h
      rw [← e] at hle
      exact hle h
    obtain ⟨h, f, hm, hw, hf, hne, -, hloss⟩ :=
      exists_nonlinear_predictionLoss_eq stationary hG hij
    obtain ⟨hlow, hiff⟩ := hid h f hm hw hf
    have hup : predictionLoss ν (Matrix.diagonal ρ) B h f ≤ ENNReal.ofReal (n - ∑ l, g l) := by
      rw [hloss]
      exact ENNReal.ofReal_le_ofReal (by linarith)
    obtain ⟨Q, -, hQ, -⟩ := hiff.1 (le_antisymm hup hlow)
    exact hne Q hQ
  · intro hg h f hm hw hf
    exact jepa_identifiability_of_gram_eq_diagonal stationary hG hg hm hw hf

end Lejepa
