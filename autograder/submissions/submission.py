"""What is known of a hand-in once it is found. Plain data, and the words that describe file names."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.submissions.scratch import Scratch
from autograder.text import printable

NAMES = ("rnn.py", "rnn.ipynb")  # in the order in which they are preferred
CODE = (".py", ".ipynb")
ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip", ".7z", ".rar")
LITTER = ("__pycache__", "__MACOSX")  # what tools leave behind, beside hidden files
_SHOWN = 5  # names listed in one message


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


@dataclass(frozen=True)
class Survey:
    """A class as it was found: whose work there is, and what became of each file."""

    kind: str  # "folder", or such as "Canvas download"
    submissions: tuple[Submission, ...]  # sorted by student id
    files: tuple[FileNote, ...] = ()


def as_id(name: str) -> str:
    """Make a student's id of a name: one spelling of accented letters, nothing invisible, in full."""
    return printable(unicodedata.normalize("NFC", name), None)


def is_code(name: str) -> bool:
    """Whether a file of this name may be what was asked for."""
    return name.lower().endswith(CODE)


def listed(names: Iterable[str]) -> str:
    """List file names for a message; a few of them where there are many."""
    safe = [printable(name, 60) for name in names]
    more = [f"and {len(safe) - _SHOWN} more"] if len(safe) > _SHOWN else []
    return ", ".join(safe[:_SHOWN] + more)


def remarks(chosen: str, code: Sequence[str], untouched: Sequence[str] = ()) -> tuple[str, ...]:
    """Say what is worth knowing about the choice of one file among those with code, some of them still stubs."""
    notes = []
    if chosen not in NAMES:
        notes.append(f"graded {printable(chosen)}, the only .py or .ipynb file (expected rnn.py or rnn.ipynb)")
    stubs = [name for name in untouched if name != chosen]
    if stubs:
        notes.append(
            f"{printable(chosen)} was graded; {listed(stubs)} is as it was handed out, with nothing written yet"
        )
    beside = [name for name in code if name not in (chosen, *stubs)]
    if beside:
        notes.append(f"{printable(chosen)} was graded; beside it, and not looked at: {listed(beside)}")
    return tuple(notes)


def undecided(names: Iterable[str]) -> str:
    """Say that none of these files can be chosen without guessing."""
    return f"can't tell which file to grade ({listed(names)}): expected rnn.py or rnn.ipynb"
