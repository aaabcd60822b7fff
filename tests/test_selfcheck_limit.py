"""A call that never ends: it is stopped, its line is shown, and the rest is checked."""

import re
from pathlib import Path

import pytest

from tests.conftest import REFERENCE
from tests.desk import Student, message, scores, solved

ENDLESS = {
    "a counter that is never lowered": """
        t, dV = len(H) - 1, 0
        while t >= 0:
            dV = dV + np.outer(dO[t], H[t])
        return dV
    """,
    "an exception is caught each time": """
        while True:
            try:
                return dO @ H
            except:
                pass
    """,
    "it sleeps": """
        import time
        time.sleep(1000)
    """,
}


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path).in_a_hurry()


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_call_that_never_ends_is_stopped(kind: str, student: Student) -> None:
    """What was called, its line, and every other task checked."""
    run = student.hand(solved(bptt_V=ENDLESS[kind])).check("-k", "not numerical")
    assert run.returncode == 1
    said = message(run.stdout, "bptt_V-gradient")
    assert said.startswith("bptt_V(dO, H): did not end within 1.5 seconds, and was stopped")
    assert re.search(r"where rnn\.py, line \d+, in bptt_V:", said)
    assert "looks like" not in said
    assert scores(run.stdout)["bptt_V"] == "0 of 7 error"
    assert "total    93 of 100" in run.stdout


def test_what_calls_it_does_not_wait_again(student: Student) -> None:
    """Where one function never ends, a call of another that needs it ends at once, and says why."""
    text = solved(one_to_one="while True: pass", many_to_many="return one_to_one(decoder, start, h_init, max_steps)")
    run = student.hand(text).check("-k", "one_to_one or many_to_many")
    assert "one_to_one, which it calls, did not end in time" in message(run.stdout, "many_to_many-tanh")


def test_a_file_that_never_ends_is_told_in_words(student: Student) -> None:
    """A loop outside of all functions: its line, and nothing to check."""
    run = student.hand(REFERENCE + "\nwhile True:\n    pass\n").check("-k", "softmax")
    assert run.returncode == 4
    assert "it did not end within 1.5 seconds" in run.stderr
    assert re.search(r"rnn\.py, line \d+", run.stderr)


def test_without_threads_each_line_looks_at_the_clock(student: Student, tmp_path: Path) -> None:
    """Where no thread can be started, as in Pyodide, an endless loop is stopped as well."""
    (tmp_path / "blocks.py").write_text(
        "import threading\n\ndef refuse(*_):\n    raise RuntimeError\n\nthreading.Thread.start = refuse\n",
        encoding="utf-8",
    )
    text = solved(bptt_V=ENDLESS["a counter that is never lowered"])
    run = student.hand(text).check("-p", "blocks", "-k", "bptt_V or bptt_c", extra={"PYTHONPATH": str(tmp_path)})
    assert "did not end within 1.5 seconds" in message(run.stdout, "bptt_V-gradient")
    assert "bptt_c" not in run.stdout.partition("score on")[0]


@pytest.mark.thorough
def test_what_never_comes_back_to_python_ends_the_run(student: Student) -> None:
    """A loop inside C can't be interrupted: the run ends, and shows the line."""
    text = solved(bptt_V="import itertools\nreturn sum(itertools.repeat(0))")
    run = student.hand(text).check("-k", "bptt_V", under=("timeout", "60"))
    assert run.returncode == 1
    assert re.search(r"rnn\.py\", line \d+ in bptt_V", run.stderr)


def test_ctrl_c_still_ends_the_run(student: Student) -> None:
    """The limit takes nothing from who presses Ctrl-C."""
    text = solved(bptt_V="import os, signal\nos.kill(os.getpid(), signal.SIGINT)")
    run = student.hand(text).check("-k", "bptt_V")
    assert run.returncode == 2
    assert "KeyboardInterrupt" in run.stdout


# Once is enough: the function is called for many cases.
STEPPED = """
import bdb, time
if not hasattr(time, "stepped"):
    time.stepped = True
    bdb.Bdb().runcall(time.sleep, 3)
return dO.T @ H
"""


def test_a_debugger_may_take_longer(student: Student) -> None:
    """Who steps through a function is not interrupted."""
    text = solved(bptt_V=STEPPED)
    run = student.hand(text).check("-k", "bptt_V-gradient")
    assert run.returncode == 0, run.stdout
