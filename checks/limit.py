"""Alignment at small steps: over `1 - ρ` it tends to twice the Dirichlet energy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from flint import acb, acb_series, arb, fmpq
from lejepa.checking.check import Case, Check, Evidence, Finding
from lejepa.exact.hermite import Growth, gaussian_integral, rational
from lejepa.exact.integration import plain


def inner(k: Sequence[Any], l: Sequence[Any]) -> Any:  # noqa: E741
    return sum((x * y for x, y in zip(k, l, strict=True)), fmpq(0))


@dataclass(frozen=True)
class Ripple:
    """`h(z) = a · z + Σ c trig (k · z)`, one output; `trig` is `sin` or `cos`. Its derivative is bounded."""

    linear: list[Any]
    waves: list[tuple[Any, str, list[Any]]]

    @classmethod
    def of(cls, output: dict[str, Any]) -> "Ripple":
        waves = [(rational(c), kind, list(map(rational, k))) for c, kind, k in output["waves"]]
        return cls(list(map(rational, output["linear"])), waves)

    def correlation(self, rho: Any) -> Any:
        """`𝔼 h(z) h(z')`: products of waves are waves of sums and differences, `𝔼 cos (k·z + l·z')` is
        `e^{-(|k|² + |l|² + 2 ρ k·l)/2}`, and `𝔼 zⱼ sin (k·z') = ρ kⱼ e^{-|k|²/2}`."""
        total = arb(rho * inner(self.linear, self.linear))
        for c, kind, k in self.waves:
            if kind == "sin":
                total += 2 * c * rho * inner(self.linear, k) * (-arb(inner(k, k)) / 2).exp()
            for d, other, l in self.waves:  # noqa: E741
                if kind == other:
                    sizes, cross = inner(k, k) + inner(l, l), 2 * rho * inner(k, l)
                    near, far = (-arb(sizes - cross) / 2).exp(), (-arb(sizes + cross) / 2).exp()
                    total += c * d * (near - far if kind == "sin" else near + far) / 2
        return total

    def squares(self, order: int) -> Any:
        """`𝔼 |∂ʳh|²` for `r = order`: each wave gains a factor `k`, and its kind may change."""
        total = arb(inner(self.linear, self.linear) if order == 1 else 0)
        for c, kind, k in self.waves:
            if kind == "sin" and order == 1:
                total += 2 * c * inner(self.linear, k) * (-arb(inner(k, k)) / 2).exp()
            for d, other, l in self.waves:  # noqa: E741
                if kind == other:
                    sizes, cross = inner(k, k) + inner(l, l), 2 * inner(k, l)
                    near, far = (-arb(sizes - cross) / 2).exp(), (-arb(sizes + cross) / 2).exp()
                    even = (kind == "cos") == (order % 2 == 0)
                    total += c * d * inner(k, l) ** order * (near + far if even else near - far) / 2
        return total

    def value(self, z: Sequence[Any]) -> Any:
        """At a point with rational coordinates."""
        waves = (c * getattr(arb(inner(k, z)), kind)() for c, kind, k in self.waves)
        return sum(waves, arb(inner(self.linear, z)))

    @property
    def bound(self) -> Any:
        """Of the sum of the sizes of the partial derivatives."""
        return sum(map(abs, self.linear)) + sum(abs(c) * sum(map(abs, k)) for c, _, k in self.waves)

    def energy(self) -> Any:
        """`𝔼 |∂h|²` by quadrature of the square of its derivative, itself by power series: one latent."""

        def value(x: Any) -> Any:
            out = acb(self.linear[0]) * x
            for c, kind, k in self.waves:
                out = out + acb(c) * getattr(acb(k[0]) * x, kind)()
            return out

        top = float(abs(self.linear[0])) + sum(float(abs(c * k[0])) for c, _, k in self.waves)
        return gaussian_integral(lambda z: value(acb_series([plain(z), 1], 2))[1] ** 2, Growth(scale=top**2))


def sign(z: Sequence[Any]) -> Any:
    return arb(int(z[0] > 0) - int(z[0] < 0))


def keeps_to(f: Callable[[Sequence[Any]], Any], n: int, bound: Any) -> bool:
    """Whether a function changes by at most `bound` times the length across short steps along the axes."""
    step, out = fmpq(1, 10**8), True
    for j in range(n):
        for x in (fmpq(0), fmpq(1, 2), fmpq(-7, 3)):
            ends = ([x * int(i == 0) + s * int(i == j) for i in range(n)] for s in (step, -step))
            up, down = map(f, ends)
            out = out and bool(abs(up - down) <= 2 * step * bound + arb(10) ** -30)
    return out


def single(linear: str, *waves: list[Any]) -> list[dict[str, Any]]:
    return [{"linear": [linear], "waves": [[c, kind, [k]] for c, kind, k in waves]}]


PLANE = [
    {"linear": ["3/5", "-4/5"], "waves": [["1/2", "sin", ["1", "2"]], ["1/3", "cos", ["1", "-1"]]]},
    {"linear": ["0", "1"], "waves": [["-1/4", "sin", ["1", "1"]], ["1/4", "sin", ["2", "1"]]]},
]
TURN = [{"linear": ["3/5", "-4/5"], "waves": []}, {"linear": ["4/5", "3/5"], "waves": []}]


class Limit(Check):
    """Encoders of linear functions and waves, `C¹` with bounded derivatives. Alignment by the characteristic function
    of the pair; the energy by quadrature of derivatives, in closed form in the plane. The quotient rises to its limit
    and is below it by at most `(1 - ρ) 𝔼 ‖∂²h‖²`. For the sign, which is not `C¹`, the limit is infinite. Whether an
    encoder is `C¹` with bounded derivative is held against its values: across steps of length `10⁻⁸` at points of each
    axis they may change by no more than its bound allows."""

    statement = "tendsto_alignment_div"
    tried = "encoders of linear functions and waves in 1 and 2 dimensions, ρ up to 1 - 10⁻²⁰; the sign outside"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        encoders = [
            ("line", single("-2")),
            ("sine", single("0", ["1", "sin", "1"])),
            ("ripple", single("1", ["1/2", "sin", "2"], ["1/3", "cos", "3"])),
            ("drawn", single(f"{rng.randint(1, 9)}/5", [f"{rng.randint(1, 9)}/7", "sin", f"{rng.randint(1, 9)}/3"])),
            ("plane", PLANE),
            ("turn", TURN),
        ]
        near = [f"{10**k - 1}/{10**k}" for k in (1, 2, 3, 6, 12, 20)]
        return [{"name": name, "outputs": outputs, "rho": r} for name, outputs in encoders for r in near]

    def outside(self, rng: Random) -> list[Case]:
        return [{"name": "sign", "outputs": [], "rho": r} for r in ("99/100", "999999/1000000")]

    def evidence(self, name: str, outputs: list[dict[str, Any]], rho: str) -> Evidence:
        r = rational(rho)
        if name == "sign":  # 𝔼 sign z sign z' = 2 asin ρ / π, and its derivative is 0 almost everywhere
            left = (2 - 4 * arb(r).asin() / arb.pi()) / (1 - r)
            return Evidence(left, {"energy": arb(0)}, {"smooth": keeps_to(sign, 1, 0)})
        h = [Ripple.of(o) for o in outputs]
        left = 2 * sum((x.correlation(fmpq(1)) - x.correlation(r) for x in h), arb(0)) / (1 - r)
        energy = sum((x.energy() if len(x.linear) == 1 else x.squares(1) for x in h), arb(0))
        bend = sum((x.squares(2) for x in h), arb(0))
        smooth = all(keeps_to(x.value, len(x.linear), x.bound) for x in h)
        if bend == 0:
            return Evidence(left, {"energy": energy}, {"smooth": smooth}, 0)
        sharp = float((1 - r) * bend / (2 * energy)) * (1 + 1e-9)
        return Evidence(left, {"energy": energy}, {"smooth": smooth}, sharp)

    @staticmethod
    def hypothesis(smooth: bool) -> bool:
        return smooth

    @staticmethod
    def claim(energy: Any) -> Any:
        return 2 * energy

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        rows = []
        for case, shown in tried:
            if case["name"] in ("sine", "ripple", "plane"):
                gap = arb(self.claim(**shown.terms)) - arb(shown.left)
                step = 1 - rational(case["rho"])
                texts = (arb(shown.left).str(12), arb(gap).str(6), arb(gap / step).str(6))
                rows.append((case["name"], arb(step).str(3, radius=False), *map(str, texts)))
        says = "Alignment over 1 - ρ rises to twice the energy, and what is missing is proportional to 1 - ρ."
        return Finding(says, ("encoder", "1 - ρ", "alignment / (1 - ρ)", "missing", "missing / (1 - ρ)"), tuple(rows))
