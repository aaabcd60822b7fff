"""The guide and the errata as pages of HTML: all of them is there, set, and needs no network."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.handout.html_pages import html_pages
from autograder.handout.mathml import mathml
from autograder.handout.release import HandoutError
from tests.browser import CHROMIUM, chromium, visit
from tests.desk import handout

FILES = handout()
NAMES = ("GUIDE", "ERRATA")
PAGES = {name: FILES[f"{name}.html"].decode() for name in NAMES}
EACH = pytest.mark.parametrize("name", NAMES)
VOID = {"meta", "img", "br", "hr"}
# MathML Core, which all current browsers have.
CORE = re.compile(
    "math|semantics|annotation|mrow|m(i|n|o|text|space|frac|style|sub|sup|subsup|under|over|underover|table|tr|td)"
)


class Page(HTMLParser):
    """A page's elements with their attributes; each is closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        # A block inside of a paragraph would end it.
        assert "p" not in self.open or tag not in ("p", "div", "details", "pre", "table", "ul", "h2", "h3")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str, attribute: str) -> list[str]:
        return [value for found, attrs in self.found if found == tag and (value := attrs.get(attribute))]


def formulas(markdown: str) -> list[str]:
    """The formulas of a page of Markdown, by other means than the converter's: a line's code is taken out first."""
    text = re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE))
    return [part.strip() for part in re.split(r"\$\$?", text)[1::2]]


@EACH
def test_every_formula_is_set(name: str) -> None:
    """Each formula of the Markdown is in the page as MathML, in order, and no LaTeX is left among the words."""
    due = formulas(FILES[f"{name}.md"].decode())
    sources = re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', PAGES[name], re.DOTALL)
    assert [unescape(source) for source in sources] == due
    assert len(due) > 40
    words = re.sub(
        r"<style>.*?</style>|<math.*?</math>|<pre.*?</pre>|<code>.*?</code>", "", PAGES[name], flags=re.DOTALL
    )
    assert not re.search(r"\$|\\[a-z]|[\ue000-\uf8ff]", words)


@EACH
def test_formulas_are_what_browsers_know(name: str) -> None:
    """Each is well-formed, of elements of MathML Core with as many children as they take."""
    children = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
    for text in re.findall(r"<math.*?</math>", PAGES[name], re.DOTALL):
        for node in ET.fromstring(text).iter():
            assert CORE.fullmatch(node.tag)
            assert len(node) == children.get(node.tag, len(node)), text


@EACH
def test_the_page_is_whole_and_alone(name: str) -> None:
    """Elements are nested; nothing is fetched; each link leads to a heading or to a file of the handout."""
    page = Page(PAGES[name])
    assert all(source.startswith("data:image/svg+xml;base64,") for source in page.all("img", "src"))
    assert all(page.all("img", "alt"))
    assert not re.search(r"https?:|<script|<link|@import|url\(", PAGES[name])
    ids = {other: [attrs["id"] for _, attrs in Page(PAGES[other]).found if "id" in attrs] for other in NAMES}
    assert len(ids[name]) == len(set(ids[name]))
    for target in page.all("a", "href"):
        file, _, anchor = target.partition("#")
        assert not file or file in FILES
        assert not file.endswith(".md")
        assert not anchor or anchor in ids[file.removesuffix(".html") or name]


@EACH
def test_nothing_of_the_markdown_is_lost(name: str) -> None:
    """As many folds, tables, pictures and headings as in the Markdown, and the list of contents has each heading."""
    markdown, page = FILES[f"{name}.md"].decode(), Page(PAGES[name])
    tags = [tag for tag, _ in page.found]
    assert tags.count("details") == markdown.count("<details>") + 1
    assert tags.count("table") == len(re.findall(r"^\|[-:| ]+\|$", markdown, re.MULTILINE))
    assert tags.count("img") == len(re.findall(r"^!\[", markdown, re.MULTILINE))
    headings = re.findall(r"^##+ (.+)$", re.sub(r"```.*?```", "", markdown, flags=re.DOTALL), re.MULTILINE)
    assert re.findall(r'<li[^>]*><a href="#[^"]+">(.+?)</a>', PAGES[name]) == headings


def test_the_readme_names_the_pages() -> None:
    """It says what they are."""
    row = next(line for line in FILES["README.md"].decode().splitlines() if "GUIDE.html" in line)
    assert "ERRATA.html" in row
    assert "no network" in row


@pytest.mark.parametrize(
    ("latex", "due"),
    [
        (r"h_{t-1}", "<msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>"),
        (r"\sum_c y_c", "<munder><mo>∑</mo><mi>c</mi></munder><msub><mi>y</mi><mi>c</mi></msub>"),
        (r"\frac{1}{T}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>T</mi></mrow></mfrac>"),
        (r"\varphi'(a)", '<msup><mi>φ</mi><mrow><mo>′</mo></mrow></msup><mo stretchy="false">(</mo>'),
        (r"\text{a & b}", "<mtext>a\u00a0&amp;\u00a0b</mtext>"),
        (r"x_1^2", "<msubsup><mi>x</mi><mn>1</mn><mrow><mn>2</mn></mrow></msubsup>"),
        (r"\lambda", "<mi>λ</mi>"),
    ],
)
def test_a_formula_becomes(latex: str, due: str) -> None:
    """Indices, sums, fractions, primes and words."""
    assert due in mathml(latex)


@pytest.mark.parametrize("latex", [r"\unknown{x}", r"\frac{1}", "{x", r"\begin{aligned} x", "x ~ y", r"\left( x"])
def test_what_cannot_be_set_is_said(latex: str) -> None:
    """An unknown command or a bracket that is left open is an error that names the page and the formula."""
    with pytest.raises(HandoutError, match=re.escape("PAGE.md: ")):
        html_pages({"PAGE.md": f"# Title\n\nThen ${latex}$.\n".encode()})


def test_a_page_without_formulas_stays_markdown() -> None:
    """A README that any viewer shows has no second edition, and code with a dollar sign is no formula."""
    assert html_pages({"README.md": b"# Read me\n\n`$HOME` and\n\n```\n$ pytest\n$ ls\n```\n"}) == {}


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    pytest.importorskip("playwright", reason="needs Playwright: make browser")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: make browser")
    with chromium() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@EACH
def test_a_browser_shows_it(browser, tmp_path: Path, name: str, scheme: str) -> None:
    """On a phone: formulas have a height, nothing is too wide, nothing is fetched, axe finds nothing."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make browser")
    path = tmp_path / f"{name}.html"
    path.write_text(PAGES[name], encoding="utf-8")
    with visit(browser, path, viewport={"width": 390, "height": 800}, color_scheme=scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        heights = seen.page.evaluate(
            "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)"
        )
        assert min(heights) > 5
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert seen.page.evaluate("[...document.images].every(image => image.naturalWidth > 100)")
        assert seen.noticed == []
        found = axe.Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()
