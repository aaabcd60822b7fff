"""Somebody else's tests are tried on right styles and known mistakes, in the sandbox, and are not believed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.audit.candidates import Candidate, right_styles, telling, wrong_ones
from autograder.audit.suite import read_suite, try_suite
from autograder.cli import main
from autograder.model.loading import load
from autograder.model.settings import Limits
from autograder.sandbox.host.levels import detect
from tests.conftest import REFERENCE
from tests.small_assignment import SMALL, make
from tests.small_assignment import bundled_again as bundled_again

ROOT = Path(__file__).parent.parent
SUITES = ROOT / "tests" / "suites"
EVIDENCE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
SOFTMAX = """
import numpy as np
from rnn import softmax

def test_sum():
    assert abs(softmax(np.array([[1.0, 2.0], [0.0, 5.0]])).sum(axis=1) - 1).max() < 1e-2
"""


def candidates(*names: str) -> list[Candidate]:
    return [one for one in (*right_styles(), *wrong_ones()) if one.name in names]


def failed(path: Path, *names: str, seconds: float = 5) -> list[dict[str, str]]:
    """Return what a suite has against each of these submissions."""
    limits = Limits(call_cpu_seconds=seconds, submission_seconds=6 * seconds)
    return [dict(one.failed) for one in try_suite(read_suite(path), candidates(*names), limits, detect())[0]]


def written(folder: Path, text: str, adapter: str = "", name: str = "checks.py") -> Path:
    """Write a suite, and its adapter if there is one."""
    (folder / name).write_text(text, encoding="utf-8")
    if adapter:
        (folder / name).with_suffix(".toml").write_text(adapter, encoding="utf-8")
    return folder / name


def notebook(*cells: str) -> str:
    content = [{"cell_type": "code", "metadata": {}, "source": code, "outputs": []} for code in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": content})


def typed(*words: object) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


def test_it_tells_what_is_let_through_from_what_is_caught(tmp_path: Path) -> None:
    """A sum of 1 shows a wrong axis, and no overflow; a case of ours with large logits would."""
    right, overflow, axis = failed(
        written(tmp_path, SOFTMAX), "the reference", "softmax/overflow", "softmax/wrong-axis"
    )
    assert (right, overflow, [*axis]) == ({}, {}, ["test_sum"])
    tells = telling(*candidates("softmax/overflow"))
    assert tells is not None
    assert "is nan, and not" in tells.what
    assert max(tells.arguments["o"]) > 700


def test_every_known_mistake_has_an_input_that_tells() -> None:
    """Whatever a suite lets through, there is a case of ours on which it shows, with other numbers than are right."""
    assert [one.name for one in wrong_ones() if one.mistake and telling(one) is None] == []


def test_a_right_style_that_is_rejected_is_named_with_the_test(tmp_path: Path) -> None:
    """Float32 is right, and a tolerance of 1e-12 rejects it."""
    exact = "\ndef test_value():\n    assert abs(softmax(np.zeros(3)) - np.full(3, 1 / 3)).max() < 1e-12\n"
    suite = written(tmp_path, SOFTMAX + exact)
    right, float32 = failed(suite, "the reference", "single_precision")
    assert right == {}
    assert "AssertionError (line 9 of checks.py)" in float32["test_value"]


def test_a_suite_that_rejects_the_reference_is_told_so_first(tmp_path: Path) -> None:
    """One line says which test says what, and there is no table."""
    done = typed("audit", "--suite", written(tmp_path, SOFTMAX.replace("- 1)", "- 2)")), "--jobs", 1)
    assert done.exit_code == 2
    assert "your suite rejects the reference: test_sum says AssertionError (line 6 of checks.py)" in done.output
    assert "let through" not in done.output


@pytest.mark.parametrize("words", [("--seeds", "3"), ("--questions",)])
def test_no_option_is_forgotten(tmp_path: Path, words: tuple[str, ...]) -> None:
    """What means nothing beside --suite is refused."""
    done = CliRunner().invoke(main, ["audit", "--suite", str(written(tmp_path, SOFTMAX)), *words])
    assert done.exit_code == 2
    assert "leave out --seeds and --questions" in done.output


def test_a_test_that_never_ends_is_ended(tmp_path: Path) -> None:
    """It costs itself its time, and no other test anything."""
    suite = written(tmp_path, f"def test_loop():\n    while True:\n        pass\n\n{SOFTMAX}")
    (found,) = failed(suite, "the reference", seconds=0.5)
    assert [*found] == ["test_loop"]
    assert "0.5 s of CPU" in found["test_loop"]


def test_a_suite_reads_and_writes_nothing_of_this_machine(tmp_path: Path) -> None:
    """It gets neither the reference, nor the kit, nor a file of yours, and leaves none."""
    secret = written(tmp_path, "42", name="secret.txt")
    suite = written(
        tmp_path,
        f"""
