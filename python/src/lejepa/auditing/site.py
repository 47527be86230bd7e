"""The audit as a site: a folder of pages that need no server and no network.

`index.html` is the overview, `statements/` has a page for each statement, `theorems.html` the definitions and the
statements in the order of reading, `graph.html` the graph of the proofs, `declarations.html` every declaration with
what it uses and what uses it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from lejepa import __version__
from lejepa.auditing import experiments
from lejepa.auditing.audit import Audit, Row, audit
from lejepa.auditing.checks import meant as meant_of
from lejepa.auditing.graph import Graph
from lejepa.auditing.layout import draw
from lejepa.auditing.mathematics import mathml
from lejepa.auditing.proofs import STATES
from lejepa.errors import UserError
from lejepa.files import json_text, make_folder, through_links, unwritable

FOLDER, LONGEST = "audit", 44
API = Path("docs") / "index.html"  # what `make docs` builds, beside the site
STATIC = ("style.css", "graph.js")
LEXER, FORMATTER = get_lexer_by_name("lean4"), HtmlFormatter(nowrap=True)
WORDS = {
    "compiled": "theorems compiled here",
    "recorded": "theorems recorded as compiled elsewhere",
    "stated": "theorems stated, not known to be compiled",
    "planned": "theorems planned",
}
MARKDOWN = MarkdownIt("commonmark", {"html": False})


def lean(code: str) -> Markup:
    """Lean code, its tokens marked up."""
    return Markup(highlight(code, LEXER, FORMATTER).rstrip("\n"))


def prose(text: str) -> Markup:
    """A docstring, from Markdown; a heading in it is a paragraph, since the page has headings of its own."""
    tokens = MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"
    return Markup(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))


class Links:
    """Where a page's links lead: `up` is the way from it to the site's root."""

    def __init__(self, made: Audit, up: str) -> None:
        self.up, self.package = up, made.project.package
        self.pages = {r.statement.full_name: f"statements/{r.statement.lean}.html" for r in made.rows}

    def __call__(self, name: str) -> str:
        """The page of a statement, or the place of another declaration."""
        return self.up + self.pages.get(name, f"declarations.html#{name}")

    def short(self, name: str) -> str:
        return name.removeprefix(f"{self.package}.")


def label(name: str) -> str:
    """A name short enough for a box: long ones lose their middle."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 13]}…{name[-12:]}"


def svg(
    graph: Graph, nodes: Iterable[str], edges: Iterable[tuple[str, str]], links: Links, title: str, here: str = ""
) -> Markup:
    """A graph as inline SVG, each box a link; `here` is the node that the page is of."""
    names = sorted(nodes, key=lambda n: (graph.nodes[n].file, graph.nodes[n].line))
    drawing = draw(names, edges, {n: label(links.short(n)) for n in names})
    size = f"{drawing.width:.0f} {drawing.height:.0f}"
    out = [
        f'<svg class="graph" viewBox="0 0 {size}" width="{drawing.width:.0f}" height="{drawing.height:.0f}" '
        f'role="group" aria-label="{escape(title)}">'
    ]
    for a, b, path in drawing.lines:
        out.append(f'<path d="{path}" data-from="{escape(a)}" data-to="{escape(b)}"/>')
    for n, box in drawing.boxes.items():
        node = graph.nodes[n]
        proof = node.kind in ("theorem", "lemma")
        kind = "headline" if n in links.pages else "theorem" if proof else "definition"
        current = ' aria-current="page"' if n == here else ""
        out.append(
            f'<a class="node {kind}" href="{escape(links(n))}" data-id="{escape(n)}"{current}>'
            f"<title>{escape(f'{node.kind} {links.short(n)}, {node.file}:{node.line}')}</title>"
            f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.0f}" rx="5"/>'
            f'<text x="{box.x + 9:.1f}" y="{box.y + 16:.1f}">{escape(label(links.short(n)))}</text></a>'
        )
    return Markup("\n".join([*out, "</svg>"]))


