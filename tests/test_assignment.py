"""An assignment that can't be used is refused with a line that says which file or task, and what is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment import Assignment, AssignmentError, Mistakes, Part, Task
from autograder.cases import proof
from autograder.cases.case_sets import NoCases, prove
from autograder.cases.drawing import draw
from autograder.model.cases import ask
from autograder.model.loading import load, loaded
from autograder.model.problems import problems
from solutions import ASSIGNMENT
from tests.small_assignment import SMALL, bundled_again, make  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("bundled_again")

ROWS = """
from autograder.assignment import Mistake, Mistakes
NONE = frozenset()
ROW = Mistake("thrice", "double", "it is tripled", "", "", "output", "double", "thrice", NONE, NONE)

def faulty(ids):
    return {"double": lambda x: 3 * x}

MISTAKES = Mistakes((ROW,), {"double": faulty})

ASSIGNMENT"""
#: With a known mistake.
KNOWN = SMALL.replace("\nASSIGNMENT", ROWS).replace("draw=draw,", "draw=draw, mistakes=MISTAKES,")


def test_an_assignment_is_loaded_by_its_path(tmp_path: Path) -> None:
    """Its cases are drawn, and its reference answers; no part of it has to be installed."""
    found = load(make(tmp_path / "my-own"))
    (case,) = draw(0, 0).cases
    assert (found.name, loaded()) == ("tiny", found)
    assert (case.task, case.first) == ("double", True)
    assert (case.expected[0] == 2 * case.call.args[0]).all()


def test_an_author_may_choose_what_is_asked_first(tmp_path: Path) -> None:
    """The other questions of the task are asked of those who are wrong."""
    two = """yield replace(ask("double", "values", "a vector", rng.standard_normal(3)), first=True)
    yield ask("double", "values", "a number", 4.0)"""
    text = SMALL.replace('yield ask("double", "values", "a vector", rng.standard_normal(3))', two)
    load(make(tmp_path / "my-own", "from dataclasses import replace\n" + text))
    cases = draw(0, 0)
    assert [case.name for case in cases.cases] == ["a vector", "a number"]
    assert [case.name for case in cases.first.cases] == ["a vector"]


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
        ('name="tiny"', 'name="a/b"', "its name is 'a/b'; expected one word"),
        ('module="tiny"', 'module="../tiny"', "its module is '../tiny'; expected a name that Python can import"),
        ('module="tiny"', 'module="numpy"', "its module is 'numpy'"),
        ('"any vector"),)', '"any vector"))', "double: its parts must be a tuple of Part: (one,) has a comma"),
        ('"any vector"),)),)', '"any vector"),)))', "its tasks must be a tuple of Task: (one,) has a comma"),
        ('1, "double"', '1, "double it"', "double it: its id must be one word"),
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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"thrice", "double"', '"thrice", "duble"', "the mistake thrice is of duble, which is no task"),
        ('"output", "double"', '"output", "half"', "double: the mistake thrice sits in half, which is none of its"),
        ('"output"', '"outputs"', "the mistake thrice shows in 'outputs'; expected one of output, mutation"),
        ('{"double": faulty}', "{}", "the mistake thrice has no function: faulty says nothing of the task"),
        ("(ROW,)", "(ROW, ROW)", "two known mistakes are called double/thrice"),
        ('Mistakes((ROW,), {"double": faulty})', "(ROW,)", "mistakes is a tuple; expected Mistakes(rows, faulty)"),
        ("(ROW,)", "(ROWS,)", "NameError: name 'ROWS' is not defined"),
    ],
)
def test_mistakes_that_do_not_fit_the_tasks_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each in a line, when the assignment is loaded."""
    with pytest.raises(AssignmentError) as refused:
        load(make(tmp_path / "own", KNOWN.replace(old, new)))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3 * x", "2 * x", "no first question of double tells the mistake thrice from what is right"),
        ("3 * x", "1 / 0", "the mistake thrice of double can't be made: ZeroDivisionError"),
        ('{"double": lambda', '{"half": lambda', "the mistake thrice of double can't be made: KeyError"),
        ("3 * x", 'exec("while True: pass")', "the mistake thrice of double does not end within 0.2 s"),
    ],
)
def test_mistakes_that_are_none_are_refused_before_anybody_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    """One that is right, one that raises, one of another function, one that never ends."""
    monkeypatch.setattr(proof, "_SECONDS", 0.2)
    load(make(tmp_path / "own", KNOWN.replace(old, new)))
    with pytest.raises((AssignmentError, NoCases), match=said):
        prove(0, loaded().variant())


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
        (("    yield", "    yield 1\n    yield"), "it yields 1, and no case"),
        (("    yield", "    1 / 0\n    yield"), "__init__.py, line 7"),
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
    assert list(problems(ASSIGNMENT)) == []


def test_points_and_parts_are_those_of_the_table() -> None:
    """A part is scaled with its task."""
    task = Task(1, "t", ("f(x)",), (Part("a", 2, "one"), Part("b", 3, "other")))
    assert task.points == 5
    assert [part.scaled(2).points for part in task.parts] == [4, 6]
    assert [*problems(replace(ASSIGNMENT, tasks=(), mistakes=Mistakes()))] == ["there is no task"]
    assert isinstance(ASSIGNMENT, Assignment)
    assert callable(ask)
