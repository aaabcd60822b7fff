"""Verdicts in words, and the numbers behind pictures: each rule by itself, as every page and export has it."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from autograder.model.verdict import ByHand, Diagnosis, Finding, Late, Outcome, PartOutcome, Verdict
from autograder.reports.sections import sections
from autograder.reports.strip import strip_of
from autograder.reports.terminal import show_changes
from autograder.reports.words import class_total, first_named, parts, plural, points, remarks_on, summary, total
from autograder.results.changes import changes
from tests.sample_verdicts import graded, missing, not_graded

HAND = ByHand(40.0, 55.5, "on paper", "tutor", "2026-11-29T10:00:00+00:00")
BY_HAND = "40, set to 55.5 by hand (tutor, 2026-11-29): on paper"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (graded("ana", 0.875), "87.5 of 100 points (graded)"),
        (graded("ana", 0, status="import_error"), "0 of 100 points (import error)"),
        (missing("ana"), "0 of 100 points (missing)"),
        (not_graded("ana"), "No mark: this submission could not be graded, and that is not your fault."),
        (Verdict("ana", "withheld", None, 100), "No mark is shown for now: it is withheld by a person."),
        (Verdict("ana", "graded", 0, 0), "Graded."),
        (Verdict("ana", "import_error", 0, 0), "Import error."),
    ],
)
def test_the_total_is_a_line(verdict: Verdict, said: str) -> None:
    """Points and status, or why there are none; in a trial no word of points."""
    assert total(verdict) == said


def test_what_is_said_of_the_whole_is_said_once() -> None:
    """The sum by hand, lateness, the message, notes, in this order; safe to print, and cut."""
    late = Late("2026-11-21T00:00:00+00:00", 1, 5.5)
    verdict = replace(graded("ana", 0.5), hand=HAND, late=late, message="well\n", notes=("a note", "well\n", "x" * 600))
    assert summary(verdict) == [
        f"The sum of the tasks: {BY_HAND}",
        "Late by 1 day begun: −5.5 points, from 55.5 to 50",
        r"well\n",
        "a note",
        "x" * 499 + "…",
    ]
    assert summary(graded("ana")) == []


def test_a_class_is_counted_by_status() -> None:
    """In the order of the statuses, those that nobody has left out."""
    people = [missing("a"), graded("b"), graded("c"), not_graded("d")]
    assert class_total(people) == "4 students: 2 graded, 1 missing, 1 not_graded"
    assert class_total(people[:1]) == "1 student: 1 missing"
    assert class_total([]) == "0 students: none"
    assert [plural(count, "day") for count in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


def part(points: float, most: float, lost_by: Any = "") -> PartOutcome:
    return PartOutcome("p", "the p", points, most, lost_by)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ((), []),
        ((part(1, 2),), []),
        ((part(2, 2), part(1, 2), part(0, 2)), ["✓ the p: 2 of 2", "◐ the p: 1 of 2", "✗ the p: 0 of 2"]),
        ((part(0, 0), part(0, 0, "mistake")), ["✓ the p", "✗ the p"]),
    ],
)
def test_parts_are_right_or_wrong(own: tuple[PartOutcome, ...], said: list[str]) -> None:
    """With their points where there are any; a single part is the task itself."""
    assert parts(Outcome("bptt_W", "partial", 1, 2, parts=own)) == said


def test_points_of_a_task_are_out_of_its_maximum() -> None:
    """And nothing where it is worth nothing."""
    assert points(Outcome("bptt_W", "partial", 1.25, 15)) == "1.25 of 15"
    assert points(Outcome("bptt_W", "pass", 0, 0)) == ""


MEAN = Diagnosis((("mean",),), "the mean is taken", ("Why?", "How?"), ("Loss", "BPTT"))


def test_remarks_come_in_order_with_their_details() -> None:
    """What a person set, notes, mistakes, what is seen, findings; a mistake that was named before points there."""
    first = Outcome("bptt_V", "fail", 0, 7, diagnoses=(MEAN,))
    finding = Finding("tanh", "square", "wrong\n", "1", "2", "", (0.5,))
    other = Finding("all", "", "raised")
    task = Outcome("bptt_W", "fail", 0, 15, (finding, other), ("a\nnote",), (MEAN,), ("it is half",), hand=HAND)
    named = first_named(replace(graded("ana"), tasks=(first, task)))
    assert named == {"the mean is taken": "bptt_V"}
    assert [line for remark in remarks_on(task, named) for line in remark.lines("- ")] == [
        f"- Note: {BY_HAND}",
        r"- Note: a\nnote",
        "- This looks like a known mistake: the same as in Task 5 (bptt_V).",
        "- Seen: it is half.",
        r'- For the tanh network (case "square"): wrong\n',
        "  - expected: 1",
        "  - got: 2",
        "- For all: raised",
    ]
    assert [(remark.kind, remark.before, remark.profile) for remark in remarks_on(task, named)] == [
        ("note", "", ()),
        ("note", "", ()),
        ("mistake", "bptt_V", ()),
        ("seen", "", ()),
        ("finding", "", (0.5,)),
        ("finding", "", ()),
    ]
    (remark,) = remarks_on(first, named)
    assert (remark.before, remark.lines()) == (
        "",
        [
            "This looks like a known mistake: the mean is taken.",
            "  Ask yourself: Why?",
            "  Ask yourself: How?",
            "  Slides: Loss, BPTT",
        ],
    )


# --- pictures and tables ---------------------------------------------------------------------------


def test_the_picture_of_a_sequence_is_drawn_to_scale() -> None:
    """Cells beside each other in a frame, every one or every few numbered, with a mark at the first wrong one."""
    short = strip_of((0.0, 0.0101, 0.0))
    assert short is not None
    assert [(cell.x, cell.middle, cell.label) for cell in short.cells] == [(1, 25, "1"), (49, 73, "2"), (97, 121, "3")]
    assert (short.step, short.width, short.mark) == (48, 146, 73)
    long = strip_of((0.0,) * 39 + (1.0,))
    assert long is not None
    assert (long.step, long.width, long.mark) == (16, 642, 633)
    assert [cell.label for cell in long.cells if cell.label] == [str(n) for n in range(1, 41, 3)]
    assert long.says == "Right up to step 39, wrong from step 40: 1 of 40 steps differ."


@pytest.mark.parametrize(
    ("error", "level"), [(1e-12, 1), (0.01, 1), (0.0101, 2), (0.1, 2), (0.11, 3), (0.5, 3), (0.51, 4)]
)
def test_a_shade_begins_above_its_error(error: float, level: int) -> None:
    """At a hundredth, a tenth and a half of the largest entry."""
    strip = strip_of((0.0, error))
    assert strip is not None
    assert [cell.level for cell in strip.cells] == [0, level]


def test_sections_are_beside_each_other() -> None:
    """By name, those in none last; who has no mark or handed in nothing does not count; two make a comparison."""
    people = [graded("a", 0.5), graded("b", 1.0), graded("c", 0.6), graded("d", 0.2), missing("e"), not_graded("f")]
    found = sections(people, {"a": "B", "b": "A", "c": "B", "e": "C", "f": "A"})
    assert [(one.name, one.students, one.mean, one.median) for one in found] == [
        ("A", 1, 100, 100),
        ("B", 2, pytest.approx(55), pytest.approx(55)),
        ("C", 0, None, None),
        ("", 1, 20, 20),
    ]
    assert sections(people, {"a": "B", "b": "B"}) == ()
    assert len(sections(people[:2], {"a": "B", "b": "A"})) == 2


def test_changes_are_shown_with_what_they_are_of() -> None:
    """Only where the maxima differ; another reason for the same mark is shown, and is no other mark."""
    old = [graded("ana"), missing("ben"), graded("cy"), graded("dora")]
    new = [graded("ana", 0.5, "partial"), not_graded("ben"), replace(graded("cy"), max_score=93), graded("eve")]
    new[2] = replace(new[2], status="timeout", message="x" * 400)
    file = io.StringIO()
    show_changes(Console(file=file, width=40), changes(old, new), 4)
    lines = file.getvalue().splitlines()
    assert [line for line in lines if not line.startswith("  ")] == [
        "ana: 100 -> 50",
        "ben: 0 -> no mark",
        "cy: 100 of 100 -> 100 of 93",
        "dora: 100 -> not there",
        "eve: not there -> 100",
        "5 of 4 students have another mark.",
    ]
    assert max(map(len, lines)) == 302
