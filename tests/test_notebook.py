"""The notebook edition: made from the reference, and run in a real kernel as a student runs it."""

import ast
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.grading import Grader
from autograder.handout.latex import latex
from autograder.handout.mathml import mathml
from autograder.handout.notebook import as_json, cell_node, cells, notebook_text
from autograder.handout.release import HandoutError, drift, release
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.levels import detect
from autograder.submissions import Source
from autograder.submissions.notebook import code_cells
from solutions import ASSIGNMENT
from solutions.tasks import TASKS
from tests.conftest import REFERENCE, edited
from tests.desk import hand_out

TEXT = notebook_text()
NOTEBOOK = nbformat.reads(TEXT, as_version=4)
SOLVED = as_json([cell_node(cell) for cell in cells(solved=True)])
# Without the examples, which tests/test_notebook_use.py runs.
CHECKED = as_json([cell_node(cell) for cell in cells(solved=True) if not cell.id.startswith(("use", "tools"))])
ASKED = 'try:\n    check("bptt_w")\nexcept ValueError as error:\n    print(error)'
SHORT = as_json([cell_node(cell) for cell in cells() if cell.id in ("imports", "setup", "softmax-check")])


def by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in notebook.cells}


def shown(cell: NotebookNode, kind: str = "text/plain") -> str:
    """What a check cell displays, without the number of points."""
    return "\n".join(output.data[kind] for output in cell.outputs if output.output_type == "display_data")


