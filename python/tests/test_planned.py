"""Planning measured in linear worlds: against closed forms, against least squares, and under one noise for all."""

import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from conftest import TINY, assert_limits, trained_whole_and_in_two_parts
from lejepa.errors import UserError
from lejepa.measures import estimate
from lejepa.planning import CEM, MPC, LinearQuadratic, NoOpPolicy, RandomPolicy
from lejepa.training import config, figures, planned, report, results, verdict, weights
from lejepa.training.columns import BOTH, IDLE, INVERSE, OF_LINEAR, PLANNED, PLANNERS
from lejepa.training.config import Criterion, Planning
from lejepa.training.grid import single
from lejepa.training.linear import LinearWorld
from lejepa.training.planned import Control, gain_distance, measure
from lejepa.training.results import Metrics
from lejepa.training.stacked import alone
from lejepa.training.train import train
from lejepa.training.trainer import Trainer
from linear_plans import best
from scipy.linalg import solve_discrete_are
from torch import Tensor

CPU = torch.device("cpu")
LINEAR = BOTH | OF_LINEAR
M, B = np.array([[0.6, -0.3], [0.2, 0.5]]), np.array([[0.5, 0.1], [0.0, 0.4]])
Q = np.array([[0.6, 0.8], [0.8, -0.6]])  # a reflection
SHIFT = np.array([0.7, -1.1])
SMALL = {"tasks": 6, "noises": 2, "steps": 4, "horizon": 3, "population": 24, "elites": 5}


def control(memory: Any = M, action: Any = B, seed: int = 0, **changes: Any) -> Control:
    """Tasks in a world, drawn by NumPy."""
    c, n = Planning.model_validate(SMALL | changes), len(memory)
    start, goal = torch.from_numpy(np.random.default_rng(seed).standard_normal((2, c.tasks, n)))
    world = LinearWorld(np.array(memory, dtype=np.float64), np.array(action, dtype=np.float64))
    return Control(world, c, start, goal, noise=seed + 10, search=seed + 20, actions=seed + 30)


def linear_model(scale: float = 1.0, shift: np.ndarray = SHIFT) -> tuple[planned.Encode, Any]:
    """The encoder `scale · Q z + shift` and its mean dynamics."""
    q, m, b, c = (torch.from_numpy(x) for x in (Q, M, B, shift))
    return lambda z: scale * z @ q.T + c, lambda h, a: (h - c) @ q @ m.T @ q.T + scale * a @ b.T @ q.T + c


def latents(count: int = 500, dim: int = 2, seed: int = 5) -> Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def riccati(effort: float, m: np.ndarray = M, b: np.ndarray = B) -> np.ndarray:
    """The stationary gain, by SciPy."""
    n, k = b.shape
    p = solve_discrete_are(m, b, np.eye(n), effort * np.eye(k))
    gain: np.ndarray = np.linalg.solve(effort * np.eye(k) + b.T @ p @ b, b.T @ p @ m)
    return gain


