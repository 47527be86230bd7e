/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
import Lake

open Lake DSL

package lejepa where
  description := "When LeJEPA learns a world model: the theorems, proved over real measures"
  keywords := #["machine learning", "identifiability", "Hermite polynomials"]
  leanOptions := #[
    ⟨`pp.unicode.fun, true⟩,
    ⟨`autoImplicit, false⟩,
    ⟨`maxSynthPendingDepth, .ofNat 3⟩]

require "leanprover-community" / "mathlib" @
  git "519f4546a1d17b087d41de5b9013759869109ed6"

@[default_target]
lean_lib Lejepa

/-- What the compiled package proves, and what each proof rests on: `lake exe ledger`. -/
lean_exe ledger where
  root := `Ledger
  srcDir := "scripts"
  supportInterpreter := true
