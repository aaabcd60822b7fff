"""The handout on other machines: consoles, folders, interpreters, and places without threads or processes."""

import ast
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import REFERENCE
from tests.desk import Student, scores, solved
from tests.portability import MATRIX, Combination

ROOT = Path(__file__).parent.parent
# A mistake in most tasks, an exception with letters that few consoles have, and a task still to do.
MIXED = solved(
    softmax="return np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)",
    cross_entropy="return -np.sum(Y * np.log2(Y_hat)) / (len(Y) if reduction == 'mean' else 1)",
    output_error="return Y - Y_hat",
    bptt_V="raise ValueError('∂L/∂V is ಕನ್ನಡ – “naïve”, ∞')",
    bptt_W="return bptt_U(params, dO, np.vstack([h_init[None], H[:-1]]), H, activation).T",
    bptt_U="""
        dU, carry = np.zeros_like(params.U), np.zeros(len(params.W))
        for t in reversed(range(len(X))):
            delta = (params.V.T @ dO[t] + carry) * (1 - np.tanh(H[t]) ** 2)
            dU += np.outer(delta, X[t])
            carry = params.W.T @ delta
        return dU
    """,
    gradient_step="return Params(*(p + learning_rate * g for p, g in zip(params, grads)))",
    many_to_one='raise NotImplementedError("Task 13: many_to_one")',
)
UNIMPORTABLE = (
    solved() + "\nraise RuntimeError('ŷ ' * 40 + 'and a sentence that is a good deal longer than one line')\n"
)


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path)


def plain(output: str) -> str:
    """Return what colour leaves of an output."""
    return re.sub(r"\x1b\[[0-9;]*m", "", output)


