"""What students name and write, through the whole program: nothing of it acts on a screen, a page or a spreadsheet."""

import csv
import json
import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from click.testing import CliRunner

from autograder.cli import main
from tests.attacks.attack import attacks
from tests.attacks.ground import REFERENCE_OPENS
from tests.conftest import REFERENCE, edited
from tests.locked import has, needs

CONFIG = "[limits]\ncall_cpu_seconds = 0.3\nsubmission_seconds = 1.5\nmemory_mb = 256\n"
# Names that students can give to a folder; "/" and NUL are all that a file system forbids.
IDS = (
    "=HYPERLINK(1)",
    "+1+1",
    "-2-2",
    "@SUM(A1:A9)",
    "\t=1+1",
    "a;=1+1",
    'a",100,"graded',
    "a\nmallory,100,100,graded",
    "a\r=1",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egradlam",
    "a\u200bb",
    "<script>alert(1)<-script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[bold red]a[-bold red]",
    ":smiley:",
    "`a`|a|**a**",
    "--help",
    "con",
    "a" * 120,
)
# Each of these is written where a remark, a message or a flag quotes the student.
SAYS = "<script>alert(1)</script>\x1b[2J\u202e [a](http://127.0.0.1)"
WRITES = {
    "remark": f"raise ValueError({SAYS!r})",
    "package": "import caf\u00e9_\u202e".encode("unicode_escape").decode(),
    "docstring": f"def bptt_V(dO, H):\n    {SAYS!r}\n    raise RuntimeError(bptt_V.__doc__)",
    "path": f"def bptt_V(dO, H):\n    open('/' + {SAYS!r})",
    "type": f"def bptt_V(dO, H):\n    raise type({SAYS!r}, (Exception,), {{}})",
    "container": f"def bptt_V(dO, H):\n    return type({SAYS!r}, (tuple,), {{}})((1, 2))",
    "kind": f"def bptt_V(dO, H):\n    return type({SAYS!r}, (), {{}})()",
    "fields": f"def bptt_V(dO, H):\n    return np.zeros(3, [({SAYS!r}, float)])",
}


@dataclass(frozen=True)
class Written:
    """What a run showed and wrote."""

    screen: str
    rows: list[dict[str, str]]
    pages: dict[str, str]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A class of hostile names and texts, graded and reported by the commands."""
    place = tmp_path_factory.mktemp("output")
    texts = {student: edited(("def bptt_V", "def bptt_v")) for student in IDS}
    texts |= {name: f"{REFERENCE}\n{code}\n" for name, code in WRITES.items()}
    texts |= {attack.path.stem: attack.text for attack in attacks() if attack.family == "output"}
    texts["file name"] = REFERENCE
    for student, text in texts.items():
        folder = place / "class" / student
        folder.mkdir(parents=True)
        (folder / ("=1\x1b[2J\u202e<b>.py" if student == "file name" else "rnn.py")).write_text(text, encoding="utf-8")
    (place / "config.toml").write_text(CONFIG)
    command = ["grade", str(place / "class"), "--out", str(place / "results"), "--jobs", "1", "--unprotected"]
    graded = CliRunner().invoke(main, [*command, "--config", str(place / "config.toml")])
    assert graded.exit_code == 0, graded.output
    reported = CliRunner().invoke(main, ["report", str(place / "results")])
    with (place / "results" / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    pages = {path.name: path.read_text(encoding="utf-8") for path in (place / "results" / "feedback").iterdir()}
    assert len(rows) == len([name for name in pages if name.endswith(".md")]) == len(texts)
    return Written(graded.output + reported.output, rows, pages)


def is_inert(text: str) -> bool:
    """Whether a text holds no control character but the line's end, and nothing invisible or that turns it around."""
    return all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in text)


def told(value: Any) -> str:
    """Return all texts of a JSON document, in lines."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    return "\n".join(map(told, value)) if isinstance(value, list) else str(value)


def test_the_screen_shows_plain_text(written: Written) -> None:
    """No escape, carriage return or mark of direction reaches the terminal, and rich takes nothing for markup."""
    assert is_inert(written.screen)
    assert REFERENCE_OPENS not in written.screen


def test_flags_are_shown_and_are_plain_text(written: Written) -> None:
    """The path that a student asked for is quoted with its escapes written out."""
    needs(has("watched"), "this kernel does not report refused calls")
    assert "path: bptt_V tried to read /<script>alert(1)</script>\\x1b[2J\\u202e" in written.screen


def test_a_spreadsheet_computes_nothing(written: Written) -> None:
    """No cell begins like a formula, one student is one row, and marks are in their own columns."""
    for row in written.rows:
        assert None not in row
        assert None not in row.values()
        for cell in row.values():
            assert is_inert(cell)
            assert "\n" not in cell
            assert not re.match(r"\s*[=+\-@]", cell), cell
    assert {row["status"] for row in written.rows} == {"graded"}
    assert {float(row["score"]) for row in written.rows} <= {93.0, 100.0}


def test_a_file_of_feedback_is_plain_text(written: Written) -> None:
    """Names and contents hold no character that is invisible or acts, in whichever form the feedback is written."""
    for name, page in written.pages.items():
        assert is_inert(name)
        assert is_inert(page), name
        assert not name.endswith(".json") or is_inert(told(json.loads(page))), name


def test_markdown_holds_no_html_and_no_link(written: Written) -> None:
    """Markdown takes nothing that a student wrote for HTML, a link or a picture."""
    for name, page in written.pages.items():
        if name.endswith(".md"):
            assert not re.search(r"(?<!\\)(?:\\\\)*<", page), name
            assert not re.search(r"(?<!\\)(?:\\\\)*\]\(", page), name


class Tags(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag with its attributes."""
        self.tags.append((tag, dict(attrs)))


def test_a_page_loads_and_runs_nothing(written: Written) -> None:
    """In HTML no tag comes from a student: no script, picture, handler or address of theirs."""
    pages = {name: page for name, page in written.pages.items() if name.endswith(".html")}
    assert pages
    for name, page in pages.items():
        parser = Tags()
        parser.feed(page)
        assert not {tag for tag, _ in parser.tags} & {"script", "img", "iframe", "b", "object", "embed"}, name
        for _, attributes in parser.tags:
            assert not any(attribute.startswith("on") for attribute in attributes), name
            assert not any(
                "javascript:" in (value or "") or "127.0.0.1" in (value or "") for value in attributes.values()
            )


def test_a_page_says_what_was_raised(written: Written) -> None:
    """Made harmless, the words are still there for the student to read."""
    for ending, harmless in ((".md", "script>alert(1)"), (".html", "&lt;script&gt;alert(1)"), (".json", "alert(1)")):
        page = written.pages[f"type{ending}"]
        assert harmless in page
        assert "x1b[2J" in page
