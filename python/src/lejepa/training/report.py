"""The page of all experiments: what each was for, what it measured, what the paper says; from result files alone."""

import os
from collections.abc import Sequence
from pathlib import Path

from lejepa.errors import UserError
from lejepa.files import void, write_atomically
from lejepa.markdown import row
from lejepa.training import grid, paper, plots, results, tables, verdict
from lejepa.training.columns import IDLE, INVERSE, METRICS, NARROW, PLANNERS
from lejepa.training.config import ArmPlanning, Planning
from lejepa.training.grid import Sweep
from lejepa.training.results import Result

CONFIGURATIONS = Path("python") / "configs"
HEAD = """# Experiments

Each experiment trains encoders on pairs `(z, z')` of a world whose latents `z` are known, and then measures how well
the embeddings `h` recover them. `lejepa report` writes this page from the files in `evidence/experiments`, and
`lejepa report --check` fails if the two differ. The configuration of an experiment is `python/configs/<name>.yaml`.
Those whose name ends in `-quick` train on two CPU cores, in minutes or in an hour. The others have full size, that of
the paper where it has such an experiment; those that have been run are below.

The pairs are those of the theorem, with correlation `ρ`. The paper's code trains on two successors of one latent
instead, whose correlation is `ρ²`. Experiments whose configuration has `successors: true` train on such pairs too, and
are measured on those of the theorem.

| measure | meaning |
| --- | --- |
| R²(h→z) | share of the latents' variance that a linear regression on the embeddings explains |
| R²(z→h), R²(x→z) | the same of the embeddings by the latents, and of the latents by the observations `x` |
| R²(h→kept), R²(h→left) | the same of the first `m` latents, and of the others, by embeddings of `m` dimensions |
| R²(h→ψ) | the same of `ψ`, the first eigenfunction of a world's generator or symmetrized step, by the embeddings |
| ‖AᵀA-1‖ | Frobenius distance from orthogonal of the matrix `A` that regresses the embeddings on the latents |
| ε | Frobenius distance of the embeddings' covariance from the identity |
| δ | alignment less that of a linear encoder with this covariance, the least in the Gaussian world |
| D | the excess, `δ / (2 ρ (1 - ρ))` |
| distance | mean squared distance between the embedding and the nearest orthogonal map of the latents |
| bound | `D + (ε + D)²`, at least the distance by the theorem if the latents are Gaussian with one correlation |
| whitened alignment | alignment of the embedding made white, `tr(Cov(h)⁻¹ 𝔼 (h' - h)(h' - h)ᵀ)` |
| prediction | mean squared error of a predictor `f` of the next embedding, `𝔼 ‖h' - f(h, a)‖²` with the action `a` |
| prediction / (n - tr G) | the same over the error of the mean dynamics `M z + B a` of `n` latents, `G = M Mᵀ + B Bᵀ` |
| error of the guessed action | mean squared error over coordinates of a guess of `a` from `h` and `h'` |
| guessed action / least | the same over the least error of any guess from `z` and `z'` |
| rollout t | relative error of `t` steps of the predictor on its own output |
| CEM, model / state | cost of CEM on the learnt model over its cost on the true state; likewise for MPPI and LQR |
| goals reached | share of the tasks with the arm whose finger ends on the target |
| off the straight line | distance in radians of a line between embeddings, in joint angles, from a straight one |
| relative error of the gain | `‖K_h A - K‖ / ‖K‖` of the gain `K_h` of the predictor's Jacobian; `K` is the world's |

A regression is fitted to some pairs and scored on others. Values are means over seeds ± the sample standard deviation.
δ and D are estimated without bias, so an estimate may be below zero. D and the bound are *not applicable* in worlds
that the theorem does not cover, and neither they nor the distance to embeddings of more or fewer dimensions than there
are latents.

The world of four points (`fourpoint`, `fourpoint-quick`) has one latent of four values, so an encoder is four numbers
there. R² asks whether these are affine in the latent's; between the points an encoder is neither trained nor measured.
R² also distinguishes less than on a continuum: every odd, increasing encoder has more than .759. An odd one has .99 or
more if its outer values are 2.35 to 4.02 times its inner ones, where 3 is linear. In the worlds with sign flips of the
same experiment δ is below zero, because some encoders align better than the latents. Their proof in Lean compares the
latent with its second Hermite polynomial. In the world of the proof (`flips-inside`) the best white encoder is neither:
numerically it is an odd function that is zero where the drift has the other sign.

A rollout is compared with as many steps of the mean dynamics, seen through the orthogonal map and the shift that are
nearest to the encoder. Its relative error is the root mean square of their distance over that of the mean dynamics. The
error of one step is that of the predictor. The set-up of `jepa-quick` was chosen in seven pilot runs with two seeds:
with deeper mixings, without restarts or at other weights, encoders ended in poor optima or missed a criterion.
What is measured is therefore said of this set-up alone. With half the steps, one of five other seeds missed one
criterion, by a twentieth.

In `dynamics-quick`, what is expected of five steps of prediction and of guessing the action is derived in the comment
of its configuration, and no theorem here says it. Guessing the action alone does not determine the latents, so the
seeds differ there. Beside one step of prediction the least loss is not attained, only approached by encoders that
are not linear, yet training came to nearly linear ones.

In `initialization-quick` the seeds of a point differ in where the encoder begins, and points in how large its first
matrices are. Its layers undo those of the mixing, the last one first. With random matrices of the paper's size, an
encoder waits at an R² of about .85 while layers that are still random scramble what others have put right, and some had
not left this plateau after 3000 steps. With matrices a hundredth as large it begins near the identity, and in 64
dimensions it does not stop there. The encoders of `scaling` begin so, too. In 4 to 16 dimensions some of them still end
in a local optimum.

In `rates-quick` the points differ in the learning rate, the weight of VICReg and the number of layers of the encoder.
With as many layers as the mixing has, some seeds end in local optima at each rate and weight that was tried. At the
larger rate there are fewer, and with the smaller weight as well fewer still.

In `overparameterization-quick` the encoders have twice as many layers as the mixing, and in each of them four times as
many neurons. At the paper's rate and weights, no seed ends in a local optimum.

In `shrinkage-quick`, ε is expected to be that of `lejepa.objectives.shrinkage.sigreg_optimum`, the radial map of least
loss. No theorem says that it is the optimum. The configuration tells which prediction came before which run: a first
one, among linear maps only, was missed.

Where an experiment plans in a linear world, a goal is given as an observation, and encoded as the state is. All
policies have the same starts, goals and noise, and costs are those of the true latents. On the true state, the
regulator (LQR) has the least mean cost of all policies. On the learnt model, it has the Jacobian of the predictor at
the mean embedding in place of the matrices of the world. The gain of the model is compared with that of the world
through `A`, the matrix that regresses the embeddings on the latents.

Planning with the robot arm is explained in [arm.md](arm.md). What it costs with an untrained encoder is not measured,
so a criterion on it is not tested in the way that the next paragraph says.

A statement is **confirmed** if its experiment set criteria before the training, every encoder meets them, and each of
them says something of at least one encoder. A few criteria are about means over seeds, which then take the place of
the encoder. A criterion says nothing of an encoder that met it before its first training step, and a bound says nothing
if the encoder that maps everything to zero keeps it too. The statement is **not confirmed** if a criterion is missed,
and **measured** in all other cases. Confirmed is not proved: it is said of these encoders, in these worlds.

Where half is predicted, a hypothesis of the theorem fails. What is predicted there is derived in the configuration's
comment, from the sum over degrees. Such a criterion is listed with the theorem, but tests that the hypothesis is
needed. Many results are older than the rule that a result keeps its criteria ([audit.md](audit.md)). For these, the
history of the repository shows when a criterion was set.
"""
Done = dict[str, Result]


