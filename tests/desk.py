"""A student's desk: a released folder in which rnn.py is written and pytest is typed."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from textwrap import dedent, indent
from types import ModuleType

from autograder.assignment import Assignment
from autograder.handout.release import BEGIN, END, handout_files
from autograder.model.loading import loaded
from autograder.submissions.given import given
from tests.conftest import REFERENCE

# A space and letters that few encodings have: a home folder can look like this.
FOLDER = "my assignment ŷ é"
# What is said about one failed check is read in one look.
MOST_LINES = 17


def handout() -> Mapping[str, bytes]:
    """Return the files of the handout, for tests that read or copy what was made once."""
    return _handout_of(loaded())


@cache
def _handout_of(_: Assignment) -> Mapping[str, bytes]:
    return handout_files()


def hand_out(folder: Path) -> None:
    """Write the handout into a folder."""
    for name, content in handout().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@contextmanager
def kept_selfcheck(folder: Path) -> Iterator[ModuleType]:
    """Import the self-check as it is now, with the public cases and hints of `assignment/`: nothing is made anew."""
    released = Path(__file__).parents[1] / "assignment"
    for path in (*(released / "selfcheck").iterdir(), released / "rnn.py"):
        if path.is_file():
            (folder / path.relative_to(released)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.relative_to(released))
    for name, path in given().items():
        if name.startswith("selfcheck/"):
            shutil.copy(path, folder / name)
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("selfcheck")
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules.keys() - before if name.partition(".")[0] in ("selfcheck", "rnn")]:
            del sys.modules[name]


class Student:
    """A released folder, in which a test writes rnn.py and runs pytest."""

    def __init__(self, place: Path, *, made: bool = True) -> None:
        self.folder = place / FOLDER
        if made:
            hand_out(self.folder)

    def hand(self, text: str) -> "Student":
        """Save an rnn.py."""
        (self.folder / "rnn.py").write_text(text, encoding="utf-8")
        return self

    def in_a_hurry(self) -> "Student":
        """Lower the limit of the self-check for a call, from 5 seconds to 1.5."""
        path = self.folder / "selfcheck" / "limit.py"
        text = path.read_text(encoding="utf-8")
        assert "\nSECONDS = 5.0\n" in text
        path.write_text(text.replace("\nSECONDS = 5.0\n", "\nSECONDS = 1.5\n"), encoding="utf-8")
        return self

    def check(
        self,
        *args: str,
        cwd: Path | None = None,
        encoding: str = "utf-8",
        extra: dict[str, str] | None = None,
        under: tuple[str, ...] = (),
        python: str = sys.executable,
    ) -> subprocess.CompletedProcess[str]:
        """Type `pytest`. Only the plug-ins that a student has are loaded; arguments as those of `module`."""
        return self.module("pytest", *args, cwd=cwd, encoding=encoding, extra=extra, under=under, python=python)

    def module(
        self,
        name: str,
        *args: str,
        cwd: Path | None = None,
        encoding: str = "utf-8",
        extra: dict[str, str] | None = None,
        under: tuple[str, ...] = (),
        python: str = sys.executable,
    ) -> subprocess.CompletedProcess[str]:
        """Type `python -m` and the name of a module, on a console of this encoding.

        Args:
            name: of the module.
            args: of the module.
            cwd: where; None: in the folder.
            encoding: of the console. What comes is read strictly: mojibake is an error.
            extra: further variables of the environment.
            under: a command that runs the whole.
            python: the interpreter.
        """
        env = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "COLUMNS": "80"}
        env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | (extra or {})
        env.pop("PYTEST_ADDOPTS", None)
        command = [*under, python, "-m", name, *args]
        where = cwd or self.folder
        return subprocess.run(command, cwd=where, env=env, capture_output=True, encoding=encoding, check=False)


def solved(**bodies: str) -> str:
    """Return the reference with other code between the markers of some functions."""
    text = REFERENCE
    for function, body in bodies.items():
        start = text.index(BEGIN, text.index(f"\ndef {function}("))
        end = text.index(END, start)
        text = f"{text[:start]}{indent(dedent(body), ' ' * 4).strip()}\n    {text[end:]}"
    return text


def scores(output: str) -> dict[str, str]:
    """Return the score lines by task: "8 of 8 pass"."""
    lines = re.findall(r"^ *\d+ (\w+) +(\S+) of (\S+) +(.+)$", output, flags=re.MULTILINE)
    return {task: f"{points} of {most} {state}" for task, points, most, state in lines}


def message(output: str, check: str) -> str:
    """Return what is said below the heading of one failed check, in one line."""
    found = re.search(
        rf"^_+ test_task\[{re.escape(check)}\] _+\n(.*?)(?=^[_=]{{5,}})", output, re.MULTILINE | re.DOTALL
    )
    assert found, f"{check} did not fail:\n{output}"
    assert len(found[1].splitlines()) <= MOST_LINES
    return " ".join(found[1].split())
