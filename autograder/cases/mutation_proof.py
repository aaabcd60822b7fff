"""Proof of a case set by mutants: what they say of an assignment that has no known mistakes."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from autograder.assignment import AssignmentError
from autograder.cases.mutant_trials import Found, unproved
from autograder.model.cases import Array, Case
from autograder.model.loading import loaded

_LEAST_SHOWN = 5  # of the mutants of a task
_LINES = 5  # of a message


def see_answers_differ(cases: Sequence[Case]) -> None:
    """See that what is right depends on what is asked.

    Raises:
        AssignmentError: a function of a task without known mistakes always has the same answer, or one number in all.
    """
    for task in unproved():
        for function in loaded().task[task].functions:
            answers = [case.expected for case in cases if case.call.function == function]
            entries = [np.concatenate([item.ravel() for item in answer]) for answer in answers]
            if len(answers) > 1 and (_are_equal(entries) or len(np.unique(np.concatenate(entries))) == 1):
                raise AssignmentError(
                    f"{loaded().file}: nobody can get {task} wrong: {function} has the same answer whatever is asked"
                )


def _are_equal(arrays: Sequence[Array]) -> bool:
    return all(np.array_equal(array, arrays[0]) for array in arrays)


def hidden_mutants(found: Sequence[Found]) -> str:
    """Return the lines of mutants that the first questions do not show and that are not equivalent, "" for none.

    Raises:
        AssignmentError: so few mutants of a task show that it can't be said that its cases tell right from wrong.
    """
    of, lines = loaded().task_of, []
    shown = Counter(of[mutant.function].id for mutant, state, _ in found if state == "shown" and mutant.function in of)
    for task in unproved():
        if shown[task] < _LEAST_SHOWN:
            raise AssignmentError(
                f"{loaded().file}: nobody can get {task} wrong: its cases show {shown[task]} of the kit's small edits "
                f"of the reference, and at least {_LEAST_SHOWN} are expected. Ask for what a wrong answer would change"
            )
    for mutant, state, told_by in found:
        if state == "survives":
            task = of[mutant.function].id if mutant.function in of else "any task"
            told = f"; {told_by} would" if told_by else ""
            lines.append(f"line {mutant.line}: no case of {task} tells `{mutant.was}` from `{mutant.reads}`{told}")
    more = f"\n  and {len(lines) - _LINES} more" if len(lines) > _LINES else ""
    return "".join(f"\n  {line}" for line in lines[:_LINES]) + more
