"""Tables in Markdown."""


def row(*cells: object) -> str:
    """A line of a table."""
    return "| " + " | ".join(str(cell).replace("|", r"\|") for cell in cells) + " |"
