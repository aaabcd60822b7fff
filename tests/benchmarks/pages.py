"""How large the class page is, and how long a reader waits for it: 300 and 10,000 students, in Chromium.

    python -m tests.benchmarks.pages [--students N …] [--runs N]

The verdicts are those of the sample class, graded in this run, under new ids. Loading is timed from the request
for the file until the browser has drawn the page and its script has answered; the peer is a page with one line in
it, opened in turns with the others. Sorting and searching are timed from the click or the key until what follows
is drawn; a search waits 0.1 s for more letters, which is counted. The time is the median of the runs.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from autograder.commands.order import Order
from autograder.commands.run import grade_folder
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.reports import write_report
from autograder.reports.screen import Screen
from autograder.results.store import FILE_NAME, Store
from autograder.results.without_details import without_details
from tests.browser import chromium, visit
from tests.conftest import SAMPLE_CLASS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BLANK = "<!doctype html><html lang='en'><meta charset='utf-8'><title>Blank</title><p>Nothing.</p></html>"
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
_SORT = """async (drawn) => {
  const start = performance.now();
  [...document.querySelectorAll('#class th button')].find((one) => one.textContent === 'Score').click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - start) / 1000;
}"""
_SEARCH = """async () => {
  const [box, shown] = [document.querySelector('input'), document.getElementById('shown')];
  const [before, start] = [shown.textContent, performance.now()];
  box.value = 'hassan';
  box.dispatchEvent(new Event('input'));
  while (shown.textContent === before) await new Promise((done) => setTimeout(done));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - start) / 1000;
}"""


@dataclass(frozen=True)
class Opened:
    """What a reader waited for, in seconds; None where a page has no table."""

    load: float
    sort: float | None = None
    search: float | None = None


def real_verdicts(place: Path) -> list[Verdict]:
    """Grade the sample class."""
    screen = Screen(out=Console(quiet=True), log=Console(quiet=True))
    grade_folder(Order(SAMPLE_CLASS, place, jobs=2, unprotected=True), screen)
    with Store(place / FILE_NAME, create=False) as store:
        return [without_details(verdict) for verdict in store.each()]


def write(path: Path, verdicts: Sequence[Verdict], students: int) -> float:
    """Write the page of a class that large, and return the seconds that it took."""
    people = islice(cycle(verdicts), students)
    named = [replace(one, student_id=f"{one.student_id}-{number:06}") for number, one in enumerate(people)]
    started = time.perf_counter()
    write_report(path, named, Settings())
    return time.perf_counter() - started


def opened(browser: "Browser", path: Path) -> Opened:
    """Open a page in a context of its own, which has nothing in its cache."""
    context = browser.new_context()
    page = context.new_page()
    started = time.perf_counter()
    page.goto(path.resolve().as_uri())
    page.evaluate(_DRAWN)
    load = time.perf_counter() - started
    found = Opened(load, page.evaluate(_SORT), page.evaluate(_SEARCH)) if has_table(page) else Opened(load)
    context.close()
    return found


def has_table(page: "Page") -> bool:
    """Whether there is anything to sort."""
    return page.locator("#class.ready").count() == 1


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--students", type=int, nargs="+", default=[300, 10_000])
    parser.add_argument("--runs", type=int, default=7)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        place = Path(name)
        verdicts = real_verdicts(place / "results")
        pages = {"a blank page": place / "blank.html"}
        pages["a blank page"].write_text(BLANK, encoding="utf-8")
        write(place / "warm.html", verdicts, 1)  # loads the templates
        written: dict[str, float] = {}
        for students in wanted.students:
            title = f"{students:,} students"
            pages[title] = place / f"{students}.html"
            written[title] = write(pages[title], verdicts, students)
        with visit(browser, pages["a blank page"]):
            pass  # the first page of a browser pays for its start
        runs = [{title: opened(browser, path) for title, path in pages.items()} for _ in range(wanted.runs)]
        sizes = {title: path.stat().st_size for title, path in pages.items()}
        version = browser.version
    table = Table("page", "bytes", "s to write", "s to open", "× blank", "s to sort", "s to search")
    blank = statistics.median(run["a blank page"].load for run in runs)
    for title in pages:
        load = statistics.median(run[title].load for run in runs)
        took = f"{written[title]:.2f}" if title in written else ""
        table.add_row(
            title, f"{sizes[title]:,}", took, f"{load:.3f}", f"{load / blank:.1f}",
            _median([run[title].sort for run in runs]), _median([run[title].search for run in runs]),
        )  # fmt: skip
    Console(width=100).print(table)
    print(f"{wanted.runs} runs, Chromium {version}")


def _median(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.median(known):.3f}" if known else ""


if __name__ == "__main__":
    main()
