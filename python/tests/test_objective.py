"""The objectives against direct formulas."""

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import torch
from lejepa.training import config
from lejepa.training.objective import Loss, SIGReg, alignment, infonce, mmd, whitening
from pydantic import TypeAdapter


def plain_statistic(x: torch.Tensor, knots: int, t_max: float) -> torch.Tensor:
    """The statistic by a cosine and a sine at each knot."""
    t = torch.linspace(0, t_max, knots, dtype=x.dtype)
    w = torch.full((knots,), 2 * t_max / (knots - 1), dtype=x.dtype)
    w[[0, -1]] /= 2
    phi = torch.exp(-(t**2) / 2)
    xt = x.unsqueeze(-1) * t
    gap = (xt.cos().mean(-3) - phi) ** 2 + xt.sin().mean(-3) ** 2
    return (gap * w * phi).sum(-1) * x.shape[-2]


@pytest.mark.parametrize(("knots", "t_max"), [(2, 1.0), (17, 3.0), (40, 5.0)])
def test_statistic_and_its_gradient_are_those_of_the_plain_formula(knots: int, t_max: float) -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 50, 4, dtype=torch.float64, requires_grad=True)
    fast, slow = SIGReg(knots, 4, t_max).statistic(x), plain_statistic(x, knots, t_max)
    torch.testing.assert_close(fast, slow, rtol=1e-12, atol=1e-12)
    upstream = torch.randn_like(fast)
    (g,) = torch.autograd.grad(fast, x, upstream)
    (expected,) = torch.autograd.grad(slow, x, upstream)
    torch.testing.assert_close(g, expected, rtol=1e-11, atol=1e-12)


SAMPLES = {
    "four points": torch.tensor([-1.5, 0.2, 0.3, 2.0], dtype=torch.float64),
    "one point": torch.zeros(20, dtype=torch.float64),
    "normal": torch.randn(40, generator=torch.Generator().manual_seed(0), dtype=torch.float64),
    "wide and off centre": 3 * torch.randn(40, generator=torch.Generator().manual_seed(1), dtype=torch.float64) + 1,
}


def over_the_line(x: torch.Tensor) -> float:
    """`n ∫ |φ̂ - exp(-t²/2)|² exp(-t²/2) dt` over all `t`: `∫ exp(i t a - s t²/2) dt = √(2π/s) exp(-a²/(2 s))`."""
    apart = x[:, None] - x
    own = math.sqrt(2 * math.pi) * torch.exp(-(apart**2) / 2).mean()
    cross = math.sqrt(math.pi) * torch.exp(-(x**2) / 4).mean()
    return len(x) * float(own - 2 * cross + math.sqrt(2 * math.pi / 3))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_statistic_is_the_weighted_integral(name: str) -> None:
    """Fine knots to `t = 10` against the closed form; 17 knots on `[0, 3]` against the integral by mpmath."""
    x = SAMPLES[name]
    assert SIGReg(200, 1, 10.0).statistic(x[:, None]).item() == pytest.approx(over_the_line(x), rel=1e-12)

    def gap(t: Any) -> Any:
        real = mpmath.fsum(mpmath.cos(t * v) for v in x.tolist()) / len(x) - mpmath.exp(-t * t / 2)
        imaginary = mpmath.fsum(mpmath.sin(t * v) for v in x.tolist()) / len(x)
        return (real**2 + imaginary**2) * mpmath.exp(-t * t / 2)

    within = float(2 * len(x) * mpmath.quad(gap, mpmath.linspace(0, 3, 7)))
    assert SIGReg().statistic(x[:, None]).item() == pytest.approx(within, rel=1e-3)
    assert 0 < over_the_line(x) - within < 0.055 * len(x)


def test_constants_have_the_precision_of_embeddings() -> None:
    x = SAMPLES["normal"][:, None]
    fine, coarse = SIGReg().statistic(x), SIGReg().statistic(x.float())
    assert (fine.dtype, coarse.dtype) == (torch.float64, torch.float32)
    torch.testing.assert_close(fine, plain_statistic(x, 17, 3.0), rtol=1e-13, atol=0)
    torch.testing.assert_close(coarse, fine.float(), rtol=1e-5, atol=0)


def test_half_precision_and_autocast_are_taken_in_float32() -> None:
    h = torch.randn(2, 300, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    sigreg = SIGReg(slices=8)
    directions = sigreg.directions(h, torch.Generator().manual_seed(1))
    expected = sigreg(h, directions)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = sigreg(h, directions)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, rtol=0.05, atol=0.02)
    found.sum().backward()
    assert h.grad is not None
    assert sigreg(h.detach().bfloat16(), directions.bfloat16()).dtype == torch.float32


def test_a_second_derivative_is_refused() -> None:
    x = torch.randn(5, 1, requires_grad=True)
    with pytest.raises(RuntimeError, match="expected one derivative"):
        torch.autograd.grad(SIGReg().statistic(x).sum(), x, create_graph=True)


