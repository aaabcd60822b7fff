"""How marks were made: run.json, the class page and the JSON export say the same. The grader is a stand-in."""

import json
from importlib.metadata import version
from platform import python_version

import pytest

from autograder import __version__
from tests.test_cli import GRADE, bptt, folder, grader
from tests.test_feedback_page import Page

__all__ = ["folder", "grader"]  # fixtures

SETTINGS = """\
[tasks.softmax]
points = 5

[variant]
H = 7

[late]
due = 2026-11-20T23:59:00+01:00
extensions = {ana = 2026-11-22T23:59:00+01:00}
"""


@pytest.fixture
def graded_class(folder, grader):
    """Results that were made with settings and a secret."""
    (folder / "course.toml").write_text(SETTINGS)
    (folder / "secret.txt").write_text("a secret of more than thirty-two letters")
    assert bptt(*GRADE, "--config", "course.toml", "--seed-secret", "secret.txt").exit_code == 0
    return folder


def test_the_class_page_says_how_the_marks_were_made(graded_class):
    """When, kit, Python, numpy, settings, variant, seeds and protection, as run.json has them; never the secret."""
    run = json.loads((graded_class / "results" / "run.json").read_text())
    assert bptt("report", "results").exit_code == 0
    source = (graded_class / "results" / "report.html").read_text()
    text = " ".join(Page(source).text.split())
    shown = text.partition("How the marks were made")[2]
    facts = [__version__, python_version(), version("numpy"), "softmax 5", "H 7", "memory_mb 1024", "due 2026-11-20"]
    for said in (*facts, run["begun"], run["seed_identity"], "with a secret", run["protection"]):
        assert said in shown, said
    assert "thirty-two letters" not in source


def test_the_json_export_says_how_the_marks_were_made(graded_class):
    """All of run.json, and without names no due time of a single student."""
    run = json.loads((graded_class / "results" / "run.json").read_text())
    assert list(run["late"]["extensions"]) == ["ana"]
    assert bptt("export", "json", "results", "--out", "class.json").exit_code == 0
    assert json.loads((graded_class / "class.json").read_text())["run"] == run
    assert bptt("export", "json", "results", "--anonymous", "--out", "nameless.json").exit_code == 0
    run["late"]["extensions"] = {}
    assert json.loads((graded_class / "nameless.json").read_text())["run"] == run
    assert "ana" not in (graded_class / "nameless.json").read_text()
