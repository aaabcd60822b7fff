"""A limit of time for code of an assignment's own, and for edits of it, which may never end."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# By the clock, for each second of processor time: it may wait for something that never comes.
_WAIT = 20


class Endless(BaseException):
    """The time is up. Code that catches every exception does not catch this one."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise Endless in the block after so much processor time. Only the main thread of a process can be stopped so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    clocks = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, _WAIT * seconds))
    before = [signal.signal(number, _end) for number, _, _ in clocks]
    try:
        for _, clock, time in clocks:
            signal.setitimer(clock, time)
        yield
    finally:
        for (number, clock, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(clock, 0)
            signal.signal(number, handler)


def _end(*_: object) -> None:
    raise Endless
