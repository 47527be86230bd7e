"""Trained encoders and predictors as PyTorch modules, rebuilt from what `lejepa train` has kept.

from lejepa import load_encoder
encoder = load_encoder("results/experiments/spiral-quick.json")
h = encoder(x)
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from lejepa.arguments import file_path, whole
from lejepa.errors import UserError, said
from lejepa.training import weights
from lejepa.training.encoder import build, build_inverse, build_predictor
from lejepa.training.recorded import first_encoders
from lejepa.training.recording import Recorded
from lejepa.training.rollout import imagined
from lejepa.training.stacked import alone
from lejepa.training.streams import Purpose, stream
from lejepa.training.weights import Configuration, Weights


class Encoder(nn.Module):
    """A trained encoder: observations `(..., *shape)` to embeddings `(..., width)`. net: the same of `(rows, *shape)`.

    The shape of an observation is `(dim,)`, or `(size, size, 3)` of frames, of bytes or of numbers from 0 to 255.
    """

    def __init__(self, net: nn.Module, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.net, self.shape = net, shape

    def forward(self, x: Tensor) -> Tensor:
        fitting("observations", x, self.shape, self.net)
        return in_rows(self.net, x, len(self.shape))


class Predictor(nn.Module):
    """A trained predictor: embeddings `(..., width)` and actions `(..., actions)` to the next embeddings.

    It is a model as `lejepa.planning` takes them.
    """

    def __init__(self, net: nn.Module, dim: int, actions: int) -> None:
        super().__init__()
        self.net, self.dim, self.actions = net, dim, actions

    def forward(self, h: Tensor, actions: Tensor) -> Tensor:
        fitting("embeddings", h, (self.dim,), self.net)
        fitting("actions", actions, (self.actions,), self.net)
        beside("actions", actions, h)
        return in_rows(self.net, torch.cat((h, actions), dim=-1))


class Inverse(nn.Module):
    """What guesses the actions, `(..., actions)`, between embeddings `(..., width)` and those of the next states."""

    def __init__(self, net: nn.Module, dim: int) -> None:
        super().__init__()
        self.net, self.dim = net, dim

    def forward(self, h: Tensor, h_next: Tensor) -> Tensor:
        fitting("embeddings", h, (self.dim,), self.net)
        fitting("next embeddings", h_next, (self.dim,), self.net)
        beside("next embeddings", h_next, h)
        return in_rows(self.net, torch.cat((h, h_next), dim=-1))


class Model(nn.Module):
    """A trained encoder and, where the experiment has them, its predictor and its guess of actions.

    Attributes:
        encoder: Maps observations `(..., *shape)` to embeddings `(..., width)`; so does the model itself.
        predictor: Maps embeddings `(..., width)` and actions `(..., actions)` to the next embeddings, or None.
        inverse: Maps two successive embeddings `(..., width)` to a guess of the action between them, or None.
        configuration: What was computed: the world, the mixing and the rest; or the recorded transitions and the rest.
        seed: The seed of this model.
    """

    def __init__(
        self,
        encoder: Encoder,
        predictor: Predictor | None,
        configuration: Configuration,
        seed: int,
        inverse: Inverse | None = None,
    ) -> None:
        super().__init__()
        self.encoder, self.predictor, self.inverse = encoder, predictor, inverse
        self.configuration, self.seed = configuration, seed

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = self.encoder(x)
        return h

    def rollout(self, observation: Tensor, actions: Tensor) -> Tensor:
        """The embeddings that the predictor expects under actions: it is fed its own output.

        Args:
            observation: Where the rollout begins, one as the encoder takes it.
            actions: `(..., steps, actions)`.

        Returns:
            `(..., steps + 1, width)`: the embedding of the observation, and that after each action.

        Raises:
            UserError: If there is no predictor, or shapes do not fit.
        """
        if self.predictor is None:
            raise UserError("rollout: expected a model with a predictor, and this experiment trained none")
        fitting("observations", observation, self.encoder.shape, self.encoder.net)
        fitting("actions", actions, (self.predictor.actions,), self.predictor.net)
        if actions.dim() < 2 or actions.shape[:-2] != (rows := observation.shape[: -len(self.encoder.shape)]):
            shape = ", ".join([*map(str, rows), "steps", str(self.predictor.actions)])
            raise UserError(f"actions: expected shape ({shape}), found {tuple(actions.shape)}")
        return imagined(self.predictor, self.encoder(observation), actions)


def in_rows(net: nn.Module, x: Tensor, axes: int = 1) -> Tensor:
    """What a module of `(rows, *inputs)` makes of `(..., *inputs)`, inputs of so many axes."""
    y: Tensor = net(x.reshape(-1, *x.shape[-axes:]))
    return y.reshape(*x.shape[:-axes], y.shape[-1])


def fitting(name: str, x: Tensor, shape: tuple[int, ...], net: nn.Module) -> None:
    """Raise UserError unless `x` is a tensor `(..., *shape)` that a module can take.

    Frames, of three axes, are brought to the module's type of number by itself, and autocast brings all.
    """
    if not isinstance(x, Tensor):
        raise UserError(f"{name}: expected a torch.Tensor, found {type(x).__module__}.{type(x).__qualname__}")
    if x.shape[-len(shape) :] != shape:
        raise UserError(f"{name}: expected shape (..., {', '.join(map(str, shape))}), found {tuple(x.shape)}")
    like = next(net.parameters(), x)
    if x.device != like.device:
        raise UserError(f"{name}: expected a tensor on {like.device}, where the model is, found one on {x.device}")
    if len(shape) == 1 and x.dtype != like.dtype and not torch.is_autocast_enabled(x.device.type):
        raise UserError(f"{name}: expected numbers of {like.dtype}, as the model has, found {x.dtype}")


def beside(name: str, x: Tensor, h: Tensor) -> None:
    if x.shape[:-1] != h.shape[:-1]:
        rows = ", ".join(map(str, (*h.shape[:-1], x.shape[-1])))
        raise UserError(f"{name}: expected shape ({rows}), beside the embeddings', found {tuple(x.shape)}")


def load_encoder(path: Path | str, seed: int | None = None) -> Encoder:
    """Load the encoder that an experiment trained.

    Args:
        path: The result of the experiment, such as `results/experiments/spiral-quick.json`, whose weights lie beside
            it; or the file of the weights, `.safetensors`, which is enough alone, and all that there is of an encoder
            that was trained on recorded transitions.
        seed: One of the seeds of the experiment; by default the first whose encoder has not diverged.

    Returns:
        A module in evaluation mode, on the CPU, that maps observations `(..., dim)`, or frames `(..., size, size, 3)`,
        to embeddings `(..., width)`.

    Raises:
        UserError: If there are no weights, or they are cut short, changed, or those of another configuration or run
            than the result; or if there is no such seed, or its encoder has diverged.
    """
    found = weights.read(file_path("path", path))
    return encoder_of(found, place_of(found, seed)).eval()


def load_model(path: Path | str, seed: int | None = None) -> Model:
    """Load the encoder that an experiment trained, with its predictor and its guess of actions.

    Args:
        path: As for `load_encoder`: the result of the experiment, or the file of the weights.
        seed: One of the seeds of the experiment; by default the first whose encoder has not diverged.

    Returns:
        A module in evaluation mode, on the CPU, with the parts `encoder`, `predictor` and `inverse`; the latter two are
        None where the experiment trained none. `rollout(observation, actions)` follows the predictor.

    Raises:
        UserError: As for `load_encoder`.
    """
    found = weights.read(file_path("path", path))
    place = place_of(found, seed)
    seeds = found.configuration.training.seeds
    parts = encoder_of(found, place), predictor_of(found, place), found.configuration, seeds[place]
    return Model(*parts, inverse_of(found, place)).eval()


def place_of(found: Weights, seed: int | None) -> int:
    """The place of a seed among those of the configuration; of None, that of the first that has not diverged."""
    seeds = found.configuration.training.seeds
    usable = [s for s in seeds if s not in found.diverged]
    if seed is None and usable:
        return seeds.index(usable[0])
    if seed is not None:
        seed = whole("seed", seed, 0)
    if seed not in usable:
        why = "whose encoder has diverged" if seed in found.diverged else "which was not trained"
        listed = " or ".join(map(str, usable))
        raise UserError(f"{found.path}: expected the seed {listed}, found {seed}, {why}")
    return seeds.index(seed)


def encoder_of(found: Weights, place: int) -> Encoder:
    c = found.configuration
    streams = [first(found, place, Purpose.PARAMETERS)]
    if isinstance(c, Recorded):
        parallel: nn.Module = first_encoders(c, streams)
    else:
        parallel = build(c.encoder, c.observed, c.width, streams)
    return Encoder(trained(parallel, found, "encoder", place), c.shape)


def predictor_of(found: Weights, place: int) -> Predictor | None:
    c = found.configuration
    if c.predictor is None:
        return None
    streams = [first(found, place, Purpose.PREDICTOR)]
    parallel = build_predictor(c.predictor, c.width, c.actions, streams)
    return Predictor(trained(parallel, found, "predictor", place), c.width, c.actions)


def inverse_of(found: Weights, place: int) -> Inverse | None:
    c = found.configuration
    if isinstance(c, Recorded) or c.inverse is None:
        return None
    parallel = build_inverse(c.inverse, c.width, c.actions, [first(found, place, Purpose.INVERSE)])
    return Inverse(trained(parallel, found, "inverse", place), c.width)


def first(found: Weights, place: int, purpose: Purpose) -> torch.Generator:
    """The stream of a model's first parameters: what a module of one's own draws and does not train comes back too."""
    return stream(found.configuration.training.seeds[place], purpose, found.kept[place])


def trained(parallel: nn.Module, found: Weights, part: str, place: int) -> nn.Module:
    """A plain module with the trained state of the model at a place, from a parallel one of one model."""
    try:
        parallel.load_state_dict(found.of(part, place))
    except RuntimeError as e:
        raise UserError(f"{found.path}: expected the weights of the {part} that it configures ({said(e)})") from None
    return alone(parallel)
