"""The figures of sweeps, one function a kind, from results alone.

Bars and bands are the sample's standard deviations over seeds.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from lejepa.errors import CannotRun
from lejepa.reacher import figures as arm
from lejepa.training.columns import METRICS
from lejepa.training.figures import draw as draw_each
from lejepa.training.figures import hues, planar, save, scatter
from lejepa.training.grid import SAMPLED, Figure, Sweep, look_up
from lejepa.training.results import Result
from lejepa.training.tables import cell
from lejepa.training.verdict import column
from lejepa.training.world import eigenfunction

NAMES = METRICS | {
    "world.dim": "dimension of the latents",
    "world.alpha": "shape α of the latents' law",
    "embedding": "dimensions of the embedding",
    "world.rho": "ρ",
    "world.rhos.1": "correlation of the second latent",
    "world.memory.angle": "angle of the rotation, in radians",
    "objective.kind": "objective",
    "mixing.kind": "mixing",
    "objective.weight": "weight of the regularizer",
    "distance": "mean squared distance from a rotation",
}
COLOURS = {"sigreg": "C0", "vicreg": "C1", "infonce": "C2", "whitening": "C3", "mmd": "C4"}  # of objectives
FLOOR = 1e-7  # of logarithmic scales
DOTS = 400  # of a scatter
FEW = 20  # values of a latent that are told apart in a map

Results = dict[str, Result]
Told = Callable[[Path, str], None]


def deviation(values: Sequence[float]) -> float:
    """The sample's standard deviation; that of one value is unknown, and drawn as none."""
    return stdev(values) if len(values) > 1 else 0.0


def name(key: str) -> str:
    return NAMES.get(key, key.rpartition(".")[2])


def split(results: Results, key: str | None) -> dict[Any, Results]:
    """Results by the value of a key, in the order in which the values come."""
    parts: dict[Any, Results] = {}
    for point, result in results.items():
        value = look_up(result.configuration, key, result.name) if key else None
        parts.setdefault(value, {})[point] = result
    return parts


def colour(figure: Figure, value: Any, number: int) -> str:
    """Of a part of a figure: an objective has the same one in every figure."""
    return COLOURS[value] if figure.by == "objective.kind" else f"C{number}"


def line(ax: Axes, figure: Figure, results: Results) -> None:
    """A metric against a key: mean over seeds, its standard deviation as a bar, each seed as a dot."""
    assert figure.x is not None
    for number, (value, part) in enumerate(split(results, figure.by).items()):
        hue = colour(figure, value, number)
        columns: defaultdict[Any, list[float]] = defaultdict(list)
        for result in part.values():
            measured = column(result.metrics, figure.y)
            columns[look_up(result.configuration, figure.x, result.name)] += [
                max(1 - v, FLOOR) if figure.loss else v for v in measured
            ]
        columns = defaultdict(list, {x: found for x, found in columns.items() if found})
        numeric = all(isinstance(x, int | float) for x in columns)
        xs = sorted(columns) if numeric else list(columns)
        places = xs if numeric else list(range(len(xs)))
        means = [fmean(columns[x]) for x in xs]
        spreads = [deviation(columns[x]) for x in xs]
        low = [min(s, m * (1 - 1e-3)) if figure.loss else s for s, m in zip(spreads, means, strict=True)]
        ax.errorbar(
            places,
            means,
            yerr=(low, spreads),
            marker="o",
            markersize=4,
            capsize=3,
            color=hue,
            linestyle="-" if numeric else "none",
            label=None if figure.by is None else "none" if value is None else str(value),
        )
        for place, x in zip(places, xs, strict=True):
            ax.plot([place] * len(columns[x]), columns[x], ".", color=hue, alpha=0.4, markersize=4)
        if numeric and min(xs) > 0 and max(xs) / min(xs) > 10:
            ax.set_xscale("log", base=2)
            ax.set_xticks(xs, [f"{x:g}" for x in xs])
            ax.minorticks_off()
        if not numeric:
            ax.set_xticks(places, xs, rotation=25, ha="right", rotation_mode="anchor", fontsize=8)
    for edge in figure.edges:
        ax.axvline(edge, color="0.3", linewidth=1, linestyle="--")
    ax.set(xlabel=name(figure.x), ylabel=f"1 - {name(figure.y)}" if figure.loss else name(figure.y))
    if figure.loss:
        ax.set_yscale("log")
    if figure.by:
        ax.legend(fontsize=8, title=name(figure.by))


