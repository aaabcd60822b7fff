"""An instructor's own CSV file: read as it is, and kept as it is but for the cells that are filled in."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from autograder.text import printable

MARK = "\ufeff"  # Excel's byte order mark
_DELIMITERS = (",", ";", "\t")


class SheetError(Exception):
    """The file can't be used; the message says what was found, what was expected, and what to do."""


@dataclass
class Sheet:
    """The cells of a CSV file by row, the header first, and how it was written."""

    rows: list[list[str]]
    delimiter: str
    mark: bool
    line_end: str

    @property
    def header(self) -> list[str]:
        """The names of the columns, without blanks around them."""
        return [cell.strip() for cell in self.rows[0]]

    def column(self, *names: str) -> int | None:
        """Return the index of the first column that has one of these names, whatever its capitals."""
        header = [name.casefold() for name in self.header]
        return next((header.index(name.casefold()) for name in names if name.casefold() in header), None)

    def cell(self, row: int, column: int | None) -> str:
        """Return a cell without blanks around it; "" where the row is short or there is no such column."""
        if column is None or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column].strip()

    def fill(self, row: int, column: int, text: str) -> str:
        """Write a cell, and return what was in it."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        before, cells[column] = cells[column].strip(), text
        return before


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file as an LMS or a spreadsheet writes it: commas, semicolons or tabs, with or without a mark.

    Raises:
        SheetError: it can't be read, is not UTF-8, or has no rows.
    """
    shown = printable(str(path), None)
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SheetError(f"{shown} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SheetError(f"{shown} is not UTF-8 text: download it again, and don't save it in a spreadsheet") from error
    mark, text = text.startswith(MARK), text.removeprefix(MARK)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise SheetError(f"{shown} is no CSV file: {error}") from error
    if not any(rows):
        raise SheetError(f"{shown} is empty")
    return Sheet(rows, delimiter, mark, "\r\n" if first.endswith("\r") else "\n")
