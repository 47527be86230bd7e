/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.MeasureTheory.Function.L2Space

/-!
# The inner product of `L²`, through representatives
-/

public section

namespace MeasureTheory.L2

/-- The inner product of two classes of real functions is the integral of the product of any two
representatives. -/
theorem inner_eq_integral_mul {α : Type*} {m : MeasurableSpace α} {μ : Measure α} {u v : Lp ℝ 2 μ}
    {f g : α → ℝ} (hu : u =ᵐ[μ] f) (hv : v =ᵐ[μ] g) : inner ℝ u v = ∫ x, f x * g x ∂μ := by
  rw [L2.inner_def]
  refine integral_congr_ae ?_
  filter_upwards [hu, hv] with x hx hy
  rw [hx, hy, RCLike.inner_apply', conj_trivial]

end MeasureTheory.L2
