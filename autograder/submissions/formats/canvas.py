"""Canvas's submissions.zip: a flat folder, in which names say whose a file is. There is no manifest.

`doejane_4711_90210_work.py`, `doejane_LATE_4711_90210_work.py`, and `anon_x7Kq2_90210_work.py` where grading is
anonymous; entries of text and links end in `_text.html` and `_link.html`. Of a name in other letters than Latin
ones nothing may be left: `_4711_90210_work.py`.
"""

import re

from autograder.submissions.contents import Contents, Member
from autograder.submissions.hand_in import File, HandIn, Reading
from autograder.submissions.submission import as_id, names

TITLE = "Canvas download"

_NAMED = r"(?P<who>.*?)(?P<late>_?LATE)?_?(?P<id>(?<![^_])\d+)"
_ANONYMOUS = r"(?P<late>LATE_)?(?P<who>anon)_(?P<id>[A-Za-z0-9]+)"
_FILE = r"_(?P<upload>\d+)_(?P<file>.+)"
_ENTRY = r"_(?P<file>text|link)\.html"
_UPLOADS = tuple(re.compile(whose + _FILE, re.DOTALL) for whose in (_ANONYMOUS, _NAMED))
_ENTRIES = tuple(re.compile(whose + _ENTRY, re.DOTALL) for whose in (_ANONYMOUS, _NAMED))
# A second upload of work.py may be called work-1.py.
_AGAIN = re.compile(r"-\d+(?=\.(?:py|ipynb|zip)$)", re.IGNORECASE)
_STRAY = "belongs to nobody: Canvas names files <student>_<number>_<number>_<name>"


def follows(name: str) -> bool:
    """Whether an entry of this name is one of Canvas's."""
    return _match(name) is not None


def read(contents: Contents) -> Reading:
    """Sort the files by student. Of the same name the newest upload counts."""
    files: dict[str, list[File]] = {}
    late: set[str] = set()
    strays: list[tuple[Member, str]] = []
    for member in contents.members:
        match = _match(member.parts[0]) if len(member.parts) == 1 else None
        if match is None:
            strays.append((member, _STRAY))
            continue
        student = as_id(f"{match['who']}_{match['id']}")
        upload = match.groupdict().get("upload")
        name = match["file"] if upload else f"{match['file']} entry.html"
        files.setdefault(student, []).append(File((name,), member, contents, int(upload or 0)))
        if match["late"]:
            late.add(student)
    note = ("Canvas marks this as late",)
    hand_ins = [
        HandIn(who, _under_first_names(theirs), notes=note if who in late else ()) for who, theirs in files.items()
    ]
    nameless = [
        f"{who}: no letter of the name is left in the download, so the number stands for it"
        for who in files
        if who.startswith("_")
    ]
    return Reading(hand_ins, strays, nameless)


def _under_first_names(files: list[File]) -> tuple[File, ...]:
    """Give an upload with a number the name without it, where that name is asked for, or was uploaded as well."""
    there = {*names(), *(file.name for file in files)}
    first = [_AGAIN.sub("", file.name) for file in files]
    return tuple(
        File((name if name in there else file.name,), file.member, file.contents, file.order)
        for file, name in zip(files, first, strict=True)
    )


def _match(name: str) -> re.Match[str] | None:
    patterns = (*_UPLOADS, *_ENTRIES)
    return next((match for pattern in patterns if (match := pattern.fullmatch(name))), None)
