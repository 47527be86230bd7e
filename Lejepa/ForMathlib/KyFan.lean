/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Mathlib.Tactic.Linarith
public import Mathlib.Tactic.LinearCombination
public import Mathlib.Topology.Algebra.InfiniteSum.Real
public import Mathlib.Topology.Algebra.InfiniteSum.Ring

/-!
# Bounded weights of a given total see at most the greatest values

Weights `w` in `[0, 1]` of total `#S` are laid on values `l`. If `l` is at least `t` on the finite
set `S` and at most `t` elsewhere, the weighted sum of the values is at most their sum over `S`:
this is what remains of Ky Fan's inequality once operators are gone.

## Main results
* `HasSum.le_sum_of_threshold`: the bound.
* `HasSum.eq_zero_of_eq_sum_of_threshold`: where it is reached, all weight is on `S`.
* `HasSum.mul_sub_sum_le_of_threshold`: what weight outside `S` costs.
* `HasSum.eq_sum_of_forall_eq_zero`: where all weight is on `S`, the bound is reached.

## References
* Ky Fan, *On a theorem of Weyl concerning eigenvalues of linear transformations I*, 1949.
-/

public section

namespace HasSum

variable {ι : Type*} {w l : ι → ℝ} {S : Finset ι} {t c κ : ℝ}

private lemma indicator_finset (S : Finset ι) (f : ι → ℝ) :
    HasSum ((S : Set ι).indicator f) (∑ i ∈ S, f i) := by
  have h : HasSum ((S : Set ι).indicator f) (∑ i ∈ S, (S : Set ι).indicator f i) :=
    hasSum_sum_of_ne_finset_zero fun i hi ↦
      Set.indicator_of_notMem (fun hS ↦ hi (Finset.mem_coe.1 hS)) f
  have e : ∑ i ∈ S, (S : Set ι).indicator f i = ∑ i ∈ S, f i :=
    Finset.sum_congr rfl fun i hi ↦ Set.indicator_of_mem (Finset.mem_coe.2 hi) f
  rw [e] at h
  exact h

/-- What the weights leave out, index by index. -/
private lemma threshold_gap (hw : HasSum w (S.card : ℝ)) (hlw : HasSum (fun i ↦ l i * w i) c)
    (t : ℝ) :
    HasSum (fun i ↦ (S : Set ι).indicator (fun i ↦ l i - t) i - (l i * w i - t * w i))
      (∑ i ∈ S, l i - c) := by
  have h := (indicator_finset S fun i ↦ l i - t).sub (hlw.sub (hw.mul_left t))
  have e : ∑ i ∈ S, (l i - t) - (c - t * (S.card : ℝ)) = ∑ i ∈ S, l i - c := by
    rw [Finset.sum_sub_distrib, Finset.sum_const, nsmul_eq_mul]
    ring
  rw [e] at h
  exact h

