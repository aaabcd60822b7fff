"""Everybody's feedback page as one zip to upload, under the names by which a system knows whose a file is.

canvas   the name that Canvas gave the work that was graded, with .html: its two numbers say whose it is
moodle   the folder of its own download, or the name of a flat one, up to the file: feedback.html
folders  <student>/feedback.html
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from autograder.exports.job import Exported, ExportError, ExportJob
from autograder.exports.writing import write_zip
from autograder.model.text import listing
from autograder.reports import feedback_page, file_stem
from autograder.submissions.formats import canvas, moodle

_FILES = "files.csv"  # in a results folder: which file of the download is whose
_WHOSE = re.compile(r".+?_assignsubmission_[a-z]+", re.DOTALL)  # at the begin of a name of Moodle's


def write(job: ExportJob) -> Exported:
    """Write the zip for `job.system`; who has no mark, or no name there, is listed.

    Raises:
        ExportError: nobody has a name that this system gives.
        OSError: the zip can't be written.
    """
    names = _names(job)
    pages, unmarked, unknown = {}, [], []
    for verdict in job.verdicts:
        if verdict.score is None:
            unmarked.append(verdict.student_id)
        elif name := names.get(verdict.student_id, ""):
            pages[name] = verdict
        elif verdict.status != "missing":
            unknown.append(verdict.student_id)
    if not pages:
        raise ExportError(
            f"nobody's work has a name of {job.system}'s: was a download of it graded? --for folders works for all"
        )
    write_zip(job.out, ((name, feedback_page(verdict).encode()) for name, verdict in sorted(pages.items())))
    remarks = listing("No mark, and no page", unmarked) + listing("No page, for no file has such a name", unknown)
    return Exported(f"{len(pages)} pages of feedback: {job.out}", tuple(remarks), status=1 if unknown else 0)


def _names(job: ExportJob) -> dict[str, str]:
    """Map students to the names of their pages in the zip."""
    if job.system == "folders":
        return {one.student_id: f"{file_stem(one.student_id)}/feedback.html" for one in job.verdicts}
    name_of = _NAMES[job.system]
    found: dict[str, str] = {}
    for file, student, what in _files((job.results or Path()) / _FILES):
        name = name_of(file)
        if name and (student not in found or what.startswith("graded")):
            found[student] = name
    return found


def _files(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of files.csv, as they were before they were made safe for spreadsheets."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if len(row) == 3]
    except FileNotFoundError:
        return
    for file_name, student, what in rows[1:]:
        yield file_name.removeprefix("'"), student.removeprefix("'"), what


def _canvas(file: str) -> str:
    """Return the page's name for a file of Canvas's download, "" for another file."""
    first = file.partition("/")[0]
    return PurePosixPath(first).with_suffix(".html").name if canvas.follows(first) else ""


def _moodle(file: str) -> str:
    """Return the page's name for a file of Moodle's download, "" for another file."""
    first, in_folder, _ = file.partition("/")
    whose = _WHOSE.match(first)
    if whose is None or not moodle.follows(first):
        return ""
    return f"{first}/feedback.html" if in_folder else f"{whose[0]}_feedback.html"


_NAMES: dict[str, Callable[[str], str]] = {"canvas": _canvas, "moodle": _moodle}
