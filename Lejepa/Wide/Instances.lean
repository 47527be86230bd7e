/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.Quantile
public import Lejepa.Identifiability.White
public import Lejepa.Wide.Attained
public import Lejepa.Wide.Tradeoff

/-!
# Embeddings wider than the world: instances

A plane embedded in three dimensions, and a line in two.

## Main results
* `Lejepa.exists_isWhite_alignment_eq_plane`: a white encoder of the plane of width three that
  aligns as well as can be; outside, `Lejepa.not_exists_isWhite_alignment_eq_narrow`: in fewer
  dimensions than the world has, none aligns as well as the formula says.
* `Lejepa.exists_readout_plane`: that encoder, and its exact readout; outside,
  `Lejepa.not_exists_readout_zero`: an encoder that collapses has none.
* `Lejepa.exists_map_eq_stdGaussian_plane`: an encoder of the line whose output is the Gaussian of
  the plane.
* `Lejepa.exists_not_ae_eq_readout_line`: it has no exact readout; outside,
  `Lejepa.exists_isWhite_ae_eq_readout_line`: a white encoder of the same width has one.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-! ### A plane in three dimensions -/

/-- A white encoder of the plane of width three that aligns as well as one can. -/
theorem exists_isWhite_alignment_eq_plane :
    ∃ h : (Fin 2 → ℝ) → Fin 3 → ℝ, IsWhite (γ 2) h ∧
      alignment (ouLaw 2 (9 / 10)) h = 39 / 50 := by
  obtain ⟨h, hw, ha⟩ := exists_isWhite_alignment_eq_wide (n := 2) (m := 3) (ρ := 9 / 10)
    (by norm_num) (by norm_num) (by norm_num) (by norm_num)
  exact ⟨h, hw, ha.trans (by norm_num)⟩

/-- Outside `n ≤ m`: no white encoder of the plane of width one aligns as well as the formula would
say. -/
theorem not_exists_isWhite_alignment_eq_narrow :
    ¬∃ h : (Fin 2 → ℝ) → Fin 1 → ℝ, IsWhite (γ 2) h ∧
      alignment (ouLaw 2 (9 / 10)) h =
        2 * (1 - 9 / 10) * (2 : ℕ) + 2 * (1 - (9 / 10) ^ 2) * ((1 : ℕ) - (2 : ℕ)) := by
  rintro ⟨h, hw, ha⟩
  have hle := le_alignment_of_isWhite (ρ := 9 / 10) (by norm_num) (by norm_num) hw
  rw [ha] at hle
  norm_num at hle

/-- The wide encoder has an exact readout of the two latents. -/
theorem exists_readout_plane :
    ∃ h : (Fin 2 → ℝ) → Fin 3 → ℝ, IsWhite (γ 2) h ∧
      alignment (ouLaw 2 (9 / 10)) h = 39 / 50 ∧
      ∃ L : Matrix (Fin 2) (Fin 3) ℝ, ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ 2 = 0 := by
  obtain ⟨h, hw, ha⟩ := exists_isWhite_alignment_eq_plane
  obtain ⟨L, hL⟩ := exists_readout_of_isWhite (ρ := 9 / 10) (by norm_num) (by norm_num) hw
  have hnn : 0 ≤ ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ 2 :=
    integral_nonneg fun z ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have hv : 39 / 50 - (2 * (1 - 9 / 10) * ((2 : ℕ) : ℝ) +
      2 * (1 - (9 / 10) ^ 2) * (((3 : ℕ) : ℝ) - ((2 : ℕ) : ℝ))) = 0 := by norm_num
  rw [ha] at hL
  have hL' := hL.trans_eq hv
  refine ⟨h, hw, ha, L, le_antisymm ?_ hnn⟩
  linarith

