"""An assignment without known mistakes: what the kit draws itself, what can't be proved, and what a student is told."""

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.assignment import AssignmentError
from autograder.cases import drawing
from autograder.cases.case_sets import prove, proved_here
from autograder.cases.drawing import draw
from autograder.cases.mutant_trials import states
from autograder.cases.mutants import all_mutants
from autograder.cases.own import own_cases
from autograder.cases.terms import term
from autograder.cli import main
from autograder.model.loading import load, loaded
from autograder.results.store import FILE_NAME, Store
from tests.small_assignment import REFERENCE, SMALL, bundled_again, make

__all__ = ["bundled_again"]  # a fixture
pytestmark = pytest.mark.usefixtures("bundled_again")

LINE = "rng.standard_normal(3)"


def tiny(folder: Path, argument: str = LINE, reference: str = REFERENCE, signature: str = "double(x)") -> None:
    """Load an assignment of one function that is asked this, once for each line."""
    start, end = SMALL.split("    yield")[0], SMALL.split(")\n\n", 1)[1]
    asked = "\n".join(
        f'    yield ask("double", "values", "case {n}", {one})' for n, one in enumerate(argument.splitlines())
    )
    load(
        make(
            folder,
            f"import random, time\nimport numpy as np\n{start}{asked}\n\n{end}".replace("double(x)", signature),
            reference,
        )
    )


def shapes(folder: Path, argument: str, reference: str, signature: str) -> set[tuple[tuple[int, ...], ...]]:
    """Return the shapes of the arguments that the kit draws itself."""
    tiny(folder, argument, "import numpy as np\n" + reference, signature)
    return {tuple(np.asarray(one).shape for one in case.call.args) for case in own_cases(draw(0, 0))}


class TestOwnNumbers:
    """What the kit asks of a mutant that the cases do not show."""

    def test_sizes_that_are_equal_stay_equal(self, tmp_path: Path) -> None:
        """Matrix and vector get other sizes together, in another order; those that are equal by chance come apart."""
        asked = "np.ones((4, 4)) * rng.normal(), rng.normal(size=4)\nrng.normal(size=(2, 5)), rng.normal(size=5)"
        found = shapes(tmp_path / "own", asked, "def double(A, x):\n    return A @ x\n", "double(A, x)")
        assert all(matrix[1] == vector[0] for matrix, vector in found)
        assert len(found) >= 5
        assert any(matrix[0] > matrix[1] for matrix, _ in found)

    def test_a_size_that_is_fixed_is_kept(self, tmp_path: Path) -> None:
        """Where the reference raises for other shapes, other numbers of the same shape are asked."""
        reference = "def double(x):\n    if x.shape != (3,):\n        raise ValueError\n    return 2 * x\n"
        assert shapes(tmp_path / "own", LINE, reference, "double(x)") == {((3,),)}

    @pytest.mark.parametrize(
        ("argument", "holds"),
        [
            ("np.array([2, 0, 1])", lambda x: set(x) == set(range(x.size))),
            ("np.eye(3)[[0, 1]]", lambda x: (x.sum(axis=1) == 1).all() and set(x.ravel()) == {0, 1}),
            ("rng.dirichlet(np.ones(3))", lambda x: abs(x.sum() - 1) < 1e-9),
            ("np.sort(rng.normal(size=5))", lambda x: (np.diff(x) > 0).all()),
            ("rng.random(5)", lambda x: (x >= 0).all() and (x <= 1).all()),
        ],
    )
    def test_what_can_be_seen_of_an_argument_is_kept(self, tmp_path: Path, argument: str, holds: object) -> None:
        """Places stay places, one-hot rows one-hot, distributions distributions, and order is kept."""
        tiny(tmp_path / "own", argument)
        found = [case.call.args[0] for case in own_cases(draw(0, 0))]
        assert len(found) == 3
        assert all(holds(x) for x in found)  # type: ignore[operator]
        assert {x.shape for x in found} != {draw(0, 0).cases[0].call.args[0].shape}  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("argument", "reference", "reads"),
        [
            ("rng.normal(size=(3, 4))", "def double(x):\n    return x[:3] * 2\n", "return x * 2"),
            ("3 * rng.random(4) + 1", "def double(x):\n    return 2 * np.abs(x)\n", "return 2 * x"),
        ],
        ids=["other shapes", "other signs"],
    )
    def test_a_mistake_that_shows_there_alone_is_no_equivalent(
        self, tmp_path: Path, argument: str, reference: str, reads: str
    ) -> None:
        """A slice that only more rows show, a sign that only negative numbers show."""
        tiny(tmp_path / "own", argument, "import numpy as np\n" + reference)
        assert (reads, "survives") in [(mutant.reads, state) for mutant, state, _ in states(draw(0, 0), draw(0, 1))]


