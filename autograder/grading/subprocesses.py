"""Processes of this kit: Ctrl-C in a terminal does not reach them, and they end with the one that started them."""

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
from typing import Any, NoReturn

_PDEATHSIG = 1
# A fresh interpreter, with the module path of the one that starts it.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from autograder.grading.subprocesses import be_started; be_started(*sys.argv[2:])"
)


def start(target: str, descriptor: int) -> subprocess.Popen[bytes]:
    """Start a process that calls a function ("autograder.grading.local:serve") with an open file that it inherits."""
    path = json.dumps([entry for entry in sys.path if isinstance(entry, str)])
    # -P: the current folder may be full of hand-ins, and a json.py of theirs is not ours to import.
    command = [sys.executable, "-P", "-c", _PROGRAM, path, str(os.getpid()), target, str(descriptor)]
    return subprocess.Popen(  # noqa: S603 - the command is ours
        command, pass_fds=[descriptor], stdin=subprocess.DEVNULL, start_new_session=True
    )


def be_started(parent: str, target: str, descriptor: str) -> None:
    """Be such a process."""
    signal.signal(signal.SIGTERM, _leave)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))
        if os.getppid() != int(parent):
            return
    module, _, function = target.partition(":")
    getattr(importlib.import_module(module), function)(descriptor)


def ending(status: int) -> str:
    """Put the exit status of a process in words."""
    return f"by {signal.Signals(-status).name}" if status < 0 else f"with exit status {status}"


def _leave(*_: Any) -> NoReturn:
    """End by way of every `finally`, so that nothing is left behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)
