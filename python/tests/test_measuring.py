"""What is measured of an encoder during training, against NumPy and against worlds whose answer is known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lejepa import MeasureMonitor, Measures, Monitor, measure
from lejepa.certification.callbacks import certify_encoder
from lejepa.certification.known import latents
from lejepa.errors import UserError
from lejepa.measures.embedding import embed
from lejepa.measures.recovery import recovery
from torch import Tensor, nn

RHO = 0.8


def same(x: Tensor) -> Tensor:
    return x


def test_an_orthogonal_encoder_is_the_theorem_s() -> None:
    """`ε = δ = D = 0`, all eigenvalues 1, the step's spectrum `ρ`, R² 1, all energy of degree 1: within sampling."""
    z, z_next = latents(3, RHO, 40_000, 0)
    q = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)).Q
    found = measure(lambda x: x @ q, z, z_next, RHO, latents=z)
    assert found.epsilon < 4 * found.epsilon_error
    assert abs(found.delta) < 4 * found.delta_error
    assert found.excess == pytest.approx(found.delta / (2 * RHO * (1 - RHO)))
    assert abs(found.alignment - 2 * (1 - RHO) * 3) < 4 * found.alignment_error
    assert found.variances == pytest.approx([1, 1, 1], abs=0.04)
    assert found.correlations == pytest.approx([RHO] * 3, abs=0.02)
    assert found.recovery is not None
    assert found.recovery.r2 == pytest.approx(1)
    assert found.energy is not None
    assert found.energy == pytest.approx([0, 3, *[0] * (len(found.energy) - 2)], abs=0.1)


def test_degrees_show_in_the_spectrum_of_the_step() -> None:
    """A component of degree `k` has correlation `ρᵏ`, whatever its scale and offset."""
    z, z_next = latents(2, RHO, 200_000, 1)
    found = measure(lambda z: torch.stack((5 * z[:, 0] + 3, 0.01 * (z[:, 1] ** 2 - 1)), 1), z, z_next, RHO, latents=z)
    assert found.correlations == pytest.approx([RHO, RHO**2], abs=0.02)
    assert found.variances == pytest.approx([25, 2e-4], rel=0.03)
    assert found.energy is not None
    assert found.energy[:3] == pytest.approx([9, 25, 2e-4], rel=0.05)


def test_measures_are_those_of_numpy() -> None:
    g = torch.Generator().manual_seed(0)
    h, h_next = (x.numpy() for x in torch.randn(2, 50, 3, generator=g, dtype=torch.float64) * 1.3 + 2)
    h_next = 0.5 * h + 0.5 * h_next
    found = measure(same, h, h_next, RHO)
    both = np.concatenate((h, h_next))
    a, b = h - both.mean(0), h_next - both.mean(0)
    middle = (a + b) / 2
    covariance = (a.T @ a + b.T @ b) / 100 + middle.T @ middle / (50 * 49)
    assert found.variances == pytest.approx(np.linalg.eigvalsh(covariance)[::-1])
    steps = ((h_next - h) ** 2).sum(1)
    assert found.alignment == pytest.approx(steps.mean())
    assert found.alignment_error == pytest.approx(steps.std(ddof=1) / np.sqrt(50))
    assert found.delta == pytest.approx(steps.mean() - 2 * (1 - RHO) * np.trace(covariance))
    second, lagged = (a.T @ a + b.T @ b) / 100, (a.T @ b + b.T @ a) / 100
    assert found.correlations == pytest.approx(np.sort(np.linalg.eigvals(np.linalg.solve(second, lagged)).real)[::-1])
    assert found.recovery is None


