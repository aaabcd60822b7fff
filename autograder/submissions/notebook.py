"""Take the code out of a notebook. To this side a notebook is JSON, and its code is text."""

import json
from typing import Any, TypeVar

import msgspec

from autograder.text import printable

_Kind = TypeVar("_Kind", bound=msgspec.Struct)
Cells = tuple[tuple[str, str], ...]


class NotANotebook(Exception):
    """The text has no code cells to grade; the message completes a sentence that starts with the file's name."""


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""


class _Notebook(msgspec.Struct):
    """The little that is read of a notebook; everything else in it is skipped."""

    nbformat: int
    cells: list[_Cell] | None = None


class _OldCell(msgspec.Struct):
    cell_type: str = ""
    input: str | list[str] = ""


class _Worksheet(msgspec.Struct):
    cells: list[_OldCell]


class _OldNotebook(msgspec.Struct):
    """The same of format 3 and older."""

    worksheets: list[_Worksheet]


def code_cells(text: str) -> Cells:
    """Return the code cells that aren't empty, in order, as `("cell 3", code)`.

    Code cells are counted from 1, empty ones included. Magics and shell escapes are left as they are.

    Raises:
        NotANotebook: no JSON, nested too deep, not a notebook's structure, or no code in it.
    """
    try:
        sources = _sources(text)
    except msgspec.ValidationError as error:
        raise NotANotebook(f"is not a notebook: {_plain(error)}") from error
    except RecursionError as error:
        raise NotANotebook("is not a notebook: its JSON is nested too deep") from error
    cells = tuple((f"cell {number}", code) for number, code in enumerate(sources, start=1) if code.strip())
    if not cells:
        raise NotANotebook("has no code cells with anything in them")
    return cells


def _sources(text: str) -> list[str]:
    notebook = _decode(text, _Notebook)
    if notebook.nbformat < 4:
        old = (cell for sheet in _decode(text, _OldNotebook).worksheets for cell in sheet.cells)
        inputs = (cell.input for cell in old if cell.cell_type == "code")
        # Format 2 keeps lines without their ends.
        return [
            text if isinstance(text, str) else "\n".join(line.removesuffix("\n") for line in text) for text in inputs
        ]
    if notebook.cells is None:
        raise NotANotebook('is not a notebook: it has no list of "cells"')
    return [_joined(cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def _decode(text: str, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Jupyter's own JSON may hold NaN and halves of emoji; the slower parser of Python takes both.
        return msgspec.convert(_lenient(text), type=kind)


def _lenient(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:  # malformed, or a number of thousands of digits
        raise NotANotebook(f"is not a notebook: it can't be read as JSON ({_plain(error)})") from error


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _plain(error: Exception) -> str:
    return printable(str(error) or type(error).__name__)
