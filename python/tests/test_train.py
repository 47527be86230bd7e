"""Training: what is written, what is kept, and going on to the same bits."""

import json
import math
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import objective_formulas as formulas
import pytest
import torch
import yaml
from conftest import timeless
from lejepa import checkpoints
from lejepa.alone import alone
from lejepa.errors import UserError
from lejepa.evidence.fresh import differences, numbers
from lejepa.interrupt import Interrupted
from lejepa.training import config, grid, results, trace
from lejepa.training.descent import learning_rate
from lejepa.training.results import path_of
from lejepa.training.streams import Purpose, stream
from lejepa.training.train import begun, choose_device, save, train
from lejepa.training.trainer import Trainer, mixing_of
from lejepa.training.world import pairs

CPU = torch.device("cpu")


def test_the_same_seeds_give_the_same_result(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    first = train(experiment, tmp_path / "a", CPU)
    second = train(experiment, tmp_path / "b", CPU)
    assert timeless(first) == timeless(second)
    other = train(config.load(tiny(training={"seeds": [2, 3]})), tmp_path / "c", CPU)
    assert other.metrics != first.metrics


def test_the_result_is_read_back_as_written(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    written = train(experiment, tmp_path, CPU)
    read = results.read(path_of(experiment.name, tmp_path))
    assert read == written
    assert [p.step for p in read.curve] == [10, 20, 30]
    assert len(read.metrics) == len(read.kept) == len(read.r2_xz) == len(read.r2_hz_in_sample) == 2
    for m, share in zip(read.metrics, read.r2_hz_in_sample, strict=True):
        assert m is not None
        assert share is not None
        assert m.r2_hz < share < m.r2_hz + 0.05  # a share of its own rows is a little greater


@pytest.mark.parametrize("stop_at", [10, 20])
def test_an_interrupted_run_goes_on_to_the_same_bits(tiny: Callable[..., Path], tmp_path: Path, stop_at: int) -> None:
    experiment = config.load(tiny())
    whole = train(experiment, tmp_path / "whole", CPU)

    def interrupt(point: results.Point) -> None:
        if point.step == stop_at:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match=f"stopped after step {stop_at}"):
        train(experiment, tmp_path / "cut", CPU, report=interrupt)
    assert not path_of(experiment.name, tmp_path / "cut").exists()
    before = checkpoints.load(tmp_path / "cut" / "experiments" / "tiny.checkpoint", CPU)["cpu_seconds"]
    cut = train(experiment, tmp_path / "cut", CPU)
    assert cut.cpu_seconds is not None
    assert cut.cpu_seconds > before > 0  # what the first part took counts too
    assert timeless(cut) == timeless(whole)
    whole_files, cut_files = ({p.name: p for p in (tmp_path / n / "experiments").iterdir()} for n in ("whole", "cut"))
    assert set(cut_files) == {"tiny.json", "tiny.safetensors"}
    assert cut_files["tiny.safetensors"].read_bytes() == whole_files["tiny.safetensors"].read_bytes()


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
    assert timeless(train(experiment, tmp_path / "cut", CPU)) == timeless(whole)


def test_an_existing_result_is_kept(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny(training={"steps": 2, "evaluate_every": 1}))
    train(experiment, tmp_path, CPU)
    path = path_of(experiment.name, tmp_path)
    before = path.read_bytes()
    with pytest.raises(UserError, match="exists already and is kept"):
        train(experiment, tmp_path, CPU)
    assert path.read_bytes() == before
    train(experiment, tmp_path, CPU, overwrite=True)
    assert json.loads(path.read_bytes())["metrics"] == json.loads(before)["metrics"]


def test_another_configuration_s_checkpoint_is_refused(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    save(
        tmp_path / "experiments" / "tiny.checkpoint",
        Trainer(experiment, CPU),
        trace.record(experiment),
        (begun(0, CPU),),
    )
    other = config.load(tiny(world={"rho": 0.5}))
    with pytest.raises(UserError, match="found one of another configuration"):
        train(other, tmp_path, CPU)
    train(other, tmp_path, CPU, overwrite=True)


def test_other_code_s_checkpoint_is_refused(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    other = trace.record(experiment)
    other.opening[3].loss[0] *= 1.001  # type: ignore[operator]
    save(tmp_path / "experiments" / "tiny.checkpoint", Trainer(experiment, CPU), other, (begun(0, CPU),))
    with pytest.raises(UserError, match="found one of other code, whose first steps differ"):
        train(experiment, tmp_path, CPU)


def test_a_broken_checkpoint_is_named(tiny: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "tiny.checkpoint").write_bytes(b"no checkpoint")
    with pytest.raises(UserError, match="expected a checkpoint"):
        train(config.load(tiny()), tmp_path, CPU)


def test_an_unwritable_folder_is_named(tiny: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UserError, match="expected a folder that can be written to"):
        train(config.load(tiny()), tmp_path / "file", CPU)


@pytest.mark.parametrize("rho", [1e-9, 0.9, math.nextafter(1, 0)])
def test_embeddings_whose_measures_are_no_numbers_have_diverged(tiny: Callable[..., Path], rho: float) -> None:
    """Powers of what single precision still holds: `(h⁴)²` of 1e38 is 1e304 for each pair, over `2 ρ (1 - ρ)`."""
    trainer = Trainer(config.load(tiny(world={"rho": rho}, training={"evaluation": 100})), CPU)
    pair = [torch.randn(2, 100, 2, generator=torch.Generator().manual_seed(k)).clamp(-3, 3) for k in (0, 1)]
    for scales, known in (((1e18, 1e19), (True, True)), ((1e21, 1e19), (False, True)), ((3e37, 1e38), (False, False))):
        h, h_next = (x * torch.tensor(scales)[:, None, None] for x in pair)
        found, followed = trainer.measured(h, h_next), trainer.followed(h, h_next)
        assert tuple(m is not None for m in found) == tuple(f is not None for f in followed) == known
        assert all(math.isfinite(v) for m in found if m for v in m.model_dump().values() if v is not None)


def test_a_run_whose_embeddings_diverge_at_the_end_says_so(tiny: Callable[..., Path], tmp_path: Path) -> None:
    """The loss of a step is finite, and what it leads to is not."""
    steps = {"steps": 1, "evaluate_every": 1, "learning_rate": 1000.0}
    encoder, objective = {"kind": "mlp", "hidden": 16, "layers": 8}, {"kind": "mmd", "weight": 0.99}
    path = tiny(encoder=encoder, training=steps)
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"objective": objective}))
    with pytest.raises(UserError, match=r"^tiny: expected a seed whose embeddings are finite, but all have diverged$"):
        train(config.load(path), tmp_path, CPU)
    assert not path_of("tiny", tmp_path).exists()


