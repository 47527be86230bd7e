"""Commands that hold sources, results and prose against each other."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from lejepa.commands.console import Json, Out, complaints, console, print_json, show
from lejepa.errors import Exit, UserError
from lejepa.files import repository

if TYPE_CHECKING:
    from lejepa.auditing.audit import Audit


def sources(
    contract: Path | None = typer.Option(None, help="Lean file whose statements ours must equal."),
    agree: bool = typer.Option(False, "--agree", help="Agree to the statements as they stand: checks/agreed.json."),
) -> None:
    """Audit what needs no results: sorry and its kin, lost statements.

    Exit code 1 on what makes proofs worthless, a stray axiom, a record of other sources than these, a statement that is
    lost or unlike what was agreed, a check or an experiment that no statement names.
    """
    from lejepa.auditing import agreed, ledger, registry
    from lejepa.auditing import sources as texts
    from lejepa.auditing.audit import scope_text, source_faults, static_faults
    from lejepa.auditing.contract import differences

    root = repository()
    if contract is not None and not contract.is_file():
        raise UserError(f"{contract}: there is no such contract")
    entries = registry.load(root)
    package = texts.load(root, entries.project.package)
    witness = ledger.witness(root, None, package.name)
    if agree and not source_faults(root, entries.project):
        count = agreed.write(root, entries.statement, package, witness.book)
        how = "as elaborated" if witness.book else "as text: no record has them as elaborated"
        console.print(f"{agreed.FILE}: {count} statements agreed, {how}")
    faults = static_faults(root, entries, package)
    faults += differences(root, contract, package.name) if contract else []
    report(faults)
    stated = sum(registry.is_stated(s, package.declared) for s in entries.statement)
    console.print(
        f"{stated} of {len(entries.statement)} statements stand in the sources, as agreed; no sorry or its kin, no "
        f"stray axiom; all linked both ways.\n{scope_text(root, witness)}",
        highlight=False,
    )


def report(faults: list[str]) -> None:
    """Print each fault; exit code 1 where there is one."""
    for fault in faults:
        complaints.print(fault)
    if faults:
        raise typer.Exit(Exit.FELL_SHORT)


def ledger(
    printed: Path = typer.Argument(help="What `lake exe ledger` printed."),
    out: Path = Out,
) -> None:
    """Keep what Lean says of the package it compiled.

    As the ledger of this machine, results/ledger.json, and as the record of the repository, records/lean.json. Refused
    where a file is not as it was compiled. Exit code 1, and nothing recorded, on an axiom that is not allowed.
    """
    from lejepa.auditing import ledger as book
    from lejepa.auditing import registry
    from lejepa.auditing import sources as texts
    from lejepa.auditing.audit import ledger_faults

    root = repository()
    entries = registry.load(root)
    made = book.write(root, out, printed, entries.project.package)
    console.print(f"{out / book.FILE}: {len(made.declarations)} declarations, by {made.lean}", soft_wrap=True)
    package = texts.load(root, entries.project.package)
    report(ledger_faults(entries, package, book.Witness(made, "compiled")))
    changed = book.record(root, made)
    console.print(f"{book.RECORD}: {'written; commit it' if changed else 'as it was'}", soft_wrap=True)


def trace(out: Path = Out) -> None:
    """Extract the premises of the headline theorems with LeanDojo.

    For the audit's site. Needs the extra `trace` and lake.
    """
    from lejepa.auditing import trace as tracing

    made = tracing.run(repository(), out)
    console.print(f"{out / tracing.FILE}: premises of {len(made.premises)} theorems", soft_wrap=True)


def prose(out: Path = Out) -> None:
    """Hold figures and tables in prose against evidence.

    Exit code 1 on a figure that evidence does not bear out to every digit, one without evidence, and a table that is
    not what evidence makes.
    """
    from lejepa.auditing import prose as text
    from lejepa.auditing import registry, ties

    root = repository()
    tied = ties.load(root, registry.load(root).project.figures)
    report(text.faults(root, out, tied))
    console.print(f"{', '.join(tied.files) or 'No page'}: evidence bears out every figure and table.")


SHOWN = 12  # kinds of faults, on one screen
NAMES = re.compile(r"^[^\s:]+(?::\d+)?: |«[^»]*»|`[^`]*`|\S*[._/\d]\S*")  # what tells one fault from others of its kind


def audit(
    out: Path = Out,
    rows: bool = typer.Option(False, "--rows", help="Print a row for each statement, too."),
    as_json: bool = Json,
) -> None:
    """Join statements, axioms, checks and experiments; write the site.

    Prints the counts, what is amiss, and where to look. Exit code 1 on anything missing, stale, red or not linked both
    ways.
    """
    from lejepa.auditing.site import FOLDER, write

    made = write(repository(), out)
    faults = made.all_faults
    if as_json:
        print_json(made.as_json())
    else:
        if rows:
            show(audit_table(made))
        console.print(overview(made))
        console.print(made.scope, highlight=False)
    shown = faults if as_json or rows else summary(faults)
    for fault in shown:
        complaints.print(f"fault: {fault}")
    if not as_json:
        count = f"{len(faults) or 'no'} fault{'' if len(faults) == 1 else 's'}"
        console.print(f"{count}; site: {out / FOLDER / 'index.html'}", soft_wrap=True)
    if faults:
        raise typer.Exit(Exit.FELL_SHORT)


def summary(faults: list[str]) -> list[str]:
    """Faults for one screen: of those that differ in names and numbers alone the first, and how many there are."""
    alike: dict[str, list[str]] = {}
    for fault in faults:
        alike.setdefault(NAMES.sub("…", fault), []).append(fault)
    kinds = list(alike.values())
    found = [f"{first} (and {len(rest)} like it)" if rest else first for first, *rest in kinds[:SHOWN]]
    if more := sum(map(len, kinds[SHOWN:])):
        found.append(f"and {more} of other kinds, on the site and in audit.json")
    return found


def overview(made: "Audit") -> Table:
    """What the audit counts, a line each."""
    from lejepa.auditing.site import tally

    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for figure, what in tally(made):
        table.add_row(figure, what)
    return table


def audit_table(made: "Audit") -> Table:
    """The audit, a row a statement."""
    table = Table(title="Audit", show_lines=False)
    for heading in ("statement", "proof", "axioms of its own", "checks", "experiments"):
        table.add_column(heading, overflow="fold")
    for row in made.rows:
        checks = ", ".join(f"{c.name} {c.verdict}" for c in row.checks)
        trained = ", ".join(f"{e.name} {e.summary}" for e in row.experiments)
        table.add_row(row.statement.lean, row.state, row.axioms_text, checks, trained)
    return table
