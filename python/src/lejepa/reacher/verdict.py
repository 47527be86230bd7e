"""What the result of a Reacher experiment says of a criterion that was set before it (`lejepa.training.verdict`)."""

from dataclasses import replace

from lejepa.reacher.config import Experiment
from lejepa.reacher.results import Recovered, Result, best_objective
from lejepa.training.verdict import Measured, Outcome, State, Word, word

COORDINATES = 2  # joints: the distance of the encoder h = 0
PLANNED = ("isOptimal_of_invariant", "cost_of_invariant")


def judged(c: Experiment, result: Result) -> list[Outcome]:
    """What becomes of each criterion, for the statements that the experiment names."""
    found = [o for r, before in zip(result.recovered, result.untrained, strict=True) for o in of_encoder(c, r, before)]
    found += [of_planning(c, result, statement) for statement in PLANNED]
    return [earned(c, o) for o in found if o.confirms in c.statements]


def earned(c: Experiment, o: Outcome) -> Outcome:
    """An outcome by a criterion that was set after a look at such encoders: met, it says nothing."""
    if c.criterion.beforehand:
        return o
    return replace(o, claim=f"{o.claim}, set after a look", state="says nothing" if o.state == "met" else o.state)


def of_encoder(c: Experiment, r: Recovered, untrained: float) -> list[Outcome]:
    """R² and the bound, for an encoder of Ornstein–Uhlenbeck pairs whose objective is held to them."""
    least = c.criterion.r2.get(r.objective) if r.data == "ou" else None  # type: ignore[call-overload]
    if least is None:
        return []
    k = c.criterion
    claim = f"lower R² at least {least:g}, {k.spare:g} standard errors to spare, over each seed"
    recovery = Measured(r.r2, r.r2_error)
    missed = recovery.value - k.spare * recovery.error < least
    state: State = "missed" if missed else "says nothing" if untrained >= least else "met"
    where = f"{c.name}, {r.objective}"
    found = [Outcome(where, r.seed, "linear_identifiability", claim, state, f"lower R² {recovery}")]
    gap = Measured(r.gaussian["distance"] - r.gaussian["bound"], r.gaussian["margin_error"])
    claim = f"distance at most its bound, {k.allowed:g} standard errors allowed, over each seed"
    empty = r.gaussian["bound"] >= COORDINATES
    state = "missed" if gap.value > k.allowed * gap.error else "says nothing" if empty else "met"
    return [*found, Outcome(where, r.seed, "approx_identifiability", claim, state, f"distance less bound {gap}")]


def of_planning(c: Experiment, result: Result, statement: str) -> Outcome:
    """The cost of control on the best recovered latents, as a ratio to that on the true state."""
    k, best = c.criterion, best_objective(result.recovered)
    (ratio,) = (p.regret for p in result.controlled if (p.space, p.objective) == ("ou", best))
    claim = f"control costs at most {k.regret:g} times as on the true state, {k.spare:g} standard errors to spare"
    state: State = "met" if ratio.mean + k.spare * ratio.error <= k.regret else "missed"
    says = f"{Measured(ratio.mean, ratio.error)} times"
    return Outcome(f"{c.name}, {best}", None, statement, claim, state, says)


def criteria(c: Experiment) -> list[str]:
    """The criteria in words, with the statement that each confirms."""
    k = c.criterion
    r2 = ", ".join(f"{least:g} for {kind}" for kind, least in k.r2.items())
    words = {
        "linear_identifiability": f"lower R² at least {r2}, {k.spare:g} standard errors to spare",
        "approx_identifiability": f"distance at most its bound, {k.allowed:g} standard errors allowed",
    }
    control = f"control costs at most {k.regret:g} times as on the true state, {k.spare:g} standard errors to spare"
    words |= dict.fromkeys(PLANNED, control)
    when = "" if k.beforehand else ", set after a look"
    return [f"{s}: {w}{when}" for s, w in words.items() if s in c.statements]


def words(c: Experiment, result: Result) -> dict[str, Word]:
    """The word for each statement that the experiment bears on."""
    found = judged(c, result)
    return {s: word(o for o in found if o.confirms == s) for s in c.statements}
