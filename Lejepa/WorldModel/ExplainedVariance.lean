/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.PolarSharp
public import Lejepa.Hermite.Weight
public import Lejepa.WorldModel.Multipliers
public import Lejepa.WorldModel.Step

/-!
# How much of an encoder's successor its context predicts

With a context `c`, a drift `d c` and noise `η`, the best prediction of `h (d c + η)` is its mean
given the context. Its mean square is the *explained variance* of the encoder.

## Main definitions
* `Lejepa.explainedVariance κ ν d h`.

## Main results
* `Lejepa.IsGaussianDrift.hasSum_explainedVariance`: in the eigenvectors of the covariance `G` of
  the drift, the index `α` contributes its weight times `∏ gᵢ ^ αᵢ`.
* `Lejepa.IsGaussianDrift.explainedVariance_add_mul_le`: for a white encoder it is at most
  `tr G + s² (m - n)`, and less by what the encoder misses of the latents.
* `Lejepa.IsGaussianDrift.explainedVariance_le`: a step contracts centred functions by `√s`.
* `Lejepa.IsGaussianDrift.explainedVariance_mulVec`: for an orthogonal map it is `tr G`.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open Finset
open scoped Matrix

noncomputable section

namespace Lejepa

variable {n m : ℕ}

/-! ### Rotated encoders -/

section Rotation

variable {Q : Matrix (Fin n) (Fin n) ℝ} {h : (Fin n → ℝ) → Fin m → ℝ}

/-- A centred encoder of rotated latents is centred. -/
theorem IsCentred.comp_orthogonal (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hh : IsCentred (γ n) h) : IsCentred (γ n) fun z ↦ h (Q.mulVec z) where
  memLp i := (hh.memLp i).comp_measurePreserving (measurePreserving_mulVec hQ)
  mean_eq_zero i :=
    ((measurePreserving_mulVec hQ).integral_comp_of_aestronglyMeasurable
      (g := fun z ↦ h z i) (hh.memLp i).1).trans (hh.mean_eq_zero i)

