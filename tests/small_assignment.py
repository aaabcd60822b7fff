"""An assignment of one task, as small as one can be, and the bundled one again after a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import autograder.model.loading as contract
from autograder.model.loading import loaded

REFERENCE = "def double(x):\n    return 2 * x\n"
SMALL = """
from autograder.assignment import Assignment, Part, Task
from autograder.model.cases import ask
from . import reference

def draw(rng, variant):
    yield ask("double", "values", "a vector", rng.standard_normal(3))

ASSIGNMENT = Assignment(
    name="tiny", title="Tiny", module="tiny", reference=reference, draw=draw,
    tasks=(Task(1, "double", ("double(x)",), (Part("values", 4, "any vector"),)),),
)
"""


@pytest.fixture
def bundled_again() -> Iterator[None]:
    """Leave the assignment of all other tests in use."""
    before = loaded()
    yield
    contract._in_use[:] = [before]


def make(folder: Path, start: str = SMALL, reference: str = REFERENCE) -> Path:
    """Write the assignment into a new folder."""
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(start, encoding="utf-8")
    (folder / "reference.py").write_text(reference, encoding="utf-8")
    return folder
