"""Tests of the law of the embedding and of its remainder, held against what the certified limits allow.

For an orthogonal encoder the embedding `h` is standard Gaussian, and so is the remainder `r = (h' - ρ h) / √(1 - ρ²)`,
whatever `h` is. An encoder near to one may break this, by no more than `lejepa.certification.bounds` proves: `𝔼 ‖h - Q
z‖² ≤ b` and `𝔼 ‖r - ξ‖² ≤ b'`, where `ξ` is standard Gaussian and independent of `h`. What is seen of laws is a lower
limit of the same distances, since a map that is 1-Lipschitz makes no distance greater:

* **Law of `h`.** For an orthonormal basis `u_i`, `Σ W₂²(u_i·h, N(0, 1)) ≤ Σ 𝔼 (u_i·(h - Q z))² = 𝔼 ‖h - Q z‖²`. One
  direction alone is held against its own limit. And `W₂²(‖h‖, χ_n) ≤ 𝔼 (‖h‖ - ‖z‖)² ≤ 𝔼 ‖h - Q z‖²`: a circle of radius
  `√n` shows `2 n - 2 √n 𝔼 χ_n`, which is `4 - 2 √π = .455` in the plane.
* **Law of `r`.** The same with `b'`.
* **Law of `r`, given `h`.** Given `h`, `ξ` is standard Gaussian still. So for every partition of the values of `h` into
  sets `S`, `Σ P(h ∈ S) W₂²(u·r given h ∈ S, N(0, 1)) ≤ 𝔼 (u·(r - ξ))²`, which sees conditional variance, conditional
  mean and conditional shape at once. Sets are thirds of a fitted conditional mean by thirds of a fitted conditional
  variance of `u·r`.
* **Conditional mean.** `𝔼 (h' - ρ h)·q(h) ≤ √((ρ / 2) δ 𝔼 ‖q‖²)`, for `q` the conditional mean fitted on other rows.

Directions are those of the greatest kurtosis (FastICA; Hyvärinen and Oja 1997), found on some rows; `W₂²` is bounded
from below on the others (`lejepa.certification.transport`). Where `ρ` is only known to lie between limits, `r` is
formed at their middle, and `W₂` is lowered by the greatest root mean square difference of `r` at another `ρ` of them.
"""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lejepa.certification.bounds import along, amplification, remainder_bound
from lejepa.certification.intervals import MeanEstimate, norm_of_blocks
from lejepa.certification.outcome import Assumption, Reach, bounded
from lejepa.certification.transport import Chi, Normal, cells, fit, place, tally
from lejepa.certification.view import View, one_sided
from lejepa.measures.bounds import sharp_bound

Array = NDArray[np.float64]
Places = NDArray[np.int64]
BINS = 3  # of the conditional mean, and of the conditional variance
ICA_ROWS, ICA_STEPS = 1 << 14, 8
PRICE = 1.5  # how many standard errors a coefficient must have to be kept


@dataclass(frozen=True)
class Ceiling:
    """Upper limits that hold together, and what they allow.

    low, high: limits of `ρ`. excess, epsilon: of `D` and `ε`. delta: of `δ`. spare: the error probability that is left
    for limits in single directions.
    """

    low: float
    high: float
    excess: float
    epsilon: float
    delta: float
    spare: float

    @property
    def rho(self) -> float:
        return (self.low + self.high) / 2

    @property
    def embedding(self) -> float:
        return sharp_bound(self.excess, self.epsilon)

    @property
    def remainder(self) -> float:
        return remainder_bound(self.excess, self.epsilon, self.high)


@dataclass(frozen=True)
class Seen:
    """Lower bounds of transport distances, on the `L` rows that are looked at.

    values: a column a direction, `(L, k)`. directions: orthonormal, in rows, `(k, k)`. best: the most conspicuous
    column of the rows to choose on. radius: of the norm, `(L,)`.
    """

    values: Array
    directions: Array
    best: int
    radius: Array | None = None


