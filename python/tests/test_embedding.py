"""Embeddings by somebody's encoder: what it is given, in which batches, and that it is left as it was."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from lejepa.errors import UserError
from lejepa.measures.embedding import embed
from torch import Tensor, nn

ROWS = torch.arange(24, dtype=torch.float32).reshape(12, 2)


class Watching(nn.Module):
    """A linear map with a dropout that would show, which keeps what it was given and in which mode."""

    def __init__(self, kind: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(2, 3, dtype=kind), nn.Dropout(0.5))
        self.inner[0].weight.data = torch.tensor([[1, 0], [0, 1], [1, 1]], dtype=kind)
        self.inner[0].bias.data = torch.tensor([0, 0, 0.5], dtype=kind)
        self.seen: list[tuple[list[Any], bool, bool, torch.dtype]] = []

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append((x.tolist(), self.inner.training, torch.is_grad_enabled(), x.dtype))
        made: Tensor = self.inner(x)
        return made


def expected(x: Tensor) -> list[list[float]]:
    return [[a, b, a + b + 0.5] for a, b in x.tolist()]


@pytest.mark.parametrize(("batch", "sizes"), [(5, [5, 5, 2]), (12, [12]), (6, [6, 6]), (100, [12]), (1, [1] * 12)])
def test_states_and_successors_are_embedded_batch_by_batch_in_their_order(batch: int, sizes: list[int]) -> None:
    encoder = Watching()
    h, h_next = embed(encoder, ROWS, -ROWS, batch=batch)
    assert (h.tolist(), h_next.tolist()) == (expected(ROWS), expected(-ROWS))
    states, successors = encoder.seen[::2], encoder.seen[1::2]
    assert [len(given) for given, *_ in states] == [len(given) for given, *_ in successors] == sizes
    assert [row for given, *_ in states for row in given] == ROWS.tolist()
    assert [row for given, *_ in successors for row in given] == (-ROWS).tolist()


def test_as_many_as_4096_rows_are_embedded_at_a_time() -> None:
    sizes: list[int] = []

    def counted(x: Tensor) -> Tensor:
        sizes.append(len(x))
        return x

    many = torch.zeros(4097, 1)
    embed(counted, many, many)
    assert sizes == [4096, 4096, 1, 1]


@pytest.mark.parametrize("breaks", [False, True])
def test_each_part_is_in_evaluation_mode_and_then_as_it_was(breaks: bool) -> None:
    encoder = Watching()
    encoder.train()
    encoder.inner[1].eval()
    before = [m.training for m in encoder.modules()]
    assert before == [True, True, True, False]
    if breaks:
        with pytest.raises(UserError, match="expected embeddings of shape"):
            embed(lambda_of(encoder), ROWS, ROWS[:, :1].repeat(1, 2))
    else:
        h, _ = embed(encoder, ROWS, ROWS)
        assert h.tolist() == expected(ROWS)  # nothing was dropped
        assert not h.requires_grad
    assert all((training, grad) == (False, False) for _, training, grad, _ in encoder.seen)
    assert encoder.seen
    assert [m.training for m in encoder.modules()] == before
    assert torch.is_grad_enabled()


def lambda_of(encoder: Watching) -> nn.Module:
    """The same module, returning fewer rows than it is given."""
    encoder.inner[0].register_forward_hook(lambda module, given, made: made[:1])
    return encoder


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_arrays_take_the_type_of_the_parameters_and_tensors_keep_theirs(kind: torch.dtype) -> None:
    encoder = Watching(kind)
    for array in (ROWS.numpy(), ROWS.double().numpy(), ROWS.flip(0).double().numpy()[::-1]):
        h, _ = embed(encoder, array, array)
        assert h.tolist() == expected(ROWS)
        assert h.dtype == kind
    assert {seen[3] for seen in encoder.seen} == {kind}
    counts = np.arange(6).reshape(3, 2)
    for given in (counts, torch.from_numpy(counts)):
        (kept, _) = embed(lambda x: x, given, given)
        assert kept.dtype == torch.int64
        assert kept.tolist() == counts.tolist()
    free, _ = embed(nn.Identity(), ROWS.double().numpy(), ROWS.numpy())
    assert free.dtype == torch.float64  # a module without parameters leaves it as well
    own, _ = embed(lambda x: x, ROWS.double(), ROWS.double())
    assert own.dtype == torch.float64
    half, _ = embed(lambda x: x, ROWS.double().numpy(), ROWS.numpy())
    assert half.dtype == torch.float64  # a function has no parameters whose type to take


@pytest.mark.parametrize(
    ("encoder", "shape"),
    [
        (nn.Linear(2, 3), (12, 2)),
        (nn.Sequential(nn.Conv1d(1, 2, 2), nn.Flatten()), (12, 1, 2)),
        (nn.Sequential(nn.PReLU()), (12, 2)),
        (nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 3)), (12, 2)),
    ],
)
@pytest.mark.parametrize("kind", [torch.float64, torch.float16, torch.int64])
def test_a_tensor_of_a_type_that_the_encoder_does_not_take_is_one_sentence(
    encoder: nn.Module, shape: tuple[int, ...], kind: torch.dtype
) -> None:
    right = ROWS.reshape(shape)
    for x0, x1, name in ((right.to(kind), right, "x0"), (right, right.to(kind), "x1")):
        with pytest.raises(UserError) as caught:
            embed(encoder, x0, x1)
        says = f"{name}: expected numbers of torch.float32, as the encoder's parameters have, found {kind}"
        assert str(caught.value) == says


def test_what_an_encoder_raises_for_another_reason_stays_as_it_is() -> None:
    class Casting(Watching):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x.float())

    h, _ = embed(Casting(), ROWS.double(), ROWS.double())
    assert h.tolist() == expected(ROWS)
    with pytest.raises(RuntimeError, match="shapes"):
        embed(Casting(), ROWS.double()[:, :1], ROWS.double()[:, :1])
    with pytest.raises(RuntimeError, match="type"):
        embed(lambda x: nn.functional.linear(x, torch.eye(2)), ROWS.double(), ROWS.double())


def test_whole_numbers_of_an_array_stay_whole_for_a_module() -> None:
    """As the places of an embedding table must."""
    table = nn.EmbeddingBag(3, 2)
    table.weight.data = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    places = np.array([[2, 2], [0, 1]])
    h, _ = embed(table, places, places)
    assert h.tolist() == [[4.0, 5.0], [1.0, 2.0]]


def test_observations_go_to_the_device_of_the_parameters() -> None:
    class Absent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.empty(2, 2, device="meta"))

        def forward(self, x: Tensor) -> Tensor:
            assert x.device.type == "meta"
            return x

    h, h_next = embed(Absent(), ROWS, ROWS)
    assert (h.device.type, h_next.device.type, h.shape) == ("meta", "meta", (12, 2))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: embed(3, ROWS, ROWS), r"encoder: expected a function or module that embeds a batch, found int"),  # type: ignore[arg-type]
        (lambda: embed(Watching(), ROWS, ROWS, 0), "batch: expected a whole number of at least 1, found 0"),
        (lambda: embed(Watching(), ROWS, ROWS[:3]), "expected as many states as successors, found 12 and 3"),
        (lambda: embed(Watching(), ROWS[:0], ROWS[:0]), "expected pairs of states to embed, found none"),
        (lambda: embed(Watching(), np.array(["a"]), ROWS), "x0: expected an array of numbers, found one of <U1"),
        (lambda: embed(Watching(), ROWS, torch.tensor(1.0)), "x1: expected a tensor .* found a single number"),
        (lambda: embed(Watching(), ROWS, [1.0]), "x1: expected a tensor .* found builtins.list"),
        (lambda: embed(Watching(), ROWS.to_sparse(), ROWS), "x0: expected a dense tensor, found a sparse_coo one"),
        (
            lambda: embed(lambda x: x.to_sparse_csr(), ROWS, ROWS),
            "encoder: expected a dense tensor, found a sparse_csr",
        ),
        (lambda: embed(lambda x: x.tolist(), ROWS, ROWS), "encoder: expected one that returns a tensor .* found list"),
        (lambda: embed(lambda x: x[:, 0], ROWS, ROWS), r"encoder: .* for 12 observations, found \(12,\)"),
        (lambda: embed(lambda x: x[1:], ROWS, ROWS), r"encoder: .* for 12 observations, found \(11, 2\)"),
    ],
)
def test_what_does_not_fit_is_one_sentence(call: Callable[[], object], says: str) -> None:
    with pytest.raises(UserError, match=f"^{says}"):
        call()
