import Lean

/-!
# The ledger: what the compiled package proves, and what each proof rests on

`lake exe ledger [--project] [ROOT]` reads the compiled package whose root module is `ROOT` (by default `Lejepa`) and
prints one JSON object: `scope`, and in `declarations`, for each declaration that a reader of the sources would find,
by its full name:

* `kind`, `module`, `file`, `line`, and `doc`, its docstring, where it has one;
* `statement`, its signature as elaborated;
* `axioms`, those behind it, followed through every proof;
* `uses`, the package's declarations that its statement or proof names, itself or by way of auxiliary ones.

With `--project` the public data of dependencies is enough: only the package's own proofs are followed, those of
dependencies are taken at their word, and `scope` is `project` in place of `everything`.
-/

open Lean

namespace Ledger

/-- What is asked of the program, and the environment that it reads. -/
structure Context where
  /-- The root module of the package. -/
  root : Name
  /-- Whether only the package's own proofs are followed. -/
  projectOnly : Bool
  /-- The compiled package, with its dependencies. -/
  env : Environment

/-- The module that declares `n`. -/
def Context.moduleOf? (ctx : Context) (n : Name) : Option Name :=
  (ctx.env.getModuleIdxFor? n).bind fun i ↦ ctx.env.header.moduleNames[i.toNat]?

/-- Whether the package itself declares `n`. -/
def Context.isOwn (ctx : Context) (n : Name) : Bool :=
  (ctx.moduleOf? n).any ctx.root.isPrefixOf

/-- The axioms that Lean itself brings. -/
def leanAxioms : List Name :=
  [``propext, ``Classical.choice, ``Quot.sound, ``sorryAx, ``Lean.ofReduceBool, ``Lean.ofReduceNat,
    ``Lean.trustCompiler]

/-- The constants that a constant is made of. A constructor or a recursor stands for its whole family of types. -/
def parts (info : ConstantInfo) : Array Name :=
  match info with
  | .ctorInfo v => #[v.induct]
  | .recInfo v => v.all.toArray
  | .inductInfo v => info.type.getUsedConstants ++ v.all.toArray ++ v.ctors.toArray
  | _ => info.type.getUsedConstants ++ (info.value? (allowOpaque := true)).elim #[] (·.getUsedConstants)

/-- For each constant seen so far, the axioms behind it. -/
abbrev Axioms := Std.HashMap Name NameSet

/-- The types that are declared together with `n`, with their constructors: they refer to each other. -/
def family (env : Environment) (n : Name) : List Name :=
  let of (t : Name) : List Name :=
    match env.find? t with
    | some (.inductInfo v) => v.all ++ (v.all.filterMap env.find?).flatMap fun
      | .inductInfo w => w.ctors
      | _ => []
    | _ => [t]
  match env.find? n with
  | some (.ctorInfo v) => of v.induct
  | _ => of n

/-- The axioms behind `n`, as `collectAxioms` finds them, but each constant is visited once for all theorems. -/
partial def axiomsOf (ctx : Context) (n : Name) : StateM Axioms NameSet := do
  if let some known := (← get)[n]? then return known
  if ctx.projectOnly && !ctx.isOwn n then
    return if leanAxioms.contains n then NameSet.empty.insert n else .empty
  let group := family ctx.env n
  for m in group do modify (·.insert m .empty)
  let mut found : NameSet := .empty
  for m in group do
    match ctx.env.find? m with
    | some (.axiomInfo v) =>
      found := found.insert m
      for c in v.type.getUsedConstants do found := found ++ (← axiomsOf ctx c)
    | some (.ctorInfo v) =>
      for c in v.type.getUsedConstants do
        unless group.contains c do found := found ++ (← axiomsOf ctx c)
    | some info =>
      for c in parts info do
        unless group.contains c do found := found ++ (← axiomsOf ctx c)
    | none => pure ()
  for m in group do modify (·.insert m found)
  return found

/-- Whether a reader of the sources would find `n` there, under this name. -/
def isListed (ctx : Context) (n : Name) (info : ConstantInfo) : CoreM Bool := do
  if n.isInternalDetail || isPrivateName n || !ctx.isOwn n then return false
  if info matches .ctorInfo _ | .recInfo _ then return false
  if ctx.env.isProjectionFn n || isAuxRecursor ctx.env n || isNoConfusion ctx.env n then return false
  if n matches .str _ "noConfusion" then return false
  return (← findDeclarationRanges? n).isSome

