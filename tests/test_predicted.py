"""When an answer is what a known mistake would give: of the same kind, and as near as right ones are to one another."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.cases.case_sets import case_set
from autograder.judge.diagnosis import diagnose, explanations, is_predicted
from autograder.judge.mistakes import make_faulty
from autograder.judge.prediction import Prediction, copied, labelled, predict
from autograder.judge.values import CaseResult
from autograder.model.verdict import Finding, State
from tests.answers import outcomes_of, with_functions

CASES = case_set(0)
CASE = CASES.of("bptt_W")[0]
ONE = np.array([3.0, -4.0, 0.0])
GAPS = np.array([np.nan, -4.0, np.inf])
NONE = np.zeros((0, 2))


def came(*got: object, state: State = "fail", changed: tuple[str, ...] = ()) -> CaseResult:
    """Return the result of a case that was answered so; without arrays it was not."""
    arrays = tuple(np.asarray(one, float) for one in got)
    return CaseResult(CASE, state, got=arrays or None, changed=frozenset(changed))


def due(*got: object, changed: tuple[str, ...] = ()) -> Prediction:
    return Prediction(tuple(np.asarray(one, float) for one in got) or None, frozenset(changed))


@pytest.mark.parametrize(
    ("prediction", "result", "alike"),
    [
        (due(), came(state="error"), True),
        (due(), came(state="timeout"), False),
        (due(), came(ONE), False),
        (due(), came(ONE, state="error"), False),
        (due(ONE), came(state="error"), False),
        (due(ONE), came(ONE), True),
        (due(ONE), came(ONE, changed=("0",)), False),
        (due(ONE, changed=("0",)), came(ONE, changed=("0",)), True),
        (due(ONE, changed=("1",)), came(ONE, changed=("0",)), False),
        (due(ONE, ONE), came(ONE), False),
        (due(ONE), came(ONE, ONE), False),
        (due(ONE, 2 * ONE), came(ONE, 2 * ONE), True),
        (due(ONE, 2 * ONE), came(ONE, ONE), False),
        (due(2 * ONE, ONE), came(ONE, ONE), False),
        (due(ONE), came(ONE[None]), False),
        (due(0 * ONE), came(0 * ONE), True),
        (due(0 * ONE), came(0 * ONE + 1e-300), False),
        (due(NONE), came(NONE), True),
        (due(NONE), came(NONE.T), False),
        (due(GAPS), came(GAPS), True),
        (due(GAPS), came([np.nan, -4.0, -np.inf]), True),
        (due(GAPS), came([np.nan, -4.0, 0.0]), False),
        (due(ONE), came([3.0, -4.0, np.nan]), False),
        (due(ONE), came([3.0, -4.0, np.inf]), False),
        (due(GAPS * np.nan), came(GAPS * np.nan), True),
    ],
)  # fmt: skip
def test_an_answer_is_of_the_kind_that_was_predicted(prediction: Prediction, result: CaseResult, alike: bool) -> None:
    """Exception, number of arrays, shapes, changed arguments, and where there is no number."""
    with np.errstate(invalid="ignore"):
        assert is_predicted(prediction, result) is alike


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("predicted", [ONE, GAPS])
@pytest.mark.parametrize(("share", "alike"), [(0.9, True), (1.1, False), (-0.9, True), (-1.1, False)])
def test_an_answer_may_be_off_by_a_millionth_of_the_largest_number(predicted, scale, share, alike) -> None:
    """Of all that are numbers, at any size; the smallest may be off by as much."""
    off = share * 1e-6 * 4 * scale * np.array([0.0, 1.0, 0.0] if predicted is GAPS else [0.0, 0.0, 1.0])
    with np.errstate(invalid="ignore"):
        assert is_predicted(due(scale * predicted), came(scale * predicted + off)) is alike


def test_a_prediction_is_made_on_copies() -> None:
    """What a faulty function does to its arguments is told by their labels, and not done to those of the case."""

    def spoils(params, dO, H, h_init, activation="tanh"):
        params.W[0, 0] += 1
        h_init[:] = 0
        return params.W, dO

    before = {label: array.copy() for label, array in labelled(CASE.call.args).items()}
    found = predict(spoils, CASE)
    assert found.changed == {"0.W", "3"}
    assert len(found.got) == 2
    assert all((array == before[label]).all() for label, array in labelled(CASE.call.args).items())
    assert set(before) == {"0.U", "0.W", "0.V", "0.b", "0.c", "1", "2", "3"}
    assert predict(lambda *_: 1.0, CASE).changed == frozenset()
    assert predict(lambda *_, **asked: np.array(len(asked)), CASE).got[0] == len(CASE.call.kwargs)


@pytest.mark.parametrize("error", [ValueError, IndexError])
def test_shapes_that_do_not_fit_are_predicted_to_raise(error: type[Exception]) -> None:
    """Any other exception is a fault of the table of mistakes."""

    def raises(*_: object, **__: object) -> None:
        raise error

    assert predict(raises, CASE).got is None
    with pytest.raises(KeyError):
        predict(lambda *_, **__: {}["x"], CASE)


def test_what_is_no_array_is_given_as_it_is() -> None:
    """Numbers and words cannot be changed."""
    assert [copied(value) for value in (3, 0.5, "tanh")] == [3, 0.5, "tanh"]


@pytest.mark.parametrize("ids", [("stale-state",), ("stale-state", "no-b"), ("activation-ignored", "stale-state")])
def test_a_mistake_that_shows_in_the_order_of_calls_explains_every_part(ids: tuple[str, ...]) -> None:
    """Also where another is made beside it: both were found with all answers in their order."""
    outcome = outcomes_of(with_functions(**make_faulty("forward", ids)), CASES)["forward"]
    assert {part.lost_by for part in outcome.parts} == {"mistake"}
    assert [set(named) for found in outcome.diagnoses for named in found.bugs] == [set(ids)]


def answered_by(bug: str, name: str) -> CaseResult:
    """Return the result of one case of bptt_W for who makes this mistake."""
    (case,) = (case for case in CASES.of("bptt_W") if case.name == name)
    got = predict(make_faulty("bptt_W", (bug,))["bptt_W"], case).got
    finding = Finding(case.part, case.name, "bptt_W returns wrong values")
    return CaseResult(case, "fail", finding, got=got)


def test_more_than_three_explanations_are_not_told() -> None:
    """Of a whole function the first three are; of one part of it, none: there is too little to tell them apart."""
    step = answered_by("carry-replaces-error", "only step 1 has an error")
    possible = explanations("bptt_W", "bptt_W", [step])
    assert len(possible) > 3
    (found,) = diagnose("bptt_W", [step])
    assert list(found.bugs) == possible[:3]
    other = answered_by("carry-replaces-error", "identity")
    unknown = replace(other, got=(1.37 * other.case.expected[0],))
    assert diagnose("bptt_W", [step, unknown]) == ()
    assert [found.bugs[0] for found in diagnose("bptt_W", [step, other])] == [("carry-replaces-error",)]


def test_options_tell_groups_of_cases_apart_by_their_values() -> None:
    """Within one part: what is wrong for one activation as nobody is known to do it hides nothing of another."""
    faulty = make_faulty("bptt_W", ("no-tanh-slope",))["bptt_W"]
    results = []
    for case in CASES.of("bptt_W"):
        asked = case.call.kwargs or {"activation": "tanh"}
        one = replace(case, part="tanh", call=replace(case.call, kwargs=asked))
        got = 1.37 * case.expected[0] if case.call.kwargs else predict(faulty, case).got[0]
        off = np.abs(got - case.expected[0]).max() > 1e-3
        finding = Finding("tanh", case.name, "bptt_W returns wrong values") if off else None
        results.append(CaseResult(one, "fail" if off else "pass", finding, got=(got,)))
    assert [found.bugs for found in diagnose("bptt_W", results)] == [(("no-tanh-slope",),)]


def test_a_mistake_with_a_memory_explains_a_whole_function_or_nothing() -> None:
    """What it does depends on all calls in their order, which a part of them does not have."""
    faulty = make_faulty("forward", ("stale-state",))["forward"]
    results = []
    for case in CASES.of("forward"):
        known = case.part == "tanh"
        got = predict(faulty, case).got if known else tuple(1.37 * item for item in case.expected)
        finding = Finding(case.part, case.name, "forward returns H with wrong values")
        results.append(CaseResult(case, "fail", finding, got=got))
    assert not any("stale-state" in ids for found in diagnose("forward", results) for ids in found.bugs)
    alone = [result for result in results if result.case.part == "tanh"]
    assert (("stale-state",),) in [found.bugs for found in diagnose("forward", alone)]
