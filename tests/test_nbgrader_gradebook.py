"""Verdicts in nbgrader's gradebook: what is written, what a person gave and keeps, and how often is written."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.cli import main
from autograder.model.settings import Settings, TaskSettings
from autograder.model.verdict import Verdict
from autograder.nbgrader.layout import CourseError, Layout, course_of
from autograder.nbgrader.outputs import Unsettled, fill
from autograder.nbgrader.record import open_gradebook, record
from solutions.tasks import TASKS
from tests.nbgrader_course import Course, cell_of
from tests.sample_verdicts import graded, not_graded, stored

STUDENTS = ("ana", "ben", "cy")
LATE = "2026-03-02 10:00:00.000000 UTC"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose assignment nbgrader knows, with three students' folders."""
    course = Course(tmp_path_factory.mktemp("gradebook"))
    course.nbgrader("generate_assignment rnn")
    for student in STUDENTS:
        course.submit(student, course.released(), stamp=LATE)
    return course


@pytest.fixture
def course(released: Course, tmp_path: Path) -> Layout:
    """A copy of that course for one test."""
    root = tmp_path / "course"
    shutil.copytree(released.root, root)
    return Layout(root)


def write(layout: Layout, *verdicts: Verdict, settings: Settings | None = None) -> list[str]:
    """Record verdicts as `bptt grade` does."""
    with stored(layout.root.parent / "results", *verdicts, settings=settings) as store:
        return record(layout, open_gradebook(layout), store)


def book(layout: Layout) -> Gradebook:
    return Gradebook(f"sqlite:///{layout.root / 'gradebook.db'}")


def class_of_three() -> list[Verdict]:
    return [graded("ana"), graded("ben", 0.5, "partial"), graded("cy", 0.0, "fail")]


@pytest.mark.parametrize("stamp", [b"yesterday, at noon", b"\xff\xfe\x00", b"2026-13-41 10:00:00 UTC"])
def test_a_time_that_cannot_be_read_stops_nobody(course: Layout, stamp: bytes) -> None:
    """Everybody has their points, the others their times, and it is said whose time is missing."""
    (course.handed_in("ben").parent / "timestamp.txt").write_bytes(stamp)
    assert write(course, *class_of_three())[-1].endswith("No time can be read from the timestamp.txt of ben")
    with book(course) as gradebook:
        found = [gradebook.find_submission("rnn", student) for student in STUDENTS]
        assert [submission.score for submission in found] == pytest.approx([100, 50, 0])
        assert [submission.timestamp for submission in found] == [
            datetime(2026, 3, 2, 10),
            None,
            datetime(2026, 3, 2, 10),
        ]


