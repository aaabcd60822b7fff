"""What the self-check says of the file itself: what will be missing at grading, and work that is somewhere else."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.handout.release import stub
from tests.conftest import REFERENCE
from tests.desk import Student, message, scores, solved


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path)


def remarks(student: Student, *args: str) -> str:
    """Return what pytest says below the total, in one line."""
    return " ".join(student.check(*(args or ("-k", "softmax"))).stdout.partition("total ")[2].split())


FOREIGN = {
    "a package": ("import scipy.special", "needs scipy, which will be missing at grading: only numpy"),
    "from a package": ("from pytest import approx", "needs pytest, which will be missing at grading"),
    "a file of one's own": ("import helpers", "needs helpers.py, which will be missing at grading: one file"),
    "inside a function": ("def f():\n    import scipy", "needs scipy"),
}


# Numpy, Python's own modules, and what the file can do without.
FINE = """
import random, math
from numpy import linalg
try:
    import scipy
except ImportError:
    scipy = None
if __name__ == "__main__":
    import pytest
"""


def test_what_will_be_missing_at_grading_is_named(student: Student) -> None:
    """It works here; the remark says where it will not, with the line; what the grader has is not remarked."""
    (student.folder / "helpers.py").touch()
    text, due = FINE, []
    for code, said in FOREIGN.values():
        text += f"{code}\n"
        due.append(f"rnn.py, line {text.count(chr(10))}, {said}")
    found = remarks(student.hand(text + REFERENCE))
    assert [said for said in due if said not in found] == []
    assert len(re.findall(r"rnn\.py, line \d+, needs", found)) == len(due)


def test_what_the_grader_has_is_not_remarked(student: Student) -> None:
    """Then not a word of grading."""
    assert "grading" not in remarks(student.hand(FINE + REFERENCE))


NEWER = {
    "except*": "def f():\n    try:\n        pass\n    except* ValueError:\n        pass\n",
    "type": "type A = int\n",
    "f-string": 'def f(x):\n    return f"{x["a"]}"\n',
}


@pytest.mark.parametrize("kind", NEWER)
def test_syntax_newer_than_the_grader_s_python_is_named(kind: str, student: Student) -> None:
    """The handout knows by which Python it is graded; what a newer one takes here is told."""
    facts = student.folder / "selfcheck" / "grader.json"
    assert json.loads(facts.read_text(encoding="utf-8")) == {"python": list(sys.version_info[:2])}
    older = [3, 10] if kind == "except*" else [3, 11]
    if sys.version_info[:2] <= tuple(older) or (kind != "except*" and sys.version_info < (3, 12)):
        pytest.skip("this Python is no newer than that syntax")
    student.hand(NEWER[kind] + REFERENCE)
    assert "newer than" not in remarks(student)
    facts.write_text(json.dumps({"python": older}), encoding="utf-8")
    assert f"rnn.py is newer than Python {older[0]}.{older[1]}, by which it is graded: line" in remarks(student)


def test_an_encoding_is_remarked(student: Student) -> None:
    """A file in latin-1 that says so is read, and told of."""
    (student.folder / "rnn.py").write_bytes(
        f"# -*- coding: latin-1 -*-\n# \xdcbung\n{solved()}".encode("latin-1", "replace")
    )
    assert "in the encoding iso-8859-1, as it declares" in remarks(student)


def test_work_in_another_file_is_pointed_to(student: Student) -> None:
    """Stubs are checked, and the work is in the notebook or in a copy: each is named, with what to do."""
    assert "rnn.ipynb" not in remarks(student, "-q")  # whose cells are stubs as well
    (student.folder / "rnn (1).py").write_text(REFERENCE, encoding="utf-8")
    notebook = student.folder / "rnn.ipynb"
    facts = json.loads(notebook.read_text(encoding="utf-8"))
    facts["cells"].append({"cell_type": "code", "source": "%time\n"} | {"metadata": {}, "outputs": []})
    facts["cells"].append({"cell_type": "code", "source": ["def softmax(o):\n", "    return o\n"]})
    notebook.write_text(json.dumps(facts), encoding="utf-8")
    said = remarks(student, "-q")
    assert "rnn (1).py has 14 tasks that are to do in rnn.py: pytest checks rnn.py alone; rename it to rnn.py" in said
    assert "rnn.ipynb has softmax: pytest checks rnn.py alone; check it there" in said
    (student.folder / "rnn.py").unlink()
    missing = " ".join(student.check().stderr.split())
    assert "There is no rnn.py here" in missing
    assert "rnn (1).py has 14 tasks" in missing


def test_work_in_a_folder_is_pointed_to(student: Student) -> None:
    """One folder down, as zips are unpacked; but no program of the handout's own, and nothing that is hidden."""
    assert "pytest checks rnn.py alone" not in remarks(student, "-q")
    for name in ("sub", "homework 2", ".ipynb_checkpoints"):
        (student.folder / name).mkdir()
        (student.folder / name / "rnn.py").write_text(REFERENCE, encoding="utf-8")
    said = remarks(student, "-q")
    assert "sub/rnn.py has 14 tasks that are to do in rnn.py: pytest checks rnn.py alone; put it here as rnn.py" in said
    assert "homework 2/rnn.py has 14 tasks" in said
    assert "checkpoints" not in said


