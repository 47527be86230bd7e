"""Latents made white, and that nothing measured depends on the affine scale that they come in; against NumPy."""

from collections.abc import Callable
from itertools import product
from math import factorial, sqrt
from typing import Any

import numpy as np
import objective_formulas as formulas
import pytest
import torch
from lejepa import Measures, measure
from lejepa.certification.known import latents
from lejepa.errors import UserError
from lejepa.measures.record import Recovery
from lejepa.measures.regression import orthogonality, span
from lejepa.measures.white import white_alignment, whitened
from numpy.polynomial.hermite_e import hermeval
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RHO, COUNT = 0.8, 400
REPEATS, PAIRS = 200, 1_000
RNG = np.random.default_rng(0)
ROTATION = np.linalg.qr(RNG.standard_normal((3, 3)))[0]
SHEAR = np.array([[1.0, 0.999, 0.0], [0.0, 0.05, 0.0], [2.0, -1.0, 1e3]])

# What is added loses digits of what varies: of 1e-4 at 1e4 eight are left.
SCALES: dict[str, tuple[Callable[[Floats], Floats], float]] = {
    "5 z + 3": (lambda z: 5 * z + 3, 1e-9),
    "reflected": (lambda z: -z, 1e-9),
    "rotated": (lambda z: z @ ROTATION, 1e-9),
    "1e-4 z + 1e4": (lambda z: 1e-4 * z + 1e4, 1e-6),
    "1e150 z": (lambda z: 1e150 * z, 1e-9),
    "a unit a coordinate": (lambda z: z * np.array([1e-9, 1.0, 1e9]) - np.array([1e-9, 7.0, 0.0]), 1e-9),
    "correlated": (lambda z: z @ SHEAR + np.array([0.0, 100.0, -1e3]), 1e-8),
    "correlated, small and far": (lambda z: 1e-4 * z @ SHEAR + 1e4, 1e-4),
}


def bent(z: torch.Tensor) -> torch.Tensor:
    """Degrees 0 to 3, of different weights a coordinate."""
    x, y, w = z.T
    return torch.stack((x + 0.3 * (x * y), 2 * y - 0.2 * (w**3 - 3 * w) + 1, 0.5 * w + 0.4 * (x**2 - 1)), 1)


def white(z: Floats) -> Floats:
    """By the Cholesky factor of the covariance: another rotation than the code's."""
    centred = z - z.mean(0)
    white: Floats = np.linalg.solve(np.linalg.cholesky(np.cov(z.T, bias=True)), centred.T).T
    return white


def energy(z: Floats, h: Floats, degree: int) -> list[float]:
    """The weight of each degree in white latents, less what sampling adds, and that of the rest."""
    count, n = z.shape
    affine = np.hstack((np.ones((count, 1)), z))
    linear = np.linalg.lstsq(affine, h, rcond=None)[0]
    rest = h - affine @ linear
    weights, above = np.zeros(degree + 1), (rest**2).sum(1).mean()
    for alpha in product(range(degree + 1), repeat=n):
        k = sum(alpha)
        if k > degree:
            continue
        p = np.prod([hermeval(z[:, i], np.eye(a + 1)[a]) / sqrt(factorial(a)) for i, a in enumerate(alpha)], axis=0)
        terms = rest * p[:, None]
        noise = ((terms**2).mean(0) - terms.mean(0) ** 2) / (count - 1)
        fitted = linear[0] if k == 0 else linear[1 + alpha.index(1)] if k == 1 else 0
        weights[k] += ((terms.mean(0) + fitted) ** 2 - noise).sum()
    return [*weights, above - weights[2:].sum()]


def explained(x: Floats, y: Floats) -> float:
    """R² on ten contiguous folds, each predicted by the least squares of the others."""
    left = spread = 0.0
    for fold in np.array_split(np.arange(len(x)), 10):
        others = np.setdiff1d(np.arange(len(x)), fold)
        fit = np.linalg.lstsq(np.c_[np.ones(len(others)), x[others]], y[others], rcond=None)[0]
        left += ((y[fold] - np.c_[np.ones(len(fold)), x[fold]] @ fit) ** 2).sum()
        spread += ((y[fold] - y[others].mean(0)) ** 2).sum()
    return float(1 - left / spread)


