"""The peers of the throughput benchmark: other graders, with the same tasks and the same checks.

Each grades notebooks of the same students against the hidden tests that `bptt nbgrader init` writes: public
cases, numerical gradients by numdifftools, and a hidden case for each part of each function.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import NotebookNode

from autograder.handout.release import handout_files
from autograder.model.settings import Settings
from autograder.nbgrader.hidden import hidden_cases
from solutions.tasks import TASKS
from tests.conftest import SAMPLE_CLASS
from tests.nbgrader_course import Course, in_cells

# Whose code neither hangs nor ends its process: the peers would wait for their timeouts.
STUDENTS = ("amina", "bjorn", "chen", "dalia", "emre", "giulia", "hassan", "jakub", "kavya", "maya", "nadia", "quentin")
# otter needs a numpy stack of its own; `make bench` installs it here.
OTTER = Path("build/otter/bin")
_SEED = 1
_OTTER_TEST = '''\
from otter.test_files import test_case

OK_FORMAT = False
name, points = "{task}", {points}
HIDDEN = """
{hidden}
"""


@test_case(points={points})
def test_task(env):
    network = env | {{"HIDDEN": HIDDEN}}
    exec("from selfcheck.notebook import check; earned = check('{task}', HIDDEN)", network)
    assert network["earned"] == {points}
'''


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    """Measure the block: what is yielded returns its seconds."""
    started, ended = time.perf_counter(), list[float]()
    yield lambda: ended[0] - started
    ended.append(time.perf_counter())


def codes(submissions: int) -> Iterator[tuple[str, str]]:
    """Yield so many (student, rnn.py)."""
    for number, student in enumerate(islice(cycle(STUDENTS), submissions)):
        yield f"{number:03d}-{student}", (SAMPLE_CLASS / student / "rnn.py").read_text(encoding="utf-8")


def nbgrader_course(root: Path, submissions: int, *, engine: bool) -> Course:
    """Make a course with that many submissions; without the engine, its config is nbgrader's own."""
    course = Course(root)
    config = course.root / "nbgrader_config.py"
    if not engine:
        lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
        config.write_text("".join(line for line in lines if "use_engine" not in line), encoding="utf-8")
    course.nbgrader("generate_assignment rnn")
    for name, code in codes(submissions):
        course.submit(name, only_tasks(in_cells(course.released(), code)))
    return course


def only_tasks(notebook: NotebookNode, *, checks: bool = True) -> NotebookNode:
    """Leave out what is no part of the work: texts, examples, errata, and perhaps the checks."""
    kept = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.id in ("imports", "setup") or marks.get("solution") or (marks.get("grade") and checks):
            kept.append(cell)
    notebook.cells = kept
    return notebook


def with_nbgrader(submissions: int) -> float:
    """Time `nbgrader autograde`, which runs each notebook in a kernel."""
    with TemporaryDirectory() as name:
        course = nbgrader_course(Path(name), submissions, engine=False)
        with timed() as seconds:
            course.nbgrader("autograde rnn")
    return seconds()


def with_otter(submissions: int) -> float:
    """Time `otter run`, which runs one notebook in a kernel, with exception-based tests that make the same checks."""
    with TemporaryDirectory() as name:
        place = Path(name)
        autograder = _otter_autograder(place)
        course = Course(place)
        course.nbgrader("generate_assignment rnn")
        notebooks = []
        for student, code in codes(submissions):
            # Otter runs the cells of the notebook, and then the tests: without the student's own checks.
            notebook = only_tasks(in_cells(course.released(), code), checks=False)
            path = place / f"{student}.ipynb"
            nbformat.write(notebook, path)
            notebooks.append(path)
        with timed() as seconds:
            for path in notebooks:
                out = place / f"{path.stem}-out"
                out.mkdir()
                command = [str(OTTER.resolve() / "otter"), "run", "--no-logo", "-a", str(autograder), "-o", str(out)]
                _run([*command, str(path)], place)
        graded = [json.loads(path.read_text()) for path in place.glob("*-out/results.json")]
        points = [sum(test.get("score", 0.0) for test in one["tests"]) for one in graded]
        assert len(points) == submissions, "otter left submissions out"
        assert max(points) == sum(task.points for task in TASKS), "otter graded, but no test passed: were they run?"
    return seconds()


def with_pytest(submissions: int) -> float:
    """Time a fresh `pytest` for each submission, in the handout's folder: the self-check alone."""
    with TemporaryDirectory() as name:
        place = Path(name)
        for file, content in handout_files().items():
            path = place / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with timed() as seconds:
            for _, code in codes(submissions):
                (place / "rnn.py").write_text(code, encoding="utf-8")
                _run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], place, failing=True)
    return seconds()


def versions() -> str:
    """Return which versions the peers have."""
    said = subprocess.run([OTTER / "otter", "--version"], capture_output=True, text=True, check=True).stdout
    otter = said.lower().partition("otter-grader version:")[2].split()[0]
    return f"nbgrader {version('nbgrader')}, otter-grader {otter}, pytest {version('pytest')}"


def _otter_autograder(place: Path) -> Path:
    tests = place / "tests"
    tests.mkdir()
    for task in TASKS:
        points = Settings().points(task.id)
        text = _OTTER_TEST.format(task=task.id, points=points, hidden=hidden_cases(_SEED, task))
        (tests / f"{task.id}.py").write_text(text, encoding="utf-8")
    for name, content in handout_files().items():
        if name.startswith("selfcheck/"):
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    zipped = place / "autograder.zip"
    command = [str(OTTER.resolve() / "otter"), "generate", "-t", str(tests), "-o", str(zipped)]
    _run([*command, "--no-config", "--no-requirements", "--no-environment", "selfcheck"], place)
    return zipped


def _run(command: list[str], cwd: Path, *, failing: bool = False) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert failing or done.returncode == 0, f"{shutil.which(command[0])}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
