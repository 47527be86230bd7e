"""Drawing, storing and reading frames: where MuJoCo can draw."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from lejepa.errors import UserError
from lejepa.interrupt import Interrupted
from lejepa.reacher import render as rendering
from lejepa.reacher import scene as scenes
from lejepa.reacher import states
from lejepa.reacher.render import Drawing
from lejepa.reacher.scene import Scene, finger
from lejepa.reacher.store import Store, create
from lejepa.training.config import Trajectories
from reacher_tiny import why_not_drawing

drawing = pytest.mark.skipif(bool(why_not_drawing()), reason=why_not_drawing())


def test_without_a_library_to_draw_with_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    monkeypatch.setattr(scenes.ctypes.util, "find_library", lambda name: None)
    with pytest.raises(UserError, match=r"neither EGL nor OSMesa .*libegl1 libgl1-mesa-dri.* libosmesa6"):
        scenes.choose_backend()
    monkeypatch.setenv("MUJOCO_GL", "opengl")
    with pytest.raises(UserError, match="MUJOCO_GL=opengl: expected egl or osmesa"):
        scenes.choose_backend()


@drawing
def test_frames_show_the_joints_and_nothing_else() -> None:
    scene = Scene(64)
    angles = np.array(((0.0, 0.0), (0.02, 0.0), (0.0, 0.02), (0.0, 0.0)))
    frames = scene.draw(angles)
    assert frames.shape == (4, 64, 64, 3)
    assert (frames[0] == frames[3]).all()
    assert (frames[0] != frames[1]).any()
    assert (frames[0] != frames[2]).any()
    scene.place(angles[0])
    scene.step(np.array((1.0, -1.0)), 3)
    assert (scene.draw(angles[:1]) == frames[:1]).all()


@drawing
def test_the_finger_is_where_the_simulator_says() -> None:
    scene = Scene(16)
    for angles in np.random.default_rng(0).uniform(-2, 2, (10, 2)):
        scene.place(angles)
        scene.physics.forward()
        assert finger(angles) == pytest.approx(scene.physics.named.data.geom_xpos["finger", :2], abs=1e-9)


@drawing
def test_a_saved_state_goes_on_as_the_simulator_does() -> None:
    scene = Scene(16)
    torques = np.random.default_rng(0).uniform(-1, 1, (4, 2))
    scene.place(np.array((0.3, -0.4)))
    straight = [scene.step(u, 5) for u in torques]
    state, other = scene.saved(np.array((0.3, -0.4))), scene.saved(np.array((1.0, 1.0)))
    for u, expected in zip(torques, straight, strict=True):
        other, _ = scene.advance(other, -u, 5)
        state, angles = scene.advance(state, u, 5)
        assert angles == pytest.approx(expected, abs=1e-9)


@drawing
def test_the_controller_reaches_its_targets() -> None:
    c = Trajectories(length=30, hold=15, noise=0.0)
    made = states.trajectories(c, 5, np.random.default_rng(0), Scene(16))
    at_rest = np.abs(np.diff(made, axis=1)).max(2)
    assert np.median(at_rest[:, 12:14]) < 0.05 < np.median(at_rest[:, 1:4])
    assert np.linalg.norm(finger(made[:, 14]), axis=1).max() < 0.25


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A data set of 600 states, in three chunks, all written."""
    pytest.importorskip("zarr")
    angles = np.random.default_rng(0).standard_normal((600, 2))
    made = create(tmp_path / "set.zarr", angles, 16)
    rng = np.random.default_rng(1)
    for first, last in made.blocks():
        made.write(first, rng.integers(0, 255, (last - first, 16, 16, 3), dtype=np.uint8))
    return made


def test_a_store_reads_what_was_written(store: Store) -> None:
    assert len(store.blocks()) == 3
    assert store.missing() == []
    again = Store(store.path)
    assert (again.angles() == np.random.default_rng(0).standard_normal((600, 2))).all()
    first = np.random.default_rng(1).integers(0, 255, (256, 16, 16, 3), dtype=np.uint8)
    assert (again.read()[:256] == first).all()
    assert len(again.read()) == 600


