/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.Views
public import Lejepa.Identifiability.QuadraticEncoder

/-!
# Content that does not move: what two views of it identify

Two views of one content, each with a style of its own, drawn afresh: the case `ρ = 1`, where the
content of the second view is that of the first. Then alignment vanishes exactly for the encoders
that do not see the style. Content is identified up to functions of it, and no further: an encoder
of degree two in each latent is white, aligns perfectly and is no orthogonal map of the content.

## Main definitions
* `Lejepa.keptContentLaw κ τ`: the law of `((c, ξ), (c, ξ'))`, `c ∼ κ` and `ξ, ξ' ∼ τ`.

## Main results
* `Lejepa.alignment_keptContentLaw_eq_zero_iff`: alignment vanishes exactly for the functions of the
  content.
* `Lejepa.viewLaw_one`: the Ornstein–Uhlenbeck content with `ρ = 1`.
* `Lejepa.exists_isWhite_content_not_orthogonal`: the counterexample.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

section General

variable {C S : Type*} [MeasurableSpace C] [MeasurableSpace S] {m : ℕ}

/-- The law of two views of one content, each with a style of its own. -/
def keptContentLaw (κ : Measure C) (τ : Measure S) : Measure ((C × S) × (C × S)) :=
  (κ.prod (τ.prod τ)).map fun q ↦ ((q.1, q.2.1), (q.1, q.2.2))

variable {κ : Measure C} {τ : Measure S}

/-- Content and two styles are arranged into views measurably. -/
theorem measurable_views :
    Measurable fun q : C × S × S ↦ ((q.1, q.2.1), (q.1, q.2.2)) :=
  (measurable_fst.prodMk (measurable_fst.comp measurable_snd)).prodMk
    (measurable_fst.prodMk (measurable_snd.comp measurable_snd))

/-- The law of the two views is that of content and two independent styles. -/
theorem measurePreserving_views :
    MeasurePreserving (fun q : C × S × S ↦ ((q.1, q.2.1), (q.1, q.2.2))) (κ.prod (τ.prod τ))
      (keptContentLaw κ τ) :=
  ⟨measurable_views, rfl⟩

variable [IsProbabilityMeasure κ] [IsProbabilityMeasure τ]

/-- The first view. -/
theorem measurePreserving_view_fst :
    MeasurePreserving (fun q : C × S × S ↦ (q.1, q.2.1)) (κ.prod (τ.prod τ)) (κ.prod τ) :=
  (MeasurePreserving.id κ).prod (measurePreserving_fst (μ := τ) (ν := τ))

/-- The second view. -/
theorem measurePreserving_view_snd :
    MeasurePreserving (fun q : C × S × S ↦ (q.1, q.2.2)) (κ.prod (τ.prod τ)) (κ.prod τ) :=
  (MeasurePreserving.id κ).prod (measurePreserving_snd (μ := τ) (ν := τ))

/-- The first of the two views shows content and style. -/
theorem measurePreserving_fst_keptContentLaw :
    MeasurePreserving Prod.fst (keptContentLaw κ τ) (κ.prod τ) := by
  refine ⟨measurable_fst, ?_⟩
  rw [keptContentLaw, Measure.map_map measurable_fst measurable_views]
  exact measurePreserving_view_fst.map_eq

/-- So does the second. -/
theorem measurePreserving_snd_keptContentLaw :
    MeasurePreserving Prod.snd (keptContentLaw κ τ) (κ.prod τ) := by
  refine ⟨measurable_snd, ?_⟩
  rw [keptContentLaw, Measure.map_map measurable_snd measurable_views]
  exact measurePreserving_view_snd.map_eq

variable {h : C × S → Fin m → ℝ}

