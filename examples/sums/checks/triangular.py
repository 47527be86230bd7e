"""Triangular numbers, summed term by term."""

from random import Random
from typing import Any

from lejepa.checking.check import Case, Check, Evidence


class Sum(Check):
    """Twice the sum, against the closed form."""

    statement = "two_mul_triangular"

    def cases(self, rng: Random) -> list[Case]:
        return [{"n": n} for n in (0, 1, 2, 3, *(rng.randrange(4, 2000) for _ in range(5)))]

    def evidence(self, n: int) -> Evidence:
        return Evidence(2 * sum(range(1, n + 1)), {"n": n})

    @staticmethod
    def claim(n: Any) -> Any:
        return n * (n + 1)


class Large(Check):
    """The sum against its last term; without the hypothesis the two are equal."""

    statement = "lt_triangular"
    relation = ">"

    def cases(self, rng: Random) -> list[Case]:
        return [{"n": n} for n in (2, 3, *(rng.randrange(4, 2000) for _ in range(5)))]

    def outside(self, rng: Random) -> list[Case]:
        return [{"n": 0}, {"n": 1}]

    def evidence(self, n: int) -> Evidence:
        return Evidence(sum(range(1, n + 1)), {"n": n}, {"n": n}, sharp=0.6 if n == 2 else None)

    @staticmethod
    def hypothesis(n: Any) -> bool:
        return n >= 2

    @staticmethod
    def claim(n: Any) -> Any:
        return n
