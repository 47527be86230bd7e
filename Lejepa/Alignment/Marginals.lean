/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.ForMathlib.MeasurePreserving
public import Lejepa.Objective

/-!
# Alignment on pairs whose two members have one law

## Main results
* `Lejepa.alignment_eq_of_measurePreserving`: alignment is twice what the members' correlations
  lack: `𝔼 ‖h z' - h z‖² = 2 ∑ᵢ (𝔼 hᵢ(z)² - 𝔼 hᵢ(z) hᵢ(z'))`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

public section

open MeasureTheory

namespace Lejepa

variable {Z : Type*} [MeasurableSpace Z] {μ : Measure Z} {π : Measure (Z × Z)} {m : ℕ}

/-- A square-integrable function of the first member of a pair times one of the second is
integrable. -/
theorem integrable_mul_of_measurePreserving (h₁ : MeasurePreserving Prod.fst π μ)
    (h₂ : MeasurePreserving Prod.snd π μ) {f g : Z → ℝ} (hf : MemLp f 2 μ) (hg : MemLp g 2 μ) :
    Integrable (fun p : Z × Z ↦ f p.1 * g p.2) π := by
  have m₁ : MemLp (fun p : Z × Z ↦ f p.1) 2 π := hf.comp_measurePreserving h₁
  have m₂ : MemLp (fun p : Z × Z ↦ g p.2) 2 π := hg.comp_measurePreserving h₂
  exact m₁.integrable_mul m₂

/-- The alignment loss through the correlations of the two members of a pair. -/
theorem alignment_eq_of_measurePreserving (h₁ : MeasurePreserving Prod.fst π μ)
    (h₂ : MeasurePreserving Prod.snd π μ) {h : Z → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 μ) :
    alignment π h = 2 * ∑ i, (∫ z, h z i ^ 2 ∂μ - ∫ p, h p.1 i * h p.2 i ∂π) := by
  have m₁ (i : Fin m) : MemLp (fun p : Z × Z ↦ h p.1 i) 2 π := (hh i).comp_measurePreserving h₁
  have m₂ (i : Fin m) : MemLp (fun p : Z × Z ↦ h p.2 i) 2 π := (hh i).comp_measurePreserving h₂
  have i₁ (i : Fin m) : Integrable (fun p : Z × Z ↦ h p.1 i ^ 2) π := (m₁ i).integrable_sq
  have i₂ (i : Fin m) : Integrable (fun p : Z × Z ↦ h p.2 i ^ 2) π := (m₂ i).integrable_sq
  have i₃ (i : Fin m) : Integrable (fun p : Z × Z ↦ 2 * (h p.1 i * h p.2 i)) π :=
    (integrable_mul_of_measurePreserving h₁ h₂ (hh i) (hh i)).const_mul 2
  have i₂₁ (i : Fin m) : Integrable (fun p : Z × Z ↦ h p.2 i ^ 2 + h p.1 i ^ 2) π :=
    (i₂ i).add (i₁ i)
  have e₁ (i : Fin m) : ∫ p, h p.1 i ^ 2 ∂π = ∫ z, h z i ^ 2 ∂μ :=
    h₁.integral_comp_of_aestronglyMeasurable (g := fun z ↦ h z i ^ 2) (hh i).integrable_sq.1
  have e₂ (i : Fin m) : ∫ p, h p.2 i ^ 2 ∂π = ∫ z, h z i ^ 2 ∂μ :=
    h₂.integral_comp_of_aestronglyMeasurable (g := fun z ↦ h z i ^ 2) (hh i).integrable_sq.1
  have hsq : (fun p : Z × Z ↦ ∑ i, (h p.2 i - h p.1 i) ^ 2)
      = fun p ↦ ∑ i, (h p.2 i ^ 2 + h p.1 i ^ 2 - 2 * (h p.1 i * h p.2 i)) :=
    funext fun p ↦ Finset.sum_congr rfl fun i _ ↦ by ring
  have hint : ∀ i ∈ Finset.univ, Integrable
      (fun p : Z × Z ↦ h p.2 i ^ 2 + h p.1 i ^ 2 - 2 * (h p.1 i * h p.2 i)) π :=
    fun i _ ↦ (i₂₁ i).sub (i₃ i)
  rw [alignment, hsq, integral_finset_sum _ hint, Finset.mul_sum]
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  rw [integral_sub (i₂₁ i) (i₃ i), integral_add (i₂ i) (i₁ i), integral_const_mul, e₁, e₂]
  ring

end Lejepa
