/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Approximate
public import Lejepa.WorldModel.DiagonalGram
public import Lejepa.WorldModel.Mixing
public import Lejepa.WorldModel.Wide

/-!
# Worlds that turn and worlds that alternate

In the world `z' = ρ R z + η` with `R` orthogonal, memory explains `ρ²` of each latent, whatever the
rotation and whatever the sign of `ρ`. So encoder and predictor learn it, although plain alignment
sees of `ρ R` only its symmetric part.

## Main results
* `Lejepa.jepa_identifiability_of_rotation`: a rotating world is learnt, for every `0 < |ρ| < 1`.
* `Lejepa.jepa_identifiability_of_neg`: a negative correlation is no obstacle to a predictor.
* `Lejepa.jepa_learns_world_model_of_rotation`: the same through a mixing; outside,
  `Lejepa.predictionLoss_collapse_lt`: where the law of the output is free.
* `Lejepa.approx_jepa_identifiability_of_rotation`: nearly optimal pairs in a rotating world.
* `Lejepa.exists_readout_of_rotation`: embeddings wider than a rotating world.

What plain alignment makes of negative correlations is in `Lejepa.Alignment.NegativeCorrelation`.
-/

public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped ENNReal Matrix

namespace Lejepa

variable {n k : ℕ} {ρ : ℝ} {R : Matrix (Fin n) (Fin n) ℝ}

/-- What memory explains in a rotating world. -/
theorem smul_mul_transpose_add_zero (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ) (ρ : ℝ) (k : ℕ) :
    ρ • R * (ρ • R)ᵀ +
        (0 : Matrix (Fin n) (Fin k) ℝ) * (0 : Matrix (Fin n) (Fin k) ℝ)ᵀ =
      Matrix.diagonal fun _ ↦ ρ ^ 2 := by
  have hR' : R * Rᵀ = 1 := (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hR
  rw [Matrix.zero_mul, add_zero, Matrix.transpose_smul, Matrix.smul_mul, Matrix.mul_smul,
    smul_smul, hR', Matrix.smul_one_eq_diagonal, sq]

private theorem sq_pos_and_lt_one (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1) : 0 < ρ ^ 2 ∧ ρ ^ 2 < 1 :=
  ⟨lt_of_le_of_ne (sq_nonneg ρ) (pow_ne_zero 2 h₀).symm, (sq_lt_one_iff_abs_lt_one ρ).2 h₁⟩

/-- The noise of a rotating world makes it stationary. -/
theorem map_successor_rotation (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ) (k : ℕ) :
    ((γ n).prod ((γ k).prod (gaussianNoise fun _ : Fin n ↦ ρ ^ 2))).map
      (successor (ρ • R) (0 : Matrix (Fin n) (Fin k) ℝ)) = γ n :=
  map_successor_gaussianNoise (smul_mul_transpose_add_zero hR ρ k)
    fun _ ↦ (sq_pos_and_lt_one h₀ h₁).2.le

/-- **A rotating world is learnt.** In `z' = ρ R z + η`, `R` orthogonal and `0 < |ρ| < 1`, the best
pairs of a white encoder and a predictor are the latents up to an orthogonal map, with the rotation
seen through it. The predictor sees all of `ρ R`, not only its symmetric part, which is all that the
alignment of a linear encoder depends on. -/
theorem jepa_identifiability_of_rotation (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hm : Measurable h) (hh : IsWhite (γ n) h) {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ}
    (hf : Measurable (Function.uncurry f)) :
    ENNReal.ofReal (n * (1 - ρ ^ 2)) ≤
        predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 h f ∧
      (predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 h f =
          ENNReal.ofReal (n * (1 - ρ ^ 2)) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
          ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 = Q.mulVec (ρ • R.mulVec p.1)) := by
  obtain ⟨hpos, hlt⟩ := sq_pos_and_lt_one h₀ h₁
  have key := jepa_identifiability_of_gram_eq_diagonal (map_successor_rotation h₀ h₁ hR k)
    (smul_mul_transpose_add_zero hR ρ k)
    (fun _ _ ↦ pow_lt_self_of_lt_one₀ hpos hlt one_lt_two) hm hh hf
  have e : (n : ℝ) - ∑ _i : Fin n, ρ ^ 2 = n * (1 - ρ ^ 2) := by
    rw [sum_const, card_univ, Fintype.card_fin, nsmul_eq_mul]
    ring
  simp only [e, Matrix.smul_mulVec, Matrix.zero_mulVec, add_zero] at key
  exact key

/-- **The sign of a correlation is no obstacle to a predictor.** Latents that alternate,
`z' = ρ z + η` with `-1 < ρ < 0`, are learnt by an encoder with a predictor, although plain
alignment prefers functions of degree two to them. -/
theorem jepa_identifiability_of_neg (h₀ : -1 < ρ) (h₁ : ρ < 0) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hm : Measurable h) (hh : IsWhite (γ n) h) {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ}
    (hf : Measurable (Function.uncurry f)) :
    ENNReal.ofReal (n * (1 - ρ ^ 2)) ≤
        predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • (1 : Matrix (Fin n) (Fin n) ℝ)) 0 h f ∧
      (predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • (1 : Matrix (Fin n) (Fin n) ℝ)) 0 h f =
          ENNReal.ofReal (n * (1 - ρ ^ 2)) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
          ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 = Q.mulVec (ρ • p.1)) := by
  have key := jepa_identifiability_of_rotation (R := 1) h₁.ne (abs_lt.2 ⟨h₀, h₁.trans one_pos⟩)
    (one_mem (Matrix.orthogonalGroup (Fin n) ℝ)) hm hh hf
  simp only [Matrix.one_mulVec] at key
  exact key

