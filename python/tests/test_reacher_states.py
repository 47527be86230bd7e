"""The laws of the rendered states, against closed forms and against the arm that they were drawn on."""

import math

import numpy as np
import pytest
from arm import Arm
from lejepa.reacher import render, states
from lejepa.reacher.scene import WRIST_LIMIT, finger, joints_of, wrapped
from reacher_tiny import tiny
from scipy import stats

ALPHA = 1e-4  # of each test of a law, at a fixed seed


def test_pairs_are_jointly_gaussian_with_the_process_s_covariance() -> None:
    c = tiny(ou={"rho": 0.8, "spread": 0.6}).ou
    made = states.ornstein_uhlenbeck(c, 20_000, np.random.default_rng(1))
    assert made.angles.shape == (20_000, 2, 2)
    assert made.torques is None
    x = made.angles.reshape(-1, 4) / 0.6  # z_1, z_2, z'_1, z'_2
    expected = np.kron(np.array(((1, 0.8), (0.8, 1))), np.eye(2))
    error = math.sqrt(2 / len(x))  # of a variance; of a covariance less
    assert np.cov(x.T) == pytest.approx(expected, abs=4 * error)
    assert x.mean(0) == pytest.approx(np.zeros(4), abs=4 / math.sqrt(len(x)))
    white = x @ np.linalg.inv(np.linalg.cholesky(expected)).T
    assert stats.kstest(np.square(white).sum(1), stats.chi2(4).cdf).pvalue > ALPHA


def test_starts_have_the_truncated_normal_s_law() -> None:
    c = tiny(ou={"spread": 0.5}).ou
    found = states.starts(c, 4000, np.random.default_rng(0))
    assert found.shape == (4000, 2)
    inside = 2 * stats.norm.cdf(2) - 1
    for z in (found / 0.5).T:
        assert stats.kstest(z, lambda v: (stats.norm.cdf(v) - stats.norm.cdf(-2)) / inside).pvalue > ALPHA
    assert abs(np.corrcoef(found.T)[0, 1]) < 4 / math.sqrt(4000)


def test_a_data_set_s_states_are_its_own() -> None:
    c = tiny()
    arm = Arm()
    one = render.states_of("ou", c, arm.scene).angles
    assert (render.states_of("ou", c, arm.scene).angles == one).all()
    test = render.states_of("ou-test", tiny(ou={"pairs": 300, "test_pairs": 100}), arm.scene).angles
    assert len(one) == len(test) == 100
    assert np.abs(one - test).min() > 0
    made = {name: render.states_of(name, c, Arm().scene).angles.shape for name in ("trajectories", "trajectories-test")}
    assert made == {"trajectories": (4, 10, 2), "trajectories-test": (12, 10, 2)}
    played = render.states_of("play", c, Arm().scene)
    assert played.angles.shape == (10, 4, 2)
    assert played.torques is not None


def test_exploration_holds_random_torques_from_where_tasks_start() -> None:
    c = tiny(control={"play": 400, "length": 3}, trajectories={"interval": 6})
    arm = Arm()
    made = states.play(c, np.random.default_rng(0), arm.scene)
    assert made.torques is not None
    assert made.angles.shape == made.torques.shape == (400, 3, 2)
    assert (made.angles[:, 0] == np.stack(arm.placed)).all()
    assert np.abs(made.angles[:, 0]).max() <= 2 * c.ou.spread
    assert made.angles[:, 0].std() > 0.8 * c.ou.spread
    assert {count for *_, count in arm.steps} == {6}
    done = np.stack([torque for _, _, torque, _ in arm.steps]).reshape(400, 3, 2)
    assert (done == made.torques).all()
    before = np.stack([angles for angles, *_ in arm.steps]).reshape(400, 3, 2)
    assert (before == made.angles).all()  # the angles are those that a torque begins at
    assert stats.kstest(made.torques.ravel(), stats.uniform(-1, 2).cdf).pvalue > ALPHA


def driven(seed: int = 0, episodes: int = 30, **changes: float) -> tuple[np.ndarray, Arm]:
    """Trajectories and the arm that made them."""
    settings = {"length": 6, "interval": 4, "hold": 3, "noise": 0.0, "test_episodes": 100} | changes
    arm = Arm()
    made = states.trajectories(
        tiny(trajectories=settings).trajectories, episodes, np.random.default_rng(seed), arm.scene
    )
    assert made.torques is None
    return made.angles, arm


def test_trajectories_start_uniformly_and_show_a_frame_every_interval() -> None:
    angles, arm = driven(episodes=500, length=2)
    assert angles.shape == (500, 2, 2)
    assert (angles[:, 0] == np.stack(arm.placed)).all()
    assert stats.kstest(angles[:, 0, 0], stats.uniform(-math.pi, 2 * math.pi).cdf).pvalue > ALPHA
    assert stats.kstest(angles[:, 0, 1], stats.uniform(-WRIST_LIMIT, 2 * WRIST_LIMIT).cdf).pvalue > ALPHA
    assert len(arm.steps) == 500 * 2 * 4
    assert {count for *_, count in arm.steps} == {1}
    before = np.stack([a for a, *_ in arm.steps]).reshape(500, 2, 4, 2)
    assert (before[:, :, 0] == angles).all()


def goals(arm: Arm) -> np.ndarray:
    """The joints that each push aims at: of `push = 2 (goal - angles) - 0.3 velocities`, where it is not clipped."""
    out = [
        np.where(np.abs(torque) < 1, (torque + 0.3 * velocities) / 2 + angles, np.nan)
        for angles, velocities, torque, _ in arm.steps
    ]
    return np.stack(out)


