"""Write the pages of a class: feedback for each student, and the class page, by several processes if it is large.

Pages take longer to write than verdicts to take in, so one process would be what a large machine waits for.
"""

import subprocess
from math import ceil
from pathlib import Path

from autograder.grading.subprocesses import ending, start
from autograder.reports import write_feedback, write_report
from autograder.results.store import FILE_NAME, Store, StoreError

# To start a process takes as long as to write the pages of so many students.
STUDENTS_PER_PROCESS = 400

FEEDBACK = "feedback"
REPORT = "report.html"


def write_pages(results: Path, students: int, jobs: int) -> None:
    """Write all pages from the store of a results folder, by no more than `jobs` processes for the feedback.

    Raises:
        OSError, StoreError: a page can't be written, or the store not be read.
    """
    shares = min(jobs, ceil(students / STUDENTS_PER_PROCESS))
    if shares <= 1:
        write_share(str(results), "0", "1")
        write_class_page(str(results))
        return
    (results / FEEDBACK).mkdir(parents=True, exist_ok=True)
    here = str(results)
    writers = [_start("write_share", here, str(share), str(shares)) for share in range(shares)]
    writers.append(_start("write_class_page", here))
    try:
        for writer in writers:
            _, errors = writer.communicate()
            if writer.returncode:
                last = errors.decode(errors="replace").strip().rpartition("\n")[2]
                raise StoreError(
                    f"a process that writes pages ended {ending(writer.returncode)}: {last}. "
                    "The verdicts are kept: mend this and run the same command again"
                )
    finally:
        for writer in writers:
            writer.terminate()  # if one fails, the others need not go on
            with writer:  # waits for its end
                pass


def write_share(results: str, share: str, shares: str) -> None:
    """Write the feedback of one share of the students."""
    with Store(Path(results) / FILE_NAME, create=False) as store:
        write_feedback(Path(results) / FEEDBACK, store.each(int(share), int(shares)))


def write_class_page(results: str) -> None:
    """Write the class page."""
    with Store(Path(results) / FILE_NAME, create=False) as store:
        write_report(Path(results) / REPORT, store.marks(), store.settings())


def _start(function: str, *arguments: str) -> "subprocess.Popen[bytes]":
    return start(f"autograder.reports.pages:{function}", *arguments, errors=subprocess.PIPE)
