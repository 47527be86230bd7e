"""The world, the mixings and the encoders."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from lejepa.training import config, encoder, mixing
from lejepa.training.config import World
from lejepa.training.mixing import spiral
from lejepa.training.world import gennorm, pairs, successors
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy import stats
from torch import Tensor, nn

CPU = torch.device("cpu")


@pytest.mark.parametrize("rho", [0.05, 0.5, 0.99])
def test_pairs_have_the_law_of_the_world(rho: float) -> None:
    """Both marginals standard, correlation ρ between successive coordinates and none across."""
    count = 100_000
    z, z_next = pairs(World(dim=2, rho=rho), (count,), torch.Generator().manual_seed(0))
    joint = torch.cat((z, z_next), dim=1).double()
    expected = torch.eye(4, dtype=torch.float64)
    expected[[0, 1, 2, 3], [2, 3, 0, 1]] = rho
    error = 5 * math.sqrt(2 / count)
    assert (joint.T @ joint / count - expected).abs().max() < error
    assert joint.mean(0).abs().max() < error


@pytest.mark.parametrize("alpha", [1.0, 2.0])
def test_successors_share_their_past_and_nothing_else(alpha: float) -> None:
    """Both are `ρ z + √(1 - ρ²) η`: correlation ρ², and of the fourth cumulant κ of `z` and `η` they have
    `(ρ⁴ + (1 - ρ²)²) κ` each and `ρ⁴ κ` in common; for Laplace latents κ is 3, for Gaussian ones 0."""
    rho, count = 0.8, 1_000_000
    world = World(latent="gennorm", alpha=alpha, dim=1, rho=rho)
    first, second, actions = successors(world, (count,), torch.Generator().manual_seed(0))
    a, b = first.double().flatten(), second.double().flatten()
    kurtosis = 3.0 if alpha == 1 else 0.0
    expected = {
        "ab": rho**2,
        "aa": 1.0,
        "bb": 1.0,
        "aaaa": 3 + (rho**4 + (1 - rho**2) ** 2) * kurtosis,
        "bbbb": 3 + (rho**4 + (1 - rho**2) ** 2) * kurtosis,
        "aabb": 1 + 2 * rho**4 + rho**4 * kurtosis,
    }
    for powers, value in expected.items():
        product = a ** powers.count("a") * b ** powers.count("b")
        assert abs(float(product.mean()) - value) < 5 * float(product.std()) / math.sqrt(count), powers
    assert actions.shape == (count, 0)


def test_successors_have_the_correlation_of_each_coordinate() -> None:
    world, count = World(dim=2, rho=0.9, rhos=(0.9, 0.5)), 100_000
    first, second, _ = successors(world, (count,), torch.Generator().manual_seed(0))
    cross = first.double().T @ second.double() / count
    expected = torch.diag(torch.tensor([0.81, 0.25], dtype=torch.float64))
    assert (cross - expected).abs().max() < 5 * math.sqrt(2 / count)


def test_the_spiral_keeps_norms_and_is_undone_by_turning_back() -> None:
    z = torch.randn(1000, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x = spiral(z)
    torch.testing.assert_close(x.norm(dim=1), z.norm(dim=1))
    torch.testing.assert_close(spiral(x, -1.0), z)
    assert (x - z).abs().max() > 1


def test_the_spiral_turns_a_unit_vector_by_half_a_turn() -> None:
    torch.testing.assert_close(spiral(torch.tensor([[1.0, 0.0]])), torch.tensor([[-1.0, 0.0]]), atol=1e-6, rtol=0)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0, 32.0])
def test_gennorm_has_unit_variance_and_the_law_s_fourth_moment(alpha: float) -> None:
    """`𝔼 z⁴ = Γ(5/α) Γ(1/α) / Γ(3/α)²`: 6 for Laplace, 3 for the Gaussian."""
    z = gennorm(alpha, (400_000,), torch.Generator().manual_seed(0)).double()
    fourth = math.exp(math.lgamma(5 / alpha) + math.lgamma(1 / alpha) - 2 * math.lgamma(3 / alpha))
    eighth = z.pow(8).mean().item()
    assert z.mean().abs() < 5 / math.sqrt(len(z))
    assert z.square().mean().item() == pytest.approx(1, abs=5 * math.sqrt(fourth / len(z)))
    assert z.pow(4).mean().item() == pytest.approx(fourth, abs=5 * math.sqrt(eighth / len(z)))


@pytest.mark.parametrize("kind", ["banana", "sinusoid", "coupling", "spiral"])
def test_mixings_keep_volume(kind: str) -> None:
    """Shears, couplings and the spiral have Jacobians of determinant one; none is linear."""
    seed = {"seed": 1} if kind == "coupling" else {}
    section: config.Mixing = TypeAdapter(config.Mixing).validate_python({"kind": kind} | seed)
    g = mixing.build(section, 2, CPU)
    z = torch.randn(20, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    for point in z:
        jacobian = torch.autograd.functional.jacobian(g, point)
        assert torch.det(jacobian).abs().item() == pytest.approx(1, abs=1e-3)
    assert (g(2 * z) - 2 * g(z)).abs().max() > 0.1


def test_a_coupling_s_inverse_undoes_it() -> None:
    g = mixing.Coupling(config.Coupling(kind="coupling", layers=5, seed=1), 8, CPU)
    z = torch.randn(100, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(g.inverse(g(z)), z, atol=1e-4, rtol=0)


def test_coordinates_of_different_rho_have_each_its_own() -> None:
    world = config.World(dim=3, rho=0.9, rhos=(0.9, 0.5, 0.1))
    z, z_next = pairs(world, (200_000,), torch.Generator().manual_seed(0))
    error = 5 / math.sqrt(len(z))
    assert (z * z_next).mean(0).tolist() == pytest.approx([0.9, 0.5, 0.1], abs=error)
    assert z_next.square().mean(0).tolist() == pytest.approx([1, 1, 1], abs=2 * error)


def ks(x: Tensor, below: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> float:
    """Kolmogorov and Smirnov's distance times the root of the count: above 1.95 once in a thousand samples."""
    return float(stats.kstest(x.detach().double().numpy().ravel(), below).statistic) * math.sqrt(x.numel())


