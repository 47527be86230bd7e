"""Encoders whose certified quantities are known: each by Gauss–Hermite quadrature of the pair."""

from itertools import product
from math import pi, sqrt

import mpmath
import numpy as np
import pytest
import torch
from lejepa.certification import known
from lejepa.certification.known import Known

X, W = np.polynomial.hermite_e.hermegauss(8)  # exact to degree 15


def grid(dim: int) -> tuple[np.ndarray, np.ndarray]:
    points = np.array(list(product(X, repeat=dim)))
    weights = np.array([np.prod(w) for w in product(W / W.sum(), repeat=dim)])
    return points, weights


ENCODERS = [
    known.orthogonal(2, 0.7),
    known.shrunk(2, 0.7),
    known.shrunk(2, 0.5, 0.6),
    known.quadratic(2, 0.7),
    known.quadratic(2, 0.5, 0.8),
    known.cubic(2, 0.7),
    known.cubic(2, 0.4, 0.5),
    known.worst(2, 0.7),
    known.worst(2, 0.3, 0.2, 0.3),
]


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda e: f"{e.name}-{e.rho}")
def test_what_is_known_of_an_encoder(encoder: Known) -> None:
    """`D` from the alignment of pairs, `ε` from the covariance, the distance by singular values of `𝔼 h zᵀ`."""
    points, weights = grid(4)
    z, later = points[:, :2], encoder.rho * points[:, :2] + sqrt(1 - encoder.rho**2) * points[:, 2:]
    h, after = (encoder.encode(torch.from_numpy(x)).numpy() for x in (z, later))
    mean = weights @ h
    covariance = (h - mean).T @ (weights[:, None] * (h - mean))
    step = weights @ ((after - h) ** 2).sum(1)
    rho = encoder.rho
    excess = (step - 2 * (1 - rho) * np.trace(covariance)) / (2 * rho * (1 - rho))
    nuclear = np.linalg.svd((h - mean).T @ (weights[:, None] * z), compute_uv=False).sum()
    assert encoder.excess == pytest.approx(excess, abs=1e-12)
    assert encoder.epsilon == pytest.approx(np.linalg.norm(covariance - np.eye(2)), abs=1e-12)
    assert encoder.distance == pytest.approx(np.trace(covariance) + 2 - 2 * nuclear, abs=1e-12)
    assert encoder.dim == 2


def test_what_is_taken_where_nothing_is_given() -> None:
    for plain, given in (
        (known.shrunk(3, 0.5), known.shrunk(3, 0.5, 0.9)),
        (known.quadratic(3, 0.5), known.quadratic(3, 0.5, 0.3)),
        (known.cubic(3, 0.5), known.cubic(3, 0.5, 0.2)),
        (known.worst(3, 0.5), known.worst(3, 0.5, 0.05, 0.1)),
    ):
        assert (plain.excess, plain.epsilon, plain.distance) == (given.excess, given.epsilon, given.distance)
        z = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        assert torch.equal(plain.encode(z), given.encode(z))
    assert known.turned_correlation() == known.turned_correlation(pi)


def test_the_coordinates_that_each_encoder_bends() -> None:
    """Of three: one after the other, or the first alone."""
    z = torch.tensor([[0.5, -1.0, 2.0]], dtype=torch.float64)
    bent = known.quadratic(3, 0.5, 0.8).encode(z)[0].tolist()
    assert bent == pytest.approx([
        (a + 0.8 * (b * b - 1) / sqrt(2)) / sqrt(1.64) for a, b in ((0.5, -1.0), (-1.0, 2.0), (2.0, 0.5))
    ])  # fmt: skip
    heavy = known.cubic(3, 0.5, 0.5).encode(z)[0].tolist()
    assert heavy == pytest.approx([(0.5 + 0.5 * (0.125 - 1.5) / sqrt(6)) / sqrt(1.25), -1.0, 2.0])
    worst = known.worst(3, 0.5, 0.2, 0.3).encode(z)[0].tolist()
    assert worst == pytest.approx([sqrt(0.5) * 0.5 + sqrt(0.1) * -0.75, -1.0, 2.0])
    q = known.rotation(3)
    np.testing.assert_allclose(q @ q.T, np.eye(3), atol=1e-12)
    assert torch.allclose(known.orthogonal(3, 0.5).encode(z), z @ q.T + 3)
    assert torch.allclose(known.shrunk(3, 0.5, 0.25).encode(z), z @ q.T / 4)
    assert not torch.equal(known.rotation(2), q[:2, :2])


def test_pairs_are_of_independent_normal_numbers() -> None:
    z, later = known.latents(3, 0.6, 2_000, 4)
    drawn = torch.randn(2, 2_000, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    assert torch.equal(z, drawn[0])
    torch.testing.assert_close(later, 0.6 * drawn[0] + 0.8 * drawn[1])
    encoder = known.worst(3, 0.6)
    h0, h1 = encoder.pairs(2_000, 4)
    assert torch.equal(h0, encoder.encode(z))
    assert torch.equal(h1, encoder.encode(later))


@pytest.mark.parametrize("speed", [0.0, 0.5, pi, 5.0])
def test_the_correlation_of_turned_latents_by_mpmath(speed: float) -> None:
    """`|∫ r³ e^{-r²/2 + i · speed · r} dr|`, which is 2 where nothing turns."""
    with mpmath.workdps(20):
        exact = abs(mpmath.quad(lambda r: r**3 * mpmath.exp(-r * r / 2 + 1j * speed * r), range(0, 31, 2)))
    assert known.turned_correlation(speed) == pytest.approx(float(exact), abs=1e-9)
