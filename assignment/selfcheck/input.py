"""Nobody answers who asks for input: not at grading, and so not here."""

import builtins
import contextlib
import io
import sys
from collections.abc import Iterator
from typing import NoReturn


class _Nobody(io.TextIOBase):
    def readline(self, *_: object) -> NoReturn:
        raise EOFError("your file asks for input, and no one answers at grading")

    read = readline


@contextlib.contextmanager
def unanswered() -> Iterator[None]:
    """Raise EOFError in the block where input is asked for, as the grader does."""
    before, sys.stdin = sys.stdin, _Nobody()
    asked, builtins.input = builtins.input, lambda *_: sys.stdin.readline()  # a notebook has an `input` of its own
    try:
        yield
    finally:
        sys.stdin, builtins.input = before, asked
