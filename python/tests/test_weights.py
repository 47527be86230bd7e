"""Weights come back as they were trained, and are refused where they are not those of the result."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lejepa
import numpy as np
import pytest
import safetensors.torch
import torch
from conftest import TINY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lejepa.errors import UserError
from lejepa.measures.recovery import recovery
from lejepa.planning import CEM
from lejepa.planning import rollout as planned
from lejepa.training import results, weights
from lejepa.training.config import Experiment
from lejepa.training.results import path_of
from lejepa.training.streams import Purpose, stream
from lejepa.training.train import train
from lejepa.training.trainer import Trainer, mixing_of
from lejepa.training.world import transitions
from test_predictor import LINEAR, PREDICTOR
from torch import Tensor

CPU = torch.device("cpu")
SHORT = {"steps": 3, "evaluate_every": 3}


def of(**changes: Any) -> Experiment:
    """The small experiment with some sections changed."""
    return Experiment.model_validate(TINY | {"training": TINY["training"] | SHORT} | changes, strict=False)


def held_out(experiment: Experiment, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """The latents that a seed's result is measured on, and the observations of the pairs."""
    generator = stream(seed, Purpose.EVALUATION)
    z, z_next, _ = transitions(experiment.world, (experiment.training.evaluation,), generator)
    observe = mixing_of(experiment, seed, CPU)
    return z, observe(z), observe(z_next)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Experiment, Path]:
    """An experiment of two seeds, and its result."""
    folder, experiment = tmp_path_factory.mktemp("trained"), of()
    train(experiment, folder, CPU)
    return experiment, path_of("tiny", folder)


@pytest.mark.parametrize(
    "encoder",
    [TINY["encoder"], {"kind": "matched", "layers": 3}, {"kind": "nice", "layers": 3}],
    ids=lambda e: str(e["kind"]),
)
@pytest.mark.parametrize("restarts", [1, 3])
def test_each_seed_s_encoder_measures_as_its_result_says(
    tmp_path: Path, encoder: dict[str, Any], restarts: int
) -> None:
    """The mixing is one of each seed's own."""
    training = TINY["training"] | SHORT | {"restarts": restarts}
    experiment = of(encoder=encoder, mixing={"kind": "coupling"}, training=training)
    result = train(experiment, tmp_path, CPU)
    for seed, metrics in zip(result.seeds, result.metrics, strict=True):
        z, x, x_next = held_out(experiment, seed)
        loaded = lejepa.load_encoder(path_of("tiny", tmp_path), seed=seed)
        assert not loaded.training
        with torch.no_grad():
            found = recovery(z, loaded(x), loaded(x_next), experiment.world.correlation)
        assert metrics is not None
        assert found.model_dump() == pytest.approx(metrics.model_dump(include=set(type(found).model_fields)), rel=1e-4)


def test_the_default_is_the_first_seed_and_the_file_of_weights_is_enough(
    trained: tuple[Experiment, Path], tmp_path: Path
) -> None:
    _, path = trained
    moved = tmp_path / "moved.safetensors"
    moved.write_bytes(weights.path_of(path).read_bytes())
    x = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    first, second = (lejepa.load_encoder(path, seed=s)(x) for s in (0, 1))
    assert torch.equal(lejepa.load_encoder(moved)(x), first)
    assert torch.equal(lejepa.load_encoder(str(path))(x), first)
    assert not torch.allclose(first, second)
    model = lejepa.load_model(path, seed=1)
    assert (model.seed, model.predictor) == (1, None)
    assert torch.equal(model(x), second)


