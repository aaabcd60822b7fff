"""`bptt export nbgrader`: a copy of a course's own gradebook, filled and read again by nbgrader itself."""

import csv
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.results.late import with_lateness
from autograder.results.store import FILE_NAME, Store
from solutions.tasks import TASKS
from tests.nbgrader_course import Course
from tests.sample_verdicts import graded, missing, not_graded
from tests.test_exports_owners import Class, check, classes, exported
from tests.test_late import DUE, RULE

PEOPLE = (("ana", "Ana", "Alm"), ("ben", "Ben", "Berg"), ("cy", "Cy", "Cole"), ("dora", "Dora", "Dahl"))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with four students and an assignment that nbgrader knows."""
    course = Course(tmp_path_factory.mktemp("export"))
    course.nbgrader("generate_assignment rnn")
    with Gradebook(course.database) as gradebook:
        for student, first, last in PEOPLE:
            gradebook.add_student(student, first_name=first, last_name=last, email=f"{student}@example.org")
    return course


@pytest.fixture
def here(known: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of that course's gradebook in it."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(known.root / "gradebook.db", tmp_path / "gradebook.db")
    return tmp_path


def export(*verdicts: Verdict, arguments: tuple[str, ...] = (), fill: str = "gradebook.db") -> Result:
    """Export these verdicts into filled.db."""
    with Store(Path("results") / FILE_NAME) as store:
        store.start_run(Settings(), [verdict.student_id for verdict in verdicts])
        for verdict in verdicts:
            store.save(verdict.student_id, "key", verdict)
        store.finish_run()
    command = ("export", "nbgrader", "results", "--fill", fill, "--out", "filled.db", *arguments)
    return CliRunner().invoke(main, command, catch_exceptions=False)


def scores(path: Path) -> dict[str, dict[str, float]]:
    """The automatic score of every cell by student."""
    with Gradebook(f"sqlite:///{path}", "") as gradebook:
        return {
            one.student.id: {grade.name: grade.auto_score for grade in one.notebooks[0].grades}
            for one in gradebook.assignment_submissions("rnn")
        }


def test_every_task_has_its_points(here: Path) -> None:
    """The copy has the points of each cell, by id, name or e-mail address; the course's own file is as it was."""
    before = (here / "gradebook.db").read_bytes()
    done = export(
        graded("ana"), graded("Berg, Ben", 0.5, "partial"), graded("cy@example.org", 0, "fail", "import_error")
    )
    assert done.exit_code == 0, done.output
    assert done.stdout == "3 students in assignment 'rnn': filled.db\n"
    assert scores(here / "filled.db") == {
        "ana": {task.id: task.points for task in TASKS},
        "ben": {task.id: task.points / 2 for task in TASKS},
        "cy": {task.id: 0.0 for task in TASKS},
    }
    assert (here / "gradebook.db").read_bytes() == before
    assert sorted(path.name for path in here.iterdir()) == ["filled.db", "gradebook.db", "results"]


def test_nbgrader_reads_it_without_a_hand(here: Path, known: Course) -> None:
    """Put in the place of the old file, it is the gradebook: nbgrader's own export has the marks, after lateness."""
    late = with_lateness(graded("ben"), DUE + timedelta(hours=1), RULE)
    assert export(graded("ana", 0.5, "partial"), late).exit_code == 0
    shutil.copy(here / "filled.db", known.root / "gradebook.db")
    known.nbgrader(f"export --to={here / 'marks.csv'}")
    with (here / "marks.csv").open(encoding="utf-8") as file:
        marks = {row["student_id"]: (float(row["raw_score"]), float(row["score"])) for row in csv.DictReader(file)}
    assert marks == {"ana": (50, 50), "ben": (100, 90), "cy": (0, 0), "dora": (0, 0)}


def test_both_sides_are_listed(here: Path) -> None:
    """Who is in one of the two only is named, no student is made up, and a changed mark is told."""
    assert export(graded("ana"), graded("ben")).exit_code == 0
    (here / "filled.db").replace(here / "gradebook.db")
    done = export(graded("ana", 0.25, "partial"), graded("zoe"), not_graded("ben"), missing("cy"))
    assert "Graded, and not in the file (1):\n  zoe: no row has this id or name\n" in done.stderr
    assert "In the file, and not graded (1):\n  dora: nobody was graded under its id or name\n" in done.stderr
    assert "Left as they were, without a mark (1):\n  ben: the grader failed\n" in done.stderr
    assert "Marks that were there and are others now (1):\n  ana: 100 became 25\n" in done.stderr
    filled = scores(here / "filled.db")
    assert filled.keys() == {"ana", "ben"}
    assert filled["ben"]["bptt_W"] == 15


