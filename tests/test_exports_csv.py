"""grades.csv: its columns, its numbers, and what no cell of it may do."""

import csv
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.exports.csv import write_files, write_grades
from autograder.exports.writing import safe_cell, write_zip
from autograder.model.points import number
from autograder.model.settings import Settings, TaskSettings
from autograder.submissions import FileNote
from solutions.tasks import TASKS
from tests.sample_verdicts import graded, missing, not_graded


def rows(path: Path) -> list[list[str]]:
    """Read a CSV file as other programs do."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def written(tmp_path: Path):
    """Write verdicts to a file, and return it."""

    def written(*verdicts, settings=Settings()):  # noqa: B008 - settings can't be changed
        path = tmp_path / "grades.csv"
        write_grades(path, verdicts, settings)
        return path

    return written


def test_the_whole_file(written):
    """The columns are those of the contract, students are sorted, numbers are short, lines end with a line feed."""
    path = written(missing("cy"), not_graded("ben"), graded("ana", 0.75, "partial"))
    assert path.read_bytes().decode("utf-8") == (
        "student_id,score,max_score,status,softmax,cross_entropy,forward,output_error,bptt_V,hidden_jacobian,bptt_W,"
        "bptt_U,bptt_bias,gradient_step,one_to_one,one_to_many,many_to_one,many_to_many\n"
        "ana,75,100,graded,6,5.25,11.25,4.5,5.25,6,11.25,5.25,3,2.25,3.75,3,3,5.25\n"
        "ben,,100,not_graded,,,,,,,,,,,,,,\n"
        "cy,0,100,missing,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
    )


def test_the_order_of_verdicts_does_not_matter(written):
    """The same verdicts give the same bytes, in whatever order they come."""
    first = written(graded("ana"), graded("Ben"), missing("émile")).read_bytes()
    assert written(missing("émile"), graded("Ben"), graded("ana")).read_bytes() == first


def test_a_task_that_is_switched_off_has_no_column(written):
    """Only enabled tasks have columns."""
    header, row = rows(written(graded("ana"), settings=Settings(tasks={"softmax": TaskSettings(enabled=False)})))
    assert header[4:] == [task.id for task in TASKS if task.id != "softmax"]
    assert len(row) == len(header)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
def test_no_id_starts_a_formula(written, start):
    """An id that a spreadsheet would run as a formula is kept from it by an apostrophe."""
    cell = rows(written(graded(f"{start}HYPERLINK(1)")))[1][0]
    assert cell.startswith("'")
    assert cell.endswith("HYPERLINK(1)")


@given(st.text())
def test_cells_are_one_line_of_text(text):
    """Whatever the text, its cell starts no formula and breaks no line."""
    cell = safe_cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell.isprintable()


def test_an_id_cannot_start_a_cell_of_its_own(written):
    """Where spreadsheets split at semicolons, an id with one stays in its quotes."""
    path = written(graded("a;=1+1"))
    assert '\n"a;=1+1",' in path.read_text(encoding="utf-8")
    assert rows(path)[1][0] == "a;=1+1"


@pytest.mark.parametrize(
    ("value", "text"),
    [(8.0, "8"), (7.5, "7.5"), (11.25, "11.25"), (0.7 * 12, "8.4"), (-0.0, "0"), (-1e-9, "0"), (100.0, "100")],
)
def test_numbers_are_short(value, text):
    """Points are written without trailing zeros and without the noise of floating point."""
    assert number(value) == text


@given(st.floats(0, 10_000))
def test_numbers_are_right(value):
    """What is written is the value to four decimals, with no exponent."""
    text = number(value)
    assert abs(float(text) - value) <= 0.5001e-4
    assert "e" not in text


def test_a_failed_write_leaves_the_earlier_file(written):
    """When writing breaks half-way, the earlier grades are still there, and nothing else is left behind."""

    def breaking():
        yield graded("ana")
        raise OSError("no space left")

    path = written(graded("ben"))
    before = path.read_bytes()
    with pytest.raises(OSError, match="no space left"):
        write_grades(path, breaking(), Settings())
    bad = graded("ana", tasks=(object(),))
    with pytest.raises(AttributeError):
        write_grades(path, [graded("aaa"), bad], Settings())
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_what_became_of_files_is_a_table_for_spreadsheets(tmp_path):
    """No cell runs; where there is nothing to tell, an earlier file goes."""
    path = tmp_path / "files.csv"
    write_files(path, [FileNote("=a.py", "+ana", "@graded"), FileNote("b;c.py", "ben", "not, looked at")])
    assert rows(path) == [
        ["file", "student_id", "what became of it"],
        ["'=a.py", "'+ana", "'@graded"],
        ["b;c.py", "ben", "not, looked at"],
    ]
    assert b"\r" not in path.read_bytes()
    write_files(path, [])
    assert not path.exists()
    write_files(path, [])


def test_a_zip_is_the_same_each_time_and_says_what_can_be_run(tmp_path):
    """Its files are for their owner alone, but for programs, which everybody may run."""
    made = []
    for _ in range(2):
        write_zip(tmp_path / "x.zip", [("run", b"#!"), ("secret.txt", b"s" * 999)], ["run"])
        made.append((tmp_path / "x.zip").read_bytes())
    assert made[0] == made[1]
    with ZipFile(tmp_path / "x.zip") as archive:
        modes = {info.filename: oct(info.external_attr >> 16) for info in archive.infolist()}
    assert modes == {"run": "0o755", "secret.txt": "0o600"}
    assert len(made[0]) < 999
