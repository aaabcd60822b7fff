"""`bptt --assignment DIR`: every command works on another assignment, and results remember which they are of."""

import csv
import json
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import autograder.model.loading as contract
from autograder.cli import main
from autograder.model.loading import loaded
from solutions import ASSIGNMENT
from tests.small_assignment import bundled_again, make  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("bundled_again")


def bptt(*arguments: str) -> Result:
    """Run a command as a process of its own would: with the bundled assignment, unless another is given."""
    contract._in_use.clear()
    for name in [name for name in sys.modules if name.startswith("assignment_")]:
        del sys.modules[name]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a small assignment and a class of two, of whom ben is wrong."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "tiny")
    for path, text in (
        ("class/ana/tiny.py", "def double(x):\n    return x + x\n"),
        ("class/ben/tiny.py", "def double(x):\n    return 3 * x\n"),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def grades(results: str) -> list[dict[str, str]]:
    """Return the rows of grades.csv."""
    with (Path(results) / "grades.csv").open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


TINY = ("--assignment", "tiny", "grade", "class", "--out", "results", "--jobs", "1")


def test_results_remember_their_assignment(folder: Path) -> None:
    """Commands on results need no option: report, show, mark, replay, diff and export load what was graded."""
    assert bptt(*TINY).exit_code == 0
    assert [row["double"] for row in grades("results")] == ["4", "0"]
    assert json.loads((folder / "results" / "run.json").read_text())["assignment"] == str(folder / "tiny")
    assert "Task 1: double" in bptt("report", "results").stdout
    assert "double returns wrong values" in bptt("show", "results", "ben", "double").stdout
    assert "ben: 3" in bptt("mark", "results", "ben", "double", "3", "--reason", "close").stdout
    assert bptt("export", "csv", "results", "--out", "grades.csv").exit_code == 0
    assert (folder / "grades.csv").read_text().splitlines()[-1] == "ben,3,4,graded,3"
    assert "1 wrong answers of ben" in bptt("replay", "results", "ben", "--out", "again").stdout
    assert bptt("diff", "results", "results").exit_code == 0


def test_marks_do_not_change_to_another_assignment_in_passing(folder: Path) -> None:
    """A run with another assignment says which is which and stops; --regrade goes on, and says whose mark changed."""
    bptt(*TINY)
    before = grades("results")
    other = ("grade", "class", "--out", "results", "--jobs", "1")
    done = bptt(*other)
    assert done.exit_code == 2
    assert f"the assignment ({folder / 'tiny'}, now the kit's own; bptt --assignment DIR grade" in done.stderr
    assert grades("results") == before
    done = bptt(*other, "--regrade")
    assert (done.exit_code, "ana: 4 of 4 -> 0 of 100" in done.stdout) == (0, True)
    assert list(grades("results")[0])[4:] == [task.id for task in ASSIGNMENT.tasks]
    assert bptt(*TINY).exit_code == 2
    assert bptt(*TINY, "--regrade").exit_code == 0
    assert grades("results") == before


def test_a_copy_in_another_place_is_another_assignment(folder: Path) -> None:
    """Its modules import each other by relative imports, so a copy of the bundled one grades alike, and is guarded."""
    ignored = shutil.ignore_patterns("__pycache__", "samples", "styles")
    shutil.copytree(ASSIGNMENT.folder, folder / "my-course", ignore=ignored)
    (folder / "class" / "cy").mkdir()
    shutil.copy(ASSIGNMENT.folder / "rnn.py", folder / "class" / "cy" / "rnn.py")
    grade = ("grade", "class", "--out", "results", "--jobs", "1")
    assert bptt("--assignment", "my-course", *grade).exit_code == 0
    assert [(row["student_id"], row["score"]) for row in grades("results")][-1] == ("cy", "100")
    assert loaded().folder == folder / "my-course"
    done = bptt(*grade)
    assert done.exit_code == 2
    assert "3 students would be graded anew" in done.stderr


def test_an_assignment_that_moved_is_given_again(folder: Path) -> None:
    """Where the folder is gone, one line says what to do; given under its new path, results are read as before."""
    bptt(*TINY)
    (folder / "tiny").rename(folder / "moved")
    done = bptt("report", "results")
    assert done.exit_code == 2
    assert f"results was graded with the assignment in {folder / 'tiny'}, which can't be loaded" in done.stderr
    assert "bptt --assignment DIR" in done.stderr
    assert "Task 1: double" in bptt("--assignment", "moved", "report", "results").stdout


@pytest.mark.parametrize(
    ("start", "said"), [("", "found no ASSIGNMENT"), ("import nothing_of_this_name", "can't be loaded")]
)
def test_an_assignment_that_cannot_be_loaded_is_one_line(folder: Path, start: str, said: str) -> None:
    """A usage error that names the file, before anything is graded."""
    (folder / "tiny" / "__init__.py").write_text(start, encoding="utf-8")
    done = bptt(*TINY)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "tiny/__init__.py" in done.stderr
    assert not (folder / "results").exists()
