"""A worker of each level on this machine, and what an attack makes of it."""

import dataclasses
from dataclasses import dataclass
from functools import cache

from autograder.cases import case_sets
from autograder.grading.passes import Exam, grade_source
from autograder.model.settings import Limits, Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.levels import Level, Machine
from autograder.sandbox.host.supervisor import Supervisor, open_worker
from autograder.submissions import Source
from tests.attacks.attack import Attack
from tests.attacks.ground import Ground
from tests.conftest import REFERENCE
from tests.locked import bare, fence, here

LEVELS: tuple[Level, ...] = ("full", "kernel filters", "limits only")
# Short, so that an attack on time is over soon.
LIMITS = Limits(call_cpu_seconds=0.3, submission_seconds=1.5, memory_mb=256, reply_mb=8)


@dataclass(frozen=True)
class Struck:
    """What came of one attack."""

    verdict: Verdict
    effects: frozenset[str]
    next_verdict: Verdict  # on an honest submission right after it, in the same worker


@cache
def exam() -> Exam:
    """Return the exam that everybody gets."""
    return Exam(case_sets.case_set(0), Settings(limits=LIMITS))


def machine_of(level: Level) -> Machine | None:
    """Return this machine at a level, or None where it does not reach it."""
    if level == "full":
        return here() if here().level == "full" else None
    if level == "kernel filters":
        return bare() if bare().level == "kernel filters" else None
    return without(bare(), "uid", "landlock", "seccomp", "watched", level="limits only", uid=None)


def without(machine: Machine, *names: str, **changes: object) -> Machine:
    """Return a machine that lacks some layers."""
    layers = tuple(layer for layer in machine.layers if layer.partition(":")[0] not in names)
    return dataclasses.replace(machine, layers=layers, **changes)


def worker_of(machine: Machine) -> Supervisor:
    """Return a worker, not yet started; one that only has limits stands in a PID namespace of its own."""
    worker = open_worker(machine, LIMITS)
    if machine.level == "limits only":
        worker.command[:0] = fence()
    return worker


def strike(attack: Attack, worker: Supervisor, ground: Ground) -> Struck:
    """Grade an attack on fresh ground, then an honest submission."""
    ground.restore()
    verdict = grade(worker, ground.fill_in(attack.text), "mallory")
    return Struck(verdict, frozenset(ground.effects(verdict)), grade(worker, REFERENCE, "alice"))


def grade(worker: Supervisor, text: str, student: str) -> Verdict:
    """Grade the text of an rnn.py."""
    return grade_source(worker, Source("py", (("rnn.py", text),), ""), student, exam())
