"""Maps of Gaussian space: quadrature against closed forms, differentiation, and another rule of quadrature."""

from fractions import Fraction
from itertools import combinations
from math import ceil, cosh, exp, log, pi, sqrt
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, fmpq
from lejepa.exact import maps
from lejepa.exact.hermite import precision
from lejepa.exact.maps import (
    Affine,
    Disc,
    Reach,
    Sizes,
    Spiral,
    Torn,
    Twist,
    determinant,
    disc_integral,
    log_size,
    sum_of_squares,
)

SHEAR = Affine(((fmpq(1), fmpq(2)), (fmpq(0), fmpq(1))), (fmpq(0), fmpq(1)))
DISC = Disc(fmpq(1, 2), fmpq(1, 4), fmpq(40))


@pytest.mark.parametrize(
    ("h", "energy"),
    [
        (Spiral(fmpq(1, 3)), 2 + 32 * fmpq(1, 9)),  # 𝔼 (2 + 4 a² |z|⁴)
        (Twist(fmpq(-2, 5)), 3 + 2 * fmpq(4, 25)),
        (SHEAR, fmpq(6)),
        (Torn(fmpq(3, 5), fmpq(4, 5)), fmpq(2)),
    ],
)
def test_energies_are_those_in_closed_form(h: Any, energy: Any) -> None:
    with precision(25):
        value = h.energy()
        assert value.overlaps(arb(energy))
        assert value.rad() < 1e-18


def by_hand(h: Disc, z: np.ndarray) -> np.ndarray:
    """The disc map in floats, from its definition."""
    c, r, a, b = (float(x.p) / float(x.q) for x in (h.c, h.R, h.a, h.b))
    square = (z**2).sum(-1, keepdims=True)
    w = z * np.sqrt(-np.expm1(-square / 2) / square)
    v = (w[..., 0] - c) + 1j * w[..., 1]
    room = np.maximum(r * r - abs(v) ** 2, 0)
    v = v * np.exp(1j * a * room**h.order * (room > 0)) * (1 + b * room**2)
    w = np.stack([v.real + c, v.imag], -1)
    p = (w**2).sum(-1, keepdims=True)
    return w * np.sqrt(-2 * np.log1p(-p) / p)


def jacobians(h: Disc, z: np.ndarray) -> np.ndarray:
    step = 1e-5
    columns = [(by_hand(h, z + step * e) - by_hand(h, z - step * e)) / (2 * step) for e in np.eye(2)]
    return np.stack(columns, -1)


@pytest.mark.parametrize(
    "h", [DISC, Disc(fmpq(1, 2), fmpq(1, 4), fmpq(3), fmpq(2)), Disc(fmpq(3, 5), fmpq(1, 5), fmpq(-90))]
)
def test_disc_maps_agree_with_their_definition(h: Disc) -> None:
    for t, angle in ((fmpq(1, 10), 1), (fmpq(1, 6), 4), (fmpq(1, 50), 2)):
        with precision(30):
            turned = h.turned(arb(t), arb(angle))
            image, jacobian = h.at(turned.place())
            squares, size = sum_of_squares(jacobian), log_size(determinant(jacobian))
            assert turned.sum_of_squares().overlaps(squares)
            assert squares.rad() < 1e-20
            assert turned.log_determinant().overlaps(size)
            assert size.rad() < 1e-20
            for row, other in zip([turned.image(), *turned.jacobian()], [image, *jacobian], strict=True):
                assert all(x.overlaps(y) for x, y in zip(row, other, strict=True))
        z = np.array([float(x.mid()) for x in turned.place()])
        assert by_hand(h, z) == pytest.approx([float(x.mid()) for x in image], abs=1e-12)
        expected = [[float(x.mid()) for x in row] for row in jacobian]
        assert jacobians(h, z) == pytest.approx(np.array(expected), abs=1e-7)


