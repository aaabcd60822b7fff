"""Nothing that students are shown is a solution or one edit from it: each piece is handed in for each task."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from autograder.assignment import Task
from solutions import rnn
from solutions.mistakes import BUGS
from solutions.tasks import TASK_BY_ID, TASKS
from tests.snippets import Answer, Snippet, answers, of_code, snippets, worth

# Edits make odd code.
pytestmark = pytest.mark.filterwarnings("ignore")
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


#: What a task's stub says itself, as the slide has it: the pieces that say no more, as a pattern, and where it stands.
GIVEN = {"output_error": (r"\w+ [-+] \w+", "∂L/∂o_t = ŷ_t - y_t")}


@cache
def made(*, edit: bool) -> list[tuple[Snippet, Answer]]:
    """Return all answers that can be made of what is shown."""
    return [(one, answer) for one in SHOWN for answer in answers(one, edit=edit)]


def solutions(task: Task, *, edit: bool) -> list[str]:
    """Return the answers that are worth points in a task, beyond what its stub says."""
    given = re.compile(GIVEN[task.id][0] if task.id in GIVEN else "(?!)")
    return [
        f"{one.where}\n{answer.text}"
        for one, answer in made(edit=edit)
        if not given.fullmatch("\n".join(map(ast.unparse, one.body)))
        and any(worth(answer, function) for function in task.functions)
    ]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_nothing_shown_is_a_solution(task: Task) -> None:
    """Each piece is worth nothing where it takes the place of a task's function."""
    assert solutions(task, edit=False) == []


@pytest.mark.thorough
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_nothing_shown_is_one_edit_from_a_solution(task: Task) -> None:
    """The same with one small edit: another name or operator, swapped operands, a transpose, a step more or less."""
    assert solutions(task, edit=True) == []


def test_what_is_given_is_in_the_stub() -> None:
    """A piece may say what the stub of its task says, and no more."""
    for task, (_, formula) in GIVEN.items():
        assert all(formula in (getattr(rnn, name).__doc__ or "") for name in TASK_BY_ID[task].functions)


@pytest.mark.parametrize(
    ("function", "code", "points"),
    [
        ("output_error", "Y_hat - Y", 4),  # of its sum; the option has its usual value
        ("bptt_V", "def shown(error, states):\n    found = error.T @ states\n    yield found", 7),
        ("bptt_V", "gradient = error.T @ states", 7),
        ("bptt_c", "np.sum(errors, axis=0)", 2),
        ("many_to_one", "rnn.forward(net.params, net.X, net.h_init, activation)[1][-1]", 4),
    ],
)
def test_a_solution_would_be_seen(function: str, code: str, points: float) -> None:
    """The measure itself: a piece that solves a task under other names is worth its points."""
    assert max(worth(answer, function) for one in of_code("", code) for answer in answers(one)) == points


@pytest.mark.parametrize("code", ["error @ states", "error.T * states"])
def test_an_edit_would_be_seen(code: str) -> None:
    """A piece that is one edit from a solution is worth nothing as it is, and points after an edit."""
    pieces = [*of_code("", code)]
    assert not any(worth(answer, "bptt_V") for one in pieces for answer in answers(one))
    assert any(worth(answer, "bptt_V") for one in pieces for answer in answers(one, edit=True))


def test_what_does_not_end_is_worth_nothing() -> None:
    """A loop without an end is left, and what else the same piece may mean is still tried."""
    code = "b.T @ a + sum(0 for _ in range(10**15 * (abs(a[0].sum()) < 1e-9)))"  # errors add up to 0, states do not
    assert max(worth(answer, "bptt_V") for one in of_code("", code) for answer in answers(one)) == 7


def test_what_is_measured() -> None:
    """Functions of the programs, blocks and lines of the pages, and code in messages; some of each can be an answer."""
    for pieces in (SHOWN, [one for one, _ in made(edit=False)]):
        places = [one.where.partition(":")[0] for one in pieces]
        assert {"errata/network.py", "tools/steps.py", "ERRATA.md", "README.md", "a message"} <= {*places}
    assert len(SHOWN) > 200
