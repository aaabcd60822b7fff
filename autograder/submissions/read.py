"""Read one submission's bytes, within limits, into text. Nothing here looks at what the text says."""

import codecs
import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.submissions.notebook import Cells, NotANotebook, code_cells
from autograder.text import printable

# What open() says of a file that no repetition will open: no permission, a link, a socket. Anything else
# (too many open files, a failing disk) is the machine's doing, and no reason to refuse a student's work.
_REFUSED = {
    errno.EACCES: "there is no permission to read it",
    errno.EPERM: "there is no permission to read it",
    errno.ELOOP: "it is a symbolic link, and links are not followed",
    errno.ENXIO: "it is a socket or a device",
}

# Not waiting for a pipe's writer, not following a link, not translating line ends (Windows).
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_NOCTTY", "O_BINARY"))

# The longer mark first: UTF-32 LE starts like UTF-16 LE.
_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


class Unreadable(Exception):
    """The file can't be graded as it is; the message names it, and says what was found and what to do."""


@dataclass(frozen=True)
class Source:
    """What a student wrote: `(label, code)` for a whole .py file or for each code cell of a notebook."""

    kind: Literal["py", "ipynb"]
    chunks: Cells
    digest: str  # SHA-256 of the file's bytes


def read_source(path: Path, limit: int) -> Source:
    """Read a submission of at most `limit` bytes.

    Raises:
        Unreadable: not a plain file, too large, no permission, not UTF-8 text, or not a notebook.
        OSError: the machine's failure, which says nothing about the submission.
    """
    name = printable(path.name)
    raw = read_bytes(path, limit)
    digest = hashlib.sha256(raw).hexdigest()
    text = _decode(raw, name)
    if path.suffix.lower() != ".ipynb":
        return Source("py", ((name, text),), digest)
    try:
        cells = code_cells(text)
    except NotANotebook as error:
        raise Unreadable(f"{name} {error}") from error
    for label, code in cells:
        _check_characters(f"{name}, {label}", code)
    return Source("ipynb", cells, digest)


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a plain file of at most `limit` bytes, following no link.

    Raises:
        Unreadable: not a plain file, too large, or no permission.
        OSError: the machine's failure.
    """
    name = printable(path.name)
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in _REFUSED:
            raise Unreadable(f"{name} can't be opened: {_REFUSED[error.errno]}") from error
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or a device"
            raise Unreadable(f"{name} is {kind}, and a file was expected")
        if found.st_size > limit:
            raise Unreadable(f"{name} has {found.st_size:,} bytes, and at most {limit:,} are read")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            raw = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(raw) > limit:  # it grew since its size was asked
        raise Unreadable(f"{name} has more than the {limit:,} bytes that are read")
    return raw


def _decode(raw: bytes, name: str) -> str:
    if not raw:
        raise Unreadable(f"{name} is empty (0 bytes): was the upload cut short?")
    for mark, encoding in _OTHER_ENCODINGS:
        if raw.startswith(mark):
            raise Unreadable(f"{name} is {encoding} text, and UTF-8 was expected: save it as UTF-8")
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + len(raw) - len(error.object)  # counted with the mark that was dropped
        line = raw.count(b"\n", 0, offset) + 1
        found = f"byte 0x{raw[offset]:02x} at offset {offset} (line {line})"
        raise Unreadable(f"{name} is not UTF-8 text: {found}; save it as UTF-8") from error
    _check_characters(name, text)
    return text


def _check_characters(where: str, text: str) -> None:
    """Refuse characters that can't be handed on as source text."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(f"{where} holds a NUL character (line {line}): it is no text, or not saved as UTF-8")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unreadable(f"{where} holds half a character, \\u{ord(text[error.start]):04x}: save it again") from error
