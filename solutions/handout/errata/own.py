"""Your functions, of a file or of a notebook, and what is said where one of them gives nothing."""

from functools import partial
from typing import Any

from selfcheck import Student
from selfcheck.results import NotWrittenYet, Wrong


class Own:
    """Your functions as attributes. Calling one raises as `Student.invoke` does."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def __getattr__(self, name: str) -> Any:
        return partial(self._student.invoke, name)


def explain(error: Exception) -> str:
    """Say in one line why a function gave nothing."""
    if isinstance(error, NotWrittenYet):
        return f"waits for {error}"
    if isinstance(error, Wrong):
        where = error.finding.where.partition(":")[0]
        said = ", ".join(filter(None, (error.finding.got or error.finding.summary, where)))
        return f"stops: {said}"
    return f"stops at what your functions return ({type(error).__name__}): see to them with pytest first"
