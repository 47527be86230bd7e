"""What the converse is proved by: characteristic functions, regressions both ways, drift and noise."""

from random import Random
from typing import Any

from flint import arb, ctx, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.drifts import choice
from lejepa.exact.generic import exp
from lejepa.exact.hermite import (
    Growth,
    Polynomial,
    gaussian_integral,
    hermite_monomials,
    rational,
)
from lejepa.exact.integration import integrate
from lejepa.exact.worlds import (
    World,
    gaussian,
    halved_signs,
    image,
    independent,
    nodes,
    scaled,
)

RHOS = ("1/10", "1/2", "9/10")
ORDER = 6  # moments up to this order tell whether a world is stationary, and whether latents are Gaussian


def exponential_integral(f: Any) -> Any:
    """`∫_0^∞ f(x) e^{-x} dx` of a function bounded by 1, by quadrature."""
    far = arb(10).log() * ctx.dps
    return integrate(lambda x: f(x) * (-x).exp(), 0, far) + arb(0, (-far).exp().upper())


def wave(law: str, t: Any) -> tuple[Any, Any]:
    """`𝔼 cos (t z)` and `𝔼 sin (t z)`, by quadrature of the density: of the Gaussian; of the Laplace law, of density
    `e^{-√2 |x|} / √2`; of the exponential law of mean 0, of density `e^{-(x + 1)}` for `x ≥ -1`."""
    time = arb(t)
    if law == "gaussian":
        return gaussian_integral(lambda x: (x * time).cos(), Growth()), arb(0)
    if law == "laplace":
        return exponential_integral(lambda x: (x * (time / arb(2).sqrt())).cos()), arb(0)
    return (
        exponential_integral(lambda x: ((x - 1) * time).cos()),
        exponential_integral(lambda x: ((x - 1) * time).sin()),
    )


class Step(Check):
    """The real part of the characteristic function, by quadrature of densities. The noise of the Laplace law is 0 with
    a probability, else of the same law; that of the exponential law of mean 0 is `ε - (1 - ρ)`, with `ε` 0 with a
    probability, else exponential. Whether it leaves the law stationary is found from moments up to order 6."""

    statement = "charFun_of_stationary_linear"
    tried = "the Laplace law and the exponential one, with the noises that are theirs"

    def cases(self, rng: Random) -> list[Case]:
        times = ("0", "1/2", f"{rng.randint(1, 60)}/10")
        even = [("laplace", r, str(rational(r) ** 2)) for r in ("0", *RHOS, "-1/2", "1")]
        return [{"law": n, "rho": r, "zeros": z, "t": t}
                for n, r, z in (*even, *(("exponential", r, r) for r in ("0", *RHOS))) for t in times]  # fmt: skip

    def outside(self, rng: Random) -> list[Case]:
        wrong = [
            ("laplace", "1/2"),
            ("laplace", "0"),
            ("exponential", "1/4"),
            ("exponential", "51/100"),
        ]
        return [{"law": n, "rho": "1/2", "zeros": z, "t": "2"} for n, z in wrong]

    def evidence(self, law: str, rho: str, zeros: str, t: str) -> Evidence:
        r, share, time = rational(rho), rational(zeros), rational(t)
        c, s = wave(law, time)
        if law == "exponential":  # of ε - (1 - ρ): the exponential variable is the centred one and 1
            turn = arb(time) * r  # 𝔼 e^{i t (x + 1)} e^{-i t (1 - ρ)} = e^{i t ρ} 𝔼 e^{i t x}
            still = -arb(time) * (1 - r)
            noise_cos = share * still.cos() + (1 - share) * (turn.cos() * c - turn.sin() * s)
            noise_sin = share * still.sin() + (1 - share) * (turn.sin() * c + turn.cos() * s)
        else:
            noise_cos, noise_sin = share + (1 - share) * c, (1 - share) * s
        latent = wave(law, r * time)
        terms = {
            "latent_cos": latent[0],
            "latent_sin": latent[1],
            "noise_cos": noise_cos,
            "noise_sin": noise_sin,
        }
        return Evidence(c, terms, {"stationary": self.world(law, r, share).is_stationary(ORDER)})

    @staticmethod
    def world(law: str, rho: Any, share: Any) -> World:
        """Latent and noise by their moments."""
        kinds = {"laplace": "laplace", "exponential": "gamma"}
        latent = World.named([(kinds[law], fmpq(1))], [rho], ORDER).latent
        moved = image(latent, [[fmpq(1)]], [rho]) if law == "exponential" else latent
        still = -(1 - rho) if law == "exponential" else fmpq(0)
        return World(1, latent, lambda a: share * still ** a[0] + (1 - share) * moved(a), (rho,))

    @staticmethod
    def hypothesis(stationary: bool) -> bool:
        return stationary

    @staticmethod
    def claim(latent_cos: Any, latent_sin: Any, noise_cos: Any, noise_sin: Any) -> Any:
        return latent_cos * noise_cos - latent_sin * noise_sin


