"""Certificates of encoders whose distance to the latents is known."""

import doctest
import json
import subprocess
import sys
from math import sqrt
from typing import Any

import lejepa
import numpy as np
import pytest
import torch
from lejepa import Certificate, Certifier, certify
from lejepa.certification import certifier, worlds
from lejepa.certification.intervals import norm_of_blocks, student
from lejepa.certification.known import Known, latents, orthogonal, quadratic, shrunk, worst
from lejepa.certification.moments import PairMoments
from lejepa.certification.rho import excess_at, parse_rho
from lejepa.errors import UserError
from lejepa.measures.bounds import bound, sharp_bound
from lejepa.measures.recovery import recovery
from scipy import stats

RHO = 0.9
WRONG_SCALES = (1e-140, 1e-21, 1e21, 1e77, 1e155, 1e200, 1e307)


def test_examples() -> None:
    failures, tried = doctest.testmod(certifier)
    assert (failures, tried > 0) == (0, True)


def test_the_package_stays_light() -> None:
    """`import lejepa` brings no PyTorch; its certificates come when asked for."""
    code = "import sys, lejepa; assert 'torch' not in sys.modules; lejepa.certify; assert 'torch' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    with pytest.raises(AttributeError, match="nothing"):
        _ = lejepa.nothing


@pytest.mark.parametrize(
    ("excess", "epsilon", "plain", "sharp"),
    [
        (0, 0, 0, 0),
        (0.1, 0.2, 0.1 + 0.09, 0.1 + (1 - sqrt(0.7)) ** 2),
        (0, 1, 1, 1),
        (0.5, 2, 0.5 + 6.25, 0.5 + 6.25),
    ],
)
def test_bounds_are_the_theorems(excess: float, epsilon: float, plain: float, sharp: float) -> None:
    assert bound(excess, epsilon) == pytest.approx(plain)
    assert sharp_bound(excess, epsilon) == pytest.approx(sharp)


def test_the_sharp_bound_is_reached() -> None:
    encoder = worst(3, RHO)
    assert sharp_bound(encoder.excess, encoder.epsilon) == pytest.approx(encoder.distance)
    z, z_next = latents(3, RHO, 100_000, 0)
    measured = recovery(z, encoder.encode(z), encoder.encode(z_next), RHO).distance
    assert measured == pytest.approx(encoder.distance, rel=0.03)


ENCODERS = [orthogonal(2, 0.9), shrunk(8, 0.6), quadratic(4, 0.9), worst(3, 0.9)]


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda e: f"{e.name}-{e.dim}")
def test_a_certificate_holds(encoder: Known) -> None:
    found = certify(*encoder.pairs(100_000, 1), rho=encoder.rho)
    assert found.verdict == "not refuted", found
    assert found.excess.low <= encoder.excess <= found.excess.high
    assert found.epsilon.low <= encoder.epsilon <= found.epsilon.high
    assert found.delta.estimate == pytest.approx(2 * encoder.rho * (1 - encoder.rho) * found.excess.estimate)
    truth = sharp_bound(encoder.excess, encoder.epsilon)
    assert encoder.distance <= truth + 1e-12
    assert found.sharp.low <= truth <= found.sharp_limit <= min(found.sharp.high, found.bound_limit)


