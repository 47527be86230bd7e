module

public import Lejepa.Alignment.PairLaw

/-!
# The Ornstein–Uhlenbeck world is stationary and reversible

## Main results
* `Lejepa.map_swap_ouLaw`: a pair and the pair read backwards have one law.
* `Lejepa.map_snd_ouLaw`: the second latent of a pair is standard Gaussian.
* `Lejepa.map_mulVec_stdGaussian`: the standard Gaussian is invariant under orthogonal maps.

## References
* Klindt, LeCun, Balestriero, *When Does LeJEPA Learn a World Model?*, arXiv 2605.26379.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ} {ρ : ℝ}

/-- The standard Gaussian is invariant under orthogonal maps. -/
theorem map_mulVec_stdGaussian {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) : (γ n).map Q.mulVec = γ n :=
  pi_gaussianReal_map_mulVec hQ

/-- The world is reversible: a pair and the pair read backwards have one law. -/
theorem map_swap_ouLaw (hρ : |ρ| ≤ 1) : (ouLaw n ρ).map Prod.swap = ouLaw n ρ := by
  rw [ouLaw_eq_diagOuLaw, map_swap_diagOuLaw fun _ ↦ hρ]

/-- The second latent of a pair is standard Gaussian: the world is stationary. -/
theorem map_snd_ouLaw (hρ : |ρ| ≤ 1) : (ouLaw n ρ).map Prod.snd = γ n := by
  rw [ouLaw_eq_diagOuLaw, map_snd_diagOuLaw fun _ ↦ hρ]

lemma measurePreserving_snd_ouLaw (hρ : |ρ| ≤ 1) :
    MeasurePreserving Prod.snd (ouLaw n ρ) (γ n) :=
  ⟨measurable_snd, map_snd_ouLaw hρ⟩

end Lejepa
