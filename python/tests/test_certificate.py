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
from lejepa.certification import certificate
from lejepa.certification.certificate import parse_rho
from lejepa.certification.known import Known, latents, orthogonal, quadratic, shrunk, worst
from lejepa.errors import UserError
from lejepa.measures.bounds import bound, sharp_bound
from lejepa.measures.recovery import recovery

RHO = 0.9


def test_examples() -> None:
    failures, tried = doctest.testmod(certificate)
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


@pytest.mark.parametrize("encoder", [orthogonal(2, 0.9), shrunk(8, 0.6), quadratic(4, 0.9), worst(3, 0.9)])
def test_a_certificate_holds_and_is_tight(encoder: Known) -> None:
    found = certify(*encoder.pairs(100_000, 1), rho=encoder.rho)
    assert found.applies, found
    assert found.excess.low <= encoder.excess <= found.excess.high
    assert found.epsilon.low <= encoder.epsilon <= found.epsilon.high
    assert found.delta.estimate == pytest.approx(2 * encoder.rho * (1 - encoder.rho) * found.excess.estimate)
    assert encoder.distance <= found.sharp_limit <= found.bound_limit
    truth = sharp_bound(encoder.excess, encoder.epsilon)
    assert found.sharp.low <= truth <= found.sharp_limit <= found.sharp.high < 1.6 * truth + 0.06


ENCODERS = [orthogonal(1, 0.9), orthogonal(10, 0.9), shrunk(3, 0.5), quadratic(2, 0.9, 0.2), worst(2, 0.9)]


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda e: f"{e.name}-{e.dim}")
@pytest.mark.parametrize("estimated", [False, True])
def test_intervals_cover(encoder: Known, estimated: bool) -> None:
    """At 90 %, over 100 samples of 300 pairs: fewer than 79 % would come by chance once in a thousand times."""
    if estimated and encoder.name == "quadratic":
        pytest.skip("no projection of this encoder is linear in the latents, as an estimate of ρ assumes")
    truth = {
        "excess": encoder.excess,
        "epsilon": encoder.epsilon,
        "delta": 2 * encoder.rho * (1 - encoder.rho) * encoder.excess,
        "bound": bound(encoder.excess, encoder.epsilon),
        "sharp": sharp_bound(encoder.excess, encoder.epsilon),
        "rho": encoder.rho,
    }
    hits = dict.fromkeys([*truth, "limit"], 0)
    for seed in range(100):
        found = certify(*encoder.pairs(300, seed), rho=None if estimated else encoder.rho, level=0.9)
        for name, value in truth.items():
            q = getattr(found, name)
            hits[name] += q.low - 1e-12 <= value <= q.high + 1e-12
        hits["limit"] += encoder.distance <= found.sharp_limit + 1e-12
    assert {name: h for name, h in hits.items() if h < 79} == {}


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
    assert not found.applies
    assert "stationarity" in found.violated
    assert found.headline().startswith("The certificate does not apply. Violated: ")
    assert "stationarity" in str(found)


def test_a_world_with_skewed_noise_is_refused() -> None:
    """Linear, stationary, seen as it is, so that `D = ε = 0`: but a Gaussian world would be reversible."""
    generator = torch.Generator().manual_seed(0)
    z = torch.zeros(20_000, 2, dtype=torch.float64)
    for _ in range(60):
        before, z = z, 0.8 * z + 0.6 * (torch.empty_like(z).exponential_(generator=generator) - 1)
    found = certify(before, z, rho=0.8)
    assert not found.applies
    assert "reversibility" in found.violated


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


def test_a_certificate_is_frozen_and_survives_json() -> None:
    found = certify(*orthogonal(2, RHO).pairs(1_000, 0), rho=RHO)
    assert Certificate.model_validate_json(found.model_dump_json()) == found
    assert json.loads(found.model_dump_json())["applies"] is True
    with pytest.raises(ValueError, match="frozen"):
        found.count = 3  # type: ignore[misc]


def test_text_says_everything() -> None:
    text = str(certify(*shrunk(2, RHO).pairs(1_000, 0), rho=RHO))
    for word in ("With confidence 0.95", "1000 pairs, 2 dimensions", "ε", "δ", "D ", "sharp bound", "Gaussianity"):
        assert word in text


def test_pieces_and_whole_agree() -> None:
    h0, h1 = shrunk(3, RHO).pairs(2_000, 0)
    certifier = Certifier(3, RHO, count=2_000)
    for a, b in zip(h0.split(117), h1.split(117), strict=True):
        certifier.add(a, b)
    pieces, whole = certifier.certificate(), certify(h0.numpy(), h1.numpy(), RHO)
    assert pieces.sharp_limit == pytest.approx(whole.sharp_limit)
    assert pieces.assumptions == whole.assumptions


def test_units_do_not_matter_to_the_tests_but_to_the_bound() -> None:
    h0, h1 = orthogonal(2, RHO).pairs(5_000, 0)
    small, big = certify(h0, h1, RHO), certify(100 * h0, 100 * h1, RHO)
    for a, b in zip(small.assumptions, big.assumptions, strict=True):
        assert a.p_value == pytest.approx(b.p_value, rel=1e-3)
    assert big.sharp_limit > 1e4


def good(count: int = 100, dim: int = 2) -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = orthogonal(dim, RHO).pairs(count, 0)
    return h0.numpy().copy(), h1.numpy().copy()


def with_nan() -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good()
    h0[3, 1] = np.nan
    return h0, h1


def with_constant() -> tuple[np.ndarray, np.ndarray]:
    h0, h1 = good()
    h0[:, 0] = h1[:, 0] = 7
    return h0, h1


@pytest.mark.parametrize(
    ("arrays", "options", "says"),
    [
        (with_nan(), {"rho": 0.9}, "NaN or infinity in h0, row 3"),
        ((good()[0], good(101)[1]), {"rho": 0.9}, "one shape"),
        (good(50, 60), {"rho": 0.9}, "at least 61 pairs of 60 dimensions, found 50"),
        (good(20), {"rho": 0.9}, "at least 32 pairs"),
        (good(0), {"rho": 0.9}, "at least 32 pairs"),
        (with_constant(), {"rho": 0.9}, "coordinate 0 constant"),
        (good(), {"rho": 0.0}, "between 0 and 1"),
        (good(), {"rho": 1.0}, "between 0 and 1"),
        (good(), {"rho": -0.5}, "between 0 and 1"),
        (good(), {"rho": float("nan")}, "between 0 and 1"),
        (good(), {"rho": (0.9, 0.8)}, "between 0 and 1"),
        (good(), {"rho": 0.9, "level": 1.0}, "level"),
        (good(), {"rho": 0.9, "significance": 0.0}, "significance"),
        (good(), {"rho": 0.9, "latents": np.ones((3, 2))}, "latents z"),
    ],
)
def test_bad_input_is_one_sentence(arrays: tuple[Any, Any], options: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says) as told:
        certify(*arrays, **options)
    assert "\n" not in str(told.value)


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
    assert there.applies == here.applies
