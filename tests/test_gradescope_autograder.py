"""The autograder for Gradescope's machines, run in the folder layout that it finds there."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.sandbox.host.levels import detect
from tests.conftest import REFERENCE, edited

MACHINE = detect()


def bptt(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    """A root of its own with /autograder in it, as Gradescope lays it out from the zip."""
    with tempfile.TemporaryDirectory() as name:  # pytest's folders are closed to other users, and so test nothing
        root = Path(name)
        root.chmod(0o755)
        (root / "secret.txt").write_text("0123456789abcdef0123456789abcdef\n")
        (root / "course.toml").write_text("[tasks.softmax]\npoints = 10\n")
        options = ("--config", str(root / "course.toml"), "--seed-secret", str(root / "secret.txt"))
        done = bptt("export", "gradescope-autograder", "--out", str(root / "grader.zip"), *options)
        assert done.exit_code == 0, done.output
        base = root / "autograder"
        for folder in ("source", "submission", "results"):
            (base / folder).mkdir(parents=True)
        subprocess.run(["unzip", "-q", root / "grader.zip", "-d", base / "source"], check=True)
        run = base / "run_autograder"
        run.write_bytes((base / "source" / "run_autograder").read_bytes())
        run.chmod(0o755)
        yield base


def run(base: Path, code: str, **metadata: object) -> tuple[int, dict]:
    """Hand in a file, and return the exit status and what is in results.json."""
    (base / "submission" / "rnn.py").write_text(code)
    (base / "submission_metadata.json").write_text(json.dumps(metadata))
    (base / "results" / "results.json").unlink(missing_ok=True)
    environment = {"PATH": os.environ["PATH"], "BPTT_PYTHON": sys.executable}
    done = subprocess.run([base / "run_autograder"], env=environment, capture_output=True, text=True, timeout=300)
    assert (base / "results" / "results.json").exists(), done.stderr
    return done.returncode, json.loads((base / "results" / "results.json").read_text())


protected = pytest.mark.skipif(MACHINE.level == "limits only", reason="nothing here holds student code")


@protected
def test_a_submission_is_graded_where_gradescope_puts_it(base: Path):
    """The reference gets every point of the settings in the zip, as Gradescope reads it."""
    status, data = run(base, REFERENCE, users=[{"email": "ana@example.org"}], created_at="2026-11-20T10:00:00+01:00")
    assert status == 0
    assert data["score"] == 102
    assert [test["status"] for test in data["tests"]] == ["passed"] * 14
    assert data["tests"][0]["max_score"] == 10


@protected
def test_the_answers_are_closed_to_student_code(base: Path):
    """Student code that looks for the kit finds nothing to read; as root, it runs as another user."""
    probe = (
        "import os\n"
        "def look(path):\n    try:\n        return repr(open(path).read(40))\n"
        "    except BaseException as error:\n        return type(error).__name__\n"
        f"BASE = {str(base / 'source')!r}\n"
        "SEEN = [look(BASE + name) for name in ('/kit/autograder/bundled/rnn.py', '/secret.txt')]\n"
    )
    body = "raise ValueError(f'{SEEN} {os.getuid()}')"
    status, data = run(base, probe + edited(("return dO.T @ H  # the sum over t of the outer products", body)))
    (output,) = [test["output"] for test in data["tests"] if test["name"] == "Task 5: bptt_V"]
    assert status == 0
    assert "ValueError" in output
    assert "def " not in output
    assert "0123456789" not in output
    if os.geteuid() == 0:
        assert "65534" in output


@protected
def test_nothing_of_the_kit_is_open_to_others(base: Path):
    """After a run, no file of the kit, of the settings or of the results can be read by another user."""
    run(base, "x = 1\n")
    for folder in ("source", "results"):
        for path in (base / folder, *(base / folder).rglob("*")):
            assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


@protected
def test_nothing_handed_in_is_a_result_too(base: Path):
    """A file that can't be read gets 0 points with the reason, and no failure of the grader."""
    status, data = run(base, "")
    assert (status, data["score"], data["tests"]) == (0, 0, [])
    assert "is empty" in data["output"]


def test_our_failure_gives_no_score(base: Path):
    """Where the grader can't work there is no score, so that Gradescope shows a failure and no zero."""
    (base / "source" / "secret.txt").rename(base / "source" / "kept.txt")
    (base / "source" / "secret.txt").write_text("short")
    try:
        (base / "submission" / "rnn.py").write_text(REFERENCE)
        done = subprocess.run(
            [base / "run_autograder"],
            env={"PATH": os.environ["PATH"], "BPTT_PYTHON": sys.executable},
            capture_output=True,
            text=True,
            timeout=300,
        )
        data = json.loads((base / "results" / "results.json").read_text())
    finally:
        (base / "source" / "kept.txt").rename(base / "source" / "secret.txt")
    assert done.returncode == 1
    assert "score" not in data
    assert "not your fault" in data["output"]
    assert "has 5 bytes" in done.stderr


def test_the_zip_has_what_gradescope_asks_for(tmp_path: Path, monkeypatch):
    """setup.sh and run_autograder at its root, both executable, pinned packages, no tests, samples or handout."""
    monkeypatch.chdir(tmp_path)
    assert bptt("export", "gradescope-autograder", "--out", "grader.zip").exit_code == 0
    with zipfile.ZipFile("grader.zip") as archive:
        names = archive.namelist()
        modes = {name: archive.getinfo(name).external_attr >> 16 for name in names}
        requirements = archive.read("requirements.txt").decode()
    assert {name for name, mode in modes.items() if mode & 0o111} == {"setup.sh", "run_autograder"}
    assert "kit/autograder/bundled/rnn.py" in names
    assert not any("test" in Path(name).parts[-1] and name.startswith("kit/tests") for name in names)
    assert not any("secret.txt" in name or "samples/" in name for name in names)
    assert "numpy>=" in requirements
    assert "pytest" not in requirements
    first = Path("grader.zip").read_bytes()
    assert bptt("export", "gradescope-autograder", "--out", "again.zip").exit_code == 0
    assert Path("again.zip").read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gradescope-autograder", "results", "--out", "x"), "takes no results folder"),
        (("csv", "--out", "x"), "takes a results folder"),
        (("gradescope-autograder", "--out", "x", "--config", "nowhere.toml"), "nowhere.toml"),
        (("gradescope-autograder", "--out", "x", "--seed-secret", "nowhere.txt"), "nowhere.txt"),
    ],
)
def test_wrong_requests(tmp_path: Path, monkeypatch, arguments, words):
    """What makes no sense is said, and leaves no zip."""
    monkeypatch.chdir(tmp_path)
    done = bptt("export", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not Path("x").exists()