ASKS = {
    "input('rate? ')": "bptt_V",
    "sys.stdin.readline()": "softmax",
    "sys.stdin.read()": "output_error",
    "next(sys.stdin)": "cross_entropy",
}
ASKED = "EOFError: your file asks for input, and no one answers at grading"


def test_a_function_that_asks_for_input_is_told_of_it(student: Student) -> None:
    """In words that are not pytest's, however it asks."""
    text = solved(**{function: f"import sys\nreturn float({asks})" for asks, function in ASKS.items()})
    run = student.hand(text).check("-k", f"({' or '.join(ASKS.values())}) and not property and not numerical")
    failed = dict(re.findall(r"^_+ test_task\[((\w+)-\w+)\] _+$", run.stdout, re.MULTILINE))
    assert {*failed.values()} == {*ASKS.values()}
    assert [check for check in failed if f"got {ASKED}" not in message(run.stdout, check)] == []
    assert [one for one in scores(run.stdout).values() if not re.fullmatch(r"0 of \d error", one)] == []


@pytest.mark.parametrize(
    "asks",
    [
        "input('rate? ')",
        "next(sys.stdin)",
        *(pytest.param(f"sys.stdin.{name}()", marks=pytest.mark.thorough) for name in ("read", "readline")),
    ],
)
def test_a_file_that_asks_for_input_is_told_of_it(asks: str, student: Student) -> None:
    """Outside of all functions, with the line."""
    run = student.hand(f"{REFERENCE}\nimport sys\nrate = {asks}\n").check("-k", "bptt_V")
    assert f"rnn.py cannot be imported: {ASKED}" in " ".join(run.stderr.split())
    assert asks in run.stderr


def test_a_copy_with_nothing_more_in_it_is_not_mentioned(student: Student) -> None:
    """Where all is done in rnn.py, older copies are nobody's business."""
    (student.folder / "rnn (1).py").write_text(stub(REFERENCE), encoding="utf-8")
    (student.folder / "old.py").write_text(REFERENCE, encoding="utf-8")
    assert "pytest checks rnn.py alone" not in remarks(student.hand(REFERENCE), "-q")


@pytest.mark.parametrize("name", ["random.py", "copy.py", "numbers.py"])
def test_a_file_that_hides_a_module_of_python_is_named(name: str, student: Student) -> None:
    """It works all the same, or one line says which file is in the way; never a traceback alone."""
    (student.hand(REFERENCE).folder / name).write_text("def roll():\n    return 4\n", encoding="utf-8")
    command = [Path(sys.executable).with_name("pytest"), "-k", "softmax"]
    run = subprocess.run(command, cwd=student.folder, capture_output=True, text=True, check=False)
    assert f"{name} beside rnn.py hides" in " ".join((run.stdout + run.stderr).split())
    assert "Traceback" not in run.stdout + run.stderr
    errata = student.module("errata", "direct-term")
    assert errata.returncode == 0 or f"{name} beside rnn.py hides" in errata.stderr


@pytest.mark.parametrize("module", ["errata", "examples", "tools gradient_norms"])
def test_a_reader_that_goes_away_is_no_error(module: str, student: Student) -> None:
    """`... | head -n 1` shows one line and no traceback."""
    shell = f"{sys.executable} -m {module} | head -n 1"
    student.hand(REFERENCE)
    run = subprocess.run(shell, shell=True, cwd=student.folder, capture_output=True, text=True, check=True)
    assert len(run.stdout.splitlines()) == 1
    assert run.stderr == ""


def test_a_loss_for_each_step_is_to_be_added_up(student: Student) -> None:
    """One number is due: nothing says that an array was expected."""
    run = student.hand(solved(cross_entropy="return -np.sum(Y * np.log(Y_hat + 1e-15), axis=1)")).check("-k", "cross")
    assert "They are to be added up" in message(run.stdout, "cross_entropy-sum")
    assert "expected an array" not in " ".join(run.stdout.split())


def test_the_line_of_the_wrapper_is_shown_as_well(student: Student) -> None:
    """An exception inside forward: the line that called it, in the function that was checked, and its own."""
    run = student.hand(solved(many_to_one="return forward(params, X[-1], h_init, activation)[1]")).check(
        "-k", "many_to_one"
    )
    said = message(run.stdout, "many_to_one-tanh")
    assert "in many_to_one: return forward(params, X[-1], h_init, activation)[1]" in said
    assert ", in forward:" in said