import pathlib, subprocess, sys
def test_reference(): assert pathlib.Path({str(REFERENCE)!r}).read_text()
def test_secret(): assert pathlib.Path({str(secret)!r}).read_text()
def test_kit():
    import autograder.cases.case_sets as kit
    assert kit.case_set(0).cases[0].expected[0].shape
def test_write(): pathlib.Path({str(tmp_path / "left")!r}).write_text("x")
def test_temporary(): pathlib.Path("/tmp/left-by-a-suite").write_text("x")
def test_program(): subprocess.run([sys.executable, "-c", ""], check=True)
""",
    )
    (found,) = failed(suite, "the reference")
    assert [*found] == [f"test_{what}" for what in ["reference", "secret", "kit", "write", "temporary", "program"]]
    assert not (tmp_path / "left").exists()
    assert not Path("/tmp/left-by-a-suite").exists()


def test_the_cells_of_a_notebook_run_in_order(tmp_path: Path) -> None:
    """Cells without checks run before the next check; stubs are left out; functions need no import; magics are none."""
    cells = (
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport numpy as np\nrows = 2",
        "def softmax(o):\n    raise NotImplementedError",
        "p = softmax(np.zeros((rows, 4)))\nassert p.shape == (2, 4)",
        "rows = 3\nassert np.allclose(p, 0.25)\nplt.plot(p)",
        "assert rows == 2",
    )
    suite = written(tmp_path, notebook(*cells), name="checks.ipynb")
    right, wrong = failed(suite, "the reference", "softmax/unnormalised")
    assert right == {"cell 5": "AssertionError (line 1 of cell 5): assert rows == 2"}
    assert [*wrong] == ["cell 4", "cell 5"]


def test_an_adapter_gives_functions_the_names_and_arguments_that_a_suite_expects(tmp_path: Path) -> None:
    """Names are expressions in ours; their softmax, by columns, does not get in the way of the one that is tried."""
    suite = written(
        tmp_path,
        "import numpy as np\nimport layers\nfrom layers import softmax\n"
        "def test_columns(): assert np.allclose(softmax(np.eye(3)).sum(axis=0), 1)\n"
        "def test_loss(): assert layers.loss(np.full((2, 2), 0.5), np.eye(2)) < 2\n"
        "def forward_check(target): assert target(np.ones((4, 2))).shape == (4, 3)\n",
        'module = "layers"\n[functions]\nsoftmax = "lambda o: softmax(o.T).T"\nloss = "cross_entropy"\n'
        "run = 'lambda X: forward(Params(np.ones((5, 2)), np.eye(5), np.ones((3, 5)), np.ones(5), np.ones(3)), X, "
        "np.zeros(5))[1]'\n"
        '[tests]\nforward_check = "run"\n',
    )
    assert read_suite(suite).tests == ("test_columns", "test_loss", "forward_check")
    right, twice, rows = failed(suite, "the reference", "cross_entropy/always-sum", "forward/last-row-only")
    assert (right, twice) == ({}, {})
    assert [*rows] == ["forward_check"]


@pytest.mark.parametrize(
    ("text", "adapter", "says"),
    [
        ("x = 1\n", "", "no function test_"),
        (SOFTMAX, "[function]\n", "checks.toml: function: Extra inputs are not permitted"),
        (SOFTMAX, "[functions\n", "checks.toml can't be read"),
        (SOFTMAX, '[functions]\nf = "no_such"\n', "the adapter does not fit the reference: NameError"),
        ("import no_such\n" + SOFTMAX.replace("1e-2", "no_such.TINY"), "", "ModuleNotFoundError: No module named"),
    ],
)
def test_what_cannot_be_audited_is_one_line(tmp_path: Path, text: str, adapter: str, says: str) -> None:
    """No test, a table of another name, no TOML, a name that is not there, a module that is not there."""
    done = typed("audit", "--suite", written(tmp_path, text, adapter), "--jobs", 1)
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())


PYTEST = """
import unittest
import numpy as np
import pytest

@pytest.fixture
def two():
    yield 2

@pytest.fixture(autouse=True)
def always(two): assert two == 2

@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize(("a", "b"), [(1, 2), (3, 4)])
def test_parameters(n, a, b, two): assert n * two and a < b

@pytest.mark.parametrize("n", [1, 0])
def test_one_of_them(n): assert n

def test_near(): assert np.array([1.0, 2.0]) == pytest.approx([1.0, 2.0 + 1e-9])
def test_not_near(): assert 1.0 == pytest.approx(1.1)
def test_near_by(): assert 1.0 == pytest.approx(1.1, abs=0.2)
def test_other_shape(): assert np.ones(3) == pytest.approx([1.0, 1.0])
def test_raises():
    with pytest.raises(ValueError, match="no .umber"):
        raise ValueError("no number")
