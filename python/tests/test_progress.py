"""Progress: a line now and then where there is no terminal, and how long is left."""

import io

import pytest
from lejepa.progress import Told, duration, progress
from rich.console import Console


def test_lines_come_ever_more_seldom_and_say_what_is_left() -> None:
    now, said = [0.0], list[str]()
    told = Told(said.append, "steps", clock=lambda: now[0])
    for second in range(301):
        now[0] = float(second)
        told("spiral", 2 * second, 1000, f"loss {second}")
    assert said[:3] == [
        "spiral: 4 of 1000 steps, loss 2, 8 min left",  # (1000 - 4) / 2 s is 498 s
        "spiral: 12 of 1000 steps, loss 6, 8 min left",
        "spiral: 28 of 1000 steps, loss 14, 8 min left",
    ]
    when = [int(line.split("loss ")[1].split(",")[0]) for line in said]
    assert when == [2, 6, 14, 30, 62, 122, 182, 242]  # waits of 2, 4, 8, 16, 32 s, then of a minute


def test_what_is_left_is_told_from_where_the_work_went_on() -> None:
    now, said = [0.0], list[str]()
    told = Told(said.append, "", clock=lambda: now[0])
    told("a", 900, 1000)  # from a checkpoint
    now[0] = 10.0
    told("a", 910, 1000)
    assert said == ["a: 910 of 1000, 90 s left"]


def test_what_earlier_runs_had_done_says_nothing_about_the_time_left() -> None:
    now, said = [0.0], list[str]()
    told = Told(said.append, "", clock=lambda: now[0])
    told("a", 500, 1000, before=500)
    now[0] = 10.0
    told("a", 860, 1000, before=850)  # another of its works goes on at 350, and 10 were made in 10 s
    assert said == ["a: 860 of 1000, 2 min left"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (5000, "83 min"), (7200, "2.0 h"), (1e6, "277.8 h")],
)
def test_a_duration_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_terminal_gets_a_bar_and_nothing_is_left_of_it() -> None:
    out = io.StringIO()
    with progress("steps", console=Console(file=out, force_terminal=True, width=100)) as told:
        told("[spiral]", 3, 10, "loss 0.5")
    text = out.getvalue()
    assert "[spiral]" in text  # no markup
    assert "3/10 steps" in text
    assert "loss 0.5" in text
    assert text.endswith("\x1b[2K")  # the line of the bar is erased


def test_without_a_terminal_and_with_little_to_wait_for_nothing_is_said() -> None:
    out = io.StringIO()
    with progress("steps", console=Console(file=out)) as told:
        told("spiral", 1, 10)
        told("spiral", 10, 10)
    with progress("steps", quiet=True, console=Console(file=out, force_terminal=True)) as told:
        told("spiral", 1, 10)
    assert out.getvalue() == ""
