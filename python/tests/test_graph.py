"""The graph of the proofs, from text and from a ledger, and its drawing."""

from dataclasses import replace

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


def test_every_field_of_a_node_is_what_sources_and_ledger_say() -> None:
    text = "/-- Doc. -/\ntheorem a : True := trivial\ntheorem b : True := a\ntheorem c : True := b\n"
    declared = {d.name: d for d in lean.parse(text, "F.lean").declarations}
    declarations = {
        "a": Entry(kind="theorem", module="F", axioms=["b.ax", "a.ax"], uses=[], statement="a : True"),
        "b": entry("hidden", "absent", "b"),
        "hidden": entry("further", "hidden"),
        "further": entry("a", "hidden"),
    }
    book = Ledger(
        lean="Lean 4", trust="all of it, in this test", date="2026", scope="everything",
        files={"F.lean": "0" * 64}, declarations=declarations,
    )  # fmt: skip
    made = graph.build(declared, Witness(book, "recorded"))
    d = declared["a"]
    assert made.nodes["a"] == graph.Node(
        "a", "theorem", "F.lean", 2, "Doc.", d.statement, d.proof, (), "a : True", ("a.ax", "b.ax")
    )
    assert made.nodes["b"].uses == ("a",)
    assert (made.nodes["c"].uses, made.nodes["c"].axioms, made.nodes["c"].elaborated) == ((), None, None)
    read = graph.build(declared, UNKNOWN)
    assert read.nodes["a"] == graph.Node("a", "theorem", "F.lean", 2, "Doc.", d.statement, d.proof, ())
    assert graph.build(declared, Witness(book, None)).origin == "text"
    assert (read.behind("c"), read.behind("absent"), read.users["a"]) == ({"a", "b"}, set(), ["b"])


def uses(text: str) -> dict[str, list[str]]:
    return graph.uses_in_text({d.name: d for d in lean.parse(text, "F.lean").declarations})


def test_names_are_resolved_from_the_inside_out() -> None:
    text = (
        "def x := 0\nnamespace A\ndef x := 1\nnamespace B\ndef y := x\nend B\ndef z := B.y\nend A\n"
        "def u := x\nopen A in\ndef v := z\ndef w := A.B.y\nopen A\ndef t := x\n"
    )
    assert uses(text) == {
        "x": [], "A.x": [], "A.B.y": ["A.x"], "A.z": ["A.B.y"], "u": ["x"], "v": ["A.z"], "w": ["A.B.y"], "t": ["x"],
    }  # fmt: skip


def test_the_longest_beginning_that_is_a_name_counts_and_a_last_part_that_only_one_has() -> None:
    text = (
        "def f := 0\ndef f.g := 0\ndef P.bound := 0\ndef Q.size := 0\ndef R.size := 0\n"
        "def a := f.g.h\ndef b := f.k\ndef c := h.bound\ndef d := h.size\ndef e := bound\n"
        "def selfish := x.selfish + selfish\n"
    )
    found = uses(text)
    assert (found["a"], found["b"], found["c"], found["d"], found["e"]) == (["f.g"], ["f"], ["P.bound"], [], [])
    assert found["selfish"] == []


def test_what_a_notation_stands_for_is_used_too() -> None:
    declared = {d.name: d for d in lean.parse("def f := 0\ndef g := κ\n", "F.lean").declarations}
    declared["g"] = replace(declared["g"], notation='notation "κ" => f')
    assert graph.uses_in_text(declared) == {"f": [], "g": ["f"]}


def test_among_some_what_lies_between_is_left_out() -> None:
    text = "theorem a : P := q\n" + "".join(f"theorem {n} : P := {m}\n" for n, m in ("ba", "cb", "dc", "ed"))
    made = graph.build({d.name: d for d in lean.parse(text, "F.lean").declarations}, UNKNOWN)
    assert made.among({"a", "c", "e"}) == [("c", "a"), ("e", "c")]
    assert made.among({"e", "absent"}) == []
    assert made.drawn({"a", "c", "e"}) == []
    assert made.drawn({"a", "b", "c"}) == [("b", "a"), ("c", "b")]


def test_what_goes_round_is_cut_once_and_the_rest_stays() -> None:
    text = "theorem a : P := b\ntheorem b : P := c\ntheorem c : P := a\ntheorem d : P := a\n"
    made = graph.build({d.name: d for d in lean.parse(text, "F.lean").declarations}, UNKNOWN)
    drawn = made.drawn({"a", "b", "c", "d"})
    assert ("d", "a") in drawn
    assert len(set(drawn) & {("a", "b"), ("b", "c"), ("c", "a")}) == 2
    assert made.among({"a", "b", "d"}) in ([("d", "a"), ("d", "b")],)  # neither of two that rest on each other


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