private lemma threshold_gap_nonneg (w0 : ∀ i, 0 ≤ w i) (w1 : ∀ i ∈ S, w i ≤ 1)
    (hS : ∀ i ∈ S, t ≤ l i) (hSc : ∀ i ∉ S, l i ≤ t ∨ w i = 0) (i : ι) :
    0 ≤ (S : Set ι).indicator (fun i ↦ l i - t) i - (l i * w i - t * w i) := by
  by_cases hi : i ∈ S
  · have e : (S : Set ι).indicator (fun i ↦ l i - t) i = l i - t :=
      Set.indicator_of_mem (Finset.mem_coe.2 hi) _
    have h := mul_nonneg (sub_nonneg.2 (hS i hi)) (sub_nonneg.2 (w1 i hi))
    have h' : l i - t - (l i * w i - t * w i) = (l i - t) * (1 - w i) := by ring
    rw [e, h']
    exact h
  · have e : (S : Set ι).indicator (fun i ↦ l i - t) i = 0 :=
      Set.indicator_of_notMem (fun h ↦ hi (Finset.mem_coe.1 h)) _
    have h' : 0 - (l i * w i - t * w i) = (t - l i) * w i := by ring
    rw [e, h']
    rcases hSc i hi with h | h
    · exact mul_nonneg (sub_nonneg.2 h) (w0 i)
    · exact le_of_eq (by rw [h, mul_zero])

/-- Bounded weights of total `#S` see at most the `l` of `S`, where `l` is at least `t` on `S` and
at most `t` elsewhere. -/
theorem le_sum_of_threshold (w0 : ∀ i, 0 ≤ w i) (w1 : ∀ i ∈ S, w i ≤ 1)
    (hw : HasSum w (S.card : ℝ)) (hS : ∀ i ∈ S, t ≤ l i) (hSc : ∀ i ∉ S, l i ≤ t ∨ w i = 0)
    (hlw : HasSum (fun i ↦ l i * w i) c) : c ≤ ∑ i ∈ S, l i :=
  sub_nonneg.1 ((threshold_gap hw hlw t).nonneg fun i ↦ threshold_gap_nonneg w0 w1 hS hSc i)

/-- Where the bound is reached and `l` is less than `t` outside `S`, all weight is on `S`. -/
theorem eq_zero_of_eq_sum_of_threshold (w0 : ∀ i, 0 ≤ w i) (w1 : ∀ i ∈ S, w i ≤ 1)
    (hw : HasSum w (S.card : ℝ)) (hS : ∀ i ∈ S, t ≤ l i) (hSc : ∀ i ∉ S, l i < t ∨ w i = 0)
    (hlw : HasSum (fun i ↦ l i * w i) c) (hc : c = ∑ i ∈ S, l i) : ∀ i ∉ S, w i = 0 := by
  intro i hi
  have hle : ∀ i ∉ S, l i ≤ t ∨ w i = 0 := fun j hj ↦ (hSc j hj).imp_left le_of_lt
  have hg := threshold_gap hw hlw t
  rw [hc, sub_self,
    hasSum_zero_iff_of_nonneg fun i ↦ threshold_gap_nonneg w0 w1 hS hle i] at hg
  have h : (S : Set ι).indicator (fun i ↦ l i - t) i - (l i * w i - t * w i) = 0 := congrFun hg i
  have e : (S : Set ι).indicator (fun i ↦ l i - t) i = 0 :=
    Set.indicator_of_notMem (fun h ↦ hi (Finset.mem_coe.1 h)) _
  rw [e] at h
  rcases hSc i hi with hlt | h0
  · have hz : (t - l i) * w i = 0 := by linear_combination h
    exact (mul_eq_zero.1 hz).resolve_left (sub_pos.2 hlt).ne'
  · exact h0

/-- Weight outside `S`, where `l` is at most `t - κ`, costs `κ` times as much. -/
theorem mul_sub_sum_le_of_threshold (w0 : ∀ i, 0 ≤ w i) (w1 : ∀ i ∈ S, w i ≤ 1)
    (hw : HasSum w (S.card : ℝ)) (hS : ∀ i ∈ S, t ≤ l i)
    (hSc : ∀ i ∉ S, l i ≤ t - κ ∨ w i = 0) (hlw : HasSum (fun i ↦ l i * w i) c) :
    κ * (S.card - ∑ i ∈ S, w i) ≤ ∑ i ∈ S, l i - c := by
  have hv : HasSum (fun i ↦ κ * (w i - (S : Set ι).indicator w i))
      (κ * (S.card - ∑ i ∈ S, w i)) := (hw.sub (indicator_finset S w)).mul_left κ
  refine hasSum_le (fun i ↦ ?_) hv (threshold_gap hw hlw t)
  change κ * (w i - (S : Set ι).indicator w i) ≤
    (S : Set ι).indicator (fun i ↦ l i - t) i - (l i * w i - t * w i)
  by_cases hi : i ∈ S
  · have e : (S : Set ι).indicator (fun i ↦ l i - t) i = l i - t :=
      Set.indicator_of_mem (Finset.mem_coe.2 hi) _
    have e' : (S : Set ι).indicator w i = w i := Set.indicator_of_mem (Finset.mem_coe.2 hi) _
    have h := mul_nonneg (sub_nonneg.2 (hS i hi)) (sub_nonneg.2 (w1 i hi))
    have h' : l i - t - (l i * w i - t * w i) = (l i - t) * (1 - w i) := by ring
    rw [e, e', h', sub_self, mul_zero]
    exact h
  · have hn : i ∉ (S : Set ι) := fun h ↦ hi (Finset.mem_coe.1 h)
    have e : (S : Set ι).indicator (fun i ↦ l i - t) i = 0 := Set.indicator_of_notMem hn _
    have e' : (S : Set ι).indicator w i = 0 := Set.indicator_of_notMem hn _
    have h' : 0 - (l i * w i - t * w i) = (t - l i) * w i := by ring
    rw [e, e', h', sub_zero]
    rcases hSc i hi with h | h
    · exact mul_le_mul_of_nonneg_right (by linarith) (w0 i)
    · exact le_of_eq (by rw [h, mul_zero, mul_zero])

/-- Where all weight is on `S`, the bound is reached. -/
theorem eq_sum_of_forall_eq_zero (w1 : ∀ i ∈ S, w i ≤ 1) (hw : HasSum w (S.card : ℝ))
    (h0 : ∀ i ∉ S, w i = 0) (hlw : HasSum (fun i ↦ l i * w i) c) : c = ∑ i ∈ S, l i := by
  have hs : ∑ i ∈ S, w i = (S.card : ℝ) := (hasSum_sum_of_ne_finset_zero h0).unique hw
  have h1 : ∑ i ∈ S, (1 - w i) = 0 := by
    rw [Finset.sum_sub_distrib, hs, Finset.sum_const, nsmul_eq_mul, mul_one, sub_self]
  have h2 : ∀ i ∈ S, 1 - w i = 0 :=
    (Finset.sum_eq_zero_iff_of_nonneg (s := S) (f := fun i ↦ 1 - w i)
      fun i hi ↦ sub_nonneg.2 (w1 i hi)).1 h1
  have h3 : ∀ i ∉ S, l i * w i = 0 := fun i hi ↦ by rw [h0 i hi, mul_zero]
  have hc : c = ∑ i ∈ S, l i * w i := hlw.unique (hasSum_sum_of_ne_finset_zero h3)
  rw [hc]
  refine Finset.sum_congr rfl fun i hi ↦ ?_
  have hw1 : w i = 1 := (sub_eq_zero.1 (h2 i hi)).symm
  rw [hw1, mul_one]

end HasSum
