"""Find whom there is to grade, and which file of theirs. Looks at names and kinds of files; opens none."""

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.text import printable

_NAMES = ("rnn.py", "rnn.ipynb")  # in the order in which they are preferred
_CODE = (".py", ".ipynb")
_ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip", ".7z", ".rar")
_LITTER = ("__pycache__", "__MACOSX")  # what tools leave behind, beside hidden files
_LOOKED_FOR = (
    "looked for <student>/rnn.py, <student>/rnn.ipynb, <student>.py, <student>.ipynb, "
    "or an nbgrader tree submitted/<student>/<assignment>/<notebook>.ipynb"
)
_UNPACK = "unpack it first, and grade the folder that comes out"
_SHOWN = 5  # names listed in one message


class NoSubmissions(Exception):
    """There is nothing to grade; the message says what was found and what was looked for."""


@dataclass(frozen=True)
class Submission:
    """One student's hand-in. `path` is None when nothing was handed in.

    `problem` is the reason why it can't be graded; then `path` is what the reason is about. `notes`
    say what was decided on the way. Id, notes and problem are safe to print.
    """

    student_id: str
    path: Path | None
    notes: tuple[str, ...] = ()
    problem: str = ""


def find_submissions(folder: Path) -> list[Submission]:
    """List the submissions of a class, one per student, sorted by student id.

    Accepts `<student>/rnn.py`, `<student>/rnn.ipynb`, `<student>.py`, `<student>.ipynb`, mixed as they
    come, and an nbgrader course or its `submitted/` folder. Links inside `folder` are not followed.

    Raises:
        NoSubmissions: `folder` is missing, is no folder, can't be listed, or holds nothing of the above.
    """
    try:
        tree = _class_folder(folder)
        entries = _visible(tree)
    except OSError as error:
        raise NoSubmissions(f"{printable(str(folder), None)} can't be listed: {error.strerror}") from error
    nbgrader = tree.resolve().name == "submitted"
    claims: dict[str, list[Submission]] = {}
    for entry in sorted(entries, key=_rank):
        claim = _claim(entry, nbgrader=nbgrader)
        if claim:
            claims.setdefault(claim.student_id, []).append(claim)
    if not claims:
        raise NoSubmissions(f"no submissions in {printable(str(tree), None)}: {_LOOKED_FOR}")
    return [_one_of(claims[student]) for student in sorted(claims)]


def _class_folder(folder: Path) -> Path:
    """Return the folder whose entries are students: `folder`, or the `submitted/` in it."""
    shown = printable(str(folder), None)
    if not folder.exists():
        raise NoSubmissions(f"{shown} does not exist: {_LOOKED_FOR}")
    if not folder.is_dir():
        if folder.name.lower().endswith(_ARCHIVES):
            raise NoSubmissions(f"{shown} is an archive: {_UNPACK}")
        raise NoSubmissions(f"{shown} is a file, and a folder of submissions was expected: {_LOOKED_FOR}")
    submitted = folder / "submitted"
    # A student may be called "submitted": their folder holds the file itself.
    if submitted.is_dir() and not any((submitted / name).exists() for name in _NAMES):
        return submitted
    return folder


