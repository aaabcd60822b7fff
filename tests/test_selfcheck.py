"""The self-check as a student runs it: pytest, in a process of its own, in a released folder."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.handout.release import stub
from solutions.tasks import TASKS
from tests.conftest import REFERENCE
from tests.desk import Student, message, scores, solved


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path)


def test_the_empty_stub_is_all_to_do(student: Student) -> None:
    """Nothing written is nothing wrong: no failure, no points, every task to do."""
    run = student.check()
    assert run.returncode == 0
    assert scores(run.stdout) == {task.id: f"0 of {task.points:g} to do" for task in TASKS}
    assert "total     0 of 100" in run.stdout
    assert "FAILURES" not in run.stdout
    assert "warning" not in run.stdout
    assert re.search(r"^\d+ to do in", run.stdout, re.MULTILINE)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], set[Path]]:
    """One check of the reference in a folder without hints, and what it wrote there."""
    student = Student(tmp_path_factory.mktemp("right")).hand(REFERENCE)
    for path in student.folder.glob("selfcheck/hints.[jn]*"):
        path.unlink()
    before = set(student.folder.rglob("*"))
    run = student.check()
    return run, {path.relative_to(student.folder) for path in set(student.folder.rglob("*")) - before}


def test_the_reference_has_all_points(right: tuple[subprocess.CompletedProcess[str], set[Path]]) -> None:
    """Right in everything, with nothing to remark, every numerical gradient included; hints are not read for it."""
    run, _ = right
    assert run.returncode == 0
    assert scores(run.stdout) == {task.id: f"{task.points:g} of {task.points:g} pass" for task in TASKS}
    assert "total   100 of 100" in run.stdout
    assert "note" not in run.stdout
    assert re.search(r"^\d+ passed in", run.stdout, re.MULTILINE)


def test_a_check_writes_nothing_but_caches(right: tuple[subprocess.CompletedProcess[str], set[Path]]) -> None:
    """It serves in a folder that is read-only: nothing needs to be written."""
    _, written = right
    assert written
    assert [path for path in written if not {"__pycache__", ".pytest_cache"} & set(path.parts)] == []


def test_unusual_but_right_code_has_all_points(student: Student) -> None:
    """Lists, float32, a clipped logarithm, numpy's warnings and prints cost nothing, also under -W error."""
    text = solved(
        cross_entropy="""
            loss = -np.sum(Y * np.log(np.clip(Y_hat, 1e-12, 1)))
            return loss / (len(Y) if reduction == "mean" else 1)
        """,
        bptt_V="""
            print("looking")
            return (dO.T @ H).astype(np.float32)
        """,
        bptt_c="""
            np.log(np.zeros(1)) / np.zeros(1)
            return [sum(column) for column in dO.T.tolist()]
        """,
        gradient_step="""
            new = [p.copy() for p in params]
            for p, g in zip(new, grads):
                p -= learning_rate * g
            return Params(*new)
        """,
    )
    run = student.hand(text).check("-W", "error")
    assert run.returncode == 0
    assert "total   100 of 100" in run.stdout
    assert "bptt_V: right, but in float32; float64 was asked for" in run.stdout
    assert "looking" not in run.stdout
    assert "looks like" not in run.stdout


def test_a_stub_among_written_tasks_is_to_do(student: Student) -> None:
    """A wrapper that calls a stub is to do itself; numerical gradients say what they wait for."""
    stubs = stub(REFERENCE)
    begin, end = "def forward(", "def output_error("
    text = REFERENCE[: REFERENCE.index(begin)] + stubs[stubs.index(begin) : stubs.index(end)]
    run = student.hand(text + REFERENCE[REFERENCE.index(end) :]).check("-rs")
    assert run.returncode == 0
    states = scores(run.stdout)
    assert states["forward"] == "0 of 15 to do"
    assert states["many_to_one"] == "0 of 4 to do"
    assert states["bptt_W"] == "15 of 15 pass"
    assert "total    65 of 100" in run.stdout
    assert "bptt_V, hidden_jacobian, bptt_W, bptt_U, bptt_bias" in " ".join(run.stdout.split())
    assert "the numerical check waits for Task 3: forward" in " ".join(run.stdout.split())


