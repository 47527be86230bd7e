"""Encoders of somebody's own, for the tests: plain modules, some of which can't be trained here."""

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """A scalar parameter, a layer used twice, a tied one, a buffer drawn at random, and one that is not kept."""

    def __init__(self, dim: int, width: int = 8) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim, width), nn.GELU(), nn.Linear(width, dim))
        self.last = nn.Linear(dim, dim)
        self.again = self.last
        self.tied = nn.Linear(dim, dim)
        self.tied.weight = self.last.weight
        self.share = nn.Parameter(torch.tensor(0.5))
        self.register_buffer("turn", torch.linalg.qr(torch.randn(dim, dim)).Q)
        self.register_buffer("stretch", torch.randn(dim), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.tied(self.again(self.last(x @ self.turn * self.stretch + self.share * self.net(x))))


class Dropping(nn.Sequential):
    def __init__(self, dim: int) -> None:
        super().__init__(nn.Linear(dim, dim), nn.Dropout(0.5))


class Normalizing(nn.Sequential):
    def __init__(self, dim: int) -> None:
        super().__init__(nn.Linear(dim, dim), nn.BatchNorm1d(dim))


class OverRows(nn.Module):
    """It takes off the mean of the rows."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.layer = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x - x.mean(0))


class Narrow(nn.Linear):
    def __init__(self, dim: int) -> None:
        super().__init__(dim, 1)


class Hidden(nn.Module):
    """What it draws at random is no buffer."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.layer, self.turn = nn.Linear(dim, dim), torch.randn(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) @ self.turn


class Branching(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.layer = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) if self.layer.weight.sum() > 0 else -self.layer(x)


class Frozen(nn.Linear):
    def __init__(self, dim: int) -> None:
        super().__init__(dim, dim)
        self.requires_grad_(False)


class Failing(nn.Module):
    def __init__(self, dim: int) -> None:
        raise ValueError("no\nmodule")


def function(dim: int) -> object:
    return torch.tanh
