"""Reversible worlds with any drift: where the latents are not Gaussian, the conditional mean beats the identity."""

from random import Random
from typing import Any

from flint import fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.hermite import rational
from lejepa.exact.polynomials import alignment


class FiniteWorld:
    """`z' = m(z) + η` on finitely many points, exactly: points, their weights, their drifts, and the noise's law."""

    def __init__(self, points: list[str], weights: list[str], drift: list[str], noise: list[list[str]]) -> None:
        self.points = [rational(x) for x in points]
        self.weights = [rational(w) for w in weights]
        self.joint: dict[tuple[Any, Any], Any] = {}
        for z, w, m in zip(self.points, self.weights, map(rational, drift), strict=True):
            for eta, p in noise:
                key = (z, m + rational(eta))
                self.joint[key] = self.joint.get(key, fmpq(0)) + w * rational(p)
        self.noisy = len({eta for eta, _ in noise}) > 1

    def mean(self, f: Any) -> Any:
        """`𝔼 f(z, z')`."""
        return sum((p * f(z, y) for (z, y), p in self.joint.items()), fmpq(0))

    @property
    def reversible(self) -> bool:
        return all(self.joint.get((y, z), fmpq(0)) == p for (z, y), p in self.joint.items())

    def covariance(self) -> Any:
        return self.mean(lambda z, y: z * y) - self.mean(lambda z, _: z) * self.mean(lambda _, y: y)

    def conditional_mean(self) -> dict[Any, Any]:
        """The encoder `z ↦ 𝔼[z' | z]`, extended to points that only `z'` reaches by what aligns best there."""
        f = {z: sum((p * y for (x, y), p in self.joint.items() if x == z), fmpq(0)) / w
             for z, w in zip(self.points, self.weights, strict=True)}  # fmt: skip
        for new in {y for _, y in self.joint} - f.keys():
            mass = sum((p for (_, y), p in self.joint.items() if y == new), fmpq(0))
            f[new] = sum((p * f[x] for (x, y), p in self.joint.items() if y == new), fmpq(0)) / mass
        return f

    def aligned(self, f: dict[Any, Any]) -> Any:
        """The alignment of an encoder once it is brought to mean 0 and variance 1; the identity's if it is constant."""
        variance = self.mean(lambda z, _: f[z] ** 2) - self.mean(lambda z, _: f[z]) ** 2
        if variance == 0:
            f = {x: x for pair in self.joint for x in pair}
            variance = self.mean(lambda z, _: z**2) - self.mean(lambda z, _: z) ** 2
        return self.mean(lambda z, y: (f[y] - f[z]) ** 2) / variance


def blocks(rng: Random, count: int) -> Case:
    """Points in blocks: the drift leads to the block's base, the noise to a point of it. Reversible and correlated."""
    bases = [10 * i + rng.randint(0, 4) for i in range(count)]
    shares = [rng.randint(1, 5) for _ in bases]
    steps = [("0", 3), ("1", rng.randint(1, 4)), ("3", rng.randint(1, 4))]
    total, all_steps = sum(shares), sum(p for _, p in steps)
    pairs = [(b, s, eta, p) for b, s in zip(bases, shares, strict=True) for eta, p in steps]
    return {
        "points": [str(b + int(eta)) for b, _, eta, _ in pairs],
        "weights": [f"{s * p}/{total * all_steps}" for _, s, _, p in pairs],
        "drift": [str(b) for b, _, _, _ in pairs],
        "noise": [[eta, f"{p}/{all_steps}"] for eta, p in steps],
    }


COIN: Case = {"points": ["-1", "1"], "weights": ["1/2", "1/2"]}


class Optimal(Check):
    """Finite worlds in exact arithmetic, and the Gaussian by its moments. Best is the conditional mean, one step of the
    power iteration from the identity."""

    statement = "gaussian_of_linear_optimal_of_reversible"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        gaussian: list[Case] = [
            {"gaussian": rho, "variance": v} for rho in ("1/100", "1/2", "-3/4", "99/100") for v in ("1", "4")
        ]
        return gaussian + [blocks(rng, count) for count in (2, 2, 3, 5)]

    def outside(self, rng: Random) -> list[Case]:
        still = {**COIN, "drift": ["-1", "1"], "noise": [["0", "1"]]}
        forgetful = {**COIN, "drift": ["0", "0"], "noise": [["-1", "1/2"], ["1", "1/2"]]}
        halved = {**COIN, "drift": ["-1/2", "1/2"], "noise": [["-1/2", "1/2"], ["1/2", "1/2"]]}
        return [still, forgetful, halved]

    def evidence(self, gaussian: str | None = None, variance: str = "1", **world: Any) -> Evidence:
        if gaussian is not None:
            r = rational(gaussian)
            left = alignment([{(1,): fmpq(1)}], r)
            facts = {"reversible": True, "correlated": r != 0, "noisy": abs(r) != 1, "gaussian": True}
            v = rational(variance)
            return Evidence(left, {"before": v, "after": v, "covariance": r * v}, facts)
        w = FiniteWorld(**world)
        facts = {"reversible": w.reversible, "correlated": w.covariance() != 0, "noisy": w.noisy, "gaussian": False}
        means = (w.mean(lambda z, _: z), w.mean(lambda _, y: y))
        terms = {
            "before": w.mean(lambda z, _: z**2) - means[0] ** 2,
            "after": w.mean(lambda _, y: y**2) - means[1] ** 2,
            "covariance": w.covariance(),
        }
        return Evidence(w.aligned(w.conditional_mean()), terms, facts)

    @staticmethod
    def hypothesis(reversible: bool, correlated: bool, noisy: bool, gaussian: bool) -> bool:
        return reversible and correlated and noisy

    @staticmethod
    def condition(reversible: bool, correlated: bool, noisy: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(before: Any, after: Any, covariance: Any) -> Any:
        return (before + after - 2 * covariance) / before
