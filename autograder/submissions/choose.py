"""Which hand-in of a person is graded, which file of it, and what became of all the others. One rule for all forms.

The expected name goes first, at any depth, the shallowest of several; then the only file with code; then the only
one that defines functions of the assignment. What is as it was handed out never goes before work. Zips are opened
where nothing outside of them is work. Between two works nobody guesses.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.model.text import printable, some
from autograder.submissions.contents import ZipContents
from autograder.submissions.fates import TIMESTAMP, Choice, Look, notes_on
from autograder.submissions.hand_in import File, HandIn
from autograder.submissions.scratch import Scratch
from autograder.submissions.submission import FileNote, Refused, Submission, asked, is_archive, is_code, is_zip
from autograder.submissions.work import Kind, is_handout, kind_of

_MOST_LOOKED_AT = 200  # files of one hand-in
_MOST_BYTES = 5  # times the limit for one file, of all that are looked at together
_MOST_ZIPS, _MOST_NESTED = 20, 3
_LONGEST_TIME = 100  # bytes


def choose(hand_ins: Sequence[HandIn], limit: int, scratch: Scratch) -> tuple[Submission, list[FileNote]]:
    """Return the submission of one person, who has one hand-in or more, and a note on each file.

    Args:
        hand_ins: all of them, in any order.
        limit: the most bytes of one file.
        scratch: where files are put that are taken out of a zip.
    """
    *earlier, newest = sorted(hand_ins, key=lambda hand_in: hand_in.order)
    if newest.problem:
        submission = Submission(newest.student_id, newest.path, problem=newest.problem)
        whole = FileNote(printable(newest.path.name if newest.path else ""), newest.student_id, "")
        return submission, [replace(whole, what=f"rejected: {newest.problem}", is_work=True)]
    past = (f"handed in {len(hand_ins)} times: the newest is graded",) if earlier else ()
    choice = _chosen(newest, limit)
    path, problem = _taken(choice, limit, scratch)
    handed_in, stamp, unread = _time(newest, choice)
    submission = Submission(
        newest.student_id,
        path or (newest.path if problem else None),
        (*newest.notes, *past, *unread, *(() if choice.undecided else _remarks(newest, choice))),
        problem,
        newest.handed_in or handed_in,
        scratch,
    )
    choice = replace(choice, problem=problem, stamp=stamp)
    return submission, [*notes_on(newest, choice), *(note for hand_in in earlier for note in notes_on(hand_in, None))]


def _chosen(hand_in: HandIn, limit: int) -> Choice:
    """Choose among the files of a hand-in; open its zips where nothing beside them is work."""
    files = list(_newest(hand_in.files))
    archives = [file for file in files if is_archive(file.name)]
    newest = set(files)
    older = [file for file in hand_in.files if file not in newest]
    choice = _among(files, hand_in.names, limit, look=bool(archives or older))
    if older and choice.kind >= Kind.STUB and not choice.problem:  # what nobody worked in never goes before work
        again = _among([*files, *older], hand_in.names, limit, look=True)
        choice = again if again.kind is Kind.WORK else choice
    if not archives or choice.kind is Kind.WORK:
        return choice
    inside, opened, refused = _unpacked(archives, limit)
    choice = _among([*files, *inside], hand_in.names, limit, look=True)
    named = choice.file is not None and choice.file.is_named(hand_in.names)
    if refused and choice.kind > (Kind.OTHER if named else Kind.WORK):  # which may hold the work
        file, why = refused[0]
        choice = replace(choice, file=file, problem=_about(file, why), undecided=())
    return replace(choice, inside=tuple(inside), opened=opened, refused=refused)


def _newest(files: Sequence[File]) -> Iterator[File]:
    """Yield the newest file of each path."""
    last: dict[tuple[bool, tuple[str, ...]], File] = {}
    for file in sorted(files, key=lambda file: (file.order, file.member.index)):
        last[file.lone, file.parts] = file
    return iter(last.values())


def _among(files: Sequence[File], names: Sequence[str], limit: int, *, look: bool) -> Choice:
    """Choose among files by the one rule. A single candidate is not looked at unless `look` says so."""
    code = sorted(
        (file for file in files if is_code(file.name) and not is_handout(file.parts)),
        key=lambda file: (not file.is_named(names), file.depth, file.shown),
    )
    if len(code) < 2 and not look:
        return Choice(code[0] if code else None)
    looks = _looks(code, names, limit)
    sound = [one for one in looks if not one.problem]
    best = min((one.kind for one in sound), default=Kind.BLANK)
    equal = [one for one in sound if one.kind is best]
    named = [one for one in equal if one.file.is_named(names)]
    refused = next((one for one in looks if one.problem), None)
    if refused and best > (Kind.OTHER if named else Kind.WORK):  # which may be the work
        return Choice(refused.file, _about(refused.file, refused.problem), looks)
    nearest = [one for one in named if one.file.depth == named[0].file.depth] or equal
    places = {(one.file.zips, one.file.parts[:-1]) for one in nearest}
    if best < Kind.STUB and (len(places) > 1 or (len(nearest) > 1 and not named)):
        paths = sorted(nearest, key=lambda one: one.file.shown)
        shown = some([one.file.shown for one in paths])
        problem = f"can't tell which file to grade ({shown}): hand in one of them, as {' or '.join(names)}"
        return Choice(None, problem, looks, tuple(one.file for one in paths))
    nearest.sort(key=lambda one: _order(one.file, names))
    return Choice(nearest[0].file if nearest else None, "", looks)


def _order(file: File, names: Sequence[str]) -> tuple[int, bool]:
    """Order files of one folder: by ending, and the exact name before other capitals."""
    ending = next(at for at, name in enumerate(names) if file.name.lower().endswith(Path(name).suffix))
    return ending, file.name not in names


def _looks(code: Sequence[File], names: Sequence[str], limit: int) -> tuple[Look, ...]:
    """Look at files until those of the expected name show work; at a bounded number of bytes."""
    found: list[Look] = []
    left = _MOST_BYTES * limit
    settled = False
    for file in code[:_MOST_LOOKED_AT]:
        if settled and not file.is_named(names):
            break
        try:
            raw = file.contents.read(file.member, min(limit, left))
        except Refused as refusal:
            found.append(Look(file, Kind.OTHER, problem=str(refusal)))
        except OSError:
            found.append(Look(file, Kind.OTHER))  # said when it is read to be graded
        else:
            left -= len(raw)
            kind = kind_of(file.name, raw)
            found.append(Look(file, kind))
            settled = settled or (kind is Kind.WORK and file.is_named(names))
    return tuple(found)


def _unpacked(
    archives: Sequence[File], limit: int
) -> tuple[list[File], tuple[File, ...], tuple[tuple[File, str], ...]]:
    """Return what is in archives, those that were opened, and those that can't be, each with the reason."""
    waiting = deque(archives)
    inside: list[File] = []
    opened: list[File] = []
    refused: list[tuple[File, str]] = []
    while waiting:
        archive = waiting.popleft()
        try:
            members = _open(archive, limit, len(opened))
        except Refused as refusal:
            refused.append((archive, str(refusal)))
            continue
        opened.append(archive)
        files = [File(one.parts, one, members, zips=(*archive.zips, archive)) for one in members.members]
        newest = list(_newest(files))
        inside += newest
        waiting += [file for file in newest if is_archive(file.name)]
    return inside, tuple(opened), tuple(refused)