def test_statistic_gradcheck() -> None:
    torch.manual_seed(1)
    x = torch.randn(2, 5, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(SIGReg(9, 3, 3.0).double().statistic, (x,))


def test_sigreg_tells_the_gaussian_from_others() -> None:
    generator = torch.Generator().manual_seed(0)
    sigreg = SIGReg()
    gaussian = torch.randn(4000, 3, generator=generator)
    others = {
        "too wide": 1.3 * gaussian,
        "off centre": gaussian + 0.3,
        "uniform": (torch.rand(4000, 3, generator=generator) - 0.5) * math.sqrt(12),
        "collapsed": gaussian[:, :1].expand(-1, 3).contiguous(),
    }
    directions = sigreg.directions(gaussian, generator)
    base = sigreg(gaussian, directions)
    for name, h in others.items():
        assert sigreg(h, directions) > 5 * base, name


def test_directions_are_unit_vectors() -> None:
    h = torch.zeros(2, 10, 5)
    d = SIGReg(slices=7).directions(h, torch.Generator().manual_seed(0))
    assert d.shape == (2, 5, 7)
    torch.testing.assert_close(d.norm(dim=-2), torch.ones(2, 7))


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


def test_whitening_of_each_model_is_its_covariance_s_distance_from_one() -> None:
    h = torch.randn(2, 300, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 1.5
    expected = [(torch.cov(x.T) - torch.eye(4, dtype=torch.float64)).square().mean() for x in h]
    torch.testing.assert_close(whitening(h), torch.stack(expected))


def test_infonce_is_two_cross_entropies() -> None:
    generator = torch.Generator().manual_seed(0)
    h, h_next = torch.randn(2, 3, 20, 5, generator=generator, dtype=torch.float64)
    got = infonce(h, h_next, sigma=0.7)
    own = torch.arange(20)
    for m in range(3):
        similarity = -(h[m].unsqueeze(1) - h_next[m].unsqueeze(0)).square().sum(-1) / (2 * 0.7**2)
        entropy = torch.nn.functional.cross_entropy
        expected = (entropy(similarity, own) + entropy(similarity.T, own)) / 2
        torch.testing.assert_close(got[m], expected)


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


def test_the_unbiased_statistic_has_the_mean_of_the_law_s() -> None:
    """At samples of `N(0, 1)` its mean is 0, where the plain one's is the sampling noise; its gradient is right."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(40, 20_000, generator=generator, dtype=torch.float64)
    plain, unbiased = (SIGReg(17, 20_000, 3.0, unbiased=u).double().statistic(x) for u in (False, True))
    error = 4 * unbiased.std() / len(unbiased) ** 0.5
    assert abs(unbiased.mean()) < error
    assert plain.mean() > 10 * error
    y = torch.randn(5, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(SIGReg(9, 3, 3.0, unbiased=True).double().statistic, (y,))


def test_models_that_take_turns_give_what_they_give_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.randn(3, 50, 8, generator=torch.Generator().manual_seed(0))
    together = SIGReg(slices=8).statistic(x)
    monkeypatch.setattr("lejepa.training.objective.CACHED", 1)
    torch.testing.assert_close(SIGReg(slices=8).statistic(x), together)


@pytest.mark.parametrize(("dim", "sigma"), [(1, 0.8), (3, 0.8), (2, 2.0)])
def test_mmd_is_the_discrepancy_of_the_kernel(dim: int, sigma: float) -> None:
    """Against the kernel pair by pair, its expectations by Gauss–Hermite quadrature in each coordinate."""
    h = 0.5 * torch.randn(2, 6, dim, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 0.3
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()

    def kernel(a: Any, b: Any) -> Any:
        return np.exp(-((a - b) ** 2) / (2 * sigma**2))

    both = float(weights @ kernel(nodes[:, None], nodes) @ weights) ** dim
    for m in range(2):
        points = h[m].numpy()
        inner = [float(np.prod(kernel(points[i], points[j]))) for i in range(6) for j in range(6) if i != j]
        cross = [float(np.prod([weights @ kernel(c, nodes) for c in p])) for p in points]
        expected = 6 * (sum(inner) / 30 - 2 * sum(cross) / 6 + both)
        assert mmd(h, sigma)[m].item() == pytest.approx(expected, rel=1e-9)


def exact_infonce(h: torch.Tensor, h_next: torch.Tensor, sigma: float) -> float:
    """InfoNCE of one model by mpmath, with fifty digits."""
    with mpmath.workdps(50):
        a, b = ([[mpmath.mpf(v) for v in row] for row in x.tolist()] for x in (h, h_next))
        similarity = [[-sum((u - v) ** 2 for u, v in zip(p, q, strict=True)) / (2 * mpmath.mpf(sigma) ** 2) for q in b] for p in a]  # fmt: skip  # noqa: E501
        rows = [mpmath.log(sum(map(mpmath.exp, row))) for row in similarity]
        columns = [mpmath.log(sum(map(mpmath.exp, column))) for column in zip(*similarity, strict=True)]
        each = [(r + c) / 2 - similarity[i][i] for i, (r, c) in enumerate(zip(rows, columns, strict=True))]
        return float(sum(each) / len(each))


PLACES = {
    "far": lambda x: x + 1e4,
    "close": lambda x: x * 1e-4,
    "far and close": lambda x: x * 0.02 + 1e4,
    "spread": lambda x: torch.cat((x[:, :20], x[:, 20:] + 1e4), 1),  # two clusters of rows
}


@pytest.mark.parametrize("place", PLACES)
def test_kernels_are_right_far_from_the_origin_in_float32(place: str) -> None:
    """Of the very float32 numbers that are given; so is the gradient, against float64's."""
    g = torch.Generator().manual_seed(0)
    z, noise = torch.randn(2, 1, 40, 3, generator=g)
    h, h_next = (PLACES[place](x).requires_grad_() for x in (z, 0.95 * z + 0.3 * noise))
    sigma = 1e-4 if place == "close" else 1.0
    loss = infonce(h, h_next, sigma)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(exact_infonce(h[0], h_next[0], sigma), rel=1e-6)
    fine = [x.detach().double().requires_grad_() for x in (h, h_next)]
    wide = torch.autograd.grad(direct_infonce(*fine, sigma).sum(), fine)
    for got, expected in zip(torch.autograd.grad(loss.sum(), (h, h_next)), wide, strict=True):
        torch.testing.assert_close(got.double(), expected, rtol=1e-4, atol=1e-6 * expected.abs().max().item())

    value = mmd(h, sigma)
    pairs = (fine[0].unsqueeze(-2) - fine[0].unsqueeze(-3)).square().sum(-1)
    inner = (torch.exp(-pairs / (2 * sigma**2)).sum() - 40) / (40 * 39)
    cross = (sigma**2 / (sigma**2 + 1)) ** 1.5 * torch.exp(-fine[0].square().sum(-1) / (2 * (sigma**2 + 1))).mean()
    expected_value = 40 * (inner - 2 * cross + (sigma**2 / (sigma**2 + 2)) ** 1.5)
    assert value.item() == pytest.approx(expected_value.item(), rel=1e-6)


def direct_infonce(h: torch.Tensor, h_next: torch.Tensor, sigma: float) -> torch.Tensor:
    """By differences of all pairs."""
    similarity = -(h.unsqueeze(-2) - h_next.unsqueeze(-3)).square().sum(-1) / (2 * sigma**2)
    own = similarity.diagonal(dim1=-2, dim2=-1)
    return (similarity.logsumexp(-1) + similarity.logsumexp(-2)).mean(-1) / 2 - own.mean(-1)


def test_whitening_is_right_far_from_the_origin_in_float32() -> None:
    h = torch.randn(1, 300, 4, generator=torch.Generator().manual_seed(0)) + 1e4
    expected = (torch.cov(h[0].double().T) - torch.eye(4, dtype=torch.float64)).square().mean()
    assert whitening(h).item() == pytest.approx(expected.item(), rel=1e-3)


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("kind", ["sigreg", "mmd", "vicreg", "infonce"])
def test_the_loss_is_the_sum_that_it_says(kind: str, pooled: bool) -> None:
    """Each part by numpy, for two models: `w R + (1 - w) 𝔼 ‖h' - h‖² / (4 dim)`, `R` a view or of both together."""
    weight, dim, batch = 0.3, 3, 7
    h, h_next = torch.randn(2, 2, batch, dim, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    options: dict[str, Any] = {"kind": kind} | ({} if kind == "infonce" else {"weight": weight, "pooled": pooled})
    objective: config.Objective = TypeAdapter(config.Objective).validate_python(options)
    loss = Loss(objective)
    found = loss(h, h_next, torch.Generator().manual_seed(5))
    slices = SIGReg().directions(h, torch.Generator().manual_seed(5))
    for m in range(2):
        a, b = h[m].numpy(), h_next[m].numpy()
        align = ((b - a) ** 2).sum() / batch
        assert found[1][m].item() == pytest.approx(align, rel=1e-12)
        if kind == "infonce":
            assert found[0][m].item() == pytest.approx(exact_infonce(h[m], h_next[m], 1.0), rel=1e-12)
            continue

        def regularizer(x: Any, m: int = m) -> float:
            if kind == "sigreg":
                return float(np.mean([plain_statistic(torch.tensor(x @ s)[:, None], 17, 3.0) for s in slices[m].numpy().T]))  # fmt: skip  # noqa: E501
            if kind == "vicreg":
                return float(np.mean((np.cov(x.T) - np.eye(dim)) ** 2))
            n = len(x)
            k = np.exp(-((x[:, None] - x) ** 2).sum(-1) / 2)
            cross = 2**-1.5 * np.exp(-(x**2).sum(-1) / 4).mean()
            return float(n * ((k.sum() - n) / (n * (n - 1)) - 2 * cross + 3**-1.5))

        views = [np.concatenate((a, b))] if pooled else [a, b]
        penalty = np.mean([regularizer(x) for x in views])
        assert found[2][m].item() == pytest.approx(penalty, rel=1e-9)
        assert found[0][m].item() == pytest.approx(weight * penalty + (1 - weight) * align / (4 * dim), rel=1e-9)


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
