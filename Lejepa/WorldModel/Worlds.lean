/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Basic
public import Lejepa.WorldModel.Drift

/-!
# Linear worlds have Gaussian drift

## Main results
* `Lejepa.charFunDual_map_mulVec`: the characteristic function of `A z`, `z` standard Gaussian.
* `Lejepa.isGaussianDrift_linear`: a stationary linear world, without actions; `G = M Mᵀ`.
* `Lejepa.isGaussianDrift_controlled`: with actions; `G = M Mᵀ + B Bᵀ`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory Complex

namespace Lejepa

variable {n k : ℕ} {ν : Measure (Fin n → ℝ)} {M : Matrix (Fin n) (Fin n) ℝ}
  {B : Matrix (Fin n) (Fin k) ℝ}

private lemma sum_sq_eq (A : Matrix (Fin n) (Fin k) ℝ) (l : Fin n → ℝ) :
    ∑ i, (∑ j, A j i * l j) ^ 2 = l ⬝ᵥ (A * A.transpose).mulVec l := by
  have h (i : Fin k) : A.transpose.mulVec l i = ∑ j, A j i * l j := rfl
  have e : ∑ i, (∑ j, A j i * l j) ^ 2 = A.transpose.mulVec l ⬝ᵥ A.transpose.mulVec l := by
    simp only [dotProduct, h, sq]
  rw [e, Matrix.mulVec_dotProduct_eq, Matrix.transpose_transpose, Matrix.mulVec_mulVec]

/-- The characteristic function of a linear image of the standard Gaussian. -/
theorem charFunDual_map_mulVec (A : Matrix (Fin n) (Fin k) ℝ) (L : StrongDual ℝ (Fin n → ℝ)) :
    charFunDual ((γ k).map A.mulVec) L =
      cexp (-(((fun i ↦ L (Pi.single i 1)) ⬝ᵥ
        (A * A.transpose).mulVec (fun i ↦ L (Pi.single i 1)) : ℝ) : ℂ) / 2) := by
  have hA : A.mulVec = ⇑(LinearMap.toContinuousLinearMap A.mulVecLin) := rfl
  have h (i : Fin k) : (L.comp (LinearMap.toContinuousLinearMap A.mulVecLin)) (Pi.single i 1) =
      ∑ j, A j i * L (Pi.single j 1) := StrongDual.apply_mulVec_single A L i
  rw [hA, charFunDual_map, charFunDual_stdGaussian]
  simp only [h]
  rw [sum_sq_eq A fun j ↦ L (Pi.single j 1)]

/-- A stationary linear world has Gaussian drift. -/
theorem isGaussianDrift_linear
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n) :
    IsGaussianDrift (γ n) ν M.mulVec (M * M.transpose) := by
  have hM : Measurable M.mulVec := measurable_mulVec M
  have hm : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, M.mulVec p.1 + p.2) :=
    measurable_fst.prodMk ((hM.comp measurable_fst).add measurable_snd)
  refine ⟨hM, ?_, Matrix.isSymm_mul_transpose_self M, charFunDual_map_mulVec M⟩
  rw [additiveNoiseLaw, Measure.map_map measurable_snd hm] at stationary
  exact stationary

/-- A matrix times its transpose is symmetric. -/
theorem isSymm_mul_transpose (B : Matrix (Fin n) (Fin k) ℝ) : (B * B.transpose).IsSymm := by
  rw [Matrix.IsSymm, Matrix.transpose_mul, Matrix.transpose_transpose]

/-- A stationary linear world with actions has Gaussian drift. -/
theorem isGaussianDrift_controlled [SFinite ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) :
    IsGaussianDrift ((γ n).prod (γ k)) ν (fun c ↦ M.mulVec c.1 + B.mulVec c.2)
      (M * M.transpose + B * B.transpose) := by
  have hM : Measurable M.mulVec := measurable_mulVec M
  have hB : Measurable B.mulVec := measurable_mulVec B
  refine ⟨(hM.comp measurable_fst).add (hB.comp measurable_snd), ?_,
    (Matrix.isSymm_mul_transpose_self M).add (isSymm_mul_transpose B), fun L ↦ ?_⟩
  · rw [← (measurePreserving_prodAssoc (γ n) (γ k) ν).map_eq,
      Measure.map_map (measurable_successor M B) MeasurableEquiv.prodAssoc.measurable] at stationary
    exact stationary
  · rw [charFunDual_map_add_prod (κ := γ n) (τ := γ k) hM hB L, charFunDual_map_mulVec,
      charFunDual_map_mulVec, ← exp_add, Matrix.add_mulVec, dotProduct_add, ofReal_add]
    congr 1
    ring

end Lejepa
