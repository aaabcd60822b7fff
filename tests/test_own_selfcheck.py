"""The self-check of an assignment that brings none: `pytest` in its handout, and `check` in its notebook."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import autograder.model.loading as contract
from autograder.assignment import AssignmentError
from autograder.cases.drawing import draw
from autograder.cli import main
from autograder.handout.derivatives import derivative_facts
from autograder.model.loading import load, loaded
from tests.desk import Student, message, scores
from tests.small_assignment import bundled_again, make  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("bundled_again")

ATTENTION = Path(__file__).parent / "assignments" / "attention"
# Balls on springs: a domain with no time and no network, a record, and a gradient that is several arrays.
START = """
from autograder.assignment import Assignment, Derivative, Mistake, Mistakes, Part, Task
from autograder.model.cases import ask

from . import reference
from .reference import Springs

STRETCH = {"stretch": "stretches(x, springs)"}
NO_HALF = Mistake(
    id="no-half", task="energy", misconception="the half is missing", question="What is the work of a growing force?",
    slide="", shows="output", function="energy", family="no-half", sets=frozenset({"factor"}), hides=frozenset(),
)


def no_half(_):
    return {"energy": lambda x, springs: 2 * reference.energy(x, springs)}


def draw(rng, variant):
    for name, n in (("few", 3), ("many", 6)):
        x, springs = rng.normal(size=n), Springs(rng.uniform(1, 2, n - 1), rng.uniform(0.3, 0.6, n - 1))
        yield ask("stretches", "values", name, x, springs)
        yield ask("energy", "values", name, x, springs)
        yield ask("slopes", "values", name, x, springs, reference.stretches(x, springs))


TASKS = (
    Task(1, "stretch_of_each_spring", ("stretches(x, springs)",), (Part("values", 2, "any springs"),)),
    Task(2, "energy", ("energy(x, springs)",), (Part("values", 3, "any springs"),)),
    Task(3, "slopes", ("slopes(x, springs, stretch)",), (Part("values", 5, "any springs"),),
         returns=("by_x", "by_k"),
         derivatives=(Derivative("slopes", "energy(x, springs)", "x", STRETCH, item="by_x"),
                      Derivative("slopes", "energy(x, springs)", "springs.k", STRETCH, item="by_k"))),
)
ASSIGNMENT = Assignment(
    name="springs", title="Balls on springs", module="springs", reference=reference, tasks=TASKS, draw=draw,
    records=(Springs,), mistakes=Mistakes((NO_HALF,), {"energy": no_half}),
)
"""
REFERENCE = '''"""Balls on springs.

