"""Verdicts to store, export and show."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.model.settings import Settings
from autograder.model.verdict import Finding, Outcome, State, Status, Verdict
from autograder.results.store import FILE_NAME, Store
from solutions.tasks import TASKS

FINDING = Finding("tanh", "square", "the slope of tanh is missing", "(4, 4) array", "another", "entry (0, 1)")


def graded(student_id: str, share: float = 1.0, state: State = "pass", status: Status = "graded", **changes) -> Verdict:
    """Return the verdict on a student who got this share of every task's points."""
    findings = () if state == "pass" else (FINDING,)
    tasks = tuple(Outcome(task.id, state, share * task.points, task.points, findings) for task in TASKS)
    return Verdict(student_id, status, share * 100, 100, **{"tasks": tasks, "seconds": 0.25, **changes})


def missing(student_id: str, message: str = "nothing was handed in") -> Verdict:
    """Return the verdict on a student who handed in nothing."""
    return Verdict(student_id, "missing", 0, 100, message)


def not_graded(student_id: str, message: str = "the sandbox could not be started") -> Verdict:
    """Return the verdict of a grader that failed."""
    return Verdict(student_id, "not_graded", None, 100, message)


@contextmanager
def stored(results: Path, *verdicts: Verdict, settings: Settings | None = None) -> Iterator[Store]:
    """Open the results of a run that ended with these verdicts; what earlier runs left there stays."""
    with Store(results / FILE_NAME) as store:
        store.start_run(settings or Settings(), [one.student_id for one in verdicts])
        for verdict in verdicts:
            store.save(verdict.student_id, "key", verdict)
        store.finish_run()
        yield store
