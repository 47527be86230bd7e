"""Formulas of the registry, LaTeX to MathML: browsers render that themselves, without a network."""

from latex2mathml.converter import convert

from lejepa.errors import UserError


def mathml(latex: str, where: str) -> str:
    """A displayed formula as MathML; a sentence for the user where a command is not understood."""
    try:
        made = convert(latex, display="block")
    except Exception as e:
        raise UserError(f"{where}: expected a formula in LaTeX, found {latex!r} ({type(e).__name__})") from None
    if "\\" in made:
        command = "\\" + made.split("\\", 1)[1].split("<", 1)[0]
        raise UserError(f"{where}: expected a formula in LaTeX that latex2mathml reads, not {command} in {latex!r}")
    return made
