"""A roster that results remember: who is on it and handed in nothing stays missing."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from autograder.matching import Row
from autograder.reports import missing_ids, read_roster
from autograder.store import Store
from autograder.submissions import Submission

_FACT = "roster"


def with_absent(submissions: Sequence[Submission], store: Store, roster: Path | None) -> list[Submission]:
    """Return the submissions, and an empty one for everybody on the roster who has none.

    Args:
        submissions: what was found.
        store: of the results; a roster that is given is remembered there, and one of an earlier run counts.
        roster: a CSV file, or None.

    Raises:
        SheetError: the roster can't be read.
    """
    if roster is not None:
        store.save_fact(_FACT, json.dumps([asdict(row) for row in read_roster(roster)]))
    kept = store.fact(_FACT)
    rows = [_row(entry) for entry in json.loads(kept)] if kept else []
    absent = missing_ids(rows, [one.student_id for one in submissions])
    return sorted([*submissions, *(Submission(name, None) for name in absent)], key=lambda one: one.student_id)


def _row(entry: dict[str, object]) -> Row:
    return Row(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})  # type: ignore[arg-type]
