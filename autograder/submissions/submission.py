"""What is known of a hand-in once it is found. Plain data, and the words that describe file names."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.assignment import loaded
from autograder.model.text import printable
from autograder.submissions.scratch import Scratch

CODE = (".py", ".ipynb")
ARCHIVES = (
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".txz", ".tar"),
    *(".zip", ".zipx", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst"),
)
# What systems and tools leave behind, beside hidden files; in lower case.
_LITTER = ("__pycache__", "__macosx", "desktop.ini", "thumbs.db", "ehthumbs.db", "icon\r", "$recycle.bin")


class Refused(Exception):
    """A file or an archive can't be read; the message completes a sentence that begins with its name."""


class NoSubmissions(Exception):
    """There is nothing to grade; the message says what was found and what was looked for."""


@dataclass(frozen=True)
class Submission:
    """One student's hand-in. `path` is None when nothing was handed in.

    `problem` is the reason why it can't be graded; then `path` is what the reason is about. `notes`
    say what was decided on the way. Id, notes and problem are safe to print. `handed_in` is known
    where the source keeps times.
    """

    student_id: str
    path: Path | None
    notes: tuple[str, ...] = ()
    problem: str = ""
    handed_in: datetime | None = None
    scratch: Scratch | None = field(default=None, repr=False, compare=False)  # what `path` is in, kept alive


@dataclass(frozen=True)
class FileNote:
    """What became of one file of what was handed in. All three are safe to print."""

    file: str
    student_id: str  # "" for a file that belongs to nobody
    what: str
    is_work: bool = False  # whether it is what was chosen to be graded, or what that is in


@dataclass(frozen=True)
class Survey:
    """A class as it was found: whose work there is, and what became of each file."""

    kind: str  # "folder", or such as "Canvas download"
    submissions: tuple[Submission, ...]  # sorted by student id
    files: tuple[FileNote, ...] = ()
    remarks: tuple[str, ...] = ()  # what the instructor should know of it, a line each


def names() -> tuple[str, ...]:
    """Return the names that are asked for, the preferred one first."""
    return tuple(f"{loaded().module}{ending}" for ending in CODE)


def asked() -> str:
    """Return the names that are asked for, in words."""
    return " or ".join(names())


def as_id(name: str) -> str:
    """Make a student's id of a name: one spelling of accented letters, nothing invisible, in full."""
    return printable(unicodedata.normalize("NFC", name), None)


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or what a system or a tool left: nobody's work."""
    return (name.startswith(".") and name != "..") or name.lower() in _LITTER


def is_archive(name: str) -> bool:
    """Whether a file of this name packs others."""
    return name.lower().endswith(ARCHIVES)


def is_zip(name: str) -> bool:
    """Whether a file of this name is opened in search of code."""
    return name.lower().endswith(".zip")


def is_code(name: str) -> bool:
    """Whether a file of this name may be what was asked for."""
    return name.lower().endswith(CODE)
