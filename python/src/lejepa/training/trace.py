"""The trace of a training's first steps, and its replay by today's code.

The trace is always made on the CPU, by a trainer of its own, so that any machine can replay it. Its closing steps begin
late in the schedule, with fresh models, so that the whole schedule of the learning rate takes part; its measures take
the evaluation along.
"""

import torch

from lejepa.evidence.fresh import differences, numbers
from lejepa.training.config import Arm, Computation
from lejepa.training.results import Result, Step, Trace
from lejepa.training.trainer import Trainer, finite

OPENING, CLOSING = 10, 3
LATE = 7 / 8  # of the schedule: where the closing steps begin
# How far another machine's rounding may move a trace. On one machine, kernels without vector instructions moved no loss
# or gradient by more than 4e-6 of itself, and no measure by more than 3e-5; losses near 0, differences of greater
# numbers, by 3e-6. A changed formula moves them by far more.
RELATIVE, ABSOLUTE = 1e-4, 1e-5
# Some first steps magnify rounding: on another processor a gradient and measures of two encoders of `fourpoint` were
# off by up to 6.2e-4 of themselves. So where traces differ by more, one is made from parameters that are moved by their
# last bits, and so many times what that moves is allowed.
LAST_BITS, ALLOWED = 2.0**-22, 16
# Two drivers of OpenGL may draw the edge of a limb one shade of 256 apart.
OF_FRAMES = 1e-2, 1e-4
FEW = 400  # pairs of frames that are drawn for a trace, to train on and to measure on


def record(computation: Computation, moved: float = 0.0) -> Trace:
    """The trace of a training as today's code has it, on one thread of the CPU.

    moved: what share of themselves parameters are moved by, at random up or down, before the first step.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        computation = small(computation)
        trainer = Trainer(computation, torch.device("cpu"))
        move(trainer, moved)
        h, h_next = trainer.embed()
        untrained = trainer.with_planning(trainer.measured(h, h_next), h, range(len(h)))
        first = [step(trainer) for _ in range(min(OPENING, computation.training.steps))]
        measured = trainer.measures()
        late = Trainer(computation, torch.device("cpu"))
        move(late, moved)
        late.step = int(LATE * computation.training.steps)
        last = [step(late) for _ in range(min(CLOSING, computation.training.steps - late.step))]
    finally:
        torch.set_num_threads(threads)
    return Trace(opening=first, closing=last, untrained=untrained, measured=measured)


@torch.no_grad()
def move(trainer: Trainer, share: float) -> None:
    """Move the parameters of a trainer by a share of themselves, up or down."""
    if share:
        coins = torch.Generator().manual_seed(0)
        for p in trainer.parameters():
            p.mul_(1 + share * (2 * torch.randint(2, p.shape, generator=coins) - 1))


def small(computation: Computation) -> Computation:
    """The same with few frames and no planning, where there are frames, since they are drawn anew for each trace."""
    if not isinstance(computation.mixing, Arm):
        return computation
    t = computation.training
    pairs, evaluation = min(FEW, t.pairs or FEW), min(FEW, t.evaluation)
    few = t.model_copy(update={"pairs": pairs, "evaluation": evaluation})
    return computation.model_copy(update={"training": few, "planning": None})


def step(trainer: Trainer) -> Step:
    """One step of a trainer, and what it traces."""
    loss, *_ = trainer.advance()
    gradients = [p.grad.double() for p in trainer.parameters() if p.grad is not None]
    squares = [g.square().reshape(len(g), -1).sum(1) for g in gradients]
    return Step(
        loss=finite(loss),
        gradient=finite(torch.stack(squares).sum(0).sqrt()),
        rate=trainer.optimizer.param_groups[0]["lr"],
    )


def replay(result: Result) -> list[str]:
    """What today's code does not reproduce of a result's trace, a phrase each."""
    return differences_of(result.trace, record(result.configuration), result.configuration)


def differences_of(then: Trace, now: Trace, computation: Computation) -> list[str]:
    """Where two traces of a computation differ by more than the rounding of another machine, a phrase each."""
    if isinstance(computation.mixing, Arm):
        return differences(then.model_dump(), now.model_dump(), *OF_FRAMES)
    before, after = then.model_dump(), now.model_dump()
    found = differences(before, after, RELATIVE, ABSOLUTE)
    if not found:
        return []
    plain, moved = record(computation).model_dump(), record(computation, LAST_BITS).model_dump()
    after_bits = dict(numbers(moved))
    allowed = {where: ALLOWED * abs(after_bits.get(where, a) - a) for where, a in numbers(plain)}
    return differences(before, after, RELATIVE, ABSOLUTE, allowed=allowed)
