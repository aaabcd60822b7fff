"""The page on the slides: each has a row, and each row names what is there."""

import re
from importlib import import_module
from pathlib import Path

from solutions.tasks import TASKS

PAGE = (Path(__file__).parent.parent / "docs" / "slides.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!slide|-)(.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
ERRATA = import_module("solutions.handout.errata.table").ERRATA
EXAMPLES = import_module("solutions.handout.examples.table").EXAMPLES
# How many slides of the lecture have each title, as it is printed there.
TITLES = {
    "Acknowledgement": 1,
    "Error or LOSS (Additional FYI)": 1,
    "Error or LOSS:": 4,
    "LOSS! LOSS! LOSS!": 1,
    "Gradient of loss (error) wrt to V": 1,
    "Gradient of loss wrt to V": 1,
    "The Math Behind BPTT": 8,
    "Grad of loss wrt to W": 3,
    "Grad of loss wrt to U (Similar to W)": 1,
    "Various architectures or types of RNN: 1 to 1": 1,
    "One-to-Many": 1,
    "Many-to-One": 1,
    "Many-to-Many": 1,
    "THANK YOU": 1,
}


def test_every_slide_has_a_row() -> None:
    """Each title is there as often as in the lecture."""
    for title, count in TITLES.items():
        assert sum(slide.startswith(title) for slide, _ in ROWS) == count, title


def test_every_task_example_and_erratum_has_a_slide() -> None:
    """What the handout has is named at a slide, and nothing else is."""
    named = set(re.findall(r"`([\w-]+)`", " ".join(where for _, where in ROWS)))
    due = {thing.id for thing in TASKS} | {thing.name for thing in (*ERRATA, *EXAMPLES)}
    assert named - {"learning_curve", "gradient_norms"} == due
