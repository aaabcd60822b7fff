"""What a results file is made of: its tables, the checksums of their rows, and older layouts.

A checksum tells of damage and of changes by hand. It is no signature: whoever can write the file can make one.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from autograder.model.text import printable
from autograder.model.verdict import Verdict

# "bptt" in ASCII. SQLite keeps it in the file's header, so a foreign database is told from ours.
APPLICATION = 0x62707474
VERSION, OLDER = 3, 2  # layouts: this one, and the one before it, which had no checksums


def _text(name: str) -> str:
    return f"{name} TEXT NOT NULL DEFAULT ''"


_SEALED = "checksum TEXT NOT NULL DEFAULT ''"
TABLES = {
    "class": f"student_id TEXT PRIMARY KEY, {_text('handed_in')}",
    "verdict": (
        "student_id TEXT PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL, "
        f"{_text('made')}, {_text('work')}, {_SEALED}"
    ),
    "proof": f"mark TEXT PRIMARY KEY, attempt INTEGER NOT NULL, {_SEALED}",  # case sets, by a hash of their seeds
    # the last run; its checksum is of the class as well
    "run": (
        "settings TEXT NOT NULL, sandbox TEXT NOT NULL, finished INTEGER NOT NULL, "
        f"{_text('made')}, {_text('begun')}, {_SEALED}"
    ),
    "made": f"name TEXT PRIMARY KEY, {_text('body')}, {_SEALED}",  # with what verdicts were made
    "entry": f"name INTEGER PRIMARY KEY, {_text('body')}, {_SEALED}",  # the log of marks by hand
    "fact": f"name TEXT PRIMARY KEY, {_text('body')}, {_SEALED}",
}
# The verdicts and the proofs, and whether each is what was written. As blobs, for a damaged text may be none.
_CHECKED = (
    """
    CREATE TEMP VIEW checked AS SELECT student_id, key, status, body, made, work, verdict.rowid AS place,
    checksum = seal(CAST(student_id AS BLOB), CAST(key AS BLOB), CAST(status AS BLOB), CAST(body AS BLOB),
    CAST(made AS BLOB), CAST(work AS BLOB)) AS whole FROM verdict
    """,
    """
    CREATE TEMP VIEW proved AS SELECT mark, attempt FROM proof
    WHERE checksum = seal(CAST(mark AS BLOB), CAST(attempt AS BLOB))
    """,
)

AWAY = "move it away and grade again: the same files, settings and secret give the same marks"
_DAMAGED = f"it is damaged; `bptt doctor` says what can be kept of it. Then {AWAY}"
# What to do about an error of SQLite, by the beginning of its name.
REMEDIES = {
    "SQLITE_NOTADB": "it is not a results file of bptt; move it away, or choose another results folder",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_TOOBIG": _DAMAGED,
    "SQLITE_CONSTRAINT": _DAMAGED,
    "SQLITE_FULL": "the disk is full; free some space and run the same command again, it goes on where it stopped",
    "SQLITE_IOERR": "the disk is full or failing; mend it and run the same command again, it goes on where it stopped",
    "SQLITE_READONLY": "it can't be written; check the rights of the file and of its folder",
    "SQLITE_CANTOPEN": "it can't be opened; check the rights of the file and of its folder",
    "SQLITE_BUSY": "another run is writing to it; wait for that run to end, or choose another results folder",
}


class StoreError(Exception):
    """The results can't be read or written; the message says which file, why, and what to do."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the errors that a person can mend into messages that say how; the others are our bugs."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        for start, remedy in REMEDIES.items():
            if name.startswith(start):
                raise StoreError(f"{path}: {remedy}") from error
        raise


def connect(path: Path, *, query: str = "", locking: str = "NORMAL") -> sqlite3.Connection:
    """Open the file, and see that it can be read."""
    # Autocommit, so that transactions begin and end where the code says so.
    connection = sqlite3.connect(path.resolve().as_uri() + query, uri=True, timeout=5, isolation_level=None)
    connection.text_factory = lambda raw: raw.decode(errors="replace")  # what is damaged shows by its checksum
    connection.create_function("seal", -1, seal, deterministic=True)
    try:
        connection.execute(f"PRAGMA locking_mode = {locking}")
        connection.execute("SELECT count(*) FROM sqlite_schema")
        for view in _CHECKED:
            connection.execute(view)
    except BaseException:
        connection.close()
        raise
    return connection


