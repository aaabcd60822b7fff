"""The ground that attacks are tried on: secrets to find, things to break, doors to knock at, and what came of it.

Whatever happens here is harmless: the files are in a folder of their own, the sockets are of this machine.
"""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from tests.sample_verdicts import graded

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "solutions" / "rnn.py"
# The first lines of these files, which no message has another reason to hold.
REFERENCE_OPENS, TESTS_OPEN = "A recurrent network and backpropagation", "One submission, graded for real"
SIZE = 48611  # of another student's file
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


class Ground:
    """A class with results, sockets that listen, and a grader (this process) with secrets; a context manager."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Ground":
        self.home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ground-")))
        self.home.chmod(0o777)  # whoever the worker's user is, only the sandbox is in the way
        self._lay_out(self.home / "pristine")
        self.place = self.home / "place"
        self.secrets = {
            "the reference": REFERENCE_OPENS,
            "the tests": TESTS_OPEN,
            "another submission": "by-alice",
            "a file's size": f"{SIZE} bytes",
            "the class": "zenobia",
            "the results": "by-bptt",
            "the environment": f"PATH={os.environ['PATH']}"[:40],
            "the users of the machine": Path("/etc/passwd").read_text()[:16],
            "memory of the grader": "in-memory",
            "a descriptor": "in-descriptor",
        }
        self._memory = ctypes.create_string_buffer(self.secrets["memory of the grader"].encode())
        self._listen()
        self._adopt()
        self.restore()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _lay_out(self, folder: Path) -> None:
        """Make the files."""
        for student, text in (("alice", "# by-alice\n".ljust(SIZE)), ("mallory", ""), ("zenobia", "")):
            (folder / "class" / student).mkdir(parents=True)
            (folder / "class" / student / "rnn.py").write_text(text)
        with Store(folder / "results" / FILE_NAME) as store:
            store.start_run(Settings(), ["alice"])
            store.save("alice", "key", graded("alice", message="by-bptt"))
        (folder / "results" / "grades.csv").write_text("student_id,score\nby-bptt,100\n")

    def _listen(self) -> None:
        kinds = {
            "a TCP socket": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "a TCP socket of version 6": (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            "a UDP socket": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "a Unix socket": (socket.AF_UNIX, socket.SOCK_DGRAM, str(self.home / "socket")),
            "an abstract socket": (socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{self.home.name}"),
        }
        self.doors = {}
        for name, (family, kind, address) in kinds.items():
            try:
                door = self._stack.enter_context(socket.socket(family, kind))
                door.bind(address)
            except OSError:
                continue  # a machine without IPv6
            if kind == socket.SOCK_STREAM:
                door.listen()
            door.setblocking(False)
            self.doors[name] = door
        (self.home / "socket").chmod(0o777)

    def _adopt(self) -> None:
        """Become the parent of every process that is left behind, so that none is overlooked."""
        adopt = ctypes.CDLL(None).prctl
        adopt(ADOPT_ORPHANS, 1, 0, 0, 0)
        self._stack.callback(adopt, ADOPT_ORPHANS, 0, 0, 0, 0)
        self.signals: list[int] = []
        before = signal.signal(signal.SIGUSR1, lambda number, _: self.signals.append(number))
        self._stack.callback(signal.signal, signal.SIGUSR1, before)
        reading, writing = os.pipe()
        os.write(writing, self.secrets["a descriptor"].encode() * 100)
        os.set_inheritable(reading, True)
        self._stack.callback(os.close, writing)
        self._stack.callback(os.close, reading)

    def restore(self) -> None:
        """Put every file back, and forget what was seen."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.home / "pristine", self.place)
        for path in (self.place, *self.place.rglob("*")):
            path.chmod(0o777)
        self.before = contents(self.place)
        self.family = descendants()
        self.signals.clear()

    def places(self) -> dict[str, str]:
        """Return what the words in @…@ of an attack stand for."""
        return {
            "reference": str(REFERENCE),
            "project": str(ROOT),
            "tests": str(ROOT / "tests" / "test_grading.py"),
            "class": str(self.place / "class"),
            "other": str(self.place / "class" / "alice" / "rnn.py"),
            "results": str(self.place / "results"),
            "store": str(self.place / "results" / FILE_NAME),
            "grader": str(os.getpid()),
            "address": str(ctypes.addressof(self._memory)),
            "tcp": str(self.doors["a TCP socket"].getsockname()[1]),
            "tcp6": str(self.doors["a TCP socket of version 6"].getsockname()[1]) if len(self.doors) == 5 else "9",
            "udp": str(self.doors["a UDP socket"].getsockname()[1]),
            "unix": str(self.home / "socket"),
            "abstract": self.home.name,
        }

    def fill_in(self, text: str) -> str:
        """Return an attack's text as it is on this machine."""
        for word, meaning in self.places().items():
            text = text.replace(f"@{word}@", meaning)
        return text

    def effects(self, verdict: Verdict) -> set[str]:
        """Return what an attack did that none may do, and forget what can be heard but once."""
        told = words(verdict)
        seen = {f"reads {what}" for what, secret in self.secrets.items() if secret in told}
        seen |= {f"reaches {name}" for name, door in self.doors.items() if knocked(door)}
        after = contents(self.place)
        names = self.before.keys() | after.keys()
        seen |= {f"changes {name}" for name in names if self.before.get(name) != after.get(name)}
        if descendants() - self.family:
            seen.add("leaves a process behind")
        if self.signals:
            seen.add("signals the grader")
        seen |= set(re.findall(r"GOT THROUGH: ([\w ]+)", told))  # what leaves no trace but its own word
        return seen


def words(verdict: Verdict) -> str:
    """Return what a verdict says, without the lines of the student's own that it quotes."""
    findings = [finding for outcome in verdict.tasks for finding in outcome.findings]
    said = [text for finding in findings for text in (finding.summary, finding.expected, finding.got)]
    return "\n".join([verdict.message, *verdict.notes, *verdict.flags, *said])


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return mode and bytes of everything below a folder, by its path; folders have no bytes."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def knocked(door: socket.socket) -> bool:
    """Whether anybody has connected or sent something since the last time."""
    heard = False
    with contextlib.suppress(BlockingIOError):
        while True:
            if door.type == socket.SOCK_STREAM:
                door.accept()[0].close()
            else:
                door.recv(100)
            heard = True
    return heard


def descendants() -> frozenset[int]:
    """Return the living processes that came from this one."""
    parents = dict(parent_of())
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


def parent_of() -> Iterator[tuple[int, int]]:
    """Yield (process, parent) for all that are not dead."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
                if state not in "ZX":
                    yield int(entry.name), int(parent)