/-- The alignment of an encoder, over content and the two styles. -/
theorem alignment_keptContentLaw (hh : ∀ i, MemLp (fun p ↦ h p i) 2 (κ.prod τ)) :
    alignment (keptContentLaw κ τ) h =
      ∫ q, ∑ i, (h (q.1, q.2.2) i - h (q.1, q.2.1) i) ^ 2 ∂κ.prod (τ.prod τ) := by
  have hint : Integrable (fun p : (C × S) × (C × S) ↦ ∑ i, (h p.2 i - h p.1 i) ^ 2)
      (keptContentLaw κ τ) :=
    integrable_finset_sum _ fun i _ ↦
      (((hh i).comp_measurePreserving measurePreserving_snd_keptContentLaw).sub
        ((hh i).comp_measurePreserving measurePreserving_fst_keptContentLaw)).integrable_sq
  exact (measurePreserving_views.integral_comp_of_aestronglyMeasurable
    hint.aestronglyMeasurable).symm

/-- **Kept content is identified up to functions of it.** Alignment vanishes exactly for the
encoders that do not see the style. -/
theorem alignment_keptContentLaw_eq_zero_iff (hh : ∀ i, MemLp (fun p ↦ h p i) 2 (κ.prod τ)) :
    alignment (keptContentLaw κ τ) h = 0 ↔
      ∃ g : C → Fin m → ℝ, h =ᵐ[κ.prod τ] fun p ↦ g p.1 := by
  rw [alignment_keptContentLaw hh]
  constructor
  · intro h₀
    have hint : Integrable
        (fun q : C × S × S ↦ ∑ i, (h (q.1, q.2.2) i - h (q.1, q.2.1) i) ^ 2)
        (κ.prod (τ.prod τ)) :=
      integrable_finset_sum _ fun i _ ↦
        (((hh i).comp_measurePreserving measurePreserving_view_snd).sub
          ((hh i).comp_measurePreserving measurePreserving_view_fst)).integrable_sq
    have hnn : 0 ≤ fun q : C × S × S ↦ ∑ i, (h (q.1, q.2.2) i - h (q.1, q.2.1) i) ^ 2 :=
      fun q ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
    have hae := (integral_eq_zero_iff_of_nonneg hnn hint).1 h₀
    have hae' : ∀ᵐ q ∂κ.prod (τ.prod τ), h (q.1, q.2.2) = h (q.1, q.2.1) := by
      filter_upwards [hae] with q hq
      have hq' : ∑ i, (h (q.1, q.2.2) i - h (q.1, q.2.1) i) ^ 2 = 0 := hq
      funext i
      have hi : (h (q.1, q.2.2) i - h (q.1, q.2.1) i) ^ 2 = 0 :=
        (Finset.sum_eq_zero_iff_of_nonneg (s := Finset.univ)
          (f := fun i ↦ (h (q.1, q.2.2) i - h (q.1, q.2.1) i) ^ 2) fun i _ ↦ sq_nonneg _).1 hq' i
          (Finset.mem_univ i)
      exact sub_eq_zero.1 (pow_eq_zero_iff two_ne_zero |>.1 hi)
    -- the second style first, to fix one
    have hswap : MeasurePreserving
        (⇑(MeasurableEquiv.prodAssoc : (C × S) × S ≃ᵐ C × S × S) ∘ Prod.swap)
        (τ.prod (κ.prod τ)) (κ.prod (τ.prod τ)) :=
      (measurePreserving_prodAssoc κ τ τ).comp Measure.measurePreserving_swap
    have hae'' : ∀ᵐ r ∂τ.prod (κ.prod τ), h (r.2.1, r.1) = h (r.2.1, r.2.2) :=
      hswap.quasiMeasurePreserving.ae hae'
    obtain ⟨ξ, hξ⟩ := (Measure.ae_ae_of_ae_prod hae'').exists
    refine ⟨fun c ↦ h (c, ξ), ?_⟩
    filter_upwards [hξ] with p hp
    exact hp.symm
  · rintro ⟨g, hg⟩
    have hg' : ∀ᵐ p ∂κ.prod τ, h p = g p.1 := hg
    have h₁ : ∀ᵐ q ∂κ.prod (τ.prod τ), h (q.1, q.2.1) = g q.1 :=
      (measurePreserving_view_fst (κ := κ) (τ := τ)).quasiMeasurePreserving.ae hg'
    have h₂ : ∀ᵐ q ∂κ.prod (τ.prod τ), h (q.1, q.2.2) = g q.1 :=
      (measurePreserving_view_snd (κ := κ) (τ := τ)).quasiMeasurePreserving.ae hg'
    refine integral_eq_zero_of_ae ?_
    filter_upwards [h₁, h₂] with q e₁ e₂
    change ∑ i, (h (q.1, q.2.2) i - h (q.1, q.2.1) i) ^ 2 = 0
    rw [e₁, e₂]
    exact Finset.sum_eq_zero fun i _ ↦ by rw [sub_self, zero_pow two_ne_zero]

