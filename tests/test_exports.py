"""`bptt export`: what each format writes, what it leaves as it was, and what it refuses."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from autograder.exports import FORMATS
from autograder.exports.classroom50 import result, whole
from autograder.exports.gradescope import results
from autograder.exports.moodle import feedback_comment
from autograder.model.settings import Settings
from autograder.model.verdict import Diagnosis, Finding, Late, Outcome, Verdict
from autograder.reports.document import schema
from autograder.results.store import FILE_NAME, Store
from tests.lms import DATA
from tests.sample_verdicts import graded, missing, not_graded

HOSTILE = '=HYPERLINK("http://evil")<script>alert(1)</script>\x1b[2J\n'


def bptt(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def keep(verdicts: list[Verdict], folder: Path = Path("results"), *, finished: bool = True) -> None:
    """Put verdicts into a results folder."""
    with Store(folder / FILE_NAME) as store:
        store.start_run(Settings(), [verdict.student_id for verdict in verdicts])
        for verdict in verdicts:
            store.save(verdict.student_id, "key", verdict)
        if finished:
            store.finish_run()


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


CANVAS = ("export", "canvas", "results", "--fill", str(DATA / "canvas-gradebook.csv"), "--out", "filled.csv")
MOODLE = ("export", "moodle", "results", "--fill", str(DATA / "moodle-worksheet.csv"), "--out", "filled.csv")


def test_canvas_fills_one_column_and_nothing_else(here):
    """The marks stand in the chosen column; every other byte of the gradebook is as it was."""
    keep([graded("doejane_4711", 0.75, "partial"), graded("jmueller"), not_graded("s1003"), graded("strayer_1")])
    done = bptt(*CANVAS, "--column", "RNN and BPTT")
    assert done.exit_code == 1  # for the one who is not in it
    before = (DATA / "canvas-gradebook.csv").read_bytes().decode()
    after = (here / "filled.csv").read_bytes().decode()
    assert after == before.replace("Section A,12,9,12", "Section A,75,9,12").replace(
        "jmueller,Section A,,8", "jmueller,Section A,100,8"
    )


def test_canvas_lists_who_is_left_on_both_sides(here):
    """Who is graded and not in the gradebook, who is in it and not graded, and every mark that was another."""
    keep([graded("doejane_4711", 0.75, "partial"), not_graded("s1003"), graded("strayer_1")])
    said = bptt(*CANVAS, "--column", "880").stderr
    assert "Graded, and not in the file (1):\n  strayer_1: no row has this id or name\n" in said
    assert "In the file, and not graded (3):\n  Müller, Jörg (4712): nobody was graded under" in said
    assert "Left as they were, without a mark (1):\n  s1003: the grader failed\n" in said
    assert "Marks that were there and are others now (1):\n  doejane_4711: 12 became 75\n" in said


def test_canvas_asks_which_column(here):
    """With several assignments the column has to be chosen, and the message lists them."""
    keep([graded("jdoe")])
    done = bptt(*CANVAS)
    assert done.exit_code == 2
    assert "RNN and BPTT (880); Reading (881)" in done.stderr
    assert not (here / "filled.csv").exists()


def test_canvas_says_when_points_differ(here):
    """A column out of another maximum is filled, with a word about it."""
    keep([graded("jdoe")])
    assert "The column is out of 10 points, and the marks are out of 100" in bptt(*CANVAS, "--column", "Reading").stderr


def test_canvas_may_split_names(here):
    """An account that has first and last names in two columns is filled as well."""
    keep([graded("doejane_4711", 0.75, "partial"), graded("Müller, Jörg")])
    (here / "own.csv").write_text(
        "LastName,FirstName,ID,SIS Login ID,Section,RNN (8)\n    Points Possible,,,,,100\n"
        "Doe,Jane,4711,jdoe,A,\nMüller,Jörg,4712,jm,A,\n"
    )
    done = bptt("export", "canvas", "results", "--fill", "own.csv", "--out", "filled.csv")
    assert done.exit_code == 0, done.stderr
    assert [row[5] for row in table(here / "filled.csv")[2:]] == ["75", "100"]


def test_moodle_fills_grade_and_comments(here):
    """Grade and Feedback comments are filled; what Moodle checks on import is unchanged."""
    keep([graded("Jane Doe_1001", 0.5, "partial"), graded("Participant_1002"), graded("ada@example.org", 0.9)])
    done = bptt(*MOODLE)
    assert done.exit_code == 0
    before, after = table(DATA / "moodle-worksheet.csv"), table(here / "filled.csv")
    assert [row[4] for row in after[1:]] == ["50", "100", "90", ""]
    assert after[1][9].startswith("50 of 100 points.<br>Task 1: softmax: 4 of 8. the slope of tanh is missing")
    assert [row[:4] + row[5:9] for row in after] == [row[:4] + row[5:9] for row in before]
    assert "Ada Okafor" not in done.stderr.partition("In the file, and not graded")[2]
    assert "ada@example.org: 55.00 became 90" in done.stderr
    assert "Feedback comments that were there were replaced for 1 students" in done.stderr


def test_moodle_comments_are_text(here):
    """What comes from a student is no markup in a comment, which Moodle shows as HTML."""
    finding = Finding("tanh", "square", HOSTILE)
    comment = feedback_comment(graded("x", 0, message=HOSTILE, tasks=(Outcome("bptt_W", "fail", 0, 15, (finding,)),)))
    assert "<script" not in comment
    assert "&lt;script&gt;" in comment
    assert comment.isprintable()
    assert comment.startswith("0 of 100 points.")


@pytest.mark.parametrize(
    ("format_name", "text", "words"),
    [
        ("canvas", "a,b\n1,2\n", 'no column "Student"'),
        ("canvas", "", "is empty"),
        ("moodle", "Identifier,Full name\n", 'no column "Grade"'),
        ("moodle", "Identifier,Grade\n", 'no column "Last modified (grade)"'),
        ("moodle", b"Jos\xe9", "not UTF-8"),
        ("moodle", 'Identifier,Grade\n"Participant 1,', "no CSV file"),
    ],
)
def test_another_file_is_refused(here, format_name, text, words):
    """A file of another kind is refused by what it lacks, and nothing is written."""
    keep([graded("ana")])
    (here / "own.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = bptt("export", format_name, "results", "--fill", "own.csv", "--out", "filled.csv")
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (here / "filled.csv").exists()


def test_moodle_gets_commas(here):
    """A worksheet that a European spreadsheet saved is read, and written with the commas that Moodle asks for."""
    keep([graded("Participant_7")])
    (here / "own.csv").write_text("\ufeffIdentifier;Grade;Last modified (grade)\r\nParticipant 7;;-\r\n", newline="")
    assert bptt("export", "moodle", "results", "--fill", "own.csv", "--out", "filled.csv").exit_code == 0
    text = (here / "filled.csv").read_bytes().decode()
    assert text == "\ufeffIdentifier,Grade,Last modified (grade)\r\nParticipant 7,100,-\r\n"


def test_canvas_keeps_semicolons(here):
    """Canvas writes semicolons where its user asks for them, and reads them again."""
    keep([graded("jdoe")])
    (here / "own.csv").write_text("Student;ID;SIS Login ID;Section;RNN (8)\r\nDoe, Jane;4711;jdoe;A;\r\n", newline="")
    assert bptt("export", "canvas", "results", "--fill", "own.csv", "--out", "filled.csv").exit_code == 0
    assert (here / "filled.csv").read_bytes().decode().endswith("Doe, Jane;4711;jdoe;A;100\r\n")


def test_gradescope_has_a_test_per_task(here):
    """Every student has a results.json with scores that add up; who has no mark has no file, and is named."""
    keep([graded("ana", 0.75, "partial"), not_graded("ben"), missing("cy")])
    done = bptt("export", "gradescope", "results", "--out", "gs")
    assert "No mark, and no file" in done.stderr
    assert sorted(path.parent.name for path in (here / "gs").rglob("results.json")) == ["ana", "cy"]
    data = json.loads((here / "gs/ana/results.json").read_text())
    assert sum(test["score"] for test in data["tests"]) == data["score"] == 75
    assert {test["status"] for test in data["tests"]} == {"failed"}
    assert data["tests"][6]["name"] == "Task 7: bptt_W"
    assert {test["visibility"] for test in data["tests"]} == {"visible"}
    assert json.loads((here / "gs/cy/results.json").read_text())["score"] == 0


def test_gradescope_gets_no_markup():
    """Texts are declared as plain text, hold no control characters, and have the diagnosis with its question."""
    finding = Finding("tanh", "square", HOSTILE, got=HOSTILE)
    diagnosis = Diagnosis((("no-tanh-slope",),), "the slope is left out", ("What is tanh'?",), ("The Math",))
    verdict = graded(HOSTILE, 0, tasks=(Outcome("bptt_W", "fail", 0, 15, (finding,), (), (diagnosis,)),))
    data = results(verdict)
    assert {data["output_format"], data["test_output_format"], data["test_name_format"]} == {"text"}
    output = data["tests"][0]["output"]
    assert "Ask yourself: What is tanh'?" in output
    assert all(line.isprintable() for line in output.split("\n"))


def test_classroom50_has_whole_points_that_add_up():
    """Scores are integers whose sum is the score, and the runner's environment names the commit."""
    environment = {"CLASSROOM": "nn", "ASSIGNMENT": "rnn", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "https://x/c"}
    data = result(graded("ana", 0.75, "partial"), environment, datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert (data["schema"], data["classroom"], data["commit"]) == ("classroom50/result/v1", "nn", "https://x/c")
    assert (data["score"], data["max-score"], data["datetime"]) == (75, 100, "2026-11-20T12:00:00Z")
    assert sum(test["score"] for test in data["tests"]) == 75
    assert all(type(test["score"]) is int for test in data["tests"])
    assert all(data[key] for key in ("release", "review", "submission", "owner"))


def collected(data: dict) -> list[str]:
    """What the program that collects a result.json would refuse, by its published rules."""
    faults = [key for key in ("classroom", "assignment", "owner", "commit", "release", "review") if not data[key]]
    faults += [] if data["submission"].startswith("submit/") else ["submission"]
    faults += [] if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", data["datetime"]) else ["datetime"]
    for one in (data, *data["tests"]):
        whole_numbers = type(one["score"]) is type(one["max-score"]) is int
        faults += [] if whole_numbers and 0 <= one["score"] <= one["max-score"] else [str(one)]
    known = {
        "schema",
        "classroom",
        "assignment",
        "assignment_type",
        "owner",
        "submission",
        "commit",
        "release",
        "review",
    }
    return faults + sorted(data.keys() - known - {"datetime", "graded_at", "score", "max-score", "tests"})


@pytest.mark.parametrize("share", [0.0, 0.1, 0.375, 0.5, 1.0])
@pytest.mark.parametrize("lost", [0.0, 12.5, 100.0])
def test_classroom50_collects_it(share, lost):
    """Whatever the points, with a penalty or without, and with nothing in the environment, no rule is broken."""
    verdict = graded("ana", share, "partial")
    odd = tuple(
        replace(one, points=share * (one.max_points + 0.4), max_points=one.max_points + 0.4) for one in verdict.tasks
    )
    for tasks in (verdict.tasks, odd, ()):
        late = Late("2026-11-21T00:00:00+00:00", 2, lost) if lost else None
        score = max(sum(one.points for one in tasks) - lost, 0.0)
        data = result(replace(verdict, tasks=tasks, score=score, late=late), {}, datetime(2026, 11, 20, tzinfo=UTC))
        assert collected(data) == []
        assert abs(data["score"] - score) <= 0.5 + (len(odd) if tasks is odd else 0)


def test_classroom50_says_what_is_unknown(here, monkeypatch):
    """Outside of its runner the files can't be collected, and the export says what is missing."""
    keep([graded("ana")])
    for name in ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"):
        monkeypatch.setenv(name, "submit/1")
    assert "unknown" not in bptt("export", "classroom50", "results", "--out", "one").stderr
    monkeypatch.delenv("CLASSROOM")
    assert "unknown in the files: CLASSROOM." in bptt("export", "classroom50", "results", "--out", "two").stderr


@given(st.lists(st.integers(0, 400).map(lambda quarters: quarters / 4), max_size=14))
def test_rounding_keeps_the_sum(points):
    """Whole points add up to the rounded sum, and none is a point or more off."""
    rounded = whole(points)
    assert abs(sum(rounded) - sum(points)) <= 0.5
    assert all(abs(a - b) < 1 for a, b in zip(rounded, points, strict=True))


def test_json_is_what_its_schema_says(here):
    """The published schema is the program's, and the export keeps to it."""
    published = Path(__file__).parent.parent / "docs" / "feedback.schema.json"
    assert published.read_bytes() == schema()
    keep([graded("ana", 0.5, "partial", flags=("tried to read /etc/passwd",)), not_graded("ben"), missing("cy")])
    assert bptt("export", "json", "results", "--out", "class.json").exit_code == 0
    data = json.loads((here / "class.json").read_text())
    for student in data["students"]:
        jsonschema.validate(student, json.loads(schema()))
    assert [student["score"] for student in data["students"]] == [50, None, 0]
    assert "passwd" not in (here / "class.json").read_text()


def test_csv_is_grades_csv(here):
    """The csv format is the grades.csv of a run, wherever it is wanted."""
    keep([graded("ana")])
    assert bptt("export", "csv", "results", "--out", "marks.csv").exit_code == 0
    assert (here / "marks.csv").read_text().splitlines()[1].startswith("ana,100,100,graded,8,")


def test_anonymous_exports_name_nobody(here):
    """With --anonymous neither ids nor texts name a student, in any format that can do without."""
    finding = Finding("tanh", "square", "raised FileNotFoundError", got="no file C:/Users/jane/Doe.txt", where="of DOE")
    outcome = Outcome("bptt_W", "error", 0, 15, (finding,), ("jane's note",))
    keep([graded("Jane Quimby_1001", 0, tasks=(outcome,), message="quimby.py", notes=("graded quimby.py",))])
    for name in ("csv", "json", "gradescope", "classroom50"):
        assert bptt("export", name, "results", "--out", f"out-{name}", "--anonymous").exit_code == 0
    for path in here.glob("out-*/**/*.json"):
        assert "student 1" in path.as_posix()
    for path in [here / "out-csv", here / "out-json", *here.glob("out-*/**/*.json")]:
        text = path.read_text().casefold()
        assert not any(word in text for word in ("jane", "quimby", "1001"))


def test_nothing_is_overwritten_silently(here):
    """A file or folder in the way stops the export; --force replaces it; the file to fill is never written."""
    keep([graded("jdoe")])
    (here / "filled.csv").write_text("mine")
    column = ("--column", "RNN and BPTT")
    assert "is there already" in bptt(*CANVAS, *column).stderr
    assert (here / "filled.csv").read_text() == "mine"
    assert bptt(*CANVAS, *column, "--force").exit_code == 0
    again = bptt(*CANVAS[:4], "filled.csv", "--out", "filled.csv", *column, "--force")
    assert "stays as it is" in again.stderr
    (here / "gs").mkdir()
    (here / "gs" / "notes.txt").write_text("mine")
    assert "is not empty" in bptt("export", "gradescope", "results", "--out", "gs").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("canvas", "results", "--out", "x"), "--fill"),
        (("moodle", "results", "--out", "x", "--fill", "own.csv", "--anonymous"), "--anonymous can't be had"),
        (("csv", "results", "--out", "x", "--fill", "own.csv"), "fills no file"),
        (("moodle", "results", "--out", "x", "--fill", "own.csv", "--column", "A"), "no column is called 'A'"),
        (("nbgrader", "results", "--out", "x", "--fill", "own.csv", "--scale"), "leave out --scale"),
        (("moodle", "results", "--out", "x", "--fill", "own.csv", "--scale"), "not in the file"),
        (("csv", "results", "--out", "results"), "is a folder"),
        (("gradescope", "results", "--out", "own.csv"), "is a file"),
        (("blackboard", "results", "--out", "x"), "blackboard"),
        (("csv", "nowhere", "--out", "x"), "grade a class first"),
    ],
)
def test_requests_that_make_no_sense(here, arguments, words):
    """What can't be done is said in one message, with a status that is not 0."""
    keep([graded("ana")])
    (here / "own.csv").write_text("Identifier,Grade,Last modified (grade)\n")
    done = bptt("export", *arguments)
    assert done.exit_code in (1, 2)
    assert words in done.stderr


def test_an_unfinished_run_says_so(here):
    """Marks of a run that was interrupted are exported with a word about it."""
    keep([graded("ana")], finished=False)
    assert "interrupted" in bptt("export", "csv", "results", "--out", "x.csv").stderr


def test_the_command_knows_every_format():
    """The help lists the formats of the table."""
    shown = bptt("export", "--help").stdout
    assert all(name in shown for name in FORMATS)
