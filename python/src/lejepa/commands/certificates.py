"""The command that certifies an encoder."""

from pathlib import Path

import typer

from lejepa.commands.console import Device, Json

EXIT_CODES = {"not refuted": 0, "refuted": 1, "nothing certified": 3}  # 2 is bad input


def certify(
    pairs: Path = typer.Argument(help="Embeddings h0, h1 (and latents z): npz, npy, parquet, safetensors, pt."),
    rho: str | None = typer.Option(None, help="Correlation of the world, 0.9, or a range, 0.88,0.92; else estimated."),
    trajectory: str | None = typer.Option(
        None, help="Trajectories of the rows: their one length, or a .npy file of a number a row, or of lengths."
    ),
    level: float = typer.Option(0.95, help="Confidence of the intervals and of the certified limit."),
    significance: float = typer.Option(0.01, help="Chance that the tests refute a world that is as assumed."),
    seed: int = typer.Option(0, help="Seed of the sample that the tests look at."),
    device: str = Device,
    as_json: bool = Json,
    out: Path | None = typer.Option(None, help="Also write the certificate to this JSON file."),
    figure: Path | None = typer.Option(None, help="Also draw it, with the energy by degree, to this PNG file."),
) -> None:
    """Bound an encoder's distance to the unknown latents, from pairs.

    Exit codes: 0, not refuted, and the limit is below that of a constant embedding; 1, refuted; 2, bad input, or rows
    that no intervals can be given for; 3, nothing is certified: a constant embedding meets the limit too.
    """
    from lejepa.certification.certifier import certify_pairs
    from lejepa.certification.pairs import from_file, read_trajectory
    from lejepa.certification.rho import parse_rho
    from lejepa.files import write_json
    from lejepa.training.train import choose_device

    made = certify_pairs(
        from_file(pairs),
        parse_rho(rho),
        trajectory=read_trajectory(trajectory),
        level=level,
        significance=significance,
        seed=seed,
        device=choose_device(device),
    )
    if out is not None:
        write_json(out, made.model_dump(mode="json"))
    if figure is not None:
        from lejepa.certification.figure import draw

        draw(made, figure)
    print(made.model_dump_json(indent=1) if as_json else made)
    if code := EXIT_CODES[made.verdict]:
        raise typer.Exit(code)
