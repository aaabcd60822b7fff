"""What has been graded, in one SQLite file that outlives a crash. Every later output is made from it.

Verdicts are stored the moment they come, in transactions, so a run that is killed goes on where it was.
The *class* is the list of students of the last run. Verdicts of students who are no longer in it stay in
the file, in case they come back, but no output shows them.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from pydantic import ValidationError

from autograder import results_file
from autograder.config import Settings
from autograder.results_file import StoreError, connect
from autograder.text import printable
from autograder.verdict import Verdict, encoded

__all__ = ["FILE_NAME", "Store", "StoreError", "make_folder"]

FILE_NAME = "results.sqlite"


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
        self._gone: list[str] = []  # tables that had to be made anew, in words
        if create:
            make_folder(path.parent)
        elif not path.is_file():
            raise StoreError(f"{path} does not exist; grade a class first: bptt grade SUBMISSIONS --out {path.parent}")
        with self._explained():
            self._connection = connect(path) if create else self._connect_to_read()
        try:
            self._check(create)
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
            self._rows("INSERT INTO run VALUES (?, ?, 0, '')", settings.model_dump_json(), sandbox)
            self._seal_run()

    def finish_run(self) -> None:
        """Record that every student of the class has the verdict of this run; then a power cut takes nothing back."""
        self._rows("PRAGMA synchronous = FULL")
        with self.together():
            self._rows("UPDATE run SET finished = 1")
            self._seal_run()
        self._rows("PRAGMA synchronous = NORMAL")

    @property
    def finished(self) -> bool:
        """Whether the last run came to its end, so that all verdicts are of the same settings."""
        return [finished for _, _, finished in self._run()] == [1]

    @property
    def sandbox(self) -> str:
        """The line about what held the student code in the last run, "" where none was recorded."""
        return "".join(sandbox for _, sandbox, _ in self._run())

    def settings(self) -> Settings:
        """Return the settings of the last run.

        Raises:
            StoreError: nothing was graded yet, or this version of the kit does not know those settings.
        """
        rows = self._run()
        if not rows:
            raise StoreError(f"{self._path} holds no results yet; grade a class first")
        try:
            return Settings.model_validate_json(rows[0][0])
        except ValidationError as error:
            raise StoreError(f"{self._path} was written by another version of bptt; grade the class again") from error

    def known(self) -> dict[str, str]:
        """Map each student who has a verdict to its key; whoever was not graded is to be tried again."""
        return dict(self._rows("SELECT student_id, key FROM checked WHERE whole AND status != 'not_graded'"))

    def mend(self) -> list[str]:
        """Take out what is not as it was written, so that it is graded anew, and return what that was, in words."""
        with self.together(), self._explained():
            found = self._gone + results_file.damage(self._connection)
            for (name,) in self._rows("SELECT student_id FROM checked WHERE NOT whole"):
                self._rows("DELETE FROM verdict WHERE student_id = ?", name)
        return found

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
        row = student_id, key, verdict.status, encoded(verdict).decode()
        self._rows("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?)", *row, results_file.seal(*row))

    def proved(self) -> dict[str, int]:
        """Map the mark of each case set that is known to be proved to the attempt at which its seed gave it."""
        return dict(self._rows("SELECT mark, attempt FROM proved"))

    def save_proof(self, mark: str, attempt: int) -> None:
        """Remember a proved case set."""
        self._rows("INSERT OR REPLACE INTO proof VALUES (?, ?, ?)", mark, attempt, results_file.seal(mark, attempt))

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts of the class, sorted by student id; raises as `each` does."""
        return [*self.each()]

    def each(self, share: int = 0, shares: int = 1) -> Iterator[Verdict]:
        """Yield the verdicts of the class one by one, sorted by student id: a large class is never in memory.

        Args:
            share: which share of them, counted from 0.
            shares: into how many equal shares the class is cut; each student is in one.

        Raises:
            StoreError: a stored verdict is gone, is not what was written, or not of the form that this version writes.
        """
        lost = self._rows("SELECT student_id FROM class EXCEPT SELECT student_id FROM verdict ORDER BY 1")
        if self.finished and lost:
            raise self._damaged(f"the verdict of {printable(lost[0][0])} is gone")
        decode = msgspec.json.Decoder(Verdict).decode
        select = (
            "SELECT student_id, whole, body FROM checked JOIN class USING (student_id) "
            "WHERE place % ? = ? ORDER BY student_id"
        )
        with self._explained():
            for name, whole, body in self._connection.execute(select, (shares, share)):
                if not whole:
                    raise self._damaged(f"the verdict of {printable(name)} was changed by hand, or damaged")
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

    def _connect_to_read(self) -> sqlite3.Connection:
        """Open the file even where nothing can be written beside it, if there is a way."""
        try:
            return connect(self._path)
        except sqlite3.OperationalError:
            # A full disk has no room for the index that readers of the log share.
            with suppress(sqlite3.OperationalError):
                return connect(self._path, locking="EXCLUSIVE")
            # In a read-only folder the file has everything if the log is gone.
            log = self._path.with_name(f"{self._path.name}-wal")
            if not log.exists() or log.stat().st_size == 0:
                with suppress(sqlite3.OperationalError):
                    return connect(self._path, query="?immutable=1")
            raise

    def _check(self, create: bool) -> None:
        """Raise unless the file is ours and of this layout; make it so where it is empty, older or incomplete."""
        with self._explained():
            if create or results_file.version_of(self._path, self._connection) == results_file.OLDER:
                self._lay_out()
            for table in results_file.missing(self._connection):
                raise self._damaged(results_file.without(table))
        if create:
            # With NORMAL, a power cut can take the last verdicts with it, but neither the file nor those before: SQLite
            # syncs the log before it moves anything from it into the file. What is gone is graded again, to the same
            # marks, so to wait for the disk after each verdict would buy nothing.
            self._rows("PRAGMA journal_mode = WAL")
            self._rows("PRAGMA synchronous = NORMAL")

    def _lay_out(self) -> None:
        """Make what is not there, and bring an older layout up to this one; two runs may start at once."""
        with self.together():
            ((tables,),) = self._rows("SELECT count(*) FROM sqlite_schema")
            if tables == 0 and self._rows("PRAGMA application_id") == [(0,)]:
                results_file.make(self._connection, *results_file.TABLES)
                self._rows(f"PRAGMA application_id = {results_file.APPLICATION}")
                self._rows(f"PRAGMA user_version = {results_file.VERSION}")
            if results_file.version_of(self._path, self._connection) == results_file.OLDER:
                results_file.migrate(self._connection)
            gone = results_file.missing(self._connection)
            self._gone = list(map(results_file.without, gone))
            results_file.make(self._connection, *gone)

    def _run(self) -> list[tuple[str, str, int]]:
        """Return settings, sandbox and state of the last run, if there was one and it is as it was written."""
        rows = self._rows("SELECT settings, sandbox, finished, checksum FROM run")
        with self._explained():
            whole = not rows or rows[0][3] == results_file.seal_of_run(self._connection)
        if not whole:
            raise self._damaged("its settings or its list of students were changed by hand, or damaged")
        return [row[:3] for row in rows]

    def _seal_run(self) -> None:
        self._rows("UPDATE run SET checksum = ?", results_file.seal_of_run(self._connection))

    def _damaged(self, what: str) -> StoreError:
        here = self._path.parent
        return StoreError(
            f"{self._path} is damaged: {what}. Run `bptt grade SUBMISSIONS --out {here}` again, which makes it whole; "
            f"`bptt doctor {here}` says all that is wrong with it"
        )

    def _rows(self, statement: str, *parameters: str | int) -> list[tuple[Any, ...]]:
        """Run one statement, and return all it gives."""
        with self._explained():
            return self._connection.execute(statement, parameters).fetchall()

    def _explained(self) -> AbstractContextManager[None]:
        return results_file.explained(self._path)
