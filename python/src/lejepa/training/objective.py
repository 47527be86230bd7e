"""The objective of an experiment: alignment and a regularizer by their weights (paper, sections 2 and 5).

Embeddings are of shape `(models, batch, dim)`; a loss is a number for each model.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lejepa import objectives
from lejepa.objectives.alignment import alignment
from lejepa.objectives.base import Objective
from lejepa.training import config


def build(objective: config.Objective) -> Objective:
    """The module of a configured objective. It lets a model that diverges go on, since others train beside it."""
    match objective:
        case config.SIGReg(slices=slices, knots=knots, t_max=t_max, unbiased=unbiased):
            return objectives.SIGReg(slices, knots=knots, t_max=t_max, unbiased=unbiased, check_finite=False)
        case config.MMD(sigma=sigma):
            return objectives.MMD(sigma, check_finite=False)
        case config.VICReg():
            return objectives.VICReg(check_finite=False)
        case config.InfoNCE(sigma=sigma):
            return objectives.InfoNCE(sigma, check_finite=False)
        case config.Whitening():
            return objectives.Whitening(check_finite=False)


class Loss(nn.Module):
    """What is minimized: `weight · regularizer + (1 - weight) · A`; or InfoNCE, or Whitening, alone.

    `A = 𝔼 ‖h(z') - h(z)‖² / (4 dim)` is the mean square of the distance of each view to the mean of the two: the
    paper's normalization, so that its weights carry over. With a predictor, `A = 𝔼 ‖h(z') - f(h(z), a)‖² / dim` is its
    mean squared error over coordinates. Both views get gradients: the target `h(z')` is not held fixed. Over several
    steps, `A` is the mean of theirs. What the guess of the action misses, by its weight, is added to the error of the
    predictor, and takes the place of `A` where there is none.

    The regularizer is the mean of that of `h` and that of `h'`, or of all states of several steps: rows of one view are
    independent of one another, as its statistics take them to be. `pooled` puts all views into one: then what two views
    of a pair have in common counts as a departure from `N(0, 1)`, which pushes them apart, and `unbiased` isn't.
    Statistics of SIGReg and MMD grow with the rows, so the weight `w` of two pooled views is the weight `2 w / (1 + w)`
    of single ones.
    """

    def __init__(self, objective: config.Objective) -> None:
        super().__init__()
        self.objective = objective
        self.module = build(objective)

    def forward(
        self,
        h: Tensor,
        h_next: Tensor,
        generator: torch.Generator | Sequence[torch.Generator],
        predicted: Tensor | None = None,
        missed: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, alignment and regularizer of each model; the slices are the same for all views.

        h_next: of the shape of `h`, or of several steps, with the steps in front. generator: draws the slices; of a
        sequence, each model has one of its own. predicted: a predictor's guess of `h_next`; then the alignment is that
        of the guess, `𝔼 ‖h' - f(h, a)‖²`. missed: what is added to it, or takes its place, a number for each model.
        """
        steps = h_next.reshape(-1, *h.shape)
        align = alignment(h if predicted is None else predicted.reshape(steps.shape), steps).mean(0)
        scale = (4 if predicted is None else 1) * h.shape[-1]
        if isinstance(self.objective, config.InfoNCE | config.Whitening):
            loss = self.module(h, steps[0])
            return loss, align, loss
        views = torch.cat((h, *steps), dim=-2)[None] if self.objective.pooled else torch.cat((h[None], steps))
        options = {"generator": generator} if isinstance(self.module, objectives.SIGReg) else {}
        penalty = self.module(views, **options).mean(0)
        weight = self.objective.weight
        if missed is None:
            return weight * penalty + (1 - weight) * align / scale, align, penalty
        told = missed if predicted is None else align / scale + missed
        return weight * penalty + (1 - weight) * told, align, penalty
