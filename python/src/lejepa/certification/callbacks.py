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

from typing import TYPE_CHECKING, Any

from lejepa.certification.certificate import Certificate
from lejepa.certification.certifier import certify
from lejepa.certification.rho import Rho
from lejepa.extras import missing
from lejepa.measures.embedding import Encoder, embed
from lejepa.measures.watch import Log, Watch, print_line

if TYPE_CHECKING:
    from lejepa.certification.lightning import LightningMeasureMonitor, LightningMonitor

__all__ = ["LightningMeasureMonitor", "LightningMonitor", "Monitor", "certify_encoder", "scalars"]

LIGHTNING = ("LightningMeasureMonitor", "LightningMonitor")


def certify_encoder(
    encoder: Encoder,
    x0: Any,
    x1: Any,
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
    h0, h1 = embed(encoder, x0, x1, batch)
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


class Monitor(Watch[Certificate]):
    """Certifies an encoder every so many steps of a training loop, on held-out pairs.

    Call it with the step number. It returns the certificate at steps that are multiples of `every`, and None otherwise.
    Confidence and significance hold for all its certificates together (see `looks` of `Certifier`). If the loop is
    resumed they do so only if the looks go on from where they were: keep `state_dict()` with the encoder's weights, and
    give it to `load_state_dict`.

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

    kind = Certificate

    def __init__(
        self,
        encoder: Encoder,
        x0: Any,
        x1: Any,
        rho: Rho = None,
        every: int = 100,
        log: Log = print_line,
        **options: Any,
    ) -> None:
        super().__init__(every, log)
        self.encoder, self.x0, self.x1, self.rho, self.options = encoder, x0, x1, rho, options

    def look(self) -> Certificate:
        looks = len(self.history) + 1
        return certify_encoder(self.encoder, self.x0, self.x1, self.rho, looks=looks, **self.options)

    def numbers(self, found: Certificate) -> dict[str, float]:
        return scalars(found)


def __getattr__(name: str) -> Any:
    """Lightning is optional, and imported only for its callbacks."""
    if name in LIGHTNING:
        try:
            from lejepa.certification import lightning
        except ImportError as e:
            raise missing(name, e.name, "lightning") from None
        return getattr(lightning, name)
    raise AttributeError(f"module 'lejepa.certification.callbacks' has no attribute {name!r}")
