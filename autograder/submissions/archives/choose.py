"""Which attempt of a student is graded, and which file of it; and what became of all the others."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.submissions.archives.attempt import Attempt, File
from autograder.submissions.archives.contents import Contents, Refused, ZipContents
from autograder.submissions.scratch import Scratch
from autograder.submissions.submission import (
    LITTER,
    NAMES,
    FileNote,
    Submission,
    is_code,
    listed,
    remarks,
    undecided,
)
from autograder.submissions.untouched import untouched_beside_work
from autograder.text import printable


@dataclass(frozen=True)
class Desk:
    """Where files are taken out, and how large they may be."""

    contents: Contents
    limit: int
    scratch: Scratch


@dataclass(frozen=True)
class _Choice:
    file: File | None = None  # what is graded, or what the problem is about
    path: Path | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""
    untouched: tuple[str, ...] = ()  # names of files beside it that are still stubs


def choose(attempts: Sequence[Attempt], desk: Desk) -> tuple[Submission, list[FileNote]]:
    """Return the submission of one student, who has one attempt or more, and a note on each file."""
    *earlier, newest = sorted(attempts, key=lambda attempt: attempt.order)
    files = list(_newest(newest.files))
    choice = _among(files, desk)
    past = (f"handed in {len(attempts)} times: the newest is graded",) if earlier else ()
    submission = Submission(
        newest.student_id,
        choice.path or _path_of_problem(choice),
        (*newest.notes, *past, *choice.notes),
        choice.problem,
        newest.handed_in,
        desk.scratch,
    )
    notes = [_note(newest, file, choice, files) for file in newest.files]
    notes += [_about(attempt, file, "an earlier attempt: not graded") for attempt in earlier for file in attempt.files]
    return submission, notes


def is_zip(name: str) -> bool:
    """Whether a file of this name is opened in search of code."""
    return name.lower().endswith(".zip")


def inside(student_id: str, name: str, raw: bytes, limit: int, scratch: Scratch) -> Submission:
    """Return the submission of a student who handed in a zip of these bytes; a zip in it stays closed."""
    choice = _unzipped(name, raw, limit, scratch)
    path = choice.path or (Path(name) if choice.problem else None)
    return Submission(student_id, path, choice.notes, choice.problem, scratch=scratch)


def _path_of_problem(choice: _Choice) -> Path | None:
    return Path(*choice.file.member.parts) if choice.problem and choice.file else None


def _newest(files: Sequence[File]) -> Iterator[File]:
    """Yield the newest file of each path, without what tools leave behind."""
    last: dict[tuple[str, ...], File] = {}
    for file in sorted(files, key=lambda file: (file.order, file.member.index)):
        last[file.parts] = file
    for file in last.values():
        # A path with ".." is no hidden one: it is refused, and said so.
        if not any((part.startswith(".") and part != "..") or part in LITTER for part in file.parts):
            yield file


def _among(files: Sequence[File], desk: Desk, *, opening: bool = True) -> _Choice:
    """Choose among the files of one attempt: rnn.py, rnn.ipynb, the only code there is, or what is in the only zip."""
    code = [file for file in files if is_code(file.name)]
    if not code:
        zips = [file for file in files if is_zip(file.name)]
        if len(zips) == 1 and opening:
            return _opened(zips[0], desk)
        return _Choice(notes=(_nothing(files),) if files else ())
    named = [file for file in code if file.name in NAMES]
    depth = min(len(file.parts) for file in named or code)
    near = [file for file in named or code if len(file.parts) == depth]
    folders = {file.parts[:-1] for file in near}
    if len(folders) > 1:
        names = listed("/".join(folder) for folder in sorted(folders))
        problem = f"several folders hold code ({names}): expected one of them, or rnn.py itself"
        return _Choice(near[0], problem=problem)
    if not named and len(code) > 1:
        return _Choice(code[0], problem=undecided(file.name for file in code))
    untouched = _untouched(near, desk)
    # What is refused (a link, say), or a stub, does not stand in the way of its sound neighbour.
    near.sort(
        key=lambda file: (
            file.member.problem != "",
            file.name in untouched,
            NAMES.index(file.name) if named else 0,
        )
    )
    return _taken(near[0], [file.name for file in code], untouched, desk)


def _untouched(files: Sequence[File], desk: Desk) -> tuple[str, ...]:
    """Return which of several sound files are still stubs, beside one that is not."""
    contents = {}
    for file in files:
        with suppress(Refused, OSError):
            contents[file.name] = desk.contents.read(file.member, desk.limit)
    return untouched_beside_work(contents) if len(contents) == len(files) > 1 else ()


def _taken(file: File, code: Sequence[str], untouched: Sequence[str], desk: Desk) -> _Choice:
    try:
        path = desk.contents.location(file.member) or desk.scratch.keep(
            file.name, desk.contents.read(file.member, desk.limit)
        )
    except Refused as refusal:
        return _Choice(file, problem=f"{printable(file.name)} {refusal}")
    further_in = (f"found in the folder {printable('/'.join(file.parts[:-1]), 60)}",) if len(file.parts) > 1 else ()
    return _Choice(file, path, (*further_in, *remarks(file.name, code, untouched)), untouched=tuple(untouched))


def _opened(archive: File, desk: Desk) -> _Choice:
    """Look into the zip that a student handed in, once."""
    try:
        raw = desk.contents.read(archive.member, desk.limit)
    except Refused as refusal:
        return _Choice(archive, problem=f"{printable(archive.name)} {refusal}")
    choice = _unzipped(archive.name, raw, desk.limit, desk.scratch)
    return _Choice(archive, choice.path, choice.notes, choice.problem)


def _unzipped(name: str, raw: bytes, limit: int, scratch: Scratch) -> _Choice:
    shown = printable(name)
    try:
        contents = ZipContents.of_bytes(raw)
        files = list(_newest([File(member.parts, member) for member in contents.members]))
        choice = _among(files, Desk(contents, limit, scratch), opening=False)
    except Refused as refusal:
        return _Choice(problem=f"{shown} {refusal}")
    problem = f"in {shown}: {choice.problem}" if choice.problem else ""
    what = f"opened {shown}" if contents.members else f"opened {shown}, which is empty"
    return _Choice(choice.file, choice.path, (what, *choice.notes), problem)


def _nothing(files: Sequence[File]) -> str:
    return f"no .py or .ipynb file, only {listed(file.name for file in files)}"


def _note(attempt: Attempt, file: File, choice: _Choice, current: Sequence[File]) -> FileNote:
    """Say what became of one file of the attempt that counts."""
    if file is choice.file:
        opened = "opened: " if is_zip(file.name) else ""
        return _about(attempt, file, f"rejected: {choice.problem}" if choice.problem else f"{opened}graded")
    if any(other.parts == file.parts and other is not file for other in current):
        return _about(attempt, file, "an earlier upload of the same name: not graded")
    if file.name in choice.untouched:
        return _about(attempt, file, "as it was handed out: not graded")
    return _about(attempt, file, f"refused: it {file.member.problem}" if file.member.problem else "not looked at")


def _about(attempt: Attempt, file: File, what: str) -> FileNote:
    return FileNote(file.member.shown, attempt.student_id, what)
