"""Lower bounds of transport distances, against distances in closed form."""

from math import pi, sqrt

import numpy as np
import pytest
from lejepa.certification.transport import STEP, Chi, Law, Normal, cells, fit, tally
from scipy import integrate, stats

ROWS = 400_000
LEVELS = (np.arange(ROWS) + 0.5) / ROWS
GAUSSIAN = stats.norm.ppf(LEVELS)

# samples of equal steps in probability, and W₂² to the standard Gaussian
KNOWN = {
    "itself": (GAUSSIAN, 0.0),
    "half as wide": (GAUSSIAN / 2, 0.25),
    "moved": (GAUSSIAN + 0.3, 0.09),
    "uniform": (sqrt(12) * (LEVELS - 0.5), 2 - 2 * sqrt(3 / pi)),
    "two points": (np.sign(GAUSSIAN), 2 - 2 * sqrt(2 / pi)),
    "a point": (np.zeros(ROWS), 1.0),
}
GRID = STEP**2 / 6  # twice what the grid costs a law with a density


@pytest.mark.parametrize("name", KNOWN)
def test_the_bound_is_the_distance_to_a_gaussian(name: str) -> None:
    x, exact = KNOWN[name]
    found = fit(tally(x[:, None], Normal()), Normal())(x, 0).mean()
    atoms = STEP * sqrt(2 / pi) if name in ("two points", "a point") else 0
    assert exact - GRID - atoms - 1e-4 < found < exact + 1e-5


def test_a_circle_lies_at_the_distance_that_its_radius_says() -> None:
    """All points at √2: `𝔼 (√2 - R)² = 4 - 2 √π`, R of Rayleigh's law."""
    x = np.full(1000, sqrt(2))
    found = fit(tally(x[:, None], Chi(2)), Chi(2))(x, 0).mean()
    deviation = stats.rayleigh.expect(lambda r: abs(r - sqrt(2)))
    assert 4 - 2 * sqrt(pi) - STEP * deviation - GRID - 1e-4 < found < 4 - 2 * sqrt(pi)


@pytest.mark.parametrize("chosen", KNOWN)
@pytest.mark.parametrize("looked", KNOWN)
def test_no_potential_bounds_more_than_the_distance(chosen: str, looked: str) -> None:
    """Whatever sample it was fitted to. Where it was fitted to another, it bounds less than the distance."""
    x, exact = KNOWN[looked]
    assert fit(tally(KNOWN[chosen][0][:, None], Normal()), Normal())(x, 0).mean() < exact + 1e-5


@pytest.mark.parametrize("law", [Normal(), Chi(1), Chi(5)], ids=["normal", "chi 1", "chi 5"])
def test_constants_are_integrals_of_conjugates(law: Law) -> None:
    """`𝔼 [Y² - 2 c*(Y)]`, the conjugate as the greatest `x y - c(x)` over the knots."""
    rng = np.random.default_rng(0)
    x = law.low + (law.high - law.low) * rng.beta(2, 3, (300, 1))
    potential = fit(tally(x, law), law)
    knots = law.low + STEP * np.arange(cells(law) + 1)
    reference = stats.norm if isinstance(law, Normal) else stats.chi(round(law.square))

    def integrand(y: float) -> float:
        return float((y * y - 2 * np.max(knots * y - potential.knots[0])) * reference.pdf(y))

    points = np.linspace(law.low, law.high, 40_001)
    value = integrate.simpson([integrand(y) for y in points], x=points)
    assert potential.constant[0] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("dim", [1, 2, 7, 64])
def test_the_law_of_a_norm(dim: int) -> None:
    law, known = Chi(dim), stats.chi(dim)
    p = np.array([1e-4, 0.1, 0.5, 0.9, 1 - 1e-4])
    np.testing.assert_allclose(law.quantile(p), known.ppf(p), rtol=1e-9)
    y = known.ppf(p)
    np.testing.assert_allclose(law.below(y), p, rtol=1e-9)
    for end, value in zip(y, law.mean_below(y), strict=True):
        assert value == pytest.approx(integrate.quad(lambda t: t * known.pdf(t), 0, end)[0], rel=1e-6)
    assert law.square == known.moment(2)


def test_no_sample_bounds_nothing() -> None:
    potential = fit(np.zeros((1, cells(Normal()))), Normal())
    assert potential(GAUSSIAN, 0).mean() == pytest.approx(0, abs=GRID)


def test_values_beyond_the_grid_count_as_its_ends() -> None:
    potential = fit(tally(GAUSSIAN[:, None], Normal()), Normal())
    np.testing.assert_array_equal(potential(np.array([-50.0, 1e9]), 0), potential(np.array([-8.0, 8.0]), 0))


def test_each_row_may_have_a_potential_of_its_own() -> None:
    both = fit(np.concatenate([tally(KNOWN[k][0][:, None], Normal()) for k in ("moved", "two points")]), Normal())
    x = np.array([0.1, -2.0, 0.7])
    mixed = both(x, np.array([1, 0, 1]))
    assert mixed.tolist() == [both(x, 1)[0], both(x, 0)[1], both(x, 1)[2]]
