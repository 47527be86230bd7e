/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

public import Lejepa.WorldModel.Planning
public import Mathlib.Analysis.InnerProductSpace.PiL2

/-!
# Planning with an imperfect world model

A model whose error in one step is at most `ε` errs more after `T` steps on its own predictions: by
at most `ε (1 + L + … + L^(T-1))`, where `L` is by how much one step can stretch a distance. A plan
that is best in imagination is then nearly best in the world: what it costs more than any other plan
is at most twice the cost's Lipschitz constant times that.

The model needs to be good only where it is used: on a set `V` of states that the allowed actions
`W` do not leave. The distance is any function that satisfies the triangle inequality. In
coordinates it is the Euclidean one, `euclDist`.

## Main definitions
* `Lejepa.euclDist`: the Euclidean distance on `Fin n → ℝ`.

## Main results
* `Lejepa.dist_rollout_map_rollout_le`: how far imagination is from the world, seen through an
  encoder, for a model that is `L`-Lipschitz in the state.
* `Lejepa.dist_rollout_rollout_le`: the same for a world that is, and a model of it.
* `Lejepa.cost_le_of_isMinOn_imagined`: what a plan that is best in imagination costs.
* `Lejepa.cost_le_of_isMinOn_imagined_mulVec`: in the world `z' = M z + B a + η`, with an encoder
  and a predictor that are nearly optimal.

## References
* [Klindt, LeCun and Balestriero, *When Does LeJEPA Learn a World Model?*][klindt2026], the section
  on planning.
-/

@[expose] public section

namespace Lejepa

/-! ### Rollouts -/

section Rollout

