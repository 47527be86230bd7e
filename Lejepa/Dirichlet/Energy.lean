/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.Dirichlet.ChangeOfVariables
public import Lejepa.ForMathlib.LogDet
public import Lejepa.ForMathlib.OrthogonalJacobian
public import Lejepa.Hermite.Coefficients
public import Mathlib.Topology.Instances.Matrix

/-!
# The Dirichlet route

Among the `C¹` diffeomorphisms that preserve the standard Gaussian, the Dirichlet energy is least
exactly for the orthogonal maps. For each invertible Jacobian `‖J‖² ≥ n + 2 log |det J|`, and the
last term has mean zero; equality makes the Jacobian orthogonal everywhere.

## Main definitions
* `Lejepa.dirichletEnergy h`: `𝔼 ‖∂h‖²_F`.

## Main results
* `Lejepa.dirichletEnergy_eq_iff`.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026], the
  appendix on the Dirichlet energy.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory
open scoped Matrix

noncomputable section

namespace Lejepa

/-- The Dirichlet energy `𝔼 ‖∂h‖²_F`. -/
def dirichletEnergy {n : ℕ} (h : (Fin n → ℝ) → Fin n → ℝ) : ℝ :=
  ∫ z, ∑ i, ∑ j, (fderiv ℝ h z (Pi.single j 1) i) ^ 2 ∂γ n

variable {n : ℕ}

/-- The Jacobian matrix. -/
def jacobian (h : (Fin n → ℝ) → Fin n → ℝ) (z : Fin n → ℝ) : Matrix (Fin n) (Fin n) ℝ :=
  .of fun i j ↦ fderiv ℝ h z (Pi.single j 1) i

private theorem jacobian_eq_toMatrix' (h : (Fin n → ℝ) → Fin n → ℝ) (z : Fin n → ℝ) :
    jacobian h z = LinearMap.toMatrix' (fderiv ℝ h z : (Fin n → ℝ) →ₗ[ℝ] Fin n → ℝ) := by
  ext i j
  have hs : (Pi.single j 1 : Fin n → ℝ) = fun j' ↦ if j' = j then 1 else 0 :=
    funext fun j' ↦ Pi.single_apply j 1 j'
  exact (congrArg (fun v ↦ fderiv ℝ h z v i) hs).trans (LinearMap.toMatrix'_apply
    (fderiv ℝ h z : (Fin n → ℝ) →ₗ[ℝ] Fin n → ℝ) i j).symm

