"""The commands: what they write, what they say, and their exit status. Grading itself is a stand-in here."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder import __version__
from autograder.cli import main
from autograder.results.store import Store
from tests.lms import DATA as SAMPLES
from tests.sample_verdicts import graded, missing, not_graded


class StandIn:
    """Grades by what is written in a file: "fail", "break" (our fault), "stop" (Ctrl-C), "skip", or anything (pass)."""

    def __init__(self) -> None:
        self.graded: list[str] = []
        self.secret: bytes | None = None
        self.jobs = 0
        self.seed = 0
        self.sandbox = ""

    def grade_class(self, submissions, *, settings, secret, workers, store, on_verdict, on_begun, anew) -> None:
        """Do what the real one does for the shell: skip what is known, store, then report."""
        self.secret, self.jobs, self.seed, self.sandbox = secret, workers.jobs, settings.seed, workers.sandbox
        self.graded = []
        known = store.known()
        for submission in submissions:
            key = submission.path.read_text() if submission.path else "missing"
            if (known.get(submission.student_id) == key and submission.student_id not in anew) or key == "skip":
                continue
            if key == "stop":
                raise KeyboardInterrupt
            verdict = self.verdict(submission.student_id, key)
            store.save(submission.student_id, key, verdict)
            self.graded.append(submission.student_id)
            on_verdict(verdict)

    def verdict(self, student_id: str, text: str):
        """Return the verdict that a text stands for."""
        if text == "missing":
            return missing(student_id)
        if text == "break":
            return not_graded(student_id)
        return graded(student_id, 0, "fail") if text == "fail" else graded(student_id)


@pytest.fixture
def grader(monkeypatch) -> StandIn:
    """Put the stand-in in the place of the real grader."""
    stand_in = StandIn()
    monkeypatch.setattr("autograder.commands.run.grade_class", stand_in.grade_class)
    return stand_in


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A current folder with a class of three in it."""
    monkeypatch.chdir(tmp_path)
    for student, text in (("ana", "pass"), ("ben", "fail"), ("cy", "pass")):
        hand_in(tmp_path, student, text)
    return tmp_path


def hand_in(folder: Path, student: str, text: str) -> None:
    """Put a submission into the class."""
    path = folder / "class" / student / "rnn.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def bptt(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


GRADE = ("grade", "class", "--out", "results", "--jobs", "1")


def test_grading_writes_everything(grader, folder):
    """A run writes grades.csv and a page per student, shows the table and says where things are."""
    done = bptt(*GRADE)
    assert done.exit_code == 0
    assert (folder / "results" / "grades.csv").read_text().splitlines()[1].startswith("ana,100,100,graded,8,7,15,")
    pages = sorted(path.name for path in (folder / "results" / "feedback").glob("*.md"))
    assert pages == ["ana.md", "ben.md", "cy.md"]
    assert "Task 7: bptt_W" in done.stdout
    assert "3 students: 3 graded. Mean of what was handed in: 66.7 of 100." in done.stdout
    assert "results/grades.csv" in done.stdout
    assert "Graded 3 of 3" in done.stderr


def test_only_what_changed_is_graded_again(grader, folder):
    """A second run grades what is new or changed, and its results are of the whole class."""
    bptt(*GRADE)
    hand_in(folder, "ben", "pass")
    hand_in(folder, "dora", "pass")
    done = bptt(*GRADE)
    assert grader.graded == ["ben", "dora"]
    assert "Graded 2 of 4" in done.stderr
    assert "2 had not changed" in done.stderr
    assert len((folder / "results" / "grades.csv").read_text().splitlines()) == 5


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE verdict SET body = replace(body, '0.0', '9.0') WHERE student_id = 'ben'", "the verdict of ben was"),
        ("DROP TABLE class", "its table 'class' is gone"),
        ("DROP TABLE made", "its table 'made' is gone"),
    ],
)
def test_damage_is_told_by_every_command_and_mended_by_grading(grader, folder, statement, what):
    """A verdict that was changed by hand is in no page and no file; the next run says so, and grades it anew."""
    bptt(*GRADE)
    table = (folder / "results" / "grades.csv").read_text()
    connection = sqlite3.connect(folder / "results" / "results.sqlite")
    with connection:
        connection.execute(statement)
    connection.close()
    for command in (
        ("report", "results"),
        ("export", "csv", "results", "--out", "marks.csv"),
        ("diff", *["results"] * 2),
    ):
        done = bptt(*command)
        assert (done.exit_code, what in done.stderr) == (1, True), command
    assert not (folder / "marks.csv").exists()
    assert bptt("doctor", "results").exit_code == 1
    done = bptt(*GRADE)
    assert f"is damaged: {what}" in done.stderr
    assert "What is missing is graded anew." in done.stderr
    assert grader.graded == ["ben"] or "ben" not in what
    assert (folder / "results" / "grades.csv").read_text() == table
    told = bptt("doctor", "results")
    assert told.exit_code == 0, told.output
    assert "is damaged" not in bptt(*GRADE).stderr


