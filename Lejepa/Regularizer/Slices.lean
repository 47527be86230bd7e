/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.ContinuousDotProduct
public import Lejepa.ForMathlib.GaussianPiMoments
public import Lejepa.ForMathlib.SymmetricForm
public import Lejepa.Identifiability.White
public import Lejepa.Regularizer.CramerWold

/-!
# Fixed slices: which sets of directions identify the latents

A regularizer that sees an encoder only through finitely many projections `u · h`, `u ∈ U`, and asks
each to be standard Gaussian. It identifies the latents up to an orthogonal map exactly when no
symmetric matrix but zero vanishes on `U`.

## Main definitions
* `Lejepa.SlicesIdentify ρ U`: among the encoders whose slices `u · h`, `u ∈ U`, are standard
  Gaussian, the orthogonal maps are the optimal ones, and the only ones.

## Main results
* `Lejepa.isWhite_of_slices`: where the slices span, passing them makes an encoder white.
* `Lejepa.slices_identify_iff`: the slices identify if and only if they span the symmetric matrices.
* `Lejepa.card_le_of_slicesIdentify`: fewer than `n (n + 1) / 2` slices never identify.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
* [Balestriero and LeCun, *LeJEPA*][balestriero2025] (SIGReg).
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

noncomputable section

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ}

/-! ### What slices see -/

section Slices

