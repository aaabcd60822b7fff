"""Whose row is whose: students as they were graded, and rows of a file that comes from elsewhere.

A wrong match gives somebody another's mark. So a student is matched only where everything known agrees on one
row, and one row only; whoever is left is listed on both sides, for a person to look at.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# What the downloads of Canvas and Moodle put before a file: a name and the system's number.
_NUMBERED = re.compile(r"(?P<name>.+)_(?P<number>\d+)", re.DOTALL)
# Canvas writes a name in small letters, without blanks: what looks otherwise has another system's number.
_CANVAS_NAME = re.compile(r"\w+")
_NAMELESS = re.compile(r"_(\d+)")  # of a name in other letters Canvas leaves nothing but its number
_ANONYMOUS = re.compile(r"anon_[a-z0-9]+", re.IGNORECASE)
_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic; in other scripts such signs are letters
_APOSTROPHES = re.compile("['’ʼ`´]")  # Moodle leaves them out of file names
_NO_IDS = ("-", "n/a", "na", "none", "null", "nan")  # what stands in the place of an id


@dataclass(frozen=True)
class Row:
    """What a row says about its student. Empty texts say nothing."""

    number: str = ""  # the system's own, as downloads have it after a name
    ids: tuple[str, ...] = ()  # what names the student alone: logins, e-mail addresses, numbers of the school
    names: tuple[str, ...] = ()  # in full; several where it is not plain which columns make the name
    shown: str = ""  # how a message names the row
    beside: tuple[str, ...] = ()  # what may stand before the number in place of the name
    team: str = ""
    decisive: bool = False  # whether the number decides alone where the name before it is nobody's here
    section: str = ""  # of the course, which says nothing about who it is


@dataclass(frozen=True)
class Match:
    """The outcome: which rows are whose (several are those of a team), and who is left, with the reason."""

    rows: dict[str, tuple[int, ...]]
    students_left: tuple[tuple[str, str], ...]
    rows_left: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...] = ()  # who may be a team, with a word about that
    absent: tuple[int, ...] = ()  # rows that nobody fits, not even with a doubt


@dataclass(frozen=True)
class _Fit:
    """The rows that a student fits, and why that is not enough, if it isn't."""

    rows: frozenset[int]
    reason: str = ""
    team: str = ""
    also: frozenset[int] = frozenset()  # further rows with the same name, which must be known as somebody else's
    namesake: bool = False  # whether the rows are those of somebody else who has the same name


def match(students: Sequence[str], rows: Sequence[Row]) -> Match:
    """Find the row of each student id, where that can be done beyond doubt.

    An id is compared with ids and local parts of e-mail addresses as it is, and with names word by word. One that
    downloads are named by, such as `doejane_4711`, is compared in its two parts, which must not contradict each other.
    """
    keys = _Keys(rows, students)
    fits = {student: keys.find(student) for student in students}
    wanted: dict[int, list[str]] = {}
    for student, fit in fits.items():
        for row in fit.rows:
            wanted.setdefault(row, []).append(student)
    sure = {row for fit in fits.values() if not fit.reason for row in fit.rows}
    found: dict[str, tuple[int, ...]] = {}
    left, teams = [], []
    for student, fit in fits.items():
        rivals = {row for row in fit.rows for one in wanted[row] if one != student and not fits[one].namesake}
        if fit.reason:
            left.append((student, fit.reason))
        elif rivals:
            left.append((student, f"the row of {rows[min(rivals)].shown} fits several students"))
        elif fit.also - sure:
            left.append((student, f"the id fits one row, and the name also that of {rows[min(fit.also - sure)].shown}"))
        else:
            found[student] = tuple(sorted(fit.rows))
            teams += [(student, fit.team)] if fit.team else []
    taken = {row for theirs in found.values() for row in theirs}
    rows_left = [(row.shown, _why(wanted.get(index, []))) for index, row in enumerate(rows) if index not in taken]
    absent = tuple(index for index in range(len(rows)) if index not in wanted)
    return Match(found, tuple(left), tuple(rows_left), tuple(teams), absent)


