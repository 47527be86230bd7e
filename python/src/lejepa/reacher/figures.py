"""Figures of a Reacher experiment: from its result, and frames from its rendered states."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from PIL import Image

from lejepa.errors import UserError
from lejepa.files import write_atomically
from lejepa.reacher.render import data_path
from lejepa.reacher.results import Controlled, Line, Result, best_objective
from lejepa.reacher.scene import Frames, Scene
from lejepa.reacher.store import Store

P = TypeVar("P", Line, Controlled)

NAMES = {"joints": "true joints", "ou": "Ornstein–Uhlenbeck encoder", "trajectories": "trajectory encoder"}
COLOURS = {"joints": "0.2", "ou": "tab:blue", "trajectories": "tab:orange"}
ENLARGED, PAUSE = 3, 120  # of the animation: times, and milliseconds a frame


def draw(result: Result, out: Path) -> list[Path]:
    """Paths in joint space, frames along the way, the animation; in `out/figures`."""
    stem = out / "figures" / result.name
    made = [
        (stem.with_name(f"{stem.name}-paths.png"), lambda p: paths_figure(result, p)),
        (stem.with_name(f"{stem.name}-frames.png"), lambda p: frames_figure(result, gallery(result, out), p)),
        (stem.with_name(f"{stem.name}-control.gif"), lambda p: animation(result, p)),
    ]
    for path, write in made:
        write_atomically(path, write)
    return [path for path, _ in made]


def shown(result: Result, parts: Sequence[P]) -> list[P]:
    """Those of the joints and of the objective that recovers most."""
    return [p for p in parts if p.objective in ("", best_objective(result.recovered))]


def gallery(result: Result, out: Path) -> Callable[[list[int]], Frames]:
    """The frames of rendered states, by their numbers."""
    c = result.configuration
    path = data_path("ou-test", result.name, out)
    if not path.exists():
        raise UserError(f"{path}: expected the rendered states of {result.name}; `lejepa train` makes them")
    frames = Store(path).read().reshape(-1, c.rendering.size, c.rendering.size, 3)
    return lambda numbers: frames[numbers]


def paths_figure(result: Result, path: Path) -> None:
    """Straight lines decoded to joints, controlled ways in joint space, recovery, cost."""
    fig, axes = plt.subplots(1, 4, figsize=(15, 4.4), layout="constrained")
    for line in shown(result, result.lines):
        joint_path(axes[0], line.example, line.space, f"{line.deviation.mean:.2f} ± {line.deviation.error:.2f} rad off")
    axes[0].set_title(f"Straight line in each space, as joints ({best_objective(result.recovered)})")
    for found in shown(result, result.controlled):
        joint_path(axes[1], found.example, found.space, f"cost {found.cost.mean:.2f} ± {found.cost.error:.2f}")
    axes[1].plot(*result.controlled[0].example[0], "ks", zorder=5)
    axes[1].plot(*result.controlled[0].goal, "kx", zorder=5)
    axes[1].set_title("Controlled to a goal frame")
    recovery_bars(axes[2], result)
    for found in shown(result, result.controlled):
        distances = np.sort(found.distances)
        share = np.arange(1, len(distances) + 1) / len(distances)
        axes[3].step(100 * distances, share, where="post", color=COLOURS[found.space], label=NAMES[found.space])
    for radius in (2.5, 6.0):
        axes[3].axvline(radius, color="0.6", linestyle=":", linewidth=1)
    axes[3].set(
        title="Finger to goal at the end", xlabel="cm (dotted: hard, easy)", ylabel="share of tasks", ylim=(0, 1)
    )
    axes[3].legend(fontsize=6, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    fig.savefig(path, dpi=90)
    plt.close(fig)


def joint_path(ax: Axes, points: list[list[float]], space: str, note: str) -> None:
    p = np.asarray(points)
    ax.plot(p[:, 0], p[:, 1], ".-", color=COLOURS[space], label=f"{NAMES[space]}: {note}")
    ax.plot(p[-1, 0], p[-1, 1], "*", color=COLOURS[space], markersize=11)
    ax.set(xlabel="shoulder, rad", ylabel="wrist, rad")
    ax.legend(fontsize=6, loc="upper center", bbox_to_anchor=(0.5, -0.16))


def recovery_bars(ax: Axes, result: Result) -> None:
    """The lower R² on Gaussian states, the mean over seeds and their range."""
    kinds = [o.kind for o in result.configuration.objectives]
    for shift, data in ((-0.2, "ou"), (0.2, "trajectories")):
        values = [[r.r2 for r in result.recovered if (r.data, r.objective) == (data, kind)] for kind in kinds]
        mean = [float(np.mean(v)) for v in values]
        span = [
            [m - min(v) for m, v in zip(mean, values, strict=True)],
            [max(v) - m for m, v in zip(mean, values, strict=True)],
        ]
        ax.bar([i + shift for i in range(len(kinds))], mean, 0.38, yerr=span, color=COLOURS[data], label=NAMES[data])
    ax.set(title="Recovery of the joints", ylabel="lower of R²(z→h), R²(h→z)", ylim=(0, 1))
    ax.set_xticks(range(len(kinds)), kinds)
    ax.legend(fontsize=6, loc="upper center", bbox_to_anchor=(0.5, -0.08))


def frames_figure(result: Result, frames: Callable[[list[int]], Frames], path: Path) -> None:
    """The rendered states nearest to each straight line, a row a space."""
    lines = shown(result, result.lines)
    points = len(lines[0].frames)
    fig, axes = plt.subplots(len(lines), points, figsize=(points, 1.15 * len(lines)), layout="constrained")
    for row, line in zip(axes, lines, strict=True):
        for ax, frame in zip(row, frames(line.frames), strict=True):
            ax.imshow(frame)
            ax.set(xticks=[], yticks=[])
        row[0].set_ylabel(line.space, fontsize=8)
    fig.suptitle("Nearest rendered states along straight lines", fontsize=9)
    fig.savefig(path, dpi=90)
    plt.close(fig)


def animation(result: Result, path: Path) -> None:
    """The first task's frames under each controller side by side, the goal last."""
    c = result.configuration
    scene = Scene(c.rendering.size, max(c.rendering.samples, 4))
    ways = [scene.draw(np.asarray(found.example)) for found in shown(result, result.controlled)]
    goal = scene.draw(np.array([result.controlled[0].goal]))[0]
    edge = np.full((c.rendering.size, 1, 3), 255, np.uint8)
    pictures = []
    for step in range(len(ways[0])):
        row = np.concatenate([part for way in ways for part in (way[step], edge)] + [goal], axis=1)
        picture = Image.fromarray(row)
        pictures.append(picture.resize((ENLARGED * picture.width, ENLARGED * picture.height), Image.Resampling.NEAREST))
    palette = [p.quantize(64) for p in pictures]
    palette[0].save(path, format="GIF", save_all=True, append_images=palette[1:], duration=PAUSE, loop=0, optimize=True)
