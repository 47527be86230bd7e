"""Random streams: each its own, whatever the seeds have in common."""

from itertools import product

import pytest
import torch
from lejepa.training.streams import Purpose, number, stream
from lejepa.training.train import choose_device
from lejepa.training.trainer import Trainer
from lejepa.training.world import latents
from numpy.random import SeedSequence


def test_streams_differ_in_seed_purpose_and_index() -> None:
    seeds = (0, 1, 1 << 32, 1 << 40)
    drawn = {tuple(torch.rand(2, generator=stream(*of)).tolist()) for of in product(seeds, Purpose, range(3))}
    assert len(drawn) == len(seeds) * len(Purpose) * 3
    assert torch.equal(
        torch.rand(5, generator=stream(3, Purpose.TRAINING)), torch.rand(5, generator=stream(3, Purpose.TRAINING))
    )


def test_held_out_latents_are_not_the_training_s(tiny) -> None:  # type: ignore[no-untyped-def]
    from lejepa.training import config

    trainer = Trainer(config.load(tiny()), choose_device("cpu"))
    for seed, stream_of in enumerate(trainer.streams):
        held_out = trainer.held_out[0][seed]
        seen = latents(trainer.computation.world, held_out.shape[:-1], stream_of)
        assert not (held_out == seen).any()


# In evidence every number drawn comes from these: a purpose with another number would draw others.
NAMES = (
    "TRAINING", "EVALUATION", "PARAMETERS", "SELECTION_SLICES", "FRESH", "MIXING", "SELECTION", "PREDICTOR", "ROLLOUT",
    "PLANNING", "DATA", "INVERSE",
)  # fmt: skip


def test_purposes_are_numbered_in_their_order() -> None:
    """Two of one number would be one purpose: the second a mere other name of the first."""
    assert {name: int(p) for name, p in Purpose.__members__.items()} == {name: i for i, name in enumerate(NAMES)}


@pytest.mark.parametrize(("purpose", "place"), [(p, i) for i, p in enumerate(Purpose)])
@pytest.mark.parametrize(("seed", "index"), [(0, 0), (7, 0), (7, 3), ((1 << 40) + 7, 3)])
def test_a_stream_begins_from_what_numpy_mixes_of_purpose_index_and_seed(
    purpose: Purpose, place: int, seed: int, index: int
) -> None:
    begin = int(SeedSequence([place, index, seed]).generate_state(4)[0])
    assert number(seed, purpose, index) == begin
    assert stream(seed, purpose, index).initial_seed() == begin
    expected = torch.rand(3, generator=torch.Generator("cpu").manual_seed(begin))
    assert torch.equal(torch.rand(3, generator=stream(seed, purpose, index)), expected)
    assert (number(seed, purpose), stream(seed, purpose).initial_seed()) == (number(seed, purpose, 0),) * 2


def test_a_stream_is_of_the_device_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[torch.device | str] = []

    class Generator:
        def __init__(self, device: torch.device | str) -> None:
            asked.append(device)

        def manual_seed(self, seed: int) -> int:
            return seed

    monkeypatch.setattr(torch, "Generator", Generator)
    for device in ("cpu", torch.device("cuda:1")):
        assert stream(2, Purpose.FRESH, 1, device) == number(2, Purpose.FRESH, 1)  # type: ignore[comparison-overlap]
    stream(2, Purpose.FRESH)
    assert asked == ["cpu", torch.device("cuda:1"), "cpu"]
