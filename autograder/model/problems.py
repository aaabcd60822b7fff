"""What is wrong with an assignment as it is written down, before anything of it runs: each a line with the task."""

import re
import sys
from collections.abc import Iterable, Iterator
from inspect import signature
from typing import get_args

from autograder.assignment import Assignment, Derivative, Mistakes, Part, Shows, Task

_MAX_POINTS = 1000
_WORD = re.compile(r"[^\W\d][\w-]*")  # it names files, columns and tests
# What students' files import, and what lies beside theirs.
_TAKEN = {*sys.stdlib_module_names, "numpy", "numdifftools", "pytest", "conftest", "selfcheck"}
#: Fields of a task that are tuples, and what they are tuples of.
_TUPLES = {"signatures": str, "parts": Part, "returns": str, "builds_on": str, "derivatives": Derivative}


def problems(assignment: Assignment) -> Iterator[str]:
    """Say what is wrong with the names, the table of tasks and that of known mistakes."""
    tasks = assignment.tasks
    if not _WORD.fullmatch(assignment.name):
        yield f"its name is {assignment.name!r}; expected one word"
    if not assignment.module.isidentifier() or assignment.module in _TAKEN:
        yield f"its module is {assignment.module!r}; expected a name that Python can import, and that is nothing else's"
    if not _is_tuple_of(Task, tasks):
        yield "its tasks must be a tuple of Task: (one,) has a comma"
        return
    if not tasks:
        yield "there is no task"
    yield from _twice("tasks have the id", (task.id for task in tasks))
    yield from _twice("tasks have the number", (str(task.number) for task in tasks))
    yield from _twice("tasks have the function", (name for task in tasks for name in task.functions))
    for task in tasks:
        yield from (f"{task.id}: {problem}" for problem in _of_task(assignment, task))
    yield from _of_mistakes(assignment)


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    every = list(names)
    yield from (f"two {what} {name}" for name in dict.fromkeys(every) if every.count(name) > 1)


def _is_tuple_of(kind: type, value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, kind) for item in value)


def _of_task(assignment: Assignment, task: Task) -> Iterator[str]:
    if wrong := [name for name, kind in _TUPLES.items() if not _is_tuple_of(kind, getattr(task, name))]:
        yield from (f"its {name} must be a tuple of {_TUPLES[name].__name__}: (one,) has a comma" for name in wrong)
        return
    if not _WORD.fullmatch(task.id):
        yield "its id must be one word"
    if not task.signatures:
        yield "it has no function"
    for name in task.functions:
        function, file = getattr(assignment.reference, name, None), assignment.file.name
        if not callable(function):
            yield f"{file} defines no function {name}"
        elif (found := tuple(signature(function).parameters)) != assignment.parameters(name):
            yield f"{name} has the parameters ({', '.join(found)}) in {file}, and others in its signature"
    yield from _of_parts(task)
    yield from (f"it builds on {name}, which is no task" for name in task.builds_on if name not in assignment.task)
    if task.builds_on and assignment.follow is None:
        yield "it has builds_on, which does nothing without follow=… in the Assignment; write one, or leave it out"
    for known in task.derivatives:
        if known.function not in task.functions:
            yield f"one of its derivatives is of {known.function}, which is none of its functions"
        if (known.item or task.returns) and known.item not in task.returns:
            yield f"the derivative of {known.of} is its item {known.item!r}; expected one of {task.returns}"


def _of_parts(task: Task) -> Iterator[str]:
    if not task.parts:
        yield "it has no part, so it can earn nothing"
    for part in task.parts:
        if not (isinstance(part.points, int | float) and 0 < part.points <= _MAX_POINTS):
            yield f"part {part.id} has {part.points!r} points; expected a number above 0, at most {_MAX_POINTS}"
        elif round(part.points, 4) != part.points:
            yield f"part {part.id} has {part.points!r} points; marks have 4 decimals, so its parts would not add up"
    yield from _twice("parts are called", (part.id for part in task.parts))


def _of_mistakes(assignment: Assignment) -> Iterator[str]:
    known = assignment.mistakes
    if not isinstance(known, Mistakes):
        yield f"mistakes is a {type(known).__name__}; expected Mistakes(rows, faulty)"
        return
    yield from _twice("known mistakes are called", (f"{row.task}/{row.id}" for row in known.rows))
    yield from (
        f"faulty makes mistakes of {name}, which is no task" for name in known.faulty if name not in assignment.task
    )
    for row in known.rows:
        if row.task not in assignment.task:
            yield f"the mistake {row.id} is of {row.task}, which is no task"
        elif row.function not in assignment.task[row.task].functions:
            yield f"{row.task}: the mistake {row.id} sits in {row.function}, which is none of its functions"
        elif row.task not in known.faulty:
            yield f"{row.task}: the mistake {row.id} has no function: faulty says nothing of the task"
        if row.shows not in get_args(Shows):
            yield f"the mistake {row.id} shows in {row.shows!r}; expected one of {', '.join(get_args(Shows))}"
