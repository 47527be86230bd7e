"""Maps of Gaussian space: quadrature against closed forms, differentiation, and another rule of quadrature."""

from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from lejepa.exact.hermite import precision
from lejepa.exact.maps import Affine, Disc, Spiral, Torn, Twist, determinant, log_size, sum_of_squares

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