def distance(z: Floats, h: Floats) -> float:
    """To the nearest rotation, fitted to the other halves and quarters, and extrapolated, less the whitening's bias."""
    a, scored = h - h.mean(0), {}
    for parts in (2, 4):
        found = []
        for part in np.array_split(np.arange(len(z)), parts):
            others = np.setdiff1d(np.arange(len(z)), part)
            u, _, vt = np.linalg.svd(a[others].T @ z[others])
            found.append(((a[part] - z[part] @ (u @ vt).T) ** 2).sum(1))
        scored[parts] = np.concatenate(found).mean()
    return float((3 * scored[4] - 2 * scored[2]) * len(z) / (len(z) - 1)) - bias_of_whitening(z, a)


def bias_of_whitening(z: Floats, h: Floats) -> float:
    """Half the second differences of the squared distance, as each row moves the moments by itself.

    The rotation is the best for the latents as they are whitened, and not for the rows' own noise.
    """
    count, dim = z.shape
    cross, step, rows = h.T @ z / count, 1e-3, []
    for x, y in zip(z, h, strict=True):
        values = []
        for t in (-step, 0.0, step):
            values_of, vectors = np.linalg.eigh(np.eye(dim) + t * (np.outer(x, x) - np.eye(dim)))
            root = vectors / np.sqrt(values_of) @ vectors.T
            u, _, vt = np.linalg.svd(cross @ root)
            values.append(-2 * np.trace((u @ vt).T @ (cross + t * (np.outer(y, x) - cross)) @ root))
        rows.append((values[0] - 2 * values[1] + values[2]) / step**2)
    return float(np.mean(rows) / 2 / count)


@pytest.fixture(scope="module")
def pairs() -> tuple[torch.Tensor, torch.Tensor]:
    return latents(3, RHO, COUNT, 0)


@pytest.mark.parametrize("scale", SCALES)
def test_measures_are_those_of_numpy_in_any_affine_scale(pairs: tuple[torch.Tensor, ...], scale: str) -> None:
    z, z_next = pairs
    given, tolerance = SCALES[scale][0](z.numpy()), SCALES[scale][1]
    found = measure(bent, z, z_next, RHO, latents=given)
    plain, h = white(z.numpy()), bent(z).numpy()
    assert found.recovery is not None
    assert found.energy is not None
    assert found.recovery.r2_zh == pytest.approx(explained(plain, h), rel=tolerance)
    assert found.recovery.r2_hz == pytest.approx(explained(h, plain), rel=tolerance)
    assert found.recovery.distance == pytest.approx(distance(plain, h), rel=tolerance + 1e-6)
    degree = len(found.energy) - 2
    assert degree >= 3
    assert found.energy == pytest.approx(energy(plain, h, degree), rel=10 * tolerance, abs=10 * tolerance)


def test_every_number_is_the_same_in_any_affine_scale(pairs: tuple[torch.Tensor, ...]) -> None:
    def numbers(found: Measures) -> dict[str, Any]:
        dumped = found.model_dump()
        return dumped | {f"recovery {k}": v for k, v in dumped.pop("recovery").items()}

    z, z_next = pairs
    plain = numbers(measure(bent, z, z_next, RHO, latents=z))
    assert plain.keys() == (Measures.model_fields.keys() - {"recovery"}) | {
        f"recovery {k}" for k in Recovery.model_fields
    }
    for scale, (scaled, tolerance) in SCALES.items():
        found = numbers(measure(bent, z, z_next, RHO, latents=scaled(z.numpy())))
        assert found.keys() == plain.keys()
        for name, value in found.items():
            assert value == pytest.approx(plain[name], rel=10 * tolerance, abs=10 * tolerance), (scale, name)


