"""The examples inside a notebook: `example("completion")` prints what `python -m examples completion` does."""

import sys

from selfcheck.functions import show

from .run import find, lines


def example(name: str) -> None:
    """Run one example of the lecture with the functions of the notebook in which this is called.

    Raises:
        NoSuchExample: there is none of this name.
    """
    show(lines(find(name), sys._getframe(1).f_globals))
