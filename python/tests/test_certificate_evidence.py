"""The tables of certificates: what they count, what they call a failure, and that those committed hold."""

import zlib
from math import sqrt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from lejepa import markdown
from lejepa.certification import evidence, known, study, worlds
from lejepa.certification.worlds import World
from lejepa.evidence.record import Table, now, read, write
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
    assert evidence.changed(ROOT, name, record) == []
    short = [f for f in evidence.failures(name, record) if not f.startswith(study.SHORT)]
    assert short == []


def test_a_summary_has_medians_and_counts_by_verdict() -> None:
    """Medians are the upper ones of the sorted values; a limit at the distance covers it, and so does a refusal."""
    verdicts = ("refuted", "refuted", "refuted", "nothing certified", "nothing certified", "refused", "not refuted")
    limits = (0.9, 0.3, None, 0.5, 0.7, None, 0.1)
    lows, worths, violated = (7, 1, 6, 2, 5, 3, 4), (10, 70, 20, 60, 30, 50, 45), ("b", "ab", "c", "", "", "", "")
    outcomes = [
        {"verdict": v, "limit": x, "low": low, "violated": list(tests), "effective": e}
        for v, x, low, e, tests in zip(verdicts, limits, lows, worths, violated, strict=True)
    ]
    assert evidence.summary(TRUE, outcomes) == {
        "world": "pairs", "dim": 2, "rho": 0.9, "count": 2_000, "repetitions": 7, "effective": 45,
        "refuted": 3, "nothing": 2, "refused": 1, "covered": 5, "distance": 0.5, "median": 0.5, "low": 4,
        "tests": "b 2, a 1, c 1",
    }  # fmt: skip
    four = evidence.summary(TRUE, outcomes[:4])
    assert (four["effective"], four["low"], four["median"]) == (60, 6, 0.5)
    refused = evidence.summary(study.Row(World("w", 1, None, study.ou(1)), 10, 1), [outcome("refused", None)])
    assert (refused["median"], refused["covered"], refused["tests"]) == (None, None, "")


def test_shares_have_a_digit_where_they_are_not_whole() -> None:
    assert [evidence.share(*x) for x in ((1, 4), (1, 3), (0, 7), (7, 7), (999, 1000))] == [
        "25 %", "33.3 %", "0 %", "100 %", "99.9 %"
    ]  # fmt: skip
    assert markdown.row("a | b", 3, "π") == r"| a \| b | 3 | π |"


def test_a_power_table_has_a_row_a_world() -> None:
    """With as many columns in its head as in its rows; enough are refuted from the number on after which all are."""
    rows = [
        row(world=w, dim=d, count=c, refuted=r, tests="lag 3, correlation 1", low=0.25)
        for w, d, r in (("one", 2, 99), ("one", 3, 98), ("two", 2, 100))
        for c in (1_000, 30_000)
    ]
    found = evidence.power(table(*rows))
    assert found[0] == "| world (100 repetitions a number) | n | 1,000 | 30,000 | 99 % from | limit | from below | by |"
    assert {line.count("|") for line in found} == {9}
    assert found[2:] == [
        "| one | 2 | 99 % | 99 % | 1,000 | 1 | 0.25 | lag |",
        "| one | 3 | 98 % | 98 % | – | 1 | 0.25 | lag |",
        "| two | 2 | 100 % | 100 % | 1,000 | 1 | 0.25 | lag |",
    ]
    last = evidence.power(table(*(row(count=c, refuted=r, median=c / 8) for c, r in ((1_000, 99), (3_000, 99)))))
    assert last[2] == "| pairs | 2 | 99 % | 99 % | 1,000 | 375 | 0.1 | – |"
    assert {line.count("|") for line in evidence.size(table(row()))} == {10}


def test_failures_are_sentences() -> None:
    found = evidence.failures("size", table(row(refuted=3, covered=90), row(covered=80, world="chain")))
    assert found == [
        "pairs, n = 2, 2,000 rows: refuted in 3 %",
        "pairs, n = 2, 2,000 rows: the limit covers the distance in 90 %",
        "chain, n = 2, 2,000 rows: the limit covers the distance in 80 %",
    ]
    weak = evidence.failures("power", table(row(refuted=42, count=100_000)))
    assert weak == ["pairs, n = 2, 100,000 rows: refuted in 42 %"]


def test_the_first_two_repetitions_of_rows_of_10000_at_most_are_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(study.Row(World("w", 2, 0.9, study.ou(2)), c, 5) for c in (1_000, 10_000, 10_001))
    monkeypatch.setattr(study, "TABLES", {"size": rows})
    monkeypatch.setattr(study, "repetition", lambda r, seed: {"limit": 1.0, "seed": seed, "count": r.count})
    made = evidence.trace("size")
    assert made == {f"w, {c}": [{"limit": 1.0, "seed": s, "count": c} for s in (0, 1)] for c in (1_000, 10_000)}
    for value, differs in ((1 + 5e-7, False), (1 + 2e-6, True)):
        then = {k: [{**r, "limit": value} for r in v] for k, v in made.items()}
        assert bool(evidence.replay(ROOT, "size", table(trace=then))) == differs
    small = {k: [{**r, "limit": 1e-12} for r in v] for k, v in made.items()}
    monkeypatch.setattr(study, "repetition", lambda r, seed: {"limit": 5e-10, "seed": seed, "count": r.count})
    assert evidence.replay(ROOT, "size", table(trace=small)) == []
    monkeypatch.setattr(study, "repetition", lambda r, seed: {"limit": 2e-9, "seed": seed, "count": r.count})
    assert evidence.replay(ROOT, "size", table(trace=small))


