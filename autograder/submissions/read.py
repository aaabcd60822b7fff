"""Read one submission into text. Nothing here looks at what the text says, but for functions where no code runs."""

import codecs
import hashlib
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from autograder.assignment import loaded
from autograder.model.text import printable, some
from autograder.submissions.notebook import Cells, code_cells, functions_in_prose
from autograder.submissions.plain_file import read_bytes
from autograder.submissions.submission import Refused

# The longer mark first: UTF-32 LE starts like UTF-16 LE.
_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# Those that are text with ASCII in it; Python has codecs for much else.
_ENCODINGS = re.compile(
    "u(tf)?_?8|(us_)?ascii|l1|latin|iso|cp[0-9]|windows|mac|koi8|gb|big5|s?_?(shift|jis)|euc|johab|tis"
)
_LINE_ENDS = re.compile(r"[-_](unix|dos|mac)$")  # which Emacs adds
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
    aside: tuple[str, ...] = ()
    try:
        raw = read_bytes(path, limit)
        digest = hashlib.sha256(raw).hexdigest()
        if raw.startswith(b"PK\x03\x04"):
            raise Refused("is a zip under another name: hand in the file that is in it")
        if path.suffix.lower() != ".ipynb" and not _IS_NOTEBOOK.match(raw):
            text = _decode(raw, _declared(raw))
            # A notebook that was saved as a script still has what only a notebook understands.
            return Source("ipynb" if _OF_A_NOTEBOOK.search(text) else "py", ((name, text),), digest)
        text = _decode(raw, "utf-8")
        aside = tuple(islice(_aside(text), _MOST_ASIDE))
        cells = code_cells(text)
        for label, code in cells:
            _check_characters(code, f"{label}, ")
    except Refused as refusal:
        raise Unreadable("; ".join((f"{name} {refusal}", *aside))) from refusal
    return Source("ipynb", cells, digest, aside)


def _declared(raw: bytes) -> str:
    """Return the encoding that a Python file declares (PEP 263), UTF-8 where it declares none."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError as error:
        if "unknown encoding" not in str(error):
            return "utf-8"  # it is not that, and the message about it says where
        encoding = str(error).rpartition(" ")[2]
    plain = _LINE_ENDS.sub("", encoding).removesuffix("-sig")
    if not _ENCODINGS.match(plain.replace("-", "_")) or not _is_known(plain):
        raise Refused(f"declares the encoding {printable(encoding, 40)}, which is not read: save it as UTF-8")
    return plain


def _is_known(encoding: str) -> bool:
    try:
        return bool(codecs.lookup(encoding))
    except LookupError:
        return False


def _aside(text: str) -> Iterator[str]:
    """Say that functions of the assignment stand where no code runs, if so."""
    for cell, names in functions_in_prose(text):
        missed = [name for name in names if name in loaded().task_of]
        if missed:
            shown = f"{some(missed)} {'is' if len(missed) == 1 else 'are'}"
            yield f"{shown} written in {cell}, and only code is graded: change the cell's type to Code"


def _decode(raw: bytes, encoding: str) -> str:
    if not raw:
        raise Refused("is empty (0 bytes): was the upload cut short?")
    for mark, other in _OTHER_ENCODINGS:
        if raw.startswith(mark):
            raise Refused(f"is {other} text, and UTF-8 was expected: save it as UTF-8")
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError as error:
        offset = error.start + len(raw) - len(error.object)  # counted with the mark that was dropped
        line = raw.count(b"\n", 0, offset) + 1
        found = f"byte 0x{raw[offset]:02x} at offset {offset} (line {line})"
        due = "UTF-8" if encoding == "utf-8" else encoding
        raise Refused(f"is not {due} text: {found}; save it as UTF-8") from error
    _check_characters(text)
    return text


def _check_characters(text: str, where: str = "") -> None:
    """Refuse characters that can't be handed on as source text."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Refused(f"holds a NUL character ({where}line {line}): it is no text, or not saved as UTF-8")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused(f"holds half a character, {where}\\u{ord(text[error.start]):04x}: save it again") from error