def test_a_run_that_diverges_whole_says_so(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny(training={"learning_rate": 1e30}))
    with pytest.raises(UserError, match="tiny: the loss of every seed is not finite at step 10") as e:
        train(experiment, tmp_path, CPU)
    assert "training.batch" not in str(e.value)
    white = experiment.model_copy(update={"objective": config.Whitening(kind="whitening"), "name": "white"})
    with pytest.raises(
        UserError, match=r"white: .* at step 10; .*learning_rate.*, and a training\.batch whose embeddings"
    ):
        train(white, tmp_path, CPU)


def spoil(trainer: Trainer, model: int) -> None:
    """Let one model diverge, as a step of infinite length would."""
    with torch.no_grad():
        next(iter(trainer.models.parameters()))[model] = float("nan")


def test_a_seed_that_diverges_does_not_stop_the_others(
    tiny: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = config.load(tiny())
    whole = train(experiment, tmp_path / "whole", CPU)
    advance = Trainer.advance

    def faulty(self: Trainer) -> object:
        if self.step == 15:
            spoil(self, 0)
        return advance(self)

    monkeypatch.setattr(Trainer, "advance", faulty)
    result = train(experiment, tmp_path / "cut", CPU)
    assert result.metrics == [None, whole.metrics[1]]
    assert [p.r2[0] is None for p in result.curve] == [False, True, True]
    assert [p.r2[1] for p in result.curve] == [p.r2[1] for p in whole.curve]
    assert result.sample.seed == 1
    assert results.read(path_of("tiny", tmp_path / "cut")) == result


def test_a_training_begins_without_time_spent_or_a_curve(tiny: Callable[..., Path]) -> None:
    trainer = Trainer(config.load(tiny()), CPU)
    assert (trainer.step, trainer.seconds, trainer.curve) == (0, 0, [])


def test_a_restart_that_diverges_is_not_kept(tiny: Callable[..., Path], tmp_path: Path) -> None:
    trainer = Trainer(config.load(tiny(training={"restarts": 2})), CPU)
    for model in (1, 2):
        spoil(trainer, model)
    assert trainer.kept() == [0, 3]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mixing": {"kind": "coupling", "layers": 2}, "encoder": {"kind": "matched", "layers": 2}},
        {"objective": {"kind": "infonce"}},
        {"world": {"latent": "gennorm", "alpha": 1.0, "dim": 2, "rho": 0.9}},
        {"world": {"latent": "doublewell", "depth": 1.0, "dim": 2, "rho": 0.9}},
        {"world": {"latent": "fourpoints", "dim": 1}, "mixing": {"kind": "cubic"}, "objective": {"kind": "whitening"}},
        {"world": {"latent": "signflips", "flips": [0.0, 0.5], "dim": 2, "rho": 0.9}},
    ],
    ids=["mlp", "coupling", "infonce", "gennorm", "doublewell", "fourpoints", "signflips"],
)
@pytest.mark.parametrize("restarts", [1, 2])
def test_a_seed_s_result_does_not_depend_on_which_others_run_beside_it(
    tiny: Callable[..., Path], tmp_path: Path, changes: dict[str, Any], restarts: int
) -> None:
    def trained(seeds: list[int]) -> results.Result:
        path = tiny(training={"seeds": seeds, "restarts": restarts})
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))
        return train(config.load(path), tmp_path / "-".join(map(str, seeds)), CPU)

    pair, alone = trained([4, 7]), trained([7])
    assert pair.kept[1] == alone.kept[0]
    assert pair.r2_xz[1] == pytest.approx(alone.r2_xz[0], rel=1e-6)
    for name, value in alone.metrics[0].model_dump(exclude_none=True).items():
        assert getattr(pair.metrics[1], name) == pytest.approx(value, rel=1e-3, abs=1e-5), name
    for p, a in zip(pair.curve, alone.curve, strict=True):
        assert p.loss[1] == pytest.approx(a.loss[0], rel=1e-4)
    assert pair.metrics[0] != pair.metrics[1]


