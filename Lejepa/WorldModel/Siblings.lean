/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.DiagonalWorld
public import Lejepa.Planning.Invariant
public import Lejepa.WorldModel.Drift

/-!
# Siblings: two successors of one context

Two successors of one context, with noises of their own, are an exchangeable pair of standard
Gaussians of correlation `G`. In eigenvectors of `G` they are a pair of the world in which each
latent has a correlation of its own, and correlations of steps are correlations of siblings.

## Main definitions
* `Lejepa.siblingLaw κ ν d`: the law of the pair.

## Main results
* `Lejepa.IsGaussianDrift.map_siblingLaw`: in eigenvectors of `G`.
* `Lejepa.IsGaussianDrift.integral_step_mul_step`: correlations of steps are those of siblings.
* `Lejepa.IsGaussianDrift.hasSum_integral_step_mul_step`: their spectral decomposition.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory Complex

noncomputable section

namespace Lejepa

variable {n : ℕ} {C : Type*} [MeasurableSpace C] {κ : Measure C} {ν : Measure (Fin n → ℝ)}
  {d : C → Fin n → ℝ} {G Q : Matrix (Fin n) (Fin n) ℝ} {g : Fin n → ℝ} {f f' : (Fin n → ℝ) → ℝ}

/-- The law of two successors `d c + η`, `d c + η'` of one context, with noises of their own. -/
def siblingLaw (κ : Measure C) (ν : Measure (Fin n → ℝ)) (d : C → Fin n → ℝ) :
    Measure ((Fin n → ℝ) × (Fin n → ℝ)) :=
  (κ.prod (ν.prod ν)).map fun p ↦ (d p.1 + p.2.1, d p.1 + p.2.2)

private theorem measurable_siblings (hd : Measurable d) :
    Measurable fun p : C × (Fin n → ℝ) × (Fin n → ℝ) ↦ (d p.1 + p.2.1, d p.1 + p.2.2) :=
  ((hd.comp measurable_fst).add (measurable_fst.comp measurable_snd)).prodMk
    ((hd.comp measurable_fst).add (measurable_snd.comp measurable_snd))

namespace IsGaussianDrift

variable [IsProbabilityMeasure κ] [IsProbabilityMeasure ν]

/-! ### The law of siblings -/

/-- The law of two siblings of a Gaussian drift is a probability measure. -/
theorem isProbabilityMeasure_siblingLaw (hd : IsGaussianDrift κ ν d G) :
    IsProbabilityMeasure (siblingLaw κ ν d) :=
  Measure.isProbabilityMeasure_map (measurable_siblings hd.measurable).aemeasurable

/-- Each of two siblings is standard Gaussian. -/
theorem measurePreserving_fst_siblingLaw (hd : IsGaussianDrift κ ν d G) :
    MeasurePreserving Prod.fst (siblingLaw κ ν d) (γ n) := by
  refine ⟨measurable_fst, ?_⟩
  have h : MeasurePreserving (Prod.map id Prod.fst : C × (Fin n → ℝ) × (Fin n → ℝ) → _)
      (κ.prod (ν.prod ν)) (κ.prod ν) := (MeasurePreserving.id κ).prod measurePreserving_fst
  rw [siblingLaw, Measure.map_map measurable_fst (measurable_siblings hd.measurable)]
  exact (hd.measurePreserving.comp h).map_eq

/-- Each of two siblings is standard Gaussian. -/
theorem measurePreserving_snd_siblingLaw (hd : IsGaussianDrift κ ν d G) :
    MeasurePreserving Prod.snd (siblingLaw κ ν d) (γ n) := by
  refine ⟨measurable_snd, ?_⟩
  have h : MeasurePreserving (Prod.map id Prod.snd : C × (Fin n → ℝ) × (Fin n → ℝ) → _)
      (κ.prod (ν.prod ν)) (κ.prod ν) := (MeasurePreserving.id κ).prod measurePreserving_snd
  rw [siblingLaw, Measure.map_map measurable_snd (measurable_siblings hd.measurable)]
  exact (hd.measurePreserving.comp h).map_eq

/-- The characteristic function of siblings. -/
theorem charFunDual_siblingLaw (hd : IsGaussianDrift κ ν d G)
    (L : StrongDual ℝ ((Fin n → ℝ) × (Fin n → ℝ))) {u w : Fin n → ℝ}
    (hu : ∀ i, L (Pi.single i 1, 0) = u i) (hw : ∀ i, L (0, Pi.single i 1) = w i) :
    charFunDual (siblingLaw κ ν d) L =
      cexp (-((u ⬝ᵥ u + w ⬝ᵥ w + 2 * (u ⬝ᵥ G.mulVec w) : ℝ) : ℂ) / 2) := by
  obtain ⟨L₁, hL₁⟩ : ∃ L₁ : StrongDual ℝ (Fin n → ℝ),
      L₁ = L.comp (.inl ℝ (Fin n → ℝ) (Fin n → ℝ)) := ⟨_, rfl⟩
  obtain ⟨L₂, hL₂⟩ : ∃ L₂ : StrongDual ℝ (Fin n → ℝ),
      L₂ = L.comp (.inr ℝ (Fin n → ℝ) (Fin n → ℝ)) := ⟨_, rfl⟩
  have eu (i : Fin n) : L₁ (Pi.single i 1) = u i := by
    rw [hL₁]
    exact hu i
  have ew (i : Fin n) : L₂ (Pi.single i 1) = w i := by
    rw [hL₂]
    exact hw i
  have euw : (fun i ↦ (L₁ + L₂) (Pi.single i 1)) = u + w := funext fun i ↦ by
    change L₁ (Pi.single i 1) + L₂ (Pi.single i 1) = u i + w i
    rw [eu, ew]
  have h₁ := hd.charFunDual (L₁ + L₂)
  have h₂ := hd.charFunDual_noise L₁
  have h₃ := hd.charFunDual_noise L₂
  rw [euw] at h₁
  rw [(funext eu : (fun i ↦ L₁ (Pi.single i 1)) = u)] at h₂
  rw [(funext ew : (fun i ↦ L₂ (Pi.single i 1)) = w)] at h₃
  have h : charFunDual (siblingLaw κ ν d) L =
      charFunDual (κ.map d) (L₁ + L₂) * (charFunDual ν L₁ * charFunDual ν L₂) := by
    rw [hL₁, hL₂]
    exact charFunDual_map_add_add_prod hd.measurable L
  have hs : w ⬝ᵥ G.mulVec u = u ⬝ᵥ G.mulVec w := by
    rw [Matrix.dotProduct_mulVec w G u, ← Matrix.mulVec_transpose, hd.isSymm.eq, dotProduct_comm]
  have hq : (u + w) ⬝ᵥ G.mulVec (u + w) +
      ((u ⬝ᵥ u - u ⬝ᵥ G.mulVec u) + (w ⬝ᵥ w - w ⬝ᵥ G.mulVec w)) =
        u ⬝ᵥ u + w ⬝ᵥ w + 2 * (u ⬝ᵥ G.mulVec w) := by
    rw [Matrix.mulVec_add, add_dotProduct, dotProduct_add, dotProduct_add, hs]
    ring
  rw [h, h₁, h₂, h₃, ← exp_add, ← exp_add, ← hq]
  congr 1
  push_cast
  ring

/-! ### In eigenvectors of the covariance -/

/-- The eigenvalues of the covariance lie between zero and one. -/
theorem eigenvalue_mem (hd : IsGaussianDrift κ ν d G) (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hg : Q.transpose * G * Q = Matrix.diagonal g) (i : Fin n) : 0 ≤ g i ∧ g i ≤ 1 := by
  have hQ' : Q.transpose * Q = 1 := (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ
  have h₁ := Matrix.dotProduct_mulVec_mulVec G Q (Pi.single i 1) (Pi.single i 1)
  have h₂ := Matrix.dotProduct_mulVec_mulVec (1 : Matrix (Fin n) (Fin n) ℝ) Q (Pi.single i 1)
    (Pi.single i 1)
  rw [hg, single_one_dotProduct, Matrix.mulVec_diagonal, Pi.single_eq_same, mul_one] at h₁
  rw [Matrix.one_mulVec, Matrix.mul_one, hQ', Matrix.one_mulVec, single_one_dotProduct,
    Pi.single_eq_same] at h₂
  have a := hd.dotProduct_mulVec_nonneg (Q.mulVec (Pi.single i 1))
  have b := hd.dotProduct_mulVec_le (Q.mulVec (Pi.single i 1))
  rw [h₁] at a
  rw [h₁, h₂] at b
  exact ⟨a, b⟩

/-- The eigenvalues of the drift's covariance are at most one in absolute value. -/
theorem abs_eigenvalue_le_one (hd : IsGaussianDrift κ ν d G)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hg : Q.transpose * G * Q = Matrix.diagonal g)
    (i : Fin n) : |g i| ≤ 1 := by
  rw [abs_of_nonneg (hd.eigenvalue_mem hQ hg i).1]
  exact (hd.eigenvalue_mem hQ hg i).2

