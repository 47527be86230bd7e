"""The figure of a certificate: its intervals, and the energy of the embedding by Hermite degree."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lejepa.certification.certificate import Certificate
from lejepa.errors import UserError
from lejepa.files import write_atomically

FORMATS = (".png", ".pdf", ".svg")


def intervals(ax: Axes, certificate: Certificate) -> None:
    """D, ε and the two bounds with their intervals; the distance, where latents told it."""
    c = certificate
    rows = [("D", c.excess), ("ε", c.epsilon), ("bound", c.bound), ("sharp bound", c.sharp)]
    for place, (_, q) in enumerate(rows):
        ax.plot((q.low, q.high), (place, place), color="C0", linewidth=2)
        ax.plot(q.estimate, place, "o", color="C0")
    ax.axvline(certificate.sharp_limit, color="C3", linestyle="--", linewidth=1, label="certified")
    if certificate.recovery is not None:
        ax.axvline(certificate.recovery["distance"], color="C2", linewidth=1, label="true distance")
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    ax.invert_yaxis()
    ax.set(title=f"Estimates and {certificate.level:.4g} intervals", xlabel=f"of a total variance of {certificate.dim}")
    ax.legend(fontsize=8)


def energy(ax: Axes, certificate: Certificate) -> None:
    """Share of the variance by degree, a bar each, with two standard errors, and the rest."""
    shares = certificate.energy or ()
    names = [str(e.degree) for e in shares] + ["more"]
    values = [e.share for e in shares]
    values.append(1 - sum(values))
    ax.bar(names, [max(v, 1e-6) for v in values], color="C0")
    ax.errorbar(
        names[:-1], values[:-1], yerr=[2 * e.error for e in shares], fmt="none", ecolor="0.2", capsize=3, linewidth=1
    )
    ax.set(
        title="Energy by Hermite degree of the latents", xlabel="degree", ylabel="share of the variance", yscale="log"
    )
    ax.set_ylim(1e-4, 1.5)


def format_of(path: Path) -> str:
    """The format of a figure by the suffix of its file; UserError where that is not one that is drawn."""
    if path.suffix.lower() not in FORMATS:
        raise UserError(f"{path}: expected a figure's file to be named {', '.join(FORMATS)}")
    return path.suffix.lower().removeprefix(".")


def draw(certificate: Certificate, path: Path) -> None:
    """Draw to a file, its format told by its suffix: the energy only where the certificate was made with latents."""
    kind = format_of(path)
    panels = 2 if certificate.energy else 1
    figure, axes = plt.subplots(1, panels, figsize=(5.5 * panels, 3.6), layout="constrained", squeeze=False)
    intervals(axes[0, 0], certificate)
    if certificate.energy:
        energy(axes[0, 1], certificate)
    why = f" ({', '.join(certificate.violated)})" if certificate.refuted else ""
    figure.suptitle(
        f"{certificate.count} pairs, ρ = {certificate.rho.estimate:.4g}: {certificate.verdict}{why}", fontsize=10
    )
    write_atomically(path, lambda p: figure.savefig(p, format=kind, dpi=150))
    plt.close(figure)
