"""Where feedback goes: three files per student, for people, for bots and e-mail, and for programs."""

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.model.verdict import Verdict
from autograder.reports.document import document, indented
from autograder.reports.feedback import feedback_text
from autograder.reports.page import feedback_page

FEEDBACK, REPORT = "feedback", "report.html"  # in a results folder
# Ids that are file names on every system as they are, never hidden, never an option of a command.
_PLAIN_ID = re.compile(r"\w[\w.@+ -]{0,79}(?<![. ])")
# Windows takes these for devices, with any ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

_FORMS: dict[str, Callable[[Verdict], bytes]] = {
    ".html": lambda verdict: feedback_page(verdict).encode(),
    ".md": lambda verdict: feedback_text(verdict).encode(),
    ".json": lambda verdict: indented(document(verdict)),
}


def file_stem(student_id: str) -> str:
    """Return the name of a student's files without an ending: the id where it can be one, else its letters and a hash.

    Distinct ids have distinct names: no plain id holds the "~" that comes before a hash.
    """
    fits = len(student_id.encode("utf-8", "replace")) <= 200  # bytes; most systems allow 255
    if fits and _PLAIN_ID.fullmatch(student_id) and not _DEVICES.fullmatch(student_id):
        return student_id
    letters = re.sub(r"[^A-Za-z0-9]+", "_", student_id)[:40].strip("_")
    mark = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{letters}~{mark}"


def write_feedback(folder: Path, verdicts: Iterable[Verdict], endings: Iterable[str] = tuple(_FORMS)) -> None:
    """Write the feedback on each verdict into `folder`, as HTML, Markdown and JSON; the folder is made if need be.

    Of these forms, those with the `endings` are written.

    Raises:
        OSError: the folder or a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for verdict in verdicts:
        stem = file_stem(verdict.student_id)
        for ending in endings:
            (folder / f"{stem}{ending}").write_bytes(_FORMS[ending](verdict))


def remove_feedback(folder: Path, student_ids: Iterable[str]) -> None:
    """Remove the feedback files of these students, where there are any."""
    for student_id in student_ids:
        for ending in _FORMS:
            (folder / f"{file_stem(student_id)}{ending}").unlink(missing_ok=True)
