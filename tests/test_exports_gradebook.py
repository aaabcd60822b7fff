"""`bptt export nbgrader` on gradebooks of a few rows, made by nbgrader's own interface, with no course around them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine

from autograder.exports.job import Exported, ExportError, ExportJob, write_export
from autograder.model.verdict import ByHand, Late, Verdict
from tests.sample_verdicts import graded, missing, not_graded, stored

HAND = ByHand(3.0, 4.0, "on paper", "tutor", "2026-11-29T10:00:00+00:00")
PEOPLE = {"ana": ("Ana", "Alm", None), "s2": ("Ben", "Berg", "ben@x.edu"), "s3": (None, None, None)}


@contextmanager
def opened(path: str) -> Iterator[Any]:
    with Gradebook(f"sqlite:///{path}", "") as gradebook:
        yield gradebook


def make(path: str, **assignments: tuple[str, ...]) -> None:
    """Make a gradebook with these assignments, each of graded cells of 8 points, and three students."""
    Base.metadata.create_all(create_engine(f"sqlite:///{path}"))  # nbgrader would start another program for it
    with Gradebook(f"sqlite:///{path}") as gradebook:
        for name, cells in assignments.items():
            gradebook.add_assignment(name)
            gradebook.add_notebook("nb", name)
            for cell in cells:
                gradebook.add_grade_cell(cell, "nb", name, max_score=8, cell_type="code")
        for student, (first, last, email) in PEOPLE.items():
            gradebook.add_student(student, first_name=first, last_name=last, email=email)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a gradebook in which one assignment is this kit's."""
    monkeypatch.chdir(tmp_path)
    make("book.db", rnn=("softmax", "bptt_W", "essay"), sorting=("quicksort",))
    return tmp_path


def export(*verdicts: Verdict, fill: str = "book.db", column: str = "") -> Exported:
    with stored(Path("results"), *verdicts):
        pass
    return write_export(ExportJob("nbgrader", Path("results"), Path("out.db"), Path(fill), column, force=True))


def points(path: str = "out.db", assignment: str = "rnn") -> dict[str, dict[str, float | None]]:
    """Return what the autograder gave each student, by cell."""
    with opened(path) as gradebook:
        return {
            one.student.id: {grade.name: grade.auto_score for grade in one.notebooks[0].grades}
            for one in gradebook.assignment_submissions(assignment)
        }


def test_everybody_with_a_mark_has_the_points_of_their_tasks(here: Path) -> None:
    """By id, e-mail and name; cells that are no task's wait; the gradebook that was read is as it was."""
    before = (here / "book.db").read_bytes()
    done = export(graded("ana"), graded("ben", 0.5, "partial"), not_graded("s3"))
    assert points() == {
        "ana": {"softmax": 8, "bptt_W": 8, "essay": None},
        "s2": {"softmax": 4, "bptt_W": 4, "essay": None},
    }
    assert (done.status, done.written) == (0, "2 students in assignment 'rnn': out.db")
    assert "  s3: the grader failed" in done.remarks
    assert (here / "book.db").read_bytes() == before
    assert {path.name for path in here.iterdir()} == {"book.db", "out.db", "results"}
    assert list(points(assignment="sorting")) == []


def test_who_handed_in_nothing_is_nothing_there_unless_a_person_gave_points(here: Path) -> None:
    """As in nbgrader, which makes no submission for them."""
    marked = replace(missing("s2"), tasks=(replace(graded("s2").tasks[0], points=4, hand=HAND),), score=4)
    done = export(graded("ana"), marked, missing("s3"))
    assert points() == {
        "ana": {"softmax": 8, "bptt_W": 8, "essay": None},
        "s2": {"softmax": 4, "bptt_W": 0, "essay": None},
    }
    assert done.status == 0


def test_other_points_than_before_are_told(here: Path) -> None:
    """Only where there were any."""
    assert not any("became" in line for line in export(graded("ana"), graded("s2")).remarks)
    Path("out.db").rename("book2.db")
    done = export(graded("ana", 0.5, "partial"), graded("s2"), fill="book2.db")
    assert [line for line in done.remarks if "became" in line] == ["  ana: 16 became 8"]


def test_what_a_person_gave_there_stays_and_is_told(here: Path) -> None:
    """A manual score, a penalty; ours goes where there is none."""
    late = Late("2026-11-21T10:00:00+00:00", 1, 1.5)
    people = graded("ana"), graded("s2"), graded("s3")
    export(*people)
    Path("out.db").rename("book2.db")
    with opened("book2.db") as gradebook:
        gradebook.find_grade("softmax", "nb", "rnn", "ana").manual_score = 2
        gradebook.find_submission_notebook("nb", "rnn", "ana").late_submission_penalty = 1.5
        gradebook.find_submission_notebook("nb", "rnn", "s2").late_submission_penalty = 3
        gradebook.db.commit()
    by_hand = replace(people[0], tasks=(replace(people[0].tasks[0], hand=HAND), *people[0].tasks[1:]), late=late)
    done = export(by_hand, replace(people[1], late=late), replace(people[2], late=late), fill="book2.db")
    with opened("out.db") as gradebook:
        grade = gradebook.find_grade("softmax", "nb", "rnn", "ana")
        assert (grade.manual_score, grade.auto_score) == (2, 8)
        found = {
            one.student.id: one.notebooks[0].late_submission_penalty for one in gradebook.assignment_submissions("rnn")
        }
    assert found == {"ana": 1.5, "s2": 3, "s3": 1.5}
    assert "Late penalties that were there were kept for 1 students" in done.remarks
    assert "  ana, softmax" in done.remarks
    assert "  s2, softmax" not in done.remarks


def refused(**options: Any) -> str:
    with pytest.raises(ExportError) as caught:
        export(graded("ana"), **options)
    assert not Path("out.db").exists()
    return str(caught.value)


def test_the_assignment_that_is_meant_is_not_guessed(here: Path) -> None:
    """The only one of this kit is taken, of several the one that is named; there may be none."""
    assert "none is called 'x': choose one with --column. Assignments of this kit in this gradebook: rnn" in refused(
        column="x"
    )
    assert "none is called 'sorting'" in refused(column="sorting")
    make("two.db", one=("softmax",), other=("bptt_W",))
    assert "2 could be meant: choose one with --column" in refused(fill="two.db")
    export(graded("ana"), fill="two.db", column="other")
    assert points(assignment="other") == {"ana": {"bptt_W": 8}}
    assert points(assignment="one") == {}
    Path("out.db").unlink()
    make("none.db", sorting=("quicksort",))
    assert "no assignment in this gradebook has graded cells of this kit (softmax, …)" in refused(fill="none.db")


def test_what_is_no_gradebook_is_refused(here: Path) -> None:
    """With what was expected; nothing is left behind."""
    (here / "text.db").write_text("a shopping list\n" * 100)
    (here / "empty.db").touch()
    for fill, words in (
        ("nowhere.db", "nowhere.db is not there: expected the gradebook.db of a course"),
        ("text.db", "text.db can't be used (file is not a database)"),
        ("empty.db", "empty.db is no gradebook of nbgrader's"),
    ):
        assert words in refused(fill=fill)
    assert {path.name for path in here.iterdir()} == {"book.db", "text.db", "empty.db", "results"}
