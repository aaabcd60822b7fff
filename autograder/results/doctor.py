"""What `bptt doctor RESULTS` says of a results file: whether it is whole, what is damaged, and what can be kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from autograder.model.text import printable, some
from autograder.model.verdict import Verdict
from autograder.results import results_file
from autograder.results.results_file import StoreError
from autograder.results.store import FILE_NAME

_NAMED = 20  # pieces of damage that are listed


def check_results(results: Path) -> tuple[bool, list[str]]:
    """Return whether the results file of a folder is whole, and lines about it. Nothing in it is changed.

    Raises:
        StoreError: there is no such file, it is not ours, or it can't be read.
    """
    path = results / FILE_NAME
    if not path.is_file():
        raise StoreError(f"{path} does not exist; grade a class first: bptt grade SUBMISSIONS --out {results}")
    damage, mends_itself, kept = _looked_at(path)
    if damage is None:
        return True, [f"{path} is of an older version: no row has a checksum. `bptt report {results}` adds them."]
    if not damage:
        return True, [f"{path} is whole: {len(kept)} verdicts, each as it was written."]
    more = [f"  and {len(damage) - _NAMED} more"] if len(damage) > _NAMED else []
    keep = f"What can be kept: {len(kept)} verdicts{': ' if kept else ''}{some(kept, _NAMED)}."
    todo = f"run `bptt grade SUBMISSIONS --out {results}` again: it keeps these, and grades the others anew"
    todo = f"To do: {todo if mends_itself else results_file.AWAY}."
    return False, [f"{path} is damaged:", *(f"  {what}" for what in damage[:_NAMED]), *more, keep, todo]


def _looked_at(path: Path) -> tuple[list[str] | None, bool, list[str]]:
    """Return what is wrong (None: nothing can be known of an older layout), whether grading mends it, who is whole."""
    with results_file.explained(path):
        try:
            with closing(results_file.connect(path, query="?mode=ro")) as connection:
                if results_file.version_of(path, connection) == results_file.OLDER:
                    return None, True, []
                return *_damage(connection), _kept(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # rights, or a failing disk
            return [f"it can't be read: {error}"], False, []


def _damage(connection: sqlite3.Connection) -> tuple[list[str], bool]:
    """Return what is wrong, and whether `bptt grade` makes it whole."""
    try:
        broken = [str(line) for (line,) in connection.execute("PRAGMA integrity_check(5)") if line != "ok"]
        found = results_file.damage(connection)
    except sqlite3.Error as error:
        return [f"it can't be read to its end: {error}"], False
    return [printable(line.replace("\n", " "), 200) for line in broken] + found, not broken


def _kept(connection: sqlite3.Connection) -> list[str]:
    """Return the students whose verdicts are whole, as far as they can be read."""
    kept = []
    decode = msgspec.json.Decoder(Verdict).decode
    try:
        for name, body in connection.execute("SELECT student_id, body FROM checked WHERE whole ORDER BY place"):
            decode(body)
            kept.append(name)
    except (sqlite3.Error, msgspec.DecodeError):
        pass  # what comes after it can't be read
    return sorted(kept)