/-- The determinant of the Jacobian matrix is that of the derivative. -/
theorem det_jacobian (h : (Fin n → ℝ) → Fin n → ℝ) (z : Fin n → ℝ) :
    (jacobian h z).det = (fderiv ℝ h z).det :=
  (congrArg Matrix.det (jacobian_eq_toMatrix' h z)).trans
    (LinearMap.det_toMatrix' (fderiv ℝ h z : (Fin n → ℝ) →ₗ[ℝ] Fin n → ℝ))

/-- The Jacobian matrix times `v` is the derivative in direction `v`. -/
theorem jacobian_mulVec (h : (Fin n → ℝ) → Fin n → ℝ) (z v : Fin n → ℝ) :
    jacobian h z *ᵥ v = fderiv ℝ h z v :=
  (congrArg (· *ᵥ v) (jacobian_eq_toMatrix' h z)).trans
    (LinearMap.toMatrix'_mulVec (fderiv ℝ h z : (Fin n → ℝ) →ₗ[ℝ] Fin n → ℝ) v)

/-- The Jacobian matrix of a continuously differentiable map is continuous in the point. -/
theorem continuous_jacobian {h : (Fin n → ℝ) → Fin n → ℝ} (hh : ContDiff ℝ 1 h) :
    Continuous (jacobian h) :=
  continuous_matrix fun i _ ↦
    (continuous_apply i).comp ((hh.continuous_fderiv one_ne_zero).clm_apply continuous_const)

/-- The squared length of an image under a matrix of orthonormal columns. -/
theorem sum_mulVec_sq_of_transpose_mul_self_eq_one {A : Matrix (Fin n) (Fin n) ℝ}
    (hA : Aᵀ * A = 1) (v : Fin n → ℝ) : ∑ i, (A *ᵥ v) i ^ 2 = ∑ i, v i ^ 2 := by
  have h : (A *ᵥ v) ⬝ᵥ (A *ᵥ v) = v ⬝ᵥ v := by
    rw [Matrix.dotProduct_mulVec, Matrix.vecMul_mulVec, hA, Matrix.vecMul_one]
  simpa only [dotProduct, ← sq] using h

/-- The Dirichlet energy of an orthogonal map is the dimension. -/
theorem dirichletEnergy_mulVec {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) : dirichletEnergy Q.mulVec = n := by
  have hfd : ∀ z, fderiv ℝ Q.mulVec z = LinearMap.toContinuousLinearMap Q.mulVecLin := fun z ↦
    ((LinearMap.toContinuousLinearMap Q.mulVecLin).hasFDerivAt (x := z)).fderiv
  have hentry : ∀ z i j, fderiv ℝ Q.mulVec z (Pi.single j 1) i = Q i j := fun z i j ↦ by
    rw [hfd]
    exact congrFun (Matrix.mulVec_single_one Q j) i
  have hsum : ∑ i, ∑ j, Q i j ^ 2 = n := by
    rw [Matrix.sum_sq_eq_trace_conjTranspose_mul_self,
      Matrix.conjTranspose_eq_transpose_of_trivial,
      (Matrix.mem_orthogonalGroup_iff' (Fin n) ℝ).1 hQ, Matrix.trace_one, Fintype.card_fin]
  unfold dirichletEnergy
  simp only [hentry, hsum, integral_const, probReal_univ, one_smul]

private theorem integrable_mulVec_stdGaussian (A : Matrix (Fin n) (Fin n) ℝ) (i : Fin n) :
    Integrable (fun z : Fin n → ℝ ↦ (A *ᵥ z) i) (γ n) :=
  (memLp_linear (A i)).integrable one_le_two

/-- The mean of a linear form of a standard Gaussian is zero. -/
theorem integral_mulVec_stdGaussian (A : Matrix (Fin n) (Fin n) ℝ) (i : Fin n) :
    ∫ z, (A *ᵥ z) i ∂γ n = 0 :=
  integral_linear_stdGaussian (A i)

/-- A translated linear map that preserves the Gaussian is not translated. -/
theorem eq_zero_of_map_mulVec_add {h : (Fin n → ℝ) → Fin n → ℝ} (hm : Measurable h)
    (hγ : (γ n).map h = γ n) {A : Matrix (Fin n) (Fin n) ℝ} {b : Fin n → ℝ}
    (hA : ∀ z, h z = A *ᵥ z + b) : b = 0 := by
  funext i
  have key : ∫ z, h z i ∂γ n = 0 := by
    have hs : AEStronglyMeasurable (fun z : Fin n → ℝ ↦ z i) ((γ n).map h) :=
      (measurable_pi_apply i).aestronglyMeasurable
    have h₁ : ∫ z : Fin n → ℝ, z i ∂(γ n).map h = ∫ z, h z i ∂γ n :=
      integral_map hm.aemeasurable hs
    rw [hγ, integral_coord] at h₁
    exact h₁.symm
  have hval : ∀ z, h z i = (A *ᵥ z) i + b i := fun z ↦ by rw [hA z, Pi.add_apply]
  simp only [hval] at key
  rw [integral_add (integrable_mulVec_stdGaussian A i) (integrable_const _),
    integral_mulVec_stdGaussian, integral_const, probReal_univ, one_smul, zero_add] at key
  exact key

/-- Where `e` preserves the Gaussian, `n + |e z|² - |z|² ≤ ‖∂e(z)‖²`, with equality only where the
Jacobian is orthogonal. -/
theorem ae_add_sub_le_sum_sq_jacobian (e : (Fin n → ℝ) ≃ (Fin n → ℝ)) (he : ContDiff ℝ 1 e)
    (he' : ContDiff ℝ 1 e.symm) (hγ : (γ n).map e = γ n) :
    ∀ᵐ z ∂γ n, n + 2 * ((∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2) ≤ ∑ i, ∑ j, jacobian e z i j ^ 2 ∧
      (∑ i, ∑ j, jacobian e z i j ^ 2 = n + 2 * ((∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2) →
        (jacobian e z)ᵀ * jacobian e z = 1) := by
  filter_upwards [ae_abs_det_fderiv_eq_exp e he he'.continuous.measurable hγ] with z hz
  rw [← det_jacobian] at hz
  have hdet : (jacobian e z).det ≠ 0 := abs_pos.1 (by rw [hz]; exact Real.exp_pos _)
  have hlog : Real.log |(jacobian e z).det| = (∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2 := by
    rw [hz, Real.log_exp]
  have hle := Matrix.card_add_two_mul_log_abs_det_le hdet
  rw [Fintype.card_fin, hlog] at hle
  refine ⟨hle, fun h ↦ Matrix.transpose_mul_self_eq_one_of_sum_sq_eq hdet ?_⟩
  rw [Fintype.card_fin, hlog]
  exact h

/-- A `C¹` diffeomorphism of `ℝⁿ` that preserves the Gaussian and has finite energy has energy at
least `n`, with equality if and only if it is an orthogonal map. -/
theorem dirichletEnergy_eq_iff {n : ℕ} (e : (Fin n → ℝ) ≃ (Fin n → ℝ)) (he : ContDiff ℝ 1 e)
    (he' : ContDiff ℝ 1 e.symm) (hγ : (γ n).map e = γ n)
    (hint : Integrable (fun z ↦ ∑ i, ∑ j, (fderiv ℝ e z (Pi.single j 1) i) ^ 2) (γ n)) :
    n ≤ dirichletEnergy e ∧
      (dirichletEnergy e = n ↔ ∃ Q ∈ Matrix.orthogonalGroup (Fin n) ℝ, ⇑e = Q.mulVec) := by
  have hem : Measurable e := he.continuous.measurable
  have hae := ae_add_sub_le_sum_sq_jacobian e he he' hγ
  have hq := integrable_half_sub hem hγ
  have hlow : Integrable (fun z ↦ (n : ℝ) + 2 * ((∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2)) (γ n) :=
    (integrable_const _).add (hq.const_mul 2)
  have hJ : Integrable (fun z ↦ ∑ i, ∑ j, jacobian e z i j ^ 2) (γ n) := hint
  have henergy : dirichletEnergy e = ∫ z, ∑ i, ∑ j, jacobian e z i j ^ 2 ∂γ n := rfl
  have hlow_eq : ∫ z, ((n : ℝ) + 2 * ((∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2)) ∂γ n = n := by
    rw [integral_add (integrable_const _) (hq.const_mul 2), integral_const_mul,
      integral_half_sub hem hγ, integral_const, probReal_univ, one_smul, mul_zero, add_zero]
  have hgap : dirichletEnergy e - n = ∫ z, (∑ i, ∑ j, jacobian e z i j ^ 2 -
      ((n : ℝ) + 2 * ((∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2))) ∂γ n := by
    rw [integral_sub hJ hlow, hlow_eq, henergy]
  have hnonneg : 0 ≤ᵐ[γ n] fun z ↦ ∑ i, ∑ j, jacobian e z i j ^ 2 -
      ((n : ℝ) + 2 * ((∑ i, e z i ^ 2 - ∑ i, z i ^ 2) / 2)) := by
    filter_upwards [hae] with z hz
    exact sub_nonneg.2 hz.1
  refine ⟨?_, fun h ↦ ?_, ?_⟩
  · rw [← sub_nonneg, hgap]
    exact integral_nonneg_of_ae hnonneg
  · rw [h, sub_self] at hgap
    have hzero := (integral_eq_zero_iff_of_nonneg_ae hnonneg (hJ.sub hlow)).1 hgap.symm
    have hone : (fun z ↦ (jacobian e z)ᵀ * jacobian e z) =ᵐ[γ n] fun _ ↦ 1 := by
      filter_upwards [hae, hzero] with z hz hz₀
      exact hz.2 (sub_eq_zero.1 hz₀)
    have hcont : Continuous fun z ↦ (jacobian e z)ᵀ * jacobian e z :=
      (continuous_jacobian he).matrix_transpose.matrix_mul (continuous_jacobian he)
    have hiff := hcont.ae_eq_iff_eq (volume : Measure (Fin n → ℝ))
      (continuous_const (y := (1 : Matrix (Fin n) (Fin n) ℝ)))
    have hone' := hiff.1 ((absolutelyContinuous_stdGaussian n).ae_eq hone)
    have horth : ∀ z, (jacobian e z)ᵀ * jacobian e z = 1 := fun z ↦ congrFun hone' z
    obtain ⟨Q, hQ, hQe⟩ := exists_orthogonal_add_of_fderiv e (he.differentiable one_ne_zero)
      (he'.differentiable one_ne_zero) fun z v ↦ by
        have hv := sum_mulVec_sq_of_transpose_mul_self_eq_one (horth z) v
        rwa [jacobian_mulVec] at hv
    have hb := eq_zero_of_map_mulVec_add hem hγ hQe
    exact ⟨Q, hQ, funext fun z ↦ by rw [hQe z, hb, add_zero]⟩
  · rintro ⟨Q, hQ, hQe⟩
    rw [hQe, dirichletEnergy_mulVec hQ]

end Lejepa
