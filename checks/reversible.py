"""Reversible worlds with any drift: those where the identity aligns best have Gaussian latents."""

from random import Random
from typing import Any

from lejepa.checking.check import Case, Check, Evidence
from lejepa.exact.drifts import choice
from lejepa.exact.generic import exp
from lejepa.exact.hermite import rational


class Optimal(Check):
    """The characteristic function of the latents, from their law. Whether the identity aligns best is computed: among
    all functions in a finite world, exactly; among polynomials of degree at most 6 in the Gaussian one, exactly too. A
    world that is not reversible is refused, not counted: none is known to us that would show the need of it, while
    everything else holds. For ρ < 0 the identity of a Gaussian world is not best, and nothing is claimed."""

    statement = "gaussian_of_linear_optimal_of_reversible"
    tried = (
        "Gaussian worlds of positive correlation; worlds of blocks, frozen and forgetful ones, where all functions of "
        "finitely many points compete. That reversibility is needed is not tried"
    )
    times = ("1/2", "2")

    def cases(self, rng: Random) -> list[Case]:
        drawn = f"{rng.randint(1, 99)}/100"
        return [{"world": ["gaussian", r], "t": t} for r in ("1/100", "1/2", "99/100", drawn) for t in self.times]

    def outside(self, rng: Random) -> list[Case]:
        drawn = [f"{rng.randint(3, 9)}/2", f"{rng.randint(2, 9)}/10"]
        worlds = [
            ["blocks", "1", "1"],
            ["blocks", "2", "3"],
            ["blocks", *drawn],
            ["swapped blocks", "1", "3"],
            ["frozen", "1"],
            ["forgetful", "1"],
            ["forgetful", "2"],
            ["gaussian", "1/2", "0", "1/2"],
            ["gaussian", "1/2", "3/5", "4/5"],
        ]
        return [{"world": w, "t": t} for w in worlds for t in self.times]

    def evidence(self, world: list[str], t: str) -> Evidence:
        at, time = choice(world[0], [rational(x) for x in world[1:]]), rational(t)
        if not at.is_reversible:
            raise ValueError("expected a reversible world")
        facts = {
            "mean": at.mean,
            "second": at.second,
            "product": at.product,
            "noisy": at.is_noisy,
            "best": at.is_identity_best,
        }
        return Evidence(at.cosine(time), {"t": time}, facts)

    @staticmethod
    def hypothesis(mean: Any, second: Any, product: Any, noisy: bool, best: bool) -> bool:
        return bool(mean == 0 and second == 1 and product != 0 and noisy and best)

    @staticmethod
    def claim(t: Any) -> Any:
        return exp(-(t**2) / 2)
