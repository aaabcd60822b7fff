"""Nothing that students are shown is a solution or one edit from it: each piece is handed in for each task."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from solutions.mistakes import BUGS
from solutions.tasks import TASKS, Task
from tests.snippets import Snippet, answers, compiled, edited, of_code, points, snippets

ROOT = Path(__file__).parent.parent
FILES = {
    path.relative_to(ROOT / "assignment").as_posix(): path.read_bytes()
    for path in (ROOT / "assignment").rglob("*")
    if path.suffix in (".py", ".md", ".ipynb")
}


def in_messages() -> Iterator[Snippet]:
    """What reads as code in a message: runs of words in it that Python takes."""
    for text in dict.fromkeys(text for bug in BUGS for text in (bug.misconception, bug.question)):
        words = [word.strip(",.?:") for word in text.split()]
        for first in range(len(words)):
            for last in range(first + 1, min(first + 8, len(words)) + 1):
                code = " ".join(words[first:last])
                if re.search(r"[-+*/@=(\[]", code):
                    yield from of_code(f"a message: {text}", code)


SHOWN = {(one.args, "\n".join(map(ast.unparse, one.body))): one for one in (*snippets(FILES), *in_messages())}.values()


def test_what_is_measured() -> None:
    """Functions of the programs, blocks and lines of the pages, and code in messages."""
    places = [one.where.partition(":")[0] for one in SHOWN]
    assert {"errata/loss.py", "tools/steps.py", "GUIDE.md", "ERRATA.md", "README.md", "a message"} <= {*places}
    assert len(places) > 200


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_nothing_shown_is_a_solution(task: Task) -> None:
    """Each piece is worth nothing where it takes the place of a task's function."""
    for one in SHOWN:
        for function in task.functions:
            for body in answers(one, function):
                assert worth(function, body) == 0, f"{one.where}\n{ast.unparse(body[-1])}"


@pytest.mark.thorough
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_nothing_shown_is_one_edit_from_a_solution(task: Task) -> None:
    """The same with one small edit: another name or operator, swapped operands, a transpose, a step more or less."""
    for one in SHOWN:
        for function in task.functions:
            for body in answers(one, function):
                for changed in edited(body):
                    assert worth(function, changed) == 0, f"{one.where}\n{ast.unparse(changed[-1])}"


@pytest.mark.parametrize(
    ("function", "code"),
    [
        ("bptt_V", "def shown(error, states):\n    found = error.T @ states\n    yield found"),
        ("bptt_V", "gradient = error.T @ states"),
        ("bptt_c", "np.sum(errors, axis=0)"),
        ("many_to_one", "rnn.forward(net.params, net.X, net.h_init, activation)[1][-1]"),
    ],
)
def test_a_solution_would_be_seen(function: str, code: str) -> None:
    """The measure itself: a piece that solves a task under other names is worth points."""
    assert any(worth(function, body) for one in of_code("", code) for body in answers(one, function))


@pytest.mark.parametrize("code", ["error @ states", "error.T * states"])
def test_an_edit_would_be_seen(code: str) -> None:
    """A piece that is one edit from a solution is worth nothing as it is, and points after an edit."""
    bodies = [body for one in of_code("", code) for body in answers(one, "bptt_V")]
    assert not any(worth("bptt_V", body) for body in bodies)
    assert any(worth("bptt_V", changed) for body in bodies for changed in edited(body))


def worth(function: str, body: list[ast.stmt]) -> float:
    """The points of a function's task that this body earns."""
    (task,) = (task for task in TASKS if function in task.functions)
    code = compiled(body, function)
    return points(task, function, code) if code else 0.0
