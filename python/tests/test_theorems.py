"""The page of the theorems: what it says a reader must believe, in each state, and how it is made."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from audited import TRUST, Project

VOID = {"meta", "link", "br", "img", "hr", "input"}
NOT_IN_A_PARAGRAPH = {"p", "ul", "ol", "li", "dl", "div", "pre", "section", "article", "h1", "h2", "h3", "h4"}
MORE_LEAN = """
/-- Nothing but a proof uses it. -/
def lonely : Nat := 4
theorem lonely_eq : lonely = 4 := rfl
theorem two : 1 + 1 = 2 := by
  have := lonely_eq
  rfl
theorem three : twice 1 + 1 = 3 := rfl
theorem one_twice : twice 1 = 2 := one_add_one
end Lejepa
"""
MORE_STATEMENTS = """instances = ["one_twice"]
outside = ["three"]

[[statement]]
lean = "two"
title = "Another sum"
paper = "elsewhere"
says = "One and one are two, again."
formula = '1 + 1 = 2'
checks = []
experiments = []

[[statement]]
lean = "three"
title = "A third"
paper = "nowhere"
says = "Two and one are three."
formula = '2 + 1 = 3'
checks = []
experiments = []
"""


class Page(HTMLParser):
    """A page's text, headings, links, ids and code, what its box says, and what is wrong with its HTML."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.wrong: list[str] = []
        self.code: list[str] = []
        self.landmarks: list[str] = []
        self.open: list[str] = []
        self.path = path
        source = path.read_text(encoding="utf-8")
        self.text = ""
        self.feed(source)
        self.close()
        if self.open:
            self.wrong.append(f"{self.open} are not closed")
        self.text = " ".join(self.text.split())
        (box,) = re.findall(r'<section class="believe".*?</section>', source, re.S)
        self.box = " ".join(re.sub(r"<[^>]*>", "", box).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in NOT_IN_A_PARAGRAPH and "p" in self.open:
            self.wrong.append(f"{tag} in p at {self.getpos()}")
        if tag == "pre":
            self.code.append("")
            if found.get("tabindex") != "0" or not found.get("aria-label"):
                self.wrong.append(f"pre without a label or out of reach of the keyboard at {self.getpos()}")
        if tag in ("main", "nav", "header", "footer"):
            self.landmarks.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.levels.append(int(tag[1]))
            self.headings.append("")
        if place := found.get("id"):
            self.ids.append(place)
        if href := found.get("href"):
            self.links.append(href)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()} in {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if "pre" in self.open:
            self.code[-1] += data
        if any(re.fullmatch(r"h\d", tag) for tag in self.open):
            self.headings[-1] += data

    def under(self, heading: str) -> list[str]:
        """The headings of the next level below a heading."""
        names = [h.strip() for h in self.headings]
        start = names.index(heading)
        found = []
        for level, name in zip(self.levels[start + 1 :], names[start + 1 :], strict=True):
            if level <= self.levels[start]:
                break
            if level == self.levels[start] + 1:
                found.append(name)
        return found


def page(p: Project) -> Page:
    p.faults()
    return Page(p.out / "audit" / "theorems.html")


@pytest.fixture
def larger(project: Project) -> Project:
    """The tests' checkout with two more statements, in another order of parts, an instance and a case outside."""
    text = project.lean.read_text()
    project.lean.write_text(text.replace("end Lejepa\n", MORE_LEAN))
    project.registry.write_text(project.registry.read_text().rstrip("\n") + "\n" + MORE_STATEMENTS)
    return project


@pytest.fixture(scope="module")
def own(built: Path) -> Page:
    """The page of this checkout, without results."""
    return Page(built / "theorems.html")


def test_a_compiled_package_says_who_compiled_it_and_on_what_trust(project: Project) -> None:
    project.write_ledger()
    made = page(project)
    assert "compiled" in made.text
    assert TRUST in made.box
    assert "The compilation on this machine" in made.box
    assert "Lean 4.0.0-sample" in made.box
    assert "records/lean.json" not in made.box
    assert "Lean itself said which definitions" in made.box


def test_a_recorded_package_says_whom_to_believe(project: Project) -> None:
    project.write_record()
    made = page(project)
    assert TRUST in made.box
    assert "The record records/lean.json" in made.box
    assert "you must believe whoever committed it" in made.box
    assert "The compilation" not in made.box


def test_a_stated_package_says_that_nobody_compiled_it_and_that_text_was_read(project: Project) -> None:
    made = page(project)
    assert "That Lean accepts the proof of 1 statement, marked stated" in made.box
    assert "the list was made from the text of the sources" in made.box
    assert TRUST not in made.text
    assert "Lean itself said" not in made.box
    assert "This 1 line of definitions: the one definition" in made.box
    assert made.under("Definitions") == ["twice"]


def test_a_refused_record_counts_for_nothing(project: Project) -> None:
    project.write_record()
    project.edit(project.lean, "n + n", "n + n + 0")
    made = page(project)
    assert TRUST not in made.text
    assert "Lean compiled other sources than these" in made.box


def test_a_theorem_that_leans_on_sorry_is_none_to_believe(project: Project) -> None:
    project.edit(project.lean, "  rw [twice_eq]\n", "  sorry\n")
    made = page(project)
    assert "1 statement, marked planned, has no proof to believe" in made.box
    assert "its text leans on sorry" in made.text
    assert "That Lean accepts" not in made.box


def test_a_statement_that_is_absent_has_its_formula_and_no_lean(project: Project) -> None:
    project.edit(project.registry, 'lean = "one_add_one"', 'lean = "nobody"')
    made = page(project)
    assert "The sources do not declare Lejepa.nobody" in made.text
    assert "the statements name none" in made.box
    assert "Definitions" not in [h.strip() for h in made.headings]


def test_what_lean_made_without_text_is_named(project: Project) -> None:
    """The ledger of these tests has a constant that the sources do not declare."""
    project.write_ledger()
    made = page(project)
    assert "1 constant of the package without a text of its own" in made.box
    assert "No other definition of the package" not in made.box
    project.write_ledger(type={"digest": "11", "names": []})
    assert "No definition of the package Lejepa" in page(project).box


def test_an_axiom_of_the_package_must_be_believed(project: Project) -> None:
    project.edit(project.registry, "[project]\n", '[project]\naxioms = "Lejepa/Sum.lean"\n')
    project.edit(project.lean, "/-- What *twice* is. -/\n", "/-- It helps. -/\naxiom helper : twice 1 = 2\n")
    assert "helper" not in page(project).box
    project.edit(project.lean, "  rw [twice_eq]\n", "  exact helper\n")
    made = page(project)
    assert "1 axiom of the package, on which some proofs rest: helper" in made.box
    assert made.under("Axioms of the package") == ["helper"]
    assert made.under("Definitions") == ["twice"]
    assert "axiom helper : twice 1 = 2" in made.code
    assert "This 1 line of definitions: the one definition" in made.box


def test_statements_stand_by_parts_in_the_order_of_the_registry(larger: Project) -> None:
    made = page(larger)
    assert made.under("Statements") == ["Nowhere", "Elsewhere"]
    assert made.under("Nowhere") == ["A sum", "A third"]
    assert made.under("Elsewhere") == ["Another sum"]
    assert "theorem one_add_one : twice 1 = 2" in made.code
    assert "lonely" not in " ".join(made.under("Definitions"))


def test_instances_and_cases_outside_are_named_and_lead_to_their_text(larger: Project) -> None:
    made = page(larger)
    assert "Instances, in which the hypotheses hold" in made.text
    assert "declarations.html#Lejepa.one_twice" in made.links
    assert "Cases outside" in made.text


def test_the_page_is_linked_from_the_overview_and_from_each_statement(larger: Project) -> None:
    ids = page(larger).ids
    folder = larger.out / "audit"
    assert 'href="theorems.html"' in (folder / "index.html").read_text().split("</header>")[1]
    for lean in ("one_add_one", "two", "three"):
        text = (folder / "statements" / f"{lean}.html").read_text()
        assert f'href="../theorems.html#Lejepa.{lean}"' in text
        assert f"Lejepa.{lean}" in ids


def test_a_heading_in_a_docstring_is_none_of_the_page(project: Project) -> None:
    project.edit(project.lean, "/-- Twice a number. -/", "/-- # Twice\n\na number.\n\nAgain\n===== -/")
    made = page(project)
    assert made.levels == [1, 2, 2, 3, 2, 3, 4]
    assert "Twice" in made.text
    assert made.wrong == []


def sound_html(made: Page) -> None:
    """Headings in order, landmarks, one place for each id, elements closed where they may be."""
    assert made.wrong == []
    assert made.levels[0] == 1
    assert made.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(made.levels, made.levels[1:], strict=False))
    assert made.landmarks.count("main") == 1
    assert {"header", "nav", "footer"} <= set(made.landmarks)
    assert sorted(made.ids) == sorted(set(made.ids))
    assert not [place for place in made.ids if " " in place]


