"""The handout: made from the solutions, without them, and equal to what is checked in."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autograder.cli import main
from autograder.handout.manifest import MANIFEST
from autograder.handout.public_cases import PUBLIC_SEED
from autograder.handout.release import BEGIN, END, HandoutError, drift, handout_files, release, stub
from autograder.model.settings import Settings
from autograder.submissions.notebook import code_cells
from solutions import ASSIGNMENT, mistakes
from solutions.mistakes import BUGS
from solutions.tasks import TASK_BY_FUNCTION, TASKS
from tests.conftest import REFERENCE

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "assignment"
    release(folder)
    return folder


@pytest.fixture
def copy(released: Path, tmp_path: Path) -> Path:
    """A released folder that a test may change."""
    return Path(shutil.copytree(released, tmp_path / "copy"))


def solution_lines() -> set[str]:
    """The code between the markers; lines as short as `break` say nothing."""
    regions = re.findall(rf"{BEGIN}\n(.*?){END}", REFERENCE, flags=re.DOTALL)
    lines = (line.strip() for region in regions for line in region.splitlines())
    return {line for line in lines if len(line) >= 12 and not line.startswith("#")}


def test_the_checked_in_handout_is_what_the_solutions_give() -> None:
    """assignment/ does not drift: `make release` makes it anew."""
    assert drift(ROOT / "assignment") == []


def test_no_line_of_a_solution_is_released(released: Path) -> None:
    """Students get no answer: no line of code between the markers is in any released text."""
    lines = solution_lines()
    assert len(lines) > 50
    for path in released.rglob("*"):
        if path.is_file() and path.suffix != ".npz":
            text = path.read_text(encoding="utf-8")
            assert not [line for line in lines if line in text], path


def computations(source: str, lines: range | None = None) -> set[str]:
    """The arithmetic in a piece of Python, without the names of whatever holds the arrays: `dO.T @ H`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp) and (lines is None or node.lineno in lines):
            text = re.sub(r"\b(?:self|net|params|own|tiny)\.", "", ast.unparse(node))
            if len({name for name in re.findall(r"\w+", text) if not name.isdigit()}) >= 3:
                found.add(text)
    return found


def test_no_computation_of_a_solution_is_released(released: Path) -> None:
    """Nor is an answer handed out in other words: no arithmetic of a solution stands in any code of the handout."""
    numbered = list(enumerate(REFERENCE.splitlines(), start=1))
    begins, ends = ([n for n, line in numbered if line.strip() == marker] for marker in (BEGIN, END))
    answers = {text for b, e in zip(begins, ends, strict=True) for text in computations(REFERENCE, range(b, e))}
    assert {"dO.T @ H", "V.T @ dO[t] + carry"} <= answers
    for path in released.rglob("*"):
        pieces = []
        if path.suffix == ".py":
            pieces = [path.read_text(encoding="utf-8")]
        elif path.suffix == ".md":
            pieces = re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        elif path.suffix == ".ipynb":
            pieces = [code for _, code in code_cells(path.read_text(encoding="utf-8"))]
        for piece in pieces:
            assert not computations(piece) & answers, path


def test_arrays_hold_numbers_only(released: Path) -> None:
    """The binary files can be read without pickle, and every array in them is of numbers."""
    binary = [path for path in released.rglob("*") if path.is_file() and b"\0" in path.read_bytes()]
    assert {path.name for path in binary} == {"public_cases.npz", "hints.npz"}
    for path in binary:
        with np.load(path, allow_pickle=False) as file:
            assert {file[name].dtype.kind for name in file.files} <= {"f", "u"}


def test_hints_are_outputs_under_neutral_names(released: Path) -> None:
    """No name in the hints is an id of the bug library, and no line of a faulty function is released."""
    facts = json.loads((released / "selfcheck" / "hints.json").read_text(encoding="utf-8"))
    rows = [row for mistakes in facts.values() for row in mistakes]
    assert len(rows) == len(BUGS)
    assert not {bug.id for bug in BUGS} & {str(value) for row in rows for value in row}
    with np.load(released / "selfcheck" / "hints.npz", allow_pickle=False) as file:
        assert {name.partition("/")[0] for name in file.files} <= set(facts)
    faulty = [path for path in Path(mistakes.__file__).parent.glob("*.py") if not path.name.startswith("table_")]
    lines = {
        line.strip() for path in faulty for line in path.read_text(encoding="utf-8").splitlines() if "bugs" in line
    }
    assert len(lines) > 100
    for path in released.rglob("*"):
        if path.is_file() and path.suffix != ".npz":
            text = path.read_text(encoding="utf-8")
            assert not [line for line in lines if line in text], path


