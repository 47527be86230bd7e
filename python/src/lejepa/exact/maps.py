"""Maps of Gaussian space into itself, with their Jacobians, and rigorous means of functions of both.

A map is written once, on numbers that carry their gradient (`Dual`); values and Jacobian matrices come from that text.

`Disc` makes the maps whose Jacobian is not orthogonal anywhere inside a disc: the plane is laid on the unit disc by
`w = z √(1 - e^{-|z|²/2}) / |z|`, which takes the Gaussian to the uniform law, a smaller disc is turned about its own
centre, the further in the more, and all is laid back.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import ceil, factorial, log, prod
from typing import Any, ClassVar

from flint import acb, arb, arb_mat, ctx, fmpq, fmpz_poly

from lejepa.exact.hermite import gaussian_moment, hermite, hermite_explicit
from lejepa.exact.integration import Growth, gaussian_integral, integrate, plain
from lejepa.exact.polynomials import vanishes

NONE, ONE = fmpq(0), fmpq(1)
Vector = list[Any]
Matrix = list[list[Any]]


class Dual:
    """A number with its gradient: forward differentiation, exact up to the balls."""

    __slots__ = ("gradient", "value")

    def __init__(self, value: Any, gradient: Sequence[Any]) -> None:
        self.value, self.gradient = value, gradient

    def __add__(self, other: Any) -> "Dual":
        if not isinstance(other, Dual):
            return Dual(self.value + other, self.gradient)
        return Dual(self.value + other.value, [x + y for x, y in zip(self.gradient, other.gradient, strict=True)])

    def __sub__(self, other: Any) -> "Dual":
        if not isinstance(other, Dual):
            return Dual(self.value - other, self.gradient)
        return Dual(self.value - other.value, [x - y for x, y in zip(self.gradient, other.gradient, strict=True)])

    def __mul__(self, other: Any) -> "Dual":
        if not isinstance(other, Dual):
            return Dual(self.value * other, [g * other for g in self.gradient])
        v, w = self.value, other.value
        return Dual(v * w, [v * y + w * x for x, y in zip(self.gradient, other.gradient, strict=True)])

    def through(self, value: Any, slope: Any) -> "Dual":
        """A function of the number, by its value and slope there."""
        return Dual(value, [slope * g for g in self.gradient])

    def root(self) -> "Dual":
        r = self.value.sqrt()
        return self.through(r, 1 / (2 * r))

    def log(self) -> "Dual":
        return self.through(self.value.log(), 1 / self.value)

    def exp(self) -> "Dual":
        e = self.value.exp()
        return self.through(e, e)

    def inverse(self) -> "Dual":
        i = 1 / self.value
        return self.through(i, -i * i)

    def turn(self) -> tuple["Dual", "Dual"]:
        """Cosine and sine."""
        s, c = self.value.sin(), self.value.cos()
        return self.through(c, -s), self.through(s, c)


def rotate(x: Dual, y: Dual, angle: Dual) -> list[Dual]:
    c, s = angle.turn()
    return [x * c - y * s, x * s + y * c]


def determinant(m: Matrix) -> Any:
    return arb_mat(m).det() if m else arb(1)


def power_along(at: Vector, along: Sequence[Any], power: int) -> Any:
    size = sum((x * u for x, u in zip(at, along, strict=True)), 0 * at[0])
    return prod([size] * power)


def sum_of_squares(rows: Matrix) -> Any:
    return sum((x * x for row in rows for x in row), arb(0))


def log_size(x: Any) -> Any:
    """`log |x|` of a real ball."""
    return abs(x).log()


class Map(ABC):
    """A map of `ℝⁿ` into itself."""

    n: int

    @abstractmethod
    def __call__(self, z: list[Dual]) -> list[Dual]: ...

    @abstractmethod
    def moment(self, along: Sequence[Any], power: int) -> Any:
        """A ball around `𝔼 (along · h(z))^power`, `z` standard Gaussian, `power` at most 4."""

    @abstractmethod
    def energy(self) -> Any:
        """A ball around `𝔼 ‖∂h‖_F²`."""

    def at(self, z: Sequence[Any]) -> tuple[Vector, Matrix]:
        """The image of a point, and the Jacobian matrix there."""
        out = self([Dual(x, [0 * x + int(i == j) for j in range(self.n)]) for i, x in enumerate(z)])
        return [d.value for d in out], [list(d.gradient) for d in out]

    def seams(self) -> Iterator[tuple[tuple[Vector, Matrix], tuple[Vector, Matrix]]]:
        """Where two formulas meet: image and Jacobian at points of the seam, by the one formula and by the other."""
        yield from ()

    def points(self) -> list[Vector]:
        """Points that tell maps apart, in general position."""
        return [[arb(fmpq((3 * i + 5 * k) % 7 - 3, 2 + k)) for i in range(self.n)] for k in range(4)]

    def is_smooth(self) -> bool:
        """Whether values and derivatives agree where formulas meet; each formula is smooth."""
        return all(
            vanishes(sum_of_squares([[x - y for x, y in zip(u, v, strict=True)] for u, v in pairs]))
            for one, other in self.seams()
            for pairs in ([(one[0], other[0])], list(zip(one[1], other[1], strict=True)))
        )

    def is_orthogonal(self) -> bool:
        """Whether the map is `z ↦ Q z` at its points, with `Q` orthogonal: its Jacobian at the first one."""
        points = self.points()
        q = self.at(points[0])[1]
        gram = [[sum((a * b for a, b in zip(r, s, strict=True)), arb(0)) - (i == j) for j, s in enumerate(q)]
                for i, r in enumerate(q)]  # fmt: skip
        off = [
            [sum((a * x for a, x in zip(r, z, strict=True)), arb(0)) - y for r, y in zip(q, self.at(z)[0], strict=True)]
            for z in points
        ]
        return vanishes(sum_of_squares(gram)) and vanishes(sum_of_squares(off))

    def preserves_gaussian(self) -> bool:
        """Whether the moments of the image up to order 4 are those of the standard Gaussian, along two directions in
        general position: by quadrature, at the precision of the context."""
        directions = [[fmpq(3, 5), fmpq(-7, 5), fmpq(2, 3)], [fmpq(1), fmpq(1, 3), fmpq(-3, 4)]]
        return all(
            vanishes(self.moment(u[: self.n], k) - gaussian_moment(k) * sum(x * x for x in u[: self.n]) ** (k // 2))
            for u in directions
            for k in (1, 2, 3, 4)
        )


# Rules of quadrature


@cache
def rule(m: int, bits: int) -> list[tuple[Any, Any]]:
    """Nodes and weights of the Gauss–Hermite rule of order `m`, exact for polynomials of degree below `2 m`, at the
    precision `bits`, which the caller has set."""
    roots: Any = fmpz_poly(list(hermite_explicit(m))).complex_roots()
    nodes = [root.real for root, _ in roots]
    return [(x, arb(factorial(m)) / (m * hermite(m - 1, x)) ** 2) for x in nodes]


def polynomial_mean(n: int, f: Callable[[Vector], Any], order: int = 4) -> Any:
    """The mean of a polynomial of degree below `2 order` in each variable."""
    nodes = rule(order, ctx.prec)
    return sum((prod((w for _, w in points), start=arb(1)) * f([x for x, _ in points])
                for points in product(nodes, repeat=n)), arb(0))  # fmt: skip


def exponential_mean(f: Callable[[Any], Any], scale: float, power: int) -> Any:
    """`∫_0^∞ f(s) e^{-s} ds` of an entire function, `|f(s)| ≤ scale (1 + s)^power` on the half-line."""
    far = arb(2 * power + 2)
    while not (scale * (1 + far) ** power * (-far).exp() * 2).abs_upper() < arb(10) ** -ctx.dps:
        far = (far * fmpq(5, 4)).mid()
    body = integrate(lambda s: f(s) * (-s).exp(), 0, far)
    # beyond 2 power the integrand falls at least as fast as e^{-s/2}
    return body + arb(0, (2 * scale * (1 + far) ** power * (-far).exp()).abs_upper())


@dataclass(frozen=True)
class Reach:
    """Where a function `f(t, φ)`, real and `2π`-periodic in `φ`, is analytic, and bounds on it there: for real `t` up
    to `radius` and `|Im φ| ≤ strip`, by `in_strip`; for real `φ` and `t` in the ellipse with foci 0 and `radius` and
    sum of semi-axes `rho radius / 2`, by `in_ellipse`, where also `|t| ≤ far`."""

    radius: Any
    strip: float
    in_strip: Any
    rho: float
    in_ellipse: Any
    far: Any


def disc_integral(f: Callable[[Any, Any], Any], reach: Reach) -> Any:
    """`∫_0^radius ∫_0^{2π} f(t, φ) dφ t dt`: `N` equal angles, off by `4π M / (e^{N strip} - 1)` at most (Trefethen and
    Weideman 2014, theorem 3.2), and the Gauss–Legendre rule of order `m`, off by
    `64/15 M ρ^{-2m} / (1 - ρ^{-2})` on [-1, 1] (Trefethen 2013, theorem 19.3)."""
    r, digits = arb(reach.radius), ctx.dps * log(10) + 5
    across, rho = arb(reach.strip), arb(reach.rho)
    count = ceil((float(arb(1 + reach.in_strip).log()) + digits) / reach.strip)
    order = ceil((float(arb(1 + reach.in_ellipse).log()) + digits) / (2 * log(reach.rho)))
    angles = [2 * arb.pi() * k / count for k in range(count)]
    total = arb(0)
    for k in range(order):
        x, w = arb.legendre_p_root(order, k, weight=True)
        t = r * (1 + x) / 2
        total += w * t * sum((f(t, angle) for angle in angles), arb(0))
    error = 4 * arb.pi() * reach.in_strip / ((count * across).exp() - 1) * r * r / 2
    top = 2 * arb.pi() * reach.far * reach.in_ellipse
    error += r / 2 * fmpq(64, 15) * top * rho ** (-2 * order) / (1 - rho**-2)
    return total * r * arb.pi() / count + arb(0, error.abs_upper())


# Maps


@dataclass(frozen=True)
class Affine(Map):
    """`z ↦ A z + b`, with rational entries."""

    rows: tuple[tuple[Any, ...], ...]
    shift: tuple[Any, ...]

    @property
    def n(self) -> int:  # type: ignore[override]
        return len(self.rows)

    def __call__(self, z: list[Dual]) -> list[Dual]:
        return [sum((x * c for x, c in zip(z, row, strict=True)), z[0] * 0) + b
                for row, b in zip(self.rows, self.shift, strict=True)]  # fmt: skip

    def moment(self, along: Sequence[Any], power: int) -> Any:
        return polynomial_mean(self.n, lambda z: power_along(self.at(z)[0], along, power))

    def energy(self) -> Any:
        return polynomial_mean(self.n, lambda z: sum_of_squares(self.at(z)[1]))

    def mean_log_determinant(self) -> Any:
        """`𝔼 log |det ∂h|`: the Jacobian is the same everywhere."""
        return log_size(determinant(self.at([arb(1)] * self.n)[1]))


@dataclass(frozen=True)
class Spiral(Map):
    """`z e^{i a |z|²}` times `shrink`, `z` complex. On a circle about 0 image and Jacobian are trigonometric
    polynomials of degrees 1 and 2: 6 angles give the mean there of what is asked for. `|z|²/2` is exponential."""

    a: Any
    shrink: Any = ONE
    n = 2

    def __call__(self, z: list[Dual]) -> list[Dual]:
        return [x * self.shrink for x in rotate(z[0], z[1], (z[0] * z[0] + z[1] * z[1]) * self.a)]

    def rings(self, f: Callable[[Vector, Matrix], Any], count: int) -> Any:
        ways = [((2 * arb.pi() * k / count).cos(), (2 * arb.pi() * k / count).sin()) for k in range(count)]

        def ring(s: Any) -> Any:
            r = (2 * plain(s)).sqrt()  # of an even entire function: the sign of the root does not matter
            return sum((f(*self.at([r * c, r * d])) for c, d in ways), acb(0)) / count

        size = 2 + abs(float(self.a.p) / float(self.a.q))
        return exponential_mean(ring, (20 * size) ** 4, 6)

    def moment(self, along: Sequence[Any], power: int) -> Any:
        return self.rings(lambda image, _: power_along(image, along, power), 6)

    def energy(self) -> Any:
        return self.rings(lambda _, jacobian: sum_of_squares(jacobian), 6)


@dataclass(frozen=True)
class Twist(Map):
    """`(z e^{i a t}, -t)`, `z` complex. For each `t` image and Jacobian are affine in `z`, so that nodes give the mean
    over `z` of what is asked for."""

    a: Any
    n = 3

    def __call__(self, z: list[Dual]) -> list[Dual]:
        return [*rotate(z[0], z[1], z[2] * self.a), z[2] * -1]

    def slices(self, f: Callable[[Vector, Matrix], Any], order: int) -> Any:
        nodes = [(acb(x), acb(y), v * w) for (x, v), (y, w) in product(rule(order, ctx.prec), repeat=2)]

        def along(t: Any) -> Any:
            return sum((w * f(*self.at([x, y, t])) for x, y, w in nodes), acb(0))

        size = 2 + abs(float(self.a.p) / float(self.a.q))
        return gaussian_integral(along, Growth(scale=(20 * size) ** 4, power=4))

    def moment(self, along: Sequence[Any], power: int) -> Any:
        return self.slices(lambda image, _: power_along(image, along, power), 3)

    def energy(self) -> Any:
        return self.slices(lambda _, jacobian: sum_of_squares(jacobian), 2)


def laid_on_disc(z: list[Dual]) -> list[Dual]:
    """`z ↦ w`: the Gaussian becomes uniform on the unit disc."""
    square = z[0] * z[0] + z[1] * z[1]
    mass = (square * fmpq(-1, 2)).exp() * -1 + 1
    ratio = (mass * square.inverse()).root()
    return [x * ratio for x in z]


def laid_back(w: list[Dual]) -> list[Dual]:
    """`w ↦ z`."""
    square = w[0] * w[0] + w[1] * w[1]
    ratio = ((square * -1 + 1).log() * square.inverse() * -2).root()
    return [x * ratio for x in w]


@dataclass(frozen=True)
class Disc(Map):
    """Inside `|w - c| < R` the disc is turned about `c` by the angle `a (R² - |w - c|²)^order`, and stretched from `c`
    by `1 + b (R² - |w - c|²)²`; elsewhere the map is the identity. It preserves the Gaussian for `b = 0`; it is
    continuously differentiable for `order ≥ 2`, and is torn for `order = 0`. The smaller disc leaves out 0."""

    c: Any
    R: Any
    a: Any
    b: Any = NONE
    order: int = 2
    n = 2

    def __call__(self, z: list[Dual]) -> list[Dual]:
        w = laid_on_disc(z)
        x = w[0] - self.c
        apart = x * x + w[1] * w[1]
        if apart.value >= self.R * self.R:
            return list(z)
        room = apart * -1 + self.R * self.R
        angle = prod([room] * self.order, start=room * 0 + 1) * self.a
        stretch = room * room * self.b + 1
        u, v = rotate(x, w[1], angle)
        return laid_back([u * stretch + self.c, v * stretch])

    def points(self) -> list[Vector]:
        """Inside the smaller disc, and outside."""
        return [*super().points(), *(self.turned(self.R * fmpq(k, 4), arb(k)).place() for k in (1, 2, 3))]

    def turned(self, t: Any, angle: Any) -> "Turned":
        room, square = self.R * self.R - t * t, t * t
        g, slope = room**self.order * self.a, -self.order * room ** max(self.order - 1, 0) * self.a
        s, fall = 1 + room * room * self.b, -2 * room * self.b
        after = angle + g
        return Turned(
            (t + self.c * angle.cos(), -self.c * angle.sin()),
            (s * t + self.c * after.cos(), -self.c * after.sin()),
            self.c * self.c + square + 2 * self.c * t * angle.cos(),
            self.c * self.c + s * s * square + 2 * self.c * s * t * after.cos(),
            (s + 2 * fall * square, 2 * s * slope * square, s),
            (angle, after),
        )

    def moment(self, along: Sequence[Any], power: int) -> Any:
        def more(t: Any, angle: Any) -> Any:
            at = self.turned(t, angle)
            return power_along(at.image(), along, power) - power_along(at.place(), along, power)

        base = polynomial_mean(2, lambda z: power_along(z, along, power))
        return (
            base
            + disc_integral(more, self.reach(lambda size: 2 * (size.image * sum(map(abs, along))) ** power)) / arb.pi()
        )

    def energy(self) -> Any:
        more = disc_integral(lambda t, x: self.turned(t, x).sum_of_squares() - 2, self.reach(lambda s: s.energy + 2))
        return 2 + more / arb.pi()

    def mean_log_determinant(self) -> Any:
        """`𝔼 log |det ∂h|`: 0 where the map is the identity."""
        more = disc_integral(lambda t, x: self.turned(t, x).log_determinant(), self.reach(lambda s: s.log_determinant))
        return more / arb.pi()

    def reach(self, bound: Callable[["Sizes"], Any]) -> Reach:
        """Bounds of a function from bounds of what it is made of. Everything is analytic where `|w|²`, before and after
        the step, is less than 1 in size, since `-log (1 - p) / p` is analytic and not 0 there."""
        c, r = arb(self.c), arb(self.R)
        grown = 1 + abs(arb(self.b)) * r**4
        wide = (LIMIT - c * c - (grown * r) ** 2) / (2 * c * grown * r)
        strip = float(wide.acosh().lower())
        h = arb(strip).cosh()
        in_strip = bound(self.sizes(r, h, h))
        rho = 8.0
        while True:
            far = r / 2 + r * (arb(rho) + 1 / arb(rho)) / 4
            room = r * r + far * far
            lift = arb(0) if self.order == 0 else abs(arb(self.a)) * room**self.order
            far_grown = (1 + abs(arb(self.b)) * room**2) * far
            if c * c + far_grown**2 + 2 * c * far_grown * lift.cosh() < LIMIT:
                break
            rho = 1 + (rho - 1) * 0.9
        return Reach(self.R, strip, in_strip, rho, bound(self.sizes(far, arb(1), lift.cosh())), far)

    def sizes(self, t: Any, before: Any, after: Any) -> "Sizes":
        """Bounds for `|t| ≤ t`, where cosines and sines are at most `before` before the step and `after` after it."""
        c, b = arb(self.c), abs(arb(self.b))
        room = arb(self.R) ** 2 + t * t
        s, fall = 1 + b * room**2, 2 * b * room
        slope = self.order * abs(arb(self.a)) * room ** max(self.order - 1, 0)
        return Sizes(t + c * before, s * t + c * after, 2 * after,
                     s + 2 * fall * t * t + 2 * s * slope * t * t, s, 2 * fall * t * t)  # fmt: skip

    def seams(self) -> Iterator[tuple[tuple[Vector, Matrix], tuple[Vector, Matrix]]]:
        still: Matrix = [[arb(1), arb(0)], [arb(0), arb(1)]]
        for k in range(3):
            at = self.turned(arb(self.R), arb(2 * k + 1))
            yield (at.image(), at.jacobian()), (at.place(), still)


LIMIT = fmpq(9, 10)  # of |w|², where functions are bounded


@dataclass(frozen=True)
class Sizes:
    """Bounds of the places before and after the step, of the entries of a frame, twice, of those of the step, of its
    stretch and of what the stretch changes, where `|w|²` is at most `LIMIT` in size.

    For `λ(p) = -log (1 - p) / p = ∫_0^1 du / (1 - p u)`: `log (1 + P) / P ≤ |λ| ≤ -log (1 - P) / P` for `|p| ≤ P`.
    Where `p` divides, the quotient is analytic and bounded by its values on the circle `|p| = P`.
    """

    here: Any
    there: Any
    turn: Any
    step: Any
    stretch: Any
    fall: Any

    low: ClassVar[Any] = property(lambda _: (1 + arb(LIMIT)).log() / LIMIT)
    high: ClassVar[Any] = property(lambda _: -(1 - arb(LIMIT)).log() / LIMIT)

    @property
    def image(self) -> Any:
        """Of a coordinate of `z` or of its image."""
        return (2 * self.high).sqrt() * self.turn * self.here.max(self.there)

    @property
    def energy(self) -> Any:
        far, near = 1 + arb(LIMIT), 1 - arb(LIMIT)
        after = 2 * self.high + (2 + 2 * (self.high * far) ** 2) / (LIMIT * self.low * near**2) * self.there**2
        before = 1 / (2 * self.low) + ((self.high * far) ** 2 + 1) / (2 * self.low * LIMIT) * self.here**2
        return 16 * after * before * self.step**2

    @property
    def log_determinant(self) -> Any:
        """`along outward = 2 / (1 - p)`; the determinant of the step is `s (s + fall)`."""
        inner = 2 * (self.stretch - 1) + self.fall
        if not inner < fmpq(1, 2):
            raise ArithmeticError("expected a step that stretches by less than a half")
        return -2 * (1 - arb(LIMIT)).log() + 2 * inner


def outward(p: Any) -> Any:
    """`|z| / |w|` for `|w|² = p`: the stretch of `w ↦ z` across the radius."""
    return (-2 * (1 - p).log() / p).sqrt()


def along(p: Any) -> Any:
    """`d|z| / d|w|`, from `|w|² = 1 - e^{-|z|²/2}`."""
    return 2 / (outward(p) * (1 - p))


@dataclass(frozen=True)
class Turned:
    """A point of the disc and its image there, from 0, in the frames of the radius from the centre `c` and across it;
    their squared distances from 0; the Jacobian of the step in these frames, which are turned by `angles` from the
    axes. The Jacobian of `w ↦ z` has the stretches `along` and `outward`, along the radius from 0 and across it."""

    here: tuple[Any, Any]
    there: tuple[Any, Any]
    square: Any
    square_there: Any
    step: tuple[Any, Any, Any]
    angles: tuple[Any, Any]

    def log_determinant(self) -> Any:
        sizes = [log_size(along(p)) + log_size(outward(p)) for p in (self.square, self.square_there)]
        return log_size(self.step[0]) + log_size(self.step[2]) + sizes[1] - sizes[0]

    def sum_of_squares(self) -> Any:
        """`tr (S M P Mᵀ)` of the step `M` and the squares `S`, `P` of the matrices after and before it."""
        p, q = self.square, self.square_there
        before = radial(self.here, p, 1 / along(p) ** 2, 1 / outward(p) ** 2)
        after = radial(self.there, q, along(q) ** 2, outward(q) ** 2)
        step = self.matrix()
        left, right = matrix_product(after, step), matrix_product(step, before)
        return sum((left[i][j] * right[i][j] for i in (0, 1) for j in (0, 1)), arb(0))

    def matrix(self) -> Matrix:
        return [[self.step[0], 0 * self.step[0]], [self.step[1], self.step[2]]]

    def jacobian(self) -> Matrix:
        """In the plane's axes."""
        p, q = self.square, self.square_there
        first = radial(self.here, p, 1 / along(p), 1 / outward(p))
        last = radial(self.there, q, along(q), outward(q))
        inner = matrix_product(matrix_product(last, self.matrix()), first)
        return matrix_product(matrix_product(frame(self.angles[1]), inner), frame(-self.angles[0]))

    def place(self) -> Vector:
        return on_axes(self.here, self.angles[0], outward(self.square))

    def image(self) -> Vector:
        return on_axes(self.there, self.angles[1], outward(self.square_there))


