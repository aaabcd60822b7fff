"""What the assignment asks for, and what a file is to it, told by its text alone: nothing is parsed or run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources.abc import Traversable

from autograder.assignment import loaded
from autograder.submissions.notebook import NotANotebook, code_cells

_FUNCTION = re.compile(r"^(?:async )?def ", re.MULTILINE)
# A stub: below its docstring stands the line that names its task, and nothing else.
_STUB = re.compile(r'"""[ \t]*\r?\n[ \t]+raise NotImplementedError\(["\']Task \d')
_DEFINED = re.compile(r"^(?:async )?def[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)


class Kind(IntEnum):
    """What a file is to the assignment; of several the smallest counts."""

    WORK = 0  # defines functions of the assignment
    OTHER = 1  # none of them, as far as its text tells
    STUB = 2  # as it was handed out
    BLANK = 3


@dataclass(frozen=True)
class Wanted:
    """What is looked for: functions by name; and which files are the handout's own, by their paths."""

    functions: frozenset[str]
    handout: frozenset[tuple[str, ...]]

    def is_handout(self, parts: tuple[str, ...]) -> bool:
        """Whether a file of this path, however deep, is one that everybody was given."""
        return any(parts[at:] in self.handout for at in range(len(parts)))


@cache
def wanted() -> Wanted:
    """Return what this assignment asks for."""
    beside = frozenset(_paths(loaded().folder / "handout"))
    return Wanted(frozenset(loaded().task_of), beside)


def _paths(folder: Traversable, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir():
            yield from _paths(entry, (*above, entry.name))
        else:
            yield (*above, entry.name)


def kind_of(name: str, raw: bytes, functions: frozenset[str]) -> Kind:
    """Tell what an .py or .ipynb file of these bytes is to an assignment that asks for these functions."""
    text = _code(name, raw)
    if text is None:
        return Kind.OTHER
    if not text.strip():
        return Kind.BLANK
    if _is_untouched(text):
        return Kind.STUB
    return Kind.WORK if functions & set(defined(text)) else Kind.OTHER


def defined(text: str) -> Iterator[str]:
    """Yield the names that a text defines at its left margin, by `def` or by `=`."""
    return (match[1] or match[2] for match in _DEFINED.finditer(text))


def is_untouched(name: str, raw: bytes) -> bool:
    """Whether all that stands in an rnn.py or an rnn.ipynb of these bytes is stubs. False in doubt."""
    text = _code(name, raw)
    return text is not None and _is_untouched(text)


def _is_untouched(text: str) -> bool:
    stubs = len(_STUB.findall(text))
    return 0 < stubs == len(_FUNCTION.findall(text))


def _code(name: str, raw: bytes) -> str | None:
    """Return the text of a file's code; None where it is a notebook that can't be read."""
    text = raw.decode("utf-8-sig", errors="replace")
    if not name.lower().endswith(".ipynb") or not text.strip():
        return text
    try:
        return "\n".join(code for _, code in code_cells(text))
    except NotANotebook:
        return None
