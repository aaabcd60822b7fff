"""Have a whole plan performed: in one process if all goes well, in as many as it takes if not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.plan import Call, Plan
from autograder.sandbox.encode import encode_job, encode_plan
from autograder.sandbox.replies import Loss, RaisedError, Reply, Skipped
from autograder.sandbox.supervisor import Supervisor
from autograder.sandbox.usage import CLOCK_PER_CPU
from autograder.sandbox.watch import Attempted
from autograder.submissions import Source

Replies = Mapping[str, Reply]

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


def perform(
    room: Supervisor,
    source: Source,
    encoded: EncodedPlan,
    wanted: Sequence[Call] | None = None,
    more: Callable[[Replies], Sequence[Call]] = lambda _: (),
) -> Transcript:
    """Return the transcript of a submission. What one group of calls does to its process costs no other.

    Args:
        room: where to perform.
        source: the submission.
        encoded: the plan.
        wanted: the calls of it that are made, in its order; None: all.
        more: from the replies of a process in which no call can leave anything behind, the calls that it makes then.

    Raises:
        RoomBroken: the room failed, not the submission.
    """
    transcript = Transcript()
    poison: list[int] = []
    announce = False  # where the loading of a file ends its process, it is loaded again step by step
    due = list(encoded.plan.calls if wanted is None else wanted)
    kept, own = (b"", encoded.frame) if encoded.once else (encoded.frame, b"")
    open_groups = list(dict.fromkeys(call.group for call in due))
    doubtful = list[str]()  # these are tried when all others have run
    cpu = room.limits.submission_seconds
    clock = CLOCK_PER_CPU * cpu
    while cpu > 0 and clock > 0:
        asked = open_groups or doubtful[:1]
        calls = [call for call in due if call.group in asked]
        places = [place for place, _ in encoded.asked(calls)]
        job = encode_job(source, calls=places, poison=poison, announce=announce, plan=own)
        attempt = room.run(job, kept, calls, cpu, clock, lambda replies: encoded.asked(more(replies)))
        cpu, clock = cpu - attempt.cpu, clock - attempt.clock
        transcript.attempts += tuple(attempt.attempts)
        _forget(transcript, calls)
        transcript.replies.update(attempt.replies)
        if attempt.loaded is None:
            loss = attempt.loss or Loss("crashed", "ended without a word")
            if not announce:
                announce = True
                continue
            transcript.load_losses += (loss,)
            if len(poison) == MAX_BAD_STEPS or attempt.step in poison or attempt.step == 0:
                return _lose_the_rest(transcript, due, loss)
            poison.append(attempt.step)
            continue
        transcript.loaded = True
        transcript.stateless = attempt.loaded.stateless
        transcript.problems = tuple(attempt.loaded.problems)
        transcript.skipped = tuple(attempt.loaded.skipped)
        due += attempt.calls[len(calls) :]  # what `more` added
        running = next((call.group for call in attempt.calls if call.id not in transcript.replies), None)
        if running is not None and running != calls[0].group:
            # It may have met what an earlier group left behind, such as an alarm: it will be the first of another.
            _forget(transcript, [call for call in due if call.group == running])
            doubtful.append(running)
        elif running is not None:
            group = [call for call in due if call.group == running]
            _lose_the_rest(transcript, group, attempt.loss or Loss("crashed", "ended without a word"))
        unsettled = dict.fromkeys(call.group for call in due if call.id not in transcript.replies)
        open_groups = [group for group in unsettled if group not in doubtful]
        doubtful = [group for group in doubtful if group in unsettled]
        if not unsettled:
            return transcript
    spent = Loss(
        "timeout", f"the {room.limits.submission_seconds:g} s of a whole submission were used up before this task"
    )
    if not transcript.loaded:
        transcript.load_losses += (spent,)
    return _lose_the_rest(transcript, due, spent)


def _forget(transcript: Transcript, calls: Sequence[Call]) -> None:
    for call in calls:
        transcript.replies.pop(call.id, None)


def _lose_the_rest(transcript: Transcript, calls: Sequence[Call], loss: Loss) -> Transcript:
    for call in calls:
        transcript.replies.setdefault(call.id, Reply("lost", lost=loss))
    return transcript
