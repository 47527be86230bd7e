/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Multiplier
public import Lejepa.Alignment.Stationary
public import Lejepa.Hermite.Mehler

/-!
# Latents that remember for different times

The stationary Ornstein–Uhlenbeck world in which each latent has a correlation of its own:
`z'ᵢ = ρᵢ zᵢ + √(1 - ρᵢ²) ηᵢ`, with `z, η ∼ γ n` independent.

## Main definitions
* `Lejepa.diagOuLaw ρ`: the law of a pair `(z, z')` of this world.

## Main results
* `Lejepa.charFunDual_diagOuLaw`: its characteristic function.
* `Lejepa.map_swap_diagOuLaw`, `Lejepa.map_snd_diagOuLaw`: it is reversible and stationary.
* `Lejepa.integral_hermiteProd_diagOu`: Mehler's formula, coordinate by coordinate.
* `Lejepa.hasSum_integral_mul_diagOuLaw`: `𝔼 f(z) g(z') = ∑ α, (∏ ρᵢ ^ αᵢ) f_α g_α`.
* `Lejepa.hasSum_alignment_diagOuLaw`: the spectral decomposition of alignment.
* `Lejepa.ouLaw_eq_diagOuLaw`: with equal correlations it is the Ornstein–Uhlenbeck world.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory Polynomial

noncomputable section

namespace Lejepa

/-- The stationary Ornstein–Uhlenbeck world in which each latent has a correlation of its own:
`z'ᵢ = ρᵢ zᵢ + √(1 - ρᵢ²) ηᵢ`. -/
def diagOuLaw {n : ℕ} (ρ : Fin n → ℝ) : Measure ((Fin n → ℝ) × (Fin n → ℝ)) :=
  ((γ n).prod (γ n)).map fun p ↦ (p.1, fun i ↦ ρ i * p.1 i + √(1 - ρ i ^ 2) * p.2 i)

variable {n m : ℕ} {ρ : Fin n → ℝ}

/-! ### The law of a pair -/

/-- The map `(z, η) ↦ (z, z')` with `z'ᵢ = ρᵢ zᵢ + √(1 - ρᵢ²) ηᵢ` is measurable. -/
lemma measurable_diagOuStep (ρ : Fin n → ℝ) :
    Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (p.1, fun i ↦ ρ i * p.1 i + √(1 - ρ i ^ 2) * p.2 i) := by
  refine measurable_fst.prodMk (measurable_pi_lambda _ fun i ↦ ?_)
  change Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ ρ i * p.1 i + √(1 - ρ i ^ 2) * p.2 i
  fun_prop

instance (ρ : Fin n → ℝ) : IsProbabilityMeasure (diagOuLaw ρ) :=
  Measure.isProbabilityMeasure_map (measurable_diagOuStep ρ).aemeasurable

/-- With equal correlations, the world is the Ornstein–Uhlenbeck world. -/
theorem ouLaw_eq_diagOuLaw (n : ℕ) (r : ℝ) : ouLaw n r = diagOuLaw fun _ : Fin n ↦ r := by
  have h : (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ (p.1, r • p.1 + √(1 - r ^ 2) • p.2))
      = fun p ↦ (p.1, fun i ↦ r * p.1 i + √(1 - r ^ 2) * p.2 i) :=
    funext fun p ↦ Prod.ext rfl (funext fun _ ↦ rfl)
  rw [ouLaw, diagOuLaw, h]

/-- The first latent of a pair is standard Gaussian. -/
theorem map_fst_diagOuLaw (ρ : Fin n → ℝ) : (diagOuLaw ρ).map Prod.fst = γ n := by
  rw [diagOuLaw, Measure.map_map measurable_fst (measurable_diagOuStep ρ)]
  exact measurePreserving_fst.map_eq

