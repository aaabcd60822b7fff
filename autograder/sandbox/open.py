"""Open a room: which interpreter, which paths, which limits."""

import sys
from pathlib import Path

import numpy as np

from autograder.config import Limits
from autograder.sandbox.supervisor import Supervisor

PROGRAM = Path(__file__).parent / "room" / "main.py"


def open_room(limits: Limits) -> Supervisor:
    """Return a room, not yet started."""
    libraries = str(Path(np.__file__).parent.parent)
    command = [sys.executable, "-I", "-S", str(PROGRAM), "{control}", libraries]
    spec = {
        "layers": ["rlimits", "undumpable", "no_new_privs", "descriptors"],
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": int(limits.submission_seconds) + 2,
        "file_bytes": 0,
        "read_paths": [],
        "list_paths": [],
        "filter": [],
        "seal": [],
        "own_pid": [],
        "uid": None,
        "gid": None,
        "output_bytes": limits.output_bytes,
    }
    return Supervisor(command, spec, limits)
