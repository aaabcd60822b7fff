"""The notebook edition of the assignment, as Jupyter would save it."""

import json
from typing import Any

from autograder.handout.render import Cell, cells
from autograder.model.settings import Settings

__all__ = ["Cell", "as_json", "cell_node", "cells", "notebook_text"]


def notebook_text(settings: Settings | None = None) -> str:
    """Return the handout's notebook: all tasks as stubs. The same bytes every time."""
    return as_json([cell_node(cell) for cell in cells(settings)])


def cell_node(cell: Cell) -> dict[str, Any]:
    """Return a cell as the notebook format has it."""
    node: dict[str, Any] = {"id": cell.id, "metadata": {}, "source": cell.source.splitlines(keepends=True)}
    if cell.role == "text":
        return node | {"cell_type": "markdown"}
    return node | {"cell_type": "code", "execution_count": None, "outputs": []}


def as_json(nodes: list[dict[str, Any]]) -> str:
    """Return a notebook of these cells."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": nodes, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
