"""Canvas's submissions.zip: a flat folder, in which names say whose a file is. There is no manifest.

`doejane_4711_90210_rnn.py`, `doejane_LATE_4711_90210_rnn.py`, and `anon_x7Kq2_90210_rnn.py` where grading is
anonymous; entries of text and links end in `_text.html` and `_link.html`.
"""

import re
from collections.abc import Sequence

from autograder.submissions.archives.attempt import Attempt, File, Reading
from autograder.submissions.archives.contents import Contents, Member
from autograder.submissions.submission import LITTER, as_id

TITLE = "Canvas download"

_NAMED = r"(?P<who>.+?)(?P<late>_LATE)?_(?P<id>\d+)"
_ANONYMOUS = r"(?P<late>LATE_)?(?P<who>anon)_(?P<id>[A-Za-z0-9]+)"
_FILE = r"_(?P<upload>\d+)_(?P<file>.+)"
_ENTRY = r"_(?P<file>text|link)\.html"
_UPLOADS = tuple(re.compile(whose + _FILE, re.DOTALL) for whose in (_ANONYMOUS, _NAMED))
_ENTRIES = tuple(re.compile(whose + _ENTRY, re.DOTALL) for whose in (_ANONYMOUS, _NAMED))
# A second upload of rnn.py may be called rnn-1.py.
_AGAIN = re.compile(r"-\d+(?=\.(?:py|ipynb|zip)$)", re.IGNORECASE)


def recognises(top: Sequence[str]) -> bool:
    """Whether a folder with these entries is Canvas's: every entry follows its pattern."""
    seen = [name for name in top if not name.startswith(".") and name not in LITTER]
    return bool(seen) and all(_match(name) for name in seen)


def read(contents: Contents) -> Reading:
    """Sort the files by student. Of the same name the newest upload counts."""
    files: dict[str, list[File]] = {}
    late: set[str] = set()
    strays: list[tuple[Member, str]] = []
    for member in contents.members:
        name = member.parts[0]
        match = None if len(member.parts) > 1 or name.startswith(".") else _match(name)
        if match is None:
            strays.append((member, "belongs to nobody: Canvas names files <student>_<number>_<number>_<name>"))
            continue
        student = as_id(f"{match['who']}_{match['id']}")
        upload = match.groupdict().get("upload")
        path = _AGAIN.sub("", match["file"]) if upload else f"{match['file']} entry.html"
        files.setdefault(student, []).append(File((path,), member, int(upload or 0)))
        if match["late"]:
            late.add(student)
    note = ("Canvas marks this as late",)
    attempts = [Attempt(who, tuple(theirs), notes=note if who in late else ()) for who, theirs in files.items()]
    return Reading(attempts, strays)


def _match(name: str) -> re.Match[str] | None:
    patterns = (*_UPLOADS, *_ENTRIES)
    return next((match for pattern in patterns if (match := pattern.fullmatch(name))), None)