class Site:
    """The pages of an audit. api: whether the pages of the Python API stand beside it."""

    def __init__(self, made: Audit, api: bool = False) -> None:
        self.made = made
        self.headlines = {r.statement.full_name: r for r in made.rows if r.node is not None}
        self.pages = Environment(
            loader=PackageLoader("lejepa", "templates/site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.pages.globals.update(audit=made, graph=made.graph, lean=lean, prose=prose, version=__version__, api=api)

    def write(self, folder: Path) -> None:
        """Write all pages into an empty folder."""
        (folder / "statements").mkdir()
        (folder / "figures").mkdir()
        for name in STATIC:
            source = resources.files("lejepa") / "templates" / "site" / name
            (folder / name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        for figure in {f for r in self.made.rows for e in r.experiments for f in e.figures}:
            shutil.copyfile(figure, folder / "figures" / figure.name)
        (folder / "audit.json").write_text(json_text(self.made.as_json()), encoding="utf-8")
        self.page(folder / "index.html", "index.html", math=self.math, tally=tally(self.made))
        self.page(folder / "declarations.html", "declarations.html", files=self.files())
        self.page(folder / "theorems.html", "theorems.html", math=self.math, sections=self.sections())
        links = Links(self.made, "")
        graph, names = self.made.graph, set(self.headlines)
        everything = names.union(*(graph.behind(n) for n in names))
        self.page(
            folder / "graph.html",
            "graph.html",
            headlines=svg(graph, names, graph.among(names), links, "Statements and those that they rest on"),
            everything=svg(graph, everything, graph.drawn(everything), links, "Declarations behind the statements"),
            count=len(everything),
        )
        for row in self.made.rows:
            self.statement(folder / "statements" / f"{row.statement.lean}.html", row)

    def page(self, path: Path, template: str, up: str = "", **values: Any) -> None:
        links = Links(self.made, up)
        text = self.pages.get_template(template).render(up=up, link=links, short=links.short, **values)
        path.write_text(text, encoding="utf-8")

    def math(self, row: Row) -> Markup:
        return Markup(mathml(row.statement.formula, row.statement.lean))

    def statement(self, path: Path, row: Row) -> None:
        graph, name = self.made.graph, row.statement.full_name
        behind = graph.behind(name)
        picture = None
        if behind:
            part, links = behind | {name}, Links(self.made, "../")
            picture = svg(graph, part, graph.drawn(part), links, f"Declarations behind {name}", name)
        rows = self.made.rows
        here = rows.index(row)
        self.page(
            path,
            "statement.html",
            "../",
            row=row,
            math=self.math(row),
            picture=picture,
            behind=behind,
            users=[n for n, r in self.headlines.items() if name in graph.behind(n)],
            rests=[n for n in self.headlines if n in behind],
            before=rows[here - 1] if here else None,
            after=rows[here + 1] if here + 1 < len(rows) else None,
        )

    def sections(self) -> dict[str, list[Row]]:
        """The statements by the part of the paper that they belong to, in the order of the registry."""
        found: dict[str, list[Row]] = {}
        for row in self.made.rows:
            found.setdefault(row.statement.paper, []).append(row)
        return found

    def files(self) -> dict[str, list[str]]:
        """The declarations of each file, in their order there."""
        found: dict[str, list[str]] = {}
        for node in sorted(self.made.graph.nodes.values(), key=lambda n: (n.file, n.line)):
            found.setdefault(node.file, []).append(node.name)
        return found


def tally(made: Audit) -> list[tuple[str, str]]:
    """What the overview counts: a figure and what it counts."""
    checks = [c for r in made.rows for c in r.checks]
    run = [c for c in checks if c.result]
    planted = [c.mutants for c in checks if c.mutants]
    meant = sum(map(meant_of, planted))
    trained = {e.name: e for r in made.rows for e in r.experiments}.values()
    confirmed = sum(experiments.overall(e.configured.words) == "confirmed" for e in trained)
    absent = sum(e.state == "no evidence" for e in trained)
    found = [(str(made.count(state)), WORDS[state]) for state in STATES if state != "planned" or made.count(state)]
    found.append((f"{sum(c.verdict == 'holds' for c in run)} of {len(checks)}", "checks hold"))
    if planted:
        tried = "" if len(planted) == len(checks) else f", in {len(planted)} of {len(checks)} checks"
        found.append((f"{sum(m['caught'] for m in planted)} of {meant}", f"faults planted in checks caught{tried}"))
    if trained:
        beside = f", {absent} without evidence" if absent else ""
        found.append((f"{confirmed} of {len(trained)}", f"experiments confirmed{beside}"))
    return found


def write(root: Path, out: Path) -> Audit:
    """Make the audit and write it as JSON and as a site to `out/audit`, in the place of an older one."""
    target = through_links(out / FOLDER)
    if os.path.lexists(target) and not target.is_dir():
        raise UserError(f"{target}: expected a folder, which the site takes the place of, found something else")
    made = audit(root, out)
    make_folder(target.parent)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=".audit-"))
    old = fresh.with_name(f"{fresh.name}.old")
    try:
        Site(made, (out / API).is_file()).write(fresh)
        fresh.chmod(0o755)
        if target.exists():
            target.replace(old)
        fresh.replace(target)
    except OSError as e:
        if old.exists():
            old.replace(target)
        raise unwritable(target, e) from None
    finally:
        for folder in (fresh, old):
            shutil.rmtree(folder, ignore_errors=True)
    return made