/-- The listed declarations that `n` names, itself or by way of the package's others. -/
partial def usesOf (ctx : Context) (listed : NameSet) (n : Name) : NameSet :=
  let rec go (c : Name) : StateM (NameSet × NameSet) Unit := do
    if (← get).1.contains c || !ctx.isOwn c then return
    modify fun (seen, found) ↦ (seen.insert c, found)
    if listed.contains c && c != n then
      modify fun (seen, found) ↦ (seen, found.insert c)
    else if let some info := ctx.env.find? c then
      (parts info).forM go
  ((go n).run (.empty, .empty)).2.2

/-- The word that declares a constant. -/
def kindOf (env : Environment) (n : Name) : ConstantInfo → String
  | .thmInfo _ => "theorem"
  | .axiomInfo _ => "axiom"
  | .opaqueInfo _ => "opaque"
  | .inductInfo _ => if isClass env n then "class" else if isStructure env n then "structure" else "inductive"
  | .defnInfo v => if v.hints.isAbbrev then "abbrev" else "def"
  | _ => "constant"

/-- The file of a module, below the root of the package. -/
def fileOf (module : Name) : String :=
  ((System.mkFilePath (module.components.map (·.toString))).addExtension "lean").toString

/-- The entry of a declaration, without its axioms. -/
def entry (ctx : Context) (listed : NameSet) (n : Name) (info : ConstantInfo) : CoreM (List (String × Json)) := do
  let module := (ctx.moduleOf? n).getD .anonymous
  let ranges ← findDeclarationRanges? n
  let statement ← (PrettyPrinter.ppSignature n).run'
  let doc ← findDocString? ctx.env n
  return [
    ("kind", toJson (kindOf ctx.env n info)),
    ("module", toJson module.toString),
    ("file", toJson (fileOf module)),
    ("line", toJson (ranges.elim 0 (·.selectionRange.pos.line))),
    ("doc", toJson doc),
    ("statement", toJson (statement.fmt.pretty 100)),
    ("uses", toJson ((usesOf ctx listed n).toList.map (·.toString)))]

/-- The entries of all listed declarations. -/
def entries (ctx : Context) : CoreM Json := do
  let modules := ctx.env.header.moduleNames.zip ctx.env.header.moduleData
  let own := (modules.filter fun (m, _) ↦ ctx.root.isPrefixOf m).flatMap fun (_, data) ↦
    data.constNames.filterMap fun n ↦ (ctx.env.find? n).map (n, ·)
  let found ← own.filterM fun (n, info) ↦ isListed ctx n info
  let listed : NameSet := found.foldl (init := .empty) fun names (n, _) ↦ names.insert n
  let mut known : Axioms := {}
  let mut out : List (String × Json) := []
  for (n, info) in found do
    let (axioms, known') := (axiomsOf ctx n).run known
    known := known'
    out := (n.toString, Json.mkObj (("axioms", toJson (axioms.toList.map (·.toString))) ::
      (← entry ctx listed n info))) :: out
  return Json.mkObj out

/-- The package's modules that `module` reaches. -/
partial def modulesFrom (root : Name) (module : Name) (seen : Array Name) : IO (Array Name) := do
  if seen.contains module || !root.isPrefixOf module then return seen
  let (data, _) ← readModuleData (← findOLean module)
  data.imports.foldlM (init := seen.push module) fun seen i ↦ modulesFrom root i.module seen

/-- Import the package: every proof, or with `projectOnly` the package's own and what dependencies make public. -/
unsafe def importPackage (root : Name) (projectOnly : Bool) : IO Environment := do
  enableInitializersExecution
  unless projectOnly do
    return ← importModules #[{ module := root }] {} (loadExts := true)
  let modules ← modulesFrom root root #[]
  importModules (modules.map fun module ↦ { module, importAll := true }) {} (loadExts := true) (level := .exported)

end Ledger

unsafe def main (args : List String) : IO UInt32 := do
  let projectOnly := args.contains "--project"
  let root ← match args.filter (· != "--project") with
    | [] => pure `Lejepa
    | [root] => pure root.toName
    | _ =>
      IO.eprintln "usage: ledger [--project] [ROOT]"
      return 2
  initSearchPath (← findSysroot)
  let env ← Ledger.importPackage root projectOnly
  let options := KVMap.empty.setBool `pp.unicode.fun true
  let context : Core.Context := {
    fileName := "", fileMap := default, options, currNamespace := root, maxHeartbeats := 0 }
  let (declarations, _) ← (Ledger.entries { root, projectOnly, env }).toIO context { env }
  IO.println (Json.mkObj [
    ("scope", toJson (if projectOnly then "project" else "everything")),
    ("declarations", declarations)]).compress
  return 0
