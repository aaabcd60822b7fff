"""Read one submission's bytes, within limits, into text. Nothing here looks at what the text says."""

import codecs
import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.model.text import printable
from autograder.submissions.notebook import Cells, NotANotebook, code_cells, functions_in_prose
from autograder.submissions.submission import listed
from autograder.submissions.work import wanted

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


# Python's own rule for a declaration, in one of the first two lines (PEP 263).
_DECLARATION = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_COMMENT = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# Those that are text with ASCII in it; Python has codecs for much else.
_ENCODINGS = re.compile(
    "u(tf)?_?8|(us_)?ascii|l1|latin|iso|cp[0-9]|windows|mac|koi8|gb|big5|s?_?(shift|jis)|euc|johab|tis"
)
_LONGEST_HEAD = 10_000  # bytes in which a declaration is looked for
_MOST_ASIDE = 3  # remarks on code in Markdown cells
_IS_NOTEBOOK = re.compile(rb"\s*\{\s*\"(?:cells|metadata|nbformat|nbformat_minor|worksheets)\"\s*:")
_OF_A_NOTEBOOK = re.compile(r"^(?:[!%]\w|%%\w|get_ipython\(\)|# In\[[ \d]*\]:)", re.MULTILINE)


class Unreadable(Exception):
    """The file can't be graded as it is; the message names it, and says what was found and what to do."""


@dataclass(frozen=True)
class Source:
    """What a student wrote: `(label, code)` for a whole .py file or for each code cell of a notebook."""

    kind: Literal["py", "ipynb"]
    chunks: Cells
    digest: str  # SHA-256 of the file's bytes
    notes: tuple[str, ...] = ()  # what its author should know of how it was read


def read_source(path: Path, limit: int) -> Source:
    """Read a submission of at most `limit` bytes.

    Raises:
        Unreadable: not a plain file, too large, no permission, not UTF-8 text, or not a notebook.
        OSError: the machine's failure, which says nothing about the submission.
    """
    name = printable(path.name)
    raw = read_bytes(path, limit)
    digest = hashlib.sha256(raw).hexdigest()
    if raw.startswith(b"PK\x03\x04"):
        raise Unreadable(f"{name} is a zip under another name: hand in the file that is in it")
    if path.suffix.lower() != ".ipynb" and not _IS_NOTEBOOK.match(raw):
        text = _decode(raw, name, _declared(raw, name))
        # A notebook that was saved as a script still has what only a notebook understands.
        return Source("ipynb" if _OF_A_NOTEBOOK.search(text) else "py", ((name, text),), digest)
    text = _decode(raw, name, "utf-8")
    aside: tuple[str, ...] = ()
    try:
        aside = _aside(text)
        cells = code_cells(text)
    except NotANotebook as error:
        raise Unreadable("; ".join((f"{name} {error}", *aside))) from error
    for label, code in cells:
        _check_characters(f"{name}, {label}", code)
    return Source("ipynb", cells, digest, aside)


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


def _declared(raw: bytes, name: str) -> str:
    """Return the encoding that a Python file declares, UTF-8 where it declares none."""
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8"
    for line in raw[:_LONGEST_HEAD].splitlines()[:2]:
        match = _DECLARATION.match(line)
        if match:
            encoding = re.sub(r"_(unix|dos|mac)$", "", match[1].decode("ascii").lower().replace("-", "_"))
            try:
                codecs.lookup(encoding)
            except LookupError:
                encoding = ""
            if not _ENCODINGS.match(encoding):
                shown = printable(match[1].decode("ascii"), 40)
                raise Unreadable(f"{name} declares the encoding {shown}, which is not read: save it as UTF-8")
            return encoding
        if not _COMMENT.match(line):
            break
    return "utf-8"


def _aside(text: str) -> tuple[str, ...]:
    """Say that functions of the assignment stand where no code runs, if so."""
    found = []
    for cell, names in functions_in_prose(text):
        missed = [name for name in names if name in wanted().functions]
        if missed:
            shown = f"{listed(missed)} {'is' if len(missed) == 1 else 'are'}"
            found.append(f"{shown} written in {cell}, and only code is graded: change the cell's type to Code")
    return tuple(found[:_MOST_ASIDE])


def _decode(raw: bytes, name: str, encoding: str) -> str:
    if not raw:
        raise Unreadable(f"{name} is empty (0 bytes): was the upload cut short?")
    for mark, other in _OTHER_ENCODINGS:
        if raw.startswith(mark):
            raise Unreadable(f"{name} is {other} text, and UTF-8 was expected: save it as UTF-8")
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError as error:
        offset = error.start + len(raw) - len(error.object)  # counted with the mark that was dropped
        line = raw.count(b"\n", 0, offset) + 1
        found = f"byte 0x{raw[offset]:02x} at offset {offset} (line {line})"
        due = "UTF-8" if encoding == "utf-8" else encoding
        raise Unreadable(f"{name} is not {due} text: {found}; save it as UTF-8") from error
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