def test_observations_may_have_any_leading_axes(trained: tuple[Experiment, Path]) -> None:
    encoder = lejepa.load_encoder(trained[1])
    x = torch.randn(4, 3, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(encoder(x)[2], encoder(x[2]))
    torch.testing.assert_close(encoder(x)[2, 1], encoder(x[2, 1]))
    assert encoder(x[:0]).shape == (0, 3, 2)


WRONG: dict[str, tuple[Any, str]] = {
    "shape": (torch.ones(4, 3), r"expected shape \(\.\.\., 2\), found \(4, 3\)"),
    "number": (torch.tensor(1.0), r"expected shape \(\.\.\., 2\), found \(\)"),
    "array": (np.ones((4, 2)), r"expected a torch\.Tensor, found numpy\.ndarray"),
    "list": ([[1.0, 2.0]], r"expected a torch\.Tensor, found builtins\.list"),
    "double": (
        torch.ones(4, 2).double(),
        r"expected numbers of torch\.float32, as the model has, found torch\.float64",
    ),
    "whole": (torch.ones(4, 2).long(), r"expected numbers of torch\.float32, as the model has, found torch\.int64"),
    "place": (torch.ones(4, 2, device="meta"), "expected a tensor on cpu, where the model is, found one on meta"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_observation_is_one_sentence(trained: tuple[Experiment, Path], kind: str) -> None:
    x, words = WRONG[kind]
    with pytest.raises(UserError, match=f"^observations: {words}$"):
        lejepa.load_model(trained[1])(x)


def test_a_model_in_double_precision_and_one_under_autocast(trained: tuple[Experiment, Path]) -> None:
    encoder = lejepa.load_encoder(trained[1])
    x = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(encoder(x.bfloat16()).float(), encoder(x).float(), rtol=0.02, atol=0.02)
    plain = encoder(x)
    torch.testing.assert_close(encoder.double()(x.double()).float(), plain)


def test_it_can_be_trained_further_and_certified(trained: tuple[Experiment, Path]) -> None:
    encoder = lejepa.load_encoder(trained[1]).train()
    _, x, x_next = held_out(trained[0], 0)
    before = encoder(x).detach()
    optimizer = torch.optim.SGD(encoder.parameters(), lr=0.1)
    (encoder(x) - x).square().mean().backward()
    optimizer.step()
    assert (encoder(x) - x).square().mean() < (before - x).square().mean()
    assert lejepa.certify(encoder(x).detach(), encoder(x_next).detach(), rho=0.9).count == len(x)


@pytest.fixture(scope="module")
def predicting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Experiment, Path]:
    """An experiment with actions and a predictor, and its result."""
    folder, experiment = tmp_path_factory.mktemp("predicting"), of(world=LINEAR, predictor=PREDICTOR)
    train(experiment, folder, CPU)
    return experiment, path_of("tiny", folder)


class TestWithAPredictor:
    def test_what_is_no_embedding_or_action_is_one_sentence(self, predicting: tuple[Experiment, Path]) -> None:
        model = lejepa.load_model(predicting[1])
        assert model.predictor is not None
        h, a = torch.ones(4, 2), torch.ones(4, model.predictor.actions)
        for wrong, words in (
            (lambda: model.predictor(h.double(), a), r"embeddings: expected numbers of torch\.float32"),
            (lambda: model.predictor(h, a.numpy()), r"actions: expected a torch\.Tensor, found numpy\.ndarray"),
            (
                lambda: model.predictor(h, a[:3]),
                rf"actions: expected shape \(4, {a.shape[1]}\), beside the embeddings'",
            ),
            (lambda: model.rollout(h, a.numpy()), r"actions: expected a torch\.Tensor, found numpy\.ndarray"),
            (lambda: model.rollout([1.0, 2.0], a), r"observations: expected a torch\.Tensor, found builtins\.list"),
        ):
            with pytest.raises(UserError, match=f"^{words}"):
                wrong()

    def test_it_errs_as_the_result_says(self, predicting: tuple[Experiment, Path]) -> None:
        experiment, path = predicting
        for seed, metrics in enumerate(results.read(path).metrics):
            loaded = lejepa.load_model(path, seed=seed)
            z, z_next, a = transitions(
                experiment.world, (experiment.training.evaluation,), stream(seed, Purpose.EVALUATION)
            )
            observe = mixing_of(experiment, seed, CPU)
            assert loaded.predictor is not None
            with torch.no_grad():
                guess = loaded.predictor(loaded.encoder(observe(z)), a)
                error = (guess - loaded(observe(z_next))).square().sum(-1).mean()
            assert metrics is not None
            assert float(error) == pytest.approx(metrics.prediction, rel=1e-4)

    def test_a_rollout_feeds_the_predictor_its_own_output(self, predicting: tuple[Experiment, Path]) -> None:
        loaded = lejepa.load_model(predicting[1])
        x, a = torch.randn(6, 2), torch.randn(6, 4, 3)
        states = loaded.rollout(x, a)
        assert loaded.predictor is not None
        h = loaded.encoder(x)
        for step in range(4):
            torch.testing.assert_close(states[:, step], h)
            h = loaded.predictor(h, a[:, step])
        torch.testing.assert_close(states[:, 4], h)
        torch.testing.assert_close(planned(loaded.predictor, loaded.encoder(x), a), states)
        assert states.requires_grad

    def test_it_can_be_planned_with(self, predicting: tuple[Experiment, Path]) -> None:
        loaded = lejepa.load_model(predicting[1])
        assert loaded.predictor is not None
        planner = CEM(lambda h, a: h.square().sum(-1), horizon=2, action_dim=3, population=16, elites=4)
        start = loaded.encoder(torch.randn(2, 2)).detach()
        assert planner.plan(loaded.predictor, start).actions.shape == (2, 2, 3)

    def test_shapes_that_do_not_fit_are_a_sentence(self, predicting: tuple[Experiment, Path]) -> None:
        loaded = lejepa.load_model(predicting[1])
        with pytest.raises(UserError, match=r"^actions: expected shape \(6, steps, 3\), found \(5, 4, 3\)$"):
            loaded.rollout(torch.ones(6, 2), torch.ones(5, 4, 3))
        with pytest.raises(UserError, match=r"^actions: expected shape \(\.\.\., 3\), found \(6, 4, 2\)$"):
            loaded.rollout(torch.ones(6, 2), torch.ones(6, 4, 2))


def test_without_a_predictor_there_is_no_rollout(trained: tuple[Experiment, Path]) -> None:
    with pytest.raises(UserError, match=r"^rollout: expected a model with a predictor"):
        lejepa.load_model(trained[1]).rollout(torch.ones(2, 2), torch.ones(2, 1, 3))


@pytest.mark.parametrize("load", [lejepa.load_encoder, lejepa.load_model])
class TestRefused:
    """Each fault is one sentence, which begins with the file."""

    @pytest.fixture
    def copied(self, trained: tuple[Experiment, Path], tmp_path: Path) -> Path:
        for path in (trained[1], weights.path_of(trained[1])):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        return tmp_path / trained[1].name

    def refused(self, load: Callable[[Path], object], path: Path, words: str) -> None:
        with pytest.raises(UserError) as caught:
            load(path)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_there_is_nothing(self, load: Callable[[Path], object], tmp_path: Path) -> None:
        self.refused(load, tmp_path / "a.json", "a.json: there is no such file")
        self.refused(load, tmp_path / "a.safetensors", "but there is no such file")
        self.refused(load, tmp_path, "but there is no such file")

    def test_a_result_without_weights(self, load: Callable[[Path], object], copied: Path) -> None:
        weights.path_of(copied).unlink()
        self.refused(load, copied, f"{copied}: expected the weights of this result beside it, in tiny.safetensors")

    @pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
    def test_they_are_cut_short(self, load: Callable[[Path], object], copied: Path, share: float) -> None:
        path = weights.path_of(copied)
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        self.refused(load, copied, f"{path}: expected a safetensors file as it was written, but it is none (")

    def test_a_number_has_changed(self, load: Callable[[Path], object], copied: Path) -> None:
        path = weights.path_of(copied)
        content = bytearray(path.read_bytes())
        content[-3] ^= 1
        path.write_bytes(content)
        self.refused(load, copied, f"{path}: expected weights as they were written, but a part of the file has changed")

    def test_they_are_of_another_configuration(self, load: Callable[[Path], object], copied: Path) -> None:
        data = json.loads(copied.read_text())
        data["configuration"]["world"]["rho"] = 0.5
        copied.write_text(json.dumps(data))
        self.refused(load, copied, "expected the weights of the result tiny.json, found those of another configuration")

    def test_they_are_of_another_run(self, load: Callable[[Path], object], copied: Path) -> None:
        data = json.loads(copied.read_text())
        data["metrics"][1]["r2_hz"] += 1e-9
        copied.write_text(json.dumps(data))
        self.refused(load, copied, "expected the weights of the result tiny.json, found those of another run")

    def test_they_are_not_lejepa_s(self, load: Callable[[Path], object], tmp_path: Path) -> None:
        path = tmp_path / "other.safetensors"
        safetensors.torch.save_file({"layer.weight": torch.ones(2, 2)}, path)
        self.refused(load, path, "expected weights that `lejepa train` has kept, found another safetensors file")

    def test_they_do_not_fit_the_encoder_of_their_configuration(
        self, load: Callable[[Path], object], copied: Path
    ) -> None:
        path = weights.path_of(copied)
        found = weights.read_file(path)
        weights.write(path, {n: t[..., :1] for n, t in found.tensors.items()}, results.read(copied))
        self.refused(load, path, f"{path}: expected the weights of the encoder that it configures (")

    def test_a_seed_that_was_not_trained(self, load: Callable[..., object], copied: Path) -> None:
        with pytest.raises(UserError, match="expected the seed 0 or 1, found 7, which was not trained"):
            load(copied, seed=7)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_bit_that_has_changed_is_found(
    trained: tuple[Experiment, Path], tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(weights.path_of(trained[1]).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = tmp_path / "changed.safetensors"
    changed.write_bytes(content)
    with pytest.raises(UserError):
        lejepa.load_encoder(changed)


def test_a_seed_that_has_diverged_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Spoiled(Trainer):
        def advance(self) -> tuple[Tensor, Tensor, Tensor]:
            found = super().advance()
            if self.step == 3:
                with torch.no_grad():
                    next(self.models.parameters())[0] = float("nan")
            return found

    monkeypatch.setattr("lejepa.training.train.Trainer", Spoiled)
    train(of(), tmp_path, CPU)
    target, x = path_of("tiny", tmp_path), torch.ones(1, 2)
    assert torch.equal(lejepa.load_encoder(target)(x), lejepa.load_encoder(target, seed=1)(x))
    with pytest.raises(UserError, match="expected the seed 1, found 0, whose encoder has diverged"):
        lejepa.load_encoder(target, seed=0)
