"""Straight lines in a space, decoded to the nearest rendered states, against the straight line of joints."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from lejepa.reacher.scene import Floats


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


def draw_pairs(count: int, states: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Starts and goals: different states each, `(count,)` indices twice."""
    start = rng.integers(states, size=count)
    return start, (start + rng.integers(1, states, size=count)) % states


def interpolate(gallery: Gallery, start: np.ndarray, goal: np.ndarray, points: int) -> tuple[Floats, Floats]:
    """Straight lines in a space between states of the gallery, decoded to the nearest of its states.

    Returns:
        The joint angles of these, `(count, points, 2)`, and the root mean square distance in radians of each line's to
        the straight line of joints, `(count,)`.
    """
    plan = straight(gallery.points[start], gallery.points[goal], points)
    nearest = KDTree(gallery.points).query(plan)[1]
    nearest[:, 0], nearest[:, -1] = start, goal
    decoded, best = gallery.angles[nearest], straight(gallery.angles[start], gallery.angles[goal], points)
    return decoded, np.sqrt(np.square(decoded - best).sum(-1).mean(1))
