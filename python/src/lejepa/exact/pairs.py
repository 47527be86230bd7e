"""An encoder and a predictor in a linear world, polynomials with exact coefficients, and how far they are from it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from flint import fmpq

from lejepa.exact.hermite import MultiIndex, multiply, rational
from lejepa.exact.linear import LinearWorld, Rows
from lejepa.exact.polynomials import Encoder, PolynomialEncoder, vanishes


def image(rows: Sequence[Sequence[Any]], drift: Encoder) -> list[dict[MultiIndex, Any]]:
    """A linear map of polynomials."""
    out = []
    for row in rows:
        total: dict[MultiIndex, Any] = {}
        for x, f in zip(row, drift, strict=True):
            for e, c in f.items():
                total[e] = total.get(e, fmpq(0)) + x * c
        out.append(total)
    return out


def distance(world: LinearWorld, f: Encoder, g: Encoder) -> Any:
    """`𝔼 ‖f - g‖²` of functions of `(z, a)`."""
    total: Any = fmpq(0)
    for p, q in zip(f, g, strict=True):
        difference = dict(p)
        for e, c in q.items():
            difference[e] = difference.get(e, fmpq(0)) - c
        total += world.mean(context=multiply(difference, difference))
    return total


class Pair:
    """An encoder of the latents of a world, and what a predictor makes of state and action: the mean of what follows,
    and off from it by `off` times the square of the first latent in every output. A predictor `f (h z) a` sees no more
    than `(z, a)`."""

    def __init__(
        self, memory: Rows, action: Rows, spec: Mapping[str, Any], off: str = "0", noise: Rows | None = None
    ) -> None:
        self.world = LinearWorld.of(memory, action, noise)
        self.encoder = PolynomialEncoder.of(self.world.n, spec)
        self.off = rational(off)

    @cached_property
    def predicted(self) -> list[dict[MultiIndex, Any]]:
        width = self.world.n + self.world.k
        out = [self.world.step(f) for f in self.encoder.outputs]
        if self.off != 0:
            square = tuple(2 * int(i == 0) for i in range(width))
            for f in out:
                f[square] = f.get(square, fmpq(0)) + self.off
        return out

    @cached_property
    def loss(self) -> Any:
        """`𝔼 ‖h(z') - F(z, a)‖²`."""
        return self.world.loss(self.encoder.outputs, self.predicted)

    @property
    def is_white(self) -> bool:
        return self.encoder.is_centred and self.encoder.is_white

    def from_dynamics(self, rotation: Sequence[Sequence[Any]]) -> Any:
        """`𝔼 ‖F(z, a) - Q (M z + B a)‖²`."""
        return distance(self.world, self.predicted, image(rotation, self.world.drift()))

    @property
    def is_world(self) -> bool:
        """Whether the encoder is an orthogonal map `Q`, and the predictions are `Q (M z + B a)`, in mean square."""
        h = self.encoder
        rows = [sum((x * y for x, y in zip(u, v, strict=True)), 0) - int(u is v) for u in h.linear for v in h.linear]
        if not (vanishes(h.trace - h.linear_energy) and all(map(vanishes, rows))):
            return False
        return vanishes(self.from_dynamics(h.linear))
