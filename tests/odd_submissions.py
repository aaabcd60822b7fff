"""Hand-ins that git can't hold or nobody wants in it: makers that build them in a test's own folder."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

FIFTY_MEGABYTES = 50_000_000


@dataclass(frozen=True)
class Odd:
    """How to make one odd hand-in in a student's own folder, and words that its message must hold."""

    make: Callable[[Path], object]
    says: tuple[str, ...]


def _large(folder: Path) -> None:
    with (folder / "rnn.py").open("wb") as file:
        file.truncate(FIFTY_MEGABYTES)  # a file with a hole: large to every reader, and made in no time


def _unreadable(folder: Path) -> None:
    (folder / "rnn.py").write_text("x = 1\n")
    (folder / "rnn.py").chmod(0)


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(folder):  # the path's length is limited
        listener.bind("rnn.py")


def _link(folder: Path) -> None:
    target = folder.parent.parent / "elsewhere.py"
    target.write_text("x = 1\n")
    (folder / "rnn.py").symlink_to(target)


ODD = {
    "large": Odd(_large, ("rnn.py", "50,000,000 bytes")),
    "latin1": Odd(
        lambda f: (f / "rnn.py").write_bytes(b"import numpy\n# caf\xe9\n"), ("UTF-8", "0xe9", "18", "line 2")
    ),
    "utf16": Odd(lambda f: (f / "rnn.py").write_bytes("x = 1\n".encode("utf-16")), ("UTF-16", "save it as UTF-8")),
    "utf32": Odd(lambda f: (f / "rnn.py").write_bytes("x = 1\n".encode("utf-32")), ("UTF-32", "save it as UTF-8")),
    "nul": Odd(lambda f: (f / "rnn.py").write_bytes(b"x = 1\ny = '\0'\n"), ("NUL", "line 2")),
    "nothing": Odd(lambda f: (f / "rnn.py").touch(), ("empty",)),
    "folder": Odd(lambda f: (f / "rnn.py").mkdir(), ("rnn.py is a folder",)),
    "link": Odd(_link, ("symbolic link",)),
    "pipe": Odd(lambda f: os.mkfifo(f / "rnn.py"), ("pipe",)),
    "socket": Odd(_socket, ("pipe or a device",)),
    "unreadable": Odd(_unreadable, ("permission",)),
    "image": Odd(lambda f: (f / "rnn.ipynb").write_bytes(b"\x89PNG\r\n\x1a\n"), ("UTF-8", "0x89", "offset 0")),
    "no_json": Odd(lambda f: (f / "rnn.ipynb").write_text("import numpy\n"), ("notebook", "JSON")),
    "deep": Odd(lambda f: (f / "rnn.ipynb").write_text('{"x": ' + "[" * 100_000), ("notebook", "nested too deep")),
    "archive": Odd(lambda f: (f / "work.7z").write_bytes(b"7z\xbc\xaf\x27\x1c"), ("work.7z", "unpack")),
    "no_zip": Odd(lambda f: (f / "work.zip").write_bytes(b"PK\x05\x06"), ("work.zip", "damaged")),
    "two": Odd(lambda f: [(f / name).write_text("x = 1\n") for name in ("a.py", "b.py")], ("a.py, b.py", "which")),
}


def make_odd_class(folder: Path) -> dict[str, Odd]:
    """Build `<folder>/<name>/…` for every oddity that this machine can make, and return those.

    An unreadable file can't be made for root, who reads everything; links, pipes and sockets need a Unix.
    """
    made = {}
    for name, odd in ODD.items():
        (folder / name).mkdir(parents=True)
        try:
            odd.make(folder / name)
        except (AttributeError, OSError):  # no such thing on this system
            (folder / name).rmdir()
            continue
        if name == "unreadable" and os.access(folder / name / "rnn.py", os.R_OK):
            (folder / name / "rnn.py").unlink()
            (folder / name).rmdir()
            continue
        made[name] = odd
    return made


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Give up root's right to read everything; a temporary folder of root's is closed to us then."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    try:
        os.seteuid(65534)
    except OSError:
        pytest.skip("this root has no other user to become")
    try:
        yield
    finally:
        os.seteuid(0)
