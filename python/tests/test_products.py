"""Sums of products of functions of one variable: means against NumPy's quadrature and closed forms."""

from math import exp, pi, sqrt
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq
from lejepa.exact import products
from lejepa.exact.hermite import hermite_explicit, precision, rational
from lejepa.exact.integration import Growth
from lejepa.exact.polynomials import stepped, to_monomials
from lejepa.exact.products import Factor, Sum, mean

X, W = np.polynomial.hermite_e.hermegauss(80)
W = W / W.sum()


@pytest.mark.parametrize("kind", ["exp", "sin", "cos"])
@pytest.mark.parametrize("t", [["3/4"], ["1/2", "-2/3"], ["1", "1/3", "-1/2"]], ids=len)
def test_waves_of_a_scalar_product(kind: str, t: list[str]) -> None:
    """Against Gauss–Hermite points in as many dimensions."""
    x, w = np.polynomial.hermite_e.hermegauss(30)
    w = w / w.sum()
    grid = np.stack(np.meshgrid(*[x] * len(t), indexing="ij"), -1).reshape(-1, len(t))
    mass = np.prod(np.stack(np.meshgrid(*[w] * len(t), indexing="ij"), -1).reshape(-1, len(t)), axis=1)
    values = getattr(np, kind)(grid @ np.array([float(rational(x).p) / float(rational(x).q) for x in t]))
    a = tuple(range(1, len(t) + 1))
    f = Sum.wave(kind, t)
    with precision(25):
        assert float(arb(f.square())) == pytest.approx(float(mass @ values**2), rel=1e-9)
        expected = float(mass @ (values * np.prod(grid**a, axis=1)))
        assert float(arb(f.moment(a))) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_signs_and_rectifiers_in_closed_form() -> None:
    """`𝔼 |x|³ = 2 √(2/π)`; `𝔼 x₊ x = 1/2`; `𝔼 x₊ = 1/√(2π)`."""
    f = Sum.of([["sign"], ["relu"]])
    with precision(25):
        assert float(arb(f.moment((3, 1)))) == pytest.approx(2 * sqrt(2 / pi) / 2, rel=1e-12)
        assert float(arb(f.moment((1, 0)))) == pytest.approx(sqrt(2 / pi) / sqrt(2 * pi), rel=1e-12)
        assert float(arb(f.square())) == pytest.approx(0.5, rel=1e-12)


def test_means_with_hermite_polynomials_are_those_of_their_monomials() -> None:
    f = Sum.of([["relu"], ["exp", "1/2"]])
    with precision(30):
        first, second = hermite_explicit(4), hermite_explicit(3)
        terms = (c * d * f.moment((i, j)) for i, c in enumerate(first) for j, d in enumerate(second))
        monomials = sum(terms, arb(0))
        assert abs(float(arb(f.hermite_moment((4, 3)) - monomials))) < 1e-20
        # ∫ e^{x/2} He_3 dγ = e^{1/8} / 8
        assert float(arb(Sum.of([["exp", "1/2"]]).hermite_moment((3,)))) == pytest.approx(exp(1 / 8) / 8, rel=1e-12)


def test_the_sign_against_a_polynomial() -> None:
    """`𝔼 |x| - 𝔼 |x|³ / 6`, with `𝔼 |x| = √(2/π)` and `𝔼 |x|³ = 2 √(2/π)`."""
    f = Sum.of([["sign"]])
    with precision(25):
        value = float(arb(f.against([(0, 1, 0, fmpq(-1, 6))])))
    assert value == pytest.approx(sqrt(2 / pi) * (1 - 2 / 6), rel=1e-12)


@pytest.mark.parametrize("rho", ["1/2", "-3/5", "1", "0"])
def test_a_step_of_a_polynomial_is_its_mean_over_the_noise(rho: str) -> None:
    f = to_monomials({"3 1": "1/2", "0 2": "-1", "1 0": "2"})
    r, z = float(rational(rho).p) / float(rational(rho).q), (0.7, -1.3)
    s = sqrt(1 - r * r)
    u, v = np.meshgrid(r * z[0] + s * X, r * z[1] + s * X, indexing="ij")
    expected = float(W @ sum(float(fmpq(c).p) / float(fmpq(c).q) * u ** e[0] * v ** e[1] for e, c in f.items()) @ W)
    after = stepped(f, rational(rho))
    value = sum(float(fmpq(c).p) / float(fmpq(c).q) * z[0] ** e[0] * z[1] ** e[1] for e, c in after.items())
    assert value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("factors", "scale", "rate", "power", "starts"),
    [
        ([["exp", "-3/4"]], 5.5, 0.75, 2, [None]),
        ([["exp", "1/2"], ["exp", "2/3"], ["cos", "4"]], 5.5, 7 / 6, 2, [None]),
        ([["sign"], ["exp", "1/2"]], 5.5, 0.5, 2, [0, 0]),
        ([["relu"], ["relu"], ["sin", "2"]], 5.5, 0, 4, [0, 0]),
        ([["one"]], 5.5, 0, 2, [None]),
    ],
)
def test_integrands_are_within_the_growth_that_is_told(
    monkeypatch: pytest.MonkeyPatch, factors: list[list[str]], scale: float, rate: float, power: int, starts: list[Any]
) -> None:
    """`|f(x)| ≤ scale (1 + |x|)^power e^{rate |x|}` for the polynomial `-2 + 3 x - x²/2`, on the line and beside it."""
    asked: list[tuple[Any, Growth, Any]] = []

    def integral(f: Any, growth: Growth, start: Any) -> Any:
        asked.append((f, growth, start))
        return arb(0)

    monkeypatch.setattr(products, "gaussian_integral", integral)
    made = tuple(Factor(*w) for w in factors)
    mean.__wrapped__(made, (fmpq(-2), fmpq(3), fmpq(-1, 2)), ctx.prec)
    assert [a[2] for a in asked] == starts
    plain = {"exp": np.exp, "sin": np.sin, "cos": np.cos, "sign": np.sign, "relu": lambda x: np.maximum(x, 0)}
    for side, (f, growth, _) in zip((1, -1), asked, strict=False):
        assert [float(arb(x)) for x in (growth.scale, growth.rate)] == pytest.approx([scale, rate])
        assert growth.power == power
        for x in (0.25, 1.5, 7.0):
            expected = -2 + 3 * side * x - x * x / 2
            for w in factors:
                t = float(rational(w[1]).p) / float(rational(w[1]).q) if len(w) > 1 else 1.0
                expected *= 1 if w[0] == "one" else plain[w[0]](t * side * x)
            assert float(arb(f(arb(x)))) == pytest.approx(expected, rel=1e-12, abs=1e-12)
            assert abs(expected) <= scale * (1 + x) ** power * exp(rate * x)
            assert isinstance(f(acb(x, 0.5)), acb)
