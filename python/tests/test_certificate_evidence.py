"""The tables of certificates: what they count, what they call a failure, and that those committed hold."""

from pathlib import Path
from typing import Any

import pytest
from lejepa.certification import evidence, study
from lejepa.certification.worlds import World
from lejepa.evidence.record import Table, now, read
from lejepa.files import repository

ROOT = repository(Path(__file__).parent)
TRUE = study.Row(World("pairs", 2, 0.9, study.ou(2), 0.5), 2_000, 4)


def outcome(verdict: str = "not refuted", limit: float | None = 1.0, violated: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"verdict": verdict, "limit": limit, "low": 0.1, "violated": list(violated), "effective": 7.0}


def table(*rows: Any, **changes: Any) -> Table:
    made: dict[str, Any] = {
        "cost": "dear",
        "made": now(),
        "seconds": 1.0,
        "device": "cpu",
        "versions": {"lejepa": "0"},
        "configuration": evidence.configuration("size"),
        "rows": rows,
    }
    return Table(**made | changes)


def test_a_summary_counts() -> None:
    outcomes = [
        outcome(),
        outcome(limit=0.4),
        outcome("refuted", 0.6, ("lag", "correlation")),
        outcome("refused", None),
        outcome("nothing certified", 3.0, ()),
    ]
    found = evidence.summary(TRUE, outcomes)
    assert {k: found[k] for k in ("repetitions", "refuted", "nothing", "refused", "covered")} == {
        "repetitions": 5,
        "refuted": 1,
        "nothing": 1,
        "refused": 1,
        "covered": 4,
    }
    assert (found["median"], found["tests"]) == (1.0, "correlation 1, lag 1")


def row(**changes: Any) -> dict[str, Any]:
    return {**evidence.summary(TRUE, [outcome()] * 100), **changes}


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({}, False),
        ({"refuted": 1}, False),
        ({"refuted": 2}, True),
        ({"refuted": 1, "refused": 1}, True),
        ({"covered": 95}, False),
        ({"covered": 94}, True),
    ],
)
def test_true_worlds_fail_where_too_many_are_refuted_or_not_covered(changes: dict[str, Any], fails: bool) -> None:
    assert bool(evidence.failures("size", table(row(**changes)))) == fails


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({"refuted": 99}, False),
        ({"refuted": 98}, True),
        ({"refuted": 0, "count": 30_000}, False),
        ({"refuted": 0, "world": "lag of two, pairs"}, False),
    ],
)
def test_false_worlds_fail_where_too_few_are_refuted(changes: dict[str, Any], fails: bool) -> None:
    found = table(row(**{"count": 100_000, **changes}))
    assert bool(evidence.failures("power", found)) == fails


def test_a_power_table_says_from_which_number_on() -> None:
    shares = {1_000: 100, 3_000: 98, 10_000: 99, 30_000: 100, 100_000: 99}
    found = table(*(row(count=c, refuted=r, tests=f"lag {r}", median=0.0123) for c, r in shares.items()))
    assert evidence.power(found)[2:] == [
        "| pairs | 2 | 100 % | 98 % | 99 % | 100 % | 99 % | 10,000 | 0.0123 | 0.1 | lag |"
    ]
    never = table(*(row(count=c, refuted=0, tests="") for c in shares))
    assert evidence.power(never)[2].endswith("| – | 1 | 0.1 | – |")


def test_a_size_table_shows_every_row() -> None:
    found = table(row(refuted=3, covered=98), row(world="chain", effective=12_345.6))
    assert evidence.size(found)[2:] == [
        "| pairs | 2 | 2,000 | 7 | 100 | 3 % | 98 % | 1 | 0.5 |",
        "| chain | 2 | 2,000 | 12,346 | 100 | 0 % | 100 % | 1 | 0.5 |",
    ]


def test_a_repetition_is_that_of_its_seed() -> None:
    small = next(r for r in study.TRUE if r.count <= 2_000)
    assert study.repetition(small, 5) == study.repetition(small, 5)
    assert study.repetition(small, 5) != study.repetition(small, 6)


def test_a_row_that_is_refused_is_an_outcome() -> None:
    world = World("short", 2, 0.99, study.chain(2, 0.99), 0.0)
    found = study.repetition(study.Row(world, 2_000, 1), 0)
    assert (found["verdict"], found["limit"]) == ("refused", None)


def test_another_configuration_is_named() -> None:
    record = table()
    assert evidence.changed(ROOT, "size", record) == []
    assert evidence.changed(ROOT, "power", record)
    assert evidence.changed(ROOT, "neither", record)
    looser = {**record.configuration, "level": 0.9}
    assert evidence.changed(ROOT, "size", table(configuration=looser)) == ["level is 0.95, and was 0.9"]


def test_a_replay_names_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    small = next(r for r in study.TRUE if r.count <= 2_000)
    monkeypatch.setattr(study, "TABLES", {"size": (small,)})
    today = evidence.trace("size")
    assert evidence.replay(ROOT, "size", table(trace=today)) == []
    first = today[small.key][0]
    first["limit"] *= 1 + 1e-4
    assert len(evidence.replay(ROOT, "size", table(trace=today))) == 1


@pytest.mark.parametrize("name", list(study.TABLES))
def test_the_committed_tables_hold(name: str) -> None:
    path = ROOT / "evidence" / "certificates" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"no evidence of {name} here: python python/benchmarks/coverage.py {name}")
    record = read(path, Table)
    assert len(record.rows) == len(study.TABLES[name])
    short = [f for f in evidence.failures(name, record) if not f.startswith(study.SHORT)]
    assert short == []
