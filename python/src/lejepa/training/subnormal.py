"""Subnormal numbers, which processors are slow with, taken as 0 for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def flushed_now() -> bool:
    """Whether this thread takes results below the least normal number as 0."""
    return float(torch.tensor(1e-39) * 0.5) == 0


@contextmanager
def flushed() -> Iterator[None]:
    """Within, this thread takes them so, where its processor can; threads that it starts meanwhile go on to.

    Where an objective is all but attained, as InfoNCE's is in many dimensions, gradients pass through such numbers, and
    a product of matrices takes ten times as long.
    """
    if flushed_now():
        yield
        return
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
