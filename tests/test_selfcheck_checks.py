"""The checks of the self-check, one at a time, on the reference with some functions replaced; in one process."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest

from solutions import rnn

RIGHT = dict(vars(rnn))


def checked(part: Any, check: str, *, quick: bool = False, **functions: Any) -> Any:
    """Run a check on the reference with these functions in the place of its own."""
    checks = part("checks")
    own = {name: function for name, function in functions.items() if function is not None}
    student = part("student").Student({**RIGHT, **own}, lambda: part("student").Student({**RIGHT, **own}))
    (found,) = (one for one in checks.CHECKS if one.id == check)
    return checks.run(student, found, quick=quick)


def stub(number: int, name: str) -> Callable[..., Any]:
    def stub(*_: Any, **__: Any) -> None:
        raise NotImplementedError(f"Task {number}: {name}")

    return stub


def fails(*_: Any, **__: Any) -> None:
    raise KeyError("x")


# --- parts -----------------------------------------------------------------------------------------


def test_a_part_that_is_right_has_its_points(part: Any) -> None:
    """With a remark where it is in float32."""
    result = checked(part, "softmax-values")
    most = next(one.points for one in part("cases").TASKS[0].parts if one.id == "values")
    assert (result.state, result.points, result.max_points, result.note) == ("pass", most, most, "")
    coarse = checked(part, "softmax-values", softmax=lambda o: rnn.softmax(o).astype(np.float32))
    assert (coarse.state, coarse.note) == ("pass", "right, but in float32; float64 was asked for")


def test_a_stub_is_to_do_and_one_that_is_called_is_named(part: Any) -> None:
    """Neither is wrong."""
    result = checked(part, "softmax-values", softmax=stub(1, "softmax"))
    assert (result.state, result.points, result.note, result.finding) == ("to do", 0, "not written yet", None)
    result = checked(part, "forward-tanh", forward=stub(1, "softmax"))
    assert (result.state, result.note) == ("to do", "forward calls another stub, Task 1: softmax")


def test_a_wrong_part_is_told_by_its_first_wrong_case(part: Any) -> None:
    """With the call, the sizes, how other cases went, and what it looks like."""
    result = checked(part, "bptt_V-gradient", bptt_V=lambda dO, H: 2 * rnn.bptt_V(dO, H))
    assert (result.state, result.points, result.call) == ("fail", 0, "bptt_V(dO, H)")
    assert result.case.startswith('"plain" with dO (')
    assert result.others.startswith('also wrong: "square"')
    assert "right: " not in result.others
    assert result.hints or result.seen

    def only_large(o: np.ndarray) -> np.ndarray:
        return rnn.softmax(o) if np.abs(o).max() < 5 or o.ndim == 1 else rnn.softmax(o) * 1.5

    result = checked(part, "softmax-values", softmax=only_large)
    assert {line.partition(":")[0] for line in result.others.splitlines()} <= {"also wrong", "right"}


def test_an_exception_is_an_error_and_not_wrong_values(part: Any) -> None:
    """And costs the same."""
    result = checked(part, "softmax-values", softmax=fails)
    assert (result.state, result.points, result.finding.got) == ("error", 0, "KeyError: 'x'")


def test_state_that_is_kept_between_calls_is_told(part: Any) -> None:
    """The second call with the same arguments gives something else."""
    calls: list[int] = []

    def counts(o: np.ndarray) -> np.ndarray:
        calls.append(1)
        return rnn.softmax(o) + (len(calls) % 2 == 0)

    finding = checked(part, "softmax-values", softmax=counts).finding
    assert finding.summary.startswith("a second call with the same arguments gives something else")
    assert finding.expected.startswith("result[")


def test_what_uses_something_wrong_waits_for_it(part: Any) -> None:
    """Where its own answers are wrong; not where they are right all the same, or what it uses is still to do."""

    def wrong(o: np.ndarray) -> np.ndarray:
        return 2 * rnn.softmax(o)

    def forward(*args: Any, **options: Any) -> Any:
        H, Y_hat = rnn.forward(*args, **options)
        return H, 2 * Y_hat

    said = "differs, and uses softmax, not right yet: see to that first"
    result = checked(part, "forward-tanh", softmax=wrong, forward=forward)
    assert (result.state, result.points, result.note) == ("waiting", 0, said)
    assert checked(part, "forward-tanh", softmax=wrong).state == "pass"
    assert checked(part, "forward-tanh", softmax=stub(1, "softmax"), forward=forward).state == "fail"
    assert checked(part, "forward-tanh", forward=forward).state == "fail"


# --- numerical gradients and properties ------------------------------------------------------------


def halved(dO: np.ndarray, H: np.ndarray) -> np.ndarray:
    return rnn.bptt_V(dO, H) / 2


def doubled(*args: Any, **options: Any) -> Any:
    return 2 * rnn.cross_entropy(*args, **options)


NUMERICAL: list[tuple[dict[str, Any], bool, str, str]] = [
    ({}, False, "pass", ""),
    ({}, True, "not made", "right; `pytest -k numerical` compares it with the numerical gradient as well"),
    ({"bptt_V": stub(5, "bptt_V")}, False, "to do", "not written yet"),
    ({"bptt_V": fails}, False, "waiting", "the numerical check waits until this runs"),
    (
        {"cross_entropy": stub(2, "cross_entropy")},
        False,
        "waiting",
        "the numerical check waits for Task 2: cross_entropy",
    ),
    (
        {"cross_entropy": fails},
        False,
        "waiting",
        "the numerical check waits: in your own loss, raised an exception",
    ),
    (
        {"bptt_V": lambda dO, H: None},
        False,
        "waiting",
        "the numerical check waits for a result of the right form",
    ),
    ({"bptt_V": halved}, False, "fail", ""),
    ({"bptt_V": halved}, True, "fail", ""),
    (
        {"cross_entropy": doubled},
        False,
        "waiting",
        "right, but not the derivative of your own loss: first see to cross_entropy",
    ),
]


@pytest.mark.parametrize(("functions", "quick", "state", "note"), NUMERICAL)
def test_a_gradient_is_compared_with_that_of_ones_own_loss(
    part: Any, functions: dict[str, Any], quick: bool, state: str, note: str
) -> None:
    """It waits for what it needs, and is not made where nothing new would be said."""
    result = checked(part, "bptt_V-numerical", quick=quick, **functions)
    assert (result.state, result.note, result.points, result.max_points) == (state, note, 0, 0)
    if state == "fail":
        assert (result.call, result.finding.summary) == (
            "bptt_V, numerical gradient",
            "not the derivative of your own loss",
        )
        assert result.finding.expected.startswith("bptt_V[0, 0] = ") or "numdifftools" in result.finding.expected


def test_a_gradient_of_ones_own_wrong_loss_is_told_as_that(part: Any) -> None:
    """It is consistent, and not right: what the loss is made of has to be seen to."""

    def twice(dO: np.ndarray, H: np.ndarray) -> np.ndarray:
        return 2 * rnn.bptt_V(dO, H)

    result = checked(part, "bptt_V-numerical", bptt_V=twice, cross_entropy=doubled)
    assert (result.state, result.note) == (
        "pass",
        "the derivative of your own loss, but not right: first see to cross_entropy",
    )
    assert checked(part, "bptt_V-numerical", bptt_V=halved, cross_entropy=doubled).state == "fail"

    def wrong_if_large(dO: np.ndarray, H: np.ndarray) -> np.ndarray:
        return rnn.bptt_V(dO, H) * (2 if np.abs(dO).max() > 2 else 1)

    result = checked(part, "bptt_V-numerical", bptt_V=wrong_if_large)
    assert (result.state, result.note) == ("pass", "")


def test_a_property_must_hold_once_what_it_needs_is_right(part: Any) -> None:
    """It says what does not hold and why it must; and waits like a gradient."""
    check = next(str(one) for one in part("checks").CHECKS if one.task == "softmax" and one.property)

    def lopsided(o: np.ndarray) -> np.ndarray:
        e = np.exp(o - o.max(axis=-1, keepdims=True))
        return e / (1 + e.sum(axis=-1, keepdims=True)) * (1 + np.abs(o))

    assert checked(part, check).state == "pass"
    assert checked(part, check, softmax=stub(1, "softmax")).note == "not written yet"
    assert checked(part, check, softmax=fails).note == "the property waits until this runs"
    other = next(str(one) for one in part("checks").CHECKS if one.task == "bptt_W" and one.property)
    result = checked(part, other, forward=stub(3, "forward"))
    assert (result.state, result.note) == ("waiting", "the property waits for Task 3: forward")
    result = checked(part, check, softmax=lopsided)
    assert (result.state, result.call, result.points) == ("fail", "a property of softmax", 0)
    assert result.finding.summary.startswith("not so: ")
    assert result.why


# --- names and the notebook ------------------------------------------------------------------------


def test_a_name_that_no_check_has_is_told(part: Any) -> None:
    """With the one that is meant, and all that there are; words that join names are none."""
    unknown = part("checks").unknown
    assert unknown("softmax or bptt_W-tanh and not numerical") == []
    assert unknown("SOFTMAX") == unknown("") == []
    (line,) = unknown("softmax or sofmax")
    assert line.startswith("no check is called sofmax: do you mean softmax? The tasks are softmax, cross_entropy,")
    (line,) = unknown("qqq")
    assert line.startswith("no check is called qqq: The tasks are softmax,")


def test_a_cell_is_checked_by_the_functions_beside_it(part: Any) -> None:
    """One task, or all; the points come back, and what was found is shown; a name that nobody has is refused."""
    check = part("notebook").check
    assert run_in(RIGHT, check, "softmax")[0] == 8
    points, shown = run_in({**RIGHT, "softmax": lambda o: o}, check, "softmax")
    assert points == 0
    assert "0 of 8" in shown
    assert "softmax-values: fail" in shown
    with pytest.raises(ValueError, match="there is no task 'sofmax'; did you mean softmax"):
        check("sofmax")
    with pytest.raises(ValueError, match="there is no task '1'; the tasks are softmax, cross_entropy"):
        check("1")


def run_in(namespace: dict[str, Any], check: Any, task: str) -> tuple[float, str]:
    """Return what a cell that asks for a check gives and prints."""
    cell, file = {**namespace, "check": check, "In": []}, io.StringIO()
    with redirect_stdout(file):
        exec(f"points = check({task!r})", cell)
    return float(cell["points"]), file.getvalue()