A chain of balls at places x, with a spring between each and the next.
"""

from typing import NamedTuple

import numpy as np


class Springs(NamedTuple):
    """Of each spring: how stiff it is, and its length at rest."""

    k: np.ndarray
    rest: np.ndarray


def stretches(x, springs):
    """Return by how much each spring is longer than at rest."""
    ### BEGIN SOLUTION
    return x[1:] - x[:-1] - springs.rest
    ### END SOLUTION


def energy(x, springs):
    """Return the energy of all springs.

        E = Σ_i k_i s_i s_i
    """
    ### BEGIN SOLUTION
    return 0.5 * np.sum(springs.k * stretches(x, springs) ** 2)
    ### END SOLUTION


def slopes(x, springs, stretch):
    """Return the derivatives of the energy by the places, and by how stiff the springs are."""
    ### BEGIN SOLUTION
    pull = springs.k * stretch
    return np.append(0.0, pull) - np.append(pull, 0.0), 0.5 * stretch**2
    ### END SOLUTION
'''
TO_DO = '    raise NotImplementedError("Task 2: energy")\n    return 0.5'


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Student:
    """The handout of what `bptt new` writes."""
    place = tmp_path_factory.mktemp("skeleton")
    assert CliRunner().invoke(main, ["new", str(place / "mine")]).exit_code == 0
    return desk(place / "mine")


@pytest.fixture(scope="module")
def springs(tmp_path_factory: pytest.TempPathFactory) -> Student:
    """The handout of the springs."""
    return desk(make(tmp_path_factory.mktemp("springs") / "springs", START, REFERENCE)).in_a_hurry()


def desk(assignment: Path) -> Student:
    before = loaded()
    load(assignment)
    try:
        return Student(assignment.parent)
    finally:
        contract._in_use[:] = [before]


def checked(student: Student, module: str, text: str) -> str:
    """Return what `pytest` says of a file."""
    (student.folder / f"{module}.py").write_text(text, encoding="utf-8")
    return student.check().stdout


def test_a_stub_is_to_do(skeleton: Student) -> None:
    """The handout as it is says "to do", with the points; its page names the self-check."""
    done = skeleton.check()
    assert done.returncode == 0
    assert scores(done.stdout) == {"mse_gradient": "0 of 10 to do"}
    page = (skeleton.folder / "README.md").read_text(encoding="utf-8")
    assert "    pytest -k mse_gradient" in page
    assert "costs its own points, and those of functions that call it" in page


def test_a_wrong_gradient_is_told_by_stored_answers_and_by_numerical_ones(skeleton: Student) -> None:
    """What was expected, what came, what is seen in it; and apart from that, what numdifftools finds."""
    wrong = "import numpy as np\n\ndef mse_gradient(X, y, w):\n    return np.dot(X.T, np.dot(X, w) - y) / len(y)\n"
    said = checked(skeleton, "regression", wrong)
    assert scores(said) == {"mse_gradient": "0 of 10 fail"}
    values = message(said, "mse_gradient-values")
    assert values.startswith('mse_gradient(X, y, w): result has wrong values case "wide" with X (3, 5), y (3,), w (5,)')
    assert " expected result[0] = " in values
    assert " got result[0] = " in values
    assert "seen every value is half of what it should be" in values
    numerical = message(said, "mse_gradient-numerical")
    assert "not the derivative of np.mean((X @ w - y) ** 2) by w expected result[0]" in numerical


def test_right_work_has_all_points(springs: Student) -> None:
    """With a named tuple, and a gradient of several arrays, each held against the student's own energy."""
    done = checked(springs, "springs", REFERENCE)
    assert "total    10 of 10\n" in done
    assert {line.index(" of ") for line in done.splitlines() if " of " in line} == {32}  # a long name moves all
    assert "5 passed" in done


def test_a_mistake_is_named_and_its_gradient_waits_for_it(springs: Student) -> None:
    """A wrong energy looks like a known mistake; what is right, and not its derivative, is not blamed."""
    said = checked(springs, "springs", REFERENCE.replace("0.5 * np.sum", "np.sum"))
    assert scores(said)["energy"] == "0 of 3 fail"
    assert "looks like the half is missing ask What is the work of a growing force?" in message(said, "energy-values")
    assert scores(said)["slopes"] == "5 of 5 pass"
    assert "slopes: right, but not the derivative of your own loss: first see to energy" in " ".join(said.split())


def test_an_item_that_is_no_derivative_of_their_own_energy_is_told(springs: Student) -> None:
    """One array of two, by the field of a named tuple: the other one is left alone."""
    said = checked(springs, "springs", REFERENCE.replace("0.5 * stretch**2", "stretch**2"))
    assert "not the derivative of your own loss expected by_k[0] = " in message(said, "slopes-numerical-slopes-by_k")
    assert "slopes-numerical-slopes-by_x]" not in said


def test_a_loop_without_end_is_stopped_and_a_stub_waited_for(springs: Student) -> None:
    """The call is ended and its line shown; the gradient of what is not written yet says so."""
    body = "    while True:\n        pass\n    return"
    said = checked(
        springs, "springs", REFERENCE.replace("    return x[1:]", f"{body} x[1:]").replace("    return 0.5", TO_DO)
    )
    assert "did not end within 1.5 seconds, and was stopped" in message(said, "stretch_of_each_spring-values")
    assert scores(said)["energy"] == "0 of 3 to do"
    assert scores(said)["slopes"] == "5 of 5 pass"
    assert "slopes: the numerical check waits: in your own loss, did not end within 1.5 seconds" in " ".join(
        said.split()
    )


