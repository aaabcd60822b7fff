"""Follow-through for whole students, without a sandbox: what is credited, how much, and to whom nothing is."""

from collections.abc import Callable

import numpy as np
import pytest

from autograder.cases.case_sets import case_set
from autograder.judge import examine_all
from autograder.judge.mistakes import make_faulty
from autograder.judge.values import CaseResult
from autograder.model.settings import FollowThrough, Settings, TaskSettings
from autograder.model.verdict import Finding, Outcome, State
from solutions.follow.follow import Follow
from solutions.tasks import TASK_BY_ID
from solutions.variant import Variant
from tests.answers import Functions, outcomes_of, value
from tests.conftest import edited

CASES = case_set(0)
FORWARD = CASES.of("forward")


def student(*edits: tuple[str, str], **changed: Callable) -> Functions:
    """Return the functions of the reference with edits, and with some of them wrapped."""
    own: dict = {"__name__": "rnn"}
    exec(edited(*edits), own)
    return own | {name: wrap(own[name]) for name, wrap in changed.items()}


def points(functions: Functions, settings: Settings | None = None) -> dict[str, float]:
    """Return the points of the tasks that are not fully right."""
    found = outcomes_of(functions, CASES, settings)
    return {task: outcome.points for task, outcome in found.items() if outcome.points != outcome.max_points}


CREDITED = {
    "forward": 3,
    "hidden_jacobian": 0.7 * 6.5 + 1.5,
    "bptt_W": 0.7 * 12 + 3,
    "bptt_U": 0.7 * 5.5 + 1.5,
    "bptt_bias": 0.7 * (1 + 1) + 2,
    "one_to_one": 0.7 * 4 + 1,
    "one_to_many": 0.7 * 3 + 1,
    "many_to_one": 0.7 * 3 + 1,
    "many_to_many": 0.7 * 6 + 1,
}
EDITS = (
    ("return np.tanh(a)", "return np.tanh(a / 2)"),
    ("return 1.0 - H**2", "return (1.0 - H**2) / 2"),
)


def test_one_wrong_activation_is_paid_for_once():
    """Who takes tanh(a/2) for tanh, and its slope too, loses forward; all that follows keeps 70 % of that part."""
    assert points(student(*EDITS)) == pytest.approx(CREDITED)


def test_credit_follows_the_points_of_the_course():
    """Changed points, another cap and a course without the identity activation change the credit in proportion."""
    course = Settings(
        tasks={"bptt_W": TaskSettings(points=30), "many_to_one": TaskSettings(points=2)},
        follow_through=FollowThrough(cap=0.5),
    )
    found = points(student(*EDITS), course)
    assert found["bptt_W"] == pytest.approx(0.5 * 24 + 6)
    assert found["many_to_one"] == pytest.approx(0.5 * 1.5 + 0.5)
    assert found["bptt_U"] == pytest.approx(0.5 * 5.5 + 1.5)
    none = points(student(*EDITS), Settings(follow_through=FollowThrough(cap=0)))
    assert (none["bptt_W"], none["one_to_one"]) == (3, 1)


def test_the_reason_names_the_function_and_its_mistake():
    """Feedback says what was followed, and with which share."""
    found = outcomes_of(student(*EDITS), CASES)
    mistake = found["forward"].diagnoses[0].misconception
    note = f"right for your own forward ({mistake}): 70% of the points for "
    assert found["many_to_one"].notes == (f"{note}the tanh network",)
    assert found["bptt_W"].notes == (f"{note}the tanh network", f"{note}large gradients")
    assert (found["bptt_W"].state, found["forward"].notes) == ("partial", ())


def test_who_leaves_the_activation_out_is_followed_without_it():
    """A student whose functions take no activation loses the identity parts, and is credited for the tanh network."""
    bare = dict.fromkeys(("bptt_b", "bptt_U"), lambda own: lambda params, one, two, *H: own(params, one, two, *H))
    bare["forward"] = lambda own: lambda params, X, h_init: own(params, X, h_init)
    bare["bptt_W"] = lambda own: lambda params, dO, H, h_init: own(params, dO, H, h_init)
    bare["hidden_jacobian"] = lambda own: lambda params, H, t, k: own(params, H, t, k)
    bare["many_to_one"] = lambda own: lambda params, X, h_init: own(params, X, h_init)
    found = points(student(*EDITS, **bare))
    assert (found["bptt_W"], found["bptt_U"], found["many_to_one"]) == pytest.approx((0.7 * 12, 0.7 * 5.5, 0.7 * 3))
    assert found["hidden_jacobian"] == pytest.approx(0.7 * 6.5)


def test_nothing_follows_from_functions_that_are_right():
    """A wrong gradient beside right functions, and a wrong wrapper beside a right forward, earn nothing more."""
    twice = student(
        bptt_V=lambda own: lambda dO, H: 2 * own(dO, H),
        many_to_one=lambda own: lambda *args, **kwargs: 2 * own(*args, **kwargs),
    )
    assert points(twice) == {"bptt_V": 0, "many_to_one": 0}