def test_does_not_raise():
    with pytest.raises(ValueError):
        pass
def test_says_else():
    with pytest.raises(ValueError, match="else"):
        raise ValueError("this")
@pytest.mark.skip(reason="not now")
def test_skipped(): assert False
@pytest.mark.skipif(False, reason="never")
def test_not_skipped(): assert False
def test_skips(): pytest.skip("here")
def test_fails(): pytest.fail("here")

class TestMethods:
    def setup_method(self): self.x = 1
    def test_right(self, two): assert self.x < two
    def test_wrong(self, two): assert self.x > two

class Old(unittest.TestCase):
    def setUp(self): self.x = 1

    def test_right(self): self.assertAlmostEqual(self.x, 1.0)
    def test_wrong(self): self.assertEqual(self.x, 2)
"""


def test_the_stand_in_says_what_pytest_says(tmp_path: Path) -> None:
    """Fixtures, parameters, marks, approx, raises, classes: the same tests fail as in pytest itself."""
    path = written(tmp_path, PYTEST, name="test_checks.py")
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider", "--tb=no", str(path)]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    names = re.findall(r"^FAILED \S+?::([\w:]+)", told, re.MULTILINE)
    (found,) = failed(path, "the reference")
    assert [*found] == [name.replace("::", ".") for name in names]
    assert len(names) == 9


MISTAKES = """
from autograder.assignment import Mistake, Mistakes
from . import reference

NOTHING = frozenset()
ROW = Mistake("thrice", "double", "it is tripled", "", "", "output", "double", "thrice", NOTHING, NOTHING)

def faulty(ids):
    return {"double": lambda x: 3 * x if "thrice" in ids else reference.double(x)}

MISTAKES = Mistakes((ROW,), {"double": faulty})
"""


def test_known_mistakes_of_another_assignment_are_tried_too(tmp_path: Path, bundled_again: None) -> None:
    """Its functions are made in the sandbox, where the kit is not, from a file that names the kit's tables."""
    start = SMALL.replace("import reference\n", "import reference\nfrom .mistakes import MISTAKES\n")
    folder = make(tmp_path / "tiny", start.replace("draw=draw,", "draw=draw, mistakes=MISTAKES,"))
    (folder / "mistakes.py").write_text(MISTAKES, encoding="utf-8")
    load(folder)
    text = "from tiny import double\ndef test_zero(): assert double(0) == 0\ndef test_one(): assert double(1) == 2\n"
    right, wrong = failed(written(tmp_path, text), "the reference", "double/thrice")
    assert (right, [*wrong]) == ({}, ["test_one"])


@pytest.mark.thorough
def test_mutants_stand_for_the_mistakes_of_an_assignment_without_any(tmp_path: Path, bundled_again: None) -> None:
    """The assignment that `bptt new` makes has none: a suite that looks at a shape alone lets mutants through."""
    assert typed("new", tmp_path / "mine").exit_code == 0
    (function,) = re.findall(r"^def (\w+)", (tmp_path / "mine" / "reference.py").read_text(), re.MULTILINE)
    suite = written(tmp_path, f"import reference_under_test as r\ndef test_it(): assert callable(r.{function})\n")
    suite.with_suffix(".toml").write_text('module = "reference_under_test"\n', encoding="utf-8")
    done = typed("--assignment", tmp_path / "mine", "audit", "--suite", suite, "--jobs", 1)
    assert done.exit_code == 1
    assert f"{function} lets through:" in done.output
    assert "as if line" in done.output


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(path.name for path in SUITES.iterdir() if path.suffix != ".toml"))
def test_the_figures_of_the_evidence_are_those_that_the_command_prints(tmp_path: Path, name: str) -> None:
    """Each suite of the kinds that courses have: what it lets through and rejects is what docs/evidence.md says."""
    done = typed("audit", "--suite", SUITES / name, "--jobs", 1, "--json", tmp_path / "found.json")
    assert done.exit_code == 1
    sentence = r"(\d+) tests\. Of (\d+) mistakes .* lets (\d+) .* of (\d+) right .* rejects (\d+)"
    (printed,) = re.findall(sentence, " ".join(done.stdout.split()))
    due = f"| {' | '.join(printed)} |"
    assert re.search(rf"^\|[^|]*{name}[^|]*{re.escape(due)}$", EVIDENCE, re.MULTILINE), f"its row ends in {due}"
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert all(style in EVIDENCE for style in found["rejected"])
    missed = {one["function"]: f"{len(one['let_through'])} of the {one['mistakes']}" for one in found["functions"]}
    assert "tiny" not in name or f"pass: {missed['bptt_W']} known mistakes in `bptt_W`" in " ".join(EVIDENCE.split())
