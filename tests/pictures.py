"""Makes the pictures in `docs/`, from the sample class and from the handout's tools: `make pictures`."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from rich.console import Console

from autograder.commands.order import Order
from autograder.commands.outputs import refresh
from autograder.commands.run import grade_folder
from autograder.handout.site import build_site
from autograder.model.settings import Settings
from autograder.reports.screen import Screen
from autograder.results.marking import Wish, set_marks
from autograder.results.store import FILE_NAME, Store
from autograder.review.similar.command import find_similar
from autograder.review.similar.page import PAGE
from tests.browser import chromium, visit
from tests.browser_site import open_notebook, served
from tests.conftest import REFERENCE, SAMPLE_CLASS
from tests.desk import Student
from tests.nbgrader_course import Course, cell_of, solved
from tests.pyodide import PYODIDE
from tests.test_walk import class_of_the_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
_DESK = {"viewport": {"width": 1000, "height": 1400}}
_PHONE = {"viewport": {"width": 390, "height": 1000}}
WITHOUT_SLOPE = """\
def bptt_W(params, dO, H, h_init, activation="tanh"):
    dW = np.zeros_like(params.W)
    carry = np.zeros(len(h_init))
    for t in reversed(range(len(H))):
        dh = params.V.T @ dO[t] + carry
        dW += np.outer(dh, H[t - 1] if t else h_init)
        carry = params.W.T @ dh
    return dW"""
SOFTMAX_OF_ALL = """\
def softmax(o):
    e = np.exp(o - o.max())
    return e / e.sum()"""
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
        grade_folder(Order(SAMPLE_CLASS, results, jobs=2, unprotected=True), screen)
        for picture, (page, context) in PICTURES.items():
            with visit(browser, results / page, **context) as seen:
                if picture == "report-dark.png":  # the upper half is in the light one
                    seen.page.locator("#misconceptions ~ details summary").first.click()
                seen.page.screenshot(path=DOCS / picture)
        nbgrader_feedback(results / "nbgrader", browser)
        guide(browser)
        term(results / "term", browser, screen)
        site(results / "site", browser)


def guide(browser: "Browser") -> None:
    """Photograph a task of the guide's page, with a question opened."""
    with visit(browser, ROOT / "assignment" / "GUIDE.html", viewport={"width": 1000, "height": 1100}) as seen:
        heading = seen.page.get_by_role("heading", name="Task 6: hidden_jacobian")
        heading.locator("xpath=following::summary[1]").click()
        heading.evaluate("heading => heading.scrollIntoView()")
        seen.page.screenshot(path=DOCS / "guide.png")


def term(folder: Path, browser: "Browser", screen: Screen) -> None:
    """Grade the class of docs/instructors.md, set a mark by hand, and photograph it and the page of pairs."""
    results = class_of_the_page(folder) / "results"
    grade_folder(Order(folder / "submissions", results, jobs=2, unprotected=True), screen)
    with Store(results / FILE_NAME) as store:
        wish = Wish("hassan", "bptt_W", "11", "the derivation on paper is right", "Dr. Okafor")
        set_marks(store, [wish])
        refresh(results, store, {"hassan"})
    find_similar(results, screen, submissions=None, unprotected=True)
    with visit(browser, results / "feedback" / "hassan.html", **_DESK) as seen:
        box = seen.page.locator("section[aria-labelledby=bptt_W]").bounding_box()
        assert box is not None
        clip = {"x": 0, "y": box["y"] - 16, "width": 1000, "height": 600}
        seen.page.screenshot(path=DOCS / "feedback-by-hand.png", full_page=True, clip=clip)
    with visit(browser, results / PAGE, viewport={"width": 1000, "height": 1000}) as seen:
        seen.page.screenshot(path=DOCS / "similar.png")


def nbgrader_feedback(folder: Path, browser: "Browser") -> None:
    """Let nbgrader grade a notebook and make the feedback page, and photograph one task of it."""
    course = Course(folder)
    course.nbgrader("generate_assignment rnn")
    source = nbformat.read(course.root / "source" / "rnn" / "rnn.ipynb", as_version=4)
    notebook = solved(course.released(), source)
    cell_of(notebook, "bptt_W-code").source = WITHOUT_SLOPE
    course.submit("jakub", notebook)
    course.nbgrader("autograde rnn", "generate_feedback rnn")
    with visit(browser, course.root / "feedback" / "jakub" / "rnn" / "rnn.html", **_DESK) as seen:
        top = seen.page.locator(".nbgrader_cell").filter(has_text="def bptt_W").bounding_box()
        bottom = seen.page.get_by_role("heading", name="Task 8").bounding_box()
        assert top is not None
        assert bottom is not None
        clip = {"x": 0, "y": top["y"] - 22, "width": 1000, "height": bottom["y"] - top["y"] + 12}
        seen.page.screenshot(path=DOCS / "nbgrader-feedback.png", full_page=True, clip=clip)


def site(folder: Path, browser: "Browser") -> None:
    """Check a wrong softmax in the browser site, and photograph it."""
    build_site(folder, Settings(), str(PYODIDE))
    with served(folder) as address:
        notebook = open_notebook(browser.new_context(viewport={"width": 1000, "height": 900}), address)
        for cell in ("imports", "setup"):
            notebook.run(cell)
        notebook.run("softmax-code", SOFTMAX_OF_ALL)
        notebook.run("softmax-check")
        notebook.page.wait_for_timeout(1000)  # it scrolls there
        notebook.page.screenshot(path=DOCS / "site.png")
        page = browser.new_context(**_PHONE, color_scheme="dark").new_page()
        page.goto(address)
        page.screenshot(path=DOCS / "site-dark-phone.png")


if __name__ == "__main__":
    main()
