"""The feedback page of one student."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from autograder.model.verdict import Diagnosis, Finding, Outcome, PartOutcome
from autograder.reports import feedback_text, file_stem, outcome_lines, remove_feedback, write_feedback
from tests.sample_verdicts import graded, missing, not_graded

ODD_IDS = [
    r".",
    r"..",
    r"../ana",
    r"a/b",
    r"a\b",
    r"/etc/passwd",
    r".hidden",
    r"-rf",
    r"con",
    r"NUL.x",
    r"a:b",
    r"ana.",
    r"a~b",
]
ODD_IDS += ["", "a\nb", "ana ", "x" * 300, "é" * 150, "\udcff"]

PARTS = (
    PartOutcome("tanh", "the tanh network", 0, 12, "unexplained"),
    PartOutcome("identity", "φ = identity", 3, 3),
)

# What a line of text can make of itself in Markdown, with no harm done.
BLOCKS = {"h1", "h2", "p", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br"}


def test_a_lost_mark_has_its_reason():
    """The page has the total, a line per task, and for a lost mark what was expected, what came and where."""
    finding = Finding("tanh", "square", "no slope of tanh", "shape (4, 4)", "shape (4,)", "entry (0, 1), step 2")
    outcome = Outcome("bptt_W", "partial", 3, 15, (finding,), ("float64 was asked",), parts=PARTS)
    text = feedback_text(graded("ana", 0.03, tasks=(outcome,), message="Well begun.", notes=("graded rnn.py",)))
    assert text == (
        "# Feedback for ana\n"
        "\n"
        "**3 of 100 points** (graded)\n"
        "\n"
        "Well begun.\n"
        "\n"
        "graded rnn.py\n"
        "\n"
        "| task | state | points | parts |\n"
        "|---|---|---|---|\n"
        "| Task 7: bptt_W | partial | 3 of 15 "
        "| ✗ the tanh network: 0 of 12; ✓ φ = identity: 3 of 3 |\n"
        "\n"
        "## Task 7: bptt_W: partial, 3 of 15\n"
        "\n"
        "- ✗ the tanh network: 0 of 12\n"
        "- ✓ φ = identity: 3 of 3\n"
        "- Note: float64 was asked\n"
        '- For the tanh network (case "square"): no slope of tanh\n'
        "  - expected: shape (4, 4)\n"
        "  - got: shape (4,)\n"
        "  - where: entry (0, 1), step 2\n"
    )


def test_states_are_written_in_words():
    """A state such as not_implemented is shown without its underscore."""
    outcome = Outcome("softmax", "not_implemented", 0, 8)
    assert "| Task 1: softmax | not implemented | 0 of 8 |" in feedback_text(graded("ana", 0, tasks=(outcome,)))


def test_a_task_of_one_part_is_its_part():
    """Where a task has one part, its points are said once; an earned one of several says so in the table."""
    whole = PartOutcome("gradient", "the gradient of V", 0, 7, "unexplained")
    tasks = (Outcome("bptt_V", "fail", 0, 7, parts=(whole,)), Outcome("bptt_W", "pass", 15, 15, parts=PARTS[1:] * 2))
    text = feedback_text(graded("ana", tasks=tasks))
    assert "| Task 5: bptt_V | fail | 0 of 7 |  |" in text
    assert "| Task 7: bptt_W | pass | 15 of 15 | ✓ φ = identity: 3 of 3;" in text
    shared = replace(PARTS[0], points=8.4)
    assert "◐ the tanh network: 8.4 of 12" in feedback_text(
        graded("ana", tasks=(Outcome("bptt_W", "partial", 11.4, 15, parts=(shared, PARTS[1])),))
    )


def test_a_mistake_is_said_once():
    """A task whose mistake was named before points to that task; another mistake of its is said in full."""
    slope = Diagnosis((("x",),), "the slope is left out", ("What is tanh'?",), ("Grad W",))
    order = Diagnosis((("y",),), "the order is reversed", ("Which acts first?",), ("Grad W",))
    wrong = Finding("tanh", "square", "wrong values")
    tasks = (
        Outcome("bptt_W", "fail", 0, 15, (wrong,), diagnoses=(slope,)),
        Outcome("bptt_U", "fail", 0, 7, (wrong,), diagnoses=(slope, order)),
    )
    text = feedback_text(graded("ana", tasks=tasks))
    first, second = text.split("## Task")[1:]
    assert "This looks like a known mistake: the slope is left out." in first
    assert "This looks like a known mistake: the same as in Task 7 (bptt_W)." in second
    assert "This looks like a known mistake: the order is reversed." in second
    assert (text.count("the slope is left out"), text.count("What is tanh'?")) == (1, 1)
    assert "the slope is left out" in "\n".join(outcome_lines(tasks[1]))  # alone, it points nowhere


def test_our_fault_is_no_zero():
    """A student on whom the grader failed reads that there is no mark, and that it is not their fault."""
    text = feedback_text(not_graded("ana"))
    assert "No mark: this submission could not be graded, and that is not your fault." in text
    assert "0 of 100" not in text


def test_students_cannot_write_html_links_or_headings():
    """What a student controls stays on its line and is neither HTML nor a link."""
    hostile = "<script>alert(1)</script>\n# Full marks\n![x](http://evil) [x]: http://evil \\<b>"
    finding = Finding("tanh", "square", hostile, got=hostile)
    outcome = Outcome("bptt_W", "error", 0, 15, (finding,), (hostile,))
    text = feedback_text(graded(hostile, 0, tasks=(outcome,), message=hostile, notes=(f"a {hostile}",)))
    assert "\n# Full marks" not in text
    assert text.count(r"\<script>alert(1)\</script>") == 6
    assert text.count(r"![x\](http://evil) [x\]: http://evil \\\<b>") == 6


@given(st.text(alphabet=r"<>[]()!\`*_:#&;/ax 	" + "\n"))
@example("[a](x)")
@example("![a](x)")
@example("\\<a>")
def test_no_text_becomes_html_or_a_link(text):
    """Whatever a message says, a Markdown reader makes neither tags of its own, nor links, nor pictures of it."""
    page = MarkdownIt("commonmark", {"html": True}).render(feedback_text(missing("ana", text)))
    assert set(re.findall(r"<([^\s/>]+)", page)) <= BLOCKS


def test_arrays_and_escapes_stay_readable():
    """Indices and escaped characters are not cluttered with backslashes of Markdown."""
    finding = Finding("tanh", "square", "wrong values", where="first at result[0, 1]", got="a \x1b")
    text = feedback_text(graded("ana", tasks=(Outcome("bptt_W", "fail", 0, 15, (finding,)),)))
    assert "first at result[0, 1]\n" in text
    assert "got: a \\x1b\n" in text


@pytest.mark.parametrize("student_id", ["ana", "Ben.Müller", "s-12345", "李雷", "a b+c@d.edu"])
def test_ordinary_ids_name_their_files(student_id):
    """An id that can be a file name is the file's name."""
    assert file_stem(student_id) == student_id


