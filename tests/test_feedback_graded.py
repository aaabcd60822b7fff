"""What grading keeps for the feedback page: where a sequence goes wrong, and the function that did it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from autograder.cases import case_sets
from autograder.judge.values import MOST_ERROR, MOST_STEPS, difference, number
from autograder.model.cases import ask
from autograder.model.verdict import Verdict
from autograder.reports.document import schema
from tests.conftest import SAMPLE_CLASS, edited, outcomes


def test_a_wrong_step_is_kept_with_its_function(grade: Callable[[str], Verdict]) -> None:
    """A forward that goes wrong at its third step has zeros before it, errors from there, and its own text."""
    wrong = "h = _phi(params.U @ x + params.W @ h + params.b + (len(states) >= 2), activation)"
    verdict = grade(edited(("h = _phi(params.U @ x + params.W @ h + params.b, activation)", wrong)))
    (finding, *_) = outcomes(verdict)["forward"].findings
    assert len(finding.profile) >= 3
    assert finding.profile[:2] == (0.0, 0.0)
    assert finding.profile[2] > 0.01
    excerpt, helper = outcomes(verdict)["forward"].code
    assert excerpt.lines[0].startswith("def forward(params: Params")
    assert helper.lines[0].startswith("def _phi(")
    assert any("len(states) >= 2" in line for line in excerpt.lines)
    assert outcomes(verdict)["softmax"].code == ()


def test_the_line_that_raised_is_marked(grade: Callable[[str], Verdict]) -> None:
    """An exception marks its line in the student's function."""
    verdict = grade(edited(("    for x in X:\n        h = _phi", "    for x in Z:\n        h = _phi")))
    (excerpt,) = outcomes(verdict)["forward"].code
    (line,) = excerpt.marked
    assert excerpt.lines[line - excerpt.first_line] == "    for x in Z:"


@pytest.mark.parametrize("student", ["samir", "rosa", "yuki"])
def test_a_broken_file_is_told_of_once(sample_results: Path, student: str) -> None:
    """What could not be loaded is said once; that Python looked for the line to quote is no deed of theirs."""
    for end in (".html", ".md"):
        text = (sample_results / "feedback" / f"{student}{end}").read_text()
        assert text.count("line 8: SyntaxError") == (student == "samir")
        assert "tried to read" not in text


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


@pytest.mark.parametrize("student", sorted(path.name for path in SAMPLE_CLASS.iterdir()))
def test_every_student_has_three_forms_of_one_truth(sample_results: Path, student: str) -> None:
    """HTML, Markdown and JSON have the same total and states, and the JSON is what the published schema says."""
    page, text, raw = (
        (sample_results / "feedback" / f"{student}{end}").read_text() for end in (".html", ".md", ".json")
    )
    data = json.loads(raw)
    jsonschema.Draft202012Validator(json.loads(schema())).validate(data)
    assert data["student_id"] == student
    total = f"{data['score']:g} of 100"
    assert total in page
    assert total in text
    for task in data["tasks"]:
        state = task["state"].replace("_", " ")
        assert f"| {task['title']} | {state} | {task['points']:g} of {task['max_points']:g} |" in text
        assert len(re.findall(rf">{task['title']}(?:</a>)?</th><td>.*?</span> {state}</span>", page)) == 1
        for finding in task["findings"]:
            assert finding["summary"] in text


def test_hidden_answers_stay_hidden(sample_results: Path) -> None:
    """Of the arrays that the reference gave, a page has one entry for each finding, and no more."""
    answers = {
        number(float(entry))
        for case in case_sets.case_set(0).cases
        for array in case.expected
        for entry in array.ravel()
        if len(number(float(entry))) >= 7  # shorter ones are anybody's
    }
    assert len(answers) > 1000
    told = 0
    for path in sorted((sample_results / "feedback").glob("*.json")):
        findings = sum(len(task["findings"]) for task in json.loads(path.read_text())["tasks"])
        for form in (path, path.with_suffix(".md"), path.with_suffix(".html")):
            seen = [word for word in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", form.read_text()) if word in answers]
            assert len(seen) <= findings, (form.name, seen)
            told += len(seen)
    assert told > 0
