"""Pages of Markdown as pages of HTML: each a file of its own, with its pictures in it and its formulas as MathML."""

import re
from base64 import b64encode
from collections.abc import Mapping
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.handout.mathml import mathml
from autograder.handout.render import html_frame
from autograder.handout.stubs import HandoutError

# Code, which has no formulas in it; then a formula in a line of its own, and one among words.
_FORMULA = re.compile(r"(```.*?```|`[^`\n]+`)|\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
# Stands for a formula while Markdown is read, which would find emphasis and table cells in it.
_PLACE = "\ue000{}\ue001"
_WIDE = '<div class="wide" tabindex="0" role="group" aria-label="{}">{}</div>'


def html_pages(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return, as HTML, the pages among the files that have formulas: what shows Markdown alone shows those as code.

    Raises:
        HandoutError: a formula can't be set.
    """
    texts = {name: content.decode() for name, content in files.items() if name.endswith(".md")}
    chosen = {name: text for name, text in texts.items() if any(not found[1] for found in _FORMULA.finditer(text))}
    return {_html_name(name): _page(name, text, set(chosen), files).encode() for name, text in chosen.items()}


def _page(name: str, text: str, pages: set[str], files: Mapping[str, bytes]) -> str:
    formulas: list[str] = []

    def place(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        try:
            formulas.append(mathml(found[2] or found[3], display=bool(found[2])))
        except ValueError as error:
            raise HandoutError(f"{name}: {error}") from error
        return _PLACE.format(len(formulas) - 1)

    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(_FORMULA.sub(place, text))
    contents = _headings(tokens)
    for token in tokens:
        for inner in token.children or ():
            _point(inner, pages, files)
    body = str(markdown.renderer.render(tokens, markdown.options, {}))
    for number, formula in enumerate(formulas):
        # A wide formula or table scrolls by itself, with the keyboard too.
        body = body.replace(f"<p>{_PLACE.format(number)}</p>", _WIDE.format("formula", formula))
        body = body.replace(_PLACE.format(number), formula)
    body = re.sub(r"<table>.*?</table>", lambda table: _WIDE.format("table", table[0]), body, flags=re.DOTALL)
    return html_frame(contents[0][2], contents[1:], body.replace("<pre>", '<pre tabindex="0">'))


def _headings(tokens: list[Token]) -> list[tuple[int, str, str]]:
    """Give each heading the id that its links have in Markdown; return their levels, ids and texts."""
    found = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            anchor = re.sub(r"[^\w\- ]", "", inline.content.lower()).replace(" ", "-")
            token.attrSet("id", anchor)
            found.append((int(token.tag[1:]), anchor, escape(inline.content)))
    return found


def _point(token: Token, pages: set[str], files: Mapping[str, bytes]) -> None:
    """Make a link lead to the page in HTML, and put a picture into the page."""
    if token.type == "link_open":
        page, mark, anchor = str(token.attrGet("href")).partition("#")
        token.attrSet("href", (_html_name(page) if page in pages else page) + mark + anchor)
    if token.type == "image":
        source = str(token.attrGet("src"))
        if source not in files:
            raise HandoutError(f"there is no {source}")
        token.attrSet("src", f"data:image/svg+xml;base64,{b64encode(files[source]).decode('ascii')}")


def _html_name(page: str) -> str:
    return page.removesuffix(".md") + ".html"