omit [IsProbabilityMeasure κ] in
/-- A white encoder of the content is white, whatever the style. -/
theorem IsWhite.comp_content {f : C → Fin m → ℝ} (hf : IsWhite κ f) :
    IsWhite (κ.prod τ) fun p ↦ f p.1 := by
  have hfst : MeasurePreserving Prod.fst (κ.prod τ) κ := measurePreserving_fst
  refine { memLp := fun i ↦ (hf.memLp i).comp_measurePreserving hfst, mean_eq_zero := fun i ↦ ?_,
           secondMoment_eq_one := ?_ }
  · rw [← hf.mean_eq_zero i]
    exact hfst.integral_comp_of_aestronglyMeasurable (g := fun c ↦ f c i)
      (hf.memLp i).aestronglyMeasurable
  · rw [← hf.secondMoment_eq_one]
    ext i j
    simp only [secondMoment, Matrix.of_apply]
    exact hfst.integral_comp_of_aestronglyMeasurable (g := fun c ↦ f c i * f c j)
      ((hf.memLp i).aestronglyMeasurable.mul (hf.memLp j).aestronglyMeasurable)

end General

section Gaussian

variable {n : ℕ} {S : Type*} [MeasurableSpace S]

/-- With `ρ = 1` a latent is its own successor. -/
theorem ouLaw_one_eq_map (n : ℕ) : ouLaw n 1 = (γ n).map fun z ↦ (z, z) := by
  have hdiag : Measurable fun z : Fin n → ℝ ↦ (z, z) := measurable_id.prodMk measurable_id
  have hs : √(1 - (1 : ℝ) ^ 2) = 0 := by rw [one_pow, sub_self, Real.sqrt_zero]
  have e : (fun p : (Fin n → ℝ) × (Fin n → ℝ) ↦
      (p.1, (1 : ℝ) • p.1 + √(1 - (1 : ℝ) ^ 2) • p.2)) = (fun z ↦ (z, z)) ∘ Prod.fst := by
    funext p
    change (p.1, (1 : ℝ) • p.1 + √(1 - (1 : ℝ) ^ 2) • p.2) = (p.1, p.1)
    rw [hs, one_smul, zero_smul, add_zero]
  rw [ouLaw, e, ← Measure.map_map hdiag measurable_fst,
    (measurePreserving_fst (μ := γ n) (ν := γ n)).map_eq]

/-- With `ρ = 1` the content of the Ornstein–Uhlenbeck world does not move. -/
theorem viewLaw_one (n : ℕ) (τ : Measure S) [IsProbabilityMeasure τ] :
    viewLaw n 1 τ = keptContentLaw (γ n) τ := by
  have hdiag : Measurable fun z : Fin n → ℝ ↦ (z, z) := measurable_id.prodMk measurable_id
  have hprod : ((γ n).map fun z ↦ (z, z)).prod (τ.prod τ) =
      ((γ n).prod (τ.prod τ)).map (Prod.map (fun z ↦ (z, z)) id) := by
    rw [← Measure.map_prod_map (γ n) (τ.prod τ) hdiag measurable_id, Measure.map_id]
  rw [viewLaw, ouLaw_one_eq_map, hprod,
    Measure.map_map measurable_viewMap (hdiag.prodMap measurable_id)]
  rfl

