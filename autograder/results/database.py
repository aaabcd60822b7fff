"""The file with a class's results, as a database: opened, checked and mended; rows in, rows out.

What the rows mean is said in `autograder.results.store`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from autograder.results import results_file
from autograder.results.results_file import StoreError, connect


def make_folder(results: Path) -> None:
    """Make a results folder where there is none.

    Raises:
        StoreError: it can't be made.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{results} can't be made a results folder: {error.strerror}") from error


@contextmanager
def writing(results: Path) -> Iterator[None]:
    """Turn the errors of a full disk or a read-only folder into a message that says what became of the work."""
    try:
        yield
    except OSError as error:
        reason = f"{error.filename2 or error.filename or results} can't be written: {error.strerror}"
        raise StoreError(f"{reason}. The verdicts are kept: mend this and run the same command again") from error


class Database:
    """An open results file. Use it as a context manager."""

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

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. What was saved is safe without it, too."""
        self._connection.close()

    def together(self) -> AbstractContextManager[None]:
        """Store all that the block stores, or nothing of it."""
        return self._transaction("BEGIN IMMEDIATE")

    def mend(self) -> list[str]:
        """Take out what is not as it was written, so that it is graded anew, and return what that was, in words."""
        with self.together(), self._explained():
            found = self._gone + results_file.damage(self._connection)
            for (name,) in self._rows("SELECT student_id FROM checked WHERE NOT whole"):
                self._rows("DELETE FROM verdict WHERE student_id = ?", name)
            if not results_file.run_is_whole(self._connection):
                self._rows("DELETE FROM run")  # the run that now begins writes its own
            if found:
                self._rows("UPDATE run SET finished = 0")  # until it has graded what is missing
                self._seal_run()
            for number, _, whole in results_file.rows_of(self._connection, "entry"):
                if not whole:
                    self._rows("DELETE FROM entry WHERE name = ?", number)
        return found

    @contextmanager
    def _transaction(self, begin: str = "BEGIN") -> Iterator[None]:
        """See one state of the file in the whole block: a run may be writing to it."""
        if self._connection.in_transaction:
            yield
            return
        self._rows(begin)
        try:
            yield
            self._rows("COMMIT")
        except BaseException:
            # Some errors, a full disk among them, have already ended the transaction.
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    def _named(self, table: str) -> list[tuple[Any, str, bool]]:
        with self._explained():
            return results_file.rows_of(self._connection, table)

    def _put(self, table: str, name: str | int, body: str | int) -> None:
        """Write a row of a name, what stands under it, and the checksum of both."""
        statement = f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)"  # noqa: S608 - a name of ours
        self._rows(statement, name, body, results_file.seal(name, body))

    def _seal_run(self) -> None:
        self._rows("UPDATE run SET checksum = ?", results_file.seal_of_run(self._connection))

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
                results_file.make_tables(self._connection, *results_file.TABLES)
                self._rows(f"PRAGMA application_id = {results_file.APPLICATION}")
                self._rows(f"PRAGMA user_version = {results_file.VERSION}")
            if results_file.version_of(self._path, self._connection) == results_file.OLDER:
                results_file.migrate(self._connection)
            gone = results_file.missing(self._connection)
            self._gone = list(map(results_file.without, gone))
            results_file.make_tables(self._connection, *gone)

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
