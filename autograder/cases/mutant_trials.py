"""Mutants of the reference, the mistakes of those who wrote none: which of them the cases of a seed show.

They run in a process of their own, `python -m autograder.cases.mutant_trials`, within limits of time and memory: many
a mutant never ends. It is our own code that runs, with one edit; the sandbox is for other people's.
"""

import builtins
import json
import logging
import os
import pickle
import resource
import subprocess
import sys
import threading
import warnings
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from itertools import chain
from types import CodeType
from typing import Any, Literal, NamedTuple, cast

import numpy as np

from autograder.assignment import Assignment, AssignmentError
from autograder.cases.answers import Functions, answered
from autograder.cases.limits import Endless, limited
from autograder.cases.mutants import Mutant, all_mutants
from autograder.cases.own import described, own_cases
from autograder.cases.proof import shows
from autograder.judge.prediction import Prediction, predict
from autograder.judge.values import examine
from autograder.model.cases import Case, CaseSet
from autograder.model.loading import loaded, place, use
from autograder.model.plan import Plan
from autograder.model.tolerance import BUG_SEEN

#: "shown": it answers wrongly. "broken": it gives no answer of the right kind.
#: "survives": the cases do not show it, and should. "equivalent": nor does anything else.
State = Literal["shown", "broken", "survives", "equivalent"]
Predictions = Mapping[str, Prediction]  # by the call's id

_SECONDS = 1.0  # of processor time, for all that one mutant is asked
_SECONDS_TO_PREDICT = 0.2  # a mutant that takes longer is nobody's answer
_MEMORY = 4 * 2**30
_SECONDS_OF_SILENCE = 2.0  # by the clock; who waits longer is told for what

_log = logging.getLogger(__name__)


def unproved() -> frozenset[str]:
    """Return the ids of the tasks that have no known mistake."""
    return frozenset(task.id for task in loaded().tasks if not loaded().mistakes.of.get(task.id))


def mutants() -> list[Mutant]:
    """Return the mutants that count: of the functions of tasks without known mistakes, and of their helpers."""
    of = loaded().task_of
    return [mutant for mutant in all_mutants() if mutant.function not in of or of[mutant.function].id in unproved()]


class Found(NamedTuple):
    """What became of one mutant."""

    mutant: Mutant
    state: State
    told_by: str  # of one that survives: arguments that would have shown it


def states(cases: CaseSet, others: CaseSet | None) -> list[Found]:
    """Return what becomes of each mutant on the first questions of a case set.

    Args:
        cases: the case set.
        others: another draw, of which a mutant that survives is asked as well.

    Raises:
        AssignmentError: the reference does not pass its own cases.
    """
    every, known = mutants(), _known(loaded())
    left = {n: mutant for n, mutant in enumerate(every) if n not in known}
    told = f"proving the case set: trying {len(left)} small edits of {loaded().file.name}"
    with nullcontext() if known else _told(told):  # once, the first time, which takes longest
        found = _run_all(_plain(cases), others and _plain(others), left)
    # What never ends, and what nothing shows, is so for every seed.
    known.update((n, state) for n, state in found.items() if state in ("broken", "equivalent"))
    whole = [(found.get(n) or known[n]).partition(": ") for n in range(len(every))]
    return [Found(mutant, cast("State", state), by) for mutant, (state, _, by) in zip(every, whole, strict=True)]


@contextmanager
def _told(line: str) -> Iterator[None]:
    """Log a line where a block takes long."""
    timer = threading.Timer(_SECONDS_OF_SILENCE, _log.info, [line])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def predictions(cases: CaseSet, task: str) -> list[tuple[Mutant, Predictions]]:
    """Return what the mutants of a task, and of helpers, answer to its cases; of those that answer them all."""
    of, every = loaded().task_of, mutants()
    own = {n for n, mutant in enumerate(every) if mutant.function not in of or of[mutant.function].id == task}
    asked, without = _plain(replace(cases, cases=cases.of(task))), _without_answer(loaded(), task)
    answers = _run_all(asked, None, {n: every[n] for n in sorted(own - without)}, predict=True)
    without.update(n for n, answer in answers.items() if answer == "broken")
    found = ((every[n], answer) for n, answer in answers.items() if n not in without)
    return [(mutant, pickle.loads(b64decode(answer))) for mutant, answer in found]  # noqa: S301 - of our own process


def _plain(cases: CaseSet) -> CaseSet:
    """Leave out what is for the assignment's own use, which may not travel."""
    return replace(cases, cases=tuple(replace(case, about=None) for case in cases.cases))


@cache
def _known(_: Assignment) -> dict[int, str]:
    return {}


@cache
def _without_answer(_: Assignment, task: str) -> set[int]:  # noqa: ARG001 - one set for each
    """Return the mutants that gave no answer to a case set of a task: they are not asked again."""
    return set()


def _run_all(
    cases: CaseSet, others: CaseSet | None, left: Mapping[int, Mutant], *, predict: bool = False
) -> dict[int, Any]:
    """Run mutants, by their number, and return what becomes of each, or what it answers."""
    found: dict[int, Any] = {}
    edited = {n: replace(mutant, text="") for n, mutant in left.items()}  # the rest of the file is the reference's
    while edited:
        found |= (some := _run((cases, others, edited, predict)))
        edited = {n: mutant for n, mutant in edited.items() if n not in some}
    return found


