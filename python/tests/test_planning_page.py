"""Every block of code of docs/planning.md, run in the order of the page, and what the page says of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from lejepa.files import repository

PAGE = (repository(Path(__file__).parent) / "docs" / "planning.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_page_s_code_does_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(BLOCKS) == 2
    space: dict[str, Any] = {}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"docs/planning.md, block {number + 1}", "exec"), space)
        if number == 0:
            printed = capsys.readouterr().out.splitlines()
    costs = {line[:10].strip(): float(line[10:]) for line in printed}
    assert list(costs) == ["LQR", "CEM", "MPPI", "no action"]
    assert costs["CEM"] < 1.1 * costs["LQR"]
    assert costs["MPPI"] < 1.1 * costs["LQR"]
    assert costs["no action"] > 10 * costs["LQR"]
    expected = space["lqr"].gain @ torch.tensor([[0.6, 0.8], [-0.8, 0.6]], dtype=torch.float64)
    assert space["seen"].gain.numpy() == pytest.approx(expected.numpy(), abs=1e-6)
