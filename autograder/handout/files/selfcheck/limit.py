"""A limit of time for each call, so that a loop which never ends is stopped, and the other checks go on.

In the main thread, a second thread watches the clock and interrupts as Ctrl-C does: on Linux, macOS and Windows. Where
there are no threads, as in Pyodide, each line that your code runs looks at the clock (`sys.settrace`).
"""

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

#: Seconds. The grader allows less: there, a call has two seconds of a processor.
SECONDS = 5.0

_TICK = 0.2
# What can't be interrupted, such as a loop inside C, ends the whole run after so many seconds more.
_MERCY = 5.0
_DEBUGGERS = ("bdb", "pdb", "pydevd")


class TookTooLong(BaseException):
    """The call was stopped. No Exception: an `except Exception` in the loop must not catch it."""


class _Watch:
    """The thread that looks at the clock."""

    def __init__(self) -> None:
        self.until: float | None = None  # when the call that runs now must have ended
        self.terminal: int | None = None  # a file that hears of what can't be stopped, before the run is ended
        self.missing = False  # some call had no limit
        self._sent = False
        self._lock = threading.Lock()
        self._runs: bool | None = None  # None: not tried yet
        self._before: Any = None

    def ready(self) -> bool:
        """Start where that was not done. Returns whether this is the main thread, and can be interrupted."""
        if threading.current_thread() is not threading.main_thread():
            return False
        if self._runs is None:
            try:
                threading.Thread(target=self._look, name="time limit", daemon=True).start()
                self._runs = True
            except RuntimeError:  # Pyodide
                self._runs = False
        if self._runs and signal.getsignal(signal.SIGINT) != self._interrupted:
            self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self._runs

    def end(self) -> None:
        """The call has ended. An interrupt that is still on its way does nothing."""
        with self._lock:
            self.until = None

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._sent:
            self._sent = False
            if self.until is not None:
                raise TookTooLong
        elif callable(self._before):
            self._before(number, frame)

    def _look(self) -> None:
        while True:
            if self.terminal is not None:  # put off at each look: it happens where Python itself stands still
                faulthandler.dump_traceback_later(SECONDS + _MERCY, exit=True, file=self.terminal)
            time.sleep(_TICK)
            with self._lock:
                late = time.monotonic() - self.until if self.until is not None else -1.0
                if late > 0:
                    self._stop(late)

    def _stop(self, late: float) -> None:
        main = threading.main_thread().ident or 0
        if _debugged(sys._current_frames().get(main)):
            self.until = time.monotonic() + SECONDS
            return
        if late > _MERCY and self.terminal is not None:
            os.write(self.terminal, b"\nThis call does not end, and can't be stopped. Nothing more was checked.\n")
            faulthandler.dump_traceback(self.terminal)
            os._exit(1)
        self._sent = True
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(main, signal.SIGINT)  # it ends a sleep as well
        else:
            signal.raise_signal(signal.SIGINT)  # Windows


_WATCH = _Watch()


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Stop what runs inside after SECONDS, by raising TookTooLong. Inside of another, the outer limit holds."""
    if _WATCH.until is not None:
        yield
    elif _WATCH.ready():
        _WATCH.until = time.monotonic() + SECONDS
        try:
            yield
        finally:
            _WATCH.end()
    elif sys.gettrace() is None:
        sys.settrace(_line_by_line(time.monotonic() + SECONDS))
        try:
            yield
        finally:
            sys.settrace(None)
    else:  # a debugger is at work
        _WATCH.missing = True
        yield


def _line_by_line(until: float) -> Any:
    def look(*_: object) -> Any:
        if time.monotonic() > until:
            raise TookTooLong
        return look

    return look


def _debugged(frame: FrameType | None) -> bool:
    """Whether a debugger waits: who steps through a function takes longer."""
    while frame is not None:
        if Path(frame.f_code.co_filename).stem.startswith(_DEBUGGERS):
            return True
        frame = frame.f_back
    return False


def end_at_last(terminal: int) -> None:
    """Have the process ended where a call can't be stopped, and this file told where it was. Not for a notebook."""
    _WATCH.terminal = terminal


def remark() -> str:
    """Return what is to be said where some call had no limit, or ""."""
    return "an endless loop would not be stopped while a debugger is at work" if _WATCH.missing else ""
