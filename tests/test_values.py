"""Is a reply right? The rule max|g - g*| ≤ τ max|g*|, however it is computed, and what else a reply must be."""

from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.cases.case_sets import case_set
from autograder.judge.values import CaseResult, close, examine, same_answer
from autograder.model import tolerance
from autograder.model.replies import Loss, RaisedError, Reply, ReplyPart
from autograder.model.verdict import Finding, State
from tests.answers import value

CASES = [case for case in case_set(0).cases if case.at_least is None]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.data())
def test_close_is_the_rule_to_the_last_bit(data: st.DataObject) -> None:
    """Also for numbers whose squares are 0 or infinite, and for answers that are not finite."""
    expected = data.draw(hnp.arrays(float, SHAPES, elements=FINITE))
    off = data.draw(hnp.arrays(float, expected.shape, elements=st.sampled_from([0.0, 0.5, 1.0, 1.5, -1.0])))
    wild = data.draw(hnp.arrays(float, expected.shape, elements=st.floats()))
    tau = data.draw(st.sampled_from([tolerance.TAU, tolerance.TAU_FLOAT32, 0.5]))
    allowed = tau * float(np.abs(expected).max(initial=0.0))
    with np.errstate(all="ignore"):
        for got in (expected + off * allowed, wild, -expected, expected * (1 + tau)):
            due = bool(np.all(np.abs(got - expected) <= allowed))
            assert close(np.asarray(got), expected, tau) is due


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.call.id)
def test_a_reply_is_right_only_in_every_respect(case) -> None:
    """The expected answer passes; each change of one thing about it does not."""
    parts = tuple(ReplyPart(np.array(item), "float64") for item in case.expected)
    container = "" if case.container == "array" else case.container
    others = (ReplyPart(np.array(case.expected[0]) + 0j, "complex128"), *parts[1:])
    truths = (ReplyPart(np.array(case.expected[0]), "bool"), *parts[1:])
    words = (ReplyPart(None, "", "str"), *parts[1:])
    longer = (ReplyPart(np.stack([case.expected[0]] * 2), "float64"), *parts[1:])
    moved = np.array(case.expected[0])
    moved.flat[-1] += 1.01 * tolerance.TAU * np.abs(moved).max()
    right = examine(case, Reply("value", container, parts))
    assert (right.state, right.finding, right.note) == ("pass", None, "")
    assert all(got is part.values for got, part in zip(right.got, parts, strict=True))
    wrong = [
        Reply("value", "" if container else "tuple", parts),
        Reply("value", container, (*parts, parts[0])),
        Reply("value", container, parts, ("0",)),
        *(Reply("value", container, changed) for changed in (others, truths, words, longer)),
        Reply("value", container, (ReplyPart(moved, "float64"), *parts[1:])),
    ]
    assert {examine(case, reply).state for reply in wrong} == {"fail"}
    noted = examine(case, Reply("value", container, (ReplyPart(np.array(case.expected[0]), "float32"), *parts[1:])))
    assert noted.state == "pass"
    assert "float32" in noted.note


FORWARD, GRADIENT, LOSS, STEP = (
    next(case for case in CASES if case.task == task)
    for task in ["forward", "bptt_W", "cross_entropy", "gradient_step"]
)


def err(kind: str, message: str = "", *, where: str = "rnn.py", memory: bool = False, inside: bool = True) -> Reply:
    """Return the reply of a call that raised, in line 3."""
    return Reply("raised", error=RaisedError(kind, message, where, 3, "x = 1 / 0", memory, inside))


DUE = "a result"
AT = "rnn.py, line 3: x = 1 / 0"
SIGNATURE = 'bptt_W(params, dO, H, h_init, activation="tanh")'
NO_VALUE = [
    (err("ZeroDivisionError", "by 0"), "error", "raised ZeroDivisionError", DUE, "ZeroDivisionError: by 0", AT),
    (err("KeyError", where=""), "error", "raised KeyError", DUE, "KeyError", ""),
    (err("TypeError", "no dO"), "error", "raised TypeError", DUE, "TypeError: no dO", AT),
    (err("TypeError", "no dO", inside=False), "error", "cannot be called as agreed", SIGNATURE, "TypeError: no dO", ""),
    (err("ValueError", "x", inside=False), "error", "raised ValueError", DUE, "ValueError: x", AT),
    (err("MemoryError", memory=True), "memory", "ran out of memory", "", "MemoryError", AT),
    (err("OutputLimitExceeded", "printed too much"), "error", "printed too much", "",
     "OutputLimitExceeded: printed too much", AT),
    (err("SystemExit", "0"), "error", "tried to end the program", DUE, "SystemExit: 0", AT),
    (err("KeyboardInterrupt"), "error", "tried to end the program", DUE, "KeyboardInterrupt", AT),
    (err("NotImplementedError"), "not_implemented", "is still to be written", "", "", ""),
    (err("NotImplementedError", "Task 7: bptt_W"), "not_implemented", "is still to be written", "", "", ""),
    (err("NotImplementedError", "Task 3: forward"), "error", "needs forward, which is still to be written", "", "", AT),
    (Reply("absent"), "not_implemented", "is not defined in the file", f"def {SIGNATURE}", "", ""),
    (Reply("blocked"), "error", "could not be called: a function that it builds on gave no answer", "", "", ""),
    (Reply("lost", lost=Loss("timeout", "took too long")), "timeout", "took too long", "", "", ""),
    (Reply("lost", lost=Loss("forbidden", "asked for a socket")), "forbidden", "asked for a socket", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "state", "summary", "expected", "got", "where"), NO_VALUE)