/-- The encoder that takes each latent to its Hermite polynomial of degree two is white. -/
theorem isWhite_quadraticEncoder_zero_one (n : ℕ) :
    IsWhite (γ n) (quadraticEncoder (fun _ : Fin n ↦ 0) fun _ ↦ 1) := by
  have e : (fun _ : Fin n ↦ (0 : ℝ) ^ 2 + 1 ^ 2) = fun _ ↦ 1 := funext fun _ ↦ by norm_num
  refine { toIsCentred := isCentred_quadraticEncoder _ _, secondMoment_eq_one := ?_ }
  rw [secondMoment_quadraticEncoder]
  exact (congrArg Matrix.diagonal e).trans Matrix.diagonal_one

/-- It is far from every orthogonal map. -/
theorem not_ae_eq_mulVec_quadraticEncoder_zero_one (hn : 0 < n) {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) :
    ¬quadraticEncoder (fun _ : Fin n ↦ 0) (fun _ ↦ 1) =ᵐ[γ n] Q.mulVec := by
  intro hae
  have hle : ∑ _i : Fin n, (1 : ℝ) ^ 2 + ∑ _i : Fin n, ((0 : ℝ) - 1) ^ 2 ≤
      ∫ z, ∑ i, (quadraticEncoder (fun _ : Fin n ↦ 0) (fun _ ↦ 1) z i - Q.mulVec z i) ^ 2 ∂γ n :=
    le_integral_quadraticEncoder_sub_mulVec (fun _ : Fin n ↦ (0 : ℝ)) (fun _ ↦ 1)
      (fun _ ↦ le_rfl) hQ
  have hzero : ∫ z, ∑ i, (quadraticEncoder (fun _ : Fin n ↦ 0) (fun _ ↦ 1) z i -
      Q.mulVec z i) ^ 2 ∂γ n = 0 := by
    refine integral_eq_zero_of_ae ?_
    filter_upwards [hae] with z hz
    change ∑ i, (quadraticEncoder (fun _ : Fin n ↦ 0) (fun _ ↦ 1) z i - Q.mulVec z i) ^ 2 = 0
    rw [hz]
    exact Finset.sum_eq_zero fun i _ ↦ by rw [sub_self, zero_pow two_ne_zero]
  have hn' : (0 : ℝ) < n := Nat.cast_pos.2 hn
  rw [hzero, Finset.sum_const, Finset.sum_const, Finset.card_univ, Fintype.card_fin, nsmul_eq_mul,
    nsmul_eq_mul] at hle
  linarith

/-- **At `ρ = 1` the optimum is no longer linear.** Where the content does not move, there is a
white encoder that aligns perfectly and is no orthogonal map of the content. -/
theorem exists_isWhite_content_not_orthogonal (hn : 0 < n) (τ : Measure S)
    [IsProbabilityMeasure τ] :
    ∃ h : (Fin n → ℝ) × S → Fin n → ℝ, IsWhite ((γ n).prod τ) h ∧
      alignment (viewLaw n 1 τ) h = 0 ∧
      ¬∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[(γ n).prod τ] fun p ↦ Q.mulVec p.1 := by
  have hw : IsWhite ((γ n).prod τ)
      fun p ↦ quadraticEncoder (fun _ : Fin n ↦ 0) (fun _ ↦ 1) p.1 :=
    (isWhite_quadraticEncoder_zero_one n).comp_content
  refine ⟨fun p ↦ quadraticEncoder (fun _ ↦ 0) (fun _ ↦ 1) p.1, hw, ?_, ?_⟩
  · rw [viewLaw_one]
    exact (alignment_keptContentLaw_eq_zero_iff hw.memLp).2 ⟨quadraticEncoder (fun _ ↦ 0) fun _ ↦ 1,
      Filter.EventuallyEq.rfl⟩
  · rintro ⟨Q, hQ, hae⟩
    refine not_ae_eq_mulVec_quadraticEncoder_zero_one hn hQ ?_
    have hae' : ∀ᵐ p ∂(γ n).prod τ,
        quadraticEncoder (fun _ : Fin n ↦ 0) (fun _ ↦ 1) p.1 = Q.mulVec p.1 := hae
    filter_upwards [Measure.ae_ae_of_ae_prod hae'] with z hz
    obtain ⟨_, hz'⟩ := hz.exists
    exact hz'

end Gaussian

end Lejepa
