/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
import Lean

/-!
# The ledger: what the compiled package proves, and what each proof rests on

`lake exe ledger [--project] [ROOT]` reads the compiled package whose root module is `ROOT` (by default `Lejepa`) and
prints one JSON object. In `declarations`, for each declaration that a reader of the sources would find, by its full
name:

* `kind`, `module`, `file`, `line`, and `doc`, its docstring, where it has one;
* `statement`, its signature as elaborated, and for a theorem `type`, which fixes its meaning: a digest of its type, and
  the package's constants that the type names;
* `axioms`, those behind it, followed through every proof;
* `uses`, the package's declarations that its statement or proof names, itself or by way of auxiliary ones.

In `constants` the same digest, and names, of each constant of the package that such a type reaches; in `lean` and
`trust` which Lean this is, and what it took on trust; in `files` the SHA-256 of each file that was compiled, and of those
that say how. It refuses where a source has changed since it was compiled: run it in the root of the package, after
`lake build`.

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

/-- A digest of an expression, names of bound variables and annotations apart; the digests of its parts are kept. It is
made against accident, not against malice, as lake's own are. -/
partial def digestOf (e : Expr) : StateM (Std.HashMap Expr UInt64) UInt64 := do
  if let some known := (← get)[e]? then return known
  let made ← match e with
    | .bvar i => pure (mixHash 2 (hash i))
    | .fvar f => pure (mixHash 3 (hash f.name))
    | .mvar m => pure (mixHash 5 (hash m.name))
    | .sort u => pure (mixHash 7 (hash u))
    | .const n us => pure (mixHash 11 (us.foldl (fun d u ↦ mixHash d (hash u)) (hash n)))
    | .lit l => pure (mixHash 13 (hash l))
    | .app f a => do pure (mixHash 17 (mixHash (← digestOf f) (← digestOf a)))
    | .lam _ t b _ => do pure (mixHash 19 (mixHash (← digestOf t) (← digestOf b)))
    | .forallE _ t b _ => do pure (mixHash 23 (mixHash (← digestOf t) (← digestOf b)))
    | .letE _ t v b _ => do pure (mixHash 29 (mixHash (← digestOf t) (mixHash (← digestOf v) (← digestOf b))))
    | .proj s i b => do pure (mixHash 31 (mixHash (mixHash (hash s) (hash i)) (← digestOf b)))
    | .mdata _ b => digestOf b
  modify (·.insert e made)
  return made

/-- The constants that fix what `n` means. A constructor or a recursor stands for its whole family of types; a theorem
fixes nothing. -/
def fixing (env : Environment) (n : Name) : Array Name :=
  match env.find? n with
  | some (.ctorInfo v) => #[v.induct]
  | some (.recInfo v) => v.all.toArray
  | some (.thmInfo _) | none => #[]
  | _ => #[n]

/-- What fixes the meaning of a constant, and of a theorem its type: a digest, and the package's other constants that are
named there. -/
def meaningOf (ctx : Context) (n : Name) (info : ConstantInfo) : Json × Array Name :=
  let made : Array Expr := match info with
    | .thmInfo v => #[v.type]
    | .inductInfo v => #[v.type] ++ (v.ctors.toArray.filterMap ctx.env.find?).map (·.type)
    | _ => #[info.type] ++ (info.value? (allowOpaque := true)).elim #[] (#[·])
  let all : StateM (Std.HashMap Expr UInt64) UInt64 :=
    made.foldlM (init := 1) fun d e ↦ do return mixHash d (← digestOf e)
  let used : NameSet := (made.flatMap (·.getUsedConstants)).foldl (init := .empty) fun names c ↦
    if ctx.isOwn c then (fixing ctx.env c).foldl (·.insert ·) names else names
  let names := (used.toList.filter (· != n)).toArray
  (Json.mkObj [("digest", toJson (toString (all.run {}).1)), ("names", toJson (names.map (·.toString)))], names)

/-- The constants that are reached from some, those among them, each with what fixes its meaning. -/
partial def reachedFrom (ctx : Context) (waiting : List Name) (seen : NameSet) : List (String × Json) :=
  match waiting with
  | [] => []
  | n :: rest =>
    if seen.contains n then reachedFrom ctx rest seen else
      match ctx.env.find? n with
      | none => reachedFrom ctx rest (seen.insert n)
      | some info =>
        let (meaning, names) := meaningOf ctx n info
        (n.toString, meaning) :: reachedFrom ctx (names.toList ++ rest) (seen.insert n)

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
    ("uses", toJson ((usesOf ctx listed n).toList.map (·.toString)))] ++
    (if info matches .thmInfo _ then [("type", (meaningOf ctx n info).1)] else [])

