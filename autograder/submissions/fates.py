"""What was decided about the files of a hand-in, and what became of each, in rows for a person."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.model.text import printable, some
from autograder.model.verdict import Verdict
from autograder.submissions.contents import Member
from autograder.submissions.hand_in import File, HandIn
from autograder.submissions.submission import FileNote
from autograder.submissions.work import Kind, is_handout

TIMESTAMP = "timestamp.txt"  # beside a submission in an nbgrader tree
_MOST_STRAYS = 200
_MOST_ROWS = 20  # of files that were not looked at, of one hand-in


@dataclass(frozen=True)
class Look:
    """What a file turned out to be."""

    file: File
    kind: Kind
    problem: str = ""


@dataclass(frozen=True)
class Choice:
    """What is to be graded of a hand-in; with a problem, what the problem is about."""

    file: File | None = None
    problem: str = ""
    looks: tuple[Look, ...] = ()  # at files that could have been it; none where there was only one
    undecided: tuple[File, ...] = ()
    inside: tuple[File, ...] = ()  # of the zips that were opened
    opened: tuple[File, ...] = ()
    refused: tuple[tuple[File, str], ...] = ()
    stamp: File | None = None  # that says when it was handed in

    @property
    def stubs(self) -> tuple[File, ...]:
        """Files that are as they were handed out, where something else was chosen."""
        stubs = tuple(look.file for look in self.looks if look.kind is Kind.STUB)
        return () if self.file in stubs else stubs

    @property
    def kind(self) -> Kind:
        """What the chosen file is, as far as anybody looked."""
        return next((look.kind for look in self.looks if look.file is self.file and not self.problem), Kind.BLANK)

    def fate(self, file: File, *, is_newest: bool) -> str:
        """Say what became of a file of the hand-in."""
        rejected = f"rejected: {self.problem}"
        if _is_work(file, self):
            opened = "opened: " if file in self.opened else ""
            return rejected if self.problem else f"{opened}graded"
        if any(file is one.outermost for one in self.undecided):
            return rejected
        why = dict(self.refused).get(file, file.member.problem if file.member.count == 1 else "")
        said = (
            (file in self.opened, "opened: nothing in it was graded"),
            (file is self.stamp, "read: when it was handed in"),
            (not is_newest, "an earlier upload of the same name: not graded"),
            (file in self.stubs, "as it was handed out: not graded"),
            (why, f"refused: it {why}"),
            (is_handout(file.parts), "of the handout: not graded"),
        )
        return next((fate for holds, fate in said if holds), "not looked at")


def notes_on(hand_in: HandIn, choice: Choice | None) -> Iterator[FileNote]:
    """Yield a note on each file of a hand-in: few, however many files there are. Without a choice, it is earlier."""
    newest: dict[tuple[str, ...], int] = {}
    for file in hand_in.files:
        newest[file.parts] = max(file.order, newest.get(file.parts, 0))
    alike: dict[str, list[File]] = {}
    for file in hand_in.files:
        fate = "an earlier attempt: not graded"
        if choice:
            fate = choice.fate(file, is_newest=file.order == newest[file.parts])
        alike.setdefault(fate, []).append(file)
    for what, files in alike.items():
        if len(files) <= _MOST_ROWS:
            for file in files:
                more = f": {file.member.count:,} files" if file.member.count > 1 else ""
                yield FileNote(file.member.shown, hand_in.student_id, what + more, _is_work(file, choice))
        else:
            count = sum(file.member.count for file in files)
            yield FileNote(_common(files), hand_in.student_id, f"{what}: {count:,} files")


def _is_work(file: File, choice: Choice | None) -> bool:
    return choice is not None and choice.file is not None and file is choice.file.outermost


def after_grading(notes: Iterable[FileNote], verdicts: Iterable[Verdict]) -> Iterator[FileNote]:
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
    return notes, [f"{many} not graded: {some(names)}"]


def _common(files: list[File]) -> str:
    """Return the deepest folder that all of these are in, "…" where there is none."""
    shared: tuple[str, ...] = files[0].member.parts[:-1]
    for file in files:
        while file.member.parts[: len(shared)] != shared:
            shared = shared[:-1]
    return printable("/".join((*shared, "…")), 200)
