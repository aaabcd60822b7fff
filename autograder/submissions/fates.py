"""What became of each file of what was handed in, in rows for a person: few, however many files there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.model.text import printable
from autograder.model.verdict import Verdict
from autograder.submissions.attempt import Attempt, File
from autograder.submissions.contents import Member
from autograder.submissions.submission import FileNote, listed
from autograder.submissions.work import wanted

TIMESTAMP = "timestamp.txt"  # beside a submission in an nbgrader tree
_MOST_STRAYS = 200
_MOST_ROWS = 20  # of files that were not looked at, of one attempt
_LEFT = "not looked at"


@dataclass(frozen=True)
class Fates:
    """What was decided about the files of a person."""

    graded: File | None
    problem: str
    undecided: tuple[File, ...]
    opened: tuple[File, ...]
    refused: tuple[tuple[File, str], ...]
    stubs: tuple[File, ...]
    stamp: File | None

    def of(self, attempt: Attempt) -> Iterator[FileNote]:
        """Yield a note on each file of the attempt that counts."""
        newest: dict[tuple[str, ...], int] = {}
        for file in attempt.files:
            newest[file.parts] = max(file.order, newest.get(file.parts, 0))
        fates = {file: self._fate(file, is_newest=file.order == newest[file.parts]) for file in attempt.files}
        yield from _rows(attempt, fates, self._is_work)

    def of_earlier(self, attempt: Attempt) -> Iterator[FileNote]:
        """Yield a note on each file of an attempt that does not count."""
        yield from _rows(attempt, dict.fromkeys(attempt.files, "an earlier attempt: not graded"), lambda _: False)

    def _is_work(self, file: File) -> bool:
        return self.graded is not None and file is self.graded.outermost

    def _fate(self, file: File, *, is_newest: bool) -> str:
        rejected = f"rejected: {self.problem}"
        if self._is_work(file):
            opened = "opened: " if file in self.opened else ""
            return rejected if self.problem else f"{opened}graded"
        if any(file is one.outermost for one in self.undecided):
            return rejected
        why = dict(self.refused).get(file, file.member.problem if file.member.count == 1 else "")
        if file in self.opened:
            return "opened: nothing in it was graded"
        if file is self.stamp:
            return "read: when it was handed in"
        if not is_newest:
            return "an earlier upload of the same name: not graded"
        if file in self.stubs:
            return "as it was handed out: not graded"
        if why:
            return f"refused: it {why}"
        return "of the handout: not graded" if wanted().is_handout(file.parts) else _LEFT


def told(notes: Iterable[FileNote], verdicts: Iterable[Verdict]) -> Iterator[FileNote]:
    """Yield the notes on a class's files as they are true after grading: what could not be read was not graded."""
    instead = {
        one.student_id: f"{'rejected' if one.status == 'rejected' else 'not graded'}: {one.message}"
        for one in verdicts
        if one.status in ("rejected", "not_graded")
    }
    for note in notes:
        yield replace(note, what=instead[note.student_id]) if note.is_work and note.student_id in instead else note


def strays(found: Sequence[tuple[Member, str]]) -> tuple[list[FileNote], list[str]]:
    """Return a note on each file that belongs to nobody, or on their number, and what to say of them on the screen."""
    if not found:
        return [], []
    names = list(dict.fromkeys(member.parts[0] for member, _ in found))
    notes = [FileNote(member.shown, "", why) for member, why in found]
    if len(notes) > _MOST_STRAYS:
        notes = [
            *notes[:_MOST_STRAYS],
            FileNote("…", "", f"belongs to nobody: {len(found) - _MOST_STRAYS:,} more files"),
        ]
    many = f"{len(found):,} files belong to nobody, and are" if len(found) > 1 else "1 file belongs to nobody, and is"
    return notes, [f"{many} not graded: {listed(names)}"]


def _rows(attempt: Attempt, fates: dict[File, str], is_work: Callable[[File], bool]) -> Iterator[FileNote]:
    """Yield a row for each file, and one row with their number for many that met the same fate."""
    alike: dict[str, list[File]] = {}
    for file, what in fates.items():
        alike.setdefault(what, []).append(file)
    for what, files in alike.items():
        if len(files) <= _MOST_ROWS:
            for file in files:
                more = f": {file.member.count:,} files" if file.member.count > 1 else ""
                yield FileNote(file.member.shown, attempt.student_id, what + more, is_work(file))
        else:
            count = sum(file.member.count for file in files)
            yield FileNote(_common(files), attempt.student_id, f"{what}: {count:,} files")


def _common(files: list[File]) -> str:
    """Return the deepest folder that all of these are in, "…" where there is none."""
    shared: tuple[str, ...] = files[0].member.parts[:-1]
    for file in files:
        while file.member.parts[: len(shared)] != shared:
            shared = shared[:-1]
    return printable("/".join((*shared, "…")), 200)
