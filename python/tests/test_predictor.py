"""Linear worlds with actions, predictors and rollouts, against closed forms."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import trained_whole_and_in_two_parts
from lejepa.errors import UserError
from lejepa.training import config, figures, objective, results, rollout, trace
from lejepa.training.config import World
from lejepa.training.linear import LinearWorld
from lejepa.training.train import train
from lejepa.training.trainer import Trainer
from lejepa.training.world import pairs, transitions
from scipy.linalg import solve_discrete_lyapunov
from torch import Tensor

CPU = torch.device("cpu")
MEMORY = [[0.6, -0.3], [0.2, 0.5]]
ACTION = [[0.4, 0.1, 0.0], [0.0, 0.3, 0.2]]
LINEAR: dict[str, Any] = {"latent": "linear", "dim": 2, "memory": MEMORY, "action": ACTION}
M, B = np.array(MEMORY), np.array(ACTION)
G = M @ M.T + B @ B.T
PREDICTOR = {"kind": "mlp", "hidden": 8, "layers": 1}


def configuration(tiny: Callable[..., Path], world: dict[str, Any] = LINEAR, **changes: Any) -> Path:
    """The small configuration in a linear world, with a predictor."""
    import yaml

    changes = {"predictor": PREDICTOR} | changes
    path = tiny(**{k: v for k, v in changes.items() if v is not None})
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"world": world}))
    return path


def of(**changes: Any) -> World:
    return World.model_validate(LINEAR | changes)


def drawn(world: World, count: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    z, z_next, a = transitions(world, (count,), torch.Generator().manual_seed(seed))
    return z.double(), z_next.double(), a.double()


class TestWorld:
    def test_states_actions_and_successors_have_the_covariance_of_the_world(self) -> None:
        """All covariances of `(z, a, z')`: 1, 0, M, B, and 1 for `z'`, as stationarity has it."""
        count = 200_000
        z, z_next, a = drawn(of(), count)
        joint = torch.cat((z, a, z_next), dim=1).numpy()
        expected = np.eye(7)
        expected[5:, :2], expected[:2, 5:] = M, M.T
        expected[5:, 2:5], expected[2:5, 5:] = B, B.T
        assert np.abs(joint.T @ joint / count - expected).max() < 5 * math.sqrt(2 / count)
        assert np.abs(joint.mean(0)).max() < 5 / math.sqrt(count)

    def test_the_standard_gaussian_is_the_law_that_the_dynamics_keep(self) -> None:
        """`Σ = M Σ Mᵀ + (B Bᵀ + noise)` has the one solution 1, by SciPy's Lyapunov solver."""
        world = of().linear
        np.testing.assert_allclose(solve_discrete_lyapunov(M, B @ B.T + world.noise), np.eye(2), atol=1e-12)
        np.testing.assert_allclose(world.noise_root @ world.noise_root.T, np.eye(2) - G, atol=1e-12)

    def test_the_best_linear_predictor_is_the_mean_dynamics_and_errs_by_what_is_unexplained(self) -> None:
        count = 200_000
        z, z_next, a = (x.numpy() for x in drawn(of(), count))
        fitted, *_ = np.linalg.lstsq(np.concatenate((z, a), 1), z_next, rcond=None)
        np.testing.assert_allclose(fitted.T, np.concatenate((M, B), 1), atol=5 / math.sqrt(count))
        errors = ((z_next - np.concatenate((z, a), 1) @ fitted) ** 2).sum(1)
        assert of().linear.optimal_error == pytest.approx(2 - np.trace(G))
        assert errors.mean() == pytest.approx(2 - np.trace(G), abs=5 * errors.std() / math.sqrt(count))

    def test_a_rotation_and_a_diagonal_are_their_matrices(self) -> None:
        turned = of(memory={"kind": "rotation", "angle": math.pi / 3, "factor": 0.5}, action=None).linear
        np.testing.assert_allclose(turned.memory, [[0.25, -math.sqrt(3) / 4], [math.sqrt(3) / 4, 0.25]])
        np.testing.assert_allclose(turned.noise, 0.75 * np.eye(2), atol=1e-12)
        scaled = of(memory={"kind": "diagonal", "values": [0.5, 0.25]}, action=[[0.5], [0]]).linear
        np.testing.assert_allclose(scaled.memory, [[0.5, 0], [0, 0.25]])
        np.testing.assert_allclose(scaled.noise, [[0.5, 0], [0, 15 / 16]], atol=1e-12)

    @pytest.mark.parametrize("action", [None, [[], []]])
    def test_there_may_be_no_actions(self, action: Any) -> None:
        world = of(action=action)
        assert world.actions == 0
        z, z_next, a = drawn(world, 100_000)
        assert a.shape == (100_000, 0)
        assert np.abs((z_next.T @ z / len(z)).numpy() - M).max() < 5 * math.sqrt(2 / len(z))

    def test_noise_may_vanish_along_a_direction(self) -> None:
        world = of(memory=[[0.6, 0.0], [0.0, 0.5]], action=[[0.8], [0.0]])
        z, z_next, a = drawn(world, 1000)
        torch.testing.assert_close(z_next[:, 0], 0.6 * z[:, 0] + 0.8 * a[:, 0], atol=1e-4, rtol=0)

    def test_without_actions_a_multiple_of_the_identity_is_the_gaussian_world(self) -> None:
        """The joint covariance of pairs, of 100,000 each."""

        def covariance(world: World) -> Tensor:
            joint = torch.cat(pairs(world, (100_000,), torch.Generator().manual_seed(1)), dim=1).double()
            return joint.T @ joint / len(joint)

        same = of(memory={"kind": "diagonal", "values": [0.7, 0.7]}, action=None)
        assert same.correlation == pytest.approx(0.7)
        assert (covariance(same) - covariance(World(dim=2, rho=0.7))).abs().max() < 7 * math.sqrt(2 / 100_000)
        assert not same.of_theorem

    def test_mean_dynamics_spread_as_sampled(self) -> None:
        """`tr S_t`, against the closed form by powers, `tr(M^t M^tᵀ + Σ_s M^s B Bᵀ M^sᵀ)`."""
        for steps in range(6):
            powers = [np.linalg.matrix_power(M, s) for s in range(steps + 1)]
            parts = [powers[steps] @ powers[steps].T, *(p @ B @ B.T @ p.T for p in powers[:steps])]
            assert of().linear.spread(steps) == pytest.approx(np.trace(sum(parts)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"memory": [[0.9, 0], [0, 0.8]], "action": [[0.5], [0]]}, ["leave the noise a covariance", "-0.06"]),
        ({"memory": [[0.5, 0], [0, 0.5], [0, 0]]}, ["memory: expected as many columns as rows, found 3 rows of 2"]),
        (
            {"memory": {"kind": "diagonal", "values": [0.5] * 3}, "action": None},
            ["memory: expected dim = 2 rows, found 3"],
        ),
        ({"memory": [[0.5, 0], [0]]}, ["memory: expected rows of one length, found [2, 1]"]),
        ({"action": [[0.1], [0.1], [0.1]]}, ["action: expected 2 rows, as many as latents, found 3"]),
        ({"memory": [[0.5, "x"], [0, 0.5]]}, [": world.memory.0.1: expected a valid number, found 'x'"]),
        ({"memory": [[0.5, math.nan], [0, 0.5]]}, [": world.memory.0.1: expected a finite number, found nan"]),
        ({"memory": {"kind": "shear"}}, [": world.memory: expected a list of rows, or a matrix of kind rotation or"]),
        ({"memory": 0.5}, [": world.memory: expected a list of rows"]),
        (
            {"memory": {"kind": "rotation", "angel": 1.0}},
            ["world.memory.angle is missing", "world.memory.angel is unknown"],
        ),
        ({"memory": {"kind": "rotation", "angle": 2.0}, "action": None}, ["tr M / dim is -0.416"]),
        ({"memory": None}, ["expected memory with latent linear"]),
        ({"rho": 0.9}, ["expected no rho with latent linear"]),
    ],
)
def test_a_world_that_can_t_be_is_one_sentence(
    tiny: Callable[..., Path], changes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(UserError) as caught:
        config.load(configuration(tiny, LINEAR | changes))
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("world", "changes", "words"),
    [
        ({"dim": 2, "rho": 0.9}, {}, "expected a predictor with world.latent linear"),
        ({"dim": 2, "rho": 0.9, "action": [[0.1]]}, {"predictor": None}, "expected action with latent linear"),
        ({"dim": 2, "rho": 0.9, "memory": [[0.1]]}, {"predictor": None}, "expected memory with latent linear"),
        ({"dim": 2}, {"predictor": None}, "the key rho is missing"),
        (LINEAR, {"objective": {"kind": "infonce"}}, "objective"),
        (
            LINEAR,
            {
                "predictor": None,
                "criterion": [
                    {"confirms": "linear_identifiability", "metric": "rollout_5", "at_most": 0.1, "spare": 2}
                ],
            },
            "expected the measure rollout_5 with a predictor",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    tiny: Callable[..., Path], world: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        config.load(configuration(tiny, world, **changes))


def test_infonce_has_no_regularizer_beside_a_predictor(tiny: Callable[..., Path]) -> None:
    import yaml

    path = configuration(tiny)
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"objective": {"kind": "infonce"}}))
    with pytest.raises(UserError, match="expected an objective with a regularizer beside a predictor"):
        config.load(path)