def test_an_affine_encoder_has_degrees_0_and_1_alone(pairs: tuple[torch.Tensor, ...]) -> None:
    """`h = 2 z + 1`: the squared mean, the variance, and nothing above, exactly; of latents at 10⁴ in units of 10⁻⁴."""
    z, z_next = pairs
    found = measure(lambda x: 2 * x + 1, z, z_next, RHO, latents=1e-4 * z + 1e4)
    h = 2 * z.numpy() + 1
    assert found.energy is not None
    assert found.recovery is not None
    assert found.energy[:2] == pytest.approx([(h.mean(0) ** 2).sum(), h.var(0).sum()], rel=1e-7)
    assert found.energy[2:] == pytest.approx([0] * (len(found.energy) - 2), abs=1e-12)
    assert found.recovery.r2 == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("scale", SCALES)
def test_white_is_of_covariance_1_and_an_affine_image(pairs: tuple[torch.Tensor, ...], scale: str) -> None:
    z = pairs[0].numpy()
    made = whitened("z", torch.from_numpy(SCALES[scale][0](z))).numpy()
    np.testing.assert_allclose(made.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(np.cov(made.T, bias=True), np.eye(3), atol=1e-12)
    turn = np.linalg.lstsq(white(z), made, rcond=None)[0]
    np.testing.assert_allclose(white(z) @ turn, made, atol=100 * SCALES[scale][1])
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=100 * SCALES[scale][1])


def test_coordinates_that_are_uncorrelated_are_scaled_each_and_not_turned(pairs: tuple[torch.Tensor, ...]) -> None:
    z = white(pairs[0].numpy()) * np.array([3.0, 0.1, 7.0]) + np.array([0.0, -1.0, 10.0])
    expected = (z - z.mean(0)) / z.std(0)
    np.testing.assert_allclose(whitened("z", torch.from_numpy(z)).numpy(), expected, atol=1e-12)


def test_standard_latents_move_by_as_much_as_is_said() -> None:
    """`dim (dim + 1) / (4 count)`, as the mean of 200 samples."""
    dim, count = 3, 500
    moved = []
    for seed in range(200):
        z = np.random.default_rng(seed).standard_normal((count, dim))
        made = whitened("z", torch.from_numpy(z)).numpy()
        u, _, vt = np.linalg.svd((z - z.mean(0)).T @ made)
        moved.append(((z - z.mean(0) - made @ (u @ vt).T) ** 2).sum(1).mean())
    error = np.std(moved) / sqrt(len(moved))
    assert abs(np.mean(moved) - dim * (dim + 1) / (4 * count)) < 4 * error + 0.05 * dim * (dim + 1) / (4 * count)


SHARE = 0.2  # of the variance, that is quadratic


