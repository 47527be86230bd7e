"""The objectives against direct formulas."""

import math

import pytest
import torch
from lejepa.training import config
from lejepa.training.objective import Loss, SIGReg, alignment, infonce, mmd, whitening


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
    sigreg = SIGReg(knots, 4, t_max).double()
    sigreg.weights, sigreg.target = reference_buffers(knots, t_max)
    fast, slow = sigreg.statistic(x), plain_statistic(x, knots, t_max)
    torch.testing.assert_close(fast, slow)
    upstream = torch.randn_like(fast)
    (g,) = torch.autograd.grad(fast, x, upstream)
    (expected,) = torch.autograd.grad(slow, x, upstream)
    torch.testing.assert_close(g, expected)


def reference_buffers(knots: int, t_max: float) -> tuple[torch.Tensor, torch.Tensor]:
    t = torch.linspace(0, t_max, knots, dtype=torch.float64)
    w = torch.full((knots,), 2 * t_max / (knots - 1), dtype=torch.float64)
    w[[0, -1]] /= 2
    return w * torch.exp(-(t**2) / 2), torch.exp(-(t**2) / 2)


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


@pytest.mark.parametrize("dim", [1, 3])
def test_mmd_is_the_discrepancy_of_the_kernel(dim: int) -> None:
    """Against sample means of the kernel, with a million Gaussian points for the expectations."""
    generator = torch.Generator().manual_seed(0)
    h = 0.5 * torch.randn(2, 6, dim, generator=generator, dtype=torch.float64) + 0.3
    z, other = torch.randn(2, 400_000, dim, generator=generator, dtype=torch.float64)
    sigma = 0.8

    def kernel(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.exp(-(a - b).square().sum(-1) / (2 * sigma**2))

    for m in range(2):
        inner = [kernel(h[m, i], h[m, j]) for i in range(6) for j in range(6) if i != j]
        cross = [kernel(h[m, i], z).mean() for i in range(6)]
        expected = 6 * (sum(inner) / 30 - 2 * sum(cross) / 6 + kernel(z, other).mean())
        assert mmd(h, sigma)[m].item() == pytest.approx(float(expected), abs=0.02)


def test_each_model_s_slices_are_its_own_stream_s() -> None:
    h = torch.randn(3, 32, 4, generator=torch.Generator().manual_seed(0))
    sigreg = SIGReg(slices=5)
    streams = [torch.Generator().manual_seed(s) for s in (7, 8, 9)]
    together = sigreg.directions(h, streams)
    for model, seed in enumerate((7, 8, 9)):
        alone = sigreg.directions(h[model], torch.Generator().manual_seed(seed))
        assert torch.equal(together[model], alone)
