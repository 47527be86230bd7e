/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.World
public import Mathlib.RingTheory.Polynomial.Hermite.Basic

/-!
# Product Hermite polynomials

## Main definitions
* `Lejepa.hermiteProd α`: the product Hermite polynomial of multi-index `α`, probabilists'
  convention.
* `Lejepa.hermiteCoeff f α`: the coefficient of `f` on the normalized `hermiteProd α`.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory Polynomial

noncomputable section

namespace Lejepa

/-- The product Hermite polynomial `H_α(z) = ∏ᵢ He_{αᵢ}(zᵢ)`, probabilists' convention. -/
def hermiteProd {n : ℕ} (α : Fin n → ℕ) (z : Fin n → ℝ) : ℝ := ∏ i, aeval (z i) (hermite (α i))

/-- The coefficient of `f` on the normalized Hermite polynomial of index `α`. -/
def hermiteCoeff {n : ℕ} (f : (Fin n → ℝ) → ℝ) (α : Fin n → ℕ) : ℝ :=
  (∫ z, f z * hermiteProd α z ∂γ n) / √(∏ i, ((α i).factorial : ℝ))

end Lejepa
