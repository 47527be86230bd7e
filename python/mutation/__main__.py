"""`python -m mutation`: plant faults in the library and see whether its tests notice."""

import argparse
import os
import sys
from pathlib import Path

from lejepa.errors import UserError
from lejepa.files import repository
from lejepa.interrupt import deferred

from mutation.forks import preload
from mutation.library import Library
from mutation.sample import drawn
from mutation.trial import Trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=200, help="how many faults; a seeded draw, stratified by module")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="modules whose path begins with this")
    parser.add_argument("--all", action="store_true", help="every fault of the modules, no sample")
    parser.add_argument("--again", action="store_true", help="try those again that survived")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="the modules, their faults and tests; nothing is run")
    given = parser.parse_args()
    library = Library(repository())
    modules = [m for m in library.modules if m.startswith(given.only or "")]
    if not modules:
        raise UserError(f"--only {given.only}: expected the beginning of a module's path, such as exact/")
    with deferred() as stop:
        trial = Trial(library, given.jobs, lambda text: print(text, flush=True), lambda: stop.asked)
        faults = {m: trial.source(m).faults for m in modules}
        if given.list:
            for m in modules:
                print(f"{m}: {len(faults[m])} faults; {', '.join(library.tests(m)) or 'no tests'}")
            print(sum(map(len, faults.values())), "faults of", len(modules), "modules")
            return 0
        chosen = [f for m in modules for f in faults[m]] if given.all else drawn(faults, given.sample, given.seed)
        preload()
        trial.measure(list(dict.fromkeys(f.module for f in chosen)))
        if not stop.asked:
            trial.run(chosen, given.again)
        if stop.asked:
            print("stopped; the same command goes on")
            return 130
    known = [(f, o) for f in chosen if (o := trial.outcome(f))]
    counts = {how: sum(o["how"] == how for _, o in known) for how in ("assertion", "crash", "timeout", "survived")}
    print(counts)
    new = [f for f, o in known if o["how"] == "survived" and f.name not in library.accepted]
    return 1 if new else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    try:
        sys.exit(main())
    except UserError as e:
        print(e, file=sys.stderr)
        sys.exit(2)
