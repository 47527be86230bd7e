module

public import Lejepa.Converse.AdditiveNoise
public import Lejepa.Converse.FirstVariation

/-!
# Optimality makes the backward regression linear

A stationary world `z' = ρ z + η` with independent noise `η`, whose latent law is white. If no white
encoder aligns better than the identity, the regression of the past on the present is linear:
`𝔼[z | z'] = ρ z'`. On the line, and on `ℝⁿ` coordinate by coordinate, where the coordinates of
latents and noise need not be independent.

## Main results
* `Lejepa.integral_fst_mul_snd_of_optimal`: on the line.
* `Lejepa.integral_fst_mul_snd_pi_of_optimal`: on `ℝⁿ`.

## References
* Klindt, LeCun, Balestriero, *When Does LeJEPA Learn a World Model?*, arXiv 2605.26379.
* blueprint, section 6.
-/

public section

open MeasureTheory

namespace Lejepa

section Line

variable {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}

/-- In a linear world where the identity is optimal, `𝔼[z u(z')] = ρ 𝔼[z u(z)]`. -/
theorem integral_fst_mul_snd_of_optimal (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0)
    (var : ∫ z, z ^ 2 ∂μ = 1)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ * ·)) μ)
    (optimal : ∀ f : ℝ → Fin 1 → ℝ, IsWhite μ f →
      alignment (m := 1) (additiveNoiseLaw μ ν (ρ * ·)) (fun z _ ↦ z) ≤
        alignment (additiveNoiseLaw μ ν (ρ * ·)) f)
    {u : ℝ → ℝ} (hu : Measurable u) (hu2 : MemLp u 2 μ) :
    ∫ p, p.1 * u p.2 ∂additiveNoiseLaw μ ν (ρ * ·) = ρ * ∫ z, z * u z ∂μ := by
  have h := integral_cross_add_cross_of_optimal
    (measurePreserving_fst_additiveNoiseLaw (measurable_linear ρ)) hsnd hμ mean var optimal hu2
  rw [integral_snd_mul_fst_linear hμ mean hsnd hu hu2,
    integral_fst_mul_snd_linear hμ mean var hsnd] at h
  linarith

end Line

variable {n : ℕ}

/-! ### Encoders that replace one coordinate -/

section Replace

variable {μ : Measure (Fin n → ℝ)} {π : Measure ((Fin n → ℝ) × (Fin n → ℝ))}

/-- The second moments of white latents. -/
theorem integral_mul_of_isWhite_id (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (j k : Fin n) :
    ∫ z, z j * z k ∂μ = (1 : Matrix (Fin n) (Fin n) ℝ) j k := by
  rw [← white.secondMoment_eq_one]
  rfl

/-- One coordinate of white latents may be replaced by another function of mean zero and variance
one, uncorrelated with the other coordinates. -/
theorem isWhite_update (white : IsWhite μ fun z : Fin n → ℝ ↦ z) (i : Fin n)
    {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 μ) (mean : ∫ z, f z ∂μ = 0)
    (var : ∫ z, f z ^ 2 ∂μ = 1) (orth : ∀ j, j ≠ i → ∫ z, z j * f z ∂μ = 0) :
    IsWhite μ fun z : Fin n → ℝ ↦ Function.update z i (f z) := by
  have hi : (fun z : Fin n → ℝ ↦ Function.update z i (f z) i) = f :=
    funext fun z ↦ Function.update_self i (f z) z
  have hj (j : Fin n) (hj : j ≠ i) :
      (fun z : Fin n → ℝ ↦ Function.update z i (f z) j) = fun z ↦ z j :=
    funext fun z ↦ Function.update_of_ne hj (f z) z
  refine { memLp := fun j ↦ ?_, mean_eq_zero := fun j ↦ ?_, secondMoment_eq_one := ?_ }
  · change MemLp (fun z : Fin n → ℝ ↦ Function.update z i (f z) j) 2 μ
    rcases eq_or_ne j i with rfl | hji
    · rw [hi]
      exact hf
    · rw [hj j hji]
      exact white.memLp j
  · change ∫ z, (fun z : Fin n → ℝ ↦ Function.update z i (f z) j) z ∂μ = 0
    rcases eq_or_ne j i with rfl | hji
    · rw [hi]
      exact mean
    · rw [hj j hji]
      exact white.mean_eq_zero j
  · ext j k
    change ∫ z, Function.update z i (f z) j * Function.update z i (f z) k ∂μ = _
    have hi' (z : Fin n → ℝ) : Function.update z i (f z) i = f z := congrFun hi z
    have hj' (j : Fin n) (h : j ≠ i) (z : Fin n → ℝ) : Function.update z i (f z) j = z j :=
      congrFun (hj j h) z
    rcases eq_or_ne j i with rfl | hji
    · rcases eq_or_ne k j with rfl | hki
      · rw [Matrix.one_apply_eq, ← var]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hi', sq]
      · rw [Matrix.one_apply_ne hki.symm, ← orth k hki]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hi', hj' k hki, mul_comm]
    · rcases eq_or_ne k i with rfl | hki
      · rw [Matrix.one_apply_ne hji, ← orth j hji]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hi', hj' j hji]
      · rw [← integral_mul_of_isWhite_id white j k]
        refine integral_congr_ae (.of_forall fun z ↦ ?_)
        beta_reduce
        rw [hj' j hji, hj' k hki]

