"""Linear models of learnt ones, against derivatives by hand."""

import math

import numpy as np
import pytest
import torch
from lejepa.errors import UserError
from lejepa.planning import LinearQuadratic, linearize
from torch import Tensor, nn


def pendulum(state: Tensor, action: Tensor) -> Tensor:
    angle, speed = state.unbind(-1)
    faster = speed + 0.1 * (torch.sin(angle) + 2 * action[:, 0] * torch.cos(angle))
    return torch.stack((angle + 0.1 * faster, faster), -1)


def by_hand(x: float, u: float) -> tuple[np.ndarray, np.ndarray]:
    speed = np.array([0.1 * (math.cos(x) - 2 * u * math.sin(x)), 1.0])
    push = np.array([0.2 * math.cos(x)])
    return np.stack((np.array([1.0, 0.0]) + 0.1 * speed, speed)), np.stack((0.1 * push, push))


@pytest.mark.parametrize(("x", "v", "u"), [(0.0, 0.0, 0.0), (0.7, -1.0, 0.4)])
def test_the_linear_model_has_the_value_and_the_derivatives(x: float, v: float, u: float) -> None:
    a, b, drift = linearize(pendulum, [x, v], [u])
    assert a.dtype == torch.float64
    expected_a, expected_b = by_hand(x, u)
    assert a.numpy() == pytest.approx(expected_a, abs=1e-12)
    assert b.numpy() == pytest.approx(expected_b, abs=1e-12)
    faster = v + 0.1 * (math.sin(x) + 2 * u * math.cos(x))
    value = a @ torch.tensor([x, v], dtype=torch.float64) + b[:, 0] * u + drift
    assert value.tolist() == pytest.approx([x + 0.1 * faster, faster], abs=1e-12)


def test_the_gain_holds_the_pendulum_upright() -> None:
    a, b, drift = linearize(pendulum, [0.0, 0.0], [0.0])
    regulator = LinearQuadratic(a, b, np.eye(2), [[1.0]], drift=drift).stationary()
    expected = LinearQuadratic(*by_hand(0.0, 0.0), np.eye(2), [[1.0]]).stationary()
    assert regulator.gain.numpy() == pytest.approx(expected.gain.numpy(), abs=1e-9)
    state = torch.tensor([[0.3, 0.0]], dtype=torch.float64)
    for step in range(200):
        state = pendulum(state, regulator(state, step))
    assert state.abs().max() < 1e-3


def test_a_trained_module_is_linearized_in_its_own_type() -> None:
    torch.manual_seed(0)

    class Learnt(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(4, 6), nn.Linear(6, 3)

        def forward(self, state: Tensor, action: Tensor) -> Tensor:
            return state + self.second(torch.tanh(self.first(torch.cat((state, action), -1))))

    model = Learnt()
    z, u = torch.tensor([0.3, -0.2, 0.5]), torch.tensor([0.1])
    a, b, drift = linearize(model, z, u)
    assert a.dtype == b.dtype == drift.dtype == torch.float32
    assert not a.requires_grad
    assert not drift.requires_grad
    hidden = torch.tanh(model.first(torch.cat((z, u))))
    chain = (model.second.weight * (1 - hidden.square())) @ model.first.weight
    assert a.numpy() == pytest.approx((torch.eye(3) + chain[:, :3]).detach().numpy(), abs=1e-6)
    assert b.numpy() == pytest.approx(chain[:, 3:].detach().numpy(), abs=1e-6)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"state": [[0.0, 0.0]]}, r"state: expected shape \(any,\), found \(1, 2\)"),
        ({"action": 0.0}, r"action: expected shape \(any,\), found \(\)"),
        ({"state": [math.nan, 0.0]}, "state: expected finite numbers"),
        ({"state": [0.0, 0.0, 0.0]}, r"model: expected it to take states \(1, 3\) and actions \(1, 1\), but it raised"),
        ({"model": lambda z, a: z[:, :1]}, r"model: expected it to return shape \(1, 2\), found \(1, 1\)"),
        ({"model": lambda z, a: z.sqrt()}, "model: expected a finite value and Jacobian at this state and action"),
    ],
)
def test_what_does_not_fit_is_one_sentence(given: dict[str, object], says: str) -> None:
    with pytest.raises(UserError, match=f"^{says}"):
        linearize(**({"model": pendulum, "state": [0.0, 0.0], "action": [0.0]} | given))