def test_a_controller_goes_to_targets_of_the_task_and_keeps_each() -> None:
    angles, arm = driven(episodes=150)
    aimed = goals(arm).reshape(150, 2, 3 * 4, 2)  # episode, target, step
    middle = np.fmin.reduce(aimed, axis=2)
    assert np.nanmax(np.abs(aimed - middle[:, :, None])) < 1e-9
    seen = ~np.isnan(middle).any(-1)
    assert seen.sum() > 80
    where = finger(middle[seen])
    radius, turn = np.linalg.norm(where, axis=1), np.arctan2(where[:, 1], where[:, 0])
    assert radius.min() >= 0.05 - 1e-9
    assert radius.max() <= 0.20 + 1e-9
    assert radius.min() < 0.065
    assert radius.max() > 0.185
    assert stats.kstest(turn, stats.uniform(-math.pi, 2 * math.pi).cdf).pvalue > ALPHA
    begun = angles[:, ::3][seen]  # where the arm was when the target appeared
    assert np.abs(middle[seen][:, 0] - begun[:, 0]).max() <= math.pi + 1e-9  # the shorter way
    assert (np.sign(middle[seen][:, 1]) == np.where(begun[:, 1] >= 0, 1, -1)).all()  # the elbow's side is kept
    assert (np.abs(middle[seen][:, 1] - begun[:, 1]) > 1e-3).all()


def test_pushes_are_within_the_torques_range_and_noise_is_drawn_at_each_frame() -> None:
    _, quiet = driven(seed=3, episodes=200, interval=2, length=4)
    assert max(np.abs(t).max() for _, _, t, _ in quiet.steps) == 1
    _, arm = driven(seed=3, episodes=200, interval=2, length=4, noise=0.25)
    aimed = goals(arm).reshape(200, 4, 2, 2)  # episode, frame, step
    assert np.nanmax(np.abs(aimed[:, :, 0] - aimed[:, :, 1])) < 1e-9  # one noise for all steps of a frame
    off = 2 * (aimed[:, 1, 0] - aimed[:, 0, 0]) / math.sqrt(2)  # one target, two frames: noise alone
    off = off[~np.isnan(off)]
    assert len(off) > 80
    assert stats.kstest(off, stats.norm(0, 0.25).cdf).pvalue > ALPHA


def test_a_new_target_is_drawn_after_every_hold() -> None:
    _, arm = driven(episodes=40, length=9, hold=3, interval=1)
    aimed = goals(arm).reshape(40, 9, 2)
    same = np.abs(np.diff(aimed, axis=1)).max(2)
    change = np.nanmin(np.where(np.isnan(same), np.inf, same), axis=0)
    assert (change[[0, 1, 3, 4, 6, 7]] < 1e-9).all()
    assert (change[[2, 5]] > 1e-3).all()


@pytest.mark.parametrize("elbow", [-1.0, 1.0])
def test_inverse_kinematics_reach_a_point_beyond_the_arm_as_far_as_they_can(elbow: float) -> None:
    found = joints_of(np.array((0.3, 0.3)), elbow)
    assert found == pytest.approx((math.pi / 4, 0), abs=1e-9)
    near = joints_of(np.array((0.12 * math.sqrt(2), 0.0)), elbow)  # a right angle at the wrist
    assert near == pytest.approx((-elbow * math.pi / 4, elbow * math.pi / 2))


def test_angles_as_they_look_differ_by_whole_turns() -> None:
    turns = np.random.default_rng(0).uniform(-20, 20, 1000)
    seen = wrapped(turns)
    assert seen.min() >= -math.pi
    assert seen.max() < math.pi
    assert np.exp(1j * seen) == pytest.approx(np.exp(1j * turns))
    assert wrapped(np.array((math.pi, -math.pi))).tolist() == [-math.pi, -math.pi]


@pytest.mark.parametrize(
    ("name", "changes", "matters"),
    [
        ("ou", {"ou": {"rho": 0.8}}, True),
        ("ou", {"ou": {"spread": 0.5}}, True),
        ("ou-test", {"ou": {"test_pairs": 200}}, True),
        ("ou", {"rendering": {"samples": 2}}, True),
        ("play", {"rendering": {"size": 64}}, True),
        ("ou", {"trajectories": {"hold": 2}}, False),
        ("ou", {"training": {"steps": 9}}, False),
        ("trajectories", {"trajectories": {"noise": 0.1}}, True),
        ("trajectories-test", {"trajectories": {"interval": 6}}, True),
        ("trajectories", {"ou": {"rho": 0.8}}, False),
        ("trajectories", {"control": {"play": 20}}, False),
        ("play", {"ou": {"spread": 0.5}}, True),
        ("play", {"trajectories": {"interval": 6}}, True),
        ("play", {"control": {"play": 20}}, True),
        ("play", {"control": {"length": 5}}, True),
        ("play", {"control": {"steps": 9}}, False),
    ],
)
def test_a_data_set_knows_what_it_depends_on(name: str, changes: dict[str, dict[str, float]], matters: bool) -> None:
    assert (render.origin(name, tiny(**changes)) != render.origin(name, tiny())) == matters


def test_no_data_set_is_taken_for_another() -> None:
    assert len({render.origin(name, tiny()) for name in render.SETS}) == len(render.SETS) == 5