def test_each_seed_draws_a_mixing_and_pairs_of_its_own(tiny: Callable[..., Path]) -> None:
    changes = {"mixing": {"kind": "coupling", "layers": 1}, "world": {"dim": 4, "rho": 0.9}}  # in 2 there is one matrix
    path = tiny()
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))
    trainer = Trainer(config.load(path), CPU)
    z = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    first, second = (mix(z) for mix in trainer.mixings)
    assert not torch.allclose(first, second)
    assert torch.equal(mixing_of(trainer.computation, 1, CPU)(z), second)
    held_out = trainer.held_out[0]
    assert not torch.isclose(held_out[0], held_out[1]).all(-1).any()
    fixed = yaml.safe_load(path.read_text()) | {"mixing": changes["mixing"] | {"seed": 5}}
    path.write_text(yaml.safe_dump(fixed))
    first, second = (mix(z) for mix in Trainer(config.load(path), CPU).mixings)
    assert torch.equal(first, second)


@pytest.mark.parametrize("pairs", [None, 20_000])
def test_pairs_of_successors_are_trained_on_and_not_measured(tiny: Callable[..., Path], pairs: int | None) -> None:
    """Their correlation is ρ², and that of the held-out pairs ρ. Restarts are chosen by pairs of the training."""
    rho, more = 0.7, {"batch": 20_000, "evaluation": 20_000, "restarts": 2, "pairs": pairs}
    for successors, expected in ((False, rho), (True, rho**2)):
        path = tiny(training=more | {"successors": successors}, world={"rho": rho})
        trainer = Trainer(config.load(path), CPU)
        for drawn, value in (
            (trainer.draw(torch.Generator().manual_seed(5)), expected),
            (trainer.of_each_seed(Purpose.SELECTION), expected),
            (trainer.held_out, rho),
        ):
            z, z_next = (x.reshape(-1, 2).double() for x in drawn[:2])
            assert float((z * z_next).mean()) == pytest.approx(value, abs=5 / math.sqrt(len(z)))


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


