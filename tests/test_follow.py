"""What follow-through excuses: values that follow from another wrong function, and nothing else."""

from collections.abc import Callable

import pytest

from autograder.model.verdict import Verdict
from tests.conftest import REFERENCE, SAMPLE_CLASS, edited, outcomes

Grade = Callable[[str], Verdict]

HALF = ("return np.tanh(a)", "return np.tanh(a / 2)")
LAST = "last: Array = Y_hat[-1]\n    return last"
SPOKEN = "return np.array(outputs)\n    ### END SOLUTION\n\n\ndef one_to_many"


@pytest.mark.parametrize(
    "answer",
    [
        "np.array(outputs)[None]",
        "np.array(outputs)[0]",
        "np.array(outputs)[:, :1]",
        "np.zeros((100_000, 4))",
        "np.array(outputs) / (h[0] > 9)",
    ],
)
def test_a_wrong_shape_or_no_number_does_not_follow(grade: Grade, answer: str) -> None:
    """A wrapper whose answer has another shape, or is nan, earns nothing for a wrong forward, and breaks nothing."""
    verdict = grade(edited(HALF, (SPOKEN, SPOKEN.replace("np.array(outputs)", answer))))
    assert verdict.status == "graded"
    assert (outcomes(verdict)["one_to_one"].points, outcomes(verdict)["one_to_one"].notes) == (0, ())


def test_a_translation_must_end_where_it_says(grade: Grade) -> None:
    """many_to_many that never stops is not excused by a wrong forward; one that stops is."""
    assert outcomes(grade(edited(HALF)))["many_to_many"].points == pytest.approx(0.7 * 6 + 1)
    verdict = grade(edited(HALF, ("if np.argmax(y_hat) == stop:", "if False:")))
    assert outcomes(verdict)["many_to_many"].points == 0


def test_a_changed_argument_does_not_follow(grade: Grade) -> None:
    """A gradient that overwrites dO loses its marks whether or not forward is right."""
    spoil = "gradient = _deltas(params, dO, H, activation).T @ X\n    dO[:] = 0\n    return gradient"
    verdict = grade(edited(HALF, ("return _deltas(params, dO, H, activation).T @ X", spoil)))
    assert outcomes(verdict)["bptt_U"].points == 0


def test_one_case_that_raises_loses_the_part(grade: Grade) -> None:
    """Where an answer is missing, agreement in the other cases is not enough."""
    verdict = grade(edited(HALF, (LAST, "if len(X) == 1:\n        raise ValueError\n    return Y_hat[-1]")))
    assert outcomes(verdict)["many_to_one"].points == 1  # the identity network, of which no case has one step


def test_a_file_that_can_remember_is_followed_as_well(grade: Grade) -> None:
    """What can keep something between calls and does not has the same credit as what cannot."""
    text = (SAMPLE_CLASS / "jakub" / "rnn.py").read_text(encoding="utf-8")
    together, apart = grade(text), grade(text + "\n\nSEEN = []\n")
    credited = [
        outcome.task for outcome in together.tasks if any("right for your own" in note for note in outcome.notes)
    ]
    assert credited == ["one_to_one", "one_to_many", "many_to_one", "many_to_many"]
    assert apart == together


def test_questions_that_follow_through_leave_the_next_student_their_own(grade: Grade) -> None:
    """The room that was asked something else in between asks the next student what it asks everybody."""
    assert grade((SAMPLE_CLASS / "jakub" / "rnn.py").read_text(encoding="utf-8")).score < 100
    assert grade(REFERENCE).score == 100
