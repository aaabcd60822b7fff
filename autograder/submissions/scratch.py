"""A private folder for files that were taken out of an archive."""

import re
import shutil
import tempfile
import weakref
from pathlib import Path

# A name that every system takes, at a length that every system takes.
_UNUSUAL = re.compile(r"[^\w .()+-]")
_LONGEST = 100


class Scratch:
    """A folder that no other user can read. It goes with the last object that holds it, or with the program."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="bptt-"))
        self._count = 0
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def keep(self, name: str, content: bytes) -> Path:
        """Write a file in a folder of its own, under `name` made harmless, and return its path."""
        self._count += 1
        folder = self._folder / f"{self._count}"
        folder.mkdir()
        path = folder / _UNUSUAL.sub("_", name)[-_LONGEST:].lstrip(" .")
        path.write_bytes(content)
        return path
