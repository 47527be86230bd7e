"""The callback for Lightning (an optional extra)."""

from collections.abc import Callable
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

from lejepa.certification.callbacks import certify_encoder, scalars
from lejepa.certification.certificate import Certificate
from lejepa.certification.rho import Rho

Encode = Callable[[LightningModule, Tensor], Tensor]


def forward(module: LightningModule, x: Tensor) -> Tensor:
    h: Tensor = module(x)
    return h


class LightningMonitor(Callback):
    """Logs a certificate of the module every so many optimizer steps, on held-out pairs.

    Confidence and significance hold for all its certificates together (see `looks` of `Certifier`).

    Args:
        x0: Held-out observations of states, one row for each pair.
        x1: Observations of their successors, as many rows.
        rho: As in `certify`.
        every: Number of optimizer steps between two certificates.
        encode: How the module embeds observations; by default its `forward`.
        options: Further arguments of `certify_encoder`.

    Attributes:
        history: The steps and their certificates so far.
    """

    def __init__(
        self,
        x0: Tensor,
        x1: Tensor,
        rho: Rho = None,
        every: int = 100,
        encode: Encode = forward,
        **options: Any,
    ) -> None:
        self.x0, self.x1, self.rho, self.every, self.encode, self.options = x0, x1, rho, every, encode, options
        self.history: list[tuple[int, Certificate]] = []

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        step = trainer.global_step
        if step % self.every or (self.history and self.history[-1][0] == step):  # gradients may accumulate
            return
        modes = [(m, m.training) for m in pl_module.modules()]
        pl_module.eval()
        try:
            x0, x1 = self.x0.to(pl_module.device), self.x1.to(pl_module.device)
            looks = len(self.history) + 1
            certificate = certify_encoder(
                lambda x: self.encode(pl_module, x), x0, x1, self.rho, looks=looks, **self.options
            )
        finally:
            for module, was in modes:
                module.training = was
        self.history.append((step, certificate))
        pl_module.log_dict(scalars(certificate))
