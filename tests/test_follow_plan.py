"""What is asked to follow a student's own functions: each judged case again, cases near it, and what decides."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from autograder.audit.student import results_of
from autograder.cases.case_sets import case_set
from autograder.judge import explain, judge_task
from autograder.model.cases import CaseSet
from solutions.follow.follow import DRAWN, Follow, Replay, Slope, inputs_of
from solutions.rnn import Params
from solutions.tasks import TASKS
from tests.answers import Functions
from tests.test_follow_through import EDITS, student

CASES = case_set(0)
IDS = [task.id for task in TASKS]


def asked(functions: Functions, cases: CaseSet = CASES) -> Follow:
    """Return what is asked of a student with these functions."""
    results = results_of(functions, cases, IDS)
    outcomes = {task.id: explain(judge_task(task, results[task.id], task.points), results[task.id]) for task in TASKS}
    found = Follow.of(TASKS, cases, results, outcomes)
    assert found is not None
    return found


KNOWN = asked(student(*EDITS))
#: A forward pass that nobody knows, for tanh alone: it is asked itself.
OWN = asked(
    student(("return np.tanh(a)", "return np.tanh(0.7 * a)"), ("return 1.0 - H**2", "return 0.7 * (1.0 - H**2)"))
)
BOTH = pytest.mark.parametrize("follow", [KNOWN, OWN], ids=["known", "itself"])


def arrays(args: Any) -> list[np.ndarray]:
    """Return all arrays among arguments, in order."""
    flat = [item for one in args for item in (one if isinstance(one, Params) else (one,))]
    return [item for item in flat if isinstance(item, np.ndarray)]


@BOTH
def test_each_judged_case_of_a_wrong_function_is_asked_again(follow: Follow) -> None:
    """As it was: so that who answers otherwise the second time shows."""
    assert [again.result.case for again in follow.again] == [*CASES.of("forward")]
    for again in follow.again:
        case = again.result.case
        assert (again.call.function, again.call.args, again.call.kwargs) == (
            "forward", case.call.args, case.call.kwargs,
        )  # fmt: skip
    assert {again.stand_in.itself for again in follow.again} == {follow is OWN}


@BOTH
def test_cases_on_both_sides_of_it_are_asked(follow: Follow) -> None:
    """A hundred-thousandth of each number away; four pairs of a function that is asked itself, and none of the rest."""
    for again in follow.again:
        case = again.result.case
        tanh = case.part == "tanh"
        assert len(again.near) == (0 if not tanh else DRAWN if follow is OWN else 1)
        for ahead, behind in again.near:
            assert ahead.call.kwargs == behind.call.kwargs == case.call.kwargs
            assert ahead.call.id != behind.call.id
            moves = []
            for at, one, other in zip(*(arrays(each.call.args) for each in (case, ahead, behind)), strict=True):
                assert at.shape == one.shape == other.shape
                assert np.allclose(one - at, at - other, rtol=1e-3, atol=1e-18)
                assert (np.abs(one - at) <= 6e-5 * np.abs(at)).all()
                moves += list(((one - at)[at != 0] / at[at != 0]).ravel())
            assert 0.5e-5 < np.std(moves) < 2e-5
            assert abs(np.mean(moves)) < 1e-5


@BOTH
def test_a_plan_holds_all_of_it_in_an_order_of_its_own(follow: Follow) -> None:
    """Of one group, under names that tell nothing; what builds on a call comes right after it."""
    calls = follow.plan.calls
    pairs = [case.call for again in follow.again for pair in again.near for case in pair]
    chains = [check.calls if isinstance(check, Replay) else (check.derivative,) for check in follow.checks]
    parts = [[again.call for again in follow.again], pairs, [call for chain in chains for call in chain]]
    assert sorted(call.id for part in parts for call in part) == sorted({call.id for call in calls})
    assert len(calls) == sum(map(len, parts))
    assert {call.group for call in calls} == {"follow-through"}
    for call in calls:
        function, number = call.id.split()
        assert (function, int(number, 16) < 2**62) == (call.function, True)
    order = [next(n for n, part in enumerate(parts) if call in part) for call in calls]
    assert sum(one != other for one, other in pairwise(order)) > 5
    places = {call.id: n for n, call in enumerate(calls)}
    for chain in chains:
        at = [places[call.id] for call in chain]
        assert at == list(range(at[0], at[0] + len(at))) if at else True
    assert any(len(chain) == 2 for chain in chains) is (follow is OWN)


def test_the_lot_of_a_case_set_decides_what_is_drawn() -> None:
    """The same each time, and another for another set; questions do not tell it."""
    functions = student(*EDITS)
    one, again = asked(functions), asked(functions)
    other = asked(functions, replace(CASES, lot=CASES.lot + 1))
    assert [call.id for call in one.plan.calls] == [call.id for call in again.plan.calls]
    assert not {call.id for call in one.plan.calls} & {call.id for call in other.plan.calls}


@BOTH
def test_a_derivative_is_asked_for_at_points_of_forward(follow: Follow) -> None:
    """Along four directions of what it is the derivative by, at two points for tanh."""
    slopes = [check for check in follow.checks if isinstance(check, Slope)]
    found: dict[str, list[str]] = {}
    for slope in slopes:
        found.setdefault(f"{slope.derivative.function} {slope.part}", []).append(slope.point.name)
        params, X, h_init = slope.point.call.args
        by = {"bptt_W": params.W, "bptt_U": params.U, "bptt_b": params.b, "hidden_jacobian": h_init}
        assert len(slope.directions) == DRAWN == 4
        assert {v.shape for v in slope.directions} == {by[slope.derivative.function].shape}
        assert len({v.tobytes() for v in slope.directions}) == 4
        assert slope.labels.shape == (len(X), len(params.c))
    lost = ("hidden_jacobian tanh", "bptt_W tanh", "bptt_U tanh", "bptt_b b")
    large = [f"{name.split()[0]} large" for name in lost]
    assert found == {name: ["plain", "square"] for name in (*lost, *large)}


@BOTH
def test_a_wrapper_is_built_again_answer_by_answer(follow: Follow) -> None:
    """Each wrong answer of the part, with calls of its own where the student's forward is asked itself."""
    replays = [check for check in follow.checks if isinstance(check, Replay)]
    wrong = {"one_to_one", "one_to_many", "many_to_one", "many_to_many"}
    assert {(check.task, check.part) for check in replays} == {(task, "tanh") for task in wrong}
    for check in replays:
        assert len(check.calls) == (0 if follow is KNOWN else 2 if check.task == "many_to_many" else 1)
        for call in check.calls:
            assert call.function == "forward"
            assert call.kwargs == check.result.case.call.kwargs