/-- The first component of a pair with law `diagOuLaw ρ` is standard Gaussian. -/
theorem measurePreserving_fst_diagOuLaw (ρ : Fin n → ℝ) :
    MeasurePreserving Prod.fst (diagOuLaw ρ) (γ n) :=
  ⟨measurable_fst, map_fst_diagOuLaw ρ⟩

/-- Integrals over pairs: integrate over the noise, then over the latent. -/
theorem integral_diagOuLaw {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]
    {F : (Fin n → ℝ) × (Fin n → ℝ) → E} (hF : Integrable F (diagOuLaw ρ)) :
    ∫ p, F p ∂diagOuLaw ρ
      = ∫ z, ∫ η, F (z, fun i ↦ ρ i * z i + √(1 - ρ i ^ 2) * η i) ∂γ n ∂γ n := by
  have hm := (measurable_diagOuStep ρ).aemeasurable (μ := (γ n).prod (γ n))
  rw [diagOuLaw] at hF ⊢
  exact (integral_map hm hF.1).trans
    (integral_prod
      (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ F (p.1, fun i ↦ ρ i * p.1 i + √(1 - ρ i ^ 2) * p.2 i))
      ((integrable_map_measure hF.1 hm).1 hF))

/-- The characteristic function of the law of a pair. -/
theorem charFunDual_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1)
    (L : StrongDual ℝ ((Fin n → ℝ) × (Fin n → ℝ))) :
    charFunDual (diagOuLaw ρ) L = Complex.exp (-((∑ i, (L (Pi.single i 1, 0) ^ 2
      + L (0, Pi.single i 1) ^ 2
      + 2 * ρ i * L (Pi.single i 1, 0) * L (0, Pi.single i 1)) : ℝ) : ℂ) / 2) := by
  obtain ⟨S, hS⟩ : ∃ S : (Fin n → ℝ) × (Fin n → ℝ) →L[ℝ] (Fin n → ℝ),
      ∀ p, S p = fun i ↦ ρ i * p.1 i + √(1 - ρ i ^ 2) * p.2 i :=
    ⟨ContinuousLinearMap.pi fun i ↦
      ρ i • (ContinuousLinearMap.proj i : (Fin n → ℝ) →L[ℝ] ℝ).comp
          (ContinuousLinearMap.fst ℝ (Fin n → ℝ) (Fin n → ℝ))
        + √(1 - ρ i ^ 2) • (ContinuousLinearMap.proj i : (Fin n → ℝ) →L[ℝ] ℝ).comp
          (ContinuousLinearMap.snd ℝ (Fin n → ℝ) (Fin n → ℝ)), fun _ ↦ rfl⟩
  obtain ⟨R, hR⟩ : ∃ R : (Fin n → ℝ) × (Fin n → ℝ) →L[ℝ] (Fin n → ℝ) × (Fin n → ℝ),
      ∀ p, R p = (p.1, fun i ↦ ρ i * p.1 i + √(1 - ρ i ^ 2) * p.2 i) :=
    ⟨(ContinuousLinearMap.fst ℝ (Fin n → ℝ) (Fin n → ℝ)).prod S,
      fun p ↦ Prod.ext rfl (hS p)⟩
  have hR' : (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (p.1, fun i ↦ ρ i * p.1 i + √(1 - ρ i ^ 2) * p.2 i)) = ⇑R := (funext hR).symm
  have hγ (K : StrongDual ℝ (Fin n → ℝ)) : charFunDual (γ n) K
      = Complex.exp (-((∑ i, K (Pi.single i 1) ^ 2 : ℝ) : ℂ) / 2) := charFunDual_pi_gaussianReal K
  obtain ⟨u, hu⟩ : ∃ u : Fin n → ℝ, ∀ i, L (Pi.single i 1, 0) = u i := ⟨_, fun _ ↦ rfl⟩
  obtain ⟨w, hw⟩ : ∃ w : Fin n → ℝ, ∀ i, L (0, Pi.single i 1) = w i := ⟨_, fun _ ↦ rfl⟩
  have h1 (i : Fin n) : ((L.comp R).comp (.inl ℝ (Fin n → ℝ) (Fin n → ℝ))) (Pi.single i 1)
      = u i + ρ i * w i := by
    have e : R (Pi.single i 1, 0) = ((Pi.single i 1, 0) : (Fin n → ℝ) × (Fin n → ℝ))
        + ρ i • ((0, Pi.single i 1) : (Fin n → ℝ) × (Fin n → ℝ)) := by
      rw [hR]
      refine Prod.ext ?_ (funext fun j ↦ ?_)
      · change (Pi.single i 1 : Fin n → ℝ) = (Pi.single i 1 : Fin n → ℝ) + ρ i • (0 : Fin n → ℝ)
        rw [smul_zero, add_zero]
      · change ρ j * (Pi.single i 1 : Fin n → ℝ) j + √(1 - ρ j ^ 2) * (0 : ℝ)
          = 0 + ρ i * (Pi.single i 1 : Fin n → ℝ) j
        by_cases hj : j = i
        · rw [hj, mul_zero, add_zero, zero_add]
        · rw [Pi.single_eq_of_ne hj, mul_zero, mul_zero, mul_zero]
    change L (R (Pi.single i 1, 0)) = u i + ρ i * w i
    rw [e, map_add, map_smul, smul_eq_mul, hu, hw]
  have h2 (i : Fin n) : ((L.comp R).comp (.inr ℝ (Fin n → ℝ) (Fin n → ℝ))) (Pi.single i 1)
      = √(1 - ρ i ^ 2) * w i := by
    have e : R (0, Pi.single i 1)
        = √(1 - ρ i ^ 2) • ((0, Pi.single i 1) : (Fin n → ℝ) × (Fin n → ℝ)) := by
      rw [hR]
      refine Prod.ext ?_ (funext fun j ↦ ?_)
      · change (0 : Fin n → ℝ) = √(1 - ρ i ^ 2) • (0 : Fin n → ℝ)
        rw [smul_zero]
      · change ρ j * (0 : ℝ) + √(1 - ρ j ^ 2) * (Pi.single i 1 : Fin n → ℝ) j
          = √(1 - ρ i ^ 2) * (Pi.single i 1 : Fin n → ℝ) j
        by_cases hj : j = i
        · rw [hj, mul_zero, zero_add]
        · rw [Pi.single_eq_of_ne hj, mul_zero, mul_zero, mul_zero, add_zero]
    change L (R (0, Pi.single i 1)) = √(1 - ρ i ^ 2) * w i
    rw [e, map_smul, smul_eq_mul, hw]
  have h3 : (∑ i, (u i + ρ i * w i) ^ 2) + ∑ i, (√(1 - ρ i ^ 2) * w i) ^ 2
      = ∑ i, (u i ^ 2 + w i ^ 2 + 2 * ρ i * u i * w i) := by
    rw [← Finset.sum_add_distrib]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    linear_combination w i ^ 2 * sq_add_sqrt_one_sub_sq (hρ i)
  have h4 : ((∑ i, (u i + ρ i * w i) ^ 2 : ℝ) : ℂ)
      + ((∑ i, (√(1 - ρ i ^ 2) * w i) ^ 2 : ℝ) : ℂ)
      = ((∑ i, (u i ^ 2 + w i ^ 2 + 2 * ρ i * u i * w i) : ℝ) : ℂ) := by
    rw [← Complex.ofReal_add, h3]
  rw [diagOuLaw, hR', charFunDual_map, charFunDual_prod, hγ, hγ, ← Complex.exp_add]
  simp only [h1, h2, hu, hw]
  congr 1
  linear_combination (-1 / 2 : ℂ) * h4

/-! ### Stationarity and reversibility -/

/-- The world is reversible: a pair and the pair read backwards have one law. -/
theorem map_swap_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) :
    (diagOuLaw ρ).map Prod.swap = diagOuLaw ρ := by
  obtain ⟨S, hS⟩ : ∃ S : (Fin n → ℝ) × (Fin n → ℝ) →L[ℝ] (Fin n → ℝ) × (Fin n → ℝ),
      ∀ p, S p = p.swap :=
    ⟨(ContinuousLinearMap.snd ℝ (Fin n → ℝ) (Fin n → ℝ)).prod
      (ContinuousLinearMap.fst ℝ (Fin n → ℝ) (Fin n → ℝ)), fun _ ↦ rfl⟩
  have hS' : (Prod.swap : (Fin n → ℝ) × (Fin n → ℝ) → (Fin n → ℝ) × (Fin n → ℝ)) = ⇑S :=
    (funext hS).symm
  refine Measure.ext_of_charFunDual (funext fun L ↦ ?_)
  have s₁ (i : Fin n) : S (Pi.single i 1, 0) = (0, Pi.single i 1) := hS _
  have s₂ (i : Fin n) : S (0, Pi.single i 1) = (Pi.single i 1, 0) := hS _
  have e₁ (i : Fin n) : (L.comp S) (Pi.single i 1, 0) = L (0, Pi.single i 1) := by
    change L (S (Pi.single i 1, 0)) = L (0, Pi.single i 1)
    rw [s₁]
  have e₂ (i : Fin n) : (L.comp S) (0, Pi.single i 1) = L (Pi.single i 1, 0) := by
    change L (S (0, Pi.single i 1)) = L (Pi.single i 1, 0)
    rw [s₂]
  have e : ∑ i, ((L.comp S) (Pi.single i 1, 0) ^ 2 + (L.comp S) (0, Pi.single i 1) ^ 2
        + 2 * ρ i * (L.comp S) (Pi.single i 1, 0) * (L.comp S) (0, Pi.single i 1))
      = ∑ i, (L (Pi.single i 1, 0) ^ 2 + L (0, Pi.single i 1) ^ 2
        + 2 * ρ i * L (Pi.single i 1, 0) * L (0, Pi.single i 1)) :=
    Finset.sum_congr rfl fun i _ ↦ by
      rw [e₁, e₂]
      ring
  rw [hS', charFunDual_map, charFunDual_diagOuLaw hρ (L.comp S), charFunDual_diagOuLaw hρ L, e]

/-- The second latent of a pair is standard Gaussian: the world is stationary. -/
theorem map_snd_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) : (diagOuLaw ρ).map Prod.snd = γ n :=
  calc (diagOuLaw ρ).map Prod.snd = ((diagOuLaw ρ).map Prod.swap).map Prod.fst :=
        (Measure.map_map measurable_fst measurable_swap).symm
    _ = γ n := by rw [map_swap_diagOuLaw hρ, map_fst_diagOuLaw]