def encoders(dim: int) -> dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], float, float]]:
    """With the squared distance from the nearest rotation, and `‖AᵀA - 1‖`."""
    a = torch.randn(dim, dim, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    q, scales = torch.linalg.qr(a).Q, torch.linspace(0.5, 2, dim, dtype=torch.float64)
    far, off = float((scales - 1).square().sum()), float((scales.square() - 1).norm())
    bent = dim * (2 - 2 * sqrt(1 - SHARE))
    return {
        "z": (lambda z: z, 0, 0),
        "rotated": (lambda z: z @ q + 3, 0, 0),
        "2 z": (lambda z: 2 * z, dim, 3 * sqrt(dim)),
        "z / 2": (lambda z: z / 2, dim / 4, 0.75 * sqrt(dim)),
        "scaled and rotated": (lambda z: (z * scales) @ q, far, off),
        "quadratic": (lambda z: sqrt(1 - SHARE) * z + sqrt(SHARE / 2) * (z**2 - 1), bent, SHARE * sqrt(dim)),
    }


@pytest.mark.parametrize("dim", [2, 8])
@pytest.mark.parametrize("name", encoders(2))
def test_errors_are_the_spread_over_samples_that_are_whitened_each_by_itself(name: str, dim: int) -> None:
    """Without the covariance's own error, that of the orthogonality of `2 z` would be 0, and half of the distance's."""
    encoder, far, off = encoders(dim)[name]
    found = []
    for seed in range(REPEATS):
        z, z_next = latents(dim, RHO, PAIRS, seed)
        recovery = measure(encoder, z, z_next, RHO, latents=5 * z + 3, degree=1).recovery
        assert recovery is not None
        white = whitened("z", z)
        squared = orthogonality(span(white), encoder(z), white=True)
        orthogonal = (recovery.orthogonality, recovery.orthogonality_error) if off else (squared.square, squared.error)
        r2 = (recovery.r2_hz, recovery.r2_hz_error)
        found.append(((recovery.distance, recovery.distance_error), orthogonal, r2))
    values, errors = np.array(found).transpose(2, 1, 0)
    names = ("distance", "orthogonality", "R²")
    for what, value, error, truth in zip(names, values, errors, (far, off, None), strict=True):
        spread = value.std()
        if truth is not None:
            assert value.mean() == pytest.approx(truth, abs=3.5 * spread / sqrt(REPEATS)), what
        if spread < 1e-12:
            assert error.max() < 1e-12
            continue
        # at an orthogonal map the errors of two dimensions are too great, as a variance below 0 counts as 0;
        # and cubes of latents, which the orthogonality of squares depends on, have tails
        low, high = (0.9, 1.35) if not off else (0.75, 1.15) if name == "quadratic" else (0.87, 1.13)
        assert low < error.mean() / spread < high, what


def test_a_row_s_share_of_the_distance_s_error_is_that_of_leaving_it_out(pairs: tuple[torch.Tensor, ...]) -> None:
    """The jackknife, with the whitening done again without each row."""
    z = pairs[0].numpy()
    h = bent(pairs[0]).numpy()

    def far(rows: Floats, to: Floats) -> tuple[float, float, float]:
        w, x = white(rows), to - to.mean(0)
        cross = x.T @ w / len(w)
        a = np.linalg.lstsq(w, x, rcond=None)[0]
        left = np.linalg.lstsq(np.c_[np.ones(len(x)), x], w, rcond=None)[0]
        r2 = 1 - ((w - np.c_[np.ones(len(x)), x] @ left) ** 2).sum() / (w**2).sum()
        singular = np.linalg.svd(cross, compute_uv=False)
        return (x**2).sum() / len(x) + 3 - 2 * singular.sum(), float(np.linalg.norm(a @ a.T - np.eye(3))), r2

    left = np.array([far(np.delete(z, i, 0), np.delete(h, i, 0)) for i in range(COUNT)])
    spread = np.sqrt((COUNT - 1) * left.var(0))
    recovery = measure(bent, *pairs, RHO, latents=z, degree=1).recovery
    assert recovery is not None
    errors = (recovery.distance_error, recovery.orthogonality_error, recovery.r2_hz_error)
    assert errors == pytest.approx(spread, rel=0.1)


Z = torch.randn(40, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
SPREAD = Z * torch.tensor([1.0, 0.0], dtype=torch.float64)
FAULTS: dict[str, tuple[torch.Tensor, str]] = {
    "constant": (
        SPREAD + 7,
        "^z: expected coordinates that vary, found coordinate 1 constant up to 1e-12 of its greatest entry$",
    ),
    "constant but for rounding": (
        torch.stack((Z[:, 0], 1e4 + 1e-12 * Z[:, 1]), 1),
        "^z: expected coordinates that vary, found coordinate 1 constant up to 1e-12 of its greatest entry$",
    ),
    "lost in float32": (
        (1e4 + 1e-4 * Z).float(),
        "^z: expected coordinates that vary, found coordinate 0 constant up to 1e-12 of its greatest entry$",
    ),
    "repeated": (Z[:, :1].repeat(1, 2), "^z: expected coordinates that do not determine each other, found some"),
    "repeated in float32": (
        torch.cat((Z, Z @ torch.tensor([[0.3], [1.7]], dtype=torch.float64)), 1).float(),
        "^z: expected coordinates that do not determine each other, found some that do$",
    ),
    "few": (Z[:2], "^z: expected more rows than the 2 coordinates, found 2$"),
    "none": (Z[:0], "^z: expected more rows than the 2 coordinates, found 0$"),
    "nan": (torch.where(Z > 2, torch.nan, Z), "^z: expected finite numbers, found [1-9][0-9]* that are not$"),
    "infinity": (Z / 0, "^z: expected finite numbers, found 80 that are not$"),
    "one axis": (Z[:, 0], r"^z: expected an array of two axes \(samples, coordinates\), found shape \(40,\)$"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_latents_that_have_no_scale_are_a_sentence(fault: str) -> None:
    z, says = FAULTS[fault]
    with pytest.raises(UserError, match=says):
        whitened("z", z)


@pytest.mark.parametrize(
    ("z", "says"),
    [
        (
            SPREAD,
            "^latents: expected coordinates that vary, found coordinate 1 constant up to 1e-12 of its greatest entry$",
        ),
        (Z * torch.nan, "^latents: expected finite numbers, found 80 that are not$"),
    ],
)
def test_a_measure_calls_them_latents(z: torch.Tensor, says: str) -> None:
    with pytest.raises(UserError, match=says):
        measure(lambda x: x, Z, Z, RHO, latents=z)


def test_too_few_pairs_for_latents_are_a_sentence() -> None:
    with pytest.raises(UserError, match=r"^recovery in 2 dimensions: expected at least 20 pairs, found 19$"):
        measure(lambda x: x, Z[:19], Z[:19], RHO, latents=Z[:19])
    wide = torch.randn(25, 30, generator=torch.Generator().manual_seed(0))
    with pytest.raises(UserError, match=r"^recovery in 30 dimensions: expected at least 62 pairs, found 25$"):
        measure(lambda x: x, wide, wide, RHO, latents=wide)


def correlated(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pairs of two coordinates of correlations 0.9 and 0.3, with Laplace latents, stationary by exchange."""
    rng = np.random.default_rng(seed)
    shared, first, second = rng.laplace(size=(3, count, 2)) / sqrt(2)
    rho = np.array([0.9, 0.3])
    z, z_next = (np.sqrt(rho) * shared + np.sqrt(1 - rho) * own for own in (first, second))
    return torch.from_numpy(z), torch.from_numpy(z_next)


def test_the_white_alignment_is_the_trace_in_fifty_digits() -> None:
    """Of the sample's covariance, which is taken over `2 N` rows about the mean of both ends together."""
    h, h_next = correlated(40, 0)
    both = np.concatenate((h, h_next))
    spread = np.cov(both.T, ddof=0)
    steps = (h_next - h).numpy()
    expected = np.trace(np.linalg.solve(spread, steps.T @ steps / 40))
    assert white_alignment(h, h_next).value == pytest.approx(expected, rel=1e-12)
    shear = torch.tensor([[3.0, 1e-3], [0.0, 1e-4]], dtype=torch.float64)
    moved = white_alignment(h @ shear + 5, h_next @ shear + 5)
    assert moved.value == pytest.approx(expected, rel=1e-9)
    assert moved.error == pytest.approx(white_alignment(h, h_next).error, rel=1e-9)
    many = correlated(2000, 1)
    assert white_alignment(*many).value == pytest.approx(formulas.whitening(*(x.numpy() for x in many)), rel=2e-3)


def test_the_white_alignment_s_error_is_that_of_repeated_samples() -> None:
    """`2 (1 - 0.9) + 2 (1 - 0.3)` on the average, whatever the scale of the embedding."""
    found = [white_alignment(*(x * 7 for x in correlated(500, seed))) for seed in range(400)]
    values = np.array([f.value for f in found])
    deviation = values.std(ddof=1)
    assert values.mean() == pytest.approx(1.6, abs=4 * deviation / 20 + 0.01)
    assert np.mean([f.error for f in found]) == pytest.approx(deviation, rel=0.12)


def test_what_does_not_vary_counts_as_drawn_afresh() -> None:
    h, h_next = correlated(200, 3)
    alone = white_alignment(h[:, :1], h_next[:, :1])
    constant = torch.full((200, 1), 3.0)
    flat = white_alignment(*(torch.cat((x[:, :1], constant), 1) for x in (h, h_next)))
    assert (flat.value, flat.error) == pytest.approx((alone.value + 2, alone.error))
    assert white_alignment(constant, constant).value == 2
    with pytest.raises(UserError, match=r"of one shape, found \(200, 2\) and \(200, 1\)"):
        white_alignment(h, constant)
