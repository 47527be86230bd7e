"""The trace of a training: today's code reproduces it, and a changed formula does not."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import torch
from lejepa.training import config, descent, objective, results, trace, trainer, world
from lejepa.training.train import train


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> results.Result:
    import yaml
    from conftest import TINY

    folder = tmp_path_factory.mktemp("replay")
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY | {"training": TINY["training"] | {"steps": 40}}))
    return train(config.load(path), folder, torch.device("cpu"))


def test_today_s_code_reproduces_it_after_a_round_trip(result: results.Result, tmp_path: Path) -> None:
    results.write(tmp_path / "r.json", result)
    assert trace.replay(results.read(tmp_path / "r.json")) == []
    assert len(result.trace.opening) == 10
    assert [s.rate for s in result.trace.closing] == pytest.approx(
        [descent.learning_rate(s, 40, 3e-3) for s in (35, 36, 37)]
    )


def test_the_trace_is_of_the_run_itself(result: results.Result) -> None:
    assert result.trace.opening[-1].loss == result.curve[0].loss
    assert [m and m.r2 for m in result.trace.measured] == result.curve[0].r2


def test_the_gradient_traced_is_each_model_s_norm_over_all_parameters_that_have_one() -> None:
    """3-4-12 and 13; and numbers whose squares float32 has no room for, below and above."""

    class Stopped:
        optimizer = SimpleNamespace(param_groups=[{"lr": 0.25}, {"lr": 0.5}])

        def advance(self) -> tuple[torch.Tensor, ...]:
            return torch.tensor([2.0, float("nan"), 1.0]), torch.tensor([7.0, 7.0, 7.0])

        def parameters(self) -> list[torch.Tensor]:
            made = [torch.zeros(3, 1, 2), torch.zeros(3, 1), torch.zeros(3, 5)]
            made[0].grad = torch.tensor([[[3.0, -4.0]], [[3e-30, 4e-30]], [[3e30, 4e30]]])
            made[1].grad = torch.tensor([[12.0], [12e-30], [12e30]])
            return made

    found = trace.step(cast(trainer.Trainer, Stopped()))
    assert found.loss == [2.0, None, 1.0]
    assert found.gradient == pytest.approx([13.0, 13e-30, 13e30], rel=1e-6, abs=0)
    assert found.rate == 0.25


Fault = Callable[[pytest.MonkeyPatch], None]


def schedule_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(descent, "learning_rate", lambda step, steps, base, warmup: base)


def schedule_never_set(patch: pytest.MonkeyPatch) -> None:
    advance = trainer.Trainer.advance

    def faulty(self: trainer.Trainer) -> object:
        late, self.step = self.step, 0
        values = advance(self)
        self.step = late + 1
        return values

    patch.setattr(trainer.Trainer, "advance", faulty)


def alignment_halved(patch: pytest.MonkeyPatch) -> None:
    whole = objective.alignment
    patch.setattr(objective, "alignment", lambda h, h_next: whole(h, h_next) / 2)


def noise_of_another_scale(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world, "sqrt", lambda x: x)


def r2_changed(patch: pytest.MonkeyPatch) -> None:
    whole = trainer.of_any_width

    def faulty(*args: object) -> object:
        found = whole(*args)  # type: ignore[arg-type]
        return found.model_copy(update={"r2_hz": found.r2_hz + 1e-3})

    patch.setattr(trainer, "of_any_width", faulty)


def weight_decay_left_out(patch: pytest.MonkeyPatch) -> None:
    adam = torch.optim.AdamW
    patch.setattr(torch.optim, "AdamW", lambda p, lr, fused: adam(p, lr=lr, fused=fused, weight_decay=0.0))


FAULTS = [schedule_ignored, schedule_never_set, alignment_halved, noise_of_another_scale, r2_changed]


@pytest.mark.parametrize("fault", [*FAULTS, weight_decay_left_out], ids=lambda f: f.__name__)
def test_a_changed_formula_can_t_hide(result: results.Result, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    fault(monkeypatch)
    found = trace.replay(result)
    assert found
    where = "closing" if fault in (schedule_ignored, schedule_never_set) else "opening"
    if fault is r2_changed:
        where = "untrained"
    assert any(f.startswith(where) for f in found), found
