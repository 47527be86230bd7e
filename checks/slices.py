"""Slices: fixed directions in which an encoder's output is Gaussian, how many suffice, and one random direction."""

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mat
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.chains import rotation
from lejepa.exact.generic import sqrt
from lejepa.exact.hermite import MultiIndex, multi_indices, rational
from lejepa.exact.linear import identity, matrix, trace
from lejepa.exact.polynomials import alignment
from lejepa.exact.preserving import Flip, Fold, Linear, Preserving
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


def root(second: fmpq_mat) -> list[list[Any]]:
    """The rows of a linear encoder with these second moments, by Cholesky's decomposition."""
    n = second.nrows()
    rows = [[arb(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = arb(second[i, j]) - sum((rows[i][k] * rows[j][k] for k in range(j)), arb(0))
            rows[i][j] = sqrt(rest) if i == j else rest / rows[j][j]
    return rows


def outputs(rows: Sequence[Sequence[Any]]) -> list[dict[MultiIndex, Any]]:
    """The linear encoder with these rows."""
    units = [tuple(int(i == j) for i in range(len(rows))) for j in range(len(rows))]
    return [dict(zip(units, row, strict=True)) for row in rows]


def passes(second: fmpq_mat, directions: Sequence[Direction]) -> bool:
    """Whether every slice of a linear encoder, which is Gaussian, has variance 1."""
    columns = [matrix([[x] for x in u]) for u in directions]
    return all((u.transpose() * second * u)[0, 0] == 1 for u in columns)


def linear_maps(n: int) -> list[fmpq_mat]:
    """Linear encoders with rational entries: three orthogonal maps, and one with rows of length 1 that are not
    orthogonal, which the axes let pass."""
    flipped, oblique = identity(n), identity(n)
    flipped[0, 0] = fmpq(-1)
    if n > 1:
        oblique[0, 0], oblique[0, 1] = fmpq(3, 5), fmpq(4, 5)
    return [identity(n), flipped, rotation(n), oblique]


@cache
def pieces(bits: int) -> dict[str, Preserving]:
    """Maps of one or two latents that preserve the Gaussian, with what is kept of them at the precision `bits`, which
    the caller has set."""
    maps: dict[str, Preserving] = {"still": Linear([[fmpq(1)]]), "fold": Fold(fmpq(1)), "flip": Flip()}
    if not all(h.is_gaussian for h in maps.values()):
        raise ValueError("expected maps that preserve the Gaussian: then every slice is Gaussian")
    return maps


BESIDE = {1: ["fold"], 2: ["flip", "fold still"], 3: ["flip still", "flip fold"], 4: ["flip still still", "flip flip"]}


@cache
def preserved(n: int, rho: str, bits: int) -> list[tuple[Any, bool]]:
    """The alignments of maps of `n` latents that preserve the Gaussian, made of maps of some of them, and whether they
    are orthogonal."""
    maps = [[pieces(bits)[name] for name in names.split()] for names in BESIDE[n]]
    return [
        (sum((h.alignment(rational(rho)) for h in parts), fmpq(0)), all(h.is_orthogonal for h in parts))
        for parts in maps
    ]


class Spanning(Check):
    """How many encoders are tried that pass all slices, against how many of them do as identification asks: orthogonal
    maps attain the least alignment, and others align worse. They are rational linear maps; if none but orthogonal
    ones pass and there is a matrix `S` unseen by the slices, the linear encoder of second moments `1 - c S`; and maps
    that preserve the Gaussian, made of the fold of one latent and the flip `(z₁, z₂ sign z₁)` of two. Whether a slice
    of a linear encoder is standard Gaussian is seen from its variance, whether a map preserves the Gaussian from the
    moments of its output up to order 4, and which maps are orthogonal from their linear parts. Whether the slices span
    is the rank of `uᵢ uⱼ`.

    Outside the hypothesis, correlation 0 and 1, others do as well as the orthogonal maps, and for a negative one
    better."""

    statement = "slices_identify_iff"
    relation = "iff"
    tried = (
        "Up to n (n + 1) / 2 + 1 rational directions of 1 to 4 dimensions, drawn at random, the axes, and enough "
        "directions that do not span; linear encoders and maps that preserve the Gaussian, orthogonal or not."
    )

    def cases(self, rng: Random) -> list[Case]:
        out: list[Case] = []
        for n in (1, 2, 3, 4):
            full = n * (n + 1) // 2
            axes = [[str(int(i == j)) for i in range(n)] for j in range(n)]
            sets = [[unit(rng, n) for _ in range(k)] for k in (0, full - 1, full, full + 1)] + [axes]
            if n > 1:
                flat = [[*unit(rng, n - 1), "0"] for _ in range(full)]
                opposite = [unit(rng, n) for _ in range(full - 1)]
                sets += [flat, [*opposite, [str(-rational(x)) for x in opposite[0]]]]
            out += [{"n": n, "directions": u, "rho": r} for u in sets for r in ("1/100", "1/2", "99/100")]
        return out

    def outside(self, rng: Random) -> list[Case]:
        enough = {1: [["1"]], 2: [["1", "0"], ["0", "1"], ["3/5", "4/5"]], 3: [unit(rng, 3) for _ in range(6)]}
        return [{"n": n, "directions": u, "rho": r} for n, u in enough.items() for r in ("-1/2", "0", "1")]

    def evidence(self, n: int, directions: list[Direction], rho: str) -> Evidence:
        r, s = rational(rho), unseen(directions, n)
        orthogonal: list[Any] = []
        others: list[Any] = []
        for m in linear_maps(n):
            second = m * m.transpose()
            if passes(second, directions):
                (orthogonal if second == identity(n) else others).append(alignment(outputs(m.tolist()), r))
        if s is not None and not others:
            size = sum((abs(x) for row in s.tolist() for x in row), fmpq(0))
            second = identity(n) - s / (2 * size)
            if not passes(second, directions):
                raise ValueError("expected second moments that every slice lets pass")
            others.append(alignment(outputs(root(second)), r))
        for aligned, straight in preserved(n, rho, ctx.prec):
            (orthogonal if straight else others).append(aligned)
        terms = {"n": n, "rho": r, "orthogonal": orthogonal, "others": others}
        spans = forms(directions, n).rank() == n * (n + 1) // 2
        return Evidence(len(orthogonal) + len(others), terms, {"rho": r, "spans": spans})

    @staticmethod
    def hypothesis(rho: Any, spans: bool) -> bool:
        return 0 < rho < 1

    @staticmethod
    def condition(rho: Any, spans: bool) -> bool:
        return spans

    @staticmethod
    def claim(n: Any, rho: Any, orthogonal: Any, others: Any) -> Any:
        least = 2 * (1 - rho) * n
        return sum(x == least for x in orthogonal) + sum(x > least for x in others)


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
AXES, LINE, NOWHERE = [["1", "0"], ["0", "-2"]], [["1", "0"], ["-3", "0"]], [["0", "0"]]
# directions in which a law has the projections of the standard Gaussian
EXCEPTIONS: dict[str, list[list[str]]] = {
    "uniform": NOWHERE,
    "one uniform": [["1", "0", "0"], ["0", "1", "0"], ["3", "4", "0"], ["1", "-2", "0"]],
    "fair sign": AXES,
    "fair signs": [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]],
    "nodes 2": [["0"]],
    "nodes 4": LINE,
    "scattered": NOWHERE,
    "correlated": AXES,
}
ORDER = 8


def gaussian_of(n: int) -> tuple[int, Moments]:
    return n, independent(*[gaussian] * n)


def twenty(rng: Random, n: int) -> list[list[str]]:
    """Directions at random."""
    return [[f"{rng.randint(-(10**6), 10**6)}/{10**6}" for _ in range(n)] for _ in range(20)]


class OneSlice(Check):
    """How many of 20 directions, rational and drawn at random, find no fault: the projection's moments up to order 8
    are those of a Gaussian of the direction's length. Among the laws are some that no axis can tell from a Gaussian,
    and one that has the Gaussian's moments up to order 7.

    Twenty directions can't show that the others that find no fault are a null set. They stand for almost every one
    where they are spread, that is, on no cone `u · S u = 0` together. Outside the hypothesis, the law is Gaussian, or
    the directions are on such a cone, a null set in which it projects as the Gaussian does: axes, a plane, or 0."""

    statement = "ae_projection_ne_gaussian"
    tried = "Twenty directions drawn at random for each of eight laws of one to three dimensions; moments to order 8."

    def cases(self, rng: Random) -> list[Case]:
        return [{"law": law, "directions": twenty(rng, n)} for law, (n, _) in LAWS.items()]

    def outside(self, rng: Random) -> list[Case]:
        normal = [{"law": f"gaussian {n}", "directions": twenty(rng, n)} for n in (1, 3)]
        return [*normal, *({"law": law, "directions": held} for law, held in EXCEPTIONS.items())]

    def evidence(self, law: str, directions: list[Direction]) -> Evidence:
        n, moments = LAWS.get(law) or gaussian_of(int(law.split()[1]))
        standard = independent(*[gaussian] * n)
        fooled = 0
        for direction in directions:
            u = [rational(x) for x in direction]
            there, here = image(moments, [u]), image(standard, [u])
            fooled += all(there((k,)) == here((k,)) for k in range(1, ORDER + 1))
        same = all(moments(a) == standard(a) for a in multi_indices(n, ORDER))
        spread = forms(directions, n).rank() == n * (n + 1) // 2
        return Evidence(fooled, {}, {"gaussian": same, "spread": spread})

    @staticmethod
    def hypothesis(gaussian: bool, spread: bool) -> bool:
        return not gaussian and spread

    @staticmethod
    def claim() -> Any:
        return 0
