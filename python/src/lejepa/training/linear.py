"""A linear world with actions, `z' = M z + B a + η` (Lean: `Lejepa.rollout_ae_eq`): its matrices, without sampling.

Latents, actions and noise are Gaussian and independent, latents and actions standard. The noise has covariance `1 - G`
with `G = M Mᵀ + B Bᵀ`, so that `z'` is standard Gaussian too: the world is stationary. The best guess of `z'` from `z`
and `a` is the mean dynamics `M z + B a`, whose mean squared error is `n - tr G` for `n` latents.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDING = 1e-9  # how far below 0 an eigenvalue of the noise's covariance may be and count as 0


@dataclass(frozen=True, eq=False)
class LinearWorld:
    """The world of `n` latents and `k` actions.

    memory: `M`, `(n, n)`. action: `B`, `(n, k)`.

    Raises:
        ValueError: If shapes do not fit, or if `1 - G` is not positive semidefinite.
    """

    memory: Floats
    action: Floats

    def __post_init__(self) -> None:
        n = len(self.memory)
        if self.memory.shape != (n, n):
            raise ValueError(f"memory: expected as many columns as rows, found {n} rows of {self.memory.shape[1]}")
        if len(self.action) != n:
            raise ValueError(f"action: expected {n} rows, as many as latents, found {len(self.action)}")
        if (least := float(np.linalg.eigvalsh(self.noise)[0])) < -ROUNDING:
            raise ValueError(
                "expected memory M and action B that leave the noise a covariance: 1 - M Mᵀ - B Bᵀ has the eigenvalue "
                f"{least:.4g}, which is below 0"
            )

    @cached_property
    def explained(self) -> Floats:
        """`G = M Mᵀ + B Bᵀ`, the covariance of the mean dynamics."""
        return self.memory @ self.memory.T + self.action @ self.action.T

    @cached_property
    def noise(self) -> Floats:
        """`1 - G`, the covariance of the noise."""
        covariance: Floats = np.eye(len(self.memory)) - self.explained
        return covariance

    @cached_property
    def noise_root(self) -> Floats:
        """The symmetric root of `1 - G`."""
        values, vectors = np.linalg.eigh(self.noise)
        root: Floats = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
        return root

    @cached_property
    def optimal_error(self) -> float:
        """`n - tr G`, the mean squared error of the mean dynamics: the least of any guess of `z'` from `z` and `a`."""
        return max(float(np.trace(self.noise)), 0.0)

    @cached_property
    def inverse_error(self) -> float:
        """`tr(1 - Bᵀ (1 - M Mᵀ)⁻¹ B)`, the least mean squared error of any guess of `a` from `z` and `z'`."""
        left = np.linalg.pinv(np.eye(len(self.memory)) - self.memory @ self.memory.T, hermitian=True)
        return max(float(self.action.shape[1] - np.trace(self.action.T @ left @ self.action)), 0.0)

    @cached_property
    def correlation(self) -> float:
        """`tr M / n`, the mean correlation of a latent with its successor."""
        return float(np.trace(self.memory)) / len(self.memory)

    def spread(self, steps: int) -> float:
        """The mean squared norm of the state after so many steps of the mean dynamics, from a latent and actions.

        It is the trace of `S_t = M S_{t-1} Mᵀ + B Bᵀ`, from `S_0 = 1`.
        """
        covariance = np.eye(len(self.memory))
        for _ in range(steps):
            covariance = self.memory @ covariance @ self.memory.T + self.action @ self.action.T
        return float(np.trace(covariance))
