"""Follow-through: what is right for the student's own wrong functions.

stand_in    what stands in for a student's own function where another one is followed
follow      what is asked
agreement   whether the replies agree with the student's own functions
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.assignment import Task
from autograder.judge.values import CaseResult
from autograder.model.cases import CaseSet
from autograder.model.plan import Plan
from autograder.model.replies import Reply
from autograder.model.verdict import Outcome

from ..follow.agreement import answered_again, follow_through
from ..follow.follow import Follow, Results


@dataclass(frozen=True, eq=False)
class Followed:
    """The questions about the tasks of one submission that may be right for its own functions."""

    asked: Follow

    @property
    def plan(self) -> Plan:
        """The calls, for one process of their own."""
        return self.asked.plan

    def answered_again(self, replies: Mapping[str, Reply]) -> list[tuple[CaseResult, CaseResult]]:
        """Return each judged case that was asked again, as it was answered first and as it is answered now."""
        return answered_again(self.asked, replies)

    def credit(
        self, replies: Mapping[str, Reply], outcomes: Mapping[str, Outcome], cap: float
    ) -> dict[str, dict[str, tuple[float, str]]]:
        """Return by task, for each part that agrees with the student's own functions, (share, why)."""
        return follow_through(self.asked, replies, outcomes, cap)


def followed(
    tasks: Sequence[Task], cases: CaseSet, results: Results, outcomes: Mapping[str, Outcome]
) -> Followed | None:
    """Return what to ask, or None where following through could change nothing."""
    asked = Follow.of(tasks, cases, results, outcomes)
    return None if asked is None else Followed(asked)
