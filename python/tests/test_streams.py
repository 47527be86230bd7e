"""Random streams: each its own, whatever the seeds have in common."""

from itertools import product

import torch
from lejepa.training.streams import Purpose, stream
from lejepa.training.train import choose_device
from lejepa.training.trainer import Trainer
from lejepa.training.world import latents


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