/-- If `|ρᵢ| ≤ 1` for all `i`, the second component of a pair with law `diagOuLaw ρ` is standard
Gaussian. -/
theorem measurePreserving_snd_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) :
    MeasurePreserving Prod.snd (diagOuLaw ρ) (γ n) :=
  ⟨measurable_snd, map_snd_diagOuLaw hρ⟩

/-! ### The spectral decomposition -/

/-- **Mehler's formula**, coordinate by coordinate: the step multiplies the Hermite polynomial of
index `α` by `∏ ρᵢ ^ αᵢ`. -/
theorem integral_hermiteProd_diagOu (hρ : ∀ i, |ρ i| ≤ 1) (α : Fin n → ℕ) (z : Fin n → ℝ) :
    ∫ η, hermiteProd α (fun i ↦ ρ i * z i + √(1 - ρ i ^ 2) * η i) ∂γ n
      = (∏ i, ρ i ^ α i) * hermiteProd α z := by
  calc ∫ η, hermiteProd α (fun i ↦ ρ i * z i + √(1 - ρ i ^ 2) * η i) ∂γ n
    _ = ∫ η : Fin n → ℝ, ∏ i, aeval (ρ i * z i + √(1 - ρ i ^ 2) * η i) (hermite (α i))
          ∂(Measure.pi fun _ ↦ gaussianReal 0 1) := by
      simp only [hermiteProd, stdGaussian]
    _ = ∏ i, ∫ y, aeval (ρ i * z i + √(1 - ρ i ^ 2) * y) (hermite (α i)) ∂gaussianReal 0 1 :=
      integral_fintype_prod_eq_prod (𝕜 := ℝ) (E := fun _ ↦ ℝ)
        fun i y ↦ aeval (ρ i * z i + √(1 - ρ i ^ 2) * y) (hermite (α i))
    _ = ∏ i, ρ i ^ α i * aeval (z i) (hermite (α i)) :=
      Finset.prod_congr rfl fun i _ ↦
        integral_aeval_hermite_affine (sq_add_sqrt_one_sub_sq (hρ i)) (α i) (z i)
    _ = (∏ i, ρ i ^ α i) * hermiteProd α z := by
      rw [Finset.prod_mul_distrib, hermiteProd]

