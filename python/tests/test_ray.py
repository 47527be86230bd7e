"""Sweeps on a Ray cluster of two worker nodes: what is lost goes on elsewhere, and the bits are those without Ray."""

import os
import pickle
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import yaml
from conftest import timeless
from lejepa import checkpoints
from lejepa.alone import AtWork
from lejepa.errors import CannotRun, UserError
from lejepa.interrupt import Interrupted
from lejepa.training import cluster, grid, results, sweep
from lejepa.training.points import Stopped, train_point

LONG = {"steps": 500, "evaluate_every": 250, "checkpoint_every": 20}
SHORT = {"steps": 4, "evaluate_every": 2}


@pytest.fixture
def small(tiny: Callable[..., Path]) -> Callable[..., grid.Sweep]:
    """A sweep of two small points; `small({"steps": 5})` changes their training."""

    def made(training: dict[str, Any], **changes: Any) -> grid.Sweep:
        path = tiny(training=training)
        data = yaml.safe_load(path.read_text()) | {"grid": {"world.rho": [0.5, 0.9]}} | changes
        path.write_text(yaml.safe_dump(data))
        return grid.load(path)

    return made


def values(made: grid.Sweep, out: Path) -> dict[str, Any]:
    """All of the results but what depends on the clock."""
    found = results.read_points(made, out)[0]
    return {name: timeless(r) for name, r in found.items()}


def alone(made: grid.Sweep, out: Path) -> None:
    """Train the points in this process."""
    for p in made.points:
        train_point(p.model_dump_json(), str(out), "cpu")


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A Ray cluster of a head without processors and two workers, each a process of its own."""
    pytest.importorskip("ray", reason="ray is not installed; pip install 'lejepa[ray]' brings it")
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_worker_niceness", "0")  # at Ray's 15, a busy machine keeps workers waiting
        patch.setenv("RAY_health_check_period_ms", "500")  # a dead node is found in 2.5 s instead of 15
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        try:
            for _ in range(2):
                made.add_node(num_cpus=1, object_store_memory=80 << 20)
            yield made
        finally:
            made.shutdown()


def points(made: grid.Sweep, out: Path) -> list[Path]:
    return [results.path_of(p.name, out) for p in made.points]


def under_way(made: grid.Sweep, out: Path) -> Path:
    """Wait until a point has a checkpoint; the point's result."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        for p in points(made, out):
            if p.with_suffix(".checkpoint").exists():
                return p
        time.sleep(0.02)
    raise AssertionError("no checkpoint within a minute")


def step(checkpoint: Path) -> int | None:
    try:
        return int(checkpoints.load(checkpoint, torch.device("cpu"))["step"])
    except UserError:  # the point is done
        return None