@pytest.mark.parametrize("h", [DISC, Disc(fmpq(1, 2), fmpq(1, 4), fmpq(3), fmpq(2))])
def test_means_of_disc_maps_agree_with_a_sum_over_the_disc(h: Disc) -> None:
    """A midpoint rule in polar coordinates about the centre, of finite differences of the definition."""
    c, r = (float(x.p) / float(x.q) for x in (h.c, h.R))
    t = (np.arange(200) + 0.5) / 200 * r
    angle = 2 * np.pi * np.arange(128) / 128
    w = np.stack([c + np.outer(t, np.cos(angle)), np.outer(t, np.sin(angle))], -1)
    p = (w**2).sum(-1, keepdims=True)
    z = w * np.sqrt(-2 * np.log1p(-p) / p)
    weight = np.repeat(t[:, None], 128, 1) * (r / 200) * (2 * np.pi / 128) / np.pi
    j = jacobians(h, z)
    energy = 2 + (weight * ((j**2).sum((-1, -2)) - 2)).sum()
    logs = (weight * np.log(abs(np.linalg.det(j)))).sum()
    u = (by_hand(h, z) @ [0.6, -1.4]) ** 3
    third = (weight * (u - (z @ [0.6, -1.4]) ** 3)).sum()
    with precision(20):
        assert float(h.energy().mid()) == pytest.approx(energy, abs=2e-7)
        assert float(h.mean_log_determinant().mid()) == pytest.approx(logs, abs=1e-8)
        assert float(h.moment([fmpq(3, 5), fmpq(-7, 5)], 3).mid()) == pytest.approx(third, abs=1e-6)
        assert all(x.rad() < 1e-15 for x in (h.energy(), h.mean_log_determinant()))


def test_quadrature_of_a_disc_holds_at_more_digits() -> None:
    with precision(12):
        coarse = DISC.energy()
    with precision(40):
        assert coarse.contains(DISC.energy())


def test_facts_of_maps() -> None:
    with precision(12):
        turn = Affine(((fmpq(3, 5), fmpq(-4, 5)), (fmpq(4, 5), fmpq(3, 5))), (fmpq(0), fmpq(0)))
        facts = {
            h: (h.preserves_gaussian(), h.is_smooth(), h.is_orthogonal())
            for h in (
                turn,
                SHEAR,
                DISC,
                Disc(fmpq(1, 2), fmpq(1, 4), fmpq(3), fmpq(2)),
                Disc(fmpq(1, 2), fmpq(1, 4), fmpq(1), order=0),
                Disc(fmpq(1, 2), fmpq(1, 4), fmpq(1), order=1),
                Spiral(fmpq(3, 16), fmpq(4, 5)),
                Torn(fmpq(3, 5), fmpq(4, 5)),
            )
        }
    assert list(facts.values()) == [
        (True, True, True),
        (False, True, False),
        (True, True, False),
        (False, True, False),
        (True, False, False),
        (True, False, False),
        (False, True, False),
        (True, False, False),
    ]


@pytest.mark.parametrize("n", [2, 3])
def test_points_that_tell_maps_apart_are_in_general_position(n: int) -> None:
    """No `n` of them are dependent, no `n + 1` lie in a plane, no two are as far from 0: what holds at all of them
    holds on no subspace, plane or sphere alone."""
    still = Affine(tuple(tuple(fmpq(int(i == j)) for j in range(n)) for i in range(n)), (fmpq(0),) * n)
    balls = still.points()
    rows = [[Fraction(float(x.mid())).limit_denominator(99) for x in p] for p in balls]
    assert all(x.contains(fmpq(f.numerator, f.denominator)) for p, r in zip(balls, rows, strict=True)
               for x, f in zip(p, r, strict=True))  # fmt: skip
    assert len(rows) > n
    points = sympy.Matrix(rows)
    for some in combinations(range(len(rows)), n):
        assert points.extract(list(some), list(range(n))).rank() == n
    for some in combinations(range(len(rows)), n + 1):
        assert points.extract(list(some), list(range(n))).row_join(sympy.ones(n + 1, 1)).rank() == n + 1
    assert len({sum(x * x for x in r) for r in rows}) == len(rows)


def value(x: Any) -> float:
    """The middle of a ball that is small."""
    assert x.rad() < 1e-15 * max(1, abs(x))
    return float(x.mid())


SIZES = Sizes(*(arb(x) for x in (0.5, 0.625, 1.5, 1.25, 1.0625, 0.125)))


def test_sizes_of_the_logarithm_are_attained() -> None:
    """`|log (1 - p) / p|` on the circle `|p| = 9/10`, at `p = -9/10` and `9/10`, and between them elsewhere."""
    with precision(30):
        low, high = value(SIZES.low), value(SIZES.high)
    assert low == pytest.approx(log(1.9) / 0.9, rel=1e-14)
    assert high == pytest.approx(log(10) / 0.9, rel=1e-14)
    p = 0.9 * np.exp(2j * np.pi * np.arange(1, 400) / 400)
    sizes = abs(np.log(1 - p) / p)
    assert low <= sizes.min() < 1.001 * low
    assert 0.99 * high < sizes.max() <= high