def _open(archive: File, limit: int, opened: int) -> ZipContents:
    instead = f"hand in {asked()} itself"
    if not is_zip(archive.name):
        raise Refused(f"is an archive, and only zip files are opened: {instead} (or unpack it in its folder first)")
    if opened == _MOST_ZIPS or len(archive.zips) == _MOST_NESTED:
        raise Refused(f"is one zip too many ({_MOST_ZIPS} are opened, {_MOST_NESTED} in one another): {instead}")
    return ZipContents.of_bytes(archive.contents.read(archive.member, limit))


def _taken(choice: Choice, limit: int, scratch: Scratch) -> tuple[Path | None, str]:
    """Return where the chosen file is, or what the problem is about, and the problem."""
    if choice.file is None:
        return None, choice.problem
    file, outer = choice.file, choice.file.outermost
    about = outer.contents.location(outer.member) or Path(*outer.member.parts)
    if choice.problem:
        return about, choice.problem
    try:
        if file.member.problem:
            raise Refused(file.member.problem)
        kept = file.contents.location(file.member)
        return kept or scratch.keep(file.name, file.contents.read(file.member, limit)), ""
    except Refused as refusal:
        return about, _about(file, str(refusal))


def _about(file: File, why: str) -> str:
    return f"{_in_zips(file)}{printable(file.name)} {why}"


