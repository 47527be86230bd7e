"""How to write a check of a statement, in `checks/<file>.py`.

A check tries a statement at chosen instances, its *cases*. It computes the left side of the statement from the objects
of a case, and compares it with the formula that the statement claims. These rules keep it honest:

* **Evidence.** `evidence` computes the left side, and every quantity that the claim mentions, from the objects of the
  statement: an encoder, a world, a law. It never uses the claim, a closed form that the claim implies, or a number that
  was typed in.
* **Claim.** `claim`, `hypothesis` and `condition` are the statement's own formulas and nothing else, because
  `lejepa mutants` plants its faults in their text. A formula that is `0`, a bare argument or a plain sum of arguments
  is *trivial* and earns no score. Put what the statement claims into the claim, not into the evidence.
* **Facts.** `Evidence.facts` are the quantities that `hypothesis` and `condition` mention. They are computed from the
  objects of the case: `h.is_white`, not `kind == "white"`. A text is refused, because it is a label. If the name of a
  fact does not say how it is found, the docstring of the class does.
* **Hypothesis.** Each case of `cases` must satisfy the hypothesis and each case of `outside` must not; otherwise the
  check is violated, whatever its claim does. The statement must fail for the cases outside, so that a missing
  hypothesis is noticed.
* **Sharpness.** An inequality needs cases that reach it (`Evidence.sharp`), so that a weakened one is noticed. A number
  for `sharp` comes from the statement, such as a known ratio, and not from the difference that it is to limit.
* **Attainment.** A bound that nothing is known to reach says `attained = False`. A fault planted in its claim may be
  another true bound. If every instance agrees with it, it counts as *unsettled*: neither caught nor missed.
* **Instances.** `tried` says in one sentence which instances are tried, for example "white encoders spanned by Hermite
  polynomials of degree at most 3 in 1 to 3 dimensions, the best of each computed". The site shows it with the verdict.
* **Numbers** are exact (`int`, `fmpq`) or balls (`arb`), which provably contain the real number. Integrals come from
  `lejepa.exact.integration`.

`lejepa.checking.judging` decides verdicts, `lejepa.checking.running` runs checks, and `lejepa.checking.mutate` plants
faults.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, Literal

Case = dict[str, Any]
Relation = Literal["=", "<=", ">=", "<", ">", "iff"]


@dataclass(frozen=True)
class Evidence:
    """What a case shows.

    Attributes:
        left: The left side, as a ball or an exact number, computed independently of the claim.
        terms: The quantities that the claim mentions, which are its arguments.
        facts: Quantities (integers, rationals, truth values, balls) that hypothesis and condition mention, computed
            from the objects of the case. A comparison that a ball leaves open counts as false.
        sharp: For an inequality: None if nothing is claimed, 0 if equality must hold to within the enclosure, or how
            far apart the sides may be, relative to the right one.
    """

    left: Any
    terms: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    sharp: float | None = None


@dataclass(frozen=True)
class Finding:
    """What the numbers of a check show beyond its verdict.

    Attributes:
        says: A sentence.
        columns: The headings of a table.
        rows: Its rows, as texts.
    """

    says: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Check(ABC):
    """A check of one statement. The docstring of a subclass says how the left side is found.

    Attributes:
        statement: The name of the statement in the registry.
        relation: How the left side compares with the claim; `iff` if the two are equal exactly under `condition`.
        tried: A sentence that says which instances are tried.
        attained: Whether some instance reaches the bound; it has a meaning for inequalities only.
    """

    statement: ClassVar[str]
    relation: ClassVar[Relation] = "="
    tried: ClassVar[str] = ""
    attained: ClassVar[bool] = True

    @abstractmethod
    def cases(self, rng: Random) -> Iterable[Case]:
        """Return the parameters (JSON values) of cases within the hypothesis: a grid, the edges, and random ones.

        Args:
            rng: The only source of randomness; its seed is that of the run.
        """

    def outside(self, rng: Random) -> Iterable[Case]:
        """Return the parameters of cases outside the hypothesis, for which the statement fails."""
        return ()

    @abstractmethod
    def evidence(self, *_: Any, **case: Any) -> Evidence:
        """Return what a case shows, computed without the claim."""

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        """Return what the cases within the hypothesis show beyond the verdict, or None."""
        return None

    # The three formulas of a statement; their text is what `lejepa mutants` plants faults in.
    claim: ClassVar[Callable[..., Any]]

    @staticmethod
    def hypothesis(*_: Any, **facts: Any) -> bool:
        """Return whether the facts of a case satisfy the hypothesis of the statement."""
        return True

    @staticmethod
    def condition(*_: Any, **facts: Any) -> bool:
        """Return, for the relation `iff`, the condition that is equivalent to equality of the two sides."""
        raise NotImplementedError


@dataclass(frozen=True)
class Formula:
    """What a check claims: the part of it that mutation changes."""

    relation: Relation
    claim: Callable[..., Any]
    hypothesis: Callable[..., bool]
    condition: Callable[..., bool]

    @classmethod
    def of(cls, check: type[Check]) -> "Formula":
        return cls(check.relation, check.claim, check.hypothesis, check.condition)


def name_of(check: type[Check]) -> str:
    """`file.Class`, as the registry has it."""
    return f"{check.__module__.rpartition('.')[2]}.{check.__qualname__}"


def all_cases(check: Check, seed: int) -> tuple[list[Case], list[Case]]:
    """The cases listed within the hypothesis, and those outside, drawn from the seed and the check's name."""
    rng = Random(f"{seed}/{name_of(type(check))}")
    return list(check.cases(rng)), list(check.outside(rng))
