"""Your functions, for the tools and the examples: whose they are, and what is said where they fail."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from .cases import MODULE, RECORDS, RETURNS
from .compare import unpack
from .results import NotWrittenYet, Result, Waiting, Wrong
from .student import SIGNATURES, CannotImport, Student, load
from .words import explain, printable


class Locked(Exception):
    """Something else has to be done first; str() says what."""


class Functions:
    """The functions and the named tuples of one student as attributes.

    What they return is made into arrays, so that lists work as well. What they print is not shown: they are
    called thousands of times. A call raises NotWrittenYet or Wrong, as `Student.invoke` does.
    """

    def __init__(self, student: Student) -> None:
        self._student = student

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(self._make if name in RECORDS else self._call, name)

    def _make(self, kind: str, *arrays: object) -> Any:
        return self._student.invoke(kind, **dict(zip(RECORDS[kind], arrays, strict=True)))

    def _call(self, name: str, *args: object, **kwargs: object) -> Any:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return answer(self._student, name, *args, **kwargs)
        except Wrong as wrong:
            raise Wrong(wrong.finding._replace(summary=f"{name}: {wrong.finding.summary}"), wrong.state) from wrong


def answer(student: Student, name: str, *args: object, **kwargs: object) -> Any:
    """Return what one function returns, with arrays where it has lists.

    Raises:
        NotWrittenYet, Wrong: as `Student.invoke`, and where it returns something else.
    """
    container, names = RETURNS[name]
    arrays = unpack(student.invoke(name, *args, **kwargs), container, dict.fromkeys(names, ()))
    if container in RECORDS:
        return student.invoke(container, **arrays)
    return tuple(arrays.values()) if container == "tuple" else arrays["result"]


def student_of(namespace: Mapping[str, object]) -> Student:
    """Return the functions of a notebook, or of whatever else has what the handout gives; else those of the file.

    Raises:
        CannotImport: the file is missing or broken.
    """
    given = RECORDS or SIGNATURES
    return Student(namespace) if given.keys() & namespace else load(Path(__file__).parents[1] / f"{MODULE}.py")


def show(lines: Iterable[str]) -> bool:
    """Print lines as they come, in letters that the screen has. What stops them is printed in words.

    Returns:
        Whether all lines came.
    """
    try:
        for line in lines:
            _print(line)
    except (CannotImport, Locked, NotWrittenYet, Waiting, Wrong) as problem:
        _print(_in_words(problem))
        return False
    return True


def piped(main: Callable[[], int | str | None]) -> int | str | None:
    """Return the exit status of `main`; where nobody reads on, as in `... | head`, end without a word."""
    try:
        status = main()
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # EINVAL: Windows
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would be written at the end
        return 1
    return status


def _print(text: str) -> None:
    # Not the console's encoding: in a notebook, standard output is the page.
    print(printable(text, getattr(sys.stdout, "encoding", None) or "utf-8"), flush=True)


def _in_words(problem: Exception) -> str:
    if isinstance(problem, NotWrittenYet):
        return f"{problem} is not written yet."
    if isinstance(problem, Wrong):
        return explain(Result("", "", problem.state, points=0, max_points=0, finding=problem.finding))
    return str(problem)
