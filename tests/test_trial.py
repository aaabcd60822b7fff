"""`bptt grade --trial`: feedback without marks, apart from the results. The grader is a stand-in."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.model.verdict import PartOutcome
from autograder.reports import feedback_page, feedback_text
from autograder.results.without_details import without_points
from tests.sample_verdicts import graded
from tests.test_cli import GRADE, bptt, folder, grader, hand_in
from tests.test_feedback_page import Page

__all__ = ["folder", "grader"]  # fixtures


def files(of: Path) -> dict[str, bytes]:
    """Return what is in a folder, but for a trial."""
    found = (path for path in of.rglob("*") if path.is_file() and "trial" not in path.parts)
    return {str(path): path.read_bytes() for path in found}


def test_a_trial_writes_feedback_and_nothing_with_marks(folder, grader):
    """Pages in results/trial alone, of everybody; no grades, no class page, and nothing that other commands take."""
    done = bptt(*GRADE, "--trial")
    assert done.exit_code == 0
    assert "points" not in done.stdout
    assert {path.name for path in (folder / "results").iterdir()} == {"trial"}
    pages = {path.name for path in (folder / "results/trial/feedback").iterdir()}
    assert pages == {f"{student}.{ending}" for student in ("ana", "ben", "cy") for ending in ("html", "md")}
    assert not {"grades.csv", "report.html", "run.json"} & {one.name for one in (folder / "results/trial").iterdir()}
    for student in ("ana", "ben"):
        page = Page((folder / f"results/trial/feedback/{student}.html").read_text()).text
        for text in (page, (folder / f"results/trial/feedback/{student}.md").read_text()):
            assert "bptt_W" in text
            assert not re.search(r"points|\d of \d", text, re.IGNORECASE), text
    assert bptt("export", "csv", "results/trial", "--out", "marks.csv").exit_code == 1


def test_a_trial_leaves_the_results_as_they_are(folder, grader):
    """Also with other settings and other work, and it grades anew what changed without being asked twice."""
    assert bptt(*GRADE).exit_code == 0
    before = files(folder / "results")
    hand_in(folder, "ana", "fail")
    assert bptt(*GRADE, "--trial").exit_code == 0
    (folder / "course.toml").write_text("[tasks.softmax]\npoints = 5\n")
    assert bptt(*GRADE, "--trial", "--config", "course.toml").exit_code == 0
    assert files(folder / "results") == before
    hand_in(folder, "ana", "break")
    failed = bptt(*GRADE, "--trial")
    assert failed.exit_code == 1
    assert "ana: the sandbox could not be started" in failed.stdout


def test_who_is_forgotten_is_in_no_trial(folder, grader):
    """The whole trial goes, for it has their feedback and their verdict."""
    assert bptt(*GRADE).exit_code == 0
    assert bptt(*GRADE, "--trial").exit_code == 0
    assert bptt("forget", "results", "ana").exit_code == 0
    assert not (folder / "results/trial").exists()


@pytest.mark.parametrize("option", [("--regrade",), ("--student", "ana")])
def test_a_trial_of_what_is_about_results_is_refused(folder, grader, option):
    """Exit status 2, with what to leave out."""
    done = bptt(*GRADE, "--trial", *option)
    assert done.exit_code == 2
    assert "leave them out" in done.stderr
    assert not (folder / "results").exists()


def test_parts_of_a_trial_are_right_or_wrong():
    """Which part is right is said, and not what it is worth."""
    parts = (PartOutcome("tanh", "tanh", 9, 9), PartOutcome("other", "the identity", 0, 6, "observation", "seen"))
    verdict = graded("ana", 0.5, "partial")
    notes = ("right for your own forward: 70% of the points for the identity",)
    verdict = without_points(replace(verdict, tasks=(replace(verdict.tasks[0], parts=parts, notes=notes),)))
    for text in (Page(feedback_page(verdict)).text, feedback_text(verdict)):
        assert "✓ tanh" in text
        assert "✗ the identity" in text
        assert "right for your own forward: the identity" in text
        assert "points" not in text.casefold()
