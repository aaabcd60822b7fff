"""`bptt replay`: a student's wrong answers, to be run again with numpy alone, and their marks on other inputs."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from tests.conftest import REFERENCE, edited

SECRET = "a secret of more than sixteen bytes"
# The slope of tanh is left out of every gradient.
SLOPE = ("return 1.0 - H**2", "return np.ones_like(H)")


def bptt(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def notebook(*cells: str) -> str:
    """Return a notebook of code cells."""
    found = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": found})


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """Grade a class with a secret: wrong in a file, odd in a notebook, right, missing and rejected."""
    folder = tmp_path_factory.mktemp("replay")
    odd = REFERENCE + (
        "\n\ndef softmax(o):\n    raise ValueError('no idea')\n"
        "\n\ndef bptt_V(dO, H):\n    while True:\n        pass\n"
        "\n\ndef cross_entropy(Y_hat, Y, reduction='sum'):\n    return np.float64(3.0)\n"
        "\n\ndef gradient_step(params, grads, learning_rate):\n"
        "    for p, g in zip(params, grads):\n        p -= learning_rate * g\n"
        "    return Params(*[p + 0 for p in params])\n"
    )
    hand_ins = {
        "birch/rnn.py": edited(SLOPE),
        "nils o'x/rnn.ipynb": notebook("%matplotlib inline\nimport nowhere", odd, "this is (broken"),
        "maple/rnn.py": REFERENCE,
        "rex/rnn.rar": "Rar!",
    }
    for name, text in hand_ins.items():
        (folder / "class" / name).parent.mkdir(parents=True)
        (folder / "class" / name).write_text(text)
    (folder / "class" / "mia").mkdir()
    (folder / "secret").write_text(SECRET)
    (folder / "toml").write_text("[limits]\ncall_cpu_seconds = 0.3")
    options = ("--seed-secret", folder / "secret", "--config", folder / "toml", "--jobs", 1)
    done = bptt("grade", folder / "class", "--out", folder / "r", *options)
    assert done.exit_code == 0, done.output
    return folder


def replay(course: Path, *arguments: object) -> Result:
    return bptt("replay", course / "r", *arguments, "--seed-secret", course / "secret")


def run(program: Path, *, edit: tuple[str, str] | None = None, typed: str = "") -> str:
    """Run a replay in a Python that has numpy and nothing else."""
    if edit:
        text = program.read_text()
        assert edit[0] in text
        program = program.with_name("edited.py")
        program.write_text(text.replace(*edit))
    place = program.parent.parent / "only numpy"
    place.mkdir(exist_ok=True)
    for path in Path(np.__file__).parent.parent.glob("numpy*"):
        if path.name in ("numpy", "numpy.libs") and not (place / path.name).exists():
            (place / path.name).symlink_to(path)
    done = subprocess.run(
        [sys.executable, "-S", program], env={"PYTHONPATH": str(place)}, input=typed, capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def birch(course) -> Path:
    """Make the replay of one task."""
    done = replay(course, "birch", "bptt_W", "--out", course / "birch")
    assert done.exit_code == 0, done.output
    (course / "said").write_text(done.output)
    return course / "birch"


def test_a_replay_prints_what_the_feedback_says(course, birch):
    """Both numbers of the first difference, its place, and that they are those of the feedback page."""
    said = json.loads((course / "r" / "feedback" / "birch.json").read_text())["tasks"]
    finding = next(task for task in said if task["task"] == "bptt_W")["findings"][0]
    at, due = finding["expected"].split(" = ")
    got = finding["got"].split(" = ")[1]
    shown = run(birch / "replay.py")
    assert f"first difference: {at}: expected {due}, got {got}" in shown
    assert "NOT the answer" not in shown


def test_a_replay_says_whose_code_it_runs_and_where(course, birch):
    """The terminal and the program say so, before anything runs."""
    for text in ((course / "said").read_text(), (birch / "replay.py").read_text()):
        assert re.search(r"(?i)runs the student's code", text)
        assert "with your rights" in text
    assert (birch / "student" / "rnn.py").read_text() == edited(SLOPE)


def test_the_arrays_hold_inputs_and_answers(birch):
    """Named tuples lie flat in the file; nothing in it has to be unpickled."""
    with np.load(birch / "cases" / "bptt_W-plain.npz", allow_pickle=False) as case:
        names = {"params.U", "params.W", "params.V", "params.b", "params.c", "dO", "H", "h_init"}
        assert names | {"expected", "graded"} == set(case)
        assert case["expected"].shape == case["params.W"].shape


def test_only_wrong_cases_of_the_task_are_there(birch):
    """The identity is right without a slope, so its cases are not there; nor are other tasks."""
    names = {path.stem for path in (birch / "cases").iterdir()}
    assert "bptt_W-plain" in names
    assert all(name.startswith("bptt_W-") and "identity" not in name for name in names)


def test_a_line_starts_the_debugger_in_the_students_function(birch):
    """Uncommented, it stops at the first line of the function, and arguments can be looked at."""
    line = "    # debug('bptt_W-square')"
    shown = run(birch / "replay.py", edit=(line, line.replace("# ", "")), typed="p dO.shape\nc\n")
    debugged = shown.partition("(Pdb)")[2]
    assert "def bptt_W" in shown or "bptt_W(" in shown
    assert re.search(r"\(\d+, \d+\)", debugged)


def test_who_mends_the_code_sees_it_right(birch):
    """The program runs what lies in student/: a change there is a change of the answers."""
    path = birch / "student" / "rnn.py"
    path.write_text(REFERENCE)
    try:
        shown = run(birch / "replay.py")
    finally:
        path.write_text(edited(SLOPE))
    assert "first difference" not in shown
    assert "right here, and wrong when it was graded" in shown


def test_a_notebook_is_replayed_cell_by_cell(course):
    """Magics and packages that are missing cost nothing; exceptions, endless loops and changed arguments are told."""
    out = course / "nils"
    done = replay(course, "nils o'x", "--out", out)
    assert done.exit_code == 0, done.output
    assert (out / "student" / "cell-2.py").is_file()
    shown = run(out / "replay.py")
    assert "got       ValueError: no idea" in shown
    assert "cell-2.py, line" in shown
    assert "not run here: it ended with timeout when it was graded" in shown
    assert re.search(r"changes its argument params", shown)
    assert "expected inf, or at least 27; got 3" in shown


@pytest.mark.parametrize(
    ("student", "why"),
    [
        ("brich", "did you mean birch?"),
        ("mia", "there is nothing of mia's to run: nothing was handed in"),
        ("rex", "there is nothing of rex's to run: "),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_the_reason(course, tmp_path, student, why):
    """A name that nobody has, nothing handed in, and a hand-in that can't be read."""
    done = replay(course, student, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert why in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_task_that_is_none_is_refused(course, tmp_path):
    """As for `bptt show`."""
    done = replay(course, "birch", "bptt_Z", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "there is no task bptt_Z" in done.stderr


def test_a_full_folder_is_left_as_it_is(course, tmp_path):
    """What is in it may be somebody's notes."""
    (tmp_path / "notes").write_text("mine")
    done = replay(course, "birch", "--out", tmp_path)
    assert done.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_who_is_right_has_nothing_to_replay(course, tmp_path):
    """It says so, and makes no program."""
    done = replay(course, "maple", "softmax", "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "No answer of maple is wrong in softmax: there is nothing to replay." in done.stdout
    assert not (tmp_path / "out").exists()


def test_the_secret_must_be_that_of_the_marks(course, tmp_path):
    """Without it, or with another, the inputs would be others: it says which, and tells no secret."""
    (tmp_path / "other").write_text("another secret of many bytes")
    without = bptt("replay", course / "r", "birch", "--out", tmp_path / "out")
    other = bptt("replay", course / "r", "birch", "--out", tmp_path / "out", "--seed-secret", tmp_path / "other")
    assert (without.exit_code, other.exit_code) == (2, 2)
    assert "none is given: --seed-secret" in without.stderr
    assert "the seed secret (it is another one" in other.stderr
    assert SECRET not in without.output + other.output
    assert not (tmp_path / "out").exists()


def test_work_that_was_changed_since_is_told(course, tmp_path):
    """What lies there now is replayed, and that it is not what was graded is said first."""
    path = course / "class" / "birch" / "rnn.py"
    path.write_text(edited(SLOPE) + "\n# changed\n")
    try:
        done = replay(course, "birch", "softmax", "--out", tmp_path / "out")
    finally:
        path.write_text(edited(SLOPE))
    assert "What birch handed in is not what was graded: it was changed since" in done.stderr


def test_marks_on_other_inputs_are_told_and_nothing_changes(course, tmp_path):
    """A mistake that does not depend on the numbers costs the same on all; the results stay as they are."""
    before = {path: path.read_bytes() for path in (course / "r").rglob("*") if path.is_file()}
    done = replay(course, "birch", "--out", tmp_path / "out", "--fresh", 2)
    assert done.exit_code == 0, done.output
    rows = [*csv.DictReader((tmp_path / "out" / "fresh.csv").open())]
    score = next(row for row in csv.DictReader((course / "r" / "grades.csv").open()) if row["student_id"] == "birch")
    assert [row["case_set"] for row in rows] == ["own", "fresh 1", "fresh 2"]
    assert {(row["score"], row["same"]) for row in rows} == {(score["score"], "yes")}
    assert f"same on all of 2 other case sets as on the student's own: {score['score']} of 100" in done.stdout
    assert all(path.read_bytes() == content for path, content in before.items())
