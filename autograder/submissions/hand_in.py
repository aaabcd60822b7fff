"""What every form of download and folder is turned into: hand-ins of people, each with files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.submissions.contents import Contents, Member
from autograder.submissions.submission import names


@dataclass(frozen=True, eq=False)
class File:
    """A file of a hand-in, by the path that the student gave it."""

    parts: tuple[str, ...]  # in the folder or the zip that it is in
    member: Member
    contents: Contents  # where it is read
    order: int = 0  # of two files with the same path, the larger is newer
    lone: bool = False  # it has the student's name, as anna.py beside the folders of others
    zips: tuple["File", ...] = ()  # those that it is in, the one that was handed in first

    @property
    def name(self) -> str:
        """The name without its folders."""
        return self.parts[-1]

    @property
    def depth(self) -> int:
        """How many folders and zips it is in, and one for itself; a file without a folder comes after all of them."""
        return 1000 if self.lone else len(self.parts) + sum(len(one.parts) for one in self.zips)

    def is_named(self, names: Sequence[str]) -> bool:
        """Whether it has a name that was asked for, or its student's."""
        return self.lone or self.name.lower() in names

    @property
    def outermost(self) -> "File":
        """What lies in the folder or the download: the file, or the zip that it came in."""
        return self.zips[0] if self.zips else self

    @property
    def shown(self) -> str:
        """The whole path in what was handed in."""
        return "/".join(part for one in (*self.zips, self) for part in one.parts)


@dataclass(frozen=True)
class HandIn:
    """What one person handed in at one time."""

    student_id: str
    files: tuple[File, ...]
    order: float = 0  # of two hand-ins, the larger is newer
    handed_in: datetime | None = None
    notes: tuple[str, ...] = ()
    usual: int = 1  # the depth at which work belongs, so that nothing has to be said of it
    names: tuple[str, ...] = field(default_factory=names)  # that were asked for, the preferred one first
    stamped: bool = False  # whether a timestamp.txt beside the work says when it was handed in
    problem: str = ""  # why nothing of it can be read, if so
    path: Path | None = None  # what the problem is about, or else the folder of what was handed in


@dataclass(frozen=True)
class Reading:
    """A class as its form explains it: hand-ins, files that belong to no one with the reason, and remarks."""

    hand_ins: Sequence[HandIn]
    strays: Sequence[tuple[Member, str]] = ()
    remarks: Sequence[str] = ()
