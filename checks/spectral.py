"""The spectral form of alignment: degree `k` is penalized by `2 (1 - ρᵏ)`."""

from itertools import count
from random import Random
from typing import Any

from flint import arb
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.functions import Sign, Wave, generous, goal
from lejepa.exact.hermite import multi_indices, pair_mean, rational
from lejepa.exact.polynomials import alignment, coefficient, random_polynomial, to_monomials


class Finite(Check):
    """Polynomial encoders of several outputs: alignment from the moments of the pair, not from the spectrum."""

    statement = "hasSum_alignment"

    def cases(self, rng: Random) -> list[Case]:
        grid: list[Case] = [
            {"rho": rho, "n": 2, "encoder": [{"1 0": "1", "0 2": "1/2"}, {"0 1": "2", "1 1": "-1/3"}]}
            for rho in ("-1", "-1/2", "0", "1/1000000", "9/10", "999999/1000000", "1")
        ]
        edges: list[Case] = [
            {"rho": "1/2", "n": 0, "encoder": [{"": "1"}]},
            {"rho": "1/2", "n": 1, "encoder": []},
            {"rho": "1/2", "n": 1, "encoder": [{"0": "5"}]},
        ]
        drawn: list[Case] = [
            {
                "rho": f"{rng.randint(-99, 99)}/100",
                "n": n,
                "encoder": [random_polynomial(rng, n, 0, k) for _ in range(rng.randrange(1, 4))],
            }
            for n, k in ((1, 5), (1, 7), (2, 3), (2, 4), (3, 3))
        ]
        return grid + edges + drawn

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": rho, "n": 1, "encoder": [{"1": "1", "2": "1/2"}]} for rho in ("2", "-2", "11/10")]

    def evidence(self, rho: str, n: int, encoder: list[dict[str, str]]) -> Evidence:
        r = rational(rho)
        h = [to_monomials(e) for e in encoder]
        degree = max((sum(map(int, key.split())) for e in encoder for key in e), default=0)
        spectrum = [(sum(a), [coefficient(f, a) for f in h]) for a in multi_indices(n, degree)]
        return Evidence(alignment(h, r), {"rho": r, "spectrum": spectrum}, {"rho": r})

    @staticmethod
    def hypothesis(rho: Any) -> bool:
        return bool(-1 <= rho <= 1)

    @staticmethod
    def claim(rho: Any, spectrum: Any) -> Any:
        return sum(2 * (1 - rho**degree) * sum(c**2 for c in values) for degree, values in spectrum)


class Infinite(Check):
    """`exp`, `sin`, `cos` and the sign: alignment by quadrature, less an enclosure of what is beyond."""

    statement = "hasSum_alignment"

    def cases(self, rng: Random) -> list[Case]:
        waves: list[Case] = [
            {"kind": kind, "t": "2/5", "rho": rho}
            for kind in ("exp", "sin", "cos")
            for rho in ("-9/10", "1/100", "999/1000")
        ]
        return waves + [{"kind": "sign", "t": "0", "rho": rho} for rho in ("1/10", "1/4", "-1/5")]

    def evidence(self, kind: str, t: str, rho: str) -> Evidence:
        r, small = rational(rho), goal()
        with generous():
            f = Sign() if kind == "sign" else Wave(kind, rational(t))
            square = f.square()
            spectrum: list[tuple[int, list[Any]]] = []
            seen = 0 * square
            for degree in count():
                c = f.coefficient(degree)
                spectrum.append((degree, [c]))
                seen += c * c
                rest = f.rest(degree, seen)
                doubt = 2 * abs(arb(r)) ** (degree + 1) * abs(rest)
                beyond = 2 * rest + arb(0, doubt.upper())
                if beyond.rad() < small:
                    break
            return Evidence(2 * square - 2 * f.correlation(r) - beyond, {"rho": r, "spectrum": spectrum})

    claim = Finite.claim


class Pair(Check):
    """`𝔼 f(z) g(z')` of two polynomials from the moments of the pair, against their coefficients."""

    statement = "hasSum_integral_mul_ouLaw"

    def cases(self, rng: Random) -> list[Case]:
        shapes = ((1, 1, 1), (1, 3, 5), (2, 2, 3), (3, 2, 2))
        return [
            {"rho": rho, "n": n, "f": random_polynomial(rng, n, 0, j), "g": random_polynomial(rng, n, 0, k)}
            for rho in ("-1", "-1/2", "0", "9/10", "1")
            for n, j, k in shapes
        ]

    def outside(self, rng: Random) -> list[Case]:
        curved = {"0": "1", "2": "1/2"}
        return [{"rho": rho, "n": 1, "f": curved, "g": curved} for rho in ("2", "-11/10")]

    def evidence(self, rho: str, n: int, f: dict[str, str], g: dict[str, str]) -> Evidence:
        r = rational(rho)
        first, second = to_monomials(f), to_monomials(g)
        degree = max(sum(map(int, key.split())) for e in (f, g) for key in e)
        spectrum = [(sum(a), coefficient(first, a), coefficient(second, a)) for a in multi_indices(n, degree)]
        return Evidence(pair_mean(first, second, r), {"rho": r, "spectrum": spectrum}, {"rho": r})

    hypothesis = Finite.hypothesis

    @staticmethod
    def claim(rho: Any, spectrum: Any) -> Any:
        return sum(rho**degree * a * b for degree, a, b in spectrum)
