"""The command `lejepa`: its table of contents, and what becomes of errors."""

import errno
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from lejepa import __version__
from lejepa.commands import audits, certificates, environments, evidence, experiments, machine, statements
from lejepa.commands.app import App
from lejepa.commands.console import complaints, console
from lejepa.commands.streams import leave, settle
from lejepa.errors import EXITS, Exit, UserError, brief
from lejepa.files import FULL
from lejepa.interrupt import Interrupted

GONE = {"reacher": "lejepa sweep CONFIG runs the experiments of the robot arm, and lejepa figures draws them"}


class Commands(TyperGroup):
    """The commands; Ctrl-C in any of them is told as one that was heeded at a safe place."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in GONE:
            raise UserError(f"{args[0]}: there is no such command any more; {GONE[args[0]]}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted("interrupted; the same command resumes, or starts again") from None


app = App(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The theorems on LeJEPA as a world model: train, certify, check, audit.",
    epilog=f"Begin with lejepa doctor. Exit codes: {'; '.join(f'{code} {says}' for code, says in EXITS.items())}.",
)

COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Train and certify": {
        "train": experiments.train,
        "sweep": experiments.sweep,
        "compare": experiments.compare,
        "figures": experiments.figures,
        "report": experiments.write_report,
        "certify": certificates.certify,
        "collect": environments.collect,
    },
    "Check and audit": {
        "check": statements.check,
        "mutants": statements.mutants,
        "search": statements.search,
        "audit": audits.audit,
        "sources": audits.sources,
        "ledger": audits.ledger,
        "evidence": evidence.evidence,
        "prose": audits.prose,
        "trace": audits.trace,
    },
    "This machine": {"doctor": machine.doctor},
}

EXAMPLES = {
    "train": """lejepa train python/configs/spiral-quick.yaml --device cpu

Then, in Python, with the ρ of that configuration, and observations x0 of states and x1 of their successors:

from lejepa import certify, load_encoder

encoder = load_encoder("results/experiments/spiral-quick.json")

print(certify(encoder(x0), encoder(x1), rho=0.95))""",
    "sweep": "lejepa sweep python/configs/grid-quick.yaml --jobs 2",
    "compare": "lejepa compare results other/results --metric r2_hz",
    "figures": "lejepa figures --out results",
    "report": "lejepa report --check",
    "certify": "lejepa certify pairs.npz --rho 0.9 --figure certificate.png",
    "collect": "lejepa collect Pendulum-v1 --steps 20000 --out pendulum.npz",
    "check": "lejepa check --only le_alignment_of_isWhite --full",
    "mutants": "lejepa mutants --sample 5 --seed 1",
    "search": "lejepa search --restarts 5",
    "audit": "lejepa audit --rows",
    "sources": "lejepa sources --contract theirs/Statements.lean",
    "ledger": "lejepa ledger results/compiled.json",
    "evidence": "lejepa evidence --only experiments/spiral",
    "prose": "lejepa prose",
    "trace": "lejepa trace --out results",
    "doctor": "lejepa doctor --json",
}

for panel, commands in COMMANDS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=panel, epilog=f"Example: {EXAMPLES[name]}")(command)


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


def main() -> NoReturn:
    """Run the command line; `lejepa.errors.EXITS` lists the exit codes."""
    settle()
    code = run()
    try:
        sys.stdout.flush()
    except OSError as e:
        code = say(f"standard output can't be written ({e.strerror})", Exit.CANNOT_RUN)
        leave(sys.stdout)
    sys.exit(code)


def run() -> int:
    """Run the command; its exit code, an error told in one sentence."""
    try:
        app()
    except UserError as e:
        return say(e, e.code)
    except Interrupted as e:
        return say(e, Exit.INTERRUPTED)
    except SystemExit as e:  # how typer ends
        return e.code if isinstance(e.code, int) else Exit.HELD
    except OSError as e:
        if e.errno in NO_PATH and e.filename is not None:
            return say(f"{brief(e.filename)}: expected a path that can be used ({e.strerror})", Exit.WRONG_INPUT)
        if e.errno not in FULL:
            raise
        return say(f"a file, or standard output, can't be written ({e.strerror})", Exit.CANNOT_RUN)
    except (MemoryError, RuntimeError) as e:
        if not (isinstance(e, MemoryError) or NO_MEMORY.search(str(e))):
            raise
        return say("this takes more memory than there is; expected smaller sizes, or a larger machine", Exit.CANNOT_RUN)
    return Exit.HELD


NO_PATH = (errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES)  # wherever a command looks whether something is there
NO_MEMORY = re.compile("not enough memory|out of memory|allocate memory|size calculation overflowed")


def say(what: object, code: int) -> int:
    complaints.print(f"lejepa: {what}")
    return code
