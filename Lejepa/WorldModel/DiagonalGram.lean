/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Identifiability
public import Lejepa.WorldModel.Stationary

/-!
# Worlds in which what is explained of the latents is uncorrelated

Here `G = M Mᵀ + B Bᵀ` is diagonal: memory and actions explain `gᵢ` of the `i`-th latent. The
condition of identifiability reads `gⱼ² < gᵢ`.

## Main definitions
* `Lejepa.gaussianNoise g`: independent Gaussian noise of variance `1 - gᵢ` on the `i`-th latent.

## Main results
* `Lejepa.map_successor_gaussianNoise`: this noise makes the world stationary.
* `Lejepa.jepa_identifiability_of_gram_eq_diagonal`: the world model is learnt where no latent is
  explained less than the square of what is explained of another.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped ENNReal Matrix

noncomputable section

namespace Lejepa

variable {n k : ℕ}

/-! ### Bounds of a diagonal form -/

section Bounds

variable {g : Fin n → ℝ} {t : ℝ}

/-- If all `gᵢ ≤ t`, the quadratic form of `diag(g)` at `x` is at most `t (x · x)`. -/
theorem dotProduct_diagonal_mulVec_le (h : ∀ i, g i ≤ t) (x : Fin n → ℝ) :
    x ⬝ᵥ (Matrix.diagonal g).mulVec x ≤ t * (x ⬝ᵥ x) := by
  rw [Matrix.dotProduct_diagonal_mulVec, dotProduct, mul_sum]
  refine sum_le_sum fun i _ ↦ ?_
  rw [mul_assoc]
  exact mul_le_mul_of_nonneg_right (h i) (mul_self_nonneg (x i))

/-- If all `gᵢ ≥ t`, the quadratic form of `diag(g)` at `x` is at least `t (x · x)`. -/
theorem le_dotProduct_diagonal_mulVec (h : ∀ i, t ≤ g i) (x : Fin n → ℝ) :
    t * (x ⬝ᵥ x) ≤ x ⬝ᵥ (Matrix.diagonal g).mulVec x := by
  rw [Matrix.dotProduct_diagonal_mulVec, dotProduct, mul_sum]
  refine sum_le_sum fun i _ ↦ ?_
  rw [mul_assoc]
  exact mul_le_mul_of_nonneg_right (h i) (mul_self_nonneg (x i))

/-- If all `gᵢ > t`, the quadratic form of `diag(g)` at `x ≠ 0` is greater than `t (x · x)`. -/
theorem lt_dotProduct_diagonal_mulVec (h : ∀ i, t < g i) {x : Fin n → ℝ} (hx : x ≠ 0) :
    t * (x ⬝ᵥ x) < x ⬝ᵥ (Matrix.diagonal g).mulVec x := by
  obtain ⟨i₀, hi₀⟩ := Function.ne_iff.1 hx
  have hne : x i₀ ≠ 0 := hi₀
  have hle : ∀ i ∈ univ, t * (x i * x i) ≤ g i * x i * x i := fun i _ ↦ by
    rw [mul_assoc (g i)]
    exact mul_le_mul_of_nonneg_right (h i).le (mul_self_nonneg (x i))
  have hlt : t * (x i₀ * x i₀) < g i₀ * x i₀ * x i₀ := by
    rw [mul_assoc (g i₀)]
    exact mul_lt_mul_of_pos_right (h i₀) (mul_self_pos.2 hne)
  rw [Matrix.dotProduct_diagonal_mulVec, dotProduct, mul_sum]
  exact sum_lt_sum hle ⟨i₀, mem_univ i₀, hlt⟩

/-- A bound `s` on all `gᵢ` whose square is less than each. -/
theorem exists_forall_le_and_sq_lt (h : ∀ i j, g j ^ 2 < g i) :
    ∃ s, (∀ i, g i ≤ s) ∧ ∀ i, s ^ 2 < g i := by
  rcases isEmpty_or_nonempty (Fin n) with hn | hn
  · exact ⟨0, fun i ↦ isEmptyElim i, fun i ↦ isEmptyElim i⟩
  · obtain ⟨j₀, hj₀⟩ := Finite.exists_max g
    exact ⟨g j₀, hj₀, fun i ↦ h i j₀⟩

end Bounds

/-! ### Noise -/

