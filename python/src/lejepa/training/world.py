"""The worlds: latents and their successors (paper, section 2; Lean: `Lejepa.ouLaw`, `Lejepa.additiveNoiseLaw`)."""

from math import exp, lgamma, prod, sqrt

import numpy as np
import torch
from torch import Tensor

from lejepa.reacher import states
from lejepa.training import fourpoints
from lejepa.training.config import UNIFORM, World
from lejepa.training.doublewell import double_well
from lejepa.training.linear import LinearWorld


def latents(world: World, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Independent latents of unit variance, `(*shape, world.dim)`, on the generator's device."""
    size = (*shape, world.dim)
    if world.alpha is not None:
        return gennorm(world.alpha, size, generator)
    if world.depth is not None:
        return double_well(world.depth, world.correlation).sample(size, generator)
    if world.latent == "fourpoints":
        far = torch.rand(size, generator=generator, device=generator.device) < fourpoints.PROBABILITY
        sign = torch.randint(0, 2, size, generator=generator, device=generator.device) * 2 - 1
        return fourpoints.UNIT * (sign * (1 + 2 * far)).float()
    return torch.randn(size, generator=generator, device=generator.device)


def gennorm(alpha: float, size: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Samples of the generalized normal law of shape `alpha` and unit variance: `(|z|/β)^alpha ∼ Γ(1/alpha)`.

    A variable of the law `Γ(1/alpha)` is one of `Γ(1/alpha + 1)` times `U^alpha`, which does not underflow as the first
    does where `alpha` is great.
    """
    scale = exp(0.5 * (lgamma(1 / alpha) - lgamma(3 / alpha)))
    rng = numpy_generator(generator)  # PyTorch has no public gamma sampler that takes a generator
    radius = torch.from_numpy(rng.standard_gamma(1 / alpha + 1, size) ** (1 / alpha) * rng.random(size))
    radius = radius.to(generator.device)
    sign = torch.randint(0, 2, size, generator=generator, device=generator.device) * 2 - 1
    return (scale * sign * radius).float()


def numpy_generator(generator: torch.Generator) -> np.random.Generator:
    """NumPy's generator that goes on from the state of PyTorch's."""
    return np.random.default_rng(int(torch.randint(2**62, (), generator=generator, device=generator.device).item()))


def pairs(world: World, shape: tuple[int, ...], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pairs `(z, z')` of successive latents, each of shape `(*shape, world.dim)`."""
    z, z_next, _ = transitions(world, shape, generator)
    return z, z_next


def transitions(world: World, shape: tuple[int, ...], generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs `(z, z')` of successive latents, and the actions between them: `(*shape, world.actions)`.

    They are independent, but for those of one episode of a controller.
    """
    if world.latent == "linear":
        return linear(world.linear, shape, generator)
    nothing = torch.zeros(*shape, 0, device=generator.device)
    if world.trajectories is not None:
        angles = states.pairs(world.trajectories, prod(shape), numpy_generator(generator)) / UNIFORM
        z, z_next = torch.from_numpy(angles).float().to(generator.device).unbind(1)
        return z.reshape(*shape, -1), z_next.reshape(*shape, -1), nothing
    if world.depth is not None:
        z = latents(world, shape, generator)
        return z, double_well(world.depth, world.correlation).advance(z, generator), nothing
    if world.latent == "fourpoints":
        z = latents(world, shape, generator)
        uniform = torch.rand(z.shape, generator=generator, device=z.device)
        up, down = uniform < fourpoints.PROBABILITY, uniform > 1 - fourpoints.PROBABILITY
        return z, fourpoints.UNIT * (z.sign() + 2 * up.float() - 2 * down.float()), nothing
    z, noise = latents(world, (2, *shape), generator)
    return z, followed(world, z, noise), nothing


def followed(world: World, z: Tensor, noise: Tensor) -> Tensor:
    """The successors of latents in a world with ρ, `noise` of unit variance: the same shape."""
    if world.rhos:
        rho = torch.tensor(world.rhos, device=z.device)
        return rho * z + (1 - rho.square()).sqrt() * noise
    if world.rho is None:
        raise ValueError(f"expected a world with rho, found latent {world.latent}")
    drift = z * signs(world.flips, z) if world.flips else z
    return world.rho * drift + sqrt(1 - world.rho**2) * noise


def successors(world: World, shape: tuple[int, ...], generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs of two successors of one latent, each with noise of its own, and no actions: `(*shape, world.dim)` twice.

    The paper's code trains on such pairs. Their correlation is `ρ²`. They have the law of the latents if these are
    Gaussian, and another one if they are not.
    """
    z, *noises = latents(world, (3, *shape), generator)
    first, second = (followed(world, z, noise) for noise in noises)
    return first, second, torch.zeros(*shape, 0, device=generator.device)


def paths(
    world: World, steps: int, shape: tuple[int, ...], generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Latents of a linear world, their successors of several steps, and the actions before each of these.

    `(*shape, dim)`, `(*shape, steps, dim)` and `(*shape, steps, actions)`.
    """
    n, k = world.linear.action.shape
    z, z_next, a = transitions(world, shape, generator)
    states, actions = [z_next], [a]
    for _ in range(steps - 1):
        drawn = torch.randn((*shape, n + k), generator=generator, device=generator.device)
        noise, a = drawn[..., :n], drawn[..., n:]
        states.append(stepped(world.linear, states[-1], noise, a))
        actions.append(a)
    return z, torch.stack(states, dim=-2), torch.stack(actions, dim=-2)


def signs(flips: tuple[float, ...], z: Tensor) -> Tensor:
    """The sign `s(z)` of a drift, which changes where `|z|` passes one of the numbers `flips`: the same shape."""
    passed = torch.bucketize(z.abs(), torch.tensor(flips, dtype=z.dtype, device=z.device))
    return (1 - 2 * (passed % 2)).to(z.dtype)


def eigenfunction(world: World, z: Tensor) -> Tensor | None:
    """The best white encoder of each coordinate, where it is known, in float64: the same shape.

    It is the eigenfunction of the greatest eigenvalue of the symmetrized step, but for the constants.
    """
    if world.depth is not None:
        return double_well(world.depth, world.correlation).coordinates(z)
    if world.latent == "signflips":
        return torch.from_numpy(world.sign_flips.eigenfunction(z.double().cpu().numpy())).to(z.device)
    return z.double() if world.latent in ("gaussian", "fourpoints") else None


def linear(world: LinearWorld, shape: tuple[int, ...], generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """The transitions of a linear world."""
    n, k = world.action.shape
    drawn = torch.randn((*shape, 2 * n + k), generator=generator, device=generator.device)
    z, noise, a = drawn[..., :n], drawn[..., n : 2 * n], drawn[..., 2 * n :]
    return z, stepped(world, z, noise, a), a


def stepped(world: LinearWorld, z: Tensor, noise: Tensor, a: Tensor) -> Tensor:
    """The successors of latents under actions, `noise` standard: `(..., dim)`."""
    memory, action, root = (torch.from_numpy(m).to(z) for m in (world.memory, world.action, world.noise_root))
    return z @ memory.T + a @ action.T + noise @ root.T
