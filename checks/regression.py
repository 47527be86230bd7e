"""What the converse is proved by: characteristic functions, regressions both ways, drift and noise."""

from random import Random
from typing import Any

from flint import acb, arb, ctx, fmpq
from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.generic import exp
from lejepa.exact.hermite import Growth, gaussian_integral, rational
from lejepa.exact.laws import bilinear, known_noise, law, orthogonal
from lejepa.exact.polynomials import alignment, random_polynomial, to_monomials

RHOS = ("1/10", "1/2", "9/10")


def exponential_integral(f: Any) -> Any:
    """`∫_0^∞ f(x) e^{-x} dx` of a function bounded by 1, by quadrature."""
    far = arb(10).log() * ctx.dps
    body = acb.integral(lambda x, _: f(x) * (-x).exp(), 0, far)
    return body.real + arb(0, (-far).exp().upper())


class Step(Check):
    """The characteristic function of the Laplace law, by quadrature of its density, `e^{-√2 |x|} / √2`. Its noise is 0
    with probability `ρ²`, else of the same law; another share of zeros does not leave the law stationary."""

    statement = "charFun_of_stationary_linear"

    def cases(self, rng: Random) -> list[Case]:
        times = ("0", "1/2", f"{rng.randint(1, 60)}/10")
        return [{"rho": r, "zeros": str(rational(r) ** 2), "t": t} for r in ("0", *RHOS, "-1/2", "1") for t in times]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": "1/2", "zeros": z, "t": "2"} for z in ("1/2", "0")]

    @staticmethod
    def laplace(t: Any) -> Any:
        return exponential_integral(lambda x: (arb(t) * x / arb(2).sqrt()).cos())

    def evidence(self, rho: str, zeros: str, t: str) -> Evidence:
        r, share, time = rational(rho), rational(zeros), rational(t)
        terms = {"latent": self.laplace(r * time), "noise": share + (1 - share) * self.laplace(time)}
        return Evidence(self.laplace(time), terms, {"stationary": share == r**2})

    @staticmethod
    def hypothesis(stationary: bool) -> bool:
        return stationary

    @staticmethod
    def claim(latent: Any, noise: Any) -> Any:
        return latent * noise


class Noise(Check):
    """The characteristic function of the noise that leaves the Gaussian stationary: a quotient of two quadratures."""

    statement = "noise_eq_gaussianReal"

    def cases(self, rng: Random) -> list[Case]:
        times = ("0", "1/2", f"{rng.randint(1, 40)}/10")
        return [{"rho": r, "t": t} for r in ("0", *RHOS, "-1/2", "1", "-1") for t in times]

    def evidence(self, rho: str, t: str) -> Evidence:
        r, time = rational(rho), rational(t)

        def latent(x: Any) -> Any:
            return gaussian_integral(lambda z: (arb(x) * z).cos(), Growth())

        return Evidence(latent(time) / latent(r * time), {"rho": r, "t": time})

    @staticmethod
    def claim(rho: Any, t: Any) -> Any:
        return exp(-(1 - rho**2) * t**2 / 2)


class Backward(Check):
    """The part of the backward regression `𝔼[z | z']` along a power beside `1` and `z`, by exact moments: it vanishes
    for Gaussian latents alone."""

    statement = "gaussian_of_backward_linear"
    relation = "iff"

    def cases(self, rng: Random) -> list[Case]:
        worlds = [
            ("gaussian", "1", 3),
            ("gaussian", "1", 4),
            ("laplace", "1", 4),
            ("laplace", "100", 4),
            ("gamma", "1", 3),
        ]
        worlds += [("logistic", "1", 4), ("sech", "1/3", 4)]
        return [{"law": n, "size": s, "order": k, "rho": r} for n, s, k in worlds for r in ("-1/2", *RHOS)]

    def outside(self, rng: Random) -> list[Case]:
        """Forgetful and frozen worlds: their regressions are linear whatever the law."""
        return [{"law": n, "size": "1", "order": 4, "rho": r} for n in ("laplace", "sech") for r in ("0", "1", "-1")]

    def evidence(self, law: str, size: str, order: int, rho: str) -> Evidence:
        r, s = rational(rho), rational(size)
        latent, noise = law_of(law, s).moments(), known_noise(law, s, r)
        back = bilinear([fmpq(0), fmpq(1)], orthogonal(order, latent), r, latent, noise)
        return Evidence(back, {}, {"rho": r, "gaussian": law_of(law, s).is_gaussian})

    @staticmethod
    def hypothesis(rho: Any, gaussian: bool) -> bool:
        return 0 < abs(rho) < 1

    @staticmethod
    def condition(rho: Any, gaussian: bool) -> bool:
        return gaussian

    @staticmethod
    def claim() -> Any:
        return 0