def test_the_loss_is_the_squared_error_over_coordinates_and_the_regularizer_by_weight() -> None:
    """By NumPy, with VICReg; both views get gradients, the target too."""
    generator = torch.Generator().manual_seed(0)
    h, h_next, guess = (torch.randn(2, 50, 3, generator=generator, requires_grad=True) for _ in range(3))
    loss = objective.Loss(config.VICReg(kind="vicreg", weight=0.25))
    total, term, penalty = loss(h, h_next, generator, guess)
    for m in range(2):
        x, y, p = (t[m].detach().double().numpy() for t in (h, h_next, guess))
        error = ((y - p) ** 2).sum(1).mean()
        spread = np.mean([((np.cov(v.T) - np.eye(3)) ** 2).mean() for v in (x, y)])
        assert term[m].item() == pytest.approx(error, rel=1e-5)
        assert penalty[m].item() == pytest.approx(spread, rel=1e-5)
        assert total[m].item() == pytest.approx(0.25 * spread + 0.75 * error / 3, rel=1e-5)
    term.sum().backward()
    torch.testing.assert_close(h_next.grad, 2 * (h_next - guess).detach() / 50)
    torch.testing.assert_close(guess.grad, 2 * (guess - h_next).detach() / 50)


COUNT = 20_000
Q = np.array([[0.6, 0.8], [0.8, -0.6]])  # a reflection