def heat(ax: Axes, figure: Figure, results: Results) -> None:
    """The mean of a metric over two keys, written into each cell."""
    assert figure.x is not None
    assert figure.by is not None
    cells: defaultdict[tuple[Any, Any], list[float]] = defaultdict(list)
    for result in results.values():
        place = look_up(result.configuration, figure.x), look_up(result.configuration, figure.by)
        cells[place] += column(result.metrics, figure.y)
    xs, ys = (sorted({place[i] for place in cells}) for i in (0, 1))
    table = np.array([[fmean(cells[x, y]) if (x, y) in cells else np.nan for x in xs] for y in ys])
    ax.imshow(table, aspect="auto", origin="lower", cmap="viridis")
    middle = (np.nanmin(table) + np.nanmax(table)) / 2
    for i, j in np.ndindex(table.shape):
        ax.text(
            j, i, f"{table[i, j]:.3f}", ha="center", va="center", color="w" if table[i, j] < middle else "k", fontsize=8
        )
    ax.set_xticks(range(len(xs)), [f"{x:g}" for x in xs])
    ax.set_yticks(range(len(ys)), [f"{y:g}" for y in ys])
    ax.set(xlabel=name(figure.x), ylabel=name(figure.by), title=f"mean {name(figure.y)}")


def bound(ax: Axes, figure: Figure, results: Results) -> None:
    """Distance against its bound, a dot for each evaluation of each seed, the last ones larger.

    Where the bound is not below the distance of `h = 0`, the dimension, it says nothing: beyond the dotted line.
    """
    lowest, highest = np.inf, 0.0
    for number, (value, part) in enumerate(split(results, figure.by).items()):
        hue = colour(figure, value, number)
        label = None if value is None else f"{name(figure.by or '')} = {value:g}"
        for result in part.values():
            for p in result.curve:
                last = p is result.curve[-1]
                both = [(b, d) for b, d in zip(p.bound, p.distance, strict=True) if b is not None and d is not None]
                xs, ys = [max(b, FLOOR) for b, _ in both], [max(d, FLOOR) for _, d in both]
                ax.plot(
                    xs,
                    ys,
                    "o",
                    color=hue,
                    markersize=5 if last else 2,
                    alpha=1 if last else 0.4,
                )
                lowest, highest = min([lowest, *ys]), max([highest, *xs])
        ax.plot([], [], "o", color=hue, label=label)
    ends = np.array([lowest, highest])
    ax.plot(ends, ends, color="0.3", linewidth=1, label="distance = bound")
    for dim in {r.configuration.world.dim for r in results.values()}:
        ax.axvline(dim, color="0.3", linewidth=1, linestyle=":", label=f"distance of h = 0: {dim}")
    ax.set(xscale="log", yscale="log", xlabel="bound D + (ε + D)²", ylabel="min over Q of 𝔼‖h - Qz‖²")
    ax.legend(fontsize=8)


def energy(ax: Axes, figure: Figure, results: Results) -> None:
    """The share of each Hermite degree in the variance during training, its mean over seeds with a band."""
    for result in results.values():
        steps = [p.step for p in result.curve]
        whole = [s for s in range(len(result.seeds)) if all(p.energy[s] is not None for p in result.curve)]
        table = np.array([[p.energy[s] for s in whole] for p in result.curve])
        shares = table[:, :, 1:] / table[:, :, 1:].sum(-1, keepdims=True)  # evaluations, seeds, degrees and the rest
        degrees = shares.shape[-1] - 1
        for k in range(degrees + 1):
            mean = shares[:, :, k].mean(1)
            spread = shares[:, :, k].std(1, ddof=1) if shares.shape[1] > 1 else np.zeros_like(mean)
            label = f"degree {k + 1}" if k < degrees else f"above {degrees}"
            ax.plot(steps, np.maximum(mean, 1e-4), color=f"C{k}", label=label, linewidth=2 if k == 0 else 1)
            low, high = (np.maximum(mean + sign * spread, 1e-4) for sign in (-1, 1))
            ax.fill_between(steps, low, high, color=f"C{k}", alpha=0.2, linewidth=0)
    ax.set(yscale="log", ylim=(1e-4, 1.3), xlabel="step", ylabel="share of the variance")


def scatters(figure: Figure, sweep: Sweep, results: Results) -> Canvas:
    """Latents, observations and embeddings of the first seed of each point, coloured by the latents."""
    canvas, axes = plt.subplots(3, len(results), figsize=(2.3 * len(results), 7.2), layout="constrained", squeeze=False)
    for number, (point, result) in enumerate(results.items()):
        assert result.sample is not None, "draw leaves out points without a sample"
        z, x, h = (points[:DOTS] for points in planar(result.sample))
        for row, points in enumerate((z, x, h)):
            scatter(axes[row, number], points, hues(z), "")
        axes[0, number].set_title(point.partition("/")[2], fontsize=9)
        axes[2, number].set_xlabel(f"{name(figure.y)} {cell(result, figure.y)}", fontsize=8)
    for row, title in enumerate(("latents z", "observations g(z)", "embeddings f(g(z))")):
        axes[row, 0].set_ylabel(title)
    return canvas


