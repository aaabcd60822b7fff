"""Nothing that errata/ and tools/ hold is a solution: each of their functions is handed in for each task."""

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.audit.student import results_of
from autograder.cases.case_sets import case_set
from autograder.handout.release import handout_files
from autograder.judge import judge_task
from autograder.model.settings import Settings
from solutions import rnn
from solutions.tasks import TASKS, Task

REFERENCE_ARGS = {name: list(getattr(rnn, name).__annotations__)[:-1] for task in TASKS for name in task.functions}


def snippets(files: dict[str, bytes]) -> Iterator[ast.FunctionDef]:
    for name, content in files.items():
        if name.startswith(("errata/", "tools/")) and name.endswith(".py"):
            yield from (node for node in ast.walk(ast.parse(content)) if isinstance(node, ast.FunctionDef))


def taken_over(snippet: ast.FunctionDef, function: str) -> Iterator[str]:
    """The body as that of a function of a task, its arguments by position; what it yields or keeps is returned."""
    theirs = [argument.arg for argument in snippet.args.args]
    given = [f"{a} = {b}" for a, b in zip(theirs, REFERENCE_ARGS[function], strict=False) if a != b]
    yields = (ast.Yield, ast.YieldFrom)
    body = [s for s in snippet.body if not any(isinstance(node, yields) for node in ast.walk(s))]
    names = {
        node.id for s in body for node in ast.walk(s) if isinstance(node, ast.Name) and type(node.ctx) is ast.Store
    }
    lines = [*given, *"\n".join(map(ast.unparse, body)).splitlines()]
    head = f"def {function}({', '.join(REFERENCE_ARGS[function])}, *_, **__):\n"
    for name in sorted(names) or [""]:
        yield head + "\n".join(f"    {line}" for line in (*lines, f"return {name}"))


def points(task: Task, source: str) -> float:
    """What a submission gets for one task, the rest of it being right."""
    names: dict[str, Any] = {"np": np}
    exec(source, names)
    own = {name: names[name] for name in task.functions if name in names}
    try:
        results = results_of(vars(rnn) | own, CASES, [task.id])
    except (ValueError, TypeError):  # a text, or whatever else is no array
        return 0
    return judge_task(task, results[task.id], Settings().points(task.id)).points


CASES = case_set(0)
SNIPPETS = list(snippets(handout_files()))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_no_snippet_is_a_solution(task: Task) -> None:
    """Each is worth nothing where its body takes the place of a task's function."""
    assert len(SNIPPETS) > 30
    for snippet in SNIPPETS:
        for function in task.functions if len(task.functions) == 1 else ():
            for source in taken_over(snippet, function):
                assert points(task, source) == 0, source


def test_a_solution_would_be_seen() -> None:
    """The measure itself: a snippet that solves a task under other names is worth its points."""
    (task,) = (task for task in TASKS if task.id == "bptt_V")
    snippet = ast.parse("def shown(error, states):\n    found = error.T @ states\n    yield found").body[0]
    assert isinstance(snippet, ast.FunctionDef)
    (source,) = taken_over(snippet, "bptt_V")
    assert points(task, source) == task.points
