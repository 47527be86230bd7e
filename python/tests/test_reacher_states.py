"""The laws of the rendered states, against closed forms and against the arm that they were drawn on."""

import math

import numpy as np
import pytest
from arm import Arm
from lejepa.reacher import states
from lejepa.reacher.scene import WRIST_LIMIT, finger, joints_of, wrapped
from lejepa.training.config import ArmPlanning, Trajectories
from reacher_tiny import PLANNING
from scipy import stats

ALPHA = 1e-4  # of each test of a law, at a fixed seed


def settings(**changes: float) -> ArmPlanning:
    return ArmPlanning.model_validate(PLANNING | changes)


def test_starts_have_the_truncated_normal_s_law() -> None:
    c = settings(joints=0.5)
    found = states.starts(c, 4000, np.random.default_rng(0))
    assert found.shape == (4000, 2)
    inside = 2 * stats.norm.cdf(2) - 1
    for z in (found / 0.5).T:
        assert stats.kstest(z, lambda v: (stats.norm.cdf(v) - stats.norm.cdf(-2)) / inside).pvalue > ALPHA
    assert abs(np.corrcoef(found.T)[0, 1]) < 4 / math.sqrt(4000)


def test_exploration_holds_random_torques_from_where_tasks_start() -> None:
    c = settings(explored=400, length=3, interval=6)
    arm = Arm()
    made = states.explore(c, np.random.default_rng(0), arm.scene)
    assert made.angles.shape == made.torques.shape == (400, 3, 2)
    assert (made.angles[:, 0] == np.stack(arm.placed)).all()
    assert np.abs(made.angles[:, 0]).max() <= 2 * c.joints
    assert made.angles[:, 0].std() > 0.8 * c.joints
    assert {count for *_, count in arm.steps} == {6}
    done = np.stack([torque for _, _, torque, _ in arm.steps]).reshape(400, 3, 2)
    assert (done == made.torques).all()
    before = np.stack([angles for angles, *_ in arm.steps]).reshape(400, 3, 2)
    assert (before == made.angles).all()  # the angles are those that a torque begins at
    assert stats.kstest(made.torques.ravel(), stats.uniform(-1, 2).cdf).pvalue > ALPHA


def driven(seed: int = 0, episodes: int = 30, **changes: float) -> tuple[np.ndarray, Arm]:
    """Trajectories and the arm that made them."""
    made = {"length": 6, "interval": 4, "hold": 3, "noise": 0.0} | changes
    arm = Arm()
    return states.trajectories(Trajectories(**made), episodes, np.random.default_rng(seed), arm.scene), arm


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


def test_pairs_are_the_successive_frames_of_one_episode_after_another_as_they_look() -> None:
    c = Trajectories(length=5, interval=4, hold=3)
    found = states.pairs(c, 10, np.random.default_rng(7), Arm().scene)
    whole = states.trajectories(c, 3, np.random.default_rng(7), Arm().scene)
    assert found.shape == (10, 2, 2)
    for pair in range(10):
        episode, frame = divmod(pair, 4)
        for view in range(2):
            off = found[pair, view] - whole[episode, frame + view]
            assert off == pytest.approx(2 * math.pi * np.round(off / (2 * math.pi)), abs=1e-9)
    assert np.abs(found).max() <= math.pi