SHAPES = """
def double(A, x, y):
    z = A @ x
    rows = [row * 2 for row in A]
    return z.sum() + sum(row @ y for row in rows)
"""


def test_only_a_variable_of_the_same_shape_is_taken_for_another(tmp_path: Path) -> None:
    """Not one that is not there yet, and not one that has the same shape in a square case alone; a row is one too."""
    asked = "np.ones((3, 3)), np.ones(3), np.ones(3)\nrng.normal(size=(2, 5)), rng.normal(size=5), rng.normal(size=5)"
    tiny(tmp_path / "own", asked, SHAPES, "double(A, x, y)")
    found = " ".join(mutant.what for mutant in all_mutants())
    others = set(re.findall(r": (\w+ for (?:A|x|y|z|row|rows)) in ", found))
    assert others == {"y for x", "x for row", "y for row", "x for y", "row for y"}


class TestWhatCanNotBeProved:
    """Each is one line."""

    @pytest.mark.parametrize("where", ["reference", "draw"])
    def test_a_reference_or_a_draw_that_never_ends(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        """It is named with its line, not waited for."""
        monkeypatch.setattr(drawing, "DRAW_SECONDS", 0.3)
        forever = "def double(x):\n    while True:\n        x = x + 1\n"
        tiny(tmp_path / "own", *((LINE, forever) if where == "reference" else ("sum(1 for _ in iter(int, 1))",)))
        file = "reference.py, line [23]" if where == "reference" else "__init__.py, line 9"
        with pytest.raises(AssignmentError, match=rf"{file}: the cases were not drawn and answered within 0.3 s"):
            prove(0, loaded().variant())

    @pytest.mark.parametrize("dice", ["np.random.normal(size=3)", "np.array([random.random(), 1, 2])"])
    def test_a_draw_with_dice_of_its_own(self, tmp_path: Path, dice: str) -> None:
        """Every process would ask something else."""
        tiny(tmp_path / "own", dice)
        with pytest.raises(
            AssignmentError, match="same seed again, asks something else in the case 'case 0' of double"
        ):
            prove(0)

    def test_points_that_do_not_add_up(self, tmp_path: Path) -> None:
        """A third of a point is no mark."""
        folder = make(tmp_path / "own", SMALL.replace('"values", 4', '"values", 1 / 3'))
        with pytest.raises(AssignmentError, match=r"double: part values has 0\.3333333333333333 points"):
            load(folder)


def test_what_is_proved_once_is_remembered(tmp_path: Path) -> None:
    """Whoever starts a run knows the attempt, and processes that grade need not prove it again."""
    tiny(tmp_path / "own")
    variant = loaded().variant()
    assert proved_here(0, variant) is None
    prove(0, variant)
    assert proved_here(0, variant) == 0


def test_every_edit_has_a_term_for_students() -> None:
    """It says nothing of the line: neither code nor a name of the reference."""
    for mutant in all_mutants():
        assert not set(term(mutant.what)).intersection("=()[]'")


def test_a_matching_edit_is_a_term_for_students_and_a_line_for_instructors(tmp_path: Path) -> None:
    """Feedback says "a number"; `bptt show` and the class page say which line."""
    reference = "def double(x):\n    return 2 * x + 1\n"
    tiny(tmp_path / "own", reference=reference)
    for name, text in {"ann": reference.replace("+", "-"), "bob": reference.replace("1", "1 + x**3")}.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "tiny.py").write_text(text, encoding="utf-8")
    results = tmp_path / "results"
    order = ["--assignment", str(tmp_path / "own"), "grade", str(tmp_path / "class"), "--out", str(results)]
    assert CliRunner().invoke(main, [*order, "--jobs", "1", "--unprotected"], catch_exceptions=False).exit_code == 0
    line = "double answers as if line 2 of reference.py read `return 2 * x - 1`"
    shown = CliRunner().invoke(main, ["show", str(results), "ann"]).output
    assert "one thing changed: a sign." in shown
    assert line in shown
    assert line in (results / "report.html").read_text(encoding="utf-8")
    for page in (results / "feedback").iterdir():
        assert ("a sign" in page.read_text(encoding="utf-8")) == (page.stem == "ann")
        assert "reference.py" not in page.read_text(encoding="utf-8")
    with Store(results / FILE_NAME, create=False) as store:
        assert {one.student_id: bool(one.tasks[0].as_if) for one in store.each()} == {"ann": True, "bob": False}
