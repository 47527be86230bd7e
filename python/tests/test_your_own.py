"""Every block of code of docs/your-own.md, run in the order of the page, and that of the help of `lejepa train`."""

import re
import sys
from pathlib import Path
from typing import Any

import lejepa
import pytest
import torch
import yaml
from conftest import TINY
from lejepa import certify, cli
from lejepa.certification.certificate import Certificate
from lejepa.cli import EXAMPLES
from lejepa.files import repository
from lejepa.training.config import Experiment
from lejepa.training.train import train
from lejepa.training.world import pairs
from torch import distributed, nn
from torch.utils.data import DataLoader, TensorDataset

ROOT = repository(Path(__file__).parent)
PAGE = (ROOT / "docs" / "your-own.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
QUICK = yaml.safe_load((ROOT / "python" / "configs" / "spiral-quick.yaml").read_text(encoding="utf-8"))


def small(name: str) -> dict[str, Any]:
    """An experiment that trains for a moment in the world of spiral-quick.yaml, the configuration that is named."""
    training = TINY["training"] | {"steps": 5, "evaluate_every": 5}
    return TINY | {"name": name, "world": QUICK["world"], "training": training}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """The ρ of every certificate that a reader's code makes."""
    found: list[float | None] = []

    def spy(h0: Any, h1: Any, rho: float | None = None, **options: Any) -> Certificate:
        found.append(rho)
        return certify(h0, h1, rho, **options)

    monkeypatch.setattr(lejepa, "certify", spy)
    return found


def observed(z: torch.Tensor) -> torch.Tensor:
    """A mixing: a shear."""
    return torch.stack((z[:, 0], z[:, 1] + 0.3 * z[:, 0] ** 2), 1)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page says that its reader has."""
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    z, noise = torch.randn(2, 1_000, 2)
    z_next = 0.9 * z + 0.19**0.5 * noise
    x, x_next = observed(z), observed(z_next)
    (tmp_path / "spiral.yaml").write_text(yaml.safe_dump(small("spiral")))
    images = torch.randn(16, 3, 8, 8)
    return {
        "encoder": nn.Sequential(nn.Linear(2, 16), nn.GELU(), nn.Linear(16, 2)),
        "loader": DataLoader(TensorDataset(x, x_next), batch_size=50),
        "x0": x,
        "x1": x_next,
        "z": z,
        "images": images,
        "backbone": nn.Conv2d(3, 4, 3, stride=2),
        "dataloader": [([images + 0.1 * torch.randn(16, 3, 8, 8) for _ in range(4)], None, ["a.png"] * 16)],
    }


def test_the_page_s_code_runs(
    reader: dict[str, Any], told: list[float | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("lightning", reason="lightning, of the extra lightning, is not installed")
    assert len(BLOCKS) == 12
    space = dict(reader)
    encoder = space["encoder"]
    before = [p.clone() for p in encoder.parameters()]
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    try:
        for number, block in enumerate(BLOCKS[:11]):
            exec(compile(block, f"docs/your-own.md, block {number + 1}", "exec"), space)
            if number == 0:
                assert torch.isfinite(space["loss"])
                assert any(not torch.equal(p, q) for p, q in zip(encoder.parameters(), before, strict=True))
    finally:
        distributed.destroy_process_group()
    assert set(space["losses"]) == {"mmd", "vicreg", "infonce", "whitening"}
    assert all(torch.isfinite(v) for v in space["losses"].values())
    assert [step for step, _ in space["monitor"].history] == [0, 10]
    assert [step for step, _ in space["watch"].history] == [10, 20]
    assert told == [QUICK["world"]["rho"]], "a certificate with another ρ refutes a perfect encoder"
    printed = capsys.readouterr().out
    assert "measure/epsilon" in printed
    assert "4000 pairs, 2 dimensions" in printed
    assert "variance 0.916, R² 0.9953" in printed
    assert "Residual(" in printed


def cut(text: str, *sizes: tuple[str, str]) -> str:
    """Code of the page with sizes that take less long."""
    for size, smaller in sizes:
        assert size in text
        text = text.replace(size, smaller)
    return text


def test_the_way_from_an_environment_to_a_plan_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("gymnasium", reason="gymnasium, of the extra gym, is not installed")
    monkeypatch.chdir(tmp_path)
    (commands,) = re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    (configuration,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    Path("pendulum.yaml").write_text(cut(configuration, ("steps: 2000", "steps: 50"), ("3.0e-3", "0.01")))
    for line in cut(commands, ("20000", "600")).splitlines():
        monkeypatch.setattr(sys, "argv", line.split())
        assert cli.run() == 0
    capsys.readouterr()
    space: dict[str, Any] = {"torch": torch, "certify": certify}
    block = cut(BLOCKS[11], ("steps=200,", "steps=4,"), ("population=200, elites=20", "population=20, elites=5"))
    exec(compile(cut(block, ("20_000", "8_000")), "docs/your-own.md, block 12", "exec"), space)
    assert space["episode"].rewards.shape == (4,)
    told, *certificate = capsys.readouterr().out.splitlines()
    assert float(told) == space["episode"].rewards.sum()
    assert "8000 pairs, 3 dimensions" in "".join(certificate)


def test_the_plain_loop_has_ten_lines_or_so() -> None:
    assert len([line for line in BLOCKS[0].splitlines() if line]) <= 12


def test_the_code_in_the_help_of_train_runs(
    told: list[float | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the command that it follows."""
    monkeypatch.chdir(tmp_path)
    command, _, code = EXAMPLES["train"].partition("successors:\n\n")
    assert "python/configs/spiral-quick.yaml" in command
    experiment = Experiment.model_validate(small("spiral-quick"), strict=False)
    train(experiment, Path("results"), torch.device("cpu"))
    x0, x1 = (observed(z) for z in pairs(experiment.world, (1_000,), torch.Generator().manual_seed(0)))
    exec(compile(code, "lejepa train --help", "exec"), {"x0": x0, "x1": x1})
    assert told == [QUICK["world"]["rho"]], "a certificate with another ρ refutes a perfect encoder"
    assert "1000 pairs, 2 dimensions" in capsys.readouterr().out
