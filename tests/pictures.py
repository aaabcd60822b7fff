"""Makes the pictures in `docs/`, from the sample class and from the handout's tools: `make pictures`."""

import tempfile
from pathlib import Path

from rich.console import Console

from autograder.run import Screen, grade_folder
from tests.browser import chromium, visit
from tests.conftest import REFERENCE
from tests.desk import Student

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
_DESK = {"viewport": {"width": 1000, "height": 1400}}
_PHONE = {"viewport": {"width": 390, "height": 1000}}
PICTURES = {
    "feedback.png": ("feedback/jakub.html", _DESK),
    "feedback-dark-phone.png": ("feedback/jakub.html", _PHONE | {"color_scheme": "dark"}),
    "report.png": ("report.html", _DESK),
    "report-dark.png": ("report.html", _DESK | {"color_scheme": "dark"}),
}


# The tool that draws each picture, with the reference at the student's desk.
PLOTS = {"gradient-norms.png": "gradient_norms", "learning-curve.png": "learning_curve"}


def main() -> None:
    """Grade the sample class, and photograph its pages; then let the tools plot."""
    _photograph()
    with tempfile.TemporaryDirectory() as place:
        student = Student(Path(place)).hand(REFERENCE)
        for picture, tool in PLOTS.items():
            student.module("tools", tool, "--save", str(DOCS / picture)).check_returncode()


def _photograph() -> None:
    screen = Screen(out=Console(quiet=True), log=Console(quiet=True))
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        results = Path(name)
        grade_folder(
            ROOT / "tests/data/class", results, screen, jobs=2, config=None, secret_file=None, unprotected=True
        )
        for picture, (page, context) in PICTURES.items():
            with visit(browser, results / page, **context) as seen:
                if picture == "report-dark.png":  # the upper half is in the light one
                    seen.page.locator("#misconceptions ~ details summary").first.click()
                seen.page.screenshot(path=DOCS / picture)


if __name__ == "__main__":
    main()
