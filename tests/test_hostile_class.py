"""A class of hostile students, from its folder to the browser: names, files, code, exceptions, and what shows them."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import CHROMIUM, chromium, visit
from tests.conftest import edited
from tests.hostile import EVERYTHING, STRINGS

# What a file system takes for a name.
NAMES = [text.replace("/", "∕").replace("\x00", "").strip()[:60] for text in STRINGS]
STEP = "    for x in X:\n        h = _phi"
RAISING = edited(
    ("    return dO.T @ H  # the sum over t of the outer products", f"    raise ValueError({EVERYTHING!r})"),
    (STEP, f"    raise type({STRINGS[1]!r}, (Exception,), {{}})({EVERYTHING!r})\n{STEP}"),
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The results of the class, and all that the commands printed."""
    root = tmp_path_factory.mktemp("hostile")
    for number, name in enumerate(NAMES):
        folder = root / "class" / name
        folder.mkdir(parents=True)
        odd = f"{NAMES[number - 1]}.py"
        (folder / odd).write_text(f"# {STRINGS[0]}\n{RAISING}", encoding="utf-8")
    (root / "class" / f"{NAMES[0]}.txt").write_text("x")
    said = ""
    for command in (
        ["grade", "class", "--out", "results", "--unprotected"],
        ["report", "results"],
        ["export", "csv", "results", "--out", "marks.csv"],
        ["diff", "results", "results"],
    ):
        done = subprocess.run([sys.executable, "-m", "autograder", *command], cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    return root, said


def test_no_escape_reaches_the_terminal(graded: tuple[Path, str]) -> None:
    """What the commands print is text and line ends, whatever students are called and whatever they raise."""
    _, said = graded
    assert all(line.isprintable() for line in said.split("\n"))


def test_no_cell_is_a_formula(graded: tuple[Path, str]) -> None:
    """No cell of a CSV file begins a formula, and each is one line."""
    root, _ = graded
    for path in (root / "results/grades.csv", root / "results/files.csv", root / "marks.csv"):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        assert len(rows) >= len(NAMES)
        for cell in (cell for row in rows for cell in row):
            assert cell.isprintable()
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell


def test_feedback_stays_in_its_folder(graded: tuple[Path, str]) -> None:
    """Three files for each student, whatever they are called, and nothing beside them."""
    root, _ = graded
    assert len(list((root / "results/feedback").iterdir())) == 3 * len(NAMES)
    assert all(path.name.isprintable() for path in (root / "results").rglob("*"))


@pytest.mark.thorough
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: make browser")
def test_no_page_does_anything(graded: tuple[Path, str]) -> None:
    """Opened, unfolded, sorted, searched and followed, no page shows a dialog, sends a request or runs a script."""
    pytest.importorskip("playwright", reason="needs Playwright: make browser")
    root, _ = graded
    pages = sorted((root / "results/feedback").glob("*.html"))
    with chromium() as browser:
        for path in pages:
            with visit(browser, path) as seen:
                assert seen.page.locator("script, img, iframe, form, link, base").count() == 0
                assert "ValueError" in seen.page.inner_text("main")
                seen.page.mouse.wheel(0, 5000)
                assert seen.noticed == []
        with visit(browser, root / "results/report.html") as seen:
            seen.page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
            seen.page.get_by_role("button", name="Student").click()
            seen.page.get_by_label("Search students").fill("<script>")
            seen.page.wait_for_timeout(300)
            assert seen.page.locator("script").count() == 1
            assert seen.page.locator("#class tbody tr").count() == sum("<script>" in name for name in NAMES)
            assert seen.noticed == []
            links = [link.get_attribute("href") for link in seen.page.locator("#class tbody a").all()]
            assert all((root / "results" / target).is_file() for target in links)
            seen.page.locator("#class tbody a").first.click()
            assert seen.page.locator("h1").inner_text().startswith("Feedback for")
