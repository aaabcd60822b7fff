"""What the self-check says of an answer, word by word: its tolerance, its form, and where it goes wrong."""

import math
from typing import Any

import numpy as np
import pytest


def due(
    part: Any, expected: Any, steps: bool = False, at_least: float | None = None, up_to: float | None = None
) -> Any:
    """Return a case in which this is expected; a dict has several arrays."""
    arrays = expected if isinstance(expected, dict) else {"result": np.asarray(expected, float)}
    returns = "tuple" if isinstance(expected, dict) else "array"
    return part("cases").Case("f/x", "f", "p", "f", {}, {}, returns, arrays, steps, at_least, up_to)


def finding(part: Any, answer: Any, case: Any) -> tuple[str, ...]:
    with pytest.raises(part("results").Wrong) as caught:
        part("compare").compare(answer, case)
    return tuple(caught.value.finding)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6])
def test_an_answer_may_be_off_by_so_much_of_the_largest_entry(part: Any, dtype: Any, scale: float) -> None:
    """A millionth of it, whatever the entry is; a ten-thousandth with a remark where the answer is in float32."""
    tau = 1e-6 if dtype is np.float64 else 1e-4
    case = due(part, np.array([0.0, 1.0, -2.0]) * scale)
    for factor, right in ((0.9, True), (1.1, False)):
        answer = (np.array([0.0, 1.0, -2.0]) * scale + [2 * tau * factor * scale, 0, 0]).astype(dtype)
        if right:
            note = part("compare").compare(answer, case)
            assert note == ("" if dtype is np.float64 else "right, but in float32; float64 was asked for")
        else:
            assert finding(part, answer, case)[2].startswith("result[0] = ")


def test_zeros_have_a_scale_of_their_own(part: Any) -> None:
    """Where 0 is due everywhere, a millionth is small; where nothing is due, nothing differs."""
    assert part("compare").compare(np.full(3, 0.9e-6), due(part, np.zeros(3))) == ""
    assert finding(part, np.full(3, 1.1e-6), due(part, np.zeros(3)))[0].startswith("result ")
    assert part("compare").compare(np.zeros((0, 3)), due(part, np.zeros((0, 3)))) == ""


TABLE: list[tuple[Any, Any, tuple[str, str, str, str]]] = [
    (
        [[1, 2], [3, 5.5], [5, 7]],
        [[1, 2], [3, 4], [5, 6]],
        (
            "result has wrong values",
            "result[1, 1] = 4",
            "result[1, 1] = 5.5",
            "begins at step 2 of the sequence; 2 of 6 entries differ, by up to 1.5 (largest entry: 6)",
        ),
    ),
    (
        [1.00005, 2],
        [1, 2],
        (
            "result is close, but not within 1e-06 of its largest entry",
            "result[0] = 1",
            "result[0] = 1.00005",
            "begins at step 1 of the sequence; 1 of 2 entries differ, by up to 5e-05 (largest entry: 2)",
        ),
    ),
    (3.5, 3, ("result has wrong values", "result = 3", "result = 3.5", "")),
    (
        [[1, 2], [3, np.nan], [np.inf, 4]],
        np.ones((3, 2)),
        (
            "result is not finite everywhere",
            "finite numbers",
            "nan in 2 of 6 entries",
            "first at result[1, 1], step 2 of the sequence",
        ),
    ),
    (
        np.zeros((3, 2)),
        np.zeros((2, 3)),
        (
            "result has the wrong shape",
            "an array of shape (2, 3)",
            "an array of shape (3, 2)",
            "the axes are swapped: is it the transpose?",
        ),
    ),
    (
        np.zeros((4, 3)),
        np.zeros((5, 3)),
        (
            "result has the wrong shape",
            "an array of shape (5, 3)",
            "an array of shape (4, 3)",
            "5 rows are due, 4 came",
        ),
    ),
    (
        np.zeros(4),
        np.zeros(5),
        ("result has the wrong shape", "an array of shape (5,)", "an array of shape (4,)", "5 numbers are due, 4 came"),
    ),
    (
        np.zeros((4, 3)),
        np.zeros((5, 2)),
        ("result has the wrong shape", "an array of shape (5, 2)", "an array of shape (4, 3)", ""),
    ),
    (
        np.zeros(3),
        0,
        (
            "result has the wrong shape",
            "one number",
            "an array of shape (3,)",
            "one number for each step, or for each class? They are to be added up",
        ),
    ),
    (1.5, np.zeros(2), ("result has the wrong shape", "an array of shape (2,)", "one number, 1.5", "")),
    (None, 0, ("result does not hold real numbers", "one number", "None: is there a `return`?", "")),
    ("abc", 0, ("result does not hold real numbers", "one number", "str 'abc'", "")),
    ((1, 2), [1, 2], ("result does not hold real numbers", "an array of shape (2,)", "a tuple of 2 items", "")),
    ([[1], [1, 2]], [1, 2], ("result is no array of numbers", "an array of shape (2,)", "a list of 2 items", "")),
    (np.ones(2) * 1j, [1, 2], ("result does not hold real numbers", "an array of shape (2,)", "complex numbers", "")),
    (
        np.ones(2, bool),
        [1, 2],
        ("result does not hold real numbers", "an array of shape (2,)", "an array of shape (2,) of bool", ""),
    ),
    (object(), 0, ("result does not hold real numbers", "one number", "an object of type object", "")),
]