def test_each_way_to_give_no_value_has_its_state_and_its_words(reply, state, summary, expected, got, where) -> None:
    """An exception, a stub, a lost process and a missing function are told apart, with the line where there is one."""
    result = examine(GRADIENT, reply)
    assert (result.case, result.state, result.got) == (GRADIENT, state, None)
    assert result.finding == Finding(GRADIENT.part, GRADIENT.name, f"bptt_W {summary}", expected, got, where)


def said(case, *items: object, container: str = "", changed: tuple[str, ...] = ()) -> tuple[str, str, str]:
    """Return what is said of a wrong answer: the summary without the function's name, what was due and what came."""
    finding = examine(case, msgspec.structs.replace(value(*items, container=container), changed=changed)).finding
    assert finding is not None
    assert finding.summary.startswith(case.call.function + " ")
    return finding.summary.partition(" ")[2], finding.expected, finding.got


def test_the_contract_is_explained_in_words() -> None:
    """The wrong container, number of things, shape, type and a changed argument: what was due, and what came."""
    H, Y_hat = FORWARD.expected
    (W,) = GRADIENT.expected
    both = f"{H.shape}", f"{Y_hat.shape}"
    kind = "returns the wrong kind of thing"
    assert said(FORWARD, H) == (kind, "a tuple (H, Y_hat)", f"one array of shape {both[0]}")
    assert said(GRADIENT, W, container="tuple") == (kind, f"an array of shape {W.shape}", "a tuple")
    assert said(LOSS, 1.0, container="tuple") == (kind, "a number", "a tuple")
    assert said(STEP, W) == (kind, "Params(U, W, V, b, c)", f"one array of shape {W.shape}")
    count = "returns the wrong number of things"
    assert said(FORWARD, H, H, H, container="tuple") == (count, "a tuple (H, Y_hat)", "3 items")
    assert said(FORWARD, H, H, container="tuple") == (
        "returns Y_hat of the wrong shape", f"shape {both[1]}", f"shape {both[0]}",
    )  # fmt: skip
    assert said(GRADIENT, W[:1]) == ("returns an array of the wrong shape", f"shape {W.shape}", f"shape {W[:1].shape}")
    assert said(LOSS, W) == ("returns an array of the wrong shape", "a number", f"shape {W.shape}")
    assert said(GRADIENT, W + 0j) == ("returns an array of dtype complex128", "float64", "complex128")
    assert said(FORWARD, H, Y_hat > 0, container="tuple") == ("returns Y_hat of dtype bool", "float64", "bool")
    changed = ("changes its argument {}; what it returns is right", "the arguments as they were")
    for labels, names in (
        (("0.W", "0.W", "1"), "params.W, dO"),
        (("3",), "h_init"),
        (("5", "9", "x", "\u0663", ""), "5, 9, x, \u0663, "),  # no arguments; the fourth is a digit, too
        (("y" * 50,), "y" * 40),
    ):
        assert said(GRADIENT, W, changed=labels)[:2] == (changed[0].format(names), changed[1])


WORD, STATES = ReplyPart(None, "", "str"), value(*FORWARD.expected).parts[0]
NO_NUMBERS, OTHER_KIND = "{} that is not numbers", "the wrong kind of thing"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((GRADIENT, "", WORD), (NO_NUMBERS.format("something"), "shape (5, 5)", "str")),
        ((GRADIENT, "", ReplyPart(None, "", "dict")), (NO_NUMBERS.format("something"), "shape (5, 5)", "dict")),
        ((FORWARD, "tuple", STATES, WORD), (NO_NUMBERS.format("Y_hat"), "shape (9, 4)", "str")),
        ((FORWARD, "tuple", WORD, WORD), (NO_NUMBERS.format("H"), "shape (9, 5)", "str")),
        ((FORWARD, "", WORD), (OTHER_KIND, "a tuple (H, Y_hat)", "one str")),
        ((FORWARD, ""), (OTHER_KIND, "a tuple (H, Y_hat)", "one value")),
    ],
)  # fmt: skip
def test_what_is_no_array_is_told_by_its_type(answer: Any, said: tuple[str, str, str]) -> None:
    """With the name of the item where there are several."""
    case, container, *parts = answer
    finding = examine(case, Reply("value", container, tuple(parts))).finding
    assert (finding.summary, finding.expected, finding.got) == (f"{case.call.function} returns {said[0]}", *said[1:])


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_entries_within_the_tolerance_are_not_counted(size: int, scale: float) -> None:
    """Each is held against the largest one, not against itself; what is 0 has no share."""
    due = scale * np.array([*[1e-9] * (size - 1), 1.0])
    case = replace(GRADIENT, expected=(due,))
    got = due + scale * tolerance.TAU * np.array([*[0.9] * (size - 1), 1.1])
    where = f"result[{size - 1}]; " + (f"1 of {size} entries differ" if size > 1 else "it differs")
    assert examine(case, value(got)).finding.where == f"{where}, by up to 1.1e-06 of the largest one"
    zeros = replace(GRADIENT, expected=(0 * due,))
    assert examine(zeros, value(0 * due)).finding is None
    assert examine(zeros, value(got * (due > 0.5 * scale))).finding.where == where


