"""What encoders recover, what decides the criterion, and the whole of planning on an arm without a simulator."""

import itertools
import math
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from arm import Arm
from lejepa.certification.certifier import certify
from lejepa.reacher import experiment, measure, states
from lejepa.reacher.results import best_objective
from lejepa.reacher.store import Store
from lejepa.training.frames import FrameEncoder
from reacher_tiny import recovered, tiny
from torch import Tensor, nn


class Seeing(nn.Module):
    """An "encoder" of the arm's frames of one pixel, which hold the joint angles: a known map of them."""

    mean: Tensor

    def __init__(self, scale: float = 1.0, square: bool = False) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1))
        self.scale, self.square = scale, square

    def forward(self, frames: Tensor) -> Tensor:
        x = frames[:, 0, 0, :2] / self.scale
        return (x.square() - 1) / math.sqrt(2) if self.square else x @ torch.tensor(((0.6, -0.8), (0.8, 0.6))).double()

    @property
    def encoder(self) -> FrameEncoder:
        return cast(FrameEncoder, self)


def frames(angles: np.ndarray) -> Tensor:
    return torch.from_numpy(Arm().draw(angles.reshape(-1, 2))).reshape(*angles.shape[:2], 1, 1, 3)


def ou(pairs: int, seed: int, rho: float = 0.9, spread: float = 0.75) -> tuple[np.ndarray, Tensor]:
    c = tiny(ou={"rho": rho, "spread": spread}).ou
    angles = states.ornstein_uhlenbeck(c, pairs, np.random.default_rng(seed)).angles
    return angles, frames(angles)


def walks(episodes: int, length: int, rho: tuple[float, float], seed: int) -> tuple[np.ndarray, Tensor]:
    """Stationary first-order chains of both joints, of deviation .5 and .3 about 1 and -1."""
    rng = np.random.default_rng(seed)
    r = np.array(rho)
    z = np.empty((episodes, length, 2))
    z[:, 0] = rng.standard_normal((episodes, 2))
    for t in range(1, length):
        z[:, t] = r * z[:, t - 1] + np.sqrt(1 - r**2) * rng.standard_normal((episodes, 2))
    angles = z * (0.5, 0.3) + (1, -1)
    return angles, frames(angles)


def test_pairs_are_successive_states_of_one_episode() -> None:
    x = torch.arange(12).reshape(2, 3, 2)
    before, after = measure.pairs_of(x)
    assert before.tolist() == [[0, 1], [2, 3], [6, 7], [8, 9]]
    assert after.tolist() == [[2, 3], [4, 5], [8, 9], [10, 11]]


def test_latents_are_angles_as_they_look_in_standard_units() -> None:
    angles = np.random.default_rng(0).standard_normal((50, 4, 2)) * (0.4, 0.2) + (1.0, 2 * math.pi - 0.5)
    z = measure.own_latents(angles)
    for i, shift in enumerate((0.0, 2 * math.pi)):
        x = angles[..., i].ravel() - shift
        expected = [(v - sum(x) / len(x)) / math.sqrt(sum((x - sum(x) / len(x)) ** 2) / len(x)) for v in x]
        assert z[..., i].ravel() == pytest.approx(expected)


def test_the_correlation_of_a_chain_is_its_own() -> None:
    z, _ = walks(4000, 6, (0.9, 0.9), 0)
    assert measure.correlation(z) == pytest.approx(0.9, abs=0.01)
    a = np.array([[[0.0, 1], [1, 1], [2, 0]], [[1, 0], [0, 0], [3, 1]]])
    first = np.corrcoef([0, 1, 1, 0], [1, 2, 0, 3])[0, 1]
    second = np.corrcoef([1, 1, 0, 0], [1, 0, 0, 1])[0, 1]
    assert measure.correlation(a) == pytest.approx((first + second) / 2)


