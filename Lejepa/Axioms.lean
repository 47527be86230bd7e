/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
module

/-!
# Axioms

The only file in which an axiom may stand, with its source, a numeric check that can fail, and a
model that shows it consistent. There is none: every theorem of the package rests on Lean's own
`propext`, `Classical.choice` and `Quot.sound`.
-/
