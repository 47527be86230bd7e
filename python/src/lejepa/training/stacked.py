"""Plain modules side by side as one program, and one of several side by side as a plain module."""

from collections.abc import Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state


class Stacked(nn.Module):
    """Plain modules of one class and of equal shapes side by side, their parameters and buffers stacked.

    Maps `(models, batch, ...)` to `(models, batch, ...)`: each module what is its own, by `torch.vmap`.
    """

    def __init__(self, modules: Sequence[nn.Module]) -> None:
        super().__init__()
        state = {name: t for part in stack_module_state(list(modules)) for name, t in part.items()}
        self.stack = deepcopy(modules[0])
        for name, t in tensors(self.stack).items():
            t.data = state[name].detach()

    def forward(self, x: Tensor) -> Tensor:
        def one(state: dict[str, Tensor], rows: Tensor) -> Tensor:
            found: Tensor = functional_call(self.stack, state, (rows,), tie_weights=False)
            return found

        y: Tensor = torch.vmap(one)(places(self.stack), x)
        return y

    def one(self, model: int) -> nn.Module:
        """A copy of one of the modules, as it is now: a plain module again."""
        alone = deepcopy(self.stack)
        for t in tensors(alone).values():
            t.data = t.data[model].clone()
        return alone


def places(module: nn.Module) -> dict[str, Tensor]:
    """The same by each place where a module holds one: a tied parameter is in several, one of a module that is used
    twice in one, whereas `functional_call` takes names for places when it ties parameters itself."""
    return {
        f"{path}.{name}" if path else name: t
        for path, part in module.named_modules()
        for name, t in {**part._parameters, **part._buffers}.items()
        if t is not None
    }


def tensors(module: nn.Module) -> dict[str, Tensor]:
    """The parameters and buffers of a module, by name."""
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


class InTurn(Stacked):
    """The same modules one after the other, each to the bits that it has alone, which `torch.vmap` does not promise."""

    def forward(self, x: Tensor) -> Tensor:
        state = places(self.stack)

        def one(model: int, rows: Tensor) -> Tensor:
            own = {name: t[model] for name, t in state.items()}
            found: Tensor = functional_call(self.stack, own, (rows,), tie_weights=False)
            return found

        return torch.stack([one(model, rows) for model, rows in enumerate(x)])


class Alone(nn.Module):
    """A hand-written module of one model, as a plain one: `(batch, inputs)` to `(batch, outputs)`."""

    def __init__(self, parallel: nn.Module) -> None:
        super().__init__()
        self.parallel = parallel

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.parallel(x[None])[0]
        return y


def alone(parallel: nn.Module, model: int = 0) -> nn.Module:
    """A copy of one of several models, hand-written or stacked, as a plain module."""
    if isinstance(parallel, Stacked):
        return parallel.one(model)
    one = deepcopy(parallel)
    for t in tensors(one).values():
        t.grad = None
        t.data = t.data[model : model + 1].clone()
    return Alone(one)
