"""What became of each file of a folder tree. Looks at names only."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograder.submissions.archives import files_below, is_zip
from autograder.submissions.submission import LITTER, FileNote, Submission
from autograder.text import printable

TIMESTAMP = "timestamp.txt"  # beside a submission in an nbgrader tree
_TIME = "read: when it was handed in"
_LEFT = "not looked at"
_STRAY = "belongs to nobody: no .py, .ipynb or archive, and in no folder of a student"


def account(
    tree: Path, owners: Mapping[str, str], chosen: Sequence[Submission], opened: Sequence[Submission]
) -> list[FileNote]:
    """Say of each file below `tree` whose it is and what was done with it.

    Args:
        tree: the folder of the class.
        owners: whose each entry of it is, "" for what belongs to nobody.
        chosen: what each student's submission was found to be.
        opened: the same submissions once zips have been looked into.
    """
    fates = {before.path: _fate(before, after) for before, after in zip(chosen, opened, strict=True) if before.path}
    fates |= {after.path.with_name(TIMESTAMP): _TIME for after in opened if after.path and after.handed_in}
    return [
        FileNote(_shown(path.relative_to(tree)), student, fates.get(path) or (_LEFT if student else _STRAY))
        for name, student in owners.items()
        for path in _paths(tree / name, fates)
    ]


def _fate(before: Submission, after: Submission) -> str:
    if after.problem:
        return f"rejected: {after.problem}"
    done = "graded" if after.path else "nothing to grade in it"
    return f"opened: {done}" if before.path and is_zip(before.path.name) else done


def _paths(entry: Path, fates: Mapping[Path, str]) -> Iterator[Path]:
    """Yield what is to be told of: every file, and a folder where it is what was rejected."""
    if not entry.is_dir() or entry.is_symlink():
        yield entry
        return
    if entry in fates:
        yield entry
    for path in files_below(entry):
        if not any(part.startswith(".") or part in LITTER for part in path.relative_to(entry).parts):
            yield path


def _shown(path: Path) -> str:
    return printable(path.as_posix(), 200)
