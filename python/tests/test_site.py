"""The audit's site: its files link to each other, and in a browser it can be read and walked, wide and narrow."""

import shutil
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
from audited import Project
from lejepa.auditing import site
from lejepa.errors import UserError

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
browsed = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="no Chromium with chromedriver here: apt-get install chromium-driver"
)
PAGES = (
    "index.html",
    "graph.html",
    "declarations.html",
    "statements/linear_identifiability.html",
    "theorems.html",
)
INDEX, GRAPH, _, STATEMENT, THEOREMS = PAGES
WIDE, NARROW = (1280, 900), (360, 740)


class Page(HTMLParser):
    """What a page links to and loads, and the places in it that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.images: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "img":
            self.images.append(found)
        if place := found.get("id"):
            self.places.add(place)
        self.links += [v for k in ("href", "src") if (v := found.get(k))]


@cache
def parsed(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def small(sound: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the tests' own checkout, which has results and a ledger."""
    root = tmp_path_factory.mktemp("small") / "checkout"
    shutil.copytree(sound.root, root)
    site.write(root, root / "results")
    return root / "results" / "audit"


def test_every_link_leads_somewhere_in_the_site(built: Path, small: Path) -> None:
    for page in (*built.rglob("*.html"), *small.rglob("*.html")):
        for link in parsed(page).links:
            path, place = urldefrag(link)
            target = (page.parent / unquote(path)).resolve() if path else page.resolve()
            assert target.is_file(), f"{page.name}: {link}"
            assert target.is_relative_to(page.parents[1]), f"{page.name}: {link}"
            if place and target.suffix == ".html":
                assert unquote(place) in parsed(target).places or place == "main", f"{page.name}: {link}"


def test_figures_stand_beside_the_statement_and_say_what_they_show(small: Path) -> None:
    (image,) = parsed(small / "statements" / "one_add_one.html").images
    assert (small / "statements" / str(image["src"])).is_file()
    assert "tiny" in str(image["alt"])


def test_the_same_audit_gives_the_same_site(small: Path, tmp_path: Path) -> None:
    shutil.copytree(small.parent, tmp_path, dirs_exist_ok=True)
    site.write(small.parents[1], tmp_path)
    for page in small.rglob("*.*"):
        assert page.read_bytes() == (tmp_path / "audit" / page.relative_to(small)).read_bytes()


def test_the_site_takes_the_place_of_a_folder_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link to it stays, and what is no folder is refused before the work."""
    out, elsewhere = project.root / "results", project.root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "old").touch()
    (out / site.FOLDER).symlink_to(elsewhere)
    site.write(project.root, out)
    assert (out / site.FOLDER).is_symlink()
    assert (elsewhere / "index.html").exists()
    assert not (elsewhere / "old").exists()
    (out / site.FOLDER).unlink()
    (out / site.FOLDER).write_text("mine")
    monkeypatch.setattr(site, "audit", lambda *given: pytest.fail("worked"))
    with pytest.raises(UserError, match=r"results/audit: expected a folder, which the site takes the place of"):
        site.write(project.root, out)
    assert (out / site.FOLDER).read_text() == "mine"
    assert not list(out.glob(".audit-*"))


Browser = Any
OFFLINE = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(DRIVER))
    made.execute_cdp_cmd("Network.enable", {})
    made.execute_cdp_cmd("Network.emulateNetworkConditions", OFFLINE)
    yield made
    made.quit()


def show(browser: Browser, page: Path, size: tuple[int, int] = WIDE, dark: bool = False) -> None:
    """Open a page from the file system, in a window of this size and in light or dark."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == NARROW}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(page.as_uri())


@browsed
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_a_phone_and_a_desk(browser: Browser, built: Path, page: str) -> None:
    for size in (WIDE, NARROW):
        show(browser, built / page, size)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= size[0]
        small = """return [...document.querySelectorAll('main p, main li, main td')]
            .filter((e) => e.innerText && parseFloat(getComputedStyle(e).fontSize) < 13).length"""
        assert browser.execute_script(small) == 0
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


CONTRAST = """
const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
const rgba = (text) => {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data;
};
const light = (c) => {
  const [r, g, b] = [...c].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const c = rgba(getComputedStyle(e).backgroundColor);
    if (c[3] === 255) return c;
  }
  return rgba('white');
};
let worst = [21, ''];
for (const e of document.querySelectorAll('body *:not(svg, svg *)')) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!own || !e.checkVisibility()) continue;
  const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < worst[0]) worst = [ratio, e.tagName + '.' + e.className + ': ' + e.innerText];
}
return worst;
"""