/-- The linear part of an encoder of rotated latents. -/
theorem linearPart_comp_orthogonal (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    linearPart (fun z ↦ h (Q.mulVec z)) = linearPart h * Q := by
  have hz : ∀ (z : Fin n → ℝ) (j : Fin n), z j = ∑ k, Q k j * Q.mulVec z k := fun z j ↦ by
    have e : Qᵀ.mulVec (Q.mulVec z) = z := by
      rw [Matrix.mulVec_mulVec, (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ,
        Matrix.one_mulVec]
    exact (congrFun e j).symm
  ext i j
  have hint : AEStronglyMeasurable (fun y : Fin n → ℝ ↦ h y i * ∑ k, Q k j * y k) (γ n) :=
    (hh i).1.mul (memLp_linear fun k ↦ Q k j).1
  rw [Matrix.mul_apply]
  change ∫ z, h (Q.mulVec z) i * z j ∂γ n = ∑ k, (∫ y, h y i * y k ∂γ n) * Q k j
  calc ∫ z, h (Q.mulVec z) i * z j ∂γ n
      = ∫ z, h (Q.mulVec z) i * ∑ k, Q k j * Q.mulVec z k ∂γ n :=
        integral_congr_ae (Filter.Eventually.of_forall fun z ↦
          congrArg (fun t ↦ h (Q.mulVec z) i * t) (hz z j))
    _ = ∫ y, h y i * ∑ k, Q k j * y k ∂γ n :=
        (measurePreserving_mulVec hQ).integral_comp_of_aestronglyMeasurable hint
    _ = ∫ y, (∑ k, Q k j * y k) * h y i ∂γ n :=
        integral_congr_ae (Filter.Eventually.of_forall fun y ↦ mul_comm _ _)
    _ = ∑ k, Q k j * ∫ y, y k * h y i ∂γ n := integral_linear_mul (fun k ↦ Q k j) (hh i)
    _ = ∑ k, (∫ y, h y i * y k ∂γ n) * Q k j := by
        refine sum_congr rfl fun k _ ↦ ?_
        rw [mul_comm (Q k j)]
        exact congrArg (fun t ↦ t * Q k j)
          (integral_congr_ae (Filter.Eventually.of_forall fun y ↦ mul_comm _ _))

/-- The Frobenius norm does not change under an orthogonal factor. -/
theorem frobSq_mul_orthogonal (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (A : Matrix (Fin m) (Fin n) ℝ) : frobSq (A * Q) = frobSq A := by
  have hQ' : Q * Qᵀ = 1 := (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hQ
  have e : A * Q * (A * Q)ᵀ = A * Aᵀ := by
    rw [Matrix.transpose_mul, Matrix.mul_assoc, ← Matrix.mul_assoc Q, hQ', Matrix.one_mul]
  change ∑ i, ∑ j, (A * Q) i j ^ 2 = ∑ i, ∑ j, A i j ^ 2
  rw [Matrix.sum_sum_sq_eq_trace, Matrix.sum_sum_sq_eq_trace, e]

/-- The linear part of a linear encoder. -/
theorem linearPart_mulVec (A : Matrix (Fin m) (Fin n) ℝ) : linearPart A.mulVec = A := by
  ext i j
  exact integral_linear_mul_coord (A i) j

end Rotation

/-! ### Eigenvectors -/

section Eigenvectors

variable {G Q : Matrix (Fin n) (Fin n) ℝ} {g : Fin n → ℝ}

/-- The quadratic form at an eigenvector. -/
theorem dotProduct_mulVec_col (hg : Qᵀ * G * Q = Matrix.diagonal g) (j : Fin n) :
    (fun i ↦ Q i j) ⬝ᵥ G.mulVec (fun i ↦ Q i j) = g j := by
  have h : (Qᵀ * G * Q) j j = g j := by rw [hg, Matrix.diagonal_apply_eq]
  rw [← h, Matrix.mul_assoc]
  simp only [dotProduct, Matrix.mulVec, Matrix.mul_apply, Matrix.transpose_apply]

/-- The columns of an orthogonal matrix have norm one. -/
theorem dotProduct_col_self (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (j : Fin n) :
    (fun i ↦ Q i j) ⬝ᵥ (fun i ↦ Q i j) = 1 :=
  (Matrix.dotProduct_self_eq_sum_sq _).trans
    (Matrix.sum_sq_row_of_mem_orthogonalGroup (Matrix.transpose_mem_orthogonalGroup hQ) j)

/-- A column of an orthogonal matrix is not zero. -/
theorem col_ne_zero (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (j : Fin n) :
    (fun i ↦ Q i j) ≠ 0 := by
  intro h0
  have h1 := dotProduct_col_self hQ j
  rw [h0, zero_dotProduct] at h1
  exact zero_ne_one h1

/-- The trace is the sum of the eigenvalues. -/
theorem trace_eq_sum_of_orthogonal (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hg : Qᵀ * G * Q = Matrix.diagonal g) : G.trace = ∑ j, g j := by
  have hQ' : Q * Qᵀ = 1 := (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hQ
  calc G.trace = (G * (Q * Qᵀ)).trace := by rw [hQ', Matrix.mul_one]
    _ = (Qᵀ * G * Q).trace := by
        rw [← Matrix.mul_assoc, Matrix.trace_mul_comm, ← Matrix.mul_assoc]
    _ = ∑ j, g j := by rw [hg, Matrix.trace_diagonal]

end Eigenvectors

/-! ### The step -/

variable {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {G Q : Matrix (Fin n) (Fin n) ℝ} {g : Fin n → ℝ}

/-- The explained variance of an encoder: the mean square of the best prediction of its successor
from the context. -/
def explainedVariance (κ : Measure C) (ν : Measure (Fin n → ℝ)) (d : C → Fin n → ℝ)
    (h : (Fin n → ℝ) → Fin m → ℝ) : ℝ :=
  ∑ i, ∫ c, step ν d (fun z ↦ h z i) c ^ 2 ∂κ

/-- The step of a linear map is that map at the drift. -/
theorem IsGaussianDrift.step_mulVec [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G) (A : Matrix (Fin m) (Fin n) ℝ)
    (i : Fin m) (c : C) : step ν d (fun z ↦ A.mulVec z i) c = A.mulVec (d c) i :=
  hd.step_linear (A i) c

/-! ### The explained variance -/

/-- For a Gaussian drift, encoders that are equal almost everywhere have the same explained
variance. -/
theorem IsGaussianDrift.explainedVariance_congr_ae [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G)
    {h h' : (Fin n → ℝ) → Fin m → ℝ} (hh : h =ᵐ[γ n] h') :
    explainedVariance κ ν d h = explainedVariance κ ν d h' := by
  change ∑ i, ∫ c, step ν d (fun z ↦ h z i) c ^ 2 ∂κ =
    ∑ i, ∫ c, step ν d (fun z ↦ h' z i) c ^ 2 ∂κ
  refine sum_congr rfl fun i _ ↦ integral_congr_ae ?_
  have hi : (fun z ↦ h z i) =ᵐ[γ n] fun z ↦ h' z i := by
    filter_upwards [hh] with z hz
    rw [hz]
  filter_upwards [hd.step_congr_ae hi] with c hc
  rw [hc]

/-- In the eigenvectors of the covariance of the drift, the index `α` contributes its weight times
`∏ gᵢ ^ αᵢ` to the explained variance. -/
theorem IsGaussianDrift.hasSum_explainedVariance [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hg : Qᵀ * G * Q = Matrix.diagonal g)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α : Fin n → ℕ ↦ (∏ i, g i ^ α i) * hermiteWeight (fun z ↦ h (Q.mulVec z)) α)
      (explainedVariance κ ν d h) := by
  have hi (i : Fin m) : HasSum (fun α : Fin n → ℕ ↦ (∏ j, g j ^ α j) *
      hermiteCoeff (fun z ↦ h (Q.mulVec z) i) α ^ 2)
      (∫ c, step ν d (fun z ↦ h z i) c ^ 2 ∂κ) := by
    have h₁ := hd.hasSum_integral_step_mul_step hQ hg (hh i) (hh i)
    simp only [sq]
    exact h₁
  have hs : HasSum (fun α : Fin n → ℕ ↦ ∑ i, (∏ j, g j ^ α j) *
      hermiteCoeff (fun z ↦ h (Q.mulVec z) i) α ^ 2) (explainedVariance κ ν d h) :=
    hasSum_sum fun i _ ↦ hi i
  have e : (fun α : Fin n → ℕ ↦ (∏ i, g i ^ α i) * hermiteWeight (fun z ↦ h (Q.mulVec z)) α) =
      fun α : Fin n → ℕ ↦ ∑ i, (∏ j, g j ^ α j) * hermiteCoeff (fun z ↦ h (Q.mulVec z) i) α ^ 2 :=
    funext fun α ↦ mul_sum _ _ _
  rw [e]
  exact hs

/-- The explained variance of a white encoder of width `m`: at most `tr G + s² (m - n)`, where each
latent is explained at least by `s² + k` and at most by `s`; and less by `k` times what the linear
part of the encoder misses of the latents. -/
theorem IsGaussianDrift.explainedVariance_add_mul_le [IsProbabilityMeasure κ]
    [IsProbabilityMeasure ν] (hd : IsGaussianDrift κ ν d G)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hg : Qᵀ * G * Q = Matrix.diagonal g) {s k : ℝ}
    (hs : ∀ j, g j ≤ s) (gap : ∀ j, s ^ 2 + k ≤ g j)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hh : IsWhite (γ n) h) :
    explainedVariance κ ν d h + k * (n - frobSq (linearPart h)) ≤
      G.trace + s ^ 2 * (m - n) := by
  have hh' := hh.comp_mulVec hQ
  have hW : ∑ j : Fin n, hermiteWeight (fun z ↦ h (Q.mulVec z)) (Pi.single j 1) =
      frobSq (linearPart h) := by
    rw [sum_hermiteWeight_single, linearPart_comp_orthogonal hQ hh.memLp,
      frobSq_mul_orthogonal hQ]
  have hle : explainedVariance κ ν d h +
      k * (n - ∑ j : Fin n, hermiteWeight (fun z ↦ h (Q.mulVec z)) (Pi.single j 1)) ≤
        ∑ j, g j + s ^ 2 * (m - n) :=
    add_mul_le_of_hasSum_prod_pow_mul (fun j ↦ (hd.eigenvalue_mem hQ hg j).1)
      (fun j ↦ (hd.eigenvalue_mem hQ hg j).2) hs gap (hermiteWeight_nonneg _)
      hh'.toIsCentred.hermiteWeight_zero (fun j ↦ hh'.hermiteWeight_le_one _)
      hh'.hasSum_hermiteWeight (hd.hasSum_explainedVariance hQ hg hh.memLp)
  rw [hW, ← trace_eq_sum_of_orthogonal hQ hg] at hle
  exact hle

/-- A step contracts centred functions by `√s`, where at most `s` of each latent is explained. -/
theorem IsGaussianDrift.explainedVariance_le [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hg : Qᵀ * G * Q = Matrix.diagonal g) {s : ℝ}
    (hs : ∀ j, g j ≤ s) {u : (Fin n → ℝ) → Fin m → ℝ} (hu : IsCentred (γ n) u) :
    explainedVariance κ ν d u ≤ s * ∑ i, ∫ z, u z i ^ 2 ∂γ n := by
  have hu' := hu.comp_orthogonal hQ
  have hw : HasSum (hermiteWeight fun z ↦ u (Q.mulVec z))
      (∑ i, ∫ z, u (Q.mulVec z) i ^ 2 ∂γ n) := hasSum_hermiteWeight hu'.memLp
  have e : ∑ i, ∫ z, u (Q.mulVec z) i ^ 2 ∂γ n = ∑ i, ∫ z, u z i ^ 2 ∂γ n :=
    sum_congr rfl fun i _ ↦
      (measurePreserving_mulVec hQ).integral_comp_of_aestronglyMeasurable
        (g := fun z ↦ u z i ^ 2) (hu.memLp i).integrable_sq.1
  rw [e] at hw
  exact le_mul_of_hasSum_prod_pow_mul (fun j ↦ (hd.eigenvalue_mem hQ hg j).1)
    (fun j ↦ (hd.eigenvalue_mem hQ hg j).2) hs (hermiteWeight_nonneg _)
    hu'.hermiteWeight_zero hw (hd.hasSum_explainedVariance hQ hg hu.memLp)

/-- The explained variance of an orthogonal map of the latents. -/
theorem IsGaussianDrift.explainedVariance_mulVec [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]
    (hd : IsGaussianDrift κ ν d G)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hg : Qᵀ * G * Q = Matrix.diagonal g)
    {A : Matrix (Fin n) (Fin n) ℝ} (hA : A ∈ Matrix.orthogonalGroup (Fin n) ℝ) :
    explainedVariance κ ν d A.mulVec = G.trace := by
  have hAQ : A * Q ∈ Matrix.orthogonalGroup (Fin n) ℝ := mul_mem hA hQ
  have e : (fun z ↦ A.mulVec (Q.mulVec z)) = (A * Q).mulVec :=
    funext fun z ↦ Matrix.mulVec_mulVec z A Q
  have hV : HasSum (fun α : Fin n → ℕ ↦ (∏ i, g i ^ α i) *
      hermiteWeight (fun z ↦ A.mulVec (Q.mulVec z)) α) (explainedVariance κ ν d A.mulVec) :=
    hd.hasSum_explainedVariance hQ hg fun i ↦ memLp_linear (A i)
  rw [e] at hV
  have w0 : ∀ α : Fin n → ℕ, ∑ j, α j ≠ 1 → hermiteWeight (A * Q).mulVec α = 0 := fun α hα ↦
    hermiteWeight_eq_zero fun i ↦ hermiteCoeff_linear_of_sum_ne_one ((A * Q) i) hα
  have w1 : ∀ j : Fin n, hermiteWeight (A * Q).mulVec (Pi.single j 1) = 1 := fun j ↦ by
    rw [hermiteWeight_single, linearPart_mulVec]
    exact Matrix.sum_sq_row_of_mem_orthogonalGroup (Matrix.transpose_mem_orthogonalGroup hAQ) j
  rw [eq_sum_of_hasSum_prod_pow_mul w0 hV, trace_eq_sum_of_orthogonal hQ hg]
  exact sum_congr rfl fun j _ ↦ by rw [w1, mul_one]

/-- The loss of any predictor of a white encoder: what is not explained, and how far the predictor
is from the best one. -/
theorem IsGaussianDrift.lintegral_sub_sq_of_isWhite [IsProbabilityMeasure κ]
    [IsProbabilityMeasure ν] (hd : IsGaussianDrift κ ν d G)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {F : C → Fin m → ℝ} (hF : Measurable F) :
    ∫⁻ p, ENNReal.ofReal (∑ i, (h (d p.1 + p.2) i - F p.1 i) ^ 2) ∂κ.prod ν =
      ENNReal.ofReal (m - explainedVariance κ ν d h) +
        ∫⁻ c, ENNReal.ofReal (∑ i, (step ν d (fun z ↦ h z i) c - F c i) ^ 2) ∂κ := by
  have e : ∑ i, (∫ z, h z i ^ 2 ∂γ n - ∫ c, step ν d (fun z ↦ h z i) c ^ 2 ∂κ) =
      m - explainedVariance κ ν d h := by
    rw [sum_sub_distrib, ← trace_secondMoment (γ n) h, hh.trace_secondMoment, explainedVariance]
  rw [hd.lintegral_sub_sq hm hh.memLp hF, e]

end Lejepa
