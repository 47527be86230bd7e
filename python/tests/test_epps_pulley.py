"""The Epps–Pulley statistic of numbers, against direct formulas and against its closed form over the whole line."""

import math
from typing import Any

import lejepa
import mpmath
import pytest
import torch
from lejepa.objectives.epps_pulley import epps_pulley
from lejepa.objectives.processes import Rows


def statistic(x: torch.Tensor, **options: Any) -> torch.Tensor:
    """Of numbers that are not taken apart into a centre and the rest."""
    return epps_pulley(x, torch.zeros_like(x[..., :1, :], dtype=torch.float64), Rows([x.shape[-2]]), **options)


def plain_statistic(x: torch.Tensor, knots: int, t_max: float) -> torch.Tensor:
    """The statistic by a cosine and a sine at each knot."""
    t = torch.linspace(0, t_max, knots, dtype=x.dtype)
    w = torch.full((knots,), 2 * t_max / (knots - 1), dtype=x.dtype)
    w[[0, -1]] /= 2
    phi = torch.exp(-(t**2) / 2)
    xt = x.unsqueeze(-1) * t
    gap = (xt.cos().mean(-3) - phi) ** 2 + xt.sin().mean(-3) ** 2
    return (gap * w * phi).sum(-1) * x.shape[-2]


@pytest.mark.parametrize(("knots", "t_max"), [(2, 1.0), (17, 3.0), (40, 5.0)])
def test_statistic_and_its_gradient_are_those_of_the_plain_formula(knots: int, t_max: float) -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 50, 4, dtype=torch.float64, requires_grad=True)
    fast, slow = statistic(x, knots=knots, t_max=t_max), plain_statistic(x, knots, t_max)
    torch.testing.assert_close(fast, slow, rtol=1e-12, atol=1e-12)
    upstream = torch.randn_like(fast)
    (g,) = torch.autograd.grad(fast, x, upstream)
    (expected,) = torch.autograd.grad(slow, x, upstream)
    torch.testing.assert_close(g, expected, rtol=1e-11, atol=1e-12)


SAMPLES = {
    "four points": torch.tensor([-1.5, 0.2, 0.3, 2.0], dtype=torch.float64),
    "one point": torch.zeros(20, dtype=torch.float64),
    "normal": torch.randn(40, generator=torch.Generator().manual_seed(0), dtype=torch.float64),
    "wide and off centre": 3 * torch.randn(40, generator=torch.Generator().manual_seed(1), dtype=torch.float64) + 1,
}


def over_the_line(x: torch.Tensor) -> float:
    """`n ∫ |φ̂ - exp(-t²/2)|² exp(-t²/2) dt` over all `t`: `∫ exp(i t a - s t²/2) dt = √(2π/s) exp(-a²/(2 s))`."""
    apart = x[:, None] - x
    own = math.sqrt(2 * math.pi) * torch.exp(-(apart**2) / 2).mean()
    cross = math.sqrt(math.pi) * torch.exp(-(x**2) / 4).mean()
    return len(x) * float(own - 2 * cross + math.sqrt(2 * math.pi / 3))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_statistic_is_the_weighted_integral(name: str) -> None:
    """Fine knots to `t = 10` against the closed form; 17 knots on `[0, 3]` against the integral by mpmath."""
    x = SAMPLES[name]
    assert statistic(x[:, None], knots=200, t_max=10.0).item() == pytest.approx(over_the_line(x), rel=1e-12)

    def gap(t: Any) -> Any:
        real = mpmath.fsum(mpmath.cos(t * v) for v in x.tolist()) / len(x) - mpmath.exp(-t * t / 2)
        imaginary = mpmath.fsum(mpmath.sin(t * v) for v in x.tolist()) / len(x)
        return (real**2 + imaginary**2) * mpmath.exp(-t * t / 2)

    within = float(2 * len(x) * mpmath.quad(gap, mpmath.linspace(0, 3, 7)))
    assert statistic(x[:, None]).item() == pytest.approx(within, rel=1e-3)
    assert 0 < over_the_line(x) - within < 0.055 * len(x)


def test_sigreg_tells_the_gaussian_from_others() -> None:
    generator = torch.Generator().manual_seed(0)
    sigreg = lejepa.SIGReg()
    gaussian = torch.randn(4000, 3, generator=generator)
    others = {
        "too wide": 1.3 * gaussian,
        "off centre": gaussian + 0.3,
        "uniform": (torch.rand(4000, 3, generator=generator) - 0.5) * math.sqrt(12),
        "collapsed": gaussian[:, :1].expand(-1, 3).contiguous(),
    }
    base = sigreg(gaussian, generator=generator)
    for name, h in others.items():
        assert sigreg(h, generator=generator) > 5 * base, name


def test_directions_are_unit_vectors() -> None:
    h = torch.zeros(2, 10, 5)
    d = lejepa.SIGReg(slices=7).directions(h, torch.Generator().manual_seed(0))
    assert d.shape == (5, 7)
    torch.testing.assert_close(d.norm(dim=-2), torch.ones(7, dtype=torch.float64))


def test_the_unbiased_statistic_has_the_mean_of_the_law_s() -> None:
    """At samples of `N(0, 1)` its mean is 0, where the plain one's is the sampling noise; its gradient is right."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(40, 20_000, generator=generator, dtype=torch.float64)
    plain, unbiased = (statistic(x, unbiased=u) for u in (False, True))
    error = 4 * unbiased.std() / len(unbiased) ** 0.5
    assert abs(unbiased.mean()) < error
    assert plain.mean() > 10 * error
    y = torch.randn(5, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda y: statistic(y, knots=9, unbiased=True), (y,))


@pytest.mark.parametrize("shape", [(2, 3, 50, 8), (50, 70), (2, 50, 70), (1, 3)])
def test_models_and_slices_that_take_turns_give_what_they_give_at_once(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...]
) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), requires_grad=True)
    together = statistic(x)
    upstream = torch.randn(together.shape, generator=torch.Generator().manual_seed(1))
    (gradient,) = torch.autograd.grad(together, x, upstream)
    monkeypatch.setattr("lejepa.objectives.epps_pulley.CACHED", 1)
    torch.testing.assert_close(statistic(x), together)
    torch.testing.assert_close(torch.autograd.grad(statistic(x), x, upstream)[0], gradient)


def test_the_fast_and_the_differentiable_derivative_are_one() -> None:
    x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64, requires_grad=True)
    (fast,) = torch.autograd.grad(statistic(x).sum(), x)
    (plain,) = torch.autograd.grad(statistic(x).sum(), x, create_graph=True)
    assert plain.requires_grad
    torch.testing.assert_close(fast, plain.detach(), rtol=1e-12, atol=1e-12)


def test_a_centre_is_a_shift() -> None:
    x = torch.randn(50, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    centre = torch.tensor([[0.3, -2.0, 0.0, 17.0]], dtype=torch.float64)
    torch.testing.assert_close(epps_pulley(x, centre, Rows([50])), statistic(x + centre), rtol=1e-12, atol=1e-12)