def test_the_handout_is_small(released: Path) -> None:
    """It fits into a mail: less than a megabyte."""
    assert sum(path.stat().st_size for path in released.rglob("*") if path.is_file()) < 1e6


def test_every_function_is_a_typed_stub_that_names_its_task(released: Path) -> None:
    """A stub keeps its signature, its types and its docstring; its body is the task's title."""
    tree = ast.parse((released / "rnn.py").read_text(encoding="utf-8"))
    reference = {node.name: node for node in ast.parse(REFERENCE).body if isinstance(node, ast.FunctionDef)}
    stubs = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in stubs] == list(ASSIGNMENT.signatures)
    for node in stubs:
        assert ast.dump(node.args) == ast.dump(reference[node.name].args)
        assert ast.get_docstring(node) == ast.get_docstring(reference[node.name])
        title = TASK_BY_FUNCTION[node.name].title
        assert ast.unparse(node.body[1]) == f"raise NotImplementedError('{title}')"
    assert [node.name for node in tree.body if isinstance(node, ast.ClassDef)] == ["Params"]


def test_released_python_is_formatted_and_lint_free(released: Path) -> None:
    """What students open is as clean as our own files."""
    for command in (["format", "--check"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), str(released)]
        run = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout


def test_released_python_is_readable_by_python_3_10(released: Path) -> None:
    """Students may have an older Python than the grader needs."""
    for path in released.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))


