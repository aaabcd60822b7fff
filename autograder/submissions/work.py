"""What a file is to the assignment, told by its text alone: nothing is parsed or run."""

import re
from collections.abc import Iterator
from enum import IntEnum

from autograder.model.loading import loaded
from autograder.submissions.given import given
from autograder.submissions.notebook import code_cells
from autograder.submissions.submission import Refused

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


def kind_of(name: str, raw: bytes) -> Kind:
    """Tell what an .py or .ipynb file of these bytes is; an unreadable notebook is something else."""
    text = raw.decode("utf-8-sig", errors="replace")
    if name.lower().endswith(".ipynb") and text.strip():
        try:
            text = "\n".join(code for _, code in code_cells(text))
        except Refused:
            return Kind.OTHER
    if not text.strip():
        return Kind.BLANK
    if 0 < len(_STUB.findall(text)) == len(_FUNCTION.findall(text)):
        return Kind.STUB
    return Kind.WORK if any(name in loaded().task_of for name in _defined(text)) else Kind.OTHER


def is_handout(parts: tuple[str, ...]) -> bool:
    """Whether a file of this path, however deep, is one that everybody was given beside the stubs."""
    return any("/".join(parts[at:]) in given() for at in range(len(parts)))


def _defined(text: str) -> Iterator[str]:
    """Yield the names that a text defines at its left margin, by `def` or by `=`."""
    return (match[1] or match[2] for match in _DEFINED.finditer(text))
