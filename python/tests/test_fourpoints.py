"""The world of four points: sampled pairs against its chain in exact arithmetic, and what R² says on it."""

import math
from collections import Counter

import numpy as np
import pytest
import sympy
import torch
from lejepa.measures.regression import explained
from lejepa.training import fourpoints
from lejepa.training.config import World
from lejepa.training.world import eigenfunction, latents, pairs
from scipy.optimize import brentq
from sympy import Matrix, diag

COUNT = 400_000
FOUR = World(latent="fourpoints", dim=1)
POINTS = (-3, -1, 1, 3)
P = sympy.Symbol("p")
LAW = [P / 2, (1 - P) / 2, (1 - P) / 2, P / 2]
ROOT = (math.sqrt(73) - 3) / 16


def at_root(x: sympy.Expr) -> sympy.Expr:
    """A rational function of `p`, its numerator reduced by `8 p² + 3 p - 2`, whose root is the probability."""
    above, below = sympy.together(x).as_numer_denom()
    return sympy.rem(above, 8 * P**2 + 3 * P - 2, P) / below


STEP = Matrix(4, 4, lambda i, j: {-2: P, 0: 1 - 2 * P, 2: P}.get(POINTS[j] - (1 if POINTS[i] > 0 else -1), 0))
FLOW = diag(*LAW) * STEP
IMAGE = diag(*LAW).inv() * (FLOW + FLOW.T) / 2 * Matrix(POINTS)


def test_its_numbers_are_those_of_the_chain() -> None:
    """Stationary for every `p`, of variance one, and the identity an eigenfunction of the symmetrized step."""
    assert all(sympy.expand(x) == 0 for x in Matrix([LAW]) * STEP - Matrix([LAW]))
    assert at_root(8 * P**2 + 3 * P - 2) == 0
    value = sympy.cancel(IMAGE[3] / 3)
    assert all(at_root(x - value * z) == 0 for x, z in zip(IMAGE, POINTS, strict=True))
    assert any(sympy.cancel(x - value * z) != 0 for x, z in zip(IMAGE, POINTS, strict=True))  # of no other `p`
    square = float(sum(w * z * z for w, z in zip(LAW, POINTS, strict=True)).subs(P, ROOT))
    numbers = (fourpoints.PROBABILITY, fourpoints.UNIT, fourpoints.CORRELATION)
    assert numbers == pytest.approx((ROOT, square**-0.5, float(value.subs(P, ROOT))), rel=1e-14)
    law = np.array([float(w.subs(P, ROOT)) for w in LAW])
    even = np.array((FLOW + FLOW.T).subs(P, ROOT) / 2, dtype=np.float64) / np.sqrt(np.outer(law, law))
    assert np.linalg.eigvalsh(even)[::-1] == pytest.approx([1, 0.448833, 0, -0.141834], abs=1e-6)


@pytest.mark.parametrize("dim", [1, 3])
def test_pairs_have_the_chances_of_the_chain(dim: int) -> None:
    """Each of the sixteen pairs, within five standard errors; coordinates are independent of each other."""
    world = World(latent="fourpoints", dim=dim)
    z, z_next = pairs(world, (COUNT // dim,), torch.Generator().manual_seed(0))
    assert z.shape == z_next.shape == (COUNT // dim, dim)
    assert z.dtype == z_next.dtype == torch.float32
    before, after = ((x / fourpoints.UNIT).double() for x in (z, z_next))
    assert (before - before.round()).abs().max() < 1e-5
    found = Counter(zip(*(x.round().long().reshape(-1).tolist() for x in (before, after)), strict=True))
    chances = np.array(FLOW.subs(P, ROOT), dtype=np.float64)
    expected = {(a, b): chances[i, j] for i, a in enumerate(POINTS) for j, b in enumerate(POINTS)}
    count = z.numel()
    for pair, chance in expected.items():
        assert found[pair] / count == pytest.approx(chance, abs=5 * math.sqrt(chance * (1 - chance) / count)), pair
    assert sum(found[p] for p in expected) == count
    assert (z * z_next).mean().item() == pytest.approx(fourpoints.CORRELATION, abs=5 / math.sqrt(count))
    if dim > 1:
        assert (torch.corrcoef(torch.cat((z, z_next), 1).T)[0, [1, 2, 4, 5]]).abs().max() < 5 / math.sqrt(len(z))


def test_both_ends_lie_on_the_same_four_numbers() -> None:
    """Else an encoder would tell a state from a successor."""
    z, z_next = pairs(FOUR, (1000,), torch.Generator().manual_seed(1))
    assert z.unique().tolist() == z_next.unique().tolist()
    assert z.unique().tolist() == pytest.approx([k * fourpoints.UNIT for k in POINTS], rel=1e-6)


def test_it_has_one_correlation_and_no_bound() -> None:
    assert FOUR.correlation == fourpoints.CORRELATION
    assert (FOUR.of_theorem, FOUR.bent, FOUR.spectral, FOUR.actions) == (False, False, True, 0)
    z = latents(FOUR, (5,), torch.Generator().manual_seed(0))
    assert torch.equal(eigenfunction(FOUR, z), z.double())


def of_ratio(ratio: float) -> float:
    """R² of the odd function whose outer values are `ratio` times its inner ones."""
    p = ROOT
    return (3 * p * ratio + 1 - p) ** 2 / ((1 + 8 * p) * (p * ratio**2 + 1 - p))


def test_what_r2_says_on_four_points() -> None:
    """The figures of `docs/experiments.md`, and R² as it is measured of odd functions."""
    assert of_ratio(3) == pytest.approx(1)
    assert min(of_ratio(r) for r in (1, 1e9)) == pytest.approx(0.7598, abs=1e-4)
    edges = [brentq(lambda r: of_ratio(r) - 0.99, *ends) for ends in ((1, 3), (3, 9))]
    assert edges == pytest.approx([2.347, 4.021], abs=1e-3)
    z = latents(FOUR, (COUNT,), torch.Generator().manual_seed(2))
    for ratio in (1.0, edges[0], 27.0):
        h = z.sign() * torch.where(z.abs() > 2 * fourpoints.UNIT, ratio, 1.0)
        for x, y in ((h, z), (z, h)):
            assert explained(x, y).value == pytest.approx(of_ratio(ratio), abs=3e-3)
