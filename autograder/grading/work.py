"""What passes between the coordinator and those who grade, wherever they are: plain data, and one protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from autograder.model.verdict import Verdict
from autograder.submissions import Source


@dataclass(frozen=True)
class GradingJob:
    """One submission to grade. The seed secret stays with the coordinator."""

    student_id: str
    source: Source
    seed: int  # of the student's cases
    attempt: int | None  # at which this seed gave a proved case set; None: nobody knows yet


@dataclass(frozen=True)
class Done:
    """The verdict on a submission."""

    verdict: Verdict
    attempt: int | None = None  # of the case set that it was graded on

    @property
    def student_id(self) -> str:
        """Whose submission it was."""
        return self.verdict.student_id


@dataclass(frozen=True)
class Lost:
    """Whoever graded this submission came to an end over it, or beside it."""

    student_id: str
    why: str


class Workers(Protocol):
    """Where submissions are graded. Not thread-safe: the coordinator alone talks to it."""

    @property
    def sandbox(self) -> str:
        """The line that says what holds the student code there."""
        ...

    def free_slots(self) -> int:
        """Return how many more jobs it takes now: some while nothing is out, and never many per worker."""
        ...

    def give(self, jobs: Sequence[GradingJob]) -> None:
        """Have these graded. No more than `free_slots` allows."""
        ...

    def take(self) -> list[Done | Lost]:
        """Wait until something has become of the jobs that are out, and return all that has.

        Raises:
            WorkersFailed: nothing will become of them.
        """
        ...
