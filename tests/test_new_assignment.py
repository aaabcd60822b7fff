"""`bptt new`, and an assignment that is only a reference, tasks and a draw: mutants prove its cases."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import autograder.model.loading as contract
from autograder import audit
from autograder.assignment import AssignmentError
from autograder.cases import mutant_trials
from autograder.cases.case_sets import prove
from autograder.cases.drawing import draw
from autograder.cases.mutant_trials import predictions, states
from autograder.cli import main
from autograder.model.loading import load, loaded

START = """
from autograder.assignment import Assignment, Part, Task
from autograder.model.cases import ask
from . import reference

def draw(rng, variant):
    yield ask("total", "values", "a table", {argument})

ASSIGNMENT = Assignment(
    name="tiny", title="Tiny", module="tiny", reference=reference, draw=draw,
    tasks=(Task(1, "total", ("total(x)",), (Part("values", 4, "any table"),)),),
)
"""
TOTAL = "import numpy as np\n\n\ndef total(x):\n    return np.sum(x, axis=0)\n"


@pytest.fixture(autouse=True)
def _bundled_again() -> Iterator[None]:
    """Leave the assignment of all other tests in use."""
    before = loaded()
    yield
    contract._in_use[:] = [before]


def bptt(*arguments: str) -> Result:
    contract._in_use.clear()
    for name in [name for name in sys.modules if name.startswith("assignment_")]:
        del sys.modules[name]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def make(folder: Path, argument: str = "rng.standard_normal((3, 4))", reference: str = TOTAL) -> None:
    folder.mkdir()
    (folder / "__init__.py").write_text(START.replace("{argument}", argument), encoding="utf-8")
    (folder / "reference.py").write_text(reference, encoding="utf-8")
    load(folder)


def test_cases_that_show_every_mutant_are_used(tmp_path: Path) -> None:
    """Some mutants are shown; one that is right for all numbers is set aside, and stops nothing."""
    make(tmp_path / "own")
    found = [(mutant.reads, state) for mutant, state, _ in states(draw(0, 0), draw(0, 1))]
    assert ("return np.mean(x, axis=0)", "shown") in found
    assert ("return np.array(np.sum(x, axis=0))", "equivalent") in found
    assert prove(0)[0] == 0


def test_no_file_beside_it_is_imported_where_mutants_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutants are tried in a process of our own, which may be started among hand-ins that are called like modules."""
    make(tmp_path / "own")
    touched = tmp_path / "touched"
    (tmp_path / "class").mkdir()
    for name in ("json", "pickle", "numpy", "autograder"):
        (tmp_path / "class" / f"{name}.py").write_text(f"open({str(touched)!r}, 'w')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "class")
    assert states(draw(0, 0), draw(0, 1))
    assert not touched.exists()


def test_cases_that_a_mutant_survives_are_refused_with_its_line(tmp_path: Path) -> None:
    """Sums that stay small don't tell a sum from one that is clipped at 1; after some seeds it is said, not hung."""
    make(tmp_path / "own", "rng.uniform(-0.1, 0.1, (3, 4))")
    with pytest.raises(
        AssignmentError, match=r"line 5: no case of total tells `return np.sum\(x, axis=0\)` from"
    ) as found:
        prove(0)
    assert re.search(r"; x of shape \(\d+, \d+\) from -\d\S* to \d\S* would", str(found.value))


@pytest.mark.parametrize(
    ("argument", "reference", "said"),
    [
        ("rng.standard_normal((3, 0))", TOTAL, "nobody can get total wrong"),
        (
            "rng.standard_normal(3)",
            "calls = []\ndef total(x):\n    calls.append(x)\n    return x * len(calls)\n",
            "the reference fails its own case 'a table' of total",
        ),
        ("1 / 0", TOTAL, "ZeroDivisionError"),
        (
            "rng.standard_normal((3, 4))",
            TOTAL.replace("np.sum(x, axis=0)", "np.zeros(4)"),
            "nobody can get total wrong: total has the same answer whatever is asked",
        ),
    ],
)
def test_what_can_not_be_proved_is_one_line(tmp_path: Path, argument: str, reference: str, said: str) -> None:
    """A task nobody can get wrong, a reference that answers differently when it is asked again, cases that raise."""
    make(tmp_path / "own", argument, reference)
    with pytest.raises(AssignmentError, match=said):
        prove(0)


def test_a_mutant_that_never_ends_is_broken_and_the_others_are_tried(tmp_path: Path) -> None:
    """Dropping the line that empties a list leaves a loop for ever."""
    line = "x = x + left.pop()"
    loop = f"def total(x):\n    left = [3, 2, 1]\n    while left:\n        {line}\n    return x\n"
    make(tmp_path / "own", reference=loop)
    found = {(mutant.was, mutant.reads): state for mutant, state, _ in states(draw(0, 0), None)}
    assert found[line, "pass"] == "broken"
    assert found[line, "x = x - left.pop()"] == "shown"
    answers = {mutant.reads for mutant, _ in predictions(draw(0, 0), "total")}
    assert ("x = x - left.pop()" in answers, "x = x" in answers) == (True, False)


def test_who_waits_for_the_proof_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, among all that is no result: what a program reads is as it was."""
    monkeypatch.setattr(mutant_trials, "_SECONDS_OF_SILENCE", 0.0)
    bptt("new", str(tmp_path / "own"))
    done = bptt("--assignment", str(tmp_path / "own"), "release", "--out", str(tmp_path / "handout"))
    assert re.findall(r"proving the case set: trying \d\d small edits of reference.py\n", done.stderr) == [done.stderr]
    assert done.stdout.startswith("The handout is in ")


def test_a_new_assignment_works_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is released, shown and put into a course as it is; a folder with something in it is left alone."""
    monkeypatch.chdir(tmp_path)
    assert bptt("new", "mine").exit_code == 0
    again = bptt("new", "mine")
    assert (again.exit_code, "mine is not empty" in again.stderr) == (2, True)
    assert "bptt --assignment mine demo" in Path("mine/README.md").read_text(encoding="utf-8")
    assert bptt("--assignment", "mine", "demo").exit_code == 0
    rows = Path("demo-results/grades.csv").read_text(encoding="utf-8").splitlines()
    assert "reference,10,10,graded" in [row[:22] for row in rows]
    assert "stub,0,10,graded" in [row[:16] for row in rows]
    assert bptt("--assignment", "mine", "nbgrader", "init", "course").exit_code == 0
    assert Path("course/source/regression/regression.ipynb").is_file()
    monkeypatch.setattr(audit, "QUICK", audit.Size(1, mutants=6, mutant_pairs=4))
    audited = bptt("--assignment", "mine", "audit", "--quick", "--jobs", "2")
    assert audited.exit_code == 0, audited.output
    assert re.search(r"checked +1 +5 +6 +4 ", audited.output)  # styles, rewrites, mutants, pairs of them
    assert "6 mutants and 4 pairs of them" in audited.output