@pytest.mark.parametrize("rho", [0.05, 0.95])
def test_both_ends_and_the_remainder_are_standard_normal(rho: float) -> None:
    z, z_next = pairs(World(dim=2, rho=rho), (50_000,), torch.Generator().manual_seed(1))
    rest = (z_next - rho * z) / math.sqrt(1 - rho**2)
    for x in (z, z_next, rest):
        assert ks(x, stats.norm.cdf) < 1.95
    square = rest.square() * z.square()  # independent of z: 𝔼 = 1, variance 3 · 3 - 1
    assert square.mean().item() == pytest.approx(1, abs=4 * math.sqrt(8 / square.numel()))


@pytest.mark.parametrize("alpha", [0.05, 0.5, 1.0, 2.0, 32.0])
def test_gennorm_has_its_law(alpha: float) -> None:
    """Against SciPy's, at the limits of what is allowed too."""
    z = gennorm(alpha, (100_000,), torch.Generator().manual_seed(2))
    scale = math.exp(0.5 * (math.lgamma(1 / alpha) - math.lgamma(3 / alpha)))
    assert ks(z, lambda x: stats.gennorm.cdf(x, alpha, scale=scale)) < 1.95
    assert not torch.equal(z, gennorm(alpha, (100_000,), torch.Generator().manual_seed(3)))


def test_gennorm_of_a_great_shape_is_uniform() -> None:
    """`Γ(1/α)` is below the least float half of the time at `α = 1000`; the law is uniform but for a thousandth."""
    z = gennorm(1000.0, (100_000,), torch.Generator().manual_seed(2))
    assert ks(z, stats.uniform(-(3**0.5), 2 * 3**0.5).cdf) < 2.3


