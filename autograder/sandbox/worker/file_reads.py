"""Note which files student code asks for. This runs beside that code, so it is evidence and no protection."""

import os
import sys
from typing import Any

EVENTS = ("open", "os.listdir", "os.scandir")
MAX_NOTED = 20
WRITES = os.O_WRONLY | os.O_CREAT


def note_reads(allowed: list[str], labels: list[str]) -> list[str]:
    """Return a list that grows by every path that is asked for and does not lie below `allowed`.

    Files that are opened for writing are left out, because the kernel tells of those. So are the places where an
    `import` looks, and the labels of the student's code, which Python opens itself to quote the line of a syntax error.
    """
    noted: list[str] = []
    below = tuple(allowed)
    searched = frozenset((*sys.path, *labels))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in EVENTS or len(noted) == MAX_NOTED or not isinstance(arguments[0], str | bytes):
            return
        path = os.fsdecode(arguments[0])
        written = event == "open" and arguments[2] & WRITES
        if not written and not path.startswith(below) and path not in searched:
            noted.append(str.encode(path[:200], "utf-8", "replace").decode())

    sys.addaudithook(hook)
    return noted