def test_measures_are_those_of_the_experiments() -> None:
    """Of latents whose sample is exactly white, as those of an experiment are in law; but for what the error of the
    whitening changes."""
    z, z_next = latents(2, RHO, 500, 2)
    factor = torch.from_numpy(np.linalg.cholesky(np.cov(z.numpy().T, bias=True)))
    z = torch.linalg.solve(factor, (z - z.mean(0)).T).T
    found = measure(torch.tanh, z, z_next, RHO, latents=z)
    expected = recovery(z, torch.tanh(z), torch.tanh(z_next), RHO)
    whitened = recovery(z, torch.tanh(z), torch.tanh(z_next), RHO, white=True)
    assert found.recovery is not None
    assert found.recovery.as_dict() == pytest.approx(whitened.as_dict(), rel=1e-9)
    changed = {k for k, v in expected.as_dict().items() if whitened.as_dict()[k] != v}
    of_distance = {"distance", "distance_error", "margin_error"}
    assert changed == of_distance | {"orthogonality", "orthogonality_error", "r2_hz_error"}
    for name in ("epsilon", "epsilon_error", "delta", "delta_error", "excess", "excess_error", "bound", "alignment"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name)), name


def test_directions_that_do_not_vary_have_no_correlation() -> None:
    z, z_next = latents(2, RHO, 500, 3)
    found = measure(lambda z: torch.cat((z, z[:, :1], torch.full_like(z[:, :1], 7.0)), 1), z, z_next, RHO)
    assert len(found.correlations) == 2
    assert len(found.variances) == 4
    collapsed = measure(torch.zeros_like, z, z_next, RHO)
    assert collapsed.correlations == ()
    assert "measure/correlation_min" not in collapsed.scalars()


def test_every_scalar_is_the_field_of_its_name() -> None:
    """With three numbers a tuple, so that neither the second nor the last but one passes for an end."""
    names = ("epsilon", "delta", "excess", "bound", "alignment")
    fields = {name: float(k) for k, name in enumerate(names, 1)}
    errors = {f"{name}_error": 99.0 for name in names if name != "bound"}
    found = Measures(**fields, **errors, variances=(9.0, 8.0, 7.0), correlations=(0.6, 0.5, 0.4))
    ends = {"variance_min": 7.0, "variance_max": 9.0, "correlation_min": 0.4, "correlation_max": 0.6}
    assert found.scalars("") == fields | ends
    energies = {"energy_0": 0.1, "energy_1": 0.2, "energy_2": 0.3, "energy_above": 0.4}
    assert found.model_copy(update={"energy": (0.1, 0.2, 0.3, 0.4)}).scalars("") == fields | ends | energies
    assert found.scalars() == {f"measure/{name}": value for name, value in (fields | ends).items()}


def test_a_monitor_measures_logs_and_keeps(capsys: pytest.CaptureFixture[str]) -> None:
    z, z_next = latents(2, RHO, 500, 4)
    logged: list[tuple[dict[str, float], int]] = []
    monitor = MeasureMonitor(same, z, z_next, RHO, every=3, log=lambda v, s: logged.append((v, s)), latents=z)
    made = [monitor(step) for step in range(7)]
    assert [m is not None for m in made] == [True, False, False, True, False, False, True]
    assert [step for step, _ in monitor.history] == [step for _, step in logged] == [0, 3, 6]
    first = monitor.history[0][1]
    assert isinstance(first, Measures)
    assert logged[0][0] == first.scalars()
    assert set(logged[0][0]) >= {"measure/epsilon", "measure/delta", "measure/excess", "measure/r2", "measure/energy_1"}
    MeasureMonitor(same, z, z_next, RHO)(0)
    assert capsys.readouterr().out.startswith("step 0: epsilon ")


