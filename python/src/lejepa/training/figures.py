"""Figures, drawn from result files alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import hsv_to_rgb
from numpy.typing import NDArray

from lejepa.errors import UserError
from lejepa.files import write_atomically
from lejepa.training.columns import IDLE, PLANNERS
from lejepa.training.results import Result, Sample

Array = NDArray[np.float64]


def hues(z: Array) -> Array:
    """A colour for each latent point: hue by angle, saturation by radius; shape `(count, 3)`."""
    angle = np.arctan2(z[:, 1], z[:, 0]) / (2 * np.pi) % 1
    radius = np.hypot(z[:, 0], z[:, 1])
    colours: Array = hsv_to_rgb(
        np.stack((angle, 0.35 + 0.65 * np.minimum(radius / 2, 1), np.full_like(angle, 0.85)), 1)
    )
    return colours


def planar(sample: Sample) -> tuple[Array, Array, Array]:
    """Latents, observations and embeddings, one coordinate made two by zeros."""
    arrays = [np.asarray(a, dtype=np.float64) for a in (sample.latents, sample.observations, sample.embeddings)]
    z, x, h = (np.pad(a, ((0, 0), (0, max(0, 2 - a.shape[1])))) for a in arrays)
    return z, x, h


def scatter(ax: Axes, points: Array, colours: Array, title: str) -> None:
    ax.scatter(points[:, 0], points[:, 1], c=colours, s=5, linewidths=0, antialiased=False)  # a third of the file
    limit = float(np.abs(points).max()) * 1.05
    ax.set(
        title=title,
        aspect="equal",
        xlim=(-limit, limit),
        ylim=(-limit, limit),
        xticks=[],
        yticks=[],
    )


def curve(ax: Axes, result: Result) -> None:
    """Recovery against steps, a line a seed."""
    steps = [p.step for p in result.curve]
    for i, seed in enumerate(result.seeds):
        ax.plot(steps, [float("nan") if (r2 := p.r2[i]) is None else r2 for p in result.curve], label=f"seed {seed}")
    ax.set(
        title="Recovery in training",
        xlabel="step",
        ylabel="lower of R²(z→h), R²(h→z)",
        ylim=(0, 1.02),
    )
    ax.legend(fontsize=8, loc="lower right")


def rollouts(ax: Axes, result: Result) -> None:
    """Rollouts of the predictor, and the world's mean dynamics as the embedding sees them; a colour a start."""
    assert result.sample is not None, "recovery_figure draws samples"
    for imagined, expected in zip(result.sample.imagined, result.sample.expected, strict=True):
        made, true = (np.pad(np.asarray(s, dtype=np.float64), ((0, 0), (0, 1)))[:, :2] for s in (imagined, expected))
        colour = hues(true[:1])[0]
        ax.plot(*made.T, "o-", color=colour, markersize=4, linewidth=1.2)
        ax.plot(*true.T, "x:", color="0.25", markersize=5, linewidth=1)
    ax.plot([], [], "o-", color="0.5", label="imagined")
    ax.plot([], [], "x:", color="0.25", label="mean dynamics seen through Q")
    limit = 1.1 * max(float(np.abs(np.asarray(s)).max()) for s in (result.sample.imagined, result.sample.expected))
    ax.set(
        title="Rollouts of 5 steps", aspect="equal", xlim=(-limit, limit), ylim=(-limit, limit), xticks=[], yticks=[]
    )
    ax.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)


