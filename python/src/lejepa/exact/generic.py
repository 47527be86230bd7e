"""Functions for the formulas of statements: the same text is read by balls, exact rationals and sympy's symbols.

Conventions are Lean's: the root of a negative number is 0, and so is a quotient by 0.
"""

from math import factorial
from typing import Any

from flint import arb, fmpq


def is_symbolic(x: Any) -> bool:
    return hasattr(x, "free_symbols")


def sqrt(x: Any) -> Any:
    """The square root, 0 for a negative number; exact for the square of a rational."""
    if is_symbolic(x):
        return call("sqrt", x)
    if isinstance(x, int):
        x = fmpq(x)
    if isinstance(x, fmpq):
        if x <= 0:
            return fmpq(0)
        top, bottom = x.p.isqrt(), x.q.isqrt()
        if top * top == x.p and bottom * bottom == x.q:
            return fmpq(top, bottom)
        x = arb(x)
    if x.contains(0) and not x.is_exact():
        return arb(0).union(x.max(arb(0)).abs_upper().sqrt())
    return x.max(arb(0)).sqrt()


def call(name: str, x: Any) -> Any:
    if is_symbolic(x):
        import sympy

        return getattr(sympy, name)(x)
    return getattr(arb(x), name)()


def exp(x: Any) -> Any:
    return call("exp", x)


def fac(k: Any) -> Any:
    """`k!`."""
    if is_symbolic(k):
        import sympy

        return sympy.factorial(k)
    if k < 0:
        raise ValueError(f"expected a natural number, got {k}")
    return fmpq(factorial(int(k)))


def pi(like: Any = None) -> Any:
    """π, as a symbol where `like` is one."""
    if is_symbolic(like):
        import sympy

        return sympy.pi
    return arb.pi()


def over(x: Any, y: Any) -> Any:
    """The quotient, 0 where `y` is 0."""
    if isinstance(y, int):
        y = fmpq(y)
    return fmpq(0) if isinstance(y, fmpq) and y == 0 else x / y
