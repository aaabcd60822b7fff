"""Which kit gave a verdict: with another one, the submission is graded again."""

import functools
import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

import autograder
from autograder.model.loading import BUNDLED, loaded


def kit_fingerprint() -> str:
    """Return the kit's version and a hash over its sources and the assignment's, such as "0.1.0+3f2a90c1d4e5b678".

    The version alone would not do: who edits the reference or the judge expects new marks.
    """
    return _fingerprint(loaded().folder)


@functools.cache
def _fingerprint(assignment: Path) -> str:
    sources = hashlib.sha256()
    for part, folder in (("engine", Path(autograder.__path__[0])), ("assignment", assignment)):
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.tbl")]):
            if part == "engine" and path.is_relative_to(BUNDLED):
                continue  # an installed engine holds the assignment
            # Name, length, content: no two different trees feed the same bytes.
            content = path.read_bytes()
            name = f"{part}/{path.relative_to(folder).as_posix()}"
            sources.update(f"{name}\0{len(content)}\0".encode() + content)
    return f"{autograder.__version__}+{sources.hexdigest()[:16]}"


def kit_identity() -> str:
    """Return what must be the same on every machine that grades one class: the kit, Python's grammar, numpy's dice."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"bptt-kit {kit_fingerprint()}, Python {python}, numpy {version('numpy')}"