def configured(root: Path) -> list[Sweep]:
    """Every experiment and sweep of a checkout, one way of loading for both."""
    return [grid.load(path) for path in sorted((root / CONFIGURATIONS).glob("*.yaml"))]


def of_evidence(root: Path) -> list[tuple[Sweep, Done]]:
    """The experiments of a checkout, with their evidence of today's configuration, if they have any."""
    return [(sweep, results.read_points(sweep, root / "evidence")[0]) for sweep in configured(root)]


def of_results(out: Path) -> list[tuple[Sweep, Done]]:
    """What a folder of results holds: sweeps, and single experiments, whose criterion is not known there."""
    singles = [
        (Sweep.model_construct(name=r.name, statements=(), axes=(), points=(), peak=None), {r.name: r})
        for r in results.read_all(out)
    ]
    return [*((s, done) for s, done in results.read_sweeps(out) if done), *singles]


def page(found: Sequence[tuple[Sweep, Done]], path: Path, figures: Path) -> str:
    """The page of experiments and their results, which shows those figures in the folder `figures` that are of them.

    Of experiments that have not been run, it lists the figures of the paper alone.
    """
    run = [(sweep, done) for sweep, done in found if done]
    parts = [HEAD, *paper.whole(found), "## All experiments\n", *overview(run), "", *paper.reduced(found)]
    for sweep, done in run:
        parts += section(sweep, done, path, figures, [s.name for s, _ in run])
    return "\n".join(parts)