def test_who_left_is_left_out(grader, folder):
    """A student whose submission is gone is named, and in no result any more."""
    bptt(*GRADE)
    (folder / "class" / "ben" / "rnn.py").unlink()
    (folder / "class" / "ben").rmdir()
    done = bptt(*GRADE)
    assert "not in class any more, so not in the results: ben" in done.stderr
    assert "ben" not in (folder / "results" / "grades.csv").read_text()
    assert not (folder / "results" / "feedback" / "ben.md").exists()


def test_our_failure_is_status_1(grader, folder):
    """A submission on which the grader failed makes the status 1, is named, and is tried again by the next run."""
    hand_in(folder, "ben", "break")
    done = bptt(*GRADE)
    assert done.exit_code == 1
    assert "ben: the sandbox could not be started" in done.stdout
    assert "\nben,,100,not_graded," in (folder / "results" / "grades.csv").read_text()
    assert bptt(*GRADE).exit_code == 1
    assert grader.graded == ["ben"]


def test_a_submission_without_a_verdict_is_status_1(grader, folder):
    """A run that leaves a submission without a verdict says whose, and writes no grades as if it were complete."""
    hand_in(folder, "ben", "skip")
    done = bptt(*GRADE)
    assert done.exit_code == 1
    assert "No verdict was reached for ben" in done.stderr
    assert not (folder / "results" / "grades.csv").exists()


def test_an_interrupted_run_goes_on(grader, folder):
    """Ctrl-C keeps what was graded, says so, and leaves no partial grades; the same command grades the rest."""
    hand_in(folder, "ben", "stop")
    done = bptt(*GRADE)
    assert done.exit_code == 130
    assert "What was graded is kept: the same command goes on from there." in done.stderr
    assert not (folder / "results" / "grades.csv").exists()
    assert "The last run was interrupted" in bptt("report", "results").stderr
    hand_in(folder, "ben", "fail")
    assert bptt(*GRADE).exit_code == 0
    assert grader.graded == ["ben", "cy"]


def test_a_report_is_made_from_the_store_alone(grader, folder):
    """A report needs neither the submissions nor the settings file: the store has what was decided."""
    (folder / "course.toml").write_text("[tasks.softmax]\nenabled = false")
    bptt(*GRADE, "--config", "course.toml")
    (folder / "course.toml").unlink()
    (folder / "results" / "feedback" / "ana.md").unlink()
    done = bptt("report", "results")
    assert done.exit_code == 0
    assert "3 students: 3 graded." in done.stdout
    assert "softmax" not in done.stdout
    assert (folder / "results" / "feedback" / "ana.md").exists()


def test_options_reach_the_grader(grader, folder):
    """Jobs, settings and secret arrive as given; the line end after a secret is no part of it."""
    (folder / "course.toml").write_text("seed = 5")
    (folder / "secret").write_bytes(b"0123456789abcdef\n")
    done = bptt(*GRADE[:4], "--jobs", "3", "--config", "course.toml", "--seed-secret", "secret")
    assert done.exit_code == 0
    assert (grader.jobs, grader.seed, grader.secret) == (3, 5, b"0123456789abcdef")


def test_without_jobs_every_processor_grades(grader, folder):
    """Left out, --jobs is at least one process, there is no secret, and what holds the code is announced."""
    done = bptt(*GRADE[:4])
    assert grader.jobs >= 1
    assert grader.secret is None
    assert grader.sandbox in done.stderr


