"""What an example needs before it can run: the checks of the parts that it uses."""

import contextlib
import io
from collections.abc import Sequence

from selfcheck import CHECKS, TASKS, Student, run
from selfcheck.functions import Locked

_TITLES = {task.id: f"Task {task.number}: {task.id}" for task in TASKS}


def missing(student: Student, needs: Sequence[str]) -> list[str]:
    """Return a line for each task of which a check that is needed does not pass yet."""
    tasks = dict.fromkeys(check.partition("-")[0] for check in needs)
    states = {task: _state(student, [check for check in needs if check.startswith(f"{task}-")]) for task in tasks}
    return [f"{_TITLES.get(task, task):<24} {state}" for task, state in states.items() if state]


def require(student: Student, title: str, needs: Sequence[str]) -> None:
    """Go on where all of these checks pass.

    Raises:
        Locked: some do not; str() names their tasks.
    """
    if left := missing(student, needs):
        what = f"{title} is locked: {len(left)} of the tasks that it needs are not done."
        raise Locked("\n".join([what, *(f"  {line}" for line in left)]))


def _state(student: Student, needs: Sequence[str]) -> str:
    """Return what is missing in some checks of one task; "" where all pass."""
    with contextlib.redirect_stdout(io.StringIO()):  # what a function prints belongs to its own check
        states = {run(student, check).state for check in CHECKS if check.id in needs}
    if states == {"pass"}:
        return ""
    if not states:
        return "not part of this assignment"
    return "not written yet" if states == {"to do"} else "not right yet: its check says why"
