"""What is taken for a number, and that everything public takes the same."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import lejepa
import numpy as np
import pytest
import torch
from lejepa import MeasureMonitor, Monitor, certify, measure
from lejepa.arguments import integer, positive, real, seed, share, whole
from lejepa.certification.callbacks import certify_encoder
from lejepa.errors import UserError
from lejepa.measures.embedding import embed
from lejepa.measures.spectrum import expand_function, expand_samples
from lejepa.planning import CEM, MPC, MPPI, NoOpPolicy, RandomPolicy, mpc
from lejepa.training.trained import place_of
from lejepa.transitions import Transitions
from linear_plans import double_integrator

TRUTHS = [True, False, np.bool_(True), np.array(True), torch.tensor(True), np.True_]
NO_NUMBERS = ["3", "", None, [3], (3,), {}, 3j, torch.ones(2), np.ones(2), object]
NO_INTEGERS = [1.5, 3.0, float("nan"), float("inf"), np.float64(3), torch.tensor(3.0), Fraction(3), Decimal(3)]


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), torch.tensor(3), np.array(3), torch.tensor([3])])
def test_whole_numbers_of_any_library(value: Any) -> None:
    found = whole("k", value)
    assert (found, type(found)) == (3, int)
    assert seed(value) == 3


@pytest.mark.parametrize("value", [*TRUTHS, *NO_NUMBERS, *NO_INTEGERS], ids=repr)
def test_what_is_no_whole_number(value: Any) -> None:
    assert integer(value) is None
    for call in (lambda: whole("k", value), lambda: whole("k", value, 0)):
        with pytest.raises(UserError, match=r"^k: expected a whole number of at least [01], found [^\n]+$"):
            call()
    with pytest.raises(UserError, match=r"^seed: expected a whole number from 0 to 2\^63 - 1, found "):
        seed(value)


def test_whole_numbers_have_a_least_one() -> None:
    assert whole("k", 0, 0) == 0
    assert whole("k", 10**30) == 10**30
    with pytest.raises(UserError, match=r"^k: expected a whole number of at least 2, found 1$"):
        whole("k", 1, 2)
    with pytest.raises(ValueError, match=r"^k: expected a whole number of at least 1, found True$"):
        whole("k", True, 1, ValueError)
    assert seed(2**63 - 1) == 2**63 - 1
    for value in (-1, 2**63):
        with pytest.raises(UserError, match=rf"^seed: .* found {value}$"):
            seed(value)


@pytest.mark.parametrize("call", [lejepa.load_encoder, lejepa.load_model, Transitions.load])
@pytest.mark.parametrize("value", [5, None, b"x.json", ["x.json"], 1.5])
def test_what_is_no_path_of_a_file(call: Callable[[Any], object], value: Any) -> None:
    with pytest.raises(UserError) as caught:
        call(value)
    assert str(caught.value) == f"path: expected the path of a file, found {value!r}"


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), torch.tensor(0.5), np.array(0.5), Fraction(1, 2)])
def test_numbers_of_any_library(value: Any) -> None:
    assert real(value) == positive("k", value) == share("k", value) == 0.5
    assert type(real(value)) is float


@pytest.mark.parametrize("value", [*TRUTHS, *NO_NUMBERS, Decimal("0.5")], ids=repr)
def test_what_is_no_number(value: Any) -> None:
    assert real(value) is None
    with pytest.raises(UserError, match=r"^k: expected a number above 0, found "):
        positive("k", value)
    with pytest.raises(UserError, match=r"^k: expected a number between 0 and 1, found "):
        share("k", value)


def test_numbers_have_limits() -> None:
    assert (real(10**400), real(-(10**400))) == (float("inf"), float("-inf"))
    for value in (0, -1.0, float("inf"), float("nan"), 10**400):
        with pytest.raises(ValueError, match=r"^k: expected a number above 0, found "):
            positive("k", value, ValueError)
    for value in (0, 1, 1.5, -0.1, float("nan")):
        with pytest.raises(UserError, match=r"^k: expected a number between 0 and 1, found "):
            share("k", value)


X = torch.randn(60, 2, generator=torch.Generator().manual_seed(0))
PROBLEM = double_integrator()


def same(x: torch.Tensor) -> torch.Tensor:
    return x


def planner(kind: Any = CEM, **options: Any) -> Any:
    return kind(PROBLEM.cost, **({"horizon": 2, "action_dim": 1, "population": 80} | options))


# What takes a whole number, by the name of the argument: called with it.
WHOLE: dict[str, tuple[str, Callable[[Any], object]]] = {
    "Monitor": ("every", lambda k: Monitor(same, X, X, 0.9, every=k)),
    "MeasureMonitor": ("every", lambda k: MeasureMonitor(same, X, X, 0.9, every=k)),
    "a monitor's step": ("step", lambda k: Monitor(same, X, X, 0.9)(k)),
    "a monitor of measures' step": ("step", lambda k: MeasureMonitor(same, X, X, 0.9)(k)),
    "measure": ("batch", lambda k: measure(same, X, X, 0.9, batch=k)),
    "measure's degree": ("degree", lambda k: measure(same, X, X, 0.9, latents=X, degree=k)),
    "embed": ("batch", lambda k: embed(same, X, X, k)),
    "certify_encoder": ("batch", lambda k: certify_encoder(same, X, X, 0.9, batch=k)),
    "certify": ("looks", lambda k: certify(X, X, 0.9, looks=k)),
    "certify's seed": ("seed", lambda k: certify(X, X, 0.9, seed=k)),
    "Certifier": ("dim", lambda k: lejepa.Certifier(k, 0.9)),
    "Certifier's looks": ("looks", lambda k: lejepa.Certifier(2, 0.9, looks=k)),
    "Certifier's count": ("count", lambda k: lejepa.Certifier(2, 0.9, count=k)),
    "Certifier's seed": ("seed", lambda k: lejepa.Certifier(2, 0.9, seed=k)),
    "expand_samples": ("degree", lambda k: expand_samples(X, X, k)),
    "expand_function": ("degree", lambda k: expand_function(same, 1, k)),
    "expand_function's n": ("n", lambda k: expand_function(same, k, 1)),
    "expand_function's nodes": ("nodes", lambda k: expand_function(same, 1, 1, k)),
    "CEM": ("elites", lambda k: planner(elites=k)),
    "a planner's horizon": ("horizon", lambda k: planner(horizon=k)),
    "a planner's population": ("population", lambda k: planner(MPPI, population=k)),
    "a planner's iterations": ("iterations", lambda k: planner(iterations=k)),
    "a planner's actions": ("action_dim", lambda k: planner(action_dim=k)),
    "MPC": ("seed", lambda k: MPC(planner(), PROBLEM.model, seed=k)),
    "mpc": ("steps", lambda k: mpc(planner(), PROBLEM.model, PROBLEM.world(), X, steps=k)),
    "a world": ("seed", lambda k: PROBLEM.world(seed=k)),
    "a regulator": ("horizon", lambda k: PROBLEM.finite(k)),
    "RandomPolicy": ("seed", lambda k: RandomPolicy(1, seed=k)),
    "NoOpPolicy": ("action_dim", lambda k: NoOpPolicy(k)),
}
SIZES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "slices": ("slices", lambda k: lejepa.SIGReg(slices=k)),
    "knots": ("knots", lambda k: lejepa.SIGReg(knots=k)),
}
REAL: dict[str, tuple[str, Callable[[Any], object]]] = {
    "t_max": ("t_max", lambda x: lejepa.SIGReg(t_max=x)),
    "MMD": ("sigma", lambda x: lejepa.MMD(sigma=x)),
    "InfoNCE": ("sigma", lambda x: lejepa.InfoNCE(sigma=x)),
    "MPPI": ("temperature", lambda x: planner(MPPI, temperature=x)),
    "MPPI's alpha": ("alpha", lambda x: planner(MPPI, alpha=x)),
    "measure": ("rho", lambda x: measure(same, X, X, x)),
    "level": ("level", lambda x: certify(X, X, 0.9, level=x)),
    "significance": ("significance", lambda x: certify(X, X, 0.9, significance=x)),
}


@pytest.mark.parametrize("value", [True, 1.5, "3", [3]], ids=repr)
@pytest.mark.parametrize("where", [*WHOLE, *SIZES])
def test_whole_numbers_are_whole_everywhere(where: str, value: Any) -> None:
    name, call = (WHOLE | SIZES)[where]
    with pytest.raises((UserError, ValueError), match=rf"^{name}: expected a whole number (of|from) [^\n]*$") as caught:
        call(value)
    assert isinstance(caught.value, UserError) == (where in WHOLE)
    assert str(caught.value).endswith(f"found {value!r}")


@pytest.mark.parametrize("value", [True, "0.5", [0.5], None], ids=repr)
@pytest.mark.parametrize("where", REAL)
def test_numbers_are_numbers_everywhere(where: str, value: Any) -> None:
    name, call = REAL[where]
    with pytest.raises((UserError, ValueError), match=rf"^{name}: expected a number [^\n]*$") as caught:
        call(value)
    assert str(caught.value).endswith(f"found {value!r}")


def test_a_step_may_be_of_any_library_and_is_kept_as_an_int() -> None:
    monitor = MeasureMonitor(same, X, X, 0.9, every=np.int64(2), log=lambda values, step: None)
    for step in (np.int64(0), torch.tensor(1), torch.tensor(2)):
        monitor(step)
    assert [step for step, _ in monitor.history] == [0, 2]
    assert all(type(step) is int for step, _ in monitor.history)
    with pytest.raises(UserError, match=r"^step: expected a whole number of at least 0, found -2$"):
        monitor(-2)


def test_a_width_that_is_learned_stays_one() -> None:
    sigma = torch.nn.Parameter(torch.tensor(1.5))
    objective = lejepa.InfoNCE(sigma=sigma)  # type: ignore[arg-type]
    assert objective.sigma is sigma
    objective(X, X.flip(0)).backward()
    assert sigma.grad is not None


def test_the_seed_of_an_encoder_is_a_whole_number_of_any_library() -> None:
    training = SimpleNamespace(seeds=[0, 1])
    found: Any = SimpleNamespace(configuration=SimpleNamespace(training=training), diverged=[0], path="weights")
    assert place_of(found, None) == place_of(found, np.int64(1)) == 1
    with pytest.raises(UserError, match=r"^seed: expected a whole number of at least 0, found True$"):
        place_of(found, True)
    with pytest.raises(UserError, match=r"^weights: expected the seed 1, found 0, whose encoder has diverged$"):
        place_of(found, 0)
