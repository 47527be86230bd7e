"""Recorded transitions: what is read, how they are split, and what is trained on them, by NumPy beside it."""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import lejepa
import numpy as np
import pytest
import torch
import yaml
from lejepa import cli
from lejepa.errors import UserError
from lejepa.interrupt import Interrupted
from lejepa.training import recorded, weights
from lejepa.training.recording import Fit, Recorded
from lejepa.transitions import Transitions

CPU = torch.device("cpu")
MLP = {"kind": "mlp", "hidden": 8, "layers": 1}
FIT: dict[str, Any] = {
    "encoder": MLP,
    "predictor": {"kind": "linear"},
    "objective": {"kind": "vicreg", "weight": 0.9},
    "training": {"steps": 30, "batch": 64, "learning_rate": 0.01, "seeds": [0, 3]},
}


def fit(**changes: Any) -> Fit:
    return Fit.model_validate({k: v for k, v in (FIT | changes).items() if v is not None})


MEMORY = np.array([0.8, 0.8, 0.7])  # more than the square of each: the best white encoders are linear


def made(rows: int = 400, scale: float = 1.0, shift: float = 0.0) -> Transitions:
    """`z' = M z + B a` without noise and with `M² + B² = 1`, so that `z'` is standard Gaussian as `z` is; in
    trajectories of 10 rows."""
    z, a = np.random.default_rng(0).standard_normal((2, rows, 3))
    z_next = MEMORY * z + np.sqrt(1 - MEMORY**2) * a
    x0, x1 = (np.float32(scale * x + shift) for x in (z, z_next))
    return Transitions(x0, x1, a.astype(np.float32), np.arange(rows) // 10)


def test_files_come_back_as_they_were(tmp_path: Path) -> None:
    t = made(30)
    t = Transitions(t.x0, t.x1, t.actions, t.trajectory, source="a robot")
    t.save(tmp_path / "a.npz")
    back = Transitions.load(tmp_path / "a.npz")
    for name in ("x0", "x1", "actions", "trajectory"):
        assert np.array_equal(getattr(back, name), getattr(t, name))
    assert (back.source, back.digest, back.dim, back.action_dim, len(back)) == ("a robot", t.digest, 3, 3, 30)
    np.savez(tmp_path / "pairs.npz", x0=t.x0.astype(np.float64), x1=t.x1)
    pairs = Transitions.load(tmp_path / "pairs.npz")
    assert (pairs.action_dim, pairs.x0.dtype, set(pairs.trajectory)) == (0, np.float32, {0})


def test_tensors_are_taken_as_they_come() -> None:
    """Also those that record gradients, of any precision."""
    t = made(30)
    parts: dict[str, Any] = {name: torch.from_numpy(getattr(t, name)) for name in ("x0", "x1", "actions", "trajectory")}
    assert Transitions(**parts).digest == t.digest
    assert Transitions(**parts | {"x0": parts["x0"].clone().requires_grad_()}).digest == t.digest
    half = Transitions(**parts | {"actions": parts["actions"].bfloat16()})
    assert np.array_equal(half.actions, parts["actions"].bfloat16().float().numpy())


@pytest.mark.parametrize("value", [[[1.0], [1.0, 2.0]], torch.zeros(4, 2, device="meta"), torch.eye(4).to_sparse()])
@pytest.mark.parametrize("name", ["x0", "trajectory"])
def test_what_is_no_array_is_one_sentence(name: str, value: Any) -> None:
    with pytest.raises(UserError, match=f"^{name}: expected an array of numbers, found (list|Tensor)$"):
        Transitions(**{"x0": np.zeros((4, 2)), "x1": np.zeros((4, 2)), "actions": np.zeros((4, 1)),
                       "trajectory": np.arange(4)} | {name: value})  # fmt: skip


def test_any_number_changes_the_digest() -> None:
    t = made(30)
    parts = {name: getattr(t, name) for name in ("x0", "x1", "actions", "trajectory")}
    for name, array in parts.items():
        other = array.copy()
        other[-1:] += 1
        assert Transitions(**parts | {name: other}).digest != t.digest


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"x0": np.zeros(4)}, r"x0: expected numbers of shape \(rows, columns\), found float64 of \(4,\)"),
        ({"x0": np.full((4, 2), "a")}, "x0: expected numbers"),
        ({"x0": np.zeros((0, 2)), "x1": np.zeros((0, 2))}, "x0: expected at least one row and one column"),
        ({"x1": np.zeros((3, 2))}, r"x1: expected the shape of x0, \(4, 2\), found \(3, 2\)"),
        ({"x1": np.array([[0, 0], [0, 0], [0, np.nan], [0, 0]])}, "x1: expected finite numbers .* in row 2"),
        ({"x1": np.full((4, 2), 1e39)}, "x1: expected finite numbers of single precision"),
        ({"actions": np.zeros((5, 1))}, "actions: expected 4 rows, as x0 has, found 5"),
        ({"trajectory": np.zeros(4)}, "trajectory: expected 4 whole numbers, found float64"),
        ({"trajectory": np.zeros(3, int)}, "trajectory: expected 4 whole numbers"),
        (
            {"trajectory": np.array([0, 1, 0, 1])},
            "trajectory: expected the rows of each trajectory one after the other",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence_with_the_file(tmp_path: Path, arrays: dict[str, Any], says: str) -> None:
    sound = {"x0": np.zeros((4, 2)), "x1": np.zeros((4, 2)), "actions": np.zeros((4, 1)), "trajectory": np.arange(4)}
    np.savez(tmp_path / "a.npz", **sound)
    Transitions.load(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", **sound | arrays)
    with pytest.raises(UserError, match=rf"a\.npz: {says}"):
        Transitions.load(tmp_path / "a.npz")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such file of transitions"):
        Transitions.load(tmp_path / "none.npz")
    (tmp_path / "a.npz").write_text("no archive")
    with pytest.raises(UserError, match=r"a\.npz: expected a \.npz file of transitions, but it can't be read"):
        Transitions.load(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", h0=np.zeros(3), x1=np.zeros(3))
    with pytest.raises(UserError, match=r"expected x0 and x1 in it, found h0, x1"):
        Transitions.load(tmp_path / "a.npz")
    with pytest.raises(UserError, match=r"a\.csv: expected a file of transitions named \.npz"):
        made(30).save(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("lengths", "cut"),
    [
        ([20], 18),  # its last tenth
        ([10, 10], 10),
        ([5] * 8, 35),  # 4 rows would be a tenth: all of the last trajectory
        ([4] * 10, 36),  # the last is a tenth
        ([1, 39], 1),
        ([30, 1, 1], 30),  # less than a tenth: there has to be something to train on
        ([1, 1], 1),
    ],
)
def test_whole_trajectories_are_held_out(lengths: list[int], cut: int) -> None:
    ids = np.repeat(np.arange(len(lengths))[::-1], lengths)
    t = made(len(ids))
    kept, held = Transitions(t.x0, t.x1, t.actions, ids).split()
    assert (len(kept), len(held)) == (cut, len(ids) - cut)
    assert np.array_equal(np.concatenate((kept.x1, held.x1)), t.x1)
    assert not {*kept.trajectory} & {*held.trajectory} or len(lengths) == 1
    with pytest.raises(UserError, match="expected at least 2 transitions"):
        made(1).split()


@pytest.mark.parametrize("predictor", [FIT["predictor"], None])
def test_measures_are_those_of_the_loaded_model(tmp_path: Path, predictor: Any) -> None:
    t, path = made(), tmp_path / "a.safetensors"
    found = recorded.train(fit(predictor=predictor), t, path, CPU)
    assert [f.seed for f in found] == [0, 3]
    held = t.split()[1]
    for f in found:
        model = lejepa.load_model(path, seed=f.seed)
        assert isinstance(model.configuration, Recorded)
        with torch.no_grad():
            h, h_next = (model(torch.from_numpy(x)) for x in (held.x0, held.x1))
            assert f.epsilon == pytest.approx(float(np.linalg.norm(np.cov(h.double().numpy().T) - np.eye(3))), rel=1e-6)
            if predictor is None:
                assert (model.predictor, f.predicted) == (None, None)
                continue
            guess = model.rollout(torch.from_numpy(held.x0), torch.from_numpy(held.actions)[:, None])[:, 1]
        share = 1 - ((h_next - guess) ** 2).sum() / ((h_next - h) ** 2).sum()
        assert f.predicted == pytest.approx(float(share), rel=1e-5)
        design = np.column_stack((h, np.ones(len(h))))
        kept = t.split()[0].x0.astype(np.float64)
        x = (held.x0 - kept.mean(0)) / kept.std(0)
        missed = x - design @ np.linalg.lstsq(design, x, rcond=None)[0]
        fitted = 1 - (missed**2).sum() / ((x - x.mean(0)) ** 2).sum()
        assert fitted - 0.2 < f.r2 < fitted  # on rows that were not fitted it is a little less


def test_noiseless_linear_steps_are_learnt(tmp_path: Path) -> None:
    """A linear encoder is white, and its best linear predictor misses nothing of `h'`; where actions are not seen it is
    `M h`, which misses `Σ (1 - m²)` of the `Σ 2 (1 - m)` that the state moves by."""
    t = made(2000)
    training = {"steps": 1000, "batch": 128, "learning_rate": 0.01}
    encoder = {"kind": "mlp", "hidden": 32, "layers": 1}
    (found,) = recorded.train(fit(encoder=encoder, training=training), t, tmp_path / "a.safetensors", CPU)
    assert found.predicted == pytest.approx(1, abs=0.03)
    assert found.r2 == pytest.approx(1, abs=0.03)
    blind = Transitions(t.x0, t.x1, np.zeros((2000, 0)), t.trajectory)
    (found,) = recorded.train(fit(encoder=encoder, training=training), blind, tmp_path / "b.safetensors", CPU)
    assert found.predicted == pytest.approx(1 - (1 - MEMORY**2).sum() / (2 * (1 - MEMORY)).sum(), abs=0.06)


def test_the_scale_of_observations_does_not_matter(tmp_path: Path) -> None:
    """Each coordinate is standardized by the rows that are trained on, and the loaded encoder does it itself."""
    for name, t in (("a", made()), ("b", made(scale=40.0, shift=-7.0))):
        recorded.train(fit(), t, tmp_path / f"{name}.safetensors", CPU)
    a, b = (lejepa.load_encoder(tmp_path / f"{name}.safetensors") for name in "ab")
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(a(x), b(40 * x - 7), rtol=1e-3, atol=1e-3)
    assert not torch.allclose(a(x), a(40 * x - 7), atol=0.1)


def test_a_coordinate_that_does_not_vary_does_no_harm() -> None:
    x = np.column_stack((np.full(50, 3.0), np.arange(50.0))).astype(np.float32)
    mean, deviation = recorded.moments(x)
    assert mean.tolist() == [[3.0, 24.5]]
    assert deviation.tolist() == [[1.0, pytest.approx(np.arange(50.0).std())]]


def test_a_seed_does_not_depend_on_the_others(tmp_path: Path) -> None:
    both, alone = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    recorded.train(fit(), made(), both, CPU)
    recorded.train(fit(training=FIT["training"] | {"seeds": [3]}), made(), alone, CPU)
    x = torch.randn(5, 3)
    torch.testing.assert_close(lejepa.load_encoder(both, seed=3)(x), lejepa.load_encoder(alone)(x))


def tensors(path: Path) -> dict[str, Any]:
    return {name: t.tolist() for name, t in weights.read_file(path).tensors.items()}


def test_a_run_that_was_stopped_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    whole, stopped = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    recorded.train(fit(), made(), whole, CPU)

    def stop(step: int, loss: float) -> None:
        if step == 11:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match="stopped after step 11"):
        recorded.train(fit(), made(), stopped, CPU, tick=stop)
    assert not stopped.exists()
    checkpoint = stopped.with_suffix(".checkpoint")
    kept = checkpoint.read_bytes()
    for other in ({"fit": fit(objective={"kind": "vicreg", "weight": 0.8})}, {"transitions": made(scale=2.0)}):
        with pytest.raises(UserError, match="expected a checkpoint of this configuration and these transitions"):
            recorded.train(**{"fit": fit(), "transitions": made(), "path": stopped, "device": CPU} | other)
    assert checkpoint.read_bytes() == kept
    steps: list[int] = []
    recorded.train(fit(), made(), stopped, CPU, tick=lambda step, loss: steps.append(step))
    assert steps == list(range(12, 31))
    assert tensors(stopped) == tensors(whole)
    assert not checkpoint.exists()


def test_what_can_t_be_trained_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    with pytest.raises(UserError, match=r"expected at least 20 held out to measure 3 dimensions on, .* found 10"):
        recorded.train(fit(), made(40), path, CPU)
    with pytest.raises(UserError, match=r"expected a file of weights named \.safetensors"):
        recorded.train(fit(), made(), tmp_path / "a.json", CPU)
    with pytest.raises(UserError, match="the loss of every seed is not finite at step"):
        recorded.train(fit(training=FIT["training"] | {"learning_rate": 1e30}), made(), path, CPU)
    wide = fit(encoder={"kind": "module", "of": "own_encoders:Residual"}, embedding=5)
    with pytest.raises(UserError, match="expected an encoder of kind mlp for an embedding of 5 dimensions"):
        recorded.train(wide, made(), path, CPU)
    assert list(tmp_path.iterdir()) == []
    recorded.train(fit(), made(), path, CPU)
    kept = path.read_bytes()
    with pytest.raises(UserError, match="these weights exist already and are kept"):
        recorded.train(fit(), made(), path, CPU)
    assert path.read_bytes() == kept


def test_weights_that_are_kept_are_told_what_they_are(tmp_path: Path) -> None:
    path, kept = tmp_path / "a.safetensors", "these weights exist already and are kept; --overwrite replaces them"
    recorded.train(fit(), made(), path, CPU)
    others = "expected the weights of this configuration and these transitions, found others"
    for content, transitions, says in [
        (path.read_bytes(), made(), ""),
        (path.read_bytes(), made(scale=2.0), f"{others}: "),
        (b"", made(), "expected a safetensors file as it was written, but it is none "),
        (path.read_bytes()[:-1], made(), "expected a safetensors file as it was written, but it is none "),
    ]:
        path.write_bytes(content)
        assert (recorded.finished(fit(), transitions, path) is None) == bool(says)
        with pytest.raises(UserError) as e:
            recorded.train(fit(), transitions, path, CPU)
        assert str(e.value).startswith(f"{path}: {says}")
        assert str(e.value).endswith(f": {kept}")
        assert path.read_bytes() == content


@pytest.mark.parametrize("suffix", [".safetensors", ".checkpoint"])
def test_what_is_no_file_is_refused_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(recorded, "held", lambda *given: pytest.fail("trained"))
    (tmp_path / f"a{suffix}").mkdir()
    for overwrite in (False, True):
        with pytest.raises(UserError, match=rf"/a{suffix}: expected the name of a file to write, but it is a folder"):
            recorded.train(fit(), made(), tmp_path / "a.safetensors", CPU, overwrite=overwrite)


def test_an_encoder_of_ones_own_and_another_width(tmp_path: Path) -> None:
    module = {"kind": "module", "of": "own_encoders:Residual"}
    for name, changes in (("a", {"encoder": module}), ("b", {"embedding": 5})):
        recorded.train(fit(**changes), made(), tmp_path / f"{name}.safetensors", CPU)
    x = torch.randn(4, 3)
    assert lejepa.load_encoder(tmp_path / "a.safetensors")(x).shape == (4, 3)
    assert lejepa.load_encoder(tmp_path / "b.safetensors")(x).shape == (4, 5)


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["lejepa", *map(str, words)])
    return int(cli.run())


def test_the_command_trains_on_a_file_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deep").mkdir()
    configuration, data, out = tmp_path / "deep" / "mine.yaml", tmp_path / "deep" / "mine.npz", tmp_path / "out"
    configuration.write_text(yaml.safe_dump(FIT | {"name": "mine", "data": "mine.npz"}))
    options = ("--out", out, "--device", "cpu")
    assert run(monkeypatch, "train", configuration, *options) == 2
    assert capsys.readouterr().err.endswith("mine.npz: there is no such file of transitions\n")
    made().save(data)
    assert run(monkeypatch, "train", configuration, *options) == 0
    first = capsys.readouterr()
    assert "steps predicted" in first.out
    assert f"Weights: {out / 'recorded' / 'mine.safetensors'}" in first.out
    assert lejepa.load_model(out / "recorded" / "mine.safetensors").predictor is not None
    assert run(monkeypatch, "train", configuration, *options) == 0
    second = capsys.readouterr()
    assert second.out == first.out
    assert "mine is trained already" in second.err
    assert run(monkeypatch, "train", configuration, *options, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [m["seed"] for m in told["metrics"]] == [0, 3]
    assert told["configuration"]["data"]["digest"] == made().digest
    made(scale=2.0).save(data)
    assert run(monkeypatch, "train", configuration, *options) == 2
    assert "these weights exist already and are kept; --overwrite replaces them" in capsys.readouterr().err
    assert run(monkeypatch, "train", configuration, *options, "--overwrite") == 0


@pytest.mark.parametrize(
    ("still", "says"),
    [
        (slice(None), "in the 360 rows to train on"),
        (slice(None, 360), "in the 360 rows to train on"),
        (slice(360, None), "in the 40 rows held out, the last"),
    ],
)
def test_observations_that_never_vary_are_refused_before_the_training(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    still: slice,
    says: str,
) -> None:
    """400 rows, of which the last tenth is held out; one coordinate that varies is enough."""
    data, path = tmp_path / "mine.npz", tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(FIT | {"name": "mine", "data": data.name}))
    t = made()
    t.x0[still] = 7.25
    t.save(data)
    monkeypatch.setattr(recorded, "held", lambda *given: pytest.fail("trained"))
    assert run(monkeypatch, "train", path, "--out", tmp_path / "out", "--device", "cpu") == 2
    told = f"lejepa: {data}: x0: expected observations that vary, but no coordinate does {says}\n"
    assert capsys.readouterr().err == told
    t.x0[[0, 365], 1] += 1
    assert [len(part) for part in recorded.split(recorded.of(fit(), t), t)] == [360, 40]


def test_too_few_transitions_are_told_with_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(FIT | {"name": "mine", "data": "mine.npz"}))
    made(40).save(tmp_path / "mine.npz")
    assert run(monkeypatch, "train", path, "--out", tmp_path / "out", "--device", "cpu") == 2
    said = capsys.readouterr().err
    assert said.startswith(f"lejepa: {tmp_path / 'mine.npz'}: transitions: expected at least 20 held out")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"objective": {"kind": "infonce"}}, "objective"),
        ({"world": {}}, "the key world is unknown"),
        ({"training": {}}, "the key training.steps is missing"),
        ({"training": {"steps": 1, "restarts": 2}}, "the key training.restarts is unknown"),
        ({"data": 3}, "data"),
        ({"name": "A b"}, "name"),
    ],
)
def test_a_configuration_that_does_not_fit_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    says: str,
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(FIT | {"name": "mine", "data": "mine.npz"} | changes))
    assert run(monkeypatch, "train", path, "--out", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert says in said


def test_the_command_records_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("gymnasium", reason="gymnasium, of the extra gym, is not installed")
    out = tmp_path / "new" / "car.npz"
    words = ("collect", "MountainCarContinuous-v0", "--steps", 30, "--out", out)
    assert run(monkeypatch, *words) == 0
    assert "30 transitions in 1 episodes, observations of 2 coordinates, actions of 1" in capsys.readouterr().out
    first = Transitions.load(out)
    assert run(monkeypatch, *words, "--seed", 1) == 2
    assert "this file exists already and is kept" in capsys.readouterr().err
    assert Transitions.load(out).digest == first.digest
    assert run(monkeypatch, *words, "--overwrite", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["digest"], told["rows"], told["episodes"]) == (first.digest, 30, 1)
    for given, says in [
        (("collect", "Pendulum-v77", "--steps", 3, "--out", tmp_path / "a.npz"), "environment Pendulum-v77"),
        (("collect", "CartPole-v1", "--steps", 3, "--out", tmp_path / "a.npz"), "continuous actions"),
        (("collect", "Pendulum-v1", "--steps", 0, "--out", tmp_path / "a.npz"), "steps: expected a whole number"),
        (("collect", "Pendulum-v1", "--steps", 3, "--seed", -1, "--out", tmp_path / "a.npz"), "seed: expected"),
        (("collect", "Pendulum-v1", "--steps", 3, "--out", tmp_path / "a.csv"), "named .npz"),
    ]:
        assert run(monkeypatch, *given) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1, said
        assert says in said
    assert not (tmp_path / "a.npz").exists()
