"""What everybody was given, and the accepted ways to write it: what two submissions share of these says nothing."""

from collections.abc import Iterator
from pathlib import Path

from autograder.assignment import loaded
from autograder.handout.notebook import notebook_text
from autograder.handout.stubs import stub
from autograder.submissions.notebook import code_cells


def handed_out() -> Iterator[list[str]]:
    """Yield the chunks of each text that everybody was given."""
    yield [stub(loaded().source())]
    yield [code for _, code in code_cells(notebook_text())]
    yield from _programs(loaded().folder / "handout")


def accepted() -> Iterator[list[str]]:
    """Yield the chunks of each text that is known to be right."""
    yield [loaded().source()]
    if styles := loaded().styles:
        yield from _programs(styles)


def _programs(folder: Path) -> Iterator[list[str]]:
    for path in sorted(folder.rglob("*.py")):
        yield [path.read_text(encoding="utf-8")]
