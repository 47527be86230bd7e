"""What a certificate says of given numbers, and how its columns stand."""

from typing import Any

import pytest
from lejepa.certification.certificate import Certificate, DegreeShare, Quantity, Rows
from lejepa.certification.outcome import Assumption


def quantity(value: float) -> Quantity:
    return Quantity(estimate=value, low=value / 2, high=2 * value)


ROWS = Rows(given=200, repeated=0, linked=0, reordered=False, time=1.0, effective=200.0, blocks=50)
TESTS = (
    Assumption(name="stationarity", p_value=0.25, verdict="consistent", finding="first"),
    Assumption(name="law of the embedding", p_value=0.001, verdict="explained", finding="second"),
)


def made(**changes: Any) -> Certificate:
    fields: dict[str, Any] = {
        "count": 200, "dim": 4, "rows": ROWS, "level": 0.95, "significance": 0.01, "rho": quantity(0.5),
        "rho_source": "given", "alignment": quantity(1.5), "variance": quantity(4), "delta": quantity(0.03125),
        "excess": quantity(0.0625), "epsilon": quantity(0.25), "bound": quantity(0.75), "sharp": quantity(0.625),
        "bound_limit": 1.25, "sharp_limit": 1.125, "law_limit": 0.0125, "assumptions": TESTS, "refuted": False,
    }  # fmt: skip
    return Certificate(**{**fields, **changes})


def test_quantities_and_rows_in_words() -> None:
    assert str(Quantity(estimate=1.234567, low=0.1, high=12345.678)) == "1.2346 [0.1, 12346]"
    assert str(ROWS) == "no dependence between rows was found"
    assert str(ROWS.model_copy(update={"time": 2.5, "effective": 79.6})) == (
        "autocorrelation time 2.5, worth 80 independent rows"
    )
    assert str(ROWS.model_copy(update={"repeated": 3, "linked": 9})) == (
        "autocorrelation time 1, worth 200 independent rows; 3 copies of other rows were not counted; "
        "9 rows are followed by another, in the order of time"
    )
    together = ROWS.model_copy(update={"linked": 9, "reordered": True})
    assert str(together).endswith("9 rows are followed by another, put together again to trajectories")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "not refuted"),
        ({"sharp_limit": 3.999}, "not refuted"),
        ({"sharp_limit": 4.0}, "nothing certified"),
        ({"refuted": True}, "refuted"),
        ({"refuted": True, "sharp_limit": 9.0}, "refuted"),
    ],
)
def test_a_limit_of_the_dimension_certifies_nothing(changes: dict[str, Any], verdict: str) -> None:
    found = made(**changes)
    assert found.verdict == verdict
    assert found.headline().startswith({"n": "Not", "r": "Ref"}[verdict[0]])
    assert str(found).splitlines()[0] == found.headline()


def test_headlines_hold_their_numbers() -> None:
    assert "with confidence 0.95" in made().headline()
    assert "distance 1.125 of an orthogonal map of the latents (of total variance 4)" in made().headline()
    assert "the limit, 9.5, is not below 4," in made(sharp_limit=9.5).headline()
    broken = tuple(TESTS[0].model_copy(update={"name": n, "verdict": "violated"}) for n in ("one", "two"))
    refuted = made(refuted=True, assumptions=(*broken, *TESTS))
    assert refuted.violated == ("one", "two")
    assert "Violated: one, two." in refuted.headline()
    for source, said in (
        ("given", "ρ = 0.5"),
        ("range", "ρ = 0.25 to 1"),
        ("estimated", "ρ = 0.5 (estimated, and a projection of the embedding is linear in the latents)"),
    ):
        text = made(rho_source=source).headline()
        assert f"{said}," in text
        assert f"{said} that keeps within" in made(rho_source=source, refuted=True).headline()


def test_whitening_is_advised_where_it_can_help() -> None:
    """Where `ε` alone puts the bound at a quarter of `n` or more, and variances differ a hundredfold at the most."""

    def hint(epsilon: float, variances: tuple[float, float] | None) -> str:
        return made(epsilon=Quantity(estimate=9, low=epsilon, high=9), variances=variances).hint()

    assert hint(1.0, (0.05, 5.0))  # the bound of ε = 1 is 1, a quarter of 4
    assert not hint(0.999, (0.05, 5.0))
    assert not hint(1.0, (0.05, 5.01))
    assert not hint(1.0, (0.0, 0.0))
    assert not hint(1.0, None)
    assert not hint(1.0, (0.0, 1.0))
    assert hint(1.0, (1.0, 1.0))
    assert "with variances from 0.05 to 5: whiten" in hint(1.0, (0.05, 5.0))


def lines(ascii: bool, **changes: Any) -> list[str]:
    return made(**changes).text(ascii).splitlines()


@pytest.mark.parametrize("ascii", [False, True])
def test_columns_stand_in_line(ascii: bool) -> None:
    """Columns are 12, 36 and 24, 11, 13 wide at the least, and one character apart."""
    found = lines(ascii)
    assert not ascii or all(line.isascii() for line in found)
    start = next(i for i, line in enumerate(found) if line == "estimates with 0.95 intervals:")
    rows = found[start + 1 : start + 9]
    values = (0.5, 1.5, 4, 0.03125, 0.0625, 0.25, 0.75, 0.625)
    names = ("ρ", "alignment", "variance", "δ", "D", "ε", "bound", "sharp bound")
    for row, name, value in zip(rows, names, values, strict=True):
        body = row.removeprefix("  ")
        assert body.index(f"{value:.5g} [{value / 2:.5g}, {2 * value:.5g}]") == 13
        assert body[49] == " " != body[50]
        assert ascii or body.startswith(name + " ")
    assert found[start + 9] == (
        "one-sided limits: bound 1.25, sharp bound 1.125; from below, by the law of the embedding alone, 0.0125"
    )
    assert found[start + 10] == "tests, of significance 0.01 together:"
    for row, test in zip(found[start + 11 :], TESTS, strict=True):
        body = row.removeprefix("  ")
        assert (body.index(test.name), body.index(test.verdict), body.index("p = "), body.index(test.finding)) == (
            0, 25, 37, 51,
        )  # fmt: skip
        assert f"p = {test.p_value:.3g} " in body
    assert f"200 pairs, 4 dimensions; {ROWS}" in found


def test_what_is_there_is_said() -> None:
    plain = lines(False)
    assert not any("look" in line or "latents:" in line or "Hermite" in line or "given: p" in line for line in plain)
    assert "estimates with 0.95 intervals (look 3 at these pairs):" in lines(False, looks=3)
    hinted = made(epsilon=Quantity(estimate=9, low=2, high=9), variances=(1.0, 2.0))
    assert str(hinted).splitlines()[1] == hinted.hint() != ""
    more = lines(
        False,
        recovery={"distance": 0.125, "r2_zh": 0.75, "r2_hz": 0.5},
        energy=(DegreeShare(degree=1, share=0.75, error=0.01), DegreeShare(degree=2, share=0.25, error=0.002)),
        latents=Assumption(name="latents", p_value=0.0312, verdict="consistent", finding="they may be"),
    )
    assert more[-3:] == [
        "against the latents: distance 0.125, R²(z→h) 0.75, R²(h→z) 0.5",
        "share of the variance by Hermite degree: 1: 0.7500 ± 0.0100, 2: 0.2500 ± 0.0020",
        "the latents given: p = 0.0312, they may be",
    ]
    assert str(made()) == made().text() == made().text(False)