@pytest.mark.parametrize("encoder", [orthogonal(2, 0.9), shrunk(3, 0.5)], ids=lambda e: e.name)
def test_intervals_are_as_wide_as_the_error_of_their_estimates(encoder: Known) -> None:
    """For `h = s Q z`, `ρ (|h|² + |h'|²) - 2 h·h'` has variance `4 n (1 - ρ²)² s⁴`; `D`'s is that over
    `(2 ρ (1 - ρ))²`. And `‖Cov(h) - 1‖` of `s² ≠ 1`, by the delta method, has that of `tr Cov(h) / √n`, which is
    `s⁴ (1 + ρ²)` over the pairs. The errors of 64 blocks are right to 9 %.
    """
    count, rho, n = 60_000, encoder.rho, encoder.dim
    scale = 1 if encoder.name == "orthogonal" else 0.9
    found = certify(*encoder.pairs(count, 3), rho=rho)
    wide = 2 * student(0.025, 63)
    error = sqrt(n / count) * (1 - rho**2) * scale**2 / (rho * (1 - rho))
    step = found.alignment  # `2 (1 - ρ) s²` times a χ² of `n` degrees
    assert (step.high - step.low) / wide == pytest.approx(2 * (1 - rho) * scale**2 * sqrt(2 * n / count), rel=0.45)
    assert found.excess.high - found.excess.estimate < 1.45 * (student(0.025, 63) + 4) * error
    if encoder.epsilon:
        error = scale**2 * sqrt((1 + rho**2) / count)
        assert (found.epsilon.high - found.epsilon.low) / wide == pytest.approx(error, rel=0.45)


@pytest.mark.parametrize("encoder", [orthogonal(1, 0.9), shrunk(3, 0.5), worst(2, 0.9)], ids=lambda e: e.name)
def test_intervals_cover(encoder: Known) -> None:
    """At 90 %, of a thousand samples of 300 pairs: by chance as few as these once in a million times."""
    hits = {"excess": 0, "epsilon": 0}
    for seed in range(1000):
        moments = PairMoments(encoder.dim, torch.device("cpu"), 300)
        moments.add(*encoder.pairs(300, seed))
        blocks = moments.blocks()
        excess = excess_at(blocks, encoder.rho)
        epsilon = norm_of_blocks(blocks.deviations, blocks.weights, encoder.dim * (encoder.dim + 1) / 2)
        hits["excess"] += excess.lower(0.05) <= encoder.excess <= excess.upper(0.05)
        hits["epsilon"] += epsilon.lower(0.05) <= encoder.epsilon <= epsilon.upper(0.05)
    assert min(hits.values()) >= stats.binom.ppf(1e-6, 1000, 0.9), hits
    assert hits["excess"] <= stats.binom.ppf(1 - 1e-6, 1000, 0.9), hits


def test_limits_shrink_with_the_sample_and_grow_with_the_level() -> None:
    encoder = shrunk(3, RHO)
    limits = [certify(*encoder.pairs(count, 0), rho=RHO).sharp_limit for count in (500, 5_000, 50_000)]
    assert limits[0] > limits[1] > limits[2]
    h0, h1 = encoder.pairs(5_000, 0)
    assert certify(h0, h1, rho=RHO, level=0.99).sharp_limit > limits[1]


def test_a_range_of_correlations_takes_the_worst() -> None:
    h0, h1 = quadratic(2, RHO).pairs(5_000, 0)
    wide = certify(h0, h1, rho=(0.88, 0.92))
    assert wide.sharp_limit == pytest.approx(certify(h0, h1, rho=0.92).sharp_limit)
    assert wide.excess.low == pytest.approx(certify(h0, h1, rho=0.88).excess.low)
    assert "0.88 to 0.92" in wide.headline()


def test_an_estimated_correlation_says_what_it_assumes() -> None:
    h0, h1 = worst(2, RHO).pairs(5_000, 0)
    found = certify(h0, h1)
    assert found.rho_source == "estimated"
    assert found.rho.low < RHO < found.rho.high
    assert "a projection of the embedding is linear" in found.headline()
    assert found.sharp_limit > certify(h0, h1, rho=RHO).sharp_limit


def test_a_violated_assumption_is_named() -> None:
    h0, h1 = orthogonal(2, RHO).pairs(5_000, 0)
    found = certify(h0, h1 + 1, rho=RHO)
    assert (found.refuted, found.verdict) == (True, "refuted")
    assert "stationarity" in found.violated
    assert found.headline().startswith("Refuted: ")
    assert "Violated: stationarity" in str(found)