def test_tables_are_made_of_the_evidence_that_is_there(tmp_path: Path) -> None:
    assert evidence.tables(tmp_path) == {}
    for name, made in (("size", table(row())), ("power", table(row(count=1_000)))):
        write(tmp_path / "evidence" / "certificates" / f"{name}.json", made)
    assert evidence.tables(tmp_path) == {
        "size": evidence.size(table(row())),
        "power": evidence.power(table(row(count=1_000))),
    }
    (tmp_path / "evidence" / "certificates" / "size.json").unlink()
    assert list(evidence.tables(tmp_path)) == ["power"]


def test_a_change_of_any_number_of_a_table_s_configuration_is_named() -> None:
    for name in study.TABLES:
        configuration = evidence.configuration(name)
        assert evidence.changed(ROOT, name, table(configuration=configuration)) == []
        for key, value in configuration["rows"][0].items():
            other = "other" if isinstance(value, str) or value is None else value + 1
            rows = [{**configuration["rows"][0], key: other}, *configuration["rows"][1:]]
            assert evidence.changed(ROOT, name, table(configuration={**configuration, "rows": rows}))
        first = study.TABLES[name][0]
        assert configuration["rows"][0] == {
            "world": first.world.name, "dim": first.world.dim, "rho": first.world.rho,
            "distance": first.world.distance, "count": first.count, "repetitions": first.repetitions,
        }  # fmt: skip


def test_a_repetition_certifies_what_its_world_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a seed of the world's name, its dimension, its rows and the number of the repetition."""
    told: list[Any] = []

    def certify(*given: Any, **options: Any) -> Any:
        told.append((given, options))
        return SimpleNamespace(
            verdict="refuted", sharp_limit=0.5, law_limit=0.25, violated=("a", "b"), rows=SimpleNamespace(effective=9.0)
        )

    monkeypatch.setattr(study, "certify", certify)
    world = World("some", 2, 0.8, lambda count, rng: tuple(rng.standard_normal((2, count, 2))), 0.0, trajectory=5)  # type: ignore[arg-type]
    found = study.repetition(study.Row(world, 10, 3), 7)
    assert found == {"verdict": "refuted", "limit": 0.5, "low": 0.25, "violated": ["a", "b"], "effective": 9.0}
    rng = np.random.default_rng([zlib.crc32(b"some"), 2, 10, 7])
    (h0, h1, rho), options = told[0]
    for h, other in zip((h0, h1), rng.standard_normal((2, 10, 2)), strict=True):
        np.testing.assert_array_equal(h, other)
    assert rho == 0.8
    assert options == {"trajectory": 5, "level": 0.95, "significance": 0.01, "seed": 7}
    assert study.Row(world, 10, 3).key == "some, 10"


def ornstein_uhlenbeck(dim: int, rho: float = 0.9) -> Any:
    return lambda count, rng: worlds.ornstein_uhlenbeck(count, dim, rho, rng)


def encoded(encoder: known.Known, pairs: Any) -> Any:
    def made(count: int, rng: np.random.Generator) -> Any:
        return tuple(encoder.encode(torch.from_numpy(h)).numpy() for h in pairs(count, rng))

    return made


def a_chain(rho: float) -> Any:
    return lambda count, rng: worlds.chain(count, 2, rho, rng)


TRUTHS: dict[str, tuple[Any, float]] = {
    "pairs, ρ estimated, 2": (ornstein_uhlenbeck(2), 0),
    **{f"pairs, {n}": (ornstein_uhlenbeck(n), 0) for n in (1, 2, 8, 32)},
    **{f"chain, ρ = {text}, 2": (a_chain(rho), 0) for text, rho in ((".5", 0.5), (".9", 0.9), (".99", 0.99))},
    "trajectories of 20, 2": (lambda count, rng: worlds.trajectories(count, 20, 2, 0.9, rng), 0),
    "worst encoder, 2": (encoded(known.worst(2, 0.9), ornstein_uhlenbeck(2)), 0.05 + (1 - sqrt(0.85)) ** 2),
    "worst encoder, chain, 2": (encoded(known.worst(2, 0.9), a_chain(0.9)), 0.05 + (1 - sqrt(0.85)) ** 2),
    "cubic encoder, 2": (
        encoded(known.cubic(2, 0.9), ornstein_uhlenbeck(2)), 0.04 / 1.04 + (1 - 1 / sqrt(1.04)) ** 2
    ),
    "quadratic encoder, 8": (
        encoded(known.quadratic(8, 0.9, 0.1), ornstein_uhlenbeck(8)), 8 * (0.01 / 1.01 + (1 - 1 / sqrt(1.01)) ** 2)
    ),
    "turned by π |z|, 2": (
        lambda count, rng: tuple(map(worlds.turned, worlds.ornstein_uhlenbeck(count, 2, 0.9, rng))),
        4 - 2 * known.turned_correlation(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", study.TRUE, ids=lambda r: r.key)
def test_true_worlds_are_what_they_are_called(row: study.Row) -> None:
    world, name = row.world, f"{row.world.name}, {row.world.dim}"
    found = world.pairs(200, np.random.default_rng(0))
    assert world.distance is not None
    if name == "the same, shuffled, 2":
        plain = worlds.trajectories(200, 20, 2, 0.9, np.random.default_rng(0))
        for h, other in zip(found, plain, strict=True):
            np.testing.assert_array_equal(np.sort(h, axis=0), np.sort(other, axis=0))
            assert not np.array_equal(h, other)
        assert world.distance == 0
        return
    draw, distance = TRUTHS[name]
    for h, other in zip(found, draw(200, np.random.default_rng(0)), strict=True):
        np.testing.assert_array_equal(h, other)
    assert world.distance == pytest.approx(distance)
    assert (world.trajectory == 20) == (world.name == "trajectories of 20")
