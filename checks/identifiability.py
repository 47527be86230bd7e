"""Linear identifiability, against encoders that preserve the Gaussian and are not linear."""

from random import Random
from typing import Any

from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import exp
from lejepa.exact.hermite import rational
from lejepa.exact.spiral import spiral_correlation, twist_correlation


class Spiral(Check):
    """The correlation of the spiral in the plane, from its Laguerre expansion."""

    statement = "linear_identifiability"

    def cases(self, rng: Random) -> list[Case]:
        grid = [{"a": a, "rho": r} for a in ("0", "1/10", "1/2") for r in ("1/1000", "1/2", "4/5")]
        return [*grid, {"a": f"{rng.randint(1, 30)}/100", "rho": f"{rng.randint(1, 85)}/100"}]

    def evidence(self, a: str, rho: str) -> Evidence:
        x, r = rational(a), rational(rho)
        return Evidence(spiral_correlation(x, r), {"a": x, "rho": r})

    @staticmethod
    def claim(a: Any, rho: Any) -> Any:
        return 2 * rho / (1 + 4 * a**2 * (1 - rho**2)) ** 2


class Twist(Spiral):
    """The correlation of the twist in space, by quadrature."""

    def evidence(self, a: str, rho: str) -> Evidence:
        x, r = rational(a), rational(rho)
        return Evidence(twist_correlation(x, r), {"a": x, "rho": r})

    @staticmethod
    def claim(a: Any, rho: Any) -> Any:
        return rho + 2 * rho * exp(-(a**2) * (1 - rho))


class Least(Check):
    """Alignment of encoders with Gaussian output: least for those that don't turn, and for no other.

    Outside the hypothesis, the spiral is shrunk (`scale` is the factor squared) until it aligns like the identity.
    """

    statement = "linear_identifiability"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        kinds = ("spiral", "twist")
        turns = ("0", "1/1000", "1/4", f"{rng.randint(1, 99)}/200")
        return [{"kind": k, "a": a, "rho": r} for k in kinds for a in turns for r in ("1/100", "1/2", "4/5")]

    def outside(self, rng: Random) -> list[Case]:
        level = [{"kind": k, "a": "1/4", "rho": r} for k in ("spiral", "twist") for r in ("0", "1")]
        shrunk = 4 * (1 - rational("1/2")) / (4 - 4 * rational("1/2") / (2 - rational("1/4")) ** 2)
        return [*level, {"kind": "spiral", "a": "1/2", "rho": "1/2", "scale": str(shrunk)}]

    def evidence(self, kind: str, a: str, rho: str, scale: str = "1") -> Evidence:
        x, r, size = rational(a), rational(rho), rational(scale)
        n, correlation = (2, spiral_correlation) if kind == "spiral" else (3, twist_correlation)
        facts = {"rho": r, "turn": x, "scale": size}
        return Evidence(size * (2 * n - 2 * correlation(x, r)), {"rho": r, "n": n}, facts)

    @staticmethod
    def hypothesis(rho: Any, turn: Any, scale: Any) -> bool:
        return bool(0 < rho < 1 and scale == 1)

    @staticmethod
    def condition(rho: Any, turn: Any, scale: Any) -> bool:
        return bool(turn == 0)

    @staticmethod
    def claim(rho: Any, n: Any) -> Any:
        return 2 * (1 - rho) * n