def test_an_encoder_that_turns_the_latents_recovers_them() -> None:
    c = tiny(ou={"rho": 0.9})
    made = measure.measure(c, "ou", "infonce", 7, Seeing(0.75).encoder, ou(3000, 1), ou(3000, 2))
    assert (made.data, made.objective, made.seed, made.rho) == ("ou", "infonce", 7, 0.9)
    assert made.r2 == min(made.gaussian["r2_zh"], made.gaussian["r2_hz"])
    assert made.r2 == pytest.approx(1, abs=1e-6)
    assert made.own["r2_zh"] == pytest.approx(1, abs=1e-6)
    assert made.gaussian["distance"] < 0.05
    assert made.limit < 0.5


def test_an_encoder_of_squares_recovers_nothing() -> None:
    made = measure.measure(tiny(ou={"rho": 0.9}), "ou", "mmd", 0, Seeing(0.75, True).encoder, ou(3000, 1), ou(3000, 2))
    assert made.r2 < 0.05
    assert made.own["r2_hz"] < 0.05
    assert made.limit > 1


@pytest.mark.parametrize("data", ["ou", "trajectories"])
def test_the_certificate_is_of_the_encoders_own_pairs_with_its_correlation_where_it_is_known(data: str) -> None:
    own, gaussian = (ou(2000, 1), ou(2000, 2)) if data == "ou" else (walks(300, 8, (0.95, 0.85), 1), ou(2000, 2))
    made = measure.measure(tiny(ou={"rho": 0.9}), data, "mmd", 0, Seeing(0.75).encoder, own, gaussian)
    turn = np.array(((0.6, -0.8), (0.8, 0.6)))
    h, h_next = (x.reshape(-1, 2) / 0.75 @ turn for x in (own[0][:, :-1], own[0][:, 1:]))
    expected = certify(torch.from_numpy(h), torch.from_numpy(h_next), 0.9 if data == "ou" else None)
    assert (made.verdict, made.violated) == (expected.verdict, expected.violated)
    assert made.limit == pytest.approx(expected.sharp_limit)


def test_own_and_gaussian_states_are_measured_apart() -> None:
    """An encoder that sees the joints of a controller's chain as they are is far from white on Gaussian states."""
    own, gaussian = walks(400, 8, (0.95, 0.85), 1), ou(2000, 2)
    made = measure.measure(tiny(ou={"rho": 0.9}), "trajectories", "infonce", 0, Seeing().encoder, own, gaussian)
    z = (own[0] - own[0].mean((0, 1))) / own[0].std((0, 1))
    assert made.rho == pytest.approx(measure.correlation(z))
    assert made.rho == pytest.approx(0.9, abs=0.02)
    assert made.own["r2_zh"] == pytest.approx(1, abs=1e-6)
    assert made.gaussian["r2_zh"] == pytest.approx(1, abs=1e-6)
    # h = .75 z on Gaussian states: mean squared distance to the nearest rotation 2 · .25²
    assert made.gaussian["distance"] == pytest.approx(2 * 0.25**2, rel=0.1)
    assert made.own["distance"] > 0.5  # means 1 and -1 are in it


def test_the_best_objective_is_that_of_the_greatest_lower_r2_from_pairs() -> None:
    found = [
        recovered("ou", "a", r2_zh=0.7, r2_hz=0.995),
        recovered("trajectories", "b", r2_zh=0.99, r2_hz=0.995),
        recovered("ou", "c", r2_zh=0.8, r2_hz=0.995),
        recovered("ou", "a", r2_zh=0.1, r2_hz=0.995),
    ]
    assert best_objective(found) == "c"


class FakeStore:
    """What training reads of a data set."""

    def __init__(self, frames: np.ndarray, origin: str) -> None:
        self.frames, self.origin = frames, origin

    def read(self) -> np.ndarray:
        return self.frames

    @property
    def store(self) -> Store:
        return cast(Store, self)


