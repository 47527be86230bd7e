"""The command that certifies an encoder."""

from pathlib import Path

import typer

from lejepa.commands.console import Device, Json


def certify(
    pairs: Path = typer.Argument(help="Embeddings h0, h1 (and latents z): npz, npy, parquet, safetensors, pt."),
    rho: str | None = typer.Option(None, help="Correlation of the world, 0.9, or a range, 0.88,0.92; else estimated."),
    level: float = typer.Option(0.95, help="Confidence of the intervals and of the certified limit."),
    significance: float = typer.Option(0.01, help="Chance that the tests reject a world as assumed."),
    seed: int = typer.Option(0, help="Seed of the projections and the sample that the tests look at."),
    device: str = Device,
    as_json: bool = Json,
    out: Path | None = typer.Option(None, help="Also write the certificate to this JSON file."),
    figure: Path | None = typer.Option(None, help="Also draw it, with the energy by degree, to this PNG file."),
) -> None:
    """Bound an encoder's distance to the unknown latents, from pairs.

    Exit code 1 where the certificate does not apply.
    """
    from lejepa.certification.certificate import certify_pairs, parse_rho
    from lejepa.certification.pairs import from_file
    from lejepa.files import write_json
    from lejepa.training.train import choose_device

    made = certify_pairs(
        from_file(pairs),
        parse_rho(rho),
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
    if not made.applies:
        raise typer.Exit(1)
