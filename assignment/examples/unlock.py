"""What an example needs before it can run: tasks that are written, and right in the self-check."""

import contextlib
import io
from collections.abc import Sequence

from selfcheck import CHECKS, TASKS, Student, run
from selfcheck.functions import Locked

_TITLES = {task.id: f"Task {task.number}: {task.id}" for task in TASKS}


def missing(student: Student, tasks: Sequence[str]) -> list[str]:
    """Return a line for each of the tasks that is not done yet."""
    return [f"{_TITLES.get(task, task):<24} {state}" for task in tasks if (state := _state(student, task))]


def require(student: Student, title: str, tasks: Sequence[str]) -> None:
    """Go on where all of the tasks are done.

    Raises:
        Locked: some are not; str() names each of them.
    """
    if left := missing(student, tasks):
        what = f"{title} is locked: {len(left)} of the {len(tasks)} tasks that it needs are not done."
        raise Locked("\n".join([what, *(f"  {line}" for line in left)]))


def _state(student: Student, task: str) -> str:
    """Return what is missing of a task; "" where it is right."""
    with contextlib.redirect_stdout(io.StringIO()):  # what a function prints belongs to its own check
        states = {run(student, check).state for check in CHECKS if check.task == task and check.part}
    if states == {"pass"}:
        return ""
    if not states:
        return "not part of this assignment"
    return "not written yet" if states == {"to do"} else "not right yet: its check says why"