class Two(nn.Module):
    """Returns embeddings and something else."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


X = torch.randn(40, 2, generator=torch.Generator().manual_seed(0))
RHO_SAYS = "^rho: expected a number between 0 and 1, found {}$"
EVERY = "^every: expected a whole number of at least 1, found {}$"
SHAPE = r"^encoder: expected embeddings of shape \(count, dim\) for 40 observations, found {}$"
FAULTS: dict[str, tuple[Callable[..., object], str]] = {
    "every 0": (lambda: MeasureMonitor(same, X, X, RHO, every=0), EVERY.format(0)),
    "every of a certificate": (lambda: Monitor(same, X, X, RHO, every=0), EVERY.format(0)),
    "every -1": (lambda: Monitor(same, X, X, RHO, every=-1), EVERY.format(-1)),
    "every half": (lambda every=0.5: Monitor(same, X, X, RHO, every=every), EVERY.format(0.5)),
    "tuple": (
        lambda encoder=Two(): measure(encoder, X, X, RHO),
        r"^encoder: .* found tuple; give a function that picks it, as lambda x: model\(x\)\[0\]$",
    ),
    "mapping": (
        lambda: measure(lambda x: {"embedding": x}, X, X, RHO),
        r"^encoder: .* found dict; give a function that picks it, as lambda x: model\(x\)\['embedding'\]$",
    ),
    "nothing": (lambda: measure(lambda x: None, X, X, RHO), r"^encoder: .* \(count, dim\), found NoneType$"),
    "words from an encoder": (
        lambda: measure(lambda x: np.full((len(x), 2), "a"), X, X, RHO),
        "^encoder: expected an array of numbers, found one of <U1$",
    ),
    "an array of another shape": (lambda: measure(lambda x: x.numpy()[:3], X, X, RHO), SHAPE.format(r"\(3, 2\)")),
    "complex": (
        lambda: measure(lambda x: x + 1j, X, X, RHO),
        r"^encoder: expected embeddings of real numbers, found one of torch\.complex64$",
    ),
    "truth values": (
        lambda: measure(lambda x: (x > 0).numpy(), X, X, RHO),
        r"^encoder: expected embeddings of real numbers, found one of torch\.bool$",
    ),
    "mask": (
        lambda: measure(lambda x: np.ma.masked_invalid(x), X, X, RHO),
        "^encoder: expected an array of numbers, found one with a mask; leave out the rows it hides$",
    ),
    "mask of observations": (
        lambda: measure(same, X, np.ma.masked_less(X.numpy(), 0), RHO),
        "^x1: expected an array of numbers, found one with a mask; leave out the rows it hides$",
    ),
    "tuple to certify": (lambda encoder=Two(): certify_encoder(encoder, X, X, RHO), "^encoder: .* found tuple"),
    "one axis": (lambda: measure(lambda x: x.sum(1), X, X, RHO), SHAPE.format(r"\(40,\)")),
    "pooled rows": (lambda: measure(lambda x: x[:3], X, X, RHO), SHAPE.format(r"\(3, 2\)")),
    "list": (lambda: measure(same, [1.0], X, RHO), "^x0: expected a tensor or a NumPy array .* found builtins.list$"),
    "number": (lambda: measure(same, X, torch.tensor(1.0), RHO), "^x1: .* found a single number$"),
    "words": (lambda: measure(same, np.array(["a"]), X, RHO), "^x0: expected an array of numbers, found one of <U1$"),
    "unequal": (lambda: measure(same, X, X[:3], RHO), "^expected as many states as successors, found 40 and 3$"),
    "none": (lambda: measure(same, X[:0], X[:0], RHO), "^expected pairs of states to embed, found none$"),
    "few": (lambda: measure(same, X[:2], X[:2], RHO), "^expected at least 3 pairs to measure the encoder on, found 2$"),
    "nan": (lambda: measure(lambda x: x * torch.nan, X, X, RHO), "^embeddings: expected finite numbers, found 80"),
    "rho": (lambda: measure(same, X, X, 1.0), RHO_SAYS.format(r"1\.0")),
    "rho, a list": (lambda rho=[0.9]: measure(same, X, X, rho), RHO_SAYS.format(r"\[0\.9\]")),
    "rho, a string": (lambda rho="0.9": MeasureMonitor(same, X, X, rho)(0), RHO_SAYS.format(r"'0\.9'")),
    "no encoder": (lambda encoder=None: measure(encoder, X, X, RHO), "^encoder: .* found NoneType$"),
    "latents": (lambda: measure(same, X, X, RHO, latents=X[:, :1]), r"^latents: .* \(40, 2\), found \(40, 1\)$"),
    "batch": (lambda: measure(same, X, X, RHO, batch=0), "^batch: expected a whole number of at least 1, found 0$"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_one_sentence(fault: str) -> None:
    call, says = FAULTS[fault]
    with pytest.raises(UserError, match=says):
        call()


def test_numpy_observations_get_the_type_of_the_parameters() -> None:
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    found = embed(encoder, X.double().numpy(), X.flip(0).double().numpy()[::-1], batch=7)
    expected = embed(encoder, X, X)
    for got, want in zip(found, expected, strict=True):
        assert got.dtype == torch.float32
        torch.testing.assert_close(got, want)
    assert encoder.training
    counts = np.arange(6).reshape(3, 2)
    assert embed(lambda x: x.float(), counts, counts)[0].tolist() == counts.tolist()


class Foreign:
    """An array of a library that NumPy reads."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.values.astype(dtype or self.values.dtype)


