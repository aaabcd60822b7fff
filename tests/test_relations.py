"""Relations between what was due and what came: named where they hold everywhere, and nowhere else."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder.judge.seen import Sample, in_words, of_arrays, times, with_looks
from solutions.relations import RELATIONS, CaseFacts

Array = NDArray[np.float64]

PLAIN = CaseFacts(T=7, D=3, H=5, K=4, activation="tanh", reduction="sum", one_hot=True, square=False)
KINDS = {
    "plain": PLAIN,
    "longer": replace(PLAIN, T=9, K=6),
    "identity": replace(PLAIN, activation="identity"),
    "mean": replace(PLAIN, reduction="mean"),
    "soft": replace(PLAIN, one_hot=False),
    "square": replace(PLAIN, D=4, H=4, square=True),
    "one step": replace(PLAIN, T=1),
}


def rows(facts: CaseFacts, seed: int = 0) -> Array:
    """Return an answer with one row per step."""
    return np.random.default_rng([facts.T, facts.K, seed]).standard_normal((facts.T, facts.K))


def found(reply: Callable[[CaseFacts, Array], Array], seed: int = 0) -> tuple[str, ...]:
    """Return what is said when every answer is turned into a reply by `reply(facts, expected)`."""
    due = [(facts, rows(facts, seed)) for facts in KINDS.values()]
    return RELATIONS.of([Sample(facts, array, reply(facts, array), facts.T) for facts, array in due])


@pytest.mark.parametrize(
    ("sentence", "factor"),
    [
        ("every value has the opposite sign", lambda facts: -1),
        ("every value is T times too large", lambda facts: facts.T),
        ("every value is T times too small", lambda facts: 1 / facts.T),
        ("every value is twice what it should be", lambda facts: 2),
        ("every value is half of what it should be", lambda facts: 0.5),
        ("every value is K times too large", lambda facts: facts.K),
        ("every value is K times too small", lambda facts: 1 / facts.K),
        ("every value is 1/ln 2 times what it should be", lambda facts: 1 / np.log(2)),
        ("every value is 1/ln 10 times what it should be", lambda facts: 1 / np.log(10)),
    ],
)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_constant_factors_are_named(sentence, factor, seed):
    """A factor is named alone, also where it is T or K and so another number in every case."""
    names = found(lambda facts, expected: factor(facts) * expected, seed)
    assert [name for name in names if name.startswith("every value")] == [sentence]


@pytest.mark.parametrize(
    ("due", "got", "holds"),
    [([0, 1.0], [0, 2.0], True), ([0, 1.0], [0, 3.0], False), ([0.0], [0.0], None), ([np.inf, 1], [np.inf, 2], None)],
)
def test_a_factor_shows_where_something_is_finite_and_not_zero(due, got, holds):
    """Zeros beside other values hide no factor; zeros alone, and infinities, tell nothing."""
    assert times(lambda _: 2.0)(Sample(None, np.array(due), np.array(got))) is holds


@pytest.mark.parametrize(
    ("sentence", "turn"),
    [
        ("it is the transpose of what it should be", lambda expected: expected.T),
        ("the rows stand one step late", lambda expected: np.roll(expected, 1, axis=0)),
        ("the rows stand one step late", lambda expected: np.vstack([0 * expected[:1], expected[:-1]])),
        ("the rows stand one step early", lambda expected: np.roll(expected, -1, axis=0)),
        ("the rows are in reverse order", lambda expected: expected[::-1]),
        ("the rows are right as far as they go: look at when they end", lambda expected: expected[:2]),
        (
            "the rows are right as far as they go: look at when they end",
            lambda expected: np.vstack([expected, expected]),
        ),
        ("only the first step is right", lambda expected: np.vstack([expected[:1], expected[1:] + 1])),
        ("only the last step is right", lambda expected: np.vstack([expected[:-1] + 1, expected[-1:]])),
        ("only the first step is wrong", lambda expected: np.vstack([expected[:1] + 1, expected[1:]])),
        ("only the last step is wrong", lambda expected: np.vstack([expected[:-1], expected[-1:] + 1])),
    ],
)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_turned_and_shifted_answers_are_named(sentence, turn, seed):
    """What is done to the rows is named, whatever the numbers are; one step alone cannot tell and does not matter."""
    names = found(lambda _, expected: turn(expected), seed)
    assert [name for name in names if name != "it is right for T = 1 only"] == [sentence]


@pytest.mark.parametrize(
    ("sentence", "right"),
    [
        ('it is right for "identity" only', lambda facts: facts.activation == "identity"),
        ('it is right for "tanh" only', lambda facts: facts.activation == "tanh"),
        ('it is right for "sum" only', lambda facts: facts.reduction == "sum"),
        ('it is right for "mean" only', lambda facts: facts.reduction == "mean"),
        ("it is right for one-hot labels only", lambda facts: facts.one_hot),
        ("it is right only where D = H = K", lambda facts: facts.square),
        ("it is right for T = 1 only", lambda facts: facts.T == 1),
    ],
)
def test_conditions_are_named(sentence, right):
    """An answer that is right under one condition alone is said to be so, and nothing else is said."""
    wrong = np.random.default_rng(1)

    def reply(facts, expected):
        return expected if right(facts) else wrong.standard_normal(expected.shape)

    assert found(reply) == (sentence,)


def test_a_step_is_the_only_right_one_where_no_other_is():
    """Two right steps are more than the first or the last."""
    for turn in (
        lambda expected: np.vstack([expected[:2], expected[2:] + 1]),
        lambda expected: np.vstack([expected[:-2] + 1, expected[-2:]]),
        lambda expected: np.vstack([expected[:1], expected[1:-1] + 1, expected[-1:]]),
        lambda expected: expected + 1,
    ):
        assert not [name for name in found(lambda _, expected, turn=turn: turn(expected)) if "step is" in name]


def test_a_single_step_may_be_right_by_luck():
    """A mistake in the flow through time forgives T = 1; it is still right for the identity only."""

    def reply(facts, expected):
        return expected if facts.activation == "identity" or facts.T == 1 else expected**2

    assert found(reply) == ('it is right for "identity" only',)


def test_numbers_that_are_no_rows_are_not_shifted():
    """A gradient has no steps: its rows may be rotated without that being called late."""
    gradient = np.random.default_rng(0).standard_normal((4, 5))
    assert RELATIONS.of([Sample(PLAIN, gradient, np.roll(gradient, 1, axis=0))]) == ()


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("only row 0 is wrong", np.s_[0]),
        ("only the last row is wrong", np.s_[-1]),
        ("only column 0 is wrong", np.s_[:, 0]),
        ("only the last column is wrong", np.s_[:, -1]),
    ],
)
def test_the_only_row_or_column_that_is_wrong_is_named(sentence, change):
    """Where one row or column of a gradient differs in every case, it is named; rows in the middle have no name."""
    dice = np.random.default_rng(3)
    samples = []
    for facts, shape in ((PLAIN, (4, 5)), (KINDS["square"], (4, 4))):
        due = dice.standard_normal(shape)
        came = due.copy()
        came[change] += 1
        samples.append(Sample(facts, due, came))
    right = Sample(PLAIN, due, due)
    assert RELATIONS.of([*samples, right]) == (sentence,)
    other = came.T[::-1].T.copy()
    other[1] += 1
    assert RELATIONS.of([*samples, Sample(PLAIN, due, other)]) == ()


@pytest.mark.parametrize(
    ("sentence", "right"), [("it is right for k = t only", 0), ("it is right for k = t and k = t - 1 only", 1)]
)
def test_factors_of_a_jacobian_are_counted(sentence, right):
    """A Jacobian that is right for few factors is said to be."""
    due = np.random.default_rng(4).standard_normal((5, 5))
    samples = [Sample(replace(PLAIN, factors=n), due, due if n <= right else due**2) for n in (0, 1, 2, 5)]
    assert RELATIONS.of(samples) == (sentence,)


def test_of_several_arrays_the_right_ones_are_named():
    """What is seen in one array is said of it by name; what is seen in all, of none."""
    due = rows(PLAIN)
    right, wrong = Sample(PLAIN, due, due, PLAIN.T), Sample(PLAIN, due, -due, PLAIN.T)
    opposite = "every value has the opposite sign"
    assert list(of_arrays({"H": [right], "Y_hat": [wrong]}, RELATIONS.of)) == [
        "what is right: H; what is not: Y_hat",
        f"in Y_hat, {opposite}",
    ]
    assert list(of_arrays({"H": [wrong], "Y_hat": [wrong]}, RELATIONS.of)) == [opposite]
    assert list(of_arrays({"H": [right]}, RELATIONS.of)) == []


def test_explanations_that_share_a_mistake_are_one_clause():
    """What differs stands in brackets; what explains alone is a clause of its own."""
    assert in_words([["A", "C"], ["B", "C"]]) == ("A (or B), and also C",)
    assert in_words([["A"], ["B"]]) == ("A", "B")
    assert in_words([["A", "B"], ["C", "D"]]) == ("A, and also B", "C, and also D")


def test_a_loss_is_an_array_of_no_dimension():
    """A float has a factor like any array; the infinite price of an impossible truth has none and is passed over."""
    facts = KINDS["plain"]
    losses = [(3.0, -3.0), (5.0, -5.0), (np.inf, 27.7), ([np.inf, 1.0], [27.7, 5.0])]
    samples = [Sample(facts, np.array(due), np.array(came)) for due, came in losses]
    assert RELATIONS.of(samples) == ("every value has the opposite sign",)


@pytest.mark.parametrize("reply", [lambda e: e, lambda e: e**2 + 1, lambda e: e + np.nan, lambda e: e[:, :1]])
def test_nothing_is_said_where_nothing_holds(reply):
    """Right answers, unrelated numbers, nan and other shapes have no fingerprint."""
    assert found(lambda _, expected: reply(expected)) == ()


@pytest.mark.parametrize("odd", KINDS)
def test_one_case_that_differs_silences_a_relation(odd):
    """A relation that does not hold in one case is not named."""

    def reply(facts, expected):
        return 3 * expected if facts is KINDS[odd] else 2 * expected

    assert found(reply) == ()


LOOKS = {"H": {"only b is not 0": "b", "only x is not 0": "U x", "only h_init is not 0": "W h"}, "Y_hat": {}}
LOOKS["Y_hat"] = dict.fromkeys(LOOKS["H"], "V h")


def looked(*wrong: str, also: str = "") -> tuple[str, ...]:
    """Return what is said where these terms are wrong alone, in H, or the array `also`, and where all come together."""
    samples: dict[str, list[Sample]] = {"H": [], "Y_hat": []}
    for case in ("all", *LOOKS["H"]):
        answer = {
            name: Sample(PLAIN, due, due + (case in wrong and name in ("H", also)), PLAIN.T)
            for name, due in (("H", rows(PLAIN)), ("Y_hat", rows(PLAIN, 1)))
        }
        for name, sample in with_looks(answer, case, LOOKS).items():
            samples[name].append(sample)
    return tuple(of_arrays(samples, RELATIONS.of))


def test_the_term_that_is_wrong_alone_is_told_beside_those_that_are_right() -> None:
    """Two mistakes are told as the two terms that they are in."""
    (right, said) = looked("all", "only x is not 0", "only h_init is not 0")
    assert right == "what is right: Y_hat; what is not: H"
    assert said == (
        "in H, right where only b is not 0; wrong where only x is not 0, where only h_init is not 0: "
        "look at U x, and at W h"
    )


def test_where_every_term_is_wrong_the_simplest_is_told() -> None:
    """What is common to all is seen in the simplest."""
    assert "in H, wrong already where only b is not 0: look at b" in looked("all", *LOOKS["H"])


def test_terms_that_are_right_alone_are_told_to_be_put_together() -> None:
    """Nothing is accused that is right."""
    (_, said) = looked("all")
    assert said.endswith("each alone is right, so look at how they come together")


def test_what_is_made_of_a_wrong_array_is_accused_of_nothing() -> None:
    """Outputs that come of wrong states say nothing about the term that makes outputs of states."""
    assert not any("V h" in said for said in looked("all", *LOOKS["H"], also="Y_hat"))


def test_a_term_that_is_made_of_a_wrong_one_is_accused_of_nothing() -> None:
    """Where what a step adds is wrong, so is all that comes of it: that tells nothing of the way back."""
    back = ("the way back", "one")
    of = {"one": "a step", "without W": "a step", "all": (*back, ""), "last": (*back, "which steps count")}

    def said(*wrong: str) -> str:
        samples = {case: Sample(PLAIN, rows(PLAIN), rows(PLAIN) + (case in wrong)) for case in of}
        (said,) = RELATIONS.of([with_looks({"": one}, case, {"": of})[""] for case, one in samples.items()])
        return said

    assert said("one", "all", "last") == "right where without W; wrong where one: look at a step"
    assert said("one", "all") == "right where without W, where last; wrong where one: look at which steps count"
    assert said("one", "last") == "right where without W, where all; wrong where one: look at a step"
    assert said("all", "last").endswith("wrong where all, where last: look at the way back")
    assert said("without W", "all").endswith("wrong where without W, where all: look at a step, and at the way back")


def test_where_it_is_right_does_not_hide_why() -> None:
    """That one row is right says nothing of the term that is wrong in the others."""
    samples = [Sample(PLAIN, rows(PLAIN), rows(PLAIN), PLAIN.T, alone="only b is not 0", look="b")]
    got = np.vstack([rows(PLAIN)[:1], rows(PLAIN)[1:] + 1])
    samples.append(Sample(PLAIN, rows(PLAIN), got, PLAIN.T, alone="only x is not 0", look="U x"))
    said = "right where only b is not 0; wrong where only x is not 0: look at U x"
    assert RELATIONS.of(samples) == ("only the first step is right", said)


def test_terms_are_not_to_be_put_together_where_the_activation_tells_right_from_wrong() -> None:
    """Who is right for tanh has put the terms together well: tanh in place of the identity is another slip."""
    due, identity = rows(PLAIN), replace(PLAIN, activation="identity")
    samples = [Sample(PLAIN, due, due, alone=case, look="a term") for case in LOOKS["H"]]
    samples += [Sample(PLAIN, due, due), Sample(identity, due, due + 1)]
    assert RELATIONS.of(samples) == ('it is right for "tanh" only',)
