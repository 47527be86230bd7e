"""The objective of an experiment, from its parts."""

import math
from typing import Any

import lejepa
import numpy as np
import objective_formulas as formulas
import pytest
import torch
from lejepa.objectives.alignment import alignment
from lejepa.training import config
from lejepa.training.objective import Loss, build
from pydantic import TypeAdapter


def test_alignment_of_a_linear_encoder_is_the_theorem_s() -> None:
    """`2 (1 - ρ) n` for an orthogonal map: `alignment_eq_iff_of_isWhite`, within the sampling error."""
    from lejepa.training.config import World
    from lejepa.training.world import pairs

    rho, n, count = 0.8, 3, 200_000
    z, z_next = pairs(World(dim=n, rho=rho), (count,), torch.Generator().manual_seed(0))
    q = torch.linalg.qr(torch.randn(n, n, generator=torch.Generator().manual_seed(1))).Q
    got = alignment(z @ q, z_next @ q).item()
    claim = 2 * (1 - rho) * n
    error = claim * math.sqrt(2 / (n * count))
    assert abs(got - claim) < 5 * error


@pytest.mark.parametrize(
    "objective",
    [
        config.SIGReg(kind="sigreg", weight=0.1, slices=16),
        config.SIGReg(kind="sigreg", weight=0.1, slices=16, unbiased=True),
        config.MMD(kind="mmd", weight=0.1),
        config.VICReg(kind="vicreg", weight=0.1),
        config.InfoNCE(kind="infonce"),
    ],
    ids=lambda o: o.kind,
)
def test_each_loss_prefers_agreeing_gaussian_embeddings_to_collapse_and_to_noise(objective: config.Objective) -> None:
    generator = torch.Generator().manual_seed(0)
    z, noise = torch.randn(2, 1, 500, 2, generator=generator)
    loss = Loss(objective)
    good = loss(z, 0.95 * z + 0.3 * noise, generator)[0]
    collapsed = loss(torch.zeros_like(z), torch.zeros_like(z), generator)[0]
    unrelated = loss(z, noise, generator)[0]
    assert good < collapsed
    assert good < unrelated


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("kind", ["sigreg", "mmd", "vicreg", "infonce", "whitening"])
def test_the_loss_is_the_sum_that_it_says(kind: str, pooled: bool) -> None:
    """Each part by numpy, for two models: `w R + (1 - w) 𝔼 ‖h' - h‖² / (4 dim)`, `R` a view or of both together."""
    weight, dim, batch = 0.3, 3, 7
    alone: dict[str, Any] = {"infonce": lambda a, b: formulas.infonce(a, b, 1.0), "whitening": formulas.whitening}
    h, h_next = torch.randn(2, 2, batch, dim, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    options: dict[str, Any] = {"kind": kind} | ({} if kind in alone else {"weight": weight, "pooled": pooled})
    objective: config.Objective = TypeAdapter(config.Objective).validate_python(options)
    found = Loss(objective)(h, h_next, [torch.Generator().manual_seed(m) for m in range(2)])
    for m in range(2):
        a, b = h[m].numpy(), h_next[m].numpy()
        align = formulas.alignment(a, b)
        assert found[1][m].item() == pytest.approx(align, rel=1e-12)
        if kind in alone:
            assert found[0][m].item() == pytest.approx(alone[kind](a, b), rel=1e-12)
            continue
        slices = lejepa.SIGReg().directions(h[m], torch.Generator().manual_seed(m)).numpy()
        regularizer: dict[str, Any] = {
            "sigreg": lambda x, slices=slices: formulas.sigreg(x, slices),
            "mmd": lambda x: formulas.mmd(x, 1.0),
            "vicreg": formulas.vicreg,
        }
        penalty = np.mean([regularizer[kind](x) for x in ([np.concatenate((a, b))] if pooled else [a, b])])
        assert found[2][m].item() == pytest.approx(penalty, rel=1e-9)
        assert found[0][m].item() == pytest.approx(weight * penalty + (1 - weight) * align / (4 * dim), rel=1e-9)


def test_a_model_that_diverges_leaves_the_others_alone() -> None:
    h = torch.randn(2, 20, 3, generator=torch.Generator().manual_seed(0))
    h[0, 3, 1] = torch.nan
    for objective in (config.SIGReg(kind="sigreg", weight=0.1), config.MMD(kind="mmd", weight=0.1), config.VICReg(kind="vicreg", weight=0.1), config.InfoNCE(kind="infonce")):  # fmt: skip  # noqa: E501
        loss = Loss(objective)(h, 0.9 * h, torch.Generator().manual_seed(0))[0]
        assert torch.isnan(loss).tolist() == [True, False]


def expected_at_the_optimum(correlation: float | None, rows: int, unbiased: bool) -> float:
    """The mean statistic of standard Gaussian rows, of which each has a partner of a correlation, by its knots.

    `𝔼 |φ̂|² = (1 + (rows - 1 or 2) |φ|² + exp(-t² (1 - ρ)) with a partner) / rows`, with `φ = exp(-t²/2)`.
    """
    t = np.linspace(0, 3, 17)
    w = np.full(17, 2 * 3 / 16)
    w[[0, -1]] /= 2
    square = np.exp(-(t**2))
    if correlation is None:
        second = (1 + (rows - 1) * square) / rows
    else:
        second = (1 + np.exp(-(t**2) * (1 - correlation)) + (rows - 2) * square) / rows
    first = (rows * second - 1) / (rows - 1) if unbiased else second
    return float(rows * (w * np.exp(-(t**2) / 2)) @ (first - square))


@pytest.mark.parametrize("unbiased", [False, True])
def test_views_of_correlated_pairs_are_judged_one_by_one(unbiased: bool) -> None:
    """At the optimum, batches of 256 pairs of correlation .95: per view the mean is that of independent rows, 0 where
    it is unbiased; pooled, the partners add .95 to either, which pushes them apart."""
    rho, batch, models = 0.95, 256, 400
    z, noise = torch.randn(2, models, batch, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    h, h_next = z, rho * z + math.sqrt(1 - rho**2) * noise
    found = {}
    for pooled in (False, True):
        objective = config.SIGReg(kind="sigreg", weight=0.5, slices=8, unbiased=unbiased, pooled=pooled)
        values = Loss(objective)(h, h_next, torch.Generator().manual_seed(1))[2]
        theory = expected_at_the_optimum(rho, 2 * batch, unbiased) if pooled else expected_at_the_optimum(None, batch, unbiased)  # fmt: skip  # noqa: E501
        error = values.std().item() / math.sqrt(models)
        assert values.mean().item() == pytest.approx(theory, abs=3 * error)
        assert error < 0.07
        found[pooled] = theory
    assert found[True] - found[False] == pytest.approx(0.945, abs=0.02)
    if unbiased:
        assert found[False] == pytest.approx(0, abs=1e-12)


def test_mmd_of_correlated_pairs_is_unbiased_per_view() -> None:
    """Pooled, partners add `2 B · (𝔼 k(h, h') - 𝔼 k(z, z')) / (2 B - 1)` with `h - h'` of variance `2 (1 - ρ)`."""
    rho, batch, models = 0.95, 64, 2000
    z, noise = torch.randn(2, models, batch, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    h, h_next = z, rho * z + math.sqrt(1 - rho**2) * noise
    for pooled in (False, True):
        values = Loss(config.MMD(kind="mmd", weight=0.5, pooled=pooled))(h, h_next, torch.Generator())[2]
        partners = 1 / (1 + 2 * (1 - rho)) - 1 / 3
        theory = 2 * batch * partners / (2 * batch - 1) if pooled else 0
        assert values.mean().item() == pytest.approx(theory, abs=3 * values.std().item() / math.sqrt(models))


def test_options_of_an_objective_reach_it() -> None:
    """None of them at its default."""
    x, y = torch.randn(2, 9, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    a, b = x.numpy(), y.numpy()
    sigreg = build(config.SIGReg(kind="sigreg", weight=0.1, slices=5, knots=9, t_max=2.0, unbiased=True))
    assert isinstance(sigreg, lejepa.SIGReg)
    slices = sigreg.directions(x, torch.Generator().manual_seed(1))
    assert 5 in slices.shape
    expected = formulas.sigreg(a, slices.numpy(), knots=9, t_max=2.0, unbiased=True)
    assert sigreg(x, generator=torch.Generator().manual_seed(1)).item() == pytest.approx(expected, rel=1e-9)
    assert build(config.MMD(kind="mmd", weight=0.1, sigma=0.7))(x).item() == pytest.approx(formulas.mmd(a, 0.7))
    assert build(config.InfoNCE(kind="infonce", sigma=0.7))(x, y).item() == pytest.approx(formulas.infonce(a, b, 0.7))
    biased = build(config.SIGReg(kind="sigreg", weight=0.1, slices=5, knots=9, t_max=2.0))
    expected = formulas.sigreg(a, slices.numpy(), knots=9, t_max=2.0)
    assert biased(x, generator=torch.Generator().manual_seed(1)).item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("pooled", [False, True])
def test_a_guess_takes_the_place_of_the_first_view_in_the_alignment_alone(pooled: bool) -> None:
    """`w R + (1 - w) 𝔼 ‖h' - f‖² / dim`, the regularizer still of `h` and `h'`."""
    weight, dim = 0.3, 3
    h, h_next, guess = torch.randn(3, 2, 7, dim, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    objective = config.VICReg(kind="vicreg", weight=weight, pooled=pooled)
    loss, align, penalty = Loss(objective)(h, h_next, torch.Generator(), guess)
    for m in range(2):
        a, b, f = h[m].numpy(), h_next[m].numpy(), guess[m].numpy()
        error = ((b - f) ** 2).sum(-1).mean()
        own = np.mean([formulas.vicreg(x) for x in ([np.concatenate((a, b))] if pooled else [a, b])])
        assert align[m].item() == pytest.approx(error, rel=1e-12)
        assert penalty[m].item() == pytest.approx(own, rel=1e-9)
        assert loss[m].item() == pytest.approx(weight * own + (1 - weight) * error / dim, rel=1e-9)
