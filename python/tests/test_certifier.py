"""How a certificate is put together: what its error probabilities are divided among, and when rows are refused."""

from collections.abc import Iterator
from dataclasses import astuple, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from lejepa import Certificate, Certifier, certify
from lejepa.certification import certifier as module
from lejepa.certification import dependence, worlds
from lejepa.certification.certificate import Quantity
from lejepa.certification.certifier import (
    certify_pairs,
    gathered,
    refuse_few_rows,
    refuse_few_values,
    skipped,
    two_sided,
)
from lejepa.certification.correlation import estimate
from lejepa.certification.dependence import Dependence
from lejepa.certification.intervals import MeanEstimate, norm_of_blocks
from lejepa.certification.known import shrunk, worst
from lejepa.certification.outcome import Assumption
from lejepa.certification.pairs import Pairs, from_arrays
from lejepa.certification.rho import EstimatedRho, KnownRho, excess_at
from lejepa.certification.rows import Arrangement
from lejepa.certification.sample import Drawn
from lejepa.certification.view import one_sided
from lejepa.errors import UserError
from lejepa.measures.bounds import bound, sharp_bound

RHO = 0.9
FINE = Assumption(name="fine", p_value=0.5, verdict="consistent", finding="")
BROKEN = Assumption(name="broken", p_value=0.0, verdict="violated", finding="")


