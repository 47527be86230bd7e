import Lean

/-!
# The ledger: the axioms behind each theorem of the package

`lake env lean --run scripts/Ledger.lean` prints, as one JSON object, each theorem below the namespace `Lejepa` of the
compiled package, with the module that declares it and the axioms behind it, followed through every proof.
-/

open Lean

/-- Whether `n` names a theorem that a reader of the sources would find. -/
def isListed (env : Environment) (n : Name) (info : ConstantInfo) : Bool :=
  (`Lejepa).isPrefixOf n && !n.isInternal && info matches .thmInfo _ &&
    (env.getModuleIdxFor? n).isSome

/-- The entry of a theorem: its module and axioms. -/
def entry (env : Environment) (n : Name) : CoreM (String × Json) := do
  let axioms ← collectAxioms n
  let module := match env.getModuleIdxFor? n with
    | some i => env.header.moduleNames[i.toNat]!
    | none => .anonymous
  return (n.toString, Json.mkObj [
    ("module", toJson module.toString),
    ("axioms", toJson (axioms.map (·.toString)).toList)])

unsafe def main : IO Unit := do
  initSearchPath (← findSysroot)
  enableInitializersExecution
  let env ← importModules #[{ module := `Lejepa }] {} (loadExts := true)
  let names := env.constants.fold (init := #[]) fun names n info ↦
    if isListed env n info then names.push n else names
  let (entries, _) ← (names.toList.mapM (entry env)).toIO
    { fileName := "", fileMap := default } { env }
  IO.println (Json.mkObj entries).compress
