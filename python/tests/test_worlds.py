"""The worlds that certificates are tried on are what they are said to be, by moments in closed form."""

from math import pi, sqrt

import numpy as np
import pytest
from lejepa.certification import study, worlds
from lejepa.certification.known import turned_correlation
from scipy import linalg, optimize, stats

COUNT = 200_000
LINEAR = ("circle", "jumps", "uniform latents", "Laplace latents", "bimodal latents", "heteroscedastic noise")
NAMES = [w.name for w in study.FALSE if "lag" not in w.name and "estimated" not in w.name]


def pairs(name: str) -> tuple[np.ndarray, np.ndarray, float]:
    world = next(w for w in study.FALSE if w.name == name)
    assert world.rho is not None
    return *world.pairs(COUNT, np.random.default_rng(11)), world.rho


def near(values: np.ndarray, exact: float) -> None:
    """The mean of independent values, within five standard errors."""
    assert abs(values.mean() - exact) < 5 * values.std() / sqrt(len(values)) + 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_false_worlds_are_standard_and_correlated_as_told(name: str) -> None:
    h0, h1, rho = pairs(name)
    for a, b in zip(h0.T, h1.T, strict=True):
        near(a, 0)
        near(b, 0)
        near(a**2, 1)
        near(b**2, 1)
        if "turned" not in name:
            near(a * b, rho)
        near(a * b**2 - b * a**2, 0)
        near(a**3 * b - b**3 * a, 0)
        near(np.sin(2 * a) * b - np.sin(2 * b) * a, 0)
    if h0.shape[1] > 1:
        near(h0[:, 0] * h1[:, 1], 0)


@pytest.mark.parametrize("name", LINEAR)
def test_their_conditional_means_are_linear(name: str) -> None:
    h0, h1, rho = pairs(name)
    for a, b in zip(h0.T, h1.T, strict=True):
        for q in (np.sin(a), a**3, np.cos(2 * a), np.abs(a)):
            near((b - rho * a) * q, 0)


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("uniform latents", stats.uniform(-sqrt(3), 2 * sqrt(3))),
        ("Laplace latents", stats.laplace(scale=sqrt(0.5))),
        ("bimodal latents", stats.beta(0.25, 0.25, loc=-sqrt(1.5), scale=2 * sqrt(1.5))),
        ("jumps", stats.norm),
        ("jumps turned by π |z|", stats.norm),
        ("heteroscedastic noise", stats.norm),
    ],
)
def test_their_laws(name: str, law: stats.rv_continuous) -> None:
    h0, h1, _ = pairs(name)
    for x in (*h0.T, *h1.T):
        assert stats.kstest(x, law.cdf).pvalue > 1e-7


def test_the_double_well_has_the_law_of_its_potential() -> None:
    h0, _, _ = pairs("double well")
    x = np.linspace(-2.2, 2.2, 20_001)
    weight = np.exp(-2 * (x**2 - 1) ** 2)
    weight /= weight.sum()
    scale = sqrt(weight @ x**2)
    for power in (4, 6):
        near(h0[:, 0] ** power, float(weight @ (x / scale) ** power) * (1 + 2e-3 / power))


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_heteroscedastic_noise_is_greater_where_the_last_coordinate_s_product_is(rho: float) -> None:
    """Correlations `ρ ± .8 (1 - ρ)` and variances `1 - r²`, on either side of the median."""
    h0, h1 = worlds.heteroscedastic(COUNT, 3, rho, np.random.default_rng(2))
    product = np.abs(h0[:, -1] * h1[:, -1])
    loud = product > np.median(product)
    near(h0[:, -1] * h1[:, -1], rho)
    for side, r in ((loud, rho - 0.8 * (1 - rho)), (~loud, rho + 0.8 * (1 - rho))):
        for a, b in zip(h0[side, :-1].T, h1[side, :-1].T, strict=True):
            near(a * b, r)
            near(b**2, 1)
            near((b - r * a) * a**3, 0)
        near(h1[side, 0] * h1[side, 1], 0)


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_a_chain_is_stationary_and_follows_itself(rho: float) -> None:
    h0, h1 = worlds.chain(COUNT, 2, rho, np.random.default_rng(0))
    assert (h0[1:] == h1[:-1]).all()
    worth = COUNT * (1 - rho) / (1 + rho)
    assert np.mean(h0**2) == pytest.approx(1, abs=5 * sqrt(2 / worth))
    assert np.mean(h0 * h1) == pytest.approx(rho, abs=5 * sqrt(2 / worth))
    many = [worlds.chain(1, 1, rho, np.random.default_rng(s))[0][0, 0] for s in range(500)]
    assert stats.kstest(many, "norm").pvalue > 1e-6


