"""Expansions against functions whose coefficients are known."""

import doctest
from math import factorial, sqrt

import numpy as np
import pytest
import torch
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from lejepa.errors import UserError
from lejepa.exact import hermite
from lejepa.exact.polynomials import random_polynomial, to_monomials
from lejepa.measures import spectrum


def test_examples() -> None:
    failures, tried = doctest.testmod(spectrum)
    assert tried > 0
    assert failures == 0


def values(z: np.ndarray, p: dict[tuple[int, ...], float]) -> np.ndarray:
    terms = [float(arb(c)) * np.prod(z ** np.array(e), axis=1) for e, c in p.items()]
    return np.sum(terms, axis=0)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.randoms(use_true_random=False))
def test_quadrature_finds_the_terms_of_a_polynomial(n: int, degree: int, rng: object) -> None:
    expansion = random_polynomial(rng, n, 0, degree)  # type: ignore[arg-type]
    polynomial = to_monomials(expansion)
    found = spectrum.expand_function(lambda z: values(z, polynomial), n, degree)
    for alpha, c in zip(found.indices, found.coefficients[:, 0], strict=True):
        text = expansion.get(" ".join(map(str, alpha)), "0")
        expected = float(arb(hermite.rational(text))) * sqrt(hermite.prod(map(hermite.factorial, alpha)))
        assert c == pytest.approx(expected, abs=1e-9)


def test_samples_have_honest_errors() -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal((40_000, 2))
    h = np.stack([np.sin(z[:, 0]), z[:, 0] * z[:, 1]], axis=1)
    found = spectrum.expand_samples(z, h, 3)
    exact = spectrum.expand_function(lambda x: np.stack([np.sin(x[:, 0]), x[:, 0] * x[:, 1]], axis=1), 2, 3, 20)
    pulls = (found.coefficients - exact.coefficients) / np.maximum(found.errors, 1e-12)
    assert np.abs(pulls).max() < 5
    assert 0.5 < np.std(pulls) < 1.5
    weight, error = found.energy()
    expected, _ = exact.energy()
    assert (np.abs(weight - expected) < 5 * error + 1e-12).all()


def test_tensors_are_taken() -> None:
    z = torch.randn(500, 2, generator=torch.Generator().manual_seed(0))
    found = spectrum.expand_samples(z, torch.nn.Linear(2, 3)(z), 1)
    assert found.coefficients.shape == (3, 3)


def test_alignment_of_a_linear_map() -> None:
    found = spectrum.expand_function(lambda z: 2 * z, 2, 3)
    assert found.alignment(0.75)[0] == pytest.approx(2 * 0.25 * 8)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: spectrum.expand_samples(np.ones((3, 1)), np.ones((4, 1)), 1), "as many latents"),
        (lambda: spectrum.expand_samples(np.full((3, 1), np.nan), np.ones((3, 1)), 1), "finite"),
        (lambda: spectrum.expand_samples(np.ones((3, 1)), np.ones((3, 1)), -1), "degree"),
        (lambda: spectrum.expand_function(lambda z: z, 9, 9), "ten million"),
        (lambda: spectrum.expand_function(lambda z: z, 1, 1).alignment(2), "rho = 2"),
    ],
)
def test_bad_input_is_one_sentence(call: object, says: str) -> None:
    with pytest.raises(UserError, match=says):
        call()  # type: ignore[operator]


def normalized(z: np.ndarray, k: int) -> np.ndarray:
    """`He_k / √k!` by NumPy."""
    found: np.ndarray = np.polynomial.hermite_e.hermeval(z, np.eye(k + 1)[k]) / sqrt(factorial(k))
    return found


