module

public import Lejepa.Alignment.DiagonalWorld

/-!
# The law of a pair of the Ornstein–Uhlenbeck world

## Main results
* `Lejepa.map_fst_ouLaw`: the first latent is standard Gaussian.
* `Lejepa.integral_ouLaw`: integrals over pairs, latent first, then noise.

## References
* Klindt, LeCun, Balestriero, *When Does LeJEPA Learn a World Model?*, arXiv 2605.26379.
-/

public section

open MeasureTheory ProbabilityTheory

namespace Lejepa

variable {n : ℕ} {ρ : ℝ}

instance (n : ℕ) (ρ : ℝ) : IsProbabilityMeasure (ouLaw n ρ) := by
  rw [ouLaw_eq_diagOuLaw]
  infer_instance

/-- The first latent of a pair is standard Gaussian. -/
theorem map_fst_ouLaw (n : ℕ) (ρ : ℝ) : (ouLaw n ρ).map Prod.fst = γ n := by
  rw [ouLaw_eq_diagOuLaw, map_fst_diagOuLaw]

lemma measurePreserving_fst_ouLaw (n : ℕ) (ρ : ℝ) :
    MeasurePreserving Prod.fst (ouLaw n ρ) (γ n) :=
  ⟨measurable_fst, map_fst_ouLaw n ρ⟩

/-- Integrals over pairs: integrate over the noise, then over the latent. -/
theorem integral_ouLaw {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]
    {F : (Fin n → ℝ) × (Fin n → ℝ) → E} (hF : Integrable F (ouLaw n ρ)) :
    ∫ p, F p ∂ouLaw n ρ = ∫ z, ∫ η, F (z, ρ • z + √(1 - ρ ^ 2) • η) ∂γ n ∂γ n := by
  rw [ouLaw_eq_diagOuLaw] at hF ⊢
  exact integral_diagOuLaw hF

end Lejepa
