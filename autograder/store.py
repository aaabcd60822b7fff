"""What has been graded, in one SQLite file that outlives a crash. Every later output is made from it.

A verdict is stored the moment it comes, in a transaction of its own, so a run that is killed goes on
where it was. The *class* is the list of students of the last run. Verdicts of students who are no
longer in it stay in the file, in case they come back, but no output shows them.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from pydantic import ValidationError

from autograder.config import Settings
from autograder.verdict import Verdict

FILE_NAME = "results.sqlite"

# "bptt" in ASCII. SQLite keeps it in the file's header, so a foreign database is told from ours.
_APPLICATION = 0x62707474
_SCHEMA_VERSION = 1
_SCHEMA = (
    "CREATE TABLE class (student_id TEXT PRIMARY KEY)",
    "CREATE TABLE verdict (student_id TEXT PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE run (settings TEXT NOT NULL, sandbox TEXT NOT NULL, finished INTEGER NOT NULL)",  # the last run
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_SCHEMA_VERSION}",
)

# What to do about an error of SQLite, by the beginning of its name.
_REMEDIES = {
    "SQLITE_NOTADB": "it is not a results file of bptt; move it away, or choose another results folder",
    "SQLITE_CORRUPT": "it is damaged; move it away and grade again",
    "SQLITE_FULL": "the disk is full; free some space and run the same command again, it goes on where it stopped",
    "SQLITE_IOERR": "the disk is full or failing; mend it and run the same command again, it goes on where it stopped",
    "SQLITE_READONLY": "it can't be written; check the rights of the file and of its folder",
    "SQLITE_CANTOPEN": "it can't be opened; check the rights of the file and of its folder",
    "SQLITE_BUSY": "another run is writing to it; wait for that run to end, or choose another results folder",
}


class StoreError(Exception):
    """The results can't be read or written; the message says which file, why, and what to do."""


class Store:
    """The verdicts of one class. Use it as a context manager; one process writes at a time."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open the results file at `path`, or make it and its folder.

        Raises:
            StoreError: it can't be opened or made, is not ours, or (`create=False`) is not there.
        """
        self._path = path
        if create:
            self._make_folder()
        elif not path.is_file():
            raise StoreError(f"{path} does not exist; grade a class first: bptt grade SUBMISSIONS --out {path.parent}")
        with self._explained():
            # Autocommit, so that transactions begin and end where the code says so.
            self._connection = sqlite3.connect(path, timeout=5, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. What was saved is safe without it, too."""
        self._connection.close()

    def start_run(self, settings: Settings, student_ids: Iterable[str], sandbox: str = "") -> None:
        """Record what the run that now begins is about: its settings, the students, and what holds their code."""
        with self._transaction():
            self._rows("DELETE FROM class")
            for student_id in student_ids:
                self._rows("INSERT INTO class VALUES (?)", student_id)
            self._rows("DELETE FROM run")
            self._rows("INSERT INTO run VALUES (?, ?, 0)", settings.model_dump_json(), sandbox)

    def finish_run(self) -> None:
        """Record that every student of the class has the verdict of this run."""
        self._rows("UPDATE run SET finished = 1")

    @property
    def finished(self) -> bool:
        """Whether the last run came to its end, so that all verdicts are of the same settings."""
        return self._rows("SELECT finished FROM run") == [(1,)]

    @property
    def sandbox(self) -> str:
        """The line about what held the student code in the last run, "" where none was recorded."""
        return "".join(row[0] for row in self._rows("SELECT sandbox FROM run"))

    def settings(self) -> Settings:
        """Return the settings of the last run.

        Raises:
            StoreError: nothing was graded yet, or this version of the kit does not know those settings.
        """
        rows = self._rows("SELECT settings FROM run")
        if not rows:
            raise StoreError(f"{self._path} holds no results yet; grade a class first")
        try:
            return Settings.model_validate_json(rows[0][0])
        except ValidationError as error:
            raise StoreError(f"{self._path} was written by another version of bptt; grade the class again") from error

    def known(self) -> dict[str, str]:
        """Map each student who has a verdict to its key; whoever was not graded is to be tried again."""
        return dict(self._rows("SELECT student_id, key FROM verdict WHERE status != 'not_graded'"))

    def save(self, student_id: str, key: str, verdict: Verdict) -> None:
        """Store a verdict in place of the student's earlier one; once this returns, a crash can't lose it."""
        body = msgspec.json.encode(verdict).decode()
        self._rows("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?)", student_id, key, verdict.status, body)

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts of the class, sorted by student id.

        Raises:
            StoreError: a stored verdict is not of the form that this version writes.
        """
        decode = msgspec.json.Decoder(Verdict).decode
        rows = self._rows("SELECT body FROM verdict JOIN class USING (student_id) ORDER BY student_id")
        try:
            return [decode(body) for (body,) in rows]
        except msgspec.DecodeError as error:
            raise StoreError(f"{self._path} was written by another version of bptt; grade the class again") from error

    def gone(self) -> list[str]:
        """Return the ids of students who have a verdict but are not in the class any more, sorted."""
        rows = self._rows("SELECT student_id FROM verdict EXCEPT SELECT student_id FROM class ORDER BY 1")
        return [student_id for (student_id,) in rows]

    def _make_folder(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self._path.parent} can't be made a results folder: {error.strerror}") from error

    def _prepare(self) -> None:
        """Check whose file this is, and lay out an empty one."""
        with self._transaction():  # two runs that start at once must not both lay it out
            ((application,),) = self._rows("PRAGMA application_id")
            ((version,),) = self._rows("PRAGMA user_version")
            ((tables,),) = self._rows("SELECT count(*) FROM sqlite_schema")
            if tables == 0 and application == 0:
                for statement in _SCHEMA:
                    self._rows(statement)
            elif application != _APPLICATION:
                raise StoreError(f"{self._path}: {_REMEDIES['SQLITE_NOTADB']}")
            elif version != _SCHEMA_VERSION:
                raise StoreError(
                    f"{self._path} has layout {version}, and this version of bptt reads layout {_SCHEMA_VERSION}; "
                    "use the version that wrote it, or choose another results folder"
                )
        # With WAL, NORMAL can lose the last verdicts in a power cut, never the file: they are graded again.
        self._rows("PRAGMA journal_mode = WAL")
        self._rows("PRAGMA synchronous = NORMAL")

    def _rows(self, statement: str, *parameters: str) -> list[tuple[Any, ...]]:
        """Run one statement, and return all it gives."""
        with self._explained():
            return self._connection.execute(statement, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of the block's statements, or none of them."""
        self._rows("BEGIN IMMEDIATE")
        try:
            yield
            self._rows("COMMIT")
        except BaseException:
            # Some errors, a full disk among them, have already ended the transaction.
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the errors that a person can mend into messages that say how; the others are our bugs."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            for start, remedy in _REMEDIES.items():
                if name.startswith(start):
                    raise StoreError(f"{self._path}: {remedy}") from error
            raise
