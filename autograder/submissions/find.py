"""Find whom there is to grade in a folder tree, and which file of theirs.

Opens nothing but a zip in place of code, and, where a student has both, rnn.py and rnn.ipynb.
"""

import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.submissions.account import TIMESTAMP, account
from autograder.submissions.archives import from_zip, is_zip
from autograder.submissions.read import Unreadable, read_bytes
from autograder.submissions.scratch import Scratch
from autograder.submissions.submission import (
    ARCHIVES,
    CODE,
    LITTER,
    NAMES,
    FileNote,
    NoSubmissions,
    Submission,
    as_id,
    is_code,
    listed,
    remarks,
    undecided,
)
from autograder.submissions.untouched import untouched_beside_work
from autograder.text import printable

_LONGEST_TIMESTAMP = 100  # bytes
LOOKED_FOR = (
    "looked for <student>/rnn.py, <student>/rnn.ipynb, <student>.py, <student>.ipynb, "
    "an nbgrader tree submitted/<student>/<assignment>/<notebook>.ipynb, "
    "or a download of Canvas, Moodle or Gradescope, as a zip or unpacked"
)


def find_in_tree(folder: Path, limit: int) -> tuple[list[Submission], list[FileNote]]:
    """Return the submissions in a folder tree, one per student, sorted by student id, and what became of each file.

    Accepts `<student>/rnn.py`, `<student>/rnn.ipynb`, `<student>.py`, `<student>.ipynb`, mixed as they
    come, and an nbgrader course or its `submitted/` folder. Links inside `folder` are not followed. A
    zip that is all that a student handed in is opened. At most `limit` bytes of a file are read.

    Raises:
        NoSubmissions: `folder` can't be listed, or holds nothing of the above.
    """
    try:
        tree = _class_folder(folder)
        entries = _visible(tree)
    except OSError as error:
        raise NoSubmissions(f"{printable(str(folder), None)} can't be listed: {error.strerror}") from error
    nbgrader = tree.resolve().name == "submitted"
    claims: dict[str, list[Submission]] = {}
    owners = dict.fromkeys((entry.name for entry in entries), "")
    for entry in sorted(entries, key=_rank):
        claim = _claim(entry, limit, nbgrader=nbgrader)
        if claim:
            owners[entry.name] = claim.student_id
            claims.setdefault(claim.student_id, []).append(claim)
    if not claims:
        raise NoSubmissions(f"no submissions in {printable(str(tree), None)}: {LOOKED_FOR}")
    scratch = Scratch()
    chosen = [_one_of(claims[student], limit) for student in sorted(claims)]
    opened = [_opened(submission, limit, scratch) for submission in chosen]
    return opened, account(tree, owners, chosen, opened)


def find_in_folder(student_id: str, folder: Path, limit: int) -> Submission:
    """Return the submission of one student, whose folder this is; see `find_in_tree`."""
    return _opened(_from_folder(student_id, folder, limit, nbgrader=False), limit, Scratch())


def _opened(submission: Submission, limit: int, scratch: Scratch) -> Submission:
    """Look into a submission that is a zip, and leave any other as it is."""
    if submission.path is None or submission.problem or not is_zip(submission.path.name):
        return submission
    inner = from_zip(submission.student_id, submission.path, limit, scratch)
    return replace(inner, notes=(*submission.notes, *inner.notes))


def _class_folder(folder: Path) -> Path:
    """Return the folder whose entries are students: `folder`, or the `submitted/` in it."""
    submitted = folder / "submitted"
    # A student may be called "submitted": their folder holds the file itself.
    if submitted.is_dir() and not any((submitted / name).exists() for name in NAMES):
        return submitted
    return folder


