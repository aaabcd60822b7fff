"""Both pages in a real browser: what a reader does with them, and what a hostile student can't."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.model.settings import Settings
from autograder.model.verdict import Diagnosis, Excerpt, Finding, Outcome
from autograder.reports import feedback_page, write_report
from autograder.reports.class_page import class_page, talk_page
from tests.browser import CHROMIUM, chromium, visit
from tests.hostile import STRINGS, hostile_verdict
from tests.sample_verdicts import graded, missing, not_graded
from tests.test_class_page import with_state

pytest.importorskip("playwright", reason="needs Playwright: make browser")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: make browser")

PHONE = {"viewport": {"width": 390, "height": 800}}
SLOPE = Diagnosis((("x",),), "the slope of tanh is left out", ("What is tanh'?",), ("Grad W",))


def lost(student: str, score: float) -> object:
    """A student with a finding that has everything a page can show."""
    finding = Finding("tanh", "square", "wrong values", "a = 1", "a = 2", "step t = 3", (0.0, 0.0, 0.2, 0.6))
    code = Excerpt("rnn.py", 41, ("def forward(x):", "    return x"), (42,))
    outcome = Outcome("forward", "fail", 0, 15, (finding,), ("a note",), (SLOPE,), (), (code,))
    tasks = tuple(outcome if task.task == "forward" else task for task in graded(student).tasks)
    return replace(graded(student), tasks=tasks, score=score)


CLASS = [
    lost("ana", 85.0),
    lost("ben", 9.5),
    graded("cy"),
    missing("dora"),
    not_graded("eve"),
    graded("fay", 0, "timeout", flags=("asked for the network",)),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both pages of an ordinary class, and both of a hostile one."""
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "feedback": feedback_page(CLASS[0]),
        "report": class_page(CLASS, Settings()),
        "hostile feedback": feedback_page(hostile_verdict()),
        "hostile report": class_page(
            [*CLASS, *(replace(hostile_verdict(), student_id=text) for text in STRINGS)], Settings()
        ),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


# The class page has all that a page can have, and the hostile one more of it.
THOROUGH = [pytest.param(name, marks=pytest.mark.thorough) for name in ("feedback", "report", "hostile feedback")]
EVERY = pytest.mark.parametrize("name", [*THOROUGH, "hostile report"])
ORDINARY = pytest.mark.parametrize("name", [THOROUGH[0], "report"])


@EVERY
def test_nothing_happens_by_itself(browser, pages, name):
    """Opening a page gives no dialog, request, message, error or window, whatever students wrote."""
    with visit(browser, pages[name]) as seen:
        seen.page.mouse.wheel(0, 5000)
        seen.page.wait_for_timeout(300)
        assert seen.noticed == []
        assert seen.page.locator("script").count() == (1 if "report" in name else 0)
        assert seen.page.locator("img, iframe, object, embed, form, link, base").count() == 0