def test_the_distance_of_turned_latents() -> None:
    """`𝔼 hᵀ R(t) z` is greatest over angles `t` at the closed form; measured by the singular values of `𝔼 h zᵀ`."""
    z = np.random.default_rng(0).standard_normal((COUNT, 2))
    values = np.linalg.svd(worlds.turned(z).T @ z / COUNT, compute_uv=False)
    assert values.sum() == pytest.approx(turned_correlation(), abs=5 * 2 / sqrt(COUNT) * 2)
    np.testing.assert_allclose(np.linalg.norm(worlds.turned(z), axis=1), np.linalg.norm(z, axis=1))
    assert worlds.turned(np.array([[1.0, 0.0]])) == pytest.approx(np.array([[-1.0, 0.0]]))
    assert turned_correlation(0) == pytest.approx(2)
    assert turned_correlation(pi) < 0.5


def test_shuffled_trajectories_are_the_same_rows() -> None:
    rng = [np.random.default_rng(3) for _ in range(2)]
    h0, h1 = worlds.trajectories(200, 20, 2, 0.9, rng[0])
    m0, m1 = study.shuffled(study.trajectories(20, 2))(200, rng[1])
    order = np.lexsort(h0.T)
    mixed = np.lexsort(m0.T)
    np.testing.assert_array_equal(np.hstack((h0, h1))[order], np.hstack((m0, m1))[mixed])


POTENTIALS = {
    "double well": (2.2, lambda x: 2 * (x * x - 1) ** 2),
    "quartic": (2.4, lambda x: x**4),
    "slope": (9.0, lambda x: 2 * abs(x)),
}


@pytest.mark.parametrize("name", POTENTIALS)
def test_a_diffusion_on_a_grid_is_the_exponential_of_its_rates(name: str) -> None:
    """Rates `√(w_j / w_i)` between neighbours, at the time at which the place is correlated by `ρ`."""
    half, potential = POTENTIALS[name]
    x = np.array([-half + 2 * half * k / 400 for k in range(401)])
    weight = np.array([np.exp(-potential(v)) for v in x])
    weight /= weight.sum()
    up = np.array([sqrt(weight[i + 1] / weight[i]) for i in range(400)])
    leaving = np.array([(up[i] if i < 400 else 0) + (1 / up[i - 1] if i else 0) for i in range(401)])
    values, vectors = linalg.eigh_tridiagonal(-leaving, np.ones(400))  # of rates made symmetric by the root of the law
    root = np.sqrt(weight)
    loading = (vectors.T @ (root * x)) ** 2 / (weight @ x**2)
    time = optimize.brentq(lambda t: loading @ np.exp(values * t) - 0.9, 0, 1e5, xtol=1e-9, rtol=1e-14)
    expected = (vectors * np.exp(values * time)) @ vectors.T * root / root[:, None]
    places, cumulative, rows = worlds.diffusion(name, 0.9)
    np.testing.assert_allclose(places, x / sqrt(weight @ x**2), atol=1e-9)
    np.testing.assert_allclose(cumulative, np.cumsum(weight))
    likely = weight > 1e-9  # of the others rounding decides
    np.testing.assert_allclose(np.diff(rows, axis=1, prepend=0)[likely], expected[likely], atol=1e-6)
    assert weight @ (places * (np.diff(rows, axis=1, prepend=0) @ places)) == pytest.approx(0.9, abs=1e-6)


def test_places_of_a_diffusion_are_uniform_within_a_step() -> None:
    a, b = worlds.on_a_line(50_000, 2, 0.9, "quartic", np.random.default_rng(0))
    x, cumulative, rows = worlds.diffusion("quartic", 0.9)
    step = x[1] - x[0]
    assert a.shape == b.shape == (50_000, 2)
    i, j = (np.rint((h.ravel() - x[0]) / step).astype(int) for h in (a, b))
    assert stats.kstest((a.ravel() - x[i]) / step, stats.uniform(-0.5, 1).cdf).pvalue > 1e-6
    expected = np.diff(cumulative, prepend=0)
    for k in (100, 200, 300):  # the law, and the step from there
        near((i == k).astype(float), expected[k])
        near(j[i == k].astype(float), float(np.diff(rows[k], prepend=0) @ np.arange(401)))