def test_faults_are_named_and_the_driver_s_device_does_not_matter(
    small: Callable[..., grid.Sweep], tmp_path: Path, nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = {"well": {}, "ill": {"training": {"learning_rate": 1e30}}}
    made = small(SHORT, cases=cases, grid={"objective.slices": [8]})
    well = next(p for p in made.points if p.name == "tiny/well-8")
    train_point(well.model_dump_json(), str(tmp_path / "here"), "cpu")
    with monkeypatch.context() as patch:
        patch.setattr(torch.cuda, "is_available", lambda: True)
        patch.setattr(torch.cuda, "device_count", lambda: 1)
        with pytest.raises(UserError, match=r"^tiny/ill-8: the loss of every seed is not finite"):
            sweep.run(made, tmp_path / "there", "auto", ray=nodes.address)
    here, there = values(made, tmp_path / "here"), values(made, tmp_path / "there")
    assert list(here) == ["tiny/well-8"]
    assert here == there


def test_what_no_node_has_is_named(
    small: Callable[..., grid.Sweep], tmp_path: Path, nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    with pytest.raises(CannotRun, match="--device cuda: expected a node of the Ray cluster with a CPU and a GPU"):
        sweep.run(small(SHORT), tmp_path, "cuda", ray=nodes.address)
    with pytest.raises(UserError, match="--device cuda:1: expected auto, cpu or cuda with --ray"):
        sweep.run(small(SHORT), tmp_path, "cuda:1", ray=nodes.address)
    with pytest.raises(UserError, match="--ray nowhere"):
        sweep.run(small(SHORT), tmp_path, "cpu", ray="nowhere")


class Asked(SimpleNamespace):
    """In place of Ray, of a machine whose address is 127.0.0.1: notes where it is told to connect."""

    def __init__(self) -> None:
        super().__init__(asked=[], util=SimpleNamespace(get_node_ip_address=lambda: "127.0.0.1"))

    def init(self, address: str, log_to_driver: bool) -> None:
        self.asked.append(address)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    made = Asked()
    monkeypatch.setitem(sys.modules, "ray", made)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    return made


def test_where_nothing_answers_ray_is_not_asked(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for address in (f"127.0.0.1:{port}", f"localhost:{port}", f"ray://127.0.0.1:{port}", f"{'x' * 70}.invalid:{port}"):
        with pytest.raises(UserError, match=rf"^--ray {address}: expected .* cluster: nothing answers at .*{port} \("):
            cluster.connected(address)
    for address in ("127.0.0.1:port", "127.0.0.1:70000"):
        with pytest.raises(UserError, match=rf"^--ray {address}: expected .* cluster: Port "):
            cluster.connected(address)
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{port}")
    with pytest.raises(UserError, match=r"^--ray auto: expected .* cluster: nothing answers at 127\.0\.0\.1, port "):
        cluster.connected("auto")
    assert asked.asked == []


def test_where_something_answers_or_ray_alone_knows_it_is_asked(asked: Asked) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        every = ["auto", "local", "nowhere", f"127.0.0.1:{port}", f"[::1]:{port}", f"ray://localhost:{port}"]
        for address in every:
            cluster.connected(address)
    assert asked.asked == every


def test_a_point_whose_node_dies_goes_on_from_its_checkpoint(
    small: Callable[..., grid.Sweep], tmp_path: Path, nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, out, ended, told = small(LONG), tmp_path / "there", threading.Event(), list[tuple[str, int, str]]()
    alone(made, tmp_path / "here")
    train, steps, early = cluster.trained, list[int](), list[bool]()

    def located(text: str, out: str, device: str, board: Any) -> dict[str, bytes]:
        import ray

        point = "0.5" if "tiny/0.5" in text else "0.9"
        (tmp_path / f"{point}.node").write_text(ray.get_runtime_context().get_node_id())
        return train(text, out, device, board)

    def kill() -> None:
        point = under_way(made, out)
        name = (tmp_path / f"{point.stem}.node").read_text()
        steps.append(step(point.with_suffix(".checkpoint")) or 0)
        node = next(n for n in nodes.worker_nodes if n.node_id == name)
        nodes.remove_node(node, allow_graceful=False)
        early.append(point.exists())
        while not ended.wait(0.1):
            if (now := step(point.with_suffix(".checkpoint"))) is not None:
                steps.append(now)

    monkeypatch.setattr(cluster, "trained", located)
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        sweep.run(made, out, "cpu", ray=nodes.address, report=lambda *said: told.append(said))
    finally:
        ended.set()
        killer.join()
        nodes.add_node(num_cpus=1, object_store_memory=80 << 20)
    assert early == [False], "the point had ended before its node was killed"
    assert values(made, out) == values(made, tmp_path / "here")
    assert steps[0] > 0
    assert steps == sorted(steps)
    assert len(set(steps)) > 1
    assert {name for name, reached, _ in told if 0 < reached < 500} == {p.name for p in made.points}
    assert any(re.fullmatch(r"loss \d+\.\d{4}, R² -?\d\.\d{4}", note) for _, _, note in told)
    assert {name: reached for name, reached, _ in told} == {p.name: 500 for p in made.points}


def test_a_lost_point_is_tried_again_and_named_in_the_end(
    small: Callable[..., grid.Sweep], tmp_path: Path, nodes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One point's worker crashes, finds no memory and is stopped before it trains; the other's always crashes. What is
    trained lies in a folder that only the workers see, and is there before the last try."""
    made, tries, theirs = small(SHORT), tmp_path / "tries", tmp_path / "theirs"
    alone(made, tmp_path / "here")

    def failing(text: str, out: str, device: str, board: Any) -> dict[str, bytes]:
        name = "0.5" if "tiny/0.5" in text else "0.9"
        with (tries / name).open("a") as file:
            file.write(".")
        count = (tries / name).stat().st_size
        if name == "0.9" or count == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if count == 2:
            raise MemoryError
        from lejepa.training.cluster import trained  # PyTorch is slow to import where the worker crashes

        files = trained(text, str(theirs), device, board)
        if count == 3:
            raise Interrupted("stopped after step 2")
        return files

    tries.mkdir()
    monkeypatch.setattr(cluster, "trained", failing)
    said = "^tiny/0.9: its worker was lost or found no memory 4 times, the last time with WorkerCrashedError"
    with pytest.raises(UserError, match=said):
        sweep.run(made, tmp_path / "there", "cpu", ray=nodes.address)
    assert {p.name: p.stat().st_size for p in tries.iterdir()} == {"0.5": 4, "0.9": 4}
    first, second = (values(made, tmp_path / place) for place in ("here", "there"))
    assert second == {"tiny/0.5": first["tiny/0.5"]}
    for kind in ("json", "safetensors"):
        path = Path("experiments") / "tiny" / f"0.5.{kind}"
        assert (tmp_path / "there" / path).read_bytes() == (theirs / path).read_bytes()


def test_an_interruption_stops_the_tasks_and_keeps_what_is_done(
    small: Callable[..., grid.Sweep], tmp_path: Path, nodes: Any
) -> None:
    every = 1000
    made = small(LONG | {"steps": 5 * every, "checkpoint_every": every})

    def interrupt() -> None:
        under_way(made, tmp_path)
        os.kill(os.getpid(), signal.SIGINT)

    killer = threading.Thread(target=interrupt)
    killer.start()
    with pytest.raises(Stopped):
        sweep.run(made, tmp_path, "cpu", ray=nodes.address)
    killer.join()
    saved = {p: step(p.with_suffix(".checkpoint")) for p in points(made, tmp_path)}
    assert not all(p.exists() for p in saved)
    # each saved its state where it was, hardly ever at a step of its checkpoints, and nobody trains any more
    assert any(s is not None and s % every for s in saved.values())
    time.sleep(1)
    assert saved == {p: step(p.with_suffix(".checkpoint")) for p in saved}


@pytest.mark.parametrize("e", [UserError("a"), CannotRun("b"), AtWork("c"), Interrupted("d"), Stopped()], ids=repr)
def test_errors_cross_from_one_process_to_another(e: Exception) -> None:
    again = pickle.loads(pickle.dumps(e))
    assert (type(again), str(again)) == (type(e), str(e))
