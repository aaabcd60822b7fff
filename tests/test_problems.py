"""What is wrong with an assignment as it is written down, line by line; and what is asked of the reference."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.assignment import Assignment, AssignmentError, Derivative, Mistake, Mistakes, Part, Task
from autograder.model.cases import Case, CaseSet, ask, scale_of
from autograder.model.loading import load
from autograder.model.problems import problems
from solutions import rnn
from tests.small_assignment import SMALL, bundled_again, make

__all__ = ["bundled_again"]  # a fixture

REFERENCE = ModuleType("reference")
REFERENCE.__file__ = "reference.py"
vars(REFERENCE).update(f=lambda x: x, g=lambda x, y: x, both=lambda x: (x, x), constant=3)
ONE = Task(1, "one", ("f(x)",), (Part("a", 2, "it"), Part("b", 0.5, "that")))
TWO = Task(2, "two", ("g(x, y=1)", "both(x)"), (Part("a", 3, "it"),), returns=("left", "right"))
ROW = Mistake("m", "one", "it is so", "", "", "output", "f", "m", frozenset(), frozenset())
KNOWN = Mistakes((ROW,), {"one": lambda _: {}})
#: An assignment with nothing wrong.
RIGHT = Assignment(
    name="tiny", title="", module="tiny", reference=REFERENCE, tasks=(ONE, TWO), draw=lambda *_: (), mistakes=KNOWN,
    follow=lambda *_: None,
)  # fmt: skip


def with_tasks(*tasks: Task) -> Assignment:
    return replace(RIGHT, tasks=tasks, mistakes=Mistakes())


def task(**changes: Any) -> Assignment:
    """Return the assignment with the first task changed."""
    return with_tasks(replace(ONE, **changes), TWO)


def worth(points: Any) -> Assignment:
    return task(parts=(Part("a", points, "it"),))


def mistake(**changes: Any) -> Assignment:
    return replace(RIGHT, mistakes=replace(KNOWN, rows=(replace(ROW, **changes),)))


def of(*derivatives: Derivative) -> Assignment:
    return with_tasks(ONE, replace(TWO, derivatives=derivatives))


WRONG: list[tuple[Assignment, list[str]]] = [
    (RIGHT, []),
    (replace(RIGHT, name="two words"), ["its name is 'two words'; expected one word"]),
    (replace(RIGHT, module="3d"), ["its module is '3d'; expected a name that"]),
    (replace(RIGHT, module="json"), ["its module is 'json'; expected a name that"]),
    (replace(RIGHT, module="pytest"), ["its module is 'pytest'; expected a name that"]),
    (with_tasks(), ["there is no task"]),
    (with_tasks(ONE, "two"), ["its tasks must be a tuple of Task: (one,) has a comma"]),
    (with_tasks(ONE, replace(TWO, id="one")), ["two tasks have the id one"]),
    (with_tasks(ONE, replace(TWO, number=1)), ["two tasks have the number 1"]),
    (with_tasks(ONE, replace(TWO, signatures=("f(x)",), returns=())), ["two tasks have the function f"]),
    (task(id="one more"), ["one more: its id must be one word"]),
    (task(signatures=()), ["one: it has no function"]),
    (task(signatures=("h(x)",)), ["one: reference.py defines no function h"]),
    (task(signatures=("constant(x)",)), ["one: reference.py defines no function constant"]),
    (task(signatures=("f(x, y)",)), ["one: f has the parameters (x) in reference.py, and others in its signature"]),
    (task(parts=()), ["one: it has no part, so it can earn nothing"]),
    (task(parts=[Part("a", 1, "it")]), ["one: its parts must be a tuple of Part: (one,) has a comma"]),
    (task(parts=(Part("a", 1, "it"), "b")), ["one: its parts must be a tuple of Part: (one,) has a comma"]),
    (task(parts=(Part("a", 1, "it"), Part("a", 2, "it"))), ["one: two parts are called a"]),
    (task(builds_on="f"), ["one: its builds_on must be a tuple of str: (one,) has a comma"]),
    (task(builds_on=("two",)), []),
    (task(builds_on=("two", "three")), ["one: it builds on three, which is no task"]),
    (replace(task(builds_on=("two",)), follow=None), ["one: it has builds_on, which does nothing"]),
    (replace(task(), follow=None), []),
    (of(Derivative("both", "L", "x", item="left"), Derivative("g", "L", "x", item="right")), []),
    (of(Derivative("f", "L", "x", item="left")), ["two: one of its derivatives is of f, which"]),
    (of(Derivative("g", "L", "x", item="top")), ["two: the derivative of L is its item 'top'"]),
    (of(Derivative("g", "L", "x")), ["two: the derivative of L is its item ''; expected one of ('left'"]),
    (task(derivatives=(Derivative("f", "L", "x"),)), []),
    (task(derivatives=(Derivative("f", "L", "x", item="left"),)), ["one: the derivative of L is its item 'left'"]),
    (mistake(task="three"), ["the mistake m is of three, which is no task"]),
    (mistake(function="g"), ["one: the mistake m sits in g, which is none of its functions"]),
    (mistake(shows="seldom"), ["the mistake m shows in 'seldom'; expected one of output, mutation, sequence"]),
    (mistake(task="two", function="g"), ["two: the mistake m has no function: faulty says nothing of the task"]),
    (replace(RIGHT, mistakes=replace(KNOWN, rows=(ROW, ROW))), ["two known mistakes are called one/m"]),
    (replace(RIGHT, mistakes=replace(KNOWN, faulty={"one": dict, "four": dict})), ["faulty makes mistakes of four,"]),
    (replace(RIGHT, mistakes=(ROW,)), ["mistakes is a tuple; expected Mistakes(rows, faulty)"]),
    *((worth(points), [f"one: part a has {points!r} points; expected a number"]) for points in (0, -1, 1000.5, "4")),
    *((worth(points), [f"one: part a has {points!r} points; marks have 4 decimals"]) for points in (0.00001, 1 / 3)),
    *((worth(points), []) for points in (0.0001, 1, 999.9999, 1000)),
]  # fmt: skip


@pytest.mark.parametrize(("assignment", "said"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_each_thing_that_is_wrong_is_said_once(assignment: Assignment, said: list[str]) -> None:
    """With the task that it is about; and nothing is said of what is right."""
    found = list(problems(assignment))
    assert len(found) == len(said)
    assert all(line.startswith(due) for line, due in zip(found, said, strict=True)), found


@pytest.mark.parametrize(
    ("array", "scale"), [([3.0, -4.0], 4), ([-0.5], 0.5), ([], 0), ([[0.0]], 0), (-2.0, 2), ([-np.inf], np.inf)]
)
def test_errors_are_held_against_the_largest_entry(array: Any, scale: float) -> None:
    """Whatever its sign; where there is none, against nothing."""
    found = scale_of(np.asarray(array))
    assert (found, type(found)) == (scale, float)


def test_a_case_is_a_question_with_the_answer_of_the_reference() -> None:
    """It is told by its name, in a task of several functions with that of the function."""
    Y_hat, Y = np.full((3, 2), 0.5), np.eye(2)[[0, 1, 0]]
    case = ask("cross_entropy", "mean", "thirds", Y_hat, Y, reduction="mean", about="them")
    assert (case.task, case.part, case.name, case.call.id) == (
        "cross_entropy",
        "mean",
        "thirds",
        "cross_entropy/thirds",
    )
    assert (case.container, case.items, case.call.kwargs) == ("array", ("result",), {"reduction": "mean"})
    assert (case.first, case.about, case.at_least, case.up_to) == (False, "them", None, None)
    assert [item.tolist() for item in case.expected] == [pytest.approx(np.log(2))]
    assert case.scales == (pytest.approx(np.log(2)),)
    case = ask("bptt_c", "c", "ones", np.ones((4, 2)))
    assert (case.task, case.name, case.call.id) == ("bptt_bias", "bptt_c, ones", "bptt_bias/bptt_c, ones")


def params(**changed: Any) -> rnn.Params:
    one = rnn.Params(np.ones((2, 1)), np.ones((2, 2)), np.ones((3, 2)), np.ones(2), np.ones(3))
    return one._replace(**changed)


def forward(weights: Any = None) -> Case:
    return ask("forward", "tanh", "ones", params() if weights is None else weights, np.ones((4, 1)), np.ones(2))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: ask("forwards", "tanh", "x"), "asks for forwards, which is in no task's signatures"),
        (lambda: ask("softmax", "values", "x", np.array([np.nan, 1.0])), "softmax returns nan"),
        (lambda: forward(params(c=np.array([np.nan, 1, 1]))), "forward returns nan"),
        (lambda: forward(params(V=np.ones((3, 3)))), "forward raises, or returns no arrays of numbers: ValueError"),
        (lambda: forward(tuple(params())), "forward raises, or returns no arrays of numbers: AttributeError"),
    ],
)
def test_what_has_no_answer_is_no_case(asked: Callable[[], Case], said: str) -> None:
    """It is refused where it is made."""
    with pytest.raises(AssignmentError, match=said):
        asked()


def test_an_answer_of_several_arrays_has_their_names() -> None:
    """Those of the task."""
    case = forward()
    assert (case.container, case.items) == ("tuple", ("H", "Y_hat"))
    assert [item.shape for item in case.expected] == [(4, 2), (4, 3)]
    assert case.scales == tuple(np.abs(item).max() for item in case.expected)


@pytest.mark.usefixtures("bundled_again")
@pytest.mark.parametrize(("returned", "due"), [("x, x", 2), ("x,", 1)])
def test_a_reference_must_return_what_its_task_names(tmp_path: Path, returned: str, due: int) -> None:
    """A tuple of as many arrays as there are names."""
    load(make(tmp_path / "own", SMALL, f"def double(x):\n    return {returned}\n"))
    with pytest.raises(AssignmentError, match=f"double returns {due} arrays, and its task names 0"):
        ask("double", "values", "x", np.ones(2))


def test_a_case_set_is_asked_for_by_its_tasks() -> None:
    """In the order of its cases, and the first questions alone where those are wanted."""
    calls = [forward(), ask("bptt_c", "c", "ones", np.ones((4, 2))), ask("softmax", "values", "x", np.ones(2))]
    cases = CaseSet((*calls[:2], replace(calls[2], first=True)))
    assert cases.of("bptt_bias") == (calls[1],)
    assert (cases.of("nothing"), cases.lot) == ((), 0)
    assert cases.plan(("softmax", "forward")).calls == (calls[0].call, calls[2].call)
    assert cases.first.cases == cases.cases[2:]
