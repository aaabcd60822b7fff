"""Each lost point has a reason, and parts add up."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.casebook import case_set
from autograder.config import Settings
from autograder.judge import credited, explain, judge_task, reach_verdict
from autograder.judge.bugs import make_faulty
from autograder.rubric import TASK_BY_ID, TASKS
from autograder.sandbox.perform import Transcript
from autograder.sandbox.replies import Reply
from autograder.verdict import Diagnosis, Outcome, PartOutcome, Verdict
from tests.answers import outcomes_of, with_functions
from tests.test_judge import BROKEN, SLOW, judged

CASES = case_set(0)
SLOPE = "the slope of tanh, 1 - h², is left out"


def total(outcome: Outcome) -> float:
    return sum(part.points for part in outcome.parts)


def reasons(outcome: Outcome) -> list[tuple[str, str]]:
    return [(part.lost_by, part.what) for part in outcome.parts]


@given(judged(), st.sampled_from([1.0, 7.0, 0.3, 40.0]), st.floats(0, 1))
def test_parts_add_up_to_the_points(drawn, points, share):
    """What the parts earned is what the task earned, with follow-through too; what they are worth is its maximum."""
    task, results = drawn
    outcome = judge_task(task, results, points)
    lost = {part.id: (share, "x") for part in outcome.parts if part.points < part.max_points}
    for one in (outcome, credited(task, outcome, results, lost)):
        assert total(one) == pytest.approx(one.points, abs=1e-3)
        assert sum(part.max_points for part in one.parts) == pytest.approx(points, abs=1e-3)
        assert [(part.id, part.title) for part in one.parts] == [(part.id, part.what) for part in task.parts]


@given(judged())
def test_a_reason_stands_where_points_are_lost(drawn):
    """Every part that lost points has one reason, and no other part has any."""
    task, results = drawn
    outcome = explain(judge_task(task, results, task.points), results)
    assert all(bool(part.lost_by) == (part.points < part.max_points) for part in outcome.parts)


def broken(error: BaseException):
    def function(*args, **kwargs):
        raise error

    return function


@pytest.mark.parametrize(
    ("function", "due"),
    [
        (make_faulty("bptt_W", ("no-tanh-slope",))["bptt_W"], [("mistake", SLOPE), ("", "")]),
        (lambda *args, **kwargs: -2.0 * with_functions()["bptt_W"](*args, **kwargs), [("unexplained", "")] * 2),
        (
            lambda *args, **kwargs: 2.0 * with_functions()["bptt_W"](*args, **kwargs),
            [("observation", "bptt_W: every value is twice what it should be")] * 2,
        ),
        (broken(ZeroDivisionError("so")), [("exception", "ZeroDivisionError")] * 2),
        (broken(NotImplementedError("Task 7: bptt_W")), [("not_written", "")] * 2),
    ],
)
def test_a_part_is_lost_by_one_thing(function, due):
    """A known mistake, what is seen, the type of an exception, nothing written, or nothing that is known."""
    assert reasons(outcomes_of(with_functions(bptt_W=function), CASES)["bptt_W"]) == due


def test_parts_are_lost_each_by_its_own():
    """What raises for one activation only is an exception there; two functions of a task have each their reason."""

    def forward(params, X, h_init, activation="tanh"):
        if activation == "identity":
            raise KeyError(activation)
        H, Y_hat = with_functions()["forward"](params, X, h_init)
        return H, Y_hat * 1.37

    made = make_faulty("bptt_bias", ("no-tanh-slope",))["bptt_b"]
    outcomes = outcomes_of(with_functions(forward=forward, bptt_b=made, bptt_c=broken(ValueError("no"))), CASES)
    assert reasons(outcomes["forward"])[1] == ("exception", "KeyError")
    assert reasons(outcomes["forward"])[0][0] in ("unexplained", "observation")
    assert reasons(outcomes["bptt_bias"]) == [("mistake", SLOPE), ("exception", "ValueError")]


def test_follow_through_is_a_reason():
    """The rest of a part that is right for the student's own functions is lost by those."""
    task = TASK_BY_ID["bptt_W"]
    outcome = outcomes_of(with_functions(bptt_W=lambda params, *rest, **mode: np.ones_like(params.W)), CASES)["bptt_W"]
    followed = credited(task, outcome, (), {"tanh": (0.7, "right for your own forward")})
    assert followed.parts[0].points == pytest.approx(8.4)
    assert reasons(followed)[0] == ("observation", "right for the student's own functions further up")
    assert followed.parts[1] == outcome.parts[1]


@pytest.mark.parametrize(
    ("transcript", "why"),
    [
        (Transcript({"a": Reply("absent")}, (BROKEN,), loaded=True), "SyntaxError"),
        (Transcript({}, load_losses=(SLOW,)), "timeout"),
    ],
)
def test_a_file_that_broke_has_lost_all_by_that(transcript, why):
    """What a broken file does not define is not called unwritten."""
    part = PartOutcome("tanh", "the tanh network", 0.0, 15.0, "not_written")
    verdict = reach_verdict(
        "ana", transcript, [Outcome("bptt_W", "not_implemented", 0, 15, parts=(part,))], Settings(), 0
    )
    assert reasons(verdict.tasks[0]) == [("exception", why)]


def test_an_older_verdict_is_still_read():
    """One that was stored before there were parts has none, and all the rest."""
    outcome = Outcome("bptt_W", "fail", 0, 15, diagnoses=(Diagnosis((("x",),), "it is wrong", ("Why?",), ()),))
    stored = msgspec.to_builtins(Verdict("ana", "graded", 85, 100, tasks=(outcome,)))
    del stored["tasks"][0]["parts"], stored["tasks"][0]["diagnoses"][0]["clauses"]
    read = msgspec.convert(stored, Verdict)
    assert read == Verdict("ana", "graded", 85, 100, tasks=(outcome,))
    assert read.tasks[0].diagnoses[0].alternatives == ("it is wrong",)


def test_every_task_of_the_rubric_is_told_by_its_parts():
    """An untouched stub has every part of every task as not written."""
    stubs = {name: broken(NotImplementedError(task.title)) for task in TASKS for name in task.functions}
    outcomes = outcomes_of(with_functions(**stubs), CASES)
    assert [reasons(outcomes[task.id]) for task in TASKS] == [[("not_written", "")] * len(task.parts) for task in TASKS]
