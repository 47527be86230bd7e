"""The graph of the proofs, from text and from a ledger, and its drawing."""

from lejepa.auditing import graph, lean
from lejepa.auditing.layout import draw
from lejepa.auditing.ledger import Entry, Ledger, Witness

TEXT = """namespace A
structure Box where
  size : Nat
def Box.double (b : Box) : Nat := b.size + b.size
theorem Box.double_eq (b : Box) : b.double = 2 * b.size := by unfold Box.double; omega
instance : Inhabited Box := ⟨⟨0⟩⟩
theorem main (b : Box) : b.double = 2 * b.size := b.double_eq -- not B.other
theorem last : True := by have := main; trivial
end A
namespace B
theorem other : True := trivial
theorem uses : True := A.last
end B
"""
DECLARED = {d.name: d for d in lean.parse(TEXT, "F.lean").declarations if not d.hidden}
UNKNOWN = Witness()


def entry(*uses: str) -> Entry:
    return Entry(kind="theorem", module="F", axioms=["propext"], uses=list(uses))


def test_text_names_what_it_uses() -> None:
    made = graph.build(DECLARED, UNKNOWN)
    uses = {n: list(node.uses) for n, node in made.nodes.items()}
    assert made.origin == "text"
    assert uses["A.Box.double_eq"] == ["A.Box", "A.Box.double"]
    assert uses["A.main"] == ["A.Box", "A.Box.double", "A.Box.double_eq"]
    assert uses["A.last"] == ["A.main"]
    assert uses["B.uses"] == ["A.last"]
    assert uses["B.other"] == []
    assert made.users["A.main"] == ["A.last"]
    assert made.behind("B.uses") == {"A.last", "A.main", "A.Box", "A.Box.double", "A.Box.double_eq"}


def test_lines_that_a_longer_way_implies_are_left_out() -> None:
    made = graph.build(DECLARED, UNKNOWN)
    names = {"A.main", "A.Box.double_eq", "A.Box.double", "A.Box"}
    assert made.drawn(names) == [
        ("A.Box.double", "A.Box"),
        ("A.Box.double_eq", "A.Box.double"),
        ("A.main", "A.Box.double_eq"),
    ]
    assert made.among({"B.uses", "A.Box", "B.other"}) == [("B.uses", "A.Box")]


def test_a_ledger_tells_what_text_can_not() -> None:
    declarations = {n: entry() for n in DECLARED} | {
        "A.main": entry("A.instInhabitedBox"),
        "A.instInhabitedBox": entry("A.Box.double_eq", "A.instInhabitedBox"),
    }
    book = Ledger(
        lean="Lean 4",
        trust="all of it, in this test",
        date="2026",
        scope="everything",
        files={"F.lean": "0" * 64},
        declarations=declarations,
    )
    made = graph.build(DECLARED, Witness(book, "compiled"))
    assert (made.origin, graph.build(DECLARED, Witness(book, "recorded")).origin) == ("compiled", "recorded")
    assert made.nodes["A.main"].uses == ("A.Box.double_eq",)  # by way of an instance that has no name in the sources
    assert made.nodes["A.main"].axioms == ("propext",)
    assert made.nodes["A.main"].proof.strip() == ":= b.double_eq"


def test_names_that_go_round_in_text_are_cut() -> None:
    text = "theorem a : True := b\ntheorem b : True := a\n"
    made = graph.build({d.name: d for d in lean.parse(text, "F.lean").declarations}, UNKNOWN)
    assert len(made.drawn({"a", "b"})) == 1


def test_a_drawing_puts_what_a_node_rests_on_to_its_right() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c"), ("c", "e"), ("a", "e")]
    nodes = [*"abcdef"]
    labels = {n: n * 5 for n in nodes}
    drawing = draw(nodes, edges, labels)
    boxes = drawing.boxes
    assert {(a, b) for a, b, _ in drawing.lines} == set(edges)
    assert all(boxes[a].x + boxes[a].width < boxes[b].x for a, b in edges)
    for n, box in boxes.items():
        assert 0 <= box.x <= box.x + box.width <= drawing.width
        assert 0 <= box.y <= box.y + box.height <= drawing.height
        for m, other in boxes.items():
            apart = box.x + box.width <= other.x or other.x + other.width <= box.x
            assert n == m or apart or abs(box.y - other.y) >= box.height
    assert draw(nodes, edges, labels) == drawing


def test_a_graph_without_lines_is_drawn() -> None:
    drawing = draw(["a", "b"], [], {"a": "a", "b": "b"})
    assert drawing.lines == []
    assert drawing.boxes["a"].y != drawing.boxes["b"].y