def _in_zips(file: File) -> str:
    return f"in {', '.join(printable(one.name) for one in file.zips)}: " if file.zips else ""


def _remarks(hand_in: HandIn, choice: Choice) -> Iterator[str]:
    """Say what is worth knowing about the choice."""
    chosen = choice.file
    if chosen is None:
        for archive in choice.opened:
            empty = "" if any(archive in file.zips for file in choice.inside) else ", which is empty"
            yield f"opened {printable(archive.name)}{empty}"
        others = [file for file in (*hand_in.files, *choice.inside) if file not in choice.opened]
        if others:
            own = "but the handout's own" if any(is_code(file.name) for file in others) else "file"
            yield f"no .py or .ipynb {own}, only {some([file.name for file in others])}"
        return
    for archive in chosen.zips:
        yield f"opened {printable(archive.name)}"
    if choice.problem:
        return
    name = printable(chosen.name)
    if len(chosen.parts) > (1 if chosen.zips else hand_in.usual) and not chosen.lone:
        yield f"found in the folder {printable('/'.join(chosen.parts[:-1]), 60)}"
    looked = [look.file for look in choice.looks if look.file is not chosen]
    if not chosen.is_named(hand_in.names):
        why = "which defines functions of the assignment" if looked else "the only .py or .ipynb file"
        yield f"graded {name}, {why} (expected {' or '.join(hand_in.names)})"
    if choice.stubs:
        shown = some([file.name for file in choice.stubs])
        yield f"{name} was graded; {shown} is as it was handed out, with nothing written yet"
    beside = [file for file in hand_in.files if _is_beside(file, chosen, choice.stubs)]
    if beside:
        yield f"{name} was graded; beside it, and not looked at: {some([file.name for file in beside])}"


def _is_beside(file: File, chosen: File, stubs: Sequence[File]) -> bool:
    """Whether a file with code is worth a word, because its author may have meant it to be graded."""
    outer = chosen.outermost
    if file is outer or file in stubs or is_handout(file.parts):
        return False
    return file.parts != outer.parts and (is_code(file.name) or is_archive(file.name))


def _time(hand_in: HandIn, choice: Choice) -> tuple[datetime | None, File | None, tuple[str, ...]]:
    """Return the time that nbgrader keeps beside what was chosen, the file that holds it, and what can't be read."""
    if not hand_in.stamped or choice.file is None:
        return None, None, ()
    outer = choice.file.outermost
    place = outer.parts[:-1]
    stamp = next((file for file in hand_in.files if file.parts == (*place, TIMESTAMP) and not file.lone), None)
    if stamp is None or outer.lone:
        return None, None, ()
    text = ""
    try:
        text = stamp.contents.read(stamp.member, _LONGEST_TIME).decode("ascii").strip()
        when = datetime.fromisoformat(text.removesuffix(" UTC"))
    except (OSError, Refused, ValueError):
        found = f": {printable(text, 40)}" if text else ""
        return None, None, (f"{TIMESTAMP} holds no time that can be read{found}",)
    return when if when.tzinfo else when.replace(tzinfo=UTC), stamp, ()
