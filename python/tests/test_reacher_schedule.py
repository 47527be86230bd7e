"""Training of the arm's encoders: the schedule, the pairs, the identity; without a renderer."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from lejepa.reacher import config
from lejepa.reacher.train import Run, identity
from reacher_tiny import tiny
from torch import Tensor, nn

CPU = torch.device("cpu")


def run(frames: Tensor | None = None, seed: int = 0, **training: Any) -> Run:
    c = tiny(training=training)
    if frames is None:
        frames = torch.randint(0, 255, (9, 3, 32, 32, 3), generator=torch.Generator().manual_seed(0)).byte()
    return Run(c, c.objectives[0], seed, frames, CPU)


def rates(made: Run, steps: int) -> Iterator[float]:
    for _ in range(steps):
        made.advance()
        (group,) = made.optimizer.param_groups
        yield group["lr"]


def test_the_rate_warms_up_stays_and_falls_as_a_cosine() -> None:
    made = run(steps=10, warmup=3, learning_rate=0.008)
    after = [0.008 * (1 + math.cos(math.pi * k / 5)) / 2 for k in range(5)]
    assert list(rates(made, 10)) == pytest.approx([0.002, 0.004, 0.006, 0.008, 0.008, *after])
    assert list(rates(run(steps=4, warmup=0, learning_rate=1e-3), 2)) == pytest.approx([1e-3, 1e-3])


def test_the_rate_is_what_moves_the_encoder() -> None:
    """AdamW's first step moves a parameter by the rate, whatever its gradient, and by its decay."""
    made = run(steps=10, warmup=1, learning_rate=0.004)
    before = [p.detach().clone() for p in made.parameters()]
    made.advance()
    for p, old in zip(made.parameters(), before, strict=True):
        moved = (p.detach() - old * (1 - 0.002 * 0.01)).abs()
        assert moved.max() <= 0.002 * 1.001
    assert moved.max() == pytest.approx(0.002, rel=0.01)


class Counting(nn.Module):
    """In place of the encoder: the number written in a frame."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, frames: Tensor) -> Tensor:
        return frames[:, :, 0, 0, :2].float() + 0 * self.weight


def test_pairs_are_successive_frames_of_one_episode_drawn_uniformly() -> None:
    frames = torch.zeros(6, 4, 32, 32, 3, dtype=torch.uint8)
    frames[..., 0] = torch.arange(6)[:, None, None, None]
    frames[..., 1] = torch.arange(4)[None, :, None, None]
    made = run(frames, batch=900, steps=100)
    made.models = Counting()
    seen: list[tuple[Tensor, Tensor, list[torch.Generator]]] = []

    def loss(h: Tensor, h_next: Tensor, slices: list[torch.Generator], predicted: None) -> tuple[Tensor, ...]:
        seen.append((h, h_next, slices))
        return h.sum((1, 2)) * 0, h, h

    made.loss = loss  # type: ignore[assignment]
    for _ in range(4):
        made.advance()
    for h, h_next, slices in seen:
        assert h.shape == h_next.shape == (1, 900, 2)
        assert (h_next - h == torch.tensor((0, 1))).all()
        assert slices is made.streams
    first = torch.cat([h[0] for h, *_ in seen]).long()
    counts = np.zeros((6, 3))
    np.add.at(counts, (first[:, 0].numpy(), first[:, 1].numpy()), 1)
    assert np.square(counts - 200).sum() / 200 < 55  # of 17 degrees of freedom; beyond it with probability 7e-6
    assert not torch.equal(seen[0][0], seen[1][0])


def test_gradients_are_cut_to_length_one(monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(steps=100)
    made.loss = lambda h, *others: (1e4 * h.square().sum((1, 2)), h, h)  # type: ignore[assignment]
    lengths: list[float] = []
    step = torch.optim.AdamW.step

    def stepping(self: torch.optim.AdamW, *given: Any, **named: Any) -> Any:
        squares = sum(float(p.grad.square().sum()) for g in self.param_groups for p in g["params"])
        lengths.append(math.sqrt(squares))
        return step(self, *given, **named)

    monkeypatch.setattr(torch.optim.AdamW, "step", stepping)
    made.advance()
    made.advance()
    assert lengths == pytest.approx([1, 1], rel=1e-4)
    assert made.step == 2


def test_the_loss_told_is_the_objective_s() -> None:
    made = run(steps=100, batch=8)
    made.loss = lambda h, *others: (h.sum((1, 2)) * 0 + 0.625, h, h)  # type: ignore[assignment]
    assert made.advance()[0].tolist() == [0.625]


def test_a_seed_decides_parameters_and_draws() -> None:
    one, again, other = run(seed=3), run(seed=3), run(seed=4)
    for a, b, c in zip(*(m.encoder.state_dict().items() for m in (one, again, other)), strict=True):
        assert torch.equal(a[1], b[1])
        if a[0].startswith("layers.0"):
            assert not torch.equal(a[1], c[1])
    assert told(one) == told(again) != told(other)


def told(made: Run) -> float:
    return made.advance()[0].item()


KNOWN = ("dots", CPU)


@pytest.mark.parametrize(
    ("changes", "seed", "origin", "device", "same"),
    [
        ({}, 0, *KNOWN, True),
        ({"training": {"checkpoint_every": 3}}, 0, *KNOWN, True),
        ({"training": {"seeds": [0, 1]}}, 0, *KNOWN, True),
        ({"control": {"tasks": 9}}, 0, *KNOWN, True),
        ({}, 1, *KNOWN, False),
        ({}, 0, "other dots", CPU, False),  # what the frames were rendered from
        ({}, 0, "dots", torch.device("cuda"), False),
        ({}, 0, "dots", torch.device("cpu", 0), True),
        ({"training": {"steps": 5}}, 0, *KNOWN, False),
        ({"training": {"batch": 9}}, 0, *KNOWN, False),
        ({"training": {"warmup": 1}}, 0, *KNOWN, False),
        ({"training": {"learning_rate": 1e-3}}, 0, *KNOWN, False),
        ({"training": {"clip": 2.0}}, 0, *KNOWN, False),
        ({"encoder": {"channels": 3}}, 0, *KNOWN, False),
        ({"objectives": [{"kind": "sigreg", "weight": 0.02, "slices": 4}]}, 0, *KNOWN, False),
        (
            {
                "objectives": [{"kind": "infonce"}],
                "criterion": {"r2": {"infonce": 0.9}, "regret": 1.1, "spare": 2, "allowed": 3},
            },
            0,
            *KNOWN,
            False,
        ),
    ],
)
def test_an_encoder_is_known_by_all_that_it_depends_on(
    changes: dict[str, Any], seed: int, origin: str, device: torch.device, same: bool
) -> None:
    c, other = tiny(), config.Experiment.model_validate(tiny().model_dump() | merged(changes))
    known = identity(c, c.objectives[0], 0, *KNOWN)
    assert (identity(other, other.objectives[0], seed, origin, device) == known) == same


def merged(changes: dict[str, Any]) -> dict[str, Any]:
    base = tiny().model_dump()
    return {k: base[k] | v if isinstance(v, dict) and k != "criterion" else v for k, v in changes.items()}


def test_a_restored_run_is_the_run(tmp_path: Any) -> None:
    one = run(steps=20)
    told(one)
    torch.save(one.state(), tmp_path / "s")
    two = run(seed=9, steps=20)
    two.restore(torch.load(tmp_path / "s", weights_only=True))
    assert two.step == 1
    assert [told(two) for _ in range(3)] == [told(one) for _ in range(3)]
