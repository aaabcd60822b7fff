"""What grading keeps for the feedback page: where a sequence goes wrong, and the function that did it."""

from collections.abc import Callable

import numpy as np

from autograder.cases import ask
from autograder.judge.values import MOST_ERROR, MOST_STEPS, difference
from autograder.verdict import Verdict
from tests.conftest import edited, outcomes


def test_a_wrong_step_is_kept_with_its_function(grade: Callable[[str], Verdict]) -> None:
    """A forward that goes wrong at its third step has zeros before it, errors from there, and its own text."""
    wrong = "h = _phi(params.U @ x + params.W @ h + params.b + (len(states) >= 2), activation)"
    verdict = grade(edited(("h = _phi(params.U @ x + params.W @ h + params.b, activation)", wrong)))
    (finding, *_) = outcomes(verdict)["forward"].findings
    assert len(finding.profile) >= 3
    assert finding.profile[:2] == (0.0, 0.0)
    assert finding.profile[2] > 0.01
    (excerpt,) = outcomes(verdict)["forward"].code
    assert excerpt.lines[0].startswith("def forward(params: Params")
    assert any("len(states) >= 2" in line for line in excerpt.lines)
    assert outcomes(verdict)["softmax"].code == ()


def test_the_line_that_raised_is_marked(grade: Callable[[str], Verdict]) -> None:
    """An exception marks its line in the student's function."""
    verdict = grade(edited(("    for x in X:\n        h = _phi", "    for x in Z:\n        h = _phi")))
    (excerpt,) = outcomes(verdict)["forward"].code
    (line,) = excerpt.marked
    assert excerpt.lines[line - excerpt.first_line] == "    for x in Z:"


def test_profiles_are_small_numbers() -> None:
    """A long sequence has at most so many numbers, and nan and inf count as a large error."""
    case = ask("output_error", "sum", "long", np.full((200, 2), 0.5), np.tile([1.0, 0.0], (200, 1)))
    (expected,) = case.expected
    got = expected.copy()
    got[120:] += 0.05
    got[199] = np.nan
    profile = difference(case, 0, got, expected, 1e-6).profile
    assert len(profile) == MOST_STEPS
    assert profile[0] == 0.0
    assert profile[50] == 0.1
    assert profile[-1] == MOST_ERROR


def test_gradients_have_no_steps() -> None:
    """An array whose rows are no steps has no profile."""
    case = ask("bptt_V", "gradient", "square", np.ones((3, 2)), np.ones((3, 2)))
    assert difference(case, 0, np.zeros((2, 2)), case.expected[0], 1e-6).profile == ()