def test_an_encoder_is_trained_for_each_data_set_objective_and_seed(tmp_path: Path) -> None:
    c = tiny(
        training={"steps": 1, "seeds": [3, 4]},
        objectives=[{"kind": "sigreg", "weight": 0.01, "slices": 4}, {"kind": "infonce"}],
    )
    rng = np.random.default_rng(0)
    stores = {d: FakeStore(rng.integers(0, 255, (9, 2, 32, 32, 3), np.uint8), d).store for d in experiment.DATA}
    told: list[tuple[str, int, int]] = []
    device = torch.device("cpu")
    made, _ = experiment.train_all(c, stores, tmp_path, device, False, lambda *said: told.append(said[:3]))
    assert list(made) == list(itertools.product(("ou", "trajectories"), ("sigreg", "infonce"), (3, 4)))
    assert ("train trajectories-infonce-4", 1, 1) in told
    folder = tmp_path / "reacher" / "tiny" / "encoders"
    assert {p.name for p in folder.iterdir()} == {f"{d}-{o}-{s}.pt" for d, o, s in made}
    means = [e.mean for e in made.values()]
    assert all(torch.equal(m, means[0]) for m in means[:4])
    assert not torch.equal(means[0], means[4])  # each on its own data set
    stores["ou"].origin = "another"  # type: ignore[misc]
    with pytest.raises(Exception, match="of another configuration or version and is kept"):
        experiment.train_all(c, stores, tmp_path, device, False, lambda *said: None)


def test_straight_lines_are_drawn_in_joints_and_in_each_embedding() -> None:
    c = tiny(paths={"count": 6, "points": 5})
    test = ou(300, 0)
    encoders = {("ou", "sigreg"): Seeing(0.75).encoder, ("trajectories", "sigreg"): Seeing(0.75, True).encoder}
    joints, turned, squared = experiment.straight_lines(c, encoders, test)
    assert (joints.space, turned.space, squared.space) == ("joints", "ou", "trajectories")
    assert len(joints.frames) == 5
    assert turned.frames == joints.frames  # a rotation changes no line
    assert turned.deviation.mean == pytest.approx(joints.deviation.mean)
    assert squared.deviation.mean > 2 * joints.deviation.mean


def test_planning_on_turned_latents_costs_as_on_the_joints(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tasks in each space, and the true joints are the measure."""
    c = tiny(
        ou={"spread": 0.75},
        control={"tasks": 6, "steps": 6, "horizon": 4, "samples": 64, "elites": 8, "rounds": 3, "effort": 0.01},
        trajectories={"interval": 5},
        training={"seeds": [5, 6]},
    )
    monkeypatch.setattr(experiment, "Scene", lambda size, samples: Arm())
    monkeypatch.setattr(experiment.dynamics, "EPOCHS", 20)
    played = states.play(tiny(control={"play": 150, "length": 6}), np.random.default_rng(0), Arm().scene)
    assert played.torques is not None
    encoders = {("ou", "sigreg"): Seeing(0.75).encoder, ("trajectories", "sigreg"): Seeing(0.75, True).encoder}
    told: list[tuple[str, int, int]] = []
    held = (played.angles, frames(played.angles))
    found = experiment.control_all(c, encoders, held, torch.from_numpy(played.torques), lambda *said: told.append(said))
    assert [(p.space, p.objective) for p in found] == [("joints", ""), ("ou", "sigreg"), ("trajectories", "sigreg")]
    assert told == [("control", i + 1, 18, "") for i in range(18)]
    joints, turned, squared = found
    assert (joints.regret.mean, joints.regret.error) == pytest.approx((1, 0))
    assert joints.goal == turned.goal == squared.goal
    assert joints.example[0] == turned.example[0] == squared.example[0]
    assert joints.example[0] != joints.goal
    assert joints.fit > 0.9
    assert turned.fit > 0.9
    assert turned.regret.mean == pytest.approx(1, abs=0.1)
    assert squared.regret.mean > 1.3
    assert turned.regret.mean == pytest.approx(np.mean(turned.costs) / np.mean(joints.costs), rel=1e-5)


def test_a_clock_adds_up_what_is_spent_on_one_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter((1.0, 3.5, 10.0, 11.0, 20.0, 20.25))
    monkeypatch.setattr(experiment.time, "monotonic", lambda: next(now))
    clock = experiment.Clock()
    for what in ("train", "train", "render"):
        with clock.count(what):
            pass
    assert clock.seconds == {"train": 3.5, "render": 0.25}