@EVERY
@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.thorough), "dark"])
def test_everybody_can_read_it(browser, pages, name, scheme):
    """axe finds nothing serious, with every fold open, in light and in dark."""
    with visit(browser, pages[name], color_scheme=scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        found = axe.Axe().run(seen.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


@EVERY
def test_it_fits_a_phone(browser, pages, name):
    """On a narrow screen nothing but tables and code scrolls sideways."""
    with visit(browser, pages[name], **PHONE) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_tables_of_the_class_fit_a_phone(browser, pages):
    """No table of the class page has to be moved sideways, on a narrow phone either."""
    sizes = "Array.from(document.querySelectorAll('.scroll, table'), (e) => e.scrollWidth - e.clientWidth)"
    for width in (360, 390):
        with visit(browser, pages["report"], viewport={"width": width, "height": 800}) as seen:
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            assert set(seen.page.evaluate(sizes)) == {0}


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_what_to_talk_about_is_one_sheet(browser, tmp_path, paper):
    """However many mistakes there are, and however long their names."""
    clauses, slides = "one thing is left out of the sum; and " * 4, ("Gradient of loss wrt to V", "Many-to-Many")
    pairs = [Diagnosis(((f"x{n}",),), f"{n} {clauses}", ("Which step is first?",) * 2, slides) for n in range(20)]
    people = [with_state(f"s{n}", "softmax", "fail", diagnoses=(pair,)) for n, pair in enumerate(pairs)]
    path = tmp_path / "talk.html"
    path.write_text(talk_page(people, Settings()), encoding="utf-8")
    with visit(browser, path) as seen:
        assert seen.page.pdf(format=paper).count(b"/Type /Page\n") == 1
        assert seen.noticed == []


@ORDINARY
def test_it_follows_the_systems_colours(browser, pages, name):
    """A dark system gets a dark page with light text, and a light one the reverse."""
    light = "(() => { const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]; })()"
    values = {}
    for scheme in ("light", "dark"):
        with visit(browser, pages[name], color_scheme=scheme) as seen:
            colours = [sum(map(int, c[4:-1].split(","))) for c in seen.page.evaluate(light)]
            values[scheme] = colours
    assert values["light"][0] > 600 > values["light"][1]
    assert values["dark"][0] < 150 < 600 < values["dark"][1]


def test_bars_are_as_long_as_their_numbers(browser, pages):
    """Under the page's own policy a column is as high as its count, and a task's bar is split as its figures are."""
    with visit(browser, pages["report"]) as seen:
        columns = seen.page.locator("#scores ~ figure li")
        counts = [int(text or 0) for text in columns.locator(".count").all_inner_texts()]
        heights = [bar.bounding_box()["height"] for bar in columns.locator(".bar").all()]
        assert (sum(counts), len(heights)) == (4, 20)
        assert heights == pytest.approx([max(heights) * count / max(counts) for count in counts], abs=2.5)
        assert max(heights) > 100
        forward = seen.page.get_by_role("rowheader", name="Task 3: forward")
        parts = [bar.bounding_box()["width"] for bar in forward.locator(".bar").all()]
        assert len(parts) == 2
        assert parts[0] / sum(parts) == pytest.approx(0.25, abs=0.02)


@ORDINARY
def test_it_can_be_printed(browser, pages, name):
    """Print has no tools and no skip link, and gives a PDF."""
    with visit(browser, pages[name]) as seen:
        seen.page.emulate_media(media="print")
        assert not seen.page.locator(".skip").is_visible()
        assert seen.page.locator("#tools").count() == 0 or not seen.page.locator("#tools").is_visible()
        assert seen.page.pdf()[:5] == b"%PDF-"


@EVERY
def test_it_can_be_read_without_scripts(browser, pages, name):
    """With scripts off everything is there; only sorting and searching are not."""
    with visit(browser, pages[name], java_script_enabled=False) as seen:
        assert seen.page.locator("h1").is_visible()
        if "report" in name:
            assert seen.page.locator("#class tbody tr").count() == len(CLASS) + len(STRINGS) * ("hostile" in name)
            assert seen.page.locator("#class tbody tr").last.is_visible()
            assert seen.page.locator("button, input").count() == 0


def names(page) -> list[str]:
    return page.locator("#class tbody th").all_inner_texts()


def test_the_table_sorts(browser, pages):
    """A heading sorts by number or by text, up and then down, and an empty cell is last either way."""
    with visit(browser, pages["report"]) as seen:
        score = seen.page.get_by_role("button", name="Score")
        score.click()
        assert names(seen.page) == ["dora", "fay", "ben", "ana", "cy", "eve"]
        assert score.locator("..").get_attribute("aria-sort") == "ascending"
        score.press("Enter")
        assert names(seen.page) == ["cy", "ana", "ben", "dora", "fay", "eve"]
        seen.page.get_by_role("button", name="Student").click()
        assert names(seen.page) == ["ana", "ben", "cy", "dora", "eve", "fay"]
        assert score.locator("..").get_attribute("aria-sort") is None
        assert seen.noticed == []


def test_the_table_is_searched(browser, pages):
    """Words narrow the table down to the rows that have them all, and the count is said."""
    from playwright.sync_api import expect

    with visit(browser, pages["hostile report"]) as seen:
        search = seen.page.get_by_label("Search students")
        search.fill("graded NOT")
        expect(seen.page.locator("#shown")).to_have_text(f"1 of {len(CLASS) + len(STRINGS)} students")
        assert names(seen.page) == ["eve"]
        search.fill("<script>alert('a')")
        expect(seen.page.locator("#shown")).to_have_text(f"1 of {len(CLASS) + len(STRINGS)} students")
        search.fill("")
        expect(seen.page.locator("#shown")).to_have_text(f"{len(CLASS) + len(STRINGS)} students")
        assert seen.noticed == []


def test_a_misconception_unfolds(browser, pages):
    """The keyboard opens a fold, with the students concerned and the tutor's question in it."""
    with visit(browser, pages["report"]) as seen:
        fold = seen.page.locator("details", has_text="the slope of tanh is left out")
        assert "2 of 5" in fold.inner_text()
        assert not fold.get_by_text("What is tanh'?").is_visible()
        fold.locator("summary").press("Enter")
        assert fold.get_by_text("What is tanh'?").is_visible()
        assert fold.get_by_role("link", name="ana").get_attribute("href") == "feedback/ana.html"


@pytest.mark.thorough
def test_a_large_class_is_shown_in_parts(browser, tmp_path):
    """Of a thousand students two hundred are laid out; search reaches all, a button shows more, and paper has all."""
    from playwright.sync_api import expect

    path = tmp_path / "report.html"
    write_report(path, [graded(f"s{i:04}") for i in range(1000)], Settings())
    with visit(browser, path) as seen:
        assert len(names(seen.page)) == 200
        assert seen.page.locator("#shown").inner_text() == "1000 students; the first 200 are shown"
        seen.page.get_by_label("Search students").fill("s0999")
        expect(seen.page.locator("#class tbody tr")).to_have_count(1)
        seen.page.get_by_label("Search students").fill("")
        expect(seen.page.locator("#class tbody tr")).to_have_count(200)
        more = seen.page.get_by_role("button", name="Show 500 more")
        more.click()
        assert len(names(seen.page)) == 700
        assert seen.page.locator("#shown").inner_text() == "1000 students; the first 700 are shown"
        more.click()
        assert len(names(seen.page)) == 1000
        assert not more.is_visible()
        seen.page.get_by_role("button", name="Score").click()
        assert len(names(seen.page)) == 200
        seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert len(names(seen.page)) == 1000
        seen.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert len(names(seen.page)) == 200
