"""Encoders and predictors under an optimizer: all models of a run as one program, wherever transitions come from."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lejepa.training import config
from lejepa.training.objective import Loss

Transitions = tuple[Tensor, Tensor, Tensor]  # of states, their successors, and the actions between them


def learning_rate(step: int, steps: int, base: float) -> float:
    """Constant for the first half, then a cosine to zero."""
    half = steps // 2
    if step < half:
        return base
    return base * 0.5 * (1 + math.cos(math.pi * (step - half) / (steps - half)))


def stacked(drawn: Sequence[Transitions]) -> Transitions:
    """Transitions of several streams along a new leading dimension."""
    z, z_next, actions = (torch.stack(x) for x in zip(*drawn, strict=True))
    return z, z_next, actions


class Descent(ABC):
    """Models, their predictors if there are any, the optimizer and a random stream of each model.

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
    ) -> None:
        self.training, self.device, self.streams = training, device, streams
        self.models = models.to(device)
        self.predictors = None if predictors is None else predictors.to(device)
        self.optimizer = torch.optim.AdamW(self.parameters(), lr=training.learning_rate, fused=True)
        self.loss = Loss(objective).to(device)
        self.step = 0

    @abstractmethod
    def draw(self, generator: torch.Generator) -> Transitions:
        """A batch of transitions: `(batch, ...)` each."""

    def parameters(self) -> list[nn.Parameter]:
        """All that is trained: the encoders', then the predictors'."""
        return [p for part in (self.models, self.predictors) if part is not None for p in part.parameters()]

    def encode(self, x: Tensor) -> Tensor:
        """Embeddings of `(models, count, ...)`: `(models, count, width)`."""
        h: Tensor = self.models(x)
        return h

    def predict(self, h: Tensor, actions: Tensor) -> Tensor:
        """Each model's guess of the next embeddings: `(models, count, width)` and `(models, count, actions)`."""
        assert self.predictors is not None
        guess: Tensor = self.predictors(torch.cat((h, actions), dim=-1))
        return guess

    def losses(
        self, z: Tensor, z_next: Tensor, actions: Tensor, slices: Sequence[torch.Generator]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, alignment and regularizer of each model on transitions of its own; `slices` draw those of SIGReg."""
        both = self.encode(torch.cat((z, z_next), dim=1))
        h, h_next = both[:, : z.shape[1]], both[:, z.shape[1] :]
        predicted = None if self.predictors is None else self.predict(h, actions)
        found: tuple[Tensor, Tensor, Tensor] = self.loss(h, h_next, slices, predicted)
        return found

    def advance(self) -> tuple[Tensor, Tensor, Tensor]:
        """One step of the optimizer; the loss, alignment and regularizer of each model before it."""
        t = self.training
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, t.steps, t.learning_rate)
        drawn = stacked([self.draw(g) for g in self.streams])
        loss, align, penalty = self.losses(*drawn, self.streams)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss.sum())
        self.optimizer.step()
        self.step += 1
        return loss.detach(), align.detach(), penalty.detach()

    def weights(self, models: Sequence[int]) -> dict[str, Tensor]:
        """The trained parameters of some of the models by name, as `lejepa.training.weights` keeps them."""
        parts = {"encoder": self.models, "predictor": self.predictors}
        return {
            f"{part}.{name}": tensor[list(models)]
            for part, module in parts.items()
            if module is not None
            for name, tensor in module.state_dict().items()
        }

    def state(self) -> dict[str, Any]:
        """All that is needed to go on to the same bits."""
        return {
            "step": self.step,
            "models": self.models.state_dict(),
            "predictors": {} if self.predictors is None else self.predictors.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "streams": [g.get_state() for g in self.streams],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.models.load_state_dict(state["models"])
        if self.predictors is not None:
            self.predictors.load_state_dict(state["predictors"])
        self.optimizer.load_state_dict(state["optimizer"])
        for generator, saved in zip(self.streams, state["streams"], strict=True):
            generator.set_state(saved.cpu())
        self.step = state["step"]
