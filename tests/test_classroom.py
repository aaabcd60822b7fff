"""A class, graded for real: everybody gets a verdict, the same one each time, and only once."""

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cases.case_sets import seed_of
from autograder.grading import LocalWorkers, grade_class
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.results.store import Store
from autograder.sandbox.host.levels import detect
from autograder.submissions import survey
from tests.conftest import REFERENCE, edited

HANDED_IN = {
    "ada": REFERENCE,
    "ben": edited(("return dO.T @ H  # the sum", "return H.T @ dO  # the sum")),
    "cleo": "import numpy as np\n",
    "dan": edited(("return dO.T @ H  # the sum", "import os; os._exit(1)  # the sum")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class of four, and one who handed in nothing."""
    for name, text in HANDED_IN.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "rnn.py").write_text(text, encoding="utf-8")
    (tmp_path / "class" / "eve").mkdir()
    return tmp_path / "class"


def bptt(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, args)], capture_output=True, text=True, check=False
    )


def scores(results: Path) -> dict[str, tuple[str, str]]:
    with (results / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: (row["status"], row["score"]) for row in csv.DictReader(file)}


@pytest.fixture
def graded(folder: Path, tmp_path: Path) -> Callable[..., list[str]]:
    """Grade the folder in this process; returns whom it graded."""

    def run(secret: bytes | None = None, settings: Settings | None = None) -> list[str]:
        seen: list[str] = []
        submissions = survey(folder).submissions
        used = settings or Settings()
        with Store(tmp_path / "results" / "results.sqlite") as store:
            store.start_run(used, [submission.student_id for submission in submissions])

            def on_verdict(verdict: Verdict) -> None:
                seen.append(verdict.student_id)

            with LocalWorkers(used, detect(), jobs=1) as workers:
                grade_class(
                    submissions,
                    settings=used,
                    secret=secret,
                    workers=workers,
                    store=store,
                    on_verdict=on_verdict,
                )
        return sorted(seen)

    return run


def test_the_command_grades_everybody_and_ends_with_the_table(folder: Path, tmp_path: Path) -> None:
    """grades.csv has a row for each student; one bad submission costs no other; the exit status is 0."""
    done = bptt("grade", folder, "--out", tmp_path / "results", "--jobs", 2)
    assert done.returncode == 0, done.stderr
    assert scores(tmp_path / "results") == {
        "ada": ("graded", "100"),
        "ben": ("graded", "93"),
        "cleo": ("graded", "0"),
        "dan": ("graded", "93"),
        "eve": ("missing", "0"),
    }
    assert "Task 5: bptt_V" in done.stdout
    assert str(tmp_path / "results" / "grades.csv") in done.stdout


def test_no_file_of_a_student_is_imported_where_it_is_graded_from(folder: Path, tmp_path: Path) -> None:
    """Among hand-ins that are called like modules of Python or of the kit, nothing of them runs with our rights."""
    touched = tmp_path / "touched"
    for name in ("json", "sys", "ctypes", "numpy", "autograder", "msgspec", "multiprocessing"):
        (folder / f"{name}.py").write_text(f"open({str(touched)!r}, 'w')\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("bptt")), "grade", ".", "--out", str(tmp_path / "results")]
    done = subprocess.run([*command, "--jobs", "2"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not touched.exists()
    assert scores(tmp_path / "results")["ada"] == ("graded", "100")


def test_marks_do_not_depend_on_the_number_of_processes(folder: Path, tmp_path: Path) -> None:
    """One process or two, from scratch or again: the same grades.csv, byte for byte."""
    for student in ("cleo", "dan", "eve"):
        shutil.rmtree(folder / student)
    for jobs in (1, 2):
        bptt("grade", folder, "--out", tmp_path / str(jobs), "--jobs", jobs, "--seed-secret", _secret(tmp_path))
    one, two = ((tmp_path / jobs / "grades.csv").read_bytes() for jobs in "12")
    assert one == two


def _secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("an example of a long secret\n", encoding="utf-8")
    return path


def test_only_what_is_new_or_changed_is_graded_again(folder: Path, graded: Callable[..., list[str]]) -> None:
    """Content, settings and seeds are what a verdict depends on; without a change nobody is graded twice."""
    for student in ("cleo", "dan"):
        shutil.rmtree(folder / student)
    everybody = ["ada", "ben", "eve"]
    assert graded() == everybody
    assert graded() == []
    (folder / "ben" / "rnn.py").write_text(REFERENCE, encoding="utf-8")
    assert graded() == ["ben"]
    (folder / "eve" / "rnn.py").write_text(REFERENCE, encoding="utf-8")
    assert graded() == ["eve"]
    assert graded(settings=Settings(seed=1)) == everybody
    assert graded(settings=Settings(seed=1), secret=b"0123456789abcdef") == everybody
    assert graded(settings=Settings(seed=1), secret=b"0123456789abcdef") == []


def test_students_have_inputs_of_their_own_under_a_secret(graded: Callable[..., list[str]], tmp_path: Path) -> None:
    """The same mistake is shown with other numbers to each student, and costs the same."""
    secret = b"0123456789abcdef"
    assert seed_of(0, secret, "ben") != seed_of(0, secret, "dan")
    graded(secret=secret)
    with Store(tmp_path / "results" / "results.sqlite") as store:
        assert [(verdict.student_id, verdict.score) for verdict in store.verdicts()] == [
            ("ada", 100), ("ben", 93), ("cleo", 0), ("dan", 93), ("eve", 0),
        ]  # fmt: skip
