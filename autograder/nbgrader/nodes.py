"""Cells and outputs as nbformat has them, without its validation of each, which takes longer than all the rest."""

from typing import Any

from nbformat import NotebookNode


def cell(kind: str, source: str) -> NotebookNode:
    """Return a cell without metadata; `kind` is "code", "markdown" or "raw"."""
    own: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return NotebookNode(cell_type=kind, metadata=NotebookNode(), source=source, **own)


def notebook(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook for Python."""
    spec = NotebookNode(display_name="Python 3", language="python", name="python3")
    return NotebookNode(cells=cells, metadata=NotebookNode(kernelspec=spec), nbformat=4, nbformat_minor=5)


def text_output(markdown: str, metadata: dict[str, Any]) -> NotebookNode:
    """Return an output that displays a text."""
    data = NotebookNode({"text/markdown": markdown, "text/plain": markdown})
    return NotebookNode(output_type="display_data", data=data, metadata=metadata)


def value_output(value: float) -> NotebookNode:
    """Return an output that is the value of a cell."""
    data = NotebookNode({"text/plain": repr(value)})
    return NotebookNode(output_type="execute_result", data=data, metadata=NotebookNode(), execution_count=None)


def tracked(grade_id: str, points: float | None = None) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell: one with points holds tests and is locked, the others are the student's."""
    is_graded = points is not None
    metadata = {"schema_version": 3, "grade_id": grade_id, "grade": is_graded, "locked": is_graded}
    return metadata | {"solution": not is_graded, "task": False} | ({"points": points} if is_graded else {})
