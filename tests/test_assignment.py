"""An assignment that can't be used is refused with a line that says which file or task, and what is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment import Assignment, AssignmentError, Part, Task
from autograder.cases.drawing import draw
from autograder.model.cases import ask
from autograder.model.loading import load, loaded
from solutions import ASSIGNMENT
from tests.small_assignment import SMALL, bundled_again, make  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("bundled_again")


def test_an_assignment_is_loaded_by_its_path(tmp_path: Path) -> None:
    """Its cases are drawn, and its reference answers; no part of it has to be installed."""
    found = load(make(tmp_path / "my-own"))
    (case,) = draw(0, 0).cases
    assert (found.name, loaded()) == ("tiny", found)
    assert (case.task, case.first) == ("double", True)
    assert (case.expected[0] == 2 * case.call.args[0]).all()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ASSIGNMENT = ", "assignment = ", "found no ASSIGNMENT"),
        ("from . import reference", "import nothing_of_this_name", "can't be loaded: ModuleNotFoundError"),
        ("def draw", "def draw(:", "can't be loaded: SyntaxError"),
        ('Part("values", 4, "any vector"),', "", "double: it has no part, so it can earn nothing"),
        ('("double(x)",)', '("double(x)", "half(x)")', "double: reference.py defines no function half"),
        ('("double(x)",)', "()", "double: it has no function"),
        ("4, ", "0, ", "double: part values has 0 points; expected a number above 0"),
        ("tasks=(", 'tasks=(Task(2, "double", ("double(x)",), ()), ', "two tasks have the id double"),
        ('"any vector"),)', '"any vector"),), builds_on=("half",)', "double: it builds on half, which is no task"),
        ('"any vector"),)', '"any vector"),), builds_on=("double",)', "builds_on, which does nothing without follow=…"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_its_file_or_task(tmp_path: Path, old: str, new: str, said: str) -> None:
    """One line for each thing that is wrong, and the assignment in use stays."""
    before = loaded()
    with pytest.raises(AssignmentError) as refused:
        load(make(tmp_path / "own", SMALL.replace(old, new, 1)))
    assert said in str(refused.value)
    assert "own" in str(refused.value)
    assert loaded() is before


def test_a_folder_that_is_no_package_is_refused(tmp_path: Path) -> None:
    """A wrong path is told from an assignment with a fault."""
    with pytest.raises(AssignmentError, match=r"has no __init__\.py"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('yield ask("double", "values", "a vector", rng.standard_normal(3))', "yield from ()"), "double has no case"),
        (
            ('"double", "values", "a', '"double", "value", "a'),
            "double has no case of its part values; double has no part value",
        ),
        (('ask("double"', 'ask("triple"'), "asks for triple, which is in no task's signatures"),
        (
            ("rng.standard_normal(3)", "None"),
            "case 'a vector' of double: double raises, or returns no arrays of numbers: TypeError",
        ),
        (
            ("    yield", '    yield ask("double", "values", "a vector", rng.standard_normal(3))\n    yield'),
            "are called 'a vector'",
        ),
    ],
)
def test_cases_that_cannot_be_used_are_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """Each with the task, the part or the case; never a KeyError."""
    load(make(tmp_path / "own", SMALL.replace(*change, 1)))
    with pytest.raises(AssignmentError) as refused:
        draw(0, 0)
    assert said in str(refused.value)


def test_the_bundled_assignment_has_no_problem() -> None:
    """What every check refuses above, it does not have."""
    assert list(ASSIGNMENT.problems()) == []


def test_points_and_parts_are_those_of_the_table() -> None:
    """A part is scaled with its task."""
    task = Task(1, "t", ("f(x)",), (Part("a", 2, "one"), Part("b", 3, "other")))
    assert task.points == 5
    assert [part.scaled(2).points for part in task.parts] == [4, 6]
    assert list(replace(ASSIGNMENT, tasks=()).problems()) == ["there is no task"]
    assert isinstance(ASSIGNMENT, Assignment)
    assert callable(ask)