def test_every_step_has_the_learning_rate_of_the_schedule(tiny: Callable[..., Path]) -> None:
    trainer = Trainer(config.load(tiny(training={"steps": 12, "learning_rate": 0.01})), CPU)
    rates = []
    for _ in range(12):
        before = [p.detach().clone() for p in trainer.models.parameters()]
        trainer.advance()
        rates.append(trainer.optimizer.param_groups[0]["lr"])
        pairs_of = zip(trainer.models.parameters(), before, strict=True)
        moved = max(float((p - b).detach().abs().max()) for p, b in pairs_of)
        # AdamW moves no parameter by much more than its rate, and some by nearly that
        assert 0.3 * rates[-1] <= moved <= 3 * rates[-1] + 1e-7
    assert rates == pytest.approx([0.01] * 6 + [0.005 * (1 + math.cos(math.pi * k / 6)) for k in range(6)])


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": {"kind": "vicreg", "weight": 0.3}},
        {"objective": {"kind": "infonce"}},
        {"mixing": {"kind": "coupling", "layers": 2}, "encoder": {"kind": "matched", "layers": 2}},
        {"mixing": {"kind": "coupling", "layers": 2}, "encoder": {"kind": "nice", "layers": 2}},
        {"world": {"latent": "gennorm", "alpha": 1.0, "dim": 2, "rho": 0.9}, "mixing": {"kind": "banana"}},
        {"objective": {"kind": "mmd", "weight": 0.02}},
        {"world": {"dim": 2, "rho": 0.9, "rhos": [0.9, 0.5]}},
        {"world": {"latent": "doublewell", "depth": 1.0, "dim": 2, "rho": 0.9}},
        {"world": {"latent": "fourpoints", "dim": 1}, "mixing": {"kind": "cubic"}, "objective": {"kind": "whitening"}},
        {
            "world": {"latent": "signflips", "flips": [0.0, 0.5], "dim": 1, "rho": 0.9},
            "mixing": {"kind": "identity"},
            "objective": {"kind": "whitening"},
        },
    ],
    ids=["vicreg", "infonce", "matched", "nice", "gennorm", "mmd", "rhos", "doublewell", "fourpoints", "signflips"],
)
def test_every_part_trains_and_lowers_its_loss(
    tiny: Callable[..., Path], tmp_path: Path, changes: dict[str, dict[str, object]]
) -> None:
    path = tiny(training={"steps": 200, "evaluate_every": 10, "batch": 128})
    data = yaml.safe_load(path.read_text()) | changes
    path.write_text(yaml.safe_dump(data))
    result = train(config.load(path), tmp_path, CPU)
    first, last = (
        result.curve[0].loss,
        [min(v for p in result.curve[-5:] if (v := p.loss[m]) is not None) for m in range(2)],
    )
    assert all(b < a for a, b in zip(first, last, strict=True))


