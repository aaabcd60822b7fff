"""Which time counts against a submission: what it computes, and what it waits for anything but a processor."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.model.plan import Call, Plan
from autograder.model.settings import Limits
from autograder.sandbox.host import monitor, usage
from autograder.sandbox.host.perform import EncodedPlan
from autograder.sandbox.host.supervisor import Supervisor
from autograder.sandbox.host.usage import LOOK_SECONDS, Clock
from tests.performing import LIMITS, a_worker, came_of, perform, source
from tests.processes import descendants, wait_until

TEXT = """
import os, signal, time
def compute(x):
    until = time.process_time() + 0.025
    while time.process_time() < until:
        pass
    return x
def loop(x):
    while True:
        pass
def sleep(x):
    time.sleep(1000)
def stop(x):
    os.kill(os.getpid(), signal.SIGSTOP)
def large(x):
    import numpy as np
    time.sleep(0.15)
    return np.ones(100_000)
def leave(x):
    time.sleep(0.2)
    os._exit(3)
def close(x):
    os.closerange(3, 64)
    time.sleep(1000)
def close_and_leave(x):
    os.closerange(3, 64)
    os._exit(3)
"""
LOOPS = "timeout: used more than 0.1 s of CPU at one go"
SLEEPS = "timeout: did not answer for 0.4 s"
SPENT = "timeout: the {} s of a whole submission were used up"


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


@contextmanager
def interrupted(seconds: float, action: Callable[[], object]) -> Iterator[None]:
    """Have the grader do something else after a while."""
    before = signal.signal(signal.SIGALRM, lambda *_: action())
    signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("function", "end"), [("compute", "value"), ("loop", LOOPS), ("sleep", SLEEPS), ("stop", SLEEPS)]
)
def test_what_computes_too_long_or_waits_too_long_is_ended(worker: Supervisor, function: str, end: str) -> None:
    """A loop ends by its CPU time; what uses none ends by the clock, and four times as late."""
    assert came_of(worker, TEXT, function) == [end]


def test_an_answer_that_took_too_long_does_not_count(worker: Supervisor) -> None:
    """It may be here before anybody looks at the time: whether it counts must not depend on that."""
    worker.limits = limits(call_cpu_seconds=0.02)
    assert came_of(worker, TEXT, "compute") == ["timeout: used more than 0.02 s of CPU at one go"]
    worker.limits = limits(submission_seconds=0.02)
    assert came_of(worker, TEXT, "compute") == [SPENT.format(0.02)]


def test_each_answer_begins_the_time_of_what_comes_next(worker: Supervisor) -> None:
    """Many calls that are quick enough take longer than one may, however many answers come in one frame."""
    text = "def {}(x):\n    until = time.process_time() + 0.003\n"
    text += "    while time.process_time() < until: pass\n    return BORN\n"
    calls = tuple(Call(f"{name}/{n}", name, name, (1.0,)) for name in "abcdefgh" for n in range(8))
    whole = "import time\nBORN = time.monotonic()\n" + "".join(map(text.format, "abcdefgh"))
    replies = perform(worker, source(whole), EncodedPlan(Plan(calls))).replies
    born = {float(replies[call.id].parts[0].values) for call in calls}  # type: ignore[arg-type]
    assert len(born) == 1  # in one process: none was ended and asked again


@contextmanager
def starved() -> Iterator[None]:
    """Leave the worker next to nothing of a processor."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("processes can't be put on a processor here")
    core = {min(os.sched_getaffinity(0))}
    for pid in descendants(os.getpid()):
        os.sched_setaffinity(pid, core)
        os.setpriority(os.PRIO_PROCESS, pid, 10)
        with contextlib.suppress(OSError):  # where sessions share the processor first, and processes within each
            Path(f"/proc/{pid}/autogroup").write_text("10")
    spin = f"import os; os.sched_setaffinity(0, {core}); print(flush=True)\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-S", "-c", spin], stdout=subprocess.PIPE) for _ in range(2)]
    for other in others:
        assert other.stdout is not None
        other.stdout.readline()
    yield
    for other in others:
        other.kill()
        other.communicate()


def test_a_busy_machine_changes_no_state() -> None:
    """What computes within its time gets there, however long that takes; what waits is ended all the same."""
    with a_worker() as worker:
        worker.limits = limits(call_cpu_seconds=0.04)
        quiet = [came_of(worker, TEXT, function) for function in ("compute", "sleep")]
        with starved():
            busy = [came_of(worker, TEXT, function) for function in ("compute", "sleep")]
    assert busy == quiet == [["value"], ["timeout: did not answer for 0.16 s"]]


