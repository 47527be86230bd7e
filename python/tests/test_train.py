"""Training: what is written, what is kept, and going on to the same bits."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml
from lejepa.errors import UserError
from lejepa.training import config, results
from lejepa.training.train import Interrupted, Trainer, choose_device, learning_rate, result_path, train

CPU = torch.device("cpu")


def values(result: results.Result) -> dict[str, object]:
    """All of a result but what depends on the clock."""
    return result.model_dump(exclude={"seconds", "finished"})


def test_the_same_seeds_give_the_same_result(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    first = train(experiment, tmp_path / "a", CPU)
    second = train(experiment, tmp_path / "b", CPU)
    assert values(first) == values(second)
    other = train(config.load(tiny(training={"seeds": [2, 3]})), tmp_path / "c", CPU)
    assert other.metrics != first.metrics


def test_the_result_is_read_back_as_written(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    written = train(experiment, tmp_path, CPU)
    read = results.read(result_path(experiment, tmp_path))
    assert read == written
    assert [p.step for p in read.curve] == [10, 20, 30]
    assert len(read.metrics) == len(read.confirmed) == 2


@pytest.mark.parametrize("stop_at", [10, 20])
def test_an_interrupted_run_goes_on_to_the_same_bits(tiny: Callable[..., Path], tmp_path: Path, stop_at: int) -> None:
    experiment = config.load(tiny())
    whole = train(experiment, tmp_path / "whole", CPU)

    def interrupt(point: results.Point) -> None:
        if point.step == stop_at:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match=f"stopped after step {stop_at}"):
        train(experiment, tmp_path / "cut", CPU, report=interrupt)
    assert not result_path(experiment, tmp_path / "cut").exists()
    assert values(train(experiment, tmp_path / "cut", CPU)) == values(whole)
    assert [p.name for p in (tmp_path / "cut" / "experiments").iterdir()] == ["tiny.json"]


def test_a_killed_run_goes_on_from_its_last_checkpoint(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    whole = train(experiment, tmp_path / "whole", CPU)

    class Killed(BaseException):
        pass

    def kill(point: results.Point) -> None:
        if point.step == 20:
            raise Killed

    with pytest.raises(Killed):
        train(experiment, tmp_path / "cut", CPU, report=kill)
    assert (tmp_path / "cut" / "experiments" / "tiny.checkpoint").exists()
    assert values(train(experiment, tmp_path / "cut", CPU)) == values(whole)


def test_an_existing_result_is_kept(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny(training={"steps": 2, "evaluate_every": 1}))
    train(experiment, tmp_path, CPU)
    path = result_path(experiment, tmp_path)
    before = path.read_bytes()
    with pytest.raises(UserError, match="exists already and is kept"):
        train(experiment, tmp_path, CPU)
    assert path.read_bytes() == before
    train(experiment, tmp_path, CPU, overwrite=True)
    assert json.loads(path.read_bytes())["metrics"] == json.loads(before)["metrics"]


def test_another_configuration_s_checkpoint_is_refused(tiny: Callable[..., Path], tmp_path: Path) -> None:
    trainer = Trainer(config.load(tiny()), CPU)
    trainer.save(tmp_path / "experiments" / "tiny.checkpoint")
    other = config.load(tiny(world={"rho": 0.5}))
    with pytest.raises(UserError, match="found another's"):
        train(other, tmp_path, CPU)
    train(other, tmp_path, CPU, overwrite=True)


def test_a_broken_checkpoint_is_named(tiny: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "tiny.checkpoint").write_bytes(b"no checkpoint")
    with pytest.raises(UserError, match="expected a checkpoint"):
        train(config.load(tiny()), tmp_path, CPU)


def test_an_unwritable_folder_is_named(tiny: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UserError, match="expected a folder that can be written to"):
        train(config.load(tiny()), tmp_path / "file", CPU)


def test_a_diverged_run_says_so(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny(training={"learning_rate": 1e30}))
    with pytest.raises(UserError, match="not finite at step"):
        train(experiment, tmp_path, CPU)


def test_a_model_s_first_parameters_depend_on_its_own_seed_alone(tiny: Callable[..., Path]) -> None:
    pair = Trainer(config.load(tiny(training={"seeds": [4, 7]})), CPU).models
    alone = Trainer(config.load(tiny(training={"seeds": [7]})), CPU).models
    for p, a in zip(pair.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(p[1:], a, rtol=0, atol=0)


def test_parallel_models_are_the_models_one_by_one(tiny: Callable[..., Path]) -> None:
    models = Trainer(config.load(tiny()), CPU).models
    x = torch.randn(2, 9, 2)
    y = models(x)
    for m in range(2):
        h = x[m]
        for layer, (w, b) in enumerate(zip(models.weights, models.biases, strict=True)):
            h = h @ w[m] + b[m]
            if layer == 0:
                h = torch.nn.functional.gelu(h)
        torch.testing.assert_close(y[m], h)


def test_learning_rate_is_constant_then_a_cosine_to_zero() -> None:
    rates = [learning_rate(s, 100, 2.0) for s in (0, 49, 50, 75, 100)]
    assert rates == pytest.approx([2, 2, 2, 1, 0])


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": {"kind": "vicreg", "weight": 0.3}},
        {"objective": {"kind": "infonce"}},
        {"mixing": {"kind": "coupling", "layers": 2}, "encoder": {"kind": "matched", "layers": 2}},
        {"world": {"latent": "gennorm", "alpha": 1.0, "dim": 2, "rho": 0.9}, "mixing": {"kind": "banana"}},
        {"objective": {"kind": "mmd", "weight": 0.02}},
        {"world": {"dim": 2, "rho": 0.9, "rhos": [0.9, 0.5]}},
        {"world": {"latent": "doublewell", "depth": 1.0, "dim": 2, "rho": 0.9}},
    ],
    ids=["vicreg", "infonce", "matched", "gennorm", "mmd", "rhos", "doublewell"],
)
def test_every_part_trains_and_lowers_its_loss(
    tiny: Callable[..., Path], tmp_path: Path, changes: dict[str, dict[str, object]]
) -> None:
    path = tiny(training={"steps": 200, "evaluate_every": 10, "batch": 128})
    data = yaml.safe_load(path.read_text()) | changes
    path.write_text(yaml.safe_dump(data))
    result = train(config.load(path), tmp_path, CPU)
    first, last = result.curve[0].loss, [min(p.loss[m] for p in result.curve[-5:]) for m in range(2)]
    assert all(b < a for a, b in zip(first, last, strict=True))


@pytest.mark.parametrize("name", ["tpu", "mps", "cuda:99"])
def test_an_absent_device_is_named(name: str) -> None:
    with pytest.raises(UserError, match=name):
        choose_device(name)


def test_of_restarts_the_one_of_the_lowest_held_out_loss_is_kept(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny(training={"restarts": 3}))
    result = train(experiment, tmp_path, CPU)
    trainer = Trainer(experiment, CPU)
    while trainer.step < experiment.training.steps:
        values = trainer.advance()
        if trainer.step % 10 == 0:
            trainer.record(*values)
    losses = trainer.held_out_loss().reshape(2, 3)
    assert result.kept == losses.argmin(1).tolist()
    kept = [3 * seed + restart for seed, restart in enumerate(result.kept)]
    assert [p.r2 for p in result.curve] == [[p.r2[m] for m in kept] for p in trainer.curve]
    assert len(result.metrics) == len(result.confirmed) == 2
    for seed, restart in enumerate(result.kept):
        r2 = trainer.evaluate()[3 * seed + restart].r2_hz
        assert result.metrics[seed]["r2_hz"] == r2


def test_a_seed_s_first_encoder_is_the_same_with_and_without_restarts(tiny: Callable[..., Path]) -> None:
    many = Trainer(config.load(tiny(training={"seeds": [4, 7], "restarts": 2})), CPU).models
    alone = Trainer(config.load(tiny(training={"seeds": [7]})), CPU).models
    for p, a in zip(many.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(p[2:3], a, rtol=0, atol=0)
        assert not torch.equal(p[2], p[3])
