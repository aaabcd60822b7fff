"""An instructor's own CSV file: read as it is, and kept as it is but for the cells that are filled in."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.model.text import printable

BOM = "\ufeff"  # Excel's byte order mark
_DELIMITERS = (",", ";", "\t")
_NUMBER = re.compile(r"[-+]?(?:\d+[.,]?\d*|[.,]\d+)")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d{1,2}")  # three digits after a comma may be thousands
_EXCEL_TEXT = re.compile(r'="([^"]*)"')  # how Excel is told that 0042 is no number
_EXCEL_SAYS = re.compile(r'"?sep=([,;\t])"?\r?\n')  # a first line with which Excel is told the delimiter


class SheetError(Exception):
    """The file can't be used; the message says what was found, what was expected, and what to do."""


@dataclass
class Sheet:
    """The cells of a CSV file by row, the header first, and how it was written."""

    rows: list[list[str]]
    delimiter: str
    bom: bool
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
        text = self.rows[row][column].strip()
        return told[1] if (told := _EXCEL_TEXT.fullmatch(text)) else text

    def below(self, column: int, first: int = 1) -> list[str]:
        """Return what stands in a column from a row on, without the empty cells."""
        return [cell for row in range(first, len(self.rows)) if (cell := self.cell(row, column))]

    def fill(self, row: int, column: int, text: str) -> str:
        """Write a cell, and return what was in it."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        before, cells[column] = cells[column].strip(), text
        return before

    def has_decimal_commas(self, first: int) -> bool:
        """Whether numbers from this column on are written as 8,5."""
        cells = [cell.strip() for row in self.rows[1:] for cell in row[first:]]
        return any(map(_DECIMAL_COMMA.fullmatch, cells)) and not any(
            "." in cell and _NUMBER.fullmatch(cell) for cell in cells
        )


def as_number(text: str) -> float | None:
    """Return the number that a cell holds, with a decimal point or comma, or None."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file as an LMS or a spreadsheet writes it: commas, semicolons or tabs, in UTF-8 or UTF-16.

    Raises:
        SheetError: it can't be read, is no text of these kinds, or has no rows.
    """
    shown = printable(str(path), None)
    try:
        raw = path.read_bytes()
        if raw.startswith(b"PK\x03\x04"):
            raise SheetError(f"{shown} is an Excel workbook or a zip, and no CSV file: save it as CSV")
        text = raw.decode(_encoding(raw))
    except OSError as error:
        raise SheetError(f"{shown} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SheetError(f"{shown} is not UTF-8 text: download it again, or save it as CSV UTF-8") from error
    bom, text = text.startswith(BOM) or b"\0" in raw, text.removeprefix(BOM)
    told = _EXCEL_SAYS.match(text)
    text = text[told.end() :] if told else text
    tables = [(delimiter, _parsed(text, delimiter)) for delimiter in (told[1] if told else _DELIMITERS)]
    delimiter, rows = max(tables, key=lambda table: _fitness(table[1]))
    if rows is None:
        raise SheetError(f"{shown} is no CSV file, for a quotation mark is open or in a wrong place: download it again")
    if not any(map(any, rows)):
        raise SheetError(f"{shown} is empty")
    return Sheet(rows, delimiter, bom, "\r\n" if text.partition("\n")[0].endswith("\r") else "\n")


def _encoding(raw: bytes) -> str:
    """Return UTF-8, or UTF-16, which has a zero byte in every character of a header."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8" if b"\0" not in raw[:2] else "utf-16-be" if raw.startswith(b"\0") else "utf-16-le"


def _parsed(text: str, delimiter: str) -> list[list[str]] | None:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    while rows and not any(cell.strip() for cell in rows[0]):
        del rows[0]
    return rows


def _fitness(rows: list[list[str]] | None) -> tuple[float, ...]:
    """Say how well a delimiter fits: several columns, as many in each row; a title may hold the other one often."""
    if not rows:
        return (-1 if rows is None else 0,)
    wide = len(rows[0])
    return 1, wide > 1, sum(len(row) == wide for row in rows if row) / len(rows), wide
