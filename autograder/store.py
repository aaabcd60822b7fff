"""What has been graded, in one SQLite file that outlives a crash. Every later output is made from it.

Verdicts are stored the moment they come, in transactions, so a run that is killed goes on where it was.
The *class* is the list of students of the last run. Verdicts of students who are no longer in it stay in
the file, in case they come back, but no output shows them.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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
_SCHEMA_VERSION = 2
_SCHEMA = (
    "CREATE TABLE class (student_id TEXT PRIMARY KEY)",
    "CREATE TABLE verdict (student_id TEXT PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE proof (mark TEXT PRIMARY KEY, attempt INTEGER NOT NULL)",  # case sets, by a hash of their seeds
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


def make_folder(results: Path) -> None:
    """Make a results folder where there is none.

    Raises:
        StoreError: it can't be made.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{results} can't be made a results folder: {error.strerror}") from error


class Store:
    """The verdicts of one class. Use it as a context manager; one process writes, others may read meanwhile."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open the results file at `path`, or make it and its folder; with `create=False`, to read only.

        Raises:
            StoreError: it can't be opened or made, is not ours, or (`create=False`) is not there.
        """
        self._path = path
        if create:
            make_folder(path.parent)
        elif not path.is_file():
            raise StoreError(f"{path} does not exist; grade a class first: bptt grade SUBMISSIONS --out {path.parent}")
        with self._explained():
            self._connection = self._connect() if create else self._connect_to_read()
        try:
            if create:
                self._lay_out()
            else:
                self._check()
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
        with self.together():
            self._rows("DELETE FROM class")
            for student_id in student_ids:
                self._rows("INSERT INTO class VALUES (?)", student_id)
            self._rows("DELETE FROM run")
            self._rows("INSERT INTO run VALUES (?, ?, 0)", settings.model_dump_json(), sandbox)

    def finish_run(self) -> None:
        """Record that every student of the class has the verdict of this run; then a power cut takes nothing back."""
        self._rows("PRAGMA synchronous = FULL")
        self._rows("UPDATE run SET finished = 1")
        self._rows("PRAGMA synchronous = NORMAL")

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

    @contextmanager
    def together(self) -> Iterator[None]:
        """Store all that the block stores, or nothing of it."""
        self._rows("BEGIN IMMEDIATE")
        try:
            yield
            self._rows("COMMIT")
        except BaseException:
            # Some errors, a full disk among them, have already ended the transaction.
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    def save(self, student_id: str, key: str, verdict: Verdict) -> None:
        """Store a verdict in place of the student's earlier one.

        Once this returns, or the block of `together` around it has ended, no crash of this program can lose it.
        """
        body = msgspec.json.encode(verdict).decode()
        self._rows("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?)", student_id, key, verdict.status, body)

    def proved(self) -> dict[str, int]:
        """Map the mark of each case set that is known to be proved to the attempt at which its seed gave it."""
        return dict(self._rows("SELECT mark, attempt FROM proof"))

    def save_proof(self, mark: str, attempt: int) -> None:
        """Remember a proved case set."""
        self._rows("INSERT OR REPLACE INTO proof VALUES (?, ?)", mark, attempt)

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts of the class, sorted by student id; raises as `each` does."""
        return [*self.each()]

    def each(self, share: int = 0, shares: int = 1) -> Iterator[Verdict]:
        """Yield the verdicts of the class one by one, sorted by student id: a large class is never in memory.

        Args:
            share: which share of them, counted from 0.
            shares: into how many equal shares the class is cut; each student is in one.

        Raises:
            StoreError: a stored verdict is not of the form that this version writes.
        """
        decode = msgspec.json.Decoder(Verdict).decode
        select = (
            "SELECT body FROM verdict JOIN class USING (student_id) WHERE verdict.rowid % ? = ? ORDER BY student_id"
        )
        with self._explained():
            for (body,) in self._connection.execute(select, (shares, share)):
                try:
                    verdict = decode(body)
                except msgspec.DecodeError as error:
                    why = f"{self._path} was written by another version of bptt; grade the class again"
                    raise StoreError(why) from error
                yield verdict

    def gone(self) -> list[str]:
        """Return the ids of students who have a verdict but are not in the class any more, sorted."""
        rows = self._rows("SELECT student_id FROM verdict EXCEPT SELECT student_id FROM class ORDER BY 1")
        return [student_id for (student_id,) in rows]

    def _connect(self, *, query: str = "", locking: str = "NORMAL") -> sqlite3.Connection:
        """Open the file, and see that it can be read."""
        # Autocommit, so that transactions begin and end where the code says so.
        address = self._path.resolve().as_uri() + query
        connection = sqlite3.connect(address, uri=True, timeout=5, isolation_level=None)
        try:
            connection.execute(f"PRAGMA locking_mode = {locking}")
            connection.execute("SELECT count(*) FROM sqlite_schema")
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect_to_read(self) -> sqlite3.Connection:
        """Open the file even where nothing can be written beside it, if there is a way."""
        try:
            return self._connect()
        except sqlite3.OperationalError:
            # A full disk has no room for the index that readers of the log share.
            with suppress(sqlite3.OperationalError):
                return self._connect(locking="EXCLUSIVE")
            # In a read-only folder the file has everything if the log is gone.
            log = self._path.with_name(f"{self._path.name}-wal")
            if not log.exists() or log.stat().st_size == 0:
                with suppress(sqlite3.OperationalError):
                    return self._connect(query="?immutable=1")
            raise

    def _lay_out(self) -> None:
        """Lay out an empty file; leave any other as it is."""
        with self.together():  # two runs that start at once must not both lay it out
            ((tables,),) = self._rows("SELECT count(*) FROM sqlite_schema")
            ((application,),) = self._rows("PRAGMA application_id")
            if tables == 0 and application == 0:
                for statement in _SCHEMA:
                    self._rows(statement)
        self._check()
        # With NORMAL, a power cut can take the last verdicts with it, but neither the file nor those before: SQLite
        # syncs the log before it moves anything from it into the file. What is gone is graded again, to the same
        # marks, so to wait for the disk after each verdict would buy nothing.
        self._rows("PRAGMA journal_mode = WAL")
        self._rows("PRAGMA synchronous = NORMAL")

    def _check(self) -> None:
        """Raise unless the file is ours, and of this version's layout."""
        ((application,),) = self._rows("PRAGMA application_id")
        ((version,),) = self._rows("PRAGMA user_version")
        if application != _APPLICATION:
            raise StoreError(f"{self._path}: {_REMEDIES['SQLITE_NOTADB']}")
        if version != _SCHEMA_VERSION:
            raise StoreError(
                f"{self._path} has layout {version}, and this version of bptt reads layout {_SCHEMA_VERSION}; "
                "use the version that wrote it, or choose another results folder"
            )

    def _rows(self, statement: str, *parameters: str | int) -> list[tuple[Any, ...]]:
        """Run one statement, and return all it gives."""
        with self._explained():
            return self._connection.execute(statement, parameters).fetchall()

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