def version_of(path: Path, connection: sqlite3.Connection) -> int:
    """Return the layout of a file, which is this one or one that can be migrated.

    Raises:
        StoreError: the file is not ours, or of a layout that is not known here.
    """
    ((application,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    if application != APPLICATION:
        raise StoreError(f"{path}: {REMEDIES['SQLITE_NOTADB']}")
    if version not in (OLDER, VERSION):
        raise StoreError(
            f"{path} has layout {version}, and this version of bptt reads layout {VERSION}; "
            "use the version that wrote it, or choose another results folder"
        )
    return int(version)


def seal(*cells: Any) -> str:
    """Return the checksum of a row."""
    texts = [cell if isinstance(cell, bytes) else str(cell).encode(errors="replace") for cell in cells]
    return hashlib.sha256(b"\x1f".join(texts)).hexdigest()


def seal_of_run(connection: sqlite3.Connection) -> str:
    """Return the checksum of the last run: of its settings, its state, and the class."""
    students = connection.execute("SELECT student_id, handed_in FROM class ORDER BY student_id").fetchall()
    run = connection.execute("SELECT settings, sandbox, finished, made, begun FROM run").fetchall()
    return seal(*run, *students)


def run_is_whole(connection: sqlite3.Connection) -> bool:
    """Whether the last run, with the class, is as it was written."""
    run = connection.execute("SELECT checksum FROM run").fetchall()
    return not run or run[0][0] == seal_of_run(connection)


def missing(connection: sqlite3.Connection) -> list[str]:
    """Return the tables that are gone, or have lost a column."""
    gone = []
    for table, columns in TABLES.items():
        if not _columns(connection, table).issuperset(column.split()[0] for column in columns.split(", ")):
            gone.append(table)
    return gone


def without(table: str) -> str:
    """Return in words that a table is missing."""
    return f"its table {table!r} is gone, or not complete"


def damage(connection: sqlite3.Connection) -> list[str]:
    """Return what is not as it was written, in words, and safe to print."""
    if gone := missing(connection):
        return list(map(without, gone))
    found = []
    run = connection.execute("SELECT finished, checksum FROM run").fetchall()
    if not run_is_whole(connection):
        found.append("its settings or its list of students were changed by hand, or damaged")
    changed = connection.execute("SELECT student_id FROM checked WHERE NOT whole ORDER BY student_id").fetchall()
    found += [f"the verdict of {printable(str(name))} was changed by hand, or damaged" for (name,) in changed]
    if any(not whole for *_, whole in rows_of(connection, "entry")):
        found.append("its log of marks by hand was changed, or damaged")
    if run and run[0][0] == 1:
        lost = connection.execute("SELECT student_id FROM class EXCEPT SELECT student_id FROM verdict ORDER BY 1")
        found += [f"the verdict of {printable(str(name))} is gone" for (name,) in lost.fetchall()]
    return found


def rows_of(connection: sqlite3.Connection, table: str) -> list[tuple[Any, str, bool]]:
    """Return (name, body, whether it is as it was written) of the rows of a table of names and bodies, in order."""
    rows = connection.execute(f"SELECT name, body, checksum FROM {table} ORDER BY name")  # noqa: S608 - a name of ours
    return [(name, body, checksum == seal(name, body)) for name, body, checksum in rows.fetchall()]


def make_tables(connection: sqlite3.Connection, *tables: str) -> None:
    """Make tables anew."""
    for table in tables:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(f"CREATE TABLE {table} ({TABLES[table]})")


def migrate(connection: sqlite3.Connection) -> None:
    """Give the rows of the older layout their checksums; what can't be read as a verdict gets none."""
    decode = msgspec.json.Decoder(Verdict).decode
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in ("class", "verdict", "run"):
        there = _columns(connection, table)
        for column in TABLES[table].split(", ") if there else ():
            if column.split()[0] not in there:
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    make_tables(connection, "proof", "made", "entry", "fact")  # proofs are quickly found again
    if _columns(connection, "verdict"):
        for row in connection.execute("SELECT student_id, key, status, body, made, work FROM verdict").fetchall():
            with suppress(msgspec.DecodeError, TypeError):
                decode(row[3])
                connection.execute("UPDATE verdict SET checksum = ? WHERE student_id = ?", (seal(*row), row[0]))
    if not missing(connection):
        connection.execute("UPDATE run SET checksum = ?", (seal_of_run(connection),))


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
