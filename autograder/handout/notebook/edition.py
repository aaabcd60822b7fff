"""The cells of the notebook, in order, with ids that stay the same from one release to the next."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from autograder.assignment import Task, loaded
from autograder.handout.notebook import lesson, misprints
from autograder.handout.notebook.figure import embedded, unrolled
from autograder.handout.notebook.latex import display
from autograder.handout.notebook.reference import Paragraph, Piece, pieces
from autograder.handout.notebook.sections import SECTIONS, Section
from autograder.handout.notebook.use import chapter, tools
from autograder.handout.notebook.where import TITLE, where
from autograder.handout.stubs import without_solutions
from autograder.model.points import number
from solutions.guide import tiny_source

Role = Literal["text", "code", "check"]


_START = """\
Run the cells from top to bottom. In each task, replace the line `raise NotImplementedError(...)` with your code, run
the cell, and run the check below it: it says what is right, what is not, and where the first difference is. Its last
line is the number of points. `check()` with nothing between the brackets checks everything.

The folder `selfcheck` belongs beside this notebook. In Colab, which takes no folders, pack it into `selfcheck.zip`,
upload that (the folder symbol on the left), and run `%pip install numdifftools` once.
Hand in this notebook, or a file `rnn.py` with the same functions: they count the same."""

# The grader runs a notebook without the self-check, and so does whoever has lost its folder. Nothing is opened here:
# the import alone looks for the folder, and for the zip.
_SETUP = """\
import importlib
import sys

sys.path.append("selfcheck.zip")  # the folder selfcheck, packed, where no folder can be uploaded
importlib.invalidate_caches()
try:
    from selfcheck.notebook import check
except ImportError as missing:
    _why = f"Not checked: {missing}. Put selfcheck, or selfcheck.zip, beside this notebook; then run this cell again."
    print(_why)

    def check(*_: str) -> float:
        \"\"\"Stand in for the self-check.\"\"\"
        print(_why)
        return 0.0"""

_MISPRINTS = """\
Run the cell to see it with your functions: below each printed formula stands the error of your own, once it is
written. `errata("direct-term")` shows one alone. The checks are in the folder `errata`, and `ERRATA.md` prints them."""

# As with the self-check: the notebook must run without the folder.
_READ = """\
try:
    from errata.notebook import errata
except ImportError as missing:
    print(f"Nothing to read: {missing}. Is the folder errata beside this notebook?")
else:
    errata()"""


@dataclass(frozen=True)
class Cell:
    """One cell; `task` is "" for what belongs to none."""

    id: str
    role: Role
    source: str
    task: str = ""


def cells(asked: Mapping[str, Task] | None = None, *, solved: bool = False) -> Iterator[Cell]:
    """Yield the cells of the notebook.

    Args:
        asked: the tasks by id, with what their parts are worth; one that is not in it is neither checked nor graded.
        solved: with the marked solutions of the reference, in place of stubs.
    """
    asked = loaded().task if asked is None else asked
    head, *rest = pieces()
    yield Cell("start", "text", _introduction(head))
    yield Cell("imports", "code", head.code)
    yield Cell("setup", "code", _SETUP)
    yield Cell("where", "text", f"## {TITLE}\n\n{embedded(where(), TITLE)}\n\n{lesson.TINY} {lesson.CALLS}")
    yield Cell("tiny", "code", tiny_source())
    yield Cell(*tools())
    sections = {section.first_task: section for section in SECTIONS}
    for piece in rest:
        if piece.task in sections:
            yield Cell(f"part-{piece.task}", "text", _opening(sections[piece.task]))
        text = _text(loaded().task[piece.task], piece, asked.get(piece.task))
        yield Cell(f"{piece.task}-text", "text", text, piece.task)
        code = piece.code if solved else without_solutions(piece.code).strip()
        yield Cell(f"{piece.task}-code", "code", code, piece.task)
        if piece.task in asked:
            yield Cell(f"{piece.task}-check", "check", f'check("{piece.task}")', piece.task)
    yield Cell("end", "text", "## All tasks together")
    yield Cell("end-check", "code", "check()")
    yield from (Cell(*row) for row in chapter())
    appendix = [f"## Appendix: {misprints.TITLE}", misprints.INTRODUCTION, misprints.table(), _MISPRINTS]
    yield Cell("errata", "text", "\n\n".join(appendix))
    yield Cell("errata-run", "code", _READ)


def notebook_text(asked: Mapping[str, Task] | None = None) -> str:
    """Return the handout's `rnn.ipynb`: all tasks as stubs. The same bytes every time."""
    return as_json([cell_node(cell) for cell in cells(asked)])


def cell_node(cell: Cell) -> dict[str, Any]:
    """Return a cell as the notebook format has it."""
    node: dict[str, Any] = {"id": cell.id, "metadata": {}, "source": cell.source.splitlines(keepends=True)}
    if cell.role == "text":
        return node | {"cell_type": "markdown"}
    return node | {"cell_type": "code", "execution_count": None, "outputs": []}


def as_json(nodes: list[dict[str, Any]]) -> str:
    """Return a notebook of these cells as Jupyter would save it."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": nodes, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _introduction(head: Piece) -> str:
    title, *paragraphs = head.docs[0]
    # The last paragraph speaks of a file's order; a notebook has its own words for that.
    texts = [_markdown(paragraph) for paragraph in paragraphs[:-1]]
    return "\n\n".join([f"# {_prose(title).rstrip('.')}", *texts, _START])


def _opening(section: Section) -> str:
    figures = [
        f"{embedded(unrolled(sketch), sketch.description)}\n\n*{caption}*" for caption, sketch in section.sketches
    ]
    return "\n\n".join([f"## {section.title}", section.text, *figures])


def _text(task: Task, piece: Piece, asked: Task | None) -> str:
    """Return all that is said of a task: why, formula, shapes, example, questions, points, slides."""
    heading = f"### {task.title} (not graded)" if asked is None else f"### {task.title} ({number(asked.points)} points)"
    example = lesson.folded("Worked by hand, on the tiny network", lesson.worked(task.id))
    texts = [heading, lesson.why(task.id), formulas(piece), lesson.shapes(task.id), example, lesson.questions(task.id)]
    if asked is not None:
        texts.append(f"Points: {'; '.join(f'{number(part.points)} for {part.what}' for part in asked.parts)}.")
    return "\n\n".join([*texts, lesson.slides(task.id, piece.slides)])


def formulas(piece: Piece) -> str:
    """Return what a task's docstrings say, with its formulas as LaTeX."""
    return "\n\n".join(_markdown(paragraph) for doc in piece.docs for paragraph in doc)


def _markdown(paragraph: Paragraph) -> str:
    return display(list(paragraph.lines)) if paragraph.formula else _prose(paragraph)


def _prose(paragraph: Paragraph) -> str:
    return " ".join(paragraph.lines)
