"""`python -m lejepa.mutation`: plant faults in the library and see whether its tests notice.

Exit code 1 where one survives that python/mutation/survivors.toml does not name.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import accumulate, islice
from platform import machine, python_version

from lejepa.errors import Exit, UserError
from lejepa.evidence import record
from lejepa.files import digest, repository
from lejepa.interrupt import deferred
from lejepa.mutation import evidence
from lejepa.mutation.faults import Fault
from lejepa.mutation.forks import Outcome, preload
from lejepa.mutation.library import SURVIVORS, Library
from lejepa.mutation.sample import drawn, repeated
from lejepa.mutation.trial import Trial

TOGETHER = 8  # modules
CAUGHT = ("assertion", "crash", "timeout")


def batched(names: Iterable[str], count: int) -> Iterator[tuple[str, ...]]:
    """`count` names at a time: what became of the first is known before the last is begun."""
    every = iter(names)
    while some := tuple(islice(every, count)):
        yield some


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lejepa.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=200, help="how many faults, drawn by module with the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="modules whose path begins with this")
    parser.add_argument("--all", action="store_true", help="every fault of these modules")
    parser.add_argument(
        "--recorded", action="store_true", help="faults of the recorded sample, in its order and with its seed"
    )
    parser.add_argument("--again", action="store_true", help="also those that are known to survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="the modules, their faults and tests; nothing is run")
    parser.add_argument("--record", action="store_true", help=f"write {evidence.PATH}")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    library = Library(repository())
    modules = [m for m in library.modules if m.startswith(given.only)]
    if not modules:
        raise UserError(f"--only {given.only}: expected the beginning of a module's path, such as exact/")
    if given.sample < 1 or given.jobs < 1:
        raise UserError("expected a positive --sample and positive --jobs")
    if given.record and (given.only or given.all or given.recorded):
        raise UserError("--record: expected a sample of all modules, without --only, --all and --recorded")
    if given.recorded and (given.only or given.all):
        raise UserError("--recorded: expected neither --only nor --all, since the record says which modules")
    known = record.read(library.root / evidence.PATH, evidence.Record) if given.recorded else None
    if known:
        before = accumulate((m.planted for m in known.modules), initial=0)
        enough = (m.module for m, count in zip(known.modules, before, strict=False) if count < given.sample)
        modules = [m for m in enough if m in library.modules]
    began = time.monotonic()
    with deferred() as stop:
        trial = Trial(library, given.jobs, lambda text: print(text, flush=True), lambda: stop.asked)
        faults = {m: trial.source(m).faults for m in modules}
        if given.list:
            for m in modules:
                print(f"{m}: {len(faults[m])} faults; {', '.join(library.tests(m)) or 'no tests'}")
            print(f"{sum(map(len, faults.values()))} faults of {len(modules)} modules")
            return 0

        def parses(f: Fault) -> bool:
            return trial.source(f.module).parses(f)

        if known:
            planted = {m.module: m.planted for m in known.modules}
            chosen = repeated(faults, planted, given.sample, known.configuration.seed, parses)
        elif given.all:
            chosen = [f for m in modules for f in faults[m]]
        else:
            chosen = drawn(faults, given.sample, given.seed, parses)
        preload()
        for some in batched(dict.fromkeys(f.module for f in chosen), TOGETHER):
            if not stop.asked:
                trial.measure(some)
            if not stop.asked:
                trial.run([f for f in chosen if f.module in some], given.again)
        if stop.asked:
            print("stopped; the same command resumes")
            return Exit.INTERRUPTED
    outcomes = {f: o for f in chosen if (o := trial.outcome(f)) and o["how"] != "invalid"}
    new = summary(library, outcomes)
    if given.record:
        if new:
            raise UserError(f"expected every survivor in {SURVIVORS}, with a state and a reason")
        configuration = evidence.settings(library, given.sample, given.seed)
        made = recorded(library, configuration, faults, outcomes, time.monotonic() - began)
        record.write(library.root / evidence.PATH, made)
        print(f"written: {evidence.PATH}")
    return Exit.FELL_SHORT if new else Exit.HELD


def summary(library: Library, outcomes: Mapping[Fault, Outcome]) -> list[Fault]:
    """Say what became of the faults; the survivors that nobody has accepted."""
    survivors = [f for f, o in outcomes.items() if o["how"] == "survived"]
    new = [f for f in survivors if f.name not in library.accepted]
    equivalent = sum(f.name in library.accepted and library.accepted[f.name].state == "equivalent" for f in survivors)
    by = Counter(o["how"] for o in outcomes.values())
    caught = sum(by[how] for how in CAUGHT)
    print(
        f"{len(outcomes)} faults of {len({f.module for f in outcomes})} modules: caught {caught} (by an assertion "
        f"{by['assertion']}, a crash {by['crash']}, a timeout {by['timeout']}), equivalent {equivalent}, open "
        f"{len(survivors) - equivalent - len(new)}, new {len(new)}; caught of those that are not equivalent: "
        f"{evidence.share(caught, equivalent, len(outcomes))}"
    )
    for f in new:
        print(f"survived, and {SURVIVORS} does not name it: {told(f)}")
    return new


def told(f: Fault) -> str:
    return f"{f.name} {f.module}:{f.first} {f.function}: {f.before[:200]}  →  {f.after[:200]}"


def recorded(
    library: Library,
    configuration: evidence.Configuration,
    faults: Mapping[str, Sequence[Fault]],
    outcomes: Mapping[Fault, Outcome],
    seconds: float,
) -> evidence.Record:
    rows, survivors = [], []
    for module in dict.fromkeys(f.module for f in outcomes):
        of = {f: o for f, o in outcomes.items() if f.module == module}
        by = Counter(o["how"] for o in of.values())
        mine = [
            evidence.Survivor(
                name=f.name, module=module, function=f.function, line=f.first, kind=f.kind, before=f.before,
                after=f.after, state=library.accepted[f.name].state, reason=library.accepted[f.name].reason,
            )
            for f, o in of.items()
            if o["how"] == "survived"
        ]  # fmt: skip
        states = Counter(s.state for s in mine)
        rows.append(
            evidence.Module(
                module=module,
                source=digest(library.modules[module]),
                drawn=evidence.names(f.name for f in of),
                faults=len(faults[module]),
                planted=len(of),
                **{how: by[how] for how in CAUGHT},
                equivalent=states["equivalent"],
                open=states["open"],
            )
        )
        survivors += sorted(mine, key=lambda s: s.line)
    return evidence.Record(
        cost="dear",
        made=record.now(),
        seconds=round(seconds, 1),
        device=f"cpu, {machine()}",
        versions={"python": python_version(), **{p: version(p) for p in ("lejepa", "mutmut", "libcst", "pytest")}},
        configuration=configuration,
        modules=tuple(rows),
        survivors=tuple(survivors),
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as e:
        print(f"lejepa: {e}", file=sys.stderr)
        sys.exit(e.code)
