"""Whether anybody has worked in a file of the handout, told by its text alone: nothing is parsed or run."""

import re
from collections.abc import Mapping

from autograder.submissions.notebook import NotANotebook, code_cells

_FUNCTION = re.compile(r"^(?:async )?def ", re.MULTILINE)
# A stub: below its docstring stands the line that names its task, and nothing else.
_STUB = re.compile(r'"""[ \t]*\r?\n[ \t]+raise NotImplementedError\(["\']Task \d')


def is_untouched(name: str, raw: bytes) -> bool:
    """Whether all that stands in an rnn.py or an rnn.ipynb of these bytes is stubs. False in doubt."""
    text = raw.decode("utf-8", errors="replace")
    if name.lower().endswith(".ipynb"):
        try:
            text = "\n".join(code for _, code in code_cells(text))
        except NotANotebook:
            return False
    stubs = len(_STUB.findall(text))
    return 0 < stubs == len(_FUNCTION.findall(text))


def untouched_beside_work(contents: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return which of these files, by name, are stubs only; none where all of them are."""
    found = tuple(name for name, raw in contents.items() if is_untouched(name, raw))
    return found if len(found) < len(contents) else ()
