"""A plan is performed: what each call answers, what an end costs whom, and what is believed of what comes back."""

from collections.abc import Iterator, Mapping

import pytest

from autograder.model.plan import Call, Plan
from autograder.model.replies import Reply
from autograder.model.settings import Limits
from autograder.sandbox.host.monitor import Budget
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import Supervisor
from tests.performing import LIMITS, a_worker, came_of, perform, performed, plan_of, said, source


@pytest.fixture(scope="module")
def shared() -> Iterator[Supervisor]:
    """One worker for all."""
    with a_worker() as worker:
        yield worker


@pytest.fixture
def worker(shared: Supervisor) -> Iterator[Supervisor]:
    """The worker, with its usual limits."""
    yield shared
    shared.limits = LIMITS


def limits(**changes: float) -> Limits:
    return LIMITS.model_copy(update=changes)


# Ends of a process, of which each costs its own group and says what it was.

GOOD = "def good(x):\n    return x\n"


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ("os._exit(3)", "crashed: ended its process with exit status 3"),
        ("os._exit(0)", "crashed: ended its process with exit status 0"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed: ended its process with SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "crashed: ended its process with SIGXCPU"),
        ("os.kill(os.getpid(), 40)", "crashed: ended its process with signal 40"),
        ("os.kill(os.getpid(), signal.SIGSYS)", "forbidden: asked the operating system for something that no task"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "memory: was ended by the operating system, most likely for its use"),
    ],
)
def test_an_end_is_told_by_its_name(worker: Supervisor, body: str, end: str) -> None:
    """And what was asked before and after it has its answer."""
    text = f"import os, signal\n{GOOD}def bad(x):\n    {body}\ndef other(x):\n    return x\n"
    first, lost, last = came_of(worker, text, "good bad other")
    assert (first, last) == ("value", "value")
    assert lost.startswith(end)


def test_time_used_up_is_no_lack_of_memory(worker: Supervisor) -> None:
    """A process that the kernel kills for its CPU time ends as one without memory does."""
    worker.limits = limits(submission_seconds=0.03)
    text = """
import os, signal, time
def bad(x):
    while time.process_time() < 0.035:
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert came_of(worker, text, "bad") == ["timeout: the 0.03 s of a whole submission were used up"]


@pytest.mark.parametrize("use", ["while time.process_time() < until: pass", "time.sleep(0.3)"])
def test_processes_share_the_time_of_their_submission(worker: Supervisor, use: str) -> None:
    """Of groups that each end their process, those get no turn for which no time is left: no process starts anew."""
    worker.limits = limits(submission_seconds=0.2)
    text = "import os, time\ndef {}(x):\n    until = time.process_time() + 0.068\n    {}\n    os._exit(3)\n"
    ends = came_of(worker, "".join(text.format(name, use) for name in "abcdefgh"), "a b c d e f g h")
    crashed, spent = "crashed: ended its process with exit status 3", "timeout: the 0.2 s of a whole submission were"
    lost = [end for end in ends if end != crashed]
    assert ends[:2] == [crashed] * 2
    assert lost == [f"{spent} used up"] + [f"{spent} used up before this task"] * (len(lost) - 1)
    assert len(lost) > 2


def test_whom_an_earlier_group_has_killed_is_tried_again(worker: Supervisor) -> None:
    """An alarm that one function sets goes off in another, which then answers in a process of its own."""
    text = """
import signal, time
def sets(x):
    signal.setitimer(signal.ITIMER_REAL, 0.03)
    return x
def waits(x):
    time.sleep(0.06)
    return x
def after(x):
    return x