def points(cell: NotebookNode) -> float:
    (result,) = (output for output in cell.outputs if output.output_type == "execute_result")
    return float(result.data["text/plain"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released folder."""
    folder = tmp_path_factory.mktemp("desk") / "assignment"
    hand_out(folder)
    return folder


def run(folder: Path, text: str, **edits: str) -> dict[str, NotebookNode]:
    """Run a notebook in the released folder, with other sources in some cells; return its cells by id."""
    notebook = nbformat.reads(text, as_version=4)
    for name, source in edits.items():
        by_id(notebook)[name.replace("__", "-")].source = source
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return by_id(notebook)


@pytest.fixture
def grade_notebook() -> Iterator[Callable[[str], Verdict]]:
    """Grade the text of an rnn.ipynb in a real room."""
    grader = Grader(Settings(), None, detect())
    yield lambda text: grader.grade("student", Source("ipynb", code_cells(text), "digest"))
    grader.close()


@pytest.fixture(scope="module")
def untouched(desk: Path) -> dict[str, NotebookNode]:
    """The notebook as it is handed out, run from top to bottom."""
    return run(desk, TEXT)


@pytest.fixture(scope="module")
def solved(desk: Path) -> dict[str, NotebookNode]:
    """The tasks with the reference's code, but for two mistakes in bptt_V and the bias gradients; and a slip."""
    wrong = 'def bptt_V(dO, H):\n    """Wrong."""\n    return np.outer(dO[-1], H[-1])'
    broken = "def bptt_b(params, dO, H, activation='tanh'):\n    return dO + H\n\ndef bptt_c(dO):\n    return dO.sum(0)"
    notebook = nbformat.reads(CHECKED, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(ASKED, id="slip"))
    return run(desk, nbformat.writes(notebook), bptt_V__code=wrong, bptt_bias__code=broken)


def test_the_notebook_is_valid_and_the_same_every_time() -> None:
    """It fits the format's schema, its ids are unique, and another process makes the same bytes."""
    nbformat.validate(NOTEBOOK)
    assert len(by_id(NOTEBOOK)) == len(NOTEBOOK.cells)
    command = "import sys; from autograder.handout.notebook import notebook_text; sys.stdout.write(notebook_text())"
    again = subprocess.run([sys.executable, "-c", command], capture_output=True, encoding="utf-8", check=True)
    assert again.stdout == TEXT


def test_each_task_has_its_text_its_stub_and_its_check() -> None:
    """The three cells of a task stand together, in the order of the rubric, and the stubs are those of rnn.py."""
    ids = [cell.id for cell in NOTEBOOK.cells]
    found = by_id(NOTEBOOK)
    for task in TASKS:
        start = ids.index(f"{task.id}-text")
        assert ids[start : start + 3] == [f"{task.id}-text", f"{task.id}-code", f"{task.id}-check"]
        assert f"{task.title} ({task.points:g} points)" in found[f"{task.id}-text"].source
        assert "Slides: " in found[f"{task.id}-text"].source
        assert found[f"{task.id}-check"].source == f'check("{task.id}")'
    assert [ids.index(f"{task.id}-text") for task in TASKS] == sorted(ids.index(f"{task.id}-text") for task in TASKS)


def test_the_code_is_that_of_the_stub_file(desk: Path) -> None:
    """Cells and rnn.py define the same: one source, two forms."""
    code = "\n".join(source for label, source in code_cells(TEXT))
    definitions = [ast.dump(n) for n in ast.parse(code).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    stubs = ast.parse((desk / "rnn.py").read_text(encoding="utf-8")).body
    assert definitions == [ast.dump(n) for n in stubs if isinstance(n, ast.FunctionDef | ast.ClassDef)]


def test_the_solved_edition_is_the_reference() -> None:
    """With solutions, the cells hold every definition of the reference, in its order."""
    code = "\n".join(source for label, source in code_cells(SOLVED))
    kinds = ast.FunctionDef | ast.ClassDef
    definitions = [ast.dump(n) for n in ast.parse(code).body if isinstance(n, kinds)]
    assert definitions == [ast.dump(n) for n in ast.parse(REFERENCE).body if isinstance(n, kinds)]


def test_formulas_come_from_the_docstrings() -> None:
    """Every formula of a docstring is in its task's text as LaTeX, in ASCII, with braces that close."""
    formulas = 0
    for node in ast.parse(REFERENCE).body:
        if not isinstance(node, ast.FunctionDef) or node.name not in ASSIGNMENT.signatures:
            continue
        blocks = (ast.get_docstring(node) or "").split("Args:")[0].split("\n\n")
        lines = [line for block in blocks for line in block.splitlines() if line.startswith("    ")]
        text = next(c.source for c in NOTEBOOK.cells if c.id.endswith("-code") and f"def {node.name}(" in c.source)
        task = next(c.id for c in NOTEBOOK.cells if c.source == text).removesuffix("-code")
        for line in lines:
            formula = latex(line)
            formulas += 1
            assert formula.isascii()
            assert formula.count("{") == formula.count("}")
            assert formula.replace(" ", "") in by_id(NOTEBOOK)[f"{task}-text"].source.replace("&", "").replace(" ", "")
    assert formulas > 10


LATEX = {
    "∂L/∂V = Σ_t ∂L/∂o_t ⊗ h_t": (
        r"\frac{\partial L}{\partial V} = \sum_{t} \frac{\partial L}{\partial o_{t}} \otimes h_{t}"
    ),
    "∂h_m/∂h_{m-1} = diag(φ'(a_m)) W": (
        r"\frac{\partial h_{m}}{\partial h_{m-1}} = \operatorname{diag}(\varphi'(a_{m})) W"
    ),
    'L_t = -Σ_c y_tc log ŷ_tc,   L  ("sum")': (r'L_{t} = -\sum_{c} y_{tc} \log \hat{y}_{tc}, \quad L\ \text{("sum")}'),
    "∂L/∂W2 = Wzᵀ · ∂L/∂h' ⊙ h_i²": (
        r"\frac{\partial L}{\partial W_{2}} = \text{Wz}^{\top} \cdot \frac{\partial L}{\partial h'} \odot h_{i}^{2}"
    ),
    "H = σ(X W1 + b1),  h_{t−1} → ∞": r"H = \sigma(X W_{1} + b_{1}), \quad h_{t-1} \rightarrow \infty",
    "∇_θ L ≠ ∂f ≈ αx·y × 1": r"\nabla_{\theta} L \ne  \partial f \approx  \alpha x\cdot y \times 1",
    "θ ← θ - α ∂L/∂θ": r"\theta \leftarrow \theta - \alpha \frac{\partial L}{\partial \theta}",
}


@pytest.mark.parametrize(("formula", "expected"), LATEX.items())
def test_latex_of_a_formula(formula: str, expected: str) -> None:
    """Fractions, sums, indices of several letters, numbered names and remarks are set as mathematics."""
    assert latex(formula) == expected
    assert mathml(expected)


def test_words_are_set_as_words() -> None:
    """A word that is new in a docstring is set upright, before a bracket as a function; never as a product."""
    assert latex("Δ_t = speed(x_t),   where ȳ ∈ Ω") == (
        r"\Delta_{t} = \operatorname{speed}(x_{t}), \quad \text{ where } \bar{y} \in  \Omega"
    )
    assert latex("φ = tanh or identity") == r"\varphi = \tanh \text{ or } \text{identity}"


def test_a_sign_without_latex_stays_as_it_is() -> None:
    """Whatever an author writes can be read, in the notebook and in a page."""
    assert latex("√x_t ‖ ℝ") == "√x_{t} ‖ ℝ"
    assert "<mo>√</mo>" in mathml(latex("√x_t ‖ ℝ"))


def test_figures_are_our_own_svg_inside_the_notebook() -> None:
    """Each figure is well-formed SVG with a title, nothing active in it, and nothing to be fetched."""
    found = re.findall(r'<img alt="([^"]+)" src="data:image/svg\+xml;base64,([^"]+)">', TEXT.replace('\\"', '"'))
    assert len(found) == 7
    for alt, data in found:
        tree = ET.fromstring(b64decode(data).decode())
        tags = {node.tag.rpartition("}")[2] for node in tree.iter()}
        assert tags <= {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "circle", "text"}
        assert tree[0].text == alt
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", b64decode(data).decode())


def test_nothing_but_the_students_packages_is_imported() -> None:
    """The cells need numpy, the standard library and the folders of the handout."""
    code = "\n".join(source for label, source in code_cells(TEXT))
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    assert names - sys.stdlib_module_names == {"errata", "examples", "numpy", "selfcheck", "tools"}


@pytest.mark.thorough
def test_checking_everything_loads_only_the_students_packages(desk: Path) -> None:
    """From the first cell to the last check, what the kernel loads is numpy, numdifftools and what these need."""
    notebook = nbformat.reads(SOLVED, as_version=4)
    # Plots are drawn where there is matplotlib, which brings a good deal of its own.
    first = "import sys\nsys.modules['matplotlib'] = None\nbefore = set(sys.modules)"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(first, id="first"))
    tops = "{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names"
    notebook.cells.append(nbformat.v4.new_code_cell(f"print(*sorted({tops}))", id="last"))
    done = run(desk, nbformat.writes(notebook))
    assert points(done["end-check"]) == 100
    loaded = done["last"].outputs[0].text.split()
    assert {"numpy", "numdifftools", "selfcheck"} <= set(loaded)
    optional = {"charset_normalizer"}  # numpy's f2py takes it where it happens to be
    own = {name for name in loaded if not name.startswith("_")} - optional
    assert own <= {"errata", "examples", "numpy", "numdifftools", "scipy", "selfcheck", "tools"}


def test_stubs_run_and_are_to_do(untouched: dict[str, NotebookNode]) -> None:
    """Run as it comes, no cell fails, every check says "to do" and gives no points."""
    for task in TASKS:
        cell = untouched[f"{task.id}-check"]
        assert f"0 of {task.points:g}" in shown(cell)
        assert "to do" in shown(cell)
        assert "to do" in shown(cell, "text/html")
        assert points(cell) == 0
    assert "0 of 100" in shown(untouched["end-check"])


def test_right_code_earns_its_points(solved: dict[str, NotebookNode]) -> None:
    """Right tasks pass with all their points; the total is the sum."""
    right = [task for task in TASKS if task.id not in ("bptt_V", "bptt_bias")]
    for task in right:
        assert "pass" in shown(solved[f"{task.id}-check"])
        assert points(solved[f"{task.id}-check"]) == task.points
    assert points(solved["end-check"]) == sum(task.points for task in right) + 2


def test_a_difference_is_told_as_pytest_tells_it(desk: Path, solved: dict[str, NotebookNode]) -> None:
    """The message of a check cell is that of the self-check in pytest, word for word."""
    right = "return dO.T @ H  # the sum over t of the outer products"
    (desk / "rnn.py").write_text(edited((right, "return np.outer(dO[-1], H[-1])")), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "bptt_V-gradient"]
    told = subprocess.run(command, cwd=desk, capture_output=True, encoding="utf-8", check=False).stdout
    message = re.search(r"^_+ test_task\[bptt_V-gradient\] _+\n(.*?)\n(?=_|=)", told, re.MULTILINE | re.DOTALL)
    assert message
    assert " ".join(message[1].split()) in " ".join(shown(solved["bptt_V-check"]).split())


def test_an_exception_names_the_line_of_the_cell(solved: dict[str, NotebookNode]) -> None:
    """Where a function raises, the check quotes its line, and calls the cell by no temporary file's name."""
    told = shown(solved["bptt_bias-check"])
    assert "this notebook, line 2, in bptt_b" in told
    assert "return dO + H" in told
    assert "2 of 4" in told


def test_html_is_escaped_and_coloured(solved: dict[str, NotebookNode]) -> None:
    """The rich form says the same as the text, as HTML that holds no tag of a message."""
    rich = shown(solved["bptt_V-check"], "text/html")
    tree = ET.fromstring(rich)
    assert {node.tag for node in tree.iter()} == {"div"}
    plain = " ".join(shown(solved["bptt_V-check"]).split())
    assert " ".join(" ".join(tree.itertext()).split()) == plain


def test_a_slip_in_the_name_is_answered(solved: dict[str, NotebookNode]) -> None:
    """`check("bptt_w")` asks whether bptt_W was meant."""
    (output,) = solved["slip"].outputs
    assert output.text == "there is no task 'bptt_w'; did you mean bptt_W?\n"


def test_alone_it_says_what_is_missing(tmp_path: Path) -> None:
    """Opened without its folder, as in Colab, every cell runs, and each check says what to put where."""
    alone = run(tmp_path, SHORT)
    why = "Not checked: No module named 'selfcheck'. Put selfcheck, or selfcheck.zip, beside this notebook; then run"
    assert alone["setup"].outputs[0].text.startswith(why)
    assert alone["softmax-check"].outputs[0].text.startswith(why)
    assert points(alone["softmax-check"]) == 0


def test_what_is_missing_is_named(desk: Path) -> None:
    """Where the self-check is there, and what it imports is not, nobody is told to look for its folder."""
    setup = by_id(nbformat.reads(SHORT, as_version=4))["setup"].source
    without = f'import sys\nsys.modules["numpy"] = None\n{setup}\ndel sys.modules["numpy"]'
    said = run(desk, SHORT, setup=without)["setup"].outputs[0].text
    assert said.startswith("Not checked: import of numpy halted")
    assert "selfcheck" not in said


def test_a_zip_beside_it_will_do(desk: Path, tmp_path: Path) -> None:
    """The folder packed as selfcheck.zip checks as the folder does, hints included, also when it is uploaded late."""
    shutil.copytree(desk / "selfcheck", tmp_path / "there" / "selfcheck")
    packed = shutil.make_archive(str(tmp_path / "selfcheck"), "zip", tmp_path / "there", "selfcheck")
    notebook = nbformat.reads(SHORT, as_version=4)
    setup = by_id(notebook)["setup"].source
    (tmp_path / "colab").mkdir()
    upload = f"import shutil\nshutil.copy({packed!r}, '.')\n{setup}"
    wrong = "def softmax(o):\n    return np.exp(o) / np.exp(o).sum(-1, keepdims=True)"
    notebook.cells[2:2] = [nbformat.v4.new_code_cell(upload, id="late"), nbformat.v4.new_code_cell(wrong, id="work")]
    done = run(tmp_path / "colab", nbformat.writes(notebook))
    assert done["setup"].outputs[0].text.startswith("Not checked")
    assert not done["late"].outputs
    assert "looks like" in shown(done["softmax-check"])
    assert 0 < points(done["softmax-check"]) < 8


def test_elsewhere_it_is_text(desk: Path) -> None:
    """In plain Python, `check` prints what a notebook shows, and its value is the points."""
    stub = "def bptt_V(dO, H):\n    raise NotImplementedError('Task 5: bptt_V')"
    code = f"{stub}\nfrom selfcheck.notebook import check\nprint(check('bptt_V'))"
    said = subprocess.run([sys.executable, "-c", code], cwd=desk, capture_output=True, encoding="utf-8", check=True)
    assert re.fullmatch(r" *5 bptt_V +0 of 7 +to do\n0\.0\n", said.stdout)


NAMES_OF_CELLS = (
    "<ipython-input-3-0a1b2c3d4e5f>",
    "/tmp/ipython-input-3-2945302716.py",
    "/tmp/ipython-input-2945302716.py",
    "/tmp/ipykernel_4242/2945302716.py",
)


def test_cells_of_every_kernel_are_this_notebook(desk: Path) -> None:
    """Old kernels, Colab and Jupyter name cells each in their way; a message says "this notebook" of all."""
    cell = "def bptt_V(dO, H):\n    return dO + H"
    code = (
        f"import linecache, numpy as np\nfrom rnn import Params\nfrom selfcheck.notebook import check\n"
        f"cell = {cell!r}\nfor name in {NAMES_OF_CELLS}:\n"
        "    linecache.cache[name] = len(cell), None, cell.splitlines(True), name\n"
        "    exec(compile(cell, name, 'exec'))\n    check('bptt_V')\n    print('----')"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=desk, capture_output=True, encoding="utf-8", check=True)
    *each, _ = said.stdout.split("----\n")
    assert [bool(re.search(r"\bthis notebook, line 2, in bptt_V", one)) for one in each] == [True] * 4, said.stdout
    assert "ipython" not in said.stdout


def test_the_grader_sees_no_attempt_in_it(grade_notebook: Callable[[str], Verdict]) -> None:
    """Graded without its folder, the notebook has full marks, and nothing that was refused."""
    verdict = grade_notebook(SOLVED)
    assert (verdict.score, verdict.flags, verdict.notes) == (100, (), ())


def test_work_in_a_notebook_is_never_overwritten(tmp_path: Path) -> None:
    """release refuses a folder whose rnn.ipynb somebody has edited, and drift sees an edited cell."""
    release(tmp_path)
    path = tmp_path / "rnn.ipynb"
    path.write_text(TEXT.replace("Turn logits", "Make logits"), encoding="utf-8")
    assert [line.partition(" differs")[0] for line in drift(tmp_path)] == ["rnn.ipynb"]
    for text in (path.read_text(encoding="utf-8"), SOLVED, "no notebook"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(HandoutError, match=r"changed since: rnn\.ipynb"):
            release(tmp_path)
        assert path.read_text(encoding="utf-8") == text
