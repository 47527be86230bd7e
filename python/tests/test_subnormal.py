"""Subnormal numbers are taken as 0 during a step, and not after it."""

from collections.abc import Iterator

import pytest
import torch
from lejepa.training.subnormal import flushed, flushed_now


def product() -> float:
    """A number that is subnormal in float32, from two that are not."""
    return float(torch.tensor(1e-20) * torch.tensor(1e-20))


@pytest.fixture(autouse=True)
def able() -> Iterator[None]:
    if not torch.set_flush_denormal(False):
        pytest.skip("this processor can't take subnormal numbers as 0")
    yield
    torch.set_flush_denormal(False)


def test_within_and_after() -> None:
    assert product() == pytest.approx(1e-40, rel=1e-4)
    with flushed():
        assert product() == 0
    assert product() == pytest.approx(1e-40, rel=1e-4)


def test_after_an_exception() -> None:
    with pytest.raises(KeyError), flushed():
        raise KeyError
    assert not flushed_now()


def test_a_caller_who_wants_it_keeps_it() -> None:
    torch.set_flush_denormal(True)
    with flushed():
        assert product() == 0
    assert flushed_now()


def test_a_function_as_often_as_it_is_called() -> None:
    call = flushed()(product)
    assert [call(), call(), product() > 0] == [0, 0, True]
