"""What every objective does with its input, before its formula: checks, precision, processes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from lejepa import arguments
from lejepa.objectives.processes import Rows, SharedRows, exchanged, group_of

LEAST_ROWS = 2
LARGE = 1e4  # no value overflows of smaller numbers, and of greater ones it is looked at
Product = Callable[[Tensor, Tensor], Tensor]
SHAPE = "a floating-point torch.Tensor of shape (..., rows, dim)"


class Objective(nn.Module):
    """An objective of embeddings: what all of them have in common.

    Args:
        process_group: The processes whose rows make one batch under `torch.distributed`; all of them by default
            (`lejepa.objectives.processes` says how gradients relate).
        synchronize: Whether rows of other processes count at all. If so, all processes of the group must call the
            objective.
        check_finite: Whether to look for NaN and infinities, also in the value, which overflows if finite numbers are
            large enough: in float32, from about 1e9 in `VICReg` and 1e19 in `Alignment` and `InfoNCE`. On a GPU the
            look waits for the values. Without it the result is NaN, or infinite if numbers are large, so that a
            `GradScaler` can skip a step whose float16 embeddings have overflowed. Within `torch.compile` and
            `torch.func.vmap` values cannot be looked at, and the result is the same.

    Raises:
        TypeError: When called with something that is not a tensor of floating-point numbers.
        ValueError: When called with another shape, fewer than two rows, or numbers that are not finite, or so large
            that the value is not. Rows are counted and looked at over all processes, so that all of them raise together
            and none waits for another.
    """

    def __init__(self, *, process_group: Any = None, synchronize: bool = True, check_finite: bool = True) -> None:
        super().__init__()
        self.process_group, self.synchronize, self.check_finite = process_group, synchronize, check_finite

    def prepared(self, **views: object) -> tuple[list[Tensor], Rows]:
        """The views of one shape, by the names of their arguments: float32 at least; and what their rows are."""
        tensors = {name: embeddings(name, x) for name, x in views.items()}
        (name, first), *others = tensors.items()
        for other, x in others:
            if x.shape != first.shape:
                raise ValueError(f"{other}: expected the shape of {name}, {tuple(first.shape)}, found {tuple(x.shape)}")
            if x.device != first.device:
                raise ValueError(f"{other}: expected the device of {name}, {first.device}, found {x.device}")
        if first.device.type == "meta":
            raise ValueError(f"{name}: expected numbers, found a tensor on the device meta, which has none")
        looked_at = self.check_finite and not torch.compiler.is_compiling()
        bad = {name: rows_beyond(LARGE, x) if looked_at else 0 for name, x in tensors.items()}
        large = sum(bad.values())
        if large:
            bad = {name: rows_beyond(torch.finfo(x.dtype).max, x) for name, x in tensors.items()}
        found = bad | {"": large}
        rows = self.rows_of(first, found)
        rows.large, bad = found.pop("") > 0, found
        if rows.total < LEAST_ROWS:
            raise ValueError(f"{name}: expected at least {LEAST_ROWS} rows, found {rows.total}")
        for name, count in bad.items():
            if count:
                raise ValueError(f"{name}: expected finite numbers, found NaN or infinity in {count} rows")
        kind = torch.float32
        for x in tensors.values():
            kind = torch.promote_types(kind, x.dtype)
        return [x.to(kind) for x in tensors.values()], rows

    def finite(self, value: Tensor, rows: Rows, names: str) -> Tensor:
        """A value that is, where values are looked at."""
        if rows.large and not bool(torch.isfinite(value.detach()).all()):
            found = "nan" if bool(torch.isnan(value.detach()).any()) else "inf"
            raise ValueError(
                f"{names}: expected smaller numbers, found some so large that the value is {found} in {value.dtype}"
            )
        return value

    def rows_of(self, x: Tensor, bad: dict[str, int]) -> Rows:
        """What the rows of an embedding are; `bad` is summed over processes in place."""
        group = group_of(self.process_group) if self.synchronize else None
        if group is None:
            return Rows([x.shape[-2]])
        found = exchanged([x.shape[-2], *bad.values()], x.device, group)
        for place, name in enumerate(bad, 1):
            bad[name] = sum(process[place] for process in found)
        return SharedRows([process[0] for process in found], group)


def embeddings(name: str, x: object) -> Tensor:
    """The argument, where it is what an embedding is."""
    if not isinstance(x, Tensor):
        kind = type(x)
        raise TypeError(f"{name}: expected {SHAPE}, found {kind.__module__}.{kind.__qualname__}")
    if not x.is_floating_point():
        raise TypeError(f"{name}: expected {SHAPE}, found one of {x.dtype}")
    if x.dtype.itemsize == 1:
        raise TypeError(f"{name}: expected numbers of at least 16 bits, found {x.dtype}; give its float()")
    if not torch.compiler.is_compiling():
        arguments.dense(name, x, TypeError)
    if x.dim() < 2 or x.shape[-1] == 0:
        raise ValueError(f"{name}: expected {SHAPE} with dim at least 1, found shape {tuple(x.shape)}")
    return x


def rows_beyond(size: float, x: Tensor) -> int:
    """How many rows hold NaN or a greater number; 0 where values can't be looked at, as within `torch.func.vmap`."""
    try:
        return int((~(x.detach().abs() <= size)).any(-1).sum())
    except RuntimeError:
        return 0


@contextmanager
def full_precision(x: Tensor) -> Iterator[Product]:
    """Autocast is off: statistics are taken in the precision that `Objective.prepared` gives.

    Yields the product of matrices to take within. A compiler takes derivatives under the autocast around the call,
    which would round the factors of every product but those in float64.
    """
    rounded = torch.compiler.is_compiling() and torch.is_autocast_enabled(x.device.type)
    with torch.autocast(x.device.type, enabled=False):
        yield wide_product if rounded else torch.matmul


def wide_product(a: Tensor, b: Tensor) -> Tensor:
    """`a @ b`, taken in float64."""
    return (wide(a) @ wide(b)).to(a.dtype)


def wide(x: Tensor) -> Tensor:
    """In float64, where the device has it."""
    return x if x.device.type == "mps" else x.double()


def positive(name: str, value: float) -> float:
    """A parameter that must be above 0; as it is given, since a tensor may be one that is learned."""
    arguments.positive(name, value, ValueError)
    return value
