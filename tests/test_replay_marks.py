"""The marks of one student on other case sets: what is written of them, and what is said."""

import io
from dataclasses import replace

from autograder.model.verdict import Verdict
from autograder.review.fresh import fresh_line, write_fresh
from solutions.tasks import TASKS
from tests.sample_verdicts import graded, missing, not_graded

TWO = TASKS[:2]
SOFTMAX = TASKS[:1]


def of(points: float, other: float = 7.0) -> Verdict:
    """A verdict with these points of softmax and cross_entropy."""
    first, second = graded("ana").tasks[:2]
    return replace(
        graded("ana"),
        score=points + other,
        max_score=15,
        tasks=(replace(first, points=points), replace(second, points=other)),
    )


def written(*rows: Verdict, whole: bool = True) -> list[str]:
    file = io.StringIO()
    write_fresh(file, rows, TWO if whole else SOFTMAX, whole=whole)
    assert "\r" not in file.getvalue()
    return file.getvalue().splitlines()


def test_each_case_set_has_a_line() -> None:
    """The student's own first; with the sum only where all tasks are asked for."""
    assert written(of(8), of(8), of(4.5), not_graded("ana")) == [
        "case_set,status,score,max_score,softmax,cross_entropy,same",
        "own,graded,15,15,8,7,yes",
        "fresh 1,graded,15,15,8,7,yes",
        "fresh 2,graded,11.5,15,4.5,7,no",
        "fresh 3,not_graded,,100,,,no",
    ]
    assert written(of(8), of(8, 1), whole=False) == [
        "case_set,status,softmax,same",
        "own,graded,8,yes",
        "fresh 1,graded,8,yes",
    ]


def test_whether_the_marks_are_the_same_is_said() -> None:
    """And if not, on which case sets, and what they are there."""
    assert fresh_line([of(8), of(8)], TWO, whole=True) == (
        "The marks are the same on all of 1 other case set as on the student's own: 15 of 15."
    )
    assert fresh_line([of(8), of(8, 1), of(8, 2)], SOFTMAX, whole=False) == (
        "The marks are the same on all of 2 other case sets as on the student's own: softmax: 8."
    )
    assert fresh_line([of(8), of(8), of(4), not_graded("ana")], TWO, whole=True).splitlines() == [
        "The marks differ on 2 of 3 other case sets from those on the student's own (15 of 15):",
        "  fresh 2: softmax 4, not 8",
        "  fresh 3: softmax no mark, not 8; cross_entropy no mark, not 7",
    ]
    assert fresh_line([missing("ana"), not_graded("ana")], TWO, whole=True).splitlines()[1] == "  fresh 1: not_graded"