def test_every_cell_gets_its_points(course: Layout) -> None:
    """Scores, maxima and the time of submission are in the gradebook, and nothing waits for a person."""
    assert write(course, *class_of_three()) == [f"Gradebook: the points of 3 students, in {course.root}"]
    with book(course) as gradebook:
        for student, share in zip(STUDENTS, (1.0, 0.5, 0.0), strict=True):
            submission = gradebook.find_submission("rnn", student)
            assert submission.score == pytest.approx(share * 100)
            assert submission.timestamp == datetime(2026, 3, 2, 10)
            assert not submission.needs_manual_grade
            scores = {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
            assert scores == {task.id: share * task.points for task in TASKS}


def test_what_a_person_gave_stays(course: Layout) -> None:
    """A second run changes automatic scores, and no manual score, extra credit, comment, extension or penalty."""
    write(course, *class_of_three())
    with book(course) as gradebook:
        grade = gradebook.find_grade("bptt_W", "rnn", "rnn", "ben")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 11.0, 2.0, False
        gradebook.find_comment("bptt_W-code", "rnn", "rnn", "ben").manual_comment = "Come and see me."
        notebook = gradebook.find_submission_notebook("rnn", "rnn", "ben")
        notebook.late_submission_penalty = 5.0
        gradebook.db.commit()
        gradebook.grant_extension("rnn", "cy", days=2)
    write(course, *class_of_three())
    with book(course) as gradebook:
        assert not gradebook.find_grade("bptt_W", "rnn", "rnn", "ben").needs_manual_grade
    write(course, graded("ben"), graded("cy"))
    with book(course) as gradebook:
        grade = gradebook.find_grade("bptt_W", "rnn", "rnn", "ben")
        assert (grade.auto_score, grade.manual_score, grade.extra_credit, grade.score) == (15.0, 11.0, 2.0, 13.0)
        assert grade.needs_manual_grade  # as in nbgrader: the code's mark has changed under the person's
        comment = gradebook.find_comment("bptt_W-code", "rnn", "rnn", "ben")
        assert comment.comment == "Come and see me."
        submission = gradebook.find_submission("rnn", "ben")
        assert (submission.late_submission_penalty, submission.score) == (5.0, 98.0)
        assert gradebook.find_submission("rnn", "cy").extension.days == 2
        assert gradebook.find_submission("rnn", "cy").score == 100
        assert gradebook.find_submission("rnn", "ana").score == 100


def due_before(course: Layout) -> None:
    """Make everything in the course late, and late work worth nothing."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with book(course) as gradebook:
        gradebook.update_or_create_assignment("rnn", duedate="2026-03-01 10:00:00 UTC")


def penalties(course: Layout) -> list[float | None]:
    with book(course) as gradebook:
        notebooks = [gradebook.find_submission_notebook("rnn", "rnn", student) for student in STUDENTS]
        return [notebook.late_submission_penalty for notebook in notebooks]


def test_late_work_gets_the_penalty_of_the_course(course: Layout) -> None:
    """Where the course subtracts for late work, marks are written with it, by nbgrader's own plug-in."""
    due_before(course)
    write(course, *class_of_three())
    assert penalties(course) == [100, 50, 0]
    write(course, graded("ana"), graded("ben"), graded("cy"))
    assert penalties(course) == [100, 100, 100]
    with book(course) as gradebook:
        gradebook.grant_extension("rnn", "cy", days=2)
    write(course, graded("ana"), graded("ben"), graded("cy"))
    assert penalties(course) == [100, 100, None]


def test_in_a_course_lateness_is_nbgraders(course: Layout, tmp_path: Path) -> None:
    """A rule for late work in the settings would count twice: it is left out, and said so."""
    config = tmp_path / "late.toml"
    config.write_text("[late]\ndue = 2026-01-01T00:00:00Z\nper_day = 0.5\n", encoding="utf-8")
    command = ["grade", str(course.root), "--out", str(tmp_path / "results"), "--jobs", "1", "--config", str(config)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert f"[late] has no say in {course.root}" in done.output.replace("\n", "")
    assert penalties(course) == [None, None, None]


def test_a_penalty_that_a_person_gave_stays(course: Layout) -> None:
    """Where someone was lenient, or punished work that is not late, the plug-in has no say."""
    due_before(course)
    write(course, *class_of_three())
    with book(course) as gradebook:
        gradebook.find_submission_notebook("rnn", "rnn", "ana").late_submission_penalty = 10.0
        gradebook.find_submission_notebook("rnn", "rnn", "cy").late_submission_penalty = 7.0
        gradebook.db.commit()
        gradebook.grant_extension("rnn", "cy", days=2)
    write(course, *class_of_three())
    assert penalties(course) == [10, 50, 7]


@contextmanager
def counted_commits() -> Iterator[list[object]]:
    """Collect the commits of every database connection of this process."""
    commits: list[object] = []
    count = commits.append  # one object: it is known by its identity
    event.listen(Engine, "commit", count)
    try:
        yield commits
    finally:
        event.remove(Engine, "commit", count)


def test_few_transactions(course: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class is read in one transaction, and written in two for every batch of students, late as it is."""
    monkeypatch.setattr("autograder.nbgrader.gradebook._BATCH", 10)
    due_before(course)
    students = [f"s{number:03d}" for number in range(11)]
    for student in students:
        shutil.copytree(course.submitted / "ana", course.submitted / student)
    gradebook = open_gradebook(course)
    for share in (0.5, 1.0):
        verdicts = [graded(student, share, "partial") for student in students]
        with stored(tmp_path / "results", *verdicts) as store, counted_commits() as commits:
            record(course, gradebook, store)
        assert len(commits) <= 5
        gradebook = open_gradebook(course)
    with book(course) as found:
        assert {found.find_submission("rnn", s).score for s in students} == {100}
        assert {found.find_submission("rnn", s).late_submission_penalty for s in students} == {100}


def test_files_in_other_places_are_an_error_before_grading(course: Layout, tmp_path: Path) -> None:
    """A course with folders of its own is told to use nbgrader's command, which knows them."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("c.CourseDirectory.submitted_directory = 'collected'\n")
    done = CliRunner().invoke(main, ["grade", str(course.root), "--out", str(tmp_path / "results")])
    assert done.exit_code == 2
    assert "grade with `nbgrader autograde`, which finds them" in " ".join(done.output.split())
    assert not (tmp_path / "results").exists()


def test_a_failure_of_the_grader_is_no_mark(course: Layout) -> None:
    """Who could not be graded keeps what the gradebook has, and gets no zero."""
    write(course, graded("ana"))
    write(course, not_graded("ana"), not_graded("ben"))
    with book(course) as gradebook:
        assert gradebook.find_submission("rnn", "ana").score == 100
        assert [student.id for student in gradebook.students] == ["ana"]
    with pytest.raises(Unsettled, match="could not be started: run the same command again"):
        fill(nbformat.v4.new_notebook(), not_graded("ana"))


def test_points_are_those_of_the_course(course: Layout) -> None:
    """Where an instructor gave a cell other points in nbgrader, it earns its share of these, and never more."""
    with book(course) as gradebook:
        gradebook.find_grade_cell("bptt_W", "rnn", "rnn").max_score = 30.0
        gradebook.find_grade_cell("softmax", "rnn", "rnn").max_score = 0.0
        gradebook.db.commit()
    write(course, *class_of_three())
    with book(course) as gradebook:
        scores = [gradebook.find_grade("bptt_W", "rnn", "rnn", student).auto_score for student in STUDENTS]
        assert scores == [30.0, 15.0, 0.0]
        assert gradebook.find_grade("softmax", "rnn", "rnn", "ana").auto_score == 0.0


def test_a_task_that_is_switched_off_is_no_zero(course: Layout) -> None:
    """Settings that do not fit the course are an error before anything is written."""
    settings = Settings(tasks={"bptt_W": TaskSettings(enabled=False)})
    without = tuple(outcome for outcome in graded("ana").tasks if outcome.task != "bptt_W")
    with pytest.raises(CourseError, match="the cell bptt_W has points, but the settings of this run switch"):
        write(course, graded("ana", tasks=without), settings=settings)
    with book(course) as gradebook:
        assert gradebook.students == []


def test_an_unknown_assignment_is_said_before_grading(course: Layout, tmp_path: Path) -> None:
    """A course whose assignment nbgrader does not know yet is a usage error that says what to type."""
    (course.root / "gradebook.db").unlink()
    done = CliRunner().invoke(main, ["grade", str(course.root), "--out", str(tmp_path / "results")])
    assert done.exit_code == 2
    assert f"Run `nbgrader generate_assignment rnn` in {course.root} first" in done.output
    assert not (tmp_path / "results").exists()
    assert not (course.root / "gradebook.db").exists()


def test_a_course_is_known_by_its_config(course: Layout, tmp_path: Path) -> None:
    """The course and its `submitted/` are both the course; a tree without nbgrader's config is a plain folder."""
    assert course_of(course.root) == course_of(course.submitted) == course
    assert [submission.student_id for submission in course.survey(10**7).submissions] == list(STUDENTS)
    assert course_of(tmp_path) is None


def test_points_of_the_settings_are_in_the_course(tmp_path: Path) -> None:
    """`bptt nbgrader init --config` gives tasks other points, leaves some out, and grades by the same file."""
    config = tmp_path / "course.toml"
    config.write_text("[tasks.bptt_W]\npoints = 30\n[tasks.many_to_many]\nenabled = false\n", encoding="utf-8")
    command = ["nbgrader", "init", str(tmp_path / "course"), "--config", str(config)]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert "nbgrader generate_assignment rnn" in done.output
    source = nbformat.read(tmp_path / "course" / "source" / "rnn" / "rnn.ipynb", as_version=4)
    assert cell_of(source, "bptt_W").metadata.nbgrader.points == 30
    marks = [cell.metadata.nbgrader for cell in source.cells if "nbgrader" in cell.metadata]
    assert "many_to_many" not in {mark.grade_id for mark in marks if mark.grade}
    assert 'settings="bptt.toml"' in (tmp_path / "course" / "nbgrader_config.py").read_text(encoding="utf-8")
    assert (tmp_path / "course" / "bptt.toml").read_bytes() == config.read_bytes()


def test_a_course_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """An existing config is not touched: the lines to add are printed. A second assignment is refused."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    command = ["nbgrader", "init", str(tmp_path)]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert "from autograder.nbgrader import use_engine\n    use_engine(c)" in done.output
    assert (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8") == "c = get_config()\n"
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_bptt_does_without_nbgrader() -> None:
    """Importing what `bptt grade` needs imports neither nbgrader nor Jupyter."""
    check = (
        "import sys, autograder.commands.run; sys.exit(bool({'nbgrader', 'nbconvert', 'nbformat'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
