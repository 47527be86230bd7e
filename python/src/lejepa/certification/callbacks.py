"""Certificates during somebody else's training: three lines in a loop, or one callback for Lightning.

    from lejepa.certification.callbacks import Monitor
    monitor = Monitor(encoder, x0, x1, rho=0.9, every=100)
    for step, batch in enumerate(loader):
        ...
        monitor(step)

and with Lightning

    from lejepa.certification.callbacks import LightningMonitor
    trainer = Trainer(callbacks=[LightningMonitor(x0, x1, rho=0.9, every=100)])

The pairs are held out: the encoder stands still while it is certified, which pairs of embeddings gathered along the
way would not grant. The same pairs are certified again and again, and one may choose the step that looks best: so the
`k`th certificate has its error probabilities divided by `k (k + 1)`, and all of them hold together at the level that
is asked for. Limits grow by little: at the 100th look by the quantile at 5·10⁻⁶ in place of .05, about 2.7 times as
many standard errors. Encoders that were chosen for these pairs, by a certificate or by training on them, are another
matter: hold pairs out.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from lejepa.certification.certificate import Certificate
from lejepa.certification.certifier import certify
from lejepa.certification.rho import Rho
from lejepa.errors import UserError

if TYPE_CHECKING:
    from lejepa.certification.lightning import LightningMonitor

__all__ = ["LightningMonitor", "Monitor", "certify_encoder", "scalars"]

Log = Callable[[dict[str, float], int], None]


def certify_encoder(
    encoder: Callable[[Tensor], Tensor],
    x0: Tensor,
    x1: Tensor,
    rho: Rho = None,
    *,
    batch: int = 4096,
    **options: Any,
) -> Certificate:
    """Embed observations of states and of their successors, and certify the encoder.

    A module is in evaluation mode meanwhile; afterwards each of its parts is put back as it was. Observations are moved
    to the device of its parameters.

    Args:
        encoder: Maps observations of shape `(rows, ...)` to embeddings of shape `(rows, dim)`.
        x0: Observations of states, one row for each pair.
        x1: Observations of their successors, as many rows.
        rho: As in `certify`.
        batch: Number of rows that are embedded at a time.
        options: Further arguments of `certify`, such as `trajectory`.

    Returns:
        The certificate.

    Raises:
        UserError: If there are no pairs, not as many successors as states, or embeddings of another shape; and as
            `certify` does.
    """
    if len(x0) != len(x1):
        raise UserError(f"expected as many states as successors, found {len(x0)} and {len(x1)}")
    if not len(x0):
        raise UserError("expected pairs of states to certify the encoder on, found none")
    modules = list(encoder.modules()) if isinstance(encoder, nn.Module) else []
    training = [m.training for m in modules]
    parameter = next(encoder.parameters(), None) if isinstance(encoder, nn.Module) else None
    device = x0.device if parameter is None else parameter.device
    embedded: list[tuple[Tensor, Tensor]] = []
    try:
        if isinstance(encoder, nn.Module):
            encoder.eval()
        with torch.no_grad():
            for start in range(0, len(x0), batch):
                h0, h1 = (encoder(x[start : start + batch].to(device)) for x in (x0, x1))
                if h0.dim() != 2:
                    raise UserError(f"expected embeddings of shape (count, dim), found {tuple(h0.shape)}")
                embedded.append((h0, h1))
    finally:
        for module, was in zip(modules, training, strict=True):
            module.training = was
    h0, h1 = (torch.cat(parts) for parts in zip(*embedded, strict=True))
    return certify(h0, h1, rho, **options)


def scalars(certificate: Certificate, prefix: str = "certificate/") -> dict[str, float]:
    """The numbers of a certificate that are worth plotting over time.

    Args:
        certificate: The certificate.
        prefix: What each name begins with.

    Returns:
        The estimates `sharp`, `excess`, `epsilon`, `alignment` and `rho`; `limit`, the certified distance; and
            `refuted`, 0 or 1.
    """
    c = certificate
    values = {
        "limit": c.sharp_limit,
        "sharp": c.sharp.estimate,
        "excess": c.excess.estimate,
        "epsilon": c.epsilon.estimate,
        "alignment": c.alignment.estimate,
        "rho": c.rho.estimate,
        "refuted": float(c.refuted),
    }
    return {prefix + key: value for key, value in values.items()}


def print_line(values: dict[str, float], step: int) -> None:
    print(f"step {step}: " + ", ".join(f"{k.rpartition('/')[2]} {v:.4g}" for k, v in values.items()))


class Monitor:
    """Certifies an encoder every so many steps of a training loop, on held-out pairs.

    Call it with the step number. It returns the certificate at steps that are multiples of `every`, and None otherwise.
    Confidence and significance hold for all its certificates together (see `looks` of `Certifier`).

    Args:
        encoder: Maps observations of shape `(rows, ...)` to embeddings of shape `(rows, dim)`.
        x0: Held-out observations of states, one row for each pair.
        x1: Observations of their successors, as many rows.
        rho: As in `certify`.
        every: Number of steps between two certificates.
        log: Called with the scalars of a certificate and the step, as `wandb.log` can be; prints a line by default.
        options: Further arguments of `certify_encoder`.

    Attributes:
        history: The steps and their certificates so far.

    Raises:
        UserError: When called, as `certify_encoder` does.
    """

    def __init__(
        self,
        encoder: Callable[[Tensor], Tensor],
        x0: Tensor,
        x1: Tensor,
        rho: Rho = None,
        every: int = 100,
        log: Log = print_line,
        **options: Any,
    ) -> None:
        self.encoder, self.x0, self.x1, self.rho, self.every, self.log = encoder, x0, x1, rho, every, log
        self.options = options
        self.history: list[tuple[int, Certificate]] = []

    def __call__(self, step: int) -> Certificate | None:
        if step % self.every:
            return None
        looks = len(self.history) + 1
        certificate = certify_encoder(self.encoder, self.x0, self.x1, self.rho, looks=looks, **self.options)
        self.history.append((step, certificate))
        self.log(scalars(certificate), step)
        return certificate


def __getattr__(name: str) -> Any:
    """Lightning is optional, and imported only for its callback."""
    if name == "LightningMonitor":
        try:
            from lejepa.certification.lightning import LightningMonitor
        except ImportError as e:
            raise UserError(f"LightningMonitor: install lejepa[lightning] ({e.name} is missing)") from None
        return LightningMonitor
    raise AttributeError(f"module 'lejepa.certification.callbacks' has no attribute {name!r}")
