/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Alignment.DiagonalWorld
public import Lejepa.Converse.Components
public import Lejepa.Converse.Density
public import Lejepa.Converse.FourPoints
public import Lejepa.Converse.LinearDrift
public import Lejepa.Converse.MultivariateLinearDrift
public import Lejepa.Converse.MultivariateLinearOutput
public import Lejepa.Converse.Predictive
public import Lejepa.Converse.Reversible
public import Lejepa.Converse.SignFlips
public import Lejepa.Dirichlet.Energy
public import Lejepa.Dirichlet.Limit
public import Lejepa.Hermite.Basis
public import Lejepa.Hermite.Completeness
public import Lejepa.Hermite.Mehler
public import Lejepa.Hermite.Orthogonality
public import Lejepa.Identifiability.Approximate
public import Lejepa.Identifiability.Content
public import Lejepa.Identifiability.Linear
public import Lejepa.Identifiability.LinearWorld
public import Lejepa.Identifiability.Memories
public import Lejepa.Identifiability.Sharp
public import Lejepa.Identifiability.SharpAttained
public import Lejepa.Planning
public import Lejepa.Regularizer.EppsPulley
public import Lejepa.Regularizer.RandomSlice
public import Lejepa.Regularizer.Slices
public import Lejepa.Wide.Attained
public import Lejepa.Wide.Gaussian
public import Lejepa.Wide.Readout
public import Lejepa.WorldModel.Approximate
public import Lejepa.WorldModel.Identifiability
public import Lejepa.WorldModel.Mixing
public import Lejepa.WorldModel.Rollout
public import Lejepa.WorldModel.Wide

/-!
# What the package proves, on one page

The main theorems, each stated by itself and closed by its proof elsewhere: the statements can be
read here without the proofs, and the file does not check where one of them is changed. The objects
are defined in `Lejepa.World`, `Lejepa.Objective`, `Lejepa.Hermite.Defs`, `Lejepa.Planning.Basic`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026].
-/

open MeasureTheory ProbabilityTheory
open Filter (Tendsto)
open scoped ENNReal Matrix NNReal Topology

namespace Lejepa

/-! ### Hermite polynomials -/

example {n : ℕ} (α β : Fin n → ℕ) :
    ∫ z, hermiteProd α z * hermiteProd β z ∂γ n = if α = β then ∏ i, ((α i).factorial : ℝ) else 0 :=
  integral_hermiteProd_mul α β

example {n : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) (α : Fin n → ℕ) (z : Fin n → ℝ) :
    ∫ η, hermiteProd α (ρ • z + √(1 - ρ ^ 2) • η) ∂γ n = ρ ^ (∑ i, α i) * hermiteProd α z :=
  integral_hermiteProd_ou hρ α z

example {n : ℕ} {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n))
    (h : ∀ α, ∫ z, f z * hermiteProd α z ∂γ n = 0) :
    f =ᵐ[γ n] 0 :=
  ae_eq_zero_of_forall_integral_hermiteProd_eq_zero hf h

example (n : ℕ) :
    ∃ b : HilbertBasis (Fin n → ℕ) ℝ (Lp ℝ 2 (γ n)),
      ∀ α, b α =ᵐ[γ n] fun z ↦ hermiteProd α z / √(∏ i, ((α i).factorial : ℝ)) :=
  exists_hilbertBasis_hermiteProd n

example {n : ℕ} {f : (Fin n → ℝ) → ℝ} (hf : MemLp f 2 (γ n)) :
    HasSum (fun α ↦ hermiteCoeff f α ^ 2) (∫ z, f z ^ 2 ∂γ n) :=
  hasSum_hermiteCoeff_sq hf

/-! ### Identifiability -/

example {n m : ℕ} {ρ : ℝ} (hρ : |ρ| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α ↦ 2 * (1 - ρ ^ (∑ i, α i)) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment (ouLaw n ρ) h) :=
  hasSum_alignment hρ hh

