"""Files that are replaced in one go, zips that are the same each time, and cells that no spreadsheet runs."""

import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from autograder.model.text import printable
from autograder.model.verdict import Verdict

# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_TIME = (1980, 1, 1, 0, 0, 0)  # the same files give the same zip
_READABLE = 0o600


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Write a text file that takes the place of `path` once it is whole: no reader ever sees half of it.

    Raises:
        OSError: the file can't be written; an earlier one is still whole.
    """
    # Beside the target, since a file can be replaced in one go within one folder only.
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def write_zip(path: Path, files: Iterable[tuple[str, bytes]], executable: Iterable[str] = ()) -> None:
    """Write a zip of files, each with its name in it, some of which can be run.

    Raises:
        OSError: the zip can't be written.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o755 if name in executable else _READABLE) << 16
            archive.writestr(info, content)


def safe_cell(text: str) -> str:
    """Return `text` as a cell that is text to every spreadsheet, with no invisible character in it."""
    # Some programs drop blanks before they look for a formula.
    guard = "'" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else ""
    return guard + printable(text, None)


def why_unmarked(verdict: Verdict) -> str:
    """Return why somebody has no mark that could be exported."""
    return "withheld by a person" if verdict.status == "withheld" else "the grader failed"
