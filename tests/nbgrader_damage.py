"""What students do to a notebook on the way back, and what it costs them."""

import json
import random
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode

from tests.conftest import edited
from tests.nbgrader_course import cell_of


def deleted(notebook: NotebookNode) -> NotebookNode:
    """The check of bptt_W is gone, and the code of bptt_V."""
    notebook.cells = [cell for cell in notebook.cells if cell.id not in ("bptt_W-check", "bptt_V-code")]
    return notebook


def doubled(notebook: NotebookNode) -> NotebookNode:
    """Every cell is there twice, with its metadata."""
    copies = [NotebookNode(cell | {"id": f"{cell.id}-copy"}) for cell in notebook.cells]
    notebook.cells = [cell for pair in zip(notebook.cells, copies, strict=True) for cell in pair]
    return notebook


def reordered(notebook: NotebookNode) -> NotebookNode:
    """What stands below the imports is in another order."""
    below = notebook.cells[2:]
    random.Random(1).shuffle(below)
    notebook.cells = notebook.cells[:2] + below
    return notebook


def bare(notebook: NotebookNode) -> NotebookNode:
    """No cell has metadata."""
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
    return notebook


def flooded(notebook: NotebookNode) -> NotebookNode:
    """A cell was saved with 5 MB of output, and another with an error and text on stderr."""
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="x" * 5_000_000)]
    error = nbformat.v4.new_output("error", ename="NameError", evalue="check", traceback=["x"])
    cell_of(notebook, "softmax").outputs = [error, nbformat.v4.new_output("stream", name="stderr", text="oh")]
    return notebook


def outdated(notebook: NotebookNode) -> NotebookNode:
    """Metadata of an older schema, of a newer one, and of no schema at all."""
    cell_of(notebook, "softmax").metadata.nbgrader.schema_version = 1
    cell_of(notebook, "forward").metadata.nbgrader.schema_version = 9
    cell_of(notebook, "bptt_V").metadata.nbgrader = NotebookNode(grade_id="bptt_V", locked="yes")
    return notebook


def greedy(notebook: NotebookNode) -> NotebookNode:
    """Someone gave himself more points, and results to be taken for them."""
    cell = cell_of(notebook, "bptt_V")
    cell.metadata.nbgrader.points = 1000
    cell.source = "1000.0"
    return notebook


def noisy(notebook: NotebookNode) -> NotebookNode:
    """Right code that writes to stderr and warns."""
    noise = "import sys, warnings; print('loud', file=sys.stderr); warnings.warn('louder'); return (Y_hat - Y)"
    cell_of(notebook, "output_error-code").source = edited(("return (Y_hat - Y)", noise))
    return notebook


def halved(notebook: NotebookNode) -> str:
    """A text and a picture's name hold half of an emoji, as an editor can leave it."""
    notebook.cells[0].source += " \ud83d"
    notebook.cells[0].attachments = {"\ude00.png": {"image/png": ""}}
    return json.dumps(notebook)


def oddly_typed(notebook: NotebookNode) -> str:
    """JSON that is hardly a notebook: cells without a type, without a source, and that are no cells."""
    raw = json.loads(nbformat.writes(notebook))
    raw["cells"] = [7, None, {"cell_type": "code"}, {"source": 3}, *raw["cells"], {"cell_type": "code", "source": None}]
    return json.dumps(raw)


EDITS: dict[str, tuple[Callable[[NotebookNode], NotebookNode | str], dict[str, float]]] = {
    "x-bare": (bare, {}),
    "x-deleted": (deleted, {"bptt_V": 0.0}),
    "x-doubled": (doubled, {}),
    "x-flooded": (flooded, {}),
    "x-greedy": (greedy, {}),
    "x-halved": (halved, {}),
    "x-noisy": (noisy, {}),
    "x-outdated": (outdated, {}),
    "x-reordered": (reordered, {}),
}
UNREADABLE: dict[str, bytes] = {
    "x-list": b"[1, 2]",
    "x-text": b"I could not open the notebook, so here is my work as text.",
    "x-utf16": "{}".encode("utf-16"),
    "x-large": b" " * 11_000_000,
}
