"""The way in: a folder tree or a download becomes a list of submissions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.model.text import printable
from autograder.submissions.choose import choose
from autograder.submissions.fates import TIMESTAMP, strays
from autograder.submissions.formats import tree
from autograder.submissions.formats.download import download
from autograder.submissions.hand_in import HandIn, Reading
from autograder.submissions.scratch import Scratch
from autograder.submissions.submission import ARCHIVES, NoSubmissions, Refused, Survey, is_zip

# What one student hands in, where the settings of a run don't say otherwise.
_LIMIT = 10 * 2**20


def survey(path: Path, limit: int = _LIMIT) -> Survey:
    """Find whom there is to grade: in a folder tree, or in a download of Canvas, Moodle or Gradescope.

    Files that are taken out of a zip lie in a private folder, which goes with the last Submission that
    points into it. At most `limit` bytes of a student's file are taken out; more is that student's problem.

    Raises:
        NoSubmissions: `path` is missing, of no known kind, can't be read, or holds nothing to grade.
    """
    _check(path)
    shown = printable(str(path), None)
    try:
        with download(path) as found:
            if found is None:
                return _chosen(tree.TITLE, tree.read(path), limit)
            if not found.reading.hand_ins:
                raise Refused(f"is a {found.title} with no submissions in it")
            return _chosen(found.title, found.reading, limit)
    except Refused as refusal:
        raise NoSubmissions(f"{shown} {refusal}") from refusal
    except OSError as error:
        raise NoSubmissions(f"{shown} can't be read: {error.strerror}") from error


def _chosen(title: str, reading: Reading, limit: int = _LIMIT) -> Survey:
    """Choose for each person what is graded."""
    by_person: dict[str, list[HandIn]] = {}
    for hand_in in reading.hand_ins:
        by_person.setdefault(hand_in.student_id, []).append(hand_in)
    scratch = Scratch()
    found = [choose(by_person[person], limit, scratch) for person in sorted(by_person)]
    left, told = strays(reading.strays)
    files = [note for _, notes in found for note in notes] + left
    unread = [f"{one.student_id}: {note}" for one, _ in found for note in one.notes if note.startswith(TIMESTAMP)]
    return Survey(
        title,
        tuple(submission for submission, _ in found),
        tuple(sorted(files, key=lambda note: note.file)),
        (*reading.remarks, *unread, *told),
    )


def survey_of(folders: Mapping[str, Path], limit: int, names: Sequence[str] = ()) -> Survey:
    """Choose for each person whose one folder is known; `names` are asked for in place of the assignment's."""
    hand_ins = [tree.of_person(student, folder, names) for student, folder in folders.items()]
    return _chosen(tree.TITLE, Reading(hand_ins), limit)


def _check(path: Path) -> None:
    """Refuse what is neither a folder nor a zip."""
    shown = printable(str(path), None)
    try:
        is_there = path.exists()
    except OSError as error:
        raise NoSubmissions(f"{shown} can't be read: {error.strerror}") from error
    if not is_there:
        raise NoSubmissions(f"{shown} does not exist: {tree.looked_for()}")
    if path.is_dir() or is_zip(path.name):
        return
    if path.name.lower().endswith(ARCHIVES):
        raise NoSubmissions(f"{shown} is an archive, and only zip files are opened: unpack it first")
    raise NoSubmissions(f"{shown} is a file, and a folder or a download was expected: {tree.looked_for()}")