@pytest.mark.parametrize("state", ["compiled", "recorded", "stated"])
def test_the_page_is_sound_html_in_each_state(larger: Project, state: str) -> None:
    if state == "compiled":
        larger.write_ledger()
    elif state == "recorded":
        larger.write_record()
    made = page(larger)
    assert len(re.findall(rf"{state} (?:fault )?one_add_one", made.text)) == 1
    sound_html(made)


def test_the_page_of_this_package_is_sound_html(own: Page) -> None:
    sound_html(own)


def test_the_lines_of_this_package_are_those_in_the_boxes_of_its_definitions(own: Page) -> None:
    names = own.under("Definitions")
    boxes = own.code[: len(names)]
    bare = [re.sub(r"/-.*?-/", "", re.sub(r"--.*", "", code.replace("/--", "/- ")), flags=re.S) for code in boxes]
    lines = sum(bool(line.strip()) for code in bare for line in code.splitlines())
    assert f"These {lines} lines of definitions: the {len(names)} definitions" in own.box


def test_each_definition_of_this_package_stands_after_those_that_its_text_names(own: Page) -> None:
    names = own.under("Definitions")
    assert {"stdGaussian", "γ", "ouLaw", "IsWhite", "alignment", "ControlProblem"} <= set(names)
    for i, code in enumerate(own.code[: len(names)]):
        words = set(re.findall(r"[\wγ']+", code))
        later = [name for name in names[i + 1 :] if "." not in name and name in words]
        assert later == [], names[i]


def test_the_page_says_the_same_without_the_site_s_script(project: Project) -> None:
    project.write_ledger()
    text = (page(project).path).read_text()
    assert re.findall(r"<script[^>]*>", text) == ['<script src="graph.js" defer>']
    assert not re.findall(r"data-zoom|onclick|https?://(?!www.w3.org)", text)


def test_an_older_page_is_replaced(project: Project) -> None:
    page(project)
    shutil.copy(project.out / "audit" / "theorems.html", project.out / "kept.html")
    project.write_ledger()
    assert page(project).path.read_text() != (project.out / "kept.html").read_text()