@pytest.mark.parametrize("content", [b"", b"\n", b"too short", b"0123456789abcde\r\n"])
def test_a_weak_secret_is_refused(grader, folder, content):
    """An empty or short secret is a usage error that says how to make one."""
    (folder / "secret").write_bytes(content)
    done = bptt(*GRADE, "--seed-secret", "secret")
    assert done.exit_code == 2
    assert "at least 16 are expected. To make one: python3 -c" in done.stderr
    assert not (folder / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("grade", "class"), "Missing option '--out'"),
        (("grade", "class", "--out", "results", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("grade", "nowhere", "--out", "results"), "nowhere"),
        (("grade", "empty", "--out", "results"), "empty"),
        (("grade", "class", "--out", "class/results"), "is inside class, where it would be taken for a student"),
        (("grade", "class", "--out", "class"), "is inside class"),
        (("grade", "class", "--out", "results", "--config", "nowhere.toml"), "nowhere.toml does not exist"),
        (("grade", "class", "--out", "results", "--config", "bad.toml"), "limits.file_mb: found 0; expected"),
        (("grade", "class", "--out", "results", "--seed-secret", "nowhere"), "the seed secret nowhere can't be read"),
        (("grades",), "No such command 'grades'"),
    ],
)
def test_a_wrong_request_is_status_2(grader, folder, arguments, words):
    """What is asked wrongly is a usage error with a reason, and leaves nothing behind."""
    (folder / "empty").mkdir()
    (folder / "bad.toml").write_text("[limits]\nfile_mb = 0")
    done = bptt(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (folder / "results").exists()


def test_results_that_are_not_ours(grader, folder):
    """A results folder with a foreign file, and a report on nothing, are status 1 with a reason and no traceback."""
    assert "grade a class first" in bptt("report", "nowhere").stderr
    assert bptt("report", "nowhere").exit_code == 1
    (folder / "results").mkdir()
    (folder / "results" / "results.sqlite").write_text("a shopping list\n" * 100)
    done = bptt(*GRADE)
    assert done.exit_code == 1
    assert "not a results file of bptt" in done.stderr


def test_grades_that_cannot_be_written(grader, folder):
    """Where grades.csv can't be written, the verdicts are kept, and the message says what to do."""
    (folder / "results" / "grades.csv" / "in the way").mkdir(parents=True)
    done = bptt(*GRADE)
    assert done.exit_code == 1
    assert "grades.csv can't be written" in done.stderr
    assert "The verdicts are kept" in done.stderr
    with Store(folder / "results" / "results.sqlite", create=False) as store:
        assert len(store.verdicts()) == 3


def test_a_handout_is_not_written_over_work(folder):
    """A release over an edited rnn.py is a usage error that keeps the file."""
    (folder / "mine").mkdir()
    (folder / "mine" / "rnn.py").write_text("def softmax(o):\n    return o\n")
    done = bptt("release", "--out", "mine")
    assert done.exit_code == 2
    assert "is no handout of bptt: there is rnn.py" in done.stderr
    assert (folder / "mine" / "rnn.py").read_text() == "def softmax(o):\n    return o\n"


@pytest.mark.parametrize(
    "command", [[str(Path(sys.executable).with_name("bptt"))], [sys.executable, "-m", "autograder"]]
)
def test_help_is_the_same_program_twice(command):
    """`bptt` and `python -m autograder` are one program, which lists its commands and knows its version."""
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("Usage: bptt [OPTIONS] COMMAND")
    assert [line.split()[0] for line in shown.partition("Commands:\n")[2].splitlines()] == sorted(main.commands)
    assert main.commands.keys() >= {"demo", "doctor", "grade", "release", "report"}
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
    assert version == f"bptt, version {__version__}\n"


def test_help_imports_nothing_heavy():
    """The help text needs neither numpy nor the other libraries of the commands, which is what keeps it quick."""
    code = (
        "import sys; from autograder.cli import main; main(['grade', '--help'], standalone_mode=False); "
        "heavy = {'numpy', 'scipy', 'pydantic', 'rich', 'nbformat', 'jinja2', 'msgspec', 'sqlite3', 'numdifftools'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_download_is_graded_and_accounted_for(grader, folder):
    """A zip of an LMS is graded as it is, and a list says what became of each file of it."""
    done = bptt("grade", str(SAMPLES / "moodle.zip"), "--out", "results", "--jobs", "1")
    assert done.exit_code == 0
    assert "files:    results/files.csv" in done.stdout
    rows = (folder / "results" / "files.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "file,student_id,what became of it"
    assert "Jane Doe_1001_assignsubmission_file/rnn.py,Jane Doe_1001,graded" in rows
    assert "Jane Doe_1001,100,100,graded" in (folder / "results" / "grades.csv").read_text(encoding="utf-8")
