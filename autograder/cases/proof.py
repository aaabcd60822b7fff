"""Proof of a case set: its first questions show every mistake of the library, by more than any rounding."""

import numpy as np

from autograder.judge.prediction import Prediction, predict
from autograder.model import tolerance
from autograder.model.cases import Case, CaseSet
from solutions.mistakes import BUGS, make_faulty
from solutions.variant import STANDARD, Variant

# The one mistake that nothing but the identity activation can show.
_ABOUT_IDENTITY = "activation-ignored"


def hidden_mistake(cases: CaseSet, variant: Variant = STANDARD) -> str:
    """Return a mistake that no first question shows at BUG_SHOWS of the largest entry, or "" where there is none."""
    for bug in BUGS:
        if bug.id == _ABOUT_IDENTITY and not variant.identity:
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
        if case.rule == "impossible" and got.shape == ():
            return not float(got) >= tolerance.LOSS_OF_THE_IMPOSSIBLE  # as the judge has it; nan is not
        if got.shape != expected.shape or not np.isfinite(got).all():
            return True
        if np.abs(got - expected).max(initial=0.0) >= by * np.abs(expected).max(initial=0.0):
            return True
    return False