/-- Outside, without whiteness: an encoder that collapses has no such readout. -/
theorem not_exists_readout_zero :
    ¬∃ L : Matrix (Fin 2) (Fin 3) ℝ,
      2 * (9 / 10) * (1 - 9 / 10) *
          ∫ z, ∑ i, (L.mulVec ((fun _ _ ↦ 0 : (Fin 2 → ℝ) → Fin 3 → ℝ) z) i - z i) ^ 2 ∂γ 2 ≤
        alignment (ouLaw 2 (9 / 10)) (fun _ _ ↦ 0 : (Fin 2 → ℝ) → Fin 3 → ℝ) -
          (2 * (1 - 9 / 10) * (2 : ℕ) + 2 * (1 - (9 / 10) ^ 2) * ((3 : ℕ) - (2 : ℕ))) := by
  rintro ⟨L, hL⟩
  have hnn : 0 ≤ ∫ z, ∑ i,
      (L.mulVec ((fun _ _ ↦ 0 : (Fin 2 → ℝ) → Fin 3 → ℝ) z) i - z i) ^ 2 ∂γ 2 :=
    integral_nonneg fun z ↦ Finset.sum_nonneg fun i _ ↦ sq_nonneg _
  have ha : alignment (ouLaw 2 (9 / 10)) (fun _ _ ↦ 0 : (Fin 2 → ℝ) → Fin 3 → ℝ) = 0 := by
    simp [alignment]
  have hv : (0 : ℝ) - (2 * (1 - 9 / 10) * ((2 : ℕ) : ℝ) +
      2 * (1 - (9 / 10) ^ 2) * (((3 : ℕ) : ℝ) - ((2 : ℕ) : ℝ))) < 0 := by norm_num
  rw [ha] at hL
  linarith

/-! ### A line in two dimensions -/

/-- Some encoder of the line has the Gaussian of the plane as its output. -/
theorem exists_map_eq_stdGaussian_plane :
    ∃ h : (Fin 1 → ℝ) → Fin 2 → ℝ, Measurable h ∧ (γ 1).map h = γ 2 := by
  have huncountable : Uncountable (Fin 2 → ℝ) :=
    (Function.const_injective (α := Fin 2) (β := ℝ)).uncountable
  obtain ⟨k, hk, hmap⟩ := exists_measurable_map_gaussianReal_eq (γ 2)
  have heval : Measurable fun z : Fin 1 → ℝ ↦ z 0 := measurable_pi_apply 0
  have hγ : (γ 1).map (fun z ↦ z 0) = gaussianReal 0 1 :=
    (measurePreserving_eval (fun _ : Fin 1 ↦ gaussianReal 0 1) 0).map_eq
  refine ⟨k ∘ fun z ↦ z 0, hk.comp heval, ?_⟩
  rw [← Measure.map_map hk heval, hγ, hmap]

/-- No linear readout of it is exact. -/
theorem exists_not_ae_eq_readout_line :
    ∃ h : (Fin 1 → ℝ) → Fin 2 → ℝ, Measurable h ∧ (γ 1).map h = γ 2 ∧
      ∀ L : Matrix (Fin 1) (Fin 2) ℝ, ¬(fun z ↦ L.mulVec (h z)) =ᵐ[γ 1] id := by
  obtain ⟨h, hm, hγ⟩ := exists_map_eq_stdGaussian_plane
  exact ⟨h, hm, hγ, not_ae_eq_readout_of_map_eq_stdGaussian one_lt_two hm hγ⟩

/-- Outside: an encoder of the same width whose output is white, and not Gaussian, has an exact
readout. -/
theorem exists_isWhite_ae_eq_readout_line :
    ∃ h : (Fin 1 → ℝ) → Fin 2 → ℝ, IsWhite (γ 1) h ∧
      ∃ L : Matrix (Fin 1) (Fin 2) ℝ, (fun z ↦ L.mulVec (h z)) =ᵐ[γ 1] id := by
  have h₀ : (0 : ℝ) < 9 / 10 := by norm_num
  have h₁ : (9 / 10 : ℝ) < 1 := by norm_num
  obtain ⟨h, hw, ha⟩ := exists_isWhite_alignment_eq_wide (n := 1) (m := 2) (by norm_num)
    (by norm_num) h₀ h₁
  exact ⟨h, hw, exists_ae_eq_readout_of_alignment_le h₀ h₁ hw ha.le⟩

end Lejepa