@pytest.mark.parametrize("degree", [0, 1, 2, 7])
def test_tables_and_designs_are_those_of_numpy(degree: int) -> None:
    z = np.random.default_rng(0).standard_normal((5, 2))
    table = spectrum.hermite_table(z, degree)
    assert table.shape == (5, 2, degree + 1)
    for k in range(degree + 1):
        np.testing.assert_allclose(table[..., k], normalized(z, k), atol=1e-12)
    indices = ((0, 0), (degree, 0), (0, degree), (degree // 2, degree))
    expected = [normalized(z[:, 0], a) * normalized(z[:, 1], b) for a, b in indices]
    np.testing.assert_allclose(spectrum.design(z, indices), np.transpose(expected), atol=1e-12)
    assert spectrum.design(np.zeros((3, 0)), ((),)).tolist() == [[1.0]] * 3


def test_energy_and_alignment_by_hand() -> None:
    """Two outputs, indices of degrees 0, 1, 1 and 2: errors squared are taken off, and add up as variances do."""
    c = np.array([[1.0, 0.0], [2.0, 0.5], [0.0, -3.0], [0.25, 1.0]])
    e = np.array([[0.5, 0.0], [0.0, 0.1], [0.2, 0.0], [0.5, 0.3]])
    made = spectrum.Spectrum(((0, 0), (1, 0), (0, 1), (1, 1)), c, e)
    assert made.degrees.tolist() == [0, 1, 1, 2]
    weight, error = made.energy()
    assert weight.tolist() == pytest.approx([1 - 0.25, 4 + 0.25 - 0.01 + 9 - 0.04, 1 / 16 + 1 - 0.25 - 0.09])
    variance = 4 * c**2 * e**2 + 2 * e**4
    assert error.tolist() == pytest.approx(
        [sqrt(variance[0].sum()), sqrt(variance[1:3].sum()), sqrt(variance[3].sum())]
    )
    for rho in (-1.0, 0.5, 1.0):
        value, spread = made.alignment(rho)
        assert value == pytest.approx(2 * (1 - rho) * weight[1] + 2 * (1 - rho**2) * weight[2])
        expected = sqrt((2 * (1 - rho) * error[1]) ** 2 + (2 * (1 - rho**2) * error[2]) ** 2)
        assert spread == pytest.approx(expected)
    for rho in (1.001, -1.001):
        with pytest.raises(UserError, match="expected a correlation from -1 to 1"):
            made.alignment(rho)


def test_samples_give_means_and_their_standard_errors() -> None:
    rng = np.random.default_rng(1)
    z = rng.standard_normal((50, 2))
    h = np.stack((z[:, 0] ** 3 + rng.standard_normal(50), np.full(50, 0.0)), 1)
    found = spectrum.expand_samples(z, torch.from_numpy(h).requires_grad_(), 2)
    assert found.indices == ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    for row, (a, b) in enumerate(found.indices):
        terms = h * (normalized(z[:, 0], a) * normalized(z[:, 1], b))[:, None]
        assert found.coefficients[row] == pytest.approx(terms.mean(0))
        assert found.errors[row] == pytest.approx(terms.std(0, ddof=1) / sqrt(50))
    one = spectrum.expand_samples(z[:, 0], h[:, 0], 1)
    assert one.coefficients.shape == (2, 1)
    assert spectrum.expand_samples([[0.0], [2.0]], [1.0, 3.0], 0).coefficients.tolist() == [[2.0]]


def test_many_samples_in_parts_are_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A design has 2²² numbers or so at the most; here 70,000 rows by 66 indices."""
    sizes: list[int] = []
    design = spectrum.design

    def counted(z: np.ndarray, indices: tuple[tuple[int, ...], ...]) -> np.ndarray:
        sizes.append(len(z) * len(indices))
        return design(z, indices)

    monkeypatch.setattr(spectrum, "design", counted)
    z = np.random.default_rng(0).standard_normal((140_000, 1))
    found = spectrum.expand_samples(z, z**2, 65)
    assert len(sizes) == 2
    assert max(sizes) <= 1.5 * 2**22
    assert found.coefficients[:4, 0] == pytest.approx(
        [(z[:, 0] ** 2 * normalized(z[:, 0], k)).mean() for k in range(4)], rel=1e-9
    )


@pytest.mark.parametrize(("nodes", "order"), [(None, 11), (4, 4), (1, 1)])
def test_quadrature_is_by_the_finer_of_two_rules_and_errs_by_their_distance(nodes: int | None, order: int) -> None:
    """Eight nodes more than the degree, where nothing is given, and two more for the finer rule."""

    def rule(size: int) -> np.ndarray:
        x, w = np.polynomial.hermite_e.hermegauss(size)
        w = np.outer(w, w) / w.sum() ** 2
        a, b = np.meshgrid(x, x, indexing="ij")
        f = np.exp(a - b / 2)
        return np.array([(w * f * normalized(a, i) * normalized(b, j)).sum() for i, j in spectrum.multi_indices(2, 3)])

    found = spectrum.expand_function(lambda z: np.exp(z[:, 0] - z[:, 1] / 2), 2, 3, nodes)
    np.testing.assert_allclose(found.coefficients[:, 0], rule(order + 2), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.errors[:, 0], np.abs(rule(order + 2) - rule(order)), atol=1e-12)
    assert len(found.indices) == 10


def test_a_constant_of_no_variables_is_its_own_expansion() -> None:
    found = spectrum.expand_function(lambda z: np.full((len(z), 1), 7.0), 0, 2)
    assert (found.indices, found.coefficients.tolist()) == (((),), [[7.0]])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: spectrum.expand_samples(np.ones((1, 1)), np.ones((1, 1)), 1), "two at least, got 1 and 1"),
        (lambda: spectrum.expand_samples(np.ones((3, 1, 1)), np.ones((3, 1)), 1), r"z: .* got \(3, 1, 1\)"),
        (lambda: spectrum.expand_samples(np.ones((3, 1)), np.full((3, 1), np.inf), 1), "h: expected a finite"),
        (lambda: spectrum.expand_function(lambda z: z, 1, 1, 10**7 - 1), "ten million"),
        (lambda: spectrum.expand_function(lambda z: z, 1, -1), "degree"),
        (lambda: spectrum.expand_function(lambda z: z, -1, 1), "n"),
        (lambda: spectrum.expand_function(lambda z: z, 1, 1, 0), "nodes"),
    ],
)
def test_what_cannot_be_expanded_is_one_sentence(call: object, says: str) -> None:
    with pytest.raises(UserError, match=says):
        call()  # type: ignore[operator]
