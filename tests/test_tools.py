"""The tools for finding one's own mistake, as a student types them in a released folder."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autograder.handout.release import stub
from tests.conftest import REFERENCE, edited
from tests.desk import Student, solved

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Student:
    """A desk whose rnn.py a test writes first."""
    return Student(tmp_path_factory.mktemp("desk"))


def rows(output: str) -> list[tuple[float, float, bool]]:
    """The entries of a gradient_check: yours, numerical, and whether it is marked."""
    found = re.findall(r"^  \[[\d, ]+\] +(\S+) +(\S+) +\S+ +\S+(  <- worst)?$", output, re.MULTILINE)
    return [(float(yours), float(numerical), bool(mark)) for yours, numerical, mark in found]


def python(student: Student, code: str) -> subprocess.CompletedProcess[str]:
    """Type a line into Python in the folder."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=student.folder, capture_output=True, encoding="utf-8", check=False
    )


def typed(student: Student, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Type `python -m tools` and each of some commands, all in one Python; return statuses, outputs and errors."""
    code = (
        "import contextlib, io, json, runpy, sys\nfound = []\n"
        f"for sys.argv[1:] in {[list(command) for command in commands]}:\n"
        "    out, err, status = io.StringIO(), io.StringIO(), 0\n"
        "    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):\n"
        "        try:\n            runpy.run_module('tools', run_name='__main__', alter_sys=True)\n"
        "        except SystemExit as end:\n            status = end.code\n"
        "    found.append((status, out.getvalue(), err.getvalue()))\n"
        "print(json.dumps(found))"
    )
    run = python(student, code)
    assert (run.returncode, run.stderr) == (0, "")
    return [(status, out, err) for status, out, err in json.loads(run.stdout)]


NAMES = {"U": 6, "W": 9, "V": 6, "b": 3, "c": 2, "bptt_W": 9, "hidden_jacobian": 9, "output_error": 8}


@pytest.fixture(scope="module")
def checks(student: Student) -> dict[str, str]:
    """What gradient_check prints of the reference, by name, all asked from one Python."""
    each = f"import tools\nfor name in {list(NAMES)}:\n    print('--')\n    tools.gradient_check(name)"
    run = python(student.hand(REFERENCE), each)
    assert (run.returncode, run.stderr) == (0, "")
    return dict(zip(NAMES, run.stdout.split("--\n")[1:], strict=True))


@pytest.mark.parametrize(("name", "entries"), NAMES.items())
def test_a_right_gradient_agrees_entry_by_entry(checks: dict[str, str], name: str, entries: int) -> None:
    """Every entry is there twice, one is marked as the worst, and the reading says that they agree."""
    found = rows(checks[name])
    assert len(found) == entries
    assert sum(mark for *_, mark in found) == 1
    assert all(yours == pytest.approx(numerical, abs=1e-8) for yours, numerical, _ in found)
    assert "they agree" in checks[name]
    assert all(len(line) < 80 for line in checks[name].splitlines())


def test_the_command_says_the_same(student: Student, checks: dict[str, str]) -> None:
    """`python -m tools gradient_check b` prints what the function prints."""
    run = student.hand(REFERENCE).module("tools", "gradient_check", "b")
    assert (run.returncode, run.stderr, run.stdout) == (0, "", checks["b"])


def test_the_worst_entry_is_marked(student: Student) -> None:
    """One entry is spoilt: it is the one with the mark, and the relative error is its own."""
    spoilt = solved(
        bptt_V="""
        gradient = dO.T @ H
        gradient[1, 2] += 0.5
        return gradient
    """
    )
    said = student.hand(spoilt).module("tools", "gradient_check", "V").stdout
    marked = [line for line in said.splitlines() if "worst" in line]
    assert len(marked) == 1
    assert marked[0].startswith("  [1, 2]")
    largest = max(abs(numerical) for _, numerical, _ in rows(said))
    assert float(re.search(r"relative error (\S+) =", said)[1]) == pytest.approx(0.5 / largest, rel=0.1)
    assert "not the derivative of your own loss" in said


def test_a_factor_is_seen(student: Student) -> None:
    """A gradient that is the negative of the right one: the ratio is said."""
    said = student.hand(solved(bptt_c="return -dO.sum(axis=0)")).module("tools", "gradient_check", "c").stdout
    assert "every entry is -1 times the numerical one" in said


def test_the_loss_is_the_students_own(student: Student, checks: dict[str, str]) -> None:
    """A loss that is twice the right one doubles the numerical gradient: no stored answer takes part."""
    right = rows(checks["b"])
    doubled = edited(("loss: float = -np.sum", "loss: float = -2 * np.sum"))
    twice = rows(student.hand(doubled).module("tools", "gradient_check", "b").stdout)
    assert [row[1] for row in twice] == pytest.approx([2 * row[1] for row in right], abs=1e-6)
    assert [row[0] for row in twice] == [row[0] for row in right]


def test_trace_shows_one_step(student: Student) -> None:
    """Every number of the step stands there with its shape, and they follow from each other."""
    run = student.hand(REFERENCE).module("tools", "trace", "3")
    assert (run.returncode, run.stderr) == (0, "")
    values = {
        name: np.array(numbers.split(), dtype=float)
        for name, numbers in re.findall(r"^  (\S+(?: \S+)?) +(?:\(\d,\)|number) +((?:-?\d+\.\d+ *)+)", run.stdout, re.M)
    }
    terms = ("U x_t", "W h_{t-1}", "b")
    assert set(terms) | {"x_t", "h_{t-1}", "a_t", "h_t", "o_t", "y_hat_t", "y_t", "L_t"} <= set(values)
    assert sum(values[term] for term in terms) == pytest.approx(values["a_t"], abs=3e-5)
    assert np.tanh(values["a_t"]) == pytest.approx(values["h_t"], abs=2e-5)
    odds = np.exp(values["o_t"])
    assert odds / odds.sum() == pytest.approx(values["y_hat_t"], abs=2e-5)
    assert -np.sum(values["y_t"] * np.log(values["y_hat_t"])) == pytest.approx(values["L_t"][0], abs=1e-4)
    assert "NOT" not in run.stdout
    assert all(len(line) < 80 for line in run.stdout.splitlines())


def test_trace_says_where_a_step_goes_wrong(student: Student) -> None:
    """A forward pass without b: the state is not tanh of the sum, and it says so; the output follows from the state."""
    wrong = edited(("params.U @ x + params.W @ h + params.b, activation)", "params.U @ x + params.W @ h, activation)"))
    said = student.hand(wrong).module("tools", "trace", "1").stdout
    assert "yours, NOT tanh(a_t)" in said
    assert said.count("NOT") == 1


def test_trace_needs_states_of_the_right_shape(student: Student) -> None:
    """A forward that returns columns is told so in words."""
    run = student.hand(edited(("return H, softmax(H @", "return H.T, softmax(H @"))).module("tools", "trace", "1")
    assert run.returncode == 1
    assert "H has the wrong shape" in run.stdout
    assert "is it the transpose?" in run.stdout


def test_gradients_vanish_and_explode(student: Student) -> None:
    """With the identity, the norm is the scale to the power of t - k; the picture is saved as a PNG."""
    run = student.hand(REFERENCE).module("tools", "gradient_norms", "--save", "norms ŷ.png")
    assert (run.returncode, run.stderr) == (0, "")
    table = {
        int(back): [float(number) for number in norms.split()]
        for back, norms in re.findall(r"^  t - k = (\d+) +(.*)$", run.stdout, re.MULTILINE)
    }
    for back, norms in table.items():
        assert norms[:3] == pytest.approx([scale**back for scale in (0.5, 1, 1.5)], rel=0.05)
    assert table[30][3] < 1e-6 < 1 < table[30][5]
    assert "Picture: norms ŷ.png" in run.stdout
    assert (student.folder / "norms ŷ.png").read_bytes().startswith(PNG)
    assert all(len(line) < 80 for line in run.stdout.splitlines())


def test_the_loss_falls_while_learning(student: Student) -> None:
    """At each of three rates the loss falls, faster at the larger; without a name, the picture has its usual one."""
    run = student.hand(REFERENCE).module("tools", "learning_curve")
    assert (run.returncode, run.stderr) == (0, "")
    table = [[float(x) for x in row.split()] for row in re.findall(r"^ +\d+((?: +\d+\.\d+){3})$", run.stdout, re.M)]
    columns = list(zip(*table, strict=True))
    assert all(list(column) == sorted(column, reverse=True) for column in columns)
    assert table[-1] == sorted(table[-1], reverse=True)
    assert (student.folder / "learning-curve.png").read_bytes().startswith(PNG)


def test_a_picture_that_cannot_be_saved_costs_nothing(student: Student) -> None:
    """The table is printed all the same, and it says why there is no picture."""
    files = ("no such folder/norms.png", "norms.xyz")
    run = python(student.hand(REFERENCE), f"import tools\nfor file in {files}:\n    tools.gradient_norms(save=file)")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("t - k = 30") == 2
    assert [file for file in files if f"No picture: {file} cannot be written" not in run.stdout] == []


def test_without_matplotlib_there_is_the_table(student: Student) -> None:
    """matplotlib is optional: what it would show is printed, and how to get it."""
    hidden = (
        "import sys; sys.modules['matplotlib'] = None; import tools; tools.gradient_norms(); tools.learning_curve()"
    )
    run = python(student.hand(REFERENCE), hidden)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("No picture: matplotlib is not installed (pip install matplotlib).") == 2
    assert "t - k = 30" in run.stdout


STUBS = {
    ("gradient_check", "W"): "waits for Task 3: forward",
    ("trace", "1"): "Task 3: forward is not written yet.",
    ("gradient_norms",): "Task 6: hidden_jacobian  not written yet",
    ("learning_curve",): "Task 10: gradient_step   not written yet",
}


def test_stubs_are_named(student: Student) -> None:
    """Nothing written: the missing task is named, with no traceback, and the status is 1."""
    for message, (status, out, err) in zip(STUBS.values(), typed(student.hand(stub(REFERENCE)), *STUBS), strict=True):
        assert (status, err) == (1, "")
        assert message in out


def test_a_stub_among_written_tasks_is_named(student: Student) -> None:
    """The function itself is missing: its task is named."""
    run = student.hand(solved(bptt_W='raise NotImplementedError("Task 7: bptt_W")')).module(
        "tools", "gradient_check", "W"
    )
    assert run.returncode == 1
    assert run.stdout == "Task 7: bptt_W is not written yet.\n"


WRONG = {
    ("gradient_check", "Q"): "allowed are U, W, V, b, c, output_error, bptt_V, hidden_jacobian",
    ("gradient_check", "bptt_w"): "did you mean bptt_W?",
    ("trace", "0"): "allowed are 1 to 4",
    ("trace", "5"): "allowed are 1 to 4",
    ("trace", "first"): "invalid int value",
}


def test_a_wrong_argument_is_a_usage_error(student: Student) -> None:
    """What is not allowed is answered with what is."""
    for message, (status, _, err) in zip(WRONG.values(), typed(student, *WRONG), strict=True):
        assert status == 2
        assert message in " ".join(err.split())


def test_in_python_a_wrong_argument_is_a_value_error(student: Student) -> None:
    """The same message as an exception; an edit of rnn.py counts at the next call, with no restart."""
    code = """
import pathlib, tools
for call in (lambda: tools.gradient_check("w"), lambda: tools.trace(7), lambda: tools.trace("2")):
    try:
        call()
    except ValueError as error:
        print(error)
tools.gradient_check("c")
path = pathlib.Path("rnn.py")
path.write_text(path.read_text(encoding="utf-8").replace("dO.sum(axis=0)", "3 * dO.sum(axis=0)"), encoding="utf-8")
tools.gradient_check("c")
"""
    run = python(student.hand(REFERENCE), code)
    assert (run.returncode, run.stderr) == (0, "")
    assert "nothing to check is called 'w'" in run.stdout
    assert "there is no step 7; allowed are 1 to 4" in run.stdout
    assert "there is no step '2'" in run.stdout
    assert run.stdout.index("they agree") < run.stdout.index("every entry is 3 times")


def test_functions_of_the_caller_come_first(student: Student) -> None:
    """Where the functions are defined, as in a notebook, those are looked at and not rnn.py."""
    student.hand(stub(REFERENCE))
    (student.folder / "mine.py").write_text(REFERENCE + "\nimport tools\ntools.trace(1)\n", encoding="utf-8")
    run = student.module("mine")
    assert run.returncode == 0
    assert "your cross_entropy" in run.stdout


def test_a_narrow_console_gets_ascii(student: Student) -> None:
    """Where the console has no Greek, the names are spelled out."""
    run = student.hand(REFERENCE).module("tools", "gradient_norms", encoding="ascii")
    assert (run.returncode, run.stderr) == (0, "")
    assert "The norm of dh_t/dh_k by your hidden_jacobian" in run.stdout


@pytest.mark.parametrize("name", ["gradient-norms.png", "learning-curve.png"])
def test_the_pictures_in_docs_can_be_read_in_grey(name: str) -> None:
    """They are there, large enough to read, and have dark, middle and light ink when they lose their colours."""
    grey = np.asarray(Image.open(Path(__file__).parent.parent / "docs" / name).convert("L"))
    assert min(grey.shape) >= 500
    assert {int(level) for level in np.unique(grey // 64)} == {0, 1, 2, 3}
