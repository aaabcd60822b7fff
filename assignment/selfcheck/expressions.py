"""Expressions in the functions of an assignment: what a task differentiates is written as one.

The handout gets this file as it is: a release evaluates them with the reference, the self-check with the functions of a
student.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


class Names(dict[str, Any]):
    """What names stand for: definitions, each evaluated once and when it is asked for, and what else is given.

    `given` raises KeyError for a name that it does not know: a builtin of Python's, or numpy as `np`.
    """

    def __init__(
        self, given: Callable[[str], Any], where: Mapping[str, str], read: Callable[[str, Any], Any] = lambda _, it: it
    ) -> None:
        super().__init__()
        self._given, self._where, self._read = given, where, read

    def __missing__(self, name: str) -> Any:
        if name not in self._where:
            return self._given(name)
        self[name] = self._read(name, self.value(self._where[name]))
        return self[name]

    def value(self, expression: str) -> Any:
        """Evaluate an expression."""
        return eval(expression, {"np": np}, self)  # noqa: S307 - the assignment's own words