def test_a_world_with_skewed_noise_is_refuted() -> None:
    """Linear, stationary, seen as it is, so that `D = ε = 0`: but a Gaussian world would be reversible."""
    generator = torch.Generator().manual_seed(0)
    z = torch.zeros(60_000, 2, dtype=torch.float64)
    for _ in range(60):
        before, z = z, 0.8 * z + 0.6 * (torch.empty_like(z).exponential_(generator=generator) - 1)
    found = certify(before, z, rho=0.8)
    assert found.excess.low == 0
    assert "reversibility" in found.violated


@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_what_a_trivial_encoder_meets_is_no_success(scale: float) -> None:
    """Noise of the right variance lies at `2 n`, and almost nothing at `n`."""
    rng = np.random.default_rng(0)
    found = certify(*(scale * rng.standard_normal((2, 20_000, 3))), rho=RHO)
    assert found.sharp_limit >= 3
    assert found.verdict == "nothing certified"
    assert found.headline().startswith("Nothing is certified: ")


def test_a_constant_embedding_meets_any_limit_that_certifies_nothing() -> None:
    """With `h = 0` the theorem's own bound is `n`: `D = 0` and `ε = √n` give `n` and `√n ≥ 1`."""
    for n in (1, 2, 9):
        assert sharp_bound(0, sqrt(n)) >= n - 1e-12


def test_copies_count_once() -> None:
    h0, h1 = (x.numpy() for x in shrunk(3, RHO).pairs(2_000, 0))
    once = certify(h0, h1, RHO)
    again = certify(np.tile(h0, (3, 1)), np.tile(h1, (3, 1)), RHO)
    assert (again.count, again.rows.given, again.rows.repeated) == (2_000, 6_000, 4_000)
    assert again.sharp_limit == pytest.approx(once.sharp_limit)
    assert "4000 copies of other rows were not counted" in str(again)