@pytest.mark.parametrize("name", ["tpu", "mps", "cuda:99"])
def test_an_absent_device_is_named(name: str) -> None:
    with pytest.raises(UserError, match=name):
        choose_device(name)


def test_of_restarts_the_one_of_the_lowest_loss_on_pairs_set_apart_is_kept(
    tiny: Callable[..., Path], tmp_path: Path
) -> None:
    """Each restart's loss is computed one by one, from streams drawn anew."""
    experiment = config.load(tiny(training={"restarts": 3, "steps": 12, "evaluation": 500}))
    result = train(experiment, tmp_path, CPU)
    trainer = Trainer(experiment, CPU)
    while trainer.step < experiment.training.steps:
        trainer.advance()
    kept = []
    for number, seed in enumerate(experiment.training.seeds):
        z, z_next = pairs(experiment.world, (500,), stream(seed, Purpose.SELECTION))
        losses = []
        for model in range(3 * number, 3 * number + 3):
            slices, parts = stream(seed, Purpose.SELECTION_SLICES), []
            for at in range(0, 480, 32):  # whole batches
                z_both = torch.cat((z[at : at + 32], z_next[at : at + 32])).expand(6, -1, -1)
                with torch.no_grad():
                    h = trainer.encode(z_both)[model : model + 1]
                    parts.append(float(trainer.loss(h[:, :32], h[:, 32:], slices)[0]))
            losses.append(sum(parts) / len(parts))
        kept.append(losses.index(min(losses)))
    assert result.kept == kept
    for seed, restart in enumerate(kept):
        assert result.metrics[seed] == trainer.measures()[3 * seed + restart]


@pytest.mark.parametrize(("evaluation", "starts"), [(150, [0, 40, 80]), (160, [0, 40, 80, 120])])
def test_the_loss_that_restarts_are_chosen_by_is_a_mean_over_whole_batches(
    tiny: Callable[..., Path], evaluation: int, starts: list[int]
) -> None:
    """VICReg is not linear in the rows, so its formula of each batch in NumPy tells batches from all pairs at once."""
    experiment = config.load(tiny(training={"restarts": 2, "batch": 40, "evaluation": evaluation}))
    vicreg = config.VICReg(kind="vicreg", weight=0.3, pooled=False)
    trainer = Trainer(experiment.model_copy(update={"objective": vicreg}), CPU)
    z, z_next = (x[[0, 0, 1, 1]] for x in trainer.of_each_seed(Purpose.SELECTION)[:2])
    with torch.no_grad():
        h, h_next = (trainer.encode(x).double().numpy() for x in (z, z_next))
    for model, found in enumerate(trainer.selection_loss().tolist()):
        losses = []
        for views in ((h[model, at : at + 40], h_next[model, at : at + 40]) for at in starts):
            align = formulas.alignment(*views) / (4 * 2)
            losses.append(0.3 * sum(map(formulas.vicreg, views)) / 2 + 0.7 * align)
        assert found == pytest.approx(sum(losses) / len(starts), rel=1e-5)


def test_fewer_pairs_than_a_batch_make_one_for_the_choice_of_restarts(tiny: Callable[..., Path]) -> None:
    experiment = config.load(tiny(training={"restarts": 2, "batch": 300, "evaluation": 120}))
    vicreg = config.VICReg(kind="vicreg", weight=0.3, pooled=False)
    trainer = Trainer(experiment.model_copy(update={"objective": vicreg}), CPU)
    with torch.no_grad():
        views = [trainer.encode(x[[0, 0, 1, 1]]).double().numpy() for x in trainer.of_each_seed(Purpose.SELECTION)[:2]]
    expected = [
        0.3 * sum(formulas.vicreg(h[model]) for h in views) / 2
        + 0.7 * formulas.alignment(*(h[model] for h in views)) / (4 * 2)
        for model in range(4)
    ]
    assert trainer.selection_loss().tolist() == pytest.approx(expected, rel=1e-5)


