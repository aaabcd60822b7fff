"""The pages of the sample class: graded by `bptt grade`, opened in a real browser."""

import re
from collections.abc import Iterator

import pytest

from tests.browser import CHROMIUM, chromium, visit
from tests.conftest import SAMPLE_CLASS

pytest.importorskip("playwright", reason="needs Playwright: make browser")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make browser")
pytestmark = [pytest.mark.thorough, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: make browser")]

STUDENTS = sorted(path.name for path in SAMPLE_CLASS.iterdir())
PAGES = ["report.html", *(f"feedback/{student}.html" for student in STUDENTS)]
# One of each kind: all right, a known mistake, wrong steps, a line that raised, nothing that runs, nothing at all.
KINDS = ["report.html", *(f"feedback/{name}.html" for name in ("amina", "hassan", "jakub", "xavier", "samir", "carla"))]
PHONE = {"viewport": {"width": 390, "height": 800}}


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with chromium() as started:
        yield started


def students(page) -> list[str]:
    return page.locator("#class tbody th").all_inner_texts()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_and_does_nothing_else(browser, sample_results, name):
    """No page asks for anything, complains, or is wider than a phone."""
    with visit(browser, sample_results / name, **PHONE) as seen:
        assert seen.page.locator("h1").is_visible()
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert seen.noticed == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(browser, sample_results, name, scheme):
    """axe finds nothing serious, with every fold open, in light and in dark."""
    with visit(browser, sample_results / name, color_scheme=scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        found = axe.Axe().run(seen.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


def test_the_class_is_sorted_and_searched(browser, sample_results):
    """By score upwards the three without points come first; a search for a status leaves whom it fits."""
    from playwright.sync_api import expect

    with visit(browser, sample_results / "report.html") as seen:
        assert students(seen.page) == STUDENTS
        score = seen.page.get_by_role("button", name="Score")
        score.click()
        assert students(seen.page)[:3] == ["carla", "fatou", "samir"]
        score.click()
        assert students(seen.page)[-3:] == ["carla", "fatou", "samir"]
        seen.page.get_by_label("Search students").fill("import error")
        expect(seen.page.locator("#shown")).to_have_text(f"1 of {len(STUDENTS)} students")
        assert students(seen.page) == ["samir"]
        assert seen.noticed == []


def test_a_misconception_leads_to_its_students(browser, sample_results):
    """The sentence says how many, what, and what to talk about; behind the fold is who, with a link to their page."""
    with visit(browser, sample_results / "report.html") as seen:
        fold = seen.page.locator("details", has_text="the slope of tanh, 1 - h², is left out")
        assert (
            fold.locator("summary")
            .inner_text()
            .startswith("1 of 28: the slope of tanh, 1 - h², is left out. Talk about slide “The Math Behind BPTT”.")
        )
        link = fold.get_by_role("link", name="hassan")
        assert not link.is_visible()
        fold.locator("summary").click()
        link.click()
        assert seen.page.locator("h1").inner_text() == "Feedback for hassan"
        assert seen.page.get_by_text("What does tanh do to a small change?").first.is_visible()


def test_every_student_of_the_table_has_a_page(browser, sample_results):
    """The links of the class page lead to files that are there."""
    with visit(browser, sample_results / "report.html") as seen:
        links = seen.page.locator("#class tbody a")
        targets = [link.get_attribute("href") for link in links.all()]
    assert targets == PAGES[1:]
    assert all((sample_results / target).is_file() for target in targets)


def test_where_a_sequence_goes_wrong_is_a_picture(browser, sample_results):
    """Steps are cells in shades of the page's scheme, beside the same in words; the line that raised is marked."""
    shades = {}
    for scheme in ("light", "dark"):
        with visit(browser, sample_results / "feedback/jakub.html", color_scheme=scheme) as seen:
            strip = seen.page.get_by_role("img", name="Wrong from the first step on: 9 of 9 steps differ.")
            assert strip.is_visible()
            assert strip.locator("rect").count() == 9
            shades[scheme] = strip.locator("rect").nth(3).evaluate("cell => getComputedStyle(cell).fill")
    assert shades["light"] != shades["dark"]
    with visit(browser, sample_results / "feedback/xavier.html") as seen:
        assert seen.page.locator(".marked").inner_text().endswith("← here")


@pytest.mark.parametrize("name", ["report.html", "feedback/hassan.html"])
def test_paper_is_light_whatever_the_system(browser, sample_results, name):
    """On a dark system, too, print is dark text on white, without tools, and with every student."""
    with visit(browser, sample_results / name, color_scheme="dark") as seen:
        pages = seen.page.pdf(format="A4").count(b"/Type /Page\n")
        seen.page.emulate_media(media="print", color_scheme="dark")
        style = seen.page.evaluate(
            "(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; })()"
        )
        assert [sum(map(int, re.findall(r"\d+", colour)[:3])) > 600 for colour in style] == [False, True]
        assert not seen.page.locator(".skip").is_visible()
        assert seen.page.locator("#tools").count() == 0 or not seen.page.locator("#tools").is_visible()
        assert 2 <= pages <= 6