law_of = law


class GaussianOptimal(Check):
    """White polynomials of a Gaussian world with linear drift, against the identity's alignment. At `ρ = 0`, which Lean
    leaves out, all align alike."""

    statement = "linear_optimal_of_gaussian"
    relation = "<="

    def cases(self, rng: Random) -> list[Case]:
        drawn = [random_polynomial(rng, 1, 1, k) for k in (2, 3, 4, 5)]
        near = {"1": "1", "2": "1/1000"}
        sharp = [{"rho": r, "f": {"1": c}, "sharp": True} for r in RHOS for c in ("1", "-3")]
        level = {"rho": "0", "f": {"1": "1", "2": "1"}, "sharp": True}
        return [level, *sharp, *({"rho": r, "f": f} for r in RHOS for f in (near, *drawn))]

    def outside(self, rng: Random) -> list[Case]:
        return [{"rho": "-1/2", "f": {"2": "1"}}, {"rho": "-1/100", "f": {"2": "1"}}]

    def evidence(self, rho: str, f: dict[str, str], sharp: bool = False) -> Evidence:
        r, h = rational(rho), to_monomials(f)
        square = alignment([h], fmpq(0)) / 2  # at ρ = 0 a pair is independent: twice the variance
        return Evidence(
            2 * (1 - r), {"alignment": alignment([h], r), "variance": square}, {"rho": r}, 0 if sharp else None
        )

    @staticmethod
    def hypothesis(rho: Any) -> bool:
        return bool(rho >= 0)

    @staticmethod
    def claim(alignment: Any, variance: Any) -> Any:
        return alignment / variance


class Drift(Check):
    """The conditional mean `𝔼[z' | z]` at points of a reversible world, less `λ z`: 0 for the Gaussian world, where the
    identity is optimal. In a block world it is not optimal, and the drift is a step."""

    statement = "drift_ae_eq_linear_of_optimal"

    def cases(self, rng: Random) -> list[Case]:
        points = ("0", "-7/3", f"{rng.randint(1, 50)}/10")
        return [{"rho": r, "shift": s, "z": z} for r in ("-1/2", *RHOS) for s in ("0", "5/4") for z in points]

    def outside(self, rng: Random) -> list[Case]:
        """Two blocks, `±1` and `±3`: from each point to one of its block, with equal chances."""
        return [{"z": z} for z in ("1", "3")]

    def evidence(self, z: str, rho: str = "", shift: str = "0") -> Evidence:
        x = rational(z)
        if not rho:  # z' is 1 or 3, of the sign of z: 𝔼[z' | z] = 2 sign z, and 𝔼 z z' / 𝔼 z² = 4 / 5
            return Evidence(fmpq(2), {"lam": fmpq(4, 5), "z": x}, {"optimal": False})
        r, s = rational(rho), rational(shift)
        drift, mean = (
            r * x + s,
            gaussian_integral(lambda y: arb(1 - r * r).sqrt() * y - arb(s), Growth(scale=4, power=1)),
        )
        return Evidence(drift + mean, {"lam": r, "z": x}, {"optimal": True})

    @staticmethod
    def hypothesis(optimal: bool) -> bool:
        return optimal

    @staticmethod
    def claim(lam: Any, z: Any) -> Any:
        return lam * z