def test_gennorm_goes_on_with_its_stream() -> None:
    g = torch.Generator().manual_seed(2)
    first, second = gennorm(1.0, (5,), g), gennorm(1.0, (5,), g)
    assert not torch.equal(first, second)
    again = torch.Generator().manual_seed(2)
    assert torch.equal(first, gennorm(1.0, (5,), again))
    assert torch.equal(second, gennorm(1.0, (5,), again))


def test_pairs_of_gennorm_are_driven_by_noise_of_the_same_law() -> None:
    """The excess kurtosis of `z'` is that of `z` times `ρ⁴ + (1 - ρ²)²`; for Laplace's law that is 3."""
    rho = 0.8
    z, z_next = pairs(World(latent="gennorm", alpha=1.0, dim=1, rho=rho), (400_000,), torch.Generator().manual_seed(0))
    fourth = z_next.double().pow(4)
    expected = 3 + 3 * (rho**4 + (1 - rho**2) ** 2)
    assert fourth.mean().item() == pytest.approx(expected, abs=4 * fourth.std().item() / math.sqrt(len(z)))
    product = z.double() * z_next.double()
    assert product.mean().item() == pytest.approx(rho, abs=4 * product.std().item() / math.sqrt(len(z)))


def test_mixings_by_hand() -> None:
    z = torch.tensor([[2.0, 3.0], [1.0, math.pi / 3], [0.5, 0.0]], dtype=torch.float64)
    expected = {
        "identity": [[2, 3], [1, math.pi / 3], [0.5, 0]],
        "banana": [[2, 7], [1, math.pi / 3 + 1], [0.5, 0.25]],
        "sinusoid": [[2 + math.sin(4.5), 3], [2, math.pi / 3], [0.5, 0]],
        "cubic": [[10, 30], [2, math.pi / 3 + (math.pi / 3) ** 3], [0.625, 0]],
    }
    for kind, values in expected.items():
        section: config.Mixing = TypeAdapter(config.Mixing).validate_python({"kind": kind})
        torch.testing.assert_close(mixing.build(section, 2, CPU)(z), torch.tensor(values, dtype=torch.float64))
    # half a turn times the norm 1/2, counterclockwise
    torch.testing.assert_close(spiral(z[2:]), torch.tensor([[0.0, 0.5]], dtype=torch.float64))
    turned = mixing.build(config.Spiral(kind="spiral", turns=0.5), 2, CPU)(z[2:])
    torch.testing.assert_close(turned, torch.full((1, 2), math.sqrt(1 / 8), dtype=torch.float64))


def test_a_coupling_by_hand() -> None:
    """In two dimensions matrices are signs times the scale; the second coordinate moves first."""
    g = mixing.Coupling(config.Coupling(kind="coupling", layers=3, scale=1.5, seed=4), 2, CPU)
    signs = [float(w) / 1.5 for w in g.matrices]
    assert all(abs(s) == pytest.approx(1) for s in signs)
    a, b = 0.3, -0.7
    b += math.tanh(1.5 * signs[0] * a)
    a += math.tanh(1.5 * signs[1] * b)
    b += math.tanh(1.5 * signs[2] * a)
    torch.testing.assert_close(g(torch.tensor([[0.3, -0.7]])), torch.tensor([[a, b]]))


def test_a_coupling_s_matrices_are_orthogonal_times_the_scale_and_of_the_seed() -> None:
    c = config.Coupling(kind="coupling", layers=4, scale=2.0, seed=4)
    g = mixing.Coupling(c, 12, CPU)
    assert len(g.matrices) == 4
    for w in g.matrices:
        torch.testing.assert_close(w @ w.T, 4 * torch.eye(6), atol=1e-5, rtol=0)
    assert not torch.allclose(g.matrices[0], g.matrices[1])
    for same, w in zip(mixing.Coupling(c, 12, CPU).matrices, g.matrices, strict=True):
        assert torch.equal(same, w)
    other = mixing.Coupling(c.model_copy(update={"seed": 5}), 12, CPU)
    assert not torch.allclose(other.matrices[0], g.matrices[0])