def _visible(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a person sees in a folder, sorted by name."""
    with os.scandir(folder) as entries:
        seen = [entry for entry in entries if not entry.name.startswith(".") and entry.name not in _LITTER]
    return sorted(seen, key=lambda entry: entry.name)


def _rank(entry: os.DirEntry[str]) -> int:
    """Order the entries of one student: the folder, then code (.py first), then archives."""
    if entry.is_dir(follow_symlinks=False):
        return 0
    for rank, suffix in enumerate((*_CODE, *_ARCHIVES), start=1):
        if entry.name.lower().endswith(suffix):
            return rank
    return 0  # a link to a folder, as a rule


def _claim(entry: os.DirEntry[str], *, nbgrader: bool) -> Submission | None:
    """Read one entry of the class folder as a submission; None for a file that is something else."""
    path = Path(entry.path)
    if entry.is_dir(follow_symlinks=False):
        return _from_folder(_id(entry.name), path, nbgrader=nbgrader)
    suffix = next((s for s in (*_CODE, *_ARCHIVES) if entry.name.lower().endswith(s)), "")
    student = _id(entry.name[: len(entry.name) - len(suffix)])
    odd = _oddity(entry)
    if odd and (suffix or entry.is_symlink()):
        return Submission(student, path, problem=odd)
    if suffix in _ARCHIVES:
        return Submission(student, path, problem=f"{printable(entry.name)} is an archive: {_UNPACK}")
    if suffix in _CODE:
        lone = f"the student's id was taken from the file {entry.name}: is this the folder of one student?"
        return Submission(student, path, notes=(lone,) if entry.name in _NAMES else ())
    return None


def _id(name: str) -> str:
    """Make a student's id of a file name: one spelling of accented letters, nothing invisible, in full."""
    return printable(unicodedata.normalize("NFC", name), None)


def _one_of(claims: list[Submission]) -> Submission:
    """Choose among a student's entries: the first by rank that holds something."""
    chosen = next((claim for claim in claims if claim.path), claims[0])
    others = [claim.path.name for claim in claims if claim is not chosen and claim.path]
    if not others:
        return chosen
    note = f"handed in more than once; not looked at: {_names(others)}"
    return replace(chosen, notes=(*chosen.notes, note))


def _from_folder(student: str, folder: Path, *, nbgrader: bool) -> Submission:
    """Choose what to grade in one student's folder, or in the one folder inside that has code."""
    try:
        entries = _visible(folder)
        if any(_is_code(entry) for entry in entries):
            return _choose(student, folder, entries)
        folders = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
        inside = {inner: _visible(inner) for inner in folders}
    except OSError as error:
        return Submission(student, folder, problem=f"the folder can't be read: {error.strerror}")
    coded = [inner for inner in folders if any(_is_code(entry) for entry in inside[inner])]
    named = [inner for inner in coded if any(entry.name in _NAMES for entry in inside[inner])]
    coded = named if len(named) == 1 else coded
    if not coded:
        return _choose(student, folder, entries)
    if len(coded) > 1:
        names = _names(inner.name for inner in coded)
        problem = f"several folders inside hold code ({names}): expected one of them, or rnn.py itself"
        return Submission(student, folder, problem=problem)
    found = _choose(student, coded[0], inside[coded[0]])
    if nbgrader:  # where work belongs, so there is nothing to tell
        return found
    return replace(found, notes=(f"found one folder further in, {printable(coded[0].name)}", *found.notes))


def _choose(student: str, folder: Path, entries: list[os.DirEntry[str]]) -> Submission:
    """Choose the file to grade among the entries of one folder."""
    code = [entry for entry in entries if _is_code(entry)]
    named = sorted((entry for entry in code if entry.name in _NAMES), key=lambda entry: _NAMES.index(entry.name))
    sound = [entry for entry in named or code if not _oddity(entry)]
    if sound and (named or len(sound) == 1):
        return Submission(student, Path(sound[0].path), _notes(sound[0].name, [entry.name for entry in code]))
    if sound:
        found = _names(entry.name for entry in sound)
        problem = f"can't tell which file to grade ({found}): expected rnn.py or rnn.ipynb"
        return Submission(student, folder, problem=problem)
    if code:
        odd = (named or code)[0]
        return Submission(student, Path(odd.path), problem=_oddity(odd))
    archive = next((entry for entry in entries if entry.name.lower().endswith(_ARCHIVES)), None)
    if archive:
        problem = f"{printable(archive.name)} is an archive and all that was handed in: unpack it in its folder first"
        return Submission(student, Path(archive.path), problem=problem)
    notes = (f"no .py or .ipynb file, only {_names(entry.name for entry in entries)}",) if entries else ()
    return Submission(student, None, notes)


def _notes(chosen: str, code: list[str]) -> tuple[str, ...]:
    notes = []
    if chosen not in _NAMES:
        notes.append(f"graded {printable(chosen)}, the only .py or .ipynb file (expected rnn.py or rnn.ipynb)")
    beside = [name for name in code if name != chosen]
    if beside:
        notes.append(f"{printable(chosen)} was graded; beside it, and not looked at: {_names(beside)}")
    return tuple(notes)


def _is_code(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(_CODE)


def _oddity(entry: os.DirEntry[str]) -> str:
    """Say why an entry is not a plain file, or "" if it is one."""
    name = printable(entry.name)
    if entry.is_symlink():
        return f"{name} is a symbolic link, and links are not followed: hand in the file itself"
    if entry.is_file(follow_symlinks=False):
        return ""
    if entry.is_dir(follow_symlinks=False):
        return f"{name} is a folder, and a file was expected"
    return f"{name} is a pipe or a device, and a file was expected"


def _names(names: Iterable[str]) -> str:
    """List file names for a message; a few of them where there are many."""
    listed = [printable(name, 60) for name in names]
    more = [f"and {len(listed) - _SHOWN} more"] if len(listed) > _SHOWN else []
    return ", ".join(listed[:_SHOWN] + more)
