"""Have a few lines performed as a submission: each function is a group of calls of its own, called with 1.0."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from autograder.model.plan import Call, Plan
from autograder.model.replies import Reply, Transcript
from autograder.model.settings import Limits
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import More, Supervisor, open_worker
from autograder.submissions import Source
from tests.locked import here

# Short, so that what takes too long is over soon: a call may sleep for four times as long.
LIMITS = Limits(call_cpu_seconds=0.1, submission_seconds=1, reply_mb=8, memory_mb=512, output_mb=0.01)


@contextmanager
def a_worker() -> Iterator[Supervisor]:
    """Start a worker with short limits; a test may set others of its limits on time and replies."""
    with open_worker(here(), LIMITS) as worker:
        yield worker


def source(text: str, *more: str) -> Source:
    """Return a file, or the cells of a notebook."""
    chunks = [("rnn.py", text)] if not more else [(f"cell {n}", code) for n, code in enumerate((text, *more), 1)]
    return Source("ipynb" if more else "py", tuple(chunks), "")


def plan_of(groups: Sequence[str]) -> EncodedPlan:
    """Return the plan that calls each function once."""
    return EncodedPlan(Plan(tuple(Call(f"{name}/0", name, name, (1.0,)) for name in groups)))


def perform(
    worker: Supervisor,
    source: Source,
    plan: EncodedPlan,
    wanted: Sequence[Call] | None = None,
    more: More = lambda _: (),
) -> Transcript:
    """Return what comes of one plan, for which a submission has all of its time."""
    return Session(worker, source).perform(plan, wanted, more)


def performed(worker: Supervisor, text: str, groups: str) -> Transcript:
    """Return what came of calling these functions of a file, in turn."""
    return perform(worker, source(text), plan_of(groups.split()))


def said(reply: Reply) -> str:
    """Return in a word what came of a call, with the reason of a loss."""
    return f"{reply.lost.state}: {reply.lost.message}" if reply.lost else reply.kind


def came_of(worker: Supervisor, text: str, groups: str) -> list[str]:
    """Return in a word what came of each group."""
    replies = performed(worker, text, groups).replies
    return [said(replies[f"{name}/0"]) for name in groups.split()]
