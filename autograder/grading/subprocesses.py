"""Processes of this kit: Ctrl-C in a terminal does not reach them, and they end with the one that started them."""

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, Any, NoReturn

_PDEATHSIG = 1
# A fresh interpreter, with the module path of the one that starts it.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from autograder.grading.subprocesses import be_started; be_started(*sys.argv[2:])"
)


def start(
    target: str, *arguments: str, descriptors: Sequence[int] = (), errors: IO[bytes] | int | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that calls a function.

    Args:
        target: module and function, such as "autograder.reports.pages:serve".
        arguments: of the function.
        descriptors: open files that the process inherits under the same numbers.
        errors: where what it writes to stderr goes, as `subprocess.Popen` has it; None: where ours goes.
    """
    path = json.dumps([entry for entry in sys.path if isinstance(entry, str)])
    command = [sys.executable, "-c", _PROGRAM, path, str(os.getpid()), target, *arguments]
    return subprocess.Popen(  # noqa: S603 - the command is ours
        command, pass_fds=descriptors, stdin=subprocess.DEVNULL, stderr=errors, start_new_session=True
    )


def be_started(parent: str, target: str, *arguments: str) -> None:
    """Be such a process."""
    signal.signal(signal.SIGTERM, _leave)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))
        if os.getppid() != int(parent):
            return
    module, _, function = target.partition(":")
    getattr(importlib.import_module(module), function)(*arguments)


def ending(status: int) -> str:
    """Put the exit status of a process in words."""
    return f"by {signal.Signals(-status).name}" if status < 0 else f"with exit status {status}"


def _leave(*_: Any) -> NoReturn:
    """End by way of every `finally`, so that nothing is left behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)
