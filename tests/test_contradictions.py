"""Two answers to one question: what is told of them, and what may be an accident."""

import numpy as np
import pytest

from autograder.cases.case_sets import case_set
from autograder.judge.values import CaseResult, contradictions, received
from autograder.model.replies import Loss, Reply, ReplyPart
from tests.answers import raised, value

CASE, OTHER = case_set(0).of("bptt_V")[:2]
DUE = CASE.expected[0]
WORD = Reply("value", "", (ReplyPart(None, "", "str"),))
RAISED, LOST = raised(ValueError()), Reply("lost", lost=Loss("timeout", "used more than 2 s of CPU at one go"))
NAN = value(np.where(np.eye(*DUE.shape) > 0, np.nan, DUE))


LOSS = next(case for case in case_set(0).cases if case.task == "cross_entropy")


def told(first: Reply, second: Reply, *, stateless: bool = False) -> list[str]:
    """Return what is said of these answers to one case."""
    return list(contradictions([received(CASE, first)], [received(CASE, second)], stateless=stateless))


def test_both_values_are_told() -> None:
    """Of the first entry that differs, in the order of the two looks."""
    moved = DUE.copy()
    moved[0, 1] = 7.25
    said = f"bptt_V has two answers to one question ({CASE.name}): [0, 1] = "
    assert told(value(DUE), value(moved)) == [f"{said}{DUE[0, 1]:.6g}, then 7.25"]
    assert told(value(moved), value(DUE)) == [f"{said}7.25, then {DUE[0, 1]:.6g}"]
    moved[1, 1] = 8.5
    assert told(value(moved), value(DUE)) == [f"{said}7.25, then {DUE[0, 1]:.6g}"]
    assert told(value(DUE), value(DUE[:1])) == [said.replace("[0, 1] = ", f"shape {DUE.shape}, then {DUE[:1].shape}")]


def test_of_a_number_there_is_no_index() -> None:
    """It is told as it is."""
    one, other = (received(LOSS, value(number)) for number in (1.5, 2.5))
    assert list(contradictions([one], [other], stateless=False)) == [
        f"cross_entropy has two answers to one question ({LOSS.name}): 1.5, then 2.5"
    ]


@pytest.mark.parametrize("reply", [value(DUE), NAN, RAISED, LOST, value(DUE, DUE, container="tuple")])
def test_the_same_twice_is_no_contradiction(reply: Reply) -> None:
    """Be it right, wrong, nan or an exception; nor is what rounding makes of it."""
    assert told(reply, reply, stateless=True) == []
    assert told(value(DUE), value(DUE * (1 + 1e-12)), stateless=True) == []


@pytest.mark.parametrize("other", [NAN, RAISED])
def test_what_is_no_number_may_have_been_left_in_disorder(other: Reply) -> None:
    """Unless nothing in the file can carry anything over from one call to the next."""
    assert told(other, value(DUE)) == told(value(DUE), other) == []
    assert len(told(other, value(DUE), stateless=True)) == len(told(value(DUE), other, stateless=True)) == 1
    for no_number, state in ((RAISED, "error"), (Reply("absent"), "not implemented"), (WORD, "fail")):
        assert told(no_number, value(DUE), stateless=True)[0].endswith(f": {state}, then numbers")
    assert told(RAISED, WORD, stateless=True)[0].endswith(": error, then fail")


def test_what_a_limit_stopped_is_no_answer() -> None:
    """How long something takes may differ from one time to the next."""
    assert told(LOST, value(DUE), stateless=True) == told(RAISED, LOST, stateless=True) == []


def test_a_task_is_told_of_once() -> None:
    """With its first question that has two answers."""
    results = [[CaseResult(case, "pass", got=(case.expected[0] * k,)) for case in (CASE, OTHER)] for k in (1.0, 2.0)]
    (said,) = contradictions(*results, stateless=False)
    assert f"({CASE.name})" in said
