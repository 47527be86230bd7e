"""The tables of how often certificates fail and succeed, as evidence: `evidence/certificates/{size,power}.json`.

Each took an hour of a processor, so it is replayed in part: the first repetitions of rows of few data, which today's
code must reproduce.
"""

from pathlib import Path
from typing import Any

from lejepa.certification import study
from lejepa.evidence.fresh import differences
from lejepa.evidence.record import FOLDER, Table, read
from lejepa.markdown import row

Record = Table
REPLAYED, REPLAY_ROWS = 2, 10_000  # repetitions, of rows of so many data at the most
RELATIVE, ABSOLUTE = 1e-6, 1e-9
NEEDED = 0.99  # of a false world's repetitions


def configuration(name: str) -> dict[str, Any]:
    """All that decides a table."""
    rows = [
        {
            "world": r.world.name,
            "dim": r.world.dim,
            "rho": r.world.rho,
            "distance": r.world.distance,
            "count": r.count,
            "repetitions": r.repetitions,
        }
        for r in study.TABLES[name]
    ]
    return {"level": study.LEVEL, "significance": study.SIGNIFICANCE, "rows": rows}


def trace(name: str) -> dict[str, list[dict[str, Any]]]:
    """The first repetitions of the rows that are replayed."""
    rows = [r for r in study.TABLES[name] if r.count <= REPLAY_ROWS]
    return {r.key: [study.repetition(r, seed) for seed in range(REPLAYED)] for r in rows}


def changed(root: Path, name: str, record: Table) -> list[str]:
    """What of the table's configuration is not today's."""
    if name not in study.TABLES:
        return [f"there is no table {name}"]
    return differences(record.configuration, configuration(name), 1e-9, 0)


def replay(root: Path, name: str, record: Table) -> list[str]:
    """What today's code does not reproduce of the first repetitions."""
    return differences(record.trace, trace(name), RELATIVE, ABSOLUTE)


def summary(row: study.Row, outcomes: list[dict[str, Any]]) -> dict[str, str | int | float | bool | None]:
    """A row of a table from its repetitions."""
    limits = sorted(o["limit"] for o in outcomes if o["limit"] is not None)
    named = [v for o in outcomes for v in o["violated"]]
    tests = sorted(set(named), key=lambda v: (-named.count(v), v))
    distance = row.world.distance
    return {
        "world": row.world.name,
        "dim": row.world.dim,
        "rho": row.world.rho,
        "count": row.count,
        "repetitions": len(outcomes),
        "effective": sorted(o["effective"] for o in outcomes)[len(outcomes) // 2],
        "refuted": sum(o["verdict"] == "refuted" for o in outcomes),
        "nothing": sum(o["verdict"] == "nothing certified" for o in outcomes),
        "refused": sum(o["verdict"] == "refused" for o in outcomes),
        "covered": None if distance is None else sum(o["limit"] is None or o["limit"] >= distance for o in outcomes),
        "distance": distance,
        "median": limits[len(limits) // 2] if limits else None,
        "low": sorted(o["low"] for o in outcomes)[len(outcomes) // 2],
        "tests": ", ".join(f"{v} {named.count(v)}" for v in tests),
    }


def tables(root: Path) -> dict[str, list[str]]:
    """The tables of `python/certify.md`, of the evidence that is there."""
    made = {"size": size, "power": power}
    paths = {name: root / FOLDER / "certificates" / f"{name}.json" for name in made}
    return {n: made[n](read(paths[n], Table)) for n in made if paths[n].is_file()}


def size(record: Table) -> list[str]:
    lines = [
        "| world | n | rows | worth | repetitions | refuted | limit ≥ distance | median limit | distance |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for r in record.rows:
        cells = [
            *(r["world"], r["dim"], f"{r['count']:,}", f"{r['effective']:,.0f}", r["repetitions"]),
            share(r["refuted"], r["repetitions"]),
            share(r["covered"], r["repetitions"]),
            *(f"{r['median']:.3g}", f"{r['distance']:.3g}"),
        ]
        lines.append(row(*cells))
    return lines


def power(record: Table) -> list[str]:
    """A row a world, a column a number of rows."""
    counts = sorted({int(r["count"]) for r in record.rows})  # type: ignore[arg-type]
    lines = [
        f"| world ({record.rows[0]['repetitions']} repetitions a number) | n | "
        + " | ".join(f"{c:,}" for c in counts)
        + " | 99 % from | limit | from below | by |",
        "|---|--:|" + "--:|" * (len(counts) + 3) + "---|",
    ]
    for world in dict.fromkeys((r["world"], r["dim"]) for r in record.rows):
        rows = {int(r["count"]): r for r in record.rows if (r["world"], r["dim"]) == world}  # type: ignore[arg-type]
        enough = [c for c in counts if all(passes(rows[k]) for k in counts if k >= c)]
        last = rows[counts[-1]]
        cells = [
            *world,
            *(share(rows[c]["refuted"], rows[c]["repetitions"]) for c in counts),
            f"{enough[0]:,}" if enough else "–",
            *(
                f"{last['median']:.3g}",
                f"{last['low']:.3g}",
                str(last["tests"]).split(", ")[0].rstrip("0123456789 ") or "–",
            ),
        ]
        lines.append(row(*cells))
    return lines


def passes(row: dict[str, Any]) -> bool:
    return bool(row["refuted"] >= NEEDED * row["repetitions"])


def share(part: Any, whole: Any) -> str:
    """Per cent, to a digit where it is not whole."""
    value = 100 * part / whole
    return f"{value:.0f} %" if value == round(value) else f"{value:.1f} %"


def failures(name: str, record: Table) -> list[str]:
    """Where a table is not what it should be, a sentence each: size and coverage of true worlds, power of false
    ones."""
    found = []
    for r in record.rows:
        where, n = f"{r['world']}, n = {r['dim']}, {r['count']:,} rows", int(r["repetitions"])  # type: ignore[arg-type]
        if name == "size":
            if int(r["refuted"]) + int(r["refused"]) > study.SIGNIFICANCE * n:  # type: ignore[arg-type]
                found.append(f"{where}: refuted in {share(r['refuted'], n)}")
            if int(r["covered"]) < study.LEVEL * n:  # type: ignore[arg-type]
                found.append(f"{where}: the limit covers the distance in {share(r['covered'], n)}")
        elif r["count"] == max(study.COUNTS) and not passes(r) and r["world"] not in study.HIDDEN:
            found.append(f"{where}: refuted in {share(r['refuted'], n)}")
    return found
