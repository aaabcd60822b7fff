"""The site of `bptt site` in Chromium, with no network: what a student does there, and what the page does not do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from autograder.commands.order import Order
from autograder.commands.run import grade_folder
from autograder.handout.notebook import cells
from autograder.handout.site import build_site
from autograder.model.settings import Limits, Settings
from autograder.reports.screen import Screen
from autograder.results.store import FILE_NAME, Store
from autograder.submissions import read_source
from tests.browser import chromium
from tests.browser_site import LINES, MISSING, Notebook, ToOthers, open_notebook, served
from tests.pyodide import PYODIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING or "it can be tried")

RIGHT = "def softmax(o):\n    e = np.exp(o - o.max(-1, keepdims=True))\n    return e / e.sum(-1, keepdims=True)"
WRONG = "def softmax(o):\n    return np.exp(o) / np.exp(o).sum()"
ENDLESS = "def softmax(o):\n    while True:\n        o = o + 1"
SOLVED = {cell.id: cell.source for cell in cells(solved=True) if cell.role == "code"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site, built and served."""
    folder = tmp_path_factory.mktemp("site") / "site"
    build_site(folder, Settings(), str(PYODIDE))
    with served(folder) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as started:
        yield started


@contextmanager
def at_home(browser: "Browser", *addresses: str) -> "Iterator[BrowserContext]":
    """A student: what one saves in the browser no other has. Nothing is asked of other addresses."""
    context = browser.new_context(accept_downloads=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    assert [url for url in asked if not url.startswith((*addresses, "blob:", "data:"))] == []


@pytest.fixture
def student(browser: "Browser", address: str) -> "Iterator[BrowserContext]":
    with at_home(browser, address) as context:
        yield context


@pytest.fixture(scope="module")
def notebook(browser: "Browser", address: str) -> Iterator[Notebook]:
    """A notebook of which the first cells were run; Python starts once for the tests that use it."""
    with at_home(browser, address) as context:
        opened = open_notebook(context, address)
        for cell in ("imports", "setup"):
            assert opened.run(cell) == ""
        yield opened


def test_a_student_checks_a_task(notebook: Notebook) -> None:
    """A wrong softmax is explained, a right one has its points, in colours."""
    notebook.run("softmax-code", WRONG)
    assert "expected" in notebook.run("softmax-check")
    notebook.run("softmax-code", RIGHT)
    assert "8 of 8" in notebook.run("softmax-check")
    assert "color:#166534" in notebook.html("softmax-check")


@pytest.mark.thorough
def test_nothing_large_comes_before_the_first_answer(student: "BrowserContext", address: str) -> None:
    """Until a check was answered neither scipy nor matplotlib is asked for; then they come by themselves."""
    asked: list[str] = []
    student.on("request", lambda request: asked.append(request.url))
    notebook = open_notebook(student, address)
    notebook.run("imports")
    notebook.run("setup")
    assert [url for url in asked if "scipy-" in url or "matplotlib-" in url] == []
    with student.expect_event("request", lambda request: "scipy-" in request.url):
        assert "error" in notebook.run("softmax-check")  # there is no softmax yet


@pytest.mark.thorough
def test_an_endless_loop_is_ended(notebook: Notebook) -> None:
    """The check says so, and the next one is answered."""
    notebook.run("softmax-code", ENDLESS)
    assert "5 s" in notebook.run("softmax-check")
    notebook.run("softmax-code", RIGHT)
    assert "8 of 8" in notebook.run("softmax-check")


@pytest.mark.thorough
def test_all_right_is_full_marks(notebook: Notebook) -> None:
    """Every check is made in the browser, numerical ones too, and curves are drawn."""
    for cell, source in SOLVED.items():
        notebook.run(cell, source if cell.endswith("-code") else None)
    said = notebook.run("end-check")
    assert "100 of 100" in said
    assert "waits" not in said
    assert notebook.page.locator(".jp-RenderedImage img, .jp-OutputArea-output img").count() > 0


@pytest.mark.thorough
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_everybody_can_use_what_the_notebook_shows(notebook: Notebook, theme: str) -> None:
    """In light and in dark axe finds nothing in its texts, with the hints opened, nor in verdicts and pictures."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make browser")
    for cell, source in SOLVED.items():
        if cell.endswith("-code"):
            notebook.run(cell, source)
    notebook.run("tools")
    notebook.run("use-learning-curve")
    notebook.run("softmax-code", WRONG)
    notebook.run("softmax-check")
    notebook.show_all(theme)
    assert notebook.page.locator(".jp-OutputArea-output img").count() > 0
    parts = [[".jp-MarkdownOutput"], [".jp-OutputArea-output"]]
    found = axe.Axe().run(notebook.page, context={"include": parts})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.thorough
def test_a_verdict_can_be_read_on_a_phone(notebook: Notebook) -> None:
    """Nothing is cut; where a line is too long for the page it goes on below its text, not below its label."""
    notebook.run("softmax-code", WRONG)
    notebook.run("softmax-check")
    notebook.show_all("JupyterLab Light")
    notebook.page.set_viewport_size({"width": 390, "height": 800})
    verdict = notebook.page.locator(".jp-OutputArea-output", has_text="softmax-values: fail")
    assert verdict.evaluate("part => part.scrollWidth <= part.clientWidth")
    edges = verdict.locator("div div").filter(has_text="looks like").first.evaluate(LINES)
    notebook.page.set_viewport_size({"width": 1280, "height": 800})
    assert len(edges) > 2
    assert min(edges[1:]) > edges[0] + 50


@pytest.mark.thorough
def test_the_keyboard_alone_will_do(notebook: Notebook) -> None:
    """It writes and runs a cell, checks it, and opens a hint."""
    page = notebook.page
    notebook.focus("softmax-text")
    for key in ("ArrowDown", "Enter", "Control+a"):
        page.keyboard.press(key)
    page.keyboard.insert_text(RIGHT)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.get_by_text("8 of 8").first.wait_for()
    assert notebook.source("softmax-code") == RIGHT
    notebook.focus("softmax-text")
    page.keyboard.press("Tab")
    for _ in range(5):
        if page.evaluate("document.activeElement.tagName") != "SUMMARY":
            page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("details[open]").first.wait_for()


@pytest.mark.thorough
def test_the_work_stays(student: "BrowserContext", address: str, tmp_path: Path) -> None:
    """It is there after a reload; the start page lists it, and downloads a file that is read as any other."""
    notebook = open_notebook(student, address)
    notebook.save("bptt_V-code", "pass")
    notebook.leave("softmax-code", RIGHT)
    page = student.new_page()
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download rnn.ipynb").click()
    assert download.value.suggested_filename == "rnn.ipynb"
    download.value.save_as(tmp_path / "rnn.ipynb")
    assert RIGHT in [code for _, code in read_source(tmp_path / "rnn.ipynb", Limits().file_bytes).chunks]
    again = open_notebook(student, address)
    assert (again.source("softmax-code"), again.source("bptt_V-code")) == (RIGHT, "pass")


@pytest.mark.thorough
def test_what_was_downloaded_is_graded_like_any_other(notebook: Notebook, address: str, tmp_path: Path) -> None:
    """With its outputs, and one task wrong: it has the marks of an rnn.py with the same functions, and no remark."""
    functions = {cell: source for cell, source in SOLVED.items() if cell.endswith("-code")}
    functions["bptt_V-code"] = "def bptt_V(dO, H):\n    return -dO.T @ H"
    for cell, source in functions.items():
        notebook.run(cell, source)
    notebook.run("end-check")
    notebook.save("bptt_V-code", functions["bptt_V-code"])
    page = notebook.page.context.new_page()
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download rnn.ipynb").click()
    page.close()
    (tmp_path / "class" / "site").mkdir(parents=True)
    (tmp_path / "class" / "file").mkdir()
    download.value.save_as(tmp_path / "class" / "site" / "rnn.ipynb")
    text = "\n\n".join([SOLVED["imports"], *functions.values()])
    (tmp_path / "class" / "file" / "rnn.py").write_text(text, encoding="utf-8")
    quiet = Screen(out=Console(quiet=True), log=Console(quiet=True))
    grade_folder(Order(tmp_path / "class", tmp_path / "results", jobs=1, unprotected=True), quiet)
    with Store(tmp_path / "results" / FILE_NAME) as store:
        (file, site) = store.verdicts()
    assert site.score == 100 - 7
    assert (site.student_id, site.notes, site.flags) == ("site", (), ())
    assert [(task.points, task.findings) for task in site.tasks] == [
        (task.points, task.findings) for task in file.tasks
    ]


@pytest.mark.thorough
def test_a_file_from_last_time_is_opened(student: "BrowserContext", address: str, tmp_path: Path) -> None:
    """A student at another machine chooses the file on the start page, and goes on in it."""
    file = tmp_path / "rnn (1).ipynb"
    source = json.loads((student.request.get(f"{address}/files/rnn.ipynb")).text())
    (cell,) = (cell for cell in source["cells"] if cell["id"] == "softmax-code")
    cell["source"] = RIGHT
    file.write_text(json.dumps(source), encoding="utf-8")
    page = student.new_page()
    page.set_default_timeout(240_000)
    page.goto(address)
    page.get_by_label("Go on with a file").set_input_files(file)
    page.wait_for_url("**/notebooks/index.html?path=rnn.ipynb")
    assert Notebook(page).source("softmax-code") == RIGHT


@pytest.mark.thorough
def test_a_file_that_is_no_notebook_is_refused(student: "BrowserContext", address: str, tmp_path: Path) -> None:
    """The start page says so, and stays."""
    file = tmp_path / "notes.ipynb"
    file.write_text("my notes", encoding="utf-8")
    page = student.new_page()
    page.goto(address)
    page.get_by_label("Go on with a file").set_input_files(file)
    page.get_by_text("notes.ipynb is no notebook").wait_for()


@pytest.mark.thorough
def test_without_a_service_worker_the_advice_is_right(browser: "Browser", address: str) -> None:
    """Where the browser gives Python no files, the setup cell names https and private windows, and no folder."""
    context = browser.new_context(service_workers="block")
    notebook = open_notebook(context, address)
    notebook.run("imports")
    said = notebook.run("setup")
    context.close()
    assert "by https" in said
    assert "selfcheck.zip" not in said


@pytest.mark.thorough
def test_a_newer_notebook_is_told(student: "BrowserContext", address: str) -> None:
    """Who goes on in a saved notebook of an earlier edition is told the name of the newer one."""
    notebook = open_notebook(student, address)
    notebook.run("imports")
    assert "newer notebook, rnn.ipynb" in notebook.run("setup", '_notebook = "rnn-0.ipynb"\n' + SOLVED["setup"])


@pytest.mark.thorough
def test_the_start_page_says_that_python_cannot_be_reached(student: "BrowserContext", address: str) -> None:
    """It names the address; where Python is there, nothing is said."""
    page = student.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert not page.get_by_text("can't be loaded").is_visible()
    page.route("**/pyodide.js", lambda route: route.abort())
    page.reload()
    page.get_by_text("Python can't be loaded from static/pyodide/pyodide.js").wait_for()


@pytest.mark.thorough
def test_pyodide_comes_from_another_address(browser: "Browser", tmp_path: Path) -> None:
    """From that one alone, where its server allows it; where it doesn't, the start page says that Python is missing."""
    with served(PYODIDE, ToOthers) as pyodide:
        build_site(tmp_path / "site", Settings(), f"{pyodide}/")
        with served(tmp_path / "site") as address, at_home(browser, address, pyodide) as context:
            notebook = open_notebook(context, address)
            assert notebook.run("setup") == notebook.run("imports") == ""
            notebook.run("softmax-code", SOLVED["softmax-code"])
            assert "8 of 8" in notebook.run("softmax-check")
    with served(PYODIDE) as pyodide:
        build_site(tmp_path / "site", Settings(), f"{pyodide}/pyodide.js")
        with served(tmp_path / "site") as address, at_home(browser, address, pyodide) as context:
            page = context.new_page()
            page.goto(address)
            page.get_by_text(f"Python can't be loaded from {pyodide}/pyodide.js").wait_for()


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_start_page(browser: "Browser", address: str, scheme: str) -> None:
    """On a phone, in light and in dark: axe finds nothing, nothing is too wide, the keyboard reaches the notebook."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make browser")
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.evaluate("document.querySelectorAll('[hidden]').forEach((part) => { part.hidden = false; })")
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Tab")
    assert _focused(page) == "Open the notebook"
    page.keyboard.press("Enter")
    page.wait_for_url("**/notebooks/index.html?path=rnn.ipynb")
    context.close()


def _focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.textContent"))
