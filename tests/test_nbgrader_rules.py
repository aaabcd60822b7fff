"""Where nbgrader's own rules would give a wrong mark: each rule as nbgrader has it, and what becomes of it here."""

import csv
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from autograder.cli import main
from autograder.model.verdict import Outcome, Verdict
from autograder.nbgrader.outputs import fill, graded_cells
from solutions.tasks import TASKS
from tests.conftest import REFERENCE
from tests.nbgrader_course import Course, cell_of, in_cells
from tests.sample_verdicts import graded

# Lets the room break over one student, as it would on a machine that runs out of memory.
FAULT = """
import autograder.grading.grader as _grader
from autograder.sandbox.host.errors import WorkerBroken as _RoomBroken

_grade = _grader.grade_source


def _broken(room, source, student_id, exam):
    if student_id == "bo":
        raise _RoomBroken("the sandbox has gone")
    return _grade(room, source, student_id, exam)


_grader.grade_source = _broken
"""


def graded_cell(points: float = 15.0, *outputs: NotebookNode) -> NotebookNode:
    """A cell of bptt_W as nbgrader has it when it looks for the score."""
    mark = {"grade": True, "solution": False, "locked": True, "grade_id": "bptt_W", "points": points, "task": False}
    return nbformat.v4.new_code_cell("check('bptt_W')", metadata={"nbgrader": mark}, outputs=list(outputs))


def value(text: str) -> NotebookNode:
    return nbformat.v4.new_output("execute_result", data={"text/plain": text})


def scored(cell: NotebookNode, verdict: Verdict) -> float:
    """What nbgrader reads out of the cell once the verdict is in it."""
    notebook = nbformat.v4.new_notebook(cells=[cell])
    fill(notebook, verdict)
    (filled,) = graded_cells(notebook)
    score, most = determine_grade(filled)
    assert most == cell.metadata.nbgrader.points
    return score


STDERR = nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: overflow")
ERROR = nbformat.v4.new_output("error", ename="KeyError", evalue="x", traceback=[])


@pytest.mark.parametrize(
    ("outputs", "theirs"),
    [
        ([STDERR, value("15.0")], 0.0),
        ([ERROR], 0.0),
        ([], 15.0),
        ([value("'all right'")], 15.0),
        ([value("-3.0")], 15.0),
        ([value("nan")], 15.0),
        ([value("9.5"), value("15.0")], 9.5),
    ],
    ids=[
        "stderr is 0",
        "an error is 0",
        "no score is full",
        "text is full",
        "negative is full",
        "nan is full",
        "first",
    ],
)
def test_what_a_cell_had_before_counts_for_nothing(outputs: list[NotebookNode], theirs: float) -> None:
    """nbgrader still reads outputs by these rules; here the verdict takes the place of all that stood in the cell."""
    assert determine_grade(graded_cell(15.0, *outputs))[0] == theirs
    assert scored(graded_cell(15.0, *outputs), graded("ana", 0.2, "partial")) == pytest.approx(3.0)


def test_more_than_the_cell_has_raises_in_nbgrader() -> None:
    """A number above the cell's points ends nbgrader's work on the student."""
    with pytest.raises(ValueError, match="greater than maximum points"):
        determine_grade(graded_cell(15.0, value("15.000000000000002")))


@given(
    st.floats(-1e6, 1e6) | st.just(-0.0),
    st.sampled_from([0.0, 1 / 3, 2.5, 7.0, 15.0]),
    st.sampled_from([0.0, 0.1, 1 / 3, 7.0, 15.0, 100.0]),
)
def test_every_number_is_within_the_cell(points: float, of: float, most: float) -> None:
    """Whatever the judge gave and the course has made of the points, nbgrader reads a number from 0 to the most."""
    outcome = Outcome("bptt_W", "partial", points, of)
    verdict = Verdict("ana", "graded", 0.0, 100.0, tasks=(outcome,))
    assert 0.0 <= scored(graded_cell(most), verdict) <= most


@pytest.mark.parametrize("status", ["import_error", "timeout", "memory", "crashed", "rejected", "missing"])
def test_nothing_that_could_be_run_is_zero(status: str) -> None:
    """Where no task was graded, each cell says 0 in a number; nothing is left out, which would be full marks."""
    assert scored(graded_cell(), Verdict("ana", status, 0.0, 100.0, "why")) == 0.0  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, str]:
    """A course with folders of its own, in which the grader fails for one of three, and what nbgrader said."""
    course = Course(tmp_path_factory.mktemp("rules"))
    course.configure("c.CourseDirectory.submitted_directory = 'collected'\n")
    course.nbgrader("generate_assignment rnn")
    for student in ("ana", "bo", "cy"):
        course.submit(student, course.released())
    (course.root / "submitted").rename(course.root / "collected")
    config = course.root / "nbgrader_config.py"
    sound = config.read_text(encoding="utf-8")
    course.configure(FAULT)
    said = course.nbgrader("autograde rnn", fails=True)
    config.write_text(sound, encoding="utf-8")
    return course, said


