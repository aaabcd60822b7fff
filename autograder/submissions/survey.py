"""The way in: a folder tree or a download becomes a list of submissions."""

from pathlib import Path

from autograder.submissions.archives import is_zip, survey_download
from autograder.submissions.find import LOOKED_FOR, find_in_tree
from autograder.submissions.submission import ARCHIVES, NoSubmissions, Submission, Survey
from autograder.text import printable

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
    download = survey_download(path, limit)
    if download:
        return download
    submissions, files = find_in_tree(path, limit)
    return Survey("folder", tuple(submissions), tuple(files))


def _check(path: Path) -> None:
    """Refuse what is neither a folder nor a zip."""
    shown = printable(str(path), None)
    try:
        is_there = path.exists()
    except OSError as error:
        raise NoSubmissions(f"{shown} can't be read: {error.strerror}") from error
    if not is_there:
        raise NoSubmissions(f"{shown} does not exist: {LOOKED_FOR}")
    if path.is_dir() or is_zip(path.name):
        return
    if path.name.lower().endswith(ARCHIVES):
        raise NoSubmissions(f"{shown} is an archive, and only zip files are opened: unpack it first")
    raise NoSubmissions(f"{shown} is a file, and a folder or a download was expected: {LOOKED_FOR}")


def find_submissions(path: Path) -> list[Submission]:
    """List the submissions of a class, one per student, sorted by student id; see `survey`.

    Raises:
        NoSubmissions: there is nothing to grade at `path`.
    """
    return list(survey(path).submissions)
