"""Reading the slides with a gradient checker: every row of the table, run as a student runs it."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from autograder.audit.student import results_of
from autograder.cases.case_sets import case_set
from autograder.handout.notebook import as_json, cell_node, cells, notebook_text
from autograder.handout.release import stub
from autograder.judge.diagnosis import diagnose
from autograder.model.cases import Array
from solutions import rnn
from solutions.guide import measured
from solutions.mistakes import BUGS
from tests.conftest import REFERENCE, edited
from tests.desk import hand_out, solved

ERRATA = import_module("solutions.handout.errata.table").ERRATA
NAMES = [erratum.name for erratum in ERRATA]
NETWORK = import_module("solutions.handout.errata.network")

# SPEC section 6, row by row: the slide, and a piece of what is printed and of what is right.
ROWS = (
    ("loss at step t", "no sum over classes", r"-\sum_c y_{tc} \log"),
    ("loss box", "minus is missing", r"-\sum_c y_{0c} \log"),
    ("loss box", r"softmax}(h_0 V)", "softmax}(V h_0)"),
    ("loss slide", "$b$ and $c$", r"\sum_t \delta_t"),
    ("indices", "h_{init}", "row r of `H` is $h_{r+1}$"),
    ("gradient of V", "is gone", r"which holds the $\frac{1}{T}$"),
    ("activation", "$W$ alone", r"\operatorname{diag}(\varphi'(a_t)) W"),
    ('"the above equation become"', "direct term of step t+1 is lost", "immediate partial of $h_{t+1}$"),
    ("sums for W and U", "$L_{T+1}$ does not exist", r"\sum_{k=1}^{t}$ with $L_t$"),
    ("∂h_k/∂W", "not marked", "held fixed"),
    ("product of Jacobians", "do not commute", "down to $m = k+1$"),
    ("the formula", r"\tanh^2", r"V^\top (\hat{y}_j - y_j)"),
    ("one to one", "autoregression", "Task 11"),
    ("one to many", "what enters after step 1", "Task 12"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released folder, with a name as home folders have them."""
    folder = tmp_path_factory.mktemp("desk") / "my assignment ŷ"
    hand_out(folder)
    return folder


