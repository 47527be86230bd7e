"""Encoders and predictors under an optimizer: all models of a run as one program, wherever transitions come from."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lejepa.interrupt import Interrupted, Stop
from lejepa.training import config
from lejepa.training.objective import Loss
from lejepa.training.rollout import imagined
from lejepa.training.subnormal import flushed

# states, their successors, and the actions between them; of several steps, the latter two have those in dimension 1
Transitions = tuple[Tensor, Tensor, Tensor]


def learning_rate(step: int, steps: int, base: float, warmup: int = 0) -> float:
    """The rate of a step, counted from 0: constant for the first half, then a cosine to zero.

    Over the first `warmup` steps it rises in equal parts, whatever else it does.
    """
    half, rise = steps // 2, min(1.0, (step + 1) / (warmup + 1))
    if step < half:
        return base * rise
    return base * 0.5 * (1 + math.cos(math.pi * (step - half) / (steps - half))) * rise


def cut(parameters: Sequence[nn.Parameter], length: float) -> None:
    """Shorten the gradient of each model, over all its parameters together, to `length` where it is longer.

    Models are along the leading dimension. Each model alone is treated as by `torch.nn.utils.clip_grad_norm_`.
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    norms = torch.stack([torch.linalg.vector_norm(g.reshape(len(g), -1), dim=1) for g in gradients])
    factor = (length / (torch.linalg.vector_norm(norms, dim=0) + 1e-6)).clamp(max=1)
    for g in gradients:
        g.mul_(factor.reshape(-1, *[1] * (g.dim() - 1)))


def stacked(drawn: Sequence[Transitions]) -> Transitions:
    """Transitions of several streams along a new leading dimension."""
    z, z_next, actions = (torch.stack(x) for x in zip(*drawn, strict=True))
    return z, z_next, actions


