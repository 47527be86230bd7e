"""The loops that ours is compared with minimize the same, and every arm of the benchmark makes steps."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import objective_formulas as formulas
import pytest
import torch

FOLDER = Path(__file__).parents[1] / "benchmarks"


def loaded(name: str) -> ModuleType:
    """A script of benchmarks as a module."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return loaded("train")


def test_the_objectives_by_hand_are_those_of_the_formulas(bench: ModuleType) -> None:
    h = torch.randn(20, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 1.3 + 0.2
    along = bench.directions(h, 7).double()
    assert float(bench.sigreg(h, along)) == pytest.approx(formulas.sigreg(h.numpy(), along.numpy()), rel=1e-6)
    assert float(bench.vicreg(h)) == pytest.approx(formulas.vicreg(h.numpy()), rel=1e-6)
    for distances in (bench.of_all_pairs, bench.by_products):
        found = float(bench.infonce(h, distances))
        assert found == pytest.approx(formulas.infonce(h[:10], h[10:], 1.0), rel=1e-9)


@pytest.mark.parametrize("arm", ["paper", "plain", "ours"])
@pytest.mark.parametrize("objective", ["sigreg", "vicreg", "infonce"])
@pytest.mark.parametrize("dim", [2, 4])
def test_every_arm_makes_steps(bench: ModuleType, arm: str, objective: str, dim: int) -> None:
    step = bench.steps_of(arm, bench.experiment(dim, objective, 1, batch=16, slices=8), torch.device("cpu"))
    step()
    step()


def test_the_exponent_of_growth_is_that_of_a_power_law(bench: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "train", bench)
    growth = loaded("growth")
    values = [2**k for k in range(1, 9)]
    assert growth.exponent(values, [5.0] * 4 + [3 * v**1.5 for v in values[4:]]) == pytest.approx(1.5)
    assert set(growth.AXES) == set(growth.USUAL) == set(growth.NAMES)
