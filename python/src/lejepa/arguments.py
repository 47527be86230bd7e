"""What arguments must be, each said in one sentence; a truth value is no number here."""

from math import inf
from numbers import Real
from operator import index
from pathlib import Path
from typing import Any

from lejepa.errors import UserError, brief

SEEDS = 2**63  # there are so many


def integer(value: Any) -> int | None:
    """A whole number of Python, NumPy or PyTorch: `1`, not `1.0`, `"1"` or `True`; None where it is something else."""
    if isinstance(value, bool) or str(getattr(value, "dtype", "")).endswith("bool"):
        return None
    try:
        return index(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def whole(name: str, value: Any, least: int = 1, error: type[Exception] = UserError) -> int:
    """A whole number that is great enough."""
    found = integer(value)
    if found is None or found < least:
        raise error(f"{name}: expected a whole number of at least {least}, found {brief(value)}")
    return found


def real(value: Any) -> float | None:
    """A number of Python, NumPy or PyTorch, also one in an array without axes; None where it is something else."""
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        return float(value)
    except OverflowError:
        return inf if value == abs(value) else -inf


def positive(name: str, value: Any, error: type[Exception] = UserError) -> float:
    """A finite number above 0."""
    found = real(value)
    if found is None or not 0 < found < inf:
        raise error(f"{name}: expected a number above 0, found {brief(value)}")
    return found


def share(name: str, value: Any, error: type[Exception] = UserError) -> float:
    """A number between 0 and 1, neither of them."""
    found = real(value)
    if found is None or not 0 < found < 1:
        raise error(f"{name}: expected a number between 0 and 1, found {brief(value)}")
    return found


def seed(value: Any, name: str = "seed") -> int:
    """A seed that every generator takes."""
    found = integer(value)
    if found is None or not 0 <= found < SEEDS:
        raise UserError(f"{name}: expected a whole number from 0 to 2^63 - 1, found {brief(value)}")
    return found


def file_path(name: str, value: Any) -> Path:
    """Where a file is or shall be."""
    try:
        return Path(value)
    except TypeError:
        raise UserError(f"{name}: expected the path of a file, found {brief(value)}") from None


def dense(name: str, tensor: Any, error: type[Exception] = UserError) -> None:
    """A tensor with a place for each number: neither sparse nor nested."""
    if tensor.is_nested:
        raise error(f"{name}: expected a dense tensor, found a nested one")
    layout = str(tensor.layout).removeprefix("torch.")
    if layout != "strided":
        raise error(f"{name}: expected a dense tensor, found a {layout} one; give its to_dense()")
