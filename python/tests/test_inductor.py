"""The objectives under the default backend of `torch.compile`, which takes seconds to compile each."""

import shutil
from pathlib import Path

import lejepa
import pytest
import torch
from test_objectives import CASES, PLAIN, assert_alike, views
from torch import Tensor

COMPILERS = ("g++", "clang++", "clang")
inductor = pytest.mark.skipif(
    not any(map(shutil.which, COMPILERS)), reason=f"torch.compile's default backend needs one of {', '.join(COMPILERS)}"
)


@pytest.fixture
def inducing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default backend of `torch.compile`, which keeps what it has compiled in a folder of the test's own."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    torch.compiler.reset()


@inductor
@pytest.mark.parametrize(("name", "dtype"), [*((name, torch.float32) for name in PLAIN), ("SIGReg", torch.float64)])
def test_compiled_by_the_default_backend(name: str, dtype: torch.dtype, inducing: None) -> None:
    """Value and gradient are those of the plain module, on the same directions; at one size, then at sizes of any."""
    from torch._inductor import config

    case = CASES[name]
    with config.patch(fallback_random=True, compile_threads=1):
        compiled = torch.compile(case.module, fullgraph=True)
        for rows, dim in [(20, 3), (31, 4)]:
            assert_alike(case, compiled, rows, dim, dtype)


@inductor
def test_the_default_backend_draws_directions_of_its_own(inducing: None) -> None:
    """The mean over draws is that of the plain module, and a gradient is of the very directions of its value."""
    from torch._inductor import config

    sigreg = lejepa.SIGReg(slices=64)
    (h,) = views(CASES["SIGReg"], 20, 3)
    with config.patch(compile_threads=1):
        compiled = torch.compile(sigreg, fullgraph=True)
        drawn = torch.stack([compiled(h) for _ in range(200)])
        plain = torch.stack([sigreg(h) for _ in range(200)])
        error = ((drawn.var() + plain.var()) / 200).sqrt()
        assert drawn.std() > 0
        assert abs(drawn.mean() - plain.mean()) < 4 * error

        def value(x: Tensor) -> Tensor:
            torch.manual_seed(3)
            found: Tensor = compiled(x)
            return found

        assert value(h) == value(h)
        x = h.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(value(x), x)
        along = torch.randn(h.shape, generator=torch.Generator().manual_seed(1), dtype=h.dtype)
        step = 1e-5
        slope = (value((h + step * along).requires_grad_()) - value((h - step * along).requires_grad_())) / (2 * step)
        assert (gradient * along).sum().item() == pytest.approx(slope.item(), rel=1e-6)
