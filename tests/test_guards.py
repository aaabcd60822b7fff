"""A logarithm may be guarded, a little and alike in every loss: what that admits, and what it does not."""

from collections.abc import Callable

import numpy as np
import pytest

from autograder.cases.case_sets import case_set
from autograder.judge import examine_all
from autograder.judge.values import CaseResult
from autograder.model.cases import Case
from autograder.model.replies import Reply
from autograder.model.tolerance import TAU
from tests.answers import raised, value

LOSSES = [case for case in case_set(0).of("cross_entropy") if case.at_least is None]
GUARDED = [case for case in LOSSES if case.up_to is not None]
NOTE = "cross_entropy: what guards the logarithm makes it a little too small; 1e-07 at most is admitted"


def loss_with(guard: float) -> Callable[[Case], Reply]:
    """Return what answers with the loss of probabilities that are larger by so much."""

    def answer(case: Case) -> Reply:
        Y_hat, Y = case.call.args
        steps = len(Y) if case.call.kwargs else 1
        return value(-np.sum(Y * np.log(np.where(Y > 0, Y_hat, 1.0) + guard)) / steps)

    return answer


def judged(*answers: Callable[[Case], Reply]) -> tuple[CaseResult, ...]:
    """Return the results of the losses, of which each is answered in one of these ways, in turn."""
    replies = {case.call.id: answers[n % len(answers)](case) for n, case in enumerate(LOSSES)}
    return tuple(one for one in examine_all(LOSSES, replies) if one.case in GUARDED)


@pytest.mark.parametrize("guard", [9.9e-8, 5e-8, 1e-8])
def test_a_small_guard_is_right_with_a_note(guard: float) -> None:
    """Up to the one that is admitted, whose losses are off by more than rounding."""
    found = judged(loss_with(guard))
    assert len(found) == 4
    assert all(abs(one.got[0] - one.case.expected[0]) > TAU * one.case.expected[0] for one in found)
    assert {(one.state, one.finding, one.note) for one in found} == {("pass", None, NOTE)}


@pytest.mark.parametrize("guard", [2e-7, 1e-6, -5e-8, -1e-7])
def test_a_larger_guard_and_one_the_other_way_is_wrong(guard: float) -> None:
    """A loss beyond the limit, or above the right one, is no loss with such a guard."""
    found = judged(loss_with(guard))
    assert {(one.state, one.note) for one in found} == {("fail", "")}
    assert {one.finding.summary for one in found} == {"cross_entropy returns wrong values"}


@pytest.mark.parametrize(("other", "alike"), [(9e-8, True), (8.5e-8, True), (7e-8, False), (3e-8, False)])
def test_losses_must_be_guarded_alike(other: float, alike: bool) -> None:
    """Guards that differ by a fifth of what is admitted are no longer one: then what was admitted is wrong."""
    found = judged(loss_with(9.9e-8), loss_with(other))
    assert {(one.state, one.finding is None, one.note) for one in found} == {
        ("pass", True, NOTE) if alike else ("fail", False, "")
    }


def test_beside_a_loss_without_a_guard_one_with_it_is_wrong() -> None:
    """The right one stays right, and says nothing."""
    right, guarded = loss_with(0.0), loss_with(9.9e-8)
    found = judged(right, guarded)
    assert [(one.state, one.note) for one in found] == [("pass", ""), ("fail", "")] * 2
    told = found[1].finding
    assert (told.expected, told.got) == tuple(
        f"the value = {one:.6g}" for one in (found[1].case.expected[0], found[1].got[0])
    )


@pytest.mark.parametrize("broken", [raised(ValueError()), value(1e3), value(np.nan)])
def test_what_is_wrong_anyhow_makes_no_guard_uneven(broken: Reply) -> None:
    """It has its own finding, and the guard of the other losses is judged by these alone."""
    found = judged(loss_with(9.9e-8), lambda _: broken)
    assert [one.state for one in found[::2]] == ["pass"] * 2
    assert {one.note for one in found[::2]} == {NOTE}
    assert all(one.finding is not None for one in found[1::2])


def test_what_is_admitted_lies_between_the_right_loss_and_the_limit() -> None:
    """Both ends are, and nothing beyond them."""
    case = next(case for case in GUARDED if not case.call.kwargs)
    limit, expected = case.up_to.limit, case.expected[0]
    for share, state in ((0.0, "pass"), (0.5, "pass"), (1.0, "pass"), (1.5, "fail"), (-0.5, "fail")):
        (found,) = examine_all([case], {case.call.id: value(expected + share * (limit - expected))})
        assert (found.state, share) == (state, share)
