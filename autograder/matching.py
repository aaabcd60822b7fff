"""Whose row is whose: students as they were graded, and rows of a file that comes from elsewhere.

A wrong match gives somebody another's mark. So a student is matched only where everything known agrees on one
row, and one row only; whoever is left is listed on both sides, for a person to look at.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBERED = re.compile(r"(?P<name>.+)_(?P<number>\w+)", re.DOTALL)
_NOBODY = ("anon", "participant")  # what stands in the place of a name where grading is blind


@dataclass(frozen=True)
class Row:
    """What a row says about its student. Empty texts say nothing."""

    number: str = ""  # the system's own
    ids: tuple[str, ...] = ()  # logins, e-mail addresses, numbers of the school
    name: str = ""
    shown: str = ""  # how a message names the row


@dataclass(frozen=True)
class Match:
    """The outcome: which row is whose, and who is left, with the reason."""

    rows: dict[str, int]
    students_left: tuple[tuple[str, str], ...]
    rows_left: tuple[str, ...]


def match(students: Sequence[str], rows: Sequence[Row]) -> Match:
    """Find the row of each student id, where that can be done beyond doubt.

    An id is compared with numbers, ids and names of the rows as it is; one that downloads are named by,
    such as `doejane_4711`, is compared in its two parts, which must not contradict each other.
    """
    found: dict[str, int] = {}
    left: dict[str, str] = {}
    keys = _Keys(rows)
    for student in students:
        row, reason = keys.find(student)
        if row is None:
            left[student] = reason
        else:
            found[student] = row
    claims = Counter(found.values())
    for student, row in list(found.items()):
        if claims[row] > 1:
            left[student] = f"the row of {rows[row].shown} fits several students"
            del found[student]
    taken = set(found.values())
    rows_left = tuple(row.shown for index, row in enumerate(rows) if index not in taken)
    return Match(found, tuple(left.items()), rows_left)


class _Keys:
    """The rows by everything that they can be found by."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._numbers: dict[str, set[int]] = {}
        self._ids: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        for index, row in enumerate(rows):
            self._add(self._numbers, _plain(row.number), index)
            self._add(self._names, _letters(row.name), index)
            for one in row.ids:
                self._add(self._ids, _plain(one), index)

    def find(self, student: str) -> tuple[int | None, str]:
        """Return the one row of a student, or None and why there is none."""
        parts = _NUMBERED.fullmatch(student)
        if parts:
            name, numbered = _letters(parts["name"]), self._numbers.get(_plain(parts["number"]), set())
            if _plain(parts["name"]) in _NOBODY and numbered:
                return self._only(numbered)
            agreeing = {row for row in numbered if _letters(self._rows[row].name) in ("", name)}
            if agreeing:
                return self._only(agreeing)
            if numbered:
                other = self._rows[min(numbered)].shown
                return None, f"the number is that of {other}, and the name is another"
        plain = _plain(student)
        by_id = self._numbers.get(plain, set()) | self._ids.get(plain, set())
        if by_id:
            return self._only(by_id)
        numbered_id = parts is not None and parts["number"].isdigit()
        by_name = self._names.get(_letters(parts["name"] if parts and numbered_id else student), set())
        # A namesake with another number is somebody else.
        return self._only({row for row in by_name if not (numbered_id and self._rows[row].number)})

    def _only(self, rows: set[int]) -> tuple[int | None, str]:
        if len(rows) == 1:
            return next(iter(rows)), ""
        if not rows:
            return None, "no row has this id or name"
        return None, f"fits several rows: {', '.join(sorted(self._rows[row].shown for row in rows)[:3])}"

    @staticmethod
    def _add(table: dict[str, set[int]], key: str, index: int) -> None:
        if key:
            table.setdefault(key, set()).add(index)


def _plain(text: str) -> str:
    return text.strip().casefold()


def _letters(name: str) -> str:
    """Return the letters of a name in alphabetical order: "Doe, Jane", "Jane Doe" and "doejane" are the same."""
    return "".join(sorted(character for character in name.casefold() if character.isalnum()))
