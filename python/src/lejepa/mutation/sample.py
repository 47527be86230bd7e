"""Which faults are tried: a seeded sample, stratified by module."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from random import Random

from lejepa.mutation.faults import Fault

FEWEST = 5  # of a module that is sampled at all


def shares(sizes: Mapping[str, int], size: int, random: Random) -> dict[str, int]:
    """How many faults of each module are tried: as many as its share of all faults, `FEWEST` at least.

    A sample too small to reach every module is one of some modules, drawn at random, `FEWEST` of each. Modules come in
    the order of that draw, so the first of a sample are a smaller sample.
    """
    names = sorted(n for n, count in sizes.items() if count)
    random.shuffle(names)
    if size < FEWEST * len(names):
        return {n: min(FEWEST, sizes[n]) for n in names[: max(1, size // FEWEST)]}
    total = sum(sizes[n] for n in names)
    return {n: min(sizes[n], max(FEWEST, round(size * sizes[n] / total))) for n in names}


Parses = Callable[[Fault], bool]
"""Whether Python can parse the module with a fault: one that it can't parse is not drawn."""


def every(_: Fault) -> bool:
    return True


def first(faults: Sequence[Fault], count: int, seed: int, parses: Parses = every) -> list[Fault]:
    """The faults of a module that are drawn, by a hash of each, so that a changed line moves no other fault."""
    order = sorted(faults, key=lambda f: hashlib.sha256(f"{seed}/{f.name}".encode()).digest())
    return list(islice(filter(parses, order), count))


def drawn(faults: Mapping[str, Sequence[Fault]], size: int, seed: int, parses: Parses = every) -> list[Fault]:
    """The sample, module by module. A larger one of the same seed contains a smaller one that reaches every module."""
    count = shares({n: len(f) for n, f in faults.items()}, size, Random(f"{seed}"))
    return [f for name, number in count.items() for f in first(faults[name], number, seed, parses)]


def repeated(
    faults: Mapping[str, Sequence[Fault]], planted: Mapping[str, int], size: int, seed: int, parses: Parses = every
) -> list[Fault]:
    """The first `size` faults of a sample that was drawn with this seed, of modules in the order in which it has them.

    planted: how many it has of each. Other modules, new ones too, change nothing.
    """
    again = [f for m, count in planted.items() if m in faults for f in first(faults[m], count, seed, parses)]
    return again[:size]