class Laws:
    """The four tests, on one view."""

    def __init__(self, view: View, ceiling: Ceiling) -> None:
        self.view, self.ceiling = view, ceiling
        rho = ceiling.rho
        self.r = (view.h1 - rho * view.h0) / sqrt(1 - rho**2)
        self.of_embedding = seen(view, view.h0)

    def embedding(self, alpha: float) -> Assumption:
        found = self.marginals(self.of_embedding, "the law of h is from the Gaussian one", False, alpha)
        return bounded(
            "law of the embedding",
            found,
            alpha,
            "h may be Gaussian",
            "the world is not Gaussian",
        )

    def remainder(self, alpha: float) -> Assumption:
        found = self.marginals(seen(self.view, self.r), "the law of h' - ρ h is from the Gaussian one", True, alpha)
        return bounded("law of the remainder", found, alpha, "h' - ρ h may be Gaussian", "the world is another")

    def lower_limit(self, alpha: float) -> float:
        """Of the squared distance of `h` to any orthogonal map of Gaussian latents, from its law alone."""
        return max(max(e.lower(alpha / 2), 0.0) for e in totals(self.view, self.of_embedding))

    def marginals(self, found: Seen, what: str, of_remainder: bool, alpha: float) -> list[Reach]:
        allowed = self.ceiling.remainder if of_remainder else self.ceiling.embedding
        slack = self.slack(None) if of_remainder else 0.0
        reached = [reach(what, e, slack, allowed, alpha / 3) for e in totals(self.view, found)]
        return [*reached, self.single(found, what, of_remainder, alpha / 3)]

    def conditional_law(self, alpha: float) -> Assumption:
        """The remainder given `h`."""
        view, normal = self.view, Normal()
        chosen, looked = view.parts
        there, here = self.r[chosen], self.r[looked]
        f, size = view.functions[0], cells(normal)
        mean, variance = fitted(f[chosen], there), fitted(f[chosen], np.square(there))
        values, inside = np.empty_like(here), np.empty(view.dim)
        for j in range(view.dim):
            before, after = partition(f[chosen], f[looked], mean[:, j], variance[:, j])
            counts = np.bincount(before * size + place(there[:, j], normal), minlength=BINS**2 * size)
            potential = fit(counts.reshape(BINS**2, size).astype(np.float64), normal)
            values[:, j] = potential(here[:, j], after)
            inside[j] = potential(there[:, j], before).mean()
        what = "the law of h' - ρ h given h is from the Gaussian one"
        found = Seen(values, np.eye(view.dim), int(inside.argmax()))
        total = reach(what, view.looked(values.sum(1)), self.slack(None), self.ceiling.remainder, alpha / 2)
        return bounded(
            "remainder given h",
            (total, self.single(found, what, True, alpha / 2)),
            alpha,
            "h' - ρ h may be independent of h",
            "the world is another",
        )

    def conditional_mean(self, alpha: float) -> Assumption:
        """What a fit of `h' - ρ h` by functions of `h` explains on other rows."""
        view, c = self.view, self.ceiling
        chosen, looked = view.parts
        f = view.functions[0]
        q = f[looked] @ fitted(f[chosen], self.r[chosen])
        size = float(np.square(q).sum(1).mean())
        later, now = (np.einsum("ri,ri->r", h[looked], q) for h in (view.h1, view.h0))
        ends = [view.looked(later - rho * now) for rho in dict.fromkeys((c.low, c.high))]
        low = min(e.lower(alpha) for e in ends)
        share = max(low, 0) ** 2 / size if size > 0 else 0.0
        p = max(map(one_sided, ends))
        found = Reach("the mean square of h' - ρ h that h tells is", share, c.high / 2 * c.delta, p)
        return bounded(
            "conditional mean", [found], alpha, "𝔼[h' | h] may be ρ h", "no encoder of this world has such a mean"
        )

    def single(self, found: Seen, what: str, of_remainder: bool, alpha: float) -> Reach:
        """The most conspicuous direction of the rows to choose on, against what is allowed there."""
        u = found.directions[found.best]
        e = self.view.looked(found.values[:, found.best])
        slack = self.slack(u) if of_remainder else 0.0
        return reach(f"in one direction, {what}", e, slack, self.allowed_along(u, of_remainder), alpha)

    def allowed_along(self, u: Array, of_remainder: bool) -> float:
        """The greatest `𝔼 (u·(h - Q z))²`, or of the remainder, in a direction that was chosen on some rows."""
        c, view = self.ceiling, self.view
        everything = c.remainder if of_remainder else c.embedding
        if not view.whole:
            return everything
        x0, x1 = view.h0 @ u, view.h1 @ u
        alpha = c.spare / 2  # for the two limits that follow
        delta = view.mean(c.high * (x0 * x0 + x1 * x1) - 2 * x0 * x1)
        excess = max(delta.upper(alpha), 0) / (2 * c.high * (1 - c.high))
        column = view.block_means((x0[:, None] * view.h0 + x1[:, None] * view.h1) / 2) - u
        epsilon = norm_of_blocks(column @ column.T, view.sizes / view.count, view.dim).upper(alpha)
        factor = amplification(c.high) if of_remainder else 1.0
        return min(everything, factor * excess + along(c.excess, excess, epsilon))

    def slack(self, u: Array | None) -> float:
        """The greatest root mean square difference of `r`, or of `u·r`, from that at another `ρ` within the limits."""
        c = self.ceiling
        if c.low == c.high:
            return 0.0
        variance, lagged = self.second_moments
        if u is None:
            v, k = float(np.trace(variance)), float(np.trace(lagged))
        else:
            v, k = float(u @ variance @ u), float(u @ lagged @ u)

        def difference(rho: float) -> float:
            a = 1 / sqrt(1 - rho**2) - 1 / sqrt(1 - c.rho**2)
            b = rho / sqrt(1 - rho**2) - c.rho / sqrt(1 - c.rho**2)
            return (a * a + b * b) * v - 2 * a * b * k

        return sqrt(max(difference(c.low), difference(c.high), 0.0))

    @cached_property
    def second_moments(self) -> tuple[Array, Array]:
        h0, h1 = self.view.h0, self.view.h1
        lagged = h0.T @ h1 / len(h0)
        return (h0.T @ h0 + h1.T @ h1) / (2 * len(h0)), (lagged + lagged.T) / 2