def test_sizes_bound_what_is_integrated() -> None:
    """By the bounds of entries, worked out anew: with `λ = -log (1 - p) / p` the stretches of `w ↦ z` are `√(2 λ)`
    across the radius and `√(2 / λ) / (1 - p)` along it; a matrix with these squares `u`, `v` has the entries
    `u + (v - u) x y / p`; and the trace of `S M P Mᵀ` is a sum of 16 products."""
    here, there, turn, step, stretch, fall = 0.5, 0.625, 1.5, 1.25, 1.0625, 0.125
    low, high = log(1.9) / 0.9, log(10) / 0.9
    slope = (high * 1.9) ** 2 + 1  # of |(λ (1 - p))² ± 1|
    after = 2 * high + 2 * slope / (low * 0.1**2) / 0.9 * there**2
    before = 1 / (2 * low) + slope / (2 * low) / 0.9 * here**2
    with precision(30):
        assert value(SIZES.energy) == pytest.approx(16 * after * before * step**2, rel=1e-13)
        assert value(SIZES.image) == pytest.approx(sqrt(2 * high) * turn * there, rel=1e-13)
        turned = Sizes(SIZES.there, SIZES.here, *(getattr(SIZES, k) for k in ("turn", "step", "stretch", "fall")))
        assert value(turned.image) == value(SIZES.image)
        # log 2 / (1 - p) before and after, `log |s (s + fall)|` by |log (1 + x)| ≤ 2 |x| for |x| ≤ 1/2
        logs = 2 * log(10) + 2 * (2 * (stretch - 1) + fall)
        assert value(SIZES.log_determinant) == pytest.approx(logs, rel=1e-13)
        for wide in (0.49, 0.51):
            much = Sizes(*(arb(x) for x in (0.5, 0.625, 1.5, 1.25, 1.0, wide)))
            if wide < 0.5:
                assert value(much.log_determinant) == pytest.approx(2 * log(10) + 2 * wide, rel=1e-13)
            else:
                with pytest.raises(ArithmeticError, match="stretches by less than a half"):
                    _ = much.log_determinant


def test_sizes_hold_at_complex_places() -> None:
    """The entries of the squared stretch, before and after, at random complex places of a size that `Sizes` allows."""
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(2, 4000, 2)) @ [1, 1j]) * 0.4
    p = x * x + y * y
    keep = (abs(p) <= 0.9) & (abs(x) <= 0.9) & (abs(y) <= 0.9)
    x, y, p = x[keep], y[keep], p[keep]
    lam = -np.log(1 - p) / p
    across, along = 2 * lam, 2 / (lam * (1 - p) ** 2)
    after = [across + (along - across) / p * m for m in (x * x, x * y, y * y)]
    before = [1 / across + (1 / along - 1 / across) / p * m for m in (x * x, x * y, y * y)]
    sizes = Sizes(*(arb(v) for v in (0.9, 0.9, 1.0, 1.0, 1.0, 0.0)))
    with precision(20):
        largest = 4 * np.abs(after).max() * np.abs(before).max() * 4
        assert largest <= value(sizes.energy)


DISCS = [
    (Disc(fmpq(1, 2), fmpq(1, 4), fmpq(40)), (0.5, 0.25, 40.0, 0.0, 2)),
    (Disc(fmpq(1, 2), fmpq(1, 4), fmpq(-3), fmpq(-2)), (0.5, 0.25, -3.0, -2.0, 2)),
    (Disc(fmpq(2, 5), fmpq(1, 5), fmpq(7), fmpq(3), 3), (0.4, 0.2, 7.0, 3.0, 3)),
    (Disc(fmpq(2, 5), fmpq(1, 5), fmpq(7), fmpq(3), 1), (0.4, 0.2, 7.0, 3.0, 1)),
    (Disc(fmpq(2, 5), fmpq(1, 5), fmpq(2), fmpq(0), 0), (0.4, 0.2, 2.0, 0.0, 0)),
]


