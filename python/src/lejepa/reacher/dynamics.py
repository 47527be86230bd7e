"""Dynamics in a space, fitted to exploration: the next point from two successive points and the torques after each.

Two points, since a frame shows no velocity.
"""

import torch
from torch import Tensor, nn

from lejepa.errors import UserError
from lejepa.measures.estimate import Estimate, ratio

EPOCHS, BATCH, HIDDEN, HELD_OUT = 60, 256, 64, 0.1


class Dynamics(nn.Module):
    """`x_{t+1} = x_t + f(x_t, x_t - x_{t-1}, u_{t-1}, u_t)`, `f` a multilayer perceptron: shapes `(..., 2)` each.

    Points are standardized within, by one scale for both coordinates, so that a rotation of the space is one within.
    """

    centre: Tensor
    scale: Tensor
    speed: Tensor

    def __init__(self, x: Tensor, seed: int) -> None:
        """For points `x (episodes, length, 2)`."""
        super().__init__()
        flat = x.flatten(0, -2)
        self.register_buffer("centre", flat.mean(0))
        self.register_buffer("scale", (flat - flat.mean(0)).square().mean().sqrt())
        self.register_buffer("speed", (x[:, 1:] - x[:, :-1]).square().mean().sqrt())
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.net = nn.Sequential(
                nn.Linear(8, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 2)
            )

    def forward(self, before: Tensor, now: Tensor, torque_before: Tensor, torque: Tensor) -> Tensor:
        seen = ((now - self.centre) / self.scale, (now - before) / self.speed, torque_before, torque)
        step: Tensor = self.net(torch.cat(seen, -1))
        return now + self.speed * step


def fit(x: Tensor, torques: Tensor, seed: int) -> tuple[Dynamics, Estimate]:
    """Dynamics of points `x (episodes, length, 2)` under torques of the same shape; float32 on the CPU.

    Also the share of the variance of steps that it explains on a tenth of the episodes, which it was not fitted to,
    with its standard error over these steps.
    """
    x, torques = x.float(), torques.float()
    model = Dynamics(x, seed)
    if not (model.speed > 0 and model.speed.isfinite()):
        raise UserError("embedding: expected points that move, to fit their dynamics")
    before, now, after = x[:, :-2], x[:, 1:-1], x[:, 2:]
    inputs = (before, now, torques[:, :-2], torques[:, 1:-1])
    kept = round(len(x) * (1 - HELD_OUT))
    train = [part[:kept].flatten(0, 1) for part in (*inputs, after)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        for rows in torch.split(torch.randperm(len(train[0]), generator=generator), BATCH):
            *arguments, target = (part[rows] for part in train)
            loss = ((model(*arguments) - target) / model.speed).square().mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        schedule.step()
    model.requires_grad_(False)
    missed = (model(*(part[kept:] for part in inputs)) - after[kept:]).square().sum(-1).flatten()
    moved = (after[kept:] - now[kept:]).square().sum(-1).flatten()
    share = ratio(missed.double(), moved.double())
    return model, Estimate(1 - share.value, share.error)