@pytest.mark.parametrize(("answer", "expected", "said"), TABLE)
def test_a_wrong_answer_is_told_word_by_word(part: Any, answer: Any, expected: Any, said: tuple[str, ...]) -> None:
    """What is wrong, what was expected, what came, and where it begins."""
    answer = np.array(answer) if isinstance(answer, list) and isinstance(answer[0], int | float) else answer
    if isinstance(answer, list) and len(answer) == 3:
        answer = np.array(answer)
    assert finding(part, answer, due(part, expected, steps=True)) == said


def test_without_steps_no_step_is_named(part: Any) -> None:
    """A gradient has rows, and no steps of the sequence."""
    where = finding(part, np.array([[1.0, 2.5]]), due(part, [[1, 2]]))[3]
    assert where == "1 of 2 entries differ, by up to 0.5 (largest entry: 2)"
    assert finding(part, np.array([[1.0, np.nan]]), due(part, [[1, 2]]))[3] == "first at result[0, 1]"


@pytest.mark.parametrize("answer", [None, np.zeros(2), [np.zeros(2), np.zeros(3)], (np.zeros(2),), (1, 2, 3)])
def test_two_arrays_are_a_tuple_of_two(part: Any, answer: Any) -> None:
    """Neither a list nor one of three."""
    case = due(part, {"dU": np.zeros(2), "dW": np.zeros(3)})
    said = finding(part, answer, case)
    assert said[:2] == ("something else was returned", "two arrays, (dU, dW)")
    assert finding(part, (np.zeros(2), np.ones(3)), case)[0] == "dW has wrong values"
    assert part("compare").compare((np.zeros(2), np.zeros(3)), case) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "None: is there a `return`?"),
        (1.5, "float 1.5"),
        (7, "int 7"),
        (2j, "complex 2j"),
        ("x" * 99, "str '" + "x" * 65),
        ([1, 2], "a list of 2 items"),
        (np.zeros((2, 3)), "an array of shape (2, 3)"),
        (np.array(2.5), "one number, 2.5"),
        (np.array("a"), "an array of shape () of <U1"),
        ({"dU": 1}, "an object of type dict"),
    ],
)
def test_what_came_is_named_in_a_few_words(part: Any, answer: Any, said: str) -> None:
    """Its kind and its size, and its value where that is short."""
    assert finding(part, answer, due(part, {"dU": np.zeros(2), "dW": np.zeros(3)}))[2] == said


@pytest.mark.parametrize(
    ("loss", "said"),
    [(27.0, ""), (math.inf, ""), (26.99, "26.99, which a guard of 2e-12"), (0.0, "0"), (math.nan, "nan"), (-30, "-30")],
)
def test_the_loss_of_the_impossible_is_large(part: Any, loss: float, said: str) -> None:
    """Infinity or at least 27: how the logarithm is protected is left to everybody."""
    case = due(part, 1.0, at_least=27.0)
    if not said:
        assert part("compare").compare(loss, case) == ""
        return
    summary, expected, got, _ = finding(part, loss, case)
    assert (summary, expected) == (
        "a true class of probability 0 costs too little",
        "inf, or at least 27 where the logarithm is protected",
    )
    assert got.startswith(said)
    assert ("guard" in got) == (loss > 0)


@pytest.mark.parametrize(
    ("loss", "right"),
    [(9.9995, True), (9.9999, True), (9.9985, False), (10.001, False), (9.998, False), (10.0, True)],
)
def test_a_guard_of_the_logarithm_may_make_a_loss_a_little_smaller(part: Any, loss: float, right: bool) -> None:
    """No further than the largest guard that is admitted does, nor by more than float32 may, nor the other way."""
    case = due(part, 10.0, up_to=9.997)
    if right:
        note = "right, but the guard of the logarithm makes the loss a little too small"
        assert part("compare").compare(loss, case) == (note if loss < 10 else "")
    else:
        assert finding(part, loss, case)[0].startswith("result ")
