"""What a check of a statement is. For who writes one, in `checks/<file>.py`:

* `evidence` computes the left side, and every quantity that the claim speaks of, from the objects of the statement: an
  encoder, a world, a law. It never uses the claim, a closed form that the claim implies, or a number typed in.
* `claim`, `hypothesis` and `condition` are the statement's own formulas and nothing else: `lejepa mutants` plants its
  faults in their text. A formula that is `0`, a bare argument or a plain sum of arguments (*trivial*) earns no score:
  put what the statement claims into the claim, not into the evidence.
* **Facts are computed.** What `hypothesis` and `condition` speak of (`Evidence.facts`) is computed from the objects of
  the case: `h.is_white`, not `kind == "white"`. A text is refused: it is a label. Say in the class's docstring how a
  fact is found where its name does not tell.
* **Cases are held against the hypothesis.** Each case of `cases` must satisfy it and each of `outside` must not, else
  the check is violated, whatever its claim does. Outside the statement must fail, so that a dropped hypothesis is seen.
* **Inequalities are reached** (`sharp`), so that a weakened one is seen. A number for `sharp` comes from the statement,
  a known ratio say, not from the very difference that it is to limit.
* A bound that nothing is known to reach says so: `attained = False`. A fault of its claim that every instance bears out
  may be a true bound itself, so that it counts neither as caught nor as missed, but *unsettled*.
* `tried` says in a sentence which instances were tried and on what span: «white encoders spanned by Hermite polynomials
  of degree at most 3 in 1 to 3 dimensions, the best of each computed». The site shows it beside the verdict.
* Numbers are exact (`int`, `fmpq`) or balls (`arb`); integrals come from `lejepa.exact.integration`.

Verdicts, `lejepa.checking.judging`; running, `lejepa.checking.running`; planted faults, `lejepa.checking.mutate`.
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

    left: the left side, as a ball or an exact number, computed independently of the claim.
    terms: the quantities that the claim speaks of, its arguments.
    facts: quantities (integers, rationals, truth values, balls) that hypothesis and condition speak of, computed from
        the objects of the case. A comparison that a ball leaves open counts as false.
    sharp: for an inequality, `None` where nothing is said, 0 where equality must hold to within the enclosure, or how
        far apart the sides may be, relative to the right one.
    """

    left: Any
    terms: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    sharp: float | None = None


@dataclass(frozen=True)
class Finding:
    """What the numbers of a check say beyond its verdict: a sentence, and a table of texts."""

    says: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Check(ABC):
    """A check of one statement. Its docstring says how the left side is found.

    statement: its name in the registry. tried: a sentence that says which instances are tried, and on what span.
    attained: whether some instance reaches the bound; without an inequality it says nothing.
    """

    statement: ClassVar[str]
    relation: ClassVar[Relation] = "="
    tried: ClassVar[str] = ""
    attained: ClassVar[bool] = True

    @abstractmethod
    def cases(self, rng: Random) -> Iterable[Case]:
        """Parameters (JSON values) within the hypothesis: a grid, the edges, and some drawn from `rng`."""

    def outside(self, rng: Random) -> Iterable[Case]:
        """Parameters outside the hypothesis, for which the statement fails."""
        return ()

    @abstractmethod
    def evidence(self, *_: Any, **case: Any) -> Evidence: ...

    def finding(self, tried: Sequence[tuple[Case, Evidence]]) -> Finding | None:
        """What the cases within the hypothesis show beyond the verdict, if that is worth telling."""
        return None

    # The three formulas of a statement; their text is what `lejepa mutants` plants faults in.
    claim: ClassVar[Callable[..., Any]]

    @staticmethod
    def hypothesis(*_: Any, **facts: Any) -> bool:
        return True

    @staticmethod
    def condition(*_: Any, **facts: Any) -> bool:
        """For the relation `iff`: what is equivalent to equality of the two sides."""
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