def test_restarts_are_not_chosen_by_the_pairs_that_are_reported(tiny: Callable[..., Path]) -> None:
    trainer = Trainer(config.load(tiny(training={"restarts": 3})), CPU)
    chosen = trainer.selection_loss()
    trainer.held_out = tuple(torch.full_like(z, float("nan")) for z in trainer.held_out)  # type: ignore[assignment]
    assert torch.equal(trainer.selection_loss(), chosen)
    selection = trainer.of_each_seed(Purpose.SELECTION)[0]
    assert not torch.isclose(selection, Trainer(trainer.computation, CPU).held_out[0]).all(-1).any()


def test_a_seed_s_first_encoder_is_the_same_with_and_without_restarts(tiny: Callable[..., Path]) -> None:
    many = Trainer(config.load(tiny(training={"seeds": [4, 7], "restarts": 2})), CPU).models
    alone = Trainer(config.load(tiny(training={"seeds": [7]})), CPU).models
    for p, a in zip(many.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(p[2:3], a, rtol=0, atol=0)
        assert not torch.equal(p[2], p[3])


def test_a_sample_is_rounded_to_three_decimals() -> None:
    from lejepa.training.train import rounded

    points = torch.tensor([[0.12345, -1.00049, 2.0, 3.0, 99.0]]).repeat(500, 1)
    assert rounded(points) == [[0.123, -1.0, 2.0, 3.0]] * 400


def test_with_overwrite_a_broken_checkpoint_is_no_obstacle(tiny: Callable[..., Path], tmp_path: Path) -> None:
    plain = train(config.load(tiny()), tmp_path / "plain", CPU)
    (tmp_path / "anew" / "experiments").mkdir(parents=True)
    (tmp_path / "anew" / "experiments" / "tiny.checkpoint").write_bytes(b"no checkpoint")
    anew = train(config.load(tiny()), tmp_path / "anew", CPU, overwrite=True)
    assert anew.metrics == plain.metrics
    assert not (tmp_path / "anew" / "experiments" / "tiny.checkpoint").exists()


def test_two_runs_of_one_result_are_refused(tiny: Callable[..., Path], tmp_path: Path) -> None:
    experiment = config.load(tiny())
    with alone(results.path_of(experiment.name, tmp_path)), pytest.raises(UserError, match=f"process {os.getpid()} is"):
        train(experiment, tmp_path, CPU)
    assert train(experiment, tmp_path, CPU).metrics


def test_a_result_names_each_machine_and_version_that_made_a_part_of_it(
    tiny: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = config.load(tiny())

    def stopped(at: int) -> None:
        def stop(step: int) -> None:
            if step == at:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(Interrupted):
            train(experiment, tmp_path, CPU, tick=stop)

    monkeypatch.setattr("lejepa.training.train.machine", lambda device: "one (a processor)")
    stopped(5)
    stopped(9)  # on the same machine: no part of its own
    monkeypatch.setattr("lejepa.training.train.machine", lambda device: "other (a processor)")
    stopped(12)
    monkeypatch.setattr("lejepa.training.train.versions", lambda *given: {"torch": "0.0", "lejepa": "0"})
    result = train(experiment, tmp_path, CPU)
    assert [(p.what, p.machine, p.versions["torch"]) for p in result.parts] == [
        ("from step 0", "one (a processor)", torch.__version__),
        ("from step 9", "other (a processor)", torch.__version__),
        ("from step 12", "other (a processor)", "0.0"),
    ]
    assert results.read(path_of("tiny", tmp_path)).parts == result.parts
    assert str(result.parts[2]) == "from step 12 on other (a processor), with torch 0.0, lejepa 0"
    assert train(experiment, tmp_path / "whole", CPU).parts == ()


def test_a_checkpoint_of_another_kind_is_one_sentence_and_leaves_nothing_behind(
    tiny: Callable[..., Path], tmp_path: Path
) -> None:
    """Its checksum fits, its models do not: with `--overwrite` the run starts anew, to the same bits."""
    from lejepa import checkpoints

    experiment = config.load(tiny())
    whole = train(experiment, tmp_path / "whole", CPU)
    path = tmp_path / "cut" / "experiments" / "tiny.checkpoint"
    trainer = Trainer(experiment, CPU)
    trainer.advance()
    save(path, trainer, trace.record(experiment), (begun(0, CPU),))
    state = checkpoints.load(path, CPU)
    checkpoints.save(path, state | {"optimizer": {"param_groups": []}})
    with pytest.raises(UserError, match="expected a checkpoint of a training") as caught:
        train(experiment, tmp_path / "cut", CPU)
    assert "\n" not in str(caught.value)
    assert timeless(train(experiment, tmp_path / "cut", CPU, overwrite=True)) == timeless(whole)


def test_a_result_keeps_the_criterion_that_was_set_when_its_training_began(
    tiny: Callable[..., Path], tmp_path: Path
) -> None:
    set_before = [{"confirms": "linear_identifiability", "metric": "r2_hz", "at_least": 0.9, "spare": 2}]
    later = [set_before[0] | {"at_least": 0.1}]
    first, second = (config.load(tiny(criterion=c)) for c in (set_before, later))

    def stop(step: int) -> None:
        if step == 15:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Interrupted):
        train(first, tmp_path / "out", CPU, tick=stop)
    assert train(second, tmp_path / "out", CPU).criterion == first.criterion
    assert train(second, tmp_path / "anew", CPU).criterion == second.criterion


def test_a_result_keeps_the_peak_of_its_sweep_that_was_set_when_its_training_began(
    tiny: Callable[..., Path], tmp_path: Path
) -> None:
    peak = {"confirms": "linear_identifiability", "axis": "world.rho", "at": 0.9, "metric": "r2_hz", "spare": 2}

    def point(changes: dict[str, Any]) -> config.Experiment:
        return grid.load(tiny(grid={"world.rho": [0.9]}, **changes)).points[0]

    first, second, none = (point(c) for c in ({"peak": peak}, {"peak": peak | {"spare": 1}}, {}))

    def stop(step: int) -> None:
        if step == 15:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Interrupted):
        train(first, tmp_path / "out", CPU, tick=stop)
    assert first.peak is not None
    assert train(second, tmp_path / "out", CPU).criterion == (first.peak,)
    assert results.read(path_of(first.name, tmp_path / "out")).criterion == (first.peak,)
    assert train(none, tmp_path / "anew", CPU).criterion == ()


def test_first_steps_that_magnify_rounding_may_differ_by_more(tiny: Callable[..., Path]) -> None:
    """By as much as the last bits of the parameters move them, and hardly by more than is allowed elsewhere."""
    experiment = config.load(tiny())
    now, moved = trace.record(experiment), trace.record(experiment, trace.LAST_BITS)
    assert now != moved
    assert trace.differences_of(now, moved, experiment) == []
    chaotic = {"opening[3].loss[0]": 1e-3 * abs(now.opening[3].loss[0] or 0.0)}
    other = now.model_copy(deep=True)
    other.opening[3].loss[0] *= 1.0008  # type: ignore[operator]
    assert trace.differences_of(other, now, experiment) != []
    values = other.model_dump(), now.model_dump()
    assert differences(*values, trace.RELATIVE, trace.ABSOLUTE) != []
    assert differences(*values, trace.RELATIVE, trace.ABSOLUTE, allowed=chaotic) == []
    assert dict(numbers({"a": [1, {"b": 2.5}], "c": None, "d": True})) == {"a[0]": 1, "a[1].b": 2.5}