def test_what_a_person_gave_stays(here: Path) -> None:
    """A manual score and a late penalty of the course are kept."""
    late = with_lateness(graded("ana"), DUE + timedelta(hours=1), RULE)
    assert export(graded("ana", 0.5, "partial")).exit_code == 0
    (here / "filled.db").replace(here / "gradebook.db")
    with Gradebook(f"sqlite:///{here / 'gradebook.db'}", "") as gradebook:
        gradebook.find_grade("bptt_W", "rnn", "rnn", "ana").manual_score = 11.0
        gradebook.find_submission_notebook("rnn", "rnn", "ana").late_submission_penalty = 3.0
        gradebook.db.commit()
    assert "Late penalties that were there were kept for 1 students" in export(late).stderr
    with Gradebook(f"sqlite:///{here / 'filled.db'}", "") as gradebook:
        assert gradebook.find_grade("bptt_W", "rnn", "rnn", "ana").score == 11
        assert gradebook.find_submission("rnn", "ana").late_submission_penalty == 3


def test_other_points_are_a_share(here: Path) -> None:
    """Where the course gives a cell other points than the run did, the share of them is written."""
    tasks = graded("ana", 0.5, "partial").tasks
    double = tuple(type(one)(one.task, one.state, 2 * one.points, 2 * one.max_points) for one in tasks)
    assert export(graded("ana", tasks=double)).exit_code == 0
    assert scores(here / "filled.db")["ana"]["bptt_W"] == 7.5


def test_what_cannot_be_filled(here: Path, known: Course) -> None:
    """No file, another file, no such assignment, a task that was not graded: one message, and nothing is written."""
    (here / "other.db").write_text("not a database")
    shutil.copy("gradebook.db", "others.db")
    with closing(sqlite3.connect("others.db")) as others:
        others.execute("UPDATE base_cell SET name = name || '-theirs'")
        others.commit()
    for fill, arguments, words in (
        ("nowhere.db", (), "is not there"),
        ("other.db", (), "file is not a database"),
        ("results/results.sqlite", (), "no gradebook of nbgrader's"),
        ("others.db", (), "no assignment in this gradebook"),
        ("gradebook.db", ("--column", "homework"), "none is called 'homework'"),
        ("gradebook.db", ("--anonymous",), "--anonymous can't be had"),
    ):
        done = export(graded("ana"), arguments=arguments, fill=fill)
        assert done.exit_code == 2, done.output
        assert words in " ".join(done.stderr.split())
        assert not list(here.glob("*filled*"))
    some = export(graded("ana", tasks=graded("ana").tasks[1:]))
    assert "switch the task off" in some.stderr
    assert not (here / "filled.db").exists()
    assert "name it with --fill" in CliRunner().invoke(main, ("export", "nbgrader", "results", "--out", "x")).stderr


def test_nothing_is_overwritten_silently(here: Path) -> None:
    """A file that is there stops the export, and the gradebook itself is never the output."""
    (here / "filled.db").write_text("mine")
    assert "is there already" in export(graded("ana")).stderr
    assert (here / "filled.db").read_text() == "mine"
    assert export(graded("ana"), arguments=("--force",)).exit_code == 0
    again = CliRunner().invoke(
        main, ("export", "nbgrader", "results", "--fill", "gradebook.db", "--out", "gradebook.db", "--force")
    )
    assert "stays as it is" in again.stderr


@settings(max_examples=8, deadline=None)
@given(course=classes(["login", "e-mail", "local part", "name", "file name", "run together"]))
def test_every_student_has_their_own_points(known: Course, course: Class) -> None:
    """Of people who are nearly equal, each has the points of their own work, or is listed (see test_exports_owners)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(known.root / "gradebook.db", folder / "own.db")
        with Gradebook(f"sqlite:///{folder / 'own.db'}") as own:
            for student, *_ in PEOPLE:
                own.remove_student(student)
            for one in course.rows:
                own.add_student(one.login, first_name=one.first, last_name=one.last, email=one.email)
        done, marks = exported("nbgrader", list(course.ids), folder, folder / "own.db")
        owned = []
        if done.status < 2:
            with Gradebook(f"sqlite:///{folder / 'out'}") as filled:
                scores = {one.student_id: one.score for one in filled.assignment_submissions("rnn")}
            owned = [(one, round(scores[one.login], 6)) for one in course.rows if one.login in scores]
    check(course.ids, marks, owned, done)


def test_a_mark_by_hand_that_another_one_beats_is_told(here: Path) -> None:
    """A manual score of the gradebook stays and counts; who handed in nothing has the marks that a person set."""
    export(graded("ana", 0.5, "partial"))
    shutil.copy("filled.db", "gradebook.db")
    with Gradebook("sqlite:///gradebook.db", "") as gradebook:
        gradebook.find_grade("bptt_W", "rnn", "rnn", "ana").manual_score = 12.0
        gradebook.db.commit()
    export(graded("ana", 0.5, "partial"), missing("ben"))
    for student, task in (("ana", "bptt_W"), ("ana", "softmax"), ("ben", "softmax")):
        command = ["mark", "results", student, task, "7", "--reason", "on paper"]
        assert CliRunner().invoke(main, command).exit_code == 0
    command = ["export", "nbgrader", "results", "--fill", "gradebook.db", "--out", "filled.db", "--force"]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert "otherwise there, where that counts (1):\n  ana, bptt_W\n" in done.output
    found = scores(here / "filled.db")
    assert (found["ana"]["softmax"], found["ben"]["softmax"], found["ben"]["bptt_W"]) == (7, 7, 0)