class Noise(Check):
    """The characteristic function of the noise that stationarity leaves to the latents: the quotient of theirs at `t`
    and at `ρ t`, each by quadrature of the density. That of Laplace latents is not Gaussian."""

    statement = "noise_eq_gaussianReal"
    tried = "the noise that stationarity leaves, found from the latents; Laplace and exponential latents outside"

    def cases(self, rng: Random) -> list[Case]:
        times = ("0", "1/2", f"{rng.randint(1, 40)}/10")
        return [{"law": "gaussian", "rho": r, "t": t} for r in ("0", *RHOS, "-1/2", "1", "-1") for t in times]

    def outside(self, rng: Random) -> list[Case]:
        return [{"law": n, "rho": r, "t": "2"} for n in ("laplace", "exponential") for r in ("0", "1/2")]

    def evidence(self, law: str, rho: str, t: str) -> Evidence:
        r, time = rational(rho), rational(t)
        (a, b), (c, d) = wave(law, time), wave(law, r * time)
        name = {"exponential": "gamma"}.get(law, law)
        is_gaussian = World.named([(name, fmpq(1))], [fmpq(1, 2)], ORDER).is_gaussian(ORDER)
        return Evidence(
            (a * c + b * d) / (c * c + d * d),
            {"rho": r, "t": time},
            {"gaussian": is_gaussian},
        )

    @staticmethod
    def hypothesis(gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(rho: Any, t: Any) -> Any:
        return exp(-(1 - rho**2) * t**2 / 2)


def linear_world(law: str, rho: Any, order: int = ORDER) -> World:
    """Latents of a named law with the noise that is theirs; worlds that are not stationary, or not of variance 1."""
    normal = independent(gaussian)
    if law == "signs":
        return halved_signs(1)
    if law == "noise of signs":
        return World(1, normal, scaled(independent(nodes(2)), [1 - rho**2]), (rho,))
    if law == "wide":
        return World(1, scaled(normal, [fmpq(4)]), scaled(normal, [4 * (1 - rho**2)]), (rho,))
    if law == "weak noise":
        return World(1, normal, scaled(normal, [fmpq(1, 100)]), (rho,))
    name, _, size = law.partition(" ")
    return World.named([(name, rational(size or "1"))], [rho], order)


class Backward(Check):
    """`𝔼 z u(z')` for a power `u` of degree 2 to 5, by exact moments of latent and noise. The power is one that shows
    that the law is not Gaussian, if it is not; moments up to order 6 tell that."""

    statement = "gaussian_of_backward_linear"
    relation = "iff"
    tried = "the Gaussian law with powers of degree 2 to 5; for other laws the first power that tells them apart"

    def cases(self, rng: Random) -> list[Case]:
        worlds = [
            *(("gaussian", k) for k in (2, 3, 4, 5)),
            ("laplace", 3),
            ("laplace 100", 3),
            ("gamma", 2),
        ]
        worlds += [("gamma 3", 2), ("logistic", 3), ("sech 1/3", 3)]
        drawn = f"{rng.randint(1, 99)}/100"
        return [{"law": n, "power": k, "rho": r} for n, k in worlds for r in ("-1/2", *RHOS, drawn)
                if not (n.startswith("gamma") and r.startswith("-"))]  # fmt: skip

    def outside(self, rng: Random) -> list[Case]:
        """Forgetful and frozen worlds, whose regressions are linear whatever the law; a law of variance 4; signs that
        are halved and moved, whose regression is linear and which are not stationary, as is Gaussian with signs."""
        ends = [{"law": n, "power": 3, "rho": r} for n in ("laplace", "sech") for r in ("0", "1", "-1")]
        wide = [{"law": "wide", "power": 3, "rho": r} for r in ("1/2", "-1/2")]
        return [
            *ends,
            *wide,
            {"law": "signs", "power": 3, "rho": "1/2"},
            {"law": "noise of signs", "power": 5, "rho": "1/2"},
        ]

    def evidence(self, law: str, power: int, rho: str) -> Evidence:
        r = rational(rho)
        at = linear_world(law, r)
        facts = {
            "rho": r,
            "second": at.latent((2,)),
            "stationary": at.is_stationary(ORDER),
            "gaussian": at.is_gaussian(ORDER),
        }
        return Evidence(
            at.cross((1,), (power,)),
            {"rho": r, "still": at.latent((power + 1,))},
            facts,
        )

    @staticmethod
    def hypothesis(rho: Any, second: Any, stationary: bool, gaussian: bool) -> bool:
        return bool(0 < abs(rho) < 1 and second == 1 and stationary)

    @staticmethod
    def condition(rho: Any, second: Any, stationary: bool, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim(rho: Any, still: Any) -> Any:
        return rho * still


class GaussianOptimal(Check):
    """The best white encoder that polynomials up to a degree span, as an eigenvalue of rational matrices of moments,
    against the identity's alignment. At `ρ = 0`, which Lean leaves out, all align alike."""

    statement = "linear_optimal_of_gaussian"
    relation = ">="
    tried = "polynomials of degrees 1 to 7, the best of each span computed, and spans that leave degree 1 out"

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(1, 99)}/100"
        full = [{"law": "gaussian", "rho": r, "low": 1, "degree": k} for r in (*RHOS, drawn) for k in (1, 2, 4, 7)]
        curved = [{"law": "gaussian", "rho": r, "low": 2, "degree": k} for r in RHOS for k in (2, 5)]
        return [{"law": "gaussian", "rho": "0", "low": 1, "degree": 3}, *full, *curved]

    def outside(self, rng: Random) -> list[Case]:
        """Negative correlation; latents that are not Gaussian; a world that is not stationary."""
        wrong = [
            ("gaussian", "-1/2", 2),
            ("gaussian", "-1/100", 2),
            ("gamma", "1/2", 2),
            ("laplace", "1/2", 3),
        ]
        return [{"law": n, "rho": r, "low": 1, "degree": k} for n, r, k in (*wrong, ("weak noise", "1/2", 3))]

    def evidence(self, law: str, rho: str, low: int, degree: int) -> Evidence:
        r = rational(rho)
        at = linear_world(law, r, 2 * degree)
        functions: list[Polynomial] = [
            {powers: fmpq(c) for powers, c in hermite_monomials([k]).items()} for k in range(low, degree + 1)
        ]
        facts = {
            "rho": r,
            "gaussian": at.is_gaussian(2 * degree),
            "stationary": at.is_stationary(2 * degree),
        }
        reached = low == 1 or r == 0
        return Evidence(at.span(functions).least(1), at.terms, facts, 0 if reached else None)

    @staticmethod
    def hypothesis(rho: Any, gaussian: bool, stationary: bool) -> bool:
        return bool(rho >= 0 and gaussian and stationary)

    @staticmethod
    def claim(before: Any, after: Any, covariance: Any) -> Any:
        return before + after - 2 * covariance


class Drift(Check):
    """`𝔼[z' | z]`, which is the drift and the mean of the noise, at points: from the joint law of a finite world;
    of the Gaussian one by quadrature, from the pair read backwards. Whether the identity aligns best is computed: among
    all functions in a finite world, among polynomials of degree at most 6 in the Gaussian one."""

    statement = "drift_ae_eq_linear_of_optimal"
    tried = (
        "Gaussian, frozen and forgetful worlds, where the identity is best; worlds of blocks, where it is not and the "
        "drift is a step. All functions of finitely many points compete, or polynomials of degree at most 6"
    )

    def cases(self, rng: Random) -> list[Case]:
        points = ("0", "-7/3", f"{rng.randint(1, 50)}/10")
        out = [{"world": ["gaussian", r], "z": z} for r in RHOS for z in points]
        out += [{"world": ["frozen", "1"], "z": z} for z in ("5/4", "0")]
        return [*out, *({"world": ["forgetful", t], "z": t} for t in ("1", "2"))]

    def outside(self, rng: Random) -> list[Case]:
        """Blocks; a cycle of four points, where the identity is best and which is not reversible; Gaussian worlds of
        another variance, or another mean."""
        steps = [
            (["blocks", "1", "1"], "7/5"),
            (["blocks", "1", "1"], "1/5"),
            (["blocks", "2", "3"], "17/5"),
        ]
        steps += [
            (["swapped blocks", "1", "3"], "13/5"),
            (["cycle"], "7/5"),
            (["cycle"], "1/5"),
        ]
        wrong = [
            (["gaussian", "1/2", "0", "1/2"], "2"),
            (["gaussian", "1/2", "3/5", "4/5"], "2"),
        ]
        return [{"world": w, "z": z} for w, z in (*steps, *wrong)]

    def evidence(self, world: list[str], z: str) -> Evidence:
        at, x = choice(world[0], [rational(p) for p in world[1:]]), rational(z)
        facts = {
            "mean": at.mean,
            "second": at.second,
            "reversible": at.is_reversible,
            "best": at.is_identity_best,
        }
        return Evidence(at.conditional_mean(x), {"product": at.product, "z": x}, facts)

    @staticmethod
    def hypothesis(mean: Any, second: Any, reversible: bool, best: bool) -> bool:
        return bool(mean == 0 and second == 1 and reversible and best)

    @staticmethod
    def claim(product: Any, z: Any) -> Any:
        return product * z
