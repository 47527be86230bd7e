"""The command that certifies an encoder."""

import json
import os
from pathlib import Path

import typer

from lejepa.commands.console import Device, Json, complaints, console, print_json
from lejepa.errors import Exit, UserError
from lejepa.progress import progress
from lejepa.tabular import has_all


def certify(
    pairs: Path = typer.Argument(help="Embeddings h0, h1 (and latents z): npz, npy, csv, parquet, safetensors, pt."),
    rho: str | None = typer.Option(None, help="Correlation of the world, 0.9, or a range, 0.88,0.92; else estimated."),
    trajectory: str | None = typer.Option(
        None, help="Trajectories of the rows: one length, or a .npy file with a number for each row, or lengths."
    ),
    level: float = typer.Option(0.95, help="Confidence of the intervals and of the certified limit."),
    significance: float = typer.Option(0.01, help="Probability, at most, that a world as assumed is refuted."),
    seed: int = typer.Option(0, help="Seed of the sample that the tests look at."),
    device: str = Device,
    as_json: bool = Json,
    out: Path | None = typer.Option(None, help="Also write the certificate to this JSON file."),
    figure: Path | None = typer.Option(
        None, help="Also draw it, with the energy by degree, to this file: png, pdf or svg."
    ),
) -> None:
    """Bound the distance of an encoder from the unknown latents.

    It needs pairs of embeddings, of states and of their successors. Exit code 1 if the pairs refute the world, or if
    nothing is certified because a constant embedding meets the limit too.
    """
    from lejepa.certification.certifier import certify_pairs
    from lejepa.certification.moments import require_pairs
    from lejepa.certification.pairfiles import from_file, read_trajectory
    from lejepa.certification.rho import parse_rho
    from lejepa.files import check_file, kind_of, write_json
    from lejepa.training.train import choose_device

    if figure is not None:
        from lejepa.certification.figure import draw, format_of

        format_of(figure)
    read = [pairs, *([Path(trajectory)] if trajectory is not None else [])]
    for option, path in (("out", out), ("figure", figure)):
        if path is None:
            continue
        of_input = os.path.realpath(path) in map(os.path.realpath, read)
        if kind := kind_of(path) or ("what the certificate is made from" if of_input else ""):
            raise UserError(f"{option}: expected the name of a file to write, but {path} is {kind}")
        check_file(path)
    if out is not None and figure is not None and os.path.realpath(out) == os.path.realpath(figure):
        raise UserError(f"figure: expected the name of another file than that of --out, found {figure}")
    source = from_file(pairs)
    require_pairs(source.count, source.dim, source.name)
    with progress("pairs", console=complaints) as told:
        made = certify_pairs(
            source,
            parse_rho(rho),
            trajectory=read_trajectory(trajectory),
            report=lambda done, total: told(str(pairs), done, total, "now the tests" if done == total else ""),
            level=level,
            significance=significance,
            seed=seed,
            device=choose_device(device),
        )
    if out is not None:
        write_json(out, made.model_dump(mode="json"))
    if figure is not None:
        draw(made, figure)
    if as_json:
        print_json(json.loads(made.model_dump_json()))
    else:
        print(made.text(ascii=not has_all(console)))
    if made.verdict != "not refuted":
        raise typer.Exit(Exit.FELL_SHORT)