def seen(view: View, x: Array) -> Seen:
    """Of each direction of a basis of great kurtosis, and of the norm, of `x`, `(M, k)`."""
    chosen, looked = view.parts
    normal, chi = Normal(), Chi(view.dim)
    u = independent_components(x[chosen])
    there, here = x[chosen] @ u, x[looked] @ u
    potential = fit(tally(there, normal), normal)
    values = np.stack([potential(here[:, j], j) for j in range(view.dim)], axis=1)
    inside = [potential(there[:, j], j).mean() for j in range(view.dim)]
    norm = np.sqrt(np.square(x).sum(1))
    radius = fit(tally(norm[chosen, None], chi), chi)(norm[looked], 0)
    return Seen(values, u.T, int(np.argmax(inside)), radius)


def totals(view: View, found: Seen) -> tuple[MeanEstimate, MeanEstimate]:
    """Of all directions of a basis together, and of the norm."""
    assert found.radius is not None
    return view.looked(found.values.sum(1)), view.looked(found.radius)


def reach(what: str, e: MeanEstimate, slack: float, allowed: float, alpha: float) -> Reach:
    low = max(sqrt(max(e.lower(alpha), 0.0)) - slack, 0) ** 2
    return Reach(what, low, allowed, one_sided(e) if slack == 0 or low > 0 else 1.0)


def fitted(f: Array, x: Array) -> Array:
    """Coefficients of `x`, `(M, k)`, on functions of covariance 1, `(M, p)`, without those that are noise: `(p, k)`."""
    centred = x - x.mean(0)
    coefficients: Array = f.T @ centred / len(f)
    noise = np.sqrt(np.square(centred).mean(0) / len(f))
    return np.where(np.abs(coefficients) > PRICE * noise, coefficients, 0.0)


def partition(f: Array, g: Array, mean: Array, variance: Array) -> tuple[Places, Places]:
    """For each row of `f` and of `g` the set that it lies in, of thirds of the rows of `f` by `f·mean` and
    `f·variance`."""
    before, after = (np.zeros(len(x), dtype=np.int64) for x in (f, g))
    for coefficients in (mean, variance):
        score = f @ coefficients
        edges = np.quantile(score[:: max(1, len(f) // ICA_ROWS)], np.arange(1, BINS) / BINS)
        before = BINS * before + np.searchsorted(edges, score)
        after = BINS * after + np.searchsorted(edges, g @ coefficients)
    return before, after


def independent_components(x: Array) -> Array:
    """An orthonormal basis whose directions have great kurtosis: rows `(M, k)` to columns `(k, k)`.

    Symmetric FastICA with the cubic contrast, on rows made white first.
    """
    dim = x.shape[1]
    if dim == 1:
        return np.ones((1, 1))
    step = max(1, len(x) // ICA_ROWS)
    x = x[::step] - x[::step].mean(0)
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    x = x @ (vectors / np.sqrt(np.maximum(values, 1e-12 * values[-1]))) @ vectors.T
    w = np.linalg.qr(np.random.default_rng(dim).standard_normal((dim, dim))).Q
    for _ in range(ICA_STEPS):
        y = x @ w
        left, _, right = np.linalg.svd(x.T @ (y * y * y) / len(x) - 3 * w)
        w = left @ right
    return w
