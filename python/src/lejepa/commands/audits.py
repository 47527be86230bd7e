"""Commands that compare sources, results and pages with each other."""

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
    agree: bool = typer.Option(False, "--agree", help="Agree to the present statements: write checks/agreed.json."),
    as_json: bool = Json,
) -> None:
    """Audit the Lean sources and the registry; no results are needed.

    Exit code 1 if something makes proofs worthless (such as sorry or an axiom out of place), if a record is of other
    sources, if a statement is lost or differs from what was agreed, or if no statement names some check or experiment.
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
    count: int | None = None
    if agree and not source_faults(root, entries.project):
        count = agreed.write(root, entries.statement, package, witness.book)
        how = "as elaborated" if witness.book else "as text: no record has them as elaborated"
        if not as_json:
            console.print(f"{agreed.FILE}: {count} statements agreed, {how}")
    faults = static_faults(root, entries, package)
    faults += differences(root, contract, package.name) if contract else []
    stated = sum(registry.is_stated(s, package.declared) for s in entries.statement)
    if as_json:
        counts = {"statements": len(entries.statement), "stated": stated, "agreed": count}
        print_json(counts | {"proof": scope_text(root, witness), "faults": faults})
    report(faults)
    if as_json:
        return
    console.print(
        f"{stated} of {len(entries.statement)} statements are in the sources, as agreed. There is no sorry or the like "
        f"and no axiom out of place. Statements, checks and experiments name each other.\n{scope_text(root, witness)}",
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
    as_json: bool = Json,
) -> None:
    """Store what Lean reported of the package that it compiled.

    It becomes the ledger of this machine, results/ledger.json, and the record of the repository, records/lean.json. It
    is refused if a file has changed since. Exit code 1, and nothing recorded, if an axiom is not allowed.
    """
    from lejepa.auditing import ledger as book
    from lejepa.auditing import registry
    from lejepa.auditing import sources as texts
    from lejepa.auditing.audit import ledger_faults

    root = repository()
    entries = registry.load(root)
    made = book.write(root, out, printed, entries.project.package)
    if not as_json:
        console.print(f"{out / book.FILE}: {len(made.declarations)} declarations, by {made.lean}", soft_wrap=True)
    package = texts.load(root, entries.project.package)
    faults = ledger_faults(entries, package, book.Witness(made, "compiled"))
    changed = book.record(root, made) if not faults else False
    if as_json:
        print_json(
            {
                "ledger": str(out / book.FILE),
                "declarations": len(made.declarations),
                "lean": made.lean,
                "record": str(book.RECORD),
                "written": changed,
                "faults": faults,
            }
        )
    report(faults)
    if not as_json:
        console.print(f"{book.RECORD}: {'written; commit it' if changed else 'as it was'}", soft_wrap=True)


def trace(out: Path = Out, as_json: bool = Json) -> None:
    """Extract the premises of the registry's theorems with LeanDojo.

    The audit's site shows them. This needs lake and the extra `trace`.
    """
    from lejepa.auditing import trace as tracing

    made = tracing.run(repository(), out)
    if as_json:
        print_json({"file": str(out / tracing.FILE), "theorems": len(made.premises)})
    else:
        console.print(f"{out / tracing.FILE}: premises of {len(made.premises)} theorems", soft_wrap=True)


def prose(out: Path = Out, as_json: bool = Json) -> None:
    """Compare figures and tables on pages with the results.

    Exit code 1 if a figure differs from its result in any digit shown, if a figure has no result, or if a table is not
    the one that the evidence makes.
    """
    from lejepa.auditing import prose as text
    from lejepa.auditing import registry, ties

    root = repository()
    tied = ties.load(root, registry.load(root).project.figures)
    faults = text.faults(root, out, tied)
    if as_json:
        print_json({"pages": list(tied.files), "faults": faults})
    report(faults)
    if not as_json:
        console.print(f"{', '.join(tied.files) or 'No page'}: evidence bears out every tied figure and table.")


SHOWN = 12  # kinds of faults, on one screen
NAMES = re.compile(r"^[^\s:]+(?::\d+)?: |«[^»]*»|`[^`]*`|\S*[._/\d]\S*")  # what tells one fault from others of its kind


def audit(
    out: Path = Out,
    rows: bool = typer.Option(False, "--rows", help="Print a row for each statement, too."),
    as_json: bool = Json,
) -> None:
    """Join statements, axioms, checks and experiments; write the site.

    It prints the counts, the faults, and where to look. Exit code 1 if anything is missing, stale, failing, or linked
    in one direction only.
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
