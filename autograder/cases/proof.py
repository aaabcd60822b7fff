"""Proof of a case set: its first questions show every mistake of the library, by more than any rounding."""

import numpy as np

from autograder.assignment import Variant
from autograder.judge.mistakes import make_faulty
from autograder.judge.prediction import Prediction, predict
from autograder.model import tolerance
from autograder.model.cases import Case, CaseSet
from autograder.model.loading import loaded


def hidden_mistake(cases: CaseSet, variant: Variant) -> str:
    """Return a mistake that no first question shows at BUG_SHOWS of the largest entry, or "" where there is none."""
    for bug in loaded().mistakes.rows:
        if bug.id in variant.unseen:
            continue
        faulty = make_faulty(bug.task, (bug.id,))[bug.function]
        asked = [case for case in cases.first.of(bug.task) if case.call.function == bug.function]
        if not any(shows(predict(faulty, case), case, tolerance.BUG_SHOWS) for case in asked):
            return f"{bug.id} in {bug.task} does not show"
    return ""


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