def test_order_does_not_matter_where_rows_are_linked() -> None:
    h0, h1 = worlds.chain(5_000, 2, RHO, np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(5_000)
    found, mixed = certify(h0, h1, RHO), certify(h0[order], h1[order], RHO)
    assert mixed.sharp_limit == pytest.approx(found.sharp_limit)
    assert (found.rows.reordered, mixed.rows.reordered) == (False, True)
    assert found.rows.effective == pytest.approx(5_000 / 19, rel=0.35)
    certifier = Certifier(2, RHO)
    certifier.add(h0[order], h1[order])
    with pytest.raises(UserError, match="all at once"):
        certifier.certificate()


@pytest.mark.parametrize(("dim", "least"), [(1, 32), (2, 32), (40, 41)])
def test_the_fewest_rows_of_a_certificate(dim: int, least: int) -> None:
    h0, h1 = worlds.ornstein_uhlenbeck(least, dim, RHO, np.random.default_rng(0))
    found = certify(h0, h1, RHO)
    assert (found.count, found.rows.effective, found.rows.blocks) == (least, least, least // 4)
    with pytest.raises(UserError, match=f"expected at least {least} pairs"):
        certify(h0[1:], h1[1:], RHO)


def parts(share: float, rho: float, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random rows of a trajectory, in random order."""
    h0, h1 = worlds.chain(count, 2, rho, np.random.default_rng(seed))
    some = np.random.default_rng(seed + 1).permutation(count)[: int(share * count)]
    return h0[some], h1[some]


@pytest.mark.parametrize("rho", [0.99, None])
def test_random_rows_of_a_trajectory_are_refused(rho: float | None) -> None:
    """A held-out half, shuffled: its pieces have two rows, and depend on each other over 199 steps."""
    for seed in (0, 2):
        with pytest.raises(UserError, match=r"parts of trajectories in another order .* \(trajectory=\)") as told:
            certify(*parts(0.5, 0.99, 20_000, seed), rho)
        assert "\n" not in str(told.value)
    with pytest.raises(UserError, match="rows are followed elsewhere"):
        certify(*parts(0.005, 0.999, 1_000_000, 0), 0.999)
    assert certify(*parts(0.992, 0.9, 20_000, 0), 0.9).rows.reordered  # the pieces are long


def test_random_rows_of_many_trajectories_are_certified_where_these_are_told() -> None:
    """A tenth of 100 episodes of 200 steps, in random order: worth no more than their number."""
    h0, h1 = worlds.trajectories(20_000, 200, 2, 0.95, np.random.default_rng(0))
    ids, some = np.arange(20_000) // 200, np.random.default_rng(1).permutation(20_000)[:2_000]
    with pytest.raises(UserError, match=r"parts of trajectories in another order .* \(trajectory=\)"):
        certify(h0[some], h1[some], 0.95)
    found = certify(h0[some], h1[some], 0.95, trajectory=ids[some])
    assert found.verdict == "not refuted"
    assert 90 < found.rows.effective <= 100
    with pytest.raises(UserError, match="expected the rows of each trajectory in the order of time"):
        certify(h0[some], h1[some], 0.95, trajectory=ids[some] // 2)
    in_order = np.sort(some)
    assert certify(h0[in_order], h1[in_order], 0.95, trajectory=ids[in_order] // 2).verdict == "not refuted"


def test_stretches_of_a_trajectory_in_another_order_are_put_together_or_refused() -> None:
    h0, h1 = worlds.chain(20_000, 2, 0.99, np.random.default_rng(0))
    stretches = np.arange(20_000).reshape(-1, 20)[np.random.default_rng(1).permutation(1_000)]
    rows = stretches.ravel()
    found = certify(h0[rows], h1[rows], 0.99)
    assert found.rows.reordered
    assert found.sharp_limit == pytest.approx(certify(h0, h1, 0.99).sharp_limit)
    half = stretches[:500].ravel()
    with pytest.raises(UserError, match="parts of trajectories in another order"):
        certify(h0[half], h1[half], 0.99)
    certifier = Certifier(2, 0.99)
    certifier.add(h0[rows], h1[rows])
    with pytest.raises(UserError, match="all at once"):
        certifier.certificate()


@pytest.mark.parametrize("rho", [0.9, 0.99])
def test_whole_episodes_of_one_length_may_come_in_any_order(rho: float) -> None:
    h0, h1 = worlds.trajectories(10_000, 20, 2, rho, np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(10_000)
    assert certify(h0[order], h1[order], rho).verdict == "not refuted"


@pytest.mark.parametrize("noise", [0.0, 1e-3])
@pytest.mark.parametrize(("dim", "states", "times"), [(8, 1_000, 10), (2, 200, 50)])
def test_rows_that_share_states_are_refused_and_the_world_is_not_refuted(
    noise: float, dim: int, states: int, times: int
) -> None:
    """Some states, each with several successors, in random order: tests take the rows for independent ones."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        z = np.repeat(rng.standard_normal((states, dim)), times, axis=0)[rng.permutation(states * times)]
        later = RHO * z + sqrt(1 - RHO**2) * rng.standard_normal(z.shape)
        with pytest.raises(UserError, match="rows look like copies"):
            certify(z + noise * rng.standard_normal(z.shape), later, RHO)


def test_trajectories_in_any_form() -> None:
    h0, h1 = worlds.trajectories(4_000, 40, 2, RHO, np.random.default_rng(0))
    noise = 0.01 * np.random.default_rng(1).standard_normal((2, 4_000, 2))
    h0, h1 = h0 + noise[0], h1 + noise[1]  # so that numbers do not link rows
    ids = np.repeat(np.arange(100), 40)
    order = np.random.default_rng(2).permutation(100)
    mixed = np.argsort(order[ids], kind="stable")
    limits = [
        certify(h0, h1, RHO, trajectory=40).sharp_limit,
        certify(h0, h1, RHO, trajectory=[40] * 100).sharp_limit,
        certify(h0, h1, RHO, trajectory=ids).sharp_limit,
        certify(h0, h1, RHO, trajectory=torch.from_numpy(ids)).sharp_limit,
    ]
    assert limits == pytest.approx([limits[0]] * 4)
    turns = np.argsort(np.tile(np.arange(40), 100), kind="stable")
    told = certify(h0[turns], h1[turns], RHO, trajectory=ids[turns])
    assert told.sharp_limit == pytest.approx(limits[0])
    assert told.rows.reordered
    assert certify(h0[mixed], h1[mixed], RHO, trajectory=ids[mixed]).sharp_limit == pytest.approx(limits[0])


@pytest.mark.parametrize("trajectory", [7, [1, 2], np.ones(100), np.ones((2, 2), dtype=int), [50, 51], -5])
def test_trajectories_that_do_not_fit_are_told(trajectory: Any) -> None:
    with pytest.raises(UserError, match="trajectory: expected") as told:
        certify(*good(), rho=RHO, trajectory=trajectory)
    assert "\n" not in str(told.value)


def test_looks_spend_the_level() -> None:
    """`Σ 1 / (k (k + 1)) = 1` over all looks."""
    h0, h1 = shrunk(2, RHO).pairs(3_000, 0)
    third = certify(h0, h1, RHO, looks=3)
    assert third.level == pytest.approx(1 - 0.05 / 12)
    assert third.significance == pytest.approx(0.01 / 12)
    assert third.sharp_limit == pytest.approx(certify(h0, h1, RHO, level=1 - 0.05 / 12).sharp_limit)
    assert "look 3" in str(third)
    assert certify(h0, h1, RHO, looks=1).level == pytest.approx(1 - 0.05 / 2)


def test_measures_and_certificates_agree_on_their_quantities() -> None:
    """`ε`, `δ`, `D` by blocks and by rows: estimates of the same, apart by less than their errors."""
    z, z_next = latents(3, RHO, 20_000, 0)
    encoder = worst(3, RHO, 0.2, 0.3)
    h0, h1 = encoder.encode(z), encoder.encode(z_next)
    made, measured = certify(h0, h1, RHO), recovery(z, h0, h1, RHO)
    assert made.delta.estimate == pytest.approx(measured.delta, rel=1e-3)
    assert made.excess.estimate == pytest.approx(measured.excess, rel=1e-3)
    assert made.epsilon.estimate == pytest.approx(measured.epsilon, abs=0.05 * measured.epsilon_error)
    assert made.alignment.estimate == pytest.approx(measured.alignment)


def test_latents_add_recovery_and_energy() -> None:
    z, z_next = latents(2, RHO, 30_000, 0)
    encoder = quadratic(2, RHO, 0.3)
    found = certify(encoder.encode(z), encoder.encode(z_next), rho=RHO, latents=z)
    assert found.recovery is not None
    assert found.recovery["distance"] == pytest.approx(encoder.distance, rel=0.05)
    assert found.energy is not None
    assert [e.degree for e in found.energy] == [1, 2, 3, 4, 5, 6]
    share = 0.09 / 1.09
    assert found.energy[0].share == pytest.approx(1 - share, abs=4 * found.energy[0].error)
    assert found.energy[1].share == pytest.approx(share, abs=4 * found.energy[1].error)
    assert abs(found.energy[2].share) < 5 * found.energy[2].error
    assert "against the latents: distance" in str(found)
    assert f"1: {found.energy[0].share:.4f}" in str(found)


def test_latents_of_other_dimensions_give_energy_alone() -> None:
    z, z_next = latents(3, RHO, 5_000, 0)
    found = certify(z[:, :2], z_next[:, :2], rho=RHO, latents=z)
    assert found.recovery is None
    assert found.energy is not None


def test_latents_may_come_in_any_affine_scale() -> None:
    z, z_next = latents(2, RHO, 20_000, 0)
    encoder = quadratic(2, RHO, 0.3)
    h0, h1 = encoder.encode(z), encoder.encode(z_next)
    plain = certify(h0, h1, RHO, latents=z)
    for moved in (5 * z + 3, 1e6 * z - 1e8, 1e-9 * z):
        found = certify(h0, h1, RHO, latents=moved)
        assert found.energy is not None
        assert plain.energy is not None
        assert found.recovery is not None
        assert plain.recovery is not None
        for a, b in zip(found.energy, plain.energy, strict=True):
            assert a.share == pytest.approx(b.share, abs=1e-5)
        assert found.recovery["distance"] == pytest.approx(plain.recovery["distance"], abs=1e-4)
    mixed = certify(h0, h1, RHO, latents=z @ torch.tensor([[2.0, 1], [0, -3]], dtype=torch.float64) + 1)
    assert mixed.energy is not None
    assert mixed.energy[1].share == pytest.approx(0.09 / 1.09, abs=5 * mixed.energy[1].error)


@pytest.mark.parametrize("of", [lambda z: z.sign() * z.square(), lambda z: z.clamp(-1, 1), lambda z: z])
def test_energies_are_shares_of_a_whole(of: Any) -> None:
    z, z_next = latents(2, RHO, 20_000, 0)
    found = certify(z, z_next, RHO, latents=of(z))
    assert found.energy is not None
    assert found.latents is not None
    assert all(0 <= e.share <= 1 for e in found.energy)
    assert sum(e.share for e in found.energy) <= 1 + 1e-12
    gaussian = bool((of(z) == z).all())
    assert (found.latents.verdict == "consistent") == gaussian
    assert ("not Gaussian" in str(found)) != gaussian


@pytest.mark.parametrize("latents", [np.ones((100, 2)), np.tile(np.arange(100.0)[:, None], (1, 2))])
def test_latents_without_full_rank_are_told(latents: np.ndarray) -> None:
    with pytest.raises(UserError, match="latents z: expected coordinates that"):
        certify(*good(), rho=RHO, latents=latents)


def test_a_certificate_is_frozen_and_survives_json() -> None:
    found = certify(*orthogonal(2, RHO).pairs(1_000, 0), rho=RHO)
    assert Certificate.model_validate_json(found.model_dump_json()) == found
    assert json.loads(found.model_dump_json())["refuted"] is False
    with pytest.raises(ValueError, match="frozen"):
        found.count = 3  # type: ignore[misc]


def test_text_says_everything() -> None:
    text = str(certify(*shrunk(2, RHO).pairs(1_000, 0), rho=RHO))
    for word in (
        "with confidence 0.95",
        "1000 pairs, 2 dimensions",
        "ε",
        "δ",
        "D ",
        "sharp bound",
        "law of the embedding",
    ):
        assert word in text


SCALES = {
    "variance 9": [3.0, 3.0], "narrow": [0.3, 0.3], "unequal": [3.0, 0.5],
    "white": [1.0, 1.0], "nearly white": [1.05, 1.0], "ill conditioned": [3.0, 0.1],
}  # fmt: skip


@pytest.mark.parametrize(("name", "told"), [(n, k < 3) for k, n in enumerate(SCALES)], ids=lambda v: str(v))
def test_an_embedding_in_another_scale_is_told_to_be_whitened(name: str, told: bool) -> None:
    h0, h1 = orthogonal(2, RHO).pairs(5_000, 0)
    scale, shift = torch.tensor(SCALES[name], dtype=h0.dtype), torch.tensor([5.0, -3.0], dtype=h0.dtype)
    made = certify(h0 * scale + shift, h1 * scale + shift, rho=RHO)
    both = torch.cat((h0, h1)) * scale
    assert made.variances == pytest.approx(np.linalg.eigvalsh(np.cov(both.numpy().T)).tolist(), rel=1e-3)
    assert bool(made.hint()) == told
    assert (made.hint() in str(made).splitlines()) == told
    if told:
        low, high = (f"{v:.3g}" for v in made.variances or ())
        assert f"with variances from {low} to {high}: whiten the embedding first" in made.hint()
        assert made.hint().count(". ") == 0


def test_the_whitened_embedding_is_certified_as_if_it_had_come_so() -> None:
    """By the mean and the covariance of other pairs."""
    encoder = orthogonal(2, RHO)
    (h0, h1), (other, _) = encoder.pairs(5_000, 0), encoder.pairs(5_000, 1)
    mix = torch.tensor([[3.0, 1.0], [0.5, -2.0]], dtype=h0.dtype)
    values, vectors = torch.linalg.eigh(torch.cov((other @ mix + 7).T))
    white = vectors * values.rsqrt() @ vectors.T
    mean = (other @ mix + 7).mean(0)
    assert certify(h0 @ mix + 7, h1 @ mix + 7, rho=RHO).verdict == "nothing certified"
    made = certify((h0 @ mix + 7 - mean) @ white, (h1 @ mix + 7 - mean) @ white, rho=RHO)
    plain = certify(h0, h1, rho=RHO)
    assert (made.verdict, made.hint()) == ("not refuted", "")
    assert made.sharp_limit == pytest.approx(plain.sharp_limit, abs=0.1)


def test_few_rows_of_a_white_embedding_of_many_dimensions_have_no_hint() -> None:
    """Where rows are few, the estimate of ε is far from 0 and its lower limit is not."""
    assert certify(*orthogonal(32, RHO).pairs(200, 0), rho=RHO).hint() == ""


def test_pieces_and_whole_agree() -> None:
    h0, h1 = shrunk(3, RHO).pairs(2_000, 0)
    certifier = Certifier(3, RHO, count=2_000)
    for a, b in zip(h0.split(117), h1.split(117), strict=True):
        certifier.add(a, b)
    pieces, whole = certifier.certificate(), certify(h0.numpy(), h1.numpy(), RHO)
    assert pieces.sharp_limit == pytest.approx(whole.sharp_limit)
    assert pieces.assumptions == whole.assumptions


def test_units_do_not_matter_to_tests_of_every_encoder_but_to_the_bound() -> None:
    h0, h1 = orthogonal(2, RHO).pairs(5_000, 0)
    small, big = certify(h0, h1, RHO), certify(100 * h0, 100 * h1, RHO)
    for a, b in list(zip(small.assumptions, big.assumptions, strict=True))[:3]:
        assert a.p_value == pytest.approx(b.p_value, rel=1e-3)
    assert big.sharp_limit > 1e4
    assert big.verdict == "nothing certified"


def good(count: int = 100, dim: int = 2) -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = orthogonal(dim, RHO).pairs(count, 0)
    return h0.numpy().copy(), h1.numpy().copy()


def with_nan() -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good()
    h0[3, 1] = np.nan
    return h0, h1


def signs(count: int = 500, dim: int = 2) -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good(count, dim)
    return np.sign(h0 - 3), np.sign(h1 - 3)


def repeated() -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good(10)
    return np.tile(h0, (50, 1)), np.tile(h1, (50, 1))


def scaled(by: float) -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good()
    return h0 * by, h1 * by


def with_outlier() -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good()
    h0[17, 1] = -1e25
    return h0, h1


def with_constant(value: float = 7) -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good()
    h0[:, 0] = h1[:, 0] = value
    return h0, h1


@pytest.mark.parametrize(
    ("arrays", "options", "says"),
    [
        (with_nan(), {"rho": 0.9}, "NaN or infinity in h0, row 3"),
        ((good()[0], good(101)[1]), {"rho": 0.9}, "one shape"),
        (good(50, 60), {"rho": 0.9}, "at least 61 pairs of 60 dimensions, found 50"),
        (good(20), {"rho": 0.9}, "at least 32 pairs"),
        (good(0), {"rho": 0.9}, "at least 32 pairs"),
        # of two of these the variance is computed as a number below 0
        *((with_constant(v), {"rho": 0.9}, "coordinate 0 constant") for v in (7, 0.1, 1 / 3, 123456.789)),
        (signs(), {"rho": 0.9}, "distinct"),
        (signs(2_000, 20), {"rho": 0.9}, "found 2 distinct values of coordinate 0"),
        (repeated(), {"rho": 0.9}, "found 10 distinct ones among 500"),
        (tuple(worlds.chain(2_000, 2, 0.99, np.random.default_rng(0))), {"rho": 0.99}, "worth at least 64"),
        (good(), {"rho": 0.9, "looks": 0}, "looks"),
        (good(), {"rho": 0.0}, "between 0 and 1"),
        (good(), {"rho": 1.0}, "between 0 and 1"),
        (good(), {"rho": -0.5}, "between 0 and 1"),
        (good(), {"rho": float("nan")}, "between 0 and 1"),
        (good(), {"rho": (0.9, 0.8)}, "between 0 and 1"),
        (good(), {"rho": 0.9, "level": 1.0}, "level"),
        (good(), {"rho": 0.9, "significance": 0.0}, "significance"),
        (good(), {"rho": 0.9, "latents": np.ones((3, 2))}, "latents z"),
        *((good(), {"rho": 0.9, "device": d}, "device: expected a device") for d in ("banana", 1.5, ["cpu"], "meta")),
        (good(), {"rho": 0.9, "device": "xla"}, "device: xla can't compute in float64 on this machine"),
        *((scaled(by), {"rho": rho}, r"from 1e-20 to 1e\+20, found") for by in WRONG_SCALES for rho in (0.9, None)),
        *((scaled(by), {"rho": RHO}, "coordinate 0 constant") for by in (1e-320, 1e-300)),
        (with_outlier(), {"rho": 0.9}, r"from 1e-20 to 1e\+20, found .* of coordinate 1"),
        (good(), {"rho": 1e-320}, "at least 1e-09, found 9.99989e-321"),
        (good(), {"rho": (1e-10, 0.9)}, "at least 1e-09, found 1e-10"),
        (good(), {"rho": 0.9, "significance": 1e-320}, "significance: expected at least 1e-100, found"),
        (good(), {"rho": 0.9, "looks": 10**6 + 1}, "looks: expected at most 1000000, found 1000001"),
        (good(), {"rho": 0.9, "looks": 10**400}, "looks: expected at most 1000000, found 1000"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_bad_input_is_one_sentence(arrays: tuple[Any, Any], options: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says) as told:
        certify(*arrays, **options)
    assert "\n" not in str(told.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("by", [1e-18, 1e18])
@pytest.mark.parametrize("rho", [1e-9, RHO, 1 - 1e-15, (1e-9, RHO), None])
def test_of_the_least_and_greatest_numbers_nothing_is_certified(by: float, rho: Any) -> None:
    """An embedding of another scale is far from an orthogonal map, and all that is told of it is finite."""
    h0, h1 = worlds.ornstein_uhlenbeck(2_000, 2, RHO, np.random.default_rng(0))
    made = certify(by * h0, by * h1, rho, significance=1e-100)
    assert made.verdict == "nothing certified"
    told = json.loads(made.model_dump_json())
    assert [k for k in told if k.endswith("limit") and (told[k] is None or not np.isfinite(told[k]))] == []


def test_many_fewer_pairs_than_were_told() -> None:
    made = Certifier(2, RHO, count=10**12)
    made.add(*good())
    with pytest.raises(UserError, match=r"^count: expected as many pairs as were told, 1000000000000, found 100, "):
        made.certificate()


def test_pieces_of_other_dimensions_are_told() -> None:
    certifier = Certifier(2, RHO)
    with pytest.raises(UserError, match="of 2 dimensions, found 3"):
        certifier.add(torch.ones(4, 3), torch.ones(4, 3))


@pytest.mark.parametrize(("text", "rho"), [(None, None), ("0.9", 0.9), ("0.8,0.9", (0.8, 0.9))])
def test_rho_of_the_command_line(text: str | None, rho: Any) -> None:
    assert parse_rho(text) == rho


@pytest.mark.parametrize("text", ["high", "0.1,0.2,0.3", ""])
def test_rho_that_is_no_number(text: str) -> None:
    with pytest.raises(UserError, match="rho"):
        parse_rho(text)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_on_a_gpu_as_on_the_cpu() -> None:
    h0, h1 = shrunk(8, RHO).pairs(5_000, 0)
    there, here = certify(h0.cuda(), h1.cuda(), RHO), certify(h0, h1, RHO)
    assert there.sharp_limit == pytest.approx(here.sharp_limit, rel=1e-6)
    assert there.verdict == here.verdict
