"""Take the code out of a notebook. To this side a notebook is JSON, and its code is text."""

import json
from typing import Any

import msgspec

from autograder.text import printable

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


def code_cells(text: str) -> Cells:
    """Return the code cells that aren't empty, in order, as `("cell 3", code)`.

    Code cells are counted from 1, empty ones included. Magics and shell escapes are left as they are.

    Raises:
        NotANotebook: no JSON, nested too deep, not a notebook's structure, or no code in it.
    """
    try:
        notebook = _decode(text)
    except msgspec.ValidationError as error:
        raise NotANotebook(f"is not a notebook: {_plain(error)}") from error
    except RecursionError as error:
        raise NotANotebook("is not a notebook: its JSON is nested too deep") from error
    if notebook.cells is None:
        raise NotANotebook('is not a notebook: it has no list of "cells"')
    sources = [_joined(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    cells = tuple((f"cell {number}", code) for number, code in enumerate(sources, start=1) if code.strip())
    if not cells:
        raise NotANotebook("has no code cells with anything in them")
    return cells


def _decode(text: str) -> _Notebook:
    try:
        notebook = msgspec.json.decode(text, type=_Notebook)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Jupyter's own JSON may hold NaN and halves of emoji; the slower parser of Python takes both.
        notebook = msgspec.convert(_lenient(text), type=_Notebook)
    if notebook.nbformat < 4:
        return msgspec.convert(_upgraded(_lenient(text)), type=_Notebook)
    return notebook


def _lenient(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:  # malformed, or a number of thousands of digits
        raise NotANotebook(f"is not a notebook: it can't be read as JSON ({_plain(error)})") from error


def _upgraded(raw: Any) -> Any:
    """Turn a notebook of format 3 or older into format 4."""
    # Imported here: it takes 0.1 s, and few classes have such a notebook.
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(raw), 4)  # type: ignore[no-untyped-call]  # nbformat's own gap
    except Exception as error:  # what a malformed one raises is not documented
        reason = f"is a notebook of an old format that can't be upgraded ({_plain(error)}): save it in Jupyter again"
        raise NotANotebook(reason) from error


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _plain(error: Exception) -> str:
    return printable(str(error) or type(error).__name__)
