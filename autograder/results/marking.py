"""`bptt mark` and `bptt forget`: what a person decides about a mark, written down with the reason."""

import csv
import getpass
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.assignment import loaded
from autograder.cases.secret import RequestError
from autograder.commands.run import GRADES, writing
from autograder.exports.csv import write_grades
from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.text import near, printable
from autograder.reports import remove_feedback, write_feedback
from autograder.reports.files import FEEDBACK
from autograder.reports.pages import write_class_page
from autograder.results.lock import only_run
from autograder.results.roster import forget as forget_in_roster
from autograder.results.sheet import SheetError, read_sheet
from autograder.results.standing import TOTAL, WITHHELD, Entry, entry_lines, in_force
from autograder.results.store import FILE_NAME, Store
from autograder.results.without_details import mark
from autograder.review.similar.page import PAGE, TABLE

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


def mark_by_hand(results: Path, wishes: Sequence[Wish]) -> list[str]:
    """Set marks by hand, or take them back: all of these, or none. Grades and pages follow at once.

    Returns:
        What was done, and what its author should know, in lines.

    Raises:
        RequestError: something in it can't be; the message has every reason.
        StoreError: the results can't be read or written.
    """
    with only_run(results, wait=True), Store(results / FILE_NAME) as store:
        settings, works = store.settings(), store.works()
        standing = in_force(store.log())
        entries, errors = [], []
        for wish in wishes:
            try:
                entries.append(_entry(wish, store.students(), settings, standing.get(wish.student_id, {}), works))
            except RequestError as error:
                errors.append(f"{wish.place}{error}")
        set_before: dict[tuple[str, str], str] = {}
        for wish in wishes:
            first = set_before.setdefault((wish.student_id, wish.task), wish.place)
            if first != wish.place:
                errors.append(
                    f"{wish.place}{printable(wish.student_id)}, {wish.task} is set in {first.rstrip(': ')} too"
                )
        if errors:
            more = [f"and {len(errors) - _MOST_ERRORS} more"] if len(errors) > _MOST_ERRORS else []
            raise RequestError("\n  ".join([*errors[:_MOST_ERRORS], *more]))
        store.add_entries(entries)
        students = {entry.student_id for entry in entries}
        _refresh(results, store, students)
        scores = {one.student_id: one.score for one in store.each() if one.student_id in students}
    lines = entry_lines(entries)
    off = {task for entry in entries if (task := entry.task) in loaded().task and task not in _worth(settings)}
    lines += [
        f"{task} is not graded in these results: the mark is kept, and does not count now" for task in sorted(off)
    ]
    return lines + [f"{printable(name)}: {number(scores[name]) or 'no mark'}" for name in sorted(scores)]


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


def forget(results: Path, student_id: str) -> str:
    """Take out all that is kept of a student, pages included.

    Raises:
        RequestError: nobody is called that.
        StoreError: the results can't be read or written.
    """
    with only_run(results, wait=True), Store(results / FILE_NAME) as store:
        if student_id not in {*store.students(), *store.works()}:
            raise RequestError(_nobody(student_id, store.students()))
        forget_in_roster(store, student_id)
        store.forget(student_id)
        with writing(results):
            remove_feedback(results / FEEDBACK, [student_id])
            for name in (PAGE, TABLE):  # of pairs: they name others as well, and are quickly made anew
                (results / name).unlink(missing_ok=True)
        _forget_files(results, student_id)
        _refresh(results, store, ())
    return f"{printable(student_id)} is taken out of {results}. Copies and exports made before still have the marks."


def _forget_files(results: Path, student_id: str) -> None:
    """Take a student's rows out of files.csv."""
    path = results / "files.csv"
    if not path.is_file():
        return
    with writing(results):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if len(row) < 2 or row[1].lstrip("'") != student_id]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def _entry(
    wish: Wish, students: Mapping[str, str], settings: Settings, own: Mapping[str, Entry], works: Mapping[str, str]
) -> Entry:
    """Return the line for the log, or raise with what is wrong with it."""
    if wish.student_id not in students and wish.student_id.removeprefix("'") in students:
        wish = replace(wish, student_id=wish.student_id.removeprefix("'"))  # as files for spreadsheets write it
    if wish.student_id not in students:
        raise RequestError(_nobody(wish.student_id, students))
    if wish.task not in (*loaded().task, TOTAL, WITHHELD):
        known = near(wish.task, loaded().task) or f": the tasks are {', '.join(loaded().task)}, and {TOTAL}"
        raise RequestError(f"{printable(wish.task)!r} is no task{known}")
    by, now = wish.by or getpass.getuser(), datetime.now(UTC).isoformat(timespec="seconds")
    work = works.get(wish.student_id, "")
    if wish.undo:
        if wish.task not in own:
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


def _worth(settings: Settings) -> set[str]:
    return {task.id for task in settings.enabled_tasks()}


def _nobody(name: str, students: Iterable[str]) -> str:
    return f"nobody in these results is called {printable(name)!r}{near(name, students)}"


def _refresh(results: Path, store: Store, students: Iterable[str]) -> None:
    """Write anew what shows the marks of these students."""
    chosen = set(students)
    with writing(results):
        write_grades(results / GRADES, [mark(verdict) for verdict in store.each()], store.settings())
        write_feedback(results / FEEDBACK, (verdict for verdict in store.each() if verdict.student_id in chosen))
        write_class_page(results)
