"""What every format is turned into: attempts of students, each with files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.submissions.archives.contents import Member


@dataclass(frozen=True)
class File:
    """A file of an attempt, by the path that the student gave it."""

    parts: tuple[str, ...]
    member: Member
    order: int = 0  # of two files with the same path, the larger is newer

    @property
    def name(self) -> str:
        """The name without its folders."""
        return self.parts[-1]


@dataclass(frozen=True)
class Attempt:
    """What one student handed in at one time."""

    student_id: str
    files: tuple[File, ...]
    order: float = 0  # of two attempts, the larger is newer
    handed_in: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A download as its format explains it: the attempts, and the files that belong to none, with the reason."""

    attempts: Sequence[Attempt]
    strays: Sequence[tuple[Member, str]] = ()
