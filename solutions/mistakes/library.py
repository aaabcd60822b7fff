"""The library itself: all bugs, their faulty functions, and which of them can be made together."""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from solutions.mistakes.backward import faulty_bptt_bias, faulty_bptt_u, faulty_bptt_v, faulty_bptt_w
from solutions.mistakes.bug import Bug
from solutions.mistakes.forward import faulty_forward
from solutions.mistakes.jacobian import faulty_hidden_jacobian
from solutions.mistakes.loss import (
    faulty_cross_entropy,
    faulty_gradient_step,
    faulty_output_error,
    faulty_softmax,
)
from solutions.mistakes.table_flow import FLOW, SLOPES
from solutions.mistakes.table_forward import FORWARD, STATE_AND_ACTIVATION
from solutions.mistakes.table_jacobian import JACOBIAN
from solutions.mistakes.table_loss import CROSS_ENTROPY, GRADIENT_STEP, OUTPUT_ERROR, SOFTMAX
from solutions.mistakes.table_terms import FACTORS, TERMS
from solutions.mistakes.table_wrappers import MANY_TO_MANY, WRAPPERS
from solutions.mistakes.wrappers import (
    faulty_many_to_many,
    faulty_many_to_one,
    faulty_one_to_many,
    faulty_one_to_one,
)
from solutions.tasks import TASKS

Functions = dict[str, Callable[..., Any]]

_FAULTY: dict[str, Callable[[frozenset[str]], Functions]] = {
    "softmax": faulty_softmax,
    "cross_entropy": faulty_cross_entropy,
    "forward": faulty_forward,
    "output_error": faulty_output_error,
    "bptt_V": faulty_bptt_v,
    "hidden_jacobian": faulty_hidden_jacobian,
    "bptt_W": faulty_bptt_w,
    "bptt_U": faulty_bptt_u,
    "bptt_bias": faulty_bptt_bias,
    "gradient_step": faulty_gradient_step,
    "one_to_one": faulty_one_to_one,
    "one_to_many": faulty_one_to_many,
    "many_to_one": faulty_many_to_one,
    "many_to_many": faulty_many_to_many,
}

_ROWS = (
    *SOFTMAX,
    *CROSS_ENTROPY,
    *OUTPUT_ERROR,
    *STATE_AND_ACTIVATION,
    *FORWARD,
    *SLOPES,
    *FLOW,
    *TERMS,
    *FACTORS,
    *JACOBIAN,
    *GRADIENT_STEP,
    *WRAPPERS,
    *MANY_TO_MANY,
)

_BUGS_OF: dict[str, dict[str, Bug]] = {task.id: {bug.id: bug for bug in _ROWS if bug.task == task.id} for task in TASKS}

BUGS: tuple[Bug, ...] = tuple(bug for bugs in _BUGS_OF.values() for bug in bugs.values())

#: Different thoughts that compute the same numbers, by construction: where one explains a reply, so does the other.
ALIKE: dict[str, tuple[frozenset[str], ...]] = {
    "softmax": (frozenset({"overflow", "epsilon-in-exp"}),),  # e^1e-12 cancels in the quotient
    "forward": (frozenset({"ignores-h_init", "wraparound"}),),
    "bptt_W": (
        frozenset({"local-only", "carry-not-added"}),
        frozenset({"last-step-only", "carry-replaces-error"}),
        frozenset({"first-step-dropped", "h_init-as-zero"}),
    ),
    "bptt_U": (
        frozenset({"local-only", "carry-not-added"}),
        frozenset({"last-step-only", "carry-replaces-error"}),
    ),
    "bptt_bias": (
        frozenset({"local-only", "carry-not-added"}),
        frozenset({"last-step-only", "carry-replaces-error"}),
        frozenset({"first-step-dropped", "bias-skipped-at-0"}),
    ),
}

#: Pairs that the table's switches allow and that are no pairs, with the reason.
_NO_PAIRS: dict[tuple[str, frozenset[str]], str] = {
    ("forward", frozenset({"no-b", "no-c"})): "it has an id of its own, no-bias",
    ("gradient_step", frozenset({"b-forgotten", "c-forgotten"})): "it has an id of its own, biases-forgotten",
    ("hidden_jacobian", frozenset({"slope-of-wrong-step", "misses-first-factor"})): "it is misses-last-factor",
}


def bugs_of(task_id: str) -> tuple[Bug, ...]:
    """Return the known mistakes of a task."""
    return tuple(_BUGS_OF[task_id].values())


def alike(task_id: str, bug_id: str) -> frozenset[str]:
    """Return the ids whose faulty functions compute the same as this one's, itself among them."""
    return next((group for group in ALIKE.get(task_id, ()) if bug_id in group), frozenset({bug_id}))


def make_faulty(task_id: str, bug_ids: Iterable[str]) -> Functions:
    """Return the functions of a task, by name, with these mistakes combined and with a memory of their own.

    They have the signatures of the handout, emit no numpy warnings, and raise ValueError or IndexError where the
    mistake does not fit the shapes, as the student's function would. With no mistake they agree with the reference.

    Raises:
        ValueError: a mistake that the task does not have, or two that contradict each other.
    """
    names = frozenset(bug_ids)
    known = _BUGS_OF[task_id]
    if unknown := names - known.keys():
        raise ValueError(f"{task_id} has no mistake called {', '.join(sorted(unknown))}; see bugs_of({task_id!r})")
    for first, second in combinations(sorted(names), 2):
        if _contradict(known[first], known[second]):
            raise ValueError(f"{first} and {second} cannot be made together; see pairs_of({task_id!r})")
    functions = _FAULTY[task_id](names)
    return {name: np.errstate(all="ignore")(function) for name, function in functions.items()}


def _contradict(first: Bug, second: Bug) -> bool:
    """Tell whether two mistakes decide the same thing, or one hides the other. Those of two functions never meet."""
    if first.function != second.function:
        return False
    return bool(first.sets & (second.sets | second.hides) or first.hides & second.sets)


@cache
def pairs_of(task_id: str) -> tuple[tuple[str, str], ...]:
    """Return the ids of the mistakes of one function that can be made together.

    bptt_b and bptt_c are judged each on its own, so that a mistake in each is a single one twice, and no pair.
    """
    return tuple(
        (first.id, second.id)
        for first, second in combinations(bugs_of(task_id), 2)
        if first.function == second.function
        and not _contradict(first, second)
        and (task_id, frozenset({first.id, second.id})) not in _NO_PAIRS
    )