def frame(angle: Any) -> Matrix:
    return [[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]]


def on_axes(at: tuple[Any, Any], angle: Any, size: Any) -> Vector:
    return [(row[0] * at[0] + row[1] * at[1]) * size for row in frame(angle)]


def radial(at: tuple[Any, Any], square: Any, radius: Any, across: Any) -> Matrix:
    """The symmetric matrix that stretches along a place by `radius`, and across it by `across`."""
    x, y = at
    k = (radius - across) / square
    return [[across + k * x * x, k * x * y], [k * x * y, across + k * y * y]]


def matrix_product(a: Matrix, b: Matrix) -> Matrix:
    return [[a[i][0] * b[0][j] + a[i][1] * b[1][j] for j in (0, 1)] for i in (0, 1)]


@dataclass(frozen=True)
class Torn(Map):
    """The plane inside the unit circle stays; outside it is turned by a rational rotation. The squared distance from 0,
    halved, is exponential; on a circle 16 angles give the mean of a polynomial."""

    cosine: Any
    sine: Any
    n = 2

    def turned(self, z: list[Dual]) -> list[Dual]:
        return [z[0] * self.cosine - z[1] * self.sine, z[0] * self.sine + z[1] * self.cosine]

    def __call__(self, z: list[Dual]) -> list[Dual]:
        outer = z[0].value * z[0].value + z[1].value * z[1].value >= 1
        return self.turned(z) if outer else list(z)

    def rings(self, f: Callable[[Vector, Matrix], Any]) -> Any:
        ways = [((arb.pi() * k / 8).cos(), (arb.pi() * k / 8).sin()) for k in range(16)]
        one, none = arb(1), arb(0)

        def ring(s: Any, g: Callable[[list[Dual]], list[Dual]]) -> Any:
            r, total = (2 * plain(s)).sqrt(), acb(0)  # of an even polynomial
            for c, d in ways:
                out = g([Dual(r * c, [one, none]), Dual(r * d, [none, one])])
                total += f([x.value for x in out], [list(x.gradient) for x in out])
            return total / 16

        half = fmpq(1, 2)
        inner = integrate(lambda s: ring(s, list) * (-s).exp(), 0, half)
        return inner + exponential_mean(lambda s: ring(s + half, self.turned), 10.0**6, 6) * (-arb(half)).exp()

    def moment(self, along: Sequence[Any], power: int) -> Any:
        return self.rings(lambda image, _: power_along(image, along, power))

    def energy(self) -> Any:
        return self.rings(lambda _, jacobian: sum_of_squares(jacobian))

    def seams(self) -> Iterator[tuple[tuple[Vector, Matrix], tuple[Vector, Matrix]]]:
        z = [Dual(arb(fmpq(3, 5)), [arb(1), arb(0)]), Dual(arb(fmpq(4, 5)), [arb(0), arb(1)])]
        sides = [([d.value for d in out], [list(d.gradient) for d in out]) for out in (list(z), self.turned(z))]
        yield sides[0], sides[1]
