"""The figures that the paper gives, and ours beside them."""

from collections.abc import Iterator, Sequence

from lejepa.evidence import record
from lejepa.markdown import row
from lejepa.training import results, tables
from lejepa.training.grid import Claim, Sweep, chosen
from lejepa.training.results import Result

Found = Sequence[tuple[Sweep, dict[str, Result]]]
REDUCED = "-quick"  # how the names of experiments of reduced size end


def claimed(found: Found, reduced: bool) -> Iterator[tuple[Sweep, Claim, Result | None]]:
    """Each figure of the paper with our result of the point that it is of, None where there is none."""
    for sweep, done in found:
        if sweep.name.endswith(REDUCED) == reduced:
            for claim in sweep.claims:
                for p in chosen(sweep, claim.where):
                    yield sweep, claim, done.get(p.name)


def whole(found: Found) -> list[str]:
    """The table of the paper's figures and ours at full size, those not run too."""
    of_paper = list(claimed(found, reduced=False))
    if not of_paper:
        return []
    rows = [whole_row(claim, r) for _, claim, r in of_paper]
    alone = all(r.configuration.training.restarts == 1 for _, _, r in of_paper if r is not None)
    return [
        "## The paper's experiments\n",
        "Values are R²(h→z), means over seeds ± the sample standard deviation. The paper's pairs have a correlation of "
        "0.9025. Its code scores a regression on the pairs that it was fitted to; ours is scored so too, and beside it "
        "on other pairs. In 2 to 32 dimensions the paper keeps the best of three restarts of each seed"
        f"{', and nothing is restarted here' if alone else ''}.\n",
        row("what", "the paper", "ours, scored as there", "ours, on other pairs", "correlation of ours", "seeds",
            "steps", "CPU hours", "evidence"),
        row("---", *["--:"] * 7, "---"),
        *rows,
        "",
    ]  # fmt: skip


def whole_row(claim: Claim, result: Result | None) -> str:
    """A figure of the paper and ours."""
    paper = f"{claim.paper:.6f}"
    if result is None:
        return row(claim.says, paper, "not run", *[""] * 6)
    scored = [v for v in result.r2_hz_in_sample if v is not None]
    world = result.configuration.world
    cpu = "" if result.cpu_seconds is None else f"{result.cpu_seconds / 3600:.2f}"
    return row(
        claim.says,
        paper,
        tables.spread(scored, 6) if scored else "",
        tables.cell(result, claim.metric, digits=6),
        "" if world.latent == "controller" else f"{world.correlation:g}",
        str(len(result.seeds)),
        str(result.configuration.training.steps),
        cpu,
        f"`{results.path_of(result.name, record.FOLDER)}`",
    )


def reduced(found: Found) -> list[str]:
    """The table of the paper's figures and ours at reduced size, as far as they have been run."""
    lines = []
    for sweep, claim, r in claimed(found, reduced=True):
        if r is not None:
            value, steps = tables.cell(r, claim.metric, digits=6), str(r.configuration.training.steps)
            lines.append(row(f"`{sweep.name}`", claim.says, f"{claim.paper:.6f}", value, str(len(r.seeds)), steps))
    if not lines:
        return []
    return [
        "## The paper's experiments at reduced size\n",
        "Values are R²(h→z). The paper trains 20000 steps on pairs of correlation `ρ²`, and these on pairs of "
        "correlation `ρ`.\n",
        row("experiment", "what", "paper", "ours", "seeds", "our steps"),
        row(*["---"] * 6),
        *lines,
        "",
    ]


def beside(found: Found) -> list[str]:
    """The same for the README: a row for each figure of the paper that has ours at full size, scored on other pairs."""
    lines = [row("objective and latents", "the paper", "here"), row("---", "--:", "--:")]
    return lines + [
        row(claim.says, f"{claim.paper:.6f}", tables.cell(r, claim.metric, 6))
        for _, claim, r in claimed(found, reduced=False)
        if r is not None
    ]
