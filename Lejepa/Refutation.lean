/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.World
public import Mathlib.Analysis.SpecialFunctions.Pow.Real
public import Mathlib.LinearAlgebra.UnitaryGroup

/-!
# What the paper's Lean files assume, refuted

The Lean files that accompany the paper (github.com/klindtlab/lejepa-identifiability, revision
`de7503f` of May 26, 2026) prove its theorems from axioms. Some of these are false, so that
everything follows from them; one holds by definition; and one theorem has a hypothesis that holds
what is to be proved. Here each of them is stated in our own words, and proved false or empty. Each
docstring names the theorem of this package that says what was meant, without an axiom.

| assumed there | what it says | here |
|---|---|---|
| `amgm_sum_ge_prod_pow` | arithmetic and geometric mean of `m` terms | `not_amgm` (`m = 0`) |
| `exp_mean_ge_mean_exp` | Jensen for the exponential of `m` terms | `not_jensen` (`m = 0`) |
| `stage_pushforward` | expected stage costs agree | `not_stagePushforward` |
| `terminal_pushforward` | expected final costs agree | `not_finalPushforward` |
| `correlation_eq_spectral_sum` | a correlation is its spectral sum | `not_correlation_eq_tsum` |
| `linear_of_degree_one` | an encoder of degree one is linear | `not_isLinear_of_degree_one` |
| `hermite_first_eigenfunction_of_gaussian` | affine eigenfunctions | `not_affine_eigenfunction` |
| `gaussian_of_affine_score` | an affine score is a Gaussian's | `affine_score_empty` |
| `hnorm` of `hermite_identifiability` | `‖h v - h 0‖ = ‖v‖` | `isometry_of_eq_linear` |

No theorem there uses `amgm_sum_ge_prod_pow`, `exp_mean_ge_mean_exp` or
`correlation_eq_spectral_sum`. The main theorem, `hermite_identifiability`, uses
`linear_of_degree_one`; the theorems on planning use both pushforwards; the converse,
`gaussian_uniqueness`, uses `hermite_first_eigenfunction_of_gaussian` and
`gaussian_of_affine_score`. By `exists_orthogonal_not_norm_preserving`, some optimal encoders do not
satisfy `hnorm`.

The other axioms of those files are true: `mazur_ulam` (in Mathlib
`IsometryEquiv.toRealAffineIsometryEquiv`); `mehler_summability`, the summability of `w_d ρᵈ`;
`orthogonal_of_gaussian_linear`, that a linear map which preserves norms is a linear isometry; and
`polar_bound_axiom` and `pythagorean_axiom`, which have the form `P → P` and are used nowhere.

Two theorems of those files say less than their names:

* `dirichlet_identifiability`, on the Dirichlet energy, has as a hypothesis what is to be proved of
  the Jacobian: at every point the derivative of the encoder preserves norms, and so does its
  inverse. Neither an energy nor the law of the latents occurs in the theorem.
  `Lejepa.dirichletEnergy_eq_iff` proves that the encoders of least energy are the orthogonal maps.
* `approximate_identifiability` is about free real numbers `ρ`, `δ`, `ε`, `W_nl`, `M_Q_norm` and
  `total_error`, which only its hypotheses relate: the gap inequality, the polar bound and the
  Pythagorean split. No encoder occurs in it. `Lejepa.approx_identifiability` states the bound of an
  encoder, and assumes none of the three.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa.Refutation

/-! ### Means of no terms -/

/-- `amgm_sum_ge_prod_pow` assumes the inequality of arithmetic and geometric means for every number
of terms. For none, the geometric mean is `1` and the arithmetic mean `0`.

Correct: for `m > 0`, `Real.geom_mean_le_arith_mean_weighted` in Mathlib. What it was for:
`Lejepa.dirichletEnergy_eq_iff`, which does without it. -/
theorem not_amgm :
    ¬∀ (m : ℕ) (a : Fin m → ℝ), (∀ i, 0 ≤ a i) →
      (∏ i, a i) ^ ((1 : ℝ) / m) ≤ (∑ i, a i) / m := by
  intro h
  have h₀ := h 0 (fun i ↦ i.elim0) (fun i ↦ i.elim0)
  norm_num at h₀

/-- `exp_mean_ge_mean_exp` assumes Jensen's inequality for the exponential of every number of terms.
For none, it says `1 ≤ 0`.

