"""The pairs as tests see them, and the tests of every encoder, by sums over rows."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
from lejepa.certification import outcome, strict, worlds
from lejepa.certification.intervals import MeanEstimate
from lejepa.certification.outcome import Assumption
from lejepa.certification.sample import Drawn
from lejepa.certification.view import View, one_sided, waves
from scipy import stats

COUNT, BLOCKS = 607, 20


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def view(h0: np.ndarray, h1: np.ndarray, blocks: int = BLOCKS, whole: bool = True) -> View:
    return View.of(Drawn(np.arange(len(h0)), h0, h1, ((h0, h1),), whole), blocks)


def plain(dim: int = 2, count: int = COUNT) -> View:
    h0, h1 = worlds.ornstein_uhlenbeck(count, dim, 0.9, rng())
    return view(h0 * np.arange(1, dim + 1) + 5, h1 * np.arange(1, dim + 1) + 6)


def test_pairs_are_centred_together_and_cut_into_equal_blocks() -> None:
    h0, h1 = rng().standard_normal((2, COUNT, 2)) + 3
    for whole in (True, False):
        v = view(h0, h1, whole=whole)
        centre = np.concatenate((h0, h1)).mean(0)
        np.testing.assert_allclose(v.h0, h0 - centre)
        np.testing.assert_allclose(v.h1, h1 - centre)
        assert v.starts.tolist() == [k * COUNT // BLOCKS for k in range(BLOCKS)]
        assert v.sizes.tolist() == [(k + 1) * COUNT // BLOCKS - k * COUNT // BLOCKS for k in range(BLOCKS)]
        assert (v.count, v.dim, v.whole, v.first) == (COUNT, 2, whole, 6)
        assert v.parts == (slice(0, 182), slice(182, COUNT))


def estimate(means: list[float], sizes: list[int]) -> tuple[float, float]:
    """Mean and error by leaving out one block after the other, each for its share (Busing et al. 1999)."""
    total = sum(sizes)
    mean = sum(m * s for m, s in zip(means, sizes, strict=True)) / total
    squares = [(m - mean) ** 2 * (s / total) / (1 - s / total) for m, s in zip(means, sizes, strict=True)]
    return mean, sqrt(sum(squares) / len(sizes))


def test_means_of_all_rows_and_of_those_that_are_looked_at() -> None:
    v, values = plain(), rng(3).standard_normal((COUNT, 2))
    ends = [*v.starts[1:], COUNT]
    blocks = [values[a:b] for a, b in zip(v.starts, ends, strict=True)]
    np.testing.assert_allclose(v.block_means(values), [b.mean(0) for b in blocks])
    np.testing.assert_allclose(v.block_means(values[:, 0]), [b[:, 0].mean() for b in blocks])
    for found, part in ((v.mean(values[:, 0]), blocks), (v.looked(values[182:, 0]), blocks[6:])):
        expected = estimate([b[:, 0].mean() for b in part], [len(b) for b in part])
        assert (found.value, found.error) == pytest.approx(expected)
        assert found.degrees == len(part) - 1


def explicit(x: np.ndarray) -> np.ndarray:
    """Of coordinates in units of their deviation, row by row."""
    rows = []
    for row in x:
        places = [*row, sqrt(2) * (sqrt(sum(v * v for v in row)) - sqrt(len(row)))] if len(row) > 1 else list(row)
        rows.append([
            *places,
            *(np.sin(v) for v in places), *(np.cos(v) for v in places),
            *(np.sin(2 * v) for v in places), *(np.cos(2 * v) + 1 for v in places),
        ])  # fmt: skip
    return np.array(rows)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_waves_of_coordinates_and_of_the_distance_from_the_centre(dim: int) -> None:
    h, scale = rng().standard_normal((30, dim)), np.arange(1.0, dim + 1)
    np.testing.assert_allclose(waves(h, scale), explicit(h / scale), atol=1e-12)


@pytest.mark.parametrize(("dim", "kept"), [(1, 1), (2, 2), (16, 16), (17, 16)])
def test_functions_are_waves_made_white_together(dim: int, kept: int) -> None:
    v = plain(dim, 900)
    scale = np.sqrt((v.h0**2 + v.h1**2).mean(0) / 2)[:kept]
    np.testing.assert_allclose(v.scale, scale)
    both = explicit(np.concatenate((v.h0, v.h1))[:, :kept] / scale)
    both -= both.mean(0)
    values, vectors = np.linalg.eigh(both.T @ both / len(both))
    white = both @ (vectors[:, values > 1e-6 * values[-1]] / np.sqrt(values[values > 1e-6 * values[-1]]))
    f0, f1 = v.functions
    assert f0.shape[1] == white.shape[1]
    signs = np.sign((f0 * white[:900]).sum(0))
    np.testing.assert_allclose(f0 * signs, white[:900], atol=1e-6)
    np.testing.assert_allclose(f1 * signs, white[900:], atol=1e-6)


@pytest.mark.parametrize("apart", np.geomspace(5e-4, 5e-3, 12))
def test_functions_that_hardly_vary_are_left_out(apart: float) -> None:
    """Two coordinates that are nearly one, by eigenvalues below a millionth of the greatest."""
    h0, h1 = worlds.ornstein_uhlenbeck(400, 1, 0.5, rng())
    noise = apart * rng(1).standard_normal((2, 400, 1))
    v = view(np.hstack((h0, h0 + noise[0])), np.hstack((h1, h1 + noise[1])))
    both = waves(np.concatenate((v.h0, v.h1)), v.scale)
    values = np.linalg.eigvalsh(np.cov(both.T, bias=True))
    assert v.functions[0].shape[1] == (values > 1e-6 * values[-1]).sum()


def test_a_coordinate_that_stands_still_has_the_scale_1() -> None:
    h = rng().standard_normal((100, 2)) * [2, 0]
    v = view(h, h)
    assert v.scale.tolist() == [pytest.approx(h[:, 0].std()), 1.0]
    assert np.isfinite(v.functions[0]).all()


@pytest.mark.parametrize(
    ("value", "error", "p"), [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (-1.0, 0.0, 1.0), (0.6, 0.3, stats.t.sf(2, 7)),
                              (-0.6, 0.3, stats.t.sf(-2, 7))]
)  # fmt: skip
def test_the_p_value_of_a_mean_of_0_or_less(value: float, error: float, p: float) -> None:
    assert one_sided(MeanEstimate(value, error, 7)) == pytest.approx(p)


def p_value(v: View, values: list[float]) -> float:
    """Of the rows that are looked at."""
    blocks = np.split(np.array(values), v.starts[v.first + 1 :] - v.parts[1].start)
    mean, error = estimate([b.mean() for b in blocks], [len(b) for b in blocks])
    return float(stats.t.sf(mean / error, len(blocks) - 1))


Told = tuple[str, float, float, str]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict, "strict", lambda name, p, alpha, holds, broken: (name, p, alpha, broken))


def case(kind: str) -> View:
    """Slow rows, of which some are moved, or turned, or swing."""
    h0, h1 = worlds.ornstein_uhlenbeck(COUNT, 2, 0.98, rng())
    turn = np.array([[0.995, 0.0998], [-0.0998, 0.995]])
    return view(h0, {"moved": h1 + 0.05, "turned": h1 @ turn, "swings": -h1, "plain": h1}[kind])


CASES = ("plain", "moved", "turned", "swings")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("kind", CASES)
def test_stationarity_by_the_best_linear_contrast(kind: str) -> None:
    v = case(kind)
    f0, f1 = v.functions
    apart = f1 - f0
    part, looked = apart[:182], apart[182:]
    second = sum(np.outer(x, x) for x in part) / len(part)
    ridge = 1e-6 * np.mean(np.diag(second))
    weights = np.linalg.inv(second + ridge * np.eye(len(second))) @ part.mean(0)
    found: Any = strict.stationarity(v, 0.01)
    assert found[:3] == (
        "stationarity",
        pytest.approx(p_value(v, [float(x @ weights) for x in looked]), rel=1e-7),
        0.01,
    )


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("kind", CASES)
def test_reversibility_by_all_products(kind: str) -> None:
    v = case(kind)
    f0, f1 = v.functions
    swap = sum(np.outer(a, b) - np.outer(b, a) for a, b in zip(f0[:182], f1[:182], strict=True)) / 182
    values = [float(a @ swap @ b) for a, b in zip(f0[182:], f1[182:], strict=True)]
    found: Any = strict.reversibility(v, 0.02)
    assert found[:3] == ("reversibility", pytest.approx(p_value(v, values)), 0.02)
    np.testing.assert_allclose(np.mean(values), np.einsum("ij,ri,rj->", swap, f0[182:], f1[182:]) / len(values))


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("tail", [1.0, 1e-12])
def test_correlation_by_the_most_and_the_least_correlated_functions(kind: str, tail: float) -> None:
    v, rho = case(kind), 0.97
    f0, f1 = v.functions
    lagged = sum(np.outer(a, b) + np.outer(b, a) for a, b in zip(f0[:182], f1[:182], strict=True))
    vectors = np.linalg.eigh(lagged).eigenvectors
    least, most = vectors[:, 0], vectors[:, -1]
    under = [-float((a @ least) * (b @ least)) for a, b in zip(f0[182:], f1[182:], strict=True)]
    over = [
        float((a @ most) * (b @ most) - rho * ((a @ most) ** 2 + (b @ most) ** 2) / 2)
        for a, b in zip(f0[182:], f1[182:], strict=True)
    ]
    tails = p_value(v, over), p_value(v, under), tail
    name, p, alpha, broken = strict.correlation(v, rho, tail, 0.03)  # type: ignore[misc]
    assert (name, p, alpha) == ("correlation", pytest.approx(min(1, 3 * min(tails))), 0.03)
    assert ("negatively" in broken) == (min(tails) == tails[1])


@pytest.mark.parametrize(("p", "verdict"), [(0.01, "consistent"), (0.0099, "violated")])
def test_what_is_strict_is_violated_below_its_level(p: float, verdict: str) -> None:
    expected = Assumption(name="n", p_value=p, verdict=verdict, finding="b" if verdict == "violated" else "h")  # type: ignore[arg-type]
    assert outcome.strict("n", p, 0.01, "h", "b") == expected
