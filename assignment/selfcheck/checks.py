"""The checks: of each part of a task, of each gradient that numdifftools can confirm, and of properties."""

import contextlib
import io
import re
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from . import numerical
from .cases import CASES, DERIVATIVES, TASKS, Case, Derivative, Record, Task
from .compare import compare
from .extras import EXTRAS, Property
from .hints import recognise
from .observe import observe
from .results import Finding, NotWrittenYet, Result, Waiting, Wrong
from .student import Student


class Check(NamedTuple):
    """One line of the self-check."""

    id: str  # the task and the part; `pytest -k` selects by it
    task: str
    part: str = ""  # the part of the task, for its points …
    numerical: str = ""  # … or the gradient that is checked numerically, a name in DERIVATIVES …
    property: str = ""  # … or what must hold whatever the numbers are

    def __str__(self) -> str:
        return self.id


def _checks(task: Task) -> list[Check]:
    checks = [Check(f"{task.id}-{part.id}", task.id, part=part.id) for part in task.parts]
    gradients = [name for name, known in DERIVATIVES.items() if known.function in task.signatures]
    for name in gradients:
        suffix = f"-{name}" if len(gradients) > 1 else ""
        checks.append(Check(f"{task.id}-numerical{suffix}", task.id, numerical=name))
    own = (known.id for known in EXTRAS.properties if known.task == task.id)
    return checks + [Check(f"{task.id}-property-{name}", task.id, property=name) for name in own]


CHECKS = tuple(check for task in TASKS for check in _checks(task))

_TASKS = {task.id: task for task in TASKS}


def unknown(expression: str) -> list[str]:
    """Return a line for each name in an expression such as "one or another" that no check has."""
    lines = []
    for word in re.findall(r"[\w-]+", expression):
        if word in ("and", "or", "not") or any(word.lower() in f"test_task {check.id}".lower() for check in CHECKS):
            continue
        import difflib  # it takes longer to load than a check takes, and is rarely needed

        close = difflib.get_close_matches(word, _TASKS, n=1, cutoff=0.5)
        meant = f"do you mean {close[0]}? " if close else ""
        lines.append(f"no check is called {word}: {meant}The tasks are {', '.join(_TASKS)}")
    return lines


def run(student: Student, check: Check, *, quick: bool = False) -> Result:
    """Run one check. Never raises for what a student wrote.

    `quick`: no numerical gradient of what gives the public answers; importing numdifftools takes longer than the rest.
    """
    if check.property:
        return _run_property(student, check)
    return _run_numerical(student, check, quick) if check.numerical else _run_part(student, check)


@cache
def _run_part(student: Student, check: Check) -> Result:
    part = next(part for part in _TASKS[check.task].parts if part.id == check.part)
    result = partial(Result, check.id, check.task, max_points=part.points)
    cases = [case for case in CASES.values() if (case.task, case.part) == (check.task, check.part)]
    wrong: dict[str, Wrong] = {}
    notes: dict[str, None] = {}  # a set that keeps its order
    for case in cases:
        try:
            notes[_run_case(student, case)] = None
        except NotWrittenYet as stub:
            return result("to do", points=0, note=_to_do(case.function, check.task, stub))
        except Wrong as error:
            wrong[case.id] = error
    note = ", ".join(filter(None, notes))
    if not wrong:
        return result("pass", points=part.points, note=note)
    if suspects := _suspects(student, EXTRAS.calls.get(check.id, ())):
        return result("waiting", points=0, note=f"differs, and uses {suspects}, not right yet: see to that first")
    case = CASES[next(iter(wrong))]
    stopped = case.function in student.stopped  # after which no other case was asked
    hints = () if stopped else recognise(student, case.function, check.part)
    return result(
        wrong[case.id].state,
        points=0,
        call=case.call,
        case=f'"{case.name}" with {_sizes(case)}',
        finding=wrong[case.id].finding,
        others="" if stopped else _others(cases, wrong, case),
        note=note,
        seen=() if stopped or hints else observe(student, case.function),
        hints=hints,
    )


def _run_case(student: Student, case: Case) -> str:
    note = compare(student.call(case), case)
    try:
        compare(student.call(case), case)
    except Wrong as wrong:
        finding = wrong.finding
        summary = "a second call with the same arguments gives something else: is state kept between calls?"
        raise Wrong(Finding(summary, finding.expected, finding.got, finding.where)) from wrong
    return note


