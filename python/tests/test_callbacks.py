"""The callbacks: certificates in a plain loop and in Lightning."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lejepa import MeasureMonitor
from lejepa.certification import callbacks, worlds
from lejepa.certification.callbacks import Monitor, certify_encoder, scalars
from lejepa.certification.known import latents
from lejepa.errors import UserError
from torch import Tensor, nn

RHO = 0.9


def linear() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(2, 2)


def observed(count: int = 2_000) -> tuple[Tensor, Tensor]:
    z, z_next = latents(2, RHO, count, 0)
    return z.float(), z_next.float()


def whitening(h: Tensor) -> Tensor:
    """A loss that makes a linear encoder orthogonal: `‖Cov(h) - 1‖²`."""
    return (h.T @ h / len(h) - torch.eye(h.shape[1])).square().sum() + h.mean(0).square().sum()


def test_three_lines_in_a_plain_loop(capsys: pytest.CaptureFixture[str]) -> None:
    encoder, (x0, x1) = linear(), observed()
    optimizer = torch.optim.Adam(encoder.parameters(), lr=0.05)
    monitor = Monitor(encoder, x0, x1, rho=RHO, every=50)
    for step in range(151):
        optimizer.zero_grad()
        whitening(encoder(x0)).backward()
        optimizer.step()
        monitor(step)
    assert [step for step, _ in monitor.history] == [0, 50, 100, 150]
    first, last = monitor.history[0][1], monitor.history[-1][1]
    assert last.sharp_limit < 0.4 < first.sharp_limit
    assert last.verdict == "not refuted"
    assert capsys.readouterr().out.splitlines()[-1].startswith("step 150: limit 0.")


def test_every_look_at_the_same_pairs_spends_of_the_level() -> None:
    monitor = Monitor(linear(), *observed(), rho=RHO, every=1, log=lambda values, step: None)
    made = [monitor(step) for step in range(4)]
    levels = [m.level for m in made if m is not None]
    assert levels == pytest.approx([1 - 0.05 / (k * (k + 1)) for k in (1, 2, 3, 4)])
    assert sum(0.05 / (k * (k + 1)) for k in range(1, 10**5)) <= 0.05


def test_trajectories_are_told_to_a_monitor() -> None:
    """Here of 25 steps that take turns: told, they are put in order, and worth far fewer rows."""
    h0, h1 = (torch.from_numpy(x) for x in worlds.trajectories(5_000, 25, 2, RHO, np.random.default_rng(0)))
    turns = np.argsort(np.tile(np.arange(25), 200), kind="stable")
    ids = np.repeat(np.arange(200), 25)[turns]
    x0, x1 = (x[torch.from_numpy(turns)] for x in (h0, h1))
    noise = 0.05 * torch.randn(2, *x0.shape, generator=torch.Generator().manual_seed(0), dtype=x0.dtype)
    quiet = {"every": 1, "log": lambda values, step: None}
    made = Monitor(lambda x: x, x0 + noise[0], x1 + noise[1], rho=RHO, trajectory=ids, **quiet)(0)
    assert made is not None
    assert made.rows.reordered
    assert 5_000 / 30 < made.rows.effective < 5_000 / 5


def test_scalars_go_to_a_logger() -> None:
    logged: list[tuple[dict[str, float], int]] = []
    monitor = Monitor(linear(), *observed(), rho=RHO, every=1, log=lambda values, step: logged.append((values, step)))
    made = monitor(3)
    assert made is not None
    assert logged == [(scalars(made), 3)]
    assert scalars(made)["certificate/limit"] == made.sharp_limit
    assert monitor(4) is not None
    assert Monitor(linear(), *observed(), rho=RHO, every=10)(3) is None


def test_the_encoder_is_left_as_it_was() -> None:
    encoder = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    encoder.train()
    encoder[1].eval()
    before = {k: v.clone() for k, v in encoder.state_dict().items()}
    certify_encoder(encoder, *observed(), rho=RHO, batch=300)
    assert [m.training for m in encoder.modules()] == [True, True, False, True]
    assert all(torch.equal(v, before[k]) for k, v in encoder.state_dict().items())
    assert all(p.grad is None for p in encoder.parameters())


def test_the_encoder_is_left_as_it_was_after_a_fault() -> None:
    class Broken(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise RuntimeError("no")

    encoder = Broken()
    with pytest.raises(RuntimeError):
        certify_encoder(encoder, *observed(), rho=RHO)
    assert encoder.training


@pytest.mark.parametrize(
    ("encoder", "x0", "x1", "says"),
    [
        (linear(), torch.ones(3, 2), torch.ones(4, 2), "as many states"),
        (linear(), torch.ones(0, 2), torch.ones(0, 2), "found none"),
        (lambda x: x.sum(1), torch.ones(40, 2), torch.ones(40, 2), r"shape \(count, dim\)"),
    ],
)
def test_bad_input_is_one_sentence(encoder: Any, x0: Tensor, x1: Tensor, says: str) -> None:
    with pytest.raises(UserError, match=says):
        certify_encoder(encoder, x0, x1, rho=RHO)


def test_lightning(tmp_path: Path) -> None:
    pytest.importorskip("lightning", reason="lightning, of the extra lightning, is not installed")
    from lejepa.certification.callbacks import LightningMonitor
    from lightning.pytorch import LightningModule, Trainer
    from torch.utils.data import DataLoader, TensorDataset

    x0, x1 = observed()

    class Encoder(LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(linear(), nn.Dropout(0.1))

        def forward(self, x: Tensor) -> Tensor:
            h: Tensor = self.layers(x)
            return h

        def training_step(self, batch: list[Tensor], index: int) -> Tensor:
            assert self.layers.training
            return whitening(self(batch[0]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=0.05)

    monitor = LightningMonitor(x0, x1, rho=RHO, every=4)
    trainer = Trainer(
        max_steps=8,
        accelerator="cpu",
        callbacks=[monitor],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=tmp_path,
    )
    trainer.fit(Encoder(), DataLoader(TensorDataset(x0), batch_size=200))
    assert [(step, made.looks) for step, made in monitor.history] == [(4, 1), (8, 2)]
    assert float(trainer.callback_metrics["certificate/limit"]) == pytest.approx(monitor.history[-1][1].sharp_limit)


def test_a_plain_loop_resumes_with_the_looks_that_were_spent() -> None:
    """By way of a file, as the state of an optimizer does."""
    quiet: dict[str, Any] = {"every": 2, "log": lambda values, step: None}
    first = Monitor(linear(), *observed(), RHO, **quiet)
    for step in range(3):
        first(step)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    resumed = Monitor(linear(), *observed(), RHO, **quiet)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    assert resumed.history == first.history
    made = resumed(4)
    assert made is not None
    assert (made.looks, made.level) == (3, pytest.approx(1 - 0.05 / 12))
    measured = MeasureMonitor(linear(), *observed(), RHO, latents=observed()[0], **quiet)
    measured(0)
    again = MeasureMonitor(linear(), *observed(), RHO, **quiet)
    again.load_state_dict(measured.state_dict())
    assert again.history == measured.history


@pytest.mark.parametrize(
    "state",
    [
        {},
        None,
        {"history": [[1, {}]]},
        {"history": [[-1, None]]},
        {"history": 3},
        {"history": [3]},
        {"history": [["1", None]]},
    ],
)
def test_a_state_that_is_none_of_a_monitor_is_one_sentence(state: Any) -> None:
    monitor = Monitor(linear(), *observed(), RHO)
    with pytest.raises(UserError, match=r"^state: expected one that Monitor\.state_dict has given, found "):
        monitor.load_state_dict(state)
    assert monitor.history == []


def test_lightning_resumes_with_the_looks_that_were_spent(tmp_path: Path) -> None:
    """Two monitors of other pairs, and one of measures; from the file of a checkpoint."""
    pytest.importorskip("lightning", reason="lightning, of the extra lightning, is not installed")
    from lejepa.certification.callbacks import LightningMeasureMonitor, LightningMonitor
    from lightning.pytorch import LightningModule, Trainer
    from torch.utils.data import DataLoader, TensorDataset

    x0, x1 = observed()

    class Encoder(LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = linear()

        def forward(self, x: Tensor) -> Tensor:
            h: Tensor = self.layer(x)
            return h

        def training_step(self, batch: list[Tensor], index: int) -> Tensor:
            return whitening(self(batch[0]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=0.05)

    def trained(steps: int, every: int, **options: Any) -> tuple[Trainer, list[Any]]:
        monitors = [
            LightningMonitor(x0, x1, rho=RHO, every=every),
            LightningMonitor(x0[:1_000].numpy(), x1[:1_000].numpy(), rho=RHO, every=every),
            LightningMonitor(x0, x1, rho=RHO, every=every, name="again"),
            LightningMeasureMonitor(x0, x1, rho=RHO, every=every),
        ]
        trainer = Trainer(
            max_steps=steps,
            accelerator="cpu",
            callbacks=[*monitors],
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=tmp_path,
        )
        trainer.fit(Encoder(), DataLoader(TensorDataset(x0), batch_size=200), **options)
        return trainer, monitors

    trainer, first = trained(4, 2)
    trainer.save_checkpoint(tmp_path / "last.ckpt")
    _, resumed = trained(9, 3, ckpt_path=tmp_path / "last.ckpt", weights_only=True)
    assert [[step for step, _ in monitor.history] for monitor in resumed] == [[2, 4, 6, 9]] * 4
    assert [[made.looks for _, made in monitor.history] for monitor in resumed[:3]] == [[1, 2, 3, 4]] * 3
    for before, after in zip(first, resumed, strict=True):
        assert after.history[:2] == before.history
    with pytest.raises(RuntimeError, match="state_key"):
        Trainer(callbacks=[LightningMonitor(x0, x1, RHO), LightningMonitor(x0, x1, RHO)], logger=False)


def test_names_that_are_not_there() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = callbacks.nothing


def test_states_are_embedded_in_batches_and_each_once() -> None:
    z, z_next = latents(2, 0.8, 1000, 0)
    seen: list[torch.Tensor] = []

    def encoder(x: torch.Tensor) -> torch.Tensor:
        seen.append(x)
        return x

    whole = certify_encoder(lambda x: x, z, z_next, 0.8)
    parts = certify_encoder(encoder, z, z_next, 0.8, batch=300)
    assert [len(x) for x in seen] == [300, 300, 300, 300, 300, 300, 100, 100]
    assert torch.equal(torch.cat(seen[::2]), z)
    assert torch.equal(torch.cat(seen[1::2]), z_next)
    assert parts.sharp_limit == whole.sharp_limit


def test_as_many_as_4096_rows_are_embedded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def encoder(x: Tensor) -> Tensor:
        sizes.append(len(x))
        return x

    monkeypatch.setattr(callbacks, "certify", lambda h0, h1, rho, **options: (len(h0), len(h1), rho, options))
    many = torch.zeros(4_097, 1)
    assert certify_encoder(encoder, many, many, 0.8, level=0.9) == (4_097, 4_097, 0.8, {"level": 0.9})
    assert sizes == [4_096, 4_096, 1, 1]
    assert certify_encoder(encoder, many, many)[2] is None  # type: ignore[index]


def test_a_monitor_looks_every_100_steps_where_nothing_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(callbacks, "certify_encoder", lambda *given, **options: asked.append((*given, options)))
    monkeypatch.setattr(callbacks, "scalars", lambda made: {})
    monitor = Monitor("encoder", 1, 2, log=lambda values, step: None, level=0.9)  # type: ignore[arg-type]
    for step in (0, 50, 99, 100, 150, 200):
        monitor(step)
    assert asked == [("encoder", 1, 2, None, {"looks": k, "level": 0.9}) for k in (1, 2, 3)]


@pytest.mark.parametrize("refuted", [False, True])
def test_the_numbers_of_a_certificate_are_its_estimates(refuted: bool) -> None:
    """And the certified limit, and whether it is refuted."""
    h0, h1 = latents(1, RHO, 200, 0)
    made = callbacks.certify(h0, h1, RHO).model_copy(update={"refuted": refuted})
    expected = {
        "limit": made.sharp_limit, "sharp": made.sharp.estimate, "excess": made.excess.estimate,
        "epsilon": made.epsilon.estimate, "alignment": made.alignment.estimate, "rho": RHO, "refuted": float(refuted),
    }  # fmt: skip
    assert scalars(made) == {f"certificate/{name}": value for name, value in expected.items()}
    assert scalars(made, "a.") == {f"a.{name}": value for name, value in expected.items()}
