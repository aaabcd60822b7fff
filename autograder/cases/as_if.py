"""Which small edit of the reference answers as a student does: for tasks of which no mistake is known."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from autograder.cases.mutant_trials import Predictions
from autograder.cases.mutants import Mutant
from autograder.cases.terms import term
from autograder.judge.accounting import accounted
from autograder.judge.diagnosis import is_predicted
from autograder.judge.values import CaseResult
from autograder.model.loading import loaded
from autograder.model.verdict import Outcome


def as_if(outcome: Outcome, results: Sequence[CaseResult], answers: Sequence[tuple[Mutant, Predictions]]) -> Outcome:
    """Return the outcome of a task with the edit that gives the same answers: a term for the student, the line apart.

    Args:
        outcome: what the judge made of the task.
        results: the results of all cases that were asked.
        answers: what each mutant answers to them.
    """
    terms, lines = [], []
    for function in dict.fromkeys(result.case.call.function for result in results):
        own = [result for result in results if result.case.call.function == function]
        if found := _matching(own, answers):
            terms.append(f"{function}: it answers as a right one would with one thing changed: {term(found[0].what)}")
            lines.append(_line(function, found[0]))
    told = replace(outcome, observations=(*terms, *outcome.observations), as_if=tuple(lines))
    return accounted(told, results) if terms else outcome


@np.errstate(invalid="ignore")  # inf - inf, where infinities are compared
def _matching(results: Sequence[CaseResult], answers: Sequence[tuple[Mutant, Predictions]]) -> list[Mutant]:
    """Return the mutants that give all answers of a function; changes at the last moment come after all others."""
    if not any(result.finding and result.got is not None for result in results):
        return []
    found = [
        mutant
        for mutant, predicted in answers
        if all(is_predicted(predicted[result.case.call.id], result) for result in results)
    ]
    return sorted(found, key=lambda mutant: ": returned " in mutant.what)


def _line(function: str, mutant: Mutant) -> str:
    file = Path(str(loaded().reference.__file__)).name
    return f"{function} answers as if line {mutant.line} of {file} read `{mutant.reads}`; it reads `{mutant.was}`"