def _sizes(case: Case) -> str:
    """Return the shapes of the arguments."""
    sizes = {name: _size(value) for name, value in case.args.items()}
    return ", ".join(f"{name} {size}" for name, size in sizes.items() if size)


def _size(value: object) -> str:
    if isinstance(value, Record):
        return EXTRAS.sizes(value)
    return str(value.shape) if isinstance(value, np.ndarray) else ""


def _to_do(function: str, task: str, stub: NotWrittenYet) -> str:
    own = f"Task {_TASKS[task].number}: {task}"
    return "not written yet" if str(stub) == own else f"{function} calls another stub, {stub}"


def _others(cases: list[Case], wrong: dict[str, Wrong], shown: Case) -> str:
    right = [f'"{case.name}"' for case in cases if case.id not in wrong]
    also = [f'"{case.name}"' for case in cases if case.id in wrong and case is not shown]
    groups = (("also wrong", also), ("right", right))
    return "\n".join(f"{title}: {', '.join(names)}" for title, names in groups if names)


def _run_numerical(student: Student, check: Check, quick: bool) -> Result:
    known = DERIVATIVES[check.numerical]
    function = known.function
    result = partial(Result, check.id, check.task, points=0, max_points=0)
    states = {run(student, part).state for part in _value_checks(check.task, function)}
    if "to do" in states:
        return result("to do", note="not written yet")
    if "error" in states:
        return result("waiting", note="the numerical check waits until this runs")
    right = states == {"pass"}
    if right and quick:
        return result("not made", note="right; `pytest -k numerical` compares it with the numerical gradient as well")
    try:
        comparison = numerical.compare(student, check.numerical)
    except Waiting as waiting:
        return result("waiting", note=str(waiting))
    except NotWrittenYet as stub:
        return result("to do", note=_to_do(function, check.task, stub))
    except Wrong as wrong:
        if not right:  # the same has been said about the public cases
            return result("waiting", note="the numerical check waits for a result of the right form")
        return result(wrong.state, call=f"{function} on your own loss", finding=wrong.finding)
    suspects = _suspects(student, _loss(known))
    found = comparison.difference
    if found is None:
        consistent = f"the derivative of your own loss, but not right: first see to {suspects}"
        return result("pass", note=consistent if suspects and not right else "")
    if right and suspects:
        return result("waiting", note=f"right, but not the derivative of your own loss: first see to {suspects}")
    call = f"{function}, numerical gradient"
    return result("fail", call=call, finding=numerical.describe(known, comparison, found))


def _run_property(student: Student, check: Check) -> Result:
    known = next(one for one in EXTRAS.properties if (one.task, one.id) == (check.task, check.property))
    result = partial(Result, check.id, check.task, points=0, max_points=0)
    states = {run(student, part).state for part in CHECKS if part.task == check.task and part.part}
    if "to do" in states:
        return result("to do", note="not written yet")
    if "error" in states:
        return result("waiting", note="the property waits until this runs")
    if suspects := _suspects(student, known.uses):
        return result("waiting", note=f"the property can be seen once {suspects} is right")
    try:
        finding = _broken(student, known)
    except NotWrittenYet as stub:
        return result("waiting", note=f"the property waits for {stub}")
    except Wrong as wrong:
        return result("waiting", note=f"the property waits: {wrong}")
    if finding is None:
        return result("pass")
    return result("fail", call=f"a property of {check.task}", finding=finding, why=known.why)


def _broken(student: Student, known: Property) -> Finding | None:
    with contextlib.redirect_stdout(io.StringIO()):
        found = known.broken(student)
    return found and Finding(f"not so: {known.holds}", *found)


def _loss(known: Derivative) -> tuple[str, ...]:
    """Return the check of what makes the loss: for each function that of ordinary questions, which come first."""
    functions = numerical.used(known) - {known.function}
    of = [_value_checks(task.id, name)[:1] for task in TASKS for name in task.signatures if name in functions]
    return tuple(check.id for found in of for check in found)


def _value_checks(task: str, function: str) -> list[Check]:
    parts = {case.part for case in CASES.values() if case.function == function}
    return [check for check in CHECKS if check.task == task and check.part in parts]


def _suspects(student: Student, checks: tuple[str, ...]) -> str:
    """Return the tasks of those checks that are written, and wrong."""
    used = [check for check in CHECKS if check.id in checks]
    wrong = (check.task for check in used if run(student, check).state not in ("pass", "to do"))
    return " or ".join(dict.fromkeys(wrong))
