"""What the engine asks of an assignment's follow-through: what is right for a student's own wrong functions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from autograder.assignment import Task
from autograder.judge.values import CaseResult
from autograder.model.cases import CaseSet
from autograder.model.plan import Plan
from autograder.model.replies import Reply
from autograder.model.verdict import Outcome


class Followed(Protocol):
    """What is asked to see whether wrong answers are right for the student's own functions."""

    @property
    def plan(self) -> Plan:
        """The calls, for one process of their own."""
        ...

    def answered_again(self, replies: Mapping[str, Reply]) -> list[tuple[CaseResult, CaseResult]]:
        """Return each judged case that was asked again, as it was answered first and as it is answered now."""
        ...

    def credit(
        self, replies: Mapping[str, Reply], outcomes: Mapping[str, Outcome], cap: float
    ) -> dict[str, dict[str, tuple[float, str]]]:
        """Return by task, for each part that agrees with the student's own functions, (share, why)."""
        ...


#: (tasks, cases, results by task, outcomes by task) → what to ask, None where following could change nothing.
Follow = Callable[[Sequence[Task], CaseSet, Mapping[str, Sequence[CaseResult]], Mapping[str, Outcome]], Followed | None]
