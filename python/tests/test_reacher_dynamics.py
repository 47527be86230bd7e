"""Dynamics and straight lines, against numpy; the fit's schedule and held-out share."""

import math

import numpy as np
import pytest
import torch
from lejepa.reacher import dynamics, paths
from scipy.special import erf
from torch import Tensor


def system(episodes: int, length: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """A linear system under random torques: points `(episodes, length, 2)` and torques."""
    generator = torch.Generator().manual_seed(seed)
    torques = torch.rand(episodes, length, 2, generator=generator, dtype=torch.float64) * 2 - 1
    x = torch.zeros(episodes, length, 2, dtype=torch.float64)
    x[:, :2] = 3 + torch.randn(episodes, 1, 2, generator=generator, dtype=torch.float64)
    for t in range(1, length - 1):
        x[:, t + 1] = x[:, t] + 0.5 * (x[:, t] - x[:, t - 1]) + 0.3 * torques[:, t] + 0.1 * torques[:, t - 1]
    return x, torques


def test_a_step_is_the_network_s_in_standard_units() -> None:
    x, _ = system(7, 5)
    model = dynamics.Dynamics(x.float(), seed=2)
    flat = x.numpy().reshape(-1, 2)
    centre, scale = flat.mean(0), math.sqrt(np.square(flat - flat.mean(0)).mean())
    speed = math.sqrt(np.square(np.diff(x.numpy(), axis=1)).mean())
    before, now, u_before, u = np.random.default_rng(0).standard_normal((4, 6, 2))
    h = np.concatenate(((now - centre) / scale, (now - before) / speed, u_before, u), 1)
    weights = [p.detach().double().numpy() for p in model.parameters()]
    for w, b in zip(weights[0:4:2], weights[1:4:2], strict=True):
        h = np.tanh(h @ w.T + b)
    expected = now + speed * (h @ weights[4].T + weights[5])
    found = model(*(torch.from_numpy(v).float() for v in (before, now, u_before, u)))
    assert found.detach().numpy() == pytest.approx(expected, abs=1e-5)
    assert weights[0].shape == (64, 8)
    assert weights[2].shape == (64, 64)


def test_first_parameters_depend_on_the_seed_alone() -> None:
    x, _ = system(3, 4)

    def first(seed: int) -> Tensor:
        return next(dynamics.Dynamics(x.float(), seed).parameters())

    torch.manual_seed(0)
    one, state = first(1), torch.get_rng_state()
    torch.manual_seed(0)
    assert torch.equal(state, torch.get_rng_state())  # and leave the program's own stream alone
    torch.manual_seed(5)
    assert torch.equal(first(1), one)
    assert not torch.equal(first(2), one)


def test_the_fit_is_skill_on_episodes_it_was_not_fitted_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamics, "EPOCHS", 3)
    x, torques = system(40, 6)
    model, fit = dynamics.fit(x, torques, seed=0)
    missed = moved = 0.0
    for episode in range(36, 40):
        for t in range(1, 5):
            at = [v.float() for v in (x[episode, t - 1], x[episode, t], torques[episode, t - 1], torques[episode, t])]
            missed += float((model(*at) - x[episode, t + 1].float()).square().sum())
            moved += float((x[episode, t + 1] - x[episode, t]).square().sum())
    assert fit.value == pytest.approx(1 - missed / moved, abs=1e-5)
    assert fit.value > 0.2
    assert not any(p.requires_grad for p in model.parameters())
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_held_out_episodes_are_not_fitted_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last tenth under other torques: the same parameters, a worse fit."""
    monkeypatch.setattr(dynamics, "EPOCHS", 2)
    x, torques = system(30, 5)
    model, fit = dynamics.fit(x, torques, seed=0)
    other = torques.clone()
    other[27:] = -other[27:]
    again, worse = dynamics.fit(x, other, seed=0)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))
    assert worse.value < fit.value
    other[26] = -other[26]
    third, _ = dynamics.fit(x, other, seed=0)
    assert not all(torch.equal(a, b) for a, b in zip(model.parameters(), third.parameters(), strict=True))


def test_every_row_is_seen_once_an_epoch_at_a_rate_that_falls_as_a_cosine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamics, "EPOCHS", 8)
    monkeypatch.setattr(dynamics, "BATCH", 16)
    seen: list[tuple[float, Tensor, float]] = []
    step, forward = torch.optim.AdamW.step, dynamics.Dynamics.forward
    rows: list[Tensor] = []

    def stepping(self: torch.optim.AdamW, *arguments: object, **named: object) -> object:
        norm = sum(float(p.grad.abs().sum()) for group in self.param_groups for p in group["params"])
        seen.append((self.param_groups[0]["lr"], rows[-1], norm))
        return step(self, *arguments, **named)  # type: ignore[arg-type]

    def looking(self: dynamics.Dynamics, *arguments: Tensor) -> Tensor:
        rows.append(arguments[3])
        return forward(self, *arguments)

    monkeypatch.setattr(torch.optim.AdamW, "step", stepping)
    monkeypatch.setattr(dynamics.Dynamics, "forward", looking)
    x, torques = system(20, 5)
    dynamics.fit(x, torques, seed=0)
    batches = math.ceil(18 * 3 / 16)
    assert len(seen) == 8 * batches
    expected = [3e-3 * (1 + math.cos(math.pi * epoch / 8)) / 2 for epoch in range(8) for _ in range(batches)]
    assert [rate for rate, *_ in seen] == pytest.approx(expected)
    first = [torch.cat([r for _, r, _ in seen[i * batches : (i + 1) * batches]]) for i in range(2)]
    whole = torques[:18, 1:4].reshape(-1, 2).float()
    for epoch in first:
        assert torch.equal(epoch.sort(0).values, whole.sort(0).values)
    assert not torch.equal(first[0], first[1])  # in a new order
    assert seen[-1][2] < 10 * seen[0][2]  # gradients do not pile up


def test_lines_are_straight_and_even() -> None:
    start, goal = np.array(((0.0, 0.0), (1.0, 2.0))), np.array(((3.0, 4.0), (1.0, -2.0)))
    line = paths.straight(start, goal, 5)
    assert line[0] == pytest.approx(np.array([(0, 0), (0.75, 1), (1.5, 2), (2.25, 3), (3, 4)]))
    assert line[1] == pytest.approx(np.array([(1, 2), (1, 1), (1, 0), (1, -1), (1, -2)]))


def test_starts_and_goals_are_uniform_over_different_states() -> None:
    start, goal = paths.draw_pairs(40_000, 4, np.random.default_rng(0))
    counts = np.zeros((4, 4))
    np.add.at(counts, (start, goal), 1)
    assert (np.diag(counts) == 0).all()
    off = counts[~np.eye(4, dtype=bool)]
    assert len(off) == 12
    chi = np.square(off - 40_000 / 12).sum() / (40_000 / 12)
    assert chi < 40  # of 11 degrees of freedom; beyond it with probability 4e-5


def test_a_line_in_a_space_is_decoded_to_the_nearest_states() -> None:
    """A grid of states seen through a shear: the nearest in the space is known by brute force."""
    side = np.linspace(-1, 1, 9)
    angles = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    points = np.stack((angles[:, 0] + erf(angles[:, 1]), 2 * angles[:, 1]), 1)
    start, goal = np.array((0, 40, 3)), np.array((80, 8, 77))
    decoded, found = paths.interpolate(paths.Gallery(angles, points), start, goal, 6)
    assert (decoded.shape, found.shape) == ((3, 6, 2), (3,))
    for line, (s, g) in enumerate(zip(start, goal, strict=True)):
        way = []
        for k in range(6):
            target = points[s] + k / 5 * (points[g] - points[s])
            way.append(int(np.square(points - target).sum(1).argmin()))
        way[0], way[-1] = s, g
        straight = np.stack([angles[s] + k / 5 * (angles[g] - angles[s]) for k in range(6)])
        assert decoded[line].tolist() == angles[way].tolist()
        off = math.sqrt(np.mean([np.square(angles[w] - a).sum() for w, a in zip(way, straight, strict=True)]))
        assert found[line] == pytest.approx(off)
        assert off > 0.01


def test_a_path_begins_and_ends_at_its_own_states_where_others_look_the_same() -> None:
    angles = np.array(((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (7.0, 7.0)))
    points = np.array(((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (0.0, 0.0)))  # the last looks like the first
    for start, goal in ((0, 2), (3, 2), (2, 3), (2, 0)):
        gallery = paths.Gallery(angles, points)
        decoded, _ = paths.interpolate(gallery, np.array((start, 1)), np.array((goal, 2)), 3)
        assert decoded[0][[0, -1]].tolist() == angles[[start, goal]].tolist()