/-- **A rotating world is learnt through a mixing.** -/
theorem jepa_learns_world_model_of_rotation (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ) {X : Type*} [MeasurableSpace X]
    {g : (Fin n → ℝ) → X} (hg : Measurable g) {g' : X → Fin n → ℝ} (hg' : Measurable g')
    (hgg' : Function.LeftInverse g' g) {e : X → Fin n → ℝ} (he : Measurable e)
    (heγ : (γ n).map (e ∘ g) = γ n) {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ}
    (hf : Measurable (Function.uncurry f)) :
    (∀ (e' : X → Fin n → ℝ) (f' : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ), Measurable e' →
        (γ n).map (e' ∘ g) = γ n → Measurable (Function.uncurry f') →
        predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 (e ∘ g) f ≤
          predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 (e' ∘ g) f') ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, e ∘ g =ᵐ[γ n] Q.mulVec ∧
        ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 = Q.mulVec (ρ • R.mulVec p.1) := by
  obtain ⟨hpos, hlt⟩ := sq_pos_and_lt_one h₀ h₁
  have key := jepa_learns_world_model (map_successor_rotation h₀ h₁ hR k) (s := ρ ^ 2)
    (fun x ↦ by
      rw [smul_mul_transpose_add_zero hR]
      exact dotProduct_diagonal_mulVec_le (fun _ ↦ le_rfl) x)
    (fun x hx ↦ by
      rw [smul_mul_transpose_add_zero hR]
      exact lt_dotProduct_diagonal_mulVec
        (fun _ ↦ pow_lt_self_of_lt_one₀ hpos hlt one_lt_two) hx) hg hg' hgg' he heγ hf
  simp only [Matrix.smul_mulVec, Matrix.zero_mulVec, add_zero] at key
  exact key

/-- Outside: where the law of the output is free, a pair that collapses has no loss, and the latents
with their mean dynamics are not best. -/
theorem predictionLoss_collapse_lt (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hn : n ≠ 0) :
    predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 (fun _ : Fin n → ℝ ↦ (0 : Fin n → ℝ))
        (fun _ (_ : Fin k → ℝ) ↦ 0) <
      predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 (fun z ↦ z)
        fun z (_ : Fin k → ℝ) ↦ ρ • R.mulVec z := by
  have hf : Measurable (Function.uncurry fun (z : Fin n → ℝ) (_ : Fin k → ℝ) ↦ ρ • R.mulVec z) :=
    ((measurable_mulVec R).comp measurable_fst).const_smul ρ
  have hid := (jepa_identifiability_of_rotation h₀ h₁ hR measurable_id
    (isWhite_of_map_eq_stdGaussian measurable_id Measure.map_id) hf).2.2
    ⟨1, one_mem _, .of_forall fun z ↦ (Matrix.one_mulVec z).symm, .of_forall fun p ↦ by
      rw [Matrix.one_mulVec, Matrix.one_mulVec]⟩
  have hzero : predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0
      (fun _ : Fin n → ℝ ↦ (0 : Fin n → ℝ)) (fun _ (_ : Fin k → ℝ) ↦ 0) = 0 := by
    simp [predictionLoss]
  rw [hzero]
  refine lt_of_lt_of_eq (ENNReal.ofReal_pos.2 ?_) hid.symm
  exact mul_pos (Nat.cast_pos.2 (Nat.pos_of_ne_zero hn))
    (sub_pos.2 (sq_pos_and_lt_one h₀ h₁).2)

/-- **Nearly optimal pairs in a rotating world.** With a loss that exceeds the least by `E`, the
encoder is within `D + D²` of an orthogonal map, `D = E / (ρ² (1 - ρ²))`, and the predictor is near
the rotation seen through it. -/
theorem approx_jepa_identifiability_of_rotation (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ) {E : ℝ} (hE : 0 ≤ E)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 h f ≤
      ENNReal.ofReal (n * (1 - ρ ^ 2) + E)) {D : ℝ} (hD : D = E / (ρ ^ 2 * (1 - ρ ^ 2))) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤ D + D ^ 2 ∧
      ∫⁻ p, ENNReal.ofReal (∑ i, (f (h p.1) p.2 i - Q.mulVec (ρ • R.mulVec p.1) i) ^ 2)
          ∂(γ n).prod (γ k) ≤
        ENNReal.ofReal ((√E + √(ρ ^ 2 * (D + D ^ 2))) ^ 2) := by
  obtain ⟨hpos, hlt⟩ := sq_pos_and_lt_one h₀ h₁
  have hs : (ρ ^ 2) ^ 2 + ρ ^ 2 * (1 - ρ ^ 2) ≤ ρ ^ 2 := le_of_eq (by ring)
  have e : (n : ℝ) * (1 - ρ ^ 2) = n - (ρ • R * (ρ • R)ᵀ +
      (0 : Matrix (Fin n) (Fin k) ℝ) * (0 : Matrix (Fin n) (Fin k) ℝ)ᵀ).trace := by
    rw [smul_mul_transpose_add_zero hR, Matrix.trace_diagonal, sum_const, card_univ,
      Fintype.card_fin, nsmul_eq_mul]
    ring
  rw [e] at loss
  have key := approx_jepa_identifiability (map_successor_rotation h₀ h₁ hR k) (s := ρ ^ 2)
    (κ := ρ ^ 2 * (1 - ρ ^ 2)) (mul_pos hpos (sub_pos.2 hlt)) hE
    (fun x ↦ by
      rw [smul_mul_transpose_add_zero hR]
      exact dotProduct_diagonal_mulVec_le (fun _ ↦ le_rfl) x)
    (fun x ↦ by
      rw [smul_mul_transpose_add_zero hR]
      exact le_dotProduct_diagonal_mulVec (fun _ ↦ hs) x) hm hh hf loss
  simp only [Matrix.smul_mulVec, Matrix.zero_mulVec, add_zero, ← hD] at key
  exact key

/-- **Embeddings wider than a rotating world.** A white encoder of width `m ≥ n` and a predictor
whose loss exceeds the least that the width allows by `E` have a linear readout of the latents with
error `E / (ρ² (1 - ρ²))` at most. -/
theorem exists_readout_of_rotation {m : ℕ} (hnm : n ≤ m) (h₀ : ρ ≠ 0) (h₁ : |ρ| < 1)
    (hR : R ∈ Matrix.orthogonalGroup (Fin n) ℝ) {E : ℝ} (hE : 0 ≤ E)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin m → ℝ) → (Fin k → ℝ) → Fin m → ℝ} (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss (gaussianNoise fun _ ↦ ρ ^ 2) (ρ • R) 0 h f ≤
      ENNReal.ofReal ((m - n) * (1 - ρ ^ 4) + n * (1 - ρ ^ 2) + E)) :
    ∃ L : Matrix (Fin n) (Fin m) ℝ,
      ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n ≤ E / (ρ ^ 2 * (1 - ρ ^ 2)) := by
  obtain ⟨hpos, hlt⟩ := sq_pos_and_lt_one h₀ h₁
  have hs : (ρ ^ 2) ^ 2 + ρ ^ 2 * (1 - ρ ^ 2) ≤ ρ ^ 2 := le_of_eq (by ring)
  have e : ((m : ℝ) - n) * (1 - ρ ^ 4) + n * (1 - ρ ^ 2) + E =
      (m - n) * (1 - (ρ ^ 2) ^ 2) + (n - (ρ • R * (ρ • R)ᵀ +
        (0 : Matrix (Fin n) (Fin k) ℝ) * (0 : Matrix (Fin n) (Fin k) ℝ)ᵀ).trace) + E := by
    rw [smul_mul_transpose_add_zero hR, Matrix.trace_diagonal, sum_const, card_univ,
      Fintype.card_fin, nsmul_eq_mul]
    ring
  rw [e] at loss
  exact exists_readout_of_predictionLoss_le hnm (map_successor_rotation h₀ h₁ hR k) (s := ρ ^ 2)
    (κ := ρ ^ 2 * (1 - ρ ^ 2)) (mul_pos hpos (sub_pos.2 hlt)) hE
    (fun x ↦ by
      rw [smul_mul_transpose_add_zero hR]
      exact dotProduct_diagonal_mulVec_le (fun _ ↦ le_rfl) x)
    (fun x ↦ by
      rw [smul_mul_transpose_add_zero hR]
      exact le_dotProduct_diagonal_mulVec (fun _ ↦ hs) x) hm hh hf loss

end Lejepa