Correct: `one_le_mean_exp`, for `m > 0`. What it was for: `Lejepa.dirichletEnergy_eq_iff`. -/
theorem not_jensen :
    ¬∀ (m : ℕ) (f : Fin m → ℝ), ∑ i, f i = 0 →
      1 ≤ (∑ i, Real.exp ((2 : ℝ) / m * f i)) / m := by
  intro h
  have h₀ := h 0 (fun i ↦ i.elim0) (Finset.sum_eq_zero fun i _ ↦ i.elim0)
  norm_num at h₀

/-- The mean of `exp (c xᵢ)` over at least one term is at least `1`, where the `xᵢ` sum to zero:
what `not_jensen` should have been. -/
theorem one_le_mean_exp {m : ℕ} (hm : 0 < m) {f : Fin m → ℝ} (hf : ∑ i, f i = 0) (c : ℝ) :
    1 ≤ (∑ i, Real.exp (c * f i)) / m := by
  rw [le_div_iff₀ (Nat.cast_pos.2 hm), one_mul]
  calc
    (m : ℝ) = ∑ i, (c * f i + 1) := by
      rw [Finset.sum_add_distrib, ← Finset.mul_sum, hf, mul_zero, zero_add, Finset.sum_const,
        Finset.card_univ, Fintype.card_fin, nsmul_eq_mul, mul_one]
    _ ≤ ∑ i, Real.exp (c * f i) := Finset.sum_le_sum fun i _ ↦ Real.add_one_le_exp _

/-! ### Expected costs that no dynamics links -/

/-- `stage_pushforward` assumes that the expected cost of a stage from `Q z` under the dynamics seen
through `Q` is that of `c ∘ Q` from `z`, for *any two* functionals `E'`, `E` of plan, state, stage
and cost (the field `stage_exp` of any two `ExpectedCosts`): nothing says that `E'` comes from `E`,
nor either from any dynamics. So any two reals would be equal.

