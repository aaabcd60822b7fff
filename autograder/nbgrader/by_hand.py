"""Marks by hand in the results and in nbgrader's gradebook: the side that changed a mark last is right, on both.

Which side that was is told from the values at which both were last equal; the results remember them. Where both were
changed since, and differ, neither is touched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from autograder.model.points import number
from autograder.model.text import listing
from autograder.results.standing import WITHHELD, Entry, in_force
from autograder.results.store import Store

_FACT = _BY = "nbgrader"


@dataclass(frozen=True)
class Cell:
    """A graded cell of one student, as the gradebook has it."""

    most: float  # points that it can get there
    id: str = ""  # "" where the gradebook has none yet
    points: float | None = None  # by hand
    comment: str = ""


Cells = Mapping[str, Mapping[str, Cell]]  # by student and task
Equal = dict[str, dict[str, tuple[float | None, float | None, str]]]  # so too: points here, points there, cell


@dataclass
class Agreement:
    """What follows from a comparison of the results with the gradebook."""

    equal: Equal  # of every mark at the last time when both sides were equal
    entries: list[Entry] = field(default_factory=list)  # for the log of the results
    points: dict[str, dict[str, float | None]] = field(default_factory=dict)  # for the gradebook; None clears
    differing: list[str] = field(default_factory=list)
    without_cell: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Say what was done, and what is left for a person to do."""
        came = [f"{one.student_id}, {one.task}: {_said(one.points)}" for one in self.entries]
        went = [f"{name}, {task}: {_said(new)}" for name, own in self.points.items() for task, new in own.items()]
        return [
            *listing("Marks by hand that came from nbgrader's gradebook", came),
            *listing("Marks by hand that went to nbgrader's gradebook", went),
            *listing("Changed by hand here and in nbgrader's gradebook, so left as they are", self.differing),
            *listing("Set by hand here, with no place in nbgrader's gradebook", self.without_cell),
        ]


def agree(store: Store, cells: Cells) -> Agreement:
    """Compare the marks by hand in the results with those in the cells, and write nothing."""
    found, settings, works = Agreement(_remembered(store)), store.settings(), store.works()
    standing, now = in_force(store.log()), datetime.now(UTC).isoformat(timespec="seconds")
    worth = {task.id: settings.points(task.id) for task in settings.enabled_tasks()}
    for student, own in cells.items():
        held = standing.get(student, {})
        for task in (task for task in worth if task in own):
            new = Entry(student, task, None, own[task].comment, _BY, now, works.get(student, ""))
            _compare(found, held.get(task), own[task], worth[task], new)
    for student in store.students():
        for task, entry in standing.get(student, {}).items():
            if task not in cells.get(student, {}):
                found.without_cell.append(
                    f"{student}, {task}" + ("" if task == WITHHELD else f": {_said(entry.points)}")
                )
    return found


def _compare(found: Agreement, held: Entry | None, cell: Cell, worth: float, new: Entry) -> None:
    """Add what follows for one cell; `new` is an entry for it that has no points yet."""
    here, there = held.points if held else None, cell.points
    as_there, as_here = _scaled(here, worth, cell.most), _scaled(there, cell.most, worth)
    was_here, was_there, known = found.equal.get(new.student_id, {}).get(new.task, (None, None, ""))
    if known != cell.id:  # the gradebook was made anew: its empty cells are no decision of a person
        was_here = was_there = None
    if as_there == there or as_here == here:
        pass
    elif there == was_there:
        found.points.setdefault(new.student_id, {})[new.task] = there = as_there
    elif here == was_here:
        here = as_here
        reason = "" if here is None else new.reason or "set in nbgrader's gradebook"
        found.entries.append(msgspec.structs.replace(new, points=here, reason=reason))
    else:
        found.differing.append(f"{new.student_id}, {new.task}: {_said(here)} here, {_said(as_here)} there")
        return
    found.equal.setdefault(new.student_id, {})[new.task] = here, there, cell.id


def remember(store: Store, equal: Equal) -> None:
    """Keep the values at which both sides are equal, once they are written."""
    set_marks = {
        student: {task: values for task, values in own.items() if values[:2] != (None, None)}
        for student, own in equal.items()
    }
    store.save_fact(_FACT, json.dumps({student: own for student, own in set_marks.items() if own}))


def forget_in_gradebook(store: Store, student_id: str) -> None:
    """Forget what is known of a student's marks in nbgrader's gradebook; the gradebook stays as it is."""
    remember(store, {student: own for student, own in _remembered(store).items() if student != student_id})


def _remembered(store: Store) -> Equal:
    kept = json.loads(store.fact(_FACT) or "{}")
    return {student: {task: tuple(values) for task, values in own.items()} for student, own in kept.items()}


def _scaled(points: float | None, of: float, to: float) -> float | None:
    """Return points of so many as points of so many others, and not more than these."""
    if points is None:
        return None
    return min(max(points if of == to else round(points / (of or 1) * to, 4), 0.0), to)


def _said(points: float | None) -> str:
    return "none" if points is None else number(points)