def test_requirements_are_the_student_extra(released: Path) -> None:
    """One list of what a student installs, in two places."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert (released / "requirements.txt").read_text(encoding="utf-8").split() == extras["student"]


def test_the_readme_has_every_task_with_its_points(released: Path) -> None:
    """Tasks and points come from the rubric."""
    readme = (released / "README.md").read_text(encoding="utf-8")
    for task in TASKS:
        signatures = ", ".join(f"`{signature}`" for signature in task.signatures)
        assert f"| {task.number} | {signatures} | {task.points:g} | {task.slide} |" in readme
    assert "100 points" in readme


@pytest.mark.parametrize(
    ("choice", "says"),
    [("flag", "instructor is told"), ("accept", "accepted in place of backpropagation"), ("reject", "gets no points")],
)
def test_the_readme_says_what_numerical_differentiation_is_worth(choice: str, says: str) -> None:
    """One sentence for the one rule that holds in this course."""
    text = handout_files(Settings.model_validate({"numerical_gradients": choice}))["README.md"].decode()
    told = [words for words in ("instructor is told", "accepted in place of", "gets no points") if words in text]
    assert says in text
    assert len(told) == 1


def test_cases_that_the_readme_names_are_there(released: Path) -> None:
    """What the README says of cases, and its example, is true of the public cases."""
    readme = " ".join((released / "README.md").read_text(encoding="utf-8").split())
    facts = json.loads((released / "selfcheck" / "public_cases.json").read_text(encoding="utf-8"))
    ids = [case["id"] for case in facts["cases"]]
    assert len(ids) == len(set(ids))
    for name in ("plain", "square", "large readout", "long memory", "single step", "identity"):
        assert f"`{name}`" in readme
        assert f"bptt_W/{name}" in ids
    assert 'CASES["bptt_W/plain"]' in readme


def test_no_run_can_have_the_public_seed() -> None:
    """The public answers are never hidden ones: settings refuse the public seed."""
    with pytest.raises(ValueError, match="seed"):
        Settings(seed=PUBLIC_SEED)


def half_done() -> str:
    """The first tasks of the reference, and stubs from bptt_V on."""
    stubs = stub(REFERENCE)
    return REFERENCE[: REFERENCE.index("def bptt_V(")] + stubs[stubs.index("def bptt_V(") :]


def in_bptt_V(old: str, new: str) -> str:
    """Replace a marker in the body of bptt_V alone."""
    start, end = REFERENCE.index("def bptt_V("), REFERENCE.index("def hidden_jacobian(")
    return REFERENCE[:start] + REFERENCE[start:end].replace(old, new) + REFERENCE[end:]


HELPER = f"def helper():\n    {BEGIN}\n    return 0\n    {END}\n"
SLIPS = {
    "nested": (REFERENCE.replace(END, "", 1), "inside the region that line"),
    "no-begin": (REFERENCE.replace(BEGIN, "", 1), "without a ### BEGIN"),
    "no-end": ("".join(REFERENCE.rpartition(END)[::2]), "without an ### END"),
    "unmarked": (in_bptt_V("### ", "# "), "bptt_V: the whole body"),
    "code-outside": (in_bptt_V(BEGIN, f"dV = dO.T @ H\n    {BEGIN}"), "bptt_V: the whole body"),
    "helper": (f"{REFERENCE}\n\n{HELPER}", "helper is no task's"),
}


@pytest.mark.parametrize(("source", "message"), SLIPS.values(), ids=SLIPS)
def test_markers_that_do_not_fit_are_an_error(source: str, message: str) -> None:
    """A slip in the markers stops the release; it never releases an answer."""
    with pytest.raises(HandoutError, match=re.escape(message)):
        stub(source)


def test_release_can_be_repeated(copy: Path) -> None:
    """Over its own handout it brings back what is missing, and takes out what a handout has no more."""
    (copy / "README.md").unlink()
    known = json.loads((copy / MANIFEST).read_text())
    old = copy / "selfcheck" / "old.py"
    old.write_bytes(b"x = 1\n")
    known["files"]["selfcheck/old.py"] = hashlib.sha256(b"x = 1\n").hexdigest()
    (copy / MANIFEST).write_text(json.dumps(known))
    for inner in ("__pycache__", ".pytest_cache", ".git"):
        (copy / inner).mkdir()
        (copy / inner / "x").touch()
    release(copy)
    assert drift(copy) == []
    assert not old.exists()


def _put(name: str, text: str = "") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


FOREIGN: dict[str, tuple[Callable[[Path], object], str]] = {
    "work": (_put("rnn.py", REFERENCE), "changed since: rnn.py"),
    "a README of one's own": (_put("README.md", "my lecture"), "changed since: README.md"),
    "notes": (_put("notes.txt"), "not of the handout: notes.txt"),
    "a link": (lambda folder: (folder / "answers").symlink_to("/tmp"), "not of the handout: answers"),
    "answers deeper": (_put("tools/answers.py"), "not of the handout: tools/answers.py"),
    "no list": (lambda folder: (folder / MANIFEST).unlink(), "is no handout of bptt"),
    "a list of somebody else": (_put(MANIFEST, '{"files": {}}'), "is no handout of bptt"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_not_the_handouts_own_is_never_written_over(copy: Path, what: str) -> None:
    """release names what is in the way, and touches nothing in the folder."""
    make, words = FOREIGN[what]
    make(copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(HandoutError, match=re.escape(words)):
        release(copy)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_solution_is_checked_and_left_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """--check runs the self-check on a solution, and writes nothing."""
    (tmp_path / "mine.py").write_text(REFERENCE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    with pytest.raises(SystemExit) as status:
        main(["release", "--check", "mine.py"])
    assert not status.value.code
    assert "100 of 100" in capfd.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_file_is_no_place_for_the_handout(tmp_path: Path) -> None:
    """`--out` must be a folder."""
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(HandoutError, match="is not a folder"):
        release(path)


def test_drift_names_each_file_that_differs(copy: Path) -> None:
    """An edit, a missing file and a file too many are told apart."""
    rnn = (copy / "rnn.py").read_text(encoding="utf-8").splitlines(keepends=True)
    rnn[2] = "# edited\n"
    (copy / "rnn.py").write_text("".join(rnn), encoding="utf-8")
    (copy / "requirements.txt").unlink()
    (copy / "answers.txt").touch()
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "rnn.cpython-311.pyc").touch()
    assert drift(copy) == [
        "requirements.txt is missing",
        "rnn.py differs from line 3 on",
        "answers.txt is no part of the handout",
    ]


@pytest.mark.parametrize(("file", "last_bits"), [("public_cases.npz", 1e-15), ("hints.npz", 1e-7)])
def test_drift_forgives_the_last_bits_of_arrays_only(copy: Path, file: str, last_bits: float) -> None:
    """Builds of numpy differ in the last bits; anything more is drift."""
    path = copy / "selfcheck" / file
    with np.load(path, allow_pickle=False) as arrays_file:
        arrays = {name: arrays_file[name] for name in arrays_file.files}
    name = next(iter(arrays))
    np.savez(path, allow_pickle=False, **{**arrays, name: arrays[name] * arrays[name].dtype.type(1 + last_bits)})
    assert drift(copy) == []
    np.savez(path, allow_pickle=False, **{**arrays, name: arrays[name] * arrays[name].dtype.type(1 + 1e-5)})
    assert drift(copy) == [f"selfcheck/{file}: 1 of {len(arrays)} arrays have other values, the first is {name}"]
    path.write_bytes(b"no arrays")
    assert drift(copy)[0].startswith(f"selfcheck/{file}: cannot be read")
