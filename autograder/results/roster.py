"""A roster that results remember: who is on it and handed in nothing stays missing."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.model.text import printable
from autograder.results.matching import Row, match
from autograder.results.people import columns_of_people
from autograder.results.sheet import read_sheet
from autograder.results.store import Store
from autograder.submissions.submission import as_id

_FACT = "roster"
_NOBODY = ("points possible", "student, test", "test student")  # rows of Canvas's gradebook


def read_roster(path: Path) -> list[Row]:
    """Read a CSV file with a row per student: a list from an LMS or of one's own, or ids, one a line.

    Raises:
        SheetError: it can't be read as CSV.
    """
    sheet = read_sheet(path)
    columns = columns_of_people(sheet)
    rows = (columns.row(sheet, index) for index in range(columns.first, len(sheet.rows)))
    return [row for row in rows if row.shown and row.shown.casefold() not in _NOBODY and row.shown[0] != "#"]


def missing_ids(roster: Sequence[Row], students: Sequence[str]) -> list[str]:
    """Return an id for everybody on the roster who handed in nothing: the first that it has, else the name."""
    absent = (roster[index] for index in match(students, roster).absent)
    return sorted({as_id((row.ids or row.names)[0]) for row in absent} - set(students))


def absent(store: Store, students: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return who is on the roster and not among these students, and what to say of those who may be among them."""
    rows = _kept(store)
    found = match(students, rows)
    doubtful = [(who, why) for who, why in found.rows_left if who not in {rows[index].shown for index in found.absent}]
    told = [
        f"On the roster, and not beyond doubt among those who handed in: {printable(who)} ({printable(why)})"
        for who, why in doubtful
    ]
    return missing_ids(rows, students), told


def forget_in_roster(store: Store, student_id: str) -> None:
    """Take a student out of the roster."""
    rows = _kept(store)
    theirs = {rows[index] for index in match([student_id], rows).rows.get(student_id, ())}
    remember(store, [row for row in rows if row not in theirs and missing_ids([row], []) != [student_id]])


def remember(store: Store, rows: Sequence[Row]) -> None:
    """Keep a roster with the results."""
    store.save_fact(_FACT, msgspec.json.encode(rows).decode() if rows else "")


def _kept(store: Store) -> list[Row]:
    kept = store.fact(_FACT)
    return msgspec.json.decode(kept, type=list[Row]) if kept else []
