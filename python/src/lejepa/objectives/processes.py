"""The rows of all processes of a distributed training as one batch.

Every process calls an objective with rows of its own, of which there may be more or fewer than another has. Each gets
the value of the whole batch. Its gradient is that of the *sum* of the values that the processes hold. So with `W`
processes the gradient in a process's own rows is `W` times that of the value, and the mean over processes, which
`DistributedDataParallel` and FSDP take of the gradients of parameters, is exactly the gradient that one process has of
the whole batch. Without such a wrapper, divide the summed gradients by `W`. For a gradient penalty, divide the
gradients in a process's own rows by `W` first.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, distributed


class Rows:
    """The rows of a batch: those of this process alone.

    counts: how many each process has. rank: of this one among them. large: whether any hold numbers so large that a
    value may overflow.
    """

    large = False

    def __init__(self, counts: Sequence[int], rank: int = 0) -> None:
        self.counts, self.rank = tuple(counts), rank
        self.total = sum(self.counts)

    @property
    def own(self) -> int:
        """How many rows this process has."""
        return self.counts[self.rank]

    @property
    def first(self) -> int:
        """Where in the whole batch the rows of this process begin."""
        return sum(self.counts[: self.rank])

    def sum(self, x: Tensor) -> Tensor:
        """The sum of what the processes hold, of one shape."""
        return x

    def gather(self, x: Tensor) -> Tensor:
        """The rows of all processes: `(..., own, dim)` to `(..., total, dim)`."""
        return x

    def agreed(self, x: Tensor) -> Tensor:
        """What the first process holds; without a derivative."""
        return x


class SharedRows(Rows):
    """The rows of all processes of a group."""

    def __init__(self, counts: Sequence[int], group: Any) -> None:
        super().__init__(counts, distributed.get_rank(group))
        self.group = group

    def sum(self, x: Tensor) -> Tensor:
        return total(x, self.group)

    def gather(self, x: Tensor) -> Tensor:
        rows: Tensor = Gathered.apply(x, self)  # type: ignore[no-untyped-call]
        return rows

    def agreed(self, x: Tensor) -> Tensor:
        x = x.contiguous()
        distributed.broadcast(x, distributed.get_global_rank(self.group, 0), group=self.group)
        return x


def group_of(process_group: Any) -> Any:
    """The group that shares a batch: the given one or else all processes; None where a process is alone."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return None
    group = process_group or distributed.group.WORLD
    return group if distributed.get_world_size(group) > 1 else None


def exchanged(values: Sequence[int], device: torch.device, group: Any) -> list[list[int]]:
    """A few integers of each process, in the order of ranks."""
    own = torch.tensor(values, device=device)
    all_of_them = [torch.empty_like(own) for _ in range(distributed.get_world_size(group))]
    distributed.all_gather(all_of_them, own, group=group)
    found: list[list[int]] = torch.stack(all_of_them).tolist()
    return found


def total(x: Tensor, group: Any) -> Tensor:
    value: Tensor = Total.apply(x, group)  # type: ignore[no-untyped-call]
    return value


class Total(torch.autograd.Function):
    """The sum over processes. Each of them differentiates its own value, and all values depend on each addend."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, group: Any) -> Tensor:
        ctx.group = group
        x = x.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(x, group=group)
        return x

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return total(grads[0], ctx.group), None


class Gathered(torch.autograd.Function):
    """The rows of all processes. Messages have one length, so shorter ones are filled with zeros on the way."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, rows: SharedRows) -> Tensor:
        ctx.rows = rows
        longest = max(rows.counts)
        sent = x.new_zeros((*x.shape[:-2], longest, x.shape[-1]))
        sent[..., : rows.own, :] = x
        received = [torch.empty_like(sent) for _ in rows.counts]
        distributed.all_gather(received, sent, group=rows.group)
        return torch.cat([part[..., :count, :] for part, count in zip(received, rows.counts, strict=True)], dim=-2)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        rows: SharedRows = ctx.rows
        return total(grads[0], rows.group).narrow(-2, rows.first, rows.own), None