@pytest.mark.parametrize("student_id", ODD_IDS)
def test_odd_ids_name_harmless_files(tmp_path: Path, student_id):
    """An id that is no file name gets one that stays in its folder, on every system."""
    name = file_stem(student_id)
    write_feedback(tmp_path / "feedback", [missing(student_id)])
    found = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert found == [tmp_path / "feedback" / f"{name}{ending}" for ending in (".html", ".json", ".md")]
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~")
    assert not name.startswith((".", "-"))
    assert len(name) <= 64


@given(st.lists(st.text(max_size=8), unique=True))
def test_no_two_students_share_a_file(student_ids):
    """Distinct ids have distinct file names."""
    assert len({file_stem(student_id) for student_id in student_ids}) == len(student_ids)


def test_nobody_can_take_the_file_of_another():
    """An id that imitates the file name of an odd id gets another file name."""
    odd = file_stem("a/b")
    assert file_stem(odd) != odd


def test_feedback_of_who_left_is_removed(tmp_path: Path):
    """The pages of students who left go, other files stay, and a page that is not there is no error."""
    write_feedback(tmp_path, [missing("ana"), missing("ben")])
    (tmp_path / "mine.txt").write_text("a note")
    remove_feedback(tmp_path, ["ben", "cy"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ana.html", "ana.json", "ana.md", "mine.txt"]