def recovery_figure(result: Result, path: Path) -> None:
    """Latents, observations and embeddings of the first seed, coloured by the true latents; recovery in training.

    Between them rollouts where there is a predictor. The first two coordinates are drawn where there are more.
    """
    if result.sample is None:
        raise UserError(f"{result.name}: expected a result that keeps a sample of points to draw, found one without")
    z, x, h = planar(result.sample)
    c = result.configuration
    colours = hues(z)
    panels = 5 if result.sample.imagined else 4
    fig, axes = plt.subplots(1, panels, figsize=(3.5 * panels, 3.8), layout="constrained")
    scatter(axes[0], z, colours, "Latents z")
    scatter(axes[1], x, colours, f"Observations x = g(z), {c.mixing.kind}")
    m = result.metrics[result.seeds.index(result.sample.seed)]
    assert m is not None, "a sample is of a seed that has not diverged"
    scatter(axes[2], h, colours, f"Embeddings h = f(x), R² {m.r2:.3f}")
    if result.sample.imagined:
        rollouts(axes[3], result)
    curve(axes[-1], result)
    world = "a controller's trajectories"
    if c.world.latent == "linear":
        world = f"n - tr G = {c.world.linear.optimal_error:.4g}"
    elif c.world.latent != "controller":
        world = f"ρ = {c.world.correlation if c.world.rho is None else c.world.rho:.4g}"
    fig.suptitle(
        f"{result.name}: {world}, {c.training.steps} steps, seed {result.sample.seed} drawn",
        fontsize=10,
    )
    save(fig.savefig, path)
    plt.close(fig)


def planning_figure(result: Result, path: Path) -> None:
    """What an episode costs under each policy, its mean over seeds and each seed with its standard error over tasks."""
    found = [m for m in result.metrics if m is not None and m.noop_cost is not None]
    policies = [
        *((p.upper(), f"{p}_cost", f"{p}_cost_state") for p in reversed(PLANNERS)),
        *((said, None, f"{p}_cost") for p, said in reversed(IDLE.items())),
    ]
    fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
    width = 0.38
    for side, (colour, label) in enumerate((("C0", "on the learnt model"), ("0.65", "on the true state"))):
        for place, keys in enumerate(policies):
            if (key := keys[1 + side]) is None:
                continue
            values, errors = ([getattr(m, k) for m in found] for k in (key, f"{key}_error"))
            at = place + (0 if keys[1] is None else (side - 0.5) * width)
            ax.bar(at, np.mean(values), width, color=colour, label=label if place == 0 else None)
            spots = at + width * (np.arange(len(found)) - (len(found) - 1) / 2) / (len(found) + 1)
            ax.errorbar(spots, values, errors, fmt=".", color="0.15", markersize=4, linewidth=1, capsize=2)
    ax.errorbar(
        [], [], [], fmt=".", color="0.15", markersize=4, linewidth=1, capsize=2, label="a seed ± standard error"
    )
    best = float(np.mean([m.lqr_cost_state for m in found]))
    ax.axhline(best, color="0.3", linewidth=1, linestyle="--", zorder=0, label="LQR on the true state")
    ax.set_xticks(range(len(policies)), [name for name, *_ in policies])
    c = result.configuration.planning
    assert c is not None
    ax.set_ylabel(f"cost of {c.steps} steps in the world")
    ax.set_title(f"{result.name}: planning towards observed goals", fontsize=10)
    ax.legend(fontsize=8)
    save(fig.savefig, path)
    plt.close(fig)


def save(savefig: Callable[..., None], path: Path, dpi: int = 150) -> None:
    """Write a figure in the format that its name says; the same figure to the same bytes."""
    options: dict[str, Any] = {"metadata": {"Date": None}} if path.suffix == ".svg" else {}
    with matplotlib.rc_context({"svg.hashsalt": path.stem}):
        write_atomically(path, lambda p: savefig(p, dpi=dpi, **options))


def draw(results: list[Result], folder: Path) -> list[Path]:
    """Draw the figures of every experiment into `folder`; their paths. What it planned has one of its own."""
    paths = []
    for result in results:
        path = folder / f"{result.name}.png"
        recovery_figure(result, path)
        paths.append(path)
        if any(m is not None and m.lqr_cost is not None for m in result.metrics):
            paths.append(path.with_stem(f"{path.stem}-planning"))
            planning_figure(result, paths[-1])
    return paths
