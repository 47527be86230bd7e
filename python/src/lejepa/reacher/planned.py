"""What an encoder of frames plans with the arm, beside what the same planner does on the true joint angles."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from lejepa.measures.estimate import Estimate, fields, mean, ratio
from lejepa.planning import NoOpPolicy, RandomPolicy
from lejepa.planning.mpc import Policy
from lejepa.reacher import paths
from lejepa.reacher.control import Sense, controller, costs, reach, reached
from lejepa.reacher.dynamics import fit
from lejepa.reacher.paths import Gallery
from lejepa.reacher.render import Drawing
from lejepa.reacher.scene import Floats, Scene
from lejepa.reacher.states import States, explore, starts
from lejepa.training.config import Arm, ArmPlanning
from lejepa.training.frames import embed

Ways = dict[str, list[list[float]]]
"""Joint angles along the first straight line and the first task, on the model and on the state, and of its goal."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What planning in one space comes to: costs and goals reached `(tasks,)`, the share of the steps' variance that
    its dynamics foresee, distances `(lines,)` of its straight lines; and the ways of the first line and task."""

    cost: Tensor
    reached: Tensor
    foreseen: Estimate
    deviation: Tensor
    line: Floats
    task: Floats


@dataclass(frozen=True, eq=False)
class Control:
    """The tasks of a seed with the arm, and what they cost under a policy.

    mixing, drawing: how frames are drawn. states: where the random choice of states and tasks begins. search, actions:
    what planners draw, and random torques.
    """

    mixing: Arm
    c: ArmPlanning
    drawing: Drawing
    states: int
    search: int
    actions: int

    @cached_property
    def scene(self) -> Scene:
        return Scene(self.mixing.size, self.mixing.samples)

    @cached_property
    def drawn(self) -> tuple[States, Floats, Floats, Floats, np.ndarray, np.ndarray]:
        """Exploration; starts and goals of tasks; the states of lines, and which of them each begins and ends at."""
        rng = np.random.default_rng(self.states)
        c = self.c
        explored = explore(c, rng, self.scene)
        start, goal, gallery = (starts(c, count, rng) for count in (c.tasks, c.tasks, c.states))
        return explored, start, goal, gallery, *paths.draw_pairs(c.lines, c.states, rng)

    def frames(self, angles: Floats) -> Tensor:
        return torch.from_numpy(self.drawing.frames(angles, self.mixing.size, self.mixing.samples))

    @cached_property
    def pictures(self) -> tuple[Tensor, Tensor]:
        """The frames of the exploration and of the states of lines."""
        explored, _, _, gallery, *_ = self.drawn
        return self.frames(explored.angles), self.frames(gallery)

    def trial(self, sense: Sense, explored: Tensor, gallery: Tensor) -> Trial:
        """Planning in a space: `sense` maps joint angles to it; points of the exploration and of the lines' states."""
        moved, start, goal, angles, first, last = self.drawn
        dynamics, foreseen = fit(explored, torch.from_numpy(moved.torques), self.search)
        policy = controller(self.c, dynamics, sense(goal).float(), self.search)
        line, deviation = paths.interpolate(Gallery(angles, gallery.numpy()), first, last, self.c.points)
        task, torques = reach(self.c, sense, policy, start, self.scene)
        return Trial(
            cost=torch.from_numpy(costs(self.c, task, torques, goal)),
            reached=torch.from_numpy(reached(task, goal)),
            foreseen=foreseen,
            deviation=torch.from_numpy(deviation),
            line=line[0],
            task=task[0],
        )

    @cached_property
    def on_state(self) -> Trial:
        """Planning on the true joint angles."""
        explored, _, _, gallery, *_ = self.drawn
        unit = self.c.joints
        return self.trial(self.sense, torch.from_numpy(explored.angles / unit), torch.from_numpy(gallery / unit))

    def sense(self, angles: Floats) -> Tensor:
        return torch.from_numpy(angles / self.c.joints)

    @cached_property
    def idle(self) -> dict[str, Tensor]:
        """What policies cost that plan nothing."""
        _, start, goal, *_ = self.drawn
        policies: dict[str, Policy] = {
            "random": RandomPolicy(2, low=-1.0, high=1.0, seed=self.actions),
            "noop": NoOpPolicy(2),
        }
        ways = {name: reach(self.c, self.sense, policy, start, self.scene) for name, policy in policies.items()}
        return {name: torch.from_numpy(costs(self.c, *way, goal)) for name, way in ways.items()}


def measure(control: Control, encoder: nn.Module) -> tuple[dict[str, float], Ways]:
    """Costs, goals reached and straight lines, each with its standard error over tasks or lines; and the ways.

    encoder: frames `(count, size, size, 3)` of bytes to embeddings, on the CPU.
    """
    pictures = (embed(encoder, x) for x in control.pictures)
    scene = control.scene
    model = control.trial(lambda angles: embed(encoder, torch.from_numpy(scene.draw(angles))), *pictures)
    state, goal = control.on_state, control.drawn[2][:1]
    found = {
        "cem_cost": mean(model.cost),
        "cem_cost_state": mean(state.cost),
        "cem_ratio": ratio(model.cost, state.cost),
        "success": mean(model.reached),
        "success_state": mean(state.reached),
        "foreseen": model.foreseen,
        "deviation": mean(model.deviation),
        "deviation_state": mean(state.deviation),
        **{f"{name}_cost": mean(cost) for name, cost in control.idle.items()},
    }
    ways = {"line": model.line, "line_state": state.line, "task": model.task, "task_state": state.task, "goal": goal}
    return fields(found), {k: np.round(v, 4).tolist() for k, v in ways.items()}
