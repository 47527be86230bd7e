"""The command `lejepa`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from lejepa import __version__
from lejepa.errors import UserError
from lejepa.files import repository

if TYPE_CHECKING:  # PyTorch is slow to import: only the commands that need it do
    from lejepa.training.results import Point, Result

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check the statements of Lejepa, train encoders that confirm them, audit both.",
)
console = Console()
complaints = Console(stderr=True, highlight=False, soft_wrap=True)


def show_version(wanted: bool) -> None:
    if wanted:
        console.print(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=show_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    pass


Out = typer.Option(Path("results"), "--out", help="Folder of results.")


@app.command()
def train(
    configuration: Path = typer.Argument(help="YAML file of the experiment."),
    out: Path = Out,
    device: str = typer.Option("auto", help="auto, cpu, cuda or cuda:N."),
    overwrite: bool = typer.Option(False, help="Replace an existing result, or a checkpoint."),
) -> None:
    """Train the encoders of an experiment, measure what they recover, draw the figure."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from lejepa.training import config, figures
    from lejepa.training.train import Interrupted, choose_device, result_path
    from lejepa.training.train import train as run

    experiment = config.load(configuration)
    where = choose_device(device)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} steps"),
        TimeRemainingColumn(),
        TextColumn("loss {task.fields[loss]}, R² {task.fields[r2]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(experiment.name, total=experiment.training.steps, loss="-", r2="-")

        def report(point: "Point") -> None:
            loss, r2 = sum(point.loss) / len(point.loss), min(point.r2)
            progress.update(task, completed=point.step, loss=f"{loss:.4f}", r2=f"{r2:.4f}")

        try:
            result = run(experiment, out, where, overwrite, report)
        except Interrupted as e:
            progress.stop()
            complaints.print(f"lejepa: {e}", markup=False)
            raise typer.Exit(130) from None
    figure = figures.draw([result], out / "figures")[0]
    console.print(recovery_table(result))
    console.print(f"Result: {result_path(experiment, out)}   Figure: {figure}", soft_wrap=True)
    if not all(result.confirmed):
        complaints.print(f"lejepa: {experiment.name}: not every seed meets the criterion")
        raise typer.Exit(1)


@app.command()
def sweep(
    configuration: Path = typer.Argument(help="YAML file of the sweep, or of an experiment."),
    out: Path = Out,
    device: str = typer.Option("auto", help="auto, cpu, cuda or cuda:N."),
    jobs: int | None = typer.Option(None, help="Experiments at a time on this machine; by default one a core."),
    ray: str | None = typer.Option(None, help="Address of a Ray cluster that runs them instead, such as auto."),
    overwrite: bool = typer.Option(False, help="Replace results of another configuration."),
) -> None:
    """Train every experiment of a sweep that has no result yet; draw the figures."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lejepa.training import grid, plots, tables, verdict
    from lejepa.training import sweep as sweeping

    made = grid.load(configuration)
    steps = {p.name: p.training.steps for p in made.points}
    reached: dict[str, int] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(made.name, total=sum(steps.values()))

        def report(point: str, step: int) -> None:
            reached[point] = step
            progress.update(task, completed=sum(reached.values()), description=point)

        try:
            done = sweeping.run(made, out, device, jobs, ray, overwrite, report)
        except sweeping.Stopped:
            progress.stop()
            complaints.print(f"lejepa: {made.name}: stopped; the same command goes on", markup=False)
            raise typer.Exit(130) from None
        progress.update(task, completed=sum(steps.values()), description=made.name)
    console.print(tables.sweep_table(made, done))
    drawn = plots.draw_sweep(made, done, out / "figures")
    console.print(f"Results: {out / 'experiments' / made.name}   Figures: {', '.join(map(str, drawn))}", soft_wrap=True)
    failures = verdict.failures(made, done)
    for failure in failures:
        complaints.print(f"lejepa: {failure}", markup=False)
    if failures:
        raise typer.Exit(1)


@app.command()
def compare(
    first: Path = typer.Argument(help="A folder of results."),
    second: Path = typer.Argument(help="Another one."),
    metric: list[str] = typer.Option(["r2_hz", "distance", "bound"], help="A metric to compare; may be repeated."),
) -> None:
    """Print the experiments of two folders of results side by side: mean and standard deviation over seeds."""
    from lejepa.training import tables

    console.print(tables.comparison(first, second, metric))


def recovery_table(result: "Result") -> Table:
    """The metrics of a result, a row a seed."""
    table = Table(title=f"{result.configuration.name} ({result.device}, {result.seconds:.0f} s)")
    for heading in (
        "seed",
        "R²(z→h)",
        "R²(h→z)",
        "‖AᵀA-1‖",
        "ε",
        "D",
        "distance",
        "bound",
        "confirmed",
    ):
        table.add_column(heading, justify="right")
    keys = ("r2_zh", "r2_hz", "orthogonality", "epsilon", "excess", "distance", "bound")
    rows = zip(result.configuration.training.seeds, result.metrics, result.confirmed, strict=True)
    for seed, metrics, confirmed in rows:
        table.add_row(str(seed), *(f"{metrics[k]:.4f}" for k in keys), "yes" if confirmed else "NO")
    return table


@app.command()
def check(
    only: str | None = typer.Option(None, help="A check, a file of checks, or a statement."),
    case: str | None = typer.Option(None, help="JSON parameters: try this one case, record nothing."),
    digits: int = typer.Option(50, help="Digits that an equality must hold to."),
    seed: int = typer.Option(0, help="Seed of the random cases."),
    jobs: int | None = typer.Option(None, help="Processes; by default one a core."),
    as_json: bool = typer.Option(False, "--json", help="Print the results as JSON, not as a table."),
) -> None:
    """Check the statements numerically, by rigorous enclosures; fail on a violated or undecided one."""
    from lejepa.checking import check as checking

    results = checking.run_all(repository(), only, digits, seed, jobs, checking.parse_case(case), quiet=as_json)
    if as_json:
        print(checking.as_json(results))
    else:
        checking.report(results, console)
    if any(r.verdict != "holds" for r in results):
        raise typer.Exit(1)


@app.command()
def search(
    restarts: int = typer.Option(20, help="Random starts for each bound, dimension and ρ."),
    seed: int = typer.Option(0, help="Seed of the starts."),
    digits: int = typer.Option(50, help="Decimal digits of the enclosures."),
) -> None:
    """Search for the encoders that come closest to the bounds of approximate identifiability; fail if one exceeds."""
    from lejepa.checking import search as searching

    if not searching.run(repository(), restarts, seed, digits, console):
        raise typer.Exit(1)


@app.command()
def mutants(
    only: str | None = typer.Option(None, help="A check, a file of checks, or a statement."),
    sample: int | None = typer.Option(None, help="Mutants to try of each check; by default all."),
    seed: int = typer.Option(0, help="Seed of the random cases and of the sample."),
    jobs: int | None = typer.Option(None, help="Processes; by default one a core."),
) -> None:
    """Plant faults in the formulas of the checks; fail where a check does not see one that matters."""
    from lejepa.checking import mutate

    scores = mutate.run_all(repository(), only, sample, seed, jobs=jobs)
    mutate.report(scores, console)
    if any(s.missed for s in scores):
        raise typer.Exit(1)


@app.command()
def certify(
    pairs: Path = typer.Argument(help="Embeddings h0, h1 (and latents z): npz, npy, parquet, safetensors, pt."),
    rho: str | None = typer.Option(None, help="Correlation of the world, 0.9, or a range, 0.88,0.92; else estimated."),
    level: float = typer.Option(0.95, help="Confidence of the intervals and of the certified limit."),
    significance: float = typer.Option(0.01, help="Chance that the tests reject a world as assumed."),
    seed: int = typer.Option(0, help="Seed of the projections and the sample that the tests look at."),
    device: str = typer.Option("auto", help="auto, cpu, cuda or cuda:N."),
    as_json: bool = typer.Option(False, "--json", help="Print the certificate as JSON."),
    out: Path | None = typer.Option(None, help="Also write the certificate to this JSON file."),
    figure: Path | None = typer.Option(None, help="Also draw it, with the energy by degree, to this PNG file."),
) -> None:
    """Bound an encoder's distance to the unknown latents, from pairs of its embeddings alone."""
    from lejepa.certification.certificate import certify_pairs, parse_rho
    from lejepa.certification.pairs import from_file
    from lejepa.files import write_json
    from lejepa.training.train import choose_device

    made = certify_pairs(
        from_file(pairs),
        parse_rho(rho),
        level=level,
        significance=significance,
        seed=seed,
        device=choose_device(device),
    )
    if out is not None:
        write_json(out, made.model_dump(mode="json"))
    if figure is not None:
        from lejepa.certification.figure import draw

        draw(made, figure)
    print(made.model_dump_json(indent=1) if as_json else made)
    if not made.applies:
        raise typer.Exit(1)


@app.command()
def figures(out: Path = Out) -> None:
    """Draw the figures of all results and the table beside the paper's, from their files alone."""
    from lejepa.training import figures as drawing
    from lejepa.training import plots, report, results

    found, sweeps = results.read_all(out), results.read_sweeps(out)
    if not found and not sweeps:
        raise UserError(f"{out}: expected results of experiments in its folder experiments, found none")
    paths = drawing.draw(found, out / "figures")
    for made, done in sweeps:
        paths += plots.draw_sweep(made, done, out / "figures")
    paths.append(report.write(out, out / "figures" / "experiments.md", out / "figures"))
    for path in paths:
        console.print(str(path), soft_wrap=True)


@app.command(name="report")
def write_report(
    out: Path = Out,
    to: Path = typer.Option(Path("docs"), help="Folder of the page experiments.md, its figures beside it."),
) -> None:
    """Write the page of all experiments, beside the paper's figures, from result files alone."""
    from lejepa.training import plots, report, results

    for made, done in results.read_sweeps(out):
        plots.draw_sweep(made, done, to / "figures", dpi=90)
    console.print(str(report.write(out, to / "experiments.md", to / "figures")), soft_wrap=True)


@app.command()
def sources(
    contract: Path | None = typer.Option(None, help="Lean file whose statements ours must equal."),
    agree: bool = typer.Option(False, "--agree", help="Agree to the statements as they stand: checks/agreed.json."),
) -> None:
    """Read the Lean sources: fail on sorry, native_decide, a stray axiom, a statement unlike what was agreed."""
    from lejepa.auditing import agreed, registry
    from lejepa.auditing.audit import source_faults
    from lejepa.auditing.contract import differences
    from lejepa.auditing.sources import declarations

    root = repository()
    if contract is not None and not contract.is_file():
        raise UserError(f"{contract}: there is no such contract")
    entries = registry.load(root)
    declared = declarations(root, entries.project.package)
    faults = source_faults(root, entries.project)
    faults += differences(root, contract, entries.project.package) if contract else []
    if agree and not faults:
        count = agreed.write(root, entries.statement, declared)
        console.print(f"{agreed.FILE}: {count} statements agreed")
    faults += agreed.faults(root, entries.statement, declared)
    for fault in faults:
        complaints.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    console.print("Lean sources: no sorry, no native_decide, no stray axiom; statements as agreed.")


@app.command()
def ledger(
    printed: Path = typer.Argument(help="What `lake exe ledger` printed."),
    out: Path = Out,
) -> None:
    """Keep what Lean says of the compiled package, with a digest of the sources."""
    from lejepa.auditing import ledger as book
    from lejepa.auditing import registry

    root = repository()
    made = book.write(root, out, printed, registry.load(root).project.package)
    console.print(f"{out / book.FILE}: {len(made.declarations)} declarations, scope {made.scope}", soft_wrap=True)


@app.command()
def trace(out: Path = Out) -> None:
    """Extract the premises of each headline theorem with LeanDojo, for the audit's site."""
    from lejepa.auditing import trace as tracing

    made = tracing.run(repository(), out)
    console.print(f"{out / tracing.FILE}: premises of {len(made.premises)} theorems", soft_wrap=True)


@app.command()
def prose(
    record: bool = typer.Option(False, "--record", help="Keep the values that are quoted: docs/figures.json."),
    out: Path = Out,
) -> None:
    """Hold the figures in README.md and the like against results; fail on one that they do not bear out."""
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


@app.command()
def audit(out: Path = Out) -> None:
    """Join registry, sources, ledger, checks and results; write the site; fail on what does not fit."""
    from lejepa.auditing.site import FOLDER, write

    made = write(repository(), out)
    table = Table(title="Audit", caption=made.scope, show_lines=False)
    for heading in ("statement", "state", "axioms", "checks", "experiments"):
        table.add_column(heading, overflow="fold")
    for row in made.rows:
        checks = ", ".join(f"{c.name} {c.verdict}" for c in row.checks)
        trained = ", ".join(f"{e.name} {e.summary}" for e in row.experiments)
        table.add_row(row.statement.lean, row.state, row.axioms_text, checks, trained)
    console.print(table)
    for fault in made.all_faults:
        complaints.print(f"fault: {fault}", markup=False)
    console.print(
        f"{made.count('proved')} proved, {made.count('planned')} planned, {len(made.all_faults)} faults; "
        f"site: {out / FOLDER / 'index.html'}",
        soft_wrap=True,
    )
    if made.all_faults:
        raise typer.Exit(1)


def main() -> NoReturn:
    """Run the command line. Exit codes: 0 done, 1 a check or an audit failed, 2 bad input, 130 interrupted."""
    try:
        app()
    except UserError as e:
        complaints.print(f"lejepa: {e}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        complaints.print("lejepa: interrupted")
        sys.exit(130)
    sys.exit(0)
