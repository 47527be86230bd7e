"""What the mutants of the library came to, as evidence (`lejepa.evidence.kinds`)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lejepa import markdown
from lejepa.evidence import record
from lejepa.evidence.record import Evidence
from lejepa.extras import missing
from lejepa.files import digest
from lejepa.mutation.library import PACKAGE, Library

NAME = "library"
REPLAYED = 20  # modules
PATH = record.FOLDER / "mutation" / f"{NAME}.json"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Module(Part):
    """A module: how many faults there are, how many were planted, and what they came to.

    source: a digest of the module as it was. drawn: a digest of the names of the faults that were planted. assertion,
    crash, timeout: how many were caught, and by what. equivalent, open: how many survived.
    """

    module: str
    source: str
    drawn: str
    faults: int
    planted: int
    assertion: int
    crash: int
    timeout: int
    equivalent: int
    open: int


class Survivor(Part):
    """A fault that no test noticed, and why: it computes the same (`equivalent`), or no test tells it yet (`open`)."""

    name: str
    module: str
    function: str
    line: int
    kind: str
    before: str
    after: str
    state: Literal["equivalent", "open"]
    reason: str


class Configuration(Part):
    """What decides which faults were planted."""

    sample: int
    seed: int
    modules: tuple[str, ...]
    left_out: tuple[str, ...]
    tests_left_out: tuple[str, ...]


class Record(Evidence):
    configuration: Configuration
    modules: tuple[Module, ...]
    survivors: tuple[Survivor, ...]


def settings(library: Library, sample: int, seed: int) -> Configuration:
    lists = {key: tuple(library.words(key)) for key in ("modules", "left_out", "tests_left_out")}
    return Configuration(sample=sample, seed=seed, **lists)


def changed(root: Path, name: str, found: Record) -> list[str]:
    """What of the configuration is not today's, and which survivors are thought of otherwise."""
    if name != NAME:
        return [f"only {NAME}.json is made"]
    library = Library(root)
    today = settings(library, found.configuration.sample, found.configuration.seed)
    different = [k for k, v in found.configuration if v != getattr(today, k)]
    then = {s.name: (s.state, s.reason) for s in found.survivors}
    now = {a.name: (a.state, a.reason) for a in library.accepted.values()}
    return [f"{k} of library.toml is another" for k in different] + [
        f"survivor {s} is {now[s][0] if s in now else 'not listed'} now, and was {then[s][0]}"
        for s in then
        if now.get(s) != then[s]
    ]


def replay(root: Path, name: str, found: Record) -> list[str]:
    """Modules that are as they were, of which today's code would plant other faults: the smallest few are tried."""
    try:
        from lejepa.mutation.faults import Source
        from lejepa.mutation.sample import first
    except ModuleNotFoundError as e:
        raise missing("mutants", e.name, "dev") from None

    texts = {
        m: path.read_text(encoding="utf-8") for m in found.modules if (path := root / PACKAGE / m.module).is_file()
    }
    same = sorted((m for m, text in texts.items() if digest(text) == m.source), key=lambda m: m.faults)
    different = []
    for m in same[:REPLAYED]:
        source = Source(m.module, texts[m])
        again = first(source.faults, m.planted, found.configuration.seed, source.parses)
        if len(source.faults) != m.faults or names(f.name for f in again) != m.drawn:
            different.append(f"other faults of {m.module}")
    return different


def names(of: Iterable[str]) -> str:
    """A digest of which faults were planted."""
    return digest(*sorted(of))


def share(caught: int, equivalent: int, planted: int) -> str:
    """The share caught of those that are not equivalent, with Clopper and Pearson's 95 % interval."""
    from scipy import stats

    count = planted - equivalent
    if not count:
        return "–"
    interval = stats.binomtest(caught, count).proportion_ci(0.95, "exact")
    return f"{caught / count:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def row(name: str, of: Iterable[Module]) -> str:
    keys = ("faults", "planted", "assertion", "crash", "timeout", "equivalent", "open")
    sums = {k: sum(getattr(m, k) for m in of) for k in keys}
    caught = sums["assertion"] + sums["crash"] + sums["timeout"]
    return markdown.row(name, *sums.values(), share(caught, sums["equivalent"], sums["planted"]))


def quoted(text: str) -> str:
    return "`" + text.replace("|", "\\|").replace("`", "´") + "`"


def tables(root: Path) -> dict[str, list[str]]:
    """The tables of `docs/mutation.md`."""
    found = record.read(root / PATH, Record)
    folders = sorted({m.module.rpartition("/")[0] for m in found.modules})
    head = [
        "| module | faults | planted | assertion | crash | timeout | equivalent | open | caught |",
        "|---" * 9 + "|",
    ]
    return {
        "folders": [
            *head,
            *(
                row(f or "files, interrupt", [m for m in found.modules if m.module.rpartition("/")[0] == f])
                for f in folders
            ),
            row("all", found.modules),
        ],
        "modules": [*head, *(row(f"`{m.module}`", [m]) for m in found.modules)],
        "survivors": [
            "| module | function | before | after | why |",
            "|---|---|---|---|---|",
            *(
                f"| `{s.module}`:{s.line} | `{s.function or 'module'}` | {quoted(s.before)} | {quoted(s.after)} | "
                f"{s.state}: {s.reason} |"
                for s in found.survivors
            ),
        ],
    }
