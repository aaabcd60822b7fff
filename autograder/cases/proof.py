"""Proof of a case set: its first questions show every mistake of the library, by more than any rounding."""

import numpy as np

from autograder.assignment import AssignmentError, Mistake, Variant
from autograder.cases.limits import Endless, limited
from autograder.judge.mistakes import make_faulty
from autograder.judge.prediction import Prediction, predict
from autograder.model import tolerance
from autograder.model.cases import Case, CaseSet
from autograder.model.loading import loaded

_SECONDS = 5.0  # of processor time, for what one mistake answers


def hidden_mistake(cases: CaseSet, variant: Variant) -> str:
    """Return a mistake that no first question shows at BUG_SHOWS of the largest entry, or "" where there is none.

    Raises:
        AssignmentError: a mistake can't be made, or answers nothing.
    """
    for bug in loaded().mistakes.rows:
        if bug.id in variant.unseen:
            continue
        try:
            with limited(_SECONDS):
                shown = _shows(bug, cases)
        except Endless:
            raise AssignmentError(f"{_named(bug)} does not end within {_SECONDS:g} s of processor time") from None
        except Exception as error:
            raise AssignmentError(f"{_named(bug)} can't be made: {type(error).__name__}: {error}") from error
        if not shown:
            return f"no first question of {bug.task} tells the mistake {bug.id} from what is right"
    return ""


def _named(bug: Mistake) -> str:
    return f"{loaded().folder}: the mistake {bug.id} of {bug.task}"


def _shows(bug: Mistake, cases: CaseSet) -> bool:
    faulty = make_faulty(bug.task, (bug.id,))[bug.function]
    asked = [case for case in cases.first.of(bug.task) if case.call.function == bug.function]
    return any(shows(predict(faulty, case), case, tolerance.BUG_SHOWS) for case in asked)


def shows(prediction: Prediction, case: Case, by: float) -> bool:
    """Whether a prediction is wrong: by shape, nan, an exception, a changed argument, or by so much of max|g*|."""
    if prediction.got is None or prediction.changed or len(prediction.got) != len(case.expected):
        return True
    for got, expected in zip(prediction.got, case.expected, strict=True):
        if case.at_least is not None and got.shape == ():
            return not float(got) >= case.at_least.least  # as the judge has it; nan is not
        if got.shape != expected.shape or not np.isfinite(got).all():
            return True
        if np.abs(got - expected).max(initial=0.0) > by * np.abs(expected).max(initial=0.0):
            return True
    return False
