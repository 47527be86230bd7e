"""Figures of planning with the arm, whose frames are drawn anew from the joint angles in results."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from PIL import Image

from lejepa.files import write_atomically
from lejepa.reacher.scene import Frames, Scene
from lejepa.training.results import Result

FIGURES = {"ways": ".png", "control": ".gif"}
LARGE, SAMPLES, PAUSE = 96, 4, 120  # pixels of a frame, samples of a pixel; milliseconds a frame of the animation
EDGE = LARGE // 8  # pixels that the arm never reaches


def draw(kind: str, results: Mapping[str, Result], path: Path, dpi: int) -> list[Path]:
    """Draw one of `FIGURES` of the points that keep what they planned; its path, or none where no point does.

    Raises CannotRun where MuJoCo can't draw.
    """
    found = {n.rpartition("/")[2]: r for n, r in results.items() if r.sample is not None and r.sample.ways}
    if not found:
        return []
    scene = Scene(LARGE, SAMPLES)
    if kind == "ways":
        write_atomically(path, lambda p: ways_figure(found, scene, p, dpi))
    else:
        write_atomically(path, lambda p: animation(found, scene, p))
    return [path]


def of(result: Result, way: str) -> np.ndarray:
    assert result.sample is not None, "draw leaves out results without a sample"
    return np.asarray(result.sample.ways[way], dtype=np.float64)


def ways_figure(results: Mapping[str, Result], scene: Scene, path: Path, dpi: int) -> None:
    """A row a point, that of the true joint angles first: frames along a straight line, and the way of a task."""
    first = next(iter(results.values()))
    rows = {"true joint angles": (of(first, "line_state"), of(first, "task_state"))}
    rows |= {name: (of(r, "line"), of(r, "task")) for name, r in results.items()}
    size = 12, 1.1 * len(rows) + 0.6
    fig, axes = plt.subplots(len(rows), 2, figsize=size, width_ratios=(4, 1), layout="constrained")
    for number, (name, (line, task)) in enumerate(rows.items()):
        strip, joints = axes[number]
        strip.imshow(np.concatenate(list(scene.draw(line)[:, EDGE:-EDGE, EDGE:-EDGE]), axis=1))
        strip.set(xticks=[], yticks=[])
        strip.set_ylabel(name.replace("-", "\n").replace(" ", "\n"), fontsize=8, rotation=0, ha="right", va="center")
        way(joints, task, of(first, "goal")[0], f"C{number}")
    axes[0, 0].set_title("Straight line between two embeddings, as the nearest of rendered states", fontsize=9)
    axes[0, 1].set_title("A task, from ■ to ×", fontsize=9)
    axes[-1, 1].set_xlabel("shoulder, rad", fontsize=8)
    fig.savefig(path, dpi=dpi)
    plt.close(fig)


def way(ax: Axes, task: np.ndarray, goal: np.ndarray, colour: str) -> None:
    ax.plot(task[:, 0], task[:, 1], ".-", color=colour, linewidth=1, markersize=3)
    ax.plot(*task[0], "ks", markersize=4)
    ax.plot(*goal, "kx", markersize=6)
    ax.tick_params(labelsize=6)
    ax.set_ylabel("wrist, rad", fontsize=7)


def animation(results: Mapping[str, Result], scene: Scene, path: Path) -> None:
    """The frames of a task side by side: planned on the true joint angles, on each point's embedding; then the goal."""
    first = next(iter(results.values()))
    ways: list[Frames] = [scene.draw(of(first, "task_state")), *(scene.draw(of(r, "task")) for r in results.values())]
    goal = scene.draw(of(first, "goal"))[0]
    edge = np.full((LARGE, 1, 3), 255, np.uint8)
    palette = []
    for step in range(len(ways[0])):
        row = np.concatenate([part for frames in ways for part in (frames[step], edge)] + [goal], axis=1)
        palette.append(Image.fromarray(row).quantize(64))
    palette[0].save(path, format="GIF", save_all=True, append_images=palette[1:], duration=PAUSE, loop=0, optimize=True)
