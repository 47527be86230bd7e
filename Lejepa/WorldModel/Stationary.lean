/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.SpectralTheorem
public import Lejepa.WorldModel.Worlds

/-!
# Which linear worlds are stationary

With standard Gaussian latents and actions, there is noise that makes the world
`z' = M z + B a + η` stationary if and only if `M Mᵀ + B Bᵀ ≤ 1`: memory and actions explain at most
all of a latent.

## Main results
* `Lejepa.map_successor_eq_stdGaussian`: Gaussian noise of covariance `1 - (M Mᵀ + B Bᵀ)` makes the
  world stationary.
* `Lejepa.exists_stationary_iff`: the criterion.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory Complex

namespace Lejepa

variable {n k : ℕ}

/-- A symmetric matrix that is at most one falls short of it by a square. -/
theorem exists_mul_transpose_eq_one_sub {G : Matrix (Fin n) (Fin n) ℝ} (hG : G.IsSymm)
    (hle : ∀ x, x ⬝ᵥ G.mulVec x ≤ x ⬝ᵥ x) :
    ∃ A : Matrix (Fin n) (Fin n) ℝ, A * A.transpose = 1 - G := by
  obtain ⟨Q, hQ, g, hg⟩ := exists_orthogonal_diagonal hG
  have hQ₁ : Q * Q.transpose = 1 := (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hQ
  have hQ₂ : Q.transpose * Q = 1 := (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ
  have hg1 (i : Fin n) : 0 ≤ 1 - g i := by
    have h₁ := Matrix.dotProduct_mulVec_mulVec G Q (Pi.single i 1) (Pi.single i 1)
    have h₂ := Matrix.dotProduct_mulVec_mulVec (1 : Matrix (Fin n) (Fin n) ℝ) Q (Pi.single i 1)
      (Pi.single i 1)
    rw [hg, single_one_dotProduct, Matrix.mulVec_diagonal, Pi.single_eq_same, mul_one] at h₁
    rw [Matrix.one_mulVec, Matrix.mul_one, hQ₂, Matrix.one_mulVec, single_one_dotProduct,
      Pi.single_eq_same] at h₂
    have h := hle (Q.mulVec (Pi.single i 1))
    rw [h₁, h₂] at h
    exact sub_nonneg.2 h
  have hD : Matrix.diagonal (fun i ↦ √(1 - g i)) * Matrix.diagonal (fun i ↦ √(1 - g i)) =
      1 - Matrix.diagonal g := by
    rw [Matrix.diagonal_mul_diagonal, ← Matrix.diagonal_one, Matrix.diagonal_sub]
    exact congrArg Matrix.diagonal (funext fun i ↦ Real.mul_self_sqrt (hg1 i))
  have hGQ : Q * Matrix.diagonal g * Q.transpose = G := by
    calc Q * Matrix.diagonal g * Q.transpose = (Q * Q.transpose) * G * (Q * Q.transpose) := by
          rw [← hg]
          simp only [Matrix.mul_assoc]
      _ = G := by rw [hQ₁, Matrix.one_mul, Matrix.mul_one]
  refine ⟨Q * Matrix.diagonal fun i ↦ √(1 - g i), ?_⟩
  calc (Q * Matrix.diagonal fun i ↦ √(1 - g i)) *
        (Q * Matrix.diagonal fun i ↦ √(1 - g i)).transpose
      = Q * (Matrix.diagonal (fun i ↦ √(1 - g i)) * Matrix.diagonal (fun i ↦ √(1 - g i))) *
          Q.transpose := by
        rw [Matrix.transpose_mul, Matrix.diagonal_transpose]
        simp only [Matrix.mul_assoc]
    _ = 1 - G := by rw [hD, Matrix.mul_sub, Matrix.sub_mul, Matrix.mul_one, hQ₁, hGQ]

/-- Gaussian noise of covariance `1 - (M Mᵀ + B Bᵀ)` makes a linear world stationary. -/
theorem map_successor_eq_stdGaussian {M A : Matrix (Fin n) (Fin n) ℝ}
    {B : Matrix (Fin n) (Fin k) ℝ}
    (hA : A * A.transpose = 1 - (M * M.transpose + B * B.transpose)) :
    ((γ n).prod ((γ k).prod ((γ n).map A.mulVec))).map (successor M B) = γ n := by
  have hM : Measurable M.mulVec := measurable_mulVec M
  have hB : Measurable B.mulVec := measurable_mulVec B
  have hAm : Measurable A.mulVec := measurable_mulVec A
  have iν : IsProbabilityMeasure ((γ n).map A.mulVec) :=
    Measure.isProbabilityMeasure_map hAm.aemeasurable
  have iμ : IsProbabilityMeasure
      (((γ n).prod ((γ k).prod ((γ n).map A.mulVec))).map (successor M B)) :=
    Measure.isProbabilityMeasure_map (measurable_successor M B).aemeasurable
  have hY : Measurable fun q : (Fin k → ℝ) × (Fin n → ℝ) ↦ B.mulVec q.1 + q.2 :=
    (hB.comp measurable_fst).add measurable_snd
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  have e : successor M B = fun p : (Fin n → ℝ) × (Fin k → ℝ) × (Fin n → ℝ) ↦
      M.mulVec p.1 + (B.mulVec p.2.1 + p.2.2) := funext fun p ↦ add_assoc _ _ _
  have h₁ : charFunDual (((γ n).prod ((γ k).prod ((γ n).map A.mulVec))).map
        fun p : (Fin n → ℝ) × (Fin k → ℝ) × (Fin n → ℝ) ↦
          M.mulVec p.1 + (B.mulVec p.2.1 + p.2.2)) L =
      charFunDual ((γ n).map M.mulVec) L * charFunDual (((γ k).prod ((γ n).map A.mulVec)).map
        fun q : (Fin k → ℝ) × (Fin n → ℝ) ↦ B.mulVec q.1 + q.2) L :=
    charFunDual_map_add_prod (X := M.mulVec)
      (Y := fun q : (Fin k → ℝ) × (Fin n → ℝ) ↦ B.mulVec q.1 + q.2) hM hY L
  have h₂ : charFunDual (((γ k).prod ((γ n).map A.mulVec)).map
        fun q : (Fin k → ℝ) × (Fin n → ℝ) ↦ B.mulVec q.1 + q.2) L =
      charFunDual ((γ k).map B.mulVec) L *
        charFunDual (((γ n).map A.mulVec).map fun η ↦ η) L :=
    charFunDual_map_add_prod (X := B.mulVec) (Y := fun η ↦ η) hB measurable_id' L
  obtain ⟨l, hl⟩ : ∃ l : Fin n → ℝ, (fun i ↦ L (Pi.single i 1)) = l := ⟨_, rfl⟩
  have hs : ∑ i, L (Pi.single i 1) ^ 2 = l ⬝ᵥ l := by
    rw [← hl]
    exact Finset.sum_congr rfl fun i _ ↦ sq _
  have hq : l ⬝ᵥ (A * A.transpose).mulVec l =
      l ⬝ᵥ l - (l ⬝ᵥ (M * M.transpose).mulVec l + l ⬝ᵥ (B * B.transpose).mulVec l) := by
    rw [hA, Matrix.sub_mulVec, Matrix.one_mulVec, dotProduct_sub, Matrix.add_mulVec,
      dotProduct_add]
  rw [e, h₁, h₂, Measure.map_id', charFunDual_map_mulVec, charFunDual_map_mulVec,
    charFunDual_map_mulVec, charFunDual_stdGaussian, hl, hs, hq, ← exp_add, ← exp_add]
  congr 1
  push_cast
  ring

/-- **Which linear worlds are stationary**: those in which memory and actions explain at most all of
a latent. -/
theorem exists_stationary_iff {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ} :
    (∃ ν : Measure (Fin n → ℝ), IsProbabilityMeasure ν ∧
        ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) ↔
      ∀ x, x ⬝ᵥ (M * M.transpose + B * B.transpose).mulVec x ≤ x ⬝ᵥ x := by
  constructor
  · rintro ⟨ν, hν, stationary⟩ x
    exact (isGaussianDrift_controlled stationary).dotProduct_mulVec_le x
  · intro hle
    obtain ⟨A, hA⟩ := exists_mul_transpose_eq_one_sub
      ((Matrix.isSymm_mul_transpose_self M).add (isSymm_mul_transpose B)) hle
    exact ⟨(γ n).map A.mulVec,
      Measure.isProbabilityMeasure_map (measurable_mulVec A).aemeasurable,
      map_successor_eq_stdGaussian hA⟩

end Lejepa