Correct: `Lejepa.ControlProblem.stateLaw_through`, from which `Lejepa.ControlProblem.cost_through`.
-/
theorem not_stagePushforward (Z A : Type*) [Nonempty Z] [Nonempty A] {T : ℕ} (hT : 0 < T) :
    ¬∀ (E' E : (Fin T → A) → Z → Fin T → (Z → A → ℝ) → ℝ) (Q : Z → Z) (a : Fin T → A) (z : Z)
        (t : Fin T) (c : Z → A → ℝ),
      E' a (Q z) t c = E a z t fun z' x ↦ c (Q z') x := by
  intro h
  obtain ⟨z⟩ := ‹Nonempty Z›
  obtain ⟨x⟩ := ‹Nonempty A›
  have key : (0 : ℝ) = 1 := h (fun _ _ _ _ ↦ 0) (fun _ _ _ _ ↦ 1) id (fun _ ↦ x) z ⟨0, hT⟩
    (fun _ _ ↦ 0)
  exact zero_ne_one key

/-- `terminal_pushforward` assumes the same of final costs (the field `term_exp`).

Correct: `Lejepa.ControlProblem.cost_through`; with rotation-invariant costs,
`Lejepa.cost_of_invariant` and `Lejepa.isOptimal_of_invariant`. -/
theorem not_finalPushforward (Z A : Type*) [Nonempty Z] [Nonempty A] (T : ℕ) :
    ¬∀ (E' E : (Fin T → A) → Z → (Z → ℝ) → ℝ) (Q : Z → Z) (a : Fin T → A) (z : Z) (c : Z → ℝ),
      E' a (Q z) c = E a z fun z' ↦ c (Q z') := by
  intro h
  obtain ⟨z⟩ := ‹Nonempty Z›
  obtain ⟨x⟩ := ‹Nonempty A›
  have key : (0 : ℝ) = 1 := h (fun _ _ _ ↦ 0) (fun _ _ _ ↦ 1) id (fun _ ↦ x) z (fun _ ↦ 0)
  exact zero_ne_one key

/-! ### Encoders whose spectrum is not theirs -/

/-- An encoder as those files have it, a `HermiteEncoder` with its `SpectralWeights`: a map, weights
of its coordinates by degree, and their correlations, with nothing to say that the weights and the
correlations are those of the map. -/
structure LooseEncoder (n : ℕ) where
  /-- The map. -/
  toFun : (Fin n → ℝ) → Fin n → ℝ
  /-- The weight of each coordinate at each degree. -/
  weight : Fin n → ℕ → ℝ
  weight_nonneg : ∀ i d, 0 ≤ weight i d
  weight_zero : ∀ i, weight i 0 = 0
  hasSum_weight : ∀ i, HasSum (weight i) 1
  /-- The correlation of each coordinate with its successor. -/
  correlation : Fin n → ℝ

/-- Any map, with any correlation, and all the weight at degree one. -/
def LooseEncoder.degreeOne {n : ℕ} (f : (Fin n → ℝ) → Fin n → ℝ) (c : ℝ) : LooseEncoder n where
  toFun := f
  weight _ d := if d = 1 then 1 else 0
  weight_nonneg _ d := by
    split_ifs <;> norm_num
  weight_zero _ := if_neg zero_ne_one
  hasSum_weight _ := hasSum_ite_eq 1 1
  correlation _ := c

/-- `correlation_eq_spectral_sum` assumes that the correlation of a coordinate is `Σ_d w_d ρᵈ`, of
two fields that nothing relates: two encoders with the same weights may have the correlations `0`
and `1`.

Correct: `Lejepa.hasSum_alignment`, of the Hermite coefficients of the map itself. -/
theorem not_correlation_eq_tsum {n : ℕ} (hn : 0 < n) :
    ¬∀ (e : LooseEncoder n) (ρ : ℝ), 0 < ρ → ρ < 1 → ∀ i,
      e.correlation i = ∑' d, e.weight i d * ρ ^ d := by
  intro h
  have h₀ := h (.degreeOne id 0) (1 / 2) one_half_pos one_half_lt_one ⟨0, hn⟩
  have h₁ := h (.degreeOne id 1) (1 / 2) one_half_pos one_half_lt_one ⟨0, hn⟩
  have key : (0 : ℝ) = 1 := h₀.trans h₁.symm
  exact zero_ne_one key

/-- `linear_of_degree_one` assumes that an encoder without weight at degrees two and more is linear,
of a map and weights that nothing relates: the map may be constant. And for true weights the
conclusion holds almost everywhere only.

Correct: `Lejepa.alignment_eq_iff_of_isWhite`. -/
theorem not_isLinear_of_degree_one {n : ℕ} (hn : 0 < n) :
    ¬∀ e : LooseEncoder n, (∀ i d, 2 ≤ d → e.weight i d = 0) →
      ∃ M : (Fin n → ℝ) →ₗ[ℝ] (Fin n → ℝ), ∀ z, e.toFun z = M z := by
  intro h
  obtain ⟨M, hM⟩ := h (.degreeOne (fun _ _ ↦ 1) 0) fun i d hd ↦ if_neg (by omega)
  have h₀ : (fun _ ↦ 1 : Fin n → ℝ) = 0 := (hM 0).trans (map_zero M)
  have key : (1 : ℝ) = 0 := congrFun h₀ ⟨0, hn⟩
  exact one_ne_zero key

/-! ### An eigenvalue that is not the density's -/

/-- `hermite_first_eigenfunction_of_gaussian` assumes that, where the score `s` is `α z + β` with
`α < 0`, the generator `K (f'' + s f')` has an affine eigenfunction, for *every* eigenvalue: in
`LatentComponent`, `K`, `score` and `ev` are free but for `K > 0` and `ev > 0`. The right eigenvalue
is `-K α`; for `s z = -z`, `K = 1` and the eigenvalue `2` there is no such eigenfunction.

Correct: `Lejepa.gaussian_of_affine_eigenfunction` for densities; without one,
`Lejepa.linear_optimal_iff_gaussian` and `Lejepa.gaussian_of_linear_optimal_of_reversible`. -/
theorem not_affine_eigenfunction :
    ¬∀ (K lam : ℝ) (s : ℝ → ℝ), 0 < K → 0 < lam →
      (∃ α β : ℝ, α < 0 ∧ ∀ z, s z = α * z + β) →
      ∃ a b : ℝ, a ≠ 0 ∧ ∀ z, K * s z * a = -(lam * (a * z + b)) := by
  intro h
  obtain ⟨a, b, ha, hab⟩ := h 1 2 (fun z ↦ -z) one_pos two_pos
    ⟨-1, 0, by norm_num, fun z ↦ show -z = -1 * z + 0 by ring⟩
  have h₀ : (1 : ℝ) * -0 * a = -(2 * (a * 0 + b)) := hab 0
  have h₁ : (1 : ℝ) * -1 * a = -(2 * (a * 1 + b)) := hab 1
  exact ha (by linarith)

/-- It holds for the right eigenvalue, `-K α`. -/
theorem exists_affine_eigenfunction {K α β : ℝ} {s : ℝ → ℝ} (hα : α < 0)
    (hs : ∀ z, s z = α * z + β) :
    ∃ a b : ℝ, a ≠ 0 ∧ ∀ z, K * s z * a = -(-K * α * (a * z + b)) := by
  refine ⟨1, β / α, one_ne_zero, fun z ↦ ?_⟩
  have h : α * (1 * z + β / α) = α * z + β := by
    rw [one_mul, mul_add, mul_div_cancel₀ _ hα.ne]
  rw [hs, mul_one, mul_assoc (-K) α, h]
  ring

/-- `gaussian_of_affine_score` assumes that an affine score of negative slope is a Gaussian's, where
a Gaussian's score is *defined* (`IsGaussianScore`) as an affine function of negative slope: it
says nothing of densities.

Correct: `Lejepa.gaussian_of_affine_eigenfunction`, whose conclusion is the law. -/
theorem affine_score_empty (s : ℝ → ℝ) (α β : ℝ) (hα : α < 0) (hs : ∀ z, s z = α * z + β) :
    ∃ α β : ℝ, α < 0 ∧ ∀ z, s z = α * z + β :=
  ⟨α, β, hα, hs⟩

/-! ### A hypothesis that is the conclusion -/

/-- `hermite_identifiability` has the hypothesis `hnorm`, that `‖h v - h 0‖ = ‖v - 0‖` for all `v`.
With linearity, which `linear_of_degree_one` assumes, this alone is the conclusion: neither the loss
nor the law of the latents plays a part.

Correct: `Lejepa.linear_identifiability`, where the loss and the law are all that is given. -/
theorem isometry_of_eq_linear {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E] {h : E → E}
    (M : E →ₗ[ℝ] E) (hM : ∀ z, h z = M z) (hnorm : ∀ v, ‖h v - h 0‖ = ‖v - 0‖) :
    ∃ U : E →ₗᵢ[ℝ] E, ∀ z, h z = U z := by
  refine ⟨⟨M, fun v ↦ ?_⟩, hM⟩
  have key := hnorm v
  rwa [hM v, hM 0, map_zero, sub_zero, sub_zero] at key

/-- And the hypothesis `hnorm` fails for encoders that the theorem is about: an encoder may preserve
the Gaussian and be an orthogonal map almost everywhere, hence be optimal
(`Lejepa.linear_identifiability`), and not satisfy it. -/
theorem exists_orthogonal_not_norm_preserving :
    ∃ h : (Fin 1 → ℝ) → Fin 1 → ℝ, Measurable h ∧ (γ 1).map h = γ 1 ∧
      (∃ Q ∈ Matrix.orthogonalGroup (Fin 1) ℝ, h =ᵐ[γ 1] Q.mulVec) ∧
      ¬∀ v, ‖h v - h 0‖ = ‖v - 0‖ := by
  have hatoms : NoAtoms (gaussianReal 0 1) := noAtoms_gaussianReal one_ne_zero
  have hne : ∀ᵐ z ∂γ 1, z 0 ≠ 1 := Measure.ae_eval_ne (fun _ : Fin 1 ↦ gaussianReal 0 1) 0 1
  have h0 : Measurable fun z : Fin 1 → ℝ ↦ z 0 := measurable_pi_apply 0
  have hs : MeasurableSet {z : Fin 1 → ℝ | z 0 = 1} := h0 (measurableSet_singleton 1)
  obtain ⟨h, hm, h₁, h₀, hae⟩ : ∃ h : (Fin 1 → ℝ) → Fin 1 → ℝ, Measurable h ∧
      h (fun _ ↦ 1) = 0 ∧ h 0 = 0 ∧ h =ᵐ[γ 1] fun z ↦ z := by
    refine ⟨fun z ↦ if z 0 = 1 then 0 else z, Measurable.ite hs measurable_const measurable_id,
      if_pos rfl, by simp, ?_⟩
    filter_upwards [hne] with z hz
    exact if_neg hz
  refine ⟨h, hm, (Measure.map_congr hae).trans Measure.map_id', ⟨1, one_mem _, ?_⟩, fun hv ↦ ?_⟩
  · exact hae.trans (Filter.EventuallyEq.of_eq (funext fun z ↦ (Matrix.one_mulVec z).symm))
  · have key := hv fun _ ↦ 1
    rw [h₁, h₀, sub_zero, sub_zero, norm_zero] at key
    have h₂ : (1 : ℝ) = 0 := congrFun (norm_eq_zero.1 key.symm) 0
    exact one_ne_zero h₂

end Lejepa.Refutation
