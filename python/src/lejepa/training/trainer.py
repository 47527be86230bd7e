"""The state of a training run, and its steps: all seeds of an experiment together, as one program.

The pairs are `(z, z')` of the theorem. The paper's code aligns two successors of one latent instead, whose correlation
is `ρ²`: its ρ = 0.95 is 0.9025 here.

Each seed has streams of its own for parameters, mixing, pairs, slices, held-out pairs, and the pairs by which one of
its restarts is chosen: what becomes of it does not depend on which others run beside it.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from lejepa.errors import UserError
from lejepa.measures.recovery import recovery
from lejepa.measures.regression import explained
from lejepa.training import config, encoder, mixing
from lejepa.training.config import Computation, Training
from lejepa.training.doublewell import double_well
from lejepa.training.energy import HermiteEnergy
from lejepa.training.objective import Loss
from lejepa.training.results import Metrics, Point, Values
from lejepa.training.streams import Purpose, number, stream
from lejepa.training.world import pairs

Pair = tuple[Tensor, Tensor]


def learning_rate(step: int, steps: int, base: float) -> float:
    """Constant for the first half, then a cosine to zero."""
    half = steps // 2
    if step < half:
        return base
    return base * 0.5 * (1 + math.cos(math.pi * (step - half) / (steps - half)))


def model_streams(training: Training, purpose: Purpose, device: torch.device | str = "cpu") -> list[torch.Generator]:
    """A stream for each model: the restarts of the first seed, then those of the next."""
    return [stream(seed, purpose, r, device) for seed in training.seeds for r in range(training.restarts)]


def mixing_of(computation: Computation, seed: int, device: torch.device) -> Callable[[Tensor], Tensor]:
    """The mixing of a seed: the configured one, or of random mixings one that the seed draws."""
    configured = computation.mixing
    if isinstance(configured, config.Coupling) and configured.seed is None:
        configured = configured.model_copy(update={"seed": number(seed, Purpose.MIXING)})
    return mixing.build(configured, computation.world.dim, device)


def finite(values: Tensor) -> Values:
    """Numbers, and None for those that are not finite, since JSON has no such."""
    return [v if math.isfinite(v) else None for v in values.tolist()]


class Trainer:
    """The state of a training run: models, optimizer, random streams, curve.

    Models are the restarts of the first seed, then those of the next, along the leading dimension of every tensor.
    """

    def __init__(self, computation: Computation, device: torch.device) -> None:
        self.computation, self.device = computation, device
        t, world = computation.training, computation.world
        self.seed_of = [s for s in range(len(t.seeds)) for _ in range(t.restarts)]
        self.mixings = [mixing_of(computation, seed, device) for seed in t.seeds]
        self.models = encoder.build(computation.encoder, world.dim, model_streams(t, Purpose.PARAMETERS)).to(device)
        self.optimizer = torch.optim.AdamW(self.models.parameters(), lr=t.learning_rate, fused=True)
        self.loss = Loss(computation.objective).to(device)
        self.streams = model_streams(t, Purpose.TRAINING, device)
        self.held_out = self.of_each_seed(Purpose.EVALUATION)
        self.energies = [HermiteEnergy(z) for z in self.held_out[0]] if world.latent == "gaussian" else []
        self.step, self.seconds = 0, 0.0
        self.curve: list[Point] = []

    def of_each_seed(self, purpose: Purpose) -> Pair:
        """Pairs for evaluation, `(seeds, evaluation, dim)` twice."""
        t = self.computation.training
        drawn = [
            pairs(self.computation.world, (t.evaluation,), stream(seed, purpose, device=self.device))
            for seed in t.seeds
        ]
        z, z_next = (torch.stack(x) for x in zip(*drawn, strict=True))
        return z, z_next

    def of_each_model(self, x: Tensor) -> Tensor:
        """What is a seed's, `(seeds, ...)`, for each of its models: `(models, ...)`."""
        return x if len(x) == len(self.seed_of) else x[self.seed_of]

    def encode(self, z: Tensor) -> Tensor:
        """Embeddings of latents `(models, count, dim)` through each model's mixing: the same shape."""
        x = torch.stack([self.mixings[seed](points) for seed, points in zip(self.seed_of, z, strict=True)])
        h: Tensor = self.models(x)
        return h

    def advance(self) -> tuple[Tensor, Tensor, Tensor]:
        """One step of the optimizer; the loss, alignment and regularizer of each model before it."""
        t = self.computation.training
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, t.steps, t.learning_rate)
        drawn = [torch.cat(pairs(self.computation.world, (t.batch,), g)) for g in self.streams]
        both = self.encode(torch.stack(drawn))
        loss, align, penalty = self.loss(both[:, : t.batch], both[:, t.batch :], self.streams)
        self.optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()
        self.optimizer.step()
        self.step += 1
        return loss.detach(), align.detach(), penalty.detach()

    @torch.no_grad()
    def embed(self) -> Pair:
        """The embeddings of the held-out pairs by each model: `(models, evaluation, dim)` twice."""
        h, h_next = (self.encode(self.of_each_model(z)) for z in self.held_out)
        return h, h_next

    def measures(self) -> list[Metrics | None]:
        """What is measured of each model on its seed's held-out pairs; None of a model that has diverged."""
        return self.measured(*self.embed())

    def measured(self, h: Tensor, h_next: Tensor) -> list[Metrics | None]:
        return [self.of_model(m, h[m], h_next[m]) for m in range(len(self.seed_of))]

    def of_model(self, model: int, h: Tensor, h_next: Tensor) -> Metrics | None:
        if not (torch.isfinite(h).all() and torch.isfinite(h_next).all()):
            return None
        world, z = self.computation.world, self.held_out[0][self.seed_of[model]]
        found = recovery(z, h, h_next, world.rho).model_dump()
        if world.depth is not None:
            eigen = explained(h, double_well(world.depth, world.rho).coordinates(z))
            found |= {"r2_eigen": eigen.value, "r2_eigen_error": eigen.error}
        return Metrics(**found)

    def record(self, loss: Tensor, align: Tensor, penalty: Tensor) -> Point:
        """Add a point to the curve. A model that has diverged is left out; UserError where all of them have."""
        if not torch.isfinite(loss).any():
            raise UserError(
                f"the loss of every seed is not finite at step {self.step}; "
                "expected a training.learning_rate at which training converges"
            )
        h, h_next = self.embed()
        found = self.measured(h, h_next)

        def column(name: str) -> Values:
            return [None if m is None else getattr(m, name) for m in found]

        bounded = self.computation.world.of_theorem
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

    def energy(self, h: Tensor, found: Sequence[Metrics | None]) -> list[list[float] | None]:
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
        parts = (torch.split(self.of_each_model(z), t.batch, dim=1) for z in self.of_each_seed(Purpose.SELECTION))
        for z, z_next in zip(*parts, strict=True):
            if z.shape[1] == t.batch or not losses:
                both = self.encode(torch.cat((z, z_next), dim=1))
                losses.append(self.loss(both[:, : z.shape[1]], both[:, z.shape[1] :], slices)[0])
        return torch.stack(losses).mean(0)

    def kept(self) -> list[int]:
        """The model of each seed that is kept: of its restarts the one of the lowest loss on pairs set apart."""
        restarts = self.computation.training.restarts
        if restarts == 1:
            return list(range(len(self.seed_of)))
        best = self.selection_loss().reshape(-1, restarts).nan_to_num(nan=math.inf).argmin(1)
        return [seed * restarts + int(r) for seed, r in enumerate(best)]

    def state(self) -> dict[str, Any]:
        """All that is needed to go on to the same bits."""
        return {
            "step": self.step,
            "seconds": self.seconds,
            "models": self.models.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "streams": [g.get_state() for g in self.streams],
            "curve": [p.model_dump() for p in self.curve],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.models.load_state_dict(state["models"])
        self.optimizer.load_state_dict(state["optimizer"])
        for generator, saved in zip(self.streams, state["streams"], strict=True):
            generator.set_state(saved.cpu())
        self.step, self.seconds = state["step"], state["seconds"]
        self.curve = [Point.model_validate(p) for p in state["curve"]]