@pytest.mark.parametrize(("h", "numbers"), DISCS)
def test_sizes_of_a_disc_map(h: Disc, numbers: tuple[float, float, float, float, int]) -> None:
    """`s = 1 + |b| (R² + t²)²` and the derivatives of the angle and of `s` by `t²`, each at its largest; and they are
    bounds of the step at complex radii."""
    c, r, a, b, order = numbers
    t, before, after = 0.125, 1.5, 1.25
    room = r * r + t * t
    s, fall = 1 + abs(b) * room**2, 2 * abs(b) * room
    slope = order * abs(a) * room ** (order - 1)
    with precision(30):
        found = h.sizes(arb(t), arb(before), arb(after))
        sizes = [float(getattr(found, k).mid()) for k in ("here", "there", "turn", "step", "stretch", "fall")]
        at = [h.turned(arb(t) * k / 8, arb(k)) for k in range(9)]
    entries = s + 2 * fall * t * t + 2 * s * slope * t * t
    assert sizes == pytest.approx([t + c * before, s * t + c * after, 2 * after, entries, s, 2 * fall * t * t])
    assert all(abs(float(x.mid())) <= entries for turned in at for x in turned.step)


@pytest.mark.parametrize(("h", "numbers"), DISCS)
def test_a_reach_is_as_far_as_functions_are_analytic(h: Disc, numbers: tuple[float, float, float, float, int]) -> None:
    """In the strip `|w|² ≤ c² + (s R)² + 2 c s R cosh` is 9/10 at its edge. The ellipse is the first of ρ = 8,
    1 + 7 · 0.9, 1 + 7 · 0.9², ... where the same bound, with the angle's imaginary part, is below 9/10."""
    c, r, a, b, order = numbers
    asked: list[Sizes] = []

    def bound(sizes: Sizes) -> Any:
        asked.append(sizes)
        return arb(len(asked))

    with precision(30):
        reach = h.reach(bound)
    grown = (1 + abs(b) * r**4) * r
    assert c * c + grown**2 + 2 * c * grown * cosh(reach.strip) == pytest.approx(0.9, abs=1e-9)
    assert c * c + grown**2 + 2 * c * grown * cosh(reach.strip) <= 0.9 + 1e-14
    rho = 8.0
    while True:
        far = r / 2 + r * (rho + 1 / rho) / 4
        room = r * r + far * far
        lift = abs(a) * room**order if order else 0.0
        big = (1 + abs(b) * room**2) * far
        if lift < 700 and c * c + big * big + 2 * c * big * cosh(lift) < 0.9:
            break
        rho = 1 + (rho - 1) * 0.9
    assert (reach.radius, reach.rho) == (h.R, pytest.approx(rho, rel=1e-12))
    assert value(reach.far) == pytest.approx(far, rel=1e-12)
    assert [value(x) for x in (reach.in_strip, reach.in_ellipse)] == [1, 2]
    with precision(30):
        edge = arb(reach.strip).cosh()
        expected = [h.sizes(arb(h.R), edge, edge), h.sizes(reach.far, arb(1), arb(lift).cosh())]
    for found, other in zip(asked, expected, strict=True):
        for k in ("here", "there", "turn", "step", "stretch", "fall"):
            assert float(getattr(found, k).mid()) == pytest.approx(float(getattr(other, k).mid()), rel=1e-9)


REACH = Reach(fmpq(1, 4), 0.75, arb(3), 2.5, arb(7), arb(fmpq(1, 2)))


@pytest.mark.parametrize("digits", [8, 12, 20])
def test_the_error_of_a_disc_integral_is_that_of_both_rules(digits: int) -> None:
    """Of the function 0, whose sum has no error, so that the radius is the bound: trapezoidal rule (Trefethen and
    Weideman 2014, theorem 3.2, `2π · 2 M / (e^{N s} - 1)` at each radius), and Gauss–Legendre (Trefethen 2013,
    theorem 19.3, `64/15 M ρ^{-2m} / (1 - ρ^{-2})`), of a function up to `2π · far · M`."""
    with precision(digits):
        found = disc_integral(lambda t, angle: arb(0), REACH)
    asked = digits * log(10) + 5
    angles, order = ceil((log(4) + asked) / 0.75), ceil((log(8) + asked) / (2 * log(2.5)))
    trapezoid = 2 * pi * 2 * 3 / (exp(angles * 0.75) - 1) * 0.25**2 / 2
    gauss = 0.25 / 2 * 64 / 15 * (2 * pi * 0.5 * 7) * 2.5 ** (-2 * order) / (1 - 2.5**-2)
    assert found.mid() == 0
    assert float(found.rad()) == pytest.approx(trapezoid + gauss, rel=1e-6)
    assert trapezoid + gauss < 10.0**-digits


