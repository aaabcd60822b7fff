"""Hand-ins that attack by what they are rather than by what they do: makers that build each in a student's folder."""

import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REFERENCE

# What a shadow does if anybody runs it: leave a file beside itself.
OWNED = "owned-by-a-shadow"
RUN_ME = f"import pathlib; pathlib.Path(__file__).with_name({OWNED!r}).touch()\n"
SECRET = "a line of the instructor's"


@dataclass(frozen=True)
class FileAttack:
    """One hand-in: what it tries, how it is made, and what comes of it."""

    name: str
    tries: str
    make: Callable[[Path], object]  # takes the student's folder
    status: str
    says: str = ""  # in the message or a remark
    score: float = 0


def _zip(folder: Path, *members: tuple[str, str], mode: int = 0) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, text)


def _nested_zip(folder: Path) -> None:
    raw = REFERENCE.encode()
    for name in ("rnn.py", "inner.zip", "middle.zip"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(name, raw)
        raw = buffer.getvalue()
    (folder / "work.zip").write_bytes(raw)


def _write(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def _secret(folder: Path) -> Path:
    """Return a file of the instructor's, outside the class."""
    path = folder.parent.parent / "secret.txt"
    path.write_text(f"{SECRET}\n{REFERENCE}")
    return path


def _reference(folder: Path) -> Path:
    path = folder.parent.parent / "reference.py"
    path.write_text(REFERENCE)
    return path


def _linked_folder(folder: Path) -> None:
    folder.rmdir()
    elsewhere = folder.parent.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "rnn.py").write_text(REFERENCE)
    folder.symlink_to(elsewhere)


def _many(folder: Path) -> None:
    (folder / "rnn.py").write_text(REFERENCE)
    for number in range(25_000):
        (folder / f"{number}.txt").touch()


def _shadows(folder: Path) -> None:
    (folder / "rnn.py").write_text(REFERENCE)
    for name in ("numpy", "conftest", "sitecustomize", "usercustomize", "json", "caller", "wire", "test_rnn"):
        (folder / f"{name}.py").write_text(RUN_ME)
    (folder / "evil.pth").write_text(RUN_ME.replace("\n", ""))
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest\n")
    for name in ("rnn", "solutions", "autograder"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(RUN_ME)


def _notebook(*cells: str) -> str:
    sources = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": sources})


FILES = (
    FileAttack(
        "zip_slip",
        "Has a file written outside of the place where a zip is unpacked.",
        lambda folder: _zip(folder, ("../../escaped.py", RUN_ME), ("../rnn.py", REFERENCE)),
        "rejected",
        "leads out of the archive",
    ),
    FileAttack(
        "zip_absolute",
        "The same with a path from the root.",
        lambda folder: _zip(folder, (f"{folder.parent.parent}/rnn.py", REFERENCE)),
        "rejected",
        "leads out of the archive",
    ),
    FileAttack(
        "zip_bomb",
        "Is 20 kB, and 20 MB when it is unpacked.",
        lambda folder: _zip(folder, ("rnn.py", "#" * 20_000_000)),
        "rejected",
        "at most",
    ),
    FileAttack("zip_in_zip", "Is a zip in a zip in a zip.", _nested_zip, "graded", score=100),
    FileAttack(
        "zip_link",
        "Has a link to the reference in a zip.",
        lambda folder: _zip(folder, ("rnn.py", str(_reference(folder))), mode=stat.S_IFLNK | 0o777),
        "rejected",
        "symbolic link",
    ),
    FileAttack(
        "zip_members",
        "Has 10,000 files in a zip.",
        lambda folder: _zip(folder, *((f"{number}.txt", "") for number in range(25_000))),
        "rejected",
        "files, and at most",
    ),
    FileAttack(
        "link",
        "Is a link to the reference, which would get full marks.",
        lambda folder: (folder / "rnn.py").symlink_to(_reference(folder)),
        "rejected",
        "symbolic link",
    ),
    FileAttack(
        "linked_folder", "Is a link to a folder with the reference.", _linked_folder, "rejected", "symbolic link"
    ),
    FileAttack(
        "hard_link",
        "Is another name of a file of the instructor's, which no program can tell from a file.",
        lambda folder: (folder / "rnn.py").hardlink_to(_secret(folder)),
        "import_error",
        "SyntaxError",
    ),
    FileAttack(
        "device",
        "Is a device that never ends.",
        lambda folder: os.mknod(folder / "rnn.py", stat.S_IFCHR | 0o666, os.makedev(1, 5)),
        "rejected",
        "a pipe or a device",
    ),
    FileAttack(
        "pipe",
        "Is a pipe that nobody writes to.",
        lambda folder: os.mkfifo(folder / "rnn.py"),
        "rejected",
        "a pipe or a device",
    ),
    FileAttack(
        "many_files",
        "Lies among more files than are listed, all of whose names come first.",
        _many,
        "graded",
        score=100,
    ),
    FileAttack(
        "shadows", "Lies among files that Python, pytest and the grader might run.", _shadows, "graded", score=100
    ),
    FileAttack("nul", "Has a NUL character in it.", _write("rnn.py", "x = 1\n\0\n"), "rejected", "NUL"),
    FileAttack(
        "two_marks",
        "Begins with two byte order marks.",
        _write("rnn.py", "\ufeff\ufeffx = 1\n"),
        "import_error",
        "SyntaxError",
    ),
    FileAttack(
        "deep_brackets",
        "Is nested so deep that a parser might overflow.",
        _write("rnn.py", "(" * 200_000 + ")" * 200_000),
        "import_error",
        "too many nested parentheses",
    ),
    FileAttack(
        "deep_operators",
        "Is an expression of a hundred thousand signs, which a parser follows into the depth.",
        _write("rnn.py", "x = " + "-" * 100_000 + "1\n"),
        "import_error",
        "Error",
    ),
    FileAttack(
        "deep_attributes",
        "Is an expression of a hundred thousand dots, which a compiler follows into the depth.",
        _write("rnn.py", "x = 1\nx" + ".x" * 100_000 + "\n"),
        "import_error",
        "RecursionError",
    ),
    FileAttack(
        "deep_json",
        "Is a notebook of nested JSON.",
        _write("rnn.ipynb", '{"metadata": ' + "[" * 200_000),
        "rejected",
        "nested too deep",
    ),
    FileAttack(
        "deep_outputs",
        "Is a notebook that is nested where nobody looks.",
        _write("rnn.ipynb", '{"metadata": ' + '{"a":' * 5_000 + "1" + "}" * 5_000 + ', "nbformat": 4, "cells": []}'),
        "rejected",
        "is not a notebook",
    ),
    FileAttack(
        "long_number",
        "Is a notebook with a number of a million digits.",
        _write("rnn.ipynb", '{"nbformat": ' + "4" * 1_000_000 + ', "cells": []}'),
        "rejected",
        "is not a notebook",
    ),
    FileAttack(
        "broken_cells",
        "Is a notebook of 2,000 cells that fail, above one that does not.",
        _write("rnn.ipynb", _notebook(*["1 / 0"] * 2_000, REFERENCE)),
        "graded",
        "ZeroDivisionError",
        score=100,
    ),
    FileAttack(
        "large",
        "Has 50 MB.",
        lambda folder: os.truncate(_touched(folder / "rnn.py"), 50_000_000),
        "rejected",
        "at most",
    ),
)


def _touched(path: Path) -> Path:
    path.touch()
    return path


def make_class(folder: Path) -> tuple[FileAttack, ...]:
    """Build a student's folder for each attack that this user may make, and return those."""
    made = []
    for attack in FILES:
        place = folder / attack.name
        place.mkdir(parents=True)
        try:
            attack.make(place)
        except PermissionError:  # a device takes root
            place.rmdir()
            continue
        made.append(attack)
    return tuple(made)
