"""Each lost point has a reason, and the parts add up."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cases.case_sets import case_set
from autograder.judge import credited, examine_all, explain, judge_task, reach_verdict
from autograder.judge.accounting import accounted, never_loaded
from autograder.judge.mistakes import make_faulty
from autograder.model.replies import Reply, Transcript
from autograder.model.settings import Settings
from autograder.model.verdict import Diagnosis, Outcome, PartOutcome, Verdict
from solutions import rnn
from solutions.tasks import TASK_BY_ID, TASKS
from tests.answers import answered, outcomes_of, value, with_functions
from tests.test_judge import BROKEN, SLOW, judged

CASES = case_set(0)
GAVE = {"a": Reply("value")}
SLOPE = "the slope of tanh, 1 - h², is left out"
TERM = (
    "bptt_W: wrong already where only step 1 has an error: look at what a step adds by itself: V, the slope, and what "
    "is multiplied"
)


def total(outcome: Outcome) -> float:
    return sum(part.points for part in outcome.parts)


def reasons(outcome: Outcome) -> list[tuple[str, str]]:
    """Return what each part was lost by; that of large gradients is lost with the part about tanh."""
    return [(part.lost_by, part.what) for part in outcome.parts if part.id != "large"]


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
        (
            lambda *args, **kwargs: -2.0 * with_functions()["bptt_W"](*args, **kwargs),
            [("observation", TERM)] * 2,
        ),
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


def test_what_nothing_is_known_of_is_unexplained():
    """Each part says so, and stays in the count."""

    def function(o):
        return (2 + np.arctan(o)) / (2 + np.arctan(o)).sum(axis=-1, keepdims=True)

    assert reasons(outcomes_of(with_functions(softmax=function), CASES)["softmax"]) == [("unexplained", "")] * 2


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
    assert reasons(outcomes["bptt_bias"]) == [("mistake", f"in bptt_b, {SLOPE}"), ("exception", "ValueError")]


def test_each_part_is_lost_by_what_explains_it():
    """With a mistake for each activation, or the same one in two functions, each part has the one that it shows."""
    tanh, identity = (make_faulty("bptt_W", (bug,))["bptt_W"] for bug in ("no-tanh-slope", "averaged-over-steps"))

    def bptt_W(*args, activation="tanh"):
        return (identity if activation == "identity" else tanh)(*args, activation=activation)

    both = make_faulty("bptt_bias", ("averaged-over-steps", "c-averaged-over-steps"))
    outcomes = outcomes_of(with_functions(bptt_W=bptt_W, **both), CASES)
    mean = "the sum over the steps is divided by T once more"
    assert reasons(outcomes["bptt_W"]) == [("mistake", SLOPE), ("mistake", mean)]
    assert reasons(outcomes["bptt_bias"]) == [("mistake", f"in bptt_b and bptt_c both, {mean}")] * 2


def test_a_mistake_explains_no_other_part():
    """A part whose answers a mistake of another part does not give is not lost by it."""
    right, faulty = with_functions()["bptt_W"], make_faulty("bptt_W", ("no-tanh-slope",))["bptt_W"]

    def bptt_W(*args, activation="tanh"):
        return 1.37 * right(*args, activation=activation) if activation == "identity" else faulty(*args)

    outcome = outcomes_of(with_functions(bptt_W=bptt_W), CASES)["bptt_W"]
    assert reasons(outcome) == [("mistake", SLOPE), ("unexplained", "")]


def raising_where(function, met, error=KeyError):
    """Return the function, that raises where its first sequence meets a condition."""

    def partly(*args, **kwargs):
        if met(args[1]):
            raise error("so")
        return function(*args, **kwargs)

    return partly


@pytest.mark.parametrize(
    ("function", "due"),
    [
        (make_faulty("bptt_W", ("no-tanh-slope",))["bptt_W"], ("mistake", SLOPE)),
        (lambda *a, **k: 2.0 * with_functions()["bptt_W"](*a, **k), ("observation", "every value is twice")),
    ],
)
def test_an_exception_beside_wrong_values_is_no_reason_where_those_have_one(function, due):
    """A part of which one case raises is lost by what the others show."""
    single = raising_where(function, lambda dO: len(dO) == 1)
    by, what = reasons(outcomes_of(with_functions(bptt_W=single), CASES)["bptt_W"])[0]
    assert (by, what.removeprefix("bptt_W: ")[: len(due[1])]) == due


def test_an_exception_beside_wrong_values_is_the_reason_where_those_have_none():
    """Whichever came first."""

    def softmax(o):
        if o.ndim == 3:
            raise KeyError("so")
        return (2 + np.arctan(o)) / (2 + np.arctan(o)).sum(axis=-1, keepdims=True)

    lost = reasons(outcomes_of(with_functions(softmax=softmax), CASES)["softmax"])
    assert lost == [("exception", "KeyError"), ("unexplained", "")]


def test_each_function_of_a_task_has_what_is_seen_in_it():
    """The first thing that is seen in the functions of a part, and not what is seen in another."""
    functions = with_functions(bptt_b=lambda *a, **k: -rnn.bptt_b(*a, **k), bptt_c=lambda dO: 2 * rnn.bptt_c(dO))
    outcome = outcomes_of(functions, CASES)["bptt_bias"]
    assert reasons(outcome) == [("observation", said) for said in outcome.observations]
    task = TASK_BY_ID["bptt_bias"]
    results = examine_all(CASES.of(task.id), answered(CASES.plan((task.id,)), functions))
    seen = ("bptt_c: first", "bptt_b: one", "bptt_b: other")
    told = accounted(replace(judge_task(task, results, 4), observations=seen), results)
    assert reasons(told) == [("observation", "bptt_b: one"), ("observation", "bptt_c: first")]


def test_mistakes_that_are_named_apart_may_be_made_together():
    """A part that shows both of two mistakes, each named for another part, is lost by the second."""
    task, pair = TASK_BY_ID["bptt_W"], ("no-tanh-slope", "h_init-as-zero")
    one, other = (Diagnosis(((name,),), name, (), ()) for name in pair)
    made = [make_faulty("bptt_W", names)["bptt_W"] for names in (pair, pair[1:], pair[:1])]
    parts = dict(zip(["tanh", "identity", "large"], made, strict=True))
    cases = [case for case in CASES.of("bptt_W") if len(case.call.args[1]) > 1]
    replies = {case.call.id: value(parts[case.part](*case.call.args, **case.call.kwargs)) for case in cases}
    results = [result for result in examine_all(cases, replies) if result.finding]
    outcome = judge_task(task, results, 15)

    def lost(*diagnoses: Diagnosis) -> dict[str, str]:
        told = accounted(replace(outcome, diagnoses=diagnoses), results)
        return {part.id: part.what for part in told.parts if part.lost_by == "mistake"}

    alone = {"identity": "h_init-as-zero", "large": "no-tanh-slope"}
    assert lost(one, other) == {"tanh": "h_init-as-zero"} | alone
    assert lost(other, one) == {"tanh": "no-tanh-slope"} | alone
    assert lost(one) | lost(other) == alone


@pytest.mark.parametrize("length", [59, 60, 61, 200])
def test_the_name_of_an_exception_is_cut(length):
    """It is the student's, and a heading on the class page: 60 characters are enough."""
    name = "E" * length
    shown = name if length <= 60 else "E" * 59 + "…"
    function = broken(type(name, (Exception,), {})("so"))
    assert reasons(outcomes_of(with_functions(bptt_V=function), CASES)["bptt_V"])[0] == ("exception", shown)
    part = PartOutcome("tanh", "the tanh network", 0.0, 15.0, "not_written")
    never = never_loaded(Outcome("bptt_W", "error", 0, 15, parts=(part,)), name)
    assert never.parts == (replace(part, lost_by="exception", what=shown),)


def test_follow_through_is_a_reason():
    """The rest of a part that is right for the student's own functions is lost by those."""
    task = TASK_BY_ID["bptt_W"]
    outcome = outcomes_of(with_functions(bptt_W=lambda params, *rest, **mode: np.ones_like(params.W)), CASES)["bptt_W"]
    followed = credited(task, outcome, (), {"tanh": (0.7, "right for your own forward")})
    assert followed.parts[0].points == pytest.approx(6.3)
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
    lost = [{(part.lost_by, part.what) for part in outcomes[task.id].parts} for task in TASKS]
    assert lost == [{("not_written", "")}] * len(TASKS)