def _visible(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a person sees in a folder, sorted by name."""
    with os.scandir(folder) as entries:
        seen = [entry for entry in entries if not entry.name.startswith(".") and entry.name not in LITTER]
    return sorted(seen, key=lambda entry: entry.name)


def _rank(entry: os.DirEntry[str]) -> int:
    """Order the entries of one student: the folder, then code (.py first), then archives."""
    if entry.is_dir(follow_symlinks=False):
        return 0
    for rank, suffix in enumerate((*CODE, *ARCHIVES), start=1):
        if entry.name.lower().endswith(suffix):
            return rank
    return 0  # a link to a folder, as a rule


def _claim(entry: os.DirEntry[str], limit: int, *, nbgrader: bool) -> Submission | None:
    """Read one entry of the class folder as a submission; None for a file that is something else."""
    path = Path(entry.path)
    if entry.is_dir(follow_symlinks=False):
        return _from_folder(as_id(entry.name), path, limit, nbgrader=nbgrader)
    suffix = next((s for s in (*CODE, *ARCHIVES) if entry.name.lower().endswith(s)), "")
    student = as_id(entry.name[: len(entry.name) - len(suffix)])
    odd = _oddity(entry)
    if odd and (suffix or entry.is_symlink()):
        return Submission(student, path, problem=odd)
    if suffix in ARCHIVES:
        return _archive(student, entry)
    if suffix in CODE:
        lone = f"the student's id was taken from the file {entry.name}: is this the folder of one student?"
        return Submission(student, path, notes=(lone,) if entry.name in NAMES else ())
    return None


def _archive(student: str, entry: os.DirEntry[str]) -> Submission:
    """Take an archive for the hand-in: a zip is opened once the choice has fallen on it, others are not."""
    problem = _oddity(entry)
    if not problem and not is_zip(entry.name):
        problem = f"{printable(entry.name)} is an archive, and only zip files are opened: unpack it in its folder first"
    return Submission(student, Path(entry.path), problem=problem)


def _one_of(claims: list[Submission], limit: int) -> Submission:
    """Choose among a student's entries: the first by rank that holds something more than stubs."""
    code = [claim.path for claim in claims if claim.path and not claim.problem and is_code(claim.path.name)]
    untouched = _untouched(code, limit)
    chosen = next((claim for claim in claims if claim.path and claim.path not in untouched), claims[0])
    others = [claim.path.name for claim in claims if claim is not chosen and claim.path]
    if not others:
        return chosen
    note = f"handed in more than once; not graded: {listed(others)}"
    return replace(chosen, notes=(*chosen.notes, note))


def _from_folder(student: str, folder: Path, limit: int, *, nbgrader: bool) -> Submission:
    """Choose what to grade in one student's folder, or in the one folder inside that has code."""
    try:
        entries = _visible(folder)
        if any(is_code(entry.name) for entry in entries):
            return _choose(student, folder, entries, limit)
        folders = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
        inside = {inner: _visible(inner) for inner in folders}
    except OSError as error:
        return Submission(student, folder, problem=f"the folder can't be read: {error.strerror}")
    coded = [inner for inner in folders if any(is_code(entry.name) for entry in inside[inner])]
    named = [inner for inner in coded if any(entry.name in NAMES for entry in inside[inner])]
    coded = named if len(named) == 1 else coded
    if not coded:
        return _choose(student, folder, entries, limit)
    if len(coded) > 1:
        names = listed(inner.name for inner in coded)
        problem = f"several folders inside hold code ({names}): expected one of them, or rnn.py itself"
        return Submission(student, folder, problem=problem)
    found = _choose(student, coded[0], inside[coded[0]], limit)
    if nbgrader:  # where work belongs, so there is nothing to tell
        return replace(found, handed_in=_timestamp(coded[0] / TIMESTAMP))
    return replace(found, notes=(f"found one folder further in, {printable(coded[0].name)}", *found.notes))


def _timestamp(path: Path) -> datetime | None:
    """Return the time that nbgrader keeps beside a submission, or None where there is none that can be read."""
    try:
        text = read_bytes(path, _LONGEST_TIMESTAMP).decode("ascii").strip()
        when = datetime.fromisoformat(text.removesuffix(" UTC"))
    except (OSError, Unreadable, ValueError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _choose(student: str, folder: Path, entries: list[os.DirEntry[str]], limit: int) -> Submission:
    """Choose the file to grade among the entries of one folder."""
    code = [entry for entry in entries if is_code(entry.name)]
    named = sorted((entry for entry in code if entry.name in NAMES), key=lambda entry: NAMES.index(entry.name))
    sound = [entry for entry in named or code if not _oddity(entry)]
    if sound and (named or len(sound) == 1):
        untouched = _untouched([Path(entry.path) for entry in sound], limit)
        chosen = next(Path(entry.path) for entry in sound if Path(entry.path) not in untouched)
        notes = remarks(chosen.name, [entry.name for entry in code], [path.name for path in untouched])
        return Submission(student, chosen, notes)
    if sound:
        return Submission(student, folder, problem=undecided(entry.name for entry in sound))
    if code:
        odd = (named or code)[0]
        return Submission(student, Path(odd.path), problem=_oddity(odd))
    archive = next((entry for entry in entries if entry.name.lower().endswith(ARCHIVES)), None)
    if archive:
        return _archive(student, archive)
    notes = (f"no .py or .ipynb file, only {listed(entry.name for entry in entries)}",) if entries else ()
    return Submission(student, None, notes)


def _untouched(paths: list[Path], limit: int) -> list[Path]:
    """Return which of several files are still stubs, beside one that is not."""
    contents = {}
    for path in paths if len(paths) > 1 else ():
        with suppress(Unreadable, OSError):
            contents[str(path)] = read_bytes(path, limit)
    return [Path(name) for name in untouched_beside_work(contents)] if len(contents) == len(paths) else []


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