/-- Alignment, coordinate by coordinate. -/
theorem alignment_eq_sum {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {π : Measure (Z × Z)}
    {m : ℕ} (hfst : MeasurePreserving Prod.fst π μ) (hsnd : MeasurePreserving Prod.snd π μ)
    {h : Z → Fin m → ℝ} (hh : ∀ i, MemLp (fun z ↦ h z i) 2 μ) :
    alignment π h = ∑ i, ∫ p, (h p.2 i - h p.1 i) ^ 2 ∂π := by
  have hd (i : Fin m) : MemLp (fun p : Z × Z ↦ h p.2 i - h p.1 i) 2 π :=
    ((hh i).comp_measurePreserving hsnd).sub ((hh i).comp_measurePreserving hfst)
  rw [alignment]
  exact integral_finset_sum _ fun i _ ↦ (hd i).integrable_sq

variable (hfst : MeasurePreserving Prod.fst π μ) (hsnd : MeasurePreserving Prod.snd π μ)
include hfst hsnd

/-- If the identity is optimal, replacing one coordinate does not align better. -/
theorem coordinate_le_of_optimal (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (optimal : ∀ f : (Fin n → ℝ) → Fin n → ℝ, IsWhite μ f →
      alignment π (fun z ↦ z) ≤ alignment π f) (i : Fin n)
    {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 μ) (mean : ∫ z, f z ∂μ = 0)
    (var : ∫ z, f z ^ 2 ∂μ = 1) (orth : ∀ j, j ≠ i → ∫ z, z j * f z ∂μ = 0) :
    ∫ p, (p.2 i - p.1 i) ^ 2 ∂π ≤ ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
  have hw := isWhite_update white i hf mean var orth
  have h := optimal _ hw
  rw [alignment_eq_sum (h := fun z ↦ z) hfst hsnd white.memLp,
    alignment_eq_sum (h := fun z ↦ Function.update z i (f z)) hfst hsnd hw.memLp,
    ← Finset.add_sum_erase _ _ (Finset.mem_univ i),
    ← Finset.add_sum_erase Finset.univ (fun j ↦ ∫ p : (Fin n → ℝ) × (Fin n → ℝ),
      (Function.update p.2 i (f p.2) j - Function.update p.1 i (f p.1) j) ^ 2 ∂π)
      (Finset.mem_univ i)] at h
  have hrest : ∑ j ∈ Finset.univ.erase i, ∫ p : (Fin n → ℝ) × (Fin n → ℝ),
        (Function.update p.2 i (f p.2) j - Function.update p.1 i (f p.1) j) ^ 2 ∂π =
      ∑ j ∈ Finset.univ.erase i, ∫ p, (p.2 j - p.1 j) ^ 2 ∂π := by
    refine Finset.sum_congr rfl fun j hj ↦ integral_congr_ae (.of_forall fun p ↦ ?_)
    beta_reduce
    rw [Function.update_of_ne (Finset.ne_of_mem_erase hj),
      Function.update_of_ne (Finset.ne_of_mem_erase hj)]
  rw [hrest] at h
  have hi : ∫ p : (Fin n → ℝ) × (Fin n → ℝ),
      (Function.update p.2 i (f p.2) i - Function.update p.1 i (f p.1) i) ^ 2 ∂π =
      ∫ p, (f p.2 - f p.1) ^ 2 ∂π := by
    refine integral_congr_ae (.of_forall fun p ↦ ?_)
    beta_reduce
    rw [Function.update_self, Function.update_self]
  rw [hi] at h
  exact le_of_add_le_add_right h

/-- Euler–Lagrange in the directions uncorrelated with the latents. -/
theorem integral_sub_mul_sub_eq_zero_of_optimal [IsProbabilityMeasure μ]
    (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (optimal : ∀ f : (Fin n → ℝ) → Fin n → ℝ, IsWhite μ f →
      alignment π (fun z ↦ z) ≤ alignment π f) (i : Fin n)
    {g : (Fin n → ℝ) → ℝ} (hg : MemLp g 2 μ) (mean : ∫ z, g z ∂μ = 0)
    (orth : ∀ j, ∫ z, z j * g z ∂μ = 0) :
    ∫ p, (p.2 i - p.1 i) * (g p.2 - g p.1) ∂π = 0 := by
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  have var : ∫ z, z i ^ 2 ∂μ = 1 := by
    have h := integral_mul_of_isWhite_id white i i
    rw [Matrix.one_apply_eq] at h
    exact (integral_congr_ae (.of_forall fun z : Fin n → ℝ ↦ sq (z i))).trans h
  have h := integral_sub_mul_sub_of_forall_le hfst hsnd (hz i) hg var fun t ↦ by
    refine mul_integral_sq_le_of_forall_normalized (f := fun z ↦ z i + t * g z) fun c hc ↦ ?_
    have hf : MemLp (fun z : Fin n → ℝ ↦ z i + t * g z) 2 μ := (hz i).add (hg.const_mul t)
    refine coordinate_le_of_optimal hfst hsnd white optimal i
      (f := fun z ↦ c * (z i + t * g z)) (hf.const_mul c) ?_ ?_ fun j hj ↦ ?_
    · rw [integral_const_mul, integral_add ((hz i).integrable one_le_two)
        ((hg.integrable one_le_two).const_mul t), integral_const_mul, mean,
        white.mean_eq_zero i, mul_zero, add_zero, mul_zero]
    · simp only [mul_pow]
      rw [integral_const_mul, hc]
    · have e : ∀ z : Fin n → ℝ, z j * (c * (z i + t * g z)) =
          c * (z j * z i) + c * t * (z j * g z) := fun z ↦ by ring
      have i₁ : Integrable (fun z : Fin n → ℝ ↦ c * (z j * z i)) μ :=
        ((hz j).integrable_mul (hz i)).const_mul c
      have i₂ : Integrable (fun z : Fin n → ℝ ↦ c * t * (z j * g z)) μ :=
        ((hz j).integrable_mul hg).const_mul (c * t)
      simp only [e]
      rw [integral_add i₁ i₂, integral_const_mul, integral_const_mul,
        integral_mul_of_isWhite_id white, orth j, Matrix.one_apply_ne hj, mul_zero, mul_zero,
        add_zero]
  rw [h, orth i, mul_zero]

end Replace

/-- Integrals of a linear combination against a function. -/
theorem integral_sum_mul_mul {α : Type*} [MeasurableSpace α] {m : Measure α} (a : Fin n → ℝ)
    {y : α → Fin n → ℝ} {w : α → ℝ} (hy : ∀ i, MemLp (fun x ↦ y x i) 2 m) (hw : MemLp w 2 m) :
    ∫ x, (∑ i, a i * y x i) * w x ∂m = ∑ i, a i * ∫ x, y x i * w x ∂m := by
  have e : ∀ x, (∑ i, a i * y x i) * w x = ∑ i, a i * (y x i * w x) := fun x ↦ by
    rw [Finset.sum_mul]
    exact Finset.sum_congr rfl fun i _ ↦ mul_assoc _ _ _
  have hi (i : Fin n) : Integrable (fun x ↦ a i * (y x i * w x)) m :=
    ((hy i).integrable_mul hw).const_mul (a i)
  simp only [e]
  rw [integral_finset_sum _ fun i _ ↦ hi i]
  exact Finset.sum_congr rfl fun i _ ↦ integral_const_mul _ _

theorem memLp_sum_mul {α : Type*} [MeasurableSpace α] {m : Measure α} (a : Fin n → ℝ)
    {y : α → Fin n → ℝ} (hy : ∀ i, MemLp (fun x ↦ y x i) 2 m) :
    MemLp (fun x ↦ ∑ i, a i * y x i) 2 m :=
  memLp_finset_sum _ fun i _ ↦ (hy i).const_mul (a i)

/-! ### Linear worlds -/

variable {μ ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}

theorem measurable_smul_pi (ρ : ℝ) : Measurable fun z : Fin n → ℝ ↦ ρ • z :=
  measurable_const_smul ρ

omit [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] in
/-- A linear form of a stationary linear world is a stationary linear world on the line. -/
theorem measurePreserving_snd_projection [SFinite μ] [SFinite ν] {L : (Fin n → ℝ) → ℝ}
    (hL : Measurable L) (add : ∀ x y, L (x + y) = L x + L y)
    (smul : ∀ (c : ℝ) x, L (c • x) = c * L x)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ) :
    MeasurePreserving Prod.snd (additiveNoiseLaw (μ.map L) (ν.map L) (ρ * ·)) (μ.map L) := by
  refine ⟨measurable_snd, ?_⟩
  have e : Prod.snd ∘ Prod.map L L = L ∘ Prod.snd := rfl
  rw [← map_additiveNoiseLaw hL (measurable_smul_pi ρ) (measurable_linear ρ) add (smul ρ),
    Measure.map_map measurable_snd (hL.prodMap hL), e, ← Measure.map_map hL measurable_snd,
    hsnd.map_eq]

/-- The forward regression: `𝔼[z'ⱼ u(z)] = ρ 𝔼[zⱼ u(z)]`. -/
theorem integral_snd_mul_fst_pi (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ) (j : Fin n)
    {u : (Fin n → ℝ) → ℝ} (hu : Measurable u) (hu2 : MemLp u 2 μ) :
    ∫ p, p.2 j * u p.1 ∂additiveNoiseLaw μ ν (ρ • ·) = ρ * ∫ z, z j * u z ∂μ := by
  have hj : Measurable fun z : Fin n → ℝ ↦ z j := measurable_pi_apply j
  have hzj : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  have iμ : IsProbabilityMeasure (μ.map fun z ↦ z j) :=
    Measure.isProbabilityMeasure_map hj.aemeasurable
  have iν : IsProbabilityMeasure (ν.map fun z ↦ z j) :=
    Measure.isProbabilityMeasure_map hj.aemeasurable
  have hsj := measurePreserving_snd_projection hj (fun _ _ ↦ rfl) (fun _ _ ↦ rfl) hsnd
  have hμj : MemLp id 2 (μ.map fun z ↦ z j) :=
    (memLp_map_measure_iff measurable_id.aestronglyMeasurable hj.aemeasurable).2 hzj
  have hmean : ∫ x, x ∂(μ.map fun z ↦ z j) = 0 :=
    (integral_map hj.aemeasurable measurable_id'.aestronglyMeasurable).trans
      (white.mean_eq_zero j)
  have hη0 : ∫ y, y j ∂ν = 0 :=
    (integral_map hj.aemeasurable measurable_id'.aestronglyMeasurable).symm.trans
      (integral_noise_eq_zero hμj hmean hsj)
  have hηi : Integrable (fun y : Fin n → ℝ ↦ y j) ν :=
    (integrable_noise (measurable_linear ρ) hμj hsj).comp_measurable hj
  have h1 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ ρ * (p.1 j * u p.1)) (μ.prod ν) :=
    ((hzj.integrable_mul hu2).comp_fst ν).const_mul ρ
  have h2 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ u p.1 * p.2 j) (μ.prod ν) :=
    (hu2.integrable one_le_two).mul_prod hηi
  have hF : Measurable fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.2 j * u p.1 :=
    (hj.comp measurable_snd).mul (hu.comp measurable_fst)
  rw [integral_additiveNoiseLaw (measurable_smul_pi ρ) hF.aestronglyMeasurable]
  calc ∫ p, (ρ • p.1 + p.2) j * u p.1 ∂μ.prod ν
      = ∫ p, (ρ * (p.1 j * u p.1) + u p.1 * p.2 j) ∂μ.prod ν := by
        refine integral_congr_ae (.of_forall fun p ↦ ?_)
        change (ρ * p.1 j + p.2 j) * u p.1 = ρ * (p.1 j * u p.1) + u p.1 * p.2 j
        ring
    _ = ρ * ∫ z, z j * u z ∂μ := by
        rw [integral_add h1 h2, integral_const_mul, integral_fun_fst (fun z ↦ z j * u z),
          integral_prod_mul u (fun y : Fin n → ℝ ↦ y j), hη0, probReal_univ, one_smul, mul_zero,
          add_zero]

/-- If the identity is optimal, the backward regression is linear too:
`𝔼[zᵢ v(z')] = ρ 𝔼[zᵢ v(z)]`. -/
theorem integral_fst_mul_snd_pi_of_optimal (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (hsnd : MeasurePreserving Prod.snd (additiveNoiseLaw μ ν (ρ • ·)) μ)
    (optimal : ∀ f : (Fin n → ℝ) → Fin n → ℝ, IsWhite μ f →
      alignment (additiveNoiseLaw μ ν (ρ • ·)) (fun z ↦ z) ≤
        alignment (additiveNoiseLaw μ ν (ρ • ·)) f) (i : Fin n)
    {v : (Fin n → ℝ) → ℝ} (hv : Measurable v) (hv2 : MemLp v 2 μ) :
    ∫ p, p.1 i * v p.2 ∂additiveNoiseLaw μ ν (ρ • ·) = ρ * ∫ z, z i * v z ∂μ := by
  have hfst : MeasurePreserving Prod.fst (additiveNoiseLaw μ ν (ρ • ·)) μ :=
    measurePreserving_fst_additiveNoiseLaw (measurable_smul_pi ρ)
  have hz (j : Fin n) : MemLp (fun z : Fin n → ℝ ↦ z j) 2 μ := white.memLp j
  have hzm (j : Fin n) : Measurable fun z : Fin n → ℝ ↦ z j := measurable_pi_apply j
  obtain ⟨α, hα⟩ : ∃ α, ∫ z, v z ∂μ = α := ⟨_, rfl⟩
  obtain ⟨β, hβ⟩ : ∃ β : Fin n → ℝ, ∀ j, ∫ z, z j * v z ∂μ = β j := ⟨_, fun _ ↦ rfl⟩
  -- the linear part of `v`, and what remains
  have hℓ2 : MemLp (fun z : Fin n → ℝ ↦ ∑ j, β j * z j) 2 μ := memLp_sum_mul β hz
  have hℓm : Measurable fun z : Fin n → ℝ ↦ ∑ j, β j * z j :=
    Finset.measurable_sum _ fun j _ ↦ (hzm j).const_mul (β j)
  have hg2 : MemLp (fun z ↦ v z - α - ∑ j, β j * z j) 2 μ := (hv2.sub (memLp_const α)).sub hℓ2
  have hgm : Measurable fun z : Fin n → ℝ ↦ v z - α - ∑ j, β j * z j :=
    (hv.sub_const α).sub hℓm
  have hi := fun j ↦ (hz j).integrable one_le_two
  have hℓmean : ∫ z, ∑ j, β j * z j ∂μ = 0 := by
    rw [integral_finset_sum _ fun j _ ↦ (hi j).const_mul (β j)]
    refine Finset.sum_eq_zero fun j _ ↦ ?_
    rw [integral_const_mul, white.mean_eq_zero j, mul_zero]
  have hgmean : ∫ z, v z - α - ∑ j, β j * z j ∂μ = 0 := by
    have i₁ : Integrable (fun z ↦ v z - α) μ :=
      (hv2.sub (memLp_const α)).integrable one_le_two
    rw [integral_sub i₁ (hℓ2.integrable one_le_two),
      integral_sub (hv2.integrable one_le_two) (integrable_const α), hα, hℓmean,
      integral_const, probReal_univ, one_smul, sub_self, sub_zero]
  have hℓorth (k : Fin n) : ∫ z, z k * ∑ j, β j * z j ∂μ = β k := by
    calc ∫ z, z k * ∑ j, β j * z j ∂μ = ∫ z, (∑ j, β j * z j) * z k ∂μ :=
          integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
      _ = ∑ j, β j * ∫ z, z j * z k ∂μ := integral_sum_mul_mul β hz (hz k)
      _ = β k := by
        rw [Finset.sum_eq_single k]
        · rw [integral_mul_of_isWhite_id white, Matrix.one_apply_eq, mul_one]
        · intro j _ hjk
          rw [integral_mul_of_isWhite_id white, Matrix.one_apply_ne hjk, mul_zero]
        · intro hk
          exact absurd (Finset.mem_univ k) hk
  have hgorth (k : Fin n) : ∫ z, z k * (v z - α - ∑ j, β j * z j) ∂μ = 0 := by
    have e : ∀ z : Fin n → ℝ, z k * (v z - α - ∑ j, β j * z j) =
        z k * v z - z k * α - z k * ∑ j, β j * z j := fun z ↦ by ring
    have i1 : Integrable (fun z : Fin n → ℝ ↦ z k * v z) μ := (hz k).integrable_mul hv2
    have i2 : Integrable (fun z : Fin n → ℝ ↦ z k * α) μ := (hi k).mul_const α
    have i12 : Integrable (fun z : Fin n → ℝ ↦ z k * v z - z k * α) μ := i1.sub i2
    have i3 : Integrable (fun z : Fin n → ℝ ↦ z k * ∑ j, β j * z j) μ :=
      (hz k).integrable_mul hℓ2
    simp only [e]
    rw [integral_sub i12 i3, integral_sub i1 i2, hβ k, hℓorth k, integral_mul_const,
      white.mean_eq_zero k, zero_mul, sub_zero, sub_self]
  -- the remainder is uncorrelated with the past
  have hEL := integral_sub_mul_sub_eq_zero_of_optimal hfst hsnd white optimal i hg2 hgmean hgorth
  rw [integral_sub_mul_sub_eq hfst hsnd (hz i) hg2, hgorth i,
    integral_snd_mul_fst_pi white hsnd i hgm hg2, hgorth i] at hEL
  -- the linear part regresses linearly
  have hfz (j : Fin n) :
      MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 j) 2 (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hz j).comp_measurePreserving hfst
  have hsz (j : Fin n) :
      MemLp (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.2 j) 2 (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hz j).comp_measurePreserving hsnd
  have hℓ : ∫ p, p.1 i * ∑ j, β j * p.2 j ∂additiveNoiseLaw μ ν (ρ • ·) = ρ * β i := by
    calc ∫ p, p.1 i * ∑ j, β j * p.2 j ∂additiveNoiseLaw μ ν (ρ • ·)
        = ∫ p, (∑ j, β j * p.2 j) * p.1 i ∂additiveNoiseLaw μ ν (ρ • ·) :=
          integral_congr_ae (.of_forall fun p ↦ mul_comm _ _)
      _ = ∑ j, β j * ∫ p, p.2 j * p.1 i ∂additiveNoiseLaw μ ν (ρ • ·) :=
          integral_sum_mul_mul β hsz (hfz i)
      _ = ρ * ∑ j, β j * ∫ z, z j * z i ∂μ := by
          rw [Finset.mul_sum]
          refine Finset.sum_congr rfl fun j _ ↦ ?_
          rw [integral_snd_mul_fst_pi white hsnd j (hzm i) (hz i)]
          ring
      _ = ρ * ∫ z, (∑ j, β j * z j) * z i ∂μ := by rw [integral_sum_mul_mul β hz (hz i)]
      _ = ρ * β i := by
          rw [← hℓorth i]
          congr 1
          exact integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
  have hfmean : ∫ p, p.1 i ∂additiveNoiseLaw μ ν (ρ • ·) = 0 :=
    (hfst.integral_comp_of_aestronglyMeasurable (hz i).aestronglyMeasurable).trans
      (white.mean_eq_zero i)
  have e : ∀ p : (Fin n → ℝ) × (Fin n → ℝ), p.1 i * (v p.2 - α - ∑ j, β j * p.2 j) =
      p.1 i * v p.2 - p.1 i * α - p.1 i * ∑ j, β j * p.2 j := fun p ↦ by ring
  have i1 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * v p.2)
      (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hfz i).integrable_mul (hv2.comp_measurePreserving hsnd)
  have i2 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * α)
      (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hfst.integrable_comp_of_integrable (hi i)).mul_const α
  have i12 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * v p.2 - p.1 i * α)
      (additiveNoiseLaw μ ν (ρ • ·)) := i1.sub i2
  have i3 : Integrable (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦ p.1 i * ∑ j, β j * p.2 j)
      (additiveNoiseLaw μ ν (ρ • ·)) :=
    (hfz i).integrable_mul (hℓ2.comp_measurePreserving hsnd)
  simp only [e] at hEL
  rw [integral_sub i12 i3, integral_sub i1 i2, hℓ, integral_mul_const, hfmean] at hEL
  rw [hβ i]
  linarith

end Lejepa