def read(desk: Path, source: str, *names: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """Type `python -m errata` beside an rnn.py."""
    (desk / "rnn.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "errata", *names]
    env = {"PATH": "", "PYTHONIOENCODING": encoding, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=desk, env=env, capture_output=True, encoding=encoding, check=False)


def readings(output: str) -> dict[str, list[tuple[str, str]]]:
    """By name of the erratum: what was read, and what was said of it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in output.splitlines():
        if not line.startswith(" "):
            name = line.partition(":")[0]
            found[name] = []
        else:
            what, _, said = line.strip().partition("  ") if "  " in line.strip() else (line.strip(), "", "")
            found[name].append((what.strip(), said.strip()))
    return found


@pytest.fixture(scope="module")
def right(desk: Path) -> str:
    """What the reference reads."""
    run = read(desk, REFERENCE)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def error(said: str) -> float:
    found = re.search(r"relative error (\S+?)(?::|$)", said)
    return float(found[1]) if found else float("nan")


def test_all_rows_of_the_lecture_s_errata_are_there() -> None:
    """The table has the 14 rows of the contract, in its order, each with what is printed and what is right."""
    assert len(ERRATA) == len(ROWS) == 14
    assert len({erratum.name for erratum in ERRATA}) == 14
    for erratum, (what, printed, right_form) in zip(ERRATA, ROWS, strict=True):
        assert erratum.what == what
        assert printed in erratum.printed
        assert right_form in erratum.right
        assert erratum.check.__doc__


def test_every_printed_formula_is_seen_to_be_wrong(right: str) -> None:
    """With the reference, each row's formula as printed is far from the derivative, and the student's own is on it."""
    found = readings(right)
    assert list(found) == [erratum.name for erratum in ERRATA]
    for name, lines in found.items():
        own = [said for what, said in lines if what.startswith("your ")]
        printed = [said for what, said in lines if not what.startswith("your ")]
        assert any(error(said) > 0.1 or "shape" in said for said in printed), name
        assert all(error(said) < 1e-7 for said in own), name
        assert own or name in ("feedback", "zeros")


def test_the_measured_errors_are_those_that_are_quoted(right: str) -> None:
    """The lost direct term costs 0.39, and the printed gradient of U 0.80; the others are what the table claims."""
    found = readings(right)
    assert ("as printed", "relative error 0.39") in found["direct-term"]
    assert ("as printed", "relative error 0.80") in found["gradient-u"]
    assert ("as printed", "relative error 2.00") in found["loss-minus"]  # the opposite sign
    assert ("as printed", "relative error 4.00") in found["mean"]  # T - 1
    assert ("as printed", "shape (4, 3), not (3, 4)") in found["row-convention"]
    assert [said for what, said in found["feedback"] if what == "step 1"] == ["relative error 0"]


def test_the_pages_print_what_the_run_prints(desk: Path, right: str) -> None:
    """ERRATA.md and the notebook have a row for each, with the errors that the run finds."""
    page = (desk / "ERRATA.md").read_text(encoding="utf-8")
    appendix = next(cell.source for cell in cells() if cell.id == "errata")
    found = readings(right)
    for number, (erratum, misprint) in enumerate(zip(ERRATA, measured(), strict=True), start=1):
        (row,) = re.findall(rf"^\| {number} \| .*$", page, re.MULTILINE)
        assert row in appendix
        assert row.startswith(f"| {number} | {erratum.name} | {erratum.slide}: {erratum.what} | {erratum.printed} | ")
        assert row.endswith(f" | {erratum.right} |")
        said = [(what, text) for what, text in found[erratum.name] if not what.startswith("your ")]
        cell = row.removesuffix(f" | {erratum.right} |").rpartition(" | ")[2].split("<br>")
        assert len(cell) == len(said)
        for claim, (what, text) in zip(cell, said, strict=True):
            of, _, value = claim.rpartition(": ")
            assert text.removeprefix("relative error ") == value
            assert what.endswith(of)
        assert f"```python\n{misprint.code}\n```" in page


@pytest.mark.parametrize("name", [NAMES[0], *(pytest.param(name, marks=pytest.mark.thorough) for name in NAMES[1:])])
def test_every_snippet_runs_alone(desk: Path, right: str, name: str) -> None:
    """`python -m errata NAME` shows one, as it is shown among all."""
    run = read(desk, REFERENCE, name)
    assert run.returncode == 0
    assert readings(run.stdout) == {name: readings(right)[name]}


def test_two_snippets_run_together(desk: Path) -> None:
    """Several names show as many, in the order in which they are asked for."""
    run = read(desk, REFERENCE, "order", "mean")
    assert list(readings(run.stdout)) == ["order", "mean"]


def test_output_is_readable_in_80_columns_and_in_ascii(desk: Path, right: str) -> None:
    """No line is longer than 80 columns, and a console without Greek letters gets no mojibake."""
    assert [line for line in right.splitlines() if len(line) > 80] == []
    run = read(desk, REFERENCE, encoding="ascii")
    assert run.returncode == 0
    assert run.stdout.isascii()
    assert list(readings(run.stdout)) == [erratum.name for erratum in ERRATA]


def test_a_stub_is_named(desk: Path) -> None:
    """With nothing written, each row names the task that it waits for; nothing fails."""
    run = read(desk, stub(REFERENCE))
    assert (run.returncode, run.stderr) == (0, "")
    waits = {said for lines in readings(run.stdout).values() for said, _ in lines}
    assert waits == {f"waits for Task {n}" for n in ("1: softmax", "3: forward", "11: one_to_one", "12: one_to_many")}


def test_the_printed_formulas_need_no_answer(desk: Path) -> None:
    """With the loss and the forward pass alone, each misprint of a gradient shows, and the own one waits."""
    stubs = stub(REFERENCE)
    half = REFERENCE[: REFERENCE.index("def output_error(")] + stubs[stubs.index("def output_error(") :]
    found = readings(read(desk, half).stdout)
    whole = readings(read(desk, REFERENCE).stdout)
    for name, lines in found.items():
        if name in ("feedback", "zeros"):
            continue
        printed = [line for line in whole[name] if not line[0].startswith("your ")]
        assert lines[: 1 if name == "first-loss" else len(printed)] == printed[: 1 if name == "first-loss" else None]
        (waits, _) = lines[-1]
        assert re.fullmatch(r"waits for Task \d+: \w+", waits), name


def test_an_own_mistake_is_seen(desk: Path) -> None:
    """A wrong function has an error of its own, and is pointed to its self-check; one that raises is quoted."""
    wrong = edited(
        ("return _deltas(params, dO, H, activation).T @ X", "return _deltas(params, dO, H, activation).T @ X[::-1]")
    )
    assert ": see pytest -k bptt_U" in read(desk, wrong, "gradient-u").stdout
    raises = solved(bptt_U="return X.nothing")
    assert "stops: AttributeError" in read(desk, raises, "gradient-u").stdout
    nan = solved(
        bptt_U="""
        print("a line for each call")
        return np.full(params.U.shape, np.nan)
    """
    )
    run = read(desk, nan, "gradient-u")
    assert readings(run.stdout)["gradient-u"][1][1] == "relative error nan: see pytest -k bptt_U"
    transposed = solved(bptt_U="return np.zeros(params.U.T.shape)")
    assert "shape (3, 4), not (4, 3): see pytest -k bptt_U" in read(desk, transposed, "gradient-u").stdout
    logits = solved(forward="return np.zeros((len(X), len(h_init))), np.zeros((len(X), len(params.c)))")
    assert read(desk, logits).stderr == ""
    nothing = solved(forward="return None")
    assert "stops at what your functions return (TypeError)" in read(desk, nothing, "gradient-u").stdout


@pytest.mark.parametrize(
    ("source", "names", "said"),
    [
        (REFERENCE, ["direct_term"], "there is no 'direct_term'; the names are: loss-classes"),
        ("def softmax(o:\n", [], "rnn.py is not valid Python"),
    ],
)
def test_what_cannot_be_read_is_said(desk: Path, source: str, names: list[str], said: str) -> None:
    """A slip in the name lists the names, and a file that is no Python is said to be so; without a traceback."""
    run = read(desk, source, *names)
    assert run.returncode == 1
    assert run.stderr.startswith(said)
    assert "Traceback" not in run.stderr


def test_central_differences_are_derivatives() -> None:
    """The checker itself is right where the derivative is known: of a number, a vector and a matrix."""
    A = np.arange(6.0).reshape(2, 3)
    x = np.array([0.3, -0.2, 0.9])
    np.testing.assert_allclose(NETWORK.numerical(lambda v: A @ v, x), A, atol=1e-9)
    np.testing.assert_allclose(NETWORK.numerical(lambda v: float(np.sum(np.sin(v))), x), np.cos(x), atol=1e-9)
    due = np.einsum("ia,jb->ijab", np.eye(2), A.T)
    np.testing.assert_allclose(NETWORK.numerical(lambda M: M @ A[:, :2], np.ones((2, 2))), due[:, :2], atol=1e-9)


def notebook(folder: Path, text: str, source: str = "") -> str:
    """Run a notebook's functions and its appendix on errata there, and return what the appendix prints."""
    whole = nbformat.reads(text, as_version=4)
    if source:
        next(cell for cell in whole.cells if cell.id == "errata-run").source += source
    whole.cells = [cell for cell in whole.cells if not cell.id.endswith("-check") and not cell.id.startswith("use-")]
    NotebookClient(whole, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    (cell,) = (cell for cell in whole.cells if cell.id == "errata-run")
    return "".join(output.text for output in cell.outputs)


def test_the_notebook_reads_with_its_own_functions(desk: Path, right: str) -> None:
    """In the notebook, the same is read with the functions of its cells, all or one."""
    answers = as_json([cell_node(cell) for cell in cells(solved=True)])
    every, _, one = notebook(desk, answers, '\nprint("--")\nerrata("order")').partition("--\n")
    assert readings(every) == readings(right)
    assert list(readings(one)) == ["order"]


@pytest.mark.thorough
def test_the_notebook_waits_and_says_what_is_missing(desk: Path) -> None:
    """Stubs are named in the notebook, too; without the folder beside it, it says so."""
    assert "waits for Task 3: forward" in notebook(desk, notebook_text())
    assert notebook(desk.parent, notebook_text()).startswith("Nothing to read: No module named 'errata'.")


def test_the_lost_direct_term_is_named_as_its_erratum() -> None:
    """Who types the sum over ∂h_{t+1}/∂h_t · ∂h_t/∂W, as the slide has it, is told which term is lost, and where."""

    def bptt_W(params: rnn.Params, dO: Array, H: Array, h_init: Array, activation: str = "tanh") -> Array:
        before, W = np.vstack([h_init, H[:-1]]), params.W
        dh_dW, gradient = np.zeros((len(W), *W.shape)), np.zeros(W.shape)
        for t, slope in enumerate(1 - H**2 if activation == "tanh" else np.ones(H.shape)):
            earlier = np.tensordot(slope[:, None] * W, dh_dW, 1)  # ∂h_t/∂h_{t-1} · ∂h_{t-1}/∂W
            gradient += np.tensordot(dO[t] @ params.V, earlier, 1)
            dh_dW = earlier + (slope[:, None] * np.eye(len(W)))[:, :, None] * before[t]
        return gradient

    results = results_of(vars(rnn) | {"bptt_W": bptt_W}, case_set(0), ["bptt_W"])["bptt_W"]
    (found,) = diagnose("bptt_W", results)
    assert found.bugs == (("direct-term-lost",),)
    assert "direct-term in ERRATA.md" in found.misconception


def test_a_mistake_that_is_printed_on_a_slide_points_to_its_erratum() -> None:
    """Who typed a formula as it stands is told where it is put right."""
    printed = [bug for bug in BUGS if "printed" in bug.misconception]
    assert {bug.task for bug in printed} == {"bptt_W", "bptt_U", "bptt_bias"}
    assert all("gradient-u" in f"{bug.misconception} {bug.question}" for bug in printed)
    assert ["loss-minus" in bug.misconception for bug in BUGS if "on one slide" in bug.misconception] == [True]
