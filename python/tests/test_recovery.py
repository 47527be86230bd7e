"""ε, δ, D, distance and bound: on encoders whose every measure is known in closed form."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from lejepa.certification import known
from lejepa.certification.certifier import certify
from lejepa.certification.known import Known
from lejepa.errors import UserError
from lejepa.measures.bounds import bound, sharp_bound
from lejepa.measures.estimate import NormEstimate
from lejepa.measures.moments import PairMoments, pair_moments
from lejepa.measures.recovery import Recovery, error_of_bound, nearest_orthogonal, recovery
from torch import Tensor

RHO, REPEATS = 0.9, 250


def measured(encoder: Known, count: int, seed: int) -> Recovery:
    z, z_next = known.latents(encoder.dim, encoder.rho, count, seed)
    return recovery(z, encoder.encode(z), encoder.encode(z_next), encoder.rho)


ENCODERS = [known.orthogonal(4, RHO), known.shrunk(4, RHO), known.quadratic(5, RHO), known.worst(3, RHO, 0.3, 0.2)]


@pytest.fixture(scope="module", params=ENCODERS, ids=lambda e: e.name)
def repeated(request: pytest.FixtureRequest) -> tuple[Known, list[Recovery]]:
    """An encoder, and what was measured of it on many small samples."""
    return request.param, [measured(request.param, 400, seed) for seed in range(REPEATS)]


def test_no_measure_is_biased(repeated: tuple[Known, list[Recovery]]) -> None:
    """On 400 pairs the plain ε² is too great by the noise's trace, eight standard errors of these means and more."""
    encoder, found = repeated
    truths = {
        "epsilon_squared": encoder.epsilon**2,
        "excess": encoder.excess,
        "delta": 2 * RHO * (1 - RHO) * encoder.excess,
        "distance": encoder.distance,
        "alignment": 2 * (1 - RHO) * (encoder.dim + trace(encoder)) + 2 * RHO * (1 - RHO) * encoder.excess,
    }
    for name, truth in truths.items():
        values = np.array([getattr(m, name) for m in found])
        error = max(values.std() / math.sqrt(REPEATS), 1e-12)
        assert values.mean() == pytest.approx(truth, abs=3.3 * error), name


def trace(encoder: Known) -> float:
    """`tr Cov(h) - dim` of each kind of encoder."""
    changed = {"shrunk": encoder.dim * (0.9**2 - 1), "worst": encoder.epsilon * -1}
    return changed.get(encoder.name, 0.0)


def test_standard_errors_are_the_spread_over_samples(repeated: tuple[Known, list[Recovery]]) -> None:
    encoder, found = repeated
    names = ["epsilon_squared", "excess", "delta", "alignment", "distance", "r2_zh", "r2_hz"]
    for name in names:
        spread = np.std([getattr(m, name) for m in found])
        if (encoder.name, name) == ("orthogonal", "epsilon_squared"):
            # 10 directions of symmetric matrices, in each the variance 1 + ρ² of a pair
            assert spread == pytest.approx(math.sqrt(2 * 10) * (1 + RHO**2) / 400, rel=0.25)
            spread = math.sqrt(2 * 10) * (1 + RHO**2) / 400
        if spread > 1e-9:  # a rotation is recovered exactly
            assert np.mean([getattr(m, f"{name}_error") for m in found]) == pytest.approx(spread, rel=0.25), name
    if encoder.excess > 0:
        margin = np.std([m.bound - m.distance for m in found])
        assert np.mean([m.margin_error for m in found]) == pytest.approx(margin, rel=0.25)
        assert np.mean([m.bound_error for m in found]) == pytest.approx(np.std([m.bound for m in found]), rel=0.25)


