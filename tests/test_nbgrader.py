"""nbgrader's own commands on a course of this kit: what they make, and what they give."""

import ast
import csv
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from solutions.tasks import TASKS
from tests.conftest import SAMPLE_CLASS, SHORT, edited
from tests.nbgrader_course import Course, cell_of, in_cells, solved
from tests.nbgrader_damage import EDITS, UNREADABLE, oddly_typed

POINTS = {task.id: float(task.points) for task in TASKS}
# Students of the sample class who handed in something; nbgrader sees nobody without a notebook.
STUDENTS = [folder.name for folder in sorted(SAMPLE_CLASS.iterdir()) if folder.name != "carla"]
# Full marks, a known mistake, a file that breaks, a time-out, and the two notebooks.
FEW = ["adam", "amina", "hassan", "samir", "tariq", "yuki", "zoe"]
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)
WRONG_V = ("return dO.T @ H  # the sum over t of the outer products", "return np.outer(dO[-1], H[-1])")


@dataclass(frozen=True)
class Graded:
    """A course after `nbgrader autograde`."""

    course: Course
    students: list[str]  # of the sample class
    said: str
    scores: dict[str, dict[str, float]]


@pytest.fixture(scope="module", params=[FEW, pytest.param(STUDENTS, marks=pytest.mark.thorough)], ids=["few", "class"])
def students(request: pytest.FixtureRequest) -> list[str]:
    """Whom of the sample class these tests are about."""
    return request.param


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings by which what never ends is ended soon."""
    path = tmp_path_factory.mktemp("settings") / "course.toml"
    path.write_text(f"[limits]\ncall_cpu_seconds = {SHORT.call_cpu_seconds}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def graded(students: list[str], config: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Students of the sample class, broken notebooks and an untouched one, graded by `nbgrader autograde`."""
    course = Course(tmp_path_factory.mktemp("nbgrader"), config)
    course.nbgrader("generate_assignment rnn")
    course.submit_class((*students, "carla"))
    source = nbformat.read(course.root / "source" / "rnn" / "rnn.ipynb", as_version=4)
    for student, (edit, _) in EDITS.items():
        course.submit(student, edit(solved(course.released(), source)))
    course.submit("x-odd", oddly_typed(solved(course.released(), source)))
    for student, content in UNREADABLE.items():
        course.submit(student, content)
    course.submit("x-untouched", course.released(), stamp="2026-03-01 10:00:00.000000 UTC")
    secret = course.root / "secret.txt"
    secret.write_text("not for students", encoding="utf-8")
    course.submit("x-link", None).symlink_to(secret)
    said = course.nbgrader("autograde rnn")
    return Graded(course, students, said, course.scores())


