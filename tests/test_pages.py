"""The pages of a class: the same whoever writes them, and from marks as from whole verdicts."""

from pathlib import Path

import pytest
from rich.console import Console

from autograder.commands.outputs import write_results
from autograder.exports.csv import write_grades
from autograder.model.settings import Settings
from autograder.model.verdict import Diagnosis, Verdict
from autograder.reports import pages, show_class, write_report
from autograder.results.store import FILE_NAME, Store, StoreError
from autograder.results.without_details import without_details
from tests.sample_verdicts import graded, missing, not_graded

MISTAKE = Diagnosis((("no-slope",),), "the slope is left out", ("What is it?",), ("Slide 3",))


def sample_class() -> list[Verdict]:
    """Verdicts of many kinds."""
    ana = graded("ana", 0.5, "partial", notes=("a remark",), flags=("tried to read a file",))
    bo = graded("bo", 0.5, "fail")
    bo = Verdict(**{**vars(bo), "tasks": tuple(type(t)(**{**vars(t), "diagnoses": (MISTAKE,)}) for t in bo.tasks)})
    return [ana, bo, graded("cy"), missing("di"), not_graded("ed"), graded("fay", 0, "fail", "import_error")]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A results folder with a graded class, and no pages yet."""
    with Store(tmp_path / "results" / FILE_NAME) as store:
        store.start_run(Settings(), [verdict.student_id for verdict in sample_class()])
        for verdict in sample_class():
            store.save(verdict.student_id, "key", verdict)
    return tmp_path / "results"


def test_all_pages(results: Path) -> None:
    """Everybody has feedback in three forms, and the class has its two pages."""
    pages.write_pages(results)
    found = {path.name for path in (results / "feedback").iterdir()}
    assert found == {f"{one.student_id}{ending}" for one in sample_class() for ending in (".html", ".md", ".json")}
    assert {"report.html", "what-to-talk-about.html"} < {path.name for path in results.iterdir()}


def test_pages_that_cannot_be_written(results: Path) -> None:
    """Where a page can't be written, the message has the reason, and says that the verdicts are kept."""
    (results / "report.html").mkdir()
    with (
        Store(results / FILE_NAME) as store,
        pytest.raises(StoreError, match=r"report.html can't be written.* The verdicts are kept: mend this"),
    ):
        write_results(results, store)


def test_marks_are_enough_for_tables(tmp_path: Path) -> None:
    """grades.csv, the table and the class page are the same without findings, remarks and code."""
    shown = []
    for name, verdicts in (
        ("whole", sample_class()),
        ("marks", [*map(without_details, sample_class())]),
    ):
        write_grades(tmp_path / f"{name}.csv", verdicts, Settings())
        write_report(tmp_path / f"{name}.html", verdicts, Settings())
        with Console(width=120, record=True, file=(tmp_path / "screen").open("w")) as console:
            show_class(console, verdicts, Settings())
        csv, html = (tmp_path / f"{name}.csv").read_bytes(), (tmp_path / f"{name}.html").read_text()
        shown.append((csv, html, console.export_text()))
    assert shown[0] == shown[1]
    assert "the slope is left out" in shown[1][1]