def test_disc_integrals_in_closed_form() -> None:
    """`∫ (t cos φ + 2)² t dt dφ = π R⁴/4 + 4 π R²`, and `∫ e^{cos φ} = 2 π I₀(1)` at each radius."""
    with precision(20):
        found = disc_integral(lambda t, x: (t * x.cos() + 2) * (t * x.cos() + 2), REACH)
        assert found.overlaps(arb.pi() * fmpq(1, 1024) + arb.pi() / 4)
        assert found.rad() < 1e-18
        reach = Reach(fmpq(1, 4), 0.75, arb(fmpq(3, 4)).cosh().exp(), 2.5, arb(1).exp(), arb(fmpq(1, 2)))
        found = disc_integral(lambda t, x: x.cos().exp(), reach)
        with mpmath.workdps(30):
            closed = str(2 * mpmath.pi * mpmath.besseli(0, 1) / 32)
        assert found.overlaps(arb(closed))
        assert found.rad() < 1e-18


def test_integrands_of_a_disc_map_are_within_the_bounds_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment's integrand is a difference of two powers, each up to `(|h| Σ|u|)^k`; the energy's is less 2; that of
    the logarithm has its own. Both in the strip and in the ellipse, by sizes of the same places."""
    reaches: list[Reach] = []

    def seen(f: Any, reach: Reach) -> Any:
        reaches.append(reach)
        return arb(0)

    monkeypatch.setattr(maps, "disc_integral", seen)
    with precision(30):
        DISC.moment([fmpq(3, 5), fmpq(-7, 5)], 3)
        DISC.moment([fmpq(3, 5), fmpq(-7, 5)], 2)
        DISC.energy()
        DISC.mean_log_determinant()
        sizes: list[Sizes] = []
        DISC.reach(lambda s: sizes.append(s) or arb(1))  # type: ignore[func-returns-value]
        for part, size in zip(("in_strip", "in_ellipse"), sizes, strict=True):
            image, energy, logs = (value(x) for x in (size.image, size.energy, size.log_determinant))
            expected = [2 * (2 * image) ** 3, 2 * (2 * image) ** 2, energy + 2, logs]
            assert [value(getattr(r, part)) for r in reaches] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_points_stay_within_the_circle_along_which_a_map_is_torn_and_turn_beyond_it(n: int) -> None:
    """At a distance of n/2 in twelve directions; by complex numbers."""
    h = Torn(fmpq(3, 5), fmpq(4, 5))
    for k in range(12):
        z = n / 2 * np.exp(2j * np.pi * (k + 0.5) / 12)
        z *= 1 + 1e-9  # the circle itself, n = 2, belongs to what is turned
        image, jacobian = h.at([arb(z.real), arb(z.imag)])
        turn = 0.6 + 0.8j if n >= 2 else 1
        assert complex(*(float(x.mid()) for x in image)) == pytest.approx(turn * z, abs=1e-14)
        expected = [[np.real(turn), -np.imag(turn)], [np.imag(turn), np.real(turn)]]
        assert [[float(x.mid()) for x in row] for row in jacobian] == pytest.approx(np.array(expected), abs=1e-14)


@pytest.mark.parametrize("z", [(0.5, -1.25, 0.75), (-2.0, 0.25, -1.5), (0.0, 1.0, 2.0)])
def test_spirals_and_twists_turn_as_complex_numbers_do(z: tuple[float, float, float]) -> None:
    """Images from the definition, Jacobians from the derivative of `e^{i g}` along each axis."""
    w, a = complex(*z[:2]), -0.4
    shrunk, around = 0.8 * w * np.exp(1j * a * abs(w) ** 2), w * np.exp(1j * a * z[2])
    spiral = [0.8 * np.exp(1j * a * abs(w) ** 2) * (unit + 2j * a * w * x) for unit, x in ((1, z[0]), (1j, z[1]))]
    twist = [np.exp(1j * a * z[2]) * unit for unit in (1, 1j, 1j * a * w)]
    last = np.array([[0.0, 0.0, -1.0]])
    for h, image, jacobian in (
        (Spiral(fmpq(-2, 5), fmpq(4, 5)), [shrunk.real, shrunk.imag], np.array([np.real(spiral), np.imag(spiral)])),
        (Twist(fmpq(-2, 5)), [around.real, around.imag, -z[2]], np.vstack([np.real(twist), np.imag(twist), last])),
    ):
        found, slopes = h.at([arb(x) for x in z[: h.n]])
        assert [float(x.mid()) for x in found] == pytest.approx(image, abs=1e-13)
        assert [[float(x.mid()) for x in row] for row in slopes] == pytest.approx(jacobian, abs=1e-13)
