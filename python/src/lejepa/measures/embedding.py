"""Embeddings of held-out observations by somebody's encoder, which is left as it was."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lejepa.arguments import dense, whole
from lejepa.errors import UserError

Encoder = Callable[[Tensor], Any]


def embed(encoder: Encoder, x0: Any, x1: Any, batch: int = 4096) -> tuple[Tensor, Tensor]:
    """Embed observations of states and of their successors.

    A module is in evaluation mode meanwhile; afterwards each of its parts is put back as it was. Observations are moved
    to the device of its parameters.

    Args:
        encoder: Maps observations of shape `(rows, ...)`, a tensor, to embeddings of shape `(rows, dim)`: a tensor, or
            a NumPy array.
        x0: Observations of states, one row for each pair: a tensor, or a NumPy array, whose floating-point numbers get
            the type of the encoder's parameters.
        x1: Observations of their successors, as many rows.
        batch: Number of rows that are embedded at a time.

    Returns:
        The embeddings of the states and of the successors, `(rows, dim)` each.

    Raises:
        UserError: If an argument is something else, or the encoder returns something else.
    """
    if not callable(encoder):
        raise UserError(f"encoder: expected a function or module that embeds a batch, found {type(encoder).__name__}")
    batch = whole("batch", batch)
    modules = list(encoder.modules()) if isinstance(encoder, nn.Module) else []
    parameter = next(encoder.parameters(), None) if isinstance(encoder, nn.Module) else None
    x0, x1 = (observations(name, x, parameter) for name, x in (("x0", x0), ("x1", x1)))
    if len(x0) != len(x1):
        raise UserError(f"expected as many states as successors, found {len(x0)} and {len(x1)}")
    if not len(x0):
        raise UserError("expected pairs of states to embed, found none")
    training = [m.training for m in modules]
    device = x0.device if parameter is None else parameter.device
    parts: list[tuple[Tensor, ...]] = []
    try:
        if isinstance(encoder, nn.Module):
            encoder.eval()
        with torch.no_grad():
            for start in range(0, len(x0), batch):
                pieces = [(name, x[start : start + batch].to(device)) for name, x in (("x0", x0), ("x1", x1))]
                parts.append(tuple(embeddings(called(encoder, name, x, parameter), len(x)) for name, x in pieces))
    finally:
        for module, was in zip(modules, training, strict=True):
            module.training = was
    widths = sorted({h.shape[1] for part in parts for h in part})
    if len(widths) > 1:
        found = " and ".join(map(str, widths))
        raise UserError(f"encoder: expected embeddings of one width of all observations, found {found}")
    h0, h1 = (torch.cat(part) for part in zip(*parts, strict=True))
    return h0, h1


def called(encoder: Encoder, name: str, x: Tensor, parameter: Tensor | None) -> Any:
    """What an encoder makes of observations; UserError where it does not take numbers of their type."""
    try:
        return encoder(x)
    except (RuntimeError, ValueError) as e:  # the latter of recurrent layers
        of_types = any(words in str(e).lower() for words in ("type", "not implemented for"))  # as PyTorch puts it
        if parameter is None or x.dtype == parameter.dtype or not of_types:
            raise
        raise UserError(
            f"{name}: expected numbers of {parameter.dtype}, as the encoder's parameters have, found {x.dtype}"
        ) from e


def observations(name: str, x: Any, parameter: Tensor | None) -> Tensor:
    """A tensor of at least one axis."""
    if isinstance(x, np.ndarray):
        x = from_numpy(name, x)
        if parameter is not None and x.is_floating_point():
            x = x.to(parameter.dtype)
    if not isinstance(x, Tensor) or x.dim() == 0:
        kind = f"{type(x).__module__}.{type(x).__qualname__}" if not isinstance(x, Tensor) else "a single number"
        raise UserError(f"{name}: expected a tensor or a NumPy array of observations, one row a pair, found {kind}")
    dense(name, x)
    return x


def from_numpy(name: str, x: "np.ndarray[Any, Any]") -> Tensor:
    """A tensor of the numbers in an array, of its own memory."""
    if isinstance(x, np.ma.MaskedArray):
        raise UserError(f"{name}: expected an array of numbers, found one with a mask; leave out the rows it hides")
    try:
        return torch.from_numpy(np.array(x, dtype=x.dtype.newbyteorder("="), order="C"))
    except TypeError:
        raise UserError(f"{name}: expected an array of numbers, found one of {x.dtype}") from None


def embeddings(h: Any, count: int) -> Tensor:
    """What an encoder returned for so many observations, where it is `(count, dim)`: a tensor or an array of any
    library that NumPy reads."""
    if not isinstance(h, Tensor) and hasattr(h, "__array__"):
        h = from_numpy("encoder", h if isinstance(h, np.ndarray) else np.asarray(h))
    if not isinstance(h, Tensor):
        raise UserError(
            "encoder: expected one that returns a tensor or a NumPy array of embeddings (count, dim), "
            f"found {type(h).__name__}{advice(h)}"
        )
    dense("encoder", h)
    if h.is_complex() or h.dtype == torch.bool:
        raise UserError(f"encoder: expected embeddings of real numbers, found one of {h.dtype}")
    if h.dim() != 2 or len(h) != count:
        raise UserError(
            f"encoder: expected embeddings of shape (count, dim) for {count} observations, found {tuple(h.shape)}"
        )
    return h


def advice(h: Any) -> str:
    """How to get at embeddings that an encoder returns beside something else."""
    if isinstance(h, Mapping) and h:
        return f"; give a function that picks it, as lambda x: model(x)[{next(iter(h))!r}]"
    if isinstance(h, tuple | list) and h:
        return "; give a function that picks it, as lambda x: model(x)[0]"
    return ""
