"""The world of the theorems: stationary, reversible, and the same after an orthogonal map."""

from random import Random
from typing import Any

from flint import arb
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import rotation
from lejepa.exact.generic import exp, sqrt
from lejepa.exact.hermite import Growth, gaussian_integral, rational


def transform(ways: list[Any]) -> Any:
    """`𝔼 cos (w · x)` of independent standard Gaussian `x`, a quadrature for each coordinate."""
    out = arb(1)
    for w in ways:
        out *= gaussian_integral(lambda x, w=w: (arb(w) * x).cos(), Growth())  # type: ignore[misc]
    return out


def drawn(rng: Random, n: int) -> list[str]:
    return [f"{rng.randint(-20, 20)}/10" for _ in range(n)]


class Backwards(Check):
    """The characteristic function of the pair read backwards, `𝔼 cos (s·z' + t·z)`, from latent and noise, against that
    of the pair, which is symmetric. For `|ρ| > 1` there is no such world: the root is 0, as in Lean."""

    statement = "map_swap_ouLaw"
    tried = "Points drawn at random in zero to three dimensions, at five correlations from -1 to 1."

    def cases(self, rng: Random) -> list[Case]:
        return [{"rho": r, "s": drawn(rng, n), "t": drawn(rng, n)}
                for r in ("-1", "-1/2", "0", "9/10", "1") for n in (0, 1, 2, 3)]  # fmt: skip

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": r, "s": ["1/2"], "t": ["3/2"]} for r in ("2", "-11/10")]

    def evidence(self, rho: str, s: list[str], t: list[str]) -> Evidence:
        r, first, second = rational(rho), list(map(rational, s)), list(map(rational, t))
        noise = sqrt(1 - r * r)
        left = transform([r * x + y for x, y in zip(first, second, strict=True)]) * transform(
            [noise * x for x in first]
        )
        return Evidence(left, {"rho": r, "pairs": list(zip(first, second, strict=True))}, {"rho": r})

    @staticmethod
    def hypothesis(rho: Any) -> bool:
        return bool(-1 <= rho <= 1)

    @staticmethod
    def claim(rho: Any, pairs: Any) -> Any:
        return exp(-sum(s * s + t * t + 2 * rho * s * t for s, t in pairs) / 2)


class Second(Check):
    """The characteristic function of the successor, from latent and noise: that of the Gaussian."""

    statement = "map_snd_ouLaw"
    tried = "Points drawn at random in none, one and three dimensions, at five correlations from -1 to 1."

    def cases(self, rng: Random) -> list[Case]:
        return [{"rho": r, "t": drawn(rng, n)} for r in ("-1", "-1/2", "0", "9/10", "1") for n in (0, 1, 3)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": r, "t": ["1/2"]} for r in ("2", "-11/10")]

    def evidence(self, rho: str, t: list[str]) -> Evidence:
        r, times = rational(rho), list(map(rational, t))
        left = transform([r * x for x in times]) * transform([sqrt(1 - r * r) * x for x in times])
        return Evidence(left, {"t": times}, {"rho": r})

    hypothesis = Backwards.hypothesis

    @staticmethod
    def claim(t: Any) -> Any:
        return exp(-sum(x * x for x in t) / 2)


class Rotated(Check):
    """The characteristic function of a rotated Gaussian, `𝔼 cos (t · Q z)`; not of one that is stretched too."""

    statement = "map_mulVec_stdGaussian"
    tried = "A rotation of one to four dimensions that mixes all coordinates, at points drawn at random."

    def cases(self, rng: Random) -> list[Case]:
        return [{"t": drawn(rng, n), "stretch": "1"} for n in (1, 2, 2, 3, 4)]

    def outside(self, rng: Random) -> list[Case]:
        return [{"t": ["1", "1/2", "-1"][:n], "stretch": x} for n, x in ((1, "2"), (3, "1/2"))]

    def evidence(self, t: list[str], stretch: str) -> Evidence:
        times, q = list(map(rational, t)), rotation(len(t)) * rational(stretch)
        ways = [sum((times[i] * q[i, j] for i in range(len(t))), rational(0)) for j in range(len(t))]
        gram = q * q.transpose()
        orthogonal = all(gram[i, j] == (i == j) for i in range(len(t)) for j in range(len(t)))
        return Evidence(transform(ways), {"t": times}, {"orthogonal": orthogonal})

    @staticmethod
    def hypothesis(orthogonal: bool) -> bool:
        return orthogonal

    claim = Second.claim
