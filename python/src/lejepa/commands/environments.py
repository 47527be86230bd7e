"""The command that records an environment."""

from pathlib import Path

import typer

from lejepa.commands.console import Json, complaints, console, print_json
from lejepa.errors import UserError
from lejepa.progress import progress


def collect(
    environment: str = typer.Argument(help="Id of an environment of gymnasium, such as Pendulum-v1."),
    steps: int = typer.Option(..., help="Transitions to record."),
    out: Path = typer.Option(..., help="The .npz file to write."),
    seed: int = typer.Option(0, help="Of the first reset and of the actions."),
    overwrite: bool = typer.Option(False, help="Replace an existing file."),
    as_json: bool = Json,
) -> None:
    """Record transitions of a gymnasium environment, to train on.

    Actions are drawn uniformly between the environment's bounds. In Python, lejepa.environments.collect takes a policy
    of yours too, and environments that have no id.
    """
    from lejepa import environments
    from lejepa.arguments import whole
    from lejepa.files import check_file
    from lejepa.transitions import suffixed

    whole("steps", steps)
    if suffixed(out).exists() and not overwrite:
        raise UserError(f"{out}: this file exists already and is kept; --overwrite replaces it")
    check_file(out)
    with progress("steps", console=complaints) as told:
        found = environments.collect(
            environment, steps, seed=seed, progress=lambda step: told(environment, step, steps)
        )
    found.save(out)
    episodes = int(found.trajectory[-1]) + 1
    if as_json:
        rest = {"source": found.source, "digest": found.digest}
        sizes = {"rows": len(found), "dim": found.dim, "actions": found.action_dim, "episodes": episodes}
        print_json({"path": str(out), **sizes, **rest})
        return
    console.print(
        f"{out}: {len(found)} transitions in {episodes} episodes, observations of {found.dim} coordinates, actions of "
        f"{found.action_dim}",
        soft_wrap=True,
    )
