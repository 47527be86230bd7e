"""Embeddings of more or fewer dimensions than there are latents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lejepa import load_model
from lejepa.errors import UserError
from lejepa.measures.recovery import followed, nearest_orthogonal, of_any_width
from lejepa.training import config, tables
from lejepa.training.results import path_of
from lejepa.training.train import train
from lejepa.training.trainer import Trainer
from lejepa.training.world import transitions

CPU = torch.device("cpu")
RHO = 0.9


def pairs(dim: int, count: int = 20_000) -> tuple[torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(0)
    z = torch.randn(count, dim, generator=g, dtype=torch.float64)
    noise = torch.randn(count, dim, generator=g, dtype=torch.float64)
    return z, RHO * z + (1 - RHO**2) ** 0.5 * noise


@pytest.mark.parametrize("shape", [(3, 2), (2, 3)])
def test_the_nearest_orthogonal_matrix_of_any_shape(shape: tuple[int, int]) -> None:
    """By the inverse root of its Gram matrix."""
    a = np.random.default_rng(0).normal(size=shape)
    tall = a if shape[0] > shape[1] else a.T
    values, vectors = np.linalg.eigh(tall.T @ tall)
    q = tall @ (vectors / np.sqrt(values)) @ vectors.T
    np.testing.assert_allclose(nearest_orthogonal(torch.from_numpy(a)).numpy(), q if tall is a else q.T, atol=1e-12)


def test_a_wide_linear_embedding_is_measured() -> None:
    """Two latents in three dimensions, and noise in the third: what it costs is the noise's variance."""
    z, z_next = pairs(2)
    q = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64))[0]
    noise = 0.1 * torch.randn(len(z), 1, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    h, h_next = (torch.cat((x, noise), dim=1) @ q.T for x in (z, z_next))
    m = of_any_width(z, h, h_next, RHO)
    assert (m.r2_hz, m.distance) == (pytest.approx(1.0), pytest.approx(0.01, rel=0.05))
    assert m.r2_zh == pytest.approx(2 / 2.01, abs=1e-3)
    assert m.orthogonality == pytest.approx(0.0, abs=5 * m.orthogonality_error + 1e-3)
    assert m.epsilon == pytest.approx(0.99, abs=0.05)  # the third direction has variance 0.01 and not 1


@pytest.mark.parametrize("columns", [[0], [0, 1], [0, 1, 1], [1, 1], []], ids=str)
def test_what_is_followed_is_what_is_measured_at_the_end(columns: list[int]) -> None:
    """To the bit, also of embeddings whose columns are copies, and of one point for all."""
    z, z_next = pairs(2, 500)
    h, h_next = (torch.sin(x[:, columns]) if columns else torch.zeros(len(x), 2).double() for x in (z, z_next))
    m = of_any_width(z, h, h_next, RHO)
    assert followed(z, h, h_next, RHO) == (m.r2, m.distance, m.bound, m.margin_error)


@pytest.mark.parametrize(("column", "kept", "left"), [(0, 1.0, 0.0), (1, 0.0, 1.0)])
def test_what_a_narrow_embedding_keeps_and_leaves(
    tiny: Callable[..., Path], column: int, kept: float, left: float
) -> None:
    trainer = Trainer(config.load(tiny(embedding=1, training={"evaluation": 4000})), CPU)
    z, z_next, _ = (x[0] for x in trainer.held_out)
    m = trainer.of_model(0, 2 * z[:, column : column + 1], 2 * z_next[:, column : column + 1], None)
    assert (m.r2_kept, m.r2_left) == (pytest.approx(kept, abs=0.01), pytest.approx(left, abs=0.01))
    assert (m.r2_hz, m.r2_zh) == (pytest.approx(0.5, abs=0.02), pytest.approx(1.0, abs=1e-6))


@pytest.mark.parametrize("width", [1, 3])
def test_a_width_of_its_own_is_trained_kept_and_shown(tiny: Callable[..., Path], tmp_path: Path, width: int) -> None:
    linear: dict[str, Any] = {
        "latent": "linear",
        "dim": 2,
        "memory": [[0.8, 0.1], [0.0, 0.7]],
        "action": [[0.1], [0.2]],
    }
    for changes in ({}, {"world": linear, "predictor": {"kind": "linear"}}):
        path = tiny(embedding=width)
        data = config.load(path).model_dump(mode="json", exclude_none=True) | changes
        experiment = config.Experiment.model_validate(data, strict=False)
        result = train(experiment, tmp_path / str(len(changes)), CPU)
        model = load_model(path_of(experiment.name, tmp_path / str(len(changes))))
        x = torch.randn(5, 2)
        assert model(x).shape == (5, width)
        if changes:
            assert model.rollout(x, torch.randn(5, 4, 1)).shape == (5, 5, width)
        m = result.metrics[0]
        assert m is not None
        assert (m.r2_kept is not None) == (width == 1)
        assert tables.cell(result, "bound") == tables.cell(result, "distance") == "not applicable"
        assert not {"bound", "distance", "orthogonality", "excess"} & set(tables.shown([result]))
        assert ("r2_kept" in tables.shown([result])) == (width == 1)
        assert result.curve[-1].bound == []
        assert result.sample is not None
        assert len(result.sample.embeddings[0]) == width


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"embedding": 0}, "embedding: expected a number greater than or equal to 1, found 0"),
        ({"embedding": 1, "criterion": ("distance", {"at_most": 0.1})}, "distance with an embedding of as many"),
        ({"embedding": 3, "criterion": ("distance", {"at_most": "bound"})}, "distance with an embedding of as many"),
        ({"criterion": ("r2_kept", {"at_least": 0.9})}, "r2_kept with an embedding of fewer dimensions than latents"),
        ({"embedding": 3, "criterion": ("r2_left", {"at_most": 0.1})}, "r2_left with an embedding of fewer"),
        ({"embedding": 40}, "training.evaluation of at least 800, 20 times embedding"),
    ],
)
def test_widths_that_do_not_fit_are_refused(tiny: Callable[..., Path], changes: dict[str, Any], words: str) -> None:
    changes = dict(changes)
    if "criterion" in changes:
        metric, limit = changes.pop("criterion")
        changes["criterion"] = [{"confirms": "linear_identifiability", "metric": metric, "spare": 2} | limit]
    with pytest.raises(UserError) as told:
        config.load(tiny(**changes))
    assert words in str(told.value)


def test_the_inverse_of_a_mixing_has_as_many_dimensions_as_latents(tiny: Callable[..., Path]) -> None:
    data = config.load(tiny()).model_dump(mode="json", exclude_none=True) | {"encoder": {"kind": "matched"}}
    config.Experiment.model_validate(data, strict=False)
    with pytest.raises(
        ValueError, match="an encoder of kind mlp, cnn or vit for an embedding of 4 dimensions of 2 latents"
    ):
        config.Experiment.model_validate(data | {"embedding": 4}, strict=False)


def test_a_latent_that_is_forgotten_at_once() -> None:
    """A style, drawn afresh in each view."""
    world = config.World(dim=2, rho=0.9, rhos=(0.9, 0.0))
    z, z_next, _ = transitions(world, (20_000,), torch.Generator().manual_seed(0))
    assert [(z[:, i] * z_next[:, i]).mean().item() for i in range(2)] == pytest.approx([0.9, 0.0], abs=0.03)
    assert z_next.var(0).tolist() == pytest.approx([1.0, 1.0], abs=0.05)
