/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.DiagonalWorld
public import Lejepa.Converse.AdditiveNoise
public import Lejepa.ForMathlib.SingularValues
public import Lejepa.Hermite.Weight
public import Lejepa.Planning.Invariant
public import Lejepa.Regularizer.CramerWold

/-!
# Stationary linear worlds, through their singular values

The world `z' = M z + η` with `z ∼ γ n` and noise independent of it. That it is stationary fixes the
law of the noise. With `M = U D V`, `U` and `V` orthogonal, the pair `(V z, Uᵀ z')` is one of the
world in which each latent has a correlation of its own, so all of its correlations are known.

## Main results
* `Lejepa.noise_eq_of_stationary`: stationarity fixes the law of the noise.
* `Lejepa.map_snd_linear_eq_stdGaussian`: Gaussian noise that makes a linear world stationary.
* `Lejepa.measurePreserving_prodMap_mulVec`: how linear maps carry one linear world to another.
* `Lejepa.measurePreserving_diagOuLaw`: the pair `(V z, Uᵀ z')`.
* `Lejepa.hasSum_integral_mul_linear`: the spectral decomposition of correlations.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

namespace Lejepa

variable {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {ν : Measure (Fin n → ℝ)}

/-! ### Stationarity fixes the noise -/

/-- The characteristic function of the successor is that of `M z` times that of the noise. -/
theorem charFunDual_map_snd_linear [IsProbabilityMeasure ν] (L : StrongDual ℝ (Fin n → ℝ)) :
    charFunDual ((additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd) L =
      charFunDual (γ n) (L.comp (LinearMap.toContinuousLinearMap M.mulVecLin)) *
        charFunDual ν L := by
  have hm : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ M.mulVec p.1 + p.2 :=
    ((measurable_mulVec M).comp measurable_fst).add measurable_snd
  have hmap : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd =
      ((γ n).prod ν).map fun p ↦ M.mulVec p.1 + p.2 := by
    rw [additiveNoiseLaw]
    exact Measure.map_map measurable_snd (measurable_fst.prodMk hm)
  have e₁ : ∫ z, Complex.exp (L (M.mulVec z) * Complex.I) ∂γ n =
      charFunDual (γ n) (L.comp (LinearMap.toContinuousLinearMap M.mulVecLin)) :=
    (charFunDual_apply (L.comp (LinearMap.toContinuousLinearMap M.mulVecLin))).symm
  have e₂ : ∫ y, Complex.exp (L y * Complex.I) ∂ν = charFunDual ν L := (charFunDual_apply L).symm
  calc charFunDual ((additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd) L
      = ∫ p : (Fin n → ℝ) × (Fin n → ℝ), Complex.exp (L (M.mulVec p.1 + p.2) * Complex.I)
          ∂(γ n).prod ν := by
        rw [hmap, charFunDual_apply, integral_map hm.aemeasurable
          (Continuous.aestronglyMeasurable (by fun_prop))]
    _ = ∫ p : (Fin n → ℝ) × (Fin n → ℝ),
          Complex.exp (L (M.mulVec p.1) * Complex.I) * Complex.exp (L p.2 * Complex.I)
          ∂(γ n).prod ν := by
        refine integral_congr_ae (.of_forall fun p ↦ ?_)
        change Complex.exp (L (M.mulVec p.1 + p.2) * Complex.I) =
          Complex.exp (L (M.mulVec p.1) * Complex.I) * Complex.exp (L p.2 * Complex.I)
        rw [← Complex.exp_add, map_add, Complex.ofReal_add, add_mul]
    _ = (∫ z, Complex.exp (L (M.mulVec z) * Complex.I) ∂γ n) *
          ∫ y, Complex.exp (L y * Complex.I) ∂ν :=
        integral_prod_mul (fun z : Fin n → ℝ ↦ Complex.exp (L (M.mulVec z) * Complex.I))
          fun y : Fin n → ℝ ↦ Complex.exp (L y * Complex.I)
    _ = charFunDual (γ n) (L.comp (LinearMap.toContinuousLinearMap M.mulVecLin)) *
          charFunDual ν L := by
        rw [e₁, e₂]

/-- That a linear world of Gaussian latents is stationary fixes the law of its noise. -/
theorem noise_eq_of_stationary {ν' : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    [IsProbabilityMeasure ν'] (h : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    (h' : (additiveNoiseLaw (γ n) ν' M.mulVec).map Prod.snd = γ n) : ν = ν' := by
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  have e := charFunDual_map_snd_linear (M := M) (ν := ν) L
  have e' := charFunDual_map_snd_linear (M := M) (ν := ν') L
  rw [h] at e
  rw [h'] at e'
  have hne : charFunDual (γ n) (L.comp (LinearMap.toContinuousLinearMap M.mulVecLin)) ≠ 0 := by
    rw [charFunDual_stdGaussian]
    exact Complex.exp_ne_zero _
  exact mul_left_cancel₀ hne (e.symm.trans e')

/-- Gaussian noise of covariance `B Bᵀ = 1 - M Mᵀ` makes a linear world stationary. -/
theorem map_snd_linear_eq_stdGaussian {k : ℕ} {B : Matrix (Fin n) (Fin k) ℝ}
    (h : M * Mᵀ + B * Bᵀ = 1) :
    (additiveNoiseLaw (γ n) ((γ k).map B.mulVec) M.mulVec).map Prod.snd = γ n := by
  have hB : IsProbabilityMeasure ((γ k).map B.mulVec) :=
    Measure.isProbabilityMeasure_map (measurable_mulVec B).aemeasurable
  have hp : IsProbabilityMeasure (additiveNoiseLaw (γ n) ((γ k).map B.mulVec) M.mulVec) :=
    Measure.isProbabilityMeasure_map (measurePreserving_additiveNoiseLaw (μ := γ n)
      (ν := (γ k).map B.mulVec) (measurable_mulVec M)).measurable.aemeasurable
  have hp' : IsProbabilityMeasure
      ((additiveNoiseLaw (γ n) ((γ k).map B.mulVec) M.mulVec).map Prod.snd) :=
    Measure.isProbabilityMeasure_map measurable_snd.aemeasurable
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  obtain ⟨l, hl⟩ : ∃ l : Fin n → ℝ, ∀ j, L (Pi.single j 1) = l j := ⟨_, fun _ ↦ rfl⟩
  have hsq {i : ℕ} (N : Matrix (Fin n) (Fin i) ℝ) :
      charFunDual (γ i) (L.comp (LinearMap.toContinuousLinearMap N.mulVecLin)) =
        Complex.exp (-((l ⬝ᵥ (N * Nᵀ).mulVec l : ℝ) : ℂ) / 2) := by
    have hi (m : Fin i) : (L.comp (LinearMap.toContinuousLinearMap N.mulVecLin))
        (Pi.single m 1) = Nᵀ.mulVec l m := by
      change L (N.mulVec (Pi.single m 1)) = ∑ j, N j m * l j
      rw [Matrix.mulVec_single_one, StrongDual.pi_apply_eq_sum L (N.col m)]
      refine Finset.sum_congr rfl fun j _ ↦ ?_
      rw [hl]
      exact mul_comm _ _
    have hsum : ∑ m, Nᵀ.mulVec l m ^ 2 = l ⬝ᵥ (N * Nᵀ).mulVec l := by
      rw [← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec, ← Matrix.mulVec_transpose, dotProduct]
      exact Finset.sum_congr rfl fun m _ ↦ sq _
    rw [charFunDual_stdGaussian]
    simp only [hi]
    rw [hsum]
  have hmapB : charFunDual ((γ k).map B.mulVec) L =
      charFunDual (γ k) (L.comp (LinearMap.toContinuousLinearMap B.mulVecLin)) := by
    have hB' : B.mulVec = ⇑(LinearMap.toContinuousLinearMap B.mulVecLin) := rfl
    rw [hB', charFunDual_map]
  have hone : l ⬝ᵥ (M * Mᵀ).mulVec l + l ⬝ᵥ (B * Bᵀ).mulVec l =
      ∑ i, L (Pi.single i 1) ^ 2 := by
    rw [← dotProduct_add, ← Matrix.add_mulVec, h, Matrix.one_mulVec, dotProduct]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [hl, sq]
  rw [charFunDual_map_snd_linear, hmapB, hsq M, hsq B, ← Complex.exp_add, charFunDual_stdGaussian,
    ← hone, Complex.ofReal_add]
  congr 1
  ring

/-! ### Linear maps between linear worlds -/

/-- Where `W M = N V`, the pair `(V z, W z')` of the world of `M` is one of the world of `N`. -/
theorem measurePreserving_prodMap_mulVec [SFinite ν] {V W N : Matrix (Fin n) (Fin n) ℝ}
    (hV : MeasurePreserving V.mulVec (γ n) (γ n)) (h : W * M = N * V) :
    MeasurePreserving (Prod.map V.mulVec W.mulVec) (additiveNoiseLaw (γ n) ν M.mulVec)
      (additiveNoiseLaw (γ n) (ν.map W.mulVec) N.mulVec) := by
  have hW : Measurable W.mulVec := measurable_mulVec W
  have hM := (measurePreserving_additiveNoiseLaw (μ := γ n) (ν := ν)
    (measurable_mulVec M)).measurable
  have hN := (measurePreserving_additiveNoiseLaw (μ := γ n) (ν := ν.map W.mulVec)
    (measurable_mulVec N)).measurable
  have e : Prod.map V.mulVec W.mulVec ∘
      (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, M.mulVec p.1 + p.2)) =
      (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, N.mulVec p.1 + p.2)) ∘
        Prod.map V.mulVec W.mulVec := by
    funext p
    refine Prod.ext rfl ?_
    change W.mulVec (M.mulVec p.1 + p.2) = N.mulVec (V.mulVec p.1) + W.mulVec p.2
    rw [Matrix.mulVec_add, Matrix.mulVec_mulVec, Matrix.mulVec_mulVec, h]
  refine ⟨hV.measurable.prodMap hW, ?_⟩
  rw [additiveNoiseLaw, additiveNoiseLaw, Measure.map_map (hV.measurable.prodMap hW) hM, e,
    ← Measure.map_map hN (hV.measurable.prodMap hW),
    ← Measure.map_prod_map (γ n) ν hV.measurable hW, hV.map_eq]

private lemma measurable_scale (c : Fin n → ℝ) :
    Measurable fun η : Fin n → ℝ ↦ fun i ↦ c i * η i := by
  refine measurable_pi_lambda _ fun i ↦ ?_
  change Measurable fun η : Fin n → ℝ ↦ c i * η i
  fun_prop

/-- The world in which each latent has a correlation of its own, as a linear world. -/
theorem diagOuLaw_eq_additiveNoiseLaw (d : Fin n → ℝ) :
    diagOuLaw d = additiveNoiseLaw (γ n)
      ((γ n).map fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i)
      (Matrix.diagonal d).mulVec := by
  have hs : Measurable fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i :=
    measurable_scale fun i ↦ √(1 - d i ^ 2)
  have hstep : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (p.1, (Matrix.diagonal d).mulVec p.1 + p.2) :=
    measurable_fst.prodMk (((measurable_mulVec _).comp measurable_fst).add measurable_snd)
  have hprod : (γ n).prod ((γ n).map fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i) =
      ((γ n).prod (γ n)).map
        (Prod.map id fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i) := by
    rw [← Measure.map_prod_map (γ n) (γ n) measurable_id hs, Measure.map_id]
  have hcomp : (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
        (p.1, (Matrix.diagonal d).mulVec p.1 + p.2)) ∘
        Prod.map id (fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i) =
      fun p ↦ (p.1, fun i ↦ d i * p.1 i + √(1 - d i ^ 2) * p.2 i) := by
    funext p
    refine Prod.ext rfl (funext fun i ↦ ?_)
    change (Matrix.diagonal d).mulVec p.1 i + √(1 - d i ^ 2) * p.2 i =
      d i * p.1 i + √(1 - d i ^ 2) * p.2 i
    rw [Matrix.mulVec_diagonal]
  rw [diagOuLaw, additiveNoiseLaw, hprod, Measure.map_map hstep (measurable_id.prodMap hs), hcomp]

/-! ### Singular values -/

/-- With `M = U D V`, the pair `(V z, Uᵀ z')` is one of the world whose latents have the singular
values as correlations. -/
theorem measurePreserving_diagOuLaw [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    {U V : Matrix (Fin n) (Fin n) ℝ} (hU : U ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hV : V ∈ Matrix.orthogonalGroup (Fin n) ℝ) {d : Fin n → ℝ} (hd : ∀ i, |d i| ≤ 1)
    (hM : M = U * Matrix.diagonal d * V) :
    MeasurePreserving (Prod.map V.mulVec Uᵀ.mulVec) (additiveNoiseLaw (γ n) ν M.mulVec)
      (diagOuLaw d) := by
  have hUt := measurePreserving_mulVec (Matrix.transpose_mem_orthogonalGroup hU)
  have hUM : Uᵀ * M = Matrix.diagonal d * V := by
    rw [hM, ← Matrix.mul_assoc, ← Matrix.mul_assoc,
      (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hU, Matrix.one_mul]
  have hφ := measurePreserving_prodMap_mulVec (ν := ν) (measurePreserving_mulVec hV) hUM
  have hprob : IsProbabilityMeasure (ν.map Uᵀ.mulVec) :=
    Measure.isProbabilityMeasure_map (measurable_mulVec _).aemeasurable
  have hs : Measurable fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i :=
    measurable_scale fun i ↦ √(1 - d i ^ 2)
  have hprob' : IsProbabilityMeasure
      ((γ n).map fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i) :=
    Measure.isProbabilityMeasure_map hs.aemeasurable
  have hst : (additiveNoiseLaw (γ n) (ν.map Uᵀ.mulVec) (Matrix.diagonal d).mulVec).map Prod.snd =
      γ n := by
    have hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw (γ n) ν M.mulVec) (γ n) :=
      ⟨measurable_snd, stationary⟩
    calc (additiveNoiseLaw (γ n) (ν.map Uᵀ.mulVec) (Matrix.diagonal d).mulVec).map Prod.snd
        = ((additiveNoiseLaw (γ n) ν M.mulVec).map (Prod.map V.mulVec Uᵀ.mulVec)).map
            Prod.snd := by rw [hφ.map_eq]
      _ = (additiveNoiseLaw (γ n) ν M.mulVec).map (Prod.snd ∘ Prod.map V.mulVec Uᵀ.mulVec) :=
          Measure.map_map measurable_snd hφ.measurable
      _ = (additiveNoiseLaw (γ n) ν M.mulVec).map (Uᵀ.mulVec ∘ Prod.snd) := rfl
      _ = γ n := (hUt.comp hsnd).map_eq
  have hst' : (additiveNoiseLaw (γ n) ((γ n).map fun η : Fin n → ℝ ↦ fun i ↦ √(1 - d i ^ 2) * η i)
      (Matrix.diagonal d).mulVec).map Prod.snd = γ n := by
    rw [← diagOuLaw_eq_additiveNoiseLaw d]
    exact (measurePreserving_snd_diagOuLaw hd).map_eq
  rw [noise_eq_of_stationary hst hst', ← diagOuLaw_eq_additiveNoiseLaw d] at hφ
  exact hφ

/-- The spectral decomposition of the correlation of a function of the latent and one of its
successor, in a stationary linear world. -/
theorem hasSum_integral_mul_linear [IsProbabilityMeasure ν]
    (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    {U V : Matrix (Fin n) (Fin n) ℝ} (hU : U ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hV : V ∈ Matrix.orthogonalGroup (Fin n) ℝ) {d : Fin n → ℝ} (hd : ∀ i, |d i| ≤ 1)
    (hM : M = U * Matrix.diagonal d * V) {f g : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (hg : MemLp g 2 (γ n)) :
    HasSum (fun α : Fin n → ℕ ↦ (∏ i, d i ^ α i) *
        (hermiteCoeff (fun z ↦ f (Vᵀ.mulVec z)) α * hermiteCoeff (fun z ↦ g (U.mulVec z)) α))
      (∫ p, f p.1 * g p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec) := by
  have hφ := measurePreserving_diagOuLaw stationary hU hV hd hM
  have hf' : MemLp (fun z ↦ f (Vᵀ.mulVec z)) 2 (γ n) := hf.comp_measurePreserving
    (measurePreserving_mulVec (Matrix.transpose_mem_orthogonalGroup hV))
  have hg' : MemLp (fun z ↦ g (U.mulVec z)) 2 (γ n) :=
    hg.comp_measurePreserving (measurePreserving_mulVec hU)
  have hint : Integrable (fun q : (Fin n → ℝ) × (Fin n → ℝ) ↦
      f (Vᵀ.mulVec q.1) * g (U.mulVec q.2)) (diagOuLaw d) :=
    integrable_mul_of_measurePreserving (measurePreserving_fst_diagOuLaw d)
      (measurePreserving_snd_diagOuLaw hd) hf' hg'
  have e : ∫ p, f p.1 * g p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec =
      ∫ q, f (Vᵀ.mulVec q.1) * g (U.mulVec q.2) ∂diagOuLaw d :=
    calc ∫ p, f p.1 * g p.2 ∂additiveNoiseLaw (γ n) ν M.mulVec
        = ∫ p, f (Vᵀ.mulVec (V.mulVec p.1)) * g (U.mulVec (Uᵀ.mulVec p.2))
            ∂additiveNoiseLaw (γ n) ν M.mulVec := by
          refine integral_congr_ae (.of_forall fun p ↦ ?_)
          change f p.1 * g p.2 =
            f (Vᵀ.mulVec (V.mulVec p.1)) * g (U.mulVec (Uᵀ.mulVec p.2))
          rw [Matrix.mulVec_mulVec, Matrix.mulVec_mulVec,
            (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hV,
            (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hU, Matrix.one_mulVec,
            Matrix.one_mulVec]
      _ = ∫ q, f (Vᵀ.mulVec q.1) * g (U.mulVec q.2) ∂diagOuLaw d :=
          hφ.integral_comp_of_aestronglyMeasurable
            (g := fun q : (Fin n → ℝ) × (Fin n → ℝ) ↦
              f (Vᵀ.mulVec q.1) * g (U.mulVec q.2)) hint.1
  rw [e]
  exact hasSum_integral_mul_diagOuLaw hd hf' hg'

end Lejepa
