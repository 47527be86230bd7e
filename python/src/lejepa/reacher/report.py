"""The tables of a Reacher experiment."""

from rich.table import Table

from lejepa.reacher.figures import NAMES
from lejepa.reacher.results import Mean, Recovered, Result


def table(title: str, *headings: str) -> Table:
    made = Table(title=title)
    for heading in headings:
        made.add_column(heading, justify="right")
    return made


def text(m: Mean) -> str:
    return f"{m.mean:.3f} ± {m.error:.3f}"


def recovery(result: Result) -> list[Table]:
    """What each encoder recovers on Gaussian states; and held-out pairs of its own law, with their certificate."""
    gaussian = table(
        "Recovery of the joints on Gaussian states",
        "data",
        "objective",
        "seed",
        "R²(z→h)",
        "R²(h→z)",
        "distance",
        "bound",
    )
    own = table(
        "Held-out pairs of its own law",
        *("data", "objective", "seed", "ρ", "R²(z→h)", "R²(h→z)", "ε", "δ", "D", "certificate"),
    )
    for r in result.recovered:
        which = (r.data, r.objective, str(r.seed))
        gaussian.add_row(*which, *(f"{r.gaussian[k]:.4f}" for k in ("r2_zh", "r2_hz", "distance", "bound")))
        measured = (f"{r.own[k]:.4f}" for k in ("r2_zh", "r2_hz", "epsilon", "delta", "excess"))
        own.add_row(*which, f"{r.rho:.3f}", *measured, certified(r))
    return [gaussian, own]


def certified(r: Recovered) -> str:
    """The verdict of a certificate, with its limit or what is violated."""
    if r.verdict == "not refuted":
        return f"≤ {r.limit:.3g}"
    return ": ".join((r.verdict, ", ".join(r.violated))) if r.violated else r.verdict


def planning(result: Result) -> list[Table]:
    """Straight lines, and control."""
    straight = table(
        "Straight lines, decoded to the nearest rendered states",
        "space",
        "objective",
        "off the straight joints, rad",
        "length",
    )
    for line in result.lines:
        straight.add_row(NAMES[line.space], line.objective, text(line.deviation), text(line.length))
    controlled = table(
        "Reaching a goal frame",
        "planned on",
        "objective",
        "success, hard",
        "success, easy",
        "cost",
        "cost / true state's",
        "dynamics' fit",
    )
    for found in result.controlled:
        shares = (f"{p:.2f} [{low:.2f}, {high:.2f}]" for p, low, high in (found.success[k] for k in ("hard", "easy")))
        controlled.add_row(
            NAMES[found.space], found.objective, *shares, text(found.cost), text(found.regret), f"{found.fit:.3f}"
        )
    return [straight, controlled]
