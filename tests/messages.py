"""What the self-check says about each known mistake: the table in docs/, made anew.

    python -m tests.messages

Every entry of the bug library takes the place of its function in the reference, and the checks of its task are run.
"""

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.assignment import Mistake
from autograder.judge.mistakes import make_faulty
from solutions import rnn
from solutions.mistakes import BUGS
from solutions.tasks import TASKS
from tests.desk import Student

PAGE = Path(__file__).parent.parent / "docs" / "selfcheck-messages.md"
HEAD = """\
# What the self-check says about each known mistake

Made by `make messages`: every entry of the bug library takes the place of its function in the reference, and the
checks of its task are run on the public cases.

- *says*: the first line of the message of the first check that fails. The lines below it in the terminal tell what was
  expected, what came and where it begins.
- *fails*: the checks that fail; `numerical` is the comparison with numdifftools, which knows nothing of mistakes.
- *looks like*: the hint. It names the mistake itself, and after "or" another one that computes the same on all public
  cases. Where there is none, it says **no hint**.
"""


@contextmanager
def released() -> Iterator[ModuleType]:
    """Import the self-check of a released folder; what that imports is forgotten at the end."""
    before = set(sys.modules)
    with tempfile.TemporaryDirectory() as place:
        folder = str(Student(Path(place)).folder)
        sys.path.insert(0, folder)
        try:
            yield importlib.import_module("selfcheck")
        finally:
            sys.path.remove(folder)
            for name in [
                name for name in sys.modules.keys() - before if name.partition(".")[0] in ("selfcheck", "rnn")
            ]:
                del sys.modules[name]


def run(selfcheck: ModuleType, task: str, make: Callable[[], dict[str, Any]]) -> list[Any]:
    """Check a task of the reference with some of its functions replaced."""

    def student() -> Any:
        return selfcheck.Student(vars(rnn) | make(), student)

    own = student()
    return [selfcheck.run(own, check) for check in selfcheck.CHECKS if check.task == task]


def results_of_all(selfcheck: ModuleType) -> dict[Mistake, list[Any]]:
    """Return the results of the checks of its task, for every entry of the bug library."""
    return {bug: run(selfcheck, bug.task, lambda bug=bug: make_faulty(bug.task, [bug.id])) for bug in BUGS}


def row(bug: Mistake, results: list[Any]) -> str:
    """Return a mistake's line of the table."""
    wrong = [one for one in results if one.finding]
    hints = list(dict.fromkeys(hint.looks_like for one in wrong for hint in one.hints))
    hints.sort(key=lambda clause: clause != bug.misconception)  # the mistake itself first
    says = f"`{wrong[0].call}`: {wrong[0].finding.summary}" if wrong else "**nothing**"
    fails = ", ".join(one.check.partition("-")[2] for one in wrong)
    cells = (f"`{bug.id}`", says, fails, " or ".join(hints) or "**no hint**")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def page(results: dict[Mistake, list[Any]]) -> str:
    """Return the whole page, from the results of every entry."""
    lines = [HEAD]
    for task in TASKS:
        bugs = [bug for bug in BUGS if bug.task == task.id]
        lines += [
            f"## {task.title}: {len(bugs)} mistakes\n",
            "| mistake | says | fails | looks like |",
            "|---|---|---|---|",
        ]
        lines += [*(row(bug, results[bug]) for bug in bugs), ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    with released() as known:
        PAGE.write_text(page(results_of_all(known)), encoding="utf-8")
    print(f"The table is in {PAGE.relative_to(Path.cwd())}")
