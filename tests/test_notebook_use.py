"""The notebook's last chapter: examples, tools and pictures on the functions of the notebook itself."""

import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.grading import Grader
from autograder.handout.notebook import as_json, cell_node, cells
from autograder.model.settings import Settings
from autograder.sandbox.host.levels import detect
from autograder.submissions import Source
from autograder.submissions.notebook import code_cells
from solutions.tasks import TASK_BY_ID
from tests.desk import hand_out
from tests.example_outputs import EXAMPLES, OUTPUT

NAMES = [example.name for example in EXAMPLES]
SOLVED = as_json([cell_node(cell) for cell in cells(solved=True)])


def unchecked(*, solved: bool) -> str:
    """The notebook without its checks, which tests/test_notebook.py runs."""
    return as_json([cell_node(cell) for cell in cells(solved=solved) if not cell.id.endswith("-check")])


Run = Callable[..., dict[str, NotebookNode]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a notebook in a released folder whose rnn.py holds stubs, with a cell more; return its cells by id."""
    folder = tmp_path_factory.mktemp("desk") / "assignment"
    hand_out(folder)

    def run(text: str, more: str = "", place: Path = folder) -> dict[str, NotebookNode]:
        notebook = nbformat.reads(text, as_version=4)
        if more:
            notebook.cells.append(nbformat.v4.new_code_cell(more, id="more"))
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(place)}}).execute()
        return {cell.id: cell for cell in notebook.cells}

    return run


@pytest.fixture(scope="module")
def finished(run: Run) -> dict[str, NotebookNode]:
    """The finished notebook, and a student's own look at a gradient and at a step."""
    return run(unchecked(solved=True), 'gradient_check("W")\ntrace(2)')


def printed(cell: NotebookNode) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_prints_what_the_text_above_it_shows(finished: dict[str, NotebookNode], name: str) -> None:
    """The text has the example's slide, its tasks and its output; the cell prints that, Kannada included."""
    example = next(example for example in EXAMPLES if example.name == name)
    text, said = finished[f"use-{name}-text"].source, printed(finished[f"use-{name}"])
    shown = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert shown
    assert shown[1] == (OUTPUT / f"{name}.txt").read_text(encoding="utf-8")
    assert re.sub(r"\d+\.\d+", "#", said) == re.sub(r"\d+\.\d+", "#", shown[1])
    assert f"Slide: {example.slide}." in text
    assert f"tasks {', '.join(str(TASK_BY_ID[task].number) for task in example.tasks)}." in text


@pytest.mark.parametrize("name", ["gradient-norms", "learning-curve"])
def test_pictures_are_shown_on_the_page(finished: dict[str, NotebookNode], name: str) -> None:
    """A picture is displayed under its table, with words in its place for who sees none; no file is written."""
    cell = finished[f"use-{name}"]
    assert "No picture" not in printed(cell)
    (picture,) = (output for output in cell.outputs if output.output_type == "display_data")
    image = re.fullmatch(r'<img alt="[^"]+" src="data:image/png;base64,([^"]+)">', picture.data["text/html"])
    assert image
    assert b64decode(image[1]).startswith(b"\x89PNG")


def test_tools_look_at_the_functions_of_the_notebook(finished: dict[str, NotebookNode]) -> None:
    """rnn.py beside it holds stubs, and the tools don't care."""
    said = printed(finished["more"])
    assert "bptt_W against numdifftools on your own loss" in said
    assert "they agree" in said
    assert "Step t = 2" in said


def test_stubs_lock_the_chapter_and_stop_nothing(run: Run) -> None:
    """Run as it comes, every cell of the chapter names the missing tasks, and none fails."""
    stubs = run(unchecked(solved=False))
    for example in EXAMPLES:
        said = printed(stubs[f"use-{example.name}"])
        named = re.findall(r"Task \d+: \w+", said)
        assert named == [TASK_BY_ID[task].title for task in example.tasks]
    assert "Task 6: hidden_jacobian" in printed(stubs["use-gradient-norms"])


def test_without_the_folders_the_cells_run_all_the_same(run: Run, tmp_path: Path) -> None:
    """A notebook that was moved alone says what is missing once, and goes on."""
    alone = run(SOLVED, 'gradient_check("W")\ntrace(2)', tmp_path)
    assert printed(alone["tools"]).startswith("No tools: No module named 'examples'.")
    assert printed(alone["more"]) == printed(alone["use-completion"]) == ""


def test_the_chapter_is_never_graded() -> None:
    """No cell of it belongs to a task, so no course of nbgrader's grades it."""
    own = [cell for cell in cells() if cell.id.startswith(("use", "tools"))]
    assert len(own) == 2 * len(NAMES) + 6
    assert not [cell for cell in own if cell.task or cell.role == "check"]


def test_a_finished_notebook_that_uses_everything_has_all_points() -> None:
    """Where the grader runs it, there are no tools and no examples: that costs nothing, nor does one's own cell."""
    own = 'gradient_check("W")\ntrace(2)\nexample("translation")\ngradient_norms(save="x.png")\nlearning_curve()'
    notebook = nbformat.reads(SOLVED, as_version=4)
    notebook.cells.insert(5, nbformat.v4.new_code_cell(own, id="own"))
    grader = Grader(Settings(), None, detect())
    verdict = grader.grade("student", Source("ipynb", tuple(code_cells(nbformat.writes(notebook))), "digest"))
    grader.close()
    assert (verdict.status, verdict.score) == ("graded", 100)
    assert not verdict.flags


def test_what_will_be_missing_at_grading_is_named_in_a_notebook(run: Run) -> None:
    """`check` says it below the task, with the number of the cell; magic commands and guarded imports are none."""
    notebook = nbformat.reads(SOLVED, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in ("imports", "setup", "softmax-code")]
    cell = nbformat.v4.new_code_cell(
        "%matplotlib inline\ntry:\n    import pandas\nexcept ImportError:\n    pass", id="fine"
    )
    notebook.cells.append(cell)
    said = run(nbformat.writes(notebook), "import math\nimport scipy.special\ncheck('softmax')")["more"].outputs
    (text,) = (output.data["text/plain"] for output in said if output.output_type == "display_data")
    assert "In [5], line 2, needs scipy, which will be missing at grading" in " ".join(text.split())
    assert text.count("at grading") == 1
