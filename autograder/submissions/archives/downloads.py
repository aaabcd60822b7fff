"""From a download to the submissions in it: which format it is, and what the format's module makes of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from autograder.submissions.archives import canvas, gradescope, moodle
from autograder.submissions.archives.attempt import Attempt, Reading
from autograder.submissions.archives.choose import Desk, choose, inside
from autograder.submissions.archives.contents import Contents, FolderContents, Refused, ZipContents
from autograder.submissions.read import Unreadable, read_bytes
from autograder.submissions.scratch import Scratch
from autograder.submissions.submission import LITTER, FileNote, NoSubmissions, Submission, Survey
from autograder.text import printable


class _Format(Protocol):
    """A module of this folder: how to know a download by its topmost names, and how to read it."""

    TITLE: str

    def recognises(self, top: Sequence[str], /) -> bool: ...

    def read(self, contents: Contents, /) -> Reading: ...


_FORMATS: tuple[_Format, ...] = (gradescope, moodle, canvas)  # the surest signs first


def survey_download(path: Path, limit: int) -> Survey | None:
    """Return what a download holds, or None where `path` is a folder that is no download.

    Args:
        path: a zip file, or a folder.
        limit: the most bytes of one student's file.

    Raises:
        NoSubmissions: it can't be read, or is a zip that is of no known format or holds nothing.
    """
    shown = printable(str(path), None)
    try:
        return _folder(path, limit) if path.is_dir() else _zip(path, limit)
    except Refused as refusal:
        raise NoSubmissions(f"{shown} {refusal}") from refusal
    except OSError as error:
        raise NoSubmissions(f"{shown} can't be read: {error.strerror}") from error


def from_zip(student_id: str, path: Path, limit: int, scratch: Scratch) -> Submission:
    """Return the submission of a student whose hand-in is a zip in a folder tree."""
    try:
        raw = read_bytes(path, limit)
    except Unreadable as error:
        return Submission(student_id, path, problem=str(error))
    except OSError as error:
        return Submission(student_id, path, problem=f"{printable(path.name)} can't be read: {error.strerror}")
    return inside(student_id, path.name, raw, limit, scratch)


def _folder(path: Path, limit: int) -> Survey | None:
    """Look at the names in a folder, or in the one folder in it; a tree of ten thousand students is not walked."""
    for root in (path, *_lone(sorted(path.iterdir()))):
        known = _format([entry.name for entry in root.iterdir()])
        if known:
            return _sorted_out(known, FolderContents(root), limit)
    return None


def _lone(entries: Sequence[Path]) -> list[Path]:
    """Return the one folder that there is beside what tools leave behind, if so."""
    seen = [entry for entry in entries if not _litter(entry.name)]
    return seen if len(seen) == 1 and seen[0].is_dir() and not seen[0].is_symlink() else []


def _zip(path: Path, limit: int) -> Survey:
    with closing(ZipContents.of_path(path)) as contents:
        known = _format(sorted({member.parts[0] for member in contents.members}))
        if known is None:  # perhaps packed once more, folder and all
            seen = [member for member in contents.members if not _litter(member.parts[0])]
            if len({member.parts[0] for member in seen}) == 1:
                contents.members = tuple(replace(each, parts=each.parts[1:]) for each in seen if each.parts[1:])
                known = _format(sorted({member.parts[0] for member in contents.members}))
        if known is None:
            raise Refused("is no download of Canvas, Moodle or Gradescope: unpack it, and grade the folder")
        return _sorted_out(known, contents, limit)


def _litter(name: str) -> bool:
    return name.startswith(".") or name in LITTER


def _format(top: Sequence[str]) -> _Format | None:
    return next((known for known in _FORMATS if known.recognises(top)), None)


def _sorted_out(known: _Format, contents: Contents, limit: int) -> Survey:
    """Let the format say whose each file is, and choose for each student."""
    reading = known.read(contents)
    by_student: dict[str, list[Attempt]] = {}
    for attempt in reading.attempts:
        by_student.setdefault(attempt.student_id, []).append(attempt)
    if not by_student:
        raise Refused(f"is a {known.TITLE} with no submissions in it")
    desk = Desk(contents, limit, Scratch())
    chosen = [choose(by_student[student], desk) for student in sorted(by_student)]
    notes = [note for _, notes in chosen for note in notes]
    notes += [FileNote(member.shown, "", why) for member, why in reading.strays if not _litter(member.parts[-1])]
    return Survey(known.TITLE, tuple(submission for submission, _ in chosen), tuple(notes))
