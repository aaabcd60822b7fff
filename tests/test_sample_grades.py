"""The sample class, graded for real: `samples.toml` says what each submission is and must get."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.judge.mistakes import bugs_of
from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from tests.conftest import SAMPLE_CLASS, SAMPLES, outcomes

ROOT = Path(__file__).parent.parent
ABROAD = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "EAST-13", "COLUMNS": "40"}


@pytest.fixture(scope="module")
def verdicts(sample_results: Path) -> dict[str, Verdict]:
    """The verdicts on the whole class by student."""
    with Store(sample_results / FILE_NAME, create=False) as store:
        return {verdict.student_id: verdict for verdict in store.verdicts()}


def test_everybody_is_graded(verdicts: dict[str, Verdict]) -> None:
    """The class and its description name the same students."""
    assert verdicts.keys() == SAMPLES.keys()


@pytest.mark.parametrize("student", SAMPLES)
def test_status_and_states_are_as_described(student: str, verdicts: dict[str, Verdict]) -> None:
    """Each task has the state that its code deserves."""
    row, verdict = SAMPLES[student], verdicts[student]
    assert verdict.status == row["status"], verdict
    if "others" in row:
        states = {task: outcome.state for task, outcome in outcomes(verdict).items()}
        assert states == {task: row.get("states", {}).get(task, row["others"]) for task in states}
    assert row.get("note", "") in " ".join((verdict.message, *verdict.notes))


@pytest.mark.parametrize("student", [name for name, row in SAMPLES.items() if "misconception" in row])
def test_known_mistakes_are_named(student: str, verdicts: dict[str, Verdict]) -> None:
    """Where a known mistake costs marks, it is among the explanations."""
    for task, bug in SAMPLES[student]["misconception"].items():
        family = {row.id: row.family for row in bugs_of(task)}
        named = {ids for diagnosis in outcomes(verdicts[student])[task].diagnoses for ids in diagnosis.bugs}
        assert any(family[bug] == family[one] for ids in named for one in ids), (task, named)


@pytest.mark.parametrize("student", [name for name, row in SAMPLES.items() if "follow_through" in row])
def test_consistent_tasks_follow_through(student: str, verdicts: dict[str, Verdict]) -> None:
    """What is right but for the student's own other function earns its share."""
    for task in SAMPLES[student]["follow_through"]:
        outcome = outcomes(verdicts[student])[task]
        assert outcome.points == pytest.approx(0.7 * outcome.max_points)


def test_a_class_is_graded_alike_abroad(tmp_path: Path, sample_results: Path) -> None:
    """In a locale without UTF-8 and another time zone, marks and feedback are byte for byte what they are here."""
    people = ("jakub", "oskar")
    for student in people:
        shutil.copytree(SAMPLE_CLASS / student, tmp_path / "class" / student)
    subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "class", "--out", "abroad", "--unprotected", "--jobs", "1"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | ABROAD,
        check=True,
        capture_output=True,
    )
    for name in (f"{student}.{kind}" for student in people for kind in ("md", "json")):
        here, abroad = (folder / "feedback" / name for folder in (sample_results, tmp_path / "abroad"))
        assert abroad.read_bytes() == here.read_bytes()
    header, *rows = (tmp_path / "abroad" / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert {header, *rows} <= {*(sample_results / "grades.csv").read_text(encoding="utf-8").splitlines()}
    assert len(rows) == len(people)