"""
    assert came_of(worker, text, "sets waits after") == ["value"] * 3


def test_who_is_tried_again_comes_last(worker: Supervisor) -> None:
    """A second try takes no time from those who have not had their first."""
    worker.limits = limits(submission_seconds=0.15)
    text = f"{GOOD}def bad(x):\n    while True: pass\ndef other(x):\n    return x\n"
    assert came_of(worker, text, "good bad other") == [
        "value",
        "timeout: the 0.15 s of a whole submission were used up",
        "value",
    ]


def test_a_group_that_is_tried_again_answers_as_a_whole(worker: Supervisor) -> None:
    """What came of it before its process ended is not mixed with what comes later."""
    text = "import os, time\nn = 0\n" + GOOD
    text += "def bad(x):\n    global n\n    n += 1\n    time.sleep(0.06)\n    return os._exit(0) if n == 2 else n * x\n"
    calls = [Call(f"{name}/{n}", name, name, (float(n),)) for name in ("good", "bad") for n in range(2)]
    replies = perform(worker, source(text), EncodedPlan(Plan(tuple(calls)))).replies
    assert [said(replies[call.id]).partition(":")[0] for call in calls] == ["value", "value", "value", "crashed"]


def test_only_the_calls_that_are_asked_for_are_made(worker: Supervisor) -> None:
    """A second look at one task leaves the others alone."""
    text = GOOD + "def bad(x):\n    raise ValueError\n"
    encoded = plan_of(["bad", "good"])
    assert list(perform(worker, source(text), encoded, encoded.plan.calls[1:]).replies) == ["good/0"]


def test_a_plan_for_once_leaves_that_of_the_worker(worker: Supervisor) -> None:
    """The next submission gets the calls of everybody."""
    usual = plan_of(["good"])
    once = EncodedPlan(Plan((Call("once/0", "once", "good", (2.0,)),)), once=True)
    for plan, call in ((usual, "good/0"), (once, "once/0"), (usual, "good/0")):
        assert [*perform(worker, source(GOOD), plan).replies] == [call]


# The loading of a file that ends its process.


def test_lines_that_end_the_process_are_left_out_up_to_a_number(worker: Supervisor) -> None:
    """What ends a process while a file loads costs the rest of that file, of a notebook only its cell."""
    ends = ["import os; os._exit(0)"] * 4
    transcript = perform(worker, source(*ends, GOOD), plan_of(["good"]))
    assert said(transcript.replies["good/0"]) == "value"
    assert [(skipped.where, skipped.line) for skipped in transcript.skipped] == [(f"cell {n}", 1) for n in range(1, 5)]
    assert [loss.state for loss in transcript.load_losses] == ["crashed"] * 4
    transcript = perform(worker, source(*ends, ends[0], GOOD), plan_of(["good"]))
    assert not transcript.loaded
    assert said(transcript.replies["good/0"]) == "crashed: ended its process with exit status 0"
    assert len(transcript.load_losses) == 5


def test_loading_has_the_time_of_the_submission(worker: Supervisor) -> None:
    """Where it is used up before the file is loaded, that is how the file is lost."""
    worker.limits = limits(submission_seconds=0.02)
    transcript = performed(worker, "import time\nwhile time.process_time() < 0.03: pass\n" + GOOD, "good")
    assert not transcript.loaded
    assert transcript.load_losses[-1].message == "the 0.02 s of a whole submission were used up before this task"


@pytest.mark.parametrize("use", ["while time.process_time() < until: pass", "time.sleep(0.4)"])
def test_plans_share_the_time_of_their_submission(worker: Supervisor, use: str) -> None:
    """What a first plan has used is not there for a second, its loading included; and nothing starts a third."""
    worker.limits = limits(submission_seconds=0.12)
    text = f"import time\nuntil = time.process_time() + 0.08\n{use}\n{GOOD}"
    session = Session(worker, source(text))
    spent = "timeout: the 0.12 s of a whole submission were used up"
    came = [said(session.perform(plan_of(["good"])).replies["good/0"]) for _ in range(3)]
    assert came == ["value", f"{spent} before this task", f"{spent} before this task"]
    assert session.spent


@pytest.mark.parametrize("left", [Budget(1e-9, 1, 1 << 20), Budget(1, 1e-9, 1 << 20), Budget(1, 1, 1)])
def test_next_to_nothing_left_is_no_fault_of_ours(worker: Supervisor, left: Budget) -> None:
    """Before a process has locked itself in, no time and no memory of the submission's is used."""
    for text in (GOOD, f"import time\ntime.sleep(9)\n{GOOD}"):
        session = Session(worker, source(text))
        session.left = left
        assert "good/0" in session.perform(plan_of(["good"])).replies


def test_a_process_that_keeps_nothing_goes_on_with_what_is_asked_then(worker: Supervisor) -> None:
    """From its replies, further calls are asked in the same process, and all replies are one transcript."""
    encoded = plan_of(["good", "also", "third"])
    text = "def good(x):\n    return 2 * x\n\n\ndef also(x):\n    return 3 * x\n\n\ndef third(x):\n    return 4 * x\n"
    asked = []

    def more(replies: Mapping[str, Reply]) -> list[Call]:
        asked.append(list(replies))
        return [encoded.plan.calls[2]]

    first = encoded.plan.calls[:2]
    transcript = perform(worker, source(text), encoded, first, more)
    assert asked == [["good/0", "also/0"]]
    assert [float(reply.parts[0].values) for reply in transcript.replies.values()] == [2.0, 3.0, 4.0]  # type: ignore[arg-type]
    kept = "memory = []\n" + text.replace("return 2 * x", "memory.append(x)\n    return 2 * x")
    assert list(perform(worker, source(kept), encoded, first, more).replies) == ["good/0", "also/0"]
    assert len(asked) == 1


def test_what_hangs_when_it_is_asked_then_costs_its_group_alone(worker: Supervisor) -> None:
    """A call that ends the process in which it was asked later is asked once more, with its group and for itself."""
    calls = [Call("a/0", "a", "a", (1.0,)), Call("b/0", "b", "b", (1.0,)), Call("a/1", "a", "a", (0.0,))]
    calls += [Call("b/1", "b", "b", (0.0,))]
    encoded = EncodedPlan(Plan(tuple(calls)))
    text = "def a(x):\n    while not x:\n        pass\n    return x\n\n\ndef b(x):\n    return x\n"
    transcript = perform(worker, source(text), encoded, calls[:2], lambda _: calls[2:])
    came = {name: said(reply).partition(":")[0] for name, reply in transcript.replies.items()}
    assert came == {"a/0": "value", "b/0": "value", "a/1": "timeout", "b/1": "value"}
