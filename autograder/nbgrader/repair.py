"""A submitted notebook with every graded cell in its place, whatever has become of it.

nbgrader gives up on a notebook that is no JSON, lacks metadata or has been written by another version, and
gives nothing for cells that are gone. Here such a notebook costs what the student's code is missing: marks are
given for code, in whatever cell it stands.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.nbgrader import nodes
from autograder.submissions import Unreadable, read_source

_RESTORED = "# This cell was not in what was handed in. It is put back so that its points can be shown.\n"
# Longer text in one cell is no answer, and too much for a feedback page.
_LONGEST_SOURCE = 200_000


@dataclass(frozen=True)
class Known:
    """A cell that nbgrader keeps track of, as the course's gradebook has it."""

    grade_id: str
    cell_type: str
    source: str
    checksum: str | None
    locked: bool
    grade: bool
    solution: bool
    points: float | None = None
    task: bool = False

    def metadata(self) -> dict[str, Any]:
        """Return nbgrader's metadata of the cell."""
        points = {"points": self.points} if self.grade or self.task else {}
        checksum = {"checksum": self.checksum} if self.checksum else {}
        return {
            "schema_version": 3,
            "grade_id": self.grade_id,
            "grade": self.grade,
            "solution": self.solution,
            "locked": self.locked,
            "task": self.task,
            "cell_type": self.cell_type,
            **points,
            **checksum,
        }


def repaired(path: Path, known: Iterable[Known], limit: int) -> NotebookNode:
    """Return a student's notebook, made valid, without outputs, with each known graded cell exactly once.

    Args:
        path: the file as it was handed in.
        known: the cells of the assignment, in the order in which missing ones are put back.
        limit: the most bytes that are read of it.
    """
    cells = {cell.grade_id: cell for cell in known}
    seen: set[str] = set()
    kept: list[NotebookNode] = []
    # From the end: of copies of a cell, nbgrader keeps the last.
    for raw in reversed(_raw_cells(path, limit)):
        cell = _clean(raw)
        match = cells.get(_grade_id(raw))
        if match is not None and match.grade_id not in seen:
            seen.add(match.grade_id)
            cell = _tracked(cell, match)
        kept.append(cell)
    kept.reverse()
    kept += [_put_back(cell) for cell in cells.values() if (cell.grade or cell.task) and cell.grade_id not in seen]
    for number, cell in enumerate(kept, start=1):
        cell["id"] = f"cell-{number}"
    return nodes.notebook(kept)


def _raw_cells(path: Path, limit: int) -> list[Mapping[str, Any]]:
    """Return what can be found of a notebook's cells; none where it can't be read at all."""
    try:
        read_source(path, limit)
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
        # Halves of characters, which Jupyter can leave, fit into no file.
        notebook = json.loads(json.dumps(notebook, ensure_ascii=False).encode("utf-8", "replace"))
        if notebook.get("nbformat", 4) < 4:
            notebook = nbformat.convert(nbformat.from_dict(notebook), 4)
    except (Unreadable, OSError, ValueError, RecursionError):
        return []  # the verdict says why
    return [cell for cell in notebook.get("cells", []) if isinstance(cell, Mapping)]


def _clean(raw: Mapping[str, Any]) -> NotebookNode:
    """Return a valid cell with the same text and pictures, and nothing else of it."""
    source = raw.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    if len(text) > _LONGEST_SOURCE:
        text = f"{text[:_LONGEST_SOURCE]}\n# … cut here: {len(text):,} characters"
    kind = raw.get("cell_type")
    cell = nodes.cell(kind if kind in ("code", "markdown") else "raw", text)
    pictures = raw.get("attachments")
    if kind == "markdown" and isinstance(pictures, Mapping):
        with_pictures = nbformat.from_dict({**cell, "attachments": pictures, "id": "any"})
        if nbformat.validator.isvalid(nodes.notebook([with_pictures])):
            cell["attachments"] = with_pictures["attachments"]
    return cell


def _grade_id(raw: Mapping[str, Any]) -> str:
    metadata = raw.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    return str(mark.get("grade_id", "")) if isinstance(mark, Mapping) else ""


def _tracked(cell: NotebookNode, known: Known) -> NotebookNode:
    """Return the student's cell as one that nbgrader knows; a locked one has the course's text."""
    source = known.source if known.locked and not known.solution else cell["source"]
    made = nodes.cell(known.cell_type, source)
    made["metadata"]["nbgrader"] = NotebookNode(known.metadata())
    return made


def _put_back(known: Known) -> NotebookNode:
    cell = _tracked(NotebookNode(source=""), known)
    if not (known.locked and not known.solution):
        cell["source"] = _RESTORED if known.cell_type == "code" else _RESTORED.removeprefix("# ")
    return cell
