"""Straight lines in a space, decoded to the nearest rendered states, against the straight line of joints."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from lejepa.reacher.results import Line, Mean
from lejepa.reacher.scene import Floats

Space = tuple[str, str]  # of joints: ("joints", ""); of an encoder: its data and its objective
JOINTS: Space = ("joints", "")


@dataclass(frozen=True)
class Gallery:
    """Rendered states: joint angles `(count, 2)` in radians and, in some space, their points `(count, 2)`."""

    angles: Floats
    points: Floats


def straight(start: Floats, goal: Floats, points: int) -> Floats:
    """`points` on the lines from `start` to `goal`, both `(count, 2)`, ends included: `(count, points, 2)`."""
    share = np.linspace(0, 1, points)[:, None]
    line: Floats = (1 - share) * start[:, None] + share * goal[:, None]
    return line


def length(path: Floats) -> Floats:
    """Lengths of paths `(count, points, 2)`."""
    return np.asarray(np.linalg.norm(np.diff(path, axis=1), axis=-1).sum(1))


def average(values: Floats) -> Mean:
    return Mean(mean=float(values.mean()), error=float(values.std(ddof=1) / np.sqrt(len(values))))


def draw_pairs(count: int, states: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Starts and goals: different states each, `(count,)` indices twice."""
    start = rng.integers(states, size=count)
    return start, (start + rng.integers(1, states, size=count)) % states


def interpolate(space: Space, gallery: Gallery, start: np.ndarray, goal: np.ndarray, points: int) -> Line:
    """What straight lines in a space between states of the gallery are in joints."""
    plan = straight(gallery.points[start], gallery.points[goal], points)
    nearest = KDTree(gallery.points).query(plan)[1]
    nearest[:, 0], nearest[:, -1] = start, goal
    decoded, oracle = gallery.angles[nearest], straight(gallery.angles[start], gallery.angles[goal], points)
    off = np.sqrt(np.square(decoded - oracle).sum(-1).mean(1))
    return Line(
        space=space[0],
        objective=space[1],
        deviation=average(off),
        length=average(length(decoded) / length(oracle)),
        example=decoded[0].tolist(),
        frames=nearest[0].tolist(),
    )