/-- In eigenvectors of the covariance, siblings are a pair of the world in which each latent has a
correlation of its own. -/
theorem map_siblingLaw (hd : IsGaussianDrift κ ν d G) (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hg : Q.transpose * G * Q = Matrix.diagonal g) :
    (siblingLaw κ ν d).map (Prod.map Q.transpose.mulVec Q.transpose.mulVec) = diagOuLaw g := by
  have hQ' : Q.transpose * Q = 1 := (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ
  have hQm : Measurable Q.transpose.mulVec := measurable_mulVec Q.transpose
  have h₁ := hd.isProbabilityMeasure_siblingLaw
  have h₂ : IsProbabilityMeasure
      ((siblingLaw κ ν d).map (Prod.map Q.transpose.mulVec Q.transpose.mulVec)) :=
    Measure.isProbabilityMeasure_map (hQm.prodMap hQm).aemeasurable
  obtain ⟨R, hR⟩ : ∃ R : (Fin n → ℝ) × (Fin n → ℝ) →L[ℝ] (Fin n → ℝ) × (Fin n → ℝ),
      ∀ p, R p = Prod.map Q.transpose.mulVec Q.transpose.mulVec p :=
    ⟨((LinearMap.toContinuousLinearMap Q.transpose.mulVecLin).comp
        (ContinuousLinearMap.fst ℝ (Fin n → ℝ) (Fin n → ℝ))).prod
      ((LinearMap.toContinuousLinearMap Q.transpose.mulVecLin).comp
        (ContinuousLinearMap.snd ℝ (Fin n → ℝ) (Fin n → ℝ))), fun _ ↦ rfl⟩
  have hR' : Prod.map Q.transpose.mulVec Q.transpose.mulVec = ⇑R := (funext hR).symm
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  obtain ⟨u, hu⟩ : ∃ u : Fin n → ℝ, ∀ i, L (Pi.single i 1, 0) = u i := ⟨_, fun _ ↦ rfl⟩
  obtain ⟨w, hw⟩ : ∃ w : Fin n → ℝ, ∀ i, L (0, Pi.single i 1) = w i := ⟨_, fun _ ↦ rfl⟩
  have hu' (i : Fin n) : (L.comp R) (Pi.single i 1, 0) = Q.mulVec u i := by
    have e : R (Pi.single i 1, 0) = (Q.transpose.mulVec (Pi.single i 1), 0) :=
      (hR _).trans (Prod.ext rfl (Matrix.mulVec_zero Q.transpose))
    calc (L.comp R) (Pi.single i 1, 0) = L (R (Pi.single i 1, 0)) := rfl
      _ = L (Q.transpose.mulVec (Pi.single i 1), 0) := by rw [e]
      _ = (L.comp (.inl ℝ (Fin n → ℝ) (Fin n → ℝ))) (Q.transpose.mulVec (Pi.single i 1)) := rfl
      _ = ∑ j, Q.transpose j i * (L.comp (.inl ℝ (Fin n → ℝ) (Fin n → ℝ))) (Pi.single j 1) :=
        StrongDual.apply_mulVec_single _ _ i
      _ = Q.mulVec u i := Finset.sum_congr rfl fun j _ ↦ congrArg (fun x : ℝ ↦ Q i j * x) (hu j)
  have hw' (i : Fin n) : (L.comp R) (0, Pi.single i 1) = Q.mulVec w i := by
    have e : R (0, Pi.single i 1) = (0, Q.transpose.mulVec (Pi.single i 1)) :=
      (hR _).trans (Prod.ext (Matrix.mulVec_zero Q.transpose) rfl)
    calc (L.comp R) (0, Pi.single i 1) = L (R (0, Pi.single i 1)) := rfl
      _ = L (0, Q.transpose.mulVec (Pi.single i 1)) := by rw [e]
      _ = (L.comp (.inr ℝ (Fin n → ℝ) (Fin n → ℝ))) (Q.transpose.mulVec (Pi.single i 1)) := rfl
      _ = ∑ j, Q.transpose j i * (L.comp (.inr ℝ (Fin n → ℝ) (Fin n → ℝ))) (Pi.single j 1) :=
        StrongDual.apply_mulVec_single _ _ i
      _ = Q.mulVec w i := Finset.sum_congr rfl fun j _ ↦ congrArg (fun x : ℝ ↦ Q i j * x) (hw j)
  have e (x : Fin n → ℝ) : Q.mulVec x ⬝ᵥ Q.mulVec x = ∑ i, x i ^ 2 := by
    have h := Matrix.dotProduct_mulVec_mulVec (1 : Matrix (Fin n) (Fin n) ℝ) Q x x
    rw [Matrix.one_mulVec, Matrix.mul_one, hQ', Matrix.one_mulVec] at h
    rw [h]
    exact Finset.sum_congr rfl fun i _ ↦ (sq _).symm
  have hq : Q.mulVec u ⬝ᵥ Q.mulVec u + Q.mulVec w ⬝ᵥ Q.mulVec w +
      2 * (Q.mulVec u ⬝ᵥ G.mulVec (Q.mulVec w)) =
      ∑ i, (L (Pi.single i 1, 0) ^ 2 + L (0, Pi.single i 1) ^ 2 +
        2 * g i * L (Pi.single i 1, 0) * L (0, Pi.single i 1)) := by
    rw [e, e, Matrix.dotProduct_mulVec_mulVec, hg, Matrix.dotProduct_diagonal_mulVec,
      Finset.mul_sum, ← Finset.sum_add_distrib, ← Finset.sum_add_distrib]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [hu, hw]
    ring
  rw [hR', charFunDual_map,
    hd.charFunDual_siblingLaw (L.comp R) (u := Q.mulVec u) (w := Q.mulVec w) hu' hw', hq,
    charFunDual_diagOuLaw (hd.abs_eigenvalue_le_one hQ hg)]

/-! ### Correlations of steps -/

/-- The correlation of two steps is that of siblings. -/
theorem integral_step_mul_step (hd : IsGaussianDrift κ ν d G) (hf : MemLp f 2 (γ n))
    (hf' : MemLp f' 2 (γ n)) :
    ∫ c, step ν d f c * step ν d f' c ∂κ = ∫ p, f p.1 * f' p.2 ∂siblingLaw κ ν d := by
  have hm := measurable_siblings (C := C) hd.measurable
  have h₁ : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ f p.1) 2 (siblingLaw κ ν d) :=
    hf.comp_measurePreserving hd.measurePreserving_fst_siblingLaw
  have h₂ : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ f' p.2) 2 (siblingLaw κ ν d) :=
    hf'.comp_measurePreserving hd.measurePreserving_snd_siblingLaw
  have hint : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ f p.1 * f' p.2)
      (siblingLaw κ ν d) := h₁.integrable_mul h₂
  have hint' : Integrable
      (fun p : C × (Fin n → ℝ) × (Fin n → ℝ) ↦ f (d p.1 + p.2.1) * f' (d p.1 + p.2.2))
      (κ.prod (ν.prod ν)) := (integrable_map_measure hint.1 hm.aemeasurable).1 hint
  calc ∫ c, step ν d f c * step ν d f' c ∂κ
      = ∫ c, ∫ q : (Fin n → ℝ) × (Fin n → ℝ), f (d c + q.1) * f' (d c + q.2) ∂(ν.prod ν) ∂κ := by
        refine integral_congr_ae (ae_of_all _ fun c ↦ ?_)
        change step ν d f c * step ν d f' c =
          ∫ q : (Fin n → ℝ) × (Fin n → ℝ), f (d c + q.1) * f' (d c + q.2) ∂(ν.prod ν)
        exact (integral_prod_mul (fun η ↦ f (d c + η)) fun η ↦ f' (d c + η)).symm
    _ = ∫ p : C × (Fin n → ℝ) × (Fin n → ℝ), f (d p.1 + p.2.1) * f' (d p.1 + p.2.2)
          ∂(κ.prod (ν.prod ν)) := (integral_prod _ hint').symm
    _ = ∫ p, f p.1 * f' p.2 ∂siblingLaw κ ν d := (integral_map hm.aemeasurable hint.1).symm

/-- The spectral decomposition of the correlation of two steps, in eigenvectors of the
covariance. -/
theorem hasSum_integral_step_mul_step (hd : IsGaussianDrift κ ν d G)
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (hg : Q.transpose * G * Q = Matrix.diagonal g)
    (hf : MemLp f 2 (γ n)) (hf' : MemLp f' 2 (γ n)) :
    HasSum (fun α ↦ (∏ i, g i ^ α i) * (hermiteCoeff (fun z ↦ f (Q.mulVec z)) α *
        hermiteCoeff (fun z ↦ f' (Q.mulVec z)) α))
      (∫ c, step ν d f c * step ν d f' c ∂κ) := by
  have hρ := hd.abs_eigenvalue_le_one hQ hg
  have hQm : Measurable Q.transpose.mulVec := measurable_mulVec Q.transpose
  have hmp : MeasurePreserving (Prod.map Q.transpose.mulVec Q.transpose.mulVec)
      (siblingLaw κ ν d) (diagOuLaw g) := ⟨hQm.prodMap hQm, hd.map_siblingLaw hQ hg⟩
  have hQγ : MeasurePreserving Q.mulVec (γ n) (γ n) :=
    ⟨measurable_mulVec Q, map_mulVec_stdGaussian hQ⟩
  have h₁ : MemLp (fun z ↦ f (Q.mulVec z)) 2 (γ n) := hf.comp_measurePreserving hQγ
  have h₂ : MemLp (fun z ↦ f' (Q.mulVec z)) 2 (γ n) := hf'.comp_measurePreserving hQγ
  have h₁' : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ f (Q.mulVec p.1)) 2 (diagOuLaw g) :=
    h₁.comp_measurePreserving (measurePreserving_fst_diagOuLaw g)
  have h₂' : MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ f' (Q.mulVec p.2)) 2 (diagOuLaw g) :=
    h₂.comp_measurePreserving (measurePreserving_snd_diagOuLaw hρ)
  have hint : Integrable
      (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ f (Q.mulVec p.1) * f' (Q.mulVec p.2))
      (diagOuLaw g) := h₁'.integrable_mul h₂'
  have hQQ (z : Fin n → ℝ) : Q.mulVec (Q.transpose.mulVec z) = z := by
    rw [Matrix.mulVec_mulVec, (Matrix.mem_orthogonalGroup_iff (Fin n) ℝ).1 hQ, Matrix.one_mulVec]
  have e : ∫ c, step ν d f c * step ν d f' c ∂κ =
      ∫ p, f (Q.mulVec p.1) * f' (Q.mulVec p.2) ∂diagOuLaw g := by
    rw [hd.integral_step_mul_step hf hf', ← hmp.integral_comp_of_aestronglyMeasurable hint.1]
    refine integral_congr_ae (ae_of_all _ fun p ↦ ?_)
    change f p.1 * f' p.2 =
      f (Q.mulVec (Q.transpose.mulVec p.1)) * f' (Q.mulVec (Q.transpose.mulVec p.2))
    rw [hQQ, hQQ]
  rw [e]
  exact hasSum_integral_mul_diagOuLaw hρ h₁ h₂

end IsGaussianDrift

end Lejepa