def test_a_grader_that_is_held_up_itself_charges_nobody_for_it(worker: Supervisor) -> None:
    """An answer that waits in the channel, because nobody reads, is no sleep."""
    with interrupted(0.1, lambda: time.sleep(0.6)):
        assert came_of(worker, TEXT, "large") == ["value"]


def test_who_is_ended_late_pays_for_no_more_than_the_limit(worker: Supervisor) -> None:
    """What a loop uses until somebody comes to end it is not taken from the functions that are still to be called."""
    worker.limits = limits(submission_seconds=0.3)
    before = descendants(os.getpid())

    def wait() -> None:
        wait_until(lambda: any(time.clock_gettime(~pid << 3 | 2) > 0.4 for pid in descendants(os.getpid()) - before))

    with interrupted(0.05, wait):
        assert came_of(worker, TEXT, "loop compute") == [LOOPS, "value"]


def test_a_worker_that_is_held_up_charges_nobody_for_it(worker: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a process has ended is known before the worker says so: it has not just closed its connection."""
    monkeypatch.setattr(monitor, "GONE_SECONDS", 0.1)
    processes = descendants(os.getpid())  # the submission's own is still to come

    def send(number: int) -> None:
        for pid in processes:
            os.kill(pid, number)

    def stop() -> None:
        send(signal.SIGSTOP)
        threading.Timer(0.4, send, (signal.SIGCONT,)).start()

    with interrupted(0.1, stop):
        assert came_of(worker, TEXT, "leave") == ["crashed: ended its process with exit status 3"]


@pytest.mark.parametrize(
    ("function", "end"),
    [
        ("close", "forbidden: closed its connection to the grader"),
        ("close_and_leave", "crashed: ended its process with exit status 3"),
    ],
)
def test_a_closed_connection_is_told_from_an_end(
    worker: Supervisor, monkeypatch: pytest.MonkeyPatch, function: str, end: str
) -> None:
    """Who ends closes everything; who closes and goes on hides."""
    monkeypatch.setattr(monitor, "GONE_SECONDS", 0.1)
    assert came_of(worker, TEXT, function) == [end]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_of_a_process_that_has_ended_nothing_is_known() -> None:
    """Least of all the time of another one, such as the grader's own."""
    process = subprocess.Popen(["true"])
    clock = Clock((process.pid, os.pidfd_open(process.pid)))
    process.wait()
    time.sleep(LOOK_SECONDS)
    assert clock.look()
    assert clock.cpu == 0


def test_where_the_system_tells_nothing_the_clock_is_generous() -> None:
    """No process is ended for what it computes, and half of the time is taken for waiting for a processor."""
    clock = Clock((os.getpid(), None))
    time.sleep(LOOK_SECONDS)
    assert clock.look()
    assert clock.cpu == 0
    assert 0 < clock.seconds <= LOOK_SECONDS


def test_what_counts_is_neither_waiting_for_a_processor_nor_for_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step by step: the time, what the kernel says then, and the seconds that count."""
    steps = [  # when we look: CPU time, wait for a processor, state, and what has counted in all
        (0.04, 0.00, 0.00, "S", 0.00),  # too early
        (0.05, 0.01, 0.00, "S", 0.05),
        (0.10, 0.01, 0.00, "R", 0.05),  # has been waiting for a processor: how long, is known later
        (1.10, 0.02, 1.00, "R", 0.05),
        (1.20, 0.02, 1.00, "D", 0.05),  # waits for a disk
        (1.25, 0.02, 1.00, "S", 0.15),
        (1.30, 0.02, 1.00, "T", 0.20),  # was stopped
        (1.35, 0.03, 1.04, "R", 0.21),
        (9.35, 0.03, 1.04, "S", 0.31),  # nobody has looked for long
        (19.35, 0.04, 11.04, "S", 0.31),  # nor here, while the process waited as well
    ]
    texts = {"/proc/self/fdinfo/7": "pos:\t0\nPid:\t42\nNSpid:\t42\t3\n"}
    times = {"now": 0.0, "cpu": 0.0}
    monkeypatch.setattr(usage, "_text", lambda path: texts.get(path, ""))
    monkeypatch.setattr(usage.time, "monotonic", lambda: times["now"])
    monkeypatch.setattr(usage.time, "clock_gettime", lambda _: times["cpu"])
    clock = Clock((3, 7))
    for times["now"], times["cpu"], waited, state, counts in steps:
        texts["/proc/42/stat"] = f"42 (a name) S) {state} 1 1"
        texts["/proc/42/schedstat"] = f"{times['cpu'] * 1e9:.0f} {waited * 1e9:.0f} 9\n"
        clock.look()
        assert clock.seconds == pytest.approx(counts)
    assert clock.cpu == 0.04
