"""A folder tree: a folder for each student, `<student>.py`, and nbgrader's `submitted/<student>/<assignment>/`."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.model.text import printable
from autograder.submissions.contents import FolderContents, Member, entries
from autograder.submissions.hand_in import File, HandIn, Reading
from autograder.submissions.plain_file import oddity
from autograder.submissions.submission import ARCHIVES, CODE, NoSubmissions, as_id, is_archive, names

TITLE = "folder"
_STRAY = "belongs to nobody: no .py, .ipynb or archive, and in no folder of a student"


def looked_for() -> str:
    """Return the end of a message: what a class may come as."""
    return (
        f"looked for <student>/{', <student>/'.join(names())}, <student>.py, <student>.ipynb, "
        "an nbgrader tree submitted/<student>/<assignment>/<notebook>.ipynb, "
        "or a download of Canvas, Moodle or Gradescope, as a zip or unpacked"
    )


def read(folder: Path) -> Reading:
    """Find the people of a tree, each with the files of their folder and those that have their name.

    Raises:
        NoSubmissions: `folder` can't be listed, or holds nobody's work.
    """
    try:
        tree = _class_folder(folder)
        found = entries(tree)
    except OSError as error:
        raise NoSubmissions(f"{printable(str(folder), None)} can't be listed: {error.strerror}") from error
    usual = 2 if tree.resolve().name == "submitted" else 1
    people: dict[str, HandIn] = {}
    strays: list[tuple[Member, str]] = []
    for entry in found:
        hand_in = _hand_in(tree, entry, usual)
        if hand_in is None:
            strays.append((Member((entry.name,), 0), _STRAY))
        else:
            people[hand_in.student_id] = _joined(people.get(hand_in.student_id), hand_in)
    if not people:
        raise NoSubmissions(f"no submissions in {printable(str(tree), None)}: {looked_for()}")
    (first, *others) = people.values()
    lone = [file.name for file in first.files if file.lone and is_archive(file.name)]
    who = f"the work of one student, {first.student_id}: where it holds a class, unpack it"
    told = [f"{name} is taken for {who}" for name in lone if not others]
    return Reading([first, *others], strays, told)


def of_person(student_id: str, folder: Path, asked: Sequence[str]) -> HandIn:
    """Return what is in one person's folder.

    Args:
        student_id: whose it is.
        folder: that may be missing; then nothing was handed in.
        asked: names that are asked for in place of the assignment's, the preferred one first.
    """
    found = HandIn(student_id, (), names=tuple(asked) or names(), path=folder)
    try:
        contents = FolderContents(folder)
    except FileNotFoundError:
        return found
    except OSError as error:
        return replace(found, problem=f"the folder can't be read: {error.strerror}")
    return replace(found, files=tuple(File(member.parts, member, contents) for member in contents.members))


def _class_folder(folder: Path) -> Path:
    """Return the folder whose entries are students: `folder`, or the `submitted/` in it."""
    submitted = folder / "submitted"
    # A student may be called "submitted": their folder holds the file itself.
    if submitted.is_dir() and not any((submitted / name).exists() for name in names()):
        return submitted
    return folder


def _hand_in(tree: Path, entry: os.DirEntry[str], usual: int) -> HandIn | None:
    """Read one entry of the class folder; None for a file that is something else."""
    path = Path(entry.path)
    if entry.is_dir(follow_symlinks=False):
        contents = FolderContents(tree, [entry])
        files = tuple(File(member.parts[1:], member, contents) for member in contents.members if member.parts[1:])
        whole = next((member.problem for member in contents.members if not member.parts[1:]), "")
        problem = f"the folder {whole}" if whole else ""
        return HandIn(as_id(entry.name), files, usual=usual, stamped=True, problem=problem, path=path)
    suffix = next((s for s in (*CODE, *ARCHIVES) if entry.name.lower().endswith(s)), "")
    student = as_id(entry.name[: len(entry.name) - len(suffix)])
    odd = oddity(entry)
    if not suffix:
        return HandIn(student, (), problem=f"{printable(entry.name)} {odd}", path=path) if entry.is_symlink() else None
    note = f"the student's id was taken from the file {entry.name}: is this the folder of one student?"
    file = File((entry.name,), Member((entry.name,), 0, problem=odd), FolderContents(tree, []), lone=True)
    return HandIn(student, (file,), notes=(note,) if entry.name.lower() in names() else (), usual=usual, stamped=True)


def _joined(one: HandIn | None, other: HandIn) -> HandIn:
    """Return all that one person has in the tree: a folder, and files beside it."""
    if one is None:
        return other
    if one.path and other.path and one.path != other.path:  # accents are written in two ways
        names = f"{one.path.name!a} and {other.path.name!a}"
        why = f"two folders have this name, written in two ways ({names}): put what counts into one of them"
        return replace(one, files=(), problem=why)
    files, notes = (*one.files, *other.files), (*one.notes, *other.notes)
    return replace(one, files=files, notes=notes, problem="", path=one.path or other.path)