/-- A Hermite polynomial of the successor acts on functions of the latent as a multiple of itself.
-/
theorem integral_mul_hermiteProd_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) {f : (Fin n → ℝ) → ℝ}
    (hf : MemLp f 2 (γ n)) (α : Fin n → ℕ) :
    ∫ p, f p.1 * hermiteProd α p.2 ∂diagOuLaw ρ
      = (∏ i, ρ i ^ α i) * ∫ z, f z * hermiteProd α z ∂γ n := by
  have hint : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ f p.1 * hermiteProd α p.2)
      (diagOuLaw ρ) := integrable_mul_of_measurePreserving (measurePreserving_fst_diagOuLaw ρ)
    (measurePreserving_snd_diagOuLaw hρ) hf (memLp_hermiteProd α)
  rw [integral_diagOuLaw hint, ← integral_const_mul]
  refine integral_congr_ae (.of_forall fun z ↦ ?_)
  change ∫ η, f z * hermiteProd α (fun i ↦ ρ i * z i + √(1 - ρ i ^ 2) * η i) ∂γ n
    = (∏ i, ρ i ^ α i) * (f z * hermiteProd α z)
  rw [integral_const_mul, integral_hermiteProd_diagOu hρ]
  ring

/-- The correlation of a function of the latent and one of its successor, in Hermite
coefficients. -/
theorem hasSum_integral_mul_diagOuLaw (hρ : ∀ i, |ρ i| ≤ 1) {f g : (Fin n → ℝ) → ℝ}
    (hf : MemLp f 2 (γ n)) (hg : MemLp g 2 (γ n)) :
    HasSum (fun α ↦ (∏ i, ρ i ^ α i) * (hermiteCoeff f α * hermiteCoeff g α))
      (∫ p, f p.1 * g p.2 ∂diagOuLaw ρ) :=
  hasSum_integral_mul_of_hermiteProd (c := fun α ↦ ∏ i, ρ i ^ α i)
    (measurePreserving_fst_diagOuLaw ρ) (measurePreserving_snd_diagOuLaw hρ) hf hg
    fun α ↦ integral_mul_hermiteProd_diagOuLaw hρ hf α

/-- The spectral decomposition: the index `α` is penalized by `2 (1 - ∏ ρᵢ ^ αᵢ)`. -/
theorem hasSum_alignment_diagOuLaw {n m : ℕ} {ρ : Fin n → ℝ} (hρ : ∀ i, |ρ i| ≤ 1)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α ↦ 2 * (1 - ∏ i, ρ i ^ α i) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment (diagOuLaw ρ) h) :=
  hasSum_alignment_of_hermiteProd (c := fun α ↦ ∏ i, ρ i ^ α i)
    (measurePreserving_fst_diagOuLaw ρ) (measurePreserving_snd_diagOuLaw hρ) hh
    fun i α ↦ integral_mul_hermiteProd_diagOuLaw hρ (hh i) α

end Lejepa
