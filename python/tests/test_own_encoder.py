"""Plain modules trained as the hand-written ones are: the same values and gradients; a sentence where that can't be."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lejepa
import pytest
import torch
import yaml
from conftest import TINY
from lejepa.errors import UserError
from lejepa.interrupt import Interrupted
from lejepa.measures.recovery import recovery
from lejepa.training import config, grid, results, sweep
from lejepa.training.config import Experiment
from lejepa.training.encoder import ParallelMLP
from lejepa.training.results import path_of
from lejepa.training.stacked import Stacked
from lejepa.training.streams import Purpose, stream
from lejepa.training.train import train
from lejepa.training.trainer import Trainer
from own_encoders import Residual
from test_weights import held_out
from torch import nn

CPU = torch.device("cpu")
RESIDUAL = {"kind": "module", "of": "own_encoders:Residual", "arguments": {"width": 5}}


def plain(parallel: ParallelMLP, model: int) -> nn.Sequential:
    """One of the hand-written multilayer perceptrons as PyTorch's own layers."""
    layers: list[nn.Module] = []
    for weight, bias in zip(parallel.weights, parallel.biases, strict=True):
        layer = nn.Linear(weight.shape[1], weight.shape[2])
        layer.weight.data, layer.bias.data = weight[model].detach().T.clone(), bias[model, 0].detach().clone()
        layers += [layer, nn.GELU()]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("sizes", [(3, 3), (3, 7, 3), (2, 16, 16, 2)])
@pytest.mark.parametrize("models", [1, 4])
def test_plain_modules_have_the_values_and_gradients_of_the_hand_written(sizes: tuple[int, ...], models: int) -> None:
    streams = [stream(seed, Purpose.PARAMETERS) for seed in range(models)]
    parallel = ParallelMLP(sizes, streams).double()
    modules = [plain(parallel, m) for m in range(models)]
    stacked = Stacked(modules)
    x, weight = torch.randn(2, models, 11, sizes[0], dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    one, other = parallel(x), stacked(x)
    torch.testing.assert_close(other, one, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(other, torch.stack([m(rows) for m, rows in zip(modules, x, strict=True)]))
    for y in (one, other):
        (weight[..., : sizes[-1]] * y.tanh()).sum().backward()
    for layer, (weights, biases) in enumerate(zip(parallel.weights, parallel.biases, strict=True)):
        mine = stacked.stack[2 * layer]  # type: ignore[index]
        torch.testing.assert_close(mine.weight.grad, weights.grad.transpose(1, 2), rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(mine.bias.grad, biases.grad[:, 0], rtol=1e-12, atol=1e-12)
        assert mine.weight.grad.abs().min() > 0
    for before, module in zip(modules, map(stacked.one, range(models)), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(before.parameters(), module.parameters(), strict=True))


def test_training_goes_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The losses of twenty steps, from equal weights."""
    experiment = Experiment.model_validate(TINY, strict=False)

    def losses() -> torch.Tensor:
        trainer = Trainer(experiment, CPU)
        return torch.stack([trainer.advance()[0] for _ in range(20)])

    written = losses()
    build = lejepa.training.encoder.build

    def stacked(*given: Any) -> Stacked:
        parallel = build(*given)
        assert isinstance(parallel, ParallelMLP)
        return Stacked([plain(parallel, m) for m in range(2)])

    monkeypatch.setattr("lejepa.training.encoder.build", stacked)
    torch.testing.assert_close(losses(), written, rtol=1e-4, atol=1e-6)


def of(**changes: Any) -> Experiment:
    training = TINY["training"] | {"steps": 12, "evaluate_every": 4, "checkpoint_every": 5}
    return Experiment.model_validate(TINY | {"encoder": RESIDUAL, "training": training} | changes, strict=False)


def test_it_is_trained_interrupted_and_loaded(tmp_path: Path) -> None:
    experiment = of()
    whole = train(experiment, tmp_path / "whole", CPU)

    def interrupt(point: results.Point) -> None:
        if point.step == 8:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted):
        train(experiment, tmp_path / "cut", CPU, report=interrupt)
    train(experiment, tmp_path / "cut", CPU)
    files = [path_of("tiny", tmp_path / name).with_suffix(".safetensors").read_bytes() for name in ("whole", "cut")]
    assert files[0] == files[1]
    assert whole.curve[0].loss != whole.curve[-1].loss
    for seed, metrics in zip(whole.seeds, whole.metrics, strict=True):
        z, x, x_next = held_out(experiment, seed)
        loaded = lejepa.load_encoder(path_of("tiny", tmp_path / "cut"), seed=seed)
        assert isinstance(loaded.net, Residual)
        assert loaded.net.share.shape == ()
        with torch.no_grad():
            found = recovery(z, loaded(x), loaded(x_next), 0.9)
        assert metrics is not None
        assert found.model_dump() == pytest.approx(metrics.model_dump(include=set(type(found).model_fields)), rel=1e-4)


def test_a_seed_does_not_depend_on_those_beside_it() -> None:
    both, second = (Trainer(of(training=TINY["training"] | {"seeds": seeds}), CPU) for seeds in ([0, 1], [1]))
    for trainer in (both, second):
        assert isinstance(trainer.models, Stacked)
    state, alone = both.models.state_dict(), second.models.state_dict()
    assert all(torch.equal(state[name][1], alone[name][0]) for name in alone)
    assert not any(torch.equal(state[name][0], state[name][1]) for name in ("stack.last.weight", "stack.turn"))


def test_a_sweep_trains_it_in_processes_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a module in the working folder."""
    (tmp_path / "mine.py").write_text(Path(__file__).with_name("own_encoders.py").read_text())
    monkeypatch.chdir(tmp_path)
    experiment = of(encoder=RESIDUAL | {"of": "mine:Residual"})
    made = grid.single(experiment)
    assert list(sweep.run(made, tmp_path / "out", "cpu", jobs=1)) == ["tiny"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "Dropping",
            "expected own_encoders:Dropping to map each row by itself, the same in training and in evaluation",
        ),
        ("Normalizing", "without dropout or batch normalization"),
        ("OverRows", "to map each row by itself"),
        ("Narrow", "to map rows of shape (4, 2) to the same shape, found shape (4, 1)"),
        ("Hidden", "to keep what it draws at random in parameters and buffers"),
        ("Branching", "to work under torch.vmap, by which all seeds train at once, but it raised RuntimeError: vmap"),
        ("Frozen", "to have parameters that are trained"),
        (
            "Failing",
            "to be made with dim = 2 and the arguments, and to take rows of that size, but it raised ValueError",
        ),
        ("function", "to make a torch.nn.Module, found builtin_function_or_method"),
        ("Missing", "expected own_encoders:Missing to be there to import, but it raised AttributeError"),
    ],
)
def test_what_can_t_be_trained_is_a_sentence_and_nothing_is_made(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        train(of(encoder={"kind": "module", "of": f"own_encoders:{name}"}), tmp_path / "out", CPU)
    assert words in str(caught.value)
    assert str(caught.value).startswith("encoder")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("of_", ["no.such.module:Name", "own_encoders", "own_encoders:", "own_encoders:a.b", ":a"])
def test_a_name_that_is_none_is_a_sentence(tiny: Callable[..., Path], of_: str) -> None:
    path = tiny()
    data = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(data | {"encoder": {"kind": "module", "of": of_}}))
    with pytest.raises(UserError, match="encoder"):
        train(config.load(path), path.parent / "out", CPU)