def exported(course: Course, tmp_path: Path) -> dict[str, dict[str, str]]:
    course.nbgrader(f"export --exporter=autograder.nbgrader.exporter.TaskExport --to={tmp_path / 'grades.csv'}")
    with (tmp_path / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_a_failure_of_ours_is_no_mark(broken: tuple[Course, str], tmp_path: Path) -> None:
    """nbgrader names the student for whom the grader failed, has no score, and is done when it is run again."""
    course, said = broken
    assert "the sandbox has gone: run the same command again" in said
    assert "There was an error processing assignment 'rnn' for student 'bo'" in said
    assert said.count("There was an error processing assignment 'rnn'") == 1
    assert set(course.scores()["bo"].values()) == {None}
    assert not (course.root / "autograded" / "bo" / "rnn").exists()
    with Gradebook(course.database) as gradebook:
        gradebook.update_or_create_student("dee")
    rows = exported(course, tmp_path)
    assert [rows[student]["status"] for student in ("ana", "bo", "cy", "dee")] == [
        "graded", "not_graded", "graded", "missing",
    ]  # fmt: skip
    assert {rows["bo"][name] for name in ("score", *(task.id for task in TASKS))} == {""}
    assert {rows["dee"][name] for name in ("score", *(task.id for task in TASKS))} == {"0"}
    course.nbgrader("autograde rnn")
    assert exported(course, tmp_path)["bo"]["status"] == "graded"


def test_folders_of_the_course_are_used(broken: tuple[Course, str]) -> None:
    """Where a course calls its folders otherwise, the file that nbgrader found is the one that is graded."""
    course, _ = broken
    assert set(course.scores()["ana"].values()) == {0.0}
    assert "not implemented" in nbformat.writes(course.autograded("ana"))
    assert not (course.root / "submitted").exists()


@pytest.mark.thorough
def test_what_an_instructor_added_waits_for_a_person(tmp_path: Path) -> None:
    """Tests, an essay and a task of one's own in the kit's notebook have no automatic mark, from either command."""
    course = Course(tmp_path)
    source = nbformat.read(course.root / "source" / "rnn" / "rnn.ipynb", as_version=4)
    mark = {"schema_version": 3, "solution": False, "locked": True, "task": False, "points": 3}
    essay = {**mark, "grade": True, "solution": True, "locked": False, "grade_id": "essay"}
    source.cells += [
        nbformat.v4.new_code_cell("1.0", metadata={"nbgrader": {**mark, "grade": True, "grade_id": "extra"}}),
        nbformat.v4.new_markdown_cell("Why?", metadata={"nbgrader": essay}),
        nbformat.v4.new_markdown_cell(
            "Draw it.", metadata={"nbgrader": {**mark, "grade": False, "task": True, "grade_id": "drawing"}}
        ),
    ]
    nbformat.write(source, course.root / "source" / "rnn" / "rnn.ipynb")
    course.nbgrader("generate_assignment rnn")
    released = course.released()
    cell_of(released, "essay").source = "Because gradients vanish."
    course.submit("ana", in_cells(released, REFERENCE))
    course.nbgrader("autograde rnn")
    by_nbgrader = marks(course)
    assert {name: by_nbgrader[name] for name in ("extra", "essay", "bptt_W")} == {
        "extra": (None, True), "essay": (None, True), "bptt_W": (15.0, False),
    }  # fmt: skip
    (course.root / "gradebook.db").unlink()
    course.nbgrader("generate_assignment rnn --force")
    done = CliRunner().invoke(main, ["grade", str(course.root), "--out", str(tmp_path / "results"), "--jobs", "1"])
    assert done.exit_code == 0, done.output
    assert marks(course) == by_nbgrader


def marks(course: Course) -> dict[str, tuple[float | None, bool]]:
    """Each cell's automatic score, and whether a person has to look."""
    with Gradebook(course.database) as gradebook:
        grades = gradebook.find_submission_notebook("rnn", "rnn", "ana").grades
        return {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in grades}