def result(*got: object, state: State = "pass", changed: frozenset[str] = frozenset()) -> CaseResult:
    """Return the result of a case with these arrays, of an exception where there are none."""
    return CaseResult(GRADIENT, state, got=tuple(map(np.asarray, got)) if got else None, changed=changed)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (result(1.0), result(1.0, state="fail"), True),
        (result(1.0), result(1.0 + 9e-10), True),
        (result(1.0), result(1.0 + 2e-9), False),
        (result(np.nan), result(np.nan), True),
        (result([1.0]), result(1.0), False),
        (result(1.0, 2.0), result(1.0, 3.0), False),
        (result(1.0), result(1.0, changed=frozenset({"0"})), False),
        (result(state="error"), result(state="error"), True),
        (result(state="error"), result(state="timeout"), False),
        (result(state="fail"), result(1.0, state="fail"), False),
    ],
)
def test_when_two_answers_are_the_same(one: CaseResult, other: CaseResult, same: bool) -> None:
    """To the precision of correct styles, whatever comes first."""
    assert same_answer(one, other) is same_answer(other, one) is same


def test_the_first_difference_is_told() -> None:
    """Index, both values, the step where rows are steps, how many entries differ, and the largest error."""
    H, Y_hat = FORWARD.expected
    moved = Y_hat.copy()
    moved[2, 1] += 0.5 * Y_hat.max()
    moved[4, 0] -= 0.25 * Y_hat.max()
    finding = examine(FORWARD, value(H, moved, container="tuple")).finding
    assert finding.summary == "forward returns Y_hat with wrong values"
    assert (finding.expected, finding.got) == (f"Y_hat[2, 1] = {Y_hat[2, 1]:.6g}", f"Y_hat[2, 1] = {moved[2, 1]:.6g}")
    share = f"2 of {Y_hat.size} entries differ"
    assert finding.where == f"Y_hat[2, 1], step t = 3; {share}, by up to 0.5 of the largest one"
    assert finding.profile == (0, 0, 0.5, 0, 0.25, *[0] * (len(H) - 5))
    moved[3] = np.nan, *[np.inf] * (Y_hat.shape[1] - 1)
    finding = examine(FORWARD, value(H, moved, container="tuple")).finding
    assert finding.summary == "forward returns Y_hat with nan or inf"
    assert finding.where == f"Y_hat[2, 1], step t = 3; {2 + Y_hat.shape[1]} of {Y_hat.size} entries differ"
    assert finding.profile == (0, 0, 0.5, 1000, 0.25, *[0] * (len(H) - 5))
    (W,) = GRADIENT.expected
    finding = examine(GRADIENT, value(-W)).finding
    assert finding.where == f"result[0, 0]; {W.size} of {W.size} entries differ, by up to 2 of the largest one"
    assert finding.profile == ()
    (loss,) = LOSS.expected
    finding = examine(LOSS, value(3 * loss)).finding
    assert (finding.expected, finding.got) == (f"the value = {loss:.6g}", f"the value = {3 * loss:.6g}")
    assert finding.where == "the value; it differs, by up to 2 of the largest one"


def test_a_profile_of_many_steps_is_short() -> None:
    """What is kept of a long sequence is the largest error of each of 64 stretches, 1000 at most."""
    case = replace(FORWARD, expected=(np.ones((1000, 2)), np.ones((1000, 2))))
    got = np.ones((1000, 2))
    got[0], got[17, 1], got[-1] = 1e9, 1.25, 1.5
    profile = examine(case, value(got, np.ones((1000, 2)), container="tuple")).finding.profile
    assert profile == (1000, 0.25, *[0] * 61, 0.5)


@pytest.mark.parametrize(("came", "share"), [(0.5, 1000), (np.nan, 1000), (-np.inf, 1000), (0.0, 0)])
def test_a_profile_of_what_should_be_zero_counts_as_far_off(came: float, share: float) -> None:
    """There is nothing to measure it by."""
    case = replace(FORWARD, expected=(np.zeros((3, 2)), np.ones((3, 2))))
    got = np.zeros((3, 2))
    got[0, 1], got[2, 0] = 7.0, came
    assert examine(case, value(got, np.ones((3, 2)), container="tuple")).finding.profile == (1000, 0, share)
