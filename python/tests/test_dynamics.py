"""Prediction over several steps, and the guess of the action between two states, against NumPy."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lejepa
import numpy as np
import pytest
import torch
from conftest import trained_whole_and_in_two_parts
from lejepa.errors import UserError
from lejepa.training import config, objective, results, rollout
from lejepa.training.linear import LinearWorld
from lejepa.training.train import train
from lejepa.training.trainer import Trainer, mixing_of
from lejepa.training.world import paths, transitions
from numpy.typing import NDArray
from test_predictor import LINEAR, PREDICTOR, B, M, configuration, of
from torch import Tensor

CPU = torch.device("cpu")
Array = NDArray[np.float64]
INVERSE = {"weight": 0.7, "hidden": 8, "layers": 1}
VICREG = {"kind": "vicreg", "weight": 0.25}


def numbers(x: Tensor) -> Array:
    return np.asarray(x.detach().double().numpy())


def off_white(x: Array) -> float:
    """VICReg's regularizer: the mean square of the entries of `Cov - 1`."""
    return float(((np.cov(x.T) - np.eye(x.shape[1])) ** 2).mean())


def with_objective(path: Path) -> Path:
    """A configuration with VICReg for its objective."""
    import yaml

    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"objective": VICREG}))
    return path


class TestPaths:
    def test_states_and_actions_have_the_covariance_of_the_world(self) -> None:
        """`Cov(z_i, z_j) = M^(i-j)`, and `Cov(z_i, a_j) = M^(i-1-j) B` of the actions before; 0 of those after."""
        count, steps = 200_000, 3
        z, after, actions = paths(of(), steps, (count,), torch.Generator().manual_seed(0))
        assert after.shape == (count, steps, 2)
        assert actions.shape == (count, steps, 3)
        states = np.concatenate((numbers(z)[:, None], numbers(after)), axis=1)
        power = [np.linalg.matrix_power(M, k) for k in range(steps + 1)]
        for i in range(steps + 1):
            for j in range(i + 1):
                found = states[:, i].T @ states[:, j] / count
                np.testing.assert_allclose(found, power[i - j], atol=5 * math.sqrt(2 / count))
            for j in range(steps):
                found = states[:, i].T @ numbers(actions)[:, j] / count
                expected = power[i - 1 - j] @ B if j < i else np.zeros((2, 3))
                np.testing.assert_allclose(found, expected, atol=5 * math.sqrt(1 / count))

    def test_the_first_step_is_that_of_a_transition(self) -> None:
        z, after, actions = paths(of(), 4, (50,), torch.Generator().manual_seed(3))
        for x, y in zip(
            (z, after[:, 0], actions[:, 0]), transitions(of(), (50,), torch.Generator().manual_seed(3)), strict=True
        ):
            assert torch.equal(x, y)


class TestLoss:
    def test_it_is_the_mean_error_over_steps_the_guess_by_its_weight_and_the_regularizer_of_all_states(self) -> None:
        generator = torch.Generator().manual_seed(0)
        h = torch.randn(2, 40, 3, generator=generator)
        after, guess = (torch.randn(4, 2, 40, 3, generator=generator) for _ in range(2))
        missed = torch.tensor([0.5, 2.0])
        loss = objective.Loss(config.VICReg(kind="vicreg", weight=0.25))
        total, term, penalty = loss(h, after, generator, guess, missed)
        for m in range(2):
            error = np.mean([((numbers(after[i, m]) - numbers(guess[i, m])) ** 2).sum(1).mean() for i in range(4)])
            spread = np.mean([off_white(numbers(v)) for v in (h[m], *after[:, m])])
            assert term[m].item() == pytest.approx(error, rel=1e-5)
            assert penalty[m].item() == pytest.approx(spread, rel=1e-5)
            assert total[m].item() == pytest.approx(0.25 * spread + 0.75 * (error / 3 + float(missed[m])), rel=1e-5)

    def test_without_a_predictor_the_guess_of_the_action_takes_the_place_of_alignment(self) -> None:
        h, h_next = torch.randn(2, 2, 40, 3, generator=torch.Generator().manual_seed(0))
        missed = torch.tensor([0.5, 2.0])
        loss = objective.Loss(config.VICReg(kind="vicreg", weight=0.25))
        total, term, penalty = loss(h, h_next, torch.Generator(), None, missed)
        torch.testing.assert_close(total, 0.25 * penalty + 0.75 * missed)
        torch.testing.assert_close(term, (h_next - h).square().sum(-1).mean(-1))

    def test_pooled_states_of_several_steps_have_one_covariance(self) -> None:
        h, *after = torch.randn(3, 1, 40, 2, generator=torch.Generator().manual_seed(1))
        loss = objective.Loss(config.VICReg(kind="vicreg", weight=0.25, pooled=True))
        _, _, penalty = loss(h, torch.stack(after), torch.Generator(), torch.stack(after))
        assert penalty.item() == pytest.approx(
            off_white(np.concatenate([numbers(x[0]) for x in (h, *after)])), rel=1e-5
        )

    @pytest.mark.parametrize("steps", [1, 3])
    @pytest.mark.parametrize("parts", ["predictor", "inverse", "both"])
    def test_a_trainer_s_loss_feeds_the_predictor_its_own_output_and_guesses_the_action_of_each_step(
        self, tiny: Callable[..., Path], steps: int, parts: str
    ) -> None:
        """By NumPy, from the networks at each state alone."""
        predicts = parts != "inverse"
        if not predicts and steps > 1:
            pytest.skip("without a predictor there are no several steps")
        changes = {
            "predictor": PREDICTOR if predicts else None,
            "inverse": None if parts == "predictor" else INVERSE,
            "prediction_steps": steps,
        }
        trainer = Trainer(config.load(with_objective(configuration(tiny, **changes))), CPU)
        drawn = [trainer.draw(torch.Generator().manual_seed(seed)) for seed in range(2)]
        z, after, actions = (torch.stack(x) for x in zip(*drawn, strict=True))
        loss, align, penalty = trainer.losses(z, after, actions, trainer.streams)
        if steps == 1:
            after, actions = after[:, :, None], actions[:, :, None]
        states = [trainer.encode(x) for x in (z, *after.unbind(2))]
        for m in range(2):
            total = 0.0
            if predicts:
                y, errors = states[0], []
                for i in range(steps):
                    y = trainer.predict(y, actions[:, :, i])
                    errors.append(((numbers(y[m]) - numbers(states[i + 1][m])) ** 2).sum(1).mean())
                assert align[m].item() == pytest.approx(np.mean(errors), rel=1e-4)
                total += float(np.mean(errors)) / 2
            if parts != "predictor":
                guesses = [numbers(trainer.guess(states[i], states[i + 1])[m]) for i in range(steps)]
                missed = [((g - numbers(actions[m, :, i])) ** 2).mean() for i, g in enumerate(guesses)]
                total += 0.7 * float(np.mean(missed))
            spread = np.mean([off_white(numbers(s[m])) for s in states])
            assert penalty[m].item() == pytest.approx(spread, rel=1e-4)
            assert loss[m].item() == pytest.approx(0.25 * spread + 0.75 * total, rel=1e-4)


