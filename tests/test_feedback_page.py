"""The feedback page of one student: what stands on it, and what can't run on it."""

import base64
import hashlib
import html.parser
import itertools
import re

import pytest

from autograder.model.verdict import Diagnosis, Excerpt, Finding, Outcome, PartOutcome
from autograder.reports import feedback_page
from autograder.reports.strip import strip_of
from tests.hostile import EVERYTHING, STRINGS, hostile_verdict
from tests.sample_verdicts import graded, missing, not_graded


class Page(html.parser.HTMLParser):
    """A page as a browser takes it apart: elements with their attributes, and the text between them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_everything_is_said():
    """Total, state and points per task, diagnosis with question and slide, what was expected and came, the code."""
    finding = Finding("tanh", "square", "wrong values", "a = 1", "a = 2", "a[0], step t = 3", (0.0, 0.0, 0.2, 0.6))
    diagnosis = Diagnosis((("x",),), "the slope is left out", ("What is the slope of tanh?",), ("The Math", "Grad W"))
    code = Excerpt("rnn.py", 41, ("def forward(x):", "    return x"), (42,))
    outcome = Outcome(
        "forward", "partial", 3, 15, (finding,), ("float64 was asked",), (diagnosis,), ("all are 0",), (code,)
    )
    page = Page(feedback_page(graded("ana", 0.03, tasks=(outcome,), message="Well begun.", notes=("graded rnn.py",))))
    for said in (
        "Feedback for ana", "3 of 100 points (graded)", "Well begun.", "graded rnn.py", "Task 3: forward", "partial",
        "3 of 15", "The slope is left out.", "What is the slope of tanh?", "The Math, Grad W", "all are 0",
        'For the tanh network (case "square")', "a = 1", "a = 2", "step t = 3", "float64 was asked", "return x",
        "← here",
        "Right up to step 2, wrong from step 3: 2 of 4 steps differ.",
    ):  # fmt: skip
        assert said in page.text, said
    assert {"aria-label": "Right up to step 2, wrong from step 3: 2 of 4 steps differ."}.items() <= page.all("svg")[
        0
    ].items()
    assert page.all("ol")[0]["start"] == "41"


def test_parts_and_repeated_mistakes():
    """Each part has its points, in the table and in its section; a mistake that was named before is a link to there."""
    parts = (PartOutcome("tanh", "the tanh network", 0, 12), PartOutcome("identity", "the identity", 3, 3))
    slope = Diagnosis((("x",),), "the slope is left out", ("What is tanh'?",), ("Grad W",))
    wrong = Finding("tanh", "square", "wrong values")
    tasks = (
        Outcome("bptt_W", "partial", 3, 15, (wrong,), diagnoses=(slope,), parts=parts),
        Outcome("bptt_U", "fail", 0, 7, (wrong,), diagnoses=(slope,)),
        Outcome("bptt_bias", "pass", 4, 4, parts=parts[1:] * 2),
    )
    page = Page(feedback_page(graded("ana", tasks=tasks)))
    assert page.text.count("✗ the tanh network: 0 of 12") == 2
    assert page.text.count("✓ the identity: 3 of 3") == 4
    assert page.text.count("The slope is left out.") == page.text.count("What is tanh'?") == 1
    assert page.text.count("This looks like a known mistake") == 2
    assert "The same as in Task 7 (bptt_W)." in page.text
    assert [link["href"] for link in page.all("a")].count("#bptt_W") == 2


@pytest.mark.parametrize("verdict", [graded("ana"), missing("ben"), not_graded("cy"), hostile_verdict()])
def test_the_page_is_built_for_every_reader(verdict):
    """A language, a title, one h1, no heading level left out, landmarks, and headers that name rows and columns."""
    page = Page(feedback_page(verdict))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert page.all("html") == [{"lang": "en"}]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == 1
    assert all(header.get("scope") in ("row", "col") for header in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(link["href"].removeprefix("#") in ids for link in page.all("a"))


def test_our_fault_is_no_zero():
    """A student on whom the grader failed reads that there is no mark."""
    page = Page(feedback_page(not_graded("ana")))
    assert "No mark" in page.text
    assert "0 of" not in page.text


def test_nothing_of_a_student_becomes_markup():
    """A page full of hostile text has the elements of a harmless page, no script, and no attribute of theirs."""
    page = Page(feedback_page(hostile_verdict()))
    harmless = Page(feedback_page(hostile_verdict("ana")))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in harmless.elements]
    assert {"script", "iframe", "img", "link", "base", "object", "form"}.isdisjoint(tag for tag, _ in page.elements)
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert "{{ 7 * 7 }}" in page.text
    assert STRINGS[0] in page.text


def test_nothing_invisible_is_on_the_page():
    """Controls, terminal escapes and bidi characters are shown as escapes."""
    source = feedback_page(hostile_verdict())
    assert all(character.isprintable() or character == "\n" for character in source)
    assert r"\u202e" in source


def test_the_policy_allows_the_style_and_nothing_else():
    """The page's policy forbids every script and every request; its own style sheet is allowed by hash."""
    source = feedback_page(hostile_verdict())
    page = Page(source)
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "http" not in style[1]
    head = source.partition("</head>")[0]
    assert head.index("Content-Security-Policy") < head.index("<title>")  # before anything of a student's


def test_what_is_right_takes_one_line():
    """Tasks without remarks have a line in the table and no section."""
    page = Page(feedback_page(graded("ana")))
    assert page.all("section") == []
    assert len(page.all("tr")) == 15


@pytest.mark.parametrize(
    ("profile", "says", "levels"),
    [
        ((0.0, 0.005, 0.05, 0.3, 2.0), "Right up to step 1, wrong from step 2: 4 of 5 steps differ.", [0, 1, 2, 3, 4]),
        ((1000.0, 0.0), "Wrong from the first step on: 1 of 2 steps differ.", [4, 0]),
    ],
)
def test_the_strip_shades_by_error(profile, says, levels):
    """Each step has a shade by the size of its error, and the words say where it begins."""
    strip = strip_of(profile)
    assert strip is not None
    assert strip.says == says
    assert [cell.level for cell in strip.cells] == levels


def test_a_long_strip_fits_the_page():
    """Sixty-four steps stay within a page's width, and not every one is numbered."""
    strip = strip_of((0.0,) * 63 + (1.0,))
    assert strip is not None
    assert strip.width <= 660
    assert len([cell for cell in strip.cells if cell.label]) == 16
    assert strip_of((0.0, 0.0)) is None
    assert strip_of(()) is None
    assert strip_of((1.0,)) is None


def test_long_texts_are_cut():
    """A message of a megabyte does not make a page of a megabyte."""
    assert len(feedback_page(graded("ana", message=EVERYTHING * 10_000))) < 40_000
