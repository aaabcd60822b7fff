"""Feedback explains: what was expected and got, where it begins, and which mistake it is, if it is a known one."""

from collections.abc import Callable

import pytest

from autograder.cases.case_sets import case_set
from autograder.judge.diagnosis import diagnose
from autograder.judge.mistakes import make_faulty
from autograder.judge.prediction import predict
from autograder.judge.relations import observe
from autograder.judge.values import CaseResult, examine
from autograder.model.replies import RaisedError, Reply, ReplyPart
from autograder.model.verdict import Verdict
from autograder.reports.feedback import feedback_text
from solutions.mistakes import BUGS
from tests.conftest import edited, outcomes

Grade = Callable[[str], Verdict]
W = "return _deltas(params, dO, H, activation).T @ previous"


def replies_of(task: str, functions: dict[str, Callable[..., object]]) -> list[CaseResult]:
    """Have trusted functions answer all cases of a task, and examine the answers."""
    results = []
    for case in case_set(0).of(task):
        prediction = predict(functions[case.call.function], case)
        if prediction.got is None:
            error = RaisedError("ValueError", "shapes", "rnn.py", 1, "", memory=False, inside=True)
            results.append(examine(case, Reply("raised", error=error)))
            continue
        parts = tuple(ReplyPart(array, "float64") for array in prediction.got)
        container = "" if case.container == "array" else case.container
        results.append(examine(case, Reply("value", container, parts, tuple(prediction.changed))))
    return results


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.task}-{bug.id}")
def test_every_known_mistake_is_seen_and_named(bug: object) -> None:
    """Each entry of the bug library costs marks on the hidden cases and is among the explanations."""
    results = replies_of(bug.task, make_faulty(bug.task, (bug.id,)))  # type: ignore[attr-defined]
    assert any(result.finding for result in results)
    named = {ids for diagnosis in diagnose(bug.task, results) for ids in diagnosis.bugs}  # type: ignore[attr-defined]
    families = {other.family for other in BUGS if (other.id,) in named and other.task == bug.task}  # type: ignore[attr-defined]
    assert bug.family in families  # type: ignore[attr-defined]


def test_a_pair_of_mistakes_is_named_as_two() -> None:
    """No slope and h_init taken for zero: neither alone explains the answers, both together do."""
    results = replies_of("bptt_W", make_faulty("bptt_W", ("no-tanh-slope", "h_init-as-zero")))
    (diagnosis,) = diagnose("bptt_W", results)
    assert {"no-tanh-slope", "h_init-as-zero"} in map(set, diagnosis.bugs)
    assert len(diagnosis.questions) >= 2


FORWARD = """
def forward(params, X, h_init, activation="tanh"):
    H = [h_init]
    for x in X:
        H.append(np.tanh(params.U @ x + params.W @ {state} + {bias}))
    H = np.array(H[1:])
    return H, softmax(H @ params.V.T + params.c)
"""


def test_what_is_not_done_yet_hides_no_wrong_term(grade: Grade) -> None:
    """The identity is to do, and two terms of tanh are wrong as nobody is known to do it: all three are told."""
    text = edited(("if __name__", FORWARD.format(state="H[-1] ** 2", bias="2 * params.b") + "\n\nif __name__"))
    said = "\n".join(outcomes(grade(text))["forward"].observations)
    assert "forward: activation makes no difference" in said
    assert "in H, right where only x is not 0; wrong where only b and c are not 0, where only h_init" in said


def test_a_mistake_with_a_name_hides_nothing_that_is_seen(grade: Grade) -> None:
    """Tanh for the identity too has a name; the wrong term in the other part is told beside it."""
    text = FORWARD.format(state='(H[-1] ** 2 if activation == "tanh" else H[-1])', bias="params.b")
    outcome = outcomes(grade(edited(("if __name__", text + "\n\nif __name__"))))["forward"]
    assert any('"identity"' in diagnosis.misconception for diagnosis in outcome.diagnoses)
    assert any("wrong where only h_init is not 0: look at the term W h" in said for said in outcome.observations)


def test_of_what_explains_a_part_that_is_said_which_fits_the_other_parts(grade: Grade) -> None:
    """The mean is to do: that the sum gives a mean, as the answers to the mean alone would allow, is not said."""
    loss = "def cross_entropy(Y_hat, Y, reduction='sum'):\n    return -np.sum(Y * np.log10(Y_hat))\n\n\n"
    outcome = outcomes(grade(edited(("if __name__", loss + "if __name__"))))["cross_entropy"]
    said = [diagnosis.misconception for diagnosis in outcome.diagnoses]
    assert 'the sum over the steps is computed for "mean" too' in said
    assert not any('"sum" was asked' in one for one in said)


def test_an_unknown_mistake_is_not_accused(grade: Grade) -> None:
    """Nothing explains a gradient times 1.37: the feedback has what was seen, and no name."""
    verdict = grade(edited((W, f"{W} * 1.37")))
    assert outcomes(verdict)["bptt_W"].diagnoses == ()
    assert "known mistake" not in feedback_text(verdict)
    assert "by up to 0.37 of the largest one" in feedback_text(verdict)


def test_a_simple_relation_is_said_where_no_mistake_is_known(grade: Grade) -> None:
    """Twice the gradient is no entry of the library; the factor is seen."""
    verdict = grade(edited((W, f"{W} * 2")))
    assert outcomes(verdict)["bptt_W"].observations == ("bptt_W: every value is twice what it should be",)
    assert "twice what it should be" in feedback_text(verdict)


def test_right_answers_are_not_observed() -> None:
    """Without a mistake there is nothing to see and nothing to explain."""
    results = replies_of("bptt_W", make_faulty("bptt_W", ()))
    assert (diagnose("bptt_W", results), observe(results)) == ((), ())


def test_feedback_names_the_mistake_the_question_and_the_slide(grade: Grade) -> None:
    """What a student reads: the sentence, the tutor's question, the slide, the first difference."""
    text = feedback_text(grade(edited(("return 1.0 - H**2", "return 1.0 + 0 * H"))))
    assert "the slope of tanh, 1 - h², is left out" in text
    assert "What does tanh do to a small change?" in text
    assert "The Math Behind BPTT" in text
    assert "25 of 25 entries differ" in text


def test_feedback_says_at_which_step_the_difference_begins(grade: Grade) -> None:
    """A forward that forgets its state is right at the first step and wrong from the second."""
    verdict = grade(edited(("params.U @ x + params.W @ h + params.b", "params.U @ x + params.W @ h_init + params.b")))
    assert "H[1, 0], step t = 2" in outcomes(verdict)["forward"].findings[0].where


def test_feedback_never_shows_the_hidden_arrays(grade: Grade) -> None:
    """Of each expected array one entry is shown, and nothing of the reference's text."""
    text = feedback_text(grade(edited((W, "return np.zeros_like(params.W)"))))
    shown = sum(f"{value:.6g}" in text for case in case_set(0).of("bptt_W") for value in case.expected[0].ravel())
    assert shown <= 3
    assert "_deltas" not in text
