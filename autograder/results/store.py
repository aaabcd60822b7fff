"""What has been graded, in one SQLite file that outlives a crash. Every later output is made from it.

Verdicts are stored the moment they come, in transactions, so a run that is killed goes on where it was. The *class* is
the students of the last run; verdicts of others stay in the file, in case they come back, but no output shows them.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from pydantic import ValidationError

from autograder.assignment import AssignmentError
from autograder.model.loading import place, use
from autograder.model.settings import LateRule, Settings
from autograder.model.text import printable
from autograder.model.verdict import Verdict, encoded
from autograder.results import results_file
from autograder.results.database import Database
from autograder.results.made import Made
from autograder.results.results_file import StoreError
from autograder.results.standing import Entry, counted, in_force
from autograder.results.without_details import without_details

__all__ = ["FILE_NAME", "SUBMISSIONS", "Store", "StoreError"]

FILE_NAME = "results.sqlite"
SUBMISSIONS = "submissions"  # the fact of where the last run found what was handed in


class _Run(NamedTuple):
    """The last run, as it is stored."""

    settings: str
    sandbox: str
    finished: int
    made: str  # the digest of with what it makes marks
    begun: str


class Store(Database):
    """The verdicts of one class. Use it as a context manager; one process writes, others may read meanwhile."""

    def start_run(
        self,
        settings: Settings,
        students: Iterable[str] | Mapping[str, str],
        sandbox: str = "",
        made: Made | None = None,
    ) -> None:
        """Record what the run that now begins is about, with a line about what holds student code.

        A mapping of students has when each handed in, as ISO 8601, "" where it is not known.
        """
        times = students if isinstance(students, Mapping) else dict.fromkeys(students, "")
        digest = made.digest if made else ""
        with self.together():
            self._rows("DELETE FROM class")
            for student_id, handed_in in times.items():
                self._rows("INSERT INTO class VALUES (?, ?)", student_id, handed_in)
            self._rows("DELETE FROM run")
            run = _stored(settings), sandbox, digest, datetime.now(UTC).isoformat(timespec="seconds")
            self._rows("INSERT INTO run VALUES (?, ?, 0, ?, ?, '')", *run)
            if made:
                self._put("made", digest, _encoded(made))
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
        run = self._run()
        return run is not None and run.finished == 1

    @property
    def sandbox(self) -> str:
        """The line about what held the student code in the last run, "" where none was recorded."""
        run = self._run()
        return run.sandbox if run else ""

    @property
    def begun(self) -> str:
        """When the last run began, as ISO 8601; "" where it was not recorded."""
        run = self._run()
        return run.begun if run else ""

    @property
    def made(self) -> Made | None:
        """With what the last run makes or made its marks, where that was recorded."""
        run = self._run()
        return self.made_by().get(run.made) if run else None

    def made_of(self) -> dict[str, str]:
        """Map each student who has a verdict to the mark of what it was made with, "" where that was not recorded."""
        return dict(self._rows("SELECT student_id, made FROM checked WHERE whole AND status != 'not_graded'"))

    def made_by(self) -> dict[str, Made]:
        """Map marks to what verdicts were made with."""
        return {name: msgspec.json.decode(body, type=Made) for name, body, whole in self._named("made") if whole}

    def mixed(self) -> str:
        """Say that marks of the class were made with different settings, seeds or kits; "" where all are alike."""
        ((other,),) = self._rows(
            "SELECT count(*) FROM verdict JOIN class USING (student_id) WHERE made NOT IN (SELECT made FROM run)"
        )
        if not other:
            return ""
        what = f"{self._path} mixes settings: {other} of {len(self.students())} marks were made with others than those"
        return f"{what} of the last run, which was cut short. Nothing was written: give its `bptt grade` again first"

    def students(self) -> dict[str, str]:
        """Map the students of the class to when each handed in, "" where that is not known."""
        return dict(self._rows("SELECT student_id, handed_in FROM class ORDER BY student_id"))

    def works(self) -> dict[str, str]:
        """Map each student who has a verdict to a hash of what was handed in."""
        return dict(self._rows("SELECT student_id, work FROM verdict"))

    def statuses(self) -> dict[str, str]:
        """Map each student of the class who has a verdict to its status."""
        return dict(self._rows("SELECT student_id, status FROM verdict JOIN class USING (student_id)"))

    def key(self) -> bytes:
        """Return 32 random bytes that belong to these results, made the first time."""
        found = self.fact("key")
        if not found:
            found = secrets.token_hex(32)
            self.save_fact("key", found)
        return bytes.fromhex(found)

    def fact(self, name: str) -> str:
        """Return what was saved under a name, "" where there is nothing, or not what was written."""
        return next((body for own, body, whole in self._named("fact") if own == name and whole), "")

    def save_fact(self, name: str, text: str) -> None:
        """Keep a text under a name."""
        self._put("fact", name, text)

    def log(self) -> list[Entry]:
        """Return the log of marks by hand, the oldest first.

        Raises:
            StoreError: it is not as it was written.
        """
        rows = self._named("entry")
        if not all(whole for *_, whole in rows):
            raise self._damaged("its log of marks by hand was changed, or damaged")
        return [msgspec.json.decode(body, type=Entry) for _, body, _ in rows]

    def add_entries(self, entries: Iterable[Entry]) -> None:
        """Add to the log of marks by hand: all of these, or none."""
        with self.together():
            ((number,),) = self._rows("SELECT coalesce(max(name), 0) FROM entry")
            for place, entry in enumerate(entries, start=number + 1):
                self._put("entry", place, _encoded(entry))

    def forget(self, student_id: str) -> None:
        """Take out all that is kept of a student, with the due time of their own."""
        kept = [entry for entry in self.log() if entry.student_id != student_id]
        with self.together():
            for table in ("class", "verdict"):
                self._rows(f"DELETE FROM {table} WHERE student_id = ?", student_id)  # noqa: S608 - names of ours
            self._rows("DELETE FROM entry")
            self.add_entries(kept)
            for settings in [json.loads(text) for (text,) in self._rows("SELECT settings FROM run")]:
                settings.get("late", {}).get("extensions", {}).pop(student_id, None)
                self._rows("UPDATE run SET settings = ?", _stored(settings))
            self._seal_run()
        self._rows("VACUUM")  # or the bytes would stay in the file

    def settings(self) -> Settings:
        """Return the settings of the last run, and load the assignment that it graded, if another is in use.

        Raises:
            StoreError: nothing was graded yet, or this version of the kit does not know those settings.
            AssignmentError: that assignment is gone, and none was given in its place.
        """
        run = self._run()
        if run is None:
            raise StoreError(f"{self._path} holds no results yet; grade a class first")
        return self._settings_of(run)

    def _settings_of(self, run: "_Run") -> Settings:
        made = self.made_by().get(run.made)
        folder = made.assignment if made else ""
        try:
            use(folder)
        except AssignmentError as error:
            if place() in ("", folder):  # where one was given, the folder has moved
                raise AssignmentError(
                    f"{self._path.parent} was graded with the assignment in {folder}, which can't be loaded: {error}. "
                    "Where is it now? bptt --assignment DIR …"
                ) from error
        try:
            return Settings.model_validate_json(_stored(json.loads(run.settings)))
        except (ValidationError, ValueError, AttributeError) as error:
            raise self._of_another_version() from error

    def late_rule(self) -> LateRule:
        """Return the rule for late work of the last run, one that takes nothing where there was none."""
        return self._settings_of(run).late if (run := self._run()) else LateRule()

    def known(self) -> dict[str, str]:
        """Map each student who has a verdict to its key; whoever was not graded is to be tried again."""
        return dict(self._rows("SELECT student_id, key FROM checked WHERE whole AND status != 'not_graded'"))

    def save(self, student_id: str, key: str, verdict: Verdict, work: str = "") -> None:
        """Store a verdict of this run in place of the student's earlier one; `work` is a hash of what was handed in.

        Once this returns, or the block of `together` around it has ended, no crash of this program can lose it.
        """
        made = "".join(row[0] for row in self._rows("SELECT made FROM run"))
        row = student_id, key, verdict.status, encoded(verdict).decode(), made, work
        self._rows("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?)", *row, results_file.seal(*row))

    def proved(self) -> dict[str, int]:
        """Map the mark of each case set that is known to be proved to the attempt at which its seed gave it."""
        return dict(self._rows("SELECT mark, attempt FROM proved"))

    def save_proof(self, mark: str, attempt: int) -> None:
        """Remember a proved case set."""
        self._put("proof", mark, attempt)

    def marks(self) -> list[Verdict]:
        """Return all that `each` yields, without the reasons."""
        return [without_details(verdict) for verdict in self.each()]

    def verdicts(self) -> list[Verdict]:
        """Return all that `each` yields."""
        return [*self.each()]

    def each(self, share: int = 0, shares: int = 1) -> Iterator[Verdict]:
        """Yield the verdicts that count of the class one by one, sorted by student id.

        A large class is never in memory. What counts is said in `autograder.results.standing`. The class can be cut
        into so many shares, of which this is one, counted from 0.

        Raises:
            StoreError: a stored verdict is gone, is not what was written, or not of the form that this version writes.
        """
        with self._transaction():
            run = self._run()
            lost = self._rows("SELECT student_id FROM class EXCEPT SELECT student_id FROM verdict ORDER BY 1")
        if run and run.finished and lost:
            raise self._damaged(f"the verdict of {printable(lost[0][0])} is gone")
        decode = msgspec.json.Decoder(Verdict).decode
        select = (
            "SELECT student_id, whole, body, handed_in FROM checked JOIN class USING (student_id) "
            "WHERE place % ? = ? ORDER BY student_id"
        )
        standing, settings = in_force(self.log()), self._settings_of(run) if run else Settings()
        with self._explained():
            for name, whole, body, handed_in in self._connection.execute(select, (shares, share)):
                if not whole:
                    raise self._damaged(f"the verdict of {printable(name)} was changed by hand, or damaged")
                try:
                    verdict = decode(body)
                except msgspec.DecodeError as error:
                    raise self._of_another_version() from error
                when = datetime.fromisoformat(handed_in) if handed_in else None
                yield counted(verdict, standing.get(name, {}), when, settings)

    def gone(self) -> list[str]:
        """Return the ids of students who have a verdict but are not in the class any more, sorted."""
        gone = "SELECT student_id FROM verdict EXCEPT SELECT student_id FROM class ORDER BY 1"
        return [student_id for (student_id,) in self._rows(gone)]

    def _run(self) -> "_Run | None":
        """Return the last run, if there was one; raise if it is not as it was written."""
        with self._transaction(), self._explained():
            rows = self._rows("SELECT settings, sandbox, finished, made, begun FROM run")
            whole = results_file.run_is_whole(self._connection)
        if not whole:
            raise self._damaged("its settings or its list of students were changed by hand, or damaged")
        return _Run(*rows[0]) if rows else None

    def _of_another_version(self) -> StoreError:
        return StoreError(f"{self._path} was written by another version of bptt; grade the class again")


def _encoded(value: Made | Entry) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _stored(settings: Settings | dict[str, Any]) -> str:
    """Return settings as they are stored: without a rule for late work that has no due time, which is none."""
    found = settings.model_dump(mode="json") if isinstance(settings, Settings) else settings
    if found.get("late", {}).get("due") is None:
        found.pop("late", None)
    return json.dumps(found, separators=(",", ":"))
