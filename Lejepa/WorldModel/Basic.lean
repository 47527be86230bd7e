/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Planning.Invariant
public import Lejepa.World
public import Mathlib.MeasureTheory.Measure.Prod

/-!
# Worlds with actions, and the loss of an encoder and its predictor

## Main definitions
* `Lejepa.successor M B`: the successor `z' = M z + B a + η` of a latent under an action.
* `Lejepa.predictionLoss ν M B h f`: the loss `𝔼 ‖h z' - f (h z) a‖²` of an encoder `h` and a
  predictor `f`.

## Main results
* `Lejepa.predictionLoss_eq`: the loss as an integral over latent and action, then noise.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped ENNReal Matrix

noncomputable section

namespace Lejepa

/-- The successor of a latent `z` under an action `a` and noise `η`, `p = (z, a, η)`:
`z' = M z + B a + η`. -/
def successor {n k : ℕ} (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ)
    (p : (Fin n → ℝ) × (Fin k → ℝ) × (Fin n → ℝ)) : Fin n → ℝ :=
  M.mulVec p.1 + B.mulVec p.2.1 + p.2.2

/-- The loss of a joint-embedding predictive architecture: `𝔼 ‖h z' - f (h z) a‖²`, for latents
`z ∼ γ n`, actions `a ∼ γ k` and noise `η ∼ ν`, all independent. -/
def predictionLoss {n k m : ℕ} (ν : Measure (Fin n → ℝ)) (M : Matrix (Fin n) (Fin n) ℝ)
    (B : Matrix (Fin n) (Fin k) ℝ) (h : (Fin n → ℝ) → Fin m → ℝ)
    (f : (Fin m → ℝ) → (Fin k → ℝ) → Fin m → ℝ) : ℝ≥0∞ :=
  ∫⁻ p, ENNReal.ofReal (∑ i, (h (successor M B p) i - f (h p.1) p.2.1 i) ^ 2)
    ∂(γ n).prod ((γ k).prod ν)

variable {n k m : ℕ} {ν : Measure (Fin n → ℝ)} {M : Matrix (Fin n) (Fin n) ℝ}
  {B : Matrix (Fin n) (Fin k) ℝ} {h : (Fin n → ℝ) → Fin m → ℝ}
  {f : (Fin m → ℝ) → (Fin k → ℝ) → Fin m → ℝ}

/-- The map `(z, a, η) ↦ M z + B a + η` is measurable. -/
theorem measurable_successor (M : Matrix (Fin n) (Fin n) ℝ) (B : Matrix (Fin n) (Fin k) ℝ) :
    Measurable (successor M B) :=
  (((measurable_mulVec M).comp measurable_fst).add
    ((measurable_mulVec B).comp (measurable_fst.comp measurable_snd))).add
    (measurable_snd.comp measurable_snd)

/-- What a predictor says of a latent and an action, through the encoder. -/
theorem measurable_predictor (hm : Measurable h) (hf : Measurable (Function.uncurry f)) :
    Measurable fun c : (Fin n → ℝ) × (Fin k → ℝ) ↦ f (h c.1) c.2 :=
  hf.comp ((hm.comp measurable_fst).prodMk measurable_snd)

/-- The loss as an integral over latent and action, then noise. -/
theorem predictionLoss_eq [SFinite ν] :
    predictionLoss ν M B h f =
      ∫⁻ p, ENNReal.ofReal
          (∑ i, (h (M.mulVec p.1.1 + B.mulVec p.1.2 + p.2) i - f (h p.1.1) p.1.2 i) ^ 2)
        ∂((γ n).prod (γ k)).prod ν :=
  ((measurePreserving_prodAssoc (γ n) (γ k) ν).lintegral_comp_emb
    MeasurableEquiv.prodAssoc.measurableEmbedding
    fun p ↦ ENNReal.ofReal
      (∑ i, (h (successor M B p) i - f (h p.1) p.2.1 i) ^ 2)).symm

end Lejepa
