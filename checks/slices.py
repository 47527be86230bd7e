"""Slices: fixed directions in which an encoder's output is Gaussian, how many suffice, and one random direction."""

from collections.abc import Sequence
from random import Random
from typing import Any

from flint import arb, fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import MultiIndex, multi_indices, rational
from lejepa.exact.linear import identity, matrix, trace
from lejepa.exact.polynomials import alignment
from lejepa.exact.preserving import Flip
from lejepa.exact.worlds import Moments, gaussian, image, independent, kernel, nodes, scattered, signed, uniform

Direction = Sequence[str]


def unit(rng: Random, n: int) -> list[str]:
    """A rational unit vector, by the stereographic projection of a rational point."""
    t = [fmpq(rng.randint(-9, 9), 4) for _ in range(n - 1)]
    square = sum((x * x for x in t), fmpq(0))
    point = [2 * x / (1 + square) for x in t] + [(square - 1) / (1 + square)]
    return [str(x) for x in rng.sample(point, n)]


def forms(directions: Sequence[Direction], n: int) -> fmpq_mat:
    """A row `uᵢ uⱼ`, `i ≤ j`, twice off the diagonal, for each direction: `u · S u` of symmetric matrices `S`."""
    rows = []
    for direction in directions:
        u = [rational(x) for x in direction]
        rows.append([u[i] * u[j] * (1 if i == j else 2) for i in range(n) for j in range(i, n)])
    return fmpq_mat(rows) if rows else fmpq_mat(0, n * (n + 1) // 2)


def unseen(directions: Sequence[Direction], n: int) -> fmpq_mat | None:
    """A symmetric matrix other than 0, of trace at least 0, for which `u · S u = 0` in every direction, if there is
    one."""
    rows = kernel(forms(directions, n)) if directions else identity(n * (n + 1) // 2)
    if rows.nrows() == 0:
        return None
    entries, s = rows.tolist()[0], fmpq_mat(n, n)
    places = [(i, j) for i in range(n) for j in range(i, n)]
    for (i, j), x in zip(places, entries, strict=True):
        s[i, j] = s[j, i] = x
    return s if trace(s) >= 0 else -s


def linear(second: fmpq_mat) -> list[dict[MultiIndex, Any]]:
    """A linear encoder with these second moments, by Cholesky's decomposition."""
    n = second.nrows()
    rows = [[arb(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = arb(second[i, j]) - sum((rows[i][k] * rows[j][k] for k in range(j)), arb(0))
            rows[i][j] = sqrt(rest) if i == j else rest / rows[j][j]
    units = [tuple(int(i == j) for i in range(n)) for j in range(n)]
    return [dict(zip(units, row, strict=True)) for row in rows]


def passes(second: fmpq_mat, directions: Sequence[Direction]) -> bool:
    """Whether every slice of a linear encoder, which is Gaussian, has variance 1."""
    columns = [matrix([[x] for x in u]) for u in directions]
    return all((u.transpose() * second * u)[0, 0] == 1 for u in columns)


class Spanning(Check):
    """How many of two encoders that pass all slices and are no orthogonal map align as well as the identity, or better:
    the linear one of second moments `1 - c S`, with `S` unseen by the slices, if there is such a matrix; and in the
    plane the flip `(z₁, z₂ sign z₁)`, whose output is Gaussian. Whether the slices span is the rank of `uᵢ uⱼ`. Outside
    the hypothesis, correlation 0 and 1, the flip does as well."""

    statement = "slices_identify_iff"
    relation = "iff"
    tried = "Up to n (n + 1) / 2 rational directions of 1 to 4 dimensions, drawn at random, and the axes."

    def cases(self, rng: Random) -> list[Case]:
        out: list[Case] = []
        for n in (1, 2, 3, 4):
            full = n * (n + 1) // 2
            axes = [[str(int(i == j)) for i in range(n)] for j in range(n)]
            sets = [[unit(rng, n) for _ in range(k)] for k in (0, full - 1, full)] + [axes]
            out += [{"n": n, "directions": u, "rho": r} for u in sets for r in ("1/100", "1/2", "99/100")]
        return out

    def outside(self, rng: Random) -> list[Case]:
        enough = [["1", "0"], ["0", "1"], ["3/5", "4/5"]]
        return [{"n": 2, "directions": enough, "rho": r} for r in ("0", "1")]

    def evidence(self, n: int, directions: list[Direction], rho: str) -> Evidence:
        r, s = rational(rho), unseen(directions, n)
        aligned = []
        if s is not None:
            size = sum((abs(x) for row in s.tolist() for x in row), fmpq(0))
            second = identity(n) - s / (2 * size)
            if not passes(second, directions):
                raise ValueError("expected second moments that every slice lets pass")
            aligned.append(alignment(linear(second), r))
        if n == 2:
            aligned.append(Flip().alignment(r))
        best = alignment([{tuple(int(i == j) for i in range(n)): fmpq(1)} for j in range(n)], r)
        # a ball that holds the identity's value counts as one that reaches it
        as_well = sum(not x > best for x in aligned)
        spans = forms(directions, n).rank() == n * (n + 1) // 2
        return Evidence(as_well, {}, {"rho": r, "spans": spans})

    @staticmethod
    def hypothesis(rho: Any, spans: bool) -> bool:
        return 0 < rho < 1

    @staticmethod
    def condition(rho: Any, spans: bool) -> bool:
        return spans

    @staticmethod
    def claim() -> Any:
        return 0


LAWS: dict[str, tuple[int, Moments]] = {
    "uniform": (2, independent(uniform, uniform)),
    "one uniform": (3, independent(gaussian, gaussian, uniform)),
    "fair sign": (2, signed),
    "fair signs": (3, signed),
    "nodes 2": (1, independent(nodes(2))),
    "nodes 4": (2, independent(gaussian, nodes(4))),
    "scattered": (2, scattered(lambda m: fmpq(1, 2) * (fmpq(1, 2) ** m + fmpq(3, 2) ** m))),
    "correlated": (2, image(independent(gaussian, gaussian), [[fmpq(1), fmpq(0)], [fmpq(3, 5), fmpq(4, 5)]])),
}
ORDER = 8


def gaussian_of(n: int) -> tuple[int, Moments]:
    return n, independent(*[gaussian] * n)


class OneSlice(Check):
    """How many of 20 directions, rational and drawn at random, find no fault: the projection's moments up to order 8
    are those of a Gaussian of the direction's length. Among the laws are some that no axis can tell from a Gaussian,
    and one that has the Gaussian's moments up to order 7."""

    statement = "ae_projection_ne_gaussian"
    tried = "Twenty directions drawn at random for each of eight laws of one to three dimensions; moments to order 8."

    def cases(self, rng: Random) -> list[Case]:
        return [{"law": law, "seed": rng.randrange(10**6)} for law in LAWS]

    def outside(self, rng: Random) -> list[Case]:
        return [{"law": f"gaussian {n}", "seed": rng.randrange(10**6)} for n in (1, 3)]

    def evidence(self, law: str, seed: int) -> Evidence:
        rng = Random(seed)
        n, moments = LAWS.get(law) or gaussian_of(int(law.split()[1]))
        standard = independent(*[gaussian] * n)
        fooled = 0
        for _ in range(20):
            u = [fmpq(rng.randint(-(10**6), 10**6), 10**6) for _ in range(n)]
            there, here = image(moments, [u]), image(standard, [u])
            fooled += all(there((k,)) == here((k,)) for k in range(1, ORDER + 1))
        same = all(moments(a) == standard(a) for a in multi_indices(n, ORDER))
        return Evidence(fooled, {}, {"gaussian": same})

    @staticmethod
    def hypothesis(gaussian: bool) -> bool:
        return not gaussian

    @staticmethod
    def claim() -> Any:
        return 0