@pytest.fixture(scope="module")
def by_file(students: list[str], config: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The rows of grades.csv of these students, everybody's code as a .py file, graded by `bptt grade`."""
    folder = tmp_path_factory.mktemp("by-file")
    for student in (*students, "carla"):
        shutil.copytree(SAMPLE_CLASS / student, folder / "class" / student)
    for path in sorted((folder / "class").glob("*/*.ipynb")):
        path.with_suffix(".py").write_text(as_file(nbformat.read(path, as_version=4)), encoding="utf-8")
        path.unlink()
    return bptt_grade(folder / "class", folder / "results", "--config", str(config))


def as_file(notebook: NotebookNode) -> str:
    """The definitions of a notebook, without IPython's commands and without what only tries things out."""
    kept = []
    for cell in notebook.cells:
        with suppress(SyntaxError):
            body = (
                ast.parse(re.sub("^[%!].*", "", cell.source, flags=re.MULTILINE)).body
                if cell.cell_type == "code"
                else []
            )
            kept += [ast.unparse(node) for node in body if isinstance(node, DEFINITIONS)]
    return "\n\n\n".join(kept)


def bptt_grade(folder: Path, results: Path, *options: str) -> dict[str, dict[str, str]]:
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--out", str(results), "--jobs", "2"]
    subprocess.run([*command, *options], check=True, capture_output=True)
    with (results / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_the_source_is_a_valid_assignment(graded: Graded) -> None:
    """One autograded cell per task with the rubric's points, one cell for its code, and hidden tests in each."""
    source = nbformat.read(graded.course.root / "source" / "rnn" / "rnn.ipynb", as_version=4)
    nbformat.validate(source)
    marks = [cell.metadata.nbgrader for cell in source.cells if "nbgrader" in cell.metadata]
    assert {mark.grade_id: mark.points for mark in marks if mark.grade} == POINTS
    assert [mark.grade_id for mark in marks if mark.solution] == [f"{task}-code" for task in POINTS]
    assert {mark.schema_version for mark in marks} == {3}
    for task in POINTS:
        assert "### BEGIN HIDDEN TESTS" in cell_of(source, task).source
        assert "### BEGIN SOLUTION" in cell_of(source, f"{task}-code").source


@pytest.mark.thorough
def test_solutions_pass_their_hidden_tests_and_stubs_do_not(graded: Graded) -> None:
    """`nbgrader validate` is content with the source, and names every task of what students get."""
    notebooks = [f"{folder}/rnn/rnn.ipynb" for folder in ("source", "release")]
    command = [sys.executable, "-m", "nbgrader", "validate", *notebooks]
    said = subprocess.run(command, cwd=graded.course.root, check=True, capture_output=True, encoding="utf-8").stdout
    assert said.startswith("Success! Your notebook passes all the tests.")
    assert f"VALIDATION FAILED ON {len(POINTS)} CELL(S)" in said


def test_a_release_holds_no_solution_and_no_hidden_test(graded: Graded) -> None:
    """What students get is the stubs of the handout, which name their task."""
    released = graded.course.released()
    text = nbformat.writes(released)
    assert "HIDDEN TESTS" not in text
    assert "BEGIN SOLUTION" not in text
    for task in TASKS:
        code = cell_of(released, f"{task.id}-code").source
        assert code.count(f'raise NotImplementedError("{task.title}")') == len(task.functions)
        assert cell_of(released, task.id).source == f'check("{task.id}")'


def test_marks_are_those_of_the_files(graded: Graded, by_file: dict[str, dict[str, str]]) -> None:
    """Student by student and cell by cell, a notebook gets what the same code gets as rnn.py."""
    assert len(graded.students) == len(by_file) - 1
    assert not list(SAMPLE_CLASS.glob("carla/*.py")) + list(SAMPLE_CLASS.glob("carla/*.ipynb"))
    for student in graded.students:
        assert graded.scores[student] == {task: float(by_file[student][task]) for task in POINTS}, student


@pytest.mark.parametrize("student", EDITS)
def test_a_damaged_notebook_costs_what_is_missing(student: str, graded: Graded) -> None:
    """Deleted, doubled, moved or unmarked cells, huge outputs and noise cost nothing but the code that is gone."""
    assert graded.scores[student] == POINTS | EDITS[student][1]


def test_what_is_hardly_a_notebook_is_graded(graded: Graded) -> None:
    """Objects among the cells that are no cells lead to a rejection with its reason, or to marks; never to an error."""
    assert set(graded.scores["x-odd"]) == set(POINTS)
    assert all(score is not None for score in graded.scores["x-odd"].values())


@pytest.mark.parametrize(
    ("student", "why"),
    [("x-text", "is not a notebook"), ("x-list", "is not a notebook"), ("x-utf16", "UTF-16"), ("x-large", "bytes"),
     ("x-link", "symbolic link")],
)  # fmt: skip
def test_what_cannot_be_read_gets_nothing_and_a_reason(student: str, why: str, graded: Graded) -> None:
    """Such a file costs its own student everything, and the notebook for the feedback page says why."""
    assert graded.scores[student] == dict.fromkeys(POINTS, 0.0)
    notebook = graded.course.autograded(student)
    assert why in notebook.cells[0].source
    assert [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata] == list(POINTS)
    assert "not for students" not in nbformat.writes(notebook)


def test_no_submission_stops_the_batch(graded: Graded) -> None:
    """nbgrader reports no error, and has a grade for everybody who handed in a notebook."""
    assert "ERROR" not in graded.said
    assert len(graded.scores) == len(graded.students) + len(EDITS) + len(UNREADABLE) + 3


def test_untouched_stubs_are_no_response(graded: Graded) -> None:
    """A notebook as it was released has no points, and nbgrader's own comment."""
    with Gradebook(graded.course.database) as gradebook:
        notebook = gradebook.find_submission_notebook("rnn", "rnn", "x-untouched")
        assert {comment.auto_comment for comment in notebook.comments} == {"No response."}
        assert notebook.score == 0
        other = gradebook.find_submission_notebook("rnn", "rnn", "amina")
        assert {comment.auto_comment for comment in other.comments} == {None}


def test_each_graded_cell_has_one_number_and_its_reasons(graded: Graded) -> None:
    """Outputs are a text and then a number within the cell's points: nbgrader's rules leave nothing to chance."""
    for student in graded.scores:
        notebook = graded.course.autograded(student)
        for task, points in POINTS.items():
            said, result = cell_of(notebook, task).outputs
            assert said.output_type == "display_data"
            assert result.output_type == "execute_result"
            assert float(result.data["text/plain"]) == graded.scores[student][task] <= points


def test_a_feedback_page_says_why_and_hides_the_tests(graded: Graded) -> None:
    """The page of a student shows the known mistake and its question, and no hidden test."""
    graded.course.nbgrader("generate_feedback rnn --student hassan")
    html = (graded.course.root / "feedback" / "hassan" / "rnn" / "rnn.html").read_text(encoding="utf-8")
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    assert "Task 7: bptt_W: partial, 3 of 15" in page
    assert "the slope of tanh, 1 - h², is left out" in page
    assert "80.5 of 100 points" in page
    hidden = nbformat.read(graded.course.root / "source" / "rnn" / "rnn.ipynb", as_version=4)
    packed = cell_of(hidden, "bptt_W").source.splitlines()[3]
    assert len(packed) > 80
    assert packed not in unescape(html)
    assert "HIDDEN TESTS" not in html


def test_student_text_is_no_html_on_a_feedback_page(graded: Graded) -> None:
    """An exception's message that looks like HTML is shown as text."""
    attack = 'raise ValueError("<script>alert(1)</script> [x](javascript:alert(1))")'
    graded.course.submit("y-html", in_cells(graded.course.released(), edited((WRONG_V[0], attack))))
    graded.course.nbgrader("autograde rnn --student y-html", "generate_feedback rnn --student y-html")
    html = (graded.course.root / "feedback" / "y-html" / "rnn" / "rnn.html").read_text(encoding="utf-8")
    outputs = html.split("Task 5: bptt_V: error", 1)[1].split("Task 6", 1)[0]
    assert "alert(1)" in outputs
    assert "<script>alert" not in outputs
    assert 'href="javascript' not in outputs


def test_export_writes_tasks_and_states(graded: Graded, by_file: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """`nbgrader export` writes the columns of grades.csv, and the state of each task after them."""
    export = "export --exporter=autograder.nbgrader.exporter.TaskExport"
    one = f"{export} --to={tmp_path / 'one.csv'} --student=\"['adam']\" --TaskExport.states=False"
    graded.course.nbgrader(f"{export} --to={tmp_path / 'grades.csv'}", one)
    with (tmp_path / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert list(rows["adam"]) == [*by_file["adam"], *(f"{task}_state" for task in POINTS)]
    for student in graded.students:
        assert {name: rows[student][name] for name in by_file[student]} == by_file[student]
    assert rows["tariq"]["hidden_jacobian_state"] == "timeout"
    assert rows["hassan"]["bptt_W_state"] == "partial"
    assert rows["x-text"]["status"] == "rejected"
    assert (tmp_path / "one.csv").read_text(encoding="utf-8").splitlines()[1:] == [",".join(by_file["adam"].values())]


@pytest.mark.thorough
def test_bptt_grade_gives_the_same_marks(graded: Graded, by_file: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """`bptt grade` on the course fills an empty gradebook with what `nbgrader autograde` gave, cell by cell."""
    with Gradebook(graded.course.database) as gradebook:
        for submission in gradebook.assignment_submissions("rnn"):
            for grade in submission.notebooks[0].grades:
                grade.auto_score = None
        gradebook.db.commit()
    rows = bptt_grade(graded.course.root, tmp_path / "results")
    scores = graded.course.scores()
    assert {student: scores[student] for student in graded.scores} == graded.scores
    for student in graded.students:
        assert [rows[student][task] for task in POINTS] == [by_file[student][task] for task in POINTS]
    assert scores["carla"] == dict.fromkeys(POINTS, 0.0)


@pytest.mark.thorough
def test_an_assignment_goes_through_the_exchange_and_back(tmp_path: Path) -> None:
    """Release, fetch, submit, collect, autograde and both steps of feedback, with nbgrader's own commands."""
    course = Course(tmp_path)
    course.nbgrader("generate_assignment rnn", "release_assignment rnn")
    desk = tmp_path / "desk"
    desk.mkdir()
    config = (course.root / "nbgrader_config.py").read_text(encoding="utf-8")
    own = [line for line in config.splitlines() if line.startswith(("c = ", "c.Exchange", "c.CourseDirectory"))]
    (desk / "nbgrader_config.py").write_text("\n".join(own), encoding="utf-8")
    course.nbgrader("fetch_assignment rnn", cwd=desk)
    path = desk / "rnn" / "rnn.ipynb"
    nbformat.write(in_cells(nbformat.read(path, as_version=4), edited(WRONG_V)), path)
    assert (desk / "rnn" / "selfcheck" / "public_cases.npz").is_file()
    assert (desk / "rnn" / "examples" / "notebook.py").is_file()
    assert (desk / "rnn" / "tools" / "gradients.py").is_file()
    course.nbgrader("submit rnn", cwd=desk)
    course.nbgrader("collect rnn", "autograde rnn", "generate_feedback rnn", "release_feedback rnn")
    (scores,) = course.scores().values()
    assert scores == POINTS | {"bptt_V": 0.0}
    course.nbgrader("fetch_feedback rnn", cwd=desk)
    (page,) = (desk / "rnn" / "feedback").rglob("rnn.html")
    assert "Task 5: bptt_V: fail, 0 of 7" in page.read_text(encoding="utf-8")


@pytest.mark.thorough
def test_other_assignments_are_left_to_nbgrader(tmp_path: Path) -> None:
    """A course's other notebooks run in nbgrader's kernel, are cleared its way, and are graded by its rules."""
    course = Course(tmp_path)
    mark = {"schema_version": 3, "grade": False, "solution": True, "locked": False, "task": False, "grade_id": "f"}
    tests = {**mark, "grade": True, "solution": False, "locked": True, "grade_id": "t", "points": 4}
    code = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    cells = [
        nbformat.v4.new_code_cell(code, metadata={"nbgrader": mark}),
        nbformat.v4.new_code_cell("0.5 * x", metadata={"nbgrader": tests}),
    ]
    folder = course.root / "source" / "other"
    folder.mkdir()
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=spec), folder / "other.ipynb")
    course.nbgrader("generate_assignment other")
    released = nbformat.read(course.root / "release" / "other" / "other.ipynb", as_version=4)
    assert released.cells[0].source == "# YOUR CODE HERE\nraise NotImplementedError()"
    released.cells[0].source = "x = 5"
    place = course.root / "submitted" / "ana" / "other"
    place.mkdir(parents=True)
    nbformat.write(released, place / "other.ipynb")
    course.nbgrader("autograde other")
    with Gradebook(course.database) as gradebook:
        assert gradebook.find_grade("t", "other", "other", "ana").auto_score == 2.5
