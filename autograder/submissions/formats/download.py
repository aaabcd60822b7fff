"""The downloads of Canvas, Moodle and Gradescope, as zip files or unpacked: which of them it is, and its reading."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from autograder.submissions.contents import Contents, FolderContents, ZipContents
from autograder.submissions.formats import canvas, gradescope, moodle
from autograder.submissions.hand_in import Reading
from autograder.submissions.submission import Refused, is_archive, is_litter, is_zip


class _Format(Protocol):
    """A module of this folder: whether an entry's name follows its rule, and how to read a download."""

    TITLE: str

    def follows(self, name: str, /) -> bool: ...

    def read(self, contents: Contents, /) -> Reading: ...


_FORMATS: tuple[_Format, ...] = (gradescope, moodle, canvas)  # the surest signs first


@dataclass(frozen=True)
class Download:
    """A download of a known form."""

    title: str
    reading: Reading


@contextmanager
def download(path: Path) -> Iterator[Download | None]:
    """Open a download; what is read of it can be read until it is closed. None for a folder that is no download.

    Args:
        path: a zip file, or a folder.

    Raises:
        Refused: it can't be read, or is a zip of no known form.
        OSError: the file or folder can't be opened.
    """
    if path.is_dir():
        entries = sorted(entry for entry in path.iterdir() if not is_litter(entry.name))
        lone = entries[0] if len(entries) == 1 and is_zip(entries[0].name) and not entries[0].is_symlink() else None
        if lone is None or not _is_known(lone):
            yield _folder(path)
            return
        path = lone
    with closing(ZipContents.of_path(path)) as contents:
        known = _format(contents)
        if known is None and len({member.parts[0] for member in contents.members}) == 1:  # packed once more
            inner = (replace(each, parts=each.parts[1:]) for each in contents.members if each.parts[1:])
            contents.members = tuple(inner)
            known = _format(contents)
        if known is None:
            raise Refused("is no download of Canvas, Moodle or Gradescope: unpack it, and grade the folder")
        yield Download(known.TITLE, known.read(contents))


def _is_known(path: Path) -> bool:
    """Whether a zip is a download of a known form."""
    try:
        with closing(ZipContents.of_path(path)) as contents:
            tops = {member.parts[0] for member in contents.members}
            inner = sorted({member.parts[1] for member in contents.members if member.parts[1:]})
            return _format(contents) is not None or (len(tops) == 1 and _known(inner) is not None)
    except (Refused, OSError):
        return False


def _folder(path: Path) -> Download | None:
    """Look at the names in a folder, or in the one folder in it; a tree of ten thousand students is not walked."""
    for root in (path, *_lone(sorted(path.iterdir()))):
        known = _known([entry.name for entry in root.iterdir()])
        if known:
            return Download(known.TITLE, known.read(FolderContents(root)))
    return None


def _lone(entries: Sequence[Path]) -> list[Path]:
    """Return the one folder that there is beside litter and the download itself, if so."""
    seen = [entry for entry in entries if not is_litter(entry.name)]
    folders = [entry for entry in seen if entry.is_dir() and not entry.is_symlink()]
    rest = [entry for entry in seen if entry not in folders]
    return folders if len(folders) == 1 and (not rest or (len(rest) == 1 and is_zip(rest[0].name))) else []


def _format(contents: Contents) -> _Format | None:
    return _known(sorted({member.parts[0] for member in contents.members}))


def _known(top: Sequence[str]) -> _Format | None:
    """Return the form whose rule more than half of these entries follow, litter and the download itself aside."""
    names = [name for name in top if not is_litter(name)]
    for known in _FORMATS:
        followed = sum(known.follows(name) for name in names)
        packed = [name for name in names if is_archive(name) and not known.follows(name)]
        if 2 * followed > len(names) - (len(packed) == 1):
            return known
    return None
