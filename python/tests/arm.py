"""An arm without a simulator: each joint a mass on which the torque acts, as `lejepa.reacher.scene.Scene` is used."""

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from lejepa.reacher.scene import Floats, Scene

STEP, GAIN, DRAG = 0.02, 20.0, 1.0


@dataclass
class Arm:
    """A double integrator with drag, `v += STEP (GAIN u - DRAG v)`, `a += STEP v`, and a record of what was done."""

    angles: Floats = field(default_factory=lambda: np.zeros(2))
    velocities: Floats = field(default_factory=lambda: np.zeros(2))
    placed: list[Floats] = field(default_factory=list)
    steps: list[tuple[Floats, Floats, Floats, int]] = field(default_factory=list)  # angles, velocities, torque, count

    def place(self, angles: Floats) -> None:
        self.angles, self.velocities = np.array(angles, float), np.zeros(2)
        self.placed.append(self.angles)

    def step(self, torque: Floats, count: int) -> Floats:
        self.steps.append((self.angles, self.velocities, np.array(torque, float), count))
        for _ in range(count):
            self.velocities = self.velocities + STEP * (GAIN * np.asarray(torque) - DRAG * self.velocities)
            self.angles = self.angles + STEP * self.velocities
        return self.angles

    def saved(self, angles: Floats) -> Floats:
        self.place(angles)
        return np.concatenate((self.angles, self.velocities))

    def advance(self, state: Floats, torque: Floats, count: int) -> tuple[Floats, Floats]:
        self.angles, self.velocities = state[:2], state[2:]
        self.step(torque, count)
        return np.concatenate((self.angles, self.velocities)), self.angles

    def draw(self, angles: Floats) -> Any:
        """ "Frames" of one pixel whose first two channels are the joint angles."""
        return np.concatenate((angles, np.zeros((len(angles), 1))), 1)[:, None, None, :]

    @property
    def scene(self) -> Scene:
        return cast(Scene, self)
