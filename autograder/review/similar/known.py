"""What everybody was given, and the accepted ways to write it: what two submissions share of these says nothing."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from autograder.handout.notebook import notebook_text
from autograder.handout.stubs import stub
from autograder.submissions.notebook import code_cells


def handed_out() -> Iterator[list[str]]:
    """Yield the chunks of each text that everybody was given."""
    yield [stub(_reference())]
    yield [code for _, code in code_cells(notebook_text())]
    yield from _programs(files("solutions") / "handout")


def accepted() -> Iterator[list[str]]:
    """Yield the chunks of each text that is known to be right."""
    yield [_reference()]
    yield from _programs(files("solutions") / "styles")


def _reference() -> str:
    return (files("solutions") / "rnn.py").read_text(encoding="utf-8")


def _programs(folder: Traversable) -> Iterator[list[str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _programs(entry)
        elif entry.name.endswith(".py"):
            yield [entry.read_text(encoding="utf-8")]
