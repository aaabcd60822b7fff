"""Read a plain file within limits, following no link, and say why something else is none."""

import errno
import os
import stat
from pathlib import Path

from autograder.submissions.submission import Refused

LINK = "is a symbolic link, and links are not followed: hand in the file itself"
FOLDER, DEVICE = "is a folder, and a file was expected", "is a pipe or a device, and a file was expected"
# What open() says of a file that no repetition will open: no permission, a link, a socket. Anything else
# (too many open files, a failing disk) is the machine's doing, and no reason to refuse a student's work.
_CLOSED = {
    errno.EACCES: "there is no permission to read it",
    errno.EPERM: "there is no permission to read it",
    errno.ELOOP: "it is a symbolic link, and links are not followed",
    errno.ENXIO: "it is a socket or a device",
}
# Not waiting for a pipe's writer, not following a link, not translating line ends (Windows).
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_NOCTTY", "O_BINARY"))


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a plain file of at most `limit` bytes, following no link.

    Raises:
        Refused: not a plain file, too large, or no permission.
        OSError: the machine's failure.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in _CLOSED:
            raise Refused(f"can't be opened: {_CLOSED[error.errno]}") from error
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(FOLDER if stat.S_ISDIR(found.st_mode) else DEVICE)
        if found.st_size > limit:
            raise too_large(found.st_size, limit)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            raw = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(raw) > limit:  # it grew since its size was asked
        raise Refused(f"has more than the {limit:,} bytes that are read")
    return raw


def oddity(entry: os.DirEntry[str]) -> str:
    """Say why an entry is not a plain file, as the rest of a sentence, or "" if it is one."""
    if entry.is_symlink():
        return LINK
    if entry.is_file(follow_symlinks=False):
        return ""
    if entry.is_dir(follow_symlinks=False):
        return FOLDER
    return DEVICE


def too_large(size: int, limit: int) -> Refused:
    """Return the error about a file of so many bytes."""
    return Refused(f"has {size:,} bytes, and at most {limit:,} are read")
