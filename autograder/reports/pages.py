"""Write the pages of a class from its store: feedback for each student, and the class page.

One process writes them: for 2,000 students that takes as long as to start a second one and share the work (6 s).
"""

from pathlib import Path

from autograder.reports.class_page import Beside, write_report
from autograder.reports.files import FEEDBACK, REPORT, write_feedback
from autograder.results.absent import sections_of
from autograder.results.made import run_document
from autograder.results.roster import remembered
from autograder.results.store import FILE_NAME, Store


def write_pages(results: Path) -> None:
    """Write all pages of a results folder.

    Raises:
        OSError, StoreError: a page can't be written, or the store not be read.
    """
    with Store(results / FILE_NAME, create=False) as store:
        write_feedback(results / FEEDBACK, store.each())
    write_class_page(results)


def write_class_page(results: Path) -> None:
    """Write the class page."""
    with Store(results / FILE_NAME, create=False) as store:
        marks = store.marks()
        sections = sections_of(remembered(store), [one.student_id for one in marks])
        beside = Beside(run_document(store), sections=sections)
        write_report(results / REPORT, marks, store.settings(), beside)