class TestLeast:
    def test_the_least_error_of_a_guess_is_what_states_leave_of_the_action(self) -> None:
        """The Schur complement of the covariance of `(z, z', a)`, and least squares on a sample."""
        cov = np.eye(7)
        cov[2:4, :2], cov[:2, 2:4] = M, M.T
        cov[2:4, 4:], cov[4:, 2:4] = B, B.T
        left = cov[4:, 4:] - cov[4:, :4] @ np.linalg.solve(cov[:4, :4], cov[:4, 4:])
        assert of().linear.inverse_error == pytest.approx(np.trace(left))
        z, z_next, a = (numbers(x) for x in transitions(of(), (100_000,), torch.Generator().manual_seed(0)))
        seen = np.concatenate((z, z_next), axis=1)
        errors = (a - seen @ np.linalg.lstsq(seen, a, rcond=None)[0]) ** 2
        assert errors.sum(1).mean() == pytest.approx(np.trace(left), rel=0.02)

    def test_of_one_latent_that_an_action_moves(self) -> None:
        """`z' = m z + b a + η` leaves `1 - b² / (1 - m²)` of the action, and a world without noise leaves nothing."""
        assert LinearWorld(np.diag([0.9, 0.5]), np.array([[0.0], [0.6]])).inverse_error == pytest.approx(
            1 - 0.36 / 0.75
        )
        assert LinearWorld(np.diag([0.8, 1.0]), np.array([[0.6], [0.0]])).inverse_error == pytest.approx(0, abs=1e-12)

    def test_a_guess_is_measured_by_its_mean_squared_error_over_coordinates(self) -> None:
        guess, actions = torch.randn(2, 500, 3, generator=torch.Generator().manual_seed(0))
        found = rollout.missed(of().linear, guess, actions)
        errors = ((numbers(guess) - numbers(actions)) ** 2).mean(1)
        assert found["inverse"] == pytest.approx(errors.mean())
        assert found["inverse_error"] == pytest.approx(errors.std(ddof=1) / math.sqrt(500))
        assert found["inverse_ratio"] == pytest.approx(3 * errors.mean() / of().linear.inverse_error)
        exact = LinearWorld(np.diag([0.8, 0.5]), np.array([[0.6, 0.0, 0.0], [0.0, math.sqrt(0.75), 0.0]]))
        assert exact.inverse_error == pytest.approx(1)
        still = LinearWorld(np.diag([0.8]), np.array([[0.6]]))
        assert set(rollout.missed(still, guess[:, :1], actions[:, :1])) == {"inverse", "inverse_error"}