class _Keys:
    """The rows by everything that they can be found by."""

    def __init__(self, rows: Sequence[Row], students: Sequence[str]) -> None:
        self._rows = rows
        numbered = (parts for student in students if (parts := _NUMBERED.fullmatch(student)))
        self._counts = Counter(_in_order(parts["name"]) for parts in numbered)
        self._numbers: dict[str, set[int]] = {}
        self._ids: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        self._teams: dict[str, set[int]] = {}
        for index, row in enumerate(rows):
            _add(self._numbers, _id(row.number), index)
            _add(self._teams, _in_order(row.team), index)
            for one in row.ids:
                _add(self._ids, _id(one), index)
                _add(self._ids, _id(one.rpartition("@")[0]), index)
            for name in row.names:
                _add(self._names, _sorted_words(name), index)

    def find(self, student: str) -> _Fit:
        """Return the rows of a student, and why they are not beyond doubt."""
        parts = _NUMBERED.fullmatch(student)
        numbered = self._numbers.get(_id(parts["number"]), set()) if parts else set()
        agreeing = {row for row in numbered if parts and self._agree(parts["name"], row)}
        by_id = self._ids.get(_id(student), set())
        nameless = _NAMELESS.fullmatch(student)
        if nameless:
            theirs = {row for row in self._numbers.get(nameless[1], set()) if self._rows[row].decisive}
            return self._only(theirs) if theirs else _left(set(), "no letter of the name is left in the download")
        if _ANONYMOUS.fullmatch(student) and not by_id:
            return _left(set(), "handed in anonymously, so that nothing says who it is")
        by_id = by_id | agreeing
        called = self._names.get(_sorted_words(student), set())
        team = self._teams.get(_in_order(student), set())
        if by_id and called and not by_id & called:
            return _left(by_id, f"the id is that of {self._shown(by_id)}, and the name that of {self._shown(called)}")
        if by_id:
            return self._only(by_id, called - by_id)
        if parts and numbered:
            return self._of_another_name(parts["name"], numbered)
        if called:
            return self._only(called)
        if team:
            return self._of_team(team)
        return self._of_another_number(parts["name"] if parts else "")

    def _agree(self, name: str, index: int) -> bool:
        """Whether a name before a number is that of the row, maybe after a team's and a hyphen, or run together."""
        row = self._rows[index]
        pieces = name.split("-")
        ends = ["-".join(pieces[i:]) for i in range(len(pieces))]
        known = (*row.names, *filter(None, row.beside))
        return not row.names or any(_alike(end, one) for one in known for end in ends)

    def _of_another_name(self, name: str, numbered: set[int]) -> _Fit:
        """Decide about a number beside which another name stands than in its row: maybe a team's."""
        shown = self._shown(numbered)
        team = self._teams.get(_in_order(name), set())
        if len(numbered) == 1 and numbered <= team:  # maybe each member's file is called like this
            return self._of_team(team if self._counts[_in_order(name)] == 1 else numbered)
        decisive = len(numbered) == 1 and all(self._rows[row].decisive for row in numbered)
        canvas = decisive and _CANVAS_NAME.fullmatch(name) and name == name.lower()
        if canvas and not any(self._agree(name, index) for index in range(len(self._rows))):
            who = f"nobody in the file is called {name}, and the mark went to {shown}, whose number this is"
            return _Fit(frozenset(numbered), team=f"{who}: the other members of a team (group) are not known")
        return _left(numbered, f"the number is that of {shown}, and the name is another")

    def _of_team(self, rows: set[int]) -> _Fit:
        return _Fit(frozenset(rows), team=f"the mark of this team (group) went to {len(rows)} rows that name it")

    def _of_another_number(self, name: str) -> _Fit:
        """Decide about a name the number of which no row has: a namesake with another number is somebody else."""
        namesakes = self._names.get(_sorted_words(name), set())
        unnumbered = {row for row in namesakes if not self._rows[row].number}
        if namesakes and not unnumbered:
            reason = f"the name is that of {self._shown(namesakes)}, and the number is another"
            return _Fit(frozenset(namesakes), reason, namesake=True)
        return self._only(unnumbered)

    def _only(self, rows: set[int], also: Collection[int] = ()) -> _Fit:
        if len(rows) == 1:
            return _Fit(frozenset(rows), also=frozenset(also))
        return _left(rows, f"fits several rows: {self._shown(rows)}" if rows else "no row has this id or name")

    def _shown(self, rows: set[int]) -> str:
        return ", ".join(sorted(self._rows[row].shown for row in rows)[:3])


def words(name: str) -> list[str]:
    """Return the words of a name as they are compared: without capitals, accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name)).casefold()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    # The marks that are left are vowels, in Devanagari and the like.
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in bare).split()


def _sorted_words(name: str) -> str:
    return " ".join(sorted(words(name)))


def _in_order(team: str) -> str:
    return " ".join(words(team))


def _alike(name: str, other: str) -> bool:
    """Whether two names have the same words, or the first is those of the other run together, from any of them on."""
    ours, theirs = words(name), words(other)
    turns = ("".join(theirs[i:] + theirs[:i]) for i in range(len(theirs)))
    return sorted(ours) == sorted(theirs) or (len(ours) == 1 and ours[0] in turns)


def _id(text: str) -> str:
    """Return an id as it is compared, "" where it is none."""
    plain = unicodedata.normalize("NFC", text).strip().casefold()
    return "" if plain in _NO_IDS else plain


def _add(table: dict[str, set[int]], key: str, index: int) -> None:
    if key:
        table.setdefault(key, set()).add(index)


def _left(rows: set[int], reason: str) -> _Fit:
    return _Fit(frozenset(rows), reason)


def _why(students: Sequence[str]) -> str:
    """Return why a row is nobody's."""
    if not students:
        return "nobody was graded under its id or name"
    return f"fits {', '.join(sorted(students)[:3])}, but not beyond doubt"
