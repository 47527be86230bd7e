"""The descent that all trainings share: its rate, gradients that are cut, the steps with their checkpoints."""

import math
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lejepa.interrupt import Interrupted, Stop
from lejepa.training import config
from lejepa.training.descent import Descent, Transitions, cut, descend, learning_rate
from lejepa.training.subnormal import flushed_now
from torch import Tensor, nn


def test_the_rate_rises_stays_and_falls_as_a_cosine() -> None:
    after = [0.008 * (1 + math.cos(math.pi * k / 5)) / 2 for k in range(5)]
    assert [learning_rate(k, 10, 0.008, 3) for k in range(10)] == pytest.approx(
        [0.002, 0.004, 0.006, 0.008, 0.008, *after]
    )
    assert [learning_rate(k, 10, 0.008) for k in range(10)] == pytest.approx([0.008] * 5 + after)
    # a rise that is longer than the first half goes on in the second
    assert learning_rate(7, 10, 0.008, 9) == pytest.approx(0.8 * after[2])


def test_each_model_s_gradient_is_cut_as_if_it_were_alone() -> None:
    """Against `torch.nn.utils.clip_grad_norm_` of each model; one is shorter than the limit, one has no gradient."""
    draws = torch.Generator().manual_seed(0)
    shapes = (3, 4, 5), (3, 2), (3,)
    gradients = [
        torch.randn(s, generator=draws) * torch.tensor((9.0, 0.01, 0.0)).reshape(3, *[1] * (len(s) - 1)) for s in shapes
    ]
    together = [nn.Parameter(torch.zeros(s)) for s in (*shapes, (3, 7))]
    for p, g in zip(together, gradients, strict=False):  # the last has none
        p.grad = g.clone()
    cut(together, 0.5)
    for model in range(3):
        own = [nn.Parameter(torch.zeros(s[1:])) for s in shapes]
        for p, g in zip(own, gradients, strict=True):
            p.grad = g[model].clone()
        torch.nn.utils.clip_grad_norm_(own, 0.5)
        for p, q in zip(own, together, strict=False):
            assert q.grad is not None
            torch.testing.assert_close(q.grad[model], p.grad, rtol=1e-6, atol=0)
    assert together[0].grad is not None
    assert not torch.equal(together[0].grad[0], gradients[0][0])  # the long one was cut
    assert torch.equal(together[0].grad[1], gradients[0][1])  # the short one was not
    assert together[3].grad is None


class Slope(Descent):
    """Two models of one parameter each, `h = w x`; the second's observations are a thousand times the first's."""

    def __init__(self, **training: object) -> None:
        given = config.Optimization.model_validate({"steps": 7, "batch": 4, "learning_rate": 0.1} | training)
        streams = [torch.Generator().manual_seed(s) for s in (0, 1)]
        super().__init__(Scaled(), None, config.VICReg(kind="vicreg", weight=0.5), given, streams, torch.device("cpu"))

    def draw(self, generator: torch.Generator) -> Transitions:
        scale = 1.0 if generator is self.streams[0] else 1000.0
        x = scale * torch.randn(4, 1, generator=generator)
        return x, x + scale, torch.zeros(4, 0)


class Scaled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x


def test_gradients_are_cut_before_the_step_and_only_where_it_is_configured() -> None:
    free, limited = Slope(), Slope(clip=0.25)
    for run in (free, limited):
        run.advance()
    (p,), (q,) = free.parameters(), limited.parameters()
    assert p.grad is not None
    assert q.grad is not None
    assert p.grad.abs().min() > 0.25
    assert q.grad.abs().flatten().tolist() == pytest.approx([0.25, 0.25], rel=1e-4)


def test_a_step_takes_subnormal_numbers_as_0() -> None:
    class Watched(Slope):
        def draw(self, generator: torch.Generator) -> Transitions:
            seen.append(flushed_now())
            return super().draw(generator)

    seen: list[bool] = []
    if torch.set_flush_denormal(False):
        Watched().advance()
        assert seen == [True, True]
        assert not flushed_now()


def test_steps_are_saved_now_and_then_but_not_after_the_last() -> None:
    run, saved, seen = Slope(checkpoint_every=3, steps=6), [], []

    def each(*values: Tensor) -> None:
        seen.append((run.step, [v.shape for v in values]))

    descend(run, Stop(), Path("c"), lambda: saved.append(run.step), each)
    assert saved == [3]
    assert seen == [(k, [(2,)] * 3) for k in range(1, 7)]
    descend(run, Stop(), Path("c"), lambda: pytest.fail("saved"), lambda *values: pytest.fail("stepped"))


def test_who_is_asked_to_stop_saves_and_stops_except_after_the_last_step() -> None:
    for at, every in ((2, 5), (5, 5)):
        run, stop, saved = Slope(checkpoint_every=every), SimpleNamespace(asked=False), []

        def each(*values: Tensor, run: Slope = run, stop: SimpleNamespace = stop, at: int = at) -> None:
            stop.asked = run.step == at

        with pytest.raises(Interrupted, match=f"^stopped after step {at}; the same command resumes from c$"):
            descend(run, stop, Path("c"), lambda run=run, saved=saved: saved.append(run.step), each)  # type: ignore[arg-type,misc]
        assert (run.step, saved) == (at, [at])  # once, also where a checkpoint is due
    run = Slope(checkpoint_every=7)
    asked = Stop()
    asked.asked = True
    run.step = 6
    descend(run, asked, Path("c"), lambda: pytest.fail("saved"), lambda *values: None)
    assert run.step == 7
