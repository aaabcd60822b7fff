"""Note which files student code asks for. This runs beside that code, so it is evidence and no wall."""

import os
import sys
from typing import Any

EVENTS = ("open", "os.listdir", "os.scandir")
MAX_NOTED = 20


def watch(allowed: list[str]) -> list[str]:
    """Return a list to which every path is added that is asked for and does not lie below `allowed`."""
    noted: list[str] = []
    below = tuple(allowed)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in EVENTS and len(noted) < MAX_NOTED and isinstance(arguments[0], str | bytes):
            path = os.fsdecode(arguments[0])
            if not path.startswith(below):
                noted.append(str.encode(path[:200], "utf-8", "replace").decode())

    sys.addaudithook(hook)
    return noted