def bend(ax: Axes, figure: Figure, results: Results) -> None:
    """The embedding of one latent against it, beside the best white encoder and the line of the latents.

    Scale and sign of an embedding are free; it is drawn with those, and the shift, that bring it nearest to the best.
    Of a latent of few values the best is drawn at these alone.
    """
    for result in results.values():
        assert result.sample is not None, "draw leaves out points without a sample"
        world = result.configuration.world
        z, h = (np.asarray(x, dtype=np.float64)[:, 0] for x in (result.sample.latents, result.sample.embeddings))
        ends, points = 1.05 * np.abs(z).max(), np.unique(z)
        few = len(points) < FEW
        line = np.linspace(-ends, ends, 1001)
        ax.plot(line, line, color="0.6", linewidth=1, linestyle=":", label="the latent itself")
        best = eigenfunction(world, torch.from_numpy(np.concatenate((z, points if few else line))))
        target = z if best is None else best.numpy()[: len(z)]
        slope, shift = np.polyfit(h, target, 1)
        ax.plot(z, slope * h + shift, "o", color="C0", markersize=5, alpha=0.5, label="the trained encoder")
        if best is not None:
            marks: dict[str, Any] = {"marker": "o", "markersize": 13, "markerfacecolor": "none", "linestyle": "none"}
            theory = points if few else line, best.numpy()[len(z) :]
            ax.plot(*theory, color="C1", label="the best white encoder, by theory", **(marks if few else {}))
        ax.set(xlabel=f"latent z\n{METRICS[figure.y]} {cell(result, figure.y, 3)}")
    ax.set_ylabel("embedding")


PANELS: dict[str, Callable[[Axes, Figure, Results], None]] = {
    "line": line,
    "heat": heat,
    "bound": bound,
    "energy": energy,
    "map": bend,
}


def draw(figure: Figure, sweep: Sweep, results: Results) -> Canvas | None:
    """A figure of a sweep from those of its points that have a result; None where none of them can be drawn."""
    if figure.kind in SAMPLED:
        results = {n: r for n, r in results.items() if r.sample is not None}
    elif figure.kind == "energy":
        results = {n: r for n, r in results.items() if all(p.energy for p in r.curve)}
    elif figure.kind == "bound":
        results = {n: r for n, r in results.items() if all(p.bound for p in r.curve)}
    if not results:
        return None
    if figure.kind == "scatter":
        return scatters(figure, sweep, results)
    each = figure.kind in ("energy", "map")
    panels = {n.partition("/")[2]: {n: r} for n, r in results.items()} if each else None
    if panels is None:
        panels = {"" if v is None else str(v): part for v, part in split(results, figure.panel).items()}
    canvas, axes = plt.subplots(
        1, len(panels), figsize=(max(4.6, 3.4 * len(panels)), 3.6), layout="constrained", squeeze=False
    )
    for ax, (title, part) in zip(axes[0], panels.items(), strict=True):
        PANELS[figure.kind](ax, figure, part)
        if title:
            ax.set_title(title, fontsize=9)
    if each:
        canvas.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=8, fontsize=8)
    canvas.suptitle(caption(sweep, results), fontsize=8)
    return canvas


def steps_of(results: Results) -> str:
    """How long the experiments trained."""
    return " or ".join(map(str, sorted({r.configuration.training.steps for r in results.values()})))


def caption(sweep: Sweep, results: Results) -> str:
    """What is drawn, in a line: how much of the sweep, and how long it trained."""
    seeds = " or ".join(map(str, sorted({len(r.seeds) for r in results.values()})))
    steps = steps_of(results)
    part = "" if len(results) == len(sweep.points) else f", {len(results)} of {len(sweep.points)} points"
    return f"{sweep.name}: {seeds} seeds, {steps} steps{part}"


def draw_sweep(
    sweep: Sweep, results: dict[str, Result], folder: Path, dpi: int = 150, told: Told = lambda path, why: None
) -> list[Path]:
    """Draw the figures of a sweep into `folder` as `sweep-kind`; their paths. A single experiment has its own.

    They are vector graphics, but for scatters, whose many dots would make these large.

    told: a figure that needs MuJoCo, and why it can't be drawn here.
    """
    if not sweep.many:
        return draw_each(list(results.values()), folder)
    paths = []
    for number, figure in enumerate(sweep.figures):
        if figure.kind in arm.FIGURES:
            path = folder / f"{sweep.name}-{figure.kind}{arm.FIGURES[figure.kind]}"
            try:
                paths += arm.draw(figure.kind, results, path, dpi)
            except CannotRun as e:
                told(path, str(e))
            continue
        canvas = draw(figure, sweep, results)
        if canvas is None:
            continue
        again = sum(f.kind == figure.kind for f in sweep.figures[:number])
        suffix = ".png" if figure.kind == "scatter" else ".svg"
        path = folder / f"{sweep.name}-{figure.kind}{again + 1 if again else ''}{suffix}"
        save(canvas.savefig, path, dpi)
        plt.close(canvas)
        paths.append(path)
    return paths
