"""The known mistakes of the assignment in use: which a task has, which can be made together, and functions that do."""

from collections.abc import Iterable
from functools import cache
from itertools import combinations

import numpy as np

from autograder.assignment import Functions, Mistake, Mistakes
from autograder.model.loading import loaded


def bugs_of(task_id: str) -> tuple[Mistake, ...]:
    """Return the known mistakes of a task."""
    return tuple(loaded().mistakes.of.get(task_id, {}).values())


def alike(task_id: str, bug_id: str) -> frozenset[str]:
    """Return the ids whose faulty functions compute the same as this one's, itself among them."""
    return next((group for group in loaded().mistakes.alike.get(task_id, ()) if bug_id in group), frozenset({bug_id}))


def make_faulty(task_id: str, bug_ids: Iterable[str]) -> Functions:
    """Return the functions of a task, by name, with these mistakes combined and with a memory of their own.

    They have the signatures of the handout, emit no numpy warnings, and raise ValueError or IndexError where the
    mistake does not fit the shapes, as the student's function would. With no mistake they agree with the reference.

    Raises:
        ValueError: a mistake that the task does not have, or two that contradict each other.
    """
    names = frozenset(bug_ids)
    known = loaded().mistakes.of.get(task_id, {})
    if unknown := names - known.keys():
        raise ValueError(f"{task_id} has no mistake called {', '.join(sorted(unknown))}; see bugs_of({task_id!r})")
    for first, second in combinations(sorted(names), 2):
        if _contradict(known[first], known[second]):
            raise ValueError(f"{first} and {second} cannot be made together; see pairs_of({task_id!r})")
    functions = loaded().mistakes.faulty[task_id](names)
    return {name: np.errstate(all="ignore")(function) for name, function in functions.items()}


def _contradict(first: Mistake, second: Mistake) -> bool:
    """Tell whether two mistakes decide the same thing, or one hides the other. Those of two functions never meet."""
    if first.function != second.function:
        return False
    return bool(first.sets & (second.sets | second.hides) or first.hides & second.sets)


def pairs_of(task_id: str) -> tuple[tuple[str, str], ...]:
    """Return the ids of the mistakes of one function that can be made together.

    Functions are judged each on its own, so that a mistake in each of two is a single one twice, and no pair.
    """
    return _pairs(loaded().mistakes, task_id)


@cache
def _pairs(mistakes: Mistakes, task_id: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (first.id, second.id)
        for first, second in combinations(mistakes.of.get(task_id, {}).values(), 2)
        if first.function == second.function
        and not _contradict(first, second)
        and (task_id, frozenset({first.id, second.id})) not in mistakes.no_pairs
    )