def test_a_missing_chunk_is_not_read_as_black(store: Store) -> None:
    store.chunk(256).unlink()
    assert store.missing() == [(256, 512)]
    with pytest.raises(UserError, match="1 of 3 chunks are missing"):
        store.read()


def test_a_flipped_bit_is_found_by_the_checksum(store: Store) -> None:
    path = store.chunk(256)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(UserError, match=r"frames, chunk 1: expected data that fit their checksum"):
        Store(store.path).read()


def test_a_folder_that_is_no_store_is_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("zarr")
    (tmp_path / "x.zarr").mkdir()
    with pytest.raises(UserError, match=r"x\.zarr: expected a rendered data set"):
        Store(tmp_path / "x.zarr")


@drawing
def test_drawing_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    angles = np.random.default_rng(0).standard_normal((2, 300, 2))

    def stop(what: str, done: int, total: int, note: str) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted, match="the same command resumes"):
        Drawing(tmp_path, jobs=1, report=stop).frames(angles, 32, 0)
    (path,) = tmp_path.glob("*.zarr")
    assert Store(path).missing()
    seen: list[int] = []
    frames = Drawing(tmp_path, jobs=1, report=lambda *said: seen.append(said[1])).frames(angles, 32, 0)
    assert frames.shape == (2, 300, 32, 32, 3)
    assert (frames[1, 250] == Scene(32).draw(angles[1, 250:251])[0]).all()
    assert seen[-1] == 3
    seen.clear()
    assert (Drawing(tmp_path, report=lambda *said: seen.append(said[1])).frames(angles, 32, 0) == frames).all()
    assert seen == []  # nothing was drawn
    Store(path).chunk(256).unlink()
    assert (Drawing(tmp_path, jobs=1).frames(angles, 32, 0) == frames).all()


@drawing
def test_each_set_of_states_is_drawn_for_itself(tmp_path: Path) -> None:
    angles = np.random.default_rng(0).standard_normal((600, 2))
    drawing = Drawing(tmp_path, jobs=1)
    one = drawing.frames(angles, 16, 0)
    other = drawing.frames(np.where(np.arange(600)[:, None] == 599, 0.0, angles), 16, 0)
    assert (one[:599] == other[:599]).all()
    assert (one[599] != other[599]).any()
    assert len(list(tmp_path.glob("*.zarr"))) == 2
    assert drawing.frames(angles, 18, 0).shape == (600, 18, 18, 3)
    assert (drawing.frames(angles, 16, 4) != one).any()
    assert (Drawing().frames(angles, 16, 0) == one).all()  # without a folder too
    assert len(list(tmp_path.glob("*.zarr"))) == 4
    few = Drawing(tmp_path / "few").frames(angles[:5], 16, 0)
    assert (few == one[:5]).all()
    assert not (tmp_path / "few").exists()


def test_a_few_frames_are_drawn_once_and_are_nobody_else_s(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    class Blank:
        def __init__(self, size: int, samples: int) -> None:
            self.size = size

        def draw(self, angles: np.ndarray) -> np.ndarray:
            drawn.append(len(angles))
            return np.full((len(angles), self.size, self.size, 3), int(angles[0, 0]), np.uint8)

    monkeypatch.setattr(rendering, "Scene", Blank)
    angles = np.full((3, 5, 2), 7.0)
    one = Drawing().frames(angles, 4, 0)
    assert one.shape == (3, 5, 4, 4, 3)
    one[:] = 0
    assert (Drawing().frames(angles, 4, 0) == 7).all()
    assert drawn == [15]
    assert (Drawing().frames(angles + 1, 4, 0) == 8).all()
    Drawing().frames(angles, 5, 0)
    Drawing().frames(angles, 4, 1)
    assert drawn == [15] * 4
