"""nbgrader's formgrader on a course of this kit, in a browser. Skipped where there is none: `make browser`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from autograder.nbgrader.layout import Layout
from autograder.nbgrader.record import open_gradebook, record
from tests.browser import CHROMIUM, chromium, visit
from tests.jupyter import jupyter
from tests.nbgrader_course import Course
from tests.sample_verdicts import graded, stored

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("playwright", reason="needs Playwright: make browser")
pytestmark = [pytest.mark.thorough, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
FORMGRADER = {"nbgrader.server_extensions.formgrader": True}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with two graded students, and the feedback page of one."""
    course = Course(tmp_path_factory.mktemp("formgrader"))
    course.nbgrader("generate_assignment rnn")
    for student in ("ana", "ben"):
        course.submit(student, course.released())
    layout = Layout(course.root)
    with stored(layout.root.parent / "results", graded("ana"), graded("ben", 0.5, "partial")) as store:
        record(layout, open_gradebook(layout), store)
    course.nbgrader("generate_feedback rnn --student ben")
    return course


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """One browser for this module."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def page(course: Course, browser: "Browser") -> Iterator["Page"]:
    """Formgrader's list of the submissions of the assignment."""
    with jupyter("jupyter_server", course.root, course.home, **FORMGRADER) as url:
        page = browser.new_page(viewport={"width": 1200, "height": 1200})
        page.set_default_timeout(60_000)
        page.goto(f"{url}/formgrader/manage_submissions/rnn")
        yield page


def text(page: "Page", selector: str) -> str:
    return " ".join(page.locator(selector).first.inner_text().split())


def test_formgrader_lists_the_submissions(page: "Page") -> None:
    """The list of submissions has every student as graded, with the score."""
    page.get_by_role("row").filter(has_text="ana").wait_for()
    assert "graded 100 / 100" in text(page, "tr:has-text('ana')")
    assert "graded 50 / 100" in text(page, "tr:has-text('ben')")


def test_a_grader_sees_the_reasons_and_gives_a_mark(course: Course, page: "Page") -> None:
    """From the list to a student's notebook: the reasons stand beside the mark, which a person can change."""
    page.locator("tr:has-text('ben')").get_by_role("link").first.click()
    page.get_by_role("link", name="rnn").last.click()
    page.get_by_text("Submission #").first.click()
    page.get_by_text("Task 7: bptt_W: partial, 7.5 of 15").wait_for()
    assert "the slope of tanh is missing" in text(page, "body")
    mark = page.locator("input.score#bptt_W[placeholder='7.5']")  # with it, the page has the automatic scores
    with page.expect_response(lambda response: response.request.method == "PUT"):
        mark.fill("9")
        mark.blur()
    with Gradebook(course.database) as gradebook:
        grade = gradebook.find_grade("bptt_W", "rnn", "rnn", "ben")
        assert (grade.auto_score, grade.manual_score) == (7.5, 9.0)


def test_a_browser_shows_a_feedback_page(course: Course, browser: "Browser") -> None:
    """The feedback page of a student shows points, reasons and figures, and asks no other machine for them."""
    path = course.root / "feedback" / "ben" / "rnn" / "rnn.html"
    with visit(browser, path) as seen:
        shown = text(seen.page, "body")
        widths = seen.page.locator("img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert "rnn (Score: 50.0 / 100.0)" in shown
    assert "Task 7: bptt_W: partial, 7.5 of 15 For the tanh network" in shown
    assert "the slope of tanh is missing" in shown
    assert len(widths) == 7
    assert min(widths) > 300