def measured(encoder: Callable[[Tensor], Tensor], predict: rollout.Predict, world: LinearWorld | None = None) -> Any:
    """The measures of a made-up encoder and predictor in the world above."""
    world = world or of().linear
    z, z_next, first = drawn(of(), COUNT)
    others = torch.randn(COUNT, 4, 3, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    actions = torch.cat((first[:, None], others), dim=1)
    h = encoder(z)
    return rollout.measure(world, z, h, encoder(z_next), rollout.imagined(predict, h, actions), actions)


def turned(scale: float) -> tuple[Callable[[Tensor], Tensor], rollout.Predict]:
    """The encoder `scale · Q z` with the predictor `Q (M Qᵀ h + scale B a)`, which is its mean dynamics."""
    q, m, b = (torch.from_numpy(x) for x in (Q, M, B))
    return lambda z: scale * z @ q.T, lambda h, a: h @ q @ m.T @ q.T + scale * a @ b.T @ q.T


class TestMeasures:
    def test_the_exact_encoder_errs_by_what_the_world_leaves_unexplained_and_its_rollouts_by_nothing(self) -> None:
        found = measured(*turned(1.0))
        unexplained = 2 - np.trace(G)
        assert found["prediction"] == pytest.approx(unexplained, abs=5 * found["prediction_error"])
        # ‖η‖² has variance 2 tr (1 - G)²
        error = math.sqrt(2 * np.trace((np.eye(2) - G) @ (np.eye(2) - G)) / COUNT)
        assert found["prediction_error"] == pytest.approx(error, rel=0.05)
        assert found["prediction_ratio"] == pytest.approx(found["prediction"] / unexplained)
        assert found["prediction_ratio_error"] == pytest.approx(found["prediction_error"] / unexplained)
        for steps in range(1, 6):
            assert found[f"rollout_{steps}"] == pytest.approx(0, abs=1e-6)

    def test_an_encoder_s_mean_is_free(self) -> None:
        """As it is for the distance: some regularizers do not see it. The predictor has to know it."""
        encoder, predict = turned(1.0)
        shift = torch.tensor([3.0, -2.0], dtype=torch.float64)
        found = measured(lambda z: encoder(z) + shift, lambda h, a: predict(h - shift, a) + shift)
        assert found["rollout_5"] == pytest.approx(0, abs=1e-6)
        found = measured(lambda z: encoder(z) + shift, predict)
        spread = of().linear.spread(1)
        missed = torch.from_numpy(Q @ (np.eye(2) - M) @ Q.T) @ shift
        assert found["rollout_1"] == pytest.approx(float(missed.norm()) / math.sqrt(spread), rel=1e-6)

    def test_an_encoder_that_shrinks_errs_by_the_share_that_is_missing_at_every_step(self) -> None:
        """`h = s Q z`: rollouts are `s` times the truth and err by `1 - s` of it; a guess errs by `s²`."""
        found = measured(*turned(0.9))
        for steps in range(1, 6):
            assert found[f"rollout_{steps}"] == pytest.approx(0.1, rel=0.03)
            assert 0 < found[f"rollout_{steps}_error"] < 0.002
        assert found["prediction_ratio"] == pytest.approx(0.81, rel=0.05)

    def test_a_predictor_that_knows_nothing_misses_all_of_the_dynamics(self) -> None:
        encoder, _ = turned(1.0)
        found = measured(encoder, lambda h, a: torch.zeros_like(h))
        assert found["prediction"] == pytest.approx(2, abs=5 * found["prediction_error"])
        for steps in range(1, 6):
            assert found[f"rollout_{steps}"] == pytest.approx(1, rel=0.03)

    def test_a_predictor_that_ignores_actions_misses_what_they_do(self) -> None:
        """After `t` steps it misses `Σ_{s<t} M^s B a`, by its share in `tr S_t`."""
        encoder, predict = turned(1.0)
        found = measured(encoder, lambda h, a: predict(h, torch.zeros_like(a)))
        missed = 0.0
        for steps in range(1, 6):
            power = np.linalg.matrix_power(M, steps - 1)
            missed += np.trace(power @ B @ B.T @ power.T)
            kept = np.trace(np.linalg.matrix_power(M, steps) @ np.linalg.matrix_power(M, steps).T)
            assert found[f"rollout_{steps}"] == pytest.approx(math.sqrt(missed / (missed + kept)), rel=0.03)

    def test_a_shifted_predictor_errs_by_the_geometric_series_of_its_shift(self) -> None:
        encoder, predict = turned(1.0)
        shift = np.array([0.2, -0.1])
        found = measured(encoder, lambda h, a: predict(h, a) + torch.from_numpy(Q @ shift))
        gone = np.zeros(2)
        for steps in range(1, 6):
            gone = M @ gone + shift
            assert found[f"rollout_{steps}"] == pytest.approx(
                np.linalg.norm(gone) / math.sqrt(of().linear.spread(steps))
            )

    def test_what_is_relative_to_nothing_is_left_out(self) -> None:
        """A memory whose square is 0, without actions, and one that leaves no noise."""
        z = torch.randn(100, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        actions = torch.zeros(100, 5, 0, dtype=torch.float64)
        nilpotent = LinearWorld(np.array([[0.0, 0.5], [0.0, 0.0]]), np.zeros((2, 0)))
        states = rollout.expected(nilpotent, z, actions)
        found = rollout.measure(nilpotent, z, z, z, states, actions)
        assert "rollout_1" in found
        assert not {"rollout_2", "rollout_5"} & found.keys()
        still = LinearWorld(np.eye(2), np.zeros((2, 0)))
        assert "prediction_ratio" not in rollout.measure(still, z, z, z, rollout.expected(still, z, actions), actions)

    def test_a_row_is_not_seen_through_what_was_fitted_to_it(self) -> None:
        """Halves that are turned differently are each seen through the other's map."""
        z = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        q = torch.from_numpy(Q)
        h = torch.cat((z[:500] @ q.T, z[500:]))
        seen = rollout.seen_through(h, z, z[:, None])[:, 0]
        torch.testing.assert_close(seen[:500], z[:500])
        torch.testing.assert_close(seen[500:], z[500:] @ q.T)


class TestTraining:
    def test_it_goes_on_to_the_same_bits_and_is_read_back(self, tiny: Callable[..., Path], tmp_path: Path) -> None:
        trained_whole_and_in_two_parts(config.load(configuration(tiny)), tmp_path)

    @pytest.mark.parametrize("predictor", [PREDICTOR, {"kind": "linear"}], ids=["mlp", "linear"])
    @pytest.mark.parametrize("action", [ACTION, None], ids=["actions", "no actions"])
    def test_it_learns_linear_dynamics(
        self, tiny: Callable[..., Path], tmp_path: Path, predictor: dict[str, Any], action: Any
    ) -> None:
        """Behind no mixing, a short training more than halves the error of rollouts of one step."""
        changes: dict[str, Any] = {"training": {"steps": 300, "batch": 128, "learning_rate": 1e-2, "evaluation": 1000}}
        path = configuration(tiny, LINEAR | {"action": action}, predictor=predictor, **changes)
        path.write_text(path.read_text().replace("kind: spiral\n  turns: 0.1", "kind: identity"))
        result = train(config.load(path), tmp_path, CPU)
        for before, after in zip(result.untrained, result.metrics, strict=True):
            assert before is not None
            assert after is not None
            assert after.rollout_1 < before.rollout_1 / 2  # type: ignore[operator]
        assert result.sample is not None
        assert len(result.sample.imagined) == len(result.sample.expected) == 12
        figures.draw([result], tmp_path)
        assert (tmp_path / "tiny.png").stat().st_size > 10_000

    def test_the_gradient_reaches_the_predictor_and_is_traced(self, tiny: Callable[..., Path]) -> None:
        trainer = Trainer(config.load(configuration(tiny)), CPU)
        assert trainer.predictors is not None
        before = [p.detach().clone() for p in trainer.parameters()]
        step = trace.step(trainer)
        assert all(not torch.equal(p, b) for p, b in zip(trainer.parameters(), before, strict=True))
        for m in range(2):
            gradients = [p.grad[m].double() for p in trainer.parameters() if p.grad is not None]
            assert step.gradient[m] == pytest.approx(math.sqrt(sum(float(g.square().sum()) for g in gradients)))

    def test_a_seed_does_not_depend_on_which_others_run_beside_it(
        self, tiny: Callable[..., Path], tmp_path: Path
    ) -> None:
        def trained(seeds: list[int]) -> results.Result:
            path = configuration(tiny, training={"seeds": seeds, "restarts": 2})
            return train(config.load(path), tmp_path / "-".join(map(str, seeds)), CPU)

        pair, alone = trained([4, 7]), trained([7])
        assert pair.kept[1] == alone.kept[0]
        assert alone.metrics[0] is not None
        for name, value in alone.metrics[0].model_dump(exclude_none=True).items():
            assert getattr(pair.metrics[1], name) == pytest.approx(value, rel=1e-3, abs=1e-5), name

    def test_rollouts_begin_with_the_action_of_the_pair(self, tiny: Callable[..., Path]) -> None:
        trainer = Trainer(config.load(configuration(tiny)), CPU)
        h, _ = trainer.embed()
        found = trainer.imagine(h)
        assert found is not None
        states, actions = found
        assert states.shape == (2, 500, 6, 2)
        assert torch.equal(states[:, :, 0], h)
        assert torch.equal(actions[:, :, 0], trainer.held_out[2])
        with torch.no_grad():
            torch.testing.assert_close(trainer.predict(states[:, :, 3], actions[:, :, 3]), states[:, :, 4])
        assert not torch.isclose(actions[0], actions[1]).all(-1).any()

    def test_a_predictor_that_diverges_has_no_measures(self, tiny: Callable[..., Path]) -> None:
        trainer = Trainer(config.load(configuration(tiny)), CPU)
        assert trainer.predictors is not None
        with torch.no_grad():
            next(iter(trainer.predictors.parameters()))[0] = float("nan")
        found = trainer.measures()
        assert found[0] is None
        assert found[1] is not None
