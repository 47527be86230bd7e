"""Drawing, storing and reading frames: where MuJoCo can draw."""

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from lejepa.errors import UserError
from lejepa.interrupt import Interrupted
from lejepa.reacher import render as rendering
from lejepa.reacher import scene as scenes
from lejepa.reacher import states
from lejepa.reacher.scene import Scene, finger, wrapped
from lejepa.reacher.store import Store, create
from reacher_tiny import TINY, tiny, why_not_drawing
from typer.testing import CliRunner

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
    c = tiny(trajectories={"length": 30, "hold": 15, "noise": 0.0}).trajectories
    made = states.trajectories(c, 5, np.random.default_rng(0), Scene(16))
    at_rest = np.abs(np.diff(made.angles, axis=1)).max(2)
    assert np.median(at_rest[:, 12:14]) < 0.05 < np.median(at_rest[:, 1:4])
    assert np.linalg.norm(finger(made.angles[:, 14]), axis=1).max() < 0.25


def test_ornstein_uhlenbeck_pairs_have_their_law() -> None:
    c = tiny().ou
    made = states.ornstein_uhlenbeck(c, 40_000, np.random.default_rng(0))
    z = made.angles / c.spread
    assert z.mean((0, 1)) == pytest.approx((0, 0), abs=0.03)
    assert z.std((0, 1)) == pytest.approx((1, 1), abs=0.03)
    for i in range(2):
        assert np.corrcoef(z[:, 0, i], z[:, 1, i])[0, 1] == pytest.approx(c.rho, abs=0.01)
    assert made.torques is None


def test_starts_are_within_two_deviations() -> None:
    found = states.starts(tiny().ou, 5000, np.random.default_rng(0)) / tiny().ou.spread
    assert np.abs(found).max() <= 2
    assert (np.abs(found) == 2).sum() == 0
    assert wrapped(found).std() == pytest.approx(0.88, abs=0.02)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A data set of 300 pairs, in three chunks, all written."""
    pytest.importorskip("zarr")
    angles = np.random.default_rng(0).standard_normal((300, 2, 2))
    made = create(tmp_path / "set.zarr", states.States(angles), 16, "{}")
    rng = np.random.default_rng(1)
    for first, last in made.blocks():
        made.write(first, rng.integers(0, 255, (last - first, 2, 16, 16, 3), dtype=np.uint8))
    return made


def test_a_store_reads_what_was_written(store: Store) -> None:
    assert len(store.blocks()) == 3
    assert store.missing() == []
    again = Store(store.path)
    assert (again.angles() == np.random.default_rng(0).standard_normal((300, 2, 2))).all()
    first = np.random.default_rng(1).integers(0, 255, (128, 2, 16, 16, 3), dtype=np.uint8)
    assert (again.read()[:128] == first).all()


def test_a_missing_chunk_is_not_read_as_black(store: Store) -> None:
    store.chunk(128).unlink()
    assert store.missing() == [(128, 256)]
    with pytest.raises(UserError, match="1 of 3 chunks are missing"):
        store.read()


def test_a_flipped_bit_is_found_by_the_checksum(store: Store) -> None:
    path = store.chunk(128)
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
def test_rendering_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    c = tiny(ou={"pairs": 400})

    def stop(what: str, done: int, total: int, note: str) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted):
        rendering.render(c, tmp_path, jobs=1, report=lambda *said: stop(*said) if not said[1] else None)
    seen: list[int] = []
    stores = rendering.render(c, tmp_path, jobs=1, report=lambda *said: seen.append(said[1]))
    assert all(store.missing() == [] for store in stores.values())
    frames = stores["ou"].read()
    expected = Scene(32).draw(stores["ou"].angles()[200])
    assert (frames[200] == expected).all()
    stores["ou"].chunk(0).unlink()
    again = rendering.render(c, tmp_path, jobs=1)
    assert (again["ou"].read() == frames).all()


@drawing
def test_another_configurations_data_are_kept(tmp_path: Path) -> None:
    scene = Scene(32)
    rendering.opened("ou", tiny(), tmp_path, False, scene)
    with pytest.raises(UserError, match="this data set is of another configuration and is kept"):
        rendering.opened("ou", tiny(ou={"rho": 0.8}), tmp_path, False, scene)
    other = rendering.opened("ou", tiny(ou={"rho": 0.8}), tmp_path, True, scene)
    assert json.loads(other.origin)["ou"]["rho"] == 0.8


@drawing
def test_the_whole_way(tmp_path: Path) -> None:
    from lejepa.cli import app
    from lejepa.reacher import evidence, results

    path = tmp_path / "tiny.yaml"
    path.write_text(json.dumps(TINY))
    out = tmp_path / "results"
    done = CliRunner().invoke(app, ["train", str(path), "--out", str(out), "--device", "cpu", "--jobs", "1"])
    assert done.exit_code == 1, done.output  # four steps recover nothing
    result = results.read(out / "reacher" / "tiny.json")
    assert [r.data for r in result.recovered] == ["ou", "trajectories"]
    assert [p.space for p in result.controlled] == ["joints", "ou", "trajectories"]
    assert result.controlled[0].regret.mean == 1
    assert "linear_identifiability: not confirmed" in done.output
    assert len(result.untrained) == len(result.recovered)
    assert result.of(tiny())
    assert not result.of(tiny(ou={"rho": 0.8}))
    assert evidence.replay(tmp_path, "tiny", result) == []
    other = result.trace.steps["ou sigreg"][5].model_copy(
        update={"loss": result.trace.steps["ou sigreg"][5].loss * 1.03}
    )
    steps = result.trace.steps | {"ou sigreg": [*result.trace.steps["ou sigreg"][:5], other]}
    changed = result.model_copy(update={"trace": result.trace.model_copy(update={"steps": steps})})
    assert [f.partition(" is ")[0] for f in evidence.replay(tmp_path, "tiny", changed)] == ["steps.ou sigreg[5].loss"]
    for name in ("tiny-paths.png", "tiny-frames.png", "tiny-control.gif"):
        assert (out / "figures" / name).stat().st_size > 500
    held = (out / "reacher" / "tiny.json").read_bytes()
    again = CliRunner().invoke(app, ["train", str(path), "--out", str(out), "--device", "cpu"])
    assert again.exit_code == 1
    assert "tiny is trained already, and its result is shown" in again.output
    assert "linear_identifiability: not confirmed" in again.output
    shutil.rmtree(out / "reacher" / "tiny" / "data")
    bare = CliRunner().invoke(app, ["figures", "--out", str(out)])
    assert isinstance(bare.exception, UserError)
    assert "lejepa train" in str(bare.exception)
    drawn = CliRunner().invoke(app, ["train", str(path), "--out", str(out), "--device", "cpu"])
    assert (drawn.exit_code, (out / "reacher" / "tiny.json").read_bytes()) == (1, held)
    assert CliRunner().invoke(app, ["figures", "--out", str(out)]).exit_code == 0
    path.write_text(json.dumps(TINY | {"ou": {**TINY["ou"], "rho": 0.8}}))
    kept = CliRunner().invoke(app, ["train", str(path), "--out", str(out), "--device", "cpu"])
    assert isinstance(kept.exception, UserError)
    assert "kept; --overwrite replaces it" in str(kept.exception)
    assert (out / "reacher" / "tiny.json").read_bytes() == held
