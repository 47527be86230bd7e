"""SIGReg: embeddings are to look standard Gaussian along random directions."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from lejepa.objectives.base import Objective, full_precision, positive, wide
from lejepa.objectives.epps_pulley import epps_pulley, projected

Generators = torch.Generator | Sequence[torch.Generator] | None


class SIGReg(Objective):
    """Sketched isotropic Gaussian regularization (Balestriero and LeCun, arXiv 2511.08544; Lean: `Lejepa.eppsPulley`).

    On each of `slices` random unit vectors `u`, with `φ̂_u(t) = (1/N) Σ_j exp(i t ⟨u, h_j⟩)` over the `N` rows, the
    Epps–Pulley statistic

        N ∫ |φ̂_u(t) - exp(-t²/2)|² exp(-t²/2) dt    over [-t_max, t_max],

    by the trapezoid rule with `knots` points on `[0, t_max]`; then the mean over slices. Of the integral over `[-3, 3]`
    17 knots miss less than a thousandth; the rest of the line holds less than .055 a row.

    h: embeddings `(..., rows, dim)`; the value is of shape `(...)`.
    generator: draws the directions, a fresh set at each call, shared by all leading axes and by all that
        `torch.func.vmap` maps over. Of a sequence, each index of the axis before rows has one of its own. By default
        PyTorch's global generator. Under `torch.distributed` the directions are those of the first process. Directions
        do not depend on the precision of `h`, but a generator on a GPU draws others than one on the CPU of one seed.
    unbiased: put `(N |φ̂|² - 1) / (N - 1)`, whose mean is `|φ|²`, for `|φ̂|²`. Sampling adds `(1 - |φ|²) / N` to the
        plain one, which rewards embeddings for being too narrow. The statistic may then be below 0.

    Symbols and weights: the papers minimize `λ SIGReg + (1 - λ) prediction`, with `prediction` of two views equal to
    `Alignment / (4 dim)`.

    - LeJEPA's minimal example takes the mean of SIGReg over views: `SIGReg()(torch.stack(views)).mean()`, at the same
      `λ`. Algorithm 1 of that paper has 17 knots on `[-5, 5]`: `SIGReg(knots=9, t_max=5.0)`.
    - The code of arXiv 2605.26379 takes both views as one batch, `SIGReg()(torch.cat((h, h_next)))`, so that the factor
      `N` is twice as great: its `λ` is `2 λ / (1 + λ)` for the mean over views. `lejepa.training.objective` says why
      views are better taken one by one.
    """

    def __init__(
        self, slices: int = 256, *, knots: int = 17, t_max: float = 3.0, unbiased: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        if slices < 1:
            raise ValueError(f"slices: expected a whole number of at least 1, found {slices}")
        if knots < 2:
            raise ValueError(f"knots: expected a whole number of at least 2, found {knots}")
        self.slices, self.knots, self.t_max, self.unbiased = slices, knots, positive("t_max", t_max), unbiased

    def directions(self, h: Tensor, generator: Generators = None) -> Tensor:
        """Random unit vectors for embeddings `(..., rows, dim)`, float64: `(dim, slices)`, or a set for each of a sequence."""
        if generator is not None and not isinstance(generator, torch.Generator):
            if h.dim() < 3 or h.shape[-3] != len(generator):
                shape = tuple(h.shape)
                raise ValueError(
                    f"generator: expected one, or one for each index of the axis before rows of h, {shape}, "
                    f"found {len(generator)}"
                )
            return torch.stack([self.directions(h, g) for g in generator])
        drawn = drawn_once(h, lambda: gaussian((h.shape[-1], self.slices), generator, h.device))
        return functional.normalize(wide(drawn), dim=-2)

    def forward(self, h: Tensor, *, generator: Generators = None) -> Tensor:
        (h,), rows = self.prepared(h=h)
        with full_precision(h):
            directions = rows.agreed(self.directions(h, generator))
            x, centre = projected(h, directions, rows)
            options = {"knots": self.knots, "t_max": self.t_max, "unbiased": self.unbiased}
            return epps_pulley(x, centre, rows, **options).mean(-1)

    def extra_repr(self) -> str:
        return f"slices={self.slices}, knots={self.knots}, t_max={self.t_max}, unbiased={self.unbiased}"


def gaussian(shape: tuple[int, int], generator: torch.Generator | None, device: torch.device) -> Tensor:
    where = device if generator is None else generator.device
    return torch.randn(shape, generator=generator, device=where, dtype=torch.float32).to(device)


def drawn_once(h: Tensor, draw: Callable[[], Tensor]) -> Tensor:
    """A draw that `torch.func.vmap` over `h` does not see."""
    if torch.compiler.is_compiling():
        return draw()
    drawn: Tensor = Drawn.apply(h.detach(), draw)  # type: ignore[no-untyped-call]
    return drawn


class Drawn(torch.autograd.Function):
    """Calls a function outside of `vmap`, whose mapped tensor is only there to be recognized."""

    @staticmethod
    def forward(h: Tensor, draw: Callable[[], Tensor]) -> Tensor:
        return draw()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Callable[[], Tensor]], output: Tensor) -> None:
        ctx.mark_non_differentiable(output)

    @staticmethod
    def vmap(info: Any, in_dims: Any, h: Tensor, draw: Callable[[], Tensor]) -> tuple[Tensor, None]:
        return drawn_once(h, draw), None