class Descent(ABC):
    """Models, their predictors and guesses of actions if there are any, the optimizer, a random stream of each model.

    Models are along the leading dimension of every tensor.
    """

    def __init__(
        self,
        models: nn.Module,
        predictors: nn.Module | None,
        objective: config.Objective,
        training: config.Optimization,
        streams: list[torch.Generator],
        device: torch.device,
        inverses: nn.Module | None = None,
        inverse_weight: float = 1.0,
    ) -> None:
        self.training, self.device, self.streams = training, device, streams
        self.models = models.to(device)
        self.predictors = None if predictors is None else predictors.to(device)
        self.inverses = None if inverses is None else inverses.to(device)
        self.inverse_weight = inverse_weight
        self.optimizer = torch.optim.AdamW(self.parameters(), lr=training.learning_rate, fused=True)
        self.loss = Loss(objective).to(device)
        self.step = 0

    @abstractmethod
    def draw(self, generator: torch.Generator) -> Transitions:
        """A batch of transitions: `(batch, ...)` each."""

    def parts(self) -> dict[str, nn.Module]:
        """All that is trained, by name."""
        parts = {"encoder": self.models, "predictor": self.predictors, "inverse": self.inverses}
        return {name: part for name, part in parts.items() if part is not None}

    def parameters(self) -> list[nn.Parameter]:
        """The encoders', then the predictors', then those that guess actions."""
        return [p for part in self.parts().values() for p in part.parameters()]

    def encode(self, x: Tensor) -> Tensor:
        """Embeddings of `(models, count, ...)`: `(models, count, width)`."""
        h: Tensor = self.models(x)
        return h

    def predict(self, h: Tensor, actions: Tensor) -> Tensor:
        """Each model's guess of the next embeddings: `(models, count, width)` and `(models, count, actions)`."""
        assert self.predictors is not None
        guess: Tensor = self.predictors(torch.cat((h, actions), dim=-1))
        return guess

    def guess(self, h: Tensor, h_next: Tensor) -> Tensor:
        """Each model's guess of the actions between embeddings `(models, count, width)`: `(models, count, actions)`."""
        assert self.inverses is not None
        guess: Tensor = self.inverses(torch.cat((h, h_next), dim=-1))
        return guess

    def losses(
        self, z: Tensor, z_next: Tensor, actions: Tensor, slices: Sequence[torch.Generator]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, alignment and regularizer of each model on transitions of its own; `slices` draw those of SIGReg.

        Of several steps, `z_next` and `actions` have those in dimension 2.
        """
        if actions.dim() == 3:
            z_next, actions = z_next.unsqueeze(2), actions.unsqueeze(2)
        h, *after = torch.split(self.encode(torch.cat((z, *z_next.unbind(2)), dim=1)), z.shape[1], dim=1)
        predicted = missed = None
        if self.predictors is not None:
            predicted = imagined(self.predict, h, actions).movedim(-2, 0)[1:]
        if self.inverses is not None:
            guess = self.guess(torch.cat((h, *after[:-1]), dim=1), torch.cat(after, dim=1))
            missed = self.inverse_weight * (guess - torch.cat(actions.unbind(2), dim=1)).square().mean((-2, -1))
        found: tuple[Tensor, Tensor, Tensor] = self.loss(h, torch.stack(after), slices, predicted, missed)
        return found

    @flushed()
    def advance(self) -> tuple[Tensor, Tensor, Tensor]:
        """One step of the optimizer; the loss, alignment and regularizer of each model before it."""
        t = self.training
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, t.steps, t.learning_rate, t.warmup)
        drawn = stacked([self.draw(g) for g in self.streams])
        loss, align, penalty = self.losses(*drawn, self.streams)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss.sum())
        if t.clip is not None:
            cut(self.parameters(), t.clip)
        self.optimizer.step()
        self.step += 1
        return loss.detach(), align.detach(), penalty.detach()

    def diverged(self) -> str:
        """What to say of a loss that is not finite now."""
        wanted = "a training.learning_rate at which training converges"
        if isinstance(self.loss.objective, config.Whitening):
            wanted += ", and a training.batch whose embeddings have no singular covariance, which whitening divides by"
        return f"is not finite at step {self.step}; expected {wanted}"

    def weights(self, models: Sequence[int]) -> dict[str, Tensor]:
        """The trained parameters of some of the models by name, as `lejepa.training.weights` keeps them."""
        return {
            f"{part}.{name}": tensor[list(models)]
            for part, module in self.parts().items()
            for name, tensor in module.state_dict().items()
        }

    def state(self) -> dict[str, Any]:
        """All that is needed to resume to the same bits."""
        return {
            "step": self.step,
            "models": self.models.state_dict(),
            "predictors": {} if self.predictors is None else self.predictors.state_dict(),
            **({} if self.inverses is None else {"inverses": self.inverses.state_dict()}),
            "optimizer": self.optimizer.state_dict(),
            "streams": [g.get_state() for g in self.streams],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.models.load_state_dict(state["models"])
        if self.predictors is not None:
            self.predictors.load_state_dict(state["predictors"])
        if self.inverses is not None:
            self.inverses.load_state_dict(state["inverses"])
        self.optimizer.load_state_dict(state["optimizer"])
        for generator, saved in zip(self.streams, state["streams"], strict=True):
            generator.set_state(saved.cpu())
        self.step = state["step"]


def descend(run: Descent, stop: Stop, checkpoint: Path, save: Callable[[], None], each: Callable[..., None]) -> None:
    """Make the steps that are left of a run.

    Args:
        run: What descends, from whatever step it has reached.
        stop: Whether somebody has asked to stop.
        checkpoint: The file that `save` writes, for the user.
        save: Writes the state: every `training.checkpoint_every` steps and where somebody has asked to stop, but not
            after the last step.
        each: Told the loss, alignment and regularizer of each model after each step, as `Descent.advance` gives them.

    Raises:
        Interrupted: If somebody asked to stop before the last step; the state is saved then.
    """
    t = run.training
    while run.step < t.steps:
        each(*run.advance())
        if run.step == t.steps:
            break
        if stop.asked or run.step % t.checkpoint_every == 0:
            save()
        if stop.asked:
            raise Interrupted(f"stopped after step {run.step}; the same command resumes from {checkpoint}")
