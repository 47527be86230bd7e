"""Lower bounds of transport distances, against distances in closed form."""

from math import pi, sqrt

import numpy as np
import pytest
from lejepa.certification.transport import STEP, Chi, Law, Normal, cells, fit, mean_of, place, tally
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


@pytest.mark.parametrize("law", [Normal(), Chi(1), Chi(5)], ids=["normal", "chi 1", "chi 5"])
def test_grids_and_places(law: Law) -> None:
    """Steps of 1/32, from -8 to 8, or from 0 to 8 beyond the root of the dimension; the last may go beyond."""
    low, high = (-8.0, 8.0) if isinstance(law, Normal) else (0.0, sqrt(law.square) + 8)
    assert (law.low, law.high, STEP) == (low, high, 1 / 32)
    size = cells(law)
    assert (size - 1) / 32 < high - low <= size / 32
    x = np.array([low - 3, low, low + 0.031, low + 0.032, low + 1.001, high - 0.02, high + 1])
    expected = [min(max(int(np.floor((v - low) * 32)), 0), size - 1) for v in x]
    assert place(x, law).tolist() == expected
    both = tally(np.stack((x, x[::-1]), 1), law)
    assert both.shape == (2, size)
    assert both.dtype == np.float64
    np.testing.assert_array_equal(both, np.tile(np.bincount(expected, minlength=size), (2, 1)))


def knots(counts: np.ndarray, law: Law) -> list[float]:
    """`c` on the grid, cell by cell."""
    total, below, slopes = counts.sum(), 0.0, []
    filled = [k for k, c in enumerate(counts) if c]
    for k, c in enumerate(counts):
        if not total:
            slopes.append(law.low + STEP * (k + 0.5))
            continue
        p = min(max((below + c / 2) / total, 0.5 / total), 1 - 0.5 / total)
        below += c
        beyond = k - min(max(k, filled[0]), filled[-1])
        slopes.append(float(law.quantile(np.array(p))) + beyond * STEP)
    return [0.0, *np.cumsum(slopes) * STEP]


@pytest.mark.parametrize("law", [Normal(), Chi(2)], ids=["normal", "chi"])
@pytest.mark.parametrize("count", [0, 1, 7, 300])
def test_potentials_cell_by_cell(law: Law, count: int) -> None:
    """Their values `x² - 2 c(x)` between knots, and beyond the grid as at its ends."""
    x = law.low + 1 + 3 * np.random.default_rng(count).random((count, 1))
    counts = tally(x, law) if count else np.zeros((1, cells(law)))
    potential = fit(np.vstack((counts, 2 * counts)), law)
    expected = knots(counts[0], law)
    np.testing.assert_allclose(potential.knots[0], expected, atol=1e-12)
    if count != 1:  # half a row is another share of one row and of two
        assert potential.knots.shape == (2, cells(law) + 1)
    at = np.array([law.low - 1, law.low, law.low + 0.7, law.low + 3.21, law.high - 1e-9, law.high, law.high + 5])
    inside = np.clip(at, law.low, law.high)
    grid = law.low + STEP * np.arange(cells(law) + 1)
    values = inside**2 - 2 * np.interp(inside, grid, expected) + potential.constant[0]
    np.testing.assert_allclose(potential(at, 0), values, atol=1e-9)
    np.testing.assert_allclose(potential(at, np.zeros(7, dtype=np.int64)), values, atol=1e-9)


@pytest.mark.parametrize("law", [Normal(), Chi(3)], ids=["normal", "chi"])
def test_constants_are_sums_over_the_slopes_of_a_potential(law: Law) -> None:
    """`𝔼 [Y² - 2 max_x (x Y - c(x))]`, by quadrature between the places where the greatest knot changes."""
    x = law.low + 2 + 2 * np.random.default_rng(1).random((40, 1))
    potential = fit(tally(x, law), law)
    grid = law.low + STEP * np.arange(cells(law) + 1)
    slopes = np.diff(potential.knots[0]) / STEP
    reference = stats.norm if isinstance(law, Normal) else stats.chi(3)
    edges = np.concatenate(([-np.inf], slopes, [np.inf]))
    total = 0.0
    for knot, value, low, high in zip(grid, potential.knots[0], edges[:-1], edges[1:], strict=True):
        if high > low:
            mass = reference.cdf(high) - reference.cdf(low)
            mean = law.mean_below(np.array([high]))[0] - law.mean_below(np.array([low]))[0] if mass else 0.0
            total += knot * mean - value * mass
    assert potential.constant[0] == pytest.approx(law.square - 2 * total, abs=1e-9)


def test_the_law_of_a_gaussian() -> None:
    y = np.array([-np.inf, -1.5, 0.0, 2.0, np.inf])
    np.testing.assert_allclose(Normal().below(y), stats.norm.cdf(y))
    np.testing.assert_allclose(Normal().mean_below(y), -stats.norm.pdf(y), atol=1e-15)
    np.testing.assert_allclose(Normal().quantile(np.array([0.1, 0.9])), stats.norm.ppf([0.1, 0.9]))
    assert (Normal().square, Chi(7).square, Chi(7).dim) == (1.0, 7.0, 7)
    assert Chi(3).mean_below(np.array([-1.0]))[0] == Chi(3).below(np.array([-1.0]))[0] == 0
    assert mean_of(Chi(3)) == pytest.approx(stats.chi(3).mean())
    assert mean_of(Normal()) == pytest.approx(0, abs=1e-15)


@pytest.mark.filterwarnings("error")
def test_numbers_that_no_cell_could_be_counted_for_lie_at_the_ends() -> None:
    assert place(np.array([-1e300, -1e20, 1e20, 1e300]), Normal()).tolist() == [0, 0, 511, 511]
