"""The wheel is whole, and what it installs works outside a checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, SOURCE],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("lejepa-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_holds_every_file_of_the_package(installed: Path) -> None:
    source = SOURCE / "src" / "lejepa"
    files = {p.relative_to(source) for p in source.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert Path("py.typed") in files
    assert not [f for f in files if not (installed / "lejepa" / f).is_file()]


def run(installed: Path, cwd: Path, code: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); {code}"
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, env=env, timeout=240)


def test_certifies_outside_a_checkout(installed: Path, tmp_path: Path) -> None:
    code = (
        "import torch, lejepa; assert lejepa.__file__.startswith(sys.path[0]); g = torch.Generator().manual_seed(0); "
        "z = torch.randn(2, 4000, 2, generator=g); print(lejepa.certify(z[0], 0.9 * z[0] + 0.19**0.5 * z[1], rho=0.9))"
    )
    done = run(installed, tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert "with confidence 0.95" in done.stdout


@pytest.mark.parametrize("notebook", sorted((SOURCE / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_notebook_begins_outside_a_checkout(installed: Path, tmp_path: Path, notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    first = "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))
    done = run(installed, tmp_path, f"exec({first!r}); import lejepa; assert lejepa.__file__.startswith(sys.path[0])")
    assert done.returncode == 0, done.stderr


def test_says_where_a_checkout_is_needed(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "sys.argv = ['lejepa', 'audit']; from lejepa.cli import main; main()")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "checkout" in done.stderr