def test_measures_of_a_large_sample_are_the_truth() -> None:
    encoder = known.worst(3, RHO, 0.3, 0.2)
    m = measured(encoder, 400_000, 0)
    assert m.epsilon == pytest.approx(0.2, abs=4 * m.epsilon_error)
    assert m.bound == pytest.approx(0.3 + 0.5**2, abs=4 * m.bound_error)
    assert m.epsilon_error < 0.005
    assert m.bound_error < 0.02
    # A = diag(√(1 - ε - D), 1, 1)
    assert m.orthogonality == pytest.approx(0.5, abs=4 * m.orthogonality_error)
    # h₁ of variance 1 - ε has 1 - ε - D of it linear
    assert m.r2_zh == pytest.approx(1 - 0.3 / 2.8, abs=4 * m.r2_zh_error)
    assert m.r2_hz == pytest.approx((2 + 0.5 / 0.8) / 3, abs=4 * m.r2_hz_error)
    assert m.r2 == m.r2_hz
    assert m.r2_error == m.r2_hz_error


def test_a_white_embedding_in_many_dimensions_looks_white() -> None:
    """The plain `‖Cov - 1‖` of 5,000 pairs in 64 dimensions is about `√(64 · 65 / 5000) = .91`."""
    z, z_next = known.latents(64, RHO, 5_000, 0)
    m = recovery(z, z + 3, z_next + 3, RHO)
    assert abs(m.epsilon_squared) < 3 * m.epsilon_squared_error
    assert m.epsilon_squared_error < 0.05
    assert m.distance == pytest.approx(0, abs=1e-12)
    assert m.r2 == pytest.approx(1, abs=1e-12)
    assert m.within_bound(3)