/-- Independent Gaussian noise, of variance `1 - gᵢ` on the `i`-th latent. -/
def gaussianNoise (g : Fin n → ℝ) : Measure (Fin n → ℝ) :=
  (γ n).map (Matrix.diagonal fun i ↦ √(1 - g i)).mulVec

instance (g : Fin n → ℝ) : IsProbabilityMeasure (gaussianNoise g) := by
  unfold gaussianNoise
  exact Measure.isProbabilityMeasure_map (measurable_mulVec _).aemeasurable

variable {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ} {g : Fin n → ℝ}

/-- Where memory and actions explain `gᵢ ≤ 1` of the `i`-th latent, without correlations, this noise
makes the world stationary. -/
theorem map_successor_gaussianNoise (hG : M * Mᵀ + B * Bᵀ = Matrix.diagonal g)
    (h1 : ∀ i, g i ≤ 1) :
    ((γ n).prod ((γ k).prod (gaussianNoise g))).map (successor M B) = γ n := by
  refine map_successor_eq_stdGaussian (A := Matrix.diagonal fun i ↦ √(1 - g i)) ?_
  have hG' : M * M.transpose + B * B.transpose = Matrix.diagonal g := hG
  rw [hG', Matrix.diagonal_transpose, Matrix.diagonal_mul_diagonal, ← Matrix.diagonal_one,
    Matrix.diagonal_sub]
  exact congrArg Matrix.diagonal
    (funext fun i ↦ Real.mul_self_sqrt (sub_nonneg.2 (h1 i)))

/-- What memory and actions explain, when each acts on each latent by itself: the squares add up. -/
theorem diagonal_mul_transpose_add (a b : Fin n → ℝ) :
    Matrix.diagonal a * (Matrix.diagonal a)ᵀ + Matrix.diagonal b * (Matrix.diagonal b)ᵀ =
      Matrix.diagonal fun i ↦ a i ^ 2 + b i ^ 2 := by
  have e : (fun i ↦ a i * a i + b i * b i) = fun i ↦ a i ^ 2 + b i ^ 2 := funext fun i ↦ by ring
  rw [Matrix.diagonal_transpose, Matrix.diagonal_transpose, Matrix.diagonal_mul_diagonal,
    Matrix.diagonal_mul_diagonal, Matrix.diagonal_add]
  exact congrArg Matrix.diagonal e

/-- What memory alone explains. -/
theorem diagonal_mul_transpose_add_zero (a : Fin n → ℝ) (k : ℕ) :
    Matrix.diagonal a * (Matrix.diagonal a)ᵀ +
        (0 : Matrix (Fin n) (Fin k) ℝ) * (0 : Matrix (Fin n) (Fin k) ℝ)ᵀ =
      Matrix.diagonal fun i ↦ a i ^ 2 := by
  have e : (fun i ↦ a i * a i) = fun i ↦ a i ^ 2 := funext fun i ↦ (sq (a i)).symm
  rw [Matrix.zero_mul, add_zero, Matrix.diagonal_transpose, Matrix.diagonal_mul_diagonal]
  exact congrArg Matrix.diagonal e

/-! ### Identifiability -/

/-- **JEPA learns the world model** where memory and actions explain `gᵢ` of the `i`-th latent,
without correlations, and no latent less than the square of what they explain of another. -/
theorem jepa_identifiability_of_gram_eq_diagonal {ν : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n)
    (hG : M * Mᵀ + B * Bᵀ = Matrix.diagonal g) (hg : ∀ i j, g j ^ 2 < g i)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f)) :
    ENNReal.ofReal (n - ∑ i, g i) ≤ predictionLoss ν M B h f ∧
      (predictionLoss ν M B h f = ENNReal.ofReal (n - ∑ i, g i) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
          ∀ᵐ p ∂(γ n).prod (γ k),
            f (Q.mulVec p.1) p.2 = Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) := by
  obtain ⟨s, hs, hlt⟩ := exists_forall_le_and_sq_lt hg
  have key := jepa_identifiability stationary (s := s)
    (fun x ↦ by
      rw [hG]
      exact dotProduct_diagonal_mulVec_le hs x)
    (fun x hx ↦ by
      rw [hG]
      exact lt_dotProduct_diagonal_mulVec hlt hx) hm hh hf
  rw [hG, Matrix.trace_diagonal] at key
  exact key

end Lejepa
