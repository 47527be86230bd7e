"""Layered drawings of directed graphs: from left to right, what a node rests on stands to its right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fast_sugiyama import from_edges

ROW, GAP, MARGIN, BOX = 34.0, 56.0, 12.0, 24.0
CHARACTER, PADDING = 7.3, 9.0  # of the monospaced labels, 12 px

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Where a node is drawn: its left upper corner, width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """A drawing of `width` by `height` px: boxes by node, and for each edge the SVG path of its line."""

    width: float
    height: float
    boxes: dict[str, Box]
    lines: list[tuple[str, str, str]]


def width_of(label: str) -> float:
    return CHARACTER * len(label) + 2 * PADDING


def draw(nodes: Sequence[str], edges: Iterable[tuple[str, str]], labels: dict[str, str]) -> Drawing:
    """Draw a graph without cycles; the same graph always gives the same drawing."""
    number = {n: i for i, n in enumerate(nodes)}  # unlike names, numbers have the same order in a set in every run
    numbered = sorted((number[a], number[b]) for a, b in edges)
    points: dict[int, Point] = {}  # (layer, row), dummies of long edges too
    pieces: list[tuple[int, int]] = []
    top, fresh = 0.0, len(nodes)
    layouts = from_edges(numbered, vertex_spacing=1, dummy_vertices=True, dummy_size=0.6) if numbered else []
    for positions, _, _, drawn in sorted(layouts, key=lambda layout: -len(layout[0])):
        names = {p: p if isinstance(p, int) and p < len(nodes) else fresh + i for i, (p, _) in enumerate(positions)}
        fresh += len(positions)
        layers, rows = [y for _, (_, y) in positions], [x for _, (x, _) in positions]
        for p, (x, y) in positions:
            points[names[p]] = (round(max(layers) - y), top + x - min(rows))
        pieces += [(names[a], names[b]) for a, b in drawn or ()]
        top += max(rows) - min(rows) + 1.5
    for i in range(len(nodes)):
        if i not in points:
            points[i] = (0, top)
            top += 1
    widths: dict[float, float] = {}
    for i, n in enumerate(nodes):
        layer = points[i][0]
        widths[layer] = max(widths.get(layer, 0), width_of(labels[n]))
    left, x = {}, MARGIN
    for layer in sorted({layer for layer, _ in points.values()}):
        left[layer] = x
        x += widths.get(layer, 0) + GAP
    boxes = {
        n: Box(left[points[i][0]], MARGIN + ROW * points[i][1], width_of(labels[n]), BOX) for i, n in enumerate(nodes)
    }
    height = MARGIN * 2 + BOX + ROW * max((row for _, row in points.values()), default=0)
    after: dict[int, list[int]] = {}
    for a, b in pieces:
        after.setdefault(a, []).append(b)

    def end(i: int, side: str) -> Point:
        """The right or left end of a node, or of the straight stretch of an edge through a layer."""
        layer, row = points[i]
        y = MARGIN + ROW * row + BOX / 2
        if i < len(nodes):
            box = boxes[nodes[i]]
            return (box.x + box.width if side == "right" else box.x), y
        return left[layer] + (widths.get(layer, 0) if side == "right" else 0), y

    lines = []
    for i, n in enumerate(nodes):
        for step in after.get(i, ()):
            path = [f"M{shown(end(i, 'right'))}"]
            here, there = i, step
            while True:
                (x0, y0), (x1, y1) = end(here, "right"), end(there, "left")
                middle = (x0 + x1) / 2
                path.append(f"C{shown((middle, y0))} {shown((middle, y1))} {shown((x1, y1))}")
                if there < len(nodes):
                    break
                path.append(f"L{shown(end(there, 'right'))}")
                here, there = there, after[there][0]
            lines.append((n, nodes[there], "".join(path)))
    return Drawing(x - GAP + MARGIN, height, boxes, lines)


def shown(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