def write(found: Sequence[tuple[Sweep, Done]], path: Path, figures: Path) -> Path:
    """Write the page."""
    if not any(done for _, done in found):
        raise UserError(f"{path}: expected results of experiments to make this page of, found none")
    text = page(found, path, figures)
    write_atomically(path, lambda p: void(p.write_text(text, encoding="utf-8")))
    return path


def overview(found: Sequence[tuple[Sweep, Done]]) -> list[str]:
    """A row for each experiment: what it is, what was measured, each statement's word."""
    lines = [row("experiment", "what", "measured", "verdict"), row(*["---"] * 4)]
    for sweep, done in found:
        quoted = [(f"{q.says}: ", q.metric, done.get(f"{sweep.name}/{q.point}")) for q in sweep.quotes]
        if not sweep.many:
            quoted = [("", "r2_hz", done[sweep.name])]
        cells = [
            f"{says}{METRICS[m]} {tables.cell(r, m, 3)}" if m != "r2_hz" else f"{says}{tables.cell(r, m, 3)}"
            for says, m, r in quoted
            if r is not None
        ]
        name = "R²(h→z), " if any(m == "r2_hz" for _, m, _ in quoted) else ""
        measured = f"{name}{seeds_of(done)}. {'; '.join(cells)}" if cells else ""
        part = "" if len(done) == len(sweep.points) else f" ({len(done)} of {len(sweep.points)} points)"
        words = ", ".join(f"`{s}` {w}" for s, w in verdict.words(sweep, done).items())
        lines.append(row(f"`{sweep.name}`{part}", sweep.title, measured, words))
    return lines


def seeds_of(done: Done) -> str:
    """How many seeds the points have."""
    counts = sorted({len(r.seeds) for r in done.values()})
    return f"{' or '.join(map(str, counts))} seed{'' if counts == [1] else 's'}"


def point_table(sweep: Sweep, done: Done) -> list[str]:
    """A row a point."""
    keys = ["r2_hz", "r2_zh", "orthogonality", "epsilon", "delta", "excess", "distance", "bound"]
    if any(r.configuration.width < r.configuration.world.dim for r in done.values()):
        keys += NARROW
    if any(r.configuration.world.bent for r in done.values()):
        keys.append("r2_eigen")
    if any(r.configuration.world.spectral for r in done.values()):
        keys.append("white_alignment")
    if any(r.configuration.predictor is not None for r in done.values()):
        keys += tables.OF_PREDICTORS
    if any(r.configuration.inverse is not None for r in done.values()):
        keys += INVERSE
    keys += tables.of_planning(r.configuration for r in done.values())
    judged, points = verdict.judged(sweep, done), {p.name: p for p in sweep.points}
    lines = [
        row("point", "R²(x→z)", *(METRICS[k] for k in keys), "verdict", "above the bound"),
        row(*["---"] * (len(keys) + 4)),
    ]
    for name, r in done.items():
        above = verdict.violations(points[name], r) if name in points else None
        lines.append(
            row(
                name.rpartition("/")[2],
                tables.spread(known, 3) if (known := [v for v in r.r2_xz if v is not None]) else "not applicable",
                *(tables.cell(r, k) for k in keys),
                verdict.word(o for o in judged if o.point == name),
                "" if above is None else f"{above} of {sum(len(p.distance) for p in r.curve)}",
            )
        )
    return [*lines, ""]