class TestTraining:
    @pytest.mark.parametrize(
        "changes",
        [
            {"prediction_steps": 3, "inverse": INVERSE},
            {"predictor": None, "inverse": INVERSE},
            {"prediction_steps": 2, "training": {"restarts": 2}},
        ],
        ids=["steps and inverse", "inverse alone", "steps and restarts"],
    )
    def test_it_goes_on_to_the_same_bits(
        self, tiny: Callable[..., Path], tmp_path: Path, changes: dict[str, Any]
    ) -> None:
        result = trained_whole_and_in_two_parts(config.load(configuration(tiny, **changes)), tmp_path)
        for m in result.metrics:
            assert m is not None
            assert (m.inverse_ratio is None) is ("inverse" not in changes)

    def test_a_seed_does_not_depend_on_which_others_run_beside_it(
        self, tiny: Callable[..., Path], tmp_path: Path
    ) -> None:
        def trained(seeds: list[int]) -> results.Result:
            path = configuration(tiny, inverse=INVERSE, prediction_steps=2, training={"seeds": seeds})
            return train(config.load(path), tmp_path / "-".join(map(str, seeds)), CPU)

        pair, alone = trained([4, 7]), trained([7])
        assert alone.metrics[0] is not None
        for name, value in alone.metrics[0].model_dump(exclude_none=True).items():
            assert getattr(pair.metrics[1], name) == pytest.approx(value, rel=1e-3, abs=1e-5), name

    def test_what_guesses_actions_is_kept_and_errs_as_the_result_says(
        self, tiny: Callable[..., Path], tmp_path: Path
    ) -> None:
        experiment = config.load(configuration(tiny, predictor=None, inverse=INVERSE))
        result = train(experiment, tmp_path, CPU)
        for seed, metrics in enumerate(result.metrics):
            model = lejepa.load_model(results.path_of("tiny", tmp_path), seed=seed)
            z, z_next, a = (x[seed] for x in Trainer(experiment, CPU).held_out)
            observe = mixing_of(experiment, seed, CPU)
            assert model.predictor is None
            assert model.inverse is not None
            assert metrics is not None
            with torch.no_grad():
                guess = model.inverse(model(observe(z)), model(observe(z_next)))
            assert float((guess - a).square().mean()) == pytest.approx(metrics.inverse, rel=1e-4)

    def test_the_action_is_learnt_where_states_tell_it(self, tiny: Callable[..., Path], tmp_path: Path) -> None:
        """A short training comes near the least error, from more than twice that."""
        world = LINEAR | {"memory": [[0.5, 0.0], [0.0, 0.5]], "action": [[0.8, 0.0], [0.0, 0.8]]}
        training = {"steps": 300, "batch": 128, "learning_rate": 1e-2, "evaluation": 1000}
        changes = {"predictor": None, "inverse": {"weight": 5.0}, "training": training}
        result = train(config.load(configuration(tiny, world, **changes)), tmp_path, CPU)
        for before, after in zip(result.untrained, result.metrics, strict=True):
            assert before is not None
            assert after is not None
            assert before.inverse_ratio > 5  # type: ignore[operator]
            assert 0.8 < after.inverse_ratio < 1.6  # type: ignore[operator]

    def test_a_guess_that_diverges_has_no_measures(self, tiny: Callable[..., Path]) -> None:
        trainer = Trainer(config.load(configuration(tiny, predictor=None, inverse=INVERSE)), CPU)
        assert trainer.inverses is not None
        with torch.no_grad():
            next(iter(trainer.inverses.parameters()))[0] = float("nan")
        found = trainer.measures()
        assert found[0] is None
        assert found[1] is not None


def test_a_configuration_that_has_neither_is_what_it_was_before_there_were_such(tiny: Callable[..., Path]) -> None:
    bits = config.load(configuration(tiny)).bits()
    assert not {"prediction_steps", "inverse"} & bits.keys()
    more = config.load(configuration(tiny, prediction_steps=2, inverse=INVERSE)).bits()
    assert more == bits | {"prediction_steps": 2, "inverse": INVERSE}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prediction_steps": 0}, "prediction_steps: expected a number greater than or equal to 1, found 0"),
        ({"prediction_steps": 51}, "prediction_steps: expected a number less than or equal to 50, found 51"),
        ({"prediction_steps": 2, "predictor": None}, "expected prediction_steps of 1 without a predictor, found 2"),
        ({"inverse": {"weight": 0}}, "inverse.weight: expected a number greater than 0, found 0"),
        ({"inverse": {"hidden": 8}}, "the key inverse.weight is missing"),
        ({"inverse": {"weight": 1, "kind": "mlp"}}, "the key inverse.kind is unknown"),
    ],
)
def test_what_can_t_be_is_one_sentence(tiny: Callable[..., Path], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as caught:
        config.load(configuration(tiny, **changes))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["infonce", "whitening"])
def test_an_objective_without_a_regularizer_has_no_inverse(tiny: Callable[..., Path], kind: str) -> None:
    import yaml

    path = configuration(tiny, predictor=None, inverse=INVERSE)
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"objective": {"kind": kind}}))
    with pytest.raises(
        UserError, match=f"expected an objective with a regularizer beside inverse, and {kind} has none"
    ):
        config.load(path)


def test_a_world_without_actions_has_no_inverse(tiny: Callable[..., Path]) -> None:
    with pytest.raises(UserError, match="expected inverse in a world with actions, and in no other"):
        config.load(configuration(tiny, LINEAR | {"action": None}, inverse=INVERSE))
