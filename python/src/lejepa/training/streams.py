"""Independent random streams of one seed.

PyTorch's CPU generator looks at the lower 32 bits of a seed alone, so seeds that differ above them, as by a large
offset, are the same to it. NumPy's SeedSequence mixes seed, purpose and index into 32 bits.
"""

from enum import IntEnum

import torch
from numpy.random import SeedSequence


class Purpose(IntEnum):
    """What a stream is for."""

    TRAINING = 0
    EVALUATION = 1
    PARAMETERS = 2
    SELECTION_SLICES = 3
    FRESH = 4
    MIXING = 5
    SELECTION = 6
    PREDICTOR = 7
    ROLLOUT = 8
    PLANNING = 9
    DATA = 10
    INVERSE = 11


def stream(seed: int, purpose: Purpose, index: int = 0, device: torch.device | str = "cpu") -> torch.Generator:
    """The generator of a seed (not negative) for a purpose; `index` tells several of one purpose apart."""
    return torch.Generator(device).manual_seed(number(seed, purpose, index))


def number(seed: int, purpose: Purpose, index: int = 0) -> int:
    """The 32 bits that a stream begins from."""
    return int(SeedSequence((int(purpose), index, seed)).generate_state(1)[0])
