"""The assignments of tests/assignments: the engine takes them as they are, from the handout to the audit."""

import ast
import csv
import importlib.util
import inspect
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

import autograder.model.loading as contract
from autograder.cases.mutants import some_pairs
from autograder.cli import main
from autograder.model.loading import load, loaded
from tests.small_assignment import bundled_again  # noqa: F401 - a fixture

FOLDER = Path(__file__).parent / "assignments"
MOST_LINES = 300
# A right way of the file, what becomes of it, the task that is wrong then, and what is told of it.
WRONG = {
    "mlp": ("(dZ @ params.W2.T) * H * (1 - H)", "(dZ @ params.W2.T)", "hidden_gradients", "the slope of σ is left out"),
    "attention": (
        "np.dot(dO, V.T)) / np.sqrt(Q.shape[1])",
        "np.dot(dO, V.T))",
        "query_key_gradients",
        "a term or a factor",
    ),
    "gru": ("grads = [total + grad for total", "grads = [grad for total", "backward", "wrong values"),
}

pytestmark = pytest.mark.usefixtures("bundled_again")
slow = pytest.mark.thorough
#: The others have so many mutants that each command takes 5 to 10 seconds.
each = pytest.mark.parametrize("name", ["mlp", *(pytest.param(name, marks=slow) for name in ("attention", "gru"))])


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def bptt(name: str, *arguments: str) -> Result:
    contract._in_use.clear()
    for module in [module for module in sys.modules if module.startswith("assignment_")]:
        del sys.modules[module]
    return CliRunner().invoke(main, ["--assignment", str(FOLDER / name), *arguments], catch_exceptions=False)


def wrong(name: str) -> str:
    """Return the reference with one mistake."""
    before, after, *_ = WRONG[name]
    source = (FOLDER / name / "reference.py").read_text(encoding="utf-8")
    assert source.count(before) == 1
    return source.replace(before, after)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir() if (path / "__init__.py").is_file()))
def test_an_assignment_is_small(name: str) -> None:
    """Not counting empty lines, with docstrings and styles; and it has at least two other right ways."""
    texts = [path.read_text(encoding="utf-8") for path in (FOLDER / name).rglob("*.py")]
    assert sum(bool(line.strip()) for text in texts for line in text.splitlines()) <= MOST_LINES
    assert len([*(FOLDER / name / "styles").glob("*.py")]) >= 2


@each
def test_the_handout_has_the_stubs_and_no_solution(name: str) -> None:
    """The stubs can be imported, keep every docstring, and raise; no line of a solution is in any file."""
    assert bptt(name, "release", "--out", "handout").exit_code == 0
    stubs = Path("handout", f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"stubs_of_{name}", stubs)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    source = loaded().source()
    defined = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    functions = [node for node in defined if node.name in loaded().signatures]  # helpers stand between markers
    assert len(functions) == len(loaded().signatures)
    for node in functions:
        student = getattr(module, node.name)
        assert ast.get_docstring(node) == inspect.getdoc(student)
        with pytest.raises(NotImplementedError, match="Task "):
            student(*[None] * len(node.args.args))
    handed = "".join(p.read_text(encoding="utf-8") for p in Path("handout").rglob("*") if p.suffix in (".py", ".ipynb"))
    solved = [block.partition("### END")[0] for block in source.split("### BEGIN SOLUTION")[1:]]
    lines = [line.strip() for block in solved for line in block.splitlines() if len(line.strip()) > 20]
    assert lines
    assert [line for line in lines if line in handed] == []


@each
def test_a_class_is_graded(name: str) -> None:
    """The reference and every style have full marks, the stub none, and one mistake costs its task, with the reason."""
    bptt(name, "release", "--out", "handout")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (FOLDER / name / "styles").glob("*.py")}
    right = {"reference", *texts}
    texts |= {"reference": loaded().source(), "wrong": wrong(name)}
    texts["stub"] = Path("handout", f"{name}.py").read_text(encoding="utf-8")
    for student, text in texts.items():
        Path("class", student).mkdir(parents=True)
        Path("class", student, f"{name}.py").write_text(text, encoding="utf-8")
    assert bptt(name, "grade", "class", "--out", "results", "--jobs", "1").exit_code == 0
    with Path("results", "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    _, _, task, said = WRONG[name]
    full = {one.id: f"{one.points:g}" for one in loaded().tasks}
    found = {student: {one: row[one] for one in full} for student, row in rows.items()}
    assert {student for student in found if found[student] == full} == right
    assert set(found["stub"].values()) == {"0"}
    assert {one for one in full if found["wrong"][one] != full[one]} == {task}
    assert said in bptt(name, "show", "results", "wrong", task).stdout


@slow
@pytest.mark.parametrize("name", WRONG)
def test_nbgrader_grades_it(name: str, tmp_path: Path) -> None:
    """In a course of nbgrader's the solved notebook has every point, and the released one has none."""
    pytest.importorskip("nbgrader")
    from tests.nbgrader_course import Course, solved

    load(FOLDER / name)
    course = Course(tmp_path)
    course.nbgrader(f"generate_assignment {name}")
    course.submit("ana", solved(course.released(), nbformat.read(course.notebook("source"), as_version=4)))
    course.submit("ben", course.released())
    course.nbgrader(f"autograde {name}")
    scores = course.scores()
    assert sum(scores["ana"].values()) == sum(task.points for task in loaded().tasks)
    assert sum(scores["ben"].values()) == 0


def test_a_mutant_with_nothing_left_to_edit_has_no_pair() -> None:
    """A helper of one line may have become `return Q`; all other mutants are edited again."""
    load(FOLDER / "attention")
    assert len(some_pairs(1000)) > 100


@slow
@pytest.mark.parametrize("name", WRONG)
def test_its_audit_meets_every_target(name: str) -> None:
    """On 20 seeds no right work is rejected, and no wrong work accepted."""
    done = bptt(name, "audit", "--jobs", "1")
    assert done.exit_code == 0, done.output
