"""The notebook edition in JupyterLab, in a browser. Skipped where there is none: `make browser`."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from autograder.handout.notebook import notebook_text
from autograder.handout.release import release
from solutions.tasks import TASKS
from tests.browser import CHROMIUM, chromium
from tests.jupyter import jupyter

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest.importorskip("playwright", reason="needs Playwright: make browser")
pytestmark = [pytest.mark.thorough, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
WRONG = "def bptt_V(dO, H):\n    return dO.T @ H * 2"
RED = "rgb(185, 28, 28)"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Page"]:
    """The handout's notebook after "Run All Cells", with a mistake in bptt_V."""
    root = tmp_path_factory.mktemp("lab")
    release(root / "desk")
    notebook = json.loads(notebook_text())
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == "bptt_V-code")
    cell["source"] = WRONG
    (root / "desk" / "rnn.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with jupyter("jupyterlab", root / "desk", root / "home") as url, chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 1200})
        page.set_default_timeout(60_000)
        page.goto(f"{url}/lab/tree/rnn.ipynb?reset")
        page.locator(".jp-Notebook").wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator(".jp-OutputArea-output").filter(has_text="total").wait_for()
        yield page


def test_formulas_are_mathematics(page: "Page") -> None:
    """Every displayed formula is set by MathJax, and none is an error of it."""
    formulas = page.locator(".jp-MarkdownOutput mjx-container[display=true]")
    formulas.first.wait_for()
    assert formulas.count() == notebook_text().count("begin{aligned}")
    assert page.locator("mjx-merror").count() == 0


def test_figures_are_shown(page: "Page") -> None:
    """JupyterLab's sanitiser leaves the figures, and the browser draws each."""
    figures = page.locator(".jp-MarkdownOutput img")
    widths = figures.evaluate_all("images => images.map(image => image.naturalWidth)")
    assert len(widths) == 7
    assert min(widths) > 300


def test_checks_are_rich(page: "Page") -> None:
    """What is wrong is red and says why; what is to do is grey; no cell has failed."""
    shown = page.locator(".jp-OutputArea-output[data-mime-type='text/html']:has(div)")
    assert shown.count() == len(TASKS) + 1
    wrong = shown.filter(has_text="bptt_V-gradient: fail").first
    assert "wrong values" in wrong.inner_text()
    colours = wrong.locator("div div").evaluate_all("parts => parts.map(part => getComputedStyle(part).color)")
    assert RED in colours
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
