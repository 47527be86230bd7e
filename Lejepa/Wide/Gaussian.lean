/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.LinearForm
public import Lejepa.ForMathlib.ContinuousDotProduct
public import Lejepa.ForMathlib.SingularValues
public import Lejepa.Hermite.Weight
public import Lejepa.Planning.Invariant

/-!
# Embeddings wider than the world: a Gaussian one has no exact readout

An encoder whose output is exactly Gaussian in more dimensions than the world has never carries the
latents linearly. For were `L h = z` almost surely, there would be `v ≠ 0` with `L v = 0`, and the
reflection that turns `v` into `-v` would keep both the law of `h` and `L h`, hence `z`. So `v · h`
would have no correlation with any function of `z`; yet it is one, of variance `‖v‖²`.

## Main results
* `Lejepa.not_ae_eq_readout_of_map_eq_stdGaussian`

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n m : ℕ}

private lemma reflection_mulVec (v x : Fin m → ℝ) :
    ((1 : Matrix (Fin m) (Fin m) ℝ) - (2 / (v ⬝ᵥ v)) • Matrix.vecMulVec v v).mulVec x =
      x - (2 / (v ⬝ᵥ v) * (v ⬝ᵥ x)) • v := by
  have h : (Matrix.vecMulVec v v).mulVec x = (v ⬝ᵥ x) • v := by
    funext i
    change ∑ j, v i * v j * x j = (∑ j, v j * x j) * v i
    rw [Finset.sum_mul]
    exact Finset.sum_congr rfl fun j _ ↦ by ring
  rw [Matrix.sub_mulVec, Matrix.one_mulVec, Matrix.smul_mulVec, h, smul_smul]

private lemma exists_ne_zero_mulVec_eq_zero (hnm : n < m) (L : Matrix (Fin n) (Fin m) ℝ) :
    ∃ v : Fin m → ℝ, v ⬝ᵥ v ≠ 0 ∧ L.mulVec v = 0 := by
  have hker : LinearMap.ker L.mulVecLin ≠ ⊥ := by
    refine LinearMap.ker_ne_bot_of_finrank_lt ?_
    rw [Module.finrank_fin_fun, Module.finrank_fin_fun]
    exact hnm
  obtain ⟨v, hv, hv₀⟩ := Submodule.exists_mem_ne_zero_of_ne_bot hker
  exact ⟨v, (Matrix.dotProduct_self_pos hv₀).ne', LinearMap.mem_ker.1 hv⟩

/-- **A Gaussian embedding that is too wide has no exact readout.** If the output of a measurable
encoder of `n` standard Gaussian latents is standard Gaussian in `m > n` dimensions, no linear
readout of it equals the latents almost everywhere. -/
theorem not_ae_eq_readout_of_map_eq_stdGaussian {n m : ℕ} (hnm : n < m)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hm : Measurable h) (hγ : (γ n).map h = γ m)
    (L : Matrix (Fin n) (Fin m) ℝ) : ¬ (fun z ↦ L.mulVec (h z)) =ᵐ[γ n] id := by
  intro hL
  obtain ⟨v, hv, hLv⟩ := exists_ne_zero_mulVec_eq_zero hnm L
  obtain ⟨R, hR⟩ : ∃ R : Matrix (Fin m) (Fin m) ℝ,
      R = 1 - (2 / (v ⬝ᵥ v)) • Matrix.vecMulVec v v := ⟨_, rfl⟩
  have hRO : R ∈ Matrix.orthogonalGroup (Fin m) ℝ := by
    rw [hR]
    exact Matrix.reflection_mem_orthogonalGroup hv
  have hRx (x : Fin m → ℝ) : R.mulVec x = x - (2 / (v ⬝ᵥ v) * (v ⬝ᵥ x)) • v := by
    rw [hR, reflection_mulVec]
  have hvR (x : Fin m → ℝ) : v ⬝ᵥ R.mulVec x = -(v ⬝ᵥ x) := by
    have e : 2 / (v ⬝ᵥ v) * (v ⬝ᵥ x) * (v ⬝ᵥ v) = 2 * (v ⬝ᵥ x) := by
      rw [mul_right_comm, div_mul_cancel₀ _ hv]
    rw [hRx, dotProduct_sub, dotProduct_smul, smul_eq_mul, e]
    ring
  have hLR (x : Fin m → ℝ) : L.mulVec (R.mulVec x) = L.mulVec x := by
    rw [hRx, Matrix.mulVec_sub, Matrix.mulVec_smul, hLv, smul_zero, sub_zero]
  -- `F x = (v · x) (v · h (L x))`
  obtain ⟨F, hF⟩ : ∃ F : (Fin m → ℝ) → ℝ, ∀ x, F x = (v ⬝ᵥ x) * (v ⬝ᵥ h (L.mulVec x)) :=
    ⟨_, fun _ ↦ rfl⟩
  have hvm : Measurable fun x : Fin m → ℝ ↦ v ⬝ᵥ x := measurable_dotProduct_const v
  have hFm : Measurable F := by
    rw [funext hF]
    exact hvm.mul (hvm.comp (hm.comp (measurable_mulVec L)))
  have hneg : ∫ x, F x ∂γ m = -∫ x, F x ∂γ m :=
    calc ∫ x, F x ∂γ m = ∫ x, F (R.mulVec x) ∂γ m :=
          ((measurePreserving_mulVec hRO).integral_comp_of_aestronglyMeasurable
            hFm.aestronglyMeasurable).symm
      _ = ∫ x, -F x ∂γ m := by
          refine integral_congr_ae (.of_forall fun x ↦ ?_)
          change F (R.mulVec x) = -F x
          rw [hF, hF, hvR, hLR, neg_mul]
      _ = -∫ x, F x ∂γ m := integral_neg F
  have hmp : MeasurePreserving h (γ n) (γ m) := ⟨hm, hγ⟩
  have hsq : Measurable fun x : Fin m → ℝ ↦ (v ⬝ᵥ x) * (v ⬝ᵥ x) := hvm.mul hvm
  have hvar : v ⬝ᵥ v = ∫ x, F x ∂γ m :=
    calc v ⬝ᵥ v = ∫ x, (v ⬝ᵥ x) * (v ⬝ᵥ x) ∂γ m := (integral_linear_mul_linear v v).symm
      _ = ∫ z, (v ⬝ᵥ h z) * (v ⬝ᵥ h z) ∂γ n :=
          (hmp.integral_comp_of_aestronglyMeasurable
            (g := fun x ↦ (v ⬝ᵥ x) * (v ⬝ᵥ x)) hsq.aestronglyMeasurable).symm
      _ = ∫ z, F (h z) ∂γ n := by
          refine integral_congr_ae ?_
          filter_upwards [hL] with z hz
          have hz' : L.mulVec (h z) = z := hz
          rw [hF, hz']
      _ = ∫ x, F x ∂γ m :=
          hmp.integral_comp_of_aestronglyMeasurable hFm.aestronglyMeasurable
  exact hv (by linarith)

end Lejepa