variable {E E' A : Type*} {d : E → E → ℝ} {f : E → A → E} {F : E' → A → E'} {φ : E' → E}
  {V : Set E'} {W : Set A} {ε L : ℝ}

/-- **Errors of imagination.** Let the model `f` be `L`-Lipschitz in the state, and err in one step
by at most `ε` from the world `F` seen through `φ`, on a set `V` of states that the actions in `W`
do not leave. Then after `T` steps of imagination from `y`, under such actions, it is at most
`L^T d(y, φ z) + ε (1 + L + … + L^(T-1))` from what the world does from `z`. -/
theorem dist_rollout_map_rollout_le (tri : ∀ x y z, d x z ≤ d x y + d y z) (hL : 0 ≤ L)
    (lip : ∀ y y' a, d (f y a) (f y' a) ≤ L * d y y') (stay : ∀ z ∈ V, ∀ a ∈ W, F z a ∈ V)
    (err : ∀ z ∈ V, ∀ a ∈ W, d (f (φ z) a) (φ (F z a)) ≤ ε) :
    ∀ (T : ℕ) (y : E) (z : E') (a : Fin T → A), z ∈ V → (∀ t, a t ∈ W) →
      d (rollout f T y a) (φ (rollout F T z a)) ≤
        L ^ T * d y (φ z) + ε * ∑ i ∈ Finset.range T, L ^ i := by
  intro T
  induction T with
  | zero =>
    intro y z a _ _
    refine le_of_eq ?_
    rw [rollout_zero, rollout_zero, pow_zero, one_mul, Finset.range_zero, Finset.sum_empty,
      mul_zero, add_zero]
  | succ T ih =>
    intro y z a hz ha
    have h1 : d (f y (a 0)) (φ (F z (a 0))) ≤ L * d y (φ z) + ε :=
      (tri _ (f (φ z) (a 0)) _).trans (add_le_add (lip y (φ z) (a 0)) (err z hz (a 0) (ha 0)))
    have h2 := ih (f y (a 0)) (F z (a 0)) (Fin.tail a) (stay z hz (a 0) (ha 0)) fun t ↦ ha t.succ
    have h3 := mul_le_mul_of_nonneg_left h1 (pow_nonneg hL T)
    have e : L ^ T * (L * d y (φ z) + ε) + ε * ∑ i ∈ Finset.range T, L ^ i =
        L ^ (T + 1) * d y (φ z) + ε * ∑ i ∈ Finset.range (T + 1), L ^ i := by
      rw [Finset.sum_range_succ, pow_succ]
      ring
    rw [rollout_succ, rollout_succ, ← e]
    exact h2.trans (add_le_add h3 le_rfl)

/-- A model that errs in one step by at most `ε` from a world that is `L`-Lipschitz in the state is
after `T` steps of imagination at most `ε (1 + L + … + L^(T-1))` from it. -/
theorem dist_rollout_rollout_le {f F : E → A → E} (tri : ∀ x y z, d x z ≤ d x y + d y z)
    (symm : ∀ x y, d x y = d y x) (self : ∀ x, d x x = 0) (hL : 0 ≤ L)
    (lip : ∀ y y' a, d (F y a) (F y' a) ≤ L * d y y') (err : ∀ y a, d (f y a) (F y a) ≤ ε)
    (T : ℕ) (y : E) (a : Fin T → A) :
    d (rollout f T y a) (rollout F T y a) ≤ ε * ∑ i ∈ Finset.range T, L ^ i := by
  have h : d (rollout F T y a) (rollout f T y a) ≤
      L ^ T * d y y + ε * ∑ i ∈ Finset.range T, L ^ i :=
    dist_rollout_map_rollout_le (f := F) (F := f) (φ := fun x ↦ x) (V := Set.univ)
      (W := Set.univ) tri hL lip (fun z _ a _ ↦ Set.mem_univ (f z a))
      (fun z _ a _ ↦ (symm (F z a) (f z a)).trans_le (err z a)) T y y a (Set.mem_univ y)
      fun t ↦ Set.mem_univ (a t)
  rw [self y, mul_zero, zero_add, symm (rollout F T y a)] at h
  exact h

end Rollout

/-! ### Plans -/

section Plan

variable {E E' A : Type*} {d : E → E → ℝ} {f : E → A → E} {F : E' → A → E'} {φ : E' → E}
  {V : Set E'} {W : Set A} {ε L K δ : ℝ} {κ : E → E → ℝ}

/-- If the imagined cost is everywhere within `η` of the true one, a minimizer of it is nearly one
of the true cost. -/
theorem le_add_of_isMinOn_of_abs_sub_le {X : Type*} {J J' : X → ℝ} {η : ℝ} {S : Set X}
    (h : ∀ a ∈ S, |J' a - J a| ≤ η) {a : X} (ha : a ∈ S) (opt : IsMinOn J' S a) {a' : X}
    (ha' : a' ∈ S) : J a ≤ J a' + 2 * η := by
  have h1 := (abs_le.1 (h a ha)).1
  have h2 := (abs_le.1 (h a' ha')).2
  have h3 : J' a ≤ J' a' := isMinOn_iff.1 opt a' ha'
  linarith

/-- **What imagination misjudges.** A cost `κ` of state and goal that is `K`-Lipschitz in both, a
state and a goal that are encoded with an error of at most `δ`: what `T` imagined steps are believed
to cost differs from what they cost by at most `K ((L^T + 1) δ + ε (1 + L + … + L^(T-1)))`. -/
theorem abs_sub_imagined_cost_le (tri : ∀ x y z, d x z ≤ d x y + d y z) (hL : 0 ≤ L)
    (hK : 0 ≤ K) (lip : ∀ y y' a, d (f y a) (f y' a) ≤ L * d y y')
    (stay : ∀ z ∈ V, ∀ a ∈ W, F z a ∈ V)
    (err : ∀ z ∈ V, ∀ a ∈ W, d (f (φ z) a) (φ (F z a)) ≤ ε)
    (cost : ∀ y g y' g', |κ y g - κ y' g'| ≤ K * (d y y' + d g g')) {y₀ g₀ : E} {z g : E'}
    (hV : z ∈ V) (hz : d y₀ (φ z) ≤ δ) (hg : d g₀ (φ g) ≤ δ) (T : ℕ) (a : Fin T → A)
    (haW : ∀ t, a t ∈ W) :
    |κ (rollout f T y₀ a) g₀ - κ (φ (rollout F T z a)) (φ g)| ≤
      K * ((L ^ T + 1) * δ + ε * ∑ i ∈ Finset.range T, L ^ i) := by
  have h1 := dist_rollout_map_rollout_le tri hL lip stay err T y₀ z a hV haW
  have h2 := mul_le_mul_of_nonneg_left hz (pow_nonneg hL T)
  have h3 : d (rollout f T y₀ a) (φ (rollout F T z a)) + d g₀ (φ g) ≤
      (L ^ T + 1) * δ + ε * ∑ i ∈ Finset.range T, L ^ i := by
    linarith
  exact (cost _ _ _ _).trans (mul_le_mul_of_nonneg_left h3 hK)

/-- **Plans of an imperfect model are nearly best.** Among the plans of a set `S`, one that is best
in imagination costs in the world, seen through `φ`, at most
`2 K ((L^T + 1) δ + ε (1 + L + … + L^(T-1)))` more than any other. -/
theorem cost_le_of_isMinOn_imagined (tri : ∀ x y z, d x z ≤ d x y + d y z) (hL : 0 ≤ L)
    (hK : 0 ≤ K) (lip : ∀ y y' a, d (f y a) (f y' a) ≤ L * d y y')
    (stay : ∀ z ∈ V, ∀ a ∈ W, F z a ∈ V)
    (err : ∀ z ∈ V, ∀ a ∈ W, d (f (φ z) a) (φ (F z a)) ≤ ε)
    (cost : ∀ y g y' g', |κ y g - κ y' g'| ≤ K * (d y y' + d g g')) {y₀ g₀ : E} {z g : E'}
    (hV : z ∈ V) (hz : d y₀ (φ z) ≤ δ) (hg : d g₀ (φ g) ≤ δ) {T : ℕ} {S : Set (Fin T → A)}
    (hS : ∀ a ∈ S, ∀ t, a t ∈ W) {a : Fin T → A} (ha : a ∈ S)
    (opt : IsMinOn (fun a ↦ κ (rollout f T y₀ a) g₀) S a) {a' : Fin T → A} (ha' : a' ∈ S) :
    κ (φ (rollout F T z a)) (φ g) ≤ κ (φ (rollout F T z a')) (φ g) +
      2 * (K * ((L ^ T + 1) * δ + ε * ∑ i ∈ Finset.range T, L ^ i)) :=
  le_add_of_isMinOn_of_abs_sub_le (J := fun a ↦ κ (φ (rollout F T z a)) (φ g))
    (J' := fun a ↦ κ (rollout f T y₀ a) g₀)
    (fun a haS ↦ abs_sub_imagined_cost_le tri hL hK lip stay err cost hV hz hg T a (hS a haS)) ha
    opt ha'

/-- The same for a model of a world that is `L`-Lipschitz in the state, both on one space, and a
`K`-Lipschitz cost of the last state: a plan that is best in imagination costs at most
`2 K ε (1 + L + … + L^(T-1))` more than any other. -/
theorem cost_le_of_isMinOn_imagined_of_lipschitz {f F : E → A → E} {κ : E → ℝ}
    (tri : ∀ x y z, d x z ≤ d x y + d y z) (symm : ∀ x y, d x y = d y x)
    (self : ∀ x, d x x = 0) (hL : 0 ≤ L) (hK : 0 ≤ K)
    (lip : ∀ y y' a, d (F y a) (F y' a) ≤ L * d y y') (err : ∀ y a, d (f y a) (F y a) ≤ ε)
    (cost : ∀ y y', |κ y - κ y'| ≤ K * d y y') {T : ℕ} {y : E} {S : Set (Fin T → A)}
    {a : Fin T → A} (ha : a ∈ S) (opt : IsMinOn (fun a ↦ κ (rollout f T y a)) S a)
    {a' : Fin T → A} (ha' : a' ∈ S) :
    κ (rollout F T y a) ≤ κ (rollout F T y a') +
      2 * (K * (ε * ∑ i ∈ Finset.range T, L ^ i)) :=
  le_add_of_isMinOn_of_abs_sub_le (J := fun a ↦ κ (rollout F T y a))
    (J' := fun a ↦ κ (rollout f T y a))
    (fun a _ ↦ (cost _ _).trans (mul_le_mul_of_nonneg_left
      (dist_rollout_rollout_le tri symm self hL lip err T y a) hK)) ha opt ha'

end Plan

/-! ### In coordinates -/

section Coordinates

variable {n k : ℕ}

/-- The Euclidean distance on `Fin n → ℝ`, whose own norm is the supremum norm. -/
noncomputable def euclDist (y y' : Fin n → ℝ) : ℝ := √(∑ i, (y i - y' i) ^ 2)

/-- The distance `euclDist` is that of `EuclideanSpace`. -/
theorem euclDist_eq_dist (y y' : Fin n → ℝ) :
    euclDist y y' = @dist (EuclideanSpace ℝ (Fin n)) _ (WithLp.toLp 2 y) (WithLp.toLp 2 y') := by
  rw [EuclideanSpace.dist_eq, euclDist]
  congr 1
  refine Finset.sum_congr rfl fun i _ ↦ ?_
  change (y i - y' i) ^ 2 = dist (y i) (y' i) ^ 2
  rw [Real.dist_eq, sq_abs]

/-- The triangle inequality of the Euclidean distance. -/
theorem euclDist_triangle (x y z : Fin n → ℝ) :
    euclDist x z ≤ euclDist x y + euclDist y z := by
  rw [euclDist_eq_dist, euclDist_eq_dist, euclDist_eq_dist]
  exact dist_triangle _ _ _

/-- The Euclidean distance is symmetric. -/
theorem euclDist_comm (x y : Fin n → ℝ) : euclDist x y = euclDist y x := by
  rw [euclDist_eq_dist, euclDist_eq_dist, dist_comm]

/-- The Euclidean distance of a point from itself is zero. -/
theorem euclDist_self (x : Fin n → ℝ) : euclDist x x = 0 := by
  rw [euclDist_eq_dist, dist_self]

/-- Rotations keep Euclidean distances. -/
theorem euclDist_mulVec {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) (y y' : Fin n → ℝ) :
    euclDist (Q.mulVec y) (Q.mulVec y') = euclDist y y' := by
  rw [euclDist, euclDist, sum_sq_mulVec_sub_mulVec hQ]

/-- The Euclidean distance to the goal is a cost that is `1`-Lipschitz in state and goal. -/
theorem abs_euclDist_sub_euclDist_le (y g y' g' : Fin n → ℝ) :
    |euclDist y g - euclDist y' g'| ≤ 1 * (euclDist y y' + euclDist g g') := by
  have h1 := euclDist_triangle y y' g
  have h2 := euclDist_triangle y' g' g
  have h3 := euclDist_triangle y' y g'
  have h4 := euclDist_triangle y g g'
  have h5 := euclDist_comm g g'
  have h6 := euclDist_comm y y'
  rw [abs_le]
  constructor <;> linarith

/-- **Plans of a nearly optimal model.** In the world `z' = M z + B a + η` let `h` encode state and
goal with an error of at most `δ` from `Q z`, and let the predictor `f` be `L`-Lipschitz in the
state and err in one step by at most `ε` from the mean dynamics, seen through `Q`, on a set `V` of
states that the mean dynamics does not leave under the actions in `W`. With a cost that is
`K`-Lipschitz and does not change when state and goal are rotated together, a plan of `T` steps
that is best in imagination, among those of a set `S`, costs in the mean dynamics at most
`2 K ((L^T + 1) δ + ε (1 + L + … + L^(T-1)))` more than any other. -/
theorem cost_le_of_isMinOn_imagined_mulVec {M : Matrix (Fin n) (Fin n) ℝ}
    {B : Matrix (Fin n) (Fin k) ℝ} {Q : Matrix (Fin n) (Fin n) ℝ}
    (hQ : Q ∈ Matrix.orthogonalGroup (Fin n) ℝ) {h : (Fin n → ℝ) → Fin n → ℝ}
    {f : (Fin n → ℝ) → (Fin k → ℝ) → Fin n → ℝ} {κ : (Fin n → ℝ) → (Fin n → ℝ) → ℝ}
    {V : Set (Fin n → ℝ)} {W : Set (Fin k → ℝ)} {ε L K δ : ℝ} (hL : 0 ≤ L) (hK : 0 ≤ K)
    (lip : ∀ y y' a, euclDist (f y a) (f y' a) ≤ L * euclDist y y')
    (stay : ∀ z ∈ V, ∀ a ∈ W, M.mulVec z + B.mulVec a ∈ V)
    (err : ∀ z ∈ V, ∀ a ∈ W,
      euclDist (f (Q.mulVec z) a) (Q.mulVec (M.mulVec z + B.mulVec a)) ≤ ε)
    (cost : ∀ y g y' g', |κ y g - κ y' g'| ≤ K * (euclDist y y' + euclDist g g'))
    (invariant : ∀ R ∈ Matrix.orthogonalGroup (Fin n) ℝ, ∀ y g,
      κ (R.mulVec y) (R.mulVec g) = κ y g)
    {z g : Fin n → ℝ} (hV : z ∈ V) (hz : euclDist (h z) (Q.mulVec z) ≤ δ)
    (hg : euclDist (h g) (Q.mulVec g) ≤ δ) {T : ℕ} {S : Set (Fin T → Fin k → ℝ)}
    (hS : ∀ a ∈ S, ∀ t, a t ∈ W) {a : Fin T → Fin k → ℝ} (ha : a ∈ S)
    (opt : IsMinOn (fun a ↦ κ (rollout f T (h z) a) (h g)) S a) {a' : Fin T → Fin k → ℝ}
    (ha' : a' ∈ S) :
    κ (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T z a) g ≤
      κ (rollout (fun z a ↦ M.mulVec z + B.mulVec a) T z a') g +
        2 * (K * ((L ^ T + 1) * δ + ε * ∑ i ∈ Finset.range T, L ^ i)) := by
  have key := cost_le_of_isMinOn_imagined (F := fun z a ↦ M.mulVec z + B.mulVec a)
    (φ := Q.mulVec) euclDist_triangle hL hK lip stay err cost hV hz hg hS ha opt ha'
  rw [invariant Q hQ, invariant Q hQ] at key
  exact key

end Coordinates

end Lejepa
