module

public import Lejepa.Alignment.Spectral
public import Lejepa.Hermite.Coefficients
public import Lejepa.Objective

/-!
# Encoders made of normalized Hermite products

## Main definitions
* `Lejepa.hermiteEncoder a`: the encoder whose `i`-th coordinate is the normalized Hermite product
  of index `a i`.

## Main results
* `Lejepa.isWhite_hermiteEncoder`: it is white where the indices are distinct and not zero.
* `Lejepa.alignment_hermiteEncoder`: its alignment is `∑ i, 2 (1 - ρ ^ |a i|)`.
-/

@[expose] public section

open MeasureTheory ProbabilityTheory

noncomputable section

namespace Lejepa

variable {n m : ℕ} {ρ : ℝ}

/-- The encoder whose `i`-th coordinate is the normalized Hermite product of index `a i`. -/
def hermiteEncoder (a : Fin m → Fin n → ℕ) (z : Fin n → ℝ) (i : Fin m) : ℝ :=
  hermiteProd (a i) z / √(∏ j, ((a i j).factorial : ℝ))

theorem memLp_hermiteEncoder (a : Fin m → Fin n → ℕ) (i : Fin m) :
    MemLp (fun z ↦ hermiteEncoder a z i) 2 (γ n) :=
  memLp_hermiteProd_div (a i)

/-- The coefficients of a normalized Hermite product. -/
theorem hermiteCoeff_hermiteEncoder (a : Fin m → Fin n → ℕ) (i : Fin m) (α : Fin n → ℕ) :
    hermiteCoeff (fun z ↦ hermiteEncoder a z i) α = if α = a i then 1 else 0 := by
  have h : ∫ z, hermiteEncoder a z i * hermiteProd α z ∂γ n =
      (if a i = α then ∏ j, ((a i j).factorial : ℝ) else 0) /
        √(∏ j, ((a i j).factorial : ℝ)) := by
    rw [← integral_hermiteProd_mul, ← integral_div]
    refine integral_congr_ae (.of_forall fun z ↦ ?_)
    exact div_mul_eq_mul_div _ _ _
  rw [hermiteCoeff, h]
  by_cases hα : α = a i
  · rw [if_pos hα.symm, if_pos hα, hα, div_div, Real.mul_self_sqrt (prod_factorial_pos (a i)).le,
      div_self (prod_factorial_pos (a i)).ne']
  · have hα' : ¬a i = α := fun e ↦ hα e.symm
    rw [if_neg hα', if_neg hα, zero_div, zero_div]

/-- The encoder is white where the indices are distinct and not zero. -/
theorem isWhite_hermiteEncoder {a : Fin m → Fin n → ℕ} (ha : Function.Injective a)
    (ha₀ : ∀ i, a i ≠ 0) : IsWhite (γ n) (hermiteEncoder a) := by
  refine { memLp := memLp_hermiteEncoder a, mean_eq_zero := fun i ↦ ?_,
           secondMoment_eq_one := ?_ }
  · have h := hermiteCoeff_hermiteEncoder a i 0
    rw [hermiteCoeff_zero, if_neg (ha₀ i).symm] at h
    exact h
  · ext i k
    have e : ∫ z, hermiteEncoder a z i * hermiteEncoder a z k ∂γ n =
        hermiteCoeff (fun z ↦ hermiteEncoder a z i) (a k) := by
      rw [hermiteCoeff, ← integral_div]
      refine integral_congr_ae (.of_forall fun z ↦ ?_)
      exact (mul_div_assoc _ _ _).symm
    have e' : hermiteCoeff (fun z ↦ hermiteEncoder a z i) (a k) =
        (1 : Matrix (Fin m) (Fin m) ℝ) i k := by
      rw [hermiteCoeff_hermiteEncoder, Matrix.one_apply]
      by_cases hik : i = k
      · rw [hik, if_pos rfl, if_pos rfl]
      · have hne : ¬a k = a i := fun e ↦ hik (ha e).symm
        rw [if_neg hne, if_neg hik]
    exact e.trans e'

/-- The alignment of the encoder: each coordinate loses by its degree. -/
theorem alignment_hermiteEncoder (hρ : |ρ| ≤ 1) (a : Fin m → Fin n → ℕ) :
    alignment (ouLaw n ρ) (hermiteEncoder a) = ∑ i, 2 * (1 - ρ ^ (∑ j, a i j)) := by
  have hs := hasSum_alignment hρ (memLp_hermiteEncoder a)
  have hterm (α : Fin n → ℕ) :
      2 * (1 - ρ ^ (∑ j, α j)) * ∑ i, hermiteCoeff (fun z ↦ hermiteEncoder a z i) α ^ 2 =
        ∑ i, if α = a i then 2 * (1 - ρ ^ (∑ j, a i j)) else 0 := by
    rw [Finset.mul_sum]
    refine Finset.sum_congr rfl fun i _ ↦ ?_
    rw [hermiteCoeff_hermiteEncoder]
    by_cases h : α = a i
    · rw [if_pos h, if_pos h, h]
      ring
    · rw [if_neg h, if_neg h]
      ring
  have hs' : HasSum (fun α : Fin n → ℕ ↦
      ∑ i, if α = a i then 2 * (1 - ρ ^ (∑ j, a i j)) else 0)
      (∑ i, 2 * (1 - ρ ^ (∑ j, a i j))) :=
    hasSum_sum fun i _ ↦ hasSum_ite_eq (a i) (2 * (1 - ρ ^ (∑ j, a i j)))
  exact hs.unique (hs'.congr_fun hterm)

end Lejepa
