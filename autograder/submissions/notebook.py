"""Take the code out of a notebook. To this side a notebook is JSON, and its code is text."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from autograder.model.text import printable
from autograder.submissions.submission import Refused

Cells = tuple[tuple[str, str], ...]
_WRITTEN = re.compile(r"\s*%%(?:writefile|file)[ \t]+(?:-a[ \t]+)?[\"']?([^\n\"']+\.py)[\"']?[ \t]*(?:\n|$)")
_FUNCTION = re.compile(r"^[ \t]*def[ \t]+(\w+)[ \t]*\(", re.MULTILINE)
_BEGIN = 40  # characters of a cell that are shown


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""


class _OldCell(_Cell):
    input: str | list[str] = ""  # of code


class _Worksheet(msgspec.Struct):
    cells: list[_OldCell]


class _Notebook(msgspec.Struct):
    """The little that is read of a notebook; everything else in it is skipped."""

    nbformat: int
    cells: list[_Cell] | None = None
    worksheets: list[_Worksheet] | None = None  # in format 3 and older


def code_cells(text: str) -> Cells:
    """Return the code cells that aren't empty, in order, as `("cell 3", code)`.

    Code cells are counted from 1, empty ones included. What a cell writes into a Python file by %%writefile is
    code; other magics and shell escapes are left as they are.

    Raises:
        Refused: no JSON, nested too deep, not a notebook's structure, or no code in it.
    """
    sources = [_kept(code) for kind, code in _cells(text) if kind == "code"]
    cells = tuple((f"cell {number}", code) for number, code in enumerate(sources, start=1) if code.strip())
    if not cells:
        raise Refused("has no code cells with anything in them")
    return cells


def functions_in_prose(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (which cell, names) of functions that stand only in cells that are no code.

    Raises:
        Refused: as `code_cells`.
    """
    cells = _cells(text)
    coded = {name for kind, code in cells if kind == "code" for name in _FUNCTION.findall(code)}
    for kind, prose in cells:
        names = [name for name in _FUNCTION.findall(prose) if name not in coded] if kind != "code" else []
        if names:
            what = "raw" if kind == "raw" else "Markdown"
            yield f'the {what} cell that begins "{printable(prose.strip().splitlines()[0], _BEGIN)}"', names


def _kept(code: str) -> str:
    """Return a cell as code where it would have been written to a Python file; its lines keep their numbers."""
    match = _WRITTEN.match(code)
    if match is None or PurePosixPath(match[1]).name.lower().startswith(("test_", "conftest")):
        return code
    return code.replace("%%", "# %%", 1)


def _cells(text: str) -> list[tuple[str, str]]:
    """Return the type and the text of each cell."""
    try:
        notebook = _decode(text)
    except msgspec.ValidationError as error:
        raise Refused(f"is not a notebook: {_plain(error)}") from error
    except RecursionError as error:
        raise Refused("is not a notebook: its JSON is nested too deep") from error
    due = "cells" if notebook.nbformat >= 4 else "worksheets"
    if getattr(notebook, due) is None:
        raise Refused(f'is not a notebook: it has no list of "{due}"')
    if notebook.worksheets is not None and due == "worksheets":
        old = (cell for sheet in notebook.worksheets for cell in sheet.cells)
        # Format 2 keeps lines without their ends.
        return [(cell.cell_type, _joined(cell.input or cell.source, "\n")) for cell in old]
    return [(cell.cell_type, _joined(cell.source, "")) for cell in notebook.cells or ()]


def _decode(text: str) -> _Notebook:
    try:
        return msgspec.json.decode(text, type=_Notebook)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Jupyter's own JSON may hold NaN and halves of emoji; the slower parser of Python takes both.
        try:
            return msgspec.convert(json.loads(text), type=_Notebook)
        except msgspec.ValidationError:
            raise
        except ValueError as error:  # malformed, or a number of thousands of digits
            raise Refused(f"is not a notebook: it can't be read as JSON ({_plain(error)})") from error


def _joined(source: str | list[str], end: str) -> str:
    if isinstance(source, str):
        return source
    return end.join(line.removesuffix(end) for line in source) if end else "".join(source)


def _plain(error: Exception) -> str:
    return printable(str(error) or type(error).__name__)
