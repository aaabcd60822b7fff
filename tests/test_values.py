"""Is a reply right? The rule max|g - g*| ≤ τ max|g*|, however it is computed, and what else a reply must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import tolerance
from autograder.casebook import case_set
from autograder.judge.values import close, examine
from autograder.sandbox.replies import Part, Reply

CASES = [case for case in case_set(0).cases if case.rule == "values"]
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
    parts = tuple(Part(np.array(item), "float64") for item in case.expected)
    container = "" if case.container == "array" else case.container
    others = (Part(np.array(case.expected[0]) + 0j, "complex128"), *parts[1:])
    truths = (Part(np.array(case.expected[0]), "bool"), *parts[1:])
    words = (Part(None, "", "str"), *parts[1:])
    longer = (Part(np.stack([case.expected[0]] * 2), "float64"), *parts[1:])
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
        Reply("value", container, (Part(moved, "float64"), *parts[1:])),
    ]
    assert {examine(case, reply).state for reply in wrong} == {"fail"}
    noted = examine(case, Reply("value", container, (Part(np.array(case.expected[0]), "float32"), *parts[1:])))
    assert noted.state == "pass"
    assert "float32" in noted.note
