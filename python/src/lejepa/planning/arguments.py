"""What arguments must be, each said in one sentence."""

from typing import Any

import torch
from torch import Tensor

from lejepa.arguments import dense, positive, real, seed, whole
from lejepa.errors import UserError

__all__ = [
    "array",
    "bounds",
    "numbers",
    "of_shape",
    "orthogonal",
    "per_coordinate",
    "positive",
    "real",
    "seed",
    "square",
    "states",
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


def states(name: str, value: Any) -> Tensor:
    """States `(tasks, ...)`."""
    if not isinstance(value, Tensor) or not value.is_floating_point():
        kind = f"one of {value.dtype}" if isinstance(value, Tensor) else type(value).__name__
        raise UserError(f"{name}: expected a floating-point torch.Tensor of shape (tasks, ...), found {kind}")
    dense(name, value)
    if value.dim() < 2 or not value.numel():
        raise UserError(f"{name}: expected shape (tasks, ...) with at least one task, found {tuple(value.shape)}")
    if not value.isfinite().all():
        raise UserError(f"{name}: expected finite numbers, found NaN or infinity")
    return value


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