def whole(rho: Any = RHO, count: int = 640, **options: Any) -> Certifier:
    made = Certifier(2, rho, count=count, **options)
    made.add(*worst(2, RHO, 0.3, 0.2).pairs(count, 0))
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What is examined, in place of the tests."""
    found: list[tuple[Any, ...]] = []

    def examine(*given: Any) -> Any:
        found.append(given)
        return (FINE,), 0.125

    monkeypatch.setattr(module, "examine", examine)
    return found


def side(low: Any, high: Any) -> tuple[Any, Any]:
    return pytest.approx(low), pytest.approx(high)


@pytest.mark.parametrize("rho", [RHO, (0.85, 0.92), None], ids=["given", "range", "estimated"])
def test_error_probabilities_are_divided(asked: list[tuple[Any, ...]], rho: Any) -> None:
    """Each limit fails with its share: of `D` and `ε`, and of `ρ` where it is estimated; a third of the significance
    is for limits, half of it for these and a sixth each for three in single directions."""
    made = whole(rho, level=0.9, significance=0.03)
    found = made.certificate()
    blocks = made.moments.blocks()
    known: KnownRho | EstimatedRho = made.known_rho(blocks, 64)
    parts = 2 if rho is None else 1
    epsilon = norm_of_blocks(blocks.deviations, blocks.weights, 3)

    def above(alpha: float) -> tuple[float, float]:
        return max(excess_at(blocks, known.limits(alpha)[1]).upper(alpha), 0), epsilon.upper(alpha)

    def below(alpha: float) -> tuple[float, float]:
        return max(excess_at(blocks, known.limits(alpha)[0]).lower(alpha), 0), epsilon.lower(alpha)

    def delta(alpha: float, which: int) -> float:
        r = known.limits(alpha)[which]
        e = excess_at(blocks, r)
        return max(2 * r * (1 - r) * (e.upper(alpha) if which else e.lower(alpha)), 0)

    joint = 0.1 / (parts + 1)
    assert found.bound_limit == pytest.approx(bound(*above(joint)))
    assert found.sharp_limit == pytest.approx(sharp_bound(*above(joint)))
    for quantity, of in ((found.bound, bound), (found.sharp, sharp_bound)):
        assert (quantity.low, quantity.high) == side(of(*below(joint / 2)), of(*above(joint / 2)))
        assert quantity.estimate == pytest.approx(of(max(excess_at(blocks, known.value).value, 0), epsilon.value))
    single = 0.1 / 2 / parts
    assert (found.excess.low, found.excess.high) == side(below(single)[0], above(single)[0])
    assert (found.delta.low, found.delta.high) == side(delta(single, 0), delta(single, 1))
    assert (found.epsilon.low, found.epsilon.high) == side(epsilon.lower(0.05), epsilon.upper(0.05))
    assert (found.rho.low, found.rho.high) == side(*known.limits(0.05))
    assert (found.rho.estimate, found.rho_source) == (known.value, known.source)
    (view, ceiling, tail, significance, level), part = asked[0], 0.01 / 2 / (parts + 1)
    low, high = known.limits(part)
    assert astuple(ceiling) == pytest.approx((low, high, *above(part), delta(part, 1), 0.01 / 6))
    e = excess_at(blocks, high)
    assert tail == pytest.approx(one_sided(MeanEstimate(-e.value, e.error, e.degrees)))
    assert (significance, level, view.dim, len(view.starts)) == (0.03, pytest.approx(0.9), 2, 64)
    assert (found.assumptions, found.law_limit, found.refuted) == ((FINE,), 0.125, False)


def test_plain_moments_have_their_intervals(asked: list[tuple[Any, ...]]) -> None:
    made = whole()
    found, h = made.certificate(), torch.cat(worst(2, RHO, 0.3, 0.2).pairs(640, 0))
    step = (h[640:] - h[:640]).square().sum(1).reshape(64, 10).mean(1).numpy()
    error = step.std(ddof=1) / 8
    assert found.alignment.estimate == pytest.approx(step.mean())
    t = 1.9983405  # Student's, of 63 degrees, at 97.5 %
    assert (found.alignment.low, found.alignment.high) == side(step.mean() - t * error, step.mean() + t * error)
    covariance = np.cov(h.numpy().T)
    assert found.variance.estimate == pytest.approx(np.trace(covariance), rel=3e-3)
    assert found.variances == pytest.approx(np.linalg.eigvalsh(covariance), rel=3e-3)
    assert (found.count, found.dim, found.level, found.significance, found.looks) == (640, 2, 0.95, 0.01, None)
    assert asked[0][3:] == (0.01, 0.95)


def test_options_where_none_are_given() -> None:
    made = Certifier(3)
    assert (made.rho, made.level, made.significance, made.looks, made.seed) == (None, 0.95, 0.01, None, 0)
    assert made.device == torch.device("cpu")
    second = Certifier(3, 0.5, looks=2, level=0.9, significance=0.06, seed=4)
    assert (second.level, second.significance) == side(1 - 0.1 / 6, 0.01)
    assert (second.looks, second.seed, second.rho) == (2, 4, (0.5, 0.5))
    assert second.sample.generator.initial_seed() == 4
    assert (Certifier(3).moments.lagged is None, second.moments.lagged is None) == (False, True)
    assert Certifier(3, 0.5, count=6_400).moments.size == 100


def test_a_function_and_a_class_take_the_same_options(asked: list[tuple[Any, ...]]) -> None:
    h0, h1 = worst(2, RHO, 0.3, 0.2).pairs(640, 0)
    assert certify(h0, h1, RHO) == whole().certificate() == certify(h0.numpy(), h1.numpy(), RHO)
    options: dict[str, Any] = {"level": 0.8, "significance": 0.1, "looks": 3, "seed": 5}
    assert certify(h0, h1, **options) == whole(None, **options).certificate()
    assert certify(h0, h1, **options) != certify(h0, h1)


class Lower:
    """`δ` of a lower limit."""

    def __init__(self, value: float) -> None:
        self.value, self.asked = value, [0.0]

    def lower(self, alpha: float) -> float:
        self.asked.append(alpha)
        return self.value


@pytest.mark.parametrize(
    ("lag", "source", "low", "verdict"),
    [
        (0, "given", 1.0, None),
        (1, "given", 1.0, None),
        (2, "given", 1.0, "violated"),
        (-3, "range", 1e-9, "violated"),
        (2, "given", 0.0, "consistent"),
        (2, "estimated", 1.0, "consistent"),
    ],
)
def test_pairs_that_skip_steps(lag: int, source: str, low: float, verdict: str | None) -> None:
    delta: Any = Lower(low)
    rho: Any = SimpleNamespace(source=source)
    found = skipped(lag, rho, delta, 0.01)
    if verdict is None:
        assert found == ()
        return
    (made,) = found
    assert (made.name, made.verdict, made.p_value) == ("lag", verdict, 0.0 if verdict == "violated" else 1.0)
    assert f"h of the row {lag} further on" in made.finding
    assert ("pairs skip steps" in made.finding) == (verdict == "violated")
    assert source == "estimated" or delta.asked[-1] == 0.01


def drawn(values: np.ndarray) -> Drawn:
    return Drawn(np.arange(len(values)), values, values, ((values, values),), True)


def few(count: int, distinct: int) -> np.ndarray:
    """Rows of which the second coordinate takes so many values."""
    rows = np.random.default_rng(0).standard_normal((count, 2))
    rows[:, 1] = np.arange(count) % distinct
    return rows


def test_32_values_are_few_of_more_than_128_rows() -> None:
    for count, distinct in ((129, 33), (128, 32), (128, 2), (3_000, 33)):
        refuse_few_values(drawn(few(count, distinct)))
    for count, distinct in ((129, 32), (129, 1), (3_000, 32)):
        with pytest.raises(UserError, match=f"found {distinct} distinct values of coordinate 1"):
            refuse_few_values(drawn(few(count, distinct)))
    rows = few(3_000, 3_000)
    rows[:2_048, 1] %= 32  # the first 2048 are looked at
    with pytest.raises(UserError, match="found 32 distinct values"):
        refuse_few_values(drawn(rows))
    rows[2_047, 1] = 40
    refuse_few_values(drawn(rows))


def test_too_few_distinct_rows_are_told() -> None:
    for dim, least in ((2, 32), (31, 32), (32, 33), (50, 51)):
        pairs = Pairs(((500, dim), (500, dim)), lambda rows: iter(()), "these")
        refuse_few_rows(least, pairs)
        with pytest.raises(
            UserError, match=f"these: expected distinct rows, found {least - 1} distinct ones among 500"
        ):
            refuse_few_rows(least - 1, pairs)


def test_an_interval_has_half_on_each_side() -> None:
    found = two_sided(MeanEstimate(2.0, 0.5, 9), 0.1)
    e = MeanEstimate(2.0, 0.5, 9)
    assert found == Quantity(estimate=2.0, low=e.lower(0.05), high=e.upper(0.05))


@pytest.mark.parametrize("number", [16, 64])
def test_a_correlation_is_estimated_by_the_blocks_that_errors_come_from(number: int) -> None:
    made = whole(None)
    found = made.known_rho(made.moments.blocks(), number)
    covariances, lagged = (m.reshape(number, -1, 2, 2).mean(1) for m in made.moments.second_moments())
    expected = estimate(covariances, lagged, np.full(number, 1 / number))
    assert isinstance(found, EstimatedRho)
    for alpha in (0.01, 0.2):
        assert found.limits(alpha) == side(expected.lower(alpha), expected.upper(alpha))
    known = whole((0.8, 0.9)).known_rho(made.moments.blocks(), number)
    assert isinstance(known, KnownRho)
    assert known.limits(0.5) == (0.8, 0.9)


@pytest.mark.parametrize(
    ("lag", "memory", "turns"),
    [
        (3, Dependence(9.0, True, 3), True),
        (-3, Dependence(9.0, True, 3), True),
        (3, Dependence(9.0, True, 1), False),
        (3, Dependence(1.0, False, 1), True),
    ],
)
def test_steps_of_several_trajectories_at_a_time(
    monkeypatch: pytest.MonkeyPatch, lag: int, memory: Dependence, turns: bool
) -> None:
    monkeypatch.setattr(dependence, "dependence", lambda first, second: memory)
    found = Arrangement(None, 0, 600, lag, np.arange(640))
    assert whole().take_turns(found) == turns
    assert not whole().take_turns(replace(found, together=None))


@pytest.mark.parametrize("refuted", [False, True])
@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize(("linked", "lag"), [(0, 0), (500, 1), (500, -4)])
def test_neighbours_are_asked_by_how_clearly_they_tell_and_far_ones_where_rows_depend(
    monkeypatch: pytest.MonkeyPatch, refuted: bool, seen: bool, told: bool, linked: int, lag: int
) -> None:
    """Rows that are three times the memory of 2.5 apart, or three times the lag of those that are linked. Where the
    world is refuted, the coin alone decides nothing."""
    asked: list[Any] = []
    monkeypatch.setattr(module, "examine", lambda *_: ((BROKEN if refuted else FINE,), 0.0))
    monkeypatch.setattr(dependence, "dependence", lambda *_: Dependence(2.5, seen))
    which, other = ("huddled", "neighbours") if refuted else ("neighbours", "huddled")
    monkeypatch.setattr(dependence, f"refuse_{which}", lambda *given: asked.append(given))
    monkeypatch.delattr(dependence, f"refuse_{other}")
    made = whole(seed=3)
    blocks = made.moments.blocks()
    found = made.certified(blocks, Arrangement(None, 7, linked, lag), 700, True, told)
    assert len(asked) == 1
    far = 12 if lag == -4 else 8
    assert (asked[0][2], asked[0][4]) == (3, far if seen or told or linked else 0)
    assert asked[0][3].tolist() == list(range(640))
    np.testing.assert_array_equal(asked[0][0], made.sample.drawn(2).first)
    np.testing.assert_array_equal(asked[0][1], made.sample.drawn(2).second)
    assert found.refuted == refuted
    number = 32 if seen else 64  # 640 rows, of 8 times a memory of 2.5
    assert found.rows.model_dump() == {
        "given": 700, "repeated": 7, "linked": linked, "reordered": True,
        "time": 2.5, "effective": 256.0, "blocks": number,
    }  # fmt: skip


@pytest.mark.parametrize(("rho", "top"), [(0.7, 0.7), ((0.5, 0.8), 0.8), (None, RHO)])
@pytest.mark.parametrize("found", [Arrangement(None, pieces=np.array([320, 320])), Arrangement(None, stray=3)])
def test_rows_in_pieces_are_asked_about_the_memory_of_the_world(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[Any, ...]], rho: Any, top: float, found: Arrangement
) -> None:
    """The greatest of a range, or the estimate."""
    told: list[Any] = []

    def of_pieces(*given: Any) -> Dependence:
        told.append(given)
        return Dependence(5.0, True)

    monkeypatch.setattr(dependence, "dependence", lambda *_: Dependence(2.5, True))
    monkeypatch.setattr(dependence, "of_pieces", of_pieces)
    made = whole(rho)
    rows = made.certified(made.moments.blocks(), found, 640, True, False).rows
    ((memory, arranged_, correlation, count),) = told
    assert (memory, arranged_, count) == (Dependence(2.5, True), found, 640)
    assert correlation == pytest.approx(top, abs=0 if rho else 0.05)
    assert (rows.time, rows.blocks) == (5.0, 16)
    made.certified(made.moments.blocks(), Arrangement(None, 0, 600, 1), 640, False, True)
    assert len(told) == 1


def test_pieces_in_another_order_or_with_copies_are_refused() -> None:
    h0, h1 = worlds.chain(640, 2, RHO, np.random.default_rng(0))
    for rows in (
        np.random.default_rng(1).permutation(640),
        np.r_[0:640, 3:9],
        np.arange(640).reshape(2, 320).T.ravel(),
    ):
        made = Certifier(2, RHO)
        made.add(h0[rows], h1[rows])
        with pytest.raises(
            UserError, match=r"in the order of time, found \d+ copies among .* certify them all at once"
        ):
            made.certificate()


def test_of_pairs_with_latents_the_first_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATENT_ROWS", 50)
    h0, h1 = shrunk(2, RHO).pairs(100, 0)
    z = torch.arange(300.0).reshape(100, 3)

    def chunks(rows: int) -> Iterator[tuple[torch.Tensor, ...]]:
        yield from zip(h0.split(30), h1.split(30), z.split(30), strict=True)

    told: list[tuple[int, int]] = []
    pairs = Pairs(((100, 2), (100, 2), (100, 3)), chunks, "pairs")
    made, kept = gathered(pairs, RHO, {}, lambda done, total: told.append((done, total)))
    assert told == [(30, 100), (60, 100), (90, 100), (100, 100)]
    assert made.sample.count == 100
    for parts, known in zip(zip(*kept, strict=True), (z, h0, h1), strict=True):
        assert [len(p) for p in parts] == [30, 20]
        np.testing.assert_array_equal(torch.cat(parts), known[:50])
    assert gathered(from_arrays(h0, h1), RHO, {}, lambda done, total: None)[1] == []


def test_copies_are_left_out_and_turns_are_taken_apart() -> None:
    steps = np.stack([worlds.walk(801, 2, 0.5, np.random.default_rng(k)) for k in range(4)], 1)
    h0, h1 = steps[:-1].reshape(-1, 2), steps[1:].reshape(-1, 2)
    turns = certify(h0, h1, 0.5)
    apart = certify(*(x.reshape(800, 4, 2).swapaxes(0, 1).reshape(-1, 2) for x in (h0, h1)), 0.5)
    assert turns.sharp_limit == pytest.approx(apart.sharp_limit)
    assert (turns.rows.reordered, apart.rows.reordered) == (True, False)
    assert "lag" not in [a.name for a in turns.assumptions]
    h0, h1 = (x.numpy() for x in shrunk(2, RHO).pairs(640, 0))
    again = certify(np.tile(h0, (2, 1)), np.tile(h1, (2, 1)), RHO)
    assert (again.rows.reordered, again.rows.repeated, again.rows.given, again.count) == (False, 640, 1_280, 640)


def test_trajectories_that_are_told_come_before_those_of_the_source() -> None:
    h0, h1 = (x.numpy() for x in shrunk(2, RHO).pairs(640, 0))
    order = np.argsort(np.arange(640) % 2, kind="stable")
    pairs = replace(from_arrays(h0, h1), trajectory=np.arange(640) % 2)
    told: list[tuple[int, int]] = []
    by_source = certify_pairs(pairs, RHO, report=lambda done, total: told.append((done, total)))
    given = certify_pairs(pairs, RHO, trajectory=np.zeros(640, dtype=int))
    plain = certify(h0, h1, RHO)
    sorted_ = certify(h0[order], h1[order], RHO)
    assert isinstance(plain, Certificate)
    assert by_source.rows.reordered
    assert not given.rows.reordered
    assert given.sharp_limit == plain.sharp_limit
    assert by_source.sharp_limit == sorted_.sharp_limit != plain.sharp_limit
    assert told == [(640, 640)] * 2


@pytest.mark.parametrize("to", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize(("count", "dim"), [(50_000, 1), (20_000, 2)])
def test_half_precision_changes_little_of_what_is_certified(to: torch.dtype, count: int, dim: int) -> None:
    """A row of few digits that equals another one by chance counts as every other."""
    h0, h1 = (torch.from_numpy(h) for h in worlds.ornstein_uhlenbeck(count, dim, RHO, np.random.default_rng(dim)))
    exact, found = certify(h0, h1, RHO), certify(h0.to(to), h1.to(to), RHO)
    assert found.rows == exact.rows
    assert found.verdict == "not refuted"
    assert found.variance.estimate == pytest.approx(exact.variance.estimate, rel=2e-3)
    assert found.sharp_limit == pytest.approx(exact.sharp_limit, rel=0.1)
    made = Certifier(dim, RHO, count=count)
    made.add(h0.to(to), h1.to(to))
    assert made.certificate().rows == exact.rows


@pytest.mark.parametrize("to", [torch.float16, torch.bfloat16, torch.float64])
def test_a_noisy_trajectory_in_another_order_is_refused_in_each_precision(to: torch.dtype) -> None:
    rng = np.random.default_rng(0)
    h0, h1 = worlds.chain(10_000, 2, 0.99, rng)
    order = rng.permutation(10_000)
    noisy = [torch.from_numpy((h + 0.01 * rng.standard_normal(h.shape))[order]) for h in (h0, h1)]
    noisy[0][5] = noisy[1][7]  # one link, by accident
    with pytest.raises(UserError, match="parts of trajectories in another order"):
        certify(noisy[0].to(to), noisy[1].to(to), 0.99)


def test_a_trajectory_with_noisy_copies_of_it_is_refused() -> None:
    rng = np.random.default_rng(0)
    copies = [np.tile(h, (20, 1)) + 1e-3 * rng.standard_normal((40_000, 2)) for h in worlds.chain(2_000, 2, RHO, rng)]
    with pytest.raises(UserError, match="are worth 1 "):
        certify(*copies, RHO)


def test_a_trajectory_that_begins_late_counts() -> None:
    """Of 70,000 independent rows and 130,000 steps of a time of 1999, no more than those of the one."""
    rng = np.random.default_rng(0)
    alone, steps = worlds.ornstein_uhlenbeck(70_000, 2, 0.999, rng), worlds.chain(130_000, 2, 0.999, rng)
    found = certify(*(np.concatenate(h) for h in zip(alone, steps, strict=True)), 0.999)
    assert found.rows.time > 1_000
    assert "no dependence" not in str(found)
