"""Marks by hand: what a person decides about a mark, checked and written down with the reason."""

import getpass
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.cases.secret import RequestError
from autograder.model.loading import loaded
from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.text import near, printable
from autograder.results.names import known_student
from autograder.results.sheet import SheetError, read_sheet
from autograder.results.standing import TOTAL, WITHHELD, Entry, entry_lines, in_force
from autograder.results.store import FILE_NAME, Store

_STUDENT, _TASK, _POINTS, _REASON, _BY = ("student_id", "student"), ("task",), ("points",), ("reason",), ("by",)
_MOST_ERRORS = 20


@dataclass(frozen=True)
class Wish:
    """A mark by hand as it was asked for."""

    student_id: str
    task: str
    points: str = ""
    reason: str = ""
    by: str = ""
    undo: bool = False
    place: str = ""  # where it stands in a file


def set_marks(store: Store, wishes: Sequence[Wish]) -> list[Entry]:
    """Write marks by hand into the log, or that they are taken back: all of these, or none.

    Raises:
        RequestError: something in it can't be; the message has every reason.
    """
    settings, students, works, standing = store.settings(), store.students(), store.works(), in_force(store.log())
    entries, errors = [], []
    for wish in wishes:
        try:
            entries.append(_entry(_plain_id(wish, students), settings, standing, works))
        except RequestError as error:
            errors.append(f"{wish.place}{error}")
    errors += _set_twice(wishes)
    if errors:
        more = [f"and {len(errors) - _MOST_ERRORS} more"] if len(errors) > _MOST_ERRORS else []
        raise RequestError("\n  ".join([*errors[:_MOST_ERRORS], *more]))
    store.add_entries(entries)
    return entries


def marked_lines(store: Store, entries: Sequence[Entry]) -> list[str]:
    """Say what was set, and what its author should know."""
    students = {entry.student_id for entry in entries}
    scores = {one.student_id: one.score for one in store.each() if one.student_id in students}
    graded = {task.id for task in store.settings().enabled_tasks()}
    off = sorted({entry.task for entry in entries if entry.task in loaded().task} - graded)
    told = [f"{task} is not graded in these results: the mark is kept, and does not count now" for task in off]
    sums = [f"{printable(name)}: {number(scores[name]) or 'no mark'}" for name in sorted(scores)]
    return entry_lines(entries) + told + sums


def listed_marks(results: Path, *, everything: bool = False) -> list[str]:
    """Return the marks by hand in force, or the whole log, a line each."""
    with Store(results / FILE_NAME, create=False) as store:
        log = store.log()
    chosen = log if everything else [entry for own in in_force(log).values() for entry in own.values()]
    return entry_lines(chosen) or ["No mark was set by hand."]


def wishes_of(path: Path) -> list[Wish]:
    """Read marks by hand from a CSV file, as a spreadsheet writes it.

    Raises:
        SheetError: it can't be read, or lacks a column.
    """
    sheet = read_sheet(path)
    places = {names[0]: sheet.column(*names) for names in (_STUDENT, _TASK, _POINTS, _REASON, _BY)}
    both = [name for name in _STUDENT if sheet.column(name) is not None]
    if len(both) > 1:
        raise SheetError(f"{path} has a column {' and a column '.join(both)}: which of them says whose mark it is?")
    lacking = [name for name in ("student_id", "task", "points", "reason") if places[name] is None]
    if lacking:
        raise SheetError(f"{path} has no column {' and no '.join(lacking)}; expected student_id, task, points, reason")
    found = []
    for row in range(1, len(sheet.rows)):
        cells = {name: sheet.cell(row, place) if place is not None else "" for name, place in places.items()}
        if any(cells.values()):
            student, task, points, reason, by = (text.strip() for text in cells.values())
            found.append(Wish(student, task, points, reason, by, place=f"{path.name}, row {row + 1}: "))
    if not found:
        raise SheetError(f"{path} has no marks in it")
    return found


def _set_twice(wishes: Sequence[Wish]) -> Iterator[str]:
    """Yield a line for each wish that sets what another row of the file sets too."""
    before: dict[tuple[str, str], str] = {}
    for wish in wishes:
        first = before.setdefault((wish.student_id, wish.task), wish.place)
        if first != wish.place:
            yield f"{wish.place}{printable(wish.student_id)}, {wish.task} is set in {first.rstrip(': ')} too"


def _plain_id(wish: Wish, students: Mapping[str, str]) -> Wish:
    """Return a wish about a student of the class, whose id may stand there as files for spreadsheets write it."""
    bare = wish.student_id.removeprefix("'")
    name = bare if wish.student_id not in students and bare in students else wish.student_id
    return replace(wish, student_id=known_student(name, students))


def _entry(
    wish: Wish, settings: Settings, standing: Mapping[str, Mapping[str, Entry]], works: Mapping[str, str]
) -> Entry:
    """Return the line for the log, or raise with what is wrong with it."""
    if wish.task not in (*loaded().task, TOTAL, WITHHELD):
        known = near(wish.task, loaded().task) or f": the tasks are {', '.join(loaded().task)}, and {TOTAL}"
        raise RequestError(f"{printable(wish.task)!r} is no task{known}")
    by, now = wish.by or getpass.getuser(), datetime.now(UTC).isoformat(timespec="seconds")
    work = works.get(wish.student_id, "")
    if wish.undo:
        if wish.task not in standing.get(wish.student_id, {}):
            raise RequestError(f"{printable(wish.student_id)} has nothing set by hand for {wish.task}")
        return Entry(wish.student_id, wish.task, None, wish.reason, by, now, work)
    if not wish.reason.strip():
        raise RequestError("a mark by hand needs a reason, which the student reads: --reason TEXT")
    points = 0.0 if wish.task == WITHHELD else _points(wish, settings)
    return Entry(wish.student_id, wish.task, points, wish.reason.strip(), by, now, work)


def _points(wish: Wish, settings: Settings) -> float:
    try:
        points = float(wish.points.replace(",", "."))
    except ValueError:
        points = math.nan
    most = settings.max_score if wish.task == TOTAL else settings.points(wish.task)
    if not 0 <= points <= most:
        raise RequestError(
            f"{wish.task}: found {printable(wish.points) or 'no points'}; expected a number from 0 to {number(most)}"
        )
    return points