def planning_table(done: Done) -> list[str]:
    """What each policy costs in the world, a table for each point that plans."""
    lines = []
    for name, r in done.items():
        if not isinstance(c := r.configuration.planning, Planning):
            continue
        where = "" if len(done) == 1 else f", at {name.rpartition('/')[2]}"
        lines += [
            f"Cost of an episode of {c.steps} steps, its mean over {c.tasks} pairs of a start and a goal with "
            f"{c.noises} episodes each{where}:\n",
            row("policy", "on the learnt model", "on the true state", "ratio"),
            row(*["---"] * 4),
        ]
        for p in PLANNERS:
            lines.append(row(p.upper(), *(tables.cell(r, f"{p}_{k}", 3) for k in ("cost", "cost_state", "ratio"))))
        lines += [row(said, "", tables.cell(r, f"{p}_cost", 3), "") for p, said in IDLE.items()]
        lines.append("")
    return [*lines, *arm_table(done)]


def arm_table(done: Done) -> list[str]:
    """What planning with the arm costs, a row a point, and on the true joint angles."""
    found = {n: r for n, r in done.items() if isinstance(r.configuration.planning, ArmPlanning)}
    if not found:
        return []
    first = next(iter(found.values()))
    c = first.configuration.planning
    assert isinstance(c, ArmPlanning)
    keys = ("cem_cost", "cem_ratio", "success", "foreseen", "deviation")
    own = ("cem_cost_state", "", "success_state", "", "deviation_state")
    lines = [
        f"{c.tasks} goals a seed, {c.steps} torques each, and {c.lines} straight lines:\n",
        row("planned on", "cost of an episode", *(METRICS[k] for k in keys[1:])),
        row(*["---"] * (len(keys) + 1)),
        row("true joint angles", *(tables.cell(first, k, 3) if k else "" for k in own)),
        *(row(n.rpartition("/")[2], *(tables.cell(r, k, 3) for k in keys)) for n, r in found.items()),
        *(row(said, tables.cell(first, f"{p}_cost", 3), *[""] * (len(keys) - 1)) for p, said in IDLE.items()),
    ]
    return [*lines, ""]


def verdicts(sweep: Sweep, done: Done) -> list[str]:
    """What is confirmed and by which criterion, a line a criterion; then what is missed."""
    judged, lines = verdict.judged(sweep, done), []
    for confirms, claim in verdict.criteria(sweep):
        own = [o for o in judged if (o.confirms, o.claim) == (confirms, claim)]
        if own:
            lines.append(f"- `{confirms}`, {verdict.word(own)}: {claim}; {verdict.counted(own)}.")
    named = {c for c, _ in verdict.criteria(sweep)}
    lines += [f"- `{s}`, measured: no criterion." for s in sweep.statements if s not in named]
    lines += [f"- Not met: {o.sentence}." for o in judged if o.state == "missed"]
    lines += [f"\nThe cause: {sweep.cause}"] if sweep.cause else []
    return [*lines, ""] if lines else []


def section(sweep: Sweep, done: Done, path: Path, figures: Path, names: Sequence[str]) -> list[str]:
    """A sweep: what it bears on, its verdict, its table, its figures; `names` are those of all sweeps."""
    first = next(iter(done.values()))
    t = first.configuration.training
    seconds = sum(r.seconds for r in done.values())
    seeds = " or ".join(map(str, sorted({len(r.seeds) for r in done.values()})))
    points = f"{len(done)} of {len(sweep.points)} points, " if sweep.points else ""
    made = max(r.made for r in done.values())
    lines = [
        f"## {sweep.name}\n",
        f"{points}seeds: {seeds}; {plots.steps_of(done)} steps of {t.batch} pairs; {seconds:.0f} s in total on "
        f"{first.device}; finished on {made:%Y-%m-%d}.\n",
        *verdicts(sweep, done),
        *point_table(sweep, done),
        *planning_table(done),
    ]
    if any(c.at_most == "bound" for p in sweep.points for c in p.criterion):
        lines.append(
            "*Above the bound* counts evaluations during training whose distance exceeds the bound by more standard "
            "errors than the criterion allows.\n"
        )
    for file in sorted(results.figures_of((figures,), sweep.name, names), key=lambda f: f.stem):
        if sweep.many or file.stem in (sweep.name, f"{sweep.name}-planning"):
            lines.append(f"![{file.stem}]({os.path.relpath(file, path.parent)})\n")
    return lines
