/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Converse.Instances
public import Lejepa.Regularizer.RandomSlice

/-!
# The regularizer: instances

What the projections and the Epps–Pulley statistic say of laws that are Gaussian, and of a coin, the
uniform law and the copied law, which are not.

## Main results
* `Lejepa.map_projection_planeLatent`, `Lejepa.exists_projection_copiedLaw_ne`: instances of
  `eq_stdGaussian_iff_forall_projection`.
* `Lejepa.eppsPulley_bellLatent`, `Lejepa.eppsPulley_coin_pos`,
  `Lejepa.eppsPulley_uniformLatent_pos`: instances of `eppsPulley_eq_zero_iff`.
* `Lejepa.copiedLaw_coordinates`: outside, the coordinates are not all the projections.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

/-! ### Projections -/

/-- **An instance of `eq_stdGaussian_iff_forall_projection`**: a projection of two Gaussian
latents. -/
theorem map_projection_planeLatent :
    planeLatent.map (fun z ↦ 3 / 5 * z 0 + 4 / 5 * z 1) = gaussianReal 0 1 := by
  obtain ⟨u, hu₀, hu₁⟩ : ∃ u : Fin 2 → ℝ, u 0 = 3 / 5 ∧ u 1 = 4 / 5 :=
    ⟨fun i ↦ if i = 0 then 3 / 5 else 4 / 5, if_pos rfl, if_neg (by simp)⟩
  have hu : ∑ i, u i ^ 2 = 1 := by
    rw [Fin.sum_univ_two, hu₀, hu₁]
    norm_num
  have h := eq_stdGaussian_iff_forall_projection.1 planeLatent_eq u hu
  simp only [Fin.sum_univ_two, hu₀, hu₁] at h
  exact h

/-- **An instance of `eq_stdGaussian_iff_forall_projection`**: some projection of the copied law is
not standard Gaussian. -/
theorem exists_projection_copiedLaw_ne :
    ∃ u : Fin 2 → ℝ, ∑ i, u i ^ 2 = 1 ∧
      copiedLaw.map (fun z ↦ ∑ i, u i * z i) ≠ gaussianReal 0 1 := by
  by_contra h
  refine copiedLaw_ne_stdGaussian (eq_stdGaussian_iff_forall_projection.2 fun u hu ↦ ?_)
  by_contra hne
  exact h ⟨u, hu, hne⟩

/-- **Outside**: the coordinates do not suffice in place of all projections. Those of the copied law
are standard Gaussian, and the law is not. -/
theorem copiedLaw_coordinates :
    (∀ i, copiedLaw.map (fun z ↦ z i) = gaussianReal 0 1) ∧ copiedLaw ≠ γ 2 := by
  refine ⟨fun i ↦ ?_, copiedLaw_ne_stdGaussian⟩
  have e : (fun z : Fin 2 → ℝ ↦ z i) ∘ (fun (x : ℝ) (_ : Fin 2) ↦ x) = id := rfl
  rw [copiedLaw, Measure.map_map (measurable_pi_apply i) measurable_copy, e]
  exact Measure.map_id

/-! ### The Epps–Pulley statistic -/

/-- **An instance of `eppsPulley_eq_zero_iff`**: the Gaussian latent. -/
theorem eppsPulley_bellLatent : eppsPulley bellLatent = 0 :=
  eppsPulley_eq_zero_iff.2 bellLatent_eq

/-- **An instance of `eppsPulley_eq_zero_iff`**: a coin, which has the mean and the variance of the
Gaussian. -/
theorem eppsPulley_coin_pos : 0 < eppsPulley coin :=
  lt_of_le_of_ne (eppsPulley_nonneg _) fun h ↦
    coin_ne_gaussianReal (eppsPulley_eq_zero_iff.1 h.symm)

/-- **An instance of `eppsPulley_eq_zero_iff`**: the uniform latent. -/
theorem eppsPulley_uniformLatent_pos : 0 < eppsPulley UniformLatent.latent :=
  lt_of_le_of_ne (eppsPulley_nonneg _) fun h ↦
    uniformLatent_ne_gaussianReal (eppsPulley_eq_zero_iff.1 h.symm)

end Lejepa
