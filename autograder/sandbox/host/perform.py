"""Have a whole plan performed: in one process if all goes well, in as many as it takes if not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.model.plan import Call, Plan
from autograder.sandbox.host.encode import encode_job, encode_plan
from autograder.sandbox.host.replies import Loss, RaisedError, Reply, Skipped
from autograder.sandbox.host.supervisor import Job, Supervisor
from autograder.sandbox.host.watch import Attempt, Attempted, Left
from autograder.submissions import Source

Replies = Mapping[str, Reply]
More = Callable[[Replies], Sequence[Call]]

# A file whose top level ends process after process is given up on.
MAX_BAD_STEPS = 4


class EncodedPlan:
    """A plan with its frame, encoded once for everybody who gets it.

    The room keeps the plan that came last. One that is performed once goes with its job, and is not kept.
    """

    def __init__(self, plan: Plan, *, once: bool = False) -> None:
        self.plan = plan
        self.once = once
        self.frame = encode_plan(plan)
        self._places = {call.id: place for place, call in enumerate(plan.calls)}

    def asked(self, calls: Sequence[Call]) -> list[tuple[int, Call]]:
        """Return calls of the plan with their positions in it."""
        return [(self._places[call.id], call) for call in calls]


@dataclass
class Transcript:
    """What a submission answered: one reply for each call of the plan, and how its loading went."""

    replies: dict[str, Reply] = field(default_factory=dict)
    problems: tuple[RaisedError, ...] = ()  # errors of top-level statements
    skipped: tuple[Skipped, ...] = ()  # top-level statements that ended a process
    load_losses: tuple[Loss, ...] = ()  # how they ended it
    loaded: bool = False
    stateless: bool = False  # it says that no call of its functions can have a say in another
    attempts: tuple[Attempted, ...] = ()  # what it asked for and did not get


class Session:
    """Has plans performed by one submission, which has its time and its room for replies but once for all of them."""

    def __init__(self, room: Supervisor, source: Source) -> None:
        self.room = room
        self.source = source
        self.left = Left.of(room.limits)

    @property
    def spent(self) -> bool:
        """Whether the submission has used up its time."""
        return self.left.cpu <= 0 or self.left.clock <= 0

    def perform(
        self, encoded: EncodedPlan, wanted: Sequence[Call] | None = None, more: More = lambda _: ()
    ) -> Transcript:
        """Return what comes of a plan. What one group of calls does to its process costs no other.

        Args:
            encoded: the plan.
            wanted: the calls of it that are made, in its order; None: all.
            more: from the replies of a process in which no call can leave anything behind, the calls that it makes
                then.

        Raises:
            RoomBroken: the room failed, not the submission.
        """
        performance = _Performance(encoded, list(encoded.plan.calls if wanted is None else wanted))
        while not self.spent:
            calls = performance.next_calls()
            job = performance.job(self.source, calls)
            attempt = self.room.run(job, calls, self.left, lambda replies: encoded.asked(more(replies)))
            self.left = attempt.left
            if not performance.goes_on_after(attempt, calls):
                return performance.transcript
        seconds = self.room.limits.submission_seconds
        performance.give_up(Loss("timeout", f"the {seconds:g} s of a whole submission were used up before this task"))
        return performance.transcript


class _Performance:
    """How far a submission is with the calls of a plan, over all of its processes."""

    def __init__(self, encoded: EncodedPlan, due: list[Call]) -> None:
        self.encoded = encoded
        self.due = due
        self.transcript = Transcript()
        self.poison: list[int] = []
        self.announce = False  # where the loading of a file ends its process, it is loaded again step by step
        self.open_groups = list(dict.fromkeys(call.group for call in due))
        self.doubtful: list[str] = []  # these are tried when all others have run

    def next_calls(self) -> list[Call]:
        """Return the calls that the next process is to make."""
        asked = self.open_groups or self.doubtful[:1]
        return [call for call in self.due if call.group in asked]

    def job(self, source: Source, calls: Sequence[Call]) -> Job:
        """Return the job of that process."""
        kept, own = (b"", self.encoded.frame) if self.encoded.once else (self.encoded.frame, b"")
        places = [place for place, _ in self.encoded.asked(calls)]
        return Job(encode_job(source, calls=places, poison=self.poison, announce=self.announce, plan=own), kept)

    def goes_on_after(self, attempt: Attempt, calls: Sequence[Call]) -> bool:
        """Take in what a process made of these calls; say whether another is needed."""
        self.transcript.attempts += tuple(attempt.attempts)
        self._forget(calls)
        self.transcript.replies.update(attempt.replies)
        if attempt.loaded is None:
            return self._is_loaded_again(attempt)
        self.transcript.loaded = True
        self.transcript.stateless = attempt.loaded.stateless
        self.transcript.problems = attempt.loaded.problems
        self.transcript.skipped = attempt.loaded.skipped
        self.due += attempt.calls[len(calls) :]  # what was asked then
        self._settle(attempt)
        unsettled = dict.fromkeys(call.group for call in self.due if call.id not in self.transcript.replies)
        self.open_groups = [group for group in unsettled if group not in self.doubtful]
        self.doubtful = [group for group in self.doubtful if group in unsettled]
        return bool(unsettled)

    def give_up(self, loss: Loss) -> None:
        """Lose what has no reply yet; the file as well, if it was never loaded."""
        if not self.transcript.loaded:
            self.transcript.load_losses += (loss,)
        self._lose(self.due, loss)

    def _is_loaded_again(self, attempt: Attempt) -> bool:
        """Whether a file that ended its process while it was loaded has another try, without that step."""
        if not self.announce:
            self.announce = True
            return True
        loss = attempt.loss or _SILENT
        self.transcript.load_losses += (loss,)
        if len(self.poison) == MAX_BAD_STEPS or attempt.step in self.poison or attempt.step == 0:
            self._lose(self.due, loss)
            return False
        self.poison.append(attempt.step)
        return True

    def _settle(self, attempt: Attempt) -> None:
        """Decide about the group that was running when the process ended, if it did not come to its end."""
        running = next((call.group for call in attempt.calls if call.id not in self.transcript.replies), None)
        if running is None:
            return
        group = [call for call in self.due if call.group == running]
        if running == attempt.calls[0].group:
            self._lose(group, attempt.loss or _SILENT)
        else:  # it may have met what an earlier group left behind, such as an alarm: it will be the first of another
            self._forget(group)
            self.doubtful.append(running)

    def _forget(self, calls: Sequence[Call]) -> None:
        for call in calls:
            self.transcript.replies.pop(call.id, None)

    def _lose(self, calls: Sequence[Call], loss: Loss) -> None:
        for call in calls:
            self.transcript.replies.setdefault(call.id, Reply("lost", lost=loss))


_SILENT = Loss("crashed", "ended without a word")