/-- Which Lean this is, the entries of all listed declarations, and the constants that the types of theorems reach. -/
def entries (ctx : Context) : CoreM (List (String × Json)) := do
  let modules := ctx.env.header.moduleNames.zip ctx.env.header.moduleData
  let own := (modules.filter fun (m, _) ↦ ctx.root.isPrefixOf m).flatMap fun (_, data) ↦
    data.constNames.filterMap fun n ↦ (ctx.env.find? n).map (n, ·)
  let found ← own.filterM fun (n, info) ↦ isListed ctx n info
  let listed : NameSet := found.foldl (init := .empty) fun names (n, _) ↦ names.insert n
  let mut known : Axioms := {}
  let mut out : List (String × Json) := []
  let mut named : Array Name := #[]
  for (n, info) in found do
    if info matches .thmInfo _ then named := named ++ (meaningOf ctx n info).2
    let (axioms, known') := (axiomsOf ctx n).run known
    known := known'
    out := (n.toString, Json.mkObj (("axioms", toJson (axioms.toList.map (·.toString))) ::
      (← entry ctx listed n info))) :: out
  return [
    ("lean", toJson s!"Lean {Lean.versionString}"),
    ("declarations", Json.mkObj out),
    ("constants", Json.mkObj (reachedFrom ctx named.toList .empty))]

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

/-- The files that say how a package is built, and with what. -/
def buildFiles : List System.FilePath :=
  ["lean-toolchain", "lake-manifest.json", "lakefile.lean", "lakefile.toml"]

/-- SHA-256 of a file, in hexadecimal, by the system's own program. -/
def sha256 (file : System.FilePath) : IO String := do
  let programs : List (String × Array String) := [("sha256sum", #[]), ("shasum", #["-a", "256"])]
  for (cmd, args) in programs do
    try
      let done ← IO.Process.output { cmd, args := args ++ #[file.toString] }
      if done.exitCode == 0 then return (done.stdout.splitOn " ").headD ""
    catch _ => pure ()
  throw <| IO.userError s!"{file}: expected sha256sum or shasum on the PATH, to make its digest"

/-- Whether a compiled module is of its source as that stands: it is not older, or lake's trace beside it has the hash that
lake makes of the source's text. -/
def isOf (olean source : System.FilePath) : IO Bool := do
  if compare (← olean.metadata).modified (← source.metadata).modified != .lt then return true
  let trace := olean.withExtension "trace"
  unless ← trace.pathExists do return false
  let text ← IO.FS.readFile trace
  let known := mixHash 1723 (hash (← IO.FS.readFile source))
  let written := [toString known, String.join ((Nat.toDigits 16 known.toNat).map toString)]
  return written.any fun w ↦ (text.splitOn w).length > 1

/-- SHA-256 of each file of the package that was compiled, and of each that says how. -/
def digests (env : Environment) (root : Name) : IO Json := do
  let mut found : List (String × Json) := []
  for module in env.header.moduleNames do
    if root.isPrefixOf module then
      let source : System.FilePath := fileOf module
      unless ← source.pathExists do
        throw <| IO.userError s!"{source}: expected the source of {module}; run this in the root of the package"
      unless ← isOf (← findOLean module) source do
        throw <| IO.userError s!"{source}: it has changed since it was compiled; run `lake build` first"
      found := (source.toString, toJson (← sha256 source)) :: found
  for file in buildFiles do
    if ← file.pathExists then found := (file.toString, toJson (← sha256 file)) :: found
  return Json.mkObj found

/-- What is taken on trust, in words. -/
def trust (projectOnly : Bool) : String :=
  if projectOnly then
    "the compiled files of dependencies were taken on trust, proofs and all; axioms were followed through this package"
  else
    "the compiled files of dependencies were taken as found, and not checked again; axioms were followed through every proof"

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
  let built : Bool ← try
    let olean ← findOLean root
    olean.pathExists
  catch _ => pure false
  unless built do
    IO.eprintln s!"{root}: it has not been compiled; run `lake build` first"
    return 3
  let env ← Ledger.importPackage root projectOnly
  let options := KVMap.empty.setBool `pp.unicode.fun true
  let context : Core.Context := {
    fileName := "", fileMap := default, options, currNamespace := root, maxHeartbeats := 0 }
  let files ← Ledger.digests env root
  let (entries, _) ← (Ledger.entries { root, projectOnly, env }).toIO context { env }
  IO.println (Json.mkObj ([
    ("scope", toJson (if projectOnly then "project" else "everything")),
    ("trust", toJson (Ledger.trust projectOnly)),
    ("files", files)] ++ entries)).compress
  return 0
