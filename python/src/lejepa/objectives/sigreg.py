"""SIGReg: embeddings are to look standard Gaussian along random directions."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from lejepa.arguments import whole
from lejepa.objectives.base import Objective, full_precision, positive, wide
from lejepa.objectives.epps_pulley import epps_pulley, projected

Generators = torch.Generator | Sequence[torch.Generator] | None


class SIGReg(Objective):
    """Sketched isotropic Gaussian regularization (Balestriero and LeCun, arXiv 2511.08544; Lean: `Lejepa.eppsPulley`).

    On each of `slices` random unit vectors `u`, with `φ̂_u(t) = (1/N) Σ_j exp(i t ⟨u, h_j⟩)` over the `N` rows, the
    Epps–Pulley statistic is

        N ∫ |φ̂_u(t) - exp(-t²/2)|² exp(-t²/2) dt    over [-t_max, t_max],

    by the trapezoid rule with `knots` points on `[0, t_max]`. The value is its mean over slices. Of the integral over
    `[-3, 3]`, 17 knots miss less than a thousandth. The rest of the line contributes less than 0.055 a row.

    Weights: both papers minimize `λ SIGReg + (1 - λ) prediction`. For two views the prediction term is
    `Alignment / (4 * dim)`.

    - The minimal example of LeJEPA takes the mean of SIGReg over views, `SIGReg()(torch.stack(views)).mean()`, at the
      same `λ`. Algorithm 1 of that paper has 17 knots on `[-5, 5]`: `SIGReg(knots=9, t_max=5.0)`.
    - The code of arXiv 2605.26379 takes both views as one batch, `SIGReg()(torch.cat((h, h_next)))`, so that the factor
      `N` is twice as great. For the mean over views, its `λ` becomes `2 λ / (1 + λ)`. `lejepa.training.objective` says
      why views are better taken one by one.

    Alignment rewards small embeddings, so where the sum of the two is least their variance is below 1, and the map a
    little bent: `lejepa.objectives.shrinkage.sigreg_optimum` tells how much, by weight, batch and dimension.

    Args:
        slices: Number of random directions `u`.
        knots: Number of points `t` in `[0, t_max]`.
        t_max: End of the interval of integration.
        unbiased: Whether to put `(N |φ̂|² - 1) / (N - 1)`, whose mean is `|φ|²`, for `|φ̂|²`. Sampling adds
            `(1 - |φ|²) / N` to the plain one, which rewards embeddings for being too narrow. The value may then be
            below 0.
        options: `process_group`, `synchronize` and `check_finite` of `lejepa.objectives.base.Objective`.

    Raises:
        ValueError: If an argument is out of range; and when called, as `Objective` says.
    """

    def __init__(
        self, slices: int = 256, *, knots: int = 17, t_max: float = 3.0, unbiased: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.slices, self.knots = whole("slices", slices, 1, ValueError), whole("knots", knots, 2, ValueError)
        self.t_max, self.unbiased = positive("t_max", t_max), unbiased

    def directions(self, h: Tensor, generator: Generators = None) -> Tensor:
        """Random unit vectors for embeddings `(..., rows, dim)`.

        Args:
            h: The embeddings, of which only shape and device matter.
            generator: As in `forward`.

        Returns:
            Directions in float64, of shape `(dim, slices)`; or such a set for each generator of a sequence.
        """
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
        """The value, on directions that are drawn afresh.

        All leading axes share the directions, and so does all that `torch.func.vmap` maps over. Under
        `torch.distributed` they are those of the first process. They do not depend on the precision of `h`; but a
        generator on a GPU draws others than one on the CPU with the same seed. Within `torch.compile` with
        `fullgraph=True` only the global generator can draw.

        Args:
            h: Embeddings of shape `(..., rows, dim)`.
            generator: Draws the directions; PyTorch's global generator by default. Of a sequence, each index of the
                axis before rows has a generator of its own.

        Returns:
            A value for each index of the leading axes: shape `(...)`.
        """
        (h,), rows = self.prepared(h=h)
        with full_precision(h) as product:
            directions = rows.agreed(self.directions(h, generator))
            x, centre = projected(h, directions, rows, product)
            value = epps_pulley(x, centre, rows, knots=self.knots, t_max=self.t_max, unbiased=self.unbiased)
            return self.finite(value.mean(-1), rows, "h")

    def extra_repr(self) -> str:
        return f"slices={self.slices}, knots={self.knots}, t_max={self.t_max}, unbiased={self.unbiased}"


def gaussian(shape: tuple[int, int], generator: torch.Generator | None, device: torch.device) -> Tensor:
    if generator is None:  # `generator=None` would take no symbolic sizes from torch.compile
        return torch.randn(shape, device=device, dtype=torch.float32)
    return torch.randn(shape, generator=generator, device=generator.device, dtype=torch.float32).to(device)


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
