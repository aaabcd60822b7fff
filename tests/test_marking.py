"""Marks by hand: what is written down, what is refused with which words, and how a file of them is read."""

import getpass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograder.cases.secret import RequestError
from autograder.model.settings import LateRule, Settings, TaskSettings
from autograder.results.marking import Wish, listed_marks, marked_lines, set_marks, wishes_of
from autograder.results.sheet import SheetError
from autograder.results.standing import TOTAL, WITHHELD
from autograder.results.store import FILE_NAME, Store
from tests.sample_verdicts import graded, missing, not_graded, stored


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A class of four, graded without the task bptt_U; the name of one begins as a formula does."""
    settings = Settings(tasks={"bptt_U": TaskSettings(enabled=False)})
    people = graded("ana"), graded("ben", 0.5, "partial"), missing("-cy"), not_graded("dan")
    with stored(tmp_path / "results", *people, settings=settings):
        return tmp_path / "results"


def log_of(results: Path) -> list[tuple[Any, ...]]:
    with Store(results / FILE_NAME) as store:
        return [(one.student_id, one.task, one.points, one.reason, one.by) for one in store.log()]


def test_a_mark_is_written_down(results: Path) -> None:
    """Whose, which task, the points with a point or a comma, why, by whom, and when."""
    wishes = [
        Wish("ana", "bptt_W", "9,5", " on paper ", "tutor"),
        Wish("'-cy", TOTAL, "0", "an oral exam", "tutor"),  # as files for spreadsheets write the name
        Wish("ben", WITHHELD, "", "a talk", "tutor"),
    ]
    with Store(results / FILE_NAME) as store:
        entries = set_marks(store, wishes)
        assert store.log() == entries
        told = marked_lines(store, entries)
    assert log_of(results) == [
        ("ana", "bptt_W", 9.5, "on paper", "tutor"),
        ("-cy", TOTAL, 0, "an oral exam", "tutor"),
        ("ben", WITHHELD, 0, "a talk", "tutor"),
    ]
    assert all(
        timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(one.when) < timedelta(hours=1) for one in entries
    )
    assert [line[18:] for line in told[:3]] == [
        "ana bptt_W  9.5  by tutor: on paper",
        "-cy total  0  by tutor: an oral exam",
        "ben  withheld  by tutor: a talk",
    ]
    assert told[3:] == ["-cy: 0", "ana: 94.5", "ben: no mark"]


def test_who_sets_a_mark_is_who_is_logged_in_unless_it_is_said(results: Path) -> None:
    """A name is never empty."""
    with Store(results / FILE_NAME) as store:
        set_marks(store, [Wish("ana", "softmax", "1", "x"), Wish("ana", "forward", "1", "x", "tutor")])
    assert [by for *_, by in log_of(results)] == [getpass.getuser(), "tutor"]


def test_a_mark_remembers_the_work_that_it_is_about(results: Path) -> None:
    """The hash of what was handed in then, so that new work can be told."""
    with Store(results / FILE_NAME) as store:
        store.save("ana", "key", graded("ana"), "abc")
        (entry,) = set_marks(store, [Wish("ana", "softmax", "1", "x")])
    assert entry.work == "abc"


def test_what_is_taken_back_no_longer_counts(results: Path) -> None:
    """A reason is not needed; what is in force and the whole log are listed apart."""
    assert listed_marks(results) == ["No mark was set by hand."]
    with Store(results / FILE_NAME) as store:
        set_marks(store, [Wish("ana", "softmax", "1", "x"), Wish("ana", "forward", "2", "y", "tutor")])
        (entry,) = set_marks(store, [Wish("ana", "softmax", undo=True)])
        assert (entry.points, entry.task) == (None, "softmax")
    assert [line[18:] for line in listed_marks(results)] == ["ana forward  2  by tutor: y"]
    assert len(listed_marks(results, everything=True)) == 3


def test_a_mark_for_a_task_that_is_off_is_kept_and_told(results: Path) -> None:
    """It counts once the task is graded again."""
    with Store(results / FILE_NAME) as store:
        told = marked_lines(store, set_marks(store, [Wish("ana", "bptt_U", "3", "x")]))
    assert told[1:] == ["bptt_U is not graded in these results: the mark is kept, and does not count now", "ana: 100"]


REFUSED: dict[Wish, str] = {
    Wish("ben", "bptt_W", "9"): "a mark by hand needs a reason, which the student reads: --reason TEXT",
    Wish("ben", "bptt_W", "9", "  "): "a mark by hand needs a reason, which the student reads: --reason TEXT",
    Wish("ben", WITHHELD): "a mark by hand needs a reason, which the student reads: --reason TEXT",
    Wish("bben", "bptt_W", "9", "x"): "nobody in these results is called bben: did you mean ben?",
    Wish("'ben", "bptt_Wx", "9", "x"): "'bptt_Wx' is no task: did you mean bptt_W",
    Wish("ben", "homework", "9", "x"): "'homework' is no task: the tasks are softmax, ",
    Wish("ben", "bptt_W", "15.01", "x"): "bptt_W: found 15.01; expected a number from 0 to 15",
    Wish("ben", "bptt_W", "-0.5", "x"): "bptt_W: found -0.5; expected a number from 0 to 15",
    Wish("ben", "bptt_W", "nan", "x"): "bptt_W: found nan; expected a number from 0 to 15",
    Wish("ben", "bptt_W", "", "x"): "bptt_W: found no points; expected a number from 0 to 15",
    Wish("ben", TOTAL, "inf", "x"): "total: found inf; expected a number from 0 to 93",
    Wish("ben", TOTAL, "100.5", "x"): "total: found 100.5; expected a number from 0 to 93",
    Wish("ben", "bptt_W", undo=True): "ben has nothing set by hand for bptt_W",
    Wish("ana", "softmax", undo=True): "ana has nothing set by hand for softmax",
}


@pytest.mark.parametrize("wish", REFUSED)
def test_what_can_be_no_mark_is_refused(wish: Wish, results: Path) -> None:
    """Each with what was found and what is expected; of several wishes, none is written down."""
    with Store(results / FILE_NAME) as store:
        (entry,) = set_marks(store, [Wish("ben", "softmax", "1", "x")])
        with pytest.raises(RequestError) as caught:
            set_marks(store, [Wish("ana", "bptt_W", "15", "x"), wish])
        assert REFUSED[wish] in str(caught.value)
        assert "\n" not in str(caught.value)
        assert store.log() == [entry]


def test_each_error_is_told_with_its_place_but_not_hundreds(results: Path) -> None:
    """Also a task that is set twice for one student; the same task for two students is none."""
    twice = [Wish("ben", "softmax", "1", "x", place=f"m.csv, row {row}: ") for row in (2, 3)]
    wrong = [Wish(f"x{row}", "softmax", "1", "x", place=f"m.csv, row {row}: ") for row in range(4, 24)]
    with Store(results / FILE_NAME) as store:
        for wishes, more in ((twice, 0), (wrong, 0), (twice + wrong, 1)):
            with pytest.raises(RequestError) as caught:
                set_marks(store, wishes)
            lines = str(caught.value).splitlines()
            assert (lines[-1].strip() == "and 1 more") == bool(more)
            assert len(lines) == min(len(wishes), 20) + more - (wishes is twice)
        with pytest.raises(RequestError, match=r"^m\.csv, row 3: ben, softmax is set in m\.csv, row 2 too$"):
            set_marks(store, twice)
        assert store.log() == []
        assert (
            len(set_marks(store, [twice[0], Wish("ana", "softmax", "1", "x"), Wish("ben", "forward", "1", "x")])) == 3
        )


def test_only_the_marks_that_were_set_are_shown(results: Path) -> None:
    """A late penalty is in the sum; who is not named is not in it."""
    late = Settings(late=LateRule(due=datetime(2026, 11, 20, tzinfo=UTC)))
    with Store(results / FILE_NAME) as store:
        store.start_run(late, {"ana": "2026-11-20T10:00:00+00:00", "ben": ""})
        assert marked_lines(store, set_marks(store, [Wish("ana", TOTAL, "50", "x")]))[1:] == ["ana: 45"]


# --- files of marks --------------------------------------------------------------------------------


def read(folder: Path, text: str) -> list[Wish]:
    (folder / "m.csv").write_text(text, encoding="utf-8")
    return wishes_of(folder / "m.csv")


def test_a_file_has_a_mark_in_each_row(tmp_path: Path) -> None:
    """Columns in any order, two names for the first, "by" as one likes; empty rows are passed over."""
    found = read(
        tmp_path, "task;by;Student;POINTS;reason\nsoftmax;tutor; ben ;3,5;late proof\n;;;;\ntotal;;ana;99;slip\n"
    )
    assert found == [
        Wish("ben", "softmax", "3,5", "late proof", "tutor", place="m.csv, row 2: "),
        Wish("ana", "total", "99", "slip", "", place="m.csv, row 4: "),
    ]
    assert read(tmp_path, "student_id,task,points,reason\nben,softmax,3,x\n") == [
        Wish("ben", "softmax", "3", "x", "", place="m.csv, row 2: ")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("student,points\nben,3\n", "has no column task and no reason; expected student_id, task, points, reason"),
        ("task,points,reason\nsoftmax,3,x\n", "has no column student_id; expected"),
        (
            "student_id,student,task,points,reason\nben,ana,softmax,1,x\n",
            "has a column student_id and a column student",
        ),
        ("student,task,points,reason\n", "has no marks in it"),
        ("student,task,points,reason\n,,,\n", "has no marks in it"),
    ],
)
def test_a_file_that_says_no_marks_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """With the column that is missing, or there twice."""
    with pytest.raises(SheetError) as caught:
        read(tmp_path, text)
    assert f"m.csv {words}" in str(caught.value)
