"""Commands that hold sources, results and prose against each other."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from lejepa.commands.console import Json, Out, complaints, console, print_json
from lejepa.errors import UserError
from lejepa.files import repository

if TYPE_CHECKING:
    from lejepa.auditing.audit import Audit


def sources(
    contract: Path | None = typer.Option(None, help="Lean file whose statements ours must equal."),
    agree: bool = typer.Option(False, "--agree", help="Agree to the statements as they stand: checks/agreed.json."),
) -> None:
    """Audit what needs no results: sorry, axioms, lost statements.

    Exit code 1 on sorry, native_decide, a stray axiom, a statement that is lost or unlike what was agreed, a check or
    an experiment that no statement names.
    """
    from lejepa.auditing import agreed, registry
    from lejepa.auditing.audit import source_faults, static_faults
    from lejepa.auditing.contract import differences
    from lejepa.auditing.sources import declarations

    root = repository()
    if contract is not None and not contract.is_file():
        raise UserError(f"{contract}: there is no such contract")
    entries = registry.load(root)
    declared = declarations(root, entries.project.package)
    if agree and not source_faults(root, entries.project):
        count = agreed.write(root, entries.statement, declared)
        console.print(f"{agreed.FILE}: {count} statements agreed")
    faults = static_faults(root, entries, declared)
    faults += differences(root, contract, entries.project.package) if contract else []
    for fault in faults:
        complaints.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    console.print("No sorry, no native_decide, no stray axiom; statements as agreed; all linked both ways.")


def ledger(
    printed: Path = typer.Argument(help="What `lake exe ledger` printed."),
    out: Path = Out,
) -> None:
    """Keep what Lean says of the compiled package.

    With a digest of the sources, so that a stale one is refused. Exit code 1 on an axiom that is not allowed.
    """
    from lejepa.auditing import ledger as book
    from lejepa.auditing import registry
    from lejepa.auditing.audit import ledger_faults

    root = repository()
    entries = registry.load(root)
    made = book.write(root, out, printed, entries.project.package)
    console.print(f"{out / book.FILE}: {len(made.declarations)} declarations, scope {made.scope}", soft_wrap=True)
    faults = ledger_faults(root, entries, made)
    for fault in faults:
        complaints.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)


def trace(out: Path = Out) -> None:
    """Extract the premises of the headline theorems with LeanDojo.

    For the audit's site. Needs the extra `trace` and lake.
    """
    from lejepa.auditing import trace as tracing

    made = tracing.run(repository(), out)
    console.print(f"{out / tracing.FILE}: premises of {len(made.premises)} theorems", soft_wrap=True)


def prose(
    record: bool = typer.Option(False, "--record", help="Keep the values that are quoted: docs/figures.json."),
    out: Path = Out,
) -> None:
    """Hold the figures quoted in README.md against results.

    Exit code 1 on a figure that results do not bear out.
    """
    from lejepa.auditing import prose as text
    from lejepa.auditing import registry

    root = repository()
    files = registry.load(root).project.figures
    if record:
        console.print(f"{text.RECORD}: {text.record(root, out, files)} figures kept")
    faults = text.faults(root, out, files)
    for fault in faults:
        complaints.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    console.print(f"{', '.join(files) or 'No file of prose'}: results bear out every marked figure.")


def audit(out: Path = Out, as_json: bool = Json) -> None:
    """Join statements, axioms, checks and experiments; write the site.

    Exit code 1 on anything missing, stale, red or not linked both ways.
    """
    from lejepa.auditing.site import FOLDER, write

    made = write(repository(), out)
    if as_json:
        print_json(made.as_json())
    else:
        console.print(audit_table(made))
        console.print(
            f"{made.count('proved')} proved, {made.count('planned')} planned, {len(made.all_faults)} faults; "
            f"site: {out / FOLDER / 'index.html'}",
            soft_wrap=True,
        )
    for fault in made.all_faults:
        complaints.print(f"fault: {fault}", markup=False)
    if made.all_faults:
        raise typer.Exit(1)


def audit_table(made: "Audit") -> Table:
    """The audit, a row a statement."""
    table = Table(title="Audit", caption=made.scope, show_lines=False)
    for heading in ("statement", "state", "axioms", "checks", "experiments"):
        table.add_column(heading, overflow="fold")
    for row in made.rows:
        checks = ", ".join(f"{c.name} {c.verdict}" for c in row.checks)
        trained = ", ".join(f"{e.name} {e.summary}" for e in row.experiments)
        table.add_row(row.statement.lean, row.state, row.axioms_text, checks, trained)
    return table
