"""Expansions against functions whose coefficients are known."""

import doctest
from math import sqrt

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