class TestWorld:
    def test_a_scalar_world_has_the_gain_of_the_quadratic_formula(self) -> None:
        """`p = 1 + m² p r / (r + b² p)` is `b² p² + (r - b² - m² r) p - r = 0`."""
        m, b, r = 0.7, 0.6, 0.25
        linear = r - b * b - m * m * r
        p = (-linear + math.sqrt(linear * linear + 4 * b * b * r)) / (2 * b * b)
        gain = control([[m]], [[b]], effort=r).problem.stationary().gain
        assert gain.item() == pytest.approx(b * p * m / (r + b * b * p), rel=1e-9)

    def test_the_regulator_costs_the_least_of_all_plans_where_there_is_no_noise(self) -> None:
        """By least squares over all actions; `M Mᵀ + B Bᵀ = 1` leaves no noise."""
        turn = np.array([[0.8, -0.6], [0.6, 0.8]])
        of = control(0.6 * turn, 0.8 * np.eye(2), effort=0.3, steps=5, noises=1)
        found = of.on_state["lqr"]
        for start, goal, cost in zip(of.start.numpy(), of.goal.numpy(), found.tolist(), strict=True):
            problem = LinearQuadratic(0.6 * turn, 0.8 * np.eye(2), np.eye(2), 0.3 * np.eye(2), goal=goal)
            assert cost == pytest.approx(best(problem, start, 5)[1], rel=1e-6)
        assert all((found <= of.on_state[p] + 1e-6).all() for p in ("cem", "mppi", "random", "noop"))

    def test_a_planner_finds_the_optimum_where_it_is_known(self) -> None:
        """One step of a scalar world without noise: the best action is `-b (m z - g) / (r + b²)`."""
        m, b, r = 0.6, 0.8, 0.5
        of = control([[m]], [[b]], effort=r, steps=1, horizon=1, noises=1, population=200, elites=20, iterations=8)
        z, g = of.start[:, 0], of.goal[:, 0]
        optimum = (z - g).square() + (m * z - g).square() * r / (r + b * b)
        torch.testing.assert_close(of.on_state["cem"], optimum, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(of.on_state["lqr"], optimum)

    def test_one_iteration_of_mppi_is_its_damped_newton_step(self) -> None:
        """Of one step of the same world: `a = -(H + λ / spread²)⁻¹ ∇` with `H = 2 (r + b²)` and `∇ = 2 b (m z - g)`."""
        m, b, r, heat, spread = 0.6, 0.8, 0.5, 1.5, 0.7
        options = {"population": 40_000, "iterations": 1, "temperature": heat, "spread": spread}
        of = control([[m]], [[b]], effort=r, steps=1, horizon=1, noises=1, **options)
        z, g = of.start[:, 0], of.goal[:, 0]
        a = -2 * b * (m * z - g) / (2 * (r + b * b) + heat / spread**2)
        expected = (z - g).square() + r * a.square() + (m * z + b * a - g).square()
        torch.testing.assert_close(of.on_state["mppi"], expected, rtol=0.02, atol=0.02)

    def test_policies_cost_what_the_closed_form_says_under_noise(self) -> None:
        """Of one step: `𝔼 = (z - g)² + r 𝔼 a² + 𝔼 (m z + b a - g)² + 1 - m² - b²`."""
        m, b, r = 0.6, 0.5, 0.4
        of = control([[m]], [[b]], effort=r, steps=1, tasks=1500, horizon=1, population=4, elites=2, iterations=1)
        z, g = of.start[:, 0], of.goal[:, 0]
        stays = (z - g).square() + 1 - m * m - b * b
        expected = {
            "lqr": stays + (m * z - g).square() * r / (r + b * b),
            "noop": stays + (m * z - g).square(),
            "random": stays + (m * z - g).square() + r + b * b,
        }
        for name, cost in expected.items():
            off = estimate.mean(of.on_state[name] - cost)
            assert abs(off.value) < 5 * off.error, name

    def test_every_policy_meets_the_same_noise(self) -> None:
        of, noises = control(tasks=4, steps=3), []
        for policy in (NoOpPolicy(2), RandomPolicy(2, seed=1), MPC(CEM(lambda z, a: z[:, 0], horizon=1, action_dim=2,
                       population=4, elites=2), of.problem.model)):  # fmt: skip
            seen: list[tuple[Tensor, Tensor]] = []

            def watched(z: Tensor, step: int, policy: Any = policy, seen: Any = seen) -> Tensor:
                a = policy(z, step)
                seen.append((z, a))
                return a

            of.costs(watched)
            m, b = torch.from_numpy(M), torch.from_numpy(B)
            noises.append(torch.stack([z - y @ m.T - a @ b.T for (y, a), (z, _) in pairwise(seen)]))
        assert noises[0].shape == (2, 8, 2)
        for other in noises[1:]:
            torch.testing.assert_close(other, noises[0], rtol=0, atol=1e-12)
        assert len({round(float(x), 9) for x in noises[0].flatten()}) == noises[0].numel()

    def test_a_pair_s_episodes_are_averaged_and_have_its_start_and_goal(self) -> None:
        """The mean over the episodes of a pair; the same episodes one by one."""
        of, starts = control(tasks=3, noises=4, steps=1), []
        costs = of.costs(lambda z, step: starts.append(z) or torch.zeros(len(z), 2).double())  # type: ignore[func-returns-value]
        assert costs.shape == (3,)
        torch.testing.assert_close(starts[0], of.start[[0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]])
        world = of.problem.world(seed=of.noise)
        ends = world(starts[0], torch.zeros(12, 2, dtype=torch.float64))
        goals = of.goal[[0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]]
        every = (starts[0] - goals).square().sum(1) + (ends - goals).square().sum(1)
        torch.testing.assert_close(costs, torch.stack([part.mean() for part in every.split(4)]))

    def test_random_actions_have_the_variance_of_those_of_the_training(self) -> None:
        """Of one step: the cost of random actions less that of none is `effort + b²` a coordinate of variance 1."""
        of = control(np.zeros((1, 1)), [[0.5]], steps=1, tasks=20_000, noises=1, horizon=1, population=4, elites=2)
        off = estimate.mean(of.costs(RandomPolicy(1, low=-planned.UNIT, high=planned.UNIT)) - of.costs(NoOpPolicy(1)))
        assert abs(off.value - (0.1 + 0.25)) < 5 * off.error


class TestMeasure:
    def test_an_exact_model_plans_as_the_true_state_does(self) -> None:
        """`h = Q z + c` and its mean dynamics: the same costs to rounding, all ratios 1, and the same gain."""
        of, z = control(), latents()
        encode, predict = linear_model()
        found = measure(of, encode, predict, z, encode(z))
        assert {k.removesuffix("_error") for k in found} == set(LINEAR)
        for p in PLANNERS:
            assert found[f"{p}_cost"] == pytest.approx(found[f"{p}_cost_state"], rel=1e-9)
            assert found[f"{p}_ratio"] == pytest.approx(1, rel=1e-9)
            assert found[f"{p}_ratio_error"] == pytest.approx(0, abs=1e-9)
        assert found["gain_distance"] == pytest.approx(0, abs=1e-9)
        state = of.on_state
        assert found["cem_cost_state"] == pytest.approx(float(state["cem"].mean()))
        assert found["noop_cost_error"] == pytest.approx(float(np.std(state["noop"].numpy(), ddof=1)) / math.sqrt(6))

    @pytest.mark.parametrize("scale", [0.8, 1.3])
    def test_an_encoder_of_another_scale_plans_for_another_effort(self, scale: float) -> None:
        """`‖s Q z - s Q g‖² + r ‖a‖²` is `s²` times the cost with the effort `r / s²`."""
        of, other, z = control(), control(effort=0.1 / scale**2), latents()
        encode, predict = linear_model(scale)
        found = measure(of, encode, predict, z, encode(z))
        gain, scaled = riccati(0.1), riccati(0.1 / scale**2)
        assert found["gain_distance"] == pytest.approx(np.linalg.norm(scaled - gain) / np.linalg.norm(gain), rel=1e-6)
        (same,) = {of.costs(other.policies(other.problem.model, other.problem, of.goals)["lqr"]).mean().item()}
        assert found["lqr_cost"] == pytest.approx(same, rel=1e-9)
        assert found["lqr_cost"] > found["lqr_cost_state"]
        assert found["lqr_ratio"] == pytest.approx(found["lqr_cost"] / found["lqr_cost_state"])

    def test_the_predictor_is_linear_around_the_mean_embedding(self) -> None:
        """It is exact there to first order, and nowhere else."""
        of, z = control(), latents()
        encode, exact = linear_model(shift=np.array([2.0, -2.0]))
        centre = encode(z).mean(0)
        found = measure(of, encode, lambda h, a: exact(h, a) + 0.2 * (h - centre) ** 2 + a**3, z, encode(z))
        assert found["gain_distance"] == pytest.approx(0, abs=1e-9)
        assert found["lqr_cost"] == pytest.approx(found["lqr_cost_state"], rel=1e-9)

    def test_a_model_that_knows_nothing_of_actions_costs_as_much_as_none(self) -> None:
        """And its gain is 0, which misses all of the world's."""
        of, z = control(), latents()
        encode, _ = linear_model()
        found = measure(of, encode, lambda h, a: 0.5 * h + 0 * a, z, encode(z))
        assert found["gain_distance"] == pytest.approx(1)
        assert found["lqr_cost"] == pytest.approx(found["noop_cost"])

    def test_the_goal_is_encoded_as_the_state_is(self) -> None:
        """Nothing but embeddings of states and of goals reaches the planner."""
        of, z = control(), latents()
        encode, predict = linear_model()
        given: list[Tensor] = []
        measure(of, lambda x: given.append(x) or encode(x), predict, z, encode(z))  # type: ignore[func-returns-value]
        torch.testing.assert_close(given[0], of.goal.repeat_interleave(2, 0))
        assert len(given) == 1 + len(PLANNERS) * 4

    def test_a_model_without_finite_numbers_is_a_user_error(self) -> None:
        of, z = control(), latents()
        encode, _ = linear_model()
        with pytest.raises(UserError, match="finite"):
            measure(of, encode, lambda h, a: h * float("nan") + 0 * a, z, encode(z))


class TestGain:
    def test_a_model_that_nothing_makes_stable_has_the_gain_0(self) -> None:
        of, z = control(), latents()
        wild = of.quadratic(np.diag([2.0, 2.0]), np.zeros((2, 2)))
        found = gain_distance(of.problem, wild, z, z)
        assert found is not None
        assert found.value == pytest.approx(1)

    def test_where_the_world_s_gain_is_0_there_is_no_relative_error(self) -> None:
        forgets = control(np.zeros((2, 2)), B)
        assert gain_distance(forgets.problem, control().problem, latents(), latents()) is None

    def test_its_standard_error_is_that_of_the_regression(self) -> None:
        """A curved encoder of many samples; the spread over samples by NumPy's own least squares."""
        of, draws, found = control(), [], []
        turned = LinearQuadratic(Q @ M @ Q.T, Q @ B, np.eye(2), 0.1 * np.eye(2))
        for seed in range(300):
            z = latents(400, seed=seed)
            h = z @ torch.from_numpy(Q).T + 0.3 * (z.square() - 1) + 0.2 * z.prod(1, keepdim=True)
            found.append(gain_distance(of.problem, turned, z, h))
            slopes = np.linalg.lstsq(np.column_stack((np.ones(400), z.numpy())), h.numpy(), rcond=None)[0][1:]
            draws.append(np.linalg.norm(riccati(0.1) @ Q.T @ slopes.T - riccati(0.1)) / np.linalg.norm(riccati(0.1)))
        assert [f.value for f in found if f] == pytest.approx(draws, rel=1e-6)
        # the norm of what is 0 but for sampling has no slope there: with an encoder off by a tenth it has
        off = [f for f in (gain_distance(of.problem, turned, z, h) for z, h in samples()) if f is not None]
        assert np.mean([f.error for f in off]) == pytest.approx(np.std([f.value for f in off], ddof=1), rel=0.15)


def samples() -> list[tuple[Tensor, Tensor]]:
    """Encoders `1.2 Q z` with a curve."""
    drawn = [latents(400, seed=1000 + seed) for seed in range(300)]
    return [(z, 1.2 * z @ torch.from_numpy(Q).T + 0.3 * (z.square() - 1)) for z in drawn]


def test_a_mean_and_a_ratio_have_the_jackknife_s_error() -> None:
    rng = np.random.default_rng(0)
    base = rng.uniform(1, 2, 400)
    costs = 1.3 * base + 0.2 * rng.standard_normal(400)
    found = estimate.ratio(torch.from_numpy(costs), torch.from_numpy(base))
    left = [(costs.sum() - a) / (base.sum() - b) for a, b in zip(costs, base, strict=True)]
    assert found.value == pytest.approx(costs.sum() / base.sum())
    assert found.error == pytest.approx(math.sqrt(399 * np.var(left)), rel=0.01)
    few = estimate.mean(torch.tensor([1.0, 2.0, 6.0]))
    assert (few.value, few.error) == pytest.approx((3, math.sqrt(7 / 3)))


WORLD = {"latent": "linear", "dim": 2, "memory": M.tolist(), "action": B.tolist()}
MIXING = {"kind": "coupling", "layers": 2, "scale": 1.0}  # another one for each seed
PREDICTOR = {"kind": "mlp", "hidden": 8, "layers": 1}


def configuration(tiny: Callable[..., Path], **changes: Any) -> Path:
    """The small configuration in a linear world, with a predictor and planning; None takes a key away."""
    path = tiny()
    data = yaml.safe_load(path.read_text()) | {"world": WORLD, "mixing": MIXING, "predictor": PREDICTOR}
    data["planning"] = SMALL
    for key, value in changes.items():
        if value is None:
            del data[key]
        else:
            data[key] = data[key] | value if isinstance(value, dict) and key in data else value
    path.write_text(yaml.safe_dump(data))
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"predictor": None}, "expected planning in a world with actions and with a predictor, and in no other"),
        ({"world": {"action": [[], []]}}, "expected planning in a world with actions and with a predictor"),
        ({"embedding": 1}, "expected planning with an embedding of as many dimensions as latents, found 1 of 2"),
        ({"planning": {"elites": 25}}, "planning: expected at most as many elites as plans, found 25 of 24"),
        ({"planning": {"effort": 0.0}}, "planning.effort: expected a number greater than 0, found 0.0"),
        ({"planning": {"horizn": 3}}, "the key planning.horizn is unknown (misspelt?)"),
        ({"planning": {"tasks": "many"}}, "planning.tasks: expected a valid integer, found 'many'"),
    ],
)
def test_planning_that_can_t_be_is_one_sentence(tiny: Callable[..., Path], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as caught:
        config.load(configuration(tiny, **changes))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_measure_of_planning_needs_planning(tiny: Callable[..., Path]) -> None:
    wanted = [{"confirms": "linear_identifiability", "metric": "cem_ratio", "at_most": 1.2, "spare": 2}]
    assert config.load(configuration(tiny, criterion=wanted)).criterion[0].metric == "cem_ratio"
    with pytest.raises(UserError, match="expected the measure cem_ratio with planning, and not without it"):
        config.load(configuration(tiny, criterion=wanted, planning=None))


def test_limits_of_planning() -> None:
    for key, least in {"tasks": 2, "noises": 1, "steps": 1, "horizon": 1, "iterations": 1, "elites": 2}.items():
        assert_limits(Planning, {}, key, [least], [least - 1])
    assert_limits(Planning, {"elites": 4}, "population", [4], [3])
    for key in ("effort", "spread", "temperature"):
        assert_limits(Planning, {}, key, [1e-6], [0.0])


class TestTraining:
    def test_it_is_measured_after_the_training_and_goes_on_to_the_same_bits(
        self, tiny: Callable[..., Path], tmp_path: Path
    ) -> None:
        whole = trained_whole_and_in_two_parts(config.load(configuration(tiny)), tmp_path)
        for m in (*whole.metrics, *whole.untrained):
            assert m is not None
            assert all(getattr(m, k) is not None and getattr(m, f"{k}_error") is not None for k in LINEAR)
        assert all(getattr(m, k) is None for m in whole.trace.measured for k in LINEAR if m is not None)

    def test_a_seed_does_not_depend_on_which_others_run_beside_it(
        self, tiny: Callable[..., Path], tmp_path: Path
    ) -> None:
        def trained(seeds: list[int]) -> results.Result:
            path = configuration(tiny, training={"seeds": seeds, "restarts": 2, "steps": 10})
            return train(config.load(path), tmp_path / "-".join(map(str, seeds)), CPU)

        pair, one = trained([4, 7]), trained([7])
        for name in LINEAR:
            there, here = getattr(pair.metrics[1], name), getattr(one.metrics[0], name)
            assert there == pytest.approx(here, rel=1e-3), name
        assert pair.metrics[0] is not None
        assert pair.metrics[0].noop_cost != pytest.approx(one.metrics[0].noop_cost, rel=1e-3)  # type: ignore[union-attr]

    def test_each_model_plans_with_its_own_encoder_and_predictor(self, tiny: Callable[..., Path]) -> None:
        trainer = Trainer(config.load(configuration(tiny)), CPU)
        assert trainer.predictors is not None
        x, a = latents(20).float(), latents(20, seed=6).float()
        for model in (0, 1):
            h = trainer.models(torch.stack((x, x)))[model]
            torch.testing.assert_close(alone(trainer.models, model)(x), h)
            both = torch.cat((h, a), 1)
            guess = trainer.predictors(torch.stack((both, both)))[model]
            torch.testing.assert_close(alone(trainer.predictors, model)(both), guess)
        assert all(len(p) == 2 for p in trainer.parameters())

    def test_the_trainer_s_measures_are_those_of_its_models(
        self, tiny: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Against the models as the result's weights would give them, one by one; each seed mixes otherwise."""
        monkeypatch.setattr("lejepa.training.trainer.mixing_of", lambda c, seed, *others: lambda z: z * (1 + seed))
        trainer = Trainer(config.load(configuration(tiny)), CPU)
        h, h_next = trainer.embed()
        found = trainer.with_planning(trainer.measured(h, h_next), h, range(2))
        assert trainer.predictors is not None
        for model, metrics in enumerate(found):
            of = trainer.control(trainer.computation.planning, model)  # type: ignore[arg-type]
            net, guess = alone(trainer.models, model), alone(trainer.predictors, model).double()

            def encode(z: Tensor, net: Any = net, model: int = model) -> Tensor:
                mixed: Tensor = net(trainer.mixings[model](z.float()))
                return mixed.double()

            def predict(h: Tensor, a: Tensor, guess: Any = guess) -> Tensor:
                made: Tensor = guess(torch.cat((h, a), 1))
                return made

            expected = measure(of, encode, predict, trainer.held_out[0][model], h[model])
            assert metrics is not None
            for name, value in expected.items():
                assert getattr(metrics, name) == pytest.approx(value, rel=1e-9), name

    def test_a_predictor_that_explodes_leaves_planning_out_and_misses_its_criterion(
        self, tiny: Callable[..., Path], tmp_path: Path
    ) -> None:
        wanted = [{"confirms": "linear_identifiability", "metric": "cem_ratio", "at_most": 1.2, "spare": 2}]
        experiment = config.load(configuration(tiny, criterion=wanted, training={"steps": 2}))
        result = train(experiment, tmp_path, CPU)
        trainer = Trainer(experiment, CPU)
        h, h_next = trainer.embed()
        found = trainer.measured(h, h_next)
        assert trainer.predictors is not None
        with torch.no_grad():
            next(iter(trainer.predictors.parameters()))[0] = float("nan")
        planless, well = trainer.with_planning(found, h, range(2))
        assert planless == found[0]
        assert well is not None
        assert well.cem_ratio is not None
        missing = result.model_copy(update={"metrics": [planless, well]})
        (first, second) = verdict.outcomes(experiment.criterion[0], "tiny", missing)
        assert (first.state, first.says) == ("missed", "it was not finite")
        assert second.says.startswith("CEM, model / state")
        unknown = result.trace.model_copy(update={"untrained": [planless, well]})
        loose = Criterion(**wanted[0] | {"at_most": 1e9})
        judged = verdict.outcomes(loose, "tiny", result.model_copy(update={"trace": unknown, "criterion": (loose,)}))
        assert [o.state for o in judged] == ["met", "says nothing"]


def test_weights_of_before_planning_are_still_those_of_their_run() -> None:
    """The digest of what was measured without planning, as it was when there was none; planning changes it."""
    measured = Metrics(**{k: 0.5 for k, f in Metrics.model_fields.items() if f.is_required()})
    later = {*PLANNED, *INVERSE}
    before = {k: v for k, v in measured.model_dump().items() if k.removesuffix("_error") not in later}
    run = SimpleNamespace(metrics=[measured, None], kept=[1, 0])
    assert weights.run_of(run) == weights.digest(json.dumps([before, None]), json.dumps([1, 0]))  # type: ignore[arg-type]
    assert not any(k.startswith(PLANNERS) for k in before)
    planned_too = SimpleNamespace(metrics=[measured.model_copy(update={"cem_ratio": 1.0}), None], kept=[1, 0])
    assert weights.run_of(planned_too) != weights.run_of(run)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[config.Experiment, results.Result]:
    """A trained experiment that plans."""
    folder = tmp_path_factory.mktemp("planned")
    data = TINY | {"world": WORLD, "predictor": PREDICTOR, "planning": SMALL}
    data["training"] = TINY["training"] | {"steps": 3}
    (folder / "tiny.yaml").write_text(yaml.safe_dump(data))
    experiment = config.load(folder / "tiny.yaml")
    return experiment, train(experiment, folder, CPU)


class TestReport:
    def test_the_page_has_each_policy_s_cost(self, made: tuple[config.Experiment, results.Result]) -> None:
        experiment, result = made
        lines = report.section(single(experiment), {"tiny": result}, Path("page.md"), Path("none"), ["tiny"])
        table = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
        rows = {cells[0]: cells for cells in table}
        for p in PLANNERS:
            values = [getattr(m, f"{p}_cost") for m in result.metrics]
            assert rows[p.upper()][1] == f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"
            ratios = [getattr(m, f"{p}_ratio") for m in result.metrics]
            assert rows[p.upper()][3] == f"{np.mean(ratios):.3f} ± {np.std(ratios, ddof=1):.3f}"
        assert set(IDLE.values()) <= rows.keys()
        assert {"CEM, model / state", "relative error of the gain"} <= set(rows["point"])
        assert any("4 steps, its mean over 6 pairs of a start and a goal with 2 episodes each" in x for x in lines)

    def test_it_has_a_figure_of_its_own_which_the_page_shows(
        self, made: tuple[config.Experiment, results.Result], tmp_path: Path
    ) -> None:
        experiment, result = made
        paths = figures.draw([result], tmp_path)
        assert [p.name for p in paths] == ["tiny.png", "tiny-planning.png"]
        assert paths[1].stat().st_size > 10_000
        (tmp_path / "tiny-other.png").write_bytes(b"")
        lines = report.section(single(experiment), {"tiny": result}, tmp_path / "page.md", tmp_path, ["tiny"])
        assert [x for x in lines if x.startswith("![")] == [
            "![tiny](tiny.png)\n",
            "![tiny-planning](tiny-planning.png)\n",
        ]