def asked(state: State, *mistakes: str, got: bool = True) -> Follow | None:
    """Return what is asked about a many_to_one that came out so beside a forward with these mistakes."""
    finding = Finding("tanh", "plain", "many_to_one returns wrong values")
    wrong = [CaseResult(case, "fail", finding, got=case.expected if got else None) for case in CASES.of("many_to_one")]
    forward = make_faulty("forward", mistakes)["forward"]
    replies = {
        case.call.id: value(*forward(*case.call.args, **case.call.kwargs), container="tuple") for case in FORWARD
    }
    results = {"many_to_one": wrong, "forward": examine_all(FORWARD, replies)}
    outcomes = {"many_to_one": Outcome("many_to_one", state, 0, 4), "forward": Outcome("forward", "fail", 0, 15)}
    return Follow.of([TASK_BY_ID["many_to_one"]], CASES, results, outcomes)


def test_nothing_is_asked_where_nothing_can_be_earned():
    """Only a task that gave wrong values, and builds on something that is wrong, is followed."""
    for state in ("fail", "partial", "error"):
        assert asked(state, "no-b")
        assert asked(state) is asked(state, "no-b", got=False) is None
    for state in ("pass", "timeout", "memory", "crashed", "not_implemented", "forbidden"):
        assert asked(state, "no-b") is None


def after(change: Callable) -> Callable:
    """Return a wrapper that changes what a function returns."""
    return lambda own: lambda *args, **kwargs: change(own(*args, **kwargs))


@pytest.mark.parametrize(
    "loss",
    [
        after(lambda loss: 1.0),
        after(lambda loss: loss - loss),
        after(lambda loss: np.nan),
        after(lambda loss: abs(loss % 2e-5 - 1e-5)),
        after(lambda loss: np.array([loss])),
        after(lambda loss: 1.001 * loss),
        after(lambda loss: loss + 0j),
        lambda own: lambda *args: 1 / 0,
    ],
    ids=["constant", "zero", "nan", "kinks", "an array", "another scale", "complex", "raises"],
)
def test_a_gradient_follows_a_loss_that_it_is_the_gradient_of(loss):
    """Nothing is earned with a loss that is constant, nan, full of kinks, or of which the gradient is not that."""
    found = points(student(*EDITS, cross_entropy=loss))
    assert (found["bptt_W"], found["bptt_U"], found["bptt_bias"]) == (3, 1.5, 2)
    assert found["many_to_one"] == pytest.approx(3.1)  # which needs no loss


def test_a_loss_that_was_judged_right_may_be_rounded():
    """The reference stands in for it, so that its steps of a millionth cost nothing more."""
    found = points(student(*EDITS, cross_entropy=after(lambda loss: round(loss, 6))))
    assert found == pytest.approx(CREDITED)


@pytest.mark.parametrize("change", [lambda g: 1.0001 * g, lambda g: -g, lambda g: g.T, lambda g: g + 1e-4])
def test_a_gradient_that_is_not_that_of_its_own_loss_does_not_follow(change):
    """Neither the transpose nor a factor near 1 passes for the gradient of W."""
    assert points(student(*EDITS, bptt_W=after(change)))["bptt_W"] == 0


@pytest.mark.parametrize("name", ["U", "W", "V", "X"])
def test_a_forward_that_does_not_look_earns_nothing(name):
    """Wrappers that follow a forward blind to one of its arguments would follow from anything."""

    def blind(own):
        def forward(params, X, h_init, activation="tanh"):
            if name == "X":
                X = np.full(X.shape, 0.3)
            else:
                array = getattr(params, name)
                params = params._replace(**{name: 0.3 * np.cos(np.arange(array.size)).reshape(array.shape)})
            return own(params, X, h_init, activation)

        return forward

    functions = student(forward=blind)
    functions["many_to_one"] = lambda params, X, h_init, activation="tanh": functions["forward"](
        params, X, h_init, activation
    )[1][-1]
    assert points(functions)["many_to_one"] == 0


def test_a_wrapper_must_follow_in_every_row():
    """A last row, a first step or an end of its own is no answer of the student's own forward."""

    def last_row_moved(answer):
        return answer + np.eye(*answer.shape, k=1 - len(answer)) * 1e-4

    for task in ("one_to_one", "one_to_many"):
        assert points(student(*EDITS, **{task: after(last_row_moved)}))[task] == 0
    assert points(student(*EDITS, many_to_many=after(lambda rows: rows[:-1])))["many_to_many"] <= 1
    assert points(student(*EDITS, many_to_many=after(lambda rows: rows[:, :-1])))["many_to_many"] == 0


def test_a_course_without_the_identity_has_one_part():
    """Where all points are in the tanh part, the credit is of all points."""
    course = Settings(variant=Variant(activation="tanh"))
    cases = case_set(0, course.variant.asked)
    found = outcomes_of(student(*EDITS), cases, course)
    assert found["bptt_W"].points == pytest.approx(0.7 * 15)
    assert found["hidden_jacobian"].points == pytest.approx(0.7 * 8)


@pytest.mark.parametrize("mistake", ["row-convention", "last-row-only", "outputs-swapped"])
def test_a_forward_that_breaks_off_is_followed_nowhere(mistake):
    """One that raises for most shapes, or returns others, earns nothing for what is built on it, and stops nobody."""
    made = make_faulty("forward", (mistake,))["forward"]
    functions = student() | {"forward": made, "many_to_one": lambda params, *_, **mode: np.full_like(params.c, 0.25)}
    assert points(functions)["many_to_one"] == 0