variable {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {h : Z → Fin n → ℝ}

/-- The mean square of a slice: `𝔼 (u · h)² = u · Cov(h) u`. -/
theorem dotProduct_secondMoment_mulVec (hh : ∀ i, MemLp (fun z ↦ h z i) 2 μ) (u : Fin n → ℝ) :
    u ⬝ᵥ (secondMoment μ h).mulVec u = ∫ z, (u ⬝ᵥ h z) ^ 2 ∂μ := by
  have hint : ∀ i j, Integrable (fun z ↦ u i * u j * (h z i * h z j)) μ := fun i j ↦
    ((hh i).integrable_mul (hh j)).const_mul (u i * u j)
  have hint' : ∀ i, Integrable (fun z ↦ ∑ j, u i * u j * (h z i * h z j)) μ := fun i ↦
    integrable_finset_sum _ fun j _ ↦ hint i j
  have expand : ∀ z, (u ⬝ᵥ h z) ^ 2 = ∑ i, ∑ j, u i * u j * (h z i * h z j) := fun z ↦ by
    rw [dotProduct, sq, Finset.sum_mul_sum]
    exact Finset.sum_congr rfl fun i _ ↦ Finset.sum_congr rfl fun j _ ↦ by ring
  calc u ⬝ᵥ (secondMoment μ h).mulVec u
      = ∑ i, u i * ∑ j, (∫ z, h z i * h z j ∂μ) * u j := rfl
    _ = ∑ i, ∑ j, ∫ z, u i * u j * (h z i * h z j) ∂μ := by
        refine Finset.sum_congr rfl fun i _ ↦ ?_
        rw [Finset.mul_sum]
        refine Finset.sum_congr rfl fun j _ ↦ ?_
        rw [integral_const_mul]
        ring
    _ = ∑ i, ∫ z, ∑ j, u i * u j * (h z i * h z j) ∂μ :=
        Finset.sum_congr rfl fun i _ ↦ (integral_finset_sum _ fun j _ ↦ hint i j).symm
    _ = ∫ z, ∑ i, ∑ j, u i * u j * (h z i * h z j) ∂μ :=
        (integral_finset_sum _ fun i _ ↦ hint' i).symm
    _ = ∫ z, (u ⬝ᵥ h z) ^ 2 ∂μ := integral_congr_ae (.of_forall fun z ↦ (expand z).symm)

/-- The directions in which an encoder is square-integrable of mean zero form a subspace. -/
theorem exists_submodule_isCentred [IsFiniteMeasure μ] (h : Z → Fin n → ℝ) :
    ∃ W : Submodule ℝ (Fin n → ℝ),
      ∀ a, a ∈ W ↔ MemLp (fun z ↦ a ⬝ᵥ h z) 2 μ ∧ ∫ z, a ⬝ᵥ h z ∂μ = 0 := by
  have hadd : ∀ a b : Fin n → ℝ,
      (fun z ↦ (a + b) ⬝ᵥ h z) = fun z ↦ a ⬝ᵥ h z + b ⬝ᵥ h z := fun a b ↦
    funext fun z ↦ add_dotProduct a b (h z)
  have hsmul : ∀ (c : ℝ) (a : Fin n → ℝ), (fun z ↦ (c • a) ⬝ᵥ h z) = fun z ↦ c * (a ⬝ᵥ h z) :=
    fun c a ↦ funext fun z ↦ smul_dotProduct c a (h z)
  have hzero : (fun z ↦ (0 : Fin n → ℝ) ⬝ᵥ h z) = fun _ ↦ (0 : ℝ) :=
    funext fun z ↦ zero_dotProduct (h z)
  refine ⟨{ carrier := {a | MemLp (fun z ↦ a ⬝ᵥ h z) 2 μ ∧ ∫ z, a ⬝ᵥ h z ∂μ = 0}
            add_mem' := ?add
            zero_mem' := ?zero
            smul_mem' := ?smul }, fun _ ↦ Iff.rfl⟩
  case add =>
    intro a b ha hb
    obtain ⟨ha, ha'⟩ := ha
    obtain ⟨hb, hb'⟩ := hb
    change MemLp (fun z ↦ (a + b) ⬝ᵥ h z) 2 μ ∧ ∫ z, (a + b) ⬝ᵥ h z ∂μ = 0
    rw [hadd]
    refine ⟨ha.add hb, ?_⟩
    rw [integral_add (ha.integrable one_le_two) (hb.integrable one_le_two), ha', hb', add_zero]
  case zero =>
    change MemLp (fun z ↦ (0 : Fin n → ℝ) ⬝ᵥ h z) 2 μ ∧ ∫ z, (0 : Fin n → ℝ) ⬝ᵥ h z ∂μ = 0
    rw [hzero]
    exact ⟨memLp_const 0, by simp only [integral_zero]⟩
  case smul =>
    intro c a ha
    obtain ⟨ha, ha'⟩ := ha
    change MemLp (fun z ↦ (c • a) ⬝ᵥ h z) 2 μ ∧ ∫ z, (c • a) ⬝ᵥ h z ∂μ = 0
    rw [hsmul]
    refine ⟨ha.const_mul c, ?_⟩
    rw [integral_const_mul, ha', mul_zero]

/-- Where no symmetric matrix but zero vanishes on the slices, an encoder that passes them is white:
square-integrable, centred, of identity covariance. -/
theorem isWhite_of_slices [IsFiniteMeasure μ] (hm : Measurable h) {U : Set (Fin n → ℝ)}
    (unit : ∀ u ∈ U, u ⬝ᵥ u = 1)
    (span : ∀ S : Matrix (Fin n) (Fin n) ℝ, S.IsSymm → (∀ u ∈ U, u ⬝ᵥ S.mulVec u = 0) → S = 0)
    (pass : ∀ u ∈ U, μ.map (fun z ↦ u ⬝ᵥ h z) = gaussianReal 0 1) : IsWhite μ h := by
  have hX : ∀ u ∈ U, MeasurePreserving (fun z ↦ u ⬝ᵥ h z) μ (gaussianReal 0 1) := fun u hu ↦
    ⟨(measurable_dotProduct_const u).comp hm, pass u hu⟩
  have hsq : ∀ u ∈ U, ∫ z, (u ⬝ᵥ h z) ^ 2 ∂μ = 1 := fun u hu ↦
    ((hX u hu).integral_comp_of_aestronglyMeasurable (g := fun x : ℝ ↦ x ^ 2)
      (measurable_id'.pow_const 2).aestronglyMeasurable).trans integral_sq_gaussianReal_zero_one
  obtain ⟨W, hW⟩ := exists_submodule_isCentred (μ := μ) h
  have htop : W = ⊤ := Matrix.eq_top_of_forall_isSymm span fun u hu ↦ (hW u).2
    ⟨(memLp_id_gaussianReal' 2 ENNReal.ofNat_ne_top).comp_measurePreserving (hX u hu),
      ((hX u hu).integral_comp_of_aestronglyMeasurable (g := fun x : ℝ ↦ x)
        measurable_id'.aestronglyMeasurable).trans integral_id_gaussianReal⟩
  have hcoord : ∀ i, MemLp (fun z ↦ h z i) 2 μ ∧ ∫ z, h z i ∂μ = 0 := fun i ↦ by
    have hi := (hW (Pi.single i 1)).1 (by rw [htop]; exact Submodule.mem_top)
    simpa only [single_one_dotProduct] using hi
  have hsymm : (secondMoment μ h).IsSymm := Matrix.IsSymm.ext fun i j ↦ by
    change ∫ z, h z j * h z i ∂μ = ∫ z, h z i * h z j ∂μ
    exact integral_congr_ae (.of_forall fun z ↦ mul_comm _ _)
  have hS : secondMoment μ h - 1 = 0 :=
    span _ (hsymm.sub Matrix.isSymm_one) fun u hu ↦ by
      rw [Matrix.sub_mulVec, dotProduct_sub, Matrix.one_mulVec, unit u hu,
        dotProduct_secondMoment_mulVec (fun i ↦ (hcoord i).1), hsq u hu, sub_self]
  exact { memLp := fun i ↦ (hcoord i).1
          mean_eq_zero := fun i ↦ (hcoord i).2
          secondMoment_eq_one := sub_eq_zero.1 hS }

end Slices

/-! ### Linear encoders -/

/-- The alignment of a linear encoder. -/
theorem alignment_ouLaw_mulVec (hρ : |ρ| ≤ 1) (A : Matrix (Fin m) (Fin n) ℝ) :
    alignment (ouLaw n ρ) A.mulVec = 2 * (1 - ρ) * (A * A.transpose).trace := by
  have hs := hasSum_alignment_sub (h := A.mulVec) hρ fun i ↦ memLp_linear (A i)
  rw [secondMoment_mulVec] at hs
  have hzero : (fun α : Fin n → ℕ ↦ 2 * (ρ - ρ ^ (∑ i, α i)) *
      ∑ i, hermiteCoeff (fun z ↦ A.mulVec z i) α ^ 2) = fun _ ↦ 0 := by
    funext α
    by_cases hα : ∑ j, α j = 1
    · rw [hα, pow_one, sub_self, mul_zero, zero_mul]
    · have hsum : ∑ i, hermiteCoeff (fun z ↦ A.mulVec z i) α ^ 2 = 0 :=
        Finset.sum_eq_zero fun i _ ↦ by
          have h : hermiteCoeff (fun z ↦ A.mulVec z i) α = 0 :=
            hermiteCoeff_linear_of_sum_ne_one (A i) hα
          rw [h, zero_pow two_ne_zero]
      rw [hsum, mul_zero]
  rw [hzero] at hs
  exact sub_eq_zero.1 (hs.unique hasSum_zero)

/-- A slice of a linear encoder `A` is standard Gaussian where `u · A Aᵀ u = 1`. -/
theorem map_dotProduct_mulVec_stdGaussian {A : Matrix (Fin m) (Fin n) ℝ} {u : Fin m → ℝ}
    (hu : u ⬝ᵥ (A * A.transpose).mulVec u = 1) :
    (γ n).map (fun z ↦ u ⬝ᵥ A.mulVec z) = gaussianReal 0 1 := by
  have e : (fun z ↦ u ⬝ᵥ A.mulVec z) = fun z ↦ ∑ i, A.transpose.mulVec u i * z i :=
    funext fun z ↦ by
      rw [Matrix.dotProduct_mulVec, ← Matrix.mulVec_transpose]
      rfl
  have h : A.transpose.mulVec u ⬝ᵥ A.transpose.mulVec u = 1 :=
    calc A.transpose.mulVec u ⬝ᵥ A.transpose.mulVec u
        = Matrix.vecMul u A ⬝ᵥ A.transpose.mulVec u := by rw [Matrix.mulVec_transpose]
      _ = u ⬝ᵥ A.mulVec (A.transpose.mulVec u) := (Matrix.dotProduct_mulVec u A _).symm
      _ = 1 := by rw [Matrix.mulVec_mulVec, hu]
  have h' : ∑ i, A.transpose.mulVec u i ^ 2 = 1 := by
    rw [← h, dotProduct]
    exact Finset.sum_congr rfl fun i _ ↦ sq _
  rw [e]
  exact map_projection_stdGaussian h'

/-! ### The equivalence -/

/-- The slices in `U` identify: among the encoders whose slices `u · h`, `u ∈ U`, are standard
Gaussian, the orthogonal maps are the optimal ones, and the only ones. -/
def SlicesIdentify (ρ : ℝ) (U : Set (Fin n → ℝ)) : Prop :=
  ∀ h : (Fin n → ℝ) → Fin n → ℝ, Measurable h →
    (∀ u ∈ U, (γ n).map (fun z ↦ u ⬝ᵥ h z) = gaussianReal 0 1) →
    2 * (1 - ρ) * n ≤ alignment (ouLaw n ρ) h ∧
      (alignment (ouLaw n ρ) h = 2 * (1 - ρ) * n ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec)

/-- Slices that identify determine symmetric matrices: where `S ≠ 0` vanishes on all of them, they
let a linear encoder pass whose covariance is `1 + ε S`; with one sign of `ε` or the other it aligns
no worse than the orthogonal maps. -/
theorem eq_zero_of_slicesIdentify (h₁ : ρ < 1) (hρ : |ρ| ≤ 1) {U : Set (Fin n → ℝ)}
    (unit : ∀ u ∈ U, u ⬝ᵥ u = 1) (H : SlicesIdentify ρ U) {S : Matrix (Fin n) (Fin n) ℝ}
    (hS : S.IsSymm) (hSU : ∀ u ∈ U, u ⬝ᵥ S.mulVec u = 0) : S = 0 := by
  obtain ⟨c, hc, hA⟩ := hS.exists_mul_transpose_eq_one_add_smul
  have hρ' : 0 < 2 * (1 - ρ) := mul_pos two_pos (sub_pos.2 h₁)
  have key : ∀ ε : ℝ, |ε| ≤ c → ∃ A : Matrix (Fin n) (Fin n) ℝ, A * A.transpose = 1 + ε • S ∧
      0 ≤ ε * S.trace ∧
      (S.trace = 0 → ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, A.mulVec =ᵐ[γ n] Q.mulVec) := by
    intro ε hε
    obtain ⟨A, hAS⟩ := hA ε hε
    have hm : Measurable A.mulVec :=
      measurable_pi_lambda _ fun i ↦ measurable_dotProduct_const (A i)
    have hpass : ∀ u ∈ U, (γ n).map (fun z ↦ u ⬝ᵥ A.mulVec z) = gaussianReal 0 1 := fun u hu ↦ by
      refine map_dotProduct_mulVec_stdGaussian ?_
      rw [hAS, Matrix.add_mulVec, Matrix.one_mulVec, Matrix.smul_mulVec, dotProduct_add,
        dotProduct_smul, hSU u hu, smul_zero, add_zero, unit u hu]
    have halign : alignment (ouLaw n ρ) A.mulVec = 2 * (1 - ρ) * (n + ε * S.trace) := by
      rw [alignment_ouLaw_mulVec hρ, hAS, Matrix.trace_add, Matrix.trace_one, Fintype.card_fin,
        Matrix.trace_smul, smul_eq_mul]
    obtain ⟨hle, hiff⟩ := H A.mulVec hm hpass
    rw [halign] at hle hiff
    refine ⟨A, hAS, ?_, fun h0 ↦ hiff.1 (by rw [h0, mul_zero, add_zero])⟩
    have hle' := le_of_mul_le_mul_left hle hρ'
    linarith
  have hcc : |c| ≤ c := (abs_of_pos hc).le
  have ht : S.trace = 0 := by
    obtain ⟨_, _, hp, _⟩ := key c hcc
    obtain ⟨_, _, hn, _⟩ := key (-c) (by rwa [abs_neg])
    rw [neg_mul] at hn
    exact (mul_eq_zero.1 (le_antisymm (neg_nonneg.1 hn) hp)).resolve_left hc.ne'
  obtain ⟨A, hAS, _, hQ⟩ := key c hcc
  obtain ⟨Q, hQ, hAQ⟩ := hQ ht
  have hA1 : A * A.transpose = 1 := by
    rw [← secondMoment_mulVec, secondMoment_congr_ae hAQ, secondMoment_mulVec]
    exact (Matrix.mem_orthogonalGroup_iff _ _).1 hQ
  rw [hA1] at hAS
  have hcS : c • S = 0 := add_eq_left.1 hAS.symm
  calc S = c⁻¹ • (c • S) := by rw [smul_smul, inv_mul_cancel₀ hc.ne', one_smul]
    _ = 0 := by rw [hcS, smul_zero]

/-- **Which fixed slices identify.** Ask of an encoder `h` that each `u · h` with `u ∈ U` be
standard Gaussian. Then `2 (1 - ρ) n` is the least alignment, attained exactly by the orthogonal
maps, if and only if zero is the only symmetric `S` with `u · S u = 0` for all `u ∈ U`. -/
theorem slices_identify_iff {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {U : Set (Fin n → ℝ)}
    (unit : ∀ u ∈ U, u ⬝ᵥ u = 1) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, Measurable h →
        (∀ u ∈ U, (γ n).map (fun z ↦ u ⬝ᵥ h z) = gaussianReal 0 1) →
        2 * (1 - ρ) * n ≤ alignment (ouLaw n ρ) h ∧
          (alignment (ouLaw n ρ) h = 2 * (1 - ρ) * n ↔
            ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec)) ↔
      ∀ S : Matrix (Fin n) (Fin n) ℝ, S.IsSymm → (∀ u ∈ U, u ⬝ᵥ S.mulVec u = 0) → S = 0 := by
  constructor
  · intro H S hS hSU
    exact eq_zero_of_slicesIdentify h₁ (abs_le_one_of_pos_of_lt_one h₀ h₁) unit H hS hSU
  · intro span h hm pass
    have hw := isWhite_of_slices hm unit span pass
    exact ⟨le_alignment_of_isWhite h₀ h₁ hw, alignment_eq_iff_of_isWhite h₀ h₁ hw⟩

/-- The same equivalence, for the defined notion. -/
theorem slicesIdentify_iff (h₀ : 0 < ρ) (h₁ : ρ < 1) {U : Set (Fin n → ℝ)}
    (unit : ∀ u ∈ U, u ⬝ᵥ u = 1) :
    SlicesIdentify ρ U ↔
      ∀ S : Matrix (Fin n) (Fin n) ℝ, S.IsSymm → (∀ u ∈ U, u ⬝ᵥ S.mulVec u = 0) → S = 0 :=
  slices_identify_iff h₀ h₁ unit

/-- **Fewer than `n (n + 1) / 2` fixed slices never identify**, whichever they are. -/
theorem card_le_of_slicesIdentify (h₀ : 0 < ρ) (h₁ : ρ < 1) {U : Finset (Fin n → ℝ)}
    (unit : ∀ u ∈ U, u ⬝ᵥ u = 1) (H : SlicesIdentify ρ (U : Set (Fin n → ℝ))) :
    n * (n + 1) / 2 ≤ U.card := by
  have h := Matrix.card_mul_card_add_one_div_two_le_card (U := U)
    fun S hS hSU ↦ (slicesIdentify_iff h₀ h₁ fun u hu ↦ unit u (Finset.mem_coe.1 hu)).1 H S hS
      fun u hu ↦ hSU u (Finset.mem_coe.1 hu)
  rwa [Fintype.card_fin] at h

end Lejepa