def test_epsilon_squared_is_the_mean_over_different_pairs() -> None:
    z, z_next = known.latents(3, RHO, 600, 0)
    h, h_next = (x * torch.tensor([1.2, 1.0, 0.7]) + 4 for x in (z, z_next))
    mean = (h.mean(0) + h_next.mean(0)) / 2
    each = [np.outer(a, a) / 2 + np.outer(b, b) / 2 - np.eye(3) for a, b in zip((h - mean).numpy(), (h_next - mean).numpy(), strict=True)]  # fmt: skip  # noqa: E501
    flat = np.array(each).reshape(len(each), -1)
    gram = flat @ flat.T
    plain = (gram.sum() - np.trace(gram)) / (len(gram) * (len(gram) - 1))
    found = pair_moments(h, h_next).defect
    assert found.square == pytest.approx(plain, abs=0.05 * found.error)
    both = np.concatenate((h.numpy(), h_next.numpy()))
    np.testing.assert_allclose(pair_moments(h, h_next).covariance.numpy(), np.cov(both.T), rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("encoder", ENCODERS[1:], ids=lambda e: e.name)
def test_training_and_certificates_measure_the_same(encoder: Known) -> None:
    z, z_next = known.latents(encoder.dim, RHO, 20_000, 1)
    h, h_next = encoder.encode(z), encoder.encode(z_next)
    m, made = recovery(z, h, h_next, RHO), certify(h, h_next, RHO)
    assert made.alignment.estimate == pytest.approx(m.alignment, rel=1e-9)
    assert made.excess.estimate == pytest.approx(max(m.excess, 0), abs=0.01 * m.excess_error)
    assert made.epsilon.estimate**2 == pytest.approx(max(m.epsilon_squared, 0), abs=0.5 * m.epsilon_squared_error)


def test_a_margin_is_judged_by_its_error() -> None:
    z, z_next = known.latents(2, RHO, 2_000, 0)
    m = recovery(z, z, z_next, RHO)
    judged = m.model_copy(update={"distance": 1.0, "bound": 0.7, "margin_error": 0.1})
    assert judged.within_bound(3.01)
    assert not judged.within_bound(2.99)


def test_an_encoder_beyond_the_bound_is_seen() -> None:
    """The bound of a stated ρ that is too small: `D` of the true world is greater than the one computed."""
    encoder = known.quadratic(5, RHO, a=0.8)
    z, z_next = known.latents(5, RHO, 20_000, 0)
    m = recovery(z, encoder.encode(z), encoder.encode(z_next), 0.8)
    assert m.excess < 0
    assert m.bound < 0.1 < m.distance
    assert not m.within_bound(5)


@pytest.mark.parametrize("collapsed", [lambda z: z * 0 + 0.1, lambda z: z * 0])
def test_a_collapsed_encoder_is_measured(collapsed: Callable[[Tensor], Tensor]) -> None:
    """`h` constant: nothing is explained, `ε = √n`, the distance is `n`, and so is the bound."""
    z, z_next = known.latents(3, RHO, 2_000, 0)
    m = recovery(z, collapsed(z), collapsed(z_next), RHO)
    assert (m.r2_zh, m.r2_hz, m.r2_zh_error, m.r2_hz_error) == (0, 0, 0, 0)
    assert m.epsilon == pytest.approx(math.sqrt(3))
    assert m.orthogonality == pytest.approx(math.sqrt(3))
    assert m.alignment == pytest.approx(0)
    assert m.distance == pytest.approx(3, abs=4 * m.distance_error)
    assert m.bound == pytest.approx(3)
    assert m.within_bound(3)
    assert all(math.isfinite(v) for v in m.as_dict().values())


def test_an_encoder_that_lost_a_coordinate_is_measured() -> None:
    z, z_next = known.latents(2, RHO, 2_000, 0)
    keep = torch.tensor([1.0, 0.0])
    m = recovery(z, z * keep + 7, z_next * keep + 7, RHO)
    assert m.r2_zh == pytest.approx(1, abs=1e-9)
    assert m.r2_hz == pytest.approx(0.5, abs=4 * m.r2_hz_error)
    assert m.epsilon == pytest.approx(1, abs=4 * m.epsilon_error)


@pytest.mark.parametrize(
    ("shapes", "rho", "sentence"),
    [
        ([(1, 2)] * 3, 0.9, "recovery in 2 dimensions: expected at least 20 pairs, found 1"),
        ([(2, 2)] * 3, 0.9, "expected at least 20 pairs, found 2"),
        ([(100, 64)] * 3, 0.9, "recovery in 64 dimensions: expected at least 130 pairs, found 100"),
        ([(50, 2), (50, 3), (50, 3)], 0.9, r"of one shape, found \(50, 2\) and \(50, 3\) and \(50, 3\)"),
        ([(50, 2), (50, 2), (49, 2)], 0.9, "of one shape"),
        ([(50, 2)] * 3, 1.0, "rho = 1: expected a correlation between 0 and 1"),
    ],
)
def test_what_cannot_be_measured_gets_a_sentence(shapes: list[tuple[int, int]], rho: float, sentence: str) -> None:
    z, h, h_next = (torch.ones(s) * torch.arange(s[0])[:, None] for s in shapes)
    with pytest.raises(UserError, match=sentence):
        recovery(z, h, h_next, rho)


def test_latents_that_do_not_vary_and_embeddings_that_are_not_finite_get_a_sentence() -> None:
    z, z_next = known.latents(2, RHO, 100, 0)
    with pytest.raises(UserError, match="expected latents that vary"):
        recovery(torch.ones(100, 2), z, z_next, RHO)
    with pytest.raises(UserError, match="embeddings of successors: expected finite numbers, found 200"):
        recovery(z, z, z_next * math.nan, RHO)


def test_nearest_orthogonal_of_a_singular_matrix_is_orthogonal() -> None:
    q = nearest_orthogonal(torch.tensor([[2.0, 0.0], [0.0, 0.0]], dtype=torch.float64))
    torch.testing.assert_close(q @ q.T, torch.eye(2, dtype=torch.float64))
    assert q[0, 0] == 1


@pytest.mark.parametrize("least", [0.5, 1e-2, 1.1e-2, 1e-5, 1e-12])
def test_nearest_orthogonal_is_the_polar_factor_at_any_condition(least: float) -> None:
    """Of `u diag(1, .8, least) vᵀ` it is `u vᵀ`, of each matrix of a batch."""
    u, v = (np.linalg.qr(np.random.default_rng(s).normal(size=(2, 3, 3)))[0] for s in (0, 1))
    a = u * np.array([1, 0.8, least]) @ v.transpose(0, 2, 1)
    found = nearest_orthogonal(torch.from_numpy(a)).numpy()
    np.testing.assert_allclose(found, u @ v.transpose(0, 2, 1), rtol=0, atol=1e-11 if least > 1e-5 else 1e-3)


@pytest.mark.parametrize(("excess", "epsilon", "plain", "sharp"), [
    (0, 0, 0, 0),
    (0, 0.75, 0.5625, 0.25),
    (0.25, 0.5, 0.8125, 0.5),
    (-1, 0.75, 0.5625, 0.25),
    (1, 3, 17, 17),
])  # fmt: skip
def test_bounds_by_hand(excess: float, epsilon: float, plain: float, sharp: float) -> None:
    """`δ = .75`: `1 + √(1 - δ) = 1.5`, and `(.75 / 1.5)² = .25`."""
    assert bound(excess, epsilon) == pytest.approx(plain)
    assert sharp_bound(excess, epsilon) == pytest.approx(sharp)


def test_the_error_of_the_bound_has_a_part_for_epsilon() -> None:
    """With `D = 0` known the bound is `ε²`, whose spread over samples is seen."""
    encoder = known.worst(2, RHO, 0.1, 0.8)
    found = []
    for seed in range(REPEATS):
        z, z_next = known.latents(2, RHO, 400, seed)
        moments = pair_moments(encoder.encode(z), encoder.encode(z_next))
        nothing = torch.zeros(400, dtype=torch.float64)
        found.append((moments.defect.square, error_of_bound(moments, nothing, nothing)))
    squares, errors = zip(*found, strict=True)
    assert np.mean(errors) == pytest.approx(np.std(squares), rel=0.2)


def test_the_error_of_the_bound_of_a_white_embedding_is_that_of_noise_alone() -> None:
    """In each of the 10 directions of symmetric matrices a pair has variance `1 + ρ²`, so `V` `20 (1 + ρ²)² / n²`."""
    errors = []
    for seed in range(60):
        z, z_next = known.latents(4, RHO, 400, seed)
        moments, nothing = pair_moments(z, z_next), torch.zeros(400, dtype=torch.float64)
        if moments.defect.square < 0:
            errors.append(error_of_bound(moments, nothing, nothing))
    assert len(errors) > 15
    assert np.mean(errors) == pytest.approx(math.sqrt(20) * (1 + RHO**2) / 400, rel=0.1)


def test_the_covariance_of_few_pairs_is_unbiased() -> None:
    """Of 12 pairs; about the sample's mean the plain one is too small by `(1 + ρ) / 24`, eight percent."""
    repeats, rho = 3_000, 0.9
    z, noise = torch.randn(2, repeats, 12, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = [pair_moments(a + 5, rho * a + math.sqrt(1 - rho**2) * b + 5) for a, b in zip(z, noise, strict=True)]
    covariances = torch.stack([m.covariance for m in found])
    error = covariances.std(0) / math.sqrt(repeats)
    assert ((covariances.mean(0) - torch.eye(2)).abs() < 3.5 * error).all()
    traces = torch.stack([m.traces.mean() for m in found])
    assert traces.mean().item() == pytest.approx(2, abs=3.5 * traces.std().item() / math.sqrt(repeats))
    assert error.max() < 0.01


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_standard_errors_are_those_of_leaving_out_one_pair_after_the_other(rho: float) -> None:
    """The jackknife of each smooth measure, of an encoder whose `ε` and `D` are far from 0.

    At ρ = 1/2 a bound's error with `δ` in place of nothing taken from it would be a third too small.
    """
    encoder, count = known.worst(2, rho, 0.4, 0.3), 600
    z, z_next = known.latents(2, rho, count, 3)
    h, h_next = encoder.encode(z), encoder.encode(z_next)
    m = recovery(z, h, h_next, rho)
    gap = 2 * rho * (1 - rho)
    left: dict[str, list[float]] = {"excess": [], "delta": [], "bound": [], "epsilon_squared": [], "alignment": []}
    for i in range(count):
        keep = torch.arange(count) != i
        moments = pair_moments(h[keep], h_next[keep])
        delta, square = moments.deltas(rho).mean().item(), moments.defect.square
        d = delta / gap
        values = (d, delta, d + (math.sqrt(square) + d) ** 2, square, moments.steps.mean().item())
        for of, value in zip(left.values(), values, strict=True):
            of.append(value)
    for name, values_of in left.items():
        spread = math.sqrt((count - 1) * np.var(values_of))
        assert getattr(m, f"{name}_error") == pytest.approx(spread, rel=0.12), name
        assert np.mean(values_of) == pytest.approx(getattr(m, name), abs=0.1 * spread), name


@pytest.mark.parametrize("count", [9, 40])
def test_moments_of_pairs_matrix_by_matrix(count: int) -> None:
    """`(a aᵀ + b bᵀ) / 2` of each centred pair; the mean's own covariance, that of the pairs' middles, is added."""
    rng = np.random.default_rng(count)
    h = rng.standard_normal((count, 3)) * [1.0, 2.0, 0.5] + 4
    h_next = 0.6 * h + rng.standard_normal((count, 3))
    found = pair_moments(torch.from_numpy(h), torch.from_numpy(h_next))
    mean = np.concatenate((h, h_next)).mean(0)
    each = [(np.outer(a - mean, a - mean) + np.outer(b - mean, b - mean)) / 2 for a, b in zip(h, h_next, strict=True)]
    middles = (h + h_next) / 2 - mean
    own = sum(np.outer(m, m) for m in middles) / (count * (count - 1))
    second = np.mean(each, axis=0)
    np.testing.assert_allclose(found.covariance.numpy(), second + own)
    np.testing.assert_allclose(found.steps.numpy(), ((h_next - h) ** 2).sum(1))
    np.testing.assert_allclose(found.traces.numpy(), [np.trace(e) + np.trace(own) for e in each])
    for rho in (0.25, 0.9):
        expected = ((h_next - h) ** 2).sum(1) - 2 * (1 - rho) * found.traces.numpy()
        np.testing.assert_allclose(found.deltas(rho).numpy(), expected)
    defect = second + own - np.eye(3)
    away = [e - second for e in each]
    square = (defect**2).sum() - sum((m**2).sum() for m in away) / (count * (count - 1))
    assert found.defect.square == pytest.approx(square)
    products = [((a * b).sum()) ** 2 for i, a in enumerate(away) for j, b in enumerate(away) if i != j]
    assert found.defect.flat == pytest.approx(2 * np.mean(products) / count**2)
    along = np.array([(defect * m).sum() for m in away])
    influence = 2 * along * math.sqrt(max(square, 0) / (defect**2).sum())
    assert found.defect.influence.numpy() == pytest.approx(influence)


@pytest.mark.parametrize("epsilon", [0.0, 0.5])
@pytest.mark.parametrize("excess", [-0.2, 0.3])
def test_the_error_of_the_bound_by_its_slopes(excess: float, epsilon: float) -> None:
    """`D + (ε + D)²` has the slope `1 + 2 (ε + D)` in `D`, and over one standard error of `ε²` a rise in that."""
    generator = torch.Generator().manual_seed(0)
    excesses, influence, apart = torch.randn(3, 50, generator=generator, dtype=torch.float64)
    excesses = excesses - excesses.mean() + excess
    defect = NormEstimate(epsilon**2, influence, 0.003, 0.16)
    moments = PairMoments(torch.eye(1), defect, torch.zeros(50), torch.zeros(50))
    d, up = max(excess, 0), math.sqrt(epsilon**2 + 0.16)
    rise = ((up + d) ** 2 - (epsilon + d) ** 2) / 0.16
    values = (1 + 2 * (epsilon + d)) * excesses + rise * influence - apart
    expected = math.sqrt(float(values.var()) / 50 + rise**2 * 0.003)
    assert error_of_bound(moments, excesses, apart) == pytest.approx(expected)
    still = PairMoments(torch.eye(1), NormEstimate(0.0, 0 * influence, 0.0, 0.0), torch.zeros(50), torch.zeros(50))
    alone = float(((1 + 2 * d) * excesses - apart).std()) / math.sqrt(50)
    assert error_of_bound(still, excesses, apart) == pytest.approx(alone)
