"""What limits allow an embedding and its remainder: exact, and on encoders whose every term is known."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
import torch
from lejepa.certification.bounds import along, amplification, linear_part, remainder_bound
from lejepa.certification.known import Known, cubic, latents, quadratic, worst

RHOS = [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)]


@pytest.mark.parametrize("rho", RHOS)
def test_degree_two_is_the_worst_of_the_remainder(rho: Fraction) -> None:
    """Of energy 1 in degree `k`: what it adds to the remainder, over what it adds to `D`."""
    ratios = []
    for k in range(2, 80):
        remainder = (1 + rho**2 - 2 * rho ** (k + 1)) / (1 - rho**2)
        excess = (1 - rho ** (k - 1)) / (1 - rho)
        ratios.append(remainder / excess)
    assert max(ratios) == ratios[0]
    assert amplification(float(rho)) == pytest.approx(float(ratios[0]), rel=1e-12)
    assert amplification(float(rho)) <= 2


@pytest.mark.parametrize("rho", RHOS)
def test_the_conditional_mean_is_within_half_of_delta(rho: Fraction) -> None:
    for k in range(2, 80):
        assert (rho - rho**k) ** 2 <= rho / 2 * 2 * rho * (1 - rho ** (k - 1))


def remainders(encoder: Known, count: int = 400_000) -> np.ndarray:
    """`‖r - ξ‖²` of each pair, for encoders whose `Q` is 1."""
    z, z_next = latents(encoder.dim, encoder.rho, count, 0)
    scale = sqrt(1 - encoder.rho**2)
    r = (encoder.encode(z_next) - encoder.rho * encoder.encode(z)) / scale
    xi = (z_next - encoder.rho * z) / scale
    return torch.linalg.vector_norm(r - xi, dim=1).square().numpy()


@pytest.mark.parametrize("encoder", [quadratic(3, 0.9, 0.3), quadratic(2, 0.5, 0.2)])
def test_the_remainder_of_a_quadratic_encoder(encoder: Known) -> None:
    """Energy `e = a² / (1 + a²)` a coordinate in degree 2, and the factor `√(1 - e)` in degree 1."""
    rho, e = encoder.rho, encoder.excess / encoder.dim
    exact = encoder.dim * ((1 - sqrt(1 - e)) ** 2 + e * (1 + rho**2 - 2 * rho**3) / (1 - rho**2))
    measured = remainders(encoder)
    assert measured.mean() == pytest.approx(exact, abs=5 * measured.std() / sqrt(len(measured)))
    assert exact <= remainder_bound(encoder.excess, encoder.epsilon, rho)


@pytest.mark.parametrize("encoder", [worst(2, 0.9), cubic(2, 0.8), worst(2, 0.3, 0.2, 0.05)])
def test_the_remainder_is_bounded(encoder: Known) -> None:
    measured = remainders(encoder)
    error = measured.std() / sqrt(len(measured))
    assert measured.mean() - 5 * error <= remainder_bound(encoder.excess, encoder.epsilon, encoder.rho)


def test_the_linear_part_in_a_direction_and_in_all() -> None:
    """Random linear parts near to orthogonal ones, and random covariances of the rest, by their singular values."""
    rng = np.random.default_rng(0)
    tight, loose = np.inf, 0.0
    for _ in range(2000):
        n = int(rng.integers(1, 6))
        a = np.linalg.qr(rng.standard_normal((n, n))).Q + rng.uniform(0, 0.2) * rng.standard_normal((n, n))
        root = rng.uniform(0, 0.3) * rng.standard_normal((n, n))
        rest = root @ root.T
        left, _, right = np.linalg.svd(a)
        off = a - left @ right
        c = a @ a.T + rest
        u = rng.standard_normal(n)
        u /= np.linalg.norm(u)
        excess, direction = np.trace(rest), u @ rest @ u
        allowed = along(excess, direction, float(np.linalg.norm((c - np.eye(n)) @ u)))
        assert np.sum((off.T @ u) ** 2) <= allowed * (1 + 1e-9)
        everything = linear_part(excess, float(np.linalg.norm(c - np.eye(n))))
        assert np.sum(off**2) <= everything * (1 + 1e-9) + 1e-15
        tight = min(tight, everything / max(np.sum(off**2), 1e-9))
        loose = max(loose, np.sum((off.T @ u) ** 2) / allowed)
    assert tight < 1.1
    assert loose > 0.25


@pytest.mark.parametrize(
    ("excess", "epsilon", "rho"), [(0.02, 0.1, 0.9), (0.3, 0.2, 0.5), (0.5, 2.0, 0.1), (0.0, 0.36, 0.9)]
)
def test_bounds_by_their_terms(excess: float, epsilon: float, rho: float) -> None:
    """`s² + κ D`, with `s = δ / (1 + √(1 - δ)₊)`; in one direction `(|(C - 1) u| + √(D D_u))²`."""
    delta = excess + epsilon
    s = delta / (1 + sqrt(max(1 - delta, 0)))
    assert linear_part(excess, epsilon) == pytest.approx(s * s)
    assert remainder_bound(excess, epsilon, rho) == pytest.approx(s * s + (1 + rho + 2 * rho**2) / (1 + rho) * excess)
    assert along(excess, 0.5 * excess, epsilon) == pytest.approx((epsilon + excess * sqrt(0.5)) ** 2)


def test_an_excess_below_0_leaves_the_linear_part_alone() -> None:
    """The bound counts it as 0."""
    assert linear_part(-0.5, 0.36) == pytest.approx(linear_part(0, 0.36)) == pytest.approx(0.04)