@pytest.mark.parametrize("colour", ["yes", pytest.param("no", marks=pytest.mark.thorough)])
@pytest.mark.parametrize(
    "text",
    [MIXED, UNIMPORTABLE, pytest.param(REFERENCE, marks=pytest.mark.thorough)],
    ids=["mistakes", "no-import", "right"],
)
def test_no_line_is_wider_than_80_columns(text: str, colour: str, student: Student) -> None:
    """Messages, hints, scores and the reason of a stop are wrapped, with colour and without."""
    run = student.hand(text).check(f"--color={colour}")
    said = run.stdout + run.stderr
    assert ("\x1b[" in said) == (colour == "yes")
    assert [line for line in plain(said).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(
    "encoding", [*(pytest.param(name, marks=pytest.mark.thorough) for name in ("cp437", "utf-8")), "cp1252", "ascii"]
)
@pytest.mark.parametrize("text", [MIXED, UNIMPORTABLE], ids=["mistakes", "no-import"])
def test_no_console_gets_letters_that_it_lacks(text: str, encoding: str, student: Student) -> None:
    """Nothing raises, all that is printed is of the console's letters, and none of ours becomes a question mark."""
    run = student.hand(text).check(encoding=encoding)  # decoded strictly
    said = run.stdout + run.stderr
    assert "UnicodeEncodeError" not in said
    assert "INTERNALERROR" not in said
    assert not re.search(r"\\[ux][0-9a-f]{2}", said)
    if text == MIXED:
        lines = [
            line for line in said.splitlines() if "na" not in line or "ve" not in line
        ]  # the student's own letters
        assert [line for line in lines if re.search(r"\?\S", line)] == []
        assert ("∂L/∂V is" if encoding == "utf-8" else "dL/dV is") in said
        assert ("naïve" in said) == (encoding != "ascii")
        assert scores(said)["many_to_one"] == "0 of 4 to do"
        assert "looks like" in said


def test_a_folder_that_is_read_only_will_do(student: Student) -> None:
    """Nothing can be written, caches neither, and the result is the same, with no warning."""
    under: tuple[str, ...] = ()
    if os.geteuid() == 0:  # root writes anywhere, unless it may not
        if not shutil.which("setpriv"):
            pytest.skip("setpriv, of util-linux, takes root's rights over modes")
        under = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--")
    student.hand(REFERENCE)
    folders = [student.folder, *(path for path in student.folder.rglob("*") if path.is_dir())]
    try:
        for path in folders:
            path.chmod(0o555)
        run = student.check(under=under)
    finally:
        for path in folders:
            path.chmod(0o755)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "total   100 of 100" in run.stdout
    assert "warning" not in (run.stdout + run.stderr).lower()
    assert not list(student.folder.rglob("*cache*"))


BLOCKS = '''
"""A machine like Pyodide's: nothing can be started beside the interpreter."""
import os, socket, subprocess, threading


def refuse(*args, **kwargs):
    raise RuntimeError("blocked: there are no threads and no processes here")


threading.Thread.start = subprocess.Popen.__init__ = socket.socket.__init__ = refuse
for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp", "system", "popen"):
    setattr(os, name, refuse)
'''


def test_it_starts_no_thread_and_no_process(student: Student, tmp_path: Path) -> None:
    """Where neither can be had, as in Pyodide, right answers pass and wrong ones are explained."""
    (tmp_path / "blocks.py").write_text(BLOCKS, encoding="utf-8")
    extra = {"PYTHONPATH": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"}
    right = student.hand(REFERENCE).check("-p", "blocks", extra=extra)
    assert "total   100 of 100" in right.stdout, right.stdout + right.stderr
    wrong = student.hand(MIXED).check("-p", "blocks", "-k", "not numerical", extra=extra)
    assert "looks like" in wrong.stdout
    assert "blocked" not in right.stdout + wrong.stdout
    starts = student.hand(REFERENCE + "\nimport subprocess\nsubprocess.run(['true'])\n").check(
        "-p", "blocks", extra=extra
    )
    assert "RuntimeError: blocked" in starts.stderr


# The modules of the standard library, and the names in them, that Python 3.10 does not have.
NEWER_MODULES = {"tomllib", "annotationlib", "compression", "concurrent.interpreters", "string.templatelib"}
NEWER_NAMES = {
    "typing": {"Self", "Never", "LiteralString", "assert_type", "assert_never", "reveal_type", "Required"}
    | {"NotRequired", "Unpack", "TypeVarTuple", "dataclass_transform", "override", "ReadOnly", "TypeIs"},
    "collections.abc": {"Buffer"},
    "enum": {"StrEnum", "verify", "member", "nonmember", "property"},
    "datetime": {"UTC"},
    "contextlib": {"chdir"},
    "itertools": {"batched"},
    "operator": {"call"},
    "math": {"cbrt", "exp2", "sumprod", "fma"},
    "inspect": {"getasyncgenstate", "markcoroutinefunction"},
    "warnings": {"deprecated"},
}
STARTERS = {
    "threading",
    "_thread",
    "subprocess",
    "multiprocessing",
    "concurrent",
    "asyncio",
    "socket",
    "ctypes",
    "signal",
}


def test_it_imports_what_python_3_10_has(student: Student) -> None:
    """Numpy, pytest, numdifftools and old parts of the standard library, none of which must start anything."""
    handed_out = {"conftest", "errata", "examples", "rnn", "selfcheck", "tools"}
    ours = handed_out | {"numpy", "pytest", "_pytest", "numdifftools", "IPython", "matplotlib"}
    files = sorted(student.folder.rglob("*.py"))
    assert len(files) > 10
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))):
            if isinstance(node, ast.Import):
                modules, names = [alias.name for alias in node.names], set[str]()
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules, names = [node.module or ""], {alias.name for alias in node.names}
            else:
                continue
            for module in modules:
                top = module.partition(".")[0]
                assert top in ours or top in sys.stdlib_module_names, (path.name, module)
                assert module not in NEWER_MODULES, (path.name, module)
                assert not names & NEWER_NAMES.get(module, set()), (path.name, module)
                if path.parent.name == "selfcheck" and path.name not in ("limit.py", "browser.py"):  # which look first
                    assert top not in STARTERS, (path.name, module)


@pytest.mark.thorough
@pytest.mark.parametrize("combination", MATRIX, ids=str)
def test_it_runs_with_other_pythons_and_numpys(combination: Combination, student: Student) -> None:
    """Stubs are to do, the reference has all points, a mistake is named, with each interpreter prepared here."""
    if not combination.prepared.exists():
        pytest.skip(f"{combination} is not prepared: `make portability` makes it where it finds that Python")
    assert combination.problem(student) == ""


def test_the_matrix_holds_what_the_handout_promises() -> None:
    """Python 3.10 to 3.14, numpy from 1.26 on and numdifftools from 0.9.41 on, as requirements.txt has it."""
    assert {combination.version for combination in MATRIX} == {(3, minor) for minor in range(10, 15)}
    required = (ROOT / "assignment" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert {"numpy>=1.26", "numdifftools>=0.9.41"} <= set(required)
    assert {combination.numpy for combination in MATRIX} >= {"~=1.26.0", ">=2.2"}
    assert {combination.numdifftools for combination in MATRIX} == {"~=0.9.41", "~=0.10.0", ">=0.9.41"}
