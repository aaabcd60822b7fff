"""Have a whole plan performed: in one process if all goes well, in as many as it takes if not."""

from dataclasses import dataclass, field

from autograder.plan import Plan
from autograder.sandbox.encode import encode_job, encode_plan
from autograder.sandbox.replies import Loss, RaisedError, Reply, Skipped
from autograder.sandbox.supervisor import Attempted, Supervisor
from autograder.submissions import Source

# A file whose top level ends process after process is given up on.
MAX_BAD_STEPS = 4


class EncodedPlan:
    """A plan with its frame, encoded once for everybody who gets it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.frame = encode_plan(plan)


@dataclass
class Transcript:
    """What a submission answered: one reply for each call of the plan, and how its loading went."""

    replies: dict[str, Reply] = field(default_factory=dict)
    problems: tuple[RaisedError, ...] = ()  # errors of top-level statements
    skipped: tuple[Skipped, ...] = ()  # top-level statements that ended a process
    load_losses: tuple[Loss, ...] = ()  # how they ended it
    loaded: bool = False
    layers: tuple[str, ...] = ()  # what held the process
    attempts: tuple[Attempted, ...] = ()  # what it asked for and did not get
    processes: int = 0
    cpu: float = 0.0


def perform(room: Supervisor, source: Source, encoded: EncodedPlan) -> Transcript:
    """Return the transcript of a submission. What one group of calls does to its process costs no other.

    Raises:
        RoomBroken: the room failed, not the submission.
    """
    transcript = Transcript()
    poison: list[int] = []
    announce = False  # where the loading of a file ends its process, it is loaded again step by step
    done: list[str] = []  # groups that are not called again
    left = room.limits.submission_seconds
    while left > 0:
        calls = [call for call in encoded.plan.calls if call.group not in done]
        job = encode_job(source, skip=done, poison=poison, announce=announce)
        attempt = room.run(job, encoded.frame, calls, left)
        left -= attempt.cpu
        transcript.processes += 1
        transcript.cpu += attempt.cpu
        transcript.layers = attempt.layers
        transcript.attempts += tuple(attempt.attempts)
        transcript.replies.update(attempt.replies)
        if attempt.loaded is None:
            loss = attempt.loss or Loss("crashed", "ended without a word")
            if not announce:
                announce = True
                continue
            transcript.load_losses += (loss,)
            if len(poison) == MAX_BAD_STEPS or attempt.step in poison or attempt.step == 0:
                return _lose_the_rest(transcript, encoded.plan, loss)
            poison.append(attempt.step)
            continue
        transcript.loaded = True
        transcript.problems = tuple(attempt.loaded.problems)
        transcript.skipped = tuple(attempt.loaded.skipped)
        if attempt.loss is None:
            return transcript
        _lose_one_group(transcript, encoded.plan, attempt.loss, done)
        if all(call.id in transcript.replies for call in encoded.plan.calls):
            return transcript
    spent = Loss(
        "timeout", f"the {room.limits.submission_seconds:g} s of a whole submission were used up before this task"
    )
    return _lose_the_rest(transcript, encoded.plan, spent)


def _lose_one_group(transcript: Transcript, plan: Plan, loss: Loss, done: list[str]) -> None:
    """Lose the group that was running when the process ended; note which groups need not be repeated."""
    running = next((call.group for call in plan.calls if call.id not in transcript.replies), None)
    for call in plan.calls:
        if call.group == running:
            transcript.replies.setdefault(call.id, Reply("lost", lost=loss))
        if call.id in transcript.replies and call.group not in done:
            done.append(call.group)


def _lose_the_rest(transcript: Transcript, plan: Plan, loss: Loss) -> Transcript:
    for call in plan.calls:
        transcript.replies.setdefault(call.id, Reply("lost", lost=loss))
    return transcript
