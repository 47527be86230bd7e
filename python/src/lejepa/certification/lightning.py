"""The callbacks for Lightning (an optional extra)."""

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor, nn

from lejepa.arguments import whole
from lejepa.certification.callbacks import certify_encoder, scalars
from lejepa.certification.certificate import Certificate
from lejepa.certification.rho import Rho
from lejepa.errors import UserError
from lejepa.measures.embedding import Encoder, observations
from lejepa.measures.watch import Found, Kept
from lejepa.training.measuring import Measures, measure

Encode = Callable[[LightningModule, Tensor], Tensor]


def forward(module: LightningModule, x: Tensor) -> Tensor:
    h: Tensor = module(x)
    return h


class Embedder(nn.Module):
    """A module as the encoder that it holds."""

    def __init__(self, module: LightningModule, encode: Encode) -> None:
        super().__init__()
        self.module, self.encode = module, encode

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(self.module, x)


def digest(*arrays: Any) -> str:
    """Of the numbers in observations; of what is none, its type, since a look will refuse it."""
    sum_of = hashlib.sha256()
    for x in arrays:
        try:
            found = observations("x", x, None).detach().cpu().contiguous()
        except (UserError, RuntimeError):
            sum_of.update(type(x).__qualname__.encode())
            continue
        sum_of.update(f"{found.dtype} {tuple(found.shape)}".encode())
        sum_of.update(found.flatten().view(torch.uint8).numpy().data)
    return sum_of.hexdigest()[:16]


class LightningWatch(Kept[Found], Callback):
    """Looks at the module every so many optimizer steps, and logs what it finds.

    The module is in evaluation mode meanwhile; afterwards each of its parts is put back as it was. Lightning's
    checkpoints keep the history, by the pairs that are looked at and the name.

    Args:
        x0: Held-out observations of states, one row for each pair.
        x1: Observations of their successors, as many rows.
        every: Number of optimizer steps between two looks.
        encode: How the module embeds observations.
        name: Tells apart those that look at the same pairs.

    Attributes:
        history: The steps and what was found so far.
    """

    def __init__(self, x0: Any, x1: Any, every: int, encode: Encode, name: str) -> None:
        self.every, self.encode = whole("every", every), encode
        self.x0, self.x1, self.name = x0, x1, name
        self.history: list[tuple[int, Found]] = []

    @cached_property
    def state_key(self) -> str:
        """What a checkpoint keeps the history by. Looks are spent at pairs, so that it names these."""
        return f"{type(self).__qualname__} of {digest(self.x0, self.x1)} {self.name!r}"

    def look(self, encoder: Encoder) -> Found:
        """What there is to find now."""
        raise NotImplementedError

    def numbers(self, found: Found) -> dict[str, float]:
        """Those that are logged."""
        raise NotImplementedError

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        step = trainer.global_step
        if step % self.every or (self.history and self.history[-1][0] == step):  # gradients may accumulate
            return
        found = self.look(Embedder(pl_module, self.encode))
        self.history.append((step, found))
        pl_module.log_dict(self.numbers(found))


class LightningMonitor(LightningWatch[Certificate]):
    """Logs a certificate of the module every so many optimizer steps, on held-out pairs.

    Confidence and significance hold for all its certificates together (see `looks` of `Certifier`). A training that is
    resumed from a Lightning checkpoint, with the same pairs, goes on with the looks that were spent.

    Args:
        x0: Held-out observations of states, one row for each pair.
        x1: Observations of their successors, as many rows.
        rho: As in `certify`.
        every: Number of optimizer steps between two certificates.
        encode: How the module embeds observations; by default its `forward`.
        name: Tells apart, in checkpoints, monitors of the same pairs.
        options: Further arguments of `certify_encoder`.

    Attributes:
        history: The steps and their certificates so far.
    """

    kind = Certificate

    def __init__(
        self,
        x0: Any,
        x1: Any,
        rho: Rho = None,
        every: int = 100,
        encode: Encode = forward,
        *,
        name: str = "",
        **options: Any,
    ) -> None:
        super().__init__(x0, x1, every, encode, name)
        self.rho, self.options = rho, options

    def look(self, encoder: Encoder) -> Certificate:
        return certify_encoder(encoder, self.x0, self.x1, self.rho, looks=len(self.history) + 1, **self.options)

    def numbers(self, found: Certificate) -> dict[str, float]:
        return scalars(found)


class LightningMeasureMonitor(LightningWatch[Measures]):
    """Logs measures of the module every so many optimizer steps, on held-out pairs.

    Args:
        x0: Held-out observations of states, one row for each pair.
        x1: Observations of their successors, as many rows.
        rho: Correlation of successive latents, in (0, 1).
        every: Number of optimizer steps between two measurements.
        encode: How the module embeds observations; by default its `forward`.
        name: Tells apart, in checkpoints, monitors of the same pairs.
        options: Further arguments of `lejepa.measure`, such as `latents`.

    Attributes:
        history: The steps and their measures so far.
    """

    kind = Measures

    def __init__(
        self,
        x0: Any,
        x1: Any,
        rho: float,
        every: int = 100,
        encode: Encode = forward,
        *,
        name: str = "",
        **options: Any,
    ) -> None:
        super().__init__(x0, x1, every, encode, name)
        self.rho, self.options = rho, options

    def look(self, encoder: Encoder) -> Measures:
        return measure(encoder, self.x0, self.x1, self.rho, **self.options)

    def numbers(self, found: Measures) -> dict[str, float]:
        return found.scalars()
