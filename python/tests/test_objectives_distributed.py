"""Under `torch.distributed` two and four processes have what one has of the whole batch: values and gradients."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import lejepa
import numpy as np
import objective_formulas as formulas
import objective_processes as processes
import pytest
import torch

Ranks = dict[int, list[dict[str, Any]]]
SHARES = [(world, share) for world, shares in processes.SHARES.items() for share in shares]


@pytest.fixture(scope="module")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> Ranks:
    folder = tmp_path_factory.mktemp("processes")
    done = subprocess.run(
        [sys.executable, processes.__file__, str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return {
        world: [pickle.loads(Path(folder, f"{world}-{rank}.pickle").read_bytes()) for rank in range(world)]
        for world in processes.SHARES
    }


@pytest.mark.parametrize("name", processes.OBJECTIVES)
@pytest.mark.parametrize(("world", "share"), SHARES)
def test_processes_have_what_one_has_of_the_whole_batch(ranks: Ranks, name: str, world: int, share: str) -> None:
    """Gradients in a process's own rows are `world` times the whole batch's; parameters', averaged by DDP, are its.

    A penalty of the squares of such gradients is `world²` times the part of the whole one that is of a process's rows.
    """
    views = processes.batch()
    expected = processes.measured(name, views, processes.encoder())
    found = [rank[f"{name}, {share}"] for rank in ranks[world]]
    for one in found:
        assert one["value"] == pytest.approx(expected["value"], rel=1e-12)
        for got, want in zip(one["parameters"], expected["parameters"], strict=True):
            torch.testing.assert_close(got, want, rtol=1e-10, atol=1e-12)
    for view, (first, second) in enumerate(zip(expected["gradient"], expected["penalty"], strict=True)):
        rows = torch.cat([one["gradient"][view] for one in found])
        torch.testing.assert_close(rows / world, first, rtol=1e-10, atol=1e-12)
        penalty = torch.cat([one["penalty"][view] for one in found])
        torch.testing.assert_close(penalty / world**2, second, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("world", processes.SHARES)
def test_the_value_is_that_of_the_formula(ranks: Ranks, world: int) -> None:
    h, h_next = (x.numpy() for x in processes.batch())
    slices = lejepa.SIGReg(slices=5).directions(torch.from_numpy(h), torch.Generator().manual_seed(7)).numpy()
    expected = {
        "Alignment": formulas.alignment(h, h_next),
        "SIGReg": formulas.sigreg(h, slices),
        "SIGReg, unbiased": formulas.sigreg(h, slices, unbiased=True),
        "VICReg": formulas.vicreg(h),
        "MMD": formulas.mmd(h, 0.8),
        "InfoNCE": formulas.infonce(h, h_next, 0.7),
        "Whitening": formulas.whitening(h, h_next),
    }
    for rank in ranks[world]:
        for name, value in expected.items():
            assert rank[f"{name}, uneven"]["value"] == pytest.approx(value, rel=1e-10), name


@pytest.mark.parametrize("name", processes.OBJECTIVES)
@pytest.mark.parametrize("world", processes.SHARES)
def test_a_far_batch_in_float32(ranks: Ranks, name: str, world: int) -> None:
    kind, options, count = processes.OBJECTIVES[name]
    views = [x.float().double() for x in processes.batch(1e4)]
    expected = processes.value(kind(**options), views[:count]).item()
    for rank in ranks[world]:
        assert rank[f"{name}, far"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("world", processes.SHARES)
def test_all_processes_refuse_together(ranks: Ranks, world: int) -> None:
    """Rows that one process has are told to all, none waits for another, and they go on to the next call."""
    for rank in ranks[world]:
        for name in processes.OBJECTIVES:
            assert rank["refusals"][f"{name}, nan"] == "h: expected finite numbers, found NaN or infinity in 4 rows"
            assert rank["refusals"][f"{name}, rows"] == "h: expected at least 2 rows, found 1"
        assert "found some so large that the value is" in rank["refusals"]["VICReg, large"]


@pytest.mark.parametrize("world", processes.SHARES)
def test_a_group_and_a_process_of_its_own(ranks: Ranks, world: int) -> None:
    h = processes.batch()[0]
    for rank, results in enumerate(ranks[world]):
        members = [r for r in range(world) if r % 2 == rank % 2]
        group = torch.cat([h[r::world] for r in members])
        assert results["group"] == pytest.approx(formulas.vicreg(group.numpy()), rel=1e-12)
        assert results["local"] == pytest.approx(formulas.vicreg(h[rank::world].numpy()), rel=1e-12)
        first = torch.Generator().manual_seed(members[0])
        slices = lejepa.SIGReg(slices=4).directions(group, first).numpy()
        assert results["group's slices"] == pytest.approx(formulas.sigreg(group.numpy(), np.asarray(slices)), rel=1e-12)