def test_the_notebook_checks_it(springs: Student) -> None:
    """`check` in a cell says what pytest says, and gives the points."""
    (springs.folder / "springs.py").write_text(REFERENCE, encoding="utf-8")
    (springs.folder / "cell.py").write_text(
        "from springs import *\nfrom selfcheck.notebook import check\nprint(check('energy'))\n", encoding="utf-8"
    )
    assert springs.module("cell").stdout == "  2 energy                     3 of 3    pass\n3.0\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"energy(x, springs)", "x"',
            '"energy(x, spring)", "x"',
            "what slopes differentiates can't be evaluated: NameError: .*; of the first case it may name x, springs",
        ),
        ('"energy(x, springs)", "x"', '"2 * energy(x, springs)", "x"', r"is not the derivative of 2 \* energy"),
        (
            '"energy(x, springs)", "x"',
            '"stretches(x, springs)", "x"',
            r"returns the shape .*; the derivative of stretches",
        ),
        ('item="by_x"', 'item="by_y"', "the derivative of energy"),
    ],
)
def test_what_is_not_the_derivative_is_refused_by_the_release(tmp_path: Path, old: str, new: str, said: str) -> None:
    """An expression that can't be evaluated, another one, an array of another shape, or an unknown one: a line each."""
    make(tmp_path / "springs", START.replace(old, new), REFERENCE)
    with pytest.raises(AssignmentError, match=said):
        desk(tmp_path / "springs")


MASKED = """
from autograder.assignment import Assignment, Derivative, Part, Task
from autograder.model.cases import ask
from . import reference

def draw(rng, variant):
    x = rng.normal(size=3)
    yield ask("slope", "values", "all", x)
    yield ask("slope", "values", "with a mask", x, x > min(x))
    yield ask("total", "values", "all", x)

TASKS = (
    Task(1, "total", ("total(x, mask=None)",), (Part("values", 4, "any vector"),)),
    Task(2, "slope", ("slope(x, mask=None)",), (Part("values", 4, "any vector"),),
         derivatives=(Derivative("slope", "total(x, mask)", by="x"),)),
)
ASSIGNMENT = Assignment(name="tiny", title="Tiny", module="tiny", reference=reference, draw=draw, tasks=TASKS)
"""
SLOPE = """
import numpy as np

def total(x, mask=None):
    return np.sum(x**2 if mask is None else np.where(mask, x, 0) ** 2)

def slope(x, mask=None):
    return 2 * x if mask is None else np.where(mask, 2 * x, 0)
"""


def differentiated(folder: Path, old: str = "", new: str = "") -> dict[str, Any]:
    """Return what the handout is told to differentiate, after a change of the assignment."""
    load(make(folder, MASKED.replace(old, new), SLOPE))
    (known,) = loaded().task["slope"].derivatives
    return derivative_facts(known, [case for case in draw(0, 0).cases if case.task == "slope"], {})


def test_an_argument_with_a_default_takes_part_where_it_is_named(tmp_path: Path) -> None:
    """A gradient is checked numerically with a mask where the expression has one, else without."""
    assert differentiated(tmp_path / "own")["args"] == ("x", "mask")
    assert differentiated(tmp_path / "without", "total(x, mask)", "total(x)")["args"] == ("x",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", x > min(x))", ")", "none of its cases has x, mask"),
        ('by="x"', 'by="mask"', "slope can't differentiate by mask, which is True or False"),
        ('"total(x, mask)"', '"total(x, mask"', "can't be evaluated: SyntaxError"),
        ('"total(x, mask)"', '"totl(x, mask)"', "NameError: .*; of the first case it may name x, mask"),
    ],
)
def test_a_mask_that_can_not_take_part_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """No case has one, or it is what should be moved; and slips in the expression."""
    with pytest.raises(AssignmentError, match=said):
        differentiated(tmp_path / "own", old, new)


@pytest.mark.thorough
def test_who_forgets_the_mask_is_told_by_numerical_gradients(tmp_path: Path) -> None:
    """On a case with a mask: without one there is nothing to be seen."""
    folder = shutil.copytree(ATTENTION, tmp_path / "attention")
    wrong = (folder / "reference.py").read_text(encoding="utf-8").replace("mask).T, dO", "None).T, dO")
    said = checked(desk(folder), "attention", wrong)
    assert "not the derivative of your own loss" in message(said, "value_gradient-numerical")
