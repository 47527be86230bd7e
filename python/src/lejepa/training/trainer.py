"""The state of a training run, and its steps: all seeds of an experiment together, as one program.

The pairs are `(z, z')` of the theorem. The paper's code aligns two successors of one latent instead, whose correlation
is `ρ²`: so does `training.successors`. Of Gaussian latents these are pairs `(z, z')` of correlation `ρ²`.

Each seed has streams of its own for parameters, mixing, pairs, slices, held-out pairs, the actions of rollouts, the
pairs by which one of its restarts is chosen, planning, and the guess of actions: what becomes of it does not depend on
which others run beside it.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lejepa.errors import UserError
from lejepa.measures.estimate import fields
from lejepa.measures.recovery import Followed, followed, of_any_width
from lejepa.measures.regression import explained
from lejepa.measures.white import white_alignment
from lejepa.reacher import planned as arm
from lejepa.reacher.render import Drawing
from lejepa.training import config, encoder, mixing, planned, rollout
from lejepa.training.columns import STEPS
from lejepa.training.config import Computation, Training
from lejepa.training.descent import Descent, Transitions, stacked
from lejepa.training.energy import HermiteEnergy
from lejepa.training.frames import FrameEncoder
from lejepa.training.results import Metrics, Point, Values
from lejepa.training.stacked import InTurn, alone
from lejepa.training.streams import Purpose, number, stream
from lejepa.training.world import eigenfunction, paths, successors, transitions

Pair = tuple[Tensor, Tensor]
GAUSSIAN = ("gaussian", "linear", "signflips")  # worlds whose latents are
FRAMES = 512  # that are embedded at a time
GREATEST = 1e20  # of an embedding: its eighth powers are numbers


def model_streams(training: Training, purpose: Purpose, device: torch.device | str = "cpu") -> list[torch.Generator]:
    """A stream for each model: the restarts of the first seed, then those of the next."""
    return [stream(seed, purpose, r, device) for seed in training.seeds for r in range(training.restarts)]


def mixing_of(
    computation: Computation, seed: int, device: torch.device, drawing: Drawing | None = None
) -> Callable[[Tensor], Tensor]:
    """The mixing of a seed: the configured one, or of random mixings one that the seed draws."""
    configured = computation.mixing
    if isinstance(configured, config.Coupling) and configured.seed is None:
        configured = configured.model_copy(update={"seed": number(seed, Purpose.MIXING)})
    if isinstance(configured, config.Arm):
        configured = configured.model_copy(update={"spread": computation.spread})
    return mixing.build(configured, computation.world.dim, device, drawing)


def mean_correlation(z: Tensor, z_next: Tensor) -> float:
    """The mean over coordinates of the correlation of successive latents, `(count, dim)` each."""
    a, b = (x.double() - x.double().mean(0) for x in (z, z_next))
    return float(((a * b).mean(0) / (a.square().mean(0) * b.square().mean(0)).sqrt()).mean())


def finite(values: Tensor) -> Values:
    """Numbers, and None for those that are not finite, since JSON has no such."""
    return [v if math.isfinite(v) else None for v in values.tolist()]


class Trainer(Descent):
    """The state of a training run: models, their predictors and guesses of actions if there are any, optimizer, random
    streams, curve.

    Models are the restarts of the first seed, then those of the next, along the leading dimension of every tensor.
    Frames of an arm are drawn beforehand, as `drawing` says, those of the training once for all seeds.
    """

    def __init__(self, computation: Computation, device: torch.device, drawing: Drawing | None = None) -> None:
        self.computation, self.device, self.drawing = computation, device, drawing or Drawing()
        t, world = computation.training, computation.world
        self.seed_of = [s for s in range(len(t.seeds)) for _ in range(t.restarts)]
        self.mixings = [mixing_of(computation, seed, device, self.drawing) for seed in t.seeds]
        self.data = None if t.pairs is None else self.finite_set(t.pairs)
        models = self.first_models()
        predictors = self.first_predictors() if computation.predictor is not None else None
        inverses, weight = (self.first_inverses(), c.weight) if (c := computation.inverse) is not None else (None, 1.0)
        streams = model_streams(t, Purpose.TRAINING, device)
        super().__init__(models, predictors, computation.objective, t, streams, device, inverses, weight)
        self.held_out = self.of_each_seed(Purpose.EVALUATION)
        self.seen: Pair = self.held_out[0], self.held_out[1]
        if self.of_frames:
            self.seen = self.observed(self.held_out[0]), self.observed(self.held_out[1])
        self.ways: dict[int, arm.Ways] = {}
        self.energies = [HermiteEnergy(z) for z in self.held_out[0]] if world.latent in GAUSSIAN else []
        self.seconds = self.cpu_seconds = 0.0
        self.curve: list[Point] = []

    @property
    def of_frames(self) -> bool:
        return isinstance(self.computation.mixing, config.Arm)

    def finite_set(self, count: int) -> Transitions:
        """The pairs that every seed trains on; of an arm their frames, on the CPU."""
        device = torch.device("cpu") if self.of_frames else self.device
        generator = stream(0, Purpose.DATA, device=device)
        z, z_next, actions = self.trained_on(count, generator, self.computation.prediction_steps)
        if self.of_frames:
            return self.mixings[0](z), self.mixings[0](z_next), actions
        return z, z_next, actions

    def first_models(self) -> nn.Module:
        """The encoders before the first step; those of frames standardize them."""
        c = self.computation
        models = encoder.build(c.encoder, c.observed, c.width, model_streams(c.training, Purpose.PARAMETERS))
        if isinstance(models, InTurn) and self.data is not None:
            assert isinstance(models.stack, FrameEncoder)
            models.stack.standardize_by(*self.data[:2])
        return models

    def first_predictors(self) -> nn.Module:
        """The predictors before the first step."""
        c = self.computation
        assert c.predictor is not None
        streams = model_streams(c.training, Purpose.PREDICTOR)
        return encoder.build_predictor(c.predictor, c.width, c.world.actions, streams)

    def first_inverses(self) -> nn.Module:
        """What guesses actions, before the first step."""
        c = self.computation
        assert c.inverse is not None
        streams = model_streams(c.training, Purpose.INVERSE)
        return encoder.build_inverse(c.inverse, c.width, c.world.actions, streams)

    def of_each_seed(self, purpose: Purpose, steps: int = 1) -> Transitions:
        """Pairs for evaluation, `(seeds, evaluation, dim)` twice, and actions, `(seeds, evaluation, actions)`.

        Those of `Purpose.EVALUATION` are transitions of the world, and the others are drawn as those of the training.
        Of several steps, the latter two have those in dimension 2.
        """
        t = self.computation.training
        draw = self.some if purpose is Purpose.EVALUATION else self.trained_on
        return stacked([draw(t.evaluation, stream(s, purpose, device=self.device), steps) for s in t.seeds])

    def some(self, count: int, generator: torch.Generator, steps: int) -> Transitions:
        """Independent transitions of the world, in latents, over so many steps."""
        world = self.computation.world
        return transitions(world, (count,), generator) if steps == 1 else paths(world, steps, (count,), generator)

    def trained_on(self, count: int, generator: torch.Generator, steps: int) -> Transitions:
        """Pairs such as the training is on: the same, or two successors of one latent."""
        if self.computation.training.successors:
            return successors(self.computation.world, (count,), generator)
        return self.some(count, generator, steps)

    def of_each_model(self, x: Tensor) -> Tensor:
        """What is a seed's, `(seeds, ...)`, for each of its models: `(models, ...)`."""
        return x if len(x) == len(self.seed_of) else x[self.seed_of]

    def encode(self, z: Tensor) -> Tensor:
        """Embeddings of latents `(models, count, dim)` through each model's mixing, or of frames `(models, count, ...)`
        that have been drawn: `(models, count, width)`."""
        if z.dtype == torch.uint8:
            return super().encode(z)
        x = torch.stack([self.mixings[seed](points) for seed, points in zip(self.seed_of, z, strict=True)])
        return super().encode(x.to(self.device))

    def draw(self, generator: torch.Generator) -> Transitions:
        """Independent pairs of the training, in latents, or some of the finite set."""
        t = self.computation.training
        if self.data is None:
            return self.trained_on(t.batch, generator, self.computation.prediction_steps)
        rows = torch.randint(len(self.data[0]), (t.batch,), generator=generator, device=generator.device)
        z, z_next, actions = (x[rows.to(x.device)].to(self.device) for x in self.data)
        return z, z_next, actions

    def observed(self, z: Tensor) -> Tensor:
        """What is seen of latents `(seeds, count, dim)`, each through the mixing of its seed."""
        return torch.stack([mix(points) for mix, points in zip(self.mixings, z, strict=True)])

    @torch.no_grad()
    def embed(self) -> Pair:
        """The embeddings of the held-out pairs by each model: `(models, evaluation, width)` twice."""
        h, h_next = (self.embedded(self.of_each_model(z)) for z in self.seen)
        return h, h_next

    def embedded(self, z: Tensor) -> Tensor:
        if not self.of_frames:
            return self.encode(z)
        return torch.cat([self.encode(part.to(self.device)) for part in torch.split(z, FRAMES, dim=1)], dim=1)

    @torch.no_grad()
    def imagine(self, h: Tensor) -> Pair | None:
        """Rollouts from the embeddings of the held-out latents, and their actions; None without predictors.

        The first action is that of the held-out pair. `(models, evaluation, steps + 1, width)`, the start first, and
        `(models, evaluation, steps, actions)`.
        """
        if self.predictors is None:
            return None
        t, first = self.computation.training, self.held_out[2]
        shape = (t.evaluation, len(STEPS) - 1, first.shape[-1])
        streams = (stream(seed, Purpose.ROLLOUT, device=self.device) for seed in t.seeds)
        others = torch.stack([torch.randn(shape, generator=g, device=self.device) for g in streams])
        actions = self.of_each_model(torch.cat((first.unsqueeze(-2), others), dim=-2))
        return rollout.imagined(self.predict, h, actions), actions

    def measures(self) -> list[Metrics | None]:
        """What is measured of each model on its seed's held-out pairs; None of a model that has diverged."""
        return self.measured(*self.embed())

    def measured(self, h: Tensor, h_next: Tensor) -> list[Metrics | None]:
        rollouts, guess, finite = self.beside(h, h_next)
        return [
            self.of_model(
                m, h[m], h_next[m], rollouts and (rollouts[0][m], rollouts[1][m]), None if guess is None else guess[m]
            )
            if finite[m]
            else None
            for m in range(len(self.seed_of))
        ]

    def followed(self, h: Tensor, h_next: Tensor) -> list[Followed | None]:
        """What the curve keeps of the same measures, in less time."""
        _, _, finite = self.beside(h, h_next)
        return [followed(*self.compared(m, h[m], h_next[m])) if finite[m] else None for m in range(len(self.seed_of))]

    def beside(self, h: Tensor, h_next: Tensor) -> tuple[Pair | None, Tensor | None, list[bool]]:
        """Each model's rollouts, where it has a predictor, and guesses of actions, where it has those; and whether they
        and its embeddings are finite, and what is measured of them too: else it has diverged."""
        with torch.no_grad():
            rollouts, guess = self.imagine(h), None if self.inverses is None else self.guess(h, h_next)
        known = (h, h_next, *(rollouts or ()), *(() if guess is None else (guess,)))
        return rollouts, guess, [all(bool((x[m].abs() <= GREATEST).all()) for x in known) for m in range(len(h))]

    def compared(self, model: int, h: Tensor, h_next: Tensor) -> tuple[Tensor, Tensor, Tensor, float]:
        """The held-out latents of a model's seed beside its embeddings of them and of their successors, and `ρ`."""
        world, (z, z_next) = self.computation.world, (x[self.seed_of[model]] for x in self.held_out[:2])
        rho = mean_correlation(z, z_next) if world.latent == "controller" else world.correlation
        return z.double(), h.double(), h_next.double(), rho

    def with_planning(self, found: Sequence[Metrics | None], h: Tensor, models: Sequence[int]) -> list[Metrics | None]:
        """The measures of some models, `found`, and those of planning with each where it is configured.

        h: the embeddings of the held-out latents by all models. On the CPU, so that every machine plans the same.
        """
        c = self.computation.planning
        if c is None:
            return list(found)
        controls = {s: self.control(c, s) for s in {self.seed_of[m] for m in models}}
        return [m and self.planned(controls[self.seed_of[k]], k, h[k], m) for k, m in zip(models, found, strict=True)]

    def control(self, c: config.AnyPlanning, seed: int) -> planned.Control | arm.Control:
        """The tasks of one of the seeds, by its place."""
        of, world, mixing = self.computation.training.seeds[seed], self.computation.world, self.computation.mixing
        first, search, actions = (number(of, Purpose.PLANNING, index) for index in (1, 2, 3))
        if isinstance(c, config.ArmPlanning):
            assert isinstance(mixing, config.Arm)
            return arm.Control(mixing, c, self.drawing, states=first, search=search, actions=actions)
        drawn = torch.randn(2, c.tasks, world.dim, generator=stream(of, Purpose.PLANNING), dtype=torch.float64)
        start, goal = drawn.unbind()
        return planned.Control(world.linear, c, start, goal, noise=first, search=search, actions=actions)

    @torch.no_grad()
    def linearly(self, control: planned.Control, net: nn.Module, model: int, h: Tensor) -> dict[str, float]:
        """What is measured of planning in a linear world."""
        assert self.predictors is not None
        seed, cpu = self.seed_of[model], torch.device("cpu")
        exact = alone(self.predictors, model).to(cpu).double()
        mixed = mixing_of(self.computation, self.computation.training.seeds[seed], cpu)
        return planned.measure(
            control,
            lambda z: net(mixed(z.float())).double(),
            lambda h, a: exact(torch.cat((h, a), dim=-1)),
            self.held_out[0][seed].to(cpu),
            h.to(cpu),
        )

    def planned(self, control: planned.Control | arm.Control, model: int, h: Tensor, found: Metrics) -> Metrics:
        """The measures of a model with those of planning, which are left out if it plans with no finite numbers, or if
        its embedding of an arm does not move. The ways of the arm's first line and task are kept."""
        net = alone(self.models, model).cpu()
        try:
            if isinstance(control, arm.Control):
                more, self.ways[model] = arm.measure(control, net.eval())
            else:
                more = self.linearly(control, net, model, h)
        except UserError:
            return found
        return found.model_copy(update=more)

    def of_model(
        self, model: int, h: Tensor, h_next: Tensor, rollouts: Pair | None, guess: Tensor | None = None
    ) -> Metrics:
        world, z = self.computation.world, self.held_out[0][self.seed_of[model]]
        found = of_any_width(*self.compared(model, h, h_next)).model_dump()
        if (width := h.shape[1]) < world.dim:
            for name, latents in (("r2_kept", z[:, :width]), ("r2_left", z[:, width:])):
                found |= fields({name: explained(h, latents)})
        if world.bent:
            psi = eigenfunction(world, z)
            assert psi is not None
            found |= fields({"r2_eigen": explained(h, psi)})
        if world.spectral:
            found |= fields({"white_alignment": white_alignment(h, h_next)})
        if rollouts is not None:
            found |= rollout.measure(world.linear, z, h, h_next, *rollouts)
        if guess is not None:
            found |= rollout.missed(world.linear, guess, self.held_out[2][self.seed_of[model]])
        return Metrics(**found)

    def record(self, loss: Tensor, align: Tensor, penalty: Tensor) -> Point:
        """Add a point to the curve. A model that has diverged is left out; UserError where all of them have."""
        if not torch.isfinite(loss).any():
            raise UserError(f"the loss of every seed {self.diverged()}")
        h, h_next = self.embed()
        found = self.followed(h, h_next)

        def column(name: str) -> Values:
            return [None if m is None else getattr(m, name) for m in found]

        bounded = self.computation.of_theorem
        point = Point(
            step=self.step,
            loss=finite(loss),
            alignment=finite(align),
            regularizer=finite(penalty),
            r2=column("r2"),
            distance=column("distance"),
            bound=column("bound") if bounded else [],
            margin_error=column("margin_error") if bounded else [],
            energy=self.energy(h, found) if self.energies else [],
        )
        self.curve.append(point)
        return point

    def energy(self, h: Tensor, found: Sequence[Followed | None]) -> list[list[float] | None]:
        """The Hermite energy of each model on its seed's latents."""
        seeds = zip(self.seed_of, h, found, strict=True)
        return [None if m is None else self.energies[seed](one[None])[0].tolist() for seed, one, m in seeds]

    @torch.no_grad()
    def selection_loss(self) -> Tensor:
        """The loss of each model on pairs that are neither trained on nor reported: `(models,)`.

        The restarts of a seed see the same pairs and slices, in batches of training's size.
        """
        t = self.computation.training
        slices = [
            stream(seed, Purpose.SELECTION_SLICES, device=self.device) for seed in t.seeds for _ in range(t.restarts)
        ]
        losses: list[Tensor] = []
        held_out = self.of_each_seed(Purpose.SELECTION, self.computation.prediction_steps)
        parts = (torch.split(self.of_each_model(z), t.batch, dim=1) for z in held_out)
        for z, z_next, actions in zip(*parts, strict=True):
            if z.shape[1] == t.batch or not losses:
                losses.append(self.losses(z, z_next, actions, slices)[0])
        return torch.stack(losses).mean(0)

    def kept(self) -> list[int]:
        """The model of each seed that is kept: of its restarts the one of the lowest loss on pairs set apart."""
        restarts = self.computation.training.restarts
        if restarts == 1:
            return list(range(len(self.seed_of)))
        best = self.selection_loss().reshape(-1, restarts).nan_to_num(nan=math.inf).argmin(1)
        return [seed * restarts + int(r) for seed, r in enumerate(best)]

    def state(self) -> dict[str, Any]:
        times = {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds}
        return super().state() | times | {"curve": [p.model_dump() for p in self.curve]}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self.seconds, self.cpu_seconds = state["seconds"], state["cpu_seconds"]
        self.curve = [Point.model_validate(p) for p in state["curve"]]