example {n m : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) :
    2 * (1 - ρ) * m ≤ alignment (ouLaw n ρ) h :=
  le_alignment_of_isWhite h₀ h₁ hh

example {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hh : IsWhite (γ n) h) :
    alignment (ouLaw n ρ) h = 2 * (1 - ρ) * n ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec :=
  alignment_eq_iff_of_isWhite h₀ h₁ hh

example {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {X : Type*} [MeasurableSpace X]
    {g : (Fin n → ℝ) → X} (hg : Measurable g) {g' : X → Fin n → ℝ} (hg' : Measurable g')
    (hgg' : Function.LeftInverse g' g) {f : X → Fin n → ℝ} (hf : Measurable f)
    (hfγ : (γ n).map (f ∘ g) = γ n) :
    (∀ f' : X → Fin n → ℝ, Measurable f' → (γ n).map (f' ∘ g) = γ n →
        alignment (ouLaw n ρ) (f ∘ g) ≤ alignment (ouLaw n ρ) (f' ∘ g)) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, f ∘ g =ᵐ[γ n] Q.mulVec :=
  linear_identifiability h₀ h₁ hg hg' hgg' hf hfγ

/-! ### Nearly optimal encoders -/

example {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hh : IsCentred (γ n) h) :
    0 ≤ excess ρ h :=
  excess_nonneg h₀ h₁ hh

example {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hh : IsCentred (γ n) h) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤
        excess ρ h + (√(frobSq (secondMoment (γ n) h - 1)) + excess ρ h) ^ 2 :=
  approx_identifiability h₀ h₁ hh

example {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {h : (Fin n → ℝ) → Fin n → ℝ}
    (hh : IsCentred (γ n) h) {δ : ℝ}
    (hδ : δ = √(frobSq (secondMoment (γ n) h - 1)) + excess ρ h) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤ excess ρ h + (δ / (1 + √(1 - δ))) ^ 2 :=
  approx_identifiability_sharp h₀ h₁ hh hδ

example {n : ℕ} {ρ : ℝ} (i₀ : Fin n) (h₀ : 0 < ρ) (h₁ : ρ < 1) {ε D δ : ℝ}
    (hε : 0 ≤ ε) (hD : 0 ≤ D) (hδ : δ = ε + D) (hδ₁ : δ ≤ 1) :
    ∃ h : (Fin n → ℝ) → Fin n → ℝ, IsCentred (γ n) h ∧
      √(frobSq (secondMoment (γ n) h - 1)) = ε ∧ excess ρ h = D ∧
      ∀ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
        D + (δ / (1 + √(1 - δ))) ^ 2 ≤ ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n :=
  approx_identifiability_sharp_attained i₀ h₀ h₁ hε hD hδ hδ₁

/-! ### Only Gaussian latents -/

example {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}
    (h₀ : 0 < ρ) (h₁ : ρ < 1) (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ) :
    (∀ f : ℝ → Fin 1 → ℝ, IsWhite μ f →
        alignment (m := 1) (additiveNoiseLaw μ ν (ρ * ·)) (fun z _ ↦ z) ≤
          alignment (additiveNoiseLaw μ ν (ρ * ·)) f) ↔
      μ = gaussianReal 0 1 :=
  linear_optimal_iff_gaussian h₀ h₁ hμ mean var stationary

example {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν]
    {m : ℝ → ℝ} (hm : Measurable m) (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0)
    (var : ∫ z, z ^ 2 ∂μ = 1)
    (reversible : (additiveNoiseLaw μ ν m).map Prod.swap = additiveNoiseLaw μ ν m)
    (correlated : ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m ≠ 0) (noisy : ∀ c, ν ≠ Measure.dirac c)
    (optimal : ∀ f : ℝ → Fin 1 → ℝ, IsWhite μ f →
      alignment (m := 1) (additiveNoiseLaw μ ν m) (fun z _ ↦ z) ≤
        alignment (additiveNoiseLaw μ ν m) f) :
    μ = gaussianReal 0 1 :=
  gaussian_of_linear_optimal_of_reversible hm hμ mean var reversible correlated noisy
    optimal

example {p : ℝ → ℝ} (pos : ∀ z, 0 < p z) (diff : Differentiable ℝ p)
    (integrable : Integrable p) (total : ∫ z, p z = 1) {K lam a b : ℝ} (hK : 0 < K)
    (hlam : 0 < lam) (ha : a ≠ 0)
    (eigen : ∀ z, K * (deriv (fun x ↦ Real.log (p x)) z * a) = -lam * (a * z + b)) :
    (volume.withDensity fun z ↦ ENNReal.ofReal (p z)) =
      gaussianReal (-b / a) (K / lam).toNNReal :=
  gaussian_of_affine_eigenfunction pos diff integrable total hK hlam ha eigen

example (c : ℝ) {v : ℝ≥0} (hv : v ≠ 0) {K lam a b : ℝ} (hK : K ≠ 0) (ha : a ≠ 0) :
    (∀ z, K * (deriv (fun x ↦ Real.log (gaussianPDFReal c v x)) z * a) = -lam * (a * z + b)) ↔
      lam = K / v ∧ b = -(a * c) :=
  affine_eigenfunction_gaussian_iff c hv hK ha

example {n : ℕ} {μ ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν]
    {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    (stationary : (additiveNoiseLaw μ ν (ρ • ·)).map Prod.snd = μ) :
    (∀ f : (Fin n → ℝ) → Fin n → ℝ, IsWhite μ f →
        alignment (additiveNoiseLaw μ ν (ρ • ·)) (fun z ↦ z) ≤
          alignment (additiveNoiseLaw μ ν (ρ • ·)) f) ↔
      μ = γ n :=
  linear_optimal_iff_stdGaussian h₀ h₁ white stationary

example {n : ℕ} {μ ν : Fin n → Measure ℝ} [∀ i, IsProbabilityMeasure (μ i)]
    [∀ i, IsProbabilityMeasure (ν i)] {ρ : Fin n → ℝ} (h₀ : ∀ i, ρ i ≠ 0) (h₁ : ∀ i, |ρ i| < 1)
    (white : IsWhite (Measure.pi μ) fun z : Fin n → ℝ ↦ z)
    (stationary : (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)).map Prod.snd =
      Measure.pi μ)
    (optimal : ∀ f : (Fin n → ℝ) → Fin n → ℝ, IsWhite (Measure.pi μ) f →
      alignment (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)) (fun z ↦ z) ≤
        alignment (additiveNoiseLaw (Measure.pi μ) (Measure.pi ν) (ρ * ·)) f)
    (i : Fin n) : μ i = gaussianReal 0 1 :=
  gaussian_components_of_linear_optimal h₀ h₁ white stationary optimal i

example {n : ℕ} {μ : Measure (Fin n → ℝ)} (white : IsWhite μ fun z : Fin n → ℝ ↦ z)
    {A : Matrix (Fin n) (Fin n) ℝ} (hA : IsWhite μ A.mulVec) (h : μ.map A.mulVec = γ n) :
    μ = γ n :=
  eq_stdGaussian_of_isWhite_mulVec white hA h

/-! ### The regularizer -/

example {n : ℕ} {μ : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] :
    μ = γ n ↔ ∀ u : Fin n → ℝ, ∑ i, u i ^ 2 = 1 →
      μ.map (fun z ↦ ∑ i, u i * z i) = gaussianReal 0 1 :=
  eq_stdGaussian_iff_forall_projection

example {μ : Measure ℝ} [IsProbabilityMeasure μ] :
    eppsPulley μ = 0 ↔ μ = gaussianReal 0 1 :=
  eppsPulley_eq_zero_iff

/-! ### The Dirichlet route -/

example {n : ℕ} (e : (Fin n → ℝ) ≃ (Fin n → ℝ)) (he : ContDiff ℝ 1 e)
    (he' : ContDiff ℝ 1 e.symm) (hγ : (γ n).map e = γ n)
    (hint : Integrable (fun z ↦ ∑ i, ∑ j, (fderiv ℝ e z (Pi.single j 1) i) ^ 2) (γ n)) :
    n ≤ dirichletEnergy e ∧
      (dirichletEnergy e = n ↔ ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, ⇑e = Q.mulVec) :=
  dirichletEnergy_eq_iff e he he' hγ hint

example {n : ℕ} {h : (Fin n → ℝ) → Fin n → ℝ} (hh : ContDiff ℝ 1 h) {C : ℝ}
    (hC : ∀ z, ‖fderiv ℝ h z‖ ≤ C) :
    Tendsto (fun ρ ↦ alignment (ouLaw n ρ) h / (1 - ρ)) (𝓝[<] 1) (𝓝 (2 * dirichletEnergy h)) :=
  tendsto_alignment_div hh hC

/-! ### Planning -/

example {Z Z' A : Type*} [MeasurableSpace Z] [MeasurableSpace Z'] [MeasurableSpace A]
    {T : ℕ} (P : ControlProblem Z A T) (e : Z ≃ᵐ Z') (π : Policy Z A T) (μ : Measure Z) :
    (P.through e).cost (π.through e) (μ.map e) = P.cost π μ :=
  ControlProblem.cost_through P e π μ

example {n T : ℕ} {A : Type*} [MeasurableSpace A] (P : ControlProblem (Fin n → ℝ) A T)
    (Q : Matrix.orthogonalGroup (Fin n) ℝ)
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z,
      P.finalCost (R.1.mulVec z) = P.finalCost z)
    (π : Policy (Fin n → ℝ) A T) (μ : Measure (Fin n → ℝ)) :
    ControlProblem.cost { P with dynamics := (P.through (orthogonalEquiv Q)).dynamics }
        (π.through (orthogonalEquiv Q)) (μ.map (orthogonalEquiv Q)) = P.cost π μ :=
  cost_of_invariant P Q stage final π μ

example {n T : ℕ} {A : Type*} [MeasurableSpace A] (P : ControlProblem (Fin n → ℝ) A T)
    (Q : Matrix.orthogonalGroup (Fin n) ℝ)
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z,
      P.finalCost (R.1.mulVec z) = P.finalCost z)
    (π : Policy (Fin n → ℝ) A T) (μ : Measure (Fin n → ℝ)) :
    (∀ π' : Policy (Fin n → ℝ) A T,
      ControlProblem.cost { P with dynamics := (P.through (orthogonalEquiv Q)).dynamics }
        (π.through (orthogonalEquiv Q)) (μ.map (orthogonalEquiv Q)) ≤
      ControlProblem.cost { P with dynamics := (P.through (orthogonalEquiv Q)).dynamics }
        π' (μ.map (orthogonalEquiv Q))) ↔
    ∀ π' : Policy (Fin n → ℝ) A T, P.cost π μ ≤ P.cost π' μ :=
  isOptimal_of_invariant P Q stage final π μ

example {n T : ℕ} {A : Type*} [MeasurableSpace A] {P : ControlProblem (Fin n → ℝ) A T}
    [IsMarkovKernel P.dynamics]
    {h : (Fin n → ℝ) → Fin n → ℝ} {π π' : Policy (Fin n → ℝ) A T} {μ : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure μ] {Q : Matrix.orthogonalGroup (Fin n) ℝ} {L ε : ℝ≥0∞}
    (stage : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) t z a,
      P.stageCost t (R.1.mulVec z) a = P.stageCost t z a)
    (final : ∀ (R : Matrix.orthogonalGroup (Fin n) ℝ) z,
      P.finalCost (R.1.mulVec z) = P.finalCost z)
    (hL : P.IsLipschitz L) (hm : Measurable h)
    (hε : ∀ t ≤ T, ∫⁻ z, eucl (h z) (Q.1.mulVec z) ^ 2 ∂P.stateLaw π μ t ≤ ε ^ 2)
    (hε' : ∀ t ≤ T, ∫⁻ z, eucl (h z) (Q.1.mulVec z) ^ 2 ∂P.stateLaw π' μ t ≤ ε ^ 2)
    (hle : P.costSeen h π μ ≤ P.costSeen h π' μ) :
    P.cost π μ ≤ P.cost π' μ + 2 * ((T + 1) * (L * ε)) :=
  cost_le_of_costSeen_le stage final hL hm hε hε' hle

/-! ### Linear worlds: latents that remember for different times, and turn into each other -/

example {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {ν : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure ν] (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    {s : ℝ} (norm : ∀ x, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, s * (x ⬝ᵥ x) ≤ x ⬝ᵥ M.mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsWhite (γ n) h) :
    2 * (n - M.trace) ≤ alignment (additiveNoiseLaw (γ n) ν M.mulVec) h :=
  le_alignment_of_isWhite_linear stationary norm gap hh

example {n : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {ν : Measure (Fin n → ℝ)}
    [IsProbabilityMeasure ν] (stationary : (additiveNoiseLaw (γ n) ν M.mulVec).map Prod.snd = γ n)
    {s : ℝ} (norm : ∀ x, M.mulVec x ⬝ᵥ M.mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s * (x ⬝ᵥ x) < x ⬝ᵥ M.mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hh : IsWhite (γ n) h) :
    alignment (additiveNoiseLaw (γ n) ν M.mulVec) h = 2 * (n - M.trace) ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec :=
  alignment_eq_iff_of_isWhite_linear stationary norm gap hh

example {n m : ℕ} {ρ : Fin n → ℝ} (hρ : ∀ i, |ρ i| ≤ 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : ∀ i, MemLp (fun z ↦ h z i) 2 (γ n)) :
    HasSum (fun α ↦ 2 * (1 - ∏ i, ρ i ^ α i) * ∑ i, hermiteCoeff (fun z ↦ h z i) α ^ 2)
      (alignment (diagOuLaw ρ) h) :=
  hasSum_alignment_diagOuLaw hρ hh

example {n : ℕ} {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 < ρ i) (h₁ : ∀ i, ρ i < 1) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h →
        alignment (diagOuLaw ρ) (fun z ↦ z) ≤ alignment (diagOuLaw ρ) h) ↔
      ∀ i j, ρ j ^ 2 ≤ ρ i :=
  linear_optimal_iff_forall_sq_le h₀ h₁

example {n : ℕ} {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 < ρ i) (h₁ : ∀ i, ρ i < 1) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h →
        ((∀ h' : (Fin n → ℝ) → Fin n → ℝ, IsWhite (γ n) h' →
            alignment (diagOuLaw ρ) h ≤ alignment (diagOuLaw ρ) h') ↔
          ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec)) ↔
      ∀ i j, ρ j ^ 2 < ρ i :=
  identifiable_iff_forall_sq_lt h₀ h₁

example {m n : ℕ} (hmn : m ≤ n) {ρ : Fin n → ℝ} (h₀ : ∀ i, 0 ≤ ρ i)
    (h₁ : ∀ i, ρ i < 1) (slow : ∀ (i : Fin m) (j : Fin n), m ≤ j → ρ j < ρ (i.castLE hmn))
    (gap : ∀ (i : Fin m) (j : Fin n), ρ j ^ 2 < ρ (i.castLE hmn)) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) :
    2 * ∑ i : Fin m, (1 - ρ (i.castLE hmn)) ≤ alignment (diagOuLaw ρ) h ∧
      (alignment (diagOuLaw ρ) h = 2 * ∑ i : Fin m, (1 - ρ (i.castLE hmn)) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin m) ℝ,
          h =ᵐ[γ n] fun z ↦ Q.mulVec fun i ↦ z (i.castLE hmn)) :=
  alignment_eq_iff_of_isWhite_slow hmn h₀ h₁ slow gap hh

/-! ### Embeddings wider than the world -/

example {n m : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hh : IsWhite (γ n) h) :
    ∃ L : Matrix (Fin n) (Fin m) ℝ,
      2 * ρ * (1 - ρ) * ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n ≤
        alignment (ouLaw n ρ) h - (2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n)) :=
  exists_readout_of_isWhite h₀ h₁ hh

example {n m : ℕ} (hnm : n ≤ m) (hm : m ≤ n + n * (n + 1) / 2) {ρ : ℝ} (h₀ : 0 < ρ)
    (h₁ : ρ < 1) :
    ∃ h : (Fin n → ℝ) → Fin m → ℝ, IsWhite (γ n) h ∧
      alignment (ouLaw n ρ) h = 2 * (1 - ρ) * n + 2 * (1 - ρ ^ 2) * (m - n) :=
  exists_isWhite_alignment_eq_wide hnm hm h₀ h₁

example {n m : ℕ} (hnm : n < m) {h : (Fin n → ℝ) → Fin m → ℝ}
    (hm : Measurable h) (hγ : (γ n).map h = γ m) (L : Matrix (Fin n) (Fin m) ℝ) :
    ¬ (fun z ↦ L.mulVec (h z)) =ᵐ[γ n] id :=
  not_ae_eq_readout_of_map_eq_stdGaussian hnm hm hγ L

/-! ### Predictors and actions: the world model -/

example {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s : ℝ}
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f)) :
    ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace) ≤ predictionLoss ν M B h f ∧
      (predictionLoss ν M B h f = ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace) ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec ∧
          ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 = Q.mulVec (M.mulVec p.1 + B.mulVec p.2)) :=
  jepa_identifiability stationary norm gap hm hh hf

example {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s : ℝ}
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x ≠ 0, s ^ 2 * (x ⬝ᵥ x) < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {X : Type*} [MeasurableSpace X] {g : (Fin n → ℝ) → X} (hg : Measurable g) {g' : X → Fin n → ℝ}
    (hg' : Measurable g') (hgg' : Function.LeftInverse g' g) {e : X → Fin n → ℝ} (he : Measurable e)
    (heγ : (γ n).map (e ∘ g) = γ n) {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ}
    (hf : Measurable (Function.uncurry f)) :
    (∀ (e' : X → Fin n → ℝ) (f' : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ), Measurable e' →
        (γ n).map (e' ∘ g) = γ n → Measurable (Function.uncurry f') →
        predictionLoss ν M B (e ∘ g) f ≤ predictionLoss ν M B (e' ∘ g) f') ↔
      ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, e ∘ g =ᵐ[γ n] Q.mulVec ∧
        ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 = Q.mulVec (M.mulVec p.1 + B.mulVec p.2) :=
  jepa_learns_world_model stationary norm gap hg hg' hgg' he heγ hf

example {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    (explained : ∀ x ≠ 0, 0 < x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x) {h : (Fin n → ℝ) → Fin n → ℝ}
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f))
    {Q : Matrix (Fin n) (Fin n) ℝ} (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ)
    (hh : h =ᵐ[γ n] Q.mulVec)
    (hfQ : ∀ᵐ p ∂(γ n).prod (γ k), f (Q.mulVec p.1) p.2 = Q.mulVec (M.mulVec p.1 + B.mulVec p.2))
    (T : ℕ) :
    ∀ᵐ p ∂(γ n).prod (Measure.pi fun _ : Fin T ↦ γ k),
      rollout f T (h p.1) p.2 = Q.mulVec (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T p.1 p.2) :=
  rollout_ae_eq explained hf hQ hh hfQ T

example {μ ν : Measure ℝ} [IsProbabilityMeasure μ] [IsProbabilityMeasure ν] {ρ : ℝ}
    (h₀ : 0 < ρ) (h₁ : ρ < 1) (hμ : MemLp id 2 μ) (mean : ∫ z, z ∂μ = 0) (var : ∫ z, z ^ 2 ∂μ = 1)
    (stationary : (additiveNoiseLaw μ ν (ρ * ·)).map Prod.snd = μ) :
    (∀ h : ℝ → Fin 1 → ℝ, IsWhite μ h → Measurable h → ∀ f : ℝ → ℝ, Measurable f →
        ENNReal.ofReal (1 - ρ ^ 2) ≤
          ∫⁻ p, ENNReal.ofReal ((h p.2 0 - f (h p.1 0)) ^ 2) ∂additiveNoiseLaw μ ν (ρ * ·)) ↔
      μ = gaussianReal 0 1 :=
  predictive_optimal_iff_gaussian h₀ h₁ hμ mean var stationary

example {n k : ℕ} {M : Matrix (Fin n) (Fin n) ℝ} {B : Matrix (Fin n) (Fin k) ℝ}
    {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s κ E : ℝ} (hκ : 0 < κ)
    (hE : 0 ≤ E)
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, (s ^ 2 + κ) * (x ⬝ᵥ x) ≤ x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν M B h f ≤ ENNReal.ofReal (n - (M * Mᵀ + B * Bᵀ).trace + E)) :
    ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ,
      ∫ z, ∑ i, (h z i - Q.mulVec z i) ^ 2 ∂γ n ≤ E / κ + (E / κ) ^ 2 ∧
      ∫⁻ p, ENNReal.ofReal (∑ i, (f (h p.1) p.2 i - Q.mulVec (M.mulVec p.1 + B.mulVec p.2) i) ^ 2)
          ∂(γ n).prod (γ k) ≤
        ENNReal.ofReal ((√E + √(s * (E / κ + (E / κ) ^ 2))) ^ 2) :=
  approx_jepa_identifiability stationary hκ hE norm gap hm hh hf loss

example {n k m : ℕ} (hnm : n ≤ m) {M : Matrix (Fin n) (Fin n) ℝ}
    {B : Matrix (Fin n) (Fin k) ℝ} {ν : Measure (Fin n → ℝ)} [IsProbabilityMeasure ν]
    (stationary : ((γ n).prod ((γ k).prod ν)).map (successor M B) = γ n) {s κ E : ℝ} (hκ : 0 < κ)
    (hE : 0 ≤ E)
    (norm : ∀ x, x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x ≤ s * (x ⬝ᵥ x))
    (gap : ∀ x, (s ^ 2 + κ) * (x ⬝ᵥ x) ≤ x ⬝ᵥ (M * Mᵀ + B * Bᵀ).mulVec x)
    {h : (Fin n → ℝ) → Fin m → ℝ} (hm : Measurable h) (hh : IsWhite (γ n) h)
    {f : (Fin m → ℝ) → (Fin k → ℝ) → Fin m → ℝ} (hf : Measurable (Function.uncurry f))
    (loss : predictionLoss ν M B h f ≤
      ENNReal.ofReal ((m - n) * (1 - s ^ 2) + (n - (M * Mᵀ + B * Bᵀ).trace) + E)) :
    ∃ L : Matrix (Fin n) (Fin m) ℝ, ∫ z, ∑ i, (L.mulVec (h z) i - z i) ^ 2 ∂γ n ≤ E / κ :=
  exists_readout_of_predictionLoss_le hnm stationary hκ hE norm gap hm hh hf loss

/-! ### Views: what two observations do not share -/

example {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {S : Type*}
    [MeasurableSpace S] {τ : Measure S} [IsProbabilityMeasure τ] {h : (Fin n → ℝ) × S → Fin n → ℝ}
    (hh : IsWhite ((γ n).prod τ) h) :
    2 * (1 - ρ) * n ≤
        alignment (((ouLaw n ρ).prod (τ.prod τ)).map fun p ↦ ((p.1.1, p.2.1), (p.1.2, p.2.2))) h ∧
      (alignment (((ouLaw n ρ).prod (τ.prod τ)).map fun p ↦ ((p.1.1, p.2.1), (p.1.2, p.2.2))) h =
          2 * (1 - ρ) * n ↔
        ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[(γ n).prod τ] fun p ↦ Q.mulVec p.1) :=
  alignment_eq_iff_of_isWhite_content h₀ h₁ hh

/-! ### Slices: how many, and why random ones do -/

example {n : ℕ} {ρ : ℝ} (h₀ : 0 < ρ) (h₁ : ρ < 1) {U : Set (Fin n → ℝ)}
    (unit : ∀ u ∈ U, u ⬝ᵥ u = 1) :
    (∀ h : (Fin n → ℝ) → Fin n → ℝ, Measurable h →
        (∀ u ∈ U, (γ n).map (fun z ↦ u ⬝ᵥ h z) = gaussianReal 0 1) →
        2 * (1 - ρ) * n ≤ alignment (ouLaw n ρ) h ∧
          (alignment (ouLaw n ρ) h = 2 * (1 - ρ) * n ↔
            ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, h =ᵐ[γ n] Q.mulVec)) ↔
      ∀ S : Matrix (Fin n) (Fin n) ℝ, S.IsSymm → (∀ u ∈ U, u ⬝ᵥ S.mulVec u = 0) → S = 0 :=
  slices_identify_iff h₀ h₁ unit

example {n : ℕ} {μ : Measure (Fin n → ℝ)} [IsProbabilityMeasure μ] (hμ : μ ≠ γ n) :
    ∀ᵐ u ∂γ n, μ.map (fun z ↦ u ⬝ᵥ z) ≠ gaussianReal 0 (u ⬝ᵥ u).toNNReal :=
  ae_projection_ne_gaussian hμ

/-! ### Only Gaussian latents: of which worlds, exactly -/

example :
    ∃ (μ ν : Measure ℝ) (m : ℝ → ℝ), IsProbabilityMeasure μ ∧ IsProbabilityMeasure ν ∧
      Measurable m ∧ MemLp id 2 μ ∧ ∫ z, z ∂μ = 0 ∧ ∫ z, z ^ 2 ∂μ = 1 ∧
      (additiveNoiseLaw μ ν m).map Prod.snd = μ ∧
      0 < ∫ p, p.1 * p.2 ∂additiveNoiseLaw μ ν m ∧ (∀ a v, μ ≠ gaussianReal a v) ∧
      ∀ f : ℝ → Fin 1 → ℝ, IsWhite μ f →
        alignment (m := 1) (additiveNoiseLaw μ ν m) (fun z _ ↦ z) ≤
          alignment (additiveNoiseLaw μ ν m) f ∧
        (alignment (additiveNoiseLaw μ ν m) f =
            alignment (m := 1) (additiveNoiseLaw μ ν m) (fun z _ ↦ z) →
          (f =ᵐ[μ] fun z _ ↦ z) ∨ f =ᵐ[μ] fun z _ ↦ -z) :=
  exists_linear_optimal_ne_gaussian

example :
    ∃ (ν : Measure ℝ) (m : ℝ → ℝ), IsProbabilityMeasure ν ∧ Measurable m ∧
      (additiveNoiseLaw (gaussianReal 0 1) ν m).map Prod.snd = gaussianReal 0 1 ∧
      0 < ∫ p, p.1 * p.2 ∂additiveNoiseLaw (gaussianReal 0 1) ν m ∧
      ∃ f : ℝ → Fin 1 → ℝ, IsWhite (gaussianReal 0 1) f ∧
        alignment (additiveNoiseLaw (gaussianReal 0 1) ν m) f <
          alignment (m := 1) (additiveNoiseLaw (gaussianReal 0 1) ν m) (fun z _ ↦ z) :=
  exists_gaussian_linear_not_optimal

end Lejepa