BROKEN = {
    "syntax": (
        solved(bptt_V="return dO.T @ H)"),
        ["rnn.py is not valid Python: unmatched ')'", "return dO.T @ H)", "Correct this line"],
    ),
    "import": (
        REFERENCE.replace("import numpy as np", "import numpy as np\nimport no_such_module"),
        ["rnn.py cannot be imported: ModuleNotFoundError", "import no_such_module"],
    ),
    "exception": (
        REFERENCE + "\nprint(softmax(undefined))\n",
        ["rnn.py cannot be imported: NameError", "print(softmax(undefined))"],
    ),
    "exit": (REFERENCE + "\nraise SystemExit(0)\n", ["rnn.py cannot be imported: SystemExit: 0"]),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_cannot_be_imported_is_told_in_words(kind: str, student: Student) -> None:
    """The line that broke and what to do; no traceback, no failure for each check, no success either."""
    text, expected = BROKEN[kind]
    run = student.hand(text).check("-k", "softmax")
    assert run.returncode not in (0, 5)
    said = run.stdout + run.stderr
    assert [part for part in expected if part not in said] == []
    assert re.search(r"rnn\.py, line \d+", said)
    assert "Traceback" not in said
    assert "INTERNALERROR" not in said
    assert len(said.splitlines()) < 12


def test_a_file_in_another_encoding_is_told_in_words(student: Student) -> None:
    """An editor that does not save UTF-8 is named as the cause."""
    (student.folder / "rnn.py").write_bytes(b"# caf\xe9\n" + REFERENCE.encode())
    run = student.check()
    assert "Save it as UTF-8" in run.stderr
    assert run.returncode not in (0, 5)


def test_a_missing_file_is_told_in_words(student: Student) -> None:
    """Without rnn.py there is nothing to check."""
    (student.folder / "rnn.py").unlink()
    run = student.check()
    assert "There is no rnn.py here" in run.stderr
    assert run.returncode not in (0, 5)


def test_a_task_can_be_selected_by_its_name(student: Student) -> None:
    """`pytest -k softmax` runs and sums up that task alone."""
    run = student.hand(REFERENCE).check("-k", "softmax")
    assert scores(run.stdout) == {"softmax": "8 of 8 pass"}
    assert "8 of 8    (1 of 14 tasks were checked)" in run.stdout


MEANT = {"soft_max": "softmax", "bptt-W": "bptt_W", "backward": "forward"}


def test_names_that_no_check_has_are_answered_with_those_that_there_are(student: Student) -> None:
    """Nothing was checked, which is no success."""
    run = student.hand(REFERENCE).check("-k", " or ".join(MEANT))
    assert run.returncode == 4
    said = " ".join(run.stderr.split())
    for asked, meant in MEANT.items():
        assert f"no check is called {asked}: do you mean {meant}? The tasks are softmax, cross_entropy," in said


def test_names_that_no_check_has_are_a_remark_beside_one_that_exists(student: Student) -> None:
    """What could be checked was."""
    run = student.hand(REFERENCE).check("-k", "bptt_V or soft_max or bptt-W or backward")
    assert run.returncode == 0
    said = " ".join(run.stdout.split())
    assert [asked for asked in ("soft_max", "bptt-W", "backward") if f"no check is called {asked}" not in said] == []


@pytest.mark.parametrize("asked", ["Task 1", "bptt W", "softmax,forward", "softmax or"])
def test_names_that_are_not_joined_are_answered_with_how_to_join_them(asked: str, student: Student) -> None:
    """Pytest's own words on columns and identifiers do not tell a student what to type."""
    run = student.hand(REFERENCE).check("-k", asked)
    assert run.returncode == 4
    said = " ".join(run.stderr.split())
    assert 'pytest -k "softmax or cross_entropy". The tasks are softmax,' in said
    assert "column" not in said


@pytest.mark.parametrize(("name", "said"), [("rnn.py", "pytest"), ("test_rnn.py", "score on the public cases")])
def test_who_runs_a_file_is_told_how_to_check_it(name: str, said: str, student: Student) -> None:
    """`python rnn.py` says what to type, `python test_rnn.py` checks."""
    run = subprocess.run([sys.executable, name], cwd=student.folder, capture_output=True, text=True, check=True)
    assert said in run.stdout
    assert run.stderr == ""


def test_one_task_needs_no_numdifftools_where_its_answers_are_right(student: Student, tmp_path: Path) -> None:
    """Loading it takes longer than all else; what was not made is not told as made, and is to be had by name."""
    for library in ("numdifftools", "scipy"):
        (tmp_path / f"{library}.py").write_text("raise RuntimeError('loaded')\n", encoding="utf-8")
    without = {"PYTHONPATH": str(tmp_path)}
    run = student.hand(REFERENCE).check("-k", "bptt_W", extra=without)
    assert run.returncode == 0, run.stdout
    assert scores(run.stdout) == {"bptt_W": "15 of 15 pass"}
    assert re.search(r"^\d+ passed, \d+ deselected, 1 not made in", run.stdout, re.MULTILINE)
    assert "bptt_W: right; `pytest -k numerical` compares it" in " ".join(run.stdout.split())
    assert "cannot import it" in " ".join(student.check(extra=without).stdout.split())
    made = student.check("-k", "bptt_W and numerical").stdout
    assert re.search(r"^1 passed, \d+ deselected in", made, re.MULTILINE)


def test_one_task_is_compared_numerically_where_its_answers_are_wrong(student: Student) -> None:
    """There the numerical gradient has something to say: `pytest -k bptt_V` makes it."""
    run = student.hand(solved(bptt_V="return 2 * dO.T @ H")).check("-k", "bptt_V")
    assert "not the derivative of your own loss" in message(run.stdout, "bptt_V-numerical")
    assert "not made" not in run.stdout


def test_a_small_error_in_a_gradient_is_seen_numerically(student: Student) -> None:
    """One part in ten thousand: the estimated error of the numerical gradient is far below."""
    nearly = "\n\n_right = bptt_U\n\n\ndef bptt_U(*args, **kwargs):\n    return 1.0001 * _right(*args, **kwargs)\n"
    (student.folder / "rnn.py").write_text(REFERENCE + nearly, encoding="utf-8")
    run = student.check("-k", "bptt_U")
    assert "not the derivative of your own loss" in message(run.stdout, "bptt_U-numerical")


def test_it_runs_from_another_folder(student: Student, tmp_path: Path) -> None:
    """The folder is an argument, and settings of pytest in the current folder do not matter."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers -W error -v\n", encoding="utf-8")
    run = student.hand(REFERENCE).check(str(student.folder), "-k", "softmax", cwd=tmp_path)
    assert run.returncode == 0
    assert scores(run.stdout) == {"softmax": "8 of 8 pass"}


def test_a_console_without_greek_gets_readable_text(student: Student) -> None:
    """Letters that the console lacks are spelled out, not escaped."""
    naive = "return np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)"
    text = solved(softmax=naive, bptt_V="raise ValueError('∂L/∂V')")
    run = student.hand(text).check("-k", "softmax or bptt_V-gradient", encoding="ascii")
    assert "ValueError: dL/dV" in run.stdout
    assert "partial: not yet logits of +-1e4" in run.stdout
    assert "\\u" not in run.stdout


def test_colour_is_no_carrier_of_meaning(student: Student) -> None:
    """With colour the summary reads the same as without."""
    coloured, plain = (student.check("-k", "softmax", f"--color={colour}").stdout for colour in ("yes", "no"))
    assert "\x1b[" in coloured
    assert scores(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == scores(plain) == {"softmax": "0 of 8 to do"}