@pytest.mark.parametrize("task", ["one_to_one", "one_to_many", "many_to_one", "many_to_many"])
def test_each_step_gets_what_follows_from_the_answer_before(task: str) -> None:
    """Its own most likely output, zeros, or the sequence that was given."""
    case = CASES.of(task)[0]
    results = results_of(student(), CASES, [task])[task]
    inputs = inputs_of(results[0])
    got = results[0].got[0]
    if task == "many_to_one":
        assert inputs is case.call.args[1]
        return
    first = case.call.args[4 if task == "many_to_many" else 1]
    assert inputs.shape == (len(got), len(first))
    assert (inputs[0] == first).all()
    due = np.eye(got.shape[1])[got.argmax(axis=1)] if task != "one_to_many" else np.zeros((len(got), len(first)))
    assert (inputs[1:] == due[:-1]).all()


@pytest.mark.parametrize(
    ("change", "followed"),
    [
        (lambda rows: rows, True),
        (lambda rows: rows[:-1], False),
        (lambda rows: rows[:, :-1], False),
        (lambda rows: rows * np.nan, True),
        (lambda rows: np.vstack([rows, rows[-1:]]), False),
    ],
)
def test_only_an_answer_of_the_right_kind_may_follow(change: Callable[..., Any], followed: bool) -> None:
    """With as many rows as its own outputs call for."""
    own = student(*EDITS)
    functions = {**own, "one_to_one": lambda *args, **mode: change(own["one_to_one"](*args, **mode))}
    assert (("one_to_one", "tanh") in {(check.task, check.part) for check in asked(functions).checks}) is followed
