"""What arguments must be, each said in one sentence."""

from typing import Any

import torch
from torch import Tensor

from lejepa.arguments import dense, integer, positive, real, seed, whole
from lejepa.errors import UserError, brief

__all__ = [
    "array",
    "beside",
    "bounds",
    "coordinates",
    "floating",
    "numbers",
    "of_shape",
    "orthogonal",
    "per_coordinate",
    "plans",
    "positive",
    "real",
    "seed",
    "square",
    "states",
    "step",
    "whole",
]

ROUNDING = 1e-9  # relative: what symmetry and orthogonality may miss


def numbers(name: str, value: Any) -> Tensor:
    """An array of any kind, in float64 on its device."""
    try:
        found = torch.as_tensor(value, dtype=torch.float64).detach()
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{name}: expected an array of numbers, found {type(value).__name__}") from error
    dense(name, found)
    return found


def array(name: str, value: Any, *shape: int) -> Tensor:
    """A finite array of this shape; -1 stands for any size of at least 1."""
    found = numbers(name, value)
    fits = found.dim() == len(shape) and all(n == m or (m < 0 < n) for n, m in zip(found.shape, shape, strict=True))
    if not fits:
        wanted = ", ".join("any" if n < 0 else str(n) for n in shape) + ("," if len(shape) == 1 else "")
        raise UserError(f"{name}: expected shape ({wanted}), found {tuple(found.shape)}")
    if not found.isfinite().all():
        raise UserError(f"{name}: expected finite numbers, found NaN or infinity")
    return found


def square(name: str, value: Any, size: int, *, definite: bool = False) -> Tensor:
    """A symmetric matrix without negative eigenvalues, or with positive ones only."""
    found = array(name, value, size, size)
    scale = float(found.abs().max())
    if float((found - found.T).abs().max()) > ROUNDING * scale:
        raise UserError(f"{name}: expected a symmetric matrix, found one that is not")
    found = (found + found.T) / 2
    least = float(torch.linalg.eigvalsh(found)[0])
    if definite and least <= 1e-14 * scale:
        raise UserError(f"{name}: expected a positive definite matrix, found the eigenvalue {least:.6g}")
    if least < -ROUNDING * scale:
        raise UserError(f"{name}: expected a matrix without negative eigenvalues, found the eigenvalue {least:.6g}")
    return found


def orthogonal(name: str, value: Any, size: int) -> Tensor:
    """A square matrix whose transpose is its inverse."""
    found = array(name, value, size, size)
    off = float((found.T @ found - torch.eye(size, dtype=found.dtype, device=found.device)).abs().max())
    if off > 1e-6:
        raise UserError(f"{name}: expected an orthogonal matrix U, found Uᵀ U to miss 1 by {off:.3g}")
    return found


def floating(name: str, value: Any, shape: str = "") -> Tensor:
    """A dense tensor of numbers that are not whole by their type."""
    if not isinstance(value, Tensor) or not value.is_floating_point():
        kind = f"one of {value.dtype}" if isinstance(value, Tensor) else type(value).__name__
        raise UserError(f"{name}: expected a floating-point torch.Tensor{shape}, found {kind}")
    dense(name, value)
    return value


def coordinates(name: str, value: Any, size: int) -> Tensor:
    """States or actions of so many coordinates, which may be of any size."""
    found = floating(name, value)
    if found.dim() == 0 or found.shape[-1] != size:
        raise UserError(f"{name}: expected {size} coordinates, found shape {tuple(found.shape)}")
    return found


def beside(name: str, value: Any, size: int, state: Tensor) -> Tensor:
    """Actions of so many coordinates, one for each of these states, and numbers like theirs."""
    found = coordinates(name, value, size)
    if found.shape[:-1] != state.shape[:-1]:
        raise UserError(f"{name}: expected shape {(*state.shape[:-1], size)}, found {tuple(found.shape)}")
    if (found.dtype, found.device) != (state.dtype, state.device):
        raise UserError(
            f"{name}: expected numbers of {state.dtype} on {state.device}, as states have, found {found.dtype} on "
            f"{found.device}"
        )
    return found


def step(value: Any, last: int) -> int:
    """The number of a step, from 0 to the last."""
    found = integer(value)
    if found is None or not 0 <= found <= last:
        raise UserError(f"step: expected one from 0 to {last}, found {brief(value)}")
    return found


def plans(name: str, value: Any, shape: str) -> Tensor:
    """Plans `(tasks, horizon, action_dim)`, described so."""
    if not isinstance(value, Tensor):
        raise UserError(f"{name}: expected a torch.Tensor of shape {shape}, found {type(value).__name__}")
    dense(name, value)
    return value


def states(name: str, value: Any) -> Tensor:
    """States `(tasks, ...)`."""
    found = floating(name, value, " of shape (tasks, ...)")
    if found.dim() < 2 or not found.numel():
        raise UserError(f"{name}: expected shape (tasks, ...) with at least one task, found {tuple(found.shape)}")
    if not found.isfinite().all():
        raise UserError(f"{name}: expected finite numbers, found NaN or infinity")
    return found


def of_shape(name: str, value: Any, shape: tuple[int, ...]) -> Tensor:
    """What somebody's function returned."""
    if not isinstance(value, Tensor):
        raise UserError(f"{name}: expected it to return a torch.Tensor of shape {shape}, found {type(value).__name__}")
    dense(name, value)
    if value.shape != shape:
        raise UserError(f"{name}: expected it to return shape {shape}, found {tuple(value.shape)}")
    return value


def bounds(low: Any, high: Any, action_dim: int) -> tuple[Tensor, Tensor]:
    """The least and the greatest of each coordinate of an action, `(action_dim,)` each."""
    both = per_coordinate("low", low, action_dim), per_coordinate("high", high, action_dim)
    if not (both[0] <= both[1]).all():
        raise UserError(f"low, high: expected low to be at most high, found {low!r} and {high!r}")
    return both


def per_coordinate(name: str, value: Any, action_dim: int) -> Tensor:
    """A number for each coordinate of an action, or one for all: `(action_dim,)`."""
    found = numbers(name, value)
    if found.shape not in ((), (action_dim,)):
        raise UserError(f"{name}: expected a number or shape ({action_dim},), found {tuple(found.shape)}")
    if found.isnan().any():
        raise UserError(f"{name}: expected numbers, found NaN")
    return found.expand(action_dim)
