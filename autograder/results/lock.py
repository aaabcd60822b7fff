"""One run at a time on a results folder. The lock goes with the process that holds it, however that ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.results.database import make_folder
from autograder.results.results_file import StoreError

FILE_NAME = "run.lock"


@contextmanager
def only_run(results: Path, *, wait: bool = False) -> Iterator[None]:
    """Keep other runs away from a results folder, which is made where it is missing; `wait` for the end of one.

    Raises:
        StoreError: another run is at it (the message says which, and since when), or it can't be written.
    """
    make_folder(results)
    path = results / FILE_NAME
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}") from error
    try:
        _take(descriptor, path, wait=wait)
        yield
    finally:
        os.close(descriptor)  # and with it goes the lock


def is_running(results: Path) -> bool:
    """Whether a run is at a results folder now."""
    try:
        descriptor = os.open(results / FILE_NAME, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _take(descriptor: int, path: Path, *, wait: bool) -> None:
    """Take the lock and say in the file who has it: those who are refused read that."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
        raise StoreError(
            f"another run is grading into {path.parent} ({holder}): wait for its end, or choose another --out"
        ) from None
    who = f"process {os.getpid()}, started {time.strftime('%Y-%m-%d %H:%M:%S')}\n"
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, who.encode(), 0)
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}") from error
