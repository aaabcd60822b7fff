"""A roster that results remember: who is on it and handed in nothing stays missing."""

from collections.abc import Sequence

import msgspec

from autograder.model.text import printable
from autograder.results.absent import missing_ids
from autograder.results.matching import Row, match
from autograder.results.store import Store

_FACT = "roster"


def absent(store: Store, students: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return who is on the roster and not among these students, and what to say of those who may be among them."""
    rows = remembered(store)
    found = match(students, rows)
    doubtful = [(who, why) for who, why in found.rows_left if who not in {rows[index].shown for index in found.absent}]
    told = [
        f"On the roster, and not beyond doubt among those who handed in: {printable(who)} ({printable(why)})"
        for who, why in doubtful
    ]
    return missing_ids(rows, students), told


def forget_in_roster(store: Store, student_id: str) -> None:
    """Take a student out of the roster."""
    rows = remembered(store)
    theirs = {rows[index] for index in match([student_id], rows).rows.get(student_id, ())}
    remember(store, [row for row in rows if row not in theirs and missing_ids([row], []) != [student_id]])


def remember(store: Store, rows: Sequence[Row]) -> None:
    """Keep a roster with the results."""
    store.save_fact(_FACT, msgspec.json.encode(rows).decode() if rows else "")


def remembered(store: Store) -> list[Row]:
    """Return the roster that is kept with the results, without a row where there is none."""
    kept = store.fact(_FACT)
    return msgspec.json.decode(kept, type=list[Row]) if kept else []
