"""Variants of the assignment: other seeds, sizes, points, tasks and activations, from one command."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.audit.student import results_of
from autograder.cli import main
from autograder.handout.manifest import MANIFEST
from autograder.handout.public_cases import public_cases
from autograder.handout.release import drift, handout_files, stub
from autograder.judge.mistakes import make_faulty
from autograder.model.settings import Settings
from solutions import rnn
from solutions.mistakes import BUGS
from solutions.networks import activation_of
from solutions.tasks import TASKS
from solutions.variant import Variant
from tests.conftest import REFERENCE
from tests.desk import Student, message, scores, solved

CONFIG = """
[variant]
seed = 7
T = 10
D = 4
H = 6
K = 5
activation = "tanh"

[tasks.bptt_W]
points = 20

[tasks.softmax]
points = 7

[tasks.many_to_many]
enabled = false
"""
POINTS = {task.id: task.points for task in TASKS if task.id != "many_to_many"} | {"bptt_W": 20, "softmax": 7}


@pytest.fixture(scope="module")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Student:
    """The desk of a student of the course above, released by the command."""
    place = tmp_path_factory.mktemp("variant")
    (place / "course.toml").write_text(CONFIG, encoding="utf-8")
    desk = Student(place, made=False)
    run = CliRunner().invoke(main, ["release", "--out", str(desk.folder), "--config", str(place / "course.toml")])
    assert run.exit_code == 0, run.output
    return desk


def released(tmp_path: Path, *args: str) -> dict[str, bytes]:
    """Return the files that `bptt release` writes."""
    run = CliRunner().invoke(main, ["release", "--out", str(tmp_path), *args])
    assert run.exit_code == 0, run.output
    return {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_stubs_of_a_variant_are_to_do_in_its_tasks(variant: Student) -> None:
    """The self-check knows the tasks and points of the course, and no others."""
    stubs = stub(REFERENCE)
    run = variant.hand(stubs).check()
    assert run.returncode == 0
    assert scores(run.stdout) == {task: f"0 of {points:g} to do" for task, points in POINTS.items()}
    assert "identity" not in run.stdout


def test_the_reference_has_all_points_of_a_variant(variant: Student) -> None:
    """Every public case of the variant is right for the reference, numerical gradients included."""
    run = variant.hand(REFERENCE).check()
    assert run.returncode == 0
    assert scores(run.stdout) == {task: f"{points:g} of {points:g} pass" for task, points in POINTS.items()}
    assert f"{sum(POINTS.values()):g} of {sum(POINTS.values()):g}" in run.stdout


def test_the_grader_agrees_with_the_handout_of_a_variant(variant: Student, tmp_path: Path) -> None:
    """Graded with the same settings, there are the same tasks and points, all of them for the reference."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(REFERENCE, encoding="utf-8")
    (tmp_path / "course.toml").write_text(CONFIG, encoding="utf-8")
    command = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--jobs", "1"]
    config = ["--config", str(tmp_path / "course.toml")]
    run = subprocess.run([sys.executable, "-m", "autograder", *command, *config], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    total = f"{sum(POINTS.values()):g}"
    assert (row.pop("student_id"), row.pop("score"), row.pop("max_score")) == ("ada", total, total)
    assert row.pop("status") == "graded"
    assert {task: float(points) for task, points in row.items()} == POINTS


def test_readme_and_notebook_have_the_points_of_a_variant(variant: Student) -> None:
    """What students read agrees with what they get."""
    readme = (variant.folder / "README.md").read_text(encoding="utf-8")
    assert f"There are 13 tasks and {sum(POINTS.values()):g} points." in readme
    assert "| 20 | Grad of loss wrt to W |" in readme
    assert "Not asked in this course: `many_to_many`." in readme
    assert "This course asks about tanh alone." in readme
    assert "φ = identity |" not in readme
    cells = json.loads((variant.folder / "rnn.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    assert sources["bptt_W-text"].startswith("### Task 7: bptt_W (20 points)")
    assert "Points: 15 for the tanh network; 5 for large gradients." in sources["bptt_W-text"]
    assert sources["many_to_many-text"].startswith("### Task 14: many_to_many (not graded)")
    assert "many_to_many-check" not in sources


def test_the_hints_of_a_variant_know_its_cases(variant: Student) -> None:
    """A known mistake is named on other numbers and sizes as well."""
    run = variant.hand(solved(output_error="return Y - Y_hat if reduction == 'sum' else (Y - Y_hat) / len(Y)")).check()
    assert "looks like" in message(run.stdout, "output_error-sum")


def test_a_stub_that_is_not_asked_is_waited_for(variant: Student) -> None:
    """A task that calls a stub which is not asked is still to do, and no error."""
    calls = solved(many_to_one="return many_to_many(params, params, X, h_init, X[0], 0, 1)[-1]")
    stubs = stub(REFERENCE)
    start = "\ndef many_to_many("
    run = variant.hand(calls[: calls.index(start)] + stubs[stubs.index(start) :]).check()
    assert run.returncode == 0
    assert scores(run.stdout)["many_to_one"] == "0 of 4 to do"


@pytest.mark.thorough
def test_a_seed_gives_the_same_handout_each_time(tmp_path: Path) -> None:
    """`--seed` wins over the settings; without either, it is the assignment as it comes."""
    (tmp_path / "course.toml").write_text("[variant]\nseed = 3\n", encoding="utf-8")
    config = ("--config", str(tmp_path / "course.toml"))
    first, again = released(tmp_path / "a", *config), released(tmp_path / "b", "--seed", "3")
    other = released(tmp_path / "c", *config, "--seed", "4")
    assert first == again
    different = {name for name in first if first[name] != other[name]}
    made = {"selfcheck/hints.npz", "selfcheck/public_cases.json", "selfcheck/public_cases.npz"}
    assert different == made | {MANIFEST}
    standard = released(tmp_path / "d", "--seed", "0")
    assert standard == handout_files()
    assert drift(tmp_path / "d") == []


def test_the_cases_of_a_variant_have_its_sizes() -> None:
    """T, D, H and K are those of the plain case, and no case asks for the identity activation where it is left out."""
    cases = public_cases(Settings(variant=Variant(T=10, D=4, H=6, K=5, activation="tanh"))).cases
    plain = next(case for case in cases if case.call.id == "forward/plain")
    assert [array.shape for array in plain.call.args[0]] == [(6, 4), (6, 6), (5, 6), (6,), (5,)]
    assert np.shape(plain.call.args[1]) == (10, 4)
    assert {activation_of(case) for case in cases} == {"tanh"}
    assert {case.part for case in cases if case.task == "forward"} == {"tanh"}


def test_every_mistake_shows_in_a_variant() -> None:
    """The public cases of a variant are proved like all others: no known mistake passes them."""
    cases = public_cases(Settings(variant=Variant(seed=11, T=8, D=5, H=4, K=6)))
    for bug in BUGS:
        results = results_of(vars(rnn) | make_faulty(bug.task, [bug.id]), cases, [bug.task])[bug.task]
        assert any(result.finding for result in results), bug.id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("D = 5", "variant: found D = 5, H = 5, K = 4; expected three different sizes"),
        ("K = 2", "variant.K: found 2; expected a whole number at least 4, at most 12"),
        ('activation = "relu"', 'variant.activation: found "relu"; expected "both" or "tanh"'),
        ("hidden = 6", "variant.hidden: unknown key"),
    ],
)
def test_a_variant_that_cannot_be_made_is_refused(text: str, said: str, tmp_path: Path) -> None:
    """The message says what was found and what is possible; nothing is written."""
    (tmp_path / "course.toml").write_text(f"[variant]\n{text}\n", encoding="utf-8")
    args = ["release", "--out", str(tmp_path / "out"), "--config", str(tmp_path / "course.toml")]
    run = CliRunner().invoke(main, args)
    assert run.exit_code == 2
    assert said in re.sub(r"\s+", " ", run.output)
    assert not (tmp_path / "out").exists()
