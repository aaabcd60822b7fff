"""The sample class, graded for real: `samples.toml` says what each submission is and must get."""

from pathlib import Path

import pytest

from autograder.judge.mistakes import bugs_of
from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from tests.conftest import SAMPLES, outcomes


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
