"""Moodle's download of all submissions: a folder per student, or flat names.

`Jane Doe_4711_assignsubmission_file/work.py` (older: `…_file_/work.py`), `Jane Doe_4711_assignsubmission_file_work.py`,
and `Participant_4711_…` where marking is blind.
"""

import re

from autograder.submissions.contents import Contents, Member
from autograder.submissions.hand_in import File, HandIn, Reading
from autograder.submissions.submission import as_id

TITLE = "Moodle download"

_NAME = re.compile(r"(?P<who>.*?)_?(?P<id>(?<![^_])\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)


def follows(name: str) -> bool:
    """Whether an entry of this name is one of Moodle's."""
    return _NAME.fullmatch(name) is not None


def read(contents: Contents) -> Reading:
    """Sort the files by student."""
    files: dict[str, list[File]] = {}
    strays: list[tuple[Member, str]] = []
    for member in contents.members:
        first, *inner = member.parts
        match = _NAME.fullmatch(first)
        path = (match["file"], *inner) if match and match["file"] else tuple(inner)
        if match is None or not path:
            strays.append((member, "belongs to nobody: Moodle names files <student>_<number>_assignsubmission_…"))
            continue
        if match["kind"] != "file":  # such as onlinetext.html
            path = (f"{match['kind']} of Moodle", *path)
        files.setdefault(as_id("_".join(part for part in (match["who"].strip(), match["id"]) if part)), []).append(
            File(path, member, contents)
        )
    return Reading([HandIn(student, tuple(theirs)) for student, theirs in files.items()], strays)
