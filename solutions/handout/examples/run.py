"""One example from its name: first what it still needs, then what it prints."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module

from selfcheck.functions import Functions, student_of

from .table import EXAMPLES, Example
from .unlock import require


class NoSuchExample(ValueError):
    """No example has this name; str() lists those there are."""


def find(name: str) -> Example:
    """Return an example by its name.

    Raises:
        NoSuchExample: there is none.
    """
    names = [example.name for example in EXAMPLES]
    if name in names:
        return EXAMPLES[names.index(name)]
    close = get_close_matches(name, names, n=1)
    remedy = f"did you mean {close[0]}? " if close else ""
    raise NoSuchExample(f"there is no example {name!r}; {remedy}the examples are {', '.join(names)}")


def lines(example: Example, namespace: Mapping[str, object]) -> Iterator[str]:
    """Yield what the example prints, with the functions of a notebook or of rnn.py.

    Raises:
        Locked: a task that it needs is not done.
        CannotImport, NotWrittenYet, Wrong: as a call of a student's function does.
    """
    student = student_of(namespace)
    require(student, example.title, example.needs)
    yield f"{example.title} (slide: {example.slide})"
    run: Callable[[Functions], Iterator[str]] = import_module(f".{example.name}", __package__).run
    yield from run(Functions(student))