@browsed
@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_in_light_and_dark(browser: Browser, built: Path, small: Path, dark: bool) -> None:
    own = small / "statements" / "one_add_one.html"
    for page in (*(built / name for name in (INDEX, GRAPH, STATEMENT, THEOREMS)), own):
        show(browser, page, dark=dark)
        for details in browser.find_elements("css selector", "details"):
            browser.execute_script("arguments[0].open = true", details)
        ratio, where = browser.execute_script(CONTRAST)
        assert ratio >= 4.5, where
        bright = (
            browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        )
        assert bright != dark


@browsed
def test_mathematics_is_rendered_beside_lean(browser: Browser, built: Path) -> None:
    page = built / STATEMENT
    boxes = (
        """return [...document.querySelectorAll('.beside > section')].map((s) => s.getBoundingClientRect().toJSON())"""
    )
    show(browser, page)
    mathematics, lean = browser.execute_script(boxes)
    assert mathematics["top"] == lean["top"]
    assert mathematics["right"] <= lean["left"]
    inner = browser.execute_script(
        "return [...document.querySelectorAll('math msup')].map((e) => [e.getBoundingClientRect().width,"
        " e.firstElementChild.getBoundingClientRect().bottom > e.lastElementChild.getBoundingClientRect().bottom])"
    )
    assert inner
    assert all(width > 0 and raised for width, raised in inner)
    show(browser, page, NARROW)
    mathematics, lean = browser.execute_script(boxes)
    assert mathematics["bottom"] <= lean["top"]


@browsed
def test_long_lines_of_lean_scroll_in_their_box_and_wrap_in_print(browser: Browser, built: Path) -> None:
    wide = "return [...document.querySelectorAll('pre')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    show(browser, built / THEOREMS, NARROW)
    assert browser.execute_script(wide) > 10
    scrolls = "return [...document.querySelectorAll('pre')].every((e) => getComputedStyle(e).overflowX === 'auto')"
    assert browser.execute_script(scrolls)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert browser.execute_script(wide) == 0
    assert browser.execute_script("return getComputedStyle(document.querySelector('header')).display") == "none"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@browsed
def test_the_site_is_walked_by_keyboard(browser: Browser, built: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    show(browser, built / INDEX)
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    browser.switch_to.active_element.send_keys(Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER)
    assert browser.current_url.endswith("graph.html")

    search = browser.find_element(By.CSS_SELECTOR, "#headlines input")
    search.send_keys("linear_identifiability")
    assert browser.find_element(By.CSS_SELECTOR, "#headlines output").text == "1 found"
    search.send_keys(Keys.ENTER)
    here = browser.switch_to.active_element
    assert here.get_attribute("data-id") == "Lejepa.linear_identifiability"
    said = browser.find_element(By.CSS_SELECTOR, "#headlines output").text
    assert "behind it" in said
    assert not said.startswith("0 ")
    here.send_keys(Keys.ARROW_RIGHT)
    there = browser.switch_to.active_element
    line = f'#headlines path[data-from="Lejepa.linear_identifiability"][data-to="{there.get_attribute("data-id")}"]'
    assert browser.find_elements(By.CSS_SELECTOR, line)
    there.send_keys(Keys.ARROW_LEFT)
    assert browser.switch_to.active_element.get_attribute("data-id") != there.get_attribute("data-id")
    there = browser.switch_to.active_element
    name = there.get_attribute("data-id").removeprefix("Lejepa.")
    there.send_keys(Keys.ENTER)
    assert browser.current_url.endswith(f"statements/{name}.html")


@browsed
def test_a_graph_can_be_made_to_fit(browser: Browser, built: Path) -> None:
    from selenium.webdriver.common.by import By

    show(browser, built / GRAPH, NARROW)
    graph = browser.find_element(By.CSS_SELECTOR, "#everything svg")
    pane = browser.find_element(By.CSS_SELECTOR, "#everything .scroll")
    assert graph.size["width"] > pane.size["width"]
    browser.find_element(By.CSS_SELECTOR, "#everything [data-zoom=fit]").click()
    assert graph.size["width"] <= pane.size["width"]
    before = graph.size["width"]
    browser.find_element(By.CSS_SELECTOR, "#everything [data-zoom=in]").click()
    assert graph.size["width"] > before


@browsed
def test_a_graph_opens_where_its_statement_stands(browser: Browser, built: Path) -> None:
    show(browser, built / STATEMENT, NARROW)
    inside = """const own = document.querySelector('#behind [aria-current] rect').getBoundingClientRect();
        const pane = document.querySelector('#behind .scroll').getBoundingClientRect();
        return own.top >= pane.top && own.bottom <= pane.bottom && own.left < pane.right && own.right > pane.left"""
    assert browser.execute_script(inside)


@browsed
def test_figures_are_loaded(browser: Browser, small: Path) -> None:
    show(browser, small / "statements" / "one_add_one.html")
    loaded = "const i = document.querySelector('img'); i.loading = 'eager'; await i.decode(); return i.naturalWidth"
    assert browser.execute_script(f"return (async () => {{ {loaded} }})()") > 100