@pytest.mark.parametrize("layers", [1, 4, 5])
def test_the_matched_encoder_with_the_mixing_s_matrices_is_its_inverse(layers: int) -> None:
    g = mixing.Coupling(config.Coupling(kind="coupling", layers=layers, seed=1), 6, CPU)
    g.matrices = [w.double() for w in g.matrices]
    models = encoder.ParallelMatched(6, layers, [torch.Generator().manual_seed(s) for s in (0, 1)]).double()
    z = torch.randn(100, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with torch.no_grad():
        for own, w in zip(models.weights, g.matrices, strict=True):
            own[1] = w
        found = models(g(z).expand(2, -1, -1))
    torch.testing.assert_close(found[1], z, rtol=0, atol=1e-12)
    assert (found[0] - z).abs().max() > 0.1


def test_matched_encoders_begin_with_entries_of_variance_two_over_dim() -> None:
    models = encoder.ParallelMatched(200, 2, [torch.Generator().manual_seed(s) for s in (0, 1)])
    assert [tuple(w.shape) for w in models.weights] == [(2, 100, 100)] * 2
    for w in models.weights:
        assert w.square().mean().item() == pytest.approx(0.01, rel=4 * math.sqrt(2 / w.numel()))
    assert not torch.allclose(models.weights[0][0], models.weights[0][1])
    small = encoder.ParallelMatched(200, 2, [torch.Generator().manual_seed(s) for s in (0, 1)], gain=0.01)
    for w, v in zip(models.weights, small.weights, strict=True):
        torch.testing.assert_close(v, 0.01 * w)


def test_a_configured_gain_of_zero_is_the_identity_at_first() -> None:
    streams = [torch.Generator().manual_seed(s) for s in (0, 1)]
    models = encoder.build(config.Matched(kind="matched", gain=0.0), 6, 6, streams)
    x = torch.randn(2, 10, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(models(x), x)


def nice(dim: int, layers: int, expansion: int, *seeds: int) -> encoder.ParallelNICE:
    return encoder.ParallelNICE(dim, layers, expansion, [torch.Generator().manual_seed(s) for s in seeds])


@pytest.mark.parametrize("layers", [1, 4, 5])
def test_a_nice_encoder_holds_the_inverse_of_a_coupling_mixing(layers: int) -> None:
    """One hidden unit a coordinate undoes the mixing; a second one that goes to no output changes nothing."""
    g = mixing.Coupling(config.Coupling(kind="coupling", layers=layers, seed=1), 6, CPU)
    g.matrices = [w.double() for w in g.matrices]
    models = nice(6, layers, 2, 0, 1).double()
    z = torch.randn(100, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with torch.no_grad():
        for inputs, outputs, w in zip(models.inputs, models.outputs, g.matrices, strict=True):
            inputs[1, :, 1::2] = w
            outputs[1, 1::2] = torch.eye(3)
        found = models(g(z).expand(2, -1, -1))
    torch.testing.assert_close(found[1], z, rtol=0, atol=1e-12)
    assert (found[0] - z).abs().max() > 0.1


def test_a_nice_encoder_s_shift_is_a_perceptron_of_the_other_half() -> None:
    models = nice(4, 3, 5, 7, 8)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in models.parameters():
            p.copy_(torch.randn(p.shape, generator=generator))
    x = torch.randn(2, 10, 4, generator=generator)
    for m in range(2):
        halves = [x[m, :, :2].double().numpy(), x[m, :, 2:].double().numpy()]
        for layer in (2, 1, 0):
            of, to = (0, 1) if layer % 2 == 0 else (1, 0)
            w, b, v = (p[layer][m].detach().double().numpy() for p in (models.inputs, models.biases, models.outputs))
            halves[to] = halves[to] - np.tanh(halves[of] @ w + b) @ v
        np.testing.assert_allclose(models(x)[m].detach().numpy(), np.concatenate(halves, axis=1), atol=1e-4)


def test_a_nice_encoder_is_the_identity_at_first_and_each_model_of_its_own_stream() -> None:
    models = nice(200, 2, 3, 0, 1)
    assert [tuple(w.shape) for w in models.inputs] == [(2, 100, 300)] * 2
    x = torch.randn(2, 10, 200, generator=torch.Generator().manual_seed(0))
    assert torch.equal(models(x), x)
    assert not any(p.any() for p in (*models.biases, *models.outputs))
    for w in models.inputs:
        assert w.mean().item() == pytest.approx(0, abs=4 * 0.1 / math.sqrt(w.numel()))
        assert w.square().mean().item() == pytest.approx(0.01, rel=4 * math.sqrt(2 / w.numel()))
    assert not torch.allclose(models.inputs[0][0], models.inputs[0][1])
    alone = nice(200, 2, 3, 1)
    assert all(torch.equal(a[0], b[1]) for a, b in zip(alone.inputs, models.inputs, strict=True))


def test_parallel_perceptrons_are_perceptrons_side_by_side() -> None:
    sizes = (3, 8, 8, 2)
    models = encoder.ParallelMLP(sizes, [torch.Generator().manual_seed(s) for s in (0, 1)])
    x = torch.randn(2, 10, 3, generator=torch.Generator().manual_seed(0))
    for m in range(2):
        layers: list[nn.Module] = []
        for w, b in zip(models.weights, models.biases, strict=True):
            linear = nn.Linear(w.shape[1], w.shape[2])
            with torch.no_grad():
                linear.weight.copy_(w[m].T)
                linear.bias.copy_(b[m, 0])
            layers += [linear, nn.GELU()]
        torch.testing.assert_close(models(x)[m], nn.Sequential(*layers[:-1])(x[m]))
    for inputs, w, b in zip(sizes, models.weights, models.biases, strict=False):
        assert ks(torch.cat((w.flatten(), b.flatten())), stats.uniform(-(inputs**-0.5), 2 * inputs**-0.5).cdf) < 1.95
    assert not torch.allclose(models.weights[0][0], models.weights[0][1])
    alone = encoder.ParallelMLP(sizes, [torch.Generator().manual_seed(1)])
    assert torch.equal(alone.weights[2][0], models.weights[2][1])


def test_biases_and_weights_begin_uniform_within_one_over_the_root_of_the_inputs() -> None:
    models = encoder.ParallelMLP((9, 800), [torch.Generator().manual_seed(3)])
    law = stats.uniform(-1 / 3, 2 / 3)
    for drawn in (models.weights[0], models.biases[0]):
        assert drawn.abs().max() <= 1 / 3
        assert ks(drawn.flatten(), law.cdf) < 1.95


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"kind": "mlp"}, [(4, 256), (256, 256), (256, 256), (256, 4)]),
        ({"kind": "matched"}, [(2, 2)] * 3),
        ({"kind": "nice"}, [(2, 8)] * 3 + [(8, 2)] * 3),
        ({"kind": "nice", "expansion": 2}, [(2, 4)] * 3 + [(4, 2)] * 3),
    ],
    ids=["mlp", "matched", "nice", "narrower"],
)
def test_an_encoder_is_of_its_configuration(keys: dict[str, object], expected: list[tuple[int, int]]) -> None:
    section: config.Encoder = TypeAdapter(config.Encoder).validate_python(keys | {"layers": 3})
    built = encoder.build(section, 4, 4, [torch.Generator().manual_seed(0)])
    assert [tuple(p.shape[1:]) for p in built.parameters() if p.shape[1] > 1] == expected
    assert built(torch.zeros(1, 5, 4)).shape == (1, 5, 4)
