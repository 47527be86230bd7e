"""Encoders of one's own: plain modules that a configuration names, imported, made and tried before they train."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from lejepa import errors
from lejepa.errors import UserError
from lejepa.extras import find_in_this_folder
from lejepa.training import config
from lejepa.training.stacked import Stacked

ROWS = 4  # that a module is tried on
RELATIVE, ABSOLUTE = 1e-3, 1e-4  # how far rounding may move what it makes of them


def build(c: config.Module, dim: int, streams: Sequence[torch.Generator]) -> Stacked:
    """A module for each stream, stacked.

    Raises:
        UserError: If there is no such module, if it can't be made, or if it is none that trains as the others do.
    """
    kind, x = imported(c.of), torch.randn(ROWS, dim, generator=torch.Generator().manual_seed(0))
    modules = [made(c, kind, x, generator) for generator in streams]
    with torch.no_grad():
        with told(c, "to work under torch.vmap, by which all seeds train at once"):
            stacked = Stacked(modules)
            found = stacked(x.expand(len(modules), *x.shape))
        if not close(found, torch.stack([m(x) for m in modules])):
            raise wrong(c, "to keep what it draws at random in parameters and buffers, but it has other such tensors")
    return stacked


def imported(of: str) -> Callable[..., Any]:
    """What `package.module:Name` names; modules in the working folder are found too."""
    find_in_this_folder()
    module, _, name = of.partition(":")
    try:
        found: Callable[..., Any] = getattr(import_module(module), name)
    except Exception as e:  # whatever the module raises
        raise UserError(f"encoder.of: expected {of} to be there to import, but {said(e)}") from None
    return found


def made(c: config.Module, kind: Callable[..., Any], x: Tensor, generator: torch.Generator) -> nn.Module:
    """A module whose first parameters depend on the stream alone, tried on rows `x`."""
    seed = int(torch.randint(2**62, (), generator=generator))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        with told(c, f"to be made with dim = {x.shape[1]} and the arguments, and to take rows of that size"):
            module = kind(x.shape[1], **c.arguments)
            if not isinstance(module, nn.Module):
                raise wrong(c, f"to make a torch.nn.Module, found {type(module).__name__}")
            y = module.train()(x)  # the first call gives lazy parameters their shapes
    if not isinstance(y, Tensor) or y.shape != x.shape:
        what = f"shape {tuple(y.shape)}" if isinstance(y, Tensor) else type(y).__name__
        raise wrong(c, f"to map rows of shape {tuple(x.shape)} to the same shape, found {what}")
    if not any(p.requires_grad for p in module.parameters()):
        raise wrong(c, "to have parameters that are trained")
    with torch.no_grad():
        alone = torch.cat([module.eval()(row[None]) for row in x])
        if not (close(module(x), y) and close(alone, y)):
            raise wrong(c, "to map each row by itself, the same in training and in evaluation, without dropout or "
                        "batch normalization")  # fmt: skip
    return module.train()


def close(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE)


@contextmanager
def told(c: config.Module, what: str) -> Iterator[None]:
    """Turn whatever a module raises into a sentence for the user."""
    try:
        yield
    except UserError:
        raise
    except Exception as e:
        raise wrong(c, f"{what}, but {said(e)}") from None


def wrong(c: config.Module, what: str) -> UserError:
    return UserError(f"encoder: expected {c.of} {what}")


def said(e: Exception) -> str:
    return f"it raised {type(e).__name__}: {errors.said(e)}"