@pytest.mark.parametrize("convert", [lambda h: h, lambda h: h.astype(">f8"), np.asfortranarray, Foreign])
def test_an_encoder_may_return_an_array(convert: Callable[[np.ndarray], Any]) -> None:
    z, z_next = (x.float() for x in latents(2, RHO, 100, 5))

    def encoder(x: Tensor) -> Any:
        h = x.numpy().astype(np.float64)
        h.flags.writeable = False
        return convert(h)

    assert measure(encoder, z, z_next, RHO, latents=z, batch=30) == measure(same, z, z_next, RHO, latents=z)
    assert certify_encoder(encoder, z, z_next, RHO) == certify_encoder(same, z, z_next, RHO)


def test_lightning(tmp_path: Path) -> None:
    pytest.importorskip("lightning", reason="lightning, of the extra lightning, is not installed")
    from lejepa.certification.callbacks import LightningMeasureMonitor, LightningMonitor
    from lightning.pytorch import LightningModule, Trainer
    from torch.utils.data import DataLoader, TensorDataset

    class Encoder(LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.1))

        def forward(self, x: Tensor) -> Tensor:
            h: Tensor = self.layers(x)
            return h

        def training_step(self, batch: list[Tensor], index: int) -> Tensor:
            assert self.layers.training
            return self(batch[0]).square().mean()

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=0.05)

    for monitor in (LightningMonitor, LightningMeasureMonitor):
        with pytest.raises(UserError, match=EVERY.format(0)):
            monitor(X, X, RHO, every=0)
    watch = LightningMeasureMonitor(X.double().numpy(), X.flip(0).numpy(), rho=RHO, every=2)
    options: dict[str, Any] = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    trainer = Trainer(max_steps=4, accelerator="cpu", callbacks=[watch], default_root_dir=tmp_path, **options)
    trainer.fit(Encoder(), DataLoader(TensorDataset(X), batch_size=10))
    assert [step for step, _ in watch.history] == [2, 4]
    assert float(trainer.callback_metrics["measure/epsilon"]) == pytest.approx(watch.history[-1][1].epsilon)


@pytest.mark.parametrize("look", [measure, certify_encoder])
def test_views_of_another_width_are_one_sentence(look: Callable[..., Any]) -> None:
    says = r"^encoder: expected embeddings of one width of all observations, found 1 and 2$"
    with pytest.raises(UserError, match=says):
        look(same, X, X[:, :1], RHO)
    with pytest.raises(UserError, match=says):
        look(lambda x: x[:, : 1 if len(x) < 30 else 2], X, X, RHO, batch=30)


def test_three_pairs_are_enough() -> None:
    """And the mean squared step is their own."""
    found = measure(same, X[:3], X[3:6], RHO)
    expected = (X[3:6].double() - X[:3].double()).square().sum(1).mean().item()
    assert found.alignment == pytest.approx(expected)