def _run(task: tuple[CaseSet, CaseSet | None, Mapping[int, Mutant], bool]) -> dict[int, str]:
    """Run mutants one after the other, until one ends the process; that one is broken."""
    left = list(task[2])
    job = json.dumps(place()).encode() + b"\n" + pickle.dumps(task)
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    # -P: the current folder may be full of hand-ins.
    command = [sys.executable, "-P", "-m", "autograder.cases.mutant_trials"]
    done = subprocess.run(command, input=job, capture_output=True, env=environment, check=False)  # noqa: S603 - ours
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.endswith(b"]")]
    found: dict[int, str] = {left[0]: "broken"} if not lines and done.returncode < 0 else {}
    for n, state in lines:
        if n < 0:
            raise AssignmentError(state)
        found[n] = state
    if lines and (rest := [n for n in left if n not in found]):
        found[rest[0]] = "broken"
    if not found:
        raise RuntimeError(f"mutants of the reference can't be run:\n{done.stderr.decode(errors='replace')[-2000:]}")
    return found


# ---- in the process of its own


def main() -> None:
    """Read a job from stdin, and write a line for each mutant."""
    use(json.loads(sys.stdin.buffer.readline()))
    cases, others, left, predicted = pickle.load(sys.stdin.buffer)  # noqa: S301 - of our own process
    out, sys.stdout = os.fdopen(os.dup(1), "w"), open(os.devnull, "w")  # noqa: PTH123, SIM115 - mutants may print
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.RLIM_INFINITY))
    own = tuple[Case, ...]()
    if not predicted:
        if fault := _fault_of_reference(cases):
            print(json.dumps([-1, fault]), file=out, flush=True)
            return
        own = tuple(chain(others.cases if others else (), own_cases(cases)))
    for n, mutant in left.items():
        answer = _predicted(mutant, cases) if predicted else _state(mutant, cases, own)
        print(json.dumps([n, answer]), file=out, flush=True)


def _limit_this_process() -> None:
    """Let the system end this process where a mutant does not heed its limit, as in a loop inside numpy."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime + 5 * _SECONDS) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent, resource.RLIM_INFINITY))


def _fault_of_reference(cases: CaseSet) -> str:
    """Say which case the reference does not pass, asked again; "" where it passes all."""
    functions = vars(loaded().reference)
    for case in cases.cases:
        if finding := _finding(case, functions):
            named = f"{case.name!r} of {case.task}"
            return f"{loaded().file}: the reference fails its own case {named} when it is asked again: {finding}"
    return ""


def _finding(case: Case, functions: Functions) -> str:
    """Return what the judge has against the answer to one case, "" where it is right."""
    finding = examine(case, answered(Plan((case.call,)), functions)[case.call.id]).finding
    return finding.summary if finding else ""


def _state(mutant: Mutant, cases: CaseSet, own: Iterable[Case]) -> str:
    """Return the state of a mutant; "survives: " is followed by arguments that would have shown it."""
    of = loaded().task_of
    tasks = {of[mutant.function].id} if mutant.function in of else unproved()
    _limit_this_process()
    try:
        with limited(_SECONDS):
            functions = _functions(mutant)
            shown = _shown(_answer(case, functions) for case in cases.first.cases if case.task in tasks)
        if shown:
            return shown
        with limited(_SECONDS):
            by = next((case for case in own if case.task in tasks and _seen(case, functions)), None)
        return f"survives: {described(by)}" if by else "equivalent"
    except (Endless, MemoryError):
        return "broken"


def _shown(answers: Iterable[str]) -> str:
    """Return "shown" where answers show a mutant, "broken" where none of them is fit, "" where all are right.

    It does not ask for more answers than are needed to know.
    """
    first = None
    for answer in answers:
        if answer == "wrong" or (first and answer != first):
            return "shown"
        first = answer
    return "broken" if first == "unfit" else ""


def _predicted(mutant: Mutant, cases: CaseSet) -> str:
    """Return the answers of a mutant to all cases, to be unpickled, or "broken" where it does not answer them all."""
    _limit_this_process()
    try:
        with limited(_SECONDS_TO_PREDICT):
            functions = _functions(mutant)
            found = {case.call.id: predict(functions[case.call.function], case) for case in cases.cases}
    except (Endless, Exception):
        return "broken"
    return b64encode(pickle.dumps(found)).decode()


def _answer(case: Case, functions: Functions) -> str:
    """Return "right", "wrong", or "unfit" where there are no numbers of the right shape: any test would show that."""
    try:
        reply = answered(Plan((case.call,)), functions)[case.call.id]
    except (TypeError, ValueError):
        return "unfit"  # no numbers
    if reply.kind == "value" and not examine(case, reply).finding:
        return "right"
    shapes = [None if part.values is None else part.values.shape for part in reply.parts]
    return "wrong" if shapes == [item.shape for item in case.expected] else "unfit"


def _seen(case: Case, functions: Functions) -> bool:
    """Whether a question of the kit's own shows a mutant, by more than any rounding."""
    try:
        return shows(predict(functions[case.call.function], case), case, BUG_SEEN)
    except Exception:
        return True


def _functions(mutant: Mutant) -> Functions:
    """Return the functions of the reference, of which one is edited."""
    reference = loaded().reference
    space: dict[str, Any] = {name: getattr(reference, name) for name in ("__name__", "__package__", "__file__")}
    space |= {"__builtins__": builtins, "np": np}  # edits name numpy, whatever the reference does
    exec(_compiled(loaded()), space)  # noqa: S102 - the reference itself
    exec(mutant.edited, space)  # noqa: S102 - and its mutant
    return space


@cache
def _compiled(assignment: Assignment) -> CodeType:
    return compile(assignment.source(), str(assignment.file), "exec", dont_inherit=True)


if __name__ == "__main__":
    main()
